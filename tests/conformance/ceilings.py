#!/usr/bin/env python3
"""What a device may leave in the store besides records has ceilings: options by number and length,
stamps likewise. What exceeds them is counted and shown, and what is there already goes on changing.
So have the gauges of single devices."""

import os
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server  # noqa: E402

NAMES = 1000
STAMPS = 64
GAUGES = 1000


class Ceilings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--new-devices", "approve")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def clock(self):
        d = Device(self.server)
        d.options()
        return d

    def dropped(self):
        _, _, text = self.server.api.raw("GET", "/metrics")
        [line] = [x for x in text.decode().splitlines()
                  if x.startswith("gatehouse_values_dropped_total ")]
        return int(float(line.split()[1]))

    def problem(self, d):
        rows = self.server.api.get(f"/api/problems?kind=values_dropped&subject={d.sn}")["data"]
        return rows[0]["detail"] if rows else None

    def test_options_are_kept_up_to_a_thousand_names(self):
        d = self.clock()
        d.upload("options", ",".join(f"k{i}=1" for i in range(NAMES - 1)))
        self.assertIsNone(self.problem(d))
        before = self.dropped()
        d.upload("options", ",".join(f"k{i}=2" for i in range(NAMES + 5)))
        kept = self.server.api.device(d.sn)["options"]
        self.assertEqual(len(kept), NAMES)
        self.assertEqual(set(kept.values()), {"2"})
        self.assertEqual(self.dropped() - before, 5)
        self.assertEqual(self.problem(d), "5 of an upload of options")
        # A known one changes, a new one does not come in.
        d.upload("options", "k0=3,new=1")
        kept = self.server.api.device(d.sn)["options"]
        self.assertEqual((kept["k0"], "new" in kept, len(kept)), ("3", False, NAMES))

    def test_options_that_are_too_long_are_not_kept(self):
        d = self.clock()
        d.upload("options", f"{'k' * 64}={'v' * 4096},{'l' * 65}=1,long={'v' * 4097},last=1")
        self.assertEqual(self.server.api.device(d.sn)["options"],
                         {"k" * 64: "v" * 4096, "last": "1"})
        self.assertEqual(self.problem(d), "2 of an upload of options")

    def test_stamps_are_kept_of_as_many_tables_as_there_may_be(self):
        d = self.clock()
        d.punch(("1", "2026-11-26 08:00:00"), stamp=7)
        for i in range(STAMPS + 5):
            d.upload(f"MADEUP{i}", "x", stamp=5)
        stamps = self.server.api.device(d.sn)["stamps"]
        self.assertEqual(len(stamps), STAMPS)
        self.assertIn("MADEUP", self.problem(d))
        d.punch(("1", "2026-11-26 08:00:01"), stamp=8)
        self.assertEqual(self.server.api.device(d.sn)["stamps"]["ATTLOG"], "8")
        d.punch(("1", "2026-11-26 08:00:02"), stamp="8" * 65)
        self.assertEqual(self.server.api.device(d.sn)["stamps"]["ATTLOG"], "8")


class Gauges(unittest.TestCase):
    def setUp(self):
        self.server = Server("--new-devices", "approve")
        self.addCleanup(self.server.close)

    def metrics(self):
        return self.server.api.raw("GET", "/metrics")[2].decode()

    def silent(self):
        """The serial numbers that have a gauge."""
        name = 'gatehouse_device_silent_seconds{sn="'
        return [line.split('"')[1] for line in self.metrics().splitlines()
                if line.startswith(name)]

    def called(self, sns):
        def call(sn):
            Device(self.server, sn=sn).options()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(call, sns))

    def test_a_thousand_devices_at_most_have_a_gauge(self):
        sns = {f"CALLED{n:04}" for n in range(GAUGES + 5)}
        self.called(sns)
        self.assertIn(f'gatehouse_devices{{state="approved"}} {len(sns)}\n', self.metrics())
        shown = self.silent()
        self.assertEqual((len(shown), len(set(shown))), (GAUGES, GAUGES))
        self.assertLessEqual(set(shown), sns)

    def test_those_that_have_no_gauge_take_no_place_of_others(self):
        for n in range(GAUGES):
            self.server.api.post("/api/devices", {"sn": f"EXPECTED{n:04}"})
        self.called(["CALLED"])
        self.assertEqual(self.silent(), ["CALLED"])


if __name__ == "__main__":
    tap.main()
