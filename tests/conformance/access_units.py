#!/usr/bin/env python3
"""Events of sub-controllers come with their main controller: each is of the unit that its row names, by serial
number or by the number that the table DevProperty gives one, and becomes a punch by the rule of that unit."""

import pathlib
import re
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from access_ledger import events  # noqa: E402
from device import serial  # noqa: E402
from serve import Server, until  # noqa: E402
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

    def poll_each(self, code=0):
        """Answer what a poll brings; how much that was."""
        _, body = self.request("GET", "/iclock/getrequest?SN=")
        numbers = re.findall(rb"^(?:DataType=1,.*?CmdDesc=)?C:(\d+):", body, re.M)
        for number in numbers:
            self.result(int(number), code)
        return len(numbers)

    def carry_out(self):
        """Answer what is ordered of tables, until nothing is."""
        until(self.poll_each)
        until(lambda: not self.poll_each())

    def authorised(self):
        """Its sub-controllers, once they take orders."""
        for sn in self.subs:
            self.server.api.post(f"/api/devices/{sn}/approve")
        for step in (1, 2):
            self.carry_out()
            rows = [f"DeviceAuthorize SN={sn}\tOnline=1\tIsAuthorize={step}\tAuthorizeInfo=\tRegisterInfo="
                    "DeviceType=acc,~DeviceName=inBio260,LockCount=2" for sn in self.subs]
            self.expect(b"DeviceAuthorize=%d" % len(rows), "POST", "/iclock/cdata?SN=&type=registry&table=tabledata"
                        f"&tablename=DeviceAuthorize&count={len(rows)}", self.body(rows))
        until(lambda: not self.poll_each())
        return self.subs

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

    def users(self, sn):
        return [r["row"]["Pin"] for r in self.own.api.get(f"/api/devices/{sn}/tables/user")["data"]["rows"]]

    def write(self, sn, pin):
        """A person into the table of a unit, which takes it."""
        self.own.api.call("PUT", f"/api/devices/{sn}/tables/user", {"rows": [{"Pin": pin}]})
        until(lambda: self.main.poll_each() and pin in self.users(sn))

    def test_a_sub_controller_that_was_set_back_has_nothing_and_its_main_all(self):
        first, second = self.main.authorised()
        for sn in (self.main.sn, first, second):
            self.write(sn, "1")
        # What it reports is in the past, and what comes later than that stays.
        at = int(time.time())
        until(lambda: time.time() > at + 1.01)
        reset = row(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at)), 6016, index=1, sn=first)
        self.main.live(reset)
        self.assertEqual([self.users(sn) for sn in (self.main.sn, first, second)], [["1"], [], ["1"]])
        self.write(first, "2")
        self.main.live(reset)
        self.assertEqual(self.users(first), ["2"])
        # The clock of one was set back, too: then it is as of now.
        self.main.live(row("2000-01-01 00:00:09", 6016, index=1, sn=first))
        self.assertEqual(self.users(first), [])
        self.main.live(row("2026-04-01 08:00:09", 6016, index=3))
        self.assertEqual([self.users(sn) for sn in (self.main.sn, second)], [[], ["1"]])

    def plans(self, sn, *states):
        """The numbers of the plans of a unit that are in one of some states."""
        shown = [self.own.api.get(f"/api/plans/{p['id']}")["data"] for p in self.own.api.get("/api/plans")["data"]]
        return [p["id"] for p in shown if p["state"] in states and p["devices"][0]["deviceSerial"] == sn]

    def test_a_sub_controller_that_was_set_back_has_a_first_plan_at_once(self):
        first, _ = self.main.authorised()
        api = self.own.api
        ann = api.post("/api/people", {"pin": "1", "name": "Ann"})["data"]["id"]
        api.post("/api/access-levels", {"name": "Staff", "rule": 1, "people": [ann], "doors": [f"{first}:1"]})
        plan = api.post("/api/plans", {"kind": "access", "select": {"ids": [first]}})["data"]["planId"]
        until(lambda: plan in self.plans(first, "planned"))
        api.post(f"/api/plans/{plan}/apply", {})
        until(lambda: not self.main.poll_each() and plan in self.plans(first, "done", "failed"))
        self.assertEqual((self.plans(first, "failed"), self.users(first)), ([], ["1"]))
        # The server's own is the latest then, so that none which waits is equal to what follows.
        api.call("PATCH", f"/api/people/{ann}", {"name": "Ann Example"})
        last = until(lambda: not self.main.poll_each() and max(self.plans(first, "done")) > plan
                     and max(self.plans(first, "done")))
        self.main.live(row("2026-04-01 08:00:00", 6016, index=1, sn=first))
        # Not only after an hour.
        again = until(lambda: [p for p in self.plans(first, "planned") if p > last])[0]
        steps = api.get(f"/api/plans/{again}/steps?device={first}")["data"]["steps"]
        self.assertIn("user", [s["table"] for s in steps])


if __name__ == "__main__":
    tap.main()
