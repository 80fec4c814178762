#!/usr/bin/env python3
"""`gatehouse serve` as a program: its flags, variables, configuration file and signals."""

import contextlib
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, attlog  # noqa: E402
from fleet import Clock, Fleet, Ledger  # noqa: E402
from serve import DEADLINE, Api, Server, free_port, send_request, program, until  # noqa: E402


def run(*args, env=None):
    return subprocess.run([program(), *args], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, **(env or {})))


class Settings(unittest.TestCase):
    def admitted(self, server):
        return Device(server).handshake().status == 200

    def test_a_variable_sets_what_no_flag_does(self):
        with Server(env={"GATEHOUSE_NEW_DEVICES": "approve"}) as server:
            self.assertTrue(self.admitted(server))

    def test_where_to_listen_comes_from_variables_too(self):
        for name, value in (("PORT", "0"), ("GATEHOUSE_LISTEN", "127.0.0.1:0")):
            with self.subTest(name=name):
                home = tempfile.mkdtemp(prefix="gatehouse-test-")
                self.addCleanup(shutil.rmtree, home, True)
                process = subprocess.Popen(
                    [program(), "serve"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                    env=dict(os.environ, **{name: value, "GATEHOUSE_ADMIN": "127.0.0.1:0",
                                            "GATEHOUSE_DATA": os.path.join(home, "d")}))
                try:
                    lines = sorted(process.stdout.readline().decode() for _ in range(2))
                finally:
                    process.terminate()
                    status = process.wait(60)
                    process.stdout.close()
                host = r"0\.0\.0\.0" if name == "PORT" else r"127\.0\.0\.1"
                self.assertRegex(lines[0], r"^listening admin http://127\.0\.0\.1:\d+\n$")
                self.assertRegex(lines[1], rf"^listening devices http://{host}:\d+\n$")
                self.assertEqual(status, 0)

    def test_there_is_a_thread_for_devices_on_each_processor_it_may_run_on(self):
        people = 2

        def threads(server):
            found = 0
            for path in glob.glob(f"/proc/{server.process.pid}/task/*/comm"):
                with contextlib.suppress(FileNotFoundError), open(path) as f:
                    found += f.read().startswith("MHD-")
            return found

        def has(n, *flags, only=None):
            pin = None if only is None else lambda: os.sched_setaffinity(0, only)
            with Server(*flags, prepare=pin) as server:
                # A thread has its name some time after it was made.
                until(lambda: threads(server) == people + n)

        have = sorted(os.sched_getaffinity(0))
        has(1, "--threads", "1")
        has(1, only=have[:1])
        has(1, "--threads", "0", only=have[:1])
        has(3, "--threads", "3")
        has(min(len(have), 64))

    def test_each_value_is_shown_with_its_source(self):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as f:
            f.write("[serve]\ndelay=7\n")
            f.flush()
            got = subprocess.run(
                [program(), "config", "--json", "--config", f.name, "--threads", "3",
                 "--store", "postgres://me:secret@db/gate?password=secret&sslmode=require"],
                env=dict(os.environ, GATEHOUSE_ERROR_DELAY="9"), capture_output=True, text=True,
                check=True, timeout=DEADLINE)
        self.assertNotIn("secret", got.stdout)
        rows = {row["name"]: (row["value"], row["source"]) for row in json.loads(got.stdout)}
        self.assertEqual(rows["store"], ("postgres://me@db/gate?password=&sslmode=require", "flag"))
        self.assertEqual({name: rows[name] for name in ("delay", "threads", "error-delay", "listen")},
                         {"delay": ("7", "file"), "threads": ("3", "flag"),
                          "error-delay": ("9", "variable"), "listen": ("0.0.0.0:8080", "default")})

    def test_a_check_reports_without_serving(self):
        with tempfile.TemporaryDirectory() as home:
            def check(*flags):
                got = subprocess.run([program(), "serve", "--check", "--data", home + "/d", *flags],
                                     capture_output=True, text=True, timeout=DEADLINE)
                self.assertFalse(os.path.exists(home + "/d"))
                return got.returncode, got.stdout + got.stderr

            self.assertEqual(check(), (0, "settings and certificates are in order\n"))
            self.assertEqual(check("--delay", "x")[0], 2)
            path = home + "/cert.pem"
            with open(path, "w") as f:
                f.write("no certificate\n")
            status, text = check("--tls-cert", path, "--tls-key", path)
            self.assertEqual(status, 1)
            self.assertIn(path, text)

    def test_a_start_that_fails_is_json_where_the_log_is(self):
        with Server("--log-format", "json") as server:
            got = subprocess.run([program(), "serve", "--log-format", "json", "--data", server.data],
                                 capture_output=True, text=True, timeout=DEADLINE)
            self.assertEqual(got.returncode, 1)
            for line in got.stderr.splitlines():
                json.loads(line)
            self.assertIn("using the data directory", got.stderr)

    def test_a_flag_wins_over_a_variable(self):
        with Server("--new-devices", "hold", env={"GATEHOUSE_NEW_DEVICES": "approve"}) as server:
            self.assertFalse(self.admitted(server))

    def test_a_configuration_file_is_read_again_at_sighup(self):
        server = Server(start=False)
        self.addCleanup(server.close)
        path = os.path.join(server.home, "conf")

        def write(word):
            with open(path, "w") as f:
                f.write(f"[serve]\nnew-devices = {word}\n")

        write("hold")
        server.flags = ["--config", path]
        server.start()
        self.assertFalse(self.admitted(server))
        write("approve")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: self.admitted(server))
        write("nonsense")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "nonsense" in server.log())
        self.assertTrue(self.admitted(server), "the old configuration holds")
        with open(path, "w") as f:
            f.write("[sevre]\nnew-devices = refuse\n")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "did you mean [serve]" in server.log())
        self.assertTrue(self.admitted(server), "and after an unknown group")

    def test_a_flag_wins_over_the_file_also_after_sighup(self):
        server = Server(start=False)
        self.addCleanup(server.close)
        path = os.path.join(server.home, "conf")
        with open(path, "w") as f:
            f.write("[serve]\nnew-devices = approve\n")
        server.flags = ["--config", path, "--new-devices", "hold"]
        server.start()
        self.assertFalse(self.admitted(server))
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "reloaded" in server.log())
        self.assertFalse(self.admitted(server))

    def test_what_is_wrong_is_named_and_ends_the_program(self):
        home = tempfile.mkdtemp(prefix="gatehouse-test-")
        self.addCleanup(shutil.rmtree, home, True)
        for args, word in ((["--no-such-flag"], "no-such-flag"), (["--listen", "nowhere"], "nowhere"),
                           (["--listen", "127.0.0.1:99999"], "99999"),
                           (["--config", "/does/not/exist"], "/does/not/exist"),
                           (["--zone", "Mars/Olympus"], "Mars/Olympus"),
                           (["--store", "oracle://x"], "oracle"),
                           (["--command-retry", "-1"], "command-retry"),
                           (["--tls-cert", "/does/not/exist"], "tls"), (["extra"], "extra")):
            with self.subTest(args=args):
                done = run("serve", "--data", os.path.join(home, "data"), *args)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(word, done.stderr)
                self.assertEqual(done.stdout, "")

    def configured(self, text, *args, env=None):
        """The messages of serve for a configuration file with this text, without the file's
        name."""
        home = tempfile.mkdtemp(prefix="gatehouse-test-")
        self.addCleanup(shutil.rmtree, home, True)
        path = os.path.join(home, "conf")
        with open(path, "w") as f:
            f.write(text)
        done = run("serve", "--data", os.path.join(home, "data"), "--config", path, *args, env=env)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertFalse(os.path.exists(os.path.join(home, "data")), "it had begun")
        return done.stderr.replace(path, "FILE").splitlines()

    def test_a_mistake_in_the_file_is_reported_with_its_place_and_what_is_expected(self):
        for text, message in (
                ("[serve]\ndelay = 0\n", "[serve] delay = 0: expected a number from 1 to 86400"),
                ("[serve]\nthreads = two\n",
                 "[serve] threads = two: expected a number from 0 to 64"),
                ('[serve]\nnew-devices = "aprove"\n',
                 "[serve] new-devices = aprove: expected hold, approve or refuse"),
                ("[serve]\nzone = Mars/Olympus\n", "[serve] zone = Mars/Olympus: expected a time "
                 "zone, such as Europe/Istanbul or +05:30"),
                ("[serve]\nlisten = here:80\n", "[serve] listen = here:80: expected ADDR:PORT with "
                 "a numeric address, such as 0.0.0.0:8080 or [::1]:8080, or a port from 0 to 65535"),
                ("[serve]\ntrans-times = 7:00\n",
                 "[serve] trans-times = 7:00: expected times of day, such as 00:00;14:05"),
                ("[serve]\ntls-key = /k\n", "[serve] tls-key = /k: expected tls-cert beside it"),
                ("[serve]\ndelya = 5\n",
                 "[serve] delya = 5: no such setting; did you mean delay?"),
                ("[serve]\ncolour = red\n", "[serve] colour = red: no such setting; expected one of "
                 "those in gatehouse-serve(8)"),
                ("[serve]\nurl = http://x\n", "[serve] url = http://x: no such setting; expected "
                 "one of those in gatehouse-serve(8)"),
                ("[Serve]\ndelay = 5\n", "[Serve]: no such group; did you mean [serve]?"),
                ("[outlets]\n", "[outlets]: no such group; expected [serve]")):
            with self.subTest(text=text):
                self.assertEqual(self.configured(text), ["gatehouse: FILE: " + message])

    def test_all_mistakes_are_reported_at_once(self):
        got = self.configured("[serv]\n[serve]\ndelay = 0\nrealtime = 1\nfoo = 1\n",
                              "--threads", "65", env={"GATEHOUSE_DEVICES": "-1"})
        self.assertEqual(len(got), 6, got)
        self.assertIn('gatehouse: --threads is "65": expected a number from 0 to 64', got)
        self.assertIn('gatehouse: variable GATEHOUSE_DEVICES is "-1": expected a number from 1 to '
                      "10000000", got)

    def test_a_key_without_a_group_is_reported(self):
        [message] = self.configured("delay = 5\n")
        self.assertIn("group", message)

    def test_a_port_in_use_is_reported(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            port = str(s.getsockname()[1])
            server = Server(start=False)
            self.addCleanup(server.close)
            server.devices, server.admin, server.stay = (("127.0.0.1", int(port)),
                                                         ("127.0.0.1", 0), True)
            self.assertNotEqual(server.spawn().wait(60), 0)
            self.assertIn(port, server.log())

    def test_one_listener_serves_both_when_the_addresses_are_equal(self):
        at = ("127.0.0.1", free_port())
        server = Server("--new-devices", "approve", start=False, stay=True)
        self.addCleanup(server.close)
        server.devices = server.admin = at
        server.start()
        self.assertEqual((server.devices, server.admin), (at, at))
        d = Device(server)
        self.assertEqual(d.punch(("1", "2024-01-01 00:00:00")).status, 200)
        self.assertEqual([p["pin"] for p in server.api.punches()], ["1"])
        self.assertEqual(Api(at).raw("GET", "/api/punches")[0], 401)
        self.assertEqual(Api(at).raw("GET", "/healthz")[0], 200)

    def test_the_token_of_a_first_start_is_announced_by_its_file_only(self):
        with Server() as server:
            self.assertIn("admin.token", server.log())
            self.assertNotIn(server.token, server.log())


class FirstToken(unittest.TestCase):
    """A server can always be administrated on the machine it runs on."""

    def create(self, data, *words):
        return run("token", "create", "again", "--data", data, *words)

    def test_a_file_that_cannot_be_written_leaves_no_token_behind(self):
        with Server(start=False) as server:
            os.makedirs(os.path.join(server.data, "admin.token"))
            process = server.spawn()
            self.assertNotEqual(process.wait(DEADLINE), 0)
            process.stdout.close()
            self.assertIn("admin.token", server.log())
            os.rmdir(os.path.join(server.data, "admin.token"))
            server.start()
            self.assertEqual(len(server.api.get("/api/tokens")["data"]), 1)

    def test_a_token_is_made_where_no_server_runs(self):
        with Server() as server:
            server.terminate()
            os.remove(os.path.join(server.data, "admin.token"))
            done = self.create(server.data, "--scopes", "admin")
            self.assertEqual(done.returncode, 0, done)
            self.assertIn("while no server runs", done.stderr)
            token = done.stdout.strip()
            self.assertRegex(token, "^gh_[A-Za-z0-9_-]{43}$")
            read = self.create(server.data).stdout.strip()
            self.assertEqual(self.create(server.data, "--scopes", "king").returncode, 2)
            with open(os.path.join(server.data, "admin.token"), "w") as f:
                f.write(token + "\n")
            server.start()
            self.assertEqual([(t["name"], t["scopes"]) for t in server.api.get("/api/tokens")["data"]],
                             [("admin", ["admin"]), ("again", ["admin"]), ("again", ["read"])])
            Api(server.admin, read).get("/api/punches")
            # A running server makes it, and needs a token.
            os.remove(os.path.join(server.data, "admin.token"))
            done = self.create(server.data)
            self.assertEqual((done.returncode, done.stdout), (4, ""), done)
            self.assertEqual(len(server.api.get("/api/tokens")["data"]), 3)
        with tempfile.TemporaryDirectory() as empty:
            self.assertEqual(self.create(empty).returncode, 4)
            self.assertEqual(os.listdir(empty), [])


class Hosts(unittest.TestCase):
    """A page of another site cannot make a name of its own lead to the API."""

    def status(self, server, host):
        status, _, data = server.api.raw("GET", "/healthz", headers={"Host": host})
        if status == 421:
            self.assertEqual(json.loads(data)["code"], "host_refused")
        return status

    def test_a_name_is_refused_unless_it_was_given(self):
        with Server() as server:
            for host, status in (("127.0.0.1", 200), ("localhost:8081", 200), ("[::1]:1", 200),
                                 ("evil.example", 421), ("localhost.evil.example:80", 421)):
                self.assertEqual(self.status(server, host), status, host)
            reply = send_request(server.devices, "GET", "/iclock/cdata?SN=1&options=all",
                        headers=[("Host", "evil.example")])
            self.assertNotEqual(reply.status, 421)
        with Server("--admin-hosts", "gate.example,door.example") as server:
            for host, status in (("Door.Example:8081", 200), ("127.0.0.1", 200), ("evil", 421)):
                self.assertEqual(self.status(server, host), status, host)


class Log(unittest.TestCase):
    def test_a_held_clock_is_logged_with_the_command_that_approves_it_and_once(self):
        with Server() as server:
            d = Device(server)
            for _ in range(5):
                d.handshake()
            server.api.post(f"/api/devices/{d.sn}/approve")
            d.options()
            d.punch(("1", "2026-03-01 08:00:00"), ("2", "2026-03-01 08:00:01"))
            d.punch(("1", "2026-03-01 08:00:00"))
            log = server.log(100000)
        self.assertEqual(log.count(f'approve="gatehouse device approve {d.sn}"'), 1, log)
        self.assertEqual(log.count("request refused"), 1, log)
        stored = re.findall(rf"upload stored sn={d.sn} table=ATTLOG (.*)", log)
        self.assertEqual(stored, ["records=2 newPunches=2 quarantined=0",
                                  "records=1 newPunches=0 quarantined=0"])

    def test_what_a_clock_is_set_to_is_printed(self):
        for listen, words in (("0.0.0.0:0", "server address "), ("127.0.0.1:0", "only this machine")):
            with tempfile.TemporaryDirectory() as home:
                process = subprocess.Popen(
                    [program(), "serve", "--listen", listen, "--admin", "127.0.0.1:0", "--data", home],
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                lines = [process.stdout.readline() for _ in range(3)]
                process.terminate()
                rest = process.stdout.read()
                process.stdout.close()
                self.assertEqual(process.wait(DEADLINE), 0)
            self.assertRegex("".join(lines[:2]), r"^listening devices .*\nlistening admin ")
            # A machine without a network has no address for clocks.
            text = lines[2] + rest
            self.assertTrue(words in text or listen.startswith("0"), text)
            self.assertIn(f"{home}/admin.token", text)


class Signals(unittest.TestCase):
    def test_sigterm_under_load_ends_with_zero_and_loses_nothing(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            server = Server("--new-devices", "approve")
            self.addCleanup(server.close)
            fleet = Fleet([Clock(lambda: server.devices, f"S{i}", 3, keep=i % 2 == 0)
                           for i in range(6)]).start()
            self.addCleanup(fleet.end)
            until(lambda: all(c.safe > 30 for c in fleet.clocks))
            server.process.send_signal(how)
            self.assertEqual(server.process.wait(60), 0)
            server.start()
            ledger = Ledger()
            promises = [(c, c.acknowledged()) for c in fleet.clocks]
            ledger.read(server.api)
            for clock, promised in promises:
                ledger.holds(clock, promised)
            fleet.end()

    def test_an_upload_on_its_way_is_answered_before_the_end(self):
        with Server("--new-devices", "approve") as server:
            d = Device(server)
            d.options()
            body = attlog(*((str(i), "2024-01-01 00:00:00") for i in range(20000)))
            got = []

            def send():
                try:
                    got.append(d.upload("ATTLOG", body, 1))
                except (AssertionError, OSError) as fault:
                    got.append(fault)

            thread = threading.Thread(target=send)
            thread.start()
            server.process.send_signal(signal.SIGTERM)
            status = server.process.wait(60)
            thread.join()
            self.assertEqual(status, 0)
            server.start()
            stored = len(server.api.punches(device=d.sn))
            answered = getattr(got[0], "status", None) == 200
            self.assertIn(stored, (0, 20000))
            if answered:
                self.assertEqual(stored, 20000)

    def test_open_streams_do_not_hold_up_the_end(self):
        with Server("--new-devices", "approve") as server:
            sockets = []
            for _ in range(3):
                s = socket.create_connection(server.admin, 10)
                s.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                          + server.token.encode() + b"\r\n\r\n")
                self.assertTrue(s.recv(100).startswith(b"HTTP/1.1 200"))
                sockets.append(s)
            idle = socket.create_connection(server.devices, 10)
            self.assertEqual(server.terminate(15), 0)
            for s in sockets + [idle]:
                s.close()


    def test_sigterm_at_any_moment_of_the_start_leaves_nothing_half_done(self):
        with Server() as server:
            begin = time.monotonic()
            server.restart()
            whole = time.monotonic() - begin
        for i in range(20):
            with self.subTest(i=i), Server(start=False) as server:
                server.spawn()
                time.sleep(whole * i / 20)
                server.process.send_signal(signal.SIGTERM)
                status = server.process.wait(DEADLINE)
                server.process.stdout.close()
                # Before its first instruction the kernel ends it, and nothing has been done.
                if status == -signal.SIGTERM:
                    self.assertFalse(os.path.exists(server.data))
                else:
                    self.assertEqual(status, 0, server.log())
                if i % 3 == 0:
                    server.start()
                    server.api.get("/api/status")

    def test_sighup_at_any_moment_of_the_start_does_not_end_it(self):
        for i in range(6):
            with self.subTest(i=i), Server(start=False) as server:
                server.spawn()
                time.sleep(i * 0.02)
                server.process.send_signal(signal.SIGHUP)
                end = until(lambda: server.process.poll() or "configuration reloaded" in server.log())
                if end == -signal.SIGHUP:
                    self.assertFalse(os.path.exists(server.data))
                else:
                    self.assertIs(end, True)
                    self.assertEqual(server.terminate(), 0)


class Help(unittest.TestCase):
    def test_help_and_version_go_to_standard_output(self):
        for args in (("--help",), ("--version",), ("serve", "--help")):
            done = run(*args)
            self.assertEqual((done.returncode, done.stderr), (0, ""), args)
            self.assertRegex(done.stdout, r"^(Usage: )?gatehouse ")

    def test_an_unknown_word_is_an_error(self):
        done = run("dance")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("dance", done.stderr)


if __name__ == "__main__":
    tap.main()
