#!/usr/bin/env python3
"""The mean of two model files of one network, weight by weight.

Tuning a network on a few more pictures takes a little from what it knew; the mean of both keeps
most of the old and most of the new (Wortsman et al., "Robust fine-tuning of zero-shot models",
2022).

usage: average_models.py ONE.safetensors OTHER.safetensors MEAN.safetensors    (python3-numpy)
Both in 32 bits; what the file says of itself is OTHER's.
"""

import json
import struct
import sys

import numpy as np


def read(path):
    with open(path, "rb") as file:
        content = file.read()
    size, = struct.unpack("<Q", content[:8])
    return content[8:8 + size], bytearray(content[8 + size:])


def main():
    one, other, mean = sys.argv[1:4]
    header_of_one, bytes_of_one = read(one)
    header, weights = read(other)
    tensors_of_one = json.loads(header_of_one)
    for name, tensor in json.loads(header).items():
        if name == "__metadata__":
            continue
        twin = tensors_of_one.get(name)
        kinds = {twin["dtype"], tensor["dtype"]} if twin else {}
        if kinds != {"F32"} or twin["shape"] != tensor["shape"]:
            sys.exit(f"{one} and {other} are not of one network in 32 bits: {name}")
        begin, end = tensor["data_offsets"]
        mine = np.frombuffer(bytes_of_one[slice(*twin["data_offsets"])], np.float32)
        theirs = np.frombuffer(weights[begin:end], np.float32)
        weights[begin:end] = (mine + (theirs - mine) * np.float32(0.5)).tobytes()
    with open(mean, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + bytes(weights))


if __name__ == "__main__":
    main()
