"""test_files.py PROGRAM ... - what commands do with files that are no files, and where they may not write so much."""
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
FOLDER = tempfile.mkdtemp(prefix="digitscope-test-")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")} | {"HOME": FOLDER, "LC_ALL": "C"}
TRAIN = ["train", "--epochs", "5", "--lr", "0.01", "--val", "20", "--batch", "20"]


def path(name):
    return os.path.join(FOLDER, name)


def write(name, content):
    with open(path(name), "wb") as file:
        file.write(content)
    return path(name)


def run(*words, **how):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, env=ENVIRONMENT, timeout=60, **how)


def setUpModule():
    os.makedirs(path("idx"))
    images = b"".join(bytes(255 * (k // 70 == i % 10) for k in range(784)) for i in range(100))
    write("idx/train-images-idx3-ubyte", struct.pack(">IIII", 0x803, 100, 28, 28) + images)
    write("idx/train-labels-idx1-ubyte", struct.pack(">II", 0x801, 100) + bytes(i % 10 for i in range(100)))
    write("wide.net", b"input 28 28 1\nflatten\ndense 32\nrelu\ndense 10\nsoftmax\n")
    os.mkfifo(path("pipe"))
    for ending in (".csv", ".csv.gz", ".net", ".safetensors", ".jsonl", ".png", ".txt"):
        os.symlink(path("pipe"), path("pipe" + ending))


def tearDownModule():
    shutil.rmtree(FOLDER)


class Pipes(unittest.TestCase):
    """Opening a pipe to which nobody writes waits for ever."""

    def test_every_input(self):
        idx, net, pipe = path("idx"), path("wide.net"), path("pipe")
        train = [*TRAIN, "--out", path("never.safetensors")]
        commands = [
            ["info", pipe + ".safetensors"],
            ["eval", "--data", pipe + ".csv"],
            ["eval", "--data", pipe + ".csv.gz"],
            ["eval", "--model", pipe + ".safetensors", "--data", idx],
            ["ink", pipe + ".jsonl"],
            ["predict", pipe + ".png"],
            ["search", pipe + ".txt", "--out", path("search")],
            [*train, "--net", pipe + ".net", "--data", idx],
            [*train, "--net", net, "--data", idx, "--pens", pipe + ".jsonl"],
            [*train, "--start", pipe + ".safetensors", "--data", idx],
        ]
        for command in commands:
            with self.subTest(command=command[:1] + command[-2:]):
                done = run(*command)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn("named pipe, not a file", done.stderr)
                self.assertIn("pipe.", done.stderr)


class Limits(unittest.TestCase):
    """ulimit -f and quotas: the system's signal for this ends a program that does not expect it."""

    def limited(self, *words):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))

        return run(*words, preexec_fn=limit)

    def test_nothing_is_lost_or_left(self):
        net, out = path("wide.net"), write("old.safetensors", b"old")
        done = self.limited(*TRAIN, "--net", net, "--out", out, "--data", path("idx"))
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("old.safetensors: cannot save: File too large", done.stderr)
        with open(out, "rb") as file:
            self.assertEqual(file.read(), b"old")
        self.assertEqual([name for name in os.listdir(FOLDER) if name.endswith(".tmp")], [])

    def test_a_name_that_no_model_can_have_is_refused_at_once(self):
        """By every command that writes a model, before it opens what it is to work on: the command line is wrong."""
        nowhere = path("nowhere")
        commands = {"train": ["--net", nowhere + ".net"], "prune": [nowhere + ".safetensors"], "quantize": [nowhere + ".safetensors"],
                    "teach": ["--strokes", nowhere], "import": [nowhere + ".onnx"]}
        for command, words in commands.items():
            for name, why in [("own.ensemble", "the name of an ensemble; a model needs another ending"),
                              ("own.net", "the name of an architecture; a model needs another ending"),
                              ("own.history", "history"), ("own.ckpt", "a training that goes on"), ("own.onnx", "digitscope export"),
                              ("own.keras", "digitscope export"), ("own.h5", "another program's model"),
                              ("own.PNG", "a picture"), ("own.jsonl.gz", "data"), ("own.txt", "a text"),
                              ("idx", "no file that could be replaced"), ("own/", "no file that could be replaced"),
                              ("nowhere/own", "cannot be written there: No such file"), (256 * "n", "too long"), (5000 * "n", "too long")]:
                done = run(command, *words, "--out", path(name))
                self.assertEqual((done.returncode, done.stdout), (2, ""), (command, name, done.stderr))
                self.assertIn(why, done.stderr)
        for name in ("idx", "nowhere/own.onnx", 256 * "n"):
            done = run("export", nowhere + ".safetensors", "--format", "onnx", "--out", path(name))
            self.assertEqual((done.returncode, done.stdout), (2, ""), name)

    def test_no_half_report_is_left(self):
        """Of a folder that was there before, what was in it stays."""
        limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (14000, 14000))}
        os.makedirs(path("old report"))
        write("old report/notes.txt", b"mine")
        table = write("digits.csv", b"".join(b"%d" % (i % 10) + b",%d" % (20 * (i % 10)) * 784 + b"\n" for i in range(60)))
        for words in (["eval", "--data", table], ["data", table]):
            for folder in ("new report", "old report"):
                result = run(*words, "--report", path(folder), **limit)
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertIn("File too large", result.stderr)
            self.assertFalse(os.path.exists(path("new report")))
            self.assertIn("notes.txt", os.listdir(path("old report")))

    def test_the_longest_name_that_a_file_can_have(self):
        for name in (243 * "n" + ".safetensors", 121 * "\u00e9" + "n.safetensors"):
            done = run(*TRAIN, "--net", path("wide.net"), "--out", path(name), "--data", path("idx"))
            self.assertEqual(done.returncode, 0, done)
            self.assertEqual(run("info", path(name)).returncode, 0, name)

    def test_a_private_model_stays_private(self):
        net, out = path("wide.net"), write("private.safetensors", b"old")
        os.chmod(out, 0o600)
        done = run(*TRAIN, "--net", net, "--out", out, "--data", path("idx"))
        self.assertEqual(done.returncode, 0, done)
        self.assertGreater(os.path.getsize(out), 1000)
        self.assertEqual(os.stat(out).st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
