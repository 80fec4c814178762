#!/usr/bin/env python3
"""What is decided about single doors, all the way: by REST, a plan, the conversation and a simulated unit, to what the
unit does and reports; and back, when it is decided no more. Rights of people are in test_agreement.py."""

import datetime
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from doors import truth, units  # noqa: E402
from serve import Server, until  # noqa: E402
from visitors import TIME, Visit, line  # noqa: E402

WAIT = 240
SN = "SIM000001"
STRANGE = "990099"  # a card that no person has
REMOTE = {"8", "9"}  # doors opened and closed by an order
LINKED = 6


class Doors(unittest.TestCase):
    """A server and a simulated unit without people."""
    PERSONA = "spec"

    def setUp(self):
        self.server = Server("--new-devices", "approve")
        self.addCleanup(self.server.close)
        self.api = self.server.api
        self.visits, self.truth = (os.path.join(self.server.home, name) for name in ("visits.tsv", "truth.tsv"))
        with open(self.visits, "w"):
            pass
        self.sim = units("--server", "http://%s:%d" % self.server.devices, "--persona", self.PERSONA, "--users", "0",
                         "--punches", "0", "--speed", "50", "--retry", "20", "--pace", "20", "--visits", self.visits,
                         "--truth", self.truth)
        self.addCleanup(self.end)
        until(lambda: SN in self.api.devices() and self.api.device(SN)["registration"] == "configured", WAIT)
        # Its clock goes where people come; it is not to be set meanwhile.
        self.api.change(SN, clock="off")
        self.at = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)

    def end(self):
        if self.sim.poll() is None:
            self.sim.terminate()
        self.sim.communicate(timeout=WAIT)

    def make(self, path, **body):
        return self.api.post(f"/api/{path}", dict({"name": f"{path} of {self.id()}"}, **body))["data"]["id"]

    def person(self, pin, card, **more):
        return self.make("people", pin=pin, cards=[card], **more)

    def settled(self):
        """Once the unit holds what is decided."""
        def nothing():
            plan = self.api.post("/api/plans", {"kind": "access", "select": {"ids": [SN]}})["data"]["planId"]
            shown = until(lambda: (lambda p: p["state"] != "making" and p)(self.api.get(f"/api/plans/{plan}")["data"]),
                          WAIT)
            if shown["commands"] and self.api.raw("POST", f"/api/plans/{plan}/apply")[0] == 200:
                until(lambda: self.api.get(f"/api/plans/{plan}")["data"]["state"] != "running", WAIT)
            elif shown["state"] == "planned":
                self.api.raw("POST", f"/api/plans/{plan}/cancel")
            return None if shown["commands"] else shown

        shown = until(nothing, WAIT, 0.3)
        self.assertEqual([r for d in shown["devices"] for r in d.get("refusals", []) if r["of"] != "device"], [])

    def come(self, *who):
        """People at doors, ten minutes apart or as many seconds as are given; the events of each, as (code, door)."""
        made = []
        for door, card, *after in who:
            self.at += datetime.timedelta(seconds=after[0] if after else 600)
            made.append(Visit(SN, door, False, "card", card, "", self.at))
        before = len(truth(self.truth))
        with open(self.visits, "a") as f:
            f.writelines(line(v) for v in made)
        last = made[-1].at.strftime(TIME)
        until(lambda: [r for r in truth(self.truth)[before:] if r[2] == last], WAIT)
        rows = truth(self.truth)[before:]
        until(lambda: len(truth(self.truth)) <= len(self.events()), WAIT)
        return [[(int(r[3]), int(r[4])) for r in rows if r[2] == v.at.strftime(TIME)] for v in made]

    def events(self):
        return self.api.pages("/api/access-events")

    def orders(self):
        """What the server itself gave to doors."""
        return [c["command"] for c in self.api.pages("/api/commands") if c["command"].startswith("CONTROL")]

    def relay(self, door):
        return self.api.get(f"/api/doors/{SN}:{door}")["data"]["relay"]


class Rules(Doors):
    def test_a_linkage_opens_a_door_and_names_what_caused_it(self):
        linkage = self.make("linkage", event=27, at=f"{SN}:1", output="lock", number=2, seconds=255)
        self.settled()
        here, elsewhere = self.come((1, STRANGE), (3, STRANGE))
        self.assertEqual([c for c, _ in here], [27, LINKED])
        self.assertEqual([c for c, _ in elsewhere], [27])
        # The unit did it by itself, and shows it.
        until(lambda: self.relay(2) is True, WAIT)
        self.assertIsNot(self.relay(1), True)
        found = [e for e in self.events() if e["event"] == LINKED]
        self.assertEqual([(e["door"], e["linkageTrigger"], e["pin"], e["granted"]) for e in found],
                         [(1, 27, None, None)])
        self.assertEqual(found[0]["linkageId"], 1)
        self.assertEqual(self.orders(), [])
        # Another place and output: one row of the unit is changed, and keeps its number.
        self.api.call("PATCH", f"/api/linkage/{linkage}", {"at": SN, "output": "aux", "number": 1, "seconds": 5})
        self.settled()
        self.assertEqual([[c for c, _ in one] for one in self.come((1, STRANGE), (4, STRANGE))],
                         [[27, LINKED], [27, LINKED]])
        self.assertEqual({e["linkageId"] for e in self.events() if e["event"] == LINKED}, {1})
        # Decided no more, it does nothing.
        self.api.call("DELETE", f"/api/linkage/{linkage}")
        self.settled()
        self.assertEqual([[c for c, _ in one] for one in self.come((1, STRANGE), (4, STRANGE))], [[27], [27]])

    def test_an_interlock_and_anti_passback_count_until_they_are_deleted(self):
        ann, bob = self.person("7", "1107"), self.person("8", "1108")
        self.make("access-levels", rule=1, people=[ann, bob], doors=[f"{SN}:{n}" for n in (1, 2, 3, 4)])
        lock = self.make("interlock", doors=[f"{SN}:3", f"{SN}:4"])
        sides = self.make("anti-passback", doors=[f"{SN}:1"], against=[f"{SN}:2"])
        self.settled()
        # The leaf is open from one second after who passes to the fourth.
        ways = self.come((3, "1107"), (4, "1108", 2), (4, "1108"), (1, "1107"), (1, "1107"), (2, "1107"), (1, "1107"))
        self.assertEqual([next(c for c, _ in one if c not in (200, 201)) for one in ways], [0, 25, 0, 0, 24, 0, 0])
        for path, number, verdict in (("interlock", lock, "interlock"), ("anti-passback", sides, "anti_passback")):
            door = 4 if path == "interlock" else 1
            steps = self.api.get(f"/api/access/check?person={ann}&door={SN}:{door}")["data"]["steps"]
            self.assertIn(verdict, [s["verdict"] for s in steps])
            self.api.call("DELETE", f"/api/{path}/{number}")
        self.settled()
        ways = self.come((3, "1107"), (4, "1108", 2), (1, "1107"), (1, "1107"))
        self.assertEqual([next(c for c, _ in one if c not in (200, 201)) for one in ways], [0, 0, 0, 0])

    def first_codes(self, *who):
        return [one[0][0] for one in self.come(*who)]

    def test_first_cards_and_combinations_count_until_they_go(self):
        ann, bob, joe = (self.person(pin, "110" + pin, group=group) for pin, group in (("7", 1), ("8", 2), ("9", 3)))
        self.make("access-levels", rule=1, people=[ann, bob, joe], doors=[f"{SN}:{n}" for n in (1, 2, 3)])
        first = self.make("first-card", door=f"{SN}:1", rule=1, people=[ann], mode="activation")
        self.make("first-card", door=f"{SN}:2", rule=1, people=[ann], mode="normal-open", name="Standing")
        several = self.make("multi-card", door=f"{SN}:3", groups=[2, 3], seconds=30)
        self.settled()
        # None of it is over midnight, when a first card has to come again.
        self.at = (self.at + datetime.timedelta(days=1)).replace(hour=8, minute=0, second=0)
        # The one door is shut until she came; the other stands open from then on.
        self.assertEqual(self.first_codes((1, "1108"), (1, "1107"), (1, "1108")), [22, 2, 0])
        self.assertEqual(self.first_codes((2, "1108"), (2, "1107"), (2, "1108")), [0, 2, 1])
        until(lambda: self.relay(2) is True, WAIT)
        # One of each group, in either order and in time; not the same person twice, nor one of neither group.
        self.assertEqual(self.first_codes((3, "1108"), (3, "1109", 5), (3, "1109"), (3, "1108", 29)), [26, 3, 26, 3])
        self.assertEqual(self.first_codes((3, "1108"), (3, "1109", 31)), [26, 26])
        self.assertEqual(self.first_codes((3, "1108"), (3, "1108", 5), (3, "1108"), (3, "1107", 5)), [26, 48, 26, 48])
        # On the next day she has to come again.
        self.assertEqual(self.first_codes((1, "1108", 86400), (1, "1109")), [22, 22])
        for path, number, verdict, door in (("first-card", first, "needs_first_card", 1),
                                            ("multi-card", several, "needs_others", 3)):
            steps = self.api.get(f"/api/access/check?person={bob}&door={SN}:{door}")["data"]["steps"]
            self.assertIn(verdict, [s["verdict"] for s in steps])
            self.api.call("DELETE", f"/api/{path}/{number}")
        self.settled()
        self.assertEqual(self.first_codes((1, "1108"), (3, "1108"), (3, "1109", 5)), [0, 0, 0])

    def test_a_super_user_passes_a_locked_door_until_they_are_none(self):
        ann, bob = self.person("7", "1107"), self.person("8", "1108")
        self.make("access-levels", rule=1, people=[ann, bob], doors=[f"{SN}:1"])
        self.api.call("PATCH", f"/api/doors/{SN}:1", {"masked": True})
        group = self.make("super-users", people=[ann], doors=[f"{SN}:1"])
        self.settled()

        def granted(person):
            return self.api.get(f"/api/access/check?person={person}&door={SN}:1")["data"]["granted"]

        self.assertEqual([[c for c, _ in one][0] for one in self.come((1, "1107"), (1, "1108"))], [208, 63])
        self.assertEqual((granted(ann), granted(bob)), (True, False))
        self.api.call("PATCH", f"/api/super-users/{group}", {"people": [bob]})
        self.settled()
        self.assertEqual([[c for c, _ in one][0] for one in self.come((1, "1107"), (1, "1108"))], [63, 208])
        self.api.call("DELETE", f"/api/super-users/{group}")
        self.settled()
        self.assertEqual([[c for c, _ in one][0] for one in self.come((1, "1107"), (1, "1108"))], [63, 63])
        self.assertEqual((granted(ann), granted(bob)), (False, False))
        self.api.call("PATCH", f"/api/doors/{SN}:1", {"masked": False})
        self.settled()
        self.assertEqual([[c for c, _ in one][0] for one in self.come((1, "1107"), (1, "1108"))], [0, 0])


class Cards(Doors):
    """Of a unit that has hexadecimal cards with the lowest byte first."""
    PERSONA = "cards-turned"
    NUMBER = 0x01020304

    def rows(self):
        return sorted(r["row"]["CardNo"] for r in
                      self.api.get(f"/api/devices/{SN}/tables/mulcarduser")["data"]["rows"])

    def codes(self, *cards):
        return [next(c for c, _ in one if c not in (200, 201)) for one in self.come(*((1, str(c)) for c in cards))]

    def test_a_card_opens_once_the_setting_turns_it(self):
        ann = self.person("7", str(self.NUMBER))
        self.make("access-levels", rule=1, people=[ann], doors=[f"{SN}:1"])
        self.settled()
        self.assertEqual(self.rows(), ["1020304"])
        self.assertEqual(self.codes(self.NUMBER), [27])
        self.api.change(SN, cardsTurned=True)
        self.settled()
        self.assertEqual(self.rows(), ["04030201"])
        self.assertEqual(self.codes(self.NUMBER, 0x04030201), [0, 27])
        self.assertEqual([(e["pin"], e["card"]) for e in self.events() if e["event"] == 0],
                         [("7", str(self.NUMBER))])
        self.api.change(SN, cardsTurned=False)
        self.settled()
        self.assertEqual(self.rows(), ["1020304"])
        self.assertEqual(self.codes(self.NUMBER), [27])


if __name__ == "__main__":
    tap.main()
