"""test_controls.py PROGRAM DATA SCREENSHOTS - mouse, buttons, window sizes and options."""
import os

import case
from desktop import WAIT, Display
from digits import MADE_UP

SEVEN, ONE = MADE_UP["7"], MADE_UP["1"]
BAR = [[(0.3, 0.5), (0.7, 0.5)]]


class Controls(case.WindowCase):
    def test_undo_redo_clear(self):
        program = self.start()
        first = program.draw(SEVEN)
        second = program.draw(BAR)
        self.assertNotEqual(first["probabilities"], second["probabilities"])
        self.assert_same_answer(program.click("undo"), first)
        self.assert_same_answer(program.click("redo"), second)
        self.assert_empty(program.click("clear"))
        self.assert_same_answer(program.click("undo"), second)
        self.assert_same_answer(program.click("undo"), first)
        self.assert_empty(program.click("undo"))

    def test_eraser(self):
        program = self.start()
        drawn = program.draw(SEVEN)
        program.click("eraser")
        rows = [[(0.2, y / 40), (0.8, y / 40)] for y in range(2, 39)]
        self.assert_empty(program.draw([[point for row in rows for point in row]]))
        self.assert_same_answer(program.click("undo"), drawn)
        program.click("eraser")
        self.assert_same_answer(program.draw(SEVEN), drawn)

    def test_right_button_erases(self):
        program = self.start()
        drawn = program.draw(ONE)
        around = [(0.5, 0.08), (0.51, 0.08), (0.51, 0.93), (0.49, 0.93), (0.49, 0.08)]
        self.assert_empty(program.draw([around], button=3))
        self.assert_same_answer(program.click("undo"), drawn)

    def test_pointer_may_leave_the_canvas_and_the_window(self):
        program = self.start()
        x, y, w, h = program.layout["canvas"]
        inside = [(x + w * 0.5, y + h * 0.2), (x + w * 0.5, y + h * 0.6)]
        outside = [(x + w + 200, y + h * 0.6), (x + w * 0.5, y + h + 300), (x + w * 0.5, y + h * 0.8)]
        program.display.xdotool(script=program.script_of([inside + outside]))
        frame = program.settle()
        self.assertIsNotNone(frame["digit"])
        self.assert_empty(program.click("undo"))  # it was one stroke
        program.display.xdotool("mousemove", "--window", program.window, round(x + 50), round(y + 50))
        self.assert_empty(program.settle())

    def test_losing_the_focus_ends_the_stroke(self):
        program = self.start()
        x, y, w, h = program.layout["canvas"]
        down = program.script_of([[(x + w / 2, y + h * 0.2), (x + w / 2, y + h * 0.7)]]).rsplit("mouseup", 1)[0]
        program.display.xdotool(script=down)
        program.settle()
        program.display.xdotool("windowminimize", program.window)
        program.display.xdotool("windowmap", program.window)
        program.focus()
        at_rest = program.settle()
        program.display.xdotool("mousemove", "--window", program.window, round(x + w * 0.9), round(y + h * 0.9))
        self.assert_same_answer(program.settle(), at_rest)
        program.display.xdotool("mouseup", 1)
        self.assert_empty(program.click("undo"))

    def test_resize_keeps_the_drawing(self):
        program = self.start()
        drawn = program.draw(SEVEN)
        for width, height in ((640, 480), (1600, 1000), (700, 1000), (1200, 760)):
            program.resize(width, height)
            self.assertEqual(program.size(), (width, height))
            self.assert_inside(program)
            self.assert_same_answer(program.frames[-1], drawn)
        program.resize(640, 480)
        program.key("Delete")
        self.assertEqual(program.draw(SEVEN)["digit"], 7)

    def test_no_two_controls_overlap(self):
        for size in ((640, 480), (1200, 760)):
            program = self.start(size=size)
            boxes = [(name, program.layout[name]) for name in
                     ("canvas", "bars", "input28", "clear", "undo", "redo", "eraser", "brush", "theme", "help", "menu")]
            for i, (name, (x, y, w, h)) in enumerate(boxes):
                for other, (ox, oy, ow, oh) in boxes[:i]:
                    apart = x >= ox + ow or ox >= x + w or y >= oy + oh or oy >= y + h
                    self.assertTrue(apart, f"{name} and {other} at {size}")
            program.kill()

    def test_brush_width(self):
        program = self.start()
        x, y, w, h = program.layout["canvas"]

        def inked(width_key):
            program.key(*[width_key] * 12)
            program.key("Delete")
            empty = program.picture().crop((x, y, w, h))
            program.draw(ONE)
            return program.picture().crop((x, y, w, h)).differs(empty)

        thin, thick = inked("bracketleft"), inked("bracketright")
        print(f"\npixels of ink: thin {thin}, thick {thick}")
        self.assertGreater(thick, 1.5 * thin)

    def test_theme(self):
        light = self.start("--theme", "light")
        light_picture = light.picture()
        self.assertGreater(light_picture.brightness(), 180)
        light.click("theme")
        self.assertLess(light.picture().brightness(), 80)
        light.kill()
        dark = self.start("--theme", "dark")
        self.assertLess(dark.picture().brightness(), 80)

    def test_scale(self):
        heights = {}
        for scale in ("1", "1.5"):
            program = self.start("--scale", scale)
            heights[scale] = program.layout["undo"][3]
            program.kill()
        self.assertAlmostEqual(heights["1.5"] / heights["1"], 1.5, delta=0.1)

    def test_size_and_theme_are_remembered(self):
        program = self.start("--theme", "light")
        program.resize(900, 700)
        program.click("theme")
        dark = program.picture().brightness()
        self.assertEqual(program.quit(), 0)
        again = self.start(size=None)
        self.assertEqual(again.size(), (900, 700))
        self.assertAlmostEqual(again.picture().brightness(), dark, delta=5)

    def test_a_window_is_no_larger_than_the_screen(self):
        small = Display(1024, 700)
        self.addCleanup(small.close)
        fresh = self.start(display=small, size=None)
        self.assertLessEqual(fresh.size()[0], 1024)
        self.assertLessEqual(fresh.size()[1], 700)
        self.assertEqual(fresh.quit(), 0)
        large = self.start(size=(1800, 1100))
        self.assertEqual(large.quit(), 0)
        again = self.start(display=small, size=None)
        self.assertLessEqual(again.size()[0], 1024)
        self.assertLessEqual(again.size()[1], 700)

    def test_closing_by_the_window_manager_is_orderly(self):
        program = self.start()
        program.display.xdotool("key", "alt+F4")
        self.assertEqual(program.process.wait(timeout=WAIT), 0)
        self.assertTrue(os.path.exists(self.path("state/settings")))


if __name__ == "__main__":
    case.main()
