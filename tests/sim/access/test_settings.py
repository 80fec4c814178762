#!/usr/bin/env python3
"""`gatehouse sim access` and `gatehouse serve`: clocks and settings of devices, from both ends."""

import contextlib
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from doors import FAST, units  # noqa: E402
from serve import Server, send_request, until  # noqa: E402


class Case(unittest.TestCase):
    def served(self, *flags, **more):
        server = Server("--new-devices", "approve", *flags, **more)
        self.addCleanup(server.close)
        return server

    def run_units(self, server, *flags):
        """A simulator that is ended with the test; its report comes from finish()."""
        sim = units("--server", "http://%s:%d" % server.devices, *flags, *FAST)
        self.addCleanup(self.end, sim)
        return sim

    @staticmethod
    def configured(server, n):
        until(lambda: [d["registration"] for d in server.api.get("/api/devices")["data"]]
              == ["configured"] * n)

    @staticmethod
    def end(sim):
        if sim.poll() is None:
            sim.kill()
            sim.communicate()

    def finish(self, sim):
        sim.send_signal(signal.SIGTERM)
        out, err = sim.communicate(timeout=240)
        self.assertEqual(sim.returncode, 0, err + out)
        return json.loads(out)


class Clocks(Case):
    def device_when(self, server, sn, reached):
        def look():
            d = server.api.device(sn) if sn in server.api.devices() else None
            return d if d and d["clockOffset"] is not None and reached(d) else None
        return until(look, 120, 0.2)

    def clocks_set(self, server):
        return [c for c in server.api.pages("/api/commands") if c["type"] == "set_clock"]

    def test_a_unit_that_reads_utc_is_set_in_utc(self):
        server = self.served("--zone", "Europe/Istanbul", "--clock", "local")
        self.run_units(server, "--persona", "inbio260-pro", "--now", "--punches", "0",
                       "--fault", "clock-utc:100")
        d = self.device_when(server, "SIM000001",
                             lambda d: d["clockForm"] == "utc" and abs(d["clockOffset"]) < 20)
        self.assertEqual(d["clock"], None)
        # Local time, and once more in UTC.
        orders = self.clocks_set(server)
        self.assertEqual([c["status"] for c in orders], ["acknowledged"] * 2)

    def test_a_clock_that_runs_fast_is_set_and_then_a_problem(self):
        server = self.served("--zone", "UTC")
        self.run_units(server, "--persona", "inbio260-pro", "--now", "--punches", "0",
                       "--fault", "clock-fast:100")
        self.device_when(server, "SIM000001", lambda d: d["clockOffset"] > 120)
        self.assertEqual([c["status"] for c in self.clocks_set(server)], ["acknowledged"])
        until(lambda: [p for p in server.api.get("/api/problems")["data"]
                       if p["kind"] == "clock_wrong" and p["subject"] == "SIM000001"])

    def test_events_of_a_wrong_time_move_no_clock(self):
        server = self.served("--zone", "UTC", "--clock", "local")
        sim = self.run_units(server, "--devices", "3", "--persona", "spec,inbio260-pro,index-0",
                             "--now", "--punches", "200", "--rate", "20", "--fault",
                             "clock-jump:100")
        until(lambda: len(server.api.pages("/api/access-events")) > 700, 120)
        self.assertGreater(self.finish(sim)["events"]["acknowledged"], 700)
        self.assertEqual(self.clocks_set(server), [])
        for sn in server.api.devices():
            off = server.api.device(sn)["clockOffset"]
            self.assertTrue(off is None or abs(off) < 3600, (sn, off))


def parameters(*kinds):
    """Rows of the table of parameters."""
    with open(os.path.join(HERE, "../../../facts/access_parameter.tsv"), encoding="ascii") as f:
        names = f.readline().rstrip("\n").split("\t")
        rows = [dict(zip(names, line.rstrip("\n").split("\t"))) for line in f]
    return [r for r in rows if r["kind"] in kinds]


def value_of(row):
    """One that the parameter takes."""
    by_form = {"ADDRESS": "10.1.2.3", "MODE": "0000101000000011", "PASSBACK": "3", "INTERLOCK": "4"}
    if row["form"] in by_form:
        return by_form[row["form"]]
    return row["least" if row["least"] != "0" else "most"] if row["form"] in ("SWITCH", "NUMBER") \
        else "12"


class Options(Case):
    def queue(self, server, sn, **order):
        return server.api.post("/api/commands", dict(order, deviceSerial=sn))["commandId"]

    def ended(self, server, *numbers):
        def look():
            got = [server.api.command(n) for n in numbers]
            return got if all(c["status"] not in ("queued", "sent", "deferred") for c in got) else None
        return until(look, 120, 0.2)

    def set_all(self, server, sn, pairs):
        """Set options, read them back, and what the server has of them then."""
        rows = server.api.call("POST", "/api/commands", [
            {"deviceSerial": sn, "type": "set_option", "name": n, "value": v} for n, v in pairs])["data"]
        for c in self.ended(server, *[r["commandId"] for r in rows]):
            self.assertEqual((c["status"], c["returnCode"]), ("acknowledged", 0), c)
        self.ended(server, self.queue(server, sn, type="get_options",
                                      options=",".join(n for n, _ in pairs)))
        return until(lambda: self.has(server, sn, dict(pairs)), 60, 0.2)

    @staticmethod
    def has(server, sn, pairs):
        d = server.api.device(sn)
        return d if all(n in d["options"] for n in pairs) else None

    def test_each_parameter_is_set_and_read_back(self):
        server = self.served()
        self.run_units(server, "--persona", "spec", "--punches", "0")
        self.configured(server, 1)
        pairs = [(r["name"].replace("Door", "Door1", 1) if r["name"].startswith("Door") else r["name"],
                  value_of(r)) for r in parameters("DOOR", "READER", "DEVICE", "NETWORK", "OPTION")
                 if r["name"] not in ("DateTime", "SIPKey")]
        self.assertGreater(len(pairs), 75)
        d = self.set_all(server, "SIM000001", list(dict(pairs).items()))
        hidden = 0
        for name, value in dict(pairs).items():
            hidden += d["options"][name] == "***"
            self.assertIn(d["options"][name], (value, "***"), name)
            self.assertTrue(d["optionMeanings"][name], name)
        self.assertGreater(hidden, 3)
        self.assertEqual(d["options"]["ComPwd"], "***")
        self.assertIn("doors 1 against 2", d["optionMeanings"]["AntiPassback"])
        self.assertTrue(d["optionMeanings"]["InterLock"].endswith(": doors 1 and 2, and separately doors 3 and 4"))
        self.assertIn("face + password + card", d["optionMeanings"]["Door1VerifyType"])

    def test_words_become_values(self):
        server = self.served()
        self.run_units(server, "--devices", "2", "--persona", "speedface-v5l,inbio260-pro",
                       "--punches", "0")
        self.configured(server, 2)
        new, old = "SIM000001", "SIM000002"
        for sn, name, value, wire in (
                (old, "AntiPassback", "doors 1 or 2 against doors 3 or 4", "4"),
                (old, "AntiPassback", "within the reader pairs of doors 3, 4, each separately", "192"),
                (old, "InterLock", "doors 1 and 2", "1"),
                (new, "Door1VerifyType", "card or face", "0000100000000010"),
                (old, "Door1VerifyType", "card + password", "11"),
                (old, "Door2VerifyType", "card", "4")):
            number = self.queue(server, sn, type="set_option", name=name, value=value)
            with self.subTest(name=name, value=value):
                [c] = self.ended(server, number)
                self.assertEqual((c["status"], c["command"]),
                                 ("acknowledged", f"SET OPTIONS {name}={wire}"))
        # By their numbers alone, where that is set.
        server.api.change(new, verifyStyle="old")
        [c] = self.ended(server, self.queue(server, new, type="set_option", name="Door1VerifyType",
                                            value="password and card"))
        self.assertEqual(c["command"], "SET OPTIONS Door1VerifyType=11")

    def test_a_value_that_a_unit_does_not_take_is_refused_by_either_end(self):
        server = self.served()
        self.run_units(server, "--persona", "spec", "--punches", "0")
        self.configured(server, 1)
        for name, value, why in (
                ("Door1Drivertime", "255", "from 0 to 254"), ("Door99Drivertime", "5", None),
                ("Door9Drivertime", "5", "doors"), ("AntiPassback", "7", "anti-passback"),
                ("InterLock", "9", "interlock"), ("IPAddress", "10.1.2", "IPv4"),
                ("IPAddress", "10.1.2.256", "IPv4"), ("Door1VerifyType", "99", "verify mode"),
                ("Door1VerifyType", "card or face + password", "verify mode"),
                ("Door1ForcePassWord", "1234567", "bytes"), ("WebServerPort", "0", "from 1")):
            status, _, body = server.api.raw("POST", "/api/commands", {
                "deviceSerial": "SIM000001", "type": "set_option", "name": name, "value": value})
            self.assertEqual(status == 200, why is None, (name, value, status, body))
            if why:
                self.assertIn(why, body.decode(), name)
        [c] = self.ended(server, server.api.queue("SIM000001", "SET OPTIONS Door1Drivertime=999"))
        self.assertEqual((c["status"], c["returnCode"]), ("failed", -612))
        self.assertTrue(c["meaning"])

    def test_what_leads_a_unit_elsewhere_is_for_administrators(self):
        server = self.served()
        self.run_units(server, "--persona", "spec", "--punches", "0")
        self.configured(server, 1)
        token = server.api.post("/api/tokens", {"name": "w", "scopes": ["read", "write"]})["data"]["token"]
        for name in ("WebServerIP", "WebServerPort", "IPAddress", "NetMask", "GATEIPAddress", "ComPwd",
                     "TempWirelessSSID", "TempWirelessKey", "QRCodeDecryptKey", "Door1SupperPassWord"):
            status, _, body = server.api.raw("POST", "/api/commands", {
                "deviceSerial": "SIM000001", "type": "set_option", "name": name, "value": "1"},
                {"Authorization": f"Bearer {token}"})
            self.assertEqual((status, json.loads(body)["code"]), (403, "scope_too_small"), name)

    def test_a_host_is_tested_and_a_screen_set_later(self):
        server = self.served()
        self.run_units(server, "--devices", "2", "--persona", "channel,spec", "--punches", "0")
        self.configured(server, 2)
        a, b, bad = self.ended(
            server, self.queue(server, "SIM000002", type="test_host", host="10.0.0.1:8088"),
            self.queue(server, "SIM000001", type="set_screen", side=0, part=1, media=1,
                       url="http://10.0.0.1/a.jpg", entry_interval=5),
            self.queue(server, "SIM000001", type="set_screen", side=1, part=2, media=1,
                       url="ftp://10.0.0.1/a.jpg"))
        self.assertEqual((a["status"], a["command"]), ("acknowledged", "Test Host Address=10.0.0.1:8088"))
        self.assertEqual((b["status"], b["returnCode"], b["command"]), (
            "acknowledged", 0,
            "SET ADSCREEN_OPTIONS InOut=0,Area=1,Type=1,URL=http://10.0.0.1/a.jpg,InPlayInterval=5"))
        self.assertEqual((bad["status"], bad["returnCode"]), ("failed", -618))

    def test_a_controller_of_passages_has_its_parameters(self):
        server = self.served()
        self.run_units(server, "--persona", "channel", "--punches", "0")
        rows = parameters("CHANNEL")
        self.assertEqual(len(rows), 68)
        d = until(lambda: "SIM000001" in server.api.devices() and
                  self.has(server, "SIM000001", [r["name"] for r in rows]), 60, 0.2)
        for r in rows:
            self.assertTrue(d["optionMeanings"][r["name"]], r["name"])

    def test_what_a_unit_is_given_of_qr_codes_and_verify_modes(self):
        server = self.served()
        sim = self.run_units(server, "--persona", "spec", "--punches", "0")
        self.configured(server, 1)
        shown = server.api.change("SIM000001", qrType=2, qrKey="A1B2C3D4", verifyStyle="old")
        self.assertEqual((shown["qrType"], shown["hasQrKey"], shown["verifyStyle"]), (2, True, "old"))
        self.assertNotIn("A1B2C3D4", json.dumps(server.api.device("SIM000001")))
        self.finish(sim)
        # It begins again, and reads its configuration.
        self.run_units(server, "--persona", "spec", "--punches", "0")
        until(lambda: server.api.device("SIM000001")["contact"] == "online")

        def given():
            self.ended(server, self.queue(server, "SIM000001", type="get_options",
                                          options="QRCodeDecryptType,QRCodeDecryptKey"))
            return server.api.device("SIM000001")["options"].get("QRCodeDecryptType") == "2"

        until(given, 60, 0.5)
        self.assertEqual(server.api.device("SIM000001")["options"]["QRCodeDecryptKey"], "***")


class Account(Case):
    def rows(self, server):
        return sorted((r["index"], r["timestamp"], r["event"], r["pin"])
                      for r in server.api.pages("/api/access-events"))

    def test_events_lost_from_the_store_come_back_by_each_form(self):
        server = self.served(stay=True)
        self.run_units(server, "--persona", "inbio260-pro", "--punches", "120")
        self.configured(server, 1)
        all_of_them = until(lambda: (lambda r: r if len(r) > 120 else None)(self.rows(server)), 120, 0.5)
        until(lambda: server.api.device("SIM000001")["contact"] == "online")
        times = sorted(t for _, t, _, _ in all_of_them)
        forms = ({"type": "account", "max_index": 0},
                 {"type": "account", "first_index": 1, "last_index": 100000},
                 {"type": "account", "from": times[0], "to": times[-1]},
                 {"type": "account_package"})
        for lost, form in enumerate(forms):
            server.terminate()
            with contextlib.closing(sqlite3.connect(os.path.join(server.data, "gatehouse.db"))) as db:
                gone = db.execute("DELETE FROM access_event WHERE record_index % 4 = ?",
                                  (lost,)).rowcount
                db.commit()
            self.assertGreater(gone, 10)
            server.start()
            number = server.api.post("/api/commands", dict(form, deviceSerial="SIM000001"))["commandId"]
            c = until(lambda: (lambda c: c if c["status"] == "acknowledged" else None)(
                server.api.command(number)), 120, 0.3)
            self.assertGreater(c["returnCode"], 100)
            with self.subTest(form):
                until(lambda: set(all_of_them) <= set(self.rows(server)), 60, 0.5)
                rows = self.rows(server)
                self.assertEqual(len(rows), len(set(rows)))
                sources = [r["source"] for r in server.api.pages("/api/access-events")]
                self.assertGreaterEqual(sources.count("account"), gone)


class Tables(Case):
    """What is written to tables of a unit by REST and by the command line."""

    def table(self, server, *words):
        done = subprocess.run([os.environ["GATEHOUSE"], "table", *words, "--url", "http://%s:%d" % server.admin,
                               "--token", server.token], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def written(self, server, table, *rows):
        """Once the unit has acknowledged them."""
        [order] = server.api.call("PUT", f"/api/devices/SIM000001/tables/{table}", {"rows": list(rows)})[
            "data"]["orders"]
        return self.ended(server, order["commandId"])

    def ended(self, server, number):
        return until(lambda: (lambda c: c if c["status"] not in ("queued", "sent") else None)(
            server.api.command(number)), 60, 0.2)

    def rows(self, server, table):
        return [r["row"] for r in server.api.get(f"/api/devices/SIM000001/tables/{table}")["data"]["rows"]]

    def test_time_servers_are_written_by_rest_and_the_command_line(self):
        server = self.served()
        self.run_units(server, "--persona", "spec", "--punches", "0")
        self.configured(server, 1)
        c = self.written(server, "ntpserverlist", {"ServerAddress": "pool.ntp.org"},
                         {"ServerAddress": "192.0.2.1"})
        self.assertEqual((c["status"], c["returnCode"]), ("acknowledged", 0), c)
        self.assertEqual(c["command"], "DATA UPDATE ntpserverlist ServerAddress=pool.ntp.org\n"
                                       "ServerAddress=192.0.2.1")
        self.table(server, "set", "SIM000001", "ntpserverlist", "ServerAddress=time.example.com")
        until(lambda: [r["ServerAddress"] for r in self.rows(server, "ntpserverlist")]
              == ["192.0.2.1", "pool.ntp.org", "time.example.com"])
        shown = self.table(server, "show", "SIM000001", "ntpserverlist", "--format", "ndjson")
        self.assertEqual(len(shown.splitlines()), 3)

    def test_a_unit_without_the_function_gets_no_time_servers(self):
        server = self.served()
        self.run_units(server, "--persona", "inbio260-pro", "--punches", "0")
        self.configured(server, 1)
        status, _, body = server.api.raw("PUT", "/api/devices/SIM000001/tables/ntpserverlist",
                                         json.dumps({"rows": [{"ServerAddress": "pool.ntp.org"}]}).encode())
        self.assertEqual(status, 422, body)
        self.assertIn("AccSupportFunList", body.decode())

    def test_photos_are_fetched_by_their_address(self):
        server = self.served()
        self.run_units(server, "--persona", "spec", "--punches", "0")
        self.configured(server, 1)
        status, _, body = server.api.raw("PUT", "/api/files/ann.jpg", b"\xff\xd8\xff\xe0 a photo")
        self.assertEqual(status, 201, body)
        path = "/iclock/" + json.loads(body)["data"]["putFileUrl"]
        for table, row in (("userpic", {"pin": "7", "format": "1", "url": "ann.jpg"}),
                           ("biophoto", {"PIN": "7", "Type": "9", "Format": "1", "Url": "ann.jpg"})):
            c = self.written(server, table, row)
            self.assertEqual((c["status"], c["returnCode"]), ("acknowledged", 0), c)
        # It was fetched, without a serial number, and nothing else has that address.
        self.assertEqual(send_request(server.devices, "GET", path).body, b"\xff\xd8\xff\xe0 a photo")
        # One that was withdrawn is there no more, and the unit answers so.
        server.api.raw("DELETE", "/api/files/ann.jpg", b"")
        self.assertEqual(send_request(server.devices, "GET", path).status, 404)
        c = self.written(server, "userpic", {"pin": "8", "format": "1", "url": path})
        self.assertEqual((c["status"], c["returnCode"]), ("failed", -721), c)
        self.assertEqual([r["pin"] for r in self.rows(server, "userpic")], ["7"])
        status, _, body = server.api.raw("PUT", "/api/devices/SIM000001/tables/userpic", json.dumps(
            {"rows": [{"pin": "8", "format": "1", "url": "ann.jpg"}]}).encode())
        self.assertEqual(status, 422, body)
        self.assertIn("published", body.decode())


class Firmware(Case):
    def publish(self, server, name, bytes_, model=None):
        status, _, body = server.api.raw("PUT", f"/api/files/{name}" + (f"?model={model}" if model else ""),
                                         bytes_)
        self.assertEqual(status, 201, body)
        return json.loads(body)["data"]

    def test_a_file_stays_over_a_restart(self):
        server = self.served()
        firmware = os.urandom(2_500_000)
        shown = self.publish(server, "emfw.cfg", firmware)
        self.assertEqual((shown["size"], shown["md5"], shown["sha256"]), (
            len(firmware), hashlib.md5(firmware).hexdigest(), hashlib.sha256(firmware).hexdigest()))
        server.restart()
        self.assertEqual(until(lambda: server.api.get("/api/files")["data"]["files"]), [shown])

    def test_each_method_installs_it(self):
        server = self.served(stay=True)
        self.run_units(server, "--persona", "inbio260-pro", "--punches", "0")
        self.configured(server, 1)
        firmware = os.urandom(2_500_000)
        self.publish(server, "emfw.cfg", firmware)
        server.restart()
        for method in (1, 2, 3):
            with self.subTest(method=method):
                number = server.api.post("/api/commands", {
                    "deviceSerial": "SIM000001", "type": "upgrade", "file": "emfw.cfg",
                    "method": method})["commandId"]
                # A unit may restart with its new firmware before its result is there.
                c = until(lambda: (lambda c: c if c["status"] not in ("queued", "sent", "uncertain")
                                   else None)(server.api.command(number)), 180, 0.3)
                self.assertEqual((c["status"], c["returnCode"]), ("acknowledged", 0), c)
                self.assertIn(hashlib.md5(firmware).hexdigest(), c["command"])

    def test_only_published_files_of_its_model_are_ordered(self):
        server = self.served()
        self.run_units(server, "--persona", "inbio260-pro", "--punches", "0")
        self.configured(server, 1)
        self.publish(server, "a.bin", b"x" * 1000, "OtherModel")
        self.publish(server, "b.bin", b"x" * 1000, "inBio260%20Pro")

        def order(file, token=None, **more):
            return server.api.raw("POST", "/api/commands", dict(
                more, deviceSerial="SIM000001", type="upgrade", file=file),
                {"Authorization": f"Bearer {token}"} if token else None)

        for file, want in (("a.bin", "is for devices of model"), ("none.bin", "no published file")):
            status, _, body = order(file)
            self.assertEqual(status, 400, body)
            self.assertIn(want, body.decode())
        self.assertEqual(order("b.bin", method=4)[0], 400)
        token = server.api.post("/api/tokens", {"name": "w", "scopes": ["read", "write", "door"]})["data"]["token"]
        self.assertEqual(order("b.bin", token)[0], 403)
        self.assertEqual(server.api.raw("PUT", "/api/files/c.bin", b"x",
                                        {"Authorization": f"Bearer {token}"})[0], 403)
        self.assertEqual(order("b.bin")[0], 200)

    def test_a_file_goes_to_who_has_its_address_and_is_approved(self):
        server = self.served()
        self.run_units(server, "--persona", "inbio260-pro", "--punches", "0")
        self.configured(server, 1)
        content = bytes(range(256)) * 8192
        url = self.publish(server, "a.bin", content)["url"]
        query = url.partition("?")[2]

        def get(target, **headers):
            reply = send_request(server.devices, "GET", target, None, list(headers.items()))
            return reply.status, reply.body

        sn = "SIM000001"
        self.assertEqual(get(f"/iclock/file?SN={sn}&{query}"), (200, content))
        self.assertEqual(get(f"/iclock/file?SN={sn}&{query}", Range="bytes=0-1048575"),
                         (206, content[:1048576]))
        self.assertEqual(get(f"/iclock/file?SN={sn}&{query}", RANGE="1048576-9999999"),
                         (206, content[1048576:]))
        self.assertEqual(get(f"/iclock/file?SN={sn}&{query}", Range="bytes=99999999-")[0], 416)
        for stranger in (f"/iclock/file?{query}", f"/iclock/file?SN=NEW1&{query}"):
            self.assertNotEqual(get(stranger)[0], 200, stranger)
        for bad in ("url=", "url=a.bin", "url=../../../etc/passwd", "url=/etc/passwd",
                    query.replace("a.bin", "../a.bin"), query.replace("a.bin", "b.bin"),
                    "url=%s/a.bin" % ("0" * 32)):
            self.assertEqual(get(f"/iclock/file?SN={sn}&{bad}")[0], 404, bad)
        for name in ("..", "a%2Fb", ".hidden", "a%20b", "x" * 101):
            self.assertIn(server.api.raw("PUT", f"/api/files/{name}", b"x")[0], (400, 404), name)
        # One that takes its place has another address.
        second = self.publish(server, "a.bin", b"second")["url"]
        self.assertNotEqual(second, url)
        self.assertEqual(get(f"/iclock/file?SN={sn}&{query}", Range="bytes=1048576-2097151")[0], 404)
        self.assertEqual(get(f"/iclock/file?SN={sn}&" + second.partition("?")[2]), (200, b"second"))
        server.api.call("DELETE", "/api/files/a.bin")
        self.assertEqual(get(f"/iclock/file?SN={sn}&" + second.partition("?")[2])[0], 404)
        self.assertEqual(server.api.raw("DELETE", "/api/files/a.bin")[0], 404)
        self.assertEqual([a["action"] for a in server.api.get("/api/audit")["data"]
                          if a["action"].endswith("_file")].count("publish_file"), 2)


if __name__ == "__main__":
    tap.main()
