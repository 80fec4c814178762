#!/usr/bin/env python3
"""What server and device agree on at the handshake, and what the server stores of it."""

import datetime
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, until  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--delay", "9", "--error-delay", "33",
                    "--trans-times", "01:00;13:00", "--trans-interval", "2")
    unittest.addModuleCleanup(server.close)


class Options(unittest.TestCase):
    def pick(self, device, *names):
        got = device.options()
        return [got.get(name) for name in names]

    def test_what_the_server_was_started_with_is_the_default(self):
        for pushver in (None, "2.1.1", "2.4.1"):
            d = Device(server, pushver=pushver)
            self.assertEqual(self.pick(d, "Delay", "ErrorDelay"), ["9", "33"])
            self.assertEqual(self.pick(d, "TransTimes", "TransInterval", "Realtime"),
                             ["01:00;13:00", "2", "1"])

    def test_each_device_has_delays_of_its_own(self):
        d, other = Device(server), Device(server)
        d.handshake(), other.handshake()
        server.api.change(d.sn, delay=4, errorDelay=70)
        self.assertEqual(self.pick(d, "Delay", "ErrorDelay"), ["4", "70"])
        self.assertEqual(self.pick(other, "Delay", "ErrorDelay"), ["9", "33"])

    def test_each_device_has_upload_times_of_its_own(self):
        d = Device(server)
        d.handshake()
        times = ";".join(f"{h:02d}:30" for h in range(10))
        server.api.change(d.sn, transTimes=times, transInterval=0, realtime=False)
        self.assertEqual(self.pick(d, "TransTimes", "TransInterval", "Realtime"),
                         [times, "0", "0"])

    def test_photos_are_requested_in_base64_where_that_is_set(self):
        self.assertNotIn("ATTPHOTOBase64", Device(server, pushver="2.4.1").options())
        with Server("--new-devices", "approve", "--photo-form", "base64") as own:
            for pushver, requested in ((None, None), ("2.1.1", None), ("2.2.14", "1"), ("2.4.1", "1")):
                d = Device(own, pushver=pushver)
                self.assertEqual(d.options().get("ATTPHOTOBase64"), requested, pushver)

    def test_the_lower_protocol_version_wins(self):
        for pushver, agreed in ((None, None), ("2.2.14", "2.2.14"), ("2.3.0", "2.3.0"),
                                ("2.4.1", "2.4.1"), ("3.1.2", "2.4.1"), ("10.0.0", "2.4.1")):
            with self.subTest(pushver=pushver):
                self.assertEqual(self.pick(Device(server, pushver=pushver), "PushProtVer"),
                                 [agreed])

    def test_settings_are_requested_from_2_2_14_on(self):
        for pushver, flag in ((None, "0"), ("2.1.1", "0"), ("2.2.14", "1"), ("2.4.1", "1")):
            with self.subTest(pushver=pushver):
                got = Device(server, pushver=pushver).options()
                self.assertEqual(got.get("PushOptionsFlag", "0"), flag)
                self.assertEqual("FingerFunOn" in got.get("PushOptions", ""), flag == "1")

    def test_biometric_types_are_ten_flags(self):
        got = Device(server).options()
        for name in ("MultiBioDataSupport", "MultiBioPhotoSupport"):
            self.assertRegex(got[name], r"^[01](:[01]){9}$")

    def test_a_zone_follows_its_summer_time(self):
        d = Device(server)
        d.handshake()
        server.api.change(d.sn, zone="Europe/Berlin")
        # Europe: from the last Sunday of March to the last of October, at 01:00 UTC.
        now = datetime.datetime.now(datetime.timezone.utc)
        ends = [datetime.datetime(now.year, month, 31, 1, tzinfo=datetime.timezone.utc)
                for month in (3, 10)]
        spring, autumn = (e - datetime.timedelta(days=(e.weekday() + 1) % 7) for e in ends)
        self.assertEqual(self.pick(d, "TimeZone"), ["2" if spring <= now < autumn else "1"])


class Memory(unittest.TestCase):
    def test_version_language_and_address_are_stored(self):
        d = Device(server, pushver="2.3.0", language="83", extra="&DeviceType=att")
        d.handshake()
        row = server.api.device(d.sn)
        self.assertEqual([row[k] for k in ("pushVersion", "language", "deviceType", "address")],
                         ["2.3.0", "83", "att", "127.0.0.1"])

    def test_the_last_contact_is_known(self):
        d = Device(server)
        d.handshake()
        time.sleep(0.05)
        before = datetime.datetime.now(datetime.timezone.utc)
        d.poll()
        seen = datetime.datetime.fromisoformat(
            server.api.device(d.sn)["lastSeen"].replace("Z", "+00:00"))
        self.assertLess(abs((seen - before).total_seconds()), 5)
        self.assertGreaterEqual(seen, before - datetime.timedelta(milliseconds=5))

    def test_the_summary_is_kept_to_the_letter(self):
        d = Device(server)
        d.handshake()
        info = "Ver 6.39 Apr 28 2008,2,1,3,192.168.1.201,10,7,15,11,011"
        d.poll(info)
        # A poll is answered before its summary is on disk.
        until(lambda: server.api.device(d.sn)["info"])
        row = server.api.device(d.sn)
        self.assertEqual((row["info"], row["firmwareVersion"]), (info, "Ver 6.39 Apr 28 2008"))


class Language(unittest.TestCase):
    def test_a_chinese_device_gets_its_commands_in_gb18030(self):
        text = "DATA UPDATE USERINFO PIN=1\tName=张三"
        for language, code in (("83", "gb18030"), ("69", "utf-8")):
            with self.subTest(language=language):
                d = Device(server, language=language)
                d.handshake()
                number = server.api.queue(d.sn, text)
                reply = d.get(f"/iclock/getrequest?SN={d.sn}")
                self.assertEqual(reply.body, f"C:{number}:{text}\n".encode(code))


class Questions(unittest.TestCase):
    def test_a_request_to_verify_a_person_is_denied_at_once(self):
        d = Device(server)
        d.handshake()
        for kind in ("PWD", "CARD", "FP", "FACE"):
            reply = d.post(f"/iclock/cdata?SN={d.sn}&AuthType={kind}", b"PIN=1\tSize=4\tTMP=AAAA\n")
            self.assertEqual(reply.status, 200)
            self.assertNotIn(b"OK", reply.body)

    def test_a_match_that_a_device_made_itself_is_answered_as_the_document_shows(self):
        d = Device(server)
        d.handshake()
        for body in (b"PIN=1", b"1\t2026-01-05 08:00:00", b""):
            reply = d.post(f"/iclock/cdata?SN={d.sn}&type=PostVerifyData", body)
            self.assertEqual((reply.status, reply.body), (200, b"OK"))
        # It is no punch.
        self.assertEqual(server.api.get("/api/punches?device=" + d.sn)["data"], [])


if __name__ == "__main__":
    tap.main()
