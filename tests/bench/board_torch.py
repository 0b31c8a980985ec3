#!/usr/bin/python3
"""board_torch - one training of tests/bench/board by PyTorch: {"seconds": of training, "accuracy": of the test images}.

    board_torch.py NET DATA --images N --epochs N --batch N --lr X --smoothing X --augment SPEC --seed N --threads N

The network is read from our file; rate, smoothing and changes of images are those of `digitscope train --schedule one-cycle`. Images
are turned, scaled and shifted as a whole batch by one bilinear resampling, which is PyTorch's fast way. What counts is the time
from the first batch to the last step; reading the files and scoring do not."""
import argparse
import gzip
import json
import math
import os
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

import peers

CHANNELS_LAST = torch.channels_last


def read(folder, name, header):
    path = os.path.join(folder, name + "-ubyte")
    with gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb") as file:
        return numpy.frombuffer(file.read(), numpy.uint8)[header:].copy()


def images(folder, part):
    pixels = torch.from_numpy(read(folder, part + "-images-idx3", 16)).reshape(-1, 1, 28, 28)
    return pixels.float() / 255, torch.from_numpy(read(folder, part + "-labels-idx1", 8)).long()


def layer(kind, values, settings, channels):
    """The layer, and the channels that come out of it."""
    if kind == "conv":
        padding = 0 if settings.get("padding") == "valid" else int(values[1]) // 2
        return nn.Conv2d(channels, int(values[0]), int(values[1]), int(settings.get("stride", 1)), padding), int(values[0])
    if kind == "dense":
        return nn.LazyLinear(int(values[0])), int(values[0])
    simple = {"batchnorm": lambda: nn.BatchNorm2d(channels), "relu": nn.ReLU, "flatten": nn.Flatten,
              "maxpool": lambda: nn.MaxPool2d(int(values[0])), "dropout": lambda: nn.Dropout(float(values[0]))}
    if kind == "batchnorm" and settings.get("flat"):
        return nn.BatchNorm1d(channels), channels
    return simple[kind](), channels


def network(path):
    """Of the layers that the board's networks have; softmax is in the loss."""
    made, channels, flat = [], 1, False
    for kind, values, settings in peers.layers(path):
        if kind != "softmax":
            one, channels = layer(kind, values, dict(settings, flat=flat), channels)
            flat = flat or kind == "flatten"
            made.append(one)
    net = nn.Sequential(*made)
    net(torch.zeros(2, 1, 28, 28))  # finds the inputs of the dense layers
    return net.to(memory_format=CHANNELS_LAST)


def spread(count, strength):
    return (torch.rand(count) * 2 - 1) * strength


def changed(batch, augment):
    """Turned by degrees, scaled by a share, shifted by pixels: up to each strength."""
    if not augment:
        return batch
    count = len(batch)
    angle = spread(count, math.radians(augment.get("rotate", 0)))
    zoom = 1 + spread(count, augment.get("scale", 0))
    shift = spread(2 * count, augment.get("shift", 0) / 14).reshape(count, 2)
    rows = [torch.stack([zoom * angle.cos(), -zoom * angle.sin(), shift[:, 0]], 1),
            torch.stack([zoom * angle.sin(), zoom * angle.cos(), shift[:, 1]], 1)]
    grid = functional.affine_grid(torch.stack(rows, 1), batch.shape, align_corners=False)
    return functional.grid_sample(batch, grid, align_corners=False)


def train(net, pixels, labels, a):
    """Seconds."""
    augment = {name: float(value) for name, value in (word.split("=") for word in a.augment.split(",") if word)}
    steps = len(pixels) // a.batch
    optimizer = torch.optim.Adam(net.parameters(), lr=a.lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, a.lr, total_steps=steps * a.epochs, pct_start=0.25,
                                                   cycle_momentum=False, div_factor=25, final_div_factor=400)
    net.train()
    began = time.perf_counter()
    for _ in range(a.epochs):
        order = torch.randperm(len(pixels))
        for step in range(steps):
            chosen = order[step * a.batch:(step + 1) * a.batch]
            batch = changed(pixels[chosen], augment).contiguous(memory_format=CHANNELS_LAST)
            optimizer.zero_grad()
            functional.cross_entropy(net(batch), labels[chosen], label_smoothing=a.smoothing).backward()
            optimizer.step()
            schedule.step()
    return time.perf_counter() - began


def accuracy(net, pixels, labels):
    net.eval()
    with torch.no_grad():
        right = sum(int((net(some.contiguous(memory_format=CHANNELS_LAST)).argmax(1) == wanted).sum())
                    for some, wanted in zip(pixels.split(500), labels.split(500)))
    return right / len(pixels)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("net")
    parser.add_argument("data")
    for name, kind in (("images", int), ("epochs", int), ("batch", int), ("lr", float), ("smoothing", float), ("augment", str),
                       ("seed", int), ("threads", int)):
        parser.add_argument("--" + name, type=kind, required=True)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    net = network(a.net)
    pixels, labels = images(a.data, "train")
    chosen = torch.randperm(len(pixels))[:a.images]
    seconds = train(net, pixels[chosen], labels[chosen], a)
    print(json.dumps({"seconds": seconds, "accuracy": accuracy(net, *images(a.data, "t10k"))}))


if __name__ == "__main__":
    main()
