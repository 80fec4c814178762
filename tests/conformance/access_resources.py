#!/usr/bin/env python3
"""What is decided about outputs, inputs and cards, on the way to a unit; and what it has no room for."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from plan_fixture import PlanCase  # noqa: E402
from serve import until  # noqa: E402
from unit import PARAMETERS  # noqa: E402
import tap  # noqa: E402

# Inputs by time rule, and several cards of a person.
CONTROLLER = PARAMETERS.replace("MachineType=101", "MachineType=9,DateFmtFunOn=1,OutRelaySetFunOn=1,"
                                "AccSupportFunList=000000001")


class Resources(PlanCase):
    parameters = CONTROLLER


class Schedules(Resources):
    def test_outputs_and_inputs_reach_the_unit_and_rest_afterwards(self):
        sn = self.unit.sn
        rule = self.make("/api/time-rules", name="Office", week={"mon-fri": ["08:00-18:00"]})
        self.level([self.person("1024")])
        out = self.make("/api/scheduled-outputs", name="Lobby", at=f"{sn}:1", rule=rule, action="normal-open")
        self.make("/api/scheduled-outputs", name="Lights", at=f"{sn}:2", output="aux", rule=1, action="none")
        button = self.make("/api/scheduled-inputs", name="Button", at=f"{sn}:1", rule=rule)
        self.make("/api/scheduled-inputs", name="Bell", at=f"{sn}:2", input="aux", rule=rule)
        plan = self.plan()
        words = {s["table"]: [c["after"] for c in s["changes"]] for s in self.steps(plan) if s["table"]}
        self.assertEqual(words["outrelaysetting"],
                         ["lock of door 1 normal-open by rule 2 of the unit",
                          "auxiliary output 2 none by rule 1 of the unit"])
        self.assertEqual(words["InputIOSetting"],
                         ["exit button of door 1 counts by rule 2 of the unit",
                          "auxiliary input 2 counts by rule 2 of the unit"])
        self.assertEqual(self.apply(plan), "done")
        self.assertIn("DATA UPDATE outrelaysetting Num=1\tOutType=0\tActionType=1\tTimezoneId=2\n"
                      "Num=2\tOutType=1\tActionType=0\tTimezoneId=1", self.unit.words)
        self.assertIn("DATA UPDATE InputIOSetting Number=1\tInType=0\tTimeZoneId=2\n"
                      "Number=2\tInType=1\tTimeZoneId=2", self.unit.words)
        # The lock is first; an input is not deleted, for all others would go along.
        del self.unit.words[:]
        last = self.latest()["id"]
        self.api.call("DELETE", f"/api/scheduled-outputs/{out}")
        self.api.call("DELETE", f"/api/scheduled-inputs/{button}")
        self.assertEqual(self.next_plan(last)["state"], "done")
        self.assertEqual(self.unit.words, [
            "DATA DELETE outrelaysetting Num=1",
            "DATA UPDATE InputIOSetting Number=1\tInType=0\tTimeZoneId=1"])
        self.assertEqual(self.show(self.plan())["commands"], 0)


class Cards(Resources):
    parameters = CONTROLLER.replace("000000001", "000000011") + ",WGRuleVer=2.0"

    def test_bits_and_codes_of_cards_reach_units_that_take_them(self):
        ann = self.person("1", cards=["3432592093", "123456789"])
        self.level([ann])
        path = f"/api/people/{ann}/credentials"
        rows = {r["number"]: r["id"] for r in self.api.get(path)["data"]}
        self.api.call("PATCH", f"{path}/{rows['3432592093']}",
                      {"bits": 26, "siteCode": 10010, "imie": "356591106"})
        self.api.call("PATCH", f"{path}/{rows['123456789']}", {"lost": True, "siteCode": 7})
        self.assertEqual(self.carry_out(), "done")
        self.assertIn("DATA UPDATE mulcarduser "
                      "Pin=1\tCardNo=75BCD15\tLossCardFlag=1\tCardType=1\tSiteCode=7\n"
                      "Pin=1\tCardNo=CC9932DD\tLossCardFlag=0\tCardType=0\tCardBit=26\tSiteCode=10010\t"
                      "IMIE=356591106", self.unit.words)


class Room(Resources):
    parameters = CONTROLLER.replace("~MaxUserCount=50", "~MaxUserCount=1")

    def test_beyond_the_room_of_a_unit_only_what_takes_and_changes_is_sent(self):
        people = [self.person(str(1000 + i)) for i in range(100)]
        level = self.level(people, doors=(1,))
        self.assertEqual(self.carry_out(), "done")
        del self.unit.words[:]
        new = [self.person("2000"), self.person("3000")]
        self.api.call("PATCH", f"/api/access-levels/{level}", {"addPeople": new[:1]})
        text = "It is to hold 101 people, and reports room for 1, or hundreds of them: 100 at the most"
        problem = until(lambda: [p for p in self.api.get("/api/problems")["data"] if p["kind"] == "unit_full"], 60)
        self.assertEqual((problem[0]["subject"], problem[0]["detail"]), (self.unit.sn, text))
        plan = self.plan()
        shown = self.show(plan)
        self.assertEqual((shown["state"], shown["commands"], shown["devices"][0]["note"]), ("planned", 0, text))
        self.assertIn({"of": "device", "id": 0, "text": text}, shown["devices"][0]["refusals"])
        self.assertEqual((self.unit.turn(), self.unit.words), (0, []))
        # That it is full makes no plan of the server, and none that failed.
        self.assertEqual(self.latest()["id"], plan)
        # To be emptied would take away what it could not get again.
        self.assertEqual(self.show(self.plan(resync=True))["state"], "failed")
        # What is taken away and what changes goes, although it is still too much.
        last = self.latest()["id"]
        self.api.call("PATCH", f"/api/people/{people[1]}", {"name": "Another"})
        self.api.call("PATCH", f"/api/access-levels/{level}",
                      {"addPeople": new[1:], "removePeople": people[:1]})
        until(lambda: self.unit.turn() == 0 and ("1000",) not in self.unit.rows("user") and
              self.unit.rows("user")[("1001",)]["Name"] == "Another", 60)
        self.assertEqual((len(self.unit.rows("user")), len(self.unit.rows("userauthorize"))), (99, 99))
        self.assertEqual([w for w in self.unit.words if "000\t" in w and "UPDATE" in w], [])
        self.assertNotIn("failed", {p["state"] for p in self.api.get("/api/plans")["data"] if p["id"] > last})
        # It goes on by itself when there is room again.
        self.api.call("PATCH", f"/api/access-levels/{level}", {"removePeople": [people[2]]})
        until(lambda: self.unit.turn() == 0 and len(self.unit.rows("user")) == 100, 60)
        self.assertIn(("2000",), self.unit.rows("user"))
        self.assertIn(("3000",), self.unit.rows("user"))
        self.assertEqual([p for p in self.api.get("/api/problems")["data"] if p["kind"] == "unit_full"], [])


if __name__ == "__main__":
    tap.main()
