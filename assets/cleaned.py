#!/usr/bin/env python3
"""Pictures cleaner than they were, to learn from: halved, which takes their own grain away, and the
same enlarged again, as soft as what a camera's pixels show.

A network that learns to take weak noise out of pictures with grain learns to leave the grain.

usage: cleaned.py OUT FOLDER...     (Debian: python3-pil)
OUT/sharp and OUT/soft get FOLDER_NAME.png of each JPEG.
"""

import pathlib
import sys

from PIL import Image


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    sharp, soft = (pathlib.Path(sys.argv[1]) / name for name in ("sharp", "soft"))
    sharp.mkdir(parents=True, exist_ok=True)
    soft.mkdir(parents=True, exist_ok=True)
    for folder in map(pathlib.Path, sys.argv[2:]):
        for file in sorted(folder.glob("*.jpg")):
            picture = Image.open(file).convert("RGB")
            width, height = picture.width // 2, picture.height // 2
            small = picture.resize((width, height), Image.LANCZOS)
            name = f"{folder.name}_{file.stem}.png"
            small.save(sharp / name)
            small.resize((2 * width, 2 * height), Image.BICUBIC).save(soft / name)


main()
