#!/usr/bin/env python3
"""Generators that others wrote make typed clients of the OpenAPI document; programs written
against these (tests/api/clients/) compile under tsc --strict, refuse what is misspelt, and run
against a real server. Generators and compiler come from npm, into the build directory; where
there is no npm or no registry the claims are reported as skipped."""

import json
import os
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = os.path.join(HERE, "clients")
sys.path.insert(0, os.path.dirname(HERE))

import npm  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import DEADLINE, Server  # noqa: E402

HOME = os.environ.get("TYPED_CLIENTS", os.path.join(HERE, "..", "..", "build-typed-clients"))
SOURCES = ("lint.cjs", "tsconfig.json", "with_hey_api.ts", "with_openapi_fetch.ts")


def tool(name, *args):
    """A program of node_modules/.bin, in HOME."""
    return subprocess.run(["node", os.path.join(HOME, "node_modules", ".bin", name), *args],
                          cwd=HOME, text=True, capture_output=True, timeout=DEADLINE * 10)


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = npm.install(CLIENTS, HOME)
        if missing:
            raise unittest.SkipTest(missing)
        cls.server = Server("--new-devices", "approve")
        cls.addClassCleanup(cls.server.close)
        device = Device(cls.server, "TYPED1")
        device.options()
        device.punch(("1", "2026-06-01 08:00:00"), ("1", "2026-06-01 17:00:00"),
                     ("2", "2026-06-01 08:30:00"))
        device.upload("OPERLOG", "USER PIN=1\tName=Ann\tPri=0\n", 1)
        with open(os.path.join(HOME, "openapi.json"), "w") as f:
            json.dump(cls.server.api.get("/api/openapi.json"), f)
        for name in SOURCES:
            shutil.copy(os.path.join(CLIENTS, name), HOME)
        for done in (tool("openapi-typescript", "openapi.json", "-o", "openapi_types.d.ts"),
                     tool("openapi-ts", "-i", "openapi.json", "-o", "hey",
                          "-c", "@hey-api/client-fetch")):
            if done.returncode:
                raise AssertionError(done.stdout + done.stderr)

    def test_programs_compile_and_run(self):
        done = tool("tsc", "--project", "tsconfig.json")
        self.assertEqual(done.returncode, 0, done.stdout)
        for name in ("with_openapi_fetch", "with_hey_api"):
            done = subprocess.run(
                ["node", os.path.join("run", name + ".js"),
                 "http://%s:%d" % self.server.admin, self.server.token],
                cwd=HOME, text=True, capture_output=True, timeout=DEADLINE * 4)
            self.assertEqual((done.returncode, done.stdout), (0, "done\n"), done.stderr)

    def lint(self, document):
        with open(os.path.join(HOME, "linted.json"), "w") as f:
            json.dump(document, f)
        done = subprocess.run(["node", "lint.cjs", "linted.json"], cwd=HOME, text=True,
                              capture_output=True, timeout=DEADLINE * 4)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_a_linter_finds_nothing(self):
        document = self.server.api.get("/api/openapi.json")
        self.assertEqual(self.lint(document), "")
        document["paths"]["/api/punches"]["get"]["operationId"] = "listDevices"
        document["paths"]["/healthz"]["get"]["responses"].pop("4XX")
        found = self.lint(document)
        self.assertIn("operation-operationId-unique", found)
        self.assertIn("operation-4xx-response", found)

    def test_nothing_is_typed_as_unknown(self):
        with open(os.path.join(HOME, "openapi_types.d.ts")) as f:
            text = f.read()
        # What the generator writes of itself: no webhooks, no definitions, further headers.
        for own in ("webhooks = Record<string, never>", "$defs = Record<string, never>",
                    "[name: string]: unknown", "[key: string]: unknown"):
            text = text.replace(own, "")
        for word in (": unknown", "Record<string, never>"):
            self.assertNotIn(word, text)


if __name__ == "__main__":
    tap.main()
