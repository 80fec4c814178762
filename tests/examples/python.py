#!/usr/bin/env python3
"""The programs of examples/python/ do what their page describes, against a real server and a simulated
terminal. They run with an isolated Python (-I, and its own folder): the standard library only."""

import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("..", "../terminal_cli"):
    sys.path.insert(0, os.path.join(HERE, folder))

from device import Device  # noqa: E402
from serve import DEADLINE, Server, _die_with_parent, program, until  # noqa: E402
from simulated import Sim, environment  # noqa: E402
import tap  # noqa: E402

EXAMPLES = pathlib.Path(HERE).parent.parent / "examples/python"
# As `python3 -I`, which does not know the folder of the program.
START = "import runpy, sys; sys.path.insert(0, %r); sys.argv[0] = %r; runpy.run_path(%r, run_name='__main__')"


class Base(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="gatehouse-test-")
        self.addCleanup(home.cleanup)
        self.home = home.name
        # `gatehouse` is found as an installed one is.
        os.symlink(program(), os.path.join(self.home, "gatehouse"))

    def words(self, name, *args):
        path = str(EXAMPLES / name)
        return [sys.executable, "-I", "-c", START % (str(EXAMPLES), name, path), *args]

    def environment(self):
        return environment(PATH=f"{self.home}:{os.environ['PATH']}", PYTHONDONTWRITEBYTECODE="1",
                           LC_ALL="C.UTF-8", **self.server_at())

    def server_at(self):
        return {}

    def run_example(self, name, *args, status=0):
        done = subprocess.run(self.words(name, *args), text=True, capture_output=True,
                              cwd=self.home, env=self.environment(), timeout=DEADLINE * 4)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout

    def read_csv(self, name):
        with open(os.path.join(self.home, name), newline="", encoding="utf-8-sig") as f:
            return list(csv.DictReader(f))


class OfATerminal(Base):
    def test_its_punches_are_counted(self):
        sim = Sim("--punches", "30")
        self.addCleanup(sim.close)
        lines = self.run_example("terminal_punches.py", sim.tcp).splitlines()
        self.assertEqual(sum(int(line.split()[1]) for line in lines), 30)

    def test_a_failure_is_passed_on(self):
        self.assertEqual(self.run_example("terminal_punches.py", "tcp://127.0.0.1:1", status=3), "")


class OfAServer(Base):
    def setUp(self):
        super().setUp()
        self.server = Server("--new-devices", "approve", stay=True)
        self.addCleanup(self.server.close)
        self.device = Device(self.server)
        self.device.options()

    def server_at(self):
        return {"GATEHOUSE_URL": "http://%s:%d" % self.server.admin,
                "GATEHOUSE_DATA": self.server.data}

    def punch(self, pin, *times):
        self.device.punch(*((pin, f"2026-06-{t}") for t in times))

    def follow(self, cursor):
        process = subprocess.Popen(self.words("follow.py", cursor), cwd=self.home, text=True,
                                   env=self.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, preexec_fn=_die_with_parent)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def kept(self, cursor):
        path = os.path.join(self.home, cursor)
        if not os.path.exists(path):
            return None
        with open(path) as f:
            return json.load(f)["after"]

    def test_the_stream_is_followed_over_restarts_of_both_sides(self):
        self.punch("1", "01 08:00:00", "01 17:00:00")
        process, seen = self.follow("place"), []
        read = lambda: seen.append(json.loads(process.stdout.readline())["seq"])  # noqa: E731
        read(), read()
        self.server.restart("kill")
        self.punch("1", "02 08:00:00")
        read()
        until(lambda: self.kept("place") == 3)
        process.kill()
        process.wait()
        self.punch("1", "02 17:00:00")
        process = self.follow("place")
        read()
        self.assertEqual(seen, [1, 2, 3, 4])

    def test_it_ends_with_the_reader_of_its_lines(self):
        process = self.follow("place")
        process.stdout.close()
        self.punch("1", "01 08:00:00")
        self.assertEqual(process.wait(DEADLINE * 2), 0)

    def test_another_ledger_is_refused_with_the_reason(self):
        with open(os.path.join(self.home, "place"), "w") as f:
            json.dump({"after": 0, "ledger": "another"}, f)
        done = subprocess.run(self.words("follow.py", "place"), text=True, capture_output=True,
                              cwd=self.home, env=self.environment(), timeout=DEADLINE * 4)
        self.assertEqual(done.returncode, 1)
        self.assertIn("This ledger is", done.stderr)

    def test_people_are_kept_in_a_file(self):
        self.device.upload("OPERLOG", "USER PIN=1\tName=Añá\tCard=77\nUSER PIN=2\tName=Bo\n", 1)
        other = Device(self.server)
        other.options()
        other.upload("OPERLOG", "USER PIN=1\tName=Añá\n", 1)
        self.assertEqual(self.run_example("people.py", "people.csv"), "new      1 Añá\nnew      2 Bo\n")
        self.assertEqual([(r["pin"], r["name"], r["card"], len(r["devices"].split()))
                          for r in self.read_csv("people.csv")],
                         [("1", "Añá", "77", 2), ("2", "Bo", "", 1)])
        self.assertEqual(self.run_example("people.py", "people.csv"), "")
        self.device.upload("OPERLOG", "USER PIN=2\tName=Bob\n", 2)
        self.assertEqual(self.run_example("people.py", "people.csv"), "changed  2 Bob\n")

    def test_a_month_is_written_as_a_sheet(self):
        self.device.upload("OPERLOG", "USER PIN=1\tName=Ann\n", 1)
        self.punch("1", "01 08:00:00", "01 12:30:00", "01 17:15:00", "30 23:59:59")
        self.device.punch(("1", "2026-07-01 00:00:00"), ("2", "2026-06-15 07:00:00"))
        # More than a page.
        self.device.punch(*(("3", f"2026-06-10 {h:02}:{m:02}:00") for h in range(24)
                            for m in range(60)))
        self.run_example("month.py", "2026-06", "june.csv")
        rows = {(r["pin"], r["day"]): r for r in self.read_csv("june.csv")}
        self.assertEqual(set(rows), {("1", "2026-06-01"), ("1", "2026-06-30"),
                                     ("2", "2026-06-15"), ("3", "2026-06-10")})
        self.assertEqual(list(rows["1", "2026-06-01"].values()),
                         ["1", "Ann", "2026-06-01", "08:00:00", "17:15:00", "3", "9.25"])
        self.assertEqual(rows["3", "2026-06-10"]["punches"], "1440")
        self.assertTrue(self.run_example("month.py", "2026-05").startswith("pin,name,day,"))
        self.run_example("month.py", "2026-13", status=1)


class Page(unittest.TestCase):
    def test_each_program_is_on_the_page_and_is_run_here(self):
        page = (EXAMPLES / "README.md").read_text()
        here = pathlib.Path(__file__).read_text()
        for path in EXAMPLES.glob("*.py"):
            self.assertIn(f"`{path.name}", page)
            if path.name != "gatehouse_api.py":
                self.assertIn(f'"{path.name}"', here)
        for name in re.findall(r"`(\w+\.py)", page):
            self.assertTrue((EXAMPLES / name).is_file(), name)

    def test_they_are_short(self):
        for path in EXAMPLES.glob("*.py"):
            self.assertLess(len(path.read_text().splitlines()), 70, path)


if __name__ == "__main__":
    tap.main()
