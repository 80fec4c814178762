#!/usr/bin/env python3
"""Every verb of `gatehouse terminal`, against simulated terminals over TCP and UDP."""

import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from simulated import REFUSED, USAGE, Sim, terminal  # noqa: E402
import tap  # noqa: E402

FORMATS = ("csv", "json", "ndjson")
home = tempfile.TemporaryDirectory(prefix="gatehouse-test-")


def path(name):
    return os.path.join(home.name, name)


class Base(unittest.TestCase):
    flags = ("--users", "30", "--punches", "400", "--templates", "50", "--seed", "7")

    @classmethod
    def setUpClass(cls):
        cls.sim = Sim(*cls.flags)
        cls.addClassCleanup(cls.sim.close)

    def ok(self, *words, at=None, **how):
        got = terminal(at or self.sim.tcp, *words, **how)
        self.assertEqual((got.status, got.err), (0, ""), got)
        return got

    def bad(self, status, message, *words, at=None, **how):
        got = terminal(at or self.sim.tcp, *words, **how)
        self.assertEqual(got.status, status, got)
        self.assertIn(message, got.err, got)
        self.assertEqual(got.out, "", got)
        return got

    def both(self):
        return (self.sim.tcp, self.sim.udp)

    def one(self, *words, at=None):
        return json.loads(self.ok(*words, "--format", "json", at=at).out)

    def users(self, at=None):
        return self.ok("user", "list", "--format", "csv", at=at).rows("csv")


class Reading(Base):
    """Nothing here changes the device."""

    def lists(self, words, columns, count):
        for at in self.both():
            rows = {kind: self.ok(*words, "--format", kind, at=at).rows(kind)
                    for kind in FORMATS}
            self.assertEqual(rows["csv"], rows["json"])
            self.assertEqual(rows["csv"], rows["ndjson"])
            self.assertEqual(len(rows["csv"]), count)
            for kind in FORMATS:
                self.assertEqual(list(rows[kind][0])[:len(columns)], columns, kind)
            table = self.ok(*words, at=at).out.splitlines()
            self.assertEqual(len(table), count + 1)
            self.assertEqual([w.lower() for w in table[0].split()][:1], columns[:1])
        return rows["csv"]

    def test_users_have_the_documented_columns_in_every_format(self):
        rows = self.lists(["user", "list"], ["pin", "uid", "name", "privilege", "card"], 30)
        self.assertEqual(len({r["pin"] for r in rows}), 30)
        self.assertTrue(all(r["name"] and int(r["uid"]) for r in rows))

    def test_punches_have_the_documented_columns_in_every_format(self):
        rows = self.lists(["punch", "list"], ["pin", "time", "status", "verify", "uid",
                                              "work_code", "flags"], 400)
        self.assertTrue(all(len(r["time"]) == 19 and r["flags"] == "" for r in rows))
        self.assertTrue({r["pin"] for r in rows} <= {u["pin"] for u in self.users()})

    def test_templates_have_the_documented_columns_in_every_format(self):
        info = self.one("info")
        rows = self.lists(["template", "list"], ["pin", "finger", "size"], info["templates"])
        self.assertTrue(all(0 <= int(r["finger"]) <= 9 and int(r["size"]) for r in rows))

    def test_operations_have_the_documented_columns_in_every_format(self):
        info = self.one("info")
        self.assertGreater(info["oplogs"], 0)
        self.lists(["oplog"], ["admin", "op", "time"], info["oplogs"])

    def test_numbers_are_numbers_and_pins_are_text_in_json(self):
        row = json.loads(self.ok("user", "list", "--format", "json").out)[0]
        self.assertEqual([type(row[k]) for k in ("pin", "uid", "privilege", "card")],
                         [str, int, int, int])
        row = json.loads(self.ok("punch", "list", "--format", "json").out)[0]
        self.assertEqual([type(row[k]) for k in ("pin", "time", "status", "verify", "flags")],
                         [str, str, int, int, list])

    def test_info_shows_what_the_device_is_over_both_transports(self):
        for at, how in zip(self.both(), ("tcp", "udp")):
            info = self.one("info", at=at)
            self.assertEqual((info["serial"], info["users"], info["punches"], info["transport"]),
                             ("SIM000001", 30, 400, how))
        self.assertIn("SIM000001", self.ok("info").out)

    def test_without_a_scheme_and_with_options_anywhere_it_is_the_same(self):
        want = self.ok("user", "list", "--format", "csv").out
        self.assertEqual(terminal("--format", "csv", f"127.0.0.1:{self.sim.port}",
                                  "--timeout", "5", "user", "--comm-key=0", "list").out, want)

    def test_columns_are_those_chosen_in_their_order(self):
        for words in (["user", "list"], ["punch", "list"], ["template", "list"], ["oplog"]):
            rows = self.ok(*words, "--format", "json").rows("json")
            keys = list(rows[0])
            chosen = [keys[2], keys[0]]
            for kind in FORMATS:
                got = self.ok(*words, "--format", kind, "--columns", ",".join(chosen))
                whole = self.ok(*words, "--format", kind).rows(kind)
                self.assertEqual([list(r) for r in got.rows(kind)], [chosen] * len(whole))
                self.assertEqual(got.rows(kind), [{k: r[k] for k in chosen} for r in whole])
            head = self.ok(*words, "--columns", ",".join(chosen)).out.splitlines()[0]
            self.assertEqual(len([title for title in head.split("  ") if title]), 2, head)
            self.bad(USAGE, f"there are: {keys[0]}, ", *words, "--columns", f"{keys[0]},nope")
            self.bad(USAGE, "no field", *words, "--columns", "")

    def test_one_user_is_an_object(self):
        first = self.users()[0]
        got = self.one("user", "get", first["pin"])
        self.assertEqual((got["pin"], got["name"], str(got["uid"])),
                         (first["pin"], first["name"], first["uid"]))

    def test_what_is_absent_is_a_message_and_status_1(self):
        pin = self.users()[0]["pin"]
        self.bad(REFUSED, "no user", "user", "get", "987654")
        self.bad(REFUSED, "no user", "user", "delete", "987654")
        self.bad(REFUSED, 'the device has no option "NoSuchOption"', "option", "get", "NoSuchOption")
        self.bad(REFUSED, "did you mean MAC?", "option", "get", "MACC")
        self.bad(REFUSED, "not enrolled", "template", "get", pin, "9", "--output", path("none"))
        self.bad(REFUSED, "no user", "template", "get", "987654", "0", "--output", path("none"))
        self.bad(REFUSED, "not enrolled", "template", "delete", pin, "9")
        self.bad(REFUSED, "photo", "photo", "987654", "--output", path("none"))
        self.assertFalse(os.path.exists(path("none")))

    def test_a_template_is_saved_as_it_is(self):
        row = self.ok("template", "list", "--format", "csv").rows("csv")[0]
        for at in self.both():
            self.ok("template", "get", row["pin"], row["finger"], "--output", path("t"), at=at)
            with open(path("t"), "rb") as f:
                data = f.read()
            self.assertEqual(str(len(data)), row["size"])
            got = terminal(at, "template", "get", row["pin"], row["finger"], "--output", "-")
            self.assertEqual(got.raw, data)
        self.assertEqual(os.stat(path("t")).st_mode & 0o777, 0o600)

    def test_a_photo_is_a_jpeg_and_needs_a_place(self):
        for user in self.users():
            got = terminal(self.sim.tcp, "photo", user["pin"], "--output", "-")
            if got.status == 0:
                break
            self.assertEqual(got.status, REFUSED, got)
        self.assertEqual(got.raw[:2], b"\xff\xd8")
        self.bad(USAGE, "--output", "photo", user["pin"])

    def test_faces_are_listed_with_their_size(self):
        rows = self.ok("face", "list", "--format", "csv").rows("csv")
        self.assertTrue(rows)
        self.assertTrue(all(r["pin"] and int(r["size"]) for r in rows))


class Changing(Base):
    def test_a_new_user_has_what_was_given(self):
        for at, pin in zip(self.both(), ("901", "902")):
            self.ok("user", "set", pin, "--name", "Ada Lovelace", "--privilege", "admin",
                    "--password", "1234", "--card", "4000000000", "--group", "2", at=at)
            got = self.one("user", "get", pin, "--show-passwords", at=at)
            self.assertEqual([got[k] for k in ("name", "privilege", "password", "card", "group")],
                             ["Ada Lovelace", 14, "1234", 4000000000, 2])

    def test_what_is_not_given_stays(self):
        self.ok("user", "set", "903", "--name", "张三 İpek", "--card", "5", "--password", "77",
                "--privilege", "2")
        before = self.one("user", "get", "903", "--show-passwords")
        self.ok("user", "set", "903", "--card", "6")
        self.assertEqual(self.one("user", "get", "903", "--show-passwords"), dict(before, card=6))
        self.ok("user", "set", "903", "--name", "Bo", "--password", "")
        self.assertEqual(self.one("user", "get", "903", "--show-passwords"),
                         dict(before, card=6, name="Bo", password=""))

    def test_passwords_are_shown_only_on_request(self):
        self.ok("user", "set", "904", "--password", "86421")
        for words in (["user", "list"], ["user", "get", "904"]):
            for kind in ("table", *FORMATS):
                self.assertNotIn("86421", self.ok(*words, "--format", kind).out)
                self.assertIn("86421", self.ok(*words, "--format", kind, "--show-passwords").out)

    def test_a_deleted_user_is_gone(self):
        self.ok("user", "set", "905")
        self.ok("user", "delete", "905")
        self.bad(REFUSED, "no user", "user", "get", "905")

    def test_names_that_look_like_options_or_need_quotes_are_kept(self):
        for name in ("-5", "- x", 'a,"b"', "-- x"):
            self.ok("user", "set", "906", "--name", name)
            self.assertEqual([r["name"] for r in self.users() if r["pin"] == "906"], [name])

    def test_what_cannot_be_is_refused_before_any_request(self):
        for message, *words in (("8 bytes", "--password", "123456789"), ("group", "--group", "256"),
                             ("privilege", "--privilege", "boss"), ("card", "--card", "-1")):
            self.bad(USAGE, message, "user", "set", "1", *words, at="tcp://127.0.0.1:1")
        self.bad(USAGE, "too long", "user", "set", "1", "--name", "x" * 25)

    def test_a_template_comes_back_as_it_was_stored(self):
        with open(path("own"), "wb") as f:
            f.write(bytes(range(256)) * 3)
        self.ok("user", "set", "910")
        for at in self.both():
            self.ok("template", "set", "910", "4", path("own"), at=at)
            self.ok("template", "get", "910", "4", "--output", path("back"), at=at)
            with open(path("own"), "rb") as a, open(path("back"), "rb") as b:
                self.assertEqual(a.read(), b.read())
            self.ok("template", "delete", "910", "4", at=at)
            self.bad(REFUSED, "not enrolled", "template", "get", "910", "4", "--output", "-")

    def test_a_template_needs_a_file_a_user_and_a_finger(self):
        with open(path("own"), "wb") as f:
            f.write(b"x" * 70000)
        self.bad(REFUSED, "No such file", "template", "set", "1", "4", path("nothing"))
        self.bad(USAGE, "65529", "template", "set", "1", "4", path("own"))
        self.bad(USAGE, "finger", "template", "delete", "1", "10")
        with open(path("own"), "wb") as f:
            f.write(b"x" * 500)
        self.bad(REFUSED, "no user", "template", "set", "987654", "4", path("own"))

    def test_a_finger_is_enrolled_at_the_device(self):
        self.ok("user", "set", "911")
        got = terminal(self.sim.tcp, "template", "enroll", "911", "3")
        self.assertEqual(got.status, 0, got)
        self.assertIn("911", self.ok("template", "list", "--format", "csv").out)

    def test_the_clock_is_set_and_read(self):
        for at, words in zip(self.both(), (["2026-02-03 04:05:06"], ["2026-02-03", "04:05:06"])):
            self.ok("time", "set", *words, at=at)
            self.assertEqual(self.one("time", at=at)["time"][:16], "2026-02-03 04:05")
        self.ok("time", "set")
        self.assertLess(abs(self.one("time")["ahead"]), 10)
        self.bad(USAGE, "no such moment", "time", "set", "2026-02-30 00:00:00")
        self.bad(USAGE, "2000 to 2099", "time", "set", "1999-01-01 00:00:00")

    def test_options_are_written_and_read(self):
        for at, value in zip(self.both(), ("-5", "a b")):
            self.ok("option", "set", "VOLUME", value, at=at)
            self.assertEqual(self.ok("option", "get", "VOLUME", at=at).out, value + "\n")
            self.assertEqual(self.one("option", "get", "VOLUME", at=at),
                             {"name": "VOLUME", "value": value})
        self.bad(USAGE, "name", "option", "set", "a=b", "c")

    def test_text_of_a_device_cannot_control_the_terminal(self):
        self.ok("option", "set", "VOLUME", "a\033[31mb")
        self.ok("user", "set", "907", "--name", "a\033[31mb\u009bc")
        for words in (["option", "get", "VOLUME"], ["user", "get", "907"], ["user", "list"]):
            got = self.ok(*words).out
            self.assertIn("a\ufffd[31mb", got)
            self.assertFalse(set("\033\u009b") & set(got))
        self.assertEqual(self.one("option", "get", "VOLUME")["value"], "a\033[31mb")

    def test_commands_without_an_answer_to_show_end_well(self):
        for words in (["unlock"], ["unlock", "0.5"], ["lcd", "0", "-- closed --"],
                      ["lcd", "1", "-5"], ["enable"]):
            self.ok(*words)
        self.assertEqual(self.ok("voice", "0").out, "thank you\n")
        self.bad(USAGE, "seconds", "unlock", "soon")
        self.bad(USAGE, "line", "lcd", "first", "text")
        self.bad(USAGE, "prompt", "voice", "x")


class Requests(Base):
    """What reached the device; each claim has one of its own."""

    def requests(self, *commands):
        with_own = Sim(*self.flags)
        self.addCleanup(with_own.close)
        for words in commands:
            self.ok(*words, at=with_own.tcp)
        return with_own.end()["requestsByCommand"]

    def test_disable_leaves_it_disabled_and_enable_enables(self):
        requests = self.requests(["disable"])
        self.assertEqual(requests.get("DISABLEDEVICE"), 1, requests)
        self.assertNotIn("ENABLEDEVICE", requests)
        requests = self.requests(["disable"], ["enable"])
        self.assertEqual(requests.get("ENABLEDEVICE"), 1, requests)

    def test_restart_and_poweroff_reach_it(self):
        self.assertEqual(self.requests(["restart"]).get("RESTART"), 1)
        self.assertEqual(self.requests(["poweroff"]).get("POWEROFF"), 1)

    def test_clearing_the_punches_needs_a_yes(self):
        own = Sim(*self.flags)
        self.addCleanup(own.close)
        self.bad(USAGE, "--yes", "punch", "clear", at=own.udp)
        self.assertEqual(len(self.ok("punch", "list", "--format", "csv",
                                     at=own.tcp).rows("csv")), 400)
        self.ok("punch", "clear", "--yes", at=own.udp)
        self.assertEqual(self.ok("punch", "list", "--format", "json", at=own.tcp).out, "[\n]\n")
        self.assertEqual(own.end()["requestsByCommand"].get("CLEAR_ATTLOG"), 1)


class Personas(Base):
    """Firmware that is not like the others."""

    def users_and_punches(self, *flags):
        sim = Sim("--users", "12", "--punches", "60", "--seed", "3", *flags)
        self.addCleanup(sim.close)
        found = []
        for at in (sim.tcp, sim.udp):
            found.append((self.ok("user", "list", "--format", "csv", at=at).rows("csv"),
                          self.ok("punch", "list", "--format", "csv", at=at).rows("csv")))
        self.assertEqual(found[0], found[1])
        self.assertEqual((len(found[0][0]), len(found[0][1])), (12, 60))
        return found[0]

    def test_every_layout_gives_the_same_columns(self):
        for persona in ("tft", "bw", "ma300", "old", "visible", "unbuffered", "wifi"):
            users, punches = self.users_and_punches("--persona", persona)
            self.assertTrue({p["pin"] for p in punches} <= {u["pin"] for u in users}, persona)

    def test_names_of_old_chinese_firmware_are_utf_8(self):
        users, _ = self.users_and_punches("--persona", "chinese")
        self.assertTrue(any("一" <= c <= "鿿" for u in users for c in u["name"]))
        self.assertFalse(any("\ufffd" in u["name"] for u in users))

    def test_zeros_in_front_of_a_pin_count(self):
        users, _ = self.users_and_punches("--persona", "letters")
        pin = next(u["pin"] for u in users if u["pin"].startswith("0"))
        sim = Sim("--users", "12", "--seed", "3", "--persona", "letters")
        self.addCleanup(sim.close)
        self.assertEqual(self.one("user", "get", pin, at=sim.tcp)["pin"], pin)
        self.bad(REFUSED, "no user", "user", "get", pin.lstrip("0") or "0", at=sim.tcp)

    def test_impossible_dates_are_rows_with_a_flag(self):
        _, punches = self.users_and_punches("--persona", "dates")
        sim = Sim("--users", "12", "--punches", "60", "--seed", "3", "--persona", "dates")
        self.addCleanup(sim.close)
        for kind in FORMATS:
            rows = self.ok("punch", "list", "--format", kind, at=sim.tcp).rows(kind)
            self.assertEqual([r["flags"] for r in rows], [p["flags"] for p in punches], kind)
        table = self.ok("punch", "list", at=sim.tcp).out
        self.assertEqual(table.count("impossible_date"),
                         sum(p["flags"] == "impossible_date" for p in punches))
        flagged = [p for p in punches if p["flags"]]
        self.assertTrue(flagged)
        self.assertTrue(all(p["time"][5:10] == "02-30" and p["flags"] == "impossible_date"
                            for p in flagged), flagged)

    def test_a_refusal_of_the_firmware_is_reported(self):
        sim = Sim("--persona", "protected")
        self.addCleanup(sim.close)
        self.bad(REFUSED, "refuses the plain protocol", "user", "list", at=sim.tcp)
        sim = Sim("--persona", "access")
        self.addCleanup(sim.close)
        self.bad(REFUSED, "cannot", "punch", "list", at=sim.tcp)


if __name__ == "__main__":
    tap.main()
