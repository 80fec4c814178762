"""A server whose clock is moved while it runs, by libfaketime. Its monotonic clock goes on as it is."""

import functools
import glob
import os
import shutil
import subprocess
import tempfile
import unittest

from serve import program


@functools.cache
def runs_under(library):
    """Whether the program does: with that of Debian 13 a sanitized one waits for itself when it begins."""
    try:
        subprocess.run([program(), "version"], env=dict(os.environ, LD_PRELOAD=library,
                       ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0"), capture_output=True, timeout=30,
                       check=False)
        return True
    except subprocess.TimeoutExpired:
        return False


class SteppedClock:
    """`env` is for Server. Without libfaketime the test is skipped."""

    def __init__(self, case):
        found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
        if not found:
            raise unittest.SkipTest("no libfaketime on this machine")
        if not runs_under(found[0]):
            raise unittest.SkipTest("the program does not run under this libfaketime")
        home = tempfile.mkdtemp(prefix="gatehouse-time-")
        case.addCleanup(shutil.rmtree, home, True)
        self.file = os.path.join(home, "offset")
        self.step(0)
        self.env = {"LD_PRELOAD": found[0], "FAKETIME_TIMESTAMP_FILE": self.file,
                    "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    def step(self, seconds):
        """How far it is from the machine's clock."""
        with open(self.file + ".new", "w") as f:
            f.write(f"{seconds:+d}s\n")
        os.rename(self.file + ".new", self.file)

    def start(self, make):
        """What make() returns, a server; it cannot be started so under the thread sanitizer."""
        try:
            return make()
        except (RuntimeError, TimeoutError) as why:
            if "thread" not in str(why).lower() and "sanitizer" not in str(why).lower():
                raise
            raise unittest.SkipTest("this sanitizer does not run under libfaketime") from why
