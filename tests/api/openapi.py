#!/usr/bin/env python3
"""The OpenAPI document is one to a validator that others wrote, and holds what programs need to
call the API without reading anything else. The validator comes from npm, into the build
directory; where there is no npm or no registry its claims are reported as skipped."""

import copy
import json
import os
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import npm  # noqa: E402
import tap  # noqa: E402
from serve import DEADLINE, Server  # noqa: E402

HOME = os.environ.get("VALIDATOR", os.path.join(HERE, "..", "..", "build-validator"))
document = None


def setUpModule():
    global document
    with Server() as server:
        document = server.api.get("/api/openapi.json")


def faults(*documents):
    """What is wrong with each of them."""
    done = subprocess.run(["node", os.path.join(HERE, "validate.mjs"), HOME], text=True,
                          input=json.dumps(documents), capture_output=True, timeout=DEADLINE * 4)
    if done.returncode or done.stderr:
        raise RuntimeError(done.stderr or f"node: status {done.returncode}")
    return json.loads(done.stdout)


class Validated(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = npm.install(HERE, HOME)
        if missing:
            raise unittest.SkipTest(missing)

    def test_the_validator_finds_nothing(self):
        self.assertEqual(faults(document), [[]])

    def test_the_validator_finds_what_is_wrong(self):
        # One path is enough for it, and takes less time.
        small = dict(document, paths={"/api/punches": document["paths"]["/api/punches"]})
        spoiled = []
        for spoil in (lambda d: d["paths"]["/api/punches"]["get"]["parameters"][0].pop("in"),
                      lambda d: d["components"]["schemas"].pop("Punch"),
                      lambda d: d["info"].pop("title"),
                      lambda d: d["components"]["schemas"]["Token"].update(type="thing")):
            bad = copy.deepcopy(small)
            spoil(bad)
            spoiled.append(bad)
        whole, *found = faults(small, *spoiled)
        self.assertEqual((whole, len(found)), ([], len(spoiled)))
        self.assertTrue(all(found), found)


class Complete(unittest.TestCase):
    def operations(self):
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                yield method.upper(), path, operation

    def test_every_operation_has_a_name_a_scope_and_its_refusals(self):
        names = set()
        for method, path, o in self.operations():
            self.assertRegex(o["operationId"], r"^[a-z]+([A-Z][a-z]+)*$")
            self.assertNotIn(o["operationId"], names)
            names.add(o["operationId"])
            self.assertIn(o["x-scope"], ("none", "any", "metrics", "read", "write", "door",
                                         "template", "command", "admin"))
            self.assertEqual(o["security"], [] if o["x-scope"] == "none" else [{"token": []}, {"session": []}])
            self.assertIn("default", o["responses"])
            self.assertEqual("401" in o["responses"], o["x-scope"] != "none", path)
            self.assertEqual(sum(p["in"] == "path" for p in o.get("parameters", [])),
                             path.count("{"))
            if "requestBody" in o:
                self.assertIn("400", o["responses"])
                self.assertIn("413", o["responses"])
                self.assertGreater(o["requestBody"]["x-max-bytes"], 0)

    def test_what_queues_orders_has_the_header_that_names_them(self):
        keyed = set()
        for method, path, o in self.operations():
            found = [p for p in o.get("parameters", []) if p["in"] == "header"]
            self.assertEqual(len(found), bool(found), path)
            if not found:
                continue
            [key] = found
            keyed.add(path)
            self.assertEqual((key["name"], key.get("required", False)), ("Idempotency-Key", False))
            self.assertEqual((key["schema"]["minLength"], key["schema"]["maxLength"]), (1, 200))
            for word in ("24 hours", "commandId", "key_taken", "header_invalid"):
                self.assertIn(word, key["description"])
            self.assertIn("422", o["responses"], path)
        self.assertIn("key_taken", document["components"]["responses"]["Error422"]["description"])
        # All that has the scope of doors, or of orders; tests/api/door.py uses it on each of these.
        self.assertEqual({path for _, path, o in self.operations()
                          if o["x-scope"] in ("door", "command")} - keyed, set())
        self.assertTrue({"/api/commands", "/api/doors/{door}/open", "/api/devices/{sn}/doors/{n}/hold-open"} <= keyed)

    def test_each_form_of_a_list_is_a_path_with_one_type(self):
        for form, kind in (("", "application/json"), (".csv", "text/csv"),
                           (".ndjson", "application/x-ndjson")):
            o = document["paths"]["/api/punches" + form]["get"]
            self.assertEqual(list(o["responses"]["200"]["content"]), [kind])
            self.assertNotIn("format", [p["name"] for p in o["parameters"]])

    def check_limits(self, s, where):
        if "$ref" in s:
            name = s["$ref"].split("/")[-1]
            return self.check_limits(document["components"]["schemas"][name], name)
        if "anyOf" in s:
            return sum(self.check_limits(one, where) for one in s["anyOf"])
        kind = s["type"] if isinstance(s["type"], str) else s["type"][0]
        if kind == "string":
            self.assertTrue("enum" in s or "maxLength" in s, where)
        elif kind == "integer":
            self.assertIn("minimum", s, where)
            self.assertIn("maximum", s, where)
        elif kind == "array":
            self.assertIn("maxItems", s, where)
            return 1 + self.check_limits(s["items"], where + "[]")
        elif kind == "object":
            if "properties" not in s:  # a map
                self.assertIn("maxProperties", s, where)
                return 1 + self.check_limits(s["additionalProperties"], where + ".*")
            return 1 + sum(self.check_limits(one, f"{where}.{field}")
                           for field, one in s["properties"].items())
        return 1

    def test_every_request_names_its_limits(self):
        bodies = {o["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                  for _, _, o in self.operations() if "requestBody" in o}
        self.assertGreater(len(bodies), 4)
        self.assertGreater(sum(self.check_limits({"$ref": ref}, "") for ref in bodies), 60)

    def test_words_are_enumerated(self):
        schemas = document["components"]["schemas"]
        for name, field, word in (
                ("Token", "scopes", "door"), ("TokenRequest", "scopes", "biotime"),
                ("TokenRequest", "scope", "write"), ("Command", "status", "uncertain"),
                ("Device", "state", "held"), ("CommandRequest", "type", "unlock"),
                ("Error", "code", "field_invalid")):
            s = schemas[name]["properties"][field]
            self.assertIn(word, s.get("enum") or s["items"]["enum"], (name, field))
        for path, name, word in (("/api/devices", "state", "held"),
                                 ("/api/commands", "status", "uncertain"),
                                 ("/api/punches", "sort", "-seq")):
            [p] = [p for p in document["paths"][path]["get"]["parameters"] if p["name"] == name]
            self.assertIn(word, p["schema"]["enum"], (path, name))
        for name, field, word in (("Command", "type", "update_person"), ("Command", "type", "raw"),
                                  ("TerminalLink", "state", "listening"),
                                  ("Exchange", "bodyEncoding", "base64"),
                                  ("Device", "clock", "utc"), ("Token", "scope", "write"),
                                  ("Remedy", "method", "POST")):
            self.assertIn(word, schemas[name]["properties"][field]["enum"], (name, field))
        types = schemas["CommandRequest"]["x-types"]
        self.assertEqual(sorted(types), sorted(schemas["CommandRequest"]["properties"]["type"]
                                               ["enum"]))
        self.assertEqual(types["unlock"]["scope"], "door")
        for name, t in types.items():
            for f in t["fields"]:
                self.assertIn(f["name"], schemas["CommandRequest"]["properties"], name)

    def test_nothing_in_it_is_unused(self):
        text = json.dumps(document)
        for part in ("schemas", "responses", "headers"):
            used = set(re.findall(rf'"#/components/{part}/(\w+)"', text))
            self.assertEqual(set(document["components"][part]) - used, set())


if __name__ == "__main__":
    tap.main()
