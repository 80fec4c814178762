#!/usr/bin/env python3
"""Areas, the area of a device and its tags, over the API."""

import os
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import ApiError, Server  # noqa: E402

server = None
# What devices of an area may do unless it was decided.
POLICY = {"deviceMayChange": ["name", "privilege", "password", "cards", "group", "validity", "credentials", "photo"],
          "spreadEnrolments": True, "spreadDeletions": False}


def setUpModule():
    global server
    server = Server("--new-devices", "approve")


def tearDownModule():
    server.close()


class Base(unittest.TestCase):
    def refused(self, status, code, method, path, body=None):
        with self.assertRaises(ApiError) as caught:
            server.api.call(method, path, body)
        self.assertEqual((caught.exception.status, caught.exception.reply["code"]), (status, code))
        return caught.exception.reply

    def area(self, name, **more):
        status, _, _ = server.api.raw("POST", "/api/areas", dict(more, name=name))
        self.assertEqual(status, 201)
        [row] = [a for a in server.api.get("/api/areas")["data"] if a["name"] == name]
        return row


class Areas(Base):
    def test_the_first_area_exists_and_stays(self):
        first = server.api.get("/api/areas")["data"][0]
        self.assertEqual(first, {"id": 1, "name": "default", "parent": None, "namespace": "default", **POLICY})
        reply = self.refused(409, "area_in_use", "DELETE", "/api/areas/1")
        self.assertIn("first one", reply["error"])

    def test_an_area_is_made_changed_and_deleted(self):
        row = self.area("Yard")
        self.assertEqual(row, {"id": row["id"], "name": "Yard", "parent": None, "namespace": "default", **POLICY})
        path = f"/api/areas/{row['id']}"
        got = server.api.call("PATCH", path, {"parent": 1, "namespace": "plant"})["data"]
        self.assertEqual(got, {"id": row["id"], "name": "Yard", "parent": 1, "namespace": "plant", **POLICY})
        got = server.api.call("PATCH", path, {"name": "Court", "parent": 0})["data"]
        self.assertEqual((got["name"], got["parent"]), ("Court", None))
        self.assertIn(got, server.api.get("/api/areas")["data"])
        server.api.call("DELETE", path)
        self.refused(404, "area_unknown", "DELETE", path)
        self.refused(404, "area_unknown", "PATCH", path, {"name": "Yard"})
        self.assertNotIn(got, server.api.get("/api/areas")["data"])

    def test_what_its_devices_may_do_is_decided(self):
        row = self.area("Policy", deviceMayChange=["cards", "name", "cards"], spreadEnrolments=False)
        path = f"/api/areas/{row['id']}"
        self.assertEqual((row["deviceMayChange"], row["spreadEnrolments"], row["spreadDeletions"]),
                         (["cards", "name"], False, False))
        got = server.api.call("PATCH", path, {"deviceMayChange": [], "spreadDeletions": True})["data"]
        self.assertEqual((got["deviceMayChange"], got["spreadEnrolments"], got["spreadDeletions"]), ([], False, True))
        reply = self.refused(400, "field_invalid", "PATCH", path, {"deviceMayChange": ["shoes"]})
        self.assertEqual(reply["details"][0]["field"], "deviceMayChange")
        # The whole has what is usual.
        got = server.api.call("PUT", path, {"name": "Policy"})["data"]
        self.assertEqual(got, {"id": row["id"], "name": "Policy", "parent": None, "namespace": "default", **POLICY})
        _, headers, _ = server.api.raw("GET", path)
        tag, = [v for k, v in headers.items() if k.lower() == "etag"]
        self.assertEqual(server.api.raw("PATCH", path, {"name": "P"}, headers={"If-Match": tag})[0], 200)
        self.assertEqual(server.api.raw("PATCH", path, {"name": "Q"}, headers={"If-Match": tag})[0], 412)
        got = [r["action"] for r in server.api.get(f"/api/audit?subject=area:{row['id']}")["data"]]
        self.assertEqual(sorted(got), ["change_area"] * 3 + ["create_area"])

    def test_what_does_not_fit_is_named(self):
        a = self.area("outer")
        b = self.area("inner", parent=a["id"])
        reply = self.refused(409, "exists", "POST", "/api/areas", {"name": "outer"})
        self.assertEqual(reply["details"][0]["field"], "name")
        self.refused(409, "exists", "PATCH", f"/api/areas/{b['id']}", {"name": "outer"})
        for area, parent in ((a, b["id"]), (a, a["id"]), (b, 999)):
            reply = self.refused(400, "field_invalid", "PATCH", f"/api/areas/{area['id']}",
                                 {"parent": parent})
            self.assertEqual(reply["details"][0]["field"], "parent")
        self.refused(400, "field_invalid", "POST", "/api/areas", {"name": ""})
        self.refused(400, "field_invalid", "POST", "/api/areas", {"parent": 1})
        self.refused(409, "area_in_use", "DELETE", f"/api/areas/{a['id']}")

    def test_pages_follow_each_other(self):
        names = [f"page {n}" for n in range(5)]
        for name in names:
            self.area(name)
        got = [a["name"] for a in server.api.pages("/api/areas", size=2)]
        self.assertEqual([n for n in got if n in names], names)


class OfDevices(Base):
    def device(self):
        d = Device(server)
        d.options()
        return d.sn

    def test_a_device_is_in_the_first_area_until_it_is_put_elsewhere(self):
        sn, other = self.device(), self.area("Gate of " + self.id())
        self.assertEqual(server.api.device(sn)["area"], 1)
        self.assertEqual(server.api.device(sn)["areaName"], "default")
        self.assertEqual(server.api.change(sn, area=other["id"])["area"], other["id"])
        server.restart()
        self.assertEqual(server.api.device(sn)["areaName"], other["name"])
        path = f"/api/areas/{other['id']}"
        self.refused(409, "area_in_use", "DELETE", path)
        reply = self.refused(400, "field_invalid", "PATCH", f"/api/devices/{sn}", {"area": 9999})
        self.assertEqual(reply["details"][0]["field"], "area")
        self.assertEqual(server.api.device(sn)["area"], other["id"])
        server.api.call("DELETE", f"/api/devices/{sn}")
        server.api.call("DELETE", path)

    def test_tags_replace_those_a_device_has(self):
        a, b = self.device(), self.device()
        self.assertEqual(server.api.device(a)["tags"], [])
        server.api.change(a, tags=["north", "ground floor", "north"])
        server.api.change(b, tags=["north"], name="B")
        self.assertEqual(set(server.api.device(a)["tags"]), {"north", "ground floor"})
        self.assertEqual(len(server.api.device(a)["tags"]), 2)
        server.api.change(a, name="A")
        self.assertEqual(len(server.api.device(a)["tags"]), 2)
        server.api.change(a, tags=[])
        self.assertEqual(server.api.device(a)["tags"], [])
        self.assertEqual(server.api.device(b)["tags"], ["north"])
        self.refused(400, "field_invalid", "PATCH", f"/api/devices/{a}", {"tags": [""]})
        self.refused(400, "field_invalid", "PATCH", f"/api/devices/{a}", {"tags": "north"})
        self.refused(400, "field_invalid", "PATCH", f"/api/devices/{a}",
                     {"tags": [str(n) for n in range(33)]})

    def test_tags_are_added_to_and_removed_from_those_a_device_has(self):
        sn = self.device()
        server.api.change(sn, addTags=["b", "a", "b"])
        self.assertEqual(server.api.device(sn)["tags"], ["a", "b"])
        server.api.change(sn, addTags=["c"], removeTags=["a", "never had"], name="Gate")
        self.assertEqual(server.api.device(sn)["tags"], ["b", "c"])
        server.api.change(sn, removeTags=["b"], addTags=["b"])
        server.api.change(sn, addTags=[], removeTags=[])
        self.assertEqual(server.api.device(sn)["tags"], ["b", "c"])
        server.restart()
        self.assertEqual(server.api.device(sn)["tags"], ["b", "c"])
        server.api.change(sn, removeTags=["b", "c"])
        self.assertEqual(server.api.device(sn)["tags"], [])

    def test_tags_are_replaced_or_changed_but_not_both(self):
        sn = self.device()
        for field in ("addTags", "removeTags"):
            reply = self.refused(400, "field_invalid", "PATCH", f"/api/devices/{sn}",
                                 {"tags": ["x"], field: ["y"]})
            self.assertEqual(reply["details"][0]["field"], field)
            self.refused(400, "field_invalid", "PATCH", f"/api/devices/{sn}", {field: "y"})
            self.refused(400, "field_invalid", "PATCH", f"/api/devices/{sn}",
                         {field: [str(n) for n in range(33)]})
        self.assertEqual(server.api.device(sn)["tags"], [])

    def test_added_tags_do_not_pass_the_ceiling(self):
        sn = self.device()
        server.api.change(sn, tags=[f"t{n:02}" for n in range(31)])
        server.api.change(sn, addTags=["t31", "t00"])
        reply = self.refused(400, "field_invalid", "PATCH", f"/api/devices/{sn}",
                             {"addTags": ["t32"], "name": "not this one"})
        self.assertEqual(reply["details"][0]["field"], "addTags")
        device = server.api.device(sn)
        self.assertEqual(device["tags"], [f"t{n:02}" for n in range(32)])
        self.assertNotEqual(device["name"], "not this one")
        server.api.change(sn, addTags=["t32"], removeTags=["t00"])
        self.assertEqual(server.api.device(sn)["tags"], [f"t{n:02}" for n in range(1, 33)])

    def test_no_tag_that_is_added_at_the_same_time_is_lost(self):
        sn = self.device()
        server.api.change(sn, tags=[f"old{n:02}" for n in range(16)])

        def change(n):
            server.api.change(sn, addTags=[f"new{n:02}"], removeTags=[f"old{n:02}"])

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(change, range(16)))
        self.assertEqual(server.api.device(sn)["tags"], [f"new{n:02}" for n in range(16)])

    def test_an_area_and_tags_are_changed_together_or_not_at_all(self):
        sn = self.device()
        self.refused(400, "field_invalid", "PATCH", f"/api/devices/{sn}",
                     {"area": 9999, "tags": ["x"]})
        self.assertEqual(server.api.device(sn)["tags"], [])

    def listed(self, query):
        return sorted(d["sn"] for d in server.api.get("/api/devices?" + query)["data"])

    def test_devices_are_listed_counted_and_found_by_their_tags(self):
        a, b, c = self.device(), self.device(), self.device()
        server.api.change(a, tags=["z-branch", "Şube, \"2\""])
        server.api.change(b, tags=["z-branch"])
        for _ in range(2):
            [row] = server.api.get(f"/api/devices?sn={a}")["data"]
            self.assertEqual(row["tags"], ["z-branch", "Şube, \"2\""])
            self.assertEqual(self.listed("tag=z-branch"), sorted([a, b]))
            self.assertEqual(self.listed("tag=" + quote("Şube, \"2\"")), [a])
            self.assertEqual(self.listed("tag=z"), [])
            self.assertEqual(self.listed(f"tag=z-branch&sn={b}&state=approved"), [b])
            self.assertEqual(self.listed("q=Z-BRANCH"), sorted([a, b]))
            facet = {f["value"]: f["count"]
                     for f in server.api.get("/api/devices?facets=tags&limit=1")["facets"]["tags"]}
            self.assertEqual((facet["z-branch"], facet["Şube, \"2\""]), (2, 1))
            server.restart()
        server.api.call("DELETE", f"/api/devices/{a}")
        self.assertEqual(self.listed("tag=z-branch"), [b])
        self.assertEqual(self.listed(f"sn={c}"), [c])
        self.refused(400, "parameter_invalid", "GET", "/api/devices?sort=tags")
        self.refused(400, "parameter_invalid", "GET", "/api/devices?tag=")

    def test_a_pattern_selects_serial_numbers(self):
        names = ["PATXA1", "PATXA2", "PATXB1"]
        for sn in names:
            Device(server, sn=sn).options()
        self.assertEqual(self.listed("sn=PATX*"), names)
        self.assertEqual(self.listed("sn=PATX?1"), ["PATXA1", "PATXB1"])
        self.assertEqual(self.listed("sn=*XA*"), names[:2])
        self.assertEqual(self.listed("sn=PATX"), [])
        self.assertEqual(self.listed("sn=" + "*?" * 32), [])
        self.refused(400, "parameter_invalid", "GET", "/api/devices?sn=" + "*" * 65)

    def test_a_tag_has_a_ceiling(self):
        sn = self.device()
        self.refused(400, "field_invalid", "PATCH", f"/api/devices/{sn}", {"tags": ["x" * 65]})
        server.api.change(sn, tags=["é" * 64] + [f"t{n}" for n in range(31)])
        self.assertEqual(len(server.api.device(sn)["tags"]), 32)
        self.assertEqual(self.listed("tag=" + quote("é" * 64)), [sn])


if __name__ == "__main__":
    tap.main()
