"""test_recording.py PROGRAM DATA SCREENSHOTS - a session on a real display, recorded and played again without one."""
import json
import os
import subprocess

import case
from desktop import WAIT
from digits import MADE_UP

TIMES = ("t_ms", "frame_ms", "input_to_present_ms", "stall_ms")


def frames(path):
    """The trace without what depends on the moment."""
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [{key: value for key, value in row.items() if key not in TIMES} for row in rows]


class Recording(case.WindowCase):
    def replay(self, recording, state="replayed"):
        os.makedirs(self.path(state), exist_ok=True)
        return subprocess.run([case.BINARY, "--replay", recording, "--state", self.path(state), "--trace",
                               self.path("trace-again")], env={**os.environ, "DISPLAY": ""}, capture_output=True,
                              text=True, timeout=WAIT)

    def test_the_same_pixels_and_the_same_trace(self):
        program = self.start("--record", self.path("session.jsonl"))
        program.draw(MADE_UP["4"])
        program.key("ctrl+z", "ctrl+y", "ctrl+3")  # Inside: importance takes as long as it takes
        program.draw([[(0.2, 0.2), (0.5, 0.5)]], button=3)
        program.resize(900, 620)
        program.key("Delete", "ctrl+5")  # models are tried out by a worker
        program.wait(lambda: "row.1" in program.layout or any("model" in name for name in program.layout), "the models")
        program.draw(MADE_UP["7"])
        program.key("ctrl+comma", "Tab", "Right", "Escape", "F10", "Down", "Escape", "ctrl+t", "F1", "Escape")
        program.click("canvas")
        program.settle()
        self.assertEqual(program.quit(), 0)
        done = self.replay(self.path("session.jsonl"))
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        count = len([row for row in frames(program.trace_path) if "frame" in row])
        self.assertEqual(done.stdout, f"{count} frames, 0 of other pixels than recorded\n")
        self.assertGreater(count, 30)
        self.assertEqual(frames(self.path("trace-again")), frames(program.trace_path))

    def test_what_is_no_recording(self):
        program = self.start("--record", self.path("session.jsonl"))
        program.draw(MADE_UP["1"])
        program.kill()  # what happened so far is there
        self.assertEqual(self.replay(self.path("session.jsonl")).returncode, 0)
        with open(self.path("session.jsonl"), "rb") as file:
            whole = file.read()
        lines = whole.splitlines(keepends=True)
        bad = {"cut off": whole[:-5], "is empty": b"", "not the beginning": b"".join(lines[1:]),
               "line 2: not a step": lines[0] + b'{"event": "jump"}\n', "second beginning": lines[0] + lines[0]}
        for words, content in bad.items():
            done = self.replay(self.path("bad.jsonl", content))
            self.assertEqual(done.returncode, 1, words)
            self.assertIn(words, done.stderr)
            self.assertIn("bad.jsonl", done.stderr)
        other = whole.replace(b'"x":', b'"x":1', 1).replace(b'"event":"move"', b'"event":"down"', 3)
        done = self.replay(self.path("other.jsonl", other))
        self.assertEqual(done.returncode, 1)
        self.assertIn("other pixels", done.stderr)

    def test_a_file_that_is_there_is_not_replaced(self):
        other = self.path("thesis.txt", b"much work\n")
        session = self.path("session.jsonl", b'{"tick": 1}\n')
        for option, name, words in (("--record", other, "is there, and is not replaced"),
                                    ("--record", session, "is there, and is not replaced"),
                                    ("--trace", other, "is there, and is no trace")):
            with open(name, "rb") as file:
                before = file.read()
            done = subprocess.run([case.BINARY, option, name], capture_output=True, text=True, env=self.display.env,
                                  timeout=WAIT)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"{option} {name}: {words}", done.stderr)
            with open(name, "rb") as file:
                self.assertEqual(file.read(), before)
        self.path("session.jsonl", b"")  # an empty one is nobody's work
        self.start("--record", session, trace="trace.jsonl").draw(MADE_UP["1"])
        again = subprocess.run([case.BINARY, "--trace", self.path("trace.jsonl"), "--replay", session],
                               capture_output=True, text=True, timeout=WAIT)
        self.assertIn("--replay needs --state", again.stderr)  # and one trace takes the place of another


if __name__ == "__main__":
    case.main()
