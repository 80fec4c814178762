#!/usr/bin/env python3
"""Durable before OK: between the arrival of an upload and its OK the server has synced the
database to the disk. Watched from outside, by its system calls."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, until  # noqa: E402

SYNC = re.compile(r"\b(fdatasync|fsync)\(\d+<([^>]*)>")
SENT = re.compile(r"\b(sendto|sendmsg|write|writev|send)\(\d+<TCP:.*OK:1")


class Durable(unittest.TestCase):
    def test_no_ok_leaves_before_the_sync_of_its_commit(self):
        strace = shutil.which("strace")
        if not strace:
            self.skipTest("no strace on this machine")
        home = tempfile.mkdtemp(prefix="gatehouse-trace-")
        self.addCleanup(shutil.rmtree, home, True)
        path = os.path.join(home, "calls")
        with Server("--new-devices", "approve") as server:
            d = Device(server)
            d.options()
            watch = subprocess.Popen(
                [strace, "-f", "-yy", "-s", "512", "-o", path, "-e",
                 "trace=fdatasync,fsync,sendto,sendmsg,write,writev", "-p",
                 str(server.process.pid)], stderr=subprocess.PIPE, text=True)
            try:
                line = watch.stderr.readline()
                if "attached" not in line:
                    self.skipTest(f"nobody may watch here: {line.strip()}")
                for i in range(5):
                    self.assertEqual(d.punch((str(i), "2024-01-01 00:00:00")).body, b"OK:1")

                def calls():
                    with open(path, errors="replace") as f:
                        found = f.read().splitlines()
                    return found if sum(bool(SENT.search(c)) for c in found) >= 5 else None

                seen = until(calls)
            finally:
                watch.terminate()
                watch.wait()
                watch.stderr.close()
            synced, answers = False, 0
            for call in seen:
                sync = SYNC.search(call)
                if sync and "gatehouse.db" in sync[2]:
                    synced = True
                if SENT.search(call):
                    self.assertTrue(synced, f"an OK without a sync before it: {call}")
                    answers, synced = answers + 1, False
            self.assertGreaterEqual(answers, 5)


if __name__ == "__main__":
    tap.main()
