"""test_models.py PROGRAM PICTURES DATA - `digitscope models` and `info`, and ensembles in every command."""
import json
import os
import re
import struct
import sys
import unittest

import fixtures
from fixtures import IDX, NET, PICTURES, STATE, path, read, run, run_json, run_lines, write

setUpModule, tearDownModule = fixtures.setUpModule, fixtures.tearDownModule


def history(counts=(1, 1, 0, 1), version="1"):
    """The past of a training as the window keeps it: of a network of ten weights, two moments with three images each."""
    course = {"net": "toy", "data": "own", "epochs": 2, "images": 30, "steps": 2, "best_epoch": 2, "best_accuracy": 0.75,
              "test_accuracy": None, "lr": 0.01, "moments": [[0, 0.75], [4, 0.5]], "trained": [[2.0, 0.5, 0.5]],
              "validated": [[0.0, 0.75, 0.5], [2.0, 0.5, 0.75]]}
    header = {"__metadata__": {"digitscope.history": version, "architecture": "input 2 2 1\nflatten\ndense 2\nsoftmax\n",
                               "labels": json.dumps(["a", "b"]), "course": json.dumps(course)}}
    values = []
    for name, shape, halves in [("confusion", [2, 2, 2], [3, 0, 0, 0, *counts]), ("kept", [10], [0.5] * 10),
                                ("moment.00", [10], [0.25] * 10), ("moment.01", [10], [0.5] * 10)]:
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [2 * len(values), 2 * (len(values) + len(halves))]}
        values += halves
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + struct.pack(f"<{len(values)}e", *values)


class Models(unittest.TestCase):
    def test_models(self):
        rows = {row["name"]: row for row in run_json("models", "--state", STATE)}
        own = rows["toy-1"]
        self.assertEqual(own["path"], os.path.join(STATE, "models", "toy-1.safetensors"))
        self.assertEqual(own["parameters"], 14 * 14 * 16 + 16 + 16 * 10 + 10)
        self.assertGreater(own["test_accuracy"], 0.5)
        self.assertEqual(own["other_images"], "images set aside")
        self.assertEqual(own["accuracy"], own["test_accuracy"])
        self.assertEqual(rows["ensemble3"]["test_accuracy"], 0.9964)
        self.assertGreater(own["other_accuracy"], 0.5)
        self.assertEqual(rows["digitscope"]["other_images"], "people's pens")
        self.assertEqual(rows["primary-2"]["accuracy"], rows["primary-2"]["other_accuracy"])
        self.assertEqual((own["description"], rows["digitscope"]["description"]), ("", ""))
        table = run("models", "--state", STATE).stdout
        self.assertRegex(table, r"test images +other images")
        self.assertRegex(table, r"digitscope +765,530 +99[.]70 % +99[.]55 % people's pens")
        self.assertIn("toy-1", run("models", "--state", STATE).stdout)

    def test_info(self):
        info = run_json("info", "toy-1", "--state", STATE)
        self.assertEqual(info["architecture"], NET)
        self.assertEqual(info["input"], [28, 28, 1])
        self.assertEqual([s["output"] for s in info["shapes"]][0], [14, 14, 1])
        self.assertEqual(sum(s["parameters"] for s in info["shapes"]), info["parameters"])
        self.assertEqual(info["labels"], [str(d) for d in range(10)])
        self.assertEqual(info["convention"], {"name": "x/255", "mean": 0, "std": 1, "binary": False, "transposed": False})
        self.assertIn("val_accuracy", info["training"])
        self.assertIn("dense", run("info", "toy-1", "--state", STATE).stdout)

    def test_info_of_an_ensemble(self):
        info, one = run_json("info", "toy", "--state", STATE), run_json("info", "toy-2", "--state", STATE)
        self.assertEqual([m["name"] for m in info["members"]], ["toy-1", "toy-2"])
        self.assertEqual({k: v for k, v in info["members"][1].items() if k != "name"}, one)
        self.assertEqual(info["parameters"], 2 * one["parameters"])
        self.assertEqual(info["flops"], 2 * one["flops"])
        table = run("info", os.path.join(STATE, "models", "toy.ensemble")).stdout
        self.assertRegex(table, r"toy-1 .*\n *toy-2 .*\n *all +6,644 ")
        self.assertIsNone(info["test_accuracy"])
        with open(os.path.join(os.path.dirname(__file__), "..", "..", "models", "ensemble3.ensemble"), encoding="utf-8") as names:
            measured = float(re.search(r"^test_accuracy (.*)$", names.read(), re.M).group(1))
        self.assertEqual(run_json("info", "ensemble3")["test_accuracy"], measured)
        self.assertIn(f"{100 * measured:.2f} % of test images together", run("info", "ensemble3").stdout)

    def test_every_command_knows_ensembles(self):
        """Each either asks all members or says that it wants one of them."""
        strokes, out = path("strokes.jsonl"), path("out")
        write("digit.pgm", b"P5 28 28 255\n" + fixtures.IMAGES[3])
        asks = [["eval", "--data", IDX, "--model"], ["ink", strokes, "--model"], ["info"], ["export", "--out", out + ".onnx"],
                ["bench", "--seconds", "0.1", "--model"]] + [["predict", path("digit.pgm"), "--model"]] * PICTURES
        wants = [["prune", "--data", IDX, "--out", out], ["quantize", "--data", IDX, "--out", out], ["data", IDX, "--model"],
                 ["teach", "--strokes", strokes, "--data", IDX, "--out", out, "--model"]]
        for words in asks:
            done = run(*words, "toy", "--state", STATE)
            self.assertEqual(done.returncode, 0, done.stderr)
        for words in wants:
            done = run(*words, "toy", "--state", STATE)
            self.assertEqual((done.returncode, done.stdout), (1, ""), words)
            self.assertIn("toy: an ensemble; name one of its members: toy-1, toy-2", done.stderr)

    def test_ink_asks_all_members_of_an_ensemble(self):
        def answers(model):
            rows = run_lines("ink", path("strokes.jsonl"), "--each", "--state", STATE, "--model", model)
            return [(row["digit"], row["confidence"]) for row in rows]
        first, second, both = answers("toy-1"), answers("toy-2"), answers("toy")
        agree = 0
        for (a, p), (b, q), (c, r) in zip(first, second, both):
            if a == b == c:
                self.assertAlmostEqual(r, (p + q) / 2, places=5)
                agree += 1
        self.assertGreater(agree, 50)

    def test_every_command_names_what_is_another_programs(self):
        """And that import opens it; what import opens not either is named alike."""
        strokes, out, idx = path("strokes.jsonl"), path("out.safetensors"), ["--data", IDX]
        write("digit.pgm", b"P5 28 28 255\n" + fixtures.IMAGES[3])
        foreign = [write("h.h5", b"\x89HDF\r\n\x1a\n" + bytes(99)), write("t.tflite", bytes(4) + b"TFL3" + bytes(99)),
                   write("k.keras", b"PK\3\4" + bytes(22) + b"\x0b\0\0\0config.json" + bytes(20)),
                   write("t.pt", b"PK\3\4" + bytes(22) + b"\x10\0\0\0archive/data.pkl" + bytes(20))]
        for ending in ("onnx", "safetensors"):
            foreign.append(path(f"foreign.{ending}"))
            run("export", "toy-1", "--state", STATE, "--out", foreign[-1])
        foreign = [file for file in foreign if os.path.exists(file)]
        commands = [["info"], ["export", "--out", path("out.onnx")], ["quantize", *idx, "--out", out], ["prune", *idx, "--out", out],
                    ["train", *idx, "--out", out, "--start"]]
        commands += [[*words, "--model"] for words in (["eval", *idx], ["ink", strokes], ["bench"], ["data", IDX], ["serve"],
                                                       ["predict", path("digit.pgm")], ["teach", "--strokes", strokes, *idx, "--out", out])]
        for file in foreign:
            for words in commands if file == foreign[0] else [["info"]]:
                done = run(*words, file)
                self.assertEqual((done.returncode, done.stdout), (1, ""), words)
                self.assertRegex(done.stderr, r": this is an? .*(HDF5|Keras|PyTorch|ONNX|Lite|safetensors).*`digitscope import` makes a model", words)
        for name, content, what in (("p.pdf", b"%PDF-1.4", "a picture or a document"), ("n.pt", b"<html>", "a web page"),
                                    ("k.keras", b"PK\3\4", "a zip file that is broken or cut short")):
            self.assertIn(f"{name}: this is {what}", run("info", write(name, content)).stderr)

    def test_info_of_a_history(self):
        file = write("toy.history", history())
        info = run_json("info", file)
        self.assertEqual((info["history"], info["labels"], info["parameters"]), ("toy", ["a", "b"], 10))
        self.assertEqual(info["moments"][1], {"step": 4, "epochs": 2, "loss": 0.5, "right": 2, "images": 3})
        self.assertEqual((info["val_accuracy"], info["test_accuracy"]), (0.75, None))
        self.assertRegex(run("info", file).stdout, r"history of a training(.*\n)+ +4 +2[.]00 +0[.]500 +66[.]7 %\n$")
        kept = write("state/models/kept.history", history())
        self.assertEqual(run_json("info", os.path.basename(kept), "--state", STATE), info)
        for content in [history()[:-1], history(counts=(1, 0, 0, 0)), history(version="2"), read("state/models/toy-1.safetensors")]:
            done = run("info", write("broken.history", content))
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("broken.history: ", done.stderr)

    def test_unknown(self):
        for words in [["eval", "--data", IDX], ["ink", path("strokes.jsonl")], ["bench"], ["predict", path("toy.net")]]:
            done = run(*words, "--model", "lion", "--state", STATE)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, r'no model is called "lion"; there are: .*toy-1, toy-2')

    def test_broken_file(self):
        good = read("state/models/toy-1.safetensors")
        for content in [b"", b"x", good[:100], good[:-1], good + b"x"]:
            broken = write("broken.safetensors", content)
            done = run("info", broken)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("broken.safetensors: ", done.stderr)
        self.assertEqual(run("info", path("missing.safetensors")).returncode, 1)
        self.assertIn("toy.net: ", run("info", path("toy.net")).stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
