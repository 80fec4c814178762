#!/usr/bin/env python3
"""Packed uploads are unpacked piece by piece: within bounds they are read like others, beyond them
they are refused, and either way they cost little memory."""

import base64
import gzip
import io
import os
import random
import sys
import tarfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from large_uploads import Heartbeats, peak  # noqa: E402
from serve import Server, Wire, request  # noqa: E402

MB = 1 << 20
COST = 8 * MB
STORE = 8 * MB  # of the database, while it takes tens of megabytes of records
PATIENCE_S = 300


def package(*files, level=6):
    """A gzipped tar."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=level) as z:
        with tarfile.open(fileobj=z, mode="w|") as tar:
            for i, data in enumerate(files):
                info = tarfile.TarInfo(f"OPERLOG{i}.txt")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def template(n, rng, size=32768, times=12):
    """A fingerprint, of which only a part is hard to pack."""
    data = base64.b64encode(rng.randbytes(size * 3 // 4 // times) * times)
    return b"FP PIN=%d\tFID=0\tSize=%d\tValid=1\tTMP=%s\n" % (n, len(data), data)


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--new-devices", "approve")
        cls.addClassCleanup(cls.server.close)
        Device(cls.server, sn="NEIGHBOUR").options()

    def setUp(self):
        self.clock = Device(self.server)
        self.clock.options()

    def upload(self, body, table="OPERLOG"):
        with Wire(self.server.devices, timeout=PATIENCE_S) as w:
            w.send(request("POST", f"/iclock/cdata?SN={self.clock.sn}&table={table}"
                                   "&ContentType=tgz&Stamp=5", body))
            return w.reply()

    def refused(self, reason):
        """What is left of a package that was refused."""
        row = self.server.api.quarantine(self.clock.sn)[-1]
        self.assertIn(reason, row["reason"])
        self.assertIn(reason, self.server.log(20000))
        trace = self.server.api.get(f"/api/devices/{self.clock.sn}/trace")["data"]
        self.assertTrue(any(reason in (t.get("note") or "") for t in trace), trace)
        return row, self.server.api.uploads(self.clock.sn)


class Bounds(unittest.TestCase):
    """What a package costs beyond what the same records cost in the clear."""

    def cost(self, body, limit=COST):
        with Server("--new-devices", "approve") as server:
            Device(server, sn="NEIGHBOUR").options()
            clock = Device(server)
            clock.options()
            rng = random.Random(0)
            for _ in range(4):
                clock.upload("OPERLOG", b"".join(template(i, rng) for i in range(64)))
            known = len(server.api.records("templates", clock.sn))
            beats = Heartbeats(server, "NEIGHBOUR")
            before = peak(server)
            beats.start()
            with Wire(server.devices, timeout=PATIENCE_S) as w:
                w.send(request("POST", f"/iclock/cdata?SN={clock.sn}&table=OPERLOG"
                                       "&ContentType=tgz&Stamp=5", body))
                reply = w.reply()
            beats.stop.set()
            beats.join()
            cost = peak(server) - before
            slow = sorted(beats.took)
            print(f"# a package of {len(body) / MB:.1f} MB: {cost / MB:.1f} MB, {len(slow)} "
                  f"heartbeats, the slowest {slow[-1] * 1000:.1f} ms")
            self.assertEqual(beats.wrong, [])
            self.assertEqual(reply.status, 200)
            if not server.sanitized():  # several times as slow and as large
                # The body lies in memory, and once more while it is stored raw.
                copies = 1 + len(server.api.uploads(clock.sn))
                self.assertLessEqual(cost, limit + copies * len(body))
            rows = server.api.quarantine(clock.sn)
            raw = [server.api.upload_body(u) for u in server.api.uploads(clock.sn)]
            self.assertEqual(known, 64)
            return reply, rows, raw, server.api.records("templates", clock.sn)

    def test_a_bomb_is_refused_at_a_hundred_times_its_size(self):
        record = b"FP PIN=1\tFID=0\tSize=32768\tValid=1\tTMP=" + b"A" * 32768 + b"\n"
        body = package(*[record * (4 * MB // len(record))] * 16, level=9)
        self.assertLess(len(body), MB // 2)
        reply, rows, raw, _ = self.cost(body)
        self.assertRegex(reply.body, rb"^OK:\d+$")
        self.assertIn("more than 100 times its size", rows[-1]["reason"])
        self.assertEqual(raw, [body])

    def test_a_bomb_of_headers_is_refused_too(self):
        body = gzip.compress(tarfile.TarInfo("OPERLOG.txt").tobuf() * 150000 + bytes(1024), 9)
        reply, rows, raw, _ = self.cost(body)
        self.assertIn("more than", rows[-1]["reason"])
        self.assertEqual(raw, [body])
        self.assertEqual(reply.status, 200)

    def test_more_than_64_mib_is_refused(self):
        rng = random.Random(1)
        n = 65 * MB // 32768
        body = package(*[b"".join(template(i, rng) for i in range(k, min(k + 100, n)))
                         for k in range(0, n, 100)], level=1)
        self.assertLess(len(body), 16 * MB)
        _, rows, raw, _ = self.cost(body, COST + STORE)
        self.assertIn("more than 64 MiB", rows[-1]["reason"])
        self.assertEqual(raw, [body])

    def test_what_is_within_the_bounds_is_read_whole(self):
        rng = random.Random(2)
        n = 40 * MB // 32768
        body = package(*[b"".join(template(i, rng) for i in range(k, min(k + 100, n)))
                         for k in range(0, n, 100)], level=1)
        reply, rows, raw, records = self.cost(body, COST + STORE)
        self.assertEqual(reply.body, b"OK:%d" % n)
        self.assertEqual((rows, raw, len(records)), ([], [], n))


class Contents(Packages):
    def test_a_record_over_several_lines_and_windows_is_one(self):
        rng = random.Random(3)
        data = base64.b64encode(rng.randbytes(900000))
        lines = b"\n".join(data[i:i + 76] for i in range(0, len(data), 76))
        before = b"".join(b"USER PIN=%d\tName=N\n" % i for i in range(2000))
        text = before + b"USERPIC PIN=7\tFileName=7.jpg\tSize=%d\tContent=%s\n" % (len(data),
                                                                              lines) + \
            b"USER PIN=9999\tName=last\n"
        reply = self.upload(package(text))
        self.assertEqual(reply.body, b"OK:2002")
        photos = self.server.api.records("photos", self.clock.sn)
        self.assertEqual(len(photos), 1)
        self.assertEqual(self.server.api.picture(photos[0]["id"]), base64.b64decode(data))
        self.assertEqual(self.server.api.records("persons", self.clock.sn)[-1]["pin"], "9999")

    def test_a_malformed_record_is_named_by_its_place_in_the_text(self):
        good = b"".join(b"USER PIN=%d\tName=N\n" % i for i in range(40000))
        reply = self.upload(package(good + b"NONSENSE a=b\n" + good))
        self.assertEqual(reply.body, b"OK:80001")
        row, = self.server.api.quarantine(self.clock.sn)
        self.assertEqual((row["line"], row["offset"]), (40001, len(good)))
        self.assertEqual(base64.b64decode(row["raw"]) if row.get("encoding") == "base64"
                         else row["raw"].encode(), b"NONSENSE a=b")

    def test_many_malformed_records_cost_few_rows(self):
        body = package(b"NONSENSE a=b\n" * 50000)
        self.assertEqual(self.upload(body).body, b"OK:50000")
        self.assertEqual(len(self.server.api.quarantine(self.clock.sn)), 1001)
        raw, = self.server.api.uploads(self.clock.sn)
        self.assertEqual(self.server.api.upload_body(raw), body)

    def test_punches_of_all_windows_are_kept(self):
        n = 60000
        body = package(b"".join(b"%d\t2024-07-01 08:00:00\n" % i for i in range(n)))
        self.assertEqual(self.upload(body, "ATTLOG").body, b"OK:%d" % n)
        pins = [p["pin"] for p in self.server.api.punches(device=self.clock.sn)]
        self.assertEqual(pins, [str(i) for i in range(n)])

    def damaged(self, body, reason):
        """Nothing of it is stored, but it itself."""
        reply = self.upload(body)
        self.assertEqual(reply.body, b"OK:1")
        row, kept = self.refused(reason)
        self.assertEqual(row["line"], 1)
        self.assertEqual([self.server.api.upload_body(u) for u in kept], [body])
        self.assertEqual(self.server.api.records("templates", self.clock.sn), [])
        self.assertEqual(self.server.api.records("persons", self.clock.sn), [])

    def test_of_a_damaged_package_nothing_is_stored(self):
        rng = random.Random(4)
        body = package(b"".join(template(i, rng) for i in range(100)))
        self.damaged(body[:len(body) // 2], "the package is damaged")

    def test_a_wrong_checksum_or_length_is_damage(self):
        body = package(b"USER PIN=1\tName=N\n" * 100)
        for at in (-8, -1):
            wrong = bytearray(body)
            wrong[at] ^= 1
            with self.subTest(at=at):
                self.damaged(bytes(wrong), "checksum")
                self.setUp()
        self.damaged(body + b"more", "follows its end")

    def test_what_is_packed_twice_is_refused(self):
        self.damaged(gzip.compress(package(b"USER PIN=1\tName=N\n" * 100)),
                     "packed more than once")

    def test_an_archive_of_very_many_files_is_refused(self):
        self.upload(package(*[b""] * 5000, level=0))
        self.refused("more than 4096 files")

    def test_a_server_that_ends_amid_a_package_ends_in_order(self):
        rng = random.Random(6)
        body = package(*[b"".join(template(i, rng) for i in range(k, k + 100))
                         for k in range(0, 1000, 100)])
        for wait in (0.0, 0.05, 0.2, 0.5):
            with self.subTest(wait=wait), Server("--new-devices", "approve") as server:
                clock = Device(server)
                clock.options()
                wire = Wire(server.devices, timeout=PATIENCE_S)
                self.addCleanup(wire.close)
                wire.send(request("POST", f"/iclock/cdata?SN={clock.sn}&table=OPERLOG"
                                          "&ContentType=tgz&Stamp=5", body))
                time.sleep(wait)
                self.assertEqual(server.terminate(PATIENCE_S), 0)
                try:
                    status = wire.reply().status
                except AssertionError:
                    status = None
                server.start()
                stored = len(server.api.records("templates", clock.sn))
                self.assertEqual(server.api.uploads(clock.sn), [])
                if status == 200:
                    self.assertEqual(stored, 1000)

    def test_a_record_without_end_is_refused(self):
        data = base64.b64encode(random.Random(5).randbytes(2 * MB))
        self.upload(package(b"USER PIN=1\nUSER PIN=2\nUSERPIC PIN=7\tContent=" + data))
        self.assertEqual(len(self.server.api.records("persons", self.clock.sn)), 1)
        self.refused("a record of more than 2 MiB")

    def test_a_table_without_records_is_kept_packed(self):
        body = package(b"a\nb\nc\n")
        self.assertEqual(self.upload(body, "NEWTABLE").body, b"OK:3")
        raw, = self.server.api.uploads(self.clock.sn)
        self.assertEqual(self.server.api.upload_body(raw), body)


if __name__ == "__main__":
    tap.main()
