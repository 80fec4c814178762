#!/usr/bin/env python3
"""docs/recipes/: restore and upgrade. The lines of the pages are run one by one in a folder that
stands for /var; those with systemctl or apt stop and start the server of this test instead."""

import os
import re
import sqlite3
import unittest

from recipe import Recipe, block, blocks

import old_store
from device import Device
from serve import Server, until
import tap

OF_THE_SERVER = re.compile(r"sudo (?:systemctl (stop|start) gatehouse|apt install \S.*)")


class Upkeep(Recipe):
    page = None
    stopped = False  # by systemctl

    def setUp(self):
        super().setUp()
        for folder in ("lib/gatehouse", "backups"):
            (self.home / "var" / folder).mkdir(parents=True)
        self.data = str(self.home / "var/lib/gatehouse")
        # As sudo, with every user the same.
        sudo = self.home / "bin/sudo"
        sudo.write_text('#!/bin/sh\nif [ "$1" = -u ]; then shift 2; fi\nexec "$@"\n')
        sudo.chmod(0o755)

    def make_server(self):
        self.server = Server("--new-devices", "approve", data=self.data, stay=True)
        self.addCleanup(self.server.close)

    def environment(self, **more):
        return dict(super().environment(**more), GATEHOUSE_DATA="/nonexistent")

    def here(self, line):
        """A line of a page with this machine's folders, users and port."""
        line = line.replace("/var/", f"{self.home}/var/").replace("-o gatehouse -g gatehouse ", "")
        if self.server:
            line = line.replace("127.0.0.1:8081", "%s:%d" % self.server.admin)
        return line

    def run_block(self, name):
        out = ""
        for line in block(self.page, name).splitlines():
            own = OF_THE_SERVER.fullmatch(line)
            if own is None:
                out += self.shell(self.here(line))
                continue
            # A package restarts a service that runs, and leaves one that was stopped.
            self.stopped = own[1] == "stop" or (self.stopped and own[1] is None)
            if self.server.alive():
                self.server.terminate()
            if not self.stopped:
                self.server.start()
        return out

    def pins(self):
        return [p["pin"] for p in self.server.api.pages("/api/punches", key="seq")]

    def run_cron(self, text):
        """A line of /etc/cron.d, as cron runs it: % is written \\%."""
        [line] = text.strip().splitlines()
        user, command = line.split(" ", 6)[5:]
        self.assertEqual(user, "gatehouse")
        self.shell(self.here(command.replace("\\%", "%")))


class Restore(Upkeep):
    page = "restore.md"

    def test_a_backup_of_the_night_is_put_in_place_and_the_rest_comes_again(self):
        self.make_server()
        device = Device(self.server, "UPKEEP1")
        device.options()
        log = "".join(f"{n}\t2026-06-01 08:00:{n:02}\t0\t1\n" for n in range(1, 10))
        device.upload("ATTLOG", "".join(log.splitlines(True)[:5]), 5)
        self.run_block("once")
        folder = self.home / "var/backups/gatehouse"
        self.assertEqual(folder.stat().st_mode & 0o777, 0o700)
        old = folder / "2026-01-01.tar.zst"
        old.write_text("old")
        os.utime(old, (0, 0))
        self.run_cron(block(self.page, "gatehouse-backup"))
        [made] = folder.iterdir()
        made.rename(folder / "2026-11-28.tar.zst")
        device.upload("ATTLOG", log, 9)
        self.assertEqual(len(self.pins()), 9)
        out = self.run_block("restore")
        self.assertRegex(out, r"Punches +5\n")
        self.assertTrue((self.home / "var/lib/gatehouse.before/gatehouse.db").exists())
        # What the page describes: the clock is made to send everything again.
        [(number, text)] = until(device.poll)
        self.assertEqual(text, "CHECK")
        self.assertIn("CHECK", self.run_block("watch"))
        device.done(number, word="CHECK")
        self.assertEqual(device.options()["ATTLOGStamp"], "0")
        device.upload("ATTLOG", log, 9)
        self.assertEqual(sorted(self.pins()), [str(n) for n in range(1, 10)])


class Upgrade(Upkeep):
    page = "upgrade.md"

    def rows(self):
        with sqlite3.connect(os.path.join(self.data, "gatehouse.db")) as db:
            return db.execute("SELECT count(*) FROM punch").fetchone()[0]

    def upgrade(self, version):
        """The server that follows; its punches before and after."""
        (self.home / "var/backups/gatehouse").mkdir(exist_ok=True)
        old_store.sqlite_make(os.path.join(self.data, "gatehouse.db"), version)
        with open(os.path.join(self.data, "admin.token"), "w", encoding="ascii") as f:
            f.write(old_store.token("admin") + "\n")
        before = self.rows()
        self.run_block("before")
        self.server = Server(data=self.data, stay=True, start=False)
        self.addCleanup(self.server.close)
        self.run_block("upgrade")
        out = self.run_block("after")
        self.assertIn('"status":"ready"', out)
        self.assertRegex(out, rf"Punches +{before}\n")
        self.run_block("retry")
        return before

    def test_the_oldest_store_is_upgraded_and_the_way_back_leads_back(self):
        before = self.upgrade(old_store.versions("sqlite")[0])
        self.run_block("back")
        self.assertEqual(len(self.pins()), before)
        self.assertTrue((self.home / "var/lib/gatehouse.newer/gatehouse.db").exists())


def upgraded(version):
    return lambda self: self.upgrade(version)


for number in old_store.versions("sqlite")[-1:]:
    tap.add(Upgrade, f"a store of schema {number} is upgraded", upgraded(number))


class Blocks(unittest.TestCase):
    def test_each_block_is_run(self):
        with open(__file__, encoding="utf-8") as f:
            here = f.read()
        for page in ("restore.md", "upgrade.md"):
            for _, name, _ in blocks(page):
                self.assertIn(f'"{name}"', here, page)


if __name__ == "__main__":
    tap.main()
