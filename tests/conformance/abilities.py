#!/usr/bin/env python3
"""What a device is sent depends on its version and on what it reports that it supports."""

import base64
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402

server = None

TEMPLATE = base64.b64encode(bytes(range(60))).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(20) + b"\xff\xd9").decode()
FINGER = {"type": "update_fingerprint", "template": {"pin": "7", "no": 3, "data": TEMPLATE}}
UNIFIED = {"type": "update_biodata", "template": {"pin": "7", "type": 9, "majorVer": 58, "data": TEMPLATE}}
PHOTO = {"type": "update_comparison_photo", "photo": {"pin": "7", "content": JPEG}}
PERIOD = {"type": "update_old_period", "number": 1, "times": "x"}


def setUpModule():
    global server
    server = command_line.server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def clock(options=None, info=None, **more):
    d = Device(server, **more)
    d.options()
    if options:
        d.upload("options", options)
    if info:
        d.poll(info)
        until(lambda: server.api.device(d.sn)["info"])
    return d


class Abilities(unittest.TestCase):
    def order(self, d, body):
        return server.api.post("/api/commands", dict(body, deviceSerial=d.sn))["commandId"]

    def sent(self, d, body, words):
        number = self.order(d, body)
        self.assertEqual(d.poll(), [(number, words)])
        d.done(number)

    def refused(self, d, body, *words):
        with self.assertRaises(ApiError) as caught:
            self.order(d, body)
        self.assertEqual((caught.exception.status, caught.exception.reply["code"]), (409, "device_cannot"))
        for word in words:
            self.assertIn(word, caught.exception.reply["error"])
        self.assertEqual(d.poll(), [])

    def accepted(self, d, *bodies):
        for body in bodies:
            with self.subTest(body["type"]):
                self.order(d, body)
                self.assertEqual(len(d.work()), 1)

    def test_a_device_is_sent_what_its_version_of_the_protocol_has(self):
        old = clock(pushver="2.1.1")
        self.refused(old, UNIFIED, "2.2.14", "2.1.1")
        # Words go to every version.
        words = f"DATA UPDATE BIOPHOTO PIN=7\tType=9\tSize={len(JPEG)}\tContent={JPEG}"
        self.sent(old, {"command": words}, words)
        self.refused(old, {"type": "update_unlock_combination", "number": 1, "group1": 1}, "update_old_combination")
        self.accepted(old, PERIOD, FINGER)
        middle = clock(pushver="2.2.14")
        self.refused(middle, {"type": "block_id_card", "id_number": "1"}, "2.3.0")
        self.refused(middle, PERIOD, "update_access_period")
        self.accepted(middle, UNIFIED, PHOTO)
        # One that names no version is sent all.
        self.accepted(clock(pushver=None), UNIFIED, PERIOD)

    def test_function_digits_of_its_summary_decide_where_no_setting_does(self):
        info = "Ver%202.0.33,0,0,0,192.0.2.201,10,7,12,0,{}"
        d = clock(info=info.format("10000"))
        self.refused(d, {"type": "update_face", "template": {"pin": "7", "index": 0, "data": TEMPLATE}}, "faces", "10000")
        self.refused(d, {"type": "update_photo", "photo": {"pin": "7", "content": JPEG}}, "photos of people")
        self.refused(d, PHOTO, "comparison photos")
        self.accepted(d, FINGER)
        # Digits that are not there deny nothing, and a setting counts more than a digit.
        self.accepted(clock(info=info.format("111")), PHOTO)
        self.accepted(clock("PhotoFunOn=1", info.format("100")),
                      {"type": "update_photo", "photo": {"pin": "7", "content": JPEG}})
        self.accepted(clock("MultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:1", info.format("10000")), PHOTO)

    def test_templates_and_photos_go_by_the_types_that_it_supports(self):
        d = clock("MultiBioDataSupport=0:1:0:0:0:0:0:0:1:0,MultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:0")
        self.refused(d, UNIFIED, "biometric type 9", "MultiBioDataSupport")
        self.refused(d, PHOTO, "MultiBioPhotoSupport")
        self.refused(d, {"type": "enroll_bio", "pin": "7", "biotype": 9}, "type 9")
        palm = dict(UNIFIED, template=dict(UNIFIED["template"], type=8))
        self.accepted(d, palm)

    def test_a_fingerprint_goes_in_the_form_that_the_device_has(self):
        single = f"DATA UPDATE FINGERTMP PIN=7\tFID=3\tSize=80\tValid=1\tTMP={TEMPLATE}"
        unified = ("DATA UPDATE BIODATA Pin=7\tNo=3\tIndex=0\tValid=1\tDuress=0\tType=1\tMajorVer={}\tMinorVer=0\t"
                   f"Format=0\tTmp={TEMPLATE}")
        finger = {"type": "update_biodata", "template": {"pin": "7", "type": 1, "no": 3, "majorVer": 10,
                                                         "data": TEMPLATE}}
        self.sent(clock(), FINGER, single)
        both = clock("MultiBioDataSupport=0:1:0:0:0:0:0:0:0:0,MultiBioVersion=0:12.0:0:0:0:0:0:0:0:0")
        self.sent(both, FINGER, unified.format(12))
        self.sent(both, finger, unified.format(10))
        neither = clock("MultiBioDataSupport=0:0:0:0:0:0:0:0:0:1")
        self.sent(neither, finger, single)
        newer = dict(FINGER, template=dict(FINGER["template"], majorVer=12))
        self.refused(neither, newer, "version 12", "MultiBioDataSupport")
        # Words go as they are.
        self.sent(both, {"command": single}, single)

    def test_a_device_that_is_full_gets_no_more(self):
        d = clock("MultiBioDataSupport=0:1:0:0:0:0:0:0:0:1,MaxMultiBioDataCount=0:0:0:0:0:0:0:0:0:2,"
                  "MultiBioDataCount=0:0:0:0:0:0:0:0:0:1")
        self.accepted(d, UNIFIED)
        d.upload("options", "MultiBioDataCount=0:0:0:0:0:0:0:0:0:2")
        other = dict(UNIFIED, template=dict(UNIFIED["template"], pin="8"))
        self.refused(d, other, "2 of at most 2", "info")
        # What it has already may be written again: what it acknowledged, and what it uploaded.
        self.accepted(d, UNIFIED)
        d.upload("BIODATA", "BIODATA Pin=8\tNo=0\tIndex=0\tValid=1\tDuress=0\tType=9\tMajorVer=58\tMinorVer=0\t"
                 "Format=0\tTmp=QUJD\n")
        until(lambda: len(server.api.records("templates", d.sn)) == 2)
        self.accepted(d, other)

    def test_what_device_and_server_have_in_common_is_shown(self):
        d = clock("MultiBioDataSupport=0:1:0:0:0:1:0:0:0:1,MultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:1,"
                  "MultiBioVersion=0:10.0:0:0:0:0:0:0:0:58.12,MaxMultiBioDataCount=0:3000:0:0:0:0:0:0:0:500,"
                  "MultiBioDataCount=0:12:0:0:0:0:0:0:0:500")
        rows = {r["type"]: r for r in server.api.device(d.sn)["biometrics"]}
        self.assertEqual(sorted(rows), [1, 2, 5, 6, 7, 8, 9])
        finger, retina, palm, face = rows[1], rows[5], rows[8], rows[9]
        self.assertEqual((finger["version"], face["version"], palm["version"]), ("10", "58", None))
        self.assertEqual(finger["templates"], {"device": True, "server": True, "uploaded": True, "sendable": True,
                                               "reason": None, "count": 12, "most": 3000})
        self.assertEqual((retina["templates"]["server"], retina["templates"]["sendable"]), (False, False))
        self.assertEqual((palm["templates"]["uploaded"], palm["templates"]["sendable"]), (False, False))
        self.assertIn("MultiBioDataSupport", palm["templates"]["reason"])
        self.assertIn("500 of at most 500", face["templates"]["reason"])
        self.assertEqual((face["photos"]["sendable"], finger["photos"]["sendable"]), (True, False))
        unknown = {r["type"]: r for r in server.api.device(clock().sn)["biometrics"]}[9]["templates"]
        self.assertEqual((unknown["device"], unknown["uploaded"], unknown["sendable"]), (None, None, True))

    def test_device_show_has_a_line_for_each_type_that_it_reported(self):
        d = clock("MultiBioDataSupport=0:1:0:0:0:0:0:0:0:1,MultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:1,"
                  "MultiBioVersion=0:10.0:0:0:0:0:0:0:0:58.12,MaxMultiBioDataCount=0:3000:0:0:0:0:0:0:0:500,"
                  "MultiBioDataCount=0:12:0:0:0:0:0:0:0:500")
        shown = command_line.run("device", "show", d.sn)
        self.assertEqual((shown.status, shown.err), (0, ""))
        block = shown.out.partition("\nBiometrics\n")[2].partition("\n\n")[0].splitlines()
        head = re.split(r"  +", block[0].strip())
        self.assertEqual(head, ["TYPE", "NAME", "VERSION", "TEMPLATES", "OF", "UPLOADED", "SENDABLE", "PHOTOS",
                                "WHY NOT"])
        rows = {line.split()[0]: line for line in block[1:]}
        self.assertEqual(sorted(rows), ["1", "2", "6", "7", "8", "9"])
        self.assertRegex(rows["1"], r"^ *1  fingerprint +10 +12  3000  yes +yes +no +$")
        self.assertRegex(rows["8"], r"^ *8  palm vein +0 +0  no +no +no +.* takes no templates \(MultiBioDataSupport\)")
        self.assertRegex(rows["9"], r"^ *9  visible-light face +58 +500 +500  yes +no +yes +.*500 of at most 500")
        # A device that reported nothing has no such block.
        self.assertNotIn("Biometrics", command_line.run("device", "show", clock("").sn).out)

    def test_a_template_of_its_version_goes_before_a_photo(self):
        options = ("MultiBioDataSupport=0:1:0:0:0:0:0:0:0:1,MultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:1,"
                   "MultiBioVersion=0:10.0:0:0:0:0:0:0:0:{}")
        a, same, other = clock(options.format("58.1")), clock(options.format("58.2")), clock(options.format("40.1"))
        a.upload("OPERLOG", f"USER PIN=7\tName=Ada\nBIOPHOTO PIN=7\tFileName=7.jpg\tType=9\tSize={len(JPEG)}\t"
                 f"Content={JPEG}\n", 1)
        a.upload("BIODATA", "BIODATA Pin=7\tNo=0\tIndex=0\tValid=1\tDuress=0\tType=9\tMajorVer=58\tMinorVer=1\t"
                 f"Format=0\tTmp={TEMPLATE}\n")
        until(lambda: server.api.records("templates", a.sn) and server.api.records("photos", a.sn))
        reply = server.api.post("/api/persons/copy", {"pin": "7", "from": a.sn, "to": [same.sn, other.sn]})["data"]
        first, second = reply["devices"]
        self.assertEqual([o["what"] for o in first["orders"]], ["person", "unified template"])
        self.assertEqual([(left["what"], "template" in left["reason"]) for left in first["left"]],
                         [("comparison photo", True)])
        self.assertEqual([o["what"] for o in second["orders"]], ["person", "comparison photo"])
        self.assertIn("version 58", second["left"][0]["reason"])


if __name__ == "__main__":
    tap.main()
