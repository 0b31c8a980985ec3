#!/usr/bin/env python3
"""train.py TRAINER STROKES.jsonl.gz ... [--passes N] [--model NAME] [--unseen A,B] - makes app/core/number/lattice_weights.h anew.

TRAINER is tests/train_lattice of a build. Composes strings (compose.py) of two thirds of the writers, by hands of every
kind, trains on them, and tells how likely strings of the other writers are. A network is surer of writers that it has
learned from than of anybody else; so with --unseen all writers' strings are read by the default, the others' by A, which
has learned from the first third (`train --pens`), and the first third's by B, which has learned from the others: so the
shipped weights were made.
"""
import argparse
import json
import os
import random
import subprocess
import tempfile

import compose

LENGTHS = (1, 1, 1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 8)
SHARES = {"people": 0.45, "mild": 0.05, "natural": 0.15, "harsh": 0.2, "wild": 0.15}
HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../app/core/number/lattice_weights.h")


def write_strings(path, parts, count, seed):
    """Strings of each part of the writers in turn."""
    rng = random.Random(seed)
    names, shares = list(SHARES), list(SHARES.values())
    with open(path, "w", encoding="utf-8") as file:
        for i in range(count):
            hand = compose.HANDS[rng.choices(names, shares)[0]]
            file.write(json.dumps(compose.compose(rng, parts[i % len(parts)], LENGTHS, hand)) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trainer")
    parser.add_argument("strokes", nargs="+")
    parser.add_argument("--model", default="", help="the recogniser; the default model")
    parser.add_argument("--unseen", help="two models, with a comma between")
    parser.add_argument("--passes", default="20")
    parser.add_argument("--count", type=int, default=45000)
    o = parser.parse_args()
    writers = compose.read_writers(o.strokes)
    with tempfile.TemporaryDirectory() as folder:
        own, others = os.path.join(folder, "train.jsonl"), os.path.join(folder, "check.jsonl")
        third, rest = compose.part_of(writers, "1/3"), compose.part_of(writers, "-1/3")
        write_strings(own, [writers, rest, third] if o.unseen else [rest], o.count, 1)
        write_strings(others, [third], o.count // 3, 2)
        models = f"{o.model},{o.unseen}" if o.unseen else o.model
        weights = subprocess.run([o.trainer, models, o.passes, own, others], stdout=subprocess.PIPE, check=True).stdout
    formatted = subprocess.run(["clang-format", "--assume-filename", HEADER], input=weights, stdout=subprocess.PIPE, check=True)
    with open(HEADER, "wb") as file:
        file.write(formatted.stdout)


if __name__ == "__main__":
    main()
