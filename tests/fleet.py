"""Clocks that retry without end: each keeps its log, uploads it in batches, resends what was not
acknowledged, and follows the server's stamp after a handshake, as real ones do."""

import random
import threading
import time

from device import attlog, commands, options
from serve import BadReply, Wire, request

START = 1_700_000_000


class Clock(threading.Thread):
    def __init__(self, address, sn, seed, pause=0.01, batch=30, keep=False):
        super().__init__(name=sn, daemon=True)
        self.address = address  # callable: where the server listens now
        self.sn = sn
        self.random = random.Random(f"{seed}/{sn}")
        self.pause, self.batch, self.keep = pause, batch, keep
        self.log = []  # every punch that was ever made here
        self.sent = set()  # the same
        self.cursor = 0  # how many of them need not be sent again
        self.safe = 0  # the highest cursor an acknowledgement or a stamp ever gave
        self.executed = []  # (id, text) in order, repeats included
        self.answered = set()  # ids whose answer was acknowledged
        self.requests = self.failures = 0
        self.slowest = 0.0
        self.quiet = threading.Event()  # set: no new punches
        self.stop = threading.Event()
        self.fault = None
        self.wire = None
        self.lock = threading.Lock()
        self.greeted = False

    # --- one exchange ---

    def send_request(self, method, target, body=None):
        """A reply with status 200, or None."""
        self.requests += 1
        start = time.monotonic()
        try:
            if self.wire is None:
                self.wire = Wire(self.address(), 20)
            self.wire.send(request(method, target, body, [
                ("Host", "gatehouse"), ("User-Agent", "iClock Proxy/1.09"),
                ("Connection", "keep-alive" if self.keep else "close")]))
            reply = self.wire.reply()
            self.slowest = max(self.slowest, time.monotonic() - start)
            if not self.keep or (reply.get("Connection") or "").lower() == "close":
                self.hang_up()
            if reply.status == 200:
                return reply
        except (OSError, BadReply):
            self.hang_up()
        self.failures += 1
        self.greeted = self.greeted and self.random.random() < 0.7
        self.stop.wait(0.02)
        return None

    def hang_up(self):
        if self.wire:
            self.wire.close()
        self.wire = None

    # --- what a clock does ---

    def handshake(self):
        reply = self.send_request("GET", f"/iclock/cdata?SN={self.sn}&options=all&pushver=2.4.1"
                                "&language=69")
        if reply is None:
            return
        stamp = options(reply.body).get("ATTLOGStamp", "0")
        with self.lock:
            # The mark is a cursor: what is newer is read from the log again.
            self.cursor = int(stamp) if stamp.isdigit() else 0
            if self.cursor > len(self.log):
                raise AssertionError(f"stamp {stamp} of a log of {len(self.log)}")
            self.safe = max(self.safe, self.cursor)
            if self.random.random() < 0.2:
                self.cursor = max(0, self.cursor - self.random.randint(1, 300))
        self.greeted = True

    def make(self):
        for _ in range(self.random.randint(0, self.batch)):
            at = time.gmtime(START + len(self.log))
            punch = (str(self.random.randint(1, 500)), time.strftime("%Y-%m-%d %H:%M:%S", at),
                     self.random.randint(0, 5), self.random.choice((1, 4, 15)),
                     self.random.choice(("0", "7")))
            self.sent.add(punch)
            self.log.append(punch)

    def upload(self):
        first = self.cursor
        rows = self.log[first:first + self.random.randint(1, self.batch * 2)]
        if not rows:
            return
        last = first + len(rows)
        reply = self.send_request("POST", f"/iclock/cdata?SN={self.sn}&table=ATTLOG&Stamp={last}",
                         attlog(*rows))
        if reply is not None and b"OK" in reply.body:
            with self.lock:
                self.cursor = last
                self.safe = max(self.safe, last)

    def poll(self):
        reply = self.send_request("GET", f"/iclock/getrequest?SN={self.sn}")
        if reply is None:
            return
        batch = commands(reply.body)
        self.executed += batch
        if batch and self.random.random() < 0.9:
            self.answer(batch)

    def answer(self, batch):
        text = "".join(f"ID={n}&Return=0&CMD=DATA\n" for n, _ in batch)
        if self.send_request("POST", f"/iclock/devicecmd?SN={self.sn}", text.encode()) is not None:
            self.answered.update(int(n) for n, _ in batch)

    def run(self):
        try:
            while not self.stop.is_set():
                if not self.greeted:
                    self.handshake()
                if not self.quiet.is_set():
                    self.make()
                self.upload()
                if self.random.random() < 0.5:
                    self.poll()
                self.stop.wait(self.pause * self.random.random())
        except Exception as fault:  # reported by the caller
            self.fault = fault
        finally:
            self.hang_up()

    def acknowledged(self):
        """The punches the server must have."""
        with self.lock:
            return self.log[:self.safe]


def punch_key(row):
    """A row of the API in the form of a clock's line."""
    return (row["pin"], row["timestamp"][:19], row["status"], row["verifyType"],
            row["workCode"] or "")


class Fleet:
    def __init__(self, clocks):
        self.clocks = clocks

    def start(self):
        for c in self.clocks:
            c.start()
        return self

    def end(self):
        for c in self.clocks:
            c.stop.set()
        for c in self.clocks:
            c.join(30)

    def check_alive(self):
        for c in self.clocks:
            if c.fault:
                raise AssertionError(f"{c.sn}: {c.fault!r}")

    def drained(self):
        """Whether every log was taken to its end."""
        self.check_alive()
        return all(c.greeted and c.cursor >= len(c.log) for c in self.clocks)


class Ledger:
    """What was read of the server's ledger so far, held against what clocks know."""

    def __init__(self):
        self.seq = 0
        self.rows = {}  # serial -> {key: seq}
        self.fresh = {}  # serial -> keys read since they were last held against the clock
        self.held = {}  # serial -> how many of its acknowledged punches were found here

    def read(self, api):
        """Go on from where it stood. The sequence has no gap and no row comes twice."""
        while True:
            page = api.get(f"/api/punches?after={self.seq}&limit=1000")["data"]
            for row in page:
                assert row["seq"] == self.seq + 1, f"seq {row['seq']} after {self.seq}"
                self.seq = row["seq"]
                known = self.rows.setdefault(row["deviceSerial"], {})
                key = punch_key(row)
                assert key not in known, f"{key} of {row['deviceSerial']} twice: {known[key]}, " \
                                         f"{self.seq}"
                known[key] = self.seq
                self.fresh.setdefault(row["deviceSerial"], []).append(key)
            if len(page) < 1000:
                return self.seq

    def holds(self, clock, promised):
        """Everything acknowledged is stored, and nothing that was never sent."""
        known = self.rows.get(clock.sn, {})
        lost = [p for p in promised[self.held.get(clock.sn, 0):] if p not in known]
        assert not lost, f"{clock.sn}: {len(lost)} acknowledged punches lost, first {lost[0]}"
        self.held[clock.sn] = len(promised)
        invented = [k for k in self.fresh.pop(clock.sn, []) if k not in clock.sent]
        assert not invented, f"{clock.sn}: never sent {invented[:3]}"
