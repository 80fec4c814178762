#!/usr/bin/env python3
"""Verbs of the command line that are one order each."""

import base64
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import fixture  # noqa: E402
import tap  # noqa: E402
from command_line import Base, run  # noqa: E402
from fixture import clock  # noqa: E402
from serve import Server  # noqa: E402

JPEG = b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9"
TEXT = base64.b64encode(JPEG).decode()
DAYS = [f"{d}_{e}={t}" for d in ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
        for e, t in (("start", "0800"), ("end", "1700"))]

# The words behind "gatehouse", without the device, and the command it gets. FILE is a picture.
VERBS = (
    ("person photo 7 FILE", f"DATA UPDATE USERPIC PIN=7\tSize={len(TEXT)}\tContent={TEXT}"),
    ("person compare-photo 7 FILE template_back=yes",
     f"DATA UPDATE BIOPHOTO PIN=7\tType=9\tSize={len(TEXT)}\tContent={TEXT}\tFormat=0\tPostBackTmpFlag=1"),
    ("person fingerprint 7 3 FILE valid=3",
     f"DATA UPDATE FINGERTMP PIN=7\tFID=3\tSize={len(TEXT)}\tValid=3\tTMP={TEXT}"),
    ("person face 7 0 FILE", f"DATA UPDATE FACE PIN=7\tFID=0\tValid=1\tSize={len(TEXT)}\tTMP={TEXT}"),
    ("person finger-vein 7 3 FILE index=2",
     f"DATA UPDATE FVEIN Pin=7\tFID=3\tIndex=2\tValid=1\tSize={len(TEXT)}\tTmp={TEXT}"),
    ("person biodata 7 9 58 FILE minorVer=12",
     f"DATA UPDATE BIODATA Pin=7\tNo=0\tIndex=0\tValid=1\tDuress=0\tType=9\tMajorVer=58\tMinorVer=12\tFormat=0\tTmp={TEXT}"),
    ("person delete-photo 7", "DATA DELETE USERPIC PIN=7"),
    ("person delete-compare-photo 7", "DATA DELETE BIOPHOTO PIN=7"),
    ("person delete-fingerprint 7 finger=3", "DATA DELETE FINGERTMP PIN=7\tFID=3"),
    ("person delete-face 7", "DATA DELETE FACE PIN=7"),
    ("person delete-finger-vein 7", "DATA DELETE FVEIN Pin=7"),
    ("person delete-biodata 7 biotype=9", "DATA DELETE BIODATA Pin=7\tType=9"),
    ("person enroll-finger 7 3", "ENROLL_FP PIN=7\tFID=3\tRETRY=3\tOVERWRITE=0"),
    ("person enroll-card 7", "ENROLL_MF PIN=7\tRETRY=3"),
    ("person enroll-bio 7 9 overwrite=yes", "ENROLL_BIO TYPE=9\tPIN=7\tCardNo=\tRETRY=3\tOVERWRITE=1"),
    ("person query 7", "DATA QUERY USERINFO PIN=7"),
    ("work-code set 10 1 name=Weld", "DATA UPDATE WORKCODE PIN=1\tCODE=10\tNAME=Weld"),
    ("work-code delete 10", "DATA DELETE WORKCODE CODE=10"),
    ("message set 1 Lunch minutes=60 from=2026-12-01",
     "DATA UPDATE SMS MSG=Lunch\tTAG=253\tUID=1\tMIN=60\tStartTime=2026-12-01 00:00:00"),
    ("message assign 1 7", "DATA UPDATE USER_SMS PIN=7\tUID=1"),
    ("message delete 1", "DATA DELETE SMS UID=1"),
    ("clock key 1 1 label=In",
     "DATA UPDATE ShortcutKey KeyID=1\tKeyFun=1\tStatusCode=0\tShowName=In\tAutoState=0\t"
     "Sun=0\tMon=0\tTue=0\tWed=0\tThu=0\tFri=0\tSat=0"),
    ("clock picture 1 FILE jpg", f"DATA UPDATE ADPIC Index=1\tSize={len(TEXT)}\tExtension=jpg\tContent={TEXT}"),
    ("clock delete-picture 1", "DATA DELETE ADPIC Index=1"),
    ("clock group 2 1;1;0;0 holidays=yes", "DATA UPDATE AccGroup ID=2\tVerify=0\tValidHoliday=1\tTZ=1;1;0;0"),
    ("clock period 3 " + " ".join(DAYS),
     "DATA UPDATE AccTimeZone UID=3\t" + "\t".join(
         f"{d}Start=0800\t{d}End=1700" for d in ("Sun", "Mon", "Tues", "Wed", "Thurs", "Fri", "Sat"))),
    ("clock holiday 1 1224 1226 3 label=Noel",
     "DATA UPDATE AccHoliday UID=1\tHolidayName=Noel\tStartDate=1224\tEndDate=1226\tTimeZone=3"),
    ("clock combination 1 1 group2=2",
     "DATA UPDATE AccUnLockComb UID=1\tGroup1=1\tGroup2=2\tGroup3=0\tGroup4=0\tGroup5=0"),
    ("clock id-card 110101 pin=7 name=Li", "DATA UPDATE IDCARD PIN=7\tIDNum=110101\tName=Li"),
    ("clock block-id-card 110101", "DATA UPDATE Blacklist IDNum=110101"),
)


def setUpModule():
    command_line.server = fixture.server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(command_line.server.close)


class OrderVerbs(Base):
    def test_each_verb_is_the_order_it_is_named_for(self):
        d = clock()
        with tempfile.TemporaryDirectory() as home:
            path = os.path.join(home, "picture.jpg")
            with open(path, "wb") as f:
                f.write(JPEG)
            for words, command in VERBS:
                with self.subTest(words):
                    given = [path if w == "FILE" else w for w in words.split(" ")]
                    got = self.ok(*given, "--device", d.sn, *(["--yes"] if "delete" in words else []))
                    self.assertIn("is queued as command", got.out)
                    [(number, text)] = d.poll()
                    self.assertEqual(text, command)
                    d.done(number)

    def test_a_wrong_field_and_a_missing_file_are_named(self):
        d = clock()
        got = run("person", "fingerprint", "7", "10", "/dev/null", "--device", d.sn)
        self.assertEqual(got.status, 1)
        self.assertIn("\"template.no\" must be a whole number from 0 to 9", got.err)
        got = run("person", "photo", "7", "/nowhere/7.jpg", "--device", d.sn)
        self.assertEqual((got.status, "/nowhere/7.jpg" in got.err), (1, True))
        self.assertEqual(run("work-code", "set", "10", "1").status, 2)
        self.assertEqual(run("work-code", "delete", "10", "--device", d.sn).status, 2)
        self.assertEqual(d.poll(), [])

    def test_fields_of_a_record_may_be_named_alone(self):
        d = clock()
        self.ok("command", "send", d.sn, "--type", "update_work_code", "code=4", "slot=1", "name=Paint")
        self.assertEqual([t for _, t in d.poll()], ["DATA UPDATE WORKCODE PIN=1\tCODE=4\tNAME=Paint"])


if __name__ == "__main__":
    tap.main()
