"""digits.py - pen strokes to draw: recorded ones where there are any, else made up."""
import gzip
import json
import os
from collections import defaultdict

PER_CLASS = 5

# One plain way to write each digit, in a box of 1 x 1.
MADE_UP = {
    "0": [[(0.5, 0.1), (0.32, 0.2), (0.26, 0.5), (0.34, 0.8), (0.5, 0.9), (0.66, 0.8), (0.74, 0.5), (0.68, 0.2),
           (0.5, 0.1)]],
    "1": [[(0.5, 0.1), (0.5, 0.9)]],
    "2": [[(0.28, 0.28), (0.38, 0.13), (0.58, 0.12), (0.7, 0.26), (0.64, 0.46), (0.28, 0.88), (0.74, 0.88)]],
    "3": [[(0.3, 0.16), (0.5, 0.1), (0.68, 0.24), (0.6, 0.42), (0.44, 0.48), (0.62, 0.54), (0.7, 0.72), (0.52, 0.9),
           (0.28, 0.82)]],
    "4": [[(0.56, 0.1), (0.26, 0.6), (0.76, 0.6)], [(0.6, 0.36), (0.6, 0.92)]],
    "5": [[(0.7, 0.12), (0.36, 0.12), (0.33, 0.45), (0.56, 0.42), (0.7, 0.6), (0.62, 0.84), (0.42, 0.9), (0.28, 0.8)]],
    "6": [[(0.64, 0.1), (0.42, 0.34), (0.32, 0.62), (0.38, 0.86), (0.56, 0.9), (0.68, 0.74), (0.58, 0.56),
           (0.36, 0.64)]],
    "7": [[(0.28, 0.13), (0.72, 0.13), (0.44, 0.9)]],
    "8": [[(0.64, 0.2), (0.5, 0.1), (0.36, 0.2), (0.4, 0.38), (0.62, 0.6), (0.66, 0.78), (0.5, 0.9), (0.34, 0.78),
           (0.4, 0.58), (0.6, 0.4), (0.64, 0.2)]],
    "9": [[(0.66, 0.3), (0.52, 0.12), (0.36, 0.24), (0.38, 0.44), (0.56, 0.46), (0.66, 0.3), (0.64, 0.6), (0.56, 0.9)]],
}


def recorded(path):
    """Five drawings of each class, always the same ones, by as many people as possible: [(label, strokes, box)]."""
    by_writer = defaultdict(list)
    with gzip.open(path, "rt") as file:
        for line in file:
            row = json.loads(line)
            by_writer[row["label"], row["writer"]].append(row)
    writers = sorted({writer for _, writer in by_writer})
    chosen = []
    for label in "0123456789":
        for k in range(PER_CLASS):
            start = (int(label) * PER_CLASS + k) * 7
            turns = (by_writer[label, writers[(start + i) % len(writers)]] for i in range(len(writers)))
            rows = next(rows for rows in turns if rows)
            row = rows[k % len(rows)]
            chosen.append((label, row["strokes"], (0, 0, row["w"], row["h"])))
    return chosen


def to_draw(data):
    """(digits, how many must be read right, where they come from)."""
    path = os.path.join(data, "pendigits-train.jsonl.gz")
    if os.path.exists(path):
        return recorded(path), 47, "recorded pen strokes"
    made_up = [(label, strokes, (0, 0, 1, 1)) for label, strokes in MADE_UP.items()]
    return made_up, 9, "made-up strokes (no recorded ones)"
