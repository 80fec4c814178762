#!/usr/bin/env python3
"""The ledger: one gapless sequence, nothing twice, the device's digits stored, times
distinguished."""

import http.client
import json
import os
import re
import shutil
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import UPLOADS, Device, attlog, serial  # noqa: E402
from serve import DEADLINE, ApiError, Server, until  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def clock(zone=None, on=None):
    d = Device(on or server)
    d.options()
    if zone:
        set_zone(d, zone)
    return d


def set_zone(d, zone):
    """The clock runs in it from its next handshake on, which a CHECK requests."""
    d.server.api.change(d.sn, zone=zone)
    d.work()
    d.options()


def rows_of(d):
    return d.server.api.punches(device=d.sn)


class Sequence(unittest.TestCase):
    def test_seq_starts_at_1_and_has_no_gaps_under_many_devices(self):
        with Server("--new-devices", "approve") as own:
            fleet = [clock(on=own) for _ in range(8)]

            def work(d):
                for batch in range(6):
                    rows = [(str(i), f"2024-03-01 {batch:02d}:00:{i:02d}") for i in range(20)]
                    rows += rows[:5]  # repeats in between
                    self.assertEqual(d.punch(*rows, stamp=batch).body, b"OK:25")

            threads = [threading.Thread(target=work, args=(d,)) for d in fleet]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            rows = own.api.punches()
            self.assertEqual([r["seq"] for r in rows], list(range(1, 8 * 6 * 20 + 1)))
            uploads = {}
            for r in rows:
                uploads.setdefault((r["deviceSerial"], r["timestamp"][:13]), []).append(r["seq"])
            for seqs in uploads.values():
                self.assertEqual(seqs, list(range(seqs[0], seqs[0] + 20)))

    def test_pages_join_without_loss(self):
        d = clock()
        d.punch(*((str(i), "2024-03-02 00:00:00") for i in range(45)))
        rows = server.api.pages(f"/api/punches?device={d.sn}", "seq", size=7)
        self.assertEqual([r["pin"] for r in rows], [str(i) for i in range(45)])
        other = server.api.pages(f"/api/attendance?device={d.sn}", "seq", size=10)
        self.assertEqual(other, rows)

    def test_a_row_has_what_scripts_rely_on(self):
        d = clock("Europe/Berlin")
        before = time.time()
        d.punch(("00042", "2024-07-01 08:30:00", 1, 15, "77"))
        [row] = rows_of(d)
        self.assertIs(type(row["seq"]), int)
        self.assertEqual(row["pin"], "00042")
        self.assertTrue(row["timestamp"].startswith("2024-07-01 08:30:00"))
        self.assertEqual((row["status"], row["verifyType"], row["workCode"]), (1, 15, "77"))
        self.assertEqual(row["deviceSerial"], d.sn)
        self.assertTrue(row["utc"].startswith("2024-07-01T06:30:00"))
        import datetime
        received = datetime.datetime.fromisoformat(row["receivedAt"].replace("Z", "+00:00"))
        self.assertLess(abs(received.timestamp() - before), 10)

    def test_filters(self):
        d = clock()
        d.punch(("1", "2024-03-03 08:00:00"), ("2", "2024-03-03 23:59:59"),
                ("1", "2024-03-04 08:00:00"))
        get = server.api.punches
        self.assertEqual(len(get(device=d.sn, pin="1")), 2)
        self.assertEqual(len(get(device=d.sn, **{"from": "2024-03-03", "to": "2024-03-03"})), 2)
        self.assertEqual(len(get(device=d.sn, **{"from": "2024-03-04"})), 1)
        self.assertEqual(len(get(device=d.sn, to="2024-03-03%2023:59:58")), 1)
        for bad in ("after=x", "limit=0", "from=yesterday", "limit=-1", "after=-1"):
            status, _, body = server.api.raw("GET", f"/api/punches?{bad}")
            self.assertEqual(status, 400, (bad, body))
            self.assertIs(json.loads(body)["success"], False)

    def test_the_view_has_the_same(self):
        d = clock("Asia/Kolkata")
        d.punch(("7", "2024-03-05 08:00:00", 1, 4, "9"))
        [row] = rows_of(d)
        with server.database() as db:
            names = [c[0] for c in db.execute("SELECT * FROM v_punch LIMIT 0").description]
            self.assertTrue({"seq", "pin"} <= set(names), names)
            [found] = db.execute("SELECT seq, pin, device_serial, status, work_code FROM v_punch "
                                 "WHERE device_serial = ?", (d.sn,)).fetchall()
        self.assertEqual(found, (row["seq"], "7", d.sn, 1, "9"))

    def test_the_natural_key_is_byte_exact(self):
        d = clock()
        rows = [("1", "2024-03-06 08:00:00", 0, 1, "0"), ("01", "2024-03-06 08:00:00", 0, 1, "0"),
                ("1", "2024-03-06 08:00:01", 0, 1, "0"), ("1", "2024-03-06 08:00:00", 1, 1, "0"),
                ("1", "2024-03-06 08:00:00", 0, 2, "0"), ("1", "2024-03-06 08:00:00", 0, 1, "5"),
                ("1a", "2024-03-06 08:00:00", 0, 1, "0"), ("1A", "2024-03-06 08:00:00", 0, 1, "0")]
        for _ in range(3):
            self.assertEqual(d.punch(*rows).body, b"OK:8")
        self.assertEqual([(r["pin"], r["timestamp"][:19], r["status"], r["verifyType"],
                           r["workCode"]) for r in rows_of(d)], rows)

    def test_two_devices_may_report_the_same_punch(self):
        a, b = clock(), clock()
        for d in (a, b):
            d.punch(("1", "2024-03-07 08:00:00"))
        self.assertEqual((len(rows_of(a)), len(rows_of(b))), (1, 1))


class Time(unittest.TestCase):
    def one(self, zone, digits):
        d = clock(zone)
        self.assertEqual(d.punch(("1", digits)).body, b"OK:1")
        [row] = rows_of(d)
        self.assertTrue(row["timestamp"].startswith(digits), row)
        return row

    def test_the_zone_of_the_device_gives_the_moment(self):
        for zone, digits, utc in (
                ("Asia/Kolkata", "2024-07-01 05:30:00", "2024-07-01T00:00:00"),
                ("America/St_Johns", "2024-07-01 05:30:00", "2024-07-01T08:00:00"),
                ("Australia/Lord_Howe", "2024-01-01 11:00:00", "2024-01-01T00:00:00"),
                ("Europe/Berlin", "2024-01-15 12:00:00", "2024-01-15T11:00:00"),
                ("Europe/Berlin", "2024-07-15 12:00:00", "2024-07-15T10:00:00"),
                ("Etc/UTC", "2024-02-29 23:59:59", "2024-02-29T23:59:59")):
            row = self.one(zone, digits)
            self.assertTrue(row["utc"].startswith(utc), (zone, row))
            self.assertEqual(row.get("flags") or [], [])

    def test_each_device_has_its_own_zone(self):
        a, b = clock("Asia/Tokyo"), clock("America/New_York")
        for d in (a, b):
            d.punch(("1", "2024-07-01 12:00:00"))
        self.assertTrue(rows_of(a)[0]["utc"].startswith("2024-07-01T03:00:00"))
        self.assertTrue(rows_of(b)[0]["utc"].startswith("2024-07-01T16:00:00"))

    def test_a_wall_time_that_was_skipped_is_flagged_not_rewritten(self):
        row = self.one("Europe/Berlin", "2024-03-31 02:30:00")
        self.assertIn("gap", str(row["flags"]).lower())

    def test_a_wall_time_that_happened_twice_is_flagged_and_the_first_assumed(self):
        row = self.one("Europe/Berlin", "2024-10-27 02:30:00")
        self.assertIn("overlap", str(row["flags"]).lower())
        self.assertTrue(row["utc"].startswith("2024-10-27T00:30:00"), row)

    def test_impossible_dates_stay_rows_with_their_digits(self):
        for digits in ("2023-02-29 10:00:00", "2024-13-01 10:00:00", "2024-02-30 25:61:00",
                       "2000-00-00 00:00:00"):
            row = self.one("Europe/Berlin", digits)
            self.assertIsNone(row["utc"])
            self.assertIn("impossible", str(row["flags"]).lower())

    def test_wrong_clocks_are_flagged(self):
        self.assertIn("ancient", str(self.one("Etc/UTC", "1999-12-31 10:00:00")["flags"]).lower())
        self.assertIn("ahead", str(self.one("Etc/UTC", "2090-01-01 10:00:00")["flags"]).lower())

    def test_a_new_zone_changes_no_old_row(self):
        d = clock("Asia/Tokyo")
        d.punch(("1", "2024-07-01 12:00:00"))
        old = rows_of(d)
        set_zone(d, "Europe/Paris")
        d.punch(("1", "2024-07-01 12:00:00"), ("2", "2024-07-01 12:00:00"))
        rows = rows_of(d)
        self.assertEqual(rows[:1], old)
        self.assertTrue(rows[1]["utc"].startswith("2024-07-01T10:00:00"))

    def test_a_zone_that_does_not_exist_is_refused(self):
        d = clock()
        for zone in ("Mars/Olympus", "../../etc/passwd", "Europe/Berlin\n"):
            with self.assertRaises(ApiError) as caught:
                server.api.change(d.sn, zone=zone)
            self.assertEqual(caught.exception.status, 400)


class Malformed(unittest.TestCase):
    def test_one_malformed_record_never_loses_its_neighbours(self):
        d = clock()
        bad = (b"", b"justapin", b"\t2024-01-01 00:00:00\t0\t1", b"5\tnot a time\t0\t1",
               b"6\t2024-01-01 00:00:00\tx\t1", b"7\t2024-01-01\t0\t1", b"\xff\xfe\x00\x01")
        for i, line in enumerate(bad):
            body = (b"1\t2024-04-01 00:00:%02d\t0\t1\t0\t0\t0\n" % i + line
                    + b"\n2\t2024-04-01 00:00:%02d\t0\t1\t0\t0\t0\n" % i)
            reply = d.upload("ATTLOG", body, i + 1)
            self.assertEqual(reply.status, 200, line)
            self.assertTrue(reply.body.startswith(b"OK"), reply)
        rows = [(r["pin"], r["timestamp"][:19]) for r in rows_of(d)]
        for i in range(len(bad)):
            for pin in "12":
                self.assertEqual(rows.count((pin, f"2024-04-01 00:00:{i:02d}")), 1)

    def test_the_quarantine_names_fault_and_place(self):
        d = clock()
        d.upload("ATTLOG", b"1\t2024-04-02 00:00:00\t0\t1\nrubbish\n2\t2024-04-02 00:00:00\t0\t1\n",
                 9)
        [row] = server.api.quarantine(d.sn)
        self.assertEqual(row["table"], "ATTLOG")
        self.assertEqual(row["line"], 2)
        self.assertTrue(row["reason"])
        self.assertIn("rubbish", str(row))
        self.assertEqual(len(rows_of(d)), 2)
        trace = server.api.get(f"/api/devices/{d.sn}/trace")["data"][0]
        self.assertIn("rubbish", trace["body"])
        self.assertEqual(trace["reply"][:2], "OK")

    def test_bad_people_do_not_lose_good_ones(self):
        d = clock()
        reply = d.upload("OPERLOG", b"USER PIN=1\tName=A\nUSER Name=Nobody\nNONSENSE x=1\n"
                         b"OPLOG 1\t2\nUSER PIN=2\tName=B\n", 1)
        self.assertEqual(reply.status, 200)
        self.assertEqual([p["pin"] for p in server.api.records("persons", d.sn)], ["1", "2"])
        self.assertGreaterEqual(len(server.api.quarantine(d.sn)), 2)


    def test_a_body_of_malformed_lines_is_kept_whole_in_few_rows(self):
        d = clock()
        body = b"1\t2024-04-03 00:00:00\t0\t1\n" + b"x\n" * 5000 \
            + b"2\t2024-04-03 00:00:00\t0\t1\n"
        self.assertEqual(d.upload("ATTLOG", body, 1).body, b"OK:5002")
        self.assertEqual([r["pin"] for r in rows_of(d)], ["1", "2"])
        rows = server.api.quarantine(d.sn)
        self.assertLess(len(rows), 1100)
        self.assertEqual([r["line"] for r in rows[:3]], [2, 3, 4])
        [upload] = server.api.uploads(d.sn)
        self.assertEqual(server.api.upload_body(upload), body)

    def test_a_reason_is_short_whatever_was_wrong(self):
        d = clock()
        for table in ("ATTLOG", "OPERLOG", "BIODATA"):
            d.upload(table, b"A" * 100_000, 1)
            d.upload(table, b"BIODATA Pin=1\t" + b"B" * 100_000 + b"=1\tNo=x\tIndex=zz\n", 1)
        for row in server.api.quarantine(d.sn):
            self.assertLess(len(row["reason"]), 200)


class Merge(unittest.TestCase):
    def person(self, d):
        [row] = server.api.records("persons", d.sn)
        return row

    def test_an_absent_field_leaves_the_stored_value_alone(self):
        d = clock()
        d.upload("OPERLOG", "USER PIN=1\tName=Ann\tPri=14\tPasswd=9\tCard=777\tGrp=2\t"
                            "TZ=0001000200000000\tVerify=3\tViceCard=888\n", 1)
        first = self.person(d)
        self.assertEqual((first["name"], first["privilege"], first["card"], first["groupId"]),
                         ("Ann", 14, "777", "2"))
        for line in ("USER PIN=1\n", "USER PIN=1\tName=Ann\n", "USER PIN=1\tGrp=2\n"):
            self.assertEqual(d.upload("OPERLOG", line, 2).body, b"OK:1")
            now = self.person(d)
            for key in ("name", "privilege", "card", "groupId", "timeZone", "verifyMode",
                        "viceCard"):
                self.assertEqual(now[key], first[key], (line, key))

    def test_one_field_changes_alone(self):
        d = clock()
        d.upload("OPERLOG", "USER PIN=1\tName=Ann\tPri=14\tCard=777\n", 1)
        d.upload("OPERLOG", "USER PIN=1\tCard=778\n", 2)
        row = self.person(d)
        self.assertEqual((row["name"], row["privilege"], row["card"]), ("Ann", 14, "778"))

    def test_an_empty_card_clears_the_card(self):
        d = clock()
        d.upload("OPERLOG", "USER PIN=1\tName=Ann\tCard=777\n", 1)
        d.upload("OPERLOG", "USER PIN=1\tName=Ann\tCard=\n", 2)
        self.assertFalse(self.person(d)["card"])

    def test_secrets_are_in_no_list(self):
        d = clock()
        d.upload("OPERLOG", "USER PIN=1\tName=Ann\tPasswd=hunter2hunter\n"
                            "FP PIN=1\tFID=1\tSize=12\tValid=1\tTMP=c2VjcmV0dGVtcA==\n", 1)
        for path in ("persons", "users", "templates"):
            _, _, body = server.api.raw("GET", f"/api/{path}?device={d.sn}")
            self.assertNotIn(b"hunter2hunter", body)
            self.assertNotIn(b"c2VjcmV0dGVtcA", body)
        with server.database() as db:
            for view in ("v_person", "v_device", "v_punch"):
                self.assertNotIn("hunter2hunter",
                                 str(db.execute(f"SELECT * FROM {view}").fetchall()))
        self.assertNotIn("hunter2hunter", server.log(10**7))
        self.assertNotIn("c2VjcmV0dGVtcA", server.log(10**7))

    def test_a_person_with_one_pin_on_two_devices_is_two_rows(self):
        a, b = clock(), clock()
        a.upload("OPERLOG", "USER PIN=1\tName=Ann\n", 1)
        b.upload("OPERLOG", "USER PIN=1\tName=Bob\n", 1)
        self.assertEqual((self.person(a)["name"], self.person(b)["name"]), ("Ann", "Bob"))


class Stream:
    """A reader of server-sent events."""

    def __init__(self, own, last=None, path="/api/events"):
        self.connection = http.client.HTTPConnection(*own.admin, timeout=DEADLINE)
        headers = {"Authorization": f"Bearer {own.token}", "Accept": "text/event-stream"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.connection.request("GET", path, headers=headers)
        self.reply = self.connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.sock and self.connection.sock.close()
        self.connection.close()

    def event(self):
        """The next event with an id: (id, data)."""
        number, data = None, []
        while True:
            line = self.reply.readline()
            if not line:
                raise EOFError("the stream ended")
            line = line.decode().rstrip("\r\n")
            if line.startswith("id:"):
                number = int(line[3:])
            elif line.startswith("data:"):
                data.append(line[5:].lstrip(" "))
            elif not line:
                if number is not None and data:
                    return number, json.loads("\n".join(data))
                number, data = None, []


class Events(unittest.TestCase):
    def test_the_first_event_names_the_ledger_and_has_no_id(self):
        d = clock()
        d.punch(("1", "2024-06-09 00:00:00"))
        status = server.api.get("/api/status")["data"]
        with Stream(server) as stream:
            lines = [stream.reply.readline().decode().strip() for _ in range(5)]
        self.assertEqual((lines[0], lines[1], lines[2]), ("retry: 2000", "", "event: ledger"))
        self.assertEqual(json.loads(lines[3].removeprefix("data: ")),
                         {"ledger": status["ledger"], "punch": rows_of(d)[-1]["seq"],
                          "access": 0,                           "floor": 0})
        self.assertEqual(lines[4], "")

    def test_an_id_may_name_a_place_in_two_streams(self):
        d = clock()
        d.punch(*((str(i), "2024-06-09 00:00:00") for i in range(3)))
        seq = rows_of(d)[0]["seq"]
        for last in (f"{seq}-0", f"{seq}-77", str(seq)):
            with Stream(server, last) as stream:
                self.assertEqual(stream.event()[0], seq + 1, last)
        for last in ("-", "1-", "-1", "1-x", "1-2-3", "x-1"):
            self.assertEqual(Stream(server, last).reply.status, 400, last)

    def test_a_place_is_taken_from_the_query_too(self):
        d = clock()
        d.punch(*((str(i), "2024-06-10 00:00:00") for i in range(3)))
        seq = rows_of(d)[0]["seq"]
        for place in (f"{seq}-0", f"{seq}-77", str(seq)):
            with Stream(server, path=f"/api/events?after={place}") as stream:
                self.assertEqual(stream.event()[0], seq + 1, place)
        for place in ("-", "1-", "-1", "1-x", "1-2-3", "x", ""):
            self.assertEqual(Stream(server, path=f"/api/events?after={place}").reply.status, 400)
        self.assertEqual(server.api.raw("GET", "/api/punches?after=1-0")[0], 400)

    def test_a_restored_server_makes_no_follower_skip(self):
        with Server("--new-devices", "approve") as own:
            d = clock(on=own)
            d.punch(*((str(i), "2024-06-11 00:00:00") for i in range(3)))
            if own.store:
                self.skipTest("a file of SQLite is put back; the check knows no database")
            own.terminate()
            base = os.path.join(own.data, "gatehouse.db")
            shutil.copy(base, base + ".old")
            own.start()
            d.punch(*((str(i), "2024-06-12 00:00:00") for i in range(4)))
            page = own.api.get("/api/punches?sort=seq&limit=6")
            last = own.api.get("/api/punches")["data"][-1]["seq"]
            self.assertEqual(last, 7)
            own.terminate()
            for name in os.listdir(own.data):
                if name.startswith("gatehouse.db-"):
                    os.remove(os.path.join(own.data, name))
            os.replace(base + ".old", base)
            own.start()
            d.punch(("9", "2024-06-13 00:00:00"))
            for path, headers in (
                    (f"/api/punches?after={last}", {}), (f"/api/attendance?after={last}", {}),
                    (f"/api/punches.csv?after={last}", {}),
                    (f"/api/punches?sort=seq&cursor={page['cursor']}", {}),
                    (f"/api/events?after={last}", {}), (f"/api/events?after={last}-0", {}),
                    ("/api/events", {"Last-Event-ID": f"{last}"}),
                    ("/api/events", {"Last-Event-ID": f"{last}-3"})):
                status, _, data = own.api.raw("GET", path, headers=headers)
                self.assertEqual((status, json.loads(data)["code"]), (409, "beyond_the_end"), path)
                self.assertIn("ends at 4;", json.loads(data)["error"], path)
            for path in ("/api/punches?after=4", "/api/punches"):
                self.assertEqual(own.api.get(path)["next"], 4)
            with Stream(own, 3) as stream:
                self.assertEqual(stream.event()[1]["pin"], "9")
            status, _, data = own.api.raw("GET", "/api/events?after=0&ledger=abcdefgh")
            self.assertEqual((status, json.loads(data)["code"]), (409, "other_ledger"))
            id = own.api.get("/api/status")["data"]["ledger"]
            for form in ("csv", "ndjson"):
                _, headers, _ = own.api.raw("GET", f"/api/punches.{form}")
                self.assertEqual(headers["X-Gatehouse-Ledger"], id)

    def test_a_resumed_stream_misses_nothing_and_repeats_nothing(self):
        d = clock()
        d.punch(*((str(i), "2024-06-01 00:00:00") for i in range(10)))
        rows = rows_of(d)
        start = rows[0]["seq"] - 1
        with Stream(server, start) as stream:
            self.assertEqual(stream.reply.status, 200)
            self.assertIn("text/event-stream", stream.reply.getheader("Content-Type"))
            got = [stream.event() for _ in range(4)]
        with Stream(server, got[-1][0]) as stream:
            got += [stream.event() for _ in range(6)]
            d.punch(("live", "2024-06-01 00:00:00"))
            got.append(stream.event())
        self.assertEqual([n for n, _ in got], [start + i for i in range(1, 12)])
        self.assertEqual([e["pin"] for _, e in got], [str(i) for i in range(10)] + ["live"])
        self.assertEqual(got[0][1]["seq"], got[0][0])

    def test_a_punch_arrives_at_once(self):
        d = clock()
        d.punch(("0", "2024-06-02 00:00:00"))
        last = rows_of(d)[-1]["seq"]
        with Stream(server, last) as stream:
            for i in range(20):
                start = time.monotonic()
                d.punch((str(i + 1), "2024-06-02 00:00:00"))
                number, event = stream.event()
                self.assertEqual((number, event["pin"]), (last + i + 1, str(i + 1)))
                self.assertLess(time.monotonic() - start, 5)

    def test_a_stream_lives_on_from_its_number_over_a_restart(self):
        with Server("--new-devices", "approve") as own:
            d = clock(on=own)
            d.punch(*((str(i), "2024-06-03 00:00:00") for i in range(5)))
            with Stream(own, 0) as stream:
                seen = [stream.event()[0] for _ in range(3)]
                own.kill()
            own.start()
            d.punch(("5", "2024-06-03 00:00:00"))
            with Stream(own, seen[-1]) as stream:
                seen += [stream.event()[0] for _ in range(3)]
            self.assertEqual(seen, [1, 2, 3, 4, 5, 6])

    def test_an_event_is_made_once_for_all_streams(self):
        def made():
            _, _, body = own.api.raw("GET", "/metrics")
            return int(re.search(rb"^gatehouse_events_total (\d+)$", body, re.M)[1])

        with Server("--new-devices", "approve") as own:
            d, other = clock(on=own), clock(on=own)
            streams = [Stream(own) for _ in range(10)]
            one = Stream(own, path=f"/api/events?device={other.sn}")
            for stream in [*streams, one]:
                while not stream.reply.readline().startswith(b"data:"):
                    pass
            for i in range(30):
                (other if i % 3 == 0 else d).punch((str(i), "2024-06-08 00:00:00"))
            for stream in streams:
                self.assertEqual([stream.event()[0] for _ in range(30)],
                                 list(range(1, 31)))
            self.assertEqual([one.event()[1]["pin"] for _ in range(10)],
                             [str(i) for i in range(0, 30, 3)])
            self.assertEqual(made(), 30)
            # One that comes later reads what it missed itself.
            with Stream(own, 27) as late:
                self.assertEqual([late.event()[0] for _ in range(3)], [28, 29, 30])
            for stream in [*streams, one]:
                stream.__exit__()

    def test_many_readers_see_the_same(self):
        d = clock()
        d.punch(("x", "2024-06-04 00:00:00"))
        last = rows_of(d)[-1]["seq"]
        streams = [Stream(server, last) for _ in range(12)]
        try:
            d.punch(*((str(i), "2024-06-04 00:00:00") for i in range(30)))
            for stream in streams:
                self.assertEqual([stream.event()[0] for _ in range(30)],
                                 list(range(last + 1, last + 31)))
        finally:
            for stream in streams:
                stream.__exit__()

    def test_a_reader_that_does_not_read_harms_no_other(self):
        d = clock()
        with Stream(server, 0):
            for batch in range(20):
                rows = [(f"P{i:020d}", f"2024-06-05 {batch:02d}:00:00") for i in range(500)]
                self.assertEqual(d.punch(*rows).body, b"OK:500")
        self.assertEqual(len(rows_of(d)), 10000)


class Persistence(unittest.TestCase):
    def snapshot(self, own, sn, numbers):
        api = own.api
        device = api.device(sn)
        return {
            "punches": api.punches(),
            "device": {k: device.get(k) for k in ("sn", "state", "zone", "name", "pushVersion",
                                                  "language", "firmwareVersion", "options",
                                                  "pendingCommands")},
            "lists": {kind: api.records(kind, sn) for kind in (
                "persons", "templates", "photos", "oplog", "idcards", "errorlog", "workcodes")},
            "quarantine": api.quarantine(sn),
            "uploads": api.uploads(sn),
            "commands": [api.command(n) for n in numbers],
        }

    def test_everything_survives_a_restart_and_a_power_cut(self):
        with Server("--new-devices", "approve") as own:
            d = clock("Asia/Kolkata", own)
            own.api.change(d.sn, name="Gate 1")
            d.poll("Ver 8.0.4,1,1,1,10.0.0.9,10,7,1,0,111")
            d.punch(("1", "2024-06-01 08:00:00", 1, 15, "3"), stamp=101)
            for stamp, (table, body) in enumerate(UPLOADS, 102):
                d.upload(table, body, stamp)
            d.upload("ATTLOG", b"rubbish\n", 106)
            d.upload("SURPRISE", b"x=1\n", 107)
            d.upload("options", "~DeviceName=K40\n")
            done, sent, waiting = (own.api.queue(d.sn, c) for c in ("INFO", "CHECK", "LOG"))
            d.poll()
            d.done(done)
            stamps = {k: v for k, v in d.options().items() if k.endswith("Stamp")}
            before = self.snapshot(own, d.sn, (done, sent, waiting))
            self.assertEqual(before["device"]["options"].get("~DeviceName"), "K40")
            for how in ("terminate", "kill"):
                own.restart(how)
                self.assertEqual(self.snapshot(own, d.sn, (done, sent, waiting)), before, how)
                self.assertEqual({k: v for k, v in d.options().items() if k.endswith("Stamp")},
                                 stamps)
            self.assertEqual(stamps["ATTLOGStamp"], "106")
            self.assertEqual([int(n) for n, _ in d.work()], [sent, waiting])

    def test_sigterm_drains_and_ends_with_zero(self):
        with Server("--new-devices", "approve") as own:
            d = clock(on=own)
            d.punch(("1", "2024-06-01 08:00:00"))
            self.assertEqual(own.terminate(), 0)

    def test_a_data_directory_that_cannot_be_written_is_reported(self):
        own = Server(start=False)
        self.addCleanup(own.close)
        own.data = "/proc/nothing/here"
        self.assertNotEqual(own.spawn().wait(60), 0)
        self.assertIn("/proc/nothing/here", own.log())

    def test_two_servers_do_not_share_a_data_directory(self):
        with Server("--new-devices", "approve") as own:
            other = Server(data=own.data, start=False)
            self.addCleanup(other.close)
            status = None
            try:
                status = other.spawn().wait(60)
            except Exception:
                other.kill()
            self.assertNotIn(status, (None, 0))


if __name__ == "__main__":
    tap.main()
