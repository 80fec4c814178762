#!/usr/bin/env python3
"""Logs of clocks are compared with what is stored: what never came is fetched, and how far it is complete is shown."""

import datetime
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from comparison_clock import Clock, compare  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--zone", "UTC")
    unittest.addModuleCleanup(server.close)


def days_ago(n, time="08:00:00"):
    return f"{datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=n)} {time}"


def filled(lost=lambda day, k: (day + k) % 5 == 0, days=20, **how):
    """One with four punches a day, of which some never came."""
    clock = Clock(server, **how)
    for day in range(days, 0, -1):
        for k in range(4):
            clock.make(days_ago(day, f"08:0{k}:00"), sent=not lost(day, k))
    return clock


class Comparison(unittest.TestCase):
    def test_what_never_came_is_fetched_and_complete_moves_on(self):
        clock = filled()
        before = clock.state()
        self.assertEqual((before["completeUpTo"], before["completeBy"]), (None, "none"))
        self.assertLess(len(clock.stored()), len(clock.log))
        [after] = compare(clock)
        self.assertEqual(clock.stored(), set(clock.log))
        self.assertEqual(after["completeBy"], "verify_sum")
        self.assertGreater(after["completeUpTo"], days_ago(1))
        self.assertIsNone(after["comparison"]["gap"])
        row = server.api.devices()[clock.sn]
        self.assertEqual((row["completeUpTo"], row["completeBy"]), (after["completeUpTo"], "verify_sum"))
        # What was whole costs few orders, and no day is sent again.
        clock.seen.clear()
        compare(clock)
        self.assertLessEqual(len(clock.seen), 6)
        self.assertFalse([t for t in clock.seen if t.startswith("DATA")])

    def test_a_clock_that_refuses_one_count_is_compared_by_the_other(self):
        clock = filled(refuses=("VERIFY",))
        [after] = compare(clock)
        self.assertEqual((after["completeBy"], after["comparison"]["refused"]), ("account", ["verify_sum"]))
        self.assertEqual(after["completeUpTo"], days_ago(1, "23:59:59"))
        self.assertEqual(clock.stored(), set(clock.log))

    def test_a_clock_that_counts_no_periods_is_compared_by_what_it_reports(self):
        clock = filled(refuses=("VERIFY", "ACCOUNT"))
        [after] = compare(clock)
        self.assertEqual((after["completeBy"], after["comparison"]["refused"]),
                         ("counters", ["verify_sum", "account"]))
        self.assertEqual(clock.stored(), set(clock.log))

    def test_counts_that_are_not_right_are_seen_by_what_is_reported(self):
        for more in (-1, 2):
            clock = filled(more=more, days=4)
            [after] = compare(clock)
            self.assertEqual((after["completeBy"], after["comparison"]["gap"]), ("read", None))
            self.assertEqual(clock.stored(), set(clock.log))

    def test_a_gap_that_stays_is_shown_with_its_reason(self):
        clock = filled(more=1, days=3, info=False, lost=lambda day, k: False)
        [after] = compare(clock)
        self.assertIsNotNone(after["comparison"]["gap"]["since"])
        self.assertEqual(after["completeUpTo"], days_ago(4, "23:59:59"))
        self.assertEqual({k: after["comparison"]["gap"][k] for k in ("from", "to", "counted", "stored", "missing", "why")},
                         {"from": days_ago(3, "00:00:00"), "to": days_ago(3, "23:59:59"), "counted": 5, "stored": 4,
                          "missing": 3, "why": "counts_more"})
        clock.more = 0
        [after] = compare(clock)
        self.assertIsNone(after["comparison"]["gap"])

    def test_what_is_shown_is_there_after_a_restart(self):
        clock = filled(days=3)
        [before] = compare(clock)
        server.restart("kill")
        self.assertEqual({k: clock.state()[k] for k in ("completeUpTo", "completeBy", "comparison")},
                         {k: before[k] for k in ("completeUpTo", "completeBy", "comparison")})

    def test_a_clock_that_answers_nothing_is_not_ordered_again_and_again(self):
        own = Server("--new-devices", "approve", "--zone", "UTC", "--command-retry", "1", "--command-tries", "2")
        self.addCleanup(own.close)
        clock = Clock(own, silent=("VERIFY", "ACCOUNT"))
        clock.make(days_ago(1), sent=False)
        [after] = compare(clock)
        self.assertEqual((after["completeBy"], after["comparison"]["refused"]),
                         ("counters", ["verify_sum", "account"]))
        self.assertEqual(len([t for t in clock.seen if t.startswith("VERIFY")]), 2)

    def test_people_are_sent_where_their_number_differs_and_not_each_time(self):
        for refuses, word in ((), "SYNC"), (("SYNC",), "DATA QUERY USERINFO"):
            clock = filled(days=2, refuses=refuses)
            clock.people = ["1", "2", "3"]
            compare(clock)
            self.assertEqual([t.split("\t")[0].strip() for t in clock.seen if t.startswith(word)], [word])
            self.assertEqual({p["pin"] for p in server.api.records("persons", clock.sn)}, {"1", "2", "3"})
            clock.seen.clear()
            compare(clock)
            self.assertFalse([t for t in clock.seen if t.startswith(word)])

    def test_a_device_has_its_own_time_between_comparisons(self):
        clock = filled(days=1)
        self.assertIsNone(clock.state()["compare"])
        for hours, shown in ((48, 48), (0, 0), (-1, None)):
            server.api.change(clock.sn, compare=hours)
            self.assertEqual(clock.state()["compare"], shown)

    def test_a_log_is_erased_once_a_fresh_count_is_what_is_stored(self):
        clock = Clock(server)
        clock.make(days_ago(1), sent=False)
        number = server.api.post("/api/commands", {"type": "clear_log", "deviceSerial": clock.sn})["commandId"]

        def waits():
            clock.step()
            return "of which 0 are stored" in (server.api.command(number)["result"] or "")
        until(waits)
        # Nothing but the orders of the server has made the clock report its count.
        self.assertIn("INFO", clock.seen)
        self.assertNotIn("CLEAR LOG", clock.seen)
        clock.send(clock.log)

        def erased():
            clock.step()
            return server.api.command(number)["status"] == "acknowledged"
        until(erased, 120)
        self.assertIn("CLEAR LOG", clock.seen)

    def test_problems_of_logs_have_a_remedy_and_end(self):
        def kinds():
            return {p["kind"]: p for p in server.api.get(f"/api/problems?subject={clock.sn}")["data"]}
        clock = filled(more=1, days=2, info=False, lost=lambda day, k: False)
        clock.post(f"/iclock/cdata?SN={clock.sn}&table=options", b"~MaxAttLogCount=1000,FWVersion=1")
        compare(clock)
        gap = until(lambda: kinds().get("log_gap"))
        self.assertIn("it counts 5 punches, of which 4 are stored", gap["detail"])
        clock.more, clock.info = 0, True
        compare(clock)
        until(lambda: "log_gap" not in kinds())
        for punches, kind in ((850, "log_filling"), (960, "log_full")):
            clock.poll(f"Ver,0,0,{punches},192.0.2.1,10")
            problem = until(lambda: kinds().get(kind))
            self.assertTrue(problem["remedies"])
        self.assertNotIn("log_filling", kinds())
        clock.poll("Ver,0,0,8,192.0.2.1,10")
        until(lambda: "log_full" not in kinds())

    def test_only_logs_of_attendance_devices_are_compared(self):
        with self.assertRaises(ApiError) as refused:
            server.api.post("/api/devices/NONE/compare", {})
        self.assertEqual(refused.exception.status, 404)


if __name__ == "__main__":
    tap.main()
