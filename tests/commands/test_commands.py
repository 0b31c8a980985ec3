"""test_commands.py PROGRAM PICTURES DATA - what all commands have in common, and `digitscope bench`."""
import os
import subprocess
import sys
import unittest

import fixtures
from fixtures import ENVIRONMENT, PROGRAM, STATE, path, run, run_json, write

setUpModule, tearDownModule = fixtures.setUpModule, fixtures.tearDownModule


class Usage(unittest.TestCase):
    def test_bad_usage(self):
        for words in [["eval", "--nonsense"], ["eval", "word"], ["ink"], ["ink", "a", "b"],
                      ["ink", "a", "--scale", "0"], ["ink", "a", "--shift", "3"], ["predict"],
                      ["predict", "a", "--as-is", "--numbers"],
                      ["search", "a", "--out", "b", "--min-epochs", "4", "--epochs", "1"],
                      ["predict", "a", "--model", "tiny", "--model", "mlp"],
                      ["import", "a", "--convention", "foo"],
                      ["bench", "--threads", "0"], ["bench", "--batch", "x"], ["bench", "--net", "tiny", "--model", "tiny"],
                      ["info", "a", "b"], ["models", "x"], ["train", "--epochs"], ["fetch-data", "x"]]:
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertRegex(done.stderr, rf"\Adigitscope {words[0]}: .*--help\)\n\Z")

    def test_no_data_yet(self):
        """Every command that takes MNIST where nothing else is named says how to get it."""
        for words in [["data"], ["eval"], ["train", "--net", "tiny", "--out", path("x.safetensors")],
                      ["quantize", "tiny", "--out", path("x.safetensors")], ["prune", "toy-1", "--out", path("x.safetensors")],
                      ["search", write("space", "lr choice 0.1\n"), "--net", "tiny", "--grid", "--out", path("x")]]:
            done = run(*words, "--state", STATE)
            self.assertEqual((done.returncode, done.stdout), (1, ""), words)
            self.assertRegex(done.stderr, r"MNIST is not in .*mnist yet: `digitscope fetch-data` downloads it\n\Z")

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            for words in [["models", "--json"], ["info", "toy-1", "--state", STATE]]:
                done = subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                      env=ENVIRONMENT, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn("could not be written", done.stderr)


class Bench(unittest.TestCase):
    def test_keys(self):
        b = run_json("bench", "--model", "toy-1", "--state", STATE, "--threads", "2", "--batch", "32", "--bf16")
        self.assertEqual(set(b), {"single_us", "batch256_images_per_s", "train_images_per_s", "threads", "cpu",
                                  "kernels"})
        self.assertLessEqual(0 < b["single_us"]["p50"], b["single_us"]["p99"])
        self.assertGreater(b["batch256_images_per_s"], 0)
        self.assertGreater(b["train_images_per_s"], 0)
        self.assertEqual(b["threads"], 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
