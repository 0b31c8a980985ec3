"""test_quantize.py PROGRAM PICTURES DATA - `digitscope quantize` and `--int8` on a tiny network: scales, files, answers, what is refused."""
import glob
import os
import random
import sys
import unittest

import fixtures
from fixtures import IDX, path, read, run, run_json, write

tearDownModule = fixtures.tearDownModule
NET = "input 28 28 1\nmaxpool 2\nconv 32 3\nbatchnorm\nrelu\nconv 32 3\nrelu\nmaxpool 2\nflatten\ndense 32\nrelu\ndense 10\nsoftmax\n"
DATA = ["--data", IDX]


def setUpModule():
    os.makedirs(IDX)
    fixtures.make_part("train", 600, random.Random(1))
    fixtures.make_part("t10k", 200, random.Random(2))
    done = run("train", "--net", write("toy.net", NET), "--out", path("plain.safetensors"), *DATA, "--val", "100", "--batch", "20",
               "--epochs", "3", "--threads", "1")
    if done.returncode != 0:
        raise AssertionError(done.stderr)


def copy(name):
    return write(name, read("plain.safetensors"))


def tensors(name):
    file = read(name)
    return file[8 + int.from_bytes(file[:8], "little"):]


class Quantize(unittest.TestCase):
    def test_in_place(self):
        model = copy("here.safetensors")
        facts = run_json("quantize", model, *DATA, "--images", "100")
        self.assertEqual(set(facts), {"accuracy", "int8_accuracy", "single_us", "int8_single_us", "out"})
        self.assertEqual(facts["out"], model)
        self.assertGreater(facts["accuracy"], 0.9)
        self.assertLess(abs(facts["accuracy"] - facts["int8_accuracy"]), 0.02)
        self.assertGreater(min(facts["single_us"], facts["int8_single_us"]), 0)
        self.assertEqual(tensors("here.safetensors"), tensors("plain.safetensors"))
        before, after = run_json("info", path("plain.safetensors")), run_json("info", model)
        self.assertEqual((before.pop("int8"), after.pop("int8")), (False, True))
        self.assertEqual(before, after)
        self.assertIn("int8", run("info", model).stdout)
        self.assertEqual(glob.glob(path("*.tmp")), [])

    def test_another_file_and_the_same_each_time(self):
        for name in ("one.safetensors", "two.safetensors"):
            done = run("quantize", path("plain.safetensors"), "--out", path(name), *DATA)
            self.assertEqual(done.returncode, 0, done.stderr)
            for word in (name, "accuracy", "floats", "int8", "times as fast"):
                self.assertIn(word, done.stdout)
        self.assertEqual(read("one.safetensors"), read("two.safetensors"))
        self.assertFalse(run_json("info", path("plain.safetensors"))["int8"])
        again = run("quantize", path("one.safetensors"), *DATA)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(read("one.safetensors"), read("two.safetensors"))

    def test_images_of_another_side(self):
        """A white image and black ones are the same at any side, so the scales are."""
        def table(name, side, image):
            rows = [[i % 10] + [image(i, x) for x in range(side)] * side for i in range(40)]
            return write(f"{name}.csv", "".join(",".join(map(str, row)) + "\n" for row in rows))
        net = write("wide.net", "input 32 32 1\nconv 4 3\nrelu\nmaxpool 2\nconv 4 3\nrelu\nmaxpool 4\nflatten\ndense 10\nsoftmax\n")
        bars = table("bars", 32, lambda i, x: 255 * (x // 3 == i % 10))
        done = run("train", "--net", net, "--out", path("wide.safetensors"), "--data", bars, "--val", "10", "--batch", "5",
                   "--epochs", "5", "--lr", "0.01", "--threads", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        for side in (28, 32):
            done = run("quantize", path("wide.safetensors"), "--out", path(f"of-{side}.safetensors"), "--data", table(side, side, lambda i, x: 255 * (i == 0)))
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(read("of-28.safetensors"), read("of-32.safetensors"))

    def test_eval(self):
        model = copy("eval.safetensors")
        self.assertEqual(run("quantize", model, *DATA).returncode, 0)
        plain, floats = run_json("eval", "--model", path("plain.safetensors"), *DATA), run_json("eval", "--model", model, *DATA)
        int8, again = (run_json("eval", "--model", model, "--int8", "--threads", n, *DATA) for n in ("1", "2"))
        self.assertEqual(plain, floats)
        self.assertEqual(int8, again)
        self.assertNotEqual(int8["loss"], floats["loss"])
        self.assertAlmostEqual(int8["loss"], floats["loss"], places=2)
        self.assertLessEqual(abs(int8["errors"] - floats["errors"]), 2)

    def test_bench(self):
        model = copy("bench.safetensors")
        self.assertEqual(run("quantize", model, *DATA).returncode, 0)
        speed = ["bench", "--seconds", "0.1", "--threads", "1"]
        for what in (["--model", model], ["--net", path("toy.net")]):
            facts = run_json(*speed, *what, "--int8")
            self.assertGreater(min(facts["single_us"]["p50"], facts["int8_single_us"]["p50"]), 0)
            self.assertGreater(facts["int8_batch256_images_per_s"], 0)
        self.assertNotIn("int8_single_us", run_json(*speed, "--model", model))
        self.assertIn("int8", run(*speed, "--model", model, "--int8").stdout)

    def test_models_without_scales(self):
        for words in (["eval", "--model", path("plain.safetensors"), "--int8", *DATA],
                      ["bench", "--model", path("plain.safetensors"), "--int8", "--seconds", "0.1"]):
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (1, ""), words)
            self.assertIn("plain.safetensors has no scales for --int8: `digitscope quantize`", done.stderr)

    def test_refused(self):
        model = copy("kept.safetensors")
        for words, status, says in [([], 2, "--help"),
                                    (["deploy"], 2, "--out"),
                                    ([model, "--images", "0"], 2, "--images"),
                                    ([model, model], 2, "--help"),
                                    ([model, "--data", path("nowhere")], 1, "nowhere"),
                                    ([model, "--out", path("nowhere/x.safetensors")], 2, "nowhere/x.safetensors"),
                                    ([model, "--out", IDX], 2, "is no file"),
                                    ([path("lion.safetensors")], 1, "lion.safetensors"),
                                    ([path("toy.net")], 2, "toy.net")]:
            done = run("quantize", *words, *([] if "--data" in words else DATA))
            self.assertEqual((done.returncode, done.stdout), (status, ""), words)
            self.assertIn(says, done.stderr)
        self.assertEqual(read("kept.safetensors"), read("plain.safetensors"))
        self.assertEqual(read("toy.net").decode(), NET)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
