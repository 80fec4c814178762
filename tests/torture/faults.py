#!/usr/bin/env python3
"""Faults of the machine: a full disk, a directory that turns read-only, a database locked by
another program, a clock that jumps. No acknowledged punch is lost, the server does not fall, and it
recovers without a restart."""

import glob
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from clock_steps import SteppedClock  # noqa: E402
from device import Device  # noqa: E402
from fleet import Clock, Fleet, Ledger  # noqa: E402
from serve import Server, until  # noqa: E402


class Fault(unittest.TestCase):
    def fleet(self, server, devices=4, **more):
        fleet = Fleet([Clock(lambda: server.devices, f"F{i}", 1, batch=20, **more)
                       for i in range(devices)]).start()
        self.addCleanup(fleet.end)
        until(lambda: all(c.safe > 50 for c in fleet.clocks))
        return fleet

    def recovered(self, server, fleet):
        """Everything flows again, and nothing was lost."""
        marks = [c.safe for c in fleet.clocks]
        until(lambda: fleet.check_alive() or all(
            c.safe > m for c, m in zip(fleet.clocks, marks)), 60)
        for c in fleet.clocks:
            c.quiet.set()
        until(fleet.drained, 60)
        fleet.end()
        self.stored(server, fleet)
        self.assertTrue(server.alive())

    def stored(self, server, fleet):
        ledger = Ledger()
        promises = [(c, c.acknowledged()) for c in fleet.clocks]
        ledger.read(server.api)
        for clock, promised in promises:
            ledger.holds(clock, promised)

    def stuck(self, fleet, seconds=2):
        """Nothing is acknowledged any more."""
        def still():
            marks = [c.safe for c in fleet.clocks]
            time.sleep(seconds)
            fleet.check_alive()
            return marks == [c.safe for c in fleet.clocks]
        until(still, 60)


class FullDisk(Fault):
    def test_a_full_disk_withholds_ok_and_room_brings_it_back(self):
        home = tempfile.mkdtemp(prefix="gatehouse-disk-")
        self.addCleanup(shutil.rmtree, home, True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", home],
                          stderr=subprocess.DEVNULL).returncode:
            self.skipTest("no privilege to mount a small disk; see the next claim")
        self.addCleanup(subprocess.run, ["umount", "-l", home])
        ballast = os.path.join(home, "ballast")
        with Server("--new-devices", "approve", data=os.path.join(home, "data")) as server:
            fleet = self.fleet(server)
            with open(ballast, "wb", 0) as f:
                try:
                    while True:
                        f.write(bytes(1 << 16))
                except OSError:
                    pass
            self.stuck(fleet)
            self.assertTrue(server.alive())
            self.stored(server, fleet)
            self.assertEqual(server.api.raw("GET", "/healthz")[0], 200)
            self.assertNotEqual(server.api.raw("GET", "/readyz")[0], 200)
            os.unlink(ballast)
            self.recovered(server, fleet)
            # Five seconds without a failure; nothing needs to be stored for that.
            until(lambda: server.api.raw("GET", "/readyz")[0] == 200)

    def test_files_that_may_not_grow(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        with Server("--new-devices", "approve", prepare=limit) as server:
            fleet = self.fleet(server)
            size = max(os.path.getsize(p) for p in glob.glob(server.data + "/gatehouse.db*"))
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE,
                             (size + 200_000, resource.RLIM_INFINITY))
            self.stuck(fleet)
            self.stored(server, fleet)
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE,
                             (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            self.recovered(server, fleet)


    def test_the_server_is_ready_again_without_an_upload(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        def ready():
            return server.api.raw("GET", "/readyz")[0]

        def large(n):
            return b"".join(b"USER PIN=%d\tName=N%d\n" % (i, n) for i in range(20000))

        with Server("--new-devices", "approve", prepare=limit) as server:
            d = Device(server)
            d.options()
            self.assertEqual(d.punch(("1", "2024-01-01 00:00:00")).body, b"OK:1")
            # Parts of an upload are stored until one does not fit. What that leaves is chance, and may be too
            # little for anything.
            for n in range(10):
                # Its log begins empty: what fills it from here on does not fit into the database.
                server.restart()
                d = Device(server, d.sn)
                size = max(os.path.getsize(p) for p in glob.glob(server.data + "/gatehouse.db*"))
                resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE,
                                 (size + 100_000 + n * 16_000, resource.RLIM_INFINITY))
                self.assertEqual(d.upload("OPERLOG", large(n)).status, 503)
                self.assertEqual(ready(), 503)
                if d.punch(("2", "2024-01-01 00:00:00")).body == b"OK:1":
                    break
            else:
                self.fail("nothing fits")
            # What little fits proves nothing.
            time.sleep(6)
            self.assertEqual(ready(), 503)
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE,
                             (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            until(lambda: ready() == 200)
            self.assertEqual(d.upload("OPERLOG", large(n)).body, b"OK:20000")


class FailingDisk(Fault):
    """System calls that fail now and then, made to by strace."""

    def inject(self, server, what):
        strace = shutil.which("strace")
        if not strace:
            self.skipTest("no strace on this machine")
        watch = subprocess.Popen([strace, "-f", "-o", "/dev/null", "-e", f"trace={what[0]}", "-e",
                                  f"inject={what[0]}:error={what[1]}:when={what[2]}", "-p",
                                  str(server.process.pid)], stderr=subprocess.PIPE, text=True)
        line = watch.stderr.readline()
        if "attached" not in line:
            watch.kill()
            watch.wait()
            watch.stderr.close()
            self.skipTest(f"nobody may watch here: {line.strip()}")
        return watch

    def test_syncs_and_writes_that_fail(self):
        with Server("--new-devices", "approve") as server:
            fleet = self.fleet(server)
            for what in (("fdatasync", "EIO", "2+3"), ("fdatasync", "EIO", "1+1"),
                         ("pwrite64", "ENOSPC", "5+7"), ("pwrite64", "EIO", "1+1"),
                         ("ftruncate", "EIO", "1+1")):
                watch = self.inject(server, what)
                try:
                    time.sleep(1.5)
                    fleet.check_alive()
                    self.assertTrue(server.alive(), what)
                finally:
                    watch.terminate()
                    watch.wait()
                    watch.stderr.close()
                marks = [c.safe for c in fleet.clocks]
                until(lambda: fleet.check_alive() or all(
                    c.safe > m for c, m in zip(fleet.clocks, marks)), 60)
                self.stored(server, fleet)
            server.restart("kill")
            self.recovered(server, fleet)

    def test_no_device_gets_ok_while_no_sync_succeeds(self):
        with Server("--new-devices", "approve") as server:
            d = Device(server)
            d.options()
            self.assertEqual(d.punch(("1", "2024-01-01 00:00:00")).body, b"OK:1")
            watch = self.inject(server, ("fdatasync", "EIO", "1+1"))
            try:
                for i in range(5):
                    self.assertEqual(d.punch((f"lost{i}", "2024-01-01 00:00:00")).status, 503)
            finally:
                watch.terminate()
                watch.wait()
                watch.stderr.close()
            self.assertEqual(d.punch(("2", "2024-01-01 00:00:00")).body, b"OK:1")
            pins = [p["pin"] for p in server.api.punches()]
            self.assertEqual((pins[0], pins[-1]), ("1", "2"))


class ReadOnly(Fault):
    def test_a_data_directory_that_turns_read_only(self):
        nobody = 65534
        home = tempfile.mkdtemp(prefix="gatehouse-ro-")
        self.addCleanup(shutil.rmtree, home, True)
        data = os.path.join(home, "data")
        os.mkdir(data)
        root = os.getuid() == 0

        def drop():
            if root:
                os.setgroups([])
                os.setgid(nobody)
                os.setuid(nobody)

        if root:
            os.chmod(home, 0o755)
            os.chown(data, nobody, nobody)
        with Server("--new-devices", "approve", data=data, prepare=drop) as server:
            fleet = self.fleet(server)
            os.chmod(data, 0o555)
            for path in glob.glob(data + "/*"):
                os.chmod(path, 0o444)
            time.sleep(2)
            self.assertTrue(server.alive())
            self.stored(server, fleet)
            for path in glob.glob(data + "/*"):
                os.chmod(path, 0o644)
            os.chmod(data, 0o755)
            self.recovered(server, fleet)


class Locked(Fault):
    def test_a_database_locked_by_another_program_for_seconds(self):
        with Server("--new-devices", "approve") as server:
            fleet = self.fleet(server)
            quiet = Device(server)
            quiet.options()
            db = sqlite3.connect(os.path.join(server.data, "gatehouse.db"), timeout=10,
                                 isolation_level=None)
            self.addCleanup(db.close)
            try:
                db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as why:
                self.skipTest(f"the server lets nobody lock its database: {why}")
            slowest, end, requests = 0.0, time.monotonic() + 7, 0
            while time.monotonic() < end:
                start = time.monotonic()
                self.assertEqual(quiet.poll(), [], "a heartbeat needs no database")
                slowest, requests = max(slowest, time.monotonic() - start), requests + 1
                time.sleep(0.01)
            self.assertLess(slowest, 2)
            self.assertGreater(requests, 100)
            before = sum(c.safe for c in fleet.clocks)
            time.sleep(1)
            self.assertEqual(sum(c.safe for c in fleet.clocks), before,
                             "a device got OK while nothing could be stored")
            self.stored(server, fleet)
            db.execute("ROLLBACK")
            self.recovered(server, fleet)

    def test_a_reader_that_keeps_a_transaction_open(self):
        with Server("--new-devices", "approve") as server:
            fleet = self.fleet(server)
            db = server.database()
            db.isolation_level = None
            db.execute("BEGIN")
            count = db.execute("SELECT count(*) FROM v_punch").fetchone()
            time.sleep(2)
            self.assertEqual(db.execute("SELECT count(*) FROM v_punch").fetchone(), count)
            db.close()
            self.recovered(server, fleet)


class ClockSteps(Fault):
    def test_a_clock_that_jumps_forth_and_back(self):
        clock = SteppedClock(self)
        with Server("--new-devices", "approve", "--command-retry", "1", env=clock.env) as server:
            fleet = self.fleet(server)
            d = Device(server)
            d.options()
            for seconds in 3600, -86400, 86400, 0:
                number = server.api.queue(d.sn, "CHECK")
                self.assertEqual(d.poll(), [(str(number), "CHECK")])
                clock.step(seconds)
                marks = [c.safe for c in fleet.clocks]
                until(lambda: fleet.check_alive() or all(
                    c.safe > m for c, m in zip(fleet.clocks, marks)), 30)
                # The unanswered command, which lives a week, is offered again, whatever the clock
                # shows.
                again = until(lambda: d.poll(), 30, 0.1)
                self.assertEqual(again, [(str(number), "CHECK")], seconds)
                d.done(number)
                self.assertEqual(server.api.command(number)["status"], "acknowledged")
            self.recovered(server, fleet)


if __name__ == "__main__":
    tap.main()
