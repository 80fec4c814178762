#!/usr/bin/env python3
"""The program on PostgreSQL: its reports on the store, when it refuses to start, and what happens
while the database is away. Each class starts a database server of its own."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from postgres import Postgres, tool  # noqa: E402
from serve import Server, until  # noqa: E402


class Transaction:
    """Another connection, after these words in a transaction, until its end."""

    def __init__(self, url, words):
        self.process = subprocess.Popen(
            [tool("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(f"BEGIN; {words};\n\\echo pid\nSELECT pg_backend_pid();\n")
        self.process.stdin.flush()
        while self.process.stdout.readline() != "pid\n":
            pass
        self.pid = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(60)


def call(ended, function, *words):
    """In a thread, again and again until the event is set: the server waits for a lock for seconds only. What
    becomes of it does not matter."""
    def run():
        while not ended.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException, AssertionError,
                                     ValueError):
                function(*words)
            ended.wait(0.1)
    one = threading.Thread(target=run, daemon=True)
    one.start()
    return one


@contextlib.contextmanager
def stopped(database):
    """The server of the database and its processes."""
    def processes():
        with open(f"/proc/{database.process.pid}/task/{database.process.pid}/children",
                  encoding="ascii") as f:
            return [database.process.pid] + [int(pid) for pid in f.read().split()]

    for pid in processes():
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        # Those whose clients have gone end as soon as they run again.
        for pid in processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def until_over(seconds):
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end)


def held_by(server):
    return json.loads(ready(server)[1])["heldBy"]


def ready(server):
    """The status and the text of /readyz."""
    status, _, body = server.api.raw("GET", "/readyz")
    return status, body.decode()


class Store(unittest.TestCase):
    def test_the_status_names_the_store_and_what_a_commit_waits_for(self):
        with Postgres() as database, Server("--store", database.schema("a")) as server:
            self.assertEqual(server.terminate(), 0)
            server.start()
            store = server.api.get("/api/status")["data"]["server"]["store"]
            self.assertEqual((store["kind"], store["durability"], store["ok"]),
                             ("postgres", "local", True))
        with Server() as server:
            store = server.api.get("/api/status")["data"]["server"]["store"]
            self.assertEqual((store["kind"], store["durability"]), ("sqlite", "local"))

    def test_a_database_that_may_lose_what_it_stored_is_refused_by_default(self):
        for name in ("fsync", "full_page_writes"):
            with Postgres(**{name: "off"}) as database:
                url = database.schema("a")
                with Server("--store", url, start=False) as server:
                    self.assertEqual(server.spawn().wait(60), 1)
                    server.process.stdout.close()
                    self.assertIn(f"{name} = off", server.log())
                    self.assertIn("--unsafe-store serves", server.log())
                with Server("--store", url, "--unsafe-store") as server:
                    self.assertEqual(ready(server)[0], 200)

    def test_a_database_of_another_program_or_a_newer_one_is_left_alone(self):
        with Postgres() as database:
            foreign, newer = database.schema("foreign"), database.schema("newer")
            database.sql("CREATE TABLE device (recipe text)", "foreign")
            with Server("--store", newer):
                pass
            database.sql("UPDATE schema_version SET version = 9999", "newer")
            for url, words in ((foreign, "another program"), (newer, "schema version 9999")):
                with Server("--store", url, start=False) as server:
                    self.assertEqual(server.spawn().wait(60), 1)
                    server.process.stdout.close()
                    self.assertIn(words, server.log())
            self.assertEqual(database.sql("SELECT count(*) FROM pg_tables"
                                          " WHERE schemaname = 'foreign'"), [["1"]])


    def test_a_clock_with_a_key_whose_address_changes_within_its_network_is_served(self):
        with Postgres() as database, \
                Server("--store", database.schema("a"), "--key-proof", "network",
                       "--new-devices", "approve") as server:
            Device(server, "MOVING").options()
            server.api.call("PATCH", "/api/devices/MOVING", {"commKey": "secret"})
            first = Device(server, "MOVING", key="secret", source="127.0.0.5")
            self.assertEqual(first.handshake().status, 200)
            for source, status in (("127.0.0.77", 200), ("127.0.1.5", 401)):
                moved = Device(server, "MOVING", source=source)
                self.assertEqual(moved.punch((1, f"2026-03-01 08:00:{status % 60}")).status,
                                 status, source)
            # The proof survives a restart.
            server.restart()
            self.assertEqual(Device(server, "MOVING", source="127.0.0.78")
                             .punch((2, "2026-03-01 08:00:00")).status, 200)
            self.assertEqual(Device(server, "MOVING", source="127.0.1.5")
                             .punch((3, "2026-03-01 08:00:00")).status, 401)
            self.assertEqual({p["pin"] for p in server.api.get("/api/punches?after=0")["data"]},
                             {"1", "2"})

    def test_a_second_server_on_the_same_database_ends_with_the_reason(self):
        with Postgres() as database:
            url = database.schema("a")
            with Server("--store", url) as first:
                with Server("--store", url, start=False) as second:
                    self.assertEqual(second.spawn().wait(60), 1)
                    second.process.stdout.close()
                    self.assertIn("another gatehouse serves this database", second.log())
                with Server("--store", database.schema("b")):
                    pass
                first.restart("kill")
                self.assertEqual(ready(first)[0], 200)


class Held(unittest.TestCase):
    def test_who_keeps_uploads_waiting_is_named_until_they_are_stored(self):
        with Postgres() as database, \
                Server("--store", database.schema("a"), "--new-devices", "approve") as server:
            clock = Device(server)
            clock.options()
            self.assertIn(b"OK", clock.punch((1, "2026-03-01 08:00:00")).body)
            self.assertIsNone(held_by(server))
            url = database.url("a") + "&application_name=a%20report"
            with Transaction(url, "SELECT last FROM ledger FOR UPDATE") as somebody:
                upload = threading.Thread(target=clock.punch, args=((2, "2026-03-01 08:00:01"),))
                upload.start()
                until(lambda: held_by(server))
                named = held_by(server)
                self.assertEqual((named["application"], named["user"], named["pid"]),
                                 ("a report", "gatehouse", somebody.pid))
                self.assertRegex(named["since"], r"^20\d\d-")
                def status_pid():
                    return (server.api.get("/api/status")["data"]["server"]["store"]["heldBy"] or {}).get("pid")

                self.assertEqual(until(status_pid), somebody.pid)
                # The group fails.
                upload.join()
                self.assertEqual(ready(server)[0], 503)
            self.assertIn(b"OK", clock.punch((2, "2026-03-01 08:00:01")).body)
            self.assertIsNone(held_by(server))
            self.assertEqual([r["seq"] for r in server.api.punches()], [1, 2])


class Marks(unittest.TestCase):
    def test_marks_of_killed_programs_go_after_a_day_and_no_other(self):
        with Postgres() as database, Server("--store", database.schema("a")) as server:
            def marks(where):
                return int(database.sql(f"SELECT count(*) FROM node_mark WHERE {where}", "a")[0][0])

            for _ in range(3):
                server.restart("kill")
            # Each start finds those of the one before; its own two are in use.
            until(lambda: server.restart("kill") or marks("gone IS NULL") == 2)
            left = marks("gone IS NOT NULL")
            self.assertGreaterEqual(left, 4)
            with Transaction(database.url("a"),
                             "INSERT INTO node_mark (backend, backend_start) SELECT pid,"
                             " backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid();"
                             " COMMIT"):
                database.sql("UPDATE node_mark SET gone = gone - interval '25 hours'"
                             f" WHERE id IN (SELECT id FROM node_mark WHERE gone IS NOT NULL"
                             f" ORDER BY id LIMIT {left - 1})", "a")
                server.restart()
                # One is gone for less than a day; one is another program's, which lives.
                self.assertEqual((marks("gone IS NOT NULL"), marks("gone IS NULL")), (1, 3))


class Away(unittest.TestCase):
    def test_sigterm_while_the_start_waits_for_the_database_ends_with_zero(self):
        with socket.create_server(("127.0.0.1", 0)) as silent, Server(
                "--store", "postgres://x@127.0.0.1:%d/x" % silent.getsockname()[1],
                start=False) as server:
            server.spawn()
            silent.settimeout(60)
            waiting, _ = silent.accept()
            server.process.send_signal(signal.SIGTERM)
            waiting.close()
            self.assertEqual(server.process.wait(60), 0)
            server.process.stdout.close()

    def test_while_the_database_is_away_uploads_wait_and_readyz_gives_the_reason(self):
        with Postgres() as database, \
                Server("--store", database.schema("a"), "--new-devices", "approve") as server:
            clock = Device(server)
            clock.options()
            self.assertEqual(clock.punch((1, "2026-03-01 08:00:00")).body, b"OK:1")
            for how in (signal.SIGINT, signal.SIGQUIT):
                database.stop(how)
                until(lambda: ready(server)[0] == 503)
                self.assertIn("connection", ready(server)[1])
                # Heartbeats are answered from memory; what cannot be stored is not taken.
                self.assertEqual(clock.get(f"/iclock/getrequest?SN={clock.sn}").body, b"OK")
                refused = clock.punch((2, "2026-03-01 08:00:01"))
                self.assertNotIn(b"OK", refused.body)
                self.assertEqual(server.api.raw("GET", "/healthz")[0], 200)
                database.start()
                until(lambda: ready(server)[0] == 200)
                self.assertIn(b"OK", clock.punch((2, "2026-03-01 08:00:01")).body)
            self.assertEqual([r["seq"] for r in server.api.punches()], [1, 2])

    def test_a_server_that_stands_still_is_not_waited_for(self):
        """All its processes are stopped: connections stay, and nothing is answered. Where a list is being read
        and punches are being stored, where the lanes are at rest, and a moment later."""
        for busy, pause in ((True, 0), (False, 0), (False, 3)):
            with Postgres() as database, Server("--store", database.schema("a"), "--new-devices",
                                                "approve") as server:
                clock = Device(server)
                clock.options()
                clock.punch((1, "2026-03-01 08:00:00"))
                calls, ended = [], threading.Event()
                with contextlib.ExitStack() as stack:
                    stack.callback(ended.set)
                    if busy:
                        stack.enter_context(Transaction(
                            database.url("a"), "LOCK TABLE punch IN ACCESS EXCLUSIVE MODE"))
                        calls = [call(ended, server.api.raw, "GET", "/api/punches?total=0"),
                                 call(ended, clock.punch, (2, "2026-03-01 08:00:01"))]
                        until(lambda: database.sql("SELECT count(*) FROM pg_stat_activity"
                                                   " WHERE wait_event_type = 'Lock'") == [["2"]])
                    with stopped(database):
                        until_over(pause)
                        ended.set()
                        # TimeoutStopSec of the unit.
                        self.assertEqual(server.terminate(60), 0, server.log())
                for one in calls:
                    one.join(60)

    def test_a_list_whose_reader_left_is_stopped_on_the_server(self):
        with Postgres() as database, Server("--store", database.schema("a"), "--new-devices",
                                            "approve") as server:
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            with Transaction(database.url("a"), "LOCK TABLE punch IN ACCESS EXCLUSIVE MODE"):
                for _ in range(3):
                    with socket.create_connection(server.admin, timeout=60) as s:
                        s.sendall(f"GET /api/punches HTTP/1.0\r\nHost: 127.0.0.1\r\n"
                                  f"Authorization: Bearer {server.token}\r\n\r\n".encode())
                        until(lambda: database.sql(waits) == [["1"]])
                    until(lambda: database.sql(waits) == [["0"]])
            self.assertEqual(server.api.punches(), [])


if __name__ == "__main__":
    tap.main()
