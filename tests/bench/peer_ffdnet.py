#!/usr/bin/env python3
"""FFDNet (Zhang, Zuo, Zhang 2018, "FFDNet: toward a fast and flexible solution for CNN-based image
denoising") on pictures of ours: the peer in quality. It is told the noise's strength. Debian's
python3-torch, python3-h5py and python3-pil.

usage: peer_ffdnet.py FFDNet_color.mat FOLDER [--sigma 15 25 50]
The weights are models/FFDNet_color.mat of https://github.com/cszn/FFDNet; sigma is of 255, not
clipped, as `limpid evaluate FOLDER --full --no-clip --noise SIGMA/255` adds it. Prints the mean
PSNR over the pictures of what is shown: within 0..1.
"""

import argparse
import pathlib

import h5py
import numpy
import torch
from PIL import Image
from torch.nn import functional


def layers_of(path):
    """The convolutions' weights (out, in, rows, columns) and biases."""
    file = h5py.File(path, "r")
    found = []
    for reference in numpy.array(file["net"]["layers"]).ravel():
        layer = file[reference]
        if "".join(map(chr, numpy.array(layer["type"]).ravel())) != "conv":
            continue
        weights, bias = (numpy.array(file[r]) for r in numpy.array(layer["weights"]).ravel())
        # MATLAB's (rows, columns, in, out) comes with its axes the other way round.
        found.append((torch.from_numpy(weights.transpose(0, 1, 3, 2).copy()),
                      torch.from_numpy(bias.ravel().copy())))
    return found


def quarters(picture):
    """(1, 3, h, w) as (1, 12, h / 2, w / 2); within a block of 2 x 2 its rows come first."""
    return torch.cat([picture[:, c:c + 1, i % 2::2, i // 2::2] for c in range(3)
                      for i in range(4)], 1)


def whole(parts):
    picture = torch.empty(1, 3, 2 * parts.shape[2], 2 * parts.shape[3])
    for c in range(3):
        for i in range(4):
            picture[:, c, i % 2::2, i // 2::2] = parts[:, 4 * c + i]
    return picture


def restored(layers, noisy, sigma):
    height, width = noisy.shape[2:]
    even = functional.pad(noisy, (0, width % 2, 0, height % 2), mode="replicate")
    x = quarters(even)
    x = torch.cat([x, torch.full_like(x[:, :1], sigma)], 1)
    for i, (weights, bias) in enumerate(layers):
        x = functional.conv2d(x, weights, bias, padding=1)
        x = torch.relu(x) if i + 1 < len(layers) else x
    return whole(x)[:, :, :height, :width].clamp(0, 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weights")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--sigma", type=float, nargs="+", default=[15, 25, 50])
    options = parser.parse_args()
    layers = layers_of(options.weights)
    files = sorted(f for f in options.folder.iterdir() if f.suffix in (".jpg", ".png"))
    for sigma in options.sigma:
        torch.manual_seed(1)
        scores = []
        for file in files:
            values = numpy.asarray(Image.open(file).convert("RGB"), numpy.float32) / 255
            clean = torch.from_numpy(values).permute(2, 0, 1)[None]
            noisy = clean + sigma / 255 * torch.randn_like(clean)
            with torch.no_grad():
                error = (restored(layers, noisy, sigma / 255) - clean).square().mean()
            scores.append(-10 * torch.log10(error).item())
        print(f"{sigma:g} of 255: {numpy.mean(scores):.2f} dB, mean of {len(files)} pictures")


if __name__ == "__main__":
    main()
