"""The library as another program finds it: installed into a folder of its own, found by pkg-config, its two examples
compiled against that and run on made-up digits. And nn/README.md quotes them as they are.

    test_examples.py CMAKE BUILD COMPILER SOURCE"""
import glob
import gzip
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

CMAKE, BUILD, COMPILER, SOURCE = sys.argv[1:]
FLAGS = ["-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def run(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, **options)
    if done.returncode:
        raise AssertionError(f"{' '.join(words)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def ring_or_bar(digit, dice):
    """A 0 or a 1 of 28x28 pixels, white on black, somewhere near the middle."""
    x0, y0, radius = 13.5 + dice.uniform(-2, 2), 13.5 + dice.uniform(-2, 2), dice.uniform(6, 8)
    def ink(x, y):
        dx, dy = x - x0, y - y0
        off = abs(dx) if digit else abs((dx * dx * 2 + dy * dy) ** 0.5 - radius)
        return max(0.0, 1 - max(0.0, off - 1)) * (abs(dy) <= 9)
    return bytes(int(255 * ink(x, y)) for y in range(28) for x in range(28))


def write_set(folder, prefix, count, dice):
    digits = [i % 2 for i in range(count)]
    with gzip.open(f"{folder}/{prefix}-images-idx3-ubyte.gz", "wb") as file:
        file.write(struct.pack(">4i", 0x803, count, 28, 28) + b"".join(ring_or_bar(d, dice) for d in digits))
    with gzip.open(f"{folder}/{prefix}-labels-idx1-ubyte.gz", "wb") as file:
        file.write(struct.pack(">2i", 0x801, count) + bytes(digits))


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="digitscope-test-")
        cls.prefix = f"{cls.folder}/prefix"
        run(CMAKE, "--install", BUILD, "--prefix", cls.prefix, "--component", "nn")
        pc = glob.glob(f"{cls.prefix}/**/digitscope-nn.pc", recursive=True)
        cls.env = {**os.environ, "PKG_CONFIG_PATH": os.path.dirname(pc[0])}
        write_set(cls.folder, "train", 400, random.Random(1))
        write_set(cls.folder, "t10k", 100, random.Random(2))
        for digit in (0, 1):
            with open(f"{cls.folder}/{digit}.pgm", "wb") as file:
                file.write(b"P5 28 28 255\n" + ring_or_bar(digit, random.Random(3)))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def compile(self, name):
        """With what pkg-config says and nothing of the source tree but the example itself."""
        program = f"{self.folder}/{name}"
        flags = run("pkg-config", "--cflags", "--libs", "digitscope-nn", env=self.env).split()
        source = shutil.copy(f"{SOURCE}/nn/examples/{name}.c", self.folder)
        run(COMPILER, *FLAGS, "-o", program, source, *flags, *os.environ.get("LDFLAGS", "").split())
        return program

    def test_trains_and_reads(self):
        model = f"{self.folder}/model.safetensors"
        epochs = run(self.compile("train_mnist"), self.folder, model, "3").splitlines()
        shares = [float(re.fullmatch(r"epoch \d: ([\d.]+) % right while learning", line)[1]) for line in epochs]
        self.assertEqual(len(shares), 3)
        self.assertGreater(shares[-1], 95)
        read = self.compile("read_digit")
        for path in (model, f"{SOURCE}/models/deploy.safetensors"):
            for digit in "01":
                self.assertEqual(run(read, path, f"{self.folder}/{digit}.pgm").split()[0], digit, path)

    def test_what_is_wrong_is_said(self):
        read = self.compile("read_digit")
        for words in ([], ["x.safetensors", f"{self.folder}/0.pgm"], [f"{SOURCE}/models/deploy.safetensors", "x.pgm"]):
            done = subprocess.run([read, *words], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertTrue(done.stdout)

    @unittest.skipUnless(shutil.which("nm"), "nm is not installed")
    def test_all_names_are_its_own(self):
        """What the library gives away begins with nn_, so that no program's names are taken."""
        library = glob.glob(f"{self.prefix}/**/libdigitscope-nn.a", recursive=True)[0]
        names = re.findall(r"^[0-9a-f]+ [A-TV-Z] (\w+)$", run("nm", "-g", library), re.M)
        self.assertGreater(len(names), 100)
        self.assertEqual([name for name in names if not name.startswith("nn_")], [])

    def test_headers_stand_alone(self):
        for header in os.listdir(f"{self.prefix}/include/nn"):
            with open(f"{self.folder}/one.c", "w") as file:
                file.write(f"#include <nn/{header}>\nint main(void)\n{{\n    return 0;\n}}\n")
            run(COMPILER, *FLAGS, "-I", f"{self.prefix}/include", "-fsyntax-only", f"{self.folder}/one.c")

    @unittest.skipUnless(shutil.which("c++"), "no compiler of C++ is installed")
    def test_links_with_cpp(self):
        """Each header gives its functions their names in C."""
        headers = sorted(os.listdir(f"{self.prefix}/include/nn"))
        with open(f"{self.folder}/one.cpp", "w") as file:
            file.writelines(f"#include <nn/{header}>\n" for header in headers)
            file.write("""int main()
{
    nn_error err;
    nn_augment augment;
    nn_model *model = nullptr;
    nn_pool *pool = nullptr;
    char *copy = nn_strdup("none");
    bool ok = nn_augment_parse(&augment, copy, &err) && nn_pool_new(&pool, 1, nullptr, &err);
    nn_free(copy);
    nn_pool_free(pool);
    ok = ok && !nn_join(&model, nullptr, 0, &err) && !nn_model_load(&model, "none", &err) && nn_file_remove("none", &err);
    return ok && nn_kernels_name() && &nn_prune && &nn_fold && &nn_cut_place && &nn_receptive_field ? 0 : 1;
}
""")
        flags = run("pkg-config", "--cflags", "--libs", "digitscope-nn", env=self.env).split()
        program = f"{self.folder}/cpp"
        run("c++", "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wno-address", "-Werror", "-o", program,
            f"{self.folder}/one.cpp", *flags, *os.environ.get("LDFLAGS", "").split())
        run(program)


class Quoted(unittest.TestCase):
    def test_the_readme_quotes_the_examples(self):
        with open(f"{SOURCE}/nn/README.md") as file:
            quotes = re.findall(r"```c\n(.*?)```", file.read(), re.S)
        for name in ("train_mnist", "read_digit"):
            with open(f"{SOURCE}/nn/examples/{name}.c") as file:
                self.assertIn(file.read(), quotes, f"nn/README.md does not quote nn/examples/{name}.c as it is")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
