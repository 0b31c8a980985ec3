"""test_report.py PROGRAM PICTURES DATA - the page of `digitscope eval --report` and of `train --report`."""
import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest
from xml.etree import ElementTree

import fixtures
from fixtures import ENVIRONMENT, IDX, N_TEST, PROGRAM, STATE, path, png_size, run, run_json, write

setUpModule, tearDownModule = fixtures.setUpModule, fixtures.tearDownModule


class Report(unittest.TestCase):
    PLOTS = {"confusion", "roc", "roc-corner", "reliability", "confidence", "loss", "accuracy", "filters-1", "filters-2",
             "feature-maps", "classes", "samples"}

    @classmethod
    def setUpClass(cls):
        cls.folder = path("toy report")
        cls.printed, cls.saved = cls.report(cls.folder, "--model", "toy-1")

    @staticmethod
    def report(folder, *words):
        printed = run_json("eval", "--data", IDX, "--state", STATE, "--report", folder, *words)
        with open(os.path.join(folder, "report.json"), encoding="utf-8") as file:
            return printed, json.load(file)

    def page(self, folder):
        with open(os.path.join(folder, "report.html"), encoding="utf-8") as file:
            text = file.read()
        return text, ElementTree.fromstring(text)

    def test_numbers_are_those_of_eval(self):
        printed, saved = self.printed, self.saved
        for key, value in printed.items():
            self.assertEqual(saved[key], value, key)
        self.assertEqual(len(saved["wrong"]), printed["errors"])
        for item in saved["wrong"]:
            self.assertEqual(fixtures.LABELS[item["image"]], item["true"])
            self.assertNotEqual(item["top"][0]["digit"], item["true"])
            probabilities = [t["probability"] for t in item["top"]]
            self.assertEqual(probabilities, sorted(probabilities, reverse=True))
        self.assertEqual(sum(b["right"] + b["wrong"] for b in saved["bins"]), N_TEST)
        self.assertEqual(sum(b["wrong"] for b in saved["bins"]), printed["errors"])
        for row, curve in zip(printed["auc"], saved["roc"]):
            area = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in zip(curve["points"], curve["points"][1:]))
            self.assertAlmostEqual(area, row["auc"], delta=0.01)
        self.assertEqual([row[0] for row in saved["training"]["history"]], [1, 2, 3, 4])
        self.assertIsNone(saved["training_seconds"])

    def test_page(self):
        text, page = self.page(self.folder)
        self.assertNotRegex(text.replace("http://www.w3.org/2000/svg", ""), r"https?:|<script|<link|<img|@import")
        for address in re.findall(r"""(?:href|src)\s*=\s*"([^"]*)|url\(([^)]*)""", text):
            self.assertRegex("".join(address), r"\A(#|data:image/png;base64,)")
        for encoded in re.findall(r"data:image/png;base64,([^\")]*)", text):
            png_size(base64.b64decode(encoded))
        items = {ul.get("id"): [li.get("title") for li in ul] for ul in page.iter("ul")}
        self.assertEqual(set(items["all-wrong"]), {f"image {w['image']}" for w in self.saved["wrong"]})
        self.assertEqual(len(items["all-wrong"]), self.printed["errors"])
        self.assertEqual(len(items["least-sure"]), 60)
        self.assertFalse(set(items["least-sure"]) & set(items["all-wrong"]))
        self.assertFalse(set(items["least-sure"]) & set(items["some-right"]))
        self.assertTrue(text.startswith("<!DOCTYPE html>"))
        self.assertLess(len(text), 1 << 20)

    def test_plots(self):
        wanted = {f"{name}.{kind}" for name in self.PLOTS for kind in ("svg", "png")}
        self.assertEqual(set(os.listdir(self.folder)), wanted | {"report.html", "report.json"})
        for name in self.PLOTS:
            svg = ElementTree.parse(os.path.join(self.folder, name + ".svg")).getroot()
            with open(os.path.join(self.folder, name + ".png"), "rb") as file:
                self.assertEqual(png_size(file.read()), (2 * float(svg.get("width")), 2 * float(svg.get("height"))))

    def test_replaces(self):
        """A second report into a folder leaves nothing of the first one behind, and of other files nothing is touched."""
        folder = path("toy report twice")
        shutil.copytree(self.folder, folder)
        with open(os.path.join(folder, "mine.txt"), "w", encoding="utf-8") as file:
            file.write("mine")
        write("flat.net", "input 28 28 1\nflatten\ndense 10\nsoftmax\n")
        flat = path("flat.safetensors")
        done = run("train", "--net", path("flat.net"), "--out", flat, "--data", IDX, "--epochs", "1", "--val", "100")
        self.assertEqual(done.returncode, 0, done.stderr)
        printed, saved = self.report(folder, "--model", flat)
        self.assertEqual(saved["parameters"], printed["parameters"])
        names = set(os.listdir(folder))
        self.assertIn("mine.txt", names)
        self.assertNotIn("feature-maps.svg", names) # it has no maps
        self.assertNotIn("filters-2.png", names)
        self.assertFalse([name for name in names if name.endswith(".tmp")])

    def test_labels_are_escaped(self):
        evil = path("evil")
        shutil.copytree(IDX, evil)
        labels = ["<b>", "&amp;", "\"'>", "</svg>"] + [f"class number {i}, with a long name" for i in range(6)]
        with open(os.path.join(evil, "labels.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(labels) + "\n")
        done = run("train", "--net", path("toy.net"), "--out", path("<i>.safetensors"), "--data", evil, "--epochs", "1",
                   "--val", "100", "--report", path("evil report"))
        self.assertEqual(done.returncode, 0, done.stderr)
        _, page = self.page(path("evil report"))
        self.assertEqual([th.text for th in page.findall(".//table[1]/tr/th[1]")][1:5], labels[:4])
        self.assertTrue(page.find(".//h1").text.startswith("<i>.safetensors on 200 test images"))
        for name in os.listdir(path("evil report")):
            if name.endswith(".svg"):
                ElementTree.parse(os.path.join(path("evil report"), name))

    def test_of_a_training_without_test_set(self):
        alone = path("alone")
        os.makedirs(alone)
        for name in os.listdir(IDX):
            if name.startswith("train"):
                shutil.copy(os.path.join(IDX, name), alone)
        done = run("train", "--net", path("toy.net"), "--out", path("alone.safetensors"), "--data", alone, "--epochs", "2",
                   "--val", "100", "--report", path("alone report"))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(path("alone report/report.json"), encoding="utf-8") as file:
            saved = json.load(file)
        self.assertEqual((saved["part"], saved["n"]), ("validation", 100))
        self.assertGreater(saved["training_seconds"], 0)
        self.assertAlmostEqual(saved["accuracy"], saved["training"]["val_accuracy"], places=5)

    def test_place_that_cannot_be(self):
        file = write("a file", "")
        for words in (["eval", "--model", "toy-1"], ["train", "--net", path("toy.net"), "--out", path("never.safetensors")]):
            done = run(*words, "--data", IDX, "--state", STATE, "--report", os.path.join(file, "report"))
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("a file", done.stderr)
        self.assertFalse(os.path.exists(path("never.safetensors")), "found out before the training")

    def test_without_a_report_no_folder_is_left(self):
        nowhere, net = path("nowhere"), path("toy.net")
        for words, status in [(["eval", "--model", "toy-1", "--data", nowhere], 1),
                              (["train", "--net", net, "--out", path("never.safetensors"), "--data", nowhere], 1),
                              (["data", nowhere], 1), (["data", "--model", "lion", IDX], 1)]:
            done = run(*words, "--state", STATE, "--report", path("unwritten/report"))
            self.assertEqual((done.returncode, done.stdout), (status, ""))
            self.assertFalse(os.path.exists(path("unwritten")), words)
        with subprocess.Popen([PROGRAM, "train", "--net", net, "--out", path("cut.safetensors"), "--data", IDX, "--epochs",
                               "100000", "--val", "100", "--report", path("unwritten"), "--json"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT) as running:
            running.stdout.readline()
            running.send_signal(signal.SIGINT)
            running.stdout.readlines()
        self.assertEqual(running.returncode, 130)
        self.assertTrue(os.path.exists(path("cut.safetensors")))
        self.assertFalse(os.path.exists(path("unwritten")))

    def test_that_cannot_be_saved_costs_neither_model_nor_result(self):
        os.makedirs(path("blocked/report.html"))
        done = run("train", "--net", path("toy.net"), "--out", path("unreported.safetensors"), "--data", IDX, "--val", "100",
                   "--epochs", "1", "--report", path("blocked"), "--json")
        self.assertEqual(done.returncode, 1)
        self.assertIn("report.html", done.stderr)
        self.assertTrue(json.loads(done.stdout.splitlines()[-1])["done"])
        self.assertTrue(os.path.exists(path("unreported.safetensors")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
