"""test_inside.py PROGRAM DATA SCREENSHOTS - "Inside" as a curious person uses it: draw, look, point, enlarge."""
import case
import digits


class Inside(case.WindowCase):
    screen = (2600, 1540)

    def point(self, program, name, across, down):
        x, y, w, h = program.layout[name]
        program.display.xdotool("mousemove", "--window", program.window, round(x + w * across), round(y + h * down))
        program.settle()
        return case.Picture(program.display.pixels())

    def test_draw_point_and_enlarge(self):
        program = self.start("--theme", "light")
        program.key("ctrl+3")
        self.assertIn("layer.conv1", program.layout)
        self.assertEqual(program.draw(digits.MADE_UP["5"])["text"], "5")
        apart = self.point(program, "layer.conv3", 0.3, 0.05)
        self.assertGreater(self.point(program, "layer.conv3", 0.3, 0.5).differs(apart), 100, "a field on the canvas")
        program.click("layer.conv3")
        self.assertNotIn("layer.conv1", program.layout)
        self.assertEqual(program.frames[-1]["focus"], "layer.back")
        program.key("Return")
        self.assertIn("layer.conv1", program.layout)
        program.click("heat")
        plain = self.screenshot(program, "inside-plain-ink")
        program.click("heat")
        program.wait(lambda: program.picture().differs(plain) > 1000, "the ink to be coloured")
        self.screenshot(program, "inside-1200x760-light")

    def test_it_follows_a_drawing_and_fits_every_window(self):
        for theme, size in (("dark", (640, 480)), ("dark", (2560, 1440))):
            program = self.start("--theme", theme, size=size, state=str(size[0]))
            program.key("ctrl+3")
            program.draw(digits.MADE_UP["3"])
            drawn = [f for f in program.frames if f["input_to_present_ms"] is not None and f["stall_ms"] <= 5]
            times = sorted(f["frame_ms"] for f in drawn) or [float("nan")]  # all stalled on a busy machine
            print(f"\n{size[0]}x{size[1]}: frame p50 {times[len(times) // 2]:.1f}, "
                  f"p99 {times[int(0.99 * len(times))]:.1f} ms of {len(times)}")
            self.assert_inside(program)
            self.screenshot(program, f"inside-{size[0]}x{size[1]}-{theme}")
            program.kill()


if __name__ == "__main__":
    case.main()
