#!/usr/bin/env python3
"""What access units upload as rows of tables becomes records of people, templates, photos, cards and errors,
as uploads of attendance clocks do; and each is answered by its count (Security PUSH 3.1.2, 7.5 to 7.15)."""

import base64
import hashlib
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import Server  # noqa: E402
from unit import PARAMETERS, Unit, packed, row  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def unit(parameters=PARAMETERS):
    return Unit(server, parameters=parameters).register()


def records(u, kind):
    """Those of a unit, without what the server adds."""
    own = ("id", "deviceSerial", "receivedAt", "person")
    return [{k: v for k, v in r.items() if k not in own} for r in server.api.records(kind, u.sn)]


def everything(u):
    return {kind: records(u, kind) for kind in ("persons", "templates", "photos", "idcards", "errorlog")}


def people(u):
    return {p["pin"]: p for p in records(u, "persons")}


class Vectors(unittest.TestCase):
    """The document's own examples."""


def vector(v):
    def run(test):
        u = unit()
        target = v["request"]["target"]
        sn = target.split("SN=")[1].split("&")[0]
        target = target.replace(f"SN={sn}", "SN=")
        for _ in range(2):
            u.expect(v["reply"].encode(), "POST", target, v["request"]["body"].encode())
            for kind, wanted in v["stored"].items():
                rows = server.api.records(kind, u.sn)
                test.assertEqual(len(rows), len(wanted), rows)
                for got, want in zip(rows, wanted):
                    want = dict(want)
                    digest = want.pop("sha256", None)
                    test.assertEqual({k: got[k] if got[k] is not None else type(w)()
                                      for k, w in want.items()}, want)
                    if digest:
                        data = server.content(kind, got)
                        test.assertEqual(hashlib.sha256(data).hexdigest(), digest)
            test.assertEqual(server.api.quarantine(u.sn), [])
            test.assertEqual(server.api.uploads(u.sn), [])
    return run


with open(os.path.join(pathlib.Path(__file__).parents[1], "vectors", "access_uploads.jsonl")) as f:
    for line in f:
        made = json.loads(line)
        setattr(Vectors, f"test_{made['id']}", vector(made))


class Answers(unittest.TestCase):
    def test_the_reply_has_the_declared_count_and_the_spelling_of_the_query(self):
        u = unit()
        for table, count, body, want in (
                ("user", "3", b"user pin=1\r\nuser pin=2", b"user=3"),
                ("USER", "2", b"user pin=1\nuser pin=2\n", b"USER=2"),
                ("Templatev10", "1", b"rubbish", b"Templatev10=1"),
                ("user", "2", b"user uid=1\nuser pin=1\tprivilege=x", b"user=2"),
                ("Odd", "9", b"odd a=1", b"Odd=9"),
                ("user", None, b"user pin=1\n\r\nuser uid=9\n", b"user=2"),
                ("Odd", None, b"odd a=1\nodd a=2\n", b"Odd=2"),
                ("user", "x", b"user pin=1\n", b"user=1"),
                ("user", "0", b"", b"user=0"),
                ("user", "1", b"", b"user=1")):
            more = f"&count={count}" if count is not None else ""
            u.expect(want, "POST", f"/iclock/cdata?SN=&table=tabledata&tablename={table}{more}", body)

    def test_an_unknown_table_is_kept_as_it_came(self):
        u = unit()
        u.table("Odd", "odd a=1\tb=2")
        kept, = server.api.uploads(u.sn)
        self.assertEqual((kept["table"], server.api.upload_body(kept)), ("Odd", b"odd a=1\tb=2\r\n"))

    def test_a_repeat_changes_nothing(self):
        u = unit()
        rows = {"user": ["user pin=1\tname=Ann\tcardno=7\tgroup=2", "user pin=2\tname=Bo"],
                "templatev10": ["templatev10 pin=1\tfingerid=22\tvalid=1\ttemplate=QUJD"],
                "biodata": ["biodata pin=1\tno=0\tindex=0\ttype=9\ttmp=QUJD"],
                "biophoto": ["biophoto pin=1\tfilename=1.jpg\ttype=9\tcontent=QUJD"],
                "userpic": ["userpic pin=1\tfilename=1.jpg\tcontent=QUJD"],
                "ATTPHOTO": ["pin=20260101080000-1.jpg\tphoto=QUJD"],
                "identitycard": ["identitycard pin=1\tID_Num=11\tName=Ann"],
                "errorlog": ["errorlog errcode=D01E0001\tcmdid=1"]}
        for _ in range(3):
            for table, lines in rows.items():
                u.table(table, *lines)
            now = everything(u)
            self.assertEqual({k: len(v) for k, v in now.items()},
                             {"persons": 2, "templates": 2, "photos": 3, "idcards": 1, "errorlog": 1})
            first = locals().get("first", now)
            self.assertEqual(now, first)
        self.assertEqual(server.api.quarantine(u.sn), [])


class People(unittest.TestCase):
    def test_what_comes_empty_stays(self):
        u = unit()
        u.table("user", "user uid=1\tcardno=[15CD5B07]\tpin=0071\tpassword=123\tgroup=2\tname=Ann\t"
                        "privilege=14\tverify=4")
        u.table("user", "user uid=1\tcardno=\tpin=0071\tpassword=\tgroup=\tstarttime=\tendtime=\tname=\t"
                        "privilege=\tdisable=0\tverify=")
        p = people(u)["0071"]
        self.assertEqual([p[k] for k in ("name", "card", "groupId", "privilege", "verifyMode")],
                         ["Ann", "[15CD5B07]", "2", 14, 4])
        if not server.store:
            with server.database() as db:
                self.assertEqual(db.execute("SELECT password FROM person WHERE pin = '0071'").fetchone()[0],
                                 "123")

    def test_validity_is_a_moment_in_both_forms(self):
        for parameters, start, end in (
                (PARAMETERS + ",DateFmtFunOn=1", packed("2026-03-01 08:30:00"),
                 packed("2026-12-31 23:59:59")),
                (PARAMETERS, "20260301", "20261231")):
            u = unit(parameters)
            u.table("user", f"user pin=1\tstarttime={start}\tendtime={end}")
            p = people(u)["1"]
            hour = "083000" if isinstance(start, int) else "000000"
            self.assertEqual((p["validFrom"], p["validTo"]), (f"20260301T{hour}", "20261231T235959"))
            u.table("user", "user pin=1\tstarttime=0\tendtime=0")
            p = people(u)["1"]
            self.assertFalse(p["validFrom"] or p["validTo"], p)

    def test_a_word_of_a_verify_mode_is_no_number(self):
        u = unit()
        u.table("user", "user pin=1\tverify=0000000000000010")
        p = people(u)["1"]
        self.assertEqual((p["verifyMode"], p["extra"]), (None, "verify=0000000000000010"))

    def test_names_are_utf_8_or_as_the_unit_writes(self):
        u = unit(PARAMETERS + ",Language=83")
        u.table("user", "user pin=1\tname=张三",
                b"user pin=2\tname=" + "张三".encode("gb18030"))
        self.assertEqual([p["name"] for p in people(u).values()], ["张三", "张三"])
        other = unit()
        other.table("user", b"user pin=2\tname=" + "张三".encode("gb18030"))
        self.assertNotEqual(people(other)["2"]["name"], "张三")
        server.api.change(other.sn, charset="GB18030")
        self.assertEqual(people(other)["2"]["name"], "张三")


class Biometrics(unittest.TestCase):
    def test_fingers_and_duress(self):
        u = unit()
        u.table("templatev10", *[f"templatev10 size=4\tuid=1\tpin=1\tfingerid={n}\tvalid=1\t"
                                 f"template=QUJ{n % 10}\tresverd=\tendtag=" for n in (0, 9, 16, 25)],
                "templatev10 pin=2\tfingerid=6\tvalid=3\ttemplate=QUJD")
        self.assertEqual([(t["pin"], t["no"], t["duress"], t["valid"]) for t in records(u, "templates")],
                         [("1", 0, 1, 1), ("1", 9, 1, 1), ("2", 6, 1, 1)])

    def test_biometric_types_have_their_numbers(self):
        u = unit()
        u.table("biodata", *[f"biodata pin=1\tno=0\tindex=0\tvalid=1\ttype={n}\tmajorver=5\ttmp=QUJD"
                             for n in range(11)])
        self.assertEqual([t["type"] for t in records(u, "templates")], list(range(11)))

    def test_what_is_enrolled_becomes_templates_photos_and_cards(self):
        u = unit()
        u.expect(b"OK", "POST", "/iclock/cdata?SN=&type=BioData",
                 b"TYPE=1\tPIN=7\tNO=6\tINDEX=\tMAJOR_VER=10\tMINOR_VER=0\tTMP=QUJD\r\n"
                 b"TYPE=9\tPIN=7\tNO=0\tINDEX=0\tMAJOR_VER=58\tMINOR_VER=1\tTMP=REVG\tBIOPHOTO=R0hJ\r\n"
                 b"TYPE=9\tNO=0\tTMP=REVG\r\n")
        self.assertEqual([(t["pin"], t["type"], t["no"], t["majorVer"]) for t in records(u, "templates")],
                         [("7", 1, 6, 10), ("7", 9, 0, 58)])
        photo, = server.api.records("photos", u.sn)
        self.assertEqual((photo["pin"], photo["type"], server.content("photos", photo)),
                         ("7", 9, b"GHI"))
        for body, card in ((b"TYPE=0\tPIN=7\tTMP=4711", "4711"), (b"TYPE=3\tPIN=7\tTMP=5", "4711"),
                           (b"TYPE=0\tPIN=7\tTMP=", "4711"), (b"PIN=7\tTMP=12", "12")):
            u.expect(b"OK", "POST", "/iclock/cdata?SN=&type=EnrollInfoData", body)
            self.assertEqual(people(u)["7"]["card"], card)
        self.assertEqual(len([q for q in server.api.pages("/api/quarantine") if q["deviceSerial"] == u.sn]), 3)

    def test_photos_of_both_field_sets(self):
        u = unit()
        picture = base64.b64encode(bytes(range(256)) * 100).decode()
        u.table("biophoto", f"biophoto pin=1\tfilename=1.jpg\ttype=9\tsize=25600\tcontent={picture}",
                f"biophoto pin=2\tno=0\tindex=0\tfilename=2.jpg\ttype=9\tsize=25600\tcontent={picture}")
        for row in server.api.records("photos", u.sn):
            self.assertEqual(server.content("photos", row), bytes(range(256)) * 100)
        self.assertEqual(len(server.api.records("photos", u.sn)), 2)

    def test_pictures_without_a_name_differ_by_their_numbers(self):
        u = unit()
        u.table("biophoto", *(f"biophoto pin=1\tno={n}\tindex={i}\ttype=9\tsize=3\tcontent=QUJD"
                              for n, i in ((0, 0), (0, 1), (1, 0), (1, 0))))
        self.assertEqual(sorted(r["fileName"] or "" for r in server.api.records("photos", u.sn)),
                         ["", "1-0-1.jpg", "1-1-0.jpg"])

    def test_an_empty_picture_or_template_clears_none(self):
        u = unit()
        for content in ("QUJD", ""):
            u.table("userpic", f"userpic pin=1\tfilename=1.jpg\tsize=3\tcontent={content}")
            u.table("templatev10", f"templatev10 pin=1\tfingerid=1\tvalid=1\ttemplate={content}")
        for kind, want in (("photos", b"ABC"), ("templates", b"QUJD")):
            row, = server.api.records(kind, u.sn)
            self.assertEqual(server.content(kind, row), want)

    def test_photos_of_events_in_both_forms(self):
        u = unit()
        u.table("ATTPHOTO", "pin=20181003143617-22.jpg\tsn=1\tsize=3\tphoto=QUJD")
        u.expect(b"ATTPHOTO=1", "POST", "/iclock/cdata?SN=&table=tabledata&tablename=ATTPHOTO&count=1",
                 b"PIN=20181003143618-23.jpg\nSN=1\nsize=4\nCMD=uploadphoto\0\xff\xd8\n\r")
        rows = server.api.records("photos", u.sn)
        self.assertEqual([(r["pin"], server.content("photos", r)) for r in rows],
                         [("22", b"ABC"), ("23", b"\xff\xd8\n\r")])

    def test_base64_may_be_broken_by_line_ends(self):
        u = unit()
        text = base64.b64encode(os.urandom(300)).decode()
        broken = "\r\n".join(text[i:i + 76] for i in range(0, len(text), 76))
        u.expect(b"biodata=2", "POST", "/iclock/cdata?SN=&table=tabledata&tablename=biodata&count=2",
                 f"biodata pin=1\ttype=9\ttmp={broken}\r\nbiodata pin=2\ttype=9\ttmp={broken}\n"
                 "biodata no=7\n".encode())
        self.assertEqual([server.content("templates", t).decode()
                          for t in server.api.records("templates", u.sn)], [text, text])
        self.assertEqual([q["line"] for q in server.api.quarantine(u.sn)], [2 * broken.count("\n") + 3])


class LinkedPictures(unittest.TestCase):
    LINE = ("LogIndex={}\tPhotoInfo={}-link-ch0.jpg\tLinkVideo=1-30-30\tPhotoData=QUJD\r\n")

    def post(self, u, *lines):
        u.expect(b"OK", "POST", "/iclock/cdata?SN=&table=linkphotoinfo", "".join(lines).encode())

    def shown(self, u):
        return [(r["kind"], r["fileName"], r["eventIndex"], r["eventSeq"], r["extra"],
                 server.content("photos", r)) for r in server.api.records("photos", u.sn)]

    def seq(self, u):
        page = server.api.get(f"/api/access-events?device={u.sn}&limit=500")
        return [e["seq"] for e in page["data"]]

    def test_a_picture_is_tied_to_its_event(self):
        u = unit()
        u.live(row("2024-01-18 14:59:30", 6, "0", 1, 41, 2, "0"),
               row("2024-01-18 14:59:31", 0, "7", 1, 42))
        for _ in range(2):
            self.post(u, self.LINE.format(41, "20240118145930"))
            self.assertEqual(self.shown(u), [("linkage", "20240118145930-link-ch0.jpg", 41,
                                              self.seq(u)[0], "LinkVideo=1-30-30", b"ABC")])
        self.assertEqual((server.api.quarantine(u.sn), server.api.uploads(u.sn)), ([], []))

    def test_after_a_reset_of_the_numbers_the_time_of_the_name_decides(self):
        u = unit()
        u.live(row("2024-01-18 14:59:30", 6, "0", 1, 5, 2, "0"))
        u.live(row("2025-01-18 14:59:30", 6, "0", 1, 5, 2, "0"))
        u.live(row("2025-01-18 15:59:30", 6, "0", 1, 6, 2, "0", sn="OTHERUNIT"))
        self.post(u, self.LINE.format(5, "20240118145931"), self.LINE.format(5, "20250118145931"),
                  self.LINE.format(6, "20250118155930"))
        self.assertEqual([r[3] for r in self.shown(u)], self.seq(u)[:2] + [None])

    def test_one_without_an_event_is_kept_alone(self):
        u = unit()
        self.post(u, self.LINE.format(9, "20240118145930"),
                  "LogIndex=10\tPhotoInfo=\tLinkVideo=1-30-30\tPhotoData=\r\n")
        rows = server.api.records("photos", u.sn)
        self.assertEqual([(r["fileName"], r["eventIndex"], r["eventSeq"], r["size"]) for r in rows],
                         [("20240118145930-link-ch0.jpg", 9, None, 3), ("10", 10, None, None)])
        u.live(row("2024-01-18 14:59:30", 6, "0", 1, 9, 2, "0"))
        self.post(u, self.LINE.format(9, "20240118145930"))
        self.assertEqual([r[3] for r in self.shown_tied(u)], self.seq(u))

    def shown_tied(self, u):
        return [(r["kind"], r["fileName"], r["eventIndex"], r["eventSeq"])
                for r in server.api.records("photos", u.sn) if r["eventSeq"]]

    def test_what_cannot_be_read_has_its_reason(self):
        u = unit()
        self.post(u, "PhotoInfo=a.jpg\n", "LogIndex=x\n", "LogIndex=1\tPhotoData=***\n",
                  "LogIndex=1\tPhotoInfo=" + "a" * 600 + "\n", self.LINE.format(1, "20240118145930"))
        self.assertEqual([(q["line"], q["reason"].split(":")[0]) for q in server.api.quarantine(u.sn)],
                         [(1, "LogIndex"), (2, "LogIndex"), (3, "PhotoData"), (4, "PhotoInfo")])
        self.assertEqual(len(self.shown(u)), 1)


class Words(unittest.TestCase):
    def test_nations_and_error_codes_have_words(self):
        u = unit()
        u.table("identitycard", "identitycard ID_Num=1\tNation=1\tPhotoJPG=QUJD",
                "identitycard ID_Num=2\tNation=56", "identitycard ID_Num=3")
        cards = {c["idNumber"]: c for c in records(u, "idcards")}
        self.assertEqual([cards[n]["nationName"] for n in "123"][::2], ["Han", None])
        self.assertTrue(cards["2"]["nationName"])
        self.assertNotIn("QUJD", json.dumps(cards))
        u.table("errorlog", "errorlog errcode=D01E0001\tcmdid=1", "errorlog errcode=D03E0009",
                "errorlog errcode=odd")
        errors = {e["code"]: (e["meaning"], e["module"]) for e in records(u, "errorlog")}
        self.assertEqual(errors, {"D01E0001": ("no face found", "PUSH communication"),
                                  "D03E0009": (None, "hardware"), "odd": (None, None)})

    def test_a_language_has_its_name(self):
        u = unit(PARAMETERS + ",Language=83")
        access = server.api.device(u.sn)["access"]
        self.assertEqual((access["language"], access["languageName"]), (83, "Simplified Chinese"))
        access = server.api.device(unit().sn)["access"]
        self.assertEqual((access["language"], access["languageName"]), (None, None))

    def test_a_picture_of_a_card_may_be_large(self):
        u = unit()
        u.table("identitycard", "identitycard ID_Num=1\tPhotoJPG=" + "QUJD" * 50000)
        self.assertEqual(server.api.quarantine(u.sn), [])


class Kept(unittest.TestCase):
    def test_what_later_parts_read_is_kept_as_it_came(self):
        u = unit()
        rows = "DeviceAuthorizeSN=1\tOnline=1\tIsAuthorize=0\nDeviceAuthorize SN=2\tOnline=0"
        for want, method, target, body, table in (
                (b"DeviceAuthorize=2", "cdata", "&type=registry&table=tabledata&tablename=DeviceAuthorize"
                 "&count=2", rows, "DeviceAuthorize"),
                (b"OK", "cdata", "&table=testdata", "type=wg\tbits=26", "testdata"),
                (b"OK", "file", "&cmdid=7&fileseq=1&contentlength=5", "\0\1\2\3\4", "file")):
            u.expect(want, "POST", f"/iclock/{method}?SN={target}", body.encode())
            kept = server.api.uploads(u.sn)[-1]
            self.assertEqual((kept["table"], server.api.upload_body(kept)), (table, body.encode()))
        self.assertEqual([p for p in server.api.get("/api/problems")["data"]
                          if p.get("deviceSerial") == u.sn], [])

    def test_options_are_stored(self):
        u = unit()
        u.expect(b"OK", "POST", "/iclock/cdata?SN=&table=options", b"LockCount=4,Door1Name=North, left,"
                 b"~MaxUserPhotoCount=10,Language=83")
        options = server.api.device(u.sn)["options"]
        self.assertEqual([options[k] for k in ("LockCount", "Door1Name", "~MaxUserPhotoCount", "Language")],
                         ["4", "North, left", "10", "83"])


class Malformed(unittest.TestCase):
    def test_each_has_its_place_and_its_reason(self):
        u = unit()
        for table, line, reason in (
                ("user", "user uid=5\tname=Ann", "no PIN"),
                ("user", "user pin=\tname=Ann", "no PIN"),
                ("user", "user pin=1\tprivilege=x", "privilege: the value is not readable"),
                ("user", "rubbish", "no PIN"),
                ("user", "user pin=" + "1" * 25, "pin: the value is too long or too large"),
                ("templatev10", "templatev10 pin=1\tfingerid=40\ttemplate=QUJD", "there is no such finger"),
                ("templatev10", "templatev10 pin=1\ttemplate=QUJD", "no fingerid"),
                ("biodata", "biodata pin=1\ttmp=QUJD", "no type"),
                ("biophoto", "biophoto pin=1\tcontent=***", "picture is not base64"),
                ("ATTPHOTO", "sn=1\tphoto=QUJD", "no name of a file"),
                ("identitycard", "identitycard pin=1\tName=Ann", "no ID_Num"),
                ("errorlog", "errorlog errmsg=x", "no errcode"),
                ("userpic", "userpic pin=1\tcontent=" + "A" * (9 << 20), "content: the value is too long"),
                ("user", "user pin=1\t" + "odd=" + "x" * 70000, "fields that are not known")):
            with self.subTest(table=table, line=line[:60]):
                before = len(server.api.quarantine(u.sn))
                good = "errorlog errcode=D01E0002" if table == "errorlog" else ""
                u.table(table, good or "user pin=77", line, good or "user pin=78")
                rows = server.api.quarantine(u.sn)
                self.assertEqual(len(rows), before + 1)
                q = rows[-1]
                self.assertEqual((q["table"], q["line"]), (table, 2), q)
                self.assertIn(reason, q["reason"])
        self.assertTrue({"77", "78"} <= set(people(u)))

    def test_bodies_of_64_mib_are_read_within_memory(self):
        with Server("--new-devices", "approve", "--body-limit", str(64 << 20)) as own:
            u = Unit(own).register()
            content = base64.b64encode(os.urandom(3 << 20))
            body = b"".join(b"userpic pin=%d\tfilename=%d.jpg\tcontent=%s\r\n" % (i, i, content)
                            for i in range(15))
            rubbish = b"x" * (63 << 20)
            before = own.rss()
            u.expect(b"userpic=15", "POST", "/iclock/cdata?SN=&table=tabledata&tablename=userpic&count=15",
                     body)
            self.assertEqual(len(own.api.records("photos", u.sn)), 15)
            self.assertEqual(own.api.quarantine(u.sn), [])
            for table in ("user", "Odd"):
                u.expect(table.encode() + b"=1", "POST",
                         f"/iclock/cdata?SN=&table=tabledata&tablename={table}&count=1", rubbish)
            q, = own.api.quarantine(u.sn)
            self.assertEqual((q["line"], q["reason"]), (1, "no PIN"))
            self.assertEqual([r["table"] for r in own.api.uploads(u.sn)], ["user", "Odd"])
            if not own.sanitized():
                self.assertLess(own.rss() - before, 256 << 20)

    def test_a_giant_body_of_rows_is_read_within_memory(self):
        u = unit()
        rows = b"".join(b"user uid=%d\tpin=%d\tname=Person %d\tcardno=%d\r\n" % (i, i, i, i)
                        for i in range(1, 3001))
        rows += b"".join(b"templatev10 pin=%d\tfingerid=1\tvalid=1\ttemplate=%s\r\n"
                         % (i, base64.b64encode(os.urandom(1500))) for i in range(1, 3001))
        before = server.rss()
        u.expect(b"user=6000", "POST", "/iclock/cdata?SN=&table=tabledata&tablename=user&count=6000", rows)
        self.assertEqual((len(server.api.records("persons", u.sn)), len(server.api.records("templates", u.sn))),
                         (3000, 3000))
        if not server.sanitized():
            self.assertLess(server.rss() - before, 48 << 20)


if __name__ == "__main__":
    tap.main()
