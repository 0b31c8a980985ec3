"""test_import.py PROGRAM PICTURES DATA - `digitscope import`: other programs' files become models that answer as before, with the convention that
they want; what is refused, and where they are kept. The readers of each format have tests of their own in tests/unit."""
import json
import os
import pickle
import signal
import struct
import subprocess
import unittest

import fixtures
from fixtures import path, read, run, run_json, run_lines, write

tearDownModule = fixtures.tearDownModule
FOLDER = fixtures.FOLDER
FORMATS = {"onnx": "lenet5.onnx", "keras": "lenet5.keras", "safetensors": "lenet5.torch.safetensors"}
KEYS = {"convention", "check_accuracy", "check_images", "check_mnist", "from", "format", "permuted", "scores", "out", "parameters"}


def exported(kind):
    """The shipped LeNet-5 as another program has it; None where this program was built without the reader."""
    name = FORMATS[kind]
    if not os.path.exists(path(name)):
        done = run("export", "lenet5", "--out", path(name), "--format", kind)
        if "built without" in done.stderr:
            return None
        if done.returncode:
            raise AssertionError(done.stderr)
    lacks = "built without" in run("import", path(name), "--out", path("try.safetensors")).stderr
    return None if lacks else path(name)


def scaled(name, factor):
    """The same network as taught with pixels of 0..255: its first kernel divided by 255."""
    data = read(name)
    size, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + size])
    del header["__metadata__"]["unsure_threshold"]  # what Digitscope wrote last would be believed
    begin, end = header["conv1.weight"]["data_offsets"]
    values = struct.unpack(f"<{(end - begin) // 4}f", data[8 + size + begin:8 + size + end])
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + size:8 + size + begin] + \
        struct.pack(f"<{len(values)}f", *[v * factor for v in values]) + data[8 + size + end:]


def coloured(name, channels=3):
    """The same network without metadata, for pictures of so many channels, of which each counts as much."""
    data = read(name)
    size, = struct.unpack("<Q", data[:8])
    header, values, packed = json.loads(data[8:8 + size]), data[8 + size:], b""
    del header["__metadata__"]
    for key, row in header.items():
        begin, end = row["data_offsets"]
        part = values[begin:end]
        if key == "conv1.weight":
            outputs, _, *taps = row["shape"]
            kernels = [part[i * len(part) // outputs:(i + 1) * len(part) // outputs] for i in range(outputs)]
            shares = [struct.pack(f"<{len(k) // 4}f", *[v / channels for v in struct.unpack(f"<{len(k) // 4}f", k)]) for k in kernels]
            part, row["shape"] = b"".join(k * channels for k in shares), [outputs, channels, *taps]
        row["data_offsets"] = [len(packed), len(packed) + len(part)]
        packed += part
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + packed


class Import(unittest.TestCase):
    def test_it_answers_as_before(self):
        strokes = write("digits.jsonl", "".join(
            json.dumps({"label": str(d), "strokes": [fixtures.GLYPHS[d]], "w": 100, "h": 100}) + "\n" for d in range(10)))
        before = run_lines("ink", "--model", "lenet5", strokes, "--each")[:10]
        read_any = 0
        for kind in FORMATS:
            if not exported(kind):
                continue
            read_any += 1
            with self.subTest(kind):
                facts = run_json("import", exported(kind), "--out", path("again.safetensors"))
                self.assertLessEqual(KEYS, set(facts))
                self.assertEqual(facts["convention"], "x/255")
                self.assertGreater(facts["check_accuracy"], 0.9)
                self.assertEqual(facts["from"], FORMATS[kind])
                self.assertEqual(len(facts["scores"]), 1, "nothing is left to find out")
                after = run_lines("ink", "--model", path("again.safetensors"), strokes, "--each")[:10]
                self.assertEqual([a["digit"] for a in after], [b["digit"] for b in before])
        self.assertGreater(read_any, 0)

    def test_exports_say_how_they_are_read(self):
        """The same probabilities, and unsure of the same, without a guess or a fit of anything."""
        strokes = write("told.jsonl", "".join(
            json.dumps({"label": str(d), "strokes": [fixtures.GLYPHS[d]], "w": 100, "h": 100}) + "\n" for d in range(10)))
        for model in ("deploy", "digitscope", "ensemble3"):
            before = run_lines("ink", "--model", model, strokes, "--each")[:10]
            for kind in FORMATS:
                name = path(f"told.{kind}")
                if "built without" in run("export", model, "--out", name, "--format", kind).stderr:
                    continue
                with self.subTest(model=model, kind=kind):
                    self.assertEqual(run("import", name, "--out", path("told")).returncode, 0)
                    after = run_lines("ink", "--model", path("told"), strokes, "--each")[:10]
                    for a, b in zip(after, before):
                        self.assertEqual((a["digit"], a["unsure"]), (b["digit"], b["unsure"]))
                        self.assertAlmostEqual(a["confidence"], b["confidence"], delta=1e-4)
                    if model != "ensemble3":
                        thresholds = [run_json("info", m)["unsure_threshold"] for m in (model, path("told"))]
                        self.assertAlmostEqual(*thresholds, places=6)

    def test_a_file_on_standard_input(self):
        """The child that reads it has the same one, be it a file or a pipe."""
        kind = next(kind for kind in FORMATS if exported(kind))
        with open(exported(kind), "rb") as file:
            self.assertEqual(run("import", "/dev/stdin", "--out", path("piped.safetensors"), stdin=file).returncode, 0)
        with subprocess.Popen(["cat", exported(kind)], stdout=subprocess.PIPE) as cat:
            self.assertEqual(run("import", "/dev/stdin", "--out", path("piped.safetensors"), stdin=cat.stdout).returncode, 0)

    def test_whoever_starts_it_ignores_how_children_end(self):
        done = run("import", write("page.onnx", "<html>"), preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        self.assertEqual(done.returncode, 1)
        self.assertIn("a web page", done.stderr)

    def test_the_convention_is_found_kept_and_can_be_chosen(self):
        exported("safetensors")
        raw = write("raw.safetensors", scaled(FORMATS["safetensors"], 1 / 255))
        facts = run_json("import", raw, "--out", path("found.safetensors"))
        self.assertEqual(facts["convention"], "0..255")
        info = run_json("info", path("found.safetensors"))
        self.assertEqual(info["convention"]["name"], "0..255")
        self.assertEqual(info["training"]["import"]["scores"], facts["scores"])
        self.assertEqual(len(facts["scores"]), 24)
        self.assertIn("raw.safetensors", run("info", path("found.safetensors")).stdout)
        done = run("import", raw, "--out", path("wrong.safetensors"), "--convention", "x/255,inverted")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"reads only \d+ % of the check set")
        self.assertEqual(run_json("info", path("wrong.safetensors"))["convention"]["name"], "x/255, inverted")

    def test_training_goes_on_with_the_same_convention(self):
        exported("safetensors")
        raw = write("raw.safetensors", scaled(FORMATS["safetensors"], 1 / 255))
        run_json("import", raw, "--out", path("start.safetensors"))
        if not os.path.isdir(fixtures.IDX):
            fixtures.setUpModule()
        done = run("train", "--start", path("start.safetensors"), "--out", path("on.safetensors"), "--data", fixtures.IDX, "--epochs", "1",
                   "--val", "100")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(run_json("info", path("on.safetensors"))["convention"]["name"], "0..255")

    def test_what_reads_colours_is_scored_on_grey_digits(self):
        exported("safetensors")
        run_json("import", write("rgb.safetensors", coloured(FORMATS["safetensors"])), "--out", path("colours.safetensors"))
        if not os.path.isdir(fixtures.IDX):
            fixtures.setUpModule()
        self.assertEqual(run_json("info", path("colours.safetensors"))["input"], [28, 28, 3])
        grey, colours = (run_json("eval", "--model", name, "--data", fixtures.IDX) for name in ("lenet5", path("colours.safetensors")))
        self.assertAlmostEqual(grey["accuracy"], colours["accuracy"], delta=0.002)

    def test_layers_that_share_weights_must_have_the_same(self):
        exported("safetensors")
        if not os.path.isdir(fixtures.IDX):
            fixtures.setUpModule()
        net = "input 28 28 1\nmaxpool 4\nconv 4 3\na: conv 4 3\nrelu\nconv 4 3 {}\nflatten\ndense 10\nsoftmax\n"
        shared = write("shared.net", net.format("weights=a"))
        for more, code in (("weights=a", 0), ("", 1)):
            run_lines("train", "--net", write("own.net", net.format(more)), "--out", path("own.st"), "--data", fixtures.IDX, "--val", "100",
                      "--epochs", "1", "--json")
            run_json("export", path("own.st"), "--out", path("theirs.safetensors"))
            done = run("import", write("bare.safetensors", coloured("theirs.safetensors", 1)), "--net", shared, "--out", path("again.st"))
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn("has weights of its own, the architecture gives it those of a", done.stderr)

    def test_without_out_it_is_one_of_your_own(self):
        source = exported("safetensors")
        state = path("own")
        for name in ("lenet5-torch", "lenet5-torch-2"):
            facts = run_json("import", source, "--state", state)
            self.assertEqual(os.path.basename(facts["out"]), name + ".safetensors")
        listed = {m["name"]: m for m in run_json("models", "--state", state)}
        self.assertGreater(listed["lenet5-torch"]["other_accuracy"], 0.9)
        self.assertEqual(listed["lenet5-torch"]["other_images"], "check digits")
        self.assertFalse(listed["lenet5-torch"]["shipped"])

    def test_labels(self):
        """Words for digits are digits, so the check knows what is right; of other names it does not."""
        digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
        letters = list("abcdefghij")
        for names in (digits, letters):
            labels = write("words.txt", "\n".join(names))
            done = run("import", exported("safetensors"), "--out", path("words.safetensors"), "--labels", labels, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["check_accuracy"] is None, names is letters)
            self.assertEqual("not the ten digits" in done.stderr, names is letters)
            self.assertEqual(run_json("info", path("words.safetensors"))["labels"], names)
        self.refused(["import", path(FORMATS["safetensors"]), "--out", path("x.safetensors"), "--labels", write("few.txt", "a\nb\n")], "few.txt")

    def refused(self, words, what, status=1):
        done = run(*words)
        self.assertEqual((done.returncode, done.stdout), (status, ""), words)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(what, done.stderr)
        self.assertFalse(os.path.exists(path("x.safetensors")))

    def test_what_is_refused(self):
        source = exported("safetensors")
        lfs = write("lfs.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n")
        for words, what in (([lfs], "git lfs pull"), ([write("page.h5", "<!DOCTYPE html>")], "a web page"),
                            ([path("nowhere.onnx")], "nowhere.onnx"), ([FOLDER], "folder"), ([write("none.pt", "")], "an empty file"),
                            ([write("cut.safetensors", read(FORMATS["safetensors"])[:5000])], "cut.safetensors"),
                            ([write("four.keras", b"PK\3\4")], "broken or cut short: download or save it once more"),
                            ([write("bare.pt", b"\x80\4]\x94.")], "save the network in it as ONNX"),
                            ([write("state.pt", pickle.dumps({"torch._utils": 1}))], "torch.save(model.state_dict(), 'model.pt')"),
                            ([write("forest.pkl", pickle.dumps({"sklearn.ensemble": 1}))], "skl2onnx"),
                            ([source, "--net", "lion"], 'no architecture is called "lion"'),
                            ([source, "--labels", path("nowhere.txt")], "nowhere.txt")):
            self.refused(["import", *words, "--out", path("x.safetensors")], what)
        os.makedirs(path("state/models"), exist_ok=True)
        write("state/models/lion.net", "input 28 28 1\nflatten\ndense 10\nsoftmax\n")  # one's own is found behind the walls, too
        self.assertNotIn("no architecture", run("import", source, "--net", "lion", "--state", path("state"), "--out", path("x.safetensors")).stderr)
        if os.path.exists(path("x.safetensors")):
            os.remove(path("x.safetensors"))
        own, = [row["path"] for row in json.loads(run("models", "--json").stdout) if row["name"] == "lenet5"]
        self.refused(["import", own, "--out", path("x.safetensors")], "a model of Digitscope already")
        for cut in (3000, -1):
            broken = write("broken.safetensors", read(own)[:cut])
            self.refused(["import", broken, "--out", path("x.safetensors")], "broken.safetensors: cut short")
        self.refused(["import", source, "--out", path("no/x.safetensors")], "no/x.safetensors", 2)
        self.assertEqual(run("import").returncode, 2)
        self.refused(["import", source, "--convention", "upside down"], "--convention is one of x/255, 0..255, (x-mean)/std, ", 2)


if __name__ == "__main__":
    unittest.main(argv=["test_import"], verbosity=2)
