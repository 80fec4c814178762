#!/usr/bin/env python3
"""`gatehouse sim access` and `gatehouse serve`."""

import collections
import json
import os
import re
import signal
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from doors import FAST, happened, stored, truth, units  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402


def url(server):
    return "http://%s:%d" % server.devices


def callers(server):
    """Devices that call themselves, not by a main controller."""
    return [sn for sn, d in server.api.devices().items() if d["parent"] is None]


def opening(server, sn, seconds):
    """An order to open a door, once none waits any more for another time."""
    def queued():
        try:
            return server.api.queue(sn, f"CONTROL DEVICE 0101010{seconds}")
        except ApiError as e:
            if e.status != 409:
                raise
            return None

    return until(queued, 180, 0.2)


class EndToEnd(unittest.TestCase):
    def path(self, server):
        return os.path.join(server.home, "truth.tsv")

    def finish(self, sim, seconds=240):
        out, err = sim.communicate(timeout=seconds)
        self.assertEqual(sim.returncode, 0, err + out)
        return json.loads(out)

    def test_every_persona_registers_and_is_served(self):
        with Server("--new-devices", "approve") as server:
            path = self.path(server)
            report = self.finish(units("--server", url(server), "--devices", "11", "--persona",
                                       "mixed", "--punches", "50", "--once", "--duration", "120",
                                       "--truth", path, *FAST))
            self.assertEqual(report["registrations"], 11)
            self.assertEqual(report["configurations"], 11)
            self.assertEqual(report["refused"] + report["lost"], 0)
            self.assertEqual(report["uploads"], report["uploadsAcknowledged"])
            self.assertEqual(report["events"]["pending"], 0)
            self.assertEqual(sorted(stored(server)), sorted(set(happened(path))))
            self.assertEqual(server.api.pages("/api/quarantine"), [])

    def test_who_is_enrolled_by_command_has_templates_photo_and_card(self):
        with Server("--new-devices", "approve") as server:
            sim = units("--server", url(server), "--persona", "spec", *FAST)
            try:
                until(lambda: callers(server))
                sn, = callers(server)
                for order in ({"type": "enroll_fingerprint", "pin": "7", "finger": 6},
                              {"type": "enroll_bio", "pin": "7", "biotype": 9},
                              {"type": "enroll_card", "pin": "7"}):
                    number = server.api.post("/api/commands", {"deviceSerial": sn, **order})["data"]["id"]
                    until(lambda n=number: server.api.command(n)["status"] == "acknowledged", 120)
                until(lambda: server.api.records("photos", sn), 120)
                until(lambda: [p for p in server.api.records("persons", sn)
                               if p["pin"] == "7" and p["card"]], 120)
                found = {(t["type"], t["no"]) for t in server.api.records("templates", sn) if t["pin"] == "7"}
                self.assertEqual(found, {(1, 6), (9, 0)})
            finally:
                sim.terminate()
                sim.communicate(timeout=60)

    def test_a_template_made_of_a_photo_comes_back(self):
        with Server("--new-devices", "approve") as server:
            sim = units("--server", url(server), "--persona", "spec", *FAST)
            try:
                until(lambda: callers(server))
                sn, = callers(server)
                until(lambda: server.api.device(sn)["registration"] == "configured")
                for pin, back in (("7", "1"), ("8", "0")):
                    order = server.api.call("PUT", f"/api/devices/{sn}/tables/biophoto", {"rows": [
                        {"PIN": pin, "Type": "9", "Size": "4", "Content": "/9j/", "PostBackTmpFlag": back}]})
                    number = order["data"]["orders"][0]["commandId"]
                    until(lambda n=number: server.api.command(n)["status"] == "acknowledged", 120)
                until(lambda: server.api.records("templates", sn), 120)
                self.assertEqual([(t["pin"], t["type"], t["majorVer"], t["minorVer"])
                                  for t in server.api.records("templates", sn)], [("7", 9, 5, 8)])
            finally:
                sim.terminate()
                sim.communicate(timeout=60)

    def test_with_every_fault_each_event_of_the_truth_is_stored_once(self):
        with Server("--new-devices", "approve") as server:
            path = self.path(server)
            report = self.finish(units("--server", url(server), "--devices", "44", "--persona",
                                       "mixed", "--punches", "200", "--fault", "all", "--once",
                                       "--duration", "200", "--truth", path, *FAST))
            self.assertTrue(report["complete"])
            rows, really = stored(server), happened(path)
            self.assertEqual(sorted(rows), sorted(set(really)))
            # What each device has in its order, the server has in the same.
            for sn in {r[0] for r in rows}:
                mine = list(dict.fromkeys(r for r in really if r[0] == sn))
                self.assertEqual([r for r in rows if r[0] == sn], mine, sn)
            bad = server.api.pages("/api/quarantine")
            self.assertGreater(len(bad), 0)
            self.assertLessEqual(len(bad), report["badLines"])

    def test_a_held_device_is_admitted_by_its_approval_alone(self):
        with Server() as server:
            sim = units("--server", url(server), "--devices", "3", "--once", "--duration", "120",
                        *FAST)
            try:
                until(lambda: len(server.api.devices()) == 3)
                until(lambda: server.api.device("SIM000003"))
                self.assertRegex(sim.stderr.readline(), r"^\d of 3 devices wait: .*approve")
                for sn in server.api.devices():
                    server.api.post(f"/api/devices/{sn}/approve")
                report = self.finish(sim)
            finally:
                if sim.poll() is None:
                    sim.kill()
                    sim.communicate()
            self.assertGreater(report["refused"], 0)
            self.assertEqual(report["registrations"], 3)
            self.assertEqual(report["events"]["pending"], 0)

    def test_commands_through_the_api_are_carried_out(self):
        with Server("--new-devices", "approve") as server:
            sim = units("--server", url(server), "--devices", "2", "--persona",
                        "spec,inbio260-pro", *FAST)
            try:
                until(lambda: len(server.api.devices()) == 2)
                queued = [(server.api.queue(sn, text), code)
                          for sn in server.api.devices()
                          for text, code in (("SET OPTIONS Door1Drivertime=9", 0),
                                             ("DATA UPDATE user Pin=900\tName=N", 0),
                                             ("NONSENSE", -13))]

                def ended():
                    got = [server.api.get(f"/api/commands/{n}")["data"] for n, _ in queued]
                    return got if all(c["returnCode"] is not None for c in got) else None

                for command, (_, code) in zip(until(ended, 90, 0.3), queued):
                    self.assertEqual(command["returnCode"], code, command)
            finally:
                sim.send_signal(signal.SIGTERM)
                report = self.finish(sim)
            self.assertEqual(report["resultsAcknowledged"], 6)

    def test_no_poll_is_lost_while_units_request_who_may_pass(self):
        def counted(server, name):
            text = server.api.raw("GET", "/metrics")[2].decode()
            return int(re.search(rf"^gatehouse_{name}_total (\d+)$", text, re.M)[1])

        devices, least = 20, 100
        with Server("--new-devices", "approve", "--clock", "off") as server:
            sim = units("--server", url(server), "--devices", str(devices), "--persona", "spec", "--users", "10",
                        "--punches", "0", "--rate", "40", "--retry", "100", "--pace", "100")
            try:
                until(lambda: len(callers(server)) == devices)
                orders = [server.api.queue(sn, "SET OPTIONS AutoServerFunOn=1") for sn in callers(server)]
                until(lambda: all(server.api.command(n)["status"] == "acknowledged" for n in orders), 180, 0.3)
                # No level names their doors: what a unit holds decides.
                until(lambda: sum(counted(server, f"identifications_{w}") for w in ("granted", "denied")) >= least,
                      180, 0.3)
            finally:
                sim.send_signal(signal.SIGTERM)
                report = self.finish(sim)
            self.assertGreaterEqual(report["identifications"], least)
            # One of each may have been under way, and one may have come too late.
            polls = counted(server, "polls")
            self.assertLessEqual(report["polls"], polls)
            self.assertLessEqual(polls, report["polls"] + report["lost"] + devices)
            self.assertGreater(report["polls"], devices)

    def test_sub_controllers_are_approved_and_served_through_their_main_controller(self):
        with Server() as server:
            path = self.path(server)
            sim = units("--server", url(server), "--persona", "main-with-subs", "--subs", "3",
                        "--punches", "5", "--truth", path, *FAST)
            api = server.api
            try:
                until(lambda: api.devices())
                api.post("/api/devices/SIM000001/approve")
                subs = [f"SIM000001S{n}" for n in (1, 2, 3)]
                until(lambda: set(subs) <= set(api.devices()))
                for sn in subs:
                    device = api.device(sn)
                    self.assertEqual((device["parent"], device["state"], device["authorisation"]),
                                     ("SIM000001", "held", "waits"))
                for sn in subs[:2]:
                    api.post(f"/api/devices/{sn}/approve")
                until(lambda: all(api.device(sn)["authorisation"] == "authorised" for sn in subs[:2]))
                device = api.device(subs[0])
                self.assertEqual((device["access"]["role"], device["access"]["doors"],
                                  device["registration"]), ("sub", 2, "configured"))
                # Its doors are those it has; they are reported by the main controller.
                doors = until(lambda: [d for d in api.pages("/api/doors")
                                       if d["deviceSerial"] == subs[0] and d["sensor"]])
                self.assertEqual([d["door"] for d in doors], [1, 2])
                order = api.post(f"/api/doors/{subs[0]}:2/open", {"seconds": 3})["data"]

                def ended():
                    got = api.get(f"/api/commands/{order['commandId']}")["data"]
                    return got if got["status"] not in ("queued", "sent", "deferred") else None

                command = until(ended)
                self.assertEqual((command["status"], command["deviceSerial"]),
                                 ("acknowledged", subs[0]))
                opened = until(lambda: [e for e in api.pages("/api/access-events?event=8")])
                self.assertEqual([(e["deviceSerial"], e["unit"], e["door"]) for e in opened],
                                 [("SIM000001", subs[0], 2)])
                api.post(f"/api/devices/{subs[1]}/block")
                until(lambda: api.device(subs[1])["authorisation"] == "waits")
                # One that is deleted announces itself again.
                api.call("DELETE", f"/api/devices/{subs[0]}")
                until(lambda: subs[0] in api.devices())
                self.assertEqual(api.device(subs[0])["state"], "held")
            finally:
                sim.send_signal(signal.SIGTERM)
                self.finish(sim)
            stored_here, really = set(stored(server)), set(happened(path))
            self.assertLessEqual(stored_here, really)
            self.assertEqual({row[0] for row in stored_here}, {"SIM000001", *subs[:2]})

    def test_a_door_command_opens_once_at_most_whatever_is_lost(self):
        doors = 40
        with Server("--new-devices", "approve") as server:
            path = self.path(server)
            sim = units("--server", url(server), "--devices", "4", "--persona",
                        "spec,inbio260-pro,main-with-subs,channel", "--punches", "0", "--users",
                        "0", "--fault", "drop-reply:15,reboot:5,split:20", "--truth", path, *FAST)
            try:
                until(lambda: len(callers(server)) == 4)
                numbers = [opening(server, sn, 1 + n % 5)
                           for n in range(doors // 4) for sn in callers(server)]

                def ended():
                    got = [server.api.get(f"/api/commands/{n}")["data"] for n in numbers]
                    return got if all(c["status"] not in ("queued", "sent") for c in got) else None

                commands = until(ended, 180, 0.3)
            finally:
                sim.send_signal(signal.SIGTERM)
                report = self.finish(sim)
            # Event 8 is a door that was opened remotely.
            opened = collections.Counter(row[0] for row in truth(path) if row[3] == "8")
            for sn in callers(server):
                mine = [c for c in commands if c["deviceSerial"] == sn]
                # An event confirms an order that was lost, too, when it is of the next one.
                certain = sum(c["status"] == "acknowledged" and c["returnCode"] is not None
                              for c in mine)
                self.assertGreaterEqual(opened[sn], certain, sn)
                self.assertLessEqual(opened[sn], len(mine), sn)
            self.assertLessEqual({c["status"] for c in commands},
                                 {"acknowledged", "uncertain", "expired"})
            self.assertGreater(report["lost"], 0)


if __name__ == "__main__":
    tap.main()
