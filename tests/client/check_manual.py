#!/usr/bin/env python3
"""usage: check_manual.py CC...

Holds the manual pages of the library to its header: every synopsis is what the header declares, every
example compiles without a warning, every page referred to exists, and groff finds no fault.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGES = sorted((ROOT / "docs/man").glob("*.3"))
FLAGS = ["-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I", str(ROOT / "include")]


def squeeze(text):
    return re.sub(r"\s*([*(),])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()


def declarations():
    text = "".join((ROOT / "include/gatehouse" / h).read_text() for h in ("error.h", "terminal.h"))
    text = re.sub(r"^#.*?(?<!\\)$", "", re.sub(r"/\*.*?\*/", "", text, flags=re.S), flags=re.M)
    found = re.finditer(r"GH_API\s+(?:GH_MUST_CHECK\s+)?([^;{]*?)\b(gh_\w+)\(([^;]*)\);", text, re.S)
    return {m[2]: squeeze(f"{m[1]}{m[2]}({m[3]})") for m in found}


def synopses(page):
    for m in re.finditer(r"^\.Ft (.*)\n\.Fo (\w+)\n((?:\.Fa .*\n)*)\.Fc", page, re.M):
        args = ",".join(re.findall(r'\.Fa "(.*)"', m[3]))
        yield m[2], squeeze(f"{m[1]} {m[2]}({args})").replace(" gh_", " gh_")


def examples(page):
    return [e.replace("\\e", "\\") for e in re.findall(r"^\.Bd -literal\n(.*?)^\.Ed", page, re.M | re.S)]


def main(cc):
    declared, bad, shown, compiled = declarations(), [], set(), 0
    # A page is found under each of its names.
    known = {p.stem for p in (ROOT / "docs/man").iterdir()} | set(declared) | {"iconv"}
    for path in PAGES:
        page = path.read_text()
        for name, synopsis in synopses(page):
            shown.add(name)
            want = declared.get(name)
            if want is None or synopsis.replace(" ", "") != want.replace(" ", ""):
                bad.append(f"{path.name}: {synopsis} is not {want}")
            if not re.search(rf"^\.Fn {name}\b", page, re.M):
                bad.append(f"{path.name}: {name} is not described")
        for other in re.findall(r"^\.Xr (\S+)", page, re.M):
            if other not in known:
                bad.append(f"{path.name}: there is no page {other}")
        found = examples(page)
        if not found:
            bad.append(f"{path.name}: no example")
        for example in found:
            with tempfile.NamedTemporaryFile("w", suffix=".c") as f:
                f.write(example)
                f.flush()
                run = subprocess.run([*cc, *FLAGS, f.name], capture_output=True, text=True)
            compiled += run.returncode == 0
            if run.returncode:
                bad.append(f"{path.name}: the example does not compile\n{run.stderr}")
        if shutil.which("groff"):
            run = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww", str(path)], capture_output=True, text=True)
            if run.returncode or run.stderr:
                bad.append(f"{path.name}: {run.stderr.strip()}")
    bad += [f"{name} has no synopsis" for name in sorted(set(declared) - shown)]
    print(*bad, sep="\n", end="\n" if bad else "")
    print(f"{len(PAGES)} pages, {len(shown)} functions, {compiled} examples")
    return bool(bad or not PAGES)


sys.exit(main(sys.argv[1:]))
