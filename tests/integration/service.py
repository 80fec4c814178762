#!/usr/bin/env python3
"""`gatehouse serve` below a service manager: what it reports to the notify socket, its watchdog, and the
secrets that it is handed as files. The socket is the test's own."""

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from serve import Server, program, until  # noqa: E402

PATIENCE = 90  # seconds
QUIET = 6  # seconds: several rounds of a watchdog of four seconds


class Manager:
    """The socket of a service manager, and the messages that arrive there."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="gatehouse-test-")
        self.path = os.path.join(self.home, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)

    def next(self, seconds=PATIENCE):
        """The fields of the next message; None: there was none in that time."""
        if not select.select([self.socket], [], [], seconds)[0]:
            return None
        text = self.socket.recv(4096).decode()
        return dict(line.split("=", 1) for line in text.splitlines())

    def until(self, name):
        """The first message with that field, and those before it."""
        before, end = [], time.monotonic() + PATIENCE
        while True:
            message = self.next(max(0, end - time.monotonic()))
            if message is None:
                raise TimeoutError(f"no {name} after {before}")
            if name in message:
                return message, before
            before.append(message)

    def alive_within(self, seconds):
        """How often WATCHDOG=1 arrives in that time."""
        n, end = 0, time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            message = self.next(left) if left > 0 else None
            if message is None:
                return n
            n += "WATCHDOG" in message

    def close(self):
        self.socket.close()
        shutil.rmtree(self.home, True)


@unittest.skipUnless(os.environ.get("GATEHOUSE_NOTIFIES") == "yes", "built without libsystemd")
class Notify(unittest.TestCase):
    def setUp(self):
        self.manager = Manager()
        self.addCleanup(self.manager.close)

    def serve(self, *flags, **more):
        env = {"NOTIFY_SOCKET": self.manager.path, **more}
        server = Server(*flags, env=env, start=False)
        self.addCleanup(server.close)
        server.start()
        return server

    def test_ready_follows_what_is_done_before_and_names_the_address(self):
        server = self.serve()
        ready, before = self.manager.until("READY")
        self.assertIn("opening the store", before[0]["STATUS"])
        self.assertIn("serving devices at 127.0.0.1:%d" % server.devices[1], ready["STATUS"])

    def test_a_start_that_fails_is_never_ready(self):
        with Server() as other:
            env = dict(os.environ, NOTIFY_SOCKET=self.manager.path)
            done = subprocess.run([program(), "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0",
                                   "--data", other.data], env=env, capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 1)
        _, before = self.manager.until("STOPPING")
        self.assertFalse([m for m in before if "READY" in m])

    def test_reading_the_configuration_again_is_reported_and_ends_with_ready(self):
        server = self.serve()
        self.manager.until("READY")
        server.process.send_signal(signal.SIGHUP)
        reloading, _ = self.manager.until("RELOADING")
        self.assertLessEqual(int(reloading["MONOTONIC_USEC"]), time.monotonic_ns() // 1000)
        self.manager.until("READY")

    def test_the_end_is_reported(self):
        server = self.serve()
        self.manager.until("READY")
        server.process.terminate()
        self.manager.until("STOPPING")
        self.assertEqual(server.process.wait(PATIENCE), 0)

    def test_without_a_watchdog_no_sign_of_life_is_sent(self):
        self.serve()
        self.manager.until("READY")
        self.assertEqual(self.manager.alive_within(3), 0)

    def watched(self, *flags):
        """A server with a watchdog of four seconds that has sent its first sign of life."""
        server = self.serve(*flags, WATCHDOG_USEC="4000000")
        self.manager.until("WATCHDOG")
        return server

    def delay(self, server, call):
        """Every such system call takes ten minutes, until the strace that is returned ends."""
        strace = shutil.which("strace")
        if not strace:
            self.skipTest("no strace on this machine")
        watch = subprocess.Popen([strace, "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                                  f"inject={call}:delay_enter=600000000", "-p", str(server.process.pid)],
                                 stderr=subprocess.PIPE, text=True)
        self.addCleanup(watch.stderr.close)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        line = watch.stderr.readline()
        if "attached" not in line:
            self.skipTest(f"nobody may watch here: {line.strip()}")
        return watch

    def test_signs_of_life_go_on_while_all_is_well(self):
        self.watched()
        for _ in range(3):
            self.manager.until("WATCHDOG")

    def test_https_shows_life_too(self):
        home = tempfile.mkdtemp(prefix="gatehouse-test-")
        self.addCleanup(shutil.rmtree, home, True)
        cert, key = os.path.join(home, "cert.pem"), os.path.join(home, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", cert], check=True,
                       capture_output=True)
        server = self.watched("--tls-cert", cert, "--tls-key", key)
        self.manager.until("WATCHDOG")
        self.assertNotIn("TLS", server.log())

    def test_a_store_that_hangs_ends_the_signs_of_life_until_it_goes_on(self):
        server = self.watched("--new-devices", "approve")
        watch = self.delay(server, "fdatasync")
        device = socket.create_connection(server.devices)
        self.addCleanup(device.close)
        body = b"1\t2026-11-02 08:00:00\t0\t1\n"
        device.sendall(b"POST /iclock/cdata?SN=WD1&table=ATTLOG&Stamp=1 HTTP/1.1\r\nHost: x\r\n"
                       b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        until(lambda: self.manager.alive_within(QUIET) == 0, PATIENCE)
        self.assertEqual(self.manager.alive_within(QUIET), 0)
        watch.terminate()
        watch.wait()
        self.manager.until("WATCHDOG")

    def test_a_listener_that_hangs_ends_the_signs_of_life_until_it_goes_on(self):
        server = self.watched()
        watch = self.delay(server, "accept4")
        until(lambda: self.manager.alive_within(QUIET) == 0, PATIENCE)
        self.assertEqual(self.manager.alive_within(QUIET), 0)
        watch.terminate()
        watch.wait()
        self.manager.until("WATCHDOG")


class Credentials(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="gatehouse-test-")
        self.addCleanup(shutil.rmtree, self.home, True)

    def put(self, name, text):
        path = os.path.join(self.home, "gatehouse." + name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def config(self, *flags, **more):
        done = subprocess.run([program(), "config", *flags], capture_output=True, text=True, timeout=PATIENCE,
                              env=dict(os.environ, CREDENTIALS_DIRECTORY=self.home, **more))
        rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
        return done, rows

    def test_the_url_of_the_store_is_read_and_its_password_not_shown(self):
        self.put("store", "postgres://me:secret@db/gh\n")
        done, rows = self.config()
        self.assertEqual(rows["store"], ["postgres://me@db/gh", "credential"])
        self.assertNotIn("secret", done.stdout + done.stderr)

    def test_files_of_certificates_are_used_where_they_are(self):
        cert, key = self.put("tls-cert", "x"), self.put("tls-key", "x")
        done, _ = self.config("--json")
        for path in (cert, key):
            self.assertIn(f'"value": "{path}"', done.stdout)

    def test_a_flag_and_a_variable_win_over_a_credential(self):
        self.put("store", "sqlite:/credential")
        self.assertEqual(self.config(GATEHOUSE_STORE="sqlite:/variable")[1]["store"],
                         ["sqlite:/variable", "variable"])
        self.assertEqual(self.config("--store", "sqlite:/flag")[1]["store"], ["sqlite:/flag", "flag"])

    def test_a_credential_wins_over_the_file(self):
        self.put("store", "sqlite:/credential")
        path = os.path.join(self.home, "gatehouse.conf")
        with open(path, "w") as f:
            f.write("[serve]\nstore=sqlite:/file\n")
        self.assertEqual(self.config("--config", path)[1]["store"], ["sqlite:/credential", "credential"])

    def test_one_that_is_empty_or_too_long_is_refused(self):
        for text in ("", " \n", "x" * 5000):
            self.put("store", text)
            done, _ = self.config()
            self.assertEqual(done.returncode, 2)
            self.assertIn("gatehouse.store: expected a text of 1 to 4000 bytes", done.stderr)

    def test_the_first_token_is_the_one_handed_over(self):
        token = "of-the-deployment-0123456789"
        self.put("admin-token", token + "\n")
        with Server(env={"CREDENTIALS_DIRECTORY": self.home}) as server:
            with open(os.path.join(server.data, "admin.token")) as f:
                self.assertEqual(f.read(), token + "\n")
            self.assertEqual(server.api.raw("GET", "/api/status")[0], 200)

    def test_a_token_that_could_be_guessed_is_refused(self):
        self.put("admin-token", "admin")
        done = subprocess.run([program(), "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data",
                               os.path.join(self.home, "d")], capture_output=True, text=True, timeout=PATIENCE,
                              env=dict(os.environ, CREDENTIALS_DIRECTORY=self.home))
        self.assertEqual(done.returncode, 1)
        self.assertIn("credential gatehouse.admin-token: expected 24 to 47 letters", done.stderr)
        self.assertNotIn("admin\n", done.stderr)


class Unit(unittest.TestCase):
    def test_systemd_has_no_complaint_about_the_unit(self):
        analyze, unit = shutil.which("systemd-analyze"), os.environ.get("GATEHOUSE_UNIT")
        if not analyze or not unit:
            self.skipTest("no systemd-analyze" if unit else "GATEHOUSE_UNIT names no unit")
        home = tempfile.mkdtemp(prefix="gatehouse-test-")
        self.addCleanup(shutil.rmtree, home)
        copy = os.path.join(home, "gatehouse.service")
        with open(unit, encoding="utf-8") as f, open(copy, "w", encoding="utf-8") as to:
            # It must be there; it is not installed.
            to.write(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={os.path.abspath(program())}",
                            f.read()))
        got = subprocess.run([analyze, "verify", "--man=no", copy], capture_output=True, text=True,
                             timeout=PATIENCE)
        # What it does not know it ignores, with status 0.
        self.assertEqual((got.returncode, got.stdout, got.stderr), (0, "", ""))


if __name__ == "__main__":
    tap.main()
