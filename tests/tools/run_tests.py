#!/usr/bin/env python3
"""What tools/run-tests and .ci/run print last, of a small project whose tests fail in every way."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))
import testlog  # noqa: E402

PROGRAMS = {
    "fails": """echo 1..4; echo 'ok 1 - good'; echo 'not ok 2 - one is two'; echo '# 0x1 != 0x2'
                echo '# (i=1)'; echo '# expected 3'; echo 'not ok 3 - of parts'
                echo 'ok 4 - odd # SKIP no tool here'; exit 1""",
    "crashes": """echo 1..2; echo 'ok 1 - before'; i=0
                  echo '==1==ERROR: AddressSanitizer: heap-use-after-free' >&2
                  while [ $i -lt 99 ]; do i=$((i+1)); echo "frame $i" >&2; done; kill -ABRT $$""",
    "hangs": "echo 1..2; echo 'ok 1 - quick'; exec sleep 600",
    "plain": "echo 'the layers are wrong'; exit 3",
    "absent": "echo 'no npm here'; exit 77",
}
MESON = "".join(
    f"test('{name}', find_program('sh'), args: [files('{name}.sh')]"
    + (", timeout: 2" if name == "hangs" else "")
    + (")\n" if name in ("plain", "absent") else ", protocol: 'tap', suite: 'cases')\n") for name in PROGRAMS)


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=100, **more)


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        source, build = pathlib.Path(cls.folder.name, "s"), pathlib.Path(cls.folder.name, "b")
        source.mkdir()
        (source / "meson.build").write_text("project('sample')\n" + MESON)
        for name, script in PROGRAMS.items():
            (source / f"{name}.sh").write_text(script + "\n")
        run(["meson", "setup", build, source], check=True)
        cls.build = build
        cls.done = run([ROOT / "tools/run-tests", build])
        cls.report = cls.done.stdout[cls.done.stdout.index("failed cases:"):]
        cls.file = (build / "meson-logs/failures.txt").read_text()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_last_line_has_the_counts(self):
        self.assertEqual(self.done.stdout.splitlines()[-1], "3 passed, 5 failed")
        self.assertNotEqual(self.done.returncode, 0)

    def test_each_failed_case_has_its_program_name_and_diagnostics(self):
        self.assertIn("  fails: one is two\n     0x1 != 0x2\n", self.report)

    def test_diagnostics_before_a_case_are_shown_where_none_follow(self):
        self.assertIn("  fails: of parts\n", self.report)

    def test_a_crash_shows_the_signal_the_last_case_and_both_ends_of_stderr(self):
        self.assertIn("  crashes: was ended by signal 6; the last case before: ok 1 - before\n"
                      "    ==1==ERROR: AddressSanitizer: heap-use-after-free\n", self.report)
        self.assertIn("    frame 99\n", self.report)
        self.assertNotIn("frame 50\n", self.report)

    def test_a_program_that_hangs_shows_the_last_case(self):
        self.assertRegex(self.report, r"hangs: ran out of time after \d+ s; "
                                      r"the last case before: ok 1 - quick\n")

    def test_a_program_without_cases_shows_what_it_printed(self):
        self.assertIn("  plain: ended with status 3\n    the layers are wrong\n", self.report)

    def test_skipped_cases_are_counted_by_reason(self):
        self.assertIn("\nskipped 1: no tool here\n", self.report)
        self.assertIn("\nskipped 1: no npm here\n", self.report)

    def test_a_suite_can_be_left_out(self):
        done = run([ROOT / "tools/run-tests", f"{self.build}:-cases"])
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 1 failed")
        self.assertIn("  plain: ", done.stdout)
        self.assertNotIn("hangs", done.stdout)

    def test_the_file_beside_the_logs_has_the_same_cases(self):
        self.assertTrue(self.file)
        self.assertIn(self.file, self.report)


class Unsteady(unittest.TestCase):
    """Programs that fail once and pass when they are run again, and those that get no second run."""

    FAILS_ONCE = "echo 1..2; echo ok 1 - a; test -f %s.ran && echo ok 2 - b && exit; : >%s.ran; %s"
    NOT_OK = "echo 'not ok 2 - b'; echo '# why'; exit 1"

    def outcome(self, *ends):
        """The exit status, what is printed, and which programs were run again, where program I ends its
        first run by ends[I]."""
        with tempfile.TemporaryDirectory() as home:
            source = pathlib.Path(home, "s")
            source.mkdir()
            lines = ["project('sample')"]
            for i, end in enumerate(ends):
                name = str(source / f"p{i}")
                pathlib.Path(name + ".sh").write_text(self.FAILS_ONCE % (name, name, end) + "\n")
                lines.append(f"test('p{i}', find_program('sh'), args: [files('p{i}.sh')], protocol: 'tap', "
                             f"suite: 'cases')")
            # Meson names the suite of a program only where there are several.
            lines.append("test('q', find_program('true'), suite: 'other', protocol: 'exitcode')")
            (source / "meson.build").write_text("\n".join(lines) + "\n")
            run(["meson", "setup", f"{home}/b", source], check=True)
            done = run([ROOT / "tools/run-tests", f"{home}/b"], env=dict(os.environ, UNSTEADY="2"))
            again = [line for line in done.stdout.splitlines() if line.startswith("run again: ")]
            return done.returncode, done.stdout, again

    def test_what_passes_when_run_again_is_listed_as_unsteady(self):
        status, text, again = self.outcome(self.NOT_OK, "echo ok 2 - b")
        self.assertEqual(again, ["run again: sample:cases / p0"])
        self.assertEqual((status, text.splitlines()[-1]), (0, "5 passed, 0 failed"))
        self.assertIn("unsteady cases, which passed when run again:\n  p0: b\n     why\n", text)
        self.assertNotIn("failed cases:", text)

    def test_what_fails_again_has_failed(self):
        status, text, again = self.outcome("rm -f ${0%.sh}.ran; " + self.NOT_OK)
        self.assertEqual((len(again), status, text.splitlines()[-1]), (1, 1, "2 passed, 1 failed"))
        self.assertIn("failed cases:\n  p0: b\n", text)
        self.assertNotIn("unsteady", text)

    def test_crashes_reports_of_sanitizers_torture_and_too_many_are_not_run_again(self):
        good = {"name": "a / p", "result": "ERROR", "returncode": 1, "stdout": "1..1\nnot ok 1 - b\n", "stderr": ""}
        report = "==1==ERROR: AddressSanitizer: heap-use-after-free"
        for change in ({}, {"result": "TIMEOUT"}, {"returncode": -6}, {"stderr": report},
                       {"stdout": good["stdout"] + "# " + report + "\n"}, {"stdout": "1..2\nnot ok 1 - b\n"},
                       {"stdout": "1..1\nok 1 - b\n"}, {"name": "a:torture / p"}):
            with self.subTest(change=change), tempfile.NamedTemporaryFile("w+") as log:
                log.write(json.dumps({**good, **change}) + "\n" + json.dumps({**good, "result": "OK"}) + "\n")
                log.flush()
                path = pathlib.Path(log.name)
                self.assertEqual(testlog.worth_repeating(path, 1), [] if change else ["a / p"])
                self.assertEqual(testlog.worth_repeating(path, 0), [])


class Waits(unittest.TestCase):
    """Programs that mostly wait run beside the others, and count with them."""

    LINES = {"plain": "echo ok 1 - a", "waits": "echo ok 1 - b; echo ok 2 - c", "long": "echo ok 1 - d",
             "fails": "test -f $0.ran && echo ok 1 - e && exit; : >$0.ran; echo not ok 1 - e; echo '# why'; exit 1"}
    SUITES = {"plain": "'cases'", "waits": "['cases', 'waits']", "long": "['long', 'waits']",
              "fails": "['other', 'waits']"}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        source, self.build = pathlib.Path(folder.name, "s"), pathlib.Path(folder.name, "b")
        source.mkdir()
        lines = ["project('sample')"]
        for name, script in self.LINES.items():
            (source / f"{name}.sh").write_text(f"echo 1..{2 if name == 'waits' else 1}; {script}\n")
            lines.append(f"test('{name}', find_program('sh'), args: [files('{name}.sh')], protocol: 'tap', "
                         f"suite: {self.SUITES[name]})")
        (source / "meson.build").write_text("\n".join(lines) + "\n")
        run(["meson", "setup", self.build, source], check=True)

    def end(self, suite, **env):
        # The run that this test is part of may have failed programs run again.
        done = run([ROOT / "tools/run-tests", f"{self.build}:{suite}"], env=dict(os.environ, UNSTEADY="0") | env)
        return done.stdout, done.stdout.splitlines()[-1]

    def test_they_are_of_the_suites_they_are_in(self):
        for suite, last in (("cases", "3 passed, 0 failed"), ("long", "1 passed, 0 failed"),
                            ("-other", "4 passed, 0 failed"), ("-other,-cases", "1 passed, 0 failed"),
                            ("cases,long,-long", "3 passed, 0 failed"), ("-long", "3 passed, 1 failed")):
            with self.subTest(suite):
                text, end = self.end(suite)
                self.assertEqual(end, last, text)
                self.assertEqual(text.count("  fails: e\n     why\n"), suite == "-long")

    def test_one_that_fails_is_run_again(self):
        text, end = self.end("", UNSTEADY="1")
        self.assertEqual(end, "5 passed, 0 failed", text)
        self.assertIn("unsteady cases, which passed when run again:\n  fails: e\n", text)


class Programs(unittest.TestCase):
    """What tools/run-tap makes of single programs."""

    def outcome(self, script):
        with tempfile.TemporaryDirectory() as home:
            path = pathlib.Path(home, "program")
            path.write_text("#!/bin/sh\n" + script)
            path.chmod(0o755)
            done = run([ROOT / "tools/run-tap", "WORD=hello", path])
            return done.returncode, done.stdout.splitlines()[-1], done.stdout

    def test_cases_are_counted_and_failed_ones_repeated(self):
        status, last, text = self.outcome("echo 1..2; echo ok 1 - $WORD; echo not ok 2 - b; echo '# why'; exit 1")
        self.assertEqual((status, last), (1, "1 passed, 1 failed"))
        self.assertIn("failed cases:\n  program: b\n     why\n", text)

    def test_a_program_that_ends_early_has_failed(self):
        self.assertEqual(self.outcome("echo 1..2; echo ok 1 - a")[:2], (1, "1 passed, 1 failed"))
        self.assertEqual(self.outcome("exit 0")[:2], (1, "0 passed, 1 failed"))

    def test_what_the_machine_cannot_run_is_neither(self):
        self.assertEqual(self.outcome("echo no chroot here >&2; exit 77")[:2], (77, "no chroot here"))


class Continuous(unittest.TestCase):
    """A copy of .ci/run whose commands are replaced by a script."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(cls.folder.name)
        for name in (".ci/run", "tests/torture/run.py", "bin/make", "tools/install-packages",
                     *(f"tools/{path.name}" for path in (ROOT / "tools").iterdir()
                       if path.is_file() and os.access(path, os.X_OK))):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("#!/bin/sh\nexit 0\n")
            (root / name).chmod(0o755)
        shutil.copy(ROOT / ".ci/run", root / ".ci/run")
        (root / "bin/make").write_text(
            "#!/bin/sh\ncase $1 in\n"
            "lint) for i in $(seq 60); do echo \"noise $i\"; done; echo 'x.c:1: error: wrong'; exit 2 ;;\n"
            "test) printf '%s\\n' 'much output' 'failed cases:' '  wire: a claim' '     1 != 2' '' "
            "'skipped 3: no npm' '5 passed, 1 failed'; exit 1 ;;\n"
            "test-long) printf '%s\\n' 'unsteady cases, which passed when run again:' '  store: a guess' '' "
            "'9 passed, 0 failed' ;;\n"
            "esac\n")
        cls.done = run([root / ".ci/run"], env=dict(os.environ, PATH=f"{root}/bin:{os.environ['PATH']}"))
        cls.end = cls.done.stdout[cls.done.stdout.index("\n=== time\n"):]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_what_failed_stands_between_the_times_and_the_last_line(self):
        self.assertRegex(self.end, r"(?s)FAILED   test\n.*\n=== failed\n"
                                   r"lint:\n.*test:\n  wire: a claim\n     1 != 2\n\n"
                                   r"\d+ passed, \d+ failed\n$")
        self.assertEqual(self.done.returncode, 1)

    def test_unsteady_cases_are_listed_by_step_and_fail_nothing(self):
        self.assertRegex(self.end, r"=== unsteady: .*\nlong test:\n  store: a guess\n\n=== failed\n")
        self.assertRegex(self.end, r"  ok       long test\n")

    def test_a_command_that_lists_no_cases_shows_its_last_lines(self):
        self.assertIn("\n    x.c:1: error: wrong\n", self.end)
        self.assertNotIn("noise 10\n", self.end)


if __name__ == "__main__":
    tap.main()
