#!/usr/bin/env python3
"""`gatehouse device resend` is one decision: a device whose marks are gone gets the CHECK that makes it send
everything again, whatever happens to the server between the two."""

import contextlib
import os
import sqlite3
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import postgres  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, until  # noqa: E402


def change(server, *statements):
    """Straight in the database, while it is served."""
    if server.store:
        for text in statements:
            postgres.psql(server.store, text)
        return
    with contextlib.closing(sqlite3.connect(os.path.join(server.data, "gatehouse.db"),
                                            timeout=60)) as db:
        for text in statements:
            db.execute(text)
        db.commit()


def commands_refuse(server):
    if server.store:
        change(server, "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                       " $$ BEGIN RAISE EXCEPTION 'no commands today'; END $$",
               "CREATE TRIGGER refuse BEFORE INSERT ON command EXECUTE FUNCTION refuse()")
    else:
        change(server, "CREATE TRIGGER refuse BEFORE INSERT ON command"
                       " BEGIN SELECT RAISE(ABORT, 'no commands today'); END")


def commands_accept(server):
    change(server, "DROP TRIGGER refuse" + (" ON command" if server.store else ""))


def clock(server, stamp=77):
    d = Device(server)
    d.options()
    d.punch(("1", "2026-03-02 08:01:00"), stamp=stamp)
    assert d.options()["ATTLOGStamp"] == str(stamp)
    return d


class Resend(unittest.TestCase):
    def is_checked(self, d):
        """It has the command, and its marks are gone whatever it has uploaded before."""
        batch = until(d.poll)
        self.assertEqual([text for _, text in batch], ["CHECK"])
        d.punch(("1", "2026-03-02 08:03:00"), stamp=79)
        self.assertEqual(d.options()["ATTLOGStamp"], "0")
        d.done(batch[0][0], word="CHECK")
        d.punch(("1", "2026-03-02 08:04:00"), stamp=80)
        self.assertEqual(d.options()["ATTLOGStamp"], "80")

    def test_a_kill_between_the_marks_and_the_command(self):
        with Server("--new-devices", "approve") as server:
            d = clock(server)
            commands_refuse(server)
            status, _, _ = server.api.raw("POST", f"/api/devices/{d.sn}/resend")
            self.assertGreaterEqual(status, 400)
            server.kill()
            commands_accept(server)
            server.start()
            d.punch(("1", "2026-03-02 08:02:00"), stamp=78)
            self.is_checked(d)
            # Once, and not after another start again.
            self.assertEqual(d.poll(), [])
            server.restart()
            self.assertEqual(d.options()["ATTLOGStamp"], "80")
            self.assertEqual(d.poll(), [])

    def test_a_command_that_is_refused_is_queued_later(self):
        with Server("--new-devices", "approve") as server:
            d = clock(server)
            commands_refuse(server)
            status, _, _ = server.api.raw("POST", f"/api/devices/{d.sn}/resend")
            self.assertGreaterEqual(status, 400)
            self.assertEqual(d.poll(), [])
            commands_accept(server)
            self.is_checked(d)

    def test_a_command_that_is_queued_is_queued_once(self):
        with Server("--new-devices", "approve") as server:
            d = clock(server)
            server.api.post(f"/api/devices/{d.sn}/resend")
            self.is_checked(d)
            server.kill()
            server.start()
            self.assertEqual(d.options()["ATTLOGStamp"], "80")
            self.assertEqual(d.poll(), [])


if __name__ == "__main__":
    tap.main()
