#!/usr/bin/env python3
"""docs/recipes/: ERPNext, the follower, Excel. The blocks of the pages are run as they stand; ERPNext
and the receiver of the follower are small HTTP servers of this test, everything else is real."""

import csv
import http.server
import io
import json
import re
import subprocess
import sys
import threading
import unittest
import urllib.parse
import zipfile

from recipe import PAGES, TOP, Recipe, block, blocks

from serve import DEADLINE, Api, until
import tap

METHOD = ("/api/method/hrms.hr.doctype.employee_checkin.employee_checkin"
          ".add_log_based_on_employee_field")


class Receiver(http.server.ThreadingHTTPServer):
    """Answers POST by answer(path, headers, body): a status and an object."""

    daemon_threads = True

    def __init__(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, data = answer(self.path, self.headers, body)
                data = json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server_port
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Frappe:
    """What ERPNext keeps, and its answers."""

    def __init__(self):
        self.employees = {"1": "HR-EMP-1", "2": "HR-EMP-2"}
        self.checkins, self.requests, self.down = [], 0, False

    def answer(self, path, headers, body):
        self.requests += 1
        if self.down:
            return 503, {}
        if path != METHOD:
            return 404, {}
        if headers["Authorization"] != "token key:secret":
            return 401, {"exc_type": "AuthenticationError"}
        if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", body["timestamp"]):
            return 417, {"exception": "invalid timestamp"}
        if body["employee_fieldname"] != "attendance_device_id":
            return 417, {"exception": "no such field"}
        employee = self.employees.get(body["employee_field_value"])
        if employee is None:
            return 417, {"exception": "frappe.exceptions.ValidationError: No Employee found for the "
                                      "given employee field value. 'attendance_device_id': "
                                      + body["employee_field_value"]}
        row = (employee, body["timestamp"], body["device_id"], body.get("log_type"))
        if row in self.checkins:
            return 417, {"exception": "frappe.exceptions.ValidationError: This employee already has "
                                      "a log with the same timestamp.<Br>EMP-CKIN-1"}
        self.checkins.append(row)
        return 200, {"message": {"name": f"EMP-CKIN-{len(self.checkins)}"}}


class ErpNext(Recipe):
    def setUp(self):
        super().setUp()
        self.serve()
        self.frappe = Frappe()
        self.receiver = Receiver(self.frappe.answer)
        self.addCleanup(self.receiver.close)
        self.token = self.shell(block("erpnext.md", "sh")).split()[-1]
        self.write("erpnext.md", "erpnext.py")

    def hand_over(self, status=0, key="key:secret"):
        done = self.run_python(["erpnext.py", "place"], GATEHOUSE_TOKEN=self.token,
                               ERPNEXT_URL=self.receiver.url, ERPNEXT_KEY=key)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def test_each_punch_becomes_one_checkin(self):
        self.device.punch(("1", "2026-06-01 08:00:00", 0), ("2", "2026-06-01 08:05:00", 0),
                          ("77", "2026-06-01 08:06:00", 0), ("1", "2026-06-01 17:00:00", 1),
                          ("2", "2026-02-30 17:00:00", 1))
        self.assertEqual(self.hand_over(), "left out: PIN 77 at 2026-06-01 08:06:00 is no active"
                                           " employee\n")
        wanted = [("HR-EMP-1", "2026-06-01 08:00:00", "RECIPE1", "IN"),
                  ("HR-EMP-2", "2026-06-01 08:05:00", "RECIPE1", "IN"),
                  ("HR-EMP-1", "2026-06-01 17:00:00", "RECIPE1", "OUT")]
        self.assertEqual(self.frappe.checkins, wanted)
        before = self.frappe.requests
        self.hand_over()
        self.assertEqual(self.frappe.requests, before)
        # From the start again: ERPNext has all of them, and the one that was left out follows.
        (self.home / "place").unlink()
        self.frappe.employees["77"] = "HR-EMP-77"
        self.hand_over()
        self.assertEqual(self.frappe.checkins,
                         wanted + [("HR-EMP-77", "2026-06-01 08:06:00", "RECIPE1", "IN")])

    def test_a_failure_of_erpnext_loses_nothing(self):
        self.device.punch(("1", "2026-06-01 08:00:00"))
        self.hand_over()
        self.device.punch(("1", "2026-06-02 08:00:00"))
        self.frappe.down = True
        self.assertIn("ERPNext: 503", self.hand_over(1))
        self.frappe.down = False
        self.assertIn("ERPNext: 401", self.hand_over(1, "wrong"))
        self.hand_over()
        self.assertEqual([c[1] for c in self.frappe.checkins],
                         ["2026-06-01 08:00:00", "2026-06-02 08:00:00"])

    def test_the_line_for_cron_runs(self):
        self.device.punch(("1", "2026-06-01 08:00:00"))
        (self.home / "conf").write_text(
            f"GATEHOUSE_URL=http://{'%s:%d' % self.server.admin}\nGATEHOUSE_TOKEN={self.token}\n"
            f"ERPNEXT_URL={self.receiver.url}\nERPNEXT_KEY=key:secret\n")
        line = block("erpnext.md", "cron")
        self.assertTrue(line.startswith("* * * * * "))
        for old, new in (("/etc/gatehouse-erpnext", "conf"), ("/opt/", ""),
                         ("/var/lib/gatehouse-erpnext/", "")):
            line = line.replace(old, f"{self.home}/{new}")
        subprocess.run(["sh", "-c", line[len("* * * * * "):]], check=True, timeout=DEADLINE * 4,
                       env={"PATH": "/usr/bin:/bin"})
        self.assertEqual((len(self.frappe.checkins), self.place()), (1, 1))

    def test_another_ledger_is_refused_with_the_reason(self):
        (self.home / "place").write_text('{"after": 0, "ledger": "another"}')
        self.assertIn("Gatehouse: This ledger is", self.hand_over(1))


class Follower(Recipe):
    def setUp(self):
        super().setUp()
        self.serve()
        self.got, self.refuse = [], 0
        self.receiver = Receiver(self.take)
        self.addCleanup(self.receiver.close)
        self.token = self.shell(block("follower.md", "sh")).split()[-1]
        self.write("follower.md", "follower.py")

    def take(self, path, headers, body):
        if self.refuse:
            self.refuse -= 1
            return 500, {}
        self.got.append((headers["Idempotency-Key"], body["seq"], body["pin"]))
        return 200, {}

    def follow(self):
        return self.start([sys.executable, "-I", "follower.py", self.receiver.url + "/punch",
                           "place"], GATEHOUSE_TOKEN=self.token)

    def test_each_punch_is_posted_in_order_over_restarts_of_all_sides(self):
        self.device.punch(*((str(n), f"2026-06-01 08:00:{n:02}") for n in range(1, 6)))
        self.refuse = 1
        process = self.follow()
        until(lambda: self.place() == 5)
        self.server.restart("kill")
        self.device.punch(("6", "2026-06-01 08:00:06"))
        until(lambda: self.place() == 6)
        process.kill()
        process.wait()
        self.device.punch(("7", "2026-06-01 08:00:07"))
        self.follow()
        until(lambda: self.place() == 7)
        ledger = self.server.api.get("/api/status")["data"]["ledger"]
        self.assertEqual(self.got, [(f"{ledger}-{n}", n, str(n)) for n in range(1, 8)])

    def test_one_that_was_posted_before_a_kill_comes_again_with_its_key(self):
        self.device.punch(("1", "2026-06-01 08:00:00"), ("2", "2026-06-01 08:01:00"))
        process = self.follow()
        until(lambda: self.place() == 2)
        process.kill()
        process.wait()
        place = json.loads((self.home / "place").read_text())
        (self.home / "place").write_text(json.dumps(dict(place, after=1)))
        self.follow()
        until(lambda: len(self.got) == 3)
        self.assertEqual(self.got[1], self.got[2])


class Excel(Recipe):
    def test_the_query_is_one_the_server_answers(self):
        self.serve()
        self.device.punch(("0042", "2026-11-02 08:00:00"), ("1", "2026-10-02 08:00:00"))
        export, make_token = [t for language, _, t in blocks("excel.md") if language == "sh"]
        self.shell(export)
        with zipfile.ZipFile(self.home / "november.xlsx") as book:
            self.assertIsNone(book.testzip())
            sheet = "".join(book.read(name).decode() for name in book.namelist()
                            if re.match(r"xl/(worksheets/|sharedStrings)", name))
        self.assertIn(">0042<", sheet)
        self.assertEqual(sheet.count("<row "), 2)  # the head and one punch
        token = self.shell(make_token).split()[-1]
        text = block("excel.md", "punches.pq")
        self.assertIn("http://192.168.1.10:8081", text)
        self.assertIn('Authorization = "Bearer TOKEN"', text)
        path = re.search(r'RelativePath = "([^"]+)"', text)[1]
        query = dict(re.findall(r'(\w+) = "([^"]+)"', re.search(r"Query = \[(.*?)\]", text)[1]))
        status, headers, data = Api(self.server.admin, token).raw(
            "GET", f"/{path}?{urllib.parse.urlencode(query)}")
        self.assertEqual((status, headers["Content-Type"].split(";")[0]), (200, "text/csv"))
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8"))))
        self.assertEqual([r["pin"] for r in rows], ["0042"])
        columns = re.findall(r'\{"(\w+)", (?:type \w+|\w+\.Type)\}', text)
        self.assertGreater(len(columns), 6)
        self.assertEqual(set(columns) - set(rows[0]), set())
        for other in re.findall(r"`(api/\w+\.csv)`", (PAGES / "excel.md").read_text()):
            self.assertEqual(Api(self.server.admin, token).raw("GET", "/" + other)[0], 200)


class Pages(unittest.TestCase):
    def test_each_page_is_listed_and_tested(self):
        index = (PAGES / "README.md").read_text()
        tests = "".join(p.read_text() for p in (TOP / "tests/examples").glob("recipes*.py"))
        for page in PAGES.glob("*.md"):
            if page.name != "README.md":
                self.assertIn(f"]({page.name})", index)
                self.assertIn(f'"{page.name}"', tests)


if __name__ == "__main__":
    tap.main()
