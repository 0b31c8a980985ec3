#!/usr/bin/env python3
"""What is wrong in a file of texts is found when the program is built, with file and line.

Usage: test_compile.py TEXTS_COMPILE
"""
import os
import subprocess
import sys
import tempfile

compiler = sys.argv[1]
HEADER = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=%s; plural=%s;\\n"\n\n'
TEMPLATE = HEADER % (2, '(n != 1)') + '''msgctxt "number.decimal"
msgid "."
msgstr ""

msgctxt "language.name"
msgid "English"
msgstr ""

#, c-format
msgctxt "kept"
msgid "%s: %d kept"
msgstr ""

#, c-format
msgctxt "images"
msgid "%d image"
msgid_plural "%d images"
msgstr[0] ""
msgstr[1] ""

#, c-format
msgid "cannot open %s"
msgstr ""
'''
KEPT = '#, c-format\nmsgctxt "kept"\nmsgid "%s: %d kept"\nmsgstr '
IMAGES = '#, c-format\nmsgctxt "images"\nmsgid "%d image"\nmsgid_plural "%d images"\n'
THREE = HEADER % (3, '(n==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2)')
GERMAN = HEADER % (2, '(n != 1)')

GOOD = {
    'nothing translated': GERMAN,
    'another order': GERMAN + KEPT + '"%2$d in %1$s"\n',
    'three forms': THREE + IMAGES + 'msgstr[0] "%d a"\nmsgstr[1] "%d b"\nmsgstr[2] "%d c"\n',
    'fuzzy: does not count': GERMAN + '#, fuzzy, c-format\nmsgctxt "kept"\nmsgid "%s: %d kept"\nmsgstr "%s: %d"\n',
    'obsolete': GERMAN + '#~ msgid "gone"\n#~ msgstr "weg"\n',
    'lines that go on': GERMAN + KEPT + '""\n"%s: "\n"%d da"\n',
}
BAD = {
    'no plural rule': ('msgid ""\nmsgstr ""\n"Language: de\\n"\n', 'Plural-Forms'),
    'a rule that is no rule': (HEADER % (2, 'system(n)'), 'no rule'),
    'too few arguments': (GERMAN + KEPT + '"%s"\n', 'other arguments'),
    'arguments of another kind': (GERMAN + KEPT + '"%d: %s"\n', 'other arguments'),
    'an unknown conversion': (GERMAN + KEPT + '"%s: %q"\n', 'not understood'),
    'an argument too many': (GERMAN + '#, c-format\nmsgid "cannot open %s"\nmsgstr "%s %s"\n', 'other arguments'),
    'an unknown name': (GERMAN + 'msgctxt "lost"\nmsgid "English"\nmsgstr "Deutsch"\n', 'no such text'),
    'another English': (GERMAN + 'msgctxt "language.name"\nmsgid "Englisch"\nmsgstr "Deutsch"\n', 'no such text'),
    'twice': (GERMAN + 2 * (KEPT + '"%s: %d"\n\n'), 'already'),
    'a form too many': (GERMAN + IMAGES + 'msgstr[0] "%d"\nmsgstr[1] "%d"\nmsgstr[2] "%d"\n', 'form 2 of 2'),
    'no closing quote': (GERMAN + KEPT + '"%s: %d\n', 'closing quote'),
    'an unknown escape': (GERMAN + KEPT + '"%s: %d \\q"\n', 'not known'),
    'no keyword': (GERMAN + 'message "a"\n', 'expected'),
    'msgstr twice': (GERMAN + KEPT + '"%s: %d"\nmsgstr "%s: %d"\n', 'each once'),
}


def run(folder, translation, template=TEMPLATE, *options):
    paths = [os.path.join(folder, name) for name in ('out', 'template.pot', 'de.po')]
    for path, text in zip(paths[1:], (template, translation)):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    return subprocess.run([compiler, *options, *paths], capture_output=True, text=True)


faults = []
with tempfile.TemporaryDirectory() as folder:
    for name, text in GOOD.items():
        done = run(folder, text)
        if done.returncode:
            faults.append(f'{name}: refused: {done.stderr}')
    for name, (text, expected) in BAD.items():
        done = run(folder, text)
        if done.returncode != 1 or 'de.po:' not in done.stderr or expected not in done.stderr:
            faults.append(f'{name}: exit {done.returncode}, {done.stderr!r}, expected {expected!r}')
    if run(folder, GERMAN, TEMPLATE, '--complete').returncode != 1:
        faults.append('--complete takes a translation of nothing')
    run(folder, GOOD['three forms'])
    with open(os.path.join(folder, 'out.c'), encoding='utf-8') as file:
        if 'a\\000%d b\\000%d c' not in file.read():
            faults.append('the three forms are not in the table')
print(f'{len(GOOD)} files taken, {len(BAD)} refused')
for fault in faults:
    print(fault)
sys.exit(bool(faults))
