"""test_binary.py READELF PROGRAM CMAKE BUILD TYPE - how the program is hardened, as it is built and as it is installed."""
import os
import platform
import re
import subprocess
import sys
import tempfile
import unittest

READELF, PROGRAM, CMAKE, BUILD, TYPE = sys.argv[1:6]
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def read(option, program):
    return subprocess.run([READELF, "-W", option, program], capture_output=True, text=True, check=True).stdout


class Binary:
    def test_libraries_come_from_the_system_alone(self):
        """An empty or relative entry of a search path is the folder that the program is started in."""
        for path in re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", read("-d", self.program)):
            for entry in path.split(":"):
                self.assertTrue(entry.startswith(("/", "$ORIGIN/")), f"[{path}]")

    def test_code_lies_anywhere(self):
        self.assertRegex(read("-h", self.program), r"Type:\s+DYN")
        self.assertRegex(read("-d", self.program), r"\(FLAGS_1\).*\bPIE\b")

    def test_nothing_can_be_bound_or_run_later(self):
        segments = read("-l", self.program)
        self.assertIn("GNU_RELRO", segments)
        self.assertRegex(read("-d", self.program), r"\(FLAGS_1?\).*\b(BIND_NOW|NOW)\b")
        [stack] = re.findall(r"GNU_STACK.*", segments)
        self.assertNotIn("RWE", stack)
        self.assertNotIn("TEXTREL", read("-d", self.program))

    def test_no_path_of_the_build_is_inside(self):
        """It would say who built it where, differ from build to build, and be read by a program that was moved."""
        with open(self.program, "rb") as file:
            content = file.read()
        for folder in (SOURCE, BUILD):
            self.assertNotIn(os.path.realpath(folder).encode(), content)

    def test_no_library_is_given_a_function_of_this_program_s(self):
        """One that has the name of a library's would be called in its place."""
        symbols = re.findall(r"\bFUNC +(?:GLOBAL|WEAK) +\w+ +(\d+) (\w+)", read("--dyn-syms", self.program))
        self.assertEqual([name for _, name in symbols if not name.startswith("_")], ["main"])

    def test_calls_are_checked(self):
        symbols = read("--dyn-syms", self.program)
        self.assertIn("__stack_chk_fail", symbols)
        if TYPE in ("Release", "RelWithDebInfo", "MinSizeRel"):
            self.assertRegex(symbols, r"__(memcpy|snprintf|vsnprintf)_chk")

    @unittest.skipUnless(platform.machine() in ("x86_64", "AMD64"), "only processors by Intel and AMD have it")
    def test_jumps_are_checked(self):
        code = subprocess.run([READELF, "-x", ".text", self.program], capture_output=True, text=True, check=True).stdout
        functions = len(re.findall(r"^ +0x\w+ f30f1efa", code, re.M))  # that begin with endbr64
        self.assertGreater(functions, 500)


class Built(Binary, unittest.TestCase):
    program = PROGRAM


class Installed(Binary, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="digitscope-test-")
        subprocess.run([CMAKE, "--install", BUILD, "--prefix", cls.folder.name], capture_output=True, check=True)
        [cls.program] = [os.path.join(folder, "digitscope") for folder, _, files in os.walk(cls.folder.name)
                         if "digitscope" in files and os.path.basename(folder) == "bin"]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
