"""test_moved.py PROGRAM PICTURES DATA - a program that was moved, alone or with its models, finds what lies beside it.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "models")


class Moved(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="digitscope-test-")
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)

    def place(self, path):
        """A copy of the program there, which reads no file of this user."""
        program = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(program))
        shutil.copy(PROGRAM, program)
        return program

    def put_model(self, folder):
        folder = os.path.join(self.folder, folder)
        os.makedirs(folder)
        shutil.copy(os.path.join(MODELS, "tiny.safetensors"), folder)
        return os.path.join(folder, "tiny.safetensors")

    def models(self, program):
        done = subprocess.run([program, "models", "--json", "--state", self.folder], capture_output=True, text=True, timeout=60,
                              check=True)
        return {model["name"]: model["path"] for model in json.loads(done.stdout)}

    def test_alone_it_has_the_default(self):
        self.assertEqual(list(self.models(self.place("anywhere/digitscope")).values()), [""])

    def test_models_lie_beside_it(self):
        for program, models in (("archive/digitscope", "archive/models"), ("prefix/bin/digitscope", "prefix/share/digitscope/models")):
            with self.subTest(program):
                program = self.place(program)
                model = self.put_model(models)
                self.assertEqual(self.models(program)["tiny"], model)
                link = os.path.join(self.folder, "started-by-a-link")
                os.symlink(program, link)
                self.assertEqual(self.models(link)["tiny"], model)
                os.remove(link)

    @unittest.skipUnless(hasattr(os, "geteuid") and os.geteuid() == 0, "only root can give files away")
    def test_models_of_somebody_else_are_not_read(self):
        """Beside a program in /tmp anybody could put some."""
        program = self.place("there/digitscope")
        self.put_model("there/models")
        os.chown(os.path.join(self.folder, "there", "models"), 65534, 65534)
        self.assertNotIn("tiny", self.models(program))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
