#!/usr/bin/env python3
"""Files that devices fetch: published by the command line, and fetched by attendance clocks."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import tap  # noqa: E402
from command_line import Base, run  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, program, send_request, until  # noqa: E402

server = None


def setUpModule():
    global server
    server = command_line.server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


def publish(name, content, model=None):
    status, _, body = server.api.raw("PUT", f"/api/files/{name}" + (f"?model={model}" if model else ""),
                                     content)
    assert status == 201, body
    return json.loads(body)["data"]


class CommandLine(Base):
    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.home = home.name
        for one in server.api.get("/api/files")["data"]["files"]:
            server.api.call("DELETE", "/api/files/" + one["name"])

    def file(self, name, content):
        path = os.path.join(self.home, name)
        with open(path, "wb") as f:
            f.write(content)
        return path

    def test_a_file_is_put_listed_shown_and_deleted(self):
        content = os.urandom(1_500_000)
        md5 = hashlib.md5(content).hexdigest()
        got = self.ok("file", "put", self.file("emfw.cfg", content), "--model", "inBio260 Pro")
        self.assertRegex(got.out, r"(?m)^MD5 +%s$" % md5)
        self.ok("file", "put", self.file("x.bin", b"x"), "--name", "other.bin")
        rows = list(csv.DictReader(io.StringIO(self.ok("file", "list", "--format", "csv").out)))
        self.assertEqual([(r["name"], r["size"], r["model"]) for r in rows],
                         [("emfw.cfg", "1500000", "inBio260 Pro"), ("other.bin", "1", "")])
        self.assertIn(md5, self.ok("file", "list").out)
        shown = json.loads(self.ok("file", "show", "emfw.cfg", "--json").out)["data"]
        self.assertEqual((shown["md5"], shown["sha256"]), (md5, hashlib.sha256(content).hexdigest()))
        self.assertIn(shown["putFileUrl"], self.ok("file", "show", "emfw.cfg").out)
        self.bad(2, "--yes", "file", "delete", "emfw.cfg")
        self.assertEqual(self.ok("file", "delete", "emfw.cfg", "other.bin", "--yes").lines,
                         ["emfw.cfg: published no longer", "other.bin: published no longer"])
        self.bad(1, "There is no file", "file", "show", "emfw.cfg")
        self.assertEqual(self.ok("file", "list", "--json").out.count("name"), 0)

    def test_what_cannot_be_published_is_refused(self):
        self.bad(1, "none.bin", "file", "put", os.path.join(self.home, "none.bin"))
        self.bad(1, "is no file", "file", "put", self.home)
        self.bad(1, "has 0 bytes", "file", "put", self.file("empty.bin", b""))
        large = self.file("large.bin", b"")
        os.truncate(large, (16 << 20) + 1)
        self.bad(1, "16 MiB", "file", "put", large)
        self.bad(1, "letters, digits", "file", "put", self.file(".hidden", b"x"))

    def test_an_upgrade_is_confirmed_and_needs_a_published_file_of_its_model(self):
        d = Device(server)
        d.options()
        firmware = b"firmware" * 100
        publish("fw.cfg", firmware)
        publish("other.cfg", firmware, "OtherModel")
        self.bad(2, "--file NAME", "device", "upgrade", d.sn)
        self.bad(2, "--yes", "device", "upgrade", d.sn, "--file", "fw.cfg")
        self.bad(1, "There is no file", "device", "upgrade", d.sn, "--file", "none.cfg", "--yes")
        self.bad(1, "is for devices of model", "device", "upgrade", d.sn, "--file", "other.cfg", "--yes")
        self.bad(1, "must be 1 or 2", "device", "upgrade", d.sn, "--file", "fw.cfg", "--method", "3", "--yes")
        self.assertEqual(d.poll(), [])
        self.assertIn("queued as command", self.ok("device", "upgrade", d.sn, "--file", "fw.cfg", "--yes").out)
        (number, text), = d.poll()
        self.assertTrue(text.startswith(
            "UPGRADE type=1,checksum=%s,size=800,url=" % hashlib.md5(firmware).hexdigest()), text)
        url = text.partition("url=")[2]
        self.assertEqual(d.get(f"/iclock/file?SN={d.sn}&url={url}").body, firmware)
        d.done(number, 0, "UPGRADE")
        # The model that a clock reports counts, in whatever case.
        d.post(f"/iclock/cdata?SN={d.sn}&table=options", b"~DeviceName=othermodel")
        self.ok("device", "upgrade", d.sn, "--file", "other.cfg", "--method", "1", "--yes")
        (number, text), = d.poll()
        self.assertRegex(text, r"^UPGRADE checksum=[0-9a-f]{32},size=800,url=[0-9a-f]{32}/base64/other\.cfg$")

    def test_who_may_write_may_not_publish_or_upgrade(self):
        d = Device(server)
        d.options()
        publish("fw.cfg", b"x")
        token = server.api.post("/api/tokens", {"name": "w", "scopes": ["read", "write", "door"]})["data"]["token"]
        as_writer = {"Authorization": f"Bearer {token}"}
        for method, path, body in (
                ("GET", "/api/files", None), ("GET", "/api/files/fw.cfg", None),
                ("PUT", "/api/files/fw.cfg", b"y"), ("DELETE", "/api/files/fw.cfg", None),
                ("POST", "/api/commands", {"deviceSerial": d.sn, "type": "upgrade", "file": "fw.cfg"}),
                ("POST", "/api/commands", {"deviceSerial": d.sn, "type": "put_file", "url": "fw.cfg"})):
            self.assertEqual(server.api.raw(method, path, body, as_writer)[0], 403, (method, path))


def package(*lines):
    """A package of command lines (Attendance PUSH 2020-03, 12.5.2)."""
    out, text = io.BytesIO(), "".join(f"C:{n}:{line}\n" for n, line in enumerate(lines, 1)).encode()
    with tarfile.open(fileobj=out, mode="w:gz") as t:
        member = tarfile.TarInfo("commands.txt")
        member.size = len(text)
        t.addfile(member, io.BytesIO(text))
    return out.getvalue()


class Clocks(unittest.TestCase):
    """`gatehouse sim attendance` fetches what it is ordered to."""

    @classmethod
    def setUpClass(cls):
        cls.sn = "PUT000001"
        sim = subprocess.Popen(
            [program(), "sim", "attendance", "--server", "http://%s:%d" % server.devices, "--sn", "PUT",
             "--users", "2", "--punches", "0", "--speed", "100", "--retry", "50"],
            stdout=subprocess.DEVNULL)

        def end():
            sim.kill()
            sim.wait()
        cls.addClassCleanup(end)
        until(lambda: cls.sn in server.api.devices())

    def ended(self, body):
        number = server.api.post("/api/commands", dict(body, deviceSerial=self.sn))["commandId"]
        return until(lambda: (lambda c: c if c["status"] not in ("queued", "sent", "uncertain") else None)(
            server.api.command(number)), 120, 0.1)

    def test_a_published_file_is_fetched_whole(self):
        content = os.urandom(300_000)
        shown = publish("ssruser.dat", content)
        c = self.ended({"type": "put_file", "url": "ssruser.dat", "path": "/mnt/mtdblock/ssruser.dat"})
        self.assertEqual((c["status"], c["returnCode"]), ("acknowledged", len(content)), c)
        self.assertIn(shown["putFileUrl"], c["command"])

    def test_a_package_of_commands_is_fetched_and_carried_out(self):
        publish("people.tgz", package(*(f"DATA UPDATE USERINFO PIN={p}\tName=P{p}" for p in range(1, 8))))
        url = server.api.get("/api/files/people.tgz")["data"]["putFileUrl"]
        c = self.ended({"command": f"PutFile {url}\tpeople.tgz\tAction=AppendData"})
        self.assertEqual((c["status"], c["returnCode"]), ("acknowledged", 7), c)

    def test_a_package_is_ordered_by_fields(self):
        publish("people.tgz", package(*(f"DATA UPDATE USERINFO PIN={p}\tName=Q{p}" for p in range(1, 5))))
        order = {"type": "put_file", "url": "people.tgz", "path": "people.tgz"}
        sync = dict(order, action="syncdata", table="userinfo", records=4)
        for body, words in ((dict(order, action="AppendData"), "Action=AppendData"),
                            (sync, "Action=SyncData\tTableName=USERINFO\tRecordCount=4")):
            c = self.ended(body)
            self.assertEqual((c["status"], c["returnCode"]), ("acknowledged", 4), c)
            self.assertTrue(c["command"].endswith("\tpeople.tgz\t" + words), c)
        for body, field in ((dict(sync, action="Replace"), "action"), (dict(sync, table="SMS"), "table"),
                            (dict(sync, table=None), "table"), (dict(sync, records=None), "records"),
                            (dict(sync, records=0), "records"), (dict(sync, path=None), "path"),
                            (dict(sync, options="x"), "options"), (dict(sync, action="AppendData"), "table"),
                            (dict(order, records=4), "records"), (dict(order, table="USERINFO"), "table"),
                            (dict(sync, url="http://192.0.2.9/people.tgz"), "url"), (dict(sync, url="none.tgz"), "url")):
            with self.subTest(body):
                status, _, reply = server.api.raw("POST", "/api/commands", dict(body, deviceSerial=self.sn))
                fields = [d["field"] for d in json.loads(reply)["details"]]
                self.assertEqual((status, fields), (400, [field]), reply)

    def test_firmware_is_installed_by_both_methods(self):
        firmware = os.urandom(200_000)
        publish("clock.cfg", firmware)
        for method in (1, 2):
            c = self.ended({"type": "upgrade", "file": "clock.cfg", "method": method})
            self.assertEqual((c["status"], c["returnCode"]), ("acknowledged", 0), c)
            self.assertIn(hashlib.md5(firmware).hexdigest(), c["command"])

    def test_an_order_names_one_file(self):
        for more, want in (({}, "url"), ({"url": "none.bin"}, "no published file"),
                           ({"url": "../x"}, "no published file"), ({"url": "file/0/none.bin"}, "no published file")):
            status, _, body = server.api.raw("POST", "/api/commands",
                                             dict(more, deviceSerial=self.sn, type="put_file"))
            self.assertEqual(status, 400, body)
            self.assertIn(want, body.decode())
        publish("other.bin", b"x", "OtherModel")
        status, _, body = server.api.raw("POST", "/api/commands", {
            "deviceSerial": self.sn, "type": "put_file", "url": "other.bin"})
        self.assertEqual((status, b"is for devices of model" in body), (400, True), body)


class Addresses(unittest.TestCase):
    def get(self, target, method="GET", headers=()):
        reply = send_request(server.devices, method, target, None, list(headers))
        return reply.status, reply.body

    def test_the_address_alone_fetches_where_no_serial_number_is_shown(self):
        content = bytes(range(256)) * 512
        path = "/iclock/" + publish("a.bin", content)["putFileUrl"]
        token = path.split("/")[3]
        self.assertEqual(self.get(path), (200, content))
        self.assertEqual(self.get(path.upper().replace("A.BIN", "a.bin").replace(token.upper(), token)),
                         (200, content))
        self.assertEqual(self.get(path, headers=[("Range", "bytes=0-127")]), (206, content[:128]))
        self.assertEqual(self.get("http://gate.example/slug" + path), (200, content))
        for bad in ("/iclock/file", "/iclock/file/", f"/iclock/file?url={token}/a.bin", f"/iclock/file/{token}", f"/iclock/file/{token}/",
                    f"/iclock/file/{token}/b.bin", "/iclock/file/%s/a.bin" % ("0" * 32),
                    f"/iclock/file/{token}/../a.bin", f"/iclock/file/../file/{token}/a.bin",
                    "/iclock/file/../../../etc/passwd", "/iclock/file//etc/passwd",
                    f"/iclock/fil/{token}/a.bin", f"/{token}/a.bin"):
            self.assertIn(self.get(bad)[0], (400, 404), bad)
        self.assertNotEqual(self.get(path, "POST")[0], 200)

    def test_ranges_of_all_forms_give_what_they_name_or_the_whole(self):
        content = os.urandom((1 << 20) + 500)
        path, end = "/iclock/" + publish("r.bin", content)["putFileUrl"], len(content)
        for value, status, part in (
                ("bytes=0-0", 206, content[:1]), ("bytes=10-", 206, content[10:10 + (1 << 20)]),
                ("0-9", 206, content[:10]), ("bytes= 5 - 7 ", 206, content[5:8]),
                (f"bytes={end - 1}-{end * 5}", 206, content[-1:]),
                # A part has a mebibyte at most; more digits than any file is long are its end.
                (f"bytes=0-{'9' * 300}", 206, content[:1 << 20]), (f"bytes={end}-", 416, None),
                ("bytes=9223372036854775807-", 416, None), (f"bytes={'9' * 300}-", 200, content),
                ("bytes=-5", 200, content), ("bytes=--5", 200, content), ("bytes=7-3", 200, content),
                ("bytes=0-1,4-5", 200, content), ("bytes=0-1, 4-5", 200, content), ("bytes=a-b", 200, content),
                ("bytes=0-1x", 200, content), ("lines=0-1", 200, content), ("bytes=", 200, content),
                ("bytes=-", 200, content), ("bytes=0x1-2", 200, content), ("", 200, content)):
            got = self.get(path, headers=[("Range", value)])
            self.assertEqual(got[0], status, value)
            if part is not None:
                self.assertEqual(got[1], part, value)

    def test_no_address_leads_to_anything_else(self):
        secret = "not-published-" + os.urandom(8).hex()
        with open(os.path.join(server.data, "secret.bin"), "w") as f:
            f.write(secret)
        token = publish("d.bin", b"d" * 100)["putFileUrl"].split("/")[1]
        store = os.path.join(server.data, "secret.bin")
        names = ("secret.bin", "../secret.bin", "..%2fsecret.bin", "%2e%2e/secret.bin", "..\\secret.bin",
                 "d.bin/../secret.bin", "d.bin%00", "d.bin%00.cfg", "d.bin/", "D.BIN", "d.bi", "d.bin.bak",
                 "base64/../secret.bin", "base64/base64/d.bin", store, "/" + store, ".", "..", "%", "%zz",
                 "d.bin%0d%0aX:1", "A" * 5000)
        for name in names:
            for target in (f"/iclock/file/{token}/{name}", f"/iclock/file?url={token}/{name}",
                           f"/iclock/file?SN=NONE&url=/{token}/{name}", f"/iclock/file?url={name}", f"/iclock/{name}"):
                status, body = self.get(target)
                self.assertIn(status, (400, 401, 403, 404, 414), target)
                self.assertNotIn(secret.encode(), body)
        # After many wrong addresses the right one is still served.
        for n in range(300):
            self.assertEqual(self.get(f"/iclock/file/{n:032x}/d.bin")[0], 404)
        self.assertEqual(self.get(f"/iclock/file/{token}/d.bin"), (200, b"d" * 100))

    def test_an_address_ends_with_its_file(self):
        paths = []
        for content in (b"first", b"second"):
            paths.append("/iclock/" + publish("e.bin", content)["putFileUrl"])
            self.assertEqual(self.get(paths[-1]), (200, content))
        self.assertEqual(self.get(paths[0])[0], 404)
        server.api.call("DELETE", "/api/files/e.bin")
        for path in paths:
            self.assertEqual(self.get(path)[0], 404)
            self.assertEqual(self.get(path, headers=[("Range", "bytes=0-0")])[0], 404)

    def test_a_device_that_waits_gets_no_file(self):
        path = "/iclock/" + publish("f.bin", b"content")["putFileUrl"]
        with Server() as own:
            d = Device(own)
            d.handshake()
            own.api.raw("PUT", "/api/files/f.bin", b"content")
            mine = "/iclock/" + own.api.get("/api/files/f.bin")["data"]["putFileUrl"]
            self.assertNotIn(d.get(f"{mine}?SN={d.sn}").status, (200, 206))
            own.api.post(f"/api/devices/{d.sn}/approve")
            self.assertEqual(d.get(f"{mine}?SN={d.sn}").body, b"content")
            self.assertEqual(d.get(path).status, 404)  # of another server

    def test_a_serial_number_that_is_shown_must_be_approved(self):
        path = "/iclock/" + publish("b.bin", b"content")["putFileUrl"]
        d = Device(server)
        d.options()
        self.assertEqual(self.get(f"{path}?SN={d.sn}"), (200, b"content"))
        server.api.post(f"/api/devices/{d.sn}/block")
        self.assertEqual(self.get(f"{path}?SN={d.sn}")[0], 403)
        self.assertEqual(self.get(f"{path}?SN=NEVERSEEN")[0], 404)
        self.assertNotIn("NEVERSEEN", server.api.devices())

    def test_a_device_with_a_key_fetches_from_where_it_showed_it(self):
        path = "/iclock/" + publish("c.bin", b"content")["putFileUrl"]
        d = Device(server, key="4711", source="127.0.0.2")
        d.options()
        server.api.change(d.sn, commKey="4711")
        d.options()
        self.assertEqual(d.get(f"{path}?SN={d.sn}").status, 200)
        self.assertEqual(self.get(f"{path}?SN={d.sn}")[0], 401)


if __name__ == "__main__":
    tap.main()
