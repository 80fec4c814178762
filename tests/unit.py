"""A second, tiny reader and writer of the access protocol (Security PUSH 3.1.2), written from the document,
so that a mistake that the server's own reader and writer share does not stay hidden."""

from device import serial
from serve import send_request

PARAMETERS = ("DeviceType=acc,~DeviceName=inBio260,FirmVer=AC Ver 5.7.8,PushVersion=Ver 2.0.22,"
              "CommType=ethernet,MaxPackageSize=2048000,LockCount=2,ReaderCount=4,AuxInCount=2,"
              "AuxOutCount=2,MachineType=101,~IsOnlyRFMachine=1,~MaxUserCount=50,~MaxAttLogCount=10,"
              "~MaxUserFingerCount=10,MThreshold=60,IPAddress=10.8.14.48,NetMask=255.255.255.0,"
              "GATEIPAddress=10.8.14.1,~ZKFPVersion=10,RegDeviceType=")


def row(time, event=0, pin="0", door=1, index=None, direction=0, verify="4", card="0", **more):
    """A row of rtlog (7.2)."""
    fields = {"time": time, "pin": pin, "cardno": card, "eventaddr": door, "event": event,
              "inoutstatus": direction, "verifytype": verify}
    if index is not None:
        fields["index"] = index
    fields.update(more)
    return "\t".join(f"{k}={v}" for k, v in fields.items())


def packed(time):
    """Seconds since 2000 as the protocol counts them (11.5): every month has 31 days."""
    date, clock = time.split(" ")
    y, m, d = map(int, date.split("-"))
    h, i, s = map(int, clock.split(":"))
    return ((((y - 2000) * 12 + m - 1) * 31 + d - 1) * 24 + h) * 3600 + i * 60 + s


def stored_row(time, event=0, pin="0", door=1, index=None, direction=0, verify="4", card="0"):
    """A row of the table `transaction` (9.1.4) with the same meaning."""
    return (f"transaction cardno={card}\tpin={pin}\tverified={verify}\tdoorid={door}\t"
            f"eventtype={event}\tinoutstate={direction}\ttime_second={packed(time)}"
            + (f"\tindex={index}" if index is not None else ""))


class Unit:
    """A controller that calls home, one connection for each request, from that address of this machine."""

    def __init__(self, server, sn=None, parameters=PARAMETERS, source=None):
        self.server = server
        self.source = source
        self.parameters = parameters
        self.sn = sn or serial("ACC")

    def request(self, method, target, body=None):
        reply = send_request(self.server.devices, method,
                             target.replace("SN=", f"SN={self.sn}", 1), body,
                             source=self.source)
        return reply.status, reply.body

    def expect(self, want, method, target, body=None):
        status, got = self.request(method, target, body)
        if (status, got) != (200, want):
            raise AssertionError(f"{target}: {status} {got[:200]!r} in place of {want!r}")

    def register(self):
        """Until it is configured; the server approves it."""
        self.request("GET", "/iclock/cdata?SN=&pushver=3.1.2&options=all&DeviceType=acc")
        status, code = self.request("POST", "/iclock/registry?SN=", self.parameters.encode())
        if status != 200 or not code.startswith(b"RegistryCode="):
            raise AssertionError(f"not registered: {status} {code!r}")
        status, _ = self.request("POST", "/iclock/push?SN=", b"")
        if status != 200:
            raise AssertionError(f"not configured: {status}")
        return self

    def live(self, *rows):
        """Rows of rtlog, which are answered."""
        self.expect(b"OK", "POST", "/iclock/cdata?SN=&table=rtlog", self.body(rows))

    def stored(self, *rows):
        self.expect(b"transaction=%d" % len(rows), "POST", "/iclock/cdata?SN=&table=tabledata"
                    f"&tablename=transaction&count={len(rows)}", self.body(rows))

    def table(self, name, *rows):
        """Rows of another table, which are answered by their count."""
        self.expect(b"%s=%d" % (name.encode(), len(rows)), "POST", "/iclock/cdata?SN=&table=tabledata"
                    f"&tablename={name}&count={len(rows)}", self.body(rows))

    def state(self, text):
        self.expect(b"OK", "POST", "/iclock/cdata?SN=&table=rtstate", text.encode())

    def poll(self):
        """The commands of a poll: [(id, text)]."""
        status, body = self.request("GET", "/iclock/getrequest?SN=")
        if status != 200:
            raise AssertionError(f"a poll was answered {status}")
        return [] if body == b"OK" else [
            tuple(line.split(":", 2)[1:]) for line in body.decode().rstrip("\n").split("\n")]

    def result(self, number, code=0):
        self.expect(b"OK", "POST", "/iclock/devicecmd?SN=",
                    f"ID={number}&Return={code}&CMD=CONTROL DEVICE".encode())

    @staticmethod
    def body(rows):
        return b"".join((r if isinstance(r, bytes) else r.encode("utf-8", "surrogateescape")) + b"\r\n"
                        for r in rows)
