"""A clock whose log the tests know: what it has, what of it never came, and in which ways it does not do as it
should."""

import concurrent.futures
import itertools
import time

from device import Device, attlog


def pairs(text):
    return dict(p.split("=", 1) for p in text.split("\t") if "=" in p)


class Clock(Device):
    """Words it refuses are in `refuses`; a period that has punches has `more` in its count; its log has room for
    `most`, and then loses its oldest; `lost` is called for each upload, and true where that never arrives; `fails`
    are words that it answers with -3; with `twice` each upload that arrives comes again; with `reports` each poll has
    how many it holds."""

    numbers = itertools.count(1)

    def __init__(self, server, refuses=(), more=0, most=None, info=True, lost=lambda: False, silent=(),
                 fails=(), twice=False, reports=False, **how):
        super().__init__(server, **how)
        self.log, self.refuses, self.more, self.most, self.info = [], refuses, more, most, info
        self.lost, self.seen, self.people, self.silent, self.fails, self.twice = lost, [], [], silent, fails, twice
        self.reports = reports
        self.options()

    def make(self, time, sent=True):
        """A punch; whether it is sent. That of a second is of another person each time."""
        row = (str(next(self.numbers)), time)
        self.log.append(row)
        if self.most:
            del self.log[:-self.most]
        if sent:
            self.punch(row)
        return row

    def held(self, start, end):
        return [row for row in self.log if start <= row[1] <= end]

    def counted(self, start, end):
        n = len(self.held(start, end))
        return n + self.more if n else 0

    def send(self, rows):
        for i in range(0, len(rows), 100):
            for _ in range(0 if self.lost() else 1 + self.twice):
                self.post(f"/iclock/cdata?SN={self.sn}&table=ATTLOG&Stamp=0", attlog(*rows[i:i + 100]))

    def execute(self, number, text):
        self.seen.append(text)
        if text.startswith(tuple(self.silent)):
            return None
        if text.startswith(tuple(self.refuses)):
            return self.done(number, -1002, text.split(" ")[0])
        if text.startswith(tuple(self.fails)):
            return self.done(number, -3, text.split(" ")[0])
        if text.startswith("VERIFY SUM ATTLOG "):
            p = pairs(text[len("VERIFY SUM ATTLOG "):])
            return self.answer(f"ID={number}&Return=0&CMD=VERIFY SUM&StartTime={p['StartTime']}&EndTime={p['EndTime']}"
                               f"&AttlogSum={self.counted(p['StartTime'], p['EndTime'])}\n")
        if text.startswith("ACCOUNT "):
            p = pairs(text[len("ACCOUNT "):])
            return self.done(number, self.counted(p["Start"] + " 00:00:00", p["End"] + " 23:59:59"), "ACCOUNT")
        if text.startswith("DATA QUERY ATTLOG "):
            p = pairs(text[len("DATA QUERY ATTLOG "):])
            self.send(self.held(p["StartTime"], p["EndTime"]))
        if text == "INFO" and self.info:
            return self.answer(f"ID={number}&Return=0&CMD=INFO\nTransactionCount={len(self.log)}\n"
                               f"UserCount={len(self.people)}\nFPCount=0\n")
        if text == "CLEAR LOG":
            self.log.clear()
        if text == "CHECK":
            self.options()
        if text.startswith("SYNC") or text.startswith("DATA QUERY USERINFO"):
            self.upload("OPERLOG", "".join(f"USER PIN={p}\tName=N{p}\tPri=0\n" for p in self.people))
            return self.done(number, len(self.people) if text.startswith("SYNC") else 0, text.split(" ")[0])
        return self.done(number, 0, text.split(" ")[0])

    def step(self):
        """Poll once, and carry out what came; how many orders."""
        batch = self.poll(f"Ver,0,0,{len(self.log)},192.0.2.1,10" if self.reports else None)
        for number, text in batch:
            self.execute(number, text)
        return len(batch)

    def state(self):
        return self.server.api.device(self.sn)

    def stored(self):
        return {(p["pin"], p["timestamp"]) for p in self.server.api.punches(device=self.sn)}

    def missing(self, state):
        """What it has, and is not stored though it is shown as complete."""
        upto = state["completeUpTo"]
        return sorted(r for r in set(self.log) - self.stored() if upto is not None and r[1] <= upto)


def compare(*clocks):
    """Compare them now; what is shown of each afterwards."""
    api = clocks[0].server.api
    before = {c.sn: c.state()["comparison"]["comparedAt"] for c in clocks}
    for c in clocks:
        api.post(f"/api/devices/{c.sn}/compare", {})
    return finish(clocks, before)


def finish(clocks, before, seconds=240):
    """They call, some at a time, until each was compared since."""
    def call(c):
        idle = 0
        while True:
            idle = 0 if c.step() else idle + 1
            if idle % 3 == 2:
                state = c.state()
                if state["comparison"]["state"] == "idle" and state["comparison"]["comparedAt"] != before[c.sn]:
                    return state
            if time.monotonic() > end:
                raise TimeoutError(f"{c.sn} is not compared: {c.state()['comparison']}, {c.seen[-3:]}")
            # A busy server is not made busier: it takes its time from one order to the next.
            time.sleep(min(0.02 * (1 + idle), 0.1))
    end = time.monotonic() + seconds
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return list(pool.map(call, clocks))
