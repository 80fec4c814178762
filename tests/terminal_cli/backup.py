#!/usr/bin/env python3
"""`gatehouse terminal backup` and `restore`: what is saved is all there is, what is restored is what
was saved, and a damaged file never reaches a device."""

import base64
import hashlib
import json
import os
import signal
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from simulated import (  # noqa: E402
    INCOMPLETE, INTERRUPTED, REFUSED, USAGE, Sim, begin, terminal)
from serve import DEADLINE, until  # noqa: E402
import tap  # noqa: E402

FULL = ("--users", "25", "--punches", "300", "--templates", "60", "--seed", "11")


class Base(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="gatehouse-test-")
        self.addCleanup(home.cleanup)
        self.file = os.path.join(home.name, "gate.backup")

    def sim(self, *flags):
        sim = Sim(*flags)
        self.addCleanup(sim.close)
        return sim

    def ok(self, *words):
        got = terminal(*words)
        self.assertEqual((got.status, got.err), (0, ""), got)
        return got

    def bad(self, status, message, *words):
        got = terminal(*words)
        self.assertEqual(got.status, status, got)
        self.assertIn(message, got.err, got)
        return got

    def backup(self, at, missing=0):
        got = terminal(at, "backup", self.file, "--format", "json", "--timeout", "2")
        self.assertEqual((got.status, got.err.count("not saved")), (0, missing), got)
        report = json.loads(got.out)
        self.assertEqual(report["missing"], missing)
        return report

    def restore(self, at):
        return json.loads(self.ok(at, "restore", self.file, "--yes", "--format", "json",
                                  "--timeout", "2").out)

    def lines(self):
        with open(self.file, encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def of(self, kind):
        return [r for r in self.lines() if r["type"] == kind]

    def users(self, at):
        rows = self.ok(at, "user", "list", "--show-passwords", "--format", "csv").rows("csv")
        return {r["pin"]: {k: v for k, v in r.items() if k != "uid"} for r in rows}

    def fingers(self, at):
        found = {}
        for row in self.ok(at, "template", "list", "--format", "csv").rows("csv"):
            got = terminal(at, "template", "get", row["pin"], row["finger"], "--output", "-")
            self.assertEqual(got.status, 0, got)
            found[row["pin"], row["finger"]] = got.raw
        return found

    def punches(self, at):
        return self.ok(at, "punch", "list", "--format", "csv").out


class Saving(Base):
    def test_the_file_holds_what_the_device_shows(self):
        sim = self.sim(*FULL)
        for at in (sim.tcp, sim.udp):
            report = self.backup(at)
            info = json.loads(self.ok(at, "info", "--format", "json").out)
            self.assertEqual([report[k] for k in ("user", "template", "punch")],
                             [info[k] for k in ("users", "templates", "punches")])
            self.assertGreater(report["oplog"], 0)
            self.assertEqual({u["pin"]: u["name"] for u in self.of("user")},
                             {p: u["name"] for p, u in self.users(at).items()})
            self.assertEqual({(t["pin"], str(t["finger"])): base64.b64decode(t["data"])
                              for t in self.of("template")}, self.fingers(at))
            rows = self.ok(at, "punch", "list", "--format", "json").rows("json")
            self.assertEqual([(p["pin"], p["time"], str(p["status"]), str(p["verify"]))
                              for p in self.of("punch")],
                             [(r["pin"], r["time"], r["status"], r["verify"]) for r in rows])
            for row in self.of("photo"):
                self.assertEqual(base64.b64decode(row["data"])[:2], b"\xff\xd8")
            self.assertTrue(self.of("photo") and self.of("face") and self.of("option"))

    def test_the_last_line_counts_and_sums_what_stands_before_it(self):
        self.backup(self.sim(*FULL).tcp)
        with open(self.file, "rb") as f:
            raw = f.read().splitlines(keepends=True)
        head, end = json.loads(raw[0]), json.loads(raw[-1])
        self.assertEqual((head["type"], head["version"], head["serial"]),
                         ("gatehouse-terminal-backup", 1, "SIM000001"))
        self.assertEqual(end["sha256"], hashlib.sha256(b"".join(raw[:-1])).hexdigest())
        for kind, count in end["counts"].items():
            self.assertEqual(len(self.of(kind)), count, kind)
        self.assertEqual(sum(end["counts"].values()), len(raw) - 2)

    def test_only_its_owner_may_read_it(self):
        self.backup(self.sim().tcp)
        self.assertEqual(os.stat(self.file).st_mode & 0o777, 0o600)
        self.assertEqual(os.listdir(os.path.dirname(self.file)), [os.path.basename(self.file)])

    def test_a_backup_that_fails_leaves_the_older_one_alone(self):
        self.backup(self.sim().tcp)
        with open(self.file, "rb") as f:
            older = f.read()
        sim = self.sim("--punches", "200000", "--pace", "50")
        for stop, status in (("end", INTERRUPTED), ("break", None)):
            save = begin(sim.tcp, "backup", self.file, "--timeout", "2")
            until(lambda: os.path.exists(self.file + ".partial")
                  and os.path.getsize(self.file + ".partial") > 50000)
            if stop == "end":
                save.send_signal(signal.SIGINT)
            else:
                sim.process.kill()
            _, err = save.communicate(timeout=DEADLINE)
            if status:
                self.assertEqual(save.returncode, status, err)
            self.assertGreater(save.returncode, 0)
            self.assertNotIn(b"Sanitizer", err)
            self.assertFalse(os.path.exists(self.file + ".partial"))
        with open(self.file, "rb") as f:
            self.assertEqual(f.read(), older)

    def test_a_place_that_cannot_be_written_is_reported(self):
        sim = self.sim()
        self.bad(REFUSED, "No such file", sim.tcp, "backup", "/nowhere/at/all")
        self.bad(REFUSED, "Is a directory", sim.tcp, "backup", os.path.dirname(self.file))

    def test_tables_the_firmware_lacks_are_reported_and_noted(self):
        for persona, what in (("bw", "face"), ("access", "punch")):
            report = self.backup(self.sim("--persona", persona).tcp, missing=1)
            self.assertEqual(report["user"], 10)
            self.assertEqual([m["what"] for m in self.of("missing")], [what])
            self.assertTrue(self.of("missing")[0]["why"])

    def test_firmware_without_a_table_of_templates_is_read_one_by_one(self):
        for persona, missing in (("old", 1), ("mute", 0)):
            sim = self.sim("--persona", persona, *FULL)
            listed = self.ok(sim.tcp, "template", "list", "--timeout", "1",
                             "--format", "csv").rows("csv")
            self.assertEqual(self.backup(sim.tcp, missing)["template"], len(listed))
            self.assertEqual(self.restore(sim.tcp)["fingers_unchanged"], len(listed))
            self.assertEqual(sim.end()["holds"]["templates"], len(listed))

class Restoring(Base):
    def test_an_empty_device_becomes_the_same(self):
        first = self.sim(*FULL)
        self.backup(first.tcp)
        for scheme in ("tcp", "udp"):
            second = self.sim("--users", "0", "--punches", "40", "--seed", "2")
            at = getattr(second, scheme)
            before = self.punches(at)
            report = self.restore(at)
            self.assertEqual((report["users_written"], report["differences"]), (25, 0))
            self.assertEqual(self.users(at), self.users(first.tcp))
            self.assertEqual(self.fingers(at), self.fingers(first.tcp))
            self.assertEqual(self.punches(at), before)

    def test_a_second_time_there_is_nothing_to_write(self):
        sim = self.sim(*FULL)
        fingers = self.backup(sim.tcp)["template"]
        self.assertEqual(self.restore(sim.tcp),
                         {"users_written": 0, "users_unchanged": 25, "fingers_written": 0,
                          "fingers_unchanged": fingers, "differences": 0})

    def test_others_stay_and_keep_their_slots(self):
        first = self.sim(*FULL)
        self.backup(first.tcp)
        second = self.sim("--users", "0", "--punches", "0")
        for n in range(5):
            self.ok(second.tcp, "user", "set", f"77{n}", "--name", f"Other {n}")
        others = self.users(second.tcp)
        self.assertEqual(self.restore(second.tcp)["differences"], 0)
        want = dict(self.users(first.tcp), **others)
        self.assertEqual(self.users(second.tcp), want)
        self.assertEqual(self.fingers(second.tcp), self.fingers(first.tcp))

    def test_what_was_changed_since_is_put_back(self):
        sim = self.sim(*FULL)
        self.backup(sim.tcp)
        before = self.users(sim.tcp), self.fingers(sim.tcp)
        pins = list(before[0])
        self.ok(sim.tcp, "user", "delete", pins[0])
        self.ok(sim.tcp, "user", "set", pins[1], "--name", "Somebody", "--card", "1")
        pin, finger = next(k for k in before[1] if k[0] not in pins[:2])
        other = self.file + ".template"
        with open(other, "wb") as f:
            f.write(b"another finger" * 40)
        self.ok(sim.tcp, "template", "set", pin, finger, other)
        self.restore(sim.tcp)
        self.assertEqual((self.users(sim.tcp), self.fingers(sim.tcp)), before)

    def test_the_device_is_locked_meanwhile_and_enabled_after(self):
        first, second = self.sim(*FULL), self.sim("--users", "0")
        self.backup(first.tcp)
        self.restore(second.tcp)
        requests = second.end()["requestsByCommand"]
        self.assertEqual((requests.get("DISABLEDEVICE"), requests.get("ENABLEDEVICE")), (1, 1), requests)
        self.assertFalse([c for c in requests if "CLEAR" in c], requests)

    def test_ctrl_c_leaves_the_device_enabled(self):
        self.backup(self.sim("--users", "400", "--templates", "0", "--seed", "4").tcp)
        second = self.sim("--users", "0", "--punches", "0", "--pace", "20")
        write = begin(second.tcp, "restore", self.file, "--yes")
        until(lambda: len(terminal(second.tcp, "user", "list", "--format", "csv").out) > 200)
        write.send_signal(signal.SIGINT)
        _, err = write.communicate(timeout=DEADLINE)
        self.assertEqual(write.returncode, INTERRUPTED, err)
        self.assertIn(b"only", err)
        requests = second.end()["requestsByCommand"]
        self.assertEqual((requests.get("DISABLEDEVICE"), requests.get("ENABLEDEVICE")), (1, 1), requests)

    def test_what_the_device_cannot_hold_is_a_difference(self):
        self.backup(self.sim("--persona", "letters", "--users", "12", "--seed", "3").tcp)
        got = self.bad(INCOMPLETE, "number", self.sim("--persona", "old", "--users", "3").tcp,
                       "restore", self.file, "--yes", "--format", "json")
        self.assertGreater(json.loads(got.out)["differences"], 0)

    def test_without_a_yes_it_prints_what_it_would_do(self):
        sim = self.sim(*FULL)
        self.backup(sim.tcp)
        got = self.bad(USAGE, "--yes", sim.tcp, "restore", self.file)
        self.assertIn("25 users", got.err)


class Damage(Base):
    def test_no_damage_is_taken_for_a_backup(self):
        sim = self.sim("--users", "3", "--punches", "5")
        self.backup(sim.tcp)
        with open(self.file, "rb") as f:
            good = f.read()
        lines = good.splitlines(keepends=True)
        for name, data in {
                "nothing": b"", "something else": b"hello\n", "binary": bytes(range(256)) * 40,
                "the end is missing": b"".join(lines[:-1]),
                "half a line": good[:-20], "a line is missing": b"".join(lines[:3] + lines[4:]),
                "a byte is another": good.replace(b'"privilege":0', b'"privilege":6', 1),
                "something follows": good + lines[1],
                "another version": good.replace(b'"version":1', b'"version":2', 1),
                "no JSON": good.replace(b'{"type":"user"', b'{"type":user', 1),
                "deep": lines[0] + b"[" * 100000 + b"\n",
                "a text that is none": good.replace(b'"type":"user","pin":"', b'"type":"user","pin":"\xff', 1),
                "a PIN that is too long": lines[0] + b'{"type":"user","pin":"' + b"1" * 99 + b'"}\n',
        }.items():
            with self.subTest(name):
                with open(self.file, "wb") as f:
                    f.write(data)
                got = self.bad(INCOMPLETE, self.file, "tcp://127.0.0.1:1", "restore", self.file,
                               "--yes")
                self.assertEqual(got.out, "")
        self.bad(REFUSED, "No such file", "tcp://127.0.0.1:1", "restore", self.file + "x", "--yes")
        self.assertNotIn("USER_WRQ", sim.end()["requestsByCommand"])


if __name__ == "__main__":
    tap.main()
