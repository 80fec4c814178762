#!/usr/bin/env python3
"""The audit: who did what, and what became of it, in rows that nothing changes or removes."""

import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from device import Device  # noqa: E402
from serve import Api, ApiError, Server, program, until  # noqa: E402
from unit import Unit  # noqa: E402
import tap  # noqa: E402


class Base(unittest.TestCase):
    def setUp(self):
        self.own = Server("--new-devices", "hold", "--allow-shell", stay=True)
        self.addCleanup(self.own.close)
        self.api = self.own.api

    def rows(self, **query):
        more = "".join(f"&{k}={v}" for k, v in query.items())
        rows = self.api.get(f"/api/audit?limit=1000{more}")["data"]
        return rows[::-1]

    def acts(self, **query):
        return [(r["action"], r["subject"], r["outcome"]) for r in self.rows(**query)]

    def unit(self):
        u = Unit(self.own)
        u.request("GET", "/iclock/cdata?SN=&pushver=3.1.2&options=all&DeviceType=acc")
        self.api.post(f"/api/devices/{u.sn}/approve", {})
        u.register()
        for number, _ in u.poll():
            u.result(number)
        return u

    def token(self, *scopes):
        made = self.api.post("/api/tokens", {"name": "-".join(scopes), "scopes": list(scopes)})["data"]
        return made["id"], Api(self.own.admin, made["token"])


class Rows(Base):
    def test_numbers_have_no_gap_and_outlive_device_token_and_restart(self):
        number, api = self.token("door", "read")
        unit = self.unit()
        order = api.post(f"/api/devices/{unit.sn}/doors/2/open", {"seconds": 5})["commandId"]
        [(got, _)] = unit.poll()
        unit.result(got)
        self.api.call("DELETE", f"/api/devices/{unit.sn}")
        self.api.call("DELETE", f"/api/tokens/{number}")
        self.own.restart("kill")
        rows = self.rows()
        self.assertEqual([r["seq"] for r in rows], list(range(1, len(rows) + 1)))
        door = f"door:{unit.sn}:2"
        self.assertEqual(self.acts(subject=door),
                         [("open_door", door, "queued"), ("open_door", door, "sent"),
                          ("open_door", door, "acknowledged")])
        queued, sent, done = self.rows(command=order)
        self.assertEqual((queued["byKind"], queued["byId"], queued["by"], queued["from"]),
                         ("token", number, "door-read", "127.0.0.1"))
        self.assertEqual(queued["after"], {"door": 2, "seconds": 5})
        self.assertEqual({r["commandId"] for r in (queued, sent, done)}, {order})
        self.assertEqual((sent["byKind"], done["byKind"], done["by"], done["after"]),
                         ("server", "device", unit.sn, {"returnCode": 0}))
        self.assertIn(("delete_device", f"device:{unit.sn}", "done"), self.acts())
        self.assertIn(("revoke_token", f"token:{number}", "done"), self.acts())

    def test_nothing_changes_or_removes_a_row(self):
        self.token("read")
        before = self.rows()
        self.own.terminate()
        for statement in ("UPDATE audit SET reason = 'x'", "DELETE FROM audit"):
            with self.assertRaises(Exception, msg=statement):
                self.own.write(statement)
        self.own.start()
        self.assertEqual(self.rows(), before)

    def test_store_check_finds_a_row_that_is_missing(self):
        if self.own.store:
            self.skipTest("what removes a row is written for SQLite")
        for name in ("a", "b"):
            self.token("read")
        self.own.terminate()
        url = f"sqlite:{self.own.data}/gatehouse.db"

        def check():
            return subprocess.run([program(), "store", "check", url], capture_output=True, text=True, timeout=60)

        self.assertEqual(check().returncode, 0)
        self.own.write("DROP TRIGGER audit_no_delete", "DELETE FROM audit WHERE seq = 2")
        done = check()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("audit", done.stdout + done.stderr)

    def test_admission_blocking_and_settings_of_devices(self):
        unit = self.unit()
        self.api.call("PATCH", f"/api/devices/{unit.sn}", {"name": "Gate", "commKey": "4711"})
        self.api.post(f"/api/devices/{unit.sn}/block")
        self.api.post("/api/devices", {"sn": "EXPECTED1"})
        held = Device(self.own)
        with self.assertRaises(AssertionError):
            held.options()
        self.api.call("DELETE", "/api/devices?state=held")
        subject = f"device:{unit.sn}"
        rows = self.rows(subject=subject)
        self.assertEqual([(r["action"], r["outcome"]) for r in rows],
                         [("approve_device", "done"), ("change_device", "done"), ("block_device", "done")])
        self.assertEqual(rows[0]["before"], {"state": "held"})
        self.assertEqual(rows[1]["after"], {"name": "Gate", "commKey": "***"})
        self.assertIn(("announce_device", "device:EXPECTED1", "done"), self.acts())
        [row] = until(lambda: self.rows(action="delete_held_devices"))
        self.assertEqual(row["after"], {"deleted": 1})

    def test_rights_of_people(self):
        person = self.api.post("/api/people", {"pin": "7", "name": "Ann", "password": "1234"})["data"]["id"]
        rule = self.api.post("/api/time-rules", {"name": "Office", "week": {"mon": ["08:00-12:00"]}})["data"]["id"]
        level = self.api.post("/api/access-levels", {"name": "Staff", "rule": rule, "doors": [],
                                                     "people": [person]})["data"]["id"]
        self.api.call("PATCH", f"/api/access-levels/{level}", {"people": []})
        self.api.call("DELETE", f"/api/access-levels/{level}")
        day = self.api.post("/api/holidays", {"date": "2026-12-25", "type": 1})["data"]["id"]
        self.api.call("DELETE", f"/api/holidays/{day}")
        # What is refused changes nothing, and has no row.
        with self.assertRaises(ApiError):
            self.api.call("DELETE", "/api/time-rules/1")
        self.assertEqual(self.acts()[-7:],
                         [("create_people", f"people:{person}", "done"),
                          ("create_time_rule", f"time_rule:{rule}", "done"),
                          ("create_access_level", f"access_level:{level}", "done"),
                          ("change_access_level", f"access_level:{level}", "done"),
                          ("delete_access_level", f"access_level:{level}", "done"),
                          ("create_holiday", f"holiday:{day}", "done"),
                          ("delete_holiday", f"holiday:{day}", "done")])
        # People are named by number: what they were and became stands in their changes.
        self.assertEqual(self.rows(action="create_people")[0]["after"], {"fields": ["pin", "name", "password"]})

    def test_what_stood_before_a_change(self):
        def befores(subject):
            return [r["before"] for r in self.rows(subject=subject)]

        unit = self.unit()
        person = self.api.post("/api/people", {"pin": "7", "name": "Ann", "password": "1234", "cards": ["55"]})["data"]["id"]
        self.api.call("PATCH", f"/api/people/{person}", {"password": "5678", "cards": ["66"]})
        card = self.api.get(f"/api/people/{person}/credentials")["data"][0]["id"]
        self.api.call("PATCH", f"/api/people/{person}/credentials/{card}", {"lost": True})
        rows = self.rows(subject=f"people:{person}") + self.rows(subject=f"card:{card}")
        self.assertEqual([(r["before"], r["after"]) for r in rows],
                         [(None, {"fields": ["pin", "name", "password", "cards"]}),
                          (None, {"fields": ["password", "cards"]}), (None, {"fields": ["lost"]})])
        rule = self.api.post("/api/time-rules", {"name": "Office", "week": {"mon": ["08:00-12:00"]}})["data"]
        self.api.call("PATCH", f"/api/time-rules/{rule['id']}", {"week": {"tue": ["09:00-10:00"]}})
        self.api.call("DELETE", f"/api/time-rules/{rule['id']}")
        self.assertEqual(befores(f"time_rule:{rule['id']}"),
                         [None, {"week": rule["week"]}, dict(rule, week={"tue": ["09:00-10:00"]})])
        level = self.api.post("/api/access-levels", {"name": "Staff", "rule": 1, "doors": [f"{unit.sn}:1"],
                                                     "people": [person]})["data"]
        at = f"/api/access-levels/{level['id']}"
        self.api.call("PATCH", at, {"removePeople": [person]})
        self.api.call("PATCH", at, {"people": [person], "doors": []})
        self.api.call("PUT", at, {"name": "Nobody"})
        self.assertEqual(befores(f"access_level:{level['id']}"),
                         [None, None, {"people": [], "doors": [f"{unit.sn}:1"]}, dict(level, doors=[])])
        # What was refused leaves no row; what is repeated has what stands then.
        self.assertEqual(self.api.raw("PATCH", at, {"rule": 999})[0], 400)
        self.api.call("DELETE", at)
        self.assertEqual(befores(f"access_level:{level['id']}")[4:],
                         [dict(level, name="Nobody", doors=[], people=[], rule=None)])
        door = f"/api/doors/{unit.sn}:1"
        for body in ({"duressPassword": "4711", "driveSeconds": 3}, {"duressPassword": "4712", "driveSeconds": 4}):
            self.api.call("PATCH", door, body)
        first, second = [r["before"] for r in self.rows(action="change_door_setting")]
        self.assertEqual((first, second["driveSeconds"]), (None, 3))
        self.api.call("PATCH", f"/api/devices/{unit.sn}", {"name": "Gate", "commKey": "4711", "tags": ["east"]})
        self.assertEqual(self.rows(subject=f"device:{unit.sn}")[-1]["before"],
                         {"name": "", "state": "approved", "hasCommKey": False, "tags": []})
        number, _ = self.token("read", "door")
        self.api.call("DELETE", f"/api/tokens/{number}")
        revoked = self.rows(action="revoke_token")[0]["before"]
        self.assertEqual((revoked["name"], revoked["scopes"]), ("read-door", ["read", "door"]))
        text = repr(self.rows())
        for secret in ("1234", "5678", "4711", "4712"):
            self.assertNotIn(secret, text)

    def test_of_many_people_the_first_and_their_number(self):
        level = self.api.post("/api/access-levels", {"name": "All", "rule": 1})["data"]["id"]
        self.own.terminate()
        ids = range(1001, 2002 + 1)
        people = ",".join(f"({i}, '{i}', 'default')" for i in ids)
        self.own.write("INSERT INTO people (id, pin, namespace) VALUES " + people,
                       f"INSERT INTO access_level_people VALUES " + ",".join(f"({level}, {i})" for i in ids))
        self.own.start()
        self.api.call("DELETE", f"/api/access-levels/{level}")
        before = self.rows(action="delete_access_level")[0]["before"]
        self.assertEqual((before["people"], before["peopleCount"]), (list(ids)[:1000], 1002))

    def test_what_is_refused_for_a_scope(self):
        unit = self.unit()
        number, api = self.token("write", "read")
        door = f"door:{unit.sn}:2"
        for method, path, body in (
                ("POST", f"/api/devices/{unit.sn}/doors/2/open", {}),
                ("POST", f"/api/doors/{unit.sn}:2/open", {}),
                ("POST", "/api/commands", {"deviceSerial": unit.sn, "type": "unlock", "door": 2}),
                ("POST", "/api/commands", {"deviceSerial": unit.sn, "command": "CONTROL DEVICE 01020105"})):
            with self.assertRaises(ApiError) as refused:
                api.call(method, path, body)
            self.assertEqual(refused.exception.status, 403)
        rows = until(lambda: self.rows(outcome="refused")[3:] and self.rows(outcome="refused"))
        self.assertEqual([(r["action"], r["subject"], r["byId"]) for r in rows],
                         [("open_door", door, number)] * 4)
        self.assertIn("scope door", rows[0]["reason"])
        self.assertEqual(unit.poll(), [])
        # One that goes on and on does not fill the disk.
        for _ in range(150):
            api.raw("POST", f"/api/doors/{unit.sn}:2/open", b"{}")
        until(lambda: len(self.rows(outcome="refused")) >= 90)
        self.assertLess(len(self.rows(outcome="refused")), 120)

    def test_commands_with_full_control_and_cancelling(self):
        clock = Device(self.own)
        self.api.post("/api/devices", {"sn": clock.sn})
        clock.options()
        number = self.api.post("/api/commands", {"deviceSerial": clock.sn, "command": "SHELL ls"})["commandId"]
        self.api.post("/api/commands", {"deviceSerial": clock.sn, "type": "info"})
        self.api.post(f"/api/commands/{number}/cancel")
        rows = self.rows(command=number)
        self.assertEqual([(r["action"], r["outcome"], r["byKind"]) for r in rows],
                         [("shell", "queued", "token"), ("shell", "cancelled", "token")])
        self.assertEqual(rows[0]["after"], {"script": "ls"})
        for action, command in (("put_file", "PutFile http://10.0.0.1/a.txt\ta.txt"), ("get_file", "GetFile options.cfg"),
                                ("upgrade", "UPGRADE checksum=00,size=1,url=http://10.0.0.1/main.gz")):
            number = self.api.post("/api/commands", {"deviceSerial": clock.sn, "command": command})["commandId"]
            self.assertEqual([(r["action"], r["outcome"]) for r in self.rows(command=number)], [(action, "queued")])
        self.assertNotIn("info", [r["action"] for r in self.rows()])

    def test_it_has_no_secrets(self):
        unit = self.unit()
        for command in ("DATA UPDATE user Pin=7\tPassword=4711", "SET OPTIONS ComPwd=4712",
                        "DATA UPDATE templatev10 Pin=7\tFingerID=1\tValid=1\tTemplate=NDcxMw=="):
            self.api.post("/api/commands", {"deviceSerial": unit.sn, "command": command})
        self.api.call("PUT", f"/api/devices/{unit.sn}/tables/user", {"rows": [{"Pin": "8", "Password": "4714"}]})
        self.api.call("PATCH", f"/api/devices/{unit.sn}", {"qrKey": "4715"})
        text = repr(self.rows())
        self.assertIn("Pin=8", text)
        for secret in ("4711", "4712", "NDcxMw", "4714", "4715"):
            self.assertNotIn(secret, text)

    def test_later_once_more_makes_no_row(self):
        unit = self.unit()
        order = self.api.post(f"/api/devices/{unit.sn}/doors/2/open", {"seconds": 5})["commandId"]
        unit.poll()
        for _ in range(3):
            unit.result(order, -5000)
        self.assertEqual([r["outcome"] for r in self.rows(command=order)], ["queued", "sent", "deferred"])
        unit.result(order, 0)
        self.assertEqual(self.rows(command=order)[-1]["outcome"], "acknowledged")

    def test_only_an_administrator_reads_it_and_the_list_keeps_to_the_conventions(self):
        _, api = self.token("read", "write", "door")
        with self.assertRaises(ApiError) as refused:
            api.get("/api/audit")
        self.assertEqual(refused.exception.status, 403)
        page = self.api.get("/api/audit?limit=1&total=1&facets=action")
        self.assertEqual(page["data"][0]["seq"], page["total"])
        self.assertEqual(self.api.get("/api/audit?sort=seq&limit=1")["data"][0]["seq"], 1)
        self.assertEqual(self.acts(to="2020-01-01"), [])
        self.assertEqual(len(self.rows(**{"from": "2020-01-01"})), len(self.rows()))
        self.assertTrue(self.acts(q="create_tok"))
        status, headers, body = self.api.raw("GET", "/api/audit.csv")
        self.assertEqual(status, 200)
        self.assertIn(b"create_token", body)


if __name__ == "__main__":
    tap.main()
