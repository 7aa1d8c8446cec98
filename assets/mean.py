#!/usr/bin/env python3
"""The mean of two models of one network: of a training and what it began from, it often restores
better than either (Wortsman et al. 2022, "Model soups").

usage: mean.py ONE OTHER OUT     (Debian: python3-numpy)
All three are files of models with 32-bit weights, as `limpid train` leaves them; OUT gets the
description of OTHER.
"""

import json
import pathlib
import sys

import numpy as np


def read(path):
    """The header as it stands there, what it says of the tensors, and their bytes."""
    file = pathlib.Path(path).read_bytes()
    end = 8 + int.from_bytes(file[:8], "little")
    tensors = json.loads(file[8:end])
    tensors.pop("__metadata__", None)
    return file[:end], tensors, file[end:]


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    (_, one, one_bytes), (header, other, other_bytes) = map(read, sys.argv[1:3])
    if one != other or any(tensor["dtype"] != "F32" for tensor in one.values()):
        raise SystemExit(f"{sys.argv[1]} and {sys.argv[2]}: not the same tensors of 32 bits")
    mean = (np.frombuffer(one_bytes, "<f4") + np.frombuffer(other_bytes, "<f4")) / np.float32(2)
    pathlib.Path(sys.argv[3]).write_bytes(header + mean.tobytes())


main()
