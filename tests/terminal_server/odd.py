#!/usr/bin/env python3
"""What is odd about a terminal and its log is kept or reported: work codes, records without a PIN, logs
that are not whole, serial numbers that are none."""

import subprocess
import unittest

from terminal import Server, Terminal, serve, until
import tap

SN = "SIM000001"
LOG = ("--punches", "300", "--users", "40")


def listed(terminal):
    """What the terminal has, by `gatehouse terminal`: pin, time, status, verify, work code."""
    done = subprocess.run([serve.program(), "terminal", terminal.tcp, "punch", "list",
                           "--format=csv"], capture_output=True, text=True,
                          timeout=serve.DEADLINE)
    rows = [line.split(",") for line in done.stdout.splitlines()[1:]]
    return done, [(r[0], r[1], r[2], r[3], r[5]) for r in rows], rows


def stored(server):
    return [(p["pin"], p["timestamp"][:19], str(p["status"]), str(p["verifyType"]),
             p["workCode"] or "0") for p in server.api.punches()]


def read_now(server):
    command = server.order(SN, "LOG")
    assert command["status"] == "acknowledged", command
    return command["result"]


class Records(unittest.TestCase):
    def test_work_codes_are_kept(self):
        with Terminal(*LOG) as terminal, Server() as server:
            server.add(terminal.tcp)
            server.read_once(SN)
            _, rows, _ = listed(terminal)
            self.assertEqual(sorted(stored(server)), sorted(rows))
            self.assertGreater(len({r[4] for r in rows}), 3)
            self.assertEqual(read_now(server), "300 punches, 0 of them new")

    def test_a_live_punch_gets_its_work_code_from_the_log(self):
        with Terminal("--punches", "2", "--users", "40", "--rate", "30") as terminal, \
                Server() as server:
            server.add(terminal.tcp)
            server.linked(SN, "listening")
            # One in 32 has a code.
            until(lambda: sum(p["source"] == "live" for p in server.api.punches()) >= 150)
            live = {p["seq"]: p for p in server.api.punches() if p["source"] == "live"}
            self.assertFalse(any(p["workCode"] for p in live.values()))
            read_now(server)
            now = {p["seq"]: p for p in server.api.punches()}
            self.assertTrue(any(now[seq]["workCode"] for seq in live))
            for seq, p in live.items():
                self.assertEqual(dict(now[seq], workCode=p["workCode"]), p)
            keys = [(p["pin"], p["timestamp"], p["status"], p["verifyType"], p["workCode"])
                    for p in now.values()]
            self.assertEqual(len(keys), len(set(keys)))
            self.assertLessEqual(len(now), terminal.end()["holds"]["punches"])

    def test_punches_of_before_work_codes_get_them_from_the_log(self):
        """An older version stored what it read from a terminal without."""
        with Terminal(*LOG) as terminal, Server() as server:
            server.add(terminal.tcp)
            server.read_once(SN)
            before = server.api.punches()
            server.terminate()
            server.write("UPDATE punch SET work_code = ''",
                         "UPDATE ledger SET uncoded = 300 WHERE stream = 'punch'")
            server.start()
            server.linked(SN, "listening")
            until(lambda: server.link(SN)["lastRead"])
            self.assertEqual(server.api.punches(), before)
            self.assertEqual(read_now(server), "300 punches, 0 of them new")

    def test_a_slot_without_a_pin_is_the_user_of_the_slot(self):
        with Terminal(*LOG) as whole, Terminal(*LOG, "--fault", "slot:20") as slots, \
                Server() as server:
            _, want, _ = listed(whole)
            done, rows, _ = listed(slots)
            self.assertEqual((done.returncode, rows), (0, want), done.stderr)
            server.add(slots.tcp)
            server.read_once(SN)
            self.assertEqual(sorted(stored(server)), sorted(want))
            self.assertEqual(server.api.quarantine(SN), [])

    def test_a_slot_without_a_user_is_put_aside_with_its_number(self):
        with Terminal(*LOG, "--fault", "slot:20") as terminal, Server() as server:
            gone = [u for u in ("1", "2", "3")]
            for pin in gone:
                subprocess.run([serve.program(), "terminal", terminal.tcp, "user", "delete",
                                pin], check=True, capture_output=True)
            done, _, rows = listed(terminal)
            none = [r for r in rows if r[0] == ""]
            self.assertTrue(none and all(r[6] == "no_pin" and r[4] in gone for r in none))
            self.assertEqual(done.returncode, 0)
            self.assertIn(f"{len(none)} of 300 records have no PIN", done.stderr)
            server.add(terminal.tcp)
            server.read_once(SN)
            quarantined = server.api.quarantine(SN)
            self.assertEqual(len(quarantined), len(none))
            self.assertEqual({a["reason"].rpartition(" ")[2] for a in quarantined},
                             {r[4] for r in none})
            self.assertEqual(len(server.api.punches()), 300 - len(none))
            self.assertNotIn("", {p["pin"] for p in server.api.punches()})

    def test_empty_and_foreign_records_are_put_aside_once_and_counted(self):
        with Terminal(*LOG, "--fault", "empty:5,foreign:5") as terminal, Server() as server:
            done, _, rows = listed(terminal)
            odd = sum("no_punch" in r[6] for r in rows)
            self.assertGreater(odd, 10)
            self.assertIn(f"{odd} of 300 records", done.stderr)
            server.add(terminal.tcp)
            server.read_once(SN)
            # Empty ones are alike.
            quarantined = len({r["raw"] for r in server.api.quarantine(SN)})
            self.assertEqual(quarantined, len(server.api.quarantine(SN)))
            read = f"{300 - odd} punches, 0 of them new; {odd} records are none"
            self.assertEqual(read_now(server), read)
            server.restart()
            until(lambda: server.link(SN)["lastRead"])
            self.assertEqual(read_now(server), read)
            self.assertEqual(len(server.api.quarantine(SN)), quarantined)
            self.assertEqual(len(server.api.punches()), 300 - odd)
            until(lambda: server.api.device(SN)["completeBy"] == "read")
            # They are kept: the log may be erased.
            self.assertEqual(server.order(SN, "CLEAR LOG")["status"], "acknowledged")


class Whole(unittest.TestCase):
    """A log that is not whole is never taken for read."""

    def incomplete(self, fault, words, transport="tcp"):
        with Terminal(*LOG, "--fault", fault) as terminal, Server() as server:
            done = subprocess.run(
                [serve.program(), "terminal", getattr(terminal, transport), "punch", "list",
                 "--timeout", "2"], capture_output=True, text=True, timeout=serve.DEADLINE)
            self.assertEqual(done.returncode, 5, done)
            self.assertIn(words, done.stderr)
            server.add(getattr(terminal, transport))
            link = until(lambda: server.link(SN)["error"] and server.link(SN))
            self.assertIn(words, link["error"])
            self.assertIsNone(link["lastRead"])
            self.assertIsNone(server.api.device(SN)["completeUpTo"])
            command = server.api.queue(SN, "CLEAR LOG")
            yield server
            self.assertNotEqual(server.api.command(command)["status"], "acknowledged")
            self.assertEqual(terminal.end()["holds"]["punches"], 300)

    def test_a_table_shorter_than_the_counter(self):
        for server in self.incomplete("short", "counts more punches"):
            self.assertEqual(len(server.api.punches()), 299)
            # It is of use all the same.
            self.assertEqual(server.order(SN, "INFO")["status"], "acknowledged")
            self.assertIn("counts more", server.link(SN)["error"])

    def test_an_error_of_the_terminal_is_not_one_of_the_store(self):
        for server in self.incomplete("short", "counts more punches"):
            command = server.order(SN, "LOG")
            self.assertEqual((command["status"], command["tries"]), ("failed", 1))
            self.assertIn("counts more", command["result"])
            self.assertNotIn("store", server.link(SN)["error"])
            self.assertTrue(server.api.get("/api/status")["data"]["server"]["store"]["ok"])
            self.assertEqual(server.api.raw("GET", "/readyz")[0], 200)
            self.assertEqual(server.api.get("/api/problems?kind=store_failed")["data"], [])

    def test_a_head_that_counts_less_than_what_came(self):
        for server in self.incomplete("head", "more came than the table's head counts"):
            self.assertLessEqual(len(server.api.punches()), 150)

    def test_an_answer_under_another_session(self):
        for server in self.incomplete("session", "another session"):
            self.assertEqual(server.api.punches(), [])
        for server in self.incomplete("session", "another session", "udp"):
            self.assertEqual(server.api.punches(), [])


class Names(unittest.TestCase):
    def refused(self, server, address, **fields):
        with self.assertRaises(serve.ApiError) as e:
            server.add(address, **fields)
        return e.exception.status, str(e.exception.reply["error"])

    def test_a_terminal_without_a_serial_number_gets_a_name(self):
        for flags in (("--fault", "serial"), ("--sn", "A/B")):
            with self.subTest(flags), Terminal(*flags, "--punches", "4") as terminal, \
                    Server() as server:
                status, why = self.refused(server, terminal.tcp)
                self.assertEqual(status, 502)
                self.assertIn('"sn"', why)
                self.assertEqual(self.refused(server, terminal.tcp, sn="a b")[0], 400)
                server.add(terminal.tcp, sn="GATE-1")
                server.linked("GATE-1", "listening")
                self.assertEqual({p["deviceSerial"] for p in server.api.punches()}, {"GATE-1"})
                server.restart()
                server.linked("GATE-1", "listening")

    def test_another_device_there_is_not_taken_for_it(self):
        with Server() as server:
            with Terminal("--fault", "serial", "--punches", "4") as terminal:
                port = terminal.port
                server.add(terminal.tcp, sn="GATE-1")
                server.linked("GATE-1", "listening")
            with Terminal("--punches", "9", port=port):
                until(lambda: "another device" in (server.link("GATE-1")["error"] or ""))
            self.assertEqual(len(server.api.punches()), 4)

    def test_a_terminal_that_has_a_serial_number_keeps_it(self):
        with Terminal("--punches", "1") as terminal, Server() as server:
            status, why = self.refused(server, terminal.tcp, sn="GATE-1")
            self.assertEqual(status, 409)
            self.assertIn(SN, why)
            self.assertEqual(server.add(terminal.tcp, sn=SN)["sn"], SN)

    def test_one_serial_number_at_two_addresses_is_refused_with_both(self):
        with Terminal("--punches", "1") as first, Terminal("--punches", "1") as second, \
                Server() as server:
            server.add(first.tcp)
            status, why = self.refused(server, second.tcp)
            self.assertEqual(status, 409)
            self.assertIn(first.tcp, why)
            self.assertIn(second.tcp, why)


if __name__ == "__main__":
    tap.main()
