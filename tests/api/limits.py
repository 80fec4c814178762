#!/usr/bin/env python3
"""Accounts that are limited to areas: what lies outside does not exist for them, on whichever way.

Two sites: `inside` (a branch of the area of the accounts) and `outside`. What is of the latter has a name that is found
nowhere else, so that it is searched for in whole answers.
"""

import http.client
import json
import pathlib
import re
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from accounts import Base as Accounts, Person  # noqa: E402
from serve import DEADLINE, Server  # noqa: E402
import tap  # noqa: E402

IN, OUT, NONE = "INSIDE01", "SECRET01", "NOWHERE1"


def usb(*rows):
    return "".join("%9s\t%s\t1\t0\t1\t0\r\n" % row for row in rows).encode()


class Limits(Accounts):
    @classmethod
    def setUpClass(cls):
        cls.own = own = Server("--compare", "0", stay=True)
        cls.addClassCleanup(own.close)
        api = own.api
        area = lambda name, **more: api.post("/api/areas", dict(more, name=name))["data"]["id"]  # noqa: E731
        cls.top = area("company")
        cls.mine = area("branch", parent=cls.top)
        cls.below = area("floor", parent=cls.mine)
        cls.outer = area("secret place", parent=cls.top)
        for sn, place in ((IN, cls.below), (OUT, cls.outer)):
            api.post("/api/devices", {"sn": sn, "area": place, "name": "clock " + sn})
        people = {"in": ("1", "Ina", [cls.below]), "out": ("2", "Secretia", [cls.outer]),
                  "both": ("3", "Bo", [cls.below, cls.outer])}
        cls.people = {k: api.post("/api/people", {"pin": pin, "name": name, "areas": areas,
                                                  "cards": ["77" + pin]})["data"]["id"]
                      for k, (pin, name, areas) in people.items()}
        for sn, pin in ((IN, "1"), (OUT, "2"), (OUT, "31")):
            status, _, body = api.raw("POST", f"/api/punches/import?device={sn}", usb((pin, "2026-10-01 08:00:00")))
            assert status == 200, body
        cls.commands = {sn: api.post("/api/commands", {"deviceSerial": sn, "type": "reboot"})["data"]
                        for sn in (IN, OUT)}
        for role in ("viewer", "clerk", "operator", "administrator"):
            api.post("/api/accounts", {"name": role, "password": "correct horse battery", "role": role,
                                       "areas": [cls.mine]})
        cls.callers = {}
        for role in ("viewer", "clerk", "operator", "administrator"):
            cls.callers[role] = p = Person(own)
            assert p.sign_in(role)[0] == 200

    def get(self, path, role="administrator"):
        status, body = self.callers[role].call("GET", path)
        self.assertEqual(status, 200, (path, body))
        return body

    def text(self, path):
        """(status, bytes) of any form."""
        p = self.callers["administrator"]
        c = http.client.HTTPConnection(*self.own.admin, timeout=DEADLINE)
        try:
            c.request("GET", path, headers={"Host": p.host, "Cookie": p.cookie})
            r = c.getresponse()
            return r.status, r.read()
        finally:
            c.close()

    def test_no_list_has_what_is_outside(self):
        """Rows, totals, values that are counted, what is searched for, and files."""
        document = self.own.api.get("/api/openapi.json")["paths"]
        lists = [path for path, methods in document.items() if "{" not in path and "get" in methods and
                 any(q["name"] == "limit" for q in methods["get"].get("parameters", []))]
        self.assertGreater(len(lists), 20)
        allowed = 0
        for path in lists:
            month = "?month=2026-10&" if "reports" in path else "?"
            for query in ("", "q=secret", "sort=-id", "limit=1", "total=0"):
                status, text = self.text(path + month + query)
                if status == 400:
                    continue
                if status == 403:
                    self.assertIn(b"area_refused", text, path)
                    break
                allowed += 1
                # The text of the search is in no answer either.
                self.assertNotRegex(text, b"(?i)secret", path + month + query)
        self.assertGreater(allowed, 40)

    def test_a_search_finds_what_is_inside_alone(self):
        found = self.get("/api/search?q=clock")["data"]
        self.assertEqual([d["sn"] for d in found["devices"]], [IN])
        self.assertEqual([p["pin"] for p in self.get("/api/search?q=77")["data"]["people"]], ["1", "3"])
        self.assertEqual([p["pin"] for p in self.own.api.get("/api/search?q=77")["data"]["people"]], ["1", "2", "3"])
        self.assertEqual([a["name"] for a in self.get("/api/search?q=floor")["data"]["areas"]], ["floor"])
        self.assertEqual(self.get("/api/search?q=company")["data"]["areas"], [])
        for sn, n in ((IN, 1), (OUT, 0)):
            number = self.commands[sn]["commandId"]
            self.assertEqual(len(self.get(f"/api/search?q={number}")["data"]["commands"]), n)

    def test_rows_inside_are_there(self):
        self.assertEqual([d["sn"] for d in self.get("/api/devices")["data"]], [IN])
        self.assertEqual({p["pin"] for p in self.get("/api/people")["data"]} & {"1", "2", "3"}, {"1", "3"})
        punches = self.get("/api/punches")["data"]
        self.assertEqual({p["deviceSerial"] for p in punches}, {IN})
        self.assertIn("1", [p["pin"] for p in punches])
        self.assertEqual(self.get("/api/punches?facets=pin,deviceSerial")["facets"]["deviceSerial"],
                         self.own.api.get(f"/api/punches?device={IN}&facets=deviceSerial")["facets"]["deviceSerial"])
        self.assertEqual(self.get("/api/people?pin=1")["total"], 1)
        self.assertEqual(self.get("/api/people?pin=2")["total"], 0)
        self.assertEqual([c["deviceSerial"] for c in self.get("/api/commands")["data"]], [IN])
        self.assertEqual({r["pin"] for r in self.get("/api/reports/days?month=2026-10")["data"]} & {"1", "2", "31"}, {"1"})
        for form in ("csv", "ndjson"):
            text = self.text(f"/api/punches.{form}")[1]
            self.assertIn(IN.encode(), text)
            self.assertNotIn(OUT.encode(), text)
        areas = self.get("/api/areas")["data"]
        self.assertEqual({a["id"]: a["parent"] for a in areas}, {self.mine: None, self.below: self.mine})
        self.assertEqual(self.get(f"/api/areas/{self.mine}")["data"]["parent"], None)
        [both] = [p for p in self.get("/api/people")["data"] if p["pin"] == "3"]
        self.assertEqual(both["areas"], [self.below])
        self.assertEqual(self.get(f"/api/people/{self.people['both']}")["data"]["areas"], [self.below])

    def same(self, method, path, other, body=None, names=(), changes=True):
        """What is outside is answered as what is not there."""
        got = []
        for one in (path, other):
            status, reply = self.callers["administrator"].call(method, one, body)
            text = reply.decode() if isinstance(reply, bytes) else json.dumps(reply)
            text = re.sub(r'"requestId": "\w+"', "", text)
            for name, neutral in names:
                text = text.replace(name, neutral)
            got.append((status, text))
        self.assertEqual(got[0], got[1], (method, path))
        self.assertGreaterEqual(got[0][0], 400, (method, path, got))

    def test_a_device_outside_is_as_one_that_is_not_there(self):
        document = self.own.api.get("/api/openapi.json")["paths"]
        n = 0
        for path, methods in document.items():
            if "{sn}" not in path and "{door}" not in path:
                continue
            for method in methods:
                make = lambda sn: re.sub(r"{\w+}", "1", path.replace("{sn}", sn)  # noqa: E731
                                         .replace("{door}", sn + ":1").replace("{table}", "user"))
                with self.subTest(method + " " + path):
                    body = {} if method in ("post", "put", "patch") else None
                    self.same(method.upper(), make(OUT), make(NONE), body, ((OUT, "X"), (NONE, "X")))
                    n += 1
        self.assertGreater(n, 30)
        for path in ("/api/punches?device=", "/api/access-events?device=", "/api/events?device=", "/api/doors?device=",
                     "/api/persons?device=", "/api/commands?device="):
            self.same("GET", path + OUT, path + NONE, names=((OUT, "X"), (NONE, "X")))
        for body in ({"type": "reboot"}, {"type": "check"}):
            got = [self.callers["operator"].call("POST", "/api/commands", dict(body, deviceSerial=sn))
                   for sn in (OUT, NONE)]
            self.assertEqual(got[0][0], 404, got)
            self.assertEqual(got[0][1]["error"].replace(OUT, NONE), got[1][1]["error"])
        self.assertEqual(self.own.api.get(f"/api/devices/{OUT}")["data"]["state"], "approved")

    def test_a_command_outside_is_as_one_that_is_not_there(self):
        number = self.commands[OUT]["commandId"]
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/content"), ("GET", "/rows")):
            self.same(method, f"/api/commands/{number}{path}", f"/api/commands/987654{path}",
                      names=((str(number), "X"), ("987654", "X")))
        self.assertEqual(self.get(f"/api/commands/{self.commands[IN]['commandId']}")["data"]["deviceSerial"], IN)

    def test_a_person_outside_is_as_one_that_is_not_there(self):
        out, none = str(self.people["out"]), "987654"
        for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("PUT", {"pin": "2"}), ("DELETE", None)):
            for one, other in ((out, none), ("pin:2", "pin:987654")):
                self.same(method, "/api/people/" + one, "/api/people/" + other, body,
                          ((one, "X"), (other, "X")))
        self.same("GET", f"/api/people/{out}/credentials", f"/api/people/{none}/credentials",
                  names=((out, "X"), (none, "X")))
        # An ETag shows nothing either.
        p = self.callers["clerk"]
        self.assertEqual(p.call("PATCH", "/api/people/pin:2", {"name": "x"}, If_Match='"1-1"')[0], 404)
        self.assertEqual(self.own.api.get(f"/api/people/{out}")["data"]["name"], "Secretia")

    def test_a_person_of_two_places_is_seen_and_not_changed(self):
        path = f"/api/people/{self.people['both']}"
        p = self.callers["clerk"]
        self.assertEqual(p.call("GET", path)[0], 200)
        for method, body in (("PATCH", {"name": "x"}), ("PATCH", {"areas": [self.below]}), ("DELETE", None)):
            self.refused(p.call(method, path, body), 403, "area_refused")
        card = self.get(path + "/credentials")["data"][0]["id"]
        self.refused(p.call("PATCH", f"{path}/credentials/{card}", {"lost": True}), 403, "area_refused")

    def test_nothing_is_made_or_moved_outside(self):
        p = self.callers["clerk"]
        path = f"/api/people/{self.people['in']}"
        for areas in ([self.outer], [self.below, self.outer], [987654], [], [self.top]):
            for method, where in (("POST", "/api/people"), ("PATCH", path)):
                body = {"areas": areas} if method == "PATCH" else {"pin": "90", "areas": areas}
                self.refused(p.call(method, where, body), 400, "field_invalid")
        # The first area, where people are unless one is given, is outside.
        self.refused(p.call("POST", "/api/people", {"pin": "90"}), 400, "field_invalid")
        self.assertEqual(p.call("PATCH", path, {"areas": [self.mine], "code": "7"})[0], 200)
        status, made = p.call("POST", "/api/people", {"pin": "91", "areas": [self.below]})
        self.assertEqual(status, 201, made)
        # What is taken outside is taken; by whom is not shown.
        for body in ({"pin": "2", "areas": [self.below]}, {"pin": "92", "cards": ["772"], "areas": [self.below]}):
            status, reply = p.call("POST", "/api/people", body)
            self.assertEqual(status, 409, reply)
            self.assertNotRegex(json.dumps(reply), rf"(?i)secret|number {self.people['out']}\b")
        self.assertEqual(p.call("DELETE", f"/api/people/{made['data']['id']}")[0], 200)
        for area in (self.outer, self.top, 987654):
            got = self.callers["operator"].call("PATCH", f"/api/devices/{IN}", {"area": area})
            self.refused(got, 400, "field_invalid")
        self.assertEqual(self.callers["operator"].call("PATCH", f"/api/devices/{IN}", {"area": self.below})[0], 200)
        self.refused(self.callers["operator"].call("POST", f"/api/punches/import?device={OUT}", {}), 404,
                     "device_unknown")

    def stream(self, p, topics):
        s = socket.create_connection(self.own.admin, DEADLINE)
        self.addCleanup(s.close)
        s.sendall(f"GET /api/events?topics={topics} HTTP/1.1\r\nHost: {p.host}\r\nCookie: {p.cookie}\r\n\r\n".encode())
        return s

    def follow(self, s, mark, got=b""):
        while mark not in got:
            piece = s.recv(65536)
            self.assertTrue(piece, got)
            got += piece
        return got

    def test_a_stream_has_what_is_inside(self):
        s = self.stream(self.callers["viewer"], "punch,access,device,command,problem,plan,contact")
        got = self.follow(s, b"event: ledger")
        self.own.api.raw("POST", f"/api/punches/import?device={OUT}", usb(("61", "2026-10-05 08:00:00")))
        self.own.api.call("PATCH", f"/api/devices/{OUT}", {"name": "secret name"})
        self.own.api.call("PATCH", f"/api/devices/{IN}", {"name": "open name"})
        self.own.api.raw("POST", f"/api/punches/import?device={IN}", usb(("62", "2026-10-05 08:00:00")))
        got = self.follow(s, b'"pin":"62"', got)
        got = self.follow(s, b"open name", got)
        self.assertNotRegex(got, b"(?i)secret")
        self.assertNotIn(b'"pin":"61"', got)
        # What was stored before: read by the stream itself.
        last = self.own.api.get(f"/api/punches?device={IN}")["data"][-1]["seq"]
        s = self.stream(self.callers["viewer"], "punch&after=1")
        got = self.follow(s, b'"seq":%d,' % last)
        self.assertNotRegex(got, b"(?i)secret")

    def test_a_stream_ends_when_the_areas_change(self):
        made = self.account("moved", areas=[self.mine])
        p = self.person("moved")
        s = self.stream(p, "punch")
        self.follow(s, b"event: ledger")
        self.own.api.call("PATCH", f"/api/accounts/{made['id']}", {"areas": [self.outer]})
        self.follow(s, b"0\r\n\r\n")
        self.assertEqual([d["sn"] for d in p.call("GET", "/api/devices")[1]["data"]], [OUT])

    def test_an_area_that_moves_takes_what_is_within_along(self):
        made = self.account("roamer", areas=[self.mine])
        p = self.person("roamer")
        room = self.own.api.post("/api/areas", {"name": "room", "parent": self.outer})["data"]["id"]
        path = f"/api/areas/{room}"
        self.assertEqual(p.call("GET", path)[0], 404)
        self.own.api.call("PATCH", path, {"parent": self.below})
        self.assertEqual(p.call("GET", path)[0], 200)
        self.assertIn(room, [a["id"] for a in p.call("GET", "/api/areas")[1]["data"]])
        self.own.api.call("PATCH", path, {"parent": self.outer})
        self.assertEqual(p.call("GET", path)[0], 404)
        self.own.api.call("DELETE", path)
        self.assertEqual(p.call("GET", path)[0], 404)
        self.assertTrue(made)


if __name__ == "__main__":
    tap.main()
