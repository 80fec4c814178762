#!/usr/bin/env python3
"""Listeners and their connections, through real sockets: ceilings, streams, start and end.
$HTTP_TEST_SERVER names the program."""

import os
import socket
import sys
import tempfile
import threading
import time
import unittest

from client import Connection, Server
from running import WithServer, get, post

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402


class Connections(unittest.TestCase):
    def test_over_the_ceiling_a_connection_is_closed_and_room_is_used_again(self):
        with Server("-n", 5) as server:
            connections = [Connection(server.port) for _ in range(5)]
            for k in connections:
                k.send(get("/ok"))
                self.assertEqual(k.reply().status, 200)
            for _ in range(20):
                with Connection(server.port) as more:
                    self.assertTrue(more.is_closed())
            connections.pop().socket.close()
            end = time.monotonic() + 10
            while time.monotonic() < end:
                with Connection(server.port) as k:
                    try:
                        k.send(get("/ok"))
                        if k.reply().status == 200:
                            break
                    except (EOFError, OSError):
                        continue
            else:
                self.fail("no room was made")
            for k in connections:
                k.send(get("/ok"))
                self.assertEqual(k.reply().status, 200)
                k.socket.close()

    def test_an_idle_connection_is_closed(self):
        with Server("-i", 1) as server:
            for begun in [b"", b"GET /x HTTP/1.1\r\nHost", post("/echo", b"abc")[:-1], get("/ok")]:
                with self.subTest(begun=begun), Connection(server.port) as k:
                    k.send(begun)
                    if begun == get("/ok"):
                        k.reply()
                    start = time.monotonic()
                    self.assertTrue(k.is_closed())
                    self.assertGreater(time.monotonic() - start, 0.5)

    def test_after_quiesce_open_connections_go_on_and_new_ones_do_not(self):
        with Server() as server, Connection(server.port) as k:
            k.send(get("/ok"))
            k.reply()
            server.quiesce()
            with Connection(server.port) as other:
                self.assertTrue(other.is_closed())
            k.send(post("/later", b"abc"))
            self.assertEqual(k.reply().body, b"later: 3")

    def test_ipv6_is_served_where_there_is_any(self):
        with Server("-a", "::1") as server:
            if server.port is None:
                self.skipTest(server.message)
            with Connection(server.port, host="::1") as k:
                k.send(get("/state"))
                self.assertIn(b"peer ::1\n", k.reply().body)


HALF = b"GET /x HTTP/1.1\r\nHost"
ELSEWHERE = "127.0.0.2"


class Addresses(unittest.TestCase):
    """What one address may take of a listener."""

    def open(self, server, n, send=HALF, source=None):
        connections = []
        for _ in range(n):
            k = Connection(server.port, source=source)
            self.addCleanup(k.socket.close)
            k.send(send)
            connections.append(k)
        return connections

    def served(self, server, source=None):
        with Connection(server.port, source=source) as k:
            k.send(get("/ok"))
            return k.reply().status

    def test_half_sent_heads_of_one_address_give_way_to_a_whole_one(self):
        for options in [("-n", 50), ("-n", 1000, "-N", 50)]:
            with Server(*options, "-i", 60) as server:
                self.open(server, 300)
                for source in (None, ELSEWHERE):
                    for _ in range(20):
                        self.assertEqual(self.served(server, source), 200)
                self.doCleanups()

    def test_connections_that_are_served_do_not_give_way(self):
        with Server("-n", 20, "-N", 5, "-i", 60) as server:
            held = self.open(server, 5, get("/stream"))
            for k in held:
                k.head()
            with Connection(server.port) as more:
                self.assertTrue(more.is_closed())
            self.assertEqual(self.served(server, ELSEWHERE), 200)
            for k in held:
                self.assertTrue(k.is_silent(0.01))
            self.doCleanups()

    def test_the_bodies_of_one_address_have_a_ceiling(self):
        with Server("-Y", 300000, "-i", 60) as server:
            self.open(server, 2, post("/later", b"x" * 140000)[:-1])
            server.until(lambda s: s["body_bytes"] >= 279998, "two bodies")
            for source, size, status in [(None, 140000, 503), (None, 60000, 200),
                                         (ELSEWHERE, 140000, 200)]:
                with self.subTest(source=source, size=size), \
                        Connection(server.port, source=source) as k:
                    k.send(post("/later", b"x" * size))
                    self.assertEqual(k.reply().status, status)
            self.doCleanups()
            server.until(lambda s: s["body_bytes"] == 0, "they are given back")
            self.assertEqual(server.send_request(post("/later", b"x" * 140000)).status, 200)

    def drip(self, k, data):
        """Whether the server ends the connection while data comes byte by byte."""
        try:
            for byte in data:
                k.send(bytes([byte]))
                if not k.is_silent(0.1):
                    return k.is_closed()
        except OSError:
            return True
        return False

    def test_a_head_has_a_total_time(self):
        with Server("-H", 1, "-i", 60) as server, Connection(server.port) as k, \
                Connection(server.port) as second:
            second.send(get("/ok"))
            second.reply()
            self.assertTrue(self.drip(k, HALF + b": x\r\nX: " + b"y" * 200))
            # Silence between two requests is no head.
            self.assertTrue(second.is_silent(2.5))
            second.send(get("/ok"))
            second.reply()
            self.assertTrue(self.drip(second, HALF + b": x\r\nX: " + b"y" * 200))

    def test_a_body_has_a_slowest_rate(self):
        body = post("/later", b"x" * 20000)
        with Server("-W", 1, "-i", 60) as server, Connection(server.port) as k, \
                Connection(server.port) as slow:
            k.send(body[:-19000])
            slow.send(body[:-19000])
            for i in range(18):
                slow.send(b"x" * 1000)
                k.send(b"x")
                time.sleep(0.03)
            slow.send(b"x" * 1000)
            self.assertEqual(slow.reply().body, b"later: 20000")
            self.assertTrue(self.drip(k, b"x" * 200))


class Streams(WithServer):
    options = ("-i", 2)

    def listen(self, target="/stream"):
        k = self.connect()
        k.send(get(target))
        reply = k.head()
        self.assertEqual(reply["Content-Type"], "text/event-stream")
        self.assertEqual(reply["Cache-Control"], "no-store")
        return k

    def test_a_sleeping_stream_is_woken_by_another_thread(self):
        k = self.listen()
        for _ in range(100):
            self.send_request(get("/tick"))
            self.assertRegex(k.chunk(), rb"^data: \d+\n\n$")

    def test_no_wake_is_lost_among_many(self):
        listeners = [self.listen("/stream") for _ in range(20)]
        with Connection(self.server.port) as k:
            for _ in range(200):
                k.send(get("/tick"))
                k.reply()
        for other in listeners:
            found = b""
            while found.count(b"\n\n") < 200:
                found += other.chunk()
            numbers = [int(n) for n in found.replace(b"data: ", b"").split()]
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))

    def test_a_stream_outlives_the_idle_timeout(self):
        k = self.listen()
        self.assertTrue(k.is_silent(3))
        self.send_request(get("/tick"))
        self.assertTrue(k.chunk())

    def test_a_stream_without_text_sees_that_its_peer_left(self):
        stays, gone = self.listen("/stream-of-nothing"), self.server.state()["streams_gone"]
        self.listen("/stream-of-nothing").socket.close()

        def left(state):
            self.send_request(get("/tick"))
            return state["streams_gone"] > gone

        self.server.until(left, "gone")
        self.assertEqual(self.server.state()["streams_gone"], gone + 1)
        stays.socket.close()

    def test_a_stream_that_ends_leaves_the_connection_usable(self):
        gone = self.server.state()["streams_gone"]
        k = self.listen("/stream?2")
        self.send_request(get("/tick"))
        self.send_request(get("/tick"))
        while k.chunk():
            pass
        k.send(get("/ok"))
        self.assertEqual(k.reply().body, b"OK")
        self.server.until(lambda s: s["streams_gone"] > gone, "gone")

    def test_a_peer_that_left_is_noticed_when_something_is_written(self):
        before = self.server.state()
        for _ in range(10):
            self.listen().socket.close()

        def gone(state):
            self.send_request(get("/tick"))
            return state["streams_gone"] >= before["streams_gone"] + 10

        self.server.until(gone, "streams end")

    def test_http_1_0_gets_a_stream_without_chunks(self):
        k = self.connect()
        k.send(b"GET /stream?1 HTTP/1.0\r\n\r\n")
        reply = k.head()
        self.assertEqual((reply["Transfer-Encoding"], reply["Connection"]), (None, "close"))
        self.send_request(get("/tick"))
        self.assertTrue(k.up_to(b"\n\n").startswith(b"data: "))
        self.assertTrue(k.is_closed())

    def test_head_of_a_stream_ends_it(self):
        gone = self.server.state()["streams_gone"]
        k = self.connect()
        k.send(b"HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(k.head()["Content-Type"], "text/event-stream")
        self.assertTrue(k.is_closed())
        self.server.until(lambda s: s["streams_gone"] > gone, "gone")


class TheEnd(unittest.TestCase):
    def test_sleeping_streams_end_with_the_server(self):
        server = Server("-t", 2)
        connections = [Connection(server.port) for _ in range(10)]
        for k in connections:
            k.send(get("/stream"))
            k.head()
        server.close()
        for k in connections:
            self.assertEqual(k.chunk(), b"")
            k.socket.close()

    def test_the_server_can_end_under_load(self):
        for threads in [1, 2]:
            server = Server("-t", threads)
            stop = threading.Event()

            def talk(port=server.port, stop=stop):
                while not stop.is_set():
                    try:
                        with Connection(port) as k:
                            while not stop.is_set():
                                k.send(post("/later", b"xyz") + post("/then?3", b"xyz") +
                                       get("/stream?1"))
                                k.reply()
                                k.reply()
                                k.head()
                                while k.chunk():
                                    pass
                    except (OSError, EOFError, TypeError):
                        pass  # cut off, or a 503 where a stream was expected

            talkers = [threading.Thread(target=talk) for _ in range(8)]
            for t in talkers:
                t.start()
            server.until(lambda s: s["requests"] > 200, "load")
            try:
                server.close()
            finally:
                stop.set()
                for t in talkers:
                    t.join()


class Starting(unittest.TestCase):
    def fails(self, *options):
        server = Server(*options)
        server.close()
        self.assertIsNone(server.port)
        return server.message

    def test_an_address_in_use_is_named(self):
        with Server() as server:
            self.assertRegex(self.fails("-p", server.port),
                             f"127.0.0.1 port {server.port}: another program listens")

    def test_a_bad_address_is_named(self):
        self.assertIn('"localhost" is not a numeric', self.fails("-a", "localhost"))
        self.assertIn("does not have that address", self.fails("-a", "192.0.2.1"))

    def test_a_privileged_port_is_explained(self):
        if os.geteuid() == 0:
            self.skipTest("nothing is forbidden to root")
        self.assertIn("need a privilege", self.fails("-p", 80))

    def test_missing_or_broken_tls_files_are_named(self):
        self.assertIn("cannot read /nonexistent/c.pem: No such file",
                      self.fails("-c", "/nonexistent/c.pem", "-k", "/nonexistent/k.pem"))
        with tempfile.NamedTemporaryFile(suffix=".pem") as f:
            self.assertIn("nothing in it", self.fails("-c", f.name, "-k", f.name))
            f.write(b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
            f.flush()
            self.assertIn(f.name, self.fails("-c", f.name, "-k", f.name))


if __name__ == "__main__":
    tap.main()
