#!/usr/bin/env python3
"""Files people can open: exports with names and words, as Excel reads them, and how they appear."""

import csv
import http.server
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
import command_line  # noqa: E402
import fixture  # noqa: E402
from command_line import environment, run, url  # noqa: E402
from fixture import clock, refusal  # noqa: E402
from serve import DEADLINE, program, until  # noqa: E402
from xlsx import workbook  # noqa: E402

server = None


def setUpModule():
    global server
    server = fixture.serve()
    command_line.server = server


def named():
    """A clock with a name, people with names, and punches that a spreadsheet would spoil."""
    d = clock()
    server.api.change(d.sn, name="Front door")
    d.upload("OPERLOG", "USER PIN=007\tName=Anne\nUSER PIN=12\tName==cmd()\n"
                        "USER PIN=1E5\tName=\n", 1)
    d.punch(("007", "2026-11-03 08:00:00", 0, 1), ("12", "2026-11-03 08:01:00", 1, 15),
            ("1E5", "2026-11-03 08:02:00", 77, 1), ("007", "2026-02-30 08:03:00", 0, 1, "=1+1"))
    return d


class Base(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.addCleanup(self.home.cleanup)

    def path(self, name):
        return os.path.join(self.home.name, name)

    def done(self, *words, err=""):
        got = run(*words)
        self.assertEqual((got.status, got.err), (0, err), got)
        return got


class Excel(Base):
    def test_a_workbook_has_names_words_and_text(self):
        d = named()
        self.done("punch", "export", "--device", d.sn, "--output", self.path("a.xlsx"))
        self.assertEqual(os.listdir(self.home.name), ["a.xlsx"])
        (name, (head, *rows)), = workbook(self.path("a.xlsx")).items()
        rows = [dict(zip(head, row)) for row in rows]
        self.assertEqual(name, "punches")
        self.assertEqual([(r["pin"], r["personName"], r["statusName"], r["verifyName"],
                           r["deviceName"], r["deviceSerial"]) for r in rows],
                         [("007", "Anne", "check in", "fingerprint", "Front door", d.sn),
                          ("12", "=cmd()", "check out", "face", "Front door", d.sn),
                          ("1E5", None, 77, "fingerprint", "Front door", d.sn),
                          ("007", "Anne", "check in", "fingerprint", "Front door", d.sn)])
        self.assertEqual(rows[0]["timestamp"]["date"], "2026-11-03 08:00:00")
        # No moment of the calendar, and no formula.
        self.assertEqual((rows[3]["timestamp"], rows[3]["workCode"]),
                         ("2026-02-30 08:03:00", "=1+1"))
        self.assertEqual(os.listdir(server.data).count(".export"), 0)

    def test_csv_for_excel_keeps_text_as_text_and_reports_what_it_changed(self):
        d = named()
        for more, separator in (((), ","), (("--separator", "semicolon"), ";"),
                                (("--separator", "tab"), "\t")):
            self.done("punch", "export", "--device", d.sn, "--excel", "--output",
                      self.path("a.csv"), *more,
                      err="2 cells begin as a formula would; each has an apostrophe before it, "
                          "and is text.\n")
            with open(self.path("a.csv"), "rb") as f:
                raw = f.read()
            self.assertTrue(raw.startswith(b"\xef\xbb\xbfseq" + separator.encode()), raw[:40])
            rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""),
                                       delimiter=separator))
            self.assertEqual([(r["pin"], r["personName"], r["workCode"]) for r in rows],
                             [('="007"', "Anne", '="0"'), ('="12"', "'=cmd()", '="0"'),
                              ('="1E5"', "", '="0"'), ('="007"', "Anne", "'=1+1")])
            self.assertEqual([r["timestamp"] for r in rows],
                             ["2026-11-03 08:00:00", "2026-11-03 08:01:00",
                              "2026-11-03 08:02:00", "2026-02-30 08:03:00"])

    def test_a_comma_for_decimals_makes_semicolons(self):
        for locale, separator in (("C.UTF-8", b","), ("de_DE.UTF-8", b";")):
            if locale not in self.locales():
                continue
            env = environment(GATEHOUSE_DATA=server.data, GATEHOUSE_URL=url(), LC_ALL=locale)
            got = subprocess.run([program(), "punch", "export", "--excel"], env=env,
                                 capture_output=True, timeout=DEADLINE * 2)
            self.assertTrue(got.stdout.startswith(b"\xef\xbb\xbfseq" + separator), got)

    def locales(self):
        got = subprocess.run(["locale", "-a"], capture_output=True, text=True)
        return ["C.UTF-8"] + [line.replace("utf8", "UTF-8") for line in got.stdout.split()]

    def test_the_mark_and_the_separator_go_without_excel(self):
        d = named()
        got = run("punch", "export", "--device", d.sn, "--bom", "--separator", "tab")
        head, first, *_ = got.out.splitlines()
        self.assertEqual(head.split("\t")[:3], ["\ufeffseq", "pin", "timestamp"])
        self.assertEqual(first.split("\t")[1], "007")
        for query in ("format=csv&excel=1&bom=0", "format=csv"):
            *_, body = server.api.raw("GET", f"/api/punches?device={d.sn}&{query}")
            self.assertTrue(body.startswith(b"seq,"), body[:40])

    def test_a_name_comes_from_another_device_where_this_one_has_none(self):
        named()
        d = clock()
        d.punch(("007", "2026-11-03 08:00:00"), ("9", "2026-11-03 08:00:00"))
        got = run("punch", "export", "--device", d.sn, "--excel")
        rows = list(csv.DictReader(io.StringIO(got.out, newline="")))
        self.assertEqual([r["personName"] for r in rows], ["Anne", ""])

    def test_every_list_is_a_workbook_by_its_path(self):
        d = named()
        for path, sheet in (("/api/devices.xlsx", "devices"), ("/api/persons.xlsx", "persons"),
                            ("/api/tokens.xlsx", "tokens"), ("/api/attendance.xlsx", "attendance"),
                            (f"/api/devices/{d.sn}/trace.xlsx", "trace")):
            status, headers, body = server.api.raw("GET", path)
            self.assertEqual(status, 200, path)
            self.assertIn("spreadsheetml.sheet", headers["Content-Type"])
            with open(self.path("x"), "wb") as f:
                f.write(body)
            self.assertEqual(list(workbook(self.path("x"))), [sheet])

    def test_what_does_not_go_together_is_refused(self):
        for query in ("format=xlsx&excel=1", "bom=1", "format=ndjson&separator=tab",
                      "format=csv&separator=colon", "format=xls"):
            refusal(self, 400, "parameter_invalid", "GET", f"/api/punches?{query}")
        for words, text in ((("--format", "xlsx", "--excel"), "--excel"),
                            (("--bom", "--output", "a.json", "--format", "json"), "--bom"),
                            (("--format", "xml"), "xlsx")):
            got = run("punch", "export", *words)
            self.assertEqual(got.status, 2, got)
            self.assertIn(text, got.err)
        got = run("punch", "export", "--separator", "colon", "--output", self.path("a.csv"))
        self.assertEqual(got.status, 1, got)
        self.assertEqual(os.listdir(self.home.name), [])


class Slow(http.server.BaseHTTPRequestHandler):
    """A server whose export ends when the test lets it."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for i in range(10**6):
                line = b'{"seq":%d}\n' % i
                self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                if self.server.go_on.wait(0.05):
                    break
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass  # it was interrupted

    def log_message(self, *_):
        pass


class Progress(Base):
    def setUp(self):
        super().setUp()
        self.slow = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
        self.slow.daemon_threads = True
        self.slow.go_on = threading.Event()
        threading.Thread(target=self.slow.serve_forever, daemon=True).start()
        self.addCleanup(self.slow.server_close)
        self.addCleanup(self.slow.shutdown)
        self.addCleanup(self.slow.go_on.set)

    def begin(self, *words, **how):
        env = environment(GATEHOUSE_URL="http://127.0.0.1:%d" % self.slow.server_address[1],
                          GATEHOUSE_TOKEN="x", TERM="xterm")
        p = subprocess.Popen([program(), "punch", "export", *words], env=env,
                             stdin=subprocess.DEVNULL, **how)
        self.addCleanup(lambda: p.poll() is None and p.kill())
        return p

    def test_a_terminal_shows_rows_and_rate_until_it_ends(self):
        main, side = pty.openpty()
        self.addCleanup(os.close, main)
        p = self.begin("--output", self.path("a.ndjson"), stderr=side)
        os.close(side)
        shown = b""
        while not re.search(rb"[1-9]\d* rows, \d+ a second", shown):
            shown += os.read(main, 1000)
        self.slow.go_on.set()
        self.assertEqual(p.wait(DEADLINE), 0)
        try:
            while more := os.read(main, 1000):
                shown += more
        except OSError:
            pass
        # The line is taken away; one that stays has what was written.
        self.assertRegex(shown, rb"\r\x1b\[K[^\r]*a\.ndjson: [1-9]\d* rows, [^\r]+\r\n$")
        with open(self.path("a.ndjson")) as f:
            self.assertEqual(json.loads(f.readline()), {"seq": 0})

    def test_elsewhere_nothing_is_shown(self):
        p = self.begin(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(10):
            p.stdout.readline()
        self.slow.go_on.set()
        self.assertEqual(p.communicate(timeout=DEADLINE)[1], b"")
        self.assertEqual(p.returncode, 0)

    def test_an_interrupted_one_leaves_the_file_as_it_was(self):
        with open(self.path("a.ndjson"), "w") as f:
            f.write("before")
        for how in (signal.SIGINT, signal.SIGTERM):
            p = self.begin("--output", self.path("a.ndjson"), stderr=subprocess.PIPE)
            until(lambda: os.path.exists(self.path("a.ndjson.part")))
            p.send_signal(how)
            err = p.communicate(timeout=DEADLINE)[1].decode()
            self.assertEqual(p.returncode, 130, err)
            self.assertIn("a.ndjson is as it was", err)
            self.assertEqual(os.listdir(self.home.name), ["a.ndjson"])
            with open(self.path("a.ndjson")) as f:
                self.assertEqual(f.read(), "before")

    def test_an_interrupted_array_is_not_closed(self):
        p = self.begin("--format", "json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.send_signal(signal.SIGINT) if p.stdout.read(1) == b"[" else self.fail("no array")
        out, err = p.communicate(timeout=DEADLINE)
        self.assertEqual(p.returncode, 130)
        self.assertIn(b"not all", err)
        self.assertNotIn(b"]", out)

    def test_a_pipe_or_a_device_is_written_and_not_replaced(self):
        self.slow.go_on.set()
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        p = self.begin("--output", fifo)
        with open(fifo) as f:
            self.assertEqual(json.loads(f.readline()), {"seq": 0})
        self.assertEqual(p.wait(DEADLINE), 0)
        self.assertEqual(os.listdir(self.home.name), ["fifo"])
        self.assertFalse(os.path.isfile(fifo))


if __name__ == "__main__":
    tap.main()
