#!/usr/bin/env python3
"""The package of `make deb`, without installing it: what lintian finds, its list of parts, and that it is
built to the same bytes in another folder."""

import datetime
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))

import npm  # noqa: E402
import tap  # noqa: E402

HOME = os.environ.get("VALIDATOR", os.path.join(ROOT, "build-sbom-validator"))


def deb(tree=ROOT):
    found = glob.glob(os.path.join(tree, "build-deb", "gatehouse_*-1_*.deb"))
    return max(found, key=os.path.getmtime)


def field(name):
    return subprocess.run(["dpkg-deb", "--field", deb(), name], capture_output=True, text=True,
                          check=True).stdout.strip()


class Lintian(unittest.TestCase):
    def test_it_finds_no_error_and_no_warning(self):
        if not shutil.which("lintian"):
            self.skipTest("no lintian here")
        done = subprocess.run(["lintian", "--fail-on", "error,warning", "--allow-root", deb()],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)


class Parts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(ROOT, "build-deb", "gatehouse.cdx.json")) as f:
            cls.document = json.load(f)
        cls.names = {c["name"]: c for c in cls.document["components"]}

    def test_each_dependency_of_the_package_is_in_the_list(self):
        for depends in re.findall(r"(?:^|, )([a-z0-9.+-]+)", field("Depends")):
            if depends != "systemd":
                self.assertIn(depends, self.names)

    def test_what_dependencies_need_is_in_the_list_with_its_version(self):
        self.assertGreater(len(self.names), field("Depends").count(",") + 1)
        for c in self.names.values():
            self.assertTrue(c["type"] == "file" or (c["version"] and c["purl"].startswith("pkg:deb/")), c)

    def test_headers_that_are_compiled_in_are_in_the_list(self):
        self.assertIn({"name": "gatehouse:use", "value": "compiled in"}, self.names["uthash-dev"]["properties"])

    def test_the_hashes_are_those_of_the_files_in_the_package(self):
        with tempfile.TemporaryDirectory() as to:
            subprocess.run(["dpkg-deb", "--extract", deb(), to], check=True)
            with open(os.path.join(to, "usr/share/doc/gatehouse/gatehouse.cdx.json")) as f:
                self.assertEqual(json.load(f), self.document)
            files = [c for c in self.names.values() if c["type"] == "file"]
            self.assertGreaterEqual(len(files), 2)
            for c in files:
                with open(to + c["name"], "rb") as f:
                    self.assertEqual(c["hashes"][0]["content"], hashlib.sha256(f.read()).hexdigest())

    def validate(self, document):
        done = subprocess.run(["node", os.path.join(HERE, "validate.mjs"), HOME], text=True,
                              input=json.dumps(document), capture_output=True, timeout=120)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_a_validator_of_cyclonedx_finds_nothing_and_would_find_a_fault(self):
        missing = npm.install(HERE, HOME)
        if missing:
            self.skipTest(missing)
        self.assertEqual(self.validate(self.document), "")
        self.assertNotEqual(self.validate({**self.document, "serialNumber": "one"}), "")
        self.assertNotEqual(self.validate({**self.document, "components": [{"name": "x"}]}), "")


class Reproducible(unittest.TestCase):
    def build(self, tree, **env):
        """The package built from a copy of this tree, at another time in another folder."""
        os.makedirs(tree)
        files = subprocess.run("git ls-files -z -co --exclude-standard | sort -zu", shell=True, cwd=ROOT,
                               capture_output=True, check=True).stdout
        self.copy(files, tree)
        done = subprocess.run(["tools/make-deb"], cwd=tree, capture_output=True, text=True,
                              env=dict(os.environ, SOURCE_DATE_EPOCH=self.epoch(), **env))
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:])
        with open(deb(tree), "rb") as f:
            return f.read()

    @staticmethod
    def epoch():
        """The time in this tree's package."""
        with open(os.path.join(ROOT, "build-deb", "gatehouse.cdx.json")) as f:
            when = json.load(f)["metadata"]["timestamp"]
        return str(int(datetime.datetime.fromisoformat(when.replace("Z", "+00:00")).timestamp()))

    @staticmethod
    def copy(files, tree):
        pack = subprocess.Popen(["tar", "-c", "--null", "--ignore-failed-read", "-T", "-"], cwd=ROOT,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        unpack = subprocess.Popen(["tar", "-x", "-C", tree], stdin=pack.stdout)
        pack.stdout.close()
        pack.stdin.write(files)
        pack.stdin.close()
        unpack.wait()
        pack.wait()

    def test_another_folder_time_and_language_give_the_same_bytes(self):
        with open(deb(), "rb") as f:
            one = f.read()
        with tempfile.TemporaryDirectory() as home:
            two = self.build(os.path.join(home, "another-folder", "b"), TZ="Asia/Tokyo", LC_ALL="C")
        self.assertEqual(hashlib.sha256(one).hexdigest(), hashlib.sha256(two).hexdigest())


if __name__ == "__main__":
    tap.main()
