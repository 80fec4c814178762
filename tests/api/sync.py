#!/usr/bin/env python3
"""What a clock is to hold by the roster, what it holds, and what is sent to it."""

import itertools
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import command_line  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402

server = None
areas = itertools.count(1)
STATES = ("same", "different", "wanted", "extra", "impossible")


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--sync", "auto")
    unittest.addModuleCleanup(server.close)
    command_line.server = server


def fields(text):
    """Of an order: "DATA UPDATE USERINFO PIN=1\tName=Ann"."""
    return dict(pair.split("=", 1) for pair in text.split(" ", 3)[3].split("\t") if "=" in pair)


class Case(unittest.TestCase):
    def setUp(self):
        """A clock in an area of its own."""
        self.area = server.api.post("/api/areas", {"name": f"floor {next(areas)}", "parent": 1})["data"]["id"]
        self.clock = Device(server)
        self.clock.options()
        self.pins = itertools.count(1)

    def settle(self, **more):
        server.api.change(self.clock.sn, area=self.area, **more)

    def closed(self):
        """What its clocks upload does not reach the roster."""
        server.api.call("PATCH", f"/api/areas/{self.area}", {"spreadEnrolments": False, "deviceMayChange": []})

    def person(self, **more):
        pin = f"{self.area}{next(self.pins):03d}"
        return server.api.post("/api/people", {"pin": pin, "areas": [self.area], **more})["data"]

    def change(self, person, **fields):
        return server.api.call("PATCH", f"/api/people/{person['id']}", fields)

    def sync(self, query=""):
        return server.api.get(f"/api/devices/{self.clock.sn}/sync{query}")

    def counts(self):
        page = self.sync()
        return {s: page[s] for s in STATES if page[s]}

    def row(self, pin):
        return self.sync(f"?pin={pin}")["data"][0]

    def orders(self, n):
        """Of the polls until so many came; each is carried out."""
        got = []

        def enough():
            got.extend(text for _, text in self.clock.work() if " USERINFO " in text)
            return len(got) >= n

        until(enough)
        return got


class Sync(Case):
    def test_a_person_is_shown_sent_and_then_the_same(self):
        self.settle(sync="plan")
        ann = self.person(name="Ann", privilege=14, password="4711", cards=["815"])
        row = self.row(ann["pin"])
        self.assertEqual((row["kind"], row["state"], row["reason"], row["found"]), ("person", "wanted", None, None))
        self.assertEqual(row["target"], {"name": "Ann", "privilege": 14, "cards": ["815"], "passwordSet": True})
        self.assertNotIn("4711", str(self.sync()))
        self.assertEqual(self.counts(), {"wanted": 1})
        self.assertEqual(server.api.device(self.clock.sn)["sync"], "plan")
        server.api.change(self.clock.sn, sync="auto")
        (order,) = self.orders(1)
        self.assertTrue(order.startswith("DATA UPDATE USERINFO "), order)
        sent = fields(order)
        self.assertEqual((sent["PIN"], sent["Name"], sent["Pri"], sent["Passwd"]),
                         (ann["pin"], "Ann", "14", "4711"))
        row = self.row(ann["pin"])
        self.assertEqual((row["state"], row["found"]["name"]), ("same", "Ann"))
        self.assertEqual(self.counts(), {"same": 1})
        orders = server.api.get(f"/api/commands?device={self.clock.sn}")["data"]
        self.assertEqual([c["requestedBy"] for c in orders if "USERINFO" in c["command"]], ["sync"])

    def test_who_is_on_the_clock_and_in_no_roster_stays_and_is_shown(self):
        self.settle()
        self.closed()
        self.clock.upload("OPERLOG", "USER PIN=990099\tName=Guest\tPri=0\n", stamp=1)
        bob = self.person(name="Bob")
        self.assertEqual(len(self.orders(1)), 1)
        self.assertEqual(self.counts(), {"same": 1, "extra": 1})
        self.assertEqual([r["pin"] for r in self.sync("?state=extra")["data"]], ["990099"])
        self.change(bob, disabled=True)
        (order,) = self.orders(1)
        self.assertEqual(order, f"DATA DELETE USERINFO PIN={bob['pin']}")
        self.assertEqual(self.counts(), {"extra": 1})

    def test_what_only_the_clock_has_is_sent_with_what_the_roster_changes(self):
        self.settle(sync="plan")
        self.closed()
        eve = self.person(name="Eve")
        self.clock.upload("OPERLOG", f"USER PIN={eve['pin']}\tName=Old\tPri=14\tPasswd=12\tCard=99\tGrp=3\t"
                          "TZ=0001000100000000\n",
                          stamp=1)
        self.assertEqual(self.row(eve["pin"])["state"], "different")
        server.api.change(self.clock.sn, sync="auto")
        sent = fields(self.orders(1)[0])
        self.assertEqual((sent["Name"], sent["Grp"], sent["TZ"]), ("Eve", "3", "0001000100000000"))
        # What the clock had before, and the roster has nothing of, stays.
        self.assertEqual((sent["Pri"], sent["Passwd"], sent["Card"]), ("14", "12", "99"))
        self.change(eve, password="34")
        self.assertEqual(fields(self.orders(1)[0])["Passwd"], "34")

    def test_what_the_roster_takes_back_goes_where_it_was_sent(self):
        self.settle()
        fay = self.person(name="Fay", password="56", cards=["77"])
        self.orders(1)
        self.change(fay, password="", cards=[])
        sent = fields(self.orders(1)[0])
        self.assertEqual((sent["Passwd"], sent["Card"].strip("[0]")), ("", ""))
        self.assertEqual(self.counts(), {"same": 1})

    def test_a_name_the_clock_cannot_write_is_impossible_in_part(self):
        self.settle(charset="TIS-620", sync="plan")
        kai = self.person(name="Ŵĵ")
        row = self.row(kai["pin"])
        self.assertEqual(row["reason"], "name_charset")
        self.assertIn("character set", row["explanation"])

    def test_the_command_prints_it(self):
        self.settle(sync="plan")
        dan = self.person(name="Dan")
        got = command_line.run("device", "sync", self.clock.sn)
        self.assertEqual(got.status, 0, got)
        self.assertEqual(got.err, "This is only shown. To have it sent: gatehouse device set "
                         f"{self.clock.sn} sync=auto\n")
        self.assertFalse(self.sync()["sends"])
        self.assertIn(dan["pin"], got.out)
        self.assertIn("wanted", got.out)
        got = command_line.run("device", "sync", self.clock.sn, "--state", "same", "--json")
        self.assertEqual(got.status, 0, got)
        self.assertNotIn(dan["pin"], got.out)
        server.api.change(self.clock.sn, sync="auto")
        got = command_line.run("device", "sync", self.clock.sn)
        self.assertEqual((got.status, got.err), (0, ""), got)
        self.assertTrue(self.sync()["sends"])

    def test_an_unknown_device_and_state_are_refused(self):
        for path, status in (("/api/devices/NOBODY/sync", 404),
                             (f"/api/devices/{self.clock.sn}/sync?state=none", 400)):
            self.assertEqual(server.api.raw("GET", path)[0], status, path)


class Conflict(Case):
    """Two clocks with one PIN for two people."""

    def setUp(self):
        super().setUp()
        self.settle()
        self.pin = f"{self.area}777"
        self.other = Device(server)
        self.other.options()
        server.api.change(self.other.sn, area=self.area)
        self.clock.upload("OPERLOG", f"USER PIN={self.pin}\tName=Ann\tPri=0\n", stamp=1)
        until(lambda: self.names() == ["Ann"])
        self.other.upload("OPERLOG", f"USER PIN={self.pin}\tName=Bob\tPri=0\n"
                          f"USER PIN={self.pin}8\tName=Dan\tPri=0\n", stamp=1)
        until(lambda: self.policy() == "conflict")

    def policy(self):
        return server.api.device(self.other.sn)["sync"]

    def names(self):
        return sorted(p["name"] for p in server.api.get("/api/people?limit=1000")["data"]
                      if p["pin"].startswith(self.pin))

    def problems(self):
        return server.api.get(f"/api/problems?kind=people_conflict&subject={self.other.sn}")["data"]

    def held(self, clock):
        return {p["pin"]: p["name"] for p in server.api.records("persons", clock.sn)}

    def ordered(self, clock):
        return [c for c in server.api.get(f"/api/commands?device={clock.sn}")["data"] if c["requestedBy"] == "sync"]

    def test_neither_becomes_the_other_until_people_decide(self):
        until(lambda: len(self.problems()) == 1)
        # A person of the roster comes to the one, and not to the other.
        eve = self.person(name="Eve")
        until(lambda: [t for _, t in self.clock.work() if f"PIN={eve['pin']}" in t])
        self.assertEqual(self.ordered(self.other), [])
        self.assertEqual(self.names(), ["Ann"])
        rows = server.api.get(f"/api/devices/{self.other.sn}/sync?state=different")["data"]
        self.assertEqual([(r["pin"], r["found"]["name"], r["target"]["name"]) for r in rows], [(self.pin, "Bob", "Ann")])
        # Punches are taken.
        self.other.upload("ATTLOG", f"{self.pin}\t2026-01-05 08:00:00\t0\t1\n", stamp=9)
        self.assertEqual(len(server.api.get(f"/api/punches?device={self.other.sn}")["data"]), 1)
        audit = server.api.get("/api/audit?limit=1000")["data"]
        self.assertEqual([a["reason"] for a in audit if a["subject"] == f"device:{self.other.sn}" and
                          a["after"] == {"sync": "conflict"}], [f"PIN {self.pin} has another name in the roster"])
        # It is a problem after a restart, too.
        server.restart()
        until(lambda: len(self.problems()) == 1)

    def test_other_people_get_a_namespace(self):
        own = server.api.post("/api/areas", {"name": f"own {self.area}", "parent": 1, "namespace": f"ns{self.area}"})
        server.api.change(self.other.sn, area=own["data"]["id"], sync="default")
        until(lambda: self.names() == ["Ann", "Bob", "Dan"])
        until(lambda: self.problems() == [])
        until(lambda: [r["state"] for r in server.api.get(f"/api/devices/{self.other.sn}/sync")["data"]] == ["same"] * 2)
        self.assertEqual(self.held(self.other), {self.pin: "Bob", f"{self.pin}8": "Dan"})
        self.assertEqual(self.held(self.clock), {self.pin: "Ann"})
        self.assertEqual(self.ordered(self.other), [])

    def test_the_same_people_are_made_so(self):
        server.api.change(self.other.sn, sync="auto")
        until(lambda: self.names() == ["Bob", "Dan"])
        until(lambda: self.problems() == [])

        def equal():
            self.clock.work()
            return self.held(self.clock) == {self.pin: "Bob", f"{self.pin}8": "Dan"}

        until(equal)

    def test_an_area_that_gets_a_namespace_settles_it(self):
        area = server.api.post("/api/areas", {"name": f"empty {self.area}", "parent": 1})["data"]["id"]
        server.api.change(self.other.sn, area=area)
        self.assertEqual(self.policy(), "conflict")
        server.api.call("PATCH", f"/api/areas/{area}", {"namespace": f"late{self.area}"})
        server.api.change(self.other.sn, sync="default")
        until(lambda: self.names() == ["Ann", "Bob", "Dan"])

    def test_conflict_is_no_setting(self):
        with self.assertRaises(ApiError) as refused:
            server.api.change(self.clock.sn, sync="conflict")
        self.assertEqual(refused.exception.status, 400)


if __name__ == "__main__":
    tap.main()
