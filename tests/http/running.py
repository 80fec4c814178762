"""Requests as bytes, and a test case with a server that runs while its claims are tested."""

import unittest

from client import Connection, Server


def post(target, body, *lines):
    head = "\r\n".join([f"POST {target} HTTP/1.1", "Host: x", *lines,
                        f"Content-Length: {len(body)}"])
    return head.encode() + b"\r\n\r\n" + body


def get(target, *lines, version="1.1"):
    return "\r\n".join([f"GET {target} HTTP/{version}", "Host: x", *lines, "", ""]).encode()


class WithServer(unittest.TestCase):
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def connect(self):
        k = Connection(self.server.port)
        self.addCleanup(k.socket.close)
        return k

    def send_request(self, request):
        return self.server.send_request(request)
