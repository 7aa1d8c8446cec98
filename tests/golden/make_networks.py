#!/usr/bin/env python3
"""Writes networks.json: what PyTorch says in float64 of small networks that have, among them, every
kind of layer but dropout: output, loss, gradients and running statistics, complete. They show that
the conventions (order of taps and channels, padding of strided and transposed convolutions,
statistics) are the world's.

usage: make_networks.py
Made with PyTorch 1.13, numpy 1.24.2.
"""

import json
import pathlib

from torch_network import accumulate, parameters, pictures, plain_weights, run

HERE = pathlib.Path(__file__).parent


def conv(name, channels, **more):
    return {"name": name, "kind": "conv", "channels": channels, **more}


def transposed(name, channels, **more):
    return {"name": name, "kind": "transposed_conv", "channels": channels, "stride": 2, **more}


NETWORKS = [
    ("mse", {"name": "strided_3", "channels": 3, "layers": [
        conv("down", 4, stride=2, activation="leaky_relu", slope=0.25),
        transposed("up", 4, kernel=3, activation="relu"),
        conv("out", 3, kernel=1, activation="sigmoid")]}),
    ("l1", {"name": "strided_5", "channels": 3, "layers": [
        conv("down", 4, kernel=5, stride=2, activation="sigmoid"),
        transposed("up", 3, kernel=4)]}),
    ("bce", {"name": "strided_1", "channels": 1, "layers": [
        conv("down", 3, kernel=1, stride=2, activation="leaky_relu"),
        transposed("up", 1, kernel=2, activation="sigmoid")]}),
    ("mse", {"name": "stride_1", "channels": 1, "layers": [
        conv("wide", 3, kernel=5, activation="relu"),
        conv("out", 1, activation="sigmoid")]}),
    ("mse", {"name": "norm", "channels": 3, "layers": [
        conv("first", 4),
        {"name": "norm1", "kind": "batch_norm", "activation": "relu"},
        {"name": "pool", "kind": "max_pool", "stride": 2},
        conv("second", 4, kernel=1, activation="leaky_relu"),
        {"name": "norm2", "kind": "batch_norm"},
        {"name": "up", "kind": "upsample", "stride": 2},
        conv("out", 3)]}),
    ("mse", {"name": "skips", "channels": 3, "layers": [
        conv("enc", 4, activation="relu"),
        {"name": "pool", "kind": "max_pool", "stride": 2},
        conv("deep", 4, activation="relu"),
        {"name": "up", "kind": "upsample", "stride": 2},
        {"name": "sum", "kind": "add", "inputs": ["up", "enc"], "activation": "leaky_relu",
         "slope": 0.1},
        {"name": "join", "kind": "concat", "inputs": ["sum", "input", "enc"]},
        conv("out", 3),
        {"name": "residual", "kind": "add", "inputs": ["out", "input"]}]}),
]


def rounded(tensor):
    return [float(f"{v:.9g}") for v in tensor.reshape(-1).tolist()]


def describe(loss, model):
    clean, noisy = pictures(2, 8, 8, model["channels"])
    weights = plain_weights(model, 42)
    total, gradients, running = accumulate(model, weights, noisy, clean, loss)
    return {"model": model, "loss_kind": loss, "output": rounded(run(model, weights, noisy)),
            "loss": float(f"{total:.9g}"),
            "gradients": [{"name": name, "values": rounded(gradients[name])}
                          for name, _ in parameters(model)],
            "running": [{"name": name, "values": rounded(t)} for name, t in running.items()]}


def main():
    networks = [describe(loss, model) for loss, model in NETWORKS]
    text = json.dumps(networks, separators=(",", ":"))
    for key in ('{"name"', '"output"', '"gradients"', '"running"', '{"model"'):
        text = text.replace(key, "\n" + key)
    (HERE / "networks.json").write_text(text.strip() + "\n")


if __name__ == "__main__":
    main()
