#!/usr/bin/env python3
"""What statements read on PostgreSQL where its planner has no statistics of the tables, as before the first
autovacuum, and those that programs leave behind. Each test starts a database server of its own, without
autovacuum."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from postgres import Postgres  # noqa: E402
from serve import Server  # noqa: E402

PEOPLE = 1000  # in a request


def orders(devices, first):
    return [{"deviceSerial": f"PLAN{p % devices}", "type": "update_person",
             "person": {"pin": str(p), "name": f"Person {p}"}}
            for p in range(first, first + PEOPLE)]


class Commands(unittest.TestCase):
    def test_commands_in_bulk_read_those_about_the_same_and_no_others(self):
        for devices in (1, 3, 100):
            with self.subTest(devices=devices), Postgres(autovacuum="off") as database, \
                    Server("--store", database.schema("a"), "--new-devices", "approve") as server:
                for i in range(devices):
                    Device(server, f"PLAN{i}").options()
                for first in range(0, 3 * PEOPLE, PEOPLE):
                    self.assertEqual(server.api.post("/api/commands", orders(devices, first))
                                     ["queued"], PEOPLE)
                # Each of the last takes the place of a waiting one.
                self.assertEqual(server.api.post("/api/commands", orders(devices, 0))["queued"],
                                 PEOPLE)
                self.assertEqual(server.terminate(), 0)  # by then its figures are written
                read = int(database.sql("SELECT sum(idx_tup_read) FROM pg_stat_user_indexes"
                                        " WHERE relname = 'command'", "a")[0][0])
                # A few for each replaced one; all that wait for each would be a million.
                self.assertLess(read, 20 * PEOPLE)

    def test_commands_in_bulk_are_written_without_a_statement_for_each_device(self):
        with Postgres(autovacuum="off", log_statement="all") as database, \
                Server("--store", database.schema("a"), "--new-devices", "approve") as server:
            for i in range(200):
                Device(server, f"PLAN{i}").options()
            with open(f"{database.home}/log", encoding="utf-8", errors="replace") as log:
                log.read()
                self.assertEqual(server.api.post("/api/commands", orders(200, 0))["queued"], PEOPLE)
                text = log.read()
            # The connection that writes them. Others read what is known of the devices.
            writer = re.search(r"\[(\d+)\] LOG:  execute \S+ WITH added", text)[1]
            statements = [line for line in text.splitlines() if f"[{writer}] LOG:  execute" in line]
            self.assertLess(len(statements), 60, statements[:100])


if __name__ == "__main__":
    tap.main()
