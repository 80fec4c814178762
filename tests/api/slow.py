#!/usr/bin/env python3
"""Queries without an end delay no other request.

The table of malformed records is replaced by a view that has no end and no row, so a list of it
ends only when it is stopped."""

import os
import select
import sqlite3
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import DEADLINE, Server, Wire  # noqa: E402

LIST_THREADS = 4
WAITING = 64

ENDLESS = """
DROP TABLE quarantine;
CREATE VIEW quarantine AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
SELECT i AS id, 1 AS device, 0 AS received_ms, '' AS source, 0 AS line, 0 AS offset,
    '' AS reason, x'' AS raw FROM n WHERE i < 0;
"""


def server_with_an_endless_list():
    server = Server("--new-devices", "approve")
    Device(server).options()  # the list is of what devices sent
    server.terminate()
    with sqlite3.connect(os.path.join(server.data, "gatehouse.db")) as db:
        db.executescript(ENDLESS)
    db.close()
    return server.start()


class Slow(unittest.TestCase):
    def setUp(self):
        self.server = server_with_an_endless_list()
        self.addCleanup(self.server.close)
        self.wires = []

    def tearDown(self):
        for wire in self.wires:
            wire.close()

    def send_request(self, path):
        """A request whose answer is not waited for."""
        wire = Wire(self.server.admin)
        self.wires.append(wire)
        wire.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                  f"{self.server.token}\r\n\r\n".encode())
        return wire

    def endless(self, n):
        return [self.send_request("/api/quarantine") for _ in range(n)]

    def test_two_stop_neither_health_nor_the_live_stream_nor_a_clock(self):
        d = Device(self.server)
        d.options()
        stream = self.send_request("/api/events")
        while b"retry" not in stream.buffer:
            stream._more()
        slow = self.endless(2)
        for _ in range(10):
            self.assertEqual(self.server.api.raw("GET", "/healthz")[0], 200)
            self.assertEqual(self.server.api.raw("GET", "/readyz")[0], 200)
            self.assertEqual(d.poll(), [])
        d.punch(("1", "2024-01-01 08:00:00"))
        while b"id: 1\n" not in stream.buffer:
            stream._more()
        self.assertEqual(self.server.api.device(d.sn)["sn"], d.sn)
        self.assertEqual(len(self.server.api.punches(device=d.sn)), 1)
        for wire in slow:
            self.assertEqual(wire.buffer, b"")

    def test_one_whose_client_left_is_stopped(self):
        for wire in self.endless(LIST_THREADS):
            wire.close()
        # Every thread for lists had one; this one is answered when one of them was stopped.
        self.assertEqual(self.server.api.get("/api/punches")["count"], 0)

    def test_too_many_are_refused(self):
        over = 10
        wires = {w.sock: w for w in self.endless(LIST_THREADS + WAITING + over)}
        refused = 0
        while refused < over:
            ready, _, _ = select.select(list(wires), [], [], DEADLINE)
            self.assertTrue(ready, f"{refused} of {over} were refused")
            for sock in ready:
                reply = wires.pop(sock).reply()
                self.assertEqual((reply.status, reply.get("Retry-After")), (503, "1"))
                refused += 1
        self.assertEqual(self.server.api.raw("GET", "/healthz")[0], 200)

    def test_they_do_not_hold_up_the_end(self):
        self.endless(LIST_THREADS + 3)
        self.assertEqual(self.server.api.raw("GET", "/healthz")[0], 200)
        self.assertEqual(self.server.terminate(), 0)


if __name__ == "__main__":
    tap.main()
