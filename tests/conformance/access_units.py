#!/usr/bin/env python3
"""Events of sub-controllers come with their main controller: each is of the unit that its row names, by serial
number or by the number that the table DevProperty gives one, and becomes a punch by the rule of that unit."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from access_ledger import events  # noqa: E402
from device import serial  # noqa: E402
from serve import Server  # noqa: E402
from unit import Unit, row, stored_row  # noqa: E402
import tap  # noqa: E402

MAIN = ("DeviceType=acc,~DeviceName=inBio680,LockCount=4,MultiStageControlFunOn=1,MasterControlOn=1,"
        "SubControlOn=0,AccSupportFunList=" + "0" * 26 + "11" + "0" * 30)


class Main(Unit):
    """A main controller with some sub-controllers, which its table numbers from 1 on."""

    def __init__(self, server, subs=2):
        super().__init__(server, parameters=MAIN)
        self.register()
        self.subs = [serial("SUB") for _ in range(subs)]
        rows = [f"DeviceAuthorize SN={sn}\tOnline=1\tIsAuthorize=0\tAuthorizeInfo=\tRegisterInfo="
                for sn in self.subs]
        self.expect(b"DeviceAuthorize=%d" % subs, "POST", "/iclock/cdata?SN=&type=registry&table="
                    f"tabledata&tablename=DeviceAuthorize&count={subs}", self.body(rows))

    def carry_out(self, code=0):
        """Answer what is ordered of tables, until nothing is."""
        answered = 0
        for _ in range(20):
            _, body = self.request("GET", "/iclock/getrequest?SN=")
            numbers = re.findall(rb"^C:(\d+):", body, re.M)
            for number in numbers:
                self.result(int(number), code)
            answered += len(numbers)
            if answered and not numbers:
                return
        raise AssertionError("orders without end" if answered else "nothing was ordered")

    def numbers(self, **rows):
        """DevProperty: a number to a serial number."""
        self.server.api.call("PUT", f"/api/devices/{self.sn}/tables/DevProperty", {"rows": [
            {"ID": number[1:], "SN": sn} for number, sn in rows.items()]})
        self.carry_out()


def opened(number, door=1, **more):
    return row(f"2026-04-01 08:00:{number:02}", 0, str(number), door, number, **more)


class Units(unittest.TestCase):
    def setUp(self):
        self.own = Server("--new-devices", "approve")
        self.addCleanup(self.own.close)
        self.main = Main(self.own)

    def named(self):
        return [(e["index"], e["unit"]) for e in events(self.main)]

    def test_sub_controllers_are_there_when_the_list_is_answered(self):
        main = Main(self.own, subs=40)
        self.assertEqual([self.own.api.raw("GET", f"/api/devices/{sn}")[0] for sn in main.subs], [200] * 40)

    def test_a_number_is_the_unit_that_the_table_has_for_it(self):
        first, second = self.main.subs
        # Before the table is known, a number names none.
        self.main.live(opened(1, devid=2))
        self.main.numbers(n1=self.main.sn, n2=first, n3=second, n4="ELSEWHERE")
        self.main.live(opened(2, devid=2), opened(3, devid=3), opened(4, devid=1),
                       opened(5, devid=9), opened(6), opened(7, devid=2, sn=second),
                       opened(8, devid=4))
        self.main.stored(stored_row("2026-04-01 08:00:09", 0, "9", 1, 9) + "\tdevid=3")
        self.assertEqual(self.named(), [(1, None), (2, first), (3, second), (4, None), (5, None),
                                        (6, None), (7, second), (8, "ELSEWHERE"), (9, second)])
        # A resend, in either form, is the same.
        self.main.live(opened(2, devid=2), opened(3, sn=second))
        self.main.stored(stored_row("2026-04-01 08:00:02", 0, "2", 1, 2) + "\tdevid=2")
        self.assertEqual(len(self.named()), 9)

    def test_a_number_of_a_unit_that_is_no_main_controller_names_none(self):
        u = Unit(self.own, parameters=MAIN).register()
        self.own.api.call("PUT", f"/api/devices/{u.sn}/tables/DevProperty",
                          {"rows": [{"ID": "2", "SN": self.main.subs[0]}]})
        (number, _), = u.poll()
        u.result(number)
        u.live(opened(1, devid=2))
        self.assertEqual([e["unit"] for e in events(u)], [None])

    def test_the_door_is_that_of_the_unit(self):
        first, _ = self.main.subs
        self.main.numbers(n2=first)
        self.main.live(opened(1, 2, devid=2))
        shown = self.own.api.get(f"/api/access-events?device={self.main.sn}")["data"]
        self.assertEqual([(e["unit"], e["door"]) for e in shown], [(first, 2)])

    def test_a_sub_controller_has_a_rule_of_its_own(self):
        first, second = self.main.subs
        self.main.numbers(n2=first, n3=second)
        self.own.api.change(self.main.sn, accessPunches="off; 1=granted")
        self.own.api.change(first, accessPunches="granted/out; 2=off")
        self.main.live(opened(1, 1), opened(2, 2),
                       opened(3, 1, devid=2), opened(4, 2, devid=2), opened(5, 1, sn=first),
                       opened(6, 1, devid=3), opened(7, 1, sn=second))
        # Of the main controller's rule what it has of single doors is about its own.
        self.assertEqual([e["index"] for e in events(self.main) if e["punchSeq"]], [1, 3, 5])
        self.assertEqual([(p["pin"], p["status"]) for p in self.own.api.punches()],
                         [("1", 0), ("3", 1), ("5", 1)])

    def test_without_one_that_of_its_main_controller_counts(self):
        first, second = self.main.subs
        self.own.api.change(self.main.sn, accessPunches="granted; 1=off")
        self.own.api.change(second, accessPunches="off")
        self.main.live(opened(1, 1), opened(2, 1, sn=first), opened(3, 1, sn=second))
        self.assertEqual([p["pin"] for p in self.own.api.punches()], ["2"])

    def test_what_was_stored_before_is_filled_in_for_each_unit(self):
        first, second = self.main.subs

        def fill(sn):
            return self.own.api.post(f"/api/devices/{sn}/access-punches", {})["data"]

        self.main.live(opened(1), opened(2, sn=first), opened(3, sn=second), opened(4, sn=first))
        self.own.api.change(first, accessPunches="granted")
        self.assertEqual(fill(first), {"events": 2, "punches": 2})
        self.assertEqual(fill(second), {"events": 1, "punches": 0})
        self.own.api.change(second, accessPunches="granted/in")
        self.assertEqual(fill(self.main.sn), {"events": 4, "punches": 1})
        self.assertEqual(fill(self.main.sn), {"events": 4, "punches": 0})
        self.assertEqual([p["pin"] for p in self.own.api.punches()], ["2", "4", "3"])


if __name__ == "__main__":
    tap.main()
