#!/usr/bin/env python3
"""Bounds of plans: how many there may be, how long their commands are, bursts of changes, a full disk, numbers that
are given again, and what a unit has by itself."""

import concurrent.futures
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from plan_fixture import PlanCase  # noqa: E402
from serve import DEADLINE, Server, program, until  # noqa: E402
from unit import PARAMETERS  # noqa: E402
import tap  # noqa: E402

CONTROLLER = PARAMETERS.replace("MachineType=101", "MachineType=9,DateFmtFunOn=1,AccSupportFunList=000")
PLANS_OPEN = 100
UNIT_HAS = {"number": 0, "held": 1, "leaving": 2, "free": 3}


class Base(PlanCase):
    parameters = CONTROLLER

    def many(self, n, first=1, name="Person"):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda i: self.make("/api/people", pin=str(i), name=f"{name} {i}"),
                                 range(first, first + n)))


class Count(Base):
    def test_there_are_no_more_open_plans_than_a_hundred(self):
        self.level([self.person("1")])
        body = {"kind": "access", "select": {"ids": [self.unit.sn]}}
        made, status = [], 202
        while status == 202:
            status, _, text = self.api.raw("POST", "/api/plans", body)
            made += [json.loads(text)["data"]["planId"]] if status == 202 else []
        self.refused("too_many_plans", "POST", "/api/plans", body)
        # Those of the server count as well, and are made all the same.
        rows = self.api.get("/api/plans?limit=1000")["data"]
        self.assertIn(len([p for p in rows if p["state"] in ("making", "planned")]), (PLANS_OPEN, PLANS_OPEN + 1))
        until(lambda: self.show(made[-1])["state"] == "planned")
        # One makes room for that of the server, where it is there.
        for plan in made[:2]:
            self.api.call("POST", f"/api/plans/{plan}/cancel")
        self.assertEqual(self.carry_out(), "done")


class Length(Base):
    PACKAGE = 16384
    parameters = CONTROLLER.replace("MaxPackageSize=2048000", f"MaxPackageSize={PACKAGE}")

    def test_no_command_is_longer_than_what_the_unit_takes_or_has_too_many_rows(self):
        self.level(self.many(700, name="A person of a rather long name"))
        plan = self.plan()
        self.assertEqual(self.apply(plan), "done")
        self.assertLess(max(len(w) for w in self.unit.words), self.PACKAGE / 4 + 256)
        self.assertLessEqual(max(w.count("\n") + 1 for w in self.unit.words), 500)
        self.assertEqual((len(self.unit.rows("user")), len(self.unit.rows("userauthorize"))), (700, 700))


class Rows(Base):
    parameters = CONTROLLER.replace("~MaxUserCount=50", "~MaxUserCount=5000")

    def test_a_command_has_five_hundred_rows_at_the_most(self):
        self.level(self.many(1100))
        self.assertEqual(self.carry_out(), "done")
        self.assertEqual(max(w.count("\n") + 1 for w in self.unit.words), 500)


class Burst(Base):
    def test_ten_thousand_changes_are_a_few_plans_and_no_memory(self):
        changes = 2000 if self.own.sanitized() else 10000
        people = self.many(20)
        self.level(people)
        self.assertEqual(self.carry_out(), "done")
        first, before, began = self.latest()["id"], self.own.rss(), time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            work = [pool.submit(self.api.call, "PATCH", f"/api/people/{people[i % 20]}", {"name": f"N {i}"})
                    for i in range(changes)]
            while not all(w.done() for w in work):
                self.unit.turn()
                time.sleep(0.02)
            for w in work:
                w.result()
        want = {str(k + 1): f"N {changes - 20 + k}" for k in range(20)}
        until(lambda: self.unit.turn() == 0 and
              {pin: r["Name"] for (pin,), r in self.unit.rows("user").items()} == want, 120)
        took = time.monotonic() - began
        made = [p for p in self.api.get("/api/plans?limit=1000")["data"] if p["id"] > first]
        # While changes go on, one in ten seconds at the most, and one behind them, or two.
        self.assertLessEqual(len(made), took / 2 + 3)
        self.assertLess(len(made), changes / 20)
        if not self.own.sanitized():
            self.assertLess(self.own.rss() - before, 64 << 20)


class Numbers(Base):
    def slots(self):
        db = self.own.database()
        try:
            return {slot: (owner, state) for slot, owner, state in
                    db.execute("SELECT slot, owner, state FROM device_slot WHERE kind = 'timezone'").fetchall()}
        finally:
            db.close()

    def rule(self, name, start):
        return self.make("/api/time-rules", name=name, week={"mon-fri": [f"{start}:00-18:00"]})

    def test_a_number_is_free_when_the_unit_has_its_row_no_more_and_not_before(self):
        ann = self.person("1")
        rules = [self.rule(f"R{n}", f"0{n}") for n in (2, 3)]
        levels = [self.level([ann], rule=r, name=f"L{r}") for r in rules]
        self.assertEqual(self.carry_out(), "done")
        self.assertEqual({s: o for s, (o, _) in self.slots().items()}, {1: 1, 2: rules[0], 3: rules[1]})
        # The unit takes no deletion of the rule, so it still has it.
        self.unit.refuse = {r"DATA DELETE timezone": -100}
        self.api.call("DELETE", f"/api/access-levels/{levels[0]}")
        self.api.call("DELETE", f"/api/time-rules/{rules[0]}")
        until(lambda: self.unit.turn() == 0 and any("DELETE timezone" in w for w in self.unit.words))
        other = self.rule("R4", "04")
        self.level([ann], rule=other, name="L4")
        until(lambda: self.unit.turn() == 0 and ("4",) in self.unit.rows("timezone"))
        self.assertEqual((self.slots()[2][1], self.slots()[4][0]), (UNIT_HAS["leaving"], other))
        self.assertIn(("2",), self.unit.rows("timezone"))
        # Once it takes it, the number is free, and all others are given before it.
        self.unit.refuse = {}
        last = self.latest()["id"]
        self.rule("R5", "05")
        self.assertEqual(self.carry_out(), "done")
        until(lambda: self.slots()[2][1] == UNIT_HAS["free"])
        self.assertNotIn(("2",), self.unit.rows("timezone"))
        self.assertGreater(self.latest()["id"], last)
        further = self.rule("R6", "06")
        self.level([ann], rule=further, name="L6")
        until(lambda: self.unit.turn() == 0 and ("5",) in self.unit.rows("timezone"))
        self.assertEqual(self.slots()[5][0], further)


class Uploaded(Base):
    def users(self):
        rows = self.api.get(f"/api/devices/{self.unit.sn}/tables/user")["data"]["rows"]
        return {r["row"]["Pin"]: r["origin"] for r in rows}

    def test_what_a_unit_uploads_by_itself_is_shown_and_never_removed_silently(self):
        ann = self.person("1")
        bob = self.person("2")
        self.level([ann])
        self.assertEqual(self.carry_out(), "done")
        # People were enrolled at the unit: one who is not known here, and one who has no right there.
        self.unit.table("user", "user Pin=77\tName=Visitor", "user Pin=2\tName=Bob")
        until(lambda: {"77", "2"} <= set(self.users()))
        last = self.latest()["id"]
        self.api.call("PATCH", f"/api/people/{ann}", {"name": "Ann"})
        self.assertEqual(self.next_plan(last)["state"], "done")
        self.assertEqual([w for w in self.unit.words if "DELETE" in w], [])
        plan = self.show(self.plan())
        self.assertEqual({r["row"]["Pin"] for r in plan["devices"][0]["foreignRows"]}, {"77", "2"})
        self.assertEqual((plan["devices"][0]["foreign"], plan["devices"][0]["removed"]), (2, 0))
        # The one gets a right here, and loses it again: then it is a row of ours.
        level = self.level([bob], name="Other")
        until(lambda: self.unit.turn() == 0 and ("2", "1", "3") in self.unit.rows("userauthorize"))
        self.api.call("DELETE", f"/api/access-levels/{level}")
        until(lambda: self.unit.turn() == 0 and ("2", "1", "3") not in self.unit.rows("userauthorize"))

    def revoked(self, level):
        self.api.call("DELETE", f"/api/access-levels/{level}")
        until(lambda: self.unit.turn() == 0 and not self.unit.rows("userauthorize") and not self.unit.rows("user"))
        self.assertEqual(self.show(self.plan())["devices"][0]["foreign"], 0)

    def test_a_row_of_ours_that_the_unit_uploads_again_stays_ours(self):
        level = self.level([self.person("1")])
        self.assertEqual(self.carry_out(), "done")
        self.unit.table("user", "user Pin=1\tName=\tPassword=\tCardNo=\tGroup=1\tPrivilege=14")
        until(lambda: "14" in str(self.api.get(f"/api/devices/{self.unit.sn}/tables/user")["data"]["rows"]))
        self.assertEqual(self.users(), {"1": "uploaded"})
        self.revoked(level)

    def test_rows_of_ours_that_were_read_since_go_when_a_right_is_taken(self):
        level = self.level([self.person("1")])
        self.assertEqual(self.carry_out(), "done")
        self.read("user", list(self.unit.rows("user").values()))
        self.revoked(level)

    def test_a_row_that_was_there_before_and_is_needed_goes_when_it_is_needed_no_more(self):
        level = self.level([self.person("1")])
        # Other software wrote it, exactly as a plan would.
        row = {"CardNo": "", "Pin": "1", "Password": "", "Group": "1", "StartTime": "0", "EndTime": "0",
               "Name": "Person 1", "Privilege": "0"}
        self.unit.tables = {"user": {("1",): row}}
        self.unit.table("user", "user " + "\t".join(f"{k}={v}" for k, v in row.items()))
        until(lambda: self.users() == {"1": "uploaded"})
        self.assertEqual(self.carry_out(), "done")
        self.assertEqual([w for w in self.unit.words if "DATA UPDATE user " in w], [])
        self.revoked(level)

    def read(self, table, rows):
        """The answer to a query of that table, row by row as the unit has them."""
        self.api.post(f"/api/devices/{self.unit.sn}/tables/{table}/query", {})
        [(number, _)] = until(self.unit.poll)
        text = "\n".join(f"{table} " + "\t".join(f"{k}={v}" for k, v in r.items()) for r in rows)
        status, _ = self.unit.request("POST", f"/iclock/querydata?SN=&type=tabledata&cmdid={number}&tablename={table}"
                                      f"&count={len(rows)}&packcnt=1&packidx=1", text.encode())
        self.assertEqual(status, 200)
        self.unit.result(number, len(rows))
        until(lambda: {r["origin"] for r in
                       self.api.get(f"/api/devices/{self.unit.sn}/tables/{table}")["data"]["rows"]} == {"read"})


class Disk(Base):
    def server(self):
        def ignore():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        return Server("--new-devices", "approve", stay=True, prepare=ignore)

    def limit(self, size):
        resource.prlimit(self.own.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    parameters = CONTROLLER.replace("AccSupportFunList=000", "AccSupportFunList=0000010000").replace(
        "~MaxUserCount=50", "~MaxUserCount=5000")

    def stored(self, plan):
        db = self.own.database()
        try:
            return db.execute(f"SELECT count(*) FROM plan_step WHERE plan = {plan}").fetchone()[0]
        finally:
            db.close()

    @unittest.skipIf("GATEHOUSE_TEST_POSTGRES" in os.environ, "fills the disk of SQLite")
    def test_a_plan_for_which_the_disk_has_no_room_is_whole_or_not_there(self):
        people = 3000
        self.level(self.many(people, name="A person whose name has as many letters as a unit takes, that is"))
        until(lambda: any(p["state"] == "planned" for p in self.api.get("/api/plans")["data"]), 120)
        select = {"kind": "access", "select": {"ids": [self.unit.sn]}}
        made = self.api.post("/api/plans", select)["data"]["planId"]
        # It is stored in pieces: that is where the disk is full, unless all of them were faster.
        until(lambda: self.stored(made), pause=0.001)
        self.limit(1)
        self.assertIn(self.show(made)["state"], ("making", "planned"))
        status, _, text = self.api.raw("POST", "/api/plans", select)
        self.assertEqual(status, 503, text)
        until(lambda: self.api.get("/api/problems")["data"])
        if self.show(made)["state"] == "making":
            status, _, text = self.api.raw("POST", f"/api/plans/{made}/apply")
            self.assertNotEqual(status, 200, text)
        self.assertEqual(self.unit.turn(), 0)
        self.limit(resource.RLIM_INFINITY)
        until(lambda: self.show(made)["state"] == "planned", 120)
        shown = self.show(made)["devices"][0]
        self.assertEqual((shown["commands"], shown["rows"]), (self.stored(made), 2 * people + 1))
        until(lambda: self.api.raw("POST", f"/api/plans/{made}/apply")[0] == 200, 60, 0.5)
        self.assertEqual(self.ended(made), "done")
        self.assertEqual(len(self.unit.rows("user")), people)


class Restored(Base):
    def run_program(self, *words):
        got = subprocess.run([program(), *words], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                             timeout=DEADLINE * 4)
        self.assertEqual(got.returncode, 0, got)

    @unittest.skipIf("GATEHOUSE_TEST_POSTGRES" in os.environ, "its backups are those of PostgreSQL")
    def test_after_a_backup_from_the_middle_of_a_plan_is_restored_everything_is_written_again(self):
        people = self.many(30)
        level = self.level(people)
        # One row a command, so that there are many.
        self.unit.refuse = {r"DATA UPDATE user\w* .*\n": -106}
        plan = self.plan()
        self.api.call("POST", f"/api/plans/{plan}/apply")
        until(lambda: self.unit.turn() and len(self.unit.rows("user")) >= 5)
        file = os.path.join(self.own.home, "middle.tar.zst")
        self.run_program("backup", file, "--data", self.own.data)
        self.assertEqual(self.show(plan)["state"], "running")
        self.assertEqual(self.ended(plan), "done")
        # What was decided afterwards is lost with the server.
        last = self.latest()["id"]
        late = self.person("99")
        self.api.call("PATCH", f"/api/access-levels/{level}", {"addPeople": [late], "removePeople": people[:1]})
        self.assertEqual(self.next_plan(last)["state"], "done")
        self.assertIn(("99",), self.unit.rows("user"))
        self.own.kill()
        self.own.data = os.path.join(self.own.home, "restored")
        self.run_program("restore", file, "--data", self.own.data)
        self.own.start()
        self.api = self.own.api
        # What is under way is not known: the plan has failed, and the next one is the unit's first, which waits.
        shown = self.show(plan)
        self.assertEqual((shown["state"], shown["note"]), ("failed", "the store was restored from a backup"))
        waiting = until(lambda: [p for p in self.api.get("/api/plans")["data"] if p["state"] == "planned"])
        self.assertTrue(waiting[0]["automatic"])
        self.assertEqual(waiting[0]["rows"], 61)
        while self.unit.turn():  # what the backup had in the queue
            pass
        self.assertEqual(self.carry_out(), "done")
        self.assertEqual({pin for (pin,) in self.unit.rows("user")}, {str(n) for n in range(1, 31)} | {"99"})
        self.assertEqual(self.show(self.plan())["commands"], 0)
        # Only what is written again is known.
        self.assertEqual(self.carry_out(resync=True), "done")
        self.assertEqual({pin for (pin,) in self.unit.rows("user")}, {str(n) for n in range(1, 31)})
        self.assertEqual(len(self.unit.rows("userauthorize")), 30)


class Shown(Base):
    def test_a_plan_is_shown_in_eighty_columns(self):
        rule = self.make("/api/time-rules", name="Office",
                         week={d: ["08:00-12:00", "13:00-17:00", "18:00-22:00"] for d in ("mon-fri", "sat")},
                         holidays={"1": ["09:00-10:00"]})
        self.level([self.person("1024", validTo="2030-12-31", cards=["123456789"])], rule=rule)
        self.level([self.person(str(n)) for n in range(1, 9)], name="B")
        self.unit.table("user", "user Pin=77\tName=A visitor with a name\tCardNo=1234567890\tPassword=1234\tGroup=12\t"
                        "StartTime=20240101\tEndTime=20301231\tPrivilege=14")
        until(lambda: self.api.get(f"/api/devices/{self.unit.sn}/tables/user")["data"]["rows"])
        self.api.call("PATCH", f"/api/doors/{self.unit.sn}:2", {"driveSeconds": 8, "verifyMode": "99"})
        plan = self.plan()
        env = dict(os.environ, GATEHOUSE_DATA=self.own.data, GATEHOUSE_URL="http://%s:%d" % self.own.admin)
        got = subprocess.run([program(), "plan", "show", str(plan)], capture_output=True, text=True, env=env,
                             timeout=DEADLINE)
        self.assertEqual(got.returncode, 0, got)
        lines = got.stdout.splitlines()
        self.assertEqual([line for line in lines if len(line) > 80], [])
        self.assertIn("Pin=77", got.stdout)
        self.assertNotIn("1234,", got.stdout.replace("1234567890", ""))
        self.assertGreater(len(lines), 20)


if __name__ == "__main__":
    tap.main()
