#!/usr/bin/env python3
"""The resources of the API: lists, punches, devices, tokens, and the server itself."""

import csv
import io
import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fixture  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from fixture import clock, filled, refusal  # noqa: E402
from serve import Api, Server, Wire  # noqa: E402

server = None


def setUpModule():
    global server
    server = fixture.serve()


class Lists(unittest.TestCase):
    def test_next_and_more_lead_through_a_growing_list(self):
        d = clock()
        page = server.api.get(f"/api/punches?device={d.sn}")
        self.assertEqual((page["data"], page["count"], page["next"], page["more"]),
                         ([], 0, 0, False))
        d.punch(*((str(i), "2024-01-01 00:00:00") for i in range(5)))
        page = server.api.get(f"/api/punches?device={d.sn}&limit=3")
        self.assertEqual((page["count"], page["more"]), (3, True))
        rest = server.api.get(f"/api/punches?device={d.sn}&limit=3&after={page['next']}")
        self.assertEqual(([r["pin"] for r in rest["data"]], rest["more"]), (["3", "4"], False))
        again = server.api.get(f"/api/punches?device={d.sn}&after={rest['next']}")
        self.assertEqual((again["data"], again["next"]), ([], rest["next"]))

    def test_newest_first_lists_have_an_end(self):
        d = clock()
        numbers = [int(server.api.queue(d.sn, f"SET OPTION A={i}")) for i in range(5)]
        seen, after = [], 0
        while after is not None:
            page = server.api.get(f"/api/commands?device={d.sn}&limit=2&after={after}")
            seen += [r["id"] for r in page["data"]]
            after = page["next"]
        self.assertEqual(seen, numbers[::-1])

    def test_a_limit_over_the_most_is_the_most(self):
        self.assertEqual(server.api.get("/api/punches?limit=100000000")["success"], True)

    def test_devices_come_newest_first_and_by_state(self):
        with Server() as own:
            fleet = [Device(own) for _ in range(7)]
            for d in fleet:
                d.handshake()
            own.api.approve(fleet[2].sn)
            own.api.post(f"/api/devices/{fleet[4].sn}/block")
            for state, want in (("approved", [2]), ("blocked", [4]), ("held", [6, 5, 3, 1, 0])):
                page = own.api.get(f"/api/devices?state={state}")
                self.assertEqual([r["sn"] for r in page["data"]], [fleet[i].sn for i in want])
            seen, after = [], 0
            while after is not None:
                page = own.api.get(f"/api/devices?limit=3&after={after}")
                seen += [r["sn"] for r in page["data"]]
                after = page["next"]
            self.assertEqual(seen, [d.sn for d in fleet[::-1]])

    def test_a_page_is_cut_when_it_grows_too_big(self):
        d = clock()
        for _ in range(7):
            d.upload("ATTLOG", b"\xff" * 60000 + b"\n", 1)
        for i in range(150):
            d.upload("ATTLOG", b"\xff" * 60000 + b"%d\n" % i, 1)
        page = server.api.get(f"/api/quarantine?device={d.sn}&limit=10000")
        self.assertTrue(page["more"])
        self.assertLess(page["count"], 157)
        rows = list(page["data"])
        while page["more"]:
            page = server.api.get(f"/api/quarantine?device={d.sn}&limit=10000"
                                  f"&after={page['next']}")
            rows += page["data"]
        self.assertEqual(len(rows), 157)

    def test_raw_bytes_are_text_or_base64(self):
        d = clock()
        d.upload("ATTLOG", b"plain rubbish\nmore\xff rubbish\n", 1)
        text, binary = server.api.quarantine(d.sn)
        self.assertEqual((text["raw"], text["encoding"]), ("plain rubbish", "text"))
        self.assertEqual((binary["raw"], binary["encoding"]), ("bW9yZf8gcnViYmlzaA==", "base64"))

    def test_a_list_shows_the_beginning_of_an_upload_and_its_own_page_all(self):
        d = clock()
        d.upload("SURPRISE", b"x" * 10000, 1)
        [row] = server.api.uploads(d.sn)
        self.assertEqual((len(row["body"]), row["size"]), (4096, 10000))
        self.assertEqual(server.api.get(f"/api/uploads/{row['id']}")["data"]["body"], "x" * 10000)


class Attendance(unittest.TestCase):
    def test_it_takes_the_older_names_and_echoes_the_question(self):
        d = clock()
        d.punch(("1", "2024-03-03 23:59:59"), ("1", "2024-03-04 00:00:00"))
        page = server.api.get(f"/api/attendance?device={d.sn}&startDate=2024-03-03"
                              "&endDate=2024-03-03")
        self.assertEqual([r["timestamp"] for r in page["data"]], ["2024-03-03 23:59:59"])
        self.assertEqual(page["query"], {"device": d.sn, "startDate": "2024-03-03 00:00:00",
                                         "endDate": "2024-03-03 23:59:59"})
        self.assertEqual(page["data"][0]["id"], page["data"][0]["seq"])
        refusal(self, 400, "parameter_invalid", "GET",
                "/api/attendance?from=2024-01-01&startDate=2024-01-01")
        refusal(self, 400, "parameter_invalid", "GET", "/api/punches?startDate=2024-01-01")

    def test_words_for_numbers_depend_on_the_device(self):
        new = clock()
        old = Device(server, pushver=None)
        old.options()
        for d, word in ((new, "card only"), (old, None)):
            d.punch(("1", "2024-03-03 08:00:00", 4, 4))
            [row] = server.api.punches(device=d.sn)
            self.assertEqual(row["statusName"], "overtime in")
            self.assertTrue(row["verifyName"])
        old.punch(("1", "2024-03-03 09:00:00", 0, 2))
        new.punch(("1", "2024-03-03 09:00:00", 0, 2))
        self.assertEqual(server.api.punches(device=old.sn)[1]["verifyName"], "card")
        self.assertNotEqual(server.api.punches(device=new.sn)[1]["verifyName"], "card")

    def test_the_punches_of_a_deleted_device_are_listed_by_its_serial_number(self):
        d = Device(server)
        d.options()
        d.punch(("1", "2024-05-01 08:00:00"), ("2", "2024-05-01 08:01:00"))
        server.api.call("DELETE", f"/api/devices/{d.sn}")
        self.assertEqual([(p["pin"], p["deviceSerial"]) for p in
                          server.api.get(f"/api/punches?device={d.sn}")["data"]],
                         [("1", d.sn), ("2", d.sn)])
        self.assertEqual(server.api.raw("GET", "/api/punches?device=NEVERSEEN")[0], 404)
        self.assertEqual(server.api.raw("GET", f"/api/persons?device={d.sn}")[0], 404)

    def test_csv_holds_what_the_pages_hold(self):
        d = clock()
        for hour in range(4):
            d.punch(*((f"0{i}", f"2024-03-05 {hour:02d}:{i // 60:02d}:{i % 60:02d}", i % 3, 1,
                       'a,"b' if i % 7 == 0 else "") for i in range(600)))
        rows = server.api.punches(device=d.sn)
        status, headers, data = server.api.raw("GET", f"/api/punches?device={d.sn}&format=csv")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/csv"))
        table = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
        self.assertEqual(len(table), 2400)
        for row, cells in zip(rows, table):
            for key in ("seq", "pin", "timestamp", "status", "workCode", "deviceSerial", "utc",
                        "receivedAt"):
                self.assertEqual(cells[key], "" if row[key] is None else str(row[key]))
        _, _, data = server.api.raw("GET", f"/api/punches?device={d.sn}&format=csv&limit=501")
        self.assertEqual(data.count(b"\r\n"), 502)
        _, _, data = server.api.raw("GET", f"/api/punches?device={d.sn}&format=csv&pin=01"
                                           "&from=2024-03-05%2003:00:00")
        self.assertEqual(data.count(b"\r\n"), 2)

    def test_a_csv_that_is_not_read_harms_no_other_client(self):
        with Wire(server.admin) as wire:
            wire.send(b"GET /api/punches?format=csv HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      + server.token.encode() + b"\r\n\r\n")
            for _ in range(20):
                server.api.get("/api/punches?limit=1")

    def test_events_begin_at_the_given_cursor(self):
        for header, status in (("x", 400), ("-1", 400), ("", 200)):
            connection = Wire(server.admin)
            with connection as wire:
                wire.send(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                          + server.token.encode() + b"\r\nLast-Event-ID: " + header.encode()
                          + b"\r\n\r\n")
                while b"\r\n" not in wire.buffer:
                    wire._more()
                self.assertEqual(int(wire.buffer[9:12]), status, header)


class Devices(unittest.TestCase):
    def test_settings_are_changed_one_by_one(self):
        d = clock()
        for field, value in (("name", "Gâte 1"), ("zone", "Asia/Kolkata"), ("charset", "gb18030"),
                             ("delay", 7), ("errorDelay", 8), ("transTimes", "00:00;12:00"),
                             ("transInterval", 9), ("realtime", False)):
            before = server.api.device(d.sn)
            after = server.api.change(d.sn, **{field: value})
            self.assertEqual(after[field], value)
            for key in ("name", "delay", "transTimes", "realtime", "state"):
                if key != field:
                    self.assertEqual(after[key], before[key], (field, key))
            self.assertEqual(server.api.device(d.sn)[field], value)
        got = d.options()
        self.assertEqual((got["Delay"], got["Realtime"]), ("7", "0"))

    def test_bad_settings_are_named_and_change_nothing(self):
        d = clock()
        before = server.api.device(d.sn)
        for body, word in (({}, "field"), ({"state": 1}, "state"), ({"sn": "X"}, "sn"),
                           ({"name": "A", "delay": 0}, "delay"), ({"delay": "7"}, "delay"),
                           ({"name": "a\nTimeZone=9"}, "name"), ({"name": "x" * 101}, "name"),
                           ({"realtime": 1}, "realtime"), ({"zone": "Mars/Moon"}, "zone"),
                           ({"transTimes": "00:00\r\nX=1"}, "transTimes")):
            reply = refusal(self, 400, "field_invalid", "PATCH", f"/api/devices/{d.sn}", body)
            self.assertIn(word, reply["error"])
        after = server.api.device(d.sn)
        for key in ("name", "delay", "zone", "transTimes", "realtime", "state"):
            self.assertEqual(after[key], before[key])

    def test_a_key_is_taken_and_not_shown(self):
        d = Device(server, key="k3y")
        d.options()
        self.assertIs(server.api.device(d.sn)["hasCommKey"], False)
        self.assertIs(server.api.change(d.sn, commKey="k3y")["hasCommKey"], True)
        self.assertNotIn("k3y", json.dumps(server.api.device(d.sn)))
        self.assertIs(server.api.change(d.sn, commKey="")["hasCommKey"], False)

    def test_settings_that_are_keys_are_hidden(self):
        d = clock()
        d.upload("options", "CommKey=31337,WebPassword=31338,VOLUME=31339")
        options = server.api.device(d.sn)["options"]
        self.assertEqual((options["CommKey"], options["WebPassword"], options["VOLUME"]),
                         ("***", "***", "31339"))

    def test_the_names_of_zk_server_are_there_too(self):
        d = filled()
        row = server.api.devices()[d.sn]
        self.assertEqual((row["serial_number"], row["ip_address"]), (d.sn, "127.0.0.1"))
        self.assertIs(type(row["last_seen"]), int)
        self.assertEqual({k: row["stats"][k] for k in (
            "userCount", "fingerprintCount", "faceCount", "bioTemplateCount")},
            {"userCount": 1, "fingerprintCount": 1, "faceCount": 1, "bioTemplateCount": 0})
        detail = server.api.device(d.sn)
        self.assertEqual(detail["capabilities"]["serialNumber"], d.sn)
        stats = server.api.get("/api/stats")["data"]
        self.assertGreaterEqual(stats["fingerprintTemplates"], 1)
        [person] = server.api.records("users", d.sn)
        self.assertEqual((person["device_serial"], person["pin"]), (d.sn, "1"))
        self.assertIn("group_id", person)
        self.assertNotIn("password", person)

    def test_photos_are_bytes_of_a_safe_kind(self):
        d = clock()
        svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
        for picture, kind in ((b"\xff\xd8\xff\xe0 jpeg", "image/jpeg"),
                              (b"\x89PNG\r\n\x1a\n png", "image/png"),
                              (svg, "application/octet-stream")):
            d.upload("ATTPHOTO", b"PIN=20240601080000-1.jpg\nSN=x\nsize=%d\nCMD=uploadphoto\0"
                     % len(picture) + picture, 1)
            row = server.api.records("photos", d.sn)[-1]
            self.assertNotIn("content", row)
            status, headers, data = server.api.raw("GET", f"/api/photos/{row['id']}")
            self.assertEqual((status, data), (200, picture))
            self.assertEqual(headers["Content-Type"], kind)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("sandbox", headers["Content-Security-Policy"])


class Tokens(unittest.TestCase):
    def test_a_token_works_until_it_is_revoked(self):
        made = server.api.post("/api/tokens", {"name": "erp ✓"})["data"]
        self.assertEqual((made["name"], made["scope"]), ("erp ✓", "read"))
        erp = Api(server.admin, made["token"])
        erp.get("/api/punches")
        listed = server.api.get("/api/tokens")["data"]
        self.assertIn(made["id"], [t["id"] for t in listed])
        self.assertNotIn(made["token"], json.dumps(listed))
        server.api.call("DELETE", f"/api/tokens/{made['id']}")
        refusal(self, 401, "token_refused", "GET", "/api/punches", api=erp)

    def test_a_stream_ends_with_its_token(self):
        d = clock()
        d.punch(("1", "2024-06-01 08:00:00"))
        made = server.api.post("/api/tokens", {"name": "follower"})["data"]
        with Wire(server.admin) as revoked, Wire(server.admin) as other:
            for wire, token in ((revoked, made["token"]), (other, server.token)):
                wire.send(b"GET /api/events HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer "
                          + token.encode() + b"\r\n\r\n")
                while b"event: ledger" not in wire.buffer:
                    self.assertTrue(wire._more())
            server.api.call("DELETE", f"/api/tokens/{made['id']}")
            while revoked._more():
                pass  # what was under way; then the end
            d.punch(("2", "2024-06-01 08:00:00"))
            while b'"pin":"2"' not in other.buffer:
                self.assertTrue(other._more())
            self.assertNotIn(b'"pin":"2"', revoked.buffer)

    def test_the_last_administrator_stays(self):
        with Server() as own:
            [first] = own.api.get("/api/tokens")["data"]
            refusal(self, 409, "last_admin", "DELETE", f"/api/tokens/{first['id']}", api=own.api)
            other = own.api.post("/api/tokens", {"name": "b", "scope": "admin"})["data"]
            own.api.call("DELETE", f"/api/tokens/{first['id']}")
            refusal(self, 401, "token_refused", "GET", "/api/tokens", api=own.api)
            Api(own.admin, other["token"]).get("/api/tokens")


    def test_scopes_are_a_set(self):
        for body, scopes, widest in (
                ({}, ["read"], "read"), ({"scope": "write"}, ["read", "write"], "write"),
                ({"scope": "admin"}, ["admin"], "admin"),
                ({"scopes": ["door", "read", "door"]}, ["read", "door"], "read"),
                ({"scopes": ["biotime"]}, ["biotime"], None)):
            made = server.api.post("/api/tokens", dict(body, name="x"))["data"]
            self.assertEqual((made["scopes"], made["scope"]), (scopes, widest), body)
        for body, field in (({"scopes": []}, "scopes"), ({"scopes": "read"}, "scopes"),
                            ({"scopes": ["read", "king"]}, "scopes[1]"),
                            ({"scopes": ["read"], "scope": "read"}, "scope")):
            reply = refusal(self, 400, "field_invalid", "POST", "/api/tokens",
                            dict(body, name="x"))
            self.assertEqual(reply["details"][0]["field"], field)


class Health(unittest.TestCase):
    def test_metrics_are_well_formed(self):
        clock().punch(("1", "2024-01-01 00:00:00"))
        status, headers, data = server.api.raw("GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertIn("version=0.0.4", headers["Content-Type"])
        helped, typed, seen = set(), {}, set()
        for line in data.decode().splitlines():
            if line.startswith("# HELP "):
                helped.add(line.split()[2])
            elif line.startswith("# TYPE "):
                _, _, name, kind = line.split()
                self.assertNotIn(name, typed, "one TYPE line each")
                self.assertIn(kind, ("counter", "gauge"))
                typed[name] = kind
            else:
                m = re.fullmatch(r'([a-z_]+)(\{[a-z_]+="[^"]*"\})? (-?[0-9.]+)', line)
                self.assertTrue(m, line)
                self.assertIn(m[1], typed)
                self.assertNotIn(m[1] + (m[2] or ""), seen)
                seen.add(m[1] + (m[2] or ""))
                if typed[m[1]] == "counter":
                    self.assertTrue(m[1].endswith("_total"), m[1])
        self.assertEqual(helped, set(typed))
        self.assertTrue({"gatehouse_punches_total", 'gatehouse_devices{state="approved"}',
                         'gatehouse_commands{state="queued"}', "process_resident_memory_bytes",
                         'gatehouse_http_requests_total{listener="devices"}'} <= seen)

    def test_status_counts_what_there_is(self):
        with Server() as own:
            Device(own).handshake()
            data = own.api.get("/api/status")["data"]
            self.assertEqual((data["devices"]["total"], data["devices"]["held"],
                              data["devices"]["active"]), (1, 1, 1))
            self.assertEqual(data["data"]["pendingCommands"], 0)


if __name__ == "__main__":
    tap.main()
