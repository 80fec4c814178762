#!/usr/bin/env python3
"""usage: tools/check-docs.py ROOT

Fails when docs/ARCHITECTURE.md or HACKING.md names a path or a function that does not exist. A
path may be shortened to its end ("api/route.def"), may be a pattern (`contract*`), and is relative
to the folder named at the start of its line or paragraph. On every page a link into the tree must
lead somewhere.
"""
import fnmatch
import pathlib
import re
import subprocess
import sys

PAGES = ("docs/ARCHITECTURE.md", "HACKING.md")
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"^[\w.*{},-]*(?:/[\w.*{},-]+)*/?$")
FILE = re.compile(r"\.(?:c|h|def|py|sql|sh|tsv|md|conf|txt|build|[1358])$")
NAME = re.compile(r"^([a-z][a-z0-9]*(?:_[a-z0-9]+)+)(?:\(.*\))?$")
# Made by a build, placeholders, and other things with a slash that are no paths.
OTHER = re.compile(r"^(?:\.\w+$|build\b|build-|/|[A-Z]+/|\*/)|^(?:make|meson|ninja)\b")


LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def dead_links(root, files):
    """How many links of all pages lead nowhere; each is printed."""
    bad = 0
    for page in (f for f in files if f.endswith(".md")):
        path = pathlib.Path(root) / page
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            for target in LINK.findall(line):
                if not (path.parent / target).exists():
                    print(f"{page}:{number}: {target} does not exist")
                    bad += 1
    return bad


def tracked(root):
    out = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                         capture_output=True, text=True)
    if out.returncode == 0:
        return out.stdout.split()
    return [str(p.relative_to(root)) for p in pathlib.Path(root).rglob("*") if p.is_file()]


def names_of(path):
    """Every form under which a file or one of its folders may be named: each end of its path."""
    parts = path.split("/")
    for last in range(1, len(parts) + 1):
        for first in range(last):
            yield "/".join(parts[first:last])


def main(root):
    files = tracked(root)
    known = {name for path in files for name in names_of(path)}
    words = set()
    for path in files:
        if path.startswith(("src/", "include/", "tests/", "tools/", "facts/")):
            try:
                text = (pathlib.Path(root) / path).read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                continue
            words.update(re.findall(r"\w+", text))
    bad, seen = dead_links(root, files), 0
    for page in PAGES:
        for number, line in enumerate((pathlib.Path(root) / page).read_text().split("\n"), 1):
            for code in CODE.findall(line):
                word = code.strip()
                name = NAME.match(word)
                if name:
                    ok = name.group(1) in words
                elif PATH.match(word) and ("/" in word or FILE.search(word)) \
                        and not OTHER.match(word):
                    end = word.rstrip("/")
                    ok = (end in known or end + ".c" in known or
                          ("*" in end and fnmatch.filter(known, end)))
                else:
                    continue
                seen += 1
                if not ok:
                    print(f"{page}:{number}: `{code}` does not exist")
                    bad += 1
    if seen < 100:
        print(f"only {seen} names were found to check")
        bad += 1
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
