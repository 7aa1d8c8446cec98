#!/usr/bin/env python3
"""Writes noise.json: Philox, normal and Poisson values and small noisy pictures, bit for bit, for
core/noise and every device that draws noise itself. Written from the papers in numpy, whose float32
operations round each step as IEEE 754 says; scipy says what the exact values are.

usage: make_noise.py
Made with numpy 1.24.2, scipy 1.10.1.
"""

import json
import math
import pathlib

import numpy as np
from scipy.special import ndtri
from scipy.stats import poisson

HERE = pathlib.Path(__file__).parent
F = np.float32
STREAM_NOISE = 1
STREAM_STRENGTH = 6
STREAM_BLOTCHES = 7


def philox4x32(counter, key):
    """Salmon et al. 2011, ten rounds."""
    (a, b, c, d), (k, l) = counter, key
    for _ in range(10):
        left, right = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (right >> 32) ^ b ^ k, right % 2**32, (left >> 32) ^ d ^ l, left % 2**32
        k, l = (k + 0x9E3779B9) % 2**32, (l + 0xBB67AE85) % 2**32
    return [a, b, c, d]


def sequence(seed, stream, epoch, item, count):
    blocks = (philox4x32((i, item, epoch, stream), (seed % 2**32, seed >> 32))
              for i in range(-(-count // 4)))
    return np.array([value for block in blocks for value in block][:count], np.uint32)


def uniform(bits):
    return ((bits >> np.uint32(9)).astype(F) + F(0.5)) * F(2.0**-23)


def logarithm(x):
    bits = x.view(np.uint32)
    exponent = (bits - np.uint32(0x3F3504F3)).view(np.int32) >> 23
    m = (bits - (exponent.astype(np.uint32) << np.uint32(23))).view(F)
    s = (m - F(1)) / (m + F(1))
    z = s * s
    series = F(2) + z * (F(2) / F(3) + z * (F(2) / F(5) + z * (F(2) / F(7) + z * (F(2) / F(9)))))
    return exponent.astype(F) * F(0.693147181) + s * series


def horner(x, *coefficients):
    result = np.full_like(x, F(coefficients[0]))
    for coefficient in coefficients[1:]:
        result = result * x + F(coefficient)
    return result


def gaussian(bits):
    """AS 241, PPND7: Wichura 1988."""
    p = uniform(bits)
    q = p - F(0.5)
    r = F(0.180625) - q * q
    center = (q * horner(r, 59.109374720, 159.29113202, 50.434271938, 3.3871327179)
              / horner(r, 67.187563600, 78.757757664, 17.895169469, 1))
    t = np.sqrt(-logarithm(np.minimum(p, F(1) - p))) - F(1.6)
    tail = (horner(t, 0.17023821103, 1.3067284816, 2.7568153900, 1.4234372777)
            / horner(t, 0.12021132975, 0.73700164250, 1))
    return np.where(np.abs(q) <= F(0.425), center, np.copysign(tail, q))


def poisson_count(mean, bits):
    if mean <= 0:
        return 0.0
    if mean <= 30:
        return float(poisson.ppf((float(bits) + 0.5) / 2**32, mean))
    n = float(gaussian(np.array([bits], np.uint32))[0])
    return max(0.0, math.floor(mean + math.sqrt(mean - 5 / 36) * n + (n * n - 1) / 6 + 0.5))


def pattern(height, width, channels):
    """tests/golden_image.h has the same formula."""
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    return ((5 * x + 3 * y + 40 * c + x * y // 7 * 11) % 256).astype(F) / F(255)


def mean_of(colours):
    return ((colours[0].astype(np.float64) + colours[1] + colours[2]) / 3).astype(F)


def demosaiced(n, first_site):
    """Bilinearly; one place less on each side."""
    height, width = n.shape[0] - 2, n.shape[1] - 2
    at = lambda dy, dx: n[1 + dy:1 + dy + height, 1 + dx:1 + dx + width]
    beside = (at(0, -1) + at(0, 1)) * F(0.5)
    upright = (at(-1, 0) + at(1, 0)) * F(0.5)
    diagonal = ((at(-1, -1) + at(-1, 1)) + (at(1, -1) + at(1, 1))) * F(0.25)
    cross = (beside + upright) * F(0.5)
    y, x = np.mgrid[0:height, 0:width]
    site = ((y + 1) % 2 * 2 + (x + 1) % 2) ^ first_site  # red, green, green, blue
    return np.stack([np.choose(site, [at(0, 0), beside, upright, diagonal]),
                     np.choose(site, [cross, at(0, 0), at(0, 0), cross]),
                     np.choose(site, [diagonal, upright, beside, at(0, 0)])])


def smoothed(c):
    binomial = lambda before, here, after: ((before + after) + F(2) * here) * F(0.25)
    c = binomial(c[:, :, :-2], c[:, :, 1:-1], c[:, :, 2:])
    return binomial(c[:, :-2], c[:, 1:-1], c[:, 2:])


def camera_variance(t):
    return ((F(1) - t) * (F(1) - t) * F(7 / 12) + F(2) * (F(1) - t) * t * F(23 / 64)
            + t * t * F(545 / 2048))


def nodes(length, spacing):
    """The first of the three nodes about each pixel, and their parts: a quadratic B-spline."""
    place = (np.arange(length).astype(F) + F(0.5)) / spacing
    first = place.astype(int)
    t = place - first.astype(F)
    return first, [F(0.5) * (F(1) - t) * (F(1) - t), F(0.75) - (t - F(0.5)) * (t - F(0.5)),
                   F(0.5) * t * t]


def blotches(height, width, spacing, seed, epoch, picture):
    (down, down_parts), (across, across_parts) = nodes(height, spacing), nodes(width, spacing)
    rows, in_row = down[-1] + 3, across[-1] + 3
    bits = sequence(seed, STREAM_BLOTCHES, epoch, picture, 4 * rows * in_row)
    lattice = gaussian(bits).reshape(rows, in_row, 4)[:, :, :3]
    blend = lambda parts, nodes: (parts[0] * nodes[0] + parts[1] * nodes[1]) + parts[2] * nodes[2]
    columns = blend([part[:, None, None] for part in down_parts],
                    [lattice[down + i] for i in range(3)])
    field = blend([part[None, :, None] for part in across_parts],
                  [columns[:, across + i] for i in range(3)])
    return np.moveaxis(field, 2, 0)


def with_camera(clean, one_draw, one_of_many, s, seed, epoch, picture):
    """A normal value for each place of a Bayer mosaic that reaches two places further, demosaiced,
    smoothed, blotched, parted and balanced; scaled to a deviation of 1, toned and added to the
    light."""
    height, width, _ = clean.shape
    chance = sequence(seed, STREAM_STRENGTH, epoch, picture, 15)
    share = lambda i: uniform(chance[i:i + 1])[0]
    developed = one_of_many and share(14) >= F(0.25)
    smoothing = F(1.5) * share(5) - F(0.5) if developed else F(0)
    colour_smoothing = share(8) if developed else F(0)
    parting = F(0.375) * share(6) - F(0.25) if developed else F(0.25) * share(6)
    dark = F(0.1) * share(7)
    blotched = min(F(2) * share(9), F(1)) if developed else F(0)
    spacing = F(1) + F(7) * share(10) * share(10)
    balance, contrast = [F(1)] * 3, F(0.7) * share(13) if one_of_many else F(0)
    if one_of_many:
        balance = [F(1) + F(0.5) * share(11), F(1), F(1) + F(0.5) * share(12)]
    n = gaussian(sequence(seed, STREAM_NOISE, epoch, picture, (height + 4) * (width + 4)))
    sharp = demosaiced(n.reshape(height + 4, width + 4), int(chance[4]) >> 30)
    smooth = smoothed(sharp) if developed else sharp[:, 1:-1, 1:-1]
    sharp = sharp[:, 1:-1, 1:-1]
    before, after = mean_of(sharp), mean_of(smooth)
    noise = before + smoothing * (after - before)
    if one_draw:
        noise = noise[:, :, None]
        gain = np.sqrt(F(3) / camera_variance(smoothing))
    else:
        vivid = F(1) + F(3) * parting
        own = sharp - before
        own = own + colour_smoothing * ((smooth - after) - own)
        if developed:
            broad = blotches(height, width, spacing, seed, epoch, picture)
            own = own + blotched * ((broad - mean_of(broad)) - own)
        noise = np.moveaxis(noise + vivid * own, 0, 2) * np.array(balance, F)
        rest = F(1) - blotched
        variance = (rest * rest * camera_variance(colour_smoothing)
                    + blotched * blotched * (F(11 / 20) * F(11 / 20)))
        red, _, blue = balance
        gain = np.sqrt(F(3) / ((camera_variance(smoothing) + F(2) * vivid * vivid * variance)
                               * ((red * red + F(1) + blue * blue) / F(3))))
    light = clean * clean
    from_middle = F(1) - F(2) * clean
    here = (s * gain) * (F(1) - contrast * (from_middle * from_middle))
    noisy = light + F(2) * here * np.sqrt(light + dark * dark) * noise
    return np.sqrt(np.maximum(noisy, F(0)))


def add_noise(clean, kind, strength, seed, clip, fixed, camera_share, epoch, picture):
    height, width, channels = clean.shape
    one_draw = fixed or kind == "salt-pepper" or bool((clean == clean[:, :, :1]).all())
    own = 1 if one_draw else channels
    place = (2**32 - 1, 2**32 - 1) if fixed else (epoch, picture)
    bits = sequence(seed, STREAM_NOISE, *place, height * width * own).reshape(height, width, own)
    s = F(strength)
    if kind == "camera" or camera_share == 1:
        noisy = with_camera(clean, one_draw, camera_share == 1, s, seed, epoch, picture)
    elif kind == "gaussian":
        noisy = clean + s * gaussian(bits)
    elif kind == "speckle":
        noisy = clean + clean * s * gaussian(bits)
    elif kind == "salt-pepper":
        u = uniform(bits)
        noisy = np.where(u >= s, clean, np.where(u < s / F(2), F(0), F(1)))
    else:
        event = float(s) * float(s)
        draws = np.broadcast_to(bits, clean.shape)
        noisy = np.array([poisson_count(float(x) / event, b) * event
                          for x, b in zip(clean.ravel(), draws.ravel())], F).reshape(clean.shape)
    return np.clip(noisy, F(0), F(1)) if clip else noisy


def hex_of(values):
    return "".join(f"{bits:08x}" for bits in values.astype(F).ravel().view(np.uint32))


def normal_cases():
    """Over the whole range, both ends and both sides of each border between the branches."""
    parts = [0, 1, 2, 2**22 - 1, 2**22, 2**23 - 1]
    border = int(0.075 * 2**23)
    parts += [part for b in (border, 2**23 - border) for part in range(b - 2, b + 3)]
    parts += [int(x) for x in np.linspace(3, 2**23 - 4, 241)]
    parts += [2**k for k in range(2, 22)]
    bits = np.array(parts, np.uint32) << np.uint32(9) | np.uint32(0x155)  # the lower bits are noise
    return [{"bits": int(b), "normal": hex_of(n), "exact": float(ndtri((part + 0.5) / 2**23))}
            for part, b, n in zip(parts, bits, gaussian(bits))]


def poisson_cases():
    rng = np.random.RandomState(1)
    cases = []
    for mean in [1e-6, 0.01, 0.5, 1.0, 3.7, 12.0, 29.99, 30.0, 30.01, 50.0, 400.0, 1e4, 1e8]:
        bits = [0, 1, 2**31, 2**32 - 1] + [int(b) for b in rng.randint(0, 2**32, 12, np.uint64)]
        cases.append({"mean": mean, "bits": bits, "count": [poisson_count(mean, b) for b in bits]})
    return cases


def picture_cases():
    cases = []
    raw = next(i for i in range(41, 60)  # the first whose camera takes nothing away
               if uniform(sequence(0x123456789ABCDEF, STREAM_STRENGTH, 3, i, 15)[14:])[0] < 0.25)
    for kind, strength, share, picture in [
            ("gaussian", 0.2, 0, 41), ("gaussian", 0.4, 0, 41), ("poisson", 0.1, 0, 41),
            ("poisson", 0.4, 0, 41), ("salt-pepper", 0.3, 0, 41), ("speckle", 0.5, 0, 41),
            ("camera", 0.2, 0, 41), ("gaussian", 0.2, 1, 41), ("gaussian", 0.2, 1, raw)]:
        for channels, gray, clip in [(3, False, True), (3, False, False), (1, True, True),
                                     (3, True, True)]:
            for fixed in [False, True] if kind == "gaussian" and share == 0 else [False]:
                clean = pattern(5, 7, 1 if gray else 3)
                settings = {"kind": kind, "strength": strength, "seed": 0x123456789ABCDEF,
                            "clip": clip, "fixed": fixed, "camera_share": share, "epoch": 3,
                            "picture": picture}
                noisy = add_noise(np.repeat(clean, channels, 2) if gray else clean, **settings)
                cases.append({**settings, "height": 5, "width": 7, "channels": channels,
                              "gray": gray, "noisy": hex_of(noisy)})
    return cases


def main():
    ones = 2**32 - 1
    assert philox4x32((ones,) * 4, (ones,) * 2) == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    golden = {"sequence": [f"{b:08x}" for b in sequence(0x123456789ABCDEF, 5, 7, 11, 10)],
              "normal": normal_cases(), "poisson": poisson_cases(), "pictures": picture_cases()}
    lists = ",\n".join(f'"{name}": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]"
                       for name, cases in golden.items())
    (HERE / "noise.json").write_text(f"{{\n{lists}\n}}\n")


main()
