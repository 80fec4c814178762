#!/usr/bin/env python3
"""Background verification: cards and passwords that the server compares, templates that a matcher of others does, and
matchers that are slow, dead, or lie."""

import base64
import contextlib
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, program, send_request, until  # noqa: E402

FINGER = base64.b64encode(b"a finger of seven" * 40).decode()
OTHER = base64.b64encode(b"a finger of another" * 40).decode()
TOKEN = "s3cret-of-the-matcher"


class Matcher:
    """Has one finger; `behave` may answer in its place: (status, bytes), or None to hang up."""

    def __init__(self):
        self.seen, self.tokens, self.behave = [], [], None
        self.running = self.most = 0
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d/match" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, h):
        question = json.loads(h.rfile.read(int(h.headers["Content-Length"])))
        with self.lock:
            self.seen.append(question)
            self.tokens.append(h.headers.get("Authorization"))
            self.running += 1
            self.most = max(self.most, self.running)
        try:
            status, body = 200, json.dumps({"pin": "7" if question["template"] == FINGER else None}).encode()
            if self.behave:
                reply = self.behave(question)
                if reply is None:
                    h.close_connection = True
                    return
                status, body = reply
            with contextlib.suppress(OSError):
                h.send_response(status)
                h.send_header("Content-Length", str(len(body)))
                if status in (301, 302):
                    h.send_header("Location", self.url + "/elsewhere")
                h.end_headers()
                h.wfile.write(body)
        finally:
            with self.lock:
                self.running -= 1


class Verification(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.matcher = Matcher()
        cls.addClassCleanup(cls.matcher.close)
        home = tempfile.TemporaryDirectory()
        cls.addClassCleanup(home.cleanup)
        cls.token_file = os.path.join(home.name, "token")
        with open(cls.token_file, "w") as f:
            f.write(TOKEN + "\n")
        cls.server = Server("--new-devices", "approve", "--background-verification", "on", "--verify-url",
                            cls.matcher.url, "--verify-token-file", cls.token_file)
        cls.addClassCleanup(cls.server.close)
        # What devices have and what people decided stay apart.
        cls.server.api.call("PATCH", "/api/areas/1", {"spreadEnrolments": False, "deviceMayChange": []})
        cls.home = Device(cls.server)
        cls.home.options()
        cls.home.upload("OPERLOG", "USER PIN=7\tName=Ann Lee\tPri=14\tPasswd=4711\tCard=123456789\tGrp=1\t"
                                   "TZ=0000000100000000\n"
                                   "USER PIN=8\tName=Bo\tPri=0\tPasswd=\tCard=\n"
                                   "USER PIN=9\tName=Cy\tPri=0\tPasswd=99\tCard=[15CD5B07]\tExpires=1\t"
                                   "StartDatetime=2001-01-01T00:00:00\tEndDatetime=2002-01-01T00:00:00\n")

    def setUp(self):
        self.matcher.behave = None
        self.device = Device(self.server)
        self.device.options()

    def verify(self, kind, data, pin="7", device=None):
        device = device or self.device
        begun = time.monotonic()
        reply = device.post(f"/iclock/cdata?SN={device.sn}&AuthType={kind}",
                            f"PIN={pin}\tSize={len(data)}\tTMP={data}".encode())
        self.seconds = time.monotonic() - begun
        self.assertEqual(reply.status, 200)
        return reply.body.decode()

    def refused(self, *, device=None):
        device = device or self.device
        return [p["detail"] for p in self.server.api.get(
            f"/api/problems?kind=verification_refused&subject={device.sn}")["data"]]

    def matcher_problem(self):
        return [p["detail"] for p in self.server.api.get("/api/problems?kind=matcher_failed")["data"]]

    def test_a_card_and_a_password_are_compared_here(self):
        name = "AUTH=Success\tPIN=7\tName=Ann Lee\tPri=14\tTZ=0000000100000000\n"
        self.assertEqual(self.verify("CARD", "123456789"), name)
        self.assertEqual(self.verify("CARD", "[15CD5B07]"), name)
        self.assertEqual(self.verify("card", "15CD5B07"), name)
        self.assertEqual(self.verify("PWD", "4711"), name)
        self.assertEqual(self.refused(), [])
        for kind, data, pin in (("CARD", "123456788", "7"), ("PWD", "4712", "7"), ("PWD", "471", "7"),
                                ("CARD", "123456789", "8"), ("PWD", "", "8"), ("CARD", "0", "8"),
                                ("PWD", "4711", "nobody")):
            with self.subTest(kind=kind, data=data, pin=pin):
                device = Device(self.server)
                device.options()
                self.assertEqual(self.verify(kind, data, pin, device), "AUTH=Failed\n")
                self.assertEqual(len(self.refused(device=device)), 1)
        # A verification is no punch, and a password is in no trace.
        self.assertEqual(self.server.api.punches(device=self.device.sn), [])
        trace = json.dumps(self.server.api.get(f"/api/devices/{self.device.sn}/trace"))
        self.assertNotIn("4711", trace)
        self.assertIn("TMP=***", trace)

    def test_who_is_not_valid_now_is_refused(self):
        self.assertEqual(self.verify("PWD", "99", "9"), "AUTH=Failed\n")
        self.assertEqual(self.refused(), ["the person is not valid now"])

    def test_what_people_decided_comes_before_what_devices_have(self):
        api = self.server.api
        person = api.post("/api/people", {"pin": "70", "name": "Dee", "cards": ["7000"], "password": "70"})["data"]
        until(lambda: self.verify("CARD", "7000", "70").startswith("AUTH=Success\tPIN=70\tName=Dee\t"))
        # A card alone names its person.
        self.assertTrue(self.verify("CARD", "7000", "0").startswith("AUTH=Success\tPIN=70\t"))
        self.assertTrue(self.verify("PWD", "70", "70").startswith("AUTH=Success\tPIN=70\t"))
        self.home.upload("OPERLOG", "USER PIN=70\tName=Dee\tPasswd=1\tCard=1\n")
        self.assertEqual(self.verify("PWD", "1", "70"), "AUTH=Failed\n")
        self.assertEqual(self.verify("CARD", "1", "70"), "AUTH=Failed\n")
        self.assertEqual(self.verify("CARD", "7000", "7"), "AUTH=Failed\n")
        status, _, _ = api.raw("PATCH", f"/api/people/{person['id']}", {"disabled": True})
        self.assertEqual(status, 200)
        device = Device(self.server)
        device.options()
        until(lambda: self.verify("CARD", "7000", "70", device) == "AUTH=Failed\n")
        self.assertIn(self.refused(device=device)[0], ("the person is disabled", "people are being read"))

    def test_attempts_that_fail_are_limited_for_a_person_at_a_device(self):
        for _ in range(5):
            self.assertEqual(self.verify("PWD", "0000"), "AUTH=Failed\n")
        self.assertEqual(self.verify("PWD", "4711"), "AUTH=Failed\n")
        self.assertEqual(self.refused(), ["too many failed attempts"])
        # Another device, and another person here, are not concerned.
        other = Device(self.server)
        other.options()
        self.assertTrue(self.verify("PWD", "4711", device=other).startswith("AUTH=Success"))

    def test_a_walk_through_the_people_of_a_device_is_stopped(self):
        for pin in range(1000, 1030):
            self.assertEqual(self.verify("PWD", "1", str(pin)), "AUTH=Failed\n")
        self.assertEqual(self.verify("PWD", "4711"), "AUTH=Failed\n")
        self.assertEqual(self.refused(), ["too many failed attempts"])

    def test_a_device_that_is_not_proven_gets_no_verdict_in_favour(self):
        stolen = send_request(self.server.devices, "POST", f"/iclock/cdata?SN={self.device.sn}&AuthType=PWD",
                              b"PIN=7\tSize=4\tTMP=4711", source="127.0.0.9")
        self.assertNotIn(b"Success", stolen.body)
        self.server.api.post(f"/api/devices/{self.device.sn}/block", {})
        reply = self.device.post(f"/iclock/cdata?SN={self.device.sn}&AuthType=PWD", b"PIN=7\tSize=4\tTMP=4711")
        self.assertNotIn(b"Success", reply.body)

    def test_a_template_is_compared_by_the_matcher(self):
        before = len(self.matcher.seen)
        self.assertEqual(self.verify("FP", FINGER),
                         "AUTH=Success\tPIN=7\tName=Ann Lee\tPri=14\tTZ=0000000100000000\n")
        self.assertEqual(self.matcher.seen[before:], [
            {"device": self.device.sn, "pin": "7", "type": "fingerprint", "template": FINGER}])
        self.assertEqual(set(self.matcher.tokens), {"Bearer " + TOKEN})
        # 1:N, which the document has no device for: the matcher names the person.
        self.assertTrue(self.verify("FACE", FINGER, "0").startswith("AUTH=Success\tPIN=7\t"))
        self.assertEqual((self.matcher.seen[-1]["pin"], self.matcher.seen[-1]["type"]), (None, "face"))
        self.assertEqual(self.verify("FP", OTHER), "AUTH=Failed\n")
        self.assertEqual(self.refused(), ["the matcher found no person"])
        # What is no template never leaves.
        before = len(self.matcher.seen)
        self.assertEqual(self.verify("FP", "***"), "AUTH=Failed\n")
        self.assertEqual(len(self.matcher.seen), before)
        rows = self.server.api.get("/api/audit?action=verify_person&limit=100")["data"]
        self.assertIn(("person:7", self.device.sn), [(r["subject"], r["by"]) for r in rows])

    def test_a_matcher_that_lies_opens_nothing(self):
        cases = (
            ((200, b'{"pin":"8"}'), "the matcher named another person"),
            ((200, b'{"pin":7}'), "the matcher's answer is not"),
            ((200, b'{"pin":""}'), "the matcher's answer is not"),
            ((200, b'{"pin":"7\\u0000"}'), "the matcher's answer is not"),
            ((200, b'{"pin":"7","pin":"7"}'), "the matcher's answer is not"),
            ((200, b'{"person":"7"}'), "the matcher's answer is not"),
            ((200, b'["7"]'), "the matcher's answer is not"),
            ((200, b'{"pin":"7"'), "the matcher's answer is not"),
            ((200, b""), "the matcher's answer is not"),
            ((200, b'{"pin":"7"}' + b" " * 10000), "the matcher's answer is too long"),
            ((200, b'{"pin":"%s"}' % (b"7" * 40)), "the matcher's answer is not"),
            ((404, b'{"pin":"7"}'), "the matcher answers HTTP 404"),
            ((302, b'{"pin":"7"}'), "the matcher answers HTTP 302"),
            (None, "the matcher gives no answer"),
        )
        for reply, why in cases:
            with self.subTest(reply=reply):
                device = Device(self.server)
                device.options()
                self.matcher.behave = lambda q: reply  # noqa: B023
                self.assertEqual(self.verify("FP", FINGER, device=device), "AUTH=Failed\n")
                self.assertTrue(self.refused(device=device)[0].startswith(why), self.refused(device=device))
                self.assertEqual(len(self.matcher_problem()), 1)
        self.matcher.behave = None
        # A person who is not known here is none, also where the matcher names them.
        self.matcher.behave = lambda q: (200, b'{"pin":"unheard"}')
        self.assertEqual(self.verify("FP", FINGER, "0"), "AUTH=Failed\n")
        self.assertEqual(self.refused(), ["there is no such person"])
        self.matcher.behave = None
        self.assertTrue(self.verify("FP", FINGER).startswith("AUTH=Success"))
        self.assertEqual(self.matcher_problem(), [])

    def test_a_slow_matcher_delays_one_person_and_no_other_request(self):
        release = threading.Event()
        self.addCleanup(release.set)
        self.matcher.behave = lambda q: release.wait(60) and (200, b'{"pin":"7"}')
        verdicts = []
        waiting = [threading.Thread(target=lambda: verdicts.append(self.device.post(
            f"/iclock/cdata?SN={self.device.sn}&AuthType=FP", f"PIN=7\tSize=1\tTMP={FINGER}".encode()).body))
            for _ in range(60)]
        for t in waiting:
            t.start()
        until(lambda: self.matcher.running > 0)
        # All device threads are free meanwhile: more of them wait than there are.
        other = Device(self.server)
        other.options()
        self.assertEqual(other.punch(("1", "2024-02-01 08:00:00")).status, 200)
        self.assertEqual(other.poll(), [])
        for t in waiting:
            t.join(60)
        self.assertEqual(set(verdicts), {b"AUTH=Failed\n"})
        self.assertEqual(len(verdicts), 60)
        self.assertLessEqual(self.matcher.most, 32)
        release.set()
        self.matcher.behave = None
        until(lambda: self.verify("FP", FINGER).startswith("AUTH=Success"))

    def test_without_a_matcher_templates_are_refused_and_cards_are_not(self):
        with Server("--new-devices", "approve", "--background-verification", "on") as own:
            d = Device(own)
            d.options()
            d.upload("OPERLOG", "USER PIN=7\tName=Ann\tCard=5\n")
            target = f"/iclock/cdata?SN={d.sn}&AuthType="
            self.assertEqual(d.post(target + "FP", f"PIN=7\tTMP={FINGER}".encode()).body, b"AUTH=Failed\n")
            self.assertTrue(d.post(target + "CARD", b"PIN=7\tTMP=5").body.startswith(b"AUTH=Success"))
            self.assertEqual([p["detail"] for p in own.api.get("/api/problems?kind=verification_refused")["data"]],
                             ["no matcher of templates is set (verify-url)"])
            # An address at which no program listens, taken for as long as the test needs it.
            unused = socket.socket()
            self.addCleanup(unused.close)
            unused.bind(("127.0.0.1", 0))
            own.flags += ["--verify-url", f"http://127.0.0.1:{unused.getsockname()[1]}/"]
            own.restart()
            d.options()
            self.assertEqual(d.post(target + "FP", f"PIN=7\tTMP={FINGER}".encode()).body, b"AUTH=Failed\n")
            self.assertIn("the matcher gives no answer",
                          own.api.get("/api/problems?kind=matcher_failed")["data"][0]["detail"])

    def counted(self, server):
        _, _, text = server.api.raw("GET", "/metrics")
        return {k: int(v) for k, v in re.findall(r"^gatehouse_verifications_(passed|refused)_total (\d+)$",
                                                 text.decode(), re.M)}

    def test_simulated_clocks_have_their_people_verified(self):
        with Server("--new-devices", "approve", "--background-verification", "on") as own:
            sim = subprocess.Popen(
                [program(), "sim", "attendance", "--server", "http://%s:%d" % own.devices, "--persona", "2.2.14",
                 "--users", "40", "--punches", "0", "--rate", "20", "--pace", "100"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                until(lambda: "SIM000001" in own.api.devices())
                for setting in ("~AuthServer=1", "AuthServerEnabled=2"):
                    number = own.api.queue("SIM000001", "SET OPTION " + setting)
                    until(lambda: own.api.command(number)["status"] == "acknowledged")  # noqa: B023
                # Cards and passwords pass; fingers do not, without a matcher.
                until(lambda: min(self.counted(own).values()) >= 3)
            finally:
                sim.send_signal(signal.SIGTERM)
                out, err = sim.communicate(timeout=60)
            report = json.loads(out)
            self.assertGreaterEqual(report["verified"], 3, err)
            self.assertGreaterEqual(report["notVerified"], 3, err)

    def test_a_device_has_a_setting_of_its_own(self):
        d = Device(self.server)
        d.options()
        self.server.api.change(d.sn, backgroundVerification=False)
        self.assertEqual(self.verify("PWD", "4711", device=d), "AUTH=Failed\n")
        self.assertEqual(self.refused(device=d), ["background verification is off"])
        self.server.api.change(d.sn, backgroundVerification=True)
        self.assertIs(self.server.api.device(d.sn)["backgroundVerification"], True)
        self.assertTrue(self.verify("PWD", "4711", device=d).startswith("AUTH=Success"))

    def test_it_is_off_unless_it_is_switched_on(self):
        with Server("--new-devices", "approve") as own:
            d = Device(own)
            d.options()
            d.upload("OPERLOG", "USER PIN=7\tName=Ann\tCard=5\n")
            self.assertEqual(d.post(f"/iclock/cdata?SN={d.sn}&AuthType=CARD", b"PIN=7\tTMP=5").body,
                             b"AUTH=Failed\n")
            self.assertEqual([p["detail"] for p in own.api.get("/api/problems?kind=verification_refused")["data"]],
                             ["background verification is off"])

    def test_a_token_is_read_again_and_one_that_is_none_ends_the_start(self):
        with open(self.token_file, "w") as f:
            f.write("another")
        self.addCleanup(self.restore)
        self.server.process.send_signal(signal.SIGHUP)

        def renewed():
            self.verify("FP", FINGER)
            return self.matcher.tokens[-1] == "Bearer another"
        until(renewed)
        for bad in ("a b", "line\nline", ""):
            with open(self.token_file, "w") as f:
                f.write(bad)
            own = Server("--verify-token-file", self.token_file, start=False)
            self.addCleanup(own.close)
            own.spawn()
            self.assertEqual(own.process.wait(60), 1)

    def restore(self):
        with open(self.token_file, "w") as f:
            f.write(TOKEN)
        self.server.process.send_signal(signal.SIGHUP)

        def renewed():
            self.verify("FP", FINGER)
            return self.matcher.tokens[-1] == "Bearer " + TOKEN
        until(renewed)


if __name__ == "__main__":
    tap.main()
