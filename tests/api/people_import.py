#!/usr/bin/env python3
"""People from files, and the same files from people."""

import csv
import io
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import fixture  # noqa: E402
import tap  # noqa: E402
from command_line import run  # noqa: E402
from fixture import refusal  # noqa: E402
from serve import Server  # noqa: E402

server = None


def setUpModule():
    global server
    server = command_line.server = fixture.serve()


def read(body):
    return list(csv.DictReader(io.StringIO(body.decode())))


class Base(unittest.TestCase):
    maxDiff = None

    def post(self, content, more="", status=200, api=None, headers=None):
        content = content if isinstance(content, bytes) else content.encode()
        got, _, body = (api or server.api).raw("POST", "/api/people/import" + more, content, headers)
        self.assertEqual(got, status, body)
        return body if status == 200 else json.loads(body)

    def load(self, content, more="", **others):
        """Rows of the report; a trial before has the same, but for numbers that are not given yet."""
        trial = read(self.post(content, more + ("&" if more else "?") + "dryRun=1", **others))
        rows = read(self.post(content, more, **others))
        for row in trial:
            row["id"] = rows[trial.index(row)]["id"] if row["action"] == "create" else row["id"]
        self.assertEqual(trial, rows)
        return rows

    def actions(self, rows):
        return [(row["pin"], row["action"], row["error"]) for row in rows]

    def person(self, pin):
        return server.api.get("/api/people?pin=" + pin)["data"][0]

    def export(self, form, api=None):
        status, _, body = (api or server.api).raw("GET", "/api/people." + form)
        self.assertEqual(status, 200)
        return body

    def area(self, name, api=None, **more):
        (api or server.api).raw("POST", "/api/areas", dict(more, name=name))
        return [a["id"] for a in (api or server.api).get("/api/areas")["data"] if a["name"] == name][0]


class Rows(Base):
    def test_people_are_made_changed_and_left(self):
        yard = self.area("Yard")
        rows = self.load("pin,name,cards,areas,disabled,group,validTo\r\n"
                         f"m1,Anne,11;0x0C,Yard;1,true,3,2027-01-31\nm2,\"Bo, B\",,{yard},,,\n")
        self.assertEqual(self.actions(rows), [("m1", "create", ""), ("m2", "create", "")])
        self.assertEqual([row["row"] for row in rows], ["2", "3"])
        got = self.person("m1")
        self.assertEqual((str(got["id"]), got["name"], got["cards"], got["areas"], got["disabled"], got["group"],
                          got["validTo"]), (rows[0]["id"], "Anne", ["11", "12"], [yard, 1], True, 3,
                                            "2027-01-31 23:59:59"))
        self.assertEqual(self.person("m2")["areas"], [yard])
        # An empty cell leaves alone, and who is as they should be is the same.
        rows = self.load("name;pin;cards;department\n;m1;12;\nBo, B;m2;;\n")
        self.assertEqual(self.actions(rows), [("m1", "update", ""), ("m2", "same", "")])
        got = self.person("m1")
        self.assertEqual((got["name"], got["cards"], got["group"]), ("Anne", ["12"], 3))

    def test_ndjson_is_read_like_a_body(self):
        rows = self.load('{"pin":"n1","name":null,"cards":["21"],"code":"N-1"}\n\n{"pin":"n2","group":"x"}\n{"pin":\n',
                         "?format=csv")
        self.assertEqual([(r["row"], r["pin"], r["action"], r["field"]) for r in rows],
                         [("1", "n1", "create", ""), ("3", "n2", "error", "group"), ("4", "", "error", "")])
        lines = [json.loads(line) for line in self.post('{"pin":"n1"}\n').splitlines()]
        self.assertEqual([(r["row"], r["pin"], r["action"], r["error"]) for r in lines], [(1, "n1", "same", None)])

    def test_what_is_wrong_with_a_row_is_named_and_others_are_taken(self):
        self.area("Plant", namespace="plant")
        rows = self.load("pin,name,cards,areas,namespace,validFrom,validTo,disabled\n"
                         "w1,,x,,,,,\n"
                         "w2,,,Nowhere,,,,\n"
                         "w3,,,Plant,other,,,\n"
                         "w4,,,,,2026-02-30,,\n"
                         "w5,,,,,2026-03-02,2026-03-01,\n"
                         "w6,,,,,,,perhaps\n"
                         "w7,,,,,,,,,more\n"
                         ",nobody,,,,,,\n"
                         "w8,fine,31,,,,,\n"
                         "w9,,31,,,,,\n"
                         "w8,again,,,,,,\n")
        self.assertEqual([(r["row"], r["action"], r["field"]) for r in rows],
                         [("2", "error", "cards[0]"), ("3", "error", "areas"), ("4", "error", "areas"),
                          ("5", "error", "validFrom"), ("6", "error", "validTo"), ("7", "error", "disabled"),
                          ("8", "error", ""), ("9", "error", "pin"), ("10", "error", "pin"),
                          ("11", "error", "cards"), ("12", "error", "pin")])
        self.assertIn("row 10", rows[10]["error"])
        self.assertIn("row 10", rows[9]["error"])
        self.assertEqual(server.api.get("/api/people?q=fine")["data"], [])

    def test_a_row_is_of_its_pin_then_its_code_then_its_number(self):
        first = self.load("pin,code,name\nf1,F-1,\nf2,F-2,\nf3,,\nf4,F-4,\nf5,F-4,\n")
        ids = [row["id"] for row in first]
        rows = self.load(f"id,pin,code,name\n{ids[2]},f1,F-2,by PIN\n,f22,F-2,by code\n{ids[2]},,,by number\n"
                         f"{ids[3]},f33,,not at all\n,,F-4,of two\n99999999,f6,,new\n99999999,,,nobody\n"
                         f"{ids[0]},,,again\n")
        self.assertEqual([(r["id"], r["action"], r["field"]) for r in rows],
                         [(ids[0], "update", ""), (ids[1], "update", ""), (ids[2], "update", ""), ("", "error", "id"),
                          ("", "error", "code"), (rows[5]["id"], "create", ""), ("", "error", "id"),
                          (ids[0], "error", "id")])
        self.assertEqual((self.person("f22")["name"], self.person("f1")["name"], self.person("f3")["name"]),
                         ("by code", "by PIN", "by number"))

    def test_what_one_row_frees_a_later_one_gets(self):
        self.load("pin,code,cards\ng1,G-1,41\ng2,G-2,42\n")
        rows = self.load("pin,code,cards\ng2,,43\ng3,G-1,42\ng1,,41\n")
        # The third has the card of the second still, who has another PIN now.
        self.assertEqual([(r["pin"], r["action"], r["field"]) for r in rows],
                         [("g2", "update", ""), ("g3", "update", ""), ("g1", "create", "")])
        self.assertEqual((self.person("g1")["cards"], self.person("g3")["cards"]), (["41"], ["42"]))
        rows = self.load("pin,cards\ng4,43\n")
        self.assertEqual([(r["action"], r["field"]) for r in rows], [("error", "cards")])

    def test_the_audit_has_who_was_changed_by_number(self):
        rows = self.load("pin\na1\na2\na3\n")
        ids = [int(row["id"]) for row in rows]
        subject = {row["subject"] for row in server.api.get("/api/audit?action=begin_people_import")["data"]}
        [last] = [row for row in server.api.get("/api/audit?action=import_people")["data"]
                  if row["after"]["people"] == f"{ids[0]}-{ids[2]}"]
        self.assertEqual(last["after"], {"create": 3, "update": 0, "same": 0, "error": 0,
                                         "people": f"{ids[0]}-{ids[2]}"})
        self.assertIn(last["subject"], subject)
        self.assertNotIn("a1", json.dumps(last["after"]))


class Files(Base):
    def test_encodings_and_separators(self):
        text = "pin\tname\ne1\tÅsa Ünal\n"
        self.assertEqual(self.actions(self.load(text)), [("e1", "create", "")])
        for content, more in ((text.encode("utf-8-sig"), ""), (text.encode("utf-16"), ""),
                              (text.encode("cp1252"), "?charset=windows-1252"),
                              (text.replace("\t", ";").encode(), ""), (text.replace("\t", ",").encode(), ""),
                              ("\n\n" + text.replace("\n", "\r\n"), ""), (text.replace("pin", "PIN"), "")):
            with self.subTest(content):
                self.assertEqual(self.actions(self.load(content, more)), [("e1", "same", "")])
        got = self.post(text.encode("cp1252"), headers={"Content-Type": "text/csv; charset=windows-1252"})
        self.assertEqual(self.actions(read(got)), [("e1", "same", "")])
        self.assertIn("line 2", self.post(text.encode("cp1252"), status=400)["error"])
        self.assertEqual(self.post(b"pin\n1", "?charset=nonsense", 400)["code"], "parameter_invalid")
        self.assertEqual(self.post(b"\xff\xfe\xff", "?charset=utf-8", 400)["code"], "body_malformed")

    def test_a_file_that_is_none_is_refused_whole(self):
        for content, words in (("", "empty"), ("\n \n", "empty"), ("pin,shoes\n1,2\n", "shoes"),
                               ("name\nAnne\n", "pin"), ("1,2,3\n", "pin,name,cards"), ("pin,PIN\n1,2\n", "two"),
                               (b"PK\3\4workbook", "workbook")):
            with self.subTest(content):
                reply = self.post(content, status=400)
                self.assertEqual(reply["code"], "body_malformed")
                self.assertIn(words, json.dumps(reply))
        refusal(self, 400, "parameter_invalid", "POST", "/api/people/import?dryRun=2")
        self.assertEqual(self.post("pin\n1\n", "?format=xlsx", 400)["code"], "parameter_invalid")

    def other(self):
        one = Server("--new-devices", "approve")
        self.addCleanup(one.close)
        return one.api

    def test_what_is_exported_is_imported_again(self):
        source = self.other()
        gate, north = self.area("Gate", source), self.area("North", source, namespace="north")
        people = [{"pin": "=1+1", "name": "'=1", "cards": ["7001", "7002"], "code": "007", "areas": [gate, 1]},
                  {"pin": "x2", "name": "''-Ö;\",'", "areas": [], "department": "true", "validFrom": "2026-01-01"},
                  {"pin": "x2", "name": "+a", "areas": [north], "cards": ["7001"], "disabled": True, "group": 9,
                   "privilege": 14, "position": "1E5", "validTo": "2027-01-01 10:00:00"}]
        for one in people:
            self.assertEqual(source.raw("POST", "/api/people", one)[0], 201, one)
        for form in ("csv", "csv?excel=1&separator=semicolon", "ndjson"):
            with self.subTest(form):
                rows = self.load(self.export(form, source), "?format=csv", api=source)
                self.assertEqual({row["action"] for row in rows}, {"same"}, rows)
        for form in ("csv", "ndjson"):
            with self.subTest(form):
                other, content = self.other(), self.export(form, source)
                for area in source.get("/api/areas")["data"][1:]:
                    self.assertEqual(self.area(area["name"], other, namespace=area["namespace"]), area["id"])
                self.assertEqual({row["action"] for row in read(self.post(content, "?format=csv", api=other))},
                                 {"create"})
                self.assertEqual(self.export(form, other), content)
                self.assertEqual({row["action"] for row in read(self.post(content, "?format=csv", api=other))},
                                 {"same"})

    def test_many_rows_in_pieces(self):
        content = "pin,name,cards\n" + "".join(f"p{n},Person {n},{500000 + n}\n" for n in range(300))
        self.assertEqual({row["action"] for row in self.load(content)}, {"create"})
        self.assertEqual({row["action"] for row in self.load(content)}, {"same"})
        # Half of a file, as a stop leaves it: the rest is made, and nothing is doubled.
        more = content + "".join(f"q{n},,\n" for n in range(100))
        rows = self.load(more)
        self.assertEqual([row["action"] for row in rows], ["same"] * 300 + ["create"] * 100)

    def test_areas_on_the_command_line(self):
        made = json.loads(run("area", "add", "Depot", "parent=1", "--json").out)["data"]
        number = str(made["id"])
        self.assertEqual((made["name"], made["parent"]), ("Depot", 1))
        self.assertEqual(run("area", "set", number, "name=Store").status, 0)
        self.assertIn("Store", run("area", "list").out)
        self.assertEqual(run("area", "delete", number, "--yes").status, 0)
        self.assertNotIn("Store", run("area", "list").out)

    def test_the_command_line(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        path, report = [os.path.join(home.name, name) for name in ("people.csv", "report.csv")]
        with open(path, "w") as f:
            f.write("pin,name,group\nc1,=Anne,\nc2,,many\n")
        done = run("person", "import", path, "--dry-run", "--output", report)
        self.assertEqual(done.status, 1, done)
        self.assertIn(f"{path}:3: group ", done.err)
        with open(report, "rb") as f:
            self.assertEqual([(r["row"], r["name"], r["action"], r["field"]) for r in read(f.read())],
                             [("2", "'=Anne", "create", ""), ("3", "", "error", "group")])
        self.assertEqual(server.api.get("/api/people?pin=c1")["data"], [])
        done = run("person", "import", path, "--json")
        self.assertEqual(json.loads(done.out)["data"], {"dryRun": False, "create": 1, "update": 0, "same": 0,
                                                        "error": 1})
        done = run("person", "export", "--pin", "c1", "--output", path, "--format", "csv")
        self.assertEqual(done.status, 0, done)
        self.assertEqual(run("person", "import", path).status, 0)
        self.assertEqual(run("person", "import", path + "x").status, 1)


if __name__ == "__main__":
    tap.main()
