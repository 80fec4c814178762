#!/usr/bin/env python3
"""Hostile and broken peers: clear errors, bounded memory, and no effect on other devices.

While every attack runs, a well-behaved clock uploads and polls beside it; afterwards all it sent
must have arrived, and the server must not have grown."""

import gzip
import io
import os
import random
import resource
import socket
import sys
import tarfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, attlog  # noqa: E402
from fleet import Clock, Fleet, Ledger  # noqa: E402
from serve import BadReply, Server, Wire, send_request, request, until  # noqa: E402

MB = 1 << 20
GROWTH = 192 * MB  # of resident memory, over all attacks; sanitizers take several times as much
server = None
base = 0


def setUpModule():
    global server, base
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))
    quarantine = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4"
    server = Server("--new-devices", "approve", env={"ASAN_OPTIONS": quarantine})
    unittest.addModuleCleanup(server.close)
    d = Device(server)
    d.options()
    for i in range(50):
        d.punch((str(i), "2024-01-01 00:00:00"))
    base = server.rss()
    unittest.addModuleCleanup(lambda: print(
        f"# {base // MB} MB resident before the attacks, {server.rss() // MB} MB after"))


class Attack(unittest.TestCase):
    """Each claim runs beside a clock that must not be harmed."""

    number = 0

    def setUp(self):
        Attack.number += 1
        self.clock = Clock(lambda: server.devices, f"GOOD{Attack.number:04d}", 1, pause=0.05, batch=3,
                           keep=Attack.number % 2 == 0)
        self.fleet = Fleet([self.clock]).start()
        until(lambda: self.clock.safe > 3)
        self.before = self.clock.safe

    def tearDown(self):
        mark = self.clock.safe
        until(lambda: self.fleet.check_alive() or self.clock.safe > mark)
        self.clock.quiet.set()
        until(self.fleet.drained, 60)
        self.fleet.end()
        self.assertTrue(server.alive(), server.log())
        rows = {(r["pin"], r["timestamp"][:19]) for r in server.api.punches(device=self.clock.sn)}
        self.assertEqual(rows, {(p[0], p[1]) for p in self.clock.log})
        limit = GROWTH * 6 if server.sanitized() else GROWTH
        self.assertLess(server.rss() - base, limit, "the server grew")

    def one(self, *pieces, timeout=60, source=None):
        """Send bytes; the reply's status, or None when the server just closed."""
        with Wire(server.devices, timeout) as wire:
            try:
                wire.send(*pieces)
            except OSError:
                pass  # it may answer and close before it has read everything
            try:
                return wire.reply().status
            except BadReply:
                return None

    def refused(self, *pieces):
        status = self.one(*pieces)
        self.assertTrue(status is None or 400 <= status <= 599, status)
        return status


class Framing(Attack):
    def post(self, *headers, body=b"", sn="EVIL"):
        head = f"POST /iclock/cdata?SN={sn}&table=ATTLOG&Stamp=1 HTTP/1.1\r\nHost: localhost\r\n"
        return (head + "".join(h + "\r\n" for h in headers) + "\r\n").encode("latin-1") + body

    def test_content_lengths_that_are_none(self):
        for value in ("-1", "-0", "abc", "1e3", "0x10", "18446744073709551616", "5, 6", "+5",
                      "5 5", "", "1.5", "9" * 400):
            with self.subTest(value=value[:30]):
                self.refused(self.post(f"Content-Length: {value}", body=b"1\t2024-01-01 00:00:00"))

    def test_two_content_lengths_that_differ(self):
        self.refused(self.post("Content-Length: 5", "Content-Length: 50", body=b"x" * 50))

    def test_a_length_and_chunks_at_once_smuggle_nothing(self):
        d = Device(server)
        d.options()
        inner = request("POST", f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp=1",
                        attlog(("smuggled", "2024-01-01 00:00:00")))
        with Wire(server.devices, 10) as wire:
            wire.send(self.post("Content-Length: 5", "Transfer-Encoding: chunked",
                                body=b"0\r\n\r\n" + inner))
            try:
                first = wire.reply().status
                second = wire.reply().status
            except (BadReply, OSError):
                second = None
        rows = server.api.punches(device=d.sn)
        self.assertTrue(first >= 400 or second is None or not rows,
                        "the length won on one side, the chunks on the other")

    def test_a_body_in_chunks_is_a_body(self):
        d = Device(server)
        d.options()
        body = attlog(("1", "2024-01-01 00:00:00"))
        chunks = b"".join(b"%x\r\n%c\r\n" % (1, c) for c in body) + b"0\r\n\r\n"
        with Wire(server.devices) as wire:
            wire.send(self.post("Transfer-Encoding: chunked", body=chunks, sn=d.sn))
            reply = wire.reply()
        self.assertEqual((reply.status, reply.body), (200, b"OK:1"))

    def test_broken_chunks(self):
        for chunks in (b"zz\r\nhello\r\n0\r\n\r\n", b"-5\r\nhello\r\n0\r\n\r\n",
                       b"ffffffffffffffffff\r\nhello", b"5\r\nhelloX\r\n0\r\n\r\n"):
            with self.subTest(chunks=chunks[:20]):
                self.refused(self.post("Transfer-Encoding: chunked", body=chunks))

    def test_a_chunk_extension_without_end(self):
        try:
            self.assertGreaterEqual(self.one(
                self.post("Transfer-Encoding: chunked", body=b"5;" + b"x" * 100000),
                timeout=1) or 400, 400)
        except TimeoutError:
            pass  # left to the idle timeout

    def test_a_body_announced_too_large_is_refused_unread(self):
        start = time.monotonic()
        status = self.refused(self.post("Content-Length: 1000000000000"))
        self.assertEqual(status, 413)
        self.assertLess(time.monotonic() - start, 5)

    def test_a_body_sent_too_large(self):
        piece = b"x" * MB
        head = self.post("Transfer-Encoding: chunked")
        chunk = b"100000\r\n" + piece + b"\r\n"
        self.refused(head, *([chunk] * 300))

    def test_a_body_cut_short_stores_nothing(self):
        d = Device(server)
        d.options()
        body = attlog(*((str(i), "2024-01-01 00:00:00") for i in range(50)))
        for cut in (0, 1, 30, len(body) - 1):
            with Wire(server.devices, 2) as wire:
                wire.send(request("POST", f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp=9",
                                  body)[:-(len(body) - cut)])
                wire.sock.shutdown(socket.SHUT_WR)
                try:
                    self.assertGreaterEqual(wire.reply().status, 400)
                except (BadReply, OSError):
                    pass  # closed, or left to the idle timeout
        time.sleep(0.2)
        self.assertEqual(server.api.punches(device=d.sn), [])
        self.assertNotEqual(d.options()["ATTLOGStamp"], "9")

    def test_bytes_after_the_body_are_no_punches(self):
        d = Device(server)
        d.options()
        body = attlog(("1", "2024-01-01 00:00:00"))
        with Wire(server.devices) as wire:
            wire.send(request("POST", f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp=9", body,
                              [("Host", "h")]) + attlog(("2", "2024-01-01 00:00:00")))
            self.assertEqual(wire.reply().body, b"OK:1")
            try:
                self.assertGreaterEqual(wire.reply().status, 400)
            except (BadReply, OSError):
                pass
        self.assertEqual([p["pin"] for p in server.api.punches(device=d.sn)], ["1"])


class Heads(Attack):
    def test_request_lines_that_are_none(self):
        for line in (b"\r\n\r\n\r\n\r\n", b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET  HTTP/1.1\r\n\r\n",
                     b"/iclock/cdata HTTP/1.1\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                     b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"\0\0\0\0", b"GET /\0 HTTP/1.1\r\n\r\n",
                     b"GET / HTTP/1.1\r\n: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(500),
                     b"G" * 100000, b"SSH-2.0-x\r\n", b"<html>", os.urandom(3000)):
            with self.subTest(line=line[:30]):
                with Wire(server.devices, 5) as wire:
                    try:
                        wire.send(line)
                        wire.sock.shutdown(socket.SHUT_WR)
                        self.assertGreaterEqual(wire.reply().status, 400)
                    except (BadReply, OSError):
                        pass

    def test_heads_without_end(self):
        for piece, count in ((b"A" * 4096, 1024), (b"X-Pad: " + b"y" * 1000 + b"\r\n", 4000),
                             (b"a: b\r\n", 500000)):
            with self.subTest(piece=piece[:20]):
                self.refused(b"GET /iclock/ping?SN=EVIL HTTP/1.1\r\n", *([piece] * count))
        self.refused(b"GET /iclock/ping?SN=" + b"A" * 10 * MB + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")

    def test_methods_that_make_no_sense(self):
        d = Device(server)
        d.options()
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW", "G",
                       "X" * 1000):
            for path in ("/iclock/cdata", "/iclock/getrequest", "/iclock/devicecmd"):
                with self.subTest(method=method[:20], path=path):
                    status = self.refused(request(method, f"{path}?SN={d.sn}&table=ATTLOG", b"x"))
                    self.assertIsNotNone(status)

    def test_random_bytes_do_not_matter(self):
        rng = random.Random(7)
        whole = request("POST", "/iclock/cdata?SN=FUZZ&table=OPERLOG&Stamp=1",
                        b"USER PIN=1\tName=A\nFP PIN=1\tFID=1\tSize=4\tValid=1\tTMP=AAAA\n")
        for _ in range(300):
            data = bytearray(whole)
            for _ in range(rng.randint(1, 8)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            with Wire(server.devices, 1) as wire:
                try:
                    wire.send(bytes(data))
                    wire.sock.shutdown(socket.SHUT_WR)
                    wire.reply()
                except (BadReply, OSError):
                    pass


class Paths(Attack):
    def test_no_path_leads_to_a_file(self):
        d = Device(server)
        d.options()
        for target in ("/iclock/../../../../etc/passwd", "/iclock/%2e%2e/%2e%2e/etc/passwd",
                       "/iclock/..%2f..%2f..%2fetc%2fpasswd", "/iclock/file?url=/etc/passwd",
                       f"/iclock/file?SN={d.sn}&url=/etc/passwd",
                       f"/iclock/file?SN={d.sn}&url=file:///etc/passwd",
                       f"/iclock/file?SN={d.sn}&url=http://127.0.0.1:{server.admin[1]}/api/devices",
                       f"/iclock/file?SN={d.sn}&url=..%2f..%2fadmin.token",
                       "/iclock/files/../admin.token", "/iclock/admin.token", "//etc/passwd",
                       "/iclock//etc/passwd", "/iclock/\\..\\..\\etc\\passwd",
                       "/iclock/cdata/../../etc/passwd", "/iclock/%00/etc/passwd",
                       "/iclock/....//....//etc/passwd", "file:///etc/passwd", "/gatehouse.db",
                       f"/iclock/gatehouse.db?SN={d.sn}", "/iclock/%252e%252e/etc/passwd"):
            for method in ("GET", "POST"):
                with self.subTest(target=target, method=method):
                    reply = send_request(server.devices, method, target,
                                b"x" if method == "POST" else None)
                    self.assertNotEqual(reply.status, 200)
                    self.assertNotIn(b"root:", reply.body)
                    self.assertNotIn(server.token.encode(), reply.body)
                    self.assertNotIn(b"SQLite", reply.body)

    def test_a_value_cannot_add_header_lines_to_the_reply(self):
        for sn in ("A%0d%0aSet-Cookie:%20x=1", "A%0aB", "A%00B"):
            reply = send_request(server.devices, "GET", f"/iclock/cdata?SN={sn}&options=all")
            self.assertIsNone(reply.get("Set-Cookie"))
            self.assertGreaterEqual(reply.status, 400)

    def test_sql_is_only_text(self):
        d = Device(server)
        d.options()
        pins = ("1'; DROP TABLE punch;--", '1" OR "1"="1', "%", "_", "'", "\\", "1/**/OR/**/1")
        for pin in pins:
            self.assertEqual(d.punch((pin, "2024-01-01 00:00:00")).status, 200)
        self.assertEqual([p["pin"] for p in server.api.punches(device=d.sn)], list(pins))
        for pin in ("%25", "%27", "1'%20OR%20'1'='1", "_"):
            rows = server.api.punches(device=d.sn, pin=pin)
            self.assertLessEqual(len(rows), 1)


class Bodies(Attack):
    def clock_of(self):
        d = Device(server)
        d.options()
        return d

    def test_a_line_of_ten_megabytes(self):
        d = self.clock_of()
        for table in ("ATTLOG", "OPERLOG", "BIODATA", "options", "NEWTABLE", "ATTPHOTO"):
            reply = d.upload(table, b"A" * 10 * MB, 1)
            self.assertIn(reply.status, (200, 413), table)
        reply = d.answer(b"ID=" + b"1" * 10 * MB)
        self.assertIn(reply.status, (200, 413))
        for row in server.api.quarantine(d.sn):
            self.assertLess(len(str(row)), 2 * MB)

    def test_ten_megabytes_of_lines(self):
        d = self.clock_of()
        for table, line in (("ATTLOG", b"x\n"), ("ATTLOG", b"\n"), ("OPERLOG", b"USER \n"),
                            ("OPERLOG", b"\t\n"), ("options", b"a=b,")):
            reply = d.upload(table, line * (2 * MB // len(line)), 1)
            self.assertIn(reply.status, (200, 413, 503), (table, line))

    def test_nul_and_broken_text_are_kept_or_put_aside_never_lost(self):
        d = self.clock_of()
        body = (b"1\t2024-01-01 00:00:00\t0\t1\n"
                b"2\0\t2024-01-01 00:00:00\t0\t1\n"
                b"\xff\xfe\xfa\t2024-01-01 00:00:00\t0\t1\n"
                b"\xc3\t2024-01-01 00:00:00\t0\t1\n"
                b"3\t2024-01-01 00:00:00\t0\t1\n")
        reply = d.upload("ATTLOG", body, 1)
        self.assertEqual((reply.status, reply.body), (200, b"OK:5"))
        rows = server.api.punches(device=d.sn)
        self.assertEqual([r["pin"] for r in rows if r["pin"] in "123"], ["1", "3"])
        self.assertEqual(len(rows) + len(server.api.quarantine(d.sn)), 5)
        reply = d.upload("OPERLOG", b"USER PIN=1\tName=\xff\xfe\xfa\nUSER PIN=2\tName=\0\n"
                                    b"USER PIN=3\tName=\xed\xa0\x80\n", 1)
        self.assertEqual(reply.status, 200)
        server.api.records("persons", d.sn)  # still JSON

    def test_numbers_that_do_not_fit(self):
        d = self.clock_of()
        big = "9" * 30
        body = f"1\t2024-01-01 00:00:00\t{big}\t1\n2\t2024-01-01 00:00:00\t0\t-{big}\n" \
               f"3\t{big}\t0\t1\n4\t2024-01-01 00:00:00\t0\t1\n"
        self.assertEqual(d.upload("ATTLOG", body, 1).status, 200)
        self.assertIn("4", [p["pin"] for p in server.api.punches(device=d.sn)])
        self.assertEqual(d.upload("OPERLOG", f"USER PIN=1\tPri={big}\tGrp={big}\nUSER PIN=2\n",
                                  1).status, 200)
        self.assertEqual(d.upload("ATTPHOTO", f"PIN=x\nSN=x\nsize={big}\nCMD=uploadphoto\0abc",
                                  1).status, 200)

    def test_a_bomb_in_a_packed_upload(self):
        d = self.clock_of()
        packed = io.BytesIO()
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as z:
            with tarfile.open(fileobj=z, mode="w|") as tar:
                info = tarfile.TarInfo("OPERLOG.txt")
                info.size = 400 * MB
                tar.addfile(info, Zeros())
        reply = d.post(f"/iclock/cdata?SN={d.sn}&table=OPERLOG&ContentType=tgz",
                       packed.getvalue())
        self.assertIn(reply.status, (200, 400, 413))
        for body in (b"not gzip at all", packed.getvalue()[:500], b"\x1f\x8b\x08" + os.urandom(50)):
            reply = d.post(f"/iclock/cdata?SN={d.sn}&table=OPERLOG&ContentType=tgz", body)
            self.assertIn(reply.status, (200, 400))

    def test_a_packed_file_goes_nowhere(self):
        d = self.clock_of()
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            for name in ("../../../tmp/gatehouse-evil", "/tmp/gatehouse-evil", "ok"):
                data = b"USER PIN=77\tName=T\n"
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
            link = tarfile.TarInfo("link")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link)
        d.post(f"/iclock/cdata?SN={d.sn}&table=OPERLOG&ContentType=tgz", packed.getvalue())
        self.assertFalse(os.path.exists("/tmp/gatehouse-evil"))
        self.assertNotIn("root:", str(server.api.quarantine(d.sn)))


class Zeros:
    def read(self, n=-1):
        return bytes(n)


class Crowds(Attack):
    def test_slow_senders_delay_no_other_device(self):
        stop = threading.Event()
        head = request("POST", "/iclock/cdata?SN=SLOW&table=ATTLOG&Stamp=1", b"x" * 5000)
        wires = []
        for _ in range(300):
            wire = Wire(server.devices)
            wires.append(wire)

        def drip():
            at = 0
            while not stop.is_set():
                for wire in wires:
                    try:
                        wire.sock.send(head[at:at + 1])
                    except OSError:
                        pass
                at += 1
                stop.wait(0.1)

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            mark = self.clock.safe
            self.clock.slowest = 0
            time.sleep(4)
            self.assertGreater(self.clock.safe, mark)
            self.assertLess(self.clock.slowest, 3)
        finally:
            stop.set()
            thread.join()
            for wire in wires:
                wire.close()

    def test_thousands_of_connections(self):
        wires = []
        try:
            for i in range(3000):
                try:
                    s = socket.create_connection(server.devices, 5,
                                                 source_address=("127.0.0.2", 0))
                except OSError:
                    break
                if i % 3 == 0:
                    s.sendall(b"GET /iclock/ping?SN=IDLE HTTP/1.1\r\n")
                wires.append(s)
            mark = self.clock.safe
            until(lambda: self.fleet.check_alive() or self.clock.safe > mark + 5, 60)
            self.assertEqual(server.api.raw("GET", "/healthz")[0], 200)
        finally:
            for s in wires:
                s.close()

    def test_connections_that_come_and_go(self):
        end = time.monotonic() + 4
        while time.monotonic() < end:
            for _ in range(50):
                s = socket.create_connection(server.devices, 5)
                if random.random() < 0.5:
                    s.sendall(b"POST /iclock/cdata?SN=GONE&table=ATTLOG HTTP/1.1\r\n"
                              b"Content-Length: 50\r\n\r\n1\t2024")
                if random.random() < 0.5:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                s.close()

    def test_a_thousand_requests_in_one_packet(self):
        d = Device(server)
        d.options()
        one = request("GET", f"/iclock/getrequest?SN={d.sn}", None, [("Host", "h")])
        with Wire(server.devices) as wire:
            sender = threading.Thread(target=wire.send, args=(one * 1000,))
            sender.start()
            for _ in range(1000):
                self.assertEqual(wire.reply().body, b"OK")
            sender.join()

    def test_readers_that_do_not_read(self):
        d = Device(server)
        d.options()
        one = request("GET", f"/iclock/cdata?SN={d.sn}&options=all&pushver=2.4.1", None,
                      [("Host", "h")])
        wires = [Wire(server.devices, 2) for _ in range(30)]
        try:
            for wire in wires:
                wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                try:
                    wire.send(one * 2000)
                except OSError:
                    pass
            mark = self.clock.safe
            until(lambda: self.clock.safe > mark + 3)
        finally:
            for wire in wires:
                wire.close()

    def test_a_flood_of_unknown_serial_numbers(self):
        for i in range(1500):
            send_request(server.devices, "GET", f"/iclock/getrequest?SN=FLOOD{i:05d}")


class People(Attack):
    def call(self, method, path, body=None, **headers):
        return server.api.raw(method, path, body, headers)

    def test_json_that_is_none_or_too_much(self):
        for body in (b"{", b"", b"[]", b"null", b'"x"', b"{}" * 10, b"\xff\xfe", b"[" * 100000,
                     b'{"a":' * 100000, b'{"command":"\\ud800","deviceSerial":"X"}',
                     b'{"deviceSerial":"X","command":"\\u0000"}', b"{" + b" " * 5 * MB,
                     b'{"deviceSerial":1e999,"command":{}}'):
            status, headers, data = self.call("POST", "/api/commands", body)
            with self.subTest(body=body[:30]):
                self.assertTrue(400 <= status < 500, (status, data[:200]))
                self.assertIn("application/json", headers["Content-Type"])

    def test_addresses_that_make_no_sense(self):
        for path in ("/api/punches?limit=99999999999999999999", "/api/punches?after=-5",
                     "/api/devices/%00", "/api/devices/" + "A" * 5000, "/api/commands/abc",
                     "/api/commands/99999999999999999999", "/api/photos/../../etc/passwd",
                     "/api/nothing", "/api/devices/..%2f..", "/api/punches?device=%ff"):
            status, _, data = self.call("GET", path)
            self.assertTrue(200 <= status < 500, (path, status, data[:200]))
            self.assertNotIn(b"root:", data)

    def test_a_request_body_too_large(self):
        with Wire(server.admin, 20) as wire:
            try:
                wire.send(b"POST /api/commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                          + server.token.encode() + b"\r\nContent-Length: 9000000000\r\n\r\n")
                wire.send(*([b"x" * MB] * 50))
            except OSError:
                pass
            try:
                self.assertEqual(wire.reply().status, 413)
            except BadReply:
                pass

    def test_streams_have_a_ceiling(self):
        wires = []
        try:
            for _ in range(400):
                wire = Wire(server.admin, 10)
                wires.append(wire)
                wire.send(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                          + server.token.encode() + b"\r\n\r\n")
            time.sleep(1)
            self.assertEqual(server.api.raw("GET", "/healthz")[0], 200)
        finally:
            for wire in wires:
                wire.close()


if __name__ == "__main__":
    tap.main()
