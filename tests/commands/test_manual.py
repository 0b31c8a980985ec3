"""test_manual.py PROGRAM PICTURES DATA - what --help of every command says, and that the manual page says the same.

The tables of options are the one source: --help prints them, the page and the completions of shells are made from them.
"""
import functools
import os
import re
import shutil
import subprocess
import sys
import unittest

PROGRAM = sys.argv[1]
MADE = os.path.join(os.path.dirname(os.path.abspath(PROGRAM)), "manual")
PAGE = os.path.join(MADE, "digitscope.1")
WINDOW = ""  # the program itself, in place of a command
COLUMNS, UNGROUPED = 100, 12


def run(*words):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60, check=False)
    if (done.returncode, done.stderr) != (0, ""):
        raise AssertionError(f"{words}: {done.returncode} {done.stderr}")
    return done.stdout


@functools.cache
def help_of(command):
    return run(*command.split(), "--help")


def commands():
    """The names that the program's own help lists."""
    return re.findall(r"^  (\S+)", help_of(WINDOW).split("Instead of the options")[1], re.MULTILINE)


def options_of_help(text):
    """(name, value, explanation) of every option, in order."""
    options = []
    for line in text.split("\nExample:\n")[0].splitlines():
        option = re.match(r"  --(\S+)(?: (\S+(?: \S+)*))?(?:  +(\S.*))?$", line)
        if option:
            options.append([option[1], option[2] or "", option[3] or ""])
        elif options and line.startswith(" "):
            options[-1][2] = f"{options[-1][2]} {line.strip()}".strip()
    return [tuple(option) for option in options]


def plain(text):
    """A text of the page without its escapes."""
    for escape, character in [(r"\&", ""), (r"\-", "-"), (r"\(ga", "`"), (r"\(aq", "'"), (r"\e", "\\")]:
        text = text.replace(escape, character)
    return text


def options_of_page():
    """The same for every subsection of the page; the window's are those before the first."""
    found, section, inside = {WINDOW: []}, WINDOW, False
    with open(PAGE, encoding="utf-8") as file:
        for line in file.read().splitlines():
            option = re.match(r"\.It Fl -(\S+)(?: Ar (.*))?$", line)
            if line.startswith((".Ss ", ".Sh ")):
                section = line[4:] if line.startswith(".Ss") else WINDOW
                found.setdefault(section, [])
            if option:
                found[section].append([option[1], option[2] or "", ""])
            elif line.startswith("."):
                inside = False
            elif inside:
                found[section][-1][2] = f"{found[section][-1][2]} {plain(line)}".strip()
            inside = inside or bool(option)
    return {section: [tuple(option) for option in options] for section, options in found.items()}


class Help(unittest.TestCase):
    def each(self):
        for command in [WINDOW, *commands()]:
            yield command, help_of(command)

    def test_all_commands_are_listed(self):
        self.assertEqual(set(commands()), {"train", "search", "prune", "teach", "quantize", "data", "export", "import", "eval", "ink", "predict", "bench",
                                           "info", "models", "fetch-data", "serve"})

    def test_usage_and_options(self):
        """Each option is there once and explained; the parser takes what is listed."""
        for command, text in self.each():
            self.assertTrue(text.startswith(f"Usage: digitscope {command}".strip() + " "), text)
            names = [name for name, _, _ in options_of_help(text)]
            self.assertEqual(len(names), len(set(names)), command)
            self.assertEqual(names[-1], "help")
            self.assertTrue(command == WINDOW or "json" in names)
            for name, value, explanation in options_of_help(text):
                self.assertTrue(explanation, name)
                words = [*command.split(), f"--{name}" if value else f"--{name}=1"]
                done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60, check=False)
                says = "needs a value" if value else "takes no value"
                if name != "help":
                    self.assertEqual(done.returncode, 2)
                    self.assertIn(f"--{name} {says}", done.stderr)

    def test_usage_names_what_it_takes(self):
        """All options but --state, or that there are more; none that there is not, nor with another value."""
        for command, text in self.each():
            usage, listed = text.splitlines()[0], {name: value.replace(" ...", "") for name, value, _ in options_of_help(text)}
            named = dict(re.findall(r"--([\w-]+)(?: ([^\s|\]]+))?", usage))
            with self.subTest(command):
                self.assertLessEqual(named.items(), listed.items(), usage)
                if "[options]" not in usage:
                    self.assertEqual(listed.keys() - named.keys() - {"state", "help"}, set(), usage)

    def test_no_line_is_too_long(self):
        for _, text in self.each():
            self.assertEqual([line for line in text.splitlines() if len(line) > COLUMNS], [])

    def test_explanations_stand_in_one_column(self):
        for command, text in self.each():
            lines = text.split("\nExample:\n")[0].splitlines()
            starts = {re.match(r"  --\S+(?: \S+)*  +", line).end() for line in lines
                      if re.match(r"  --\S+(?: \S+)*  +\S", line)}
            starts |= {len(line) - len(line.lstrip()) for line in lines if line.startswith("      ")}
            self.assertEqual(len(starts), 1, command)

    def test_many_options_are_in_groups(self):
        for command, text in self.each():
            listed = text.split("\nExample:\n")[0]
            headings = re.findall(r"^(\S.*):\n  --", listed, re.MULTILINE)
            self.assertEqual(len(headings), len(set(headings)))
            if len(options_of_help(text)) > UNGROUPED:
                self.assertGreater(len(headings), 2, command)
                for group in re.split(r"\n\n", listed):
                    self.assertLessEqual(len(re.findall(r"^  --", group, re.MULTILINE)), UNGROUPED, group)

    def test_example(self):
        """It is of this command, and its options exist."""
        for command, text in self.each():
            line, effect = text.split("\nExample:\n")[1].splitlines()[:2]
            self.assertTrue(line.startswith(f"  digitscope {command}".rstrip() + " "), line)
            self.assertRegex(effect, r"^      \S")
            used = re.findall(r" --(\S+)", line)
            self.assertLessEqual(set(used), {name for name, _, _ in options_of_help(text)})


def content(name):
    with open(os.path.join(MADE, name), encoding="utf-8") as file:
        return file.read()


class Page(unittest.TestCase):
    def test_it_has_the_options_of_help(self):
        """All of them, no other ones, with the same explanations."""
        page = options_of_page()
        self.assertEqual(sorted(name for name, options in page.items() if options), sorted([WINDOW, *commands()]))
        for command, options in page.items():
            listed = [option for option in options_of_help(help_of(command)) if option[0] != "help"]
            with self.subTest(command):
                self.assertEqual(sorted(options), sorted(listed))


class Completions(unittest.TestCase):
    """Every shell that is there completes all commands and all options, and words where a value is one."""

    def completes(self, ask):
        """ask(*words): what could stand in the place of the last word, in which all begin so."""
        self.assertLessEqual(set(commands()), ask(""))
        for command in [WINDOW, *commands()]:
            listed = {f"--{name}" for name, _, _ in options_of_help(help_of(command))}
            self.assertEqual(ask(*command.split(), "--"), listed, command)
        self.assertEqual(ask("train", "--optimizer", ""), {"adam", "adamw", "sgd"})
        self.assertEqual(ask("--theme", "d"), {"dark"})

    def ask_shell(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=MADE)
        self.assertEqual(done.stderr, "")
        return {line.split("\t")[0] for line in done.stdout.splitlines()}

    @unittest.skipUnless(shutil.which("bash"), "no bash")
    def test_bash(self):
        script = ('. ./digitscope.bash; COMP_WORDS=(digitscope "$@"); COMP_CWORD=$#; _digitscope; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        self.completes(lambda *words: self.ask_shell("bash", "-c", script, "bash", *words))

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish(self):
        script = "source digitscope.fish; complete -C (string join ' ' -- digitscope $argv)"
        self.completes(lambda *words: self.ask_shell("fish", "--no-config", "-c", script, "--", *words))

    def test_zsh(self):
        """Its completion needs a terminal, so that only its text is looked at, and by zsh where there is one."""
        text = content("_digitscope")
        for command in [WINDOW, *commands()]:
            function = re.search(rf"^_digitscope_{command or 'window'}\(\) {{\n(.*?)^}}", text, re.M | re.S)[1]
            self.assertCountEqual(re.findall(r"^    '\*?--([\w-]+)\[", function, re.M),
                                  [name for name, _, _ in options_of_help(help_of(command))])
        self.assertIn("'--optimizer[sgd has Nesterov momentum (default adam)]:optimizer:(adam adamw sgd)'", text)
        if shutil.which("zsh"):
            self.ask_shell("zsh", "-n", "_digitscope")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
