#!/usr/bin/env python3
"""What people may do to doors: the bytes of each verb, what a unit must have for it, and what is refused."""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import Api, ApiError, Server, until  # noqa: E402
from unit import PARAMETERS, Unit, row  # noqa: E402
import tap  # noqa: E402

# Doors, outputs, and every function.
ALL = PARAMETERS + ",LockCount=4,AuxOutCount=2,AccSupportFunList=" + "1" * 67
FLOORS = "AA80" + "0" * 62


class Base(unittest.TestCase):
    parameters = ALL

    def setUp(self):
        self.own = Server("--new-devices", "approve", stay=True)
        self.addCleanup(self.own.close)
        self.unit = self.register(self.parameters)

    def register(self, parameters):
        unit = Unit(self.own, parameters=parameters).register()
        for number, _ in unit.poll():
            unit.result(number)
        return unit

    def order(self, of=None, **more):
        return self.own.api.post("/api/commands", dict(more, deviceSerial=(of or self.unit).sn))["commandId"]

    def door(self, verb, door=2, api=None, **more):
        return (api or self.own.api).post(f"/api/devices/{self.unit.sn}/doors/{door}/{verb}", more)

    def refused(self, status, code, call, *args, **more):
        with self.assertRaises(ApiError) as caught:
            call(*args, **more)
        self.assertEqual((caught.exception.status, caught.exception.reply["code"]), (status, code),
                         caught.exception)
        return caught.exception.reply["error"]

    def status(self, number):
        return self.own.api.get(f"/api/commands/{number}")["data"]["status"]

    def texts(self):
        """What the unit gets, poll by poll; it carries all of it out."""
        got = []
        while True:
            more = self.unit.poll()
            if not more:
                return got
            for number, text in more:
                got.append(text)
                self.unit.result(number)


class Verbs(Base):
    # Each form of 9.4, as a type with its fields.
    FORMS = (
        ("01020105", dict(type="unlock", door=2)),
        ("010A013C", dict(type="unlock", door=10, seconds=60)),
        ("01020100", dict(type="close_door", door=2)),
        ("010201FF", dict(type="hold_open", door=2)),
        ("010201FE", dict(type="hold_open", door=2, seconds=254)),
        ("01000105", dict(type="open_all")),
        ("0100011E", dict(type="open_all", seconds=30)),
        ("0102020A", dict(type="aux_output", output=2, seconds=10)),
        ("010202FF", dict(type="aux_output", output=2)),
        ("01020200", dict(type="aux_output_off", output=2)),
        ("02000000", dict(type="unalarm")),
        ("02020000", dict(type="cancel_alarm", door=2)),
        ("03000000", dict(type="reboot")),
        ("03050000", dict(type="reboot_slave", unit=5)),
        ("04020100", dict(type="normal_open", door=2)),
        ("04020000", dict(type="end_normal_open", door=2)),
        ("05000000", dict(type="battery")),
        ("06020100", dict(type="lock_door", door=2)),
        ("06020000", dict(type="unlock_door", door=2)),
        ("07010000", dict(type="emergency_open")),
        ("07020000", dict(type="emergency_close")),
        ("08030000", dict(type="zigbee", function=3)),
        ("09010000", dict(type="wiegand_test")),
        ("09020000", dict(type="wiegand_test", on=False)),
        ("0A0102FF", dict(type="reader_light", operands="0102ff")),
        ("0B020000", dict(type="switch_network", direction=2)),
        ("0C01021E", dict(type="id_card_mode", door=2, timeout=30)),
        ("0C000000", dict(type="id_card_mode", on=False)),
        ("0D000000", dict(type="query_sub_devices")),
        ("0E000000", dict(type="test_network")),
        ("0F000000", dict(type="reset_elevator")),
        ("10040000", dict(type="reset_gate_counters", counter=4)),
        ("11" + FLOORS + "05", dict(type="open_floors", floors="1,3,5,7,9", seconds=5)),
        ("11" + FLOORS + "FF", dict(type="open_floors", floors=FLOORS)),
        ("12" + FLOORS + "FF", dict(type="hold_floors_open", floors="1,3,5,7,9")),
    )
    parameters = ALL.replace("LockCount=4", "LockCount=16")

    def test_each_has_its_bytes(self):
        for digits, body in self.FORMS:
            number = self.order(**body)
            self.assertEqual(self.unit.poll(), [(number, f"CONTROL DEVICE {digits}")], body)
            self.unit.result(number)
            self.assertEqual(self.status(number), "acknowledged", body)
            if digits == "010201FE":
                continue
            # What people write as bytes is the same order.
            number = self.order(command=f"CONTROL DEVICE {digits.lower()}")
            self.assertEqual(self.unit.poll(), [(number, f"CONTROL DEVICE {digits}")], body)
            self.unit.result(number)
            kind = self.own.api.get(f"/api/commands/{number}")["data"]["type"]
            self.assertEqual(kind, {"cancel_alarm": "unalarm"}.get(body["type"], body["type"]), digits)

    def test_a_fifth_byte_is_the_operator(self):
        for text in ("0102010500", "0900000000", "11" + FLOORS + "0500"):
            number = self.order(command=f"CONTROL DEVICE {text}")
            self.assertEqual(self.unit.poll(), [(number, f"CONTROL DEVICE {text}")])
            self.unit.result(number)

    def test_routes_of_doors(self):
        for verb, more, digits in (("open", {"seconds": 9}, "01020109"), ("close", {}, "01020100"),
                                   ("hold-open", {}, "010201FF"), ("lock", {}, "06020100"),
                                   ("unlock", {}, "06020000"), ("cancel-alarm", {}, "02020000")):
            for path in (f"/api/doors/{self.unit.sn}:2", f"/api/devices/{self.unit.sn}/doors/2"):
                status, _, body = self.own.api.raw("POST", f"{path}/{verb}", json.dumps(more).encode())
                self.assertEqual(status, 202, (path, body))
                self.assertEqual(self.texts(), [f"CONTROL DEVICE {digits}"], path)
        # This unlock ends a lock, and opens nothing.
        self.refused(422, "unlock_opens_nothing", self.door, "unlock", seconds=5)
        self.assertEqual(self.texts(), [])


class Limits(Base):
    def test_a_door_or_output_the_unit_lacks_is_refused_and_nothing_queued(self):
        for rule, body in (("LockCount", dict(type="unlock", door=5)),
                           ("LockCount", dict(type="lock_door", door=5)),
                           ("LockCount", dict(command="CONTROL DEVICE 01050105")),
                           ("AuxOutCount", dict(type="aux_output", output=3)),
                           ("at most", dict(type="unlock", door=2, seconds=61)),
                           ("at most", dict(command="CONTROL DEVICE 010201FE"))):
            error = self.refused(422, "unit_lacks", self.order, **body)
            self.assertIn(rule, error)
        self.refused(422, "unit_lacks", self.door, "open", 5)
        self.assertEqual(self.unit.poll(), [])

    def test_a_door_is_opened_for_as_long_as_its_settings_have_it(self):
        self.own.api.call("PATCH", f"/api/doors/{self.unit.sn}:2", {"maxOpenSeconds": 120})
        self.door("open", 2, seconds=120)
        self.assertEqual(self.texts(), ["CONTROL DEVICE 01020178"])
        for door, seconds in ((2, 121), (1, 61)):
            self.assertIn("maxOpenSeconds", self.refused(422, "unit_lacks", self.door, "open", door, seconds=seconds))

    def test_a_function_the_unit_lacks_is_refused(self):
        for bit, body in ((2, dict(type="lock_door", door=1)), (2, dict(type="unlock_door", door=1)),
                          (3, dict(type="emergency_open")), (3, dict(command="CONTROL DEVICE 07020000")),
                          (10, dict(type="wiegand_test")), (13, dict(type="reader_light", operands="000000")),
                          (25, dict(type="switch_network", direction=1)), (30, dict(type="id_card_mode")),
                          (54, dict(type="reset_elevator")), (56, dict(type="open_floors", floors="1")),
                          (56, dict(type="hold_floors_open", floors="1"))):
            functions = ["1"] * 67
            functions[bit] = "0"
            unit = self.register(PARAMETERS + ",LockCount=4,AuxOutCount=2,AccSupportFunList=" + "".join(functions))
            error = self.refused(422, "unit_lacks", self.order, unit, **body)
            self.assertIn(f"position {bit} ", error)
            self.assertEqual(unit.poll(), [])

    def test_close_is_01nn0100_and_unverified_until_event_9(self):
        number = self.door("close")["commandId"]
        self.assertEqual(self.texts(), ["CONTROL DEVICE 01020100"])
        one = self.own.api.get(f"/api/commands/{number}")["data"]
        self.assertEqual((one["status"], one["verifiedAt"]), ("acknowledged", None))
        self.unit.live(row("2026-06-02 08:00:00", 9, "0", 2, 1))
        one = until(lambda: (lambda c: c["verifiedAt"] and c)(
            self.own.api.get(f"/api/commands/{number}")["data"]))
        self.assertEqual(one["verifiedSeq"], 1)
        # One second is no closing.
        number = self.order(command="CONTROL DEVICE 01020101")
        self.assertEqual(self.own.api.get(f"/api/commands/{number}")["data"]["type"], "unlock")

    def test_no_known_form_is_refused(self):
        for text in ("1 1 1 5", "01:02:01:05", "0102010", "010201", "01020105FF00", "AC_UNLOCK", "FF010101",
                     "01000100", "01000100", "0700000000", "08050000", "13000000", "0102GG05"):
            self.refused(400, "command_malformed", self.order, command=f"CONTROL DEVICE {text}")
        self.assertEqual(self.unit.poll(), [])

    def test_what_a_token_may_not(self):
        made = self.own.api.post("/api/tokens", {"name": "guard", "scopes": ["read", "door"]})["data"]
        guard = Api(self.own.admin, made["token"])
        number = guard.post("/api/commands", {"deviceSerial": self.unit.sn,
                                              "command": "CONTROL DEVICE 01020105"})["commandId"]
        self.assertEqual(self.unit.poll(), [(number, "CONTROL DEVICE 01020105")])
        for body in (dict(type="open_all"), dict(type="emergency_open"), dict(type="emergency_close"),
                     dict(command="CONTROL DEVICE 01000105"), dict(command="CONTROL DEVICE 07010000"),
                     dict(type="reboot")):
            self.refused(403, "scope_too_small", guard.post, "/api/commands",
                         dict(body, deviceSerial=self.unit.sn))


class Confirmed(Base):
    """What the door itself shows."""

    def one(self, number):
        return self.own.api.get(f"/api/commands/{number}")["data"]

    def verified(self, number):
        return until(lambda: (lambda c: c["verifiedAt"] and c)(self.one(number)))

    def test_each_verb_by_its_own_event(self):
        for i, (event, address, body) in enumerate((
                (8, 2, dict(type="unlock", door=2)), (9, 2, dict(type="close_door", door=2)),
                (12, 1, dict(type="aux_output", output=1, seconds=5)), (13, 1, dict(type="aux_output_off", output=1)),
                (205, 2, dict(type="hold_open", door=2)), (233, 2, dict(type="lock_door", door=2)),
                (234, 2, dict(type="unlock_door", door=2)), (11, 2, dict(type="normal_open", door=2)),
                (10, 2, dict(type="end_normal_open", door=2)), (7, 2, dict(type="cancel_alarm", door=2)),
                (227, 1, dict(type="emergency_open")), (228, 1, dict(type="emergency_close")))):
            number = self.order(**body)
            self.texts()
            # Of another door, or about something else, it shows nothing.
            self.unit.live(row("2026-06-02 08:00:00", event, "0", 4, 1000 + 2 * i) if event < 227 or event > 230
                           else row("2026-06-02 08:00:00", 202, "0", 1, 1000 + 2 * i))
            self.assertIsNone(self.one(number)["verifiedAt"], body)
            self.unit.live(row("2026-06-02 08:00:01", event, "0", address, 1001 + 2 * i))
            self.assertEqual(self.verified(number)["verifiedSeq"], 2 * i + 2, body)
            last = until(lambda: [r for r in self.own.api.get(f"/api/audit?command={number}")["data"]
                                  if r["outcome"] == "confirmed"])
            self.assertEqual(last[0]["after"], {"seq": 2 * i + 2})

    def test_by_the_relay_and_then_by_the_event(self):
        number = self.order(type="unlock", door=2)
        self.unit.state("time=2026-06-02 08:00:00\tsensor=05\trelay=00\talarm=00000000\tdoor=00")
        self.texts()
        self.unit.state("time=2026-06-02 08:00:01\tsensor=05\trelay=02\talarm=00000000\tdoor=00")
        first = self.verified(number)
        self.assertIsNone(first["verifiedSeq"])
        self.unit.live(row("2026-06-02 08:00:01", 8, "0", 2, 1))
        last = until(lambda: (lambda c: c["verifiedSeq"] and c)(self.one(number)))
        self.assertEqual(last["verifiedAt"], first["verifiedAt"])

    def test_its_event_ends_an_uncertainty(self):
        number = self.order(type="unlock", door=2)
        self.assertEqual(len(self.unit.poll()), 1)
        # It starts again without having answered.
        self.unit.register()
        until(lambda: self.unit.poll() or self.status(number) == "uncertain")
        until(lambda: b"\ngatehouse_commands_uncertain_total 1\n" in self.own.api.raw("GET", "/metrics")[2])
        self.unit.live(row("2026-06-02 08:00:01", 8, "0", 2, 1))
        until(lambda: self.status(number) == "acknowledged")
        self.assertEqual(self.one(number)["verifiedSeq"], 1)

    def test_what_its_event_showed_becomes_no_uncertainty(self):
        number = self.order(type="unlock", door=2)
        self.assertEqual(len(self.unit.poll()), 1)
        self.unit.live(row("2026-06-02 08:00:01", 8, "0", 2, 1))
        self.verified(number)
        # It starts again without having answered.
        self.unit.register()
        until(lambda: self.unit.poll() or self.status(number) != "sent")
        self.assertEqual((self.status(number), self.one(number)["verifiedSeq"]), ("acknowledged", 1))

    def test_an_event_shows_the_latest_order_of_the_door(self):
        lost = self.order(type="unlock", door=2)
        self.assertEqual(len(self.unit.poll()), 1)
        self.unit.register()
        until(lambda: self.unit.poll() or self.status(lost) == "uncertain")
        second = self.order(type="unlock", door=2)
        self.texts()
        self.unit.live(row("2026-06-02 08:00:01", 8, "0", 2, 1))
        self.verified(second)
        self.unit.live(row("2026-06-02 08:00:02", 8, "0", 2, 2))
        self.assertEqual((self.status(lost), self.one(lost)["verifiedAt"]), ("uncertain", None))

    def test_an_old_event_shows_nothing_where_the_clock_is_right(self):
        def at(ago):
            return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - ago))

        self.own.api.change(self.unit.sn, zone="UTC")
        for _ in range(4):
            self.unit.state(f"time={at(0)}\tsensor=05\trelay=00\talarm=00000000\tdoor=00")
        number = self.order(type="unlock", door=2)
        self.texts()
        self.unit.live(row(at(3600), 8, "0", 2, 1))
        self.assertIsNone(self.one(number)["verifiedAt"])
        self.unit.live(row(at(0), 8, "0", 2, 2))
        self.assertEqual(self.verified(number)["verifiedSeq"], 2)

    def test_what_was_uploaded_later_or_came_before_shows_nothing(self):
        self.unit.live(row("2026-06-02 08:00:01", 8, "0", 2, 1))
        number = self.order(type="unlock", door=2)
        self.texts()
        self.unit.live(row("2026-06-02 08:00:01", 8, "0", 2, 1))
        self.assertIsNone(self.one(number)["verifiedAt"])


class Holding(Base):
    def waiting(self, status="queued"):
        return [(c["type"], c["command"]) for c in
                self.own.api.get(f"/api/commands?device={self.unit.sn}&status={status}")["data"]]

    def due(self):
        """The moment comes while the server is down."""
        self.own.terminate()
        old = self.own.database().execute(
            "SELECT arguments FROM command WHERE kind = 'end_hold' AND state = 0").fetchone()[0]
        self.own.write("UPDATE command SET arguments = 'door=2" + chr(10) + "not_before=1" + chr(10) +
                       "' WHERE kind = 'end_hold' AND state = 0")
        self.own.start()
        return old

    def test_the_server_ends_a_long_hold_also_after_its_restart(self):
        self.door("hold-open", seconds=3600)
        self.assertEqual(self.texts(), ["CONTROL DEVICE 010201FF"])
        self.assertEqual(self.waiting(), [("end_hold", "CONTROL DEVICE 01020100")])
        # Nothing before its time, and nothing else waits for it.
        self.door("open", 1)
        self.door("open", 2)
        self.assertEqual(self.texts(), ["CONTROL DEVICE 01010105", "CONTROL DEVICE 01020105"])
        self.assertEqual(self.waiting(), [("end_hold", "CONTROL DEVICE 01020100")])
        self.own.restart("kill")
        self.assertEqual(self.texts(), [])
        self.due()
        self.assertEqual(self.texts(), ["CONTROL DEVICE 01020100"])

    def test_another_hold_and_a_closing_take_the_end_away(self):
        self.door("hold-open", seconds=3600)
        self.texts()
        self.door("hold-open", seconds=7200)
        self.texts()
        self.assertEqual(len(self.waiting()), 1)
        self.door("hold-open")
        self.assertEqual(self.texts(), ["CONTROL DEVICE 010201FF"])
        self.assertEqual(self.waiting(), [])
        self.door("hold-open", seconds=7200)
        self.texts()
        self.door("close")
        self.assertEqual(self.texts(), ["CONTROL DEVICE 01020100"])
        self.assertEqual(self.waiting(), [])

    def test_an_order_that_waits_does_not_take_the_end_away(self):
        """What is never fetched must not leave the door open."""
        self.door("hold-open", seconds=3600)
        self.texts()
        self.door("hold-open")
        self.assertEqual(sorted(t for t, _ in self.waiting()), ["end_hold", "hold_open"])
        self.door("close")
        self.assertEqual(sorted(t for t, _ in self.waiting()), ["close_door", "end_hold"])
        self.assertEqual(self.texts(), ["CONTROL DEVICE 01020100"])
        self.assertEqual(self.waiting(), [])

    def test_an_opening_leaves_an_end_that_is_due(self):
        self.door("hold-open", seconds=3600)
        self.texts()
        self.due()
        self.door("open", 2)
        self.assertEqual(self.texts(), ["CONTROL DEVICE 01020100", "CONTROL DEVICE 01020105"])

    def test_an_equal_hold_that_waits_keeps_its_end(self):
        until_ = "2026-12-30T18:00:00Z"
        try:
            first = self.door("hold-open", until=until_)
        except ApiError:
            self.skipTest("the clock of this machine is elsewhere")
        again = self.door("hold-open", until=until_)
        self.assertEqual(again["commandId"], first["commandId"])
        self.refused(409, "door_order_waits", self.door, "hold-open")
        self.refused(409, "door_order_waits", self.door, "open", seconds=5)
        self.assertEqual(sorted(t for t, _ in self.waiting()), ["end_hold", "hold_open"])

    def test_moments_that_make_no_sense(self):
        for more in ({"until": "yesterday, at 7 or so"}, {"until": "2001-01-01T00:00:00Z"},
                     {"until": "2999-01-01T00:00:00Z"}, {"seconds": 5, "until": "2026-12-01T00:00:00Z"}):
            self.refused(400, "field_invalid", self.door, "hold-open", **more)
        self.assertEqual(self.unit.poll(), [])


class Closing(Base):
    """What closes a door waits until an opening that was requested later was given to the unit."""

    def test_the_opening_takes_its_place_when_it_is_given(self):
        for batch in (1, 8):
            self.own.api.change(self.unit.sn, batchCommands=batch)
            closings = [self.door(verb, 2)["commandId"] for verb in ("close", "lock")]
            other = self.door("close", 1)["commandId"]
            opening = self.door("open", 2)["commandId"]
            self.assertEqual([self.status(c) for c in closings], ["queued", "queued"])
            self.assertEqual(sorted(self.texts()), ["CONTROL DEVICE 01010100", "CONTROL DEVICE 01020105"])
            self.assertEqual([self.status(c) for c in closings], ["cancelled", "cancelled"])
            self.assertEqual([self.status(c) for c in (opening, other)], ["acknowledged", "acknowledged"])

    def test_an_opening_that_is_never_fetched_takes_nothing_away(self):
        closings = [self.door(verb, 2)["commandId"] for verb in ("close", "lock")]
        opening = self.order(type="unlock", door=2, ttl=1)
        until(lambda: self.status(opening) == "expired")
        self.assertEqual(self.texts(), ["CONTROL DEVICE 01020100", "CONTROL DEVICE 06020100"])
        self.assertEqual([self.status(c) for c in closings], ["acknowledged", "acknowledged"])

    def test_a_closing_that_came_later_is_given_and_the_opening_is_not(self):
        first = self.door("close", 2)["commandId"]
        opening = self.door("open", 2)["commandId"]
        self.door("close", 2)
        self.assertEqual(self.texts(), ["CONTROL DEVICE 01020100"])
        self.assertEqual([self.status(c) for c in (first, opening)], ["cancelled", "cancelled"])

    def test_a_relay_that_was_on_before_shows_nothing(self):
        def relay(digits):
            self.unit.state(f"time=2026-06-02 08:00:00\tsensor=05\trelay={digits}\talarm=00000000\tdoor=00")

        relay("02")
        number = self.order(type="unlock", door=2)
        self.texts()
        relay("02")
        self.assertIsNone(self.own.api.command(number)["verifiedAt"])
        relay("00")
        relay("02")
        until(lambda: self.own.api.command(number)["verifiedAt"])


class Lanes(Base):
    def test_an_unanswered_opening_does_not_delay_the_next_door(self):
        first = self.door("open", 1)["commandId"]
        self.assertEqual(self.unit.poll(), [(first, "CONTROL DEVICE 01010105")])
        second = self.door("open", 2)["commandId"]
        self.assertEqual(self.unit.poll(), [(second, "CONTROL DEVICE 01020105")])
        # Of the same door one is on its way at a time.
        self.door("lock", 1)
        self.assertEqual(self.unit.poll(), [])
        self.unit.result(first)
        self.assertEqual([t for _, t in self.unit.poll()], ["CONTROL DEVICE 06010100"])
        self.unit.result(second)

    def test_emergency_waits_for_no_door(self):
        number = self.door("open", 1)["commandId"]
        self.assertEqual(self.unit.poll(), [(number, "CONTROL DEVICE 01010105")])
        self.order(type="emergency_close")
        self.assertEqual([t for _, t in self.unit.poll()], ["CONTROL DEVICE 07020000"])

    def test_a_fifth_byte_names_the_operator_where_a_unit_needs_it(self):
        self.own.api.change(self.unit.sn, operatorByte=200)
        self.assertEqual(self.own.api.device(self.unit.sn)["operatorByte"], 200)
        self.door("open", 1)
        self.order(type="cancel_alarm", door=0)
        self.order(command="CONTROL DEVICE 0102010307")
        texts = []
        while True:
            found = self.unit.poll()
            if not found:
                break
            for number, text in found:
                texts.append(text)
                self.unit.result(number)
        # They are shown as they were sent.
        shown = {c["command"] for c in self.own.api.get("/api/commands?limit=1000")["data"]
                 if c["deviceSerial"] == self.unit.sn}
        self.assertLessEqual(set(texts), shown)
        # Words with a fifth byte of their own go out as they are.
        self.assertEqual(set(texts), {"CONTROL DEVICE 01010105C8", "CONTROL DEVICE 02000000C8",
                                      "CONTROL DEVICE 0102010307"})
        self.own.api.change(self.unit.sn, operatorByte=-1)
        self.assertIsNone(self.own.api.device(self.unit.sn)["operatorByte"])
        self.order(type="get_options", options="LockCount")
        self.door("open", 1)
        self.assertEqual([t for _, t in self.unit.poll()], ["CONTROL DEVICE 01010105"])
        self.assertEqual([t for _, t in self.unit.poll()], ["GET OPTIONS LockCount"])

    def test_a_reason_stands_in_the_audit(self):
        number = self.door("open", 1, reason="parcel for reception")["commandId"]
        [r] = self.own.api.get(f"/api/audit?command={number}")["data"]
        self.assertEqual((r["outcome"], r["reason"]), ("queued", "parcel for reception"))


if __name__ == "__main__":
    tap.main()
