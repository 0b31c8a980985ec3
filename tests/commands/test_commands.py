"""test_commands.py PROGRAM PICTURES DATA - every command on small made-up data: statuses, JSON keys, scores, messages.

The scores of `eval` are worked out a second time here, from the probabilities that `predict` gives for the same images;
that needs a program that opens pictures (PICTURES is ON).
"""
import base64
import gzip
import json
import math
import os
import pty
import random
import re
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib
from xml.etree import ElementTree

PROGRAM, PICTURES, DATA = sys.argv[1], sys.argv[2] == "ON", sys.argv[3]
SIDE, N_TRAIN, N_TEST = 28, 600, 200
FOLDER = tempfile.mkdtemp(prefix="digitscope-test-")
IDX, STATE = os.path.join(FOLDER, "idx"), os.path.join(FOLDER, "state")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")} | {"HOME": FOLDER, "LC_ALL": "C"}
NET = "input 28 28 1\nmaxpool 2\nflatten\ndense 16\nrelu\ndense 10\nsoftmax\n"

# One polyline for each digit, on a surface of 100 x 100.
GLYPHS = [
    [(50, 10), (25, 30), (25, 70), (50, 90), (75, 70), (75, 30), (50, 10)],
    [(50, 10), (50, 90)],
    [(25, 25), (50, 10), (75, 30), (25, 90), (75, 90)],
    [(25, 10), (75, 10), (45, 45), (75, 70), (25, 90)],
    [(40, 10), (25, 60), (75, 60), (60, 40), (60, 90)],
    [(75, 10), (30, 10), (30, 45), (70, 55), (70, 80), (25, 90)],
    [(65, 10), (30, 50), (30, 85), (65, 85), (65, 60), (30, 60)],
    [(25, 10), (75, 10), (45, 90)],
    [(50, 50), (25, 30), (50, 10), (75, 30), (25, 70), (50, 90), (75, 70), (50, 50)],
    [(70, 35), (45, 50), (30, 30), (50, 10), (70, 35), (65, 90)],
]


def path(name):
    return os.path.join(FOLDER, name)


def read(name):
    with open(path(name), "rb") as file:
        return file.read()


def write(name, content):
    with open(path(name), "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path(name)


def run(*words, **how):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, env=ENVIRONMENT, timeout=300, **how)


def run_json(*words):
    done = run(*words, "--json")
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def run_lines(*words):
    done = run(*words, "--json")
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def drawing(digit, rng, **more):
    """A glyph as a line of the stroke format, wobbly and turned."""
    angle, size = rng.gauss(0, 0.1), rng.uniform(0.7, 1.1)
    points = []
    for x, y in GLYPHS[digit]:
        x, y = size * (x - 50) + rng.gauss(0, 2), size * (y - 50) + rng.gauss(0, 2)
        points.append([round(50 + x * math.cos(angle) - y * math.sin(angle), 2),
                       round(50 + x * math.sin(angle) + y * math.cos(angle), 2)])
    return {"label": str(digit), "strokes": [points], "w": 100, "h": 100} | more


def distance(x, y, a, b):
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = max(0, min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy or 1)))
    return math.hypot(x - a[0] - t * dx, y - a[1] - t * dy)


def raster(points):
    """A polyline as 28 x 28 bytes with an empty border, as MNIST's images are."""
    points = [(4 + 0.2 * x, 4 + 0.2 * y) for x, y in points]
    image = bytearray(SIDE * SIDE)
    for y in range(2, SIDE - 2):
        for x in range(2, SIDE - 2):
            d = min(distance(x + 0.5, y + 0.5, a, b) for a, b in zip(points, points[1:]))
            image[y * SIDE + x] = round(255 * max(0, min(1, 1.6 - d)))
    return bytes(image)


def make_part(name, n, rng):
    labels = [i % 10 for i in range(n)]
    images = [raster(drawing(d, rng)["strokes"][0]) for d in labels]
    write(f"idx/{name}-images-idx3-ubyte", struct.pack(">IIII", 0x803, n, SIDE, SIDE) + b"".join(images))
    write(f"idx/{name}-labels-idx1-ubyte.gz", gzip.compress(struct.pack(">II", 0x801, n) + bytes(labels)))
    return images, labels


def setUpModule():
    global IMAGES, LABELS
    rng = random.Random(1)
    os.makedirs(IDX)
    os.makedirs(os.path.join(STATE, "models"))
    make_part("train", N_TRAIN, rng)
    IMAGES, LABELS = make_part("t10k", N_TEST, rng)
    net = write("toy.net", NET)
    for seed in ("1", "2"):
        out = os.path.join(STATE, "models", f"toy-{seed}.safetensors")
        done = run("train", "--net", net, "--out", out, "--data", IDX, "--epochs", "4", "--batch", "20", "--lr", "0.01",
                   "--seed", seed, "--val", "100", "--json")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
    write("state/models/toy.ensemble", "toy-1\ntoy-2\n")
    write("strokes.jsonl", "".join(json.dumps(drawing(i % 10, rng, writer=f"W{i % 3}")) + "\n" for i in range(150)))


def tearDownModule():
    shutil.rmtree(FOLDER)


class Usage(unittest.TestCase):
    def test_bad_usage(self):
        for words in [["eval", "--nonsense"], ["eval", "word"], ["ink"], ["ink", "a", "b"],
                      ["ink", "a", "--scale", "0"], ["ink", "a", "--shift", "3"], ["predict"],
                      ["bench", "--threads", "0"], ["bench", "--batch", "x"],
                      ["info", "a", "b"], ["models", "x"], ["train", "--epochs"], ["fetch-data", "x"]]:
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertRegex(done.stderr, rf"\Adigitscope {words[0]}: .*--help\)\n\Z")

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            for words in [["models", "--json"], ["info", "toy-1", "--state", STATE]]:
                done = subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                      env=ENVIRONMENT, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn("could not be written", done.stderr)


def weights(name):
    """The bytes behind the header of a model file."""
    data = read(name)
    return data[8 + struct.unpack("<Q", data[:8])[0]:]


class Train(unittest.TestCase):
    def train(self, out, *words):
        return run("train", "--net", write("train.net", NET), "--out", path(out), "--data", IDX, "--batch", "20", "--val", "100",
                   "--threads", "2", *words)

    def many_writers(self):
        lines = read("strokes.jsonl").decode().splitlines()
        return write("many.jsonl", "\n".join(json.dumps(dict(json.loads(line), writer=f"W{i % 25}")) for i, line in enumerate(lines)))

    def test_resume_gives_what_the_uncut_run_gives(self):
        # A long constant-rate run is stopped once it has written a checkpoint, then cut to a fixed number of epochs.
        settings = ["--augment", "default", "--synthetic", "0.2", "--ema", "0.9", "--schedule", "plateau", "--mixup", "0.3",
                    "--teacher", os.path.join(STATE, "models", "toy-2.safetensors"), "--json",
                    "--pens", self.many_writers(), "--pens-share", "0.2"]
        words = [PROGRAM, "train", "--net", write("train.net", NET), "--out", path("partial"), "--data", IDX, "--batch", "20", "--val",
                 "100", "--threads", "2", "--epochs", "100000", *settings]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as running:
            for line in running.stdout:
                if json.loads(line).get("epoch") == 2:
                    running.send_signal(signal.SIGINT)
            self.assertEqual(running.wait(), 130)
        self.assertTrue(os.path.exists(path("partial")), "the best so far is saved")
        done = json.loads(read("partial.ckpt")[8:8 + struct.unpack("<Q", read("partial.ckpt")[:8])[0]])
        epochs = str(json.loads(done["__metadata__"]["note"])["epochs_done"] + 2)
        resumed = self.train("partial", *settings, "--epochs", epochs, "--resume")
        uncut = self.train("whole", *settings, "--epochs", epochs)
        self.assertEqual((resumed.returncode, uncut.returncode), (0, 0), resumed.stderr + uncut.stderr)
        self.assertEqual(len(resumed.stdout.splitlines()), 3)
        self.assertEqual(weights("partial"), weights("whole"))
        histories = [run_json("info", path(name))["training"]["history"] for name in ("partial", "whole")]
        self.assertEqual(histories[0], histories[1])
        self.assertEqual(histories[1][-1][0], int(epochs))
        self.assertFalse(os.path.exists(path("partial.ckpt")))

    def test_parts_and_not_threads_decide_the_bits(self):
        settings = ["--augment", "default", "--ema", "0.9", "--schedule", "plateau", "--epochs", "3", "--parts", "4"]
        for threads in "134":
            done = self.train(f"parts-{threads}", *settings, "--threads", threads)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(weights("parts-1"), weights("parts-3"))
        self.assertEqual(weights("parts-1"), weights("parts-4"))

    def test_resume_with_other_settings_is_refused(self):
        words = [PROGRAM, "train", "--net", write("train.net", NET), "--out", path("other"), "--data", IDX, "--val", "100",
                 "--epochs", "100000", "--json"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as running:
            for line in running.stdout:
                if json.loads(line).get("epoch") == 2:
                    running.send_signal(signal.SIGINT)
        before = read("other")
        for option, value in (("--lr", "0.5"), ("--batch", "50"), ("--val", "200")):
            done = run("train", "--net", path("train.net"), "--out", path("other"), "--data", IDX, "--val", "100", option, value, "--resume")
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"another {option};", done.stderr)
        self.assertEqual(read("other"), before)

    def test_resume_with_other_data_is_refused(self):
        """Of the same size: only one pixel, one label, one point is another."""
        data, pens = path("changing"), path("changing.jsonl")
        shutil.copytree(IDX, data)
        shutil.copy(path("strokes.jsonl"), pens)
        words = ["train", "--net", write("train.net", NET), "--out", path("changed"), "--data", data, "--val", "100",
                 "--pens", pens]
        with subprocess.Popen([PROGRAM, *words, "--epochs", "100000", "--json"], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as running:
            for line in running.stdout:
                if json.loads(line).get("epoch") == 2:
                    running.send_signal(signal.SIGINT)
        before = read("changed")
        facts = run_json("info", path("changed"))["training"]
        for name, option in (("changing/train-images-idx3-ubyte", "--data"), ("changing/train-labels-idx1-ubyte.gz", "--data"),
                             ("changing.jsonl", "--pens")):
            was = read(name)
            if name.endswith("jsonl"):
                now = was.replace(b"1,", b"2,", 1)
            else:
                plain = bytearray(gzip.decompress(was) if name.endswith("gz") else was)
                plain[-1] ^= 1
                now = gzip.compress(bytes(plain)) if name.endswith("gz") else bytes(plain)
            write(name, now)
            done = run(*words, "--epochs", "100000", "--resume")
            self.assertEqual(done.returncode, 1, name)
            self.assertIn(f"another {option};", done.stderr)
            self.assertEqual(read("changed"), before)
            write(name, was)
        done = run(*words, "--epochs", str(facts["history"][-1][0]), "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(run_json("info", path("changed"))["training"]["data_fingerprint"], facts["data_fingerprint"])

    def test_a_checkpoint_that_does_not_name_its_data_is_refused(self):
        words = ["train", "--net", write("train.net", NET), "--out", path("nameless"), "--data", IDX, "--val", "100"]
        with subprocess.Popen([PROGRAM, *words, "--epochs", "100000", "--json"], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as running:
            for line in running.stdout:
                if json.loads(line).get("epoch") == 2:
                    running.send_signal(signal.SIGINT)
        whole = read("nameless.ckpt")
        end = 8 + struct.unpack("<Q", whole[:8])[0]
        header = json.loads(whole[8:end])
        note = json.loads(header["__metadata__"]["note"])
        del note["settings"]["data_fingerprint"]
        header["__metadata__"]["note"] = json.dumps(note)
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        write("nameless.ckpt", struct.pack("<Q", len(text)) + text + whole[end:])
        done = run(*words, "--epochs", "100000", "--resume")
        self.assertEqual(done.returncode, 1)
        self.assertIn("does not say on which data it was made", done.stderr)

    def test_notes_that_cannot_be_true_are_refused(self):
        words = ["train", "--net", write("train.net", NET), "--out", path("noted"), "--data", IDX, "--val", "100"]
        with subprocess.Popen([PROGRAM, *words, "--epochs", "100000", "--json"], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as running:
            for line in running.stdout:
                if json.loads(line).get("epoch") == 2:
                    running.send_signal(signal.SIGINT)
        whole = read("noted.ckpt")
        end = 8 + struct.unpack("<Q", whole[:8])[0]
        header = json.loads(whole[8:end])
        note = json.loads(header["__metadata__"]["note"])
        for name, value in (("best_accuracy", 7.0), ("seconds", -5.0), ("best_epoch", 1 << 32), ("history", [[1, "x", 0.5, 0.5, 0.5, 0.001]])):
            header["__metadata__"]["note"] = json.dumps({**note, name: value})
            text = json.dumps(header).encode()
            text += b" " * (-len(text) % 8)
            with open(path("noted.ckpt"), "wb") as out:
                out.write(struct.pack("<Q", len(text)) + text + whole[end:])
            done = run(*words, "--epochs", "100000", "--resume")
            self.assertEqual(done.returncode, 1, name)
            self.assertIn("noted.ckpt: the checkpoint's notes cannot be read", done.stderr)

    def test_a_checkpoint_of_what_diverged_can_be_read(self):
        for rate in ("100000", "1000000"):
            words = ["train", "--net", "tiny", "--out", path("lost"), "--data", IDX, "--val", "100", "--batch", "100", "--optimizer", "sgd",
                     "--lr", rate, "--epochs", "40"]
            done = run(*words)
            self.assertIn("diverged", done.stderr)
            if os.path.exists(path("lost.ckpt")):
                again = run(*words, "--resume")
                self.assertIn("diverged", again.stderr)
                os.remove(path("lost.ckpt"))

    def test_the_confidence_is_calibrated_on_the_validation_images(self):
        temperature = run_json("info", os.path.join(STATE, "models", "toy-1.safetensors"))["temperature"]
        self.assertNotEqual(temperature, 1)
        self.assertTrue(0.2 <= temperature <= 5)

    def test_what_is_no_digit_becomes_unsure(self):
        settings = ["--epochs", "12", "--lr", "0.01", "--seed", "3"]
        for out, more in (("naive", []), ("doubting", ["--negatives", "0.15"])):
            done = self.train(out, *settings, *more)
            self.assertEqual(done.returncode, 0, done.stderr)
        facts = run_json("info", path("doubting"))
        self.assertTrue(0.5 <= facts["unsure_threshold"] <= 0.991)
        self.assertEqual(facts["training"]["negatives"], 0.15)
        strange = [[[[50, 50]]],  # a lone dot
                   [[[x, y] for y in range(10, 91, 4) for x in ((10, 90) if y % 8 == 2 else (90, 10))]],  # painted over
                   [[[50, 10], [50, 90]], [[10, 50], [90, 50]], [[20, 20], [80, 80]], [[80, 20], [20, 80]]]]  # a star
        write("strange.jsonl", "".join(json.dumps({"strokes": s, "w": 100, "h": 100}) + "\n" for s in strange))
        answers = run_lines("ink", "--each", "--model", path("doubting"), path("strange.jsonl"))
        self.assertEqual([a["unsure"] for a in answers], [True] * 3, answers)
        self.assertTrue(all(a["digit"] is not None for a in answers), "the best guess is given in any case")
        self.assertGreater(run_json("ink", "--model", path("doubting"), path("strokes.jsonl"))["accuracy"], 0.5)
        naive = run_lines("ink", "--each", "--model", path("naive"), path("strange.jsonl"))
        self.assertGreater(max(a["confidence"] for a in naive), 0.9, "what was never shown is read with confidence")

    def test_a_teacher_is_believed_more_than_labels(self):
        os.makedirs(path("mislabelled"), exist_ok=True)
        shutil.copy(os.path.join(IDX, "train-images-idx3-ubyte"), path("mislabelled"))
        write("mislabelled/train-labels-idx1-ubyte", struct.pack(">II", 0x801, N_TRAIN) + bytes((i + 1) % 10 for i in range(N_TRAIN)))
        settings = ["--data", path("mislabelled"), "--epochs", "6", "--lr", "0.01"]
        for out, more in (("misled", []), ("taught", ["--teacher", "toy-1", "--distill", "1", "--state", STATE])):
            done = self.train(out, *settings, *more)
            self.assertEqual(done.returncode, 0, done.stderr)
        misled, taught = (run_json("eval", "--model", path(name), "--data", IDX)["accuracy"] for name in ("misled", "taught"))
        self.assertLess(misled, 0.2)
        self.assertGreater(taught, 0.5)
        self.assertEqual(run_json("info", path("taught"))["training"]["distill"], 1)
        done = self.train("taught", "--distill", "0.3")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--teacher", done.stderr)

    def test_blended_images_are_harder_to_learn(self):
        for out, more in (("plain", []), ("mixed", ["--mixup", "2"])):
            done = self.train(out, "--epochs", "12", "--lr", "0.01", *more)
            self.assertEqual(done.returncode, 0, done.stderr)
        plain, mixed = (run_json("info", path(name)) for name in ("plain", "mixed"))
        last = [facts["training"]["history"][-1][1] for facts in (plain, mixed)]
        self.assertGreater(last[1], 2 * last[0], "how much of each digit is in a blend cannot be seen exactly")
        self.assertEqual(mixed["training"]["mixup"], 2)

    def test_a_long_command_that_is_cut_inside_a_letter_is_remembered(self):
        for start in ("a", "ab"):  # one of them has the cut inside a letter of two bytes
            folder = os.path.join(FOLDER, start, *["\u00e4" * 100] * 6)
            os.makedirs(folder)
            done = self.train(os.path.join(folder, "long"), "--epochs", "1")
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_training_without_numbers_is_no_interruption(self):
        net = write("deep.net", "input 28 28 1\nflatten\n" + 10 * "dense 16\nrelu\n" + "dense 10\nsoftmax\n")
        done = run("train", "--net", net, "--out", path("nan"), "--data", IDX, "--batch", "150", "--val", "100", "--epochs", "1",
                   "--lr", "1e6")
        self.assertEqual(done.returncode, 1)
        self.assertIn("diverged", done.stderr)

    def test_blending_ends_whatever_its_shares(self):
        for mixup in ("4", "1e-9"):
            done = self.train("ends", "--epochs", "1", "--mixup", mixup)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.train("ends", "--epochs", "1", "--mixup", "4.1").returncode, 2)

    def test_recorded_pens_are_learned_and_writers_left_out(self):
        pens = ["--pens", path("strokes.jsonl"), "--pens-share", "0.5", "--epochs", "2", "--lr", "0.01", "--json"]
        done = self.train("fold", *pens, "--pens-holdout", "2/3")
        self.assertEqual(done.returncode, 0, done.stderr)
        last = json.loads(done.stdout.splitlines()[-1])
        left_out = last["left_out"]
        self.assertEqual((left_out["n"], [w["writer"] for w in left_out["per_writer"]]), (50, ["W1"]))
        self.assertEqual(left_out["accuracy"], 1 - left_out["errors"] / 50)
        self.assertNotIn("test_accuracy", last, "a fold is for choosing: the test images stay unseen")
        training = run_json("info", path("fold"))["training"]
        self.assertEqual((training["pens"], training["pens_share"], training["pens_holdout"]), (150, 0.5, "2/3"))
        # What it says of the writer is what `ink` says.
        lines = [line for line in read("strokes.jsonl").decode().splitlines() if '"W1"' in line]
        self.assertEqual(run_json("ink", "--model", path("fold"), write("w1.jsonl", "\n".join(lines)))["accuracy"],
                         left_out["accuracy"])

    def test_writers_of_their_own_choose_the_epoch_with_the_images(self):
        self.many_writers()
        many = read("many.jsonl").decode().splitlines()
        pens = ["--pens", path("many.jsonl"), "--pens-share", "0.5", "--epochs", "4", "--lr", "0.01", "--json"]
        done = self.train("chosen", *pens, "--pens-holdout", "2/5")
        self.assertEqual(done.returncode, 0, done.stderr)
        *epochs, last = [json.loads(line) for line in done.stdout.splitlines()]
        score = [e["val_accuracy"] + e["pens_val_accuracy"] for e in epochs]
        self.assertEqual(score[last["best_epoch"] - 1], max(score))
        facts = run_json("info", path("chosen"))["training"]
        self.assertEqual([row[6] for row in facts["history"]], [round(e["pens_val_accuracy"], 6) for e in epochs])
        # Every eleventh writer but those of the fold (W1, W6, ...) is such a one: W0 and W22, in four hands. Nobody learns from them.
        judges = [line for line in many if json.loads(line)["writer"] in ("W0", "W22")]
        right = [e["pens_val_accuracy"] * 4 * len(judges) for e in epochs]
        self.assertEqual([round(n, 6) for n in right], [round(n) for n in right])
        others = [json.loads(line) for line in many if json.loads(line)["writer"] in ("W0", "W22")]
        for drawing in others:
            drawing["label"] = str((int(drawing["label"]) + 1) % 10)
        misled = [line for line in many if line not in judges] + [json.dumps(drawing) for drawing in others]
        # The order of the writers decides who judges, so the two are put first again.
        misled = sorted(misled, key=lambda line: int(json.loads(line)["writer"][1:]))
        straight = sorted(many, key=lambda line: int(json.loads(line)["writer"][1:]))
        for name, drawings in (("straight", straight), ("misled", misled)):
            words = ["--pens", write(name + ".jsonl", "\n".join(drawings)), *pens[2:], "--epochs", "1"]
            self.assertEqual(self.train(name, *words).returncode, 0)
        one, other = (run_json("info", path(name))["training"] for name in ("straight", "misled"))
        self.assertEqual(one["history"][0][1:6], other["history"][0][1:6], "their labels teach nobody")
        self.assertNotEqual(one["history"][0][6], other["history"][0][6])

    def test_cross_validation_reads_every_writer_once_and_resumes(self):
        words = ["--pens", path("strokes.jsonl"), "--pens-share", "0.5", "--epochs", "2", "--lr", "0.01", "--json",
                 "--cross-validate", "3", "--report", path("cv report")]
        done = self.train("cv.safetensors", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([line["fold"] for line in lines[:-1]], [1] * 3 + [2] * 3 + [3] * 3)
        report = lines[-1]["left_out"]
        self.assertEqual((lines[-1]["folds"], report["n"], len(report["per_writer"])), (3, 150, 3))
        self.assertEqual(sum(w["errors"] for w in report["per_writer"]), report["errors"])
        worst = min(report["per_writer"], key=lambda w: w["accuracy"])
        self.assertEqual(report["worst_writer"], worst["writer"])
        self.assertAlmostEqual(report["accuracy_by_writer_macro"],
                               sum(w["accuracy"] for w in report["per_writer"]) / 3)
        self.assertEqual(sum(map(sum, report["confusion"])), 150)
        self.assertEqual(sum(c["support"] for c in report["per_class"]), 150)
        self.assertEqual(sorted(os.listdir(path("cv report"))), ["writers.html", "writers.json"])
        self.assertEqual(json.loads(read("cv report/writers.json")), report)
        page = ElementTree.fromstring(read("cv report/writers.html"))
        rows = [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]
        for w in report["per_writer"]:
            self.assertIn([w["writer"], f"{100 * w['accuracy']:.2f} %", str(w["errors"]), str(w["n"])], rows)
        self.assertIn(f"writer {worst['writer']}", "".join(page.itertext()))
        # A run that was cut off after the first fold trains the other two and comes to the same result.
        models = [read(f"cv-{k}.safetensors") for k in (1, 2, 3)]
        os.unlink(path("cv-3.safetensors"))
        again = self.train("cv.safetensors", *words, "--resume")
        self.assertEqual(again.returncode, 0, again.stderr)
        lines = [json.loads(line) for line in again.stdout.splitlines()]
        self.assertEqual([line["fold"] for line in lines[:-1]], [3] * 3)
        self.assertEqual(lines[-1]["left_out"], report)
        self.assertEqual([read(f"cv-{k}.safetensors") for k in (1, 2, 3)], models)
        # Other data are another result.
        strokes = read("strokes.jsonl")
        write("strokes.jsonl", strokes.replace(b"1,", b"2,", 1))
        os.unlink(path("cv-3.safetensors"))
        other = self.train("cv.safetensors", *words, "--resume")
        self.assertEqual((other.returncode, other.stdout), (1, ""))
        self.assertIn("cv-1.safetensors: it was trained on other data", other.stderr)
        write("strokes.jsonl", strokes)
        # Other settings are another result.
        other = self.train("cv.safetensors", *words, "--seed", "7", "--resume")
        self.assertEqual((other.returncode, other.stdout), (1, ""))
        self.assertIn("cv-1.safetensors: another command made it", other.stderr)

    def test_pens_that_cannot_be_used_are_refused(self):
        pens = path("strokes.jsonl")
        for words, status, says in [(["--pens-share", "0.5"], 2, "need --pens"), (["--cross-validate", "3"], 2, "need --pens"),
                                    (["--pens", pens, "--pens-holdout", "4/3"], 2, "--pens-holdout 4/3"),
                                    (["--pens", pens, "--pens-holdout", "1/3x"], 2, "--pens-holdout 1/3x"),
                                    (["--pens", pens, "--pens-holdout", "1/3", "--cross-validate", "3"], 2, "one of them"),
                                    (["--pens", pens, "--pens-holdout", "4/9"], 1, "3 writers cannot be divided"),
                                    (["--pens", pens, "--pens-share", "0.8", "--synthetic", "0.3"], 1, "at most 1"),
                                    (["--pens", path("toy.net")], 1, "toy.net: line 1")]:
            done = self.train("refused", *words, "--epochs", "1")
            self.assertEqual((done.returncode, done.stdout), (status, ""), words)
            self.assertIn(says, done.stderr)
            self.assertFalse(os.path.exists(path("refused")))

    def test_divergence_leaves_the_old_model(self):
        write("old", b"precious")
        write("wild.net", "input 28 28 1\nflatten\ndense 16\nleakyrelu 0.5\ndense 16\nleakyrelu 0.5\ndense 10\nsoftmax\n")
        done = run("train", "--net", path("wild.net"), "--out", path("old"), "--data", IDX, "--val", "100", "--epochs", "3",
                   "--optimizer", "sgd", "--momentum", "0.99", "--lr", "1e6", "--batch", "20")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("diverged", done.stderr)
        self.assertEqual(read("old"), b"precious")

    def test_patience_stops_and_gives_back_the_best(self):
        """A rate far too high after a good start: later epochs are worse, and the saved weights are the best ones'."""
        words = ["--optimizer", "sgd", "--lr", "0.3", "--warmup", "3", "--momentum", "0.97", "--json"]
        done = self.train("early", *words, "--epochs", "60", "--patience", "4", "--schedule", "step", "--lr-every", "9",
                          "--lr-factor", "0.7")
        self.assertEqual(done.returncode, 0, done.stderr)
        *epochs, last = map(json.loads, done.stdout.splitlines())
        best = max(epochs, key=lambda e: (e["val_accuracy"], -e["val_loss"]))
        self.assertEqual((last["done"], last["stopped_early"], last["best_epoch"]), (True, True, best["epoch"]))
        self.assertEqual(len(epochs), best["epoch"] + 4)
        self.assertLess(len(epochs), 60)
        training = run_json("info", path("./early"))["training"]
        self.assertEqual(training["val_accuracy"], round(best["val_accuracy"], 6))
        for key, value in {"schedule": "step", "warmup": 3, "lr_every": 9, "lr_factor": 0.7, "patience": 4, "optimizer": "sgd",
                           "label_smoothing": 0, "augment": "none"}.items():
            self.assertEqual(training[key], value, key)
        self.assertFalse(os.path.exists(path("early.ckpt")))

    def test_impossible_warm_up_is_refused(self):
        for words in [["--schedule", "one-cycle", "--warmup", "1"], ["--epochs", "3", "--warmup", "3"]]:
            done = self.train("never", *words)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("one-cycle has a warm-up of its own", done.stderr)

    def test_csv_gives_what_idx_gives(self):
        """Kaggle's form, gzipped, in place of a folder: the same images give the same weights and the same scores."""
        def rows(name):
            images, labels = read(f"idx/{name}-images-idx3-ubyte")[16:], gzip.decompress(read(f"idx/{name}-labels-idx1-ubyte.gz"))[8:]
            for i, label in enumerate(labels):
                yield ",".join(map(str, [label, *images[i * SIDE * SIDE:(i + 1) * SIDE * SIDE]]))
        names = "label," + ",".join(f"pixel{i}" for i in range(SIDE * SIDE))
        train_csv = write("train.csv.gz", gzip.compress("\n".join([names, *rows("train")]).encode()))
        test_csv = write("test.csv", "\n".join(rows("t10k")) + "\n")
        for out, data in [("by-idx", IDX), ("by-csv", train_csv)]:
            done = self.train(out, "--epochs", "2", "--augment", "default", "--data", data, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(weights("by-csv"), weights("by-idx"))
        self.assertNotIn("test_accuracy", json.loads(done.stdout.splitlines()[-1]), "a CSV file has no test part")
        scores = [run_json("eval", "--model", path("./by-csv"), "--data", data) for data in (IDX, test_csv)]
        self.assertEqual(*scores)
        write("bad.csv", "\n".join(rows("t10k")).replace(",255", ",256", 1))
        for words in [["eval", "--model", path("./by-csv")], ["train", "--net", path("train.net"), "--out", path("x")]]:
            done = run(*words, "--data", path("bad.csv"))
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, r'bad\.csv: line 1, column \d+: "256" is no pixel, a number from 0 to 255')

    @unittest.skipUnless(PICTURES, "built without pictures")
    def test_show_augmentation(self):
        sheets = []
        for spec in ["none", "rotate=30", "rotate=30,elastic=1,cutout=8"]:
            done = run("train", "--show-augmentation", path("sheet.png"), "--augment", spec, "--data", IDX)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            sheets.append(read("sheet.png"))
            self.assertEqual(sheets[-1][:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(len(set(sheets)), 3)
        done = run("train", "--show-augmentation", path("nowhere/sheet.png"), "--data", IDX)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("nowhere/sheet.png", done.stderr)

    def test_a_broken_test_set_is_found_before_the_training(self):
        folder = path("broken test")
        shutil.copytree(IDX, folder)
        for bad in ("cut", "other size"):
            image = bytes(64 if bad == "cut" else 27 * 27)
            with open(os.path.join(folder, "t10k-images-idx3-ubyte"), "wb") as file:
                file.write(struct.pack(">IIII", 0x803, 1, *([28, 28] if bad == "cut" else [27, 27])) + image)
            with open(os.path.join(folder, "t10k-labels-idx1-ubyte"), "wb") as file:
                file.write(struct.pack(">II", 0x801, 1) + bytes(1))
            done = run("train", "--net", path("toy.net"), "--out", path("untrained.safetensors"), "--data", folder, "--val", "100")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("t10k-images" if bad == "cut" else "test images of 27x27", done.stderr)

    def test_what_cannot_be_written_is_refused_at_once(self):
        os.makedirs(path("folder"), exist_ok=True)
        for out in ["folder", "nowhere/model", "toy.net/model", "folder/", "own.history", "own.onnx"]:
            done = self.train(out, "--epochs", "1")
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(path(out), done.stderr)


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
        self.assertGreater(own["accuracy"], 0.5)
        self.assertEqual((own["accuracy"], own["other_images"]), (own["test_accuracy"], "images set aside"))
        self.assertGreater(own["other_accuracy"], 0.5)
        self.assertEqual(rows["digitscope"]["other_images"], "people's pens")
        self.assertEqual((own["description"], rows["digitscope"]["description"]), ("", ""))
        table = run("models", "--state", STATE).stdout
        self.assertRegex(table, r"test images +other images")
        self.assertRegex(table, r"digitscope +765,530 +99[.]63 % +99[.]34 % people's pens")
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
        write("digit.pgm", b"P5 28 28 255\n" + IMAGES[3])
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


def auc_of(scores, positive):
    pairs = [(p > n) + 0.5 * (p == n) for p, is_p in zip(scores, positive) if is_p
             for n, is_n in zip(scores, positive) if not is_n]
    return sum(pairs) / len(pairs)


class Eval(unittest.TestCase):
    KEYS = {"n", "errors", "accuracy", "loss", "ece", "confidence_right", "confidence_wrong", "unsure", "accuracy_when_sure",
            "parameters", "per_class",
            "confusion", "top_confusions", "auc", "when_sure", "hardest", "doubted"}

    def scores(self, *words):
        return run_json("eval", "--data", IDX, "--state", STATE, *words)

    def test_consistent(self):
        s = self.scores("--model", "toy-1")
        self.assertLessEqual(self.KEYS, set(s))
        confusion = s["confusion"]
        right = sum(confusion[i][i] for i in range(10))
        self.assertEqual(s["n"], N_TEST)
        self.assertEqual(sum(map(sum, confusion)), N_TEST)
        self.assertEqual(s["errors"], N_TEST - right)
        self.assertAlmostEqual(s["accuracy"], right / N_TEST)
        self.assertGreater(s["accuracy"], 0.8)
        for k, row in enumerate(s["per_class"]):
            self.assertEqual(row["label"], str(k))
            self.assertEqual(row["support"], sum(confusion[k]))
            self.assertAlmostEqual(row["recall"], confusion[k][k] / sum(confusion[k]))
            self.assertAlmostEqual(row["precision"], confusion[k][k] / max(1, sum(r[k] for r in confusion)))
        for worse, better in zip(s["top_confusions"], s["top_confusions"][1:]):
            self.assertGreaterEqual(worse["n"], better["n"])
        for c in s["top_confusions"]:
            self.assertEqual(confusion[c["true"]][c["predicted"]], c["n"])

    def test_threads_do_not_matter(self):
        one, three = (self.scores("--model", "toy-1", "--threads", n) for n in "13")
        self.assertEqual(one, three)

    @unittest.skipUnless(PICTURES, "built without pictures")
    def test_against_probabilities(self):
        names = [write(f"test-{i}.pgm", b"P5 28 28 255\n" + image) for i, image in enumerate(IMAGES)]
        lists = [[line["probabilities"] for line in run_lines("predict", "--as-is", "--model", model, "--state", STATE, *names)]
                 for model in ("toy-1", "toy-2")]
        mean = [[(a + b) / 2 for a, b in zip(*rows)] for rows in zip(*lists)]
        for words, rows in [(["toy-1"], lists[0]), (["toy-1", "toy-2"], mean), (["toy"], mean)]:
            self.check_scores(self.scores("--model", *words), rows)
        single = self.scores("--model", "toy-1")["parameters"]
        self.assertEqual(self.scores("--model", "toy")["parameters"], 2 * single)

    @unittest.skipUnless(PICTURES, "built without pictures")
    def test_unsure_is_what_predict_calls_so(self):
        names = [write(f"test-{i}.pgm", b"P5 28 28 255\n" + image) for i, image in enumerate(IMAGES)]
        answers = run_lines("predict", "--as-is", "--model", "toy-1", "--state", STATE, *names)
        sure = [a["digit"] == label for a, label in zip(answers, LABELS) if not a["unsure"]]
        s = self.scores("--model", "toy-1")
        self.assertTrue(0 < len(sure) < N_TEST)
        self.assertAlmostEqual(s["unsure"], 1 - len(sure) / N_TEST)
        self.assertAlmostEqual(s["accuracy_when_sure"], sum(sure) / len(sure))

    def check_scores(self, s, rows):
        best = [max(range(10), key=row.__getitem__) for row in rows]
        bins = [[] for _ in range(15)]
        for row, b, label in zip(rows, best, LABELS):
            bins[min(14, int(row[b] * 15))].append((row[b], b == label))
        gaps = [abs(sum(c for c, _ in bin) - sum(r for _, r in bin)) for bin in bins]
        self.assertAlmostEqual(s["accuracy"], sum(b == label for b, label in zip(best, LABELS)) / N_TEST)
        self.assertAlmostEqual(s["loss"], sum(-math.log(r[label]) for r, label in zip(rows, LABELS)) / N_TEST, places=5)
        self.assertAlmostEqual(s["ece"], sum(gaps) / N_TEST, places=5)
        for key, wanted in ("confidence_right", True), ("confidence_wrong", False):
            sure = [c for bin in bins for c, right in bin if right == wanted]
            self.assertTrue(sure)
            self.assertAlmostEqual(s[key], sum(sure) / len(sure), places=5)
        for k, row in enumerate(s["auc"]):
            self.assertAlmostEqual(row["auc"], auc_of([r[k] for r in rows], [label == k for label in LABELS]), places=6)

        self.check_sure(s, rows, best)
        self.check_lists(s, rows, best)

    def check_sure(self, s, rows, best):
        self.assertGreater(len(s["when_sure"]), 5)
        for level in s["when_sure"]:
            answered = [b == label for row, b, label in zip(rows, best, LABELS) if row[b] >= level["sure"]]
            self.assertAlmostEqual(level["withheld"], 1 - len(answered) / N_TEST)
            if answered:
                self.assertAlmostEqual(level["wrong"], 1 - sum(answered) / len(answered))
            else:
                self.assertIsNone(level["wrong"])

    def check_lists(self, s, rows, best):
        hardest = sorted(range(N_TEST), key=lambda i: rows[i][LABELS[i]])[:20]
        for found, i in zip(s["hardest"], hardest):
            self.assertAlmostEqual(found["probability"], rows[i][LABELS[i]], places=5)
            self.assertEqual((found["true"], found["predicted"]), (LABELS[found["image"]], best[found["image"]]))
        expected = [statistics.mean(row[k] for row, label in zip(rows, LABELS) if label == k) for k in range(10)]
        doubted = [i for i, (row, b) in enumerate(zip(rows, best)) if b != LABELS[i] and row[b] >= min(expected[b], 0.95)]
        doubted.sort(key=lambda i: -rows[i][best[i]])
        self.assertEqual([d["index"] for d in s["doubted"]], doubted[:20])
        for d in s["doubted"]:
            self.assertEqual((d["label"], d["read"]), (str(LABELS[d["index"]]), str(best[d["index"]])))

    def test_several_models_are_scored_on_their_own_too(self):
        first, second = self.scores("--model", "toy-1"), self.scores("--model", "toy-2")
        self.assertNotIn("models", first)
        both = self.scores("--model", "toy-1", "toy-2")
        self.assertEqual([m["name"] for m in both["models"]], ["toy-1", "toy-2"])
        for alone, m in zip((first, second), both["models"]):
            self.assertEqual((m["errors"], m["accuracy"]), (alone["errors"], alone["accuracy"]))
        c = both["compared"]
        self.assertEqual(sum(c.values()), N_TEST)
        self.assertEqual(c["second_only"] + c["both_wrong"], first["errors"])
        self.assertEqual(c["first_only"] + c["both_wrong"], second["errors"])
        self.assertGreater(c["first_only"], 0)
        three = self.scores("--model", "toy-1", "toy-2", "toy")
        self.assertNotIn("compared", three)
        self.assertEqual(len(three["models"]), 3)

    def test_table(self):
        text = run("eval", "--data", IDX, "--state", STATE, "--model", "toy-1").stdout
        self.assertIn("toy-1 on 200 test images", text)
        self.assertIn("accuracy", text)

    def test_bad_data(self):
        done = run("eval", "--data", path("nowhere"), "--model", "toy-1", "--state", STATE)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("nowhere: cannot open", done.stderr)
        other = path("cut")
        shutil.copytree(IDX, other)
        write("cut/t10k-images-idx3-ubyte", read("idx/t10k-images-idx3-ubyte")[:-1])
        done = run("eval", "--data", other, "--model", "toy-1", "--state", STATE)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("t10k-images-idx3-ubyte: cut short", done.stderr)


def png_size(data):
    """Width and height of a PNG whose every chunk and row is sound."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length) == (zlib.crc32(kind + body),)
        chunks.append((kind, body))
        at += 12 + length
    assert [kind for kind, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    w, h, depth, colour = struct.unpack_from(">IIBB", chunks[0][1])
    stride = 1 + (w * depth * (3 if colour == 2 else 1) + 7) // 8
    assert len(zlib.decompress(chunks[1][1])) == h * stride
    return w, h


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
            self.assertEqual(LABELS[item["image"]], item["true"])
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


class Ink(unittest.TestCase):
    KEYS = {"n", "n_unlabelled", "accuracy", "accuracy_by_writer_macro", "unsure", "per_class", "latency_us"}

    def ink(self, file, *words):
        return run_json("ink", file, "--model", "toy-1", "--state", STATE, *words)

    def each(self, file, *words):
        return run_lines("ink", file, "--model", "toy-1", "--state", STATE, "--each", *words)

    def test_scores(self):
        s, lines = self.ink(path("strokes.jsonl")), self.each(path("strokes.jsonl"))
        self.assertLessEqual(self.KEYS, set(s))
        self.assertEqual(len(lines), 150)
        self.assertEqual((s["n"], s["n_unlabelled"]), (150, 0))
        self.assertEqual(set(lines[0]), {"label", "text", "digit", "confidence", "unsure", "writer"})
        right = [line["label"] == line["text"] for line in lines]
        self.assertAlmostEqual(s["accuracy"], sum(right) / 150)
        self.assertGreater(s["accuracy"], 0.6)
        by_writer = [sum(r for r, line in zip(right, lines) if line["writer"] == w) / 50 for w in ("W0", "W1", "W2")]
        self.assertAlmostEqual(s["accuracy_by_writer_macro"], sum(by_writer) / 3)
        self.assertAlmostEqual(s["unsure"], sum(line["unsure"] for line in lines) / 150)
        for line in lines:
            self.assertEqual(line["text"], str(line["digit"]))
        self.assertLessEqual(0 < s["latency_us"]["p50"], s["latency_us"]["p99"])

    def test_same_answers(self):
        plain = self.each(path("strokes.jsonl"))
        packed = write("packed", gzip.compress(read("strokes.jsonl")))
        self.assertEqual(self.each(packed), plain)
        self.assertEqual(self.each(path("strokes.jsonl"), "--threads", "3"), plain)
        self.assertNotEqual(self.each(path("strokes.jsonl"), "--naive"), plain)
        moved = self.each(path("strokes.jsonl"), "--scale", "0.2", "--shift", "-200,150", "--brush", "60")
        self.assertGreater(sum(a["digit"] == b["digit"] for a, b in zip(moved, plain)), 145)

    def test_numbers(self):
        """A 1, two of them, a drawing of nothing; whole strings are scored, and how far off they are."""
        one, two = [[[100, 100], [100, 400]]], [[[100, 100], [100, 400]], [[400, 100], [400, 400]]]
        rows = [{"label": "1", "strokes": one}, {"label": "11", "writer": "W", "strokes": two},
                {"label": "1111", "strokes": two}, {"strokes": []}, {"label": "x", "strokes": one}]
        file = write("numbers.jsonl", "\n".join(json.dumps(row) for row in rows))
        s, lines = run_json("ink", file, "--numbers"), run_lines("ink", file, "--numbers", "--each")
        self.assertEqual([line["text"] for line in lines], ["1", "11", "11", "", "1"])
        self.assertEqual([line["digit"] for line in lines], [1, None, None, None, 1])
        self.assertEqual(set(lines[1]), {"label", "text", "digit", "confidence", "unsure", "writer", "digits"})
        self.assertEqual([len(line["digits"]) for line in lines], [1, 2, 2, 0, 1])
        left, right = (digit["box"] for digit in lines[1]["digits"])
        self.assertLess(left[0] + left[2], right[0])
        self.assertEqual((s["n"], s["n_unlabelled"]), (5, 2))
        self.assertAlmostEqual(s["accuracy"], 2 / 3)
        self.assertEqual(s["by_length"], [{"length": 1, "n": 1, "accuracy": 1}, {"length": 2, "n": 1, "accuracy": 1},
                                          {"length": 4, "n": 1, "accuracy": 0}])
        self.assertAlmostEqual(s["digit_error_rate"], 2 / 7)
        self.assertIn("of 3", run("ink", file, "--numbers").stdout)
        refused = run("ink", file, "--numbers", "--naive")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--naive", refused.stderr)

    def test_more_strokes_than_a_number_has_are_one_digit(self):
        """A 1 and a 7 dabbed on by dots, of which a number has 64 at most; and three of them in a row, which are no digit."""
        def dots(count, x=0):
            return [[[x, 100 * i / count]] for i in range(count)]
        seven = [[[50 * i / 33, 0]] for i in range(33)] + [[[50 - 30 * i / 33, 100 * i / 33]] for i in range(34)]
        rows = [dots(64), dots(65), seven, dots(30) + dots(30, 120) + dots(30, 240)]
        file = write("dots.jsonl", "\n".join(json.dumps({"strokes": row}) for row in rows))
        lines = run_lines("ink", file, "--numbers", "--each")
        self.assertEqual([line["text"] for line in lines[1:3]], ["1", "7"])
        self.assertEqual([line["digit"] for line in lines[1:3]], [1, 7])
        self.assertEqual([len(line["digits"]) for line in lines[1:]], [1, 1, 1])
        self.assertTrue(lines[3]["unsure"])
        x, y, width, height = lines[2]["digits"][0]["box"]
        self.assertAlmostEqual(width / height, 0.5, delta=0.05)

    def test_unlabelled_and_empty(self):
        rng = random.Random(2)
        rows = [drawing(7, rng), drawing(7, rng, label=""), drawing(7, rng, label="A"), drawing(7, rng, label=7),
                {"strokes": []}, {"label": "1", "strokes": [[[5, 5]]], "unknown": {}}]
        file = write("mixed.jsonl", "\n\n".join(json.dumps(r) for r in rows))
        s, lines = self.ink(file), self.each(file)
        self.assertEqual((s["n"], s["n_unlabelled"], len(lines)), (6, 3, 6))
        self.assertIsNone(s["accuracy_by_writer_macro"])
        self.assertEqual([line["label"] for line in lines], ["7", "", "A", "7", "", "1"])
        empty = {"label": "", "text": "", "digit": None, "confidence": 0, "unsure": False, "writer": ""}
        self.assertEqual(lines[4], empty)
        nothing = self.ink(write("empty.jsonl", json.dumps({"strokes": []})))
        self.assertEqual((nothing["n"], nothing["accuracy"], nothing["unsure"]), (1, None, 0))

    def test_bad_lines(self):
        good = read("strokes.jsonl").decode()
        for bad, says in [('{"strokes":[[[1,2],[3;4]]]}', "line 151, byte 22: "), ('{"strokes":7}', "line 151: "),
                          ('   {"strokes":[[[1,2],[3;4]]]}', "line 151, byte 25: "),
                          ('{"strokes":[[[1,"x"]]]}', "line 151: stroke 1, point 1")]:
            file = write("bad.jsonl", good + bad + "\n" + "nonsense\n" * 300)
            done = run("ink", file, "--model", "toy-1", "--state", STATE)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, rf"\Adigitscope ink: .*bad\.jsonl: {re.escape(says)}")

    def test_bad_files(self):
        cut = write("cut.gz", gzip.compress(b"x" * 1000)[:-12])
        for file, says in [(path("nowhere"), "nowhere: "), (write("blank", "\n \n"), "blank: no drawing in it"),
                           (cut, "cut.gz: "), (FOLDER, "")]:
            done = run("ink", file, "--model", "toy-1", "--state", STATE)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(says, done.stderr)

    def test_interrupt(self):
        """A long run shows a counter on a terminal; the first SIGINT ends it with 130."""
        file = write("long.jsonl.gz", gzip.compress(read("strokes.jsonl") * 2000, 1))
        terminal, side = pty.openpty()
        with subprocess.Popen([PROGRAM, "ink", file, "--model", "toy-1", "--state", STATE], stdout=subprocess.PIPE,
                              stderr=side, env=ENVIRONMENT) as running:
            os.close(side)
            shown = b""
            while b"drawings read: " not in shown:
                shown += os.read(terminal, 1000)
            running.send_signal(signal.SIGINT)
            out, _ = running.communicate(timeout=60)
        os.close(terminal)
        self.assertEqual((running.returncode, out), (130, b""))

    @unittest.skipUnless(os.path.exists(os.path.join(DATA, "pendigits-train.jsonl.gz")), "no recorded strokes")
    def test_recorded(self):
        s = self.ink(os.path.join(DATA, "pendigits-train.jsonl.gz"))
        self.assertEqual((s["n"], s["n_unlabelled"]), (7494, 0))
        self.assertEqual(sum(row["support"] for row in s["per_class"]), 7494)


@unittest.skipUnless(PICTURES, "built without pictures")
class Predict(unittest.TestCase):
    def predict(self, *words):
        return run("predict", "--model", "toy-1", "--state", STATE, *words)

    def test_answers(self):
        image = write("some digit.pgm", b"P5 28 28 255\n" + IMAGES[0])
        lines = run_lines("predict", "--model", "toy-1", "--state", STATE, image, image)
        self.assertEqual(lines[0], lines[1])
        answer = lines[0]
        self.assertEqual(set(answer), {"file", "digit", "text", "confidence", "probabilities", "unsure", "several"})
        self.assertEqual(answer["file"], image)
        self.assertEqual(answer["text"], str(answer["digit"]))
        self.assertAlmostEqual(sum(answer["probabilities"]), 1, places=5)
        self.assertAlmostEqual(answer["confidence"], max(answer["probabilities"]))
        self.assertIn("some digit.pgm", self.predict(image).stdout)

    def test_empty_picture(self):
        white = write("white.pgm", b"P5 9 9 255\n" + b"\xff" * 81)
        (answer,) = run_lines("predict", "--model", "toy-1", "--state", STATE, white)
        self.assertEqual(answer, {"file": white, "digit": None, "text": "", "confidence": 0, "probabilities": [],
                                  "unsure": False, "several": False})

    def test_standard_input(self):
        image = write("piped.pgm", b"P5 28 28 255\n" + IMAGES[0])
        with open(image, "rb") as picture:
            done = run("predict", "--model", "toy-1", "--state", STATE, "--json", "-", stdin=picture)
        (line,) = run_lines("predict", "--model", "toy-1", "--state", STATE, image)
        self.assertEqual(json.loads(done.stdout), {**line, "file": "-"})

    def test_as_is_needs_the_network_s_size(self):
        done = self.predict("--as-is", write("wide.pgm", b"P5 9 9 255\n" + b"\xff" * 81))
        self.assertEqual(done.returncode, 1)
        self.assertIn("9 x 9 pixels, not 28 x 28", done.stderr)

    def test_several_digits(self):
        """Two bars beside each other are two digits, one is one."""
        for bars, several in ((20,), False), ((10, 44), True):
            rows = bytes(0 if 10 <= y < 50 and any(x in range(b, b + 5) for b in bars) else 255
                         for y in range(60) for x in range(60))
            (line,) = run_lines("predict", "--model", "toy-1", "--state", STATE,
                                write("bars.pgm", b"P5 60 60 255\n" + rows))
            self.assertEqual((line["several"], line["unsure"] or not several), (several, True))
            (number,) = run_lines("predict", "--numbers", path("bars.pgm"))
            self.assertEqual(number["text"], "1" * len(bars))
            self.assertEqual(number["digit"], None if several else 1)
            for bar, digit in zip(bars, number["digits"]):
                self.assertAlmostEqual(digit["box"][0], bar, delta=3)

    def test_bad_pictures(self):
        """What cannot be read is named, and does not keep the rest from being read."""
        good = write("good.pgm", b"P5 28 28 255\n" + IMAGES[0])
        done = self.predict(path("nowhere.png"), write("no picture.png", "text"), good, "--json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual([json.loads(line)["file"] for line in done.stdout.splitlines()], [good])
        self.assertIn("nowhere.png: ", done.stderr)
        self.assertIn("no picture.png: ", done.stderr)


class Bench(unittest.TestCase):
    def test_keys(self):
        b = run_json("bench", "--model", "toy-1", "--state", STATE, "--threads", "2", "--batch", "32")
        self.assertEqual(set(b), {"single_us", "batch256_images_per_s", "train_images_per_s", "threads", "cpu",
                                  "kernels"})
        self.assertLessEqual(0 < b["single_us"]["p50"], b["single_us"]["p99"])
        self.assertGreater(b["batch256_images_per_s"], 0)
        self.assertGreater(b["train_images_per_s"], 0)
        self.assertEqual(b["threads"], 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
