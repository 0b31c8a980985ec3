"""test_hostile.py PROGRAM PICTURES DATA - what comes from files and from outside: models whose numbers overflow, texts that
would steer a terminal, classes of other names, signals, outputs that take nothing."""
import json
import os
import random
import signal
import struct
import subprocess
import sys
import time
import unittest

import fixtures
from fixtures import ENVIRONMENT, IDX, PROGRAM, path, run, run_json, run_lines, write

tearDownModule = fixtures.tearDownModule
DIGITS = [str(k) for k in range(10)]
ORDER = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7]  # classes in another order
SETTINGS = ["--data", IDX, "--val", "100", "--threads", "1", "--batch", "20"]
NASTY = ["\x1b[31mred", "\x1b]0;title\x07", "\r\nX", "a\tb", "\x7f", "\x9b31m", "\u202eRTL", "\u2028", "plain", "\u00e9"]


def model(name):
    return path(f"{name}.safetensors")


def parse(data):
    """The header of a model file, and its weights as floats."""
    n = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:8 + n]), list(struct.unpack(f"<{(len(data) - 8 - n) // 4}f", data[8 + n:]))


def edit(name, changed, metadata=None, weights=None):
    """A copy of a model with other texts in its header, or other weights."""
    with open(model(name), "rb") as file:
        header, floats = parse(file.read())
    header["__metadata__"] |= metadata or {}
    if weights:
        weights(header, floats)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return write(f"{changed}.safetensors", struct.pack("<Q", len(text)) + text + struct.pack(f"<{len(floats)}f", *floats))


def overflowing(header, floats):
    """Every weight is a number, but no sum of products of them is."""
    floats[:] = [3e38 if value > 0 else -3e38 for value in floats]


def in_other_order(header, floats):
    """The last layer's outputs change places."""
    for name, shape in (("kernel", 16), ("bias", 1)):
        [key] = [key for key in header if key.startswith("dense2") and key.endswith(name)]
        first = header[key]["data_offsets"][0] // 4
        for row in range(first, first + 10 * shape, 10):
            floats[row:row + 10] = [floats[row + k] for k in ORDER]


def setUpModule():
    os.makedirs(IDX)
    fixtures.make_part("train", 400, random.Random(1))
    fixtures.make_part("t10k", 100, random.Random(2))
    write("pen.jsonl", "".join(json.dumps(fixtures.drawing(k % 10, random.Random(k))) + "\n" for k in range(20)))
    run_lines("train", "--net", write("net.net", fixtures.NET), "--out", model("good"), *SETTINGS, "--epochs", "2", "--json")
    edit("good", "overflow", weights=overflowing)


class Overflow(unittest.TestCase):
    """No command takes what is no number for an answer, and each says which model it was."""

    def setUp(self):
        if os.path.exists(model("out")):
            os.remove(model("out"))

    def refused(self, *words):
        done = run(*words)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("overflow.safetensors", done.stderr)
        self.assertIn("overflow: it answers with what is no probability", done.stderr)
        self.assertNotIn("nan", done.stdout.lower())

    def test_eval(self):
        self.refused("eval", "--model", model("overflow"), "--data", IDX)
        self.refused("eval", "--model", model("good"), model("overflow"), "--data", IDX, "--json")

    def test_ink(self):
        self.refused("ink", "--model", model("overflow"), path("pen.jsonl"))

    @unittest.skipUnless(fixtures.PICTURES, "this program opens no pictures")
    def test_predict(self):
        picture = write("one.pgm", b"P5 28 28 255\n" + bytes(255 - v for v in fixtures.raster(fixtures.drawing(1, random.Random(1))["strokes"][0])))
        self.refused("predict", "--model", model("overflow"), picture)

    def test_what_changes_models(self):
        self.refused("quantize", model("overflow"), "--out", model("out"), "--data", IDX)
        self.refused("prune", model("overflow"), "--out", model("out"), "--epochs", "1", *SETTINGS)
        self.assertFalse(os.path.exists(model("out")))

    def test_bench(self):
        self.refused("bench", "--model", model("overflow"), "--seconds", "0.1")

    def test_train(self):
        for option in ("--start", "--teacher"):
            net = ["--net", path("net.net")] if option == "--teacher" else []
            done = run("train", *net, option, model("overflow"), "--out", model("out"), "--epochs", "1", *SETTINGS)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("not finite", done.stderr)
            self.assertFalse(os.path.exists(model("out")))


class Terminal(unittest.TestCase):
    def harmless(self, text):
        for character in text:
            self.assertFalse(ord(character) < 32 and character != "\n" or 0x7f <= ord(character) < 0xa0 or
                             character in "\u202e\u2028", repr(text))

    def test_labels_and_notes(self):
        facts = json.dumps({"command": "digitscope \x1b[2J", "\x1b[1mkey": "\x1b[0m", "start": [{"model": "\x1b[5m"}]})
        for label in NASTY[:8]:
            refused = run("info", edit("good", "labelled", {"labels": json.dumps([label, *"123456789"])}))
            self.assertEqual(refused.returncode, 1, repr(label))
            self.assertIn("labels", refused.stderr)
            self.harmless(refused.stderr)
        labels = [f"{word} {k}" for k in range(5) for word in NASTY[8:]]
        nasty = edit("good", "nasty", {"labels": json.dumps(labels), "training": facts})
        shown = run("info", nasty)
        self.assertEqual(shown.returncode, 0)
        self.harmless(shown.stdout)
        self.assertIn("plain", shown.stdout)
        text = run("info", nasty, "--json").stdout
        self.harmless(text)
        self.assertEqual(json.loads(text)["labels"], labels)
        self.harmless(run("ink", "--model", nasty, path("pen.jsonl"), "--each").stdout)
        lines = run("ink", "--model", nasty, path("pen.jsonl"), "--each", "--json").stdout
        self.harmless(lines)
        self.assertLessEqual({json.loads(line)["text"] for line in lines.splitlines()}, set(labels))
        os.makedirs(path("nasty"), exist_ok=True)
        for name in os.listdir(IDX):
            os.link(os.path.join(IDX, name), path(f"nasty/{name}"))
        write("nasty/labels.txt", "".join(label.replace("\r\n", "\r") + "\n" for label in NASTY))
        for words in (["eval", "--model", nasty, "--data", path("nasty")], ["eval", "--model", nasty, "--data", IDX],
                      ["eval", "--model", model("good"), nasty, "--data", IDX]):
            done = run(*words)
            self.harmless(done.stdout + done.stderr)

    def test_drawings(self):
        line = fixtures.drawing(7, random.Random(1)) | {"label": "\x1b[31m", "writer": "\n\x1b[0m"}
        self.harmless(run("ink", "--model", model("good"), write("nasty.jsonl", json.dumps(line)), "--each").stdout)

    def test_errors_that_quote(self):
        names = [write("\x1b[31m.net", "input 28 28 1\n\x1b[2Jconv 3\n"), write("\x1b[31m.safetensors", b"\x1b[2J"),
                 write("\x1b[31m.jsonl", '{"strokes": "\x1b[2J'), path("\x1b[31mmissing"), "\x1b[31m"]
        for words in [["train", "--net", names[0], "--out", model("out")], ["info", names[1]], ["ink", names[2]],
                      ["predict", names[3]], ["eval", "--model", names[4]], [names[4]], ["info", "--\x1b[31m"],
                      ["search", write("space.txt", "\x1b[31m choice \x1b[0m\n"), "--out", path("found")],
                      ["fetch-data", "--from", "\x1b[31m"], ["train", "--seed", "\x1b[31m"]]:
            done = run(*words)
            self.assertNotEqual(done.returncode, 0)
            self.assertTrue(done.stderr)
            self.harmless(done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


class Labels(unittest.TestCase):
    """Classes are what they are called, not where they stand."""

    @classmethod
    def setUpClass(cls):
        cls.turned = edit("good", "turned", {"labels": json.dumps([str(k) for k in ORDER])}, in_other_order)
        cls.letters = edit("good", "letters", {"labels": json.dumps(list("ABCDEFGHIJ"))})

    def test_another_order_is_the_same(self):
        straight, turned = (run_json("eval", "--model", name, "--data", IDX) for name in (model("good"), self.turned))
        both = run_json("eval", "--model", model("good"), self.turned, "--data", IDX)
        self.assertGreater(straight["accuracy"], 0.3)
        for key in ("errors", "n"):
            self.assertEqual(turned[key], straight[key])
            self.assertEqual(both[key], straight[key])
        self.assertAlmostEqual(both["loss"], straight["loss"], places=6)
        self.assertEqual({c["label"]: c["f1"] for c in turned["per_class"]},
                         {c["label"]: c["f1"] for c in straight["per_class"]})
        self.assertEqual([c["label"] for c in turned["per_class"]], [str(k) for k in ORDER])

    def test_a_report_of_another_order(self):
        self.assertEqual(run("eval", "--model", self.turned, "--data", IDX, "--report", path("page")).returncode, 0)
        with open(path("page/report.json")) as file:
            report = json.load(file)
        self.assertEqual(len(report["wrong"]), report["errors"])
        for wrong in report["wrong"]:
            self.assertEqual(str(ORDER[wrong["true"]]), DIGITS[wrong["image"] % 10])

    def test_other_classes_are_refused(self):
        for words in (["--model", self.letters], ["--model", model("good"), self.letters]):
            done = run("eval", *words, "--data", IDX)
            self.assertEqual(done.returncode, 1, done)
            self.assertTrue('"0"' in done.stderr or '"A"' in done.stderr, done.stderr)
            self.assertIn("letters.safetensors", done.stderr)
        for words in (["train", "--start", self.letters], ["train", "--start", self.turned], ["prune", self.letters],
                      ["train", "--net", path("net.net"), "--teacher", self.letters]):
            done = run(*words, "--out", model("out"), "--epochs", "1", *SETTINGS)
            self.assertEqual(done.returncode, 1, done)
            self.assertTrue('"0"' in done.stderr, done.stderr)
        self.assertEqual(run("quantize", self.letters, "--out", model("out"), "--data", IDX).returncode, 1)
        scores = run_json("ink", "--model", self.letters, path("pen.jsonl"))
        self.assertEqual(scores["n_unlabelled"], 20)

    def test_strokes_are_no_other_ten_classes(self):
        os.makedirs(path("letters"))
        for name in os.listdir(IDX):
            os.link(os.path.join(IDX, name), path(f"letters/{name}"))
        write("letters/labels.txt", "".join(letter + "\n" for letter in "ABCDEFGHIJ"))
        for words in (["--synthetic", "0.5"], ["--negatives", "0.1"], ["--pens", path("pen.jsonl")]):
            done = run("train", "--net", path("net.net"), "--out", model("out"), "--data", path("letters"), "--val", "100", *words)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("something else", done.stderr)

    def test_a_teacher_of_another_order_teaches_the_same(self):
        words = ["--net", path("net.net"), "--epochs", "1", "--seed", "5", *SETTINGS, "--json", "--teacher"]
        losses = [run_lines("train", "--out", model("out"), *words, teacher)[0]["train_loss"]
                  for teacher in (model("good"), self.turned)]
        self.assertAlmostEqual(losses[0], losses[1], places=5)


class Signals(unittest.TestCase):
    def test_the_first_one_ends_every_long_command(self):
        write("many.jsonl", (fixtures.read("pen.jsonl") * 20000))
        for words in (["ink", "--model", model("good"), path("many.jsonl")], ["bench", "--seconds", "60"],
                      ["train", "--net", path("net.net"), "--out", model("out"), "--epochs", "100000", *SETTINGS],
                      ["prune", model("good"), "--out", model("out"), "--epochs", "100000", *SETTINGS]):
            for number in (signal.SIGTERM, signal.SIGINT):
                with subprocess.Popen([PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as running:
                    time.sleep(0.5)  # however far it has come, the signal ends it
                    running.send_signal(number)
                    running.send_signal(number)  # as `timeout` does, to the process and to its group
                    running.communicate(timeout=60)
                self.assertEqual(running.returncode, 130, words)


class Outputs(unittest.TestCase):
    COMMANDS = [["--help"], ["--version"], ["train", "--help"], ["models"], ["models", "--json"], ["info"],
                ["info", "--json"], ["bench", "--seconds", "0.1"]]

    def test_a_full_disk(self):
        for words in self.COMMANDS:
            with open("/dev/full", "w") as full:
                self.assertEqual(subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.DEVNULL,
                                                env=ENVIRONMENT).returncode, 1, words)

    def test_a_closed_pipe(self):
        for words in self.COMMANDS:
            reading, writing = os.pipe()
            os.close(reading)
            done = subprocess.run([PROGRAM, *words], stdout=writing, stderr=subprocess.DEVNULL, env=ENVIRONMENT,
                                  restore_signals=True)
            os.close(writing)
            self.assertEqual(done.returncode, 1, words)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
