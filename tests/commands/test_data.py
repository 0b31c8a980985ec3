"""test_data.py PROGRAM PICTURES DATA - `digitscope data`, and data sets as people keep them, through the other commands."""
import json
import os
import random
import struct
import sys
import unittest
from xml.etree import ElementTree

import fixtures
from fixtures import PICTURES, SIDE, path, read, run, run_json, write

PIXELS = SIDE * SIDE
LETTERS = {
    "L": [(30, 10), (30, 90), (75, 90)],
    "F": [(75, 10), (30, 10), (30, 90), (30, 45), (65, 45)],
    "T": [(20, 10), (80, 10), (50, 10), (50, 90)],
    "J": [(60, 10), (60, 80), (40, 90), (25, 75)],
    "P": [(30, 90), (30, 10), (65, 15), (70, 35), (60, 50), (30, 50)],
}


def table(name, rows, header=True, separator=","):
    lines = [separator.join(["label"] + [f"pixel{i}" for i in range(len(rows[0][1]))])] if header else []
    lines += [separator.join(map(str, [label, *image])) for label, image in rows]
    return write(name, "\n".join(lines) + "\n")


def transpose(image):
    return bytes(image[x * SIDE + y] for y in range(SIDE) for x in range(SIDE))


def wobble(points, rng):
    return fixtures.raster([(x + rng.gauss(0, 2), y + rng.gauss(0, 2)) for x, y in points])


def png(name, image, side=SIDE):
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + image[y * side:(y + 1) * side] for y in range(side))
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    write(name, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
          + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def setUpModule():
    global RNG, DIGITS
    RNG = random.Random(5)
    DIGITS = [(i % 10, fixtures.raster(fixtures.drawing(i % 10, RNG)["strokes"][0])) for i in range(120)]


tearDownModule = fixtures.tearDownModule


class Data(unittest.TestCase):
    def test_counts_and_keys(self):
        file = table("plain.csv", DIGITS)
        found = run_json("data", file)
        self.assertEqual((found["n"], found["n_test"], found["side"]), (120, 0, SIDE))
        self.assertEqual(found["classes"], [{"label": str(i), "n": 12} for i in range(10)])
        self.assertEqual((found["orientation"], found["polarity"]), ("as-is", "light-ink"))
        self.assertEqual((found["duplicates"], found["repeated"], found["note"]), (0, 0, ""))
        self.assertEqual(found["reader"], "digitscope")
        text = run("data", file)
        self.assertEqual((text.returncode, text.stderr), (0, ""))
        self.assertIn("120 images of 28x28 in 10 classes", text.stdout)

    def test_what_lies_is_said(self):
        file = table("lying.csv", [(label, bytes(255 - v for v in transpose(image))) for label, image in DIGITS])
        found = run("data", "--data", file, "--json")
        facts = json.loads(found.stdout)
        self.assertEqual((facts["orientation"], facts["polarity"]), ("transposed", "dark-ink"))
        self.assertIn("transposed", facts["note"])
        self.assertIn("inverted", facts["note"])
        done = run("eval", "--data", file)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn("the images are transposed: put upright", done.stderr)
        as_is = run_json("eval", "--data", file, "--orientation", "as-is", "--polarity", "dark-ink")
        self.assertLess(as_is["accuracy"], run_json("eval", "--data", file)["accuracy"] - 0.3)

    def test_a_sheet_replaces_no_data(self):
        """A picture is written under the name of one alone."""
        file = table("kept.csv", DIGITS)
        for words in (["data", file, "--sheet", file], ["train", "--data", file, "--augment", "shift=1", "--show-augmentation", file],
                      ["data", file, "--sheet", path("sheet.jpg")]):
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn("ends with .png", done.stderr)
        self.assertIn(b",", fixtures.read("kept.csv")[:10])
        self.assertEqual(run("data", file, "--sheet", path("Sheet.PNG")).returncode, 0)

    def test_wrong_labels_are_doubted(self):
        rows = list(DIGITS)
        rows[37] = (1, rows[37][1])  # a 7
        found = run_json("data", table("wrong.csv", rows))
        self.assertIn({"index": 37, "label": "1", "read": "7"},
                      [{k: d[k] for k in ("index", "label", "read")} for d in found["doubted"]])

    def test_labels_of_other_sides_are_doubted(self):
        """Images of another side than the network's are resized for it, if it can read them then."""
        def small(side):
            return [(label, bytes(image[y * SIDE // side * SIDE + x * SIDE // side] for y in range(side) for x in range(side)))
                    for label, image in DIGITS]
        rows = small(24)
        rows[37] = (1, rows[37][1])  # a 7
        found = run_json("data", table("wrong24.csv", rows))
        self.assertEqual((found["side"], found["reader"]), (24, "digitscope"))
        self.assertIn((37, "1", "7"), [(d["index"], d["label"], d["read"]) for d in found["doubted"]])
        unread = run("data", table("side3.csv", small(3)))
        self.assertIn("No network here reads these classes in images of 3x3: --model M", unread.stdout)

    def test_duplicates(self):
        os.makedirs(path("twice"), exist_ok=True)
        table("twice/train.csv", DIGITS[:60] + DIGITS[:3])
        table("twice/test.csv", DIGITS[50:80])
        found = run_json("data", path("twice"))
        self.assertEqual((found["n"], found["n_test"], found["duplicates"], found["repeated"]), (63, 30, 10, 3))

    def test_page(self):
        file = table("page & co.csv", DIGITS)
        done = run("data", file, "--report", path("data report"), "--sheet", path("sheet.png"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(os.listdir(path("data report"))), ["data.html", "data.json", "samples.png"])
        page = ElementTree.fromstring(read("data report/data.html"))
        self.assertIn("page & co.csv", "".join(page.itertext()))
        self.assertEqual(json.loads(read("data report/data.json")), run_json("data", file))
        self.assertEqual(fixtures.png_size(read("sheet.png")), fixtures.png_size(read("data report/samples.png")))

    def test_what_cannot_be_read_is_said(self):
        done = run("data", path("nowhere"))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("nowhere", done.stderr)
        done = run("data", table("bare.csv", [(0, image) for _, image in DIGITS]).replace("bare", "missing"))
        self.assertEqual(done.returncode, 1)


class Train(unittest.TestCase):
    def train(self, out, data, *words, net="quick"):
        return run("train", "--net", net, "--out", path(out), "--data", data, "--batch", "20", "--epochs", "6",
                   "--lr", "0.005", *words)

    def letters(self, name, n=150):
        names = sorted(LETTERS)
        return table(name, [(names[i % 5], wobble(LETTERS[names[i % 5]], RNG)) for i in range(n)])

    def test_letters(self):
        """A shipped architecture gets the classes of the data, and their names; without --val being named."""
        file = self.letters("letters.csv")
        done = self.train("letters.safetensors", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = run_json("eval", "--model", path("letters.safetensors"), "--data", file)
        self.assertGreater(found["accuracy"], 0.9)
        self.assertEqual([c["label"] for c in found["per_class"]], sorted(LETTERS))
        strokes = "".join(json.dumps({"label": k, "strokes": [v], "w": 100, "h": 100}) + "\n" for k, v in LETTERS.items())
        read_letters = run_json("ink", "--model", path("letters.safetensors"), write("letters.jsonl", strokes))
        self.assertGreaterEqual(read_letters["accuracy"], 0.8)
        doubts = run_json("data", file, "--model", path("letters.safetensors"))
        self.assertEqual(doubts["reader"], path("letters.safetensors"))
        page = run("eval", "--model", path("letters.safetensors"), "--data", file, "--report", path("letters report"))
        self.assertEqual(page.returncode, 0, page.stderr)

    def test_search_fits_its_nets(self):
        space = write("space.txt", "net choice quick mlp\n")
        found = run("search", space, "--out", path("search"), "--data", self.letters("more.csv", 60), "--epochs", "1",
                    "--grid", "--json")
        self.assertEqual(found.returncode, 0, found.stderr)

    def test_small_images(self):
        """Images of 14 x 14 train, and strokes are drawn for them."""
        small = [(label, bytes(max(image[(2 * y + j) * SIDE + 2 * x + i] for j in (0, 1) for i in (0, 1))
                               for y in range(14) for x in range(14))) for label, image in DIGITS]
        done = self.train("small.safetensors", table("small.csv", small), "--epochs", "25")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("14", json.dumps(run_json("info", path("small.safetensors"))))
        strokes = "".join(json.dumps(fixtures.drawing(i % 10, RNG)) + "\n" for i in range(40))
        found = run_json("ink", "--model", path("small.safetensors"), write("small.jsonl", strokes))
        self.assertGreater(found["accuracy"], 0.6)
        self.assertNotIn("margin", done.stderr)
        net = write("large.net", "input 28 28 1\nconv 4 9 padding=valid\nmaxpool 2\nconv 4 9 padding=valid\nflatten\ndense 10\nsoftmax\n")
        done = self.train("smallest.safetensors", path("small.csv"), "--epochs", "1", "--lr", "0.01", net=net)
        self.assertIn("small.csv: images of 14x14 are too small for the network: a margin makes them 26x26\n", done.stderr)
        found = run("search", write("two.txt", "lr choice 0.01 0.02\n"), "--net", net, "--grid", "--out", path("small search"),
                    "--data", path("small.csv"), "--batch", "20", "--epochs", "1")
        self.assertEqual((found.returncode, found.stderr.count("a margin makes them 26x26\n")), (0, 1), found.stderr)

    def test_nothing_learned(self):
        old = write("old.safetensors", "old")
        done = run("train", "--net", "quick", "--out", old, "--data", table("plain.csv", DIGITS), "--batch", "20",
                   "--epochs", "1", "--lr", "1e-12")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"nothing was learned in \d+ steps: .* try more --epochs with --resume, .*, or another --lr than 1e-12")
        done = run("train", "--net", "quick", "--out", old, "--data", path("plain.csv"), "--batch", "20", "--epochs", "2", "--lr", "1e-12",
                   "--resume")
        self.assertRegex(done.stderr, r"nothing was learned in \d+ steps", "it went on")
        self.assertEqual(read("old.safetensors"), b"old")

    def test_kaggles_folder(self):
        """Its test images have no labels, so they score nothing."""
        os.makedirs(path("kaggle"), exist_ok=True)
        table("kaggle/train.csv", DIGITS)
        write("kaggle/test.csv", "\n".join([",".join(f"pixel{i}" for i in range(PIXELS))]
                                           + [",".join(map(str, image)) for _, image in DIGITS[:20]]) + "\n")
        write("kaggle/sample_submission.csv", "ImageId,Label\n1,0\n2,0\n")
        done = self.train("kaggle.safetensors", path("kaggle"), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("test_accuracy", json.loads(done.stdout.splitlines()[-1]))
        done = run("eval", "--data", path("kaggle"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("columns has labels", done.stderr)

    @unittest.skipUnless(PICTURES, "built without pictures")
    def test_folders_of_pictures(self):
        for i, (label, image) in enumerate(DIGITS):
            png(f"pictures/{'train' if i % 3 else 'test'}/{label}/{i}.png", image)
        done = self.train("pictures.safetensors", path("pictures"), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("test_accuracy", json.loads(done.stdout.splitlines()[-1]))
        found = run_json("data", path("pictures"))
        self.assertEqual((found["n"], found["n_test"]), (80, 40))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
