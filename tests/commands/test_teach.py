"""test_teach.py PROGRAM PICTURES DATA - `digitscope teach`: what is learned, the file, what is refused."""
import json
import os
import sys
import unittest

import fixtures
from fixtures import path, read, run, run_json, write

tearDownModule = fixtures.tearDownModule


def setUpModule():
    os.makedirs(path("state/models"))


def square(label, side=100):
    return json.dumps({"label": label, "writer": "ann", "w": 200, "h": 200,
                       "strokes": [[[0, 0], [side, 0], [side, side], [0, side], [0, 0]], [[0, 0], [side, side]], [[side, 0], [0, side]]]})


def teach(strokes, out, *words, model="simple"):
    return ["teach", "--model", model, "--strokes", strokes, "--out", path(out), "--state", path("state"), *words]


class Teach(unittest.TestCase):
    def test_learns_what_it_is_told(self):
        strokes = write("own.jsonl", "\n".join(square("4", side) for side in (80, 100, 120)) + "\n")
        told = run_json(*teach(strokes, "own.safetensors", "--seconds", "1000"))
        self.assertEqual((told["n"], told["before"], told["after"], told["holds"]), (3, 0, 1, True))
        self.assertGreater(told["others"], told["others_before"] - 0.02)
        self.assertGreater(told["seconds"], 0)
        scores = run_json("ink", strokes, "--model", path("own.safetensors"))
        self.assertEqual(scores["accuracy"], 1)
        facts = run_json("info", path("own.safetensors"))["training"]
        self.assertEqual((facts["taught"]["model"], facts["taught"]["drawings"]), ("simple", 3))
        before = facts["taught"]["origin"]
        self.assertEqual(before["test_accuracy"], run_json("info", "simple")["training"]["test_accuracy"])
        again = run_json(*teach(strokes, "state/models/again.safetensors", "--seconds", "1", model=path("own.safetensors")))
        self.assertEqual(again["n"], 3)
        listed = {row["name"]: row for row in run_json("models", "--state", path("state"))}
        self.assertEqual({k: listed["again"][k] for k in before}, before)  # of a copy of the copy, too
        self.assertEqual([listed[n]["before_taught"] for n in ("again", "simple", "ensemble3")], [True, False, False])
        self.assertEqual(listed["ensemble3"]["test_accuracy"], run_json("info", "ensemble3")["test_accuracy"])

    def test_same_command_same_file(self):
        strokes = write("twice.jsonl", square("4") + "\n")
        run_json(*teach(strokes, "twice.safetensors", "--seconds", "1000"))
        first = read("twice.safetensors")
        run_json(*teach(strokes, "twice.safetensors", "--seconds", "1000"))
        self.assertEqual(first, read("twice.safetensors"))

    def test_words(self):
        strokes = write("words.jsonl", square("4") + "\n" + square("q") + "\n")
        done = run(*teach(strokes, "words.safetensors", "--seconds", "0.5"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1 drawing: ", done.stdout)
        self.assertRegex(done.stdout, r"\n\d+ others: \d+ read right, \d+ before\n")
        self.assertIn("1 of 2 drawings are left out", done.stderr)

    def refused(self, status, why, *words):
        done = run(*words)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(why, done.stderr)

    def test_what_is_refused(self):
        strokes = write("q.jsonl", square("q") + "\n")
        self.refused(1, "no drawing shows a class", *teach(strokes, "none.safetensors"))
        self.refused(1, "missing.jsonl", *teach(path("missing.jsonl"), "none.safetensors"))
        self.refused(1, "bad.jsonl: line 1", *teach(write("bad.jsonl", "{"), "none.safetensors"))
        self.refused(2, "--strokes and --out", "teach", "--strokes", strokes)
        self.assertFalse(os.path.exists(path("none.safetensors")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
