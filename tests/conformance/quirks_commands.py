#!/usr/bin/env python3
"""What real devices do with commands: a claim or more for each quirk (Q32 to Q40) that touches the server. The numbers
are those of the list of quirks."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, send_request  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--allow-shell")
    unittest.addModuleCleanup(server.close)


def pins(sn):
    return [p["pin"] for p in server.api.punches(device=sn)]


class Commands(unittest.TestCase):
    def test_Q32_idle_is_ok_without_a_line_end_and_command_lines_have_one(self):
        d = Device(server)
        d.options()
        self.assertEqual(d.get(f"/iclock/getrequest?SN={d.sn}").body, b"OK")
        numbers = [server.api.queue(d.sn, c) for c in ("INFO", "LOG")]
        self.assertEqual(d.get(f"/iclock/getrequest?SN={d.sn}").body,
                         "C:{}:INFO\nC:{}:LOG\n".format(*numbers).encode())
        d.answer("".join(f"ID={n}&Return=0&CMD=X\n" for n in numbers))
        self.assertEqual(d.get(f"/iclock/getrequest?SN={d.sn}").body, b"OK")

    def test_Q33_ids_are_short_decimal_numbers(self):
        d = Device(server)
        d.options()
        server.api.queue(d.sn, "INFO")
        [(number, _)] = d.poll()
        self.assertRegex(number, r"^\d{1,16}$")

    def test_Q34_answers_in_one_post_and_in_any_order(self):
        d = Device(server)
        d.options()
        numbers = [server.api.queue(d.sn, f"DATA DELETE USERINFO PIN={i}") for i in range(30)]
        self.assertEqual([n for n, _ in d.poll()], [str(n) for n in numbers])
        reply = d.answer("".join(f"ID={n}&Return={-(n % 2)}&CMD=DATA\n"
                                 for n in reversed(numbers)))
        self.assertEqual((reply.status, reply.body), (200, b"OK"))
        for n in numbers:
            row = server.api.command(n)
            self.assertEqual((row["status"], row["returnCode"]),
                             ("failed", -1) if n % 2 else ("acknowledged", 0))

    def test_Q35_the_forms_of_answers(self):
        forms = [
            ("INFO", "ID={id}&Return=0&CMD=INFO\n~DeviceName=K40\nUserCount=2\n", 0,
             "UserCount=2"),
            ("SHELL ls", "ID={id}\nSN={sn}\nReturn=0\nCMD=Shell\nFILENAME=shellout.txt\n"
             "Content=a\nb\n", 0, "a\nb"),
            ("GetFile /mnt/a", "ID={id}\nSN={sn}\nFILENAME=/mnt/a\nCMD=GetFile\nReturn=5\n"
             "Content=x=1&y", 5, "x=1&y"),
            ("VERIFY SUM ATTLOG StartTime=2024-01-01 00:00:00\tEndTime=2024-01-02 00:00:00",
             "ID={id}&Return=0&CMD=VERIFY SUM&StartTime=2024-01-01 00:00:00&EndTime=2024-01-02 "
             "00:00:00&AttlogCount=12\n", 0, "AttlogCount=12"),
            ("LOG", "ID={id}&SN={sn}&Return=0", 0, ""),
            ("LOG", "ID={id}&Return=0&CMD=LOG&SN={sn}\r\n", 0, ""),
            ("LOG", "Return=0&ID={id}&CMD=LOG\n", 0, ""),
        ]
        for command, answer, code, piece in forms:
            with self.subTest(answer=answer):
                d = Device(server)
                d.options()
                number = server.api.queue(d.sn, command)
                d.poll()
                reply = d.answer(answer.replace("{id}", str(number)).replace("{sn}", d.sn))
                self.assertEqual((reply.status, reply.body), (200, b"OK"))
                row = server.api.command(number)
                self.assertEqual((row["status"], row["returnCode"]), ("acknowledged", code))
                self.assertIn(piece, row["result"] or "")

    def test_Q35_an_answer_in_the_query_string(self):
        for method, body in (("GET", None), ("POST", b"")):
            d = Device(server)
            d.options()
            number = server.api.queue(d.sn, "LOG")
            d.poll()
            reply = send_request(server.devices, method,
                        f"/iclock/devicecmd?SN={d.sn}&ID={number}&Return=0&CMD=LOG", body)
            self.assertEqual((reply.status, reply.body), (200, b"OK"))
            self.assertEqual(server.api.command(number)["status"], "acknowledged")

    def test_Q36_return_codes_are_kept_and_judged(self):
        for command, code, status in (
                ("DATA UPDATE USERINFO PIN=1", -1, "failed"),
                ("DATA QUERY USERINFO PIN=1", 0, "acknowledged"),
                ("DATA UPDATE FINGERTMP PIN=1\tFID=0\tTMP=AA", -12, "failed"),
                ("DATA UPDATE FINGERTMP PIN=1\tFID=0\tTMP=AA", -11, "failed"),
                ("DATA UPDATE FACE PIN=1", -1004, "failed"), ("CLEAR LOG", -22, "failed"),
                ("ACCOUNT Start=2010-05-01\tEnd=2010-05-01\tCount=1", 8095, "acknowledged"),
                ("PutFile file/a\t/mnt/a", 3131, "acknowledged"), ("LOG", -1002, "failed")):
            with self.subTest(command=command, code=code):
                d = Device(server)
                d.options()
                number = server.api.queue(d.sn, command)
                d.poll("Ver%202.0.33,0,0,0,192.0.2.201,10,7,12,0,111")
                d.done(number, code, "X")
                row = server.api.command(number)
                self.assertEqual((row["status"], row["returnCode"]), (status, code))

    def test_Q37_what_restarts_the_device_is_last_in_a_batch(self):
        for last in ("REBOOT", "CHECK", "CLEAR DATA"):
            d = Device(server)
            d.options()
            # A second CHECK would take the place of the first.
            again = [] if last == "CHECK" else [last, "INFO"]
            texts = ["INFO", "LOG", last, "DATA DELETE USERINFO PIN=1"] + again
            numbers = [server.api.queue(d.sn, t) for t in texts]
            seen = []
            for _ in texts:
                batch = d.poll("Ver%202.0.33,0,0,0,192.0.2.201,10,7,12,0,111")
                for number, text in batch[:-1]:
                    self.assertNotEqual(text, last)
                for number, text in batch:
                    d.done(number)
                seen += batch
            self.assertEqual(seen, [(str(n), t) for n, t in zip(numbers, texts)])

    def test_Q38_an_update_carries_the_whole_user(self):
        d = Device(server)
        d.options()
        d.upload("OPERLOG", "USER PIN=7\tName=Ada\tPri=14\tPasswd=4711\tCard=12345\tGrp=2\t"
                 "TZ=0001000100000000\n")
        body = {"deviceSerial": d.sn, "type": "update_person"}
        n = server.api.post("/api/commands", dict(body, person={"pin": "7", "name": "Bo"}))
        [(number, text)] = d.poll()
        self.assertEqual(number, n["commandId"])
        self.assertEqual(dict(p.split("=", 1) for p in text[len("DATA UPDATE USERINFO "):]
                              .split("\t")),
                         {"PIN": "7", "Name": "Bo", "Pri": "14", "Passwd": "4711",
                          "Card": "12345", "Grp": "2", "TZ": "0001000100000000"})
        d.done(number)
        [person] = server.api.records("persons", d.sn)
        self.assertEqual((person["name"], person["card"]), ("Bo", "12345"))
        self.assertNotIn("4711", str(server.api.command(number)))
        server.api.post("/api/commands", {"deviceSerial": d.sn, "type": "delete_person",
                                          "pin": "7"})
        d.work()
        self.assertEqual(server.api.records("persons", d.sn), [])

    def test_Q39_the_data_of_a_query_comes_apart_from_its_answer(self):
        d = Device(server)
        d.options()
        d.punch(("1", "2024-02-01 08:00:00"), stamp=70)
        number = server.api.queue(d.sn, "DATA QUERY ATTLOG StartTime=2024-02-01 00:00:00\t"
                                        "EndTime=2024-02-01 23:59:59")
        d.poll()
        d.punch(("1", "2024-02-01 08:00:00"), ("2", "2024-02-01 09:00:00"), stamp=0)
        self.assertEqual(server.api.command(number)["status"], "sent")
        d.done(number)
        d.punch(("3", "2024-02-01 10:00:00"), stamp=0)
        self.assertEqual(server.api.command(number)["status"], "acknowledged")
        self.assertEqual(pins(d.sn), ["1", "2", "3"])
        self.assertEqual(d.options()["ATTLOGStamp"], "70")

    def test_Q40_opening_the_door_is_ac_unlock(self):
        d = Device(server)
        d.options()
        reply = server.api.post("/api/commands", {"deviceSerial": d.sn, "type": "unlock",
                                                  "door": 1, "seconds": 5})
        number = reply.get("commandId") or reply["data"]["commandId"]
        self.assertEqual(d.poll(), [(str(number), "AC_UNLOCK")])


if __name__ == "__main__":
    tap.main()
