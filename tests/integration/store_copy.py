#!/usr/bin/env python3
"""gatehouse store: a store is copied from SQLite to PostgreSQL and back with every number, and what
should not be in a store is found. store_copy_faults.py has what goes wrong on the way."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, serial  # noqa: E402
from postgres import Database, Postgres  # noqa: E402
from serve import Server, program  # noqa: E402
from unit import Unit, row  # noqa: E402

VIEWS = ("v_punch", "v_access_event", "v_device", "v_person", "v_command")


def begun(*words):
    return subprocess.Popen([program(), "store", *words], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def ended(process):
    """Exit status, and its output."""
    output, _ = process.communicate(timeout=300)
    return process.returncode, output.decode()


def store(*words):
    return ended(begun(*words))


def work(server):
    """A bit of everything that a store may hold."""
    first, second, gone = Device(server), Device(server), Device(server)
    for d in (first, second, gone):
        d.options()
    server.api.change(first.sn, zone="Europe/Istanbul", name="Gate é")
    for i in range(40):
        first.punch(*((n, f"2026-03-{1 + i % 28:02} 08:{n % 60:02}:00", n % 6, 1, n % 3)
                      for n in range(55)), stamp=i)
    second.punch((1, "2026-02-30 25:00:00"), ("00\xff7", "2026-03-01 08:00:00"),
                 (2, "2026-03-01 08:00:00", 255, 15, "W", "x", "y"), stamp=7)
    second.upload("ATTLOG", b"no punch\n\x00\xff\xfe")
    first.upload("OPERLOG", "USER PIN=7\tName=Ayşe\tPri=14\tPasswd=9\tCard=[0102]\tGrp=1\n"
                            "USER PIN=8\tName=\n"
                            "FP PIN=7\tFID=1\tSize=4\tValid=1\tTMP=AAAA\n"
                            "OPLOG 4\t0\t2026-03-01 08:00:00\t0\t0\t0\t0\n")
    first.upload("NOBODYKNOWS", b"\x00\x01raw\xff")
    gone.punch((1, "2026-03-01 08:00:00"))
    doors = Unit(server, serial("ACC")).register()
    server.api.change(doors.sn, accessPunches="granted")
    doors.live(*[row(f"2026-03-02 08:00:{n:02}", 0 if n % 2 else 23, f"{n}", 1, n + 1, n % 3,
                     "0000000000000011" if n % 4 else "4", "A1B2C3") for n in range(20)],
               row("2026-03-02 09:00:05", 23, "4", 1, 5), row("2026-03-02 08:00:00", "27E", "0\xff", 2))
    for text in ("CHECK", "DATA UPDATE USERINFO PIN=9\tName=N", "REBOOT"):
        server.api.queue(first.sn, text)
    first.work()
    server.api.queue(second.sn, "INFO")
    server.api.queue(gone.sn, "INFO")
    server.api.call("DELETE", f"/api/devices/{gone.sn}")
    server.api.post("/api/tokens", {"name": "reader", "scopes": ["read"]})
    return first, second


class Base(unittest.TestCase):
    def setUp(self):
        self.database = Postgres()
        self.addCleanup(self.database.close)
        self.home = tempfile.mkdtemp(prefix="gatehouse-copy-")
        self.addCleanup(shutil.rmtree, self.home, True)

    def file(self, name):
        path = os.path.join(self.home, name)
        return path, "sqlite:" + path

    def filled(self, name, work=work):
        """A store in SQLite that a server has worked on."""
        path, url = self.file(name)
        with Server("--store", url, "--new-devices", "approve") as server:
            work(server)
            self.assertEqual(server.terminate(), 0)
        return path, url

    def views(self, db):
        return {view: sorted(map(repr, db.execute(f"SELECT * FROM {view}").fetchall()))
                for view in VIEWS}

    def names(self, db):
        return {view: [c[0] for c in db.execute(f"SELECT * FROM {view}").description]
                for view in VIEWS}

    def rows(self, path):
        """Every row of every table, as SQLite has it."""
        db = sqlite3.connect(path)
        db.text_factory = bytes
        tables = [t.decode() for (t,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND name NOT IN ('moved', 'ledger')")]
        rows = {t: sorted(map(repr, db.execute(f"SELECT * FROM {t}"))) for t in tables}
        rows["id"] = db.execute("SELECT id FROM ledger").fetchall()
        db.close()
        return rows


class Copy(Base):
    def test_there_and_back_every_row_is_the_same_and_so_are_the_views(self):
        path, url = self.filled("a.db")
        there = self.database.schema("a")
        code, output = store("copy", url, there)
        self.assertEqual(code, 0, output)
        self.assertRegex(output, r"(?m)^punch +1\d\d\d rows$")
        with sqlite3.connect(path) as lite, Database(there) as server:
            self.assertEqual(self.names(lite), self.names(server))
            # The one PIN that is not UTF-8 is shown with escapes.
            shown = self.views(server)
            expected = self.views(Lossy(path))
            self.assertEqual(shown, expected)
        # PostgreSQL does not wait for its autovacuum to plan by them.
        tables = self.database.sql(
            "SELECT s.relname, analyze_count, reltuples FROM pg_stat_user_tables s"
            " JOIN pg_class ON pg_class.oid = s.relid WHERE schemaname = 'a'"
            " AND s.relname NOT IN ('schema_version', 'node_mark', 'moved')")
        self.assertEqual([name for name, times, _ in tables if int(times) == 0], [])
        self.assertEqual([rows for name, _, rows in tables if name == "punch"],
                         [str(self.database.sql("SELECT count(*) FROM punch", "a")[0][0])])
        back, back_url = self.file("b.db")
        code, output = store("copy", there, back_url)
        self.assertEqual(code, 0, output)
        self.assertEqual(self.rows(path), self.rows(back))
        for where in (url, there, back_url):
            self.assertEqual(store("check", where), (0, "nothing found\n"))

    def test_all_tables_of_both_schemas_are_copied_a_new_one_too(self):
        path, url = self.filled("a.db")
        there = self.database.schema("a")
        self.assertEqual(store("check", there)[0], 0)
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE a_new_table (id INTEGER PRIMARY KEY, device INTEGER NOT NULL"
                       " REFERENCES device(id), note TEXT, small INTEGER, body BLOB" +
                       "".join(f", more{i} INTEGER" for i in range(55)) + ")")
            db.execute("INSERT INTO a_new_table (device, note, small, body, more54)"
                       " SELECT id, sn, -id, x'00ff', id FROM device UNION ALL"
                       " SELECT 1, NULL, NULL, NULL, NULL")
            lite = {t for (t,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"
                                             " AND name NOT LIKE 'sqlite_%'")}
        self.database.sql("CREATE TABLE a_new_table (id bigint GENERATED BY DEFAULT AS IDENTITY"
                          " PRIMARY KEY, device bigint NOT NULL, note bytea, small smallint,"
                          " body bytea" + "".join(f", more{i} bigint" for i in range(55)) + ")", "a")
        server = {t for (t,) in self.database.sql("SELECT tablename FROM pg_tables WHERE"
                                                  " schemaname = 'a'", "a")}
        # What belongs to a database and not to what is stored in it.
        self.assertEqual(server - lite, {"schema_version", "node_mark"})
        self.assertEqual(lite - server, set())
        code, output = store("copy", url, there)
        self.assertEqual(code, 0, output)
        self.assertEqual(set(re.findall(r"(?m)^(\S+) +\d+ rows$", output)), lite - {"moved"})
        back, back_url = self.file("b.db")
        self.assertEqual(store("check", back_url)[0], 0)
        with sqlite3.connect(path) as a, sqlite3.connect(back) as b:
            b.execute(a.execute("SELECT sql FROM sqlite_master WHERE name = 'a_new_table'"
                                ).fetchone()[0])
        code, output = store("copy", there, back_url)
        self.assertEqual(code, 0, output)
        self.assertEqual(self.rows(path), self.rows(back))
        rows = self.rows(back)
        self.assertEqual(len(rows["a_new_table"]), len(rows["device"]) + 1)

    def test_the_copy_is_served_and_goes_on_and_the_source_only_by_force(self):
        path, url = self.filled("a.db")
        there = self.database.schema("a")
        self.assertEqual(store("copy", url, there)[0], 0)
        with sqlite3.connect(path) as db:
            last = db.execute("SELECT max(seq) FROM punch").fetchone()[0]
            command = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'command'"
                                 ).fetchone()[0]
            token = db.execute("SELECT count(*) FROM token").fetchone()[0]
        self.assertEqual(token, 2)
        with Server("--store", url, start=False) as server:
            self.assertEqual(server.spawn().wait(60), 1)
            server.process.stdout.close()
            self.assertIn("this store was copied to postgres://gatehouse@/postgres", server.log())
        # Numbers go on where they stood, those of deleted rows included.
        for store_url in (there, url):
            flags = ["--force"] if store_url == url else []
            with Server("--store", store_url, "--new-devices", "approve", *flags,
                        start=False) as server:
                os.makedirs(server.data)
                shutil.copy(self.token(server, store_url), f"{server.data}/admin.token")
                server.start()
                d = Device(server, serial())
                d.options()
                self.assertIn(b"OK", d.punch((1, "2026-03-01 08:00:00")).body)
                self.assertIn(b"OK", d.punch((1, "2026-03-01 08:00:00")).body)
                self.assertEqual([r["seq"] for r in server.api.punches(device=d.sn)], [last + 1])
                self.assertEqual(server.api.queue(d.sn, "INFO"), command + 1)

    def token(self, server, url):
        """A file with a token of the store."""
        import hashlib
        path = os.path.join(self.home, "token")
        word = "gh_test_token"
        digest = hashlib.sha256(word.encode()).hexdigest()
        if url.startswith("sqlite:"):
            with sqlite3.connect(url[7:]) as db:
                db.execute(f"INSERT INTO token (name, hash, scopes, created_ms)"
                           f" VALUES ('t', x'{digest}', 'admin', 1)")
        else:
            self.database.sql("INSERT INTO token (name, hash, scopes, created_ms) VALUES"
                              f" ('t', '\\x{digest}', 'admin', 1)", "a")
        with open(path, "w") as f:
            f.write(word + "\n")
        return path

    def test_a_store_with_devices_of_its_own_is_not_copied_over(self):
        _, a = self.filled("a.db")
        path, b = self.filled("b.db")
        before = self.rows(path)
        code, output = store("copy", a, b)
        self.assertEqual(code, 1)
        self.assertIn("devices of its own", output)
        self.assertEqual(self.rows(path), before)


class Lossy:
    """The rows of SQLite's views, with bytes that are no text as PostgreSQL's views show them."""

    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.db.text_factory = lambda b: b.decode()

    def execute(self, text):
        return self

    def execute(self, text):  # noqa: F811
        rows = [tuple(escaped(v) if isinstance(v, bytes) else v for v in row)
                for row in self.db.execute(text)]

        class Found:
            def fetchall(self):
                return rows

        return Found()


def escaped(data):
    return "".join(chr(b) if 0x20 <= b < 0x7f or b in (9, 10, 13) else f"\\{b:03o}" for b in data)


class Check(Base):
    def test_gaps_doubles_and_orphans_are_named(self):
        path, url = self.filled("a.db")
        there = self.database.schema("a")
        self.assertEqual(store("copy", url, there)[0], 0)
        harm = ("DELETE FROM punch WHERE seq IN (5, 10, 11, 12)",
                "UPDATE punch SET received_ms = received_ms - 7200000 WHERE seq = 20",
                "UPDATE punch SET device = 4711 WHERE seq = 30",
                "DELETE FROM command WHERE id = 1",
                "INSERT INTO command_ended VALUES (3, 5) ON CONFLICT (state) DO UPDATE SET n ="
                " command_ended.n + 5",
                "DELETE FROM access_event WHERE seq IN (3, 7, 8)",
                "UPDATE access_event SET punch_seq = 999999 WHERE seq = 2",
                "UPDATE row_count SET n = n + 7 WHERE name = 'person'")
        with sqlite3.connect(path) as db:
            for text in harm:
                db.execute(text)
            db.commit()
        self.database.sql("; ".join(harm) + "; DROP INDEX punch_key; INSERT INTO punch SELECT 5,"
                          " device, time, received_ms, utc, status, verify, zone, flags, source,"
                          " pin, work_code, extra FROM punch WHERE seq = 4", "a")
        for where, more in ((url, ["punch 5 is missing"]),
                            (there, ["punches 4 and 5 are the same"])):
            code, output = store("check", where)
            self.assertEqual(code, 1)
            for words in more + ["punches 10 to 12 are missing", "punch 20 came 7",
                                 "1 rows of punch belong to device 4711, which is not there",
                                 "rows of command_event belong to command 1, which is not there",
                                 "commands are counted as acknowledged, and ",
                                 "access event 3 is missing",
                                 "access events 7 to 8 are missing",
                                 "access event 2 names punch 999999, which is not there",
                                 "rows of person of device "]:
                self.assertIn(words, output)
            self.assertTrue(re.search(r"^\d+ found$", output, re.M), output)


if __name__ == "__main__":
    tap.main()
