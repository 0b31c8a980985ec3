"""peers - how others' programs are run beside ours: with the settings that make them fastest."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OURS = os.environ.get("DIGITSCOPE", os.path.join(ROOT, "build", "release", "digitscope"))


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
