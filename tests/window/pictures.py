"""pictures.py PROGRAM DATA FOLDER [NAME...] - makes the pictures of the help, assets/help, as the window is now.

Needs ImageMagick's convert, beside what the window tests need. Names choose some of them; those of Test, Learn and Models
need MNIST in DATA, that of one's own digits needs pendigits-train.jsonl.gz there.
"""
import contextlib
import gzip
import json
import os
import shutil
import subprocess
import sys

import digits
from desktop import Display, Picture, Program

BINARY, DATA, OUT = sys.argv[1:4]
FOLDER = "/tmp/digitscope"  # its name stands in a picture
THREE = [[(0.3, 0.2), (0.36, 0.13), (0.46, 0.1), (0.57, 0.12), (0.64, 0.19), (0.66, 0.28), (0.62, 0.38), (0.54, 0.44),
           (0.47, 0.46), (0.57, 0.48), (0.67, 0.55), (0.7, 0.66), (0.68, 0.78), (0.6, 0.86), (0.48, 0.9), (0.36, 0.87),
           (0.28, 0.8)]]  # as a hand writes it
UNSURE = [[(0.345, 0.146), (0.53, 0.1), (0.57, 0.13), (0.48, 0.92)]]  # a 1 that is nearly a 7
FLAG = [[(0.395, 0.134), (0.53, 0.1), (0.57, 0.13), (0.48, 0.92)]]  # the same, less so
YEAR = [(digit, 0.02 + 0.25 * i) for i, digit in enumerate("2026")]


class Maker:
    def __init__(self, display, folder):
        self.display, self.folder, self.program, self.runs = display, folder, None, 0

    def start(self, *args):
        self.end()
        self.runs += 1
        data = os.path.join(self.folder, f"state{self.runs}")
        os.makedirs(data, exist_ok=True)
        os.symlink(os.path.abspath(os.path.join(DATA, "mnist")), os.path.join(data, "mnist"))
        self.program = Program(BINARY, self.display, self.folder, "--theme", "light", *args, state=f"state{self.runs}")
        return self.program

    def end(self):
        if self.program:
            self.program.kill()

    def save(self, name):
        """As small as it gets without a change."""
        path = os.path.join(OUT, name + ".png")
        self.program.rest()
        self.program.picture().save(path)
        subprocess.run(["convert", path, "-strip", "+dither", "-colors", "256", "-define", "png:compression-level=9", "-define",
                        "png:compression-filter=0", "PNG8:" + path], check=True)

    def drawn(self, strokes, view="1"):
        program = self.start()
        program.key("ctrl+" + view)
        program.draw(strokes)
        return program

    # ---- one method for each picture, called like it

    def screenshot(self):
        self.drawn(digits.MADE_UP["3"])

    def unsure(self):
        self.drawn(UNSURE)

    def numbers(self):
        program = self.start()
        program.key("n")
        strokes = [[(x + 0.22 * px, 0.35 + 0.3 * py) for px, py in stroke] for digit, x in YEAR
                   for stroke in digits.MADE_UP[digit]]
        program.draw(strokes)
        program.click("number.2")

    def break_(self):
        self.drawn(digits.MADE_UP["3"], "2")

    def fool(self):
        self.drawn(digits.MADE_UP["7"], "2").click("break.fool")

    def dream(self):
        program = self.drawn(digits.MADE_UP["7"], "2")
        program.click("break.dream")
        program.wait(lambda: "dream.class" in program.layout, "a dream")

    def inside(self):
        self.drawn(digits.MADE_UP["3"], "3")

    def touched(self):
        program = self.drawn(THREE, "3")
        program.click("maps.conv1")
        x, y, w, h = program.layout["map.weight"]
        self.display.xdotool(script=program.script_of([[(x + w / 2, y + h / 2), (x + 0.85 * w, y + h / 2)]]))

    def map(self):
        program = self.drawn(THREE, "3")
        program.click("map.show")
        program.wait(lambda: "map.nearest" in program.layout, "the map")

    def earlier(self):
        program = self.start()
        for digit in "8263":
            program.draw(digits.MADE_UP[digit])
            program.key("Delete")
        program.draw(digits.MADE_UP["5"])
        return program

    def drawing(self):
        program = self.earlier()
        program.key("ctrl+comma")

    def explained(self):
        self.earlier().key("shift+F1")

    def teach(self):
        program = self.drawn(FLAG)
        program.key("ctrl+k")
        program.click("keep.7")

    def taught(self):
        self.teach()
        program = self.program
        program.click("learn_from_it")
        program.wait(lambda: "take_back" in program.layout and "learn_stop" not in program.layout, "the lesson's end")

    def digits(self):
        with gzip.open(os.path.join(DATA, "pendigits-train.jsonl.gz"), "rt") as file:
            rows = [json.loads(line) for line in file]
        by = {writer: f"row {i + 1}" for i, writer in enumerate(sorted({row["writer"] for row in rows})[:6])}
        kept = [{**row, "writer": by[row["writer"]]} for row in rows if row["writer"] in by]
        program = self.start()
        with open(os.path.join(self.folder, f"state{self.runs}", "digits.jsonl"), "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in kept)
        program.key("ctrl+d")
        program.wait(lambda: "digit.1" in program.layout, "the digits")
        program.click("digits.labels")
        program.click("digits.row.8")
        for chosen in (3, 5, 14):
            program.click(f"digit.{chosen}")

    def reveal(self, name):
        """By the wheel over the list of models, from its top."""
        program = self.program
        program.wait(lambda: any(row.startswith("tick.") for row in program.layout), "the list of models")
        for _ in range(30):
            if name in program.layout:
                return
            x, y, w, h = next(place for row, place in program.layout.items() if row.startswith("tick."))
            self.display.xdotool("mousemove", "--window", program.window, round(x + w / 2), round(y + h / 2), "click", 5)
            program.settle()

    def models(self):
        program = self.drawn(UNSURE, "5")
        for name in ("tick.deploy", "tick.mlp"):
            self.reveal(name)
            program.click(name)
        program.click("test.page.beside")
        program.wait(lambda: "reads.mlp" in program.layout, "the columns")

    def test(self):
        program = self.start()
        program.key("ctrl+5")
        program.wait(lambda: "test.start" in program.layout, "the models")
        program.rest()
        program.click("test.start")
        program.wait(lambda: "cell.9.4" in program.layout, "the result")
        program.click("cell.9.4")
        program.click("image.0")
        program.click("test.back")

    def training(self):
        program = self.start()
        program.draw(digits.MADE_UP["7"])
        program.key("ctrl+4")
        program.wait(lambda: "train.start" in program.layout, "the form")
        program.rest()
        program.click("train.start")
        program.wait(lambda: "train.keep" in program.layout, "the end")

    def gif(self):
        """A 5 while it is drawn, half as large, without what does not change."""
        program = self.start()
        canvas = program.on_canvas(digits.MADE_UP["5"])
        lines = program.script_of(canvas).splitlines()
        x, y = program.origin()
        frames, steps = [], 20
        for i in range(steps):
            part = lines[len(lines) * i // steps : len(lines) * (i + 1) // steps]
            self.display.xdotool(script="\n".join(part) + "\n")
            program.settle()
            frames.append(Picture(self.display.pixels()).crop((x, y, 1200, 760)))
        frames.append(program.picture())
        names = []
        for i, frame in enumerate(frames):
            names.append(os.path.join(self.folder, f"{i:02d}.png"))
            frame.save(names[-1])
        subprocess.run(["convert", "-delay", "9", *names[:-1], "-delay", "220", names[-1], "-resize", "50%", "+dither", "-colors",
                        "48", "-layers", "Optimize", "-loop", "0", os.path.join(OUT, "drawing.gif")], check=True)


def main():
    others = ("start", "end", "save", "drawn", "earlier", "reveal")
    makers = {name.rstrip("_"): name for name in vars(Maker) if name not in others and not name.startswith("__")}
    wanted = sys.argv[4:] or list(makers)
    unknown = [name for name in wanted if name not in makers]
    if unknown:
        sys.exit(f"no picture has the name {unknown[0]}; there are {', '.join(makers)}")
    os.mkdir(FOLDER)  # nobody else's
    with contextlib.ExitStack() as cleaning:
        cleaning.callback(shutil.rmtree, FOLDER)
        display = Display(1920, 1200)
        cleaning.callback(display.close)
        maker = Maker(display, FOLDER)
        cleaning.callback(maker.end)
        for name in wanted:
            getattr(maker, makers[name])()
            if name != "gif":
                maker.save(name)


if __name__ == "__main__":
    main()
