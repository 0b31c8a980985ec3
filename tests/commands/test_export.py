"""test_export.py PROGRAM PICTURES DATA - `digitscope export`: formats by ending or by name, what is in the files, what is refused. How exact
they are is tested by tests/unit/test_export.c, and with other programs by tests/exchange/check."""
import json
import os
import re
import subprocess
import unittest
import zipfile

import fixtures
from fixtures import path, read, run, run_json, write

tearDownModule = fixtures.tearDownModule
SHIPPED = ["deploy", "digitscope", "enhanced", "lenet5", "mlp", "primary", "simple", "tiny"]


def fields(message):
    """(number, value) of every field of a Protocol Buffers message: an int, or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return value
    while at < len(message):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        else:
            size = varint() if tag & 7 == 2 else 4
            yield tag >> 3, message[at:at + size]
            at += size


def all_of(message, number):
    return [value for field, value in fields(message) if field == number]


class Export(unittest.TestCase):
    def export(self, model, name, *words):
        facts = run_json("export", model, "--out", path(name), *words)
        self.assertEqual(set(facts), {"out", "parameters", "bytes"})
        self.assertEqual(facts["bytes"], os.path.getsize(path(name)))
        return read(name)

    def test_onnx(self):
        model = self.export("lenet5", "lenet5.onnx")
        graph, = all_of(model, 7)
        self.assertEqual([all_of(opset, 2) for opset in all_of(model, 8)], [[13]])
        operators = [all_of(node, 4)[0].decode() for node in all_of(graph, 1)]
        self.assertEqual(operators, ["Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Transpose", "Flatten", "Gemm", "Relu", "Gemm",
                                     "Relu", "Gemm", "Div", "Softmax"])
        shapes = {all_of(tensor, 8)[0].decode(): all_of(tensor, 1) for tensor in all_of(graph, 5)}
        self.assertEqual(shapes["conv2.kernel"], [16, 6, 5, 5])
        self.assertEqual(shapes["dense1.kernel"], [120, 400])
        self.assertEqual(sum(len(all_of(tensor, 9)[0]) for tensor in all_of(graph, 5)), 4 * (61706 + 1))
        labels, = [all_of(entry, 2)[0] for entry in all_of(model, 14) if all_of(entry, 1) == [b"labels"]]
        self.assertEqual(json.loads(labels), list("0123456789"))

    def test_an_ensemble_becomes_one_network(self):
        graph, = all_of(self.export("ensemble3", "ensemble3.onnx"), 7)
        operators = [all_of(node, 4)[0].decode() for node in all_of(graph, 1)]
        self.assertEqual([operators.count(kind) for kind in ("Conv", "Add", "Softmax")], [12, 2, 4])

    def test_keras(self):
        done = run("export", "lenet5", "--out", path("lenet5.keras"))
        if "built without" in done.stderr:
            self.skipTest("no libhdf5 or libzip")
        with zipfile.ZipFile(path("lenet5.keras")) as file:
            self.assertEqual(set(file.namelist()), {"metadata.json", "config.json", "model.weights.h5"})
            self.assertTrue(file.read("model.weights.h5").startswith(b"\x89HDF"))
            network = json.loads(file.read("config.json"))
        layers = network["config"]["layers"]
        self.assertEqual([layer["class_name"] for layer in layers],
                         ["InputLayer", "Conv2D", "Activation", "MaxPooling2D", "Conv2D", "Activation", "MaxPooling2D", "Flatten", "Dense",
                          "Activation", "Dense", "Activation", "Dense", "Rescaling", "Activation"])
        self.assertEqual(layers[0]["config"]["batch_shape"], [None, 28, 28, 1])
        for before, layer in zip(layers, layers[1:]):
            self.assertEqual(layer["inbound_nodes"][0]["args"][0]["config"]["keras_history"], [before["name"], 0, 0])

    def test_keras_has_the_mean_of_an_ensemble(self):
        if "built without" in run("export", "ensemble3", "--out", path("ensemble3.keras")).stderr:
            self.skipTest("no libhdf5 or libzip")
        with zipfile.ZipFile(path("ensemble3.keras")) as file:
            layers = json.loads(file.read("config.json"))["config"]["layers"]
        self.assertEqual([layer["config"].get("activation") for layer in layers].count("softmax"), 3)
        self.assertEqual(layers[-1]["class_name"], "Rescaling")
        self.assertAlmostEqual(layers[-1]["config"]["scale"], 1 / 3)

    def test_safetensors(self):
        file = self.export("deploy", "deploy-pt.safetensors")
        size = int.from_bytes(file[:8], "little")
        header = json.loads(file[8:8 + size])
        facts = header.pop("__metadata__")
        self.assertIn("conv 64 3", facts["architecture"])
        self.assertEqual(header["conv1.weight"]["shape"], [32, 1, 3, 3])
        self.assertEqual(header["dense1.weight"]["shape"], [128, 3136])
        self.assertEqual(header["batchnorm5.running_var"]["shape"], [128])
        self.assertEqual({row["dtype"] for row in header.values()}, {"F32"})

    def test_c(self):
        """The code of every shipped network has fewer than 200 lines, and a header is all that a compiler needs."""
        for name in SHIPPED:
            text = self.export(name, f"{name}.h").decode()
            code = re.sub(r"\{\n(    [-0-9.,ef ]+\n)+\}", "{}", text)
            self.assertLess(code.count("\n"), 200, name)
            self.assertNotIn("malloc", text)
        main = write("main.c", '#include "lenet5.h"\n#include <stdio.h>\nint main(void) { static float x[784], p[10];\n'
                               'return !(predict(x, p) >= 0 && printf("%s", net_labels[9]) > 0); }\n')
        command = ["cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", path("main"), main, "-lm"]
        self.assertEqual(subprocess.run(command, check=False).returncode, 0)
        self.assertEqual(subprocess.check_output([path("main")]), b"9")

    def test_the_format_may_be_given(self):
        self.assertIn(b"predict", self.export("tiny", "tiny.txt", "--format", "c"))
        self.assertEqual(self.export("tiny", "tiny", "--format", "onnx"), self.export("tiny", "tiny.onnx"))
        line = run("export", "tiny", "--out", path("tiny.onnx")).stdout
        self.assertRegex(line, r"tiny\.onnx: 2,638 parameters, 19,274 with those that were shared, [0-9,]+ bytes\n")

    def test_refused(self):
        own = path("own.safetensors")
        with open(os.path.join(os.path.dirname(__file__), "..", "..", "models", "tiny.safetensors"), "rb") as file:
            write("own.safetensors", file.read())
        write("mine.jsonl", b"{}\n")
        data = path("mine.jsonl")
        for words, status, why in [([], 2, "--out must be given"),
                                   (["tiny", "--out", path("tiny.gif")], 2, "give --format"),
                                   (["tiny", "--out", path("no/tiny.onnx")], 2, "cannot be written there"),
                                   (["tiny", "--out", data, "--format", "onnx"], 2, "the name of data"),
                                   (["tinny", "--out", path("tiny.onnx")], 1, "tiny"),
                                   ([own, "--out", own], 1, "needs another name")]:
            done = run("export", *words)
            self.assertEqual((done.returncode, done.stdout), (status, ""), words)
            self.assertIn(why, done.stderr)
        self.assertEqual(run("info", own).returncode, 0)
        self.assertEqual(read("mine.jsonl"), b"{}\n")


if __name__ == "__main__":
    unittest.main(argv=["test_export"], verbosity=2)
