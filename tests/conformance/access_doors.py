#!/usr/bin/env python3
"""Doors of access units are shown as these report them, and a report without news is written nowhere."""

import json
import os
import pathlib
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import postgres  # noqa: E402
from serve import Api, ApiError, Server, until  # noqa: E402
from access_ledger import Stream, metric, unit  # noqa: E402
from unit import PARAMETERS, Unit, row, stored_row  # noqa: E402
import tap  # noqa: E402

class Doors(unittest.TestCase):
    """What units report of their doors every few seconds."""

    def setUp(self):
        self.own = Server("--new-devices", "approve")
        self.addCleanup(self.own.close)
        self.unit = unit(self.own)

    def state(self, sensor="00", relay="00", alarm="0000000000000000", time="2026-06-01 08:00:00"):
        self.unit.state(f"time={time}\tsensor={sensor}\trelay={relay}\talarm={alarm}\tdoor=00000000")

    def kept(self, part):
        """Whether what is stored of the doors has that part."""
        if self.own.store:
            found = postgres.psql(self.own.store, "SELECT encode(door_states, 'escape') FROM device_access")
        else:
            db = sqlite3.connect(os.path.join(self.own.data, "gatehouse.db"))
            found = str(db.execute("SELECT door_states FROM device_access").fetchall())
            db.close()
        return part in str(found)

    def doors(self):
        return [(d["id"], d["sensor"], d["relay"], [a["alarm"] for a in d["alarms"]], d["stale"])
                for d in self.own.api.get("/api/doors")["data"]]

    def test_a_door_is_shown_as_it_was_reported(self):
        self.assertEqual(self.doors(), [])
        # The unit has two doors; what else the text has is of none.
        self.state("59", "02", "0001000000000000")
        sn = self.unit.sn
        self.assertEqual(self.doors(), [(f"{sn}:1", "closed", False, [], False),
                                        (f"{sn}:2", "open", True, ["forced"], False)])
        one = self.own.api.get(f"/api/devices/{sn}/doors/2")["data"]
        self.assertEqual((one["id"], one["door"], one["sensor"]), (f"{sn}:2", 2, "open"))
        self.assertTrue(one["sensorSince"] and one["relaySince"] and one["alarms"][0]["since"])
        unit_state = self.own.api.get(f"/api/devices/{sn}/state")["data"]
        self.assertEqual([d["door"] for d in unit_state["doors"]], [1, 2])
        self.assertEqual(len(self.own.api.get(f"/api/devices/{sn}/doors")["data"]), 2)
        self.assertEqual(self.own.api.get(f"/api/doors/{sn}:2")["data"], one)
        for door, code in ((sn, "not_found"), (f"{sn}:x", "not_found"), (f"{sn}:0", "not_found"),
                           (":1", "not_found"), ("NONE:1", "device_unknown")):
            status, _, body = self.own.api.raw("GET", f"/api/doors/{door}")
            self.assertEqual((status, json.loads(body)["code"]), (404, code), door)
        with self.assertRaisesRegex(ApiError, "no door 3"):
            self.own.api.get(f"/api/devices/{sn}/doors/3")

    def test_the_event_of_an_alarm_that_ended_ends_it(self):
        """Security PUSH 3.1.2, 7.13."""
        self.own.api.change(self.unit.sn, zone="UTC")
        now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())

        def alarms():
            return [alarms for _, _, _, alarms, _ in self.doors()]

        # Forced, tampered with and open too long, at both doors.
        self.state("59", "00", "1313000000000000")
        both = ["forced", "tamper", "open_too_long"]
        self.assertEqual(alarms(), [both, both])
        self.unit.live(row(now, 102, door=2, index=1))
        self.assertEqual(alarms(), [both, both])
        self.unit.live(row(now, 102, door=2, index=2, Alarmtype=200))
        self.assertEqual(alarms(), [both, ["tamper", "open_too_long"]])
        # What was kept during an outage is of an alarm before this one; a code of no alarm ends none.
        self.unit.live(row("2026-01-01 08:00:00", 28, door=2, index=3, Alarmtype=200),
                       row(now, 27, door=2, index=4, Alarmtype=200))
        self.assertEqual(alarms(), [both, ["tamper", "open_too_long"]])
        self.unit.live(row(now, 7, door=1, index=5, Alarmtype=200))
        self.assertEqual(alarms(), [[], ["tamper", "open_too_long"]])
        # The unit's own report counts.
        self.state("59", "00", "0113000000000000")
        self.assertEqual(alarms(), [["forced"], both])

    def test_widths_differ_and_what_is_missing_is_unknown(self):
        for sensor, relay, alarm, want in (
                ("1", "1", "0", None), ("01", "01", "00", ("closed", True)),
                ("0200", "0100", "0000", ("open", True)),
                ("030000", "000000", "00000000", ("unknown", False)),
                ("0000000000000000", "0000", "0" * 32, ("none", False))):
            try:
                self.state(sensor, relay, alarm)
            except AssertionError:
                self.fail((sensor, relay, alarm))
            if want:
                self.assertEqual(self.doors()[0][1:3], want, sensor)
        self.unit.state("time=2026-06-01 08:00:00\tsensor=01")
        self.assertEqual(self.doors()[0][1:3], ("closed", None))

    def test_an_unchanged_report_is_written_nowhere(self):
        self.state("01", "00")
        # The first is news, which is stored a few seconds later.
        until(lambda: self.kept(";1,1,0,"))
        before = self.own.api.get("/api/doors")["data"]

        def nothing_is_written():
            commits = metric(self.own, "gatehouse_store_commits_total")
            for i in range(50):
                self.state("01", "00", time=f"2026-06-01 08:00:{i:02}")
            return metric(self.own, "gatehouse_store_commits_total") == commits

        # Other work of the server, after its start, may fall into the first of these.
        until(nothing_is_written)
        after = self.own.api.get("/api/doors")["data"]
        for a, b in zip(before, after):
            self.assertGreaterEqual(b.pop("reportedAt"), a.pop("reportedAt"))
            self.assertEqual(a, b)

    def test_a_body_of_many_reports_needs_no_more_memory_than_one(self):
        # A registration is long, and is not copied for each line.
        big = Unit(self.own, parameters=PARAMETERS + "".join(
            f",Option{i}={'x' * 200}" for i in range(60))).register()
        report = "time=2026-06-01 08:00:00\tsensor=59\trelay=02\talarm=0001000000000000"
        for table in ("rtstate", "rtlog"):
            big.expect(b"OK", "POST", f"/iclock/cdata?SN=&table={table}", big.body([report] * 30000))
        self.assertEqual([d for d in self.doors() if d[0].startswith(big.sn)],
                         [(f"{big.sn}:1", "closed", False, [], False),
                          (f"{big.sn}:2", "open", True, ["forced"], False)])

    def test_since_is_when_it_changed(self):
        self.state("01", "00", "0400000000000000")
        first = self.own.api.get("/api/doors")["data"][0]
        # Times are in milliseconds, and two reports may come within one.
        until(lambda: time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - 1)) + ".999Z"
              >= first["relaySince"])
        self.state("01", "01", "1400000000000000")
        second = self.own.api.get("/api/doors")["data"][0]
        self.assertEqual(second["sensorSince"], first["sensorSince"])
        self.assertGreater(second["relaySince"], first["relaySince"])
        self.assertEqual([a["alarm"] for a in second["alarms"]], ["duress_password", "open_too_long"])
        self.assertEqual(second["alarms"][0], first["alarms"][0])
        self.state("01", "01")
        self.assertEqual(self.own.api.get("/api/doors")["data"][0]["alarms"], [])

    def test_a_restart_of_the_unit_makes_its_doors_stale(self):
        self.state("01", "00")
        self.unit.request("GET", "/iclock/cdata?SN=&pushver=3.1.2&options=all&DeviceType=acc")
        self.assertEqual({d[4] for d in self.doors()}, {True})
        self.state("01", "00")
        self.assertEqual({d[4] for d in self.doors()}, {False})

    def test_states_are_shown_after_a_restart_of_the_server_until_they_are_reported_again(self):
        self.unit.live(row("2026-06-01 08:00:01", 0, "71", 1, 1))
        self.state("09", "02", "0100000000000000")
        before = {d["id"]: d for d in self.own.api.get("/api/doors")["data"]}
        self.own.restart()
        after = {d["id"]: d for d in self.own.api.get("/api/doors")["data"]}
        self.assertEqual({d["stale"] for d in after.values()}, {True})
        for door, was in before.items():
            self.assertEqual({**after[door], "stale": False}, was)
        # The same again is no change, but fresh.
        self.state("09", "02", "0100000000000000")
        fresh = {d["id"]: d for d in self.own.api.get("/api/doors")["data"]}
        for door, was in before.items():
            self.assertEqual((fresh[door]["stale"], fresh[door]["sensor"], fresh[door]["sensorSince"]),
                             (False, was["sensor"], was["sensorSince"]))
        # What changed is stored within seconds, so that a kill loses none of it.
        self.state("0A", "00")
        until(lambda: self.kept(";1,2,0,"))
        self.own.restart("kill")
        one = next(d for d in self.own.api.get("/api/doors")["data"] if d["door"] == 1)
        self.assertEqual((one["sensor"], one["stale"]), ("open", True))

    def test_a_state_among_events_counts_too_and_events_are_noted(self):
        self.unit.live("time=2026-06-01 08:00:00\tsensor=02\trelay=01\talarm=0000000000000000",
                       row("2026-06-01 08:00:01", 0, "71", 1, 1), row("2026-06-01 08:00:02", 200, "0", 1, 2, 2))
        one = self.own.api.get("/api/doors")["data"][0]
        self.assertEqual((one["sensor"], one["lastPin"], one["lastEvent"]["event"],
                          one["lastEvent"]["seq"]), ("open", "71", 200, 2))

    def test_gates_count(self):
        self.unit.expect(b"OK", "POST", "/iclock/cdata?SN=&table=irstate",
                         b"gatestate=1\tirstate=3\tincounts=7\toutcounts=5\talarmcounts=0\truncounts=12")
        gate = self.own.api.get(f"/api/devices/{self.unit.sn}/state")["data"]["gate"]
        self.assertTrue(any(v is not None for v in gate.values()), gate)

    def test_doors_follow_on_the_live_stream(self):
        self.state("01", "00")
        sn = self.unit.sn
        with Stream(self.own, topics="door") as stream:
            def door():
                """The next event of a door."""
                name = None
                while True:
                    line = stream.reply.readline().decode().rstrip("\n")
                    if line.startswith("event: "):
                        name = line[7:]
                    elif line.startswith("data: ") and name == "door":
                        return json.loads(line[6:])

            # At first all of them.
            self.assertEqual({door()["id"] for _ in range(2)}, {f"{sn}:1", f"{sn}:2"})
            self.state("02", "01")
            seen = door()
            while (seen["id"], seen["sensor"]) != (f"{sn}:1", "open"):
                seen = door()
            self.assertTrue(seen["relay"])


class Many(unittest.TestCase):
    def test_a_snapshot_of_many_thousand_doors_is_whole(self):
        own = Server("--new-devices", "approve")
        self.addCleanup(own.close)
        want = set()
        for _ in range(850):
            one = Unit(own, parameters=PARAMETERS.replace("LockCount=2", "LockCount=16")).register()
            one.state("time=2026-06-01 08:00:00\tsensor=55555555\trelay=0000\talarm=" + "00" * 16)
            want |= {f"{one.sn}:{n}" for n in range(1, 17)}
        seen = set()
        with Stream(own, topics="door") as stream:
            while len(seen) < len(want):
                line = stream.reply.readline().decode()
                self.assertTrue(line, f"the stream ended after {len(seen)} doors")
                if line.startswith("data: ") and '"sensor"' in line:
                    seen.add(json.loads(line[6:])["id"])
        self.assertEqual(seen, want)


class Opening(unittest.TestCase):
    """A door is opened once, in time, or not at all."""

    def setUp(self):
        self.own = Server("--new-devices", "approve", stay=True)
        self.addCleanup(self.own.close)
        self.unit = unit(self.own)
        for number, _ in self.unit.poll():
            self.unit.result(number)

    def open(self, door=2, **more):
        return self.own.api.post(f"/api/devices/{self.unit.sn}/doors/{door}/open", more)

    def status(self, number):
        return self.own.api.get(f"/api/commands/{number}")["data"]["status"]

    def test_a_door_is_opened_for_so_many_seconds(self):
        number = self.open(2, seconds=5)["commandId"]
        self.assertEqual(self.unit.poll(), [(number, "CONTROL DEVICE 01020105")])
        self.unit.result(number)
        self.assertEqual(self.status(number), "acknowledged")

    def test_the_same_order_is_joined_and_another_is_refused(self):
        first = self.open(2, seconds=5)
        again = self.own.api.post(f"/api/doors/{self.unit.sn}:2/open", {"seconds": 5})
        self.assertEqual(again["commandId"], first["commandId"])
        with self.assertRaises(ApiError) as refused:
            self.open(2, seconds=9)
        self.assertEqual((refused.exception.status, refused.exception.reply["code"]),
                         (409, "door_order_waits"))
        other = self.open(1, seconds=9)
        self.assertNotEqual(other["commandId"], first["commandId"])
        got = []
        for _ in range(3):
            got += self.unit.poll()
            for number, _ in got[-1:]:
                self.unit.result(number)
        self.assertEqual(sorted(text for _, text in got),
                         ["CONTROL DEVICE 01010109", "CONTROL DEVICE 01020105"])
        # What was fetched waits no longer.
        self.assertNotIn(self.open(2, seconds=9)["commandId"],
                         (first["commandId"], other["commandId"]))

    def test_an_unanswered_opening_is_given_once(self):
        number = self.open(2, seconds=5)["commandId"]
        self.assertEqual(len(self.unit.poll()), 1)
        self.assertEqual(self.unit.poll(), [])
        # The unit starts again, and registers.
        self.unit.register()
        self.assertEqual([t for _, t in self.unit.poll() if "0102" in t], [])
        until(lambda: self.status(number) == "uncertain")
        # Its answer counts, however late.
        self.unit.result(number)
        self.assertIn(self.status(number), ("acknowledged", "uncertain"))

    def test_a_killed_server_opens_nothing_twice(self):
        number = self.open(2, seconds=5)["commandId"]
        self.assertEqual(len(self.unit.poll()), 1)
        self.own.restart("kill")
        for _ in range(3):
            self.assertEqual([t for _, t in self.unit.poll() if "0102" in t], [])
        self.assertIn(self.status(number), ("sent", "uncertain"))

    def test_door_command_dies_with_its_ttl(self):
        number = self.open(2, seconds=5, ttl=1)["commandId"]
        until(lambda: self.status(number) == "expired")
        self.assertEqual(self.unit.poll(), [])
        with self.assertRaises(ApiError):
            self.open(2, seconds=5, ttl=61)

    def test_a_closing_takes_the_place_of_an_opening_that_waits(self):
        opening = self.open(2, seconds=5)["commandId"]
        self.own.api.post(f"/api/devices/{self.unit.sn}/doors/2/close")
        self.assertEqual([t for _, t in self.unit.poll()], ["CONTROL DEVICE 01020100"])
        self.assertEqual(self.status(opening), "cancelled")

    def test_events_never_cause_control_commands(self):
        # Of every code, of a person who may pass here, and in each way in which events come.
        who = self.own.api.post("/api/people", {"pin": "7", "cards": ["4711"]})["data"]["id"]
        self.own.api.post("/api/access-levels", {"name": "x", "rule": 1, "people": [who],
                                                 "doors": [f"{self.unit.sn}:1", f"{self.unit.sn}:2"]})
        codes = [*range(300), *range(4000, 4100), *range(5000, 5100), *range(6000, 6100)]
        self.unit.live(*[row("2026-06-02 08:00:00", code, "7", 1 + code % 2, code + 1, card="4711") for code in codes])
        self.unit.stored(*[stored_row("2026-06-02 08:00:01", code, "7", 1 + code % 2, 10000 + code) for code in codes])
        self.assertEqual(len(self.own.api.pages("/api/access-events", key="seq")), 2 * len(codes) - 2)
        self.assertEqual([text for _, text in self.unit.poll() if "CONTROL" in text], [])
        self.assertEqual([c for c in self.own.api.pages("/api/commands") if c["command"].startswith("CONTROL")], [])

    def test_without_the_scope_nothing_is_opened(self):
        for scopes in (["read"], ["write"], ["read", "write"]):
            token = self.own.api.post("/api/tokens", {"name": "-".join(scopes), "scopes": scopes})
            api = Api(self.own.admin, token["data"]["token"])
            status, _, _ = api.raw("POST", f"/api/devices/{self.unit.sn}/doors/2/open", b"{}")
            self.assertEqual(status, 403, scopes)
        self.assertEqual(self.unit.poll(), [])


if __name__ == "__main__":
    tap.main()
