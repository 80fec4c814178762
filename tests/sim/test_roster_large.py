#!/usr/bin/env python3
"""Many clocks and terminals of many kinds, and a roster that changes while answers are lost, clocks lose power, one is
replaced and people are enrolled at them: each holds what it is to hold in the end, by hardly more orders than there were
changes.

$GATEHOUSE_ROSTER=CLOCKS,TERMINALS,PEOPLE,CHANGES sets how many."""

import collections
import json
import math
import os
import random
import re
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "terminal_server"), HERE]

import serve  # noqa: E402
import tap  # noqa: E402
import terminal  # noqa: E402
from scripted import faults, fleet  # noqa: E402
from serve import until  # noqa: E402

CLOCKS, TERMINALS, PEOPLE, CHANGES = map(int, os.environ.get("GATEHOUSE_ROSTER", "8,2,60,80").split(","))
AREAS = 10 if CLOCKS >= 20 else 3
FINGERS = 4 + PEOPLE // 50
PATIENCE = serve.DEADLINE * (2 + (CLOCKS + TERMINALS) * PEOPLE / 5000)
PERSONAS = "2.2.14,2.4.1,old,k40,senseface,2.1.1,mb560"
# Lost answers may cost an order more for each of five.
MOST = 1.2
OPEN = "status=queued,sent,deferred"


class Roster(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(11)
        self.server = terminal.Server("--new-devices", "approve", "--command-retry", "1", "--sync", "auto",
                                      "--compare", "0")
        self.addCleanup(self.server.close)
        self.api = self.server.api
        self.areas = [self.api.post("/api/areas", {"name": f"site {n}", "parent": 1})["data"]["id"]
                      for n in range(AREAS)]
        self.area = {}  # serial: the area of the device
        self.people = {}  # pin: id, name, areas, disabled, fingers
        self.needed = collections.Counter()  # serial: orders of the shortest plan
        self.before = collections.Counter()  # serial: orders that the device before it got
        self.clocks("SIM", CLOCKS - 1)
        self.old = self.clocks("REP", 1)
        self.terminal = terminal.fleet(TERMINALS, "--sn", "TTT", "--users", "0", "--punches", "0", "--templates", "0")
        self.addCleanup(self.terminal.close)
        for n in range(TERMINALS):
            self.server.add(f"tcp://127.0.0.1:{self.terminal.port + n}")
        for n in range(TERMINALS):
            self.server.linked(f"TTT{n + 1:06d}", "listening")
            self.place(f"TTT{n + 1:06d}")

    def place(self, sn, area=None):
        self.area[sn] = area or self.areas[len(self.area) % AREAS]
        self.api.change(sn, area=self.area[sn])

    def clocks(self, prefix, n, area=None):
        sim = fleet("--server", "http://%s:%d" % self.server.devices, "--sn", prefix, "--devices", str(n), "--users",
                    "0", "--punches", "0", "--templates", "0", "--photos", "0", "--speed", "50", "--pace", "300",
                    "--retry", "100", "--fault", "drop-reply:5,reboot:2", "--persona", PERSONAS)
        self.addCleanup(self.end, sim)
        serials = {f"{prefix}{i + 1:06d}" for i in range(n)}
        until(lambda: serials <= set(self.api.devices()), PATIENCE)
        for sn in sorted(serials):
            self.place(sn, area)
        return sim

    def replace(self, sim, sn):
        """Another clock with that serial number, which holds nothing."""
        self.end(sim)
        self.before[sn] = len(self.sent(sn))
        self.api.call("DELETE", f"/api/devices/{sn}")
        self.needed[sn] = len(self.wanted(sn)) + sum(len(fingers) for _, fingers in self.wanted(sn).values())
        area = self.area.pop(sn)
        self.clocks(sn[:3], 1, area=area)

    def end(self, sim):
        if sim.poll() is None:
            sim.terminate()
        _, err = sim.communicate(timeout=60)
        self.assertEqual(faults(err), [])

    # --- the roster ---

    def wanted(self, sn):
        return {pin: (p["name"], p["fingers"]) for pin, p in self.people.items()
                if not p["disabled"] and self.area[sn] in p["areas"]}

    def change(self, do, by=None):
        """Do it, and count the orders that each device but `by` needs for it."""
        before = {sn: self.wanted(sn) for sn in self.area}
        do()
        for sn in self.area.keys() - {by}:
            after = self.wanted(sn)
            for pin in before[sn].keys() | after.keys():
                was, now = before[sn].get(pin), after.get(pin)
                if was is None or now is None or was[0] != now[0]:
                    self.needed[sn] += 1
                if now:
                    self.needed[sn] += len(now[1]) - len(was[1] if was else ())

    def create(self, pin):
        areas = self.chance.sample(self.areas, self.chance.choice((1, 1, 2)))
        made = self.api.post("/api/people", {"pin": pin, "name": f"P{pin}", "areas": areas})["data"]
        self.people[pin] = {"id": made["id"], "name": f"P{pin}", "areas": areas, "disabled": False, "fingers": ()}

    def patch(self, pin, **fields):
        self.api.call("PATCH", f"/api/people/{self.people[pin]['id']}", fields)
        self.people[pin].update(fields)

    def remove(self, pin):
        self.api.call("DELETE", f"/api/people/{self.people[pin]['id']}")
        del self.people[pin]

    def anything(self):
        pin = self.chance.choice(sorted(self.people))
        what = self.chance.randrange(7)
        if what == 0:
            self.change(lambda: self.remove(pin))
        elif what == 1:
            self.change(lambda: self.patch(pin, disabled=not self.people[pin]["disabled"]))
        elif what == 2:
            self.change(lambda: self.patch(pin, areas=self.chance.sample(self.areas, self.chance.choice((1, 2)))))
        elif what == 3:
            self.change(lambda: self.create(str(int(max(self.people, key=int)) + 1)))
        else:
            self.change(lambda: self.patch(pin, name=f"N{self.chance.randrange(1000)}"))

    def enrol(self, pin):
        """A finger, at a clock where the person is; from there it goes to the others."""
        person = self.people[pin]
        sn = next(sn for sn in self.area if self.area[sn] in person["areas"] and sn in self.able)
        while not self.templates(sn, pin):  # an order that is lost with the power is not repeated
            self.api.post("/api/enrolments", {"person": person["id"], "device": sn, "type": "fingerprint", "no": 1})
            until(lambda: not self.open(sn), PATIENCE)
            if self.ended(sn, "ENROLL_FP") == "acknowledged":
                until(lambda: self.templates(sn, pin), PATIENCE)
        self.change(lambda: person.update(fingers=(1,)), by=sn)

    def templates(self, sn, pin):
        return [r for r in self.api.get(f"/api/devices/{sn}/sync?limit=100&pin={pin}")["data"]
                if r["kind"] == "template" and r["state"] == "same"]

    # --- the devices ---

    def open(self, sn):
        return self.api.get(f"/api/commands?device={sn}&limit=1&{OPEN}")["data"]

    def ended(self, sn, word):
        """How the latest such order ended."""
        return max((c for c in self.api.pages(f"/api/commands?device={sn}") if word in c["command"]),
                   key=lambda c: c["id"])["status"]

    def settled(self, sn):
        page = self.api.get(f"/api/devices/{sn}/sync?limit=1")
        return page["same"] >= len(self.wanted(sn)) and not (page["different"] or page["wanted"] or page["extra"]) \
            and not self.open(sn)

    def all_settled(self):
        for sn in self.area:
            try:
                until(lambda: self.settled(sn), PATIENCE)
            except TimeoutError:
                page = self.api.get(f"/api/devices/{sn}/sync?limit=1000")
                self.fail((sn, {k: page[k] for k in ("same", "different", "wanted", "extra", "impossible")},
                           len(self.wanted(sn)), [r for r in page["data"] if r["state"] != "same"][:5],
                           self.open(sn)))

    def sent(self, sn):
        return [c for c in self.api.pages(f"/api/commands?device={sn}")
                if c["requestedBy"] == "sync" and c["status"] != "cancelled"]

    def answers(self, sn, query):
        """What a clock uploads for a query."""
        after = max((t["id"] for t in self.api.get(f"/api/devices/{sn}/trace?limit=1")["data"]), default=0)
        order = self.api.queue(sn, query)
        until(lambda: self.api.command(order)["status"] not in ("queued", "sent", "deferred"), PATIENCE)
        self.assertEqual(self.api.command(order)["status"], "acknowledged", (sn, query))
        return [t["body"] for t in self.api.get(f"/api/devices/{sn}/trace?limit=1000")["data"] if t["id"] > after]

    def clock_holds(self, sn):
        """PIN: name."""
        return {str(int(pin)): name for body in self.answers(sn, "DATA QUERY USERINFO")
                for pin, name in re.findall(r"USER PIN=(\d+)\tName=([^\t\n]*)", body)}

    def finger_at(self, sn, pin):
        """The template that a clock has."""
        query = f"DATA QUERY FINGERTMP PIN={pin}\tFingerID=1"
        found = {text for body in self.answers(sn, query)
                 for text in re.findall(rf"P(?:IN|in)={pin}\t.*(?:TMP|Tmp)=(\S+)", body)}
        self.assertEqual(len(found), 1, (sn, pin))
        return found.pop()

    def terminal_holds(self, sn):
        port = self.terminal.port + int(sn[3:]) - 1
        words = ("terminal", "--format", "json", f"tcp://127.0.0.1:{port}", "user", "list")
        out = subprocess.run([serve.program(), *words], check=True, capture_output=True, timeout=PATIENCE).stdout
        users = [json.loads(line) for line in out.splitlines()] if not out.startswith(b"[") else json.loads(out)
        return {u["pin"]: u["name"] for u in users}

    def say(self, text):
        print(f"# {time.monotonic() - self.begun:.1f} s: {text}", flush=True)

    def test_each_holds_what_it_is_to_hold(self):
        self.begun = time.monotonic()
        for n in range(PEOPLE):
            self.change(lambda: self.create(str(1000 + n)))
        self.say(f"{len(self.people)} people")
        self.all_settled()
        self.say("settled first")
        self.able = {f"SIM{n + 1:06d}" for n in range(CLOCKS - 1) if n % len(PERSONAS.split(",")) < 2}
        for pin in sorted(self.people)[:FINGERS]:
            if any(self.area[sn] in self.people[pin]["areas"] for sn in self.able):
                self.enrol(pin)
        self.say("enrolled")
        for n in range(CHANGES):
            self.anything()
            if n == CHANGES // 2:
                self.replace(self.old, "REP000001")
        self.say("changed")
        self.all_settled()
        self.say("settled")
        # One more in each area: once it is there, each device was planned again, and needed nothing else.
        counts = {sn: len(self.sent(sn)) for sn in self.area}
        made = self.api.post("/api/people", {"pin": "99999", "name": "Last", "areas": self.areas})["data"]
        self.people["99999"] = {"id": made["id"], "name": "Last", "areas": self.areas, "disabled": False, "fingers": ()}
        self.all_settled()
        self.say("settled again")
        ratios = {}
        for sn in self.area:
            self.assertLessEqual(len(self.sent(sn)), counts[sn] + 2, sn)
            sent = len(self.sent(sn)) - self.before[sn]
            self.assertLessEqual(sent, math.ceil(MOST * (self.needed[sn] + 1)), sn)
            ratios[sn] = sent / (self.needed[sn] + 1)
        names = {sn: {pin: name for pin, (name, _) in self.wanted(sn).items()} for sn in self.area}
        for sn in self.area:
            if not sn.startswith("TTT"):
                self.assertEqual(self.clock_holds(sn), names[sn], sn)
        for pin in self.people:
            at = [sn for sn in self.area if not sn.startswith("TTT") and pin in names[sn] and self.templates(sn, pin)]
            self.assertEqual(len({self.finger_at(sn, pin) for sn in at}), 1 if at else 0, pin)
        self.say("clocks read")
        self.server.terminate()
        for sn in self.area:
            if sn.startswith("TTT"):
                self.assertEqual(self.terminal_holds(sn), names[sn], sn)
        self.say("orders %d, of the shortest plan %.2f to %.2f" % (
            sum(counts.values()), min(ratios.values()), max(ratios.values())))


if __name__ == "__main__":
    tap.main()
