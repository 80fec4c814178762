#!/usr/bin/env python3
"""Simulated devices and `gatehouse serve` with a certificate: by https, and what they trust."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from serve import DEADLINE, Server, program, until  # noqa: E402

FAST = ("--speed", "100", "--retry", "50")


def make_certificate(cert, key, *names):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=server", "-addext", "subjectAltName=" + ",".join(names),
         "-keyout", key, "-out", cert], check=True, capture_output=True)


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        home = tempfile.TemporaryDirectory()
        cls.addClassCleanup(home.cleanup)
        cls.cert, cls.key, cls.other, cls.other_key = (
            os.path.join(home.name, n) for n in ("cert.pem", "key.pem", "other.pem", "other.key"))
        make_certificate(cls.cert, cls.key, "IP:127.0.0.1")
        make_certificate(cls.other, cls.other_key, "IP:127.0.0.1")
        cls.server = Server("--new-devices", "approve", "--tls-cert", cls.cert, "--tls-key", cls.key)
        cls.addClassCleanup(cls.server.close)
        cls.port = cls.server.devices[1]

    def start(self, kind, *flags):
        sim = subprocess.Popen([program(), "sim", kind, *flags, *FAST], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

        def end():
            if sim.poll() is None:
                sim.kill()
            sim.communicate()
        self.addCleanup(end)
        return sim

    def once(self, kind, url, *flags):
        sim = self.start(kind, "--server", url, "--once", "--duration", "300", *flags)
        out, err = sim.communicate(timeout=DEADLINE * 6)
        self.assertEqual(sim.returncode, 0, err + out)
        return json.loads(out)

    def test_devices_of_either_kind_deliver_by_https(self):
        for kind, sn, n in (("access", "TA", 3), ("attendance", "TB", 3)):
            self.once(kind, f"https://127.0.0.1:{self.port}", "--ca", self.cert, "--sn", sn,
                      "--devices", str(n), "--punches", "40")
            self.assertEqual(sum(d.startswith(sn) for d in self.server.api.devices()), n)

    def test_faults_of_the_network_lose_nothing(self):
        for kind, sn in (("access", "TC"), ("attendance", "TD")):
            self.once(kind, f"https://127.0.0.1:{self.port}", "--ca", self.cert, "--sn", sn, "--devices", "4",
                      "--punches", "30", "--fault", "drop-reply:10,split:30,slow:5,duplicate:10")

    def test_a_file_is_fetched_by_it(self):
        content = os.urandom(2_500_000)
        self.assertEqual(self.server.api.raw("PUT", "/api/files/fw.bin", content)[0], 201)
        sim = self.start("access", "--server", f"https://127.0.0.1:{self.port}", "--ca", self.cert, "--sn", "TE",
                         "--pace", "50", "--punches", "0")
        until(lambda: self.server.api.devices().get("TE000001", {}).get("registration") == "configured")
        number = self.server.api.post("/api/commands", {
            "deviceSerial": "TE000001", "type": "upgrade", "file": "fw.bin"})["commandId"]
        until(lambda: self.server.api.command(number)["status"] == "acknowledged", 180, 0.2)
        sim.send_signal(signal.SIGTERM)
        self.assertEqual(sim.wait(DEADLINE), 0)

    def test_a_certificate_that_is_not_trusted_is_named_and_nothing_is_sent(self):
        for ca, url in ((["--ca", self.other], f"https://127.0.0.1:{self.port}"),
                        ([], f"https://127.0.0.1:{self.port}"),
                        (["--ca", self.cert], f"https://localhost:{self.port}")):
            sim = self.start("access", "--server", url, *ca, "--sn", "TF", "--duration", "4")
            _, err = sim.communicate(timeout=DEADLINE * 2)
            self.assertIn("TLS: ", err)
            self.assertIn("--insecure", err)
        self.assertNotIn("TF000001", self.server.api.devices())

    def test_with_insecure_any_certificate_is_taken(self):
        self.once("access", f"https://localhost:{self.port}", "--insecure", "--sn", "TG")
        self.assertIn("TG000001", self.server.api.devices())

    def test_a_wrong_option_is_shown_and_ends_with_2(self):
        for flags, want in ((["--server", "http://127.0.0.1:1", "--insecure"], "https://"),
                            (["--server", "http://127.0.0.1:1", "--ca", self.cert], "https://"),
                            (["--server", "https://127.0.0.1:1", "--ca", "/nothing.pem"], "no certificate"),
                            (["--server", "https://127.0.0.1:1", "--ca", self.key], "no certificate")):
            sim = self.start("access", *flags)
            _, err = sim.communicate(timeout=DEADLINE)
            self.assertEqual(sim.returncode, 2, err)
            self.assertIn(want, err)

    def test_a_server_without_tls_gets_no_device(self):
        with Server("--new-devices", "approve") as plain:
            sim = self.start("attendance", "--server", "https://127.0.0.1:%d" % plain.devices[1], "--insecure",
                             "--duration", "3")
            _, err = sim.communicate(timeout=DEADLINE)
            self.assertIn("TLS: ", err)
            self.assertEqual(plain.api.devices(), {})


if __name__ == "__main__":
    tap.main()
