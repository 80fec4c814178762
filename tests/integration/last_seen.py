#!/usr/bin/env python3
"""When a device was seen last is kept in memory and written to the database each minute and when
the server ends: neither a restart nor a crash makes a device look long gone."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, until  # noqa: E402

TICK = 60  # seconds between two writes


def seen(server, d):
    return server.api.device(d.sn)["lastSeen"]


def spoke(server, d):
    """Let it poll later than it was seen first; when it was seen now."""
    first = seen(server, d)
    until(lambda: d.poll() or seen(server, d) != first)
    return seen(server, d)


class LastSeen(unittest.TestCase):
    def test_it_survives_a_restart(self):
        with Server("--new-devices", "approve") as server:
            d, other = Device(server), Device(server)
            for each in (d, other):
                each.options()
            last = [spoke(server, d), spoke(server, other)]
            server.restart()
            self.assertEqual([seen(server, d), seen(server, other)], last)

    def test_a_crash_costs_no_more_than_a_minute(self):
        with Server("--new-devices", "approve") as server:
            d = Device(server)
            d.options()
            first = seen(server, d)
            last = spoke(server, d)

            def stored():
                with server.database() as db:
                    return db.execute("SELECT last_seen FROM v_device WHERE serial = ?",
                                      (d.sn,)).fetchone()[0]

            before = stored()
            start = time.monotonic()
            until(lambda: stored() != before, TICK * 2, 0.5)
            self.assertLess(time.monotonic() - start, TICK * 1.5)
            server.restart("kill")
            self.assertEqual(seen(server, d), last)
            self.assertGreater(last, first)


if __name__ == "__main__":
    tap.main()
