#!/usr/bin/env python3
"""Workbooks while they are made: how many at a time, an end of the server meanwhile, and a disk that
has no room for one. A server in the middle of one is recognised by the thread that compresses it."""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
import serve  # noqa: E402
import tap  # noqa: E402
from device import Device, attlog  # noqa: E402

XLSX = "/api/punches.xlsx"


def many(server):
    """So many that a workbook of them takes seconds."""
    return 50000 if server.sanitized() else 100000


def filled(server, rows):
    clock = Device(server, "BOOKS")
    clock.options()
    for start in range(0, rows, 20000):
        lines = [(i % 1000, f"2026-03-{1 + i // 20000:02} {i // 3600 % 24:02}:{i // 60 % 60:02}"
                            f":{i % 60:02}", 0, i % 20000)
                 for i in range(start, min(start + 20000, rows))]
        reply = clock.post("/iclock/cdata?SN=BOOKS&table=ATTLOG&Stamp=1", attlog(*lines))
        assert reply.status == 200, reply


def compressing(server):
    """How many threads compress a workbook."""
    found, tasks = 0, f"/proc/{server.process.pid}/task"
    for task in os.listdir(tasks):
        try:
            with open(f"{tasks}/{task}/comm", encoding="utf-8") as f:
                found += f.read() == "workbook\n"
        except OSError:
            pass
    return found


class Export(threading.Thread):
    """One in a thread of its own; its reply, once it came."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.reply = server, None
        self.start()

    def run(self):
        try:
            self.reply = self.server.api.raw("GET", XLSX)
        except (OSError, http.client.HTTPException) as e:
            self.reply = (0, {}, repr(e).encode())

    def stopped(self):
        self.join(serve.DEADLINE)
        status, _, body = self.reply
        return status == 503 and json.loads(body)["code"] == "stopping"


class Workbooks(unittest.TestCase):
    def two_and_a_third(self, server):
        """Two exports under way, one of them compressed already, and the reply to a third; None: one
        of them was ready before."""
        exports = [Export(server), Export(server)]
        serve.until(lambda: compressing(server) or any(e.reply for e in exports), 600)
        status, headers, body = (None, {}, b"") if any(e.reply for e in exports) else \
            server.api.raw("GET", XLSX)
        if status == 503:
            return exports, headers, json.loads(body)
        for export in exports:
            export.join()
        return None

    def test_a_third_is_refused_with_the_reason_and_an_end_waits_for_none(self):
        with serve.Server("--new-devices", "approve") as server:
            filled(server, many(server))
            exports, headers, reply = next(filter(None, (
                self.two_and_a_third(server) for _ in range(10))))
            self.assertEqual((reply["code"], headers["Retry-After"]), ("too_many_exports", "30"))
            self.assertRegex(reply["error"], r"2 workbooks are being made, .* the older one "
                                             r"began \d+ seconds ago.* Try again in 30 seconds")
            server.terminate()
            self.assertTrue(any([e.stopped() for e in exports]), [e.reply for e in exports])

    def test_one_that_is_left_frees_its_place_when_it_is_complete(self):
        with serve.Server("--new-devices", "approve") as server:
            filled(server, many(server))
            for _ in range(2):
                with serve.Wire(server.admin) as wire:
                    wire.send(f"GET {XLSX} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                              f"{server.api.token}\r\n\r\n".encode())
                    serve.until(lambda: compressing(server) > 0)
                serve.until(lambda: compressing(server) == 0)
            status, headers, body = server.api.raw("GET", XLSX)
            self.assertEqual((status, body[:2]), (200, b"PK"))
            self.assertIn("spreadsheetml", headers["Content-Type"])

    def small_disk(self, size):
        home = tempfile.mkdtemp(prefix="gatehouse-books-")
        self.addCleanup(shutil.rmtree, home, True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", home],
                          stderr=subprocess.DEVNULL).returncode:
            self.skipTest("no privilege to mount a small disk")
        self.addCleanup(subprocess.run, ["umount", "-l", home])
        return home

    @staticmethod
    def export(server, file):
        return subprocess.run(
            [serve.program(), "punch", "export", "--output", file,
             "--url", f"http://{server.admin[0]}:{server.admin[1]}", "--data", server.data],
            capture_output=True, text=True, timeout=serve.DEADLINE)

    def test_a_file_that_does_not_fit_is_reported_with_the_room_and_not_left(self):
        out = self.small_disk("256k")
        with serve.Server("--new-devices", "approve") as server:
            filled(server, 4000)
            got = self.export(server, os.path.join(out, "a.csv"))
            self.assertEqual(got.returncode, 1, got)
            self.assertRegex(" ".join(got.stderr.split()),
                             r"No space left on device: the export is larger than .* free")
            self.assertEqual(os.listdir(out), [])

    def test_a_disk_without_room_is_reported_with_its_room_and_leaves_nothing(self):
        home = self.small_disk("100m")
        data, out = os.path.join(home, "data"), tempfile.mkdtemp(prefix="gatehouse-books-")
        self.addCleanup(shutil.rmtree, out, True)
        with serve.Server("--new-devices", "approve", data=data) as server:
            filled(server, 100)
            before = sorted(os.listdir(data))
            got = self.export(server, os.path.join(out, "a.xlsx"))
            self.assertEqual(got.returncode, 1, got)
            self.assertRegex(" ".join(got.stderr.split()),
                             rf"{data}, whose file system has \d+ MiB free.* 256 MiB must stay free")
            self.assertEqual(os.listdir(out), [])
            self.assertEqual(sorted(os.listdir(data)), before)


if __name__ == "__main__":
    tap.main()
