#!/usr/bin/env python3
"""The API as programs see it: permissions, errors, and the document it gives of itself. The
resources are tested by resources.py, commands by commands.py."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fixture  # noqa: E402
import tap  # noqa: E402
from fixture import clock, filled, opened, refusal  # noqa: E402
from schema import Document  # noqa: E402
from serve import Api, ApiError, Server, Wire, send_request, until  # noqa: E402

server = None
document = None


def setUpModule():
    global server, document
    server = fixture.serve("--allow-shell")
    document = Document(server.api.get("/api/openapi.json"))


def example(path, sn):
    """The path with something in place of its placeholder."""
    return path.replace("{sn}", sn).replace("{id}", "999999999").replace("{person}", "999999999").replace("{n}", "1")


class Permissions(unittest.TestCase):
    SCOPES = ("read", "write", "door", "template", "biotime", "metrics", "admin")
    # What is enough for a route; admin always is.
    ENOUGH = {"any": SCOPES, "metrics": ("metrics", "read"), "command": ("write", "door")}

    def test_every_route_needs_its_scope_and_no_other(self):
        with Server() as own:
            made = {scope: own.api.post("/api/tokens", {"name": scope, "scopes": [scope]})
                    ["data"]["token"] for scope in self.SCOPES}
            made["none"] = None
            for method, path, operation in document.operations():
                need = operation["x-scope"]
                enough = self.ENOUGH.get(need, (need,)) + ("admin",)
                for scope, token in made.items():
                    allowed = need == "none" or scope in enough
                    if path == "/api/events" and allowed:
                        continue  # a reply without end
                    status, headers, body = Api(own.admin, token).raw(
                        method, example(path, "NOBODY"), b"{}" if method != "GET" else None)
                    if allowed:
                        self.assertNotIn(status, (401, 403), (method, path, scope, body))
                    elif scope == "none":
                        self.assertEqual(status, 401, (method, path, scope))
                        self.assertTrue(headers["WWW-Authenticate"].startswith("Bearer"))
                    else:
                        self.assertEqual(status, 403, (method, path, scope))
                        missing = self.ENOUGH.get(need, (need,))
                        [detail] = json.loads(body)["details"]
                        self.assertIn(detail["message"], [f'must have "{m}"' for m in missing])
                        self.assertIn('error="insufficient_scope"', headers["WWW-Authenticate"])

    def test_a_command_needs_the_scope_of_its_kind(self):
        d = clock()
        tokens = {s: Api(server.admin, server.api.post(
            "/api/tokens", {"name": s, "scopes": [s]})["data"]["token"])
            for s in ("write", "door", "admin")}
        for body, scope in (({"type": "unlock"}, "door"), ({"command": "AC_UNLOCK"}, "door"),
                            ({"type": "unalarm"}, "door"), ({"type": "log"}, "write"),
                            ({"command": "LOG"}, "write"), ({"type": "clear_log"}, "admin"),
                            ({"command": "MAKE COFFEE"}, "admin")):
            for has, api in tokens.items():
                if has in (scope, "admin"):
                    self.assertTrue(api.post("/api/commands", dict(body, deviceSerial=d.sn)))
                    continue
                reply = refusal(self, 403, "scope_too_small", "POST", "/api/commands",
                                dict(body, deviceSerial=d.sn), api)
                self.assertIn(f"scope {scope};", reply["error"])

    def test_commands_that_take_a_device_over_are_for_administrators(self):
        d = clock()
        token = server.api.post("/api/tokens", {"name": "w", "scope": "write"})["data"]["token"]
        writer = Api(server.admin, token)
        for body in ({"command": "SHELL ls"}, {"command": "shell ls"}, {"type": "shell",
                     "script": "ls"}, {"command": "PutFile http://x/y\t/z"},
                     {"command": "CLEAR DATA"}, {"type": "clear_data"}):
            refusal(self, 403, "scope_too_small", "POST", "/api/commands",
                    dict(body, deviceSerial=d.sn), writer)
        self.assertTrue(writer.queue(d.sn, "CHECK"))
        self.assertTrue(server.api.queue(d.sn, "SHELL ls"))

    def test_scope_write_does_not_redirect_a_device_or_make_an_administrator(self):
        d = clock()
        # It reports that it has no people: each that is written to it is new there.
        d.poll("Ver%202.0.33,0,0,0,192.0.2.201,10,7,12,0,111")
        until(lambda: server.api.device(d.sn)["info"])
        token = server.api.post("/api/tokens", {"name": "w", "scopes": ["read", "write", "door"]})
        writer = Api(server.admin, token["data"]["token"])
        taking = [{"command": "SET OPTION WebServerIP=192.0.2.1"},
                  {"command": "SET OPTIONS VOLUME=5,WebServerIP=192.0.2.1,WebServerPort=80"},
                  {"command": "SET OPTIONS Door1KeepOpenTimeZone=1"},
                  {"type": "set_option", "name": "Door1Drivertime", "value": "254", "force": True},
                  {"command": "SET OPTION VOLUME=5\tICLOCKSVRURL=http://h"},
                  {"command": "set option webserverurl=h"},
                  {"type": "set_option", "name": "ComPwd", "value": "1"},
                  {"type": "set_option", "name": "VOLUME", "value": "5,GATEIPAddress=192.0.2.1"},
                  {"type": "update_person", "person": {"pin": "7", "privilege": 14}},
                  {"type": "update_person", "person": {"pin": "7", "privilege": 6}},
                  {"command": "DATA UPDATE USERINFO PIN=7\tName=A\tPri=14"},
                  {"command": "DATA USER PIN=7\tPri=14"},
                  {"command": "DATA UPDATE user Pin=7\tPrivilege=14"}]
        for body in taking:
            refusal(self, 403, "scope_too_small", "POST", "/api/commands",
                    dict(body, deviceSerial=d.sn), writer)
        rows = writer.post("/api/commands", [dict(b, deviceSerial=d.sn) for b in taking])["data"]
        self.assertEqual([r.get("code") for r in rows], ["scope_too_small"] * len(taking))
        for body in ({"address": "tcp://192.0.2.1"}, {"commKey": "1"}, {"commKey": ""}):
            refusal(self, 403, "scope_too_small", "PATCH", f"/api/devices/{d.sn}", body, writer)
        self.assertEqual(server.api.get(f"/api/commands?device={d.sn}")["data"], [])
        for body in ({"command": "SET OPTION VOLUME=5"}, {"command": "DATA UPDATE USERINFO PIN=7"},
                     {"type": "set_option", "name": "Language", "value": "83", "force": True},
                     {"type": "update_person", "person": {"pin": "7", "privilege": 0}}):
            self.assertTrue(writer.post("/api/commands", dict(body, deviceSerial=d.sn)))
        for body in taking[:5]:
            self.assertTrue(server.api.post("/api/commands", dict(body, deviceSerial=d.sn)))
        log = server.log(10 ** 6)
        self.assertIn("command with full control queued", log)
        self.assertIn("WebServerIP", log)

    def test_what_matters_is_logged_and_secrets_are_not(self):
        d = clock()
        server.api.queue(d.sn, "SHELL echo 4711")
        server.api.queue(d.sn, "PutFile http://h/f?TMP=1\tPasswd=geheim")
        made = server.api.post("/api/tokens", {"name": "audited"})["data"]
        server.api.call("DELETE", f"/api/tokens/{made['id']}")
        Api(server.admin, "gh_nonsense").raw("GET", "/api/status")
        server.api.post(f"/api/devices/{d.sn}/block")
        log = server.log(10 ** 6)
        for words in ("command with full control queued", "SHELL echo 4711", "token made",
                      "name=audited", "token revoked", "token refused", "device blocked"):
            self.assertIn(words, log)
        for secret in (made["token"], "geheim", "gh_nonsense"):
            self.assertNotIn(secret, log)

    def test_the_scheme_is_read_without_case_and_the_token_to_the_letter(self):
        bare = Api(server.admin)
        for header, status in ((f"bearer {server.token}", 200), (f"BEARER  {server.token} ", 200),
                               (f"Basic {server.token}", 401), (server.token, 401),
                               (f"Bearer {server.token.lower()}", 401), ("Bearer ", 401),
                               ("Bearer " + "A" * 4000, 401)):
            got, _, _ = bare.raw("GET", "/api/status", headers={"Authorization": header})
            self.assertEqual(got, status, header[:60])


class Errors(unittest.TestCase):
    def test_each_is_json_with_a_sentence_and_a_code(self):
        for method, path, body, status in (
                ("GET", "/api/nothing", None, 404), ("GET", "/", None, 404),
                ("GET", "/api/punches/", None, 404), ("PUT", "/api/punches", b"{}", 405),
                ("GET", "/api/punches?nonsense=1", None, 400),
                ("GET", "/api/punches?device=NOBODY", None, 404),
                ("GET", "/api/punches?format=xml", None, 400),
                ("GET", "/api/devices?state=lost", None, 400),
                ("GET", "/api/commands?status=lost", None, 400),
                ("GET", "/api/devices/%zz", None, 400), ("GET", "/api/devices/NOBODY", None, 404),
                ("GET", "/api/devices/NOBODY/trace", None, 404),
                ("GET", "/api/commands/0", None, 404), ("GET", "/api/commands/1x", None, 404),
                ("GET", "/api/photos/999999", None, 404),
                ("GET", "/api/uploads/999999", None, 404),
                ("DELETE", "/api/tokens/999999", None, 404),
                ("DELETE", "/api/commands/999999", None, 404),
                ("POST", "/api/tokens", b"{", 400), ("POST", "/api/tokens", b"{}", 400)):
            got, headers, data = server.api.raw(method, path, body)
            self.assertEqual(got, status, (method, path, data))
            self.assertEqual(headers["Content-Type"], "application/json")
            reply = json.loads(data)
            self.assertEqual(document.faults(reply, {"$ref": "#/components/schemas/Error"}), [])
            self.assertRegex(reply["code"], r"^[a-z_]+$")
            self.assertRegex(reply["requestId"], r"^[0-9a-f]{16}$")
            self.assertEqual(headers["X-Request-Id"], reply["requestId"])
            self.assertTrue(reply["error"].endswith("."), reply["error"])

    def test_a_wrong_value_is_named_with_what_was_expected(self):
        d = clock()
        for method, path, body, field, word in (
                ("GET", "/api/punches?limit=x", None, "limit", "whole number"),
                ("GET", "/api/punches?form=2024-01-01", None, "form", 'did you mean "from"?'),
                ("GET", "/api/punches?device=NOBODY", None, "device", "serial number"),
                ("GET", "/api/devices?state=lost", None, "state", "held, approved or blocked"),
                ("GET", "/api/devices/NOBODY", None, "sn", "serial number"),
                ("POST", "/api/commands", {"deviceSerial": "NOBODY", "type": "log"},
                 "deviceSerial", "serial number"),
                ("POST", "/api/commands", {"deviceSerial": d.sn, "type": "explode"}, "type",
                 "type of command"),
                ("POST", "/api/commands", {"deviceSerial": d.sn, "type": "rebot"}, "type",
                 'did you mean "reboot"?'),
                ("POST", "/api/commands", {"deviceSerial": d.sn, "type": "update_person",
                                           "person": {"pin": "1", "nme": "A"}}, "person.nme",
                 'did you mean "name"? There are: pin, name, '),
                ("POST", "/api/commands", {"deviceSerial": d.sn, "type": "unlock", "ttl": 61},
                 "ttl", "1 to 60"),
                ("POST", "/api/tokens", {"name": "x", "scop": "read"}, "scop",
                 'did you mean "scope"?'),
                ("PATCH", f"/api/devices/{d.sn}", {"zone": "Mars/Moon"}, "zone", "time zone")):
            status, _, data = server.api.raw(method, path, body)
            reply = json.loads(data)
            self.assertIn(status, (400, 404), reply)
            [detail] = reply["details"]
            self.assertEqual(detail["field"], field, reply)
            self.assertIn(word, detail["message"])

    def test_an_unknown_thing_comes_with_a_hint(self):
        for path, word in (("/api/devices/NOBODY", "GET /api/devices"),
                           ("/api/commands/999999", "GET /api/commands"),
                           ("/api/nothing", "/api/openapi.json")):
            with self.assertRaises(ApiError) as caught:
                server.api.get(path)
            self.assertIn(word, caught.exception.reply["hint"])

    def test_each_request_has_a_number_that_the_log_repeats(self):
        d = clock()
        seen = set()
        for method, path, status in (("GET", "/api/status", 200), ("GET", "/api/nothing", 404),
                                     ("GET", "/healthz", 200),
                                     ("POST", f"/api/devices/{d.sn}/block", 200)):
            got, headers, _ = server.api.raw(method, path)
            self.assertEqual(got, status)
            seen.add(headers["X-Request-Id"])
        self.assertEqual(len(seen), 4)
        until(lambda: f"request={headers['X-Request-Id']}" in server.log(10 ** 6))

    def test_a_wrong_method_is_answered_with_the_right_ones(self):
        _, headers, _ = server.api.raw("DELETE", "/api/commands")
        self.assertEqual(headers["Allow"], "GET, HEAD, POST")

    def test_a_bad_parameter_is_named(self):
        for query, word in (("limit=x", "limit"), ("after=-1", "after"), ("frm=2024-01-01", "frm"),
                            ("to=2024-13-01", "to"), ("pin=", "pin"), ("pin=1&pin=2", "pin")):
            reply = refusal(self, 400, "parameter_invalid", "GET", f"/api/punches?{query}")
            self.assertIn(f'"{word}"', reply["error"])

    def test_a_body_too_big_is_refused_before_it_is_sent(self):
        with Wire(server.admin) as wire:
            wire.send(b"POST /api/tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      + server.token.encode() + b"\r\nContent-Length: 999999999999\r\n\r\n")
            reply = wire.reply()
        self.assertEqual(reply.status, 413)
        self.assertEqual(json.loads(reply.body)["code"], "body_too_big")

    def test_a_body_has_the_ceilings_of_its_route(self):
        for body, status, code in (
                (b"[" * 17 + b"]" * 17, 400, "body_malformed"),
                (b"[" + b"1," * 300 + b"1]", 400, "field_invalid"),
                (b'{"name":"' + b"x" * 5000 + b'"}', 413, "body_too_big"),
                (b"", 400, "body_malformed"), (b"\xff", 400, "body_malformed"),
                (b'{"name":"x","name":"y"}', 400, "body_malformed")):
            got, _, data = server.api.raw("POST", "/api/tokens", body)
            self.assertEqual((got, json.loads(data)["code"]), (status, code), body[:40])
        # The same where its length is not announced.
        with Wire(server.admin) as wire:
            wire.send(b"POST /api/tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      + server.token.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
                      + b"1388\r\n" + b" " * 5000 + b"\r\n0\r\n\r\n")
            reply = wire.reply()
        self.assertEqual((reply.status, json.loads(reply.body)["code"]), (413, "body_too_big"))

    def test_all_faults_of_a_body_are_reported_at_once(self):
        reply = refusal(self, 400, "field_invalid", "POST", "/api/tokens",
                        {"nam": "x", "scope": "king"})
        self.assertEqual({d["field"] for d in reply["details"]}, {"nam", "scope", "name"})
        self.assertIn('did you mean "name"?', reply["error"])

    def test_no_answer_may_be_taken_for_something_else(self):
        for path in ("/api/status", "/api/nothing", "/healthz", "/metrics"):
            _, headers, _ = server.api.raw("GET", path)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Cache-Control"], "no-store")

    def test_head_has_the_head_of_get(self):
        status, headers, body = server.api.raw("HEAD", "/api/status")
        self.assertEqual((status, headers["Content-Type"], body), (200, "application/json", b""))


class Described(unittest.TestCase):
    def test_every_answer_matches_the_document(self):
        d, u = filled(), opened()
        number = server.api.queue(d.sn, "DATA UPDATE USERINFO PIN=1\tName=A")
        d.poll()
        d.done(number)
        server.api.queue(d.sn, "LOG")
        query = server.api.post(f"/api/devices/{u.sn}/tables/user/query",
                                {})["data"]["orders"][0]["commandId"]
        u.poll()
        u.expect(b"user=1", "POST", f"/iclock/querydata?SN=&type=tabledata&cmdid={query}&tablename=user&count=1"
                 "&packcnt=1&packidx=1", b"user uid=1\tpin=1\tname=A")
        ids = {"commands": number, "uploads": server.api.uploads(d.sn)[0]["id"]}
        for name, body in (("time-rules", {"name": "described"}), ("door-groups", {"name": "described"}),
                           ("holidays", {"date": "2031-02-03", "name": "described"}),
                           ("access-levels", {"name": "described"}),
                           ("people", {"pin": "778899", "name": "Described", "cards": ["778899"],
                                       "department": "Described", "position": "Described"})):
            ids[name] = server.api.post(f"/api/{name}", body)["data"]["id"]
        ids["plans"] = server.api.post("/api/plans", {"kind": "access", "select": {"ids": [u.sn]}})["data"]["planId"]
        door = f"{u.sn}:1"
        for name, body in (("first-card", {"door": door, "rule": 1}), ("multi-card", {"door": door, "groups": [1, 2]}),
                           ("anti-passback", {"doors": [door]}), ("linkage", {"event": 220, "at": door}),
                           ("interlock", {"doors": [door, f"{u.sn}:2"]}),
                           ("scheduled-outputs", {"at": door, "rule": 1, "action": "normal-open"}),
                           ("scheduled-inputs", {"at": door, "rule": 1}),
                           ("verify-schedules", {"doors": [door]}), ("super-users", {"doors": [door]})):
            ids[name] = server.api.post(f"/api/{name}", dict(body, name="described"))["data"]["id"]
        server.api.call("PUT", f"/api/doors/{door}", {"name": "described"})
        sign_in = {"name": "described", "password": "correct horse battery"}
        ids["accounts"] = server.api.post("/api/accounts", dict(sign_in, role="viewer"))["data"]["id"]
        server.api.post("/api/session", sign_in)
        ids["enrolments"] = server.api.post("/api/enrolments", {
            "person": ids["people"], "device": d.sn, "type": "card"})["data"]["id"]
        send_request(server.devices, "GET", "/of-no-device")
        seen = 0
        for method, path, _ in document.operations():
            schema = document.answer(method, path)
            if method != "GET" or schema is None:
                continue
            target = path.replace("{sn}", u.sn if "doors" in path or "/tables" in path or path.endswith("/state") else d.sn)
            target = target.replace("{n}", "1").replace("{table}", "user").replace("{door}", u.sn + ":1")
            if "{name}" in target:
                target = target.replace("{name}", "a.bin")
                self.assertEqual(server.api.raw("PUT", target, b"x")[0], 201)
            kind = (path.split("/") + [None, None])[2]
            own = query if path.endswith("/rows") else ids.get(kind, ids["uploads"])
            target = target.replace("{id}", str(own)).replace("{person}", str(own))
            target = target.replace("{pin}", "1").replace("{type}", "fingerprint")
            if path.endswith("/biometrics/{type}"):
                target += f"?deviceSerial={d.sn}"
            if path == "/api/access/check":
                target += f"?person=pin:778899&door={u.sn}:1"
            if path == "/api/search":
                target += f"?q={d.sn}"
            if path == "/api/plans/{id}/steps":
                target += f"?device={u.sn}"
            if path == "/api/reports/days":
                target += "?month=" + server.api.punches(device=d.sn)[0]["timestamp"][:7]
            reply = server.api.get(target)
            self.assertEqual(document.faults(
                {k: v for k, v in reply.items() if k != "query"}, schema, target), [])
            if isinstance(reply.get("data"), list) and path != "/api/trace":
                self.assertTrue(reply["data"], f"{target} showed nothing to look at")
            seen += 1
        self.assertGreater(seen, 18)

    def test_answers_to_changes_match_the_document(self):
        d = clock()
        token = server.api.post("/api/tokens", {"name": "x"})
        for method, path, target, body in (
                ("PATCH", "/api/devices/{sn}", f"/api/devices/{d.sn}", {"name": "Gate"}),
                ("POST", "/api/devices/{sn}/block", f"/api/devices/{d.sn}/block", None),
                ("POST", "/api/devices/{sn}/approve", f"/api/devices/{d.sn}/approve", None),
                ("DELETE", "/api/tokens/{id}", f"/api/tokens/{token['data']['id']}", None),
                ("DELETE", "/api/devices/{sn}", f"/api/devices/{d.sn}", None)):
            reply = server.api.call(method, target, body)
            self.assertEqual(document.faults(reply, document.answer(method, path), target), [])


if __name__ == "__main__":
    tap.main()
