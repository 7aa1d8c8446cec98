#!/usr/bin/env python3
"""Writes image.json and image/: what Pillow, numpy and scikit-image say about the pictures that the
tests of core/image make from the same formulas.

usage: LIMPID_SHARED_DATA=<folder with awkward/> make_image.py
Made with Pillow 9.4.0, numpy 1.24.2, scikit-image 0.19.3.
"""

import csv
import io
import json
import os
import pathlib
import struct
import warnings
import zlib

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin
from skimage.metrics import structural_similarity

HERE = pathlib.Path(__file__).parent
FILES = HERE / "image"


def pattern(height, width, channels):
    """Bytes with slopes, edges and texture; tests/golden_image.h has the same formula."""
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    return ((5 * x + 3 * y + 40 * c + x * y // 7 * 11) % 256).astype(np.uint8)


def disturbed(height, width, channels):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    change = (31 * x + 17 * y + 7 * c) % 61 - 30
    return np.clip(pattern(height, width, channels).astype(int) + change, 0, 255).astype(np.uint8)


def to_pillow(pixels):
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def resize_cases():
    cases = []
    for (h, w, c), (to_h, to_w) in [
        ((17, 23, 3), (40, 61)), ((17, 23, 3), (5, 7)), ((17, 23, 3), (17, 9)),
        ((17, 23, 3), (31, 23)), ((17, 23, 1), (1, 1)), ((1, 5, 3), (4, 3)),
        ((64, 48, 1), (21, 77)), ((150, 198, 1), (32, 32)), ((9, 9, 1), (10, 8)),
    ]:
        resized = to_pillow(pattern(h, w, c)).resize((to_w, to_h), Image.Resampling.BICUBIC)
        cases.append({"height": h, "width": w, "channels": c, "to_height": to_h, "to_width": to_w,
                      "pixels": resized.tobytes().hex()})
    return cases


def quality_cases():
    cases = []
    for h, w, c in [(11, 11, 1), (13, 29, 3), (40, 37, 3), (64, 11, 1)]:
        # As the C++ side holds them: floats of k / 255.
        clean, image = ((p(h, w, c).astype(np.float32) / np.float32(255)).astype(np.float64)
                        for p in (pattern, disturbed))
        rmse = float(np.sqrt(np.mean((clean - image) ** 2)))
        cases.append({
            "height": h, "width": w, "channels": c, "rmse": rmse, "psnr": -20 * np.log10(rmse),
            "ssim": float(structural_similarity(
                clean, image, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
                data_range=1, channel_axis=-1))})
    return cases


def exif_block(orientation, order):
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    start = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return start + struct.pack(order + "H", 1) + entry + struct.pack(order + "I", 0)


def write_orientations():
    """pattern(6, 10, 3) stored in the eight ways; upright again it is the pattern. The JPEGs hold
    four flat quarters instead, which survive the compression."""
    quarters = np.zeros((32, 48, 3), np.uint8)
    quarters[:16, :24], quarters[:16, 24:] = (200, 40, 40), (40, 200, 40)
    quarters[16:, :24], quarters[16:, 24:] = (40, 40, 200), (230, 230, 230)
    transpose = Image.Transpose
    stored_as = {1: None, 2: transpose.FLIP_LEFT_RIGHT, 3: transpose.ROTATE_180,
                 4: transpose.FLIP_TOP_BOTTOM, 5: transpose.TRANSPOSE, 6: transpose.ROTATE_90,
                 7: transpose.TRANSVERSE, 8: transpose.ROTATE_270}
    for orientation, way in stored_as.items():
        exif = exif_block(orientation, "<" if orientation % 2 else ">")
        for name, upright in (("png", pattern(6, 10, 3)), ("jpg", quarters)):
            picture = Image.fromarray(upright)
            stored = picture if way is None else picture.transpose(way)
            options = {"quality": 95, "subsampling": 0} if name == "jpg" else {}
            block = b"Exif\0\0" + exif if name == "jpg" else exif
            file = FILES / f"orientation_{orientation}.{name}"
            stored.save(file, exif=block, **options)
            with Image.open(file) as again:  # Pillow agrees with what is claimed
                turned = np.asarray(ImageOps.exif_transpose(again)).astype(int)
            assert np.abs(turned - upright).max() <= (20 if name == "jpg" else 0), file


def write_png16():
    """16 bits in all four channel layouts: value = 257 * pattern + y, rows unfiltered."""
    color_type = {1: 0, 2: 4, 3: 2, 4: 6}
    for channels, kind in color_type.items():
        values = 257 * pattern(5, 7, channels).astype(int) + np.arange(5)[:, None, None]
        rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values % 65536)
        chunks = [(b"IHDR", struct.pack(">IIBBBBB", 7, 5, 16, kind, 0, 0, 0)),
                  (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
        (FILES / f"bits16_{channels}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
            for name, body in chunks))


def write_jpegs():
    """A progressive and a gray one, with what Pillow decodes them to."""
    smooth = (np.mgrid[0:24, 0:40][1] * 6).astype(np.uint8)
    expected = {}
    for name, picture, options in [
        ("progressive", Image.fromarray(np.stack([smooth, 255 - smooth, smooth // 2], 2)),
         {"progressive": True}),
        ("gray", Image.fromarray(smooth), {}),
    ]:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=90, **options)
        (FILES / f"{name}.jpg").write_bytes(buffer.getvalue())
        expected[name] = Image.open(buffer).tobytes().hex()
    return expected


def icc_profile(size):
    """The header of a profile of red-green-blue pictures, and bytes that the tests know."""
    profile = bytearray(i % 251 for i in range(size))
    profile[:128] = bytes(128)
    profile[:4] = struct.pack(">I", size)
    profile[16:20], profile[36:40] = b"RGB ", b"acsp"
    return bytes(profile)


def write_profiles():
    """Colour profiles as Pillow stores them; that of the JPEG is too long for one segment."""
    picture = Image.fromarray(pattern(6, 10, 3))
    for name, size in (("png", 3000), ("jpg", 70000)):
        picture.save(FILES / f"profile.{name}", icc_profile=icc_profile(size))


def write_xmp():
    """XMP of a picture that lies on its side."""
    xmp = b'<x tiff:Orientation="6" xmp:Rating="4"/>'
    picture = Image.fromarray(pattern(6, 10, 3))
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", xmp.decode())
    picture.save(FILES / "xmp.png", pnginfo=text)
    picture.save(FILES / "xmp.webp", lossless=True, xmp=xmp)
    content = b"http://ns.adobe.com/xap/1.0/\0" + xmp
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(content)) + content
    picture.save(FILES / "xmp.jpg", extra=segment)


# Pillow writes no AVIF: lossless.avif is `avifenc --lossless orientation_1.png lossless.avif`
# (libavif 0.11.1).
def write_webps():
    """Without loss, with and without alpha; with loss and what Pillow decodes it to; turned, with a
    colour profile and EXIF; and an animated one."""
    Image.fromarray(pattern(6, 10, 3)).save(FILES / "lossless.webp", lossless=True)
    Image.fromarray(pattern(6, 10, 4)).save(FILES / "alpha.webp", lossless=True, exact=True)
    turned = Image.fromarray(pattern(6, 10, 3)).transpose(Image.Transpose.ROTATE_90)
    turned.save(FILES / "orientation_6.webp", lossless=True, exif=exif_block(6, "<"),
                icc_profile=icc_profile(300))
    frames = [Image.fromarray(np.full((8, 8, 3), value, np.uint8)) for value in (0, 255)]
    frames[0].save(FILES / "animated.webp", save_all=True, append_images=frames[1:])
    with Image.open(FILES / "progressive.jpg") as picture:
        picture.save(FILES / "lossy.webp", quality=80)
    with Image.open(FILES / "lossy.webp") as again:
        return again.tobytes().hex()


def write_tiffs():
    """The ways of packing that are read, two pages, and what a file says beside its pixels. What
    Pillow does not write, tests/tiff_file.h does."""
    color, gray = pattern(6, 10, 3), 257 * pattern(6, 10, 1)[:, :, 0].astype(np.uint16)
    for way in ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate"):
        Image.fromarray(color).save(FILES / f"{way}.tif", compression=way)
    for way in ("tiff_lzw", "tiff_adobe_deflate"):  # 317: differences of neighbours
        Image.fromarray(gray).save(FILES / f"{way}_16.tif", compression=way, tiffinfo={317: 2})
        Image.fromarray(color).save(FILES / f"{way}_2.tif", compression=way, tiffinfo={317: 2})
    Image.fromarray(pattern(6, 10, 4)).save(FILES / "alpha.tif", compression="tiff_lzw")
    numbers = Image.fromarray(pattern(6, 10, 1)[:, :, 0] // 16).convert("P")
    numbers.putpalette([17 * i + c for i in range(15) for c in (0, 5, 10)])
    numbers.save(FILES / "palette.tif", compression="packbits")
    Image.fromarray(color[:, :, 0] > 127).save(FILES / "bits.tif")
    other = Image.fromarray(np.zeros((3, 3, 3), np.uint8))
    Image.fromarray(color).save(FILES / "pages.tif", save_all=True, append_images=[other])
    xmp = b'<x tiff:Orientation="6" xmp:Rating="4"/>'
    lying = Image.fromarray(color).transpose(Image.Transpose.ROTATE_90)
    lying.save(FILES / "orientation_6.tif", icc_profile=icc_profile(300), dpi=(300, 300),
               tiffinfo={274: 6, 700: xmp}, compression="tiff_lzw")


def fnv1a_64(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def awkward_checksums():
    """FNV-1a of the RGBA bytes of each file of shared/data/awkward whose pixels are certain. Not of
    BMP with 5 bits a channel, which Pillow scales by 255 / 31 rounded down and stb by 33 / 4."""
    folder = pathlib.Path(os.environ["LIMPID_SHARED_DATA"]) / "awkward"
    checksums = {}
    with open(folder / "index.tsv", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["rgba8_sha256_16"] == "-" or "16bpp" in row["header"]:
                continue
            with Image.open(folder / "files" / row["file"]) as picture:
                checksums[row["file"]] = fnv1a_64(picture.convert("RGBA").tobytes())
    return checksums


def main():
    warnings.simplefilter("ignore")  # Pillow's about the damaged files
    FILES.mkdir(exist_ok=True)
    write_orientations()
    write_png16()
    write_profiles()
    write_xmp()
    write_tiffs()
    golden = {"jpegs": write_jpegs(), "webp": write_webps(), "resize": resize_cases(),
              "quality": quality_cases(),
              "awkward": awkward_checksums()}
    (HERE / "image.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
