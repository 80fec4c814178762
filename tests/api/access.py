#!/usr/bin/env python3
"""Time rules, holidays, door groups, access levels and people, over the API."""

import json
import os
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import ApiError, Server  # noqa: E402

server = None
OFFICE = {"mon-fri": ["08:00-12:00", "12:30-18:00"]}


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

    def fields(self, status, code, method, path, body):
        """The fields a refusal names."""
        return [d["field"] for d in self.refused(status, code, method, path, body)["details"]]

    def make(self, path, **body):
        status, headers, data = server.api.raw("POST", path, body)
        self.assertEqual(status, 201, data)
        made = json.loads(data)["data"]
        self.assertEqual(headers["ETag"], f'"{made["id"]}-1"')
        self.assertEqual(server.api.get(f"{path}/{made['id']}")["data"], made)
        return made

    def door(self, number=1):
        d = Device(server)
        d.options()
        return f"{d.sn}:{number}"

    def name(self, what="x"):
        return f"{what} of {self.id()}"


class TimeRules(Base):
    def test_the_rule_always_exists_and_stays(self):
        rule = server.api.get("/api/time-rules")["data"][0]
        self.assertEqual((rule["id"], rule["name"], rule["week"], rule["closedHolidays"]),
                         (1, "always", {"mon-sun": ["00:00-24:00"]}, []))
        for method, body in (("DELETE", None), ("PATCH", {"name": "never"}),
                             ("PUT", {"name": "never"})):
            reply = self.refused(409, "time_rule_in_use", method, "/api/time-rules/1", body)
            self.assertIn("always open", reply["error"])
        self.assertEqual(server.api.get("/api/time-rules/1")["data"], rule)

    def test_a_rule_is_made_shown_changed_and_deleted(self):
        rule = self.make("/api/time-rules", name=self.name(), week=OFFICE, holidays={"1": []})
        path = f"/api/time-rules/{rule['id']}"
        self.assertEqual(rule, {"id": rule["id"], "name": self.name(), "week": OFFICE,
                                "holidays": {"1": []}, "from": None, "to": None,
                                "closedHolidays": ["2", "3"], "splitAtMidnight": False})
        got = server.api.call("PATCH", path, {"week": {"fri": ["22:00-06:00"]},
                                              "to": "2026-12-31"})["data"]
        self.assertEqual(got["week"], {"fri": ["22:00-24:00"], "sat": ["00:00-06:00"]})
        self.assertTrue(got["splitAtMidnight"])
        self.assertEqual((got["holidays"], got["to"]), ({"1": []}, "2026-12-31 23:59:59"))
        self.assertIn(got, server.api.pages("/api/time-rules"))
        # The whole: what is absent gets its default.
        got = server.api.call("PUT", path, {"name": "Other " + self.name()})["data"]
        self.assertEqual((got["week"], got["holidays"], got["to"]), ({}, {}, None))
        server.api.call("DELETE", path)
        for method in ("GET", "DELETE"):
            self.refused(404, "time_rule_unknown", method, path)
        self.refused(404, "time_rule_unknown", "PATCH", path, {"name": "y"})

    def test_what_makes_no_sense_is_named_by_its_place(self):
        for body, field in (
            ({"week": {"mon": ["08:00-12:00", "8-12"]}}, "week.mon[1]"),
            ({"week": {"mo": ["08:00-12:00"]}}, "week.mo"),
            ({"week": {"mon": ["08:00-08:00"]}}, "week.mon[0]"),
            ({"week": {"mon": "08:00-12:00"}}, "week.mon"),
            ({"holidays": {"4": []}}, "holidays.4"),
            ({"holidays": {"1": ["22:00-06:00"]}}, "holidays.1[0]"),
            ({"from": "2026-02-30"}, "from"),
            ({"from": "soon"}, "from"),
            ({"from": "2026-12-01", "to": "2026-11-30"}, "to"),
            ({"weeks": {}}, "weeks"),
            ({"name": ""}, "name"),
        ):
            with self.subTest(body):
                got = self.fields(400, "field_invalid", "POST", "/api/time-rules",
                                  dict({"name": self.name()}, **body))
                self.assertEqual(got[0], field)
        rule = self.make("/api/time-rules", name=self.name(), **{"from": "2026-12-01"})
        path = f"/api/time-rules/{rule['id']}"
        # Compared with what is stored.
        self.assertEqual(self.fields(400, "field_invalid", "PATCH", path, {"to": "2026-11-30"}),
                         ["to"])
        self.assertEqual(self.fields(409, "exists", "POST", "/api/time-rules",
                                     {"name": self.name()}), ["name"])

    def test_a_change_can_insist_on_what_it_was_made_from(self):
        rule = self.make("/api/time-rules", name=self.name())
        path = f"/api/time-rules/{rule['id']}"

        def change(tag, method="PATCH"):
            status, headers, data = server.api.raw(
                method, path, {"week": OFFICE} if method == "PATCH" else None, {"If-Match": tag})
            return status, headers["ETag"], json.loads(data).get("code")

        first = f'"{rule["id"]}-1"'
        status, second, _ = change(first)
        self.assertEqual((status, second), (200, f'"{rule["id"]}-2"'))
        for tag in (first, '"1-2"', "x", '""', f'"{rule["id"]}-0"', f'"{rule["id"]}-99"'):
            self.assertEqual(change(tag), (412, None, "changed_meanwhile"))
        self.assertEqual(change(first, "DELETE")[0], 412)
        self.assertEqual(change("*")[0], 200)
        status, headers, _ = server.api.raw("GET", path)
        self.assertEqual(change(headers["ETag"], "DELETE")[0], 200)

    def test_of_two_changes_of_the_same_version_one_is_refused(self):
        rule = self.make("/api/time-rules", name=self.name())
        path, tag = f"/api/time-rules/{rule['id']}", f'"{rule["id"]}-1"'
        with ThreadPoolExecutor(8) as pool:
            got = list(pool.map(lambda n: server.api.raw("PATCH", path, {"week": OFFICE},
                                                         {"If-Match": tag})[0], range(8)))
        self.assertEqual(sorted(got), [200] + [412] * 7)


class Holidays(Base):
    def test_a_day_has_one_type(self):
        day = self.make("/api/holidays", date="2031-12-25", type=1, yearly=True, name="Christmas")
        self.assertEqual(day, {"id": day["id"], "name": "Christmas", "date": "2031-12-25",
                               "to": "2031-12-25", "type": 1, "yearly": True})
        reply = self.refused(409, "exists", "POST", "/api/holidays",
                             {"date": "2035-12-24", "to": "2035-12-26", "type": 2})
        self.assertIn(f"number {day['id']}", reply["error"])
        other = self.make("/api/holidays", date="2035-12-24", to="2035-12-26", type=1)
        self.assertEqual(self.fields(409, "exists", "PATCH", f"/api/holidays/{other['id']}",
                                     {"type": 3}), ["type"])
        server.api.call("DELETE", f"/api/holidays/{day['id']}")
        got = server.api.call("PATCH", f"/api/holidays/{other['id']}", {"type": 3})["data"]
        self.assertEqual((got["type"], got["date"], got["to"]), (3, "2035-12-24", "2035-12-26"))
        got = server.api.call("PATCH", f"/api/holidays/{other['id']}", {"date": "2035-12-27"})
        self.assertEqual(got["data"]["to"], "2035-12-27")
        server.api.call("DELETE", f"/api/holidays/{other['id']}")

    def test_days_that_cannot_be(self):
        for body, field in (
            ({"date": "2032-02-29", "yearly": True}, "date"),
            ({"date": "2031-02-29"}, "date"),
            ({"date": "25.12.2031"}, "date"),
            ({"date": "2031-12-25", "to": "2031-12-24"}, "to"),
            ({"date": "2031-12-25", "to": "2033-12-24"}, "to"),
            ({"date": "2031-12-25", "type": 4}, "type"),
            ({}, "date"),
        ):
            with self.subTest(body):
                self.assertEqual(self.fields(400, "field_invalid", "POST", "/api/holidays", body),
                                 [field])
        reply = self.refused(400, "field_invalid", "POST", "/api/holidays",
                             {"date": "2032-02-29", "yearly": True})
        self.assertIn("take the 28th", reply["error"])


class Levels(Base):
    def person(self, pin, **more):
        return self.make("/api/people", pin=str(pin), **more)

    def test_a_level_joins_people_doors_and_a_rule(self):
        a, b = self.door(1), self.door(2)
        rule = self.make("/api/time-rules", name=self.name(), week=OFFICE)
        group = self.make("/api/door-groups", name=self.name(), doors=[b, b])
        self.assertEqual(group["doors"], [b])
        ann, bob = self.person(7001), self.person(7002)
        level = self.make("/api/access-levels", name=self.name(), rule=rule["id"], doors=[a],
                          doorGroups=[group["id"]], people=[bob["id"], ann["id"], bob["id"]])
        path = f"/api/access-levels/{level['id']}"
        self.assertEqual(level, {"id": level["id"], "name": self.name(), "rule": rule["id"],
                                 "doors": [a], "doorGroups": [group["id"]], "from": None,
                                 "to": None, "departments": [], "people": [ann["id"], bob["id"]]})
        # What it names stays while it names it.
        self.refused(409, "time_rule_in_use", "DELETE", f"/api/time-rules/{rule['id']}")
        self.refused(409, "door_group_in_use", "DELETE", f"/api/door-groups/{group['id']}")
        got = server.api.call("PATCH", path, {"removePeople": [ann["id"]], "rule": None})["data"]
        self.assertEqual((got["people"], got["rule"], got["doors"]), ([bob["id"]], None, [a]))
        got = server.api.call("PATCH", path, {"addPeople": [ann["id"]], "doorGroups": []})["data"]
        self.assertEqual((got["people"], got["doorGroups"]), ([ann["id"], bob["id"]], []))
        server.api.call("DELETE", f"/api/time-rules/{rule['id']}")
        server.api.call("DELETE", f"/api/door-groups/{group['id']}")
        # A person goes, and is in no level any more.
        server.api.call("DELETE", f"/api/people/{ann['id']}")
        self.assertEqual(server.api.get(path)["data"]["people"], [bob["id"]])
        got = server.api.call("PUT", path, {"name": self.name("y")})["data"]
        self.assertEqual((got["people"], got["doors"]), ([], []))
        server.api.call("DELETE", path)
        self.refused(404, "access_level_unknown", "GET", path)

    def test_what_a_level_names_is_there(self):
        door = self.door()
        for body, field in (
            ({"rule": 9999}, "rule"),
            ({"doors": [door, "NOBODY:1"]}, "doors[1]"),
            ({"doors": ["x"]}, "doors"),
            ({"doors": [door[:-1] + "0"]}, "doors[0]"),
            ({"doorGroups": [9999]}, "doorGroups"),
            ({"people": [9999]}, "people"),
            ({"from": "2026-12-02", "to": "2026-12-01"}, "to"),
        ):
            with self.subTest(body):
                got = self.fields(400, "field_invalid", "POST", "/api/access-levels",
                                  dict({"name": self.name()}, **body))
                self.assertTrue(got[0].startswith(field), got)
        # Nothing of a refused one is stored.
        self.assertNotIn(self.name(), [l["name"] for l in server.api.pages("/api/access-levels")])
        level = self.make("/api/access-levels", name=self.name(), doors=[door])
        self.fields(400, "field_invalid", "PATCH", f"/api/access-levels/{level['id']}",
                    {"people": [], "addPeople": [1]})

    def test_what_was_stored_is_there_after_a_restart(self):
        door = self.door()
        person = self.person(7003, name="Ann", cards=["123456789"])
        level = self.make("/api/access-levels", name=self.name(), rule=1, doors=[door],
                          people=[person["id"]])
        server.restart()
        self.assertEqual(server.api.get(f"/api/access-levels/{level['id']}")["data"], level)
        self.assertEqual(server.api.get(f"/api/people/{person['id']}")["data"], person)

    def test_a_level_has_hundreds_of_people(self):
        with ThreadPoolExecutor(4) as pool:
            ids = list(pool.map(lambda n: server.api.post("/api/people", {"pin": f"8{n:05}"})
                                ["data"]["id"], range(400)))
        level = self.make("/api/access-levels", name=self.name(), people=ids)
        self.assertEqual(level["people"], sorted(ids))


class Check(Base):
    def test_a_check_explains_its_answer(self):
        door = self.door(1)
        rule = self.make("/api/time-rules", name=self.name(), week=OFFICE, holidays={"1": []})
        group = self.make("/api/door-groups", name=self.name(), doors=[door])
        ann = self.make("/api/people", pin="7101", validTo="2026-12-31")
        level = self.make("/api/access-levels", name=self.name(), rule=rule["id"],
                          doorGroups=[group["id"]], people=[ann["id"]])
        day = self.make("/api/holidays", date="2026-12-24", type=1)

        def check(at, who="pin:7101", where=door):
            return server.api.get(f"/api/access/check?person={who}&door={where}&at={at}")["data"]

        for at, verdict, column, span in (
            ("2026-11-30%2009:00:00", "granted", "mon", "08:00-12:00"),
            ("2026-11-30%2012:00:59", "granted", "mon", "08:00-12:00"),
            ("2026-11-30%2012:10:00", "rule_closed", "mon", None),
            ("2026-12-24%2009:00:00", "rule_closed", "holiday 1", None),
        ):
            got = check(at)
            self.assertEqual((got["granted"], got["verdict"], got["person"], got["door"]),
                             (verdict == "granted", verdict, ann["id"], door))
            [step] = got["steps"]
            self.assertEqual((step["level"], step["ruleName"], step["verdict"], step["column"],
                              step["range"]), (level["id"], rule["name"], verdict, column, span))
        self.assertEqual(check("2027-01-04%2009:00:00")["verdict"], "person_expired")
        self.assertEqual(check("2026-11-30%2009:00:00", who=ann["id"])["verdict"], "granted")
        got = check("2026-11-30%2009:00:00", where=door[:-1] + "2")
        self.assertEqual((got["verdict"], got["steps"][0]["level"]), ("no_level", None))
        got = check("2026-11-30%2009:00:00", who="pin:nobody")
        self.assertEqual((got["verdict"], got["person"]), ("person_unknown", None))
        # Without a moment it is now.
        self.assertIn("granted", server.api.get(f"/api/access/check?person=1&door={door}")["data"])
        for query, status in (("door=" + door, 400), ("person=x&door=" + door, 400),
                              ("person=1&door=x", 400), ("person=1", 400),
                              ("person=1&door=NOBODY:1", 404),
                              (f"person=1&door={door}&at=soon", 400)):
            self.assertEqual(server.api.raw("GET", "/api/access/check?" + query)[0], status, query)
        server.api.call("DELETE", f"/api/holidays/{day['id']}")


class People(Base):
    def test_a_person_is_made_shown_and_changed_and_the_password_never_shown(self):
        ann = self.make("/api/people", pin="9001", name="Ann", cards=["0x75BCD16", "0010662531"],
                        password="4711", validFrom="2026-09-01", validTo="2026-12-31")
        path = f"/api/people/{ann['id']}"
        self.assertEqual(ann, {"id": ann["id"], "pin": "9001", "name": "Ann",
                               "cards": ["123456790", "10662531"], "passwordSet": True,
                               "validFrom": "2026-09-01 00:00:00",
                               "validTo": "2026-12-31 23:59:59", "disabled": False,
                               "group": 1, "department": None, "position": None,
                               "privilege": 0, "code": None, "namespace": "default", "areas": [1]})
        self.assertEqual([p["id"] for p in server.api.get("/api/people?pin=9001")["data"]],
                         [ann["id"]])
        self.assertNotIn(b"4711", server.api.raw("GET", "/api/people?format=csv")[2])
        got = server.api.call("PATCH", path, {"disabled": True, "password": "",
                                              "validTo": ""})["data"]
        self.assertEqual((got["disabled"], got["passwordSet"], got["validTo"], got["cards"]),
                         (True, False, None, ann["cards"]))
        server.api.call("DELETE", path)
        self.refused(404, "people_unknown", "GET", path)

    def test_a_pin_and_a_card_are_of_one_person(self):
        ann = self.make("/api/people", pin="9101", cards=["7"])
        bob = self.make("/api/people", pin="9102", cards=["8"])
        path = f"/api/people/{bob['id']}"
        self.assertEqual(self.fields(409, "exists", "POST", "/api/people", {"pin": "9101"}),
                         ["pin"])
        reply = self.refused(409, "exists", "PATCH", path, {"cards": ["8", "0x7"]})
        self.assertEqual(reply["details"][0]["field"], "cards")
        self.assertIn(f"number {ann['id']}", reply["error"])
        self.assertEqual(server.api.get(path)["data"]["cards"], ["8"])
        # Freed by a change, and by a deletion.
        server.api.call("PATCH", f"/api/people/{ann['id']}", {"cards": []})
        server.api.call("PATCH", path, {"cards": ["7"]})
        server.api.call("DELETE", path)
        server.api.call("PATCH", f"/api/people/{ann['id']}", {"cards": ["7", "8"]})
        for cards in (["x"], ["0"], ["0x"], ["12AB"], [""], ["99999999999999999999"]):
            self.assertTrue(self.fields(400, "field_invalid", "POST", "/api/people",
                                        {"pin": "9103", "cards": cards})[0].startswith("cards"))

    def test_two_at_once_do_not_get_the_same_card(self):
        def make(n):
            return server.api.raw("POST", "/api/people", {"pin": f"92{n:02}", "cards": ["77"]})[0]

        with ThreadPoolExecutor(8) as pool:
            got = sorted(pool.map(make, range(8)))
        self.assertEqual(got, [201] + [409] * 7)

    def test_reading_needs_read_and_changing_needs_write(self):
        token = server.api.post("/api/tokens", {"name": self.id(), "scopes": ["read"]})
        api = type(server.api)(server.admin, token["data"]["token"])
        self.assertEqual(api.raw("GET", "/api/people")[0], 200)
        for method, path in (("POST", "/api/people"), ("DELETE", "/api/people/1"),
                             ("PUT", "/api/time-rules/1"), ("PATCH", "/api/access-levels/1")):
            self.assertEqual(api.raw(method, path, {"pin": "1"})[0], 403)


if __name__ == "__main__":
    tap.main()
