"""test_reading.py PROGRAM PICTURES DATA - `digitscope ink` and `predict`: strokes and pictures are read, and counted."""
import gzip
import json
import os
import pty
import random
import re
import signal
import subprocess
import sys
import unittest

import fixtures
from fixtures import (DATA, ENVIRONMENT, FOLDER, PICTURES, PROGRAM, STATE, drawing, path, read, run, run_json,
                      run_lines, write)

setUpModule, tearDownModule = fixtures.setUpModule, fixtures.tearDownModule


class Ink(unittest.TestCase):
    KEYS = {"n", "n_unlabelled", "accuracy", "accuracy_by_writer_macro", "unsure", "per_class", "latency_us"}

    def ink(self, file, *words):
        return run_json("ink", file, "--model", "toy-1", "--state", STATE, *words)

    def each(self, file, *words):
        return run_lines("ink", file, "--model", "toy-1", "--state", STATE, "--each", *words)

    def test_scores(self):
        s, lines = self.ink(path("strokes.jsonl")), self.each(path("strokes.jsonl"))
        self.assertLessEqual(self.KEYS, set(s))
        self.assertEqual(len(lines), 150)
        self.assertEqual((s["n"], s["n_unlabelled"]), (150, 0))
        self.assertEqual(set(lines[0]), {"label", "text", "digit", "confidence", "unsure", "writer"})
        right = [line["label"] == line["text"] for line in lines]
        self.assertAlmostEqual(s["accuracy"], sum(right) / 150)
        self.assertGreater(s["accuracy"], 0.6)
        by_writer = [sum(r for r, line in zip(right, lines) if line["writer"] == w) / 50 for w in ("W0", "W1", "W2")]
        self.assertAlmostEqual(s["accuracy_by_writer_macro"], sum(by_writer) / 3)
        self.assertAlmostEqual(s["unsure"], sum(line["unsure"] for line in lines) / 150)
        for line in lines:
            self.assertEqual(line["text"], str(line["digit"]))
        self.assertLessEqual(0 < s["latency_us"]["p50"], s["latency_us"]["p99"])

    def test_same_answers(self):
        plain = self.each(path("strokes.jsonl"))
        packed = write("packed", gzip.compress(read("strokes.jsonl")))
        self.assertEqual(self.each(packed), plain)
        self.assertEqual(self.each(path("strokes.jsonl"), "--threads", "3"), plain)
        self.assertNotEqual(self.each(path("strokes.jsonl"), "--naive"), plain)
        moved = self.each(path("strokes.jsonl"), "--scale", "0.2", "--shift", "-200,150", "--brush", "60")
        self.assertGreater(sum(a["digit"] == b["digit"] for a, b in zip(moved, plain)), 145)

    def test_numbers(self):
        """A 1, two of them, a drawing of nothing; whole strings are scored, and how far off they are."""
        one, two = [[[100, 100], [100, 400]]], [[[100, 100], [100, 400]], [[400, 100], [400, 400]]]
        rows = [{"label": "1", "strokes": one}, {"label": "11", "writer": "W", "strokes": two},
                {"label": "1111", "strokes": two}, {"strokes": []}, {"label": "x", "strokes": one}]
        file = write("numbers.jsonl", "\n".join(json.dumps(row) for row in rows))
        s, lines = run_json("ink", file, "--numbers"), run_lines("ink", file, "--numbers", "--each")
        self.assertEqual([line["text"] for line in lines], ["1", "11", "11", "", "1"])
        self.assertEqual([line["digit"] for line in lines], [1, None, None, None, 1])
        self.assertEqual(set(lines[1]), {"label", "text", "digit", "confidence", "unsure", "writer", "digits"})
        self.assertEqual([len(line["digits"]) for line in lines], [1, 2, 2, 0, 1])
        left, right = (digit["box"] for digit in lines[1]["digits"])
        self.assertLess(left[0] + left[2], right[0])
        self.assertEqual((s["n"], s["n_unlabelled"]), (5, 2))
        self.assertAlmostEqual(s["accuracy"], 2 / 3)
        self.assertEqual(s["by_length"], [{"length": 1, "n": 1, "accuracy": 1}, {"length": 2, "n": 1, "accuracy": 1},
                                          {"length": 4, "n": 1, "accuracy": 0}])
        self.assertAlmostEqual(s["digit_error_rate"], 2 / 7)
        self.assertIn("of 3", run("ink", file, "--numbers").stdout)
        refused = run("ink", file, "--numbers", "--naive")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--naive", refused.stderr)

    def test_more_strokes_than_a_number_has_are_one_digit(self):
        """A 1 and a 7 dabbed on by dots, of which a number has 64 at most; and three of them in a row, which are no digit."""
        def dots(count, x=0):
            return [[[x, 100 * i / count]] for i in range(count)]
        seven = [[[50 * i / 33, 0]] for i in range(33)] + [[[50 - 30 * i / 33, 100 * i / 33]] for i in range(34)]
        rows = [dots(64), dots(65), seven, dots(30) + dots(30, 120) + dots(30, 240)]
        file = write("dots.jsonl", "\n".join(json.dumps({"strokes": row}) for row in rows))
        lines = run_lines("ink", file, "--numbers", "--each")
        self.assertEqual([line["text"] for line in lines[1:3]], ["1", "7"])
        self.assertEqual([line["digit"] for line in lines[1:3]], [1, 7])
        self.assertEqual([len(line["digits"]) for line in lines[1:]], [1, 1, 1])
        self.assertTrue(lines[3]["unsure"])
        x, y, width, height = lines[2]["digits"][0]["box"]
        self.assertAlmostEqual(width / height, 0.5, delta=0.05)

    def test_unlabelled_and_empty(self):
        rng = random.Random(2)
        rows = [drawing(7, rng), drawing(7, rng, label=""), drawing(7, rng, label="A"), drawing(7, rng, label=7),
                {"strokes": []}, {"label": "1", "strokes": [[[5, 5]]], "unknown": {}}]
        file = write("mixed.jsonl", "\n\n".join(json.dumps(r) for r in rows))
        s, lines = self.ink(file), self.each(file)
        self.assertEqual((s["n"], s["n_unlabelled"], len(lines)), (6, 3, 6))
        self.assertIsNone(s["accuracy_by_writer_macro"])
        self.assertEqual([line["label"] for line in lines], ["7", "", "A", "7", "", "1"])
        empty = {"label": "", "text": "", "digit": None, "confidence": 0, "unsure": False, "writer": ""}
        self.assertEqual(lines[4], empty)
        nothing = self.ink(write("empty.jsonl", json.dumps({"strokes": []})))
        self.assertEqual((nothing["n"], nothing["accuracy"], nothing["unsure"]), (1, None, 0))

    def test_bad_lines(self):
        good = read("strokes.jsonl").decode()
        for bad, says in [('{"strokes":[[[1,2],[3;4]]]}', "line 151, byte 22: "), ('{"strokes":7}', "line 151: "),
                          ('   {"strokes":[[[1,2],[3;4]]]}', "line 151, byte 25: "),
                          ('{"strokes":[[[1,"x"]]]}', "line 151: stroke 1, point 1")]:
            file = write("bad.jsonl", good + bad + "\n" + "nonsense\n" * 300)
            done = run("ink", file, "--model", "toy-1", "--state", STATE)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, rf"\Adigitscope ink: .*bad\.jsonl: {re.escape(says)}")

    def test_bad_files(self):
        cut = write("cut.gz", gzip.compress(b"x" * 1000)[:-12])
        for file, says in [(path("nowhere"), "nowhere: "), (write("blank", "\n \n"), "blank: no drawing in it"),
                           (cut, "cut.gz: "), (FOLDER, "")]:
            done = run("ink", file, "--model", "toy-1", "--state", STATE)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(says, done.stderr)

    def test_interrupt(self):
        """A long run shows a counter on a terminal; the first SIGINT ends it with 130."""
        file = write("long.jsonl.gz", gzip.compress(read("strokes.jsonl") * 2000, 1))
        terminal, side = pty.openpty()
        with subprocess.Popen([PROGRAM, "ink", file, "--model", "toy-1", "--state", STATE], stdout=subprocess.PIPE,
                              stderr=side, env=ENVIRONMENT) as running:
            os.close(side)
            shown = b""
            while b"drawings read: " not in shown:
                shown += os.read(terminal, 1000)
            running.send_signal(signal.SIGINT)
            out, _ = running.communicate(timeout=60)
        os.close(terminal)
        self.assertEqual((running.returncode, out), (130, b""))

    @unittest.skipUnless(os.path.exists(os.path.join(DATA, "pendigits-train.jsonl.gz")), "no recorded strokes")
    def test_recorded(self):
        s = self.ink(os.path.join(DATA, "pendigits-train.jsonl.gz"))
        self.assertEqual((s["n"], s["n_unlabelled"]), (7494, 0))
        self.assertEqual(sum(row["support"] for row in s["per_class"]), 7494)


@unittest.skipUnless(PICTURES, "built without pictures")
class Predict(unittest.TestCase):
    def predict(self, *words):
        return run("predict", "--model", "toy-1", "--state", STATE, *words)

    def test_answers(self):
        image = write("some digit.pgm", b"P5 28 28 255\n" + fixtures.IMAGES[0])
        lines = run_lines("predict", "--model", "toy-1", "--state", STATE, image, image)
        self.assertEqual(lines[0], lines[1])
        answer = lines[0]
        self.assertEqual(set(answer), {"file", "digit", "text", "confidence", "probabilities", "unsure", "several"})
        self.assertEqual(answer["file"], image)
        self.assertEqual(answer["text"], str(answer["digit"]))
        self.assertAlmostEqual(sum(answer["probabilities"]), 1, places=5)
        self.assertAlmostEqual(answer["confidence"], max(answer["probabilities"]))
        self.assertIn("some digit.pgm", self.predict(image).stdout)

    def test_empty_picture(self):
        white = write("white.pgm", b"P5 9 9 255\n" + b"\xff" * 81)
        (answer,) = run_lines("predict", "--model", "toy-1", "--state", STATE, white)
        self.assertEqual(answer, {"file": white, "digit": None, "text": "", "confidence": 0, "probabilities": [],
                                  "unsure": False, "several": False})

    def test_standard_input(self):
        image = write("piped.pgm", b"P5 28 28 255\n" + fixtures.IMAGES[0])
        with open(image, "rb") as picture:
            done = run("predict", "--model", "toy-1", "--state", STATE, "--json", "-", stdin=picture)
        (line,) = run_lines("predict", "--model", "toy-1", "--state", STATE, image)
        self.assertEqual(json.loads(done.stdout), {**line, "file": "-"})

    def test_as_is_needs_the_network_s_size(self):
        done = self.predict("--as-is", write("wide.pgm", b"P5 9 9 255\n" + b"\xff" * 81))
        self.assertEqual(done.returncode, 1)
        self.assertIn("9 x 9 pixels, not 28 x 28", done.stderr)

    def test_several_digits(self):
        """Two bars beside each other are two digits, one is one."""
        for bars, several in ((20,), False), ((10, 44), True):
            rows = bytes(0 if 10 <= y < 50 and any(x in range(b, b + 5) for b in bars) else 255
                         for y in range(60) for x in range(60))
            (line,) = run_lines("predict", "--model", "toy-1", "--state", STATE,
                                write("bars.pgm", b"P5 60 60 255\n" + rows))
            self.assertEqual((line["several"], line["unsure"] or not several), (several, True))
            (number,) = run_lines("predict", "--numbers", path("bars.pgm"))
            self.assertEqual(number["text"], "1" * len(bars))
            self.assertEqual(number["digit"], None if several else 1)
            for bar, digit in zip(bars, number["digits"]):
                self.assertAlmostEqual(digit["box"][0], bar, delta=3)

    def test_bad_pictures(self):
        """What cannot be read is named, and does not keep the rest from being read."""
        good = write("good.pgm", b"P5 28 28 255\n" + fixtures.IMAGES[0])
        done = self.predict(path("nowhere.png"), write("no picture.png", "text"), good, "--json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual([json.loads(line)["file"] for line in done.stdout.splitlines()], [good])
        self.assertIn("nowhere.png: ", done.stderr)
        self.assertIn("no picture.png: ", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
