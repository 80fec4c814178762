#!/usr/bin/env python3
"""A PostgreSQL database of an older version is brought up to date when the server starts, and what
it holds keeps its meaning: what the stores that are kept (old_stores.py) do not have."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import old_store  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from postgres import Postgres  # noqa: E402
from serve import Server  # noqa: E402


def make_old(database, name, version, rows):
    """A schema as the first `version` files make it, with rows; its URL."""
    url = old_store.postgres_empty(database, name, version)
    database.sql(rows, name)
    return url


class OldPostgres(unittest.TestCase):
    def test_what_was_sent_and_requested_keeps_its_value(self):
        with Postgres() as database:
            url = make_old(
                database, "a", 13,
                "INSERT INTO device (sn, state) VALUES ('OLD1', 1), ('OLD2', 1);"
                "INSERT INTO device_attendance (device, told_ms, told_offset_s, told_options)"
                " VALUES (1, 5000, 3600, 'all');"
                "INSERT INTO device_terminal (device, told_serial) VALUES (2, '=0');"
                "INSERT INTO command (device, state, tries, created_ms, sent_ms, done_ms,"
                " expires_ms, result, sub_serial, text, kind, asked_by)"
                " VALUES (1, 4, 0, 1, 0, 2, 2, '', '', 'LOG', 'log', 'payroll')")
            with Server("--store", url) as server:
                self.assertEqual(server.api.command(1)["requestedBy"], "payroll")
            self.assertEqual(
                database.sql("SELECT options_sent_ms, options_sent_offset_s,"
                             " convert_from(options_sent, 'UTF8'),"
                             " (SELECT convert_from(reported_serial, 'UTF8')"
                             " FROM device_terminal),"
                             " (SELECT requested_by FROM v_command) FROM device_attendance", "a"),
                [["5000", "3600", "all", "=0", "payroll"]])

    def test_punches_that_were_read_without_work_codes_may_get_them(self):
        with Postgres() as database:
            url = make_old(
                database, "b", 9,
                "INSERT INTO device (sn, state) VALUES ('OLD1', 1);"
                "INSERT INTO zone (name) VALUES ('UTC');"
                "INSERT INTO punch (seq, device, time, received_ms, status, verify, zone, flags,"
                " source, pin, work_code) VALUES (1, 1, 20260301080000, 1, 0, 1, 1, 0, 2, '1', ''),"
                " (2, 1, 20260301080100, 1, 0, 1, 1, 0, 2, '1', '');"
                "UPDATE ledger SET last = 2 WHERE stream = 'punch'")
            with Server("--store", url) as server:
                self.assertEqual([p["workCode"] for p in server.api.punches()], ["", ""])
            self.assertEqual(database.sql("SELECT uncoded, last FROM ledger WHERE stream = 'punch'",
                                          "b"), [["2", "2"]])

    def test_a_device_with_a_key_is_proven_where_it_was_last(self):
        with Postgres() as database:
            url = make_old(
                database, "a", 11,
                "INSERT INTO device (sn, state, comm_key, address) VALUES"
                " ('OLDKEY', 1, 'secret', '127.0.0.5'), ('OLDNEW', 1, 'secret', NULL),"
                " ('OLDFREE', 1, '', '127.0.0.5')")
            with Server("--store", url) as server:
                rows = {r["sn"]: r["provenAddress"] for r in server.api.get("/api/devices")["data"]}
                self.assertEqual(rows, {"OLDKEY": "127.0.0.5", "OLDNEW": None, "OLDFREE": None})
                for sn, source, status in (
                        ("OLDKEY", "127.0.0.5", 200), ("OLDKEY", "127.0.0.6", 401),
                        ("OLDNEW", "127.0.0.5", 401), ("OLDFREE", "127.0.0.6", 200)):
                    clock = Device(server, sn, source=source)
                    self.assertEqual(clock.punch((1, "2026-03-01 08:00:00")).status, status,
                                     (sn, source))
                # With its key it is proven where it shows it.
                self.assertEqual(Device(server, "OLDNEW", key="secret",
                                        source="127.0.0.9").handshake().status, 200)
                self.assertEqual(server.api.device("OLDNEW")["provenAddress"], "127.0.0.9")


if __name__ == "__main__":
    tap.main()
