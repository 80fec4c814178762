#!/usr/bin/env python3
"""Peers that read slowly or not at all, and connections that send half of a request: they hold
little memory and no thread, and when they are silent for long enough they are closed."""

import os
import re
import resource
import socket
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, attlog  # noqa: E402
from large_uploads import Heartbeats  # noqa: E402
from serve import Server, Wire, request, until  # noqa: E402

MB = 1 << 20
PIECE = 64 << 10  # Python clears so much room for each piece that it reads
PATIENCE_S = 300
GROWTH = 64 * MB
IDLE_S = 3


class Reader:
    """A request to the administrator's address, of which the reply is not read by itself."""

    def __init__(self, server, target):
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.sock.settimeout(PATIENCE_S)
        self.sock.connect(server.admin)
        self.sock.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n"
                          f"Authorization: Bearer {server.token}\r\n\r\n".encode())
        self.data = b""

    def read(self, n):
        piece = self.sock.recv(n)
        self.data += piece
        return piece

    def status(self):
        while b"\r\n" not in self.data and self.read(512):
            pass
        return int(self.data[9:12])

    def closed(self):
        """Whether the server ended it; what lies in buffers is read first."""
        try:
            while self.sock.recv(PIECE):
                pass
        except ConnectionResetError:
            pass
        except socket.timeout:
            return False
        return True

    def close(self):
        self.sock.close()


class Slow(unittest.TestCase):
    flags = ()

    def setUp(self):
        self.server = Server("--new-devices", "approve", *self.flags)
        self.addCleanup(self.server.close)
        self.clock = Device(self.server, sn="CLOCK")
        self.clock.options()
        Device(self.server, sn="NEIGHBOUR").options()

    def metric(self, name):
        text = self.server.api.raw("GET", "/metrics")[2].decode()
        return sum(int(n) for n in re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\d+)$", text, re.M))

    def punches(self, n):
        """Have so many punches in the ledger."""
        for first in range(0, n, 200000):
            body = b"".join(b"%d\t2024-07-01 08:00:00\n" % i
                            for i in range(first, min(n, first + 200000)))
            with Wire(self.server.devices, timeout=PATIENCE_S) as w:
                w.send(request("POST", "/iclock/cdata?SN=CLOCK&table=ATTLOG&Stamp=1", body))
                self.assertEqual(w.reply().status, 200)

    def readers(self, count, target):
        readers = [Reader(self.server, target) for _ in range(count)]
        for r in readers:
            self.addCleanup(r.close)
        return readers

    def all_is_well(self):
        """Requests of both kinds, each answered."""
        beats = Heartbeats(self.server, "NEIGHBOUR")
        beats.start()
        for _ in range(50):
            self.assertEqual(self.server.api.raw("GET", "/healthz")[0], 200)
        self.assertEqual(self.server.api.raw("GET", "/api/devices/CLOCK")[0], 200)
        self.assertEqual(self.clock.punch(("1", "2024-01-01 00:00:00")).status, 200)
        until(lambda: len(beats.took) > 20, PATIENCE_S)
        beats.stop.set()
        beats.join()
        self.assertEqual(beats.wrong, [])

    def within(self, base, limit=GROWTH):
        grown = self.server.rss() - base
        print(f"# {self._testMethodName}: {grown / MB:.1f} MB")
        self.assertLess(grown, limit * (6 if self.server.sanitized() else 1))


class Memory(Slow):
    def test_slow_readers_of_an_export_hold_a_piece_each(self):
        n = 100000 if self.server.sanitized() else 1000000
        self.punches(n)
        base = self.server.rss()
        readers = self.readers(50, "/api/punches?format=csv")
        taken = [r for r in readers if r.status() == 200]
        self.assertEqual(len(taken), 32)
        self.assertEqual({r.status() for r in readers if r not in taken}, {503})
        for _ in range(5):
            for r in taken:
                r.read(100)
        self.all_is_well()
        self.within(base)
        # One reads on, beside the others, and gets all of it.
        first, size, end = taken[0], 0, b""
        lines = first.data.split(b"\r\n\r\n", 1)[1].count(b"\n")
        while not end.endswith(b"0\r\n\r\n"):
            piece = first.sock.recv(PIECE)
            self.assertTrue(piece, "the export broke off")
            size += len(piece)
            lines += piece.count(b"\n")
            end = (end + piece)[-16:]
        print(f"# an export of {size / MB:.0f} MB")
        self.assertGreater(lines, n)
        self.within(base)

    def test_readers_of_long_lists_that_do_not_read(self):
        self.punches(20000)
        base = self.server.rss()
        self.readers(50, "/api/punches?limit=10000")
        self.all_is_well()
        # Each list is about 3 MB, and all of them may be made by now; class Charged has the bound.
        self.within(base, 50 * 3 * MB + GROWTH)

    def test_readers_of_the_description_that_do_not_read(self):
        base = self.server.rss()
        self.readers(300, "/api/openapi.json")
        self.all_is_well()
        self.within(base, 32 * MB)

    def test_streams_that_are_not_read(self):
        base = self.server.rss()
        self.readers(50, "/api/events")
        follower, = self.readers(1, "/api/events?after=0")
        n = 20000 if self.server.sanitized() else 100000
        self.punches(n)
        self.all_is_well()
        seen = b""
        while b"id: %d\n" % n not in seen:
            piece = follower.sock.recv(PIECE)
            self.assertTrue(piece, "the stream broke off")
            seen = (seen + piece)[-2 * PIECE:]
        self.within(base)


class Charged(Slow):
    flags = ("--memory-limit", str(32 * MB))

    def test_replies_that_wait_for_their_reader_are_charged(self):
        self.punches(20000)
        readers = self.readers(50, "/api/punches?limit=10000")
        statuses = [r.status() for r in readers]
        self.assertEqual(set(statuses), {200, 503})
        self.assertLessEqual(self.metric("gatehouse_memory_used_bytes"), 40 * MB)
        self.assertGreater(self.metric("gatehouse_memory_used_bytes"), 16 * MB)
        refused = readers[statuses.index(503)]
        while b"\r\n\r\n" not in refused.data:
            refused.read(4096)
        self.assertIn(b"Retry-After: ", refused.data)
        self.all_is_well()
        self.doCleanups_of(readers)
        until(lambda: self.metric("gatehouse_memory_used_bytes") < MB)

    @staticmethod
    def doCleanups_of(readers):
        for r in readers:
            r.close()


class Silence(Slow):
    flags = ("--idle-timeout", str(IDLE_S))

    def test_readers_that_stop_are_closed(self):
        self.punches(100000)
        exports = self.readers(20, "/api/punches?format=csv")
        lists = self.readers(20, "/api/punches?limit=10000")
        for r in exports:
            self.assertEqual(r.status(), 200)
        until(lambda: self.metric("gatehouse_http_connections") <= 1, PATIENCE_S)
        until(lambda: self.metric("gatehouse_memory_used_bytes") < MB, PATIENCE_S)
        for r in exports + lists:
            self.assertTrue(r.closed())
        fresh, = self.readers(1, "/api/punches?format=csv")
        self.assertEqual(fresh.status(), 200)

    def test_streams_that_are_not_read_are_closed(self):
        self.readers(20, "/api/events?after=0")
        until(lambda: self.metric("gatehouse_event_streams") == 20)
        self.punches(100000)
        until(lambda: self.metric("gatehouse_event_streams") == 0, PATIENCE_S)

    def test_half_of_a_request_is_closed(self):
        wires = []
        upload = request("POST", "/iclock/cdata?SN=CLOCK&table=ATTLOG",
                         attlog(*(("1", "2024-01-01 00:00:00"),) * 2000))
        for i in range(500):
            s = socket.create_connection(self.server.devices, PATIENCE_S)
            self.addCleanup(s.close)
            s.sendall((b"", b"GET /iclock/getr", upload[:200], upload[:-1])[i % 4])
            wires.append(s)
        self.all_is_well()
        until(lambda: self.metric("gatehouse_http_connections") <= 1, PATIENCE_S)
        until(lambda: self.metric("gatehouse_memory_used_bytes") < MB, PATIENCE_S)


class Strangers(unittest.TestCase):
    """What comes from anywhere leaves room for those it is for."""

    def setUp(self):
        self.server = Server("--connections", "1000")
        self.addCleanup(self.server.close)
        self.clock = Device(self.server, sn="CLOCK")
        self.clock.handshake()
        self.server.api.approve("CLOCK")
        self.clock.options()

    def uploads(self, size=1000):
        body = b"".join(b"%d\t2024-07-01 08:00:00\n" % i for i in range(size))
        return self.clock.upload("ATTLOG", body).status

    def send(self, data, source=None):
        s = socket.create_connection(self.server.devices, PATIENCE_S,
                                     (source, 0) if source else None)
        self.addCleanup(s.close)
        s.sendall(data)

    def used(self):
        text = self.server.api.raw("GET", "/metrics")[2].decode()
        return int(re.search(r"^gatehouse_memory_used_bytes (\d+)$", text, re.M)[1])

    def test_half_sent_bodies_stop_no_upload(self):
        body = b"x" * (15 * MB)
        for i in range(17):
            self.send(request("POST", f"/iclock/cdata?SN=STRANGER{i}&table=OPERLOG", body)[:-1])
        self.assertEqual(self.uploads(), 200)
        self.assertLess(self.used(), MB)
        # Some that name the clock, from elsewhere: they get their share and no more.
        for i in range(17):
            try:
                self.send(request("POST", "/iclock/cdata?SN=CLOCK&table=OPERLOG", body)[:-1],
                          "127.0.0.2")
            except ConnectionError:
                pass  # refused amid the body
        self.assertEqual(self.uploads(40000), 200)
        self.assertEqual(self.server.api.raw("GET", "/healthz")[0], 200)

    def test_half_sent_heads_shut_no_other_out(self):
        n = 5000
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 3 * n), hard))
        for i in range(n):
            self.send(b"GET /iclock/getrequest?SN=CLOCK HTTP/1.1\r\nHost:")
            if i % 500 == 499:
                self.assertEqual(self.clock.poll(), [])
        self.assertEqual(self.uploads(), 200)
        self.assertEqual(self.server.api.raw("GET", "/api/devices/CLOCK")[0], 200)


if __name__ == "__main__":
    tap.main()
