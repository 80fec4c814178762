#!/usr/bin/env python3
"""A store of each older schema, as a program of its time left it (tests/old_store.py), is brought
up to date when the server starts: nothing that was stored is lost, and devices go on where they
were."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import old_store  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from postgres import Database, Postgres  # noqa: E402
from serve import Server, program, until  # noqa: E402

# What is the same before and after: columns that the first schema had, of devices that are there.
VIEWS = {
    "punches": "SELECT seq, device_serial, pin, timestamp, status, verify_type, work_code, zone,"
               " utc, source FROM v_punch ORDER BY seq",
    "commands": "SELECT id, device_serial, status, return_code, result, tries, created_at, sent_at,"
                " done_at FROM v_command ORDER BY id",
    "persons": "SELECT device_serial, pin, name, privilege, group_id FROM v_person"
               " WHERE device_serial <> 'KEPT0004' ORDER BY id",
    "devices": "SELECT serial, name, state, zone, firmware, address, created_at FROM v_device"
               " ORDER BY serial",
}
TABLES = {
    "template": "pin, source, type, no, part, data", "photo": "pin, kind, type, file_name, content",
    "oplog": "op, admin, time, value1", "id_card": "id_number, pin, name",
    "error_log": "code, origin, command_id", "work_code": "code, slot, name",
    "quarantine": "source, line, reason, raw", "raw_upload": "source, target, body",
    "device_stamp": "key, value", "device_option": "key, value",
}
STATES = {"queued", "sent", "deferred", "acknowledged", "failed", "cancelled"}
FIRST = ("100", "2023-11-14 08:00:00", 0, 1)


class Upgrade:
    """The claims about one store. `connect` reads it, before and after."""

    def __init__(self, test, connect, data, *flags):
        self.test, self.connect, self.data, self.flags = test, connect, data, flags
        with open(os.path.join(data, "admin.token"), "w", encoding="ascii") as f:
            f.write(old_store.token("admin") + "\n")

    def read(self):
        texts = dict(VIEWS, **{table: f"SELECT device, {columns} FROM {table} WHERE device <> 4"
                                      " ORDER BY device, 2, 3" for table, columns in TABLES.items()})
        with contextlib.closing(self.connect()) as db:
            if isinstance(db, Database):
                return dict(zip(texts, db.read(texts.values())))
            return {name: db.execute(text).fetchall() for name, text in texts.items()}

    def check(self):
        before = self.read()
        for name, rows in before.items():
            self.test.assertTrue(rows or name == "device_option", name)
        self.test.assertEqual({r[2] for r in before["commands"]}, STATES)
        with Server(*self.flags, data=self.data) as server:
            after = self.read()
            for name, rows in before.items():
                self.test.assertEqual(after[name], rows, name)
            self.lists_are_whole(server, before)
            self.device_goes_on(server, before)
            self.keys_and_refusals_stay(server)
            self.deleted_device_comes_back(server)
            self.test.assertEqual(server.terminate(), 0)

    def lists_are_whole(self, server, before):
        api = server.api
        self.test.assertEqual([(p["seq"], p["deviceSerial"], p["pin"], p["timestamp"], p["utc"])
                               for p in api.punches()],
                              [r[:4] + (r[8],) for r in before["punches"]])
        self.test.assertEqual({sn: d["state"] for sn, d in api.devices().items()},
                              {r[0]: r[2] for r in before["devices"]})
        self.test.assertEqual({(t["name"], t["scope"]) for t in api.get("/api/tokens")["data"]},
                              {("admin", "admin"), ("payroll", "read"), ("console", "write")})
        self.test.assertEqual(api.picture(1), b"\xff\xd8\xff\xd9")
        for row in before["commands"]:
            events = [e["status"] for e in api.command(row[0])["history"]]
            self.test.assertEqual((events.count("queued"), events[0], events[-1]),
                                  (1, "queued", row[2]), row)

    def device_goes_on(self, server, before):
        """What it has sent is known, what is new follows without a gap, and commands wait."""
        api, last = server.api, before["punches"][-1][0]
        clock = Device(server, "KEPT0001")
        self.test.assertEqual(clock.options()["ATTLOGStamp"], "1006")
        reply = clock.punch(FIRST, ("100", "2023-11-14 17:00:00", 1, 1), stamp="1007")
        self.test.assertEqual((reply.status, reply.body), (200, b"OK:2"))
        self.test.assertEqual([(p["seq"], p["timestamp"], p["utc"]) for p in api.punches()[last:]],
                              [(last + 1, "2023-11-14 17:00:00", "2023-11-14T14:00:00Z")])
        waited = [r[0] for r in before["commands"] if r[1] == clock.sn and r[2] == "queued"]
        number = api.queue(clock.sn, "DATA UPDATE USERINFO PIN=20\tName=New")
        given, batch = [], clock.poll()
        while batch:
            given += [int(n) for n, _ in batch if clock.done(n)]
            batch = clock.poll()
        self.test.assertEqual(given, waited + [number])
        self.test.assertEqual({api.command(n)["status"] for n in given}, {"acknowledged"})

    def keys_and_refusals_stay(self, server):
        for sn, key, status in (("KEPT0003", None, 401), ("KEPT0003", "secret", 200)):
            self.test.assertEqual(Device(server, sn, key=key).handshake().status, status)
        for sn in ("KEPT0005", "KEPT0006"):
            reply = Device(server, sn).punch(FIRST)
            self.test.assertNotEqual((reply.status, reply.body[:2]), (200, b"OK"), sn)

    def deleted_device_comes_back(self, server):
        """Its number is the old one, so its punches are known; its people are gone."""
        api, back = server.api, Device(server, "KEPT0004")
        back.handshake()
        api.approve(back.sn)
        back.options()
        n = len(api.punches())
        back.punch(("9", "2023-11-14 08:30:00", 0, 1))
        self.test.assertEqual(len(api.punches()), n)
        self.test.assertEqual(api.records("persons", back.sn), [])


class OldStore(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="gatehouse-test-")
        self.addCleanup(home.cleanup)
        self.home = home.name

    def check_store(self, url):
        done = subprocess.run([program(), "store", "check", url], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Sqlite(OldStore):
    def check(self, version):
        path, new = (os.path.join(self.home, name) for name in ("gatehouse.db", "new.db"))
        old_store.sqlite_make(path, version)
        Upgrade(self, lambda: sqlite3.connect(path), self.home).check()
        self.check_store(f"sqlite:{path}")
        old_store.sqlite_empty(new, old_store.newest("sqlite"))
        self.assertEqual(old_store.sqlite_shape(path), old_store.sqlite_shape(new))


class Postgresql(OldStore):
    @classmethod
    def setUpClass(cls):
        cls.server = Postgres()
        cls.addClassCleanup(cls.server.close)
        old_store.postgres_empty(cls.server, "new", old_store.newest("postgres"))
        cls.shape = old_store.postgres_shape(cls.server, "new")

    def check(self, version):
        name = f"old{version}"
        url = old_store.postgres_make(self.server, name, version)
        if version < 5:
            # It was put into the first migration while these were in use.
            self.server.sql("DROP FUNCTION gh_mark", name)
        Upgrade(self, lambda: Database(url), self.home, "--store", url).check()
        self.check_store(url)
        self.assertEqual(old_store.postgres_shape(self.server, name), self.shape)


# Before people had the text by which they are found: more of them than get it in one transaction.
UNSEARCHED = {"sqlite": 73, "postgres": 74}
PEOPLE = 250


def people_found(test, *flags, data=None):
    with Server(*flags, data=data) as server:
        def found(q):
            return [p["pin"] for p in server.api.get(f"/api/people?q={q}")["data"]]
        until(lambda: found("jose%20250") == ["250"], 30)
        test.assertEqual(found("99000017"), ["17"])


def sqlite_people(test):
    path = os.path.join(test.home, "gatehouse.db")
    old_store.sqlite_empty(path, UNSEARCHED["sqlite"])
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executemany("INSERT INTO people (pin, name, cards, namespace, areas, version)"
                       " VALUES (?, ?, ?, 'default', '[1]', 1)",
                       [(str(n), f"Jos\u00c9 {n}", f'["{99000000 + n}"]') for n in range(1, PEOPLE + 1)])
        db.commit()
    people_found(test, data=test.home)


def postgres_people(test):
    url = old_store.postgres_empty(test.server, "unsearched", UNSEARCHED["postgres"])
    test.server.sql("INSERT INTO people (pin, name, cards, namespace, areas, version) SELECT convert_to(n::text, 'UTF8'),"
                    " convert_to('Jos\u00c9 ' || n, 'UTF8'), convert_to('[\"' || (99000000 + n) || '\"]', 'UTF8'),"
                    f" 'default', '[1]', 1 FROM generate_series(1, {PEOPLE}) n", "unsearched")
    people_found(test, "--store", url)


# Before devices were brought to the roster by themselves.
UNASKED = {"sqlite": 74, "postgres": 75}


def devices_unasked(test, *flags, data=None):
    with Server("--new-devices", "approve", "--sync", "auto", *flags, data=data) as server:
        old, new = Device(server, "OLD1"), Device(server, "NEW1")
        for d in (old, new):
            d.options()
        test.assertEqual(server.api.device("OLD1")["sync"], "plan")
        test.assertNotEqual(server.api.device("NEW1")["sync"], "plan")
        test.assertEqual(server.api.get("/api/devices/OLD1/sync")["data"][0]["pin"], "7")
        until(lambda: any("USERINFO" in text for _, text in new.work()))
        test.assertEqual([text for _, text in old.poll() if "USERINFO" in text], [])


def sqlite_devices(test):
    path = os.path.join(test.home, "gatehouse.db")
    old_store.sqlite_empty(path, UNASKED["sqlite"])
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO device (sn, state, created_ms, dialect, area) VALUES ('OLD1', 1, 1, 'attendance', 1)")
        db.execute("INSERT INTO people (pin, name, namespace, areas, version) VALUES ('7', 'Ann', 'default', '[1]', 1)")
        db.commit()
    devices_unasked(test, data=test.home)


def postgres_devices(test):
    url = old_store.postgres_empty(test.server, "unasked", UNASKED["postgres"])
    test.server.sql("INSERT INTO device (sn, state, created_ms, dialect, area) VALUES ('OLD1', 1, 1, 'attendance', 1);"
                    " INSERT INTO people (pin, name, namespace, areas, version)"
                    " VALUES ('7', 'Ann', 'default', '[1]', 1)", "unasked")
    devices_unasked(test, "--store", url)


def frozen(engine, version):
    def check(test):
        test.assertEqual(old_store.digest(engine, version), old_store.rows(engine, version)[1],
                         "what was released stays as it is: a change is a new migration")
    return check


def main():
    for engine, case in (("sqlite", Sqlite), ("postgres", Postgresql)):
        for version in old_store.versions(engine):
            tap.add(case, f"a store of schema {version} goes on",
                    lambda test, version=version: test.check(version))
            tap.add(case, f"no migration up to {version} was changed since",
                    frozen(engine, version))
    tap.add(Sqlite, "people of an older schema are found by parts", sqlite_people)
    tap.add(Postgresql, "people of an older schema are found by parts", postgres_people)
    tap.add(Sqlite, "devices of an older schema are sent nothing unasked", sqlite_devices)
    tap.add(Postgresql, "devices of an older schema are sent nothing unasked", postgres_devices)
    tap.main()


if __name__ == "__main__":
    main()
