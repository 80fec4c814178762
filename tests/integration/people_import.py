#!/usr/bin/env python3
"""Many people from a file: clocks are answered meanwhile, a kill leaves whole rows, and the repeat makes the rest."""

import http.client
import os
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, until  # noqa: E402

ROWS = int(os.environ.get("GATEHOUSE_IMPORT_ROWS", 20000))  # with 100,000 it takes more than a minute
PATIENCE = 3000


class Many(unittest.TestCase):
    def post(self, content, more=""):
        """Rows of the report without the line of names; None: the server went."""
        connection = http.client.HTTPConnection(*self.server.api.address, timeout=PATIENCE)
        try:
            connection.request("POST", "/api/people/import" + more, content,
                               {"Authorization": f"Bearer {self.server.api.token}"})
            reply = connection.getresponse()
            body = reply.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        self.assertEqual(reply.status, 200, body[:500])
        return [line.split(b",") for line in body.splitlines()[1:]]

    def people(self):
        return sum(row["people"] for row in self.server.api.get("/api/departments")["data"])

    def test_many_people_while_clocks_call_and_the_server_is_killed(self):
        content = ("pin,name,cards,department,code\n" +
                   "".join(f"{n},Person {n},{7000000 + n},Department {n % 60},E-{n}\n" for n in range(ROWS))).encode()
        self.server = Server("--new-devices", "approve")
        self.addCleanup(self.server.close)
        clock = Device(self.server)
        clock.options()
        importing = threading.Thread(target=self.post, args=(content,))
        importing.start()
        punches = 0
        while self.people() < ROWS // 10 and importing.is_alive():
            punches += 1
            clock.punch(("7", f"2026-01-{1 + punches // 3600 % 28:02d} 08:{punches // 60 % 60:02d}:{punches % 60:02d}"))
        self.server.kill()
        importing.join()
        self.server.start()
        until(lambda: self.server.api.get("/api/status"))
        there = self.people()
        self.assertGreaterEqual(there, ROWS // 10)
        self.assertLessEqual(there, ROWS)  # all, where it was faster than this
        for more in ("?dryRun=1", ""):
            actions = [row[4] for row in self.post(content, more)]
            self.assertEqual(actions[:there], [b"same"] * there)
            self.assertEqual(actions[there:], [b"create"] * (ROWS - there))
        self.assertEqual(self.people(), ROWS)
        self.assertEqual({row[4] for row in self.post(content)}, {b"same"})
        self.assertEqual(len(self.server.api.punches()), punches)


if __name__ == "__main__":
    tap.main()
