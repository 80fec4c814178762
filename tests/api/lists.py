#!/usr/bin/env python3
"""What every list of the API has in common: search, order, pages, totals, facets, forms."""

import csv
import io
import json
import os
import sqlite3
import sys
import unittest
from urllib.parse import quote

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fixture  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from fixture import filled, opened  # noqa: E402
from schema import Document  # noqa: E402
from serve import ApiError, Server, Wire, send_request, until  # noqa: E402

server = None
document = None
LISTS = ("devices", "punches", "attendance", "persons", "users", "templates", "photos", "oplog",
         "idcards", "errorlog", "workcodes", "quarantine", "uploads", "commands", "tokens", "audit",
         "problems", "contacts", "areas", "access-events", "doors",
         "devices/{sn}/doors", "devices/{sn}/trace", "devices/{sn}/sync", "trace", "persons/orders",
         "time-rules", "holidays", "door-groups", "access-levels", "people", "plans",
         "first-card", "multi-card", "anti-passback", "interlock", "linkage", "verify-schedules", "super-users",
         "scheduled-outputs", "scheduled-inputs", "door-settings", "departments", "positions",
         "people/{person}/credentials", "people/{person}/changes", "accounts", "sessions")
MEMBERS = {"success", "data", "count", "next", "more", "cursor", "total", "facets"}
# What is made of rows of others, or is in the order in which it came, has that order and only cursors.
ORDERED = {"/api/reports/days", "/api/commands/{id}/rows"}
OF_CSV = {"excel", "bom", "separator"}
PARAMETERS = {"limit", "after", "before", "cursor", "q", "sort", "total", "facets"}
FACET_ROWS = 50  # shown of a field
FILES = {"csv": "text/csv", "ndjson": "application/x-ndjson",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def setUpModule():
    global server, document
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)
    document = Document(server.api.get("/api/openapi.json"))
    fixture.server = server
    for _ in range(3):
        d = filled()
        opened()
        server.api.queue(d.sn, "CHECK")
        server.api.queue(d.sn, "LOG")
        server.api.queue(d.sn, "DATA UPDATE USERINFO PIN=5\tName=Bo")
    for name in ("a", "B", "c%_"):
        server.api.post("/api/tokens", {"name": name})
        server.api.post("/api/areas", {"name": f"area {name}", "parent": 1})
        server.api.post("/api/accounts", {"name": name, "password": "keeps the lists", "role": "viewer"})
        server.api.post("/api/session", {"name": name, "password": "keeps the lists"})
        for path in ("time-rules", "door-groups", "access-levels"):
            server.api.post(f"/api/{path}", {"name": f"{path} {name}"})
        server.api.post("/api/holidays", {"date": f"2031-01-0{len(name)}", "name": name})
        server.api.post("/api/people", {"pin": name, "name": name, "department": f"of {name}",
                                         "position": f"position {name}"})
    server.api.call("PATCH", "/api/people/1", {"cards": ["11", "12", "13"]})
    opened("GATED")
    for number, name in enumerate(("a", "B", "c%_"), 1):
        door = f"GATED:{number}"
        for path, body in (("first-card", {"door": door, "rule": 1}),
                           ("multi-card", {"door": door, "groups": [1, 2]}),
                           ("anti-passback", {"doors": [door]}),
                           ("interlock", {"doors": [door, "GATED:4"]}),
                           ("linkage", {"event": 220, "at": door}),
                           ("scheduled-outputs", {"at": door, "rule": 1, "action": "normal-open"}),
                           ("scheduled-inputs", {"at": door, "rule": 1}),
                           ("verify-schedules", {"doors": [door]}), ("super-users", {"doors": [door]})):
            server.api.post(f"/api/{path}", dict(body, name=f"{path} {name}"))
        server.api.call("PUT", f"/api/doors/{door}", {"name": f"door {name}"})
    for _ in range(3):
        server.api.post("/api/plans", {"kind": "access", "select": {"ids": ["GATED"]}})
    until(lambda: all(p["state"] == "planned" for p in server.api.get("/api/plans")["data"]))
    for n in (1, 2, 3):
        send_request(server.devices, "GET", f"/of-no-device-{n}", source=f"127.0.0.{n}")
    traced = Device(server, sn="TRACED")
    for request in range(3):
        traced.handshake()
        traced.get("/iclock/cdata?options=all")
    traced.upload("ATTLOG", "1\t2024-01-01 00:00:00\n", 1)


def path_of(name):
    """A device whose exchanges are there, and one with doors."""
    return "/api/" + name.replace("{sn}", "GATED" if "doors" in name else "TRACED").replace("{id}", "1").replace("{person}", "1")


def number_of(name):
    """The field that numbers the rows."""
    return "row" if "doors" in name else "id"


def parameter(path, name):
    place = path.replace("TRACED", "{sn}").replace("GATED", "{sn}").replace("people/1/", "people/{person}/")
    operation = document.document["paths"][place.replace("/1/", "/{id}/")]["get"]
    return next((p["schema"] for p in operation["parameters"] if p["name"] == name), None)


def walk(path, **query):
    """All pages of a list by its cursor."""
    rows, cursor = [], None
    text = "".join(f"&{k}={quote(str(v), safe='')}" for k, v in query.items())
    while True:
        page = server.api.get(f"{path}?total=0{text}" + (f"&cursor={cursor}" if cursor else ""))
        rows += page["data"]
        assert page["more"] is (page["cursor"] is not None)
        cursor = page["cursor"]
        if cursor is None:
            return rows


class Conventions(unittest.TestCase):
    """Whatever answers with a list has what lists have."""

    def lists(self):
        for method, path, operation in document.operations():
            content = (operation["responses"].get("200") or {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            if document.properties(schema).get("data", {}).get("type") == "array":
                yield method, path, operation, schema

    def test_the_document_gives_each_list_all_of_them(self):
        found = {path for _, path, _, _ in self.lists()}
        self.assertEqual(found, {f"/api/{name}" for name in LISTS} |
                         {"/api/discover"} | ORDERED)
        for method, path, operation, schema in self.lists():
            if path in ORDERED:
                continue
            given = {p["name"]: p["schema"] for p in operation["parameters"]}
            self.assertEqual(PARAMETERS - set(given), set(), path)
            self.assertEqual(MEMBERS - set(document.properties(schema)), set(), path)
            self.assertTrue(set(given["sort"]["enum"]) >= {"id", "-id"}, path)
            content = operation["responses"]["200"]["content"]
            # A path has one type of answer: files have paths of their own.
            self.assertEqual(list(content), ["application/json"], path)
            self.assertEqual(set(given) & (OF_CSV | {"format"}), set(), path)
            for form, kind in FILES.items():
                file = document.document["paths"][f"{path}.{form}"][method.lower()]
                self.assertEqual(list(file["responses"]["200"]["content"]), [kind])
                self.assertEqual({p["name"] for p in file["parameters"]},
                                 set(given) - {"total", "facets"}
                                 | (OF_CSV if form == "csv" else set()), path)

    def test_each_list_takes_them(self):
        for method, path, operation, schema in self.lists():
            if method != "GET" or path in ORDERED:
                continue  # a search; tests/terminal_server/adding.py
            target = path_of(path.removeprefix("/api/"))
            page = server.api.get(f"{target}?limit=1&sort=-id&q=zzzz&total=1&format=json")
            self.assertEqual((page["data"], page["total"], page["cursor"]), ([], 0, None), path)
            self.assertEqual(document.faults({k: v for k, v in page.items() if k != "query"},
                                             schema, path), [])
            status, _, data = server.api.raw("GET", f"{target}.csv?total=0")
            self.assertEqual((status, json.loads(data)["details"][0]["field"]), (400, "total"))

    def test_a_list_without_a_form_is_no_other_operation(self):
        for path in ("/api/devices.csv", "/api/tokens.csv", "/api/status.csv"):
            self.assertEqual(server.api.raw("POST", path, {"address": "tcp://127.0.0.1:1",
                                                           "name": "x"})[0], 404, path)


class EveryList(unittest.TestCase):
    def refusal(self, path, word, status=400, code="parameter_invalid"):
        with self.assertRaises(ApiError) as caught:
            server.api.get(path)
        self.assertEqual((caught.exception.status, caught.exception.reply["code"]),
                         (status, code), path)
        self.assertIn(word, caught.exception.reply["error"], path)

    def test_it_is_sorted_by_each_field_it_announces(self):
        requests = 0
        for name in LISTS:
            path = path_of(name)
            want = sorted(r["id"] for r in server.api.get(path)["data"])
            self.assertTrue(want, path)
            for sort in parameter(path, "sort")["enum"]:
                rows = walk(path, sort=sort, limit=2)
                self.assertEqual(sorted(r["id"] for r in rows), want, (path, sort))
                field = sort.lstrip("-")
                cells = [r[field] for r in rows if r[field] is not None]
                if all(isinstance(c, int) for c in cells) and field not in ("isActive",):
                    self.assertEqual(cells, sorted(cells, reverse=sort[0] == "-"),
                                     (path, sort))
                requests += 1
        self.assertGreater(requests, 150)

    def test_an_unknown_field_is_named(self):
        for name in LISTS:
            self.refusal(f"{path_of(name)}?sort=nonsense", "nonsense")
            self.refusal(f"{path_of(name)}?facets=id", '"id"')
        self.refusal("/api/persons?sort=password", "password")
        for query, message in (
                ("sort=-timestmp", 'must be a field this list can be sorted by, not "timestmp"; '
                 'did you mean "timestamp"? There are: seq, pin, '),
                ("sort=x", 'not "x"; there are: seq, pin, timestamp, '),
                ("facets=pin,stats", 'must be fields whose values can be counted, not "stats"; '
                 'did you mean "status"? There are: pin, status, '),
                ("pn=1", 'is unknown; did you mean "pin"? There are: limit, after, '),
                ("nonsense=1", "is unknown; there are: limit, after, before, ")):
            reply = fixture.refusal(self, 400, "parameter_invalid", "GET", f"/api/punches?{query}")
            self.assertIn(message, reply["details"][0]["message"], query)
            self.assertIn(message, reply["error"])
        reply = fixture.refusal(self, 400, "parameter_invalid", "GET", "/api/devices?state=aproved")
        self.assertIn('must be held, approved or blocked; did you mean "approved"?', reply["error"])
        self.refusal("/api/punches?sort=-", '""')

    def test_facets_count_the_whole_list(self):
        for name in LISTS:
            path = path_of(name)
            schema = parameter(path, "facets")
            if "items" not in schema:
                continue
            fields = schema["items"]["enum"][:8]
            page = server.api.get(f"{path}?limit=1&facets={','.join(fields)}")
            rows = server.api.get(path)["data"]
            for field in fields:
                want = {}
                for r in rows:  # an empty text and an absent one are not distinguished
                    several = r[field] if isinstance(r[field], list) else [r[field]]
                    for one in several or [None]:
                        value = json.dumps(None if one == "" else one)
                        want[value] = want.get(value, 0) + 1
                got = {json.dumps(None if f["value"] == "" else f["value"]): f["count"]
                       for f in page["facets"][field]}
                if len(want) > FACET_ROWS:
                    self.assertEqual(len(got), FACET_ROWS, (path, field))
                    self.assertLessEqual(got.items(), want.items(), (path, field))
                else:
                    self.assertEqual(got, want, (path, field))
                counts = [f["count"] for f in page["facets"][field]]
                self.assertEqual(counts, sorted(counts, reverse=True))

    def test_the_total_is_of_the_whole_list_and_may_be_left_out(self):
        for name in LISTS:
            rows = server.api.get(path_of(name))
            page = server.api.get(f"{path_of(name)}?limit=1")
            self.assertEqual((page["count"], page["total"]), (1, rows["count"]), name)
            self.assertNotIn("total", server.api.get(f"{path_of(name)}?total=0"))

    def test_before_is_the_newest_first(self):
        for name in LISTS:
            path = path_of(name)
            key = number_of(name)
            ids = sorted((r[key] for r in server.api.get(path)["data"]), reverse=True)
            got, before = [], ids[0] + 1
            while before is not None:
                page = server.api.get(f"{path}?limit=2&before={before}")
                got += [r[key] for r in page["data"]]
                before = page["next"]
            self.assertEqual(got, ids, path)
            between = server.api.get(f"{path}?before={ids[0]}&after={ids[-1]}")
            self.assertEqual([r[key] for r in between["data"]], ids[1:-1], path)

    def test_what_is_searched_is_found_to_the_letter(self):
        d = filled()
        for name in ("punches", "persons", "oplog", "quarantine", "uploads", "devices"):
            rows = server.api.get(f"/api/{name}?q={d.sn.lower()}")
            self.assertTrue(rows["data"], name)
            for row in rows["data"]:
                self.assertEqual(row.get("deviceSerial", row.get("sn")), d.sn)
        for text, names in (("%25", ["c%_"]), ("_", ["c%_"]), ("b", ["B"]), ("'", []),
                            ("%22%20OR%201=1", [])):
            got = server.api.get(f"/api/tokens?q={text}")["data"]
            self.assertEqual([t["name"] for t in got], names, text)

    def test_a_cursor_that_does_not_fit_is_refused(self):
        cursor = server.api.get("/api/punches?limit=1&sort=pin")["cursor"]
        server.api.get(f"/api/punches?limit=1&sort=pin&cursor={cursor}")
        for path in ("/api/punches?sort=-pin", "/api/punches?sort=workCode", "/api/punches?",
                     "/api/attendance?sort=pin", "/api/persons?sort=pin"):
            self.refusal(f"{path}&cursor={cursor}", "another")
        tag, number, value = cursor.split(".")
        for bad in ("x", ".", "..", f"{tag}.{number}", f"{tag}.{number}.", f"{tag}.-1.{value}",
                    f"{tag}.{number}.i1", f"{tag}.{number}.txyz", f"{tag}.{number}.t3",
                    f"{tag}.{number}.q", f"{tag}.99999999999999999999.{value}",
                    f"{tag}.{number}.{value}.1", "%27", f"{tag[:-1]}.{number}.{value}",
                    f"{tag}.{number}.t" + "00" * 1500):
            self.refusal(f"/api/punches?sort=pin&cursor={bad}", '"cursor"')
        forged = server.api.get(f"/api/punches?sort=pin&cursor={tag}.0.t{b'zzz'.hex()}")
        self.assertEqual((forged["data"], forged["cursor"]), ([], None))

    def test_csv_and_ndjson_hold_all_rows_on_either_path(self):
        for name in LISTS:
            path = path_of(name)
            want = server.api.get(path)["data"]
            for form, kind in (("csv", "text/csv"), ("ndjson", "application/x-ndjson")):
                for target in (f"{path}.{form}", f"{path}?format={form}",
                               f"{path}.{form}?sort=-id"):
                    status, headers, data = server.api.raw("GET", target)
                    self.assertEqual((status, headers["Content-Type"].split(";")[0]),
                                     (200, kind), target)
                    self.assertIn(f'filename="{name.split("/")[-1]}.{form}"',
                                  headers["Content-Disposition"])
                    if form == "csv":
                        got = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
                        self.assertEqual(list(got[0]), list(want[0]), target)
                        ids = [type(want[0]["id"])(r["id"]) for r in got]
                    else:
                        got = [json.loads(line) for line in data.decode().splitlines()]
                        self.assertEqual(list(got[0]), list(want[0]), target)
                        ids = [r["id"] for r in got]
                    if "sort" in target:
                        self.assertEqual(ids, sorted((r["id"] for r in want), reverse=True))
                    else:
                        self.assertEqual(ids, [r["id"] for r in want], target)

    def test_an_unknown_form_is_no_path(self):
        for path in ("/api/punches.xml", "/api/punches.json", "/api/punches.", "/api/status.csv",
                     "/api/punches.csv.csv", "/api/punches/.csv"):
            self.assertEqual(server.api.raw("GET", path)[0], 404, path)
        self.assertEqual(server.api.raw("GET", "/api/punches?format=xls")[0], 400)
        d = Device(server, sn="SN.csv")
        d.options()
        self.assertEqual(server.api.get("/api/devices/SN.csv")["data"]["sn"], "SN.csv")

    def test_a_cell_that_a_spreadsheet_would_compute_begins_with_an_apostrophe(self):
        d = fixture.clock()
        for text in ("=1+1", "+1", "-1", "@A", "x=1"):
            d.upload("OPERLOG", f"USER PIN={len(text)}{ord(text[0])}\tName={text}\n", 1)
        _, _, data = server.api.raw("GET", f"/api/users.csv?device={d.sn}&sort=name")
        names = {r["name"] for r in csv.DictReader(io.StringIO(data.decode(), newline=""))}
        self.assertEqual(names, {"'=1+1", "'+1", "'-1", "'@A", "x=1"})


class Ledger(unittest.TestCase):
    def test_punches_are_found_by_what_they_have(self):
        d = Device(server)
        d.options()
        d.upload("ATTLOG", "71\t2026-02-01 08:00:00\t0\t1\t9\n71\t2026-02-01 17:00:00\t1\t15\n"
                 "72\t2026-02-01 17:01:00\t1\t1\n", 9)

        def found(query):
            return [p["timestamp"][11:16] for p in server.api.get(f"/api/punches?device={d.sn}&{query}")["data"]]

        for query, expected in (("status=1", ["17:00", "17:01"]), ("verify=1", ["08:00", "17:01"]),
                                ("status=1&verify=1", ["17:01"]), ("workCode=9", ["08:00"]), ("status=5", []),
                                ("source=pushed", ["08:00", "17:00", "17:01"]), ("source=imported", []),
                                ("receivedFrom=2024-01-01", ["08:00", "17:00", "17:01"]), ("receivedTo=2024-01-01", []),
                                ("receivedFrom=2199-12-31", [])):
            with self.subTest(query):
                self.assertEqual(found(query), expected)
        received = server.api.get(f"/api/punches?device={d.sn}")["data"][0]["receivedAt"][:19].replace("T", "%20")
        self.assertEqual(len(found(f"receivedFrom={received}&receivedTo={received}")), 3)
        for query in ("status=in", "source=stolen", "verify=-1", "receivedTo=soon"):
            with self.subTest(query):
                self.assertEqual(server.api.raw("GET", f"/api/punches?{query}")[0], 400)

    def test_lists_of_punches_name_the_ledger(self):
        id = server.api.get("/api/status")["data"]["ledger"]
        self.assertRegex(id, "^[a-z]{8}$")
        for path in ("/api/punches", "/api/attendance"):
            self.assertEqual(server.api.get(path)["ledger"], id)
            self.assertEqual(server.api.get(f"{path}?after=0&ledger={id}")["ledger"], id)

    def test_a_number_of_another_ledger_is_refused(self):
        last = server.api.get("/api/punches?before=9223372036854775807&limit=1")["data"][0]["seq"]
        self.assertEqual(server.api.get(f"/api/punches?after={last}")["data"], [])
        for path, code in ((f"/api/punches?after={last + 1}", "beyond_the_end"),
                           (f"/api/punches.csv?after={last + 1}", "beyond_the_end"),
                           ("/api/punches?after=0&ledger=abcdefgh", "other_ledger"),
                           ("/api/attendance?after=0&ledger=x", "other_ledger")):
            status, _, data = server.api.raw("GET", path)
            self.assertEqual((status, json.loads(data)["code"]), (409, code), path)


class Large(unittest.TestCase):
    """A ledger of a million rows, made in the database."""

    ROWS = 1_000_000

    @classmethod
    def setUpClass(cls):
        cls.server = Server("--new-devices", "approve")
        cls.addClassCleanup(cls.server.close)
        Device(cls.server, sn="BIG").options()
        cls.server.terminate()
        with sqlite3.connect(os.path.join(cls.server.data, "gatehouse.db")) as db:
            [device] = db.execute("SELECT id FROM device").fetchone()
            db.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                "INSERT INTO punch (seq, device, time, pin, status, verify, work_code, zone, "
                "received_ms, flags, source) SELECT i, ?, 20240101080000 + i, i % 5000, 0, 1, '',"
                " 0, 0, 0, 0 FROM n", (cls.ROWS, device))
        db.close()
        cls.server.start()

    def allowance(self):
        """Bytes of memory; a sanitizer keeps what was freed for a while."""
        return (320 if self.server.sanitized() else 32) << 20

    def test_a_file_of_all_rows_takes_no_memory(self):
        self.server.api.get("/api/punches?limit=1")
        before, rows, tail = self.server.rss(), 0, b""
        with Wire(self.server.admin) as wire:
            wire.send(b"GET /api/punches.csv HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer "
                      + self.server.token.encode() + b"\r\n\r\n")
            while piece := wire.sock.recv(1 << 20):
                rows += piece.count(b"\r\n")
                tail = (tail + piece)[-200:]
                self.assertLess(self.server.rss() - before, self.allowance())
        self.assertIn(b"\r\n1000000,", tail)
        self.assertGreater(rows, self.ROWS)

    def test_a_client_that_reads_nothing_holds_a_piece(self):
        before = self.server.rss()
        wires = [Wire(self.server.admin) for _ in range(32)]
        try:
            for wire in wires:
                wire.send(b"GET /api/punches.csv HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                          + self.server.token.encode() + b"\r\n\r\n")
            for wire in wires:
                self.assertTrue(wire.sock.recv(1))
            # As many as there may be: one more is refused, and ordinary lists are not.
            self.assertEqual(self.server.api.raw("GET", "/api/punches.csv")[0], 503)
            self.assertEqual(self.server.api.get("/api/punches?limit=1")["count"], 1)
            self.assertLess(self.server.rss() - before, 2 * self.allowance())
        finally:
            for wire in wires:
                wire.close()

    def test_a_file_that_the_end_of_the_server_cuts_is_not_taken_for_whole(self):
        with Wire(self.server.admin) as wire:
            wire.send(b"GET /api/punches.csv HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      + self.server.token.encode() + b"\r\n\r\n")
            self.assertTrue(wire.sock.recv(1000))
            self.server.terminate()
            tail = b""
            try:
                while piece := wire.sock.recv(1 << 20):
                    tail = (tail + piece)[-5:]
            except ConnectionResetError:
                pass
        self.assertNotEqual(tail, b"0\r\n\r\n")
        self.server.start()

    def test_a_total_is_exact_up_to_a_bound(self):
        self.assertEqual(self.server.api.get("/api/punches?limit=1")["total"],
                         {"atLeast": 10000})
        self.assertEqual(self.server.api.get("/api/punches?pin=17&limit=1")["total"], 200)

    def test_it_can_be_sorted_by_what_has_no_index(self):
        page = self.server.api.get("/api/punches?sort=-pin&limit=2")
        self.assertEqual([r["pin"] for r in page["data"]], ["999", "999"])
        self.assertEqual([r["seq"] for r in page["data"]], [995999, 990999])
        page = self.server.api.get(f"/api/punches?sort=-pin&limit=1&cursor={page['cursor']}")
        self.assertEqual(page["data"][0]["seq"], 985999)

    def test_a_limit_is_to_the_letter_in_a_file_and_bounded_in_a_page(self):
        _, _, data = self.server.api.raw("GET", "/api/punches.ndjson?limit=12345")
        self.assertEqual(data.count(b"\n"), 12345)
        self.assertEqual(self.server.api.get("/api/punches?limit=12345")["count"], 10000)


if __name__ == "__main__":
    tap.main()
