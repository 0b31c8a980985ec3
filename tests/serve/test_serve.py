"""test_serve.py PROGRAM PICTURES - `digitscope serve` end to end: the answers of the commands, its OpenAPI document, and what
others may try: each attack is refused with its status, and the server answers as before."""
import gzip
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from serving import WAIT, Server, drawing, drawings, png, scribble, seven

PROGRAM, PICTURES = os.path.abspath(sys.argv[1]), sys.argv[2] == "ON"
HELP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../assets/help/en/serve.md")
DRAWING = b'{"strokes": [[[10, 10], [60, 10], [30, 90]]]}'
PREDICT, BATCH, LINES = "/v1/predict", "/v1/predict/batch", {"Content_Type": "application/x-ndjson"}


def run(*words, **options):
    return subprocess.run([PROGRAM, *words], capture_output=True, timeout=WAIT, check=False, **options)


class Serving(unittest.TestCase):
    words = ["--model", "digitscope", "tiny", "--workers", "2"]

    @classmethod
    def setUpClass(cls):
        cls.server = Server(PROGRAM, *cls.words)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def tearDown(self):
        """Whatever was tried: the server reads as before."""
        status, answer = self.server.ask_json("POST", PREDICT, DRAWING)
        self.assertEqual((status, answer["digit"]), (200, 7))

    def refused(self, status, method, path, body=None, **headers):
        got, fields, answer = self.server.ask(method, path, body, **headers)
        self.assertEqual(got, status, answer)
        if method != "HEAD":
            problem = json.loads(answer)
            self.assertEqual((problem["status"], fields["Content-Type"]), (status, "application/problem+json"))
            self.assertGreater(len(problem["detail"]), 10)
        return fields


class Answers(Serving):
    def test_drawings_are_read_as_ink_reads_them(self):
        lines = drawings(30)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "strokes.jsonl")
            with open(path, "wb") as file:
                file.write(b"\n".join(lines))
            read = [json.loads(line) for line in run("ink", path, "--each", "--json").stdout.splitlines()]
        status, batch = self.server.ask_json("POST", BATCH, b"\n".join(lines), **LINES)
        self.assertEqual((status, len(read)), (200, len(lines)))
        for line, expected, inside in zip(lines, read, batch["answers"], strict=True):
            status, answer = self.server.ask_json("POST", PREDICT, line)
            self.assertEqual(status, 200)
            self.assertEqual(answer, inside)
            self.assertEqual({key: answer[key] for key in ("digit", "text", "confidence", "unsure")},
                             {key: expected[key] for key in ("digit", "text", "confidence", "unsure")})

    @unittest.skipUnless(PICTURES, "built without pictures")
    def test_pictures_are_read_as_predict_reads_them(self):
        expected = json.loads(run("predict", "-", "--json", input=seven()).stdout)
        status, answer = self.server.ask_json("POST", PREDICT, seven(), Content_Type="image/png")
        self.assertEqual(status, 200)
        self.assertEqual(answer.pop("model"), "digitscope")
        self.assertEqual(answer, {key: value for key, value in expected.items() if key != "file"})

    def test_several_models(self):
        status, both = self.server.ask_json("POST", f"{PREDICT}?model=tiny&model=digitscope", DRAWING)
        self.assertEqual((status, [answer["model"] for answer in both["answers"]]), (200, ["tiny", "digitscope"]))
        for name, answer in zip(("tiny", "digitscope"), both["answers"], strict=True):
            self.assertEqual(self.server.ask_json("POST", f"{PREDICT}?model={name}", DRAWING), (200, answer))
        self.refused(400, "POST", f"{PREDICT}?model=lenet5", DRAWING)
        self.refused(400, "POST", PREDICT + "?" + "&".join(["model=tiny"] * 17), DRAWING)
        self.refused(400, "POST", f"{PREDICT}?model=tiny&model=digitscope&model=tiny", DRAWING)

    def test_nothing_drawn(self):
        status, answer = self.server.ask_json("POST", PREDICT, b'{"strokes": []}')
        self.assertEqual((status, answer), (200, {"digit": None, "text": "", "confidence": 0.0, "unsure": False,
                                                  "probabilities": [], "several": False, "model": "digitscope"}))
        status, answer = self.server.ask_json("POST", f"{PREDICT}?numbers=1", b'{"strokes": []}')
        self.assertEqual((status, answer), (200, {"digit": None, "text": "", "confidence": 0.0, "unsure": False, "digits": [],
                                                  "model": "digitscope"}))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "strokes.jsonl")
            with open(path, "wb") as file:
                file.write(b'{"strokes": []}\n')
            for words in ([], ["--numbers"]):  # all say it so
                said = json.loads(run("ink", path, "--each", "--json", *words).stdout)
                self.assertEqual({key: said[key] for key in answer if key in said}, {key: answer[key] for key in answer if key in said})
                self.assertLessEqual({"digit", "text", "confidence", "unsure"}, set(said))
        if PICTURES:
            blank = png([b"\xff" * 50] * 50, 50, 50)
            for query, words in (("", []), ("?numbers=1", ["--numbers"])):
                answer = self.server.ask_json("POST", PREDICT + query, blank, Content_Type="image/png")[1]
                said = json.loads(run("predict", "-", "--json", *words, input=blank).stdout)
                self.assertEqual((answer["digit"], answer["unsure"]), (None, False))
                self.assertEqual({**said, "model": "digitscope"}, {**answer, "file": said["file"]})

    def test_numbers_are_read_as_ink_reads_them(self):
        seven_at = [[[[x, 10], [x + 50, 10], [x + 20, 90]]] for x in (0, 80, 160)]
        dots = [[[0, i]] for i in range(65)]  # more than a number has
        lines = [json.dumps({"strokes": sum(strokes, [])}).encode() for strokes in (seven_at, seven_at[:1], seven_at[:2], [dots])]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "strokes.jsonl")
            with open(path, "wb") as file:
                file.write(b"\n".join(lines))
            read = [json.loads(line) for line in run("ink", path, "--numbers", "--each", "--json").stdout.splitlines()]
        self.assertEqual([line["text"] for line in read], ["777", "7", "77", "1"])
        status, batch = self.server.ask_json("POST", f"{BATCH}?numbers=1", b"\n".join(lines), **LINES)
        self.assertEqual((status, len(batch["answers"])), (200, 4))
        for line, expected, inside in zip(lines, read, batch["answers"], strict=True):
            status, answer = self.server.ask_json("POST", f"{PREDICT}?numbers=1&model=digitscope", line)
            self.assertEqual((status, answer), (200, inside))
            self.assertEqual(answer, {key: value for key, value in expected.items() if key not in ("label", "writer")} | {"model": "digitscope"})
        status, both = self.server.ask_json("POST", f"{PREDICT}?numbers=1&model=tiny&model=digitscope", lines[2])
        self.assertEqual((status, both["answers"][1]), (200, batch["answers"][2]))
        for line, several in zip(lines, (True, False, True, False), strict=True):
            status, answer = self.server.ask_json("POST", f"{PREDICT}?numbers=0", line)
            self.assertEqual((status, answer["several"]), (200, several), line)

    @unittest.skipUnless(PICTURES, "built without pictures")
    def test_numbers_in_pictures(self):
        rows = [bytearray(b"\xff" * 120) for _ in range(60)]
        for x in (40, 70):
            for row in rows[10:50]:
                row[x:x + 5] = bytes(5)
        picture = png([bytes(row) for row in rows], 120, 60)
        expected = json.loads(run("predict", "-", "--numbers", "--json", input=picture).stdout)
        status, answer = self.server.ask_json("POST", f"{PREDICT}?numbers=1", picture, Content_Type="image/png")
        self.assertEqual((status, answer["text"]), (200, "11"))
        self.assertEqual(answer, {key: value for key, value in expected.items() if key != "file"} | {"model": "digitscope"})
        self.assertTrue(self.server.ask_json("POST", PREDICT, picture, Content_Type="image/png")[1]["several"])

    def test_parameters_that_there_are_not(self):
        for query in ("numbers=2", "numbers=", "numbers", "numbers=1&numbers=1", "number=1", "Model=tiny", "model=tiny&x", "=", "top=3"):
            for path, headers in ((PREDICT, {}), (BATCH, LINES)):
                self.refused(400, "POST", f"{path}?{query}", DRAWING, **headers)
        detail = json.loads(self.server.ask("POST", f"{PREDICT}?number=1", DRAWING)[2])["detail"]
        self.assertIn("model", detail)
        self.assertIn("numbers", detail)
        self.refused(400, "GET", "/v1/models?model=tiny")
        self.refused(400, "GET", "/v1/health?x=1")
        self.assertEqual(self.server.ask("GET", "/?from=phone", Authorization=None)[0], 200)

    def test_the_page_needs_nothing_from_elsewhere(self):
        status, headers, page = self.server.ask("GET", "/", Authorization=None)
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        parts = set(re.findall(rb'(?:src|href)="([^"]+)"', page))
        self.assertEqual(parts, {b"/page.css", b"/page.js", b"/icon.svg"})
        for part in parts:
            status, headers, text = self.server.ask("GET", part.decode(), Authorization=None)
            self.assertEqual((status, headers["X-Content-Type-Options"]), (200, "nosniff"))
            self.assertNotRegex(text.replace(b"http://www.w3.org/2000/svg", b""), rb"https?://|//[a-z]+\.[a-z]")
        self.assertNotRegex(page, rb"<style|style=|<script>|onclick")

    def test_keep_alive_and_pipelining(self):
        with self.server.connect() as connection:
            connection.send(3 * (self.server.head("POST", PREDICT, len(DRAWING)) + DRAWING) + self.server.head("GET", "/v1/health"))
            self.assertEqual([connection.answer()[0] for _ in range(4)], [200] * 4)

    def test_head(self):
        status, headers, body = self.server.ask("HEAD", "/v1/health")
        self.assertEqual((status, body), (200, b""))
        self.assertGreater(int(headers["Content-Length"]), 10)


class Document(Serving):
    """What the OpenAPI document says is what the server does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = json.loads(cls.server.ask("GET", "/v1/openapi.json", Authorization=None)[2])

    def resolve(self, schema):
        while "$ref" in schema:
            found = self.document
            for key in schema["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            schema = found
        return schema

    def fits(self, value, schema):
        schema = self.resolve(schema)
        kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}
        wanted = schema.get("type", [])
        wanted = [wanted] if isinstance(wanted, str) else wanted
        if wanted and not any(isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool)) for kind in wanted):
            return False
        if "oneOf" in schema and sum(self.fits(value, one) for one in schema["oneOf"]) != 1:
            return False
        if "const" in schema and value != schema["const"]:
            return False
        if isinstance(value, dict):
            known = schema.get("properties", {})
            return set(schema.get("required", [])) <= set(value) and all(
                self.fits(v, known[k]) if k in known else schema.get("additionalProperties", True) for k, v in value.items())
        if isinstance(value, list):
            return len(value) >= schema.get("minItems", 0) and all(self.fits(v, schema.get("items", {})) for v in value)
        return not isinstance(value, (int, float)) or schema.get("minimum", value) <= value <= schema.get("maximum", value)

    def check(self, status, method, path, body=None, **headers):
        got, fields, answer = self.server.ask(method.upper(), path, body, **headers)
        self.assertEqual(got, status, answer)
        operation = self.document["paths"][path.partition("?")[0]][method]
        self.assertIn(str(status), operation["responses"])
        content = self.resolve(operation["responses"][str(status)])["content"]
        [(kind, media)] = content.items()
        self.assertEqual(fields["Content-Type"], kind)
        self.assertTrue(self.fits(json.loads(answer), media["schema"]), answer)
        return path.partition("?")[0], method

    def test_answers(self):
        done = {self.check(200, "get", "/v1/health"), self.check(200, "get", "/v1/models"), self.check(200, "get", "/v1/openapi.json"),
                self.check(200, "post", PREDICT, DRAWING), self.check(200, "post", f"{PREDICT}?model=tiny&model=digitscope", DRAWING),
                self.check(200, "post", PREDICT, b'{"strokes": []}'),
                self.check(200, "post", f"{PREDICT}?numbers=1", DRAWING), self.check(200, "post", f"{PREDICT}?numbers=1", b'{"strokes": []}'),
                self.check(200, "post", f"{PREDICT}?numbers=1&model=tiny&model=digitscope", DRAWING),
                self.check(200, "post", f"{BATCH}?numbers=1", DRAWING + b"\n" + DRAWING, **LINES),
                self.check(200, "post", BATCH, DRAWING + b"\n" + DRAWING, **LINES),
                self.check(200, "post", f"{BATCH}?model=tiny&model=digitscope", DRAWING, **LINES)}
        self.assertEqual(done, {(path, method) for path, item in self.document["paths"].items() for method in item})
        if PICTURES:
            self.check(200, "post", PREDICT, seven(), Content_Type="image/png")

    def test_refusals(self):
        self.check(400, "post", PREDICT, b"{")
        self.check(401, "get", "/v1/models", Authorization=None)
        self.check(403, "get", "/v1/health", Origin="http://evil.example")
        self.check(413, "post", PREDICT, b" " * 65537)
        self.check(415, "post", PREDICT, DRAWING, Content_Type="text/plain")
        self.check(421, "get", "/v1/health", Host="evil.example")

    def test_examples_and_references(self):
        answers = self.document["paths"][PREDICT]["post"]["responses"]["200"]["content"]["application/json"]["examples"]
        self.assertEqual(self.server.ask_json("POST", PREDICT, b'{"strokes": []}'), (200, answers["nothing drawn"]["value"]))
        drawing_schema = self.document["components"]["schemas"]["Drawing"]
        for example in drawing_schema["examples"]:
            self.assertTrue(self.fits(example, drawing_schema))
            self.check(200, "post", PREDICT, json.dumps(example).encode())
        for reference in re.findall(r'"\$ref": "([^"]+)"', json.dumps(self.document)):
            self.assertIsInstance(self.resolve({"$ref": reference}), dict)


class Attacks(Serving):
    """Who asks."""

    def test_01_dns_rebinding(self):
        for host in ("evil.example", f"evil.example:{self.server.port}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.1.evil.example:{self.server.port}",
                     f"0.0.0.0:{self.server.port}", ""):
            self.refused(421, "POST", PREDICT, DRAWING, Host=host)
            self.refused(421, "GET", "/", Host=host)

    def test_02_host_twice_or_missing(self):
        host = f"127.0.0.1:{self.server.port}"
        self.refused(400, "GET", "/v1/health", Host=[host, "evil.example"])
        self.assertEqual(self.server.ask("GET", "/v1/health", Host=None)[0], 400)

    def test_03_foreign_origin(self):
        for origin in ("http://evil.example", "null", "", f"https://127.0.0.1:{self.server.port}", "http://127.0.0.1:1",
                       f"http://127.0.0.1:{self.server.port}.evil.example", "file://"):
            fields = self.refused(403, "POST", PREDICT, DRAWING, Origin=origin)
            self.assertFalse([name for name in fields if name.lower().startswith("access-control")])
        self.assertEqual(self.server.ask("POST", PREDICT, DRAWING, Origin=f"http://127.0.0.1:{self.server.port}")[0], 200)

    def test_04_foreign_site_without_origin(self):
        for site in ("cross-site", "same-site", "whatever"):
            self.refused(403, "GET", "/v1/health", Sec_Fetch_Site=site)
            self.refused(403, "GET", "/page.js", Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors")
            self.refused(403, "GET", "/v1/models", Sec_Fetch_Site=site, Sec_Fetch_Mode="navigate")
        for site, mode in (("none", "navigate"), ("same-origin", "cors"), ("cross-site", "navigate")):  # a link to the page
            self.assertEqual(self.server.ask("GET", "/", Sec_Fetch_Site=site, Sec_Fetch_Mode=mode)[0], 200)

    def test_05_preflight(self):
        fields = self.refused(405, "OPTIONS", PREDICT, Access_Control_Request_Method="POST")
        self.assertEqual(fields["Allow"], "POST")
        self.refused(403, "OPTIONS", PREDICT, Origin="http://evil.example", Access_Control_Request_Method="POST")

    def test_06_token_missing_or_wrong(self):
        token = self.server.token
        for value in (None, "", "Bearer", "Bearer ", f"Bearer {token}x", f"Bearer {token[:-1]}", "Bearer " + token[:-1] + "?", f"Basic {token}",
                      token, f"Bearer  {token}", f"Bearer {token} {token}", "Bearer " + 2 * token, "Bearer " + "\u00e9" * 16):
            for method, path, body in (("POST", PREDICT, DRAWING), ("GET", "/v1/models", None), ("POST", BATCH, DRAWING)):
                fields = self.refused(401, method, path, body, Authorization=value)
                self.assertEqual(fields["WWW-Authenticate"], "Bearer")
        self.refused(400, "GET", "/v1/models", Authorization=["Bearer x", f"Bearer {token}"])
        self.refused(401, "GET", f"/v1/models?token={token}", Authorization=None)

    # What is asked for.

    def test_07_paths(self):
        for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/v1/../v1/health", "//v1/health", "/v1/health/", "/v1/health%00.css",
                     "/v1/predict%00", "/page.html", "/serve/page.html", "/models.txt", "/v1/health;x", "/\u00e9", "/v1", "*", "/%zz",
                     "/..%5c..%5cboot.ini", "/v1%2fhealth%00"):
            self.refused(404, "GET", path)
        self.refused(400, "POST", f"{PREDICT}?model=../../etc/passwd", DRAWING)
        self.refused(400, "POST", f"{PREDICT}?model=tiny%00x", DRAWING)
        self.refused(400, "POST", f"{PREDICT}?model=", DRAWING)

    def test_08_methods(self):
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get", "X" * 200):
            self.refused(405, method, PREDICT, DRAWING)
            self.refused(405, method, "/v1/health")
        self.assertEqual(self.refused(405, "GET", PREDICT)["Allow"], "POST")
        self.assertEqual(self.refused(405, "POST", "/v1/health", DRAWING)["Allow"], "GET, HEAD")

    def test_09_no_http(self):
        held = []
        for data in (b"\x00" * 300 + b"\r\n\r\n", b"GET\r\n\r\n", b"\r\n" * 500,
                     b"HELO mail\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
            held.append(self.server.connect())
            held[-1].send(data)
            held[-1].socket.shutdown(socket.SHUT_WR)
        for connection in held:  # some only after the time that a connection may be silent, all at once
            with connection:
                self.assertNotIn(connection.answer()[0], range(200, 300))

    def test_10_huge_heads(self):
        for head in (self.server.head("GET", "/v1/health", X_Big="x" * 100000), self.server.head("GET", "/" + "x" * 100000),
                     self.server.head("GET", "/v1/health", **{f"X_{i}": "y" for i in range(5000)}),
                     self.server.head("GET", "/v1/health?" + "&".join(f"a{i}=b" for i in range(9000)))):
            with self.server.connect() as connection:
                try:
                    connection.send(head)
                except ConnectionError:
                    pass
                self.assertIn(connection.answer()[0], (0, 413, 414, 431))

    def test_11_folded_and_odd_headers(self):
        for line in (b"X: 1\r\n continued", b": nameless", b"no colon"):
            with self.server.connect() as connection:
                connection.send(self.server.head("GET", "/v1/health")[:-2] + line + b"\r\n\r\n")
                self.assertIn(connection.answer()[0], (0, 200, 400))
        for line in (b"Content-Length : 5", b"Transfer-Encoding\t: chunked", b"X\x00Y: 1", b"X(Y): 1", b"X\xe9: 1", b"X: 1\rY: 2", b"X: \x01", b"X: \x7f"):
            with self.server.connect() as connection:  # what somebody else might read as another request
                connection.send(self.server.head("GET", "/v1/health")[:-2] + line + b"\r\n\r\n")
                self.assertEqual(connection.answer()[0], 400, line)
        self.assertEqual(self.server.ask("GET", "/v1/health", X="a\tb; \u00e9 = \"c\"")[0], 200)

    # Bodies.

    def test_12_lengths(self):
        for length in ("-1", "1e3", "0x10", "+5", "5 5", "99999999999999999999999999", "18446744073709551616", "5,5"):
            with self.server.connect() as connection:
                connection.send(self.server.head("POST", PREDICT, length) + DRAWING)
                self.assertIn(connection.answer()[0], (400, 413))
        for length in (1 << 32) + 100, 10**19 - 1:  # beyond 32 bits, and beyond 18 digits
            self.refused(413, "POST", PREDICT, DRAWING, Content_Length=str(length))
        self.refused(400, "POST", PREDICT, b"")
        self.refused(400, "POST", PREDICT, DRAWING, Content_Length=[str(len(DRAWING)), "5"])
        self.refused(411, "POST", PREDICT)
        self.refused(400, "GET", "/v1/health", b"body")

    def test_13_more_than_was_said(self):
        """What follows is a request of its own, and none that is understood."""
        with self.server.connect() as connection:
            connection.send(self.server.head("POST", PREDICT, len(DRAWING)) + DRAWING + b"XXXX\r\n\r\n")
            self.assertEqual(connection.answer()[0], 200)
            self.assertNotEqual(connection.answer()[0], 200)

    def test_14_less_than_was_said(self):
        with self.server.connect() as connection:
            connection.send(self.server.head("POST", PREDICT, 1000) + DRAWING)
            connection.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(connection.answer()[0], 0)

    def test_15_chunks(self):
        """A length that is not said cannot be too large: chunks are refused before the first one."""
        chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(DRAWING), DRAWING)
        for length in (None, "5"):  # with both: smuggling
            with self.server.connect() as connection:
                connection.send(self.server.head("POST", PREDICT, Content_Type="application/json", Transfer_Encoding="chunked",
                                                 Content_Length=length) + chunk)
                self.assertEqual(connection.answer()[0], 411)
                self.assertTrue(connection.is_closed())
        for kind in ("identity", "gzip, chunked", "x"):  # without waiting for a body that has no end
            self.assertIn(self.server.ask("POST", PREDICT, DRAWING, Transfer_Encoding=kind)[0], (400, 411))

    def test_16_too_large(self):
        for path, size, headers in ((PREDICT, 65537, {}), (BATCH, (1 << 20) + 1, LINES), (PREDICT, (16 << 20) + 1, {"Content_Type": "image/png"})):
            with self.server.connect() as connection:  # before a byte of it has come
                connection.send(self.server.head("POST", path, size, Expect="100-continue", **headers))
                if size > 65536:
                    self.assertEqual(connection.answer()[0], 413)
        self.refused(413, "POST", PREDICT, b" " * 65537)

    def test_17_types(self):
        for kind in (None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "image/gif",
                     "image/svg+xml", "application/json, text/plain"):
            self.refused(415, "POST", PREDICT, DRAWING, Content_Type=kind)
        self.refused(415, "POST", BATCH, DRAWING, Content_Type="application/json")
        self.refused(415, "POST", PREDICT, gzip.compress(DRAWING), Content_Encoding="gzip")
        self.assertEqual(self.server.ask("POST", PREDICT, DRAWING, Content_Type="application/json; charset=utf-8")[0], 200)

    def test_18_json(self):
        for body in (b"{", b"[]", b"null", b'{"strokes": 5}', b"{}", b'{"strokes": [[[1, 2]]]', b"\xff\xfe", b'{"strokes": [[["\xff", 2]]]}',
                     b'{"strokes": [[[1]]]}', b'{"strokes": [], "strokes": []}', b'{"strokes": []} {}', b"\0" + DRAWING, DRAWING + b"\0",
                     b'{"strokes": [[["a", "b"]]]}', b'{"label": {}, "strokes": []}', b'{"w": -1, "h": 5, "strokes": []}', b"\xef\xbb\xbf{}",
                     b"[" * 60000, b'{"a":' * 10000):
            self.refused(400, "POST", PREDICT, body)
            self.refused(400, "POST", BATCH, DRAWING + b"\n" + body.replace(b"\n", b"") + b"\n", **LINES)

    def test_19_numbers(self):
        for number in (b"NaN", b"Infinity", b"-Infinity", b"1e999", b"nan", b"0x10", b"1.", b".5", b"--1", b"01"):
            self.refused(400, "POST", PREDICT, b'{"strokes": [[[1, %s]]]}' % number)
        for number in (b"1e7", b"-1e7", b"1e9", b"1e300"):
            self.refused(400, "POST", PREDICT, b'{"strokes": [[[1, %s]]]}' % number)
        for side, far in ((1, 2000), (0.001, 1), (28, 999999)):
            body = b'{"strokes": [[[%d, 5], [7, 3], [7.05, 4]]], "w": %g, "h": %g}' % (far, side, side)
            self.refused(400, "POST", PREDICT, body)
            self.refused(400, "POST", PREDICT + "?numbers=1", body)

    def test_20_many_strokes_and_points(self):
        for body in (b'{"strokes": [%s]}' % b",".join([b"[[1,2]]"] * 8000), b'{"strokes": [[%s]]}' % b",".join([b"[1,2]"] * 10000)):
            self.assertLessEqual(len(body), 65536)
            self.assertEqual(self.server.ask("POST", PREDICT, body)[0], 200)
            self.refused(413, "POST", PREDICT, body + b" " * (65537 - len(body)))
        self.refused(413, "POST", BATCH, b'{"strokes":[]}\n' * 1001, **LINES)
        self.refused(413, "POST", BATCH, b" " * 65536 + DRAWING, **LINES)
        status, answer = self.server.ask_json("POST", BATCH, b'{"strokes":[]}\n\n' * 1000, **LINES)
        self.assertEqual((status, len(answer["answers"])), (200, 1000))

    @unittest.skipUnless(PICTURES, "built without pictures")
    def test_21_pictures(self):
        white = [bytes([255]) * 5000] * 5000
        for status, body in ((413, png(white, 5000, 5000)), (413, png([], 0, 0, (65535, 65535))), (413, png([], 0, 0, (1 << 31, 1 << 31))),
                             (400, png([b"\xff"], 1, 1, (4000, 4000))), (400, png([], 0, 0)), (400, seven()[:-40]), (400, b"\x89PNG\r\n\x1a\n"),
                             (400, b"\xff\xd8" + seven()), (400, DRAWING), (400, b"GIF89a" + bytes(100))):
            self.refused(status, "POST", PREDICT, body, Content_Type="image/png")
        for body in (b"\xff\xd8\xff\xe0", b"\xff\xd8" + bytes(1000), seven(), b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + bytes(100)):
            self.refused(400, "POST", PREDICT, body, Content_Type="image/jpeg")
        status, answer = self.server.ask_json("POST", PREDICT, png([b"\xff" * 50] * 50, 50, 50), Content_Type="image/png")
        self.assertEqual((status, answer["digit"]), (200, None))


class Others(Serving):
    """Clients that take their time, while others are answered."""

    def test_22_slow_heads_and_bodies(self):
        """Bytes that trickle in hold nobody up; who sends none is closed after ten seconds."""
        head = self.server.head("POST", PREDICT, len(DRAWING)) + DRAWING
        slow = [self.server.connect() for _ in range(41)]
        slow[40].send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200))  # hello, in TLS
        for i, byte in enumerate(head[:20]):
            for connection in slow[:20]:
                connection.send(bytes([byte]))
            for connection in slow[20:40]:
                connection.send(head[:-20] if i == 0 else bytes([head[len(head) - 20 + i - 1]]))
            self.assertEqual(self.server.ask_json("POST", PREDICT, DRAWING)[1]["digit"], 7)
        for connection in slow[20:40]:
            connection.send(head[-1:])
            self.assertEqual(connection.answer()[0], 200)
        for connection in slow[:20] + slow[40:]:
            self.assertTrue(connection.is_closed())
        for connection in slow:
            connection.socket.close()

    def test_23_floods(self):
        """More connections than there is room for: the longest idle ones have to go, and who asks is answered."""
        held = []
        for i in range(400):
            held.append(socket.create_connection((self.server.address, self.server.port), timeout=WAIT))
            if i % 2:  # a refused request that never ends
                held[-1].sendall(self.server.head("POST", PREDICT, 1000, Authorization=None))
        for _ in range(20):
            self.assertEqual(self.server.ask_json("POST", PREDICT, DRAWING)[1]["digit"], 7)
        for connection in held:
            connection.close()

    def test_24_reset_and_vanished(self):
        body = b"\n".join(drawings(200))
        for request in (self.server.head("POST", PREDICT, len(DRAWING)) + DRAWING, self.server.head("POST", BATCH, len(body), **LINES) + body):
            for _ in range(20):
                with self.server.connect() as connection:
                    connection.send(request)
                    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    def test_25_answers_that_nobody_takes(self):
        with self.server.connect() as connection:
            connection.socket.setblocking(False)
            request = self.server.head("GET", "/v1/openapi.json")
            try:
                for _ in range(10000):
                    connection.socket.send(request)
            except BlockingIOError:
                pass
            self.assertEqual(self.server.ask_json("POST", PREDICT, DRAWING)[1]["digit"], 7)

    def test_26_large_bodies_that_do_not_come(self):
        """Who only says that much will come takes the room of other pictures of the same address, and of no drawing."""
        held = [self.server.connect() for _ in range(8)]
        for connection in held:
            connection.send(self.server.head("POST", PREDICT, 16 << 20, Content_Type="image/png") + b"\x89PNG")
        refused = []
        while len(refused) < 6:  # there is room for two of an address, whichever heads are read first
            ready = select.select([c.socket for c in held if c not in refused], [], [], WAIT)[0]
            self.assertTrue(ready)
            refused += [c for c in held if c.socket in ready]
        self.assertEqual({connection.answer()[0] for connection in refused}, {503})
        for _ in range(5):
            self.assertEqual(self.server.ask_json("POST", PREDICT, DRAWING)[1]["digit"], 7)
        for connection in held:
            connection.socket.close()


@unittest.skipUnless(shutil.which("node"), "Node is not there")
class Languages(Serving):
    """The texts of the page, by its own first lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page, cls.script = (cls.server.ask("GET", path, Authorization=None)[2].decode() for path in ("/", "/page.js"))

    def told(self, languages, expression):
        texts = self.script.partition("const at = ")[0]
        code = f"(function (navigator) {{ {texts} console.log(JSON.stringify({expression})); }})({{ languages: {json.dumps(languages)} }});"
        return json.loads(subprocess.run(["node", "-e", code], capture_output=True, timeout=WAIT, check=True).stdout)

    def test_the_first_preferred_one_that_there_is(self):
        for languages, expected in ((["de-DE", "de", "en"], "de"), (["fr-CH", "de-CH", "en"], "de"), (["en-GB", "de"], "en"), (["den", "fr"], "en"),
                                    (["toString", "de"], "de"), (["pl"], "en"), ([], "en")):
            self.assertEqual(self.told(languages, "language"), expected, languages)

    def test_each_has_all_texts(self):
        kinds = self.told([], "Object.values(texts).map((t) => Object.entries(t).map(([k, v]) => [k, typeof v, v.length > 0]))")
        self.assertEqual(len(kinds), 2)
        self.assertEqual(kinds[0], kinds[1])
        named = {key for key, kind, _ in kinds[0] if kind == "string"}
        used = set(re.findall(r'data-text="(\w+)"', self.page))
        self.assertTrue(used and used <= named, used - named)
        self.assertRegex(self.page, r'<noscript>\n<p>.*JavaScript.*\n<p lang="de">.*JavaScript')


@unittest.skipUnless(shutil.which("node"), "Node is not there")
class Page(unittest.TestCase):
    def test_what_fails_at_first_is_asked_again(self):
        here = os.path.dirname(os.path.abspath(__file__))
        done = subprocess.run(["node", os.path.join(here, "failing.cjs"), os.path.join(here, "../../assets/serve/page.js")],
                              capture_output=True, timeout=WAIT, check=True)
        at_last = json.loads(done.stdout)
        self.assertEqual((at_last["models"], at_last["digit"], at_last["message"]), (2, "7", ""))
        reads = [path for path in at_last["asked"] if path != "/v1/models"]
        self.assertEqual((reads[0], reads[-1], set(reads)), (PREDICT, PREDICT + "?model=tiny", {PREDICT, PREDICT + "?model=tiny"}))


class Examples(Serving):
    """Those of the page of help, run as they stand there but for the address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(HELP, encoding="utf-8") as file:
            cls.page = file.read().replace("127.0.0.1:8137", f"127.0.0.1:{cls.server.port}")

    def block(self, language, contains):
        [found] = [b for b in re.findall(rf"^```{language}\n(.*?)^```", self.page, re.S | re.M) if contains in b]
        return found

    def test_python(self):
        names = {}
        exec(self.block("python", "predict"), names)  # pylint: disable=exec-used
        self.assertEqual(names["predict"]([[[10, 10], [60, 10], [30, 90]]], self.server.token)["digit"], 7)

    @unittest.skipUnless(shutil.which("curl"), "curl is not there")
    def test_curl(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "seven.png"), "wb") as file:
                file.write(seven())
            done = subprocess.run(["sh", "-ec", self.block("bash", "curl").replace("curl ", "curl -sS ")], cwd=folder, capture_output=True, timeout=WAIT,
                                  env={**os.environ, "TOKEN": self.server.token}, check=True)
        answers = [json.loads(text) for text in re.findall(rb"\{.*?\}", done.stdout)]
        self.assertEqual([answer.get("digit") for answer in answers], [7, 7] if PICTURES else [7, None])

    @unittest.skipUnless(shutil.which("node"), "Node is not there")
    def test_javascript(self):
        code = self.block("javascript", "predict") + f"predict([[[10, 10], [60, 10], [30, 90]]], '{self.server.token}').then((a) => console.log(a.digit));"
        done = subprocess.run(["node", "-e", code], capture_output=True, timeout=WAIT, check=True)
        self.assertEqual(done.stdout, b"7\n")


class Limits(unittest.TestCase):
    def test_rate(self):
        server = Server(PROGRAM, "--rate", "5")
        statuses = [server.ask("GET", "/v1/health")[0] for _ in range(30)]
        self.assertEqual(statuses[:10], [200] * 10)
        self.assertIn(429, statuses)
        self.assertIn('"status": 429', server.log_text())
        server.stop()

    def test_much_that_takes_long(self):
        """Its line is short: who finds it full hears so at once, drawings are read meanwhile. What the network doubts takes long, too."""
        for path, body, headers in ((BATCH, b"\n".join(drawings(100)), LINES), (PREDICT, scribble(), {})):
            server = Server(PROGRAM, "--workers", "2")
            waiting = [server.connect(10 * WAIT) for _ in range(40)]  # until all before have been read
            for connection in waiting:
                connection.send(server.head("POST", path, len(body), **headers) + body[:-1])
            server.process.send_signal(signal.SIGSTOP)  # none is read before the last has come
            for connection in waiting:
                connection.send(body[-1:])
            server.process.send_signal(signal.SIGCONT)
            self.assertEqual(server.ask_json("POST", PREDICT, DRAWING)[1]["digit"], 7)
            statuses = [connection.answer()[0] for connection in waiting]
            self.assertEqual(set(statuses), {200, 503})
            self.assertGreaterEqual(statuses.count(200), 16)
            for connection in waiting:
                connection.socket.close()
            self.assertEqual(server.stop(), 0)


class Life(unittest.TestCase):
    def test_requests_under_way_are_answered_at_the_end(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = Server(PROGRAM)
            head = server.head("POST", PREDICT, len(DRAWING))
            with server.connect() as under_way, server.connect() as idle:
                idle.send(server.head("GET", "/v1/health"))
                self.assertEqual(idle.answer()[0], 200)
                under_way.send(head + DRAWING[:10])
                while server.ask("GET", "/v1/health")[0] != 200:
                    pass
                server.process.send_signal(number)
                while True:  # until it listens no more
                    try:
                        server.connect().socket.close()
                    except ConnectionError:
                        break
                under_way.send(DRAWING[10:])
                status, headers, answer = under_way.answer()
                self.assertEqual((status, json.loads(answer)["digit"], headers["Connection"]), (200, 7, "close"))
                self.assertTrue(idle.is_closed())
            self.assertEqual(server.end(), 0)

    def test_what_takes_minutes_is_broken_off_at_the_end(self):
        """Rows of bars are no digit, so that each is read as a number of many digits, too."""
        bars = json.dumps({"strokes": [[[30 * i, 0], [30 * i + 3, 60]] for i in range(48)]}).encode()
        server = Server(PROGRAM, "--model", "digitscope", "ensemble3")
        body = b"\n".join([bars] * 600)
        with server.connect(60) as connection:
            connection.send(server.head("POST", f"{BATCH}?numbers=1&model=digitscope&model=ensemble3", len(body), Expect="100-continue", **LINES))
            while b"100 Continue" not in connection.data:
                self.assertTrue(connection.more())
            connection.send(body)
            self.assertEqual(server.stop(), 0)
            status, _, answer = connection.answer()
        self.assertEqual(status, 503)
        self.assertIn("the server is being stopped", json.loads(answer)["detail"])

    def test_attached_to_a_program_it_ends_with_that(self):
        for words, ends in ((["--attached"], True), ([], False)):
            server = Server(PROGRAM, *words, stdin=subprocess.PIPE)
            self.assertEqual(server.ask_json("GET", "/v1/health")[0], 200)
            server.process.stdin.close()
            if ends:
                self.assertEqual(server.process.wait(20), 0)
            else:
                time.sleep(0.5)
                self.assertIsNone(server.process.poll())
            server.stop()

    def test_the_log(self):
        server = Server(PROGRAM, "--workers", "1")
        server.ask("POST", PREDICT, DRAWING)
        server.ask("POST", f"{PREDICT}?model=secret", DRAWING)
        server.ask("GET", '/\x1b]0;title"\u00e9')
        server.stop()
        lines = [json.loads(line) for line in server.log_text().splitlines()]
        self.assertEqual([(line["method"], line["path"], line["status"], line["address"]) for line in lines[:2]],
                         [("POST", PREDICT, 200, "127.0.0.1"), ("POST", PREDICT, 400, "127.0.0.1")])
        self.assertRegex(lines[0]["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        text = server.log_text()
        self.assertTrue(text.isascii() and "\x1b" not in text)
        for secret in (server.token, "secret", "strokes"):
            self.assertNotIn(secret, text)
        quiet = Server(PROGRAM, "--quiet")
        quiet.ask("POST", PREDICT, DRAWING)
        quiet.stop()
        self.assertEqual(quiet.log_text(), "")

    def test_tokens(self):
        first, second = Server(PROGRAM), Server(PROGRAM)
        self.assertNotEqual(first.token, second.token)
        self.assertTrue(re.fullmatch("[0-9a-f]{32}", first.token) and first.url.endswith("/#" + first.token))
        self.assertEqual(second.ask("GET", "/v1/models", Authorization=f"Bearer {first.token}")[0], 401)
        first.stop()
        second.stop()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "token")
            for text, token in (("correct-horse.battery_staple~1\n", "correct-horse.battery_staple~1"), ("short\n", None), ("white space in it is none\n", None),
                                ("", None), ("x" * 129, None)):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                if token:
                    server = Server(PROGRAM, "--token-file", path)
                    self.assertEqual((server.token, server.ask("GET", "/v1/models")[0]), (token, 200))
                    server.stop()
                else:
                    done = run("serve", "--port", "0", "--token-file", path)
                    self.assertEqual(done.returncode, 1)
                    self.assertIn(b"a token is 16 to 128 letters", done.stderr)

    def test_no_token_says_what_that_means(self):
        server = Server(PROGRAM, "--no-token")
        self.assertEqual((server.token, server.ask("GET", "/v1/models", Authorization=None)[0]), (None, 200))
        self.assertNotIn("#", server.url)
        self.assertEqual(server.ask("GET", "/v1/models", Authorization=None, Origin="http://evil.example")[0], 403)
        server.stop()
        self.assertIn("Without a token every program and person on this machine can ask", server.log_text())

    def test_what_cannot_be_served(self):
        server = Server(PROGRAM)
        for words, status, says in ((["--port", str(server.port)], 1, "is taken by another program"),
                                    (["--lan", "0.0.0.0"], 2, "one is to be chosen"), (["--lan", "::"], 2, "one is to be chosen"),
                                    (["--lan", "::ffff:0.0.0.0"], 2, "one is to be chosen"),
                                    (["--lan", "203.0.113.7"], 1, "no address of this machine"), (["--lan", "localhost"], 2, "is no address"),
                                    (["--lan", ""], 2, "--lan needs a value"), (["--lan", "192.168.1.20:80"], 2, "is no address"),
                                    (["--model", "nosuch"], 1, "no model is called"), (["--model", "tiny", "tiny"], 1, "two models are called"),
                                    (["--model", *["tiny"] * 17], 2, "more than 16 models"),
                                    (["--no-token", "--token-file", "x"], 2, "exclude each other"), (["--token-file", "/nosuch"], 1, "/nosuch")):
            done = run("serve", *([] if "--port" in words else ["--port", "0"]), *words)
            self.assertEqual((done.returncode, done.stdout), (status, b""), words)
            self.assertIn(says.encode(), done.stderr)
        server.stop()

    def test_threads_have_room(self):
        """Also where the system gives a thread no more than 128 KiB, as musl does."""
        server = Server(["sh", "-c", 'ulimit -s 128; exec "$0" "$@"', PROGRAM])
        self.assertEqual(server.ask_json("POST", PREDICT, DRAWING)[1]["digit"], 7)
        self.assertEqual(len(server.ask_json("POST", BATCH, DRAWING, **LINES)[1]["answers"]), 1)
        self.assertEqual(server.stop(), 0)

    def test_a_socket_that_was_handed_over(self):
        """As systemd does: the socket is descriptor 3, LISTEN_PID and LISTEN_FDS say so."""
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            os.set_inheritable(listening.fileno(), True)
            shell = ["sh", "-c", f'exec 3<&{listening.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"', PROGRAM]
            server = Server(shell, pass_fds=[listening.fileno()], handed_over=True)
            self.assertEqual(server.port, listening.getsockname()[1])
            self.assertEqual(server.ask_json("POST", PREDICT, DRAWING)[1]["digit"], 7)
            self.assertEqual(server.stop(), 0)

    def test_the_address_as_a_code(self):
        """On another address of loopback, which stands for one of the network."""
        process = subprocess.Popen([PROGRAM, "serve", "--port", "0", "--lan", "127.0.0.1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertRegex(process.stdout.readline(), rb"^Digitscope is at http://127\.0\.0\.1:\d+/#[0-9a-f]{32}\n")
        process.terminate()
        self.assertEqual(process.wait(20), 0)
        process.communicate()

    def test_many_at_once(self):
        """Threads that ask for different drawings each get their own answers."""
        server = Server(PROGRAM, "--workers", "2", "--quiet")
        lines = drawings(40, seed=2)
        expected = server.ask_json("POST", BATCH, b"\n".join(lines), **LINES)[1]["answers"]
        wrong = []

        def ask(first):
            with server.connect() as connection:
                for i in range(first, first + 3 * len(lines)):
                    body = lines[i % len(lines)]
                    connection.send(server.head("POST", PREDICT, len(body)) + body)
                    status, _, answer = connection.answer()
                    if status != 200 or json.loads(answer) != expected[i % len(lines)]:
                        wrong.append((i, status, answer))
        threads = [threading.Thread(target=ask, args=(5 * t,)) for t in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
