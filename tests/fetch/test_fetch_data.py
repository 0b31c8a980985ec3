"""test_fetch_data.py PROGRAM MNIST_FOLDER - fetch-data against a local HTTP server with every fault it should survive.

Without MNIST the server has made-up files; then only the tests that end in a wrong checksum or an earlier error can
run.
"""
import gzip
import http.server
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM, MNIST = sys.argv[1], sys.argv[2]
HAVE_MNIST = os.path.isdir(MNIST)
NAMES = [f"{part}-{kind}-ubyte.gz" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")]
TRAIN_IMAGES = NAMES[0]
needs_mnist = unittest.skipUnless(HAVE_MNIST, f"no MNIST in {MNIST}")


def content(name):
    if HAVE_MNIST:
        with open(os.path.join(MNIST, name), "rb") as file:
            return file.read()
    return gzip.compress(name.encode() * 10000)


class Server(http.server.ThreadingHTTPServer):
    """Serves the four files, with the faults that a test asks for; `requests` lists (name, first byte asked for)."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.cut_once = set()  # names whose next answer breaks off half way
        self.missing = set()  # 404
        self.busy = {}  # name -> how often to answer 503 first
        self.corrupt = set()  # names with one bit turned over
        self.ranges = True
        self.slow = 0.0  # seconds of waiting per 64 KiB
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        server, name = self.server, self.path.lstrip("/")
        wanted = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        first = int(wanted[1]) if wanted else 0
        server.requests.append((name, first))
        if name in server.missing or name not in NAMES:
            return self.send_error(404)
        if server.busy.get(name, 0) > 0:
            server.busy[name] -= 1
            return self.send_error(503)
        data = bytearray(content(name))
        if name in server.corrupt:
            data[len(data) // 2] ^= 1
        self.answer(name, bytes(data), first if server.ranges else 0)

    def answer(self, name, data, first):
        if first >= len(data):
            return self.send_error(416)
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        end = len(data)
        if name in self.server.cut_once:
            self.server.cut_once.discard(name)
            end = (first + len(data)) // 2
        try:
            for at in range(first, end, 65536):
                self.wfile.write(data[at : min(at + 65536, end)])
                time.sleep(self.server.slow)
        except OSError:
            pass  # the client has gone
        self.close_connection = True


class FetchData(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.temp = tempfile.TemporaryDirectory(prefix="digitscope-test-")
        self.folder = os.path.join(self.temp.name, "new", "mnist")

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        self.temp.cleanup()

    def start(self, *args, **how):
        command = [PROGRAM, "fetch-data", "--to", self.folder, *args]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)

    def run_fetch(self, *args, url=None, expect=0, **how):
        process = self.start("--from", url or self.server.url(), *args, **how)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, expect, err)
        return out, err

    def path(self, name):
        return os.path.join(self.folder, name)

    def put_part(self, name, data):
        os.makedirs(self.folder)
        with open(self.path(name) + ".part", "wb") as file:
            file.write(data)

    def assert_all_there(self):
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(NAMES))
        for name in NAMES:
            with open(self.path(name), "rb") as file:
                self.assertEqual(file.read(), content(name), name)

    # ---- what ends well

    @needs_mnist
    def test_downloads_all_and_then_nothing(self):
        out, _ = self.run_fetch("--json")
        self.assert_all_there()
        rows = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([row["file"] for row in rows], NAMES)
        self.assertEqual([row["bytes"] for row in rows], [len(content(name)) for name in NAMES])
        self.assertEqual({row["status"] for row in rows}, {"downloaded"})
        self.server.requests.clear()
        out, _ = self.run_fetch("--json")
        self.assertEqual({json.loads(line)["status"] for line in out.splitlines()}, {"already there"})
        self.assertEqual(self.server.requests, [])

    @needs_mnist
    def test_unpacked_files_count_as_there(self):
        os.makedirs(self.folder)
        for name in NAMES:
            with open(self.path(name[:-3]), "wb") as file:
                file.write(gzip.decompress(content(name)))
        self.run_fetch()
        self.assertEqual(self.server.requests, [])

    @needs_mnist
    def test_goes_on_where_the_connection_broke_off(self):
        self.server.cut_once.add(TRAIN_IMAGES)
        self.run_fetch()
        self.assert_all_there()
        asked = [first for name, first in self.server.requests if name == TRAIN_IMAGES]
        self.assertEqual(asked, [0, len(content(TRAIN_IMAGES)) // 2])

    @needs_mnist
    def test_resumes_an_older_part(self):
        self.put_part(TRAIN_IMAGES, content(TRAIN_IMAGES)[:1000000])
        out, _ = self.run_fetch()
        self.assertIn("resumed", out)
        self.assertEqual(self.server.requests[0], (TRAIN_IMAGES, 1000000))
        self.assert_all_there()

    @needs_mnist
    def test_complete_part_is_only_checked(self):
        self.put_part(TRAIN_IMAGES, content(TRAIN_IMAGES))
        self.run_fetch()
        self.assertEqual(self.server.requests[0], (TRAIN_IMAGES, len(content(TRAIN_IMAGES))))
        self.assertEqual(self.server.requests[1][0], NAMES[1])
        self.assert_all_there()

    @needs_mnist
    def test_server_without_ranges(self):
        self.server.ranges = False
        self.put_part(TRAIN_IMAGES, content(TRAIN_IMAGES)[:1000000])
        self.run_fetch()
        self.assert_all_there()

    @needs_mnist
    def test_wrong_older_part_is_fetched_again(self):
        self.put_part(TRAIN_IMAGES, b"x" * 1000000)
        self.run_fetch()
        self.assert_all_there()

    @needs_mnist
    def test_busy_server_is_asked_again(self):
        self.server.busy[TRAIN_IMAGES] = 2
        self.run_fetch()
        self.assert_all_there()

    @needs_mnist
    def test_wrong_file_is_replaced(self):
        os.makedirs(self.folder)
        with open(self.path(TRAIN_IMAGES), "wb") as file:
            file.write(b"not MNIST")
        self.run_fetch()
        self.assert_all_there()

    # ---- what does not

    def test_interrupt_keeps_the_part(self):
        self.server.slow = 0.05
        name = TRAIN_IMAGES
        process = self.start("--from", self.server.url())
        part = self.path(name) + ".part"
        if not HAVE_MNIST:
            self.server.busy[name] = 100  # made-up files are too small to be interrupted while they come
        deadline = time.time() + 20
        while not os.path.exists(part) or (HAVE_MNIST and os.path.getsize(part) == 0):
            self.assertLess(time.time(), deadline)
            time.sleep(0.01)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("interrupted", err)
        if HAVE_MNIST:
            self.assertEqual(os.listdir(self.folder), [name + ".part"])
            had = os.path.getsize(part)
            self.server.slow = 0
            self.run_fetch()
            self.assertIn((name, had), self.server.requests)
            self.assert_all_there()

    def test_wrong_content_is_removed(self):
        self.server.corrupt.add(TRAIN_IMAGES)
        _, err = self.run_fetch(expect=1)
        self.assertIn("checksum", err)
        self.assertIn("removed", err)
        self.assertEqual(os.listdir(self.folder), [])

    def test_not_found(self):
        self.server.missing.update(NAMES)
        _, err = self.run_fetch(expect=1)
        self.assertEqual(os.listdir(self.folder), [])
        self.assertIn("404", err)
        self.assertIn(TRAIN_IMAGES, err)
        self.assertEqual(len(self.server.requests), 1, "a missing file is not asked for again")

    def test_host_not_found(self):
        _, err = self.run_fetch(url="http://no-such-host.invalid/mnist", expect=1)
        self.assertIn("no-such-host.invalid", err)
        self.assertIn("host not found", err)

    def test_nobody_answers(self):
        url = self.server.url()
        self.server.shutdown()
        self.server.server_close()
        _, err = self.run_fetch(url=url, expect=1)
        self.assertIn("connect", err)

    def test_disk_full(self):
        """A limit on file sizes stands for the full disk: write() fails half way in the same place."""

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        _, err = self.run_fetch(expect=1, preexec_fn=limit)
        self.assertIn(TRAIN_IMAGES, err)
        self.assertNotIn(TRAIN_IMAGES, os.listdir(self.folder))

    def test_folder_cannot_be_made(self):
        with open(os.path.join(self.temp.name, "new"), "w"):
            pass
        _, err = self.run_fetch(expect=1)
        self.assertIn("new", err)

    def test_usage(self):
        self.run_fetch(url="ftp://example.org/mnist", expect=2)
        self.run_fetch("--no-such-option", expect=2)
        out, _ = self.run_fetch("--help")
        self.assertIn("--from", out)


if __name__ == "__main__":
    if not HAVE_MNIST:
        print(f"no MNIST in {MNIST}: only failures are tested, with made-up files")
    unittest.main(argv=sys.argv[:1], verbosity=2)
