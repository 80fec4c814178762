#!/usr/bin/env python3
"""Terminals are added by address, found on a subnet, and their connection can be seen."""

import signal
import socket
import subprocess
import threading
import time
import unittest

from terminal import Server, Terminal, serve, until
import tap


def refused(call, *arguments, **fields):
    try:
        call(*arguments, **fields)
    except serve.ApiError as e:
        return e.status, e.reply["code"], e.reply["error"]
    raise AssertionError("it was not refused")


class Adding(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.terminal = Terminal("--punches", "5")
        cls.locked = Terminal("--comm-key", "1234", "--sn", "KEY", "--punches", "5")
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.terminal.close()
        cls.locked.close()

    def test_an_address_becomes_an_approved_device_with_its_serial_number(self):
        device = self.server.add(self.terminal.tcp, name="gate", zone="+05:30")
        self.assertEqual((device["sn"], device["state"], device["terminal"], device["live"],
                          device["readInterval"], device["name"], device["zone"]),
                         ("SIM000001", "approved", self.terminal.tcp, True, 600, "gate", "+05:30"))
        link = self.server.linked("SIM000001", "listening")
        self.assertIsNone(link["error"])
        self.assertEqual(refused(self.server.add, self.terminal.tcp)[:2], (409, "exists"))
        shown = self.server.api.device("SIM000001")
        self.assertEqual(shown["options"]["~DeviceName"], "F18")
        self.assertTrue(shown["isActive"] and shown["firmwareVersion"])

    def test_a_wrong_comm_key_is_reported(self):
        status, code, why = refused(self.server.add, self.locked.tcp, commKey="1")
        self.assertEqual((status, code), (502, "comm_key_wrong"))
        self.assertIn("missing", why)
        self.assertIn("key", why)
        self.assertEqual(refused(self.server.add, self.locked.tcp, commKey="x")[0], 400)

    def test_the_right_comm_key_is_accepted_and_not_shown(self):
        device = self.server.add(self.locked.tcp, commKey="1234")
        self.assertEqual((device["sn"], device["hasCommKey"]), ("KEY000001", True))
        self.assertNotIn("1234", str(self.server.api.device("KEY000001")))
        self.server.linked("KEY000001", "listening")
        self.server.api.change("KEY000001", commKey="77")
        link = until(lambda: self.server.link("KEY000001")["error"] and
                     self.server.link("KEY000001"))
        self.assertIn("key", link["error"])
        self.server.api.change("KEY000001", commKey="1234")
        self.assertIsNone(self.server.linked("KEY000001", "listening")["error"])

    def test_an_address_without_a_device_is_reported(self):
        with serve.closed_port() as port:
            self.assertEqual(refused(self.server.add, f"tcp://127.0.0.1:{port}")[:2],
                             (502, "terminal_unreachable"))

    def test_another_service_at_the_address_is_reported(self):
        host, port = self.server.devices
        status, code, _ = refused(self.server.add, f"tcp://{host}:{port}")
        self.assertIn(status, (502, 504), code)

    def test_bad_values_are_reported(self):
        for fields in ({"address": "tcp://"}, {"address": "http://x"}, {"address": ""},
                       {"address": "127.0.0.1", "readInterval": 0}, {},
                       {"address": "127.0.0.1\n"}):
            with self.subTest(fields):
                self.assertEqual(refused(self.server.api.post, "/api/devices", fields)[0], 400)
        self.assertEqual(refused(self.server.add, self.locked.udp, commKey="1234",
                                 zone="Mars/Olympus")[0] in (400, 409), True)

    def test_a_change_that_could_not_be_called_is_refused(self):
        with Terminal("--sn", "CHG", "--punches", "1") as terminal:
            self.server.add(terminal.tcp)
            for fields in ({"address": "tcp://"}, {"address": ""}, {"commKey": "secret"},
                           {"readInterval": 1}, {"live": 3}, {"address": "a b"}):
                with self.subTest(fields):
                    self.assertEqual(refused(self.server.api.change, "CHG000001", **fields)[:2],
                                     (400, "field_invalid"))
            changed = self.server.api.change("CHG000001", readInterval=90, live=False)
            self.assertEqual((changed["readInterval"], changed["live"], changed["terminal"]),
                             (90, False, terminal.tcp))
            self.server.linked("CHG000001", "waiting")
            self.server.api.call("DELETE", "/api/devices/CHG000001")

    def test_only_administrators_add_and_search(self):
        token = self.server.api.post("/api/tokens", {"name": "w", "scope": "write"})["data"]
        writer = serve.Api(self.server.admin, token["token"])
        self.assertEqual(refused(writer.post, "/api/devices", {"address": "127.0.0.1"})[0], 403)
        self.assertEqual(refused(writer.post, "/api/discover", {"subnet": "127.0.0.1/32"})[0],
                         403)

    def test_a_device_that_calls_home_does_not_become_a_terminal(self):
        serve.send_request(self.server.devices, "GET", "/iclock/cdata?SN=PUSH1&options=all")
        self.assertEqual(refused(self.server.api.change, "PUSH1", address="tcp://127.0.0.1")[:2],
                         (409, "device_not_called"))
        shown = self.server.api.device("PUSH1")
        self.assertEqual((shown["terminal"], shown["link"], shown["live"]), (None, None, None))

    def test_a_search_finds_them(self):
        found = self.server.api.post("/api/discover",
                                     {"subnet": f"127.0.0.1/32:{self.terminal.port}"})["data"]
        self.assertEqual([(f["address"], f["serial"], f["keyNeeded"]) for f in found],
                         [(self.terminal.tcp, "SIM000001", False)])
        found = self.server.api.post("/api/discover",
                                     {"subnet": f"127.0.0.0/27:{self.locked.port}"})["data"]
        self.assertEqual([f["keyNeeded"] for f in found], [True])
        for subnet, status in (("10.0.0.0/8", 400), ("x", 400), ("1.2.3.4/33", 400)):
            self.assertEqual(refused(self.server.api.post, "/api/discover",
                                     {"subnet": subnet})[0], status)

    def test_what_is_found_is_a_list_like_others(self):
        api, with_port = self.server.api, f"127.0.0.0/29:{self.terminal.port}"
        body = {"subnet": with_port}
        page = api.call("POST", "/api/discover?sort=-serial&q=sim0&facets=keyNeeded", body)
        self.assertEqual([f["serial"] for f in page["data"]], ["SIM000001"])
        self.assertEqual(page["data"][0]["id"], 0x7f000001)
        self.assertEqual((page["total"], page["cursor"], page["facets"]),
                         (1, None, {"keyNeeded": [{"value": False, "count": 1}]}))
        page = api.call("POST", f"/api/discover?after={0x7f000001}", body)
        self.assertEqual(page["data"], [])
        status, headers, data = api.raw("POST", "/api/discover.csv?q=SIM", body)
        self.assertEqual((status, headers["Content-Type"]), (200, "text/csv; charset=utf-8"))
        self.assertEqual(data.decode().split("\r\n")[1].split(",")[:3],
                         [str(0x7f000001), self.terminal.tcp, "SIM000001"])
        self.assertEqual(refused(lambda: api.call("POST", "/api/discover?sort=x", body))[0], 400)

    def test_the_command_line_does_the_same(self):
        with Terminal("--sn", "CLI", "--punches", "3") as terminal:
            def run(*words):
                return subprocess.run(
                    [serve.program(), "device", *words, "--data", self.server.data, "--url",
                     "http://%s:%d" % self.server.admin], capture_output=True, text=True,
                    timeout=serve.DEADLINE)

            done = run("add", terminal.tcp, "--name", "back door", "--zone", "UTC", "--no-live",
                       "--read-interval", "60")
            self.assertEqual((done.returncode, done.stdout.split("\n")[0]), (0, "CLI000001: added"),
                             done.stderr)
            self.assertIn("its clock is set; it was", done.stdout)
            device = self.server.api.device("CLI000001")
            self.assertEqual((device["name"], device["live"], device["readInterval"]),
                             ("back door", False, 60))
            done = run("read", "CLI000001", "--wait", "20")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("3 punches", done.stdout)
            self.assertIn("Connection", run("show", "CLI000001").stdout)
            self.assertIn("CLI000001", run("discover", f"127.0.0.1:{terminal.port}").stdout)
            self.assertEqual(run("add", terminal.tcp).returncode, 1)
            self.server.api.call("DELETE", "/api/devices/CLI000001")


class Connection(unittest.TestCase):
    def test_another_device_at_the_address_is_not_taken_for_the_first(self):
        with Server() as server:
            with Terminal("--punches", "4") as first:
                port = first.port
                server.add(first.tcp)
                server.linked("SIM000001", "listening")
            self.assertTrue(until(lambda: server.link("SIM000001")["error"]))
            with Terminal("--sn", "OTHER", "--punches", "9", port=port):
                error = until(lambda: "another device" in (server.link("SIM000001")["error"]
                                                           or "") and server.link("SIM000001"))
                self.assertIn("OTHER000001", error["error"])
                self.assertEqual(error["state"], "failed")
            self.assertEqual(len(server.api.punches()), 4)
            with Terminal("--punches", "6", port=port):
                server.linked("SIM000001", "listening")
                self.assertIsNone(server.link("SIM000001")["error"])

    def test_a_blocked_terminal_is_not_called_and_a_deleted_one_removed(self):
        with Terminal("--punches", "4") as terminal, Server() as server:
            server.add(terminal.tcp)
            server.linked("SIM000001", "listening")
            server.api.post("/api/devices/SIM000001/block")
            server.linked("SIM000001", "waiting")
            server.api.approve("SIM000001")
            server.linked("SIM000001", "listening")
            server.api.call("DELETE", "/api/devices/SIM000001")
            self.assertEqual(server.api.devices(), {})
            self.assertEqual(server.add(terminal.tcp)["sn"], "SIM000001")
            server.linked("SIM000001", "listening")
            self.assertEqual(len(server.api.punches()), 4)

    def test_the_server_ends_at_once_whatever_its_terminals_do(self):
        with socket.create_server(("127.0.0.1", 0)) as mute, Terminal("--punches", "9") as good:
            server = Server()
            try:
                server.add(good.tcp)
                server.linked("SIM000001", "listening")
                server.api.change("SIM000001", address="tcp://127.0.0.1:%d" %
                                  mute.getsockname()[1])
                server.linked("SIM000001", "connecting")
                began = time.monotonic()
                self.assertEqual(server.terminate(), 0)
                self.assertLess(time.monotonic() - began, 3)
                self.assertEqual(server.faults(), [])
            finally:
                server.close()

    def test_who_waits_for_an_addition_or_a_search_is_answered_when_the_server_ends(self):
        with socket.create_server(("127.0.0.1", 0)) as mute, Server() as server:
            port, answers = mute.getsockname()[1], []

            def send_request(path, body):
                answers.append(server.api.raw("POST", path, body)[0])

            asking = [threading.Thread(target=send_request, args=a) for a in (
                ("/api/devices", {"address": f"tcp://127.0.0.1:{port}"}),
                ("/api/discover", {"subnet": f"127.0.0.1/32:{port}"}))]
            for thread in asking:
                thread.start()
            callers = [mute.accept()[0] for _ in asking]
            began = time.monotonic()
            self.assertEqual(server.terminate(), 0)
            self.assertLess(time.monotonic() - began, 5)
            for thread in asking:
                thread.join()
            self.assertEqual(answers, [503, 503])
            for caller in callers:
                caller.close()

    def test_a_terminal_that_hangs_is_called_again(self):
        with Terminal("--punches", "5") as terminal, Server() as server:
            server.add(terminal.tcp)
            server.linked("SIM000001", "listening")
            terminal.process.send_signal(signal.SIGSTOP)
            try:
                number = server.api.queue("SIM000001", "LOG")
                until(lambda: server.link("SIM000001")["error"], 60)
                self.assertIn(server.api.command(number)["status"], ("queued", "sent"))
            finally:
                terminal.process.send_signal(signal.SIGCONT)
            until(lambda: server.api.command(number)["status"] == "acknowledged", 60)
            self.assertIsNone(server.linked("SIM000001", "listening")["error"])

    def test_the_clock_is_set_to_the_zone_of_the_device(self):
        with Terminal("--punches", "2") as terminal, Server() as server:
            added = server.add(terminal.tcp, zone="+05:30")
            self.assertTrue(added["clockMoved"])
            self.assertGreater(abs(added["clockShown"]), 3600)
            link = server.linked("SIM000001", "listening")
            self.assertGreater(abs(link["clockOffset"]), 3600)
            self.assertTrue(link["clockMoved"])
            # A change of the zone is carried out at once.
            server.api.change("SIM000001", zone="+04:30")
            until(lambda: 3595 <= (server.link("SIM000001")["clockOffset"] or 0) <= 3605, 60)
            server.linked("SIM000001", "listening")
            row = server.api.device("SIM000001")
            self.assertIsNone(row["clockZone"])
            self.assertEqual(row["clockOffset"], 0)

    def test_a_clock_is_not_moved_far_unless_requested(self):
        with Terminal("--punches", "2") as terminal, Server("--zone", "+05:30") as server:
            added = server.add(terminal.tcp)
            self.assertFalse(added["clockMoved"])
            self.assertGreater(abs(added["clockShown"]), 3600)
            link = server.linked("SIM000001", "listening")
            self.assertFalse(link["clockMoved"])
            self.assertEqual(round((link["clockOffset"] - added["clockShown"]) / 60), 0)
            self.assertEqual(server.api.device("SIM000001")["clockOffset"], link["clockOffset"])
            kinds = [p["kind"] for p in server.api.get("/api/problems")["data"]]
            self.assertIn("clock_wrong", kinds)
            server.api.change("SIM000001", clock="local")
            until(lambda: server.link("SIM000001")["clockMoved"], 60)
            server.linked("SIM000001", "listening")
            until(lambda: server.api.device("SIM000001")["clockOffset"] == 0)
            server.api.change("SIM000001", clock="utc")
            until(lambda: (server.link("SIM000001")["clockOffset"] or 0) > 3600, 60)
            server.api.change("SIM000001", clock="off")
            self.assertEqual(server.api.device("SIM000001")["clock"], "off")
            server.api.change("SIM000001", clock="default")
            self.assertIsNone(server.api.device("SIM000001")["clock"])


if __name__ == "__main__":
    tap.main()
