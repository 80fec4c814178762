#!/usr/bin/env python3
"""Plans: what access units are to hold, shown before it is sent, and carried out whatever happens on the way."""

import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import plan_fixture  # noqa: E402
from plan_fixture import PlanCase  # noqa: E402
from serve import until  # noqa: E402
from unit import row  # noqa: E402
import tap  # noqa: E402


class Plans(PlanCase):
    def test_plan_of_a_person_with_level_has_user_and_userauthorize(self):
        ann = self.person("1024", validTo="2030-12-31")
        self.person("2048")
        self.level([ann])
        plan = self.plan()
        shown = self.show(plan)
        unit = shown["devices"][0]
        self.assertEqual((shown["state"], unit["commands"], unit["rows"], unit["removed"]),
                         ("planned", 3, 3, 0))
        self.assertGreater(unit["seconds"], 0)
        self.assertEqual([(s["verb"], s["table"], s["rows"]) for s in self.steps(plan)],
                         [("update", "timezone", 1), ("update", "user", 1),
                          ("update", "userauthorize", 1)])
        words = [s["changes"][0]["after"] for s in self.steps(plan)]
        self.assertEqual(words[0], "rule 1 of the unit: Mon-Hol3 00:00-23:59")
        self.assertEqual(words[1], "PIN 1024, Person 1024, until 2030-12-31 23:59")
        self.assertEqual(words[2], "PIN 1024 may pass doors 1, 2 by rule 1 of the unit")
        self.assertEqual(self.steps(plan)[2]["wire"], "DATA UPDATE userauthorize Pin=1024\t"
                         "AuthorizeTimezoneId=1\tAuthorizeDoorId=3")
        # Nothing happens until it is applied.
        self.assertEqual(self.unit.turn(), 0)
        self.assertEqual(self.apply(plan), "done")
        self.assertEqual(list(self.unit.rows("user")), [("1024",)])
        self.assertEqual(list(self.unit.rows("userauthorize")), [("1024", "1", "3")])
        # slot 1 came first.
        self.assertTrue(self.unit.words[0].startswith("DATA UPDATE timezone TimezoneId=1\t"))
        shown = self.show(plan)["devices"][0]
        self.assertEqual((shown["acknowledged"], shown["failed"]), (3, 0))
        self.assertEqual({s["returnCode"] for s in self.steps(plan)}, {0})
        self.assertIn(b"\ngatehouse_plan_steps_total 3\n", self.api.raw("GET", "/metrics")[2])
        # A second plan is empty.
        again = self.show(self.plan())
        self.assertEqual((again["state"], again["commands"]), ("planned", 0))
        audit = [r["action"] for r in self.api.pages("/api/audit", key="seq")]
        self.assertIn("create_plan", audit)
        self.assertIn("apply_plan", audit)

    def test_a_changed_name_sends_nothing_and_a_changed_period_one_row(self):
        rule = self.make("/api/time-rules", name="Office", week={"mon-fri": ["08:00-18:00"]})
        self.level([self.person(str(1000 + i)) for i in range(5)], rule=rule)
        plan = self.plan()
        self.assertEqual(self.apply(plan), "done")
        self.assertEqual(sorted(self.unit.rows("timezone")), [("1",), ("2",)])
        before = len(self.unit.words)
        self.api.call("PATCH", f"/api/time-rules/{rule}", {"name": "Hours"})
        self.assertEqual(self.show(self.plan())["commands"], 0)
        # From the second change on the server sends what is needed by itself.
        last = self.latest()["id"]
        self.api.call("PATCH", f"/api/time-rules/{rule}", {"week": {"mon-fri": ["09:00-18:00"]}})
        done = self.next_plan(last)
        self.assertEqual((done["state"], done["automatic"], done["rows"]), ("done", True, 1))
        self.assertEqual([w.split("\t")[0] for w in self.unit.words[before:]],
                         ["DATA UPDATE timezone TimezoneId=2"])

    def test_a_plan_that_people_look_at_holds_no_change_back(self):
        ann, bob = self.person("1"), self.person("2")
        level = self.level([ann, bob])
        self.assertEqual(self.carry_out(), "done")
        # It is made before the server makes its own, and is never applied.
        last = self.latest()["id"]
        self.api.call("PATCH", f"/api/access-levels/{level}", {"people": [ann]})
        looked_at = self.plan()
        done = until(lambda: self.unit.turn() == 0 and [p for p in self.api.get("/api/plans")["data"]
                                                        if p["id"] > last and p["state"] == "done"], 90)[0]
        self.assertEqual((done["state"], done["automatic"]), ("done", True))
        self.assertEqual(list(self.unit.rows("user")), [("1",)])
        self.assertEqual(self.begin_plan(looked_at), (409, "plan_moved"))

    def test_a_lost_door_is_a_deletion_with_the_rest_behind_it(self):
        ann, bob = self.person("1"), self.person("2")
        level = self.level([ann, bob])
        self.assertEqual(self.carry_out(), "done")
        del self.unit.words[:]
        last = self.latest()["id"]
        self.api.call("PATCH", f"/api/access-levels/{level}",
                      {"doors": [f"{self.unit.sn}:1"], "people": [ann]})
        self.assertEqual(self.next_plan(last)["state"], "done")
        self.assertEqual(self.unit.words, [
            "DATA DELETE userauthorize Pin=1",
            "DATA UPDATE userauthorize Pin=1\tAuthorizeTimezoneId=1\tAuthorizeDoorId=1",
            "DATA DELETE userauthorize Pin=2", "DATA DELETE user Pin=2"])
        self.assertEqual(list(self.unit.rows("userauthorize")), [("1", "1", "1")])
        self.assertEqual(list(self.unit.rows("user")), [("1",)])

    def test_a_plan_that_is_no_longer_what_was_shown_is_refused(self):
        ann = self.person("1")
        self.level([ann])
        plan = self.plan()
        self.api.call("PATCH", f"/api/people/{ann}", {"name": "Another"})
        self.refused("plan_moved", "POST", f"/api/plans/{plan}/apply")
        # What the unit holds counts as well.
        plan = self.plan()
        self.unit.table("user", "user Pin=1\tName=Another\tCardNo=\tPassword=\tGroup=1\tStartTime=0\t"
                        "EndTime=0\tPrivilege=0")
        until(lambda: self.api.get(f"/api/devices/{self.unit.sn}/tables/user")["data"]["rows"])
        self.refused("plan_moved", "POST", f"/api/plans/{plan}/apply")
        plan = self.plan()
        self.assertEqual(self.apply(plan), "done")
        self.refused("plan_state", "POST", f"/api/plans/{plan}/apply")
        self.refused("plan_state", "POST", f"/api/plans/{plan}/cancel")

    def test_foreign_rows_are_shown_and_stay(self):
        self.level([self.person("1")])
        self.unit.table("user", "user Pin=77\tName=Visitor\tPassword=1234")
        until(lambda: self.api.get(f"/api/devices/{self.unit.sn}/tables/user")["data"]["rows"])
        plan = self.plan()
        unit = self.show(plan)["devices"][0]
        self.assertEqual((unit["foreign"], unit["removed"]), (1, 0))
        self.assertEqual(unit["foreignRows"][0]["row"]["Pin"], "77")
        self.assertEqual(unit["foreignRows"][0]["row"]["Password"], "***")
        self.assertEqual(self.apply(plan), "done")
        plan = self.plan(removeForeign=True)
        self.assertEqual([s["wire"] for s in self.steps(plan)], ["DATA DELETE user Pin=77"])

    def test_what_fails_stops_only_what_depends_on_it(self):
        office = self.make("/api/time-rules", name="Office", week={"mon-fri": ["08:00-18:00"]})
        self.level([self.person("1"), self.person("2")], rule=office, name="A")
        self.level([self.person("3")], name="B")
        # One row of several: the command is sent in parts until it stands alone.
        self.unit.refuse = {r"user .*Pin=2\t": -620}
        plan = self.plan()
        self.assertEqual(self.apply(plan), "failed")
        self.assertEqual(sorted(self.unit.rows("user")), [("1",), ("3",)])
        self.assertEqual(sorted(self.unit.rows("userauthorize")), [("1", "2", "3"), ("3", "1", "3")])
        unit = self.show(plan)["devices"][0]
        self.assertEqual((unit["failed"], unit["rows"] - unit["acknowledged"]), (1, 2))
        failed = [s for s in self.steps(plan) if s["state"] == "failed"]
        self.assertEqual([(s["returnCode"], s["rows"]) for s in failed], [(-620, 1)])
        self.assertTrue(failed[0]["meaning"])

    def test_a_refused_row_of_each_class_holds_back_no_revocation_and_nothing_else(self):
        level = self.level([self.person("1")])
        self.assertEqual(self.carry_out(), "done")
        self.api.change(self.unit.sn, sync="plan")
        # Codes about a row find it; of others the whole command is refused, here of both people.
        for n, (code, alone) in enumerate(((-11, True), (-620, True), (-106, True), (-1, False), (-12, False),
                                           (-18, False), (-604, True), (-3, True), (-612, False), (-708, False))):
            with self.subTest(code):
                there = sorted(pin for pin, in self.unit.rows("user"))
                bad, good = f"{n + 2}1", f"{n + 2}2"
                people = [self.person(bad), self.person(good)]
                # Who is there loses all rights with the same plan.
                self.api.call("PATCH", f"/api/access-levels/{level}", {"people": people})
                self.unit.refuse = {rf"DATA UPDATE user .*Pin={bad}\t": code}
                plan = self.plan()
                self.assertEqual(self.apply(plan), "failed")
                taken = [good] if alone else []
                self.assertEqual([pin for pin, in self.unit.rows("user")], taken, there)
                self.assertEqual([r[0] for r in self.unit.rows("userauthorize")], taken)
                failed = [s for s in self.steps(plan) if s["state"] == "failed"]
                self.assertEqual([(s["returnCode"], s["rows"]) for s in failed], [(code, 1 if alone else 2)])
                self.assertEqual(self.api.get("/api/commands?status=queued")["data"], [])
                self.unit.refuse = {}
                self.assertEqual(self.carry_out(), "done")
                self.assertEqual(sorted(pin for pin, in self.unit.rows("user")), [bad, good])
                self.assertEqual(self.show(self.plan())["commands"], 0)

    def test_what_a_unit_refused_is_not_sent_again(self):
        self.make("/api/holidays", date="2030-12-25", type=1)
        self.level([self.person("1")], rule=self.make("/api/time-rules", name="Office",
                                                      week={"mon-fri": ["08:00-18:00"]}))
        self.unit.refuse = {r"DATA \w+ holiday": -629}
        self.assertEqual(self.carry_out(), "failed")
        self.assertEqual(list(self.unit.rows("userauthorize")), [("1", "2", "3")])
        sent = len([w for w in self.unit.words if "holiday" in w])
        plan = self.plan()
        self.assertEqual(self.show(plan)["commands"], 0)
        why, = self.show(plan)["devices"][0]["refusals"]
        self.assertEqual((why["of"], "holiday (-629)" in why["text"]), ("device", True))
        self.assertEqual(sent, len([w for w in self.unit.words if "holiday" in w]))
        # A person's wish tries it again: all of it with a resync, or the table alone.
        self.assertIn(("update", "holiday"), [(s["verb"], s["table"]) for s in
                                              self.steps(self.plan(resync=True))])
        self.unit.refuse = {}
        last = self.latest()["id"]
        self.api.post(f"/api/devices/{self.unit.sn}/tables/holiday/reset", {})
        # It is sent by itself, and not only after an hour.
        done = self.next_plan(last)
        self.assertEqual((done["state"], done["automatic"]), ("done", True))
        self.assertEqual([s["table"] for s in self.steps(done["id"])], ["holiday"])
        self.assertEqual(self.show(self.plan())["commands"], 0)

    def test_a_unit_that_was_set_back_has_a_first_plan_at_once(self):
        ann = self.person("1")
        self.level([ann])
        self.assertEqual(self.carry_out(), "done")
        # The server's own is the latest then, so that none which waits is equal to what follows.
        last = self.latest()["id"]
        self.api.call("PATCH", f"/api/people/{ann}", {"name": "Ann"})
        last = self.next_plan(last)["id"]
        self.unit.tables.clear()
        self.unit.live(row("2026-03-01 08:00:00", event=6016, index=1))
        # Not only after an hour. It waits, as that of a unit which is new.
        plan = until(lambda: self.latest()["id"] > last and self.latest()["state"] == "planned" and self.latest())
        self.assertEqual((plan["automatic"], plan["rows"]), (True, 3))
        self.assertEqual(self.apply(plan["id"]), "done")
        self.assertEqual(list(self.unit.rows("user")), [("1",)])
        self.assertEqual(list(self.unit.rows("userauthorize")), [("1", "1", "3")])

    def test_a_field_that_a_unit_refused_is_found_by_plans_and_left_out(self):
        self.level([self.person("1"), self.person("2", validTo="2030-12-31")])
        self.unit.refuse = {r"DATA UPDATE user .*Name=": -621}
        plans = 0
        while (plan := self.plan()) and self.show(plan)["commands"]:
            self.apply(plan)
            plans += 1
            self.assertLess(plans, 6)
        self.assertEqual([set(r) & {"Name", "EndTime"} for r in self.unit.rows("user").values()],
                         [{"EndTime"}] * 2)
        self.assertEqual(len(self.unit.rows("userauthorize")), 2)
        self.assertIn("field Name of the table user (-621)", self.show(plan)["devices"][0]["refusals"][0]["text"])

    def test_too_many_rows_are_sent_in_halves(self):
        self.level([self.person(str(i)) for i in range(1, 41)])
        self.unit.refuse = {r"DATA UPDATE user (?:.*\n){10}": -106}
        self.assertEqual(self.carry_out(), "done")
        self.assertEqual(len(self.unit.rows("user")), 40)
        self.assertEqual(len(self.unit.rows("userauthorize")), 40)

    def test_later_commands_have_no_more_rows_than_a_unit_took(self):
        people = [self.person(str(i)) for i in range(1, 41)]
        self.level(people)
        self.api.change(self.unit.sn, rowsPerCommand=2, sync="plan")
        for n, code in enumerate((-604, -3)):
            with self.subTest(code):
                self.api.post(f"/api/devices/{self.unit.sn}/tables/user/reset", {})
                for i, person in enumerate(people):
                    self.api.call("PATCH", f"/api/people/{person}", {"name": f"{n} {i}"})
                del self.unit.words[:]
                self.unit.refuse = {r"DATA UPDATE user .*\n": code}
                self.assertEqual(self.carry_out(), "done")
                self.assertEqual({r["Name"] for r in self.unit.rows("user").values()}, {f"{n} {i}" for i in range(40)})
                # Those that waited already; what follows in the same plan is shorter.
                refused = [w for w in self.unit.words if re.search(r"DATA UPDATE user .*\n", w)]
                self.assertIn(len(refused), range(1, 9))
        # So is the next plan.
        del self.unit.words[:]
        self.unit.refuse = {}
        self.api.call("PATCH", f"/api/people/{people[0]}", {"name": "Ann"})
        self.api.call("PATCH", f"/api/people/{people[1]}", {"name": "Bob"})
        self.assertEqual(self.carry_out(), "done")
        self.assertEqual([w.count("\n") for w in self.unit.words if w.startswith("DATA UPDATE user ")], [0, 0])
        self.assertEqual(len(self.unit.rows("userauthorize")), 40)

    def test_a_command_has_as_many_rows_as_the_unit_is_set_to(self):
        self.assertIsNone(self.api.device(self.unit.sn)["rowsPerCommand"])
        for rows in (-1, 501):
            status, _, text = self.api.raw("PATCH", f"/api/devices/{self.unit.sn}", {"rowsPerCommand": rows})
            self.assertEqual((status, b'"rowsPerCommand"' in text), (400, True), text)
        self.assertEqual(self.api.change(self.unit.sn, rowsPerCommand=3)["rowsPerCommand"], 3)
        self.level([self.person(str(i)) for i in range(1, 8)])
        self.assertEqual(self.carry_out(), "done")
        users = [w.count("\n") + 1 for w in self.unit.words if w.startswith("DATA UPDATE user ")]
        self.assertEqual(users, [3, 3, 1])
        self.assertEqual(len(self.unit.rows("userauthorize")), 7)
        self.assertIsNone(self.api.change(self.unit.sn, rowsPerCommand=0)["rowsPerCommand"])
        again = self.steps(self.plan(resync=True))
        self.assertEqual([s["rows"] for s in again if (s["verb"], s["table"]) == ("update", "user")], [7])

    def test_a_plan_goes_on_after_kills(self):
        self.level([self.person(str(i)) for i in range(1, 31)])
        # One row a command, so that there are many.
        self.unit.refuse = {r"DATA UPDATE user\w* .*\n": -106}
        plan = self.plan()
        self.api.call("POST", f"/api/plans/{plan}/apply")
        for _ in range(3):
            until(self.unit.turn)
            self.unit.turn()
            self.own.kill()
            self.own.start()
        self.assertEqual(self.ended(plan), "done")
        self.assertEqual(len(self.unit.rows("user")), 30)
        self.assertEqual(len(self.unit.rows("userauthorize")), 30)
        self.assertEqual(self.show(self.plan())["commands"], 0)

    def test_the_first_plan_waits_and_later_ones_run(self):
        ann = self.person("1")
        self.level([ann])
        waiting = until(lambda: [p for p in self.api.get("/api/plans")["data"]
                                 if p["state"] == "planned"], 60)
        self.assertTrue(waiting[0]["automatic"])
        self.assertEqual(self.unit.turn(), 0)
        # Another takes its place when something is changed.
        self.api.call("PATCH", f"/api/people/{ann}", {"name": "Ann"})
        until(lambda: self.show(waiting[0]["id"])["state"] == "replaced", 60)
        plan = until(lambda: [p for p in self.api.get("/api/plans")["data"]
                              if p["state"] == "planned"], 60)[0]["id"]
        self.assertEqual(self.apply(plan), "done")
        self.person("2")
        last = self.latest()["id"]
        self.api.call("PATCH", f"/api/people/{ann}", {"name": "Ann Example"})
        self.assertEqual(self.next_plan(last)["rows"], 1)
        self.assertEqual(self.unit.rows("user")[("1",)]["Name"], "Ann Example")

    def test_the_setting_sync_decides_whether_later_plans_wait(self):
        ann = self.person("1")
        self.level([ann])
        self.assertIsNone(self.api.device(self.unit.sn)["sync"])
        self.assertEqual(self.api.change(self.unit.sn, sync="plan")["sync"], "plan")
        self.assertEqual(self.carry_out(), "done")
        self.api.call("PATCH", f"/api/people/{ann}", {"name": "Ann"})
        plan = until(lambda: self.latest()["state"] == "planned" and self.latest())
        self.assertEqual((plan["automatic"], self.unit.turn()), (True, 0))
        # It runs when a person applies it, or when the unit is one whose plans run.
        self.api.change(self.unit.sn, sync="auto")
        self.assertEqual(self.next_plan(plan["id"])["state"], "done")
        self.assertEqual(self.show(plan["id"])["state"], "replaced")
        self.assertEqual(self.unit.rows("user")[("1",)]["Name"], "Ann")
        # The first plan of a unit waits, whatever is set; and a unit without a setting does as the server.
        self.assertIsNone(self.api.change(self.unit.sn, sync="default")["sync"])
        self.own.flags += ["--sync", "plan"]
        self.own.restart()
        last = self.latest()["id"]
        self.api = self.own.api
        self.api.call("PATCH", f"/api/people/{ann}", {"name": "Ann Example"})
        plan = until(lambda: self.latest()["id"] > last and self.latest()["state"] == "planned" and self.latest())
        self.assertEqual(self.unit.turn(), 0)
        self.assertEqual(self.apply(plan["id"]), "done")
        self.assertEqual(self.unit.rows("user")[("1",)]["Name"], "Ann Example")
        status, _, text = self.api.raw("PATCH", f"/api/devices/{self.unit.sn}", {"sync": "now"})
        self.assertEqual((status, b'"sync"' in text), (400, True), text)

    def test_what_waits_of_a_plan_that_runs_is_cancelled_with_it(self):
        people = [self.person(str(i)) for i in range(1, 31)]
        self.level(people)
        self.unit.refuse = {r"DATA UPDATE user .*\n": -106}
        plan = self.plan()
        self.api.call("POST", f"/api/plans/{plan}/apply")
        until(lambda: self.api.get("/api/commands?status=queued")["data"])
        until(self.unit.turn)
        self.api.call("POST", f"/api/plans/{plan}/cancel")
        self.assertEqual(self.api.get("/api/commands?status=queued")["data"], [])
        self.assertEqual(self.unit.turn(), 0)
        gone = [c for c in self.api.get("/api/commands?limit=1000")["data"] if c["status"] == "cancelled"]
        self.assertTrue(gone)
        self.assertEqual({c["result"] for c in gone}, {"its plan was cancelled"})
        # What was not sent is what a plan has now.
        self.unit.refuse = {}
        self.assertEqual(self.carry_out(), "done")
        self.assertEqual(len(self.unit.rows("user")), 30)

    def test_plans_of_the_server_stand_in_the_audit(self):
        ann = self.person("1")
        self.level([ann])
        waiting = until(lambda: [p for p in self.api.get("/api/plans")["data"] if p["state"] == "planned"])
        first = waiting[0]["id"]
        self.assertEqual(self.apply(first), "done")
        self.api.call("PATCH", f"/api/people/{ann}", {"name": "Ann"})
        later = self.next_plan(first)["id"]
        rows = [r for r in self.api.pages("/api/audit", key="seq") if r["action"].endswith("_plan")]
        acts = {(r["action"], r["subject"], r["byKind"]) for r in rows}
        self.assertEqual(acts, {("create_plan", f"plan:{first}", "server"), ("apply_plan", f"plan:{first}", "token"),
                                ("create_plan", f"plan:{later}", "server"), ("apply_plan", f"plan:{later}", "server")})
        [made] = [r for r in rows if r["subject"] == f"plan:{later}" and r["action"] == "create_plan"]
        self.assertEqual(made["after"], {"device": self.unit.sn, "commands": 1, "rows": 1})

    def test_a_cancelled_plan_sends_no_more(self):
        self.level([self.person("1")])
        plan = self.plan()
        self.api.call("POST", f"/api/plans/{plan}/cancel")
        self.assertEqual(self.show(plan)["state"], "cancelled")
        self.refused("plan_state", "POST", f"/api/plans/{plan}/apply")
        self.assertEqual(self.unit.turn(), 0)


class Limits(PlanCase):
    def limit_refused(self, pattern):
        """Door 2 gets a rule in which it can be used, which the unit refuses, and other people than before."""
        ann, bob, eve, joe = (self.person(str(i)) for i in range(1, 5))
        first = self.level([ann], doors=(1,), name="First")
        second = self.level([bob], doors=(2,), name="Second")
        self.assertEqual(self.carry_out(), "done")
        office = self.make("/api/time-rules", name="Office", week={"mon-fri": ["08:00-18:00"]})
        self.unit.refuse = {pattern: -612}
        # The changes are for one plan: the server makes none of its own meanwhile.
        self.api.change(self.unit.sn, sync="plan")
        self.api.call("PATCH", f"/api/doors/{self.unit.sn}:2", {"usableRule": office})
        self.api.call("PATCH", f"/api/access-levels/{first}", {"people": [eve]})
        self.api.call("PATCH", f"/api/access-levels/{second}", {"people": [bob, joe]})
        del self.unit.words[:]
        plan = self.plan()
        self.assertEqual(self.apply(plan), "failed")
        return plan

    def expect_no_new(self, plan, rows):
        # Who had the right keeps it, who lost one has it no more, and other doors are given.
        self.assertEqual(sorted(r[0] + ":" + r[2] for r in self.unit.rows("userauthorize")), ["2:2", "3:1"])
        self.assertEqual(sorted(self.unit.rows("user")), [("2",), ("3",), ("4",)])
        failed = [s for s in self.steps(plan) if s["state"] == "failed"]
        self.assertEqual([(s["returnCode"], s["rows"]) for s in failed], [(-612, rows)])
        self.assertEqual(self.api.get("/api/commands?status=queued")["data"], [])
        # The next plan has what is missing of it, in the same order.
        self.unit.refuse = {}
        del self.unit.words[:]
        self.assertEqual(self.carry_out(), "done")
        rights = [bool(re.search(r"userauthorize Pin=4\t.*AuthorizeDoorId=2", w)) for w in self.unit.words]
        self.assertEqual(rights, [False, True])
        self.assertEqual(sorted(r[0] + ":" + r[2] for r in self.unit.rows("userauthorize")), ["2:2", "3:1", "4:2"])
        self.assertEqual(self.show(self.plan())["commands"], 0)

    def test_a_door_whose_limit_was_refused_gets_no_new_people(self):
        self.expect_no_new(self.limit_refused(r"Door2ValidTZ"), 1)

    def test_nor_where_settings_are_rows_and_doors_are_numbered(self):
        plain = plan_fixture.CONTROLLER
        self.unit.parameters = plain.replace("AccSupportFunList=000", "AccSupportFunList=0000000000000001000001")
        plan_fixture.KEYS["DoorParameters"] = ["ID", "Name"]
        self.unit.register()
        self.expect_no_new(self.limit_refused(r"Name=DoorValidTZ\tValue="), 2)


class LimitsLost(PlanCase):
    """One door's limit is refused: who is new gets the other doors of the row. One server for all of them."""

    def lose(self, refuse, make, undo, doors=("1",)):
        """Make a limit that the unit refuses, and plan it with a new person of both doors."""
        self.pin += 1
        pin = str(self.pin)
        made = make()
        self.level([self.person(pin)], name=f"Level {pin}")
        self.unit.refuse = {refuse: -612}
        del self.unit.words[:]
        self.assertEqual(self.carry_out(), "failed")
        plan = next(p["id"] for p in self.api.get("/api/plans")["data"] if p["state"] == "failed")
        self.assertEqual(self.rights(pin), set(doors))
        note = self.show(plan)["devices"][0]["note"]
        self.assertEqual((note or "")[:7], "" if "2" in doors or "3" in doors else "door 2:", note)
        self.assertFalse([w for w in self.unit.words if re.search(r"ValidTZ=", w) and "timezone" in refuse])
        self.unit.refuse = {}
        self.assertEqual(self.carry_out(), "done")
        self.assertEqual(self.rights(pin) & {"2", "3"}, self.both)
        self.assertEqual(self.show(self.plan())["commands"], 0)
        undo(made)
        self.assertEqual(self.carry_out(), "done")

    def rights(self, pin):
        return {r[2] for r in self.unit.rows("userauthorize") if r[0] == pin}

    def usable(self, rule):
        self.api.call("PATCH", f"/api/doors/{self.unit.sn}:2", {"usableRule": rule})

    def first_card(self, mode):
        return self.make("/api/first-card", name="First", door=f"{self.unit.sn}:2", rule=self.office,
                         people=[self.ann], mode=mode)

    def hours(self, to):
        self.api.call("PATCH", f"/api/time-rules/{self.office}", {"week": {"mon-fri": [f"08:00-{to}"]}})

    def gone(self, kind):
        return lambda made: self.api.call("DELETE", f"/api/{kind}/{made}")

    def begin(self, both):
        """Ann has both doors. `both`: as rights of a row, or of two, name them."""
        self.pin, self.both = 1, both
        self.ann = self.person("1")
        self.office = self.make("/api/time-rules", name="Office", week={"mon-fri": ["08:00-18:00"]})
        self.level([self.ann])
        self.assertEqual(self.carry_out(), "done")
        self.api.change(self.unit.sn, sync="plan")

    def each(self, valid, all_doors):
        two = f"{self.unit.sn}:2"
        with self.subTest("setting"):
            self.lose(valid, lambda: self.usable(self.office), lambda _: self.usable(None))
        with self.subTest("combination"):
            self.lose("DATA UPDATE multimcard", lambda: self.make("/api/multi-card", name="Two", door=two,
                                                                  groups=[1, 1]), self.gone("multi-card"))
        with self.subTest("first card that activates"):
            self.lose("DATA UPDATE firstcard", lambda: self.first_card("activation"), self.gone("first-card"))
        with self.subTest("first card that opens"):
            self.lose("DATA UPDATE firstcard", lambda: self.first_card("normal-open"), self.gone("first-card"),
                      all_doors)
        with self.subTest("new rule of the setting"):
            self.lose("DATA UPDATE timezone", lambda: self.usable(self.office), lambda _: self.usable(None))
        with self.subTest("new rule of the first card"):
            self.lose("DATA UPDATE timezone", lambda: self.first_card("activation"), self.gone("first-card"))
        self.usable(self.office)
        self.assertEqual(self.carry_out(), "done")
        with self.subTest("rule of a setting that the unit has"):
            self.lose("DATA UPDATE timezone", lambda: self.hours("17:00"), lambda _: self.usable(None))
        made = self.first_card("activation")
        self.assertEqual(self.carry_out(), "done")
        with self.subTest("rule of a first card that the unit has"):
            self.lose("DATA UPDATE timezone", lambda: self.hours("16:00"), lambda _: self.gone("first-card")(made))

    def test_who_is_new_gets_the_other_doors_of_the_row(self):
        self.begin({"3"})
        self.each(r"Door2ValidTZ", {"3"})

    def test_nor_a_row_of_the_door_where_doors_are_numbered(self):
        plain = plan_fixture.CONTROLLER
        self.unit.parameters = plain.replace("AccSupportFunList=000", "AccSupportFunList=0000000000000001000001")
        self.unit.register()
        self.begin({"2"})
        self.each(r"Name=DoorValidTZ\tValue=", {"1", "2"})


class Refused(PlanCase):
    """It is begun before all others and looked at after them, so that nothing waits for time to pass."""

    AGAIN_S = 8  # the server would have tried it again by then

    def setUp(self):
        pass

    def begin(self):
        super().setUp()
        self.level([self.person(str(i)) for i in range(1, 9)])
        self.unit.refuse = {r"userauthorize": -629}
        self.assertEqual(self.carry_out(), "failed")
        self.began = time.monotonic()
        return self

    def test_a_table_that_the_unit_does_not_know_fails_once(self):
        unit = REFUSED.unit
        until(lambda: unit.turn() == 0 and time.monotonic() - REFUSED.began > self.AGAIN_S)
        named = [w for w in unit.words if "userauthorize" in w]
        self.assertEqual(len(named), 1, named)
        self.assertEqual(len(unit.rows("user")), 8)


REFUSED = Refused("test_a_table_that_the_unit_does_not_know_fails_once")


def setUpModule():
    REFUSED.begin()


def tearDownModule():
    REFUSED.doCleanups()


if __name__ == "__main__":
    tap.main()
