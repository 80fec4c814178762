#!/usr/bin/env python3
"""One budget for the memory of requests: when it is used up, large requests are refused and come
again, and small ones are served."""

import os
import re
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, Wire, free_port, request, until  # noqa: E402

MB = 1 << 20
CEILING = 32 * MB
HELD = 15_690_000  # two of them leave little of what devices may take, 15/16 of the ceiling

ELSEWHERE = ("127.0.0.2", "127.0.0.3")  # half of it is the most one address may hold


class Budget(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--new-devices", "approve", "--memory-limit", str(CEILING))
        cls.addClassCleanup(cls.server.close)

    def metric(self, name):
        text = self.server.api.raw("GET", "/metrics")[2].decode()
        return int(re.search(rf"^gatehouse_memory_{name} (\d+)$", text, re.M)[1])

    def exhaust(self):
        """Hold bodies that lack their last byte."""
        for source in ELSEWHERE:
            wire = Wire(self.server.devices, source=source)
            self.addCleanup(wire.close)
            wire.send(request("POST", "/iclock/cdata?SN=HOLDER&table=OPERLOG",
                              b"x" * HELD)[:-1])
        until(lambda: self.metric("used_bytes") >= 2 * HELD - 2 * 65536)

    def released(self):
        self.doCleanups()
        until(lambda: self.metric("used_bytes") < MB)

    def test_what_is_refused_comes_again_and_heartbeats_go_on(self):
        clock = Device(self.server)
        clock.options()
        body = b"".join(b"USER PIN=%d\tName=N\n" % n for n in range(10000))
        refusals = self.metric("refusals_total")
        self.exhaust()
        for _ in range(20):
            reply = clock.get(f"/iclock/getrequest?SN={clock.sn}")
            self.assertEqual((reply.status, reply.body), (200, b"OK"))
        self.assertEqual(clock.handshake().status, 200)
        self.assertEqual(Device(self.server).handshake().status, 200)
        reply = clock.upload("OPERLOG", body, 7)
        self.assertEqual(reply.status, 503)
        self.assertEqual(reply.get("Retry-After"), "30")
        self.assertEqual(clock.get(f"/iclock/getrequest?SN={clock.sn}").body, b"OK")
        self.assertGreater(self.metric("refusals_total"), refusals)
        self.assertEqual(self.metric("ceiling_bytes"), CEILING)
        memory = self.server.api.get("/api/status")["data"]["server"]["memory"]
        self.assertEqual(memory["ceiling"], CEILING)
        self.assertGreaterEqual(memory["used"], 2 * HELD - 2 * 65536)
        self.released()
        self.assertEqual(clock.upload("OPERLOG", body, 7).body, b"OK:10000")
        self.assertTrue(self.server.alive())

    def test_a_part_is_left_to_the_administrator(self):
        self.exhaust()
        status, _, _ = self.server.api.raw("POST", "/api/commands", b"{" + b" " * 200000)
        self.assertEqual(status, 400)
        self.released()

    def test_parsed_records_are_charged(self):
        # A body that fits, and records that do not: 20 bytes become a struct of 200.
        clock = Device(self.server)
        clock.options()
        wire = Wire(self.server.devices, source=ELSEWHERE[0])
        self.addCleanup(wire.close)
        wire.send(request("POST", "/iclock/cdata?SN=HOLDER&table=OPERLOG", b"x" * HELD)[:-1])
        second = Wire(self.server.devices, source=ELSEWHERE[1])
        self.addCleanup(second.close)
        second.send(request("POST", "/iclock/cdata?SN=HOLDER&table=OPERLOG",
                            b"x" * (HELD - 2 * MB))[:-1])
        until(lambda: self.metric("used_bytes") >= 2 * HELD - 2 * MB - 2 * 65536)
        body = b"".join(b"%d\t2024-07-01 08:00:00\n" % n for n in range(40000))
        reply = clock.upload("ATTLOG", body, 7)
        self.assertEqual(reply.status, 503)
        self.assertEqual(reply.get("Retry-After"), "30")
        self.released()
        self.assertEqual(clock.upload("ATTLOG", body, 7).body, b"OK:40000")
        self.assertEqual(len(self.server.api.punches(device=clock.sn)), 40000)

    def test_what_was_charged_is_released(self):
        clock = Device(self.server)
        clock.options()
        for _ in range(20):
            clock.upload("OPERLOG", b"USER PIN=1\tName=N\n" * 5000, 7)
            clock.upload("ATTLOG", b"1\t2024-07-01 08:00:00\n" * 5000, 7)
        until(lambda: self.metric("used_bytes") < 65536)


class OneListener(unittest.TestCase):
    """Where devices and people have one listener, room is left to people."""

    def start(self, *flags):
        at = ("127.0.0.1", free_port())
        server = Server("--new-devices", "approve", *flags, start=False, stay=True)
        self.addCleanup(server.close)
        server.devices = server.admin = at
        return server.start()

    def test_devices_leave_connections(self):
        server = self.start("--connections", "32")
        for i in range(40):
            wire = Wire(server.devices, source=f"127.0.0.{2 + i % 4}")
            self.addCleanup(wire.close)
            wire.send(request("GET", "/iclock/getrequest?SN=CROWD", headers=[("Host", "x")]))
            wire.reply()
        for _ in range(20):
            server.api.get("/api/status")

    def test_devices_leave_memory(self):
        server = self.start("--memory-limit", str(CEILING))
        for source in ELSEWHERE:
            wire = Wire(server.devices, source=source)
            self.addCleanup(wire.close)
            wire.send(request("POST", "/iclock/cdata?SN=HOLDER&table=OPERLOG", b"x" * HELD)[:-1])
        used = lambda: int(re.search(r"^gatehouse_memory_used_bytes (\d+)$",
                                     server.api.raw("GET", "/metrics")[2].decode(), re.M)[1])
        until(lambda: used() >= 2 * HELD - 2 * 65536)
        wire = Wire(server.devices, source="127.0.0.4")
        self.addCleanup(wire.close)
        wire.send(request("POST", "/iclock/cdata?SN=HOLDER&table=OPERLOG", b"x" * 200000))
        self.assertEqual(wire.reply().status, 503)
        self.assertEqual(server.api.raw("POST", "/api/commands", b"{" + b" " * 200000)[0], 400)


class GivenBack(unittest.TestCase):
    def setUp(self):
        self.server = Server("--new-devices", "approve")
        self.addCleanup(self.server.close)
        if self.server.sanitized():
            self.skipTest("a sanitizer keeps what is freed")
        self.clocks = [Device(self.server) for _ in range(8)]
        for clock in self.clocks:
            clock.options()

    def falls_back(self, before):
        until(lambda: self.server.rss() < before + 16 * MB, 60)

    def test_the_memory_of_tiny_records_goes_back(self):
        before = self.server.rss()
        body = b"USER PIN=1\n" * (16 * MB // 11)
        self.assertEqual(self.clocks[0].upload("OPERLOG", body, 7).body,
                         b"OK:%d" % (16 * MB // 11))
        self.falls_back(before)

    def test_the_memory_of_large_uploads_goes_back(self):
        before = self.server.rss()
        body = b"".join(b"USER PIN=%d\tName=%s\n" % (n, b"N" * 200) for n in range(20000))
        threads = [threading.Thread(target=clock.upload, args=("OPERLOG", body, 7))
                   for clock in self.clocks for _ in range(3)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.falls_back(before)


if __name__ == "__main__":
    tap.main()
