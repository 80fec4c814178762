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
from serve import Server, until  # noqa: E402

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
                Server("--store", database.schema("a"), "--new-devices", "approve", "--compare", "0") as server:
            for i in range(200):
                Device(server, f"PLAN{i}").options()
            with open(f"{database.home}/log", encoding="utf-8", errors="replace") as log:
                log.read()
                self.assertEqual(server.api.post("/api/commands", orders(200, 0))["queued"], PEOPLE)
                text = log.read()
            # The connection that writes them. Others read what is known of the devices; their logs are not compared.
            writer = re.search(r"\[(\d+)\] LOG:  execute \S+ WITH added", text)[1]
            statements = [line for line in text.splitlines() if f"[{writer}] LOG:  execute" in line]
            self.assertLess(len(statements), 60, statements[:100])


class Punches(unittest.TestCase):
    PUNCHES = 12000  # of each device

    def read(self, database, server):
        """Rows of the ledger that were read until the server ended."""
        self.assertEqual(server.terminate(), 0)
        # What a connection has read is counted when it has ended.
        until(lambda: database.sql("SELECT count(*) FROM pg_stat_activity WHERE backend_type ="
                                   " 'client backend' AND pid <> pg_backend_pid()") == [["0"]])
        return int(database.sql("SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM"
                                " pg_stat_user_tables WHERE relname = 'punch'", "a")[0][0])

    def test_deriving_utc_again_reads_each_punch_of_the_device_a_few_times(self):
        with Postgres(autovacuum="off") as database, \
                Server("--store", database.schema("a"), "--new-devices", "approve") as server:
            for sn in ("PLAN0", "PLAN1", "PLAN2"):
                d = Device(server, sn)
                d.options()
                # Some hundred in each second, so that a page ends within one.
                lines = (f"{n}\t2026-03-01 {n // 36000 + 8:02}:{n // 6000 % 60:02}:{n // 300 % 60:02}\t0\t1\t0\n"
                         for n in range(1, self.PUNCHES + 1))
                self.assertEqual(d.upload("ATTLOG", "".join(lines)).body,
                                 b"OK:%d" % self.PUNCHES)
            before = self.read(database, server)
            server.start()
            reply = server.api.call("PATCH", "/api/devices/PLAN1",
                                    {"zone": "Asia/Tokyo", "zoneSince": "2026-01-01"})
            self.assertEqual(reply["data"]["rederived"], self.PUNCHES)
            read = self.read(database, server) - before
            # To derive, to store, to count those that keep the zone before, and some hundred behind the end of
            # each page; all that follow for each page would be 150,000.
            self.assertLess(read, 8 * self.PUNCHES)


if __name__ == "__main__":
    tap.main()
