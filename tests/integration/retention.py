#!/usr/bin/env python3
"""What is older than the settings keep it is removed while the server runs, and counted; everything
else stays, and nothing goes that no setting names."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device  # noqa: E402
from large_sites import execute, number, photos_put  # noqa: E402
from serve import Server, until  # noqa: E402

DAY_MS = 86400000


def retention(server):
    return server.api.get("/api/status")["data"]["retention"]


def aged(server, table, days, which="1 = 1", column="received_ms"):
    """Let rows be so many days older; the server does not run."""
    execute(server, f"UPDATE {table} SET {column} = {column} - {days * DAY_MS} WHERE {which}")


class Retention(unittest.TestCase):
    def test_what_is_too_old_goes_and_is_counted(self):
        with Server("--new-devices", "approve", "--keep-quarantine", "30", "--keep-oplog", "10",
                    "--keep-photos", "10") as server:
            clock = Device(server, sn="CLOCK")
            clock.options()
            for i in range(20):
                clock.upload("STRANGE", f"row {i}\n")
                clock.upload("ATTLOG", f"{i}\tno time\n")
            clock.upload("OPERLOG", "".join(f"OPLOG 4\t{i}\t2026-01-01 08:00:00\t0\t0\t0\t0\n"
                                            for i in range(20)))
            for _ in range(3):
                command = server.api.queue("CLOCK", "CHECK")
                clock.work()
            server.api.queue("CLOCK", "INFO")
            server.terminate()
            photos_put(server, number(server, "SELECT min(id) FROM device"), 1000)
            first = {t: number(server, f"SELECT min(id) FROM {t}")
                     for t in ("raw_upload", "quarantine", "oplog", "command")}
            aged(server, "raw_upload", 400, f"id < {first['raw_upload'] + 5}")
            aged(server, "quarantine", 31, f"id < {first['quarantine'] + 6}")
            aged(server, "oplog", 11, f"id >= {first['oplog'] + 13}")
            aged(server, "command", 91, f"id < {first['command'] + 2}", "done_ms")
            server.start()
            want = {"uploads": 5, "quarantine": 6, "oplog": 7, "photos": 1000, "commands": 2,
                    "punches": 0, "access": 0}
            until(lambda: {k: v["removed"] for k, v in retention(server).items()} == want)
            data = server.api.get("/api/status")["data"]["data"]
            self.assertEqual((data["uploads"], data["quarantined"], data["expired"]),
                             (15, 14, 1020))
            self.assertEqual(len(server.api.get("/api/oplog")["data"]), 13)
            self.assertEqual(server.api.get("/api/photos")["data"], [])
            self.assertEqual(server.api.command(command)["status"], "acknowledged")
            self.assertEqual(len(server.api.get("/api/commands")["data"]), 2)
            text = server.api.raw("GET", "/metrics")[2].decode()
            self.assertIn('gatehouse_expired_total{kind="oplog"} 7\n', text)
            self.assertIn('gatehouse_commands{state="acknowledged"} 1\n', text)
            server.restart()
            until(lambda: {k: v["removed"] for k, v in retention(server).items()} == want)

    def test_nothing_goes_where_it_is_kept_for_ever(self):
        with Server("--new-devices", "approve", "--keep-uploads", "0") as server:
            clock = Device(server, sn="CLOCK")
            clock.options()
            clock.upload("STRANGE", "row\n")
            clock.upload("ATTLOG", "1\tno time\n")
            clock.upload("OPERLOG", "OPLOG 4\t1\t2026-01-01 08:00:00\t0\t0\t0\t0\n")
            server.terminate()
            for table in ("raw_upload", "quarantine", "oplog"):
                aged(server, table, 4000)
            server.start()
            # The quarantine is removed after a year unless something else is set.
            until(lambda: retention(server)["quarantine"]["removed"] == 1)
            server.restart()
            self.assertEqual({k: (v["days"], v["removed"]) for k, v in retention(server).items()},
                             {"uploads": (0, 0), "quarantine": (365, 1), "commands": (90, 0),
                              "oplog": (0, 0), "photos": (0, 0), "punches": (0, 0), "access": (0, 0)})
            self.assertEqual(server.api.get("/api/status")["data"]["data"]["uploads"], 1)


if __name__ == "__main__":
    tap.main()
