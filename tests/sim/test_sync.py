#!/usr/bin/env python3
"""A server and `gatehouse sim attendance`: whatever is changed in the roster while answers are lost and clocks lose
power, each clock holds what it is to hold in the end, by no more orders than there were changes of that."""

import base64
import os
import random
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from credential import fingerprint_put  # noqa: E402
from device import Device  # noqa: E402
from scripted import faults, fleet  # noqa: E402
from serve import Server, until  # noqa: E402

CLOCKS = 4
PEOPLE = 8
CHANGES = 40


class Roster:
    """People as they are to be, and how often that changed for each clock."""

    def __init__(self, api, clocks):
        self.api, self.clocks = api, clocks  # serial: areas whose people it is to hold
        self.people = {}  # pin: id, name, area, disabled
        self.changes = dict.fromkeys(clocks, 0)

    def wanted(self, sn):
        return {pin: p["name"] for pin, p in self.people.items()
                if not p["disabled"] and p["area"] in self.clocks[sn]}

    def change(self, do):
        before = {sn: self.wanted(sn) for sn in self.clocks}
        do()
        for sn in self.clocks:
            after = self.wanted(sn)
            self.changes[sn] += sum(before[sn].get(pin) != after.get(pin)
                                    for pin in before[sn].keys() | after.keys())

    def put(self, pin, **fields):
        def do():
            if pin not in self.people:
                new = self.api.post("/api/people", {"pin": pin, "areas": [fields["area"]], "name": fields["name"]})
                self.people[pin] = dict(fields, id=new["data"]["id"], disabled=False)
                return
            body = {k: v for k, v in fields.items() if k != "area"}
            if "area" in fields:
                body["areas"] = [fields["area"]]
            self.api.call("PATCH", f"/api/people/{self.people[pin]['id']}", body)
            self.people[pin].update(fields)

        self.change(do)

    def remove(self, pin):
        def do():
            self.api.call("DELETE", f"/api/people/{self.people.pop(pin)['id']}")

        self.change(do)


class Convergence(unittest.TestCase):
    def setUp(self):
        self.server = Server("--new-devices", "approve", "--command-retry", "1", "--sync", "auto")
        self.addCleanup(self.server.close)
        self.api = self.server.api
        self.sim = fleet("--server", "http://%s:%d" % self.server.devices, "--devices", str(CLOCKS), "--users", "0",
                         "--punches", "0", "--templates", "0", "--photos", "0", "--speed", "50", "--pace", "200",
                         "--retry", "50", "--fault", "drop-reply:10,reboot:5", "--persona", "2.4.1,2.2.14")
        self.addCleanup(self.end)

    def end(self):
        self.sim.terminate()
        _, err = self.sim.communicate(timeout=60)
        self.assertEqual(faults(err), [])

    def settled(self, sn, wanted):
        page = self.api.get(f"/api/devices/{sn}/sync?limit=1000")
        return page["same"] == len(wanted) == page["total"] and \
            not any(c["status"] in ("queued", "sent", "deferred") for c in self.orders(sn))

    def orders(self, sn):
        return self.api.get(f"/api/commands?device={sn}&limit=1000")["data"]

    def people_of(self, sn):
        """What the clock uploads when it is queried."""
        order = self.api.queue(sn, "DATA QUERY USERINFO")

        def answered():
            return self.api.command(order)["status"] == "acknowledged"

        until(answered)
        uploads = [t["body"] for t in self.api.get(f"/api/devices/{sn}/trace?limit=1000")["data"]
                   if "USER PIN=" in t["body"]]
        return dict(re.findall(r"USER PIN=(\d+)\tName=([^\t]*)", uploads[0])) if uploads else {}

    def test_each_clock_holds_what_it_is_to_hold(self):
        serials = [f"SIM{n:06d}" for n in range(1, CLOCKS + 1)]
        floor = self.api.post("/api/areas", {"name": "floor", "parent": 1})["data"]["id"]
        until(lambda: {d["sn"] for d in self.api.get("/api/devices")["data"]} == set(serials))
        for sn in serials[CLOCKS // 2:]:
            self.api.change(sn, area=floor)
        roster = Roster(self.api, {sn: {1} if i < CLOCKS // 2 else {1, floor} for i, sn in enumerate(serials)})
        chance = random.Random(7)
        for n in range(CHANGES):
            pin = str(1 + chance.randrange(PEOPLE))
            what = chance.randrange(6)
            if pin in roster.people and what == 0:
                roster.remove(pin)
            elif pin in roster.people and what == 1:
                roster.put(pin, disabled=not roster.people[pin]["disabled"])
            else:
                roster.put(pin, name=f"N{chance.randrange(4)}", area=chance.choice([1, floor]))
            if n % 10 == 9:
                until(lambda: self.settled(serials[0], roster.wanted(serials[0])))
        for sn in serials:
            wanted = roster.wanted(sn)
            until(lambda: self.settled(sn, wanted))
            sent = [c for c in self.orders(sn) if c["requestedBy"] == "sync" and c["status"] != "cancelled"]
            self.assertLessEqual(len(sent), roster.changes[sn], sn)
            self.assertEqual(self.people_of(sn), wanted, sn)



class Templates(unittest.TestCase):
    """Two clocks, each with a version of the fingerprint algorithm: a simulated one with 10, and one with 9."""

    def setUp(self):
        self.server = Server("--new-devices", "approve", "--command-retry", "1", "--sync", "auto")
        self.addCleanup(self.server.close)
        self.api = self.server.api
        self.sim = fleet("--server", "http://%s:%d" % self.server.devices, "--devices", "1", "--users", "0",
                         "--punches", "0", "--templates", "0", "--photos", "0", "--speed", "50", "--pace", "200",
                         "--retry", "50", "--fault", "drop-reply:10", "--persona", "2.2.14")
        self.addCleanup(self.end)
        self.older = Device(self.server)
        self.older.options()
        self.older.upload("options", "FingerFunOn=1,FPVersion=9")

    def end(self):
        self.sim.terminate()
        _, err = self.sim.communicate(timeout=60)
        self.assertEqual(faults(err), [])

    def row(self, sn, pin):
        rows = self.api.get(f"/api/devices/{sn}/sync?pin={pin}&limit=100")["data"]
        return next((r for r in rows if r["kind"] == "template"), None)

    def test_a_fingerprint_comes_to_the_clock_of_its_version_alone(self):
        text = base64.b64encode(bytes(range(256)) * 3).decode()
        until(lambda: len(self.api.get("/api/devices")["data"]) == 2)
        ann = self.api.post("/api/people", {"pin": "7", "name": "Ann"})["data"]
        fingerprint_put(self.server, ann, 6, 10, text)
        self.api.call("PATCH", f"/api/people/{ann['id']}", {"name": "Anna"})
        serials = [d["sn"] for d in self.api.get("/api/devices")["data"]]

        (sn,) = set(serials) - {self.older.sn}
        until(lambda: (self.row(sn, "7") or {}).get("state") == "same")
        row = self.row(self.older.sn, "7")
        self.assertEqual((row["state"], row["reason"]), ("impossible", "version"))
        sent = [c for c in self.api.get(f"/api/commands?device={sn}&limit=100")["data"]
                if c["requestedBy"] == "sync" and "FINGERTMP" in c["command"]]
        self.assertEqual(len(sent), 1, sent)
        # What the clock has, by its own answer.
        order = self.api.queue(sn, "DATA QUERY FINGERTMP PIN=7\tFingerID=6")
        until(lambda: self.api.command(order)["status"] == "acknowledged")
        bodies = [t["body"] for t in self.api.get(f"/api/devices/{sn}/trace?limit=1000")["data"]]
        self.assertTrue(any(re.search("FP PIN=7\t.*TMP=" + re.escape(text), b) for b in bodies), bodies)
        # A person who is disabled goes, as the roster has what the clock has.
        self.api.call("PATCH", f"/api/people/{ann['id']}", {"disabled": True})
        until(lambda: not [p for p in self.api.records("persons", sn) if p["pin"] == "7"])


if __name__ == "__main__":
    tap.main()
