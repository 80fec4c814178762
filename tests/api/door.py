#!/usr/bin/env python3
"""Acting on doors: the command line, orders that are sent again, and tokens that may open some doors alone."""

import json
import os
import pathlib
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from device import Device  # noqa: E402
from serve import Api, ApiError, Server, program, until  # noqa: E402
from unit import Unit  # noqa: E402
import tap  # noqa: E402

STATE = "time=2026-06-01 08:00:00\tsensor=05\trelay=00\talarm=0000000000000000\tdoor=00000000"


class Base(unittest.TestCase):
    def setUp(self):
        self.own = Server("--new-devices", "approve", stay=True)
        self.addCleanup(self.own.close)
        self.api = self.own.api
        self.unit = self.register()

    def register(self):
        unit = Unit(self.own).register()
        unit.state(STATE)
        for number, _ in unit.poll():
            unit.result(number)
        return unit

    def run_cli(self, *words, token=None):
        return subprocess.run(
            [program(), *words, "--url", f"http://{self.own.admin[0]}:{self.own.admin[1]}",
             ], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            env=dict(os.environ, COLUMNS="80", GATEHOUSE_TOKEN=token or self.api.token))

    def texts(self, unit=None):
        unit, got = unit or self.unit, []
        while True:
            more = unit.poll()
            if not more:
                return got
            for number, text in more:
                got.append(text)
                unit.result(number)


class Line(Base):
    def test_each_verb_gives_its_order(self):
        door = f"{self.unit.sn}:2"
        for words, digits in ((("open", door), "01020105"), (("open", door, "--seconds", "9"), "01020109"),
                              (("hold-open", door), "010201FF"), (("close", door), "01020100"),
                              (("hold-open", door, "--seconds", "20"), "01020114"),
                              (("lock", door), "06020100"), (("unlock", door), "06020000"),
                              (("cancel-alarm", door), "02020000")):
            done = self.run_cli("door", *words)
            self.assertEqual((done.returncode, done.stderr), (0, ""), words)
            self.assertRegex(done.stdout, f"^{door}: queued as command [0-9]+\n$")
            self.assertEqual(self.texts(), [f"CONTROL DEVICE {digits}"], words)

    def test_a_pattern_is_confirmed_and_wait_tells_what_became_of_it(self):
        refused = self.run_cli("door", "open", f"{self.unit.sn}:*")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("--yes", refused.stderr)
        self.assertEqual(self.texts(), [])
        got = []
        worker = threading.Thread(target=lambda: until(
            lambda: got.extend(self.texts()) or len(got) >= 2))
        worker.start()
        done = self.run_cli("door", "open", f"{self.unit.sn}:*", "--yes", "--wait", "50", "--reason", "drill")
        worker.join()
        self.assertEqual((done.returncode, sorted(got)),
                         (0, ["CONTROL DEVICE 01010105", "CONTROL DEVICE 01020105"]), done.stderr)
        self.assertEqual({r["reason"] for r in self.api.get("/api/audit?action=open_door&outcome=queued")["data"]},
                         {"drill"})

    def test_what_makes_no_sense_or_is_refused(self):
        for words, status in ((("open", "X"), 2), (("open", f"{self.unit.sn}:2", "--seconds", "x"), 2),
                              (("open", f"{self.unit.sn}:9"), 1), (("open", "NONE:1"), 1), (("open", "NO*:1"), 1),
                              (("hold-open", f"{self.unit.sn}:2", "--until", "tomorrow, at 7 or so"), 1)):
            done = self.run_cli("door", *words)
            self.assertEqual(done.returncode, status, (words, done.stderr))
            self.assertTrue(done.stderr)
        self.assertEqual(self.texts(), [])

    def test_the_door_of_a_clock_is_opened_too(self):
        clock = Device(self.own)
        clock.options()
        done = self.run_cli("door", "open", f"{clock.sn}:1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([t for _, t in clock.poll()], ["AC_UNLOCK"])
        done = self.run_cli("door", "lock", f"{clock.sn}:1")
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    tap.main()
