"""The pages of docs/recipes/, and where their blocks are run: a folder in which what a page names
is written, with the program under test on the PATH as `gatehouse`."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "terminal_cli")]

from device import Device  # noqa: E402
from serve import DEADLINE, Server, _die_with_parent, program  # noqa: E402
from simulated import environment  # noqa: E402

PAGES = TOP / "docs/recipes"


def blocks(page):
    """[(language, name or "", text)] of a page."""
    text = (PAGES / page).read_text(encoding="utf-8")
    return re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", text, re.S | re.M)


def block(page, name):
    """The one block of a page with that name, or of that language."""
    [text] = [t for language, n, t in blocks(page) if name in (n, language)]
    return text


class Recipe(unittest.TestCase):
    """A test of a page: self.home is its folder, self.server a server if it makes one."""

    server = None

    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="gatehouse-test-")
        self.addCleanup(home.cleanup)
        self.home = pathlib.Path(home.name)
        os.mkdir(self.home / "bin")
        os.symlink(program(), self.home / "bin/gatehouse")

    def serve(self, *flags, **how):
        self.server = Server("--new-devices", "approve", *flags, stay=True, **how)
        self.addCleanup(self.server.close)
        self.device = Device(self.server, "RECIPE1")
        self.device.options()
        return self.server

    def environment(self, **more):
        here = {"PATH": f"{self.home}/bin:{os.environ['PATH']}", "LC_ALL": "C.UTF-8",
                "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(self.home)}
        if self.server:
            here.update(GATEHOUSE_URL="http://%s:%d" % self.server.admin,
                        GATEHOUSE_DATA=self.server.data)
        return environment(**here, **more)

    def write(self, page, name, **changes):
        """The block of that name as a file; its path."""
        text = block(page, name)
        for old, new in changes.items():
            text = text.replace(old, new)
        (self.home / name).write_text(text, encoding="utf-8")
        return str(self.home / name)

    def shell(self, text, **more):
        """Run lines as a shell does, ended by the first that fails; what they print."""
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=self.home, text=True,
                              env=self.environment(**more), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=DEADLINE * 8)
        self.assertEqual(done.returncode, 0, (text, done.stdout, done.stderr))
        return done.stdout

    def run_python(self, words, **more):
        return subprocess.run([sys.executable, "-I", *words], cwd=self.home, text=True,
                              env=self.environment(**more), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=DEADLINE * 8)

    def start(self, words, **more):
        """A program that runs until the test ends."""
        with open(self.home / "log", "ab") as log:
            process = subprocess.Popen(words, cwd=self.home, env=self.environment(**more),
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       preexec_fn=_die_with_parent)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def log(self):
        return (self.home / "log").read_text(errors="replace")

    def place(self, name="place"):
        """The place in a cursor's file; 0 where there is none yet."""
        path = self.home / name
        return json.loads(path.read_text())["after"] if path.exists() else 0
