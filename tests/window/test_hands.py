"""test_hands.py PROGRAM DATA SCREENSHOTS - the controls of numbers, Inside and Break it by a finger and by a pen."""
import time

import case
import digits
import tablet
from test_numbers import box_of, row_of


class Hand:
    """A program in the hand of somebody without mouse and keyboard; `device` is what they touch it with."""

    def __init__(self, program, device):
        self.program, self.device = program, device
        self.left, self.top = program.origin()
        time.sleep(0.6)  # how long a hand is ignored after a pointer hovered: that may be a pen

    def stroke(self, points):
        """Along pixels of the window, in small steps."""
        steps = [points[0]]
        for (x0, y0), (x1, y1) in zip(points, points[1:]):
            steps += [(x0 + (x1 - x0) * k / 8, y0 + (y1 - y0) * k / 8) for k in range(1, 9)]
        self.device.stroke([(self.left + round(x), self.top + round(y), 0.5) for x, y in steps])

    def tap(self, name):
        x, y, w, h = self.program.wait(lambda: self.program.layout.get(name), name)
        self.stroke([(x + w / 2, y + h / 2)])
        return self.program.settle()

    def drag(self, name, begin, end):
        """Along a slider, from and to shares of its width."""
        x, y, w, h = self.program.layout[name]
        self.stroke([(x + begin * w, y + h / 2), (x + end * w, y + h / 2)])
        return self.program.settle()

    def draw(self, strokes, box=(0, 0, 1, 1)):
        for stroke in self.program.on_canvas(strokes, box):
            self.stroke(stroke)

    def reads(self, text):
        """The frame in which that is the answer and nothing moves any more."""
        self.program.wait(lambda: self.program.frames[-1]["text"] == text, text)
        return self.program.settle()


class Hands(tablet.TabletCase):
    def by_hand(self, use, *args, size=(1000, 700)):
        """A fresh program in each hand."""
        for name in ("touch", "pen"):
            with self.subTest(name, args=args, size=size):
                program = self.start(*args, size=size, state=f"{name}{size[0]}")
                use(Hand(program, getattr(self.display, name)))
                program.kill()

    def use_numbers(self, hand):
        hand.draw(row_of("42"), box_of("42"))
        hand.tap("read_number")
        hand.reads("42")
        hand.tap("clear")
        hand.draw(row_of("112"), box_of("112"))
        hand.reads("112")
        hand.tap("number.0")
        hand.tap("join")
        hand.program.wait(lambda: "number.2" not in hand.program.layout, "two digits")
        hand.tap("split")
        hand.reads("112")

    def use_inside(self, hand):
        program = hand.program
        hand.tap("view.inside")
        hand.draw(digits.MADE_UP["5"])
        drawn = hand.reads("5")
        hand.tap("maps.conv1")
        self.assertNotEqual(hand.tap("map.off")["probabilities"], drawn["probabilities"])
        self.assertIn("touched", program.layout)
        self.assert_same_answer(hand.tap("untouch"), drawn)
        self.assertNotEqual(hand.drag("map.weight", 0.5, 0.98)["probabilities"], drawn["probabilities"])
        self.assert_same_answer(hand.tap("untouch"), drawn)
        hand.tap("layer.back")
        hand.tap("map.show")
        program.wait(lambda: "map" in program.layout, "the map of known digits")
        hand.tap("map.back")
        self.assertIn("maps.conv1", program.layout)

    def use_break_it(self, hand):
        hand.tap("view.break")
        hand.draw(digits.MADE_UP["6"])
        drawn = hand.reads("6")
        hand.drag("rotate", 0.5, 0.97)
        hand.reads("9")
        self.assert_same_answer(hand.tap("reset"), drawn)
        for page in ("fool", "dream", "sliders"):
            hand.tap(f"break.{page}")
        hand.drag("rotate", 0.5, 0.97)
        hand.reads("9")

    def test_numbers(self):
        self.by_hand(self.use_numbers)
        self.by_hand(self.use_numbers, size=(640, 480))

    def test_numbers_twice_as_large(self):
        self.by_hand(self.use_numbers, "--scale", "2", size=(1280, 720))

    def test_inside(self):
        self.by_hand(self.use_inside)

    def test_break_it(self):
        self.by_hand(self.use_break_it)


if __name__ == "__main__":
    case.main()
