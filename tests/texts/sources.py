"""sources.py - what the C sources say: the formats of errors and the words that go into them, and the names of texts."""
import glob
import os
import re

# Functions whose argument of this number, from 0, is words for an error, beside nn_fail's format.
WRAPPERS = {'nn_fail': 3, 'fail': 2, 'fail_at': 3, 'refuse': 2, 'nn_fail_errno': 1, 'nn_fail_errno_in': 2,
            'fail_unknown': 1}
COMMAND_LINE = 'app/platform/window_args.c'  # stays English, as commands do
RUN = re.compile(r'(?:"(?:[^"\\]|\\.)*"\s*)+')
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
ESCAPE = re.compile(rb'\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)')


def files(top, *folders):
    """Path and text of every source in the folders, without its comments."""
    for folder in folders:
        for path in sorted(glob.glob(os.path.join(top, folder, '**', '*.[chd]*'), recursive=True)):
            if path.endswith(('.c', '.h', '.def')):
                with open(path, encoding='utf-8') as file:
                    yield os.path.relpath(path, top), re.sub(r'/\*.*?\*/', '', file.read(), flags=re.S)


def unescape(text):
    def one(match):
        code = match.group(1)
        if code[:1] == b'x':
            return bytes([int(code[1:], 16)])
        if code.isdigit():
            return bytes([int(code, 8)])
        return {b'n': b'\n', b't': b'\t'}.get(code, code)
    return ESCAPE.sub(one, text.encode('utf-8')).decode('utf-8')


def literals(code):
    """Each run of C string literals in the code, put together."""
    return [''.join(unescape(s) for s in STRING.findall(run)) for run in RUN.findall(code)]


def arguments(text, at):
    """The arguments of the call whose opening bracket lies before `at`."""
    found, depth, begin = [], 1, at
    while depth:
        if text[at] in '"\'':
            quote = text[at]
            at += 1
            while text[at] != quote:
                at += 2 if text[at] == '\\' else 1
        elif text[at] in '([{':
            depth += 1
        elif text[at] in ')]}':
            depth -= 1
        if depth == 0 or (depth == 1 and text[at] == ','):
            found.append(text[begin:at].strip())
            begin = at + 1
        at += 1
    return found


def calls(top, *folders):
    """(path, its text, function, arguments) of every call of a function that fails."""
    for path, text in files(top, *folders):
        if path == COMMAND_LINE:
            continue
        for match in re.finditer(r'\b(%s)\(' % '|'.join(WRAPPERS), text):
            yield path, text, match.group(1), arguments(text, match.end())


def words(source, argument):
    """The literals that an argument may be: its own, or those of the function that it calls."""
    called = re.match(r'(\w+)\(', argument)
    if called and not literals(argument):
        body = re.search(r'^static const char \*%s\(.*?^}' % called.group(1), source, flags=re.S | re.M)
        argument = body.group(0) if body else ''
    return literals(argument)


def errors(top, words_of, *folders):
    """Everything that an error in these folders may say, and where. words_of: the numbers, from 1, of the arguments of
    a format that are words themselves."""
    said = {}
    for path, source, function, args in calls(top, *folders):
        at = WRAPPERS[function]
        if len(args) <= at:
            continue
        formats = [text for text in literals(args[at]) if re.search('[A-Za-z]', re.sub(r'%[^a-zA-Z]*l*z*[a-zA-Z]', '', text))]
        for text in formats:
            said.setdefault(text, path)
        if function == 'nn_fail':
            for text in formats:
                for number in words_of(text):
                    for word in words(source, args[at + number]) if len(args) > at + number else []:
                        if word:
                            said.setdefault(word, path)
    return said
