#!/usr/bin/env python3
"""An answer to a query from before rows of the table went brings none of them back (Security PUSH 3.1.2, 9.2.1)."""

import pathlib
import sys
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parents[1]), str(pathlib.Path(__file__).parent)]

from access_queries import held, order, packet, people  # noqa: E402
from serve import Server, until  # noqa: E402
from unit import Unit, row  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def unit():
    return Unit(server).register()


def moment():
    """What comes next is of another millisecond."""
    now = time.time_ns() // 1000000
    until(lambda: time.time_ns() // 1000000 > now)


def state_of(u, table="user"):
    tables = u.server.api.get(f"/api/devices/{u.sn}/tables")["data"]["tables"]
    return next(t for t in tables if t["table"] == table)


class Late(unittest.TestCase):
    def deleted(self, u, pin):
        moment()
        orders = u.server.api.call("DELETE", f"/api/devices/{u.sn}/tables/user?where=Pin={pin}")["data"]["orders"]
        for _ in orders:
            (number, _), = until(u.poll)
            u.result(number)
        moment()

    def again(self, u):
        """The query of the server itself."""
        number, words = until(lambda: next(iter(u.poll()), None))
        self.assertEqual(words, "DATA QUERY tablename=user,fielddesc=*,filter=*")
        return number

    def whole(self, u, number, *pins):
        packet(u, number, 1, 1, *people(*pins))
        u.result(number, len(pins))

    def settled(self, u, *pins):
        until(lambda: not state_of(u)["doubtful"] and sorted(held(u)) == [(str(p),) for p in pins])

    def test_late_packets_of_a_former_query_bring_no_row_back(self):
        u = unit()
        first = order(u, "query", "user")
        packet(u, first, 1, 2, *people(1, 2))
        u.result(first, 4)
        moment()
        self.whole(u, order(u, "query", "user"), 1, 3)
        self.settled(u, 1, 3)
        # 2 and 4 had gone at the unit before the second query; which of both is right is queried once more.
        packet(u, first, 2, 2, *people(3, 4))
        number = self.again(u)
        self.assertEqual(sorted(held(u)), [("1",), ("3",)])
        self.whole(u, number, 1, 3, 5)
        self.settled(u, 1, 3, 5)
        self.assertEqual(u.poll(), [])

    def test_what_was_deleted_since_the_query_is_not_brought_back(self):
        u = unit()
        u.table("user", *people(1, 2))
        first = order(u, "query", "user")
        u.result(first, 2)
        self.deleted(u, 2)
        self.assertEqual(sorted(held(u)), [("1",)])
        packet(u, first, 1, 1, *people(1, 2))
        number = self.again(u)
        self.assertEqual(sorted(held(u)), [("1",)])
        self.whole(u, number, 1)
        self.settled(u, 1)
        self.assertEqual(u.poll(), [])

    def test_packets_that_come_again_with_other_rows_are_of_the_latest_query(self):
        u = unit()
        u.table("user", *people(1, 2))
        self.deleted(u, 2)
        number = order(u, "query", "user")
        packet(u, number, 1, 1, *people(1, 3))
        self.settled(u, 1, 3)
        packet(u, number, 1, 1, *people(1, 4))
        self.settled(u, 1, 3, 4)  # 3 came after the query, too: a later one removes it
        u.result(number, 2)
        self.assertEqual(u.poll(), [])

    def test_an_answer_to_conditions_makes_an_older_one_late_once(self):
        u = unit()
        u.table("user", *people(1, 2))
        first = order(u, "query", "user")
        u.result(first, 2)
        moment()
        number = order(u, "query", "user", where="Pin=2")
        u.result(number, 0)
        until(lambda: sorted(held(u)) == [("1",)])
        packet(u, first, 1, 1, *people(1, 2))
        self.whole(u, self.again(u), 1)
        self.settled(u, 1)
        self.assertEqual(u.poll(), [])

    def test_answers_that_always_come_late_are_queried_a_few_times(self):
        u = unit()
        u.table("user", *people(1, 2))
        number = order(u, "query", "user")
        for _ in range(3):
            u.result(number, 2)
            self.deleted(u, 2)
            packet(u, number, 1, 1, *people(1, 2))
            number = self.again(u)
        u.result(number, 2)
        self.deleted(u, 2)
        packet(u, number, 1, 1, *people(1, 2))
        until(lambda: state_of(u)["resync"])
        problem, = until(lambda: [p for p in server.api.get("/api/problems")["data"] if p["subject"] == u.sn])
        self.assertEqual(problem["kind"], "table_doubtful")
        self.assertIn("rows of user were removed before each of the last 4 queries was answered", problem["detail"])
        self.assertEqual((u.poll(), sorted(held(u))), ([], [("1",)]))
        # One that is in time settles it.
        self.whole(u, order(u, "query", "user"), 1)
        self.settled(u, 1)
        until(lambda: u.sn not in [p["subject"] for p in server.api.get("/api/problems")["data"]])

    def test_a_factory_reset_makes_answers_from_before_late(self):
        u = unit()
        u.table("user", *people(1, 2))
        first = order(u, "query", "user")
        moment()
        u.live(row("2026-03-01 08:00:00", event=6016, index=1))
        until(lambda: held(u) == {})
        self.whole(u, first, 1, 2)
        number = self.again(u)
        self.assertEqual(held(u), {})
        u.result(number, 0)
        moment()
        u.table("user", *people(3))
        self.whole(u, order(u, "query", "user"), 3)
        until(lambda: sorted(held(u)) == [("3",)])

    def test_another_model_does_not_get_the_rows_of_the_unit_before(self):
        u = unit()
        u.table("user", *people(1, 2))
        first = order(u, "query", "user")
        moment()
        u.parameters = u.parameters.replace("DeviceName=inBio260", "DeviceName=C3-200")
        u.register()
        until(lambda: held(u) == {})
        moment()
        self.whole(u, first, 1, 2)
        number = self.again(u)
        self.assertEqual(held(u), {})
        self.whole(u, number, 7)
        self.settled(u, 7)


if __name__ == "__main__":
    tap.main()
