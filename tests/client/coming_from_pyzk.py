#!/usr/bin/env python3
"""docs/COMING_FROM_PYZK.md: every public method of pyzk's ZK is in its table, each command line
runs against a simulated terminal, each call of REST is carried out by a server that calls one, and
each function of C is declared."""

import http.client
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("..", "../terminal_cli"):
    sys.path.insert(0, os.path.join(HERE, folder))

from serve import DEADLINE, Server, _die_with_parent, program, until  # noqa: E402
from simulated import Sim, environment  # noqa: E402
import tap  # noqa: E402

ROOT = pathlib.Path(HERE).parent.parent
ADDRESS = "192.168.1.201"
# What pyzk 0.9 documents of its class ZK; names that begin with an underscore are its own.
METHODS = """cancel_capture clear_attendance clear_data clear_lcd connect delete_user
    delete_user_template disable_device disconnect enable_device enroll_user free_data
    get_attendance get_compat_old_firmware get_device_name get_extend_fmt get_face_fun_on
    get_face_version get_firmware_version get_fp_version get_lock_state get_mac
    get_network_params get_pin_width get_platform get_serialnumber get_templates get_time
    get_user_extend_fmt get_user_template get_users HR_save_usertemplates live_capture poweroff
    read_sizes read_with_buffer refresh_data reg_event restart save_user_template
    set_sdk_build_1 set_time set_user test_voice unlock verify_user write_lcd""".split()
ATTRIBUTES = {"is_connect", "end_live_capture"}
# These end when they are interrupted.
ENDLESS = ("punch watch",)
CALL = re.compile(r"(GET|POST|PATCH) (\S+)")
# What erases waits until everything is stored, and here punches never stop; a restart may lose its
# own answer.
UNANSWERED = ("clear_attendance", "clear_data", "restart")


def rows():
    """(pyzk's name, cell of the command line, of C, of REST)"""
    for line in (ROOT / "docs/COMING_FROM_PYZK.md").read_text().splitlines():
        cells = [c.strip() for c in line.strip("| ").split(" | ")]
        if line.startswith("| `"):
            yield (re.match(r"`(\w+)", cells[0])[1], *cells[1:])


def code(cell):
    return re.findall(r"`([^`]+)`", cell)


class Page(unittest.TestCase):
    def test_every_method_has_its_row_and_nothing_else(self):
        names = [name for name, *_ in rows()]
        self.assertEqual(sorted(names), sorted({"ZK", *METHODS, *ATTRIBUTES}))
        known = set(re.findall(r"^\| ZK\.(\w+) \|", (ROOT / "docs/TERMINAL.md").read_text(), re.M))
        self.assertEqual(set(METHODS) - known, set())

    def test_each_cell_has_something_or_a_reason(self):
        for name, line, c, rest in rows():
            for cell in (line, rest):
                self.assertTrue(cell.startswith(("`gatehouse ", "`GET ", "`POST ", "`PATCH ", "none")),
                                (name, cell))
            self.assertTrue(code(c)[0].startswith("gh_terminal_"), name)

    def test_each_function_is_declared(self):
        header = (ROOT / "include/gatehouse/terminal.h").read_text()
        for name, _, c, _ in rows():
            for function in code(c):
                self.assertRegex(header, rf"\b{function}\(", name)


class CommandLine(unittest.TestCase):
    def run_line(self, line, home, sim):
        words = shlex.split(line)
        self.assertEqual(words[:3], ["gatehouse", "terminal", ADDRESS], line)
        words = [program(), "terminal", sim.tcp, *words[3:]]
        process = subprocess.Popen(words, cwd=home, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=environment(), preexec_fn=_die_with_parent)
        endless = any(verb in line for verb in ENDLESS)
        if endless:
            self.assertIn('"pin"', process.stdout.readline(), line)
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE * 4)
        self.assertEqual(process.returncode, 0, (line, out, err))
        return out

    def test_each_line_runs_against_a_terminal(self):
        seen = 0
        with tempfile.TemporaryDirectory(prefix="gatehouse-test-") as home:
            # What other lines of the table would have made.
            sim = Sim("--users", "12", "--templates", "100", "--seed", "3", "--rate", "20")
            self.addCleanup(sim.close)
            listed = self.run_line(f"gatehouse terminal {ADDRESS} template list --format ndjson",
                                   home, sim)
            first = json.loads(listed.splitlines()[0])
            self.run_line(f"gatehouse terminal {ADDRESS} backup gate.backup", home, sim)
            for name, cell, _, _ in rows():
                for line in code(cell):
                    if not line.startswith("gatehouse "):
                        continue
                    # A finger that this simulated person has.
                    line = re.sub(r"(template (?:get|set|delete)) 1 6",
                                  rf"\1 {first['pin']} {first['finger']}", line)
                    own = None
                    if name in ("restart", "poweroff"):
                        own = Sim()
                        self.addCleanup(own.close)
                    out = self.run_line(line, home, own or sim)
                    for field in code(cell)[1:]:
                        if "json" in line and field != "…":
                            self.assertIn(f'"{field}"', out, line)
                    seen += 1
        self.assertGreater(seen, 25)


class Blocks(unittest.TestCase):
    def test_the_lines_above_the_table_run_against_a_server(self):
        sim = Sim("--punches", "5")
        self.addCleanup(sim.close)
        page = (ROOT / "docs/COMING_FROM_PYZK.md").read_text()
        lines = "".join(re.findall(r"^```sh\n(.*?)^```", page, re.S | re.M)).splitlines()
        self.assertEqual(len(lines), 2)
        with Server() as server:
            env = environment(GATEHOUSE_URL="http://%s:%d" % server.admin,
                              GATEHOUSE_TOKEN=server.token)

            def run(line):
                words = shlex.split(line.replace(ADDRESS, sim.tcp))
                done = subprocess.run([program(), *words[1:]], env=env, text=True,
                                      stdin=subprocess.DEVNULL, capture_output=True,
                                      timeout=DEADLINE * 4)
                self.assertEqual(done.returncode, 0, (line, done.stderr))
                return done.stdout

            run(lines[0])
            until(lambda: run(lines[1]).count('"pin"') == 5)


class Rest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = Sim("--users", "12", "--templates", "100", "--seed", "3", "--rate", "20")
        cls.addClassCleanup(cls.sim.close)
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        # The row of the constructor; the terminal has to be there for the others.
        [(_, _, _, cell)] = [row for row in rows() if row[0] == "ZK"]
        call, body = code(cell)[:2]
        method, path = call.split()
        cls.sn = cls.server.api.call(method, path, json.loads(
            body.replace(ADDRESS, cls.sim.tcp)))["data"]["sn"]
        until(lambda: (cls.server.api.device(cls.sn)["link"] or {}).get("lastRead"))

    def first_event(self, path):
        c = http.client.HTTPConnection(*self.server.admin, timeout=DEADLINE * 2)
        try:
            c.request("GET", path, headers={"Authorization": f"Bearer {self.server.token}"})
            reply = c.getresponse()
            while not reply.readline().startswith(b"event: punch"):
                pass
        finally:
            c.close()

    def carry_out(self, name, method, path, body):
        """What it answers; a command's only when it has ended."""
        api, path = self.server.api, path.replace("SN", self.sn)
        if path.startswith("/api/events"):
            return self.first_event(path)
        if path == "/api/commands":
            body = dict(body, deviceSerial=self.sn)
        data = api.call(method, path, body)["data"]
        if method == "POST" and name not in UNANSWERED:
            row = until(lambda: [r for r in [api.get(
                f"/api/commands/{data['commandId']}")["data"]] if r["doneAt"]])[0]
            self.assertEqual(row["status"], "acknowledged", (name, row))
        return data

    def test_each_call_is_carried_out(self):
        seen = 0
        for name, _, _, cell in rows():
            parts, data = code(cell), None
            for part, after in zip(parts, parts[1:] + [""]):
                call = CALL.fullmatch(part)
                if call and name != "ZK":
                    data = self.carry_out(name, *call.groups(),
                                          json.loads(after) if after.startswith("{") else None)
                    seen += 1
                    if isinstance(data, list):
                        self.assertTrue(data, (name, part))
                        data = data[0]
                elif re.fullmatch(r"\w+", part):
                    self.assertIn(part, data, name)
        self.assertGreater(seen, 25)


if __name__ == "__main__":
    tap.main()
