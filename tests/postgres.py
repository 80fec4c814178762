#!/usr/bin/env python3
"""A PostgreSQL server for one test: made by initdb in a temporary directory, reached by a socket
there, and gone with the test. A user who may do everything runs it as one who may not.

    tests/postgres.py [--set NAME=VALUE]... COMMAND ...

runs the command with the server's URL in $GATEHOUSE_TEST_POSTGRES; --set is a setting of the server.
"""

import csv
import ctypes
import fcntl
import glob
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

import old_store
import scratch

USER = "gatehouse"
# What commits wait for is what is tested; the rest keeps a small server small.
SETTINGS = {
    "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "listen_addresses": "",
    "max_connections": "60", "shared_buffers": "32MB", "max_wal_size": "64MB",
    "min_wal_size": "32MB", "autovacuum_naptime": "10s", "log_line_prefix": "%m [%p] ",
    "logging_collector": "off", "unix_socket_permissions": "0777",
}


def _environment():
    """Of PostgreSQL's own programs. Meson has the C library fill what is freed, which finds faults of
    ours and only slows them."""
    return {name: value for name, value in os.environ.items() if name != "MALLOC_PERTURB_"}


READY = 6  # stores of a server that need no migrations; of a few programs all, of most the first


def tool(name):
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"),
                   key=lambda path: int(path.split("/")[4])) + [shutil.which(name)]
    found = [path for path in found if path]
    if not found:
        raise RuntimeError(f"no {name}: install postgresql")
    return found[-1] if found[-1].startswith("/usr/lib") else found[0]


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG; at once, without cleaning up


def _user():
    """Who runs the server: PostgreSQL refuses to be run by root."""
    if os.getuid():
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        except KeyError:
            pass
    raise RuntimeError("no user to run PostgreSQL as")


class Postgres:
    def __init__(self, on_disk=False, **settings):
        self.settings = dict(SETTINGS, **settings)
        self.home = tempfile.mkdtemp(prefix="gatehouse-pg-", dir=None if on_disk else scratch.memory())
        self.user = _user()
        self.process = None
        try:
            if self.user:
                os.chown(self.home, self.user["user"], self.user["group"])
            os.chmod(self.home, 0o755)
            self._initdb()
            self.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _initdb(self):
        """Make its files; where $GATEHOUSE_TEST_CLUSTER names a folder, by a copy of those that
        the first test left there. They have schemas that are ready, too."""
        kept = os.environ.get("GATEHOUSE_TEST_CLUSTER")
        if kept is None:
            self._files_make()
            return
        with open(kept + ".lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the others wait for the first
            if not os.path.isdir(kept):
                self._files_make()
                self._ready_make()
                copy = f"{kept}.{os.getpid()}"
                subprocess.run(["cp", "-a", f"{self.home}/data", copy], check=True)
                os.rename(copy, kept)
                return
        subprocess.run(["cp", "-a", kept, f"{self.home}/data"], check=True)

    def _files_make(self):
        subprocess.run([tool("initdb"), "--no-sync", "--auth=trust", f"--username={USER}",
                        "--encoding=UTF8", "--locale=C", "--wal-segsize=4",
                        "-D", f"{self.home}/data"],
                       check=True, stdout=subprocess.DEVNULL, cwd=self.home,
                       env=_environment(), **self.user)

    def _ready_make(self):
        """Schemas as the migrations make them, each of which ready_schema() takes for a store: a
        server makes such a one of an empty schema, but it takes longer than the rest of its start."""
        self.start()
        for n in range(READY):
            old_store.postgres_empty(self, f"ready_{n}", old_store.newest("postgres"))
        self.stop()

    def start(self):
        flags = [f"-c{key}={value}" for key, value in self.settings.items()]
        self.log = open(f"{self.home}/log", "ab")
        # A death signal set before the user changes is lost.
        self.process = subprocess.Popen(
            [tool("postgres"), "-D", f"{self.home}/data", "-k", self.home] + flags,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=self.home,
            env=_environment(), preexec_fn=self._become)
        end = time.monotonic() + 60
        while subprocess.run([tool("pg_isready"), "-q", "-h", self.home, "-U", USER],
                             check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > end:
                with open(f"{self.home}/log", encoding="utf-8", errors="replace") as log:
                    raise RuntimeError("PostgreSQL did not start:\n" + log.read()[-2000:])
            time.sleep(0.05)

    def _become(self):
        if self.user:
            os.setgroups([])
            os.setgid(self.user["group"])
            os.setuid(self.user["user"])
        _die_with_parent()

    def stop(self, how=signal.SIGINT):
        """SIGINT cuts its connections and ends it in order, SIGQUIT at once, as a crash would."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)
        self.process = None

    def restart(self, how=signal.SIGINT):
        self.stop(how)
        self.start()

    def close(self):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.home, ignore_errors=True)

    def url(self, schema=None, host=None):
        return url_of(f"postgres://{USER}@/postgres?host={urllib.parse.quote(host or self.home)}",
                      schema)

    def schema(self, name):
        return make_schema(self.url(), name)

    def sql(self, text, schema=None):
        return psql(self.url(schema), text)


def url_of(base, schema):
    if not schema:
        return base
    return base + "&options=" + urllib.parse.quote(f"-csearch_path={schema}")


def psql(url, *texts, header=False):
    """The rows of all texts, as lists of texts; each with the names of its columns first on request."""
    commands = [word for text in texts for word in ("-c", text)]
    done = subprocess.run([tool("psql"), "-Xq", "--csv"] + ([] if header else ["-t"]) +
                          ["-v", "ON_ERROR_STOP=1", "-d", url] + commands,
                          check=True, stdout=subprocess.PIPE, env=_environment())
    return list(csv.reader(done.stdout.decode("utf-8", "surrogateescape").splitlines(True)))


def make_schema(base, name):
    """A schema is a store of its own; its URL."""
    psql(base, f'SET client_min_messages = error; CREATE SCHEMA IF NOT EXISTS "{name}"')
    return url_of(base, name)


# Gives a schema that is ready this name, or makes an empty one; the same in tests/store/place.c.
TAKE = """DO $$ DECLARE ready name;
BEGIN
	PERFORM pg_advisory_xact_lock(1);
	IF EXISTS (SELECT FROM pg_namespace WHERE nspname = '{0}') THEN RETURN; END IF;
	SELECT min(nspname) INTO ready FROM pg_namespace WHERE nspname LIKE 'ready\\_%';
	IF ready IS NULL THEN CREATE SCHEMA {0};
	ELSE EXECUTE format('ALTER SCHEMA %I RENAME TO {0}', ready); END IF;
END $$"""


def ready_schema(base, name):
    """As make_schema(), and it is a store already where one is ready."""
    psql(base, TAKE.format(name))
    return url_of(base, name)


class Rows(list):
    """Like a cursor of sqlite3."""

    def fetchall(self):
        return list(self)

    def fetchone(self):
        return self[0] if self else None


class Database:
    """As much of an sqlite3 connection as the tests need to read the views."""

    def __init__(self, url):
        self.url = url

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def close(self):
        pass

    def execute(self, text, values=()):
        for value in values:
            quoted = "'" + str(value).replace("'", "''") + "'"
            text = text.replace("?", str(value) if isinstance(value, int) else quoted, 1)
        names, _, *rows = psql(self.url, f"SELECT * FROM ({text}) t LIMIT 0",
                               f"SELECT row_to_json(t) FROM ({text}) t", header=True)
        found = Rows(tuple(json.loads(row[0]).values()) for row in rows)
        found.description = [(name,) for name in names]
        return found

    def read(self, texts):
        """The rows of several queries, which all together take one run of psql."""
        found = [[] for _ in texts]
        for number, row in psql(self.url, *(f"SELECT {i}, row_to_json(t) FROM ({text}) t"
                                            for i, text in enumerate(texts))):
            found[int(number)].append(tuple(json.loads(row).values()))
        return found


def main():
    settings, words = {}, sys.argv[1:]
    while words[0] == "--set":
        name, value = words[1].split("=", 1)
        settings[name] = value
        words = words[2:]
    with Postgres(**settings) as server:
        env = dict(os.environ, GATEHOUSE_TEST_POSTGRES=server.url())
        return subprocess.run(words, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
