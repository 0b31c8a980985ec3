#!/usr/bin/python3
"""mnist_forms.py BINARY DATA [--offset N]: how many of MNIST's images to test on are read right as pictures that people keep them as.

400 images, each as eight PNG files: light on dark and dark on light, whole, cut to its box, four times as large, and in the
corner of a larger picture. Nothing is chosen by them (that is done with validation images, tests/unit/test_picture_mnist.c).
Another offset, below 25, takes 400 others. Lost are the pictures whose image the network reads right as it is (predict --as-is)."""
import argparse, gzip, json, os, struct, subprocess, tempfile, zlib

IMAGES, SIDE = 400, 28


def idx(folder, name, header):
    path = os.path.join(folder, name)
    with (open if os.path.exists(path) else gzip.open)(path if os.path.exists(path) else path + ".gz", "rb") as file:
        return file.read()[header:]


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(rows):
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(r) for r in rows))) + chunk(b"IEND", b"")


def cut(rows):
    ys = [y for y, row in enumerate(rows) if any(row)]
    xs = [x for x in range(SIDE) if any(row[x] for row in rows)]
    return [row[xs[0]:xs[-1] + 1] for row in rows[ys[0]:ys[-1] + 1]]


def enlarged(rows):
    return [[v for v in row for _ in range(4)] for row in rows for _ in range(4)]


def in_corner(rows):
    wide = [[0] * 30 + list(row) + [0] * 10 for row in rows]
    blank = [0] * len(wide[0])
    return [blank] * 8 + wide + [blank] * 40


FORMS = {"whole": list, "cut": cut, "enlarged": enlarged, "in a corner": in_corner}


def read(binary, files, *options):
    out = subprocess.run([binary, "predict", "--json", *options, *files], capture_output=True, text=True, check=True).stdout
    return {os.path.basename(a["file"]): a for a in map(json.loads, out.splitlines())}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("binary")
    p.add_argument("data")
    p.add_argument("--offset", type=int, default=0)
    a = p.parse_args()
    binary, folder = os.path.abspath(a.binary), a.data
    images, labels = idx(folder, "t10k-images-idx3-ubyte", 16), idx(folder, "t10k-labels-idx1-ubyte", 8)
    step = len(labels) // IMAGES
    if not 0 <= a.offset < step:
        p.error(f"--offset must be below {step}")
    chosen = [a.offset + step * k for k in range(IMAGES)]
    with tempfile.TemporaryDirectory() as temp:
        os.chdir(temp)
        for i in chosen:
            rows = [list(images[i * SIDE * SIDE + SIDE * y:][:SIDE]) for y in range(SIDE)]
            for form, make in FORMS.items():
                for dark in (0, 1):
                    with open(f"{i} {form} {dark}.png", "wb") as file:
                        file.write(png([[255 - v if dark else v for v in row] for row in make(rows)]))
        plain = read(binary, [f"{i} whole 0.png" for i in chosen], "--as-is")
        known = {i for i in chosen if plain[f"{i} whole 0.png"]["digit"] == labels[i]}
        print(f"as it is             {len(known)} of {IMAGES} right")
        right = lost = 0
        for form in FORMS:
            for dark in (0, 1):
                answers = read(binary, [f"{i} {form} {dark}.png" for i in chosen])
                wrong = [i for i in chosen if answers[f"{i} {form} {dark}.png"]["digit"] != labels[i]]
                right += IMAGES - len(wrong)
                lost += len(known & set(wrong))
                said = [f"{i}: {labels[i]} as {answers[f'{i} {form} {dark}.png']['digit']}{'' if i in known else ' (as it is, too)'}" for i in wrong]
                print(f"{form:12} {'dark ' if dark else 'light'}   {IMAGES - len(wrong)} right", "; ".join(said))
        n = 2 * len(FORMS) * IMAGES
        print(f"{100 * right / n:.2f} % of {n} right; of those read right as they are {100 - 100 * lost / (2 * len(FORMS) * len(known)):.2f} %")


main()
