#!/usr/bin/env python3
"""Commands about many devices: patterns, --all, states and tags; a line for each device."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server  # noqa: E402

SERIALS = ["CKUH1", "CKUH2", "CKUH3", "ZYAD1", "ZYAD2"]


class Many(command_line.Base):
    def setUp(self):
        self.own = Server("--new-devices", "hold")
        self.addCleanup(self.own.close)
        self.device = {}
        for sn in SERIALS:
            self.device[sn] = Device(self.own, sn=sn)
            self.device[sn].handshake()

    def ok(self, *words):
        return super().ok(*words, own=self.own)

    def bad(self, status, word, *words):
        return super().bad(status, word, *words, own=self.own)

    def states(self):
        return {d["sn"]: d["state"] for d in self.own.api.get("/api/devices")["data"]}

    def approve(self):
        for sn in SERIALS:
            self.own.api.post(f"/api/devices/{sn}/approve")


class Selecting(Many):
    def test_a_pattern_selects_and_its_admission_is_confirmed(self):
        got = self.bad(2, "--yes", "device", "approve", "CKUH*", "--zone", "Asia/Tashkent")
        for sn in SERIALS[:3]:
            self.assertIn(sn, got.err)
        self.assertIn("3 devices", got.err)
        self.assertNotIn("ZYAD1", got.err)
        self.assertEqual(set(self.states().values()), {"held"})
        got = self.ok("device", "approve", "CKUH*", "--zone", "Asia/Tashkent", "--yes")
        self.assertEqual(sorted(got.lines), [f"{sn}: approved" for sn in SERIALS[:3]])
        self.assertEqual(self.own.api.device("CKUH2")["zone"], "Asia/Tashkent")
        self.assertEqual(self.states()["ZYAD1"], "held")
        got = self.ok("device", "approve", "--state", "held", "--yes")
        self.assertEqual(sorted(got.lines), [f"{sn}: approved" for sn in SERIALS[3:]])
        self.bad(1, "no device is selected", "device", "approve", "--state", "held", "--yes")

    def test_a_serial_number_alone_needs_no_confirmation(self):
        self.assertEqual(self.ok("device", "approve", "ZYAD1", "ZYAD1").lines, ["ZYAD1: approved"])
        self.assertEqual(self.ok("device", "block", "ZYAD1", "ZYAD2").lines,
                         ["ZYAD1: blocked", "ZYAD2: blocked"])

    def test_tags_select(self):
        got = self.ok("device", "tag", "branch-2", "CKUH?", "ZYAD2")
        self.assertEqual(len(got.lines), 4)
        self.ok("device", "tag", "hall", "CKUH1")
        self.assertEqual(self.own.api.device("CKUH1")["tags"], ["branch-2", "hall"])
        got = self.ok("device", "list", "--tag", "branch-2", "--format", "csv", "--columns", "sn")
        self.assertEqual(sorted(got.lines[1:]), SERIALS[:3] + ["ZYAD2"])
        got = self.ok("device", "list", "Z*", "--tag", "branch-2", "--format", "csv",
                      "--columns", "sn,tags")
        self.assertEqual(got.lines[1:], ["ZYAD2,branch-2"])
        self.ok("device", "untag", "branch-2", "ZYAD2")
        self.assertEqual(self.own.api.device("ZYAD2")["tags"], [])
        got = self.ok("device", "zone", "--tag", "branch-2", "Asia/Tashkent")
        self.assertEqual(sorted(got.lines), [f"{sn}: changed" for sn in SERIALS[:3]])
        got = self.ok("device", "set", "--tag", "branch-2", "delay=9", "realtime=no")
        self.assertEqual(len(got.lines), 3)
        self.assertEqual([self.own.api.device(sn)["delay"] for sn in ("CKUH3", "ZYAD1")], [9, None])
        self.ok("device", "set", "ZYAD1", "tags=a,b")
        self.assertEqual(self.own.api.device("ZYAD1")["tags"], ["a", "b"])
        self.ok("device", "set", "ZYAD1", "tags=")
        self.assertEqual(self.own.api.device("ZYAD1")["tags"], [])
        got = self.ok("device", "untag", "branch-2", "--tag", "branch-2")
        self.assertEqual(len(got.lines), 3)
        self.assertEqual(self.own.api.device("CKUH1")["tags"], ["hall"])

    def test_tags_given_at_the_same_time_all_stay(self):
        tags = [f"t{n:02}" for n in range(12)]
        with ThreadPoolExecutor(len(tags)) as pool:
            list(pool.map(lambda tag: self.ok("device", "tag", tag, "CKUH1"), tags))
        self.assertEqual(self.own.api.device("CKUH1")["tags"], tags)
        with ThreadPoolExecutor(len(tags)) as pool:
            list(pool.map(lambda tag: self.ok("device", "untag", tag, "CKUH1"), tags[1:]))
        self.assertEqual(self.own.api.device("CKUH1")["tags"], tags[:1])

    def test_what_destroys_is_listed_and_confirmed(self):
        self.approve()
        for words in (("device", "block", "--all"), ("device", "delete", "Z*"),
                      ("device", "delete", "--all"), ("command", "send", "--all", "CLEAR LOG"),
                      ("command", "send", "CK*", "--type", "reboot"),
                      ("command", "send", "--all", "--type", "unlock")):
            got = self.bad(2, "--yes", *words)
            self.assertIn("ZYAD2" if "CK*" not in words else "CKUH2", got.err)
        self.assertEqual(set(self.states().values()), {"approved"})
        self.assertEqual(self.own.api.get("/api/commands")["count"], 0)
        got = self.ok("device", "delete", "Z*", "--yes")
        self.assertEqual(sorted(got.lines), ["ZYAD1: deleted", "ZYAD2: deleted"])
        got = self.ok("device", "block", "--all", "--yes")
        self.assertEqual(len(got.lines), 3)
        self.assertEqual(self.states(), {sn: "blocked" for sn in SERIALS[:3]})

    def test_what_does_not_go_together_is_refused(self):
        for words, word in ((("approve",), "--state held"), (("block", "A", "--all"), "--all"),
                            (("zone", "UTC"), "which devices"), (("set", "delay=7"), "which devices"),
                            (("block", "A", "--tag", "x"), "A does not go with --tag x"),
                            (("approve", "--all", "--name", "Gate"), "--name")):
            self.bad(2, word, "device", *words)
        self.bad(2, "which device", "command", "send")
        self.bad(1, '"state"', "device", "block", "--state", "open", "--yes")

    def test_more_devices_than_shown_are_counted(self):
        for i in range(20):
            Device(self.own, sn=f"MORE{i:02}").handshake()
        got = self.bad(2, "and 5 more", "device", "block", "--all")
        self.assertIn("25 devices", got.err)


class Results(Many):
    def test_one_that_fails_is_named_and_decides_the_status(self):
        self.approve()
        self.own.api.call("PATCH", "/api/devices/CKUH2", {"tags": ["x"]})
        got = self.bad(1, 'ZYAD1: Field "delay"', "device", "set", "ZYAD1", "NOBODY", "delay=0")
        self.assertIn("NOBODY: ", got.err)
        got = self.bad(1, "NOBODY: ", "device", "set", "ZYAD1", "NOBODY", "CKUH2",
                       "charset=UTF-8")
        self.assertEqual(got.lines, ["ZYAD1: changed", "CKUH2: changed"])

    def test_json_is_an_object_a_device(self):
        got = self.bad(1, "NOBODY", "device", "approve", "NOBODY", "ZYAD1", "--json")
        rows = [json.loads(line) for line in got.lines]
        self.assertEqual([(r["sn"], r["success"]) for r in rows],
                         [("NOBODY", False), ("ZYAD1", True)])
        self.assertEqual(rows[0]["code"], "device_unknown")
        self.assertEqual(rows[1]["data"]["state"], "approved")


class Expecting(Many):
    def test_devices_are_announced_and_shown(self):
        got = self.ok("device", "expect", "SOON1", "SOON2", "--tag", "branch-2,new", "--zone", "UTC")
        self.assertEqual(got.lines, ["SOON1: expected", "SOON2: expected"])
        self.ok("device", "expect", "SOON3", "--name", "Back gate", "--hold")
        got = self.ok("device", "list", "SOON*", "--format", "csv", "--columns",
                      "sn,state,contact,expected,tags,name")
        self.assertEqual(sorted(got.lines[1:]),
                         ["SOON1,approved,never,true,branch-2 new,",
                          "SOON2,approved,never,true,branch-2 new,",
                          "SOON3,held,never,true,,Back gate"])
        got = self.bad(1, "SOON1: ", "device", "expect", "SOON1", "CKUH1", "SOON4")
        self.assertIn("CKUH1: ", got.err)
        self.assertEqual(got.lines, ["SOON4: expected"])
        self.bad(2, "--name", "device", "expect", "A", "B", "--name", "x")
        self.bad(1, "sn", "device", "expect", "CK*")


class Commands(Many):
    def test_each_device_of_a_selection_gets_a_command(self):
        self.approve()
        self.own.api.change("ZYAD1", tags=["north"])
        got = self.ok("command", "send", "CKUH*", "--type", "info")
        self.assertEqual(sorted(line.split(":")[0] for line in got.lines), SERIALS[:3])
        got = self.ok("command", "send", "--tag", "north", "--yes", "CHECK")
        self.assertRegex(got.out, r"^ZYAD1: queued as command \d+\n$")
        got = self.ok("command", "send", "--all", "--type", "info", "--json")
        rows = [json.loads(line) for line in got.lines]
        self.assertEqual(sorted(r["sn"] for r in rows), SERIALS)
        self.assertTrue(all(r["commandId"] for r in rows))

    def test_those_that_are_refused_are_named(self):
        self.approve()
        got = self.bad(1, "CKUH1: ", "command", "send", "CKUH*", "--type", "set_option", "--yes")
        self.assertEqual(got.out, "")
        self.assertIn("CKUH3: ", got.err)

    def test_answers_are_waited_for(self):
        self.approve()
        got = self.bad(1, "has not answered yet", "command", "send", "Z*", "--type", "info",
                       "--wait", "0.1")
        self.assertEqual(len([line for line in got.lines if "queued as" in line]), 2)


if __name__ == "__main__":
    tap.main()
