#!/usr/bin/env python3
"""Typed orders: each form of the document from the fields of a request, and what is refused before it is queued."""

import base64
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import ApiError, Server  # noqa: E402

server = None

TEMPLATE = base64.b64encode(bytes(range(60))).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9").decode()

# The body of each order, and what the device gets (Attendance PUSH 2020-03, 12; PUSH SDK 2013, 3.2.4).
ORDERS = (
    ({"type": "update_id_card", "idCard": {"idNumber": "11010119900101001X", "name": "李", "gender": 1,
                                           "nation": 1, "birthday": "19900101",
                                           "validInfo": "2020010120300101"}},
     "DATA UPDATE IDCARD PIN=0\tIDNum=11010119900101001X\tName=李\tGender=1\tNation=1\tBirthday=19900101\t"
     "ValidInfo=2020010120300101"),
    ({"type": "block_id_card", "id_number": "110101"}, "DATA UPDATE Blacklist IDNum=110101"),
    ({"type": "update_fingerprint", "template": {"pin": "7", "no": 3, "data": TEMPLATE}},
     f"DATA UPDATE FINGERTMP PIN=7\tFID=3\tSize=80\tValid=1\tTMP={TEMPLATE}"),
    ({"type": "update_fingerprint", "template": {"pin": "7", "no": 3, "valid": 3, "size": 80,
                                                 "data": TEMPLATE}},
     f"DATA UPDATE FINGERTMP PIN=7\tFID=3\tSize=80\tValid=3\tTMP={TEMPLATE}"),
    ({"type": "update_face", "template": {"pin": "7", "index": 11, "data": TEMPLATE}},
     f"DATA UPDATE FACE PIN=7\tFID=11\tValid=1\tSize=80\tTMP={TEMPLATE}"),
    ({"type": "update_finger_vein", "template": {"pin": "7", "no": 4, "index": 2, "data": TEMPLATE}},
     f"DATA UPDATE FVEIN Pin=7\tFID=4\tIndex=2\tValid=1\tSize=80\tTmp={TEMPLATE}"),
    ({"type": "update_biodata", "template": {"pin": "7", "type": 9, "majorVer": 58, "minorVer": 12,
                                             "data": TEMPLATE}},
     "DATA UPDATE BIODATA Pin=7\tNo=0\tIndex=0\tValid=1\tDuress=0\tType=9\tMajorVer=58\tMinorVer=12\tFormat=0\t"
     f"Tmp={TEMPLATE}"),
    ({"type": "update_photo", "photo": {"pin": "7", "content": JPEG}},
     f"DATA UPDATE USERPIC PIN=7\tSize={len(JPEG)}\tContent={JPEG}"),
    ({"type": "update_comparison_photo", "photo": {"pin": "7", "content": JPEG}, "template_back": True},
     f"DATA UPDATE BIOPHOTO PIN=7\tType=9\tSize={len(JPEG)}\tContent={JPEG}\tFormat=0\tPostBackTmpFlag=1"),
    ({"type": "update_comparison_photo", "photo": {"pin": "7", "type": 8}, "url": "http://192.0.2.1/7.jpg"},
     "DATA UPDATE BIOPHOTO PIN=7\tType=8\tFormat=1\tUrl=http://192.0.2.1/7.jpg"),
    ({"type": "update_work_code", "workCode": {"code": "10", "slot": "1", "name": "Weld"}},
     "DATA UPDATE WORKCODE PIN=1\tCODE=10\tNAME=Weld"),
    ({"type": "update_message", "number": 2, "message": "Lunch at one", "minutes": 60, "from": "2026-12-01 08:00:00"},
     "DATA UPDATE SMS MSG=Lunch at one\tTAG=253\tUID=2\tMIN=60\tStartTime=2026-12-01 08:00:00"),
    ({"type": "assign_message", "pin": "7", "number": 2}, "DATA UPDATE USER_SMS PIN=7\tUID=2"),
    ({"type": "update_advert", "number": 1, "extension": "jpg", "content": JPEG},
     f"DATA UPDATE ADPIC Index=1\tSize={len(JPEG)}\tExtension=jpg\tContent={JPEG}"),
    ({"type": "update_shortcut_key", "key": 1, "key_function": 1, "status_code": 4, "label": "In", "auto_switch": True,
      "auto_time": "08:00;08:00;08:00;08:00;08:00;09:00;09:00", "mon": True},
     "DATA UPDATE ShortcutKey KeyID=1\tKeyFun=1\tStatusCode=4\tShowName=In\tAutoState=1\t"
     "AutoTime=08:00;08:00;08:00;08:00;08:00;09:00;09:00\tSun=0\tMon=1\tTue=0\tWed=0\tThu=0\tFri=0\tSat=0"),
    ({"type": "update_access_group", "number": 2, "holidays": True, "group_periods": "1;1;0;0"},
     "DATA UPDATE AccGroup ID=2\tVerify=0\tValidHoliday=1\tTZ=1;1;0;0"),
    (dict({"type": "update_access_period", "number": 3},
          **{f"{d}_{e}": t for d in ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
             for e, t in (("start", "0800"), ("end", "1730"))}),
     "DATA UPDATE AccTimeZone UID=3\t" + "\t".join(
         f"{d}Start=0800\t{d}End=1730" for d in ("Sun", "Mon", "Tues", "Wed", "Thurs", "Fri", "Sat"))),
    ({"type": "update_access_holiday", "number": 1, "label": "Fair", "start_day": "1123", "end_day": "1125",
      "period": 3},
     "DATA UPDATE AccHoliday UID=1\tHolidayName=Fair\tStartDate=1123\tEndDate=1125\tTimeZone=3"),
    ({"type": "update_unlock_combination", "number": 1, "group1": 1, "group2": 2},
     "DATA UPDATE AccUnLockComb UID=1\tGroup1=1\tGroup2=2\tGroup3=0\tGroup4=0\tGroup5=0"),
    ({"type": "delete_finger_vein", "pin": "7", "finger": 4}, "DATA DELETE FVEIN Pin=7\tFID=4"),
    ({"type": "delete_biodata", "pin": "7", "biotype": 9}, "DATA DELETE BIODATA Pin=7\tType=9"),
    ({"type": "delete_comparison_photo", "pin": "7"}, "DATA DELETE BIOPHOTO PIN=7"),
    ({"type": "delete_work_code", "code": "10"}, "DATA DELETE WORKCODE CODE=10"),
    ({"type": "delete_message", "number": 2}, "DATA DELETE SMS UID=2"),
    ({"type": "delete_advert", "number": 1}, "DATA DELETE ADPIC Index=1"),
    ({"type": "compare_punches", "first_day": "2026-11-01", "last_day": "2026-11-30", "count": 12},
     "ACCOUNT Start=2026-11-01\tEnd=2026-11-30\tCount=12"),
    ({"type": "send_people"}, "SYNC"),
)

# In the form that devices below 2.2.14 have.
OLD_ORDERS = (
    ({"type": "update_old_period", "number": 1, "times": "x"}, "DATA UPDATE TIMEZONE TZID=1\tITIME=x\tRESERVE="),
    ({"type": "update_old_combination", "number": 1, "groups": "12", "members": 2},
     "DATA UPDATE GLOCK GLID=1\tGROUPIDS=12\tMEMBERCOUNT=2\tRESERVE="),
    ({"type": "delete_old_period", "number": 1}, "DATA DELETE TIMEZONE TZID=1"),
    ({"type": "delete_old_combination", "number": 1}, "DATA DELETE GLOCK GLID=1"),
)

# What is refused, the field that is named, and a part of the rule.
REFUSED = (
    ({"type": "update_fingerprint", "template": {"pin": "7", "data": TEMPLATE}}, "template.no", "is missing"),
    ({"type": "update_fingerprint", "template": {"pin": "7", "no": 10, "data": TEMPLATE}}, "template.no", "from 0 to 9"),
    ({"type": "update_fingerprint", "template": {"pin": "7", "no": 1, "data": "no base64"}}, "template.data", "base64"),
    ({"type": "update_fingerprint", "template": {"pin": "7", "no": 1, "data": TEMPLATE[:-1]}}, "template.data", "padding"),
    ({"type": "update_fingerprint", "template": {"pin": "7", "no": 1, "size": 9, "data": TEMPLATE}}, "template.size",
     "must be 80"),
    ({"type": "update_fingerprint", "template": {"pin": "7", "no": 1, "index": 1, "data": TEMPLATE}}, "template.index",
     "is unknown"),
    ({"type": "update_finger_vein", "template": {"pin": "7", "no": 1, "index": 3, "data": TEMPLATE}}, "template.index",
     "from 0 to 2"),
    ({"type": "update_biodata", "template": {"pin": "7", "type": 10, "majorVer": 1, "data": TEMPLATE}}, "template.type",
     "from 0 to 9"),
    ({"type": "update_biodata", "template": {"pin": "7", "type": 9, "data": TEMPLATE}}, "template.majorVer", "missing"),
    ({"type": "update_photo", "photo": {"pin": "7", "content": TEMPLATE}}, "photo.content", "JPEG"),
    ({"type": "update_photo", "photo": {"pin": "7"}}, "photo.content", "missing"),
    ({"type": "update_comparison_photo", "photo": {"pin": "7"}}, "photo.content", "url"),
    ({"type": "update_comparison_photo", "photo": {"pin": "7", "content": JPEG}, "url": "http://x/"}, "photo.content",
     "too many"),
    ({"type": "update_work_code", "workCode": {"code": "10", "slot": "first"}}, "workCode.slot", "digits"),
    ({"type": "update_id_card", "idCard": {"idNumber": "1", "gender": 3}}, "idCard.gender", "from 1 to 2"),
    ({"type": "update_id_card", "idCard": {"idNumber": "1", "birthday": "19901301"}}, "idCard.birthday", "date"),
    ({"type": "update_message", "number": 1, "message": "é" * 161, "minutes": 1, "from": "2026-12-01"}, "message",
     "322 bytes"),
    ({"type": "update_message", "number": 1, "message": "a", "tag": 252, "minutes": 1, "from": "2026-12-01"}, "tag",
     "from 253 to 255"),
    ({"type": "update_message", "number": 1, "message": "a", "from": "2026-12-01"}, "minutes", "missing"),
    ({"type": "update_shortcut_key", "key": 9, "key_function": 1}, "key", "from 1 to 8"),
    ({"type": "update_shortcut_key", "key": 8, "key_function": 1, "auto_time": "08:00"}, "auto_time", "seven"),
    ({"type": "update_access_group", "number": 1, "group_periods": "2;1;0;0"}, "group_periods", "0 or 1"),
    ({"type": "update_access_holiday", "number": 1, "start_day": "0230", "end_day": "0299", "period": 1}, "start_day",
     "day of the year"),
    ({"type": "update_advert", "number": 1, "extension": "jpg", "content": JPEG, "bytes": 1}, "bytes", "must be"),
    ({"type": "update_person", "person": {"pin": "7", "privilege": 16}}, "person.privilege", "from 0 to 15"),
    ({"type": "update_person", "person": {"pin": "7", "card": "12 34"}}, "person.card", "card number"),
    ({"type": "enroll_fingerprint", "pin": "7", "finger": 10}, "finger", "from 0 to 9"),
    ({"type": "block_id_card", "id_number": ""}, "id_number", "empty"),
)


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def clock(**more):
    d = Device(server, **more)
    d.options()
    return d


def order(d, body):
    return server.api.post("/api/commands", dict(body, deviceSerial=d.sn))["commandId"]


class TypedOrders(unittest.TestCase):
    def given(self, d, orders):
        for body, words in orders:
            with self.subTest(body["type"]):
                number = order(d, body)
                self.assertEqual(d.poll(), [(number, words)])
                d.done(number)
                shown = server.api.command(number)
                self.assertEqual((shown["status"], shown["type"]), ("acknowledged", body["type"]))

    def test_each_form_of_the_document_is_written(self):
        self.given(clock(), ORDERS)

    def test_each_old_form_is_written(self):
        self.given(clock(pushver="2.1.1"), OLD_ORDERS)

    def test_a_field_that_breaks_its_rule_is_named_and_nothing_is_queued(self):
        d = clock()
        for body, field, rule in REFUSED:
            with self.subTest(body=body["type"], field=field):
                with self.assertRaises(ApiError) as caught:
                    order(d, body)
                fault = caught.exception.reply["details"][0]
                self.assertEqual((caught.exception.status, caught.exception.reply["code"], fault["field"]),
                                 (400, "field_invalid", field))
                self.assertIn(rule, fault["message"])
        self.assertEqual(d.poll(), [])

    def test_text_goes_in_the_character_set_of_the_device(self):
        d = clock(language="83")
        number = order(d, {"type": "update_message", "number": 1, "message": "会议", "minutes": 5,
                           "from": "2026-12-01"})
        reply = d.get(f"/iclock/getrequest?SN={d.sn}")
        self.assertEqual(reply.body, f"C:{number}:DATA UPDATE SMS MSG=".encode() + "会议".encode("gb18030") +
                         b"\tTAG=253\tUID=1\tMIN=5\tStartTime=2026-12-01 00:00:00\n")

    def test_words_of_these_forms_are_of_their_kinds(self):
        d = clock()
        for _, words in ORDERS:
            number = server.api.queue(d.sn, words)
            self.assertEqual(d.poll(), [(str(number), words)])
            d.done(number)
        with self.assertRaises(ApiError) as caught:
            server.api.queue(d.sn, "DATA UPDATE AccHoliday UID=1\tStartDate=0230")
        self.assertIn("StartDate: must be a day of the year", caught.exception.reply["error"])


if __name__ == "__main__":
    tap.main()
