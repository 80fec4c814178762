#!/usr/bin/env python3
"""The commands for who may pass which doors: each verb of each kind, what is refused and in which words, plans, and
what happened."""

import csv
import json
import os
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import tap  # noqa: E402
from command_line import Base, clock, environment, url  # noqa: E402
from plan_fixture import Panel  # noqa: E402
from serve import Server, program, until  # noqa: E402
from unit import Unit, row  # noqa: E402


def setUpModule():
    command_line.server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(command_line.server.close)


def api():
    return command_line.server.api


class Kinds(Base):
    """What is decided: made, listed, shown, changed and deleted by the words of its help."""

    def made(self, *words):
        return json.loads(self.ok(*words, "--json").out)["data"]["id"]

    def walk(self, noun, first, made, changed, shown):
        noun = noun.split()
        number = self.made(*noun, "add", first, *made)
        self.assertIn(first, self.ok(*noun, "list").out)
        rows = [json.loads(line) for line in self.ok(*noun, "list", "--format", "ndjson", "--limit", "1000").lines]
        self.assertIn(number, [r["id"] for r in rows])
        self.assertIn(shown, self.ok(*noun, "set", str(number), changed).out)
        self.assertIn(shown, self.ok(*noun, "show", str(number)).out)
        self.assertEqual(json.loads(self.ok(*noun, "show", str(number), "--json").out)["data"]["id"], number)
        # Nothing goes without a word, and what has gone is named.
        self.bad(2, "--yes", *noun, "delete", str(number))
        self.assertIn("deleted", self.ok(*noun, "delete", str(number), "--yes").out)
        for verb in (("show", str(number)), ("set", str(number), changed), ("delete", str(number), "--yes")):
            self.bad(1, "There is no", *noun, *verb)
        self.bad(1, "There is no", *noun, "show", "987654321")
        # A key that is nearly right, one that is no pair, and a verb that there is not.
        self.bad(2, "KEY=VALUE", *noun, "set", "1", "x")
        self.bad(1, "colour", *noun, "add", f"another {first}", *made, "colour=red")
        self.bad(2, "did you mean delete?", *noun, "delet", "1")
        self.bad(2, "ID is expected", *noun, "show")

    def test_rules_days_groups_levels_and_people(self):
        door = f"{clock().sn}:1"
        for noun, first, made, changed, shown in (
                ("access time-rule", "Office hours", ["week.mon-fri=08:00-12:00,12:30-18:00", "holidays.1="],
                 "week.sat=09:00-12:00", "sat 09:00-12:00"),
                ("access holiday", "2031-12-24", ["to=2031-12-26", "name=Christmas"], "type=2", "2"),
                ("access door-group", "Gates of the yard", [f"doors={door}"], "name=Gates", "Gates"),
                ("level", "Day staff", ["rule=1", f"doors={door}", "departments=Sales,R&D"], "from=2031-01-01",
                 "2031-01-01"),
                ("access person", "80001", ["name=Ann Example", "cards=880001,0xA1B2C3", "position=Driver"],
                 "department=Sales", "Sales")):
            with self.subTest(noun):
                self.walk(noun, first, made, changed, shown)

    def test_what_is_decided_about_single_doors(self):
        sn = clock().sn
        door, other = f"{sn}:1", f"{sn}:2"
        for noun, made, changed, shown in (
                ("first-card", [f"door={door}", "rule=1", "mode=activation"], "mode=normal-open", "normal-open"),
                ("multi-card", [f"door={door}", "groups=5,5"], "groups=5,6", "5 6"),
                ("anti-passback", [f"doors={door}", f"against={other}"], "seconds=60", "60"),
                ("interlock", [f"doors={door},{other}"], f"doors={other},{door}", f"{other} {door}"),
                ("linkage", ["event=220", f"at={door}"], "seconds=255", "255"),
                ("scheduled-output", [f"at={door}", "rule=1", "action=normal-open"], "output=aux", "aux"),
                ("scheduled-input", [f"at={door}", "rule=1"], f"at={other}", other),
                ("verify-schedule", ["week.mon-fri=08:00-18:00 door=4", f"doors={door}"],
                 "week.sat=08:00-18:00 door=6", "door=6"),
                ("super-user", [f"doors={door}"], f"doors={other}", other)):
            with self.subTest(noun):
                self.walk(f"access {noun}", f"{noun} of the test", made, changed, shown)

    def test_a_door_is_set(self):
        door = f"{clock().sn}:1"
        self.assertIn("Front", self.ok("access", "door", "set", door, "name=Front", "driveSeconds=8",
                                       "disabled=no").out)
        self.assertIn("Front", self.ok("access", "door", "list").out)
        self.bad(1, "driveSeconds", "access", "door", "set", door, "driveSeconds=999")
        self.bad(2, "whole number", "access", "door", "set", door, "driveSeconds=long")
        self.bad(1, "SN:NUMBER", "access", "door", "set", "front", "driveSeconds=8")

    def test_people_of_a_linkage_are_named_by_id(self):
        self.bad(1, "number 987654; people are named by id, not by PIN",
                 "level", "add", "Nobody", "people=987654")
        self.bad(1, "number 987654; people are named by id, not by PIN",
                 "access", "super-user", "add", "Nobody", "people=987654")


class Refused(Base):
    """What cannot be, in words that have where and what to do."""

    def test_each_kind_names_what_is_wrong_and_where(self):
        a, b = clock().sn, clock().sn
        for words, *parts in (
                ("access linkage add x", "event", "is missing", 'Field "at" is missing.'),
                (f"access linkage add x event=open at={a}:1", "event=open", "whole number"),
                (f"access linkage add x event=70000 at={a}:1", "event", "65535"),
                ("access linkage add x event=220 at=NOBODY:1", "at", "known device", "SN:NUMBER"),
                (f"access linkage add x event=220 at={a}:1 output=horn", "output", "lock", "aux", "camera"),
                (f"access linkage add x event=220 at={a}:1 seconds=256", "seconds", "255"),
                (f"access linkage add x event=220 at={a}:1 number=0", "number", "1 to 255"),
                ("access super-user add x doors=NOBODY:1", "doors[0]", "not known"),
                (f"access super-user add x doors={a}", "doors[0]", "SN:NUMBER"),
                (f"access super-user add x doors={a}:1 people=Ann", "people", "whole numbers"),
                (f"access interlock add x doors={a}:1", "doors", "2"),
                (f"access interlock add x doors={a}:1,{b}:1", "doors[1]", "device"),
                (f"access anti-passback add x doors={a}:1 direction=none", "seconds"),
                (f"access multi-card add x door={a}:1 groups=5", "groups", "2"),
                (f"access first-card add x door={a}:1 rule=987654", "rule", "number of a time rule"),
                (f"access scheduled-output add x at={a}:1 rule=1", "action", "is missing"),
                (f"access scheduled-input add x at={a}:1 rule=1 input=bell", "input", "exit-button"),
                (f"access verify-schedule add x doors={a}:1 week.mon=08:00-12:00", "week.mon[0]", "door="),
                ("access time-rule add x week.mon=08:00", "week.mon[0]"),
                ("access time-rule add x week.moon=08:00-09:00", "week.moon"),
                ("access holiday add 2032-02-29 yearly=yes", "date", "28th"),
                ("access holiday add Christmas", "date", "must have 10 characters"),
                ("access holiday add 24.12.2031", "date", "YYYY-MM-DD"),
                ("access person add 80100 cards=one", "cards[0]", "decimal"),
                ("level add x rule=987654", "rule", "number of a time rule")):
            with self.subTest(words):
                got = self.bad(2 if "whole number" in "".join(parts) else 1, parts[0], *words.split())
                for part in parts:
                    self.assertIn(part, got.err)
                # One message of one or two lines, within a terminal, and nothing on standard output.
                self.assertEqual(got.out, "")
                self.assertLessEqual(len(got.err.splitlines()), 3, got.err)

    def test_what_is_in_use_stays_and_is_named_with_what_uses_it(self):
        rule = json.loads(self.ok("access", "time-rule", "add", "Used", "--json").out)["data"]["id"]
        level = json.loads(self.ok("level", "add", "Users", f"rule={rule}", "--json").out)["data"]["id"]
        self.bad(1, "is used by an access level", "access", "time-rule", "delete", str(rule), "--yes")
        self.bad(1, "always open", "access", "time-rule", "delete", "1", "--yes")
        self.ok("level", "delete", str(level), "--yes")
        self.ok("access", "time-rule", "delete", str(rule), "--yes")

    def test_a_name_that_is_taken_is_refused(self):
        self.ok("access", "door-group", "add", "Twice")
        got = self.bad(1, "name", "access", "door-group", "add", "Twice")
        self.assertIn("is that of another door group", got.err)

    def test_what_needs_full_control_is_refused_with_its_name(self):
        token = api().post("/api/tokens", {"name": "clerk", "scopes": ["read", "write"]})["data"]["token"]
        door = f"{clock().sn}:1"
        for words in (f"access linkage add x event=220 at={door}", f"access super-user add x doors={door}",
                      f"access door set {door} driveSeconds=5"):
            self.bad(4, "admin", *words.split(), env=environment(GATEHOUSE_URL=url(), GATEHOUSE_TOKEN=token))


class People(Base):
    def test_cards_are_listed_and_marked_as_lost(self):
        person = str(api().post("/api/people", {"pin": "80201", "cards": ["880201", "880202"]})["data"]["id"])
        first, second = [json.loads(line) for line in
                         self.ok("access", "credential", "list", person, "--format", "ndjson").lines]
        self.assertEqual((first["number"], second["number"], first["lost"]), ("880201", "880202", False))
        got = self.ok("access", "credential", "set", person, str(first["id"]), "lost=yes", "bits=26")
        self.assertRegex(got.out, r"Lost +yes\n")
        self.assertIn("880201", got.out)
        self.assertEqual([r["lost"] for r in api().get(f"/api/people/{person}/credentials")["data"]], [True, False])
        self.assertEqual(self.ok("access", "credential", "list", person, "--format", "csv", "--columns",
                                 "number,lost").lines, ["number,lost", "880201,true", "880202,false"])
        self.ok("access", "credential", "set", person, str(first["id"]), "lost=no")
        self.bad(1, "There is no", "access", "credential", "set", person, "987654", "lost=yes")
        self.bad(2, "true or false", "access", "credential", "set", person, str(first["id"]), "lost=maybe")
        self.bad(1, "number", "access", "credential", "set", person, str(first["id"]), "number=5")
        self.bad(2, "KEY=VALUE... is expected", "access", "credential", "set", person, str(first["id"]))

    def test_departments_and_positions_are_those_in_use(self):
        for n, (department, position) in enumerate((("Tower", "Pilot"), ("Tower", "Guide"), ("Harbour", "Pilot"))):
            self.ok("access", "person", "add", f"8030{n}", f"department={department}", f"position={position}")
        for noun, want in (("department", [("Harbour", "1"), ("Tower", "2")]), ("position", [("Guide", "1"),
                                                                                           ("Pilot", "2")])):
            rows = list(csv.reader(self.ok("access", noun, "list", "--sort", "name", "--format", "csv").lines))
            found = [(r[rows[0].index("name")], r[rows[0].index("people")]) for r in rows[1:]]
            self.assertEqual([f for f in found if f in want], want, noun)
            self.assertIn("NAME", self.ok("access", noun, "list", "--query", want[0][0]).lines[0])
            self.bad(2, "no such verb", "access", noun, "fly")


class Check(Base):
    def test_the_answer_and_its_reasons_are_printed(self):
        door = f"{clock().sn}:1"
        rule = api().post("/api/time-rules", {"name": "Mornings", "week": {"mon": ["08:00-12:00"]}})["data"]["id"]
        person = api().post("/api/people", {"pin": "80401", "name": "Ann"})["data"]["id"]
        api().post("/api/access-levels", {"name": "Morning staff", "rule": rule, "doors": [door], "people": [person]})
        got = self.ok("access", "check", "80401", door, "--at", "2026-11-30 09:00:00")
        self.assertTrue(got.lines[0].startswith("Granted: "), got)
        for word in ("Morning staff", "Mornings", "08:00-12:00"):
            self.assertIn(word, got.out)
        got = self.ok("access", "check", "80401", door, "--at", "2026-11-30 13:00:00")
        self.assertTrue(got.lines[0].startswith("Denied: "), got)
        self.assertEqual(json.loads(self.ok("access", "check", "80401", door, "--json").out)["data"]["person"], person)
        self.assertIn("Denied", self.ok("access", "check", "nobody", door).lines[0])
        self.bad(1, "SN:NUMBER", "access", "check", "80401", "front")
        self.bad(1, "at", "access", "check", "80401", door, "--at", "soon")
        self.bad(2, "PIN DOOR is expected", "access", "check", "80401")


class Plans(Base):
    def test_a_plan_is_made_shown_applied_and_cancelled(self):
        with Server("--new-devices", "approve", stay=True) as own:
            unit = Panel(own)
            while unit.turn():
                pass
            person = own.api.post("/api/people", {"pin": "7", "name": "Ann"})["data"]["id"]
            own.api.post("/api/access-levels", {"name": "Staff", "rule": 1, "doors": [f"{unit.sn}:1"],
                                                "people": [person]})
            made = self.ok("plan", "create", unit.sn, own=own)
            number = made.lines[-1].split("gatehouse plan apply ")[1].split()[0]
            self.assertIn("Nothing was done.", made.lines[-1])
            self.assertEqual(unit.words, [])
            rows = [json.loads(line) for line in self.ok("plan", "list", "--format", "ndjson", own=own).lines]
            self.assertIn((int(number), "planned"), [(r["id"], r["state"]) for r in rows])
            self.assertIn("PIN 7", self.ok("plan", "show", number, own=own).out)
            self.bad(2, "--yes", "plan", "apply", number, own=own)
            over = threading.Event()
            worker = threading.Thread(target=lambda: until(lambda: unit.turn() == 0 and over.is_set()))
            worker.start()
            got = self.ok("plan", "apply", number, "--yes", "--wait", "60", own=own)
            over.set()
            worker.join()
            self.assertIn("done", got.out)
            self.assertEqual(list(unit.rows("user")), [("7",)])
            self.bad(1, "has ended", "plan", "apply", number, "--yes", own=own)
            other = json.loads(self.ok("plan", "create", "--json", own=own).out)["data"]["planId"]
            until(lambda: own.api.get(f"/api/plans/{other}")["data"]["state"] != "making")
            self.assertIn("cancelled", self.ok("plan", "cancel", str(other), own=own).out)
            for verb in ("show", "cancel"):
                self.bad(1, "There is no", "plan", verb, "987654", own=own)
            self.bad(1, "NOBODY", "plan", "create", "NOBODY", own=own)


class Events(Base):
    def test_events_are_listed_selected_and_exported(self):
        unit = Unit(command_line.server).register()
        unit.live(row("2026-06-01 08:00:00", 0, "71", 1, 1, card="4711"), row("2026-06-01 09:00:00", 23, "72", 2, 2),
                  row("2026-06-02 08:00:00", 101, "71", 2, 3))
        got = self.ok("event", "list", "--device", unit.sn)
        self.assertEqual(got.lines[0].split()[:5], ["SEQ", "TIME", "DEVICE", "DOOR", "EVENT"])
        # A time is two words.
        self.assertEqual([line.split()[5] for line in got.lines[1:]], ["0", "23", "101"])
        for options, want in ((("--door", "2"), [23, 101]), (("--pin", "71"), [0, 101]), (("--class", "alarm"), [101]),
                              (("--event", "23"), [23]), (("--from", "2026-06-02"), [101])):
            rows = [json.loads(line) for line in self.ok("event", "list", "--device", unit.sn, *options, "--format",
                                                         "ndjson").lines]
            self.assertEqual([r["event"] for r in rows], want, options)
        got = command_line.run("event", "list", "--device", unit.sn, "--last", "1")
        self.assertEqual((got.status, len(got.lines), got.err.startswith("There are earlier ones")), (0, 2, True), got)
        export = self.ok("event", "export", "--device", unit.sn, "--format", "ndjson")
        self.assertEqual([json.loads(line)["pin"] for line in export.lines], ["71", "72", "71"])
        rows = list(csv.DictReader(self.ok("event", "export", "--device", unit.sn, "--month", "2026-06").lines))
        self.assertEqual([(r["event"], r["card"], r["granted"]) for r in rows],
                         [("0", "4711", "true"), ("23", "", "false"), ("101", "", "true")])
        self.bad(1, "normal", "event", "list", "--class", "odd")

    def test_watch_shows_them_as_they_come(self):
        unit = Unit(command_line.server).register()
        watch = subprocess.Popen([program(), "event", "watch", "--device", unit.sn],
                                 env=environment(GATEHOUSE_DATA=command_line.server.data, GATEHOUSE_URL=url()),
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        try:
            seen = []
            reader = threading.Thread(target=lambda: seen.extend(watch.stdout.readline() for _ in range(2)))
            reader.start()
            # It follows from when it is connected on.
            until(lambda: self.came(unit, seen))
            reader.join(60)
            self.assertIn(unit.sn, seen[0])
            self.assertIn("71", seen[0])
        finally:
            watch.terminate()
            watch.communicate(timeout=60)

    def came(self, unit, seen, number=[0]):
        number[0] += 1
        unit.live(row(f"2026-06-03 08:{number[0] // 60:02}:{number[0] % 60:02}", 0, "71", 1, number[0]))
        return len(seen) == 2


if __name__ == "__main__":
    tap.main()
