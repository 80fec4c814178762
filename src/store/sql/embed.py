#!/usr/bin/env python3
"""Write the migrations given as arguments, in order, as a C file: embed.py ENGINE OUT 0001.sql ..."""
import pathlib
import sys


def array(name, data):
    """A text of SQL as a C array with its NUL."""
    data += b"\0"
    lines = ["\t" + " ".join(f"{b}," for b in data[at:at + 16]) for at in range(0, len(data), 16)]
    return "\n".join([f"const char {name}[] = {{"] + lines + ["};\n"])


def numbered(paths):
    """The migrations, which have to be all from the first on."""
    sources = [pathlib.Path(path) for path in paths]
    for n, source in enumerate(sources, 1):
        if not source.name.startswith(f"{n:04d}"):
            sys.exit(f"{source}: migrations are numbered from 0001 without gaps")
    return sources


def main(engine, out, *paths):
    text = [f'/* Made by embed.py from the numbered SQL files. */\n#include "store/{engine}/schema.h"\n']
    sources = numbered(paths)
    for n, source in enumerate(sources, 1):
        text.append(f"/* {source.name} */\nstatic " + array(f"migration_{n}", source.read_bytes()))
    names = ", ".join(f"migration_{n}" for n in range(1, len(sources) + 1))
    text.append(f"const char *const {engine}_migrations[] = {{ {names} }};")
    text.append(f"const int {engine}_migration_count = {len(sources)};\n")
    pathlib.Path(out).write_text("\n".join(text))


if __name__ == "__main__":
    main(*sys.argv[1:])
