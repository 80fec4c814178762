#!/usr/bin/env python3
"""usage: check_terminal_doc.py

Holds docs/TERMINAL.md to the headers and the tests: every name in the second column is declared,
every test exists, and a row without a test has the reason why the thing is absent. The other way
round, every function of the header is on the page or in a manual page.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/TERMINAL.md"
HEADERS = ROOT / "include/gatehouse"
TEST = re.compile(r"`(tests/[\w./-]+): ([^`]+)`")
NAME = re.compile(r"\b(?:gh|GH)_\w+(?:\*|\.\w+)?")


def declared():
    text = "".join(p.read_text() for p in sorted(HEADERS.iterdir()))
    names = set(re.findall(r"\b(?:gh|GH)_\w+\b", text))
    for prefix, file, macro in (("GH_CMD_", "terminal_command.def", "GH_COMMAND"),
                                ("GH_", "terminal_reply.def", "GH_REPLY"), ("GH_E", "error.def", "GH_ERR")):
        names |= {prefix + n for n in re.findall(macro + r"\((\w+),", (HEADERS / file).read_text())}
    return names, text


def main():
    names, text = declared()
    bad, rows, seen = [], 0, set()
    for number, line in enumerate(PAGE.read_text().splitlines(), 1):
        where = f"docs/TERMINAL.md:{number}"
        for file, test in TEST.findall(line):
            path = ROOT / file
            if not path.is_file() or not re.search(rf"\b{re.escape(test)}\b", path.read_text()):
                bad.append(f"{where}: there is no {file}: {test}")
        if not line.startswith("| ") or line.startswith("| there") or line.startswith("| what |"):
            continue
        rows += 1
        cells = [c.strip() for c in line.strip("| ").split(" | ")]
        for name in NAME.findall(cells[1]):
            base, _, member = name.partition(".")
            seen.add(base)
            if base.endswith("*"):
                known = any(n.startswith(base[:-1]) for n in names)
            else:
                known = base in names and (not member or re.search(rf"\b{member}\b", text))
            if not known:
                bad.append(f"{where}: {name} is declared nowhere")
        if not TEST.search(line) and not cells[1].startswith("absent: "):
            bad.append(f"{where}: neither a test nor a reason")
    manuals = "".join(p.read_text() for p in (ROOT / "docs/man").glob("*.3"))
    for function in sorted(set(re.findall(r"\bgh_\w+(?=\()", text))):
        if function not in manuals:
            bad.append(f"{function} has no manual page")
    print(*bad, sep="\n", end="\n" if bad else "")
    print(f"{rows} rows, {len(seen)} names")
    return bool(bad or rows < 200)


sys.exit(main())
