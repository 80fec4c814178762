"""A second, tiny reader and writer of the attendance protocol, written from the documents
(Attendance PUSH 2020-03 and PUSH SDK 2013), so that a mistake that the server's own reader
and writer share does not stay hidden."""

import itertools

from serve import Wire, send_request, request

_serials = itertools.count(1)


def serial(prefix="PY"):
    """A serial number that is unused in this process."""
    return f"{prefix}{next(_serials):08d}"


def attlog(*rows):
    """ATTLOG lines of seven columns (11.2): pin, time[, status, verify, work code, ...]."""
    lines = []
    for row in rows:
        row = [str(c) for c in row]
        lines.append("\t".join(row + ["0"] * (7 - len(row))))
    return ("\n".join(lines) + "\n").encode() if lines else b""


def options(body):
    """The options of a handshake (5), as an older client reads them: an unterminated last
    line does not count."""
    first, *lines = body.decode().split("\n")
    if not first.startswith("GET OPTION FROM:"):
        raise AssertionError(f"no handshake: {body[:80]!r}")
    return dict(line.rstrip("\r").split("=", 1) for line in lines[:-1])


def commands(body):
    """[(id, text)] of a poll's reply (12); [] for OK."""
    if body == b"OK":
        return []
    found = []
    if not body.endswith(b"\n"):
        raise AssertionError(f"the last command line has no end: {body[-80:]!r}")
    for line in body[:-1].split(b"\n"):
        c, number, text = line.decode("utf-8", "surrogateescape").split(":", 2)
        if c != "C" or not number.isalnum() or len(number) > 16:
            raise AssertionError(f"not a command line: {line!r}")
        found.append((number, text))
    return found


# A record of each kind but punches, by the table it is uploaded to.
UPLOADS = (
    ("OPERLOG", "USER PIN=1\tName=Ann\tPri=14\tPasswd=4711\n"
                "FP PIN=1\tFID=1\tSize=4\tValid=1\tTMP=AAAA\n"
                "FACE PIN=1\tFID=0\tSIZE=4\tVALID=1\tTMP=BBBB\n"
                "OPLOG 4\t0\t2024-06-01 08:00:00\t0\t0\t0\t0\n"
                "WORKCODE PIN=1\tCODE=3\tNAME=Weld\n"),
    ("IDCARD", "IDCARD PIN=1\tIDNum=123\tName=Ann\n"),
    ("ERRORLOG", "ERRORLOG ErrCode=D01E0001\tErrMsg=\tDataOrigin=cmd\tCmdId=1\tAdditional=\n"),
    ("ATTPHOTO", b"PIN=20240601080000-1.jpg\nSN=x\nsize=4\nCMD=uploadphoto\0\xff\xd8\xff\xd9"),
)


class Device:
    """A clock that calls home, one connection for each request, like the older client."""

    def __init__(self, server, sn=None, pushver="2.4.1", language="69", key=None, extra="",
                 source=None):
        self.server = server
        self.sn = sn or serial()
        self.pushver, self.language, self.key, self.extra = pushver, language, key, extra
        self.source = source  # the address of this machine it calls from; None: any

    def get(self, target, **more):
        return send_request(self.server.devices, "GET", target, source=self.source, **more)

    def post(self, target, body, **more):
        return send_request(self.server.devices, "POST", target, body, source=self.source, **more)

    def handshake(self):
        """The handshake, as raw reply."""
        target = f"/iclock/cdata?SN={self.sn}&options=all"
        if self.pushver is not None:
            target += f"&pushver={self.pushver}"
        if self.language is not None:
            target += f"&language={self.language}"
        if self.key is not None:
            target += f"&pushcommkey={self.key}"
        return self.get(target + self.extra)

    def options(self):
        reply = self.handshake()
        assert reply.status == 200, reply
        return options(reply.body)

    def upload(self, table, body, stamp=None, path="/iclock/cdata"):
        target = f"{path}?SN={self.sn}&table={table}"
        if stamp is not None:
            target += f"&Stamp={stamp}"
        return self.post(target, body.encode() if isinstance(body, str) else body)

    def punch(self, *rows, stamp=None):
        return self.upload("ATTLOG", attlog(*rows), stamp)

    def poll(self, info=None):
        target = f"/iclock/getrequest?SN={self.sn}"
        reply = self.get(target + (f"&INFO={info}" if info else ""))
        assert reply.status == 200, reply
        return commands(reply.body)

    def answer(self, body):
        return self.post(f"/iclock/devicecmd?SN={self.sn}",
                         body.encode() if isinstance(body, str) else body)

    def done(self, number, code=0, word="DATA"):
        reply = self.answer(f"ID={number}&Return={code}&CMD={word}\n")
        assert (reply.status, reply.body) == (200, b"OK"), reply
        return reply

    def work(self, code=0):
        """Poll and answer until nothing is left; what was executed, in order."""
        executed = []
        while True:
            batch = self.poll()
            if not batch:
                return executed
            for number, text in batch:
                self.done(number, code)
                executed.append((number, text))

    def line(self):
        """A connection that stays open (newer firmware)."""
        return Wire(self.server.devices)

    def request(self, method, target, body=None):
        return request(method, target, body,
                       [("Host", "127.0.0.1"), ("Connection", "keep-alive")])
