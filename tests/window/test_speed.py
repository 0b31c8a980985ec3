"""test_speed.py PROGRAM DATA SCREENSHOTS - what the window costs.

Times are printed, not asserted: the machine may be busy. Frames in which it was late itself (stall_ms over 5) are
counted apart.
"""
import os
import time

import case
import digits

IDLE_SECONDS = 4
TRAINING_SECONDS = 30


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
    def test_start_frames_and_memory(self):
        starts = []
        for _ in range(5):
            program = self.start()
            starts.append(program.frames[0]["t_ms"])
            program.kill()
        program = self.start()
        for number, (_, strokes, box) in enumerate(digits.to_draw(case.DATA)[0][::2]):
            if number:
                program.key("Delete")
            program.draw(strokes, box)
        drawn = [f for f in program.frames if f["input_to_present_ms"] is not None]
        calm = [f for f in drawn if f["stall_ms"] <= 5]
        self.assertGreater(len(calm), 20)
        delays, costs = [f["input_to_present_ms"] for f in calm], [f["frame_ms"] for f in calm]
        print(f"\nstart to first frame: median {percentile(starts, 0.5):.0f} ms, worst {max(starts):.0f} ms of "
              f"{len(starts)}")
        print(f"input to present: p50 {percentile(delays, 0.5):.1f}, p99 {percentile(delays, 0.99):.1f} ms; frame: p50 "
              f"{percentile(costs, 0.5):.1f}, p99 {percentile(costs, 0.99):.1f} ms; {len(calm)} frames, "
              f"{len(drawn) - len(calm)} more when the machine was late")
        inferences = [f["infer_us"] for f in calm if f["digit"] is not None]
        print(f"inference: median {percentile(inferences, 0.5):.0f} us")
        print(f"peak memory: {peak_megabytes(program.process.pid):.1f} MB")

    def test_drawing_while_a_network_learns(self):
        """On all processors: the shipped architecture, on digits that the program makes."""
        program = self.start()
        self.click_and_wait(program, "train.open", "train.net")
        self.click_and_wait(program, "train.net", "net.deploy")
        self.click_and_wait(program, "net.deploy", "train.start")
        self.click_and_wait(program, "train.start", "train.cancel")
        program.wait(lambda: program.frames[-1]["job"], "the training")
        drawings, since, number = digits.to_draw(case.DATA)[0], time.time(), 0
        before = len(program.frames)
        while time.time() - since < TRAINING_SECONDS:
            _, strokes, box = drawings[number % len(drawings)]
            script = program.script_of(program.on_canvas(strokes, box))
            # A hand's pace: about 125 samples a second.
            program.display.xdotool(script=script.replace("mousemove", "sleep 0.008\nmousemove") + "key Delete\n")
            number += 1
        program.read()
        frames = [f for f in program.frames[before:] if f["job"]]
        calm = [f for f in frames if f["stall_ms"] <= 5]
        drawn = [f["input_to_present_ms"] for f in calm if f["input_to_present_ms"] is not None]
        costs = [f["frame_ms"] for f in calm]
        self.assertGreater(len(drawn), 100)
        rate = max(f["job"]["images_per_second"] for f in frames)
        print(f"\nwhile training ({rate:.0f} images/s), {number} drawings: frame p50 {percentile(costs, 0.5):.1f}, p99 "
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


if __name__ == "__main__":
    case.main()
