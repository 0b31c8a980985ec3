"""test_start.py PROGRAM PICTURES DATA - `digitscope train --start`: going on with a model, and with several as one network."""
import json
import os
import random
import subprocess
import sys
import unittest

import fixtures
from fixtures import IDX, path, run, run_json, run_lines, write

tearDownModule = fixtures.tearDownModule
NETS = {"wide": "input 28 28 1\nconv 8 5 stride=2\nbatchnorm\nrelu\nmaxpool 2\nflatten\ndense 10\nsoftmax\n",
        "deep": "input 28 28 1\nconv 4 3 stride=2\nrelu\nconv 8 3 stride=2\nrelu\nflatten\ndense 10\nsoftmax\n"}
SETTINGS = ["--data", IDX, "--val", "100", "--threads", "1", "--batch", "20"]


def model(name):
    return path(f"{name}.safetensors")


def train(out, *words):
    return run_lines("train", "--out", model(out), *SETTINGS, "--json", *words)


def setUpModule():
    os.makedirs(IDX)
    fixtures.make_part("train", 400, random.Random(1))
    for name, text in NETS.items():
        train(name, "--net", write(f"{name}.net", text), "--epochs", "4", "--seed", "5")


class Start(unittest.TestCase):
    def test_goes_on_where_the_model_was(self):
        first, *_ = train("again", "--start", model("wide"), "--epochs", "1", "--lr", "1e-9", "--seed", "5")
        said, facts = (run_json("info", model(name))["training"] for name in ("wide", "again"))
        self.assertAlmostEqual(first["val_accuracy"], said["val_accuracy"], delta=0.03)
        self.assertEqual(run_json("info", model("again"))["architecture"], NETS["wide"])
        [origin] = facts["start"]
        self.assertEqual(origin["command"], said["command"])
        self.assertEqual((origin["model"], origin["seed"]), (model("wide"), 5))
        self.assertNotIn("history", origin)
        self.assertIn(f"  start               {model('wide')}\n", run("info", model("again")).stdout)

    def test_without_batch_normalisation(self):
        words = ["--net", path("wide.net"), "--epochs", "2", "--seed", "5"]
        *epochs, _ = train("plain", *words)
        self.assertEqual([e["val_loss"] for e in train("folded", *words, "--fold")[:2]], [e["val_loss"] for e in epochs])
        plain, folded = (run_json("info", model(name)) for name in ("plain", "folded"))
        self.assertEqual(folded["architecture"], NETS["wide"].replace("batchnorm\n", ""))
        self.assertEqual(folded["parameters"], plain["parameters"] - 4 * 8)
        self.assertEqual(folded["training"]["history"], plain["training"]["history"])
        drawn = write("drawn.jsonl", "\n".join(json.dumps(fixtures.drawing(d, random.Random(d))) for d in range(10)))
        read = [run_json("eval", "--model", model(name), "--data", drawn) for name in ("plain", "folded")]
        self.assertAlmostEqual(read[0]["loss"], read[1]["loss"], places=5)
        first, _ = train("on", "--start", model("folded"), "--epochs", "1", "--lr", "1e-9", "--seed", "5")
        self.assertAlmostEqual(first["val_accuracy"], folded["training"]["val_accuracy"], delta=0.03)

    def test_images_that_a_model_may_know(self):
        words = ["train", "--start", model("wide"), "--out", model("again"), *SETTINGS, "--epochs", "1", "--seed"]
        self.assertIn("may know the validation images", run(*words, "6").stderr)
        self.assertNotIn("may know", run(*words, "5").stderr)

    def test_several_become_one(self):
        first, *_ = train("both", "--start", model("wide"), model("deep"), "--epochs", "1", "--lr", "1e-9", "--seed", "5")
        parts = [run_json("info", model(name)) for name in NETS]
        both = run_json("info", model("both"))
        self.assertEqual(both["parameters"], sum(part["parameters"] for part in parts))
        self.assertEqual(len(both["training"]["start"]), 2)
        self.assertIn("conv 4 3 stride=2 from=input\n", both["architecture"])
        self.assertGreater(first["val_accuracy"], min(part["training"]["val_accuracy"] for part in parts) - 0.03)

    def test_several_teach_as_one(self):
        words = ["--net", path("wide.net"), "--epochs", "2", "--seed", "5", "--teacher"]
        first, last = ([e["train_loss"] for e in train(out, *words, *teachers)[:2]]
                       for out, teachers in (("one", [model("wide")]), ("two", [model("wide"), model("deep")])))
        self.assertNotEqual(first, last)
        one, two = (run_json("info", model(name))["training"] for name in ("one", "two"))
        self.assertNotEqual(one["teacher"], two["teacher"])
        self.assertEqual(two["distill"], 0.5)

    def test_a_checkpoint_knows_where_it_started(self):
        words = ["train", "--out", model("cut"), *SETTINGS, "--epochs", "100000", "--json", "--start"]
        with subprocess.Popen([fixtures.PROGRAM, *words, model("wide")], stdout=subprocess.PIPE, text=True,
                              env=fixtures.ENVIRONMENT) as process:
            process.stdout.readline()
            process.stdout.readline()
            process.kill()
        train("other", "--start", model("wide"), "--epochs", "1")
        done = run(*words, model("other"), "--resume")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("another --start", done.stderr)
        done = run(*words[:-1], "--net", path("wide.net"), "--resume")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("another --start", done.stderr)

    def test_bad_usage(self):
        other = write("other.net", "input 28 28 1\nflatten\ndense 10\nbatchnorm\nsoftmax\n")
        train("odd", "--net", other, "--epochs", "1")
        for words, status, says in [(["--start", model("wide"), "--net", other], 2, "leave --net out"),
                                    (["--start", model("none")], 1, "none.safetensors"),
                                    (["--start", model("never")], 2, "another file than --start"),
                                    (["--start", model("wide"), model("odd")], 1, "network 2: neither dense layers"),
                                    (["--start", *[model("wide")] * 17], 1, "more than 16")]:
            done = run("train", "--out", model("never"), *SETTINGS, *words)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn(says, done.stderr)
        self.assertFalse(os.path.exists(model("never")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
