#!/usr/bin/env python3
"""Each fault of simulated access units alone, at a controller by itself and at a main controller with a sub-controller.

One server has all of them. It plans who may pass, people come, one of them may pass no more, people come again.
Afterwards the ledger has what happened, once, and the mirror has what the units hold."""

import collections
import datetime
import json
import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path[:0] = [os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from doors import happened, plain, stored, units  # noqa: E402
from serve import Server, until  # noqa: E402
from visitors import line, OPENED, Visit  # noqa: E402

WAIT = 300
# Of a hundred chances, and what a unit has besides: where a fault is of packets, more rows than fit into one.
FAULTS = {
    "drop-reply": (10, ()), "duplicate": (40, ()), "split": (20, ()), "slow": (5, ()), "reboot": (5, ()),
    "clock-jump": (30, ()), "bad-line": (60, ()), "index-reset": (20, ()),
    "packet-lost": (100, ("--users", "250")), "packet-again": (100, ("--users", "250")),
    "packet-order": (100, ("--users", "250")),
    "deferred": (40, ()), "result-never": (30, ()), "result-id": (40, ()), "result-case": (60, ()),
    "cookie-stale": (20, ()), "prefix-glued": (100, ()), "state-in-events": (60, ()),
    "overwrite": (100, ()), "clock-fast": (100, ()), "clock-utc": (100, ()),
}
# They are not counted: they last all the time.
SILENT = {"overwrite", "clock-fast"}
# Problems that a fault is the reason of.
NAMED = {"bad-line": {"records_quarantined"}}
TABLES = ("user", "mulcarduser", "userauthorize", "timezone", "holiday")
CARDS = {"11": "700011", "12": "700012", "13": "700013"}
STRANGE = "990099"  # a card that no person has


def words():
    """The faults that there are."""
    found = []
    for path in ("src/sim/fault.def", "src/sim/access/fault.def", "src/sim/access/fault_alone.def"):
        with open(os.path.join(TOP, path)) as f:
            found += re.findall(r'^SIM_FAULT\(\w+, "([\w-]+)"', f.read(), re.M)
    return found


def site(rows, table):
    """Those that a plan writes: a unit has people and a period of its own. All of its people were queried; a
    password is not shown."""
    return [dict(r, Password="") for r in rows
            if table == "user" or r.get("Pin", "11") in CARDS and r.get("TimezoneId", "1") == "1"]


class Cell:
    """The units with one fault: number 1 alone, number 2 a main controller with a sub-controller."""

    def __init__(self, server, fault, number):
        share, more = FAULTS[fault]
        self.fault, self.prefix = fault, f"F{number:02d}"
        self.alone, self.main = f"{self.prefix}000001", f"{self.prefix}000002"
        self.sub = self.main + "S1"
        self.devices = {self.alone: 2, self.main: 4, self.sub: 2}
        self.visits, self.truth, self.tables = (
            os.path.join(server.home, f"{name}.{self.prefix}") for name in ("visits", "truth", "tables"))
        for path in (self.visits, self.truth):
            with open(path, "w"):
                pass
        self.process = units(
            "--server", "http://%s:%d" % server.devices, "--sn", self.prefix, "--devices", "2", "--persona",
            "inbio260-pro,main-with-subs", "--subs", "1", "--punches", "24", "--fault", f"{fault}:{share}",
            "--users", "0", "--speed", "10", "--retry", "100", "--pace", "250", "--visits", self.visits,
            "--truth", self.truth, "--tables", self.tables, *more)

    def come(self, at, cards):
        """People with those cards at each door, one a minute: a sub-controller has the clock of its main one."""
        who = [(sn, door, card) for sn, n in self.devices.items() for door in range(1, n + 1) for card in cards]
        with open(self.visits, "a") as f:
            for n, (sn, door, card) in enumerate(who):
                f.write(line(Visit(sn, door, False, "card", card, "", at + datetime.timedelta(minutes=n))))

    def happened(self):
        return happened(self.truth)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        out, err = self.process.communicate(timeout=WAIT)
        return self.process.returncode, out, err

    def held(self):
        rows = collections.defaultdict(list)
        with open(self.tables) as f:
            for text in f:
                r = json.loads(text)
                rows[r["deviceSerial"], r["table"]].append(r["row"])
        return rows


class Matrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--new-devices", "approve", "--clock", "off", "--command-retry", "2",
                            "--command-tries", "50")
        cls.addClassCleanup(cls.server.close)
        cls.api = cls.server.api
        cls.cells = []
        cls.addClassCleanup(lambda: [c.end() for c in cls.cells])
        cls.cells += [Cell(cls.server, fault, n) for n, fault in enumerate(FAULTS, 1)]
        cls.devices = [sn for c in cls.cells for sn in c.devices]

    def devices_ready(self):
        subs = [c.sub for c in self.cells]
        until(lambda: set(self.devices) <= set(self.api.devices()), WAIT, 0.2)
        for sn in subs:
            self.api.post(f"/api/devices/{sn}/approve")

        def ready():
            shown = self.api.devices()
            return all(shown[c.sub]["authorisation"] == "authorised" and
                       all(shown[sn]["registration"] == "configured" for sn in (c.alone, c.main))
                       for c in self.cells)

        until(ready, WAIT, 0.2)

    def show(self, plan):
        return self.api.get(f"/api/plans/{plan}")["data"]

    def quiet(self):
        """Whether no order is open. What a main controller has put off and never answers is cancelled."""
        never, = (c.sub for c in self.cells if c.fault == "result-never")
        for order in self.api.get(f"/api/commands?device={never}&status=deferred")["data"]:
            self.api.raw("POST", f"/api/commands/{order['commandId']}/cancel")
        return not any(self.api.get(f"/api/commands?limit=1&status={state}")["data"]
                       for state in ("queued", "sent", "deferred"))

    def settled(self):
        """Once all units hold what is decided."""
        def nothing():
            until(self.quiet, WAIT, 0.2)
            plan = self.api.post("/api/plans", {"kind": "access", "select": {"ids": self.devices}})["data"]["planId"]
            shown = until(lambda: (lambda p: p["state"] != "making" and p)(self.show(plan)), WAIT, 0.1)
            if shown["commands"]:
                self.api.raw("POST", f"/api/plans/{plan}/apply")
                return None
            self.api.raw("POST", f"/api/plans/{plan}/cancel")
            return shown

        shown = until(nothing, WAIT, 0.3)
        self.assertEqual([(d["deviceSerial"], r) for d in shown["devices"] for r in d.get("refusals", [])
                          if r["of"] != "device"], [])

    def query(self):
        """Each unit shows its people, and sets its clock; but the one whose answer may never come."""
        never, = (c.sub for c in self.cells if c.fault == "result-never")
        left = set(self.devices) - {never}
        for c in self.cells:
            self.api.queue(c.alone, "SET OPTIONS DateTime=857088000")

        def shown():
            orders = {sn: self.api.post(f"/api/devices/{sn}/tables/user/query")["data"]["orders"][0]["commandId"]
                      for sn in left}
            until(self.quiet, WAIT, 0.2)
            left.difference_update(sn for sn, n in orders.items() if self.api.command(n)["status"] == "acknowledged")
            return not left

        until(shown, WAIT)

    def stored(self):
        """Events of the ledger by the prefix of their unit, once it has what happened and was kept."""
        kept = [c for c in self.cells if c.fault != "overwrite"]

        def enough():
            latest = self.api.get(f"/api/access-events?limit=1&before={2 ** 62}")["data"]
            return sum(len(set(c.happened())) for c in kept) <= (latest[0]["seq"] if latest else 0)

        def all_of_them():
            found = collections.defaultdict(list)
            for row in stored(self.server):
                found[row[0][:3]].append(row)
            return found if all(set(c.happened()) <= set(found[c.prefix]) for c in kept) else None

        until(enough, WAIT, 0.2)
        return until(all_of_them, WAIT, 0.5)

    def come(self, at, cards):
        """People with these cards come to each door; of how many each unit opened doors, by card."""
        before = {c.fault: len(c.happened()) for c in self.cells}
        for c in self.cells:
            c.come(at, cards)

        def seen(c):
            return [r for r in c.happened()[before[c.fault]:] if r[5] in cards]

        expected = len(cards) * sum(self.cells[0].devices.values())
        until(lambda: all(len(seen(c)) >= expected for c in self.cells), WAIT, 0.3)
        opened = {}
        for c in self.cells:
            rows = seen(c)
            self.assertEqual(len(rows), expected, c.fault)
            opened[c.fault] = collections.Counter(r[5] for r in rows if int(r[3]) in OPENED)
        return opened

    def test_1_every_fault_has_its_units(self):
        self.assertEqual(sorted(FAULTS), sorted(words()))

    def test_2_events_and_tables_agree(self):
        api = self.api
        self.devices_ready()
        ids = {pin: api.post("/api/people", {"pin": pin, "name": f"P {pin}", "cards": [card]})["data"]["id"]
               for pin, card in CARDS.items()}
        level = api.post("/api/access-levels", {
            "name": "All", "rule": 1, "people": list(ids.values()),
            "doors": [f"{sn}:{d}" for c in self.cells for sn, n in c.devices.items() for d in range(1, n + 1)],
        })["data"]["id"]
        self.settled()
        doors = sum(self.cells[0].devices.values())
        at = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
        at += datetime.timedelta(minutes=5)
        opened = self.come(at, [*CARDS.values(), STRANGE])
        self.assertEqual(opened, {c.fault: dict.fromkeys(CARDS.values(), doors) for c in self.cells})
        self.api.call("PATCH", f"/api/access-levels/{level}", {"removePeople": [ids["12"]]})
        self.settled()
        opened = self.come(at + datetime.timedelta(hours=1), [CARDS["12"], CARDS["13"]])
        self.assertEqual(opened, {c.fault: {CARDS["13"]: doors} for c in self.cells})
        self.query()
        found = self.stored()
        known = {(sn, table): self.known(sn, table) for sn in self.devices for table in TABLES}
        problems = collections.defaultdict(set)
        for row in self.api.get("/api/problems")["data"]:
            problems[row["subject"][:3]].add(row["kind"])
        for c in self.cells:
            with self.subTest(fault=c.fault):
                self.agree(c, found[c.prefix], known, problems[c.prefix])

    def known(self, sn, table):
        """What the server has of it, but what a unit adds to what it shows of people."""
        rows = self.api.get(f"/api/devices/{sn}/tables/{table}?limit=1000")["data"]["rows"]
        return [{k: v for k, v in r["row"].items() if k not in ("uid", "verify")} for r in rows]

    def agree(self, c, events, known, problems):
        status, out, err = c.end()
        self.assertEqual(status, 0, err)
        report, really = json.loads(out), c.happened()
        self.assertEqual(len(events), len(set(events)))
        self.assertLessEqual(set(events), set(really))
        self.assertEqual(report["events"]["overwritten"] > 0, c.fault == "overwrite")
        if c.fault not in SILENT:
            self.assertGreater(report["faults"][c.fault], 0)
        held = c.held()
        for sn in c.devices:
            for table in TABLES:
                self.assertEqual(plain(site(known[sn, table], table)), plain(site(held[sn, table], table)),
                                 (sn, table))
        # People come at times ahead, and the clocks with them.
        self.assertEqual(problems - {"clock_wrong"}, NAMED.get(c.fault, set()))


if __name__ == "__main__":
    tap.main()
