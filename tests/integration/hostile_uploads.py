#!/usr/bin/env python3
"""Uploads that lie about their size, have names that are paths, or are megabytes of nothing: memory stays bounded,
nothing is written but the store, and other clocks are served meanwhile."""

import base64
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, Wire, request, until  # noqa: E402

MB = 1 << 20
LONGEST = 16 * MB  # --body-limit
ROOM = 4096        # of the lines around what is long
PATIENCE_S = 300
NOTHING = b"A" * (LONGEST - ROOM)

# What a line is written before and after it.
LINES = (
    ("OPERLOG", b"FP PIN=1\tFID=1\tSize=%d\tValid=1\tTMP=" % len(NOTHING), b"\n"),
    ("OPERLOG", b"FP PIN=1\tFID=1\tSize=1\tValid=1\tTMP=", b"\nUSER PIN=2\tName=Bob\n"),
    ("OPERLOG", b"USERPIC PIN=1\tFileName=1.jpg\tSize=4\tContent=", b"\n"),
    ("OPERLOG", b"BIOPHOTO PIN=1\tFileName=1.jpg\tType=9\tSize=99999999999999999999\tContent=", b"\n"),
    ("BIODATA", b"BIODATA Pin=1\tNo=0\tIndex=0\tValid=1\tType=9\tTmp=", b""),
    ("IDCARD", b"IDCARD PIN=1\tIDNum=1\tPhoto=", b"\tFPTemplate1=AAAA\n"),
    ("ERRORLOG", b"ERRORLOG ErrCode=D01E0001\tErrMsg=\tDataOrigin=cmd\tCmdId=1\tAdditional=", b"\n"),
    ("ATTPHOTO", b"PIN=20240601080000-1.jpg\nSN=x\nsize=4\nCMD=uploadphoto\0", b""),
    ("USERPIC", b"", b"\n"),
)


def tree(top):
    return sorted(os.path.join(at, name) for at, folders, files in os.walk(top) for name in folders + files)


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--new-devices", "approve")
        cls.addClassCleanup(cls.server.close)
        cls.neighbour = Device(cls.server)
        cls.neighbour.options()

    def setUp(self):
        self.d = Device(self.server)
        self.d.options()

    def served(self):
        self.assertEqual(self.neighbour.get(f"/iclock/getrequest?SN={self.neighbour.sn}").body, b"OK")

    def memory(self):
        text = self.server.api.raw("GET", "/metrics")[2].decode()
        return int(re.search(r"^gatehouse_memory_used_bytes (\d+)$", text, re.M)[1])

    def test_megabytes_of_nothing_are_acknowledged_and_cost_bounded_memory(self):
        before = self.server.rss()
        for table, head, end in LINES:
            with self.subTest(table=table, head=head[:20]), Wire(self.server.devices, timeout=PATIENCE_S) as w:
                body = head + NOTHING + end
                sent = request("POST", f"/iclock/cdata?SN={self.d.sn}&table={table}&Stamp=1", body)
                w.send(sent[:-1])
                self.served()  # while almost all of it has come
                w.send(sent[-1:])
                reply = w.reply()
                self.assertEqual(reply.status, 200, reply)
                self.assertTrue(reply.body.startswith(b"OK"), reply)
        until(lambda: self.memory() < MB)
        # Nothing of them is left, but for the pages of the store.
        if not self.server.sanitized():
            until(lambda: self.server.rss() - before < 2 * LONGEST)
        self.assertEqual({p["name"] for p in self.server.api.records("persons", self.d.sn)}, {"Bob"})
        self.served()

    def test_a_photo_of_a_hundred_kilobytes_is_charged_at_most_twice_its_size(self):
        n, size = 20, 100_000
        until(lambda: self.memory() < MB)
        before, lines = self.memory(), []
        for i in range(n):
            w = Wire(self.server.devices, timeout=PATIENCE_S)
            self.addCleanup(w.close)
            head = f"PIN=202406010800{i:02d}-1.jpg\nSN=x\nsize={size}\nCMD=uploadphoto\0".encode()
            sent = request("POST", f"/iclock/cdata?SN={self.d.sn}&table=ATTPHOTO&Stamp=1", head + os.urandom(size))
            w.send(sent[:-1])
            lines.append((w, sent[-1:]))
        # Each is charged whole once its head was read.
        until(lambda: self.memory() - before >= n * size)
        self.assertLessEqual(self.memory() - before, 2 * n * size)
        for w, last in lines:
            w.send(last)
        for w, _ in lines:
            self.assertEqual(w.reply().body, b"OK")
        self.assertEqual(len(self.server.api.records("photos", self.d.sn)), n)

    def test_names_that_are_paths_write_no_file(self):
        outside = os.path.join(self.server.home, "outside.jpg")
        names = (outside, "../outside.jpg", "../../outside.jpg", "..\\outside.jpg", "/etc/outside.jpg", "a/b/../c",
                 ".", "..", "%2e%2e%2foutside.jpg", "x" * 500, "C:\\outside.jpg", "a\x7fb", "~/outside.jpg")
        before = tree(self.server.home)
        picture = base64.b64encode(b"\xff\xd8\xff").decode()
        for name in names:
            for kind in ("USERPIC PIN=1\t", "BIOPHOTO PIN=1\tType=9\t"):
                reply = self.d.upload("OPERLOG", f"{kind}FileName={name}\tSize=4\tContent={picture}\n", 1)
                self.assertEqual((reply.status, reply.body[:2]), (200, b"OK"), name)
            reply = self.d.upload("ATTPHOTO", f"PIN={name}\nSN={name}\nsize=4\nCMD={name}\0\xff\xd8\xff", 1)
            self.assertEqual((reply.status, reply.body), (200, b"OK"), name)
        rows = self.server.api.records("photos", self.d.sn)
        self.assertLessEqual({"../outside.jpg", outside}, {r["fileName"] for r in rows})
        for row in rows:
            self.assertEqual(row["url"], f"/api/photos/{row['id']}")
        for name in ("../outside.jpg", "..%2foutside.jpg", "1/../2", "-1", "9" * 40):
            self.assertIn(self.server.api.raw("GET", f"/api/photos/{name}")[0], (400, 404), name)
        self.assertEqual([p for p in tree(self.server.home) if p not in before and "gatehouse.db" not in p], [])

    def test_sizes_that_lie_change_nothing_but_the_fault(self):
        picture = b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x08\x00\x10\x01\x01\x11\x00" \
                  b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\xff\xd9"
        text = base64.b64encode(picture).decode()
        for size, fault in ((0, "size"), (1, "size"), (2**31 - 1, "size"), (2**32 + len(picture), "size"),
                            (len(picture), ""), (len(text), "")):
            self.assertEqual(self.d.upload("OPERLOG", f"USERPIC PIN=1\tFileName=1.jpg\tSize={size}\t"
                                                      f"Content={text}\n", 1).body, b"OK:1")
            [row] = self.server.api.records("photos", self.d.sn)
            self.assertEqual((row["fault"], self.server.content("photos", row)), (fault, picture), size)
        for size in ("-1", "abc", "9" * 400, "", "1e9", "0x10", "4 4"):
            for table, body in (("OPERLOG", f"FP PIN=1\tFID=1\tSize={size}\tValid=1\tTMP=AAAA\n"),
                                ("ATTPHOTO", f"PIN=20240601080000-1.jpg\nSN=x\nsize={size}\nCMD=uploadphoto\0"
                                             + picture.decode("latin-1"))):
                reply = self.d.upload(table, body.encode("latin-1"), 1)
                self.assertEqual((reply.status, reply.body[:2]), (200, b"OK"), size)
        self.served()

    def test_halves_of_all_lengths_are_cut_and_shown(self):
        picture = b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x08\x00\x10\x01\x01\x11\x00" \
                  b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\xff\xd9"
        for n in range(1, len(picture)):
            head = f"PIN=20240601080000-1.jpg\nSN=x\nsize={n}\nCMD=uploadphoto\0".encode()
            self.assertEqual(self.d.upload("ATTPHOTO", head + picture[:n], 1).body, b"OK")
            [row] = self.server.api.records("photos", self.d.sn)
            self.assertEqual(row["fault"], "format" if n < 3 else "cut", n)
            self.assertEqual(self.server.content("photos", row), picture[:n])

    def test_answers_with_megabytes_of_nothing_are_bounded(self):
        number = self.server.api.queue(self.d.sn, "LOG")
        self.d.poll()
        reply = self.d.answer(f"ID={number}&Return=0&CMD=LOG&x=".encode() + NOTHING)
        self.assertEqual((reply.status, reply.body), (200, b"OK"))
        row = self.server.api.command(number)
        self.assertEqual(row["status"], "acknowledged")
        self.assertLessEqual(len(row["result"]), MB)
        until(lambda: self.memory() < MB)
        self.served()


if __name__ == "__main__":
    tap.main()
