#!/usr/bin/env python3
"""Orders to enrol a person at an access unit, and what it uploads then (Security PUSH 3.1.2, 9.6): the order ends
when the data has come, and shows what did."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import Server, until  # noqa: E402
from unit import Unit  # noqa: E402
import tap  # noqa: E402

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


class Enrolment(unittest.TestCase):
    def setUp(self):
        self.unit = Unit(server).register()

    def order(self, give=True, **body):
        """Its number; given to the unit."""
        number = server.api.post("/api/commands", {"deviceSerial": self.unit.sn, **body})["data"]["id"]
        if give:
            self.assertEqual([n for n, _ in self.unit.poll()], [str(number)])
        return number

    def bio(self, *rows):
        self.unit.expect(b"OK", "POST", "/iclock/cdata?SN=&type=BioData", "\r\n".join(rows).encode())

    def card(self, row):
        self.unit.expect(b"OK", "POST", "/iclock/cdata?SN=&type=EnrollInfoData", row.encode())

    def is_(self, number, status, result, code=None):
        """The upload is answered before its order ends."""
        def as_wanted():
            row = server.api.command(number)
            return (row["status"], row["result"], row["returnCode"]) == (status, result, code)
        try:
            until(as_wanted)
        except Exception as e:
            raise AssertionError(server.api.command(number)) from e

    def result(self, number, code=0):
        self.unit.expect(b"OK", "POST", "/iclock/devicecmd?SN=",
                         f"ID={number}&Return={code}&CMD=ENROLL_BIO".encode())
        return f"ID={number}&Return={code}&CMD=ENROLL_BIO"

    def test_the_data_ends_its_order_and_the_result_is_kept_beside(self):
        for body, send, brought in (
                ({"type": "enroll_card", "pin": "7"}, lambda: self.card("TYPE=0\tPIN=7\tTMP=4711"),
                 "brought a card"),
                ({"type": "enroll_fingerprint", "pin": "7", "finger": 6},
                 lambda: self.bio("TYPE=1\tPIN=7\tNO=6\tINDEX=\tMAJOR_VER=10\tMINOR_VER=0\tTMP=QUJD"),
                 "brought 1 template"),
                ({"type": "enroll_bio", "pin": "7", "biotype": 9},
                 lambda: self.bio("TYPE=9\tPIN=7\tNO=0\tINDEX=0\tMAJOR_VER=58\tTMP=REVG\tBIOPHOTO=R0hJ",
                                  "TYPE=9\tPIN=7\tNO=0\tINDEX=1\tMAJOR_VER=58\tTMP=REVH"),
                 "brought 2 templates and a photo")):
            number = self.order(**body)
            send()
            self.is_(number, "acknowledged", brought)
            # Sent again, as after a lost reply.
            send()
            sent = self.result(number)
            self.is_(number, "acknowledged", f"{brought}; {sent}", 0)
            self.result(number)
            self.assertEqual([h["detail"] for h in server.api.command(number)["history"]],
                             ["", "", brought, "its answer came"])

    def test_the_result_may_come_first(self):
        number = self.order(type="enroll_card", pin="7")
        sent = self.result(number)
        self.is_(number, "acknowledged", sent, 0)
        self.card("TYPE=0\tPIN=7\tTMP=4711")
        self.is_(number, "acknowledged", f"brought a card; {sent}", 0)

    def test_data_of_another_person_or_kind_ends_no_order(self):
        number = self.order(type="enroll_fingerprint", pin="7", finger=6)
        for row in ("TYPE=1\tPIN=8\tNO=6\tMAJOR_VER=10\tTMP=QUJD", "TYPE=1\tPIN=7\tNO=5\tMAJOR_VER=10\tTMP=QUJD",
                    "TYPE=9\tPIN=7\tNO=6\tMAJOR_VER=10\tTMP=QUJD", "TYPE=1\tPIN=77\tNO=6\tMAJOR_VER=10\tTMP=QUJD",
                    "TYPE=1\tNO=6\tTMP=QUJD"):
            self.bio(row)
        self.card("TYPE=0\tPIN=7\tTMP=4711")
        # Behind all of them in the order of the store.
        self.bio("TYPE=1\tPIN=7\tNO=6\tMAJOR_VER=10\tTMP=QUJD")
        self.is_(number, "acknowledged", "brought 1 template")
        self.assertEqual(len(server.api.command(number)["history"]), 3)
        other = Unit(server).register()
        mine = self.order(type="enroll_card", pin="9")
        other.expect(b"OK", "POST", "/iclock/cdata?SN=&type=EnrollInfoData", b"TYPE=0\tPIN=9\tTMP=1")
        self.card("TYPE=0\tPIN=8\tTMP=2")
        self.result(mine, -12)
        self.is_(mine, "failed", f"ID={mine}&Return=-12&CMD=ENROLL_BIO", -12)

    def test_of_two_orders_each_has_its_own_data(self):
        one, two = self.order(type="enroll_card", pin="7"), self.order(False, type="enroll_card", pin="8")
        # The second waits; what the unit enrols by hand is of no order.
        self.card("TYPE=0\tPIN=8\tTMP=1")
        self.card("TYPE=0\tPIN=7\tTMP=2")
        self.is_(one, "acknowledged", "brought a card")
        self.assertEqual(server.api.command(two)["status"], "queued")
        self.assertEqual([n for n, _ in self.unit.poll()], [str(two)])
        self.card("TYPE=0\tPIN=8\tTMP=3")
        self.is_(two, "acknowledged", "brought a card")

    def test_of_two_orders_of_one_kind_the_one_that_was_given_first_has_the_data(self):
        row = "TYPE=9\tPIN=7\tNO=0\tINDEX={}\tMAJOR_VER=58\tTMP=REVG"
        one = self.order(type="enroll_bio", pin="7", biotype=9)
        # Its result comes later, and the next is given meanwhile.
        later = self.result(one, -5000)
        two = self.order(type="enroll_bio", pin="7", biotype=9)
        self.bio(row.format(0), row.format(1))
        self.is_(one, "acknowledged", f"brought 2 templates; {later}", -5000)
        self.assertEqual(server.api.command(two)["status"], "sent")
        self.bio(row.format(0))
        self.is_(two, "acknowledged", "brought 1 template")

    def test_an_order_of_before_a_restart_of_the_unit_has_its_data(self):
        number = self.order(type="enroll_card", pin="7")
        self.unit.register()
        until(lambda: server.api.command(number)["status"] != "sent")
        self.card("TYPE=0\tPIN=7\tTMP=4711")
        self.is_(number, "acknowledged", "brought a card")

    def test_an_order_without_data_runs_out_and_late_data_ends_it(self):
        number = self.order(type="enroll_card", pin="7", ttl=1)
        until(lambda: server.api.command(number)["status"] in ("expired", "uncertain"))
        self.card("TYPE=0\tPIN=7\tTMP=4711")
        self.is_(number, "acknowledged", "brought a card")

    def test_orders_are_known_after_a_kill(self):
        with Server("--new-devices", "approve") as own:
            unit = Unit(own).register()
            number = own.api.post("/api/commands", {"deviceSerial": unit.sn, "type": "enroll_card",
                                                    "pin": "7"})["data"]["id"]
            self.assertEqual([n for n, _ in unit.poll()], [str(number)])
            own.restart("kill")
            unit.expect(b"OK", "POST", "/iclock/cdata?SN=&type=EnrollInfoData", b"TYPE=0\tPIN=7\tTMP=4711")
            until(lambda: own.api.command(number)["result"] == "brought a card")


if __name__ == "__main__":
    tap.main()
