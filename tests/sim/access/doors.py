"""`gatehouse sim access` as a process, and a server of its dialect that a test controls."""

import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE)]

from serve import program  # noqa: E402

CONFIGURATION = (b"ServerVersion=3.1.2\nServerName=T\nPushProtVer=3.1.2\nErrorDelay=30\n"
                 b"RequestDelay=2\nTransTimes=00:00;14:00\nTransInterval=1\nRealtime=1\n"
                 b"SessionID=ABCDEF\nTimeoutSec=10\nPushOptionsFlag=1")
FAST = ("--speed", "50", "--retry", "20", "--pace", "50")


def units(*flags):
    """A running simulator."""
    return subprocess.Popen([program(), "sim", "access", *flags], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer(r):
    """What a server of the dialect answers that has no commands."""
    if r.about(b"options=all"):
        return b"OK"
    if r.about(b"/registry?"):
        return b"RegistryCode=0011223344556677"
    if r.about(b"/push?"):
        return CONFIGURATION
    table = re.search(rb"tablename=(\w+)&count=(\d+)", r.target)
    if table and not r.about(b"type=count") and not r.about(b"type=options"):
        return b"%s=%s" % table.groups()
    return b"OK"


def events(body):
    """Rows of an rtlog body as the lines of a truth, without the serial number."""
    rows = []
    for line in body.decode("latin-1").splitlines():
        row = dict(pair.split("=", 1) for pair in line.split("\t") if "=" in pair)
        if re.fullmatch(r"[\d-]{10} [\d:]{8}", row.get("time", "")) and row.get("event"):
            rows.append(tuple(row[key] for key in ("index", "time", "event", "eventaddr", "pin",
                                                   "cardno", "inoutstatus")))
    return rows


def truth(path):
    """Lines of a truth."""
    with open(path) as f:
        text = f.read()
    assert text == "" or text.endswith("\n")
    return [tuple(line.split("\t")) for line in text.splitlines()]


def happened(path):
    """The truth without addresses, which the server shows as doors where they are doors."""
    return [row[:4] + row[5:] for row in truth(path)]


def stored(server):
    """Events as the lines of a truth."""
    rows = server.api.pages("/api/access-events")
    assert [r["seq"] for r in rows] == list(range(1, len(rows) + 1))
    directions = {"in": "0", "out": "1", None: "2"}
    return [(r["unit"] or r["deviceSerial"], str(r["index"] or 0), r["timestamp"],
             r["eventText"] or str(r["event"]), r["pin"] or "0", r["card"] or "0",
             directions[r["direction"]]) for r in rows]


def plain(rows):
    """In any order, without what is empty or 0."""
    return sorted(json.dumps({k: v for k, v in r.items() if v not in ("", "0")}, sort_keys=True) for r in rows)
