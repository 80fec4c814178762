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


class Refusing(WithServer):
    """Requests that are refused, each of them once, counted and noted."""
    options = ("-m", 4096, "-b", 100000, "-B", 200000)

    def setUp(self):
        self.server.until(lambda s: s["connections"] == 1, "others have left")

    def refused(self, request, status, whole_reply=True):
        def found(state):
            return [n for n in state["notes"] if n.startswith("refused")]

        before = len(found(self.server.state()))
        k = self.connect()
        k.send(request)
        reply = k.reply() if whole_reply else k.head()
        self.assertEqual(reply.status, status)
        notes = found(self.server.until(lambda s: len(found(s)) > before, "a refusal"))
        self.assertEqual(len(notes), before + 1, notes)
        self.assertTrue(notes[-1].startswith(f"refused {status} /x"), notes)
        return k, reply, notes[-1]

    def reported(self, count):
        def of(state):
            return sum(n.startswith("no_request") for n in state["notes"])

        return of(self.server.until(lambda s: of(s) >= count, "a connection without a request"))
