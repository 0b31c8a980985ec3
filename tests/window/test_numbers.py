"""test_numbers.py PROGRAM DATA SCREENSHOTS - a number of several digits: the switch, boxes, joining and splitting."""
import case
import digits


def row_of(text):
    """Strokes of digits side by side, each in a box of 0.6 x 1."""
    return [[(0.6 * i + x, y) for x, y in stroke] for i, label in enumerate(text) for stroke in digits.MADE_UP[label]]


def box_of(text):
    return 0.2, 0, 0.6 * len(text), 1


class Numbers(case.WindowCase):
    def becomes(self, program, text, best=None):
        """Waits until that is read, and shown are the bars of that digit; the frame."""
        def is_so():
            frame = program.frames[-1]
            return frame["text"] == text and (best is None or self.best(frame) == best)
        program.wait(is_so, f"{text} with the bars of {best}")
        return program.settle()

    def best(self, frame):
        return max(range(10), key=frame["probabilities"].__getitem__)

    def write(self, program, text):
        program.draw(row_of(text), box_of(text))
        return self.becomes(program, text)

    def boxes(self, program):
        return sorted(name for name in program.layout if name.startswith("number."))

    def test_two_digits_are_offered_to_be_read_as_a_number(self):
        program = self.start()
        program.draw(row_of("42"), box_of("42"))
        program.wait(lambda: "read_number" in program.layout, "the offer")
        self.assertNotEqual(program.frames[-1]["text"], "42")
        self.assertEqual(self.boxes(program), [])
        self.screenshot(program, "number-offer")
        program.click("read_number")
        number = self.becomes(program, "42")
        self.assertEqual((number["digit"], number["unsure"]), (None, False))
        self.assertGreater(number["confidence"], 0.8)
        self.assertEqual(self.boxes(program), ["number.0", "number.1"])
        self.assertNotIn("read_number", program.layout)

    def test_a_click_shows_the_bars_of_a_digit(self):
        program = self.start()
        program.click("numbers")
        self.write(program, "2026")
        self.becomes(program, "2026", 6)  # the digit drawn last
        self.screenshot(program, "number-2026")
        program.click("number.1")
        self.becomes(program, "2026", 0)
        program.key("period")
        self.becomes(program, "2026", 2)
        program.key("period")
        self.becomes(program, "2026", 6)
        program.key("comma", "comma")
        self.becomes(program, "2026", 0)
        x, y, w, h = program.layout["number.3"]  # a tap on the ink below it, which leaves no dot
        program.display.xdotool("mousemove", "--window", program.window, x + w // 2, y + h + 40, "click", 1)
        self.becomes(program, "2026", 6)

    def test_join_and_split_by_hand(self):
        program = self.start()
        program.key("n")
        self.write(program, "112")
        program.click("number.0")
        program.wait(lambda: "join" in program.layout, "the tools")
        program.click("join")
        program.wait(lambda: len(self.boxes(program)) == 2, "two digits")
        self.assertEqual(program.settle()["text"][1], "2")
        self.screenshot(program, "number-joined")
        program.click("split")
        self.becomes(program, "112")
        program.key("period", "period")
        self.becomes(program, "112", 2)
        program.key("x")  # by keyboard
        program.wait(lambda: len(self.boxes(program)) == 4, "four digits")
        program.key("j")
        self.becomes(program, "112")
        for text in ("1112", "112"):  # what was joined and split last is taken back first,
            program.key("ctrl+z")
            self.becomes(program, text)
        program.key("ctrl+z")
        program.wait(lambda: len(self.boxes(program)) == 2, "two digits")
        for text in ("112", "11"):  # then a stroke
            program.key("ctrl+z")
            self.becomes(program, text)
        program.key("n")
        program.wait(lambda: program.frames[-1]["digit"] is not None, "one digit again")

    def test_the_switch_is_remembered(self):
        program = self.start()
        program.click("numbers")
        self.assertEqual(program.quit(), 0)
        self.write(self.start(), "70")

    def test_one_digit_is_the_same_with_and_without(self):
        program = self.start()
        program.draw(digits.MADE_UP["5"])
        program.reads(5)
        alone = program.settle()
        self.assert_same_answer(program.key("n"), alone, 6)
        self.assertEqual(self.boxes(program), [])

    def test_every_size(self):
        for size, args in (((640, 480), ()), ((1280, 720), ("--scale", "2")), ((1200, 760), ("--theme", "dark"))):
            program = self.start(*args, size=size, state=f"state{size[0]}")
            program.key("n")
            self.write(program, "4702")
            program.key("comma")
            self.assert_inside(program)
            self.screenshot(program, f"number-{size[0]}x{size[1]}")
            self.assertEqual(program.quit(), 0)


if __name__ == "__main__":
    case.main()
