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
        apart = self.point(program, "maps.conv3", 0.05, 0.1)
        self.assertGreater(self.point(program, "maps.conv3", 0.1, 0.9).differs(apart), 100, "a field on the canvas")
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

    def click_with_shift(self, program, name):
        program.display.xdotool("keydown", "shift")
        frame = program.click(name)
        program.display.xdotool("keyup", "shift")
        return frame

    def test_switch_off_turn_and_restore(self):
        program = self.start("--theme", "light")
        program.key("ctrl+3")
        drawn = program.draw(digits.MADE_UP["5"])
        self.assertNotEqual(self.click_with_shift(program, "maps.conv2")["probabilities"], drawn["probabilities"])
        self.assertIn("touched", program.layout)
        self.assertEqual(program.key("ctrl+1")["text"], "5")
        self.assertIn("touched", program.layout)  # said in every view
        self.assert_same_answer(program.key("r"), drawn)
        self.assertNotIn("touched", program.layout)
        program.key("ctrl+3")
        program.click("maps.conv1")  # opens one
        for name in ("map.kernel", "map.places", "map.overlay", "map.terms", "map.weight"):
            self.assertIn(name, program.layout)
        x, y, w, h = program.layout["map.weight"]
        before = program.frames[-1]["probabilities"]
        program.display.xdotool(script=program.script_of([[(x + w / 2, y + h / 2), (x + 0.98 * w, y + h / 2)]]))
        self.assertNotEqual(program.settle()["probabilities"], before)
        self.screenshot(program, "inside-turned")
        self.assert_same_answer(program.click("untouch"), drawn)

    def go_to(self, program, name):
        """By the keyboard alone."""
        program.wait(lambda: program.key("Tab")["focus"] == name, f"the focus on {name}")

    def test_the_map_by_keys(self):
        program = self.start(size=(640, 480))
        program.draw(digits.MADE_UP["5"])
        program.key("ctrl+3")
        self.go_to(program, "map.show")
        program.key("Return")
        self.assertIn("map", program.layout)
        self.go_to(program, "map")  # as soon as there is one
        before = program.picture()
        program.key("Left", "Left", "Up")
        program.wait(lambda: program.picture().differs(before) > 100, "another digit's picture")
        self.screenshot(program, "map-by-keys-640x480")
        self.assertEqual(program.key("Escape")["focus"], "map.show")
        self.assertNotIn("map", program.layout)

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
