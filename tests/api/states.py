#!/usr/bin/env python3
"""The live stream's topics besides punches: devices and problems as they change."""

import http.client
import json
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fixture  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import DEADLINE  # noqa: E402

server = None


def setUpModule():
    global server
    server = fixture.serve()


class Stream:
    """Server-sent events of all names, in their order: (name, data, id)."""

    def __init__(self, test, query):
        self.connection = http.client.HTTPConnection(*server.admin, timeout=DEADLINE)
        self.connection.request("GET", "/api/events?" + query,
                                headers={"Authorization": f"Bearer {server.token}"})
        self.reply = self.connection.getresponse()
        test.addCleanup(self.close)
        test.assertEqual(self.next()[0], "ledger")

    def close(self):
        self.connection.sock and self.connection.sock.close()
        self.connection.close()

    def next(self):
        name = data = number = None
        end = time.monotonic() + DEADLINE
        while True:
            if time.monotonic() > end:  # heartbeats come all the same
                raise TimeoutError("no event came")
            line = self.reply.readline()
            if not line:
                raise EOFError("the stream ended")
            line = line.decode().rstrip("\n")
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif line.startswith("id: "):
                number = line[4:]
            elif line == "" and data is not None:
                return name, data, number

    def until(self, event, /, **members):
        """The next event of that name whose data has these members."""
        while True:
            got, data, number = self.next()
            if got == event and all(data.get(k) == v for k, v in members.items()):
                assert number is None, "a state has no id"
                return data


class States(unittest.TestCase):
    def test_changes_of_a_device_are_seen(self):
        stream = Stream(self, "topics=device")
        sn = "SEEN1"
        server.api.post("/api/devices", {"sn": sn, "tags": ["a"]})
        row = stream.until("device", sn=sn, contact="never", expected=True)
        [listed] = server.api.get(f"/api/devices?sn={sn}")["data"]
        stored = {"stats": None, "capacity": None, "model": None, "areaName": None}
        self.assertEqual({**row, **stored}, {**listed, **stored})
        Device(server, sn=sn).options()
        stream.until("device", sn=sn, contact="online", expected=False)
        server.api.change(sn, name="Gate")
        stream.until("device", sn=sn, name="Gate")
        server.api.change(sn, tags=["b"])
        stream.until("device", sn=sn, tags=["b"])
        server.api.post(f"/api/devices/{sn}/block")
        stream.until("device", sn=sn, state="blocked")
        server.api.call("DELETE", f"/api/devices/{sn}")
        self.assertEqual(set(stream.until("device", sn=sn, state="deleted")), {"id", "sn", "state"})

    def test_problems_are_seen_from_begin_to_end(self):
        stream = Stream(self, "topics=problem")
        d = fixture.clock()
        d.options()
        sn = d.sn
        Device(server, sn=sn, source="127.0.0.9").options()
        found = stream.until("problem", kind="serial_from_two_addresses", subject=sn,
                             state="open")
        [listed] = server.api.get(f"/api/problems?subject={sn}")["data"]
        self.assertEqual((set(found), found["id"]), (set(listed), listed["id"]))
        server.api.post(f"/api/problems/{found['id']}/snooze", {"seconds": 60})
        stream.until("problem", id=found["id"], state="snoozed")
        server.api.call("DELETE", f"/api/devices/{sn}")
        stream.until("problem", id=found["id"], kind="serial_from_two_addresses", subject=sn,
                     state="ended")

    def test_a_stream_has_what_it_follows(self):
        plain, both = Stream(self, ""), Stream(self, "topics=punch,device")
        d, other = fixture.clock(), fixture.clock()
        of_one = Stream(self, f"topics=device,punch&device={d.sn}")
        both.until("device", sn=d.sn)
        server.api.change(other.sn, name="Other")
        server.api.change(d.sn, name="One")
        d.punch(("1", "2024-06-01 08:00:00"))
        self.assertEqual(plain.next()[0], "punch")
        names = {both.next()[0] for _ in range(3)}
        self.assertLessEqual(names, {"device", "punch"})
        for _ in range(2):
            name, data, _ = of_one.next()
            self.assertEqual(data["sn"] if name == "device" else data["deviceSerial"], d.sn)

    def test_punches_go_on_while_states_are_followed_and_the_other_way_round(self):
        stream = Stream(self, "topics=device")
        d = fixture.clock()
        d.punch(("1", "2024-06-02 08:00:00"))
        server.api.change(d.sn, name="Later")
        while True:
            name, data, _ = stream.next()
            self.assertEqual(name, "device")
            if data["name"] == "Later":
                break

    def test_commands_are_seen_until_they_end(self):
        d = fixture.clock()
        before = server.api.queue(d.sn, "CHECK")
        stream, other = Stream(self, "topics=command"), fixture.clock()
        of_one = Stream(self, f"topics=command,plan&device={other.sn}")
        one, two = server.api.queue(d.sn, "LOG"), server.api.queue(other.sn, "INFO")
        row = stream.until("command", id=one, status="queued")
        self.assertEqual(set(row), set(server.api.get(f"/api/commands/{one}")["data"]) - {"history"})
        d.work()
        for id in (before, one):
            stream.until("command", id=id, status="acknowledged")
        other.work()
        seen = []
        while not seen or seen[-1]["status"] != "acknowledged":
            seen.append(of_one.next()[1])
        self.assertEqual({r["id"] for r in seen}, {two})

    def test_plans_are_seen_as_they_are_made(self):
        stream = Stream(self, "topics=plan")
        fixture.opened("PLANNED")
        made = server.api.post("/api/plans", {"kind": "access", "select": {"ids": ["PLANNED"]}})
        row = stream.until("plan", id=made["data"]["planId"], state="planned")
        [listed] = [r for r in server.api.get("/api/plans")["data"] if r["id"] == row["id"]]
        self.assertEqual(set(row), set(listed))

    def test_unknown_topics_are_refused(self):
        for topics in ("nonsense", "punch,", "punch;device", "trace:X", ""):
            fixture.refusal(self, 400, "parameter_invalid", "GET", f"/api/events?topics={topics}")


if __name__ == "__main__":
    tap.main()
