"""test_break.py PROGRAM DATA SCREENSHOTS - "Break it" as a class would use it: the bars move, and it can be mended."""
import case
import digits


class BreakIt(case.WindowCase):
    def slide(self, program, name, share):
        x, y, w, h = program.layout[name]
        program.display.xdotool("mousemove", "--window", program.window, round(x + w * share), round(y + h / 2), "click", 1)
        return program.settle()

    def test_sliders_move_the_bars_and_reset_mends(self):
        program = self.start()
        program.draw(digits.MADE_UP["6"])
        whole = program.key("ctrl+2")
        self.assertEqual(whole["text"], "6")
        turned = self.slide(program, "rotate", 0.97)
        self.assertEqual(turned["text"], "9", "a 6 upside down")
        self.screenshot(program, "break-turned")
        for name in ("shift", "shift.down", "scale", "thickness", "noise"):
            before = program.frames[-1]["probabilities"]
            self.assertNotEqual(self.slide(program, name, 0.9)["probabilities"], before, name)
        self.assert_same_answer(program.click("reset"), whole)
        program.key("Tab")  # by keyboard alone
        self.assertEqual(program.frames[-1]["focus"], "shift")
        self.assertNotEqual(program.key(*["Right"] * 8)["probabilities"], whole["probabilities"])

    def test_without_preparation_place_and_size_matter(self):
        program = self.start()
        program.key("ctrl+2")
        x, y, w, h = program.layout["canvas"]
        small = program.on_canvas(digits.MADE_UP["2"], box=(-0.2, -0.2, 4, 4))
        program.display.xdotool(script=program.script_of(small))
        helped = program.settle()
        self.assertEqual(helped["text"], "2")
        for name in ("centering", "scaling", "width"):
            alone = program.click(name)
        self.assertLess(alone["probabilities"][2], helped["probabilities"][2] - 0.2)
        self.screenshot(program, "break-unprepared")
        self.assert_same_answer(program.click("reset"), helped)

    def test_it_fits_every_window(self):
        for theme, size in (("light", (640, 480)), ("dark", (1200, 760))):
            program = self.start("--theme", theme, size=size, state=theme + str(size[0]))
            program.draw(digits.MADE_UP["5"])
            program.key("ctrl+2")
            self.assert_inside(program)
            self.screenshot(program, f"break-{size[0]}x{size[1]}-{theme}")
            program.kill()


if __name__ == "__main__":
    case.main()
