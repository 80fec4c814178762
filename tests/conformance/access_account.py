#!/usr/bin/env python3
"""ACCOUNT: events that a unit stores come in packed files, and what was missing is there once."""

import base64
import gzip
import io
import pathlib
import sys
import tarfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from access_ledger import events  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402
from unit import PARAMETERS, Unit, row, stored_row  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def order(u, **what):
    return u.server.api.post("/api/commands", dict(what, deviceSerial=u.sn))["commandId"]


def polled(u):
    [(number, text)] = until(u.poll)
    return number, text


def tgz(rows, name="transaction.txt"):
    text = b"".join(r.partition(" ")[2].encode() + b"\r\n" for r in rows)
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as z:
        with tarfile.open(fileobj=z, mode="w|") as tar:
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
    return out.getvalue()


def happened(n, first=1):
    """Events of one a minute: as they come live, and as they are stored."""
    times = [(i, f"2026-06-{1 + i // 1440:02} {i // 60 % 24:02}:{i % 60:02}:00") for i in range(first, first + n)]
    return ([row(t, 0, str(i % 9 + 1), 1, i) for i, t in times],
            [stored_row(t, 0, str(i % 9 + 1), 1, i) for i, t in times])


def files(u, number, *parts):
    """The overview and the files of an answer."""
    total = sum(len(p) for p in parts)
    u.expect(b"OK", "POST", f"/iclock/cdata?SN=&cmdid={number}&desc=overview",
             f"SumCount={total}\nFileName=transaction.tgz\nContentType=tgz\nFileCount={len(parts)}".encode())
    for i, part in enumerate(parts):
        u.expect(b"OK", "POST", f"/iclock/file?SN=&cmdid={number}&fileseq={i + 1}&contenttype=tgz"
                 f"&table=transaction&count={len(part)}", tgz(part))
    u.result(number, total)


class ByTheClock(unittest.TestCase):
    """access-account: units are ordered to send what they store by the clock."""

    PULL = PARAMETERS + ",AccSupportFunList=000000000001"
    CAN = PULL.replace("MachineType=101", "MachineType=9")

    def setUp(self):
        self.own = Server("--new-devices", "approve", "--zone", "Europe/Istanbul", "--access-account", "24")
        self.addCleanup(self.own.close)

    def test_units_that_can_are_ordered_to_send_what_they_store_once_in_that_time(self):
        plain, u = Unit(self.own).register(), Unit(self.own, parameters=self.CAN).register()
        live, stored = happened(40)
        u.live(*live[:20])
        number, text = polled(u)
        self.assertEqual(text, "ACCOUNT transaction MaxIndex=0")
        self.assertEqual(self.own.api.command(number)["requestedBy"], "server")
        files(u, number, stored)
        self.assertEqual(sorted(e["index"] for e in events(u)), list(range(1, 41)))
        # What another unit gets its order by is the turn after which that is stored.
        polled(Unit(self.own, parameters=self.CAN).register())
        self.own.restart()
        for other in (u, plain):
            other.register()
        polled(Unit(self.own, parameters=self.CAN).register())
        self.assertEqual((u.poll(), plain.poll()), ([], []))

    def test_a_unit_of_the_pull_family_is_ordered_in_its_own_form(self):
        _, text = polled(Unit(self.own, parameters=self.PULL).register())
        self.assertEqual(text, "ACCOUNT transaction ContentType=tgz MaxIndex=0")


class Account(unittest.TestCase):
    def test_each_form_has_its_words(self):
        u = Unit(server).register()
        for what, words in (
                ({"max_index": 0}, "MaxIndex=0"), ({"max_index": 77}, "MaxIndex=77"),
                ({"first_index": 3, "last_index": 9}, "StartIndex=3\tEndIndex=9"),
                ({"from": "2026-06-01 00:00:00", "to": "2026-06-02"},
                 "StartTime=2026-06-01 00:00:00\tEndTime=2026-06-02 23:59:59")):
            number = order(u, type="account", **what)
            self.assertEqual(polled(u), (number, "ACCOUNT transaction " + words))
            u.result(number)
        number = order(u, type="account_package", max_index=5)
        self.assertEqual(polled(u), (number, "ACCOUNT transaction ContentType=tgz MaxIndex=5"))
        for what in ({}, {"max_index": 1, "first_index": 1, "last_index": 2}, {"first_index": 1},
                     {"from": "2026-06-01"}):
            with self.assertRaises(ApiError):
                order(u, type="account", **what)

    def test_what_never_came_is_brought_back_once(self):
        u = Unit(server).register()
        live, stored = happened(300)
        for i, text in enumerate(live):
            if i % 7:
                u.live(text)
        before = {e["seq"] for e in events(u)}
        number = order(u, type="account", max_index=0)
        polled(u)
        files(u, number, stored[:200], stored[200:])
        got = events(u)
        self.assertEqual(sorted(e["index"] for e in got), list(range(1, 301)))
        fresh = [e for e in got if e["seq"] not in before]
        self.assertEqual({e["source"] for e in fresh}, {"account"})
        self.assertEqual(len(fresh), 43)
        # The same again, and live.
        number = order(u, type="account", max_index=0)
        polled(u)
        files(u, number, stored)
        u.live(*live)
        self.assertEqual(len(events(u)), 300)
        self.assertEqual(u.poll(), [])

    def test_the_answer_of_a_pull_device_is_one_packet(self):
        u = Unit(server).register()
        _, stored = happened(50)
        number = order(u, type="account_package")
        polled(u)
        packed = tgz(stored)
        u.expect(b"transaction=50", "POST", f"/iclock/querydata?SN=&type=tabledata&cmdid={number}"
                 "&tablename=transaction&count=50&datafmt=3&Stamp=9999",
                 b"name=transaction.tgz\nsize=%d\ndatacode=base64\ndatatype=tgz\n\0" % len(packed)
                 + base64.b64encode(packed))
        u.expect(b"OK", "POST", "/iclock/devicecmd?SN=",
                 f"ID={number}&Return=50&CMD=ACCOUNT&transaction&StartTime=&EndTime=&RecordSum=50".encode())
        self.assertEqual({e["source"] for e in events(u)}, {"account"})
        self.assertEqual(len(events(u)), 50)
        c = server.api.command(number)
        self.assertEqual((c["status"], c["returnCode"]), ("acknowledged", 50))

    def test_events_of_another_epoch_are_other_events(self):
        u = Unit(server).register()
        live, stored = happened(20)
        u.live(*live)
        number = order(u, type="account", max_index=0)
        polled(u)
        # The unit was reset: its numbers began again, at other times.
        again = [r.replace("index=", "index=").replace("time_second=", "time_second=1") for r in stored]
        files(u, number, again)
        self.assertEqual(len(events(u)), 40)

    def test_a_damaged_or_short_file_is_made_good_by_a_query_once(self):
        _, stored = happened(30)
        good = tgz(stored)
        for name, body, count in (("cut", good[:-20], 30), ("no package", b"nothing", 30),
                                  ("fewer", tgz(stored[:10]), 30)):
            u = Unit(server).register()
            number = order(u, type="account", max_index=0)
            polled(u)
            with self.subTest(name):
                for _ in range(2):
                    u.expect(b"OK", "POST", f"/iclock/file?SN=&cmdid={number}&fileseq=1&contenttype=tgz"
                             f"&table=transaction&count={count}", body)
                u.result(number, 30)
                self.assertEqual(polled(u)[1],
                                 "DATA QUERY tablename=transaction,fielddesc=*,filter=*")
                self.assertEqual(u.poll(), [])
                u.stored(*stored)
                self.assertEqual(len(events(u)), 30)

    def test_a_bomb_and_an_odd_name_do_no_harm(self):
        u = Unit(server).register()
        bomb = gzip.compress(b"\0" * (70 << 20), 9)
        u.expect(b"OK", "POST", "/iclock/file?SN=&cmdid=1&fileseq=1&table=transaction&count=9", bomb)
        [kept] = server.api.pages(f"/api/quarantine?device={u.sn}")
        self.assertIn("package", kept["reason"])
        _, stored = happened(5)
        for name in ("../../../../tmp/gatehouse-escaped", "/tmp/gatehouse-escaped", "transaction.csv"):
            u.expect(b"OK", "POST", "/iclock/file?SN=&cmdid=1&fileseq=1&table=transaction&count=5",
                     tgz(stored, name))
        self.assertEqual(len(events(u)), 5)
        self.assertFalse(pathlib.Path("/tmp/gatehouse-escaped").exists())

    def test_a_file_of_a_unit_that_waits_is_not_taken(self):
        held = Server()
        self.addCleanup(held.close)
        u = Unit(held)
        u.request("GET", "/iclock/cdata?SN=&pushver=3.1.2&options=all&DeviceType=acc")
        status, _ = u.request("POST", "/iclock/file?SN=&cmdid=1&fileseq=1&table=transaction&count=1",
                              tgz(happened(1)[1]))
        self.assertEqual(status, 503)
        self.assertEqual(held.api.get("/api/access-events")["data"], [])


if __name__ == "__main__":
    tap.main()
