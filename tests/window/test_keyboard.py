"""test_keyboard.py PROGRAM DATA SCREENSHOTS - everything without a mouse, and the shortcuts."""
import os
import shutil
import subprocess
import unittest

import case
from digits import MADE_UP


class Keyboard(case.WindowCase):
    def focus_on(self, program, name):
        """Tab until the focus is there."""
        for _ in range(60):
            if program.frames[-1]["focus"] == name:
                return program.frames[-1]
            program.key("Tab")
        self.fail(f"Tab never reaches {name}")

    def test_draw_and_read_with_keys_alone(self):
        program = self.start()
        self.focus_on(program, "canvas")
        program.key(*["Up"] * 12)
        program.key("space", *["Down"] * 24)
        frame = program.key("space")
        self.assertEqual(frame["digit"], 1)
        self.screenshot(program, "keyboard-drawing")
        self.focus_on(program, "clear")
        self.assert_empty(program.key("Return"))
        self.focus_on(program, "undo")
        self.assert_same_answer(program.key("space"), frame)

    def test_tab_goes_everywhere_and_shows_where(self):
        program = self.start()
        program.draw(MADE_UP["7"])
        visited, pictures = [], []
        while True:
            name = program.key("Tab")["focus"]
            if visited and name == visited[0]:
                break
            visited.append(name)
            pictures.append(program.picture())
            self.assertLess(len(visited), 60, visited)
        print(f"\nTab order: {' '.join(visited)}")
        for wanted in ("canvas", "undo", "clear", "eraser", "brush", "theme", "help", "menu", "models"):
            self.assertIn(wanted, visited)
        self.assertEqual(len(set(visited)), len(visited), "every element once")
        for i in range(1, len(visited)):
            changed = pictures[i].differs(pictures[i - 1])
            self.assertGreater(changed, 60, f"from {visited[i - 1]} to {visited[i]}: nothing to be seen")
        self.assertEqual(program.key("shift+Tab")["focus"], visited[-1])

    def test_shortcuts(self):
        program = self.start()
        first = program.draw(MADE_UP["7"])
        second = program.draw([[(0.3, 0.5), (0.7, 0.5)]])
        self.assert_same_answer(program.key("ctrl+z"), first)
        self.assert_same_answer(program.key("ctrl+shift+z"), second)
        self.assert_empty(program.key("Delete"))
        self.assert_same_answer(program.key("ctrl+z"), second)
        before = program.layout["undo"][3]
        program.key("ctrl+plus")
        self.assertGreater(program.layout["undo"][3], before)
        program.key("ctrl+minus", "ctrl+minus")
        self.assertLess(program.layout["undo"][3], before)
        program.key("ctrl+0")
        self.assertEqual(program.layout["undo"][3], before)
        window = program.size()
        program.key("F11")
        program.wait(lambda: program.size() == self.screen, "the whole screen")
        program.key("F11")
        program.wait(lambda: program.size() == window, "the window's own size")
        self.assertEqual(program.quit(), 0)

    def press_place(self, program, *places):
        """Keys by their places on the keyboard (evdev codes + 8), the last one with the others held."""
        held = [str(place) for place in places[:-1]]
        words = [word for place in held for word in ("keydown", place)] + ["key", str(places[-1])]
        program.display.xdotool(*words, *[word for place in reversed(held) for word in ("keyup", place)])
        return program.settle()

    @unittest.skipUnless(shutil.which("setxkbmap"), "no setxkbmap")
    def test_shortcuts_on_other_keyboards(self):
        """Greek and Hebrew, Latin and Russian before and after a switch, French with its digits on Shift, and the keypad."""
        control, z, e, two, keypad_two, group = 37, 52, 26, 11, 88, 66
        for layout in ("gr", "il", "us,ru", "fr"):
            subprocess.run(["setxkbmap", "-layout", layout, "-option", "", "-option", "grp:caps_toggle"], env=self.display.env,
                           check=True)
            program = self.start()
            first = program.draw(MADE_UP["7"])
            for switches in range(3 if "," in layout else 1):
                program.draw([[(0.3, 0.5), (0.7, 0.5)]])
                if layout == "fr":
                    z = 25
                self.assert_same_answer(self.press_place(program, control, z), first)
                self.assertIn("input28", program.layout)
                self.press_place(program, control, two)
                self.assertIn("rotate", program.layout, f"Ctrl+2 on {layout} after {switches} switches")
                self.press_place(program, control, 10)
                self.assertNotIn("rotate", program.layout)
                self.press_place(program, control, keypad_two)
                self.assertIn("rotate", program.layout, "Ctrl and the keypad's 2")
                self.press_place(program, control, 10)
                before = program.picture()
                self.press_place(program, e)
                self.assertGreater(program.picture().differs(before), 50, "E is the eraser")
                self.press_place(program, e)
                if "," in layout:
                    self.press_place(program, group)
            program.kill()
        subprocess.run(["setxkbmap", "-layout", "us", "-option", ""], env=self.display.env, check=True)

    def test_popups_open_and_close(self):
        program = self.start()
        program.draw(MADE_UP["7"])
        usual = set(program.layout)
        for keys in ("F1", "F10", "ctrl+o", "ctrl+s", "ctrl+m"):
            program.key(keys)
            self.assertGreater(set(program.layout), usual, keys)
            program.key("Escape")
            self.assertEqual(set(program.layout), usual, f"Escape after {keys}")

    def test_save_and_open_a_picture(self):
        self.needs_pictures()
        program = self.start()
        drawn = program.draw(MADE_UP["7"])
        path = self.path("seven.png")
        program.key("ctrl+s", "ctrl+a")
        program.display.xdotool("type", "--delay", "0", path)
        program.key("Return")
        program.wait(lambda: os.path.exists(path), "the saved picture")
        with open(path, "rb") as file:
            self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")
        self.assert_empty(program.key("Delete"))
        program.key("ctrl+o")
        program.display.xdotool("type", "--delay", "0", path)
        program.key("Return")
        program.reads(drawn["digit"])
        out = subprocess.run([case.BINARY, "predict", path], capture_output=True, text=True, env=self.display.env)
        self.assertIn("7", out.stdout)

    def test_copy_and_paste_of_strokes(self):
        program = self.start()
        drawn = program.draw(MADE_UP["7"])
        program.key("ctrl+shift+c")
        self.assert_empty(program.key("Delete"))
        self.assertEqual(program.key("ctrl+v")["digit"], drawn["digit"])


if __name__ == "__main__":
    case.main()
