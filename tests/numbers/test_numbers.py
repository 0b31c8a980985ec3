"""test_numbers.py PROGRAM TRAINER DATA - composed strings of recorded digits are cut and read right, nearly all of them.

A few hundred, in seconds; more of them: compose.py and measure.py by hand.
"""
import gzip
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

import compose
import measure
import quirks

PROGRAM, TRAINER, DATA = sys.argv[1:4]
FILES = [os.path.join(DATA, name) for name in ("pendigits-train.jsonl.gz", "unipen-train.jsonl.gz")]


class Composing(unittest.TestCase):
    def test_same_seed_same_strings(self):
        """On digits of its own: it needs no recorded ones."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "digits.gz")
            with gzip.open(path, "wt") as file:
                for label in "01234567":
                    row = {"label": label, "writer": "W", "strokes": [[[0, 0], [5, 90 + int(label)]], [[0, 50], [30, 50]]]}
                    file.write(json.dumps(row) + "\n")
            writers = compose.read_writers([path])
            one, same, other = ([compose.compose(random.Random(seed), writers) for _ in range(5)] for seed in (1, 1, 2))
        self.assertEqual(one, same)
        self.assertNotEqual(one, other)
        for row in one:
            self.assertEqual(len(row["boxes"]), len(row["label"]))
            self.assertEqual(len(row["digits"]), len(row["label"]))


class Quirks(unittest.TestCase):
    BAR, STEM = [(0.0, -1.0), (0.5, -1.0)], [(0.0, -1.0), (0.0, -0.5), (0.4, -0.3), (0.0, 0.0)]

    def test_what_has_no_bar_is_not_stretched(self):
        rng = random.Random(1)
        self.assertIsNone(quirks.stretch_bar(rng, [self.STEM]))
        self.assertIsNone(quirks.stretch_bar(rng, [self.BAR, self.STEM]))
        stem, bar = quirks.stretch_bar(rng, [self.STEM, self.BAR])
        self.assertEqual(stem, self.STEM)
        self.assertGreater(bar[1][0], 0.65)
        self.assertEqual(bar[0], self.BAR[0])

    def test_strokes_are_added_and_broken(self):
        rng, long = random.Random(2), [(0.0, 0.1 * k) for k in range(20)]
        self.assertEqual(len(quirks.cross(rng, [self.BAR + [(0.2, 0.0)]])), 2)
        self.assertEqual(len(quirks.retouch(rng, [long])), 2)
        first, second = quirks.break_off(rng, [long])
        self.assertLess(first[-1][1], second[0][1])
        self.assertIsNone(quirks.break_off(rng, [self.BAR]))

    def test_order_of_digits(self):
        backward, filled = (compose.HANDS["people"]._replace(order=order) for order in ("backward", "filled in"))
        self.assertEqual(compose.turns(random.Random(1), backward, [False] * 3), [2, 1, 0])
        self.assertEqual(compose.turns(random.Random(1), backward, [False, True, False]), [0, 1, 2])
        self.assertEqual(sorted(compose.turns(random.Random(1), filled, [False] * 4)), [0, 1, 2, 3])


class Counting(unittest.TestCase):
    def test_edits(self):
        self.assertEqual(measure.distance("2026", "2026"), 0)
        self.assertEqual(measure.distance("2026", "226"), 1)
        self.assertEqual(measure.distance("12", "4126"), 2)
        self.assertEqual(measure.distance("", "7"), 1)

    def test_causes(self):
        row = {"label": "12", "w": 600, "h": 600, "boxes": [[0, 0, 100, 300], [200, 0, 100, 300]]}
        right, joined = [{"box": b} for b in row["boxes"]], [{"box": [0, 0, 300, 300]}]
        for text, digits, alone, cause in (("12", right, [True, True], ""), ("4", joined, [True, True], "cut"),
                                           ("17", right, [True, True], "there"), ("17", right, [True, False], "alone")):
            self.assertEqual(measure.Result(row, {"text": text, "digits": digits}, alone).cause, cause)


@unittest.skipUnless(all(map(os.path.exists, FILES)), "no recorded strokes")
class Reading(unittest.TestCase):
    def test_composed_strings(self):
        rng, writers = random.Random(11), compose.part_of(compose.read_writers(FILES), "1/3")
        rows = [compose.compose(rng, writers) for _ in range(300)]
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.write("".join(json.dumps(row) + "\n" for row in rows))
            file.flush()
            read = measure.lines(PROGRAM, file.name, "--numbers")
        apart = [(row, r) for row, r in zip(rows, read) if not row["touching"]]
        self.assertGreater(len(apart), 150)
        self.assertGreater(measure.share(measure.is_cut_right(*p) for p in apart), 0.95)
        self.assertGreater(measure.share(r["text"] == row["label"] for row, r in zip(rows, read)), 0.90)

    def test_training_makes_others_likelier(self):
        writers = compose.read_writers(FILES)
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in ("train.jsonl", "check.jsonl")]
            for path, part, count in zip(paths, ("-1/3", "1/3"), (256, 64)):
                rng, some = random.Random(7), compose.part_of(writers, part)
                with open(path, "w", encoding="utf-8") as file:
                    file.write("".join(json.dumps(compose.compose(rng, some)) + "\n" for _ in range(count)))
            done = subprocess.run([TRAINER, "", "20", *paths], capture_output=True, check=True, text=True)
        likely = [float(x) for x in re.findall(r"of others' (\S+)", done.stderr)]
        self.assertEqual(len(likely), 20)
        self.assertGreater(likely[-1], 0.5 * likely[0])
        self.assertIn("hidden_unit[LATTICE_HIDDEN] = {", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
