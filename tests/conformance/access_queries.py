#!/usr/bin/env python3
"""What access units answer to queries is collected by command: packets in any order, lost, repeated or packed
make one set, which is complete, or has the reason why not (Security PUSH 3.1.2, 9.1.3, 9.1.4, 9.2.1)."""

import base64
import gzip
import io
import itertools
import pathlib
import random
import sys
import tarfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import ApiError, Server, until  # noqa: E402
from unit import Unit, stored_row  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def unit(on=None):
    return Unit(on or server).register()


def order(u, verb, table, **query):
    """A command for a table of the unit, given to it."""
    more = "&".join(f"{k}={v}" for k, v in query.items())
    reply = u.server.api.post(f"/api/devices/{u.sn}/tables/{table}/{verb}" + ("?" + more if more else ""), {})
    number = reply["data"]["orders"][0]["commandId"]
    given = u.poll()
    if [n for n, _ in given] != [number]:
        raise AssertionError(f"{given} in place of command {number}")
    return number


def packet(u, number, idx, cnt, *rows, table="user", count=None, extra="", want=None):
    count = len(rows) if count is None else count
    u.expect(want or b"%s=%d" % (table.encode(), count), "POST",
             f"/iclock/querydata?SN=&type=tabledata&cmdid={number}&tablename={table}&count={count}"
             f"&packcnt={cnt}&packidx={idx}{extra}", "\n".join(rows).encode())


def people(*pins):
    return [f"user uid={p}\tcardno=\tpin={p}\tpassword=\tgroup=1\tstarttime=0\tendtime=0\tname=P{p}"
            "\tprivilege=0\tdisable=0\tverify=0" for p in pins]


def answer(on, number):
    """The state of the answer, and its rows."""
    rows, after = [], 0
    while True:
        page = on.api.get(f"/api/commands/{number}/rows?limit=3&after={after}")
        rows += page["data"]
        if not page["more"]:
            return page["answer"], [r["row"] for r in rows]
        after = page["next"]


def pins(rows):
    return [r["Pin"] for r in rows]


def tgz(*texts, names=None, level=6):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=level, mtime=0) as z:
        with tarfile.open(fileobj=z, mode="w|") as tar:
            for i, text in enumerate(texts):
                info = tarfile.TarInfo(names[i] if names else "transaction.txt")
                info.size = len(text)
                tar.addfile(info, io.BytesIO(text))
    return out.getvalue()


class Sets(unittest.TestCase):
    def test_each_order_of_the_packets_gives_the_same_rows(self):
        u, first = unit(), None
        packets = [people(1, 2), people(3), people(4, 5, 6), people(7)]
        for places in itertools.permutations(range(4)):
            number = order(u, "query", "user")
            for n, i in enumerate(places):
                packet(u, number, i + 1, 4, *packets[i])
                state = answer(server, number)[0]
                self.assertEqual((state["state"], state["packets"], state["packetsKept"]),
                                 ("complete" if n == 3 else "incomplete", 4, n + 1))
            u.result(number, 7)
            state, rows = answer(server, number)
            first = first or rows
            self.assertEqual(rows, first)
        self.assertEqual(pins(first), ["1", "2", "3", "4", "5", "6", "7"])
        self.assertEqual(len(server.api.records("persons", u.sn)), 7)

    def test_a_lost_or_repeated_packet_changes_nothing(self):
        u, rng = unit(), random.Random(5)
        for _ in range(8):
            number = order(u, "query", "user")
            sent = [1, 2, 3, 4, 5] + [rng.randint(1, 5) for _ in range(6)]
            rng.shuffle(sent)
            for i in sent:
                packet(u, number, i, 5, *people(2 * i, 2 * i + 1))
            u.result(number, 10)
            state, rows = answer(server, number)
            self.assertEqual(state["state"], "complete")
            self.assertEqual(pins(rows), [str(i) for i in range(2, 12)])

    def test_rows_are_decoded_by_the_table(self):
        u = unit()
        number = order(u, "query", "user")
        packet(u, number, 1, 1, "user uid=1\tCARDNO=[15CD5B07]\tpin=0071\tpassword=123\tname=Ann\tstart_time=0\tnew=x")
        u.result(number, 1)
        page = server.api.get(f"/api/commands/{number}/rows")
        self.assertEqual(page["data"], [{"packet": 1, "line": 1, "row": {
            "uid": "1", "CardNo": "[15CD5B07]", "Pin": "0071", "Password": "***", "Name": "Ann",
            "StartTime": "0", "new": "x"}}])
        self.assertEqual((page["count"], page["more"]), (1, False))
        self.assertEqual(page["answer"], {"state": "complete", "table": "user", "packets": 1, "packetsKept": 1,
                                          "counted": None})

    def test_fields_of_another_table_show_no_secrets(self):
        u = unit()
        number = order(u, "query", "user")
        packet(u, number, 1, 1, "biophoto pin=1\ttmp=NDcxMw==\tpassword=4711", table="biophoto")
        u.result(number, 1)
        text = repr(answer(server, number))
        self.assertIn("***", text)
        self.assertNotIn("NDcxMw", text)
        self.assertNotIn("4711", text)

    def test_the_result_ends_the_command_and_packets_may_follow(self):
        u = unit()
        number = order(u, "query", "user")
        packet(u, number, 1, 2, *people(1))
        u.result(number, 2)
        self.assertEqual(server.api.get(f"/api/commands/{number}")["data"]["status"], "acknowledged")
        self.assertEqual(answer(server, number)[0]["state"], "incomplete")
        packet(u, number, 2, 2, *people(2))
        self.assertEqual(answer(server, number)[0]["state"], "complete")

    def test_a_result_without_packets_is_no_body_where_nothing_comes(self):
        u = unit()
        for code, state in ((0, "no-body"), (3, "incomplete")):
            number = order(u, "query", "user")
            u.result(number, code)
            got, rows = answer(server, number)
            self.assertEqual((got["state"], got["packets"], rows), (state, 0, []))
        number = order(u, "query", "user")
        self.assertEqual(answer(server, number), (None, []))

    def test_a_count_is_answered_ok_and_kept(self):
        u = unit()
        number = order(u, "count", "user")
        u.expect(b"OK", "POST", f"/iclock/querydata?SN=&type=count&cmdid={number}&tablename=user&count=1"
                 "&packcnt=1&packidx=1", b"user=5")
        u.result(number, 0)
        got, rows = answer(server, number)
        self.assertEqual((got["counted"], rows), (5, []))

    def test_a_count_ends_no_answer_to_a_query(self):
        u = unit()
        number = order(u, "query", "user")
        packet(u, number, 1, 2, *people(1))
        u.expect(b"OK", "POST", f"/iclock/querydata?SN=&type=count&cmdid={number}&tablename=user&count=1"
                 "&packcnt=1&packidx=1", b"user=5")
        got, rows = answer(server, number)
        self.assertEqual((got["state"], got["counted"], pins(rows)), ("incomplete", None, ["1"]))

    def test_options_are_answered_ok(self):
        u = unit()
        server.api.post("/api/commands", {"deviceSerial": u.sn, "command": "GET OPTIONS FingerFunOn,FvFunOn"})
        (number, text), = u.poll()
        self.assertEqual(text, "GET OPTIONS FingerFunOn,FvFunOn")
        u.expect(b"OK", "POST", f"/iclock/querydata?SN=&type=options&cmdid={number}&tablename=options&count=1"
                 "&packcnt=1&packidx=1", b"FingerFunOn=1,FvFunOn=0,ComPwd=4711")
        u.result(number, 0)
        got, rows = answer(server, number)
        self.assertEqual((got["state"], rows), ("complete", [{"FingerFunOn": "1", "FvFunOn": "0",
                                                               "ComPwd": "***"}]))
        shown = server.api.get(f"/api/devices/{u.sn}")["data"]["options"]
        self.assertEqual((shown["FingerFunOn"], shown["FvFunOn"]), ("1", "0"))

    def test_there_are_no_rows_of_a_command_that_is_not_there(self):
        with self.assertRaises(ApiError) as e:
            server.api.get("/api/commands/99999999/rows")
        self.assertEqual(e.exception.status, 404)

    def test_a_file_has_all_rows(self):
        u = unit()
        number = order(u, "query", "user")
        for i in range(3):
            packet(u, number, i + 1, 3, *people(*range(10 * i + 1, 10 * i + 9)))
        u.result(number, 24)
        lines = server.api.raw("GET", f"/api/commands/{number}/rows.ndjson")[2].decode().splitlines()
        self.assertEqual(len(lines), 24)
        lines = server.api.raw("GET", f"/api/commands/{number}/rows.csv")[2].decode().splitlines()
        self.assertEqual((lines[0], len(lines)), ("packet,line,row", 25))


class Limits(unittest.TestCase):
    """A unit that lies, or another one."""

    def test_a_packet_of_another_unit_reaches_no_set(self):
        u, other = unit(), unit()
        number = order(u, "query", "user")
        packet(other, number, 1, 1, *people(66))
        self.assertEqual(answer(server, number), (None, []))
        packet(u, number, 1, 1, *people(1))
        packet(other, number, 1, 1, *people(67))
        packet(other, number, 1, 9, *people(68))
        got, rows = answer(server, number)
        self.assertEqual((got["state"], pins(rows)), ("complete", ["1"]))
        self.assertEqual(sorted(p["pin"] for p in server.api.records("persons", other.sn)), ["66", "67", "68"])

    def test_a_packet_for_no_command_is_an_upload(self):
        u = unit()
        for number in ("", "0", "x", "999999999", "-1", "18446744073709551616"):
            packet(u, number, 1, 1, *people(5))
        self.assertEqual([p["pin"] for p in server.api.records("persons", u.sn)], ["5"])

    def test_absurd_places_are_acknowledged(self):
        u = unit()
        number = order(u, "query", "user")
        for idx, cnt in ((0, 0), (2, 1), (-1, 3), ("x", "y"), (1, ""), (2 ** 70, 2 ** 70)):
            packet(u, number, idx, cnt, *people(5))
        self.assertEqual(answer(server, number), (None, []))
        packet(u, number, 4097, 4097, *people(5))
        self.assertEqual(answer(server, number)[0]["state"], "truncated")
        packet(u, number, 1, 1, *people(5))
        self.assertEqual(answer(server, number)[0]["state"], "complete")

    def test_packets_of_one_byte_are_at_most_4096(self):
        u = unit()
        number = order(u, "query", "user")
        for i in range(1, 4097, 64):
            packet(u, number, i, 4096, "x", count=1)
        got, rows = answer(server, number)
        self.assertEqual((got["state"], got["packetsKept"], len(rows)), ("incomplete", 64, 64))


class Packages(unittest.TestCase):
    """Sets that come packed (9.2.1)."""

    def give(self, u):
        server.api.post("/api/commands", {"deviceSerial": u.sn,
                                          "command": "ACCOUNT transaction ContentType=tgz MaxIndex=0"})
        (number, _), = u.poll()
        return number

    def send(self, u, number, body, count, datafmt="&datafmt=3&Stamp=9999"):
        u.expect(b"transaction=%d" % count, "POST", f"/iclock/querydata?SN=&type=tabledata&cmdid={number}"
                 f"&tablename=transaction&count={count}{datafmt}", body)

    def package(self, file, end=b"\0"):
        return (b"name=transaction.tgz\nsize=%d\ndatacode=base64\ndatatype=tgz" % len(file)) + end \
            + base64.b64encode(file)

    def events(self, u):
        return [e["index"] for e in server.api.get(f"/api/access-events?device={u.sn}&limit=1000")["data"]]

    def rows(self, first, last):
        return "\r\n".join(stored_row("2026-03-01 08:00:00", 0, str(i), 1, i).removeprefix("transaction ")
                           for i in range(first, last + 1)).encode() + b"\r\n"

    def test_the_rows_of_a_package_are_stored_and_shown(self):
        for end, fmt in ((b"\0", "&datafmt=3&Stamp=9999"), (b"\n", "&datafmt=3&Stamp=9999"), (b"\n", ""),
                         (b"\r\n\0", "")):
            u = unit()
            number = self.give(u)
            for _ in range(2):
                self.send(u, number, self.package(tgz(self.rows(1, 41)), end), 41, fmt)
            u.result(number, 41)
            self.assertEqual(self.events(u), list(range(1, 42)))
            got, rows = answer(server, number)
            self.assertEqual((got["state"], len(rows), rows[40]["index"]), ("complete", 41, "41"))
            self.assertEqual(server.api.quarantine(u.sn), [])

    def test_any_name_and_several_files(self):
        u = unit()
        number = self.give(u)
        file = tgz(self.rows(1, 3), self.rows(4, 6), self.rows(7, 7),
                   names=["../../etc/passwd", "x" * 90, "a b"])
        self.send(u, number, self.package(file), 7)
        self.assertEqual(self.events(u), list(range(1, 8)))

    def test_a_large_package_is_read_in_windows(self):
        u = unit()
        number = self.give(u)
        rows = self.rows(1, 11999) + b"index=1\teventtype=x\ttime_second=x\r\n" + self.rows(12000, 12000)
        self.assertGreater(len(rows), 3 * 262144)
        self.send(u, number, self.package(tgz(rows)), 12000)
        self.assertEqual(server.api.get(f"/api/access-events?device={u.sn}&after=0&limit=1")["more"], True)
        self.assertEqual([q["line"] for q in server.api.quarantine(u.sn)], [12000])
        page = server.api.get(f"/api/commands/{number}/rows?limit=1000&after={1 << 32 | 12000}")
        self.assertEqual([r["row"]["index"] for r in page["data"]], ["12000"])

    def test_what_cannot_be_unpacked_is_kept_and_acknowledged(self):
        bomb = tgz(bytes(80 << 20), level=9)
        for file, reason in ((b"\x1f\x8b\x08rubbish", "damaged"), (b"plain text", "damaged"),
                             (tgz(self.rows(1, 100))[:-20], "damaged"), (bomb, "times its size")):
            u = unit()
            number = self.give(u)
            self.send(u, number, self.package(file), 5)
            row, = server.api.quarantine(u.sn)
            self.assertIn(reason, row["reason"])
            self.assertEqual(self.events(u), [])
            self.assertEqual(answer(server, number)[1], [])
        u = unit()
        number = self.give(u)
        self.send(u, number, b"name=a\ndatatype=tgz\0****", 5)
        self.assertIn("base64", server.api.quarantine(u.sn)[0]["reason"])


def held(u, table="user"):
    """The mirror of a table: {key field: (row, origin)}."""
    rows, key = {}, ""
    while key is not None:
        page = u.server.api.get(f"/api/devices/{u.sn}/tables/{table}?limit=50" + (f"&key={key}" if key else ""))["data"]
        for r in page["rows"]:
            rows[tuple(r["row"].get(f) for f in ("Pin", "PIN", "FingerID") if f in r["row"])] = (r["row"], r["origin"])
        key = page["next"]
    return rows


class Mirror(unittest.TestCase):
    """What a unit holds, as far as it is known: by what it acknowledged, uploaded, or answered."""

    def written(self, u, row, table="user"):
        u.server.api.call("PUT", f"/api/devices/{u.sn}/tables/{table}", {"rows": [row]})
        for number, _ in u.poll():
            u.result(number)

    def asked(self, u, *packets, where=None):
        number = order(u, "query", "user", **({"where": where} if where else {}))
        for i, rows in enumerate(packets):
            packet(u, number, i + 1, len(packets), *rows)
        u.result(number, sum(map(len, packets)))
        return number

    def test_an_upload_changes_it_and_blanks_nothing(self):
        u = unit()
        self.written(u, {"Pin": "7", "Name": "Ann", "CardNo": "123"})
        u.table("user", "user uid=1\tcardno=\tpin=7\tpassword=\tgroup=3\tstarttime=0\tendtime=0\tname=\t"
                        "privilege=0", "user uid=2\tpin=8\tname=Bo", "user uid=3\tname=Cy")
        u.table("templatev10", "templatev10 size=4\tuid=1\tpin=7\tfingerid=22\tvalid=1\ttemplate=QUJD")
        rows = held(u)
        self.assertEqual(sorted(rows), [("7",), ("8",)])
        row, origin = rows["7",]
        self.assertEqual((row["Name"], row["CardNo"], row["Group"], origin), ("Ann", "123", "3", "uploaded"))
        (pin, finger), = held(u, "templatev10")
        self.assertEqual((pin, finger), ("7", "6"))

    def test_an_incomplete_answer_changes_nothing_and_a_complete_one_replaces_the_table(self):
        u = unit()
        u.table("user", *people(1, 2, 3))
        number = order(u, "query", "user")
        packet(u, number, 2, 2, *people(4))
        self.assertEqual(sorted(held(u)), [("1",), ("2",), ("3",)])
        packet(u, number, 1, 2, *people(2, 5))
        until(lambda: sorted(held(u)) == [("2",), ("4",), ("5",)])
        self.assertEqual({origin for _, origin in held(u).values()}, {"read"})
        u.result(number, 3)

    def test_an_answer_to_conditions_replaces_what_fits_them(self):
        u = unit()
        u.table("user", *people(1, 2, 3))
        self.asked(u, [people(2)[0].replace("name=P2", "name=New")], where="Pin=2")
        until(lambda: held(u)["2",][0]["Name"] == "New")
        self.assertEqual(sorted(held(u)), [("1",), ("2",), ("3",)])
        u.table("templatev10", *(f"templatev10 pin={p}\tfingerid={f}\tvalid=1\ttemplate=QUJD"
                                 for p in (1, 2) for f in (0, 1, 2)))
        number = order(u, "query", "templatev10", where="Pin=1")
        packet(u, number, 1, 1, "templatev10 pin=1\tfingerid=1\tvalid=1\ttemplate=QUJE", table="templatev10")
        until(lambda: len(held(u, "templatev10")) == 4)
        self.assertEqual(sorted(held(u, "templatev10")), [("1", "1"), ("2", "0"), ("2", "1"), ("2", "2")])

    def test_what_was_acknowledged_since_the_query_stays(self):
        u = unit()
        u.table("user", *people(1, 2))
        number = order(u, "query", "user")
        self.written(u, {"Pin": "9", "Name": "New"})
        self.written(u, {"Pin": "1", "Name": "Other"})
        packet(u, number, 1, 1, *people(1))
        u.result(number, 1)
        until(lambda: sorted(held(u)) == [("1",), ("9",)])
        self.assertEqual(held(u)["1",][0]["Name"], "Other")

    def test_a_declared_count_that_is_wrong_neither_loses_nor_doubles_a_row(self):
        u = unit()
        for declared in (0, 1, 3, 4096, 99999):
            number = order(u, "query", "user")
            packet(u, number, 1, 2, *people(1, 2), count=declared)
            packet(u, number, 2, 2, *people(3), count=declared)
            u.result(number, declared)
            state, rows = answer(server, number)
            self.assertEqual((state["state"], pins(rows)), ("complete", ["1", "2", "3"]))
            until(lambda: sorted(held(u)) == [("1",), ("2",), ("3",)])

    def test_another_order_or_a_repeat_gives_the_same_mirror(self):
        rng = random.Random(7)
        packets = [people(*range(10 * i, 10 * i + 10)) for i in range(1, 5)]
        wanted = {(str(p),) for p in range(10, 50)}
        for _ in range(6):
            u = unit()
            u.table("user", *people(1, 2, 3, 11))
            number = order(u, "query", "user")
            sent = [0, 1, 2, 3] + [rng.randrange(4) for _ in range(3)]
            rng.shuffle(sent)
            for i in sent:
                packet(u, number, i + 1, 4, *packets[i])
            until(lambda: set(held(u)) == wanted)

    def test_a_packet_that_came_again_with_other_rows_counts(self):
        u = unit()
        number = order(u, "query", "user")
        packet(u, number, 1, 2, *people(1, 2))
        packet(u, number, 1, 2, *people(1, 3))
        packet(u, number, 2, 2, *people(4))
        until(lambda: sorted(held(u)) == [("1",), ("3",), ("4",)])

    def test_a_long_answer_is_whole(self):
        u = unit()
        u.table("user", *people(1))
        number = order(u, "query", "user")
        for i in range(4):
            packet(u, number, i + 1, 4, *people(*range(2000 * i + 10, 2000 * i + 2010)))
        until(lambda: server.api.get(f"/api/devices/{u.sn}/tables")["data"]["tables"][0]["rows"] == 8000)
        self.assertNotIn(("1",), held(u))

    def test_another_dialect_empties_it(self):
        u = unit()
        u.table("user", *people(1, 2))
        self.assertEqual(len(held(u)), 2)
        u.request("GET", "/iclock/cdata?SN=&options=all&pushver=2.4.1&language=69&DeviceType=att")
        u.register()
        self.assertEqual(held(u), {})

    def test_a_kill_before_it_is_made_loses_nothing(self):
        with Server("--new-devices", "approve") as own:
            u = unit(own)
            u.table("user", *people(1, 2))
            for turn in range(5):
                number = order(u, "query", "user")
                packet(u, number, 1, 2, *people(3, turn + 10))
                packet(u, number, 2, 2, *people(4))
                own.restart("kill")
                until(lambda: sorted(held(u)) == sorted([("3",), ("4",), (str(turn + 10),)]))
                u.result(number, 3)


class Kills(unittest.TestCase):
    def test_a_kill_between_packets_loses_nothing_that_was_acknowledged(self):
        with Server("--new-devices", "approve") as own:
            u = unit(own)
            number = order(u, "query", "user")
            for i in (3, 1):
                packet(u, number, i, 4, *people(i))
                own.restart("kill")
            self.assertEqual(answer(own, number)[0]["packetsKept"], 2)
            packet(u, number, 4, 4, *people(4))
            packet(u, number, 2, 4, *people(2))
            own.restart("kill")
            got, rows = answer(own, number)
            self.assertEqual((got["state"], pins(rows)), ("complete", ["1", "2", "3", "4"]))
            self.assertEqual(len(own.api.records("persons", u.sn)), 4)


if __name__ == "__main__":
    tap.main()
