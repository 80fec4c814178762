#!/usr/bin/env python3
"""What no reader understood when it came is read again on request: what is understood now is
stored, once and in its place, and leaves; the rest stays with its reason."""

import io
import json
import os
import subprocess
import sys
import tarfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import postgres  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from row_counts import recount  # noqa: E402
from serve import ApiError, Server, program, until  # noqa: E402
from unit import Unit, row, stored_row  # noqa: E402

RECEIVED = 1772352000000  # 2026-03-01 08:00 UTC
server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--zone", "Asia/Kolkata")
    unittest.addModuleCleanup(server.close)


def version():
    return subprocess.run([program(), "--version"], capture_output=True, text=True, timeout=60,
                          check=True).stdout.split()[1]


def served(own, text, ended=1, begun=1):
    """That version served last, and has read again what others could not where it ended."""
    word = own.blob(text.encode()) if own.store else f"'{text}'"
    return ["DELETE FROM upgrade", f"INSERT INTO upgrade VALUES (1, {word}, {begun}, {ended})"]


def kept_before(records=(), uploads=(), on=None, last=None, unit=False, **state):
    """A device of which an older version kept that: records as (table, bytes), uploads as (table,
    bytes, rest of the query). `last` is the version that served last; None: the same. It is an access
    unit, or a clock."""
    own = on or server
    d = Unit(own).register() if unit else Device(own)
    if not unit:
        d.options()
    number = f"(SELECT id FROM device WHERE sn = '{d.sn}')"
    rows = [f"INSERT INTO quarantine (device, received_ms, source, line, \"offset\", reason, raw)"
            f" VALUES ({number}, {RECEIVED}, '{table}', 1, 0, 'unknown then', {own.blob(raw)})"
            for table, raw in records]
    rows += [f"INSERT INTO raw_upload (device, received_ms, source, target, body)"
             f" VALUES ({number}, {RECEIVED}, '{table}',"
             f" '/iclock/cdata?SN={d.sn}{more}', {own.blob(body)})"
             for table, body, more in uploads]
    own.terminate()
    own.write(*rows, *recount(own.store), *served(own, last or version(), **state))
    own.start()
    return d


def retry(what="quarantine", **query):
    return server.api.post(f"/api/{what}/retry?" + "&".join(f"{k}={v}" for k, v in query.items()))["data"]


def package(content):
    """A file of lines as clocks pack it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        info = tarfile.TarInfo("operlog.txt")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def command(*args):
    done = subprocess.run([program(), "quarantine", *args, "--url",
                           "http://%s:%d" % server.admin, "--data", server.data],
                          capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


class Records(unittest.TestCase):
    def test_punches_take_their_place_once_and_the_rest_stays(self):
        d = kept_before([("ATTLOG", b"7\t2026-03-01 13:00:00\t0\t1\t0"),
                         ("ATTLOG", b"8\t2026-03-01 13:00:05\t0\t1\t0"),
                         ("ATTLOG", b"no\ttime"),
                         ("OPERLOG", b"USER PIN=9\tName=Nina")])
        self.assertEqual(d.upload("ATTLOG", "8\t2026-03-01 13:00:05\t0\t1\t0\n"
                                            "9\t2026-03-01 14:00:00\t0\t1\t0\n").body, b"OK:2")
        before = d.server.api.punches(device=d.sn)
        result = retry(device=d.sn)
        self.assertEqual({k: result[k] for k in ("tried", "understood", "kept", "records",
                                                 "punches")},
                         {"tried": 4, "understood": 3, "kept": 1, "records": 3, "punches": 1})
        self.assertIn("column 2", result["reason"])
        rows = d.server.api.punches(device=d.sn)
        self.assertEqual(rows[:2], before)
        self.assertEqual([(r["pin"], r["timestamp"]) for r in rows[2:]],
                         [("7", "2026-03-01 13:00:00")])
        self.assertEqual((rows[2]["receivedAt"][:19].replace("T", " "), rows[2]["zone"],
                          rows[2]["flags"]),
                         ("2026-03-01 08:00:00", "Asia/Kolkata", []))
        kept = server.api.quarantine(d.sn)
        self.assertEqual([(q["raw"], q["reason"]) for q in kept], [("no\ttime", result["reason"])])
        self.assertEqual([p["name"] for p in server.api.records("persons", d.sn)], ["Nina"])
        # Nothing changes the second time.
        again = retry(device=d.sn)
        self.assertEqual((again["tried"], again["understood"], again["punches"]), (1, 0, 0))
        self.assertEqual(server.api.punches(device=d.sn), rows)

    def test_a_store_with_punches_that_were_read_again_has_no_faults(self):
        with Server("--new-devices", "approve") as own:
            d = kept_before([("ATTLOG", b"7\t2026-03-01 13:00:00\t0\t1\t0")], on=own)
            self.assertEqual(d.upload("ATTLOG", "8\t2026-03-01 13:00:05\t0\t1\t0\n").body, b"OK:1")
            own.api.post("/api/quarantine/retry")
            self.assertEqual([r["pin"] for r in own.api.punches(device=d.sn)], ["8", "7"])
            own.terminate()
            url = own.store or "sqlite:" + os.path.join(own.data, "gatehouse.db")
            done = subprocess.run([program(), "store", "check", url], capture_output=True,
                                  text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done)
            self.assertRegex(done.stdout, r"^note: punch 2 came \d+ s before .*\nnothing found\n$")

    def test_what_the_device_sent_since_holds(self):
        d = kept_before([("OPERLOG", b"USER PIN=5\tName=Old\tPri=14"),
                         ("options", b"FWVersion=1")])
        d.upload("OPERLOG", "USER PIN=5\tName=New\tPri=0")
        d.upload("options", "FWVersion=2")
        self.assertEqual(retry(device=d.sn)["understood"], 2)
        person, = server.api.records("persons", d.sn)
        self.assertEqual((person["name"], person["privilege"]), ("New", 0))
        self.assertEqual(server.api.device(d.sn)["options"]["FWVersion"], "2")

    def test_more_than_a_piece_is_read_to_its_end(self):
        count = 250
        d = kept_before([("ATTLOG", b"%d\t2026-03-01 13:00:00\t0\t1\t0" % n)
                         for n in range(1, count + 1)])
        result = retry(device=d.sn)
        self.assertEqual((result["tried"], result["understood"], result["punches"]),
                         (count, count, count))
        self.assertEqual([r["pin"] for r in server.api.punches(device=d.sn)],
                         [str(n) for n in range(1, count + 1)])

    def test_one_row_is_read_again_or_dismissed(self):
        d = kept_before([("ATTLOG", b"1\t2026-03-01 13:00:00\t0\t1\t0"), ("ATTLOG", b"x"),
                         ("ATTLOG", b"2\t2026-03-01 13:00:00\t0\t1\t0")])
        rows = server.api.quarantine(d.sn)
        good = [q["id"] for q in rows if q["raw"] != "x"]
        bad, = [q["id"] for q in rows if q["raw"] == "x"]
        result = server.api.post(f"/api/quarantine/{good[0]}/retry")["data"]
        self.assertEqual((result["tried"], result["understood"]), (1, 1))
        self.assertEqual(len(server.api.punches(device=d.sn)), 1)
        server.api.post(f"/api/quarantine/{bad}/dismiss")
        self.assertEqual([q["id"] for q in server.api.quarantine(d.sn)], good[1:])
        for verb in "retry", "dismiss":
            with self.assertRaises(ApiError) as refused:
                server.api.post(f"/api/quarantine/{bad}/{verb}")
            self.assertEqual(refused.exception.status, 404)
            self.assertIn("quarantine_unknown", str(refused.exception))


def access_events(d):
    return server.api.get(f"/api/access-events?device={d.sn}&limit=500")["data"]


class WithoutDialect(unittest.TestCase):
    def test_what_a_device_sent_before_it_showed_a_dialect_is_read_again(self):
        d = Device(server)
        d.upload("FOO", b"rubbish")
        self.assertEqual(server.api.get(f"/api/devices/{d.sn}")["data"]["dialect"], None)
        self.assertEqual(retry("uploads", device=d.sn)["tried"], 1)


class Units(unittest.TestCase):
    """Rows of access units, too."""

    def test_events_and_records_take_their_place_once_and_the_rest_stays(self):
        d = kept_before([("rtlog", row("2026-03-01 13:00:00", 0, "7", 1, 5).encode()),
                         ("rtlog", row("2026-03-01 13:00:05", 0, "8", 1, 6).encode()),
                         ("transaction", stored_row("2026-03-01 13:00:07", 0, "9", 1, 7).encode()),
                         ("user", b"user uid=3\tpin=9\tname=Nina"),
                         ("rtlog", b"rubbish")], unit=True)
        d.live(row("2026-03-01 13:00:05", 0, "8", 1, 6))
        before = access_events(d)
        result = retry(device=d.sn)
        self.assertEqual({k: result[k] for k in ("tried", "understood", "kept", "records")},
                         {"tried": 5, "understood": 4, "kept": 1, "records": 4})
        events = access_events(d)
        self.assertEqual(events[:1], before)
        self.assertEqual([(e["pin"], e["timestamp"], e["source"], e["receivedAt"][:19])
                          for e in events[1:]],
                         [("7", "2026-03-01 13:00:00", "live", "2026-03-01T08:00:00"),
                          ("9", "2026-03-01 13:00:07", "stored", "2026-03-01T08:00:00")])
        self.assertEqual([p["name"] for p in server.api.records("persons", d.sn)], ["Nina"])
        # What a unit sent then is not what it holds now.
        self.assertEqual(server.api.get(f"/api/devices/{d.sn}/tables/user")["data"]["rows"], [])
        kept = server.api.quarantine(d.sn)
        self.assertEqual([(q["raw"], q["reason"]) for q in kept], [("rubbish", result["reason"])])
        again = retry(device=d.sn)
        self.assertEqual((again["tried"], again["understood"]), (1, 0))
        self.assertEqual(access_events(d), events)

    def test_states_of_then_are_not_taken_for_those_of_now(self):
        d = kept_before([("rtlog", b"time=2026-03-01 13:00:00\tsensor=0101\trelay=0101"
                                   b"\talarm=0000000000000000")], unit=True)
        before = server.api.get(f"/api/doors?device={d.sn}")["data"]
        result = retry(device=d.sn)
        self.assertEqual((result["understood"], result["kept"]), (0, 1))
        self.assertIn("passed", result["reason"])
        self.assertEqual(server.api.get(f"/api/doors?device={d.sn}")["data"], before)

    def test_a_kept_upload_is_read_as_the_table_it_names(self):
        d = kept_before(uploads=[
            ("transaction", (stored_row("2026-03-01 13:00:00", 0, "7", 1, 1) + "\r\n"
                             + stored_row("2026-03-01 13:00:01", 0, "8", 1, 2)).encode(),
             "&table=tabledata&tablename=transaction&count=2"),
            ("overview", b"something=1", "&type=overview")], unit=True)
        result = retry("uploads", device=d.sn)
        self.assertEqual((result["tried"], result["understood"], result["records"]), (2, 1, 2))
        self.assertEqual([e["pin"] for e in access_events(d)], ["7", "8"])
        self.assertEqual([u["table"] for u in server.api.uploads(d.sn)], ["overview"])


class Uploads(unittest.TestCase):
    def test_a_table_that_is_known_now_becomes_records(self):
        punches = b"".join(b"%d\t2026-03-01 13:00:00\t0\t1\t0\n" % n for n in range(1, 2101))
        people = b"".join(b"USER PIN=%d\tName=N\n" % n for n in range(1, 2101))  # several pieces
        d = kept_before(uploads=[("PUNCHES", punches, "&table=PUNCHES"),
                                 ("PEOPLE", people, ""),
                                 ("WORKCODE", b"WORKCODE PIN=1\tCODE=7\tNAME=Night\n",
                                  "&table=WORKCODE"),
                                 ("", b"3\t2026-03-01 14:00:00\t0\t1\t0\n", ""),
                                 ("RIDDLE", b"what is this", "&table=RIDDLE"),
                                 ("ATTLOG", b"4\t2026-03-01 14:00:00\t0\t1\t0\nbad\n",
                                  "&table=ATTLOG")])
        result = retry("uploads", device=d.sn)
        self.assertEqual((result["tried"], result["understood"], result["kept"],
                          result["punches"]), (6, 4, 2, 2102))
        self.assertEqual(len(server.api.punches(device=d.sn)), 2102)
        self.assertEqual(len(server.api.records("persons", d.sn)), 2100)
        self.assertEqual([u["table"] for u in server.api.uploads(d.sn)], ["RIDDLE", "ATTLOG"])
        self.assertEqual(retry("uploads", device=d.sn)["punches"], 0)
        for u in server.api.uploads(d.sn):
            server.api.post(f"/api/uploads/{u['id']}/dismiss")
        self.assertEqual(server.api.uploads(d.sn), [])


    def test_a_package_is_unpacked_again_window_by_window(self):
        lines = b"".join(b"USER PIN=%d\tName=Somebody %d of them\n" % (n, n)
                         for n in range(1, 12001))
        packed, damaged = package(lines), package(lines)[:-40]
        d = kept_before(uploads=[("OPERLOG", body, "&table=OPERLOG&ContentType=tgz")
                                 for body in (packed, damaged)])
        result = retry("uploads", device=d.sn)
        self.assertEqual((result["tried"], result["understood"], result["kept"]), (2, 1, 1))
        self.assertIn("package", result["reason"])
        self.assertEqual(len(server.api.uploads(d.sn)), 1)
        self.assertEqual(len(server.api.records("persons", d.sn)), 12000)


class Problems(unittest.TestCase):
    """They stand for what is kept, and are over when nothing of it is left."""

    @staticmethod
    def kinds(d):
        return sorted(p["kind"] for p in
                      server.api.pages(f"/api/problems?subject={d.sn}", "id"))

    def test_the_last_record_that_is_dismissed_ends_its_problem(self):
        d, other = Device(server), Device(server)
        for one in d, other:
            one.options()
            one.upload("ATTLOG", "no\ttime\nneither\tthis\n")
        rows = server.api.quarantine(d.sn)
        self.assertEqual(len(rows), 2)
        server.api.post(f"/api/quarantine/{rows[0]['id']}/dismiss")
        self.assertEqual(self.kinds(d), ["records_quarantined"])
        server.api.post(f"/api/quarantine/{rows[1]['id']}/dismiss")
        self.assertEqual(self.kinds(d), [])
        self.assertEqual(self.kinds(other), ["records_quarantined"])
        d.upload("ATTLOG", "no\ttime\n", 2)
        self.assertEqual(self.kinds(d), ["records_quarantined"])

    def test_the_last_upload_that_is_dismissed_ends_its_problem(self):
        d = Device(server)
        d.options()
        d.upload("RIDDLE", "what is this")
        d.upload("ATTLOG", "no\ttime\n")
        self.assertEqual(self.kinds(d), ["records_quarantined", "upload_not_understood"])
        upload, = server.api.uploads(d.sn)
        server.api.post(f"/api/uploads/{upload['id']}/dismiss")
        self.assertEqual(self.kinds(d), ["records_quarantined"])

    def test_what_is_understood_now_ends_the_problem_with_the_last_of_it(self):
        d = kept_before([("ATTLOG", b"7\t2026-03-01 13:00:00\t0\t1\t0")] * 150)
        d.upload("ATTLOG", "no\ttime\n")
        self.assertEqual(self.kinds(d), ["records_quarantined"])
        self.assertEqual(retry(device=d.sn)["kept"], 1)
        self.assertEqual(self.kinds(d), ["records_quarantined"])
        bad, = server.api.quarantine(d.sn)
        server.api.post(f"/api/quarantine/{bad['id']}/dismiss")
        self.assertEqual(self.kinds(d), [])

    def test_a_record_that_is_understood_now_ends_it(self):
        for one in False, True:
            with self.subTest("one" if one else "all"):
                d = Device(server)
                d.options()
                d.upload("ATTLOG", "no\ttime\n")
                row, = server.api.quarantine(d.sn)
                server.terminate()
                server.write(f"UPDATE quarantine SET raw = "
                             f"{server.blob(b'7' + bytes([9]) + b'2026-03-01 13:00:00')}"
                             f" WHERE id = {row['id']}")
                server.start()
                # The problem of an earlier run is not known; an equal upload raises it again.
                d.upload("ATTLOG", "no\ttime\n", 2)
                later = max(q["id"] for q in server.api.quarantine(d.sn))
                self.assertEqual(self.kinds(d), ["records_quarantined"])
                server.api.post(f"/api/quarantine/{later}/dismiss")
                self.assertEqual(self.kinds(d), ["records_quarantined"])
                if one:
                    server.api.post(f"/api/quarantine/{row['id']}/retry")
                else:
                    self.assertEqual(retry(device=d.sn)["kept"], 0)
                self.assertEqual(server.api.quarantine(d.sn), [])
                self.assertEqual(self.kinds(d), [])


class Upgrade(unittest.TestCase):
    """The first start of another version reads again what the one before could not."""

    @staticmethod
    def said(own):
        return [x for x in own.log(10**7).splitlines()
                if "what another version could not read was read again" in x]

    def test_it_is_read_again_once_by_itself(self):
        with Server("--new-devices", "approve") as own:
            d = kept_before([("ATTLOG", b"%d\t2026-03-01 13:00:00\t0\t1\t0" % n)
                             for n in range(1, 151)] + [("ATTLOG", b"no\ttime")],
                            [("PUNCHES", b"999\t2026-03-01 13:00:00\t0\t1\t0\n", "&table=PUNCHES"),
                             ("RIDDLE", b"what is this", "&table=RIDDLE")], on=own, last="0.0.9")
            line = until(lambda: self.said(own))
            self.assertEqual(len(line), 1)
            for part in ("before=0.0.9", f"version={version()}", "records=151",
                         "recordsUnderstood=150", "uploads=2", "uploadsUnderstood=1",
                         "newPunches=151"):
                self.assertIn(part, line[0])
            self.assertEqual(len(own.api.punches(device=d.sn)), 151)
            # What is not understood is as it was.
            self.assertEqual([(q["raw"], q["reason"]) for q in own.api.quarantine(d.sn)],
                             [("no\ttime", "unknown then")])
            self.assertEqual([u["table"] for u in own.api.uploads(d.sn)], ["RIDDLE"])
            until(lambda: self.stored(own) == (version(), 1, 1))
            # Not a second time by this version.
            row, = own.api.quarantine(d.sn)
            own.terminate()
            own.write(f"UPDATE quarantine SET raw = "
                      f"{own.blob(b'7' + bytes([9]) + b'2026-03-02 13:00:00')}"
                      f" WHERE id = {row['id']}")
            own.start()
            self.assertEqual(self.stored(own), (version(), 1, 1))
            again = own.api.post("/api/quarantine/retry")["data"]
            self.assertEqual((again["tried"], again["understood"]), (1, 1))
            self.assertEqual(self.said(own), [])  # the log is of this start

    def test_what_was_interrupted_is_begun_again_but_not_for_ever(self):
        good = [("ATTLOG", b"7\t2026-03-01 13:00:00\t0\t1\t0")]
        with Server("--new-devices", "approve") as own:
            kept_before(good, on=own, last=version(), ended=0, begun=2)
            until(lambda: self.said(own))
            until(lambda: self.stored(own) == (version(), 3, 1))
            kept_before(good, on=own, last=version(), ended=0, begun=3)
            until(lambda: "never came to its end" in own.log(10**7))
            self.assertEqual(self.stored(own), (version(), 3, 0))
            self.assertEqual(own.api.post("/api/quarantine/retry")["data"]["tried"], 1)

    @staticmethod
    def stored(own):
        """What the store has, while the server runs."""
        if own.store:
            text = "SELECT convert_from(version, 'UTF8'), begun, ended FROM upgrade"
            row, = postgres.psql(own.store, text)
        else:
            with own.database() as db:
                row = db.execute("SELECT version, begun, ended FROM upgrade").fetchone()
        return row[0], int(row[1]), int(row[2])


class CommandLine(unittest.TestCase):
    def test_both_are_read_again_and_the_counts_are_printed(self):
        d = kept_before([("ATTLOG", b"1\t2026-03-01 13:00:00\t0\t1\t0"), ("ATTLOG", b"x")],
                        [("RIDDLE", b"what is this", "&table=RIDDLE")])
        status, text = command("retry", "--device", d.sn)
        self.assertEqual(status, 0, text)
        self.assertIn("records: 2 read again, 1 understood now (1 records, 1 new punches), 1 kept",
                      text)
        self.assertIn("uploads: 1 read again, 0 understood now (0 records, 0 new punches), 1 kept;"
                      " the last of them: no records are known for this table", text)
        status, text = command("list", "--uploads", "--device", d.sn, "--format", "json")
        self.assertEqual([u["table"] for u in json.loads(text)["data"]], ["RIDDLE"], text)
        row, = server.api.quarantine(d.sn)
        self.assertEqual(command("dismiss", str(row["id"]))[0], 0)
        self.assertEqual(server.api.quarantine(d.sn), [])


if __name__ == "__main__":
    tap.main()
