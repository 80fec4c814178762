#!/usr/bin/env python3
"""What a device shows of its clock, its contact, how full it is, where it stands; and lists of devices by these."""

import datetime
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fixture  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from fixture import refusal  # noqa: E402
from schema import Document  # noqa: E402
from serve import Server, until  # noqa: E402
from unit import Unit  # noqa: E402

server = None
document = None


def setUpModule():
    global server, document
    server = Server("--new-devices", "approve", "--compare", "0", "--zone", "UTC")
    unittest.addModuleCleanup(server.close)
    fixture.server = server
    document = Document(server.api.get("/api/openapi.json"))


def clock():
    d = Device(server)
    d.options()
    return d


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Fields(unittest.TestCase):
    def serials(self, query, *of):
        """Those of these devices that the list has, in its order."""
        names = {d.sn for d in of}
        return [r["sn"] for r in server.api.get(f"/api/devices?{query}&limit=1000")["data"] if r["sn"] in names]

    def problems(self, d):
        return server.api.get(f"/api/problems?subject={d.sn}&state=open")["data"]

    def refused(self, query, word):
        reply = refusal(self, 400, "parameter_invalid", "GET", f"/api/devices?{query}")
        self.assertIn(word, reply["error"])

    def test_the_next_contact_follows_from_the_interval_of_its_polls(self):
        d = clock()
        server.api.change(d.sn, delay=3000)
        d.poll()
        row = server.api.device(d.sn)
        expected = instant(row["nextContactAt"]) - instant(row["lastSeen"])
        self.assertEqual(expected.total_seconds(), 3000)
        self.assertLessEqual(instant(row["contactSince"]), instant(row["lastSeen"]))
        server.api.post("/api/devices", {"sn": "ANNOUNCED"})
        announced = server.api.device("ANNOUNCED")
        both = [r["sn"] for r in server.api.get("/api/devices?contact=online,never&limit=1000")["data"]]
        self.assertLessEqual({d.sn, "ANNOUNCED"}, set(both))
        self.assertNotIn(d.sn, [r["sn"] for r in server.api.get("/api/devices?contact=silent,never")["data"]])
        self.refused("contact=online,gone", "must be online")
        self.assertEqual((announced["nextContactAt"], announced["contactSince"]), (None, None))
        server.api.post(f"/api/devices/{d.sn}/block")
        self.assertIsNone(server.api.device(d.sn)["nextContactAt"])

    def test_a_clock_that_is_off_is_found(self):
        ahead, unseen = clock(), clock()
        row = server.api.device(ahead.sn)
        self.assertEqual((row["clockOffset"], row["clockOff"], row["clockCheckedAt"]), (None, None, None))
        now = datetime.datetime.now(datetime.timezone.utc)
        ahead.punch(("1", (now + datetime.timedelta(hours=6)).strftime("%Y-%m-%d %H:%M:%S")))
        row = until(lambda: (r := server.api.device(ahead.sn))["clockOff"] and r)
        self.assertGreater(row["clockOffset"], 120)
        self.assertGreaterEqual(instant(row["clockCheckedAt"]), now - datetime.timedelta(seconds=1))
        self.assertEqual(self.serials("clock=off", ahead, unseen), [ahead.sn])
        self.assertEqual(self.serials("clock=right", ahead, unseen), [])
        self.assertEqual(self.serials("sort=clockOffset", ahead, unseen), [unseen.sn, ahead.sn])
        self.refused("clock=fast", "off or right")
        until(lambda: 0 < server.api.device(ahead.sn)["problems"] == len(self.problems(ahead)))
        until(lambda: server.api.get(f"/api/devices?sn={ahead.sn}")["data"][0]["problems"] == len(self.problems(ahead)))
        for problem in self.problems(ahead):
            server.api.post(f"/api/problems/{problem['id']}/snooze", {"seconds": 3600})
        until(lambda: server.api.device(ahead.sn)["problems"] == len(self.problems(ahead)) == 0)

    def test_devices_of_an_area_are_those_within_it_too(self):
        site = server.api.post("/api/areas", {"name": "site", "parent": 1})["data"]["id"]
        hall = server.api.post("/api/areas", {"name": "hall of the site", "parent": site})["data"]["id"]
        a, b, c = clock(), clock(), clock()
        server.api.change(a.sn, area=site)
        server.api.change(b.sn, area=hall)
        self.assertEqual(self.serials("area=site", a, b, c), [b.sn, a.sn])
        self.assertEqual(self.serials(f"area={hall}", a, b, c), [b.sn])
        self.assertEqual(self.serials("area=1&sort=sn", a, b, c), [a.sn, b.sn, c.sn])
        page = server.api.get("/api/devices?area=site&limit=1&facets=areaName")
        self.assertEqual((page["total"], page["more"]), (2, True))
        self.assertEqual({f["value"]: f["count"] for f in page["facets"]["areaName"]},
                         {"site": 1, "hall of the site": 1})
        self.assertEqual([r["sn"] for r in server.api.get(f"/api/devices?area=site&after={page['next']}")["data"]],
                         [a.sn])
        self.assertEqual({server.api.device(b.sn)["areaName"], page["data"][0]["areaName"]}, {"hall of the site"})
        refusal(self, 404, "area_unknown", "GET", "/api/devices?area=nowhere")

    def test_how_much_it_holds_is_as_it_reports(self):
        d = clock()
        none = server.api.device(d.sn)
        self.assertEqual({n for room in none["capacity"].values() for n in room.values()}, {None})
        self.assertEqual((none["model"], none["logUsed"]), (None, None))
        d.upload("options", "~DeviceName=F22,~MaxUserCount=30,UserCount=7,FPCount=1,"
                 "MaxMultiBioDataCount=0:10000:3000:0:0:0:0:0:50:6000,MultiBioDataCount=0:9:2:0:0:0:0:0:3:4")
        row = server.api.device(d.sn)
        self.assertEqual(document.faults(row["capacity"], {"$ref": "#/components/schemas/DeviceCapacity"}), [])
        self.assertEqual(row["model"], "F22")
        self.assertEqual(row["capacity"]["persons"], {"used": 7, "max": None})  # hundreds, or not
        self.assertEqual(row["capacity"]["fingerprints"], {"used": 1, "max": 10000})
        self.assertEqual(row["capacity"]["faces"], {"used": 6, "max": 9000})
        self.assertEqual(row["capacity"]["palms"], {"used": 3, "max": 50})
        d.poll("Ver%208,12,3,850,192.0.2.1,10")
        until(lambda: server.api.device(d.sn)["capacity"]["persons"]["used"] == 12)
        listed = server.api.get(f"/api/devices?sn={d.sn}")["data"][0]
        self.assertEqual(listed["capacity"]["punches"], {"used": 850, "max": None})
        self.assertEqual(self.serials("full=0", d), [])  # it is not known how full it is
        self.assertEqual(self.serials("firmware=Ver%208", d), [d.sn])
        self.refused("full=101", "full")

    def test_devices_are_listed_by_protocol(self):
        d, u = clock(), Unit(server, "BYPROTOCOL").register()
        self.assertEqual(self.serials("protocol=access", d, u), [u.sn])
        self.assertEqual(self.serials("protocol=attendance", d, u), [d.sn])
        self.assertTrue(server.api.device(u.sn)["model"])


if __name__ == "__main__":
    tap.main()
