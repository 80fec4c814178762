#!/usr/bin/env python3
"""The roster over the API: namespaces, names in paths, lists; and that no person passes at the units of another
namespace."""

import base64
import csv
import hashlib
import io
import itertools
import pathlib
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import fixture  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from plan_fixture import Panel, PlanCase  # noqa: E402
from serve import Api, until  # noqa: E402

# A frame of 16 by 8 in one component and a scan of one byte.
JPEG = (b"\xff\xd8\xff\xfe\x00\x04hi\xff\xc0\x00\x0b\x08\x00\x08\x00\x10\x01\x01\x11\x00"
        b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\xff\xd9")
server = None
names = itertools.count(1)
seconds = itertools.count()


def setUpModule():
    global server
    server = fixture.serve()


def name(word="name"):
    return f"{word} {next(names)}"


class Base(unittest.TestCase):
    def refused(self, status, code, method, path, body=None):
        return fixture.refusal(self, status, code, method, path, body)

    def fields(self, *call):
        return [d["field"] for d in self.refused(*call)["details"]]

    def person(self, pin, **more):
        return server.api.post("/api/people", {"pin": pin, **more})["data"]

    def change(self, person, **fields):
        return server.api.call("PATCH", f"/api/people/{person['id']}", fields)["data"]


class Search(Base):
    """GET /api/search: people, devices, doors, areas and commands."""

    def found(self, q, group, **more):
        data = server.api.get("/api/search?" + urllib.parse.urlencode({"q": q, **more}))["data"]
        return data[group] if group else data

    def test_people_are_found_by_each_field_whatever_the_case_and_accents(self):
        made = self.person("sea 71", name="Zoë Ångström", cards=["7100071"], code="Q-71", department="Quarry",
                           password="86429753", namespace="searched")
        for q, field, value in (("EA 71", "pin", "sea 71"), ("zoe ang", "name", "Zoë Ångström"),
                                ("  ÅNG ", "name", "Zoë Ångström"), ("7100071", "cards", "7100071"),
                                ("q-71", "code", "Q-71"), ("quarr", "department", "Quarry"),
                                ("searched", "namespace", "searched")):
            row, = self.found(q, "people")
            self.assertEqual((row["field"], row["value"], row["id"], row["pin"]), (field, value, made["id"], "sea 71"), q)
        self.assertFalse(any(self.found("86429753", None).values()))

    def test_the_person_with_exactly_that_pin_is_first_and_rows_are_bounded(self):
        many = [self.person(pin)["id"] for pin in ("9731", "9732", "973", "9733")]
        self.assertEqual([r["id"] for r in self.found("973", "people")], [many[2], *many[:2], many[3]])
        data = self.found("973", None, limit=2)
        self.assertEqual([r["id"] for r in data["people"]], [many[2], many[0]])
        self.assertEqual(data["more"], ["people"])
        self.assertEqual(self.found("973", None, limit=4)["more"], [])
        for word in ("a%_", "\\"):
            self.assertFalse(any(self.found(word, None).values()), word)

    def test_devices_doors_and_areas_are_found(self):
        unit = fixture.opened("SEEK0001")
        server.api.call("PATCH", f"/api/devices/{unit.sn}", {"name": "Turnstile Süd"})
        server.api.call("PATCH", f"/api/doors/{unit.sn}:1", {"name": "Lager"})
        area = server.api.post("/api/areas", {"name": "Lagerplatz"})["data"]
        for q, field in (("seek0001", "sn"), ("STILE SUD", "name")):
            row, = self.found(q, "devices")
            self.assertEqual((row["sn"], row["name"], row["field"]), (unit.sn, "Turnstile Süd", field))
        self.assertIn((unit.sn, "address"), [(r["sn"], r["field"]) for r in self.found("127.0.0", "devices", limit=50)])
        data = self.found("lager", None)
        self.assertEqual([(d["id"], d["name"], d["field"], d["door"]) for d in data["doors"]],
                         [(f"{unit.sn}:1", "Lager", "name", 1)])
        self.assertEqual([(a["id"], a["value"]) for a in data["areas"]], [(area["id"], "Lagerplatz")])
        self.assertIn((f"{unit.sn}:2", "id"), [(d["id"], d["field"]) for d in self.found("seek0001:2", "doors")])

    def test_commands_are_found_by_number_and_words_without_secrets(self):
        clock = fixture.clock()
        order = {"deviceSerial": clock.sn, "type": "update_person",
                 "person": {"pin": "seeker9", "name": "Nina", "password": "77441"}}
        number = int(server.api.post("/api/commands", order)["commandId"])
        for q in (str(number), f"#{number}"):
            row, = self.found(q, "commands")
            self.assertEqual((row["id"], row["field"], row["deviceSerial"], row["type"]),
                             (number, "commandId", clock.sn, "update_person"))
        self.assertIn((number, "command"), [(r["id"], r["field"]) for r in self.found("pin=seeker9", "commands")])
        self.assertEqual(self.found("=77441", "commands"), [])
        self.assertIn(number, [r["id"] for r in self.found("update_pers", "commands", limit=50)])

    def test_what_has_nothing_to_look_for_is_refused(self):
        for query in ("", "?q=", "?q=%20%20", "?q=%CC%81", "?limit=3"):
            reply = self.refused(400, "parameter_invalid", "GET", "/api/search" + query)
            self.assertEqual([d["field"] for d in reply["details"]], ["q"], query)


class Namespaces(Base):
    def test_a_pin_is_one_person_in_each_namespace(self):
        ann = self.person("7", name="Ann")
        bob = self.person("7", name="Bob", namespace="berlin")
        self.assertNotEqual(ann["id"], bob["id"])
        for more in ({}, {"namespace": "berlin"}, {"namespace": "default"}):
            self.assertEqual(self.fields(409, "exists", "POST", "/api/people", {"pin": "7", **more}), ["pin"])
        # A part of the key is enough to meet another.
        eve = self.person("8", namespace="berlin")
        path = f"/api/people/{eve['id']}"
        self.assertEqual(self.fields(409, "exists", "PATCH", path, {"pin": "7"}), ["pin"])
        self.assertEqual(self.fields(409, "exists", "PATCH", f"/api/people/{bob['id']}", {"namespace": ""}), ["pin"])
        self.assertEqual(self.fields(409, "exists", "PATCH", path, {"pin": "7", "namespace": "default"}), ["pin"])
        self.assertEqual(self.change(eve, namespace="")["namespace"], "default")
        self.assertEqual(self.change(eve, namespace="berlin", pin="9")["pin"], "9")
        self.assertEqual([p["id"] for p in server.api.get("/api/people?pin=7")["data"]], [ann["id"], bob["id"]])

    def test_a_card_is_one_person_s_in_each_namespace_and_moves_with_them(self):
        ann = self.person("21", cards=["501", "502"], areas=[])
        bob = self.person("21", cards=["501"], namespace="oslo")
        cards = f"/api/people/{ann['id']}/credentials"
        lost = server.api.get(cards)["data"][1]
        server.api.call("PATCH", f"{cards}/{lost['id']}", {"lost": True, "bits": 26})
        self.assertEqual(self.fields(409, "exists", "PATCH", f"/api/people/{ann['id']}",
                                     {"namespace": "oslo", "pin": "22"}), ["cards"])
        self.assertEqual(server.api.get(f"/api/people/{ann['id']}")["data"]["namespace"], "default")
        self.change(bob, cards=[])
        self.change(ann, namespace="oslo", pin="22")
        moved = server.api.get(cards)["data"]
        self.assertEqual([(c["number"], c["lost"], c["bits"]) for c in moved],
                         [("501", False, None), ("502", True, 26)])
        # Free where they were, and taken where they are.
        eve = self.person("23", cards=["501", "502"])
        self.assertEqual(self.fields(409, "exists", "POST", "/api/people",
                                     {"pin": "24", "namespace": "oslo", "cards": ["502"]}), ["cards"])
        # Some stay, one goes, one comes, and the namespace changes.
        got = server.api.call("PATCH", f"/api/people/{ann['id']}", {"namespace": "rome", "cards": ["502", "503"]})
        self.assertEqual(got["data"]["cards"], ["502", "503"])
        self.assertEqual(sorted((c["number"], c["lost"]) for c in server.api.get(cards)["data"]),
                         [("502", True), ("503", False)])
        server.api.call("DELETE", f"/api/people/{eve['id']}")
        self.person("23", cards=["501", "502"])

    def test_what_is_empty_is_cleared(self):
        ann = self.person("31", name="Ann", code="E-31", department="Sales", position="Driver", privilege=14)
        self.assertEqual((ann["code"], ann["privilege"]), ("E-31", 14))
        got = self.change(ann, name="", code="", department="", position="", privilege=0)
        self.assertEqual([got[f] for f in ("name", "code", "department", "position", "privilege")],
                         ["", None, None, None, 0])
        self.assertEqual(self.fields(400, "field_invalid", "PATCH", f"/api/people/{ann['id']}", {"privilege": 15}),
                         ["privilege"])


class Paths(Base):
    def test_a_person_is_named_by_number_or_by_pin(self):
        ann = self.person("41/A", name="Ann", cards=["541"])
        self.person("41/A", name="Other", namespace="berlin")
        path = "/api/people/pin:41%2FA"
        self.assertEqual(server.api.get(path)["data"], ann)
        self.assertEqual(server.api.call("PATCH", path, {"name": "Anna"})["data"]["name"], "Anna")
        [card] = server.api.get(f"{path}/credentials")["data"]
        got = server.api.call("PATCH", f"{path}/credentials/{card['id']}", {"lost": True})["data"]
        self.assertEqual((got["number"], got["lost"]), ("541", True))
        self.assertEqual(server.api.call("PUT", path, {"pin": "41/A", "name": "B"})["data"]["cards"], [])
        server.api.call("DELETE", path)
        for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("PUT", {"pin": "41/A"}), ("DELETE", None)):
            reply = self.refused(404, "people_unknown", method, path, body)
            self.assertIn("pin:41/A", reply["error"])
        self.refused(404, "people_unknown", "GET", f"{path}/credentials")
        self.refused(404, "credential_unknown", "PATCH", f"{path}/credentials/{card['id']}", {"lost": False})
        self.refused(404, "not_found", "GET", "/api/people/pin:")

    def test_what_a_person_shows_is_listed_and_its_bytes_are_read_apart(self):
        clock = Device(server)
        clock.options()
        picture = JPEG
        text = base64.b64encode(picture).decode()
        clock.upload("OPERLOG", "USER PIN=4242\tName=Zoe\tCard=77123\n"
                     "FP PIN=4242\tFID=6\tSize=4\tValid=3\tTMP=TWFu\n"
                     f"USERPIC PIN=4242\tFileName=4242.jpg\tSize={len(text)}\tContent={text}\n", stamp=1)
        path = "/api/people/pin:4242"
        until(lambda: server.api.raw("GET", path + "/credentials")[0] == 200 and
              len(server.api.get(path + "/credentials")["data"]) == 3)
        rows = {r["type"]: r for r in server.api.get(path + "/credentials")["data"]}
        self.assertEqual(len({r["id"] for r in rows.values()}), 3)
        card, finger, photo = rows["card"], rows["template"], rows["photo"]
        self.assertEqual((card["number"], card["lost"], card["no"], card["origin"]), ("77123", False, None, None))
        self.assertEqual((finger["bioType"], finger["no"], finger["index"], finger["duress"], finger["origin"], finger["lost"]),
                         (1, 6, 0, True, clock.sn, None))
        self.assertEqual(finger["digest"], hashlib.sha256(b"TWFu").hexdigest())
        self.assertNotIn("TWFu", str(rows))
        self.assertEqual([r["id"] for r in server.api.get(path + "/credentials?q=77123")["data"]], [card["id"]])
        # The bytes need a scope of their own, and each reading is in the audit.
        read, template = (Api(server.admin, server.api.post("/api/tokens", {"name": f"{self.id()} {scope}", "scopes": [scope]})
                              ["data"]["token"]) for scope in ("read", "template"))
        data = f"{path}/credentials/{finger['id']}/data"
        self.assertEqual(read.raw("GET", data)[0], 403)
        before = server.api.get("/api/audit?limit=1")["data"][0]["seq"]
        status, headers, got = template.raw("GET", data)
        self.assertEqual((status, got, headers["Cache-Control"]), (200, b"TWFu", "no-store"))
        until(lambda: [a for a in server.api.get("/api/audit?limit=100")["data"] if a["seq"] > before and
                       a["action"] == "read_credential" and a["subject"] == f"credential:{finger['id']}"])
        self.assertEqual(template.raw("GET", f"{path}/credentials/{card['id']}/data")[0], 404)
        self.assertEqual(template.raw("GET", f"{path}/credentials/{finger['id'] + 2000}/data")[0], 404)
        status, headers, got = read.raw("GET", path + "/photo")
        self.assertEqual((status, headers["Content-Type"], got), (200, "image/jpeg", picture))
        # A template is no card.
        self.refused(404, "credential_unknown", "PATCH", f"{path}/credentials/{finger['id']}", {"lost": True})
        other = self.person("4243")
        self.refused(404, "credential_unknown", "GET", f"/api/people/{other['id']}/photo")
        self.assertEqual(template.raw("GET", f"/api/people/{other['id']}/credentials/{finger['id']}/data")[0], 404)
        for path in ("/api/people/999999/credentials", "/api/people/999999/photo"):
            self.refused(404, "people_unknown", "GET", path)

    def test_a_change_by_pin_can_insist_on_what_it_was_made_from(self):
        self.person("42")
        other = self.person("43")
        path = "/api/people/pin:42"
        _, headers, _ = server.api.raw("GET", path)
        tag, = [v for k, v in headers.items() if k.lower() == "etag"]
        self.assertEqual(server.api.raw("PATCH", path, {"name": "A"}, headers={"If-Match": tag})[0], 200)
        self.assertEqual(server.api.raw("PATCH", path, {"name": "B"}, headers={"If-Match": tag})[0], 412)
        self.assertEqual(server.api.raw("DELETE", path, headers={"If-Match": f'"{other["id"]}-2"'})[0], 412)
        self.assertEqual(server.api.get(path)["data"]["name"], "A")


class Lists(Base):
    def test_pages_in_the_order_of_pins_and_names(self):
        place = name("namespace")
        for pin, word in (("102", "Bea"), ("101", "Cid"), ("103", ""), ("104", "Ada")):
            self.person(pin, name=word, namespace=place, department="Sales" if pin < "103" else "")
        for sort, want in (("pin", ["101", "102", "103", "104"]), ("-pin", ["104", "103", "102", "101"]),
                           ("name", ["103", "104", "102", "101"])):
            got, cursor = [], ""
            while cursor is not None:
                page = server.api.get(f"/api/people?q={place.replace(' ', '%20')}&sort={sort}&limit=3{cursor}")
                got += [p["pin"] for p in page["data"]]
                self.assertEqual(page["total"], 4)
                cursor = f"&cursor={page['cursor']}" if page["more"] else None
            self.assertEqual(got, want, sort)
        page = server.api.get(f"/api/people?q={place.replace(' ', '%20')}&facets=department,namespace")
        self.assertIn(("Sales", 2), [(f["value"], f["count"]) for f in page["facets"]["department"]])
        self.assertEqual([f["count"] for f in page["facets"]["namespace"]], [4])
        found = [d for d in server.api.get("/api/departments")["data"] if d["name"] == "Sales"]
        self.assertGreaterEqual(found[0]["people"], 2)
        self.refused(400, "parameter_invalid", "GET", "/api/people?sort=password")

    def test_people_are_found_by_parts_without_case_and_accents(self):
        jose = self.person("121", name="Jos\u00e9 N\u00da\u00d1EZ", cards=["9900121"], code="K-77")
        wang = self.person("122", name="\u738b\u5c0f\u660e", position="Kranf\u00fchrer")
        who = {jose["id"]: "jose", wang["id"]: "wang"}

        def found(q):
            page = server.api.get(f"/api/people?limit=200&q={urllib.parse.quote(q)}")
            return [who[p["id"]] for p in page["data"] if p["id"] in who]
        for q, want in (("jose nunez", ["jose"]), ("NU\u0303NEZ", ["jose"]), ("00121", ["jose"]), ("k-77", ["jose"]),
                        ("\u5c0f", ["wang"]), ("KRANFUHRER", ["wang"]), ("kranf\u00fc", ["wang"]),
                        # of two fields nothing is found together, and nothing is a pattern
                        ("nunez\n9900", []), ("jos_", []), ("%", [])):
            self.assertEqual(found(q), want, q)
        # A change of one field alone leaves the others to be found.
        self.change(jose, code="L-78")
        self.assertEqual([found(q) for q in ("k-77", "l-78", "nunez")], [[], ["jose"], ["jose"]])
        self.change(jose, name="Ann")
        self.assertEqual([found(q) for q in ("nunez", "00121")], [[], ["jose"]])

    def test_an_export_has_each_field(self):
        ann = self.person("111", name="Ann \u4e2d", code="X,1", cards=["611", "612"], password="4711")
        text = server.api.raw("GET", "/api/people?format=csv&pin=111")[2].decode()
        [row] = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
        self.assertEqual((row["pin"], row["name"], row["code"], row["namespace"], row["passwordSet"]),
                         ("111", ann["name"], "X,1", "default", "true"))
        self.assertNotIn("4711", text)


class Areas(Base):
    def area(self, **more):
        return server.api.post("/api/areas", {"name": name("area"), **more})["data"]["id"]

    def pins(self, area):
        return [p["pin"] for p in server.api.get(f"/api/people?area={area}")["data"]]

    def test_people_belong_to_areas_and_to_those_around_them(self):
        outer = self.area()
        inner = self.area(parent=outer)
        other = self.area()
        ann = self.person("301", areas=[inner])
        bob = self.person("302", areas=[other, outer, other])
        eve = self.person("303")
        self.assertEqual((ann["areas"], bob["areas"], eve["areas"]), ([inner], [other, outer], [1]))
        self.assertEqual((self.pins(outer), self.pins(inner), self.pins(other)),
                         (["301", "302"], ["301"], ["302"]))
        page = server.api.get(f"/api/people?area={outer}&sort=-pin&limit=1&facets=pin")
        self.assertEqual((page["total"], page["data"][0]["pin"], len(page["facets"]["pin"])), (2, "302", 2))
        self.refused(404, "area_unknown", "GET", "/api/people?area=999999")
        # Numbers of areas are not text that is searched.
        self.assertNotIn(eve["id"], [p["id"] for p in server.api.get("/api/people?q=%5B1%5D")["data"]])
        self.assertEqual(self.fields(400, "field_invalid", "PATCH", f"/api/people/{ann['id']}",
                                     {"areas": [inner, 999999]}), ["areas"])
        self.assertEqual(server.api.get(f"/api/people/{ann['id']}")["data"]["areas"], [inner])
        # One in use stays, until the last has left.
        self.refused(409, "area_in_use", "DELETE", f"/api/areas/{inner}")
        self.change(ann, areas=[])
        server.api.call("DELETE", f"/api/areas/{inner}")
        self.refused(409, "area_in_use", "DELETE", f"/api/areas/{other}")
        server.api.call("DELETE", f"/api/people/{bob['id']}")
        server.api.call("DELETE", f"/api/areas/{other}")
        server.api.call("DELETE", f"/api/areas/{outer}")

    def test_a_namespace_is_that_of_the_areas(self):
        place = name("namespace")
        here = self.area(namespace=place)
        yard = self.area(namespace=place)
        ann = self.person("311", areas=[here])
        self.assertEqual(ann["namespace"], place)
        for body in ({"pin": "312", "areas": [here], "namespace": "default"}, {"pin": "312", "areas": [1, here]}):
            self.assertEqual(self.fields(422, "namespace_differs", "POST", "/api/people", body), ["areas"])
        path = f"/api/people/{ann['id']}"
        self.assertEqual(self.fields(422, "namespace_differs", "PATCH", path, {"areas": [here, 1]}), ["areas"])
        self.assertEqual(self.fields(422, "namespace_differs", "PATCH", path, {"namespace": "default"}),
                         ["namespace"])
        self.assertEqual(self.change(ann, areas=[yard, here])["areas"], [yard, here])
        self.assertEqual(self.change(ann, areas=[1], namespace="default")["areas"], [1])
        # The areas of one that is moved with its people stay in their namespace.
        self.change(ann, areas=[here], namespace=place)
        self.refused(409, "area_in_use", "PATCH", f"/api/areas/{here}", {"namespace": "elsewhere"})
        server.api.call("PATCH", f"/api/areas/{here}", {"namespace": place, "name": name("area")})
        server.api.call("PATCH", f"/api/areas/{yard}", {"namespace": "elsewhere"})
        # Without areas a person of another namespace is in none.
        self.assertEqual(self.person("313", namespace=place)["areas"], [])


def record(pin="0", card="0"):
    """What a unit sends of a person at door 1, one a second, so that each is an event of its own."""
    i = next(seconds)
    return (f"time=2026-03-01 08:{i // 60:02}:{i % 60:02}\tpin={pin}\tcardno={card}\taddrtype=2"
            "\teventaddr=1\tevent=223\tinoutstatus=0\tverifytype=4")


def verdict(unit, line):
    """Just after a change nothing is decided for a moment."""
    def asked():
        _, body = unit.request("POST", "/iclock/cdata?SN=&AuthType=device", line.encode())
        word = body.decode().split("\r\n")[0]
        return word if word != "AUTH=TIMEOUT" else None
    return until(asked)


class Units(Base):
    def area(self, namespace):
        return server.api.post("/api/areas", {"name": name("area"), "namespace": namespace})["data"]

    def test_a_person_of_another_namespace_does_not_pass(self):
        unit = Panel(server)
        device = f"/api/devices/{unit.sn}"
        door = f"{unit.sn}:1"
        place = name("namespace")
        here = self.person("201", cards=["701"], namespace=place)
        there = self.person("201", cards=["702"])
        level = server.api.post("/api/access-levels", {
            "name": name("level"), "rule": 1, "doors": [door], "people": [here["id"], there["id"]]})["data"]
        yard = self.area(place)
        server.api.call("PATCH", device, {"area": yard["id"]})

        def checked(who):
            return server.api.get(f"/api/access/check?person={who}&door={door}")["data"]

        self.assertEqual(verdict(unit, record("201")), "AUTH=SUCCESS")
        self.assertEqual(verdict(unit, record(card="701")), "AUTH=SUCCESS")
        self.assertEqual(verdict(unit, record(card="702")), "AUTH=FAILED")
        self.assertEqual(checked("pin:201")["person"], here["id"])
        self.assertEqual((checked(there["id"])["granted"], checked(there["id"])["verdict"]),
                         (False, "person_of_other_namespace"))
        # The area has another namespace from then on, as if the unit were elsewhere.
        server.api.call("PATCH", f"/api/areas/{yard['id']}", {"namespace": "default"})
        self.assertEqual(verdict(unit, record(card="701")), "AUTH=FAILED")
        self.assertEqual(verdict(unit, record(card="702")), "AUTH=SUCCESS")
        self.assertEqual(checked("pin:201")["person"], there["id"])
        server.api.call("PATCH", f"/api/areas/{yard['id']}", {"namespace": place})
        self.assertEqual(verdict(unit, record(card="701")), "AUTH=SUCCESS")
        server.api.call("PATCH", device, {"area": 1})
        self.assertEqual(verdict(unit, record(card="701")), "AUTH=FAILED")
        self.assertEqual(verdict(unit, record(card="702")), "AUTH=SUCCESS")
        server.api.call("DELETE", f"/api/access-levels/{level['id']}")


class Plans(PlanCase):
    def server(self):
        return fixture.Server("--new-devices", "approve")

    def test_a_unit_gets_the_people_of_its_own_namespace_with_their_passwords(self):
        yard = self.make("/api/areas", name="Yard", namespace="berlin")
        self.api.call("PATCH", f"/api/devices/{self.unit.sn}", {"area": yard})
        there = self.person("7", password="1111")
        here = self.person("7", password="2222", namespace="berlin")
        self.level([there, here])
        self.assertEqual(self.carry_out(), "done")
        self.assertEqual([(r["Pin"], r["Password"]) for r in self.unit.rows("user").values()], [("7", "2222")])


if __name__ == "__main__":
    tap.main()
