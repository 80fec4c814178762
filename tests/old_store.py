"""Stores of older schemas: the rows that programs of their time wrote, kept in tests/store/schemas/
by tools/keep-store, and what a test needs to set one up and to compare it afterwards.

A file there has rows only. The tables are made by the migrations of its version, which must not
have changed since: the digest in the file's head is that of their text without comments.
"""

import contextlib
import glob
import hashlib
import os
import re
import sqlite3
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KEPT = os.path.join(TOP, "tests", "store", "schemas")
SCHEMA = os.path.join(TOP, "src", "store", "{}", "schema")
APPLICATION_ID = 0x47617465

# Every moment in a file is counted from here, so that a test can move all to the present.
EPOCH_MS = 1_700_000_000_000
ENGINES = ("sqlite", "postgres")


def token(name):
    """What the token of that name in each of them is: admin, payroll (read), console (write)."""
    return f"gh_kept-with-the-stores-of-older-schemas-{name}"


def versions(engine):
    """The schemas of which a store is kept."""
    return sorted(int(os.path.basename(p)[:4]) for p in glob.glob(kept(engine, "*")))


def kept(engine, version):
    name = version if version == "*" else f"{version:04d}"
    return os.path.join(KEPT, engine, f"{name}.sql")


def migrations(engine, version):
    """The texts of the first `version` of them."""
    found = sorted(glob.glob(os.path.join(SCHEMA.format(engine), "*.sql")))[:version]
    for path in found:
        with open(path, encoding="utf-8") as f:
            yield f.read()


def newest(engine):
    return len(glob.glob(os.path.join(SCHEMA.format(engine), "*.sql")))


def bare(text):
    """SQL without comments, and with one blank where there are several."""
    return " ".join(re.sub(r"--[^\n]*", "", text).split())


def digest(engine, version):
    text = "\n".join(bare(m) for m in migrations(engine, version))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def rows(engine, version):
    """The rows of a file, and the digest of the migrations they were written with."""
    with open(kept(engine, version), encoding="utf-8") as f:
        text = f.read()
    return text, re.search(r"^-- migrations (\w+)$", text, re.M)[1]


def shift(table, column, ms):
    """What moves a column of moments."""
    return f"UPDATE {table} SET {column} = {column} + {ms} WHERE {column} > 0"


def to_present(age_ms):
    return int(time.time() * 1000) - EPOCH_MS - age_ms


# --- SQLite ---

def sqlite_names(db, kinds="'table'"):
    return [r[0] for r in db.execute(
        f"SELECT name FROM sqlite_master WHERE type IN ({kinds}) ORDER BY name")]


def sqlite_columns(db, table):
    return [r[1] for r in db.execute(f"PRAGMA table_info({table})")]


def sqlite_empty(path, version):
    """A file as the first migrations make it."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        for text in migrations("sqlite", version):
            db.executescript(text)
        db.executescript(f"PRAGMA application_id = {APPLICATION_ID};"
                         f"PRAGMA user_version = {version}")


def sqlite_make(path, version, age_ms=0):
    """The store of that schema, its youngest rows `age_ms` old."""
    ms = to_present(age_ms)  # the same for all: some moments are compared
    sqlite_empty(path, version)
    with contextlib.closing(sqlite3.connect(path)) as db:
        for table in sqlite_names(db):
            db.execute(f"DELETE FROM {table}")
        db.executescript(rows("sqlite", version)[0])
        for table in sqlite_names(db):
            for column in sqlite_columns(db, table):
                if column.endswith("_ms"):
                    db.execute(shift(table, column, ms))
        db.commit()


def sqlite_shape(path):
    """What the tables, indexes and views are."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return sorted((kind, name, bare(text or "")) for kind, name, text in db.execute(
            "SELECT type, name, sql FROM sqlite_master"))


# --- PostgreSQL; `database` is one of postgres.Postgres ---

def postgres_columns(database, schema):
    return database.sql("SELECT c.table_name, c.column_name, c.data_type"
                        " FROM information_schema.columns c"
                        " JOIN information_schema.tables t USING (table_schema, table_name)"
                        f" WHERE table_schema = '{schema}' AND table_type = 'BASE TABLE'"
                        " ORDER BY 1, ordinal_position")


def postgres_empty(database, schema, version):
    """A schema as the first migrations make it; its URL."""
    url = database.schema(schema)
    text = "".join(migrations("postgres", version))
    database.sql(f"SET client_min_messages = error; {text};"
                 "CREATE TABLE schema_version (version bigint NOT NULL);"
                 f"INSERT INTO schema_version VALUES ({version})", schema)
    return url


def postgres_make(database, schema, version, age_ms=0):
    """The store of that schema, its youngest rows `age_ms` old; its URL."""
    ms = to_present(age_ms)
    url = postgres_empty(database, schema, version)
    columns = postgres_columns(database, schema)
    tables = sorted({t for t, _, _ in columns} - {"schema_version"})
    # As a replica it takes rows of tables in any order.
    database.sql("SET session_replication_role = replica;"
                 f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE;"
                 + rows("postgres", version)[0]
                 + ";".join(shift(table, column, ms)
                            for table, column, _ in columns if column.endswith("_ms")), schema)
    return url


# The names of columns, never the order: a column that was added later stands at the end.
POSTGRES_SHAPE = """
SELECT 'column', table_name || '.' || column_name,
	concat_ws(' ', data_type, is_nullable, column_default, identity_generation)
FROM information_schema.columns WHERE table_schema = '{0}'
UNION ALL
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = '{0}'
UNION ALL
SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = '{0}'::regnamespace
UNION ALL
SELECT 'view', viewname, definition FROM pg_views WHERE schemaname = '{0}'
UNION ALL
SELECT 'function', oid::regprocedure::text, prosrc FROM pg_proc
WHERE pronamespace = '{0}'::regnamespace
UNION ALL
SELECT 'option', relname, array_to_string(reloptions, ' ') FROM pg_class
WHERE relnamespace = '{0}'::regnamespace AND reloptions IS NOT NULL
"""


def postgres_shape(database, schema):
    """What the tables, indexes, views and functions are."""
    return sorted((kind, name.replace(f"{schema}.", ""), bare(text.replace(f"{schema}.", "")))
                  for kind, name, text in database.sql(POSTGRES_SHAPE.format(schema), schema))
