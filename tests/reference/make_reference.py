#!/usr/bin/env python3
"""An independent float64 implementation of a small network, written from the definitions of the layers, not from nn/.

    make_reference.py reference.safetensors            makes the dump that tests/unit/test_reference.c compares nn/ with
    make_reference.py --check reference.safetensors    makes it again and compares; checks these gradients numerically

Needs numpy only. Layouts are nn's: images (n, h, w, c), kernels (kh, kw, in / groups, out), dense kernels (in, out).
"""
import json
import struct
import sys

import numpy as np

ARCHITECTURE = """\
input 16 14 2
conv 8 3
batchnorm
trunk: relu
conv 8 3
batchnorm
add trunk
relu
maxpool 3 stride=2 padding=1,0,0,1
conv 8 3 padding=2,0,1,2
scale
prelu
conv 12 3 stride=2 groups=2 padding=1,0,1,1
side: leakyrelu
conv 6 2 width=3 dilation=2,1 padding=1
concat side
maps: avgpool 2 padding=0,1,0,0
gate: avgpool 2
mul gate from=maps
flatten
dense 16
relu
dense 10
softmax
"""
IMAGES, CLASSES, STEPS = 8, 10, 10
MEAN, STD = 0.15, 0.35  # the input convention: the network reads (image - MEAN) / STD
SMOOTHING = 0.1
LEARNING_RATE = 3e-3
EPSILON, MOMENTUM = 1e-5, 0.9  # of batch normalisation: running = MOMENTUM * running + (1 - MOMENTUM) * batch
LEAK = 0.01


# Each layer is a forward function that returns its output and a function from the output's gradient to the input's;
# the latter adds the gradients of the layer's weights to `grads`.

SAME = None


def conv(x, weights, grads, name, stride=1, padding=SAME, groups=1, dilation=(1, 1)):
    """padding: (top, left, bottom, right), or SAME for ceil(size / stride) outputs."""
    kernel, bias = weights[name + ".kernel"], weights[name + ".bias"]
    kh, kw, group_in, c_out = kernel.shape
    group_out = c_out // groups
    n, h, w, c_in = x.shape
    reach_h, reach_w = (kh - 1) * dilation[0] + 1, (kw - 1) * dilation[1] + 1
    if padding is SAME:
        pad_h = max((-(-h // stride) - 1) * stride + reach_h - h, 0)
        pad_w = max((-(-w // stride) - 1) * stride + reach_w - w, 0)
        padding = pad_h // 2, pad_w // 2, pad_h - pad_h // 2, pad_w - pad_w // 2
    top, left, bottom, right = padding
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    out_h, out_w = (padded.shape[1] - reach_h) // stride + 1, (padded.shape[2] - reach_w) // stride + 1

    def window(array, i, j):
        i, j = i * dilation[0], j * dilation[1]
        return array[:, i:i + (out_h - 1) * stride + 1:stride, j:j + (out_w - 1) * stride + 1:stride]

    def taps():
        for i in range(kh):
            for j in range(kw):
                for g in range(groups):
                    yield i, j, slice(g * group_in, (g + 1) * group_in), slice(g * group_out, (g + 1) * group_out)

    y = np.zeros((n, out_h, out_w, c_out)) + bias
    for i, j, ins, outs in taps():
        y[..., outs] += window(padded, i, j)[..., ins] @ kernel[i, j][:, outs]

    def backward(dy):
        d_padded = np.zeros_like(padded)
        for i, j, ins, outs in taps():
            x_tap = window(padded, i, j)[..., ins]
            grads[name + ".kernel"][i, j][:, outs] += np.einsum("nyxi,nyxo->io", x_tap, dy[..., outs])
            window(d_padded, i, j)[..., ins] += dy[..., outs] @ kernel[i, j][:, outs].T
        grads[name + ".bias"] += dy.sum(axis=(0, 1, 2))
        return d_padded[:, top:top + h, left:left + w]
    return y, backward


def batchnorm(x, weights, grads, name, training, running):
    axes, count = (0, 1, 2), x.size // x.shape[-1]
    if training:
        mean, variance = x.mean(axis=axes), x.var(axis=axes)  # biased, as for the running one
        running[name + ".mean"] = MOMENTUM * weights[name + ".mean"] + (1 - MOMENTUM) * mean
        running[name + ".variance"] = MOMENTUM * weights[name + ".variance"] + (1 - MOMENTUM) * variance
    else:
        mean, variance = weights[name + ".mean"], weights[name + ".variance"]
    scale = 1 / np.sqrt(variance + EPSILON)
    normal = (x - mean) * scale

    def backward(dy):
        d_gain, d_bias = (dy * normal).sum(axis=axes), dy.sum(axis=axes)
        grads[name + ".gain"] += d_gain
        grads[name + ".bias"] += d_bias
        return weights[name + ".gain"] * scale * (dy - d_bias / count - normal * d_gain / count)
    return weights[name + ".gain"] * normal + weights[name + ".bias"], backward


def scale(x, weights, grads, name):
    gain = weights[name + ".gain"]

    def backward(dy):
        grads[name + ".gain"] += (dy * x).sum(axis=(0, 1, 2))
        grads[name + ".bias"] += dy.sum(axis=(0, 1, 2))
        return gain * dy
    return gain * x + weights[name + ".bias"], backward


def prelu(x, weights, grads, name):
    slope = weights[name + ".slope"]

    def backward(dy):
        grads[name + ".slope"] += (dy * np.minimum(x, 0)).sum(axis=(0, 1, 2))
        return np.where(x > 0, 1, slope) * dy
    return np.where(x > 0, x, slope * x), backward


def relu(x, leak=0.0):
    slope = np.where(x > 0, 1.0, leak)
    return x * slope, lambda dy: dy * slope


def pool_windows(x, size, stride):
    out_h, out_w = (x.shape[1] - size) // stride + 1, (x.shape[2] - size) // stride + 1
    return [(slice(i, i + (out_h - 1) * stride + 1, stride), slice(j, j + (out_w - 1) * stride + 1, stride))
            for i in range(size) for j in range(size)]


def pad(x, padding, value):
    """x with (top, left, bottom, right) pixels of a value around it, and what takes them off again."""
    top, left, bottom, right = padding
    h, w = x.shape[1:3]
    return (np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=value),
            lambda d: d[:, top:top + h, left:left + w])


def maxpool(x, size, stride, padding=(0, 0, 0, 0)):
    padded, crop = pad(x, padding, -np.inf)
    windows = pool_windows(padded, size, stride)
    taps = np.stack([padded[:, rows, columns] for rows, columns in windows])
    winner = taps.argmax(axis=0)

    def backward(dy):
        dx = np.zeros_like(padded)
        for k, (rows, columns) in enumerate(windows):
            dx[:, rows, columns] += dy * (winner == k)
        return crop(dx)
    return taps.max(axis=0), backward


def avgpool(x, size, stride, padding=(0, 0, 0, 0)):
    padded, crop = pad(x, padding, 0)
    inside, _ = pad(np.ones_like(x), padding, 0)
    windows = pool_windows(padded, size, stride)
    counts = sum(inside[:, rows, columns] for rows, columns in windows)

    def backward(dy):
        dx = np.zeros_like(padded)
        for rows, columns in windows:
            dx[:, rows, columns] += dy / counts
        return crop(dx)
    return sum(padded[:, rows, columns] for rows, columns in windows) / counts, backward


def dense(x, weights, grads, name):
    kernel = weights[name + ".kernel"]

    def backward(dy):
        grads[name + ".kernel"] += x.T @ dy
        grads[name + ".bias"] += dy.sum(axis=0)
        return dy @ kernel.T
    return x @ kernel + weights[name + ".bias"], backward


def run(weights, images, training):
    """ARCHITECTURE up to the logits -> logits, a function from their gradient to the weights', running statistics."""
    grads = {name: np.zeros_like(value) for name, value in weights.items() if trainable(name)}
    running = {}
    x = (images - MEAN) / STD
    x, back_conv1 = conv(x, weights, grads, "conv1")
    x, back_norm1 = batchnorm(x, weights, grads, "batchnorm1", training, running)
    trunk, back_trunk = relu(x)
    x, back_conv2 = conv(trunk, weights, grads, "conv2")
    x, back_norm2 = batchnorm(x, weights, grads, "batchnorm2", training, running)
    x, back_relu1 = relu(x + trunk)
    x, back_max = maxpool(x, 3, 2, (1, 0, 0, 1))
    x, back_conv3 = conv(x, weights, grads, "conv3", padding=(2, 0, 1, 2))
    x, back_scale = scale(x, weights, grads, "scale1")
    x, back_prelu = prelu(x, weights, grads, "prelu1")
    x, back_conv4 = conv(x, weights, grads, "conv4", stride=2, padding=(1, 0, 1, 1), groups=2)
    side, back_leaky = relu(x, LEAK)
    x, back_conv5 = conv(side, weights, grads, "conv5", padding=(1, 1, 1, 1), dilation=(2, 1))
    split = x.shape[3]
    maps, back_maps = avgpool(np.concatenate((x, side), axis=3), 2, 2, (0, 1, 0, 0))
    gate, back_gate = avgpool(maps, 2, 2)
    x = maps * gate
    shape = x.shape
    x, back_dense1 = dense(x.reshape(len(images), -1), weights, grads, "dense1")
    x, back_relu2 = relu(x)
    logits, back_dense2 = dense(x, weights, grads, "dense2")

    def backward(d_logits):
        d = back_dense1(back_relu2(back_dense2(d_logits))).reshape(shape)
        d_both = back_maps(d * gate + back_gate((d * maps).sum(axis=(1, 2), keepdims=True)))
        d_side = d_both[..., split:] + back_conv5(d_both[..., :split])
        d_sum = back_relu1(back_max(back_conv3(back_scale(back_prelu(back_conv4(back_leaky(d_side)))))))
        d_trunk = d_sum + back_conv2(back_norm2(d_sum))
        back_conv1(back_norm1(back_trunk(d_trunk)))
        return grads
    return logits, backward, running


def trainable(name):
    return not name.endswith((".mean", ".variance"))


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def loss_and_gradient(logits, labels):
    target = (1 - SMOOTHING) * np.eye(CLASSES)[labels] + SMOOTHING / CLASSES
    p = softmax(logits)
    return -(target * np.log(p)).sum() / len(labels), (p - target) / len(labels)


def make_weights(rng):
    """Fresh weights with running statistics, gains and biases away from their usual starting values."""
    shapes = {"conv1": (3, 3, 2, 8), "conv2": (3, 3, 8, 8), "conv3": (3, 3, 8, 8), "conv4": (3, 3, 4, 12),
              "conv5": (2, 3, 12, 6), "dense1": (72, 16), "dense2": (16, 10)}
    weights = {}
    for name, shape in shapes.items():
        weights[name + ".kernel"] = rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)
        weights[name + ".bias"] = rng.normal(0, 0.1, shape[-1])
    for name in "batchnorm1", "batchnorm2":
        weights[name + ".gain"] = rng.uniform(0.5, 1.5, 8)
        weights[name + ".bias"] = rng.normal(0, 0.2, 8)
        weights[name + ".mean"] = rng.normal(0, 0.3, 8)
        weights[name + ".variance"] = rng.uniform(0.5, 1.5, 8)
    weights["scale1.gain"], weights["scale1.bias"] = rng.uniform(0.5, 1.5, 8), rng.normal(0, 0.2, 8)
    weights["prelu1.slope"] = rng.uniform(0.1, 0.4, 8)
    return single(weights)


def single(arrays):
    """Rounded to what the dump can hold, so that both sides start from the same numbers."""
    return {name: value.astype(np.float32).astype(np.float64) for name, value in arrays.items()}


def train(weights, images, labels):
    """STEPS steps of Adam on the one batch -> losses before each step, weights after the last."""
    weights = dict(weights)
    first = {name: np.zeros_like(value) for name, value in weights.items()}
    second = {name: np.zeros_like(value) for name, value in weights.items()}
    losses = []
    for step in range(1, STEPS + 1):
        logits, backward, running = run(weights, images, training=True)
        loss, d_logits = loss_and_gradient(logits, labels)
        losses.append(loss)
        for name, g in backward(d_logits).items():
            first[name] = 0.9 * first[name] + 0.1 * g
            second[name] = 0.999 * second[name] + 0.001 * g * g
            m, v = first[name] / (1 - 0.9 ** step), second[name] / (1 - 0.999 ** step)
            weights[name] = weights[name] - LEARNING_RATE * m / (np.sqrt(v) + 1e-8)
        weights.update(running)
    return np.array(losses), weights


def make():
    rng = np.random.default_rng(1)  # its losses are small: nn cuts those of an image off at log(1e30)
    weights = make_weights(rng)
    images = single({"images": rng.uniform(0, 1, (IMAGES, 16, 14, 2))})["images"]
    labels = np.arange(IMAGES) * 3 % CLASSES
    dump = {"images": images, "labels": labels}
    dump["logits"], _, _ = run(weights, images, training=False)
    dump["probabilities"] = softmax(dump["logits"])
    logits, backward, _ = run(weights, images, training=True)
    _, d_logits = loss_and_gradient(logits, labels)
    dump["losses"], trained = train(weights, images, labels)
    for prefix, arrays in ("weight.", weights), ("gradient.", backward(d_logits)), ("trained.", trained):
        dump.update({prefix + name: value for name, value in arrays.items()})
    return dump


def check_gradients(dump):
    """Central differences in float64 on 20 values of every weight tensor: this file's own backward passes are right."""
    weights = {name[7:]: dump[name] for name in dump if name.startswith("weight.")}
    rng, step = np.random.default_rng(1), 1e-6
    for name in filter(trainable, weights):
        for i in rng.integers(0, weights[name].size, 20):
            index, loss = np.unravel_index(i, weights[name].shape), []
            for sign in 1, -1:
                moved = dict(weights, **{name: weights[name].copy()})
                moved[name][index] += sign * step
                loss.append(loss_and_gradient(run(moved, dump["images"], True)[0], dump["labels"])[0])
            expected, got = (loss[0] - loss[1]) / (2 * step), dump["gradient." + name][index]
            if abs(expected - got) > 1e-6 * (1 + abs(got)):
                sys.exit(f"{name}{index}: gradient {got}, central difference {expected}")


def write(path, dump):
    header = {"__metadata__": {"architecture": ARCHITECTURE, "mean": repr(MEAN), "std": repr(STD),
                               "lr": repr(LEARNING_RATE), "label_smoothing": repr(SMOOTHING)}}
    data = b""
    for name in sorted(dump):
        values = dump[name].astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(dump[name].shape),
                        "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    if header.pop("__metadata__")["architecture"] != ARCHITECTURE:
        sys.exit(f"{path}: another architecture")
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
            for name, entry in header.items()}


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        committed, dump = read(sys.argv[2]), make()
        check_gradients(dump)
        if committed.keys() != dump.keys():
            sys.exit("not the same tensors")
        for name, value in committed.items():
            # Biases in front of a batchnorm have no gradient: after Adam they hold amplified rounding, here and there.
            noise = name in ("trained.conv1.bias", "trained.conv2.bias")
            if not noise and not np.allclose(value, dump[name], 1e-5, 1e-6):
                sys.exit(f"{name}: differs by up to {abs(value - dump[name]).max()}")
        print(f"{len(dump)} tensors agree")
    elif len(sys.argv) == 2:
        write(sys.argv[1], make())
    else:
        sys.exit(__doc__)


main()
