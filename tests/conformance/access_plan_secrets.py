#!/usr/bin/env python3
"""Passwords of people and doors, on their way to a unit: they stand where people decide about them, in the mirror of
what the unit holds, and nowhere else."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import plan_fixture  # noqa: E402
from plan_fixture import PlanCase  # noqa: E402
from serve import Api  # noqa: E402
from unit import PARAMETERS  # noqa: E402
import tap  # noqa: E402

plan_fixture.KEYS["DoorParameters"] = ["ID", "Name"]
OPTIONS = PARAMETERS.replace("MachineType=101", "MachineType=9,DateFmtFunOn=1,AccSupportFunList=000")
# Settings of doors are rows.
ROWS = OPTIONS.replace("AccSupportFunList=000", "AccSupportFunList=0000000000000000000001")
PERSON, EMERGENCY, DURESS = "471193", "80264913", "620957"
SECRETS = PERSON, EMERGENCY, DURESS


class Base(PlanCase):
    parameters = OPTIONS

    def setUp(self):
        plan_fixture.CONTROLLER = self.parameters
        super().setUp()
        self.ann = self.person("1024", password=PERSON)
        # A name may be what hidden values are shown as.
        self.api.call("PATCH", f"/api/people/{self.ann}", {"name": "***"})
        self.level([self.ann])
        self.door = f"/api/doors/{self.unit.sn}:2"
        self.api.call("PATCH", self.door, {"emergencyPassword": EMERGENCY, "duressPassword": DURESS})

    def stored(self, query):
        db = self.own.database()
        try:
            return repr([[bytes(v) if isinstance(v, memoryview) else v for v in row]
                         for row in db.execute(query).fetchall()])
        finally:
            db.close()

    def none_in(self, text, where):
        for secret in SECRETS:
            self.assertNotIn(secret, text, where)

    def none_shown(self, plan):
        token = self.api.post("/api/tokens", {"name": f"reader{plan}", "scopes": ["read"]})["data"]["token"]
        for api in self.api, Api(self.own.admin, token):
            for path in (f"/api/plans/{plan}", f"/api/plans/{plan}/steps?device={self.unit.sn}", "/api/plans",
                         "/api/commands?limit=1000", f"/api/devices/{self.unit.sn}/tables/user",
                         f"/api/devices/{self.unit.sn}/options", f"/api/devices/{self.unit.sn}/trace"):
                status, _, text = api.raw("GET", path)
                if status == 200:
                    self.none_in(text.decode(), path)
        self.none_in(json.dumps(self.api.pages("/api/audit", key="seq")), "audit")
        self.none_in(self.own.log(1 << 20), "log")

    def expect_sent(self):
        words = "\n".join(self.unit.words)
        for secret in SECRETS:
            self.assertIn(secret, words)
        self.assertIn("\tPassword=" + PERSON + "\t", words)
        self.assertIn("Name=***", words)


class Each:
    """What holds for each form of the settings of doors."""

    def test_a_plan_stores_no_password_and_sends_each(self):
        plan = self.plan()
        steps = "SELECT words, before FROM plan_step"
        self.none_in(self.stored(steps), "steps before")
        self.none_shown(plan)
        self.assertEqual(self.apply(plan), "done")
        self.expect_sent()
        self.none_in(self.stored(steps), "steps afterwards")
        self.none_in(self.stored("SELECT arguments, text FROM command"), "commands that ended")
        self.none_shown(plan)
        self.assertEqual(self.show(self.plan())["commands"], 0)

    def test_a_changed_password_is_one_row(self):
        self.assertEqual(self.carry_out(), "done")
        last = self.latest()["id"]
        del self.unit.words[:]
        self.api.call("PATCH", f"/api/people/{self.ann}", {"password": "246802"})
        done = self.next_plan(last)
        self.assertEqual((done["state"], done["rows"]), ("done", 1))
        self.assertIn("\tPassword=246802\t", self.unit.words[0])
        self.assertNotIn("246802", json.dumps(self.steps(done["id"])))
        self.assertEqual(self.show(self.plan())["commands"], 0)


class Options(Each, Base):
    def test_a_password_that_was_changed_meanwhile_is_sent(self):
        plan = self.plan()
        # The options of a door wait for the answers to what is before them.
        self.api.call("POST", f"/api/plans/{plan}/apply")
        self.api.call("PATCH", self.door, {"emergencyPassword": "57315731", "duressPassword": None})
        self.assertEqual(self.ended(plan), "done")
        options = [w for w in self.unit.words if "PassWord" in w]
        self.assertEqual(options, ["SET OPTIONS Door2SupperPassWord=57315731", "SET OPTIONS Door2ForcePassWord="])


class Rows(Each, Base):
    parameters = ROWS

    def test_a_row_of_a_setting_hides_its_value(self):
        self.assertEqual(self.carry_out(), "done")
        rows = self.api.get(f"/api/devices/{self.unit.sn}/tables/DoorParameters")["data"]["rows"]
        shown = {r["row"]["Name"]: r["row"]["Value"] for r in rows}
        self.assertEqual((shown["DoorSupperPassWord"], shown["DoorForcePassWord"]), ("***", "***"))
        wire = [s["wire"] for s in self.steps(self.latest()["id"]) if s["table"] == "DoorParameters"]
        self.assertIn("Name=DoorSupperPassWord\tValue=***", wire[0])


if __name__ == "__main__":
    tap.main()
