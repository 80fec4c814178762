#!/usr/bin/env python3
"""The server at its limit of open files: it raises it, keeps the last ones, and is not ready."""

import json
import os
import re
import resource
import socket
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402
from serve import DEADLINE, Server, Wire, request, until  # noqa: E402

LIMIT = 128
HEARTBEAT = request("GET", "/iclock/getrequest?SN=FILES1",
                    headers=[("Host", "x"), ("Connection", "keep-alive")])


def limited(soft, hard):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class OpenFiles(unittest.TestCase):
    def ready(self, server):
        status, _, body = server.api.raw("GET", "/readyz")
        return status, json.loads(body)

    def problems(self, server):
        return server.api.get("/api/problems?kind=files_exhausted")["data"]

    def connect(self, server, n, data):
        """Connections of two addresses, as one gets only half of all, that send this and stay open; the
        server may cut some of them."""
        opened = []
        for i in range(n):
            k = socket.create_connection(server.devices, DEADLINE, (f"127.0.0.{2 + i % 2}", 0))
            self.addCleanup(k.close)
            opened.append(k)
            try:
                k.sendall(data)
            except OSError:
                pass
        return opened

    def test_the_soft_limit_is_raised_to_the_hard_one(self):
        with Server(prepare=limited(100, 4096)) as server:
            with open(f"/proc/{server.process.pid}/limits") as f:
                self.assertEqual(re.search(r"Max open files +(\d+)", f.read())[1], "4096")

    def test_at_the_limit_the_server_is_not_ready_and_people_are_served(self):
        with Server(prepare=limited(LIMIT, LIMIT)) as server:
            self.assertEqual(self.ready(server)[0], 200)
            opened = self.connect(server, 2 * LIMIT, HEARTBEAT)
            until(lambda: self.ready(server)[0] == 503)
            status, body = self.ready(server)
            self.assertEqual((body["files"], body["code"], body["store"]),
                             ("exhausted", "files_exhausted", "ok"))
            self.assertEqual(len(self.problems(server)), 1)
            for _ in range(10):
                server.api.get("/api/status")
            for k in opened:
                k.close()
            until(lambda: self.ready(server)[0] == 200)
            self.assertEqual(self.problems(server), [])
            begun = [line for line in server.log(10**6).splitlines()
                     if "files_exhausted" in line and "problem kind" in line]
            self.assertEqual(len(begun), 1, begun)

    def test_half_sent_heads_at_the_limit_give_way_to_a_device(self):
        with Server(prepare=limited(LIMIT, LIMIT)) as server:
            self.connect(server, 2 * LIMIT, HEARTBEAT[:-10])
            until(lambda: self.ready(server)[0] == 503)
            for _ in range(20):
                with Wire(server.devices) as k:
                    self.assertIn(k.send(HEARTBEAT).reply().status, (200, 503))


if __name__ == "__main__":
    tap.main()
