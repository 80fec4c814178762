#!/usr/bin/env python3
"""/api/enrolments: a person is enrolled at a device, step by step."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fixture  # noqa: E402
import states  # noqa: E402
import tap  # noqa: E402
from fixture import refusal  # noqa: E402
from schema import Document  # noqa: E402
from serve import program  # noqa: E402
from states import Stream  # noqa: E402

server = None


def setUpModule():
    global server
    server = states.server = fixture.serve()


def person(pin, **fields):
    return server.api.post("/api/people", {"pin": pin, "name": f"N{pin}", **fields})["data"]["id"]


def enrolment(id):
    return server.api.get(f"/api/enrolments/{id}")["data"]


class Enrolments(unittest.TestCase):
    def begin(self, **body):
        return server.api.post("/api/enrolments", body)["data"]

    def test_who_is_not_on_the_device_is_written_first(self):
        d, id = fixture.clock(), person("4711")
        stream = Stream(self, "topics=enrolment")
        made = self.begin(person=id, device=d.sn, type="fingerprint", no=6)
        self.assertEqual((made["state"], made["pin"], made["person"], made["no"], made["device"]),
                         ("queued", "4711", id, 6, d.sn))
        stream.until("enrolment", id=made["id"], state="queued")
        (write, enrol) = d.poll()
        self.assertEqual(write[1], "DATA UPDATE USERINFO PIN=4711\tName=N4711")
        self.assertEqual(enrol, (str(made["id"]), "ENROLL_FP PIN=4711\tFID=6\tRETRY=3\tOVERWRITE=0"))
        row = stream.until("enrolment", id=made["id"], state="sent")
        self.assertEqual(set(row), set(made))
        d.done(write[0])
        d.done(enrol[0], word="ENROLL_FP")
        stream.until("enrolment", id=made["id"], state="done")
        row = enrolment(made["id"])
        self.assertEqual((row["state"], row["reason"]), ("done", None))
        self.assertEqual([s["status"] for s in row["steps"]], ["queued", "sent", "acknowledged"])
        # Now the device has the person.
        again = self.begin(person=id, device=d.sn, type="fingerprint", no=7, overwrite=True)
        self.assertEqual(d.poll(), [(str(again["id"]), "ENROLL_FP PIN=4711\tFID=7\tRETRY=3\tOVERWRITE=1")])

    def test_answers_are_those_of_the_document(self):
        d, document = fixture.clock(), Document(server.api.get("/api/openapi.json"))
        answer = server.api.post("/api/enrolments", {"person": person("31"), "device": d.sn, "type": "card"})
        self.assertEqual(document.faults(answer, document.answer("POST", "/api/enrolments")), [])
        answer = server.api.get(f"/api/enrolments/{answer['data']['id']}")
        self.assertEqual(document.faults(answer, document.answer("GET", "/api/enrolments/{id}")), [])

    def test_a_failure_has_its_reason(self):
        d = fixture.clock()
        made = self.begin(person=person("32"), device=d.sn, type="card")
        (write, enrol) = d.poll()
        d.done(write[0])
        d.done(enrol[0], 6, word="ENROLL_MF")
        row = enrolment(made["id"])
        self.assertEqual((row["state"], row["reason"]), ("failed", "cancelled at the device"))

    def test_of_a_face_the_kind_is_what_the_device_takes(self):
        id = person("33")
        for options, kind in (("MultiBioDataSupport=0:0:1:0:0:0:0:0:0:0", 2),
                              ("MultiBioDataSupport=0:0:0:0:0:0:0:0:0:1", 9),
                              ("MultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:1", 9), ("DeviceName=X", 9)):
            d = fixture.clock()
            d.upload("options", options)
            made = self.begin(person=id, device=d.sn, type="face")
            self.assertIn(f"TYPE={kind}\tPIN=33", dict(d.poll())[str(made["id"])], options)

    def test_a_version_of_faces_decides_nothing_about_palms(self):
        id = person("37")
        for kind, type in (("face", 2), ("palm", 10)):
            d = fixture.clock()
            d.upload("options", "FaceVersion=7")
            made = self.begin(person=id, device=d.sn, type=kind)
            self.assertIn(f"TYPE={type}\tPIN=37", dict(d.poll())[str(made["id"])], kind)

    def test_what_cannot_be_is_refused_and_nothing_is_queued(self):
        d, id = fixture.clock(), person("34")
        d.upload("options", "FingerFunOn=0")
        body = {"person": id, "device": d.sn, "type": "fingerprint"}
        refusal(self, 409, "device_cannot", "POST", "/api/enrolments", body)
        refusal(self, 404, "people_unknown", "POST", "/api/enrolments", dict(body, person=10**9))
        refusal(self, 404, "device_unknown", "POST", "/api/enrolments", dict(body, device="NOBODY"))
        refusal(self, 400, "field_invalid", "POST", "/api/enrolments", dict(body, type="card", no=3))
        refusal(self, 400, "field_invalid", "POST", "/api/enrolments", dict(body, no=10))
        refusal(self, 400, "field_invalid", "POST", "/api/enrolments", dict(body, type="smell"))
        server.api.post("/api/areas", {"name": "elsewhere", "namespace": "elsewhere", "parent": 1})
        [area] = [a["id"] for a in server.api.get("/api/areas")["data"] if a["name"] == "elsewhere"]
        other = person("34", areas=[area])
        reply = refusal(self, 400, "field_invalid", "POST", "/api/enrolments", dict(body, person=other, type="card"))
        self.assertIn("elsewhere", reply["error"])
        self.assertEqual(d.poll(), [])
        number = server.api.queue(d.sn, "CHECK")
        refusal(self, 404, "enrolment_unknown", "GET", f"/api/enrolments/{number}")
        refusal(self, 404, "enrolment_unknown", "GET", "/api/enrolments/999999999")

    def test_the_command_enrols_and_waits(self):
        d = fixture.clock()
        person("35")
        def run(*words):
            return subprocess.run([program(), "person", "enrol", *words, "--url", "http://%s:%d" % server.admin,
                                   "--data", server.data], capture_output=True, text=True)
        done = run("35", "fingerprint", "--finger", "6", "--device", d.sn)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(f"{d.sn}: fingerprint queued as enrolment", done.stdout)
        self.assertIn("FID=6", d.poll()[-1][1])
        for words, says in ((("36", "card", "--device", d.sn), "no person"), (("35", "card"), "--device"),
                            (("35", "card", "--finger", "x", "--device", d.sn), "from 0 to 9"),
                            (("35", "smell", "--device", d.sn), "type")):
            done = run(*words)
            self.assertNotEqual(done.returncode, 0, words)
            self.assertIn(says, done.stderr)


if __name__ == "__main__":
    tap.main()
