#!/usr/bin/env python3
"""The paths of the predecessor zk_server: their shapes, and the examples of its readme."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import fixture  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from fixture import clock, refusal  # noqa: E402
from serve import Api  # noqa: E402

server = None
FINGER, FACE = "RklOR0VSRklOR0VS", "RkFDRUZBQ0VGQUNF"
ALL = "FingerFunOn=1,FaceFunOn=1,BioDataFun=1"
VERSIONS = "FPVersion=10,FaceVersion=7,MultiBioVersion=0:10.0:7.0:0:0:0:0:0:0:40.1"
# Of the readme; what it has as a template is no base64.
README = {"deviceSerial": None,
          "userInfo": {"pin": "001", "name": "John Doe", "privilege": 0},
          "biometrics": [
              {"type": "fingerprint", "fid": 0, "template": "base64_encoded_fingerprint_template", "valid": 1},
              {"type": "face", "fid": 0, "template": "base64_encoded_face_template", "valid": 1}],
          "updateMode": False}


def setUpModule():
    global server
    server = fixture.serve("--compare", "0")


def readme(d, **more):
    """Its example with templates that are some."""
    bio = [dict(b, template=t) for b, t in zip(README["biometrics"], (FINGER, FACE))]
    return dict(README, deviceSerial=d.sn, biometrics=bio, **more)


def unified():
    """A clock that takes fingerprints and faces in the unified form alone."""
    d = clock()
    d.upload("options", f"{ALL},{VERSIONS},MultiBioDataSupport=0:1:1:0:0:0:0:0:0:1")
    return d


def words(d):
    """The commands a device gets, without queries."""
    return [text for _, text in d.work() if "QUERY" not in text]


def fields(text):
    return dict(p.split("=", 1) for p in text.split(" ", 3)[3].split("\t"))


class Users(unittest.TestCase):
    def test_the_example_adds_a_user(self):
        d = clock()
        reply = server.api.post("/api/commands/user/add", {
            "deviceSerial": d.sn,
            "userInfo": {"pin": "123", "name": "John Doe", "privilege": 0, "card": "123456789"}})
        self.assertIs(reply["success"], True)
        self.assertIs(reply["data"]["success"], True)
        self.assertTrue(reply["data"]["commandId"])
        self.assertIn("message", reply)
        [sent] = words(d)
        got = fields(sent)
        self.assertEqual((got["PIN"], got["Name"], got["Pri"], got["Card"]),
                         ("123", "John Doe", "0", "123456789"))

    def test_numbers_are_taken_as_digits_and_nothing_is_undefined(self):
        d = clock()
        server.api.post("/api/commands/user/add", {
            "deviceSerial": d.sn, "extra": 1,
            "userInfo": {"pin": 5, "groupId": 1, "privilege": "0", "note": "of another program"}})
        [sent] = words(d)
        self.assertNotIn("undefined", sent)
        self.assertEqual((fields(sent)["PIN"], fields(sent)["Grp"]), ("5", "1"))
        server.api.post("/api/commands/user/delete", {"deviceSerial": d.sn, "pin": 5})
        self.assertEqual(words(d), ["DATA DELETE USERINFO PIN=5"])

    def test_no_field_brings_another_command(self):
        d = clock()
        for info in ({"pin": "1\nC:1:CLEAR DATA"}, {"pin": "1", "name": "A\nC:1:CLEAR DATA"},
                     {"pin": "1", "password": "1\tPri=14"}):
            for path in ("commands/user/add", "users/biometric-add"):
                refusal(self, 400, "field_invalid", "POST", f"/api/{path}",
                        {"deviceSerial": d.sn, "userInfo": info})
        self.assertEqual(d.poll(), [])

    def test_what_is_missing_is_named(self):
        d = clock()
        for path, body in (("commands/user/add", {"deviceSerial": d.sn}),
                           ("commands/user/add", {"deviceSerial": d.sn, "userInfo": {}}),
                           ("users/biometric-add", {"userInfo": {"pin": "1"}}),
                           ("users/bulk-biometric-add", {"deviceSerial": d.sn}),
                           ("users/biometric-sync", {"sourceDevice": d.sn}),
                           ("biometrics/validate", {"biometricType": "face"})):
            refusal(self, 400, "field_invalid", "POST", f"/api/{path}", body)
        refusal(self, 404, "device_unknown", "POST", "/api/commands/user/add",
                {"deviceSerial": "NOBODY", "userInfo": {"pin": "1"}})

    def test_a_user_has_biometrics_without_their_bytes(self):
        d = clock()
        pin = "9" + d.sn[-5:]
        d.upload("OPERLOG", f"USER PIN={pin}\tName=Ada\tPri=0\tPasswd=4711\tGrp=2\n"
                 f"FP PIN={pin}\tFID=6\tSize=16\tValid=1\tTMP={FINGER}\n"
                 f"FACE PIN={pin}\tFID=3\tSIZE=16\tVALID=1\tTMP={FACE}\n", 1)
        d.upload("BIODATA", f"BIODATA Pin={pin}\tNo=1\tIndex=2\tValid=1\tDuress=0\tType=9\tMajorVer=40"
                 f"\tMinorVer=1\tFormat=0\tTmp={FACE}\n", 1)
        user = server.api.get(f"/api/users/{pin}")["data"]
        self.assertEqual((user["pin"], user["name"], user["group_id"], user["device_serial"]),
                         (pin, "Ada", "2", d.sn))
        self.assertNotIn("4711", str(user))
        [finger], [face], [bio] = (user["biometrics"][k] for k in ("fingerprints", "faces", "bioTemplates"))
        self.assertEqual((finger["fid"], face["fid"], bio["bio_no"], bio["index_num"], bio["major_ver"]),
                         (6, 3, 1, 2, 40))
        for row in (finger, face, bio):
            self.assertEqual((row["template_data"], row["device_serial"]), ("[Hidden]", d.sn))
        self.assertNotIn(FINGER, str(user))
        refusal(self, 404, "person_unknown", "GET", "/api/users/NOBODY")


class Biometrics(unittest.TestCase):
    def test_the_example_to_the_letter(self):
        d = clock()
        data = server.api.post("/api/users/biometric-add", dict(README, deviceSerial=d.sn))["data"]
        self.assertEqual((data["pin"], data["deviceSerial"], data["userCreated"], data["biometricsAdded"],
                          data["summary"]), ("001", d.sn, True, 0, "1/3 operations successful"))
        self.assertEqual([r["success"] for r in data["results"]], [True, False, False])
        self.assertIn("base64", data["results"][1]["result"]["error"])

    def test_a_finger_and_a_face_are_added(self):
        d = unified()
        reply = server.api.post("/api/users/biometric-add", readme(d))
        data = reply["data"]
        self.assertEqual(data["summary"], "3/3 operations successful")
        self.assertEqual([(r["type"], r.get("fid"), r["success"]) for r in data["results"]],
                         [("USER", None, True), ("FINGERPRINT", 0, True), ("FACE", 0, True)])
        self.assertNotIn("removed", data)
        person, finger, face = (fields(t) for t in words(d))
        self.assertEqual(person["Name"], "John Doe")
        self.assertEqual([(f["Type"], f["No"], f["MajorVer"], f["Tmp"]) for f in (finger, face)],
                         [("1", "0", "10", FINGER), ("2", "0", "7", FACE)])

    def test_a_device_gets_the_form_that_it_has(self):
        d = clock()
        server.api.post("/api/users/biometric-add", readme(d))
        self.assertEqual([t.split(" ")[2] for t in words(d)], ["USERINFO", "FINGERTMP", "FACE"])

    def test_an_update_removes_first(self):
        for method, path, more in (("PUT", "biometric-update", {}),
                                   ("POST", "biometric-add", {"updateMode": True})):
            with self.subTest(path):
                d = unified()
                body = readme(d)
                body.update(more)
                data = server.api.call(method, f"/api/users/{path}", body)["data"]
                self.assertEqual([r["type"] for r in data["results"]], ["USER", "FINGERPRINT", "FACE"])
                self.assertEqual([(r["type"], r["success"]) for r in data["removed"]],
                                 [("FINGERPRINT", True), ("FACE", True)])
                self.assertEqual([" ".join(t.split(" ")[:3]) for t in words(d)],
                                 ["DATA DELETE BIODATA"] * 2 + ["DATA UPDATE USERINFO"] +
                                 ["DATA UPDATE BIODATA"] * 2)

    def test_several_people_together(self):
        people = [{"userInfo": {"pin": "001", "name": "John Doe"},
                   "biometrics": [{"type": "fingerprint", "fid": 0, "template": FINGER},
                                  {"type": "fingerprint", "fid": 9, "template": FINGER}]},
                  {"userInfo": {"pin": "002", "name": "Jane Smith"},
                   "biometrics": [{"type": "face", "fid": 4, "template": FACE}]}]
        for method, path, removed in (("POST", "bulk-biometric-add", 0), ("PUT", "bulk-biometric-update", 2)):
            with self.subTest(path):
                d = unified()
                data = server.api.call(method, f"/api/users/{path}",
                                       {"deviceSerial": d.sn, "usersData": people})["data"]
                self.assertEqual((data["totalUsers"], data["successfulUsers"], data["summary"]),
                                 (2, 2, "2/2 users processed successfully"))
                first, second = data["results"]
                self.assertEqual((first["pin"], first["success"], first["summary"]),
                                 ("001", True, "3/3 operations successful"))
                self.assertEqual([r["success"] for r in second["results"]], [True, False])
                sent = words(d)
                self.assertEqual(sum("DELETE" in t for t in sent), removed)
                self.assertEqual([fields(t)["No"] for t in sent if "UPDATE BIODATA" in t], ["0", "9"])

    def test_templates_are_removed_by_type_and_number(self):
        d, old = unified(), clock()
        path = "/api/users/001/biometrics"
        for on, type_, fid, wanted in (
                (d, "fingerprint", 0, "DATA DELETE BIODATA Pin=001\tType=1\tNo=0"),
                (d, "face", None, "DATA DELETE BIODATA Pin=001\tType=2"),
                (old, "fingerprint", 0, "DATA DELETE FINGERTMP PIN=001\tFID=0"),
                (old, "fingerprint", None, "DATA DELETE FINGERTMP PIN=001")):
            data = server.api.call("DELETE", f"{path}/{type_}", {"deviceSerial": on.sn, "fid": fid})["data"]
            self.assertEqual((data["pin"], data["deviceSerial"], data["biometricType"], data["fid"]),
                             ("001", on.sn, type_, fid))
            self.assertEqual([t.upper() for t in words(on)], [wanted.upper()])
        refusal(self, 400, "field_invalid", "DELETE", f"{path}/nose", {"deviceSerial": d.sn})

    def test_all_templates_are_removed(self):
        d = unified()
        data = server.api.call("DELETE", "/api/users/001/biometrics", {"deviceSerial": d.sn})["data"]
        self.assertEqual((data["pin"], data["deviceSerial"], data["cleared"]), ("001", d.sn, data["total"]))
        types = [r["type"] for r in data["results"]]
        self.assertEqual(len(types), data["total"])
        self.assertLessEqual({"FINGERPRINT", "FACE", "FINGERVEIN", "VISIBLE_LIGHT_FACE"}, set(types))
        self.assertTrue(all("DELETE" in t for t in words(d)))

    def test_a_query_has_what_is_stored(self):
        d = clock()
        d.upload("OPERLOG", "".join(f"FP PIN=77\tFID={n}\tSize=16\tValid=1\tTMP={FINGER}\n" for n in (0, 6)), 1)
        path = f"/api/users/77/biometrics/fingerprint?deviceSerial={d.sn}"
        data = server.api.get(path + "&fid=0")["data"]
        self.assertEqual((data["pin"], data["biometricType"], data["fid"], data["source"]),
                         ("77", "fingerprint", 0, "stored"))
        self.assertEqual([t["fid"] for t in data["templates"]], [0])
        self.assertIs(data["queryResult"]["success"], True)
        self.assertEqual([t for _, t in d.work()], ["DATA QUERY FINGERTMP PIN=77\tFingerID=0"])
        scoped = {s: Api(server.admin, server.api.post(
            "/api/tokens", {"name": "t", "scopes": s.split()})["data"]["token"])
            for s in ("write", "write template")}
        closed = scoped["write"].get(path)["data"]["templates"]
        self.assertEqual([t["template_data"] for t in closed], ["[Hidden]"] * 2)
        self.assertNotIn(FINGER, str(closed))
        shown = scoped["write template"].get(path)["data"]["templates"]
        self.assertEqual([t["template"] for t in shown], [FINGER] * 2)
        self.assertTrue(server.api.get(f"/api/audit?action=read_templates&subject=device:{d.sn}")["data"])
        refusal(self, 400, "parameter_invalid", "GET", "/api/users/77/biometrics/fingerprint")

    def test_templates_are_judged(self):
        for type_, data, valid in (("fingerprint", {"pin": "001", "template": FINGER, "fid": 0}, True),
                                   ("fingerprint", {"pin": "001", "template": FINGER, "fid": 10}, False),
                                   ("face", {"pin": "001", "template": FACE, "fid": 1}, False),
                                   ("face", {"pin": "001", "template": "AAAA"}, False),
                                   ("nose", {"pin": "001", "template": FACE}, False),
                                   ("fingerprint", {"pin": "001", "template": "base64_template_data"}, False)):
            reply = server.api.post("/api/biometrics/validate", {"templateData": data, "biometricType": type_})
            got = reply["data"]
            self.assertEqual((got["valid"], got["error"] is None), (valid, valid), (type_, data))
            self.assertEqual(got["templateInfo"], {"pin": "001", "templateLength": len(data["template"]),
                                                   "fid": data.get("fid")})
            self.assertEqual(got["biometricType"], type_)

    def test_a_trial_sync_copies_what_the_other_device_takes(self):
        a, b = clock(), Device(server)
        b.options()
        a.upload("options", f"{ALL},{VERSIONS}")
        b.upload("options", f"{ALL},FPVersion=10,FaceVersion=5")
        a.upload("OPERLOG", "USER PIN=001\tName=Ada\tPri=0\n"
                 f"FP PIN=001\tFID=0\tSize=16\tValid=1\tTMP={FINGER}\n"
                 f"FACE PIN=001\tFID=0\tSIZE=16\tVALID=1\tTMP={FACE}\n", 1)
        data = server.api.post("/api/users/biometric-sync",
                               {"sourceDevice": a.sn, "targetDevice": b.sn, "pin": "001"})["data"]
        self.assertEqual((data["pin"], data["sourceDevice"], data["targetDevice"], data["biometricsFound"],
                          data["userCreated"], data["biometricsAdded"], data["summary"]),
                         ("001", a.sn, b.sn, 2, True, 1, "2/3 operations successful"))
        self.assertEqual([(r["type"], r["success"]) for r in data["results"]],
                         [("USER", True), ("FINGERPRINT", True), ("FACE", False)])
        self.assertIn("version", data["results"][2]["result"]["error"])
        self.assertEqual([t.split(" ")[2] for t in words(b)], ["USERINFO", "FINGERTMP"])
        refusal(self, 404, "person_unknown", "POST", "/api/users/biometric-sync",
                {"sourceDevice": b.sn, "targetDevice": a.sn, "pin": "002"})


if __name__ == "__main__":
    tap.main()
