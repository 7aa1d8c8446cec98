#!/usr/bin/env python3
"""How well networks and methods restore what a camera made of a scene, PSNR in dB, the mean of all.

The camera is not the one of core/noise/mosaic.h, which networks learn from: light of sRGB (IEC
61966-2-1), colours taken apart by the inverse of a colour matrix and a white balance (Brooks et al.
2019, "Unprocessing images for learned raw denoising"), counted photons and reading on a Bayer
mosaic, balance, demosaicing with gradients (Malvar, He, Cutler 2004), matrix, sRGB again, JPEG with
colours at half the size. The scene is a picture halved and enlarged again, for what a camera's
pixels show is softer than small pictures are. Its own error, without noise, is in the table too.

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
    red, green, blue = BALANCE
    mosaic *= np.choose(sites(*picture.shape[:2]), [red, green, green, blue])
    return Image.fromarray((stored(demosaiced(mosaic) @ MATRIX.T) * 255 + 0.5).astype(np.uint8))


def scene_of(picture):
    width, height = picture.width // 2, picture.height // 2
    small = picture.resize((width, height), Image.LANCZOS)
    return np.asarray(small.resize((2 * width, 2 * height), Image.BICUBIC))


def through_jpeg(image, quality):
    if quality == 100:
        return image
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return Image.open(file)


def psnr(folder, scenes):
    scores = []
    for name, scene in scenes.items():
        restored = np.asarray(Image.open(folder / name).convert("RGB")).astype(float)
        scores.append(10 * np.log10(255**2 / ((restored - scene) ** 2).mean()))
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
    for variance in arguments.noise or [0, 0.0005, 0.002, 0.01]:
        for quality in arguments.quality or [100, 90, 75]:
            with tempfile.TemporaryDirectory() as place:
                place, scenes = pathlib.Path(place), {}
                (place / "noisy").mkdir()
                for i, file in enumerate(sorted(arguments.folder.iterdir())):
                    scene, name = scene_of(Image.open(file).convert("RGB")), f"{i}.png"
                    scenes[name] = scene.astype(float)
                    noisy = shot(scene / 255, variance, np.random.default_rng(i))
                    through_jpeg(noisy, quality).save(place / "noisy" / name)
                scores = [psnr(place / "noisy", scenes)]
                for way in ways:
                    subprocess.run([arguments.limpid, "denoise", place / "noisy", "-o",
                                    place / "restored", *way.split()], check=True,
                                   stderr=subprocess.DEVNULL)
                    scores.append(psnr(place / "restored", scenes))
                print(variance, quality, *(f"{score:.2f}" for score in scores), sep=" | ",
                      flush=True)


main()
