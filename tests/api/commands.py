#!/usr/bin/env python3
"""Commands as programs queue and follow them through the API."""

import json
import os
import sys
import threading
import unittest
from urllib.parse import quote

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fixture  # noqa: E402
import tap  # noqa: E402
from fixture import clock, refusal  # noqa: E402
from schema import Document  # noqa: E402
from serve import Api, ApiError, Wire, until  # noqa: E402

server = None
document = None


def setUpModule():
    global server, document
    server = fixture.serve()
    document = Document(server.api.get("/api/openapi.json"))


class Commands(unittest.TestCase):
    def test_structured_requests_reach_the_device_as_words(self):
        d = clock()
        for body, text in (({"type": "unlock", "door": 2, "seconds": 5}, "AC_UNLOCK"),
                           ({"type": "set_option", "name": "A", "value": "b c", "force": True},
                            "SET OPTION A=b c"),
                           ({"type": "delete_user", "pin": "007"},
                            "DATA DELETE USERINFO PIN=007")):
            reply = server.api.post("/api/commands", dict(body, deviceSerial=d.sn))
            self.assertEqual(reply["commandId"], reply["data"]["commandId"])
            self.assertEqual(d.poll(), [(reply["commandId"], text)])
            d.done(reply["commandId"])

    def test_a_door_is_opened_by_its_own_path(self):
        d = clock()
        path = f"/api/devices/{d.sn}/doors/1/open"
        for body in (None, {}, {"seconds": 5}, {"ttl": 30}):
            status, _, data = server.api.raw("POST", path, body)
            reply = json.loads(data)
            self.assertEqual(status, 202, reply)
            self.assertEqual(document.faults(
                reply["data"], {"$ref": "#/components/schemas/Order"}), [])
            self.assertEqual(reply["data"]["type"], "unlock")
            self.assertEqual(d.poll(), [(reply["commandId"], "AC_UNLOCK")])
            d.done(reply["commandId"])
        for where, body, status, field in (
                (f"{d.sn}/doors/0", {}, 404, None), (f"{d.sn}/doors/x", {}, 404, None),
                ("NOBODY/doors/1", {}, 404, "sn"), (f"{d.sn}/doors/1", {"ttl": 61}, 400, "ttl"),
                (f"{d.sn}/doors/1", {"second": 5}, 400, "second"),
                (f"{d.sn}/doors/1", {"door": 2}, 400, "door")):
            with self.assertRaises(ApiError) as caught:
                server.api.post(f"/api/devices/{where}/open", body)
            self.assertEqual(caught.exception.status, status, caught.exception)
            if field:
                self.assertEqual(caught.exception.reply["details"][0]["field"], field)
        status, headers, _ = server.api.raw("GET", path)
        self.assertEqual((status, headers["Allow"]), (405, "POST"))
        self.assertEqual(d.poll(), [])

    def test_the_paths_of_zk_server_work(self):
        d = clock()
        a = server.api.post("/api/commands/user/delete", {"deviceSerial": d.sn, "pin": "5"})
        b = server.api.post("/api/commands/device/reboot", {"deviceSerial": d.sn})
        self.assertIs(a["data"]["success"], True)
        self.assertEqual(d.poll(), [(a["data"]["commandId"], "DATA DELETE USERINFO PIN=5"),
                                    (b["data"]["commandId"], "REBOOT")])
        d.done(a["commandId"])
        rows = server.api.get(f"/api/commands?device={d.sn}&status=completed")["data"]
        self.assertEqual([r["command_id"] for r in rows], [a["commandId"]])

    def test_they_are_listed_by_type_author_time_and_several_states(self):
        d = clock()
        log, info, person = (server.api.queue(d.sn, text) for text in
                             ("LOG", "INFO", "DATA UPDATE USERINFO PIN=5\tName=Bo"))
        self.assertIn(str(log), [number for number, _ in d.poll()])
        d.done(log)

        def found(query):
            rows = server.api.get(f"/api/commands?device={d.sn}&limit=1000&{query}")["data"]
            return [n for n in (log, info, person) if str(n) in {r["commandId"] for r in rows}]
        row = server.api.command(log)
        self.assertEqual((row["status"], row["expectedAt"], row["createdBy"]),
                         ("acknowledged", None, row["requestedBy"]))
        self.assertGreaterEqual(row["elapsedMs"], 0)
        waits = server.api.command(person)
        self.assertEqual((waits["elapsedMs"], waits["expectedAt"] is None), (None, False))
        self.assertEqual(waits["title"], "Write a person to the device (pin 5)")
        self.assertEqual(found("type=update_person"), [person])
        self.assertEqual(found("type=" + server.api.command(info)["type"]), [info])
        self.assertEqual(found("status=acknowledged"), [log])
        self.assertEqual(found("status=queued,sent,completed"), [log, info, person])
        self.assertEqual(found("status=queued,sent"), [info, person])
        self.assertEqual(found("status=failed,expired"), [])
        self.assertEqual(found("by=nobody"), [])
        self.assertEqual(found("by=" + quote(row["requestedBy"])), [log, info, person])
        day = row["createdAt"][:10]
        self.assertEqual(found(f"from={day}"), [log, info, person])
        self.assertEqual(found("to=2020-01-01"), [])
        for query, word in (("type=reboott", "reboot"), ("status=queued,lost", "must be queued"),
                            ("status=queued,,sent", "must be queued")):
            reply = refusal(self, 400, "parameter_invalid", "GET", f"/api/commands?{query}")
            self.assertIn(word, reply["error"])

    def test_a_request_that_makes_no_sense_is_refused_with_the_reason(self):
        d = clock()
        for body, word in (({"type": "delete_user"}, "pin"),
                           ({"type": "delete_user", "pin": "1\tPri=14"}, "pin"),
                           ({"type": "reboot", "pin": "1"}, "pin"),
                           ({"command": "LOG", "type": "log"}, "type"),
                           ({"command": "LOG", "door": 1}, "door"),
                           ({"command": "LOG", "ttl": 0}, "ttl"), ({}, "command")):
            reply = refusal(self, 400, "field_invalid", "POST", "/api/commands",
                            dict(body, deviceSerial=d.sn))
            self.assertIn(f'"{word}"', reply["error"])
        refusal(self, 400, "type_unknown", "POST", "/api/commands",
                {"deviceSerial": d.sn, "type": "explode"})
        reply = refusal(self, 400, "command_malformed", "POST", "/api/commands",
                        {"deviceSerial": d.sn, "command": "LOG\nC:1:CLEAR DATA"})
        self.assertIn("byte 3", reply["error"])
        self.assertEqual(d.poll(), [])

    def test_a_blocked_device_gets_no_commands(self):
        d = clock()
        server.api.post(f"/api/devices/{d.sn}/block")
        refusal(self, 409, "device_blocked", "POST", "/api/commands",
                {"deviceSerial": d.sn, "command": "LOG"})

    def test_the_token_that_queued_it_is_shown(self):
        d = clock()
        made = server.api.post("/api/tokens", {"name": "payroll sync", "scope": "write"})["data"]
        payroll = Api(server.admin, made["token"])
        n = payroll.queue(d.sn, "LOG")
        self.assertEqual(server.api.command(n)["requestedBy"], "payroll sync")
        for path in (f"/api/devices/{d.sn}/read", f"/api/devices/{d.sn}/resend"):
            n = int(payroll.post(path)["commandId"])
            self.assertEqual(payroll.command(n)["requestedBy"], "payroll sync")
        n = server.api.queue(d.sn, "LOG")
        # Also of a token that was there when the server started.
        first = server.api.get("/api/tokens")["data"][0]["name"]
        self.assertEqual(server.api.command(n)["requestedBy"], first)
        with server.database() as db:
            self.assertEqual(db.execute("SELECT requested_by FROM v_command WHERE id = ?",
                                        (n,)).fetchone(), (first,))

    def test_what_a_device_cannot_do_is_refused(self):
        d = clock()
        enrol = {"deviceSerial": d.sn, "type": "enroll_fingerprint", "pin": "1", "finger": 1}
        server.api.post("/api/commands", enrol)
        d.upload("options", "FingerFunOn=0,FaceFunOn=1")
        reply = refusal(self, 409, "device_cannot", "POST", "/api/commands", enrol)
        for word in ("fingerprints", "FingerFunOn=0"):
            self.assertIn(word, reply["error"])
        # By raw words, too; and what it supports, or does not report, is accepted.
        refusal(self, 409, "device_cannot", "POST", "/api/commands",
                {"deviceSerial": d.sn, "command": "DATA QUERY FINGERTMP PIN=1"})
        server.api.queue(d.sn, "DATA UPDATE FACE PIN=1\tFID=0\tValid=1\tSize=4\tTMP=QUJD")
        server.api.queue(d.sn, "DATA UPDATE USERPIC PIN=1\tSize=4\tContent=QUJD")
        d.upload("options", "FingerFunOn=1")
        server.api.post("/api/commands", enrol)

    def test_system_commands_are_off_unless_the_server_is_started_so(self):
        d = clock()
        for body in ({"command": "SHELL ls"}, {"command": " shell ls", "raw": True}, {"type": "shell", "script": "ls"},
                     {"command": "C:7:SHELL ls"}):
            reply = refusal(self, 403, "shell_off", "POST", "/api/commands", dict(body, deviceSerial=d.sn))
            self.assertIn("--allow-shell", reply["hint"])
        unit = fixture.opened()
        refusal(self, 403, "shell_off", "POST", "/api/commands",
                {"deviceSerial": unit.sn, "command": "SHELL ls", "raw": True})
        self.assertEqual(d.poll(), [])

    def test_what_has_no_words_is_refused(self):
        d = clock()
        reply = refusal(self, 409, "device_cannot", "POST", "/api/commands",
                        {"deviceSerial": d.sn, "type": "lock_door", "door": 1})
        self.assertIn("control of doors", reply["error"])

    def test_a_newer_command_takes_the_place_of_one_that_waits(self):
        d = clock()
        older = server.api.queue(d.sn, "SET OPTION VOLUME=1")
        newer = server.api.queue(d.sn, "SET OPTION VOLUME=2")
        row = server.api.command(older)
        self.assertEqual((row["status"], row["result"]),
                         ("cancelled", "a newer command took its place"))
        self.assertEqual(d.poll(), [(str(newer), "SET OPTION VOLUME=2")])
        self.assertEqual(server.api.device(d.sn)["pendingCommands"], 1)

    def test_a_command_is_queued_though_its_client_has_left(self):
        d = clock()
        for n in range(40):
            body = json.dumps({"deviceSerial": d.sn, "command": f"SET OPTION A{n}=1"}).encode()
            if n % 4 == 3:
                body = b"[" + body + b"]"
            with Wire(server.admin) as wire:
                wire.send(b"POST /api/commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                          + server.token.encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
                          + body)
        until(lambda: server.api.device(d.sn)["pendingCommands"] == 40)

    def test_an_array_is_queued_in_one_call(self):
        a, b = clock(), clock()
        reply = server.api.post("/api/commands", [
            {"deviceSerial": a.sn, "command": "INFO"},
            {"deviceSerial": b.sn, "type": "unlock", "seconds": 5},
            {"deviceSerial": "NOBODY", "command": "INFO"},
            {"deviceSerial": a.sn, "type": "explode"},
            {"deviceSerial": a.sn, "command": "AC_UNLOCK", "ttl": 61},
            {"command": "INFO"}, 7,
            {"deviceSerial": a.sn, "command": "LOG"}])
        self.assertEqual((reply["count"], reply["queued"]), (8, 3))
        rows = reply["data"]
        self.assertEqual([r.get("code") for r in rows],
                         [None, None, "device_unknown", "type_unknown", "field_invalid",
                          "field_invalid", "field_invalid", None])
        for row in rows:
            self.assertEqual("commandId" in row, "error" not in row, row)
        self.assertEqual(rows[0]["deviceLastSeen"], server.api.device(a.sn)["lastSeen"])
        self.assertIn("deviceSerial", rows[5]["error"])
        self.assertEqual(a.poll(), [(rows[0]["commandId"], "INFO"), (rows[7]["commandId"], "LOG")])
        self.assertEqual(b.poll(), [(rows[1]["commandId"], "AC_UNLOCK")])
        self.assertEqual(server.api.command(rows[1]["commandId"])["requestedBy"], "admin")

    def test_a_row_of_an_array_needs_its_own_scope(self):
        d = clock()
        made = server.api.post("/api/tokens", {"name": "w", "scope": "write"})["data"]
        rows = Api(server.admin, made["token"]).post("/api/commands", [
            {"deviceSerial": d.sn, "type": "clear_log"},
            {"deviceSerial": d.sn, "type": "check"}])["data"]
        self.assertEqual((rows[0]["code"], "commandId" in rows[1]), ("scope_too_small", True))

    def test_ten_thousand_at_once_and_no_more(self):
        devices = [clock() for _ in range(4)]

        def bodies(n):
            return [{"deviceSerial": devices[i % 4].sn, "command": f"DATA DELETE USERINFO PIN={i}"}
                    for i in range(n)]

        before = server.rss()
        reply = server.api.post("/api/commands", bodies(10000))
        self.assertEqual((reply["count"], reply["queued"]), (10000, 10000))
        numbers = [int(r["commandId"]) for r in reply["data"]]
        self.assertEqual(numbers, sorted(set(numbers)))
        for d in devices:
            self.assertEqual(server.api.device(d.sn)["pendingCommands"], 2500)
        first = devices[0].poll()
        self.assertEqual(first[1], (str(numbers[4]), "DATA DELETE USERINFO PIN=4"))
        if not server.sanitized():
            self.assertLess(server.rss() - before, 64 << 20)
        reply = refusal(self, 400, "field_invalid", "POST", "/api/commands", bodies(10001))
        self.assertIn("10000", reply["error"])
        refusal(self, 400, "field_invalid", "POST", "/api/commands", [])

    def test_raw_words_have_the_checks_of_their_kind(self):
        d = clock()
        for text, word in (("DATA DELETE FINGERTMP PIN=1\tFID=x", "FID"),
                           ("DATA UPDATE USERINFO PIN=1\tPri=many", "Pri"),
                           ("DATA DELETE USERINFO", "PIN"), ("DATA UPDATE USERINFO Name=x", "PIN"),
                           ("ENROLL_FP PIN=1", "FID"), ("SET OPTION VOLUME", "value"),
                           ("DATA QUERY ATTLOG StartTime=2024-02-30 00:00:00\tEndTime=2024-03-01",
                            "StartTime")):
            reply = refusal(self, 400, "command_malformed", "POST", "/api/commands",
                            {"deviceSerial": d.sn, "command": text})
            self.assertIn(word, reply["error"])
        self.assertEqual(d.poll(), [])

    def test_words_copied_from_a_page_are_what_they_mean(self):
        d = clock()
        for text in "C:5:INFO", "DATA UPDATE USERINFO PIN=6\\tName=Bob Stone\\tCard=15488111":
            d.server.api.queue(d.sn, text)
        self.assertEqual([text for _, text in d.poll()],
                         ["INFO", "DATA UPDATE USERINFO PIN=6\tName=Bob Stone\tCard=15488111"])
        reply = refusal(self, 400, "command_malformed", "POST", "/api/commands",
                        {"deviceSerial": d.sn, "command": "DATA UPDATE USERINFO PIN=6 Name=Bob"})
        self.assertIn("tab", reply["error"])

    def test_a_command_is_cancelled_once(self):
        d = clock()
        for method, tail in (("DELETE", ""), ("POST", "/cancel")):
            n = server.api.queue(d.sn, "LOG")
            server.api.call(method, f"/api/commands/{n}{tail}")
            refusal(self, 409, "command_ended", method, f"/api/commands/{n}{tail}")

    def test_history_and_meaning_are_shown(self):
        d = clock()
        n = server.api.queue(d.sn, "DATA UPDATE FINGERTMP PIN=1\tFID=1\tSize=1\tValid=1\tTMP=AA==")
        d.poll()
        d.done(n, -10)
        row = server.api.command(n)
        self.assertEqual((row["status"], row["returnCode"]), ("failed", -10))
        self.assertTrue(row["meaning"])
        self.assertEqual([e["status"] for e in row["history"]], ["queued", "sent", "failed"])
        self.assertNotIn("AA==", json.dumps(row["command"]))

    def test_many_at_once_keep_their_answers_apart(self):
        d = clock()
        wrong = []

        def work(k):
            for i in range(15):
                text = f"SET OPTION K{k}x{i}={i}"
                reply = server.api.post("/api/commands", {"deviceSerial": d.sn, "command": text})
                if reply["data"]["command"] != text:
                    wrong.append(reply)

        threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(wrong, [])
        self.assertEqual(server.api.device(d.sn)["pendingCommands"], 90)


if __name__ == "__main__":
    tap.main()
