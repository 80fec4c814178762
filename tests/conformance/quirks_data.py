#!/usr/bin/env python3
"""What real devices do in uploads: a claim or more for each quirk (Q14 to Q31) that touches the server. The numbers are those of the list of quirks."""

import base64
import hashlib
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, attlog  # noqa: E402
from serve import Server, send_request  # noqa: E402

server = None
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4 + b"\xff\xd9"


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--allow-shell")
    unittest.addModuleCleanup(server.close)


def pins(sn):
    return [p["pin"] for p in server.api.punches(device=sn)]


def photo(name, sn, picture, more="CMD=uploadphoto"):
    return f"PIN={name}\nSN={sn}\nsize={len(picture)}\n{more}".encode() + b"\0" + picture


class Uploads(unittest.TestCase):
    def test_Q22_Q24_an_unknown_table_is_kept_and_acknowledged(self):
        d = Device(server)
        d.options()
        body = b"something\x00 else\n\xff\xfe\n"
        reply = d.upload("NEWTABLE", body, 3)
        self.assertEqual((reply.status, reply.body), (200, b"OK:2"))
        row = server.api.uploads(d.sn)[-1]
        self.assertEqual(row["table"], "NEWTABLE")
        self.assertEqual(server.api.upload_body(row), body)

    def test_Q23_the_stamp_comes_back_and_a_resend_stores_nothing(self):
        d = Device(server)
        d.options()
        rows = [(str(i), f"2024-02-01 08:00:{i:02d}") for i in range(30)]
        self.assertEqual(d.punch(*rows, stamp="789456123").body, b"OK:30")
        self.assertEqual(d.options()["ATTLOGStamp"], "789456123")
        first = server.api.punches(device=d.sn)
        for stamp in ("789456123", "9999", "0"):
            self.assertEqual(d.punch(*rows, stamp=stamp).body, b"OK:30")
        self.assertEqual(server.api.punches(device=d.sn), first)

    def test_Q23_one_new_record_among_repeats_is_stored_once(self):
        d = Device(server)
        d.options()
        d.punch(("1", "2024-02-01 08:00:00"), ("2", "2024-02-01 08:00:00"), stamp=5)
        reply = d.punch(("1", "2024-02-01 08:00:00"), ("3", "2024-02-01 08:00:00"),
                        ("2", "2024-02-01 08:00:00"), ("3", "2024-02-01 08:00:00"), stamp=6)
        self.assertEqual(reply.body, b"OK:4")
        self.assertEqual(pins(d.sn), ["1", "2", "3"])

    def test_Q23_stamp_zero_of_a_query_does_not_overwrite(self):
        d = Device(server)
        d.options()
        d.punch(("1", "2024-02-01 08:00:00"), stamp=77)
        d.punch(("2", "2024-02-01 08:00:00"), stamp=0)
        self.assertEqual(d.options()["ATTLOGStamp"], "77")
        self.assertEqual(pins(d.sn), ["1", "2"])

    def test_Q23_a_stamp_is_text_not_a_number(self):
        for stamp in ("None", "0123", "2024-02-01T08:00:00"):
            d = Device(server)
            d.options()
            d.punch(("1", "2024-02-01 08:00:00"), stamp=stamp)
            self.assertEqual(d.options()["ATTLOGStamp"], stamp)

    def test_Q23_a_stamp_beyond_tomorrow_is_not_kept(self):
        d = Device(server)
        d.options()
        d.punch(("1", "2024-02-01 08:00:00"), stamp=4711)
        for stamp in ("4294967295", "999999999999999999999"):
            self.assertEqual(d.punch(("2", "2024-02-01 08:00:00"), stamp=stamp).status, 200)
            self.assertEqual(d.options()["ATTLOGStamp"], "4711")
        self.assertEqual(pins(d.sn), ["1", "2"])

    def test_Q14_punches_are_punches_whatever_their_table_is_called(self):
        line = b"77\t2026-11-27 10:3%d:00\t0\t1\t0\n"
        for i, (query, body) in enumerate((
                ("", line % 0), ("&table=TRANSACTION&Stamp=1", line % 1),
                ("&table=", line % 2), ("&Stamp=5", line % 3),
                ("", b"table=ATTLOG&Stamp=9999&data=" + line % 4),
                ("", b"data=" + line % 5),
                ("", b"table=ATTLOG&data=77%092026-11-27+10%3A36%3A00%090%091"))):
            d = Device(server)
            d.options()
            reply = d.post(f"/iclock/cdata?SN={d.sn}{query}", body)
            self.assertEqual((reply.status, reply.body), (200, b"OK:1"), body)
            self.assertEqual([(p["pin"], p["timestamp"]) for p in
                              server.api.punches(device=d.sn)],
                             [("77", f"2026-11-27 10:3{i}:00")], (query, body))
            self.assertEqual(server.api.uploads(d.sn), [])
        self.assertEqual(d.options()["ATTLOGStamp"], "0")

    def test_Q14_settings_and_people_without_a_table_are_read(self):
        d = Device(server)
        d.options()
        path = f"/iclock/cdata?SN={d.sn}"
        d.post(path + "&Stamp=ABC123", b"~Platform=ZEM600\n~Firmware=Ver 6.60\n")
        self.assertEqual(server.api.device(d.sn)["options"]["~Platform"], "ZEM600")
        self.assertEqual(d.options()["ATTLOGStamp"], "0")
        d.post(path, b"USER PIN=5\tName=Ann\n")
        self.assertEqual([p["pin"] for p in server.api.records("persons", d.sn)], ["5"])

    def test_what_is_not_understood_is_to_be_seen(self):
        d = Device(server)
        d.options()
        for body in (b"nobody\nknows\n", b"nobody\nknows\n\n"):
            d.upload("NOVELTY", body)
        [problem] = server.api.get(f"/api/problems?subject={d.sn}")["data"]
        self.assertEqual((problem["kind"], problem["count"]), ("upload_not_understood", 2))
        self.assertIn("NOVELTY", problem["detail"])
        self.assertEqual(len(server.api.uploads(d.sn)), 2)
        self.assertGreaterEqual(server.api.get("/api/status")["data"]["data"]["uploads"], 2)
        d.upload("ATTLOG", "nonsense\n")
        row = server.api.device(d.sn)
        self.assertEqual((row["problems"], row["notUnderstood"]),
                         (2, {"records": 1, "uploads": 2}))

    def test_Q23_what_names_no_table_and_has_no_records_moves_no_stamp(self):
        d = Device(server)
        d.options()
        d.punch(("1", "2024-02-01 08:00:00"), stamp=4711)
        path = f"/iclock/cdata?SN={d.sn}&Stamp=ABC123"
        d.post(path, b"~SerialNumber=1\n~Platform=ZEM600\n")
        self.assertEqual(d.options()["ATTLOGStamp"], "4711")
        d.post(path, attlog(("2", "2024-02-01 08:00:00")))
        self.assertEqual(d.options()["ATTLOGStamp"], "ABC123")

    def test_Q19_stamp_0_and_CHECK_have_everything_sent_again(self):
        d = Device(server)
        d.options()
        d.punch(("1", "2024-05-02 08:00:00"), stamp=4711)
        self.assertEqual(d.options()["ATTLOGStamp"], "4711")
        number = server.api.post(f"/api/devices/{d.sn}/resend")["commandId"]
        self.assertEqual(d.options()["ATTLOGStamp"], "0")
        self.assertEqual(d.poll(), [(number, "CHECK")])
        d.done(number, word="CHECK")
        self.assertEqual(server.api.command(number)["status"], "acknowledged")
        d.punch(("1", "2024-05-02 08:00:00"), ("2", "2024-05-02 08:01:00"), stamp=4712)
        self.assertEqual([r["pin"] for r in server.api.punches(device=d.sn)], ["1", "2"])
        self.assertEqual(d.options()["ATTLOGStamp"], "4712")

    def test_a_resend_holds_against_a_punch_before_the_handshake(self):
        with Server("--new-devices", "approve") as one:
            d = Device(one)
            d.options()
            d.punch(("1", "2026-03-02 08:01:00"), stamp=100)
            one.api.post(f"/api/devices/{d.sn}/resend")
            d.punch(("1", "2026-03-02 08:02:00"), stamp=101)
            one.restart()
            d.punch(("1", "2026-03-02 08:03:00"), stamp=102)
            self.assertEqual(d.options()["ATTLOGStamp"], "0")
            d.punch(("1", "2026-03-02 08:04:00"), stamp=103)
            self.assertEqual(d.options()["ATTLOGStamp"], "103")
            one.restart()
            self.assertEqual(d.options()["ATTLOGStamp"], "103")

    def test_the_validity_of_a_person_and_unknown_fields_are_kept(self):
        d = Device(server)
        d.options()
        d.upload("OPERLOG", b"USER PIN=2\tName=BETA\tPri=0\tVerify=-1\tExpires=1\t"
                 b"StartDatetime=2026-01-01T00:00:00\tEndDatetime=2026-12-31T23:59:59\t"
                 b"Floor=3\tNote=a=b\tBig=" + b"x" * 300 + b"\n"
                 b"FP PIN=2\tFID=1\tSize=4\tValid=1\tOwner=me\tTMP=QUJD\n")
        person, = server.api.records("persons", d.sn)
        self.assertEqual((person["expires"], person["validFrom"], person["validTo"]),
                         (1, "2026-01-01T00:00:00", "2026-12-31T23:59:59"))
        self.assertEqual(person["extra"], "Floor=3\tNote=a=b\tBig=" + "x" * 300)
        template, = server.api.records("templates", d.sn)
        self.assertEqual(template["extra"], "Owner=me")
        # What an upload does not have stays.
        d.upload("OPERLOG", b"USER PIN=2\tName=GAMMA\n")
        person, = server.api.records("persons", d.sn)
        self.assertEqual((person["name"], person["validTo"], person["extra"][:7]),
                         ("GAMMA", "2026-12-31T23:59:59", "Floor=3"))
        # All of them, up to 64 KiB a record; one with more is put aside whole.
        whole = "One=" + "1" * 30000 + "\tTwo=" + "2" * 30000
        d.upload("OPERLOG", f"USER PIN=3\tName=C\t{whole}\nUSER PIN=4\tName=D\t{whole}\t{whole}\n")
        people = {p["pin"]: p for p in server.api.records("persons", d.sn)}
        self.assertEqual((people["3"]["name"], people["3"]["extra"]), ("C", whole))
        self.assertNotIn("4", people)
        row, = server.api.quarantine(d.sn)
        self.assertIn("have more than 65536 bytes", row["reason"])
        upload, = server.api.uploads(d.sn)
        self.assertTrue(server.api.upload_body(upload).endswith(whole.encode() + b"\n"))
        # A change of something else has it again, or it would be gone (Q38).
        server.api.post("/api/commands", {"deviceSerial": d.sn, "type": "update_person",
                                          "person": {"pin": "2", "name": "D"}})
        (_, words), = d.poll()
        self.assertIn("\tExpires=1\tStartDatetime=2026-01-01T00:00:00\t"
                      "EndDatetime=2026-12-31T23:59:59", words)
        self.assertNotIn("Floor", words)

    def test_Q30_an_unknown_pin_is_looked_up_at_the_server(self):
        home, away = Device(server), Device(server)
        home.options()
        away.options()
        server.api.change(away.sn, remoteAttendance=True)
        home.upload("OPERLOG", b"USER PIN=A0071\tName=Ann Lee\tPri=14\tPasswd=12\tCard=\tGrp=2\n"
                               b"FP PIN=A0071\tFID=3\tSize=4\tValid=1\tTMP=QUJD\n", 1)
        for query in ("table=RemoteAtt&PIN=A0071", "PIN=A0071"):
            reply = away.get(f"/iclock/cdata?SN={away.sn}&{query}")
            self.assertEqual(reply.status, 200)
            user, finger, rest = reply.body.decode().split("\n")
            self.assertTrue(user.startswith("DATA UPDATE USERINFO PIN=A0071\t"), user)
            for pair in ("Name=Ann Lee", "Pri=14", "Card=", "Grp=2"):
                self.assertIn(pair, user.split("\t"))
            self.assertNotIn("Passwd", user)
            self.assertTrue(finger.startswith("DATA UPDATE FINGERTMP PIN=A0071\t"), finger)
            self.assertIn("TMP=QUJD", finger.split("\t"))
            self.assertEqual(rest, "")
        reply = away.get(f"/iclock/cdata?SN={away.sn}&table=RemoteAtt&PIN=nobody")
        self.assertEqual((reply.status, reply.body), (200, b"NONE"))

    def test_Q30_a_device_without_permission_gets_no_person(self):
        with Server("--new-devices", "approve") as own:
            home, away = Device(own), Device(own)
            home.options()
            away.options()
            home.upload("OPERLOG", "USER PIN=A0071\tName=Ann Lee\tPasswd=12\tCard=4711\n", 1)
            target = f"/iclock/cdata?SN={away.sn}&PIN=A0071"

            def known(**more):
                return b"Ann Lee" in send_request(own.devices, "GET", target, **more).body

            def refused(sn):
                return [p["detail"] for p in own.api.get(
                    f"/api/problems?kind=person_questions_refused&subject={sn}")["data"]]

            self.assertEqual(away.get(target).body, b"NONE")
            self.assertEqual(refused(away.sn), ["remote attendance is off"])
            own.api.change(away.sn, remoteAttendance=True)
            self.assertTrue(known())
            # The serial number alone, from another address, is not enough.
            self.assertFalse(known(source="127.0.0.9"))
            self.assertEqual(send_request(own.devices, "GET", target, source="127.0.0.9").status, 403)
            # Neither does it where a key is expected.
            own.api.change(away.sn, commKey="k")
            self.assertEqual(away.get(target).status, 401)
            away.key = "k"
            away.options()
            self.assertTrue(known())
            self.assertFalse(known(source="127.0.0.9"))
            # A walk through the numbers is slowed.
            seen = {away.get(f"/iclock/cdata?SN={away.sn}&PIN={n}").status for n in range(40)}
            self.assertEqual(seen, {200, 429})
            _, _, text = own.api.raw("GET", "/metrics")
            figures = dict(line.rsplit(" ", 1) for line in text.decode().splitlines()
                           if line[0] != "#")
            self.assertGreaterEqual(int(figures["gatehouse_person_questions_total"]), 30)
            self.assertGreaterEqual(int(figures["gatehouse_person_questions_refused_total"]), 10)
            # The other device is not concerned.
            self.assertEqual(home.get(f"/iclock/cdata?SN={home.sn}&PIN=A0071").body, b"NONE")
            own.flags += ["--remote-attendance", "on"]
            own.restart()
            self.assertIn(b"Ann Lee", home.get(f"/iclock/cdata?SN={home.sn}&PIN=A0071").body)
            own.api.change(home.sn, remoteAttendance=False)
            self.assertEqual(home.get(f"/iclock/cdata?SN={home.sn}&PIN=A0071").body, b"NONE")

    def test_Q23_each_table_has_a_stamp_of_its_own(self):
        d = Device(server)
        d.options()
        d.punch(("1", "2024-02-01 08:00:00"), stamp=1)
        d.upload("OPERLOG", "OPLOG 0\t0\t2024-02-01 08:00:00\t0\t0\t0\t0\n", 2)
        d.upload("BIODATA", "BIODATA Pin=1\tNo=0\tIndex=0\tValid=1\tDuress=0\tType=9\tMajorVer=5"
                            "\tMinorVer=8\tFormat=0\tTmp=AAAA\n", 3)
        got = d.options()
        self.assertEqual([got[t + "Stamp"] for t in ("ATTLOG", "OPERLOG", "BIODATA")],
                         ["1", "2", "3"])

    def test_a_verified_identity_card_is_no_punch_of_a_report(self):
        """Attendance PUSH 2020-03, 11.7: type 1. The clock counts it in its log, so it is kept."""
        d = Device(server)
        d.options()
        tail = "\t0\t0\t0\t210218199105072345\t"
        lines = [f"{d.sn[-6:]}\t2026-11-0{day}\t{status}\t{verify}{more}\n" for day, status, verify, more in (
            ("2 08:00:00", 0, 1, tail + "0"), ("2 08:30:00", 1, 2, tail + "1"), ("2 09:00:00", 2, 3, tail + "1"),
            ("2 10:00:00", 0, 1, tail + "1"), ("2 17:00:00", 1, 1, tail + "0"), ("2 18:00:00", "", 1, tail + "1"),
            # Columns of newer firmware, as of masks and temperatures, are no identity card.
            ("2 18:30:00", 1, 15, "\t0\t0\t0\t1\t1"), ("2 18:40:00", 1, 15, tail + "1\t36.5"))]
        for _ in range(2):
            self.assertEqual(d.upload("ATTLOG", "".join(lines), 1).body, b"OK:8")
        rows = server.api.punches(device=d.sn)
        checks = [r for r in rows if "id_card_check" in r["flags"]]
        self.assertEqual([(r["status"], r["statusName"], r["verifyName"]) for r in checks],
                         [(1, "failure", "face + fingerprint"), (2, "blacklisted", "fingerprint + face"),
                          (0, "success", "face"), (None, None, "face")])
        self.assertEqual(len(rows), 8)
        for query in (f"month=2026-11&device={d.sn}", f"month=2026-11&person={d.sn[-6:]}"):
            [day] = server.api.get(f"/api/reports/days?{query}")["data"]
            self.assertEqual((day["count"], day["firstIn"][11:], day["lastOut"][11:]), (4, "08:00:00", "18:40:00"), query)

    def test_Q25_the_shapes_of_attendance_lines(self):
        shapes = [
            # K40: CR LF and a trailing tab.
            (b"1\t2024-07-28 01:25:24\t0\t1\t\t0\t0\t\r\n",
             ("1", "2024-07-28 01:25:24", 0, 1, "")),
            # Eight columns with an empty tail.
            (b"12\t2024-07-28 01:25:24\t1\t1\t\t0\t0\t\t\n",
             ("12", "2024-07-28 01:25:24", 1, 1, "")),
            # SenseFace 4A: ten columns and a tab, undefined status.
            (b"1\t2025-01-02 03:04:05\t255\t15\t0\t0\t0\t0\t0\t0\t\n",
             ("1", "2025-01-02 03:04:05", 255, 15, "0")),
            # MB560: a value far to the right.
            (b"2\t2022-07-12 16:00:20\t1\t15\t\t0\t0\t\t\t43\n",
             ("2", "2022-07-12 16:00:20", 1, 15, "")),
            # Four columns, old.
            (b"982\t2008-02-25 12:08:21\t1\t0\n", ("982", "2008-02-25 12:08:21", 1, 0, "")),
            # Two columns, no line end.
            (b"5\t2024-01-01 00:00:01", ("5", "2024-01-01 00:00:01", None, None, "")),
        ]
        for line, (pin, when, status, verify, code) in shapes:
            with self.subTest(line=line):
                d = Device(server)
                d.options()
                self.assertEqual(d.upload("ATTLOG", line, 1).body, b"OK:1")
                [row] = server.api.punches(device=d.sn)
                self.assertEqual((row["pin"], row["timestamp"][:19], row["workCode"] or ""),
                                 (pin, when, code))
                if status is not None:
                    self.assertEqual((row["status"], row["verifyType"]), (status, verify))
        d = Device(server)
        d.options()
        batch = b"".join(b"12\t2024-07-28 01:%02d:%02d\t1\t1\t\t0\t0\t\t\n" % (i // 60, i % 60)
                         for i in range(62))
        self.assertEqual(d.upload("ATTLOG", batch, 1).body, b"OK:62")
        rows = server.api.punches(device=d.sn)
        self.assertEqual([r["seq"] - rows[0]["seq"] for r in rows], list(range(62)))

    def test_Q25_a_time_in_seconds_since_1970(self):
        d = Device(server)
        d.options()
        server.api.change(d.sn, zone="Asia/Kolkata")
        self.assertEqual(d.upload("ATTLOG", b"9\t1722129924\t0\t1\n", 1).body, b"OK:1")
        [row] = server.api.punches(device=d.sn)
        self.assertTrue(row["utc"].startswith("2024-07-28T01:25:24"), row)

    def test_Q26_mixed_operlog_with_broken_templates(self):
        d = Device(server)
        d.options()
        tmp = base64.b64encode(bytes(range(120))).decode()
        body = (f"USER PIN=1\tName=Ann\tPri=0\tPasswd=\tCard=\tGrp=1\tTZ=0000000000000000\r\n"
                f"FP PIN=1\tFID=6\tSize=1448\tValid=1\tTMP={tmp[:40]}\r\n{tmp[40:80]}\t"
                f"{tmp[80:]}\r\n"
                f"OPLOG 4\t0\t2024-07-28 01:25:24\t0\t0\t0\t0\r\n"
                f"FACE pin=1\tFID=0\tsize=4\tvalid=1\ttmp=AAAA\n"
                f"USERPIC PIN=1\tFileName=1.jpg\tSize=4\tContent=AAAA\n"
                f"BIOPHOTO PIN=1\tFileName=1.jpg\tType=9\tSize=4\tContent=AAAA\n"
                f"BIODATA Pin=1\tNo=0\tIndex=0\tValid=1\tDuress=0\tType=9\tMajorVer=58\t"
                f"MinorVer=12\tFormat=0\tTmp=BBBB\n")
        reply = d.upload("OPERLOG", body, 1)
        self.assertEqual((reply.status, reply.body), (200, b"OK:7"))
        self.assertEqual(server.api.quarantine(d.sn), [])
        [person] = server.api.records("persons", d.sn)
        self.assertEqual((person["pin"], person["name"]), ("1", "Ann"))
        templates = {t["type"]: t for t in server.api.records("templates", d.sn)}
        self.assertEqual(sorted(templates), [1, 2, 9])
        self.assertEqual(server.content("templates", templates[1]), tmp.encode())
        self.assertEqual(len(server.api.records("oplog", d.sn)), 1)
        self.assertEqual(len(server.api.records("photos", d.sn)), 2)

    def test_Q27_pins_are_text_and_null_is_empty(self):
        d = Device(server)
        d.options()
        for pin in ("016", "16", "GARA061007MD5", "0", "00000016"):
            d.upload("OPERLOG", f"USER PIN={pin}\tName=N{pin}\tPri=0\tPasswd=null\tCard=null\t"
                                "Grp=1\n", 1)
            d.punch((pin, "2024-01-01 00:00:00"), stamp=1)
        people = {p["pin"]: p for p in server.api.records("persons", d.sn)}
        self.assertEqual(sorted(people), sorted(("016", "16", "GARA061007MD5", "0", "00000016")))
        self.assertEqual(people["016"]["name"], "N016")
        self.assertFalse(people["016"]["card"])
        self.assertEqual(pins(d.sn), ["016", "16", "GARA061007MD5", "0", "00000016"])
        self.assertEqual([p["pin"] for p in server.api.punches(device=d.sn, pin="016")], ["016"])

    def test_Q28_a_name_in_gb18030_comes_out_as_utf_8(self):
        d = Device(server, language="83")
        d.options()
        for pin, name, code in (("1", "张三", "gb2312"), ("2", "龙𠀀", "gb18030"),
                                ("3", "李四", "utf-8"), ("4", "Müller", "utf-8")):
            reply = d.upload("OPERLOG", f"USER PIN={pin}\tName={name}\tPri=0\n".encode(code), 1)
            self.assertEqual((reply.status, reply.body), (200, b"OK:1"))
        people = {p["pin"]: p["name"] for p in server.api.records("persons", d.sn)}
        self.assertEqual(people, {"1": "张三", "2": "龙𠀀", "3": "李四", "4": "Müller"})

    def test_Q29_the_bodies_of_photos(self):
        for name, body in (
                ("raw", lambda sn: photo("20240101000000-1.jpg", sn, JPEG)),
                ("a comment after CMD", lambda sn: photo("20240101000000-1.jpg", sn, JPEG,
                                                         "CMD=realupload\n")),
                ("CR LF", lambda sn: photo("20240101000000-1.jpg", sn, JPEG)
                 .replace(b"\nsize", b"\r\nsize").replace(b"\nSN", b"\r\nSN")),
                ("base64", lambda sn: photo("20240101000000-1.jpg", sn, JPEG)
                 .replace(JPEG, base64.b64encode(JPEG)))):
            for path in ("/iclock/cdata", "/iclock/fdata"):
                with self.subTest(name=name, path=path):
                    d = Device(server)
                    d.options()
                    reply = d.upload("ATTPHOTO", body(d.sn), 1, path=path)
                    self.assertEqual((reply.status, reply.body), (200, b"OK"))
                    [row] = server.api.records("photos", d.sn)
                    self.assertEqual((row["pin"], row["kind"]), ("1", "attendance"))
                    self.assertEqual(server.content("photos", row), JPEG)

    def test_Q29_a_photo_of_a_hundred_kilobytes(self):
        d = Device(server)
        d.options()
        picture = b"\xff\xd8\xff" + os.urandom(100_000) + b"\xff\xd9"
        self.assertEqual(d.upload("ATTPHOTO", photo("20240101000000-1", d.sn, picture), 1).body,
                         b"OK")
        [row] = server.api.records("photos", d.sn)
        self.assertEqual(hashlib.sha256(server.content("photos", row)).digest(),
                         hashlib.sha256(picture).digest())

    def test_Q30_a_request_for_a_verdict_never_gets_ok(self):
        d = Device(server)
        d.options()
        for kind in ("PWD", "CARD", "FP", "FACE"):
            reply = d.post(f"/iclock/cdata?SN={d.sn}&AuthType={kind}", b"PIN=1\tSize=4\tTMP=AAAA")
            self.assertFalse(reply.body.startswith(b"OK"), reply)
            self.assertNotIn(b"AUTH=Success", reply.body)
        reply = d.post(f"/iclock/cdata?SN={d.sn}&type=PostVerifyData", b"PIN=1")
        self.assertEqual((reply.status, reply.body), (200, b"OK"))

    def test_Q31_fifteen_parts_of_a_face_and_a_finger_in_two_forms(self):
        d = Device(server)
        d.options()
        face = "".join(f"BIODATA Pin=2\tNo=0\tIndex={i}\tValid=1\tDuress=0\tType=2\tMajorVer=12\t"
                       f"MinorVer=0\tFormat=0\tTmp=AAA{chr(65 + i)}\n" for i in range(15))
        self.assertEqual(d.upload("BIODATA", face, 1).body, b"OK:15")
        rows = server.api.records("templates", d.sn)
        self.assertEqual(sorted(r["index"] for r in rows), list(range(15)))
        self.assertEqual({r["majorVer"] for r in rows}, {12})
        self.assertEqual(d.upload("OPERLOG", "FP PIN=2\tFID=6\tSize=4\tValid=1\tTMP=AAAA\n",
                                  1).body, b"OK:1")
        self.assertEqual(d.upload("BIODATA", "BIODATA Pin=2\tNo=6\tIndex=0\tValid=1\tDuress=0\t"
                                  "Type=1\tMajorVer=10\tMinorVer=0\tFormat=0\tTmp=AA==\n",
                                  1).body, b"OK:1")
        fingers = [r for r in server.api.records("templates", d.sn) if r["type"] == 1]
        self.assertEqual(sorted(server.content("templates", r) for r in fingers),
                         [b"AA==", b"AAAA"])



if __name__ == "__main__":
    tap.main()
