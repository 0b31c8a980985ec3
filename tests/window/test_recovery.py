"""test_recovery.py PROGRAM DATA SCREENSHOTS - what is left after kill -9 and after the display has gone."""
import case
from desktop import WAIT, Display
from digits import MADE_UP


class Recovery(case.WindowCase):
    def draw_and_die(self, program):
        """A finished drawing and the beginning of one more stroke; the answer before that stroke."""
        drawn = program.draw(MADE_UP["4"])
        x, y, w, h = program.layout["canvas"]
        stroke = program.script_of([[(x + w * 0.1, y + h * 0.1), (x + w * 0.1, y + h * 0.9)]])
        program.display.xdotool(script=stroke.rsplit("mouseup", 1)[0])
        program.settle()
        program.kill()
        self.display.xdotool("mouseup", 1)
        return drawn

    def test_kill_in_the_middle_of_a_stroke(self):
        drawn = self.draw_and_die(self.start())
        again = self.start()
        self.assert_empty(again.settle())
        self.screenshot(again, "recovery-strip")
        self.assert_same_answer(again.click("restore"), drawn)
        self.assertNotIn("restore", again.layout)
        again.kill()
        third = self.start()  # a restored drawing is as safe as a drawn one
        self.assert_same_answer(third.click("restore"), drawn)

    def test_a_second_window_leaves_the_place_to_the_first(self):
        first = self.start(size=(900, 700), trace="first")
        second = self.start(size=(640, 480), trace="second")
        self.assertIn("dismiss", second.layout)
        for program in (first, second):  # the last one to save is the second
            program.focus()
            self.assertEqual(program.quit(), 0)
        self.assertEqual(self.start(size=None, trace="third").size(), (900, 700))

    def test_settings_survive_a_kill(self):
        program = self.start()
        program.key("n")  # numbers of several digits

        def are_kept():
            try:
                with open(self.path("state/settings"), encoding="utf-8") as file:
                    return "numbers 1" in file.read()
            except FileNotFoundError:
                return False
        program.wait(are_kept, "the settings on disk")
        program.kill()
        two = [[(0.3, 0.1), (0.3, 0.9)], [(0.7, 0.1), (0.7, 0.9)]]
        self.assertEqual(self.start().draw(two)["text"], "11")

    def test_discard(self):
        self.draw_and_die(self.start())
        again = self.start()
        self.assert_empty(again.click("discard"))
        self.assertNotIn("restore", again.layout)
        again.kill()
        self.assertNotIn("restore", self.start().layout)

    def test_a_held_return_restores_and_draws_nothing(self):
        drawn = self.draw_and_die(self.start())
        again = self.start()
        again.key("Tab")
        for _ in range(60):
            if again.frames[-1]["focus"] == "restore":
                break
            again.key("Tab")
        self.display.xdotool("keydown", "Return", "sleep", 1.5, "keyup", "Return")  # the server repeats it
        self.assert_same_answer(again.settle(), drawn)
        self.assertNotIn("restore", again.layout)

    def test_drawing_dismisses_the_offer(self):
        self.draw_and_die(self.start())
        again = self.start()
        self.assertEqual(again.draw(MADE_UP["7"])["digit"], 7)
        self.assertNotIn("restore", again.layout)

    def test_the_display_goes_away(self):
        other = Display()
        self.addCleanup(other.close)
        program = self.start(display=other)
        drawn = program.draw(MADE_UP["4"])
        other.server.kill()
        program.process.wait(timeout=WAIT)
        again = self.start()
        self.assert_same_answer(again.click("restore"), drawn)

    def test_a_second_window_runs_without_the_journal_and_says_so(self):
        other = Display()
        self.addCleanup(other.close)
        first = self.start()
        drawn = first.draw(MADE_UP["4"])
        second = self.start(display=other, trace="second-trace")
        self.assertIn("dismiss", second.layout)
        self.assertNotIn("restore", second.layout)
        self.assertEqual(second.draw(MADE_UP["7"])["digit"], 7)
        second.kill()
        first.kill()
        self.assert_same_answer(self.start().click("restore"), drawn)


if __name__ == "__main__":
    case.main()
