#!/usr/bin/env python3
"""Completion of the command line by both shells, with what the server has."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from command_line import Base, environment, url  # noqa: E402
from device import Device  # noqa: E402
from serve import DEADLINE, Server, program  # noqa: E402


class Completion(Base):
    """In both shells, what the server has: serial numbers, PINs, types."""

    SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "completions")
    BASH = ('gatehouse() {{ "{0}" "$@"; }}; . {1}/gatehouse.bash; COMP_WORDS=("$@"); '
            'COMP_CWORD=$(($# - 1)); _gatehouse; printf "%s\\n" "${{COMPREPLY[@]}}"')
    ZSH = ('gatehouse() {{ "{0}" "$@" }}; compadd() {{ shift; print -rl -- "$@" }}; '
           '_describe() {{ print -rl -- ${{${{(P)2}}%%:*}} }}; _files() {{ print FILES }}; '
           'functions[body]="$(<{1}/_gatehouse)"; words=("$@"); CURRENT=$#; body')

    def complete(self, own, *words):
        found = []
        for shell, code in ((["bash"], self.BASH), (["zsh", "-f"], self.ZSH)):
            got = subprocess.run([*shell, "-c", code.format(program(), self.SCRIPTS), "-",
                                  "gatehouse", *words],
                                 env=environment(GATEHOUSE_DATA=own.data, GATEHOUSE_URL=url(own)),
                                 capture_output=True, text=True, timeout=DEADLINE * 2)
            self.assertEqual(got.stderr, "", shell)
            # What does not begin with the word, zsh leaves out itself.
            found.append({w for w in got.stdout.split() if w.startswith(words[-1])})
        self.assertEqual(found[0], found[1], words)
        return found[0]

    def test_values_are_those_the_server_has(self):
        with Server("--new-devices", "approve") as own:
            for sn in ("GATE1", "GATE2", "YARD1"):
                d = Device(own, sn)
                d.options()
                d.upload("OPERLOG", "USER PIN=1001\tName=Ana\n", 1)
                own.api.change(sn, tags=["north", "hall-2", "ground floor"])
            serials = {"GATE1", "GATE2", "YARD1"}
            for words, want in (
                    (("device", "approve", ""), serials),
                    (("device", "show", "GA"), {"GATE1", "GATE2"}),
                    (("device", "approve", "--zone", "UTC", "GATE1", "Y"), {"YARD1"}),
                    (("punch", "list", "--device", ""), serials),
                    (("punch", "list", "--pin", ""), {"1001"}),
                    (("device", "list", "--state", ""), {"held", "approved", "blocked"}),
                    (("problem", "list", "--state", ""), {"open", "snoozed"}),
                    (("command", "list", "--status", "u"), {"uncertain"}),
                    (("command", "send", "GATE1", "--type", "unl"), {"unlock", "unlock_door"}),
                    (("device", "approve", "--zo"), {"--zone"}),
                    (("device", "approve", "--st"), {"--state"}),
                    (("device", "approve", "--pi"), set()),
                    (("device", "list", "--tag", ""), {"north", "hall-2"}),
                    (("device", "tag", "n"), {"north"}),
                    (("device", "tag", "north", "YA"), {"YARD1"}),
                    (("device", "query", "YARD1", "p"), {"punches", "photos", "people"}),
                    (("device", "clear", "YARD1", ""), {"log", "photos", "templates", "data", "events"}),
                    (("access", "ti"), {"time-rule"}),
                    (("access", "time-rule", ""), {"list", "show", "add", "set", "delete"}),
                    (("access", "holiday", "delete", "--y"), {"--yes"}),
                    (("level", "d"), {"delete"}),
                    (("ver",), {"version"})):
                self.assertEqual(self.complete(own, *words), want, words)


if __name__ == "__main__":
    tap.main()
