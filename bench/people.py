"""How long a search among many people takes, alone or with everything else, and a page of their list, wherever it begins.

The people are written into the database while no server runs, as the server would; each question goes over one
connection in turn with the others, so that none is answered out of what the one before left in a cache alone."""

import contextlib
import json
import os
import sqlite3
import statistics
import time
import urllib.parse

from plans import Line

PEOPLE, AREAS = 100_000, 40
FIRST = ("Anna", "Berta", "Carl", "Dora", "Emil", "Frida", "Gustav", "Heinz", "Inge", "Jonas", "Karl", "Lena", "Maria",
         "Nora", "Otto", "Paula")
LAST = ("Berg", "Dahl", "Ek", "Falk", "Gran", "Holm", "Lind", "Moe", "Nord", "Oak", "Quist", "Rask", "Sand", "Vik")
SEARCHES = ("no such person", "anna", "lind 7", "0000770", "e-04711", "department 1", "quist", "a", "8", "paula vik 99999",
            "99999999999")


def rows():
    for n in range(1, PEOPLE + 1):
        name = f"{FIRST[n % 16]} {LAST[n // 16 % 14]} {n}"
        card, department, code = f"{n * 77:010d}", f"Department {n % 60}", f"E-{n:05d}"
        text = "\n".join((str(n), name.lower(), card, department.lower(), code.lower(), "default", ""))
        yield n, str(n), name, json.dumps([card]), department, code, f"[{2 + n % AREAS}]", text


def fill(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.executemany("INSERT INTO area (id, name, parent, namespace, version) VALUES (?, ?, 1, 'default', 1)",
                       [(n, f"Area {n}") for n in range(2, 2 + AREAS)])
        db.executemany("INSERT INTO people (id, pin, name, cards, department, code, areas, search, namespace, version,"
                       " privilege) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'default', 1, 0)", rows())
        db.execute("INSERT INTO card (number, people, lost, namespace)"
                   " SELECT json_extract(cards, '$[0]'), id, 0, 'default' FROM people")
        db.execute(f"INSERT INTO people_area (people, area) SELECT id, 2 + id % {AREAS} FROM people")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def ask(line, path, times):
    start = time.perf_counter()
    page = json.loads(line.call("GET", path))
    times.append((time.perf_counter() - start) * 1e3)
    return page


def searches(line, rounds, path):
    """ms of each, the shortest first."""
    times = []
    for _ in range(rounds):
        for q in SEARCHES:
            ask(line, f"{path}?limit=50&q={urllib.parse.quote(q)}", times)
    return sorted(times)


def p95(times):
    return times[len(times) * 95 // 100]


def pages(line, rounds):
    """The slowest kind of page, by its median: the first and those behind a cursor, by number, PIN, name and area."""
    slowest = 0
    for ask_for in ("limit=50", "limit=50&sort=pin", "limit=50&sort=-name", "limit=50&area=7", "limit=50&area=1"):
        first, later = [], []
        for _ in range(rounds):
            page = ask(line, f"/api/people?{ask_for}", first)
            for _ in range(3):
                page = ask(line, f"/api/people?{ask_for}&cursor={page['cursor']}", later)
        slowest = max(slowest, statistics.median(first), statistics.median(later))
    return slowest


def run(own, rounds):
    own.terminate()
    fill(os.path.join(own.data, "gatehouse.db"))
    own.start()
    line = Line(own.admin, own.token)
    times, of_all = searches(line, rounds, "/api/people"), searches(line, rounds, "/api/search")
    return {"search_p50_ms": statistics.median(times), "search_p95_ms": p95(times), "search_all_p95_ms": p95(of_all),
            "page_ms": pages(line, rounds)}
