"""test_check_rules.py - the checker finds what it is there to find, in small trees of its own."""
import os
import tempfile
import unittest

import check_rules

SOUND = {
    "nn/alloc.h": "void *nn_alloc(void);\n",
    "nn/alloc.c": '#include "alloc.h"\nvoid *nn_alloc(void)\n{\n    return 0;\n}\n',
    "app/core/drawing/ink.h": '#include "nn/alloc.h"\nint ink_count(void);\n',
    "app/core/drawing/ink.c": '#include "ink.h"\nint ink_count(void)\n{\n    return nn_alloc() != 0;\n}\n',
    "app/core/digit/digit.h": '#include "app/core/drawing/ink.h"\nint digit_count(void);\nextern const int digit_side;\n',
    "app/core/digit/digit.c": '#include "digit.h"\nconst int digit_side = 28;\nint digit_count(void)\n{\n'
                              '    return ink_count();\n}\n',
    "app/ui/kit/draw.h": '#include "nn/alloc.h"\n',
    "app/ui/state.h": '#include "app/core/digit/digit.h"\n#include "kit/draw.h"\n'.replace("kit/", "app/ui/kit/"),
    "app/ui/panels/panel.h": '#include "app/ui/state.h"\n',
    "app/ui/panels/bars.c": '#include "panel.h"\n/* #include "app/ui/app.h" */\n',
}


def problems(changes):
    """What the checker says of the sound tree with these files changed, exceptions aside."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**SOUND, **changes}.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        house = check_rules.House(root)
        checks = (check_rules.check_rooms, check_rules.check_panels, check_rules.check_wings, check_rules.check_formats)
        found = [line for check in checks for line in check(house)] + list(check_rules.check_programs(root))
        return found + [str(sorted(group)) for group in check_rules.circles(check_rules.edges(house))]


class Checker(unittest.TestCase):
    def assert_finds(self, words, changes):
        found = problems(changes)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_a_sound_tree(self):
        self.assertEqual(problems({}), [])

    def test_rooms(self):
        self.assert_finds("nn knows nothing", {"nn/pool.c": '#include "app/core/drawing/ink.h"\n'})
        self.assert_finds("knows neither SDL", {"app/core/job.c": "#include <SDL.h>\n"})
        self.assert_finds("the kit knows nothing", {"app/ui/kit/icon.c": '#include "app/core/digit/digit.h"\n'})
        self.assert_finds("app/serve knows core", {"app/serve/server.c": '#include "app/ui/state.h"\n'})
        self.assert_finds("knows neither SDL", {"app/serve/server.h": "\n", "app/core/job.c": '#include "app/serve/server.h"\n'})
        self.assert_finds("by their path", {"app/core/digit/shrink.c": '#include "../drawing/ink.h"\n'})

    def test_panels(self):
        self.assert_finds("no panel", {"app/ui/panels/menu.h": "\n", "app/ui/panels/tab.c": '#include "menu.h"\n'})
        self.assert_finds("by actions", {"app/ui/pen.h": "\n", "app/ui/panels/tab.c": '#include "app/ui/pen.h"\n'})

    def test_formats(self):
        header = {"app/core/foreign/onnx/onnx.h": "\n"}
        self.assert_finds("only import.c", {**header, "app/core/foreign/fill.c": '#include "app/core/foreign/onnx/onnx.h"\n'})
        self.assert_finds("only import.c", {**header, "app/core/foreign/torch/torch.c": '#include "app/core/foreign/onnx/onnx.h"\n'})
        self.assert_finds("no format", {"app/core/foreign/caffe/caffe.c": "\n"})
        self.assertEqual(problems({**header, "app/core/foreign/import.c": '#include "app/core/foreign/onnx/onnx.h"\n'}), [])

    def test_wings(self):
        self.assert_finds("that wing", {"app/core/drawing/svg.c": '#include "app/core/digit/digit.h"\n'})
        self.assert_finds("no wing", {"app/core/attic/old.c": "\n"})

    def test_programs(self):
        self.assert_finds("PROTOC_C is required", {"app/core/foreign/onnx/onnx.cmake": "find_program(PROTOC_C protoc-c REQUIRED)\n"})
        self.assertEqual(problems({"app/core/foreign/onnx/onnx.cmake": "find_program(PROTOC_C protoc-c)\n"}), [])

    def test_circles(self):
        self.assert_finds("ink.h", {"app/core/drawing/ink.h": '#include "pen.h"\n',
                                    "app/core/drawing/pen.h": '#include "ink.h"\n'})
        lines = '#include "pen.h"\nint pen_a(void)\n{\n    return pen_b(%s);\n}\n'
        header = {"app/core/drawing/pen.h": "int pen_a(void);\nint pen_b(void);\n"}
        back = lines.replace("pen_a", "pen_x").replace("pen_b", "pen_a").replace("pen_x", "pen_b")
        self.assert_finds("pen.c", {**header, "app/core/drawing/pen.c": lines % "", "app/core/drawing/other.c": back % ""})
        table = '#include "pen.h"\nint (*const pen_table[])(void) = {pen_a};\nint pen_b(void)\n{\n    return 0;\n}\n'
        self.assert_finds("pen.c", {**header, "app/core/drawing/pen.c": lines % "", "app/core/drawing/other.c": table})
        field = '#include "pen.h"\nint pen_b(struct x *x)\n{\n    return x->pen_a + x.pen_a;\n}\n'
        self.assertEqual(problems({**header, "app/core/drawing/pen.c": lines % "", "app/core/drawing/other.c": field}), [])


if __name__ == "__main__":
    unittest.main()
