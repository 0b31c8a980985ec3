"""test_numbers.py PROGRAM DATA SCREENSHOTS - a number of several digits: the switch, boxes, joining and splitting."""
import case
import digits


def row_of(text):
    """Strokes of digits side by side, each in a box of 0.6 x 1."""
    return [[(0.6 * i + x, y) for x, y in stroke] for i, label in enumerate(text) for stroke in digits.MADE_UP[label]]


def box_of(text):
    return 0.2, 0, 0.6 * len(text), 1


class Numbers(case.WindowCase):
    def write(self, program, text):
        """Draws digits side by side and waits until something is read."""
        program.draw(row_of(text), box_of(text))
        program.wait(lambda: program.frames[-1]["text"], "an answer")
        return program.settle()

    def boxes(self, program):
        return sorted(name for name in program.layout if name.startswith("number."))

    def test_two_digits_are_offered_to_be_read_as_a_number(self):
        program = self.start()
        one = self.write(program, "42")
        self.assertNotEqual(one["text"], "42")
        self.assertEqual(self.boxes(program), [])
        self.screenshot(program, "number-offer")
        number = program.click("read_number")
        self.assertEqual((number["text"], number["digit"], number["unsure"]), ("42", None, False))
        self.assertGreater(number["confidence"], 0.8)
        self.assertEqual(self.boxes(program), ["number.0", "number.1"])
        self.assertNotIn("read_number", program.layout)

    def test_a_click_shows_the_bars_of_a_digit(self):
        program = self.start()
        program.click("numbers")
        last = self.write(program, "2026")
        self.assertEqual(last["text"], "2026")
        self.assertEqual(self.best(last), 6, "the digit drawn last")
        self.screenshot(program, "number-2026")
        self.assertEqual(self.best(program.click("number.1")), 0)
        self.assertEqual(self.best(program.key("period")), 2)
        self.assertEqual(self.best(program.key("comma", "comma")), 2)
        x, y, w, h = program.layout["number.3"]  # a tap on the ink below it, which leaves no dot
        program.display.xdotool("mousemove", "--window", program.window, x + w // 2, y + h + 40, "click", 1)
        tapped = program.settle()
        self.assertEqual((tapped["text"], self.best(tapped)), ("2026", 6))

    def best(self, frame):
        return max(range(10), key=frame["probabilities"].__getitem__)

    def test_join_and_split_by_hand(self):
        program = self.start()
        program.key("n")
        self.assertEqual(self.write(program, "112")["text"], "112")
        program.click("number.0")
        joined = program.click("join")
        self.assertEqual(len(joined["text"]), 2)
        self.assertEqual(joined["text"][1], "2")
        self.screenshot(program, "number-joined")
        self.assertEqual(program.click("split")["text"], "112")
        program.key("period", "period")
        self.assertEqual(len(program.key("x")["text"]), 4, "by keyboard")
        self.assertEqual(program.key("j")["text"], "112")
        self.assertEqual(program.key("ctrl+z")["text"], "11")
        self.assertEqual(program.key("n")["digit"] is None, False, "one digit again")

    def test_the_switch_is_remembered(self):
        program = self.start()
        program.click("numbers")
        self.assertEqual(program.quit(), 0)
        again = self.start()
        self.write(again, "70")
        again.wait(lambda: again.frames[-1]["text"] == "70", "a 70")

    def test_one_digit_is_the_same_with_and_without(self):
        program = self.start()
        alone = program.draw(digits.MADE_UP["5"])
        self.assert_same_answer(program.key("n"), alone, 6)
        self.assertEqual(self.boxes(program), [])

    def test_every_size(self):
        for size, args in (((640, 480), ()), ((1280, 720), ("--scale", "2")), ((1200, 760), ("--theme", "dark"))):
            program = self.start(*args, size=size, state=f"state{size[0]}")
            program.key("n")
            self.assertEqual(self.write(program, "4702")["text"], "4702")
            program.key("comma")
            self.assert_inside(program)
            self.screenshot(program, f"number-{size[0]}x{size[1]}")
            self.assertEqual(program.quit(), 0)


if __name__ == "__main__":
    case.main()
