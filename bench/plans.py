"""How long a plan of many people takes, from a change that concerns all of them to the answer to the last command.

A unit with four doors that has one person gets as many as are given, by one change of a level. It polls again as soon
as it has answered. The reference is the same unit, the same words, queued one by one as commands, in the same
run: what is more is to find, store and follow the plan, and the two seconds for which the server waits after a
change."""

import http.client
import json
import re
import time

PARAMETERS = ("DeviceType=acc,~DeviceName=inBio460,MaxPackageSize=2048000,LockCount=4,ReaderCount=4,MachineType=9,"
              "DateFmtFunOn=1,~MaxUserCount=50000,AccSupportFunList=000")
SN = "PLANBENCH"
QUIET_S = 2  # the server waits so long for further changes


class Line:
    """A connection that stays."""

    def __init__(self, address, token=None):
        self.http = http.client.HTTPConnection(*address, timeout=120)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method, path, body=None):
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        self.http.request(method, path, body, self.headers)
        reply = self.http.getresponse()
        data = reply.read()
        assert reply.status < 300, (method, path, reply.status, data[:300])
        return data

    def data(self, method, path, body=None):
        return json.loads(self.call(method, path, body)).get("data")


class Unit:
    def __init__(self, devices):
        self.line = Line(devices)
        self.words = []
        self.line.call("GET", f"/iclock/cdata?SN={SN}&pushver=3.1.2&options=all&DeviceType=acc")
        self.line.call("POST", f"/iclock/registry?SN={SN}", PARAMETERS)
        self.line.call("POST", f"/iclock/push?SN={SN}")

    def turn(self):
        """A poll, and the answer to what it brought; how many commands that was."""
        reply = self.line.call("GET", f"/iclock/getrequest?SN={SN}").decode()
        orders = re.findall(r"C:(\d+):(.*?)(?=\nC:\d+:|\n\Z|\Z)", reply, re.S)
        for number, text in orders:
            self.words.append(text)
            self.line.call("POST", f"/iclock/devicecmd?SN={SN}", f"ID={number}&Return=0&CMD=DATA UPDATE")
        return len(orders)

    def until(self, done):
        while not done():
            if not self.turn():
                time.sleep(0.005)


def latest(api):
    rows = api.data("GET", "/api/plans?limit=1")
    return rows[0] if rows else {"id": 0, "state": ""}


def run(devices, admin, token, peak_kb, people=10000):
    api, unit = Line(admin, token), Unit(devices)
    ids = [api.data("POST", "/api/people", {"pin": str(1000 + n), "name": f"Person {n}", "cards": [str(500000 + n)]})["id"]
           for n in range(people)]
    rule = api.data("POST", "/api/time-rules", {"name": "Office", "week": {"mon-fri": ["08:00-18:00"]}})["id"]
    level = api.data("POST", "/api/access-levels", {"name": "Staff", "rule": rule, "people": ids[:1],
                                                    "doors": [f"{SN}:{d}" for d in range(1, 5)]})["id"]
    base = peak_kb()
    first = api.data("POST", "/api/plans", {"kind": "access", "select": {"ids": [SN]}})["planId"]
    unit.until(lambda: api.data("GET", f"/api/plans/{first}")["state"] == "planned")
    api.call("POST", f"/api/plans/{first}/apply")
    unit.until(lambda: api.data("GET", f"/api/plans/{first}")["state"] in ("done", "failed"))
    del unit.words[:]
    before = latest(api)["id"]
    start = time.perf_counter()
    api.call("PATCH", f"/api/access-levels/{level}", {"people": ids})
    unit.until(lambda: latest(api)["id"] > before and latest(api)["state"] in ("done", "failed"))
    took = time.perf_counter() - start
    plan, words, peak = latest(api), list(unit.words), peak_kb()
    assert plan["state"] == "done", plan
    start = time.perf_counter()
    last = 0
    for text in words:
        last = api.data("POST", "/api/commands", {"deviceSerial": SN, "command": text})["commandId"]
    unit.until(lambda: api.data("GET", f"/api/commands/{last}")["status"] == "acknowledged")
    alone = time.perf_counter() - start
    return {"people": people, "rows": plan["rows"], "commands": len(words), "plan_s": round(took, 3),
            "commands_s": round(alone, 3), "ratio": round((took - QUIET_S) / alone, 2), "mib": round((peak - base) / 1024, 1)}
