"""peers - how others' programs are run beside ours: with the settings that make them fastest."""
import os
import struct
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OURS = os.environ.get("DIGITSCOPE", os.path.join(ROOT, "build", "release", "digitscope"))
NETS = {"A": "models/enhanced", "B": "models/primary", "C": "models/deploy", "D": "models/simple", "E": "tests/bench/E",
        "F": "models/lenet5", "G": "tests/bench/G"}  # what the peers call them: our file


def net(letter):
    return os.path.join(ROOT, NETS[letter] + ".net")


def layers(path):
    """(kind, values, settings) of each layer of an architecture behind `input`, as texts."""
    with open(path, encoding="utf-8") as file:
        lines = [line.partition("#")[0].split() for line in file]
    for kind, *words in filter(None, lines):
        if kind != "input":
            yield kind, [word for word in words if "=" not in word], dict(word.split("=") for word in words if "=" in word)


def few_bars(folder, count=400):
    """A folder with so many images of ten bars, each at a height of its own, as MNIST's files: what needs any model learns them at once."""
    bars = [bytes(255 * (row // 2 == i) for row in range(28) for _ in range(28)) for i in range(10)]
    for name, head, body in (("images-idx3", struct.pack(">4I", 0x803, count, 28, 28), b"".join(bars) * (count // 10)),
                             ("labels-idx1", struct.pack(">2I", 0x801, count), bytes(range(10)) * (count // 10))):
        with open(os.path.join(folder, f"train-{name}-ubyte"), "wb") as file:
            file.write(head + body)
    return folder


def environment():
    """OpenBLAS with the kernels of this processor and one thread, no page faults from malloc."""
    flags = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "")
    core = "SKYLAKEX" if "avx512f" in flags else "HASWELL"
    return dict(os.environ, OPENBLAS_CORETYPE=core, OPENBLAS_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1",
                MALLOC_MMAP_THRESHOLD_="4000000000", MALLOC_TRIM_THRESHOLD_="8000000000")


def output(command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **more).stdout


def build():
    subprocess.run("cmake --preset release && cmake --build --preset release --target digitscope", shell=True, check=True,
                   cwd=ROOT, stdout=sys.stderr)


def processor():
    name = next((line for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    return f"{name.partition(': ')[2].strip() or 'unknown processor'}, {os.cpu_count()} processors"
