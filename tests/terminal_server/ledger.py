#!/usr/bin/env python3
"""What a terminal keeps is in the ledger once, however often and by whatever way it comes; and its
log is erased only when every row is."""

import os
import re
import sqlite3
import unittest

from terminal import Server, Terminal, fleet, serve, until
import tap


def key(punch):
    return (punch["deviceSerial"], punch["pin"], punch["timestamp"][:19], punch["status"],
            punch["verifyType"], punch["workCode"])


def read_now(server, sn="SIM000001"):
    """Rows of the log."""
    command = server.order(sn, "LOG")
    assert command["status"] == "acknowledged", command
    return int(command["result"].split()[0])


class Once(unittest.TestCase):
    def assertOnce(self, punches):
        self.assertEqual(len(punches), len({key(p) for p in punches}))
        self.assertEqual([p["seq"] for p in punches], list(range(1, len(punches) + 1)))

    def test_two_reads_a_power_cut_and_a_restart_store_the_log_once(self):
        with Terminal("--punches", "1200", "--users", "50") as terminal, Server() as server:
            server.add(terminal.tcp)
            server.read_once("SIM000001")
            first = server.api.punches()
            self.assertEqual(len(first), 1200)
            self.assertOnce(first)
            self.assertEqual({p["source"] for p in first}, {"read"})
            self.assertEqual(read_now(server), 1200)
            server.kill()
            server.start()
            server.read_once("SIM000001")
            self.assertEqual(server.api.punches(), first)
            server.restart()
            server.read_once("SIM000001")
            self.assertEqual(server.api.punches(), first)
            # The session with the terminal was ended, or lost; its settings are as before.
            self.assertEqual(terminal.end()["holds"]["punches"], 1200)

    def test_a_power_cut_amid_a_read_loses_nothing(self):
        with Terminal("--punches", "20000", "--users", "50", "--fault", "delay:20") as terminal, \
                Server() as server:
            server.add(terminal.tcp)
            until(lambda: server.api.get("/api/stats")["data"]["punches"] > 0)
            server.kill()
            server.start()
            server.read_once("SIM000001")
            punches = server.api.punches()
            self.assertEqual(len(punches), 20000)
            self.assertOnce(punches)

    def test_a_live_punch_that_is_read_from_the_log_is_one(self):
        for flags in ((), ("--persona", "bw"), ("--persona", "old"), ("--persona", "ma300")):
            with self.subTest(flags), Server() as server, \
                    Terminal("--punches", "7", "--users", "40", "--rate", "4", *flags) as terminal:
                server.add(terminal.tcp)
                server.linked("SIM000001", "listening")
                until(lambda: sum(p["source"] == "live" for p in server.api.punches()) >= 6)
                rows = read_now(server)
                punches = server.api.punches()
                self.assertOnce(punches)
                self.assertGreaterEqual(len(punches), rows)
                held = terminal.end()["holds"]["punches"]
                self.assertLessEqual(len(punches), held)

    def test_punches_made_while_not_listening_are_read(self):
        with Server() as server:
            with Terminal("--punches", "10") as terminal:
                port = terminal.port
                server.add(terminal.tcp)
                server.linked("SIM000001", "listening")
            # The same log, longer by five.
            with Terminal("--punches", "15", port=port):
                until(lambda: len(server.api.punches()) >= 15)
                self.assertOnce(server.api.punches())

    def test_punches_made_amid_commands_come_as_soon_as_these_are_done(self):
        with Server() as server, Terminal("--punches", "50", "--users", "200", "--rate", "12",
                                          "--pace", "2") as terminal:
            server.add(terminal.tcp)
            server.linked("SIM000001", "listening")
            # All at once: between them it would be read, and nothing need come after the last.
            made = server.api.post("/api/commands", [
                {"deviceSerial": "SIM000001", "command": f"DATA UPDATE USERINFO PIN={n}\tName=N{n}"}
                for n in range(1, 251)])
            last = made["data"][-1]["commandId"]
            until(lambda: server.api.command(last)["status"] == "acknowledged", 60)
            done = server.api.command(last)["doneAt"]
            # The next read by the clock would be ten minutes later.
            until(lambda: server.link("SIM000001")["lastRead"] >= done)
            self.assertOnce(server.api.punches())

    def test_faults_of_the_line_lose_nothing(self):
        for scheme, faults in (("tcp", "fragment:30,coalesce:30,duplicate:5"),
                               ("udp", "drop:3,duplicate:5")):
            with self.subTest(scheme), Server() as server, \
                    Terminal("--punches", "2500", "--users", "60", "--fault", faults) as terminal:
                server.add(getattr(terminal, scheme))
                until(lambda: len(server.api.punches()) >= 2500, 60)
                self.assertOnce(server.api.punches())

    def test_connections_that_break_lose_nothing(self):
        with Server() as server, Terminal("--punches", "3000", "--users", "60", "--rate", "3",
                                          "--fault", "drop:2") as terminal:
            until(lambda: self.added(server, terminal))
            until(lambda: len(server.api.punches()) >= 3006, 90)
            self.assertOnce(server.api.punches())

    def added(self, server, terminal):
        status, _, _ = server.api.raw("POST", "/api/devices", {"address": terminal.tcp})
        return status in (201, 409)

    def test_without_live_events_it_is_read_when_due(self):
        with Server() as server, Terminal("--punches", "5", "--rate", "5") as terminal:
            server.add(terminal.tcp, live=False, readInterval=10)
            server.linked("SIM000001", "waiting")
            before = len(server.api.punches())
            until(lambda: len(server.api.punches()) > before)
            self.assertEqual({p["source"] for p in server.api.punches()}, {"read"})
            self.assertOnce(server.api.punches())

    def test_the_operation_log_is_read_too(self):
        with Server() as server, Terminal("--punches", "5") as terminal:
            server.add(terminal.tcp)
            until(lambda: server.api.records("oplog", "SIM000001"))

    def test_many_terminals_are_called_at_once(self):
        with Server("--terminals", "30") as server, \
                fleet(31, "--punches", "40", "--users", "12") as terminal:
            for n in range(31):
                server.add(f"tcp://127.0.0.1:{terminal.port + n}")
            until(lambda: sum(d["link"]["state"] == "listening"
                              for d in server.api.devices().values()) == 30, 60)
            over = [d for d in server.api.devices().values() if d["link"]["state"] == "failed"]
            self.assertEqual(len(over), 1)
            self.assertIn("more terminals", over[0]["link"]["error"])
            self.assertEqual(len(server.api.punches()), 1200)
            metrics = server.api.raw("GET", "/metrics")[2].decode()
            self.assertIn('gatehouse_terminals{link="listening"} 30\n', metrics)
            self.assertIn('gatehouse_terminals{link="failed"} 1\n', metrics)


class Erasing(unittest.TestCase):
    def test_a_log_that_is_stored_is_erased_on_order(self):
        with Server() as server, Terminal("--punches", "700", "--users", "40") as terminal:
            server.add(terminal.tcp)
            server.linked("SIM000001", "listening")
            self.assertEqual(server.order("SIM000001", "CLEAR LOG")["status"], "acknowledged")
            self.assertEqual(read_now(server), 0)
            self.assertEqual(len(server.api.punches()), 700)
            end = terminal.end()
            self.assertEqual(end["holds"]["punches"], 0)

    def test_a_terminal_whose_count_is_not_what_was_read_is_not_erased(self):
        with Server() as server, Terminal("--punches", "30", "--persona", "wifi") as terminal:
            server.add(terminal.tcp)
            server.linked("SIM000001", "listening")
            command = server.order("SIM000001", "CLEAR LOG")
            self.assertEqual((command["status"], command["returnCode"]), ("failed", -1004))
            self.assertIn("not erased", command["result"])
            command = server.order("SIM000001", "CLEAR DATA")
            self.assertEqual(command["status"], "failed")
            self.assertEqual(terminal.end()["holds"]["punches"], 30)

    def test_while_punches_cannot_be_stored_nothing_is_erased(self):
        with Server() as server, Terminal("--punches", "30") as terminal:
            path = os.path.join(server.data, "gatehouse.db")
            # As a full disk would, for punches alone.
            with sqlite3.connect(path, timeout=5) as db:
                db.execute("CREATE TRIGGER no_punches BEFORE INSERT ON punch "
                           "BEGIN SELECT RAISE(ABORT, 'full'); END")
            server.add(terminal.tcp)
            error = until(lambda: server.link("SIM000001")["error"])
            self.assertIn("store", error)
            number = server.api.queue("SIM000001", "CLEAR LOG")
            until(lambda: server.link("SIM000001")["state"] == "reading")
            until(lambda: server.link("SIM000001")["state"] == "failed")
            self.assertEqual(server.api.command(number)["status"], "queued")
            self.assertEqual(server.api.punches(), [])
            with sqlite3.connect(path, timeout=5) as db:
                db.execute("DROP TRIGGER no_punches")
            until(lambda: server.api.command(number)["status"] == "acknowledged", 60)
            self.assertEqual(len(server.api.punches()), 30)
            self.assertEqual(terminal.end()["holds"]["punches"], 0)

    def test_a_read_waits_while_the_memory_for_requests_is_used_up(self):
        def used():
            text = server.api.raw("GET", "/metrics")[2].decode()
            return int(re.search(r"^gatehouse_memory_used_bytes (\d+)$", text, re.M)[1])

        held = 15_690_000  # two of them leave less than a piece of the log takes
        with Terminal("--punches", "2000") as terminal, \
                Server("--new-devices", "approve", "--memory-limit", str(32 << 20)) as server:
            wires = [serve.Wire(server.devices, source=f"127.0.0.{i}") for i in (2, 3)]
            for wire in wires:
                wire.send(serve.request("POST", "/iclock/cdata?SN=HOLDER&table=OPERLOG",
                                        b"x" * held)[:-1])
            until(lambda: used() >= 2 * held - 2 * 65536)
            server.add(terminal.tcp)
            error = until(lambda: server.link("SIM000001")["error"])
            self.assertIn("memory", error)
            self.assertEqual(server.api.punches(), [])
            for wire in wires:
                wire.close()
            server.read_once("SIM000001")
            self.assertEqual(len(server.api.punches()), 2000)

    def test_erasing_needs_an_administrator(self):
        with Server() as server, Terminal("--punches", "3") as terminal:
            server.add(terminal.tcp)
            token = server.api.post("/api/tokens", {"name": "w", "scope": "write"})["data"]
            writer = serve.Api(server.admin, token["token"])
            with self.assertRaises(serve.ApiError) as refused:
                writer.queue("SIM000001", "CLEAR LOG")
            self.assertEqual(refused.exception.status, 403)


if __name__ == "__main__":
    tap.main()
