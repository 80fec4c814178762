#!/usr/bin/env python3
"""Each command that the document prints, carried out by a simulated device that takes it to the
letter."""

import json
import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(os.path.dirname(HERE)), os.path.dirname(HERE), HERE]

import tap  # noqa: E402
from doors import answer, FAST, units  # noqa: E402
from scripted import Scripted  # noqa: E402
from serve import until  # noqa: E402

VECTORS = [os.path.join(os.path.dirname(os.path.dirname(HERE)), "vectors", f"access_{name}.jsonl")
           for name in ("commands", "filled_commands")]
# What the device of the document answers otherwise than it is printed, and why.
OTHERWISE = {
    # The whole of a photo or template is cut off in print, so what is there is no base64.
    "sec-058": -620, "sec-059": -620,
}


def vectors():
    found = []
    for name in VECTORS:
        with open(name) as f:
            found += [json.loads(line) for line in f]
    return found


def results(body):
    """(id, return code, words) of each line."""
    found = re.findall(rb"(?i)ID=(\d+)&Return=(-?\d+)&CMD=([^&\n]*)", body)
    return [(int(i), int(code), words.decode()) for i, code, words in found]


class Document(unittest.TestCase):
    def carry_out(self, lines, *flags):
        """The results of commands that are given one by one, each with an id of its own."""
        waiting = [re.sub(r"C:\s*\d+:", f"C:{n}:", re.sub(r"CmdID=\d+", f"CmdID={n}", line))
                   for n, line in enumerate(lines, 1)]
        got = {}

        def serve(r):
            if r.about(b"/getrequest") and waiting:
                return waiting.pop(0).encode() + b"\n"
            if r.about(b"/devicecmd"):
                for n, code, words in results(r.body):
                    got.setdefault(n, []).append((code, words))
            if r.about(b"/rtdata"):
                return b"DateTime=583050990,ServerTZ=+0800"
            if r.about(b"&url="):
                return 404, b""
            return answer(r)

        with Scripted(serve) as server:
            sim = units("--server", server.url, *FAST, "--pace", "5", *flags)
            try:
                until(lambda: len(got) == len(lines), 120)
            finally:
                sim.terminate()
                sim.communicate(timeout=60)
        return [got[n] for n in range(1, len(lines) + 1)]

    def test_every_printed_command_has_its_printed_result(self):
        every = [v for v in vectors() if not re.search(r"UPGRADE|DataType|CONTROL DEVICE 03", v["line"])]
        self.assertEqual(len(every), 138)
        wrong = []
        for vector, got in zip(every, self.carry_out([v["line"] for v in every])):
            # Without a printed one: that of other commands of these words.
            words = re.match(r"C:\s*\d+:\s*([A-Z_]+(?: [A-Z_]+)*)", vector["line"])[1]
            printed = vector.get("result") or f"ID=1&Return=0&CMD={words}"
            ((_, code, words),) = results(printed.encode())
            code = OTHERWISE.get(vector["id"], code)
            later = [g for g in got if g[0] != -5000]
            for returned, named in later or got:
                # A number of records is what the device has of them; the document writes the
                # words of data commands in full and cut.
                same = (returned >= 0) == (code >= 0) if code >= 0 else returned == code
                if not same or not (named.startswith(words) or words.startswith(named)):
                    wrong.append((vector["id"], vector["line"][:80], code, words, got))
        self.assertEqual(wrong, [])

    def test_commands_of_some_words_are_refused_on_request(self):
        holiday = "C:1:DATA UPDATE holiday Holiday=20261225\tHolidayType=1\tLoop=1"
        got = self.carry_out([holiday, "C:2:DATA COUNT holiday", "C:3:DATA UPDATE firstcard DoorID=1"],
                             "--refuse", "-629=DATA UPDATE holiday")
        self.assertEqual(got[0], [(-629, "DATA UPDATE")])
        self.assertNotIn(-629, [code for answers in got[1:] for code, _ in answers])
        got = self.carry_out([holiday, "C:2:SET OPTIONS DoorAutoMatch=1"], "--refuse", "-5")
        self.assertEqual([[code for code, _ in answers] for answers in got], [[-5], [-5]])


if __name__ == "__main__":
    tap.main()
