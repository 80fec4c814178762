#!/usr/bin/env python3
"""Punches that came before --keep-punches are removed while the server runs: what is left has its
numbers, a log that comes again brings back none of them, and a cursor that was not as far is refused."""

import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import postgres  # noqa: E402
import tap  # noqa: E402
from device import Device, attlog  # noqa: E402
from large_sites import number  # noqa: E402
from retention import aged, retention  # noqa: E402
from serve import Server, program, until  # noqa: E402

DEADLINE = 120


def rows(first, n):
    """Punch i is of PIN i % 50, a minute apart."""
    return [(i % 50, f"2026-03-{1 + i // 1440:02} {i // 60 % 24:02}:{i % 60:02}:00")
            for i in range(first, first + n)]


def upload(server, log, step=2000, sn="CLOCK"):
    clock = Device(server, sn)
    for i in range(0, len(log), step):
        part = log[i:i + step]
        reply = clock.upload("ATTLOG", attlog(*part))
        assert reply.body == b"OK:%d" % len(part), reply


def store_check(server):
    url = server.store or "sqlite:" + os.path.join(server.data, "gatehouse.db")
    done = subprocess.run([program(), "store", "check", url], capture_output=True, text=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout


def metric(server, name):
    text = server.api.raw("GET", "/metrics")[2].decode()
    return int(next(line for line in text.splitlines() if line.startswith(name + " ")).split()[1])


def seqs(server, query):
    found, after = [], 0
    while True:
        page = server.api.get(f"/api/punches?limit=10000&{query}&after={after}")
        found += [row["seq"] for row in page["data"]]
        if not page["more"]:
            return found
        after = page["next"]


class PunchRetention(unittest.TestCase):
    def refused(self, server, path, headers=None):
        status, _, data = server.api.raw("GET", path, headers=headers or {})
        self.assertEqual((status, json.loads(data)["code"]), (409, "before_the_floor"), path)
        self.assertIn("Punches up to 60 were removed for their age", json.loads(data)["error"])

    def test_what_is_left_keeps_its_numbers_and_a_whole_log_brings_back_nothing(self):
        with Server("--new-devices", "approve", "--keep-punches", "30") as server:
            Device(server, sn="CLOCK").options()
            log = rows(0, 100)
            upload(server, log)
            server.terminate()
            aged(server, "punch", 31, "seq <= 60")
            server.start()
            until(lambda: retention(server)["punches"] == {"days": 30, "removed": 60}, DEADLINE)
            self.assertEqual(server.api.get("/api/status")["data"]["data"]["punches"], 40)
            self.assertEqual(metric(server, "gatehouse_stored_punches"), 40)
            self.assertEqual(metric(server, "gatehouse_ledger_seq"), 100)
            self.assertEqual(metric(server, 'gatehouse_expired_total{kind="punches"}'), 60)

            page = server.api.get("/api/punches?limit=3")
            self.assertEqual(([r["seq"] for r in page["data"]], page["floor"]), ([61, 62, 63], 60))
            self.assertEqual(seqs(server, "pin=7"), [seq for seq in range(61, 101) if seq % 50 == 8])
            # A reader that had not read them all is refused.
            for path, headers in (("/api/punches?after=59", {}), ("/api/attendance?after=1", {}),
                                  ("/api/punches.csv?after=5", {}), ("/api/events?after=59", {}),
                                  ("/api/events", {"Last-Event-ID": "59"})):
                self.refused(server, path, headers)
            self.assertEqual(server.api.get("/api/punches?after=60&limit=1")["data"][0]["seq"], 61)

            # The whole log once more, and with it what is new, and a clock whose date is wrong.
            upload(server, log + [(1, "2026-03-01 00:00:30"), (1, "2000-01-01 00:00:05"),
                                  (1, "2010-01-01 08:00:00")])
            self.assertEqual(metric(server, "gatehouse_punches_expired_total"), 60)
            self.assertEqual(metric(server, "gatehouse_punches_total"), 3)
            self.assertEqual(seqs(server, "device=CLOCK"), list(range(61, 104)))
            server.restart()
            self.assertEqual(server.api.get("/api/punches?limit=1")["floor"], 60)
            self.refused(server, "/api/punches?after=59")
            upload(server, log)
            self.assertEqual(server.api.get("/api/status")["data"]["data"]["punches"], 43)
            server.terminate()
            self.assertEqual(store_check(server),
                             (0, "note: punches 1 to 60 were removed for their age\n"
                                 "nothing found\n"))

    def test_a_kill_in_the_middle_leaves_no_hole_and_no_double(self):
        n = 70000
        log = rows(0, n)
        with Server("--new-devices", "approve", "--keep-punches", "30") as server:
            Device(server, sn="CLOCK").options()
            upload(server, log, 10000)
            # The index beside the ledger has two parts, of which one will go.
            until(lambda: number(server, "SELECT count(*) FROM punch_block") == 16, DEADLINE)
            server.terminate()
            aged(server, "punch", 31, f"seq <= {n - 100}")
            server.start()
            for _ in range(3):
                before = retention(server)["punches"]["removed"]
                until(lambda: retention(server)["punches"]["removed"] > before
                      or before == n - 100, DEADLINE, 0.005)
                server.kill()
                left = number(server, "SELECT count(*) FROM punch")
                floor = number(server, "SELECT floor FROM ledger WHERE stream = 'punch'")
                self.assertEqual(left, n - floor)
                self.assertEqual(number(server, "SELECT min(seq) FROM punch"), n - left + 1)
                server.start()
            until(lambda: retention(server)["punches"]["removed"] == n - 100, DEADLINE)
            self.assertEqual(number(server, "SELECT count(*) FROM punch_block"), 8)
            self.assertEqual(number(server, "SELECT count(*) FROM punch_pin"
                                            f" WHERE id % {1 << 40} = 1"), 0)
            upload(server, log, 10000)
            self.assertEqual(server.api.get("/api/status")["data"]["data"]["punches"], 100)
            self.assertEqual(seqs(server, "pin=7"), [s for s in range(n - 99, n + 1) if s % 50 == 8])
            self.assertEqual(seqs(server, "device=CLOCK"), list(range(n - 99, n + 1)))
            server.terminate()
            self.assertEqual(store_check(server)[0], 0)

    def test_a_day_with_many_is_looked_into_at_one_place(self):
        if not os.environ.get("GATEHOUSE_TEST_POSTGRES"):
            self.skipTest("of PostgreSQL; SQLite reads a day once an upload")
        with Server("--new-devices", "approve") as server:
            hashes = "SELECT substring(sha256(int8send(i)) FROM 1 FOR 8) h FROM generate_series"
            postgres.psql(server.store, "INSERT INTO punch_removed SELECT 1, 20260301, 100000,"
                          f" count(*), string_agg(h, ''::bytea ORDER BY h) FROM ({hashes}"
                          "(1::bigint, 100000) i) t")
            look = f"""SELECT count(*) FROM ({hashes}(99001::bigint, 101000) i OFFSET 0) t
                WHERE EXISTS (SELECT FROM punch_removed r WHERE r.device = 1 AND r.day = 20260301
                    AND gh_removed_has(r.hashes, r.n, t.h))"""
            self.assertEqual(postgres.psql(server.store, look), [["1000"]])
            plan = json.loads(postgres.psql(
                server.store, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + look)[0][0])
            blocks = sum(plan[0]["Plan"][f"Shared {word} Blocks"] for word in ("Hit", "Read"))
            # 800 KB are a hundred blocks, and more in the table behind.
            self.assertLess(blocks / 2000, 20)
            # What a device could choose is found as well.
            postgres.psql(server.store, "INSERT INTO punch_removed SELECT 2, 20260301, 1, 3000,"
                          " string_agg(decode(lpad(to_hex(i), 16, '0'), 'hex'), ''::bytea ORDER BY i)"
                          " FROM generate_series(1, 3000) i")
            self.assertEqual(postgres.psql(server.store, """SELECT count(*) FROM generate_series(0, 3010) i,
                punch_removed r WHERE r.device = 2 AND gh_removed_has(r.hashes, r.n,
                    decode(lpad(to_hex(i), 16, '0'), 'hex'))"""), [["3000"]])


if __name__ == "__main__":
    tap.main()
