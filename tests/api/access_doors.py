#!/usr/bin/env python3
"""First-card, multi-card, anti-passback, interlock, linkages, scheduled outputs and inputs, verify schedules, super users, how doors are set,
departments and lost cards, over the API."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from unit import PARAMETERS, Unit  # noqa: E402
from serve import Api, ApiError, Server  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")


def tearDownModule():
    server.close()


class Base(unittest.TestCase):
    def refused(self, status, code, method, path, body=None):
        with self.assertRaises(ApiError) as caught:
            server.api.call(method, path, body)
        self.assertEqual((caught.exception.status, caught.exception.reply["code"]), (status, code),
                         caught.exception.reply)
        return caught.exception.reply

    def fields(self, method, path, body):
        """The fields a refusal names."""
        return [d["field"] for d in self.refused(400, "field_invalid", method, path, body)["details"]]

    def make(self, path, **body):
        status, headers, data = server.api.raw("POST", path, dict({"name": self.name()}, **body))
        self.assertEqual(status, 201, data)
        made = json.loads(data)["data"]
        self.assertEqual(headers["ETag"], f'"{made["id"]}-1"')
        self.assertEqual(server.api.get(f"{path}/{made['id']}")["data"], made)
        return made

    def unit(self):
        d = Device(server)
        d.options()
        return d.sn

    def name(self, what="x"):
        return f"{what} of {self.id()}"

    def person(self, number, **body):
        return server.api.call("POST", "/api/people", dict({"pin": str(number)}, **body))["data"]["id"]


class Resources(Base):
    """Each of them by the same manners: made, listed, replaced, changed, insisted on, deleted."""

    def walk(self, path, body, shown, change, changed):
        made = self.make(path, **body)
        self.assertEqual(made, dict({"id": made["id"], "name": self.name()}, **shown))
        at = f"{path}/{made['id']}"
        listed = {k: v for k, v in made.items() if k != "people"}
        self.assertIn(listed, server.api.pages(path))
        found = server.api.get(f"{path}?q={self.name().split()[0]}&sort=-name&limit=1000")["data"]
        self.assertIn(listed, found)
        status, headers, data = server.api.raw("PATCH", at, change, {"If-Match": f'"{made["id"]}-1"'})
        self.assertEqual((status, headers["ETag"]), (200, f'"{made["id"]}-2"'), data)
        self.assertEqual(json.loads(data)["data"], dict(made, **changed))
        self.assertEqual(server.api.raw("PATCH", at, change, {"If-Match": f'"{made["id"]}-1"'})[0], 412)
        got = server.api.call("PUT", at, dict({"name": "Other " + self.name()}, **body))["data"]
        self.assertEqual(got, dict(made, name="Other " + self.name()))
        self.assertEqual(self.refused(409, "exists", "POST", path,
                                      dict({"name": "Other " + self.name()}, **body))
                         ["details"][0]["field"], "name")
        # Names are needed, and unknown fields refused.
        self.assertEqual(self.fields("POST", path, dict(body, name="")), ["name"])
        self.assertEqual(self.fields("POST", path, dict(body, name="n", colour="red")), ["colour"])
        self.assertEqual(self.fields("PATCH", at, {"colour": "red"}), ["colour"])
        server.api.call("DELETE", at)
        kind = path[5:].replace("-", "_").rstrip("s")
        # The audit has what stood before each of them.
        rows = server.api.get(f"/api/audit?limit=4&q={kind}:{made['id']}&sort=-seq")["data"][::-1]
        self.assertEqual([(r["action"], r["subject"]) for r in rows],
                         [(f"{verb}_{kind}", f"{kind}:{made['id']}") for verb in ("create", "change", "change", "delete")])
        self.assertEqual([r["before"] for r in rows],
                         [None, {k: made[k] for k in change}, dict(made, **changed), got])
        for method in ("GET", "DELETE"):
            self.refused(404, f"{kind}_unknown", method, at)
        self.refused(404, f"{kind}_unknown", "PATCH", at, change)
        reader = Api(server.admin, server.api.call("POST", "/api/tokens",
                                                   {"name": self.name(), "scopes": ["read"]})["data"]["token"])
        with self.assertRaises(ApiError) as caught:
            reader.call("POST", path, dict({"name": "n"}, **body))
        self.assertEqual(caught.exception.status, 403)

    def test_a_door_has_one_name(self):
        sn = self.unit()
        for door in ("01", "0", "x"):
            self.refused(404, "not_found", "PUT", f"/api/doors/{sn}:{door}", {"name": "x"})

    def test_first_card(self):
        sn, who = self.unit(), self.person(7001)
        other = self.person(7002)
        self.walk("/api/first-card", {"door": f"{sn}:1", "rule": 1, "people": [who]},
                  {"door": f"{sn}:1", "rule": 1, "mode": "normal-open", "people": [who]},
                  {"mode": "activation", "people": [other, who]},
                  {"mode": "activation", "people": sorted([who, other])})

    def test_multi_card(self):
        sn = self.unit()
        self.walk("/api/multi-card", {"door": f"{sn}:2", "groups": [5, 5, 2]},
                  {"door": f"{sn}:2", "groups": [5, 5, 2], "seconds": 0},
                  {"groups": [1, 2], "seconds": 15}, {"groups": [1, 2], "seconds": 15})

    def test_anti_passback(self):
        sn = self.unit()
        self.walk("/api/anti-passback", {"doors": [f"{sn}:1"], "against": [f"{sn}:2", f"{sn}:3"]},
                  {"doors": [f"{sn}:1"], "against": [f"{sn}:2", f"{sn}:3"], "direction": "both",
                   "seconds": 0}, {"seconds": 60}, {"seconds": 60})

    def test_interlock(self):
        sn = self.unit()
        self.walk("/api/interlock", {"doors": [f"{sn}:1", f"{sn}:2", f"{sn}:1"]},
                  {"doors": [f"{sn}:1", f"{sn}:2"]}, {"doors": [f"{sn}:3", f"{sn}:2"]},
                  {"doors": [f"{sn}:3", f"{sn}:2"]})

    def test_linkage(self):
        sn = self.unit()
        self.walk("/api/linkage", {"event": 220, "at": f"{sn}:1"},
                  {"event": 220, "eventName": "auxiliary input open circuit", "at": f"{sn}:1",
                   "output": "lock", "number": 1, "seconds": 5},
                  {"output": "aux", "at": sn}, {"output": "aux", "at": sn})

    def test_scheduled_output(self):
        sn = self.unit()
        self.walk("/api/scheduled-outputs", {"at": f"{sn}:1", "rule": 1, "action": "normal-open"},
                  {"at": f"{sn}:1", "output": "lock", "rule": 1, "action": "normal-open"},
                  {"output": "aux", "at": f"{sn}:2", "action": "none"},
                  {"output": "aux", "at": f"{sn}:2", "action": "none"})

    def test_scheduled_input(self):
        sn = self.unit()
        self.walk("/api/scheduled-inputs", {"at": f"{sn}:1", "rule": 1},
                  {"at": f"{sn}:1", "input": "exit-button", "rule": 1},
                  {"input": "aux", "at": f"{sn}:2"}, {"input": "aux", "at": f"{sn}:2"})

    def test_verify_schedule(self):
        sn, who = self.unit(), self.person(7003)
        week = {"mon-fri": ["08:00-18:00 door=4", "18:01-20:00 door=6 user=11"]}
        self.walk("/api/verify-schedules", {"week": week, "doors": [f"{sn}:1"], "people": [who]},
                  {"week": week, "holidays": {}, "doors": [f"{sn}:1"], "people": [who]},
                  {"holidays": {"1": ["00:00-24:00 user=0000101000000011"]}, "people": []},
                  {"holidays": {"1": ["00:00-24:00 user=0000101000000011"]}, "people": []})

    def test_super_users(self):
        sn, who = self.unit(), self.person(7004)
        self.walk("/api/super-users", {"doors": [f"{sn}:1"], "people": [who]},
                  {"doors": [f"{sn}:1"], "people": [who]}, {"doors": []}, {"doors": []})


class Refusals(Base):
    def test_what_makes_no_sense_is_named_by_its_place(self):
        a, b = self.unit(), self.unit()
        for path, body, field in (
            ("first-card", {"door": f"{a}:1", "rule": 1, "mode": "maybe"}, "mode"),
            ("first-card", {"door": a, "rule": 1}, "door"),
            ("first-card", {"door": "NOSUCH:1", "rule": 1}, "door"),
            ("first-card", {"door": f"{a}:1"}, "rule"),
            ("first-card", {"door": f"{a}:1", "rule": 999999}, "rule"),
            ("first-card", {"door": f"{a}:1", "rule": 1, "people": [999999]}, "people"),
            ("multi-card", {"door": f"{a}:1", "groups": [1]}, "groups"),
            ("multi-card", {"door": f"{a}:1", "groups": [1, 2, 3, 4, 5, 6]}, "groups"),
            ("multi-card", {"door": f"{a}:1", "groups": [1, 100]}, "groups[1]"),
            ("multi-card", {"door": f"{a}:1", "groups": [1, 2], "seconds": 255}, "seconds"),
            ("anti-passback", {"doors": []}, "doors"),
            ("anti-passback", {"doors": [f"{a}:1", f"{b}:1"]}, "doors[1]"),
            ("anti-passback", {"doors": [f"{a}:1"], "against": [f"{b}:2"]}, "against[0]"),
            ("anti-passback", {"doors": [f"{a}:1"], "against": [f"{a}:1"]}, "against[0]"),
            ("anti-passback", {"doors": [f"{a}:1"], "against": [f"{a}:2"], "direction": "in"}, "direction"),
            ("anti-passback", {"doors": [f"{a}:1"], "direction": "none"}, "seconds"),
            ("interlock", {"doors": [f"{a}:1"]}, "doors"),
            ("interlock", {"doors": [f"{a}:1", f"{b}:2"]}, "doors[1]"),
            ("linkage", {"event": 220, "at": "NOSUCH:1"}, "at"),
            ("linkage", {"event": -1, "at": f"{a}:1"}, "event"),
            ("linkage", {"event": 220, "at": f"{a}:1", "output": "horn"}, "output"),
            ("scheduled-outputs", {"at": f"{a}:1", "rule": 1}, "action"),
            ("scheduled-outputs", {"at": f"{a}:1", "rule": 1, "action": "open"}, "action"),
            ("scheduled-outputs", {"at": a, "rule": 1, "action": "none"}, "at"),
            ("scheduled-outputs", {"at": f"{a}:1", "rule": 999999, "action": "none"}, "rule"),
            ("scheduled-outputs", {"at": f"{a}:1", "rule": 1, "action": "none", "output": "camera"}, "output"),
            ("scheduled-inputs", {"at": "NOSUCH:1", "rule": 1}, "at"),
            ("scheduled-inputs", {"at": f"{a}:1"}, "rule"),
            ("scheduled-inputs", {"at": f"{a}:1", "rule": 1, "input": "bell"}, "input"),
            ("verify-schedules", {"week": {"mon": ["08:00-12:00"]}}, "week.mon[0]"),
            ("verify-schedules", {"week": {"mon": ["08:00-12:00 door=card"]}}, "week.mon[0]"),
            ("verify-schedules", {"week": {"mon": ["08:00-12:00 door=33"]}}, "week.mon[0]"),
            ("verify-schedules", {"week": {"mon": ["08:00-12:00 door=4 door=5"]}}, "week.mon[0]"),
            ("verify-schedules", {"week": {"mon": ["22:00-06:00 door=4"]}}, "week.mon[0]"),
            ("verify-schedules", {"week": {"mon": ["08:00-12:00 door=4", "12:00-13:00 door=5"]}}, "week.mon[1]"),
            ("verify-schedules", {"week": {"mon-tue": ["08:00-12:00 door=4"],
                                           "tue": ["09:00-10:00 door=4"]}}, "week.tue[0]"),
            ("verify-schedules", {"week": {"moon": []}}, "week.moon"),
            ("verify-schedules", {"holidays": {"4": []}}, "holidays.4"),
            ("super-users", {"doors": [a]}, "doors[0]"),
        ):
            with self.subTest(path, **body):
                self.assertEqual(self.fields("POST", f"/api/{path}",
                                             dict({"name": self.name()}, **body))[0], field)

    def test_a_time_rule_that_is_used_stays(self):
        sn = self.unit()
        rule = server.api.call("POST", "/api/time-rules", {"name": self.name()})["data"]["id"]
        first = self.make("/api/first-card", door=f"{sn}:1", rule=rule)
        self.refused(409, "time_rule_in_use", "DELETE", f"/api/time-rules/{rule}")
        server.api.call("DELETE", f"/api/first-card/{first['id']}")
        server.api.call("PUT", f"/api/doors/{sn}:1", {"usableRule": rule})
        self.refused(409, "time_rule_in_use", "DELETE", f"/api/time-rules/{rule}")
        server.api.call("PATCH", f"/api/doors/{sn}:1", {"usableRule": None})
        for kind, body in (("scheduled-outputs", {"action": "normal-open"}), ("scheduled-inputs", {})):
            made = self.make(f"/api/{kind}", at=f"{sn}:1", rule=rule, **body)
            self.refused(409, "time_rule_in_use", "DELETE", f"/api/time-rules/{rule}")
            server.api.call("DELETE", f"/api/{kind}/{made['id']}")
        server.api.call("DELETE", f"/api/time-rules/{rule}")

    def test_a_person_who_is_deleted_leaves_them(self):
        sn, who = self.unit(), self.person(7101)
        made = [self.make("/api/first-card", door=f"{sn}:1", rule=1, people=[who]),
                self.make("/api/super-users", doors=[f"{sn}:1"], people=[who]),
                self.make("/api/verify-schedules", doors=[f"{sn}:1"], people=[who])]
        server.api.call("DELETE", f"/api/people/{who}")
        for path, m in zip(("first-card", "super-users", "verify-schedules"), made):
            self.assertEqual(server.api.get(f"/api/{path}/{m['id']}")["data"]["people"], [])


class Credentials(Base):
    def test_a_card_is_lost_and_found(self):
        who, other = self.person(7201, cards=["4711", "4712"]), self.person(7202, cards=["4713"])
        path = f"/api/people/{who}/credentials"
        rows = server.api.get(path)["data"]
        self.assertEqual([(r["bioType"], r["origin"]) for r in rows], [(None, None)] * 2)
        keys = ("id", "type", "number", "person", "lost", "bits", "siteCode", "imie")
        first, second = ({k: r[k] for k in keys} for r in rows)
        self.assertEqual(first, {"id": first["id"], "type": "card", "number": "4711", "person": who,
                                 "lost": False, "bits": None, "siteCode": None, "imie": None})
        got = server.api.call("PATCH", f"{path}/{first['id']}", {"lost": True})["data"]
        self.assertEqual(got, dict(first, lost=True))
        more = {"bits": 26, "siteCode": 10010, "imie": "356591106"}
        self.assertEqual(server.api.call("PATCH", f"{path}/{second['id']}", more)["data"], dict(second, **more))
        self.assertEqual(server.api.call("PATCH", f"{path}/{second['id']}", {"bits": 0})["data"],
                         dict(second, **dict(more, bits=0)))
        self.assertEqual(self.fields("PATCH", f"{path}/{second['id']}", {"bits": 256}), ["bits"])
        # It stays so while they have the card, whatever else changes.
        server.api.call("PATCH", f"/api/people/{who}", {"cards": ["4714", "4711"], "name": "Ann"})
        rows = server.api.get(path)["data"]
        self.assertEqual([(r["number"], r["lost"]) for r in rows], [("4711", True), ("4714", False)])
        self.assertEqual(rows[0]["id"], first["id"])
        # A card that was taken away is free, and comes back as found.
        server.api.call("PATCH", f"/api/people/{other}", {"cards": ["4713", "4712"]})
        server.api.call("PATCH", f"/api/people/{who}", {"cards": []})
        self.assertEqual(server.api.get(path)["data"], [])
        server.api.call("PATCH", f"/api/people/{other}", {"cards": ["4711"]})
        self.assertEqual([(r["number"], r["lost"]) for r in
                          server.api.get(f"/api/people/{other}/credentials")["data"]], [("4711", False)])
        # That of another person is not theirs.
        [row] = server.api.get(f"/api/people/{other}/credentials")["data"]
        self.refused(404, "credential_unknown", "PATCH", f"{path}/{row['id']}", {"lost": True})
        self.refused(404, "credential_unknown", "PATCH", f"{path}/999999", {"lost": True})
        self.assertEqual(self.fields("PATCH", f"{path}/{row['id']}", {"lost": 1}), ["lost"])
        self.assertIn("change_card", [r["action"] for r in server.api.get("/api/audit?limit=1000")["data"]])


class Departments(Base):
    def test_levels_name_departments(self):
        who = self.person(7301, department="R&D")
        level = self.make("/api/access-levels", departments=["R&D", "Sales", "R&D"])
        self.assertEqual(level["departments"], ["R&D", "Sales"])
        self.assertEqual(server.api.get(f"/api/people/{who}")["data"]["department"], "R&D")
        self.person(7303, department="R&D")
        self.person(7304, department="Alpha")
        rows = {r["name"]: r["people"] for r in server.api.pages("/api/departments")}
        self.assertEqual((rows["R&D"], rows["Alpha"]), (2, 1))
        self.assertNotIn("", rows)
        self.assertNotIn("Sales", rows)
        found = server.api.get("/api/departments?q=alp&sort=-people")
        self.assertEqual([r["name"] for r in found["data"]], ["Alpha"])
        got = server.api.call("PATCH", f"/api/access-levels/{level['id']}", {"departments": []})["data"]
        self.assertEqual(got["departments"], [])
        self.assertEqual(self.fields("POST", "/api/access-levels", {"name": "n", "departments": ['a"b']}),
                         ["departments[0]"])
        self.assertEqual(self.fields("POST", "/api/people", {"pin": "7302", "department": "a\\b"}),
                         ["department"])

    def test_positions_are_those_that_people_have(self):
        """/api/positions lists the names in use, with counts, as /api/departments does."""
        first, second, third = (self.person(n, position=name, department="Lab of positions") for n, name in
                                ((7311, "Guard"), (7312, "Guard"), (7313, "Émile's driver")))

        def held():
            return {r["name"]: r["people"] for r in server.api.pages("/api/positions")}

        self.assertEqual(held(), {"Guard": 2, "Émile's driver": 1})
        self.assertEqual(server.api.get(f"/api/people/{first}")["data"]["position"], "Guard")
        self.assertEqual([r["name"] for r in server.api.get("/api/positions?q=driver&sort=-people")["data"]],
                         ["Émile's driver"])
        self.assertEqual([p["id"] for p in server.api.get("/api/people?q=Guard&sort=position")["data"]],
                         [first, second])
        # An empty text clears it, a whole replaces it, and who has gone has none.
        server.api.call("PATCH", f"/api/people/{first}", {"position": ""})
        server.api.call("PUT", f"/api/people/{second}", {"pin": "7312", "position": "Porter"})
        server.api.call("DELETE", f"/api/people/{third}")
        self.assertEqual(held(), {"Porter": 1})
        self.assertIsNone(server.api.get(f"/api/people/{first}")["data"]["position"])
        self.assertEqual(self.fields("POST", "/api/people", {"pin": "7314", "position": "x" * 101}), ["position"])
        rows = server.api.get(f"/api/audit?subject=people:{first}&sort=seq")["data"]
        self.assertEqual([r["action"] for r in rows], ["create_people", "change_people"])
        changes = server.api.get(f"/api/people/{first}/changes?sort=id")["data"]
        self.assertEqual([(r["before"], r["after"]) for r in changes if r["field"] == "position"], [("Guard", None)])


class Check(Base):
    def test_the_answer_names_what_else_counts(self):
        sn, at = self.unit(), "2026-11-30%2009:00:00"
        door = f"{sn}:1"
        who, other = self.person(7401, department="Labs", group=5), self.person(7402)
        self.make("/api/access-levels", rule=1, doors=[door], departments=["Labs"])

        def check(person=who):
            got = server.api.get(f"/api/access/check?person={person}&door={door}&at={at}")["data"]
            return got["granted"], got["verdict"], [(s["verdict"], s["name"]) for s in got["steps"]]

        self.assertEqual(check(), (True, "granted", [("granted", None)]))
        self.assertEqual(check(other)[:2], (False, "no_level"))
        named = []
        for path, body, verdict in (
                ("scheduled-outputs", {"at": door, "rule": 1, "action": "normal-open"}, "stands_open"),
                ("first-card", {"door": door, "rule": 1, "mode": "activation", "people": [other]},
                 "needs_first_card"),
                ("first-card", {"door": door, "rule": 1, "people": [who]}, "is_first_card"),
                ("multi-card", {"door": door, "groups": [5, 1]}, "needs_others"),
                ("verify-schedules", {"doors": [door], "week": {"mon": ["08:00-10:00 door=4"]}},
                 "needs_verify_mode"),
                ("anti-passback", {"doors": [door]}, "anti_passback"),
                ("interlock", {"doors": [door, f"{sn}:2"]}, "interlock")):
            name = f"{verdict} of {self.id()}"
            server.api.post(f"/api/{path}", dict(body, name=name))
            named.append((verdict, name))
        self.assertEqual(check(), (True, "granted", [("granted", None)] + named))
        # Of others alone, of another time, of another door: nothing.
        server.api.post("/api/verify-schedules", {"name": "other " + self.id(), "doors": [door], "people": [other],
                                                  "week": {"mon": ["08:00-10:00 user=4"]}})
        server.api.post("/api/verify-schedules", {"name": "later " + self.id(), "doors": [door],
                                                  "week": {"mon": ["10:01-11:00 door=4"]}})
        self.assertEqual(check(), (True, "granted", [("granted", None)] + named))
        path = f"/api/doors/{door}"
        server.api.call("PATCH", path, {"name": "Vault", "masked": True})
        self.assertEqual(check()[:2] + (check()[2][0],), (False, "door_locked", ("door_locked", "Vault")))
        server.api.post("/api/super-users", {"name": "s", "doors": [door], "people": [who]})
        self.assertEqual(check()[:2] + (check()[2][0],), (True, "super_user", ("super_user", "Vault")))
        server.api.call("PATCH", path, {"masked": False})
        rule = server.api.post("/api/time-rules", {"name": self.name(), "week": {"tue": ["08:00-12:00"]}})["data"]
        server.api.call("PATCH", path, {"usableRule": rule["id"]})
        self.assertEqual(check()[:2], (False, "door_closed"))
        server.api.call("PATCH", path, {"disabled": True})
        self.assertEqual(check()[:2], (False, "door_disabled"))

    def test_a_unit_without_super_users_keeps_a_locked_door_shut(self):
        who, at = self.person(7411), "2026-11-30%2009:00:00"
        for functions, granted, verdict in (
                ("0" * 16 + "1", True, "super_user"), ("0" * 17, False, "unit_without_super_users"),
                ("", False, "unit_without_super_users")):
            unit = Unit(server, parameters=PARAMETERS + ",AccSupportFunList=" + functions).register()
            door = f"{unit.sn}:1"
            self.make("/api/access-levels", name=unit.sn, rule=1, doors=[door], people=[who])
            self.make("/api/super-users", name=unit.sn, doors=[door], people=[who])
            server.api.call("PATCH", f"/api/doors/{door}", {"masked": True})
            got = server.api.get(f"/api/access/check?person={who}&door={door}&at={at}")["data"]
            self.assertEqual((got["granted"], got["verdict"], got["steps"][0]["verdict"]),
                             (granted, verdict, verdict), functions)
            server.api.call("PATCH", f"/api/doors/{door}", {"masked": False})
            got = server.api.get(f"/api/access/check?person={who}&door={door}&at={at}")["data"]
            self.assertEqual((got["granted"], got["verdict"]), (True, "granted"), functions)


class Doors(Base):
    def test_a_door_is_set_as_a_whole_and_in_part(self):
        unit = Unit(server).register()
        unit.state("time=2024-06-01 08:00:03\tsensor=09\trelay=02\talarm=0100000000000000\tdoor=00000000")
        sn, path = unit.sn, f"/api/doors/{unit.sn}:2"
        status, headers, data = server.api.raw("PATCH", path, {"driveSeconds": 8, "disabled": False})
        got = json.loads(data)["data"]
        first = headers["ETag"]
        self.assertEqual((status, first[-3:]), (200, '-1"'))
        self.assertEqual({k: v for k, v in got.items() if v is not None},
                         {"id": got["id"], "door": f"{sn}:2", "driveSeconds": 8, "disabled": False,
                          "emergencyPasswordSet": False, "duressPasswordSet": False})
        got = server.api.call("PATCH", path, {"name": "Vault", "emergencyPassword": "123456",
                                              "verifyMode": "4", "normalOpenRule": 1})["data"]
        self.assertEqual((got["name"], got["driveSeconds"], got["emergencyPasswordSet"],
                          got["verifyMode"], got["normalOpenRule"]), ("Vault", 8, True, "4", 1))
        self.assertNotIn("123456", json.dumps(got))
        self.assertIn(got, server.api.pages("/api/door-settings"))
        # The same number: a door has one row.
        shown = server.api.get(path)["data"]
        self.assertEqual((shown["id"], shown["sensor"], shown["settings"]), (f"{sn}:2", "open", got))
        self.assertIsNone(server.api.get(path[:-1] + "1")["data"]["settings"])
        tag = server.api.raw("PATCH", path, {"driveSeconds": None})[1]["ETag"]
        self.assertEqual(tag, first[:-2] + '3"')
        # What holds is held to its version: that of another door is another number.
        status, headers, _ = server.api.raw("PATCH", path, {"driveSeconds": 9}, {"If-Match": tag})
        self.assertEqual((status, headers["ETag"]), (200, first[:-2] + '4"'))
        self.assertEqual(server.api.raw("PATCH", path[:-1] + "3", {"driveSeconds": 9},
                                        {"If-Match": headers["ETag"]})[0], 412)
        row = server.api.get("/api/audit?limit=1000&q=door_setting")["data"]
        self.assertIn({"name": "Vault", "emergencyPassword": "***", "verifyMode": "4", "normalOpenRule": 1},
                      [r["after"] for r in row])
        self.assertEqual(server.api.raw("PUT", path, {}, {"If-Match": first})[0], 412)
        got = server.api.call("PUT", path, {"disabled": True})["data"]
        self.assertEqual({k for k, v in got.items() if v is not None},
                         {"id", "door", "disabled", "emergencyPasswordSet", "duressPasswordSet"})
        self.assertFalse(got["emergencyPasswordSet"])

    def test_what_makes_no_sense_is_named(self):
        path = f"/api/doors/{self.unit()}:1"
        for body, field in (({"driveSeconds": 0}, "driveSeconds"), ({"driveSeconds": 255}, "driveSeconds"),
                            ({"emergencyPassword": "open"}, "emergencyPassword"),
                            ({"duressPassword": "1234567"}, "duressPassword"),
                            ({"verifyMode": "256"}, "verifyMode"), ({"sensorType": 3}, "sensorType"),
                            ({"usableRule": 999999}, "usableRule"), ({"colour": 1}, "colour")):
            with self.subTest(body):
                self.assertEqual(self.fields("PATCH", path, body), [field])
        self.refused(404, "device_unknown", "PATCH", "/api/doors/NOSUCH:1", {"driveSeconds": 5})
        self.refused(404, "not_found", "PATCH", "/api/doors/NOSUCH", {"driveSeconds": 5})

    def test_it_needs_full_control(self):
        sn = self.unit()
        writer = Api(server.admin, server.api.call("POST", "/api/tokens", {
            "name": self.name(), "scopes": ["read", "write", "door"]})["data"]["token"])
        for method, path, body in (("PATCH", f"/api/doors/{sn}:1", {"normalOpenRule": 1}),
                                   ("POST", "/api/linkage", {"name": "n", "event": 27, "at": sn}),
                                   ("POST", "/api/scheduled-outputs",
                                    {"name": "n", "at": f"{sn}:1", "rule": 1, "action": "normal-open"}),
                                   ("POST", "/api/scheduled-inputs", {"name": "n", "at": f"{sn}:1", "rule": 1}),
                                   ("POST", "/api/super-users", {"name": "n"})):
            with self.assertRaises(ApiError) as caught:
                writer.call(method, path, body)
            self.assertEqual(caught.exception.status, 403)


if __name__ == "__main__":
    tap.main()
