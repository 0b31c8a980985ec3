#!/usr/bin/env python3
"""train.py TRAINER STROKES.jsonl.gz ... [--passes N] [--model NAME] - makes app/core/number/lattice_weights.h anew.

TRAINER is tests/train_lattice of a build. Composes strings (compose.py) of two thirds of the writers, by hands of every
kind, trains on them, and chooses the weights by strings of the other writers.
"""
import argparse
import json
import os
import random
import subprocess
import tempfile

import compose

LENGTHS = (1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 8)
SHARES = {"people": 0.45, "mild": 0.05, "natural": 0.15, "harsh": 0.2, "wild": 0.15}
HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../app/core/number/lattice_weights.h")


def write_strings(path, writers, count, seed):
    rng = random.Random(seed)
    with open(path, "w", encoding="utf-8") as file:
        for name, share in SHARES.items():
            for _ in range(round(count * share)):
                file.write(json.dumps(compose.compose(rng, writers, LENGTHS, compose.HANDS[name])) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trainer")
    parser.add_argument("strokes", nargs="+")
    parser.add_argument("--model", default="", help="the recogniser, or several with commas between; the default model")
    parser.add_argument("--passes", default="20")
    parser.add_argument("--count", type=int, default=15000)
    o = parser.parse_args()
    writers = compose.read_writers(o.strokes)
    with tempfile.TemporaryDirectory() as folder:
        own, others = os.path.join(folder, "train.jsonl"), os.path.join(folder, "check.jsonl")
        write_strings(own, compose.part_of(writers, "-1/3"), o.count, 1)
        write_strings(others, compose.part_of(writers, "1/3"), o.count // 3, 2)
        weights = subprocess.run([o.trainer, o.model, o.passes, own, others], stdout=subprocess.PIPE, check=True).stdout
    formatted = subprocess.run(["clang-format", "--assume-filename", HEADER], input=weights, stdout=subprocess.PIPE, check=True)
    with open(HEADER, "wb") as file:
        file.write(formatted.stdout)


if __name__ == "__main__":
    main()
