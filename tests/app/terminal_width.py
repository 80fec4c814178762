#!/usr/bin/env python3
"""Tables on real terminals (tmux) of 60, 80 and 120 columns: no line is wider than the terminal, and
what a later command is given is whole."""

import os
import pty
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, attlog  # noqa: E402
from serve import Server, program, until  # noqa: E402

WIDTHS = (60, 80, 120)
# Two of one series, which differ in their last digit.
SERIALS = ("CJDE23126000512341", "CJDE23126000512342")
NAMES = ("Haupteingang, Werk 2, Erdgeschoss links neben dem Aufzug",
         "上海第二工厂东门考勤机三号楼一层大厅入口左侧闸机旁边")
server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)
    for sn, name in zip(SERIALS, NAMES):
        d = Device(server, sn)
        d.options()
        d.post(f"/iclock/cdata?SN={sn}&table=ATTLOG&Stamp=1",
               attlog(*[(f"1000200030{n}", f"2026-03-0{n} 08:00:00", n % 6, 15, 12345678)
                        for n in range(1, 10)]) + "这一行不是考勤记录 and is long\t\n".encode())
        server.api.call("PATCH", f"/api/devices/{sn}",
                        {"name": name, "zone": "America/Argentina/Buenos_Aires"})
        server.api.queue(sn, "SET OPTION " + "LongOption" * 6 + "=1")


class Screen:
    """What a command shows on a terminal so many columns wide."""

    def __init__(self, width, *words):
        with tempfile.TemporaryDirectory(prefix="gatehouse-test-") as home:
            self.socket = os.path.join(home, "tmux")
            env = {k: v for k, v in os.environ.items()
                   if not k.startswith(("GATEHOUSE_", "TMUX", "COLUMNS"))}
            env.update(GATEHOUSE_DATA=server.data, GATEHOUSE_URL="http://%s:%d" % server.admin,
                       TERM="screen", LC_ALL="C.UTF-8")
            command = shlex.join([program(), *words]) + "; echo end=$?; sleep 600"
            self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", "200",
                      command, env=env)
            try:
                self.text = until(self.ended)
                self.joined = self.tmux("capture-pane", "-p", "-J")
            finally:
                self.tmux("kill-server")
        self.lines = self.text.rstrip("\n").split("\n")[:-1]

    def tmux(self, *words, **how):
        return subprocess.run(["tmux", "-u", "-S", self.socket, *words], check=True,
                              capture_output=True, **how).stdout.decode()

    def ended(self):
        text = self.tmux("capture-pane", "-p").rstrip("\n") + "\n"
        return text if re.search(r"^end=\d+$", text, re.M) else None

    def status(self):
        return int(re.search(r"^end=(\d+)$", self.text, re.M)[1])

    def wrapped(self):
        """Whether the terminal had to go on in another line."""
        whole = self.joined.rstrip("\n").split("\n")
        return [line.rstrip() for line in whole if line.rstrip() not in self.text.split("\n")]


class Width(unittest.TestCase):
    def each(self, *words):
        for width in WIDTHS:
            screen = Screen(width, *words)
            self.assertEqual((screen.status(), screen.wrapped()), (0, []),
                             f"{width}: {words}\n{screen.text}")
            yield width, screen

    def test_two_serial_numbers_of_a_series_differ(self):
        for width, screen in self.each("device", "list"):
            for sn in SERIALS:
                self.assertIn(sn, screen.text, width)
            if width == 60:
                self.assertNotIn("FIRMWARE", screen.lines[0])
                self.assertIn("Too narrow for: ", screen.text)

    def test_punches_keep_number_pin_time_and_device(self):
        for width, screen in self.each("punch", "list"):
            for seq in range(1, 19):
                row = [w for w in screen.lines if re.match(rf" *{seq} ", w)]
                self.assertRegex(row[0], r"1000200030\d +2026-03-0\d 08:00:00 .*"
                                         r"CJDE2312600051234[12]", width)

    def test_commands_keep_their_numbers(self):
        for width, screen in self.each("command", "list"):
            for row in server.api.get("/api/commands")["data"]:
                self.assertRegex(screen.text, rf"(?m)^ *{row['id']}  +{row['deviceSerial']}  ")

    def test_no_list_is_wider_than_its_terminal(self):
        for words in (["quarantine", "list"], ["problem", "list"], ["token", "list"],
                      ["person", "list"], ["device", "trace", SERIALS[0], "--format", "table"],
                      ["device", "list", "--columns", "sn,name,state,zone,lastSeen,createdAt"],
                      ["status"]):
            for _ in self.each(*words):
                pass

    def test_all_of_a_device_is_shown_and_goes_on_below(self):
        for width, screen in self.each("device", "show", SERIALS[1]):
            text = "".join(line.strip() for line in screen.lines)
            self.assertIn(NAMES[1], text, width)


class Question(unittest.TestCase):
    def answer(self, text):
        """`device delete` at a terminal, the answer, and whether the device is gone."""
        d = Device(server)
        d.options()
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(program(), [program(), "device", "delete", d.sn],
                      dict(os.environ, GATEHOUSE_DATA=server.data,
                           GATEHOUSE_URL="http://%s:%d" % server.admin))
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(terminal, 4096)
        os.write(terminal, text)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(terminal)
        self.assertIn(d.sn.encode(), shown)
        return status, server.api.raw("GET", f"/api/devices/{d.sn}")[0] == 404

    def test_a_deletion_is_confirmed_at_a_terminal(self):
        self.assertEqual(self.answer(b"y\n"), (0, True))
        for text in (b"n\n", b"\n", b"\x04"):
            self.assertEqual(self.answer(text), (2, False), text)


class Pipe(unittest.TestCase):
    def test_nothing_is_cut_or_left_out_where_no_terminal_is(self):
        got = subprocess.run([program(), "device", "list"], capture_output=True, check=True,
                             env=dict(os.environ, GATEHOUSE_DATA=server.data,
                                      GATEHOUSE_URL="http://%s:%d" % server.admin))
        for word in (*SERIALS, *NAMES, "FIRMWARE"):
            self.assertIn(word, got.stdout.decode())
        self.assertEqual(got.stderr, b"")


if __name__ == "__main__":
    tap.main()
