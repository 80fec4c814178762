"""Commands of gatehouse against a running server, as the tests run them. A module sets `server`."""

import os
import subprocess
import unittest

from device import Device
from serve import DEADLINE, program

server = None


def clock():
    d = Device(server)
    d.options()
    return d


def environment(**more):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GATEHOUSE_")}
    return dict(clean, **more)


def url(own=None):
    return "http://%s:%d" % (own or server).admin


class Done:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err
        self.lines = out.splitlines()

    def __repr__(self):
        return f"{self.status}\n{self.out}\n{self.err}"


def run(*words, own=None, env=None, cwd=None):
    """One command against the server; its data directory is named by the environment."""
    own = own or server
    env = environment(GATEHOUSE_DATA=own.data, GATEHOUSE_URL=url(own)) if env is None else env
    got = subprocess.run([program(), *words], env=env, cwd=cwd, stdin=subprocess.DEVNULL,
                         capture_output=True, timeout=DEADLINE * 2)
    return Done(got.returncode, got.stdout.decode(), got.stderr.decode())


class Base(unittest.TestCase):
    def ok(self, *words, **how):
        got = run(*words, **how)
        self.assertEqual((got.status, got.err), (0, ""), got)
        return got

    def bad(self, status, word, *words, **how):
        got = run(*words, **how)
        self.assertEqual(got.status, status, got)
        self.assertIn(word, got.err)
        self.assertNotIn("Sanitizer", got.err)
        return got
