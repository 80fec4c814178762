#!/usr/bin/env python3
"""/api/contacts: what reached a port of the server and became no device; and `gatehouse contact`."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import tap  # noqa: E402
from device import Device  # noqa: E402
from schema import Document  # noqa: E402
from serve import Server, Wire, program, send_request, until  # noqa: E402
from states import Stream  # noqa: E402
import states  # noqa: E402

server = None
# What a device sends that is set to HTTPS.
HELLO = b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"x" * 160


def setUpModule():
    global server
    # An end that comes together with the bytes is sometimes detected only by the timeout.
    server = Server("--new-devices", "refuse", "--idle-timeout", "1")
    states.server = server
    unittest.addModuleCleanup(server.close)


def contacts(**query):
    text = "&".join(f"{k}={v}" for k, v in query.items())
    return server.api.get("/api/contacts" + ("?" + text if text else ""))["data"]


def contact(peer, reason):
    """The row, once it is there."""
    until(lambda: contacts(peer=peer, reason=reason))
    [row] = contacts(peer=peer, reason=reason)
    return row


class Reasons(unittest.TestCase):
    def test_each_has_its_reason(self):
        sent = (("127.0.1.1", "path_unknown", "GET", "/nothing?pushcommkey=hunter2hunter", None),
                ("127.0.1.2", "serial_missing", "POST", "/iclock/cdata?table=ATTLOG", None),
                ("127.0.1.3", "serial_refused", "GET", "/iclock/getrequest?SN=a%20b", None),
                ("127.0.1.4", "method_refused", "PUT", "/iclock/cdata?SN=X", "X"),
                ("127.0.1.5", "not_admitted", "GET", "/iclock/cdata?SN=X1&options=all", "X1"))
        document = Document(server.api.get("/api/openapi.json"))
        schema = document.answer("GET", "/api/contacts")
        for peer, reason, method, target, serial in sent:
            with self.subTest(reason):
                status = send_request(server.devices, method, target, source=peer).status
                self.assertGreaterEqual(status, 400)
                row = contact(peer, reason)
                self.assertEqual((row["port"], row["count"], row["bytes"]), ("devices", 1, None))
                self.assertEqual(row["serial"], serial)
                self.assertEqual(row["target"], target.replace("hunter2hunter", "*" * 13))
                self.assertTrue(row["hint"])
        self.assertEqual(document.faults(server.api.get("/api/contacts"), schema), [])

    def test_bytes_that_are_no_http_are_counted(self):
        for n in (1, 2):
            with Wire(server.devices, source="127.0.2.1") as wire:
                wire.send(HELLO)
            until(lambda: contact("127.0.2.1", "not_http")["count"] == n)
        row = contact("127.0.2.1", "not_http")
        self.assertEqual((row["bytes"], row["target"], row["port"]), (len(HELLO), None, "devices"))
        self.assertIn("HTTPS", row["hint"])
        self.assertLessEqual(row["since"], row["at"])
        Wire(server.devices, source="127.0.2.2").close()  # a probe of whether the port is open

    def test_a_device_at_the_port_of_people_is_seen(self):
        reply = send_request(server.admin, "GET", "/iclock/cdata?SN=X2&options=all",
                             headers=[("Host", "127.0.0.1")], source="127.0.3.1")
        self.assertEqual(reply.status, 404)
        row = contact("127.0.3.1", "admin_port")
        self.assertEqual((row["port"], row["target"]), ("admin", "/iclock/cdata"))
        send_request(server.admin, "GET", "/favicon.ico", headers=[("Host", "127.0.0.1")],
                     source="127.0.3.2")
        with Wire(server.admin, source="127.0.3.3") as wire:
            wire.send(HELLO)
        self.assertEqual(contact("127.0.3.3", "not_http")["port"], "admin")
        self.assertEqual(contacts(peer="127.0.3.2"), [])

    def test_a_device_that_is_known_is_none(self):
        server.api.post("/api/devices", {"sn": "KNOWN1"})
        d = Device(server, sn="KNOWN1", source="127.0.4.1")
        d.options()
        send_request(server.devices, "GET", "/iclock/nothing?SN=KNOWN1", source="127.0.4.2")
        contact("127.0.4.2", "path_unknown")
        self.assertEqual(contacts(peer="127.0.4.1"), [])

    def test_a_stream_has_them_as_they_come(self):
        stream = Stream(self, "topics=contact")
        for n in (1, 2):
            send_request(server.devices, "GET", "/iclock/cdata", source="127.0.5.1")
            row = stream.until("contact", peer="127.0.5.1", reason="serial_missing", count=n)
        self.assertEqual(row, contact("127.0.5.1", "serial_missing"))

    def test_the_command_lists_them(self):
        send_request(server.devices, "GET", "/of-no-device", source="127.0.6.1")
        contact("127.0.6.1", "path_unknown")
        url = "http://%s:%d" % server.admin
        done = subprocess.run([program(), "contact", "list", "--peer", "127.0.6.1", "--url", url,
                               "--data", server.data], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for text in ("127.0.6.1", "path_unknown", "/of-no-device"):
            self.assertIn(text, done.stdout)


if __name__ == "__main__":
    tap.main()
