#!/usr/bin/env python3
"""usage: terminal_punches.py ADDRESS

Reads the log of a terminal with `gatehouse terminal`, without a server, and prints how often each
person came and when last.
"""
import json
import subprocess
import sys

if len(sys.argv) != 2:
    sys.exit(__doc__.splitlines()[0])
command = ["gatehouse", "terminal", sys.argv[1], "punch", "list", "--format", "ndjson"]
count, last = {}, {}
with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reading:
    for line in reading.stdout:
        punch = json.loads(line)
        pin = punch["pin"]
        count[pin] = count.get(pin, 0) + 1
        last[pin] = max(last.get(pin, ""), punch["time"])
for pin in sorted(count):
    print(f"{pin:>10} {count[pin]:>6} times, last {last[pin]}")
# Not 0: the log was not read to its end, and the reason is on standard error.
sys.exit(reading.returncode)
