#!/usr/bin/env python3
"""Plans about people of a clock: what is sent, taken over and removed is shown first, and what was shown is done."""

import itertools
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import command_line  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402

server = None
numbers = itertools.count(1)
FINGER = "FP PIN={pin}\tFID={no}\tSize=4\tValid=1\tTMP=TWFu\n"


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--sync", "plan")
    unittest.addModuleCleanup(server.close)
    command_line.server = server


class Case(unittest.TestCase):
    def setUp(self):
        """A clock in an area that takes nothing of it."""
        self.number = next(numbers)
        self.area = server.api.post("/api/areas", {"name": f"floor {self.number}", "parent": 1, "deviceMayChange": [],
                                                   "spreadEnrolments": False})["data"]["id"]
        self.clock = Device(server, extra="&FPVersion=10")
        self.clock.options()
        server.api.change(self.clock.sn, area=self.area)
        self.pins = itertools.count(1)

    def person(self, **more):
        pin = f"{self.number}{next(self.pins):03d}"
        return server.api.post("/api/people", {"pin": pin, "areas": [self.area], **more})["data"]

    def holds(self, *lines):
        """What the clock sends of people."""
        self.clock.upload("OPERLOG", "".join(lines), stamp=next(numbers))

    def plan(self, kind, *pins):
        select = {"device": self.clock.sn} | ({"pins": list(pins)} if pins else {})
        return server.api.post("/api/plans", {"kind": kind, "select": select})["data"]

    def show(self, plan):
        return server.api.get(f"/api/plans/{plan['planId']}")["data"]

    def steps(self, plan):
        return server.api.get(f"/api/plans/{plan['planId']}/steps?device={self.clock.sn}")["data"]["steps"]

    def apply(self, plan):
        server.api.post(f"/api/plans/{plan['planId']}/apply")

    def done(self, plan, state="done"):
        until(lambda: self.show(plan)["state"] not in ("planned", "running"))
        self.assertEqual(self.show(plan)["state"], state)

    def refused(self, status, code, call, *args):
        with self.assertRaises(ApiError) as error:
            call(*args)
        self.assertEqual((error.exception.status, error.exception.reply["code"]), (status, code))
        return error.exception.reply["error"]

    def sync(self):
        rows = server.api.get(f"/api/devices/{self.clock.sn}/sync?limit=1000")["data"]
        return sorted((r["pin"], r["kind"], r["state"]) for r in rows)

    def orders(self):
        return [text for _, text in self.clock.work() if " USERINFO " in text or " FINGERTMP " in text]

    def waiting(self):
        return server.api.get(f"/api/commands?device={self.clock.sn}&status=queued")["data"]


class Send(Case):
    def test_what_was_shown_is_sent_and_nothing_else(self):
        ann, bob = self.person(name="Ann", password="4711", cards=["81501"]), self.person(name="Bob")
        plan = self.plan("send", ann["pin"])
        self.assertEqual(plan["items"], 1)
        shown = self.show(plan)
        self.assertEqual((shown["kind"], shown["state"], shown["commands"], shown["rows"]), ("send", "planned", 1, 1))
        (step,) = self.steps(plan)
        self.assertEqual((step["verb"], step["table"], step["pin"], step["state"]), ("send", "person", ann["pin"], "waiting"))
        (change,) = step["changes"]
        self.assertIsNone(change["before"])
        self.assertTrue(change["after"].startswith(f"PIN {ann['pin']}, name Ann"), change)
        self.assertNotIn("4711", str(step))
        self.assertEqual(self.orders(), [])
        self.apply(plan)
        self.assertEqual(self.show(plan)["state"], "running")
        self.assertEqual(self.steps(plan)[0]["state"], "queued")
        (order,) = self.orders()
        self.assertIn("Name=Ann\t", order)
        self.assertIn("Passwd=4711", order)
        self.done(plan)
        (step,) = self.steps(plan)
        self.assertEqual((step["state"], step["returnCode"]), ("done", 0))
        self.assertEqual(self.sync(), [(ann["pin"], "person", "same"), (bob["pin"], "person", "wanted")])
        self.refused(409, "plan_state", self.apply, plan)
        self.refused(409, "plan_empty", self.plan, "send", ann["pin"])
        # It was put there from the roster, and goes with the roster.
        server.api.call("PATCH", f"/api/people/{ann['id']}", {"disabled": True})
        server.api.change(self.clock.sn, sync="auto")
        until(lambda: f"DATA DELETE USERINFO PIN={ann['pin']}" in self.orders())

    def test_it_is_not_carried_out_once_the_world_is_another(self):
        ann = self.person(name="Ann")
        plan = self.plan("send")
        server.api.call("PATCH", f"/api/people/{ann['id']}", {"name": "Anna"})
        self.refused(409, "plan_moved", self.apply, plan)
        self.assertEqual(self.waiting(), [])
        self.person(name="Bob")
        # One more is no part of it.
        plan = self.plan("send", ann["pin"])
        self.person(name="Cem")
        self.apply(plan)
        self.assertEqual(len(self.orders()), 1)

    def test_an_order_that_is_refused_fails(self):
        self.person(name="Ann")
        plan = self.plan("send")
        self.apply(plan)
        self.clock.work(code=-3)
        self.done(plan, "failed")
        self.assertEqual([(s["state"], s["returnCode"]) for s in self.steps(plan)], [("failed", -3)])

    def test_cancelled_what_waits_is_cancelled(self):
        for n in range(20):
            self.person(name=f"Person {n}")
        plan = self.plan("send")
        self.apply(plan)
        self.assertEqual(len(self.waiting()), 20)
        server.api.post(f"/api/plans/{plan['planId']}/cancel")
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.show(plan)["state"], "cancelled")


class TakeOver(Case):
    def test_what_the_roster_lacks_and_what_is_otherwise_is_taken(self):
        ann = self.person(name="Ann")
        new = f"{self.number}999"
        self.holds(f"USER PIN={ann['pin']}\tName=Anna\tPri=14\n", f"USER PIN={new}\tName=Guest\tPri=0\n",
                   FINGER.format(pin=new, no=6), FINGER.format(pin=ann["pin"], no=2))
        until(lambda: len(self.sync()) == 4)
        plan = self.plan("take_over")
        self.assertEqual([(s["verb"], s["table"], s["pin"], s.get("no")) for s in self.steps(plan)],
                         [("take_over", "person", ann["pin"], None), ("take_over", "template", ann["pin"], 2),
                          ("take_over", "person", new, None), ("take_over", "template", new, 6)])
        self.assertEqual(self.show(plan)["commands"], 0)
        change = self.steps(plan)[0]["changes"][0]
        self.assertIn("name Ann,", change["before"] + ",")
        self.assertIn("name Anna", change["after"])
        self.apply(plan)
        self.done(plan)
        self.assertEqual({s for _, _, s in self.sync()}, {"same"})
        people = {p["pin"]: p for p in server.api.get(f"/api/people?area={self.area}")["data"]}
        self.assertEqual((people[ann["pin"]]["name"], people[ann["pin"]]["privilege"]), ("Anna", 14))
        self.assertEqual(people[new]["name"], "Guest")
        changes = server.api.get(f"/api/people/{ann['id']}/changes")["data"]
        self.assertIn(("name", "Ann", "Anna", self.clock.sn),
                      [(c["field"], c["before"], c["after"], c["by"]) for c in changes])
        self.assertEqual(self.waiting(), [])
        self.refused(409, "plan_empty", self.plan, "take_over")

    def test_it_goes_on_after_a_restart(self):
        lines = [f"USER PIN={self.number}{n:03d}\tName=Person {n}\tPri=0\n" for n in range(150)]
        self.holds(*lines)
        until(lambda: len(self.sync()) == 150)
        plan = self.plan("take_over")
        self.assertEqual(plan["items"], 150)
        self.apply(plan)
        server.restart("kill")
        self.done(plan)
        self.assertEqual(server.api.get(f"/api/people?area={self.area}")["total"], 150)


class Remove(Case):
    def test_who_is_in_no_roster_goes(self):
        ann = self.person(name="Ann")
        first, second = f"{self.number}901", f"{self.number}902"
        self.holds(f"USER PIN={ann['pin']}\tName=Ann\tPri=0\n", f"USER PIN={first}\tName=One\tPri=0\n",
                   FINGER.format(pin=first, no=1), f"USER PIN={second}\tName=Two\tPri=0\n")
        until(lambda: len(self.sync()) == 4)
        plan = self.plan("remove", first, ann["pin"])
        (step,) = self.steps(plan)
        self.assertEqual((step["verb"], step["pin"], step["takes"]), ("remove", first, True))
        self.assertIn("name One", step["changes"][0]["before"])
        self.assertIsNone(step["changes"][0]["after"])
        self.apply(plan)
        self.assertEqual(self.orders(), [f"DATA DELETE USERINFO PIN={first}"])
        self.done(plan)
        self.assertEqual(self.sync(), [(ann["pin"], "person", "same"), (second, "person", "extra")])


class Refusals(Case):
    def test_what_cannot_be_planned(self):
        def create(body):
            return server.api.post("/api/plans", body)

        sn = self.clock.sn
        self.refused(409, "plan_empty", self.plan, "send")
        self.refused(409, "plan_empty", self.plan, "remove", "nobody")
        for body, field in (({"kind": "send"}, "select.device"),
                            ({"kind": "send", "select": {"ids": [sn]}}, "select.device"),
                            ({"kind": "send", "select": {"device": sn, "ids": [sn]}}, "select.ids"),
                            ({"kind": "other"}, "kind"), ({"kind": "send", "select": {"device": sn, "pins": []}}, "pins")):
            with self.subTest(body=body):
                with self.assertRaises(ApiError) as error:
                    create(body)
                self.assertEqual(error.exception.status, 400)
                self.assertIn(field, str(error.exception.reply["details"]))
        self.refused(404, "device_unknown", create, {"kind": "send", "select": {"device": "NOSUCH"}})

    def test_more_than_a_plan_may_have(self):
        self.holds(*[f"USER PIN={self.number}{n:03d}\tName=P{n}\tPri=0\n" for n in range(501)])
        until(lambda: len(self.sync()) == 501)
        self.refused(422, "plan_too_large", self.plan, "remove")
        self.assertEqual(self.plan("remove", f"{self.number}007")["items"], 1)


class CommandLine(Case, command_line.Base):
    def test_a_plan_by_the_command_line(self):
        ann = self.person(name="Ann")
        made = self.ok("plan", "send", self.clock.sn, ann["pin"])
        self.assertIn("+ PIN " + ann["pin"], made.out)
        number = made.out.split("gatehouse plan apply ")[1].split()[0]
        self.ok("plan", "apply", number, "--yes")
        self.assertEqual(len(self.orders()), 1)
        until(lambda: "done" in self.ok("plan", "show", number).out)
        self.holds(f"USER PIN={self.number}900\tName=Guest\tPri=0\n")
        until(lambda: len(self.sync()) == 2)
        self.assertIn("- PIN", self.ok("plan", "remove", self.clock.sn).out)
        self.assertIn("name Guest", self.ok("plan", "take-over", self.clock.sn).out)
        self.bad(1, "nothing to send", "plan", "send", self.clock.sn)


if __name__ == "__main__":
    tap.main()
