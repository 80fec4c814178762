#!/usr/bin/env python3
"""Settings of access units: what comes back of them, and results that follow later."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import Server, until  # noqa: E402
from unit import Unit  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def order(u, **what):
    return u.server.api.post("/api/commands", dict(what, deviceSerial=u.sn))["commandId"]


def polled(u):
    """The one command of the next poll that has one."""
    [(number, text)] = until(u.poll)
    return number, text


class Options(unittest.TestCase):
    def test_options_read_back_by_a_query_are_those_of_an_upload(self):
        u = Unit(server).register()
        u.expect(b"OK", "POST", "/iclock/cdata?SN=&table=options", b"~DeviceName=A,LockCount=2,MThreshold=40")
        number = order(u, type="get_options", options="MThreshold,AntiPassback,ComPwd")
        self.assertEqual(polled(u), (number, "GET OPTIONS MThreshold,AntiPassback,ComPwd"))
        u.expect(b"OK", "POST", f"/iclock/querydata?SN=&type=options&cmdid={number}&tablename=options"
                 "&count=1&packcnt=1&packidx=1", b"MThreshold=55,AntiPassback=16,ComPwd=secret")
        u.result(number)
        d = server.api.device(u.sn)
        self.assertEqual(d["options"], {"~DeviceName": "A", "LockCount": "2", "MThreshold": "55",
                                        "AntiPassback": "16", "ComPwd": "***"})
        self.assertEqual(d["optionMeanings"]["AntiPassback"],
                         "anti-passback value: between the readers of door 1")
        self.assertEqual(server.api.command(number)["status"], "acknowledged")

    def test_an_option_that_was_not_stored_has_failed(self):
        u = Unit(server).register()
        number = order(u, type="set_option", name="Door1Drivertime", value="9")
        self.assertEqual(polled(u), (number, "SET OPTIONS Door1Drivertime=9"))
        u.result(number, -612)
        c = server.api.command(number)
        self.assertEqual((c["status"], c["returnCode"]), ("failed", -612))
        self.assertIn("could not save", c["meaning"])

    def test_a_password_is_shown_nowhere(self):
        u = Unit(server).register()
        number = order(u, type="set_option", name="ComPwd", value="9f3a77")
        self.assertEqual(polled(u), (number, "SET OPTIONS ComPwd=9f3a77"))
        self.assertEqual(server.api.command(number)["command"], "SET OPTIONS ComPwd=***")

    def test_the_result_of_a_screen_follows_later(self):
        for later in (5000, -5000):
            u = Unit(server).register()
            number = order(u, type="set_screen", side=1, part=3, media=0, size="1024*600",
                           url="http://10.0.0.1/a.mp4", exit_interval=7)
            self.assertEqual(polled(u), (number, "SET ADSCREEN_OPTIONS InOut=1,Area=3,Type=0,"
                                         "Range=1024*600,URL=http://10.0.0.1/a.mp4,OutPlayInterval=7"))
            u.result(number, later)
            self.assertEqual(server.api.command(number)["status"], "deferred")
            u.expect(b"OK", "POST", "/iclock/devicecmd?SN=",
                     f"ID={number}&Return=0&CMD=SET ADSCREEN_OPTIONS&SN=SCREEN7".encode())
            c = server.api.command(number)
            self.assertEqual((c["status"], c["returnCode"], c["subSerial"]),
                             ("acknowledged", 0, "SCREEN7"))
        # Of another kind of command it is a number as others are.
        u = Unit(server).register()
        number = order(u, type="test_host", host="10.0.0.1:80")
        self.assertEqual(polled(u), (number, "Test Host Address=10.0.0.1:80"))
        u.result(number, 5000)
        self.assertEqual(server.api.command(number)["status"], "acknowledged")

    def test_qr_codes_and_verify_modes_are_given_with_the_configuration(self):
        u = Unit(server, parameters=Unit(server).parameters + ",NewVFStyles=0000111000011010").register()

        def configuration():
            return u.request("POST", "/iclock/push?SN=", b"")[1].decode().split("\n")

        self.assertIn("NewVFStyles=0000111000011010", configuration())
        self.assertFalse([o for o in configuration() if o.startswith("QR")])
        server.api.change(u.sn, qrType=3, qrKey="k1", verifyStyle="old")
        given = configuration()
        self.assertEqual([o for o in given if o.startswith("QR")],
                         ["QRCodeDecryptType=3", "QRCodeDecryptKey=k1"])
        self.assertFalse([o for o in given if o.startswith("NewVFStyles")])
        trace = str(server.api.get(f"/api/devices/{u.sn}/trace"))
        self.assertNotIn("QRCodeDecryptKey=k1", trace)
        server.api.change(u.sn, qrType=0, qrKey="", verifyStyle="default")
        self.assertIn("NewVFStyles=0000111000011010", configuration())
        self.assertFalse([o for o in configuration() if o.startswith("QR")])


if __name__ == "__main__":
    tap.main()
