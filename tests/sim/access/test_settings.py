#!/usr/bin/env python3
"""`gatehouse sim access` and `gatehouse serve`: clocks and settings of devices, from both ends."""

import json
import os
import signal
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from doors import FAST, units  # noqa: E402
from serve import Server, until  # noqa: E402


class Case(unittest.TestCase):
    def served(self, *flags):
        server = Server("--new-devices", "approve", *flags)
        self.addCleanup(server.close)
        return server

    def run_units(self, server, *flags):
        """A simulator that is ended with the test; its report comes from finish()."""
        sim = units("--server", "http://%s:%d" % server.devices, *flags, *FAST)
        self.addCleanup(self.end, sim)
        return sim

    @staticmethod
    def end(sim):
        if sim.poll() is None:
            sim.kill()
            sim.communicate()

    def finish(self, sim):
        sim.send_signal(signal.SIGTERM)
        out, err = sim.communicate(timeout=240)
        self.assertEqual(sim.returncode, 0, err + out)
        return json.loads(out)


class Clocks(Case):
    def device_when(self, server, sn, reached):
        def look():
            d = server.api.device(sn) if sn in server.api.devices() else None
            return d if d and d["clockOffset"] is not None and reached(d) else None
        return until(look, 120, 0.2)

    def clocks_set(self, server):
        return [c for c in server.api.pages("/api/commands") if c["type"] == "set_clock"]

    def test_a_unit_that_reads_utc_is_set_in_utc(self):
        server = self.served("--zone", "Europe/Istanbul", "--clock", "local")
        self.run_units(server, "--persona", "inbio260-pro", "--now", "--punches", "0",
                       "--fault", "clock-utc:100")
        d = self.device_when(server, "SIM000001",
                             lambda d: d["clockForm"] == "utc" and abs(d["clockOffset"]) < 20)
        self.assertEqual(d["clock"], None)
        # Local time, and once more in UTC.
        orders = self.clocks_set(server)
        self.assertEqual([c["status"] for c in orders], ["acknowledged"] * 2)

    def test_a_clock_that_runs_fast_is_set_and_then_a_problem(self):
        server = self.served("--zone", "UTC")
        self.run_units(server, "--persona", "inbio260-pro", "--now", "--punches", "0",
                       "--fault", "clock-fast:100")
        self.device_when(server, "SIM000001", lambda d: d["clockOffset"] > 120)
        self.assertEqual([c["status"] for c in self.clocks_set(server)], ["acknowledged"])
        until(lambda: [p for p in server.api.get("/api/problems")["data"]
                       if p["kind"] == "clock_wrong" and p["subject"] == "SIM000001"])

    def test_events_of_a_wrong_time_move_no_clock(self):
        server = self.served("--zone", "UTC", "--clock", "local")
        sim = self.run_units(server, "--devices", "3", "--persona", "spec,inbio260-pro,index-0",
                             "--now", "--punches", "200", "--rate", "20", "--fault",
                             "clock-jump:100")
        until(lambda: len(server.api.pages("/api/access-events")) > 700, 120)
        self.assertGreater(self.finish(sim)["events"]["acknowledged"], 700)
        self.assertEqual(self.clocks_set(server), [])
        for sn in server.api.devices():
            off = server.api.device(sn)["clockOffset"]
            self.assertTrue(off is None or abs(off) < 3600, (sn, off))


if __name__ == "__main__":
    tap.main()
