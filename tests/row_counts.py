"""Rows that a test puts into the database itself are not counted by the server's counters."""

TABLES = ("person", "template", "photo", "oplog", "id_card", "error_log", "work_code", "quarantine",
          "raw_upload")


def recount(postgres):
    """Statements that make the counters those of the rows."""
    empty = "''::bytea" if postgres else "''"
    name = (lambda t: f"'{t}'::bytea") if postgres else (lambda t: f"'{t}'")

    def count(table):
        source = "source" if table == "template" else empty
        grouped = "device, source" if table == "template" else "device"
        return (f"INSERT INTO row_count (device, name, source, n) SELECT device, {name(table)},"
                f" {source}, count(*) FROM {table} GROUP BY {grouped}")

    return ["DELETE FROM row_count"] + [count(t) for t in TABLES]
