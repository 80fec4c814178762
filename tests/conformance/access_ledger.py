#!/usr/bin/env python3
"""What access units send about doors is in the ledger of access events: each once, in order, in either form,
over lost replies, kills and clocks that are set; and what becomes a punch, becomes one once."""

import http.client
import json
import os
import pathlib
import sys
import threading
import unittest
from random import Random

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import ApiError, DEADLINE, Server, until  # noqa: E402
from unit import Unit, row, stored_row  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def unit(on=None):
    return Unit(on or server).register()


def events(u, **query):
    """All access events of a unit."""
    rows, after = [], 0
    more = "".join(f"&{k}={v}" for k, v in query.items())
    while True:
        page = u.server.api.get(f"/api/access-events?device={u.sn}&limit=500&after={after}{more}")
        rows += page["data"]
        if not page["more"]:
            return rows
        after = page["next"]


def metric(on, name):
    for line in on.api.raw("GET", "/metrics")[2].decode().splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    raise AssertionError(f"no metric {name}")


class Stream:
    """A reader of punches and access events: (name, id, data)."""

    def __init__(self, own, last=None, topics="punch,access"):
        self.connection = http.client.HTTPConnection(*own.admin, timeout=DEADLINE)
        headers = {"Authorization": f"Bearer {own.token}"}
        if last is not None:
            headers["Last-Event-ID"] = last
        self.connection.request("GET", f"/api/events?topics={topics}", headers=headers)
        self.reply = self.connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.sock and self.connection.sock.close()
        self.connection.close()

    def event(self):
        number = name = data = None
        while True:
            line = self.reply.readline().decode()
            if not line:
                raise EOFError("the stream ended")
            line = line.rstrip("\n")
            if line.startswith("id: "):
                number = line[4:]
            elif line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif not line and number:
                return name, number, data

    def events(self, n):
        return [self.event() for _ in range(n)]


class Ledger(unittest.TestCase):
    def test_a_row_is_stored_as_it_was_sent(self):
        u = unit()
        u.live(row("2026-02-03 08:00:01", 0, "0071", 2, 41, 1, "4", "123456789"))
        e, = events(u)
        self.assertEqual(
            {k: e[k] for k in ("deviceSerial", "unit", "index", "timestamp", "event", "eventName",
                               "class", "pin", "card", "door", "direction", "verifyType", "granted",
                               "punchSeq", "source", "flags")},
            {"deviceSerial": u.sn, "unit": None, "index": 41, "timestamp": "2026-02-03 08:00:01",
             "event": 0, "eventName": "normal opening after card swipe", "class": "normal",
             "pin": "0071", "card": "123456789", "door": 2, "direction": "out", "verifyType": "4",
             "granted": True, "punchSeq": None, "source": "live", "flags": []})
        self.assertTrue(e["verifyName"] and e["utc"] and e["receivedAt"])

    def test_an_event_names_the_exchange_that_brought_it_first(self):
        with Server("--new-devices", "approve") as own:
            u = unit(own)
            line = row("2026-02-03 08:00:01", 0, "1", 1, 1)
            u.live(line)
            u.live(line)
            u.stored(stored_row("2026-02-03 08:00:02", 0, "2", 1, 2))
            trace = {e["id"]: e for e in own.api.get(f"/api/devices/{u.sn}/trace")["data"]}
            brought = [trace[e["firstRequest"]]["target"] for e in events(u)]
            self.assertIn("table=rtlog", brought[0])
            self.assertIn("tablename=transaction", brought[1])
            rtlog = sorted(n for n, e in trace.items() if "table=rtlog" in e["target"])
            self.assertEqual(events(u)[0]["firstRequest"], rtlog[0])
            own.restart("terminate")
            u.live(row("2026-02-03 08:00:03", 0, "3", 1, 3))
            # No number of the run before is given again.
            self.assertGreater(events(u)[-1]["firstRequest"], max(trace))

    def test_the_largest_number_of_a_record_is_only_a_number(self):
        for index in (2 ** 63 - 1, 2 ** 63 - 2, 2 ** 64 - 1, 2 ** 64):
            u = unit()
            u.live(row("2026-02-03 08:00:01", 0, "1", 1, index))
            u.live(row("2026-02-03 08:00:02", 0, "2", 1, index))
            u.live(row("2026-02-03 08:00:03", 0, "3", 1, 1))
            self.assertEqual([e["pin"] for e in events(u)], ["1", "2", "3"], index)

    def test_a_resend_makes_no_row_and_is_answered_alike(self):
        u = unit()
        rows = [row("2026-02-03 08:00:00", 0, "1", 1, i + 1) for i in range(5)]
        rows.append(row("2026-02-03 08:00:00", 206, "0", 0, None, 2, "200"))
        u.live(*rows)
        before = events(u)
        self.assertEqual(len(before), 6)
        for _ in range(3):
            u.live(*rows)
        u.live(*rows, *rows)
        self.assertEqual(events(u), before)

    def test_both_forms_of_an_event_are_one(self):
        u = unit()
        live = [row("2026-02-04 08:00:00", 0, "7", 1, 5, 0, "4", "99"),
                row("2026-02-04 08:00:01", 206, "0", 0, None, 2, "200")]
        u.live(*live)
        before = events(u)
        u.stored(stored_row("2026-02-04 08:00:00", 0, "7", 1, 5, 0, "4", "99"),
                 stored_row("2026-02-04 08:00:01", 206, "0", 0, None, 2, "200"))
        self.assertEqual(events(u), before)
        u.stored(stored_row("2026-02-04 08:00:02", 23, "7", 1, 6))
        e = events(u)[-1]
        self.assertEqual((e["source"], e["timestamp"], e["event"]),
                         ("stored", "2026-02-04 08:00:02", 23))

    def test_a_merged_code_is_the_event_that_came_before(self):
        u = unit()
        u.live(row("2026-02-04 09:00:00", 14, "7", 1, 5))
        u.stored(stored_row("2026-02-04 09:00:00", 0, "7", 1, 5))
        self.assertEqual([e["event"] for e in events(u)], [14])

    def test_index_zero_uses_the_second_key(self):
        u = unit()
        rows = [row("2026-02-05 08:00:00", 0, str(pin), door, 0)
                for pin in range(4) for door in (1, 2)]
        u.live(*rows)
        self.assertEqual(len(events(u)), 8)
        self.assertEqual({e["index"] for e in events(u)}, {None})

    def test_two_equal_ones_in_a_second_are_counted(self):
        u = unit()
        before = metric(server, "gatehouse_access_same_second_total")
        u.live(*[row("2026-02-05 09:00:00", 200, "0", 1, None, 2, "200")] * 3)
        self.assertEqual(len(events(u)), 1)
        self.assertEqual(metric(server, "gatehouse_access_same_second_total"), before + 2)

    def test_what_cannot_be_read_stands_alone(self):
        u = unit()
        u.live(row("2026-02-06 08:00:00", 0, "1", 1, 1), "rubbish",
               row("2026-13-06 08:00:00 or so", 0, "1", 1, 2), row("2026-02-06 08:00:02", 0, "1", 1, 3))
        self.assertEqual([e["index"] for e in events(u)], [1, 3])
        self.assertEqual(len(server.api.quarantine(u.sn)), 2)
        # Old firmware writes some codes in hexadecimal.
        u.live(row("2026-02-06 08:00:03", "27E", "1", 1, 4))
        e = events(u)[-1]
        self.assertEqual((e["event"], e["eventText"], e["class"], e["flags"]),
                         (None, "27E", None, ["odd_event"]))

    def test_states_and_empty_bodies_make_no_event(self):
        u = unit()
        u.expect(b"OK", "POST", "/iclock/cdata?SN=&table=rtlog", b"")
        u.live("time=2026-02-06 08:00:00\tsensor=01\trelay=00\talarm=0000000000000000")
        u.live(row("2026-02-06 08:00:00", 255, "0", 1, None, 2, "200"))
        self.assertEqual((events(u), server.api.quarantine(u.sn)), ([], []))

    def test_a_clock_that_was_set_doubles_nothing_unmarked(self):
        with Server("--new-devices", "approve", "--access-punches", "granted") as own:
            u = unit(own)
            u.live(row("2026-02-07 08:00:00", 0, "1", 1, 10))
            u.live(row("2026-02-07 09:00:00", 0, "1", 1, 10))
            a, b = events(u)
            self.assertEqual((b["flags"], b["sameAs"], b["punchSeq"]), (["shifted"], a["seq"], None))
            self.assertEqual(len(own.api.punches(device=u.sn)), 1)
            self.assertEqual(metric(own, "gatehouse_access_shifted_total"), 1)

    def test_after_the_log_was_erased_no_event_is_one_with_the_clock_set_otherwise(self):
        u, other = unit(), unit()
        for one in (u, other):
            one.live(row("2026-06-01 08:00:00", pin=7, index=5))
        server.api.post("/api/commands", {"deviceSerial": u.sn, "command": "DATA DELETE transaction *",
                                           "unchecked": True})
        (number, _), = u.poll()
        u.result(number)
        # Two hours later to the second, with the same number.
        for one, flags in ((u, []), (other, ["shifted"])):
            one.live(row("2026-06-01 10:00:00", pin=7, index=5))
            self.assertEqual(events(one)[1]["flags"], flags)

    def test_a_set_clock_is_seen_over_the_ends_of_months(self):
        times = ("2026-02-28 23:30:00", "2026-03-01 00:30:00"), \
                ("2026-01-01 01:00:00", "2025-12-31 23:00:00"), \
                ("2028-02-29 12:00:00", "2028-03-01 14:00:00"), \
                ("2026-02-31 10:00:00", "2026-02-31 11:00:00")
        for before, after in times:
            u = unit()
            u.live(row(before, 0, "1", 1, 10))
            # Of a unit whose numbers stand still; a day and three hours are no change of a clock.
            u.live(row("2024-06-01 08:00:01", 0, "1", 1, 10), row("2026-07-01 08:00:01", 0, "1", 1, 10))
            u.live(row(after, 0, "1", 1, 10))
            self.assertEqual([e["flags"].count("shifted") for e in events(u)], [0, 0, 0, 1], before)
        u = unit()
        u.live(row("2026-02-28 23:30:00", 0, "1", 1, 10))
        u.live(row("2026-03-02 02:30:00", 0, "1", 1, 10))
        self.assertEqual([e["flags"] for e in events(u)], [[], []])

    def test_the_lists_filter(self):
        u = unit()
        u.live(row("2026-02-08 08:00:00", 0, "1", 1, 1), row("2026-02-08 09:00:00", 23, "2", 2, 2),
               row("2026-02-09 08:00:00", 101, "1", 2, 3), row("2026-02-09 09:00:00", 206, "0", 0, 4))
        for query, want in (({"door": 2}, [2, 3]), ({"pin": 1}, [1, 3]), ({"event": 23}, [2]),
                            ({"class": "alarm"}, [3]), ({"class": "normal"}, [1, 4]),
                            ({"from": "2026-02-09"}, [3, 4]), ({"to": "2026-02-08"}, [1, 2])):
            self.assertEqual([e["index"] for e in events(u, **query)], want, query)
        for query, what in (("class=odd", "normal"), ("door=-1", "door"), ("event=x", "event")):
            with self.assertRaisesRegex(ApiError, what):
                server.api.get(f"/api/access-events?{query}")
        _, headers, body = server.api.raw("GET", f"/api/access-events.csv?device={u.sn}")
        self.assertEqual(len(body.decode().splitlines()), 5)
        lines = server.api.raw("GET", f"/api/access-events.ndjson?device={u.sn}&door=2")[2]
        self.assertEqual([json.loads(x)["index"] for x in lines.splitlines()], [2, 3])
        self.assertEqual(server.api.raw("GET", f"/api/access-events.xlsx?device={u.sn}")[0], 200)

    def test_the_view_has_each_event_by_its_columns(self):
        with Server("--new-devices", "approve", "--access-punches", "granted") as own:
            u = unit(own)
            u.live(row("2026-02-09 08:00:00", 0, "0071", 2, 41, 1, "4", "123456789"),
                   row("2026-02-09 08:00:01", 206, "0", 0, None, 2, "200"), row("2026-02-09 08:00:02", "27E", "7", 1, 43))
            u.stored(stored_row("2026-02-09 08:00:03", 23, "7", 1, 44))
            got = own.database().execute(
                "SELECT seq, device_serial, unit, record_index, timestamp, event, event_text, pin, card, door, direction,"
                " verify_type, punch_seq, source FROM v_access_event ORDER BY seq").fetchall()
            self.assertEqual([tuple(r) for r in got], [
                (1, u.sn, None, 41, "2026-02-09 08:00:00", 0, None, "0071", "123456789", 2, "out", "4", 1, "live"),
                (2, u.sn, None, None, "2026-02-09 08:00:01", 206, None, None, None, None, None, "200", None, "live"),
                (3, u.sn, None, 43, "2026-02-09 08:00:02", None, "27E", "7", None, None, "in", "4", None, "live"),
                (4, u.sn, None, 44, "2026-02-09 08:00:03", 23, None, "7", None, 1, "in", "4", None, "stored")])

    def test_each_ledger_has_numbers_of_its_own(self):
        with Server("--new-devices", "approve") as own:
            u = unit(own)
            u.live(*[row(f"2026-02-10 08:00:{i:02}", 0, "1", 1, i + 1) for i in range(7)])
            self.assertEqual([e["seq"] for e in events(u)], list(range(1, 8)))
            self.assertEqual(own.api.get("/api/punches")["data"], [])
            for path, code in (("/api/access-events?after=8", "beyond_the_end"),
                               ("/api/events?topics=access&after=0-8", "beyond_the_end"),
                               ("/api/access-events?after=1&ledger=abcdefgh", "other_ledger")):
                status, _, body = own.api.raw("GET", path)
                self.assertEqual((status, json.loads(body)["code"]), (409, code), path)


class Punches(unittest.TestCase):
    def setUp(self):
        self.own = Server("--new-devices", "approve")
        self.addCleanup(self.own.close)
        self.unit = unit(self.own)

    def rule(self, text):
        self.own.api.change(self.unit.sn, accessPunches=text)

    def punches(self):
        return [(p["pin"], p["timestamp"], p["status"], p["verifyType"], p["source"])
                for p in self.own.api.punches(device=self.unit.sn)]

    def test_by_default_none_are_made(self):
        self.unit.live(row("2026-03-01 08:00:00", 0, "1", 1, 1))
        self.assertEqual(self.punches(), [])

    def test_granted_ones_become_punches_once(self):
        self.unit.live(row("2026-03-01 07:00:00", 0, "1", 1, 1))
        self.rule("granted")
        rows = [row("2026-03-01 07:00:00", 0, "1", 1, 1), row("2026-03-01 08:00:00", 0, "7", 1, 2),
                row("2026-03-01 08:00:01", 23, "8", 1, 3), row("2026-03-01 08:00:02", 0, "0", 1, 4),
                row("2026-03-01 08:00:03", 14, "9", 1, 5, 1, "2"),
                row("2026-03-01 08:00:04", 0, "9", 1, 6, 2, "0000000000000011")]
        for _ in range(2):
            self.unit.live(*rows)
            self.assertEqual(self.punches(), [
                ("7", "2026-03-01 08:00:00", 0, 4, "access"),
                ("9", "2026-03-01 08:00:03", 1, 2, "access"),
                ("9", "2026-03-01 08:00:04", None, None, "access")])
        self.assertEqual([e["punchSeq"] for e in events(self.unit)], [None, 1, None, None, 2, 3])
        # The words for a mode are the same in both ledgers.
        self.assertEqual([p["verifyName"] for p in self.own.api.punches(device=self.unit.sn)],
                         ["card", "PIN", None])
        self.assertEqual([e["verifyName"] for e in events(self.unit) if e["punchSeq"]][:2],
                         ["card", "PIN"])

    def test_a_door_has_a_rule_of_its_own(self):
        self.rule("off; 2=0,14/out; 3=granted")
        self.unit.live(*[row("2026-03-02 08:00:00", code, "7", door, door * 10 + code)
                         for door in (1, 2, 3) for code in (0, 1)])
        self.assertEqual([(e["door"], e["event"], e["punchSeq"]) for e in events(self.unit)
                          if e["punchSeq"]], [(2, 0, 1), (3, 0, 2), (3, 1, 2)])
        self.assertEqual([p[2] for p in self.punches()], [1, 0])

    def test_a_rule_that_makes_no_sense_is_refused(self):
        for text in ("on", "granted; 2", "70000", "granted/up"):
            with self.assertRaisesRegex(ApiError, "off, granted or codes"):
                self.rule(text)

    def fill(self, **body):
        return self.own.api.post(f"/api/devices/{self.unit.sn}/access-punches", body)["data"]

    def test_what_was_stored_before_is_filled_in_once(self):
        days = [row(f"2026-03-{day:02} 08:00:00", 0 if day % 2 else 23, str(day), 1, day)
                for day in range(1, 29)]
        self.unit.live(*days)
        self.assertEqual(self.fill(), {"events": 28, "punches": 0})
        self.rule("granted")
        self.assertEqual(self.fill(**{"from": "2026-03-05", "to": "2026-03-09"}),
                         {"events": 5, "punches": 3})
        self.assertEqual([p[0] for p in self.punches()], ["5", "7", "9"])
        self.assertEqual(self.fill()["punches"], 11)
        for _ in range(2):
            self.assertEqual(self.fill(), {"events": 28, "punches": 0})
        self.assertEqual(sorted(int(p[0]) for p in self.punches()), list(range(1, 29, 2)))
        named = {e["punchSeq"]: e["pin"] for e in events(self.unit) if e["punchSeq"]}
        self.assertEqual(named, {p["seq"]: p["pin"] for p in
                                 self.own.api.punches(device=self.unit.sn)})
        with self.assertRaisesRegex(ApiError, "from"):
            self.fill(**{"from": "yesterday"})

    def long_history(self, pieces=12):
        """So many thousand events of people who passed, before any of them was to be a punch."""
        for n in range(pieces):
            self.unit.live(*[row(f"2026-04-{n + 1:02} {i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}", 0, str(1 + i % 7),
                                 1, n * 1000 + i + 1) for i in range(1000)])
        return pieces * 1000

    def filled_once(self, n):
        self.assertEqual(sorted(e["punchSeq"] for e in events(self.unit)), list(range(1, n + 1)))

    def made(self):
        return self.own.api.get("/api/status")["data"]["data"]["punches"]

    def filling(self):
        """It is under way, and has made some punches; what it ended with is in the list."""
        ended = []

        def run():
            try:
                ended.append(self.fill())
            except (OSError, ApiError, http.client.HTTPException) as e:
                ended.append(e)
        thread = threading.Thread(target=run)
        thread.start()
        until(lambda: ended or self.made() > 0)
        return thread, ended

    def test_a_kill_while_it_is_filled_in_doubles_nothing(self):
        n = self.long_history()
        self.rule("granted")
        for _ in range(3):
            thread, _ = self.filling()
            self.own.restart("kill")
            thread.join(DEADLINE)
        self.fill()
        self.filled_once(n)
        self.assertEqual(self.fill()["punches"], 0)

    def test_a_rule_that_changes_while_it_is_filled_in_counts_from_then_on(self):
        n = self.long_history()
        self.rule("granted")
        thread, ended = self.filling()
        self.rule("off")
        made = self.made()
        thread.join(DEADLINE)
        # What was on its way when it was changed is there yet: two pieces of 500.
        self.assertLessEqual(self.made() - made, 1000, ended)
        self.assertEqual(ended[0]["events"], n)
        self.rule("granted")
        self.fill()
        self.filled_once(n)

    def test_the_punch_that_is_there_is_taken(self):
        self.rule("granted/none")
        self.unit.live(row("2026-03-03 08:00:00", 0, "7", 1, 1),
                       row("2026-03-03 08:00:00", 0, "7", 2, 2))
        self.assertEqual([e["punchSeq"] for e in events(self.unit)], [1, 1])
        self.assertEqual(len(self.punches()), 1)


class Live(unittest.TestCase):
    def test_ids_have_both_numbers(self):
        with Server("--new-devices", "approve", "--access-punches", "granted") as own:
            u = unit(own)
            with Stream(own, "0") as stream:
                for i in range(6):
                    u.live(row(f"2026-04-01 08:00:{i:02}", 0, "7", 1, 2 * i + 1),
                           row(f"2026-04-01 08:00:{i:02}", 200, "0", 1, 2 * i + 2, 2, "200"))
                got = stream.events(18)
            last = {"punch": 0, "access": 0}
            for name, number, data in got:
                last[name] += 1
                self.assertEqual(data["seq"], last[name])
                self.assertEqual(number, f"{last['punch']}-{last['access']}")
            self.assertEqual(last, {"punch": 6, "access": 12})

    def test_each_place_of_a_stream_is_one_to_go_on_from(self):
        with Server("--new-devices", "approve", "--access-punches", "granted") as own:
            u = unit(own)
            u.live(*[row(f"2026-04-03 08:00:{i:02}", 0 if i % 3 else 23, "7", 1, i + 1)
                     for i in range(12)])
            with Stream(own, "0-0") as stream:
                got = stream.events(20)
            for i, (_, place, _) in enumerate(got[:-1]):
                with Stream(own, place) as stream:
                    self.assertEqual(stream.events(len(got) - i - 1), got[i + 1:], place)

    def test_without_the_topic_ids_are_plain_and_no_access_event_comes(self):
        with Server("--new-devices", "approve", "--access-punches", "granted") as own:
            u = unit(own)
            with Stream(own, "0", topics="punch") as stream:
                u.live(row("2026-04-04 08:00:00", 200, "0", 1, 1), row("2026-04-04 08:00:01", 0, "7", 1, 2))
                name, number, data = stream.event()
            self.assertEqual((name, number, data["pin"]), ("punch", "1", "7"))
            with Stream(own, "0-0", topics="access") as stream:
                self.assertEqual([n[1] for n in stream.events(2)], ["0-1", "0-2"])


class Torture(unittest.TestCase):
    """Nothing acknowledged is lost, nothing is there twice, whatever happens between."""

    def test_any_order_of_both_forms_leaves_one_row_each(self):
        random = Random(20261130)
        made = []
        for n in range(150):
            time = f"2026-06-{n % 7 + 1:02} 08:{n // 60:02}:{n % 60:02}"
            made.append((time, random.choice((0, 23, 27, 200, 4001, 6005)), random.choice(("0", "7", "07")),
                         random.choice((1, 2)), random.choice((n + 1, n + 1, None)), random.choice((0, 1, 2)),
                         random.choice(("4", "200", "0000000000000010")), random.choice(("0", "99", "CBCA93"))))
        # Each in both forms, and some again, as of a unit that got no answer.
        sendings = [(form, e) for e in made for form in ("live", "stored")
                    for _ in range(random.choice((1, 1, 2)))]
        random.shuffle(sendings)
        with Server("--new-devices", "approve", "--access-punches", "granted", stay=True) as own:
            u = unit(own)
            while sendings:
                form, most = sendings[0][0], random.choice((1, 5, 20))
                n = next((i for i, s in enumerate(sendings) if s[0] != form or i == most), len(sendings))
                make = row if form == "live" else stored_row
                rows = [make(*e) for _, e in sendings[:n]]
                getattr(u, form)(*rows)
                if random.random() < 0.2:  # the reply is lost
                    getattr(u, form)(*rows)
                if random.random() < 0.04:
                    own.restart("kill")
                del sendings[:n]
            got = events(u)
            self.assertEqual([e["seq"] for e in got], list(range(1, len(made) + 1)))
            self.assertEqual(sorted((e["timestamp"], e["event"], e["index"] or 0) for e in got),
                             sorted((e[0], e[1], e[4] or 0) for e in made))
            granted = [e for e in made if e[1] in (0, 4001) and e[2] != "0"]
            self.assertEqual(sorted(e["punchSeq"] for e in got if e["punchSeq"]),
                             list(range(1, len(granted) + 1)))

    def test_kills_and_lost_replies_lose_and_double_nothing(self):
        units, uploads, kills = 4, 25, 4
        with Server("--new-devices", "approve", "--access-punches", "granted", stay=True) as own:
            made = [unit(own) for _ in range(units)]
            sent = {u.sn: [] for u in made}
            over = threading.Event()

            def upload(u, rows):
                while not over.is_set():
                    try:
                        u.live(*rows)
                        return
                    except (OSError, AssertionError):
                        over.wait(0.05)

            def run(u):
                held = []
                for n in range(uploads):
                    rows = [row(f"2026-05-01 08:{n % 60:02}:{i:02}", 0 if i % 2 else 23, "7", 1,
                                n * 10 + i + 1) for i in range(6)]
                    # Some rows came before, as of a unit that got no answer.
                    upload(u, held + rows if n % 3 else rows)
                    sent[u.sn] += [n * 10 + i + 1 for i in range(6)]
                    held = rows

            threads = [threading.Thread(target=run, args=(u,)) for u in made]
            for t in threads:
                t.start()
            for k in range(kills):
                want = (k + 1) * units * uploads // (kills + 2)
                until(lambda: sum(map(len, sent.values())) >= want * 6)
                own.restart("kill")
            for t in threads:
                t.join(DEADLINE)
                self.assertFalse(t.is_alive())
            over.set()
            seqs, named = [], []
            for u in made:
                got = events(u)
                self.assertEqual([e["index"] for e in got], sent[u.sn])
                seqs += [e["seq"] for e in got]
                named += [e["punchSeq"] for e in got if e["punchSeq"]]
                self.assertEqual(len([e for e in got if e["punchSeq"]]), len(got) // 2)
            self.assertEqual(sorted(seqs), list(range(1, units * uploads * 6 + 1)))
            self.assertEqual(sorted(named), list(range(1, units * uploads * 3 + 1)))
            if not own.store:
                own.terminate()
                self.check(own)

    def check(self, own):
        import subprocess
        from serve import program
        done = subprocess.run([program(), "store", "check",
                               "sqlite:" + os.path.join(own.data, "gatehouse.db")],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    tap.main()
