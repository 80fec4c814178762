#!/usr/bin/env python3
"""Manners of the command line that all its verbs have: help, empty lists, order."""

import json
import os
import pty
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import tap  # noqa: E402
from command_line import Base, environment, run, url  # noqa: E402
from serve import DEADLINE, Server, program  # noqa: E402


def setUpModule():
    command_line.server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(command_line.server.close)


class Words(Base):
    def test_a_plural_is_recognised(self):
        for words, meant in ((("punches", "list"), "punch"), (("devices",), "device"),
                             (("persons", "list"), "person")):
            got = run(*words)
            self.assertEqual(got.status, 2)
            self.assertIn(f"did you mean {meant}?", got.err)

    def test_help_of_an_option_is_about_the_verb(self):
        for verb, has, lacks in (
                ("device list", "Only devices that have this tag", "people"),
                ("device approve", "All devices that have this tag", "they get"),
                ("device expect", "The tags they get", "have this tag"),
                ("punch list", "Only of devices that have this tag", "patterns"),
                ("punch export", "Only of the device with this serial number", "person add"),
                ("person add", "On these devices: serial numbers and patterns", "Only"),
                ("person copy", "To these devices", "On these"),
                ("person list", "waiting, sent, confirmed, failed or cancelled", "snoozed"),
                ("problem list", "open or snoozed", "approved")):
            text = " ".join(run(*verb.split(), "--help").out.split())
            self.assertIn(has, text, verb)
            self.assertNotIn(lacks, text.partition("Examples:")[0].replace("Only rows", ""), verb)


class Status(Base):
    def test_devices_that_never_called_are_counted(self):
        command_line.server.api.call("POST", "/api/devices", {"sn": "NEVER1"})
        text = self.ok("status").out
        self.assertRegex(text, r"(?m)^  never called +1$")

    def test_a_refusal_does_not_repeat_its_hint(self):
        reply = json.loads(command_line.server.api.raw("GET", "/api/nothing")[2])
        self.assertIn("/api/openapi.json", reply["hint"])
        self.assertNotIn("openapi", reply["error"])

    def test_announced_ones_that_are_held_stay_and_are_counted(self):
        command_line.server.api.call("POST", "/api/devices", {"sn": "HELD1", "state": "held"})
        got = run("device", "delete", "--state", "held", "--yes")
        self.assertEqual((got.status, got.out), (0, "0 devices deleted\n"))
        self.assertIn("1 that were announced stay held", got.err)


class Empty(Base):
    """A list without rows, on a terminal and elsewhere."""

    def on_a_terminal(self, *words):
        main, side = pty.openpty()
        try:
            env = environment(GATEHOUSE_DATA=command_line.server.data, GATEHOUSE_URL=url(), TERM="xterm")
            done = subprocess.run([program(), *words], env=env, stdin=subprocess.DEVNULL,
                                  stdout=side, stderr=subprocess.PIPE, timeout=DEADLINE * 2)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            return os.read(main, 65536).decode().replace("\r\n", "\n")
        finally:
            os.close(main)
            os.close(side)

    def test_a_terminal_shows_that_there_are_none_and_files_have_a_head(self):
        for words, text in ((("device", "list", "--tag", "none"), "no devices like these\n"),
                            (("person", "list", "--pin", "none"), "no people like these\n"),
                            (("punch", "report", "--month", "1999-01"), "no days like these\n")):
            self.assertEqual(self.on_a_terminal(*words), text)
            self.assertTrue(self.ok(*words).lines[0].isupper(), words)
            self.assertNotIn("no ", self.ok(*words, "--format", "csv").out)

    def test_people_are_listed_by_pin(self):
        d = command_line.clock()
        d.upload("OPERLOG", "".join(f"USER PIN={p}\tName=A\n" for p in ("903", "901", "902")), 1)
        got = self.ok("person", "list", "--device", d.sn, "--format", "csv", "--columns", "pin")
        self.assertEqual(got.lines[1:], ["901", "902", "903"])
        got = run("person", "list", "--device", d.sn, "--limit", "2", "--format", "csv",
                  "--columns", "pin")
        cursor = got.err.split("--cursor ")[1].split()[0]
        got = self.ok("person", "list", "--device", d.sn, "--cursor", cursor, "--format", "csv",
                      "--columns", "pin")
        self.assertEqual(got.lines[1:], ["903"])


if __name__ == "__main__":
    tap.main()
