#!/usr/bin/env python3
"""The report of days, against the same counted here from random punches."""

import csv
import datetime
import functools
import io
import json
import os
import random
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import fixture  # noqa: E402
import tap  # noqa: E402
from command_line import run  # noqa: E402
from fixture import clock, refusal  # noqa: E402
from xlsx import workbook  # noqa: E402

IN, OUT = {0, 3, 4, 9}, {1, 2, 5, 8}
server = None
devices = []
areas = {}


def setUpModule():
    global server
    server = fixture.serve()
    command_line.server = server
    chance = random.Random(8)
    pins = [f"{n:03d}" for n in range(30)] + ["A-1", "z"]
    for _ in range(3):
        d = clock()
        devices.append(d)
        d.upload("OPERLOG", "".join(f"USER PIN={p}\tName=Person {p}\n" for p in pins[:20]), 1)
        rows = set()
        for _ in range(1500):
            day = datetime.datetime(2026, 10, 25) + datetime.timedelta(
                days=chance.randrange(45), hours=chance.randrange(24),
                minutes=chance.randrange(60))
            rows.add((chance.choice(pins), day.strftime("%Y-%m-%d %H:%M:%S"),
                      chance.choice((0, 0, 1, 1, 2, 3, 4, 5, 8, 9, 255, 255, 255, 77)), 1))
        # No day of the calendar, and no hour of a day.
        rows |= {("001", "2026-11-31 08:00:00", 0, 1), ("001", "2026-11-10 25:00:00", 0, 1)}
        d.punch(*sorted(rows, key=lambda _: chance.random()))
    outer = server.api.call("POST", "/api/areas", {"name": "North"})["data"]["id"]
    inner = server.api.call("POST", "/api/areas", {"name": "Hall", "parent": outer})["data"]["id"]
    server.api.change(devices[0].sn, tags=["branch-2"], area=outer)
    server.api.change(devices[1].sn, tags=["branch-2", "gate"], area=inner)
    areas.update(North=outer, Hall=inner)


def groups():
    """Queries of groups of devices, and which devices they are."""
    a, b = devices[0].sn, devices[1].sn
    return (("tag=branch-2", {a, b}), ("tag=gate", {b}), ("tag=nobody", set()),
            ("area=North", {a, b}), (f"area={areas['Hall']}", {b}),
            ("area=North&tag=gate", {b}), (f"tag=branch-2&device={a}", {a}),
            (f"tag=gate&device={a}", set()))


@functools.cache
def all_punches():
    """None comes after setUpModule()."""
    return server.api.punches()


def missing_of(punches, first_in, last_out):
    ins = sorted(t for t, s in punches if s in IN)
    outs = sorted(t for t, s in punches if s in OUT)
    free = sorted(t for t, s in punches if s not in IN | OUT)
    lacks = set()
    if outs and not (ins and ins[0] <= outs[0]):
        if free and free[0] <= outs[0]:
            ins.append(free.pop(0))
        else:
            lacks.add("in")
            ins.append("")
    late = [t for t, s in punches if s in IN]
    if late and not (outs and outs[-1] >= max(late)):
        if free and max(t for t, s in punches if s not in IN | OUT) >= max(late):
            outs.append(free.pop())
        else:
            lacks.add("out")
            outs.append("")
    spare = len(ins) - len(outs)
    if first_in is None or -spare > len(free):
        lacks.add("in")
    if last_out is None or spare > len(free):
        lacks.add("out")
    if lacks == {"in", "out"} or (first_in and last_out and last_out < first_in):
        return "both"
    return min(lacks) if lacks else "either" if (spare + len(free)) % 2 else None


def expected(first, last, device=None, pin=None, among=None):
    """What the fields are documented to be, from every punch of the API."""
    found = {}
    for p in all_punches():
        day, time = p["timestamp"].split()
        if time <= "23:59:59" and day != "2026-11-31" and first <= p["timestamp"] <= last and \
           device in (None, p["deviceSerial"]) and pin in (None, p["pin"]) and \
           (among is None or p["deviceSerial"] in among):
            found.setdefault((day, p["pin"]), []).append((p["timestamp"], p["status"]))
    rows = []
    for (day, who), punches in sorted(found.items(), key=lambda f: (f[0][0], f[0][1].encode())):
        came = [t for t, s in punches if s not in OUT]
        went = [t for t, s in punches if s not in IN]
        free = {t for t, s in punches if s not in IN | OUT}
        first_in = min(came, default=None)
        if len(free) == 1 and first_in in free:
            went = [t for t, s in punches if s in OUT]
        last_out = max(went, default=None)
        n_in = sum(s in IN for _, s in punches)
        n_out = sum(s in OUT for _, s in punches)
        missing = missing_of(punches, first_in, last_out)
        rows.append({"day": day, "pin": who,
                     "personName": f"Person {who}" if who.isdigit() and int(who) < 20 else None,
                     "firstIn": first_in, "lastOut": last_out, "count": len(punches),
                     "in": n_in, "out": n_out, "missing": missing})
    return rows


def pages(query, size):
    rows, cursor = [], ""
    while True:
        page = server.api.get(f"/api/reports/days?{query}&limit={size}{cursor}")
        rows += page["data"]
        if not page["more"]:
            assert page["cursor"] is None
            return rows
        cursor = f"&cursor={page['cursor']}"


class Report(unittest.TestCase):
    maxDiff = 4000
    month = ("2026-11-01 00:00:00", "2026-11-30 23:59:59")

    def test_a_month_is_what_the_punches_are(self):
        want = expected(*self.month)
        self.assertGreater(len(want), 500)
        self.assertTrue({r["missing"] for r in want} >= {None, "in", "out", "either", "both"})
        page = server.api.get("/api/reports/days?month=2026-11&limit=10000")
        self.assertEqual(page["data"], want)
        self.assertEqual((page["total"], page["more"], page["next"]), (len(want), False, None))
        for size in (1, 7, 500):
            got = pages("month=2026-11&total=0", size) if size > 1 else \
                pages("from=2026-11-03&to=2026-11-03&total=0", 1)
            self.assertEqual(got, want if size > 1 else
                             [r for r in want if r["day"] == "2026-11-03"])

    def test_of_a_device_of_a_person_and_of_part_of_a_day(self):
        sn = devices[1].sn
        for query, how in ((f"month=2026-11&device={sn}", {"device": sn}),
                           ("month=2026-11&pin=007", {"pin": "007"}),
                           (f"month=2026-11&pin=007&device={sn}", {"pin": "007", "device": sn}),
                           ("month=2026-11&pin=nobody", {"pin": "nobody"})):
            want = expected(*self.month, **how)
            self.assertEqual(pages(query, 3), want, query)
            self.assertEqual(pages(query, 10000), want, query)
        span = ("2026-11-03 12:00:00", "2026-11-05 09:30:00")
        for pin in (None, "011"):
            query = "from=2026-11-03%2012:00&to=2026-11-05%2009:30:00" + \
                (f"&pin={pin}" if pin else "")
            self.assertEqual(pages(query, 20), expected(*span, pin=pin))

    def test_of_the_devices_of_a_tag_and_of_an_area(self):
        for query, among in groups():
            for pin in (None, "007"):
                whole = f"month=2026-11&{query}" + (f"&person={pin}" if pin else "")
                want = expected(*self.month, pin=pin, among=among)
                self.assertEqual(pages(whole, 50), want, whole)
                page = server.api.get(f"/api/reports/days?{whole}&limit=1")
                self.assertEqual(page["total"], len(want), whole)
        got = run("punch", "report", "--month", "2026-11", "--json", "--area", "Hall",
                  "--person", "007")
        self.assertEqual(json.loads(got.out),
                         expected(*self.month, pin="007", among={devices[1].sn}))

    def test_punches_of_the_devices_of_a_tag_and_of_an_area(self):
        whole = server.api.punches()
        for query, among in groups():
            want = [p["seq"] for p in whole if p["deviceSerial"] in among]
            page = server.api.get(f"/api/punches?{query}&limit=10000")
            self.assertEqual([p["seq"] for p in page["data"]], want, query)
            self.assertEqual(page["total"], len(want), query)
            page = server.api.get(f"/api/punches?{query}&before=3000&limit=7&sort=-seq")
            self.assertEqual([p["seq"] for p in page["data"]],
                             [s for s in reversed(want) if s < 3000][:7], query)
        seqs = [p["seq"] for p in whole if p["deviceSerial"] == devices[1].sn]
        got = run("punch", "list", "--tag", "gate", "--last", "5", "--format", "csv",
                  "--columns", "seq")
        self.assertEqual([int(s) for s in got.out.split()[1:]], seqs[-5:], got)
        got = run("punch", "export", "--area", "Hall", "--format", "ndjson")
        self.assertEqual([json.loads(line)["seq"] for line in got.out.splitlines()], seqs)
        refusal(self, 404, "area_unknown", "GET", "/api/punches?area=Nowhere")
        refusal(self, 404, "area_unknown", "GET", "/api/reports/days?month=2026-11&area=99")
        refusal(self, 400, "parameter_invalid", "GET",
                "/api/reports/days?month=2026-11&pin=1&person=1")

    def test_the_files_have_the_same_rows(self):
        want = expected(*self.month)
        body = server.api.raw("GET", "/api/reports/days.ndjson?month=2026-11")[2]
        self.assertEqual([json.loads(line) for line in body.splitlines()], want)
        with tempfile.TemporaryDirectory() as home:
            path = os.path.join(home, "days.xlsx")
            got = run("punch", "report", "--month", "2026-11", "--output", path)
            self.assertEqual((got.status, got.err), (0, ""))
            (name, (head, *rows)), = workbook(path).items()
        self.assertEqual((name, len(rows)), ("days", len(want)))
        for row, one in zip(rows, want):
            row = dict(zip(head, row))
            self.assertEqual(row["day"]["date"][:10], one["day"])
            self.assertEqual((row["pin"], row["count"]), (one["pin"], one["count"]))
            self.assertEqual(row["firstIn"] and row["firstIn"]["date"], one["firstIn"])
        got = run("punch", "report", "--month", "2026-11", "--format", "csv")
        self.assertEqual([(r["day"], r["pin"], r["lastOut"] or None)
                          for r in csv.DictReader(io.StringIO(got.out, newline=""))],
                         [(r["day"], r["pin"], r["lastOut"]) for r in want])

    def test_the_command_prints_a_table(self):
        got = run("punch", "report", "--month", "2026-11", "--pin", "007")
        want = expected(*self.month, pin="007")
        self.assertEqual(len(got.lines), len(want) + 1, got)
        self.assertEqual(got.lines[0].split()[:4], ["DAY", "PIN", "NAME", "FIRST"])
        got = run("punch", "report", "--month", "2026-11", "--limit", "2")
        self.assertIn("There is more: --cursor", got.err)
        got = run("punch", "report", "--month", "2026-11", "--json", "--device", devices[0].sn)
        self.assertEqual(json.loads(got.out), expected(*self.month, device=devices[0].sn))
        self.assertEqual(run("punch", "report").status, 0)

    def test_the_time_must_be_named_and_not_too_long(self):
        for query in ("", "month=2026-13", "month=2026-1x", "from=2026-11-01", "to=2026-11-01",
                      "month=2026-11&from=2026-11-01", "from=2025-01-01&to=2026-11-01",
                      "month=2026-11&sort=pin", "month=2026-11&q=7", "month=2026-11&after=3"):
            refusal(self, 400, "parameter_invalid", "GET", f"/api/reports/days?{query}")
        self.assertEqual(pages("from=2026-11-05&to=2026-11-03", 10), [])
        refusal(self, 404, "device_unknown", "GET", "/api/reports/days?month=2026-11&device=X")


if __name__ == "__main__":
    tap.main()
