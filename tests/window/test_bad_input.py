"""test_bad_input.py PROGRAM DATA SCREENSHOTS - what is missing or broken gives a message and the right exit status."""
import os
import shutil
import subprocess

import case
from desktop import WAIT
from digits import MADE_UP


class BadInput(case.WindowCase):
    def run_program(self, *args, **env):
        return subprocess.run([case.BINARY, *args], env={**self.display.env, **env}, capture_output=True, text=True,
                              timeout=WAIT)

    def fails(self, *args, **env):
        """Runs the program, which must end with status 1; what it said."""
        done = self.run_program("--state", self.path("state"), *args, **env)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertTrue(done.stderr.startswith("digitscope"), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, "one line: " + done.stderr)
        return done.stderr

    def starts_and_says(self, *args, **how):
        """The program starts all the same, reads digits, and shows a message."""
        program = self.start(*args, **how)
        program.wait(lambda: "dismiss" in program.layout, "a message")
        self.assertEqual(program.draw(MADE_UP["7"])["digit"], 7)
        return program

    def test_no_display(self):
        self.assertIn("display", self.fails(DISPLAY=""))

    def test_no_font(self):
        """One that is compiled in takes its place."""
        config = self.path("fonts.conf", b"<!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig></fontconfig>")
        program = self.start(env={"FONTCONFIG_FILE": config})
        self.assertEqual(program.draw(MADE_UP["7"])["digit"], 7)
        self.screenshot(program, "no-font")

    def test_usage(self):
        for args in (["--no-such-option"], ["--window", "big"], ["--theme", "pink"], ["--language", "xx"], ["--scale", "-1"], ["one", "two"]):
            done = self.run_program(*args)
            self.assertEqual(done.returncode, 2, args)
            self.assertTrue(done.stderr)

    def test_broken_model(self):
        model = self.path("broken.safetensors", b"\x10\0\0\0\0\0\0\0{\"a\": this is no model")
        program = self.starts_and_says("--model", model)
        self.screenshot(program, "message-broken-model")
        self.assertIn("broken.safetensors", program.stderr())

    def test_files_that_are_refused(self):
        """The terminal that asked for them is told, too, once."""
        for name, content in (("picture.png", b"\x89PNG\r\n\x1a\nand then nothing of the kind"), ("text.png", b"hello\n"),
                              ("cut.safetensors", b'\x40\0\0\0\0\0\0\0{"__metadata__":{"digitscope.version":"1"}'), ("page.onnx", b"<html>"),
                              ("broken.jsonl", b'{"strokes": 3}\n'), ("empty", b""), ("nowhere.png", None)):
            file = self.path(name, content)
            with self.subTest(name):
                program = self.starts_and_says(file)
                self.assertEqual(program.quit(), 0)
                shutil.rmtree(self.path("state"))  # the drawing would be offered
                lines = program.stderr().splitlines()
                self.assertEqual([line.startswith("digitscope: ") and name in line for line in lines], [True], lines)

    def test_bad_settings(self):
        os.mkdir(self.path("state"))
        self.path("state/settings", b"theme dark\nbrush very wide\nof_a_later_version 3\n")
        program = self.start()
        self.assertLess(program.picture().brightness(), 80, "the good line counts")
        self.assertEqual(program.quit(), 0)
        with open(self.path("state/settings")) as file:
            self.assertIn("of_a_later_version 3", file.read())

    def test_settings_that_are_no_text(self):
        os.mkdir(self.path("state"))
        self.path("state/settings", bytes(range(256)) * 8)
        self.starts_and_says()
        self.assertTrue(os.path.exists(self.path("state/settings.bad")))

    def test_no_program_of_the_path_is_run(self):
        """Not even where no message bus runs, which libraries below would start."""
        os.mkdir(self.path("programs"))
        for name in ("dbus-launch", "dbus-daemon", "ibus-daemon", "xdg-open", "sh"):
            program = self.path(f"programs/{name}", f"#!/bin/sh\necho {name} >> {self.path('ran')}\n".encode())
            os.chmod(program, 0o755)
        program = self.start(env={"PATH": self.path("programs"), "DBUS_SESSION_BUS_ADDRESS": None})
        self.assertEqual(program.draw(MADE_UP["7"])["digit"], 7)
        self.assertEqual(program.quit(), 0)
        self.assertFalse(os.path.exists(self.path("ran")))

    def test_no_place_for_the_state(self):
        self.path("state", b"a file where the folder should be")
        self.starts_and_says()


if __name__ == "__main__":
    case.main()
