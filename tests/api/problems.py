#!/usr/bin/env python3
"""/api/problems: how a problem begins, is shown, put aside and ends; and `gatehouse problem`."""

import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fixture  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from schema import Document  # noqa: E402
from serve import Api, ApiError, Server, program, send_request, until  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)
    fixture.server = server


def malformed():
    """A device that has a problem."""
    d = Device(server)
    d.options()
    d.upload("ATTLOG", "nonsense\n", 1)
    return d


def problems(**query):
    text = "&".join(f"{k}={v}" for k, v in query.items())
    return server.api.get("/api/problems" + ("?" + text if text else ""))["data"]


class Flood(unittest.TestCase):
    def test_wrong_tokens_from_many_addresses_stay_within_their_ceiling(self):
        with Server() as own:
            d = Device(own)
            d.handshake()
            for i in range(1100):
                source = f"127.1.{i // 250}.{i % 250 + 1}"
                reply = send_request(own.admin, "GET", "/api/status", source=source,
                                     headers=[("Host", "127.0.0.1"),
                                              ("Authorization", "Bearer gh_guess")])
                self.assertEqual(reply.status, 401)
            page = own.api.get("/api/problems?kind=token_refused&limit=1")
            self.assertEqual(page["total"], 1000)
            rows = own.api.pages("/api/problems?kind=token_refused", "id")
            subjects = {r["subject"] for r in rows}
            # The latest are kept, and the token that is valid works throughout.
            self.assertIn("127.1.4.100", subjects)
            self.assertNotIn("127.1.0.1", subjects)
            self.assertIn("127.1.0.101", subjects)


class Problems(unittest.TestCase):
    def test_one_matches_the_document(self):
        d = malformed()
        page = server.api.get(f"/api/problems?subject={d.sn}")
        document = Document(server.api.get("/api/openapi.json"))
        self.assertEqual(document.faults(page, document.answer("GET", "/api/problems")), [])
        [row] = page["data"]
        self.assertEqual((row["kind"], row["severity"], row["subject"], row["state"],
                          row["count"]), ("records_quarantined", "warning", d.sn, "open", 1))
        self.assertTrue(row["title"].endswith("."))
        self.assertIn("ATTLOG", row["detail"])
        [remedy] = row["remedies"]
        self.assertEqual(sorted(remedy), ["body", "label", "method", "path"])
        self.assertTrue(server.api.call(remedy["method"], remedy["path"])["data"])

    def test_it_is_filtered_and_ordered_by_harm(self):
        d = malformed()
        Api(server.admin, "gh_nonsense").raw("GET", "/api/status")
        rows = problems(sort="-severity")
        harm = [("notice", "warning", "error").index(r["severity"]) for r in rows]
        self.assertEqual(harm, sorted(harm, reverse=True))
        self.assertGreater(len(set(harm)), 1)
        self.assertEqual({r["kind"] for r in problems(severity="notice")}, {"token_refused"})
        self.assertIn(d.sn, {r["subject"] for r in problems(kind="records_quarantined")})
        self.assertEqual(problems(kind="records_quarantined", severity="error"), [])
        for bad in ("kind=nonsense", "severity=bad", "state=held"):
            with self.assertRaises(ApiError) as caught:
                problems(**dict([bad.split("=")]))
            self.assertEqual(caught.exception.status, 400)

    def test_a_snoozed_one_is_not_counted_and_comes_back(self):
        d = malformed()
        [row] = problems(subject=d.sn)
        path = f"/api/problems/{row['id']}/snooze"
        before = server.api.get("/api/status")["data"]["problems"]
        server.api.post(path, {"seconds": 3600})
        after = server.api.get("/api/status")["data"]["problems"]
        self.assertEqual((after["warning"], after["open"], after["snoozed"]),
                         (before["warning"] - 1, before["open"] - 1, before["snoozed"] + 1))
        [row] = problems(subject=d.sn, state="snoozed")
        self.assertTrue(row["snoozedUntil"])
        server.api.post(path, {"seconds": 0})
        self.assertEqual(problems(subject=d.sn)[0]["state"], "open")
        server.api.post(path, {"until": "2099-01-01T00:00:00Z"})
        self.assertEqual(problems(subject=d.sn)[0]["snoozedUntil"], "2099-01-01T00:00:00.000Z")
        # Until its details change.
        server.api.post(path)
        self.assertEqual(problems(subject=d.sn)[0]["state"], "snoozed")
        d.upload("ATTLOG", "nonsense\n", 2)
        self.assertEqual(problems(subject=d.sn)[0]["state"], "snoozed")
        d.upload("ATTLOG", "nonsense\nnonsense\n", 3)
        self.assertEqual(problems(subject=d.sn)[0]["state"], "open")
        for body in ({"seconds": 1, "until": "2099-01-01"}, {"until": "soon"}, {"seconds": -1}):
            with self.assertRaises(ApiError) as caught:
                server.api.post(path, body)
            self.assertEqual(caught.exception.status, 400)
        with self.assertRaises(ApiError) as caught:
            server.api.post("/api/problems/999999/snooze")
        self.assertEqual(caught.exception.reply["code"], "problem_unknown")

    def test_a_deleted_device_has_none(self):
        d = malformed()
        server.api.call("DELETE", f"/api/devices/{d.sn}")
        self.assertEqual(problems(subject=d.sn), [])

    def test_they_are_counted_in_metrics_and_in_the_log_once(self):
        d = malformed()
        d.upload("ATTLOG", "nonsense\n", 2)
        _, _, text = server.api.raw("GET", "/metrics")
        [line] = [x for x in text.decode().splitlines()
                  if x.startswith('gatehouse_problems{kind="records_quarantined"')]
        self.assertEqual(int(line.split()[1]), len(problems(kind="records_quarantined", state="open")))
        lines = [x for x in server.log(10**7).splitlines()
                 if d.sn in x and "records_quarantined" in x]
        self.assertEqual(len(lines), 1, lines)

    def test_a_configuration_that_is_refused_is_one_until_it_is_right(self):
        import signal
        with Server(start=False) as own:
            path = os.path.join(own.home, "conf")
            own.flags = ["--config", path]
            with open(path, "w") as f:
                f.write("[serve]\nzone=Europe/Berlin\n")
            own.start()
            found = lambda: own.api.get("/api/problems?kind=configuration_refused")["data"]
            self.assertEqual(found(), [])
            for text, n in (("[serve]\nzone=Nowhere\n", 1), ("[serve]\nzone=Asia/Tokyo\n", 0)):
                with open(path, "w") as f:
                    f.write(text)
                own.process.send_signal(signal.SIGHUP)
                until(lambda: len(found()) == n)


class Command(unittest.TestCase):
    def run_problem(self, *words):
        env = {k: v for k, v in os.environ.items() if not k.startswith("GATEHOUSE_")}
        env.update(GATEHOUSE_DATA=server.data, GATEHOUSE_URL="http://%s:%d" % server.admin)
        got = subprocess.run([program(), *words], env=env, capture_output=True, timeout=60)
        self.assertEqual(got.returncode, 0, got)
        return got.stdout.decode()

    def test_problem_list_is_a_table_or_what_the_api_returned(self):
        d = malformed()
        table = self.run_problem("problem", "list", "--subject", d.sn)
        self.assertIn("records_quarantined", table)
        self.assertIn("SEVERITY", table)
        rows = json.loads(self.run_problem("problem", "list", "--subject", d.sn, "--json"))["data"]
        self.assertEqual(rows, problems(subject=d.sn))
        self.run_problem("problem", "snooze", str(rows[0]["id"]), "--seconds", "60")
        self.assertEqual(json.loads(self.run_problem("problem", "list", "--state", "open",
                                                     "--subject", d.sn, "--json"))["data"], [])
        self.assertIn("Problems", self.run_problem("status"))


if __name__ == "__main__":
    tap.main()
