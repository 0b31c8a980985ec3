"""desktop.py - what the window tests stand on: a display of their own, the program on it, mouse, keyboard, screenshots.

Nothing here waits a fixed time for the program: it reads the trace, where every presented frame and every layout is a
line.
"""
import contextlib
import json
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import zlib

CONFIG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "openbox.xml")
WAIT = 120  # seconds until a wait is a failure; the program takes milliseconds, a build with sanitizers many times that
LOOKS = 20  # in a row, 5 ms apart, without a frame and with everybody asleep, after which nothing moves any more


def asleep(thread):
    """Whether a thread waits for something that is neither the processor nor the disk. A process's main thread has its number."""
    with open(f"/proc/{thread}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "S"


def all_asleep(pid):
    """The same of all threads of a process, of which some may end meanwhile."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return all(asleep(thread) for thread in os.listdir(f"/proc/{pid}/task"))
    return False


class Display:
    """An X server without a screen, with a window manager on it. Frames can be read from its frame buffer."""

    def __init__(self, width=1920, height=1200):
        self.width, self.height = width, height
        self.folder = tempfile.mkdtemp(prefix="digitscope-x-")
        ready, server_end = os.pipe()
        command = [*self.command(), "-displayfd", str(server_end), "-nolisten", "tcp", "-noreset",
                   "-r"]  # no key repeats by itself on a busy machine
        with open(os.path.join(self.folder, "errors"), "w", encoding="utf-8") as errors:
            self.server = subprocess.Popen(command, pass_fds=[server_end], stderr=errors)
        os.close(server_end)
        with os.fdopen(ready) as line:
            number = line.readline().strip()  # at once, or at the end of a server that cannot start
        if not number:
            with open(os.path.join(self.folder, "errors"), encoding="utf-8") as errors:
                why = errors.read()[-500:]
            shutil.rmtree(self.folder)
            raise RuntimeError(f"{command[0]} does not start: {why}")
        self.name = ":" + number
        self.env = {**os.environ, "DISPLAY": self.name, "HOME": self.folder, "XDG_RUNTIME_DIR": self.folder}
        self.manager = subprocess.Popen(["openbox", "--sm-disable", "--config-file", CONFIG], env=self.env,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_for_manager()

    def command(self):
        return ["Xvfb", "-screen", "0", f"{self.width}x{self.height}x24", "-fbdir", self.folder]

    def wait_for_manager(self):
        """Until it answers: a window that is mapped while it starts would never be managed."""
        deadline = time.time() + WAIT
        while self.xdotool("set_num_desktops", 3, "get_num_desktops", check=False).strip() != "3":
            if time.time() > deadline:
                raise RuntimeError("openbox does not start")
            time.sleep(0.02)

    def close(self):
        for process in (self.manager, self.server):
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def xdotool(self, *args, script=None, check=True):
        """One run of xdotool, by arguments or by a script of its commands, a line each."""
        command = ["xdotool", "-"] if script is not None else ["xdotool", *map(str, args)]
        done = subprocess.run(command, input=script, env=self.env, text=True, capture_output=True, timeout=WAIT)
        if check and done.returncode:
            raise RuntimeError(f"xdotool {args or script[:200]}: {done.stderr}")
        return done.stdout

    def pixels(self):
        """The whole screen as rows of BGRX bytes, from the XWD file that Xvfb keeps in step."""
        with open(os.path.join(self.folder, "Xvfb_screen0"), "rb") as file:
            data = file.read()
        field = struct.unpack(">25I", data[:100])
        start, stride = field[0] + field[19] * 12, field[12]
        return [data[start + y * stride : start + y * stride + self.width * 4] for y in range(self.height)]


class Picture:
    """Part of a screen: rows of BGRX bytes."""

    def __init__(self, rows):
        self.rows = rows
        self.height, self.width = len(rows), len(rows[0]) // 4

    def crop(self, box):
        x, y, w, h = (int(v) for v in box)
        return Picture([row[x * 4 : (x + w) * 4] for row in self.rows[y : y + h]])

    def differs(self, other):
        """The number of pixels that differ."""
        return sum(
            0 if a == b else sum(a[i : i + 4] != b[i : i + 4] for i in range(0, len(a), 4))
            for a, b in zip(self.rows, other.rows))

    def brightness(self):
        """The mean of all channels, 0..255; green stands for all."""
        return sum(sum(row[1::4]) for row in self.rows) / (self.width * self.height)

    def save(self, path):
        """As a PNG."""
        lines = []
        for row in self.rows:
            line = bytearray(self.width * 3)
            line[0::3], line[1::3], line[2::3] = row[2::4], row[1::4], row[0::4]
            lines.append(b"\0" + line)

        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        with open(path, "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(lines), 6))
                       + chunk(b"IEND", b""))


class Program:
    """The program in its window, with trace and state in a folder of its own."""

    def __init__(self, binary, display, folder, *args, size=(1200, 760), env=None, trace="trace", state="state"):
        self.display = display
        self.folder = folder
        self.trace_path = os.path.join(folder, trace)
        self.errors_path = self.trace_path + "-errors"
        self.frames, self.layout = [], {}
        self.seen = 0  # bytes of the trace read so far
        if os.path.exists(self.trace_path):
            os.remove(self.trace_path)
        command = [binary, "--trace", self.trace_path, "--state", os.path.join(folder, state), *args]
        if size:
            command += ["--window", f"{size[0]}x{size[1]}"]
        self.errors = open(self.errors_path, "w")
        environment = {name: value for name, value in {**display.env, **(env or {})}.items() if value is not None}
        self.process = subprocess.Popen(command, env=environment, stderr=self.errors)
        try:
            self.wait(lambda: self.frames and "canvas" in self.layout, "the first frame")
            self.window = self.find_window()
            self.focus()
            self.rest()  # the network is read beside the window
        except BaseException:
            self.kill()
            raise

    # ---- trace

    def read(self):
        """Takes in what the trace has got since the last time."""
        try:
            with open(self.trace_path, "rb") as file:
                file.seek(self.seen)
                data = file.read()
        except FileNotFoundError:
            return
        end = data.rfind(b"\n") + 1
        self.seen += end
        for line in data[:end].splitlines():
            row = json.loads(line)
            if "layout" in row:
                self.layout = row["layout"]
            elif "frame" in row:
                self.frames.append(row)

    def wait(self, condition, what):
        deadline = time.time() + WAIT
        while True:
            self.read()
            result = condition()
            if result:
                return result
            if self.process.poll() is not None:
                raise AssertionError(f"the program ended ({self.process.returncode}) before {what}: {self.stderr()}")
            if time.time() > deadline:
                raise AssertionError(f"waited in vain for {what}; last frame: {self.frames[-1:]}; {self.stderr()}")
            time.sleep(0.005)

    def settle(self):
        """Waits until nothing moves any more; the last frame. A late answer is still running, not asleep. Looks are counted
        and not time, which also passes while a busy machine lets nobody run."""
        count, looks = -1, 0
        while looks < LOOKS:
            self.read()
            if self.process.poll() is not None:
                raise AssertionError(f"the program ended ({self.process.returncode}): {self.stderr()}")
            moved = len(self.frames) != count or not asleep(self.process.pid) or not asleep(self.display.server.pid)
            count, looks = len(self.frames), 0 if moved else looks + 1
            time.sleep(0.005)
        return self.frames[-1]

    def rest(self):
        """The same, and until no thread has anything to do: what a paused training had begun is done."""
        self.wait(lambda: all_asleep(self.process.pid), "a rest")
        return self.settle()

    def stderr(self):
        with open(self.errors_path) as file:
            return file.read().strip()

    def reads(self, digit):
        """Waits until that is the answer: files are opened beside the window."""
        return self.wait(lambda: self.frames[-1]["digit"] == digit, f"a {digit}")

    # ---- window

    def find_window(self):
        """Exactly one top-level window of this process has a title that begins with the program's name."""
        found = self.display.xdotool("search", "--sync", "--onlyvisible", "--all", "--pid", self.process.pid, "--name",
                                     "^Digitscope").split()
        if len(found) != 1:
            raise AssertionError(f"{len(found)} windows")
        return found[0]

    def focus(self):
        self.display.xdotool("windowactivate", "--sync", self.window)
        self.settle()

    def origin(self):
        """Where the client area's top left is on the screen."""
        where = self.display.xdotool("mousemove", "--window", self.window, 0, 0, "getmouselocation", "--shell")
        values = dict(line.split("=") for line in where.split())
        return int(values["X"]), int(values["Y"])

    def size(self):
        shell = self.display.xdotool("getwindowgeometry", "--shell", self.window)
        values = dict(line.split("=") for line in shell.split())
        return int(values["WIDTH"]), int(values["HEIGHT"])

    def resize(self, width, height):
        self.display.xdotool("windowsize", "--sync", self.window, width, height)
        self.settle()

    def picture(self):
        """The client area, without the mouse over it."""
        x, y = self.origin()
        self.display.xdotool("mousemove", self.display.width - 1, self.display.height - 1)
        width, height = self.size()
        self.settle()
        return Picture(self.display.pixels()).crop((x, y, width, height))

    # ---- input

    def key(self, *keys):
        self.display.xdotool("key", "--clearmodifiers", *keys)
        return self.settle()

    def click(self, name, button=1):
        x, y, w, h = self.layout[name]
        self.display.xdotool("mousemove", "--window", self.window, round(x + w / 2), round(y + h / 2), "click", button)
        return self.settle()

    def script_of(self, strokes, button=1):
        """xdotool's commands for strokes in window pixels; between far points the mouse passes through others."""
        lines = []
        for stroke in strokes:
            def go(x, y):
                lines.append(f"mousemove --window {self.window} {round(x)} {round(y)}")

            x, y = stroke[0]
            go(x, y)
            lines.append(f"mousedown {button}")
            for to_x, to_y in stroke[1:]:
                steps = max(1, int(max(abs(to_x - x), abs(to_y - y)) / 6))
                for i in range(1, steps + 1):
                    go(x + (to_x - x) * i / steps, y + (to_y - y) * i / steps)
                x, y = to_x, to_y
            lines.append(f"mouseup {button}")
        return "\n".join(lines) + "\n"

    def on_canvas(self, strokes, box=(0, 0, 1, 1), margin=0.08):
        """Strokes in a box (x, y, w, h), scaled uniformly to the middle of the canvas."""
        x, y, w, h = self.layout["canvas"]
        scale = (1 - 2 * margin) * min(w / box[2], h / box[3])
        left, top = x + (w - scale * box[2]) / 2, y + (h - scale * box[3]) / 2
        left, top = left - box[0] * scale, top - box[1] * scale
        return [[(left + px * scale, top + py * scale) for px, py in stroke] for stroke in strokes]

    def draw(self, strokes, box=(0, 0, 1, 1), button=1):
        """Draws with the mouse and returns the frame at rest."""
        self.display.xdotool(script=self.script_of(self.on_canvas(strokes, box), button))
        return self.settle()

    # ---- end

    def quit(self):
        """By the keyboard; the exit status."""
        self.display.xdotool("key", "--clearmodifiers", "ctrl+q")
        return self.process.wait(timeout=WAIT)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.errors.close()
