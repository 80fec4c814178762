#!/usr/bin/env python3
"""What access units count in their tables is compared with what is known of them: a log is erased only while all
of it is stored, and a table of which a unit counts other rows is in doubt (Security PUSH 3.1.2, 9.1.3)."""

import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import ApiError, Server, until  # noqa: E402
from unit import Unit, row, stored_row  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def unit():
    return Unit(server).register()


def command(number):
    return server.api.get(f"/api/commands/{number}")["data"]


def polled(u):
    """The command of one poll, as (id, words); a line that begins none is a further record. None: there is none."""
    status, body = u.request("GET", "/iclock/getrequest?SN=")
    if status != 200:
        raise AssertionError(f"a poll was answered {status}")
    if body == b"OK":
        return None
    _, number, words = body.decode().rstrip("\n").split(":", 2)
    return number, words


def given(u):
    """The next command of a unit that polls, as (id, words)."""
    return until(lambda: polled(u))


def counts(u, number, table, n):
    """As the document prints it: the count, then a result of 0."""
    u.expect(b"OK", "POST", f"/iclock/querydata?SN=&type=count&cmdid={number}&tablename={table}&count=1"
             "&packcnt=1&packidx=1", b"%s=%d" % (table.encode(), n))
    u.result(number, 0)


class Log(unittest.TestCase):
    """DELETE of the table transaction."""

    def delete(self, u):
        reply = server.api.call("DELETE", f"/api/devices/{u.sn}/tables/transaction?all=1")
        return reply["data"]["orders"][0]["commandId"]

    def waits(self, u, number, why):
        """While the unit polls it waits, for that reason."""
        def why_now():
            self.assertIsNone(polled(u))
            return why in (command(number)["result"] or "")
        until(why_now)
        self.assertEqual(command(number)["status"], "queued")

    def erased(self, u, number, held):
        """The unit answers each count with what it holds, until it is to erase; how often it counted."""
        counted = 0
        while True:
            given_number, words = given(u)
            if given_number == number:
                self.assertEqual(words, "DATA DELETE transaction *")
                return counted
            self.assertEqual(words, "DATA COUNT transaction")
            counted += 1
            counts(u, given_number, "transaction", held())

    def test_it_is_erased_once_it_counts_what_is_stored(self):
        u = unit()
        u.live(*(row(f"2026-03-01 08:00:0{i}", index=i) for i in range(1, 4)))
        number = self.delete(u)
        first = given(u)
        self.assertEqual(first[1], "DATA COUNT transaction")
        self.assertIn("is to count its events first", command(number)["result"])
        counts(u, first[0], "transaction", 4)
        self.waits(u, number, "counts 4 events, of which 3 are stored")
        u.stored(stored_row("2026-03-01 08:00:04", index=4))
        self.assertGreater(self.erased(u, number, lambda: 4), 0)
        u.result(number, 0)
        self.assertEqual(command(number)["status"], "acknowledged")
        # The numbers of its records begin again, and nothing is lost.
        u.live(row("2026-03-01 09:00:00", index=1))
        shown = server.api.get(f"/api/access-events?device={u.sn}&limit=100")["data"]
        self.assertEqual([e["index"] for e in shown], [1, 2, 3, 4, 1])
        # From then on only what came afterwards counts.
        number = self.delete(u)
        count = given(u)
        counts(u, count[0], "transaction", 1)
        self.assertEqual(given(u), (number, "DATA DELETE transaction *"))
        u.result(number, 0)

    def test_an_event_after_the_count_makes_the_unit_count_again(self):
        u = unit()
        u.live(*(row(f"2026-03-01 08:00:0{i}", index=i) for i in range(1, 4)))
        number = self.delete(u)
        count, _ = given(u)
        counts(u, count, "transaction", 3)
        u.live(row("2026-03-01 08:00:04", index=4))
        self.assertIsNone(polled(u))
        self.assertIn("events came while the unit counted", command(number)["result"])
        self.assertGreater(self.erased(u, number, lambda: 4), 0)
        u.result(number, 0)

    def test_an_event_while_the_unit_counts_makes_it_count_again(self):
        u = unit()
        u.live(row("2026-03-01 08:00:01", index=1))
        number = self.delete(u)
        count, _ = given(u)
        # The unit holds one more, which is not sent, and counts before this one happens.
        u.live(row("2026-03-01 08:00:03", index=3))
        counts(u, count, "transaction", 2)
        self.assertIsNone(polled(u))
        self.assertEqual(command(number)["status"], "queued")
        u.live(row("2026-03-01 08:00:02", index=2))
        self.assertGreater(self.erased(u, number, lambda: 3), 0)

    def test_a_count_is_good_for_the_next_request_alone(self):
        u = unit()
        log = [row(f"2026-03-01 08:00:0{i}", index=i) for i in range(1, 4)]
        u.live(*log)
        number = self.delete(u)
        count, _ = given(u)
        counts(u, count, "transaction", len(log))
        # Doors go first.
        server.api.post(f"/api/doors/{u.sn}:1/open", {})
        order, words = polled(u)
        self.assertTrue(words.startswith("CONTROL DEVICE"), words)
        u.result(order, 0)
        # It is in the log of the unit, and is not sent.
        log.append(row("2026-03-01 08:00:09", index=4))
        got = polled(u)
        if got:
            self.assertEqual(got[1], "DATA COUNT transaction")
        self.assertIn("directly after the unit had counted", command(number)["result"])
        if got:
            counts(u, got[0], "transaction", len(log))
        else:
            counts(u, given(u)[0], "transaction", len(log))
        self.waits(u, number, "counts 4 events, of which 3 are stored")
        u.live(log[-1])
        self.assertGreater(self.erased(u, number, lambda: len(log)), 0)
        shown = server.api.get(f"/api/access-events?device={u.sn}&limit=100")["data"]
        self.assertEqual([e["index"] for e in shown], [1, 2, 3, 4])

    def test_the_result_of_a_count_is_not_awaited(self):
        u = unit()
        u.live(row("2026-03-01 08:00:01", index=1))
        number = self.delete(u)
        count, _ = given(u)
        u.expect(b"OK", "POST", f"/iclock/querydata?SN=&type=count&cmdid={count}&tablename=transaction&count=1"
                 "&packcnt=1&packidx=1", b"transaction=1")
        # The result of the count is still to come, and the erasure does not wait for it.
        self.assertEqual(polled(u), (number, "DATA DELETE transaction *"))
        u.result(count, 0)
        u.result(number, 0)
        # Another erasure has a count of its own.
        number = self.delete(u)
        self.assertEqual(given(u)[1], "DATA COUNT transaction")

    def test_a_slow_unit_is_awaited(self):
        u = unit()
        u.live(row("2026-03-01 08:00:01", index=1))
        number = self.delete(u)
        count, _ = given(u)
        u.result(count, 0)
        # It counts on. Another count would make this one worthless, so there is none, in more than the time
        # after which one is ordered that was not answered by nothing.
        for _ in range(80):
            self.assertIsNone(polled(u))
            time.sleep(0.1)
        u.expect(b"OK", "POST", f"/iclock/querydata?SN=&type=count&cmdid={count}&tablename=transaction&count=1"
                 "&packcnt=1&packidx=1", b"transaction=1")
        self.assertEqual(polled(u), (number, "DATA DELETE transaction *"))

    def test_a_log_with_fewer_events_than_are_stored_is_kept(self):
        u = unit()
        u.live(*(row(f"2026-03-01 08:00:0{i}", index=i) for i in range(1, 4)))
        number = self.delete(u)
        count = given(u)
        counts(u, count[0], "transaction", 2)
        self.waits(u, number, "fewer than the 3 that are stored")

    def test_a_result_of_nothing_is_no_count_of_events(self):
        u = unit()
        number = self.delete(u)
        count = given(u)
        u.result(count[0], 0)
        self.waits(u, number, "is to count its events first")

    def test_a_number_as_the_result_is_the_count(self):
        u = unit()
        u.live(row("2026-03-01 08:00:01", index=7))
        number = self.delete(u)
        count = given(u)
        u.result(count[0], 1)
        self.assertEqual(given(u), (number, "DATA DELETE transaction *"))
        u.result(number, -13)
        self.assertEqual(command(number)["status"], "failed")

    def test_only_all_of_it_is_erased(self):
        u = unit()
        with self.assertRaises(ApiError) as e:
            server.api.call("DELETE", f"/api/devices/{u.sn}/tables/transaction?where=pin=1")
        self.assertEqual(e.exception.status, 422)


def shown(u, table):
    tables = server.api.get(f"/api/devices/{u.sn}/tables")["data"]["tables"]
    return next(t for t in tables if t["table"] == table)


def people(*pins):
    return [f"user uid={p}\tcardno=\tpin={p}\tpassword=\tgroup=1\tstarttime=0\tendtime=0\tname=P{p}"
            "\tprivilege=0\tdisable=0\tverify=0" for p in pins]


def put(u, table, *rows):
    body = {"rows": [{k: str(v) for k, v in r.items()} for r in rows]}
    return server.api.call("PUT", f"/api/devices/{u.sn}/tables/{table}", body)["data"]["orders"]


class Doubt(unittest.TestCase):
    def renewed(self, u, firmware):
        """The unit registers with another firmware, and is made to count."""
        u.parameters = u.parameters.replace("FirmVer=", f"FirmVer={firmware}")
        u.register()
        number, words = given(u)
        self.assertEqual(words, "DATA COUNT user")
        return number

    def fingers(self, u):
        number, words = given(u)
        self.assertEqual(words, "DATA COUNT templatev10")
        counts(u, number, "templatev10", 0)

    def problems(self, u):
        return [p for p in server.api.get("/api/problems")["data"]
                if p["subject"] == u.sn and p["kind"] == "table_doubtful"]

    def test_equal_counts_raise_no_doubt(self):
        u = unit()
        u.table("user", *people(1, 2))
        self.assertIsNone(shown(u, "user")["counted"])
        counts(u, self.renewed(u, "A"), "user", 2)
        self.fingers(u)
        until(lambda: shown(u, "templatev10")["counted"] == 0)
        self.assertEqual((shown(u, "user")["counted"], shown(u, "user")["doubtful"]), (2, False))
        self.assertIsNone(polled(u))

    def test_other_rows_than_are_known_are_queried(self):
        u = unit()
        u.table("user", *people(1, 2, 3))
        counts(u, self.renewed(u, "B"), "user", 2)
        until(lambda: shown(u, "user")["doubtful"])
        self.fingers(u)
        number, words = given(u)
        self.assertEqual(words, "DATA QUERY tablename=user,fielddesc=*,filter=*")
        u.expect(b"user=2", "POST", f"/iclock/querydata?SN=&type=tabledata&cmdid={number}&tablename=user&count=2"
                 "&packcnt=1&packidx=1", "\n".join(people(1, 4)).encode())
        u.result(number, 2)
        until(lambda: not shown(u, "user")["doubtful"])
        self.assertEqual((shown(u, "user")["rows"], shown(u, "user")["resync"]), (2, False))
        self.assertEqual(self.problems(u), [])

    def test_a_query_that_brings_no_rows_leaves_a_resync(self):
        u = unit()
        u.table("user", *people(1, 2, 3))
        counts(u, self.renewed(u, "C"), "user", 5)
        self.fingers(u)
        number, _ = given(u)
        u.result(number, -708)
        until(lambda: shown(u, "user")["resync"])
        problem, = until(lambda: self.problems(u))
        self.assertIn("counts 5 rows of user, of which 3 are known", problem["detail"])
        self.assertIn("resync", repr(problem))
        # Until it counts what is known.
        counts(u, self.renewed(u, "D"), "user", 3)
        self.fingers(u)
        until(lambda: not shown(u, "user")["doubtful"])
        until(lambda: self.problems(u) == [])


class Emptied(unittest.TestCase):
    def test_a_factory_reset_empties_what_is_known(self):
        u = unit()
        u.table("user", *people(1, 2))
        u.live(row("2026-03-01 08:00:00", event=6016, index=1))
        self.assertEqual(shown(u, "user")["rows"], 0)
        u.table("user", *people(3))
        # A stored event of then is none of now.
        u.stored(stored_row("2026-03-01 07:00:00", event=6016, index=2))
        self.assertEqual(shown(u, "user")["rows"], 1)

    def test_another_model_of_the_same_number_has_nothing(self):
        u = unit()
        u.table("user", *people(1, 2))
        u.register()
        self.assertEqual(shown(u, "user")["rows"], 2)
        u.parameters = u.parameters.replace("DeviceName=inBio260", "DeviceName=C3-200")
        u.register()
        self.assertEqual(shown(u, "user")["rows"], 0)


    def test_what_calls_from_elsewhere_empties_nothing(self):
        u = unit()
        u.table("user", *people(1, 2))
        other = Unit(server, sn=u.sn, source="127.0.0.2",
                     parameters=u.parameters.replace("DeviceName=inBio260", "DeviceName=C3-200")).register()
        self.assertEqual(shown(u, "user")["rows"], 2)
        problem, = [p for p in server.api.get("/api/problems")["data"]
                    if (p["kind"], p["subject"]) == ("registration_elsewhere", u.sn)]
        self.assertIn("127.0.0.2", problem["detail"])
        other.live(row("2026-03-01 08:00:00", event=6016, index=1))
        self.assertEqual(shown(u, "user")["rows"], 2)
        # The unit itself is the one it was.
        u.register()
        self.assertEqual(shown(u, "user")["rows"], 2)


class Refused(unittest.TestCase):
    def test_a_table_that_is_not_known_is_sent_no_more(self):
        u = unit()
        put(u, "holiday", {"Holiday": 20261225, "HolidayType": 1, "Loop": 1})
        u.result(given(u)[0], -629)
        self.assertEqual((shown(u, "holiday")["refused"], shown(u, "holiday")["available"]), (True, False))
        with self.assertRaises(ApiError) as e:
            put(u, "holiday", {"Holiday": 20261225, "HolidayType": 1, "Loop": 1})
        self.assertEqual(e.exception.status, 422)
        self.assertIn("-629", str(e.exception.reply))
        server.api.post(f"/api/devices/{u.sn}/tables/holiday/reset", {})
        self.assertFalse(shown(u, "holiday")["refused"])
        put(u, "holiday", {"Holiday": 20261225, "HolidayType": 1, "Loop": 1})
        u.result(given(u)[0], 0)
        self.assertEqual(shown(u, "holiday")["rows"], 1)

    def test_a_field_that_is_not_known_is_found_and_left_out(self):
        u = unit()
        put(u, "user", {"Pin": 7, "Name": "Ann", "Group": 2})
        sent = []
        while not sent or sent[-1][1]:
            number, words = given(u)
            sent.append((words, "\tGroup=" in words))
            u.result(number, -621 if sent[-1][1] else 0)
        self.assertGreater(len(sent), 2)
        self.assertEqual(shown(u, "user")["refusedFields"], ["Group"])
        put(u, "user", {"Pin": 8, "Name": "Bo"})
        number, words = given(u)
        u.result(number, 0)
        self.assertEqual(words, "DATA UPDATE user CardNo=\tPin=8\tPassword=\tStartTime=0\tEndTime=0\tName=Bo"
                         "\tPrivilege=0")
        with self.assertRaises(ApiError) as e:
            put(u, "user", {"Pin": 9, "Group": 1})
        self.assertIn("-621", str(e.exception.reply))
        server.api.post(f"/api/devices/{u.sn}/tables/user/reset", {})
        self.assertEqual(shown(u, "user")["refusedFields"], [])

    def test_where_no_field_helps_none_is_left_out(self):
        u = unit()
        put(u, "holiday", {"Holiday": 20261225, "HolidayType": 1, "Loop": 1})
        sent = 0
        for _ in range(10):
            got = polled(u)
            if not got:
                break
            u.result(got[0], -621)
            sent += 1
        self.assertEqual(sent, 3)
        self.assertEqual(shown(u, "holiday")["refusedFields"], [])

    def test_what_is_too_much_is_sent_by_halves(self):
        u = unit()
        put(u, "user", *({"Pin": p, "Name": f"P{p}"} for p in range(1, 9)))
        taken = []
        while len(taken) < 8:
            number, words = given(u)
            rows = words.split("\n")
            u.result(number, -106 if len(rows) > 2 else 0)
            if len(rows) <= 2:
                taken += rows
        self.assertIsNone(polled(u))
        self.assertEqual((shown(u, "user")["rows"], shown(u, "user")["rowsPerCommand"]), (8, 2))
        orders = put(u, "user", *({"Pin": p} for p in range(11, 16)))
        self.assertEqual([o["rows"] for o in orders], [2, 2, 1])

    def test_what_others_wait_behind_is_not_sent_after_them(self):
        u = unit()
        put(u, "user", {"Pin": 1}, {"Pin": 2})
        number, _ = given(u)
        server.api.call("DELETE", f"/api/devices/{u.sn}/tables/user?where=Pin=2")
        u.result(number, -106)
        words = []
        while got := polled(u):
            words.append(got[1])
            u.result(got[0], 0)
        self.assertEqual([w.split(" ")[1] for w in words], ["DELETE"] * len(words))


if __name__ == "__main__":
    tap.main()
