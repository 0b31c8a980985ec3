"""test_docs.py PROGRAM PICTURES SERVE KERAS ONNX - the pages people read: links, commands, numbers, length.

Commands run in the order in which a page shows them, in a folder of their own with 300 made-up images as MNIST, so that what one
makes is there for the next. Those that need a server or a screen get one of ours."""
import gzip
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import random
import re
import shlex
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

PROGRAM, PICTURES, SERVE = os.path.abspath(sys.argv[1]), sys.argv[2] == "ON", sys.argv[3] == "ON"
READS_ALL = sys.argv[4:] == ["ON", "ON"]  # other programs' models
ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "nn/README.md", ROOT / "models/README.md", *sorted((ROOT / "assets/help").glob("*/*.md"))]
MOST_WORDS = 1500


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def anchors(page):
    names = set()
    for line in re.findall(r"^#+ (.*)$", without_code(page.read_text()), re.M):
        names.add(re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-"))
    return names


class Links(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        links = 0
        for page in PAGES:
            for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
                if "://" in target:
                    continue
                path, _, anchor = target.partition("#")
                there = (page.parent / path).resolve() if path else page
                self.assertTrue(there.exists(), f"{page.relative_to(ROOT)}: {target}")
                if anchor:
                    self.assertIn(anchor, anchors(there), f"{page.relative_to(ROOT)}: {target}")
                links += 1
        self.assertGreater(links, 40)

    def test_captions_say_where_the_window_speaks_another_language(self):
        """The pictures beside the folders of languages are of the English window."""
        english = {"de": "im Bild spricht das Fenster Englisch"}
        for page in PAGES:
            language = page.parent.name
            if page.parent.parent.name != "help" or language == "en":
                continue
            for caption in re.findall(r"!\[([^\]]*)\]\(\.\./[^)]*\)", page.read_text()):
                self.assertIn(english[language], caption, page.name)

    def test_files_named_in_code_exist(self):
        """`models/deploy.net`, `nn/kernel.h`: whatever begins with a folder of the tree."""
        folders = "|".join(p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".") and p.name != "build")
        named = 0
        for page in PAGES:
            for path in re.findall(rf"`((?:{folders})/[\w./-]+)`", page.read_text()):
                if not re.search("NAME|LANGUAGE", path):
                    self.assertTrue((ROOT / path).exists(), f"{page.relative_to(ROOT)}: {path}")
                    named += 1
        self.assertGreater(named, 15)

    def test_the_front_page_is_short(self):
        self.assertLessEqual(len((ROOT / "README.md").read_text().split()), MOST_WORDS)


class Numbers(unittest.TestCase):
    def test_the_tables_of_accuracy_agree(self):
        loader = importlib.machinery.SourceFileLoader("score", str(ROOT / "models/score"))
        score = importlib.util.module_from_spec(importlib.util.spec_from_loader("score", loader))
        loader.exec_module(score)
        log = score.shipped((ROOT / "models/README.md").read_text())
        front = score.rows(score.part((ROOT / "README.md").read_text(), "accuracy")[0])
        self.assertEqual({f"`{name}`": (row[3], row[5]) for name, row in log.items()}, {row[0]: (row[1], row[2]) for row in front})
        listed = json.loads(subprocess.run([PROGRAM, "models", "--json"], check=True, stdout=subprocess.PIPE).stdout)
        for model in listed:
            if model["name"] in log:
                self.assertEqual(log[model["name"]][3].replace(",", ""), str(model["parameters"]), model["name"])


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="digitscope-docs-")
        self.addCleanup(self.folder.cleanup)
        self.here = pathlib.Path(self.folder.name)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
        self.environment |= {"HOME": str(self.here), "LC_ALL": "C", "SDL_VIDEODRIVER": "dummy"}
        self.make_data()

    def make_data(self):
        """What the commands name: MNIST (noise around ten patterns), strokes, a picture, a space of settings."""
        dice = random.Random(1)
        mnist = self.here / ".local/share/digitscope/mnist"
        mnist.mkdir(parents=True)
        patterns = [[(dice.randrange(5) == 0) * 200 for _ in range(784)] for _ in range(10)]
        for part, count in (("train", 300), ("t10k", 100)):
            images = bytes(min(255, v + dice.randrange(50)) for i in range(count) for v in patterns[i % 10])
            (mnist / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">4I", 2051, count, 28, 28) + images)
            (mnist / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 2049, count) + bytes(i % 10 for i in range(count)))
        lines = []
        for i in range(100):
            stroke = [[dice.randrange(100), dice.randrange(100)] for _ in range(12)]
            lines.append(json.dumps({"label": str(i % 10), "writer": f"W{i % 5}", "strokes": [stroke], "w": 100, "h": 100}))
        (self.here / "strokes.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
        rows = b"".join(b"\0" + bytes(0 if 20 < y < 25 and 15 < x < 50 or abs(50 - x + (y - 20) // 3) < 3 and 20 < y < 80 else 255
                                      for x in range(100)) for y in range(100))
        chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        (self.here / "seven.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", 100, 100, 8, 0, 0, 0, 0)) +
                                              chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
        (self.here / "space.txt").write_text("lr log 1e-4 1e-2\nnet choice quick tiny\n")

    def run_shown(self, words):
        if words[1:] == ["fetch-data"]:  # tests/fetch has servers for it; here the name alone
            words = words + ["--help"]
        if words[1:2] == ["predict"] and not PICTURES:
            return
        if words[1:2] == ["serve"]:
            self.serve(words)
            return
        if words[1].startswith("--"):
            self.open_window(words)
            return
        done = subprocess.run([PROGRAM, *words[1:]], cwd=self.here, env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=200)
        if not READS_ALL and b"built without" in done.stderr:
            return
        self.assertEqual(done.returncode, 0, f"{' '.join(words)}\n{done.stderr.decode()[-600:]}")
        self.assertTrue(done.stdout or done.stderr, words)

    def serve(self, words):
        """On a port that is free, and of the machine's addresses on the one that is always there."""
        if not SERVE:
            return
        words = ["127.0.0.1" if "." in word and word.replace(".", "").isdigit() else word for word in words]
        server = subprocess.Popen([PROGRAM, *words[1:], "--port", "0"], cwd=self.here, env=self.environment, stdout=subprocess.PIPE)
        self.assertIn(b"http://127.0.0.1:", server.stdout.readline(), words)
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(20), 0, words)
        server.stdout.close()

    def open_window(self, words):
        trace = self.here / "trace.jsonl"
        window = subprocess.Popen([PROGRAM, *words[1:], "--trace", trace], cwd=self.here, env=self.environment)
        for _ in range(200):
            time.sleep(0.05)
            if trace.exists() and b'"frame"' in trace.read_bytes():
                break
        window.send_signal(signal.SIGTERM)
        self.assertEqual(window.wait(20), 0, words)
        self.assertIn(b'"frame"', trace.read_bytes())

    def run_page(self, page):
        """The lines of the page's shell blocks that call the program; cheap settings where a training would take long."""
        blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.S | re.M)).replace("\\\n", " ")
        shown = [shlex.split(line, comments=True) for line in blocks.splitlines() if line.startswith("digitscope")]
        for words in shown:
            if "--cross-validate" in words:
                words[words.index("--epochs") + 1] = "3"
            self.run_shown(words)
        return len(shown)

    def test_commands_of_the_front_page(self):
        self.assertGreater(self.run_page(ROOT / "README.md"), 8)

    def test_commands_of_the_help(self):
        shown = 0
        (self.here / "mine.safetensors").write_bytes((ROOT / "models/tiny.safetensors").read_bytes())
        for page in sorted((ROOT / "assets/help/en").glob("*.md")):
            shown += self.run_page(page)
        self.assertGreater(shown, 10)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
