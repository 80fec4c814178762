#!/usr/bin/env python3
"""Units of the access dialect: what they register is decoded and shown."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, serial  # noqa: E402
from serve import Server, program  # noqa: E402

# Security PUSH 3.1.2, 4.4, with what other units add.
PARAMETERS = (
    "DeviceType=acc,~DeviceName=F20/M,FirmVer=Ver 8.0.1.3-20151229,PushVersion=Ver 2.0.22-20161201,"
    "CommType=ethernet,MaxPackageSize=2048000,LockCount=2,ReaderCount=4,AuxInCount=1,AuxOutCount=0,"
    "MachineType=9,SimpleEventType=1,VerifyStyles=FB1E,"
    "EventTypes=BF0FE03D30000100000000007000000000000000000000000077002001000000,"
    "NewNormalEventTypes=02,DateFmtFunOn=1,MulCardUserFunOn=1,StringPinFunOn=0,"
    "AccSupportFunList=0101000100000000000000000000000000000000000000000000000000000000000000000001,"
    "MultiBioDataSupport=0:1:0:0:0:0:0:0:0:1,MultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:1,"
    "MultiBioVersion=0:10.0:0:0:0:0:0:0:0:58.5,MaxMultiBioDataCount=0:3000,MaxMultiBioPhotoCount=,"
    "NewVFStyles=0000101000000010,QRCodeDecryptFunList=101,DevNSLevel=2,WGRuleVer=2.0,"
    "MultiStageControlFunOn=1,MasterControlOn=1,SubControlOn=0,authKey=dassas,VMSPasswd=open sesame,"
    "OddName=a, b")

server = None


def setUpModule():
    global server
    server = Server()


def tearDownModule():
    server.close()


def show(sn):
    return server.api.get(f"/api/devices/{sn}")["data"]["access"]


def numbers(items):
    return [i["number"] for i in items]


class Unit(Device):
    def __init__(self):
        super().__init__(server, serial("UNIT"))

    def connect(self):
        return self.get(f"/iclock/cdata?SN={self.sn}&options=all&pushver=3.1.2&DeviceType=acc")

    def register(self, parameters=PARAMETERS):
        return self.post(f"/iclock/registry?SN={self.sn}", parameters.encode())

    def push(self):
        return self.post(f"/iclock/push?SN={self.sn}", b"")


def approved():
    u = Unit()
    u.connect()
    server.api.call("POST", f"/api/devices/{u.sn}/approve")
    assert u.register().status == 200
    return u


class Registration(unittest.TestCase):
    def test_what_a_held_unit_registers_is_shown_to_those_who_decide(self):
        u = Unit()
        u.connect()
        self.assertEqual(u.register().status, 406)
        access = show(u.sn)
        self.assertEqual((access["registration"], access["model"], access["doors"],
                          access["readers"]), ("none", "C3-260, INBIO260", 2, 4))

    def test_a_registration_is_decoded(self):
        u = approved()
        access = show(u.sn)
        self.assertEqual(access["registration"], "registered")
        self.assertIsNotNone(access["registeredAt"])
        self.assertEqual(access["protocol"], "3.1.2")
        self.assertEqual({k: access[k] for k in (
            "auxInputs", "auxOutputs", "machineType", "role", "commandFormat", "packageBytes",
            "standardLevel", "packedValidity", "severalCards", "mergedEvents", "textPins",
            "wiegand2", "qrSchemes")}, {
                "auxInputs": 1, "auxOutputs": 0, "machineType": 9, "role": "main",
                "commandFormat": 0, "packageBytes": 2048000, "standardLevel": 2,
                "packedValidity": True, "severalCards": True, "mergedEvents": True,
                "textPins": False, "wiegand2": True, "qrSchemes": [1, 3]})
        self.assertEqual(access["functions"], [
            {"number": 1, "name": "RS485 channel of readers can be encrypted"},
            {"number": 3, "name": "emergency: all open, all closed"},
            {"number": 7, "name": "several cards a user"},
            {"number": 75, "name": None}])
        self.assertEqual(numbers(access["verifyModes"]), [0, 1, 3, 4, 5, 6, 7, 9, 10, 11, 12])
        self.assertEqual(access["verifyModes"][-2], {"number": 11, "name": "card + password"})
        self.assertEqual(access["verifyFactors"], "face or password or card")
        self.assertIn({"number": 4001, "name": "person passes normally (normal passage)"},
                      access["events"])
        self.assertIn(48, numbers(access["events"]))
        self.assertNotIn(40, numbers(access["events"]))
        self.assertEqual(access["biometrics"], [
            {"type": 1, "name": "fingerprint", "templates": True, "photos": False,
             "version": "10.0", "mostTemplates": "3000", "mostPhotos": ""},
            {"type": 9, "name": "visible-light face", "templates": True, "photos": True,
             "version": "58.5", "mostTemplates": "", "mostPhotos": ""}])

    def test_every_parameter_is_kept_and_secrets_are_hidden(self):
        u = approved()
        rows = {p["name"]: p for p in show(u.sn)["parameters"]}
        self.assertEqual(len(rows), len(PARAMETERS.split(",")) - 1)
        self.assertEqual(rows["~DeviceName"], {"name": "~DeviceName", "value": "F20/M",
                                               "meaning": "device name"})
        self.assertEqual(rows["OddName"], {"name": "OddName", "value": "a, b", "meaning": None})
        self.assertEqual((rows["authKey"]["value"], rows["VMSPasswd"]["value"]), ("***", "***"))
        text = str(server.api.get(f"/api/devices/{u.sn}"))
        self.assertNotIn("dassas", text)
        self.assertNotIn("sesame", text)

    def test_a_repeated_registration_replaces_the_first(self):
        u = approved()
        u.push()
        self.assertEqual(show(u.sn)["registration"], "configured")
        self.assertEqual(u.register("DeviceType=acc,LockCount=4").status, 200)
        access = show(u.sn)
        self.assertEqual((access["doors"], access["readers"], access["functions"]), (4, None, []))
        self.assertEqual(len(access["parameters"]), 2)

    def test_a_clock_has_none(self):
        d = Device(server)
        d.handshake()
        self.assertIsNone(show(d.sn))

    def test_the_command_line_shows_it(self):
        u = approved()
        env = dict(os.environ, GATEHOUSE_DATA=server.data,
                   GATEHOUSE_URL="http://%s:%d" % server.admin)
        got = subprocess.run([program(), "device", "show", u.sn], env=env, text=True,
                             capture_output=True, check=False)
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        for line in (r"Model +C3-260, INBIO260", r"Doors +2", r"Controller +main",
                     r"     7  several cards a user", r"    75  not documented",
                     r"    11  card \+ password"):
            self.assertRegex(got.stdout, "(?m)^" + line + "$")


if __name__ == "__main__":
    tap.main()
