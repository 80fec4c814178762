"""The server under test, and the sockets to reach it.

The program is named by $GATEHOUSE, or found in the newest build directory. Everything it
writes lies in a temporary directory, and it dies with the test, however the test ends.
Where $GATEHOUSE_TEST_POSTGRES names a server (tests/postgres.py), it stores there, in a schema
that belongs to its data directory.
"""

import base64
import contextlib
import ctypes
import glob
import hashlib
import http.client
import json
import os
import random
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import postgres

DEADLINE = float(os.environ.get("GATEHOUSE_TEST_DEADLINE", "60"))


def program():
    path = os.environ.get("GATEHOUSE")
    if path:
        return os.path.abspath(path)
    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = [p for p in glob.glob(os.path.join(top, "build*", "gatehouse"))]
    if not found:
        raise RuntimeError("no build*/gatehouse; build it, or name it in $GATEHOUSE")
    return max(found, key=os.path.getmtime)


def until(what, seconds=DEADLINE, pause=0.02):
    """Poll what() until it is true; its value. Less often, the longer it takes."""
    begun = time.monotonic()
    while True:
        value = what()
        if value:
            return value
        waited = time.monotonic() - begun
        if waited > seconds:
            raise TimeoutError(f"waited {seconds} s in vain for {getattr(what, '__name__', what)}")
        time.sleep(max(pause, min(0.1, waited / 20)))


def _bound():
    """A socket that has a port and does not listen. The port is below those that the system hands out by
    itself, so that no connection of another test has it."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
        first = int(f.read().split()[0])
    while True:
        s = socket.socket()
        try:
            s.bind(("127.0.0.1", random.randrange(first // 2, first)))
            return s
        except OSError:
            s.close()


def free_port():
    """A port at which nothing listens, to be used at once."""
    with _bound() as s:
        return s.getsockname()[1]


@contextlib.contextmanager
def closed_port():
    """A port at which nothing listens until the block ends: it is held."""
    with _bound() as s:
        yield s.getsockname()[1]


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Server:
    """One `gatehouse serve`. Use it in a `with`, or call close()."""

    def __init__(self, *flags, data=None, env=None, prepare=None, stay=False, start=True):
        self.flags = list(flags)
        self.stay = stay  # listen at the same addresses after a restart
        self.env = dict(os.environ, **(env or {}))
        self.prepare = prepare  # run in the child before exec: limits and the like
        self.home = tempfile.mkdtemp(prefix="gatehouse-test-")
        self.data = data or os.path.join(self.home, "data")
        self.process = None
        self.store = self._store()
        self.devices = self.admin = None
        self.starts = 0
        if start:
            try:
                self.start()
            except BaseException:
                self.close()
                raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _store(self):
        """The URL of its schema, where it stores in PostgreSQL."""
        base = os.environ.get("GATEHOUSE_TEST_POSTGRES")
        if not base or "--store" in self.flags:
            return None
        return postgres.ready_schema(base, "s" + hashlib.sha256(self.data.encode()).hexdigest()[:16])

    def _before(self):
        _die_with_parent()
        # A program started by nohup inherits that this signal is ignored.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        if self.prepare:
            self.prepare()

    def spawn(self):
        """Start the program without waiting for it."""
        self.starts += 1
        listen, admin = ("127.0.0.1:0", "127.0.0.1:0")
        if self.stay:
            self.devices = self.devices or ("127.0.0.1", free_port())
            self.admin = self.admin or ("127.0.0.1", free_port())
            listen, admin = ("%s:%d" % a for a in (self.devices, self.admin))
        self.log_path = os.path.join(self.home, f"log.{self.starts}")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [program(), "serve", "--listen", listen, "--admin", admin, "--data", self.data]
                + (["--store", self.store] if self.store else [])
                # What is sent by itself would come between what a test sends.
                + ([] if "--sync" in self.flags else ["--sync", "units"]) + self.flags,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=self.env,
                preexec_fn=self._before)
        return self.process

    def start(self):
        process = self.spawn()
        found = {}
        text, end = b"", time.monotonic() + DEADLINE
        while len(found) < 2:
            left = end - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                raise TimeoutError(f"no 'listening' lines from serve, only {text!r}\n{self.log()}")
            piece = os.read(process.stdout.fileno(), 4096)
            if not piece:
                raise RuntimeError(f"serve ended with {process.wait()}\n{self.log()}")
            text += piece
            for line in text.split(b"\n")[:-1]:
                m = re.fullmatch(rb"listening (devices|admin) https?://\[?([0-9.:a-f]+)\]?:(\d+)",
                                 line)
                if m:
                    found[m[1]] = (m[2].decode(), int(m[3]))
        self.devices, self.admin = found[b"devices"], found[b"admin"]
        with open(os.path.join(self.data, "admin.token")) as f:
            self.token = f.read().strip()
        self.api = Api(self.admin, self.token)
        return self

    def kill(self):
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def terminate(self, seconds=DEADLINE):
        """As systemd would; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self.process.stdout.close()
        return status

    def restart(self, how="terminate"):
        getattr(self, how)()
        return self.start()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def log(self, size=4000):
        with open(self.log_path, "rb") as f:
            return f.read()[-size:].decode(errors="replace")

    def faults(self):
        """The reports of sanitizers from all runs of this server."""
        lines_read = []
        for n in range(1, self.starts + 1):
            with open(os.path.join(self.home, f"log.{n}"), errors="replace") as f:
                lines_read += [line for line in f if "Sanitizer" in line or "runtime error" in line]
        return lines_read

    def rss(self):
        """Resident memory in bytes."""
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(re.search(r"VmRSS:\s+(\d+) kB", f.read())[1]) * 1024

    def sanitized(self):
        """The address and the thread sanitizer reserve many terabytes for what they know of each byte."""
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(re.search(r"VmSize:\s+(\d+) kB", f.read())[1]) >> 30 >= 8

    def database(self):
        if self.store:
            return postgres.Database(self.store)
        import sqlite3

        path = os.path.join(self.data, "gatehouse.db")
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)

    def blob(self, content):
        """Bytes as a literal of its database."""
        return f"'\\x{content.hex()}'::bytea" if self.store else f"X'{content.hex()}'"

    def write(self, *statements):
        """Change the database while the server is stopped."""
        if self.store:
            postgres.psql(self.store, *statements)
            return
        import sqlite3

        with contextlib.closing(sqlite3.connect(os.path.join(self.data, "gatehouse.db"))) as db:
            for text in statements:
                db.execute(text)
            db.commit()

    def template(self, number):
        """A template's text. Only the database shows it."""
        if self.store:
            rows = postgres.psql(self.store, "SELECT encode(data, 'hex') FROM template"
                                             f" WHERE id = {number}")
            return bytes.fromhex(rows[0][0])
        with self.database() as db:
            return db.execute("SELECT data FROM template WHERE id = ?",
                              (number,)).fetchone()[0].encode()

    def content(self, plural, row):
        """What a record of that list holds: a picture's bytes, a template's text."""
        return self.api.picture(row["id"]) if plural == "photos" else self.template(row["id"])

    def close(self):
        """End it, remove what it wrote, and fail if a sanitizer found fault with it."""
        try:
            if self.alive():
                self.terminate(10)
        except subprocess.TimeoutExpired:
            pass
        finally:
            faults = self.faults() if self.starts else []
            shutil.rmtree(self.home, ignore_errors=True)
        if faults:
            raise AssertionError("the sanitizers complain:\n" + "".join(faults[:20]))


# --- the devices' side: bytes, to the letter ---

class BadReply(AssertionError):
    pass


class Reply:
    """One HTTP reply, read strictly."""

    def __init__(self, line, headers, body, head):
        self.line, self.headers, self.body, self.head = line, headers, body, head
        self.version, self.status = line[:8], int(line[9:12])

    def all(self, name):
        return [v for k, v in self.headers if k == name]

    def get(self, name):
        """The value of a header in exactly this spelling; None when absent."""
        found = self.all(name)
        if len(found) > 1:
            raise BadReply(f"{name} appears {len(found)} times")
        return found[0] if found else None

    @property
    def text(self):
        return self.body.decode("utf-8", "surrogateescape")

    def __repr__(self):
        return f"<{self.line!r} {self.body[:120]!r}>"


class Wire:
    """A connection on which every byte is the test's own."""

    def __init__(self, address, timeout=DEADLINE, source=None):
        self.sock = socket.create_connection(address, timeout, source and (source, 0))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def send(self, *pieces, pause=0.0):
        for i, piece in enumerate(pieces):
            if i and pause:
                time.sleep(pause)
            self.sock.sendall(piece)
        return self

    def _more(self):
        try:
            piece = self.sock.recv(65536)
        except ConnectionResetError:
            piece = b""
        self.buffer += piece
        return piece

    def reply(self, bodiless=False):
        """Read one reply: status line, canonical header lines, Content-Length, body."""
        while b"\r\n\r\n" not in self.buffer:
            if len(self.buffer) > 65536:
                raise BadReply("a reply head without end")
            if not self._more():
                raise BadReply(f"the connection ended in a reply's head: {self.buffer!r}")
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        line, *rest = head.decode("latin-1").split("\r\n")
        if not re.fullmatch(r"HTTP/1\.[01] [1-5]\d\d .+", line):
            raise BadReply(f"status line {line!r}")
        headers = []
        for h in rest:
            m = re.fullmatch(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([^\r\n\0]*)", h)
            if not m:
                raise BadReply(f"header line {h!r}")
            headers.append((m[1], m[2].strip()))
        reply = Reply(line, headers, b"", head + b"\r\n\r\n")
        if reply.status == 100:
            return self.reply(bodiless)
        length = reply.get("Content-Length")
        if length is None or not length.isdigit():
            raise BadReply(f"no Content-Length in {head!r}")
        if not bodiless:
            while len(self.buffer) < int(length):
                if not self._more():
                    raise BadReply(f"{len(self.buffer)} of {length} bytes of a body")
            reply.body, self.buffer = self.buffer[:int(length)], self.buffer[int(length):]
        return reply

    def ended(self, seconds=DEADLINE):
        """Whether the server closes now, without a further byte."""
        self.sock.settimeout(seconds)
        try:
            return not self.buffer and not self._more()
        except socket.timeout:
            return False


def request(method, target, body=None, headers=None, version="HTTP/1.1"):
    """The bytes of a request as the older push client writes them."""
    if headers is None:
        headers = [("Host", "127.0.0.1:8080"), ("User-Agent", "iClock Proxy/1.09"),
                   ("Connection", "close"), ("Accept", "*/*")]
    if isinstance(target, str):
        target = target.encode("utf-8", "surrogateescape")
    head = method.encode() + b" " + target + b" " + version.encode() + b"\r\n"
    for name, value in headers:
        head += f"{name}: {value}\r\n".encode("latin-1")
    if body is not None and not any(n.lower() == "content-length" for n, _ in headers):
        head += b"Content-Length: %d\r\n" % len(body)
    return head + b"\r\n" + (body or b"")


def send_request(address, method, target, body=None, headers=None, version="HTTP/1.1", source=None):
    """One request on a connection of its own; from that address of this machine."""
    with Wire(address, source=source) as wire:
        wire.send(request(method, target, body, headers, version))
        return wire.reply()


# --- the people's side ---

class ApiError(AssertionError):
    def __init__(self, method, path, status, reply):
        super().__init__(f"{method} {path}: {status} {reply!r:.400}")
        self.status, self.reply = status, reply


class Api:
    def __init__(self, address, token=None):
        self.address, self.token = address, token

    def raw(self, method, path, body=None, headers=None):
        """Status, headers and bytes, whatever they are."""
        connection = http.client.HTTPConnection(*self.address, timeout=DEADLINE)
        try:
            send = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            if body is not None and not isinstance(body, bytes):
                body = json.dumps(body).encode()
                send["Content-Type"] = "application/json"
            connection.request(method, path, body, dict(send, **(headers or {})))
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            connection.close()

    def call(self, method, path, body=None):
        status, headers, data = self.raw(method, path, body)
        try:
            reply = json.loads(data) if data else {}
        except ValueError:
            reply = data
        if not 200 <= status < 300:
            raise ApiError(method, path, status, reply)
        return reply

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None):
        return self.call("POST", path, {} if body is None else body)

    def pages(self, path, key="id", size=500):
        """All rows of a list, page by page."""
        rows, after = [], 0
        while True:
            mark = "&" if "?" in path else "?"
            page = self.get(f"{path}{mark}limit={size}&after={after}")["data"]
            rows += page
            if len(page) < size:
                return rows
            after = page[-1][key]

    # What the tests send_request for all the time.

    def punches(self, **query):
        text = "&".join(f"{k}={v}" for k, v in query.items())
        return self.pages("/api/punches" + ("?" + text if text else ""), "seq")

    def device(self, sn):
        return self.get(f"/api/devices/{sn}")["data"]

    def devices(self):
        return {d["sn"]: d for d in self.get("/api/devices?limit=1000")["data"]}

    def change(self, sn, **fields):
        return self.call("PATCH", f"/api/devices/{sn}", fields)["data"]

    def records(self, plural, sn):
        return self.pages(f"/api/{plural}?device={sn}")

    def picture(self, number):
        status, _, data = self.raw("GET", f"/api/photos/{number}")
        assert status == 200, (status, data)
        return data

    def quarantine(self, sn):
        return self.pages(f"/api/quarantine?device={sn}")

    def uploads(self, sn):
        return self.pages(f"/api/uploads?device={sn}")

    def upload_body(self, row):
        """The bytes of an upload that was stored raw."""
        row = self.get(f"/api/uploads/{row['id']}")["data"]
        if row["encoding"] == "base64":
            return base64.b64decode(row["body"])
        return row["body"].encode()

    def approve(self, sn):
        return self.post(f"/api/devices/{sn}/approve")

    def queue(self, sn, command, **more):
        reply = self.post("/api/commands", dict(more, deviceSerial=sn, command=command))
        return int(reply["commandId"] if "commandId" in reply else reply["data"]["commandId"])

    def command(self, number):
        return self.get(f"/api/commands/{number}")["data"]
