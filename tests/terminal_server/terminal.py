"""The simulated terminal under test's hand, and a server that calls it."""

import json
import os
import random
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
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
        """Stop it; returns its report of requests and answers."""
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


class Line:
    """A TCP line to a terminal that can be cut, or held, at a request of one's choice. Use it in a
    `with`, or call close()."""

    def __init__(self, port):
        self.port_behind = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.tcp = "tcp://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.seen = []  # the command of each request
        self.down = False
        self._cut, self._stay_down = None, False
        self._held = {}
        self._open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.listener.close()
        for event in self._held.values():
            event.set()
        for s in list(self._open):
            s.close()

    def cut_after(self, command, stay_down=False):
        """The next request of that command reaches the terminal; its answer is lost, and the
        connection with it. stay_down: until `down` is set to False, no connection succeeds."""
        self._cut, self._stay_down = command, stay_down

    def hold(self, command):
        """The next request of that command waits for the event that is returned."""
        event = self._held[command] = threading.Event()
        return event

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                if self.down:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.port_behind))
            except OSError:
                return
            self._open += [near, far]
            line = {"lost": False}
            for work in (self._requests, self._answers):
                threading.Thread(target=work, args=(near, far, line), daemon=True).start()

    def _requests(self, near, far, line):
        buffer = b""
        try:
            while True:
                piece = near.recv(65536)
                if not piece:
                    break
                buffer += piece
                while len(buffer) >= 16 and \
                        len(buffer) >= 8 + struct.unpack_from("<I", buffer, 4)[0]:
                    size = 8 + struct.unpack_from("<I", buffer, 4)[0]
                    packet, buffer = buffer[:size], buffer[size:]
                    self._request(packet, far, line)
        except OSError:
            pass
        for s in (near, far):
            s.close()

    def _request(self, packet, far, line):
        [command] = struct.unpack_from("<H", packet, 8)
        self.seen.append(command)
        event = self._held.pop(command, None)
        if event:
            event.wait(serve.DEADLINE)
        if self._cut == command:
            self._cut = None
            self.down = self._stay_down
            line["lost"] = True
        far.sendall(packet)

    def _answers(self, near, far, line):
        try:
            while True:
                piece = far.recv(65536)
                if not piece or line["lost"]:
                    break
                near.sendall(piece)
        except OSError:
            pass
        for s in (near, far):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


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
        return self.ended(self.api.queue(sn, command), seconds)

    def ended(self, number, seconds=serve.DEADLINE):
        """Wait for a command's end; the command as it is then."""
        def ended():
            c = self.api.command(number)
            return c if c["status"] not in ("queued", "sent", "deferred") else None

        return until(ended, seconds)
