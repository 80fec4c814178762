#!/usr/bin/env python3
"""What changes very many rows does so in pieces, between which uploads are stored: a device with
60,000 photos is deleted, and the UTC of a million punches is derived again."""

import http.client
import json
import os
import sqlite3
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import postgres  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from row_counts import recount  # noqa: E402
from serve import Server, Wire, request, until  # noqa: E402

DELAY_S = 0.05
# Of the time in which the rows are changed: a busy machine delays single uploads, one long
# transaction delays one upload for nearly all of it.
DELAYED = 0.2
PATIENCE_S = 300
WAL = 48 << 20
KEEP = [("Host", "127.0.0.1"), ("Connection", "keep-alive")]


def execute(server, text):
    """Change the database of a server that does not run."""
    if server.store:
        postgres.psql(server.store, text)
        return
    db = sqlite3.connect(os.path.join(server.data, "gatehouse.db"))
    db.execute(text)
    db.commit()
    db.close()


def number(server, text):
    with server.database() as db:
        return db.execute(text).fetchone()[0]


def series(server, n):
    """A table `n(i)` of the numbers from 1 to n, for an INSERT."""
    if server.store:
        return f"(SELECT i FROM generate_series(1, {n}) i) n"
    return (f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})"
            " SELECT i FROM n) n")


def photos_put(server, device, n):
    blob, text = (("decode(repeat('ab', 3000), 'hex')", "convert_to(i::text, 'UTF8')")
                  if server.store else ("zeroblob(3000)", "CAST(i AS TEXT)"))
    kind = "'\\x61'::bytea" if server.store else "'a'"
    execute(server, "INSERT INTO photo (device, received_ms, pin, kind, type, file_name, content)"
                    f" SELECT {device}, 1, {text}, {kind}, 1, {kind}, {blob}"
                    f" FROM {series(server, n)}")
    for text in recount(server.store):
        execute(server, text)


def punches_put(server, device, n):
    """A punch a minute from 2020 on, in UTC."""
    zone = number(server, "SELECT max(zone) FROM punch")
    pin = "'\\x31'::bytea" if server.store else "'1'"
    empty = "''::bytea" if server.store else "''"
    digits = ("to_char(timestamp '2020-01-01' + i * interval '1 minute',"
              " 'YYYYMMDDHH24MISS')::bigint" if server.store else
              "CAST(strftime('%Y%m%d%H%M%S', 1577836800 + i * 60, 'unixepoch') AS INTEGER)")
    last = 1
    execute(server, "INSERT INTO punch (seq, device, time, pin, status, verify, work_code, zone,"
                    f" utc, received_ms, flags, source) SELECT {last} + i, {device}, {digits},"
                    f" {pin}, 0, 1, {empty}, {zone}, 1577836800 + i * 60, 1577836800000, 0, 0"
                    f" FROM {series(server, n)}")
    if server.store:
        execute(server, f"UPDATE ledger SET last = {last + n}")


def patched(server, path, fields):
    """The answer to a PATCH that may take its time."""
    connection = http.client.HTTPConnection(*server.admin, timeout=PATIENCE_S)
    connection.request("PATCH", path, json.dumps(fields),
                       {"Authorization": "Bearer " + server.token,
                        "Content-Type": "application/json"})
    reply = json.loads(connection.getresponse().read())
    connection.close()
    return reply.get("data", reply)


class Uploads(threading.Thread):
    """A clock that uploads a punch at a time on a connection of its own: when, and how long it took."""

    def __init__(self, server, sn):
        super().__init__()
        self.server, self.sn = server, sn
        self.stop = threading.Event()
        self.took = []
        self.wrong = []

    def run(self):
        n = 0
        with Wire(self.server.devices, timeout=PATIENCE_S) as w:
            while not self.stop.is_set():
                n += 1
                body = f"{n}\t2026-01-01 08:00:00\t0\t1\n".encode()
                start = time.monotonic()
                w.send(request("POST", f"/iclock/cdata?SN={self.sn}&table=ATTLOG&Stamp={n}", body,
                               headers=KEEP + [("Content-Length", str(len(body)))]))
                reply = w.reply()
                self.took.append((start, time.monotonic() - start))
                if reply.body != b"OK:1":
                    self.wrong.append(reply)
                self.stop.wait(0.002)


class LargeSites(unittest.TestCase):
    def during(self, server, what, act, over):
        """Uploads while act() is done, and until over()."""
        Device(server, sn="NEIGHBOUR").options()
        uploads = Uploads(server, "NEIGHBOUR")
        uploads.start()
        try:
            until(lambda: len(uploads.took) > 20)
            start = time.monotonic()
            act()
            until(over, PATIENCE_S, 0.2)
            end = time.monotonic()
        finally:
            uploads.stop.set()
            uploads.join()
        took = sorted(t for at, t in uploads.took if at + t >= start)
        late = sum(t for t in took if t > DELAY_S)
        print(f"# {what}: {end - start:.1f} s, {len(took)} uploads, median "
              f"{took[len(took) // 2] * 1000:.1f} ms, 99 of 100 within "
              f"{took[int(len(took) * 0.99)] * 1000:.1f} ms, the slowest {took[-1] * 1000:.1f} ms")
        self.assertEqual(uploads.wrong, [])
        if not server.sanitized():
            self.assertLess(took[int(len(took) * 0.95)], DELAY_S)
            self.assertLess(late, DELAYED * (end - start))
        return took

    def log_size(self, server):
        path = os.path.join(server.data, "gatehouse.db-wal")
        return os.path.getsize(path) if not server.store else 0

    def test_a_device_with_many_photos_is_deleted_between_uploads(self):
        with Server("--new-devices", "approve") as server:
            n = 6000 if server.sanitized() else 60000
            Device(server, sn="LARGE").options()
            Device(server, sn="OTHER").options()
            server.terminate()
            photos_put(server, number(server, "SELECT id FROM v_device WHERE serial = 'LARGE'"), n)
            photos_put(server, number(server, "SELECT id FROM v_device WHERE serial = 'OTHER'"), 5)
            server.start()
            self.assertEqual(server.api.get("/api/devices/LARGE")["data"]["stats"]["photos"], n)
            self.during(server, f"{n} photos",
                        lambda: server.api.call("DELETE", "/api/devices/LARGE"),
                        lambda: number(server, "SELECT count(*) FROM photo") == 5)
            until(lambda: self.log_size(server) <= WAL)

    def test_a_serial_number_that_returns_gets_nothing_old_even_after_a_crash(self):
        with Server("--new-devices", "approve") as server:
            n = 3000
            clock = Device(server, sn="LARGE")
            clock.options()
            server.terminate()
            photos_put(server, number(server, "SELECT id FROM v_device WHERE serial = 'LARGE'"), n)
            server.start()
            server.api.call("DELETE", "/api/devices/LARGE")
            server.kill()
            server.start()
            clock = Device(server, sn="LARGE")
            clock.options()
            self.assertEqual(server.api.get("/api/devices/LARGE")["data"]["stats"]["photos"], 0)
            self.assertEqual(server.api.get("/api/photos")["data"], [])
            # While old records are being removed new ones are refused, to come again.
            until(lambda: clock.upload("OPERLOG", b"USER PIN=1\tName=A\n").body == b"OK:1")
            until(lambda: number(server, "SELECT count(*) FROM photo") == 0)
            self.assertEqual(number(server, "SELECT count(*) FROM v_person"), 1)

    def test_the_utc_of_many_punches_is_derived_again_between_uploads(self):
        with Server("--new-devices", "approve", "--zone", "UTC") as server:
            n = 20000 if server.sanitized() else 1000000
            clock = Device(server, sn="LARGE")
            clock.options()
            clock.upload("ATTLOG", b"1\t2019-01-01 08:00:00\t0\t1\n")
            server.terminate()
            punches_put(server, number(server, "SELECT id FROM v_device WHERE serial = 'LARGE'"), n)
            server.start()
            answer = {}
            done = threading.Event()

            def derive():
                try:
                    answer.update(patched(server, "/api/devices/LARGE",
                                          {"zone": "+03:00", "zoneSince": "2020-01-01"}))
                finally:
                    done.set()

            self.during(server, f"{n} punches", threading.Thread(target=derive).start, done.is_set)
            self.assertEqual(answer.get("rederived"), n)
            self.assertEqual(number(server, "SELECT count(*) FROM punch WHERE seq > 1"
                                            " AND received_ms = 1577836800000"
                                            " AND utc = 1577836860 - 10800 + (seq - 2) * 60"), n)


if __name__ == "__main__":
    tap.main()
