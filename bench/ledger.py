"""Punches by the million, written straight into a store's tables: a year of 300 clocks and 5,000
people, in the order of arrival. Every hundredth came late, up to a month; every ten-thousandth is
of a clock that lost its date. Every tenth clock has the tag TAG. One device, SPARSE, has 20 punches and
the tag SPARSE_TAG, and no punch has the PIN UNUSED_PIN.

    bench/ledger.py DATABASE_FILE|POSTGRES_URL ROWS

The store was made by the server before, and is not served meanwhile."""

import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                "tests"))
import postgres  # noqa: E402

DEVICES, PEOPLE = 300, 5000
SPARSE, UNUSED_PIN = "LEDGERSPARSE", "999999999"
TAG, SPARSE_TAG = "branch", "sparse"
FIRST_MS = 1735689600000  # 2025-01-01
YEAR_S = 365 * 86400

DEVICE = "INSERT INTO device (id, sn, state, area) VALUES ({id}, '{sn}', 1, 1)"
TAGGED = (f"INSERT INTO tag (id, name) VALUES (1, '{TAG}'), (2, '{SPARSE_TAG}')",
          f"INSERT INTO device_tag (device, tag) SELECT id, 1 FROM device WHERE id < {DEVICES}"
          " AND id % 10 = 0", "INSERT INTO device_tag (device, tag) VALUES (1000, 2)")
INDEX = "CREATE UNIQUE INDEX punch_key ON punch (device, time, pin, status, verify, work_code)"
# i: the number of the row. The multipliers are prime, so that neighbours differ in both.
COLUMNS = ("INSERT INTO punch (seq, device, time, pin, status, verify, work_code, zone, utc,"
           " received_ms, flags, source) ")
MOMENT = ("{first} + i * {year} / {rows} - CASE WHEN i % 100 = 7 THEN i * 7919 % 2592000"
          " ELSE 0 END")
DEVICE_OF = ("CASE WHEN i % ({rows} / 20) = 1 THEN 1000 ELSE 1 + i * 7919 % {devices} END")
STATUS = "CASE WHEN i % 100 = 7 THEN 1 WHEN i % 10000 = 11 THEN 2 ELSE 0 END"
LOST = "i % 10000 = 11"


def parts(rows):
    words = {"first": FIRST_MS // 1000, "year": YEAR_S, "rows": rows, "devices": DEVICES}
    return {"moment": MOMENT.format(**words), "device": DEVICE_OF.format(**words),
            "people": PEOPLE, "status": STATUS, "lost": LOST, "rows": rows}


def devices():
    return [(i + 1, f"LEDGER{i:04d}") for i in range(DEVICES)] + [(1000, SPARSE)]


def fill_sqlite(path, rows):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -1000000")
    db.execute("BEGIN")
    for number, sn in devices():
        db.execute(DEVICE.format(id=number, sn=sn))
    for statement in TAGGED:
        db.execute(statement)
    db.execute("INSERT OR IGNORE INTO zone (id, name) VALUES (1, 'UTC')")
    db.execute("DROP INDEX punch_key")
    db.execute(COLUMNS + """
        SELECT i, {device}, CAST(strftime('%Y%m%d%H%M%S',
            CASE WHEN {lost} THEN 946684800 + i % 86400 ELSE moment END, 'unixepoch') AS INTEGER),
            CAST(1 + i * 104729 % {people} AS TEXT), {status}, 1,
            CASE WHEN {lost} THEN CAST(i AS TEXT) ELSE '' END, 1, moment,
            ({first} + i * {year} / {rows}) * 1000, 0, 0
        FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
            SELECT i, {moment} AS moment FROM n)""".format(
                first=FIRST_MS // 1000, year=YEAR_S, **parts(rows)))
    db.execute(INDEX)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def fill_postgres(url, rows):
    postgres.psql(url, "; ".join(
        ["DROP INDEX punch_key"] + [DEVICE.format(id=n, sn=sn) for n, sn in devices()] +
        [*TAGGED, "INSERT INTO zone (id, name) VALUES (1, 'UTC') ON CONFLICT DO NOTHING",
         "SELECT setval(pg_get_serial_sequence('zone', 'id'), 1)",
         "SELECT setval(pg_get_serial_sequence('device', 'id'), 1000)"]))
    postgres.psql(url, COLUMNS + """
        SELECT i, {device}, to_char(to_timestamp(CASE WHEN {lost} THEN 946684800 + i % 86400
                ELSE moment END) AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')::bigint,
            convert_to((1 + i * 104729 % {people})::text, 'UTF8'), {status}, 1,
            CASE WHEN {lost} THEN convert_to(i::text, 'UTF8') ELSE ''::bytea END, 1, moment,
            ({first} + i * {year} / {rows}) * 1000, 0, 0
        FROM (SELECT i, {moment} AS moment FROM generate_series(1, {rows}::bigint) i) n
        """.format(first=FIRST_MS // 1000, year=YEAR_S, **parts(rows)))
    postgres.psql(url, INDEX)
    postgres.psql(url, f"UPDATE ledger SET last = {rows} WHERE stream = 'punch'")
    postgres.psql(url, "VACUUM ANALYZE")


def fill(place, rows):
    (fill_postgres if place.startswith("postgres:") else fill_sqlite)(place, rows)


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
