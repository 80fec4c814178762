#!/usr/bin/env python3
"""The documents' own examples, sent to the server byte for byte."""

import base64
import hashlib
import json
import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import tap  # noqa: E402
from device import Device, commands, options  # noqa: E402
from serve import Server, Wire, request, until  # noqa: E402

server = None
used = 0


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--allow-shell")
    unittest.addModuleCleanup(server.close)


def load(name):
    with open(os.path.join(os.path.dirname(HERE), "vectors", name + ".jsonl")) as f:
        return [json.loads(line) for line in f]


def fresh(length):
    """An unused serial number of that length."""
    global used
    used += 1
    return f"{used:X}".rjust(length, "V")


def body_of(what):
    if "body_b64" in what:
        return base64.b64decode(what["body_b64"])
    return what["body"].encode() if "body" in what else None


class Example:
    """A vector's request, its serial number replaced by a fresh one."""

    def __init__(self, vector):
        send = vector["request"]
        old = re.search(r"[?&]SN=([^&]*)", send["target"])[1]
        self.sn = fresh(len(old))
        self.target = send["target"].replace("SN=" + old, "SN=" + self.sn)
        body = body_of(send)
        self.body = body and body.replace(b"SN=" + old.encode(), b"SN=" + self.sn.encode())
        self.method = send["method"]
        self.headers = [tuple(h) for h in send.get("headers", [])] or None
        self.device = Device(server, self.sn, vector.get("pushver"))

    def send(self):
        with Wire(server.devices) as wire:
            wire.send(request(self.method, self.target, self.body, self.headers))
            return wire.reply()


def has(test, row, wanted):
    for key, value in wanted.items():
        if key == "sha256":
            continue
        test.assertEqual(row.get(key) if row.get(key) is not None else type(value)(), value,
                         f"{key} of {row}")


# How what was stored is looked up, by the name it has in a vector.

def stored_punches(test, sn, wanted):
    rows = server.api.punches(device=sn)
    test.assertEqual(len(rows), len(wanted))
    first = rows[0]["seq"]
    for i, (row, want) in enumerate(zip(rows, wanted)):
        test.assertEqual(row["seq"], first + i, "the punches of one upload are consecutive")
        test.assertTrue(row["timestamp"].startswith(want["timestamp"]), row)
        test.assertEqual(row["deviceSerial"], sn)
        has(test, row, {k: v for k, v in want.items() if k != "timestamp"})
    with server.database() as db:
        pins = [p for (p,) in db.execute(
            "SELECT pin FROM v_punch WHERE device_serial = ? ORDER BY seq", (sn,))]
    test.assertEqual(pins, [w["pin"] for w in wanted], "v_punch says the same")


def stored_options(test, sn, wanted):
    test.assertEqual({k: server.api.device(sn)["options"].get(k) for k in wanted}, wanted)


def stored_records(kind):
    def look(test, sn, wanted):
        rows = server.api.records(kind, sn)
        test.assertEqual(len(rows), len(wanted), rows)
        for row, want in zip(rows, wanted):
            has(test, row, want)
            if "sha256" in want:
                data = server.content(kind, row)
                test.assertEqual(hashlib.sha256(data).hexdigest(), want["sha256"],
                                 f"{len(data)} bytes {data[:40]!r}…")
    return look


STORED = {"punches": stored_punches, "options": stored_options}


class Uploads(unittest.TestCase):
    """Attendance PUSH 2020-03, 8 and 11; PUSH SDK 2013, 3.2.3."""


class Handshakes(unittest.TestCase):
    """Attendance PUSH 2020-03, 5; PUSH SDK 2013, 3.2.2."""


class Polls(unittest.TestCase):
    """Attendance PUSH 2020-03, 9, 10 and 12; PUSH SDK 2013, 3.2.4."""


class Commands(unittest.TestCase):
    """Attendance PUSH 2020-03, 12 and 13; PUSH SDK 2013, 3.2.4."""


class Elsewhere(unittest.TestCase):
    """What is skipped, by name."""


def upload(vector):
    def run(test):
        example = Example(vector)
        test.assertEqual(example.device.handshake().status, 200)
        reply = example.send()
        test.assertEqual((reply.status, reply.text), (200, vector["reply"]))
        test.assertEqual(reply.get("Content-Type").split(";")[0], "text/plain")
        test.assertIsNotNone(reply.get("Date"))
        for kind, wanted in vector["stored"].items():
            STORED.get(kind, stored_records(kind))(test, example.sn, wanted)
        again = example.send()
        test.assertEqual((again.status, again.text), (200, vector["reply"]), "a repeat")
        for kind, wanted in vector["stored"].items():
            STORED.get(kind, stored_records(kind))(test, example.sn, wanted)
    return run


def handshake(vector):
    def run(test):
        example = Example(vector)
        reply = example.send()
        test.assertEqual(reply.status, 200)
        lines = reply.text.split("\n")
        test.assertEqual(lines[0], vector["expect"]["first"].replace("{sn}", example.sn))
        got = options(reply.body)
        for key in ("ErrorDelay", "Delay", "TransTimes", "TransInterval", "TransFlag",
                    "Realtime", "Encrypt", "ServerVer", "ATTLOGStamp", "OPERLOGStamp",
                    "ATTPHOTOStamp"):
            test.assertIn(key, got)
        if vector["expect"]["old_stamps"]:
            for key in ("Stamp", "OpStamp", "PhotoStamp"):
                test.assertIn(key, got)
        if vector["expect"]["trans_flag"] == "digits":
            test.assertRegex(got["TransFlag"], r"^(?=.*1)[01]{10,12}$")
        else:
            test.assertRegex(got["TransFlag"], r"^TransData AttLog(\t\w+)+$")
        test.assertIn(example.sn, server.api.devices())
    return run


def poll(vector):
    def run(test):
        example = Example(vector)
        test.assertEqual(example.device.handshake().status, 200)
        reply = example.send()
        test.assertEqual((reply.status, reply.text), (200, vector["reply"]))
        test.assertIsNotNone(reply.get("Date"))
        for key, value in vector.get("device", {}).items():
            # A summary is stored after the reply: a poll does not wait for the disk.
            until(lambda: server.api.device(example.sn)[key] == value)
    return run


def command(vector):
    def run(test):
        device = Device(server)
        device.options()
        number = server.api.queue(device.sn, vector["command"])
        test.assertEqual(server.api.command(number)["status"], "queued")
        # What erases is given to a device that reports what is stored of it.
        info = "&INFO=Ver%206.60,0,0,0,10.0.0.7,10,-1,12,0,000" if "CLEAR" in vector["command"] else ""
        reply = device.get(f"/iclock/getrequest?SN={device.sn}{info}")
        test.assertEqual((reply.status, reply.text),
                         (200, vector["line"].replace("{id}", str(number))))
        test.assertEqual(server.api.command(number)["status"], "sent")
        answer = vector["answer"].replace("{id}", str(number)).replace("{sn}", device.sn)
        reply = device.answer(answer)
        test.assertEqual((reply.status, reply.text), (200, "OK"))
        row = server.api.command(number)
        test.assertEqual((row["status"], row["returnCode"]),
                         (vector["expect"]["status"], vector["expect"]["returnCode"]))
        for piece in vector["expect"].get("result_has", []):
            test.assertIn(piece, row["result"])
        test.assertEqual(device.poll(), [])
    return run


def batch(vector):
    def run(test):
        device = Device(server)
        device.options()
        numbers = [server.api.queue(device.sn, c) for c in vector["commands"]]
        test.assertEqual(device.poll(),
                         [(str(n), c) for n, c in zip(numbers, vector["commands"])])
        reply = device.answer(vector["answer"].format(*numbers))
        test.assertEqual((reply.status, reply.text), (200, "OK"))
        for number in numbers:
            row = server.api.command(number)
            test.assertEqual((row["status"], row["returnCode"]), ("acknowledged", 0))
    return run


def elsewhere(vector):
    def run(test):
        test.skipTest(vector["reason"])
    return run


KINDS = (("handshakes", Handshakes, handshake), ("uploads", Uploads, upload),
         ("polls", Polls, poll), ("commands", Commands, command),
         ("batches", Commands, batch), ("skipped", Elsewhere, elsewhere))


def give_claims():
    for name, case, make in KINDS:
        for vector in load("attendance_" + name):
            what = vector.get("command") or vector.get("request", {}).get("target", "")
            also = f", {vector['answered_by']}" if "answered_by" in vector else ""
            words = f"{vector['id']}{also} ({vector['source']}) {what[:60]}".strip()
            tap.add(case, words, make(vector))


give_claims()

if __name__ == "__main__":
    tap.main()
