#!/usr/bin/env python3
"""Accounts, sessions, roles and the first account, over the API."""

import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from clock_steps import SteppedClock  # noqa: E402
from device import Device  # noqa: E402
from serve import DEADLINE, Api, Server, program, until  # noqa: E402
import tap  # noqa: E402

PASSWORD = "correct horse battery"


class Person:
    """A browser: a cookie, and the value that goes with it."""

    def __init__(self, own, host=None, source="127.0.0.1"):
        self.own, self.cookie, self.csrf, self.source = own, None, None, source
        self.host = host or "%s:%d" % own.admin

    def call(self, method, path, body=None, **headers):
        c = http.client.HTTPConnection(*self.own.admin, timeout=DEADLINE, source_address=(self.source, 0))
        try:
            head = {"Host": self.host, "Content-Type": "application/json"}
            if self.cookie:
                head["Cookie"] = "other=1; " + self.cookie
            if self.csrf and method != "GET":
                head["X-Gatehouse-CSRF"] = self.csrf
            head.update({k.replace("_", "-"): v for k, v in headers.items() if v is not None})
            for k in [k for k, v in headers.items() if v is None]:
                head.pop(k.replace("_", "-"), None)
            c.request(method, path, None if body is None else json.dumps(body), head)
            r = c.getresponse()
            text = r.read()
            self.headers = r.headers
            return r.status, json.loads(text) if text[:1] in (b"{", b"[") else text
        finally:
            c.close()

    def sign_in(self, name, password=PASSWORD):
        status, reply = self.call("POST", "/api/session", {"name": name, "password": password})
        if status == 200:
            self.cookie = self.headers["Set-Cookie"].split(";")[0]
            self.csrf = reply["data"]["csrf"]
        return status, reply


class Base(unittest.TestCase):
    def refused(self, answer, status, code):
        self.assertEqual((answer[0], answer[1].get("code")), (status, code), answer)

    def account(self, name, role="viewer", **more):
        return self.own.api.post("/api/accounts", dict(more, name=name, password=PASSWORD, role=role))["data"]

    def person(self, name, **more):
        p = Person(self.own, **more)
        self.assertEqual(p.sign_in(name)[0], 200)
        return p


class One(Base):
    """What one server can show."""

    @classmethod
    def setUpClass(cls):
        cls.own = Server("--new-devices", "approve", stay=True)
        cls.addClassCleanup(cls.own.close)
        cls.own.api.post("/api/accounts", {"name": "root", "password": PASSWORD, "role": "administrator"})

    def test_an_account_is_made_changed_and_deleted(self):
        made = self.account("Ana", "clerk", areas=[1])
        self.assertEqual({k: made[k] for k in ("name", "role", "areas", "disabled")},
                         {"name": "Ana", "role": "clerk", "areas": [1], "disabled": False})
        self.assertNotIn("password", json.dumps(made).replace("passwordChangedAt", ""))
        path = f"/api/accounts/{made['id']}"
        self.assertEqual(self.own.api.get(path)["data"], made)
        self.assertIn(made, self.own.api.get("/api/accounts")["data"])
        got = self.own.api.call("PATCH", path, {"role": "guard", "areas": []})["data"]
        self.assertEqual((got["role"], got["areas"], got["name"]), ("guard", [], "Ana"))
        self.own.api.call("DELETE", path)
        self.assertEqual(self.own.api.raw("GET", path)[0], 404)

    def test_plans_of_many_people_are_a_clerk_s_too(self):
        self.account("Cem", "clerk")
        cem = self.person("Cem")
        ada = self.own.api.post("/api/people", {"pin": "8801", "name": "Ada"})["data"]["id"]

        def plan(kind, **more):
            return cem.call("POST", "/api/plans", {"kind": kind, "select": {"ids": [ada]}} | more)

        for kind in ("access", "send", "take_over", "remove"):
            self.refused(plan(kind), 403, "role_refused")
        status, made = plan("update_people", set={"department": "Yard"})
        self.assertEqual(status, 202, made)
        status, answer = cem.call("POST", f"/api/plans/{made['data']['planId']}/apply")
        self.assertEqual(status, 200, answer)
        until(lambda: self.own.api.get(f"/api/people/{ada}")["data"]["department"] == "Yard")
        changes = self.own.api.get(f"/api/people/{ada}/changes")["data"]
        self.assertEqual([c["by"] for c in changes if c["field"] == "department"], ["Cem"])
        clock = Device(self.own)
        clock.options()
        other = self.own.api.post("/api/plans", {"kind": "send", "select": {"device": clock.sn}})["data"]["planId"]
        self.refused(cem.call("POST", f"/api/plans/{other}/apply"), 403, "role_refused")

    def test_names_alike_are_one(self):
        self.account("J\u00fcrgen")
        for name in ("j\u00dcRGEN", "Ju\u0308rgen", "\uff2a\u00fcrgen"):
            with self.subTest(name):
                status, _, body = self.own.api.raw(
                    "POST", "/api/accounts", {"name": name, "password": PASSWORD, "role": "viewer"})
                self.assertEqual(status, 409, body)
        self.person("JU\u0308RGEN")

    def test_what_is_no_account_is_refused(self):
        def made(**more):
            return dict({"name": "x", "password": PASSWORD, "role": "viewer"}, **more)

        for body in (made(password="short"), made(password=PASSWORD + "\0"), made(password="\0" * 20),
                     made(role="king"), made(name=" x"), made(name=""), made(name="server"),
                     made(areas=[4711]), made(areas=[0]), made(name="x" * 101), made(password="x" * 600),
                     {"name": "x", "role": "viewer"}):
            with self.subTest(str(body)[:60]):
                status, _, reply = self.own.api.raw("POST", "/api/accounts", body)
                self.assertEqual(status, 400, reply)
        for path in ("/api/accounts", "/api/session"):
            status, _, reply = self.own.api.raw("POST", path, made(name="x" * (1 << 20)))
            self.assertEqual(status, 413, reply)

    def test_a_session_begins_with_a_cookie_and_ends(self):
        self.account("Sam", "guard")
        p = Person(self.own)
        status, reply = p.sign_in("sam")
        self.assertEqual(status, 200, reply)
        self.assertEqual({k: reply["data"][k] for k in ("kind", "name", "role", "scopes", "areas")},
                         {"kind": "account", "name": "Sam", "role": "guard", "scopes": ["read", "door"], "areas": []})
        self.assertRegex(p.headers["Set-Cookie"], r"^gatehouse_session=[\w-]{43}; Path=/; HttpOnly; SameSite=Strict; ")
        self.assertEqual(p.call("GET", "/api/session")[1]["data"]["csrf"], p.csrf)
        self.assertEqual(p.call("GET", "/api/devices")[0], 200)
        self.assertEqual(p.call("DELETE", "/api/session")[0], 200)
        self.assertIn("Max-Age=0", p.headers["Set-Cookie"])
        self.refused(p.call("GET", "/api/devices"), 401, "session_over")

    def test_a_cookie_that_was_given_is_not_taken_over(self):
        self.account("Fix")
        planted = "A" * 43
        p = Person(self.own)
        p.cookie = "gatehouse_session=" + planted
        self.assertEqual(p.sign_in("fix")[0], 200)
        self.assertNotIn(planted, p.cookie)
        thief = Person(self.own)
        thief.cookie = "gatehouse_session=" + planted
        self.refused(thief.call("GET", "/api/session"), 401, "session_over")
        first = p.cookie
        p.sign_in("fix")
        self.assertNotEqual(p.cookie, first)

    def test_a_change_needs_the_header_and_a_page_of_this_server(self):
        self.account("Chris", "administrator")
        p = self.person("chris")
        other = self.person("chris")
        body = {"name": "token of chris"}
        here = "http://" + p.host
        for headers in ({"X_Gatehouse_CSRF": None}, {"X_Gatehouse_CSRF": other.csrf}, {"X_Gatehouse_CSRF": ""},
                        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": here + ".evil.example"}):
            with self.subTest(headers):
                self.refused(p.call("POST", "/api/tokens", body, **headers), 403, "csrf_refused")
        self.assertEqual(p.call("POST", "/api/tokens", body, Origin=here)[0], 200)
        self.refused(p.call("POST", "/api/session", {"name": "chris", "password": PASSWORD}, Origin="http://evil.example"),
                     403, "csrf_refused")

    def test_a_session_ends_with_what_it_stands_on(self):
        for how in ("password", "disabled", "delete"):
            with self.subTest(how):
                made = self.account("End " + how, "viewer")
                p = self.person("end " + how)
                path = f"/api/accounts/{made['id']}"
                stream = self.stream(p)
                if how == "delete":
                    self.own.api.call("DELETE", path)
                else:
                    self.own.api.call("PATCH", path, {how: PASSWORD + "!" if how == "password" else True})
                self.refused(p.call("GET", "/api/devices"), 401, "session_over")
                self.ended(stream)
                self.assertEqual(Person(self.own).sign_in("end " + how)[0], 401)

    def stream(self, p):
        s = socket.create_connection(self.own.admin, DEADLINE)
        self.addCleanup(s.close)
        s.sendall(f"GET /api/events HTTP/1.1\r\nHost: {p.host}\r\nCookie: {p.cookie}\r\n\r\n".encode())
        got = b""
        while b"event: ledger" not in got:
            piece = s.recv(4096)
            self.assertTrue(piece, got)
            got += piece
        return s

    def ended(self, stream):
        got = b"x"
        while got:
            got = stream.recv(4096)
            if got.endswith(b"0\r\n\r\n"):
                break

    def test_an_administrator_ends_a_session(self):
        self.account("Eve")
        p = self.person("eve")
        [row] = [r for r in self.own.api.get("/api/sessions")["data"] if r["name"] == "Eve"]
        self.assertEqual(row["from"], "127.0.0.1")
        self.assertNotIn(p.cookie.split("=")[1], json.dumps(row))
        stream = self.stream(p)
        self.own.api.call("DELETE", f"/api/sessions/{row['id']}")
        self.refused(p.call("GET", "/api/devices"), 401, "session_over")
        self.ended(stream)
        self.assertEqual(self.own.api.raw("DELETE", f"/api/sessions/{row['id']}")[0], 404)

    def test_a_role_changes_at_once(self):
        made = self.account("Roll", "administrator")
        p = self.person("roll")
        self.assertEqual(p.call("GET", "/api/tokens")[0], 200)
        self.own.api.call("PATCH", f"/api/accounts/{made['id']}", {"role": "viewer"})
        self.refused(p.call("GET", "/api/tokens"), 403, "role_refused")

    def test_a_password_is_changed_by_who_has_it(self):
        self.account("Own", "viewer", areas=[1])
        p, other, new = self.person("own"), self.person("own"), "another horse battery"
        change = {"currentPassword": PASSWORD, "password": new}
        self.refused(p.call("PUT", "/api/session/password", dict(change, currentPassword="wrong wrong wrong")),
                     403, "password_wrong")
        for weak in ("short", "Own Own Own own", "password1234", "gatehouse2026"):
            self.refused(p.call("PUT", "/api/session/password", dict(change, password=weak)), 400, "field_invalid")
        self.refused(p.call("PUT", "/api/session/password", change, X_Gatehouse_CSRF=None), 403, "csrf_refused")
        self.assertEqual(other.call("GET", "/api/session")[0], 200)
        stream = self.stream(other)
        status, reply = p.call("PUT", "/api/session/password", change)
        self.assertEqual((status, reply.get("data", {}).get("name")), (200, "Own"), reply)
        self.assertEqual(p.call("GET", "/api/session")[0], 200)
        self.refused(other.call("GET", "/api/session"), 401, "session_over")
        self.ended(stream)
        self.assertEqual(Person(self.own).sign_in("own")[0], 401)
        self.assertEqual(Person(self.own).sign_in("own", new)[0], 200)
        [row] = self.own.api.get("/api/audit?by=Own&action=change_account")["data"]
        self.assertNotIn("horse", json.dumps(row))
        self.assertEqual(self.own.api.raw("PUT", "/api/session/password", change)[0], 409)

    def test_the_current_password_is_not_guessed(self):
        self.account("Guess")
        p = self.person("guess", source="127.0.0.77")
        change = {"currentPassword": "wrong wrong wrong", "password": "another horse battery"}
        got = [p.call("PUT", "/api/session/password", change)[0] for _ in range(8)]
        self.assertEqual(got[:5], [403] * 5)
        self.assertIn(429, got)

    def test_a_cookie_under_another_name_of_the_server_is_refused(self):
        self.account("Host", "administrator")
        p = self.person("host")
        for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example"):
            self.refused(p.call("GET", "/api/session", Host=host), 421, "host_refused")
            self.refused(p.call("POST", "/api/tokens", {"name": "x"}, Host=host, Origin="http://" + host), 421,
                         "host_refused")
        self.assertEqual(p.call("GET", "/api/session")[0], 200)

    def test_a_limited_account_is_refused_what_is_not_of_an_area(self):
        self.account("Lim", "administrator", areas=[1])
        p = self.person("lim")
        self.assertEqual(p.call("GET", "/api/session")[1]["data"]["areas"], [1])
        self.refused(p.call("GET", "/api/audit"), 403, "area_refused")
        self.refused(p.call("POST", "/api/accounts", {"name": "y", "password": PASSWORD, "role": "administrator"}),
                     403, "area_refused")

    def test_a_token_has_a_session_of_its_own_kind(self):
        got = self.own.api.get("/api/session")["data"]
        self.assertEqual((got["kind"], got["role"], got["scopes"], got["csrf"]), ("token", None, ["admin"], None))
        self.assertEqual(self.own.api.raw("DELETE", "/api/session")[0], 409)
        self.assertEqual([r["role"] for r in self.own.api.get("/api/roles")["data"]["roles"]],
                         ["viewer", "guard", "clerk", "operator", "administrator"])

    def test_the_audit_names_the_account(self):
        made = self.account("Aud", "administrator")
        p = self.person("aud")
        p.call("POST", "/api/tokens", {"name": "of aud"})
        p.call("DELETE", "/api/session")
        rows = [(r["action"], r["by"], r["byId"]) for r in
                self.own.api.get("/api/audit?limit=1000&by=Aud")["data"][::-1]]
        self.assertEqual(rows, [(a, "Aud", made["id"]) for a in ("sign_in", "create_token", "sign_out")])
        Person(self.own).sign_in("aud", "wrong wrong wrong")
        # Refusals are written behind the answer.
        [row] = until(lambda: self.own.api.get(f"/api/audit?subject=account:{made['id']}&outcome=refused")["data"])
        self.assertEqual((row["action"], row["from"]), ("sign_in", "127.0.0.1"))
        text = json.dumps(self.own.api.get("/api/audit?limit=1000"))
        self.assertNotIn(PASSWORD, text)
        self.assertNotIn(p.cookie.split("=")[1], text)
        self.assertNotIn(PASSWORD, self.own.log(1 << 20))


    def test_a_token_ends_and_shows_its_last_use(self):
        past = {"name": "past", "expires": "2020-01-01"}
        self.assertEqual(self.own.api.raw("POST", "/api/tokens", past)[0], 400)

        def ends(name, at):
            status, _, body = self.own.api.raw("POST", "/api/tokens", {"name": name, "expires": at})
            return json.loads(body)["data"] if status == 200 else None

        # On a slow machine the moment may be over before the request comes.
        soon = until(lambda: ends("soon", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))))
        made = {"soon": soon, "late": ends("late", "2999-01-01")}
        self.assertEqual(made["late"]["expiresAt"], "2999-01-01T00:00:00.000Z")
        late = Api(self.own.admin, made["late"]["token"])
        until(lambda: Api(self.own.admin, made["soon"]["token"]).raw("GET", "/api/status")[0] == 401)
        self.assertEqual(late.raw("GET", "/api/status")[0], 200)

        def used():
            rows = {r["id"]: r["lastUsedAt"] for r in self.own.api.get("/api/tokens")["data"]}
            return rows[made["late"]["id"]]

        self.assertRegex(until(used), r"^20")

    def cli(self, *words, **more):
        env = dict(os.environ, GATEHOUSE_URL="http://%s:%d" % self.own.admin, GATEHOUSE_TOKEN=self.own.token, **more)
        return subprocess.run([program(), *words], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=DEADLINE)

    def test_the_command_line_manages_accounts(self):
        path = pathlib.Path(self.own.home, "password")
        path.write_text(PASSWORD + "\n")
        got = self.cli("account", "add", "cli", "--role", "guard", "--areas", "1", "--password-file", str(path))
        number = got.stdout.split()[0]
        self.assertEqual((got.returncode, got.stdout), (0, f"{number} cli: made\n"), got.stderr)
        p = self.person("cli")
        self.assertIn("127.0.0.1", self.cli("account", "sessions").stdout)
        self.assertEqual(self.cli("account", "set", number, "--areas", "", "--role", "clerk").returncode, 0)
        row = self.own.api.get(f"/api/accounts/{number}")["data"]
        self.assertEqual((row["areas"], row["role"]), ([], "clerk"))
        got = self.cli("account", "password", number, GATEHOUSE_ACCOUNT_PASSWORD="another horse battery")
        self.assertEqual(got.returncode, 0, got.stderr)
        self.refused(p.call("GET", "/api/session"), 401, "session_over")
        got = self.cli("account", "password", number)
        self.assertEqual(got.returncode, 2, got.stdout)
        self.assertIn("--password-file", got.stderr)
        self.assertEqual(self.cli("account", "set", number, "--disable").returncode, 0)
        self.assertIn(" cli ", self.cli("account", "list").stdout)
        self.assertEqual(self.cli("account", "delete", number).returncode, 0)
        for verb in ("", "list", "add", "set", "password", "delete", "sessions", "sign-out"):
            for line in self.cli("help", "account", *verb.split()).stdout.splitlines():
                self.assertLessEqual(len(line), 80, line)


@unittest.skipIf("GATEHOUSE_TEST_POSTGRES" in os.environ, "limits are kept in memory; shown beside SQLite")
class Guesses(Base):
    """Wrong passwords, and how many a server compares. Each case has an account and addresses of its own: what is
    compared with a hash takes a processor 40 ms."""

    @classmethod
    def setUpClass(cls):
        cls.own = Server()
        cls.addClassCleanup(cls.own.close)

    def test_a_guesser_is_stopped_and_the_owner_is_not(self):
        self.account("Owner")
        self.person("owner", source="127.0.0.9")
        guesser = Person(self.own, source="127.0.0.2")
        wrong = [guesser.sign_in("owner", f"wrong password {n}") for n in range(8)]
        self.assertEqual([s for s, _ in wrong], [401] * 5 + [429] * 3)
        self.assertEqual(guesser.headers["Retry-After"], "60")
        nobody = [guesser.sign_in("nobody", f"wrong password {n}") for n in range(8)]
        self.assertEqual([(s, r["code"], r["error"]) for s, r in nobody],
                         [(s, r["code"], r["error"]) for s, r in wrong])
        self.assertEqual(guesser.sign_in("owner")[0], 429)
        self.assertEqual(Person(self.own, source="127.0.0.3").sign_in("owner")[0], 200)
        # A hundred from everywhere: others are stopped, one who has signed in from there is not. A try is forgiven
        # after ten seconds, so on a slow machine it takes more of them.
        for n in range(400):
            status = Person(self.own, source=f"127.0.{n // 200 + 1}.{n % 200 + 1}").sign_in("owner", "wrong")[0]
            if status == 429:
                break
        self.assertEqual(status, 429)
        self.assertGreaterEqual(n, 90)
        self.assertEqual(Person(self.own, source="127.0.0.9").sign_in("owner")[0], 200)

    def test_many_at_once_are_no_more_tries(self):
        self.account("Crowd")
        got = []
        begun = time.monotonic()

        def guess(n):
            status = 503
            while status == 503:
                status = Person(self.own, source="127.0.0.4").sign_in("crowd", f"wrong password {n}")[0]
            got.append(status)

        threads = [threading.Thread(target=guess, args=(n,)) for n in range(24)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        # One more a minute.
        self.assertLessEqual(got.count(401), 5 + int((time.monotonic() - begun) / 60))
        self.assertEqual(got.count(401) + got.count(429), 24)

    def test_thousands_of_wrong_sign_ins(self):
        own = self.own
        self.account("Calm")
        owner = self.person("calm", source="127.0.0.9")
        # A sanitizer keeps what is freed, and is slow. An address has thirty tries that are compared.
        addresses, tries, most = (2, 500, 1 << 30) if own.sanitized() else (4, 2500, 64 << 20)
        before, got = own.rss(), {}
        for address in range(addresses):
            c = http.client.HTTPConnection(*own.admin, timeout=DEADLINE, source_address=(f"127.0.9.{address}", 0))
            for n in range(tries):
                c.request("POST", "/api/session", json.dumps({"name": f"x{n}" * 20, "password": "wrong wrong wrong"}))
                r = c.getresponse()
                r.read()
                got[r.status] = got.get(r.status, 0) + 1
                # A few are compared with a hash, until the address has used up its tries.
                if n == 0:
                    self.assertIn(r.status, (401, 429, 503))
            c.close()
        self.assertEqual(sum(got.values()), addresses * tries, got)
        self.assertEqual(set(got) - {401, 429, 503}, set(), got)
        self.assertGreater(got[429], addresses * tries / 2, got)
        self.assertLess(own.rss() - before, most)
        self.assertEqual(owner.call("GET", "/api/session")[0], 200)
        self.person("calm", source="127.0.0.9")


class Clock(Base):
    """Sessions while the clock of the server is moved."""

    def test_a_clock_that_is_moved_prolongs_no_session(self):
        clock = SteppedClock(self)
        self.own = own = Server(env=clock.env, stay=True)
        self.addCleanup(own.close)
        self.account("Ticker")
        p = self.person("ticker")
        for days in (-400, 40, 0):
            clock.step(days * 86400)
            self.assertEqual(p.call("GET", "/api/session")[0], 200)
        # Over a restart the time of day is all there is; one that was set back makes no session older or longer.
        clock.step(-400 * 86400)
        own.restart()
        status, reply = p.call("GET", "/api/session")
        self.assertEqual(status, 200)
        clock.step(31 * 86400)
        own.restart()
        self.refused(p.call("GET", "/api/session"), 401, "session_over")


class First(Base):
    """The first account, and the last administrator."""

    def serve(self, *flags):
        self.own = Server(*flags, start=False, stay=True)
        self.addCleanup(self.own.close)
        return self.begun()

    def begun(self):
        """Start it; what it prints has the code, or not."""
        own = self.own
        process = own.spawn()
        text = b""
        while b"\n  the devices:" not in text:
            piece = process.stdout.read1(4096)
            self.assertTrue(piece, own.log())
            text += piece
        own.devices, own.admin = [(m[0].decode(), int(m[1])) for m in
                                  re.findall(rb"^listening \w+ http://([0-9.]+):(\d+)$", text, re.M)]
        own.token = pathlib.Path(own.data, "admin.token").read_text().strip()
        own.api = Api(own.admin, own.token)
        m = re.search(rb"^console http://([0-9.]+):(\d+)/#setup=(\w+)$", text, re.M)
        return m and m[3].decode()

    def test_the_code_makes_one_administrator(self):
        code = self.serve()
        p = Person(self.own)
        self.assertEqual(p.call("GET", "/api/setup")[1]["data"], {"open": True, "passwordLeast": 12})
        body = {"code": code, "name": "Root", "password": PASSWORD}
        for weak in ("short", "password1234", "Root root ROOT"):
            self.refused(p.call("POST", "/api/setup", dict(body, password=weak)), 400, "field_invalid")
        self.refused(p.call("POST", "/api/setup", dict(body, code="x" * 26)), 403, "code_refused")
        status, reply = p.call("POST", "/api/setup", body)
        self.assertEqual((status, reply["data"]["role"]), (201, "administrator"), reply)
        self.refused(p.call("POST", "/api/setup", dict(body, name="Second")), 409, "setup_closed")
        self.assertEqual(p.call("GET", "/api/setup")[1]["data"]["open"], False)
        self.assertEqual(p.sign_in("root")[0], 200)
        self.assertEqual(self.own.api.get("/api/audit?action=create_account")["data"][0]["by"], "Root")
        # Sessions go on after a restart; the code is not printed any more.
        self.own.terminate()
        self.assertIsNone(self.begun())
        self.assertEqual(p.call("GET", "/api/session")[1]["data"]["csrf"], p.csrf)
        path = f"/api/accounts/{reply['data']['id']}"
        for method, change in (("DELETE", None), ("PATCH", {"role": "operator"}), ("PATCH", {"disabled": True}),
                               ("PATCH", {"areas": [1]})):
            self.refused(p.call(method, path, change), 409, "last_administrator")
        self.account("Other", "administrator")
        self.assertEqual(p.call("PATCH", path, {"areas": [1]})[0], 200)

    def test_of_two_with_the_code_one_gets_it(self):
        code = self.serve()
        got = []

        def take(n):
            got.append(Person(self.own).call("POST", "/api/setup", {
                "code": code, "name": f"Root {n}", "password": PASSWORD})[0])

        threads = [threading.Thread(target=take, args=(n,)) for n in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(sorted(got), [201] + [409] * 3)
        self.assertEqual(len(self.own.api.get("/api/accounts")["data"]), 1)

    def test_an_administrator_is_made_where_no_server_runs(self):
        self.serve()
        words = [program(), "account", "add", "Rescue", "--role", "administrator", "--data", self.own.data]
        env = dict(os.environ, GATEHOUSE_ACCOUNT_PASSWORD=PASSWORD)
        if self.own.store:
            env["GATEHOUSE_STORE"] = self.own.store
        self.own.terminate()
        for weak in ("short", "rescue rescue"):
            got = subprocess.run(words, env=dict(env, GATEHOUSE_ACCOUNT_PASSWORD=weak), capture_output=True, text=True,
                                 timeout=DEADLINE)
            self.assertEqual(got.returncode, 1, got.stdout)
            self.assertIn("password", got.stderr)
        got = subprocess.run(words, env=env, capture_output=True, text=True, timeout=DEADLINE)
        self.assertEqual(got.returncode, 0, got.stderr)
        again = subprocess.run(words, env=env, capture_output=True, text=True, timeout=DEADLINE)
        self.assertEqual(again.returncode, 1, again.stdout)
        self.assertIsNone(self.begun())
        p = self.person("rescue")
        self.assertEqual(p.call("GET", "/api/tokens")[0], 200)
        self.assertEqual(self.own.api.get("/api/audit?action=create_account")["data"][0]["byKind"], "cli")

    def test_guesses_at_the_code_are_limited(self):
        code = self.serve()
        p = Person(self.own)
        body = {"code": "a" * 26, "name": "Root", "password": PASSWORD}
        self.assertEqual([p.call("POST", "/api/setup", body)[0] for _ in range(7)], [403] * 5 + [429] * 2)
        self.own.terminate()
        again = self.begun()
        self.assertNotEqual(again, code)
        self.refused(p.call("POST", "/api/setup", dict(body, code=code)), 403, "code_refused")
        self.assertEqual(p.call("POST", "/api/setup", dict(body, code=again))[0], 201)


if __name__ == "__main__":
    tap.main()
