#!/usr/bin/env python3
"""How well networks and methods restore what a camera makes of pictures, PSNR in dB, the mean of all.

The camera is not the one of core/noise/mosaic.h, which networks learn from: light of sRGB (IEC
61966-2-1), colours taken apart by the inverse of a colour matrix and a white balance (Brooks et al.
2019, "Unprocessing images for learned raw denoising"), counted photons and reading on a Bayer
mosaic, demosaicing with gradients (Malvar, He, Cutler 2004), balance and matrix, sRGB again, JPEG
with colours at half the size. It sees the middle of each picture at twice its size, for the pixels of
large pictures are softer than those of small ones, and demosaicing leaves no patterns of its own.
The clean picture is what it makes without noise.

usage: camera.py LIMPID FOLDER [--noise VARIANCE]... [--quality Q]... [--with OPTIONS]...
VARIANCE is of white's light; Q 100 means no JPEG. OPTIONS are of `limpid denoise`.
Needs numpy and Pillow.
"""

import argparse
import io
import pathlib
import subprocess
import tempfile

import numpy as np
from PIL import Image

MATRIX = np.array([[1.6, -0.45, -0.15], [-0.2, 1.45, -0.25], [0, -0.5, 1.5]])
BALANCE = np.array([2.0, 1.0, 1.7])


def light(value):
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def stored(light):
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def sites(height, width):
    y, x = np.mgrid[0:height, 0:width]
    return y % 2 * 2 + x % 2  # red, green, green, blue


def demosaiced(mosaic):
    height, width = mosaic.shape
    padded = np.pad(mosaic, 2, mode="reflect")
    at = lambda y, x: padded[2 + y:2 + y + height, 2 + x:2 + x + width]
    near = at(-1, 0) + at(1, 0) + at(0, -1) + at(0, 1)
    far = at(-2, 0) + at(2, 0) + at(0, -2) + at(0, 2)
    diagonal = at(-1, -1) + at(-1, 1) + at(1, -1) + at(1, 1)
    green = (4 * mosaic + 2 * near - far) / 8
    beside = (5 * mosaic + 4 * (at(0, -1) + at(0, 1)) - diagonal - (at(0, -2) + at(0, 2))
              + (at(-2, 0) + at(2, 0)) / 2) / 8
    upright = (5 * mosaic + 4 * (at(-1, 0) + at(1, 0)) - diagonal - (at(-2, 0) + at(2, 0))
               + (at(0, -2) + at(0, 2)) / 2) / 8
    across = (6 * mosaic + 2 * diagonal - 1.5 * far) / 8
    site = sites(height, width)
    return np.stack([np.choose(site, [mosaic, beside, upright, across]),
                     np.choose(site, [green, mosaic, mosaic, green]),
                     np.choose(site, [across, upright, beside, mosaic])], axis=2)


def shot(picture, variance, rng):
    sensed = light(picture) @ np.linalg.inv(MATRIX).T / BALANCE
    red, green, blue = np.moveaxis(sensed, 2, 0)
    mosaic = np.choose(sites(*picture.shape[:2]), [red, green, green, blue])
    deviation = np.sqrt(variance * np.maximum(mosaic, 0) + (0.1 * variance) ** 2)
    mosaic = mosaic + deviation * rng.normal(size=mosaic.shape)
    return Image.fromarray((stored(demosaiced(mosaic) * BALANCE @ MATRIX.T) * 255 + 0.5)
                           .astype(np.uint8))


def seen(picture):
    """Its middle, enlarged to its size."""
    width, height = picture.width // 2, picture.height // 2
    left, top = width // 2, height // 2
    middle = picture.crop((left, top, left + width, top + height))
    return middle.resize((2 * width, 2 * height), Image.BICUBIC)


def through_jpeg(image, quality):
    if quality == 100:
        return image
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return Image.open(file)


def psnr(folder, clean):
    scores = []
    for name, picture in clean.items():
        restored = np.asarray(Image.open(folder / name).convert("RGB")).astype(float)
        scores.append(10 * np.log10(255**2 / ((restored - picture) ** 2).mean()))
    return np.mean(scores)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("limpid")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--noise", type=float, action="append")
    parser.add_argument("--quality", type=int, action="append")
    parser.add_argument("--with", dest="ways", action="append", default=[])
    arguments = parser.parse_args()
    ways = arguments.ways or ["--model camera", "--model fast", "--model photo",
                              "--method bilateral", "--method nlm", "--method wavelet",
                              "--method median"]
    print("noise", "quality", "noisy", *ways, sep=" | ")
    for variance in arguments.noise or [0.0005, 0.002, 0.01]:
        for quality in arguments.quality or [100, 92, 75]:
            with tempfile.TemporaryDirectory() as place:
                place, clean = pathlib.Path(place), {}
                (place / "noisy").mkdir()
                for i, file in enumerate(sorted(arguments.folder.iterdir())):
                    picture = np.asarray(seen(Image.open(file).convert("RGB"))) / 255
                    name = f"{i}.png"
                    clean[name] = np.asarray(shot(picture, 0, np.random.default_rng(i))) * 1.0
                    noisy = shot(picture, variance, np.random.default_rng(i))
                    through_jpeg(noisy, quality).save(place / "noisy" / name)
                scores = [psnr(place / "noisy", clean)]
                for way in ways:
                    subprocess.run([arguments.limpid, "denoise", place / "noisy", "-o",
                                    place / "restored", *way.split()], check=True,
                                   stderr=subprocess.DEVNULL)
                    scores.append(psnr(place / "restored", clean))
                print(variance, quality, *(f"{score:.2f}" for score in scores), sep=" | ",
                      flush=True)


main()
