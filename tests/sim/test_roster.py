#!/usr/bin/env python3
"""A server, clocks of `gatehouse sim attendance` and a terminal of `gatehouse sim terminal`: what is enrolled at one of
them comes to all the others, once."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "terminal_server"), HERE]

import tap  # noqa: E402
from scripted import faults, fleet  # noqa: E402
from serve import until  # noqa: E402
from terminal import Server, Terminal  # noqa: E402

# The first has people when it comes, the others have none.
FIRST, SECOND, TERMINAL = "AAA000001", "BBB000001", "TTT000001"
PEOPLE = 4


class Roster(unittest.TestCase):
    def setUp(self):
        self.server = Server("--new-devices", "approve", "--command-retry", "1", "--sync", "auto")
        self.addCleanup(self.server.close)
        self.api = self.server.api
        self.terminal = Terminal("--sn", "TTT", "--users", "0", "--punches", "0", "--templates", "0")
        self.addCleanup(self.terminal.close)
        self.server.add(self.terminal.tcp)
        self.server.linked(TERMINAL, "listening")
        self.clock("BBB", users=0, templates=0)
        until(lambda: {SECOND, TERMINAL} <= {d["sn"] for d in self.api.get("/api/devices")["data"]})
        self.clock("AAA", users=PEOPLE, templates=100)

    def clock(self, sn, users, templates):
        sim = fleet("--server", "http://%s:%d" % self.server.devices, "--sn", sn, "--users", str(users), "--punches", "0",
                    "--templates", str(templates), "--photos", "0", "--speed", "50", "--pace", "200", "--retry", "50",
                    "--fault", "drop-reply:10", "--persona", "2.2.14")

        def end():
            sim.terminate()
            _, err = sim.communicate(timeout=60)
            self.assertEqual(faults(err), [])

        self.addCleanup(end)

    def rows(self, sn, **of):
        rows = self.api.get(f"/api/devices/{sn}/sync?limit=1000")["data"]
        return [r for r in rows if all(r[k] == v for k, v in of.items())]

    def people(self):
        return {p["pin"]: p for p in self.api.get("/api/people?limit=1000")["data"]}

    def fingers(self, pin):
        return {r["no"] for r in self.rows(FIRST, kind="template", pin=pin, state="same")}

    def sent(self, sn):
        return [c["command"] for c in self.api.get(f"/api/commands?device={sn}&limit=1000")["data"]
                if c["requestedBy"] == "sync" and c["status"] != "cancelled"]

    def settled(self):
        """Each device has all that the roster has for it, and nothing is under way."""
        for sn in (FIRST, SECOND, TERMINAL):
            if any(r["state"] in ("different", "wanted") for r in self.rows(sn)):
                return False
            if any(c["status"] in ("queued", "sent", "deferred")
                   for c in self.api.get(f"/api/commands?device={sn}&limit=1000")["data"]):
                return False
        return True

    def test_what_is_enrolled_at_one_comes_to_all(self):
        until(lambda: len(self.people()) == PEOPLE and all(self.fingers(pin) for pin in self.people()))
        until(self.settled)
        fingers = {pin: self.fingers(pin) for pin in self.people()}
        for sn in (SECOND, TERMINAL):
            self.assertEqual({r["pin"] for r in self.rows(sn, kind="person", state="same")}, set(fingers), sn)
        # What came from there goes back nowhere, and goes once.
        self.assertEqual(self.sent(FIRST), [])
        for sn in (SECOND, TERMINAL):
            sent = self.sent(sn)
            self.assertEqual(len(sent), len(set(sent)), sent)

        # One more finger, at the second.
        person = self.people()["1"]
        free = min(set(range(10)) - fingers["1"])
        self.api.post("/api/enrolments", {"person": person["id"], "device": SECOND, "type": "fingerprint", "no": free})
        before = {sn: len(self.sent(sn)) for sn in (SECOND, TERMINAL)}
        until(lambda: free in self.fingers("1"))
        until(self.settled)
        self.assertEqual(len(self.sent(FIRST)), 1)
        self.assertEqual(len(self.sent(SECOND)), before[SECOND])

        # Another name in the roster: an order each, and nothing of it comes back as a change.
        self.api.call("PATCH", f"/api/people/{person['id']}", {"name": "Ann"})
        changes = self.api.get(f"/api/people/{person['id']}/changes")["total"]
        for sn in (FIRST, SECOND, TERMINAL):
            until(lambda: [p for p in self.api.records("persons", sn) if p["pin"] == "1" and p["name"] == "Ann"])
        until(self.settled)
        self.assertEqual(self.api.get(f"/api/people/{person['id']}/changes")["total"], changes)
        self.assertEqual(self.people()["1"]["name"], "Ann")


if __name__ == "__main__":
    tap.main()
