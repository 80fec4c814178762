#!/usr/bin/env python3
"""A mixed fleet of simulated clocks, once in calm and once while the server is killed again and
again and replies get lost: in the end both servers hold the same.

    simulated.py [--kills N] [--seed S]"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from serve import Server, program, until  # noqa: E402

LISTS = ("persons", "templates", "photos", "oplog", "idcards", "errorlog", "workcodes")
ARG = argparse.ArgumentParser(add_help=False)
ARG.add_argument("--kills", type=int, default=3)
ARG.add_argument("--seed", type=int, default=None)
ARG = ARG.parse_known_args()[0]
SEED = ARG.seed if ARG.seed is not None else random.SystemRandom().randrange(10**6)


def fleet(server, account, *more):
    return subprocess.Popen(
        [program(), "sim", "attendance", "--server", "http://%s:%d" % server.devices, "--once",
         "--devices", "20", "--users", "8", "--punches", "150", "--templates", "50",
         "--seed", str(SEED), "--retry", "100", "--pace", "200", "--account", account, *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(sim):
    out, err = sim.communicate(timeout=240)
    assert sim.returncode == 0, (sim.returncode, out, err)
    report = json.loads(out.splitlines()[-1])
    assert report["complete"], report
    return report


def content(server):
    """Everything stored, without numbers and times of the server's own."""
    rows = server.api.punches()
    assert [r["seq"] for r in rows] == list(range(1, len(rows) + 1))
    held = {"punches": [[r[k] for k in ("deviceSerial", "pin", "timestamp", "status", "verifyType",
                                        "workCode")] for r in rows]}
    for plural in LISTS:
        held[plural] = [{k: v for k, v in r.items() if k not in ("id", "receivedAt", "url")}
                        for r in server.api.pages(f"/api/{plural}")]
    return {k: sorted(json.dumps(r, sort_keys=True) for r in v) for k, v in held.items()}


def accounted(path):
    """The punches for which the simulator got OK."""
    if not os.path.exists(path):
        return set()
    with open(path, "rb") as f:
        return {tuple(line.decode(errors="replace").rstrip("\n").split("\t")[:3])
                for line in f if line.endswith(b"\n")}


class Simulated(unittest.TestCase):
    maxDiff = 2000

    def test_a_storm_changes_nothing(self):
        print(f"# seed {SEED}")
        rng = random.Random(SEED)
        with Server("--new-devices", "approve", "--zone", "UTC") as calm:
            report = finish(fleet(calm, os.path.join(calm.home, "account")))
            expected = content(calm)
        self.assertEqual(len(expected["punches"]), report["records"]["ATTLOG"]["sent"])
        with Server("--new-devices", "approve", "--zone", "UTC", stay=True) as storm:
            account = os.path.join(storm.home, "account")
            sim = fleet(storm, account, "--fault", "drop-reply,duplicate,split")
            try:
                kills = 0
                while kills < ARG.kills and sim.poll() is None:
                    time.sleep(rng.uniform(0.05, 0.6))
                    storm.kill()
                    kills += 1
                    acknowledged = accounted(account)
                    until(lambda: self.back(storm))
                    stored = {(r["deviceSerial"], r["pin"], r["timestamp"])
                              for r in storm.api.punches()}
                    self.assertEqual(acknowledged - stored, set(), "acknowledged and lost")
                report = finish(sim)
            finally:
                if sim.poll() is None:
                    sim.kill()
                    sim.communicate()
            got = content(storm)
            stored = {(r["deviceSerial"], r["pin"], r["timestamp"]) for r in storm.api.punches()}
            self.assertEqual(accounted(account), stored)
        print(f"# {kills} kills, {report['refused']} refused, {report['lost']} replies lost, "
              f"{report['records']['ATTLOG']['repeated']} punches repeated, "
              f"{len(got['punches'])} stored")
        for name in expected:
            self.assertEqual(got[name], expected[name], name)

    def back(self, server):
        """Started again where it was; the address may be in use for a moment."""
        try:
            return server.start()
        except RuntimeError:
            return None


if __name__ == "__main__":
    sys.argv = sys.argv[:1]
    tap.main()
