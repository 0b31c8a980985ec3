"""test_train.py PROGRAM DATA SCREENSHOTS - a network is trained in the window: chosen, watched, kept or thrown away."""
import functools
import http.server
import json
import os
import signal
import subprocess
import threading
import time
import unittest

import case
from desktop import WAIT
from digits import MADE_UP

OWN = b"input 28 28 1\nconv 16 5\nrelu\nmaxpool 4\nflatten\ndense 10\nsoftmax\n"
LASTS = 50  # epochs of a training that goes on until it is ended: the most there are
MNIST = os.path.join(case.DATA, "mnist")


class Train(case.WindowCase):
    def start_trainer(self, *args, **how):
        """The window with a small architecture of the person's own, its view for training open."""
        os.makedirs(self.path("state/models"), exist_ok=True)
        self.path("state/models/own.net", OWN)
        program = self.start(*args, **how)
        self.press(program, "train.open")
        program.wait(lambda: "train.start" in program.layout or "train.fetch" in program.layout, "the form")
        return program

    def press(self, program, name, *then):
        """A click, and keys in the same breath. It does not wait for rest: while a network learns, there is none."""
        x, y, w, h = program.wait(lambda: program.layout.get(name), name)
        keys = ["key", *then] if then else []
        program.display.xdotool("mousemove", "--window", program.window, round(x + w / 2), round(y + h / 2), "click", 1, *keys)

    def choose(self, program, menu, entry):
        self.press(program, menu)
        self.press(program, entry)
        program.wait(lambda: entry not in program.layout, "the list to close")

    def set_epochs(self, program, more):
        """By the keyboard, from the lowest number."""
        while program.frames[-1]["focus"] != "train.epochs":
            program.key("Tab")
        program.key("Home", *["Right"] * more)

    def begin(self, program, epochs, *then):
        self.choose(program, "train.net", "net.own")
        self.set_epochs(program, epochs - 1)
        self.press(program, "train.start", *then)
        program.wait(lambda: "train.start" not in program.layout, "the training")

    def training_of(self, model):
        told = subprocess.run([case.BINARY, "info", model, "--json", "--state", self.path("state")], capture_output=True, check=True)
        return json.loads(told.stdout)["training"]

    def models(self):
        return sorted(name for name in os.listdir(self.path("state/models")) if name.endswith(".safetensors"))

    def test_train_two_epochs_and_keep(self):
        program = self.start_trainer()
        program.draw(MADE_UP["7"])
        self.begin(program, 2)
        program.wait(lambda: "train.keep" in program.layout, "the end")
        for name in ("train.loss", "train.accuracy", "train.name", "train.discard"):
            self.assertIn(name, program.layout)
        self.assert_inside(program)
        program.settle()
        self.screenshot(program, "train-ended")
        self.assertEqual(self.models(), [])
        self.press(program, "train.keep")
        program.wait(lambda: "train.start" in program.layout, "the form")
        self.assertEqual(self.models(), ["own-1.safetensors"])
        self.assertEqual(len(self.training_of("own-1")["history"]), 2)
        kept = program.settle()
        program.key("ctrl+m")
        self.assertIn("model.own-1", program.layout)
        program.key("Escape")
        self.assertEqual(program.quit(), 0)
        again = self.start("--model", "own-1")
        self.assert_same_answer(again.draw(MADE_UP["7"]), kept)

    def test_pause_rate_cancel_throw_away(self):
        program = self.start_trainer()
        before = program.draw(MADE_UP["3"])
        self.begin(program, LASTS)
        program.wait(lambda: len({tuple(f["probabilities"]) for f in program.frames if f["job"]}) > 2, "bars that move")
        program.wait(lambda: (program.frames[-1]["job"] or {"epoch": 0})["epoch"] > 1, "the second epoch")
        program.wait(lambda: program.frames[-1]["job"]["images_per_second"] > 0, "the speed")
        self.press(program, "train.pause")
        program.wait(lambda: program.frames[-1]["job"]["paused"], "the pause")
        at = program.rest()["job"]
        program.key("ctrl+z", "ctrl+shift+z")
        self.assertEqual(program.frames[-1]["job"]["step"], at["step"], "a paused training stands still")
        self.screenshot(program, "train-paused")
        x, y, w, h = program.layout["train.rate"]
        program.display.xdotool("mousemove", "--window", program.window, round(x + w * 0.7), round(y + h / 2), "click", 1)
        program.settle()
        self.press(program, "train.pause")
        program.wait(lambda: program.frames[-1]["job"] and program.frames[-1]["job"]["lr"] > 1.5 * at["lr"], "the rate")
        pressed = time.time()
        self.press(program, "train.cancel")
        program.wait(lambda: program.frames[-1]["job"] is None, "the answer to cancel")
        print(f"\ncancel answered after {1000 * (time.time() - pressed):.0f} ms, the click of xdotool included")
        program.wait(lambda: "train.keep" in program.layout, "the best so far")
        self.press(program, "train.discard")
        program.wait(lambda: "train.start" in program.layout, "the form")
        self.assertEqual(self.models(), [])
        self.assert_same_answer(program.settle(), before)

    def test_leaving_asks(self):
        program = self.start_trainer()
        self.begin(program, LASTS)
        program.wait(lambda: (program.frames[-1]["job"] or {"epoch": 0})["epoch"] > 1, "the second epoch")
        program.display.xdotool("key", "alt+F4")
        program.wait(lambda: "leave.discard" in program.layout, "the question")
        self.press(program, "cancel")
        program.wait(lambda: "leave.discard" not in program.layout, "the way back")
        program.wait(lambda: program.frames[-1]["job"], "the training goes on")
        program.display.xdotool("key", "alt+F4")
        self.press(program, "accept")
        self.assertEqual(program.process.wait(timeout=WAIT), 0)
        self.assertEqual(self.models(), ["own-1.safetensors"])

    def test_signals_keep_what_was_trained(self):
        for number, kind in enumerate((signal.SIGTERM, signal.SIGHUP), 1):
            program = self.start_trainer()
            self.begin(program, 1)
            program.wait(lambda: "train.keep" in program.layout, "the end")
            program.process.send_signal(kind)
            self.assertEqual(program.process.wait(timeout=WAIT), 0)
            self.assertEqual(len(self.models()), number)

    def test_kept_drawings_are_trained_on(self):
        program = self.start_trainer()
        program.draw(MADE_UP["7"])
        program.key("ctrl+k")
        program.click("keep.7")
        with open(self.path("state/digits.jsonl")) as file:
            kept = [json.loads(line) for line in file]
        self.assertEqual([row["label"] for row in kept], ["7"])
        self.assertEqual(len(kept[0]["strokes"]), len(MADE_UP["7"]))
        with open(self.path("state/digits.jsonl"), "a") as file:  # and more of the same kind
            for label, strokes in list(MADE_UP.items()) * 20:
                file.write(json.dumps({"label": label, "strokes": strokes}) + "\n")
        self.choose(program, "train.data", "data.kept")
        self.begin(program, 20)
        program.wait(lambda: "train.keep" in program.layout, "the end")

    def test_letters_are_learned_and_read(self):
        letters = {"L": [[(0.3, 0.1), (0.3, 0.9), (0.75, 0.9)]], "T": [[(0.2, 0.1), (0.8, 0.1)], [(0.5, 0.1), (0.5, 0.9)]],
                   "H": [[(0.25, 0.1), (0.25, 0.9)], [(0.75, 0.1), (0.75, 0.9)], [(0.25, 0.5), (0.75, 0.5)]]}
        rows = [json.dumps({"label": label, "strokes": [[(100 * x + i % 7, 100 * y - i % 5) for x, y in stroke]
                                                        for stroke in strokes], "w": 110, "h": 110})
                for i in range(40) for label, strokes in letters.items()]
        program = self.start_trainer("--data", self.path("letters.jsonl", "\n".join(rows).encode()))
        self.choose(program, "train.net", "net.own")
        self.set_epochs(program, 29)
        self.press(program, "train.start")
        program.wait(lambda: "train.keep" in program.layout, "the end")
        self.press(program, "train.keep")
        program.wait(lambda: "train.start" in program.layout, "the form")
        for label, strokes in letters.items():
            frame = program.draw(strokes)
            self.assertEqual((frame["text"], len(frame["probabilities"])), (label, 3))
            program.key("Delete")

    def test_a_notice_when_it_ends_elsewhere(self):
        program = self.start_trainer()
        self.begin(program, 2, "ctrl+1")
        program.wait(lambda: "dismiss" in program.layout, "the notice")
        self.assertNotIn("train.keep", program.layout)
        self.press(program, "train.open")
        program.wait(lambda: "train.keep" in program.layout, "the decision")

    def test_data_that_are_none(self):
        program = self.start_trainer("--data", self.folder)
        self.choose(program, "train.net", "net.own")
        self.press(program, "train.start")
        program.settle()
        program.wait(lambda: "train.start" in program.layout, "the form, with what is wrong")
        self.screenshot(program, "train-no-data")

    @unittest.skipUnless(os.path.isdir(MNIST), f"no MNIST in {MNIST}")
    def test_fetch_mnist(self):
        self.needs("libcurl", "fetch-data", "--from", "http://127.0.0.1:9/", "--to", self.path("fetched"))
        handler = functools.partial(Quiet, directory=MNIST)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        program = self.start_trainer("--mirror", f"http://127.0.0.1:{server.server_address[1]}")
        self.choose(program, "train.data", "data.mnist")
        self.press(program, "train.fetch")
        program.wait(lambda: "train.start" in program.layout, "MNIST")
        self.assertEqual(len(os.listdir(self.path("state/mnist"))), 4)

    def test_fetch_from_nowhere(self):
        self.needs("libcurl", "fetch-data", "--from", "http://127.0.0.1:9/", "--to", self.path("fetched"))
        program = self.start_trainer("--mirror", "http://127.0.0.1:9/")
        self.choose(program, "train.data", "data.mnist")
        self.press(program, "train.fetch")
        program.wait(lambda: "train.cancel" in program.layout, "the download")
        self.press(program, "train.cancel")
        program.wait(lambda: "train.fetch" in program.layout, "the form")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


if __name__ == "__main__":
    case.main()
