#!/usr/bin/env python3
"""Faults between the program and PostgreSQL while clocks upload: connections that break at COMMIT,
with the commit or with its answer; connections that the server ends; another session that holds the
ledger's row. Then everything that was acknowledged is there once, and nothing else."""

import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, attlog, serial  # noqa: E402
from postgres import Postgres, tool, url_of  # noqa: E402
from serve import ApiError, BadReply, Server, until  # noqa: E402

SEED = random.SystemRandom().randrange(10**6)


class Proxy:
    """Between the program and the server. While it is armed it cuts some connections at COMMIT:
    before the server gets the result ("commit"), after it has answered ("answer"), or such that the server
    gets it later than the program reconnects ("late")."""

    def __init__(self, database):
        self.target = f"{database.home}/.s.PGSQL.5432"
        self.home = tempfile.mkdtemp(prefix="gatehouse-proxy-")
        self.random = random.Random(SEED)
        self.armed = False
        self.cuts = {"commit": 0, "answer": 0, "late": 0}
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.home}/.s.PGSQL.5432")
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client):
        server = socket.socket(socket.AF_UNIX)
        await_answer = False
        try:
            server.connect(self.target)
            while True:
                for end in select.select([client, server], [], [])[0]:
                    data = end.recv(1 << 20)
                    if not data:
                        return
                    if end is client and b"COMMIT\0" in data and self.armed:
                        how = self.random.choice(("pass",) * 4 + ("commit", "answer", "late"))
                        if how in ("commit", "late"):
                            self.cuts[how] += 1
                        if how == "commit":
                            return
                        if how == "late":
                            client.close()
                            time.sleep(0.4)
                            server.sendall(data)
                            server.recv(1 << 20)
                            return
                        await_answer = how == "answer"
                    if end is server and await_answer:
                        if b"COMMIT\0" in data:
                            self.cuts["answer"] += 1
                            return
                        continue
                    (server if end is client else client).sendall(data)
        except OSError:
            pass
        finally:
            client.close()
            server.close()

    def close(self):
        self.listener.close()


class Uploader(threading.Thread):
    """A clock whose every upload has some punches, some of them repeats, and a line that is none.
    It retries until it gets OK, and counts them."""

    def __init__(self, server, seed):
        super().__init__(daemon=True)
        self.clock = Device(server)
        self.random = random.Random(f"{SEED}/{seed}")
        self.sent = []
        self.acknowledged = self.refused = 0
        self.slowest = 0.0
        self.stop = threading.Event()
        self.fault = None

    def upload(self):
        fresh = [(str(len(self.sent) + i + 1),
                  time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_700_000_000 + len(self.sent) + i)))
                 for i in range(self.random.randint(1, 5))]
        again = self.random.sample(self.sent, min(2, len(self.sent)))
        body = attlog(*fresh, *again, *fresh[:1]) + b"this is no punch\n"
        self.sent += fresh
        while True:
            start = time.monotonic()
            try:
                reply = self.clock.upload("ATTLOG", body, stamp=len(self.sent))
                if reply.status == 200 and reply.body.startswith(b"OK"):
                    self.acknowledged += 1
                    return
                self.refused += 1
            except (OSError, BadReply):
                self.refused += 1
            finally:
                self.slowest = max(self.slowest, time.monotonic() - start)
            time.sleep(0.05)

    def run(self):
        try:
            while not self.stop.is_set():
                self.upload()
        except Exception as fault:  # reported by the test
            self.fault = fault


class Faults(unittest.TestCase):
    def setUp(self):
        self.database = Postgres()
        self.addCleanup(self.database.close)

    def serve(self, host=None):
        self.database.schema("a")
        server = Server("--store", url_of(self.database.url(host=host), "a"),
                        "--new-devices", "approve")
        self.addCleanup(server.close)
        return server

    def load(self, server, n=8):
        uploaders = [Uploader(server, i) for i in range(n)]
        for u in uploaders:
            u.clock.options()
            u.start()
        return uploaders

    def settle(self, server, uploaders):
        """Let every upload come to its end, and hold the store against what the clocks know."""
        for u in uploaders:
            u.stop.set()
        for u in uploaders:
            u.join(60)
            self.assertFalse(u.is_alive(), "an upload never ended")
            self.assertIsNone(u.fault)
        rows = server.api.punches()
        self.assertEqual([r["seq"] for r in rows], list(range(1, len(rows) + 1)))
        for u in uploaders:
            stored = [(r["pin"], r["timestamp"][:19].replace("T", " ")) for r in rows
                      if r["deviceSerial"] == u.clock.sn]
            self.assertEqual(sorted(stored), sorted(u.sent), u.clock.sn)
            # A malformed line has no key: it is there as often as its upload was acknowledged.
            self.assertEqual(len(server.api.quarantine(u.clock.sn)), u.acknowledged, u.clock.sn)
        status, _, text = server.api.raw("GET", "/metrics")
        self.assertEqual(status, 200)
        counted = [line for line in text.decode().splitlines()
                   if line.startswith("gatehouse_punches_total ")]
        self.assertEqual(counted, [f"gatehouse_punches_total {len(rows)}"])

    def test_a_commit_of_unknown_outcome_is_resolved(self):
        proxy = Proxy(self.database)
        self.addCleanup(proxy.close)
        server = self.serve(host=proxy.home)
        uploaders = self.load(server)
        proxy.armed = True
        queued, sn = 0, serial()
        Device(server, sn).options()
        while min(proxy.cuts.values()) < 25:
            try:
                server.api.queue(sn, "CHECK")
                queued += 1
            except ApiError as refusal:
                self.assertEqual(refusal.status, 503, refusal)
            for u in uploaders:
                self.assertIsNone(u.fault)
        proxy.armed = False
        self.settle(server, uploaders)
        self.assertEqual(len(server.api.pages(f"/api/commands?device={sn}")), queued)

    def test_a_server_that_ends_connections_under_load_loses_nothing(self):
        server = self.serve()
        uploaders = self.load(server)
        for _ in range(20):
            self.database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                              " WHERE application_name = 'gatehouse'")
            time.sleep(0.25)
        self.settle(server, uploaders)

    def test_a_server_that_crashes_under_load_loses_nothing(self):
        server = self.serve()
        uploaders = self.load(server)
        for _ in range(3):
            time.sleep(0.5)
            self.database.restart(signal.SIGQUIT)
        until(lambda: server.api.raw("GET", "/readyz")[0] == 200)
        self.settle(server, uploaders)

    def await_standby(self):
        """Until commits wait for a standby: the server reads its settings some time after the
        reload. One commit is left waiting."""
        waiting = ("SELECT pid FROM pg_stat_activity WHERE application_name = 'psql'"
                   " AND wait_event = 'SyncRep'")
        commit = None
        while commit is None or commit.poll() is not None:
            commit = subprocess.Popen([tool("psql"), "-Xq", "-d", self.database.url(), "-c",
                                       "SELECT pg_logical_emit_message(true, 'gatehouse', '')"],
                                      stdout=subprocess.DEVNULL)
            self.addCleanup(commit.wait, 60)
            self.addCleanup(commit.kill)
            until(lambda c=commit: c.poll() is not None or self.database.sql(waiting))

    def test_a_commit_that_its_standby_did_not_confirm_is_not_acknowledged(self):
        server = self.serve()
        clock = Device(server)
        clock.options()
        self.assertTrue(clock.upload("ATTLOG", attlog(("1", "2026-01-01 08:00:00"))).body
                        .startswith(b"OK"))
        self.database.sql("ALTER SYSTEM SET synchronous_standby_names = 'absent'")
        self.database.sql("SELECT pg_reload_conf()")
        self.await_standby()
        waiting = ("SELECT pid FROM pg_stat_activity WHERE application_name = 'gatehouse'"
                   " AND wait_event = 'SyncRep'")
        statuses = []
        body = attlog(("2", "2026-01-01 08:00:01"))

        def upload():
            try:
                statuses.append(clock.upload("ATTLOG", body).status)
            except (OSError, BadReply) as fault:
                statuses.append(fault)

        uploading = threading.Thread(target=upload)
        uploading.start()
        until(lambda: self.database.sql(waiting))
        self.assertEqual(statuses, [])
        self.database.sql(f"SELECT pg_cancel_backend(pid) FROM ({waiting}) w")
        # What follows waits for the standby again, until there is none to wait for.
        uploading.join(20)
        self.database.sql("ALTER SYSTEM RESET synchronous_standby_names")
        self.database.sql("SELECT pg_reload_conf()")
        uploading.join(60)
        self.assertEqual(len(statuses), 1)
        self.assertNotEqual(statuses, [200])
        # Nothing needs to be uploaded for that.
        until(lambda: server.api.raw("GET", "/readyz")[0] == 200)
        clock = Device(server, clock.sn)
        until(lambda: clock.upload("ATTLOG", body).status == 200)
        self.assertEqual([r["pin"] for r in server.api.punches()], ["1", "2"])

    def test_a_held_ledger_row_delays_and_loses_nothing(self):
        server = self.serve()
        uploaders = self.load(server, 3)
        until(lambda: all(u.acknowledged for u in uploaders))
        holder = subprocess.Popen([tool("psql"), "-Xq", "-d", self.database.url("a"), "-c",
                                   "BEGIN; SELECT last FROM ledger FOR UPDATE;"
                                   " SELECT pg_sleep(10); COMMIT"], stdout=subprocess.DEVNULL)
        self.addCleanup(holder.kill)
        until(lambda: any(u.refused for u in uploaders))
        self.assertIsNone(holder.poll(), "they were refused for another reason")
        # Commands do not wait for the ledger.
        sn = serial()
        server.api.queue(uploaders[0].clock.sn, "CHECK")
        Device(server, sn).poll()
        self.assertIsNone(holder.poll(), "the command waited for the ledger")
        holder.wait(60)
        until(lambda: server.api.raw("GET", "/readyz")[0] == 200)
        self.settle(server, uploaders)


if __name__ == "__main__":
    print(f"# seed {SEED}", flush=True)
    tap.main()
