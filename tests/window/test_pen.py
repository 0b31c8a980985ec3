"""test_pen.py PROGRAM DATA SCREENSHOTS - a tablet's pen: pressure, the eraser end, hands on the screen beside it."""
import json
import time

import case
import tablet


def line(x0, x1, y, pressures):
    """A line from left to right, a point for each pressure."""
    step = (x1 - x0) / (len(pressures) - 1)
    return [(round(x0 + i * step), y, pressure) for i, pressure in enumerate(pressures)]


RISING = [0.1 + 0.9 * i / 60 for i in range(61)]


class PenTest(tablet.TabletCase):
    def setUp(self):
        super().setUp()
        self.program = self.start(size=(1000, 700))
        left, top = self.program.origin()
        x, y, w, h = self.program.layout["canvas"]
        self.canvas = (left + x, top + y, w, h)

    def across(self, height, pressures):
        x, y, w, h = self.canvas
        return line(x + 0.1 * w, x + 0.9 * w, round(y + height * h), pressures)

    def pixels(self, name):
        return self.screenshot(self.program, name).crop(self.program.layout["canvas"])

    def thickness(self, picture, at):
        """Dark pixels in a column of the canvas."""
        column = 4 * round(at * picture.width) + 1
        return sum(row[column] < 128 for row in picture.rows)

    def strokes(self):
        """What is saved by the dialog: lists of [x, y, ms, pressure]."""
        path = self.path("drawing.jsonl")
        self.program.key("ctrl+s", "ctrl+a")
        self.display.xdotool("type", "--delay", "0", path)
        self.program.click("save.strokes")
        self.program.click("accept")
        with open(path, encoding="utf-8") as file:
            return json.load(file)["strokes"]

    def test_pressure_widens_the_stroke(self):
        self.display.pen.stroke(self.across(0.5, RISING))
        self.program.settle()
        picture = self.pixels("pen-pressure")
        widths = [self.thickness(picture, at) for at in (0.2, 0.4, 0.6, 0.8)]
        self.assertEqual(widths, sorted(set(widths)), "wider from left to right")
        (stroke,) = self.strokes()
        self.assertEqual([round(point[3], 3) for point in stroke], [round(p, 3) for p in RISING])

    def test_a_pen_that_stays_in_its_place_still_presses(self):
        x, y, w, h = self.canvas
        held = [(x + w // 2, y + h // 3, pressure) for pressure in RISING]
        self.display.pen.stroke([*held, (x + w // 2, y + h // 2, 1)])
        self.program.settle()
        (stroke,) = self.strokes()
        self.assertEqual([round(point[3], 3) for point in stroke], [round(p, 3) for p in RISING + [1]])

    def test_the_other_end_erases(self):
        self.display.pen.stroke(self.across(0.5, [1] * 40))
        self.assertIsNotNone(self.program.settle()["digit"])
        self.display.eraser.stroke(self.across(0.5, [1] * 40))
        self.program.settle()
        self.assertEqual(self.thickness(self.pixels("pen-eraser"), 0.5), 0)
        self.assert_empty(self.program.frames[-1])
        self.display.pen.stroke(self.across(0.3, [1] * 40))
        self.assertIsNotNone(self.program.settle()["digit"])

    def test_a_mouse_beside_the_pen_stays_a_mouse(self):
        self.display.pen.stroke(self.across(0.3, [0.5] * 20))
        self.program.draw([[(0.1, 0.7), (0.9, 0.7)]])
        self.display.pen.stroke(self.across(0.5, [0.5] * 20))
        self.program.settle()
        pressures = [{point[3] for point in stroke} for stroke in self.strokes()]
        self.assertEqual(pressures, [{0.5}, {1}, {0.5}])

    def test_the_pen_clicks_buttons(self):
        self.display.pen.stroke(self.across(0.5, [1] * 40))
        self.assertIsNotNone(self.program.settle()["digit"])
        left, top = self.program.origin()
        x, y, w, h = self.program.layout["clear"]
        self.display.pen.stroke([(left + x + w // 2, top + y + h // 2, 0.5)])
        self.assert_empty(self.program.settle())

    def test_a_pen_plugged_in_later(self):
        self.display.xinput("float", "Test Pen stylus")
        self.addCleanup(self.display.xinput, "reattach", "Test Pen stylus", "Virtual core pointer")
        self.program.kill()
        program = self.program = self.start(size=(1000, 700))
        program.draw([[(0.1, 0.2), (0.9, 0.2)]])
        self.display.xinput("reattach", "Test Pen stylus", "Virtual core pointer")
        self.display.pen.stroke(self.across(0.5, RISING))
        program.settle()
        self.assertEqual(self.strokes()[1][0][3], 0.1)

    def test_a_hand_beside_the_pen_draws_nothing_and_alone_it_does(self):
        x, y, w, h = self.canvas
        pen, touch = self.display.pen, self.display.touch
        self.program.settle()
        for at in range(10):
            pen.near(True)
            pen.move(x + 20 + at, y + 20)
            pen.sync()
            touch.put(touch.UPDATE if at else touch.BEGIN, x + w // 2 + 9 * at, y + h // 2)
            touch.sync()
        touch.put(touch.END, x + w // 2 + 90, y + h // 2)
        touch.sync()
        pen.near(False)
        self.assert_empty(self.program.settle())
        time.sleep(0.6)  # how long a pen is said to be near after it moved
        pressures = [(1 + at) / 10 for at in range(10)]
        for at, pressure in enumerate(pressures):
            touch.put(touch.UPDATE if at else touch.BEGIN, x + w // 2, y + h // 3 + 20 * at, pressure)
        touch.put(touch.END, x + w // 2, y + h // 3 + 180, 1)
        touch.sync()
        self.assertIsNotNone(self.program.settle()["digit"])
        (stroke,) = self.strokes()
        self.assertEqual([round(point[3], 3) for point in stroke], pressures)


if __name__ == "__main__":
    case.main()
