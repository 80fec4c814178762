#!/usr/bin/env python3
"""A large upload costs a bounded amount of memory, and other clocks are served meanwhile."""

import os
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, Wire, request  # noqa: E402

MB = 1 << 20
BODY = 16 * MB
COST = 32 * MB
DELAY_S = 0.05
PATIENCE_S = 300
KEEP = [("Host", "127.0.0.1"), ("Connection", "keep-alive")]


def peak(server):
    """The most memory the process ever had resident."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as f:
        for line in f:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("no VmHWM")


def body_of(form, limit):
    """As many different lines as fit into `limit` bytes."""
    parts, size, n = [], 0, 0
    while True:
        line = form % n
        if size + len(line) > limit:
            return "".join(parts).encode(), n
        parts.append(line)
        size += len(line)
        n += 1


class Heartbeats(threading.Thread):
    """A clock that polls on a connection of its own, and how long each poll took."""

    def __init__(self, server, sn):
        super().__init__()
        self.server, self.sn = server, sn
        self.stop = threading.Event()
        self.took = []
        self.wrong = []

    def run(self):
        with Wire(self.server.devices, timeout=PATIENCE_S) as w:
            while not self.stop.is_set():
                start = time.monotonic()
                w.send(request("GET", f"/iclock/getrequest?SN={self.sn}", headers=KEEP))
                reply = w.reply()
                self.took.append(time.monotonic() - start)
                if reply.body != b"OK":
                    self.wrong.append(reply)
                self.stop.wait(0.01)


class LargeUploads(unittest.TestCase):
    def upload(self, table, form, cost_limit):
        with Server("--new-devices", "approve") as server:
            Device(server, sn="NEIGHBOUR").options()
            clock = Device(server, sn="LARGE")
            clock.options()
            body, n = body_of(form, BODY // 8 if server.sanitized() else BODY)
            beats = Heartbeats(server, "NEIGHBOUR")
            before = peak(server)
            beats.start()
            with Wire(server.devices, timeout=PATIENCE_S) as w:
                start = time.monotonic()
                w.send(request("POST", f"/iclock/cdata?SN=LARGE&table={table}&Stamp=1", body))
                reply = w.reply()
                took = time.monotonic() - start
            beats.stop.set()
            beats.join()
            cost = peak(server) - before
            slow = sorted(beats.took)
            print(f"# {table}: {n} records in {took:.1f} s, {cost / MB:.1f} MB, "
                  f"{len(slow)} heartbeats, the slowest {slow[-1] * 1000:.1f} ms")
            self.assertEqual(reply.body, b"OK:%d" % n)
            self.assertEqual(beats.wrong, [])
            self.assertGreater(len(slow), 10)
            if server.sanitized():  # several times as slow and as large
                return
            # A busy machine delays single replies; work that blocks a thread delays many.
            self.assertLess(slow[int(len(slow) * 0.95)], DELAY_S)
            self.assertLessEqual(cost, cost_limit)

    def test_an_operlog_of_tiny_records(self):
        self.upload("OPERLOG", "USER PIN=%d\n", COST)

    def test_an_attlog_of_tiny_records(self):
        # 50,000 punches wait to be appended together.
        self.upload("ATTLOG", "%d\t2024-07-01 08:00:00\n", COST + 8 * MB)


if __name__ == "__main__":
    tap.main()
