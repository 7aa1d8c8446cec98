#!/usr/bin/env python3
"""Writes article.json and article.bin: what PyTorch says of the article's network at 64 x 64, two
pictures: its output, its gradients and its weights after ten steps of Adam, all in float64. Of each
tensor a digest is kept: largest value, norm, sum, up to 512 values, and eight sums with random
signs, which every value takes part in.

A float engine rounds differently. Where a relu's or a maximum's kink lies within the rounding, that
changes a channel's gradient by a percent, and Adam's first steps, of one size whatever the
gradient's, turn it into steps in the other direction. So the noisy pictures are gray but for a
square of 16 x 16 random values each, and SEED is the first from 1 on for which ten steps stay the
same (to STABLE of the largest weight) when each convolution's result is disturbed as by float.

usage: make_article.py
Made with PyTorch 1.13, numpy 1.24.2.
"""

import json
import pathlib

import numpy as np
import torch

from torch_network import Adam, accumulate, glorot_weights, pictures, run, sequence_bits

HERE = pathlib.Path(__file__).parent
SAMPLES = 512
PROJECTIONS = 8
SEED = 1
STABLE = 2e-5

# core/model/presets.cpp's article()
MODEL = {"name": "article", "channels": 3, "layers": [
    {"name": "enc1", "kind": "conv", "channels": 256, "activation": "relu"},
    {"name": "pool1", "kind": "max_pool"},
    {"name": "enc2", "kind": "conv", "channels": 128, "activation": "relu"},
    {"name": "pool2", "kind": "max_pool"},
    {"name": "bottleneck", "kind": "conv", "channels": 64, "activation": "relu"},
    {"name": "dec1", "kind": "conv", "channels": 128, "activation": "relu"},
    {"name": "up1", "kind": "upsample"},
    {"name": "dec2", "kind": "conv", "channels": 256, "activation": "relu"},
    {"name": "up2", "kind": "upsample"},
    {"name": "out", "kind": "conv", "channels": 3, "activation": "sigmoid"}]}


def rounded(values):
    return [float(f"{v:.9g}") for v in np.asarray(values).reshape(-1)]


def digest(name, item, tensor):
    values = tensor.numpy().reshape(-1)
    samples = min(SAMPLES, values.size)
    at = np.arange(samples) * values.size // samples
    bits = sequence_bits(values.size, 17, "weights", item)
    signs = [1.0 - 2.0 * ((bits >> np.uint32(p)) & np.uint32(1)) for p in range(PROJECTIONS)]
    return {"name": name, "count": values.size,
            "largest": rounded(np.abs(values).max())[0],
            "norm": rounded(np.sqrt((values**2).sum()))[0],
            "sum": rounded(values.sum())[0],
            "projections": rounded([(s * values).sum() for s in signs]),
            "samples": rounded(values[at])}


def digests(tensors):
    return [digest(name, item, t) for item, (name, t) in enumerate(tensors.items())]


def train(weights, noisy, clean, disturb):
    """Ten steps of Adam on the weights; returns the losses and the first gradients."""
    adam = Adam(weights)
    losses, first = [], None
    for _ in range(10):
        loss, gradients, _ = accumulate(MODEL, weights, noisy, clean, disturb=disturb)
        losses.append(loss)
        first = first or gradients
        adam.step(weights, {name: g / len(noisy) for name, g in gradients.items()})
    return losses, first


def expect_stable(weights, noisy, clean):
    for attempt in range(4):
        generator = torch.Generator().manual_seed(attempt)
        disturbed = glorot_weights(MODEL, SEED)
        # float's error of a sum of about a thousand products is 1e-7 of the result's spread.
        train(disturbed, noisy, clean, lambda x: x + 2e-7 * x.detach().std() * torch.randn(
            x.shape, generator=generator, dtype=x.dtype))
        for name, w in weights.items():
            error = (disturbed[name] - w).abs().max() / w.abs().max()
            if error > STABLE:
                raise SystemExit(f"seed {SEED}: {name} changes by {error:.1e}")


def main():
    torch.set_num_threads(2)
    clean, noisy = pictures(2, 64, 64, 3)
    weights = glorot_weights(MODEL, SEED)
    run(MODEL, weights, noisy).numpy().astype("<f4").tofile(HERE / "article.bin")
    losses, gradients = train(weights, noisy, clean, lambda x: x)
    expect_stable(weights, noisy, clean)
    golden = {"losses": rounded(losses), "gradients": digests(gradients),
              "weights": digests(weights)}
    text = json.dumps(golden, separators=(",", ":")).replace('{"name"', '\n{"name"')
    (HERE / "article.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
