#!/usr/bin/env python3
"""The commands that call a running server: their output, their messages on errors, and their exit
status."""

import csv
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import tap  # noqa: E402
from command_line import Base, clock, environment, run, url  # noqa: E402
from device import Device  # noqa: E402
from serve import DEADLINE, Server, program, until  # noqa: E402

server = None


def setUpModule():
    global server
    server = command_line.server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


class Finding(Base):
    def test_the_token_is_found_in_the_data_directory(self):
        self.ok("status", "--url", url(), "--data", server.data, env=environment())
        self.ok("status", "--url", url(), env=environment(GATEHOUSE_DATA=server.data))
        self.ok("status", "--url", url() + "/", env=environment(GATEHOUSE_TOKEN=server.token))
        with tempfile.TemporaryDirectory() as home:
            os.symlink(server.data, os.path.join(home, "data"))
            self.ok("status", "--url", url(), env=environment(), cwd=home)

    def test_a_secret_comes_from_a_file_and_a_flag_warns(self):
        with tempfile.TemporaryDirectory() as home:
            path = os.path.join(home, "token")
            with open(path, "w") as f:
                f.write(f"  {server.token}\n")
            bare = environment(GATEHOUSE_URL=url())
            self.ok("status", "--token-file", path, env=bare)
            self.ok("status", env=dict(bare, GATEHOUSE_TOKEN_FILE=path))
            got = run("status", "--token", server.token, env=bare)
            self.assertEqual(got.status, 0)
            self.assertIn("other users of this machine can see what --token is", got.err)
            self.assertIn("--token-file", got.err)
            self.assertNotIn(server.token, got.err)
            self.bad(4, path + "x", "status", "--token-file", path + "x", env=bare)
            with open(path, "w") as f:
                f.write("\n")
            self.bad(4, "must hold a secret", "status", "--token-file", path, env=bare)

    def test_a_missing_token_is_explained(self):
        with tempfile.TemporaryDirectory() as home:
            self.bad(4, "--data DIR", "status", "--url", url(), env=environment(), cwd=home)

    def test_a_refused_token_is_explained(self):
        self.bad(4, "--data DIR", "device", "list", "--token", "gh_wrong")
        made = self.ok("token", "create", "reader", "--json")
        token = json.loads(made.out)["data"]["token"]
        self.bad(4, "scope", "token", "list", "--token", token)

    def test_a_server_that_is_not_there_is_explained(self):
        self.bad(3, "gatehouse serve", "status", "--url", "http://127.0.0.1:1")
        self.bad(3, "gatehouse serve", "punch", "watch", "--url", "http://127.0.0.1:1")

    def test_another_service_is_reported(self):
        self.bad(1, "admin", "status", "--url", "http://%s:%d" % server.devices)


class Line(Base):
    def test_what_makes_no_sense_ends_with_2(self):
        for words, word in ((("device",), "verb is missing"), (("device", "fly"), "fly"),
                            (("device", "show"), "Usage"), (("device", "show", "A", "B"), "Usage"),
                            (("device", "show", "A", "--pin", "1"), "--pin"),
                            (("device", "--nonsense"), "nonsense"),
                            (("punch", "list", "--pim", "1"), "did you mean --pin?"),
                            (("punch", "list", "--pin"), "--pin needs a value"),
                            (("person", "add", "1", "--name", "Ana"), "as name=VALUE"),
                            (("person", "list", "9001"), '"9001" is one word too many'),
                            (("device", "approve", "--frob"), "gatehouse help device approve"),
                            (("device", "delete", "A"), "--yes"),
                            (("device", "delete", "--yes"), "--state held"),
                            (("device", "delete", "A", "--state", "held", "--yes"), "--state held"),
                            (("device", "set", "A", "delay"), "KEY=VALUE"),
                            (("device", "set", "A", "delay=x"), "whole number"),
                            (("command", "send", "A"), "text is missing"),
                            (("punch", "export", "--format", "xml"), "csv"),
                            (("punch", "export", "--output", "a.pdf"), ".xlsx")):
            self.bad(2, word, *words)

    # Two tests read the help of each verb.
    helps = {}

    def help(self, *words):
        if words not in self.helps:
            self.helps[words] = self.ok("help", *words).out
        return self.helps[words]

    def test_help_names_every_verb_and_the_exit_status(self):
        for noun, verbs in (("device", "list show approve block rename zone set delete trace"),
                            ("punch", "list watch export"), ("command", "send list show cancel"),
                            ("token", "list create revoke"), ("quarantine", "list"),
                            ("person", "list show add set copy delete"), ("status", "")):
            got = self.ok(noun, "--help")
            for verb in verbs.split():
                self.assertIn(f"\n  {verb}", got.out)
            for word in ("Exit status", "--json", "--data", "--url", "--token"):
                self.assertIn(word, got.out)

    def test_help_of_a_verb_has_its_own_options_and_examples(self):
        for words in (("device", "approve", "--help"), ("device", "approve", "-h"),
                      ("device", "-h", "approve"), ("help", "device", "approve")):
            got = self.ok(*words)
            self.assertEqual(got.lines[0], "Usage: gatehouse device approve [OPTION...] SN...")
            self.assertIn("--zone", got.out)
            self.assertNotIn("--pin", got.out)
            self.assertRegex(got.out, r"\nExamples:\n(  gatehouse device approve [A-Z0-9]+.*\n)+")
        self.assertEqual(self.ok("help", "device").out, self.ok("device", "--help").out)
        self.assertEqual(self.ok("version").out, self.ok("--version").out)

    def test_help_names_the_keys_that_the_server_takes(self):
        schemas = server.api.get("/api/openapi.json")["components"]["schemas"]
        for words, body in (("access time-rule add", "TimeRuleRequest"),
                            ("access holiday set", "HolidayPatch"), ("level add", "AccessLevelRequest"),
                            ("access person set", "RosterPersonPatch"), ("access credential set", "CredentialPatch"),
                            ("person add", "CommandRequest.person"), ("person set", "CommandRequest.person"), ("device set", "DevicePatch"),
                            ("access door set", "DoorSettingsPatch"), ("access linkage add", "LinkageRequest")):
            with self.subTest(words=words):
                got = self.ok(*words.split(), "--help").out
                keys = re.findall(r"^  ([A-Za-z]+)(?:\.KEY)?  ", got.partition("\nKeys:\n")[2]
                                  .partition("\n\n")[0], re.M)
                argument = re.search(r"\] ([A-Z]+) KEY=VALUE", got.split("\n")[0])
                first = {argument[1].lower()} if argument and argument[1] != "ID" else set()
                body, _, member = body.partition(".")
                fields = schemas[body]["properties"]
                fields = fields[member]["properties"] if member else fields
                self.assertEqual(set(keys) | (first - {"door"}), set(fields))
        self.assertNotIn("Keys:", self.ok("device", "list", "--help").out)

    def test_no_line_of_help_is_wider_than_80_columns_or_blank_in_vain(self):
        commands = re.findall(r"^  ([a-z-]+) ", self.ok("help").out, re.M)
        for command in commands:
            helps = [self.help(command)]
            if re.search(r"^Verbs:$", helps[0], re.M) and command != "terminal":
                helps += [self.help(command, verb)
                          for verb in re.findall(r"^  ([a-z-]+) ", helps[0], re.M)]
            for line in "\n".join(helps).split("\n"):
                # Completion takes the values of an option from its one word, however long.
                if re.match(r" +--[a-z-]+=\S{60}", line):
                    continue
                self.assertLessEqual(len(line), 80, (command, line))
                self.assertNotRegex(line, r"^ +$", command)

    def test_each_example_is_a_command_line_that_makes_sense(self):
        tried = 0
        for noun in ("device", "punch", "command", "token", "problem", "quarantine", "person", "work-code",
                     "message", "clock", "level", "access time-rule", "access holiday", "access door-group", "access person",
                     "access credential", "access department", "access position", "access first-card",
                     "access multi-card", "access anti-passback", "access interlock", "access linkage",
                     "access scheduled-output", "access scheduled-input",
                     "access verify-schedule", "access super-user", "access door", "file"):
            noun = noun.split()
            shown = self.ok(*noun, "--help").out
            for verb in re.findall(r"^  ([a-z]+) ", shown, re.M):
                text = re.sub(r" \\\n +", " ", self.help(*noun, verb))
                examples = re.findall(r"^  gatehouse (.+)$", text, re.M)
                self.assertTrue(examples, (noun, verb))
                for example in examples:
                    words = shlex.split(example)
                    self.assertEqual(words[:len(noun) + 1], [*noun, verb])
                    if verb in ("add", "discover", "watch"):
                        continue
                    with tempfile.TemporaryDirectory() as home:
                        got = run(*words, cwd=home, *(["--yes"] if verb.startswith("delete") else []))
                    self.assertIn(got.status, (0, 1), (example, got))
                    self.assertNotRegex(got.err, r"Usage|unrecognized|takes no|no such verb", example)
                    tried += 1
        self.assertGreater(tried, 20)

    def test_a_word_that_is_nearly_right_is_recognised(self):
        self.bad(2, "did you mean device?", "devise")
        self.bad(2, "did you mean approve?", "device", "aprove")
        self.bad(2, "did you mean list?", "punch", "lst")
        self.bad(2, "'gatehouse help device' lists them", "device", "fly")
        self.bad(2, "'gatehouse help' lists them", "fly")

    def test_options_may_stand_anywhere(self):
        d = clock()
        for words in (("--json", "show", d.sn), ("show", "--json", d.sn),
                      ("show", d.sn, "--json")):
            self.assertEqual(json.loads(self.ok("device", *words).out)["data"]["sn"], d.sn)


class Devices(Base):
    def test_a_device_is_approved_named_and_blocked(self):
        with Server() as own:
            a, b = Device(own), Device(own)
            for d in (a, b):
                d.handshake()
            got = self.ok("device", "list", own=own)
            self.assertTrue(got.lines[0].startswith("SERIAL NUMBER"))
            self.assertEqual(got.out.count("held"), 2)
            got = self.ok("device", "approve", a.sn, b.sn, own=own)
            self.assertEqual(got.lines, [f"{a.sn}: approved", f"{b.sn}: approved"])
            self.ok("device", "rename", a.sn, "Main gate", own=own)
            self.ok("device", "zone", a.sn, "Asia/Kolkata", own=own)
            self.ok("device", "set", a.sn, "delay=7", "realtime=no", "transTimes=00:00;12:00",
                    own=own)
            row = own.api.device(a.sn)
            self.assertEqual((row["name"], row["zone"], row["delay"], row["realtime"],
                              row["transTimes"]),
                             ("Main gate", "Asia/Kolkata", 7, False, "00:00;12:00"))
            got = self.ok("device", "show", a.sn, own=own)
            self.assertRegex(got.out, r"Name +Main gate\n")
            self.assertRegex(got.out, r"Area +default\n")
            self.ok("device", "block", b.sn, own=own)
            got = self.ok("device", "list", "--state", "blocked", own=own)
            self.assertEqual(len(got.lines), 2)
            self.assertIn(b.sn, got.lines[1])
            self.ok("device", "delete", "--yes", b.sn, own=own)
            self.assertNotIn(b.sn, own.api.devices())

    def test_an_unknown_device_comes_with_a_hint(self):
        for words in (("show", "NOBODY"), ("approve", "NOBODY"), ("trace", "NOBODY"),
                      ("zone", "NOBODY", "UTC")):
            self.bad(1, "'gatehouse device list'", "device", *words)

    def test_all_of_several_are_done_though_one_fails(self):
        d = clock()
        got = self.bad(1, "NOBODY", "device", "block", "NOBODY", d.sn)
        self.assertEqual(got.lines, [f"{d.sn}: blocked"])

    def test_a_bad_setting_is_named_by_the_server(self):
        d = clock()
        self.bad(1, '"zone"', "device", "zone", d.sn, "Mars/Moon")
        self.bad(1, '"colour"', "device", "set", d.sn, "colour=red")
        got = self.bad(1, '"colour"', "device", "set", d.sn, "colour=red", "delay=0")
        self.assertIn('\nField "delay" must be from 1 to 3600.\n', got.err)

    def test_a_name_cannot_drive_the_terminal(self):
        d = clock()
        d.upload("OPERLOG", "USER PIN=1\tName=\x1b[2Jevil\x07\n", 1)
        got = self.ok("person", "list", "--device", d.sn)
        self.assertNotIn("\x1b", got.out)
        self.assertNotIn("\x07", got.out)
        self.assertIn("[2Jevil", got.out)

    def test_columns_stay_straight_under_wide_characters(self):
        d = clock()
        d.upload("OPERLOG", "USER PIN=1\tName=王小明\tCard=77\nUSER PIN=2\tName=Zoë\tCard=78\n", 1)
        got = self.ok("person", "list", "--device", d.sn)
        at = got.lines[0].index("PRIVILEGE")
        self.assertIn("王小明", got.lines[1])
        # Three characters of two columns each stand where six of one would.
        self.assertEqual(got.lines[1].index("77") + 3, got.lines[2].index("78"))
        self.assertGreater(at, 0)

    def test_the_trace_shows_the_exchange(self):
        d = clock()
        d.punch(("1", "2024-06-01 08:00:00"))
        got = self.ok("device", "trace", d.sn)
        self.assertIn("POST /iclock/cdata", got.out)
        self.assertIn("2024-06-01 08:00:00", got.out)
        self.assertLess(got.out.index("options=all"), got.out.index("table=ATTLOG"))


class Lists(Base):
    """What every verb that lists takes."""

    VERBS = (("device", "list"), ("punch", "list"), ("command", "list"), ("person", "list"),
             ("quarantine", "list"), ("problem", "list"), ("token", "list"),
             ("audit", "list"),
             ("device", "trace", "LISTED"))

    @classmethod
    def setUpClass(cls):
        d = Device(server, sn="LISTED")
        d.options()
        d.punch(*((f"{i}", "2024-06-01 08:00:00") for i in range(5)))
        d.upload("OPERLOG", "USER PIN=1\tName=Zoe, =1\nUSER PIN=2\tName=Ann\n", 1)
        d.upload("ATTLOG", b"rubbish\n", 1)
        server.api.queue("LISTED", "CHECK")

    def test_each_has_the_forms_and_prints_the_total(self):
        for words in self.VERBS:
            page = json.loads(self.ok(*words, "--json", "--sort", "-id").out)
            ids = [r["id"] for r in page["data"]]
            self.assertEqual(ids, sorted(ids, reverse=True), words)
            got = self.ok(*words, "--format", "json", "--sort", "-id")
            self.assertEqual(json.loads(got.out)["data"], page["data"], words)
            got = run(*words, "--format", "csv", "--sort", "-id", "--total")
            self.assertEqual(got.err.splitlines()[-1], f"{page['total']} in all", words)
            rows = list(csv.DictReader(io.StringIO(got.out, newline="")))
            self.assertEqual([int(r["id"]) for r in rows], ids, words)
            got = self.ok(*words, "--format", "ndjson", "--sort", "-id", "--columns", "id")
            self.assertEqual([json.loads(line) for line in got.lines], [{"id": n} for n in ids])
            got = self.ok(*words, "--columns", "id", "--format", "table", "--query", "zzzz")
            self.assertEqual([line.strip().lower() for line in got.lines], ["id"])
            self.bad(2, "table, csv, ndjson or json", *words, "--format", "xml")
            self.bad(1, "must be a field this list can be sorted by", *words, "--sort", "nme")

    def test_one_is_searched_sorted_paged_and_cut_to_columns(self):
        words = ("person", "list", "--device", "LISTED")
        got = self.ok(*words, "--sort", "name", "--columns", "name,pin", "--format", "csv")
        self.assertEqual(got.out, "name,pin\r\nAnn,2\r\n\"Zoe, =1\",1\r\n")
        got = self.ok(*words, "--query", "zo", "--columns", "pin,name")
        self.assertEqual([line.split()[0] for line in got.lines], ["PIN", "1"])
        got = run(*words, "--sort", "name", "--limit", "1", "--columns", "name")
        self.assertIn("Ann", got.out)
        cursor = got.err.split("--cursor ")[1].strip()
        got = self.ok(*words, "--sort", "name", "--cursor", cursor, "--columns", "name")
        self.assertEqual([line.strip() for line in got.lines], ["NAME", "Zoe, =1"])
        got = run("punch", "list", "--device", "LISTED", "--before", "9000000000000000000",
                  "--limit", "2", "--columns", "pin")
        self.assertEqual([line.strip() for line in got.lines], ["PIN", "4", "3"])
        self.assertIn("--before ", got.err)
        self.bad(2, 'no field "nme" here; there are: id, deviceSerial, pin, name, ', *words, "--columns", "nme")
        got = self.ok("device", "list", "--columns", "sn,stats.userCount", "--query", "LISTED",
                      "--format", "ndjson")
        self.assertEqual(json.loads(got.lines[0]), {"sn": "LISTED", "stats.userCount": 2})


class Contact(Base):
    def test_devices_are_listed_by_how_they_keep_in_touch(self):
        with Server("--new-devices", "approve") as own:
            for sn in ("ONLINE1", "ONLINE2"):
                Device(own, sn).options()
            rows = self.ok("device", "list", "--contact", "online", "--format", "ndjson",
                           "--columns", "sn,contact", own=own)
            self.assertEqual({json.loads(line)["sn"] for line in rows.lines}, {"ONLINE1", "ONLINE2"})
            self.assertEqual(self.ok("device", "list", "--contact", "silent", "--format", "ndjson",
                                     own=own).out, "")
            self.bad(1, 'did you mean "silent"', "device", "list", "--contact", "silnt", own=own)
            self.assertRegex(self.ok("status", own=own).out, r"  online +2\n")
            facets = own.api.get("/api/devices?facets=contact")["facets"]["contact"]
            self.assertIn("online", str(facets))
            metrics = own.api.raw("GET", "/metrics")[2].decode()
            self.assertIn('gatehouse_devices_contact{contact="online"} 2\n', metrics)
            self.assertRegex(metrics, r'gatehouse_device_silent_seconds\{sn="ONLINE1"\} \d+\n')


class Words(Base):
    def test_a_command_that_cannot_be_meant_is_refused(self):
        d = clock()
        self.bad(1, "--raw", "command", "send", d.sn, "FOO BAR")
        self.bad(1, "parted by tabs", "command", "send", d.sn, "DATA UPDATE USERINFO PIN=1 Name=Ana")
        self.bad(1, 'did you mean "unlock"', "command", "send", d.sn, "--type", "unlok")
        self.assertEqual(server.api.get(f"/api/commands?device={d.sn}")["data"], [])
        self.ok("command", "send", d.sn, "FOO BAR", "--raw")
        self.ok("command", "send", d.sn, r"DATA UPDATE USERINFO PIN=1\tName=Ana")
        got = self.ok("command", "list", "--device", d.sn)
        self.assertIn(r"PIN=1\tName=Ana", got.out)
        self.assertIn("FOO BAR", got.out)
        self.assertIn("\tName=Ana", server.api.get(f"/api/commands?device={d.sn}")["data"][0]["command"])

    def test_types_are_listed_with_their_fields(self):
        got = self.ok("command", "types", "--format", "csv")
        rows = csv.DictReader(io.StringIO(got.out, newline=""))
        fields = {row["type"]: row["fields"] for row in rows}
        self.assertEqual(fields["unlock"], "door? seconds?")
        self.assertEqual(fields["set_option"], "name value force?")


class Punches(Base):
    def test_list_shows_the_latest_unless_a_start_is_given(self):
        with Server("--new-devices", "approve") as own:
            d = Device(own)
            d.options()
            d.punch(*((f"{i:04d}", "2024-06-01 08:00:00") for i in range(130)))
            d.punch(*((f"{i:04d}", "2024-07-31 08:00:00") for i in range(130, 140)))
            pins = [f"{i:04d}" for i in range(140)]

            def shown(*words):
                got = run("punch", "list", *words, own=own)
                self.assertEqual(got.status, 0, got)
                return [line.split()[1] for line in got.lines[1:]], got.err

            self.assertEqual(shown(), (pins[40:], "There are earlier ones: --before 41\n"))
            for words in (("--last", "5"), ("--limit", "5"),
                          ("--last", "5", "--device", d.sn), ("--limit", "5", "--from", "2024-01-01")):
                self.assertEqual(shown(*words), (pins[-5:], "There are earlier ones: --before 136\n"))
            self.assertEqual(shown("--month", "2024-06", "--last", "2")[0], pins[128:130])
            self.assertEqual(shown("--month", "2024-07"), (pins[130:], ""))
            self.assertEqual(shown("--today"), ([], ""))
            got = self.ok("punch", "export", "--month", "2024-07", "--format", "ndjson", own=own)
            self.assertEqual([json.loads(line)["pin"] for line in got.lines], pins[130:])
            self.bad(2, "YYYY-MM", "punch", "list", "--month", "2024-13", own=own)
            self.bad(2, "only one of", "punch", "list", "--today", "--to", "2024-01-01", own=own)
            self.bad(2, "--last takes no", "punch", "list", "--last", "1", "--after", "1", own=own)
            got = run("punch", "list", "--after", "0", "--limit", "2", own=own)
            self.assertEqual([line.split()[1] for line in got.lines[1:]], ["0000", "0001"])
            self.assertIn("--after 2", got.err)
            got = self.ok("punch", "list", "--pin", "0007", own=own)
            self.assertEqual(len(got.lines), 2)

    def test_json_is_what_the_api_returned(self):
        d = clock()
        d.punch(("1", "2024-06-01 08:00:00"))
        got = self.ok("punch", "list", "--device", d.sn, "--json")
        self.assertEqual(json.loads(got.out),
                         server.api.get(f"/api/punches?device={d.sn}&before={2 ** 63 - 1}"))
        got = self.bad(1, "NOBODY", "device", "show", "NOBODY", "--json")
        self.assertEqual(json.loads(got.out)["code"], "device_unknown")

    def test_export_has_every_row_in_each_format(self):
        d = clock()
        for hour in range(3):
            d.punch(*((f"0{i}", f"2024-06-02 {hour:02d}:00:00", 0, 1, 'a,"b')
                      for i in range(500)))
        rows = server.api.punches(device=d.sn)
        with tempfile.TemporaryDirectory() as home:
            for form in ("csv", "ndjson", "json"):
                path = os.path.join(home, form)
                self.ok("punch", "export", "--device", d.sn, "--format", form, "--output", path)
                with open(path, newline="") as f:
                    text = f.read()
                self.assertEqual(os.listdir(home), [form])
                os.unlink(path)
                if form == "csv":
                    got = list(csv.DictReader(io.StringIO(text, newline="")))
                    self.assertEqual([(r["pin"], r["workCode"]) for r in got],
                                     [(r["pin"], r["workCode"]) for r in rows])
                elif form == "json":
                    self.assertEqual(json.loads(text), rows)
                else:
                    self.assertEqual([json.loads(line) for line in text.splitlines()], rows)
            got = self.ok("punch", "export", "--device", d.sn, "--format", "ndjson", "--limit",
                          "1203")
            self.assertEqual(len(got.lines), 1203)
            # Above what a page of the API has.
            for hour in range(3, 24):
                d.punch(*((f"0{i}", f"2024-06-02 {hour:02d}:00:00") for i in range(500)))
            for form in ("csv", "ndjson", "json"):
                got = self.ok("punch", "export", "--device", d.sn, "--format", form, "--limit",
                              "11001")
                n = len(json.loads(got.out)) if form == "json" else \
                    len(got.lines) - (form == "csv")
                self.assertEqual(n, 11001, form)
            self.bad(1, "NOBODY", "punch", "export", "--device", "NOBODY", "--output",
                     os.path.join(home, "x"))
            self.assertEqual(os.listdir(home), [])

    def test_output_that_cannot_be_written_is_a_failure(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        with open("/dev/full", "w") as full:
            got = subprocess.run([program(), "token", "list"], stdout=full,
                                 stderr=subprocess.PIPE, timeout=DEADLINE,
                                 env=environment(GATEHOUSE_DATA=server.data,
                                                 GATEHOUSE_URL=url()))
        self.assertEqual(got.returncode, 1, got.stderr)

    def test_watch_shows_punches_at_once_and_goes_on_after_a_restart(self):
        with Server("--new-devices", "approve") as own:
            # The same address after the restart, so that the watcher finds it again.
            own.flags += ["--admin", "%s:%d" % own.admin]
            d = Device(own)
            d.options()
            d.punch(("before", "2024-06-01 08:00:00"))
            with tempfile.TemporaryFile() as out:
                watch = subprocess.Popen([program(), "punch", "watch", "--after", "0", "--json"],
                                         stdout=out, stderr=subprocess.DEVNULL,
                                         env=environment(GATEHOUSE_DATA=own.data,
                                                         GATEHOUSE_URL=url(own)))

                def shown():
                    out.seek(0)
                    return [json.loads(line)["pin"] for line in out.read().splitlines()]

                try:
                    until(lambda: shown() == ["before"])
                    d.punch(("now", "2024-06-01 08:00:01"))
                    until(lambda: shown() == ["before", "now"])
                    own.restart("kill")
                    d.punch(("after", "2024-06-01 08:00:02"))
                    until(lambda: shown() == ["before", "now", "after"])
                    watch.send_signal(signal.SIGINT)
                    self.assertIn(watch.wait(DEADLINE), (0, 130, -signal.SIGINT))
                finally:
                    watch.kill()
                    watch.wait()


class Commands(Base):
    def test_a_command_is_sent_shown_listed_and_cancelled(self):
        d = clock()
        got = self.ok("command", "send", d.sn, "SET", "OPTION", "A=1")
        number = got.out.split()[-1]
        self.assertEqual(got.out, f"{d.sn}: queued as command {number}\n")
        self.assertRegex(self.ok("command", "show", number).out, r"Status +queued\n")
        self.assertIn("SET OPTION A=1", self.ok("command", "list", "--device", d.sn).out)
        self.assertEqual(self.ok("command", "cancel", number).out, f"{number}: cancelled\n")
        self.bad(1, "ended", "command", "cancel", number)
        self.bad(1, "'gatehouse command list'", "command", "show", "999999")

    def test_what_may_keep_a_command_from_being_fetched_is_reported(self):
        d = clock()
        self.ok("command", "send", d.sn, "INFO")
        server.api.change(d.sn, delay=60)
        got = run("command", "send", d.sn, "AC_UNLOCK")
        self.assertEqual(got.status, 0, got)
        self.assertIn("less often", got.err)

    def test_values_have_the_types_of_the_server(self):
        d = clock()
        self.ok("command", "send", d.sn, "--type", "enroll_fingerprint", "pin=007", "finger=3",
                "overwrite=yes")
        self.assertEqual([t for _, t in d.poll()],
                         ["ENROLL_FP PIN=007\tFID=3\tRETRY=3\tOVERWRITE=1"])
        self.bad(2, "true or false", "command", "send", d.sn, "--type", "enroll_fingerprint",
                 "pin=1", "finger=3", "overwrite=maybe")
        self.bad(1, "explode", "command", "send", d.sn, "--type", "explode")

    def test_waiting_ends_with_the_answer(self):
        for code, status in ((0, 0), (-1, 1)):
            d = clock()
            sent = subprocess.Popen([program(), "command", "send", d.sn, "LOG", "--wait", "20"],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    env=environment(GATEHOUSE_DATA=server.data,
                                                    GATEHOUSE_URL=url()))
            [(number, _)] = until(d.poll)
            d.done(number, code)
            out, err = sent.communicate(timeout=DEADLINE)
            self.assertEqual(sent.returncode, status, err)
            self.assertIn("acknowledged" if code == 0 else "failed", out.decode())

    def test_waiting_has_an_end_without_one(self):
        self.bad(1, "not answered", "command", "send", clock().sn, "LOG", "--wait", "0.3")


class Tokens(Base):
    def test_a_token_is_printed_once_and_revoked(self):
        got = run("token", "create", "erp", "--scope", "write")
        self.assertEqual(got.status, 0)
        token = got.out.strip()
        self.assertRegex(token, r"^gh_[A-Za-z0-9_-]{43}$")
        self.ok("status", env=environment(GATEHOUSE_URL=url(), GATEHOUSE_TOKEN=token))
        listed = self.ok("token", "list")
        [row] = [line for line in listed.lines if " erp " in line]
        self.ok("token", "revoke", row.split()[0])
        self.bad(4, "not known", "status", "--token", token)
        self.bad(1, "scope", "token", "create", "x", "--scope", "king")
        self.bad(1, "scopes[1]", "token", "create", "x", "--scopes", "read,king")

    def test_a_token_has_the_scopes_it_is_given(self):
        got = run("token", "create", "reception", "--scopes", "read, door")
        self.assertEqual(got.status, 0)
        [row] = [line for line in self.ok("token", "list").lines if " reception " in line]
        self.assertRegex(row, "read,? *door")
        self.bad(4, "scope write", "command", "send", clock().sn, "LOG", "--token",
                 got.out.strip())
        self.ok("command", "send", clock().sn, "--type", "unlock",
                env=environment(GATEHOUSE_URL=url(), GATEHOUSE_TOKEN=got.out.strip()))


class Rest(Base):
    def test_quarantine_and_status_have_tables(self):
        d = clock()
        d.upload("ATTLOG", b"rubbish\n", 1)
        self.assertIn("rubbish", self.ok("quarantine", "list", "--device", d.sn).out)
        self.assertRegex(self.ok("status").out, r"Store in order +yes\n")


if __name__ == "__main__":
    tap.main()
