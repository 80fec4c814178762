#!/usr/bin/env python3
"""usage: tools/check-words.py [ROOT]

Fails at names and texts that are not plain technical English:

- a function in C whose name is one word (`put`): functions carry their noun, `journal_put`;
- two functions of different files in src/ with one file-local name: a name stands for one function;
- a word that makes a person of a program, in a comment, a docstring, a message, a document or the
  name of a test (`hears`, `is told`, `nobody`): a device sends and reports, a program returns and
  refuses.
"""
import io
import pathlib
import re
import sys
import tokenize

FOLDERS = ("src", "include", "tests", "bench", "examples", "tools", "docs", "facts")
PAGES = ("README.md", "HACKING.md", "SECURITY.md", "CHANGELOG.md")
PERSON = re.compile(
    r"\b(hears?|heard|says?|said|saying|tells?|told|telling|asks?|asked|asking|knows|knew|"
    r"wants?|wanted|believes?|believed|remembers?|remembered|forgets?|forgotten|learns|learnt|"
    r"gives? up|gave up|given up|lets? in|lent|lends|talks?|speaks?|spoke|obeys?|obeyed|"
    r"promises|promised|owes|called off|calls off|anew|whoever|whomever|somebody|someone|"
    r"nobody|everybody|anybody|farewell|goodbye|strangers?)\b", re.I)
# Words of the protocol and of other programs, where they are quoted.
QUOTED = re.compile(r"`[^`\n]*`|\"[^\"\n]*\"")

TOKEN = re.compile(r"/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.S)
# A definition: the name stands before "(", and its "{" at the start of a line follows.
FUNCTION = re.compile(
    r"^(?!#|typedef\b|\})((?:[\w*]+[ *\n]+)+)\**(\w+)\([^;{}]*?\)\n\{", re.M)
# Entry points, named by C, by libFuzzer and by the table of subcommands, and what a test has in place of the C
# library's (tests/clock_step.c).
ENTRY = {"main", "serve", "LLVMFuzzerTestOneInput", "gettimeofday", "time"}


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def blank(match):
    """White space for a comment: lines keep their numbers."""
    return re.sub(r"[^\n]", " ", match.group(0)) if match.group(0).startswith("/*") \
        else match.group(0)


def words_in(text, what, line=1):
    for m in PERSON.finditer(text):
        yield line + text.count("\n", 0, m.start()), f'"{m.group(0)}" in {what}'


def c_findings(path, text, local):
    for m in FUNCTION.finditer(TOKEN.sub(blank, text)):
        name = m.group(2)
        if "_" not in name and name not in ENTRY:
            yield line_of(text, m.start(2)), f"{name}() has no noun"
        if "static" in m.group(1).split() and path.suffix == ".c" and path.parts[0] == "src":
            first = local.setdefault(name, path)
            if first != path:
                yield line_of(text, m.start(2)), f"{name}() is also in {first}"
        yield from words_in(name.replace("_", " "), "a name", line_of(text, m.start(2)))
    for m in TOKEN.finditer(text):
        token = m.group(0)
        if token.startswith("/*"):
            yield from words_in(QUOTED.sub(lambda q: " " * len(q.group(0)), token), "a comment",
                                line_of(text, m.start()))
        elif token.startswith('"') and path.parts[0] in ("src", "include"):
            yield from words_in(token, "a text", line_of(text, m.start()))


def python_findings(text):
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING
                                              and token.string.startswith('"""')):
            yield from words_in(QUOTED.sub(lambda q: " " * len(q.group(0)), token.string)
                                if token.type == tokenize.COMMENT else token.string,
                                "a comment", token.start[0])
        elif token.type == tokenize.NAME and token.string.startswith("test_"):
            yield from words_in(token.string.replace("_", " "), "a name", token.start[0])


def page_findings(text):
    fenced = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            fenced = not fenced
        if not fenced:
            for _, what in words_in(QUOTED.sub("", line), "a document"):
                yield number, what


def findings(path, text, local):
    if path.suffix in {".c", ".h", ".def"}:
        return c_findings(path, text, local)
    if path.suffix == ".py" or text.startswith("#!/usr/bin/env python3"):
        return python_findings(text)
    if path.suffix in {".md", ".tsv"} or path.parts[:2] == ("docs", "man"):
        return page_findings(text)
    return ()


def main(root):
    bad, local = 0, {}
    paths = [p for f in FOLDERS for p in sorted((root / f).rglob("*")) if p.is_file()]
    for path in paths + [root / p for p in PAGES]:
        short = path.relative_to(root)
        if "vectors" in short.parts or short == pathlib.Path("tools/check-words.py"):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for line, what in findings(short, text, local):
            print(f"{short}:{line}: {what}")
            bad += 1
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
