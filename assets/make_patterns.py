#!/usr/bin/env python3
"""Draws pictures of fine patterns to learn from: fields of stripes, checks, dots and flat colour.

A network that is not told the strength of the noise takes patterns of single pixels for strong
noise, and changes their colour; photographs teach it no better. None of these pictures is in
assets/samples, whose chart tests what was learned.

usage: make_patterns.py FOLDER [COUNT]     (Debian: python3-numpy)
The same pictures every time: one seed for each. Binary PPM, 256 x 256, COUNT of them (64).
"""

import pathlib
import sys

import numpy as np

SIDE = 256


def colour(rng):
    """Of three kinds: gray, black or white, any."""
    kind = rng.integers(3)
    if kind == 0:
        return np.repeat(rng.uniform(0, 255), 3)
    if kind == 1:
        return np.repeat(rng.choice([0.0, 255.0]), 3)
    return rng.uniform(0, 255, 3)


def pattern(rng, height, width):
    """0 and 1: stripes at an angle of the grid's, checks or dots, of periods from two pixels on."""
    y, x = np.mgrid[0:height, 0:width]
    size = int(rng.choice([1, 1, 1, 2, 2, 3, 4, 6]))
    kind = rng.integers(6)
    if kind == 0:
        return x // size % 2
    if kind == 1:
        return y // size % 2
    if kind == 2:
        return (x // size + y // size) % 2
    if kind == 3:
        return (x + y) // size % 2
    if kind == 4:
        return ((x // size % 2) & (y // size % 2))
    return np.zeros((height, width), int)


def field(rng, height, width):
    first, second = colour(rng), colour(rng)
    if rng.random() < 0.3:  # of low contrast
        second = first + (second - first) * rng.uniform(0.05, 0.4)
    return first + (second - first) * pattern(rng, height, width)[..., None]


def picture(rng):
    canvas = np.empty((SIDE, SIDE, 3))
    canvas[:] = colour(rng)
    cell = int(rng.choice([32, 64, 128]))
    for top in range(0, SIDE, cell):
        for left in range(0, SIDE, cell):
            border = int(rng.integers(0, cell // 6))
            side = cell - border
            canvas[top:top + side, left:left + side] = field(rng, side, side)
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)


def main():
    folder = pathlib.Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 64
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        pixels = picture(np.random.default_rng([7, i]))
        file = folder / f"pattern{i:03}.ppm"
        file.write_bytes(b"P6 %d %d 255\n" % (SIDE, SIDE) + pixels.tobytes())


if __name__ == "__main__":
    main()
