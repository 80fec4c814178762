#!/usr/bin/env python3
"""What public servers and clients of this dialect got wrong: one claim each, here against a running server. The
others of these are claims of the parts they belong to."""

import itertools
import pathlib
import random
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from access_ledger import events  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402
from unit import PARAMETERS, Unit, row  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def unit(parameters=PARAMETERS):
    return Unit(server, parameters=parameters).register()


def door(u, number):
    return server.api.get(f"/api/devices/{u.sn}/doors/{number}")["data"]


class Conversation(unittest.TestCase):
    def test_registered_s0_has_code_and_ok_together(self):
        u = Unit(server)
        first = "/iclock/cdata?SN=&pushver=3.1.2&options=all&DeviceType=acc"
        # One of the two alone has units register again and again.
        self.assertEqual(u.request("GET", first), (200, b"OK"))
        u.register()
        _, body = u.request("GET", first)
        lines = body.decode().split("\n")
        self.assertEqual(lines[0], "registry=ok")
        self.assertRegex(lines[1], r"^RegistryCode=[0-9a-f]{16}$")
        server.api.post(f"/api/devices/{u.sn}/reset-registration", {})
        self.assertEqual(u.request("GET", first), (200, b"OK"))

    def test_registry_value_may_hold_blanks(self):
        u = unit(PARAMETERS.replace("FirmVer=AC Ver 5.7.8", "FirmVer=AC Ver 5.7.7.3033 Jul 20 2020"))
        self.assertEqual(server.api.device(u.sn)["firmwareVersion"], "AC Ver 5.7.7.3033 Jul 20 2020")

    def test_tabledata_answers_declared_count(self):
        u = unit()
        for count in (1, 2, 5):
            u.expect(b"user=%d" % count, "POST", "/iclock/cdata?SN=&table=tabledata&tablename=user&count="
                     f"{count}", b"user pin=1\nuser pin=2\n")

    def test_repeated_rows_in_one_body_count_once(self):
        u = unit()
        rows = [row(f"2026-05-04 08:00:{i:02}", 0, "7", 1, i) for i in range(1, 6)]
        u.live(*rows[:2])
        # No answer came, and everything is sent again in one body.
        u.live(*rows[:2], *rows[:2], *rows, *rows)
        self.assertEqual([e["index"] for e in events(u)], [1, 2, 3, 4, 5])


class Commands(unittest.TestCase):
    def test_batch_is_one_by_default(self):
        u = unit()
        numbers = [server.api.queue(u.sn, f"SET OPTIONS Door1Drivertime={n}") for n in (5, 6, 7)]
        for number in numbers:
            self.assertEqual([int(n) for n, _ in u.poll()], [number])
            u.result(number)
        self.assertEqual(u.poll(), [])

    def test_ids_start_at_1(self):
        with Server("--new-devices", "approve") as own:
            u = Unit(own).register()
            first = own.api.queue(u.sn, "SET OPTIONS Door1Drivertime=5")
            self.assertEqual((first, u.poll()), (1, [("1", "SET OPTIONS Door1Drivertime=5")]))

    def test_negative_codes_have_text_and_fail(self):
        u = unit()
        for code in (-1, -11, -13, -14, -104, -629, -720):
            number = server.api.queue(u.sn, "SET OPTIONS Door1Drivertime=5")
            self.assertEqual(u.poll(), [(str(number), "SET OPTIONS Door1Drivertime=5")])
            u.result(number, code)
            got = server.api.command(number)
            self.assertEqual((got["status"], got["returnCode"]), ("failed", code))
            self.assertTrue(got["meaning"], code)

    def test_one_option_per_command_on_terminals(self):
        # A terminal took "a=1<HT>b=2" for one value.
        u = unit()
        for name, value in (("Door1Drivertime", "9"), ("Door1Detectortime", "20")):
            server.api.post("/api/commands", {"deviceSerial": u.sn, "type": "set_option", "name": name,
                                              "value": value})
        for words in ("SET OPTIONS Door1Drivertime=9", "SET OPTIONS Door1Detectortime=20"):
            (number, text), = u.poll()
            self.assertEqual(text, words)
            u.result(number)
        for value in ("9\tDoor1Detectortime=20", "9\nC:1:CONTROL DEVICE 01010105", "9,Door1Detectortime=20"):
            with self.assertRaises(ApiError):
                server.api.post("/api/commands", {"deviceSerial": u.sn, "type": "set_option",
                                                  "name": "Door1Drivertime", "value": value})
        self.assertEqual(u.poll(), [])


    def test_plans_set_one_option_per_command_on_terminals(self):
        u = unit()
        server.api.call("PATCH", f"/api/doors/{u.sn}:1", {"driveSeconds": 9, "sensorSeconds": 20, "sensorType": 1})
        plan = server.api.post("/api/plans", {"kind": "access", "select": {"ids": [u.sn]}})["data"]["planId"]
        until(lambda: server.api.get(f"/api/plans/{plan}")["data"]["state"] != "making")
        steps = server.api.get(f"/api/plans/{plan}/steps?device={u.sn}")["data"]["steps"]
        words = [s["wire"] for s in steps if s["wire"].startswith("SET OPTIONS")]
        # With those of its rules, which are none.
        self.assertEqual(sorted(words), [f"SET OPTIONS Door1{o}" for o in (
            "Detectortime=20", "Drivertime=9", "KeepOpenTimeZone=0", "SensorType=1", "ValidTZ=1")])
        server.api.call("POST", f"/api/plans/{plan}/cancel")


class Tables(unittest.TestCase):
    def put(self, u, table, **fields):
        return server.api.call("PUT", f"/api/devices/{u.sn}/tables/{table}", {"rows": [fields]})

    def test_period_text_refused_in_raw_rows(self):
        u = unit()
        for text in ("0900", "09:00-17:00", "2400", "58983600000"):
            with self.assertRaisesRegex(ApiError, "must be a period"):
                self.put(u, "timezone", TimezoneId="2", MonTime1=text)
        self.assertEqual(u.poll(), [])

    def test_written_spelling_is_the_schema_spelling(self):
        u = unit(PARAMETERS + ",AccSupportFunList=" + "1" * 67)
        # A terminal took small letters for no field at all, and stored an empty row.
        self.put(u, "USERAUTHORIZE", pin="1", authorizetimezoneid="1", AUTHORIZEDOORID="1")
        (number, words), = u.poll()
        self.assertTrue(words.startswith("DATA UPDATE userauthorize Pin=1\tAuthorizeTimezoneId=1\t"
                                         "AuthorizeDoorId=1"), words)
        u.result(number)

    def test_user_row_keeps_unknown_columns(self):
        u = unit()
        u.table("user", "user uid=1\tpin=5\tname=Ann\tSuperAuthorize=1\tColour=red")
        person, = server.api.records("persons", u.sn)
        for column in ("SuperAuthorize=1", "Colour=red"):
            self.assertIn(column, person["extra"])

    def test_upload_never_blanks(self):
        u = unit()
        u.table("user", "user pin=5\tname=Ann\tcardno=123\tgroup=2")
        u.table("user", "user pin=5\tname=\tcardno=\tgroup=2")
        person, = server.api.records("persons", u.sn)
        self.assertEqual((person["name"], person["card"]), ("Ann", "123"))


class Events(unittest.TestCase):
    def test_verify_word_is_never_a_number(self):
        u = unit()
        words = ["0000000000000010", "0000000000000011", "0" * 16 + "0000101000000001"]
        u.live(*[row("2026-05-04 08:00:00", 0, "7", 1, i + 1, verify=w) for i, w in enumerate(words)])
        got = events(u)
        self.assertEqual([e["verifyType"] for e in got], words)
        # The number would be modes 10 and 11: finger and password, card and password.
        self.assertEqual([e["verifyName"] for e in got[:2]], ["face", "face"])

    def test_rtlog_keys_in_any_order(self):
        u = unit()
        pairs = [("time", "2026-05-04 08:00:00"), ("pin", "7"), ("cardno", "55"), ("eventaddr", "2"),
                 ("event", "27"), ("inoutstatus", "1"), ("verifytype", "4"), ("sitecode", "9"),
                 ("linkid", "3"), ("bitCount", "26")]
        dice = random.Random(1)
        for index in range(1, 21):
            dice.shuffle(pairs)
            keys = [k if index % 2 else k.upper() for k, _ in pairs]
            u.live("\t".join(f"{k}={v}" for k, (_, v) in zip(keys, pairs)) + f"\tindex={index}")
        got = events(u)
        self.assertEqual([e["index"] for e in got], list(range(1, 21)))
        self.assertEqual({(e["pin"], e["card"], e["door"], e["event"], e["direction"], e["siteCode"])
                          for e in got}, {("7", "55", 2, 27, "out", 9)})

    def test_event_code_is_stored_as_sent(self):
        u = unit()
        codes = [0, 14, 17, 26, 203, 4001, 5999, 65535]
        u.live(*[row("2026-05-04 08:00:00", code, "7", 1, i + 1) for i, code in enumerate(codes)])
        self.assertEqual([e["event"] for e in events(u)], codes)

    def test_index_zero_uses_second_key(self):
        u = unit()
        rows = [row(f"2026-05-04 08:00:{i:02}", 0, str(i % 3), 1, 0) for i in range(12)]
        for _ in range(2):
            u.live(*rows)
        self.assertEqual(len(events(u)), 12)


class Doors(unittest.TestCase):
    def test_sensor_0_is_none_and_only_the_relay_counts(self):
        u = unit()
        for relay, open_ in (("01", True), ("00", False), ("01", True)):
            u.state(f"time=2026-05-04 08:00:00\tsensor=00\trelay={relay}\talarm=0000000000000000")
            shown = door(u, 1)
            # Never "closed", which nothing has seen.
            self.assertEqual((shown["sensor"], shown["relay"]), ("none", open_))

    def test_relay_bit_is_energised(self):
        u = unit()
        for relay, want in (("01", (True, False)), ("02", (False, True)), ("03", (True, True)),
                            ("00", (False, False))):
            u.state(f"time=2026-05-04 08:00:00\tsensor=05\trelay={relay}\talarm=0000000000000000")
            self.assertEqual((door(u, 1)["relay"], door(u, 2)["relay"]), want)


class Rules(unittest.TestCase):
    def test_each_of_30_periods_is_its_own(self):
        own = PARAMETERS.replace("MachineType=101", "MachineType=9,DateFmtFunOn=1")
        u = unit(own)
        clock = itertools.count(0)

        def periods():
            """Three of a day that no other day has."""
            n = next(clock)
            return [f"{h:02}:{n:02}-{h:02}:{n + 30:02}" for h in (8, 12, 16)]

        days = {d: periods() for d in ("sun", "mon", "tue", "wed", "thu", "fri", "sat")}
        holidays = {t: periods() for t in "123"}
        rule = server.api.post("/api/time-rules", {"name": "Thirty", "week": days,
                                                   "holidays": holidays})["data"]["id"]
        person = server.api.post("/api/people", {"pin": "30", "name": "Thirty"})["data"]["id"]
        server.api.post("/api/access-levels", {"name": "Thirty", "rule": rule, "people": [person],
                                               "doors": [f"{u.sn}:1"]})
        plan = server.api.post("/api/plans", {"kind": "access", "select": {"ids": [u.sn]}})["data"]["planId"]
        until(lambda: server.api.get(f"/api/plans/{plan}")["data"]["state"] != "making")
        steps = server.api.get(f"/api/plans/{plan}/steps?device={u.sn}")["data"]["steps"]
        wire = next(line for s in steps if s["table"] == "timezone" for line in s["wire"].split("\n")
                    if "TimezoneId=2\t" in line)
        sent = dict(re.findall(r"(\w+)=(\d+)", wire))
        for column, day in [(d.capitalize(), d) for d in days] + [(f"Hol{t}", t) for t in "123"]:
            for i, text in enumerate({**days, **holidays}[day], 1):
                start, end = (int(t.replace(":", "")) for t in text.split("-"))
                self.assertEqual(sent[f"{column}Time{i}"], str((start << 16) + end), (column, i))
        self.assertEqual(len({v for k, v in sent.items() if "Time" in k and k != "TimezoneId"}), 30)


if __name__ == "__main__":
    tap.main()
