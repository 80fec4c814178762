"""The programs that bench/run measures, nginx among them, each on a core of its own, and what they use."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests"))
import serve  # noqa: E402

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = (["taskset", "-c", str(c)] for c in (CORES[0], CORES[-1]))
DEVICES = 64
TICK = os.sysconf("SC_CLK_TCK")

NGINX = """
worker_processes 1;
daemon off;
pid {dir}/pid;
error_log {dir}/error.log;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {dir};
    proxy_temp_path {dir};
    fastcgi_temp_path {dir};
    uwsgi_temp_path {dir};
    scgi_temp_path {dir};
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        default_type text/plain;
        location / {{ return 200 "OK"; }}
    }}
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(x) for x in f.read().split()]


def cpu_seconds(pids):
    """User and system time of the processes, all their threads together."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def rss_kb(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"VmRSS:\s+(\d+) kB", f.read())[1])


def peak_kb(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"VmHWM:\s+(\d+) kB", f.read())[1])


class Nginx:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="gatehouse-bench-nginx-")
        self.port = free_port()
        path = os.path.join(self.dir, "nginx.conf")
        with open(path, "w") as f:
            f.write(NGINX.format(dir=self.dir, port=self.port))
        self.process = subprocess.Popen(
            [*SERVER_CORE, "nginx", "-p", self.dir, "-c", path],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        serve.until(self.answers, 10)

    def answers(self):
        if self.process.poll() is not None:
            raise RuntimeError("nginx does not start")
        with contextlib.suppress(OSError):
            return get(self.port, "/")[0] == 200
        return False

    def pids(self):
        return children(self.process.pid)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Gatehouse(serve.Server):
    """One server with a data directory of its own, on one core or wherever it likes."""

    def __init__(self, core=None, store=None, flags=(), data=None):
        pin = None if core is None else lambda: os.sched_setaffinity(0, {core})
        super().__init__("--new-devices", "approve", "--log-level", "warning",
                         *(["--store", store] if store else []), *flags, data=data, prepare=pin)
        self.port = self.devices[1]

    def pids(self):
        return [self.process.pid]

    def metrics(self):
        request = urllib.request.Request(f"http://127.0.0.1:{self.admin[1]}/metrics",
                                         headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=10) as reply:
            return {name: float(value) for name, value in
                    re.findall(r"^([a-z_]+) ([0-9.]+)$", reply.read().decode(), re.M)}

    def admit_units(self, n):
        """The first n access units of the load are registered."""
        for i in range(n):
            sn = f"GATES{i:05d}"
            get(self.port, f"/iclock/cdata?SN={sn}&options=all&pushver=3.1.2&DeviceType=acc")
            get(self.port, f"/iclock/registry?SN={sn}", b"DeviceType=acc,~DeviceName=bench,LockCount=4")
            get(self.port, f"/iclock/push?SN={sn}", b"\n")

    def admit(self, n):
        """The first n devices of the load are known, and nothing waits for them."""
        for i in range(n):
            sn = f"BENCH{i:05d}"
            get(self.port, f"/iclock/cdata?SN={sn}&options=all&pushver=2.4.1&language=69")
            for _ in range(20):
                body = get(self.port, f"/iclock/getrequest?SN={sn}")[1]
                if body == b"OK":
                    break
                for command in re.findall(rb"^C:([^:]+):", body, re.M):
                    get(self.port, f"/iclock/devicecmd?SN={sn}",
                        b"ID=%s&Return=0&CMD=DATA\n" % command)
            else:
                raise RuntimeError(f"{sn} is never done: {body!r}")


class Terminal:
    """A program that answers like a terminal, on the server's core. It prints its port first."""

    def __init__(self, *command):
        self.process = subprocess.Popen(
            [*SERVER_CORE, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            text=True, preexec_fn=serve._die_with_parent)
        self.port = self.process.stdout.readline().strip().rpartition(":")[2].split()[-1:]
        if not self.port:
            self.close()
            raise RuntimeError(f"{command[0]} does not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.kill()
        self.process.communicate()


def get(port, target, body=None):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{target}", body, timeout=10) as reply:
        return reply.status, reply.read()


def run(*command, seconds=60):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=seconds, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def wrk(target, seconds, close):
    """Heartbeats for a while: how many a second, and what of the target's CPU each took."""
    header = ["-H", "Connection: close"] if close else []
    before, start = cpu_seconds(target.pids()), time.monotonic()
    result = run(*LOAD_CORE, "wrk", "-t1", f"-c{DEVICES}", f"-d{seconds}s", *header, "-s",
               os.path.join(TOP, "bench", "heartbeat.lua"), f"http://127.0.0.1:{target.port}/")
    took, spent = time.monotonic() - start, cpu_seconds(target.pids()) - before
    bad = re.search(r"Socket errors.*|Non-2xx.*", result)
    if bad:
        raise RuntimeError(f"wrk: {bad[0]}")
    requests = int(re.search(r"(\d+) requests in", result)[1])
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", result)[1]),
            "cpu_us": spent / requests * 1e6, "busy": spent / took}
