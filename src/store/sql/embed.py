#!/usr/bin/env python3
"""Write the migrations given as arguments, in order, as a C file: embed.py ENGINE OUT 0001.sql ..."""
import pathlib
import sys

engine, *paths = sys.argv[1:]
out, *sources = map(pathlib.Path, paths)
text = [f'/* Made by embed.py from the numbered SQL files. */\n#include "store/{engine}/schema.h"\n']
for n, source in enumerate(sources, 1):
    if not source.name.startswith(f"{n:04d}"):
        sys.exit(f"{source}: migrations are numbered from 0001 without gaps")
    data = source.read_bytes() + b"\0"
    text.append(f"/* {source.name} */\nstatic const char migration_{n}[] = {{")
    for at in range(0, len(data), 16):
        text.append("\t" + " ".join(f"{b}," for b in data[at:at + 16]))
    text.append("};\n")
names = ", ".join(f"migration_{n}" for n in range(1, len(sources) + 1))
text.append(f"const char *const {engine}_migrations[] = {{ {names} }};")
text.append(f"const int {engine}_migration_count = {len(sources)};\n")
out.write_text("\n".join(text))
