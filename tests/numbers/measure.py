#!/usr/bin/env python3
"""measure.py PROGRAM COMPOSED.jsonl [--model M] - how well `ink --numbers` reads composed strings (compose.py).

Prints how many strings were cut right into digits and how many were read right as a whole, beside what is asked: the
accuracy of their digits, each read in a drawing of its own, to the power of the length, less half a point; and what the
wrong ones are wrong by: the cut, a digit that is misread by itself, too, or one that is misread only there. For
strings whose neighbours stand apart, touch, or are connected by a pen that stays down, for each length and each quirk
(quirks.py). Last comes the edit distance of all texts over their digits. Numbers are compared on

    compose.py DATA/*.jsonl.gz --part 1/3 --count 2000 --seed 77 --hand people --lengths 2,3,3,4,4,5,6
    compose.py DATA/*.jsonl.gz --part 1/3 --count 6000 --seed 78 --hand quirky --lengths 2,3,3,4,4,5,6
    compose.py DATA/*.jsonl.gz --part 1/3 --count 3000 --seed 77 --hand harsh    (or natural)
"""
import argparse
import itertools
import json
import subprocess
import sys
import tempfile

CANVAS = 600
NEAR = 0.25  # of the larger side of a digit's box: how far one that is right may be off at each side


def lines(program, *words):
    done = subprocess.run([program, "ink", *words, "--each", "--json"], stdout=subprocess.PIPE, check=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def on_canvas(row):
    """The boxes of the digits where `ink` puts them."""
    k = CANVAS / max(row["w"], row["h"])
    x0, y0 = 0.5 * (CANVAS - row["w"] * k), 0.5 * (CANVAS - row["h"] * k)
    return [(x * k + x0, y * k + y0, w * k, h * k) for x, y, w, h in row["boxes"]]


def is_same(a, b):
    slack = NEAR * max(a[2], a[3])
    sides = [(a[0], b[0]), (a[1], b[1]), (a[0] + a[2], b[0] + b[2]), (a[1] + a[3], b[1] + b[3])]
    return all(abs(p - q) <= slack for p, q in sides)


def is_cut_right(row, read):
    boxes = on_canvas(row)
    return len(boxes) == len(read["digits"]) and all(is_same(a, d["box"]) for a, d in zip(boxes, read["digits"]))


def share(rows):
    rows = list(rows)
    return sum(rows) / len(rows) if rows else float("nan")


def digits_alone(program, rows, *words):
    """Of each string, which of its digits are read right in a drawing of their own."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for row in rows:
            for label, strokes in zip(row["label"], row["digits"]):
                file.write(json.dumps({"label": label, "strokes": strokes}) + "\n")
        file.flush()
        read = iter(lines(program, file.name, *words))
        return [[d["text"] == label for label, d in zip(row["label"], read)] for row in rows]


def kind_of(row):
    if not row["touching"]:
        return "apart"
    return "connected" if len(row["strokes"]) < sum(map(len, row["digits"])) else "touching"


def distance(a, b):
    """Least number of digits to change, put in or leave out."""
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        line = [i]
        for k, y in enumerate(b, 1):
            line.append(min(above[k] + 1, line[-1] + 1, above[k - 1] + (x != y)))
        above = line
    return above[-1]


class Result:
    """A string, what was read, and which of its digits are right by themselves."""

    def __init__(self, row, read, alone):
        self.row, self.alone = row, alone
        self.cut, self.whole = is_cut_right(row, read), read["text"] == row["label"]
        self.wrong = distance(row["label"], read["text"])
        self.cause = "" if self.whole else "cut" if not self.cut else "there" if all(alone) else "alone"


def print_results(name, results):
    if not results:
        return
    digit = share(itertools.chain(*(r.alone for r in results)))
    whole, asked = 100 * share(r.whole for r in results), 100 * share(digit ** len(r.alone) for r in results) - 0.5
    wrong = [sum(r.cause == cause for r in results) for cause in ("cut", "alone", "there")]
    print(f"{name:12} {len(results):5}   {100 * share(r.cut for r in results):6.2f}   {100 * digit:6.2f}   {whole:6.2f}"
          f"   {asked:6.2f}  {'' if whole >= asked else f'{whole - asked:.2f}':6}   {wrong[0]:4} {wrong[1]:5} {wrong[2]:5}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("composed")
    parser.add_argument("--model", help="the recogniser; the default model")
    o = parser.parse_args()
    model = ("--model", o.model) if o.model else ()
    with open(o.composed, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    results = list(map(Result, rows, lines(o.program, o.composed, "--numbers", *model), digits_alone(o.program, rows, *model)))
    print("            strings  cut right   digit    whole    asked  short    wrong by cut alone there   (in %)")
    for kind in ("apart", "touching", "connected"):
        print_results(kind, [r for r in results if kind_of(r.row) == kind])
    for length in sorted({len(r.alone) for r in results}):
        print_results(f"{length} digits", [r for r in results if len(r.alone) == length])
    for quirk in sorted({row.get("quirk", "none") for row in rows} - {"none"}):
        print_results(quirk, [r for r in results if r.row["quirk"] == quirk])
    print_results("all", results)
    print(f"digit error rate {100 * sum(r.wrong for r in results) / sum(len(r.alone) for r in results):.2f} %")


if __name__ == "__main__":
    main()
