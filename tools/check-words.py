#!/usr/bin/env python3
"""usage: tools/check-words.py [src]

Fails at names and comments that are not plain technical English:

- a function whose name is one word (`put`, `find`): functions carry their noun, `journal_put`;
- a word in a comment that makes a person of a program (`hears`, `whoever`, `nobody`).
"""
import pathlib
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.S)
# A definition: the name stands before "(", and its "{" at the start of a line follows.
FUNCTION = re.compile(r"^(?!#|typedef\b|\})(?:[\w*]+[ *\n]+)+\**(\w+)\([^;{}]*?\)\n\{", re.M)
PERSON = re.compile(
    r"\b(hears?|heard|whoever|whomever|somebody|someone|nobody|everybody|anybody|farewell|"
    r"strangers?|obeys?|obeyed|forgets?|learns|remembers?)\b", re.I)

# Entry points, named by C and by the table of subcommands.
ENTRY = {"main", "serve"}


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def without_comments(text):
    """The same text, its comments blank: lines keep their numbers."""
    return COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)


def findings(text):
    for m in FUNCTION.finditer(without_comments(text)):
        word = m.group(1)
        if "_" not in word and word not in ENTRY:
            yield line_of(text, m.start(1)), f"{word}() has no noun"
    for comment in COMMENT.finditer(text):
        for m in PERSON.finditer(comment.group(0)):
            yield line_of(text, comment.start() + m.start()), f'"{m.group(0)}" in a comment'


def main(root):
    bad = 0
    for path in sorted(pathlib.Path(root).rglob("*")):
        if path.suffix not in {".c", ".h", ".def"}:
            continue
        for line, what in findings(path.read_text(encoding="utf-8")):
            print(f"{path}:{line}: {what}")
            bad += 1
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "src"))
