#!/usr/bin/env python3
"""Passwords of people and doors, on their way to a unit: they stand where people decide about them, in the mirror of
what the unit holds, and nowhere else."""

import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from plan_fixture import PlanCase  # noqa: E402
from serve import Api, until  # noqa: E402
from unit import PARAMETERS  # noqa: E402
import tap  # noqa: E402

OPTIONS = PARAMETERS.replace("MachineType=101", "MachineType=9,DateFmtFunOn=1,AccSupportFunList=000")
# Settings of doors are rows.
ROWS = OPTIONS.replace("AccSupportFunList=000", "AccSupportFunList=0000000000000000000001")
PERSON, EMERGENCY, DURESS = "471193", "80264913", "620957"
SECRETS = PERSON, EMERGENCY, DURESS


class Base(PlanCase):
    parameters = OPTIONS

    def setUp(self):
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

    def test_a_name_that_looks_like_a_password_is_sent_as_it_is(self):
        name = "Ann,Password=x,Value=y"
        self.api.call("PATCH", f"/api/people/{self.ann}", {"name": name})
        self.assertEqual(self.carry_out(), "done")
        users = [w for w in self.unit.words if w.startswith("DATA UPDATE user ")]
        self.assertIn(f"\tName={name}\t", users[-1])
        self.assertIn(f"\tPassword={PERSON}\t", users[-1])
        row, = self.api.get(f"/api/devices/{self.unit.sn}/tables/user")["data"]["rows"]
        self.assertEqual(row["row"]["Name"], name)
        self.none_in(self.stored("SELECT words, before FROM plan_step"), "steps")
        self.assertEqual(self.show(self.plan())["commands"], 0)

    def late(self, words):
        """The unit refuses what has these words, and takes it when its command has failed: what it reports then."""
        self.unit.refuse = {words: -1}
        self.assertEqual(self.carry_out(), "failed")
        failed = [c for c in self.api.get("/api/commands?limit=1000")["data"] if c["status"] == "failed"]
        self.assertTrue(failed)
        self.unit.refuse = {}
        for c in failed:
            self.unit.result(c["commandId"], 0)
            self.assertEqual(self.api.get(f"/api/commands/{c['commandId']}")["data"]["status"], "acknowledged")
        del self.unit.words[:]

    def test_a_password_that_was_taken_late_is_sent_again(self):
        self.late("Password=" + PERSON)
        row, = self.api.get(f"/api/devices/{self.unit.sn}/tables/user")["data"]["rows"]
        self.assertIsNone(row["row"]["Password"])
        self.assertEqual((row["row"]["Pin"], row["row"]["Name"], row["origin"]), ("1024", "***", "written"))
        until(lambda: self.carry_out() == "done" and any("Password=" + PERSON in w for w in self.unit.words))
        row, = self.api.get(f"/api/devices/{self.unit.sn}/tables/user")["data"]["rows"]
        self.assertEqual(row["row"]["Password"], "***")
        self.assertEqual(self.show(self.plan())["commands"], 0)

    def test_a_password_that_is_not_known_is_given_to_no_row(self):
        self.late("Password=" + PERSON)
        put = {"rows": [{"Pin": "1024", "Group": "2"}]}
        self.api.call("PUT", f"/api/devices/{self.unit.sn}/tables/user", put)
        until(lambda: self.unit.turn() and any("Group=2" in w for w in self.unit.words))
        sent, = [w for w in self.unit.words if "Group=2" in w]
        self.assertIn("\tPassword=\t", sent)

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

    def sent(self, change):
        """What is sent of passwords of doors, by the names of their settings, until the plan of a change is done."""
        last = self.latest()["id"]
        del self.unit.words[:]
        change()
        self.assertEqual(self.next_plan(last)["state"], "done")
        return [w for w in self.unit.words if "PassWord" in w]

    def shown(self, door):
        got, = [s for s in self.api.pages("/api/door-settings") if s["door"] == door.rsplit("/", 1)[1]]
        return got["emergencyPasswordSet"], got["duressPasswordSet"]

    def test_a_password_that_was_removed_is_erased(self):
        self.assertEqual(self.carry_out(), "done")
        words = self.sent(lambda: self.api.call("PATCH", self.door, {"duressPassword": None}))
        self.assertEqual(words, self.erasures("Door2ForcePassWord"))
        self.assertEqual(self.shown(self.door), (True, False))
        # All of it is set again: what is not named was removed as well.
        words = self.sent(lambda: self.api.call("PUT", self.door, {"name": "Vault"}))
        self.assertEqual(words, self.erasures("Door2SupperPassWord"))
        self.assertEqual(self.shown(self.door), (False, False))
        self.none_shown(self.latest()["id"])
        self.assertEqual(self.show(self.plan())["commands"], 0)
        # It is given again.
        words = self.sent(lambda: self.api.call("PATCH", self.door, {"duressPassword": DURESS}))
        self.assertIn(DURESS, "".join(words))
        self.assertEqual(self.shown(self.door), (False, True))

    def test_a_password_of_which_nothing_was_decided_stays(self):
        other = self.door[:-1] + "1"
        self.api.call("PUT", other, {"name": "Gate", "driveSeconds": 5})
        self.api.call("PATCH", other, {"driveSeconds": 6})
        self.api.call("PUT", other, {"driveSeconds": 7})
        self.assertEqual(self.carry_out(), "done")
        words = "\n".join(self.unit.words)
        self.assertTrue(re.search(r"Door1Drivertime=7|ID=1\tName=DoorDrivertime\tValue=7", words), words)
        self.assertFalse(re.search(r"Door1\w+PassWord|ID=1\tName=\w+PassWord", words), words)
        # That there is to be none is a decision, whatever the unit has.
        words = self.sent(lambda: self.api.call("PATCH", other, {"emergencyPassword": None}))
        self.assertEqual(words, self.erasures("Door1SupperPassWord"))
        self.assertEqual(self.shown(other), (False, False))


class Options(Each, Base):
    def erasures(self, name):
        return [f"SET OPTIONS {name}="]

    def test_a_password_that_was_changed_meanwhile_is_sent(self):
        plan = self.plan()
        # The options of a door wait for the answers to what is before them.
        self.api.call("POST", f"/api/plans/{plan}/apply")
        self.api.call("PATCH", self.door, {"emergencyPassword": "57315731", "duressPassword": None})
        self.assertEqual(self.ended(plan), "done")
        options = [w for w in self.unit.words if "PassWord" in w]
        self.assertEqual(options, ["SET OPTIONS Door2SupperPassWord=57315731", "SET OPTIONS Door2ForcePassWord="])


    def test_an_option_that_was_taken_late_is_set_again(self):
        self.late("SupperPassWord=" + EMERGENCY)
        options = self.api.get(f"/api/devices/{self.unit.sn}")["data"]["options"]
        self.assertIsNone(options["Door2SupperPassWord"])
        until(lambda: self.carry_out() == "done" and "SET OPTIONS Door2SupperPassWord=" + EMERGENCY in self.unit.words)
        options = self.api.get(f"/api/devices/{self.unit.sn}")["data"]["options"]
        self.assertEqual(options["Door2SupperPassWord"], "***")


class Rows(Each, Base):
    parameters = ROWS

    def erasures(self, name):
        return [f"DATA UPDATE DoorParameters ID={name[4]}\tName=Door{name[5:]}\tValue="]

    def test_a_row_of_a_setting_hides_its_value(self):
        self.assertEqual(self.carry_out(), "done")
        rows = self.api.get(f"/api/devices/{self.unit.sn}/tables/DoorParameters")["data"]["rows"]
        shown = {r["row"]["Name"]: r["row"]["Value"] for r in rows}
        self.assertEqual((shown["DoorSupperPassWord"], shown["DoorForcePassWord"]), ("***", "***"))
        wire = [s["wire"] for s in self.steps(self.latest()["id"]) if s["table"] == "DoorParameters"]
        self.assertIn("Name=DoorSupperPassWord\tValue=***", wire[0])


if __name__ == "__main__":
    tap.main()
