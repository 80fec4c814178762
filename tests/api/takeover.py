#!/usr/bin/env python3
"""What a token with scope write cannot do to the people of a device: change how an administrator
identifies, or how a person does who may be one."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import fixture  # noqa: E402
import tap  # noqa: E402
from fixture import clock, refusal  # noqa: E402
from serve import Api, until  # noqa: E402
from unit import Unit  # noqa: E402

server = writer = None


def setUpModule():
    global server, writer
    server = fixture.serve()
    made = server.api.post("/api/tokens", {"name": "w", "scopes": ["read", "write"]})["data"]
    writer = Api(server.admin, made["token"])


def summary(users):
    return f"Ver%202.0.33,{users},0,0,192.0.2.201,10,7,12,0,111"


def staffed(users=2):
    """A clock with an administrator and an ordinary person, which reports how many people it has."""
    d = clock()
    d.upload("OPERLOG", "USER PIN=1\tName=Ann\tPri=14\tPasswd=4711\nUSER PIN=2\tName=Bo\tPri=0\n", 1)
    if users is not None:
        d.poll(summary(users))
        until(lambda: server.api.device(d.sn)["info"])
    return d


def person(pin, **fields):
    return {"type": "update_person", "person": dict(fields, pin=pin)}


# What changes how a person identifies, by the field that a refusal names.
CHANGES = [
    (lambda p: person(p, card="5"), "person.card"),
    (lambda p: person(p, password="9"), "person.password"),
    (lambda p: person(p, name="X", password=""), "person.password"),
    (lambda p: person(p, privilege=0), "person.privilege"),
    (lambda p: {"type": "delete_person", "pin": p}, "pin"),
    (lambda p: {"type": "delete_fingerprint", "pin": p}, "pin"),
    (lambda p: {"type": "delete_face", "pin": p}, "pin"),
    (lambda p: {"type": "enroll_fingerprint", "pin": p, "finger": 1}, "pin"),
    (lambda p: {"type": "enroll_card", "pin": p}, "pin"),
    (lambda p: {"type": "enroll_bio", "pin": p, "biotype": 9}, "pin"),
] + [(lambda p, text=text: {"command": text.replace("?", p)}, "command") for text in (
    "DATA UPDATE USERINFO PIN=?\tCard=5", "DATA USER PIN=?\tPasswd=9",
    "DATA UPDATE USERINFO PIN=?\tPri=0", "data update userinfo pin=?\tviceCard=5",
    "DATA UPDATE USERINFO PIN=?\tVerify=4",
    "DATA UPDATE FINGERTMP PIN=?\tFID=1\tSize=4\tValid=1\tTMP=QUJD",
    "DATA FP PIN=?\tFID=1\tSize=4\tValid=1\tTMP=QUJD",
    "DATA UPDATE FACE PIN=?\tFID=0\tValid=1\tSize=4\tTMP=QUJD",
    "DATA UPDATE BIODATA Pin=?\tNo=1\tIndex=0\tValid=1\tDuress=0\tType=9\tMajorVer=1\tMinorVer=0"
    "\tFormat=0\tTmp=QUJD",
    "DATA UPDATE BIOPHOTO PIN=?\tType=9\tSize=4\tContent=QUJD", "DATA DELETE USERINFO PIN=?",
    "DATA DELETE FINGERTMP PIN=?\tFID=1", "DATA DELETE BIODATA Pin=?",
    "ENROLL_FP PIN=?\tFID=1\tRETRY=3\tOVERWRITE=1", "ENROLL_MF PIN=?\tRETRY=3")]


class People(unittest.TestCase):
    def refused(self, d, body, field):
        reply = refusal(self, 403, "scope_too_small", "POST", "/api/commands",
                        dict(body, deviceSerial=d.sn), writer)
        self.assertEqual([r["field"] for r in reply["details"]], ["scope", field], body)
        self.assertIn("scope admin", reply["error"])
        return reply["details"][1]["message"]

    def given(self, d, body, api=None):
        self.assertTrue((api or writer).post("/api/commands", dict(body, deviceSerial=d.sn)))

    def test_an_administrator_keeps_every_credential(self):
        d = staffed()
        for made, field in CHANGES:
            for pin in ("1", "001"):
                body = made(pin)
                with self.subTest(body):
                    self.assertIn(f"person {pin} identifies, who is an administrator",
                                  self.refused(d, body, field))
        rows = writer.post("/api/commands", [dict(made("1"), deviceSerial=d.sn)
                                             for made, _ in CHANGES])["data"]
        self.assertEqual({r.get("code") for r in rows}, {"scope_too_small"})
        self.assertEqual(server.api.device(d.sn)["pendingCommands"], 0)
        # What opens nothing may be changed, and an administrator's token may change all.
        self.given(d, person("1", name="Anna", group="2"))
        for made, _ in CHANGES:
            self.given(d, made("1"), server.api)

    def test_ordinary_and_new_people_are_for_scope_write(self):
        d = staffed()
        for made, _ in CHANGES:
            for pin in ("2", "77"):
                with self.subTest((made(pin))):
                    self.given(d, made(pin))

    def test_a_person_who_may_be_an_administrator_counts_as_one(self):
        silent, more = staffed(None), staffed(5)
        for made, field in CHANGES:
            self.assertIn("nor how many it has", self.refused(silent, made("77"), field))
            self.assertIn("it reports 5 people, of whom 2 are known",
                          self.refused(more, made("77"), field))
            self.given(more, made("2"))
        # It uploads the others, as query_user makes it do: now all are known.
        more.upload("OPERLOG", "USER PIN=3\tPri=0\nUSER PIN=4\tPri=0\nUSER PIN=5\tName=Ed\n", 2)
        self.given(more, person("77", card="5"))
        # One was uploaded without a privilege.
        self.assertIn("may be an administrator", self.refused(more, person("5", card="5"),
                                                              "person.card"))

    def test_who_is_to_become_an_administrator_is_one(self):
        d = staffed()
        self.given(d, person("2", privilege=14), server.api)
        self.assertIn("who is an administrator", self.refused(d, person("2", card="5"),
                                                              "person.card"))

    def test_words_that_a_device_may_read_otherwise_are_for_administrators(self):
        d = staffed()
        for words, odd in (("DATA UPDATE USERINFO PIN=2\tCard=5\tPIN=1", "PIN=1"),
                           ("DATA UPDATE USERINFO PIN=2\tName=A\tPrivilege=14", "Privilege=14"),
                           ("DATA UPDATE USERINFO PIN=2\tName=A\tpri=14\tPRI=0", "PRI=0"),
                           ("DATA UPDATE USERINFO PIN=2\tName=A Pri=14", "Name=A Pri=14"),
                           ("DATA UPDATE USERINFO PIN=2\tName=A\t14", "14"),
                           ("DATA DELETE FINGERTMP PIN=2\tFID=1\tPIN=1", "PIN=1")):
            with self.subTest(words):
                self.assertIn(f'"{odd}"', self.refused(d, {"command": words}, "command"))
                self.given(d, {"command": words}, server.api)

    def test_rows_of_unknown_tables_are_removed_by_administrators(self):
        d = staffed()
        for table in ("user", "userauthorize", "templatev10"):
            refusal(self, 403, "scope_too_small", "POST", "/api/commands",
                    {"deviceSerial": d.sn, "command": f"DATA DELETE {table} Pin=1"}, writer)
        self.given(d, {"command": "DATA DELETE SMS UID=1"})

    def test_a_photo_from_elsewhere_is_fetched_for_administrators_alone(self):
        d = staffed()
        photo = {"type": "update_comparison_photo", "photo": {"pin": "2"}}
        status, _, body = server.api.raw("PUT", "/api/files/bo.jpg", b"\xff\xd8\xff\xd9")
        self.assertEqual(status, 201, body)
        path = json.loads(body)["data"]["putFileUrl"]
        words = "DATA UPDATE BIOPHOTO PIN=2\tType=9\tFormat=1\tUrl="
        for url in ("http://192.0.2.9/bo.jpg", "https://192.0.2.9/", "none.jpg", "../bo.jpg", "file/bo.jpg",
                    "//192.0.2.9/file/" + "0" * 32 + "/bo.jpg", "file/" + "0" * 31 + ".//192.0.2.9", path + "/../x"):
            with self.subTest(url):
                self.assertIn("fetch from elsewhere", self.refused(d, dict(photo, url=url), "url"))
                self.assertIn("fetch from elsewhere", self.refused(d, {"command": words + url}, "command"))
        self.refused(d, {"command": words + path + "\tUrl=http://192.0.2.9/bo.jpg"}, "command")
        self.given(d, dict(photo, url="http://192.0.2.9/bo.jpg"), server.api)
        self.given(d, dict(photo, url="bo.jpg"))
        self.assertIn("Url=" + path, "".join(text for _, text in d.poll()))
        self.given(d, {"command": words + path})

    def test_no_photo_comes_from_elsewhere_by_further_keys_or_tables(self):
        d = staffed()
        words = "DATA UPDATE USERPIC PIN=2\tSize=4\tContent=AAAA"
        path = json.loads(server.api.raw("PUT", "/api/files/up.jpg", b"\xff\xd8\xff\xd9")[2])["data"]["putFileUrl"]
        for more in ("\tUrl=http://192.0.2.9/x", "\tFormat=1\turl = //192.0.2.9", "\tURL=x.jpg",
                     f"\tUrl={path}\tUrl=http://192.0.2.9/x"):
            self.assertIn("fetch from elsewhere", self.refused(d, {"command": words + more}, "command"))
        self.assertIn("fetch from elsewhere",
                      self.refused(d, {"command": "DATA UPDATE USERPIC Url=http://192.0.2.9/x\tPIN=2"}, "command"))
        self.given(d, {"command": f"{words}\tUrl={path}"})
        self.given(d, {"command": words + "\tUrl=http://192.0.2.9/x"}, server.api)
        # Tables of access units are written by administrators alone.
        u = Unit(server).register()
        for body in ({"command": "DATA UPDATE userpic pin=2\tformat=1\turl=http://192.0.2.9/x"},
                     {"command": "DATA UPDATE biophoto PIN=2\tType=9\tUrl=http://192.0.2.9/x"}):
            refusal(self, 403, "scope_too_small", "POST", "/api/commands", dict(body, deviceSerial=u.sn), writer)
        refusal(self, 403, "scope_too_small", "PUT", f"/api/devices/{u.sn}/tables/userpic",
                {"rows": [{"pin": "2", "url": "http://192.0.2.9/x"}]}, writer)

    def test_the_predecessors_paths_refuse_the_same(self):
        d = staffed()
        path = "/api/commands/user/delete"
        refusal(self, 403, "scope_too_small", "POST", path,
                {"deviceSerial": d.sn, "pin": "1"}, writer)
        self.assertTrue(writer.post(path, {"deviceSerial": d.sn, "pin": "2"}))


if __name__ == "__main__":
    tap.main()
