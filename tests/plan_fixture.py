"""A unit that keeps what it is sent, in memory, and what tests of plans do to a server with one."""

import json
import re
import unittest

from serve import Server, until
from unit import PARAMETERS, Unit

CONTROLLER = PARAMETERS.replace("MachineType=101", "MachineType=9,DateFmtFunOn=1,AccSupportFunList=000")
# The fields by which a row of a table takes the place of another.
KEYS = {"timezone": ["TimezoneId"], "holiday": ["Holiday"], "user": ["Pin"], "mulcarduser": ["Pin", "CardNo"],
        "userauthorize": ["Pin", "AuthorizeTimezoneId", "AuthorizeDoorId"], "firstcard": ["DoorID", "Pin"],
        "multimcard": ["Index"], "DoorParameters": ["ID", "Name"], "outrelaysetting": ["Num", "OutType"],
        "InputIOSetting": ["Number", "InType"]}


class Panel(Unit):
    """A unit that keeps what it is sent. `refuse` has a code for words that match."""

    def __init__(self, server, parameters=CONTROLLER):
        super().__init__(server, parameters=parameters)
        self.tables = {}
        self.words = []
        self.refuse = {}
        self.register()

    def rows(self, table):
        return self.tables.get(table, {})

    def execute(self, text):
        self.words.append(text)
        for pattern, code in self.refuse.items():
            if re.search(pattern, text, re.S):
                return code
        verb, table, rest = (text.split(" ", 3)[1:] + ["", ""])[:3]
        held = self.tables.setdefault(table, {})
        rows = [dict(pair.split("=", 1) for pair in line.split("\t")) for line in rest.split("\n")
                if "=" in line]
        if text.startswith("SET OPTIONS"):
            return 0
        if verb == "DELETE" and rest == "*":
            held.clear()
        elif verb == "DELETE":
            for key in [k for k, r in held.items() if rows[0].items() <= r.items()]:
                del held[key]
        else:
            for row in rows:
                held[tuple(row[k] for k in KEYS[table])] = row
        return 0

    def turn(self):
        """A poll and the answers; how many commands there were."""
        status, body = self.request("GET", "/iclock/getrequest?SN=")
        if body == b"OK" or status != 200:
            return 0
        orders = re.findall(r"C:(\d+):(.*?)(?=\nC:\d+:|\n\Z|\Z)", body.decode(), re.S)
        for number, text in orders:
            asked = re.match(r"DATA (COUNT|QUERY) (?:tablename=)?(\w+)", text)
            self.result(number, self.answer(number, *asked.groups()) if asked else self.execute(text))
        return len(orders)

    def answer(self, number, verb, table):
        """What it holds of a table, or how much, before the result."""
        rows = self.rows(table).values()
        if verb == "COUNT":
            kind, count, body = "count", 1, f"{table}={len(rows)}"
        else:
            kind, count = "tabledata", len(rows)
            body = "\n".join(f"{table} " + "\t".join(f"{k}={v}" for k, v in r.items()) for r in rows)
        self.request("POST", f"/iclock/querydata?SN=&type={kind}&cmdid={number}&tablename={table}&count={count}"
                     "&packcnt=1&packidx=1", body.encode())
        return 0 if verb == "COUNT" else count


class PlanCase(unittest.TestCase):
    """One server and one unit for each test. `parameters`: what the unit registers."""
    parameters = CONTROLLER

    def server(self):
        return Server("--new-devices", "approve", stay=True)

    def setUp(self):
        self.own = self.server()
        self.addCleanup(self.own.close)
        self.api = self.own.api
        self.unit = Panel(self.own, self.parameters)
        self.n = 0

    def make(self, path, **body):
        return self.api.post(path, body)["data"]["id"]

    def person(self, pin, **more):
        return self.make("/api/people", pin=pin, name=f"Person {pin}", **more)

    def level(self, people, rule=1, doors=(1, 2), name="Staff", **more):
        return self.make("/api/access-levels", name=name, rule=rule, people=people,
                         doors=[f"{self.unit.sn}:{d}" for d in doors], **more)

    def plan(self, **more):
        made = self.api.post("/api/plans", {"kind": "access", "select": {"ids": [self.unit.sn]},
                                            **more})["data"]
        self.assertEqual(made["items"], 1)
        until(lambda: self.show(made["planId"])["state"] != "making")
        return made["planId"]

    def show(self, plan):
        return self.api.get(f"/api/plans/{plan}")["data"]

    def steps(self, plan):
        return self.api.get(f"/api/plans/{plan}/steps?device={self.unit.sn}")["data"]["steps"]

    def ended(self, plan):
        """Once the unit has taken all of it."""
        def turn():
            self.unit.turn()
            state = self.show(plan)["state"]
            return state if state in ("done", "failed", "cancelled") else None
        return until(turn, 90)

    def begin_plan(self, plan):
        """Apply it; the status and the code of the error, if any. One that the server runs by itself goes first."""
        def turn():
            status, _, text = self.api.raw("POST", f"/api/plans/{plan}/apply")
            code = None if status == 200 else json.loads(text)["code"]
            if code == "plan_running":
                self.unit.turn()
                return None
            return status, code
        return until(turn, 90)

    def apply(self, plan):
        self.assertEqual(self.begin_plan(plan), (200, None))
        return self.ended(plan)

    def carry_out(self, **more):
        """Make a plan and apply it; once more where the server's own plan changed the unit in between."""
        def turn():
            plan = self.plan(**more)
            begun = self.begin_plan(plan)
            if begun == (409, "plan_moved"):
                return None
            self.assertEqual(begun, (200, None))
            return self.ended(plan)
        return until(turn, 90)

    def latest(self):
        rows = self.api.get("/api/plans?limit=1")["data"]
        return rows[0] if rows else {"id": 0}

    def next_plan(self, after):
        """The next one that the server makes by itself, once it has ended."""
        def turn():
            self.unit.turn()
            last = self.latest()
            return last if last["id"] > after and last["state"] in ("done", "failed") else None
        return until(turn, 90)

    def refused(self, code, method, path, body=None):
        status, _, text = self.api.raw(method, path, body)
        self.assertEqual((status, json.loads(text)["code"]), (409, code))
