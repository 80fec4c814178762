#!/usr/bin/env python3
"""`gatehouse sim terminal` as a program: its flags, its lines, its end, and raw bytes at its door."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

import tap  # noqa: E402
from serve import _die_with_parent, program, until  # noqa: E402

CONNECT, EXIT, TIME, FREE_SIZES, PREPARE, READ = 1000, 1001, 201, 50, 1503, 1504
OK, UNAUTHORISED = 2000, 2005


def run(*flags):
    return subprocess.run([program(), "sim", "terminal", *flags], capture_output=True, text=True,
                          timeout=60)


class Terminal:
    def __init__(self, *flags, listen="127.0.0.1:0", devices=1):
        self.process = subprocess.Popen([program(), "sim", "terminal", "--listen", listen, *flags],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        preexec_fn=_die_with_parent)
        self.lines = [self.process.stdout.readline().strip() for _ in range(2 * devices)]
        self.ports = [int(line.rsplit(":", 1)[1]) for line in self.lines[::2]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end()

    def end(self, how=signal.SIGTERM):
        if how:
            self.process.send_signal(how)
        out, err = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, (self.process.returncode, err)
        lines = out.strip().splitlines()
        assert len(lines) == 1, lines
        return json.loads(lines[0])


def checksum(packet):
    packet += b"\0" * (len(packet) % 2)
    total = sum(struct.unpack(f"<{len(packet) // 2}H", packet))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet(command, session=0, reply=0, data=b""):
    bare = struct.pack("<HHHH", command, 0, session, reply) + data
    return struct.pack("<HHHH", command, checksum(bare), session, reply) + data


def frame(*args, **more):
    inner = packet(*args, **more)
    return b"PP\x82\x7d" + struct.pack("<I", len(inner)) + inner


def take(link):
    """One frame: code, session, reply id, data."""
    head = link.recv(16, socket.MSG_WAITALL)
    if len(head) < 16:
        return None
    length, = struct.unpack_from("<I", head, 4)
    data = link.recv(length - 8, socket.MSG_WAITALL) if length > 8 else b""
    inner = head[8:] + data
    assert checksum(inner[:2] + b"\0\0" + inner[4:]) == struct.unpack_from("<H", inner, 2)[0]
    code, _, session, reply = struct.unpack_from("<HHHH", inner)
    return code, session, reply, data


def call(port, kind=socket.SOCK_STREAM):
    link = socket.socket(socket.AF_INET, kind)
    link.settimeout(60)
    link.connect(("127.0.0.1", port))
    return link


class Flags(unittest.TestCase):
    def test_what_is_wrong_is_named_and_ends_the_program(self):
        for flags, word in ((["--listen", "nowhere"], "nowhere"),
                            (["--listen", "127.0.0.1:70000"], "70000"),
                            (["--listen", "127.0.0.1:65530", "--devices", "9"], "so many ports"),
                            (["--persona", "fridge"], "fridge"), (["--users", "70000"], "65535"),
                            (["--users-layout", "30"], "30"), (["--punch-layout", "9"], "9"),
                            (["--event-size", "11"], "11"), (["--fault", "rain"], "rain"),
                            (["--fault", "drop:101"], "drop:101"), (["--rate", "-1"], "rate"),
                            (["--devices", "0"], "devices"), (["--pace", "x"], "pace"),
                            (["--seed", "x"], "seed"), (["--sn", "a b"], "--sn"),
                            (["--persona", "letters", "--users-layout", "28"], "letters"),
                            (["--nonsense"], "nonsense"), (["extra"], "extra")):
            with self.subTest(flags=flags):
                done = run(*flags)
                self.assertEqual(done.returncode, 2)
                self.assertIn(word, done.stderr)
                self.assertEqual(done.stdout, "")

    def test_a_port_in_use_is_an_error_that_names_it(self):
        with Terminal() as t:
            done = run("--listen", f"127.0.0.1:{t.ports[0]}")
            self.assertEqual(done.returncode, 1)
            self.assertIn(str(t.ports[0]), done.stderr)

    def test_help_lists_every_persona_and_fault(self):
        text = run("--help").stdout
        for word in ("tft", "protected", "fragment", "unsupported", "--pace", "--listen"):
            self.assertIn(word, text)

    def test_it_is_a_kind_of_simulator(self):
        done = subprocess.run([program(), "sim", "--help"], capture_output=True, text=True)
        self.assertRegex(done.stdout, r"(?m)^  terminal +\S")


class Life(unittest.TestCase):
    def test_it_prints_where_it_listens_on_both_transports(self):
        with Terminal() as t:
            port = t.ports[0]
            self.assertEqual(t.lines, [f"listening terminal tcp://127.0.0.1:{port}",
                                       f"listening terminal udp://127.0.0.1:{port}"])

    def test_it_listens_on_the_given_port(self):
        with Terminal() as t:
            port = t.ports[0]
        with Terminal(listen=f"127.0.0.1:{port}") as again:
            self.assertEqual(again.ports, [port])

    def test_it_listens_on_ipv6(self):
        if not socket.has_ipv6:
            self.skipTest("no IPv6 here")
        try:
            socket.socket(socket.AF_INET6).bind(("::1", 0))
        except OSError as e:
            self.skipTest(f"no IPv6 here: {e}")
        with Terminal(listen="[::1]:0") as t:
            self.assertRegex(t.lines[0], r"^listening terminal tcp://\[::1\]:\d+$")

    def test_both_signals_and_the_time_end_it_with_a_report(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            with Terminal("--seed", "5") as t:
                report = t.end(how)
                self.assertEqual((report["sim"], report["seed"], report["requests"]),
                                 ("terminal", 5, 0))
        with Terminal("--duration", "0.3") as t:
            report = t.end(None)
            self.assertGreaterEqual(report["milliseconds"], 300)

    def test_the_report_has_requests_and_contents(self):
        with Terminal("--users", "7", "--punches", "11") as t:
            with call(t.ports[0]) as link:
                link.sendall(frame(CONNECT))
                session = take(link)[1]
                link.sendall(frame(TIME, session, 1) + frame(TIME, session, 2))
                take(link), take(link)
            report = t.end()
        self.assertEqual(report["requestsByCommand"], {"GET_TIME": 2, "CONNECT": 1})
        self.assertEqual(report["requests"], 3)
        self.assertEqual(report["packets"], 3)
        self.assertEqual((report["holds"]["users"], report["holds"]["punches"]), (7, 11))

    def test_several_terminals_listen_on_ports_in_a_row_and_differ(self):
        with Terminal("--devices", "4", "--sn", "ROW", devices=4) as t:
            self.assertEqual(t.ports, list(range(t.ports[0], t.ports[0] + 4)))
            names = set()
            for port in t.ports:
                with call(port) as link:
                    link.sendall(frame(CONNECT))
                    session = take(link)[1]
                    link.sendall(frame(11, session, 1, b"~SerialNumber\0"))
                    names.add(take(link)[3])
            self.assertEqual(names, {f"~SerialNumber=ROW00000{i}\0".encode() for i in (1, 2, 3, 4)})

    def test_kinds_of_firmware_are_dealt_out_in_turn(self):
        with Terminal("--devices", "3", "--persona", "tft,bw", devices=3) as t:
            platforms = []
            for port in t.ports:
                with call(port) as link:
                    link.sendall(frame(CONNECT))
                    session = take(link)[1]
                    link.sendall(frame(11, session, 1, b"~Platform\0"))
                    platforms.append(take(link)[3])
            self.assertEqual(platforms, [b"~Platform=ZMM220_TFT\0", b"~Platform=ZEM560\0",
                                         b"~Platform=ZMM220_TFT\0"])
            self.assertEqual(t.end()["persona"], "mixed")
        with Terminal("--devices", "16", "--persona", "mixed", devices=16) as t:
            self.assertEqual(len(t.ports), 16)

    def test_new_punches_come_at_the_rate(self):
        with Terminal("--rate", "200", "--punches", "0", "--duration", "1.5") as t:
            report = t.end(None)
        self.assertAlmostEqual(report["punches"], 300, delta=30)

    def test_the_clock_shows_the_present_on_request(self):
        with Terminal("--now") as t, call(t.ports[0]) as link:
            link.sendall(frame(CONNECT))
            link.sendall(frame(TIME, take(link)[1], 1))
            code, = struct.unpack("<I", take(link)[3])
            self.assertGreater(code // (12 * 31 * 86400) + 2000, 2024)


class Door(unittest.TestCase):
    def test_who_shows_no_session_is_sent_away(self):
        with Terminal() as t:
            with call(t.ports[0]) as link:
                link.sendall(frame(TIME, 77, 1))
                self.assertEqual(take(link)[0], UNAUTHORISED)
            with call(t.ports[0], socket.SOCK_DGRAM) as link:
                link.send(packet(TIME, 77, 1))
                self.assertEqual(struct.unpack_from("<H", link.recv(2048))[0], UNAUTHORISED)

    def test_other_protocols_are_hung_up_on(self):
        with Terminal() as t:
            for noise in (b"GET / HTTP/1.0\r\n\r\n", b"\xaa\x01\0\0", b"PP\x82\x7d\xff\xff\xff\xff"):
                with call(t.ports[0]) as link:
                    link.sendall(noise)
                    self.assertEqual(link.recv(100), b"")

    def test_a_client_that_closes_its_side_still_gets_its_answers(self):
        with Terminal() as t, call(t.ports[0]) as link:
            link.sendall(frame(CONNECT))
            session = take(link)[1]
            link.sendall(frame(FREE_SIZES, session, 1) + frame(TIME, session, 2))
            link.shutdown(socket.SHUT_WR)
            self.assertEqual([take(link)[2] for _ in range(2)], [1, 2])
            self.assertIsNone(take(link))

    def test_no_more_connections_than_there_is_room_for(self):
        with Terminal() as t:
            links = [call(t.ports[0]) for _ in range(100)]
            try:
                until(lambda: sum(self.closed(link) for link in links) == 100 - 64)
            finally:
                for link in links:
                    link.close()
            # And there is room again.
            def again():
                with call(t.ports[0]) as link:
                    try:
                        link.sendall(frame(CONNECT))
                        answer = take(link)
                    except ConnectionError:
                        return False
                    return answer and answer[0] == OK
            until(again)

    @staticmethod
    def closed(link):
        link.setblocking(False)
        try:
            return link.recv(1) == b""
        except ConnectionResetError:
            return True
        except BlockingIOError:
            return False

    def test_a_client_that_reads_nothing_delays_no_other(self):
        with Terminal("--punches", "200000") as t, call(t.ports[0]) as greedy:
            greedy.sendall(frame(CONNECT))
            session = take(greedy)[1]
            greedy.sendall(frame(PREPARE, session, 1, bytes.fromhex("010d00") + bytes(8)))
            size, = struct.unpack_from("<I", take(greedy)[3], 1)
            self.assertEqual(size, 4 + 200000 * 40)
            for n in range(200):
                greedy.sendall(frame(READ, session, 2, struct.pack("<II", 0, 65472)))
            with call(t.ports[0]) as link:
                link.sendall(frame(CONNECT))
                link.sendall(frame(TIME, take(link)[1], 1))
                self.assertEqual(take(link)[0], OK)

    def test_the_same_seed_gives_the_same_bytes(self):
        def table(seed):
            with Terminal("--seed", seed, "--users", "50", "--punches", "500") as t, \
                    call(t.ports[0]) as link:
                link.sendall(frame(CONNECT))
                session = take(link)[1]
                link.sendall(frame(PREPARE, session, 1, bytes.fromhex("010d00") + bytes(8)))
                take(link)
                link.sendall(frame(READ, session, 2, struct.pack("<II", 0, 30000)))
                return session, [take(link) for _ in range(3)]
        self.assertEqual(table("9"), table("9"))
        self.assertNotEqual(table("9"), table("10"))


if __name__ == "__main__":
    tap.main()
