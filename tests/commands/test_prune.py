"""test_prune.py PROGRAM PICTURES DATA - `digitscope prune` on a tiny network: sizes, files, interruption, what is refused."""
import json
import os
import random
import signal
import subprocess
import sys
import unittest

import fixtures
from fixtures import IDX, path, read, run, run_json, run_lines, write

tearDownModule = fixtures.tearDownModule
NET = ("input 28 28 1\nconv 8 5 stride=2\nbatchnorm\nrelu\nmaxpool 2\nconv 12 3\nrelu\nflatten\ndense 16\nbatchnorm\nrelu\n"
       "dense 10\nsoftmax\n")
SETTINGS = ["--data", IDX, "--val", "100", "--threads", "1", "--batch", "20"]


def train(net, out, *words):
    done = run("train", "--net", write(f"{out}.net", net), "--out", path(f"{out}.safetensors"), *SETTINGS, *words)
    if done.returncode != 0:
        raise AssertionError(done.stderr)


def setUpModule():
    os.makedirs(IDX)
    fixtures.make_part("train", 400, random.Random(1))
    train(NET, "whole", "--epochs", "6")


def prune(out, *words):
    return ["prune", path("whole.safetensors"), "--out", path(out), *SETTINGS, *words]


class Prune(unittest.TestCase):
    def test_half(self):
        *epochs, last = run_lines(*prune("half.safetensors", "--epochs", "4", "--lr", "0.003"))
        self.assertEqual([e["epoch"] for e in epochs], [1, 2, 3, 4])
        before, cut, after = last["before"], last["cut"], last["after"]
        self.assertEqual(before["parameters"], run_json("info", path("whole.safetensors"))["parameters"])
        smaller = run_json("info", path("half.safetensors"))
        self.assertEqual(cut["parameters"], after["parameters"])
        self.assertEqual(after["parameters"], smaller["parameters"])
        self.assertLess(after["parameters"], 0.4 * before["parameters"])
        self.assertLess(after["flops"], before["flops"])
        self.assertGreater(min(m["single_us"] for m in (before, cut, after)), 0)
        self.assertEqual(after["val_accuracy"], max(e["val_accuracy"] for e in epochs))
        self.assertGreater(after["val_accuracy"], 0.8)
        self.assertGreater(after["val_accuracy"], cut["val_accuracy"] - 0.02)
        architecture = smaller["architecture"]
        self.assertIn("conv 4 5 stride=2\n", architecture)
        self.assertIn("dense 8\n", architecture)
        self.assertEqual(read("half.net").decode(), architecture)
        facts = smaller["training"]
        self.assertEqual((facts["pruned"]["parameters"], facts["pruned"]["keep"]), (before["parameters"], 0.5))
        self.assertAlmostEqual(facts["val_accuracy"], after["val_accuracy"], places=5)
        train(read("half.net").decode(), "again", "--epochs", "1")

    def test_before_is_what_training_said(self):
        *_, last = run_lines(*prune("same.safetensors", "--keep", "1", "--epochs", "1"))
        said = run_json("info", path("whole.safetensors"))["training"]["val_accuracy"]
        self.assertAlmostEqual(last["before"]["val_accuracy"], said, places=5)
        for key in ("parameters", "val_accuracy", "val_loss"):
            self.assertEqual(last["before"][key], last["cut"][key], key)

    def test_table(self):
        done = run(*prune("table.safetensors", "--epochs", "1", "--keep", "0.7"))
        self.assertEqual(done.returncode, 0, done.stderr)
        for row in ("parameters", "before", "cut", "trained on"):
            self.assertIn(row, done.stdout)
        other = run(*prune("other.safetensors", "--epochs", "1", "--seed", "9"))
        self.assertIn("was trained with --seed 1", other.stderr)

    def test_interrupted_saves_the_best(self):
        with subprocess.Popen([fixtures.PROGRAM, *prune("cut.safetensors", "--epochs", "100000", "--json")], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, env=fixtures.ENVIRONMENT) as running:
            running.stdout.readline()
            running.send_signal(signal.SIGINT)
            last = json.loads(running.stdout.readlines()[-1])
        self.assertEqual(running.returncode, 130)
        self.assertFalse(last["done"])
        self.assertGreaterEqual(last["best_epoch"], 1)
        self.assertEqual(run_json("info", path("cut.safetensors"))["parameters"], last["after"]["parameters"])

    def test_refused(self):
        train("input 28 28 1\nmaxpool 4\nconv 4 3\nconv 4 3\nadd conv1\nflatten\ndense 10\nsoftmax\n", "residual", "--epochs", "1")
        for words, status, says in [([path("residual.safetensors")], 1, "residual.safetensors: layer add1 cannot be pruned"),
                                    ([path("whole.safetensors"), "--keep", "0"], 2, "--keep"),
                                    (["lion"], 1, 'no model is called "lion"')]:
            done = run("prune", "--out", path("never.safetensors"), *SETTINGS, *words)
            self.assertEqual((done.returncode, done.stdout), (status, ""), words)
            self.assertIn(says, done.stderr)
        self.assertEqual(run("prune", path("whole.safetensors")).returncode, 2)
        done = run("prune", path("whole.safetensors"), "--out", path("never.safetensors"), "--data", path("nowhere"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("nowhere", done.stderr)
        self.assertFalse(os.path.exists(path("never.safetensors")))
        full = run("prune", path("whole.safetensors"), "--out", path("nowhere/x.safetensors"), *SETTINGS, "--epochs", "1")
        self.assertEqual((full.returncode, full.stdout), (2, ""), "found out before anything is trained")
        self.assertIn("nowhere/x.safetensors", full.stderr)
        net = run("prune", path("whole.safetensors"), "--out", path("half.net"), *SETTINGS)
        self.assertEqual((net.returncode, net.stdout), (2, ""), "the architecture would take the model's place")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
