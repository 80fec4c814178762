#!/usr/bin/env python3
"""A person of one device, with templates and photos, to others."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import fixture  # noqa: E402
import tap  # noqa: E402
from command_line import Base, run  # noqa: E402
from device import Device  # noqa: E402
from serve import Api, Server  # noqa: E402
from unit import Unit  # noqa: E402

server = None
ALL = "FingerFunOn=1,FaceFunOn=1,PhotoFunOn=1,BioPhotoFun=1,BioDataFun=1"
VERSIONS = "FPVersion=10,FaceVersion=7,MultiBioVersion=0:10.0:7.0:0:0:0:0:0:0:40.1"
PEOPLE = ("USER PIN=7\tName=Ada\tPri=0\tPasswd=4711\tCard=99\tGrp=2\tTZ=0000000000000000\tVerify=-1\n"
          "FP PIN=7\tFID=1\tSize=8\tValid=1\tTMP=QUJDREVG\n"
          "FP PIN=7\tFID=6\tSize=8\tValid=3\tTMP=R0hJSktM\n"
          "FACE PIN=7\tFID=0\tSIZE=4\tVALID=1\tTMP=RkFD\n"
          "USERPIC PIN=7\tFileName=7.jpg\tSize=8\tContent=/9j/2Q==\n"
          "USER PIN=70\tName=Other\n"
          "FP PIN=70\tFID=1\tSize=8\tValid=1\tTMP=T1RIRVI=\n")


def setUpModule():
    global server
    server = command_line.server = fixture.server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def clock(options=f"{ALL},{VERSIONS}"):
    d = Device(server)
    d.options()
    if options:
        d.upload("options", options)
    return d


def source():
    d = clock()
    d.upload("OPERLOG", PEOPLE, 1)
    return d


def copy(a, *to, **more):
    return server.api.post("/api/persons/copy",
                           dict(more, pin="7", **{"from": a.sn}, to=[d.sn for d in to]))["data"]


def fields(text):
    return dict(p.split("=", 1) for p in text.split(" ", 3)[3].split("\t"))


class Copying(Base):
    def test_all_of_a_person_goes_to_a_device_of_the_same_versions(self):
        a, b = source(), clock()
        [device] = copy(a, b)["devices"]
        self.assertEqual([o["what"] for o in device["orders"]],
                         ["person", "fingerprint", "fingerprint", "face", "photo"])
        self.assertEqual(device["left"], [])
        sent = [text for _, text in b.work()]
        self.assertEqual([t.split(" ")[2] for t in sent],
                         ["USERINFO", "FINGERTMP", "FINGERTMP", "FACE", "USERPIC"])
        person = fields(sent[0])
        self.assertEqual({k: person[k] for k in ("PIN", "Name", "Passwd", "Card", "Grp")},
                         {"PIN": "7", "Name": "Ada", "Passwd": "4711", "Card": "99", "Grp": "2"})
        finger = fields(sent[2])
        self.assertEqual((finger["FID"], finger["Valid"], finger["TMP"]), ("6", "3", "R0hJSktM"))
        self.assertEqual(fields(sent[4])["Content"], "/9j/2Q==")
        self.assertEqual(server.api.records("persons", b.sn)[0]["state"], "confirmed")

    def test_templates_of_another_version_stay_behind_with_the_reason(self):
        a, b = source(), clock(f"{ALL},FPVersion=9,FaceVersion=7")
        [device] = copy(a, b)["devices"]
        self.assertEqual([o["what"] for o in device["orders"]], ["person", "face", "photo"])
        [left] = device["left"]
        self.assertEqual((left["what"], left["count"]), ("fingerprint", 2))
        self.assertEqual(left["reason"], "it is of version 10 of the algorithm, and the device has version 9")

    def test_a_device_that_reported_no_version_gets_no_template(self):
        a, b = source(), clock("")
        [device] = copy(a, b)["devices"]
        self.assertEqual([o["what"] for o in device["orders"]], ["person", "photo"])
        self.assertTrue(all("has not reported" in left["reason"] for left in device["left"]))

    def test_a_device_without_a_function_gets_nothing_of_it(self):
        a, b = source(), clock(f"FingerFunOn=0,FaceFunOn=1,PhotoFunOn=0,{VERSIONS}")
        [device] = copy(a, b)["devices"]
        self.assertEqual([o["what"] for o in device["orders"]], ["person", "face"])
        reasons = {left["what"]: left["reason"] for left in device["left"]}
        self.assertIn("FingerFunOn=0", reasons["fingerprint"])
        self.assertIn("photo", reasons)

    def test_unified_templates_go_by_their_own_version(self):
        a = clock()
        a.upload("OPERLOG", "USER PIN=7\tName=Ada\n", 1)
        a.upload("BIODATA", "BIODATA Pin=7\tNo=0\tIndex=0\tValid=1\tDuress=0\tType=9\tMajorVer=40"
                 "\tMinorVer=1\tFormat=0\tTmp=QUJD\n", 1)
        same, other = clock(), clock(f"{ALL},MultiBioVersion=0:10.0:7.0:0:0:0:0:0:0:39.1")
        first, second = copy(a, same, other)["devices"]
        self.assertEqual([o["what"] for o in first["orders"]], ["person", "unified template"])
        self.assertEqual([o["what"] for o in second["orders"]], ["person"])
        self.assertIn("version 40", second["left"][0]["reason"])

    def test_a_device_that_is_named_twice_gets_it_once(self):
        a, b, c = source(), clock(), clock()
        first, second = copy(a, b, c, b)["devices"]
        self.assertEqual([first["deviceSerial"], second["deviceSerial"]], [b.sn, c.sn])
        self.assertEqual([o["what"] for o in first["orders"]].count("person"), 1)

    def test_only_what_is_ordered_goes(self):
        a, b = source(), clock()
        [device] = copy(a, b, templates=False, photos=False)["devices"]
        self.assertEqual([o["what"] for o in device["orders"]], ["person"])

    def test_what_makes_no_sense_is_refused(self):
        a, b = source(), clock()
        for body, status, code in (
                ({"pin": "8", "from": a.sn, "to": [b.sn]}, 404, "person_unknown"),
                ({"pin": "7", "from": "NOBODY", "to": [b.sn]}, 404, "device_unknown"),
                ({"pin": "7", "from": a.sn, "to": [a.sn]}, 400, "field_invalid"),
                ({"pin": "7", "from": a.sn, "to": []}, 400, "field_invalid"),
                ({"pin": "7", "to": [b.sn]}, 400, "field_invalid")):
            fixture.refusal(self, status, code, "POST", "/api/persons/copy", body)
        data = server.api.post("/api/persons/copy", {"pin": "7", "from": a.sn, "to": ["NOBODY", b.sn]})
        first, second = data["data"]["devices"]
        self.assertEqual([o["code"] for o in first["orders"]], ["device_unknown"])
        self.assertEqual(len(second["orders"]), 5)

    def test_a_token_that_only_writes_copies_no_administrator(self):
        a, b = clock(), clock()
        a.upload("OPERLOG", "USER PIN=7\tName=Ada\tPri=14\nFP PIN=7\tFID=1\tSize=4\tValid=1\tTMP=QUJD\n", 1)
        made = server.api.post("/api/tokens", {"name": "w", "scopes": ["read", "write"]})["data"]
        writer = Api(server.admin, made["token"])
        data = writer.post("/api/persons/copy", {"pin": "7", "from": a.sn, "to": [b.sn]})["data"]
        self.assertEqual([o["code"] for o in data["devices"][0]["orders"]], ["scope_too_small"] * 2)
        self.assertEqual(b.work(), [])


class AccessUnits(Base):
    def unit(self, version):
        return Unit(server, parameters="DeviceType=acc,LockCount=1,MachineType=101,BioPhotoFun=1,BioDataFun=1,"
                    "PhotoFunOn=1,MultiBioDataSupport=0:1:0:0:0:0:0:0:0:1:0,"
                    "MultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:1:0,"
                    f"MultiBioVersion=0:10.0:0:0:0:0:0:0:0:{version}:0").register()

    def test_a_unit_gets_a_template_of_its_version_or_else_a_photo_and_never_both(self):
        source, same, other = (self.unit(v) for v in ("40.1", "40.3", "58.12"))
        source.table("user", "user uid=1\tpin=7\tname=Ada")
        source.table("biodata", "biodata pin=7\tno=0\tindex=0\tvalid=1\tduress=0\ttype=9\tmajorver=40\t"
                     "minorver=1\tformat=0\ttmp=QUJD")
        source.table("biophoto", "biophoto pin=7\tfilename=7.jpg\ttype=9\tsize=8\tcontent=/9j/2Q==")
        first, second = copy(source, same, other)["devices"]
        self.assertEqual([o["what"] for o in first["orders"]], ["person", "unified template"])
        self.assertEqual([(x["what"], x["reason"]) for x in first["left"]],
                         [("comparison photo", "the device gets the template, which is of its version")])
        self.assertEqual([o["what"] for o in second["orders"]], ["person", "comparison photo"])
        self.assertIn("version 58", second["left"][0]["reason"])
        for unit, table in ((same, "biodata"), (other, "biophoto")):
            words = []
            for _ in range(5):
                for number, text in unit.poll():
                    words.append(text.split(" ")[2])
                    unit.result(number)
            self.assertEqual(words, ["user", table])

    def test_a_unit_without_a_type_gets_no_photo_of_it(self):
        source = self.unit("40.1")
        other = Unit(server, parameters="DeviceType=acc,LockCount=1,BioPhotoFun=1,"
                     "MultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:0:0").register()
        source.table("user", "user uid=1\tpin=7\tname=Ada")
        source.table("biophoto", "biophoto pin=7\tfilename=7.jpg\ttype=9\tsize=8\tcontent=/9j/2Q==")
        [device] = copy(source, other)["devices"]
        self.assertEqual([o["what"] for o in device["orders"]], ["person"])
        self.assertIn("none of this type", device["left"][0]["reason"])


class Line(Base):
    def test_several_people_are_copied_and_what_stays_is_printed(self):
        a, b, c = source(), clock(), clock(f"{ALL},FPVersion=9,FaceVersion=7")
        got = run("person", "copy", "7", "70", "--from-device", a.sn, "--device", f"{b.sn},{c.sn}")
        self.assertEqual(got.status, 0, got)
        self.assertRegex(got.lines[0], rf"^{b.sn}: 7 is queued as command \d+$")
        self.assertRegex(got.lines[1], rf"^{b.sn}: 7, fingerprint is queued as command \d+$")
        self.assertIn(f"{c.sn}: not copied: 2 fingerprints: it is of version 10", got.err)
        self.assertEqual(len(b.work()), 5 + 2)
        self.assertEqual(len(c.work()), 3 + 1)

    def test_a_selection_leaves_out_the_device_that_has_them(self):
        a, b, c = source(), clock(), clock()
        self.ok("device", "tag", "copied", a.sn, b.sn, c.sn)
        words = ("person", "copy", "7", "--from-device", a.sn, "--tag", "copied", "--no-templates",
                 "--no-photos")
        self.assertEqual(run(*words).status, 2)
        got = self.ok(*words, "--yes")
        self.assertEqual({line.split(":")[0] for line in got.lines}, {b.sn, c.sn})
        self.ok("device", "untag", "copied", b.sn, c.sn)
        self.bad(1, f"only {a.sn} is selected", *words, "--yes")

    def test_what_is_missing_is_named(self):
        self.bad(2, "--from-device SN", "person", "copy", "7", "--device", "X")
        self.bad(1, "PIN of a person of that device", "person", "copy", "71", "--from-device",
                 source().sn, "--device", clock().sn)


if __name__ == "__main__":
    tap.main()
