#!/usr/bin/env python3
"""gatehouse store: a copy that is killed on its way goes on where it was, and one that is damaged is
found, in both directions between SQLite and PostgreSQL."""

import os
import signal
import sqlite3
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from store_copy import Base, begun, ended, store, work  # noqa: E402


class Faults(Base):
    def test_a_copy_that_is_killed_goes_on_where_it_was(self):
        def much(server):
            work(server)
            d = Device(server)
            d.options()
            for i in range(12):
                d.punch(*((n, f"2025-{1 + i % 12:02}-{1 + i // 12:02} {n // 3600:02}:"
                              f"{n // 60 % 60:02}:{n % 60:02}") for n in range(5000)), stamp=i)

        path, url = self.filled("a.db", much)
        there = self.database.schema("a")
        back, back_url = self.file("b.db")

        for source, target, beside in ((url, there, self.database.schema("beside")),
                                      (there, back_url, self.file("beside.db")[1])):
            start = time.monotonic()
            self.assertEqual(store("copy", source, beside)[0], 0)
            whole = time.monotonic() - start
            kills = 0
            for part in (0.1, 0.3, 0.5, 0.7, 0.8, 0.9):
                process = begun("copy", source, target)
                time.sleep(part * whole)
                process.send_signal(signal.SIGKILL)
                code, output = ended(process)
                if code == 0:
                    break
                self.assertEqual(code, -signal.SIGKILL, output)
                kills += 1
            self.assertGreater(kills, 1, "it was hardly ever cut short")
            code, output = store("copy", source, target)
            self.assertEqual(code, 0, output)
        self.assertEqual(self.rows(path), self.rows(back))

    def test_a_damaged_copy_is_found(self):
        """Damage that a count of rows shows, and damage that it does not; in the one direction and
        in the other. What is counted and numbered again is mended."""
        path, url = self.filled("a.db")
        there = self.database.schema("a")
        back, back_url = self.file("b.db")
        with sqlite3.connect(path) as db:
            n = db.execute("SELECT count(*) FROM punch").fetchone()[0]
            # Bytes that are no text come first in one engine and last in the other.
            db.executemany("INSERT INTO device_option (device, key, value) VALUES (1, ?, ?)",
                           [("A", "a"), ("é", "b"), (b"\x80", "c"), (b"\xff\x00", b"\xff")])
        db.close()
        swap = ("UPDATE punch SET status = 1000 + status WHERE seq IN (7, 8)",
                "UPDATE punch SET status = (SELECT q.status - 1000 FROM punch q WHERE q.seq ="
                " 15 - punch.seq) WHERE seq = 7",
                "UPDATE punch SET status = 2 WHERE seq = 8")
        columns = ("device, time, received_ms, utc, status, verify, zone, flags, source, pin,"
                   " work_code")
        damage = {
            "rows that are swapped": (swap, "punch differs in a row whose seq is from 1 to"),
            "a value": (("UPDATE punch SET verify = verify + 1 WHERE seq = 9",),
                        "punch differs in a row whose seq is from 1 to"),
            "no value where one was": (("UPDATE punch SET utc = NULL WHERE seq = 9",),
                                       "punch differs in a row whose seq is from 1 to"),
            "a row that is missing": (("DELETE FROM punch WHERE seq = 9",),
                                      f"punch differs: {n - 1} rows instead of {n}"),
            "a row too many": ((f"INSERT INTO punch (seq, {columns}) SELECT 9000, device, time + 1,"
                                f" {columns.split(', ', 2)[2]} FROM punch WHERE seq = 9",),
                               f"punch differs: {n + 1} rows instead of {n}"),
            "the text of a record": (("UPDATE person SET name = 'X' WHERE id = 1",),
                                     "person differs in a row whose id is from 1 to"),
        }

        def lite(statements):
            with sqlite3.connect(back) as db:
                for text in statements:
                    db.execute(text)
            db.close()

        for source, target, harm in ((url, there, lambda s: self.database.sql("; ".join(s), "a")),
                                     (there, back_url, lite)):
            code, output = store("copy", source, target)
            self.assertEqual(code, 0, output)
            for what, (statements, words) in damage.items():
                with self.subTest(what, target=target):
                    harm(statements)
                    code, output = store("copy", source, target)
                    self.assertEqual(code, 1, output)
                    self.assertIn(words, output)
                    # The copy is made again from nothing.
                    table = words.split()[0]
                    harm((f"DELETE FROM {table}",))
                    code, output = store("copy", source, target)
                    self.assertEqual(code, 0, output)
            for statements in (("UPDATE command_ended SET n = n + 1",),
                               ("UPDATE device_option SET value = key",),
                               ("DELETE FROM device_stamp",)):
                harm(statements)
                code, output = store("copy", source, target)
                self.assertEqual(code, 0, output)
        self.assertEqual(self.rows(path), self.rows(back))


if __name__ == "__main__":
    tap.main()
