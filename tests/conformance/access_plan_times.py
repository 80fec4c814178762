#!/usr/bin/env python3
"""Plans and time: rows that are right for a while only, clocks that jump, plans that wait too long."""

import datetime
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from clock_steps import SteppedClock  # noqa: E402
from plan_fixture import PlanCase  # noqa: E402
from serve import Server, until  # noqa: E402
import tap  # noqa: E402

DAY = 86400


class Stepped(PlanCase):
    def server(self):
        self.clock = SteppedClock(self)
        return Server("--new-devices", "approve", "--zone", "UTC", stay=True, env=self.clock.env)

    def first(self, level_of):
        """A level, and the first plan of the unit."""
        self.level(level_of)
        self.assertEqual(self.carry_out(), "done")

    def turns(self, seconds):
        """The unit polls for so long; how many commands that change its tables it got."""
        end, before = time.monotonic() + seconds, len(self.unit.words)
        while time.monotonic() < end:
            self.unit.turn()
            time.sleep(0.1)
        return len([w for w in self.unit.words[before:] if w.startswith(("DATA UPDATE ", "DATA DELETE "))])


class Ends(Stepped):
    def test_rows_that_end_are_followed_by_others_at_that_moment_and_not_before(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        day = [(midnight + datetime.timedelta(days=n)).date().isoformat() for n in range(4)]
        ann, bob, carl = (self.person(pin) for pin in ("1", "2", "3"))
        self.level([ann, bob, carl], doors=(1,), name="Always")
        self.level([bob], doors=(2,), name="Visit", to=day[1])
        self.level([carl], doors=(2,), name="Later", **{"from": day[3]})
        plan = self.plan()
        self.assertEqual(self.show(plan)["devices"][0]["goodUntil"], f"{day[2]} 00:00:00")
        self.assertEqual(self.apply(plan), "done")

        def doors(pin):
            return {r["AuthorizeDoorId"] for r in self.unit.rows("userauthorize").values() if r["Pin"] == pin}

        self.assertEqual([doors(p) for p in "123"], [{"1"}, {"3"}, {"1"}])
        # Shortly before nothing is sent.
        at = (midnight + datetime.timedelta(days=2) - now).total_seconds()
        self.clock.step(int(at) - 120)
        self.assertEqual(self.turns(4), 0)
        self.clock.step(int(at) + 5)
        until(lambda: self.unit.turn() == 0 and doors("2") == {"1"})
        self.clock.step(int(at) + DAY + 5)
        # A wider mask is written over the other.
        until(lambda: self.unit.turn() == 0 and "3" in doors("3"))
        self.assertEqual(doors("1"), {"1"})
        self.assertLessEqual({p["state"] for p in self.api.get("/api/plans")["data"]}, {"done", "replaced", "running"})


class Jumps(Stepped):
    def test_no_jump_of_the_clock_ends_or_repeats_a_plan(self):
        ann = self.person("1")
        self.first([ann])
        plans = last = self.latest()["id"]
        for n, seconds in enumerate((20, -20, DAY + 3600, -DAY, 0)):
            self.clock.step(seconds)
            # Nothing has changed: nothing is sent, and no plan is made.
            self.assertEqual(self.turns(3), 0, seconds)
            self.assertEqual(self.latest()["id"], last, seconds)
            self.api.call("PATCH", f"/api/people/{ann}", {"name": f"Ann {n}"})
            done = self.next_plan(last)
            self.assertEqual((done["state"], done["rows"]), ("done", 1), seconds)
            last = done["id"]
        self.assertEqual(last, plans + 5)

    def test_a_plan_that_runs_goes_on_over_jumps(self):
        self.level([self.person(str(n)) for n in range(1, 31)])
        self.unit.refuse = {r"DATA UPDATE user\w* .*\n": -106}
        plan = self.plan()
        self.api.call("POST", f"/api/plans/{plan}/apply")
        for seconds in 2 * DAY, -DAY, 30, 0:
            until(self.unit.turn)
            self.clock.step(seconds)
        self.assertEqual(self.ended(plan), "done")
        self.assertEqual(len(self.unit.rows("user")), 30)


class Back(Stepped):
    def test_rows_end_when_they_are_to_though_the_clock_went_back_under_a_plan(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        day = [(midnight + datetime.timedelta(days=n)).date().isoformat() for n in range(3)]
        at = int((midnight + datetime.timedelta(days=2) - now).total_seconds())
        ann, bob = self.person("1"), self.person("2")
        self.level([ann, bob], doors=(1,), name="Always")
        self.level([bob], doors=(2,), name="Visit", to=day[1])
        plan = self.plan()
        self.assertEqual(self.begin_plan(plan), (200, None))
        until(self.unit.turn)
        self.clock.step(-DAY - 3600)
        self.assertEqual(self.ended(plan), "done")
        self.assertEqual(self.show(plan)["devices"][0]["goodUntil"], f"{day[2]} 00:00:00")

        def doors():
            return {r["Pin"]: r["AuthorizeDoorId"] for r in self.unit.rows("userauthorize").values()}

        self.assertEqual(doors(), {"1": "1", "2": "3"})
        # The clock is right again: what ended is taken away.
        self.clock.step(at + 5)
        until(lambda: self.unit.turn() == 0 and doors() == {"1": "1", "2": "1"})


class Old(Stepped):
    """It is begun before all others and looked at after them: what is too old is looked for once a minute."""

    LOOKED_S = 70

    skipped = None

    def setUp(self):
        if OLD.skipped:
            self.skipTest(OLD.skipped)

    def begin(self):
        try:
            super().setUp()
        except unittest.SkipTest as why:
            self.skipped = str(why)
            return
        self.level([self.person("1")])
        self.waits = self.plan()
        self.clock.step(DAY + 3600)
        self.began = time.monotonic()

    def test_a_jump_of_a_day_makes_no_plan_old(self):
        until(lambda: time.monotonic() - OLD.began > self.LOOKED_S, 120, 0.2)
        self.assertEqual(OLD.show(OLD.waits)["state"], "planned")
        self.assertEqual(OLD.apply(OLD.waits), "done")


OLD = Old("test_a_jump_of_a_day_makes_no_plan_old")


def setUpModule():
    OLD.begin()


def tearDownModule():
    OLD.doCleanups()


class Lifetime(PlanCase):
    def test_a_plan_that_waited_for_its_lifetime_is_not_applied(self):
        self.level([self.person("1")])
        old, new = self.plan(), self.plan()
        self.own.terminate()
        self.own.write(f"UPDATE device_plan SET created_ms = created_ms - {DAY * 1000 + 60000} WHERE id = {old}")
        self.own.start()
        until(lambda: self.show(old)["state"] == "expired")
        self.refused("plan_state", "POST", f"/api/plans/{old}/apply")
        self.assertEqual(self.show(new)["state"], "planned")
        self.assertEqual(self.apply(new), "done")


if __name__ == "__main__":
    tap.main()
