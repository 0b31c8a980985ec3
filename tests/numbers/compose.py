#!/usr/bin/env python3
"""compose.py STROKES.jsonl.gz ... [--count N] [--seed N] [--part K/N] [--lengths N,N]
           [--hand people|quirky|mild|natural|harsh|wild] - strings of digits, composed of one writer's.

Prints JSON lines in the stroke format with four keys more: "digits", the strokes of each; "boxes", of their points
(x, y, w, h); "touching", whether neighbours touch or hang together; and "quirk", a name out of quirks.py. It is harsh in
the ways in which people are: slant, digits that lie over each other's part of the x axis, unequal sizes, lines that
climb, bars that are drawn late or in any order, digits joined by one stroke. `people` is as near as we come to people
who write a number without boxes: the pen runs on only where a digit ends beside the begin of the next, bars wait for the
next digit, years and round numbers are frequent, and every string has a sampling rate of its own. `quirky` is `people`
with one quirk in nearly every string. The others have no such rules: `natural` is as often so as people are who write
without boxes (grouped by their overlap in x alone six of seven strings are right), `mild` less and `harsh` more,
`wild` slants, climbs and differs in size more. --part 1/3 takes the first third of the writers only, --part -1/3 all others.
"""
import argparse
import collections
import gzip
import json
import math
import random

from quirks import QUIRKS, bend, box

LENGTHS = (2, 3, 4, 5, 6)
Hand = collections.namedtuple("Hand", (
    "touching",   # share of neighbours
    "joined",     # of these: without lifting the pen
    "over",       # of neighbours that do not touch: over each other as far as the ink allows
    "late",       # of strokes behind a digit's first: drawn after the others
    "any_order",  # of strings
    "gap",        # between neighbours, in heights, and how much it differs between writings
    "uneven",     # how much sizes differ, as a logarithm
    "slant", "climb",  # how much those of writings differ
    "drift",      # how far digits are off the line, in heights
    "reach",      # the longest way on which the pen stays down, in heights; 0: any, also through the ink
    "sampled",    # of the points' distances, in heights: least and most; None: as they were recorded
    "told",       # of texts: a year or a round number
    "specks",     # of strings: a dot where the pen touched the sheet
    "next",       # of the late strokes: drawn when the next digit is, not at the end
    "quirks",     # of strings: with one
    "wave",       # how far lines are from straight, in heights
    "order"),     # of digits: "forward"; "backward"; "filled in", one is left out at first
    defaults=(0, None, 0, 0, 0, 0, 0, "forward"))
HANDS = {"people": Hand(0.08, 0.8, 0.05, 0.04, 0.01, (0.26, 0.12), 0.08, 0.2, 0.04, 0.06, 0.55, (0.02, 0.16), 0.4, 0.02, 0.7),
         "mild": Hand(0.01, 0.25, 0.04, 0.03, 0.01, (0.30, 0.12), 0.08, 0.15, 0.03, 0.05),
         "natural": Hand(0.03, 0.25, 0.08, 0.06, 0.02, (0.26, 0.13), 0.10, 0.2, 0.05, 0.08),
         "harsh": Hand(0.10, 0.25, 0.15, 0.12, 0.05, (0.22, 0.13), 0.12, 0.2, 0.05, 0.08),
         "wild": Hand(0.03, 0.25, 0.08, 0.08, 0.03, (0.35, 0.25), 0.18, 0.35, 0.12, 0.15)}
HANDS["quirky"] = HANDS["people"]._replace(quirks=0.9)
SLIP, GIANT = 0.45, 1.8  # of a writer's usual height: what is less or more is a slip of the pen or of another scale
EACH, ANY = 0.8, 0.3  # of the digits that a quirk needs, or of all: it changes
DEEPEST = 0.4     # of the narrower one's width: how far digits reach over each other
ROW = 0.04        # height of the rows in which digits are moved together


def read_writers(paths):
    """Writer -> label -> drawings, each a list of strokes in units of the writer's usual height."""
    writers = {}
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                strokes = [[(p[0], p[1]) for p in s] for s in row["strokes"] if s]
                if strokes and row["label"] in list("0123456789"):
                    name = path.rsplit("/", 1)[-1] + " " + row["writer"]
                    writers.setdefault(name, {}).setdefault(row["label"], []).append(strokes)
    for digits in writers.values():
        heights = sorted(height(d) for label, list_ in digits.items() for d in list_)
        unit = heights[len(heights) // 2] or 1
        for label in digits:
            digits[label] = [[[(x / unit, y / unit) for x, y in s] for s in d] for d in digits[label]
                             if SLIP * unit < height(d) < GIANT * unit]
    writers = {name: {label: list_ for label, list_ in digits.items() if list_} for name, digits in writers.items()}
    return {name: digits for name, digits in writers.items() if len(digits) >= 5}


def height(strokes):
    return box(strokes)[3] - box(strokes)[1]


def dense(strokes, step=0.04):
    """Points no further apart than a step."""
    points = []
    for s in strokes:
        points.append(s[0])
        for (x0, y0), (x1, y1) in zip(s, s[1:]):
            n = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / step))
            points += [(x0 + (x1 - x0) * k / n, y0 + (y1 - y0) * k / n) for k in range(1, n + 1)]
    return points


def distance(a, b):
    a, b = dense(a), dense(b)
    left, right = min(x for x, _ in b) - 0.1, max(x for x, _ in a) + 0.1
    near = [(x, y) for x, y in a if x > left], [(x, y) for x, y in b if x < right]
    return min((math.hypot(x0 - x1, y0 - y1) for x0, y0 in near[0] for x1, y1 in near[1]), default=1)


def shape(rng, strokes, slant, uneven):
    """A digit with its own size and slant, on the line y = 0."""
    size = math.exp(rng.gauss(0, uneven)) * (0.7 if rng.random() < 0.04 else 1)
    wide = size * math.exp(rng.gauss(0, 0.06))
    x0, _, x1, y1 = box(strokes)
    own = slant + rng.gauss(0, 0.05)
    return [[((x - 0.5 * (x0 + x1)) * wide - (y - y1) * size * own, (y - y1) * size) for x, y in s] for s in strokes]


def moved(strokes, dx, dy):
    return [[(x + dx, y + dy) for x, y in s] for s in strokes]


def edge(strokes, side):
    """Row of the writing -> the outermost x of the ink in it."""
    rows = {}
    for x, y in dense(strokes):
        row = round(y / ROW)
        rows[row] = side(x, rows.get(row, x))
    return rows


def shift_to(line, strokes, gap):
    """How far right a digit must go until its ink is `gap` beside that of the line in every row."""
    right, left = edge(line, max), edge(strokes, min)
    reach = round(max(gap, 0.04) / ROW)
    contacts = [right[r] - x for row, x in left.items() for r in range(row - reach, row + reach + 1) if r in right]
    x0, _, x1, _ = box(line)
    own = box(strokes)
    least = x1 - own[0] - DEEPEST * min(x1 - x0, own[2] - own[0])
    return max(least, max(contacts, default=least) + gap)


def beside(line, strokes, gap):
    return max(p[0] for s in line for p in s) - min(p[0] for s in strokes for p in s) + gap


def runs_on(hand, a, b):
    """Whether a pen that stays down comes from the end of one to the begin of the other as people's do."""
    (x0, y0), (x1, y1) = a[-1][-1], b[0][0]
    own, other = box(a), box(b)
    return (math.hypot(x1 - x0, y1 - y0) < hand.reach and x1 > x0 - 0.05 and x0 > 0.5 * (own[0] + own[2])
            and x1 < 0.5 * (other[0] + other[2]))


def place(rng, hand, last, strokes, spacing):
    """(dx, whether they touch, whether the pen stays down between them)"""
    near = beside(last, strokes, max(0.04, rng.gauss(spacing, 0.1)))
    if rng.random() < hand.touching:
        joined = rng.random() < hand.joined
        if hand.reach and joined:
            near = shift_to(last, strokes, rng.uniform(0.04, 0.25))
            joined = runs_on(hand, last, moved(strokes, near, 0))
        return near if joined else shift_to(last, strokes, rng.uniform(-0.08, 0.02)), True, joined
    dx = shift_to(last, strokes, rng.uniform(0.08, 0.2)) if rng.random() < hand.over else near
    return dx, distance(last, moved(strokes, dx, 0)) < 0.03, False


def join(rng, a, b):
    """The last stroke of a and the first of b as one, by a line with a bend; the pen moves on to the right."""
    (x0, y0), (x1, y1) = a[-1], b[0]
    bend = rng.uniform(-0.15, 0.15)
    middle = (0.5 * (x0 + x1), 0.5 * (y0 + y1) + bend)
    return a + [middle] + b


def turns(rng, hand, joined):
    """The digits in the order in which they are drawn; those that the pen joins follow each other."""
    order = list(range(len(joined)))
    if hand.order == "backward" and not any(joined):
        order.reverse()
    elif hand.order == "filled in" and not any(joined):
        order.append(order.pop(rng.randrange(len(order))))
    return order


def in_order(rng, hand, digits, joined):
    """The strokes as they are drawn."""
    strokes, late, waiting = [], [], []
    for i in turns(rng, hand, joined):
        digit, ready, waiting = digits[i], waiting, []
        for k, s in enumerate(digit):
            if k == 0 and i > 0 and joined[i] and strokes:
                strokes[-1] = join(rng, strokes[-1], s)
            elif k > 0 and rng.random() < hand.late and not (i + 1 < len(digits) and joined[i + 1]):
                (waiting if hand.next and rng.random() < hand.next else late).append(s)
            else:
                strokes.append(s)
        strokes += ready
    strokes += waiting + late
    if rng.random() < hand.any_order:
        rng.shuffle(strokes)
    return strokes


def resampled(strokes, step):
    """Points about a step apart, the ends as they were."""
    out = []
    for s in strokes:
        points, left = [s[0]], step
        for p, q in zip(s, s[1:]):
            length, done = math.hypot(q[0] - p[0], q[1] - p[1]), 0
            while length - done > left:
                done += left
                points.append((p[0] + (q[0] - p[0]) * done / length, p[1] + (q[1] - p[1]) * done / length))
                left = step
            left -= length - done
        out.append(points + s[-1:] if s[-1] != points[-1] else points)
    return out


def told(rng, length):
    """A number as people tell them: a year, or a round one."""
    if length == 4 and rng.random() < 0.5:
        return rng.choice(("19", "20")) + f"{rng.randrange(100):02}"
    zeros = rng.randrange(length)
    return str(rng.randrange(1, 10)) + "".join(rng.choice("0123456789") for _ in range(length - 1 - zeros)) + "0" * zeros


def choose_text(rng, hand, labels, length):
    text = told(rng, length) if hand.told and rng.random() < hand.told else ""
    return list(text) if text and set(text) <= set(labels) else [rng.choice(labels) for _ in range(length)]


def choose_quirk(rng, hand, labels, text):
    """(Its name, "none"; the hand with it; the text with what it needs)"""
    if not hand.quirks or rng.random() >= hand.quirks:
        return "none", hand, text
    name = rng.choice([q for q in sorted(QUIRKS) if QUIRKS[q].digit in (None, *labels)])
    digit = QUIRKS[name].digit
    if digit and digit not in text:
        text[rng.randrange(max(1, len(text) - 1))] = digit
    return name, hand._replace(**QUIRKS[name].hand), text


def changed(rng, change, strokes, chance):
    """What a quirk makes of them, where it makes anything of them."""
    return (change(rng, strokes) if change and rng.random() < chance else None) or strokes


def speck(rng, within):
    x, y = rng.uniform(within[0], within[2]), rng.uniform(within[1], within[3])
    return [(x, y)] + [(x + rng.gauss(0, 0.03), y + rng.gauss(0, 0.03)) for _ in range(rng.randrange(3))]


def put_in_line(rng, hand, writer, text, quirk, slant, spacing):
    """(The digits' strokes, whether the pen stays down before each, whether neighbours touch, whether digits changed)"""
    digits, joined, touching, shows = [], [], False, False
    for label in text:
        plain = shape(rng, rng.choice(writer[label]), slant, hand.uneven)
        own = quirk.digit in (None, label)
        strokes = changed(rng, own and quirk.shape, plain, EACH if quirk.digit else ANY)
        shows |= strokes is not plain
        pen_stays = False
        if digits:
            strokes = moved(strokes, 0, rng.gauss(0, hand.drift))
            dx, touches, pen_stays = place(rng, hand, digits[-1], strokes, spacing)
            strokes = moved(strokes, dx, 0)
            touching |= touches
        digits.append(strokes)
        joined.append(pen_stays)
    return digits, joined, touching, shows


def reach_over(rng, text, quirk, digits, joined):
    """Digits that reach over the next. (Whether there are any, whether they touch it)"""
    shows = touching = False
    for i, label in enumerate(text[:-1]):
        if quirk.reach and label == quirk.digit and not joined[i + 1]:
            plain, digits[i] = digits[i], changed(rng, quirk.reach, digits[i], 1)
            shows |= digits[i] is not plain
            touching |= distance(digits[i], digits[i + 1]) < 0.03
    return shows, touching


def compose(rng, writers, lengths=LENGTHS, hand=HANDS["harsh"]):
    name = rng.choice(sorted(writers))
    labels = sorted(writers[name])
    text = choose_text(rng, hand, labels, rng.choice(lengths))
    quirk, hand, text = choose_quirk(rng, hand, labels, text)
    slant, spacing, climb = rng.gauss(0, hand.slant), max(0.02, rng.gauss(*hand.gap)), rng.gauss(0, hand.climb)
    digits, joined, touching, changes = put_in_line(rng, hand, writers[name], text, QUIRKS[quirk], slant, spacing)
    reaches, meets = reach_over(rng, text, QUIRKS[quirk], digits, joined)
    shows = changes or reaches or not (QUIRKS[quirk].shape or QUIRKS[quirk].reach)
    digits = bend(rng, [[[(x, y + climb * x) for x, y in s] for s in d] for d in digits], hand.wave)
    strokes = in_order(rng, hand, digits, joined)
    if hand.specks and rng.random() < hand.specks:
        strokes.insert(rng.randrange(len(strokes) + 1), speck(rng, box(strokes)))
    if hand.sampled:
        strokes = resampled(strokes, math.exp(rng.uniform(*map(math.log, hand.sampled))))
    x0, y0, x1, y1 = box(strokes)
    scale = 1000 / max(x1 - x0, y1 - y0)

    def put(x, y):
        return [round((x - x0) * scale + 50, 1), round((y - y0) * scale + 50, 1)]

    alone = [[[put(*p) for p in s] for s in d] for d in digits]
    boxes = [[*put(b[0], b[1]), round((b[2] - b[0]) * scale, 1), round((b[3] - b[1]) * scale, 1)] for b in map(box, digits)]
    return {"label": "".join(text), "writer": name.rsplit(" ", 1)[-1], "strokes": [[put(*p) for p in s] for s in strokes],
            "w": round((x1 - x0) * scale + 100), "h": round((y1 - y0) * scale + 100), "digits": alone, "boxes": boxes,
            "touching": touching or meets, "quirk": quirk if shows else "none"}


def part_of(writers, part):
    """"1/3": the first third of the writers, whichever file they are from; "-1/3": the others."""
    k, n = map(int, part.split("/"))
    chosen = {name for i, name in enumerate(sorted(writers)) if i % n == abs(k) - 1}
    return {name: d for name, d in writers.items() if (name in chosen) == (k > 0)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("strokes", nargs="+")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--lengths", default=",".join(map(str, LENGTHS)), help="one of these for each string")
    parser.add_argument("--hand", choices=HANDS, default="harsh")
    o = parser.parse_args()
    rng = random.Random(o.seed)
    writers = part_of(read_writers(o.strokes), o.part)
    lengths = tuple(map(int, o.lengths.split(",")))
    for _ in range(o.count):
        print(json.dumps(compose(rng, writers, lengths, HANDS[o.hand]), separators=(",", ":")))


if __name__ == "__main__":
    main()
