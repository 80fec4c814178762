#!/usr/bin/env python3
"""Verbs of the command line that are one order each."""

import base64
import concurrent.futures
import json
import os
import stat
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import fixture  # noqa: E402
import tap  # noqa: E402
from command_line import Base, run  # noqa: E402
from fixture import clock  # noqa: E402
from serve import Server, until  # noqa: E402

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

# The same behind "gatehouse device", with the device in the place of SN.
DEVICE_VERBS = (
    ("query SN users", "DATA QUERY USERINFO"),
    ("query SN users pin=7", "DATA QUERY USERINFO PIN=7"),
    ("query SN fingerprints pin=7 finger=3", "DATA QUERY FINGERTMP PIN=7\tFingerID=3"),
    ("query SN templates biotype=9 pin=7 no=0", "DATA QUERY BIODATA Type=9\tPIN=7\tNo=0"),
    ("query SN punches from=2026-11-01 to=2026-11-02",
     "DATA QUERY ATTLOG StartTime=2026-11-01 00:00:00\tEndTime=2026-11-02 23:59:59"),
    ("query SN photos from=2026-11-01 to=2026-11-02",
     "DATA QUERY ATTPHOTO StartTime=2026-11-01 00:00:00\tEndTime=2026-11-02 23:59:59"),
    ("query SN count from=2026-11-01 to=2026-11-02",
     "VERIFY SUM ATTLOG StartTime=2026-11-01 00:00:00\tEndTime=2026-11-02 23:59:59"),
    ("query SN compare first_day=2026-11-01 last_day=2026-11-02 count=9",
     "ACCOUNT Start=2026-11-01\tEnd=2026-11-02\tCount=9"),
    ("query SN people first_day=2026-11-01", "SYNC Start=2026-11-01"),
    ("option SN VOLUME=60", "SET OPTION VOLUME=60"),
    ("reload SN", "RELOAD OPTIONS"),
    ("info SN", "INFO"),
    ("check SN", "CHECK"),
    ("get-file SN options.cfg", "GetFile options.cfg"),
    ("put-file SN http://192.0.2.9/a.jpg path=/mnt/a.jpg", "PutFile http://192.0.2.9/a.jpg\t/mnt/a.jpg"),
    ("shell SN uptime", "SHELL uptime"),
    ("clear SN templates --yes", "CLEAR BIODATA"),
    ("reboot SN", "REBOOT"),
)


def setUpModule():
    command_line.server = fixture.server = Server("--new-devices", "approve", "--allow-shell")
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

    def test_each_verb_of_a_device_is_the_order_it_is_named_for(self):
        d = clock()
        for words, command in DEVICE_VERBS:
            with self.subTest(words):
                got = self.ok("device", *[d.sn if w == "SN" else w for w in words.split(" ")])
                self.assertIn("is queued as command", got.out)
                [(number, text)] = d.poll()
                self.assertEqual(text, command)
                d.done(number)
                if text == "REBOOT":
                    d.handshake()

    def test_a_file_of_a_device_is_written_here(self):
        d, content = clock(), os.urandom(70000) + b"\r\nID=5&Return=0\n\0"

        def answers(size=len(content), code=None):
            """The device answers the next order, on a thread of its own."""
            def run_it():
                [(number, text)] = until(d.poll)
                self.assertEqual(text, "GetFile /mnt/options.cfg")
                if code is not None:
                    d.done(number, code, "GetFile")
                    return
                head = f"ID={number}\nSN={d.sn}\nFILENAME=options.cfg\nCMD=GetFile\nReturn={size}\nContent="
                d.answer(head.encode() + content)
            pool.submit(run_it)

        def get(*more):
            return "device", "get-file", d.sn, "/mnt/options.cfg", "--output", path, *more
        with tempfile.TemporaryDirectory() as home, concurrent.futures.ThreadPoolExecutor(1) as pool:
            path = os.path.join(home, "got.cfg")

            # Another's, and a link to one: neither is touched.
            others = path + ".part", path + ".link"
            with open(others[1], "w") as f:
                f.write("another's")
            os.symlink(others[1], others[0])

            def held():
                self.assertEqual(sorted(os.listdir(home)), ["got.cfg", "got.cfg.link", "got.cfg.part"])
                with open(others[0]) as f:
                    self.assertEqual(f.read(), "another's")
                with open(path, "rb") as f:
                    return f.read()
            answers()
            got = self.ok(*get())
            self.assertEqual((held(), got.out), (content, f"{path}: {len(content)} bytes\n"))
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            [number] = [c["commandId"] for c in command_line.server.api.get(f"/api/commands?device={d.sn}")["data"]
                        if c["command"].startswith("GetFile")]
            self.assertIn(f"Content (bytes)  {len(content)}", self.ok("command", "show", number).out)
            with open(path, "wb") as f:
                f.write(b"mine")
            self.bad(2, f"{path} is there already; --force replaces it", *get())
            self.assertEqual((d.poll(), held()), ([], b"mine"))
            answers(code=-1)
            self.bad(1, "there is no file", *get("--force"))
            self.assertEqual(held(), b"mine")
            self.bad(2, "of one device", "device", "get-file", d.sn + ",X", "a.cfg", "--output", path + "2")
            self.bad(1, "has not answered yet", *get("--force", "--wait", "0.1"))
            [(number, _)] = d.poll()
            d.done(number, -1, "GetFile")
            answers(size=3)
            self.bad(1, "(size)", *get("--force"))
            self.assertEqual(held(), content)
            answers()
            got = json.loads(self.ok(*get("--force", "--json")).out)
            self.assertEqual((got["data"]["status"], got["data"]["contentBytes"]), ("acknowledged", len(content)))

    def test_settings_are_an_order_each_and_are_reloaded_after_them(self):
        d, e = clock(), clock()
        got = self.ok("device", "option", f"{d.sn},{e.sn}", "VOLUME=60", "AlarmReRec=2", "--reload")
        self.assertIn("set_option, VOLUME is queued", got.lines[0])
        for device in (d, e):
            self.assertEqual([text for _, text in device.poll()],
                             ["SET OPTION VOLUME=60", "SET OPTION AlarmReRec=2", "RELOAD OPTIONS"])
        got = run("device", "option", d.sn, "VOLUME")
        self.assertEqual((got.status, "NAME=VALUE" in got.err), (2, True))

    def test_a_setting_must_be_known_and_its_value_fit(self):
        d = clock()
        d.post(f"/iclock/cdata?SN={d.sn}&table=options", b"FingerFunOn=1,LcdBacklight=3\n")
        until(lambda: "LcdBacklight" in fixture.server.api.device(d.sn).get("options", {}))
        for pair, why in (("VOLUM=3", "did you mean \"VOLUME\"?"), ("LcdBackligt=3", "did you mean \"LcdBacklight\"?"),
                          ("Zzzz=1", "is no setting that documents name"), ("VOLUME=loud", "a whole number from 0"),
                          ("VOLUME=-1", "a whole number from 0"), ("VOLUME=4294967296", "a whole number from 0"),
                          ("KeyPadBeep=2", "must be 0 or 1"), ("IPAddress=192.0.2.256", "an IPv4 address"),
                          ("IPAddress=192.0.2", "an IPv4 address"), ("GATEIPAddress=192.0.2.1.5", "an IPv4 address"),
                          ("MAC=00:17:61:C8:EC", "an Ethernet address"), ("AutoAlarm50=2108", "a time of day"),
                          ("AutoPowerOn=6144", "a time of day"), ("WebServerPort=0", "from 1 to 65535"),
                          ("AuthServerEnabled=4", "from 0 to 3"), ("CardKey=" + "k" * 257, "at most 256 bytes")):
            with self.subTest(pair):
                got = run("device", "option", d.sn, pair)
                self.assertEqual((got.status, why in got.err), (1, True), got)
        good = ["volume=3", "KeyPadBeep=0", "IPAddress=192.0.2.255", "MAC=00:17:61:C8:ec:17", "AutoAlarm50=2107",
                "WebServerPort=65535", "~AuthServer=1", "AuthServer=0", "DSM=x", "LcdBacklight=any"]
        self.ok("device", "option", d.sn, *good)
        self.ok("device", "option", d.sn, "Zzzz=1", "VOLUME=loud", "--force")
        self.ok("command", "send", d.sn, "SET OPTION Yyyy=1")
        words = [text.removeprefix("SET OPTION ") for _, text in d.poll()]
        self.assertEqual(words, [*good, "Zzzz=1", "VOLUME=loud", "Yyyy=1"])

    def test_what_erases_is_confirmed_and_a_wrong_word_is_named(self):
        d = clock()
        got = run("device", "clear", d.sn, "log")
        self.assertEqual((got.status, "--yes" in got.err), (2, True))
        got = run("device", "query", d.sn, "fotos")
        self.assertEqual((got.status, "did you mean photos?" in got.err), (2, True))
        self.assertEqual(run("device", "query", d.sn, "punches").status, 1)
        self.assertEqual(d.poll(), [])

    def test_records_of_a_file_are_sent_all_or_none(self):
        d = clock()
        d.poll("Ver%202.0.33,0,0,0,192.0.2.201,10,7,12,0,111")
        until(lambda: fixture.server.api.device(d.sn)["info"])
        with tempfile.TemporaryDirectory() as home:
            def send(text, type_, name="records"):
                path = os.path.join(home, name)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
                return run("command", "send", d.sn, "--type", type_, "--file", path)
            got = send("\ufeffcode,slot,name\r\n1,1,Weld\r\n2,2,\"Paint, twice\"\r\n3,3,\r\n", "update_work_code")
            self.assertEqual((got.status, len(got.lines)), (0, 3), got)
            self.assertEqual([t for _, t in d.work()],
                             ["DATA UPDATE WORKCODE PIN=1\tCODE=1\tNAME=Weld",
                              "DATA UPDATE WORKCODE PIN=2\tCODE=2\tNAME=Paint, twice",
                              "DATA UPDATE WORKCODE PIN=3\tCODE=3"])
            got = send('{"pin":"7","no":3,"data":"%s"}\n\n{"template":{"pin":"8","no":4,"data":"%s"}}\n' % (TEXT, TEXT),
                       "update_fingerprint")
            self.assertEqual(got.status, 0, got)
            self.assertEqual([t.split("\tSize")[0] for _, t in d.work()],
                             ["DATA UPDATE FINGERTMP PIN=7\tFID=3", "DATA UPDATE FINGERTMP PIN=8\tFID=4"])
            for text, type_, status, why in (
                    ("pin,no,data\n7,x,AAAA\n", "update_fingerprint", 2, "no=x: not a whole number"),
                    ("code,slot\n1,1\n2,x\n", "update_work_code", 1, "[1].workCode.slot"),
                    ("code,slot\n1,1\n2,2\n3,3,3\n", "update_work_code", 1, "records:4: has more cells"),
                    ('{"pin":"7","no":3,"data":"%s"}\n{"pin":"8","no":14,"data":"%s"}\n' % (TEXT, TEXT),
                     "update_fingerprint", 1, "[1].template.no"),
                    ('{"pin":"7"\n', "query_user", 1, "records:1: "), ("[1]\n", "query_user", 1, "")):
                got = send(text, type_)
                self.assertEqual((got.status, why in got.err), (status, True), got)
            self.assertEqual(d.poll(), [])
        orders = [{"deviceSerial": d.sn, "type": "delete_user", "pin": "7"}, {"deviceSerial": "NOBODY", "type": "info"},
                  {"deviceSerial": d.sn, "type": "set_option", "name": "VOLUME", "value": "x"}, {"type": 1}]
        status, _, body = fixture.server.api.raw("POST", "/api/commands?whole=1", orders)
        self.assertEqual(status, 404, body)
        self.assertEqual([f["field"] for f in json.loads(body)["details"]],
                         ["[1].deviceSerial", "[2].value", "[3].type", "[3].deviceSerial"])
        self.assertEqual(d.poll(), [])
        rows = fixture.server.api.post("/api/commands?whole=1", orders[:1] * 2)["data"]
        self.assertEqual(len(rows), 2)

    def test_help_has_the_keys_with_their_ranges(self):
        got = self.ok("help", "device", "query").out
        self.assertRegex(got, r"\nWHAT:\n  users  ")
        self.assertRegex(got, r"\nKeys of templates:\n  biotype  .*; 0 to 9; needed\n  pin  ")
        got = self.ok("help", "person", "fingerprint").out
        self.assertRegex(got, r"\n  valid  +0 to 3\n")
        self.assertNotRegex(got, r"\n  (pin|no|data)  ")

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
