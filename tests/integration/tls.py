#!/usr/bin/env python3
"""TLS of the running server: what versions it accepts from whom, and the renewal of certificates."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import warnings

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402
from serve import DEADLINE, Server, Wire, free_port, program, until  # noqa: E402

CHECK = b"GET /iclock/ping?SN=TLS1 HTTP/1.1\r\nHost: x\r\n\r\n"


def make_certificate(cert, key):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True, capture_output=True)


def connect(address, version=None):
    """A connection that trusts any certificate, in that version only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    if version:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = version
    plain = socket.create_connection(address, DEADLINE)
    try:
        return context.wrap_socket(plain)
    except BaseException:
        plain.close()
        raise


def shown(address):
    """The certificate a new connection is shown, as in its file."""
    with connect(address) as k:
        return ssl.DER_cert_to_PEM_cert(k.getpeercert(True))


def exchange(k):
    """The status of a request over it."""
    k.sendall(CHECK)
    reply = http.client.HTTPResponse(k)
    reply.begin()
    reply.read()
    return reply.status


class Tls(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.cert, self.key = (os.path.join(home.name, n) for n in ("cert.pem", "key.pem"))
        make_certificate(self.cert, self.key)
        self.devices = ["--tls-cert", self.cert, "--tls-key", self.key]
        self.admin = ["--admin-tls-cert", self.cert, "--admin-tls-key", self.key]

    def refused(self, address, version):
        with self.assertRaises((ssl.SSLError, OSError)):
            connect(address, version)

    def test_people_are_served_from_1_2_on_and_devices_from_what_is_set(self):
        old, new = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2
        with Server(*self.devices, *self.admin, "--tls-oldest", "1.1") as server:
            self.refused(server.admin, old)
            self.refused(server.devices, ssl.TLSVersion.TLSv1)
            until(lambda: "versions of TLS that are broken" in server.log())
            for address, version in ((server.devices, old), (server.devices, new),
                                     (server.admin, new)):
                with connect(address, version) as k:
                    self.assertEqual(exchange(k), 503 if address == server.devices else 404)
        with Server(*self.devices) as server:
            self.refused(server.devices, old)
            self.assertNotIn("that are broken", server.log())
            until(lambda: "offers no later TLS than 1.1" in server.log())
            until(lambda: server.api.get("/api/contacts?reason=old_tls")["data"])
            with Wire(server.devices) as wire:
                wire.send(b"GET /iclock/cdata?SN=X HTTP/1.1\r\n\r\n")
            until(lambda: server.api.get("/api/contacts?reason=not_https")["data"])

    def test_one_listener_for_both_is_as_strict_as_that_of_people(self):
        address = f"127.0.0.1:{free_port()}"
        with Server("--listen", address, "--admin", address, *self.devices,
                    "--tls-oldest", "1.0") as server:
            self.assertEqual(server.devices, server.admin)
            self.refused(server.devices, ssl.TLSVersion.TLSv1_1)
            with connect(server.devices, ssl.TLSVersion.TLSv1_2) as k:
                exchange(k)

    def read(self):
        with open(self.cert) as f:
            return f.read()

    def test_sighup_renews_the_certificate_and_keeps_what_is_open(self):
        with Server(*self.devices) as server, connect(server.devices) as k:
            exchange(k)
            self.assertEqual(shown(server.devices), self.read())
            make_certificate(self.cert, self.key)
            server.process.send_signal(signal.SIGHUP)
            until(lambda: shown(server.devices) == self.read())
            self.assertIn("certificate renewed", server.log())
            self.assertEqual(exchange(k), 503)  # it waits for approval

    def test_a_certificate_that_changes_is_shown_without_a_signal(self):
        with Server(*self.devices, *self.admin) as server, connect(server.devices) as k:
            exchange(k)
            make_certificate(self.cert, self.key)
            until(lambda: shown(server.devices) == self.read())
            until(lambda: shown(server.admin) == self.read())
            self.assertEqual(exchange(k), 503)
            problems = lambda: "the certificate is not renewed" in server.log(10**6)
            good = self.read()
            with open(self.cert, "w") as f:
                f.write("nonsense")
            until(problems)
            self.assertEqual(shown(server.devices), good)
            # As renewal does it: a new file in place of the old one.
            for path in (self.cert, self.key):
                os.rename(path, path + ".old")
            make_certificate(self.cert, self.key)
            until(lambda: shown(server.devices) == self.read())

    def test_a_simulator_goes_on_through_a_renewal(self):
        with Server("--new-devices", "approve", *self.devices) as server:
            sim = subprocess.Popen(
                [program(), "sim", "attendance", "--server", "https://127.0.0.1:%d" % server.devices[1], "--insecure",
                 "--sn", "TLS", "--devices", "3", "--punches", "0", "--rate", "5", "--retry", "50"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                count = lambda: len(server.api.punches())
                until(lambda: count() > 3)
                for _ in range(2):
                    make_certificate(self.cert, self.key)
                    server.process.send_signal(signal.SIGHUP)
                    until(lambda: shown(server.devices) == self.read())
                    before = {sn: len(server.api.punches(device=sn)) for sn in server.api.devices()}
                    for sn, n in before.items():
                        until(lambda sn=sn, n=n: len(server.api.punches(device=sn)) > n)
                self.assertIsNone(sim.poll())
            finally:
                sim.terminate()
                sim.wait(DEADLINE)

    def test_files_that_differ_in_their_status_alone_are_read_again(self):
        """As those that were not readable, and are after a chmod: their time of change alone is another one."""
        with Server(*self.devices) as server:
            good = self.read()
            with open(self.cert, "w") as f:
                f.write("x" * len(good))
            until(lambda: "the certificate is not renewed" in server.log(10**6))
            written = os.stat(self.cert)
            with open(self.cert, "r+") as f:
                f.write(good)
            os.utime(self.cert, ns=(written.st_atime_ns, written.st_mtime_ns))
            problems = lambda: server.api.get("/api/problems?kind=certificate_refused")["data"]
            until(lambda: not problems())

    def test_a_bad_certificate_leaves_the_old_one_and_is_a_problem(self):
        with Server(*self.devices) as server:
            problems = lambda: server.api.get("/api/problems?kind=certificate_refused")["data"]
            good = self.read()
            with open(self.cert, "w") as f:
                f.write("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
            for n in (1, 2):
                server.process.send_signal(signal.SIGHUP)
                until(lambda n=n: server.log(10**6).count("the certificate is not renewed") >= n)
            until(lambda: len(problems()) == 1)
            self.assertIn(self.cert, problems()[0]["detail"])
            self.assertEqual(shown(server.devices), good)
            with open(self.cert, "w") as f:
                f.write(good)
            server.process.send_signal(signal.SIGHUP)
            until(lambda: problems() == [])


if __name__ == "__main__":
    tap.main()
