#!/usr/bin/env python3
"""Each return code of the document (Security PUSH 3.1.2, 11.1) ends a command, and has its meaning."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from serve import Server  # noqa: E402
from unit import Unit  # noqa: E402
import tap  # noqa: E402

# As printed, and a word of the meaning of some.
CODES = [*range(-1, -29, -1), -30, *range(-100, -109, -1), -201, -202, -203, -206, -301, -601, -603, -604, -609,
         -612, -614, -615, -616, -618, -619, -620, -621, -628, -629, -630, -631, -632, *range(-701, -710, -1),
         *range(-720, -733, -1), -801]
WORDS = {-8: "authorised", -13: "does not exist", -14: "password", -18: "space", -27: "no user", -106: "4 MB",
         -604: "memory", -612: "parameter", -621: "field", -629: "table", -631: "base64", -708: "support",
         -721: "download", -801: "cmd:SN:command"}

server = None


def setUpModule():
    global server
    server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(server.close)


class Codes(unittest.TestCase):
    def setUp(self):
        self.unit = Unit(server).register()

    def given(self, words):
        """A command that the unit was given; its number."""
        number = server.api.post("/api/commands", {"deviceSerial": self.unit.sn, "command": words})["commandId"]
        self.unit.expect(f"C:{number}:{words}\n".encode(), "GET", "/iclock/getrequest?SN=")
        return number

    def ended(self, words, *codes):
        """What became of a command that is answered so."""
        number = self.given(words)
        for code in codes:
            self.unit.result(number, code)
        shown = server.api.get(f"/api/commands/{number}")["data"]
        return shown["status"], shown["returnCode"], shown["meaning"]

    def test_each_code_fails_and_has_its_words(self):
        self.assertEqual(len(CODES), 83)
        for code in CODES:
            status, returned, meaning = self.ended("DATA COUNT user", code)
            self.assertEqual((status, returned), ("failed", code))
            self.assertTrue(meaning, code)
            self.assertIn(WORDS.get(code, ""), meaning)

    def test_a_code_that_is_in_no_document_fails_too(self):
        status, returned, meaning = self.ended("DATA COUNT user", -4711)
        self.assertEqual((status, returned), ("failed", -4711))
        self.assertIsNone(meaning)

    def test_what_is_not_negative_succeeds(self):
        for words, code in (("DATA COUNT user", 0), ("DATA COUNT user", 12), ("SET OPTIONS DoorAutoMatch=1", 1)):
            self.assertEqual(self.ended(words, code)[:2], ("acknowledged", code))

    def test_a_result_that_follows_later_leaves_it_open(self):
        self.assertEqual(self.ended("DATA COUNT user", -5000, -5000, -12)[:2], ("failed", -12))
        self.assertEqual(self.ended("DATA COUNT user", -5000, 3)[:2], ("acknowledged", 3))
        status, _, meaning = self.ended("DATA COUNT user", -5000)
        self.assertEqual((status, "cannot be requested" in (meaning or "")), ("deferred", True), meaning)


if __name__ == "__main__":
    tap.main()
