"""Compare the server with what it cannot beat: nginx that answers from its configuration, and
SQLite without a server around it; and the library with a program that throws away what it reads.
Everything runs on this machine, in one go, and only ratios are meaningful. docs/BENCHMARKS.md
explains each.

    bench/run [--quick] [--build DIR] [--json FILE]
"""

import argparse
import contextlib
import json
import os
import re
import resource
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from programs import (CORES, DEVICES, LOAD_CORE, TOP, Gatehouse, Nginx, Terminal, cpu_seconds, peak_kb, rss_kb, run, wrk)
import contents
import doors
import people
import plans
import postgres  # programs has added its folder
import reading
import serve

IDLE_DEVICES = 5000
TOOLS = ("access_compile", "load", "raw_insert", "sync_plan", "terminal_bare", "terminal_parse", "terminal_read",
         "terminal_replay")

PARTS = ("heartbeats", "bulk", "single", "templates", "photos", "imported", "doors", "opening", "rights", "sync", "people", "plan", "postgres", "tls", "idle", "terminal", "commands",
         "events", "removal", "pages")

# name, goal, whether more is better
GOALS = {
    "keepalive": ("heartbeats/s, keep-alive, to nginx", 0.80, True),
    "close": ("heartbeats/s, Connection: close, to nginx", 0.70, True),
    "cpu": ("CPU time per heartbeat, to nginx", 1.20, False),
    "x100": ("ATTLOG records/s, 100 a request, to raw SQLite", 0.70, True),
    "x1": ("ATTLOG requests/s, 1 record each, to nginx", 0.25, True),
    "template_x1": ("requests/s with a template of 1,600 bytes each, to nginx", 0.10, True),
    "photo_x": ("memory of a photo of 100 KB, in sizes of it", 2.0, False),
    "import_rate": ("thousand punches of a file imported a second", 20.0, True),
    "import_mib": ("MiB of memory more for a million of them", 64.0, False),
    "doors_x100": ("access events/s, 100 a request, to raw SQLite", 0.70, True),
    "doors_attlog": ("access events/s, 100 a request, to ATTLOG records/s", 0.80, True),
    "doors_x1": ("access events/s, 1 a request, to ATTLOG records/s", 0.80, True),
    "opening_ms": ("ms from an order to open to its reply, p99, 1,000 units", 20.0, False),
    "held_ms": ("ms from a call of the API to the order at a unit with a held poll, p99", 50.0, False),
    "udp_ms": ("ms from a call of the API to the order at a unit that gets a datagram, p99", 50.0, False),
    "passing_ms": ("ms from a unit's event to the live stream, p99, 1,000 units", 20.0, False),
    "rights_ms": ("ms of CPU to compile and compare 10,000 people, 4 doors", 100.0, False),
    "sync_ms": ("ms of CPU to plan the orders of a device with 10,000 people", 50.0, False),
    "search_ms": ("ms for a search among 100,000 people, p95", 50.0, False),
    "search_all_ms": ("ms for a search of everything among 100,000 people, p95", 50.0, False),
    "people_ms": ("ms for a page of 100,000 people, the slowest kind", 50.0, False),
    "plan_s": ("s from a change for 10,000 people to the unit's last answer", 10.0, False),
    "plan_x": ("the same less 2 s of rest, to the same words as commands", 10.0, False),
    "plan_mib": ("MiB of memory more for it at most", 64.0, False),
    "postgres_x1": ("ATTLOG requests/s, 1 record each, PostgreSQL to SQLite", 0.70, True),
    "postgres_cpu": ("CPU time per heartbeat, PostgreSQL to SQLite", 1.02, False),
    "tls": ("CPU time per HTTPS connection, resumed, to a full one", 0.50, False),
    "tls_ms": ("ms of CPU per HTTPS connection, resumed", 0.50, False),
    "idle_kb": ("KB of memory per idle connected device", 10.0, False),
    "read_100k": ("punches/s, 100,000 of the simulator, to a socket", 0.50, True),
    "read_500k": ("punches/s, 500,000 of the simulator, to a socket", 0.50, True),
    "read_replay": ("punches/s, 500,000 out of memory, to a socket", 0.50, True),
    "list_csv": ("punches/s, 500,000 as CSV by the command, to a socket", 0.40, True),
    "list_ndjson": ("punches/s, 500,000 as ndjson by the command, to a socket", 0.30, True),
    "page_sqlite": ("ms for a page of a large ledger at most, SQLite", 50.0, False),
    "page_postgres": ("ms for a page of a large ledger at most, PostgreSQL", 50.0, False),
    "month_sqlite": ("CPU s, a month of 20 million as CSV, SQLite", 3.0, False),
    "month_postgres": ("CPU s, a month of 20 million as CSV, PostgreSQL", 3.0, False),
    "export_csv": ("thousand rows exported a CPU second, CSV", 300.0, True),
    "export_ndjson": ("thousand rows exported a CPU second, ndjson", 300.0, True),
    "export_json": ("thousand rows listed a CPU second, JSON", 300.0, True),
    "commands_sqlite": ("thousand commands queued a second, SQLite", 10.0, True),
    "commands_postgres": ("thousand commands queued a second, PostgreSQL", 10.0, True),
    "events_p99": ("ms to 200 streams at 1,000 events/s, 99th of 100", 250.0, False),
    "events_upload": ("upload's median with 200 streams, to without", 1.20, False),
    "removal": ("upload's 99th of 100 while punches are removed, to without", 1.50, False),
    "parse_gb": ("GB/s of punches parsed, without a socket", 1.00, True),
    "peak_500k": ("MiB of memory at most, reading 500,000 punches", 64.0, False),
    "peak_1m": ("MiB of memory at most, reading 1,000,000 punches", 64.0, False),
}

class Bench(reading.Reading, contents.Contents):
    Server = Gatehouse
    cpu = staticmethod(cpu_seconds)

    def __init__(self, options):
        self.build, self.quick = options.build, options.quick
        self.dir = tempfile.mkdtemp(prefix="gatehouse-bench-")
        self.facts, self.ratios = {}, {}

    def tool(self, name):
        return os.path.join(self.build, "bench", name)

    def load(self, port, connections, seconds, records, first, how="post"):
        result = json.loads(run(*LOAD_CORE, self.tool("bench_load"), how, str(port),
                              str(connections), str(seconds), str(records), str(first)))
        if result["refused"]:
            raise RuntimeError(f"{result['refused']} uploads were refused")
        result["rate"] = result["requests"] / result["seconds"]
        return result

    def note(self, name, **values):
        self.facts.setdefault(name, []).append(values)
        words = ", ".join(f"{k} {v:.6g}" for k, v in values.items())
        print(f"  {name}: {words}", file=sys.stderr, flush=True)

    def ratio(self, name, ours, reference, key="rate"):
        """The median of the ratios of neighbouring runs: what else the machine does meanwhile
        changes slowly, and then disturbs both alike."""
        pairs = zip(self.facts[ours], self.facts[reference])
        self.ratios[name] = round(statistics.median(a[key] / b[key] for a, b in pairs), 3)

    def heartbeats(self):
        rounds, seconds = (3, 1) if self.quick else (8, 2)
        nginx, ours = Nginx(), Gatehouse(CORES[0])
        try:
            ours.admit(DEVICES)
            for _ in range(rounds):
                for close in (False, True):
                    for name, target in (("nginx", nginx), ("gatehouse", ours)):
                        self.note(f"{name}_{'close' if close else 'keepalive'}",
                                  **wrk(target, seconds, close))
            polls = ours.metrics()["gatehouse_polls_total"]
            if polls < DEVICES * 100:
                raise RuntimeError(f"only {polls} polls arrived")
        finally:
            ours.close()
            nginx.close()
        for how in ("keepalive", "close"):
            self.ratio(how, "gatehouse_" + how, "nginx_" + how)
        self.ratio("cpu", "gatehouse_keepalive", "nginx_keepalive", "cpu_us")
        self.ratio("cpu_close", "gatehouse_close", "nginx_close", "cpu_us")

    def insert(self, source, rows, table="punch"):
        target = os.path.join(self.dir, "raw.db")
        result = json.loads(run(self.tool("bench_raw_insert"), source, target, str(rows), table))
        for path in (target, target + "-wal", target + "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        return result

    def bulk(self):
        """100 records a request, and the same rows inserted without a server."""
        rounds, seconds = (1, 2) if self.quick else (3, 5)
        for _ in range(rounds):
            ours = Gatehouse()
            try:
                ours.admit(16)
                before = ours.metrics()
                result = self.load(ours.port, 16, seconds, 100, 0)
                after = ours.metrics()
                rows, commits = (
                    after[m] - before[m] for m in ("gatehouse_punches_total",
                                                   "gatehouse_store_commits_total"))
                if rows != result["requests"] * 100:
                    raise RuntimeError(f"{result['requests']} uploads became {rows} rows")
                ours.terminate()
                together = max(1, round(rows / commits))
                self.note("gatehouse_x100", rate=result["rate"] * 100, p50_ms=result["p50_ms"],
                          p99_ms=result["p99_ms"], rows_per_commit=together)
                source = os.path.join(ours.data, "gatehouse.db")
                for name, n in (("raw_same_groups", together), ("raw_one_transaction", 0)):
                    raw = self.insert(source, n)
                    if raw["rows"] != rows:
                        raise RuntimeError(f"{raw['rows']} rows inserted, not {rows}")
                    self.note(name, rate=raw["rows"] / raw["seconds"], rows_per_commit=n)
            finally:
                ours.close()
        self.ratio("x100", "gatehouse_x100", "raw_same_groups")
        self.ratio("x100_one_transaction", "gatehouse_x100", "raw_one_transaction")

    def single(self):
        """One record a request, to the server and to nginx, from the same generator."""
        rounds, seconds = (1, 2) if self.quick else (3, 4)
        nginx = Nginx()
        try:
            for _ in range(rounds):
                ours = Gatehouse()
                try:
                    ours.admit(DEVICES)
                    for name, target in (("nginx_x1", nginx), ("gatehouse_x1", ours)):
                        before = cpu_seconds(target.pids())
                        result = self.load(target.port, DEVICES, seconds, 1, 0)
                        spent = cpu_seconds(target.pids()) - before
                        self.note(name, rate=result["rate"], p50_ms=result["p50_ms"],
                                  p99_ms=result["p99_ms"],
                                  cpu_us=spent / result["requests"] * 1e6)
                    commits, took = (ours.metrics()[f"gatehouse_store_{name}_total"]
                                     for name in ("commits", "commit_seconds"))
                    self.note("commit_x1", ms=took / commits * 1e3)
                finally:
                    ours.close()
        finally:
            nginx.close()
        self.ratio("x1", "gatehouse_x1", "nginx_x1")
        self.ratio("x1_cpu", "gatehouse_x1", "nginx_x1", "cpu_us")
        self.ratios["x1_commit_ms"] = round(
            statistics.median(one["ms"] for one in self.facts["commit_x1"]), 2)

    def doors(self):
        """Rows of rtlog, 100 and one a request: to the same rows inserted without a server, and to as
        many punches."""
        rounds, seconds = (1, 2) if self.quick else (3, 4)
        for _ in range(rounds):
            for records, devices in ((100, 16), (1, DEVICES)):
                for how in ("post", "events"):
                    with Gatehouse() as ours:
                        events = how == "events"
                        (ours.admit_units if events else ours.admit)(devices)
                        before, spent = ours.metrics(), cpu_seconds(ours.pids())
                        result = self.load(ours.port, devices, seconds, records, 0, how)
                        after, spent = ours.metrics(), cpu_seconds(ours.pids()) - spent
                        rows, commits = (after[m] - before[m] for m in (
                            "gatehouse_access_events_total" if events else
                            "gatehouse_punches_total", "gatehouse_store_commits_total"))
                        if rows != result["requests"] * records:
                            raise RuntimeError(f"{result['requests']} uploads became {rows} rows")
                        self.note(f"{'events' if events else 'attlog'}_x{records}",
                                  rate=result["rate"] * records, cpu_us=spent / rows * 1e6,
                                  p99_ms=result["p99_ms"], rows_per_commit=rows / commits)
                        if records == 1:
                            continue
                        ours.terminate()
                        raw = self.insert(os.path.join(ours.data, "gatehouse.db"),
                                          max(1, round(rows / commits)),
                                          "access_event" if events else "punch")
                        self.note("raw_events" if events else "raw_punches",
                                  rate=raw["rows"] / raw["seconds"])
        self.ratio("doors_x100", "events_x100", "raw_events")
        self.ratio("doors_attlog", "events_x100", "attlog_x100")
        self.ratio("doors_raw", "raw_events", "raw_punches")
        self.ratio("doors_x1", "events_x1", "attlog_x1")
        self.ratio("doors_cpu", "events_x100", "attlog_x100", "cpu_us")

    def postgres(self):
        """The same program on either database: one record a request, and heartbeats, which
        touch none."""
        rounds, seconds = (2, 2) if self.quick else (7, 4)
        with postgres.Postgres(on_disk=True, shared_buffers="128MB", max_wal_size="1GB") as database:
            for i in range(rounds):
                stores = [("sqlite", None), ("postgres", database.schema(f"r{i}"))]
                for name, store in stores if i % 2 else stores[::-1]:
                    with Gatehouse(CORES[0], store) as ours:
                        ours.admit(DEVICES)
                        result = self.load(ours.port, DEVICES, seconds, 1, 0)
                        self.note(f"{name}_x1", rate=result["rate"], p50_ms=result["p50_ms"],
                                  p99_ms=result["p99_ms"])
                        self.note(f"{name}_heartbeat", **wrk(ours, seconds, False))
        self.ratio("postgres_x1", "postgres_x1", "sqlite_x1")
        self.ratio("postgres_cpu", "postgres_heartbeat", "sqlite_heartbeat", "cpu_us")

    def connections(self, port, pids, n, resume):
        """Connections over TLS, each with one heartbeat, and the server's time for one."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        session, resumed, before = None, 0, cpu_seconds(pids)
        for _ in range(n):
            with socket.create_connection(("127.0.0.1", port), 10) as plain, \
                    context.wrap_socket(plain, session=session if resume else None) as k:
                k.sendall(b"GET /iclock/getrequest?SN=BENCH00000 HTTP/1.1\r\nHost: x\r\n"
                          b"Connection: close\r\n\r\n")
                while k.recv(4096):
                    pass
                session, resumed = k.session, resumed + k.session_reused
        if resumed != (n - 1 if resume else 0):
            raise RuntimeError(f"{resumed} of {n} connections were resumed")
        return (cpu_seconds(pids) - before) / n * 1000

    def tls(self):
        """What a reconnect costs. The key is the most common kind, RSA of 2048 bits."""
        rounds, n = (2, 500) if self.quick else (4, 1000)
        cert, key = (os.path.join(self.dir, name) for name in ("cert.pem", "key.pem"))
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-keyout", key, "-out", cert)
        ours = Gatehouse(CORES[0], flags=("--tls-cert", cert, "--tls-key", key))
        try:
            for _ in range(rounds):
                for name, resume in (("tls_full", False), ("tls_resumed", True)):
                    self.note(name, cpu_ms=self.connections(ours.port, ours.pids(), n, resume))
        finally:
            ours.close()
        self.ratio("tls", "tls_resumed", "tls_full", "cpu_ms")
        self.ratios["tls_ms"] = round(
            statistics.median(one["cpu_ms"] for one in self.facts["tls_resumed"]), 2)

    def idle(self):
        """Memory of devices that are connected and wait."""
        ours = Gatehouse()
        try:
            ours.admit(DEVICES)
            before = rss_kb(ours.process.pid)
            crowd = subprocess.Popen(
                [*LOAD_CORE, self.tool("bench_load"), "hold", str(ours.port),
                 str(IDLE_DEVICES)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            timer = threading.Timer(60, crowd.kill)
            timer.start()
            try:
                result = crowd.stdout.readline().split()
                if len(result) != 2 or int(result[1]) < IDLE_DEVICES * 0.99:
                    raise RuntimeError(f"not all devices are idle: {result}")
                after = rss_kb(ours.process.pid)
                crowd.communicate()
            finally:
                timer.cancel()
                crowd.kill()
                crowd.wait()
        finally:
            ours.close()
        self.note("gatehouse_idle", before_kb=before, after_kb=after, devices=IDLE_DEVICES)
        self.ratios["idle_kb"] = round((after - before) / IDLE_DEVICES, 2)

    def simulator(self, punches):
        return Terminal(os.environ["GATEHOUSE"], "sim", "terminal", "--listen", "127.0.0.1:0",
                        "--users", "1000", "--punches", str(punches))

    def read(self, terminal, name, punches, transport="tcp"):
        """Once with the library: in a process of its own, whose memory is only that."""
        result = json.loads(run(*LOAD_CORE, self.tool("bench_terminal_read"), transport,
                              *terminal.port))
        if result["records"] != punches:
            raise RuntimeError(f"{result['records']} punches were read of {punches}")
        self.note(name, rate=punches / result["seconds"], cpu_ms=result["cpu"] * 1e3,
                  peak_mib=result["peak_kb"] / 1024)

    def read_both(self, terminal, name, punches, rounds, transport="tcp"):
        for _ in range(rounds):
            result = json.loads(run(*LOAD_CORE, self.tool("bench_terminal_bare"), transport,
                                  *terminal.port))
            if result["bytes"] != 4 + punches * 40:
                raise RuntimeError(f"{result['bytes']} bytes for {punches} punches")
            self.note("socket_" + name, rate=punches / result["seconds"],
                      cpu_ms=result["cpu"] * 1e3)
            self.read(terminal, "library_" + name, punches, transport)
        self.ratio("read_" + name, "library_" + name, "socket_" + name)

    def listed(self, terminal, punches, rounds):
        """`gatehouse terminal … punch list`, the whole process, beside the bare socket."""
        for _ in range(rounds):
            for kind in ("csv", "ndjson"):
                bare = json.loads(run(*LOAD_CORE, self.tool("bench_terminal_bare"), "tcp",
                                      *terminal.port))
                self.note("socket_list_" + kind, rate=punches / bare["seconds"])
                path = os.path.join(self.dir, "list." + kind)
                with open(path, "wb") as out:
                    start = time.monotonic()
                    subprocess.run([*LOAD_CORE, os.environ["GATEHOUSE"], "terminal",
                                    f"tcp://127.0.0.1:{terminal.port[0]}", "punch", "list",
                                    "--format", kind], stdout=out, check=True)
                    took = time.monotonic() - start
                with open(path, "rb") as out:
                    rows = sum(piece.count(b"\n") for piece in
                               iter(lambda: out.read(1 << 20), b"")) - (kind == "csv")
                if rows != punches:
                    raise RuntimeError(f"{rows} rows of {punches} punches")
                self.note("list_" + kind, rate=punches / took)
        for kind in ("csv", "ndjson"):
            self.ratio("list_" + kind, "list_" + kind, "socket_list_" + kind)

    def terminal(self):
        """A terminal's log: read by the library, moved by a bare socket, and only parsed."""
        rounds = 5 if self.quick else 15
        for name, punches in (("100k", 100000), ("500k", 500000)):
            with self.simulator(punches) as sim:
                self.read_both(sim, name, punches, rounds)
                if punches == 100000:
                    self.read_both(sim, "udp", punches, rounds, "udp")
                else:
                    self.listed(sim, punches, 3 if self.quick else 7)
        with Terminal(self.tool("bench_terminal_replay"), "500000") as memory:
            self.read_both(memory, "replay", 500000, rounds)
        self.ratio("read_cpu", "library_replay", "socket_replay", "cpu_ms")
        with self.simulator(1000000) as sim:
            for _ in range(rounds // 5):
                self.read(sim, "library_1m", 1000000)
        for name in ("500k", "1m"):
            self.ratios["peak_" + name] = round(
                max(one["peak_mib"] for one in self.facts["library_" + name]), 2)
        for _ in range(3):
            result = json.loads(run(*LOAD_CORE, self.tool("bench_terminal_parse"), "500000",
                                  "0.3" if self.quick else "1"))
            self.note("parse", gb_s=result["bytes"] / result["seconds"] / 1e9,
                      ns_per_record=result["ns_per_record"])
        self.ratios["parse_gb"] = round(
            statistics.median(one["gb_s"] for one in self.facts["parse"]), 2)

    def opening(self):
        """An order to open a door, until it is in the reply to its unit's next poll; and an event, until it is
        in the live stream."""
        for name, flags in (("opening", ()), ("held", ("--access-hold", "5")), ("udp", ()),
                            ("passing", ())):
            own = serve.Server("--new-devices", "approve", *flags)
            try:
                self.note(name, **doors.run(own.devices, own.admin, own.api.token, 1000,
                                            5 if self.quick else 20, name))
            finally:
                own.close()
            self.ratios[name + "_ms"] = round(self.facts[name][0]["p99_ms"], 2)

    def rights(self):
        """What an access unit is to hold, made from the site and compared with what it held."""
        for _ in range(3):
            result = json.loads(run(*LOAD_CORE, self.tool("bench_access_compile"), "10000",
                                    "0.3" if self.quick else "1"))
            self.note("rights", **result)
        self.ratios["rights_ms"] = round(
            statistics.median(one["ms"] for one in self.facts["rights"]), 2)

    def sync(self):
        """The orders of a device that lacks a little, or all, of what it is to hold, or for which all wait."""
        for _ in range(3):
            result = json.loads(run(*LOAD_CORE, self.tool("bench_sync_plan"), "10000",
                                    "0.3" if self.quick else "1"))
            self.note("sync", **result)
        self.ratios["sync_ms"] = round(statistics.median(
            max(one["ms"], one["empty_ms"], one["waiting_ms"]) for one in self.facts["sync"]), 2)

    def people(self):
        """Searches among many people, and pages of their list."""
        with Gatehouse() as own:
            self.note("people", **people.run(own, 5 if self.quick else 20))
        [found] = self.facts["people"]
        self.ratios.update(search_ms=round(found["search_p95_ms"], 1), people_ms=round(found["page_ms"], 1),
                           search_all_ms=round(found["search_all_p95_ms"], 1))

    def plan(self):
        """A change that concerns many people, until their unit has answered the last command."""
        for _ in range(1 if self.quick else 3):
            with Gatehouse() as own:
                self.note("plan", **plans.run(own.devices, own.admin, own.token, lambda: peak_kb(own.process.pid)))
        for name, key in (("plan_s", "plan_s"), ("plan_x", "ratio"), ("plan_mib", "mib")):
            self.ratios[name] = round(statistics.median(one[key] for one in self.facts["plan"]), 2)

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def machine():
    with open("/proc/cpuinfo") as f:
        model = re.search(r"model name\s*: (.*)", f.read())
    release = ""
    with contextlib.suppress(OSError), open("/etc/os-release") as f:
        release = re.search(r'PRETTY_NAME="(.*)"', f.read())[1]
    nginx = subprocess.run(["nginx", "-v"], stderr=subprocess.PIPE, text=True, check=True)
    return {"cores": os.cpu_count(), "cpu": model[1] if model else "unknown",
            "kernel": os.uname().release, "system": release,
            "nginx": nginx.stderr.strip().rpartition("/")[2]}


def table(ratios):
    print(f"{'':52}{'measured':>9}{'goal':>9}")
    for name, (words, goal, more) in GOALS.items():
        value = ratios[name]
        met = value >= goal if more else value <= goal
        sign = ">=" if more else "<="
        print(f"{words:52}{value:9.2f}{sign + format(goal, '.2f'):>9}{'' if met else '  missed'}")
    for words, name in (("(CPU time with Connection: close, to nginx)", "cpu_close"),
                        ("(ATTLOG records/s, to raw SQLite in one transaction)",
                         "x100_one_transaction"),
                        ("(CPU time per request with 1 record, to nginx)", "x1_cpu"),
                        ("(ms a commit took meanwhile)", "x1_commit_ms"),
                        ("(CPU time per access event, to a punch of ATTLOG)", "doors_cpu"),
                        ("(CPU time per punch, out of memory, to a socket)", "read_cpu"),
                        ("(punches/s, 100,000 over UDP, to a socket)", "read_udp")):
        print(f"{words:52}{ratios[name]:9.2f}")


def main():
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("--quick", action="store_true", help="less than a minute, less exact")
    parser.add_argument("--build", default=os.path.join(TOP, "build"))
    parser.add_argument("--json", help="where the numbers go (default: in the build directory)")
    parser.add_argument("--only", help="one of: " + ", ".join(PARTS))
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)
    os.environ["GATEHOUSE"] = os.path.join(options.build, "gatehouse")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if 0 < resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 2 * IDLE_DEVICES:
        sys.exit(f"bench: {2 * IDLE_DEVICES} open files are needed (ulimit -n)")
    run("ninja", "-C", options.build, *("bench/bench_" + name for name in TOOLS), seconds=300)
    bench, start = Bench(options), time.monotonic()
    try:
        for part in PARTS:
            if options.only in (None, part):
                getattr(bench, part)()
    finally:
        bench.close()
    if options.only:
        print(bench.ratios)
        return 0
    table(bench.ratios)
    path = options.json or os.path.join(options.build, "bench.json")
    with open(path, "w") as f:
        json.dump({"machine": machine(), "seconds": round(time.monotonic() - start),
                   "quick": options.quick, "ratios": bench.ratios,
                   "measured": bench.facts}, f, indent=1)
    print(f"numbers in {os.path.relpath(path)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
