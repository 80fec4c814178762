#!/usr/bin/env python3
"""usage: tools/check-names.py BUILD

Fails when two of the program's objects give out one name: the linker takes the first in an archive,
without a message.
"""
import collections
import pathlib
import subprocess
import sys

build = pathlib.Path(sys.argv[1])
objects = [a for a in sorted(build.glob("src/**/*.a")) if not a.name.startswith("libgatehouse")]
objects += sorted(build.glob("gatehouse.p/*.o"))
homes = collections.defaultdict(set)
for path in objects:
    listed = subprocess.run(["nm", "-A", "-g", "--defined-only", path], capture_output=True,
                            text=True, check=True).stdout
    for line in listed.splitlines():
        home, kind, name = line.rsplit(" ", 2)
        if kind in "TDBR":
            homes[name].add(home.rsplit(":", 1)[0])
twice = {name: sorted(where) for name, where in homes.items() if len(where) > 1}
for name, where in sorted(twice.items()):
    print(f"{name} is defined in", " and ".join(where))
if not homes:
    sys.exit(f"{build}: nothing was built")
sys.exit(bool(twice))
