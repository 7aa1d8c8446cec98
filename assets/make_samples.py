#!/usr/bin/env python3
"""Draws the sample pictures of assets/samples: nothing in them comes from anybody else's picture.

phantom.png  a brain-like head: the ellipses of Shepp and Logan (IEEE Trans. Nucl. Sci. NS-21,
             1974) in Toft's contrast, with folds and tissue texture; gray
coast.png    sky, clouds, sea, a headland and a beach
forest.png   trunks in fog over a floor of leaves
text.png     dark letters on paper, from large to the smallest that can be read; gray
chart.png    what shows a filter's faults: a star, gratings, ramps, fine checks, colour patches

usage: make_samples.py     (Debian: python3-numpy python3-pil fonts-dejavu-core)
The same numbers every time: one seed a picture.
"""

import pathlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).parent / "samples"
SIDE = 384
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def clouds(rng, height, width, coarsest, octaves, fall=0.5):
    """Fractal noise: random grids, each twice as fine and `fall` as strong; about -1 to 1."""
    total = np.zeros((height, width))
    for octave in range(octaves):
        cells = coarsest * 2 ** octave
        grid = rng.uniform(-1, 1, (int(np.ceil(cells * height / width)) + 2, cells + 2))
        smooth = Image.fromarray(grid.astype(np.float32)).resize((width, height), Image.BICUBIC)
        total += np.asarray(smooth) * fall ** octave
    return total / total.std() / 2.5


def blend(under, over, share):
    return under + (over - under) * share[..., None]


def step(x, width):
    """0 below 0, 1 above, smooth over `width`."""
    return np.clip(x / width + 0.5, 0, 1)


def shade(*colour):
    return np.array(colour) / 255.0


def phantom(rng):
    n = SIDE
    y, x = np.mgrid[1:-1:n * 1j, -1:1:n * 1j]
    ellipses = [(1, .69, .92, 0, 0, 0), (-.8, .6624, .874, 0, -.0184, 0),
                (-.2, .11, .31, .22, 0, -18), (-.2, .16, .41, -.22, 0, 18),
                (.1, .21, .25, 0, .35, 0), (.1, .046, .046, 0, .1, 0), (.1, .046, .046, 0, -.1, 0),
                (.1, .046, .023, -.08, -.605, 0), (.1, .023, .023, 0, -.606, 0),
                (.1, .023, .046, .06, -.605, 0)]
    warp = clouds(rng, n, n, 4, 3) * 0.012
    picture = np.zeros((n, n))
    inside = np.zeros((n, n))
    for i, (value, a, b, x0, y0, degrees) in enumerate(ellipses):
        t = np.radians(degrees)
        u = (x + warp - x0) * np.cos(t) + (y + warp.T - y0) * np.sin(t)
        v = -(x + warp - x0) * np.sin(t) + (y + warp.T - y0) * np.cos(t)
        part = step((1 - np.hypot(u / a, v / b)) * min(a, b), 0.008)
        picture += value * part
        if i == 1:
            inside = part
            depth = 1 - np.hypot(u / a, v / b)
    folds = np.abs(clouds(rng, n, n, 11, 2, 0.4))
    cortex = np.exp(-np.maximum(depth, 0) / 0.16)
    sulci = step(0.16 - folds, 0.18) * cortex * inside
    picture = picture + inside * (0.12 - 0.22 * sulci + 0.07 * cortex)
    picture += inside * (clouds(rng, n, n, 24, 3) * 0.025 + clouds(rng, n, n, 3, 2) * 0.02)
    return np.clip(picture, 0, 1)


def coast(rng):
    h = w = SIDE
    y, x = np.mgrid[0:1:h * 1j, 0:1:w * 1j]
    sky = blend(np.broadcast_to(shade(86, 142, 206), (h, w, 3)), shade(222, 230, 232),
                step(y - .2, .5))
    fleece = clouds(rng, h, w, 4, 7, 0.55) * (0.55 + 0.5 * y)
    sky = blend(sky, shade(250, 248, 244), step(fleece - .18, .55) * (1 - step(y - .38, .2)) * .9)
    horizon = 0.44
    near = np.clip((y - horizon) / (1 - horizon), 1e-3, 1)
    rows = np.log(near + 0.03) * 26
    ripple = np.sin(rows * 2.3 + clouds(rng, h, w, 3, 6, 0.6) * (3 + 6 * (1 - near)) + x * 5)
    sea = blend(np.broadcast_to(shade(52, 108, 142), (h, w, 3)), shade(24, 76, 104), near)
    sea = sea + (ripple * 0.05 + clouds(rng, h, w, 24, 4) * 0.025)[..., None]
    picture = blend(sky, sea, step(y - horizon, 0.004))
    # A beach whose edge winds, with foam along it and grains of sand.
    edge = 0.70 + 0.22 * x + 0.03 * np.sin(x * 7) + clouds(rng, h, w, 4, 4) * 0.012
    sand = shade(214, 190, 148) + (clouds(rng, h, w, 64, 3, 0.8) * 0.035 +
                                   clouds(rng, h, w, 4, 3) * 0.03)[..., None]
    wet = blend(sand, shade(150, 128, 98), 1 - step(y - edge - .05, .05))
    picture = blend(picture, wet, step(y - edge, 0.006))
    foam = np.exp(-((y - edge + 0.006) / 0.012) ** 2) * step(clouds(rng, h, w, 20, 4) + .35, .5)
    picture = blend(picture, shade(246, 248, 246), foam * .9)
    # A headland with strata and grass on top.
    ridge = 0.44 - 0.24 * np.exp(-((x - 0.93) / 0.22) ** 2) + clouds(rng, h, w, 6, 6)[0] * 0.014
    foot = horizon + 0.06 * np.clip((x - 0.52) / 0.45, 0, 1) + clouds(rng, h, w, 12, 3)[1] * 0.006
    rock = step(y - ridge, 0.006) * (1 - step(y - foot, 0.006)) * step(x - .5, .02)
    strata = shade(132, 112, 92) + (np.sin(y * 190 + clouds(rng, h, w, 6, 5) * 5) * 0.05 +
                                    clouds(rng, h, w, 14, 6, 0.7) * 0.1)[..., None]
    green = shade(86, 104, 52) + (clouds(rng, h, w, 40, 4, 0.8) * 0.09)[..., None]
    picture = blend(picture, blend(strata, green, 1 - step(y - ridge - .035, .03)), rock)
    return np.clip(picture, 0, 1)


def forest(rng):
    h = w = SIDE
    y, x = np.mgrid[0:1:h * 1j, 0:1:w * 1j]
    fog = blend(np.broadcast_to(shade(196, 208, 190), (h, w, 3)), shade(236, 238, 214),
                np.exp(-((x - .62) ** 2 + (y - .25) ** 2) / .08))
    picture = fog + (clouds(rng, h, w, 6, 5) * 0.02)[..., None]
    for layer in range(7):
        near = (layer + 1) / 7
        ground = 0.55 + 0.05 * layer
        leaves = clouds(rng, h, w, 10 + 3 * layer, 6, 0.75)
        crown = step(leaves - .1 - 1.1 * (y - .28 + .05 * layer), .22) * (0.8 - 0.05 * layer)
        tone = blend(np.broadcast_to(shade(52, 84, 36), (h, w, 3)), shade(148, 168, 74),
                     step(clouds(rng, h, w, 30, 5, 0.8), 1.6))
        picture = blend(picture, blend(fog, tone, np.full((h, w), .35 + .6 * near)), crown * .85)
        floor = blend(np.broadcast_to(shade(112, 92, 54), (h, w, 3)), shade(70, 92, 44),
                      step(clouds(rng, h, w, 12, 6, 0.7), .9))
        floor = floor + (clouds(rng, h, w, 60, 4, 0.8) * 0.10)[..., None]
        picture = blend(picture, blend(fog, floor, np.full((h, w), .3 + .7 * near)),
                        step(y - ground - .02 * clouds(rng, h, w, 3, 2)[0], .02))
        for _ in range(9 - layer):
            centre = rng.uniform(-.02, 1.02)
            width = (0.005 + 0.032 * near ** 2) * rng.uniform(.7, 1.3)
            lean, bottom = rng.uniform(-.05, .05), ground + .05 * near + rng.uniform(0, .05)
            bend = centre + lean * (1 - y) + clouds(rng, h, w, 2, 3)[:, :1] * .006
            across = (x - bend) / (width * (0.75 + 0.45 * y))
            trunk = step(1 - np.abs(across), .25) * (1 - step(y - bottom, .01))
            bark = clouds(rng, h, w, 40, 4, 0.8) * .5 + np.sin(across * 9 + y * 22) * .25
            light = 0.72 + 0.5 * np.clip(across, -1, 1) + .26 * bark
            wood = shade(78, 62, 46) * light[..., None]
            picture = blend(picture, blend(fog, wood, np.full((h, w), .3 + .7 * near)), trunk)
    return np.clip(picture, 0, 1)


def text(rng):
    paper = Image.new("L", (SIDE, SIDE), 236)
    draw = ImageDraw.Draw(paper)
    lines = ["Autoencoder", "squeezes a picture", "through a bottleneck and draws it anew.",
             "What does not fit through is lost:", "first the noise, then the finest detail.",
             "Latin, Кириллица, Ελληνικά, 0123456789"]
    y = 14
    for size, line in zip([52, 34, 18, 18, 16, 16], lines):
        draw.text((16, y), line, fill=28, font=ImageFont.truetype(FONT, size))
        y += int(size * 1.45)
    for size in (14, 12, 11, 10, 9, 8):
        line = f"{size} px  The quick brown fox jumps over the lazy dog"
        draw.text((16, y), line, fill=40, font=ImageFont.truetype(FONT, size))
        y += int(size * 1.7)
    page = np.asarray(paper) / 255.0
    return np.clip(page + clouds(rng, SIDE, SIDE, 40, 3, 0.8) * 0.012 +
                   clouds(rng, SIDE, SIDE, 2, 2) * 0.02, 0, 1)


def chart(_):
    n = SIDE
    picture = np.full((n, n, 3), 0.5)
    y, x = np.mgrid[0:n, 0:n]
    # A star of 36 rays: where they run together a filter's resolution ends.
    cy, cx, radius = 112, 112, 96
    angle = np.arctan2(y - cy, x - cx)
    distance = np.hypot(y - cy, x - cx)
    star = 0.5 + 0.5 * np.clip(np.sin(angle * 36) * distance / 18, -1, 1)
    picture = blend(picture, star[..., None] * np.ones(3), step(radius - distance, 1.5))
    # Gratings of 2 to 16 pixels, upright and lying.
    for i, period in enumerate((2, 3, 4, 6, 8, 12, 16)):
        top = 16 + 28 * i
        bars = (np.arange(76) % period < period / 2).astype(float)
        picture[top:top + 22, 216:292] = bars[None, :, None]
        picture[top:top + 22, 300:368] = bars[:22, None, None]
    # Ramps: gray, then each colour.
    ramp = np.linspace(0, 1, 352)
    for i, colour in enumerate(((1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1))):
        top = 226 + 20 * i
        picture[top:top + 18, 16:368] = ramp[None, :, None] * np.array(colour)
    patches = [(115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177),
               (103, 189, 170), (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108),
               (157, 188, 64), (224, 163, 46)]
    for i, colour in enumerate(patches):
        left = 16 + 30 * (i % 6)
        top = 312 + 30 * (i // 6)
        picture[top:top + 26, left:left + 26] = shade(*colour)
    checks = ((x // 1 + y // 1) % 2).astype(float)
    picture[312:368, 204:256] = checks[312:368, 204:256, None]
    wide = ((x // 4 + y // 4) % 2).astype(float)
    picture[312:368, 260:312] = wide[312:368, 260:312, None]
    circles = 0.5 + 0.5 * np.cos(((x - 342) ** 2 + (y - 340) ** 2) / 18.0)
    picture[312:368, 316:368] = circles[312:368, 316:368, None]
    return np.clip(picture, 0, 1)


def main():
    HERE.mkdir(exist_ok=True)
    for seed, draw in enumerate((phantom, coast, forest, text, chart), start=1):
        values = draw(np.random.Generator(np.random.PCG64(seed)))
        picture = Image.fromarray(np.round(values * 255).astype(np.uint8))
        picture.save(HERE / f"{draw.__name__}.png", optimize=True)


if __name__ == "__main__":
    main()
