"""test_setup.py - packaging/setup with package managers that only write down what they are asked for, and rows of its own: a "-" is
nothing to install, neither a name nor a reason to fail."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

SETUP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packaging/setup")
TOOLS = ("awk", "basename", "cat", "cut", "env", "find", "grep", "head", "sh", "touch", "tr", "uname")
# A manager's stub: it installs what a row looks for.
MANAGER = """#!/bin/sh
echo "$(basename "$0") $*" >>"{0}/calls"
case $* in *wanted*) touch "{0}/wanted" ;; esac
"""


class Setup(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="digitscope-setup-")
        self.addCleanup(shutil.rmtree, self.folder)
        for tool in TOOLS:
            os.symlink(shutil.which(tool), self.at(tool))
        self.write("id", "#!/bin/sh\necho 0\n")

    def at(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.at(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.at(name), 0o755)

    def run_setup(self, manager, rows, *words):
        """Its status, what it says, and what it asked the manager to install."""
        with open(SETUP, encoding="utf-8") as file:
            script, count = re.subn(r"(?s)(    cat <<END\n)core\|.*?(\nEND\n)", lambda m: m[1] + "\n".join(rows) + m[2], file.read())
        self.assertEqual(count, 1)
        self.write("setup", script)
        self.write(manager, MANAGER.format(self.folder))
        done = subprocess.run([self.at("setup"), *words], capture_output=True, text=True, timeout=60, check=False,
                              env={"PATH": self.folder, "HOME": self.folder})
        calls = []
        if os.path.exists(self.at("calls")):
            with open(self.at("calls"), encoding="utf-8") as file:
                calls = [line.split()[-1] for line in file if " install " in line]
        return done.returncode, done.stdout + done.stderr, calls

    def row(self, group, name, debian, others):
        return f"{group}|file:{self.at(name)}|{name} for a test|{debian}" + f"|{others}" * 5

    def test_what_has_no_package_is_gone_without(self):
        for manager, words, row in (("apt-get", (), self.row("optional", "nowhere", "-", "some")),
                                    ("dnf", ("--test",), self.row("test", "nowhere", "some", "-")),
                                    ("dnf", ("--test", "--no-install"), self.row("test", "nowhere", "some", "-"))):
            self.assertEqual(self.run_setup(manager, [row], *words), (0, "", []))
            os.remove(self.at(manager))

    def test_only_what_has_one_is_asked_for(self):
        status, said, calls = self.run_setup("apt-get", [self.row("core", "wanted", "wanted", "-"), self.row("optional", "nowhere", "-", "-")])
        self.assertEqual((status, calls), (0, ["wanted"]), said)
        self.assertNotIn("nowhere", said)

    def test_the_core_is_needed_all_the_same(self):
        status, said, calls = self.run_setup("brew", [self.row("core", "nowhere", "some", "-")])
        self.assertEqual((status, calls), (1, []), said)
        self.assertRegex(said, r"Missing:\n  \S+/nowhere +nowhere for a test")


if __name__ == "__main__":
    unittest.main(verbosity=2)
