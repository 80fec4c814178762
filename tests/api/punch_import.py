#!/usr/bin/env python3
"""Punches from files: a clock's USB export and our own, by the command line and the API."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import fixture  # noqa: E402
import tap  # noqa: E402
from command_line import Base, environment, run, url  # noqa: E402
from device import attlog  # noqa: E402
from fixture import clock, refusal  # noqa: E402
from serve import DEADLINE, Api, Server, program, until  # noqa: E402

server = None


def setUpModule():
    global server
    server = command_line.server = fixture.serve()


def usb(*rows):
    """A clock's export, as it is written to a stick: PIN, time, status, verify mode, work code."""
    return "".join("%9s\t%s\t1\t%s\t%s\t%s\r\n" % row for row in rows).encode()


def day(n, minute=0):
    return "2026-10-%02d %02d:%02d:00" % (n, 8 + minute // 60, minute % 60)


def many(n, first=0):
    """n punches, a second apart from each other."""
    return [(str(1 + i % 50), "2025-%02d-%02d %02d:%02d:%02d" %
             (1 + i // 2419200, 1 + i // 86400 % 28, i // 3600 % 24, i // 60 % 60, i % 60), 0, 1, 0)
            for i in range(first, first + n)]


class Files(Base):
    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.home = home.name

    def file(self, name, content):
        path = os.path.join(self.home, name)
        with open(path, "wb") as f:
            f.write(content)
        return path

    def post(self, sn, content, more="", status=200, api=None):
        got, _, body = (api or server.api).raw("POST", f"/api/punches/import?device={sn}{more}", content)
        body = json.loads(body)
        self.assertEqual(got, status, body)
        return body["data"] if status == 200 else body

    def counts(self, got):
        return got["new"], got["known"], got["wrong"]

    def export(self, sn, *more):
        path = os.path.join(self.home, "export" + str(len(os.listdir(self.home))))
        self.assertEqual(run("punch", "export", "--device", sn, "--output", path, *more).status, 0)
        with open(path, "rb") as f:
            return f.read()


class Api_(Files):
    def test_a_usb_export_is_the_punches_the_clock_pushed_and_those_it_did_not(self):
        d = clock()
        d.punch(("7", day(1), 0, 1, "0"), ("8", day(1, 1), 1, 15, ""))
        content = usb((7, day(1), 0, 1, 0), (8, day(1, 1), 1, 15, 0), ("007", day(2), 255, 4, 53))
        got = self.post(d.sn, content)
        self.assertEqual((got["form"], got["dryRun"], got["lines"], got["faults"], got["deviceSerial"]),
                         ("usb", False, 3, [], d.sn))
        self.assertEqual(self.counts(got), (1, 2, 0))
        self.assertEqual(self.counts(self.post(d.sn, content)), (0, 3, 0))
        rows = server.api.punches(device=d.sn)
        self.assertEqual([(r["pin"], r["timestamp"], r["status"], r["verifyType"], r["workCode"], r["source"])
                          for r in rows],
                         [("7", day(1), 0, 1, "0", "pushed"), ("8", day(1, 1), 1, 15, "", "pushed"),
                          ("007", day(2), 255, 4, "53", "imported")])
        self.assertEqual(rows[2]["utc"], "2026-10-02T08:00:00Z")

    def test_what_was_imported_and_is_pushed_later_is_one_punch(self):
        d = clock()
        self.post(d.sn, usb((7, day(1), 0, 1, 0), (8, day(1, 1), 1, 15, 0)))
        d.punch(("7", day(1), 0, 1, "0"), ("9", day(1, 2), 0, 1, "0"))
        rows = server.api.punches(device=d.sn)
        self.assertEqual([(r["pin"], r["source"]) for r in rows],
                         [("7", "pushed"), ("8", "imported"), ("9", "pushed")])
        self.assertEqual(self.counts(self.post(d.sn, usb((7, day(1), 0, 1, 0), (9, day(1, 2), 0, 1, 0)))),
                         (0, 2, 0))

    def test_each_form_of_our_exports_comes_back_as_what_was_exported(self):
        d = clock()
        d.upload("OPERLOG", "USER PIN=007\tName=Anne \"A\"; B,C\n", 1)
        d.punch(("007", day(3), 0, 1, "53"), ("=1+1", day(3, 1), 77, 25, "0"), ("1E5", "2026-02-30 08:03:00"),
                ("12", day(3, 2), 0, 15, "", "0", "0", "x y"), ("5", "1790000000", 1, 4))
        plain = server.api.punches(device=d.sn)
        facts = ("pin", "timestamp", "status", "verifyType", "workCode", "extra", "utc")
        for name, content in (
                ("csv", self.export(d.sn, "--format", "csv")),
                ("bom", self.export(d.sn, "--format", "csv", "--bom", "--separator", "tab")),
                ("excel", self.export(d.sn, "--excel", "--separator", "semicolon")),
                ("ndjson", self.export(d.sn, "--format", "ndjson")),
                ("utf16", self.export(d.sn, "--format", "csv").decode().encode("utf-16")),
                ("crlf", self.export(d.sn, "--format", "csv").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))):
            with self.subTest(name):
                self.assertEqual(self.counts(self.post(d.sn, content)), (0, 5, 0))
                # To a server that has none of them, by another device.
                other = clock()
                content = content.decode("utf-16" if name == "utf16" else "utf-8-sig").replace(d.sn, other.sn)
                got = self.post(other.sn, content.encode())
                self.assertEqual(self.counts(got), (5, 0, 0), got)
                left = [f for f in facts if name != "excel" or f != "extra"]
                self.assertEqual([[r[f] or None for f in left] for r in server.api.punches(device=other.sn)],
                                 [[(r[f] if r[f] != "0" or f != "workCode" else "") or None for f in left]
                                  for r in plain])

    def test_a_trial_stores_nothing_and_counts_the_same(self):
        d = clock()
        d.punch(("7", day(1), 0, 1, "0"), ("8", day(1, 1), 1, 15, "3"), ("8", day(9, 1), 1, 15))
        content = usb((7, day(1), 0, 1, 0), (8, day(1, 1), 1, 15, 0), (8, day(1, 1), 1, 15, 3),
                      (9, day(5), 0, 1, 0), (9, day(5), 0, 1, 0)) + b"rubbish\t\r\n"
        last = server.api.punches()[-1]["seq"]
        trial = self.post(d.sn, content, "&dryRun=1")
        self.assertTrue(trial["dryRun"])
        self.assertEqual(server.api.punches()[-1]["seq"], last)
        done = self.post(d.sn, content)
        self.assertEqual(self.counts(done), (2, 3, 1))
        self.assertEqual(self.counts(trial), self.counts(done))
        self.assertEqual(self.counts(self.post(d.sn, content, "&dryRun=1")), (0, 5, 1))

    def test_a_wrong_line_is_named_and_its_neighbours_are_taken(self):
        d = clock()
        content = (usb((1, day(1), 0, 1, 0)) + b"\r\n" + b"2\t01.10.2026\t1\t0\t1\t0\r\n" + usb((3, day(1), 0, "x", 0)) +
                   b"4\n" + usb((5, day(1), 0, 1, 0)))
        got = self.post(d.sn, content)
        self.assertEqual(self.counts(got), (2, 0, 3))
        self.assertEqual([(f["line"], f["field"]) for f in got["faults"]],
                         [(3, "timestamp"), (4, "verifyType"), (5, "")])
        self.assertTrue(all(f["message"] for f in got["faults"]))
        got = self.post(d.sn, b"x\ty\n" * 300)
        self.assertEqual((got["wrong"], len(got["faults"])), (300, 100))

    def test_punches_of_another_device_are_left_out(self):
        d, other = clock(), clock()
        other.punch(("7", day(1), 0, 1))
        got = self.post(d.sn, self.export(other.sn, "--format", "csv"))
        self.assertEqual((self.counts(got), got["faults"][0]["field"]), ((0, 0, 1), "deviceSerial"))
        got = self.post(d.sn, b"SN=%s\r\n" % other.sn.encode() + usb((7, day(1), 0, 1, 0)), status=400)
        self.assertIn(other.sn, got["error"])
        got = self.post(d.sn, b"SN=%s\r\n" % d.sn.encode() + usb((7, day(1), 0, 1, 0)) + b"CheckSum=1\r\n")
        self.assertEqual(self.counts(got), (1, 0, 0))

    def test_what_cannot_be_imported_is_refused(self):
        d = clock()
        refusal(self, 400, "parameter_invalid", "POST", "/api/punches/import")
        refusal(self, 404, "device_unknown", "POST", "/api/punches/import?device=NOBODY")
        refusal(self, 400, "parameter_invalid", "POST", f"/api/punches/import?device={d.sn}&dryRun=2")
        for content in (b"PK\3\4\0\0", b"\x89PNG\r\n", b"pin,timestamp,status\n", b"hello\n"):
            self.assertEqual(self.post(d.sn, content, status=400)["code"], "body_malformed", content)
        got = self.post(d.sn, b"")
        self.assertEqual((self.counts(got), got["form"]), ((0, 0, 0), None))
        self.assertEqual(self.post(d.sn, b"x" * (17 << 20), status=413)["code"], "body_too_big")
        with Server("--new-devices", "hold") as own:
            own.api.post("/api/devices", {"sn": "HELD1", "state": "held"})
            own.api.post("/api/devices", {"sn": "NEW1", "zone": "Asia/Tokyo"})
            content = usb((7, day(1), 0, 1, 0))
            self.assertEqual(self.post("HELD1", content, status=409, api=own.api)["code"], "wrong_state")
            # One that was announced has not called yet.
            self.assertEqual(self.counts(self.post("NEW1", content, api=own.api)), (1, 0, 0))
            self.assertEqual(own.api.punches()[0]["utc"], "2026-09-30T23:00:00Z")

    def test_a_damaged_line_is_no_frame_and_is_counted(self):
        d = clock()
        one = [usb((7, day(1, n), 0, 1, 0)) for n in range(4)]
        content = b"SN=%s\r\n" % d.sn.encode() + b"c\r\nCheck\r\n".join(one) + b"SN=OTHER\r\n" + one[0]
        for end in (b"", b"CheckSum=1", b"CheckSum=1\r\n\r\n \r\n"):
            got = self.post(d.sn, content + end, "&dryRun=1")
            self.assertEqual((got["new"] + got["known"], got["wrong"]), (5, 7), got)
            self.assertEqual([f["line"] for f in got["faults"]], [3, 4, 6, 7, 9, 10, 12])
        self.assertEqual(self.counts(self.post(d.sn, content)), (4, 1, 7))

    def test_it_needs_the_scope_write_and_leaves_a_row_of_the_audit(self):
        d = clock()
        made = server.api.post("/api/tokens", {"name": "reader", "scopes": ["read"]})["data"]
        reader = Api(server.admin, made["token"])
        self.post(d.sn, usb((7, day(1), 0, 1, 0)), status=403, api=reader)
        made = server.api.post("/api/tokens", {"name": "clerk", "scopes": ["read", "write"]})["data"]
        clerk = Api(server.admin, made["token"])
        self.post(d.sn, usb((7, day(1), 0, 1, 0)), "&dryRun=1", api=clerk)
        self.post(d.sn, usb((7, day(1), 0, 1, 0)), api=clerk)
        rows = server.api.get("/api/audit?action=import_punches")["data"]
        rows = [r for r in rows if r["subject"].endswith(d.sn)]
        self.assertEqual([(r["by"], r["subject"], r["outcome"], r["after"]) for r in rows],
                         [("clerk", f"device:{d.sn}", "done", {"new": 1, "known": 0, "wrong": 0})])

    def test_the_audit_has_the_counts_of_an_import(self):
        d = clock()
        lines = usb(*((n, day(1, n % 10), 0, 1, 0) for n in range(1, 30)))
        self.post(d.sn, lines)
        more = usb((99, day(2), 0, 1, 0)) + b"what is no punch\n"
        self.assertEqual(self.counts(self.post(d.sn, lines + more)), (1, 29, 1))
        # Beyond 20,000 punches it is stored in pieces: the first leaves a row, and the last the counts.
        self.post(d.sn, b"".join(b"%d\t2026-10-03 08:00:00\t0\t1\t0\t0\n" % n for n in range(1, 20102)))
        rows = server.api.get("/api/audit?action=import_punches&limit=100")["data"]
        self.assertEqual([r["after"] for r in sorted(rows, key=lambda r: r["seq"]) if r["subject"].endswith(d.sn)],
                         [{"new": 29, "known": 0, "wrong": 0}, {"new": 1, "known": 29, "wrong": 1}, None,
                          {"new": 20101, "known": 0, "wrong": 0}])

    def test_a_line_without_an_end_or_marks_without_a_pair_do_no_harm(self):
        d = clock()
        head = b"pin,timestamp,status,verifyType,workCode\n"
        row = b"%d,2026-10-01 08:00:%02d,0,1,\n"
        content = head + b'5,"2026-10-01 08:00:00,0,1,\n' + b"".join(row % (i, i) for i in range(50))
        got = self.post(d.sn, content)
        self.assertEqual((self.counts(got), got["faults"][0]["line"]), ((50, 0, 1), 2))
        long = b"1\t" + b"x" * 200_000 + b"\n"
        self.assertEqual(self.counts(self.post(d.sn, usb((7, day(1), 0, 1, 0)) + long +
                                               usb((8, day(1), 0, 1, 0))[:-2])), (2, 0, 1))
        self.post(d.sn, long, status=400)


class CommandLine(Files):
    def test_a_file_is_tried_imported_and_repeated(self):
        d = clock()
        path = self.file("1_attlog.dat", usb((7, day(1), 0, 1, 0), (8, day(1, 1), 1, 15, 0)))
        got = run("punch", "import", path, "--device", d.sn, "--dry-run")
        self.assertEqual(got.status, 0, got)
        self.assertRegex(got.out, r"(?m)^New +2$")
        self.assertIn("nothing was stored", got.err)
        self.assertEqual(server.api.punches(device=d.sn), [])
        self.assertRegex(self.ok("punch", "import", path, "--device", d.sn).out, r"(?m)^Form +usb$")
        got = json.loads(self.ok("punch", "import", path, "--device", d.sn, "--json").out)["data"]
        self.assertEqual(self.counts(got), (0, 2, 0))
        self.assertEqual(len(server.api.punches(device=d.sn)), 2)

    def test_wrong_lines_are_printed_with_their_numbers_in_the_file(self):
        d = clock()
        rows = many(60_000)
        lines = usb(*rows).split(b"\r\n")[:-1]
        lines[40_000] = b"rubbish\t"
        lines.append(b"more rubbish\t")
        path = self.file("1_attlog.dat", b"\r\n".join(lines) + b"\r\n")
        self.assertGreater(os.path.getsize(path), 2 << 20)
        got = self.bad(1, f"{path}:40001: ", "punch", "import", path, "--device", d.sn)
        self.assertIn(f"{path}:60001: ", got.err)
        self.assertRegex(got.out, r"(?m)^New +59999$")

    def test_a_large_csv_is_sent_in_parts_with_its_names(self):
        d = clock()
        text = "pin;timestamp;status;verifyType;workCode;personName\r\n" + "".join(
            '%s;%s;%s;%s;%s;"A ""B""\r\nC"\r\n' % row for row in many(50_000))
        for coded in (text.encode("utf-8-sig"), text.encode("utf-16")):
            path = self.file("large.csv", coded)
            self.assertGreater(os.path.getsize(path), 2 << 20)
            got = json.loads(self.ok("punch", "import", path, "--device", d.sn, "--json").out)["data"]
            self.assertEqual((got["new"] + got["known"], got["wrong"], got["lines"]), (50_000, 0, 100_001))
        self.assertEqual(got["known"], 50_000)

    def test_one_that_was_killed_is_repeated_and_loses_and_doubles_nothing(self):
        d = clock()
        path = self.file("1_attlog.dat", usb(*many(120_000)))
        env = environment(GATEHOUSE_DATA=server.data, GATEHOUSE_URL=url())
        sent = subprocess.Popen([program(), "punch", "import", path, "--device", d.sn], env=env,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: server.api.get(f"/api/punches?device={d.sn}&limit=1")["data"])
        sent.kill()
        sent.wait()
        got = json.loads(self.ok("punch", "import", path, "--device", d.sn, "--json").out)["data"]
        self.assertEqual((got["new"] + got["known"], got["wrong"]), (120_000, 0))
        self.assertGreater(got["known"], 0)
        self.assertEqual(len(self.export(d.sn, "--format", "ndjson").splitlines()), 120_000)

    def test_what_makes_no_sense_is_refused(self):
        d = clock()
        path = self.file("1_attlog.dat", usb((7, day(1), 0, 1, 0)))
        self.bad(2, "--device SN", "punch", "import", path)
        self.bad(2, "one for each file", "punch", "import", path, "--device", d.sn, "--device", "X")
        self.bad(1, "No such file", "punch", "import", path + "x", "--device", d.sn)
        self.bad(1, "Is a directory", "punch", "import", self.home, "--device", d.sn)
        self.bad(1, "NOBODY", "punch", "import", path, "--device", "NOBODY")
        self.bad(1, "no USB export", "punch", "import", self.file("a.xlsx", b"PK\3\4"), "--device", d.sn)
        long = self.file("long.dat", usb((7, day(1), 0, 1, 0)) + b"x" * (3 << 20))
        self.bad(1, "line 2 is longer", "punch", "import", long, "--device", d.sn)


if __name__ == "__main__":
    tap.main()
