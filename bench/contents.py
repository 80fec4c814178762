"""Templates and photos that devices upload, and punches that are imported: for run.py."""

import contextlib
import os
import socket
import statistics
import subprocess
import time

from programs import DEVICES, Gatehouse, Nginx, cpu_seconds, peak_kb, rss_kb

PHOTO = 100_000
PHOTOS = 256  # at once
IMPORTED = 1_000_000


def photo_request(number, picture):
    name = f"2024060108{number // 60 % 60:02d}{number % 60:02d}-{number}.jpg"
    head = f"PIN={name}\nSN=BENCH{number % DEVICES:05d}\nsize={len(picture)}\nCMD=uploadphoto".encode() + b"\0"
    return (f"POST /iclock/cdata?SN=BENCH{number % DEVICES:05d}&table=ATTPHOTO&Stamp=1 HTTP/1.1\r\nHost: bench\r\n"
            f"Content-Length: {len(head) + len(picture)}\r\n\r\n").encode() + head + picture


def photos_at_once(own):
    """Of each the whole but its last byte, then of all of them that: the most memory there was more than before,
    in sizes of the photos."""
    before = rss_kb(own.process.pid)
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(socket.create_connection(("127.0.0.1", own.port), 60)) for _ in range(PHOTOS)]
        sent = [photo_request(n, b"\xff\xd8" + os.urandom(PHOTO)) for n in range(PHOTOS)]
        for last in (False, True):
            for line, request in zip(lines, sent):
                line.sendall(request[-1:] if last else request[:-1])
        for line in lines:
            if b" 200 " not in line.recv(4096):
                raise RuntimeError("a photo was refused")
    return (peak_kb(own.process.pid) - before) * 1024 / (PHOTOS * PHOTO)


class Contents:
    def templates(self):
        """One template of 1,600 bytes a request, to the server and to nginx, from the same generator."""
        rounds, seconds = (1, 2) if self.quick else (3, 4)
        nginx = Nginx()
        try:
            for _ in range(rounds):
                with Gatehouse() as ours:
                    ours.admit(DEVICES)
                    for name, target in (("nginx_template", nginx), ("gatehouse_template", ours)):
                        before = cpu_seconds(target.pids())
                        result = self.load(target.port, DEVICES, seconds, 1, 0, "templates")
                        spent = cpu_seconds(target.pids()) - before
                        self.note(name, rate=result["rate"], p50_ms=result["p50_ms"], p99_ms=result["p99_ms"],
                                  cpu_us=spent / result["requests"] * 1e6)
                    stored = ours.metrics()["gatehouse_records_total"]
                    if stored != result["requests"]:
                        raise RuntimeError(f"{result['requests']} templates became {stored}")
        finally:
            nginx.close()
        self.ratio("template_x1", "gatehouse_template", "nginx_template")

    def photos(self):
        """What a photo of 100 KB costs, by many that come at once to a server that had none."""
        for _ in range(1 if self.quick else 3):
            with Gatehouse(flags=("--address-share", "100")) as own:
                own.admit(DEVICES)
                self.note("photo", sizes=photos_at_once(own))
        self.ratios["photo_x"] = round(statistics.median(one["sizes"] for one in self.facts["photo"]), 2)

    def imported(self):
        """A file of a million punches, as a clock exports it."""
        path = os.path.join(self.dir, "1_attlog.dat")
        with open(path, "w") as f:
            for n in range(IMPORTED):
                day, second = divmod(n, 40_000)
                f.write(f"{n % 900 + 1:9d}\t2024-{day // 28 % 12 + 1:02d}-{day % 28 + 1:02d} {8 + second // 3600:02d}:"
                        f"{second // 60 % 60:02d}:{second % 60:02d}\t1\t0\t1\t0\n")
        with Gatehouse() as own:
            own.admit(1)
            before = peak_kb(own.process.pid)
            start = time.monotonic()
            done = subprocess.run([os.environ["GATEHOUSE"], "punch", "import", path, "--device", "BENCH00000"],
                                  env=dict(os.environ, GATEHOUSE_DATA=own.data,
                                           GATEHOUSE_URL="http://%s:%d" % own.admin),
                                  capture_output=True, text=True)
            took = time.monotonic() - start
            if done.returncode or own.metrics()["gatehouse_punches_total"] != IMPORTED:
                raise RuntimeError(done.stdout + done.stderr)
            self.note("imported", rate=IMPORTED / took, mib=(peak_kb(own.process.pid) - before) / 1024)
        self.ratios["import_rate"] = round(self.facts["imported"][0]["rate"] / 1000, 1)
        self.ratios["import_mib"] = round(self.facts["imported"][0]["mib"], 1)
