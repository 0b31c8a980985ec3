"""test_screenshots.py PROGRAM DATA SCREENSHOTS - pictures of the window to look at, in both themes and three sizes."""
import case
import digits

SIZES = {(640, 480): "1", (1200, 760): "1", (3840, 2160): "2.5"}


class Screenshots(case.WindowCase):
    screen = (3900, 2260)  # room for the largest window and its frame

    def test_both_themes_and_three_sizes(self):
        drawings = {label: (strokes, box) for label, strokes, box in digits.to_draw(case.DATA)[0]}
        for size, scale in SIZES.items():
            for theme in ("light", "dark"):
                name = f"{size[0]}x{size[1]}-{theme}"
                program = self.start("--theme", theme, "--scale", scale, size=size, state=name)
                self.assertEqual(program.size(), size)
                self.screenshot(program, name + "-empty")
                program.draw(*drawings["3" if theme == "light" else "8"])
                picture = self.screenshot(program, name)
                colours = {row[i : i + 4] for row in picture.rows[::20] for i in range(0, len(row), 80)}
                self.assertGreater(len(colours), 3)
                program.kill()

    def test_popups(self):
        keys = {"help": "F1", "menu": "F10", "models": "ctrl+m", "open": "ctrl+o", "save": "ctrl+s"}
        for size, theme in (((1200, 760), "light"), ((1200, 760), "dark"), ((640, 480), "light")):
            program = self.start("--theme", theme, size=size, state=f"{size[0]}-{theme}")
            program.draw(digits.MADE_UP["5"])
            for name, key in keys.items():
                program.key(key)
                self.screenshot(program, f"popup-{name}-{size[0]}x{size[1]}-{theme}")
                self.assert_inside(program)
                program.key("Escape")
            program.kill()


if __name__ == "__main__":
    case.main()
