#!/usr/bin/env python3
"""What the codes of access units mean: events of all ranges, verify modes in both generations, temperatures,
dates (Security PUSH 3.1.2, 7.2, 11.2, 11.3, 11.5, 11.19)."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import Server  # noqa: E402
from unit import Unit, row, stored_row  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


class Facts(unittest.TestCase):
    def stored(self, rows, *members, form="live"):
        """These members of each event, in the order of the rows."""
        unit = Unit(server).register()
        getattr(unit, form)(*rows)
        page = server.api.get(f"/api/access-events?device={unit.sn}&limit=500")
        return [tuple(one[m] for m in members) for one in page["data"]]

    def test_verify_modes_are_numbers_or_words_of_16_or_32_digits(self):
        wide = "0" * 16
        cases = (("4", "card"), ("11", "password + card"), ("0000101000000001", "password + card"),
                 ("0000000000000010", "face"), (wide + "0000000000000010", "face"),
                 (wide + wide, None), ("00010000000000000000000000000010", None), ("200", "other"))
        rows = [row(f"2026-03-01 08:00:{i:02}", pin=7, index=i + 1, verify=text)
                for i, (text, _) in enumerate(cases)]
        got = self.stored(rows, "verifyType", "verifyName")
        self.assertEqual([text for text, _ in got], [text for text, _ in cases])
        for (text, name), (_, wanted) in zip(got, cases):
            if wanted is None:
                self.assertIsNone(name, text)
            else:
                self.assertEqual(set(name.lower().split(" + ")), set(wanted.split(" + ")), text)

    def test_events_of_all_ranges_have_class_and_meaning(self):
        cases = ((0, "normal", True), (27, "abnormal", False), (101, "alarm", True),
                 (220, "normal", False), (4001, "normal", True), (5001, "abnormal", False),
                 (6005, "alarm", False), (6999, "alarm", False), (46, "abnormal", False))
        rows = [row(f"2026-03-01 08:00:{i:02}", pin=7, index=i + 1, event=code)
                for i, (code, _, _) in enumerate(cases)]
        got = self.stored(rows, "event", "class", "granted", "eventName")
        self.assertEqual([one[:3] for one in got], list(cases))
        for code, _, _, name in got:
            # A code that no table has is stored as it is, without a name.
            self.assertEqual(name is None, code in (46, 6999), code)

    def test_members_of_a_merge_group_are_one_event(self):
        first = row("2026-03-01 08:00:00", pin=7, index=1, event=14, verify="1")
        merged = row("2026-03-01 08:00:00", pin=7, index=1, event=0, verify="0000000000000100")
        other = row("2026-03-01 08:00:00", pin=7, index=1, event=23, verify="1")
        self.assertEqual(self.stored((first, merged, other), "event"), [(14,), (23,)])

    def test_mask_and_temperature(self):
        cases = (({"maskflag": 1, "temperature": "36.5", "convtemperature": "97.7"}, (1, "36.5")),
                 ({"maskflag": 0, "temperature": "40"}, (0, "40")),
                 ({"maskflag": 255, "temperature": 255, "convtemperature": 255}, (None, None)),
                 ({}, (None, None)))
        rows = [row(f"2026-03-01 08:00:{i:02}", pin=7, index=i + 1, **sent)
                for i, (sent, _) in enumerate(cases)]
        self.assertEqual(self.stored(rows, "mask", "temperature"), [wanted for _, wanted in cases])

    def test_an_alarm_that_ended_is_marked_and_is_an_event_of_its_own(self):
        rows = (row("2026-03-01 08:00:00", event=102, index=1), row("2026-03-01 08:00:09", event=102, index=2,
                                                                  Alarmtype=200))
        self.assertEqual(self.stored(rows, "event", "class", "alarmType"),
                         [(102, "alarm", None), (102, "alarm", 200)])

    def test_utc_is_derived_again_from_a_time_on(self):
        unit = Unit(server).register()
        server.api.change(unit.sn, zone="UTC")
        unit.live(*[row(f"2026-03-0{day} 08:00:00", pin=7, index=day) for day in range(1, 8)])
        seqs = [e["seq"] for e in server.api.get(f"/api/access-events?device={unit.sn}")["data"]]
        got = server.api.change(unit.sn, zone="+03:00", zoneSince="2026-03-03")
        self.assertEqual((got["eventsRederived"], got["eventsUnchanged"], got["eventsFirstSeq"]),
                         (5, 0, seqs[2]))
        got = server.api.change(unit.sn, zoneSince="2026-01-01", zone="+03:00")
        self.assertEqual((got["eventsRederived"], got["eventsUnchanged"], got["eventsFirstSeq"]),
                         (2, 5, seqs[0]))
        events = server.api.get(f"/api/access-events?device={unit.sn}")["data"]
        self.assertEqual([(e["seq"], e["timestamp"], e["utc"], e["zone"]) for e in events],
                         [(seq, f"2026-03-0{day} 08:00:00", f"2026-03-0{day}T05:00:00Z", "+03:00")
                          for day, seq in enumerate(seqs, 1)])

    def test_packed_seconds_are_the_digits_of_the_clock(self):
        times = ("2000-01-01 00:00:00", "2018-02-27 14:51:00", "2026-12-31 23:59:59", "2026-02-28 00:00:01")
        rows = [stored_row(time, pin=7, index=i + 1) for i, time in enumerate(times)]
        self.assertEqual(self.stored(rows, "timestamp", "source", form="stored"),
                         [(time, "stored") for time in times])


if __name__ == "__main__":
    tap.main()
