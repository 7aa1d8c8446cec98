"""Limpid's networks in PyTorch, in float64: a model as core/model/json.h has it, with Keras's
conventions (padding, batch normalization, Adam) written out. Used by make_article.py and
make_networks.py.
"""

import numpy as np
import torch
import torch.nn.functional as F

STREAMS = {"noise": 1, "shuffle": 2, "weights": 3, "dropout": 4, "augment": 5}


def philox4x32(counter, key):
    """Philox4x32-10 of Salmon et al., SC 2011: counter is four uint64 arrays of 32-bit values."""
    c, k = list(counter), list(key)
    mask = np.uint64(0xFFFFFFFF)
    for _ in range(10):
        a = np.uint64(0xD2511F53) * c[0]
        b = np.uint64(0xCD9E8D57) * c[2]
        c = [(b >> np.uint64(32)) ^ c[1] ^ k[0], b & mask,
             (a >> np.uint64(32)) ^ c[3] ^ k[1], a & mask]
        k = [(k[0] + np.uint64(0x9E3779B9)) & mask, (k[1] + np.uint64(0xBB67AE85)) & mask]
    return c


def sequence_bits(count, seed, stream, item):
    """The first values of core/noise/philox.h's Sequence of epoch 0, as uint32."""
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    same = np.ones_like(blocks)
    counter = [blocks, same * np.uint64(item), same * np.uint64(0),
               same * np.uint64(STREAMS[stream])]
    words = philox4x32(counter, [np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32)])
    return np.stack(words, axis=1).reshape(-1)[:count].astype(np.uint32)


def uniform(bits):
    return ((bits >> np.uint32(9)).astype(np.float32) + np.float32(0.5)) * np.float32(2.0**-23)


def pictures(n, height, width, channels):
    """Clean and noisy pictures of bytes / 255; tests/golden_network.h has the same formula. The
    noisy ones are gray but for a square of random values: see make_article.py."""
    i, y, x, c = np.mgrid[0:n, 0:height, 0:width, 0:channels]
    clean = 150 + (5 * x + 3 * y + 40 * c + 91 * i + x * y // 7 * 11) % 256 // 4
    bits = np.stack([sequence_bits(clean[0].size, 7, "noise", j).reshape(clean[0].shape)
                     for j in range(n)])
    top, left = i * (height * 3 // 8 - 1), i * (width // 4 + 1)
    inside = (y >= top) & (y < top + 16) & (x >= left) & (x < left + 16)
    noisy = np.where(inside, bits >> np.uint32(24), 128)
    return [torch.from_numpy((b.astype(np.float32) / np.float32(255)).astype(np.float64))
            for b in (clean, noisy)]


def with_defaults(layer):
    kind = layer["kind"]
    stride = 1 if kind == "conv" else 2
    return {"kernel": 3, "stride": stride, "activation": "linear", "slope": 0.1, **layer}


def layers_with_inputs(model):
    """Each layer with the names of its inputs and their channels filled in."""
    channels = {"input": model["channels"]}
    before = "input"
    for layer in map(with_defaults, model["layers"]):
        layer.setdefault("inputs", [before])
        layer["in"] = channels[layer["inputs"][0]]
        layer["out"] = layer.get("channels", layer["in"])
        if layer["kind"] == "concat":
            layer["out"] = sum(channels[name] for name in layer["inputs"])
        before = layer["name"]
        channels[before] = layer["out"]
        yield layer


def parameters(model):
    """Names and shapes in the order of core/model's parameters()."""
    for layer in layers_with_inputs(model):
        if layer["kind"] in ("conv", "transposed_conv"):
            yield layer["name"] + ".kernel", (layer["out"], layer["kernel"], layer["kernel"],
                                              layer["in"])
            yield layer["name"] + ".bias", (layer["out"],)
        elif layer["kind"] == "batch_norm":
            for part in ("gamma", "beta", "mean", "variance"):
                yield layer["name"] + "." + part, (layer["in"],)


def glorot_weights(model, seed):
    """core/model's initial_weights() of a model without batch normalization."""
    weights = {}
    for item, (name, shape) in enumerate(parameters(model)):
        if name.endswith(".kernel"):
            area = float(shape[1] * shape[2])
            limit = np.float32(np.sqrt(6.0 / (area * shape[0] + area * shape[3])))
            draws = uniform(sequence_bits(int(np.prod(shape)), seed, "weights", item))
            values = (np.float32(2) * draws - np.float32(1)) * limit
        else:
            values = np.zeros(shape, np.float32)
        weights[name] = torch.from_numpy(values.reshape(shape).astype(np.float64))
    return weights


def plain_weights(model, seed):
    """Multiples of 2^-12 in -0.5 .. 0.5, one more for gamma and variance."""
    weights = {}
    for item, (name, shape) in enumerate(parameters(model)):
        bits = sequence_bits(int(np.prod(shape)), seed, "weights", item) >> np.uint32(20)
        values = (bits.astype(np.float64) - 2048) / 4096
        values += name.endswith((".gamma", ".variance"))
        weights[name] = torch.from_numpy(values.reshape(shape))
    return weights


def same_padding(size, kernel, stride):
    """Keras's zeros before and after."""
    outputs = -(-size // stride)
    total = max((outputs - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def convolve(x, kernel, bias, stride):
    k = kernel.shape[1]
    top, bottom = same_padding(x.shape[2], k, stride)
    left, right = same_padding(x.shape[3], k, stride)
    x = F.pad(x, (left, right, top, bottom))
    return F.conv2d(x, kernel.permute(0, 3, 1, 2), bias, stride)


def transposed_convolve(x, kernel, bias, stride):
    """Keras's Conv2DTranspose: the part of the full result that the convolution of the larger
    picture would have seen, its padding cut off."""
    k = kernel.shape[1]
    height, width = x.shape[2] * stride, x.shape[3] * stride
    top, left = (same_padding(size, k, stride)[0] for size in (height, width))
    full = F.conv_transpose2d(x, kernel.permute(3, 0, 1, 2), bias, stride)
    return full[:, :, top:top + height, left:left + width]


def normalize(x, name, weights, running):
    """Keras's batch normalization while training: biased variance, also in the running one."""
    mean = x.mean(dim=(0, 2, 3))
    variance = x.var(dim=(0, 2, 3), unbiased=False)
    for part, value in (("mean", mean), ("variance", variance)):
        running[f"{name}.{part}"] = (0.99 * weights[f"{name}.{part}"] + 0.01 * value).detach()
    return F.batch_norm(x, None, None, weights[name + ".gamma"], weights[name + ".beta"],
                        training=True, eps=1e-3)


ACTIVATIONS = {
    "linear": lambda x, slope: x,
    "relu": lambda x, slope: F.relu(x),
    "leaky_relu": lambda x, slope: F.leaky_relu(x, slope),
    "sigmoid": lambda x, slope: torch.sigmoid(x),
}


def run(model, weights, batch, running=None, disturb=lambda x: x):
    """The network's output for (n, h, w, c) pictures. running: None denoises; a dictionary trains
    and takes the new running statistics. disturb: what is done to each convolution's result."""
    values = {"input": batch.permute(0, 3, 1, 2)}
    for layer in layers_with_inputs(model):
        name, kind, stride = layer["name"], layer["kind"], layer["stride"]
        inputs = [values[i] for i in layer["inputs"]]
        x = inputs[0]
        if kind == "conv":
            x = disturb(convolve(x, weights[name + ".kernel"], weights[name + ".bias"], stride))
        elif kind == "transposed_conv":
            x = transposed_convolve(x, weights[name + ".kernel"], weights[name + ".bias"], stride)
        elif kind == "max_pool":
            x = F.max_pool2d(x, stride)
        elif kind == "upsample":
            x = F.interpolate(x, scale_factor=stride, mode="nearest")
        elif kind == "add":
            x = sum(inputs)
        elif kind == "concat":
            x = torch.cat(inputs, dim=1)
        elif kind == "batch_norm" and running is not None:
            x = normalize(x, name, weights, running)
        elif kind == "batch_norm":
            x = F.batch_norm(x, *(weights[f"{name}.{part}"] for part in
                                  ("mean", "variance", "gamma", "beta")), eps=1e-3)
        else:
            raise ValueError(kind)
        values[name] = ACTIVATIONS[layer["activation"]](x, layer["slope"])
    return values[model["layers"][-1]["name"]].permute(0, 2, 3, 1)


LOSSES = {"mse": F.mse_loss, "l1": F.l1_loss, "bce": F.binary_cross_entropy}


def accumulate(model, weights, noisy, clean, loss="mse", **more):
    """The loss summed over the pictures, its gradients and the running statistics."""
    weights = {name: w.detach().clone().requires_grad_() for name, w in weights.items()}
    running = {}
    restored = run(model, weights, noisy, running, **more)
    total = LOSSES[loss](restored, clean) * len(noisy)
    total.backward()
    zero = torch.zeros_like
    gradients = {name: zero(w) if w.grad is None else w.grad for name, w in weights.items()}
    return total.item(), gradients, running


class Adam:
    """As Keras computes it, epsilon outside of the correction."""

    def __init__(self, weights):
        self.m = {name: torch.zeros_like(w) for name, w in weights.items()}
        self.v = {name: torch.zeros_like(w) for name, w in weights.items()}
        self.t = 0

    def step(self, weights, gradients, lr=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-7):
        self.t += 1
        rate = lr * (1 - beta2**self.t) ** 0.5 / (1 - beta1**self.t)
        for name, w in weights.items():
            self.m[name] += (1 - beta1) * (gradients[name] - self.m[name])
            self.v[name] += (1 - beta2) * (gradients[name] ** 2 - self.v[name])
            w -= rate * self.m[name] / (self.v[name].sqrt() + epsilon)
