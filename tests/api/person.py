#!/usr/bin/env python3
"""People of single devices: what the commands about them change, and what stays."""

import json
import os
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import tap  # noqa: E402
from command_line import Base, environment, run, url  # noqa: E402
from device import Device  # noqa: E402
from serve import DEADLINE, Server, until  # noqa: E402

server = None
ADA = "USER PIN=7\tName=Ada\tPri=0\tPasswd=4711\tCard=99\tGrp=2\tTZ=0001000200010000\n"


def setUpModule():
    global server
    server = command_line.server = Server("--new-devices", "approve", "--sync", "plan")  # nothing by itself
    unittest.addModuleCleanup(server.close)


def report(d, people):
    """Report how many people it has; the server stores that after the poll."""
    d.poll(info=f"Ver,{people},0,0,1.2.3.4")
    until(lambda: server.api.device(d.sn)["info"])


def clock(*people, **more):
    """A clock that has reported all its people."""
    d = Device(server, **more)
    d.options()
    if people:
        d.upload("OPERLOG", "".join(people), 1)
    report(d, len(people))
    return d


def fields(text):
    """The fields of DATA UPDATE USERINFO."""
    words = "DATA UPDATE USERINFO "
    assert text.startswith(words), text
    return dict(p.split("=", 1) for p in text[len(words):].split("\t"))


def executed(d):
    return [text for _, text in d.work()]


class Writing(Base):
    def test_one_is_added_to_two_devices(self):
        a, b = clock(), clock()
        got = self.ok("person", "add", "12", "name=Bo Li", "cards=77,78", "group=3",
                      "privilege=user", "--device", a.sn, "--device", b.sn)
        self.assertRegex(got.lines[0], rf"^{a.sn}: 12 is queued as command \d+$")
        self.assertEqual([line.split(":")[0] for line in got.lines], [a.sn, b.sn])
        for d in (a, b):
            sent = fields(executed(d)[-1])
            self.assertEqual({k: sent[k] for k in ("PIN", "Name", "Card", "ViceCard", "Grp", "Pri")},
                             {"PIN": "12", "Name": "Bo Li", "Card": "77", "ViceCard": "78",
                              "Grp": "3", "Pri": "0"})
            row = server.api.records("persons", d.sn)[0]
            self.assertEqual((row["pin"], row["name"], row["card"]), ("12", "Bo Li", "77"))

    def test_devices_are_selected_by_patterns_and_tags(self):
        a, b, other = clock(sn="SELA1"), clock(sn="SELA2"), clock(sn="SELB1")
        self.bad(1, "no device is selected", "person", "set", "12", "name=Bo", "--tag", "sel-a")
        self.ok("device", "tag", "sel-a", a.sn, b.sn)
        for words in (("--device", "SELA*"), ("--tag", "sel-a")):
            got = self.bad(2, "--yes", "person", "set", "12", "name=Bo", *words)
            self.assertIn("2 devices", got.err)
            self.assertEqual(executed(a) + executed(b), [])
            got = self.ok("person", "set", "12", "name=Bo", *words, "--yes")
            self.assertEqual([line.split(":")[0] for line in sorted(got.lines)], [a.sn, b.sn])
            self.assertEqual((len(executed(a)), len(executed(b))), (1, 1))
            got = self.ok("person", "delete", "12", *words, "--yes")
            self.assertEqual([line.split(":")[0] for line in sorted(got.lines)], [a.sn, b.sn])
            self.assertEqual((len(executed(a)), len(executed(b))), (1, 1))
        got = self.ok("person", "add", "13", "name=Al", "--device", "SELA?,SELB1,SELA1", "--yes")
        self.assertEqual(len(got.lines), 3)
        self.assertEqual(len(executed(other)), 1)

    def test_a_selection_of_no_device_writes_nothing(self):
        d = clock()
        self.bad(2, "does not go with --tag", "person", "set", "12", "name=Bo", "--device", d.sn,
                 "--tag", "x")
        self.bad(1, "no device is selected", "person", "delete", "12", "--device", "NOSUCH*", "--yes")
        self.assertEqual(executed(d), [])

    def test_a_new_name_leaves_card_password_and_all_else(self):
        d = clock(ADA)
        self.ok("person", "set", "7", "name=Ada King", "--device", d.sn)
        self.assertEqual(fields(executed(d)[-1]),
                         {"PIN": "7", "Name": "Ada King", "Pri": "0", "Passwd": "4711",
                          "Card": "99", "Grp": "2", "TZ": "0001000200010000"})

    def test_a_device_that_is_named_twice_gets_it_once(self):
        a, b = clock(), clock()
        got = self.ok("person", "add", "12", "name=Bo", "--device", f"{a.sn},{b.sn},{a.sn}",
                      "--device", b.sn)
        self.assertEqual([line.split(":")[0] for line in got.lines], [a.sn, b.sn])

    def test_one_written_after_a_deletion_has_nothing_of_the_one_before(self):
        d = clock(ADA)
        self.ok("person", "delete", "7", "--device", d.sn, "--yes")
        for change in ("name=Bo", "group=3"):
            self.ok("person", "set", "7", change, "--device", d.sn)
        deletion, *updates = executed(d)
        self.assertEqual(deletion, "DATA DELETE USERINFO PIN=7")
        self.assertEqual([fields(text) for text in updates],
                         [{"PIN": "7", "Name": "Bo"}, {"PIN": "7", "Name": "Bo", "Grp": "3"}])

    def test_one_that_is_there_is_not_added_again(self):
        d, other = clock(ADA), clock()
        got = self.bad(1, f"{d.sn} has 7 already (Ada)", "person", "add", "7", "name=Eve",
                       "--device", f"{d.sn},{other.sn}")
        self.assertIn("gatehouse person set", got.err)
        self.assertEqual(executed(d) + executed(other), [])

    def test_what_makes_no_sense_is_refused(self):
        d = clock()
        self.bad(2, "--device SN is missing", "person", "add", "1", "name=A")
        self.bad(2, "what is to be set is missing", "person", "set", "1", "--device", d.sn)
        self.bad(2, "KEY=VALUE", "person", "set", "1", "name", "--device", d.sn)
        self.bad(2, "whole number", "person", "set", "1", "privilege=boss", "--device", d.sn)
        self.bad(1, 'did you mean "name"', "person", "set", "1", "nme=A", "--device", d.sn)
        self.bad(1, "NOBODY", "person", "set", "1", "name=A", "--device", "NOBODY")
        got = self.bad(1, "NOBODY", "person", "set", "1", "name=A", "--device", f"NOBODY,{d.sn}")
        self.assertRegex(got.out, rf"^{d.sn}: 1 is queued as command \d+\n$")

    def test_a_password_comes_from_a_file_standard_input_or_the_environment(self):
        d = clock(ADA)
        env = environment(GATEHOUSE_DATA=server.data, GATEHOUSE_URL=url())
        path = os.path.join(server.home, "password")
        with open(path, "w") as f:
            f.write("1111\n")
        for words, more, password in ((("--password-file", path), {}, "1111"),
                                      ((), {"GATEHOUSE_PERSON_PASSWORD": "2222"}, "2222")):
            self.ok("person", "set", "7", "--device", d.sn, *words, env=dict(env, **more))
            self.assertEqual(fields(executed(d)[-1])["Passwd"], password)
        got = run("person", "set", "7", "password=3333", "--device", d.sn)
        self.assertIn("other users of this machine can see", got.err)
        self.assertNotIn("3333", got.err + got.out)
        shown = self.ok("command", "list", "--device", d.sn, "--format", "json").out
        for password in ("1111", "2222", "3333"):
            self.assertNotIn(password, shown)

    def test_an_administrator_is_made_with_scope_admin_only(self):
        d = clock(ADA)
        token = json.loads(self.ok("token", "create", "w", "--scopes", "read,write", "--json").out)
        token = ("--token", token["data"]["token"])
        got = run("person", "set", "7", "privilege=admin", "--device", d.sn, *token)
        self.assertEqual(got.status, 4, got)
        self.assertIn("makes an administrator", got.err)
        got = run("person", "set", "7", "name=A", "--device", d.sn, *token)
        self.assertEqual(got.status, 0, got)
        self.ok("person", "set", "7", "privilege=admin", "--device", d.sn)
        self.assertEqual(fields(executed(d)[-1])["Pri"], "14")


class Unknown(Base):
    """The server does not have the device's record of the person."""

    def incomplete(self):
        d = Device(server)
        d.options()
        report(d, 2)  # of whom none was uploaded
        return d

    def test_the_device_is_queried_first_and_nothing_is_erased(self):
        d = self.incomplete()
        got = run("person", "set", "7", "name=Ada King", "--device", d.sn)
        self.assertEqual(got.status, 0, got)
        self.assertIn("queried for it first", got.err)
        [(number, text)] = d.poll()
        self.assertEqual(text, "DATA QUERY USERINFO PIN=7")
        d.upload("OPERLOG", ADA, 1)
        d.done(number, 1)
        [(number, text)] = d.poll()
        self.assertEqual(fields(text), {"PIN": "7", "Name": "Ada King", "Pri": "0", "Passwd": "4711",
                                        "Card": "99", "Grp": "2", "TZ": "0001000200010000"})
        d.done(number)
        self.assertEqual(server.api.records("persons", d.sn)[0]["name"], "Ada King")
        self.assertEqual(server.api.device(d.sn)["pendingCommands"], 0)

    def test_a_query_without_result_is_no_obstacle(self):
        d = self.incomplete()
        run("person", "add", "9", "name=Bo", "--device", d.sn)
        [(number, _)] = d.poll()
        d.done(number, 0)
        self.assertEqual([fields(text)["Name"] for _, text in d.work()], ["Bo"])

    def test_many_in_one_request_are_each_queried(self):
        d = self.incomplete()
        reply = server.api.post("/api/commands", [
            {"deviceSerial": d.sn, "type": "update_person", "person": {"pin": str(pin), "name": "x"}}
            for pin in range(20)])
        self.assertEqual(reply["queued"], 20)
        sent = [text for _, text in d.work()]
        self.assertEqual(len(sent), 40)
        for pin in range(20):
            self.assertLess(sent.index(f"DATA QUERY USERINFO PIN={pin}"),
                            next(i for i, t in enumerate(sent)
                                 if t.startswith(f"DATA UPDATE USERINFO PIN={pin}\t")))

    def test_a_long_list_is_not_held_up_and_has_a_hint(self):
        d = self.incomplete()
        reply = server.api.post("/api/commands", [
            {"deviceSerial": d.sn, "type": "update_person", "person": {"pin": str(pin), "name": "x"}}
            for pin in range(51)])
        self.assertIn("query_user", reply["data"][0]["hint"])
        self.assertEqual([t for _, t in d.work() if "QUERY" in t], [])

    def test_a_device_that_uploaded_all_its_people_is_not_queried(self):
        d = clock(ADA)
        self.ok("person", "set", "8", "name=Bo", "--device", d.sn)
        self.assertEqual([text.split(" ")[1] for text in executed(d)], ["UPDATE"])


class Waiting(Base):
    def working(self, d, code=0):
        """The device polls and answers until the test ends."""
        over = threading.Event()

        def work():
            while not over.is_set():
                d.work(code)
                over.wait(0.05)

        thread = threading.Thread(target=work)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(over.set)

    def test_what_the_devices_answer_is_waited_for(self):
        d = clock(ADA)
        self.working(d)
        got = self.ok("person", "set", "7", "name=Ada King", "--device", d.sn, "--wait", str(DEADLINE))
        self.assertEqual(got.lines, [f"{d.sn}: 7 is confirmed by the device"])
        got = self.ok("person", "set", "7", "name=Ada", "--device", d.sn, "--wait", str(DEADLINE),
                      "--json")
        [row] = json.loads(got.out)["data"]
        self.assertEqual((row["type"], row["status"]), ("update_person", "acknowledged"))

    def test_a_refusal_of_the_device_is_explained(self):
        d = clock()
        self.working(d, -1001)
        self.bad(1, f"{d.sn}: 8: the device returned -1001: ", "person", "add", "8", "name=Bo",
                 "--device", d.sn, "--wait", str(DEADLINE))

    def test_a_device_that_does_not_answer_is_named(self):
        d = clock()
        self.bad(1, f"{d.sn}: 8: the device has not answered yet", "person", "add", "8", "name=Bo",
                 "--device", d.sn, "--wait", "0")


class Deleting(Base):
    def test_it_is_deleted_where_it_is(self):
        a, b, other = clock(ADA.replace("PIN=7", "PIN=70")), clock(ADA.replace("PIN=7", "PIN=70")), clock()
        got = self.bad(2, "Add --yes", "person", "delete", "70")
        self.assertIn(f"70 (Ada) from {a.sn}, {b.sn}\n"[:-1], got.err)
        self.assertEqual(executed(a), [])
        got = self.ok("person", "delete", "70", "--yes")
        self.assertEqual([line.split(":")[0] for line in got.lines], [a.sn, b.sn])
        for d in (a, b):
            self.assertEqual(executed(d), ["DATA DELETE USERINFO PIN=70"])
            self.assertEqual(server.api.records("persons", d.sn), [])
        self.assertEqual(executed(other), [])
        self.bad(1, "no device has 70", "person", "delete", "70", "--yes")
        got = run("person", "delete", "70", "--device", other.sn, "--yes")
        self.assertEqual(got.status, 0, got)
        self.assertIn(f"{other.sn} has no 70, as far as is known here", " ".join(got.err.split()))
        self.assertEqual(executed(other), ["DATA DELETE USERINFO PIN=70"])

    def test_it_is_deleted_on_however_many_devices_it_is(self):
        with Server("--new-devices", "approve", "--sync", "plan") as own:
            own.terminate()
            text = "convert_to({}, 'UTF8')" if own.store else "{}"
            own.write("INSERT INTO device (id, sn, state, area) WITH RECURSIVE n(n) AS (SELECT 20001"
                      " UNION ALL SELECT n + 1 FROM n WHERE n < 30020) SELECT n, " +
                      text.format("'MANY' || n") + ", 1, 1 FROM n",
                      "INSERT INTO person (device, received_ms, pin) SELECT id, 1, " +
                      text.format("'7'") + " FROM device")
            own.start()
            got = run("person", "delete", "7", own=own)
            self.assertEqual(got.status, 2, got.err[-500:])
            self.assertIn("MANY30020", got.err)
            self.assertEqual(got.err.count("MANY"), 10020)

    def test_an_answer_to_an_order_that_was_never_sent_confirms_nothing(self):
        d = clock(ADA)
        n = int(self.ok("person", "delete", "7", "--device", d.sn, "--yes").out.split()[-1])
        d.done(n)
        self.assertEqual(server.api.command(n)["status"], "queued")
        self.assertEqual(len(server.api.records("persons", d.sn)), 1)


class States(Base):
    """How far each person is on each device."""

    def state(self, d, pin, **more):
        rows = server.api.get(f"/api/persons/orders?device={d.sn}&pin={pin}")["data"]
        self.assertEqual(len(rows), 1, rows)
        return rows[0]

    def order(self, d, name="A", pin="5"):
        return int(server.api.post("/api/commands", {
            "deviceSerial": d.sn, "type": "update_person",
            "person": {"pin": pin, "name": name}})["commandId"])

    def test_one_waits_then_is_sent_then_confirmed(self):
        d = clock()
        n = self.order(d)
        row = self.state(d, 5)
        self.assertEqual((row["pin"], row["deviceSerial"], row["type"], row["state"], row["commandId"]),
                         ("5", d.sn, "update_person", "waiting", str(n)))
        self.assertEqual(server.api.records("persons", d.sn), [])
        while ("update", "sent") != ("update", self.state(d, 5)["state"]):
            for number, text in d.poll():
                if "UPDATE" not in text:
                    d.done(number)
        d.done(n)
        self.assertEqual(self.state(d, 5)["state"], "confirmed")
        [row] = server.api.records("persons", d.sn)
        self.assertEqual((row["pin"], row["state"], row["commandId"], row["stateReason"]),
                         ("5", "confirmed", str(n), None))

    def test_the_latest_order_counts_and_only_orders_of_that_person_and_device(self):
        d, other = clock(ADA), clock(ADA)
        [row] = server.api.records("persons", d.sn)
        self.assertEqual((row["state"], row["commandId"]), (None, None))
        self.order(d, pin="7")
        d.work()
        self.order(d, pin="77")
        last = self.order(d, "Bea", pin="7")
        [row] = server.api.records("persons", d.sn)
        self.assertEqual((row["state"], row["commandId"]), ("waiting", str(last)))
        self.assertEqual(self.state(d, 7)["commandId"], str(last))
        self.assertEqual(server.api.records("persons", other.sn)[0]["state"], None)

    def test_a_refusal_names_code_meaning_and_remedy(self):
        d = clock(ADA)
        self.order(d, "Bea", pin="7")
        d.work(-1001)
        row = self.state(d, 7)
        self.assertEqual((row["state"], row["returnCode"], row["meaning"]),
                         ("failed", -1001, "capacity reached"))
        self.assertIn("delete people", row["remedy"])
        [row] = server.api.records("persons", d.sn)
        self.assertEqual((row["name"], row["state"], row["stateReason"]),
                         ("Ada", "failed", "capacity reached"))
        got = self.ok("person", "show", "7", "--device", d.sn)
        self.assertRegex(got.out, r"State +failed\n")
        self.assertRegex(got.out, r"Meaning +capacity reached\n")
        got = self.ok("person", "list", "--device", d.sn, "--state", "failed")
        self.assertIn(d.sn, got.lines[1])
        self.assertIn("1 failed: gatehouse person list --state failed",
                      run("person", "list", "--device", d.sn).err)

    def test_a_refusal_is_a_problem_with_a_remedy(self):
        d = clock(ADA)
        self.order(d, "Bea", pin="7")
        d.work()
        self.assertEqual(server.api.get(f"/api/problems?subject={d.sn}")["data"], [])
        self.order(d, "Bo", pin="8")
        d.work(-1001)
        [row] = server.api.get(f"/api/problems?subject={d.sn}")["data"]
        self.assertEqual(row["kind"], "person_refused")
        self.assertIn("update_person of PIN 8: returned -1001, capacity reached. The device is full: "
                      "delete people", row["detail"])
        path = row["remedies"][0]["path"]
        self.assertEqual([r["pin"] for r in server.api.get(path)["data"]], ["8"])

    def test_one_who_is_not_there_yet_is_shown(self):
        d = clock()
        self.order(d, pin="6")
        got = self.ok("person", "show", "6", "--device", d.sn)
        self.assertRegex(got.out, rf"Device +{d.sn}\n(.*\n)*State +waiting\n")
        shown = json.loads(self.ok("person", "show", "6", "--device", d.sn, "--json").out)["data"]
        self.assertEqual(shown[0]["order"]["state"], "waiting")
        self.bad(1, "no device has 66", "person", "show", "66")

    def test_orders_are_counted_and_filtered_by_state(self):
        d = clock()
        for pin in ("1", "2", "3"):
            self.order(d, pin=pin)
        d.work()
        self.order(d, pin="1")
        page = server.api.get(f"/api/persons/orders?device={d.sn}&facets=state&sort=pin")
        self.assertEqual([r["state"] for r in page["data"]], ["waiting", "confirmed", "confirmed"])
        self.assertEqual(page["total"], 3)
        page = server.api.get(f"/api/persons/orders?device={d.sn}&state=confirmed")
        self.assertEqual([r["pin"] for r in page["data"]], ["3", "2"])
        status, _, _ = server.api.raw("GET", "/api/persons/orders?state=held")
        self.assertEqual(status, 400)

    def test_a_deletion_is_confirmed_and_the_person_gone(self):
        d = clock(ADA)
        self.ok("person", "delete", "7", "--device", d.sn, "--yes")
        d.work()
        row = self.state(d, 7)
        self.assertEqual((row["type"], row["state"]), ("delete_person", "confirmed"))
        self.assertEqual(server.api.records("persons", d.sn), [])


if __name__ == "__main__":
    tap.main()
