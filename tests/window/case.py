"""case.py - the base of the window tests: one display per file, one folder and any number of programs per test."""
import os
import subprocess
import sys
import tempfile
import unittest

from desktop import Display, Picture, Program

BINARY, DATA, SCREENSHOTS = sys.argv[1:4]


class WindowCase(unittest.TestCase):
    screen = (1920, 1200)
    display_type = Display

    @classmethod
    def setUpClass(cls):
        cls.display = cls.display_type(*cls.screen)
        cls.addClassCleanup(cls.display.close)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="digitscope-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *args, display=None, **how):
        program = Program(BINARY, display or self.display, self.folder, *args, **how)
        self.addCleanup(program.kill)
        return program

    def needs(self, library, *command):
        """Skips the test where the program says that it was built without the library, which the command needs."""
        asked = subprocess.run([BINARY, *command], capture_output=True, text=True)
        if f"without {library}" in asked.stderr:
            self.skipTest(f"built without {library}")

    def needs_pictures(self):
        self.needs("SDL2_image", "predict", self.path("begun.png", b"\x89PNG\r\n\x1a\n"))

    def path(self, name, content=None):
        """A path in the test's folder; with content, a file there."""
        path = os.path.join(self.folder, name)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content)
        return path

    def screenshot(self, program, name):
        os.makedirs(SCREENSHOTS, exist_ok=True)
        picture = program.picture()
        picture.save(os.path.join(SCREENSHOTS, name + ".png"))
        return picture

    def assert_same_answer(self, a, b, places=3):
        self.assertEqual(a["digit"], b["digit"])
        self.assertEqual(len(a["probabilities"]), len(b["probabilities"]))
        for p, q in zip(a["probabilities"], b["probabilities"]):
            self.assertAlmostEqual(p, q, places)

    def assert_inside(self, program):
        """All that is to be seen lies in the window."""
        width, height = program.size()
        for name, (x, y, w, h) in program.layout.items():
            inside = x >= 0 and y >= 0 and x + w <= width and y + h <= height
            self.assertTrue(inside, f"{name} at {width}x{height}: {x, y, w, h}")

    def assert_empty(self, frame):
        self.assertIsNone(frame["digit"])
        answer = [frame[key] for key in ("text", "confidence", "probabilities", "unsure")]
        self.assertEqual(answer, ["", 0, [], False])


def main():
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
