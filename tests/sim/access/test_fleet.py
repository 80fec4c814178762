#!/usr/bin/env python3
"""`gatehouse sim access` against a server that keeps every byte it is sent."""

import json
import os
import signal
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from doors import answer, events, FAST, truth, units  # noqa: E402
from scripted import Scripted  # noqa: E402
from serve import until  # noqa: E402

PERSONAS = 12


class Case(unittest.TestCase):
    def run_once(self, server, *flags, status=0):
        """Run to the end; the last line it printed."""
        sim = units("--server", server.url, "--once", "--duration", "120", *FAST, *flags)
        out, err = sim.communicate(timeout=180)
        self.assertEqual(sim.returncode, status, err + out)
        self.assertEqual(out.count("\n"), 1)
        return json.loads(out)

    def path(self):
        folder = tempfile.mkdtemp(prefix="gatehouse-sim-access-")
        path = os.path.join(folder, "truth.tsv")
        self.addCleanup(lambda: os.path.exists(path) and os.unlink(path))
        return path


class Bytes(Case):
    """Polls come by the clock on the wall; where all bytes are compared there is but the first of
    each device."""

    def sent(self, *flags):
        with Scripted(answer) as server:
            counts = self.run_once(server, "--devices", "22", "--persona", "mixed", "--punches",
                                   "40", "--users", "6", "--sn", "B", "--pace", "3600000",
                                   "--speed", "1", *flags)
            until(lambda: len(server.requests) >= counts["requests"])
            requests = {}
            for r in server.requests:
                # The clock of a state goes on in whole seconds while it runs.
                raw = r.raw.replace(b"127.0.0.1:%d" % server.port, b"HOST")
                if not r.about(b"table=rtstate"):
                    requests.setdefault(r.sn, []).append(raw)
            return requests

    def test_the_same_seed_sends_the_same_bytes(self):
        one, two, other = (self.sent("--seed", s) for s in ("42", "42", "43"))
        self.assertEqual(len(one), 22)
        self.assertEqual(one.keys(), two.keys())

        def comparable(requests):
            # The event about the connection has the second in which it was made.
            return [b"\n".join(line for line in r.split(b"\n") if b"event=214" not in line)
                    for r in requests]

        for sn in one:
            self.assertEqual(comparable(one[sn]), comparable(two[sn]), sn)
        self.assertNotEqual(one, other)


class Delivery(Case):
    def test_every_event_of_the_truth_arrives_in_its_order(self):
        path = self.path()
        with Scripted(answer) as server:
            report = self.run_once(server, "--devices", str(PERSONAS), "--persona", "mixed",
                                   "--punches", "300", "--truth", path)
            arrived = [(r.sn.decode(), *row) for r in server.of(b"table=rtlog")
                       for row in events(r.body)]
        rows = truth(path)
        self.assertTrue(report["complete"])
        # 214 comes once more per device, twice from one of them.
        self.assertEqual(len(rows), PERSONAS * 301 + 1)
        self.assertEqual(sorted(arrived), sorted(rows))
        for sn in {row[0] for row in rows}:
            self.assertEqual([row for row in arrived if row[0] == sn],
                             [row for row in rows if row[0] == sn], sn)

    def test_with_every_fault_nothing_of_the_truth_is_missing(self):
        refusals = iter([(503, b""), (200, b"error"), None, (404, b"")] * 10)
        accepted = []

        def faulty(r):
            if r.about(b"table=rtlog"):
                for refusal in refusals:
                    return refusal
                accepted.extend((r.sn.decode(), *row) for row in events(r.body))
            return answer(r)

        path = self.path()
        with Scripted(faulty) as server:
            report = self.run_once(server, "--devices", "22", "--persona", "mixed", "--punches",
                                   "300", "--fault", "all", "--truth", path)
        rows = truth(path)
        self.assertTrue(report["complete"])
        self.assertEqual(report["events"]["acknowledged"], len(rows))
        self.assertEqual(set(accepted), set(rows))
        for fault in ("drop-reply", "duplicate", "split", "slow", "clock-jump", "bad-line",
                      "index-reset", "cookie-stale", "state-in-events"):
            self.assertGreater(report["faults"][fault], 0, fault)

    def test_what_is_overwritten_before_it_is_sent_is_counted(self):
        with Scripted(answer) as server:
            report = self.run_once(server, "--punches", "100", "--fault", "overwrite")
        self.assertEqual(report["events"]["acknowledged"], 20)

    def test_people_come_at_the_rate_that_is_set(self):
        path = self.path()
        with Scripted(answer) as server:
            sim = units("--server", server.url, "--devices", "3", "--punches", "0", "--rate", "3",
                        "--truth", path, *FAST)

            def closed():
                return [row for r in server.of(b"table=rtlog") for row in events(r.body)
                        if row[2] == "201"]

            try:
                until(lambda: len(closed()) > 3)
            finally:
                sim.send_signal(signal.SIGTERM)
                out, err = sim.communicate(timeout=60)
            self.assertEqual(sim.returncode, 0, err)
        codes = {row[3] for row in truth(path)}
        self.assertLessEqual({"200", "201", "214"}, codes)
        self.assertGreater(json.loads(out)["events"]["acknowledged"], 10)


class Waiting(Case):
    def test_a_refused_registration_is_shown_and_tried_again(self):
        admitted = []

        def held(r):
            if r.about(b"/registry?") and not admitted:
                return 406, b"406"
            return answer(r)

        with Scripted(held) as server:
            sim = units("--server", server.url, "--once", "--duration", "120", *FAST)
            try:
                self.assertRegex(sim.stderr.readline(),
                                 r"^1 of 1 devices wait: the server answers \"406\"; .*approve")
                admitted.append(True)
                out, err = sim.communicate(timeout=120)
            finally:
                if sim.poll() is None:
                    sim.kill()
                    sim.communicate()
            self.assertEqual(sim.returncode, 0, err)
            self.assertEqual(json.loads(out)["registrations"], 1)
            self.assertGreater(json.loads(out)["refused"], 1)


class Words(Case):
    def test_wrong_options_are_named(self):
        for flags, message in ((("--persona", "none"), "no such kind"),
                               (("--fault", "none,x"), "no such fault: x"),
                               (("--once", "--rate", "1"), "--once ends"),
                               ((), "--server URL is missing")):
            server = ("--server", "http://127.0.0.1:9") if flags else ()
            sim = units(*server, *flags)
            _, err = sim.communicate(timeout=60)
            self.assertEqual(sim.returncode, 2, err)
            self.assertIn(message, err)

    def test_the_help_has_each_persona_and_fault(self):
        out, _ = units("--help").communicate(timeout=60)
        for word in ("spec", "inbio260-pro", "main-with-subs", "elevator", "packet-order",
                     "clock-utc"):
            self.assertRegex(out, rf"(?m)^  {word} ")


if __name__ == "__main__":
    tap.main()
