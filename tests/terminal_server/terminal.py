"""The simulated terminal under test's hand, and a server that calls it."""

import json
import os
import random
import re
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import serve  # noqa: E402
from serve import until  # noqa: E402


class Terminal:
    """One `gatehouse sim terminal`. Use it in a `with`, or call close()."""

    def __init__(self, *flags, port=0):
        self.process = subprocess.Popen(
            [os.environ.get("GATEHOUSE_SIM") or serve.program(), "sim", "terminal",
             "--listen", f"127.0.0.1:{port}", *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=serve._die_with_parent)
        text, end = b"", time.monotonic() + serve.DEADLINE
        while not re.search(rb"udp\S*://\S+:(\d+)\n", text):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                self.close()
                raise TimeoutError(f"the simulator said only {text!r}")
            piece = os.read(self.process.stdout.fileno(), 4096)
            if not piece:
                why = self.process.stderr.read()
                self.close()
                raise RuntimeError(f"the simulator ended: {why!r}")
            text += piece
        self.port = int(re.search(rb"tcp\S*://\S+:(\d+)\n", text)[1])
        self.tcp = f"tcp://127.0.0.1:{self.port}"
        self.udp = f"udp://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def end(self):
        """Stop it; what it says it was asked and sent."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=serve.DEADLINE)
        if self.process.returncode != 0 or b"Sanitizer" in err:
            raise AssertionError(f"the simulator ended with {self.process.returncode}: {err!r}")
        return json.loads(out.splitlines()[-1])

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            pipe.close()


def fleet(n, *flags):
    """n terminals on consecutive ports, wherever so many are free."""
    for _ in range(20):
        try:
            return Terminal("--devices", str(n), *flags, port=random.randrange(20000, 32000))
        except RuntimeError as e:
            why = e
    raise why


class Server(serve.Server):
    """A server with the words for terminals."""

    def add(self, address, **fields):
        return self.api.post("/api/devices", dict(fields, address=address))["data"]

    def link(self, sn):
        return self.api.device(sn)["link"]

    def linked(self, sn, state, seconds=serve.DEADLINE):
        return until(lambda: self.link(sn)["state"] == state and self.link(sn), seconds)

    def read_once(self, sn):
        return until(lambda: self.link(sn)["lastRead"] and self.link(sn))

    def order(self, sn, command, seconds=serve.DEADLINE):
        """Queue a command and wait for its end; the command as it is then."""
        number = self.api.queue(sn, command)

        def ended():
            c = self.api.command(number)
            return c if c["status"] not in ("queued", "sent", "deferred") else None

        return until(ended, seconds)
