"""The test server as a child process, and raw sockets with just enough HTTP."""

import os
import select
import socket
import ssl
import subprocess
import time

DEADLINE = 60
PROGRAM = os.environ.get("HTTP_TEST_SERVER", "")


class Server:
    def __init__(self, *options):
        self.process = subprocess.Popen(
            [PROGRAM, *map(str, options)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        word, _, rest = self.process.stdout.readline().strip().partition(" ")
        self.port = int(rest) if word == "port" else None
        self.message = rest

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        """The orderly end; what a sanitizer found comes out here."""
        try:
            out, err = self.process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise AssertionError("the server does not end") from None
        if self.port and (self.process.returncode != 0 or not out.endswith("closed\n") or err):
            raise AssertionError(f"status {self.process.returncode}: {out}{err}")

    def quiesce(self):
        self.process.stdin.write("q")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "quiet\n"

    def renew(self):
        """Let it read its certificate again; the result as a word, or the reason of a failure."""
        self.process.stdin.write("r")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def state(self):
        """The counters as a dictionary, and under "notes" what was refused or was no request.
        Where the memory for requests is exhausted this one may be refused as well: it is sent
        again."""
        found = {"notes": []}
        end = time.monotonic() + DEADLINE
        reply = self.send_request(b"GET /state HTTP/1.0\r\n\r\n")
        while reply.status == 503 and time.monotonic() < end:
            time.sleep(0.01)
            reply = self.send_request(b"GET /state HTTP/1.0\r\n\r\n")
        assert reply.status == 200, reply.status
        for line in reply.body.decode().splitlines():
            name, _, value = line.partition(" ")
            if name in ("refused", "no_request"):
                found["notes"].append(line)
            else:
                found[name] = int(value) if value.isdigit() else value
        return found

    def until(self, true, what):
        """Poll the state until true(state)."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            state = self.state()
            if true(state):
                return state
            time.sleep(0.01)
        raise AssertionError(f"{what}: {self.state()}")

    def send_request(self, request):
        with Connection(self.port) as k:
            k.send(request)
            return k.reply()


class Reply:
    def __init__(self, status, reason, lines, body):
        self.status, self.reason, self.lines, self.body = status, reason, lines, body

    def __getitem__(self, name):
        found = [v for n, v in self.lines if n == name]
        return found[0] if len(found) == 1 else (found or None)


class Connection:
    def __init__(self, port, tls=None, host="127.0.0.1", source=None):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(DEADLINE)
        try:
            if source:
                self.socket.bind((source, 0))
            self.socket.connect((host, port))
            if tls:
                self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        except BaseException:
            self.socket.close()
            raise
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        data = self.socket.recv(65536)
        self.rest += data
        return data

    def up_to(self, mark):
        while mark not in self.rest:
            if not self.more():
                raise EOFError(f"closed after {self.rest!r}")
        found, _, self.rest = self.rest.partition(mark)
        return found

    def exactly(self, n):
        while len(self.rest) < n:
            if not self.more():
                raise EOFError(f"closed after {self.rest!r}")
        found, self.rest = self.rest[:n], self.rest[n:]
        return found

    def head(self):
        first, *lines = self.up_to(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, reason = first.split(" ", 2)
        assert version == "HTTP/1.1", first
        return Reply(int(status), reason, [tuple(l.split(": ", 1)) for l in lines], b"")

    def reply(self, body=True):
        reply = self.head()
        if body and reply.status >= 200:
            reply.body = self.exactly(int(reply["Content-Length"]))
        return reply

    def chunk(self):
        n = int(self.up_to(b"\r\n"), 16)
        data = self.exactly(n)
        assert self.exactly(2) == b"\r\n"
        return data

    def is_closed(self):
        """Whether the peer closes, without sending more."""
        try:
            return self.rest == b"" and self.more() == b""
        except (ConnectionResetError, ssl.SSLError):
            return True

    def is_silent(self, seconds=0.2):
        """Whether nothing comes and the connection stays, for a moment."""
        return not self.rest and not select.select([self.socket], [], [], seconds)[0]
