#!/usr/bin/env python3
"""Plans of many people: their fields are set, or they are deleted; shown first, and with a result for each."""

import itertools
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

import command_line  # noqa: E402
import tap  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402

server = None
numbers = itertools.count(1)


def setUpModule():
    global server
    server = Server()
    unittest.addModuleCleanup(server.close)
    command_line.server = server


class Case(command_line.Base):
    def setUp(self):
        self.number = next(numbers)
        self.area = server.api.post("/api/areas", {"name": f"floor {self.number}", "parent": 1})["data"]["id"]
        self.pins = itertools.count(1)

    def person(self, **more):
        pin = f"{self.number}{next(self.pins):04d}"
        return server.api.post("/api/people", {"pin": pin, "name": f"P {pin}", "areas": [self.area], **more})["data"]

    def plan(self, kind, select, **more):
        return server.api.post("/api/plans", {"kind": kind, "select": select, **more})["data"]["planId"]

    def show(self, plan):
        return server.api.get(f"/api/plans/{plan}")["data"]

    def items(self, plan):
        found, after = [], 0
        while after is not None:
            page = server.api.get(f"/api/plans/{plan}/items?after={after}&limit=100")["data"]
            found += page["items"]
            after = page["next"]
        return found

    def apply(self, plan):
        server.api.post(f"/api/plans/{plan}/apply")

    def done(self, plan, state="done"):
        until(lambda: self.show(plan)["state"] not in ("planned", "running"))
        self.assertEqual(self.show(plan)["state"], state)

    def people(self):
        rows = server.api.get(f"/api/people?area={self.area}&limit=1000")["data"]
        return {p["id"]: p for p in rows}

    def refused(self, status, code, call, *args, **named):
        with self.assertRaises(ApiError) as error:
            call(*args, **named)
        self.assertEqual((error.exception.status, error.exception.reply["code"]), (status, code), error.exception)
        return str(error.exception.reply)


class Update(Case):
    def test_fields_of_many_are_set_once_they_were_shown(self):
        people = [self.person() for _ in range(3)] + [self.person(department="Yard", disabled=True)]
        plan = self.plan("update_people", {"ids": [p["id"] for p in people]}, set={"department": "Yard", "disabled": True})
        # The fourth is so already.
        items = self.items(plan)
        self.assertEqual([(i["personId"], i["pin"], i["state"]) for i in items],
                         [(p["id"], p["pin"], "waiting") for p in people[:3]])
        self.assertEqual(items[0]["before"], {"name": people[0]["name"], "department": None, "disabled": False})
        self.assertEqual(items[0]["after"], {"department": "Yard", "disabled": True})
        self.assertEqual({p["department"] for p in self.people().values()}, {None, "Yard"})
        self.apply(plan)
        self.done(plan)
        self.assertEqual({(p["department"], p["disabled"]) for p in self.people().values()}, {("Yard", True)})
        shown = self.show(plan)
        self.assertEqual((shown["kind"], shown["items"], shown["rows"], shown["acknowledged"], shown["failed"]),
                         ("update_people", 3, 3, 3, 0))
        changes = server.api.get(f"/api/people/{people[0]['id']}/changes")["data"]
        self.assertIn(("department", None, "Yard", "admin"), [(c["field"], c["before"] or None, c["after"], c["by"])
                                                              for c in changes])
        self.refused(409, "plan_state", self.apply, plan)

    def test_those_of_a_filter_but_some(self):
        people = [self.person() for _ in range(130)]
        plan = self.plan("update_people", {"filter": {"area": self.area}, "except": [people[5]["id"]]},
                         set={"position": "Guard"})
        self.assertEqual(self.show(plan)["items"], 129)
        self.apply(plan)
        self.done(plan)
        self.assertEqual([i for i, p in self.people().items() if p["position"] != "Guard"], [people[5]["id"]])
        plan = self.plan("update_people", {"filter": {"area": self.area, "q": people[7]["pin"]}}, set={"group": 2})
        self.assertEqual([i["pin"] for i in self.items(plan)], [people[7]["pin"]])

    def test_the_world_is_another(self):
        first, second = self.person(), self.person()
        plan = self.plan("update_people", {"ids": [first["id"], second["id"]]}, set={"group": 3})
        server.api.call("PATCH", f"/api/people/{second['id']}", {"name": "Other"})
        self.assertIn(second["pin"], self.refused(409, "plan_moved", self.apply, plan))
        self.assertEqual({p["group"] for p in self.people().values()}, {1})
        plan = self.plan("update_people", {"ids": [first["id"], second["id"]]}, set={"group": 3})
        server.api.call("DELETE", f"/api/people/{first['id']}")
        self.refused(409, "plan_moved", self.apply, plan)

    def test_what_cannot_be_is_the_item_s_result(self):
        other = server.api.post("/api/areas", {"name": f"apart {self.number}", "parent": 1,
                                               "namespace": f"ns{self.number}"})["data"]["id"]
        one = self.person()
        plan = self.plan("update_people", {"ids": [one["id"]]}, set={"areas": [other]})
        self.apply(plan)
        self.done(plan, "failed")
        (item,) = self.items(plan)
        self.assertEqual(item["state"], "failed")
        self.assertIn("namespace", item["note"])
        self.assertEqual(self.people()[one["id"]]["areas"], [self.area])

    def test_it_goes_on_after_the_program_was_killed(self):
        people = [self.person() for _ in range(300)]
        plan = self.plan("update_people", {"ids": [p["id"] for p in people]}, set={"department": "After"})
        self.apply(plan)
        server.restart("kill")
        if self.show(plan)["state"] == "running":
            self.apply(plan)
        self.done(plan)
        self.assertEqual({p["department"] for p in self.people().values()}, {"After"})
        self.assertEqual({i["state"] for i in self.items(plan)}, {"done"})


class Erase(Case):
    def test_many_are_deleted(self):
        people = [self.person() for _ in range(70)]
        stays = self.person()
        plan = self.plan("erase_people", {"ids": [p["id"] for p in people]})
        self.assertEqual(self.items(plan)[0]["after"], None)
        self.assertEqual(len(self.people()), 71)
        self.apply(plan)
        self.done(plan)
        self.assertEqual(list(self.people()), [stays["id"]])

    def test_cancelled_it_does_nothing(self):
        one = self.person()
        plan = self.plan("erase_people", {"filter": {"area": self.area}})
        server.api.post(f"/api/plans/{plan}/cancel")
        self.assertEqual(self.show(plan)["state"], "cancelled")
        self.refused(409, "plan_state", self.apply, plan)
        self.assertEqual(list(self.people()), [one["id"]])


class Refusals(Case):
    def test_what_makes_no_sense(self):
        one = self.person(department="Yard")
        ids = {"ids": [one["id"]]}
        self.refused(409, "plan_empty", self.plan, "update_people", ids, set={"department": "Yard"})
        self.assertIn("999999", self.refused(404, "people_unknown", self.plan, "erase_people", {"ids": [999999]}))
        for kind, select, more, field in (("update_people", ids, {}, "set"), ("update_people", ids, {"set": {}}, "set"),
                                          ("update_people", ids, {"set": {"pin": "5"}}, "set.pin"),
                                          ("update_people", ids, {"set": {"group": 0}}, "set.group"),
                                          ("erase_people", ids, {"set": {"group": 2}}, "set"),
                                          ("erase_people", {}, {}, "select"),
                                          ("erase_people", {"ids": ["x"]}, {}, "select.ids"),
                                          ("erase_people", {"ids": [one["id"]], "filter": {"q": "P"}}, {}, "select"),
                                          ("erase_people", {"filter": {"name": "P"}}, {}, "select.filter")):
            with self.subTest(kind=kind, select=select, more=more):
                self.assertIn(f"'{field}", self.refused(400, "field_invalid", self.plan, kind, select, **more))
        self.refused(404, "plan_unknown", server.api.get, "/api/plans/99999/items")


class CommandLine(Case):
    def test_a_plan_by_the_command_line(self):
        people = [self.person() for _ in range(3)]
        made = self.ok("plan", "update-people", *[str(p["id"]) for p in people[:2]], "department=Yard", "group=2")
        self.assertIn("department Yard", made.out)
        number = made.out.split("gatehouse plan apply ")[1].split()[0]
        self.ok("plan", "apply", number, "--yes", "--wait", "60")
        self.assertEqual([p["department"] for p in self.people().values()], ["Yard", "Yard", None])
        made = self.ok("plan", "erase-people", str(people[0]["id"]))
        self.assertIn(people[0]["pin"], made.out)
        self.bad(2, "is expected", "plan", "erase-people")


if __name__ == "__main__":
    tap.main()
