#!/usr/bin/env python3
"""Simulated devices behind an HTTP proxy, by plain requests and through tunnels."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from serve import DEADLINE, Server, program, until  # noqa: E402
from test_tls import make_certificate  # noqa: E402

FAST = ("--speed", "100", "--retry", "50")
NAME = "clock.invalid"  # no resolver has it: only the proxy leads there


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for s in (source, sink):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Proxy:
    """Forwards to `port` of this machine, whatever name it is called for. `status`: what CONNECT is answered."""

    def __init__(self, port, status=b"200 Connection established"):
        self.port, self.status, self.lines = port, status, []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        with peer:
            head = b""
            while b"\r\n\r\n" not in head:
                data = peer.recv(65536)
                if not data:
                    return
                head += data
            line, _, rest = head.partition(b"\r\n")
            self.lines.append(line.decode("latin-1"))
            try:
                server = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                return
            with server:
                if line.startswith(b"CONNECT "):
                    # In pieces: a reply may come byte by byte.
                    reply = b"HTTP/1.1 " + self.status + b"\r\nVia: test\r\n\r\n"
                    for i in range(len(reply)):
                        peer.sendall(reply[i:i + 1])
                    if not self.status.startswith(b"200"):
                        return
                else:
                    # As it came: the server reads requests with whole addresses.
                    server.sendall(head)
                back = threading.Thread(target=pump, args=(server, peer), daemon=True)
                back.start()
                pump(peer, server)
                back.join()


class Behind(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        home = tempfile.TemporaryDirectory()
        cls.addClassCleanup(home.cleanup)
        cls.cert, key = (os.path.join(home.name, n) for n in ("cert.pem", "key.pem"))
        make_certificate(cls.cert, key, "DNS:" + NAME)
        cls.plain = Server("--new-devices", "approve")
        cls.addClassCleanup(cls.plain.close)
        cls.tls = Server("--new-devices", "approve", "--tls-cert", cls.cert, "--tls-key", key)
        cls.addClassCleanup(cls.tls.close)

    def proxy(self, server, *status):
        proxy = Proxy(server.devices[1], *status)
        self.addCleanup(proxy.close)
        return proxy

    def run_sim(self, kind, *flags, status=0):
        sim = subprocess.run([program(), "sim", kind, *flags, *FAST], stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, timeout=DEADLINE * 6)
        self.assertEqual(sim.returncode, status, sim.stderr + sim.stdout)
        return sim

    def test_requests_by_http_name_the_server_in_their_line(self):
        for kind, sn in (("attendance", "PA"), ("access", "PB")):
            with self.subTest(kind=kind):
                proxy = self.proxy(self.plain)
                out = self.run_sim(kind, "--server", f"http://{NAME}:8080", "--proxy", proxy.url, "--sn", sn,
                                   "--devices", "3", "--punches", "30", "--once", "--duration", "300").stdout
                self.assertTrue(json.loads(out)["complete"])
                self.assertEqual(sum(d.startswith(sn) for d in self.plain.api.devices()), 3)
                self.assertTrue(proxy.lines)
                for line in proxy.lines:
                    self.assertRegex(line, rf"^(GET|POST) http://{re.escape(NAME)}:8080/iclock/")

    def test_https_goes_through_a_tunnel(self):
        for kind, sn in (("attendance", "PC"), ("access", "PD")):
            with self.subTest(kind=kind):
                proxy = self.proxy(self.tls)
                out = self.run_sim(kind, "--server", f"https://{NAME}", "--proxy", proxy.url, "--ca", self.cert,
                                   "--sn", sn, "--devices", "3", "--punches", "30", "--once", "--duration",
                                   "300", "--fault", "drop-reply:10,split:20").stdout
                self.assertTrue(json.loads(out)["complete"])
                self.assertEqual(sum(d.startswith(sn) for d in self.tls.api.devices()), 3)
                self.assertEqual(set(proxy.lines), {f"CONNECT {NAME}:443 HTTP/1.1"})

    def test_a_proxy_of_its_settings_is_used_once_they_are_effective(self):
        for scheme, server, request in (("http", self.plain, "(GET|POST) http://"), ("https", self.tls, "CONNECT ")):
            with self.subTest(scheme):
                proxy, sn, api = self.proxy(server), "PF%s000001" % scheme[-1].upper(), server.api
                host = "127.0.0.1:%d" % server.devices[1]
                sim = subprocess.Popen([program(), "sim", "attendance", "--server", f"{scheme}://{host}", "--sn", sn[:-6],
                                        "--punches", "0", *FAST, *["--insecure"] * (scheme == "https")], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    until(lambda: sn in api.devices(), DEADLINE)
                    self.order(api, sn, "INFO")
                    port = proxy.url.rpartition(":")[2]
                    for pair in ("EnableProxyServer=1", "ProxyServerIP=127.0.0.1", f"ProxyServerPort={port}"):
                        self.order(api, sn, "SET OPTION " + pair)
                    self.order(api, sn, "INFO")
                    self.assertEqual(proxy.lines, [])
                    self.order(api, sn, "RELOAD OPTIONS")
                    self.order(api, sn, "INFO")
                    self.assertTrue(proxy.lines)
                    for line in proxy.lines:
                        self.assertRegex(line, request + re.escape(host))
                    self.order(api, sn, "SET OPTION EnableProxyServer=0")
                    self.order(api, sn, "RELOAD OPTIONS")
                    self.order(api, sn, "INFO")
                    n = len(proxy.lines)
                    self.order(api, sn, "LOG")
                    self.assertEqual(len(proxy.lines), n)
                finally:
                    sim.kill()
                    sim.wait()

    def order(self, api, sn, words):
        number = api.post("/api/commands", {"deviceSerial": sn, "command": words})["commandId"]
        got = until(lambda: (lambda c: c if c["status"] not in ("queued", "sent") else None)(api.command(number)),
                    DEADLINE * 4)
        self.assertEqual((got["status"], got["returnCode"]), ("acknowledged", 0), got)

    def test_a_proxy_that_gives_no_tunnel_is_named(self):
        proxy = self.proxy(self.tls, b"403 Forbidden")
        sim = self.run_sim("attendance", "--server", f"https://{NAME}", "--proxy", proxy.url, "--insecure",
                           "--sn", "PE", "--duration", "4")
        self.assertIn("the proxy answers HTTP/1.1 403 to CONNECT", sim.stderr)
        self.assertNotIn("PE000001", self.tls.api.devices())

    def test_an_address_that_is_no_proxy_is_refused(self):
        for proxy in ("https://127.0.0.1:1", "127.0.0.1:3128", "http://127.0.0.1:1/path"):
            sim = self.run_sim("attendance", "--server", "http://127.0.0.1:1", "--proxy", proxy, status=2)
            self.assertIn("a proxy looks like http://HOST:PORT", sim.stderr)


if __name__ == "__main__":
    tap.main()
