#!/usr/bin/env python3
"""Access events that came before --keep-access are removed while the server runs: what is left has its
numbers, what comes again brings back none, and a cursor that was not as far is refused."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from punch_retention import metric, store_check  # noqa: E402
from retention import aged, retention  # noqa: E402
from serve import Server, until  # noqa: E402
from unit import Unit, row  # noqa: E402

DEADLINE = 120


def events(first, n):
    """Event i has the number i, but every fourth has none; each is one that passes."""
    return [row(f"2026-03-01 08:{i // 60:02}:{i % 60:02}", pin=1 + i % 5, index=i if i % 4 else 0)
            for i in range(first, first + n)]


class AccessRetention(unittest.TestCase):
    def refused(self, server, path, headers=None):
        status, _, data = server.api.raw("GET", path, headers=headers or {})
        self.assertEqual((status, json.loads(data)["code"]), (409, "before_the_floor"), path)

    def seqs(self, server, query=""):
        page = server.api.get(f"/api/access-events?limit=500{query}")
        return [one["seq"] for one in page["data"]]

    def test_what_is_left_keeps_its_numbers_and_what_comes_again_brings_back_nothing(self):
        with Server("--new-devices", "approve", "--keep-access", "30", "--access-punches",
                    "granted") as server:
            unit = Unit(server).register()
            log = events(1, 100)
            unit.live(*log)
            server.terminate()
            aged(server, "access_event", 31, "seq <= 60")
            server.start()
            until(lambda: retention(server)["access"] == {"days": 30, "removed": 60}, DEADLINE)
            self.assertEqual(metric(server, 'gatehouse_expired_total{kind="access"}'), 60)
            page = server.api.get("/api/access-events?limit=3")
            self.assertEqual(([r["seq"] for r in page["data"]], page["floor"]), ([61, 62, 63], 60))
            # Punches are a ledger of their own, which stays.
            self.assertEqual(server.api.get("/api/punches?limit=1")["data"][0]["seq"], 1)
            for path, headers in (("/api/access-events?after=59", {}),
                                  ("/api/events?topics=punch,access", {"Last-Event-ID": "100-59"})):
                self.refused(server, path, headers)
            # Everything again, with what is new: no event, and no punch, is there twice.
            unit.live(*log, *events(101, 3))
            self.assertEqual(metric(server, "gatehouse_access_events_expired_total"), 60)
            self.assertEqual(metric(server, "gatehouse_access_events_total"), 3)
            self.assertEqual(self.seqs(server), list(range(61, 104)))
            self.assertEqual(server.api.get("/api/status")["data"]["data"]["punches"], 103)
            server.restart()
            self.refused(server, "/api/access-events?after=59")
            unit.live(*log)
            self.assertEqual(self.seqs(server), list(range(61, 104)))
            server.terminate()
            self.assertEqual(store_check(server),
                             (0, "note: access events 1 to 60 were removed for their age\n"
                                 "nothing found\n"))


if __name__ == "__main__":
    tap.main()
