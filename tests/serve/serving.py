"""serving.py - a server of the program for a test, and requests to it byte by byte."""
import json
import os
import random
import signal
import socket
import struct
import subprocess
import tempfile
import zlib

WAIT = 120  # seconds until a wait is a failure; the program takes milliseconds, a build with sanitizers many times that


class Server:
    """`digitscope serve` on a free port; stderr is its log."""

    def __init__(self, program, *words, environment=None, **options):
        self.log = tempfile.TemporaryFile()
        self.home = tempfile.TemporaryDirectory(prefix="digitscope-serve-")
        environment = {**os.environ, "HOME": self.home.name, **(environment or {})}
        port = [] if "--port" in words or options.pop("handed_over", False) else ["--port", "0"]
        self.process = subprocess.Popen([*([program] if isinstance(program, str) else program), "serve", *port, "--json", *words],
                                        stdout=subprocess.PIPE, stderr=self.log, env=environment, **options)
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise OSError(self.log_text())
        said = json.loads(line)
        self.url, self.address, self.port, self.token = said["url"], said["address"], said["port"], said["token"]

    def log_text(self):
        self.log.seek(0)
        return self.log.read().decode()

    def stop(self, number=signal.SIGTERM, seconds=WAIT):
        """The exit status, once the server has ended."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.end(seconds)

    def end(self, seconds=WAIT):
        """The same of one that is ending already: another signal would break it off."""
        status = self.process.wait(seconds)
        self.process.stdout.close()
        return status

    def connect(self, seconds=WAIT):
        return Connection(self.address, self.port, seconds)

    def head(self, method, path, length=None, **headers):
        """The head of a request that would be taken, with other headers: None leaves one out, a list is several."""
        fields = {"Host": f"{self.address}:{self.port}", "Authorization": f"Bearer {self.token}"}
        if length is not None:
            fields |= {"Content-Type": "application/json", "Content-Length": length}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.1"]
        for name, value in fields.items():
            lines += [f"{name}: {v}" for v in (value if isinstance(value, list) else [value]) if v is not None]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def ask(self, method, path, body=None, **headers):
        """(status, headers, body) of one request by a connection of its own."""
        with self.connect() as connection:
            connection.send(self.head(method, path, None if body is None else len(body), **headers) + (body or b""))
            return connection.answer(method)

    def ask_json(self, method, path, body=None, **headers):
        status, _, answer = self.ask(method, path, body, **headers)
        return status, json.loads(answer)


class Connection:
    def __init__(self, address, port, seconds):
        self.socket = socket.create_connection((address, port), timeout=seconds)
        self.data = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        self.data += data
        return data

    def is_closed(self):
        """Waits until the other side has closed."""
        while self.more():
            pass
        return True

    def answer(self, method="GET"):
        """The next one; (0, {}, b"") where the connection was closed instead."""
        while b"\r\n\r\n" not in self.data:
            if not self.more():
                return 0, {}, b""
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        status = int(first.split()[1])
        if status == 100:
            return self.answer(method)
        headers = dict(line.split(": ", 1) for line in lines)
        length = 0 if method == "HEAD" else int(headers.get("Content-Length", 0))
        while len(self.data) < length and self.more():
            pass
        body, self.data = self.data[:length], self.data[length:]
        return status, headers, body


def drawing(dice, points=20):
    """A line in the stroke format."""
    strokes = [[[dice.randrange(600), dice.randrange(600)] for _ in range(points)] for _ in range(dice.randrange(1, 3))]
    return json.dumps({"strokes": strokes}).encode()


def scribble(strokes=16, points=30, seed=1):
    """Ways at random, beside each other: no digit, and much to put together to a number."""
    dice, lines = random.Random(seed), []
    for i in range(strokes):
        line = [[600 * (2 * i + 1) // (2 * strokes), 300]]
        for _ in range(points - 1):
            line.append([line[-1][0] + dice.randint(-30, 30), line[-1][1] + dice.randint(-30, 30)])
        lines.append(line)
    return json.dumps({"strokes": lines}).encode()


def drawings(count, seed=1):
    dice = random.Random(seed)
    return [drawing(dice) for _ in range(count)]


def png(rows, width, height, claims=None):
    """Grey pixels, a bytes of each row; `claims`: another size in its head."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    packed = zlib.compressobj(9)
    data = b"".join(packed.compress(b"\0" + row) for row in rows) + packed.flush()
    head = struct.pack(">2I5B", *(claims or (width, height)), 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def seven():
    """A picture of a 7."""
    return png([bytes(0 if 20 < y < 25 and 15 < x < 50 or abs(50 - x - (y - 20) // 3) < 3 and 20 < y < 80 else 255
                      for x in range(100)) for y in range(100)], 100, 100)
