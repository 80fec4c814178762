"""Parts of bench/run about what is read and ordered: pages of a large ledger, exports, commands in
bulk, and the live stream. Their figures are no ratios but times of the server's processor, which
other work on the machine changes little, and rates; the goals are those of a machine at rest."""

import contextlib
import json
import os
import selectors
import socket
import statistics
import threading
import time

import ledger
import postgres
import serve

# Queries of a page of 100 rows; the rows of the first page, at any size of the ledger.
PAGES = (
    ("pin_month", "pin=4243&from=2025-06-01&to=2025-06-30"),
    ("month", "from=2025-09-01&to=2025-09-30"),
    ("day", "from=2025-09-02&to=2025-09-02"),
    ("lost_date", "from=2000-01-01&to=2000-01-01"),
    ("device", "device=LEDGER0123"),
    ("sparse_device", f"device={ledger.SPARSE}"),
    ("tag", f"tag={ledger.TAG}"),
    ("tag_month", f"tag={ledger.TAG}&from=2025-09-01&to=2025-09-30"),
    ("sparse_tag", f"tag={ledger.SPARSE_TAG}"),
    ("unused_pin", f"pin={ledger.UNUSED_PIN}"),
    ("unused_pin_month", f"pin={ledger.UNUSED_PIN}&from=2025-09-01&to=2025-09-30"),
)
MONTH = "from=2025-09-01&to=2025-09-30"
STREAMS, EVENTS_S = 200, 1000


def get(ours, target, read=True):
    """The answer's body, or of a file the number of its lines and bytes."""
    with socket.create_connection(ours.admin, timeout=120) as s:
        s.sendall((f"GET {target} HTTP/1.0\r\nHost: 127.0.0.1\r\n"
                   f"Authorization: Bearer {ours.token}\r\n\r\n").encode())
        room, kept, lines = bytearray(1 << 20), [], 0
        while n := s.recv_into(room):
            lines += room.count(b"\n", 0, n)
            if read:
                kept.append(bytes(room[:n]))
        return b"".join(kept).partition(b"\r\n\r\n")[2] if read else lines


class Reading:
    """Mixed into Bench; `Server` makes a server of run.py, `cpu` is its cpu_seconds."""

    def large(self, store, rows, name="large"):
        """A server of a ledger with so many rows, and its index made."""
        data = os.path.join(self.dir, name + ("-postgres" if store else "-sqlite"))
        with self.Server(None, store, data=data) as empty:
            empty.terminate()
        place = store or os.path.join(data, "gatehouse.db")
        start = time.monotonic()
        ledger.fill(place, rows)
        self.note("fill", rows=rows, seconds=time.monotonic() - start)
        ours = self.Server(None, store, data=data)
        start, blocks = time.monotonic(), rows // 32768 * 8
        serve.until(lambda: self.blocks(ours, store) == blocks, 1200, 0.2)
        self.note("index", rows=rows, seconds=time.monotonic() - start)
        return ours

    @staticmethod
    def blocks(ours, store):
        with contextlib.closing(postgres.Database(store) if store else ours.database()) as db:
            return db.execute("SELECT count(*) FROM punch_block").fetchone()[0]

    def page(self, ours, query, rounds):
        """The slowest of three pages, each the fastest of its rounds, in ms."""
        worst, cursor = 0.0, ""
        for _ in range(3):
            times = []
            for _ in range(rounds):
                start = time.monotonic()
                body = json.loads(get(ours, f"/api/punches?{query}{cursor}"))
                times.append((time.monotonic() - start) * 1e3)
            worst = max(worst, min(times))
            if not body["cursor"]:
                break
            cursor = "&cursor=" + body["cursor"]
        return worst

    def pages(self):
        """Pages and an export of a large ledger, on SQLite and on PostgreSQL."""
        rows, rounds = (1000000, 3) if self.quick else (20000000, 7)
        with postgres.Postgres(shared_buffers="1GB", max_wal_size="4GB",
                               maintenance_work_mem="1GB") as database:
            for kind, store in (("sqlite", None), ("postgres", database.schema("pages"))):
                with self.large(store, rows) as ours:
                    for name, query in PAGES:
                        self.note(f"page_{kind}_{name}", ms=self.page(ours, query, rounds))
                    self.export(kind, ours)
                    self.ratios["page_" + kind] = round(max(
                        self.facts[f"page_{kind}_{name}"][-1]["ms"] for name, _ in PAGES), 1)
                    self.ratios["month_" + kind] = round(
                        self.facts[f"export_{kind}_month"][-1]["cpu"] * 20e6 / rows, 2)

    def export(self, kind, ours):
        """A month in one pass, and rows from the middle on in each form."""
        for name, target in (
                ("month", f"/api/punches.csv?{MONTH}"),
                ("csv", "/api/punches.csv?after=400000&limit=500000"),
                ("ndjson", "/api/punches.ndjson?after=400000&limit=500000")):
            before, start = self.cpu(ours.pids()), time.monotonic()
            lines = get(ours, target, read=False)
            self.note(f"export_{kind}_{name}", rows=lines, cpu=self.cpu(ours.pids()) - before,
                      rate=lines / (time.monotonic() - start))
        before, start, rows = self.cpu(ours.pids()), time.monotonic(), 0
        for i in range(20):
            rows += json.loads(get(ours, f"/api/punches?after={10000 * i}&limit=10000"
                                         "&total=0"))["count"]
        self.note(f"export_{kind}_json", rows=rows, cpu=self.cpu(ours.pids()) - before,
                  rate=rows / (time.monotonic() - start))
        if kind == "sqlite":
            for name in ("csv", "ndjson", "json"):
                one = self.facts[f"export_{kind}_{name}"][-1]
                self.ratios["export_" + name] = round(one["rows"] / one["cpu"] / 1000)

    def commands(self):
        """Commands for a hundred devices, a thousand in a request."""
        rounds, n = (2, 10) if self.quick else (5, 20)
        with postgres.Postgres(shared_buffers="128MB", max_wal_size="1GB") as database:
            for i in range(rounds):
                for kind, store in (("sqlite", None), ("postgres", database.schema(f"c{i}"))):
                    with self.Server(None, store) as ours:
                        ours.admit(100)
                        start = time.monotonic()
                        for k in range(n):
                            answer = ours.api.post("/api/commands", [
                                {"deviceSerial": f"BENCH{p % 100:05d}", "type": "update_person",
                                 "person": {"pin": str(p), "name": f"Person {p}"}}
                                for p in range(k * 1000, k * 1000 + 1000)])
                            if answer["queued"] != 1000:
                                raise RuntimeError(f"{answer['queued']} of 1000 were queued")
                        self.note("commands_" + kind,
                                  rate=1000 * n / (time.monotonic() - start))
        for kind in ("sqlite", "postgres"):
            # What else the machine does makes it slower only.
            self.ratios["commands_" + kind] = round(max(
                one["rate"] for one in self.facts["commands_" + kind]) / 1000, 1)

    def removal(self):
        """Uploads while punches of the year before are removed for their age, and while none are."""
        rows, rounds, seconds = (200000, 2, 4) if self.quick else (1000000, 4, 10)
        with self.large(None, rows, "removal") as ours:
            data = ours.data
        for i in range(rounds):
            for month, name, flags in ((3, "without", ()), (4, "with", ("--keep-punches", "30"))):
                with self.Server(None, None, flags, data) as ours:
                    ours.admit(10)
                    times = upload_steadily(ours, seconds, Listeners(ours, 0),
                                            f"2026-{month:02}-{i + 1:02}")
                    removed = ours.api.get("/api/status")["data"]["retention"]["punches"]["removed"]
                self.note(f"removal_{name}", p50_ms=statistics.median(times) * 1e3,
                          p99_ms=sorted(times)[int(len(times) * 0.99)] * 1e3, longest_ms=max(times) * 1e3,
                          removed=removed)
        if not 0 < removed < rows:
            raise RuntimeError(f"{removed} of {rows} were removed")
        self.ratio("removal", "removal_with", "removal_without", "p99_ms")

    def events(self):
        """The live stream: how long after its OK a punch is at each of 200 listeners, and what
        they cost the uploads."""
        seconds = 3 if self.quick else 10
        for _ in range(1 if self.quick else 3):
            for streams in (0, STREAMS):
                with self.Server() as ours:
                    ours.admit(10)
                    with Listeners(ours, streams) as listeners:
                        times = upload_steadily(ours, seconds, listeners)
                        late = listeners.finish()
                    self.note(f"events_{streams}", p50_ms=statistics.median(times) * 1e3,
                              uploads=len(times),
                              **({"p99_ms": late * 1e3} if streams else {}))
        self.ratios["events_p99"] = round(statistics.median(
            one["p99_ms"] for one in self.facts[f"events_{STREAMS}"]), 1)
        self.ratio("events_upload", f"events_{STREAMS}", "events_0", "p50_ms")


def upload_steadily(ours, seconds, listeners, day="2026-03-01"):
    """Ten punches in an upload, so many uploads that EVENTS_S arrive in a second."""
    times, start = [], time.monotonic()
    with socket.create_connection(ours.devices, timeout=60) as s:
        for i in range(seconds * EVENTS_S // 10):
            pause = start + i * 10 / EVENTS_S - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            body = "".join(f"{i * 10 + k}\t{day} 08:00:00\t0\t1\t0\t0\t0\n"
                           for k in range(10)).encode()
            began = time.monotonic()
            listeners.sent.append(began)
            s.sendall(f"POST /iclock/cdata?SN=BENCH{i % 10:05d}&table=ATTLOG&Stamp=1 HTTP/1.1\r\n"
                      f"Host: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            reply = s.recv(4096)
            times.append(time.monotonic() - began)
            if b" 200 " not in reply:
                raise RuntimeError(f"refused: {reply!r}")
    return times


class Listeners:
    """So many streams, read by a thread. Upload i has the events 10 * i + 1 to 10 * i + 10."""

    def __init__(self, ours, n):
        self.sent, self.late, self.n = [], [], n
        self.poll = selectors.DefaultSelector()
        self.ended = threading.Event()
        for _ in range(n):
            s = socket.create_connection(ours.admin, timeout=30)
            s.sendall((f"GET /api/events HTTP/1.0\r\nHost: 127.0.0.1\r\n"
                       f"Authorization: Bearer {ours.token}\r\n\r\n").encode())
            if b" 200 " not in s.recv(4096):
                raise RuntimeError("no stream")
            s.setblocking(False)
            self.poll.register(s, selectors.EVENT_READ, {"n": 0, "rest": b""})
        self.thread = threading.Thread(target=self.read, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(30)
        for key in list(self.poll.get_map().values()):
            key.fileobj.close()

    def read(self):
        mark = b"event: punch"
        while not self.ended.is_set():
            for key, _ in self.poll.select(0.1):
                piece = key.fileobj.recv(1 << 18)
                text, now = key.data["rest"] + piece, time.monotonic()
                before = key.data["n"] // 10
                key.data["n"] += text.count(mark)
                key.data["rest"] = text[-len(mark) + 1:]
                # Of each upload the last event stands for it.
                for upload in range(before, key.data["n"] // 10):
                    self.late.append(now - self.sent[upload])

    def finish(self):
        """The 99th of a hundred, in seconds, once all have all."""
        if self.n == 0:
            return 0.0
        want = 10 * len(self.sent)
        serve.until(lambda: all(key.data["n"] >= want for key in
                                list(self.poll.get_map().values())), 60)
        return sorted(self.late)[int(len(self.late) * 0.99)]
