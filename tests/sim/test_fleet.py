#!/usr/bin/env python3
"""`gatehouse sim attendance` against a server that keeps every byte it is sent."""

import json
import os
import random
import signal
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from scripted import faults, fleet, HANDSHAKE, punches, Scripted  # noqa: E402
from serve import until  # noqa: E402

FAST = ("--speed", "200", "--retry", "20")


class Case(unittest.TestCase):
    def run_once(self, server, *flags, status=0):
        """Run to the end; the last line it printed."""
        sim = fleet("--server", server.url, "--once", "--duration", "60", *FAST, *flags)
        out, err = sim.communicate(timeout=90)
        self.assertEqual(sim.returncode, status, err + out)
        self.assertEqual(faults(err), [])
        self.assertEqual(out.count("\n"), 1)
        return json.loads(out)

    def account(self):
        path = os.path.join(tempfile.mkdtemp(prefix="gatehouse-sim-"), "account.tsv")
        self.addCleanup(lambda: os.path.exists(path) and os.unlink(path))
        return path

    def lines(self, path):
        with open(path) as f:
            text = f.read()
        self.assertTrue(text == "" or text.endswith("\n"))
        return [tuple(line.split("\t")) for line in text.splitlines()]


class Bytes(Case):
    """Polls come by the clock on the wall; where all bytes are compared there is but the first
    of each device."""

    def sent(self, *flags):
        with Scripted() as server:
            counts = self.run_once(server, "--devices", "22", "--persona", "mixed", "--punches",
                                   "40", "--users", "6", "--photos", "100", "--sn", "B", *flags)
            # Where the device hung up, its request may still be on its way.
            until(lambda: len(server.requests) >= counts["requests"])
            requests = {}
            for r in server.requests:
                requests.setdefault(r.sn, []).append(
                    r.raw.replace(b"127.0.0.1:%d" % server.port, b"HOST"))
            return requests

    def test_the_same_seed_sends_the_same_bytes(self):
        one, two, other = (self.sent("--seed", s, "--pace", "3600000")
                           for s in ("42", "42", "43"))
        self.assertEqual(len(one), 22)
        self.assertEqual(one.keys(), two.keys())
        for sn in one:
            self.assertEqual(one[sn], two[sn], sn)
        self.assertNotEqual(one, other)

    def test_with_faults_the_uploads_are_the_same_whatever_the_polls_met_with(self):
        flags = ("--seed", "9", "--pace", "20", "--fault",
                 "duplicate:30,bad-line:30,clock-jump:30,drop-reply:20,split:20")

        def uploads(requests):
            # Sorted, for two connections of one device may be read in either order.
            return sorted(r for r in requests if b"&table=" in r and b"table=options" not in r)

        one, two = self.sent(*flags), self.sent(*flags)
        for sn in one:
            self.assertEqual(uploads(one[sn]), uploads(two[sn]), sn)

    def test_each_persona_identifies_itself(self):
        with Scripted() as server:
            self.run_once(server, "--devices", "11", "--persona", "mixed", "--comm-key", "k3y")
            handshakes = {r.sn: r for r in server.of(b"options=all")}
        self.assertEqual(handshakes[b"SIM000001"].version, b"HTTP/1.0")
        self.assertNotIn(b"pushver", handshakes[b"SIM000001"].target)
        self.assertIn(b"/iclock/cdata.aspx?", handshakes[b"SIM000005"].target)
        self.assertIn(b"pushver=2.4.1&language=69&pushcommkey=k3y", handshakes[b"SIM000006"].target)
        self.assertIn(b"\r\nContent-Type: application/push;charset=UTF-8\r\n",
                      b"\r\n" + handshakes[b"SIM000006"].headers)

    def test_a_prefix_of_the_server_comes_before_iclock(self):
        with Scripted() as server:
            sim = fleet("--server", server.url + "/slug/secret", "--once", *FAST)
            self.assertEqual((sim.communicate(timeout=60), sim.returncode)[1], 0)
            self.assertTrue(all(r.target.startswith(b"/slug/secret/iclock/")
                                for r in server.requests))


class Delivery(Case):
    def test_what_gets_no_ok_is_sent_again_until_it_does(self):
        refusals = iter([(503, b"OK"), (200, b"no"), None, (404, b""), (200, b"error")] * 3)
        accepted = []

        def answer(r):
            if r.about(b"options=all"):
                return HANDSHAKE
            if not r.about(b"table=ATTLOG"):
                return b"OK"
            for refusal in refusals:
                return refusal
            accepted.extend((r.sn.decode(), *row) for row in punches(r.body))
            return b"OK:%d" % r.body.count(b"\n")

        path = self.account()
        with Scripted(answer) as server:
            report = self.run_once(server, "--devices", "3", "--punches", "250", "--account", path)
        self.assertTrue(report["complete"])
        self.assertEqual(report["records"]["ATTLOG"]["acknowledged"], 750)
        self.assertGreaterEqual(report["refused"] + report["lost"], 12)
        self.assertEqual(sorted(self.lines(path)), sorted(accepted))

    def test_the_account_holds_what_was_acknowledged_and_nothing_else(self):
        """At the moment of a kill: every line whole, and each was answered with OK."""
        path = self.account()
        answered = set()

        def answer(r):
            if r.about(b"table=ATTLOG"):
                answered.update((r.sn.decode(), *row) for row in punches(r.body))
                time.sleep(0.002)
            return HANDSHAKE if r.about(b"options=all") else b"OK"

        with Scripted(answer) as server:
            sim = fleet("--server", server.url, "--devices", "20", "--punches", "2000",
                        "--account", path, "--once", *FAST)
            until(lambda: os.path.exists(path) and os.path.getsize(path) > 20000)
            sim.kill()
            sim.communicate()
            acknowledged = set(self.lines(path))
            self.assertGreater(len(acknowledged), 300)
            self.assertEqual(acknowledged - answered, set())

    def faulty(self, fault, *flags):
        with Scripted() as server:
            report = self.run_once(server, "--devices", "10", "--persona", "mixed", "--punches",
                                 "120", "--sn", "F", "--fault", fault, *flags)
            self.assertTrue(report["complete"])
            self.assertGreater(report["faults"][fault.partition(":")[0]], 0)
            self.assertEqual(report["records"]["ATTLOG"]["acknowledged"], 1200)
            return report, server

    def test_a_lost_answer_makes_it_send_again(self):
        report, server = self.faulty("drop-reply:20")
        self.assertGreater(report["lost"], 0)
        self.assertGreater(report["records"]["ATTLOG"]["sent"], 1200)

    def test_a_duplicate_is_the_same_upload_to_the_byte(self):
        report, server = self.faulty("duplicate:50")
        uploads = [r.raw for r in server.of(b"table=ATTLOG")]
        self.assertEqual(len(uploads) - len(set(uploads)),
                         report["records"]["ATTLOG"]["uploads"] - len(set(uploads)))
        self.assertEqual(report["records"]["ATTLOG"]["sent"],
                         1200 + report["records"]["ATTLOG"]["repeated"])

    def test_split_requests_arrive_in_pieces(self):
        report, server = self.faulty("split:100")
        pieces = [r.pieces for r in server.requests]
        self.assertGreater(sum(pieces) / len(pieces), 3)

    def test_slow_requests_take_their_time(self):
        with Scripted() as server:
            sim = fleet("--server", server.url, "--once", "--fault", "slow:100", "--speed", "4",
                        "--punches", "1", "--users", "0")
            sim.communicate(timeout=120)
            self.assertGreater(min(r.seconds for r in server.requests), 0.3)

    def test_a_reboot_begins_with_a_handshake(self):
        report, server = self.faulty("reboot:10")
        self.assertEqual(report["reboots"], report["faults"]["reboot"])
        self.assertGreaterEqual(len(server.of(b"options=all")), 10 + report["reboots"])

    def test_bad_lines_are_sent_besides_the_records(self):
        report, server = self.faulty("bad-line:60")
        lines = sum(r.body.count(b"\n") for r in server.of(b"table=ATTLOG"))
        self.assertGreater(lines, 1200)
        self.assertGreaterEqual(report["badLines"], lines - 1200)

    def test_clock_jumps_change_times_and_nothing_else(self):
        report, server = self.faulty("clock-jump:50")
        times = [row[1] for r in server.of(b"table=ATTLOG") for row in punches(r.body)]
        self.assertTrue(any(t.startswith("2000-") for t in times))
        self.assertTrue(any(t.startswith("2024-") or t.startswith("2023-") for t in times))
        per_device = {}
        for r in server.of(b"table=ATTLOG"):
            per_device.setdefault(r.sn, []).extend(row[1] for row in punches(r.body))
        for sn, made in per_device.items():
            self.assertEqual(len(made), len(set(made)), sn)

    def test_a_server_that_ends_idle_connections_costs_nothing(self):
        with Scripted(keep_alive=False) as server:
            report = self.run_once(server, "--devices", "4", "--persona", "2.4.1", "--punches", "300")
        self.assertEqual(report["lost"], 0)

    def test_kept_connections_carry_many_requests(self):
        with Scripted() as server:
            report = self.run_once(server, "--devices", "4", "--persona", "2.4.1", "--punches", "300")
            self.assertEqual(server.connections, 4)
        self.assertEqual(report["connections"], 4)
        self.assertGreater(report["requests"], 20)

    def test_new_punches_come_at_the_requested_rate(self):
        with Scripted() as server:
            sim = fleet("--server", server.url, "--devices", "5", "--punches", "0", "--users", "3",
                        "--rate", "100", "--duration", "3")
            out, err = sim.communicate(timeout=60)
        report = json.loads(out)
        self.assertEqual(sim.returncode, 0, err)
        self.assertGreater(report["records"]["ATTLOG"]["acknowledged"], 150)
        self.assertLessEqual(report["records"]["ATTLOG"]["acknowledged"], 305)

    def test_with_now_the_clocks_show_the_present_in_the_servers_zone(self):
        with Scripted(lambda r: HANDSHAKE + b"TimeZone=330\n" if r.about(b"options=all")
                      else b"OK") as server:
            fleet("--server", server.url, "--punches", "0", "--rate", "20", "--now", "--duration",
                  "2").communicate(timeout=60)
            times = [row[1] for r in server.of(b"table=ATTLOG") for row in punches(r.body)]
        there = [time.strftime("%Y-%m-%d %H", time.gmtime(time.time() + 19800 + s))
                 for s in (-600, 0, 600)]
        self.assertTrue(times)
        self.assertTrue(all(t[:13] in there for t in times), times)


class Commands(Case):
    def test_a_command_goes_round(self):
        """Offered at a poll, its upload, its result; nothing is lost with faults about."""
        waiting = {}
        results, queried = {}, []

        def answer(r):
            if r.about(b"options=all"):
                return HANDSHAKE
            if r.about(b"/getrequest"):
                if r.sn not in waiting:
                    waiting[r.sn] = [(b"%d" % n, text) for n, text in enumerate((
                        b"DATA UPDATE USERINFO PIN=500\tName=New", b"DATA QUERY USERINFO PIN=500",
                        b"INFO", b"REBOOT"), 1)]
                if waiting[r.sn]:
                    return b"".join(b"C:%s:%s\n" % w for w in waiting[r.sn])
            if r.about(b"/devicecmd"):
                for n, _ in list(waiting[r.sn]):
                    if b"ID=%s&" % n in r.body:
                        results.setdefault(r.sn, []).append(n)
                        waiting[r.sn] = [w for w in waiting[r.sn] if w[0] != n]
            if r.about(b"Stamp=0") and b"USER PIN=500\tName=New\n" in r.body:
                queried.append(r.sn)
            return b"OK"

        with Scripted(answer) as server:
            sim = fleet("--server", server.url, "--devices", "8", "--persona", "mixed", "--pace",
                        "50", "--speed", "100", "--fault", "drop-reply:10,split,duplicate",
                        "--duration", "60", "--retry", "20")
            try:
                until(lambda: len(waiting) == 8 and not any(waiting.values()))
            finally:
                sim.send_signal(signal.SIGTERM)
                out, _ = sim.communicate(timeout=60)
        report = json.loads(out)
        self.assertEqual(len(results), 8)
        for sn, order in results.items():
            self.assertEqual(sorted(set(order)), [b"1", b"2", b"3", b"4"], sn)
        self.assertEqual(len(set(queried)), 8)
        # Of 32; it ends before answers that were dropped last could be had again.
        self.assertGreaterEqual(report["resultsAcknowledged"], 24)
        self.assertGreaterEqual(report["reboots"], 8)


class Hostile(Case):
    WORDS = ["DATA UPDATE ", "DATA DELETE ", "DATA QUERY ", "DATA FP ", "USERINFO ", "FINGERTMP ",
             "BIODATA ", "BIOPHOTO ", "ATTLOG ", "PIN=", "PIN=1", "\t", "FID=1", "Type=9",
             "TMP=AAAA", "Size=4", "Size=99999999999", "=", "&", "\0", "\xff", "CLEAR DATA",
             "CHECK", "REBOOT", "INFO", "SHELL ", "GetFile ", "options.cfg", "PutFile ",
             "UPGRADE ", "url=", "http://", "size=", ",", "ENROLL_FP ", "ENROLL_BIO ", "TYPE=10",
             "SET OPTION ", "A=", "VERIFY SUM ATTLOG ", "StartTime=", "EndTime=", "ACCOUNT ",
             "Count=", "SYNC ", "Action=SyncData", "TableName=USERINFO", "/", "C:", "x" * 700]
    OPTIONS = ["ATTLOGStamp=", "Stamp=", "PushOptions=", "TransTimes=", "TransInterval=",
               "TransFlag=", "TimeZone=", "Delay="]
    VALUES = ["0", "None", "9999", "-1", "9" * 20, "a,b,,c", "00:00;99:99;:;14:05", "x" * 3000]

    def test_no_answer_of_a_server_brings_it_down(self):
        chance = random.Random(20)

        def command():
            return "".join(chance.choice(self.WORDS) for _ in range(chance.randint(1, 7)))

        def answer(r):
            if chance.random() < 0.04:
                return chance.choice([None, (404, b"no"), (206, b"part"), (200, b"\0\xff" * 50)])
            if r.about(b"options=all"):
                more = [chance.choice(self.OPTIONS) + chance.choice(self.VALUES)
                        for _ in range(chance.choice((0, 0, 3)))]
                return HANDSHAKE + "\n".join(more).encode() + b"\n"
            if r.about(b"/getrequest"):
                return "".join(f"C:{chance.choice(('7', 'a' * 40, ''))}:{command()}"
                               + chance.choice(("\n", "\r\n", ""))
                               for _ in range(chance.randint(0, 12))).encode("latin-1")
            return b"OK"

        with Scripted(answer) as server:
            sim = fleet("--server", server.url, "--devices", "20", "--persona", "mixed", "--users",
                        "4", "--rate", "50", "--pace", "20", "--fault", "all", "--duration", "4",
                        *FAST)
            out, err = sim.communicate(timeout=60)
        self.assertEqual((sim.returncode, faults(err)), (0, []))
        self.assertGreater(json.loads(out)["commands"], 100)


class Ending(Case):
    def test_a_signal_ends_it_with_the_account(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with Scripted() as server:
                sim = fleet("--server", server.url, "--devices", "3", *FAST)
                until(lambda: len(server.of(b"/getrequest")) >= 3)
                sim.send_signal(number)
                out, err = sim.communicate(timeout=60)
            self.assertEqual((sim.returncode, faults(err)), (0, []))
            self.assertEqual(json.loads(out)["devices"], 3)

    def test_once_that_ran_out_of_time_is_a_failure(self):
        with Scripted(lambda r: (403, b"who are you")) as server:
            sim = fleet("--server", server.url, "--once", "--duration", "1", *FAST)
            out, _ = sim.communicate(timeout=60)
        self.assertEqual(sim.returncode, 1)
        self.assertFalse(json.loads(out)["complete"])
        self.assertGreater(json.loads(out)["refused"], 1)

    def test_an_absent_server_is_no_reason_to_end(self):
        with Scripted() as server:
            url = server.url
        sim = fleet("--server", url, "--duration", "1", *FAST)
        out, _ = sim.communicate(timeout=60)
        self.assertEqual(sim.returncode, 0)
        self.assertGreater(json.loads(out)["lost"], 3)

    def test_a_wrong_option_is_shown_and_ends_with_2(self):
        base = ("--server", "http://127.0.0.1:9")
        for flags, word in (((), "--server"), (("--server", "ftp://127.0.0.1"), "https://HOST:PORT"),
                            (("--server", "127.0.0.1:80"), "http://HOST:PORT"),
                            (base + ("--devices", "0"), "--devices"),
                            (base + ("--users", "many"), "many"),
                            (base + ("--fault", "flood"), "flood"),
                            (base + ("--persona", "8.8"), "8.8"),
                            (base + ("--sn", "a b"), "--sn"),
                            (base + ("--sn", "x" * 40), "--sn"),
                            (base + ("--once", "--rate", "1"), "--rate"),
                            (base + ("--speed", "0"), "--speed"),
                            (base + ("left over",), "left over")):
            sim = fleet(*flags)
            out, err = sim.communicate(timeout=60)
            self.assertEqual((sim.returncode, out), (2, ""), flags)
            self.assertIn(word, err)

    def test_an_account_that_cannot_be_written_ends_it(self):
        sim = fleet("--server", "http://127.0.0.1:9", "--account", "/nowhere/at/all")
        _, err = sim.communicate(timeout=60)
        self.assertEqual(sim.returncode, 1)
        self.assertIn("/nowhere/at/all", err)
        if os.path.exists("/dev/full"):
            with Scripted() as server:
                sim = fleet("--server", server.url, "--once", "--account", "/dev/full", *FAST)
                _, err = sim.communicate(timeout=60)
            self.assertEqual(sim.returncode, 1)
            self.assertIn("account", err)


if __name__ == "__main__":
    tap.main()
