#!/usr/bin/env python3
"""Templates and pictures that come damaged: they are acknowledged, so that no device repeats them for
ever, and stored with what is wrong with them (Attendance PUSH 2020-03, 11.3 to 11.15)."""

import base64
import concurrent.futures
import contextlib
import hashlib
import itertools
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import postgres  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Server, program, until  # noqa: E402

server = None

# A frame of 16 by 8 in one component and a scan of one byte.
JPEG = (b"\xff\xd8\xff\xfe\x00\x04hi\xff\xc0\x00\x0b\x08\x00\x08\x00\x10\x01\x01\x11\x00"
        b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\xff\xd9")
TEXT = base64.b64encode(JPEG).decode()


def setUpModule():
    global server
    server = command_line.server = Server("--new-devices", "approve", "--allow-shell")
    unittest.addModuleCleanup(server.close)


def photo(sn, picture, size):
    return (f"PIN=20240601080000-1.jpg\nSN={sn}\nsize={size}\nCMD=uploadphoto").encode() + b"\0" + picture


def problems(sn):
    rows = server.api.get("/api/problems")["data"]
    return [p for p in rows if p["kind"] == "content_damaged" and p["subject"] == sn]


class Contents(unittest.TestCase):
    def setUp(self):
        self.d = Device(server)
        self.d.options()

    def faults(self, plural, key):
        return {r[key]: r["fault"] for r in server.api.records(plural, self.d.sn)}

    def test_templates_are_stored_with_what_is_wrong_with_them(self):
        body = ("FP PIN=1\tFID=0\tSize=4\tValid=1\tTMP=AAAA\n"
                "FP PIN=1\tFID=1\tSize=400000000\tValid=1\tTMP=AAAA\n"
                "FP PIN=1\tFID=2\tSize=4\tValid=1\tTMP=A*AA\n"
                "FP PIN=1\tFID=3\tValid=1\tTMP=AAAA\n"
                "FACE PIN=1\tFID=4\tSIZE=3\tVALID=1\tTMP=AAAAA\n"
                "FVEIN Pin=1\tFID=5\tIndex=0\tSize=8\tValid=1\tTmp=AAAA\n"
                "BIODATA Pin=1\tNo=6\tIndex=0\tValid=1\tDuress=0\tType=9\tMajorVer=1\tMinorVer=0\t"
                "Format=0\tTmp=AA=A\n")
        self.assertEqual(self.d.upload("OPERLOG", body, 1).body, b"OK:7")
        found = {(r["source"], r["no"], r["index"]): r["fault"]
                 for r in server.api.records("templates", self.d.sn)}
        self.assertEqual(found, {
            ("fp", 0, 0): "", ("fp", 1, 0): "size", ("fp", 2, 0): "base64", ("fp", 3, 0): "",
            ("face", 0, 4): "base64", ("fvein", 5, 0): "size", ("biodata", 6, 0): "base64"})
        self.assertEqual(server.api.device(self.d.sn)["stats"]["damaged"], 5)
        [problem] = problems(self.d.sn)
        # Clocks are known whose sizes are often wrong: that is no problem.
        self.assertIn("3 records", problem["detail"])

    def test_pictures_are_stored_with_what_is_wrong_with_them(self):
        half = base64.b64encode(JPEG[:-9]).decode()
        body = (f"USERPIC PIN=1\tFileName=1.jpg\tSize={len(TEXT)}\tContent={TEXT}\n"
                f"USERPIC PIN=2\tFileName=2.jpg\tSize={len(TEXT) + 4}\tContent={TEXT}\n"
                f"BIOPHOTO PIN=3\tFileName=3.jpg\tType=9\tSize={len(half)}\tContent={half}\n"
                f"BIOPHOTO PIN=4\tFileName=4.jpg\tType=9\tSize=4\tContent=AAAA\n")
        self.assertEqual(self.d.upload("OPERLOG", body, 1).body, b"OK:4")
        self.assertEqual(self.faults("photos", "pin"), {"1": "", "2": "size", "3": "cut", "4": "format"})
        [row] = [r for r in server.api.records("photos", self.d.sn) if r["pin"] == "3"]
        self.assertEqual(server.content("photos", row), JPEG[:-9])

    def test_a_picture_of_a_punch_is_checked_raw_and_in_base64(self):
        for picture, size, fault in ((JPEG, len(JPEG), ""), (JPEG, len(JPEG) + 1, "size"),
                                     (JPEG, 99999999999999, "size"), (TEXT.encode(), len(JPEG), ""),
                                     (JPEG[:-2], len(JPEG) - 2, "cut"), (b"GIF89a..", 8, "format")):
            with self.subTest(size=size, fault=fault):
                self.assertEqual(self.d.upload("ATTPHOTO", photo(self.d.sn, picture, size), 1).body, b"OK")
                self.assertEqual(self.faults("photos", "pin"), {"1": fault})

    def test_identity_cards_are_checked(self):
        body = ("IDCARD PIN=1\tIDNum=1\tName=Ann\tPhoto=V0xm\tFPTemplate1=QwGI\n"
                "IDCARD PIN=2\tIDNum=2\tName=Bob\tPhoto=V0x-\n")
        self.assertEqual(self.d.upload("IDCARD", body, 1).body, b"OK:2")
        self.assertEqual(self.faults("idcards", "idNumber"), {"1": "", "2": "base64"})

    def test_the_fault_of_an_identity_card_stays_as_long_as_the_content_that_has_it(self):
        for fields, fault in (("\tPhoto=V0x-\tFPTemplate1=QwGI", "base64"), ("", "base64"),
                              ("\tFPTemplate1=QwGI", "base64"),
                              ("\tPhoto=V0xm\tFPTemplate1=QwGI", ""), ("\tFPTemplate2=Q-", "base64"),
                              ("\tPhoto=V0xm\tFPTemplate1=QwGI\tFPTemplate2=", "")):
            with self.subTest(fields=fields):
                body = f"IDCARD PIN=1\tIDNum=1\tName=Ann{fields}\n"
                self.assertEqual(self.d.upload("IDCARD", body, 1).body, b"OK:1")
                self.assertEqual(self.faults("idcards", "idNumber"), {"1": fault})

    def test_what_comes_again_whole_has_no_fault_any_more(self):
        line = "FP PIN=1\tFID=1\tSize={}\tValid=1\tTMP={}\n"
        for size, text, fault, damaged in ((8, "AAAA", "size", 1), (8, "AAAAAAAA", "", 0)):
            self.assertEqual(self.d.upload("OPERLOG", line.format(size, text), 1).body, b"OK:1")
            [row] = server.api.records("templates", self.d.sn)
            self.assertEqual(row["fault"], fault)
            self.assertEqual(server.api.device(self.d.sn)["stats"]["damaged"], damaged)

    def test_what_is_no_base64_is_copied_to_no_device(self):
        to = Device(server)
        to.options()
        for d in (self.d, to):
            d.upload("options", "FingerFunOn=1,FPVersion=10", 1)
        self.d.upload("OPERLOG", "USER PIN=1\tName=Ann\tPri=0\n"
                                 "FP PIN=1\tFID=0\tSize=4\tValid=1\tTMP=AAAA\n"
                                 "FP PIN=1\tFID=1\tSize=4\tValid=1\tTMP=A*AA\n", 1)
        got = server.api.post("/api/persons/copy", {"from": self.d.sn, "pin": "1", "to": [to.sn]})
        [device] = got["data"]["devices"]
        self.assertEqual([o["what"] for o in device["orders"]], ["person", "fingerprint"])
        self.assertEqual(device["left"], [{"what": "fingerprint", "reason": "it is not base64", "count": 1}])

    def test_they_are_counted_for_people_to_see(self):
        self.d.upload("OPERLOG", "FP PIN=1\tFID=1\tSize=9\tValid=1\tTMP=AAAA\n", 1)
        shown = command_line.run("device", "show", self.d.sn)
        self.assertRegex(shown.out, r"(?m)^Damaged contents +1$", shown)
        self.assertRegex(command_line.run("status").out, r"(?m)^Damaged contents +[1-9]")
        self.assertGreater(server.api.get("/api/status")["data"]["data"]["damaged"], 0)

    def test_a_picture_that_comes_again_is_stored_once(self):
        other = Device(server)
        other.options()
        mark = os.urandom(500).hex().encode()
        picture, next_picture = JPEG + mark, JPEG + mark[::-1]
        at = self.pictures
        self.assertEqual(at(picture), 0)
        for d, name in ((self.d, "20240601080000-1.jpg"), (self.d, "20240601080000-1.jpg"),
                        (self.d, "20240601080001-1.jpg"), (other, "20240601080000-1.jpg")):
            body = photo(d.sn, picture, len(picture)).replace(b"20240601080000-1.jpg", name.encode())
            self.assertEqual(d.upload("ATTPHOTO", body, 1).body, b"OK")
            self.assertEqual(at(picture), 1)
        first, second = server.api.records("photos", self.d.sn)
        [third] = server.api.records("photos", other.sn)
        for row in (first, second, third):
            self.assertEqual(server.content("photos", row), picture)
        # It stays as long as one photo has it.
        self.d.upload("ATTPHOTO", photo(self.d.sn, next_picture, len(next_picture)), 1)
        self.assertEqual((at(picture), at(next_picture)), (1, 1))
        server.api.call("DELETE", f"/api/devices/{self.d.sn}")
        until(lambda: at(next_picture) == 0)
        self.assertEqual(server.content("photos", third), picture)
        server.api.call("DELETE", f"/api/devices/{other.sn}")
        until(lambda: at(picture) == 0)

    def test_photos_that_were_acknowledged_have_their_pictures_after_a_kill(self):
        """The picture and the photo that has it are stored together, or neither is."""
        own = Server("--new-devices", "approve", stay=True)
        self.addCleanup(own.close)
        kept = {}

        def uploads(d):
            """Pictures of which each device has some alike, until the server is gone; those that were acknowledged."""
            for n in itertools.count():
                picture = JPEG + b"%d" % (n // 2)
                name = f"202406{n // 60 % 28 + 1:02}08{n % 60:02}00-1.jpg"
                body = photo(d.sn, picture, len(picture)).replace(b"20240601080000-1.jpg", name.encode())
                try:
                    if d.upload("ATTPHOTO", body, 1).body != b"OK":
                        return
                except (OSError, AssertionError):
                    return
                kept[d.sn].append((name, picture))
        for _ in range(3):
            devices = [Device(own) for _ in range(3)]
            for d in devices:
                d.options()
                kept[d.sn] = []
            with concurrent.futures.ThreadPoolExecutor(3) as pool:
                running = [pool.submit(uploads, d) for d in devices]
                until(lambda: min(len(kept[d.sn]) for d in devices) >= 5)
                own.kill()
                for r in running:
                    r.result()
            url = own.store or "sqlite:" + os.path.join(own.data, "gatehouse.db")
            checked = subprocess.run([program(), "store", "check", url], capture_output=True, text=True)
            self.assertEqual(checked.returncode, 0, checked)
            own.start()
        for sn, photos in kept.items():
            found = {r["fileName"]: r for r in own.api.records("photos", sn)}
            for name, picture in photos:
                self.assertEqual(own.content("photos", found[name]), picture)

    def test_pictures_that_another_writer_stores_in_another_order_are_stored(self):
        """PostgreSQL ends one of two transactions that wait for each other: here the server's, which repeats it."""
        if not server.store:
            self.skipTest("the other store has one writer")
        first, second = (JPEG + os.urandom(20) for _ in range(2))
        insert = "INSERT INTO picture (hash, content) VALUES ({}, {});\n\\echo stored\n"

        def statement(picture):
            return insert.format(server.blob(hashlib.sha256(picture).digest()), server.blob(picture))
        other = subprocess.Popen([postgres.tool("psql"), "-XqAt", "-d", server.store], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(other.wait)
        self.addCleanup(other.stdout.close)
        self.addCleanup(other.kill)

        def say(text):
            other.stdin.write(text)
            other.stdin.flush()
        say("SET deadlock_timeout = '1h'; BEGIN;\n" + statement(second))
        self.assertEqual(other.stdout.readline(), "stored\n")
        body = "".join(f"BIOPHOTO PIN={i}\tFileName={i}.jpg\tType=9\tSize={len(p)}\tContent={p}\n"
                       for i, p in enumerate(base64.b64encode(p).decode() for p in (first, second)))
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            reply = pool.submit(self.d.upload, "OPERLOG", body, 1)
            until(lambda: postgres.psql(server.store, "SELECT 1 FROM pg_locks WHERE NOT granted"))
            say(statement(first))
            self.assertEqual(other.stdout.readline(), "stored\n")
            say("ROLLBACK;\n")
            other.stdin.close()
            self.assertEqual(reply.result().body, b"OK")
        self.assertEqual([self.pictures(p) for p in (first, second)], [1, 1])
        found = {r["fileName"]: server.content("photos", r) for r in server.api.records("photos", self.d.sn)}
        self.assertEqual(found, {"0.jpg": first, "1.jpg": second})

    def pictures(self, content):
        """How often the store has these bytes as a picture."""
        hash = server.blob(hashlib.sha256(content).digest())
        with contextlib.closing(server.database()) as db:
            [[n]] = db.execute(f"SELECT count(*) FROM picture WHERE hash = {hash}").fetchall()
        return int(n)

    def test_a_file_of_a_device_is_kept_whole_and_its_size_is_checked(self):
        content = os.urandom(9000) + b"\nID=5&Return=0\n"
        for size, fault in ((len(content), None), (len(content) + 1, "size"), (3, "size")):
            number = server.api.queue(self.d.sn, "GetFile /mnt/mtdblock/../options.cfg")
            self.d.poll()
            head = f"ID={number}\nSN={self.d.sn}\nFILENAME=../../etc/x\nCMD=GetFile\nReturn={size}\nContent="
            self.assertEqual(self.d.answer(head.encode() + content).body, b"OK")
            row = server.api.command(number)
            self.assertEqual((row["status"], row["contentBytes"], row["contentFault"]),
                             ("acknowledged", len(content), fault))
            self.assertLess(len(row["result"]), 3 * 4096 + 200)
            status, headers, got = server.api.raw("GET", f"/api/commands/{number}/content")
            self.assertEqual((status, got), (200, content))
            self.assertEqual({k.lower(): v for k, v in headers.items()}["content-type"], "application/octet-stream")

    def test_output_of_a_system_command_is_bounded(self):
        number = server.api.queue(self.d.sn, "SHELL cat /dev/zero")
        self.d.poll()
        head = f"ID={number}\nSN={self.d.sn}\nReturn=0\nCMD=Shell\nFILENAME=shellout.txt\nContent="
        self.assertEqual(self.d.answer(head + "y\n" * 500_000).body, b"OK")
        row = server.api.command(number)
        self.assertEqual((row["status"], row["contentFault"]), ("acknowledged", "cut"))
        self.assertEqual(row["contentBytes"], 65536 - len(head))
        self.assertLess(len(row["result"]), 4096 + 200)
        self.assertEqual(len(server.api.raw("GET", f"/api/commands/{number}/content")[2]), row["contentBytes"])

    def test_files_and_output_are_for_administrators(self):
        number = server.api.queue(self.d.sn, "GetFile options.cfg")
        self.assertEqual(server.api.raw("GET", f"/api/commands/{number}/content")[0], 404)
        token = server.api.post("/api/tokens", {"name": "r" + self.d.sn, "scopes": ["read", "write"]})["data"]["token"]
        self.assertEqual(server.api.raw("GET", f"/api/commands/{number}/content", None,
                                        {"Authorization": f"Bearer {token}"})[0], 403)
        self.assertEqual(server.api.raw("GET", "/api/commands/999999999/content")[0], 404)
        # Nor are these bytes in the command, in its history, or in a list or its export.
        orders = {number: f"ID={number}\nSN={self.d.sn}\nFILENAME=options.cfg\nCMD=GetFile\nReturn=11\nContent="}
        shell = server.api.queue(self.d.sn, "SHELL cat options.cfg")
        orders[shell] = f"ID={shell}\nSN={self.d.sn}\nReturn=0\nCMD=Shell\nFILENAME=shellout.txt\nContent="
        answered = set()
        while answered != set(orders):
            for number, _ in until(self.d.poll):
                answered.add(int(number))
                self.assertEqual(self.d.answer(orders[int(number)] + "KEY=hidden\n").body, b"OK")
        for path in [f"/api/commands/{n}" for n in orders] + \
                [f"/api/commands?device={self.d.sn}", f"/api/commands?device={self.d.sn}&format=csv"]:
            status, _, shown = server.api.raw("GET", path)
            self.assertEqual((status, b"KEY=hidden" in shown), (200, True), (path, shown))
            status, _, shown = server.api.raw("GET", path, None, {"Authorization": f"Bearer {token}"})
            self.assertEqual((status, b"hidden" in shown, b"shellout.txt" in shown or b"options.cfg" in shown),
                             (200, False, True), (path, shown))


if __name__ == "__main__":
    tap.main()
