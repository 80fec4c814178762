#!/usr/bin/env python3
"""People of terminals: read with the log, and written by the same verbs as those of clocks."""

import os
import sys
import unittest

from terminal import Server, Terminal, serve, until
import tap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "api"))
import cli  # noqa: E402
from cli import run  # noqa: E402

SN = "SIM000001"


class People(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.terminal = Terminal("--punches", "20", "--users", "6")
        cls.server = cli.server = Server()
        cls.server.add(cls.terminal.tcp)
        cls.server.linked(SN, "listening")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.terminal.close()

    def people(self):
        return {p["pin"]: p for p in self.server.api.records("persons", SN)}

    def person(self, *words):
        got = run("person", *words, "--device", SN, "--wait", str(serve.DEADLINE))
        self.assertEqual((got.status, got.err), (0, ""), got)
        return got

    def test_they_are_read_with_the_first_log(self):
        people = until(lambda: len(self.people()) >= 6 and self.people())
        self.assertTrue(all(people[str(pin)]["name"] for pin in range(1, 7)))
        self.assertEqual(self.server.api.device(SN)["stats"]["userCount"], len(people))
        trace = self.server.api.get(f"/api/devices/{SN}/trace")["data"]
        self.assertIn("6 people", [t["note"] for t in trace])

    def test_one_is_added_changed_and_deleted_by_the_same_verbs(self):
        self.person("add", "61", "name=Bo Li", "card=4711", "group=2", "privilege=user")
        self.assertEqual(self.people()["61"]["state"], "confirmed")
        self.person("set", "61", "name=Bo King")
        self.server.order(SN, "DATA QUERY USERINFO PIN=61")
        person = self.people()["61"]
        self.assertEqual((person["name"], person["card"], person["groupId"]),
                         ("Bo King", "4711", "2"))
        self.person("delete", "61", "--yes")
        self.assertNotIn("61", self.people())

    def test_a_refusal_names_the_reason(self):
        got = run("person", "set", "62", "name=Bo", "card=x", "--device", SN, "--wait",
                  str(serve.DEADLINE))
        self.assertEqual(got.status, 1, got)
        self.assertRegex(got.err, "returned -1: wrong parameter; Card is no card number")
        got = run("person", "list", "--state", "failed", "--device", SN)
        self.assertIn("62", got.out)


if __name__ == "__main__":
    tap.main()
