#!/usr/bin/env python3
"""How well networks and methods restore pictures that a camera took, PSNR in dB and SSIM.

Beside each noisy picture *_real.* of FOLDER lies *_mean.*, the mean of many shots of the scene.
Such are the pictures of two papers, to be had from github.com/csjunxu:
  CC, 15 pictures of 3 cameras (Nam et al. 2016): MCWNNM-ICCV2017, Real_ccnoise_denoised_part
  PolyU, 100 of 5 cameras (Xu et al. 2018): PolyU-Real-World-Noisy-Images-Dataset, CroppedImages

usage: pairs.py LIMPID FOLDER [--each] [--with OPTIONS]...
OPTIONS are of `limpid denoise`, or `*_SUFFIX`: pictures of FOLDER that another has restored.
--each: a row for each picture too. Needs numpy, scipy and Pillow.
"""

import argparse
import pathlib
import subprocess
import tempfile

import numpy as np
from PIL import Image
from scipy.ndimage import uniform_filter


def values(file):
    return np.asarray(Image.open(file).convert("RGB")).astype(float) / 255


def psnr(a, b):
    return 10 * np.log10(1 / np.mean((a - b) ** 2))


def ssim(a, b):
    """Wang et al. 2004, in squares of 7 x 7, the mean of the three colours."""
    mean = lambda x: uniform_filter(x, (7, 7, 0))[3:-3, 3:-3]
    of_a, of_b = mean(a), mean(b)
    scale = 49 / 48
    var_a, var_b = (scale * (mean(x * x) - m * m) for x, m in ((a, of_a), (b, of_b)))
    both = scale * (mean(a * b) - of_a * of_b)
    c1, c2 = 0.01**2, 0.03**2
    return np.mean((2 * of_a * of_b + c1) * (2 * both + c2)
                   / ((of_a**2 + of_b**2 + c1) * (var_a + var_b + c2)))


def beside(noisy, kind):
    name = noisy.name.lower().replace("_real.", f"_{kind}.")
    found = [file for file in noisy.parent.iterdir() if file.name.lower() == name]
    if not found:
        raise SystemExit(f"{noisy} has no *_{kind}.* beside it")
    return found[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("limpid")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--with", dest="ways", action="append", default=[])
    arguments = parser.parse_args()
    ways = arguments.ways or ["--model camera", "--model camera-deep", "--model fast",
                              "--model photo", "--method bilateral", "--method nlm",
                              "--method wavelet", "--method median"]
    pictures = [file for file in sorted(arguments.folder.iterdir())
                if "_real." in file.name.lower()]
    if not pictures:
        raise SystemExit(f"{arguments.folder} has no *_real.* picture")
    clean = [values(beside(file, "mean")) for file in pictures]

    def row(name, restored):
        scores = [(psnr(a, b), ssim(a, b)) for a, b in zip(restored, clean)]
        if arguments.each:
            for file, score in zip(pictures, scores):
                print(f"{name} | {file.stem} | {score[0]:.2f} | {score[1]:.4f}")
        print("{} | {:.2f} | {:.4f}".format(name, *np.mean(scores, axis=0)), flush=True)

    print("way | PSNR | SSIM")
    row("as it is", map(values, pictures))
    for way in ways:
        if way.startswith("*_"):
            row(way, (values(beside(file, way[2:])) for file in pictures))
            continue
        with tempfile.TemporaryDirectory() as place:
            noisy, restored = pathlib.Path(place) / "noisy", pathlib.Path(place) / "restored"
            noisy.mkdir()
            for file in pictures:  # as PNG, for a JPEG would come back as one
                Image.open(file).convert("RGB").save(noisy / f"{file.stem}.png", compress_level=1)
            subprocess.run([arguments.limpid, "denoise", noisy, "-o", restored, *way.split()],
                           check=True, stderr=subprocess.DEVNULL)
            row(way, (values(restored / f"{file.stem}.png") for file in pictures))


main()
