#!/usr/bin/env python3
"""The life of a command: in order, never lost, never executed through a field, one ending."""

import datetime
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import ApiError, Server, Wire, until  # noqa: E402

RETRY = 1
server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve", "--command-retry", str(RETRY), "--allow-shell")
    unittest.addModuleCleanup(server.close)


def clock():
    d = Device(server)
    d.options()
    return d


def queue(d, *texts):
    return [server.api.queue(d.sn, t) for t in texts]


def ids(batch):
    return [int(n) for n, _ in batch]


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def state(number):
    return server.api.command(number)["status"]


class Order(unittest.TestCase):
    def test_commands_leave_in_the_order_they_were_queued(self):
        d = clock()
        numbers = queue(d, *(f"DATA DELETE USERINFO PIN={i}" for i in range(50)))
        self.assertEqual(numbers, sorted(numbers))
        got = d.work()
        self.assertEqual([int(n) for n, _ in got], numbers)
        self.assertEqual([t for _, t in got], [f"DATA DELETE USERINFO PIN={i}" for i in range(50)])

    def test_a_batch_has_at_most_200_commands_and_40_kilobytes(self):
        d = clock()
        numbers = queue(d, *(f"DATA DELETE USERINFO PIN={i}" for i in range(230)))
        first = d.get(f"/iclock/getrequest?SN={d.sn}")
        count = first.body.count(b"\n")
        self.assertLessEqual(count, 200)
        self.assertGreater(count, 1)
        self.assertLessEqual(len(first.body), 40 * 1024)
        d.answer("".join(f"ID={n}&Return=0&CMD=DATA\n" for n in numbers[:count]))
        self.assertEqual(ids(d.work()), numbers[count:])
        d = clock()
        filler = "A" * 9000
        numbers = queue(d, *(f"DATA UPDATE USERPIC PIN={i}\tSize=9000\tContent={filler}"
                             for i in range(10)))
        sizes, seen = [], []
        while True:
            reply = d.get(f"/iclock/getrequest?SN={d.sn}")
            if reply.body == b"OK":
                break
            sizes.append(len(reply.body))
            batch = [line.split(b":")[1].decode() for line in reply.body.splitlines()]
            seen += [int(n) for n in batch]
            d.answer("".join(f"ID={n}&Return=0&CMD=DATA\n" for n in batch))
        self.assertEqual(seen, numbers)
        self.assertLessEqual(max(sizes), 40 * 1024)

    def batches(self, d, numbers):
        """Bytes of the replies by which the commands were given."""
        sizes, seen = [], []
        while len(seen) < len(numbers):
            reply = d.get(f"/iclock/getrequest?SN={d.sn}")
            self.assertNotEqual(reply.body, b"OK")
            batch = [int(line.split(b":")[1]) for line in reply.body.splitlines()]
            sizes.append((len(reply.body), len(batch)))
            seen += batch
            d.answer("".join(f"ID={n}&Return=0&CMD=DATA\n" for n in batch))
        self.assertEqual(seen, numbers)
        return sizes

    def test_a_batch_over_a_mobile_network_has_at_most_10_kilobytes(self):
        words = [f"DATA UPDATE USERPIC PIN={i}\tSize=3000\tContent={'A' * 3000}" for i in range(7)]

        def network(d, name, mobile):
            d.post(f"/iclock/cdata?SN={d.sn}&table=options", f"FingerFunOn=1,CommType={name}\n".encode())
            until(lambda: server.api.device(d.sn)["mobileNetwork"] is mobile)
        d = clock()
        self.assertIsNone(server.api.device(d.sn)["mobileNetwork"])
        network(d, "usb-4G-modem", True)
        for most, least in ((10 * 1024, 3), (None, 7), (5000, 1)):
            if most is None:
                network(d, "ethernet", False)
            elif most == 5000:
                server.api.change(d.sn, batchBytes=most)
                self.assertEqual(server.api.device(d.sn)["batchBytes"], most)
            sizes = self.batches(d, queue(d, *words))
            self.assertLessEqual(max(n for n, _ in sizes), most or 40 * 1024)
            self.assertEqual(sizes[0][1], least)
        # What is longer than that goes alone, and nothing waits for ever.
        big = "DATA UPDATE USERPIC PIN=9\tSize=12000\tContent=" + "A" * 12000
        self.assertEqual([n for _, n in self.batches(d, queue(d, big, *words[:2]))], [1, 1, 1])
        server.api.change(d.sn, batchBytes=0)
        self.assertIsNone(server.api.device(d.sn)["batchBytes"])
        with self.assertRaises(ApiError):
            server.api.change(d.sn, batchBytes=-1)

    def test_a_single_command_larger_than_a_batch_goes_alone(self):
        d = clock()
        big = "DATA UPDATE BIOPHOTO PIN=1\tType=9\tSize=95040\tContent=" + "A" * 95040
        numbers = queue(d, "INFO", big, "LOG")
        got = d.work()
        self.assertEqual(ids(got), numbers)
        self.assertEqual(got[1][1], big)

    def test_devices_have_queues_of_their_own(self):
        a, b = clock(), clock()
        [x], [y] = queue(a, "INFO"), queue(b, "LOG")
        self.assertEqual(a.poll(), [(str(x), "INFO")])
        self.assertEqual(b.poll(), [(str(y), "LOG")])
        b.done(x)  # the number of another device
        self.assertEqual(state(x), "sent")
        a.done(x)
        self.assertEqual(state(x), "acknowledged")

    def test_an_api_caller_sees_that_its_command_is_on_offer(self):
        d = clock()
        for _ in range(50):
            [n] = queue(d, "LOG")
            self.assertEqual(ids(d.poll()), [n])
            d.done(n)


class Retry(unittest.TestCase):
    def test_an_unanswered_command_is_offered_again_with_its_id(self):
        d = clock()
        numbers = queue(d, "INFO", "LOG")
        self.assertEqual(ids(d.poll()), numbers)
        start = time.monotonic()
        again = until(lambda: d.poll(), 20, 0.1)
        self.assertGreater(time.monotonic() - start, RETRY * 0.5)
        self.assertEqual(ids(again), numbers)
        for n in numbers:
            d.done(n)
        self.assertEqual([state(n) for n in numbers], ["acknowledged"] * 2)

    def test_the_default_is_to_offer_again_within_40_seconds(self):
        # The default itself is not waited for; the help states it.
        import subprocess
        from serve import program
        text = subprocess.run([program(), "serve", "--help"], capture_output=True, text=True,
                              timeout=60).stdout
        self.assertIn("--command-retry", text)

    def test_nothing_overtakes_a_command_that_waits_for_its_answer(self):
        d = clock()
        [first] = queue(d, "DATA UPDATE USERINFO PIN=1\tName=A")
        self.assertEqual(ids(d.poll()), [first])
        [second] = queue(d, "DATA DELETE USERINFO PIN=1")
        self.assertEqual(d.poll(), [])
        got = until(lambda: d.poll(), 20, 0.1)
        self.assertEqual(ids(got)[0], first)
        d.done(first)
        self.assertEqual(ids(d.work())[-1:] if second not in ids(got) else [second], [second])

    def test_a_new_handshake_offers_again_at_once(self):
        d = clock()
        numbers = queue(d, "INFO", "LOG")
        self.assertEqual(ids(d.poll()), numbers)
        d.options()
        self.assertEqual(ids(d.poll()), numbers)
        d.done(numbers[0])
        d.options()
        self.assertEqual(ids(d.poll()), numbers[1:])

    def test_a_reply_that_broke_off_is_offered_again(self):
        d = clock()
        numbers = queue(d, "LOG " + "x" * 30000)
        for _ in range(3):
            with Wire(server.devices) as wire:
                wire.send(d.request("GET", f"/iclock/getrequest?SN={d.sn}"))
        got = until(lambda: d.poll(), 20, 0.1)
        self.assertEqual(ids(got), numbers)

    def test_a_late_answer_still_counts(self):
        d = clock()
        [n] = queue(d, "LOG")
        d.poll()
        until(lambda: d.poll(), 20, 0.1)
        d.done(n)
        self.assertEqual(state(n), "acknowledged")
        self.assertEqual(d.poll(), [])

    def test_an_answer_after_a_restart_of_the_server_counts(self):
        with Server("--new-devices", "approve") as own:
            d = Device(own)
            d.options()
            n = own.api.queue(d.sn, "LOG")
            d.poll()
            own.restart("kill")
            d.done(n)
            self.assertEqual(own.api.command(n)["status"], "acknowledged")

    def test_a_second_answer_changes_nothing(self):
        d = clock()
        [n] = queue(d, "LOG")
        d.poll()
        d.done(n, 0)
        d.done(n, -1)
        row = server.api.command(n)
        self.assertEqual((row["status"], row["returnCode"]), ("acknowledged", 0))

    def test_a_repeated_answer_never_replaces_the_first(self):
        # A refusal first: the step from failed to acknowledged exists, for commands that were ended
        # without an answer.
        for first, then, status in ((-1, 0, "failed"), (-1, -2, "failed"), (-1, -5000, "failed"),
                                    (0, -1, "acknowledged"), (0, 7, "acknowledged")):
            with self.subTest(first=first, then=then):
                d = clock()
                [n] = queue(d, "DATA QUERY USERINFO PIN=1")
                self.assertEqual(ids(d.poll()), [n])
                d.done(n, first)
                before = server.api.command(n)
                self.assertEqual((before["status"], before["returnCode"]), (status, first))
                d.done(n, then)
                d.answer(f"ID={n}&Return={then}&CMD=DATA\nID={n}&Return={then}&CMD=DATA\n")
                self.assertEqual(server.api.command(n), before)
                self.assertEqual(d.poll(), [])
        d = clock()
        [n] = queue(d, "LOG")
        d.poll()
        d.answer(f"ID={n}&Return=-3&CMD=LOG\nID={n}&Return=0&CMD=LOG\n")
        row = server.api.command(n)
        self.assertEqual((row["status"], row["returnCode"]), ("failed", -3), "one body")

    def test_an_answer_to_what_was_never_sent_is_none(self):
        d = clock()
        [n] = queue(d, "LOG")
        for code in (0, -1, -5000):
            d.done(n, code)
            self.assertEqual(state(n), "queued")
        self.assertIsNone(server.api.command(n)["returnCode"])
        self.assertEqual(ids(d.poll()), [n])
        d.done(n)
        self.assertEqual(state(n), "acknowledged")

    def test_an_answer_to_nothing_is_acknowledged_and_harmless(self):
        d = clock()
        for body in ("ID=999999999&Return=0&CMD=X\n", "ID=info8487&Return=0&CMD=DATA\n",
                     "ID=-1&Return=0\n", "ID=99999999999999999999999&Return=0\n", "ID=&Return=0\n",
                     "nonsense", "", "&&&&", "ID=1", "\n\n\n", "ID=1&Return=abc"):
            reply = d.answer(body)
            self.assertEqual((reply.status, reply.body), (200, b"OK"), body)


class Deferred(unittest.TestCase):
    def test_minus_5000_keeps_the_command_open(self):
        d = clock()
        first, second = queue(d, "ENROLL_FP PIN=1\tFID=1\tRETRY=3\tOVERWRITE=1", "LOG")
        d.poll()
        d.done(first, -5000, "ENROLL_FP")
        self.assertEqual(state(first), "deferred")
        d.done(second)
        d.done(first, 0, "ENROLL_FP")
        row = server.api.command(first)
        self.assertEqual((row["status"], row["returnCode"]), ("acknowledged", 0))

    def test_a_deferred_command_is_not_sent_again(self):
        d = clock()
        [n] = queue(d, "ENROLL_FP PIN=1\tFID=1\tRETRY=3\tOVERWRITE=1")
        d.poll()
        d.done(n, -5000, "ENROLL_FP")
        time.sleep(RETRY * 1.5)
        self.assertEqual(d.poll(), [])

    def test_commands_behind_a_deferred_one_go_on(self):
        d = clock()
        [first] = queue(d, "ENROLL_FP PIN=1\tFID=1\tRETRY=3\tOVERWRITE=1")
        d.poll()
        d.done(first, -5000, "ENROLL_FP")
        [second] = queue(d, "LOG")
        self.assertEqual(ids(d.poll()), [second])


def summary(punches):
    """INFO of a device that holds so many punches."""
    return f"Ver%202.0.33,10,10,{punches},192.0.2.201,10,7,12,0,111"


class Erasing(unittest.TestCase):
    def test_a_log_is_erased_only_when_all_it_holds_is_stored(self):
        d = clock()
        d.punch(("1", "2026-11-26 08:00:00"))

        def polled(info, punches):
            """What a poll brings, without the server's own order to report how many punches there are."""
            batch = d.poll(info)
            for number, text in batch:
                if text == "INFO":
                    d.answer(f"ID={number}&Return=0&CMD=INFO\nTransactionCount={punches}\n")
                    return polled(info, punches)
            return batch
        [n] = queue(d, "CLEAR LOG")
        for info in (None, summary(4)):
            self.assertEqual(polled(info, 4), [])
        row = server.api.command(n)
        self.assertEqual(row["status"], "queued")
        self.assertIn("reports 4 punches, of which 1 are stored", row["result"])
        d.punch(*(("2", f"2026-11-27 08:00:0{i}") for i in (2, 3, 4)))
        # Two more were made meanwhile.
        self.assertEqual(polled(summary(6), 6), [])
        d.punch(*(("2", f"2026-11-27 08:00:0{i}") for i in (5, 6)))
        self.assertEqual(polled(summary(6), 6), [(str(n), "CLEAR LOG")])
        d.done(n, word="CLEAR_LOG")
        self.assertEqual(state(n), "acknowledged")
        # A repeat of what was erased is none that the device holds.
        d.punch(("1", "2026-11-26 08:00:00"))
        [n] = queue(d, "CLEAR DATA")
        self.assertEqual(polled(summary(0), 0), [(str(n), "CLEAR DATA")])

    def test_a_count_from_before_an_upload_erases_nothing(self):
        """The clock holds two punches of which one never came; then one more is made and uploaded."""
        d = clock()
        d.punch(("1", "2026-11-26 08:00:00"))
        [n] = queue(d, "CLEAR LOG")
        first = d.poll(summary(2))
        d.punch(("1", "2026-11-26 09:00:00"))
        for _ in range(3):
            batch = [text for _, text in first + d.poll()]
            self.assertNotIn("CLEAR LOG", batch)
            first = []
        self.assertNotIn("CLEAR LOG", [text for _, text in d.poll(summary(3))])
        self.assertEqual(server.api.command(n)["status"], "queued")
        # A count that came with the last poll but one is none of now either.
        d.punch(("1", "2026-11-26 10:00:00"))
        self.assertIn("CLEAR LOG", [text for _, text in d.poll(summary(3))])


class Natures(unittest.TestCase):
    """What becomes of a command whose answer does not come."""

    ONCE = ("AC_UNLOCK", "CONTROL DEVICE 01010105", "AC_UNALARM", "ENROLL_MF PIN=1\tRETRY=3",
            "ENROLL_FP PIN=1\tFID=1\tRETRY=3\tOVERWRITE=0", "CLEAR LOG", "CLEAR DATA",
            "MAKE COFFEE sugar=2", "SHELL ls")
    AGAIN = ("DATA UPDATE USERINFO PIN=1\tName=A", "DATA DELETE USERINFO PIN=1", "CHECK", "INFO",
             "SET OPTION VOLUME=50", "DATA QUERY USERINFO PIN=1", "LOG")

    def given(self, text):
        d = clock()
        [n] = queue(d, text)
        # It holds nothing, so there is nothing to lose.
        self.assertEqual(d.poll(summary(0)), [(str(n), text)])
        return d, n

    def test_what_acts_is_given_once(self):
        for text in self.ONCE:
            with self.subTest(text):
                d, n = self.given(text)
                d.options()
                self.assertEqual(d.poll(), [])
                self.assertEqual(state(n), "uncertain")
                self.assertEqual(server.api.device(d.sn)["pendingCommands"], 0)

    def test_without_a_handshake_it_is_uncertain_when_others_are_given_again(self):
        cases = [self.given(text) for text in self.ONCE + ("REBOOT",)]
        for d, n in cases:
            # What would be given again meanwhile would be an error of its own.
            until(lambda: self.assertEqual(d.poll(), []) or state(n) == "uncertain", 20, 0.1)

    def test_what_is_a_state_or_a_question_is_given_again(self):
        for text in self.AGAIN:
            with self.subTest(text):
                d, n = self.given(text)
                d.options()
                self.assertEqual(d.poll(), [(str(n), text)])
                d.done(n)
                self.assertEqual(state(n), "acknowledged")

    def test_a_restart_is_answered_by_the_next_handshake(self):
        for text in ("REBOOT", "RESTART"):
            with self.subTest(text):
                d, n = self.given(text)
                d.options()
                self.assertEqual(state(n), "acknowledged")
                self.assertEqual(d.poll(), [])
                d.done(n)  # some answer all the same
                self.assertEqual(state(n), "acknowledged")

    def test_a_late_answer_ends_the_uncertainty(self):
        for code, then in ((0, "acknowledged"), (-1, "failed")):
            d, n = self.given("AC_UNLOCK")
            d.options()
            self.assertEqual(state(n), "uncertain")
            d.done(n, code, "AC_UNLOCK")
            self.assertEqual(state(n), then)

    def test_one_opening_waits_at_most_and_an_equal_one_is_that(self):
        d = clock()
        first = server.api.post("/api/commands", {"deviceSerial": d.sn, "type": "unlock"})
        again = server.api.post("/api/commands", {"deviceSerial": d.sn, "command": "AC_UNLOCK"})
        self.assertEqual(again["commandId"], first["commandId"])
        with self.assertRaises(ApiError) as caught:
            server.api.post("/api/commands", {"deviceSerial": d.sn, "type": "unlock", "seconds": 9})
        self.assertEqual((caught.exception.status, caught.exception.reply["code"]), (409, "door_order_waits"))
        self.assertEqual(d.poll(), [(first["commandId"], "AC_UNLOCK")])
        # What was given waits no longer.
        again = server.api.post("/api/commands", {"deviceSerial": d.sn, "type": "unlock"})
        self.assertNotEqual(again["commandId"], first["commandId"])

    def test_an_opening_that_is_fetched_too_late_opens_nothing(self):
        d = clock()
        reply = server.api.post("/api/commands", {"deviceSerial": d.sn, "type": "unlock", "ttl": 1})
        n = int(reply["commandId"])
        time.sleep(1.1)
        self.assertEqual(d.poll(), [])
        self.assertEqual(state(n), "expired")

    def test_an_opening_lives_30_seconds_and_60_at_the_most(self):
        # One opening of a door waits at most, so each has a device of its own.
        for ttl, life in ((None, 30), (60, 60), (1, 1)):
            d = clock()
            body = {"deviceSerial": d.sn, "command": "AC_UNLOCK"}
            row = server.api.post("/api/commands", dict(body, ttl=ttl) if ttl else body)["data"]
            self.assertEqual(seconds(row["expiresAt"]) - seconds(row["createdAt"]), life)
        for ttl in (0, 61, 3600):
            with self.assertRaises(ApiError) as caught:
                server.api.queue(d.sn, "AC_UNLOCK", ttl=ttl)
            self.assertEqual(caught.exception.status, 400)
            self.assertIn("ttl", caught.exception.reply["error"])

    def test_a_list_can_be_filtered_by_uncertain(self):
        d, n = self.given("AC_UNLOCK")
        d.options()
        self.assertEqual(state(n), "uncertain")
        rows = server.api.get(f"/api/commands?device={d.sn}&status=uncertain")["data"]
        self.assertEqual([int(r["commandId"]) for r in rows], [n])


class Hints(unittest.TestCase):
    """What may keep a command from being fetched in time is reported when it is queued."""

    def queued(self, d, **body):
        return server.api.post("/api/commands", dict(body, deviceSerial=d.sn))

    def test_the_last_contact_of_the_device_is_shown(self):
        d = clock()
        reply = self.queued(d, command="CHECK")
        self.assertEqual(reply["deviceLastSeen"], server.api.device(d.sn)["lastSeen"])
        self.assertNotIn("hint", reply)
        self.assertNotIn("hint", self.queued(d, type="unlock"))

    def test_a_device_that_polls_more_rarely_than_the_command_lives(self):
        d = clock()
        server.api.change(d.sn, delay=60)
        first = self.queued(d, type="unlock")
        self.assertIn("less often", first["hint"])
        server.api.post(f"/api/commands/{first['commandId']}/cancel")
        self.assertNotIn("hint", self.queued(d, type="unlock", ttl=60))
        self.assertNotIn("hint", self.queued(d, command="CHECK"))

    def test_a_device_that_was_not_seen_for_longer_than_the_command_lives(self):
        d = clock()
        time.sleep(1.1)
        reply = self.queued(d, type="unlock", ttl=1)
        self.assertIn("last in contact", reply["hint"])
        self.assertTrue(reply["deviceLastSeen"])


class Refusals(unittest.TestCase):
    def refused(self, body, status=(400, 404, 413, 422)):
        with self.assertRaises(ApiError) as caught:
            server.api.post("/api/commands", body)
        self.assertIn(caught.exception.status, status)
        reply = caught.exception.reply
        self.assertIs(reply["success"], False)
        self.assertTrue(reply["error"])
        self.assertRegex(reply["code"], r"^[a-z0-9_]+$")

    def test_a_line_break_cannot_smuggle_a_second_command(self):
        d = clock()
        for text in ("LOG\nC:1:CLEAR DATA", "LOG\r\nC:1:CLEAR DATA", "LOG\rX", "LOG\0X", "LOG\n"):
            self.refused({"deviceSerial": d.sn, "command": text})
        self.assertEqual(d.poll(), [])

    def test_a_value_of_a_structured_command_cannot_smuggle_another_field(self):
        d = clock()
        for pin in ("1\tPri=14", "1\nC:1:CLEAR DATA", "1\r", "1\0"):
            self.refused({"deviceSerial": d.sn, "type": "delete_user", "pin": pin})
        self.assertEqual(d.poll(), [])

    def test_tabs_are_part_of_raw_commands(self):
        d = clock()
        [n] = queue(d, "DATA UPDATE USERINFO PIN=1\tName=A\tPri=0")
        self.assertEqual(d.poll(), [(str(n), "DATA UPDATE USERINFO PIN=1\tName=A\tPri=0")])

    def test_what_makes_no_sense_is_refused_with_a_reason(self):
        d = clock()
        self.refused({"deviceSerial": d.sn})
        self.refused({"deviceSerial": d.sn, "command": ""})
        self.refused({"deviceSerial": "NOBODY", "command": "LOG"})
        self.refused({"command": "LOG"})
        self.refused({})
        self.refused([])
        [row] = server.api.post("/api/commands", [1])["data"]
        self.assertTrue(row["error"])
        self.refused({"deviceSerial": d.sn, "command": 7})
        self.refused({"deviceSerial": d.sn, "type": "no such thing"})

    def test_a_cancelled_command_never_leaves(self):
        d = clock()
        first, second = queue(d, "INFO", "LOG")
        server.api.call("DELETE", f"/api/commands/{first}")
        self.assertEqual(state(first), "cancelled")
        self.assertEqual(d.poll(), [(str(second), "LOG")])

    def test_an_unknown_number_is_404(self):
        with self.assertRaises(ApiError) as caught:
            server.api.command(10**9)
        self.assertEqual(caught.exception.status, 404)


class History(unittest.TestCase):
    def test_the_times_of_a_command_are_shown(self):
        d = clock()
        [n] = queue(d, "LOG")
        d.poll()
        d.done(n)
        row = server.api.command(n)
        for key in ("createdAt", "sentAt", "doneAt"):
            self.assertTrue(row.get(key), (key, row))

    def test_a_device_shows_how_many_commands_wait(self):
        d = clock()
        self.assertEqual(server.api.device(d.sn)["pendingCommands"], 0)
        queue(d, "INFO", "LOG")
        self.assertEqual(server.api.device(d.sn)["pendingCommands"], 2)
        d.work()
        self.assertEqual(server.api.device(d.sn)["pendingCommands"], 0)

    def test_the_view_shows_commands(self):
        d = clock()
        [n] = queue(d, "LOG")
        d.work()
        with server.database() as db:
            [(text, status)] = db.execute("SELECT command, status FROM v_command WHERE id = ?",
                                          (n,)).fetchall()
        self.assertEqual((text, status), ("LOG", "acknowledged"))


if __name__ == "__main__":
    tap.main()
