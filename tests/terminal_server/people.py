#!/usr/bin/env python3
"""People of terminals: read with the log, and written by the same verbs as those of clocks."""

import base64
import subprocess
import unittest

from terminal import Line, Server, Terminal, serve, until
import command_line
import tap
from command_line import run
from credential import fingerprint_put
from device import Device

SN = "SIM000001"
USERS_READ = 1503  # a read of a whole table
COUNTERS = 50


class People(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.terminal = Terminal("--punches", "20", "--users", "6")
        cls.server = command_line.server = Server("--new-devices", "approve", "--sync", "auto")
        cls.server.add(cls.terminal.tcp)
        cls.server.linked(SN, "listening")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.terminal.close()

    def people(self):
        return {p["pin"]: p for p in self.server.api.records("persons", SN)}

    def person(self, *words):
        got = run("person", *words, "--device", SN, "--wait", str(serve.DEADLINE))
        self.assertEqual((got.status, got.err), (0, ""), got)
        return got

    def test_they_are_read_with_the_first_log(self):
        people = until(lambda: len(self.people()) >= 6 and self.people())
        self.assertTrue(all(people[str(pin)]["name"] for pin in range(1, 7)))
        self.assertEqual(self.server.api.device(SN)["stats"]["userCount"], len(people))
        trace = self.server.api.get(f"/api/devices/{SN}/trace")["data"]
        self.assertIn("6 people", [t["note"] for t in trace])

    def test_one_is_added_changed_and_deleted_by_the_same_verbs(self):
        self.person("add", "61", "name=Bo Li", "card=4711", "group=2", "privilege=user")
        self.assertEqual(self.people()["61"]["state"], "confirmed")
        self.person("set", "61", "name=Bo King")
        self.server.order(SN, "DATA QUERY USERINFO PIN=61")
        person = self.people()["61"]
        self.assertEqual((person["name"], person["card"], person["groupId"]),
                         ("Bo King", "4711", "2"))
        self.person("delete", "61", "--yes")
        self.assertNotIn("61", self.people())

    def test_one_of_the_roster_comes_and_goes_with_the_area(self):
        api = self.server.api
        until(lambda: len(self.people()) >= 6)
        ann = api.post("/api/people", {"pin": "71", "name": "Ann Lee", "cards": ["4712"]})["data"]
        until(lambda: "71" in self.people())
        self.server.order(SN, "DATA QUERY USERINFO PIN=71")
        person = self.people()["71"]
        self.assertEqual((person["name"], person["card"]), ("Ann Lee", "4712"))
        row = api.get(f"/api/devices/{SN}/sync?pin=71")["data"][0]
        self.assertEqual((row["state"], row["reason"]), ("same", None))
        api.call("PATCH", f"/api/people/{ann['id']}", {"areas": []})
        until(lambda: "71" not in self.people())
        # Those that it had are people of the roster now, and stay.
        self.assertGreaterEqual(api.get(f"/api/devices/{SN}/sync?state=same")["total"], 6)
        self.assertGreaterEqual(len(self.people()), 6)

    def test_a_fingerprint_of_the_roster_comes(self):
        api = self.server.api
        text = base64.b64encode(bytes(range(255)) * 3).decode()
        ada = api.post("/api/people", {"pin": "72", "name": "Ada"})["data"]
        fingerprint_put(self.server, ada, 5, 10, text)
        fingerprint_put(self.server, ada, 4, 9, text)
        api.call("PATCH", f"/api/people/{ada['id']}", {"name": "Ada Lo"})

        def states():
            rows = api.get(f"/api/devices/{SN}/sync?pin=72")["data"]
            return {(r["kind"], r["state"], r["reason"]) for r in rows}

        until(lambda: states() == {("person", "same", None), ("template", "same", None),
                                   ("template", "impossible", "version")})
        self.server.order(SN, "DATA QUERY FINGERTMP PIN=72\tFingerID=5")
        (row,) = [t for t in api.records("templates", SN) if t["pin"] == "72"]
        self.assertEqual(self.server.template(row["id"]).decode(), text)
        api.call("PATCH", f"/api/people/{ada['id']}", {"disabled": True})
        until(lambda: "72" not in self.people())

    def test_one_of_a_clock_is_copied_with_fingerprints(self):
        version = next(v for k, v in self.server.api.device(SN)["options"].items()
                       if k.endswith("FPVersion"))
        text = base64.b64encode(bytes(range(256)) * 3).decode()
        d = Device(self.server)
        d.options()
        d.upload("options", f"FingerFunOn=1,FaceFunOn=1,FPVersion={version}")
        d.upload("OPERLOG", "USER PIN=63\tName=Cy\tPri=0\tCard=63\tGrp=1\n"
                 f"FP PIN=63\tFID=6\tSize={len(text)}\tValid=1\tTMP={text}\n"
                 "FACE PIN=63\tFID=0\tSIZE=4\tVALID=1\tTMP=RkFD\n"
                 "USERPIC PIN=63\tFileName=63.jpg\tSize=8\tContent=/9j/2Q==\n", 1)
        got = run("person", "copy", "63", "--from-device", d.sn, "--device", SN, "--wait",
                  str(serve.DEADLINE))
        self.assertEqual(got.status, 0, got)
        self.assertEqual(got.lines, [f"{SN}: 63 is confirmed by the device",
                                     f"{SN}: 63, fingerprint is confirmed by the device"])
        self.assertIn("not copied: 1 face: terminals take fingerprints only", got.err)
        self.assertIn("not copied: 1 photo: terminals take no photos", got.err)
        self.server.order(SN, "DATA QUERY FINGERTMP PIN=63\tFingerID=6")
        row = next(t for t in self.server.api.records("templates", SN) if t["pin"] == "63")
        self.assertEqual(self.server.template(row["id"]).decode(), text)
        # And the way back.
        got = run("person", "copy", "1", "--from-device", SN, "--device", d.sn)
        self.assertEqual(got.status, 0, got)
        self.assertIn("DATA UPDATE USERINFO PIN=1\t", d.work()[-1][1])

    def test_a_refusal_names_the_reason(self):
        got = run("person", "set", "62", "name=Bo", "password=123456789", "--device", SN, "--wait",
                  str(serve.DEADLINE))
        self.assertEqual(got.status, 1, got)
        self.assertRegex(got.err, "returned -1006: data too long; Passwd has more than 8 bytes")
        [row] = self.server.api.get(f"/api/problems?subject={SN}&kind=person_refused")["data"]
        self.assertEqual(row["kind"], "person_refused")
        got = run("person", "list", "--state", "failed", "--device", SN)
        self.assertIn("62", got.out)


class Gone(unittest.TestCase):
    """Who was deleted at the terminal's own menu, and who only seems to have been."""

    def setUp(self):
        self.terminal = Terminal("--punches", "20", "--users", "6")
        self.addCleanup(self.terminal.close)
        self.line = Line(self.terminal.port)
        self.addCleanup(self.line.close)
        self.server = Server("--new-devices", "approve")
        self.addCleanup(self.server.close)
        self.server.add(self.line.tcp)
        self.server.linked(SN, "listening")
        until(lambda: len(self.pins()) == 6)

    def pins(self):
        return {p["pin"] for p in self.server.api.records("persons", SN)}

    def delete_at_the_menu(self, pin):
        subprocess.run([serve.program(), "terminal", self.terminal.tcp, "user", "delete", pin],
                       check=True, timeout=serve.DEADLINE, capture_output=True)

    def notes(self):
        return [t["note"] for t in self.server.api.get(f"/api/devices/{SN}/trace")["data"]]

    def test_they_leave_the_list_with_the_next_whole_read(self):
        self.server.api.approve(SN)
        self.delete_at_the_menu("3")
        self.server.restart()
        until(lambda: self.pins() == {"1", "2", "4", "5", "6"})
        until(lambda: "5 people; 1 are not there any more" in self.notes())
        self.assertEqual(self.server.api.device(SN)["stats"]["userCount"], 5)
        self.delete_at_the_menu("5")
        self.server.order(SN, "DATA QUERY USERINFO")
        self.assertEqual(self.pins(), {"1", "2", "4", "6"})
        # A query of one person is not about the others.
        self.delete_at_the_menu("6")
        self.server.order(SN, "DATA QUERY USERINFO PIN=1")
        self.assertEqual(self.pins(), {"1", "2", "4", "6"})

    def test_a_read_that_breaks_off_removes_no_one(self):
        for pin, command in (("3", USERS_READ), ("4", COUNTERS)):
            before = self.pins()
            self.delete_at_the_menu(pin)
            self.line.cut_after(command, stay_down=True)
            number = self.server.api.queue(SN, "DATA QUERY USERINFO")
            until(lambda: self.line.down)
            self.assertEqual(self.pins(), before)
            self.line.down = False
            self.server.ended(number)
            until(lambda: self.pins() == before - {pin})


if __name__ == "__main__":
    tap.main()
