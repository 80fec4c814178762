#!/usr/bin/env python3
"""Kill the server at random moments under load. After every kill: what was acknowledged is
stored, exactly once, in a sequence without gaps; commands are never lost nor reordered.

    run.py [--kills N] [--seed S] [--devices N]

The seed is printed; the same seed gives the same clocks and the same waits."""

import argparse
import os
import random
import sqlite3
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from fleet import Clock, Fleet, Ledger  # noqa: E402
from serve import ApiError, Server, until  # noqa: E402


class Torture:
    def __init__(self, kills, seed, devices):
        self.kills, self.random = kills, random.Random(seed)
        self.server = Server("--new-devices", "approve", "--command-retry", "1",
                             "--command-tries", "1000")
        self.fleet = Fleet([Clock(lambda: self.server.devices, f"T{i:03d}", seed,
                                  pause=0.04,
                                  batch=(1, 5, 15, 50)[i % 4], keep=i % 2 == 0)
                            for i in range(devices)])
        self.ledger = Ledger()
        self.queued = {}  # id -> (serial, text)
        self.ended = set()  # ids that were seen acknowledged

    def queue(self):
        """A command more, while the server may die."""
        clock = self.random.choice(self.fleet.clocks)
        text = f"DATA DELETE USERINFO PIN={len(self.queued) + 1}"
        try:
            self.queued[self.server.api.queue(clock.sn, text)] = (clock.sn, text)
        except (OSError, ApiError, ValueError, EOFError):
            pass
        except Exception as fault:
            if type(fault).__module__ != "http.client":
                raise

    def load(self):
        end = time.monotonic() + self.random.uniform(0.05, 0.8)
        while time.monotonic() < end:
            if len(self.queued) - len(self.ended) < 40:
                self.queue()
            time.sleep(self.random.uniform(0.005, 0.05))

    def check(self):
        """Held against a server that has just come back."""
        self.fleet.check_alive()
        promises = [(c, c.acknowledged()) for c in self.fleet.clocks]
        answered = set().union(*(c.answered for c in self.fleet.clocks))
        stored = self.ledger.read(self.server.api)
        for clock, promised in promises:
            self.ledger.holds(clock, promised)
        for number in sorted(self.queued.keys() - self.ended):
            row = self.server.api.command(number)
            assert (row["deviceSerial"], row["command"]) == self.queued[number], row
            if number in answered:
                assert row["status"] == "acknowledged", row
            if row["status"] == "acknowledged":
                self.ended.add(number)
        self.order()
        return sum(len(p) for _, p in promises), stored

    def order(self):
        for clock in self.fleet.clocks:
            first = list(dict.fromkeys(int(n) for n, _ in clock.executed))
            assert first == sorted(first), f"{clock.sn} executed {first}"

    def whole(self):
        """The database is sound and has the rows of the API."""
        path = os.path.join(self.server.data, "gatehouse.db")
        db = self.server.database() if self.server.store else sqlite3.connect(path, timeout=10)
        try:
            if not self.server.store:
                assert db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            low, high, count = db.execute("SELECT min(seq), max(seq), count(*) FROM v_punch "
                                          ).fetchone()
            assert count == 0 or (low, high) == (1, count), (low, high, count)
        finally:
            db.close()

    def one(self, number):
        self.load()
        self.server.kill()
        if number % 10 == 1:
            self.whole()
        if self.random.random() < 0.2:
            # Killed again while it starts.
            self.server.spawn()
            time.sleep(self.random.uniform(0, 0.1))
            self.server.kill()
        self.server.start()
        acknowledged, stored = self.check()
        return f"kill {number}: {acknowledged} acknowledged, {stored} stored, " \
               f"{len(self.ended)} of {len(self.queued)} commands done"

    def finish(self):
        """Left in peace, everything arrives."""
        for clock in self.fleet.clocks:
            clock.quiet.set()
        until(self.fleet.drained, 120, 0.1)

        def done():
            self.check()
            return len(self.ended) == len(self.queued)

        until(done, 60, 0.2)
        self.fleet.end()
        self.check()
        made = sum(len(c.log) for c in self.fleet.clocks)
        assert self.ledger.seq == made, f"{made} made, {self.ledger.seq} stored"
        for number, (sn, text) in self.queued.items():
            clock = next(c for c in self.fleet.clocks if c.sn == sn)
            assert (str(number), text) in clock.executed, f"command {number} was never executed"
        assert self.server.terminate() == 0
        self.whole()
        return f"left in peace: all {made} punches stored once, " \
               f"all {len(self.queued)} commands executed and acknowledged"


def main():
    arg = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arg.add_argument("--kills", type=int, default=20)
    arg.add_argument("--seed", type=int, default=None)
    arg.add_argument("--devices", type=int, default=8)
    arg = arg.parse_args()
    seed = arg.seed if arg.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"1..{arg.kills + 1}\n# seed {seed}", flush=True)
    torture, failed = None, 0
    number = 0
    try:
        torture = Torture(arg.kills, seed, arg.devices)
        torture.fleet.start()
        for number in range(1, arg.kills + 1):
            print(f"ok {number} - {torture.one(number)}", flush=True)
        number = arg.kills + 1
        print(f"ok {number} - {torture.finish()}", flush=True)
    except BaseException as fault:
        failed = 1
        print(f"not ok {number} - {str(fault).splitlines()[0] if str(fault) else fault!r} "
              f"(run.py --seed {seed} --kills {arg.kills})")
        for line in traceback.format_exc().splitlines():
            print("# " + line)
        if torture and torture.server.starts:
            print("# " + torture.server.log().replace("\n", "\n# "))
    finally:
        if torture:
            torture.fleet.end()
            try:
                torture.server.close()
            except AssertionError as fault:
                failed = 1
                print("# " + str(fault).replace("\n", "\n# "))
    if "MESON_TEST_ITERATION" not in os.environ:  # Meson counts for itself
        print(f"{max(number - failed, 0)} passed, {failed} failed")
    sys.stdout.flush()
    os._exit(failed)


if __name__ == "__main__":
    main()
