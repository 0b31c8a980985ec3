"""test_digits.py PROGRAM DATA SCREENSHOTS - real pen strokes, drawn with the mouse through the X server, are read."""
import case
import digits


class Digits(case.WindowCase):
    def test_digits_are_read_while_they_are_drawn(self):
        program = self.start()
        todo, enough, source = digits.to_draw(case.DATA)
        right, wrong = 0, []
        for number, (label, strokes, box) in enumerate(todo):
            self.assert_empty(program.key("Delete") if number else program.settle())
            before = len(program.frames)
            frame = program.draw(strokes, box)
            self.assertAlmostEqual(sum(frame["probabilities"]), 1, 4)
            self.assertEqual(frame["confidence"], max(frame["probabilities"]))
            read = [f["digit"] for f in program.frames[before:] if f["digit"] is not None]
            self.assertGreater(len(read), 1, "the bars move during the stroke, not only after it")
            if frame["text"] == label:
                right += 1
            else:
                wrong.append(f"{label} as {frame['text']} ({frame['confidence']:.2f})")
        print(f"\nread {right} of {len(todo)} {source}; wrong: {', '.join(wrong) or 'none'}")
        self.assertGreaterEqual(right, enough)


if __name__ == "__main__":
    case.main()
