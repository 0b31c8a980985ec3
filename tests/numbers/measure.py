#!/usr/bin/env python3
"""measure.py PROGRAM COMPOSED.jsonl - how well `ink --numbers` reads composed strings (compose.py).

Prints how many strings were cut right into digits, where neighbours stand apart, touch, or are connected by a pen that
stays down, and how many whole strings were read right, beside what digits that are read one by one would allow; the
same by length; and the edit distance of all texts over their digits. Numbers are compared on

    compose.py DATA/*.jsonl.gz --part 1/3 --count 2000 --seed 77 --hand people --lengths 2,3,3,4,4,5,6
    compose.py DATA/*.jsonl.gz --part 1/3 --count 3000 --seed 77 --hand harsh    (or natural)
"""
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


def digits_alone(program, rows):
    """Accuracy of the digits of strings where none hang together, each in a drawing of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for row in rows:
            for label, strokes in zip(row["label"], row["digits"]):
                file.write(json.dumps({"label": label, "strokes": strokes}) + "\n")
        file.flush()
        return share(d["text"] == d["label"] for d in lines(program, file.name))


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


def print_share(name, pairs, alone):
    if pairs:
        print(f"{name:10}  {len(pairs):6} strings"
              f"   cut right {100 * share(is_cut_right(*p) for p in pairs):6.2f} %"
              f"   whole {100 * share(r['text'] == row['label'] for row, r in pairs):6.2f} %"
              f"   of at most {100 * share(alone ** len(row['label']) for row, _ in pairs):6.2f} %")


def main(program, path):
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    pairs = list(zip(rows, lines(program, path, "--numbers")))
    alone = digits_alone(program, rows)
    print(f"digits by themselves      {100 * alone:6.2f} %")
    for kind in ("apart", "touching", "connected"):
        print_share(kind, [p for p in pairs if kind_of(p[0]) == kind], alone)
    for length in sorted({len(row["label"]) for row in rows}):
        print_share(f"{length} digits", [p for p in pairs if len(p[0]["label"]) == length], alone)
    wrong, digits = sum(distance(row["label"], r["text"]) for row, r in pairs), sum(len(row["label"]) for row in rows)
    print(f"digit error rate          {100 * wrong / digits:6.2f} %")


if __name__ == "__main__":
    main(*sys.argv[1:])
