#!/usr/bin/env python3
"""Tokens that were made when scopes were a ladder keep what they could do."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import old_store  # noqa: E402
import tap  # noqa: E402
from device import Device  # noqa: E402
from serve import Api, ApiError, Server  # noqa: E402

READ, WRITE, ADMIN = (old_store.token(name) for name in ("payroll", "console", "admin"))


class OldTokens(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="gatehouse-test-")
        self.addCleanup(home.cleanup)
        old_store.sqlite_make(os.path.join(home.name, "gatehouse.db"), 4)
        with open(os.path.join(home.name, "admin.token"), "w", encoding="ascii") as f:
            f.write(ADMIN + "\n")
        self.server = Server("--new-devices", "approve", data=home.name)
        self.addCleanup(self.server.close)

    def status(self, token, method, path, body=None):
        try:
            Api(self.server.admin, token).call(method, path, body)
        except ApiError as e:
            return e.status
        return 200

    def test_each_has_the_scopes_it_was_worth(self):
        rows = Api(self.server.admin, ADMIN).get("/api/tokens")["data"]
        self.assertEqual({r["name"]: (r["scopes"], r["scope"]) for r in rows},
                         {"payroll": (["read"], "read"),
                          "console": (["read", "write", "door"], "write"),
                          "admin": (["admin"], "admin")})

    def test_each_may_do_what_it_could_and_no_more(self):
        d = Device(self.server)
        d.options()
        order = {"deviceSerial": d.sn}
        for method, path, body, who in (
                ("GET", "/api/punches", None, (READ, WRITE, ADMIN)),
                ("POST", "/api/commands", dict(order, type="log"), (WRITE, ADMIN)),
                ("POST", "/api/commands", dict(order, type="unlock"), (WRITE, ADMIN)),
                ("POST", "/api/commands", dict(order, command="AC_UNLOCK"), (WRITE, ADMIN)),
                ("PATCH", f"/api/devices/{d.sn}", {"name": "Gate"}, (WRITE, ADMIN)),
                ("GET", "/api/tokens", None, (ADMIN,)),
                ("POST", f"/api/devices/{d.sn}/approve", None, (ADMIN,))):
            for token in (READ, WRITE, ADMIN):
                self.assertEqual(self.status(token, method, path, body),
                                 200 if token in who else 403, (path, body, token))
        self.assertEqual(self.status("gh_wrong", "GET", "/api/punches"), 401)


if __name__ == "__main__":
    tap.main()
