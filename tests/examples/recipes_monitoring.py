#!/usr/bin/env python3
"""docs/recipes/: monitoring and nginx, with a real Prometheus and a real nginx. Where one of them is
not installed (`tools/install-packages recipes`), its claims are skipped, with the reason."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import unittest
import urllib.error
import urllib.parse
import urllib.request

from recipe import HERE, PAGES, Recipe, block, blocks

from serve import DEADLINE, free_port, until
import tap


def need(*programs):
    for name in programs:
        if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            raise unittest.SkipTest(f"{name} is not installed (tools/install-packages recipes)")


class Rules(Recipe):
    @classmethod
    def setUpClass(cls):
        need("promtool")

    def setUp(self):
        super().setUp()
        shutil.copy(PAGES / "gatehouse.rules.yml", self.home)
        shutil.copy(HERE / "gatehouse.rules.test.yml", self.home)

    def test_they_fire_when_they_should_and_not_before(self):
        self.assertIn("SUCCESS", self.shell("promtool test rules gatehouse.rules.test.yml"))

    def test_each_has_a_case_in_which_it_fires_and_one_in_which_not(self):
        cases = (self.home / "gatehouse.rules.test.yml").read_text()
        for name in re.findall(r"- alert: (\w+)", (self.home / "gatehouse.rules.yml").read_text()):
            self.assertRegex(cases, rf"alertname: {name}, exp_alerts: \[\]", name)
            self.assertRegex(cases, rf"alertname: {name}\n +exp_alerts:\n", name)


class Metrics(Recipe):
    """What rules and dashboard name is there, with or without a Prometheus."""

    def test_each_name_is_one_the_server_has(self):
        self.serve()
        self.device.punch(("1", "2026-06-01 08:00:00"))
        _, _, data = self.server.api.raw("GET", "/metrics")
        known = set(re.findall(r"^(\w+)", data.decode(), re.M))
        for name in ("gatehouse.rules.yml", "grafana-dashboard.json"):
            used = set(re.findall(r"\b(?:gatehouse|process)_\w+", (PAGES / name).read_text()))
            self.assertGreater(len(used), 8)
            self.assertEqual(used - known, set(), name)


class Prometheus(Recipe):
    begun = False

    @classmethod
    def setUpClass(cls):
        need("prometheus", "promtool")

    def query(self, path, **query):
        url = f"{self.at}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=DEADLINE) as reply:
                return json.load(reply)["data"]
        except urllib.error.HTTPError as refused:
            # It starts; or another program has the port.
            if refused.code == 503 or not self.begun:
                return None
            self.fail((query, refused.read()))
        except OSError:
            return None

    def begin(self):
        """A Prometheus on the page's configuration, its paths and port changed."""
        self.serve()
        self.device.punch(("1", "2026-06-01 08:00:00"))
        shutil.copy(PAGES / "gatehouse.rules.yml", self.home)
        make_token, check = [t for language, _, t in blocks("monitoring.md") if language == "sh"]
        self.shell(make_token.replace("/etc/prometheus", str(self.home)))
        self.write("monitoring.md", "prometheus.yml", **{
            "/etc/prometheus": str(self.home), "127.0.0.1:8081": "%s:%d" % self.server.admin,
            "15s": "1s"})
        self.assertIn("SUCCESS", self.shell(check.replace("/etc/prometheus", str(self.home))))
        # A port that was free may be taken by the time it is used: then another one.
        for _ in range(5):
            port = free_port()
            self.at = f"http://127.0.0.1:{port}"
            process = self.start(["prometheus", f"--config.file={self.home}/prometheus.yml",
                                  f"--storage.tsdb.path={self.home}/tsdb",
                                  f"--web.listen-address=127.0.0.1:{port}"])
            until(lambda: process.poll() is not None or self.query("targets"), DEADLINE * 2)
            if process.poll() is None:
                self.begun = True
                return
        self.fail(self.log())

    def test_it_reads_the_server_and_answers_every_expression(self):
        self.begin()
        until(lambda: self.query("query", query='up{job="gatehouse"} == 1')["result"], DEADLINE * 2)
        self.assertEqual(self.query("query", query="gatehouse_ledger_seq")["result"][0]["value"][1],
                         "1")
        # Rates need two readings.
        until(lambda: self.query("query", query="rate(gatehouse_polls_total[5m])")["result"],
              DEADLINE * 2)
        dashboard = json.loads((PAGES / "grafana-dashboard.json").read_text())
        empty = set()
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                expr = target["expr"].replace("$instance", ".*")
                if not self.query("query", query=expr)["result"]:
                    empty.add(panel["title"])
        # It shows problems, and there is none.
        self.assertLessEqual(empty, {"Problems by kind"})
        variable = dashboard["templating"]["list"][0]["query"]
        match = re.fullmatch(r"label_values\((.*), (\w+)\)", variable)
        self.assertTrue(self.query(f"label/{match[2]}/values", **{"match[]": match[1]}))
        rules = [r for g in self.query("rules")["groups"] for r in g["rules"]]
        self.assertGreater(len(rules), 8)
        until(lambda: {r["health"] for g in self.query("rules")["groups"] for r in g["rules"]}
              == {"ok"}, DEADLINE * 4)


class Nginx(Recipe):
    @classmethod
    def setUpClass(cls):
        need("nginx", "openssl")

    def certify(self, name):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout",
                        self.home / "gatehouse.key", "-out", self.home / "gatehouse.pem"],
                       check=True, capture_output=True)

    def begin(self, name="gatehouse.example.com"):
        self.write("nginx.md", "gatehouse.ini")
        self.serve("--config", str(self.home / "gatehouse.ini"))
        self.certify(name)
        for _ in range(5):
            self.port, plain = free_port(), free_port()
            self.write("nginx.md", "gatehouse.conf", **{
                "/etc/ssl/private": str(self.home), "/etc/ssl": str(self.home),
                "/var/log/nginx": str(self.home), "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
                "listen 80": f"listen 127.0.0.1:{plain}",
                "127.0.0.1:8081": "%s:%d" % self.server.admin})
            (self.home / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {self.home}/nginx.pid; error_log stderr;
events {{}}
http {{
    client_body_temp_path {self.home}/body; proxy_temp_path {self.home}/proxy;
    fastcgi_temp_path {self.home}/fastcgi; uwsgi_temp_path {self.home}/uwsgi;
    scgi_temp_path {self.home}/scgi;
    include {self.home}/gatehouse.conf;
}}
""")
            nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
            process = self.start([nginx, "-e", "stderr", "-p", str(self.home), "-c",
                                  str(self.home / "nginx.conf")])
            until(lambda: process.poll() is not None or self.listens(self.port), DEADLINE * 2)
            if process.poll() is None:
                self.plain = plain
                return
        self.fail(self.log())

    def listens(self, port):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    def call(self, path, source="127.0.0.1", name="gatehouse.example.com"):
        """The open connection after the head of the answer: status, a file to read the rest."""
        context = ssl.create_default_context(cafile=self.home / "gatehouse.pem")
        raw = socket.create_connection(("127.0.0.1", self.port), DEADLINE, (source, 0))
        k = context.wrap_socket(raw, server_hostname="gatehouse.example.com")
        self.addCleanup(k.close)
        k.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n"
                  f"Authorization: Bearer {self.server.token}\r\n\r\n".encode())
        f = k.makefile("rb")
        self.addCleanup(f.close)
        status = int(f.readline().split()[1])
        while f.readline().strip():
            pass
        return status, f

    def test_the_api_is_served_over_tls(self):
        self.begin()
        status, f = self.call("/api/punches.csv", source="127.0.0.7")
        self.assertEqual(status, 200)
        self.assertIn(b"seq,", f.read())
        until(lambda: re.search(r'^127\.0\.0\.7 .*"GET /api/punches.csv',
                                (self.home / "gatehouse.log").read_text(), re.M))
        self.assertEqual(self.call("/api/status")[0], 200)
        # A name that the setting does not have.
        self.assertEqual(self.call("/api/status", name="other.example.com")[0], 421)

    def test_the_live_stream_is_not_held_back(self):
        self.begin()
        status, f = self.call("/api/events?after=0")
        self.assertEqual(status, 200)
        for n in range(3):
            self.device.punch(("1", f"2026-06-01 08:00:0{n}"))
            while f"id: {n + 1}".encode() not in f.readline():
                pass

    def test_plain_http_is_sent_to_https(self):
        self.begin()
        with socket.create_connection(("127.0.0.1", self.plain), DEADLINE) as k:
            k.sendall(b"GET /api/status HTTP/1.0\r\nHost: gatehouse.example.com\r\n\r\n")
            head = k.makefile("rb").read().decode()
        self.assertIn(" 301 ", head.splitlines()[0])
        self.assertIn("Location: https://gatehouse.example.com/api/status", head)

    def test_the_command_line_reaches_it(self):
        self.begin("localhost")
        (self.home / "token").write_text(self.server.token + "\n")
        line = block("nginx.md", "sh").replace("gatehouse.example.com", f"localhost:{self.port}")
        out = until(lambda: self.reached(line))
        self.assertRegex(out, r"Store in order +yes")

    def reached(self, line):
        done = subprocess.run(["bash", "-c", line], cwd=self.home, text=True, capture_output=True,
                              env=self.environment(GATEHOUSE_CA=str(self.home / "gatehouse.pem")),
                              timeout=DEADLINE)
        return done.returncode == 0 and done.stdout


if __name__ == "__main__":
    tap.main()
