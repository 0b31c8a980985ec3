"""test_drawing.py PROGRAM DATA SCREENSHOTS - earlier drawings, pauses, taps, settings, kinds of files, photos, help."""
import json
import os
import time

import case
from digits import MADE_UP

SEVEN, ONE, THREE = MADE_UP["7"], MADE_UP["1"], MADE_UP["3"]


def photo(path, strokes, width=600, height=450):
    """A picture of strokes on paper whose right side lies in the shade, as PGM."""
    level = bytearray(int(230 * (1 if x < 0.55 * width else 0.45)) for _ in range(height) for x in range(width))
    for stroke in strokes:
        for (x0, y0), (x1, y1) in zip(stroke, stroke[1:]):
            for i in range(201):
                x = int(width / 2 + (x0 + (x1 - x0) * i / 200 - 0.5) * 300)
                y = int(height / 2 + (y0 + (y1 - y0) * i / 200 - 0.5) * 300)
                for dy in range(-6, 7):
                    for dx in range(-6, 7):
                        at = (y + dy) * width + x + dx
                        level[at] = int(60 * (1 if x + dx < 0.55 * width else 0.45))
    with open(path, "wb") as file:
        file.write(b"P5\n%d %d\n255\n" % (width, height) + bytes(level))
    return path


class Drawing(case.WindowCase):
    def type(self, text):
        self.display.xdotool("type", "--delay", "0", text)

    def test_earlier_drawings_come_back_also_after_a_restart(self):
        program = self.start()
        seven = program.draw(SEVEN)
        program.click("clear")
        program.draw(THREE)
        program.key("Delete")
        self.assertIn("recent.2", program.layout)
        self.assert_same_answer(program.click("recent.2"), seven)
        self.screenshot(program, "earlier-strip")
        self.assertEqual(program.quit(), 0)
        again = self.start(size=(640, 480))  # too small for the strip
        self.assertNotIn("recent.1", again.layout)
        again.key("ctrl+h")
        self.screenshot(again, "earlier-dialog-640x480")
        names = [name for name in again.layout if name.startswith("earlier.")]
        self.assertEqual(len(names), 2)
        again.key("Right")  # the 7 was brought back last, so it comes first
        again.key("Return")
        again.reads(3)
        again.key("ctrl+h")
        again.click("forget")
        again.key("Escape")
        self.assertEqual(os.path.getsize(self.path("state/recent.jsonl")), 0)

    def test_after_a_pause_the_next_person_begins_anew(self):
        program = self.start()
        program.key("ctrl+comma")
        while program.frames[-1]["focus"] != "pause":
            program.key("Tab")
        program.key("Right", "Right")  # one second
        self.screenshot(program, "settings")
        program.key("Escape")
        drawn = program.draw(SEVEN)
        time.sleep(1.2)  # the pause itself
        alone = program.draw(ONE)
        self.assertEqual((drawn["digit"], alone["digit"]), (7, 1))
        self.assertIn("recent.1", program.layout)
        self.assert_same_answer(program.click("recent.1"), drawn)
        self.assertEqual(program.quit(), 0)
        with open(self.path("state/settings")) as file:
            self.assertIn("pause 1.000\n", file.read())

    def test_a_tap_leaves_nothing_and_a_held_dot_does(self):
        program = self.start()
        self.assert_empty(program.click("canvas"))
        x, y, w, h = program.layout["canvas"]
        program.display.xdotool("mousemove", "--window", program.window, x + w // 2, y + h // 2, "mousedown", 1)
        time.sleep(0.3)  # how long a hand holds
        program.display.xdotool("mouseup", 1)
        self.assertIsNotNone(program.settle()["digit"])

    def test_save_as_every_kind_and_open_again(self):
        self.needs_pictures()
        program = self.start()
        drawn = program.draw(SEVEN)
        begins = {"picture": (".png", b"\x89PNG"), "28x28": ("-28x28.png", b"\x89PNG"), "svg": (".svg", b"<svg"),
                  "strokes": (".jsonl", b'{"label"')}
        for kind, (ending, begin) in begins.items():
            program.key("ctrl+s", "ctrl+a")
            self.type(self.path("seven.png"))
            program.click("save." + kind)
            if kind == "svg":
                self.screenshot(program, "save-as-svg")
            program.click("accept")
            with open(self.path("seven" + ending), "rb") as file:
                self.assertTrue(file.read().startswith(begin), kind)
        with open(self.path("seven.jsonl")) as file:
            self.assertEqual(len(json.load(file)["strokes"]), len(SEVEN))
        for name in ("seven-28x28.png", "seven.jsonl", "seven.png"):
            program.key("ctrl+o")
            self.type(self.path(name))
            program.key("Return")
            program.wait(lambda: "path" not in program.layout, "the end of the dialog")
            program.reads(drawn["digit"])

    def test_a_photo_in_uneven_light(self):
        path = photo(self.path("photo.pgm"), SEVEN)
        program = self.start(path)
        program.reads(7)
        self.screenshot(program, "photo")

    def test_help_explains_everything_in_sight(self):
        for size in ((640, 480), (1200, 760)):
            program = self.start(size=size)
            program.draw(SEVEN)
            before = program.picture()
            program.key("shift+F1")
            self.assertIn("keys", program.layout)
            self.assertGreater(program.picture().differs(before), 10000)
            self.screenshot(program, f"explained-{size[0]}x{size[1]}")
            program.click("keys")
            self.assertNotIn("keys", program.layout)
            self.screenshot(program, f"keys-{size[0]}x{size[1]}")
            program.key("Escape")
            self.assertNotIn("close", program.layout)
            program.kill()

    def test_a_person_looks_something_up(self):
        """F1, a word, Enter, a link, back, and on with drawing."""
        for size in ((640, 480), (1200, 760)):
            program = self.start(size=size)
            program.draw(SEVEN)
            program.key("ctrl+2")
            program.key("F1")
            self.assertIn("help.find", program.layout)
            self.screenshot(program, f"help-{size[0]}x{size[1]}")
            program.key(*"pause")
            self.assertTrue(any(name.startswith("help.found.") for name in program.layout))
            self.screenshot(program, f"help-found-{size[0]}x{size[1]}")
            program.key("Return")
            self.assertFalse(any(name.startswith("help.found.") for name in program.layout))
            self.assertIn("help.find", program.layout)
            program.key("Escape")
            self.assertNotIn("help.find", program.layout)
            self.assertEqual(program.settle()["digit"], 7)
            program.kill()


if __name__ == "__main__":
    case.main()
