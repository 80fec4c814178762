#!/usr/bin/env python3
"""The tables of access units: rows are checked and become commands; what the unit acknowledges is in
the mirror."""

import json
import os
import re
import secrets
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from device import Device, serial  # noqa: E402
from serve import Api, ApiError, Server  # noqa: E402

PARAMETERS = ("DeviceType=acc,LockCount=2,MaxPackageSize=2048000,DateFmtFunOn=1,"
              "AccSupportFunList=00000001000000000000000000000000000000000000000000000000000000000000")
# A line begins a command where it begins as one; others are further records.
COMMAND = re.compile(r"^C:(\d+):", re.M)

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")


def tearDownModule():
    server.close()


def texts(row):
    return {k: str(v) for k, v in row.items()}


class Unit(Device):
    """A unit that is registered and polls."""

    def __init__(self, parameters=PARAMETERS):
        super().__init__(server, serial("UNIT"))
        self.get(f"/iclock/cdata?SN={self.sn}&options=all&pushver=3.1.2&DeviceType=acc")
        assert self.post(f"/iclock/registry?SN={self.sn}", parameters.encode()).status == 200
        assert self.post(f"/iclock/push?SN={self.sn}", b"").status == 200

    @property
    def tables(self):
        return f"/api/devices/{self.sn}/tables"

    def fetched(self):
        """The command that waits, as (id, words); None: there is none."""
        text = self.get(f"/iclock/getrequest?SN={self.sn}").body.decode()
        if text == "OK":
            return None
        [number] = COMMAND.findall(text)
        return number, text[len(f"C:{number}:"):].rstrip("\n")

    def answered(self, code=0):
        """Fetch one command and answer it so; its words."""
        number, words = self.fetched()
        reply = self.post(f"/iclock/devicecmd?SN={self.sn}",
                          f"ID={number}&Return={code}&CMD=DATA".encode())
        assert reply.body == b"OK", reply
        return words

    def words_of(self, reply, code=0):
        """The words of the order that a call gave, answered so. Before it may come what the server queries of itself,
        where the unit counted other rows than are known."""
        number = str(reply["data"]["orders"][-1]["commandId"])
        while True:
            got, words = self.fetched()
            self.post(f"/iclock/devicecmd?SN={self.sn}", f"ID={got}&Return={code if got == number else 0}&CMD=DATA".encode())
            if got == number:
                return words

    def put(self, table, *rows):
        return server.api.call("PUT", f"{self.tables}/{table}", {"rows": [texts(r) for r in rows]})["data"]

    def rows(self, table):
        return [r["row"] for r in server.api.get(f"{self.tables}/{table}")["data"]["rows"]]


class Base(unittest.TestCase):
    def refused(self, status, word, method, path, body=None):
        with self.assertRaises(ApiError) as caught:
            server.api.call(method, path, body)
        self.assertEqual(caught.exception.status, status, caught.exception.reply)
        text = str(caught.exception.reply)
        self.assertIn(word, text)
        return text


class Writing(Base):
    def test_rows_become_one_update_and_are_known_when_it_is_acknowledged(self):
        u = Unit()
        got = u.put("timezone", {"TimezoneId": 2, "MonTime1": 52430000, "MonTime2": 80611080},
                    {"TimezoneId": "3"})
        self.assertEqual([o["rows"] for o in got["orders"]], [2])
        self.assertEqual(u.rows("timezone"), [])
        first, second = u.answered().split("\n")
        self.assertTrue(first.startswith("DATA UPDATE timezone TimezoneId=2\tSunTime1=0\t"), first)
        self.assertIn("\tMonTime1=52430000\tMonTime2=80611080\tMonTime3=0\t", first)
        self.assertTrue(second.startswith("TimezoneId=3\tSunTime1=0\t"), second)
        self.assertEqual([(r["TimezoneId"], r["MonTime1"], r["Hol3Time3"])
                          for r in u.rows("timezone")], [("2", "52430000", "0"), ("3", "0", "0")])
        [row] = [r for r in server.api.get(f"{u.tables}/timezone")["data"]["rows"]
                 if r["row"]["TimezoneId"] == "3"]
        self.assertEqual(row["origin"], "written")

    def test_what_is_not_given_stays_as_it_is_known(self):
        u = Unit()
        u.put("user", {"Pin": "1024", "Name": "Ann Example", "Password": "1234"})
        u.answered()
        u.put("user", {"Pin": "1024", "Group": 7})
        self.assertEqual(u.answered(),
                         "DATA UPDATE user CardNo=\tPin=1024\tPassword=1234\tGroup=7\tStartTime=0\t"
                         "EndTime=0\tName=Ann Example\tPrivilege=0")
        [row] = u.rows("user")
        self.assertEqual((row["Group"], row["Name"], row["Password"]), ("7", "Ann Example", "***"))

    def test_a_value_may_be_the_byte_that_once_stood_for_what_is_not_known(self):
        u = Unit()
        reply = u.post(f"/iclock/cdata?SN={u.sn}&table=tabledata&tablename=user&count=2",
                       b"user uid=1\tcardno=\tpin=1\tname=\x7f\tgroup=1\r\n"
                       b"user uid=2\tcardno=\tpin=2\tgroup=1\tname=a\x7f\r\n")
        self.assertEqual(reply.body, b"user=2")
        self.assertEqual({r["Pin"]: r["Name"] for r in u.rows("user")}, {"1": "\x7f", "2": "a\x7f"})
        status, out, err = program("table", "show", u.sn, "user", "--columns", "row.Pin,row.Name")
        self.assertEqual((status, out.count("\\x7f")), (0, 2), (out, err))

    def test_a_refused_update_changes_nothing(self):
        u = Unit()
        u.put("holiday", {"Holiday": "20261225", "HolidayType": 1, "Loop": 1})
        u.answered(-620)
        self.assertEqual(u.rows("holiday"), [])

    def test_a_row_is_refused_with_table_row_field_and_rule(self):
        u = Unit()
        for table, row, words in (
                ("user", {"Pin": "1", "Group": 100}, "must be a number from 0 to 99"),
                ("user", {"Pin": "1", "Colour": "red"}, "is not a field of this table"),
                ("user", {"Name": "x"}, "is missing; it is part of the row"),
                ("user", {"Pin": "1", "uid": 5}, "is only uploaded by devices"),
                ("user", {"Pin": "1", "Name": "a\tPin=2"}, "must not have tabs"),
                ("timezone", {"TimezoneId": 2, "SunTime1": "0900"}, "must be a period"),
                ("userauthorize", {"Pin": "1", "AuthorizeTimezoneId": 1, "AuthorizeDoorId": 4},
                 "the device has 2 doors"),
                ("DoorProperty", {"ID": 1}, "it did not report position 17"),
                ("transaction", {"pin": "1"}, "Units have no update")):
            text = self.refused(422, words, "PUT", f"{u.tables}/{table}",
                                {"rows": [{"Pin": "7"} if table == "user" else texts(row), texts(row)]})
            if table == "user":
                self.assertIn("rows[1]", text)
        self.assertIsNone(u.fetched())

    def test_a_key_that_no_unit_has_is_not_kept(self):
        u = Unit()
        server.api.queue(u.sn, "DATA UPDATE user Pin=" + secrets.token_hex(4000))
        u.answered()
        self.assertEqual(u.rows("user"), [])

    def test_what_is_no_table_or_no_unit_is_refused(self):
        u = Unit()
        for method, path, body in (("PUT", "timezones", {"rows": [{"a": "1"}]}), ("DELETE", "timezones?where=a%3D1", None),
                                   ("POST", "timezones/count", {}), ("POST", "timezones/query", {})):
            self.assertIn("row_invalid", self.refused(422, "timezone", method, f"{u.tables}/{path}", body))
        self.assertIsNone(u.fetched())
        # What is only read is not there.
        self.refused(404, "timezone", "GET", f"{u.tables}/timezones")
        d = Device(server)
        d.handshake()
        self.refused(409, "is no access unit", "GET", f"/api/devices/{d.sn}/tables")


    def test_rows_that_name_what_the_unit_is_not_known_to_hold_are_written_with_a_warning(self):
        u = Unit()
        rows = [{"Pin": "1", "AuthorizeTimezoneId": zone, "AuthorizeDoorId": 1} for zone in (1, 5, 5)]
        got = u.put("userauthorize", *rows)
        self.assertEqual([(w["row"], w["field"]) for w in got["warnings"]],
                         [(0, "Pin"), (0, "AuthorizeTimezoneId"), (1, "AuthorizeTimezoneId")])
        self.assertEqual(got["warnings"][2]["message"],
                         "the unit is not known to hold row 5 of the table timezone")
        self.assertTrue(u.answered().startswith("DATA UPDATE userauthorize Pin=1\t"))
        u.put("user", {"Pin": "1"})
        u.put("timezone", {"TimezoneId": 5}, {"TimezoneId": 1})
        u.answered(), u.answered()
        self.assertEqual(u.put("userauthorize", *rows)["warnings"], [])
        # No more of them than a hundred.
        self.assertEqual(len(u.put("mulcarduser", *({"Pin": f"9{i}", "CardNo": "A"} for i in range(120)))["warnings"]), 100)
        status, out, err = program("table", "set", u.sn, "userauthorize", "Pin=2", "AuthorizeTimezoneId=7",
                                   "AuthorizeDoorId=1")
        self.assertEqual((status, "queued as command" in out), (0, True))
        self.assertIn("warning: AuthorizeTimezoneId: the unit is not known to hold row 7 of the table timezone", err)

    def test_the_document_has_the_rule_of_each_field(self):
        body = server.api.get("/api/openapi.json")["components"]["schemas"]["UnitRowsRequest"]
        tables = {}
        for t in body["x-tables"]:
            tables.setdefault(t["table"], []).append({f["name"]: f for f in t["fields"]})
            self.assertTrue(t["about"] and t["verbs"] and t["fields"], t["table"])
            for f in t["fields"]:
                self.assertTrue(f["rule"].startswith("must "), (t["table"], f))
        listed = {t["table"] for t in server.api.get(Unit().tables)["data"]["tables"]}
        self.assertEqual(set(tables), listed)
        # Two tables of one name have two shapes.
        self.assertEqual(len(tables["ReaderProperty"]), 2)
        user, = tables["user"]
        self.assertEqual(user["Group"], {"name": "Group", "rule": "must be a number from 0 to 99", "default": "1"})
        self.assertEqual([f for f in user if user[f].get("key")], ["Pin"])
        self.assertTrue(user["uid"]["readOnly"] and user["Password"]["writeOnly"])
        # It is the rule by which rows are refused.
        u = Unit()
        for table, row in (("user", {"Pin": "1", "Group": 100}), ("timezone", {"TimezoneId": 2, "SunTime1": "0900"})):
            field = list(row)[1]
            self.refused(422, tables[table][0][field]["rule"], "PUT", f"{u.tables}/{table}", {"rows": [texts(row)]})


class Deleting(Base):
    def filled(self):
        u = Unit()
        u.put("user", {"Pin": "1"}, {"Pin": "2"})
        u.put("userauthorize", {"Pin": "1", "AuthorizeTimezoneId": 1, "AuthorizeDoorId": 3},
              {"Pin": "1", "AuthorizeTimezoneId": 2, "AuthorizeDoorId": 1},
              {"Pin": "2", "AuthorizeTimezoneId": 1, "AuthorizeDoorId": 3})
        u.put("mulcarduser", {"Pin": "1", "CardNo": "75bcd15"})
        for _ in range(3):
            u.answered()
        return u

    def test_rows_go_by_the_conditions_of_the_table(self):
        u = self.filled()
        server.api.call("DELETE", f"{u.tables}/userauthorize?where=Pin%3D1")
        self.assertEqual(len(u.rows("userauthorize")), 3)
        self.assertEqual(u.answered(), "DATA DELETE userauthorize Pin=1")
        self.assertEqual([r["Pin"] for r in u.rows("userauthorize")], ["2"])

    def test_rows_of_a_person_go_and_none_whose_key_begins_like_theirs(self):
        u = Unit()
        pins = ["07", "6", "7", "7-", "70", "77", "7a", "8"]
        u.put("userauthorize", *[{"Pin": p, "AuthorizeTimezoneId": t, "AuthorizeDoorId": 1}
                                 for p in pins for t in (1, 2, 11)])
        u.answered()
        self.assertEqual(len(u.rows("userauthorize")), 24)
        server.api.call("DELETE", f"{u.tables}/userauthorize?where=Pin%3D7")
        u.answered()
        left = [r["Pin"] for r in u.rows("userauthorize")]
        self.assertEqual((len(left), set(left)), (21, set(pins) - {"7"}))

    def test_a_person_goes_with_privileges_fingers_and_cards(self):
        u = self.filled()
        server.api.call("DELETE", f"{u.tables}/user?where=Pin%3D1")
        self.assertEqual([u.answered() for _ in range(4)],
                         ["DATA DELETE userauthorize Pin=1", "DATA DELETE templatev10 Pin=1",
                          "DATA DELETE mulcarduser Pin=1", "DATA DELETE user Pin=1"])
        self.assertEqual(([r["Pin"] for r in u.rows("user")], u.rows("mulcarduser")), (["2"], []))

    def test_a_contact_goes_with_its_numbers(self):
        u = Unit(PARAMETERS[:-5] + "11111")  # positions 63 to 67
        u.put("contact_info", {"ContactID": 1, "Pin": "1"}, {"ContactID": 2, "Pin": "2"})
        u.put("contact_number_list", *[{"ContactID": c, "NumType": n, "Number": f"1{c}{n}"}
                                       for c in (1, 2) for n in (1, 2)])
        u.answered(), u.answered()
        server.api.call("DELETE", f"{u.tables}/contact_info?where=ContactID%3D1")
        self.assertEqual([u.answered() for _ in range(2)],
                         ["DATA DELETE contact_number_list ContactID=1",
                          "DATA DELETE contact_info ContactID=1"])
        self.assertEqual([r["ContactID"] for r in u.rows("contact_info")], ["2"])
        self.assertEqual([(r["ContactID"], r["NumType"]) for r in u.rows("contact_number_list")],
                         [("2", "1"), ("2", "2")])

    def test_delete_by_undeclared_condition_is_422(self):
        u = self.filled()
        for where in ("uid%3D1", "Name%3Dx", "Pin%3D1,Name%3Dx"):
            self.refused(422, "", "DELETE", f"{u.tables}/user?where={where}")
        self.refused(422, "may ignore another condition", "DELETE", f"{u.tables}/user")
        self.refused(400, "NAME=VALUE", "DELETE", f"{u.tables}/user?where=Pin")
        self.assertIsNone(u.fetched())

    def test_all_rows_need_the_scope_admin(self):
        u = self.filled()
        token = server.api.call("POST", "/api/tokens", {"name": u.sn, "scopes": ["read", "write"]})
        writer = Api(server.admin, token["data"]["token"])
        with self.assertRaises(ApiError) as caught:
            writer.call("DELETE", f"{u.tables}/userauthorize?all=1")
        self.assertEqual(caught.exception.status, 403)
        server.api.call("DELETE", f"{u.tables}/userauthorize?all=1")
        self.assertEqual(u.answered(), "DATA DELETE userauthorize *")
        self.assertEqual(u.rows("userauthorize"), [])


class Raw(Base):
    """Deletions in the words of the protocol."""

    def send(self, api, u, text, **more):
        return api.call("POST", "/api/commands", {"deviceSerial": u.sn, "command": text, **more})

    def test_what_may_empty_a_table_is_sent_once_and_only_where_it_is_ordered_so(self):
        u = Unit()
        token = server.api.call("POST", "/api/tokens", {"name": u.sn, "scopes": ["read", "write"]})
        writer = Api(server.admin, token["data"]["token"])
        for text in ("DATA DELETE user *", "DATA DELETE user", "DATA DELETE user uid=1",
                     "DATA DELETE user Pin=1\tuid=1", "DATA DELETE user Name=x", "DATA DELETE transaction *",
                     "data delete USER *", "DATA DELETE Odd a=1", "DATA DELETE user \t* "):
            for api, more, status in ((writer, {}, 403), (writer, {"unchecked": True}, 403),
                                      (server.api, {}, 400), (server.api, {"unchecked": False}, 400)):
                with self.assertRaises(ApiError) as caught:
                    self.send(api, u, text, **more)
                self.assertEqual(caught.exception.status, status, (text, more))
            self.assertIsNone(u.fetched())
            order = self.send(server.api, u, text, unchecked=True)
            number, words = u.fetched()
            self.assertEqual(words, text.strip())
            got = server.api.get(f"/api/commands/{number}")["data"]
            self.assertEqual((got["commandId"], got["nature"]), (order["commandId"], "destructive"))
            u.post(f"/iclock/devicecmd?SN={u.sn}", f"ID={number}&Return=0&CMD=DATA DELETE".encode())

    def test_conditions_of_the_table_need_nothing_more(self):
        u = Unit()
        for text in ("DATA DELETE user Pin=1", "DATA DELETE templatev10 Pin=1\tFingerID=2",
                     "DATA DELETE timezone TimezoneId=3", "DATA DELETE ReaderParameter ReaderID=1\tName=x"):
            self.send(server.api, u, text)
            self.assertEqual(u.answered(), text)


class Requests(Base):
    def test_a_unit_counts_and_sends_rows(self):
        u = Unit()
        [order] = server.api.call("POST", f"{u.tables}/user/count")["data"]["orders"]
        self.assertEqual(u.answered(17), "DATA COUNT user")
        got = server.api.get(f"/api/commands/{order['commandId']}")["data"]
        self.assertEqual((got["status"], got["returnCode"]), ("acknowledged", 17))
        self.assertEqual(u.words_of(server.api.call("POST", f"{u.tables}/user/query")),
                         "DATA QUERY tablename=user,fielddesc=*,filter=*")
        self.assertEqual(u.words_of(server.api.call("POST", f"{u.tables}/transaction/query?new=1")),
                         "DATA QUERY tablename=transaction,fielddesc=*,filter=NewRecord")
        self.refused(422, "Units have no query", "POST", f"{u.tables}/holiday/query")

    def test_events_of_a_time_are_queried(self):
        u = Unit()
        query = f"{u.tables}/transaction/query"
        for params, start, end in (
                ("from=2026-11-01&to=2026-11-07", "2026-11-01 00:00:00", "2026-11-07 23:59:59"),
                ("from=2026-11-01%2008:00:00", "2026-11-01 08:00:00", "2099-12-31 23:59:59"),
                ("to=2026-11-07%2012:30:00", "2000-01-01 00:00:00", "2026-11-07 12:30:00")):
            server.api.call("POST", f"{query}?{params}")
            self.assertEqual(u.answered(0), "DATA QUERY tablename=transaction,fielddesc=*,filter="
                                            f"starttime={start}\tendtime={end}")
        self.refused(422, "have no time", "POST", f"{u.tables}/user/query?from=2026-11-01")
        self.refused(422, "times alone", "POST", f"{query}?from=2026-11-01&new=1")
        self.refused(400, "from", "POST", f"{query}?from=yesterday")
        self.assertIsNone(u.fetched())

    def test_templates_are_counted_and_sent_by_type_pin_and_number(self):
        u = Unit(PARAMETERS + ",BioDataFun=1")
        for where, words in (("Type%3D9", "Type=9"), ("Type%3D9,Pin%3D1", "Pin=1\tType=9"),
                             ("Type%3D9,Pin%3D1,No%3D2", "Pin=1\tNo=2\tType=9")):
            self.assertEqual(u.words_of(server.api.call("POST", f"{u.tables}/biodata/count?where={where}"), 1),
                             f"DATA COUNT biodata {words}")
            self.assertEqual(u.words_of(server.api.call("POST", f"{u.tables}/biodata/query?where={where}")),
                             f"DATA QUERY tablename=biodata,fielddesc=*,filter={words}")

    def test_the_tables_of_a_unit_are_listed(self):
        u = Unit()
        u.put("holiday", {"Holiday": "20261225", "HolidayType": 1, "Loop": 1})
        u.answered()
        tables = {t["table"]: t for t in server.api.get(u.tables)["data"]["tables"]}
        self.assertEqual(len(tables), 46)
        self.assertEqual((tables["mulcarduser"]["available"], tables["DoorProperty"]["available"]),
                         (True, False))
        self.assertEqual(tables["holiday"]["rows"], 1)
        self.assertIsNotNone(tables["holiday"]["asOf"])
        self.assertEqual(tables["user"]["verbs"], ["update", "delete", "count", "query", "uploaded"])

    def test_pages_follow_by_key(self):
        u = Unit()
        u.put("mulcarduser", *({"Pin": str(i), "CardNo": "A"} for i in range(1, 6)))
        u.answered()
        pins, key = [], ""
        while key is not None:
            page = server.api.get(f"{u.tables}/mulcarduser?limit=2"
                                  + (f"&key={key}" if key else ""))["data"]
            pins += [r["row"]["Pin"] for r in page["rows"]]
            key = page["next"] and page["next"].replace("\t", "%09")
        self.assertEqual(pins, ["1", "2", "3", "4", "5"])


def program(*words):
    """`gatehouse` with these words: its status, output and messages."""
    done = subprocess.run([os.environ["GATEHOUSE"], *words, "--url", f"http://{server.admin[0]}:{server.admin[1]}",
                           "--token", server.token], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


class CommandLine(Base):
    def test_a_row_is_written_shown_and_deleted(self):
        u = Unit()
        status, out, err = program("table", "set", u.sn, "user", "Pin=7", "Name=Ann Lee")
        self.assertEqual(status, 0, err)
        self.assertIn("queued as command", out)
        self.assertTrue(u.answered().startswith("DATA UPDATE user"))
        status, out, err = program("table", "show", u.sn, "user", "--format", "ndjson")
        self.assertEqual((status, json.loads(out)["row"]["Name"]), (0, "Ann Lee"), err)
        status, out, _ = program("table", "list", u.sn, "--format", "csv", "--columns", "table,rows")
        self.assertIn("user,1", out)
        self.assertEqual(program("table", "delete", u.sn, "user", "Pin=7")[0], 0)
        self.assertEqual([u.answered() for _ in range(4)][3], "DATA DELETE user Pin=7")
        self.assertEqual(json.loads(program("table", "show", u.sn, "user", "--json")[1])["data"]["rows"], [])

    def test_all_rows_go_only_with_yes(self):
        u = Unit()
        for words, status in ((["--all"], 2), ([], 2), (["Pin=1", "--all", "--yes"], 2), (["x"], 2)):
            self.assertEqual(program("table", "delete", u.sn, "userauthorize", *words)[0], status, words)
        self.assertIsNone(u.fetched())
        self.assertEqual(program("table", "delete", u.sn, "userauthorize", "--all", "--yes")[0], 0)
        self.assertEqual(u.answered(), "DATA DELETE userauthorize *")
        status, _, err = program("table", "set", u.sn, "user", "Pin=1", "Nmae=x")
        self.assertEqual(status, 1)
        self.assertIn("Nmae", err)

    def test_rows_are_queried_and_shown(self):
        u = Unit()
        self.assertEqual(program("table", "count", u.sn, "templatev10", "Pin=1")[0], 0)
        self.assertEqual(u.answered(3), "DATA COUNT templatev10 Pin=1")
        status, out, _ = program("table", "query", u.sn, "user")
        number, words = u.fetched()
        self.assertEqual((status, words), (0, "DATA QUERY tablename=user,fielddesc=*,filter=*"))
        self.assertIn(number, out)
        status, out, err = program("command", "rows", number)
        self.assertIn("no answer", err)
        u.post(f"/iclock/querydata?SN={u.sn}&type=tabledata&cmdid={number}&tablename=user&count=1&packcnt=2&packidx=1",
               b"user pin=1\tname=Ann")
        status, out, err = program("command", "rows", number, "--format", "csv", "--columns", "row")
        self.assertEqual(status, 0)
        self.assertIn("Ann", out)
        self.assertIn("incomplete: 1 of 2 packets", err)
        self.assertEqual(program("command", "rows", "99999999")[0], 1)

    def test_a_deletion_that_may_empty_a_table_needs_its_option(self):
        u = Unit()
        self.assertEqual(program("command", "send", u.sn, "DATA DELETE user uid=1")[0], 1)
        self.assertEqual(program("command", "send", u.sn, "DATA DELETE user uid=1", "--unchecked")[0], 0)
        self.assertEqual(u.answered(), "DATA DELETE user uid=1")


if __name__ == "__main__":
    tap.main()
