#!/usr/bin/env python3
"""Terminals carry out what the queue holds for them, in the words of the push protocol."""

import base64
import json
import subprocess
import time
import unittest

from terminal import Line, Server, Terminal, serve, until
import tap
from serve import Api, ApiError

SN = "SIM000001"


class Orders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.terminal = Terminal("--punches", "20", "--users", "6", "--templates", "100")
        cls.server = Server("--allow-shell")
        cls.server.add(cls.terminal.tcp)
        cls.server.linked(SN, "listening")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.terminal.close()

    def order(self, text, status="acknowledged"):
        command = self.server.order(SN, text)
        self.assertEqual(command["status"], status, command)
        return command

    def person(self, pin):
        self.order(f"DATA QUERY USERINFO PIN={pin}")
        return next(p for p in self.server.api.records("persons", SN) if p["pin"] == pin)

    def test_all_people_are_read(self):
        command = self.order("DATA QUERY USERINFO")
        people = self.server.api.records("persons", SN)
        self.assertGreaterEqual(len(people), 6)
        self.assertGreaterEqual(command["returnCode"], 6)
        self.assertTrue(all(p["name"] for p in people if int(p["pin"]) <= 6))

    def test_a_person_is_written_and_read_back(self):
        self.order("DATA UPDATE USERINFO PIN=101\tName=J\u00fcrgen\tPri=14\tPasswd=4711\t"
                   "Card=[15CD5B07]\tGrp=2")
        person = self.person("101")
        self.assertEqual((person["name"], person["privilege"], person["card"], person["groupId"]),
                         ("J\u00fcrgen", 14, "123456789", "2"))

    def test_what_an_update_does_not_name_stays(self):
        self.order("DATA UPDATE USERINFO PIN=102\tName=Ada\tPri=6\tCard=77")
        self.order("DATA UPDATE USERINFO PIN=102\tGrp=3")
        person = self.person("102")
        self.assertEqual((person["name"], person["privilege"], person["card"], person["groupId"]),
                         ("Ada", 6, "77", "3"))

    def test_a_whole_record_as_the_push_protocol_has_it_is_written(self):
        for verify in (-1, 0, 1, 140):
            self.order("DATA UPDATE USERINFO PIN=106\tName=Di\tPri=0\tPasswd=\tCard=\tGrp=1\t"
                       f"TZ=0001000200010000\tVerify={verify}\tViceCard=")
        person = self.person("106")
        self.assertEqual((person["name"], person["timeZone"]), ("Di", "0001000200010000"))

    def test_a_token_that_only_writes_changes_no_credential_of_an_administrator(self):
        self.order("DATA UPDATE USERINFO PIN=109\tName=Ann\tPri=14")
        self.order("DATA UPDATE USERINFO PIN=110\tName=Bo\tPri=0")
        made = self.server.api.post("/api/tokens", {"name": "w", "scopes": ["write"]})["data"]
        writer = Api(self.server.admin, made["token"])
        with self.assertRaises(ApiError) as caught:
            writer.post("/api/commands", {"deviceSerial": SN, "type": "update_person",
                                          "person": {"pin": "109", "card": "5"}})
        self.assertEqual([d["field"] for d in caught.exception.reply["details"]],
                         ["scope", "person.card"])
        self.assertEqual(caught.exception.status, 403)
        self.assertTrue(writer.post("/api/commands", {
            "deviceSerial": SN, "type": "update_person", "person": {"pin": "110", "card": "5"}}))

    def test_a_person_is_removed(self):
        self.order("DATA UPDATE USERINFO PIN=103\tName=Bo")
        self.assertEqual(self.order("DATA DELETE USERINFO PIN=103")["returnCode"], 0)
        self.assertEqual(self.order("DATA DELETE USERINFO PIN=103")["returnCode"], -10)
        self.assertEqual(self.order("DATA QUERY USERINFO PIN=103", "failed")["returnCode"], -10)

    def test_templates_are_read_written_and_removed(self):
        command = self.order("DATA QUERY FINGERTMP")
        rows = self.server.api.records("templates", SN)
        self.assertGreaterEqual(len(rows), 1)
        self.assertGreaterEqual(command["returnCode"], len(rows) - 1)
        text = base64.b64encode(bytes(range(256)) * 3).decode()
        self.order("DATA UPDATE USERINFO PIN=104\tName=Cy")
        self.order(f"DATA UPDATE FINGERTMP PIN=104\tFID=6\tSize={len(text)}\tValid=1\tTMP={text}")
        self.order("DATA QUERY FINGERTMP PIN=104\tFingerID=6")
        row = next(t for t in self.server.api.records("templates", SN) if t["pin"] == "104")
        self.assertEqual((row["source"], row["no"], row["valid"], row["size"]),
                         ("fp", 6, 1, len(text)))
        self.assertEqual(self.server.template(row["id"]).decode(), text)
        self.assertEqual(self.order("DATA DELETE FINGERTMP PIN=104\tFID=6")["returnCode"], 0)
        self.assertEqual(self.order("DATA DELETE FINGERTMP PIN=104\tFID=6")["returnCode"], -10)
        self.assertEqual(self.order("DATA QUERY FINGERTMP PIN=104")["returnCode"], 0)

    def test_a_template_of_an_unknown_person_is_refused(self):
        command = self.order("DATA UPDATE FINGERTMP PIN=999\tFID=1\tTMP=QUJD", "failed")
        self.assertEqual(command["returnCode"], -10)

    def test_bad_arguments_are_refused_with_a_sentence(self):
        for text in ("DATA UPDATE USERINFO Name=x", "DATA UPDATE USERINFO PIN=",
                     "DATA UPDATE USERINFO PIN=1\tPri=300",
                     "DATA UPDATE USERINFO PIN=1\tVerify=300",
                     "DATA UPDATE USERINFO PIN=1\tTZ=12x",
                     "DATA UPDATE USERINFO PIN=1\tCard=x",
                     "DATA UPDATE USERINFO PIN=" + "9" * 25,
                     "DATA UPDATE FINGERTMP PIN=1\tFID=11\tTMP=QUJD",
                     "DATA UPDATE FINGERTMP PIN=1\tFID=1\tTMP=%%%"):
            with self.subTest(text):
                try:
                    command = self.order(text, "failed")
                except serve.ApiError as e:  # what no device could take
                    self.assertEqual((e.status, e.reply["code"]), (400, "command_malformed"))
                    continue
                self.assertEqual(command["returnCode"], -1, command)
                self.assertTrue(command["result"])

    def test_what_terminals_cannot_do_is_reported(self):
        for text in ("SHELL ls", "DATA QUERY BIODATA Type=9", "LOGS", "PutFile a\tb"):
            with self.subTest(text):
                self.assertEqual(self.order(text, "failed")["returnCode"], -1002)
        for kind in ("lock_door", "close_door"):
            with self.assertRaises(serve.ApiError) as refused:
                self.server.api.post("/api/commands", {"deviceSerial": SN, "type": kind})
            self.assertEqual((refused.exception.status, refused.exception.reply["code"]),
                             (409, "device_cannot"))

    def test_its_log_is_read_and_counted(self):
        self.assertEqual(self.order("DATA QUERY ATTLOG StartTime=2000-01-01 00:00:00\t"
                                    "EndTime=2099-01-01 00:00:00")["returnCode"], 20)
        self.assertEqual(self.order("DATA QUERY ATTLOG StartTime=2098-01-01 00:00:00\t"
                                    "EndTime=2099-01-01 00:00:00")["returnCode"], 0)
        self.assertIn("20 punches", self.order("CHECK")["result"])
        number = int(self.server.api.post(f"/api/devices/{SN}/read")["commandId"])
        until(lambda: self.server.api.command(number)["status"] == "acknowledged")

    def test_its_options_are_read_and_set(self):
        self.order("INFO")
        self.assertEqual(self.server.api.device(SN)["options"]["~Platform"], "ZMM220_TFT")
        self.order("SET OPTION VOLUME=55")
        self.order("RELOAD OPTIONS")
        self.order("AC_UNLOCK")

    def test_many_commands_are_carried_out_in_order(self):
        for n in range(1, 301):
            # One that names nothing the one before names, or it would take its place.
            field = "Name" if n % 2 else "Passwd"
            last = self.server.api.queue(SN, f"DATA UPDATE USERINFO PIN=200\t{field}=N{n}")
        until(lambda: self.server.api.command(last)["status"] == "acknowledged", 60)
        self.assertEqual(self.person("200")["name"], "N299")
        rows = self.server.api.get("/api/commands?limit=300")["data"]
        self.assertTrue(all(r["status"] == "acknowledged" for r in rows
                            if "PIN=200" in r["command"]))

    def test_secrets_stay_out_of_the_trace(self):
        self.order("DATA UPDATE USERINFO PIN=105\tPasswd=98761234")
        trace = str(self.server.api.get(f"/api/devices/{SN}/trace"))
        self.assertIn("DATA UPDATE USERINFO", trace)
        self.assertNotIn("98761234", trace)
        self.assertNotIn("98761234", self.server.log(1 << 20))


class Broken(unittest.TestCase):
    def test_commands_wait_for_a_terminal_that_is_off(self):
        with Server() as server:
            with Terminal("--punches", "3") as terminal:
                port = terminal.port
                server.add(terminal.tcp)
                server.linked(SN, "listening")
            until(lambda: server.link(SN)["error"])
            number = server.api.queue(SN, "DATA UPDATE USERINFO PIN=5\tName=later")
            with Terminal("--punches", "3", port=port):
                until(lambda: server.api.command(number)["status"] == "acknowledged")

    def test_a_restart_is_answered_and_survived(self):
        with Server() as server, Terminal("--punches", "3") as terminal:
            server.add(terminal.tcp)
            server.linked(SN, "listening")
            self.assertEqual(server.order(SN, "REBOOT")["status"], "acknowledged")
            self.assertIn("0 of them new", server.order(SN, "LOG", 40)["result"])

    def test_a_server_that_died_gives_the_rest_again(self):
        with Server() as server, Terminal("--punches", "3", "--pace", "3") as terminal:
            server.add(terminal.tcp)
            server.linked(SN, "listening")
            numbers = [server.api.queue(SN, f"DATA UPDATE USERINFO PIN={n}\tName=x")
                       for n in range(300, 360)]
            server.kill()
            server.start()
            until(lambda: all(server.api.command(n)["status"] == "acknowledged"
                              for n in numbers), 60)


USER_WRQ, CLEAR_ATTLOG, UNLOCK, STARTENROLL = 8, 15, 31, 61
READS = (13, 1503)  # ATTLOG_RRQ, PREPARE_BUFFER


class Natures(unittest.TestCase):
    """What becomes of a command whose answer is lost."""

    def linked(self):
        terminal = Terminal("--punches", "9", "--users", "6")
        self.addCleanup(terminal.close)
        line = Line(terminal.port)
        self.addCleanup(line.close)
        server = Server()
        self.addCleanup(server.close)
        server.add(line.tcp)
        server.linked(SN, "listening")
        return terminal, line, server

    def test_an_act_is_given_once(self):
        terminal, line, server = self.linked()
        for command, words in ((UNLOCK, "AC_UNLOCK"), (STARTENROLL, "ENROLL_FP PIN=1\tFID=3")):
            with self.subTest(words):
                line.cut_after(command)
                row = server.order(SN, words, 60)
                self.assertEqual(row["status"], "uncertain", row)
                server.order(SN, "INFO", 60)  # it is back, and was given everything that waits
                self.assertEqual(line.seen.count(command), 1)
                self.assertEqual(server.api.command(row["id"])["status"], "uncertain")

    def test_a_state_is_given_again_under_its_number(self):
        terminal, line, server = self.linked()
        line.cut_after(USER_WRQ, stay_down=True)
        number = server.api.queue(SN, "DATA UPDATE USERINFO PIN=1\tName=Twice")
        until(lambda: server.api.command(number)["history"][-1]["detail"])
        line.down = False
        row = server.ended(number, 60)
        self.assertEqual((row["status"], row["tries"]), ("acknowledged", 2))

    def test_an_erasure_is_repeated_after_its_condition_was_looked_at_again(self):
        terminal, line, server = self.linked()
        line.cut_after(CLEAR_ATTLOG)
        row = server.order(SN, "CLEAR LOG", 60)
        self.assertEqual((row["status"], row["tries"]), ("acknowledged", 2))
        first = line.seen.index(CLEAR_ATTLOG)
        again = line.seen.index(CLEAR_ATTLOG, first + 1)
        # Between the two the log was read to its end once more.
        self.assertTrue(set(READS) & set(line.seen[first + 1:again]), line.seen[first:again + 1])
        self.assertEqual(len(server.api.punches()), 9)
        self.assertEqual(terminal.end()["holds"]["punches"], 0)

    def test_time_is_looked_at_before_a_command_is_carried_out(self):
        terminal, line, server = self.linked()
        first = line.hold(USER_WRQ)
        server.api.queue(SN, "DATA UPDATE USERINFO PIN=1\tName=One")
        until(lambda: USER_WRQ in line.seen)
        # These two are offered together, once the first is done.
        slow = server.api.queue(SN, "DATA UPDATE USERINFO PIN=1\tName=Two")
        door = server.api.queue(SN, "AC_UNLOCK", ttl=2)
        second = line.hold(USER_WRQ)
        first.set()
        until(lambda: server.api.command(slow)["status"] == "sent")
        time.sleep(2.2)
        second.set()
        self.assertEqual(server.ended(slow)["status"], "acknowledged")
        row = server.ended(door)
        self.assertEqual(row["status"], "expired", row)
        self.assertNotIn(UNLOCK, line.seen)


class Names(unittest.TestCase):
    def listed(self, terminal):
        """The users as the terminal holds them, their names from GB18030."""
        done = subprocess.run([serve.program(), "terminal", terminal.tcp, "user", "list",
                               "--encoding", "GB18030", "--format", "json"],
                              capture_output=True, text=True, check=True)
        return {u["pin"]: (u["name"], u["card"]) for u in json.loads(done.stdout)}

    def test_a_name_keeps_the_terminals_bytes(self):
        with Terminal("--persona", "chinese", "--users", "6") as terminal, Server() as server:
            server.add(terminal.tcp)
            server.linked(SN, "listening")
            before = self.listed(terminal)
            pin, name = next((p, n) for p, (n, _) in before.items() if not n.isascii())
            # Without a character set nothing is guessed, and nothing is spoilt.
            server.order(SN, "DATA QUERY USERINFO")
            self.assertNotEqual(self.name(server, pin), name)
            command = server.order(SN, f"DATA UPDATE USERINFO PIN={pin}\tCard=4711")
            self.assertEqual(command["status"], "acknowledged", command)
            after = self.listed(terminal)
            self.assertEqual(after[pin][0], name)
            self.assertEqual(str(after[pin][1]), "4711")
            server.api.change(SN, charset="GB18030")
            self.assertEqual(self.name(server, pin), name)
            server.linked(SN, "listening")
            command = server.order(SN, f"DATA UPDATE USERINFO PIN={pin}\tName=\u5f20\u4e09")
            self.assertEqual(command["status"], "acknowledged", command)
            self.assertEqual(self.listed(terminal)[pin][0], "\u5f20\u4e09")

    def name(self, server, pin):
        return next(p["name"] for p in server.api.records("persons", SN) if p["pin"] == pin)


if __name__ == "__main__":
    tap.main()
