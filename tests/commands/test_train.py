"""test_train.py PROGRAM PICTURES DATA - `digitscope train`: what it learns from, resumes, refuses and leaves behind."""
import gzip
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import unittest
from xml.etree import ElementTree

import fixtures
from fixtures import (ENVIRONMENT, FOLDER, IDX, NET, N_TRAIN, PICTURES, PROGRAM, SIDE, STATE, drawing, path,
                      read, run, run_json, run_lines, write)

setUpModule, tearDownModule = fixtures.setUpModule, fixtures.tearDownModule


def split(name):
    """The header of a model file or checkpoint, and the bytes behind it."""
    data = read(name)
    end = 8 + struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:end]), data[end:]


def join(name, header, rest):
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    write(name, struct.pack("<Q", len(text)) + text + rest)


def forget(name, setting):
    """A checkpoint does not tell a setting any more; its note."""
    header, rest = split(name)
    note = json.loads(header["__metadata__"]["note"])
    del note["settings"][setting]
    header["__metadata__"]["note"] = json.dumps(note)
    join(name, header, rest)
    return note


def weights(name):
    return split(name)[1]


def interrupt_training(*words):
    """After its second epoch, so that it can be gone on with."""
    with subprocess.Popen([PROGRAM, *words, "--epochs", "100000", "--json"], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as running:
        for line in running.stdout:
            if json.loads(line).get("epoch") == 2:
                running.send_signal(signal.SIGINT)


class Train(unittest.TestCase):
    def train(self, out, *words, data=IDX):
        return run("train", "--net", write("train.net", NET), "--out", path(out), "--data", data, "--batch", "20", "--val", "100",
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
        interrupt_training("train", "--net", write("train.net", NET), "--out", path("other"), "--data", IDX, "--val", "100")
        before = read("other")
        for words in (["--lr", "0.5"], ["--batch", "50"], ["--val", "200"], ["--bf16"], ["--parts", "5"]):
            done = run("train", "--net", path("train.net"), "--out", path("other"), "--data", IDX, "--val", "100", *words, "--resume")
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"another {words[0]};", done.stderr)
        self.assertEqual(read("other"), before)

    def test_resume_keeps_the_parts_whatever_the_threads(self):
        words = ["train", "--net", write("train.net", NET), "--out", path("apart"), "--data", IDX, "--batch", "20", "--val", "100"]
        interrupt_training(*words, "--threads", "3")
        self.assertEqual(run_json("info", path("apart"))["training"]["parts"], 3)
        self.assertRegex(run("info", path("apart")).stdout, r"parts +3\n")
        done = json.loads(split("apart.ckpt")[0]["__metadata__"]["note"])["epochs_done"] + 1
        resumed = run(*words, "--epochs", str(done), "--threads", "1", "--resume")
        self.assertEqual(resumed.returncode, 0, resumed.stderr)
        uncut = self.train("uncut", "--epochs", str(done), "--parts", "3")
        self.assertEqual(uncut.returncode, 0, uncut.stderr)
        self.assertEqual(weights("apart"), weights("uncut"))

    def test_a_checkpoint_without_parts_is_taken_as_it_is(self):
        words = ["train", "--net", write("train.net", NET), "--out", path("partless"), "--data", IDX, "--val", "100", "--threads", "2"]
        interrupt_training(*words)
        note = forget("partless.ckpt", "parts")
        done = run(*words, "--epochs", str(note["epochs_done"] + 1), "--resume")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_resume_with_other_data_is_refused(self):
        """Of the same size: only one pixel, one label, one point is another."""
        data, pens = path("changing"), path("changing.jsonl")
        shutil.copytree(IDX, data)
        shutil.copy(path("strokes.jsonl"), pens)
        words = ["train", "--net", write("train.net", NET), "--out", path("changed"), "--data", data, "--val", "100",
                 "--pens", pens]
        interrupt_training(*words)
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
        interrupt_training(*words)
        forget("nameless.ckpt", "data_fingerprint")
        done = run(*words, "--epochs", "100000", "--resume")
        self.assertEqual(done.returncode, 1)
        self.assertIn("does not say on which data it was made", done.stderr)

    def test_notes_that_cannot_be_true_are_refused(self):
        words = ["train", "--net", write("train.net", NET), "--out", path("noted"), "--data", IDX, "--val", "100"]
        interrupt_training(*words)
        header, rest = split("noted.ckpt")
        note = json.loads(header["__metadata__"]["note"])
        for name, value in (("best_accuracy", 7.0), ("seconds", -5.0), ("best_epoch", 1 << 32), ("history", [[1, "x", 0.5, 0.5, 0.5, 0.001]])):
            header["__metadata__"]["note"] = json.dumps({**note, name: value})
            join("noted.ckpt", header, rest)
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
        settings = ["--epochs", "6", "--lr", "0.01"]
        for out, more in (("misled", []), ("taught", ["--teacher", "toy-1", "--distill", "1", "--state", STATE])):
            done = self.train(out, *settings, *more, data=path("mislabelled"))
            self.assertEqual(done.returncode, 0, done.stderr)
        misled, taught = (run_json("eval", "--model", path(name), "--data", IDX)["accuracy"] for name in ("misled", "taught"))
        self.assertLess(misled, 0.2)
        self.assertGreater(taught, 0.5)
        self.assertEqual(run_json("info", path("taught"))["training"]["distill"], 1)
        done = self.train("taught", "--distill", "0.3")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--teacher", done.stderr)

    def test_the_folded_network_is_scored_as_eval_scores_it(self):
        net = write("norms.net", NET.replace("relu\n", "batchnorm\nrelu\n", 1))
        self.assertIn("batchnorm", read("norms.net").decode())
        done = run("train", "--net", net, "--out", path("norms"), "--data", IDX, "--batch", "20", "--val", "100", "--threads", "2",
                   "--epochs", "3", "--fold", "--json")
        said = json.loads(done.stdout.splitlines()[-1])["test_accuracy"]
        self.assertAlmostEqual(run_json("eval", "--model", path("norms"), "--data", IDX)["accuracy"], said, delta=0.006)
        self.assertGreater(said, 0.3)

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
            done = self.train(out, "--epochs", "2", "--augment", "default", "--json", data=data)
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


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
