"""quirks.py - what people do to numbers beyond what compose.py has in all of its strings, each by its name.

A quirk is how the hand is changed that composes, a digit that it needs, and what becomes of each of these: before they are
placed (`shape`), or behind, over whatever stands beside them (`reach`).
"""
import collections
import math

Quirk = collections.namedtuple("Quirk", ("hand", "digit", "shape", "reach"), defaults=({}, None, None, None))


def box(strokes):
    xs, ys = [p[0] for s in strokes for p in s], [p[1] for s in strokes for p in s]
    return min(xs), min(ys), max(xs), max(ys)


def is_bar(stroke):
    x0, y0, x1, y1 = box([stroke])
    return x1 - x0 > 0.2 and y1 - y0 < 0.5 * (x1 - x0)


def stretch_bar(rng, strokes):
    """The bar of a 5 over the next digit; None where it has none of its own."""
    if len(strokes) < 2 or not is_bar(strokes[-1]):
        return None
    left, far = box(strokes[-1:])[0], rng.uniform(1.4, 2.4)
    return strokes[:-1] + [[(left + (x - left) * far, y) for x, y in strokes[-1]]]


def stretch_four(rng, strokes):
    """The foot of a 4's first stroke runs on to the right; None where that is no open angle."""
    if len(strokes) < 2 or len(strokes[0]) < 3:
        return None
    x0, y0, x1, _ = box(strokes[:1])
    end = strokes[0][-1]
    if end[0] < x1 - 0.05 or end[1] < y0 + 0.2 or x1 - x0 < 0.2:
        return None
    far = rng.uniform(0.15, 0.5)
    return [strokes[0] + [(end[0] + far, end[1] + rng.gauss(0, 0.03))]] + strokes[1:]


def shorten(rng, strokes):
    """A 1 that is a short stroke."""
    high = rng.uniform(0.45, 0.75)
    return [[(x * high, y * high) for x, y in s] for s in strokes]


def cross(rng, strokes):
    """A bar through a 7, drawn behind it; None where there is one."""
    if len(strokes) != 1:
        return None
    x0, y0, x1, y1 = box(strokes)
    height = y0 + rng.uniform(0.4, 0.6) * (y1 - y0)
    stem = [p[0] for p in strokes[0][1:] if p[1] > y0 + 0.3 * (y1 - y0)]
    if not stem:
        return None
    middle, half, tilt = sum(stem) / len(stem), rng.uniform(0.15, 0.35), rng.gauss(0, 0.04)
    return strokes + [[(middle - half, height + tilt), (middle + half, height - tilt)]]


def run_of(rng, stroke, least, most):
    """First and last point of some share of it; None where it has too few."""
    n = len(stroke)
    length = int(n * rng.uniform(least, most))
    first = rng.randrange(max(1, n - length))
    return (first, first + length) if length >= 2 else None


def retouch(rng, strokes):
    """A part of a stroke drawn again."""
    again = rng.choice(strokes)
    run = run_of(rng, again, 0.3, 0.7)
    dx, dy = rng.gauss(0, 0.03), rng.gauss(0, 0.03)
    return run and strokes + [[(x + dx, y + dy) for x, y in again[run[0]:run[1]]]]


def break_off(rng, strokes):
    """The pen left the sheet for a moment."""
    i = rng.randrange(len(strokes))
    n = len(strokes[i])
    if n < 8:
        return None
    at, gap = rng.randrange(n // 4, 3 * n // 4), rng.randrange(1, max(2, n // 12) + 1)
    return strokes[:i] + [strokes[i][:at], strokes[i][at + gap:]] + strokes[i + 1:]


LATE = {"late": 0.8, "next": 0.6}
QUIRKS = {
    "none": Quirk(),
    "wavy line": Quirk({"wave": 0.2, "climb": 0.12}),
    "uneven sizes": Quirk({"uneven": 0.24}),
    "lapping": Quirk({"over": 0.8}),
    "tight": Quirk({"gap": (0.07, 0.03)}),
    "wide gaps": Quirk({"gap": (0.9, 0.3)}),
    "dots": Quirk({"specks": 1}),
    "backward": Quirk({"order": "backward"}),
    "filled in": Quirk({"order": "filled in"}),
    "long 5": Quirk(LATE, "5", reach=stretch_bar),
    "long 4": Quirk(LATE, "4", reach=stretch_four),
    "short 1": Quirk({}, "1", shape=shorten),
    "crossed 7": Quirk(LATE, "7", shape=cross),
    "retouched": Quirk(LATE, shape=retouch),
    "broken": Quirk({}, shape=break_off),
}


def bend(rng, digits, depth):
    """Puts the digits on a line that is not straight."""
    if not depth:
        return digits
    length, phase, deep = rng.uniform(1.5, 5), rng.uniform(0, 2 * math.pi), rng.gauss(0, depth)
    down = [deep * math.sin(phase + math.pi * (box(d)[0] + box(d)[2]) / length) for d in digits]
    return [[[(x, y + dy) for x, y in s] for s in d] for d, dy in zip(digits, down)]
