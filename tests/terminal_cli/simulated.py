"""Simulated terminals, and `gatehouse terminal` against them."""

import csv
import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from serve import DEADLINE, _die_with_parent, program  # noqa: E402

REFUSED, USAGE, UNREACHABLE, WRONG_KEY, INCOMPLETE, INTERRUPTED = 1, 2, 3, 4, 5, 130


def environment(**more):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GATEHOUSE_")}
    return dict(clean, **more)


class Sim:
    """One simulated terminal, on a port the system picks."""

    def __init__(self, *flags):
        self.process = subprocess.Popen(
            [program(), "sim", "terminal", "--listen", "127.0.0.1:0", *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment(), preexec_fn=_die_with_parent)
        self.result = None
        found, text, end = {}, b"", time.monotonic() + DEADLINE
        while len(found) < 2:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise TimeoutError(f"the simulator is not ready: {text!r}")
            piece = os.read(self.process.stdout.fileno(), 4096)
            if not piece:
                raise RuntimeError(self.process.stderr.read().decode())
            text += piece
            found = dict(re.findall(rb"listening terminal (tcp|udp)://127.0.0.1:(\d+)\n", text))
        self.port = int(found[b"tcp"])
        self.tcp = f"tcp://127.0.0.1:{self.port}"
        self.udp = f"udp://127.0.0.1:{int(found[b'udp'])}"

    def end(self):
        """Stop it; returns its report."""
        if self.result is None:
            self.process.send_signal(signal.SIGTERM)
            out, err = self.process.communicate(timeout=DEADLINE)
            self.result = json.loads(out.splitlines()[-1])
            if b"Sanitizer" in err:
                raise AssertionError(err.decode())
        return self.result

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class Done:
    def __init__(self, status, out, err):
        self.status, self.raw = status, out
        self.out, self.err = out.decode(errors="replace"), err.decode(errors="replace")

    def __repr__(self):
        return f"status {self.status}\n{self.out[:2000]}\n{self.err[:2000]}"

    def rows(self, kind):
        """The rows of a machine format, every value as text."""
        if kind == "csv":
            return list(csv.DictReader(io.StringIO(self.out, newline="")))
        found = (json.loads(self.out) if kind == "json"
                 else [json.loads(line) for line in self.out.splitlines()])
        return [{k: plain(v) for k, v in row.items()} for row in found]


def plain(value):
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)


def terminal(*words, env=None, seconds=DEADLINE * 2):
    got = subprocess.run([program(), "terminal", *words], stdin=subprocess.DEVNULL,
                         capture_output=True, timeout=seconds,
                         env=environment() if env is None else env)
    if b"Sanitizer" in got.stderr:
        raise AssertionError(got.stderr.decode())
    return Done(got.returncode, got.stdout, got.stderr)


def begin(*words, **how):
    """The same, to interact with while it runs."""
    return subprocess.Popen([program(), "terminal", *words], stdin=subprocess.DEVNULL,
                            env=environment(), preexec_fn=_die_with_parent,
                            **dict({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}, **how))
