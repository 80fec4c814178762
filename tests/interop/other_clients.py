#!/usr/bin/env python3
"""Clients of port 4370 that others wrote agree with `gatehouse sim terminal`: what they read is
what it was set to hold, and what they write is there.

zkteco-js, node-zklib and zklib-js share a reader that takes one packet from each read event of
the socket. What comes sooner than the event is lost to them, so the terminal is set to pause
before each packet (--pace); a busy machine may still glue two together, and then they are run
again.
"""

import datetime
import json
import os
import signal
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import npm  # noqa: E402
import tap  # noqa: E402
from serve import _die_with_parent, program  # noqa: E402

HOME = os.environ.get("CLIENTS_DIR", os.path.join(HERE, "..", "..", "build-interop"))
USERS, PUNCHES = 120, 4000  # the punches take three reads
PACE = 30
TRIES = 4
START = datetime.datetime(2026, 3, 3, 16)  # of seed 1: the third of March at eight, as UTC


MISSING = npm.install(HERE, HOME)


class Truth:
    """What the terminal was set to hold."""

    def __init__(self, persona="tft", users=USERS, punches=PUNCHES):
        done = subprocess.run([os.environ["SIM_EXPECTED"], persona, str(users), str(punches)],
                              capture_output=True, text=True, check=True, timeout=60)
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        self.users = [{"uid": int(r[1]), "pin": r[2], "privilege": int(r[3]), "card": int(r[4]),
                       "password": r[5],
                       # They read names as ASCII: seven bits of every byte.
                       "name": "".join(chr(b & 127) for b in bytes.fromhex(r[6]))}
                      for r in rows if r[0] == "user"]
        self.punches = [{"pin": r[2], "time": r[3]} for r in rows if r[0] == "punch"]


class Terminal:
    """One `gatehouse sim terminal`."""

    def __init__(self, *flags):
        self.process = subprocess.Popen(
            [program(), "sim", "terminal", "--listen", "127.0.0.1:0", "--pace", str(PACE), *flags],
            stdout=subprocess.PIPE, text=True, preexec_fn=_die_with_parent)
        lines = [self.process.stdout.readline() for _ in range(2)]
        assert lines[0].startswith("listening terminal tcp://"), lines
        self.port = lines[0].strip().rsplit(":", 1)[1]

    def request(self, client, operation, argument=0, good=None):
        """The result of one operation; run again while there is none, or not `good`."""
        why = "no answer within a minute"
        for n in range(TRIES):
            try:
                done = subprocess.run(
                    ["node", os.path.join(HERE, "clients.js"), HOME, client, operation, self.port,
                     json.dumps(argument)], capture_output=True, text=True, timeout=60,
                    env=dict(os.environ, TZ="UTC"))
            except subprocess.TimeoutExpired:
                continue
            if done.returncode:
                why = npm.first_line(done)
                continue
            result = json.loads(done.stdout)
            if good is None or good(result) or n == TRIES - 1:
                return result
            why = "not what was expected"
        raise AssertionError(f"{client} {operation}: {why}")

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        report = self.process.stdout.read()
        self.process.wait(60)
        self.process.stdout.close()
        return json.loads(report.strip().splitlines()[-1])


class Strangers(unittest.TestCase):
    def terminal(self, *flags):
        if MISSING:
            self.skipTest(MISSING)
        t = Terminal(*flags)
        self.addCleanup(lambda: t.process.poll() is None and t.close())
        return t

    def holding(self, *flags):
        return self.terminal("--users", str(USERS), "--punches", str(PUNCHES), *flags), Truth()


def three(words, only=("zkteco-js", "node-zklib", "zklib-js")):
    """A claim for each of the clients that have the operation."""
    def take(run):
        for client in only:
            tap.add(Strangers, f"{client} {words}", lambda self, c=client: run(self, c))
        return run
    return take


@three("reads every user")
def _(self, client):
    t, expected = self.holding()
    users = t.request(client, "users", good=lambda u: len(u) == USERS)
    self.assertEqual(users, expected.users)


@three("reads every punch of a log of several reads")
def _(self, client):
    t, expected = self.holding()
    punches = t.request(client, "punches", good=lambda p: len(p) == PUNCHES)
    self.assertEqual(punches, expected.punches)


@three("reads a table that comes in one packet")
def _(self, client):
    t, expected = self.terminal("--users", "3", "--punches", "5"), Truth(users=3, punches=5)
    self.assertEqual(t.request(client, "users"), expected.users)
    self.assertEqual(t.request(client, "punches"), expected.punches)


@three("reads the counters")
def _(self, client):
    t, _ = self.holding()
    info = t.request(client, "info")
    self.assertEqual((info["userCounts"], info["logCounts"]), (USERS, PUNCHES))
    self.assertGreater(info["logCapacity"], PUNCHES)


@three("receives live punches, and they are in the log")
def _(self, client):
    t = self.terminal("--users", str(USERS), "--punches", "10", "--rate", "4")
    events = t.request(client, "live", 4)
    log = t.request(client, "punches", good=lambda p: all(h in p for h in events))
    for punch in events:
        self.assertIn(punch, log)
    self.assertEqual(log[:10], Truth(punches=10).punches)
    self.assertGreaterEqual(t.close()["events"], 4)


@three("disables and enables: meanwhile nobody punches")
def _(self, client):
    t = self.terminal("--rate", "20", "--punches", "0")
    self.assertEqual(t.request(client, "disable"), 2000)
    before = t.request(client, "info")["logCounts"]
    self.assertEqual(t.request(client, "info")["logCounts"], before)
    self.assertEqual(t.request(client, "enable"), 2000)
    after = t.request(client, "info", good=lambda i: i["logCounts"] > before)
    self.assertGreater(after["logCounts"], before)


@three("clears the log")
def _(self, client):
    t, _ = self.holding()
    self.assertEqual(t.request(client, "clear"), 2000)
    self.assertEqual(t.request(client, "info")["logCounts"], 0)
    self.assertEqual(t.close()["holds"]["punches"], 0)


@three("gets an error when a command is unknown")
def _(self, client):
    t, _ = self.holding()
    self.assertEqual(t.request(client, "command", 4711), 65535)


@three("reads the clock", ("zkteco-js", "zklib-js"))
def _(self, client):
    t, _ = self.holding()
    shown = datetime.datetime.strptime(t.request(client, "time"), "%Y-%m-%d %H:%M:%S")
    start = START.replace(hour=shown.hour)
    self.assertEqual(shown.date(), start.date())
    self.assertLess((shown - start).total_seconds(), 600)


@three("writes a user, and another client reads it", ("zkteco-js", "zklib-js"))
def _(self, client):
    t, expected = self.holding()
    user = {"uid": 900, "pin": "4711", "privilege": 14, "name": "Ada", "password": "123",
            "card": 777}
    self.assertEqual(t.request(client, "setUser", [900, "4711", "Ada", "123", 14, 777]), 2000)
    users = t.request("node-zklib", "users", good=lambda u: len(u) == USERS + 1)
    self.assertEqual(users, expected.users + [user])
    self.assertEqual(t.request(client, "setUser", [901, "4711", "Twin", "", 0, 0]), 2001)


@three("reads who the terminal is", ("zkteco-js", "zklib-js"))
def _(self, client):
    t = self.terminal("--sn", "STRANGE")
    who = t.request(client, "identity", {"serial": "getSerialNumber", "name": "getDeviceName",
                                     "platform": "getPlatform", "algorithm": "getDeviceVersion",
                                     "firmware": "getFirmware", "os": "getOS"})
    self.assertEqual(who, {"serial": "STRANGE000001", "name": "F18", "platform": "ZMM220_TFT",
                           "algorithm": "10", "firmware": "Ver 6.60 Apr 28 2015", "os": "1"})


@three("sets the clock and deletes a user", ("zkteco-js",))
def _(self, client):
    t, expected = self.holding()
    self.assertEqual(t.request(client, "setTime", [2031, 1, 28, 23, 0, 0]), 2000)
    self.assertEqual(t.request("zklib-js", "time")[:13], "2031-02-28 23")
    self.assertEqual(t.request(client, "deleteUser", 5), 2000)
    users = t.request("zklib-js", "users", good=lambda u: len(u) == USERS - 1)
    self.assertEqual(users, [u for u in expected.users if u["uid"] != 5])
    self.assertEqual(t.request(client, "deleteUser", 5), 2001)


def old(words):
    """Over UDP these clients know the old layouts only."""
    return three(words, ("node-zklib-udp", "zklib-js-udp"))


@old("reads users of 28 bytes and punches of 16")
def _(self, client):
    flags = ("--persona", "bw", "--users", str(USERS), "--punches", "900")
    t, expected = self.terminal(*flags), Truth("bw", punches=900)
    want = [{k: u[k] for k in ("uid", "pin", "privilege", "name")} for u in expected.users]
    self.assertEqual(t.request(client, "users", good=lambda u: len(u) == USERS), want)
    punches = t.request(client, "punches", good=lambda p: len(p) == 900)
    self.assertEqual(punches, expected.punches)
    self.assertEqual(t.request(client, "info")["userCounts"], USERS)


@old("receives live punches of 10 bytes")
def _(self, client):
    t = self.terminal("--persona", "bw", "--event-size", "10", "--rate", "5", "--punches", "100")
    events = t.request(client, "live", 3)
    log = t.request(client, "punches", good=lambda p: all(h in p for h in events))
    for punch in events:
        self.assertIn(punch, log)


if __name__ == "__main__":
    tap.main()
