#!/usr/bin/env python3
"""`gatehouse terminal` when something is in the way: keys, silence, lines that break, Ctrl-C, and
what it shows meanwhile."""

import json
import os
import pty
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

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from simulated import (  # noqa: E402
    INCOMPLETE, INTERRUPTED, REFUSED, UNREACHABLE, USAGE, WRONG_KEY, Sim, begin, environment,
    terminal)
from serve import DEADLINE, closed_port, program  # noqa: E402
import tap  # noqa: E402


ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Base(unittest.TestCase):
    def sim(self, *flags):
        sim = Sim(*flags)
        self.addCleanup(sim.close)
        return sim

    def begin(self, *words, **how):
        process = begin(*words, **how)

        def stop():
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()
        self.addCleanup(stop)
        return process

    def bad(self, status, message, *words, **how):
        got = terminal(*words, **how)
        self.assertEqual(got.status, status, got)
        self.assertIn(message, got.err, got)
        return got


def lines(stream, count, seconds=DEADLINE):
    """The first lines of a pipe; fails when they do not come."""
    text, end = b"", time.monotonic() + seconds
    while text.count(b"\n") < count:
        left = end - time.monotonic()
        if left <= 0 or not select.select([stream], [], [], left)[0]:
            raise TimeoutError(f"{count} lines were expected, not {text!r}")
        piece = os.read(stream.fileno(), 65536)
        if not piece:
            raise EOFError(text)
        text += piece
    return text.decode().splitlines()


class Keys(Base):
    def test_the_right_key_opens_by_option_and_by_environment(self):
        sim = self.sim("--comm-key", "4711")
        for at in (sim.tcp, sim.udp):
            self.assertEqual(terminal(at, "time", "--comm-key", "4711").status, 0)
            got = terminal(at, "time", env=environment(GATEHOUSE_COMM_KEY="4711"))
            self.assertEqual(got.status, 0, got)

    def test_a_key_comes_from_a_file_and_a_flag_warns(self):
        sim = self.sim("--comm-key", "4711")
        with tempfile.TemporaryDirectory() as home:
            path = os.path.join(home, "key")
            with open(path, "w") as f:
                f.write("4711\n")
            got = terminal(sim.tcp, "time", "--comm-key-file", path)
            self.assertEqual((got.status, got.err), (0, ""), got)
            self.assertIn("see what --comm-key is",
                          terminal(sim.tcp, "time", "--comm-key", "4711").err)
            self.bad(USAGE, path + "x", sim.tcp, "time", "--comm-key-file", path + "x")

    def test_a_wrong_key_has_a_status_of_its_own_and_advice(self):
        sim = self.sim("--comm-key", "4711")
        for at in (sim.tcp, sim.udp):
            for words in ([], ["--comm-key", "4712"]):
                self.bad(WRONG_KEY, "Comm key", at, "info", *words)

    def test_the_option_counts_more_than_the_environment(self):
        sim = self.sim("--comm-key", "4711")
        got = terminal(sim.tcp, "time", "--comm-key", "4711",
                       env=environment(GATEHOUSE_COMM_KEY="1"))
        self.assertEqual(got.status, 0, got)

    def test_a_key_that_is_no_number_is_a_usage_error(self):
        self.bad(USAGE, "number", "127.0.0.1:1", "info", "--comm-key", "secret")
        self.bad(USAGE, "GATEHOUSE_COMM_KEY", "127.0.0.1:1", "info",
                 env=environment(GATEHOUSE_COMM_KEY="secret"))


class Nobody(Base):
    def test_a_closed_port_is_unreachable_with_a_hint(self):
        with closed_port() as port:
            for scheme in ("tcp://", "udp://", ""):
                self.bad(UNREACHABLE, "4370", f"{scheme}127.0.0.1:{port}", "info", "--timeout", "2")

    def test_silence_ends_after_the_timeout(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            begun = time.monotonic()
            self.bad(UNREACHABLE, "timeout", f"udp://127.0.0.1:{s.getsockname()[1]}", "info",
                     "--timeout", "0.5")
            self.assertLess(time.monotonic() - begun, 8)

    def test_a_web_server_is_no_device(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            process = self.begin(f"tcp://127.0.0.1:{s.getsockname()[1]}", "info", "--timeout", "5")
            s.settimeout(DEADLINE)
            one, _ = s.accept()
            with one:
                one.recv(100)
                one.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                _, err = process.communicate(timeout=DEADLINE)
            self.assertEqual(process.returncode, UNREACHABLE, err)
            self.assertIn(b"cannot connect", err)

    def test_an_address_that_is_none_is_a_usage_error(self):
        for address in ("http://127.0.0.1", "tcp://", "127.0.0.1:99999", "tcp://[::1"):
            self.bad(USAGE, "address", address, "info")


class CommandLine(Base):
    def test_mistakes_are_reported_with_status_2(self):
        for message, *words in (
                ("HOST is missing",), ("HOST is missing", "user", "list"),
                ("verb is missing", "127.0.0.1"), ("no such verb", "127.0.0.1", "frobnicate"),
                ("user get", "127.0.0.1", "user"), ("PIN", "127.0.0.1", "user", "get"),
                ("Usage", "127.0.0.1", "info", "more"),
                ("--name", "127.0.0.1", "info", "--name", "x"),
                ("--frobnicate", "127.0.0.1", "info", "--frobnicate"),
                ("--format", "127.0.0.1", "info", "--format", "xml"),
                ("--timeout", "127.0.0.1", "info", "--timeout", "-1"),
                ("24 characters", "127.0.0.1", "user", "get", "9" * 25)):
            self.bad(USAGE, message, *words)

    def test_every_verb_of_the_table_is_in_the_help_and_the_other_way_round(self):
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
        with open(os.path.join(root, "src", "app", "terminal", "verb.def")) as f:
            table = re.findall(r'^TERMINAL_VERB\("([a-z ]+)"', f.read(), re.M)
        shown = re.findall(r"^  ([a-z]+(?: [a-z]+)?)(?=  | [A-Z[])", terminal("--help").out, re.M)
        self.assertEqual(shown, table)
        self.assertEqual(len(set(table)), 30)

    def complete(self, *words):
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
        script = os.path.join(root, "completions", "gatehouse.bash")
        code = (f'gatehouse() {{ "{program()}" "$@"; }}; . {script}; '
                'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gatehouse; '
                'printf "%s\\n" "${COMPREPLY[@]}"')
        got = subprocess.run(["bash", "-c", code, "-", "gatehouse", *words], capture_output=True,
                             text=True, timeout=DEADLINE, env=environment())
        self.assertEqual(got.stderr, "")
        return got.stdout.split()

    def test_completion_has_every_verb(self):
        shown = re.findall(r"^  ([a-z]+(?: [a-z]+)?)(?=  | [A-Z[])", terminal("--help").out, re.M)
        self.assertEqual(set(self.complete("terminal", "host", "")),
                         {v.split()[0] for v in shown})
        for first in {v.split()[0] for v in shown if " " in v}:
            self.assertEqual(set(self.complete("terminal", "tcp", ":", "//1.2.3.4", first, "")),
                             {v.split()[1] for v in shown if v.startswith(first + " ")})
        self.assertEqual(self.complete("terminal", "host", "user", "list", "--format", "n"),
                         ["ndjson"])
        self.assertIn("--comm-key", self.complete("terminal", "host", "--"))

    def test_no_help_is_wider_than_a_terminal(self):
        def help_lines(*words):
            return subprocess.run([program(), *words, "--help"], capture_output=True, text=True,
                                  timeout=DEADLINE, check=True, env=environment()).stdout.splitlines()

        words = re.findall(r"^  ([a-z]+) ", "\n".join(help_lines()), re.M)
        self.assertGreater(len(words), 10)
        for given in [[]] + [[word] for word in words]:
            self.assertEqual([line for line in help_lines(*given) if len(line) > 80], [], given)

    def test_completion_has_the_settings_of_serve_and_their_words(self):
        with open(os.path.join(ROOT, "src/app/settings/setting.def")) as f:
            table = re.findall(r'^SETTING\(\w+, SERVE, "([a-z-]+)", "([^"]+)", (\w+)', f.read(),
                               re.M)
        self.assertGreater(len(table), 20)
        self.assertEqual(set(self.complete("serve", "--")),
                         {"--" + name for name, _, _ in table} | {"--check", "--config", "--help", "--usage"})
        for name, argument, kind in table:
            if "|" in argument and kind != "FLAG":
                self.assertEqual(set(self.complete("serve", "--" + name, "")),
                                 set(argument.split("|")))

    @unittest.skipUnless(shutil.which("zsh"), "no zsh here")
    def test_zsh_completes_the_same(self):
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
        code = (f'gatehouse() {{ "{program()}" "$@" }}; compadd() {{ shift; print -rl -- "$@" }}; '
                '_describe() { print -rl -- ${${(P)2}%%:*} }; '
                f'functions[body]="$(<{root}/completions/_gatehouse)"; '
                'words=("$@"); CURRENT=$#; body')

        def complete(*words):
            got = subprocess.run(["zsh", "-f", "-c", code, "-", "gatehouse", *words], text=True,
                                 capture_output=True, timeout=DEADLINE, env=environment())
            self.assertEqual(got.stderr, "")
            return set(got.stdout.split())

        for words in (["terminal", "host", ""], ["terminal", "host", "user", ""],
                      ["terminal", "--comm-key", "5", "host", "template", ""],
                      ["terminal", "host", "--"], ["device", ""], ["serve", "--"],
                      ["serve", "--new-devices", ""]):
            self.assertEqual(complete(*words) - {"--help", "--usage"},
                             set(self.complete(*words)) - {"--help", "--usage"}, words)


class Watching(Base):
    def test_punches_come_as_one_object_a_line_and_ctrl_c_ends_it(self):
        sim = self.sim("--users", "10", "--punches", "0", "--rate", "20", "--seed", "5")
        pins = {u["pin"] for u in terminal(sim.tcp, "user", "list", "--format", "csv").rows("csv")}
        for at in (sim.tcp, sim.udp):
            for number in (signal.SIGINT, signal.SIGTERM):
                watch = self.begin(at, "punch", "watch")
                for line in lines(watch.stdout, 3)[:3]:
                    row = json.loads(line)
                    self.assertEqual(list(row)[:4], ["pin", "time", "status", "verify"])
                    self.assertIn(row["pin"], pins)
                watch.send_signal(number)
                _, err = watch.communicate(timeout=DEADLINE)
                self.assertEqual(watch.returncode, 0, err)

    def test_csv_lines_are_flushed_too(self):
        sim = self.sim("--rate", "20", "--punches", "0")
        watch = self.begin(sim.tcp, "punch", "watch", "--format", "csv")
        got = lines(watch.stdout, 3)
        self.assertTrue(got[0].startswith("pin,time,status,verify"))
        watch.send_signal(signal.SIGINT)
        watch.communicate(timeout=DEADLINE)
        self.assertEqual(watch.returncode, 0)

    def test_a_device_that_restarts_is_watched_again(self):
        sim = self.sim("--rate", "20", "--punches", "0")
        watch = self.begin(sim.tcp, "punch", "watch")
        lines(watch.stdout, 2)
        self.assertEqual(terminal(sim.tcp, "restart").status, 0)
        shown = lines(watch.stderr, 2)
        self.assertIn("reconnected", shown[1])
        lines(watch.stdout, 3)
        watch.send_signal(signal.SIGINT)
        watch.communicate(timeout=DEADLINE)
        self.assertEqual(watch.returncode, 0)

    def test_a_device_that_is_gone_is_reported_and_ctrl_c_still_ends_it(self):
        sim = self.sim("--rate", "20", "--punches", "0")
        watch = self.begin(sim.tcp, "punch", "watch")
        lines(watch.stdout, 2)
        sim.process.kill()
        self.assertIn("trying again", lines(watch.stderr, 2)[1])
        watch.send_signal(signal.SIGINT)
        watch.communicate(timeout=DEADLINE)
        self.assertEqual(watch.returncode, 0)

    def test_it_ends_when_its_output_is_not_read(self):
        sim = self.sim("--rate", "50", "--punches", "0")
        watch = self.begin(sim.tcp, "punch", "watch")
        lines(watch.stdout, 1)
        watch.stdout.close()
        self.assertEqual(watch.wait(DEADLINE), INCOMPLETE)
        self.assertNotIn(b"Sanitizer", watch.stderr.read())


class Breaking(Base):
    big = ("--users", "50", "--punches", "200000", "--seed", "2")

    def test_a_read_that_breaks_off_is_reported_as_incomplete(self):
        for kind in ("csv", "ndjson", "json", "table"):
            sim = self.sim(*self.big, "--pace", "50")
            read = self.begin(sim.tcp, "punch", "list", "--format", kind, "--timeout", "2")
            got = lines(read.stdout, 300)
            sim.process.kill()
            rest, err = read.communicate(timeout=DEADLINE)
            self.assertEqual(read.returncode, INCOMPLETE, err)
            self.assertIn(b"Incomplete", err)
            self.assertIn(b"cannot", err)
            self.assertLess(len(got) + rest.count(b"\n"), 200000)
            self.assertFalse(rest.endswith(b"]\n"))  # so that it does not pass for the whole

    def test_ctrl_c_ends_a_read_and_the_device_is_left_in_order(self):
        for scheme in ("tcp", "udp"):
            sim = self.sim(*self.big, "--pace", "50")
            read = self.begin(getattr(sim, scheme), "punch", "list", "--format", "csv")
            lines(read.stdout, 300)
            read.send_signal(signal.SIGINT)
            _, err = read.communicate(timeout=DEADLINE)
            self.assertEqual(read.returncode, INTERRUPTED, err)
            self.assertIn(b"interrupted", err)
            requests = sim.end()["requestsByCommand"]
            self.assertEqual(requests.get("EXIT"), 1, requests)
            self.assertGreaterEqual(requests.get("ENABLEDEVICE", 0), requests.get("DISABLEDEVICE", 0))

    def test_ctrl_c_while_connecting_ends_it_as_well(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(DEADLINE)
            process = self.begin(f"udp://127.0.0.1:{s.getsockname()[1]}", "info",
                               "--timeout", "60")
            s.recv(1000)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=DEADLINE)
            self.assertEqual(process.returncode, INTERRUPTED, err)

    def test_a_full_disk_is_reported(self):
        sim = self.sim("--punches", "5000")
        with open("/dev/full", "wb") as full:
            read = self.begin(sim.tcp, "punch", "list", stdout=full)
            err = read.stderr.read()
        self.assertEqual(read.wait(DEADLINE), INCOMPLETE)
        self.assertIn(b"No space left", err)

    def test_a_bad_line_loses_and_doubles_nothing(self):
        for scheme, faults in (("tcp", "fragment,coalesce"), ("udp", "drop:5,duplicate,delay:1")):
            sim = self.sim("--users", "20", "--punches", "3000", "--seed", "9")
            want = terminal(getattr(sim, scheme), "punch", "list", "--format", "csv").out
            bad = self.sim("--users", "20", "--punches", "3000", "--seed", "9", "--fault", faults)
            got = terminal(getattr(bad, scheme), "punch", "list", "--format", "csv", seconds=120)
            self.assertEqual(got.status, 0, got)
            self.assertEqual(got.out, want)


class Streaming(Base):
    def peaks(self, *flags):
        """Most memory that each way to read the log takes, in bytes."""
        sim, found = self.sim(*flags), []
        with tempfile.TemporaryDirectory(prefix="gatehouse-test-") as home:
            for words in (["punch", "list", "--format", "ndjson"], ["punch", "list"],
                          ["backup", os.path.join(home, "b")]):
                read = subprocess.Popen([program(), "terminal", sim.tcp, *words],
                                        stdout=subprocess.DEVNULL,
                                        env=environment(ASAN_OPTIONS="quarantine_size_mb=1"))
                _, status, used = os.wait4(read.pid, 0)
                read.returncode = os.waitstatus_to_exitcode(status)
                self.assertEqual(read.returncode, 0, words)
                found.append(used.ru_maxrss * 1024)
        return found

    def test_memory_does_not_grow_with_the_log(self):
        small = self.peaks("--punches", "20000", "--users", "20")
        large = self.peaks("--punches", "220000", "--users", "20")
        for a, b in zip(small, large):  # the larger log has 8 MB more
            self.assertLess(b - a, 4 << 20, (small, large))

    def with_terminal(self, *words):
        """Standard error of a command on a terminal."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        read = self.begin(*words, stdout=subprocess.DEVNULL, stderr=slave)
        os.close(slave)
        seen = b""
        while True:
            if not select.select([master], [], [], DEADLINE)[0]:
                raise TimeoutError(seen)
            try:
                seen += os.read(master, 65536)
            except OSError:  # its other end is closed
                break
        return read.wait(DEADLINE), seen

    def test_progress_is_shown_to_people_and_taken_away(self):
        sim = self.sim("--punches", "100000", "--users", "20", "--pace", "30")
        status, seen = self.with_terminal(sim.tcp, "punch", "list", "--format", "csv")
        self.assertEqual(status, 0)
        percents = [int(n) for n in re.findall(rb"reading the punches: (\d+)%", seen)]
        self.assertGreater(len(percents), 1, seen)
        self.assertEqual(percents, sorted(percents))
        self.assertTrue(seen.endswith(b"\r\033[K"), seen[-60:])

    def test_progress_is_not_shown_to_programs(self):
        sim = self.sim("--punches", "50000", "--users", "20", "--pace", "30")
        got = terminal(sim.tcp, "punch", "list", "--format", "csv")
        self.assertEqual((got.status, got.err), (0, ""))
        self.assertEqual(len(got.out.splitlines()), 50001)


class Discovering(Base):
    def test_a_device_is_found_and_described(self):
        sim = self.sim("--sn", "FIND")
        for words in (["discover", "127.0.0.1/32", "--port", str(sim.port)],
                      ["--port", str(sim.port), "discover", "127.0.0.1"],
                      [f"udp://127.0.0.1:{sim.port}", "discover", "127.0.0.1/32"]):
            got = terminal(*words, "--format", "csv")
            self.assertEqual((got.status, got.err), (0, ""), got)
            row, = got.rows("csv")
            self.assertEqual(list(row)[:4], ["address", "serial", "name", "firmware"])
            self.assertEqual((row["address"], row["serial"]), ("127.0.0.1", "FIND000001"))
            self.assertTrue(row["firmware"])
        self.assertEqual(row["transport"], "udp")

    def test_a_network_is_searched_and_only_that(self):
        sim = self.sim()
        got = terminal("discover", "127.0.0.0/29", "--port", str(sim.port), "--format", "ndjson")
        self.assertEqual([r["address"] for r in got.rows("ndjson")], ["127.0.0.1"])
        got = terminal("discover", "127.0.0.4/30", "--port", str(sim.port), "--format", "json")
        self.assertEqual((got.status, got.rows("json")), (0, []))
        self.assertIn("no device", got.err)

    def test_a_device_with_another_key_is_found_all_the_same(self):
        sim = self.sim("--comm-key", "5")
        row, = terminal("discover", "127.0.0.1/32", "--port", str(sim.port),
                        "--format", "csv").rows("csv")
        self.assertEqual((row["address"], row["serial"], row["note"]),
                         ("127.0.0.1", "", "wrong key"))

    def test_a_network_has_a_shape_and_a_limit(self):
        for network in ("10.0.0.0/8", "10.0.0.0/33", "10.0.0", "::1/128", "host", ""):
            self.bad(USAGE, "network" if network == "10.0.0.0/8" else "192.168.1.0/24",
                     "discover", network)
        self.bad(USAGE, "port", "discover", "127.0.0.1/32", "--port", "70000")

    def test_ctrl_c_ends_the_search(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(DEADLINE)
            search = self.begin("udp://127.0.0.1:%d" % s.getsockname()[1], "discover",
                                "127.0.0.1/32", "--timeout", "60")
            s.recv(1000)
            search.send_signal(signal.SIGINT)
            _, err = search.communicate(timeout=DEADLINE)
            self.assertEqual(search.returncode, INTERRUPTED, err)


class Unsupported(Base):
    def test_what_the_firmware_cannot_do_is_reported_as_that(self):
        sim = self.sim("--fault", "unsupported:100")
        got = self.bad(REFUSED, "firmware", sim.tcp, "oplog")
        self.assertEqual(got.out, "")


if __name__ == "__main__":
    tap.main()
