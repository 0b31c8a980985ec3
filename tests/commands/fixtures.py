"""fixtures.py - the program that is tested, a folder of its own, and small made-up data: digits as images and as strokes, and two
toy networks that have learned from them.

A test's arguments are PROGRAM PICTURES DATA: PICTURES is ON where the program opens pictures, DATA a folder with recorded strokes.
"""
import gzip
import json
import math
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

PROGRAM, PICTURES, DATA = sys.argv[1], sys.argv[2] == "ON", sys.argv[3]
SIDE, N_TRAIN, N_TEST = 28, 600, 200
FOLDER = tempfile.mkdtemp(prefix="digitscope-test-")
IDX, STATE = os.path.join(FOLDER, "idx"), os.path.join(FOLDER, "state")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")} | {"HOME": FOLDER, "LC_ALL": "C"}
NET = "input 28 28 1\nmaxpool 2\nflatten\ndense 16\nrelu\ndense 10\nsoftmax\n"

# One polyline for each digit, on a surface of 100 x 100.
GLYPHS = [
    [(50, 10), (25, 30), (25, 70), (50, 90), (75, 70), (75, 30), (50, 10)],
    [(50, 10), (50, 90)],
    [(25, 25), (50, 10), (75, 30), (25, 90), (75, 90)],
    [(25, 10), (75, 10), (45, 45), (75, 70), (25, 90)],
    [(40, 10), (25, 60), (75, 60), (60, 40), (60, 90)],
    [(75, 10), (30, 10), (30, 45), (70, 55), (70, 80), (25, 90)],
    [(65, 10), (30, 50), (30, 85), (65, 85), (65, 60), (30, 60)],
    [(25, 10), (75, 10), (45, 90)],
    [(50, 50), (25, 30), (50, 10), (75, 30), (25, 70), (50, 90), (75, 70), (50, 50)],
    [(70, 35), (45, 50), (30, 30), (50, 10), (70, 35), (65, 90)],
]


def path(name):
    return os.path.join(FOLDER, name)


def read(name):
    with open(path(name), "rb") as file:
        return file.read()


def write(name, content):
    with open(path(name), "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path(name)


def run(*words, **how):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, env=ENVIRONMENT, timeout=300, **how)


def run_json(*words):
    done = run(*words, "--json")
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def run_lines(*words):
    done = run(*words, "--json")
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def drawing(digit, rng, **more):
    """A glyph as a line of the stroke format, wobbly and turned."""
    angle, size = rng.gauss(0, 0.1), rng.uniform(0.7, 1.1)
    points = []
    for x, y in GLYPHS[digit]:
        x, y = size * (x - 50) + rng.gauss(0, 2), size * (y - 50) + rng.gauss(0, 2)
        points.append([round(50 + x * math.cos(angle) - y * math.sin(angle), 2),
                       round(50 + x * math.sin(angle) + y * math.cos(angle), 2)])
    return {"label": str(digit), "strokes": [points], "w": 100, "h": 100} | more


def distance(x, y, a, b):
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = max(0, min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy or 1)))
    return math.hypot(x - a[0] - t * dx, y - a[1] - t * dy)


def raster(points):
    """A polyline as 28 x 28 bytes with an empty border, as MNIST's images are."""
    points = [(4 + 0.2 * x, 4 + 0.2 * y) for x, y in points]
    image = bytearray(SIDE * SIDE)
    for y in range(2, SIDE - 2):
        for x in range(2, SIDE - 2):
            d = min(distance(x + 0.5, y + 0.5, a, b) for a, b in zip(points, points[1:]))
            image[y * SIDE + x] = round(255 * max(0, min(1, 1.6 - d)))
    return bytes(image)


def make_part(name, n, rng):
    labels = [i % 10 for i in range(n)]
    images = [raster(drawing(d, rng)["strokes"][0]) for d in labels]
    write(f"idx/{name}-images-idx3-ubyte", struct.pack(">IIII", 0x803, n, SIDE, SIDE) + b"".join(images))
    write(f"idx/{name}-labels-idx1-ubyte.gz", gzip.compress(struct.pack(">II", 0x801, n) + bytes(labels)))
    return images, labels


def setUpModule():
    global IMAGES, LABELS
    rng = random.Random(1)
    os.makedirs(IDX)
    os.makedirs(os.path.join(STATE, "models"))
    make_part("train", N_TRAIN, rng)
    IMAGES, LABELS = make_part("t10k", N_TEST, rng)
    net = write("toy.net", NET)
    for seed in ("1", "2"):
        out = os.path.join(STATE, "models", f"toy-{seed}.safetensors")
        done = run("train", "--net", net, "--out", out, "--data", IDX, "--epochs", "4", "--batch", "20", "--lr", "0.01",
                   "--seed", seed, "--val", "100", "--json")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
    write("state/models/toy.ensemble", "toy-1\ntoy-2\n")
    write("strokes.jsonl", "".join(json.dumps(drawing(i % 10, rng, writer=f"W{i % 3}")) + "\n" for i in range(150)))


def tearDownModule():
    shutil.rmtree(FOLDER)


def png_size(data):
    """Width and height of a PNG whose every chunk and row is sound."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length) == (zlib.crc32(kind + body),)
        chunks.append((kind, body))
        at += 12 + length
    assert [kind for kind, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    w, h, depth, colour = struct.unpack_from(">IIBB", chunks[0][1])
    stride = 1 + (w * depth * (3 if colour == 2 else 1) + 7) // 8
    assert len(zlib.decompress(chunks[1][1])) == h * stride
    return w, h
