#!/usr/bin/env python3
"""Units that request whether a person may pass (Security PUSH 3.1.2, 10): decided by people and access levels
as they are at that moment, else by what the unit holds; and who is no unit of ours opens nothing."""

import itertools
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import Server, until  # noqa: E402
from unit import PARAMETERS, Unit  # noqa: E402
import tap  # noqa: E402

server = None
pins = itertools.count(7001)
seconds = itertools.count()
ALWAYS = 1


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def record(pin="0", door=1, card="0", kind=2):
    """One a second, so that each is an event of its own."""
    i = next(seconds)
    return (f"time=2026-03-01 08:{i // 60:02}:{i % 60:02}\tpin={pin}\tcardno={card}\taddrtype={kind}"
            f"\teventaddr={door}\tevent=223\tinoutstatus=0\tverifytype=4")


def request(unit, line):
    return unit.request("POST", "/iclock/cdata?SN=&AuthType=device", line.encode())


def decided(unit, line):
    """(verdict, lines behind it). Just after a change nothing is decided for a moment."""
    lines = []

    def asked():
        status, body = request(unit, line)
        assert status == 200, (status, body)
        lines[:] = body.decode().split("\r\n")
        return lines[0] != "AUTH=TIMEOUT"
    until(asked)
    assert lines[1] == line, lines
    return lines[0], lines[2:]


def person(cards=(), **fields):
    pin = str(next(pins))
    return server.api.post("/api/people", {"pin": pin, "name": "Ann", "cards": list(cards), **fields})["data"]


def level(doors, people, rule=ALWAYS):
    return server.api.post("/api/access-levels", {
        "name": f"level {next(pins)}", "doors": doors, "rule": rule, "people": people})["data"]


def events(unit):
    return server.api.get(f"/api/access-events?device={unit.sn}&limit=500")["data"]


class Identify(unittest.TestCase):
    def setUp(self):
        self.unit = Unit(server).register()

    def hold(self, table, **fields):
        """A row that the unit was sent, and acknowledged."""
        server.api.call("PUT", f"/api/devices/{self.unit.sn}/tables/{table}", {"rows": [fields]})
        (number, _), = self.unit.poll()
        self.unit.result(number)

    def test_a_level_grants_and_its_absence_denies(self):
        ann, bob = person(), person()
        level([f"{self.unit.sn}:2"], [ann["id"]])
        self.assertEqual(decided(self.unit, record(ann["pin"], 2)),
                         ("AUTH=SUCCESS", ["CONTROL DEVICE 01020105"]))
        self.assertEqual(decided(self.unit, record(bob["pin"], 2)),
                         ("AUTH=FAILED", ["TIPS=no access level names both the person and the door"]))
        self.assertEqual(decided(self.unit, record("99999", 2)),
                         ("AUTH=FAILED", ["TIPS=there is no such person"]))
        # Readers 3 and 4 of four are at door 2, readers 1 and 2 at door 1.
        self.assertEqual(decided(self.unit, record(ann["pin"], 3, kind=3))[0], "AUTH=SUCCESS")
        self.assertEqual(decided(self.unit, record(ann["pin"], 2, kind=3))[0], "AUTH=FAILED")

    def test_a_card_is_its_person_s(self):
        ann = person(cards=["123456789"])
        bob = person(cards=["987654321"])
        level([f"{self.unit.sn}:1"], [ann["id"]])
        self.assertEqual(decided(self.unit, record(card="123456789"))[0], "AUTH=SUCCESS")
        self.assertEqual(decided(self.unit, record(card="987654321"))[0], "AUTH=FAILED")
        self.assertEqual(decided(self.unit, record(card="5"))[0], "AUTH=FAILED")
        # With the PIN of one person and the card of another.
        self.assertEqual(decided(self.unit, record(ann["pin"], card="987654321"))[0], "AUTH=FAILED")
        self.assertEqual(decided(self.unit, record(ann["pin"], card="123456789"))[0], "AUTH=SUCCESS")
        self.assertIsNotNone(bob)

    def test_who_was_disabled_a_moment_ago_passes_no_more(self):
        ann = person()
        level([f"{self.unit.sn}:1"], [ann["id"]])
        for _ in range(5):
            self.assertEqual(decided(self.unit, record(ann["pin"]))[0], "AUTH=SUCCESS")
            server.api.call("PATCH", f"/api/people/{ann['id']}", {"disabled": True})
            # The first request after the change was answered.
            self.assertNotIn(b"AUTH=SUCCESS", request(self.unit, record(ann["pin"]))[1])
            self.assertEqual(decided(self.unit, record(ann["pin"])),
                             ("AUTH=FAILED", ["TIPS=the person is disabled"]))
            server.api.call("PATCH", f"/api/people/{ann['id']}", {"disabled": False})

    def test_a_rule_that_is_closed_denies(self):
        ann = person()
        rule = server.api.post("/api/time-rules", {"name": f"never {ann['pin']}", "week": {}})["data"]
        level([f"{self.unit.sn}:1"], [ann["id"]], rule["id"])
        self.assertEqual(decided(self.unit, record(ann["pin"]))[0], "AUTH=FAILED")

    def test_a_door_that_no_level_names_is_as_the_unit_holds_it(self):
        self.hold("user", Pin="31")
        self.hold("user", Pin="33", EndTime="20200101")
        self.hold("user", Pin="34")
        # Nothing is known of its rows of rights, which units never send.
        for pin, door, verdict in (("31", 1, "SUCCESS"), ("33", 1, "FAILED"), ("3", 1, "FAILED"),
                                   ("34", 1, "SUCCESS"), ("35", 1, "FAILED")):
            self.assertEqual(decided(self.unit, record(pin, door))[0], "AUTH=" + verdict, (pin, door))
        # Where it has some, one has to name the door, here as a mask: 2 is door 2. Who has none has no right.
        self.hold("userauthorize", Pin="34", AuthorizeTimezoneId="1", AuthorizeDoorId="2")
        for pin, door, verdict in (("31", 1, "FAILED"), ("34", 1, "FAILED"), ("34", 2, "SUCCESS"),
                                   ("3", 2, "FAILED"), ("4", 2, "FAILED")):
            self.assertEqual(decided(self.unit, record(pin, door))[0], "AUTH=" + verdict, (pin, door))

    def check(self, who, door=1):
        return server.api.get(f"/api/access/check?person=pin:{who}&door={self.unit.sn}:{door}")["data"]

    def test_a_card_is_whose_the_unit_holds_it_for(self):
        several = Unit(server, parameters=PARAMETERS + ",MulCardUserFunOn=1").register()
        self.unit = several
        self.hold("user", Pin="51", CardNo="1122334")
        self.hold("user", Pin="52")
        self.hold("mulcarduser", Pin="52", CardNo="ABCDEF")
        self.hold("mulcarduser", Pin="52", CardNo="ABCDE0", LossCardFlag="1")
        self.hold("user", Pin="53", CardNo="5353", EndTime="20200101")
        # One that the unit sent by itself, in brackets; and the card of two.
        several.table("user", "user uid=9\tcardno=[16CD5B07]\tpin=54\tname=\tpassword=")
        self.hold("user", Pin="55", CardNo="5556")
        self.hold("user", Pin="56", CardNo="5556")
        for card, pin, verdict in (
                ("1122334", "0", "SUCCESS"), ("1122335", "0", "FAILED"), ("112233", "0", "FAILED"),
                ("11259375", "0", "SUCCESS"), ("11259360", "0", "FAILED"), ("5353", "0", "FAILED"),
                ("123456790", "0", "SUCCESS"), ("5556", "0", "FAILED"), ("5556", "55", "FAILED"),
                ("1122334", "51", "SUCCESS"), ("1122334", "52", "FAILED"), ("11259360", "52", "FAILED"),
                ("77", "51", "SUCCESS"), ("0", "0", "FAILED")):
            self.assertEqual(decided(several, record(pin, card=card))[0], "AUTH=" + verdict, (card, pin))
        # Another card in its place, and none.
        self.hold("user", Pin="51", CardNo="998877")
        self.assertEqual(decided(several, record(card="1122334"))[0], "AUTH=FAILED")
        self.assertEqual(decided(several, record(card="998877"))[0], "AUTH=SUCCESS")
        server.api.call("DELETE", f"/api/devices/{several.sn}/tables/user?where=Pin%3D51")
        while orders := several.poll():
            several.result(orders[0][0])
        self.assertEqual(decided(several, record(card="998877"))[0], "AUTH=FAILED")

    def test_the_setting_cards_turned_turns_what_is_hexadecimal(self):
        self.unit = Unit(server, parameters=PARAMETERS + ",MulCardUserFunOn=1").register()
        self.hold("user", Pin="71", CardNo="5571")
        self.hold("mulcarduser", Pin="71", CardNo="04030201")

        def verdicts(*cards):
            return [decided(self.unit, record(card=str(card)))[0][5:] for card in cards]

        self.assertEqual(verdicts(0x04030201, 0x01020304, "4A3B2C", 5571), ["SUCCESS", "FAILED", "FAILED", "SUCCESS"])
        self.assertTrue(server.api.change(self.unit.sn, cardsTurned=True)["cardsTurned"])
        until(lambda: verdicts(0x01020304) == ["SUCCESS"])
        # Of a row that is written from now on, and of the request itself.
        self.hold("mulcarduser", Pin="71", CardNo="4A3B2C")
        self.assertEqual(verdicts(0x01020304, 0x04030201, 0x2C3B4A, 0x4A3B2C, "4A3B2C", "2C3B4A", 5571),
                         ["SUCCESS", "FAILED", "SUCCESS", "FAILED", "SUCCESS", "FAILED", "SUCCESS"])
        self.assertFalse(server.api.change(self.unit.sn, cardsTurned=False)["cardsTurned"])
        until(lambda: verdicts(0x04030201) == ["SUCCESS"])
        until(lambda: verdicts("4A3B2C", 0x2C3B4A, 0x01020304) == ["SUCCESS", "FAILED", "FAILED"])

    def test_what_is_decided_of_a_person_counts_where_no_level_names_the_door_too(self):
        ann, bob = person(cards=["66001"]), person(disabled=True)
        for one, card in ((ann, "66001"), (bob, "66002")):
            self.hold("user", Pin=one["pin"], CardNo=card)
        self.assertEqual(decided(self.unit, record(card="66001"))[0], "AUTH=SUCCESS")
        # By the card that the unit alone has of him.
        self.assertEqual(decided(self.unit, record(card="66002")),
                         ("AUTH=FAILED", ["TIPS=the person is disabled"]))
        self.assertEqual(decided(self.unit, record(bob["pin"]))[0], "AUTH=FAILED")
        (card,) = server.api.get(f"/api/people/{ann['id']}/credentials")["data"]
        server.api.call("PATCH", f"/api/people/{ann['id']}/credentials/{card['id']}", {"lost": True})
        self.assertEqual(decided(self.unit, record(card="66001")),
                         ("AUTH=FAILED", ["TIPS=the card is marked as lost"]))
        self.assertEqual(decided(self.unit, record(ann["pin"]))[0], "AUTH=SUCCESS")

    def test_decisions_agree_with_check(self):
        """Of every person at either door, one that levels name and one that they do not."""
        people = [person(), person(disabled=True), person(), person(), person(**{"validTo": "2020-01-01"})]
        never = server.api.post("/api/time-rules", {"name": f"closed {people[0]['pin']}", "week": {}})["data"]
        door = f"{self.unit.sn}:1"
        level([door], [people[0]["id"], people[1]["id"], people[4]["id"]])
        level([door], [people[2]["id"]], never["id"])
        for one in people[:4]:
            self.hold("user", Pin=one["pin"])
        for pin, doors in (people[0]["pin"], "1"), (people[2]["pin"], "2"), ("61", "3"):
            self.hold("userauthorize", Pin=pin, AuthorizeTimezoneId="1", AuthorizeDoorId=doors)
        self.hold("user", Pin="61")
        server.api.post("/api/first-card", {"name": f"first {people[0]['pin']}", "door": door,
                                            "rule": ALWAYS, "mode": "activation", "people": [people[3]["id"]]})
        level([door], [people[3]["id"]])
        seen = set()
        for pin in [p["pin"] for p in people] + ["61", "62"]:
            for n in 1, 2:
                verdict, _ = decided(self.unit, record(pin, n))
                found = self.check(pin, n)
                self.assertEqual(found["remoteGranted"], verdict == "AUTH=SUCCESS", (pin, n, found))
                if found["granted"] != found["remoteGranted"]:
                    self.assertIn("needs_first_card", [s["verdict"] for s in found["steps"]])
                seen.add((found["verdict"], found["remoteGranted"]))
        # The one of the first card has a right, and the other may only follow.
        self.assertLessEqual({("granted", True), ("granted", False), ("person_disabled", False),
                              ("person_expired", False), ("rule_closed", False), ("person_unknown", False),
                              ("unit_holds", True), ("no_level", False)}, seen)

    def test_an_attempt_is_an_event_and_no_punch(self):
        ann = person()
        level([f"{self.unit.sn}:1"], [ann["id"]])
        server.api.change(self.unit.sn, accessPunches="223")
        before = server.api.get("/api/status")["data"]["data"]["punches"]
        line = record(ann["pin"])
        decided(self.unit, line)
        until(lambda: events(self.unit))
        rows = events(self.unit)
        self.assertEqual([(r["event"], r["pin"], r["source"], r["punchSeq"]) for r in rows],
                         [(223, ann["pin"], "identification", None)])
        # The same once more, as after a lost reply, is the same event.
        decided(self.unit, line)
        decided(self.unit, record(ann["pin"]))
        until(lambda: len(events(self.unit)) == 2)
        self.assertEqual(server.api.get("/api/status")["data"]["data"]["punches"], before)
        rows = server.api.get(f"/api/audit?subject=door:{self.unit.sn}:1")["data"]
        self.assertEqual({(r["action"], r["outcome"], r["by"]) for r in rows},
                         {("grant_passage", "done", self.unit.sn)})
        self.assertEqual(len(rows), 3)

    def test_what_cannot_be_read_is_denied_and_kept_nowhere(self):
        for line in ("", "pin=1", record("1", 0), record("1", 3), record("1", 1, kind=4), "\x01=2",
                     "x" * 5000):
            status, body = request(self.unit, line)
            self.assertEqual(status, 200)
            self.assertNotIn(b"SUCCESS", body, line)
            self.assertNotIn(b"CONTROL", body, line)


class Others(unittest.TestCase):
    def test_no_unit_of_ours_opens_nothing(self):
        with Server() as own:
            unit = Unit(own)
            unit.request("GET", "/iclock/cdata?SN=&pushver=3.1.2&options=all&DeviceType=acc")
            unit.request("POST", "/iclock/registry?SN=", unit.parameters.encode())
            for state, status in (("held", 503), ("blocked", 403)):
                if state == "blocked":
                    own.api.post(f"/api/devices/{unit.sn}/block")
                got, body = request(unit, record("1"))
                self.assertEqual(got, status, state)
                self.assertNotIn(b"AUTH", body)
                self.assertNotIn(b"CONTROL", body)
            got, body = request(Unit(own), record("1"))
            self.assertNotEqual(got, 200)
            self.assertNotIn(b"CONTROL", body)

    def test_a_server_that_refuses_grants_nothing(self):
        with Server("--new-devices", "approve", "--remote-identification", "refuse") as own:
            unit = Unit(own).register()
            got = own.api.post("/api/people", {"pin": "1", "name": "Ann"})["data"]
            own.api.post("/api/access-levels", {"name": "x", "doors": [f"{unit.sn}:1"], "rule": ALWAYS,
                                                "people": [got["id"]]})
            status, body = request(unit, record("1"))
            self.assertEqual((status, body.split(b"\r\n")[0]), (200, b"AUTH=FAILED"))


if __name__ == "__main__":
    tap.main()
