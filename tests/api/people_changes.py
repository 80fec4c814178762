#!/usr/bin/env python3
"""What became of people of the roster, and by whom; and that what clocks upload is taken into it once, whatever ends the
server."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Api, ApiError, Server, until  # noqa: E402

MANY = 400
server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def changes(of, person, query=""):
    return of.api.get(f"/api/people/{person}/changes{query}")["data"]


class Changes(unittest.TestCase):
    def clock(self):
        clock = Device(server)
        clock.options()
        return clock

    def until_changed(self, person, n):
        def there():
            return len(changes(server, person)) >= n

        until(there)
        return changes(server, person)

    def test_each_change_has_who_when_and_both_values(self):
        made = server.api.post("/api/tokens", {"name": "desk", "scopes": ["read", "write"]})["data"]
        desk = Api(server.admin, made["token"])
        person = desk.post("/api/people", {"pin": "11", "name": "Ann"})["data"]["id"]
        path = f"/api/people/{person}"
        desk.call("PATCH", path, {"name": "Anne", "password": "4711", "cards": ["815"], "validTo": "2030-12-31",
                                  "disabled": True, "group": 1, "department": "Sales"})
        rows = [(r["field"], r["before"], r["after"], r["byKind"], r["byId"], r["by"], r["taken"])
                for r in changes(server, person)]
        who = ("token", made["id"], "desk", True)
        self.assertEqual(rows[::-1], [
            ("person", None, "11", *who), ("validity", None, "../2030-12-31 23:59:59", *who),
            ("name", "Ann", "Anne", *who), ("cards", None, '["815"]', *who), ("password", None, "set", *who),
            ("disabled", "false", "true", *who), ("department", None, "Sales", *who)])
        # What stays as it is is no change.
        desk.call("PATCH", path, {"name": "Anne", "cards": ["815"], "group": 1})
        self.assertEqual(len(changes(server, person)), len(rows))
        [card] = desk.get(f"{path}/credentials")["data"]
        for lost in (True, True, False):
            desk.call("PATCH", f"{path}/credentials/{card['id']}", {"lost": lost})
        self.assertEqual([(r["field"], r["before"], r["after"]) for r in changes(server, person)[:2]],
                         [("lost", "815", None), ("lost", None, "815")])
        self.assertNotIn("4711", str(changes(server, person)))

    def test_a_clock_is_named_as_who_changed(self):
        clock = self.clock()
        clock.upload("OPERLOG", "USER PIN=12\tName=Bob\n")

        def there():
            return server.api.get("/api/people?pin=12")["data"]

        [person] = until(there)
        clock.upload("OPERLOG", "USER PIN=12\tName=Rob\tPasswd=4712\n")
        rows = self.until_changed(person["id"], 3)
        self.assertEqual(sorted((r["field"], r["before"], r["after"], r["byKind"], r["byId"], r["by"]) for r in rows),
                         [(*row, "device", None, clock.sn) for row in (
                             ("name", "Bob", "Rob"), ("password", None, "set"), ("person", None, "12"))])

    def test_pages_and_people_who_are_not_there(self):
        person = server.api.post("/api/people", {"pin": "13", "name": "0"})["data"]["id"]
        for n in range(1, 5):
            server.api.call("PATCH", f"/api/people/{person}", {"name": str(n)})
        path = f"/api/people/pin:13/changes?limit=2"
        seen, page = [], server.api.get(path)
        while True:
            seen += [r["after"] for r in page["data"]]
            if not page["more"]:
                break
            page = server.api.get(f"{path}&cursor={page['cursor']}")
        self.assertEqual(seen, ["4", "3", "2", "1", "13"])
        for who in (999999, "pin:999999"):
            with self.assertRaises(ApiError) as refused:
                server.api.get(f"/api/people/{who}/changes")
            self.assertEqual((refused.exception.status, refused.exception.reply["code"]), (404, "people_unknown"))
        # They go with the person.
        server.api.call("DELETE", f"/api/people/{person}")
        with self.assertRaises(ApiError):
            changes(server, person)


class Kill(unittest.TestCase):
    def test_what_was_uploaded_is_taken_once_whenever_the_server_ends(self):
        """One upload of many people: the server ends behind its answer, and again amid the taking."""
        with Server("--new-devices", "approve") as own:
            clock, other = Device(own), Device(own)
            clock.options()
            other.options()
            lines = "".join(f"USER PIN={n}\tName=N{n}\tCard={n}\n" for n in range(1, MANY + 1))
            reply = clock.upload("OPERLOG", lines)
            self.assertEqual(reply.body, f"OK:{MANY}".encode())

            def people():
                return own.api.get("/api/people?limit=1")["total"]

            counts = []
            for _ in range(2):
                own.kill()
                own.start()
                # Another clock is served meanwhile.
                self.assertEqual(other.poll(), [])
                counts.append(until(people))
            until(lambda: people() == MANY)
            self.assertLessEqual(counts[0], counts[1])
            pins = [p["pin"] for p in own.api.pages("/api/people")]
            self.assertEqual(sorted(map(int, pins)), list(range(1, MANY + 1)))
            made = own.api.get("/api/audit?action=create_people&limit=1")["total"]
            self.assertEqual(made, MANY)
            last = own.api.get(f"/api/people?pin={MANY}")["data"][0]
            self.assertEqual(last["cards"], [str(MANY)])
            self.assertEqual([r["field"] for r in changes(own, last["id"])], ["cards", "person"])
            self.assertEqual(own.faults(), [])


if __name__ == "__main__":
    tap.main()
