"""test_speed.py PROGRAM DATA SCREENSHOTS - what the window costs.

Times are printed, not asserted: the machine may be busy. Frames in which it was late itself (stall_ms over 5) are
counted apart. Asserted is what holds on any machine: which frames there are, and how the times of a trace fit together.
"""
import itertools
import os
import time

import case
import digits

IDLE_SECONDS = 4
TRAINING_SECONDS = 15
ALONE = 5  # drawings before a training, to compare with those during it
FEWER = 5  # how many times fewer frames a drawing may get while a network learns
ROUNDED = 0.01  # ms


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) / 1000 for line in file if line.startswith("VmHWM"))


class Speed(case.WindowCase):
    def assert_times_fit(self, frames):
        """A frame's time lies behind the frame before. Its input came before it began, and after that one's did."""
        for before, frame in zip(frames, frames[1:]):
            gap, delay = frame["t_ms"] - before["t_ms"], frame["input_to_present_ms"]
            self.assertEqual(frame["frame"], before["frame"] + 1)
            self.assertGreater(frame["frame_ms"], 0)
            self.assertLess(frame["frame_ms"], gap + ROUNDED)
            if delay is not None:
                self.assertGreater(delay, frame["frame_ms"] - ROUNDED)
                self.assertLess(delay, gap + before["frame_ms"] + ROUNDED)

    def draw_and_clear(self, program, strokes, box):
        """At a hand's pace, about 125 samples a second; the frames of that, and the number of samples."""
        script, begin = program.script_of(program.on_canvas(strokes, box)), len(program.frames)
        program.display.xdotool(script=script.replace("mousemove", "sleep 0.008\nmousemove") + "key Delete\n")
        program.wait(lambda: any(f["digit"] is not None for f in program.frames[begin:]), "an answer")
        program.wait(lambda: program.frames[-1]["digit"] is None, "the empty canvas")
        return program.frames[begin:], script.count("mousemove")

    def frames_per_sample(self, drawn):
        """Of those that show input; every drawing has some."""
        shown = [sum(f["input_to_present_ms"] is not None for f in frames) for frames, _ in drawn]
        self.assertGreater(min(shown), 1)
        return sum(shown) / sum(samples for _, samples in drawn)

    def test_start_frames_and_memory(self):
        starts = []
        for _ in range(5):
            program = self.start()
            starts.append(program.frames[0]["t_ms"])
            program.kill()
        program = self.start()
        for number, (_, strokes, box) in enumerate(digits.to_draw(case.DATA)[0][::2]):
            if number:
                self.assert_empty(program.key("Delete"))
            begin = len(program.frames)
            self.assertIsNotNone(program.draw(strokes, box)["digit"])
            self.assertTrue([f for f in program.frames[begin:] if f["input_to_present_ms"] is not None])
        self.assertEqual(program.frames[0]["frame"], 0)
        self.assert_times_fit(program.frames)
        drawn = [f for f in program.frames if f["input_to_present_ms"] is not None]
        calm = [f for f in drawn if f["stall_ms"] <= 5] or drawn
        delays, costs = [f["input_to_present_ms"] for f in calm], [f["frame_ms"] for f in calm]
        print(f"\nstart to first frame: median {percentile(starts, 0.5):.0f} ms, worst {max(starts):.0f} ms of "
              f"{len(starts)}")
        print(f"input to present: p50 {percentile(delays, 0.5):.1f}, p99 {percentile(delays, 0.99):.1f} ms; frame: p50 "
              f"{percentile(costs, 0.5):.1f}, p99 {percentile(costs, 0.99):.1f} ms; {len(calm)} frames, "
              f"{len(drawn) - len(calm)} more when the machine was late")
        inferences = [f["infer_us"] for f in calm if f["digit"] is not None]
        self.assertGreater(min(inferences), 0)
        print(f"inference: median {percentile(inferences, 0.5):.0f} us")
        print(f"peak memory: {peak_megabytes(program.process.pid):.1f} MB")

    def test_drawing_while_a_network_learns(self):
        """On all processors: the shipped architecture, on digits that the program makes."""
        program = self.start()
        drawings = digits.to_draw(case.DATA)[0]
        alone = self.frames_per_sample([self.draw_and_clear(program, *d[1:]) for d in drawings[:ALONE]])
        self.click_and_wait(program, "train.open", "train.net")
        self.click_and_wait(program, "train.net", "net.deploy")
        self.click_and_wait(program, "net.deploy", "train.start")
        self.click_and_wait(program, "train.start", "train.cancel")
        program.wait(lambda: program.frames[-1]["job"], "the training")
        since, begin, learning = time.time(), len(program.frames), []
        while time.time() - since < TRAINING_SECONDS and program.frames[-1]["job"]:  # a fast machine is done sooner
            _, strokes, box = drawings[len(learning) % len(drawings)]
            learning.append(self.draw_and_clear(program, strokes, box))
        frames = list(itertools.takewhile(lambda f: f["job"], program.frames[begin:]))
        ended = program.frames[begin + len(frames):]
        self.assertFalse([f for f in ended if f["job"]], "it learned all the time")
        steps = [(f["job"]["epoch"], f["job"]["step"]) for f in frames]
        self.assertEqual(steps, sorted(steps))
        self.assertGreater(len(set(steps)), len(learning), "and went on meanwhile")
        self.assertGreater(self.frames_per_sample(learning), alone / FEWER)
        self.assert_times_fit(program.frames)
        calm = [f for f in frames if f["stall_ms"] <= 5] or frames
        drawn = [f["input_to_present_ms"] for f in calm if f["input_to_present_ms"] is not None]
        costs = [f["frame_ms"] for f in calm]
        rate = max(f["job"]["images_per_second"] for f in frames)
        self.assertGreater(rate, 0)
        print(f"\nwhile training ({rate:.0f} images/s), {len(learning)} drawings: frame p50 {percentile(costs, 0.5):.1f}, p99 "
              f"{percentile(costs, 0.99):.1f}, max {max(costs):.1f} ms; input to present p50 "
              f"{percentile(drawn, 0.5):.1f}, p99 {percentile(drawn, 0.99):.1f}, max {max(drawn):.1f} ms; "
              f"{len(calm)} frames, {len(frames) - len(calm)} more when the machine was late")

    def click_and_wait(self, program, name, appears):
        """A click that does not wait for rest, which a training never gives."""
        x, y, w, h = program.layout[name]
        program.display.xdotool("mousemove", "--window", program.window, round(x + w / 2), round(y + h / 2), "click", 1)
        program.wait(lambda: appears in program.layout, appears)

    def test_idle_costs_nothing(self):
        program = self.start()
        program.draw(digits.MADE_UP["7"])
        program.settle()
        time.sleep(1)  # a tooltip's time, and the journal's
        frames, before = len(program.frames), processor_seconds(program.process.pid)
        time.sleep(IDLE_SECONDS)
        used = (processor_seconds(program.process.pid) - before) / IDLE_SECONDS
        program.read()
        print(f"\nidle: {100 * used:.2f} % of a core, {len(program.frames) - frames} frames in {IDLE_SECONDS} s")
        self.assertEqual(len(program.frames), frames, "no frame without a reason")
        self.assertLess(used, 0.03)
        program.key("Delete")
        self.assertGreater(len(program.frames), frames, "the trace is still written")


if __name__ == "__main__":
    case.main()
