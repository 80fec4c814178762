"""A PUSH server controlled by a test: plain sockets, every byte kept."""

import re
import socket
import subprocess
import threading
import time

from serve import program

HANDSHAKE = (b"GET OPTION FROM: x\nServerVer=2.4.1\nErrorDelay=30\nDelay=10\nRealtime=1\n"
         b"TransFlag=TransData AttLog\tOpLog\tAttPhoto\tEnrollFP\tEnrollUser\tFPImag\tChgUser\t"
         b"ChgFP\tFACE\tUserPic\tWORKCODE\tBioPhoto\n")


class Request:
    def __init__(self, raw, head, body, pieces, seconds):
        self.raw, self.body, self.pieces, self.seconds = raw, body, pieces, seconds
        first, _, rest = head.partition(b"\r\n")
        self.method, _, rest_of = first.partition(b" ")
        self.target, _, self.version = rest_of.rpartition(b" ")
        self.headers = rest
        self.sn = (re.search(rb"[?&]SN=([^& ]*)", self.target) or [b"", b""])[1]

    def about(self, word):
        return word in self.target


class Scripted:
    """answer(request) is the body to send, or (status, body), or None to hang up."""

    def __init__(self, answer=None, keep_alive=True):
        self.answer = answer or (lambda r: HANDSHAKE if r.about(b"options=all") else b"OK")
        self.keep_alive = keep_alive  # keep connections open where the client requests it
        self.requests, self.lock = [], threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _read(self, peer):
        data, pieces, begun = b"", 0, None
        while True:
            at = data.find(b"\r\n\r\n")
            if at >= 0:
                length = re.search(rb"\r\nContent-Length: (\d+)", data[:at + 2])
                end = at + 4 + (int(length[1]) if length else 0)
                if len(data) >= end:
                    return Request(data[:end], data[:at + 2], data[at + 4:end], pieces,
                                   time.monotonic() - begun)
            piece = peer.recv(65536)
            if not piece:
                return None
            begun = begun or time.monotonic()
            pieces += 1
            data += piece

    def _serve(self, peer):
        with peer:
            peer.settimeout(60)
            try:
                while True:
                    request = self._read(peer)
                    if request is None:
                        return
                    with self.lock:
                        self.requests.append(request)
                        reply = self.answer(request)
                    if reply is None:
                        return
                    status, body = reply if isinstance(reply, tuple) else (200, reply)
                    stay = self.keep_alive and b"Connection: close" not in request.headers
                    peer.sendall(b"HTTP/1.1 %d X\r\nContent-Type: text/plain\r\n%s"
                                 b"Content-Length: %d\r\n\r\n"
                                 % (status, b"" if stay else b"Connection: close\r\n", len(body))
                                 + body)
                    if not stay:
                        return
            except OSError:
                pass

    def of(self, word, sn=None):
        with self.lock:
            return [r for r in self.requests if r.about(word) and sn in (None, r.sn)]


def faults(err):
    """What the simulator prints, without the lines about devices that wait."""
    return [line for line in err.splitlines()
            if not re.match(r"\d+ of \d+ devices wait: |no device waits", line)]


def fleet(*flags):
    """A running simulator."""
    return subprocess.Popen([program(), "sim", "attendance", *flags], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def punches(body):
    """Lines of an ATTLOG upload as the simulator's account has them, without the serial."""
    rows = []
    for line in body.decode("latin-1").splitlines():
        columns = line.split("\t")
        if len(columns) > 2 and columns[0] and re.fullmatch(r"[\d-]{10} [\d:]{8}", columns[1]):
            rows.append((columns + [""] * 5)[:5])
    return [tuple(r) for r in rows]
