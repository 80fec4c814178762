#!/usr/bin/env python3
"""What real devices do to HTTP and at first contact: a claim or more for each quirk (Q1 to Q21)
that touches the server. The numbers are those of the list of quirks."""

import email.utils
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, attlog, commands, options  # noqa: E402
from serve import Server, Wire, send_request, request, until  # noqa: E402

server = None
OLD = [("Host", "10.0.0.1:8080"), ("User-Agent", "iClock Proxy/1.09"),
       ("Connection", "close"), ("Accept", "*/*")]
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4 + b"\xff\xd9"


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def pins(sn):
    return [p["pin"] for p in server.api.punches(device=sn)]


def photo(name, sn, picture):
    return f"PIN={name}\nSN={sn}\nsize={len(picture)}\nCMD=uploadphoto".encode() + b"\0" + picture


class Http(unittest.TestCase):
    def test_Q1_http_1_0_without_content_type_and_body_sent_apart(self):
        d = Device(server)
        d.options()
        body = attlog(("1", "2024-07-28 01:25:24", 0, 1))
        head = request("POST", f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp=1", b"x" * len(body),
                       OLD, "HTTP/1.0")[:-len(body)]
        with Wire(server.devices) as wire:
            wire.send(head, body, pause=0.1)
            reply = wire.reply()
            self.assertEqual((reply.status, reply.body), (200, b"OK:1"))
            self.assertTrue(wire.ended())
        self.assertEqual(pins(d.sn), ["1"])

    def test_Q1_every_byte_in_a_packet_of_its_own(self):
        d = Device(server)
        d.options()
        body = attlog(("2", "2024-07-28 01:25:25", 0, 1))
        data = request("POST", f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp=2", body, OLD)
        with Wire(server.devices) as wire:
            wire.send(*(data[i:i + 1] for i in range(len(data))), pause=0.0005)
            self.assertEqual(wire.reply().body, b"OK:1")
        self.assertEqual(pins(d.sn), ["2"])

    def test_Q1_newer_firmware_with_its_odd_headers(self):
        d = Device(server)
        d.options()
        headers = [("Cookie", "token="), ("Host", "192.168.213.17:8088"),
                   ("User-Agent", "iClock Proxy/1.09"), ("Connection", "starting"),
                   ("Accept", "application/push"), ("Accept-Charset", "UTF-8"),
                   ("Accept-Language", "zh-CN"), ("Accept-Encoding", "gzip"),
                   ("Content-Type", "application/push;charset=UTF-8"),
                   ("Content-Language", "zh-CN")]
        reply = d.post(f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp=3",
                       attlog(("3", "2024-07-28 01:25:26")), headers=headers)
        self.assertEqual((reply.status, reply.body), (200, b"OK:1"))
        self.assertIsNone(reply.get("Content-Encoding"))

    def test_Q1_a_connection_kept_open_serves_poll_after_poll(self):
        d = Device(server)
        d.options()
        with d.line() as wire:
            for i in range(20):
                wire.send(d.request("GET", f"/iclock/getrequest?SN={d.sn}"))
                reply = wire.reply()
                self.assertEqual((reply.status, reply.body), (200, b"OK"))
                wire.send(d.request("POST", f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp={i}",
                                    attlog((str(i), "2024-07-28 01:25:26"))))
                self.assertEqual(wire.reply().body, b"OK:1")

    def test_Q2_an_empty_post_that_became_a_get_is_no_handshake(self):
        d = Device(server)
        d.options()
        for table in ("ATTLOG", "OPERLOG"):
            reply = d.get(f"/iclock/cdata?SN={d.sn}&table={table}&Stamp=9999")
            self.assertEqual(reply.status, 200)
            self.assertTrue(reply.body.startswith(b"OK"), reply)
        reply = d.post(f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp=9999", b"")
        self.assertEqual(reply.status, 200)
        self.assertTrue(reply.body.startswith(b"OK"), reply)
        self.assertEqual(pins(d.sn), [])

    def test_Q3_raw_blanks_in_the_request_line(self):
        d = Device(server)
        d.options()
        for version in ("HTTP/1.0", "HTTP/1.1"):
            reply = d.get(f"/iclock/getrequest?SN={d.sn}&INFO=Ver 8.0.4.2-20181109,12,3,"
                          "4567,192.168.1.201,10,7,15,11,011", version=version)
            self.assertEqual((reply.status, reply.body), (200, b"OK"))
        until(lambda: server.api.device(d.sn)["firmwareVersion"] == "Ver 8.0.4.2-20181109")
        reply = d.post(f"/iclock/cdata?SN={d.sn}&table= ATTLOG&Stamp=1",
                       attlog(("1", "2024-01-01 00:00:00")))
        self.assertEqual((reply.status, reply.body), (200, b"OK:1"))

    def test_Q4_success_has_the_status_line_devices_look_for(self):
        d = Device(server)
        for version in ("HTTP/1.0", "HTTP/1.1"):
            reply = d.get(f"/iclock/cdata?SN={d.sn}&options=all&pushver=2.4.1", version=version)
            self.assertRegex(reply.line, r"^HTTP/1\.[01] 200 ")

    def test_Q5_Q16_answers_are_plain_text_with_the_time(self):
        d = Device(server)
        handshake = d.handshake()
        number = server.api.queue(d.sn, "CHECK")
        replies = [handshake, d.get(f"/iclock/getrequest?SN={d.sn}"),
                   d.answer(f"ID={number}&Return=0&CMD=CHECK\n"),
                   d.get(f"/iclock/ping?SN={d.sn}"),
                   d.punch(("1", "2024-01-01 00:00:00"))]
        for reply in replies:
            self.assertEqual(reply.status, 200)
            self.assertIn("text/plain", reply.get("Content-Type"))
            date = reply.get("Date")
            self.assertTrue(date.endswith(" GMT"), date)
            self.assertLess(abs(email.utils.parsedate_to_datetime(date).timestamp()
                                - time.time()), 5)

    def test_Q6_few_short_headers_in_canonical_case(self):
        d = Device(server)
        replies = [d.handshake(), d.punch(("1", "2024-01-01 00:00:00")), d.answer("x"),
                   d.get(f"/iclock/getrequest?SN={d.sn}"), d.get("/nowhere"),
                   d.get("/iclock/cdata")]
        for reply in replies:
            self.assertLess(len(reply.head), 2048)
            for name, value in reply.headers:
                self.assertEqual(name, "-".join(w.capitalize() for w in name.split("-")))
                self.assertLess(len(name) + len(value), 1000)
            self.assertIsNotNone(reply.get("Content-Length"))
            self.assertEqual(reply.all("Transfer-Encoding"), [])

    def test_Q7_the_connection_closes_after_a_photo_on_request(self):
        for version, headers in (("HTTP/1.0", [("Host", "h")]), ("HTTP/1.0", OLD),
                                 ("HTTP/1.1", OLD)):
            d = Device(server)
            d.options()
            with Wire(server.devices) as wire:
                wire.send(request("POST", f"/iclock/cdata?SN={d.sn}&table=ATTPHOTO&Stamp=1",
                                  photo("20240101000000-1.jpg", d.sn, JPEG), headers, version))
                reply = wire.reply()
                self.assertEqual((reply.status, reply.body), (200, b"OK"))
                if version == "HTTP/1.1":
                    self.assertEqual((reply.get("Connection") or "").lower(), "close")
                self.assertTrue(wire.ended())

    def test_Q8_the_paths_devices_use(self):
        for path in ("/iclock/cdata", "/iclock/cdata.aspx", "/iclock/iclock/cdata",
                     "//iclock/cdata", "/iclock//cdata", "/cdata", "/cdata.aspx",
                     "/iclock/edata", "/slug/s3cret/iclock/cdata", "/iclock/fdata",
                     "http://10.1.2.3:8080/iclock/cdata"):
            with self.subTest(path=path):
                d = Device(server)
                d.options()
                reply = d.upload("ATTLOG", attlog(("7", "2024-01-01 00:00:00")), 1, path=path)
                self.assertEqual((reply.status, reply.body), (200, b"OK:1"))
                self.assertEqual(pins(d.sn), ["7"])
        for path in ("/iclock/getrequest", "/iclock/getrequest.aspx", "/getrequest.aspx",
                     "/getrequest", "//iclock/getrequest", "/a/b/iclock/getrequest"):
            for method, body in (("GET", None), ("POST", b"")):
                with self.subTest(path=path, method=method):
                    d = Device(server)
                    d.options()
                    number = server.api.queue(d.sn, "CHECK")
                    reply = send_request(server.devices, method, f"{path}?SN={d.sn}", body)
                    self.assertEqual(reply.status, 200)
                    self.assertEqual(commands(reply.body), [(str(number), "CHECK")])
        for path in ("/iclock/devicecmd", "/iclock/devicecmd.aspx", "/devicemd.aspx",
                     "/iclock/devicemd", "/devicecmd.aspx"):
            with self.subTest(path=path):
                d = Device(server)
                d.options()
                number = server.api.queue(d.sn, "CHECK")
                d.poll()
                reply = d.post(f"{path}?SN={d.sn}", f"ID={number}&Return=0&CMD=CHECK\n".encode())
                self.assertEqual((reply.status, reply.body), (200, b"OK"))
                self.assertEqual(server.api.command(number)["status"], "acknowledged")
        d = Device(server)
        reply = d.get(f"/iclock/cdata.aspx?SN={d.sn}&options=all&pushver=2.4.1")
        self.assertEqual(reply.status, 200)
        options(reply.body)

    def test_a_method_written_Get(self):
        # As Attendance PUSH 2020-03, 9 and 12, print it.
        d = Device(server)
        d.options()
        reply = send_request(server.devices, "Get", f"/iclock/getrequest?SN={d.sn}")
        self.assertEqual((reply.status, reply.body), (200, b"OK"))

    def test_Q9_unexpected_paths_are_never_a_success_nor_a_redirect_nor_a_page(self):
        d = Device(server)
        d.options()
        for method in ("GET", "POST"):
            for path in ("/", "/index.html", "/favicon.ico", "/iclock", "/iclock/",
                         "/iclock/nothing", "/iclock/cdata/more", "/iclock/FileName=options.cfg",
                         "/api/punches", "/api/devices", "/metrics", "/healthz", "/readyz",
                         "/admin", "/iclock/file", "/iclock/accounts/login/", "*"):
                for query in ("", f"?SN={d.sn}"):
                    reply = send_request(server.devices, method, path + query,
                                b"x" if method == "POST" else None)
                    with self.subTest(method=method, path=path + query):
                        self.assertGreaterEqual(reply.status, 400, reply)
                        self.assertNotIn(b"<html", reply.body.lower())
                        self.assertNotIn(b"OK", reply.body)

    def test_Q11_the_parameter_names_in_any_case(self):
        for name in ("sn", "Sn", "SN"):
            d = Device(server)
            reply = d.get(f"/iclock/cdata?{name}={d.sn}&OPTIONS=all&PushVer=2.4.1")
            self.assertEqual(reply.status, 200)
            options(reply.body)
            reply = d.post(f"/iclock/cdata?Table=ATTLOG&stamp=5&{name}={d.sn}",
                           attlog(("1", "2024-01-01 00:00:00")))
            self.assertEqual((reply.status, reply.body), (200, b"OK:1"))
            self.assertEqual(d.options()["ATTLOGStamp"], "5")

    def test_an_exchange_of_keys_is_refused(self):
        d = Device(server)
        d.options()
        for kind, body in (("publickey", b"PublicKey=DMCtR1"), ("factors", b"Factors=x")):
            reply = d.post(f"/iclock/exchange?SN={d.sn}&type={kind}", body)
            self.assertGreaterEqual(reply.status, 400)
            self.assertNotIn(b"OK", reply.body)


class Handshake(unittest.TestCase):
    def test_Q12_every_option_line_is_short_and_ended(self):
        for pushver in (None, "2.1.1", "2.2.14", "2.4.1", "3.0.1"):
            body = Device(server, pushver=pushver).handshake().body
            self.assertTrue(body.endswith(b"\n"), body[-40:])
            self.assertNotIn(b"\r", body)
            for line in body.split(b"\n"):
                self.assertLess(len(line), 2000)

    def test_Q13_the_reply_is_valid_for_every_generation(self):
        for pushver in (None, "2.0.1", "2.1.1", "2.2.14", "2.3.0", "2.4.1", "3.0.1", "3.1.2"):
            got = Device(server, pushver=pushver).options()
            self.assertTrue("Stamp" in got or "ServerVer" in got)
            for name in ("ErrorDelay", "Delay", "TransTimes", "TransInterval", "TransFlag",
                         "Realtime", "Encrypt"):
                self.assertIn(name, got)

    def test_Q14_stamps_in_both_spellings(self):
        d = Device(server, pushver=None)
        d.options()
        self.assertEqual(d.post(f"/iclock/cdata?SN={d.sn}&table=ATTLOG&Stamp=11",
                                attlog(("1", "2024-01-01 00:00:00"))).status, 200)
        self.assertEqual(d.post(f"/iclock/cdata?SN={d.sn}&table=OPERLOG&OpStamp=12",
                                b"USER PIN=1\tName=A\n").status, 200)
        self.assertEqual(d.post(f"/iclock/fdata?SN={d.sn}&table=ATTPHOTO&PhotoStamp=13",
                                photo("20240101000000-1", d.sn, JPEG)).status, 200)
        got = d.options()
        self.assertEqual([got[k] for k in ("Stamp", "OpStamp", "PhotoStamp", "ATTLOGStamp",
                                           "OPERLOGStamp", "ATTPHOTOStamp")],
                         ["11", "12", "13", "11", "12", "13"])
        newer = Device(server, sn=d.sn, pushver="2.4.1").options()
        self.assertEqual([newer[k] for k in ("ATTLOGStamp", "OPERLOGStamp", "ATTPHOTOStamp")],
                         ["11", "12", "13"])

    def test_Q15_half_hour_zones_as_minutes(self):
        for zone, value in (("Asia/Kolkata", "330"), ("Asia/Kathmandu", "345"),
                            ("Asia/Shanghai", "8"), ("Etc/UTC", "0"), ("America/Bogota", "-5"),
                            ("Pacific/Marquesas", "-570"), ("Pacific/Tongatapu", "780"),
                            ("Pacific/Fiji", "720")):
            d = Device(server)
            d.options()
            server.api.change(d.sn, zone=zone)
            self.assertEqual(d.options()["TimeZone"], value, zone)

    def test_Q17_trans_flag_is_split_by_tabs_and_has_the_log(self):
        flag = Device(server).options()["TransFlag"]
        word, _, rest = flag.partition(" ")
        self.assertEqual(word, "TransData")
        names = rest.split("\t")
        for name in ("AttLog", "OpLog", "EnrollUser", "ChgUser", "EnrollFP", "ChgFP", "AttPhoto"):
            self.assertIn(name, names)
        for name in names:
            self.assertRegex(name, r"^\w+$")

    def test_Q18_encryption_is_never_offered(self):
        for pushver in (None, "2.2.14", "2.4.1", "3.0.1"):
            self.assertEqual(Device(server, pushver=pushver).options()["Encrypt"], "0")

    def test_Q19_a_device_that_never_shakes_hands_is_served(self):
        d = Device(server)
        self.assertEqual(d.poll("Ver 3.1.8,1,1,1,10.0.0.9,10"), [])
        reply = d.punch(("1", "2024-01-01 00:00:00"), stamp=1)
        self.assertEqual(reply.status, 200)
        self.assertTrue(reply.body.startswith(b"OK"))
        self.assertEqual(pins(d.sn), ["1"])

    def test_Q20_the_settings_push_gets_exactly_ok(self):
        d = Device(server)
        d.options()
        body = (b"~SerialNumber=CKUH211960123,FirmVer=Ver 8.0.4.3,~DeviceName=SenseFace 4A,"
                b"~OEMVendor=ZKTECO CO.,LTD.,BioDataFun=,~MaxUserCount=30,~MaxAttLogCount=15,"
                b"VisilightFun=1,MultiBioVersion=0:0:0:0:0:0:0:0:0:58.12\n")
        reply = d.post(f"/iclock/cdata?SN={d.sn}&table=options", body)
        self.assertEqual((reply.status, reply.body), (200, b"OK"))
        got = server.api.device(d.sn)["options"]
        self.assertEqual(got["~DeviceName"], "SenseFace 4A")
        self.assertEqual(got["BioDataFun"], "")
        self.assertEqual(got["~MaxUserCount"], "30")
        self.assertEqual(got["~OEMVendor"], "ZKTECO CO.,LTD.")
        self.assertEqual(got["MultiBioVersion"], "0:0:0:0:0:0:0:0:0:58.12")

    def test_Q21_device_type_decides_not_the_version(self):
        for kind in ("att", "middle%20east"):
            d = Device(server, pushver="3.1.2", extra=f"&DeviceType={kind}")
            self.assertIn("ATTLOGStamp", d.options())
            self.assertEqual(server.api.device(d.sn)["deviceType"], kind.replace("%20", " "))
        reply = Device(server, pushver="3.1.2", extra="&DeviceType=acc").handshake()
        self.assertNotIn(b"ATTLOGStamp", reply.body, "an access panel got a clock's options")

if __name__ == "__main__":
    tap.main()
