#!/usr/bin/env python3
"""TLS of a listener, through real sockets. $HTTP_TEST_SERVER names the program."""

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings

from client import Connection, Server
from running import get, post

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402


def make_certificate(cert, key):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key,
         "-out", cert], check=True, capture_output=True)


def client(cert, version=None, ciphers=None):
    """A client that trusts only this certificate, and has only this version."""
    context = ssl.create_default_context(cafile=cert)
    # Old versions sign with what is no longer accepted by default.
    context.set_ciphers((ciphers or "DEFAULT") + "@SECLEVEL=0")
    if version:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = version
    return context


class WithCertificate(unittest.TestCase):
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory()
        cls.cert, cls.key = (os.path.join(cls.dir.name, n) for n in ("cert.pem", "key.pem"))
        make_certificate(cls.cert, cls.key)
        cls.server = Server("-c", cls.cert, "-k", cls.key, *cls.options)
        cls.context = client(cls.cert)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.dir.cleanup()

    def speak(self, context, session=None):
        """Version, cipher, session and whether it was resumed, of a connection with a request."""
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as plain, \
                context.wrap_socket(plain, server_hostname="localhost", session=session) as k:
            k.sendall(get("/ok", "Connection: close"))
            while k.recv(65536):
                pass
            return k.version(), k.cipher()[0], k.session, k.session_reused

    def noted(self, text):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with Connection(self.server.port, tls=self.context) as k:
                k.send(get("/state"))
                if text in k.reply().body.decode():
                    return True
        return False


OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
NEW = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
CBC = "ECDHE-RSA-AES128-SHA:AES128-SHA:AES128-SHA256"


class Strict(WithCertificate):
    """What people are served with."""
    options = ("-s",)

    def test_no_version_before_1_2_is_accepted(self):
        for version in OLD:
            with self.subTest(version=version), self.assertRaises((ssl.SSLError, OSError)):
                self.speak(client(self.cert, version))
        for version, text in zip(NEW, ("TLSv1.2", "TLSv1.3")):
            self.assertEqual(self.speak(client(self.cert, version))[0], text)

    def test_a_peer_with_an_older_version_is_noted(self):
        with self.assertRaises((ssl.SSLError, OSError)):
            self.speak(client(self.cert, OLD[1]))
        self.assertTrue(self.noted("127.0.0.1 offers no later TLS than 1.1; the oldest that is "
                                   "accepted is 1.2"))

    def test_ciphers_are_aead_with_forward_secrecy(self):
        for ciphers in (CBC, "AES128-GCM-SHA256"):
            with self.subTest(ciphers=ciphers), self.assertRaises((ssl.SSLError, OSError)):
                self.speak(client(self.cert, NEW[0], ciphers))
        for version in NEW:
            self.assertRegex(self.speak(client(self.cert, version))[1], "GCM|CHACHA20")


class Compatible(WithCertificate):
    """What old devices are served with, where that is allowed."""
    options = ("-C", "-T", 0)

    def test_every_version_from_the_oldest_is_accepted(self):
        for version in OLD + NEW:
            with self.subTest(version=version):
                self.assertEqual(self.speak(client(self.cert, version))[0].replace("TLSv1.0", "TLSv1"),
                                 version.name.replace("_", "."))

    def test_ciphers_of_old_devices_are_accepted(self):
        for version in (OLD[0], NEW[0]):
            for cipher in ("ECDHE-RSA-AES128-SHA", "AES128-SHA"):
                with self.subTest(version=version, cipher=cipher):
                    self.assertEqual(self.speak(client(self.cert, version, cipher))[1], cipher)


class Resumption(WithCertificate):
    options = ("-t", 3)  # a ticket is good on each thread

    def test_a_client_that_comes_again_resumes_its_session(self):
        for version in NEW:
            context = client(self.cert, version)
            *_, session, resumed = self.speak(context)
            self.assertFalse(resumed)
            for _ in range(10):
                with self.subTest(version=version):
                    *_, session, resumed = self.speak(context, session)
                    self.assertTrue(resumed)


class Renewal(WithCertificate):
    options = ("-t", 2)

    def files(self):
        with open(self.cert) as cert, open(self.key) as key:
            return cert.read(), key.read()

    def write(self, cert, key):
        with open(self.cert, "w") as f:
            f.write(cert)
        with open(self.key, "w") as f:
            f.write(key)

    def test_a_new_certificate_is_shown_and_open_connections_go_on(self):
        old = self.context
        with Connection(self.server.port, tls=old) as stream, \
                Connection(self.server.port, tls=old) as k:
            stream.send(get("/stream"))
            stream.head()
            make_certificate(self.cert, self.key)
            self.assertEqual(self.server.renew(), "renewed")
            type(self).context = client(self.cert)
            with self.assertRaises(ssl.SSLError):
                self.speak(old)
            for _ in range(4):
                self.speak(self.context)
            k.send(get("/tick"))
            self.assertEqual(k.reply().body, b"OK")
            self.assertTrue(stream.chunk().startswith(b"data: "))
        self.assertEqual(self.server.renew(), "unchanged")

    def test_a_bad_certificate_changes_nothing(self):
        cert, key = self.files()
        other = {name: os.path.join(self.dir.name, name) for name in ("other.pem", "other.key")}
        make_certificate(*other.values())
        with open(other["other.key"]) as f:
            foreign = f.read()
        for bad, why in (((cert, foreign), "do not match"), (("nonsense", key), ""),
                         ((cert, ""), "nothing in it")):
            with self.subTest(why=why):
                self.write(*bad)
                message = self.server.renew()
                self.assertIn(self.key if why == "nothing in it" else self.cert, message)
                self.assertIn(why, message)
                self.speak(self.context)
        self.write(cert, key)
        self.assertEqual(self.server.renew(), "unchanged")


class Handshakes(WithCertificate):
    def cpu_ms(self):
        """Of the server, so far."""
        total = 0
        for task in os.scandir(f"/proc/{self.server.process.pid}/task"):
            with open(f"{task.path}/schedstat") as one:
                total += int(one.read().split()[0])
        return total / 1e6

    def test_a_half_sent_one_takes_no_time_while_it_waits(self):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        with self.assertRaises(ssl.SSLWantReadError):
            self.context.wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
        hello = outgoing.read()
        for part in (hello[:100], hello):
            with self.subTest(n=len(part)), Connection(self.server.port) as k:
                k.send(part)
                k.is_silent(0.3)  # its answer to a whole one is worked on
                before = self.cpu_ms()
                time.sleep(1)
                self.assertLess(self.cpu_ms() - before, 50)


class Requests(WithCertificate):
    def test_requests_and_deferred_replies_work_over_tls(self):
        with Connection(self.server.port, tls=self.context) as k:
            for n in range(50):
                k.send(post("/later", b"x" * n) + get(f"/{n}"))
                self.assertEqual(k.reply().body, f"later: {n}".encode())
                self.assertEqual(k.reply().body, f"/{n}".encode())
            body = os.urandom(3 << 20)
            sender = threading.Thread(target=k.send, args=(post("/echo", body),))
            sender.start()
            sender.join()
            self.assertEqual(k.reply().body, body)

    def test_the_end_is_announced_in_tls(self):
        with Connection(self.server.port, tls=self.context) as k:
            k.send(get("/ok", "Connection: close"))
            k.reply()
            self.assertEqual(k.socket.recv(1), b"")  # an unannounced end raises

    def test_a_refusal_is_read_over_tls(self):
        with Connection(self.server.port, tls=self.context) as k:
            k.send(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n" +
                   b"x" * 200000)
            self.assertEqual(k.reply().status, 413)

    def test_a_target_of_many_parameters_is_a_414_over_tls(self):
        for query in ("&".join(["a=1"] * 500), "&" * 2500):
            for _ in range(3):
                with Connection(self.server.port, tls=self.context) as k:
                    k.send(get("/x?" + query))
                    self.assertEqual(k.reply().status, 414)
                    self.assertEqual(k.socket.recv(1), b"")  # an unannounced end raises

    def test_streams_work_over_tls(self):
        with Connection(self.server.port, tls=self.context) as k, \
                Connection(self.server.port, tls=self.context) as other:
            k.send(get("/stream"))
            k.head()
            for _ in range(20):
                other.send(get("/tick"))
                other.reply()
                self.assertTrue(k.chunk().startswith(b"data: "))

    def test_plain_http_on_the_tls_port_is_reported(self):
        with Connection(self.server.port) as k:
            k.send(get("/ok"))
            try:
                while k.more():
                    pass
            except ConnectionResetError:
                pass
        self.assertTrue(self.noted("is it set to HTTP? this is HTTPS"))


if __name__ == "__main__":
    tap.main()
