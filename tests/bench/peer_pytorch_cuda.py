#!/usr/bin/env python3
"""The article's network in PyTorch on a GPU, at its best: channels-last, autocast to bf16; eager,
eager in a CUDA graph, and compiled with CUDA graphs. What ours is compared with.

usage: peer_pytorch_cuda.py [--size 256] [--seconds 3] [--modes reduce-overhead,max-autotune]
Prints one JSON object: median times of restoring (batch 1, 32) and of a training step (batch 32),
pictures on the GPU already ("on the GPU") and brought there and back ("with the way").
"""

import argparse
import json
import statistics
import sys
import time

import torch

from peer_pytorch import article


def median_ms(work, seconds):
    for _ in range(5):
        work()
    torch.cuda.synchronize()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def pictures(n, size, device):
    host = torch.rand(n, 3, size, size).to(memory_format=torch.channels_last)
    return host.cuda() if device else host.pin_memory()


def restorer(net, batch, way):
    def work():
        with torch.no_grad(), torch.autocast("cuda", torch.bfloat16):
            restored = net(batch.cuda(non_blocking=True) if way else batch)
        return restored.float().cpu() if way else restored
    return work


def trainer(net, noisy, clean, way):
    adam = torch.optim.Adam(net.parameters(), fused=True, capturable=True)

    def work():
        here = noisy.cuda(non_blocking=True) if way else noisy
        target = clean.cuda(non_blocking=True) if way else clean
        with torch.autocast("cuda", torch.bfloat16):
            loss = torch.nn.functional.mse_loss(net(here).float(), target)
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        return loss.item() if way else loss
    return work


def graphed(work):
    """The same work recorded once and replayed."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--modes", default="reduce-overhead")
    options = parser.parse_args()
    modes = [mode for mode in options.modes.split(",") if mode]
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    cases = []
    for way in ("on the GPU", "with the way"):
        travels = way == "with the way"
        for how in ["eager"] + ([] if travels else ["in a graph"] + modes):
            for name, n in (("denoise", 1), ("denoise", 32), ("train", 32)):
                net = article().cuda().to(memory_format=torch.channels_last)
                run = torch.compile(net, mode=how) if how in modes else net
                noisy = pictures(n, options.size, not travels)
                work = (restorer(run, noisy, travels) if name == "denoise" else
                        trainer(run, noisy, pictures(n, options.size, not travels), travels))
                if how == "in a graph":
                    work = graphed(work)
                ms = median_ms(work, options.seconds)
                cases.append({"way": f"PyTorch {torch.__version__} {how}, {way}",
                              "name": f"{name} article {options.size}x{options.size}, batch {n}",
                              "median_ms": ms, "pictures_per_s": 1e3 * n / ms})
                print(cases[-1], file=sys.stderr, flush=True)
    print(json.dumps({"gpu": torch.cuda.get_device_name(), "cases": cases}))


if __name__ == "__main__":
    main()
