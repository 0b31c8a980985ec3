#!/usr/bin/env python3
"""Checks model files byte by byte against the safetensors format, with Python's standard library only.

    check_safetensors.py FILE...

Rules: an 8-byte little-endian header length; a JSON header that begins with '{', is padded with spaces to a multiple
of 8 and has no key twice; tensors with exactly dtype, shape and data_offsets, in the order of their names, covering
the buffer from 0 to its end with no gap and no overlap; __metadata__ holding strings only. nn's files hold finite F32
values only, and their header is the compact JSON that the reference writer makes. Each file is then broken in every
one of these ways, and each break must be found.
"""
import json
import math
import struct
import sys


class Invalid(Exception):
    pass


def require(condition, what):
    if not condition:
        raise Invalid(what)


def no_duplicates(pairs):
    require(len({key for key, _ in pairs}) == len(pairs), "a key twice")
    return dict(pairs)


def check_tensor(name, entry, begin):
    require(list(entry) == ["dtype", "shape", "data_offsets"], f"{name}: keys {list(entry)}")
    require(entry["dtype"] == "F32", f"{name}: dtype {entry['dtype']}")
    require(all(type(n) is int and n > 0 for n in entry["shape"]), f"{name}: shape {entry['shape']}")
    end = begin + 4 * math.prod(entry["shape"])
    require(entry["data_offsets"] == [begin, end], f"{name}: offsets {entry['data_offsets']}, not {[begin, end]}")
    return end


def check(data):
    """Raises Invalid, or returns the number of tensors."""
    require(len(data) >= 8, "no header length")
    (length,) = struct.unpack("<Q", data[:8])
    require(length % 8 == 0, f"header of {length} bytes: the buffer is not aligned to 8")
    require(length <= len(data) - 8, "header longer than the file")
    raw, buffer = data[8:8 + length], data[8 + length:]
    require(raw[:1] == b"{", "the header does not begin with '{'")
    try:
        header = json.loads(raw, object_pairs_hook=no_duplicates)
    except ValueError as error:
        raise Invalid(f"header: {error}") from error
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    require(raw == text + b" " * (-len(text) % 8), "the header is not compact JSON padded with spaces")
    metadata = header.pop("__metadata__", {})
    require(all(type(value) is str for value in metadata.values()), "__metadata__ holds more than strings")
    require(list(header) == sorted(header), "names are not in order")
    end = 0
    for name, entry in header.items():
        end = check_tensor(name, entry, end)
    require(end == len(buffer), f"tensors end at {end}, the buffer at {len(buffer)}")
    require(all(map(math.isfinite, struct.unpack(f"<{end // 4}f", buffer))), "a value is not finite")
    return len(header)


def rebuilt(data, change):
    """The file with its header changed, padded and measured again."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    header = change(header) or header
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data[8 + length:]


def duplicate(data, name):
    """The file with the first tensor's entry written twice."""
    (length,) = struct.unpack("<Q", data[:8])
    text = b'{"' + name.encode() + b'":{},' + data[9:8 + length]
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data[8 + length:]


def broken(data):
    """Pairs of what is wrong and the file with it."""
    (length,) = struct.unpack("<Q", data[:8])
    body = data[8:]
    first, *_, last = (name for name in json.loads(body[:length]) if name != "__metadata__")

    def edit(name, **changes):
        return rebuilt(data, lambda header: header[name].update(changes))

    yield "empty", b""
    yield "cut in the length", data[:7]
    yield "cut in the header", data[:8 + length // 2]
    yield "cut in the buffer", data[:-1]
    yield "trailing byte", data + b"\0"
    yield "big-endian length", struct.pack(">Q", length) + body
    yield "padding of zero bytes", struct.pack("<Q", length + 8) + data[8:8 + length] + bytes(8) + data[8 + length:]
    yield "more padding", struct.pack("<Q", length + 8) + data[8:8 + length] + b" " * 8 + data[8 + length:]
    yield "leading space", struct.pack("<Q", length + 8) + b" " * 8 + body
    yield "dtype", edit(first, dtype="F16")
    yield "shape", edit(first, shape=[1, 1, 1, 1, 99])
    yield "zero dimension", edit(first, shape=[0])
    yield "gap", edit(first, data_offsets=[4, 8])
    yield "overlap", edit(last, data_offsets=[0, 4])
    yield "extra key", edit(first, comment="x")
    yield "order", rebuilt(data, lambda header: dict(reversed(header.items())))
    yield "metadata number", rebuilt(data, lambda header: header.update(__metadata__={"a": 1}))
    yield "a key twice", duplicate(data, first)
    yield "not a number", data[:-4] + struct.pack("<f", math.nan)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            data = file.read()
        try:
            tensors = check(data)
        except Invalid as error:
            sys.exit(f"{path}: {error}")
        breaks = list(broken(data))
        for what, bad in breaks:
            try:
                check(bad)
            except Invalid:
                continue
            sys.exit(f"{path}: broken by '{what}', and it was not noticed")
        print(f"{path}: {tensors} tensors, {len(data)} bytes; {len(breaks)} broken twins refused")


main()
