"""check_rules.py ROOT - the rules of the house, told from includes and from who calls whom.

1. nn includes nothing of app. app/core includes no SDL and nothing of ui, platform, commands, report, serve. app/serve knows core and
   how pictures are decoded. app/ui/kit knows
   nothing of digits, models or the application.
2. Panels include the state, the kit and core; no panel includes another.
3. In app/core the wings stand on each other: base files; console, image and share (the way to other devices); drawing, digit, made, data, training; model beside made and data,
   number (several digits) on model; probe (what changes an answer) beside training; foreign (other programs' model files) beside training; export (files for them) knows nn and
   base files only. In foreign each format is a room, that only import.c enters; tflite is read as onnx is.
4. No circle of files: of headers by what they include, of sources by the names that only one of them defines.
5. No program that the build looks for is required: where it is missing, what needs it is left out.
"""
import os
import re
import sys

# Circles that are meant: the files of one are the parts of one thing.
CIRCLES = [
    {"nn/layers/conv.c", "nn/layers/conv_direct.c", "nn/layers/conv_integer.c", "nn/layers/conv_winograd.c"},
]
# What a wing of app/core may include besides itself.
WINGS = {
    "": set(),
    "console": {""},
    "image": {""},
    "share": {""},
    "drawing": {""},
    "digit": {"", "image", "drawing"},
    "made": {"", "drawing", "digit"},
    "model": {"", "console", "drawing", "digit"},
    "number": {"", "image", "drawing", "digit", "model"},
    "probe": {"", "drawing", "digit", "made", "model", "data"},
    "data": {"", "image", "drawing", "digit", "made"},
    "training": {"", "drawing", "digit", "made", "model", "data"},
    "export": {""},
    "foreign": {"", "console", "drawing", "digit", "made", "model", "data"},
}
# The formats of other programs' models, and what each may include of the others.
FORMATS = {"keras": set(), "onnx": set(), "tflite": {"onnx"}, "torch": set()}
# What the kit may know of nn and app/core: base files that would be of use to any program.
KIT_BASE = {"app/core/buffer.h", "app/core/embedded.h", "app/core/least.h", "app/core/platform.h",
            "app/core/image/pixmap.h", "app/core/image/png.h", "app/core/image/shrink.h",
            "nn/alloc.h", "nn/error.h", "nn/file.h", "nn/number.h", "nn/utf8.h"}


def sources(root):
    """Path -> text without comments and strings, of everything that is built into the program."""
    found = {}
    for top in ("nn", "app"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in names:
                if name.endswith((".c", ".h")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        found[os.path.relpath(path, root)] = file.read()
    return found


def stripped(text):
    """Without comments and the insides of literals; includes stay."""
    pattern = r'(^\s*#\s*include[^\n]*)|/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, lambda m: m.group(1) or " ", text, flags=re.S | re.M)


class House:
    def __init__(self, root):
        self.text = {path: stripped(text) for path, text in sources(root).items()}
        self.includes = {path: list(self.included(path)) for path in self.text}

    def included(self, path):
        """(name as written, path in the tree or None)."""
        for quoted, name in re.findall(r'^\s*#\s*include\s*(["<])([^">]+)[">]', self.text[path], re.M):
            beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
            yield name, beside if quoted == '"' and beside in self.text else name if name in self.text else None

    def tree_includes(self, path):
        return [to for _, to in self.includes[path] if to]


def room_of(path):
    return os.path.dirname(path)


def wing_of(path):
    parts = path.split("/")
    return parts[2] if len(parts) > 3 else ""


def check_rooms(house):
    for path in house.text:
        for name, to in house.includes[path]:
            if path.startswith("nn/") and name.startswith("app/"):
                yield f"{path} includes {name}: nn knows nothing of app"
            if path.startswith("app/core/") and (name.startswith("SDL") or (to or "").startswith(
                    ("app/ui/", "app/platform/", "app/commands/", "app/report/", "app/serve/"))):
                yield f"{path} includes {name}: app/core knows neither SDL nor what stands on it"
            if path.startswith("app/serve/") and (to or "app/serve/").startswith("app/") and to != "app/ui/kit/picture_file.h" \
                    and not (to or "app/serve/").startswith(("app/serve/", "app/core/")):
                yield f"{path} includes {name}: app/serve knows core, and of the rest how pictures are decoded"
            if path.startswith("app/ui/kit/") and to and not to.startswith(("app/ui/kit/", "app/texts/", "assets/")) \
                    and to not in KIT_BASE:
                yield f"{path} includes {name}: the kit knows nothing of digits, models or the application"
            if to and room_of(to) != room_of(path) and to != name and to.endswith(".h"):
                yield f"{path} includes {name}: headers of other rooms are named by their path from the top"


def check_panels(house):
    for path in house.text:
        if not path.startswith("app/ui/panels/"):
            continue
        own = os.path.splitext(path)[0] + ".h"
        for name, to in house.includes[path]:
            to = to or ""
            if to.startswith("app/ui/panels/") and to not in (own, "app/ui/panels/panel.h", "app/ui/panels/words.h"):
                yield f"{path} includes {name}: no panel includes another"
            if to.startswith("app/ui/") and not to.startswith(("app/ui/kit/", "app/ui/panels/")) \
                    and to not in ("app/ui/state.h", "app/ui/action.h"):
                yield f"{path} includes {name}: panels read the state and ask for changes by actions"


def check_wings(house):
    for path in house.text:
        if not path.startswith("app/core/"):
            continue
        wing = wing_of(path)
        if wing not in WINGS:
            yield f"{path}: app/core/{wing} is no wing that is known here"
            continue
        for name, to in house.includes[path]:
            if to and to.startswith("app/core/") and wing_of(to) != wing and wing_of(to) not in WINGS[wing]:
                yield f"{path} includes {name}: that wing stands on this one"


def check_formats(house):
    entrance = "app/core/foreign/import.c"
    for path in house.text:
        parts = path.split("/")
        own = parts[3] if path.startswith("app/core/foreign/") and len(parts) > 4 else None
        if own and own not in FORMATS:
            yield f"{path}: {own} is no format that is known here"
            continue
        for name, to in house.includes[path]:
            if not to or not to.startswith("app/core/foreign/") or len(to.split("/")) <= 4 or path == entrance:
                continue
            room = to.split("/")[3]
            if room != own and room not in FORMATS.get(own, ()):
                yield f"{path} includes {name}: only import.c enters a format's room"


def check_programs(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "build" and not name.startswith(".")]
        for name in names:
            if not name.endswith(".cmake") and name != "CMakeLists.txt":
                continue
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as file:
                for call in re.findall(r"find_program\(([^)]*\bREQUIRED\b)[^)]*\)", file.read()):
                    yield f"{os.path.relpath(path, root)}: {call.split()[0]} is required, though the rest works without it"


# ---- circles


def definitions(text):
    """Names of functions and objects with external linkage that a .c file defines."""
    flat = re.sub(r"^\s*#[^\n]*(\\\n[^\n]*)*", "", text, flags=re.M)
    names, depth, start = set(), 0, 0
    for m in re.finditer(r"[{};]", flat):
        token = m.group()
        if token == "{":
            if depth == 0:
                names |= defined_name(flat[start : m.start()], True)
            depth += 1
        elif token == "}":
            depth -= 1
            if depth == 0:
                start = m.end()
        elif depth == 0:
            names |= defined_name(flat[start : m.start()], False)
            start = m.end()
    return names


def defined_name(head, has_body):
    head = " ".join(head.split())
    if not head or re.match(r"(static|typedef|extern|enum|union)\b", head):
        return set()
    function = re.match(r"[\w\s\*]*?[\s\*](\w+)\s*\([^=]*$", head)
    if function:
        return {function.group(1)} if has_body else set()
    if head.startswith("struct") and "=" not in head:
        return set()
    variable = re.match(r"[\w\s\*]*?[\s\*](\w+)\s*(\[[^\]]*\]\s*)*=", head + ("=" if has_body else ""))
    return {variable.group(1)} if variable else set()


def edges(house):
    """file -> {file that it needs: why}: a header needs what it includes, a source what it names and another defines."""
    owners, declared = {}, set()
    for path, text in house.text.items():
        if path.endswith(".c"):
            for name in definitions(text):
                owners.setdefault(name, set()).add(path)
        else:
            declared |= set(re.findall(r"\b[A-Za-z_]\w*\b", text))
    needs = {path: {} for path in house.text}
    for path, text in house.text.items():
        if path.endswith(".h"):
            needs[path] = {to: "includes" for to in house.tree_includes(path) if to != path}
            continue
        for name in set(re.findall(r"(?<![.>\w])[A-Za-z_]\w*", text)) & declared:
            owner = owners.get(name, ())
            if len(owner) == 1 and path not in owner:
                needs[path].setdefault(next(iter(owner)), f"uses {name} of")
    return needs


def circles(needs):
    """Strongly connected components of more than one unit (Tarjan)."""
    index, low, stack, on, found = {}, {}, [], set(), []

    def visit(v):
        index[v] = low[v] = len(index)
        stack.append(v)
        on.add(v)
        for w in sorted(needs[v]):
            if w not in needs:
                continue
            if w not in index:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in on:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            group = set()
            while v not in group:
                w = stack.pop()
                on.discard(w)
                group.add(w)
            if len(group) > 1:
                found.append(group)

    sys.setrecursionlimit(10000)
    for v in sorted(needs):
        if v not in index:
            visit(v)
    return found


def check_circles(house):
    needs = edges(house)
    found = circles(needs)
    for group in found:
        if group not in CIRCLES:
            ways = [f"{a} {needs[a][b]} {b}" for a in sorted(group) for b in sorted(needs[a]) if b in group]
            yield "a circle of files:\n    " + "\n    ".join(ways)
    for group in CIRCLES:
        if group not in found:
            yield f"no circle any more, so no exception: {', '.join(sorted(group))}"


def main(root):
    house = House(root)
    wrong = [w for check in (check_rooms, check_panels, check_wings, check_formats, check_circles) for w in check(house)]
    wrong += check_programs(root)
    print("\n".join(wrong) or f"{len(house.text)} files keep the rules")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
