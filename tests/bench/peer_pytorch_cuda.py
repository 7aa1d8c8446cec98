#!/usr/bin/env python3
"""The article's network in PyTorch on a GPU, at its best: channels-last, autocast to bf16; eager,
eager in a CUDA graph, and compiled with CUDA graphs. What ours is compared with.

usage: peer_pytorch_cuda.py [--size 256] [--seconds 3] [--modes reduce-overhead] [--limit 120]
Prints one JSON object: median times of restoring (batch 1, 32) and of a training step (batch 32),
pictures on the GPU already ("on the GPU") and brought there and back ("with the way").

--modes takes torch.compile's, with commas between; max-autotune tries many kernels, which can take
minutes. Each mode runs in a process of its own that has --limit seconds, compiling included; what
it has measured by then counts, training first, and "cut_off" names the modes that were not done.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
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


def measure(how, way, options):
    """Yields a case for each kind of work, training first: a mode may not come to the others."""
    travels = way == "with the way"
    for name, n in (("train", 32), ("denoise", 32), ("denoise", 1)):
        net = article().cuda().to(memory_format=torch.channels_last)
        run = net if how in ("eager", "in a graph") else torch.compile(net, mode=how)
        noisy = pictures(n, options.size, not travels)
        work = (restorer(run, noisy, travels) if name == "denoise" else
                trainer(run, noisy, pictures(n, options.size, not travels), travels))
        if how == "in a graph":
            work = graphed(work)
        ms = median_ms(work, options.seconds)
        yield {"way": f"PyTorch {torch.__version__} {how}, {way}",
               "name": f"{name} article {options.size}x{options.size}, batch {n}",
               "median_ms": ms, "pictures_per_s": 1e3 * n / ms}


def measure_apart(mode, options):
    """The cases of a compiled mode that are done within the limit, and whether all are."""
    command = [sys.executable, __file__, "--size", str(options.size), "--seconds",
               str(options.seconds), "--apart", mode]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        lines, _ = child.communicate(timeout=options.limit)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)  # its compilers too
        lines, _ = child.communicate()
    cases = [json.loads(line) for line in lines.splitlines() if line.startswith('{"way"')]
    return cases, child.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--modes", default="reduce-overhead")
    parser.add_argument("--limit", type=float, default=120)
    parser.add_argument("--apart", help=argparse.SUPPRESS)  # the mode that this process is for
    options = parser.parse_args()
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    if options.apart:
        for case in measure(options.apart, "on the GPU", options):
            print(json.dumps(case), flush=True)
        return
    cases, cut_off = [], []
    for how, way in (("eager", "on the GPU"), ("in a graph", "on the GPU"),
                     ("eager", "with the way")):
        for case in measure(how, way, options):
            cases.append(case)
            print(case, file=sys.stderr, flush=True)
    torch.cuda.empty_cache()  # for the processes of the modes
    for mode in filter(None, options.modes.split(",")):
        measured, is_whole = measure_apart(mode, options)
        cases += measured
        cut_off += [] if is_whole else [mode]
        print(mode, measured, "" if is_whole else "cut off", file=sys.stderr, flush=True)
    print(json.dumps({"gpu": torch.cuda.get_device_name(), "cases": cases, "cut_off": cut_off}))


if __name__ == "__main__":
    main()
