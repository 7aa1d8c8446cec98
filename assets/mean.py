#!/usr/bin/env python3
"""The mean of two models of one network: of a training and what it began from, it often restores
better than either (Wortsman et al. 2022, "Model soups").

usage: mean.py ONE OTHER OUT     (Debian: python3-numpy)
OTHER is a file with 32-bit weights, as `limpid train` leaves them, and so is OUT, which gets its
description; the weights of ONE may have 16, as `limpid pack` leaves them.
"""

import json
import pathlib
import sys

import numpy as np


def read(path):
    """The header as it stands there, and the tensors by name, in the order of their bytes."""
    file = pathlib.Path(path).read_bytes()
    end = 8 + int.from_bytes(file[:8], "little")
    said = json.loads(file[8:end])
    said.pop("__metadata__", None)
    tensors = {}
    for name, tensor in sorted(said.items(), key=lambda item: item[1]["data_offsets"]):
        first, last = (end + offset for offset in tensor["data_offsets"])
        tensors[name] = np.frombuffer(file[first:last], {"F32": "<f4", "F16": "<f2"}[tensor["dtype"]])
    return file[:end], tensors


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    (_, one), (header, other) = map(read, sys.argv[1:3])
    sizes = [[(name, tensor.size) for name, tensor in tensors.items()] for tensors in (one, other)]
    if sizes[0] != sizes[1] or any(tensor.dtype != np.float32 for tensor in other.values()):
        raise SystemExit(f"{sys.argv[2]}: not the tensors of {sys.argv[1]} in 32 bits")
    means = [(one[name].astype("<f4") + other[name]) / np.float32(2) for name in other]
    pathlib.Path(sys.argv[3]).write_bytes(header + b"".join(mean.tobytes() for mean in means))


main()
