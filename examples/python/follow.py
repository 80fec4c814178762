#!/usr/bin/env python3
"""usage: follow.py CURSOR

Prints every punch as a line of JSON, those from before first, then each as it is stored. The file
CURSOR has the place of the last one: after a restart it goes on there. It is written after the
punch, so a punch that was printed when the program was killed may come once more: what takes the
lines should know `seq` again.
"""
import http.client
import json
import os
import sys
import time
import urllib.error

from gatehouse_api import events

if len(sys.argv) != 2:
    sys.exit(__doc__.splitlines()[0])
path, place = sys.argv[1], {"after": 0}
if os.path.exists(path):
    with open(path) as f:
        place = json.load(f)


def keep():
    """Whole or not at all: never half a file, also when the power fails."""
    with open(path + ".new", "w") as f:
        json.dump(place, f)
        f.flush()
        os.fsync(f.fileno())
    os.replace(path + ".new", path)


while True:
    try:
        for event, data in events(**place):
            if event == "ledger":
                # Numbers count in one ledger. The server refuses the place in another one.
                place["ledger"] = data["ledger"]
            elif event == "punch":
                print(json.dumps(data, ensure_ascii=False), flush=True)
                place["after"] = data["seq"]
                keep()
    except urllib.error.HTTPError as refused:
        if refused.code < 500:
            sys.exit(json.load(refused)["error"])
    except BrokenPipeError:
        os._exit(0)  # what read the lines has ended
    except (OSError, http.client.HTTPException) as lost:
        print(f"follow.py: {lost}; trying again", file=sys.stderr)
    time.sleep(2)
