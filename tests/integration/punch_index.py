#!/usr/bin/env python3
"""The index beside the ledger is made while the server runs, goes on after a kill, and whatever
of it there is, lists of a PIN, a day and a device have every punch."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
import serve  # noqa: E402
import tap  # noqa: E402
from device import Device, attlog  # noqa: E402

PART = 32768  # numbers of a part of the index, 8 blocks
DEADLINE = 120


class PunchIndex(unittest.TestCase):
    def blocks(self, server):
        with server.database() as db:
            return db.execute("SELECT count(*) FROM punch_block").fetchone()[0]

    def upload(self, server, first, n):
        """Punch i is of PIN i % 1000, on a day of each ten thousand."""
        clock = Device(server, "INDEX")
        clock.handshake()
        for start in range(first, first + n, 10000):
            rows = [(i % 1000, f"2026-03-{1 + i // 10000:02} {i // 3600 % 24:02}:{i // 60 % 60:02}"
                               f":{i % 60:02}", 0, i % 10000) for i in range(start, start + 10000)]
            reply = clock.post("/iclock/cdata?SN=INDEX&table=ATTLOG&Stamp=1", attlog(*rows))
            self.assertEqual(reply.status, 200, reply)

    def listed(self, server, query):
        page = server.api.get("/api/punches?limit=10000&" + query)
        return [row["seq"] for row in page["data"]]

    def check(self, server, n):
        seqs = range(1, n + 1)  # punch i has number i + 1
        self.assertEqual(self.listed(server, "pin=77"), [s for s in seqs if (s - 1) % 1000 == 77])
        self.assertEqual(self.listed(server, "pin=77&from=2026-03-03&to=2026-03-05"),
                         [s for s in seqs if (s - 1) % 1000 == 77 and 20000 < s <= 50000])
        self.assertEqual(self.listed(server, "from=2026-03-04&to=2026-03-04"),
                         [s for s in seqs if 30000 < s <= 40000])
        self.assertEqual(self.listed(server, "pin=nobody"), [])
        self.assertEqual(self.listed(server, f"device=INDEX&after={n - 5}"),
                         list(range(n - 4, n + 1)))

    def test_it_is_made_while_the_server_runs_and_goes_on_after_a_kill(self):
        with serve.Server("--new-devices", "approve") as server:
            self.upload(server, 0, 70000)
            self.check(server, 70000)
            serve.until(lambda: self.blocks(server) == 70000 // PART * 8, DEADLINE)
            self.check(server, 70000)
            server.kill()
            server.start()
            self.check(server, 70000)
            self.upload(server, 70000, 40000)
            serve.until(lambda: self.blocks(server) == 110000 // PART * 8, DEADLINE)
            self.check(server, 110000)


if __name__ == "__main__":
    tap.main()
