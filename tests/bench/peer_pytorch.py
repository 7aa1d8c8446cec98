#!/usr/bin/env python3
"""The article's network in PyTorch on this machine: what ours is compared with. Debian's
python3-torch.

usage: peer_pytorch.py [--threads 2] [--size 256] [--batches 4] [--repeats 3]
Prints one JSON object: the best of channels-last and contiguous, each batch size tried.
"""

import argparse
import json
import resource
import time

import torch
from torch import nn


def article():
    def conv(i, o, act):
        return [nn.Conv2d(i, o, 3, padding=1), act()]

    return nn.Sequential(
        *conv(3, 256, nn.ReLU), nn.MaxPool2d(2), *conv(256, 128, nn.ReLU), nn.MaxPool2d(2),
        *conv(128, 64, nn.ReLU), *conv(64, 128, nn.ReLU), nn.Upsample(scale_factor=2),
        *conv(128, 256, nn.ReLU), nn.Upsample(scale_factor=2), *conv(256, 3, nn.Sigmoid))


def seconds(work, repeats):
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--batches", type=int, nargs="+", default=[4])
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    denoise, train = [], []
    for layout in (torch.channels_last, torch.contiguous_format):
        net = article().to(memory_format=layout)
        one = torch.rand(1, 3, options.size, options.size).to(memory_format=layout)
        with torch.no_grad():
            denoise.append(seconds(lambda: net(one), 4 * options.repeats))
        adam = torch.optim.Adam(net.parameters())
        for n in options.batches:
            noisy = torch.rand(n, 3, options.size, options.size).to(memory_format=layout)

            def step():
                adam.zero_grad()
                nn.functional.mse_loss(net(noisy), noisy).backward()
                adam.step()

            train.append(seconds(step, options.repeats) / n)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"peer": f"PyTorch {torch.__version__}", "threads": options.threads,
                      "size": options.size, "denoise_ms": 1e3 * min(denoise),
                      "train_pictures_per_s": 1 / min(train), "peak_mib": peak}))


if __name__ == "__main__":
    main()
