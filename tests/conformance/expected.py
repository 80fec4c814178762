#!/usr/bin/env python3
"""Devices that were announced before they called."""

import os
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, serial  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402

ROWS = (("1", "2024-05-01 08:00:00"), ("2", "2024-05-01 08:00:01"))


class Base(unittest.TestCase):
    FLAGS = ()

    def setUp(self):
        self.own = Server(*self.FLAGS)
        self.addCleanup(self.own.close)

    def expect(self, sn, **more):
        status, _, _ = self.own.api.raw("POST", "/api/devices", dict(more, sn=sn))
        self.assertEqual(status, 201)
        return Device(self.own, sn=sn)

    def refused(self, status, code, body):
        with self.assertRaises(ApiError) as caught:
            self.own.api.post("/api/devices", body)
        self.assertEqual((caught.exception.status, caught.exception.reply["code"]), (status, code),
                         caught.exception)
        return caught.exception.reply


class Expected(Base):
    def test_its_first_handshake_finds_it_approved_with_what_was_given(self):
        d = self.expect("SOON1", name="Back gate", zone="Asia/Kolkata", tags=["b", "a"])
        for _ in range(2):
            row = self.own.api.devices()[d.sn]
            self.assertEqual((row["state"], row["contact"], row["expected"], row["lastSeen"],
                              row["name"], row["zone"], row["tags"], row["area"]),
                             ("approved", "never", True, None, "Back gate", "Asia/Kolkata",
                              ["a", "b"], 1))
            self.own.restart("kill")
        self.assertEqual([r["sn"] for r in self.own.api.get("/api/devices?tag=a&contact=never")["data"]],
                         [d.sn])
        self.assertEqual(d.options()["TimeZone"], "330")
        self.assertEqual(d.punch(*ROWS).body, b"OK:2")
        row = self.own.api.devices()[d.sn]
        self.assertEqual((row["contact"], row["expected"], row["tags"]), ("online", False, ["a", "b"]))
        [first, _] = self.own.api.punches(device=d.sn)
        self.assertEqual(first["utc"], "2024-05-01T02:30:00Z")
        until(lambda: "announced device calls for the first time" in self.own.log())

    def test_one_that_is_to_be_held_waits_and_stays(self):
        d = self.expect("WAIT1", state="held", tags=["later"])
        self.assertEqual(d.handshake().status, 503)
        row = self.own.api.devices()[d.sn]
        self.assertEqual((row["state"], row["expected"], row["tags"]), ("held", False, ["later"]))
        stranger = Device(self.own)
        stranger.handshake()
        reply = self.own.api.call("DELETE", "/api/devices?state=held")
        self.assertEqual((reply["deleted"], reply["announced"]), (1, 1))
        self.assertEqual(set(self.own.api.devices()), {d.sn})
        self.own.api.approve(d.sn)
        d.options()
        self.assertEqual(d.punch(*ROWS).body, b"OK:2")

    def test_what_does_not_fit_is_refused(self):
        known = Device(self.own)
        known.handshake()
        self.expect("TWICE")
        self.assertIn("held", self.refused(409, "exists", {"sn": known.sn})["error"])
        self.assertIn("approved", self.refused(409, "exists", {"sn": "TWICE"})["error"])
        for body, field in (({"name": "x"}, "sn"), ({"sn": "a b"}, "sn"), ({"sn": "CK*"}, "sn"),
                            ({"sn": "A", "zone": "Mars/Moon"}, "zone"), ({"sn": "A", "area": 99}, "area"),
                            ({"sn": "A", "tags": ["x"] * 33}, "tags"), ({"sn": "A", "live": True}, "live"),
                            ({"sn": "A", "tags": ["x" * 65]}, "tags[0]"),
                            ({"sn": "A", "state": "blocked"}, "state"),
                            ({"address": "127.0.0.1:1", "tags": ["x"]}, "tags")):
            reply = self.refused(400, "field_invalid", body)
            self.assertEqual(reply["details"][0]["field"], field, body)
        self.refused(400, "field_invalid", {})
        self.assertEqual(set(self.own.api.devices()), {known.sn, "TWICE"})

    def test_a_deleted_one_is_expected_no_more(self):
        d = self.expect("GONE1", tags=["x"])
        self.own.api.call("DELETE", f"/api/devices/{d.sn}")
        self.assertEqual(d.handshake().status, 503)
        row = self.own.api.devices()[d.sn]
        self.assertEqual((row["state"], row["expected"], row["tags"]), ("held", False, []))


class Attacked(Base):
    FLAGS = ("--held-devices", "5", "--devices", "40")

    def test_a_key_that_is_expected_has_to_be_shown(self):
        d = self.expect("KEYED1", commKey="4711", name="Vault")
        stranger = Device(self.own, sn=d.sn, source="127.0.0.9")
        self.assertNotEqual(stranger.handshake().status, 200)
        stranger.key = "1234"
        self.assertNotEqual(stranger.handshake().status, 200)
        self.assertNotEqual(stranger.punch(*ROWS).status, 200)
        self.assertEqual(self.own.api.punches(device=d.sn), [])
        row = self.own.api.devices()[d.sn]
        self.assertEqual((row["contact"], row["expected"]), ("never", True))
        d.key = "4711"
        self.assertEqual(d.handshake().status, 200)
        self.assertEqual(d.punch(*ROWS).body, b"OK:2")
        self.assertNotEqual(stranger.punch(("9", "2024-05-01 08:00:00")).status, 200)

    def test_made_up_serial_numbers_do_not_take_its_place(self):
        approved = [self.expect(f"OURS{n}") for n in range(10)]
        held = [self.expect(f"LATER{n}", state="held") for n in range(10)]
        held[0].handshake()
        for n in range(60):
            Device(self.own, sn=f"MADEUP{n}", source="127.0.0.9").handshake()
        rows = self.own.api.devices()
        for d in approved + held:
            self.assertIn(d.sn, rows)
        made_up = [sn for sn in rows if sn.startswith("MADEUP")]
        self.assertEqual(len(made_up), 5)
        self.assertIn("MADEUP59", made_up)


class Ceiling(Base):
    FLAGS = ("--devices", "2")

    def test_where_there_is_no_room_the_reason_is_named(self):
        self.expect("ONE")
        self.expect("TWO")
        reply = self.refused(409, "too_many_devices", {"sn": "THREE"})
        self.assertIn("setting devices of serve", reply["hint"])


class AtOnce(Base):
    FLAGS = ("--new-devices", "approve")

    def all_at_once(self, calls):
        results, ready = [None] * len(calls), threading.Barrier(len(calls))

        def run(i):
            ready.wait()
            results[i] = calls[i]()

        threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return results

    def test_first_requests_of_one_serial_number_are_all_served(self):
        for _ in range(20):
            sn = serial()
            devices = [Device(self.own, sn=sn) for _ in range(6)]
            replies = self.all_at_once(
                [d.handshake for d in devices[:3]]
                + [lambda d=d, n=n: d.punch((str(n), "2024-05-01 08:00:00"))
                   for n, d in enumerate(devices[3:])])
            self.assertEqual([r.status for r in replies], [200] * 6, replies)
            self.assertEqual(len(self.own.api.punches(device=sn)), 3)

    def test_of_two_announcements_one_is_made(self):
        for _ in range(20):
            sn = serial()
            got = self.all_at_once(
                [lambda: self.own.api.raw("POST", "/api/devices", {"sn": sn})[0]] * 3)
            self.assertEqual(sorted(got), [201, 409, 409])


if __name__ == "__main__":
    tap.main()
