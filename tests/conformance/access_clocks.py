#!/usr/bin/env python3
"""Clocks of access units are set in a closed loop: by what their reports show, and never by old events."""

import datetime
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import Server, until  # noqa: E402
from unit import Unit, packed, row  # noqa: E402
import tap  # noqa: E402

ISTANBUL = 3 * 3600  # seconds east of UTC, all year


def unpacked(n):
    """The digits of packed seconds."""
    days, s = divmod(n, 86400)
    months, day = divmod(days, 31)
    year, month = divmod(months, 12)
    return datetime.datetime(2000 + year, month + 1, day + 1) + datetime.timedelta(seconds=s)


def utc():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


class Clock(Unit):
    """A unit with a clock: what it shows is UTC and `off` seconds. `reads` is what it takes the time that it
    is set to for."""

    def __init__(self, server, off=0, reads="local", **more):
        super().__init__(server, **more)
        self.off, self.reads, self.given = off, reads, []

    def shown(self):
        return (utc() + datetime.timedelta(seconds=self.off)).strftime("%Y-%m-%d %H:%M:%S")

    def report(self, n=3):
        for _ in range(n):
            self.state(f"time={self.shown()}\tsensor=01\trelay=00\talarm=00")
        return self

    def obey(self):
        """Fetch the commands and carry them out; how many set the clock."""
        # What is queued by now is stored before this change is.
        self.server.api.change(self.sn, name="Gate")
        found = 0
        for number, text in self.poll():
            if not text.startswith("SET OPTIONS DateTime="):
                raise AssertionError(text)
            given = unpacked(int(text.partition("=")[2]))
            if self.reads == "utc":
                given += datetime.timedelta(seconds=ISTANBUL)
            self.off = round((given - utc()).total_seconds())
            self.given.append(self.off)
            self.result(number)
            found += 1
        return found


def server_in_istanbul(case, *flags):
    own = Server("--new-devices", "approve", "--zone", "Europe/Istanbul", *flags)
    case.addCleanup(own.close)
    return own


class Loop(unittest.TestCase):
    def setUp(self):
        self.own = server_in_istanbul(self)

    def problems(self):
        return [p for p in self.own.api.get("/api/problems")["data"] if p["kind"] == "clock_wrong"]

    def order(self, unit):
        self.assertTrue(self.own.api.call("POST", "/api/commands", {
            "deviceSerial": unit.sn, "type": "set_clock"})["success"])

    def test_a_clock_that_is_off_is_set_to_local_time(self):
        unit = Clock(self.own, off=ISTANBUL + 45).register()
        self.assertEqual(unit.report(2).obey(), 0)
        self.assertEqual(unit.report(1).obey(), 1)
        self.assertLess(abs(unit.off - ISTANBUL), 5)
        self.assertEqual(unit.report().obey(), 0)
        shown = self.own.api.device(unit.sn)
        self.assertLess(abs(shown["clockOffset"]), 5)
        self.assertIsNone(shown["clockForm"])
        self.assertEqual(self.problems(), [])

    def test_clock_form_flips_once_and_stays(self):
        unit = Clock(self.own, off=0, reads="utc").register()
        self.own.api.change(unit.sn, zone="Europe/Istanbul")
        self.assertEqual(unit.report().obey(), 1)
        self.assertLess(abs(unit.off - 2 * ISTANBUL), 5)
        self.assertEqual(unit.report().obey(), 1)
        self.assertLess(abs(unit.off - ISTANBUL), 5)
        self.assertEqual(unit.report(6).obey(), 0)
        shown = self.own.api.device(unit.sn)
        self.assertEqual((shown["clockForm"], abs(shown["clockOffset"]) < 5), ("utc", True))
        # It is known after a restart, too, and the next setting, within the hour by a person, is right at once.
        self.own.restart()
        unit.off += 1000
        self.assertEqual(unit.report().obey(), 0)
        self.order(unit)
        self.assertEqual(unit.obey(), 1)
        self.assertLess(abs(unit.off - ISTANBUL), 5)
        # One that reads both forms is not set back and forth.
        unit.reads = "local"
        self.order(unit)
        self.assertEqual(unit.obey(), 1)
        self.assertLess(abs(unit.off), 5)
        for _ in range(5):
            self.assertEqual(unit.report().obey(), 0)
        self.assertEqual([p["subject"] for p in self.problems()], [unit.sn])
        # A person who sets how its clock is set lets it be found out again.
        self.own.api.change(unit.sn, clock="local")
        self.assertIsNone(self.own.api.device(unit.sn)["clockForm"])

    def test_more_than_two_minutes_are_a_problem_where_no_zone_was_set(self):
        unit = Clock(self.own, off=0).register()
        self.assertEqual(unit.report(6).obey(), 0)
        [problem] = self.problems()
        self.assertEqual((problem["subject"], problem["detail"]),
                         (unit.sn, "its clock is 10800 seconds behind"))
        self.assertTrue(problem["remedies"])
        self.own.api.change(unit.sn, clock="local")
        self.assertEqual(unit.report(1).obey(), 1)
        self.assertEqual(unit.report().obey(), 0)
        self.assertEqual(self.problems(), [])

    def test_a_clock_is_set_once_an_hour_whatever_it_shows(self):
        unit = Clock(self.own, off=0).register()
        self.own.api.change(unit.sn, zone="Europe/Istanbul")
        self.assertEqual(unit.report().obey(), 1)
        for years in (-20, 0, 7, -3, 40, 1):
            unit.off = ISTANBUL + years * 31536000 + 600
            self.assertEqual(unit.report(4).obey(), 0)
        self.assertEqual(len(self.problems()), 1)

    def test_the_hour_holds_over_a_restart(self):
        unit = Clock(self.own, off=0).register()
        self.own.api.change(unit.sn, zone="Europe/Istanbul")
        self.assertEqual(unit.report().obey(), 1)
        for years in (-20, 7):
            self.own.restart()
            unit.off = ISTANBUL + years * 31536000 + 600
            self.assertEqual(unit.report(4).obey(), 0)

    def test_what_calls_from_elsewhere_moves_no_clock(self):
        unit = Clock(self.own, off=ISTANBUL).register()
        self.own.api.change(unit.sn, zone="Europe/Istanbul")
        unit.report()
        other = Clock(self.own, off=0, sn=unit.sn, source="127.0.0.2")
        # It is answered as before, also when it begins.
        other.register()
        self.assertEqual(other.report(9).obey(), 0)
        self.assertEqual(unit.obey(), 0)
        self.assertEqual(self.own.api.device(unit.sn)["address"], "127.0.0.1")
        # What the unit itself shows counts beside it.
        unit.off += 100
        for _ in range(3):
            unit.report(1)
            other.report(1)
        self.assertEqual(unit.obey(), 1)
        self.assertLess(abs(unit.off - ISTANBUL), 5)

    def test_old_events_that_come_again_move_no_clock(self):
        unit = Clock(self.own).register()
        self.own.api.change(unit.sn, zone="Europe/Istanbul")
        for i in range(60):
            unit.live(row(f"2026-01-05 08:00:{i:02}", 0, "7", 1, i + 1))
        unit.live(*(row(f"2026-01-06 08:00:{i:02}", 0, "7", 1, i + 100) for i in range(60)))
        self.assertEqual(unit.obey(), 0)
        self.assertEqual(self.problems(), [])

    def test_a_clock_is_left_alone_where_that_is_set(self):
        unit = Clock(self.own, off=ISTANBUL + 60).register()
        self.own.api.change(unit.sn, clock="off", zone="Europe/Istanbul")
        self.assertEqual(unit.report(6).obey(), 0)
        self.assertEqual(self.own.api.device(unit.sn)["clock"], "off")
        # A person may order it all the same.
        self.own.api.call("POST", "/api/commands", {"deviceSerial": unit.sn, "type": "set_clock"})
        self.assertEqual(unit.obey(), 1)
        self.assertLess(abs(unit.off - ISTANBUL), 5)

    def test_a_clock_in_utc_is_read_as_such(self):
        unit = Clock(self.own, off=ISTANBUL).register()
        self.own.api.change(unit.sn, clock="utc")
        self.assertEqual(unit.report().obey(), 1)
        self.assertLess(abs(unit.off), 5)
        unit.report()
        until(lambda: self.own.api.device(unit.sn)["clockZone"] == "UTC")
        unit.live(row("2026-06-01 08:00:00", 0, "7", 1, 1))
        [event] = self.own.api.get("/api/access-events?device=" + unit.sn)["data"]
        self.assertEqual(event["utc"], "2026-06-01T08:00:00Z")

    def test_a_unit_in_another_zone_is_read_in_it_until_its_clock_follows(self):
        unit = Clock(self.own, off=ISTANBUL).register()
        unit.report()
        self.own.api.change(unit.sn, zone="Asia/Kolkata")
        self.assertEqual(self.own.api.device(unit.sn)["clockZone"], "Europe/Istanbul")
        self.assertEqual(unit.report().obey(), 1)
        self.assertLess(abs(unit.off - 19800), 5)
        unit.report()
        until(lambda: self.own.api.device(unit.sn)["clockZone"] is None)

    def test_a_unit_gets_the_time_that_it_requests(self):
        unit = Clock(self.own).register()
        for zone, offset in (("Europe/Istanbul", "+0300"), ("Asia/Kolkata", "+0530"),
                             ("-03:30", "-0330"), ("UTC", "+0000")):
            self.own.api.change(unit.sn, zone=zone)
            status, body = unit.request("GET", "/iclock/rtdata?SN=&type=time")
            self.assertEqual(status, 200)
            given, server_zone = body.decode().split(",")
            self.assertEqual(server_zone, "ServerTZ=" + offset)
            shown = unpacked(int(given.removeprefix("DateTime=")))
            self.assertLess(abs((shown - utc()).total_seconds()), 10)

    def test_a_set_clock_shows_its_words(self):
        unit = Clock(self.own).register()
        order = self.own.api.call("POST", "/api/commands", {"deviceSerial": unit.sn, "type": "set_clock"})
        number = order["data"]["commandId"] if "data" in order else order["commandId"]
        self.assertEqual(self.own.api.get(f"/api/commands/{number}")["data"]["command"],
                         "SET OPTIONS DateTime=now")
        text = unit.poll()[0][1]
        self.assertEqual(len(text.partition("=")[2]), len(str(packed("2026-01-01 00:00:00"))))


if __name__ == "__main__":
    tap.main()
