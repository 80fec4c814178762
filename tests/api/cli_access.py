#!/usr/bin/env python3
"""The commands for what is decided about doors."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import command_line  # noqa: E402
import tap  # noqa: E402
from command_line import Base, clock  # noqa: E402
from serve import Server  # noqa: E402


def setUpModule():
    command_line.server = Server("--new-devices", "approve")
    unittest.addModuleCleanup(command_line.server.close)


class DoorRules(Base):
    """What is decided about single doors: made, shown, changed and deleted by the words of its help."""

    def test_a_person_who_is_not_there_is_named_and_ids_are_explained(self):
        self.bad(1, "number 987654; people are named by id, not by PIN",
                 "level", "add", "Nobody", "people=987654")

    def test_each_kind_is_made_shown_changed_and_deleted(self):
        d = clock()
        door, other = f"{d.sn}:1", f"{d.sn}:2"
        for noun, made, changed, shown in (
                ("first-card", [f"door={door}", "rule=1", "mode=activation"], "mode=normal-open", "normal-open"),
                ("multi-card", [f"door={door}", "groups=5,5"], "groups=5,6", "5 6"),
                ("anti-passback", [f"doors={door}", f"against={other}"], "seconds=60", "60"),
                ("interlock", [f"doors={door},{other}"], f"doors={other},{door}", f"{other} {door}"),
                ("linkage", ["event=220", f"at={door}"], "seconds=255", "255"),
                ("scheduled-output", [f"at={door}", "rule=1", "action=normal-open"], "output=aux", "aux"),
                ("scheduled-input", [f"at={door}", "rule=1"], f"at={other}", other),
                ("verify-schedule", ["week.mon-fri=08:00-18:00 door=4", f"doors={door}"],
                 "week.sat=08:00-18:00 door=6", "door=6"),
                ("super-user", [f"doors={door}"], f"doors={other}", other)):
            with self.subTest(noun):
                number = json.loads(self.ok("access", noun, "add", f"{noun} of the test", *made,
                                            "--json").out)["data"]["id"]
                self.assertIn(f"{noun} of the test", self.ok("access", noun, "list").out)
                self.assertIn(shown, self.ok("access", noun, "set", str(number), changed).out)
                self.assertIn(shown, self.ok("access", noun, "show", str(number)).out)
                self.bad(2, "--yes", "access", noun, "delete", str(number))
                self.ok("access", noun, "delete", str(number), "--yes")
        self.assertIn("Front", self.ok("access", "door", "set", door, "name=Front", "driveSeconds=8",
                                       "disabled=no").out)
        self.assertIn("Front", self.ok("access", "door", "list").out)
        self.bad(1, "driveSeconds", "access", "door", "set", door, "driveSeconds=999")


if __name__ == "__main__":
    tap.main()
