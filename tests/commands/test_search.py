"""test_search.py PROGRAM PICTURES DATA - `digitscope search` on tiny data: halving, grids, interruption, what is refused."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import unittest

import fixtures
from fixtures import IDX, NET, PROGRAM, path, read, run, run_json, write

tearDownModule = fixtures.tearDownModule
SPACE = "lr log 1e-4 3e-2\naugment.rotate linear 0 15\nbatch linear 10 40\n"


def setUpModule():
    os.makedirs(IDX)
    fixtures.make_part("train", 300, random.Random(1))
    write("toy.net", NET)


def command(space, out, *words):
    return ["search", write(f"{out}.space", space), "--out", path(out), "--data", IDX, "--val", "60", "--threads", "1", *words]


def search(space, out, *words):
    return run(*command(space, out, "--net", path("toy.net"), *words))


def results(done):
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    *lines, last = map(json.loads, done.stdout.splitlines())
    return lines, last


class Search(unittest.TestCase):
    def tearDown(self):
        for name in os.listdir(fixtures.FOLDER):
            if os.path.isdir(path(name)) and name not in ("idx", "state"):
                shutil.rmtree(path(name))

    def test_halving(self):
        lines, last = results(search(SPACE, "halving", "--trials", "6", "--halving", "2", "--epochs", "4", "--json"))
        self.assertEqual([(line["trial"], line["epochs"]) for line in lines[:6]], [(i + 1, 1) for i in range(6)])

        def best(of):
            return sorted(of, key=lambda t: (-t["val_accuracy"], t["val_loss"], t["trial"]))
        rounds = [[line for line in lines if line["epochs"] == n] for n in (1, 2, 4)]
        self.assertEqual([len(r) for r in rounds], [6, 3, 2])
        self.assertEqual([t["trial"] for t in rounds[1]], [t["trial"] for t in best(rounds[0])[:3]])
        self.assertEqual([t["trial"] for t in rounds[2]], [t["trial"] for t in best(rounds[1])[:2]])
        self.assertEqual(last["best"]["trial"], best(rounds[2])[0]["trial"])
        self.assertEqual(last["best"], last["trials"][0])
        self.assertEqual(len(last["trials"]), 6)
        for t in last["trials"]:
            self.assertTrue(1e-4 <= t["settings"]["lr"] <= 3e-2 and 0 <= t["settings"]["augment.rotate"] <= 15)
            self.assertIsInstance(t["settings"]["batch"], int)
        facts = run_json("info", last["model"])["training"]
        for key in ("lr", "batch"):
            self.assertAlmostEqual(facts[key], last["best"]["settings"][key], places=5)
        self.assertIn("rotate=", facts["augment"])
        self.assertAlmostEqual(facts["val_accuracy"], last["best"]["val_accuracy"], places=5)
        self.assertNotIn("test_accuracy", facts)
        self.assertEqual(sorted(os.listdir(path("halving"))), ["best.safetensors", "search.json", "search.svg"])
        self.assertIn(b"</svg>", read("halving/search.svg"))

    def test_a_trial_is_what_train_makes(self):
        _, last = results(search("lr choice 0.01\n", "one", "--trials", "1", "--epochs", "3", "--halving", "1", "--augment",
                                 "shift=2", "--json"))
        done = run("train", "--net", path("toy.net"), "--out", path("same"), "--data", IDX, "--val", "60", "--threads", "1",
                   "--epochs", "3", "--augment", "shift=2", "--lr", "0.01", "--json")
        epochs = [json.loads(line) for line in done.stdout.splitlines()[:-1]]
        self.assertEqual(last["best"]["val_accuracy"], max(e["val_accuracy"] for e in epochs))

    def test_no_point_is_tried_twice(self):
        """And where a space has fewer points than trials, each is tried."""
        write("other.net", NET.replace("16", "8"))
        nets = [path("toy.net"), path("other.net")]
        for trials in ("2", "5"):
            _, last = results(run(*command(f"net choice {nets[0]} {nets[1]}\n", f"once{trials}", "--trials", trials, "--epochs", "1", "--json")))
            self.assertEqual(sorted(t["settings"]["net"] for t in last["trials"]), sorted(nets))

    def test_numbers_to_choose_from_are_numbers(self):
        _, last = results(search("batch choice 20 40\nlr choice 1e-3 0.01\noptimizer choice adam\n", "numbers", "--grid", "--epochs", "1",
                                 "--json"))
        self.assertEqual(sorted((t["settings"]["batch"], t["settings"]["lr"]) for t in last["trials"]),
                         [(20, 0.001), (20, 0.01), (40, 0.001), (40, 0.01)])
        self.assertEqual(last["best"]["settings"]["optimizer"], "adam")

    def test_grid_in_words(self):
        write("other.net", NET.replace("16", "8"))
        done = run(*command(f"net choice {path('toy.net')} {path('other.net')}\nlr log 1e-3 1e-2 2\n", "grid", "--grid", "--epochs",
                            "1"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"trial  epochs  validation +loss +time +net +lr")
        for lr in ("0.001", "0.01"):
            for net in ("toy.net", "other.net"):
                self.assertRegex(done.stdout, rf"\n +\d +1 .* {path(net)} +{lr} *\n")
        self.assertIn("best.safetensors is trial", done.stdout)

    def test_interrupted_and_resumed_is_as_uncut(self):
        words = ["--net", path("toy.net"), "--trials", "4", "--halving", "2", "--epochs", "40", "--min-epochs", "20", "--json"]

        def facts_of(rows):
            return [{k: v for k, v in t.items() if k != "seconds"} for t in rows]
        with subprocess.Popen([PROGRAM, *command(SPACE, "cut", *words)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True, env=fixtures.ENVIRONMENT) as running:
            running.stdout.readline()
            running.send_signal(signal.SIGINT)
            seen = 1 + len(running.stdout.readlines())
        self.assertEqual(running.returncode, 130)
        self.assertLess(seen, 6)
        again = run(*command(SPACE, "cut", *words))
        self.assertEqual((again.returncode, again.stdout), (1, ""))
        self.assertIn("--resume goes on with it", again.stderr)
        _, resumed = results(run(*command(SPACE, "cut", *words, "--resume")))
        _, uncut = results(run(*command(SPACE, "uncut", *words)))
        self.assertEqual(facts_of(resumed["trials"]), facts_of(uncut["trials"]))
        images = read("idx/train-images-idx3-ubyte")
        write("idx/train-images-idx3-ubyte", images[:-1] + bytes([images[-1] ^ 1]))
        other = run(*command(SPACE, "cut", *words, "--resume"))
        self.assertEqual(other.returncode, 1)
        self.assertIn("its trials were on other data", other.stderr)
        write("idx/train-images-idx3-ubyte", images)
        other = run(*command(SPACE, "cut", *words, "--lr", "0.5", "--resume"))
        self.assertEqual((other.returncode, other.stdout), (1, ""))
        self.assertIn("is of another search", other.stderr)
        write("cut/search.json", read("cut/search.json")[:-20])
        broken = run(*command(SPACE, "cut", *words, "--resume"))
        self.assertEqual((broken.returncode, broken.stdout), (1, ""))
        self.assertIn("search.json: is no record of a search", broken.stderr)

    def test_diverging_trials_lose(self):
        _, last = results(search("lr choice 0.01 1e6\n", "wild", "--grid", "--optimizer", "sgd", "--momentum", "0.99", "--epochs",
                                 "3", "--batch", "10", "--halving", "1", "--json"))
        self.assertEqual(last["best"]["settings"]["lr"], 0.01)

    def test_wrong_spaces_are_refused_before_anything_is_trained(self):
        for space, says in [("lr log 0 1\n", 'line 1: "0" has no logarithm'), ("speed log 1 2\n", "line 1: speed cannot be"),
                            ("epochs choice 1 2\n", "it is the same for all trials"), ("batch linear 0 100\n", "batch cannot be"),
                            ("\noptimizer choice adam lion\n", 'line 2: optimizer cannot be "lion"'),
                            ("augment.spin choice 1\n", 'line 1: augment.spin cannot be "1": no strength'),
                            ("augment.rotate linear 0 999\n", "line 1: augment.rotate cannot be"), ("net choice lion\n", 'no architecture is called "lion"'),
                            ("a linear 1 2 100\nb linear 1 2 100\n", "more than 1000 points")]:
            done = search(space, "wrong", "--grid")
            self.assertEqual((done.returncode, done.stdout), (1, ""), space)
            self.assertIn(says, done.stderr)
            self.assertFalse(os.path.exists(path("wrong")))
        self.assertEqual(run("search", path("toy.net")).returncode, 2)
        self.assertIn("nowhere", run("search", path("nowhere"), "--out", path("x")).stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
