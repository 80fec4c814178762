#!/usr/bin/env python3
"""That compiler, planner, conversation, unit and decision agree.

Four kinds of unit are sent what was decided by REST. People come to their doors at random minutes. Each of the
units' verdicts is what GET /api/access/check has for that person, door and minute, and what the server has stored.
AGREEMENT_VISITS sets how many come to each unit, before the changes and after them."""

import collections
import datetime
import http.client
import json
import os
import random
import sys
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE), HERE]

import tap  # noqa: E402
import visitors  # noqa: E402
from doors import plain, truth, units  # noqa: E402
from serve import Server, until  # noqa: E402
from visitors import OPENED, TIME, Visit  # noqa: E402

VISITS = int(os.environ.get("AGREEMENT_VISITS", "1000"))
SEED = int(os.environ.get("AGREEMENT_SEED", "4711"))
WAIT = 240

SPEC, INBIO, C3, FACE, OLD = (f"SIM{n:06d}" for n in range(1, 6))
KINDS = "spec,inbio260-pro,c3-200-plus,speedface-v5l,index-0"
DOORS = {SPEC: 4, INBIO: 2, C3: 2, FACE: 1, OLD: 1}
BOTH_READERS = {SPEC, INBIO, C3}
ONE_CARD = {OLD}
# The groups of codes that a unit reports by their smallest one.
MERGED = {FACE}
PEOPLE = 60
APART = datetime.timedelta(seconds=100)


FAULTS = "drop-reply:5,duplicate:10,split:10,deferred:20,result-id:10,result-case:30,cookie-stale:5,state-in-events:10"
# Tables of people, rights and times.
TABLES = ("user", "mulcarduser", "userauthorize", "timezone", "holiday", "firstcard", "multimcard")
# What is reported at least once: each of the rules decided something.
REPORTED = "0 2 3 14 22 23 24 25 26 27 29 34 35 38 41 48 61".split()


def day(start, n):
    return (start + datetime.timedelta(days=n)).strftime("%Y-%m-%d")


class Site:
    """What people decided, made by REST."""

    def __init__(self, api, start):
        self.api, self.start = api, start
        self.dice = random.Random(SEED)
        self.people, self.cards, self.lost, self.group = {}, {}, set(), {}
        self.levels = {}

    def make(self, path, **body):
        return self.api.post("/api/" + path, body)["data"]["id"]

    def decide(self):
        self._rules()
        self._people()
        self._levels()
        self._doors()

    def _rules(self):
        office = {"mon-fri": ["08:00-12:00", "12:30-18:00"]}
        self.rules = [
            1,
            self.make("time-rules", name="Office", week=office, holidays={"2": ["10:00-11:00"]}),
            self.make("time-rules", name="Nights", week={"mon-sun": ["20:00-06:00"]},
                      holidays={"1": ["20:00-24:00"]}),
            self.make("time-rules", name="Hours", week={"mon-sun": [
                "00:00-01:00", "06:30-07:30", "09:00-10:00", "13:00-13:30", "21:15-22:45"]},
                holidays={"1": ["00:00-24:00"], "2": ["09:00-09:01"], "3": ["12:00-13:00"]}),
            self.make("time-rules", name="Weekend", week={"sat": ["00:00-24:00"], "sun": ["12:00-24:00"]}),
            self.make("time-rules", name="From next week on", week={"mon-sun": ["07:00-19:00"]},
                      **{"from": day(self.start, 7)}),
            self.make("time-rules", name="Never", week={}),
        ]
        for n, kind, length, yearly in ((3, 1, 0, True), (5, 2, 1, False), (10, 3, 0, False), (17, 1, 2, False)):
            self.make("holidays", date=day(self.start, n), to=day(self.start, n + length), type=kind,
                      yearly=yearly)

    def _people(self):
        for n in range(PEOPLE):
            pin = str(1000 + n)
            more = {}
            if n % 10 == 3:
                more["validFrom"] = day(self.start, 4)
            if n % 10 == 4:
                more["validTo"] = day(self.start, 6 + n // 10)
            if n % 20 == 5:
                more["disabled"] = True
            if n % 6 < 2 and n > 30:
                more["group"] = 5 + n % 6
            self.group[pin] = more.get("group", 1)
            self.cards[pin] = [str(500000 + 2 * n), str(500001 + 2 * n)]
            self.people[pin] = self.make("people", pin=pin, name=f"Person {n}", cards=self.cards[pin], **more)
        self.pins = list(self.people)
        for pin in self.pins[7::15]:
            self.lose(pin)

    def lose(self, pin):
        """The first card of a person."""
        path = f"/api/people/{self.people[pin]}/credentials"
        number, = (r["id"] for r in self.api.get(path)["data"] if r["number"] == self.cards[pin][0])
        self.api.call("PATCH", f"{path}/{number}", {"lost": True})
        self.lost.add(self.cards[pin][0])

    def ids(self, pins):
        return [self.people[p] for p in pins]

    def _levels(self):
        doors = [f"{sn}:{n}" for sn, most in DOORS.items() for n in range(1, most + 1)]
        group = self.make("door-groups", name="Terminals", doors=[f"{FACE}:1", f"{OLD}:1"])
        for n in range(12):
            rule = self.rules[n % len(self.rules)] if n < 11 else None
            more = {}
            if n == 4:
                more = {"from": day(self.start, 5)}
            if n == 9:
                more = {"to": day(self.start, 9)}
            if n % 3 == 0:
                more["doorGroups"] = [group]
            pins = self.dice.sample(self.pins[:-6], 16)
            self.levels[n] = self.make("access-levels", name=f"Level {n}", rule=rule, people=self.ids(pins),
                                       doors=self.dice.sample(doors, 4), **more)
        # At doors with rules of their own most may pass, so that these decide.
        self.make("access-levels", name="Everywhere", rule=1, people=self.ids(self.pins[:40:2]), doors=doors)
        self.make("access-levels", name="Together", rule=1, doors=[f"{SPEC}:2"],
                  people=self.ids([p for p in self.pins if self.group[p] > 1]))

    def _doors(self):
        self.first = self.pins[0:20:4]
        self.make("anti-passback", name="Readers", doors=[f"{SPEC}:1"])
        self.make("anti-passback", name="Slowly", doors=[f"{SPEC}:4"], direction="none", seconds=1800)
        self.make("anti-passback", name="Sides", doors=[f"{INBIO}:1"], against=[f"{INBIO}:2"])
        self.make("multi-card", name="Vault", door=f"{SPEC}:2", groups=[5, 6], seconds=20)
        self.make("interlock", name="Lock", doors=[f"{SPEC}:3", f"{SPEC}:4"])
        self.make("first-card", name="Shop", door=f"{C3}:1", rule=1, mode="activation",
                  people=self.ids(self.first))
        self.make("first-card", name="Gate", door=f"{C3}:2", rule=self.rules[1], mode="normal-open",
                  people=self.ids(self.first))
        self.make("verify-schedules", name="Cards", week={"mon-sun": ["00:00-24:00 door=4"]},
                  holidays={k: ["00:00-24:00 door=4"] for k in "123"}, doors=[f"{SPEC}:3"])
        self.api.call("PUT", f"/api/doors/{OLD}:1", {"usableRule": self.rules[1]})

    def judges(self):
        judge, apart = visitors.Judge, visitors.Sides
        return {
            SPEC: judge(visitors.Mode(3, "card"), visitors.Interlock({3, 4}),
                        apart(lambda v: v.out if v.door == 1 else None, False),
                        visitors.Soon(4, 1800), visitors.Together(2, (5, 6), self.group.get, 20)),
            INBIO: judge(apart(lambda v: v.door, True)),
            C3: judge(visitors.Activation(1, set(self.first))),
            FACE: judge(), OLD: judge(),
        }

    def change(self):
        """A revocation, people who leave or lose a card, other doors, another rule, another holiday."""
        api, first = self.api, self.start
        api.call("PATCH", f"/api/access-levels/{self.levels[0]}", {"removePeople": self.ids(self.pins[:20])})
        api.call("PATCH", f"/api/access-levels/{self.levels[1]}",
                 {"doors": [f"{SPEC}:4", f"{INBIO}:2", f"{FACE}:1"]})
        api.call("PATCH", f"/api/access-levels/{self.levels[2]}", {"rule": self.rules[1]})
        api.call("PATCH", f"/api/people/{self.people[self.pins[2]]}", {"disabled": True})
        api.call("PATCH", f"/api/people/{self.people[self.pins[5]]}", {"disabled": False})
        api.call("DELETE", f"/api/people/{self.people[self.pins[8]]}")
        self.lose(self.pins[6])
        api.call("PATCH", f"/api/time-rules/{self.rules[1]}",
                 {"week": {"mon-thu": ["08:00-12:00", "12:30-18:00"], "fri": ["08:00-15:00"]}})
        # What begins and ends meanwhile is another plan then.
        api.call("PATCH", f"/api/access-levels/{self.levels[4]}", {"from": None})
        api.call("PATCH", f"/api/access-levels/{self.levels[9]}", {"to": None})
        api.call("PATCH", f"/api/time-rules/{self.rules[5]}", {"from": None})
        for n in (16, 23, 24):
            self.make("holidays", date=day(first, n), type=1 + n % 3)
        self.make("access-levels", name="New", rule=self.rules[3], people=self.ids(self.pins[30:40]),
                  doors=[f"{C3}:1", f"{OLD}:1"])


class Checks:
    """GET /api/access/check over one connection."""

    def __init__(self, api):
        self.api = api
        self.connection = http.client.HTTPConnection(*api.address, timeout=WAIT)

    def answer(self, visit):
        query = urllib.parse.urlencode({"person": f"pin:{visit.pin}", "door": f"{visit.sn}:{visit.door}",
                                        "at": visit.at.strftime(TIME)})
        self.connection.request("GET", "/api/access/check?" + query,
                                headers={"Authorization": f"Bearer {self.api.token}"})
        reply = self.connection.getresponse()
        body = json.loads(reply.read())
        assert reply.status == 200, body
        return body["data"]

    def close(self):
        self.connection.close()


class Agreement(unittest.TestCase):
    def begin(self, *flags):
        self.server = Server("--new-devices", "approve")
        self.addCleanup(self.server.close)
        self.api = self.server.api
        self.visits, self.truth, self.tables = (
            os.path.join(self.server.home, name) for name in ("visits.tsv", "truth.tsv", "tables.ndjson"))
        with open(self.visits, "w"):
            pass
        self.sim = units("--server", "http://%s:%d" % self.server.devices, "--devices", "5", "--persona", KINDS,
                         "--users", "0", "--punches", "0", "--speed", "50", "--retry", "20", "--pace", "20",
                         "--visits", self.visits, "--truth", self.truth, "--tables", self.tables, *flags)
        self.addCleanup(self.end)
        until(lambda: set(self.api.devices()) == set(DOORS), WAIT)
        for sn in DOORS:
            until(lambda sn=sn: self.api.device(sn)["registration"] == "configured", WAIT)
            # Its clock goes where people come; it is not to be set meanwhile.
            self.api.change(sn, clock="off")

    def end(self):
        if self.sim.poll() is None:
            self.sim.terminate()
        return self.sim.communicate(timeout=WAIT)

    # --- plans ---

    def apply(self):
        plan = self.api.post("/api/plans", {"kind": "access", "select": {"ids": list(DOORS)}})["data"]["planId"]
        until(lambda: self.show(plan)["state"] != "making", WAIT)
        self.api.post(f"/api/plans/{plan}/apply")
        state = until(lambda: self.show(plan)["state"] in ("done", "failed") and self.show(plan)["state"], WAIT)
        self.assertEqual(state, "done", self.show(plan))
        return self.show(plan)

    def show(self, plan):
        return self.api.get(f"/api/plans/{plan}")["data"]

    def settled(self):
        """Once nothing is left to be sent: until when each unit decides as the site does."""
        def nothing():
            plan = self.api.post("/api/plans",
                                 {"kind": "access", "select": {"ids": list(DOORS)}})["data"]["planId"]
            until(lambda: self.show(plan)["state"] != "making", WAIT)
            shown = self.show(plan)
            self.api.post(f"/api/plans/{plan}/cancel")
            if shown["commands"]:
                return None
            return shown

        shown = until(nothing, WAIT, 1)
        refused = [r for d in shown["devices"] for r in d.get("refusals", [])]
        return {d["deviceSerial"]: d["goodUntil"] for d in shown["devices"]}, refused

    # --- visits ---

    def come(self, site, dice, sn, since, end, n):
        """Random people at random minutes, some of them those at which ranges begin and end."""
        edges = ["00:00", "01:00", "01:01", "05:59", "06:00", "06:01", "07:59", "08:00", "09:00", "09:01", "10:00",
                 "12:00", "12:01", "12:30", "18:00", "18:01", "19:59", "20:00", "21:15", "22:45", "23:59"]
        span = int((end - since).total_seconds())
        moments = set()
        while len(moments) < 2 * n:
            at = since + datetime.timedelta(seconds=dice.randrange(span))
            if dice.random() < 0.3:
                at = datetime.datetime.strptime(at.strftime("%Y-%m-%d ") + dice.choice(edges), "%Y-%m-%d %H:%M")
                at += datetime.timedelta(seconds=dice.randrange(60))
            if since < at < end:
                moments.add(at)
        # They come one after the other, but those who come together.
        apart, last = [], since
        for at in sorted(moments):
            if at - last >= APART:
                apart.append(at)
                last = at
        made = []
        for at in sorted(dice.sample(apart, min(n, len(apart)))):
            made += self.one(site, dice, sn, at)
        return made

    def one(self, site, dice, sn, at):
        door, pin = dice.randint(1, DOORS[sn]), dice.choice(site.pins)
        first = self.visit(site, dice, sn, door, pin, at)
        after = dice.choice((2, 3, 5))
        if sn == SPEC and door == 2 and dice.random() < 0.7:
            # Two who may open the vault, or one of them twice.
            pins = [dice.choice([p for p in site.pins if site.group[p] == g]) for g in dice.choice(((5, 6), (6, 5),
                                                                                                     (5, 5)))]
            seconds = dice.choice((3, 10, 25))
            return [self.visit(site, dice, sn, door, p, at + datetime.timedelta(seconds=seconds * i))
                    for i, p in enumerate(pins)]
        if sn == SPEC and door == 4 and dice.random() < 0.3:
            # The same person once more: too soon, where the first passed.
            return [first, self.visit(site, dice, sn, door, pin, at + datetime.timedelta(seconds=30))]
        if sn == SPEC and door > 2 and dice.random() < 0.5:
            return [first, self.visit(site, dice, sn, 7 - door, dice.choice(site.pins[:40:2]),
                                      at + datetime.timedelta(seconds=after))]
        return [first]

    def visit(self, site, dice, sn, door, pin, at):
        card = sn not in ONE_CARD and dice.random() < 0.7
        return Visit(sn, door, sn in BOTH_READERS and dice.random() < 0.5, "card" if card else "finger",
                     dice.choice(site.cards[pin]) if card else pin, pin, at)

    def walk(self, site, judges, since, until_at, n, seed):
        """People come, and each verdict is what it must be."""
        dice = random.Random(seed)
        good, refused = self.settled()
        # Units report room for fifty, which may be hundreds; one takes a single card of each person.
        self.assertEqual([r for r in refused if r["of"] not in ("device", "card")], [])
        made = []
        for sn in DOORS:
            end = min([until_at] + [datetime.datetime.strptime(g, TIME) for g in [good[sn]] if g])
            made += self.come(site, dice, sn, since, end, n)
        before = len(truth(self.truth))
        with open(self.visits, "a") as f:
            f.writelines(visitors.line(v) for v in made)
        reported = self.reported(made, before)
        self.compare(site, judges, made, reported)
        return len(made)

    def reported(self, made, before):
        """The event of each visit: by unit, second and door, from the truth; and all of it is stored."""
        leaves = {"200", "201"}

        def came():
            rows = truth(self.truth)[before:]
            found = {(r[0], r[2], r[4]) for r in rows if r[3] not in leaves}
            last = {v.sn: v for v in made}
            return rows if all((v.sn, v.at.strftime(TIME), str(v.door)) in found for v in last.values()) else None

        until(came, WAIT, 0.2)
        until(lambda: len(set(truth(self.truth))) <= self.count(), WAIT, 0.5)
        rows = truth(self.truth)[before:]
        stored = collections.defaultdict(list)
        for e in self.api.pages("/api/access-events"):
            stored[e["deviceSerial"], e["timestamp"], str(e["door"]), str(e["event"])].append(e)
        found = collections.defaultdict(list)
        for sn, _, at, event, address, pin, _, _ in rows:
            if event not in leaves:
                found[sn, at, address].append((event, pin, stored[sn, at, address, event]))
        return found

    def count(self):
        rows = self.api.get(f"/api/access-events?limit=1&before={2 ** 62}")["data"]
        return rows[0]["seq"] if rows else 0

    def compare(self, site, judges, made, reported):
        checks = Checks(self.api)
        self.addCleanup(checks.close)
        wrong, seen = [], collections.Counter()
        for v in made:
            answer = checks.answer(v)
            codes = {visitors.LOST} | visitors.UNKNOWN if v.value in site.lost else judges[v.sn].expected(v, answer)
            events = [e for e in reported[v.sn, v.at.strftime(TIME), str(v.door)]
                      if e[1] in (v.pin, "0") and int(e[0]) not in (204, 205)]
            if len(events) != 1 or not self.agrees(v, codes, events[0], answer):
                wrong.append((v, codes, events and events[0][:2], answer["verdict"],
                              [s["verdict"] for s in answer["steps"]]))
            seen[events[0][0] if events else "none"] += 1
        self.assertEqual(wrong[:5], [], f"{len(wrong)} of {len(made)} differ (AGREEMENT_SEED={SEED})")
        self.seen = getattr(self, "seen", collections.Counter()) + seen

    def agrees(self, visit, codes, event, answer):
        code, _, stored = int(event[0]), event[1], event[2]
        opened = code in OPENED
        if len(stored) != 1 or (stored[0]["granted"] is True) != opened:
            return False
        if opened != (codes is None):
            return False
        if opened or visit.sn in MERGED:
            return True
        beside = visitors.BESIDE.get(code)
        return code in codes and (not answer["granted"] or beside is None or
                                  beside in [s["verdict"] for s in answer["steps"]])

    def held(self):
        """What the units hold in the end, by unit and table."""
        rows = collections.defaultdict(list)
        with open(self.tables) as f:
            for text in f:
                r = json.loads(text)
                rows[r["deviceSerial"], r["table"]].append(r["row"])
        return rows

    def known(self, sn, table):
        """What the server has of it."""
        return [r["row"] for r in self.api.get(f"/api/devices/{sn}/tables/{table}?limit=1000")["data"]["rows"]]

    def agree(self, visits):
        """Before the changes and after them; who came to each unit."""
        start = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
        start += datetime.timedelta(minutes=5)
        middle, end = start + datetime.timedelta(days=13), start + datetime.timedelta(days=27)
        site = Site(self.api, start)
        site.decide()
        self.apply()
        judges = site.judges()
        came = self.walk(site, judges, start, middle, visits, SEED)
        site.change()
        came += self.walk(site, judges, middle + datetime.timedelta(hours=12), end, visits, SEED + 1)
        self.assertGreaterEqual(came, 2 * len(DOORS) * visits)
        known = {(sn, table): self.known(sn, table) for sn in DOORS for table in TABLES}
        self.end()
        held = self.held()
        for place, rows in known.items():
            self.assertEqual(plain(held[place]), plain(rows), place)

    def test_ten_thousand_verdicts_are_those_of_the_site(self):
        self.begin()
        self.agree(VISITS)
        if VISITS >= 1000:
            self.assertEqual(sorted(set(REPORTED) - set(self.seen)), [])

    def test_they_are_whatever_is_lost_late_or_twice_on_the_way(self):
        self.begin("--fault", FAULTS)
        self.agree(VISITS // 10)


if __name__ == "__main__":
    tap.main()
