#!/usr/bin/env python3
"""`gatehouse backup` while the server is busy, `gatehouse restore`, and what devices then do."""

import io
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, commands  # noqa: E402
from plan_fixture import Panel  # noqa: E402
from serve import DEADLINE, Server, program, until  # noqa: E402
from unit import PARAMETERS, Unit, row  # noqa: E402

DAY = "2026-03-01 08:{:02d}:{:02d}"


def rows(first, end):
    return [(str(1000 + n), DAY.format(n // 60 % 60, n % 60)) for n in range(first, end)]


class Backup(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory(prefix="gatehouse-test-")
        self.addCleanup(self.home.cleanup)
        self.file = os.path.join(self.home.name, "store.tar.zst")

    def run_program(self, status, *words, **more):
        got = subprocess.run([program(), *words], capture_output=True, text=True,
                             stdin=subprocess.DEVNULL, timeout=DEADLINE * 4, **more)
        self.assertEqual(got.returncode, status, got)
        self.assertNotIn("Sanitizer", got.stderr)
        return got.stdout if status == 0 else got.stderr

    def members(self):
        plain = subprocess.run(["zstd", "-dcq", self.file], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
            return {m.name: tar.extractfile(m).read() for m in tar.getmembers()}

    def pins(self, server):
        return [r["pin"] for r in server.api.pages("/api/punches", key="seq")]

    def test_what_is_lost_after_the_backup_comes_again(self):
        with Server("--new-devices", "approve") as server:
            d = Device(server)
            d.options()
            d.upload("ATTLOG", "".join(f"{p}\t{t}\t0\t1\n" for p, t in rows(0, 40)), 4040)
            self.assertEqual(d.options()["ATTLOGStamp"], "4040")
            ledger = server.api.get("/api/status")["data"]["ledger"]
            self.run_program(0, "backup", self.file, "--data", server.data)
            d.upload("ATTLOG", "".join(f"{p}\t{t}\t0\t1\n" for p, t in rows(40, 90)), 4090)
            token = server.token
            server.kill()
        data = os.path.join(self.home.name, "restored")
        shown = self.run_program(0, "restore", self.file, "--data", data)
        self.assertIn("send again what it still holds", shown)
        with Server(data=data) as server:
            self.assertEqual(server.token, token)
            self.assertEqual(self.pins(server), [p for p, _ in rows(0, 40)])
            self.assertNotEqual(server.api.get("/api/status")["data"]["ledger"], ledger)
            d.server = server
            # Without this command the clock sends only what is new.
            found = until(lambda: d.poll())
            self.assertEqual([text for _, text in found], ["CHECK"])
            d.done(found[0][0], word="CHECK")
            self.assertEqual(d.options()["ATTLOGStamp"], "0")
            d.upload("ATTLOG", "".join(f"{p}\t{t}\t0\t1\n" for p, t in rows(0, 90)), 4090)
            self.assertEqual(self.pins(server), [p for p, _ in rows(0, 90)])
            # Once: neither another poll nor another start repeats it.
            self.assertEqual(d.poll(), [])
            server.restart()
            self.assertEqual(d.poll(), [])
            self.assertEqual(d.options()["ATTLOGStamp"], "4090")

    def test_a_device_that_is_approved_after_the_restore_sends_again_too(self):
        with Server() as server:
            early, late = Device(server), Device(server)
            for d in (early, late):
                d.handshake()
            server.api.approve(early.sn)
            self.run_program(0, "backup", self.file, "--data", server.data)
            server.api.approve(late.sn)
            late.options()
            late.upload("ATTLOG", "".join(f"{p}\t{t}\t0\t1\n" for p, t in rows(0, 20)), 4020)
            server.kill()
        data = os.path.join(self.home.name, "restored")
        self.run_program(0, "restore", self.file, "--data", data)
        with Server(data=data) as server:
            early.server = late.server = server
            # Those that are approved have got the command; the other one waits.
            self.assertEqual([text for _, text in until(early.poll)], ["CHECK"])
            self.assertNotEqual(late.get(f"/iclock/getrequest?SN={late.sn}").body, b"OK")
            server.api.approve(late.sn)
            self.assertEqual([text for _, text in until(late.poll)], ["CHECK"])

    def test_a_unit_keeps_its_code_and_one_that_registered_since_is_taken(self):
        first = "/iclock/cdata?SN=&pushver=3.1.2&options=all&DeviceType=acc"
        with Server("--new-devices", "approve") as server:
            early = Unit(server).register()
            before = early.request("GET", first)
            self.assertIn(b"\nRegistryCode=", before[1])
            self.run_program(0, "backup", self.file, "--data", server.data)
            late = Unit(server).register()
            server.kill()
        data = os.path.join(self.home.name, "restored")
        self.run_program(0, "restore", self.file, "--data", data)
        with Server("--new-devices", "approve", data=data) as server:
            early.server = late.server = server
            # Code and session are those it has, so that it does not register.
            self.assertEqual(early.request("GET", first), before)
            # The other one still goes by a code that is lost: its uploads are taken, and at its next start it registers.
            late.live(row("2026-03-01 08:00:00", 0, "7", 1, 1))
            self.assertEqual(late.request("GET", first), (200, b"OK"))
            late.register()
            self.assertIn(b"\nRegistryCode=", late.request("GET", first)[1])
            self.assertEqual([e["pin"] for e in server.api.pages("/api/access-events", key="seq")], ["7"])

    def test_an_answer_to_a_lost_command_is_of_no_other_one(self):
        def order(server, u, value):
            body = {"deviceSerial": u.sn, "type": "set_option", "name": "Volume", "value": value}
            number = server.api.post("/api/commands", body)["data"]["commandId"]
            (given, words), = until(u.poll)
            self.assertEqual((int(given), words), (int(number), f"SET OPTIONS Volume={value}"))
            return given

        with Server("--new-devices", "approve") as server:
            u = Unit(server).register()
            u.result(order(server, u, "1"), 0)
            self.run_program(0, "backup", self.file, "--data", server.data)
            lost = order(server, u, "2")
            server.kill()
        data = os.path.join(self.home.name, "restored")
        self.run_program(0, "restore", self.file, "--data", data)
        with Server(data=data) as server:
            u.server = server
            number = order(server, u, "3")
            self.assertNotEqual(number, lost)
            u.result(lost, 0)
            self.assertEqual(server.api.get(f"/api/commands/{number}")["data"]["status"], "sent")
            u.result(number, 0)
            self.assertEqual(server.api.get(f"/api/commands/{number}")["data"]["status"], "acknowledged")

    def made_plan(self, api, sn):
        number = api.post("/api/plans", {"kind": "access", "select": {"ids": [sn]}})["data"]["planId"]
        until(lambda: api.get(f"/api/plans/{number}")["data"]["state"] != "making")
        api.post(f"/api/plans/{number}/apply")
        return number

    def test_what_waited_is_given_again_only_where_that_does_no_harm(self):
        """It was given after the backup, and carried out: a door is not opened once more."""
        with Server("--new-devices", "approve") as server:
            api, u = server.api, Panel(server)
            other = Unit(server, parameters=PARAMETERS + ",AccSupportFunList=" + "1" * 67).register()
            person = api.post("/api/people", {"pin": "7", "name": "Ann"})["data"]["id"]
            api.post("/api/access-levels", {"name": "All", "rule": 1, "people": [person], "doors": [f"{u.sn}:1"]})
            plan = self.made_plan(api, u.sn)
            again = api.post("/api/commands", {"deviceSerial": u.sn, "type": "set_option", "name": "Volume",
                                               "value": "2"})["data"]["commandId"]
            # Its steps are queued after the reply.
            orders = until(lambda: {int(c["commandId"])
                                    for c in api.get(f"/api/commands?device={u.sn}&limit=100")["data"]
                                    if c["command"].startswith("DATA UPDATE")})
            for body in ({"type": "unlock", "door": 1, "ttl": 60}, {"type": "reboot"}):
                orders.add(int(api.post("/api/commands", {"deviceSerial": u.sn, **body})["data"]["commandId"]))
            orders.add(api.queue(u.sn, "DATA NONSENSE x"))
            emergency = {"deviceSerial": other.sn, "type": "emergency_close"}
            orders.add(int(api.post("/api/commands", emergency)["data"]["commandId"]))
            self.run_program(0, "backup", self.file, "--data", server.data)
            server.kill()
        data = os.path.join(self.home.name, "restored")
        self.run_program(0, "restore", self.file, "--data", data)
        with Server(data=data) as server:
            api, u.server = server.api, server
            until(lambda: u.turn() == 0 and api.command(int(again))["status"] == "acknowledged")
            self.assertIn("SET OPTIONS Volume=2", u.words)
            self.assertEqual([w for w in u.words if not w.startswith("SET OPTIONS")], [])
            for number in orders:
                ended = until(lambda n=number: (lambda c: c["status"] not in ("queued", "sent") and c)(api.command(n)))
                self.assertEqual((ended["status"], ended["result"]),
                                 ("expired", "the store was restored from a backup"), ended)
                self.assertIsNone(ended["expiresAt"])
            self.assertEqual(api.get(f"/api/plans/{plan}")["data"]["state"], "failed")
            plan = self.made_plan(api, u.sn)
            until(lambda: u.turn() == 0 and api.get(f"/api/plans/{plan}")["data"]["state"] == "done")
            self.assertEqual([r["Name"] for r in u.rows("user").values()], ["Ann"])

    def test_a_backup_under_load_is_one_moment_and_delays_no_upload(self):
        with Server("--new-devices", "approve") as server:
            clocks = [Device(server) for _ in range(4)]
            for d in clocks:
                d.options()
            stop = threading.Event()
            sent = [0] * len(clocks)

            def upload(i):
                while not stop.is_set():
                    n = sent[i]
                    clocks[i].punch(*rows(n, n + 20))
                    sent[i] = n + 20

            threads = [threading.Thread(target=upload, args=(i,)) for i in range(len(clocks))]
            for t in threads:
                t.start()
            self.addCleanup(stop.set)
            until(lambda: all(sent))
            for turn in range(3):
                before = list(sent)
                self.run_program(0, "backup", self.file, "--data", server.data)
                until(lambda: all(b > a for a, b in zip(before, sent)))
                found = self.members()
                path = os.path.join(self.home.name, f"{turn}.db")
                with open(path, "wb") as f:
                    f.write(found["gatehouse.db"])
                with sqlite3.connect(path) as db:
                    self.assertEqual(db.execute("PRAGMA integrity_check").fetchone()[0], "ok")
                    n, last = db.execute("SELECT count(*), max(seq) FROM punch").fetchone()
                self.assertEqual(n, last)
                self.assertGreaterEqual(n, sum(before))
            stop.set()
            for t in threads:
                t.join()
            self.assertEqual(len(self.pins(server)), sum(sent))

    def test_the_file_is_private_and_can_leave_the_token_out(self):
        with Server() as server:
            for flags, members in (((), {"backup.json", "gatehouse.db", "admin.token"}),
                                   (("--without-keys",), {"backup.json", "gatehouse.db"})):
                self.run_program(0, "backup", self.file, "--data", server.data, *flags)
                self.assertEqual(os.stat(self.file).st_mode & 0o777, 0o600)
                found = self.members()
                self.assertEqual(set(found), members)
                self.assertEqual(json.loads(found["backup.json"])["size"],
                                 len(found["gatehouse.db"]))
            self.assertEqual(os.listdir(self.home.name), ["store.tar.zst"])
        data = os.path.join(self.home.name, "restored")
        self.assertIn("token create", self.run_program(0, "restore", self.file, "--data", data))
        self.run_program(0, "token", "create", "me", "--scope", "admin", "--data", data)

    def test_nothing_is_overwritten_and_no_half_is_left(self):
        with Server() as server:
            self.run_program(0, "backup", self.file, "--data", server.data)
            self.assertIn("using the data directory",
                          self.run_program(1, "restore", self.file, "--data", server.data))
        data = os.path.join(self.home.name, "restored")
        with open(self.file, "rb") as f:
            whole = f.read()
        damaged = bytearray(whole)
        damaged[len(whole) // 2] ^= 1
        for name, content, words in (("cut", whole[:-30], "damaged"), ("none", b"hello\n", "none"),
                                     ("empty", b"", "empty"), ("flipped", bytes(damaged), "flipped")):
            path = os.path.join(self.home.name, name)
            with open(path, "wb") as f:
                f.write(content)
            self.assertIn(words, self.run_program(1, "restore", path, "--data", data))
            self.assertEqual(os.listdir(data), ["gatehouse.lock"], name)
        self.assertIn("no/such", self.run_program(1, "restore", "no/such", "--data", data))
        self.assertIn("no database", self.run_program(1, "backup", self.file, "--data", data))
        self.run_program(0, "restore", self.file, "--data", data)
        self.assertIn("not overwritten", self.run_program(1, "restore", self.file, "--data", data))

    def test_without_room_nothing_is_left(self):
        def room(size):
            """A file that grows beyond it is refused, as on a full disk."""
            def prepare():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            return {"preexec_fn": prepare, "restore_signals": False}

        with Server("--new-devices", "approve") as server:
            d = Device(server)
            d.options()
            d.punch(*rows(0, 2000))
            for size in (0, 4096, 100_000):
                self.run_program(1, "backup", self.file, "--data", server.data, **room(size))
                self.assertEqual(os.listdir(self.home.name), [], size)
            shown = self.run_program(0, "backup", self.file, "--data", server.data)
            self.assertRegex(shown, r"needs up to \d+\.\d MB of room beside it until it is done; "
                                    r"\d+\.\d MB are free\n")
        data = os.path.join(self.home.name, "restored")
        whole = len(self.members()["gatehouse.db"])
        for size in (0, 4096, whole // 2, whole - 1):
            self.assertIn("cannot write",
                          self.run_program(1, "restore", self.file, "--data", data, **room(size)))
            self.assertEqual(os.listdir(data), ["gatehouse.lock"], size)
        self.run_program(0, "restore", self.file, "--data", data)
        with Server(data=data) as server:
            self.assertEqual(self.pins(server), [p for p, _ in rows(0, 2000)])

    def test_the_log_of_a_database_that_was_moved_away_is_not_applied(self):
        with Server("--new-devices", "approve") as server:
            d = Device(server)
            d.options()
            d.punch(*rows(0, 10))
            self.run_program(0, "backup", self.file, "--data", server.data)
            d.punch(*rows(10, 30))
            server.kill()
            path = os.path.join(server.data, "gatehouse.db")
            self.assertTrue(os.path.exists(path + "-wal"))
            os.rename(path, os.path.join(self.home.name, "old.db"))
            os.remove(os.path.join(server.data, "admin.token"))
            before = sorted(os.listdir(server.data))
            self.assertIn("gatehouse.db-wal",
                          self.run_program(1, "restore", self.file, "--data", server.data))
            self.assertEqual(sorted(os.listdir(server.data)), before)
            for name in ("-wal", "-shm"):
                os.rename(path + name, os.path.join(self.home.name, "old.db" + name))
            self.run_program(0, "restore", self.file, "--data", server.data)
            server.start()
            self.assertEqual(self.pins(server), [p for p, _ in rows(0, 10)])

    def test_a_database_with_a_fault_is_refused(self):
        with Server("--new-devices", "approve") as server:
            d = Device(server)
            d.options()
            d.punch(*rows(0, 10))
            server.terminate()
            with sqlite3.connect(os.path.join(server.data, "gatehouse.db")) as db:
                db.execute("DELETE FROM punch WHERE seq = 5")
            self.run_program(0, "backup", self.file, "--data", server.data)
        data = os.path.join(self.home.name, "restored")
        self.assertIn("punch 5 is missing", self.run_program(1, "restore", self.file, "--data", data))
        self.assertEqual(os.listdir(data), ["gatehouse.lock"])
        self.run_program(0, "restore", self.file, "--data", data, "--force")


if __name__ == "__main__":
    tap.main()
