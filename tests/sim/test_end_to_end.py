#!/usr/bin/env python3
"""`gatehouse sim attendance` and `gatehouse serve`: what one counts as safe the other has."""

import json
import os
import signal
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from scripted import faults, fleet  # noqa: E402
from serve import Server, until  # noqa: E402

FAST = ("--speed", "100", "--retry", "50", "--pace", "100")


def url(server):
    return "http://%s:%d" % server.devices


def stored(server):
    """Punches as lines of an account, in the order of their numbers."""
    rows = server.api.punches()
    assert [r["seq"] for r in rows] == list(range(1, len(rows) + 1))
    return [(r["deviceSerial"], r["pin"], r["timestamp"][:19], str(r["status"]),
             str(r["verifyType"]), r["workCode"] or "") for r in rows]


class EndToEnd(unittest.TestCase):
    def finish(self, sim, seconds=240):
        out, err = sim.communicate(timeout=seconds)
        self.assertEqual((sim.returncode, faults(err)), (0, []), out)
        return json.loads(out)

    def account(self, path):
        with open(path) as f:
            return [tuple(line.rstrip("\n").split("\t")) for line in f]

    def test_two_hundred_devices_with_every_fault_lose_and_double_nothing(self):
        with Server("--new-devices", "approve") as server:
            path = os.path.join(server.home, "account.tsv")
            report = self.finish(fleet(
                "--server", url(server), "--devices", "200", "--persona", "mixed", "--punches",
                "60", "--users", "6", "--fault", "all", "--once", "--account", path, *FAST))
            rows, safe = stored(server), self.account(path)
            self.assertEqual(len(rows), 12000)
            self.assertEqual(len(set(rows)), 12000)
            self.assertEqual(sorted(rows), sorted(safe))
            self.assertTrue(report["complete"])
            self.assertEqual(report["records"]["ATTLOG"]["acknowledged"], 12000)
            for fault, times in report["faults"].items():
                self.assertGreater(times, 0, fault)
            bad = server.api.pages("/api/quarantine")
            self.assertGreater(len(bad), 0)
            self.assertLessEqual(len(bad), report["badLines"])
            # And what each device has in its order, the server has in the same.
            for sn in {r[0] for r in rows}:
                mine = [r for r in rows if r[0] == sn]
                self.assertEqual(mine, [r for r in safe if r[0] == sn], sn)

    def test_every_list_of_every_persona_arrives_whole(self):
        with Server("--new-devices", "approve") as server:
            report = self.finish(fleet("--server", url(server), "--devices", "10", "--persona",
                                     "mixed", "--templates", "100", "--photos", "300", "--once",
                                     *FAST))
            self.assertEqual(report["refused"] + report["lost"], 0)
            self.assertEqual(server.api.pages("/api/quarantine"), [])
            # Ten devices, ten people on each.
            self.assertEqual(len(server.api.pages("/api/persons")), 100)
            for plural in ("templates", "photos", "oplog", "idcards", "errorlog", "workcodes"):
                self.assertGreater(len(server.api.pages(f"/api/{plural}")), 0, plural)
            self.assertEqual(server.api.get("/api/status")["data"]["data"]["damaged"], 0)
            # Which character set a clock of that language has is not guessed.
            for sn in server.api.devices():
                rows = server.api.pages(f"/api/persons?device={sn}")
                if any("\ufffd" in p["name"] for p in rows):
                    server.api.call("PATCH", f"/api/devices/{sn}", {"charset": "GB18030"})

            def names_read():
                names = {p["name"] for p in server.api.pages("/api/persons")}
                return None if any("\ufffd" in n for n in names) else names

            names = until(names_read)
            self.assertTrue(any("\u4e00" <= c <= "\u9fff" for n in names for c in n), names)

    def test_a_held_device_keeps_everything_until_it_is_approved(self):
        with Server() as server:
            path = os.path.join(server.home, "account.tsv")
            sim = fleet("--server", url(server), "--devices", "3", "--once", "--account", path,
                        "--duration", "120", *FAST)
            try:
                until(lambda: len(server.api.devices()) == 3)
                until(lambda: server.api.device("SIM000003"))
                self.assertRegex(sim.stderr.readline(),
                                 r"^3 of 3 devices wait: .*waits for approval.*device approve")
                self.assertEqual(stored(server), [])
                self.assertEqual(self.account(path), [])
                for sn in server.api.devices():
                    server.api.post(f"/api/devices/{sn}/approve")
                report = self.finish(sim)
            finally:
                if sim.poll() is None:
                    sim.kill()
                    sim.communicate()
            self.assertGreater(report["refused"], 0)
            self.assertEqual(sorted(stored(server)), sorted(self.account(path)))
            self.assertEqual(len(self.account(path)), 60)

    def test_commands_through_the_api_come_back_with_results(self):
        with Server("--new-devices", "approve") as server:
            sim = fleet("--server", url(server), "--devices", "10", "--persona", "mixed",
                        "--fault", "drop-reply:5,split,duplicate,reboot:1", *FAST)
            try:
                until(lambda: len(server.api.devices()) == 10)
                queued = [(server.api.queue(sn, text), code)
                          for sn in server.api.devices()
                          for text, code in (("DATA UPDATE USERINFO PIN=900\tName=N", 0),
                                             ("DATA QUERY USERINFO PIN=900", 0),
                                             ("NONSENSE", -1002), ("CHECK", 0))]

                def ended():
                    got = [server.api.get(f"/api/commands/{n}")["data"] for n, _ in queued]
                    return got if all(c["returnCode"] is not None or c["status"] == "uncertain"
                                      for c in got) else None

                lost = 0
                for command, (_, code) in zip(until(ended, 90, 0.3), queued):
                    # Words of no known kind are given once, and a reply may be lost.
                    if command["status"] == "uncertain" and command["type"] == "raw":
                        lost += 1
                        continue
                    self.assertEqual(command["returnCode"], code, command)
                until(lambda: len([p for p in server.api.pages("/api/persons")
                                   if p["pin"] == "900"]) == 10, 30)
            finally:
                sim.send_signal(signal.SIGTERM)
                report = self.finish(sim)
            self.assertGreaterEqual(report["commands"], 40 - lost)

    def test_two_thousand_devices_fit_in_one_process(self):
        with Server("--new-devices", "approve") as server:
            path = os.path.join(server.home, "account.tsv")
            report = self.finish(fleet(
                "--server", url(server), "--devices", "2000", "--punches", "3", "--users", "2",
                "--templates", "0", "--photos", "0", "--once", "--account", path, "--speed", "10"))
            self.assertTrue(report["complete"])
            self.assertEqual(sorted(stored(server)), sorted(self.account(path)))
            self.assertEqual(report["records"]["ATTLOG"]["acknowledged"], 6000)


if __name__ == "__main__":
    tap.main()
