#!/usr/bin/env python3
"""A week of fifty clocks of all kinds, which lose punches in every way there is: replaced, overwritten, away for a
month, with counts that are not right, with requests that never arrive. After each night all that a clock has, and
that is shown as complete, is stored. Unless $COMPARISON_WEEK is "whole" it is four days of eleven clocks."""

import datetime
import os
import pathlib
import random
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from clock_steps import SteppedClock  # noqa: E402
from comparison_clock import Clock, compare, finish  # noqa: E402
from serve import Server, program, until  # noqa: E402
import tap  # noqa: E402

# Four days have everything that happens in a week, and ten clocks are of all kinds; the whole is in the suite `long`
# and in `make torture`. MONTH is the number of the one that is away for so long.
CLOCKS, DAYS, MONTH = (50, 7, 45) if os.environ.get("COMPARISON_WEEK") == "whole" else (11, 4, 10)
PUNCHES = 4
TRIES = 3  # times that a day is queried in one comparison


class Week(unittest.TestCase):
    def setUp(self):
        self.steps = SteppedClock(self)
        self.server = Server("--new-devices", "approve", "--zone", "UTC", env=self.steps.env)
        self.addCleanup(self.server.close)
        self.chance = random.Random(20261130)
        self.begun = datetime.datetime.now(datetime.timezone.utc).replace(hour=12, minute=0, second=0, microsecond=0)
        self.last = False

    def to(self, day, hour):
        """Let it be that hour of a day; the server has seen it. On a slow machine it may see one step as two."""
        at = self.begun + datetime.timedelta(days=day, hours=hour - 12)
        offset = int((at - datetime.datetime.now(datetime.timezone.utc)).total_seconds())
        self.steps.step(offset)

        def seen():
            log = pathlib.Path(self.server.log_path).read_text()
            return abs(sum(map(int, re.findall(r"clock was set;.* seconds=(-?\d+)", log))) - offset) < 60
        until(seen, 240)

    def clock(self, i):
        # They call at the same time: each has its own.
        chance = random.Random(i)

        def lost():
            """One upload of ten. Of a day that was queried in vain as often as it is queried, a gap is shown until
            the next comparison: the last one has no such day."""
            lost = c.loses and chance.random() < 0.1 and not (self.last and c.lost_running >= TRIES - 1)
            c.lost_running = c.lost_running + 1 if lost else 0
            return lost
        words = {3: ("VERIFY",), 4: ("VERIFY", "ACCOUNT")}.get(i % 5, ())
        c = Clock(self.server, refuses=words, more=(-2, 3)[i % 2] if i % 10 == 1 else 0,
                  most=15 if i % 10 in (2, 6) else None, lost=lost)
        c.loses = True
        c.number, c.lost_running = i, 0
        return c

    def away(self, c, day):
        return c.number % 10 == 6 and 2 <= day < DAYS or c.number == MONTH and day >= 1

    def live(self, c, day):
        for k in range(PUNCHES):
            at = self.begun + datetime.timedelta(days=day, hours=-3, seconds=self.chance.randrange(2 * 3600))
            time = at.strftime("%Y-%m-%d %H:%M:%S")
            if c.number % 10 == 7 and self.chance.random() < 0.1:
                time = "2000-01-01" + time[10:]
            c.make(time, sent=not self.away(c, day) and self.chance.random() >= 0.1)

    def judge(self, clocks, states):
        for c, state in zip(clocks, states):
            self.assertEqual(c.missing(state), [], (c.number, c.refuses, c.more, c.most, state["comparison"]))

    def silent(self, c):
        problems = self.server.api.get(f"/api/problems?subject={c.sn}")["data"]
        return [p["detail"] for p in problems if p["kind"] == "device_silent" and "minutes" in p["detail"]]

    def test_what_is_shown_as_complete_is_stored(self):
        self.to(0, 12)
        clocks = [self.clock(i) for i in range(CLOCKS)]
        for day in range(DAYS):
            self.to(day, 13)
            for c in clocks:
                if day == 3 and c.number % 10 == 5:
                    c.log.clear()  # another clock of the same serial number
                self.live(c, day)
            present = [c for c in clocks if not self.away(c, day)]
            self.to(day, 20)
            for c in present:
                c.step()
            self.judge(present, compare(*present))
        # The night after the next, by the clock: those that were away are there again. One comes a month later.
        month = [c for c in clocks if c.number == MONTH]
        present = [c for c in clocks if c not in month]
        before = {c.sn: c.state()["comparison"]["comparedAt"] for c in clocks}
        self.last = True
        self.to(DAYS + 1, 6)
        self.judge(present, finish(present, before))
        for day in range(DAYS + 1, DAYS + 31):
            self.live(month[0], day)
        self.to(DAYS + 31, 9)
        until(lambda: self.silent(month[0]))
        [state] = states = finish(month, before)
        self.judge(month, states)
        until(lambda: not self.silent(month[0]))
        self.assertEqual(month[0].stored() & set(month[0].log), set(month[0].log))
        self.assertGreater(state["completeUpTo"], (self.begun + datetime.timedelta(days=DAYS + 28)).strftime("%Y-%m-%d"))
        # Nothing that a clock still has is missing at all, where it counts rightly.
        for c in present:
            if c.more == 0:
                self.assertEqual(set(c.log) - c.stored(), set(), c.number)
                self.assertIsNone(c.state()["comparison"]["gap"], c.number)
        # Each punch is there once.
        for c in clocks:
            rows = [(p["pin"], p["timestamp"]) for p in self.server.api.punches(device=c.sn)]
            self.assertEqual(len(rows), len(set(rows)))


class Simulated(unittest.TestCase):
    """The simulated clocks of each kind, some of whose punches are lost from the store."""

    def setUp(self):
        self.server = Server("--new-devices", "approve", "--zone", "UTC", stay=True)
        self.addCleanup(self.server.close)

    def rows(self):
        return {(p["deviceSerial"], p["pin"], p["timestamp"], p["status"]) for p in self.server.api.punches()}

    def test_what_was_lost_from_the_store_comes_back(self):
        sim = subprocess.Popen([program(), "sim", "attendance", "--server", "http://%s:%d" % self.server.devices,
                                "--persona", "mixed", "--devices", "20", "--punches", "30", "--photos", "0",
                                "--templates", "0", "--pace", "200", "--retry", "500"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (sim.terminate(), sim.wait()))
        before = until(lambda: (lambda r: r if len(r) == 600 else None)(self.rows()), 120, 0.5)
        self.server.terminate()
        self.server.write("DELETE FROM punch WHERE seq % 5 = 3 AND seq < 590")
        self.server.start()
        self.assertLess(len(self.rows()), 520)
        devices = sorted(self.server.api.devices())
        for sn in devices:
            self.server.api.post(f"/api/devices/{sn}/compare", {})
        until(lambda: all(d["completeUpTo"] for d in self.server.api.devices().values()), 240, 0.5)
        self.assertEqual(self.rows(), before)
        self.assertEqual({d["completeBy"] for d in self.server.api.devices().values()}, {"verify_sum"})


if __name__ == "__main__":
    tap.main()
