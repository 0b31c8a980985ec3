#!/usr/bin/env python3
"""The texts' files and the sources agree: every error has an entry and every entry is used.

Usage: test_sources.py TOP TEXTS_COMPILE
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import sources

FOLDERS = ('nn', 'app/core', 'app/report', 'app/ui', 'app/platform')  # what commands say stays English
top, compiler = sys.argv[1:3]
texts = os.path.join(top, 'assets', 'texts')
template = os.path.join(texts, 'digitscope.pot')
translations = sorted(os.path.join(texts, name) for name in os.listdir(texts) if name.endswith('.po'))


def entries(path):
    """(name or None, English, plural or None, comments) of every entry of a file of gettext's."""
    with open(path, encoding='utf-8') as file:
        for block in file.read().split('\n\n')[1:]:
            keyword, parts, comments = None, {}, []
            for line in block.splitlines():
                if line.startswith('#'):
                    comments.append(line)
                    continue
                if not line.startswith('"'):
                    keyword, line = line.split(' ', 1)
                parts[keyword] = parts.get(keyword, '') + sources.unescape(line.strip()[1:-1])
            if 'msgid' in parts:
                yield parts.get('msgctxt'), parts['msgid'], parts.get('msgid_plural'), comments


def check_errors(problems):
    """Every error that the sources can say is in the template, and nothing else."""
    there = {english: comments for name, english, _, comments in entries(template) if not name}
    words = {english: [int(n) for c in comments if c.startswith('#. words ') for n in c.split()[2:]]
             for english, comments in there.items()}
    said = sources.errors(top, lambda text: words.get(text, []), *FOLDERS)
    for text, path in said.items():
        if text not in there:
            problems.append(f'{path}: "{text}" has no entry in digitscope.pot')
    for text, comments in there.items():
        if text not in said and '#. of the C library' not in comments:
            problems.append(f'digitscope.pot: nothing says "{text}"')
    return len(said)


def check_names(problems):
    """Every name is used; that a used one exists, the compiler checks."""
    code = ''.join(text for _, text in sources.files(top, 'app', 'assets'))
    actions = re.findall(r'^ACTION\((\w+)', ''.join(t for p, t in sources.files(top, 'assets')), flags=re.M)
    used = set(re.findall(r'\b(?:TEXT|FORMAT|PLURAL)_(\w+)', code))
    used |= {f'ACTION_{a}' for a in actions} | {f'ACTION_{a}_TIP' for a in actions}
    count = 0
    for name, _, _, _ in entries(template):
        count += name is not None
        if name and re.sub(r'\W', '_', name).upper() not in used:
            problems.append(f'digitscope.pot: no source uses "{name}"')
    return count


def check_letters(problems):
    """The window has the apostrophe of print."""
    for path in [template] + translations:
        with open(path, encoding='utf-8') as file:
            for block in file.read().split('\n\n'):
                if re.search('^msgctxt', block, re.M) and re.search(r"\w'\w|s' ", block):
                    problems.append(f"{os.path.basename(path)}: a straight ' is no apostrophe in: {block}")


def check_files(problems):
    """Every language is complete and takes the same arguments; gettext's tools can read all files."""
    with tempfile.TemporaryDirectory() as folder:
        for path in translations:
            done = subprocess.run([compiler, '--complete', os.path.join(folder, 'out'), template, path],
                                  capture_output=True, text=True)
            if done.returncode:
                problems.append(done.stderr.strip())
        for path in [template] + translations if shutil.which('msgfmt') else []:
            done = subprocess.run(['msgfmt', '--check', '-o', os.path.join(folder, 'out.mo'), path],
                                  capture_output=True, text=True)
            if done.returncode:
                problems.append(done.stderr.strip())


faults = []
n_errors, n_names = check_errors(faults), check_names(faults)
check_files(faults)
check_letters(faults)
print(f'{n_names} texts, {n_errors} errors, {len(translations)} translations')
if len(translations) < 1 or n_names < 3 or n_errors < 100:
    faults.append('too little was found: is this the top of the tree?')
for fault in faults:
    print(fault)
sys.exit(bool(faults))
