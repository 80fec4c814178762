#!/usr/bin/env python3
"""Write the SQL that makes a new store at once, as a C file: new_store.py OUT new_store.sql 0001.sql ...

It is what all migrations together make: they run here, on an empty database, and the tables, rows,
indexes, triggers and views that are then there are written down. So a new store needs none of the steps
that older ones have come through, each of which has SQLite read the whole schema again. What is random
in the rows has to be made by new_store.sql.
"""
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "sql"))
sys.dont_write_bytecode = True
import embed  # noqa: E402


def database(texts, random):
    """A database after these texts, in which random() is that number."""
    db = sqlite3.connect(":memory:")
    db.create_function("random", 0, lambda: random)
    for text in texts:
        db.executescript(text)
    return db


def objects(db, kinds):
    """Their SQL, in the order they were made; indexes of keys have none."""
    marks = ", ".join("?" * len(kinds))
    return [sql for (sql,) in db.execute(
        f"SELECT sql FROM sqlite_master WHERE type IN ({marks}) AND sql IS NOT NULL"
        " AND name NOT LIKE 'sqlite%' ORDER BY rowid", kinds)]


def tables(db):
    return [name for (name,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]


def rows(db, table):
    """The rows, each value as SQL writes it."""
    names = [column[1] for column in db.execute(f'PRAGMA table_info("{table}")')]
    quoted = ", ".join(f'quote("{name}")' for name in names)
    return names, sorted(db.execute(f'SELECT {quoted} FROM "{table}"'))


def inserts(db):
    for table in tables(db):
        if table.startswith("sqlite_"):
            continue
        names, found = rows(db, table)
        for row in found:
            columns = ", ".join(f'"{name}"' for name in names)
            yield f"INSERT INTO \"{table}\" ({columns}) VALUES ({', '.join(row)})"
    # From which numbers on tables count.
    yield "DELETE FROM sqlite_sequence"
    for row in rows(db, "sqlite_sequence")[1]:
        yield f"INSERT INTO sqlite_sequence (name, seq) VALUES ({', '.join(row)})"


def content(db):
    """All that is in it, to be compared."""
    shape = sorted(db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))
    return shape, {table: rows(db, table) for table in tables(db)}


def main(out, own, *paths):
    migrations = [path.read_text(encoding="utf-8") for path in embed.numbered(paths)]
    old = database(migrations, 0)
    statements = objects(old, ("table",)) + list(inserts(old)) + objects(old, ("index",)) + \
        objects(old, ("trigger",)) + objects(old, ("view",))
    new = ";\n".join(statements) + ";\n" + pathlib.Path(own).read_text(encoding="utf-8")
    # Once more with another number: what is random, and only that, has to follow it.
    for random in (0, 1):
        if content(database([new], random)) != content(database(migrations, random)):
            sys.exit(f"{own}: a new store would not be what the migrations make")
    pathlib.Path(out).write_text(
        '/* Made by new_store.py from the numbered SQL files. */\n#include "store/sqlite/schema.h"\n\n' +
        embed.array("sqlite_new_store", new.encode()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
