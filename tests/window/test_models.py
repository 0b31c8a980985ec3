"""test_models.py PROGRAM DATA SCREENSHOTS - the models side by side: ticked, asked together, opened by path, refused."""
import os
import shutil

import case
import digits

SHIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../models/deploy.safetensors")


class Models(case.WindowCase):
    def with_twin(self, *args, **how):
        """The program, with a copy of the shipped model among the person's own."""
        folder = self.path(os.path.join("state", "models"))
        os.makedirs(folder)
        shutil.copy(SHIPPED, os.path.join(folder, "twin.safetensors"))
        return self.start(*args, **how)

    def open(self, program, path):
        program.key("ctrl+o")
        program.display.xdotool("type", path)
        return program.key("Return")

    def reveal(self, program, name, wheel):
        """Turns the wheel over the list, 5 down and 4 up, until the element is in sight."""
        program.wait(lambda: any(row.startswith("tick.") for row in program.layout), "the list of models")
        for _ in range(20):
            if name in program.layout:
                return
            x, y, w, h = next(place for row, place in program.layout.items() if row.startswith("tick."))
            program.display.xdotool("mousemove", "--window", program.window, round(x + w / 2), round(y + h / 2), "click", wheel)
            program.settle()
        self.fail(f"{name} is not in the list: {sorted(program.layout)}")

    def test_compare_and_ask_together(self):
        program = self.with_twin("--theme", "light", "--model", "deploy")
        alone = program.draw(digits.MADE_UP["4"])
        program.key("ctrl+5")
        for name, wheel in (("tick.twin", 5), ("tick.deploy", 4)):
            self.reveal(program, name, wheel)
            program.click(name)
        self.screenshot(program, "models-1200x760-light")
        program.click("test.page.beside")
        program.wait(lambda: "reads.twin" in program.layout, "the columns")
        self.screenshot(program, "beside-1200x760-light")
        before = program.layout["models"]
        program.rest()  # all are read
        program.click("together")
        program.wait(lambda: program.layout["models"] != before, "the ensemble's name")
        self.assert_same_answer(program.settle(), alone)
        program.resize(640, 480)
        self.assert_inside(program)
        self.screenshot(program, "models-640x480-light")

    def test_a_model_that_does_not_work_leaves_the_old_one(self):
        program = self.with_twin("--theme", "dark")
        alone = program.draw(digits.MADE_UP["7"])
        with open(SHIPPED, "rb") as file:
            broken = self.path("broken.safetensors", file.read()[:-4])
        self.open(program, broken)
        self.assertIn("path", program.layout, "the dialog stays, and says why")
        self.screenshot(program, "open-broken-model")
        self.assert_same_answer(program.key("Escape"), alone)
        self.assertNotIn("path", program.layout)
        good = self.path("elsewhere.safetensors")
        shutil.copy(SHIPPED, good)
        self.open(program, good)
        program.wait(lambda: "path" not in program.layout, "the end of the dialog")
        program.key("ctrl+5")
        self.reveal(program, "use.elsewhere", 5)
        self.screenshot(program, "models-1200x760-dark")


if __name__ == "__main__":
    case.main()
