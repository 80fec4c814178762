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
from serve import Server, until  # noqa: E402

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


if __name__ == "__main__":
    tap.main()
