#!/usr/bin/env python3
"""Logs of clocks are compared with what is stored: what never came is fetched, and how far it is complete is shown."""

import concurrent.futures
import datetime
import itertools
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from comparison_clock import Clock, compare  # noqa: E402
from device import attlog  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402
import tap  # noqa: E402

server = None
today = None  # of each test one date, whatever the hour


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--zone", "UTC")
    unittest.addModuleCleanup(server.close)


def days_ago(n, time="08:00:00"):
    return f"{today - datetime.timedelta(days=n)} {time}"


def filled(of=None, lost=lambda day, k: (day + k) % 5 == 0, days=20, **how):
    """One with four punches a day, of which some never came."""
    clock = Clock(of or server, **how)
    for day in range(days, 0, -1):
        for k in range(4):
            clock.make(days_ago(day, f"08:0{k}:00"), sent=not lost(day, k))
    return clock


def clear(clock):
    """Order that its log is erased; the number of the order."""
    return clock.server.api.post("/api/commands", {"type": "clear_log", "deviceSerial": clock.sn})["commandId"]


def waits(clock, number, why):
    """It calls until the order waits for that."""
    def see():
        clock.step()
        return why in (clock.server.api.command(number)["result"] or "")
    until(see, 120)


def erased(clock, number):
    """It calls until the order is carried out."""
    def see():
        clock.step()
        return clock.server.api.command(number)["status"] == "acknowledged"
    until(see, 120)


def uploads(clock, change):
    """It queries as before; what it sends is what that makes of the rows."""
    def send(rows):
        rows = change(list(rows))
        clock.post(f"/iclock/cdata?SN={clock.sn}&table=ATTLOG&Stamp=0", attlog(*rows))
    clock.send = send


class Comparison(unittest.TestCase):
    def setUp(self):
        global today
        today = datetime.datetime.now(datetime.timezone.utc).date()

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
            self.assertTrue(after["comparison"]["unreliable"])
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
        # It may answer another time.
        self.assertEqual({k: after["comparison"][k] for k in ("refused", "failed", "failedCode")},
                         {"refused": [], "failed": ["verify_sum", "account"], "failedCode": None})
        self.assertEqual(after["completeBy"], "counters")
        self.assertEqual(len([t for t in clock.seen if t.startswith("VERIFY")]), 2)

    def test_what_fails_once_is_tried_again(self):
        clock = filled(days=3, fails=("VERIFY",))
        [after] = compare(clock)
        self.assertEqual((after["completeBy"], after["comparison"]["refused"], after["comparison"]["failed"],
                          after["comparison"]["failedCode"]), ("account", [], ["verify_sum"], -3))
        clock.fails = ()
        [after] = compare(clock)
        self.assertEqual((after["completeBy"], after["comparison"]["failed"]), ("verify_sum", []))

    def test_rows_that_are_no_punches_of_their_own_are_no_gap(self):
        clock = filled(days=3, lost=lambda day, k: False)
        clock.log.append(clock.log[0])  # twice in one second
        clock.log.append(("", days_ago(2)))  # it goes to quarantine
        [after] = compare(clock)
        self.assertIsNone(after["comparison"]["gap"])
        self.assertGreater(after["completeUpTo"], days_ago(1))
        self.assertEqual(after["comparison"]["rowsWithoutPunch"], 2)
        clock.seen.clear()
        [after] = compare(clock)
        self.assertFalse([t for t in clock.seen if t.startswith("DATA")])
        self.assertIsNone(after["comparison"]["gap"])

    def dismiss(self, own, clock):
        for record in own.api.quarantine(clock.sn):
            own.api.post(f"/api/quarantine/{record['id']}/dismiss")

    def twice_in_an_upload(self, own, clock):
        """One row comes twice, and one not at all: as many as it holds."""
        lost = clock.make(days_ago(2, "12:00:00"), sent=False)
        again = next(row for row in clock.log if row[1].startswith(days_ago(2)[:10]))
        uploads(clock, lambda rows: [r for r in rows if r != lost] + [again] * (again in rows))
        compare(clock)
        return lost, 13, 12, 1

    def in_two_forms(self, own, clock):
        """One row without a person comes in two forms, and another not at all."""
        bad = ("", days_ago(2, "09:00:00"))
        clock.log.append(bad)
        lost = clock.make(days_ago(2, "12:00:00"), sent=False)
        uploads(clock, lambda rows: [r for r in rows if r != lost] + [bad + ("0",) * 6] * (bad in rows))
        compare(clock)
        self.dismiss(own, clock)
        return lost, 14, 12, 2

    def repaired(self, own, clock):
        """A row is dismissed, and comes later as a punch; then one does not come at all."""
        clock.log.append(("", days_ago(2, "09:00:00")))
        compare(clock)
        self.dismiss(own, clock)
        clock.log[-1] = ("77", days_ago(2, "09:00:00"))
        clock.send(clock.log[-1:])
        compare(clock)
        return clock.make(days_ago(0, "00:00:01"), sent=False), 14, 13, 1

    def no_punches(self, own, clock):
        """Rows that are no punches are known, and one did not come."""
        clock.log += [clock.log[0], ("", days_ago(2))]
        compare(clock)
        self.dismiss(own, clock)
        return clock.make(days_ago(0, "00:00:01"), sent=False), 15, 12, 2

    def test_a_log_with_a_punch_that_never_came_waits_whatever_a_comparison_found(self):
        own = Server("--new-devices", "approve", "--zone", "UTC", "--compare", "0")
        self.addCleanup(own.close)
        ways = itertools.product(((), ("VERIFY", "ACCOUNT")),
                                 (self.twice_in_an_upload, self.in_two_forms, self.repaired, self.no_punches))

        def examine(refuses, sequence):
            clock = filled(own, days=3, lost=lambda day, k: False, refuses=refuses, reports=True)
            lost, counted, stored, extra = sequence(own, clock)
            # Where periods are not counted it is not known which rows they are.
            extra = 0 if refuses else extra
            self.assertEqual(clock.state()["comparison"]["rowsWithoutPunch"], extra)
            number = clear(clock)
            waits(clock, number, f"reports {counted} punches, of which {stored} are stored"
                  + f"; comparisons found {extra} rows without a punch" * (extra > 0))
            # As often as it is counted again.
            for _ in range(5):
                clock.step()
            self.assertNotIn("CLEAR LOG", clock.seen)
            Clock.send(clock, [lost])
            # One that is no punch is counted still.
            if counted - stored == 1:
                erased(clock, number)
            else:
                waits(clock, number, f"of which {stored + 1} are stored")
            self.assertEqual("CLEAR LOG" in clock.seen, counted - stored == 1)
            self.assertIn(lost, clock.stored())
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(examine, *way) for way in ways]:
                done.result()

    def test_a_device_that_polls_each_hour_polls_each_minute_until_its_log_is_erased(self):
        own = Server("--new-devices", "approve", "--zone", "UTC", "--compare", "0")
        self.addCleanup(own.close)
        clock = Clock(own, reports=True)
        own.api.change(clock.sn, delay=3600)
        intervals, options = [], clock.options

        def read():
            intervals.append(options()["Delay"])
        clock.options = read
        clock.options()
        clock.make(days_ago(1), sent=False)
        number = clear(clock)
        waits(clock, number, "of which 0 are stored")
        until(lambda: (clock.step(), intervals[-1] == "60")[1], 180)
        clock.send(clock.log)
        erased(clock, number)
        until(lambda: (clock.step(), intervals[-1] == "3600")[1], 180)
        self.assertEqual(own.api.device(clock.sn)["delay"], 3600)

    def test_a_row_without_a_time_is_a_gap_with_its_reason(self):
        clock = filled(days=2, lost=lambda day, k: False)
        clock.log.append(("7", "no time"))
        # Which day it counts it in is its own affair.
        clock.held = lambda start, end: [row for row in clock.log if start <= row[1] <= end
                                         or row[0] == "7" and start <= days_ago(1) <= end]
        [after] = compare(clock)
        self.assertEqual(after["comparison"]["gap"]["why"], "quarantined")
        self.assertEqual(len([t for t in clock.seen if t.startswith("DATA") and days_ago(1)[:10] in t]), 1)

    def test_a_counter_proves_nothing_of_a_log_that_was_erased(self):
        clock = filled(days=2, refuses=("VERIFY", "ACCOUNT"))
        compare(clock)
        for k in range(150):
            clock.make(days_ago(1, f"09:{k // 60:02}:{k % 60:02}"))
        compare(clock)
        self.assertEqual(clock.state()["comparison"]["goneFromDevice"], 0)
        clock.log.clear()
        for k in range(150):
            clock.make(days_ago(0, f"00:{k // 60:02}:{k % 60:02}"), sent=False)
        upto = clock.state()["completeUpTo"]
        # The first of two uploads comes twice, the second never.
        uploads = itertools.count()
        clock.twice, clock.lost = True, lambda: next(uploads) % 2 == 1
        [after] = compare(clock)
        self.assertEqual((after["completeUpTo"], after["comparison"]["gap"]["why"]), (upto, "not_sent"))
        clock.lost = lambda: False
        [after] = compare(clock)
        self.assertEqual(set(clock.log) - clock.stored(), set())
        self.assertIsNone(after["comparison"]["gap"])
        self.assertEqual((after["comparison"]["goneFromDevice"], after["comparison"]["logShrank"]), (158, True))

    def test_devices_that_are_not_approved_are_not_compared(self):
        clock = filled(days=1)
        server.api.post(f"/api/devices/{clock.sn}/block", {})
        with self.assertRaises(ApiError) as refused:
            server.api.post(f"/api/devices/{clock.sn}/compare", {})
        self.assertEqual((refused.exception.status, refused.exception.reply["code"]), (409, "device_blocked"))
        server.api.post("/api/devices", {"sn": "COMPAREHELD1", "state": "held"})
        with self.assertRaises(ApiError) as refused:
            server.api.post("/api/devices/COMPAREHELD1/compare", {})
        self.assertEqual((refused.exception.status, refused.exception.reply["code"]), (409, "device_held"))
        self.assertIn("approve", refused.exception.reply["hint"])

    def test_an_order_of_a_person_stays_where_an_answer_is_lost(self):
        clock = filled(days=1)
        server.api.change(clock.sn, compare=0)
        server.api.post(f"/api/devices/{clock.sn}/compare", {})
        number = until(lambda: next((n for n, text in clock.poll() if text.startswith("VERIFY")), None))
        server.api.post(f"/api/commands/{number}/cancel", {})
        until(lambda: clock.state()["comparison"]["state"] != "runs")
        self.assertEqual(clock.state()["comparison"]["state"], "waits")

    def test_a_log_that_cannot_be_counted_stops_no_other_comparison(self):
        own = Server("--new-devices", "approve", "--zone", "UTC", "--compare", "0", stay=True)
        self.addCleanup(own.close)
        clock, others = Clock(own), [Clock(own) for _ in range(3)]
        for c in (clock, *others):
            c.make(days_ago(1), sent=False)
        own.terminate()
        # Their sum is no number of the database.
        for part in 1, 2:
            own.write("INSERT INTO punch_removed (device, day, part, n, hashes) SELECT id, 20260101, "
                      f"{part}, 9223372036854775807, '' FROM device WHERE sn = '{clock.sn}'")
        own.start()
        own.api.post(f"/api/devices/{clock.sn}/compare", {})
        until(lambda: clock.step() and any(t.startswith("VERIFY") for t in clock.seen))
        for state in compare(*others):
            self.assertGreater(state["completeUpTo"], days_ago(1))
        self.assertIsNone(clock.state()["completeUpTo"])
        self.assertEqual(clock.state()["comparison"]["state"], "runs")

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
        number = clear(clock)
        waits(clock, number, "of which 0 are stored")
        # Nothing but the orders of the server has made the clock report its count.
        self.assertIn("INFO", clock.seen)
        self.assertNotIn("CLEAR LOG", clock.seen)
        clock.send(clock.log)
        erased(clock, number)
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
            row = server.api.device(clock.sn)
            self.assertEqual((row["logUsed"], row["capacity"]["punches"]),
                             (punches // 10, {"used": punches, "max": 1000}))
            self.assertEqual(server.api.get(f"/api/devices?full=85&sn={clock.sn}")["count"], 1)
            self.assertEqual(server.api.get(f"/api/devices?full=97&sn={clock.sn}")["count"], 0)
        self.assertNotIn("log_filling", kinds())
        clock.poll("Ver,0,0,8,192.0.2.1,10")
        until(lambda: "log_full" not in kinds())

    def test_only_logs_of_attendance_devices_are_compared(self):
        with self.assertRaises(ApiError) as refused:
            server.api.post("/api/devices/NONE/compare", {})
        self.assertEqual(refused.exception.status, 404)


if __name__ == "__main__":
    tap.main()
