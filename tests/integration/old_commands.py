#!/usr/bin/env python3
"""Commands of a database that was written before commands had kinds are read by their meaning when
the server starts. `commands_of_schema_3.sql` has the rows of such a database, as the program of
that time left them; the stores that are kept (old_stores.py) have but some of these kinds."""

import os
import sqlite3
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import old_store  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server  # noqa: E402

ROWS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "commands_of_schema_3.sql")
SECRETS = ("4711", "31337", "U0dWc2JHOD0=", "hunter2", "8899", "Passwd=1234", "5566", "QUJD")
DAY = 86400 * 1000

# What waits in it, by its first words: the longest that fit count.
TYPES = {
    "DATA UPDATE USERINFO": "update_person", "data update userinfo": "update_person",
    "DATA USER": "update_person", "DATA UPDATE IDCARD": "update_id_card",
    "DATA UPDATE FINGERTMP": "update_fingerprint", "DATA FP": "update_fingerprint",
    "DATA UPDATE FACE": "update_face", "DATA UPDATE FVEIN": "update_finger_vein",
    "DATA UPDATE BIODATA": "update_biodata", "DATA UPDATE USERPIC": "update_photo",
    "DATA UPDATE BIOPHOTO": "update_comparison_photo", "DATA UPDATE SMS": "update_message",
    "DATA UPDATE USER_SMS": "assign_message", "DATA UPDATE ADPIC": "update_advert",
    "DATA UPDATE TIMEZONE": "update_old_period", "DATA UPDATE WORKCODE": "update_work_code",
    "DATA DELETE USERINFO": "delete_person", "DATA DELETE FINGERTMP": "delete_fingerprint",
    "DATA DELETE FACE": "delete_face", "DATA DELETE FVEIN": "delete_finger_vein",
    "DATA DELETE BIODATA": "delete_biodata", "DATA DELETE USERPIC": "delete_photo",
    "DATA DELETE BIOPHOTO": "delete_comparison_photo", "DATA DELETE SMS": "delete_message",
    "DATA DELETE WORKCODE": "delete_work_code", "DATA DELETE ADPIC": "delete_advert",
    "DATA QUERY ATTLOG": "query_punches", "DATA QUERY ATTPHOTO": "query_photos",
    "DATA QUERY USERINFO": "query_person", "DATA QUERY FINGERTMP": "query_fingerprints",
    "DATA QUERY BIODATA": "query_biodata", "DATA QUERY SMS": "query_table",
    "CLEAR LOG": "clear_log", "CLEAR PHOTO": "clear_photos", "CLEAR DATA": "clear_data",
    "CLEAR BIODATA": "clear_biodata", "CHECK": "check", "LOG": "log",
    "VERIFY SUM ATTLOG": "verify_sum", "ACCOUNT": "compare_punches", "SYNC": "send_people",
    "SET OPTION": "set_option", "RELOAD OPTIONS": "reload_options", "INFO": "info",
    "GetFile": "get_file", "PutFile": "put_file", "ENROLL_FP": "enroll_fingerprint",
    "ENROLL_MF": "enroll_card", "ENROLL_BIO": "enroll_biodata", "REBOOT": "restart",
    "RESTART": "restart", "AC_UNLOCK": "open_door", "AC_UNALARM": "cancel_alarm",
    "CONTROL DEVICE": "control_device", "SHELL": "shell", "UPGRADE": "upgrade",
    "MAKE COFFEE": "raw", "FOO BAR": "raw",
}
DOORS = ("open_door", "control_device", "cancel_alarm")


def kind_of(words):
    return TYPES[max((w for w in TYPES if words.startswith(w)), key=len)]


def write_database(path, age_ms=0):
    """The rows in a file of their schema, its commands queued `age_ms` ago."""
    old_store.sqlite_empty(path, 3)
    db = sqlite3.connect(path)
    with open(ROWS, encoding="utf-8") as f:
        db.executescript("DELETE FROM ledger;" + f.read())
    [(last,)] = db.execute("SELECT max(created_ms) FROM command").fetchall()
    ms = int(time.time() * 1000) - age_ms - last
    for table, columns in (("command", ("created_ms", "sent_ms", "done_ms", "expires_ms")),
                           ("command_event", ("at_ms",))):
        for column in columns:
            db.execute(old_store.shift(table, column, ms))
    db.commit()
    return db


class OldCommands(unittest.TestCase):
    def opened(self, age_ms=0):
        """The old rows, and a server that runs on their database."""
        home = tempfile.TemporaryDirectory(prefix="gatehouse-test-")
        self.addCleanup(home.cleanup)
        db = write_database(os.path.join(home.name, "gatehouse.db"), age_ms)
        rows = db.execute(
            "SELECT c.id, d.sn, c.state, c.text, v.status, v.return_code, v.result, v.created_at,"
            " v.sent_at, v.done_at, v.tries, c.created_ms, c.expires_ms,"
            " (SELECT count(*) FROM command_event e WHERE e.command = c.id)"
            " FROM command c JOIN device d ON d.id = c.device"
            " JOIN v_command v ON v.id = c.id ORDER BY c.id").fetchall()
        db.close()
        server = Server("--new-devices", "approve", "--allow-shell", data=home.name)
        self.addCleanup(server.close)
        return rows, server

    def view(self, server):
        with server.database() as db:
            rows = db.execute("SELECT id, kind, command, status FROM v_command").fetchall()
        return {r[0]: r[1:] for r in rows}

    def test_every_command_is_read_by_its_meaning(self):
        rows, server = self.opened()
        view = self.view(server)
        self.assertEqual(len(rows), len(view))
        self.assertGreater(len(rows), 70)
        for number, sn, _, text, *_ in rows:
            with self.subTest(text):
                kind, shown, _ = view[number]
                self.assertEqual(kind, kind_of(text))
                self.assertEqual(shown.split("=")[0], text.split("=")[0])
        everything = str(view) + str(server.api.pages("/api/commands?device=OLDWAITS", "id"))
        for secret in SECRETS:
            self.assertNotIn(secret, everything)
        self.assertIn("PIN=2\tName=Bo\tPri=0\tPasswd=***\tCard=12345", str(view).replace(r"\t", "\t"))

    def test_what_had_ended_stays_as_it_was(self):
        rows, server = self.opened()
        ended = [r for r in rows if r[2] > 2 and r[1] != "OLDGONE"]
        self.assertEqual(sorted({r[4] for r in ended}),
                         ["acknowledged", "cancelled", "expired", "failed"])
        for (number, _, _, text, status, code, result, created, sent, done, tries, _, _,
             events) in ended:
            with self.subTest(text):
                now = server.api.command(number)
                self.assertEqual((now["status"], now["returnCode"], now["result"] or "",
                                  now["createdAt"], now["sentAt"], now["doneAt"], now["tries"]),
                                 (status, code, result, created, sent, done, tries))
                self.assertEqual(len(now["history"]), events)
                self.assertIsNone(now["requestedBy"])
        gone = next(r for r in rows if r[1] == "OLDGONE")
        self.assertEqual(self.view(server)[gone[0]],
                         ("delete_person", "DATA DELETE USERINFO PIN=3", "acknowledged"))

    def test_what_waited_is_given_as_it_was_written(self):
        rows, server = self.opened()
        d = Device(server, "OLDWAITS")
        expected = [(str(n), text) for n, sn, _, text, *_ in rows
                  if sn == d.sn and kind_of(text) not in DOORS]
        d.options()
        # Its log is erased where it holds nothing that is not stored.
        got = d.poll(info="Ver 6.60,0,0,0,10.0.0.7,10,-1,12,0,000")
        for number, _ in got:
            d.done(number)
        self.assertEqual(got + d.work(), expected)
        self.assertEqual(server.api.device(d.sn)["pendingCommands"], 0)

    def test_an_opening_that_waited_has_expired_however_young_it_is(self):
        rows, server = self.opened()
        for number, sn, state, text, *_ in rows:
            if state == 0 and kind_of(text) in DOORS:
                self.assertEqual(server.api.command(number)["status"], "expired", text)
        d = Device(server, "OLDDOOR")
        d.options()
        self.assertEqual([text for _, text in d.work()], ["INFO"])

    def test_what_was_given_and_may_not_be_given_twice_is_uncertain(self):
        rows, server = self.opened()
        d = Device(server, "OLDSENT")
        was = {text.split("\t")[0]: n for n, sn, _, text, *_ in rows if sn == d.sn}
        self.assertEqual(server.api.command(was["AC_UNLOCK"])["status"], "uncertain")
        d.options()
        self.assertEqual([int(n) for n, _ in d.poll()], [was["DATA UPDATE USERINFO PIN=1"]])
        for words in ("ENROLL_FP PIN=1", "FOO BAR"):
            self.assertEqual(server.api.command(was[words])["status"], "uncertain", words)
        late = next(r for r in rows if r[1] == "OLDLATE")
        self.assertEqual(server.api.command(late[0])["status"], "deferred")
        Device(server, "OLDLATE").done(late[0], 0, "ENROLL_BIO")
        self.assertEqual(server.api.command(late[0])["status"], "acknowledged")

    def test_nothing_lives_longer_than_its_kind_may(self):
        rows, server = self.opened(2 * DAY)
        for number, sn, _, text, *_ in rows:
            if sn == "OLDWAITS":
                now = server.api.command(number)
                short = (now["nature"] in ("act", "restart", "destructive") or
                         now["type"] in ("upgrade", "control_device"))
                self.assertEqual(now["status"], "expired" if short else "queued", text)

    def test_a_second_start_changes_nothing(self):
        _, server = self.opened()
        before = self.view(server)
        server.restart()
        self.assertEqual(self.view(server), before)


if __name__ == "__main__":
    tap.main()
