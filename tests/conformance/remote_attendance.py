#!/usr/bin/env python3
"""Remote attendance: who may come to a device on its request, with which validity, and that they leave it again."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, until  # noqa: E402


class Remote(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--new-devices", "approve", "--remote-attendance", "on")
        cls.addClassCleanup(cls.server.close)

    def clock(self, area=None, **more):
        d = Device(self.server, **more)
        d.options()
        if area:
            self.server.api.change(d.sn, area=area)
        return d

    def borrow(self, device, pin, form="table=RemoteAtt&PIN="):
        reply = device.get(f"/iclock/cdata?SN={device.sn}&{form}{pin}")
        self.assertEqual(reply.status, 200)
        return reply.body.decode()

    def area(self, name, parent=None):
        body = {"name": name} | ({"parent": parent} if parent else {})
        return self.server.api.post("/api/areas", body)["data"]["id"]

    def orders(self, device):
        rows = self.server.api.get(f"/api/commands?device={device.sn}&limit=100")["data"]
        return [r for r in rows if "DATA DELETE USERINFO" in (r.get("command") or r.get("shown") or "")]

    def refused(self, device):
        return [p["detail"] for p in self.server.api.get(
            f"/api/problems?kind=person_questions_refused&subject={device.sn}")["data"]]

    def test_who_came_leaves_by_an_order_that_waits(self):
        home, away = self.clock(), self.clock()
        home.upload("OPERLOG", "USER PIN=501\tName=Ann\tCard=5\n")
        for form in ("PIN=", "table=RemoteAtt&PIN="):
            self.assertIn("PIN=501\t", self.borrow(away, "501", form))
        # One order for all of it, not given before its time.
        open_orders = [o for o in self.orders(away) if o["status"] == "queued"]
        self.assertEqual(len(open_orders), 1)
        self.assertEqual(away.poll(), [])
        self.assertEqual(self.orders(home), [])
        # The clock of the server goes on.
        self.server.restart()
        away.options()
        self.assertEqual([text for _, text in away.poll() if "USERINFO" in text], [])

    def test_a_person_who_is_put_there_meanwhile_stays(self):
        home, away = self.clock(), self.clock()
        home.upload("OPERLOG", "USER PIN=502\tName=Ann\n")
        self.assertIn("PIN=502\t", self.borrow(away, "502"))
        self.server.api.post("/api/commands", {"deviceSerial": away.sn, "type": "update_person",
                                               "person": {"pin": "502", "name": "Ann"}})
        self.assertEqual([o["status"] for o in self.orders(away)], ["cancelled"])

    def test_a_person_the_device_holds_is_not_removed_from_it(self):
        own = self.clock()
        own.upload("OPERLOG", "USER PIN=503\tName=Ann\n")
        self.assertIn("PIN=503\t", self.borrow(own, "503"))
        self.assertEqual(self.orders(own), [])

    def test_areas_decide_who_may_come(self):
        north = self.area("North")
        hall = self.area("Hall", north)
        south = self.area("South")
        at = {name: self.clock(area) for name, area in (("north", north), ("hall", hall), ("south", south))}
        at["north"].upload("OPERLOG", "USER PIN=601\tName=Nora\n")
        at["hall"].upload("OPERLOG", "USER PIN=602\tName=Hal\n")
        for name, comes in (("hall", ("601", "602")), ("north", ("601",)), ("south", ())):
            for pin in ("601", "602"):
                with self.subTest(at=name, pin=pin):
                    answer = self.borrow(at[name], pin)
                    self.assertEqual(answer != "NONE", pin in comes, answer)
        self.assertEqual(self.refused(at["south"]), ["the person is of another area"])
        # Elsewhere and at home: the record of the area counts, whichever came last.
        at["south"].upload("OPERLOG", "USER PIN=601\tName=Nobody\n")
        self.assertIn("Name=Nora", self.borrow(at["hall"], "601"))
        self.assertIn("Name=Nobody", self.borrow(at["south"], "601"))

    def test_validity_goes_along_and_ends_the_stay(self):
        # Before the device sends them: from then on they are people.
        api = self.server.api
        api.post("/api/people", {"pin": "701", "name": "Ann", "validFrom": "2020-01-01", "validTo": "2099-12-31"})
        api.post("/api/people", {"pin": "703", "name": "Cy", "validTo": "2020-12-31"})
        home, away = self.clock(), self.clock()
        home.upload("OPERLOG", "USER PIN=701\tName=Ann\n"
                               "USER PIN=702\tName=Bo\tExpires=1\tStartDatetime=2001-01-01T00:00:00\t"
                               "EndDatetime=2002-01-01T00:00:00\n"
                               "USER PIN=703\tName=Cy\n")
        until(lambda: self.borrow(away, "701") != "NONE")
        self.assertIn("\tExpires=1\tStartDatetime=2020-01-01T00:00:00\tEndDatetime=2099-12-31T23:59:59",
                      self.borrow(away, "701"))
        self.assertEqual(self.borrow(away, "702"), "NONE")
        until(lambda: self.borrow(away, "703") == "NONE")
        self.assertIn(self.refused(away)[-1], ("the person is not valid any more", "the person is not valid now"))

    def test_the_name_is_in_the_character_set_of_the_device_that_requests_it(self):
        home, away = self.clock(), self.clock(language="83")
        home.upload("OPERLOG", "USER PIN=801\tName=张三\n")
        reply = away.get(f"/iclock/cdata?SN={away.sn}&PIN=801")
        self.assertIn(b"\tName=" + "张三".encode("gb18030") + b"\n", reply.body)


class Leaving(unittest.TestCase):
    def test_when_the_stay_is_over_the_device_removes_the_person(self):
        # The order is due at once where the person is valid no longer than now.
        with Server("--new-devices", "approve", "--remote-attendance", "on") as server:
            home, away = Device(server), Device(server)
            home.options(), away.options()
            server.api.change(away.sn, zone="UTC")
            home.upload("OPERLOG", "USER PIN=9\tName=Ann\n")
            self.assertIn(b"PIN=9\t", away.get(f"/iclock/cdata?SN={away.sn}&PIN=9").body)
            self.assertEqual(away.poll(), [])
            # The moment it waits for is made to have come.
            server.terminate()
            due = (server.blob(b"pin=9\nnot_before=1\n") if server.store else
                   "'pin=9' || char(10) || 'not_before=1' || char(10)")
            server.write(f"UPDATE command SET arguments = {due} WHERE kind = 'end_stay'")
            server.start()
            away.options()
            found = []

            def offered():
                found.extend(away.poll())
                return found
            until(offered)
            (number, text), = found
            self.assertEqual(text, "DATA DELETE USERINFO PIN=9")
            away.upload("OPERLOG", "USER PIN=9\tName=Ann\n")
            self.assertEqual([p["pin"] for p in server.api.records("persons", away.sn)], ["9"])
            away.post(f"/iclock/devicecmd?SN={away.sn}", f"ID={number}&Return=0&CMD=DATA\n".encode())
            until(lambda: server.api.records("persons", away.sn) == [])
            self.assertEqual([p["pin"] for p in server.api.records("persons", home.sn)], ["9"])

    def test_where_the_stay_has_no_end_none_is_ordered(self):
        with Server("--new-devices", "approve", "--remote-attendance", "on", "--remote-attendance-hours", "0") as server:
            home, away = Device(server), Device(server)
            home.options(), away.options()
            home.upload("OPERLOG", "USER PIN=9\tName=Ann\n")
            self.assertIn(b"PIN=9\t", away.get(f"/iclock/cdata?SN={away.sn}&PIN=9").body)
            self.assertEqual(server.api.get(f"/api/commands?device={away.sn}")["data"], [])


if __name__ == "__main__":
    tap.main()
