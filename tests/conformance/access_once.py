#!/usr/bin/env python3
"""An order to open a door reaches its unit at most once, and never after its time, whatever goes wrong."""

import pathlib
import random
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import ApiError, Server, Wire, request, until  # noqa: E402
from unit import Unit  # noqa: E402
import tap  # noqa: E402

SEED = 20261130


class Once(unittest.TestCase):
    def setUp(self):
        self.own = Server("--new-devices", "approve", stay=True)
        self.addCleanup(self.own.close)
        self.units = []
        self.given = {}  # by the number of the order, how often a unit got it
        for _ in range(4):
            unit = Unit(self.own).register()
            for number, _ in unit.poll():
                unit.result(number)
            self.units.append(unit)

    def fetch(self, unit):
        """A poll whose reply arrives."""
        for number, text in unit.poll():
            self.given.setdefault(number, []).append((time.time(), text))
            yield number

    def lost(self, unit):
        """A poll whose reply is not read: the unit has gone."""
        try:
            with Wire(self.own.devices) as wire:
                wire.send(request("GET", f"/iclock/getrequest?SN={unit.sn}"))
        except OSError:
            pass

    def mishap(self, random_, unit):
        kind = random_.randrange(8)
        if kind == 0:
            self.lost(unit)
        elif kind == 1:
            for number in self.fetch(unit):
                pass  # its result is lost
        elif kind == 2:
            for number in self.fetch(unit):
                unit.result(number)
                unit.result(number)
        elif kind == 3:
            unit.register()
        elif kind == 4:
            unit.request("GET", "/iclock/cdata?SN=&pushver=3.1.2&options=all&DeviceType=acc")
        elif kind == 5:
            for number in self.fetch(unit):
                unit.result(number, -1)
        else:
            for number in self.fetch(unit):
                unit.result(number)

    def orders(self):
        rows = self.own.api.get("/api/commands?limit=10000")["data"]
        return {r["commandId"]: r for r in rows if r["type"] in ("unlock", "hold_open", "normal_open")}

    def test_under_lost_replies_repeats_restarts_and_kills(self):
        random_ = random.Random(SEED)
        for step in range(160):
            unit = random_.choice(self.units)
            try:
                self.own.api.post(f"/api/doors/{unit.sn}:{random_.choice((1, 2))}/open",
                                  {"seconds": 5, "ttl": random_.choice((1, 2, 60))})
            except ApiError:
                pass
            self.mishap(random_, random_.choice(self.units))
            if step % 40 == 39:
                self.own.restart("kill" if step % 80 == 79 else "terminate")
        for unit in self.units:
            for _ in range(6):
                for number in self.fetch(unit):
                    unit.result(number)
        orders = self.orders()
        self.assertTrue(self.given)
        for number, got in self.given.items():
            if number not in orders:
                continue
            self.assertEqual(len(got), 1, orders[number])
            self.assertIn(orders[number]["tries"], (0, 1), orders[number])
        # Nothing was given after its time; a second for the way.
        for number, got in self.given.items():
            if number in orders:
                ends = time.mktime(time.strptime(orders[number]["expiresAt"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
                self.assertLess(got[0][0], ends + 1.5, orders[number])

    def test_a_unit_that_was_away_opens_nothing(self):
        numbers = [self.own.api.post(f"/api/doors/{u.sn}:1/open", {"ttl": 1})["commandId"] for u in self.units]
        for number in numbers:
            until(lambda: self.own.api.get(f"/api/commands/{number}")["data"]["status"] == "expired")
        self.own.restart("kill")
        for unit in self.units:
            unit.register()
            self.assertEqual([t for _, t in unit.poll() if "CONTROL" in t], [])

    def test_what_closes_may_be_given_again(self):
        unit = self.units[0]
        number = self.own.api.post(f"/api/doors/{unit.sn}:1/close", {})["commandId"]
        self.assertEqual([n for n, _ in unit.poll()], [number])
        unit.register()
        got = until(lambda: unit.poll())
        self.assertEqual([n for n, _ in got], [number])
        # A later opening takes the place of one that waits, when the unit is given it.
        unit.result(number)
        waits = self.own.api.post(f"/api/doors/{unit.sn}:2/lock", {})["commandId"]
        opening = self.own.api.post(f"/api/doors/{unit.sn}:2/open", {})["commandId"]
        self.assertEqual(self.own.api.get(f"/api/commands/{waits}")["data"]["status"], "queued")
        self.assertEqual([n for n, _ in unit.poll()], [opening])
        self.assertEqual(self.own.api.get(f"/api/commands/{waits}")["data"]["status"], "cancelled")


if __name__ == "__main__":
    tap.main()
