#!/usr/bin/env python3
"""Connections of an access unit that are lost in the middle of a request or a reply, at every few bytes: each event
is stored once, and an order reaches the unit at most once (Security PUSH 3.1.2, 1.1 and 8.1)."""

import pathlib
import socket
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import Server, Wire, request, until  # noqa: E402
from unit import Unit, row, stored_row  # noqa: E402
import tap  # noqa: E402

STEP = 7

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def cut(data, read):
    """Send these bytes, read so many of the reply, and lose the connection: what is on its way is dropped."""
    with socket.create_connection(server.devices, timeout=60) as s:
        s.sendall(data)
        got = b""
        while len(got) < read:
            more = s.recv(read - len(got))
            if not more:
                break
            got += more
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return got


def whole(data):
    with Wire(server.devices) as wire:
        wire.send(data)
        return wire.reply()


class Cuts(unittest.TestCase):
    def events(self, unit):
        shown = server.api.get(f"/api/access-events?device={unit.sn}&limit=1000")["data"]
        return [e["index"] for e in shown]

    def uploads(self, rows, target, answer):
        """Each upload is cut, in its request or in its reply, and sent again until it is answered."""
        unit, n = Unit(server).register(), 1
        target = target.replace("SN=", "SN=" + unit.sn, 1)
        size = len(request("POST", target, Unit.body(rows(1))))
        for sent, read in ([(at, 0) for at in range(1, size, STEP)] + [(size + 9, at) for at in range(1, 200, STEP)]):
            data = request("POST", target, Unit.body(rows(n)))
            cut(data[:sent], read)
            reply = whole(data)
            self.assertEqual((reply.status, reply.body), (200, answer), (sent, read))
            n += 2
        self.assertEqual(sorted(self.events(unit)), list(range(1, n)))

    def given(self, unit, words):
        """What a unit is given that has these words, until there is nothing for it; it carries out the rest."""
        found = []
        while got := unit.poll():
            found += [number for number, text in got if words in text]
            for number, text in got:
                if words not in text:
                    unit.result(number)
        return found

    def test_live_events_are_stored_once(self):
        self.uploads(lambda n: [row(f"2026-03-01 {n // 60 % 24:02}:{n % 60:02}:01", index=n, pin="7"),
                                row(f"2026-03-01 {n // 60 % 24:02}:{n % 60:02}:02", index=n + 1, pin="8")],
                     "/iclock/cdata?SN=&table=rtlog", b"OK")

    def test_stored_events_are_stored_once(self):
        self.uploads(lambda n: [stored_row(f"2026-03-01 {n // 60 % 24:02}:{n % 60:02}:01", index=n, pin="7"),
                                stored_row(f"2026-03-01 {n // 60 % 24:02}:{n % 60:02}:02", index=n + 1, pin="8")],
                     "/iclock/cdata?SN=&table=tabledata&tablename=transaction&count=2", b"transaction=2")

    def test_an_order_to_open_is_given_once(self):
        for read in range(0, 200, STEP):
            unit = Unit(server).register()
            server.api.post(f"/api/doors/{unit.sn}:1/open", {})
            got = cut(request("GET", f"/iclock/getrequest?SN={unit.sn}"), read)
            again = self.given(unit, "CONTROL DEVICE")
            # Where none of the reply came, the request may have been lost.
            self.assertLessEqual(len(again), 0 if got else 1, read)

    def test_a_setting_is_given_again_with_its_number(self):
        for read in range(1, 200, STEP):
            unit = Unit(server).register()
            body = {"deviceSerial": unit.sn, "type": "set_option", "name": "Volume", "value": str(read)}
            number = str(server.api.post("/api/commands", body)["data"]["commandId"])
            self.assertTrue(cut(request("GET", f"/iclock/getrequest?SN={unit.sn}"), read))
            # That the reply was lost shows when the unit has started again.
            unit.request("GET", "/iclock/cdata?SN=&pushver=3.1.2&options=all&DeviceType=acc")
            self.assertEqual(until(lambda: self.given(unit, "Volume")), [number])
            unit.result(number)
            self.assertEqual(server.api.get(f"/api/commands/{number}")["data"]["status"], "acknowledged")
            self.assertEqual(self.given(unit, "Volume"), [])

    def test_a_result_is_taken_once(self):
        unit = Unit(server).register()
        size = len(request("POST", f"/iclock/devicecmd?SN={unit.sn}", b"ID=1000&Return=0&CMD=CONTROL DEVICE"))
        for sent in range(1, size + STEP, STEP):
            unit = Unit(server).register()
            server.api.post(f"/api/doors/{unit.sn}:1/open", {})
            number, = self.given(unit, "CONTROL DEVICE")
            data = request("POST", f"/iclock/devicecmd?SN={unit.sn}", f"ID={number}&Return=0&CMD=CONTROL DEVICE".encode())
            cut(data[:sent], 0)
            reply = whole(data)
            self.assertEqual((reply.status, reply.body), (200, b"OK"))
            self.assertEqual(server.api.get(f"/api/commands/{number}")["data"]["status"], "acknowledged")
            self.assertEqual(self.given(unit, "CONTROL DEVICE"), [])


if __name__ == "__main__":
    tap.main()
