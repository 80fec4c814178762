#!/usr/bin/env python3
"""Access units with every fault and clocks that lose replies, together, while the server is killed again and
again. In the end each event that happened at a door and each punch of a clock is stored once; both streams have
every number once, for who follows them over all of it; and each event of a person who passed has its punch.

    access.py [--kills N] [--seed S]"""

import argparse
import collections
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "sim", "access")]

import tap  # noqa: E402
from doors import truth  # noqa: E402
from serve import ApiError, Server, program, until  # noqa: E402
from simulated import accounted  # noqa: E402

ARG = argparse.ArgumentParser(add_help=False)
ARG.add_argument("--kills", type=int, default=4)
ARG.add_argument("--seed", type=int, default=None)
ARG = ARG.parse_known_args()[0]
SEED = ARG.seed if ARG.seed is not None else random.SystemRandom().randrange(10**6)
FAULTS = ("drop-reply", "duplicate", "split", "clock-jump", "bad-line", "index-reset", "state-in-events")
CUT = (OSError, EOFError, ValueError, ApiError, http.client.HTTPException)


def sim(server, kind, *flags):
    return subprocess.Popen([program(), "sim", kind, "--server", "http://%s:%d" % server.devices, "--once",
                             "--retry", "50", *flags],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)


class Follower(threading.Thread):
    """Reads both streams, and after each break from the last id it got."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.last = server, "0-0"
        self.seqs = {"punch": [], "access": []}
        self.breaks = 0
        self.over = threading.Event()

    def read(self):
        connection = http.client.HTTPConnection(*self.server.admin, timeout=5)
        try:
            connection.request("GET", "/api/events?topics=punch,access", headers={
                "Authorization": f"Bearer {self.server.token}", "Last-Event-ID": self.last})
            reply = connection.getresponse()
            number = name = data = None
            while not self.over.is_set():
                line = reply.readline()
                if not line.endswith(b"\n"):
                    return
                key, _, value = line.decode().rstrip("\n").partition(": ")
                if key == "id":
                    number = value
                elif key == "event":
                    name = value
                elif key == "data":
                    data = value
                elif not key and number:
                    self.seqs[name].append(json.loads(data)["seq"])
                    self.last, number = number, None
        finally:
            connection.close()

    def run(self):
        while not self.over.is_set():
            try:
                self.read()
            except CUT:
                pass
            self.breaks += 1
            self.over.wait(0.05)

    def has(self, punches, events):
        return len(self.seqs["punch"]) >= punches and len(self.seqs["access"]) >= events


def event_line(e):
    """As the simulator has it in its truth, without the address, which the server shows as what it is."""
    directions = {"in": "0", "out": "1", None: "2"}
    return (e["unit"] or e["deviceSerial"], str(e["index"] or 0), e["timestamp"],
            e["eventText"] or str(e["event"]), e["pin"] or "0", e["card"] or "0", directions[e["direction"]])


class Both(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        self.random = random.Random(SEED)
        self.server = Server("--new-devices", "approve", "--zone", "UTC", "--access-punches", "granted",
                             stay=True)
        self.addCleanup(self.server.close)
        self.truth = os.path.join(self.server.home, "truth.tsv")
        self.account = os.path.join(self.server.home, "account")
        self.faults = collections.Counter()

    def begin(self, number):
        """Units of every kind and clocks, with serial numbers of this round."""
        seed = ("--seed", str(SEED + number))
        return [sim(self.server, "access", "--devices", "22", "--persona", "mixed", "--subs", "2", "--users",
                    "6", "--punches", "80", "--fault", "all", "--speed", "50", "--pace", "50", "--sn",
                    f"U{number}X", "--truth", self.truth, "--duration", "300", *seed),
                sim(self.server, "attendance", "--devices", "10", "--users", "6", "--punches", "120",
                    "--fault", "drop-reply,duplicate,split", "--pace", "100", "--sn", f"C{number}X",
                    "--account", self.account, *seed)]

    def end(self, sims):
        for s in sims:
            if s.poll() is None:
                s.kill()
            s.communicate()

    def finish(self, sims):
        for s in sims:
            out, err = s.communicate(timeout=300)
            self.assertEqual(s.returncode, 0, err + out)
            report = json.loads(out.splitlines()[-1])
            self.assertTrue(report["complete"], out)
            for fault, n in report["faults"].items():
                self.faults[fault] += n

    def back(self):
        """Started again where it was; the address may be in use for a moment."""
        try:
            return self.server.start()
        except RuntimeError:
            return None

    def approve_subs(self):
        """What main controllers listed is approved by a person."""
        try:
            for sn, d in self.server.api.devices().items():
                if d["parent"] and d["state"] == "held":
                    self.server.api.post(f"/api/devices/{sn}/approve")
        except CUT:
            pass

    def kill(self):
        """A kill at a random moment: what was acknowledged before it is there after it."""
        time.sleep(self.random.uniform(0.1, 0.9))
        self.approve_subs()
        self.server.kill()
        acknowledged = accounted(self.account)
        until(self.back)
        stored = {(p["deviceSerial"], p["pin"], p["timestamp"]) for p in self.server.api.punches()}
        self.assertEqual(acknowledged - stored, set(), "acknowledged and lost")

    def judge(self, follower):
        punches, rows = self.server.api.punches(), self.server.api.pages("/api/access-events", "seq")
        # What is stored is what happened: nothing is missing, nothing is there twice.
        happened = {row[:4] + row[5:] for row in truth(self.truth)}
        self.assertEqual(sorted(map(event_line, rows)), sorted(happened))
        of_doors = {e["punchSeq"] for e in rows if e["punchSeq"]}
        of_clocks = [(p["deviceSerial"], p["pin"], p["timestamp"]) for p in punches if p["seq"] not in of_doors]
        self.assertEqual(sorted(of_clocks), sorted(accounted(self.account)))
        for e in rows:
            passed = e["granted"] and e["pin"] and "shifted" not in e["flags"]
            self.assertEqual(bool(e["punchSeq"]), bool(passed), e)
        # Both streams are dense, in the lists and for who followed.
        for name, seqs in (("punch", [p["seq"] for p in punches]), ("access", [e["seq"] for e in rows])):
            self.assertEqual(seqs, list(range(1, len(seqs) + 1)), name)
        until(lambda: follower.has(len(punches), len(rows)))
        self.assertEqual(follower.seqs, {"punch": list(range(1, len(punches) + 1)),
                                         "access": list(range(1, len(rows) + 1))})
        return len(punches), len(rows)

    def test_kills_lose_and_double_nothing_in_either_stream(self):
        print(f"# seed {SEED}", flush=True)
        follower = Follower(self.server)
        follower.start()
        self.addCleanup(follower.over.set)
        kills = rounds = 0
        # Rounds without kills follow until each fault came: which do is chance.
        while kills < ARG.kills or (rounds < 20 and any(self.faults[fault] == 0 for fault in FAULTS)):
            rounds += 1
            sims = self.begin(rounds)
            try:
                while kills < ARG.kills and any(s.poll() is None for s in sims):
                    self.kill()
                    kills += 1
                self.finish(sims)
            finally:
                self.end(sims)
            punches, rows = self.judge(follower)
            print(f"# {kills} kills, {rounds} rounds: {rows} events, {punches} punches, "
                  f"{follower.breaks} breaks of the streams", flush=True)
        follower.over.set()
        for fault in FAULTS:
            self.assertGreater(self.faults[fault], 0, fault)
        if not self.server.store:
            self.server.terminate()
            check = subprocess.run([program(), "store", "check",
                                    "sqlite:" + os.path.join(self.server.data, "gatehouse.db")],
                                   capture_output=True, text=True)
            self.assertEqual(check.returncode, 0, check.stdout + check.stderr)


if __name__ == "__main__":
    sys.argv = sys.argv[:1]
    tap.main()
