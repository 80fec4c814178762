#!/usr/bin/env python3
"""The image of `make image`: its configuration as other programs read it, and the server run from it."""

import glob
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))

import tap  # noqa: E402

LAYOUT = os.path.join(ROOT, "build-image", "oci")
PATIENCE = 120  # seconds


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE * 4, **more)


def document(digest):
    with open(os.path.join(LAYOUT, "blobs", *digest.split(":")), "rb") as f:
        return json.load(f)


def free_ports():
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


class Configuration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(LAYOUT, "index.json")) as f:
            cls.index = json.load(f)
        cls.manifest = document(cls.index["manifests"][0]["digest"])
        cls.image = document(cls.manifest["config"]["digest"])
        cls.config = cls.image["config"]

    def test_each_part_has_the_digest_it_is_named_by(self):
        for path in glob.glob(os.path.join(LAYOUT, "blobs", "sha256", "*")):
            with open(path, "rb") as f:
                self.assertEqual(hashlib.sha256(f.read()).hexdigest(), os.path.basename(path))

    def test_no_folder_of_the_machine_that_made_it_is_in_it(self):
        layer = os.path.join(LAYOUT, "blobs", *self.manifest["layers"][0]["digest"].split(":"))
        with tarfile.open(layer) as files:
            names = {name.removeprefix("./") for name in files.getnames()}
        self.assertIn("usr/bin/gatehouse", names)
        self.assertNotIn(ROOT.lstrip("/"), names)

    def test_it_runs_as_a_user_with_a_number_that_is_not_root(self):
        self.assertRegex(self.config["User"], r"^[1-9]\d*:[1-9]\d*$")

    def test_data_ports_and_health_are_declared(self):
        self.assertEqual(list(self.config["Volumes"]), ["/var/lib/gatehouse"])
        self.assertEqual(sorted(self.config["ExposedPorts"]), ["8080/tcp", "8081/tcp"])
        self.assertEqual(self.config["Healthcheck"]["Test"], ["CMD", "gatehouse", "status"])

    def test_skopeo_reads_the_same(self):
        if not shutil.which("skopeo"):
            self.skipTest("no skopeo here")
        done = run("skopeo", "inspect", "--config", "--raw", "oci:" + LAYOUT)
        self.assertEqual(json.loads(done.stdout)["config"], self.config, done.stderr)

    def test_skopeo_makes_an_archive_for_docker_that_keeps_the_health_check(self):
        if not shutil.which("skopeo"):
            self.skipTest("no skopeo here")
        with tempfile.TemporaryDirectory() as home:
            path = os.path.join(home, "docker.tar")
            done = run("skopeo", "--insecure-policy", "copy", "oci:" + LAYOUT, f"docker-archive:{path}:gatehouse:test")
            self.assertEqual(done.returncode, 0, done.stderr)
            run("tar", "-xf", path, "-C", home)
            with open(os.path.join(home, "manifest.json")) as f:
                config = json.load(f)[0]["Config"]
            with open(os.path.join(home, config)) as f:
                self.assertEqual(json.load(f)["config"]["Healthcheck"], self.config["Healthcheck"])


class Runs(unittest.TestCase):
    def setUp(self):
        if os.getuid() or not shutil.which("umoci"):
            self.skipTest("unpacking the image needs root and umoci")
        self.home = tempfile.mkdtemp(prefix="gatehouse-test-")
        self.addCleanup(shutil.rmtree, self.home, True)
        self.bundle = os.path.join(self.home, "bundle")
        with open(os.path.join(LAYOUT, "index.json")) as f:
            tag = json.load(f)["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"]
        done = run("umoci", "unpack", "--image", f"{LAYOUT}:{tag}", self.bundle)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.root = os.path.join(self.bundle, "rootfs")
        self.devices, self.admin = free_ports()
        self.env = {"GATEHOUSE_LISTEN": f"127.0.0.1:{self.devices}", "GATEHOUSE_ADMIN": f"127.0.0.1:{self.admin}",
                    "GATEHOUSE_DATA": "/var/lib/gatehouse", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                    "GATEHOUSE_URL": f"http://127.0.0.1:{self.admin}"}

    def serve(self, *command):
        """Start it and wait until it answers; the process."""
        log = open(os.path.join(self.home, "log"), "w+")
        self.addCleanup(log.close)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=10) as answer:
                    self.assertEqual(answer.status, 200)
                    return process
            except OSError:
                log.seek(0)
                self.assertIsNone(process.poll(), log.read())
                self.assertLess(time.monotonic(), end, "no answer")
                time.sleep(0.1)

    def test_its_server_serves_as_its_user_and_its_health_check_succeeds(self):
        inside = ("chroot", "--userspec=10001:10001", self.root)
        process = self.serve(*inside, "/usr/bin/gatehouse", "serve")
        done = run(*inside, "gatehouse", "status", env=self.env)
        self.assertEqual(done.returncode, 0, done.stderr)
        data = os.path.join(self.root, "var/lib/gatehouse")
        self.assertEqual((os.stat(data).st_uid, os.stat(data).st_mode & 0o777), (10001, 0o700))
        process.terminate()
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertNotEqual(run(*inside, "gatehouse", "status", env=self.env).returncode, 0)

    def test_a_container_runtime_runs_it(self):
        runtime = shutil.which("runc") or shutil.which("crun")
        if not runtime:
            self.skipTest("no runc or crun here")
        path = os.path.join(self.bundle, "config.json")
        with open(path) as f:
            spec = json.load(f)
        spec["process"]["env"] += [f"{name}={value}" for name, value in self.env.items()]
        spec["process"]["terminal"] = False
        spec["linux"]["namespaces"] = [n for n in spec["linux"]["namespaces"] if n["type"] not in ("network", "cgroup")]
        spec["linux"].pop("resources", None)
        spec["mounts"] = [m for m in spec["mounts"] if m["type"] not in ("cgroup", "sysfs")]
        with open(path, "w") as f:
            json.dump(spec, f)
        name = f"gatehouse-test-{os.getpid()}"
        state = (runtime, "--root", os.path.join(self.home, "state"))
        self.assertEqual(spec["process"]["user"]["uid"], 10001)
        try:
            process = self.serve(*state, "run", "--bundle", self.bundle, name)
        except AssertionError as e:
            if "cgroup" in str(e):
                self.skipTest(f"the runtime cannot run here: {str(e).split(' : ')[-1].strip()}")
            raise
        done = run(*state, "exec", name, "gatehouse", "status")
        self.assertEqual(done.returncode, 0, done.stderr)
        run(*state, "kill", name, "TERM")
        self.assertEqual(process.wait(PATIENCE), 0)


if __name__ == "__main__":
    tap.main()
