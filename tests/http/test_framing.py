#!/usr/bin/env python3
"""Requests that can be read in two ways, or not at all, through real sockets.
$HTTP_TEST_SERVER names the program."""

import os
import re
import sys

from client import Connection
from running import Refusing, WithServer, get

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402


class Framing(Refusing):
    def test_framing_that_can_be_read_in_two_ways_is_a_400(self):
        chunk = b"5\r\nhello\r\n0\r\n\r\n"
        for lines, body in [
                ("Content-Length: 5\r\nContent-Length: 6", b"hello"),
                ("Content-Length: 5\r\nTransfer-Encoding: chunked", chunk),
                ("Transfer-Encoding: chunked\r\nContent-Length: 0", chunk),
                ("Transfer-Encoding: gzip", chunk),
                ("Transfer-Encoding: gzip, chunked", chunk),
                ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", chunk),
                ("Content-Length : 5", b"hello"),
                ("Transfer-Encoding\t: chunked", chunk)]:
            with self.subTest(lines=lines):
                k, _, note = self.refused(
                    f"POST /x HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n".encode() + body, 400)
                self.assertTrue(k.is_closed())
                # Some the library refuses before they are looked at here.
                self.assertRegex(note, "Content-Length|Transfer-Encoding|blank|Bad Request")

    def test_a_folded_or_nameless_header_line_is_a_400(self):
        for lines, body in [
                ("Content-Length:\r\n 5", b"hello"),
                ("Content-Length: 5\r\n 6", b"hello"),
                ("Transfer-Encoding:\r\n chunked", b"0\r\n\r\n"),
                ("Transfer-Encoding: chunked\r\n x", b"0\r\n\r\n"),
                ("Content-Length-: 5", b"hello"),
                ("Transfer-Encoding2: chunked", b"hello"),
                ("Content-Length(: 5", b"hello"),
                ("Content\x01: 5", b"hello"),
                (": y", b""),
                (": y\r\nB: 2", b""),
                ("Content-Length: 5\0 6", b"hello"),
                ("X\0Y: z", b"")]:
            with self.subTest(lines=lines):
                k, _, _ = self.refused(
                    f"POST /x HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n".encode() + body, 400,
                    whole_reply=False)

    def test_blanks_behind_a_colon_are_no_part_of_the_value(self):
        for blanks in ("", " ", "  ", "\t", " \t  \t", " " * 60):
            with self.subTest(blanks=blanks), Connection(self.server.port) as k:
                lines = "\r\n".join(f"{name}:{blanks}{value}" for name, value in
                                    (("Host", "x"), ("A", "1"), ("B", "2")))
                lines += "\r\nContent-Length: 3"
                for _ in range(2):  # and the connection goes on
                    k.send(f"POST /echo HTTP/1.1\r\n{lines}\r\n\r\nabc".encode())
                    self.assertEqual(k.reply().body, b"abc")

    def test_blanks_behind_colons_hide_nothing(self):
        # Each of them looks like room for what a NUL or a folded line hides.
        for lines, body in [
                ("A:          1\r\nX: a\0 Content-Length: 3", b"abc"),
                ("A: 1\r\nX: a\0          \r\nB:           2", b""),
                ("A:    1\r\nX: a\r\n     b\r\nB:     2\r\nContent-Length: 3", b"abc"),
                ("A:    1\r\n: y\r\nB:     2\r\nContent-Length: 3", b"abc"),
                ("X:     a\r\n     b\r\nContent-Length: 3", b"abc")]:
            with self.subTest(lines=lines), Connection(self.server.port) as k:
                k.send(f"POST /headers HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n".encode() + body)
                reply = k.head()
                if reply.status != 400:  # a later library makes blanks of it, and nothing is lost
                    shown = k.exactly(int(reply["Content-Length"])).decode().split()
                    expected = re.sub("(?m)^([A-Za-z-]*):", r"\1=", lines).replace("\0", " ").split()
                    self.assertEqual("".join(shown), "Host=x" + "".join(expected))

    def test_a_chunk_whose_line_ends_in_lf_alone_ends_the_connection(self):
        # Version 1.0 refuses it where it reads strictly; nowhere is what follows taken for a request.
        for chunks in (b"5\nhello\r\n0\r\n\r\n", b"5\r\nhello\n0\r\n\r\n", b"5\r\nhello\r\n0\n\n"):
            with self.subTest(chunks=chunks), Connection(self.server.port) as k:
                k.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                       chunks)
                self.assertIn(k.reply().status, (200, 400))
                self.assertTrue(k.is_closed())

    def test_a_line_end_or_nul_in_a_value_is_a_400_or_a_blank(self):
        # Blanks from version 0.9.77.1 of the library on.
        for lines in ["X: a\r\n Content-Length: 5", "Content-Lengt: 5\r\n h", "X: a\0b"]:
            with self.subTest(lines=lines):
                reply = self.send_request(get("/headers", lines))
                if reply.status != 400:
                    name, value = lines.split(": ", 1)
                    value = value.replace("\r\n", "  ").replace("\0", " ")
                    self.assertEqual(reply.body.decode(), f"Host=x\n{name}={value}\n")

    def test_chunks_in_http_1_0_are_a_400(self):
        self.refused(b"POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)

    def test_a_length_that_is_no_number_is_a_400(self):
        for length in ["-5", "+5", "0x10", "five", "", "5, 5", "5 5"]:
            with self.subTest(length=length):
                # The library sends its header lines twice here, and then closes.
                self.refused(f"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
                             .encode(), 400, whole_reply=False)

    def test_malformed_chunks_are_a_400(self):
        self.refused(b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                     b"zz\r\nhello\r\n", 400)

    def test_a_header_line_without_a_colon_is_a_400_or_left_out(self):
        # Left out from version 0.9.77.1 of the library on.
        reply = self.send_request(get("/headers", "A: 1", "Content-Length 5", "B: 2"))
        if reply.status != 400:
            self.assertEqual(reply.body, b"Host=x\nA=1\nB=2\n")

    def test_what_follows_a_nul_in_the_request_line_is_not_read(self):
        # The library closes the connection, or (before 0.9.77) ends the target there, which the
        # size of the head shows.
        k = self.connect()
        k.send(b"GET /x\0y?z HTTP/1.1\r\nHost: x\r\n\r\n")
        if not k.is_closed():
            self.assertEqual(k.reply().status, 400)

    def test_what_is_not_http_is_reported_once(self):
        for junk, status in [(b"GET /x HTTP/2.0\r\n\r\n", 505), (b"GET /x\r\n\r\n", 400),
                             (b"\x16\x03\x01\x02\x00\r\n", None), (b"hello\r\n", None)]:
            with self.subTest(junk=junk):
                before = self.reported(0)
                k = self.connect()
                k.send(junk)
                if status:
                    self.assertEqual(k.reply().status, status)
                self.assertTrue(k.is_closed())
                k.socket.close()
                self.assertEqual(self.reported(before + 1), before + 1)
                self.assertIn(f" {len(junk)} bytes from 127.0.0.1",
                              self.server.state()["notes"][-1])


# What the library refuses by itself, before anything here is called: with a status and a page of its own, or
# by closing. Nothing in its documented interface changes the page. None: it may only close.
BY_THE_LIBRARY = {
    "no version": (b"GET /x\r\n\r\n", (400,)),
    "another version": (b"GET /x HTTP/2.0\r\nHost: x\r\n\r\n", (505,)),
    "a version in small letters": (b"GET /x http/1.1\r\nHost: x\r\n\r\n", (400,)),
    "more than a version": (b"GET /x HTTP/1.1x\r\nHost: x\r\n\r\n", (400,)),
    "a method alone": (b"GET\r\n\r\n", (400, None)),
    "no method": (b" /x HTTP/1.1\r\nHost: x\r\n\r\n", (400, None)),
    "a long line": (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", (414,)),
    "a long head": (b"GET /x HTTP/1.1\r\nX: " + b"y" * 9000 + b"\r\n\r\n", (431,)),
    "cookies": (b"GET /x HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=b; " * 1500 + b"\r\n\r\n", (431,)),
    "a length that is none": (b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", (400,)),
    "a length beyond numbers": (b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 30 +
                                b"\r\n\r\n", (413,)),
    "a chunk that is none": (b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                             (400,)),
    "a chunk beyond numbers": (b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                               b"f" * 17 + b"\r\n", (413,)),
    "a chunk with a long line": (b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;" +
                                 b"x" * 9000, (413, 500, None)),
    "many empty lines": (b"\r\n" * 5000, (414, None)),
}


class ByTheLibrary(WithServer):
    options = ("-m", 6144, "-i", 1)

    def test_what_the_library_refuses_by_itself_is_an_error_and_ends_the_connection(self):
        for name, (request, statuses) in BY_THE_LIBRARY.items():
            with self.subTest(name=name), Connection(self.server.port) as k:
                try:
                    k.send(request)
                    status = k.head().status
                except (EOFError, OSError):
                    status = None
                self.assertIn(status, statuses)
                try:
                    while k.more():
                        pass
                except OSError:
                    pass

    def test_nothing_a_device_sends_is_answered_with_a_page(self):
        # Whatever the target, and the lines of the head, that firmware is known to send.
        for target in ("/iclock/cdata?SN=1&INFO=Ver 6.39 Apr 28 2008,1,2", "/a\tb", "//iclock//x?a&&=", "/%zz",
                       "/x?" + "&".join(["a=1"] * 300)):
            for lines in ([], ["Host: x"], ["Host: a", "Host: b"], ["Host:  x", "X:"], ["Upgrade: h2c"],
                          ["Content-Length: 0"], ["Content-Length: 99999999"]):
                with self.subTest(target=target[:30], lines=lines), Connection(self.server.port) as k:
                    head = "\r\n".join([f"POST {target} HTTP/1.1", *lines])
                    k.send(head.encode() + b"\r\n\r\n")
                    reply = k.reply()
                    self.assertIn(reply.status, (200, 413, 414))
                    self.assertEqual(reply["Content-Type"], "text/plain")


class Lenient(WithServer):
    def test_a_request_without_host_is_served(self):
        for version, lines in [("1.0", ""), ("1.1", ""), ("1.1", "A: 1\r\n")]:
            reply = self.send_request(f"GET /headers HTTP/{version}\r\n{lines}\r\n".encode())
            self.assertEqual((reply.status, reply.body.decode()),
                             (200, lines.replace(": ", "=").replace("\r", "")))

    def test_a_blank_in_the_target_is_no_redirect(self):
        for target in ["/a b", "/a  b?c d", "/x?INFO=Ver 6.39 Apr 28 2008,1,2 "]:
            reply = self.send_request(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            self.assertEqual((reply.status, reply.body), (200, target.encode().rstrip()))


class Lines(WithServer):
    options = ("-m", 6144)

    def test_a_head_without_lines_of_any_size_is_served_or_refused(self):
        blank = "\r\n" * 1000
        heads = [f"{before}{method} {target}" for before, method, target in
                 [("", "GET", "/" + "A" * n) for n in range(0, 6500, 125)]
                 + [(blank, "GET", "/" + "A" * n) for n in range(0, 1000, 125)]
                 + [(blank, "G" * n, "/x") for n in range(1, 1000, 125)]
                 + [("", "GET" + " " * n, "/?a=b&c=" + "d" * n) for n in range(0, 3200, 500)]]
        statuses = set()
        for head in heads:
            for version in ("HTTP/1.1", "HTTP/1.0"):
                with self.subTest(head=head.strip()[:20], size=len(head)), Connection(self.server.port) as k:
                    # What follows in the same piece is there when the head is read.
                    k.send(f"{head} {version}\r\n\r\n".encode() + b"HTTP/9.9" * 20 + b"\r\n\r\n")
                    try:
                        statuses.add(k.reply().status)
                    except (ConnectionError, EOFError):
                        statuses.add("closed")  # the library has no room for a reply either
        self.assertIn(200, statuses)
        self.assertEqual(self.send_request(get("/still")).body, b"/still")


class Strict(WithServer):
    options = ("-s",)

    def test_a_blank_in_the_target_is_a_400(self):
        self.assertEqual(self.send_request(get("/a b")).status, 400)

    def test_a_missing_or_second_host_is_a_400(self):
        self.assertEqual(self.send_request(b"GET / HTTP/1.1\r\n\r\n").status, 400)
        self.assertEqual(self.send_request(get("/", "Host: y")).status, 400)
        self.assertEqual(self.send_request(b"GET / HTTP/1.0\r\n\r\n").status, 200)


if __name__ == "__main__":
    tap.main()
