#!/usr/bin/env python3
"""Clocks: how a device comes to know its time, what is read in which zone, and which times are
flagged as wrong."""

import datetime
import os
import resource
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, serial  # noqa: E402
from serve import ApiError, Server, program, until  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--zone", "Asia/Kolkata")
    unittest.addModuleCleanup(server.close)


def rows_of(d):
    return d.server.api.punches(device=d.sn)


def now_in(hours, seconds=0):
    """Digits of a clock that many hours east of UTC, so many seconds ahead."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours,
                                                                           seconds=seconds)
    return at.strftime("%Y-%m-%d %H:%M:%S")


class Zones(unittest.TestCase):
    def test_a_changed_zone_is_sent_by_a_check_and_counts_from_then_on(self):
        d = Device(server)
        self.assertEqual(d.options()["TimeZone"], "330")
        answer = server.api.call("PATCH", f"/api/devices/{d.sn}", {"zone": "America/Sao_Paulo"})
        row = answer["data"]
        self.assertEqual((row["zone"], row["clockZone"]), ("America/Sao_Paulo", "Asia/Kolkata"))
        d.punch(("1", "2026-01-27 12:00:00"))
        self.assertEqual(d.poll(), [(row["commandId"], "CHECK")])
        self.assertEqual(d.options()["TimeZone"], "-3")
        d.punch(("1", "2026-01-27 12:00:01"))
        self.assertEqual([(r["zone"], r["utc"]) for r in rows_of(d)],
                         [("Asia/Kolkata", "2026-01-27T06:30:00Z"),
                          ("America/Sao_Paulo", "2026-01-27T15:00:01Z")])
        self.assertIsNone(server.api.device(d.sn)["clockZone"])

    def test_other_options_are_sent_the_same_way(self):
        d = Device(server)
        d.options()
        for change in ({"delay": 17}, {"errorDelay": 18}, {"transTimes": "01:00"},
                       {"transInterval": 19}, {"realtime": False}):
            with self.subTest(change=change):
                row = server.api.call("PATCH", f"/api/devices/{d.sn}", change)["data"]
                self.assertEqual(d.poll(), [(row["commandId"], "CHECK")])
                d.done(row["commandId"], word="CHECK")
                d.options()
        answer = server.api.call("PATCH", f"/api/devices/{d.sn}", {"name": "Gate", "delay": 17})
        self.assertNotIn("commandId", answer["data"])
        self.assertEqual(d.poll(), [])

    def test_approving_sets_zone_and_name_at_once(self):
        with Server("--zone", "Asia/Kolkata") as own:
            d, by_hand = Device(own), Device(own)
            d.handshake(), by_hand.handshake()
            row = own.api.call("POST", f"/api/devices/{d.sn}/approve",
                               {"zone": "Europe/Istanbul", "name": "Gate", "tags": ["east"]})["data"]
            self.assertEqual((row["state"], row["zone"], row["name"], row["clockZone"]),
                             ("approved", "Europe/Istanbul", "Gate", None))
            self.assertEqual(own.api.device(d.sn)["tags"], ["east"])
            with self.assertRaises(ApiError):
                own.api.call("POST", f"/api/devices/{d.sn}/approve", {"zone": "Mars/Olympus"})
            done = subprocess.run(
                [program(), "device", "approve", by_hand.sn, "--zone", "Europe/Istanbul",
                 "--name", "Door", "--data", own.data, "--url", "http://%s:%d" % own.admin],
                capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(own.api.device(by_hand.sn)["name"], "Door")
            for device in (d, by_hand):
                self.assertEqual(device.options()["TimeZone"], "3")
                device.punch(("1", "2026-11-27 08:00:00"))
                [punch] = rows_of(device)
                self.assertEqual((punch["zone"], punch["utc"]),
                                 ("Europe/Istanbul", "2026-11-27T05:00:00Z"))

    def test_approving_without_a_body_stays_as_it_was(self):
        with Server() as own:
            d = Device(own)
            d.handshake()
            own.api.approve(d.sn)
            self.assertEqual(d.handshake().status, 200)

    def test_a_reload_with_another_zone_reaches_known_devices(self):
        own = Server(start=False)
        self.addCleanup(own.close)
        path = os.path.join(own.home, "conf")

        def configure(zone):
            with open(path, "w", encoding="ascii") as f:
                f.write(f"[serve]\nzone={zone}\nnew-devices=approve\n")

        configure("Europe/Berlin")
        own.flags = ["--config", path]
        own.start()
        known, of_its_own = Device(own), Device(own)
        known.options(), of_its_own.options()
        own.api.change(of_its_own.sn, zone="Europe/Istanbul")
        of_its_own.options()
        configure("Asia/Tokyo")
        own.process.send_signal(signal.SIGHUP)
        until(lambda: own.api.device(known.sn)["zone"] == "Asia/Tokyo")
        self.assertEqual(own.api.device(known.sn)["clockZone"], "Europe/Berlin")
        self.assertEqual(until(known.poll)[0][1], "CHECK")
        self.assertEqual(known.options()["TimeZone"], "9")
        self.assertEqual(of_its_own.options()["TimeZone"], "3")
        self.assertEqual(Device(own).options()["TimeZone"], "9")

    def test_the_options_of_the_clock_survive_a_restart(self):
        with Server("--new-devices", "approve", "--zone", "Asia/Kolkata") as own:
            d = Device(own)
            d.options()
            own.api.change(d.sn, zone="Europe/Istanbul")
            own.restart()
            d.punch(("1", "2026-01-27 12:00:00"))
            self.assertEqual(rows_of(d)[0]["zone"], "Asia/Kolkata")


class Corrections(unittest.TestCase):
    def history(self, n):
        """A clock whose log came before its zone was set."""
        d = Device(server)
        d.options()
        first = datetime.datetime(2026, 1, 1, 8)
        d.punch(*((str(i % 50), (first + datetime.timedelta(minutes=7 * i)).isoformat(" "))
                  for i in range(n)))
        d.punch(("1", "1722129924"))  # its own moment
        return d

    def change(self, d, **fields):
        return server.api.call("PATCH", f"/api/devices/{d.sn}", fields)["data"]

    def test_the_answer_to_a_new_zone_counts_what_keeps_the_old_one(self):
        d = self.history(3)
        old = rows_of(d)
        row = self.change(d, zone="America/Sao_Paulo")
        self.assertEqual(row["kept"], 4)
        self.assertNotIn("rederived", row)
        self.assertEqual(rows_of(d), old)

    def test_utc_of_what_is_stored_is_derived_again_on_request(self):
        d = self.history(1203)
        old = rows_of(d)
        row = self.change(d, zone="America/Sao_Paulo", zoneSince="2026-01-01 08:07:00")
        self.assertEqual((row["rederived"], row["unchanged"], row["firstSeq"], row["kept"]),
                         (1202, 0, old[1]["seq"], 2))
        new = rows_of(d)
        for a, b in zip(old, new):
            same = {k: v for k, v in a.items() if k not in ("utc", "zone")}
            self.assertEqual(same, {k: v for k, v in b.items() if k not in ("utc", "zone")})
        self.assertEqual(new[0], old[0])
        self.assertEqual((new[1]["utc"], new[1]["zone"]),
                         ("2026-01-01T11:07:00Z", "America/Sao_Paulo"))
        self.assertEqual(new[-1], old[-1])
        again = self.change(d, zoneSince="2026-01-01")
        self.assertEqual((again["rederived"], again["unchanged"]), (1, 1202))

    def test_flags_follow_the_zone(self):
        d = Device(server)
        d.options()
        d.punch(("1", "2024-03-31 02:30:00"))
        self.change(d, zone="Europe/Berlin", zoneSince="2024-01-01")
        self.assertEqual(rows_of(d)[0]["flags"], ["dst_gap"])
        self.change(d, zone="Asia/Tokyo", zoneSince="2024-01-01")
        self.assertEqual(rows_of(d)[0]["flags"], [])

    def test_nothing_is_sent_again(self):
        d = self.history(2)
        status = server.api.get("/api/status")["data"]
        self.change(d, zone="Asia/Tokyo", zoneSince="2026-01-01")
        self.assertEqual(server.api.get("/api/status")["data"]["data"]["punches"],
                         status["data"]["punches"])
        self.assertEqual(rows_of(d)[0]["zone"], "Asia/Tokyo")

    def test_a_time_that_is_none_is_refused(self):
        d = self.history(1)
        for since in ("yesterday!!", "2026-02-30", "2026-01-01 8:00"):
            with self.assertRaises(ApiError) as caught:
                self.change(d, zone="Asia/Tokyo", zoneSince=since)
            self.assertEqual(caught.exception.reply["details"][0]["field"], "zoneSince")
        self.assertEqual(server.api.device(d.sn)["zone"], "Asia/Kolkata")

    def test_the_command_line_reports_it(self):
        d = self.history(2)
        run = [program(), "device", "zone", d.sn, "--data", server.data,
               "--url", "http://%s:%d" % server.admin]
        done = subprocess.run([*run, "Asia/Tokyo"], capture_output=True, text=True)
        self.assertIn("3 punches keep the zone they were read in", done.stdout, done.stderr)
        done = subprocess.run([*run, "Asia/Tokyo", "--since", "2026-01-01"],
                              capture_output=True, text=True)
        self.assertIn("2 punches derived again, from number", done.stdout, done.stderr)


class WrongTimes(unittest.TestCase):
    def flags(self, *digits):
        d = Device(server)
        d.options()
        for at in digits:
            d.punch(("1", at))
        return [row["flags"] for row in rows_of(d)]

    def test_a_clock_that_lost_power_is_flagged(self):
        got = self.flags("2000-01-01 04:04:00", "2000-03-02 08:00:00", "1970-01-01 00:10:00",
                         "2001-01-01 00:00:00")
        self.assertEqual(got, [["ancient"], ["ancient"], ["ancient"], []])

    def test_a_live_punch_shifted_by_hours_is_flagged_and_the_clock_is_known_to_be_off(self):
        d = Device(server)
        d.options()
        self.assertIsNone(server.api.device(d.sn)["clockOffset"])
        for hours, flagged in ((5.5, False), (8, True), (6, True)):
            d.punch(("1", now_in(hours)))
            row = server.api.device(d.sn)
            self.assertLess(abs(row["clockOffset"] - (hours - 5.5) * 3600), 60, hours)
            self.assertEqual("shifted" in rows_of(d)[-1]["flags"], flagged, hours)
            wrong = [p for p in server.api.get("/api/problems")["data"]
                     if p["kind"] == "clock_wrong" and p["subject"] == d.sn]
            self.assertEqual(len(wrong), int(flagged), hours)
        # Behind: either it is late, or the clock is wrong; nothing is known.
        d.punch(("1", now_in(4.5)))
        self.assertEqual(rows_of(d)[-1]["flags"], [])
        self.assertGreater(server.api.device(d.sn)["clockOffset"], 1000)

    def test_punches_ahead_of_their_arrival_are_flagged(self):
        got = self.flags(now_in(5.5, 20), now_in(8), now_in(11), now_in(28.5), now_in(31))
        self.assertEqual(["ahead" in flags for flags in got], [False, True, True, True, True])


class Codes(unittest.TestCase):
    def test_an_operation_without_a_name_has_its_number(self):
        d = Device(server)
        d.upload("OPERLOG", b"OPLOG 70\t0\t2026-11-27 19:05:35\t2\t0\t0\t0\n"
                            b"OPLOG 6\t0\t2026-11-27 19:05:36\t2\t0\t0\t0\n")
        self.assertEqual([row["opName"] for row in server.api.records("oplog", d.sn)],
                         ["operation 70", "fingerprint enrolled"])

    def test_minus_1004_may_mean_that_the_device_lacks_the_command(self):
        d = Device(server)
        d.options()
        number = server.api.queue(d.sn, "INFO")
        d.poll()
        d.done(number, code=-1004, word="INFO")
        self.assertIn("does not support the command", server.api.command(number)["meaning"])


class Counters(unittest.TestCase):
    @unittest.skipIf("GATEHOUSE_TEST_POSTGRES" in os.environ, "fills the disk of SQLite")
    def test_an_upload_that_cannot_be_stored_counts_once(self):
        def ignore():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        with Server("--new-devices", "approve", prepare=ignore) as own:
            d = Device(own)
            d.options()
            resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
            self.assertEqual(d.punch(("1", "2026-11-27 09:00:00")).status, 503)
            _, _, text = own.api.raw("GET", "/metrics")
            self.assertIn("gatehouse_uploads_refused_total 1\n", text.decode())
            # It is a problem of the device, which counts and is logged once.
            self.assertEqual(d.punch(("1", "2026-11-27 09:00:00")).status, 503)
            [problem] = own.api.get(f"/api/problems?subject={d.sn}")["data"]
            self.assertEqual((problem["kind"], problem["count"]), ("uploads_refused", 2))
            self.assertTrue(problem["detail"] and problem["remedies"])


if __name__ == "__main__":
    tap.main()
