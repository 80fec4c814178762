#!/usr/bin/env python3
"""usage: tools/make-facts.py facts/NAME.tsv OUTPUT

Makes the table of C macros of one table of facts (facts/README.md): a row a line, such as
VERIFY_MODE(NEW, 1, "fingerprint"). Fails at a row that is not as it should be, and names it.
"""
import pathlib
import re
import sys

WORD, NUMBER, FLAG, TEXT = r"[A-Z][A-Z_]*", r"-?[0-9]+", "true|false", r"[^\"\\\x00-\x1f]*"


class Table:
    """The columns of a table before `source`, with their kinds, and how many are its key."""

    def __init__(self, macro, key, **columns):
        self.macro, self.key, self.columns = macro, key, columns

    def row(self, cells):
        return f"{self.macro}({', '.join(map(c_value, cells, self.columns.values()))})"


class ReturnCodes(Table):
    """A code of ">0" is every code above zero that has no row of its own."""

    def row(self, cells):
        if cells[1] != ">0":
            return super().row(cells)
        return f'{self.macro}_ABOVE({cells[0]}, {cells[2]}, "{cells[3]}")'


TABLES = {
    "access_event": Table("ACCESS_EVENT", 1, code=NUMBER, **{"class": WORD}, group=NUMBER,
                          granted=FLAG, place=WORD, trigger=FLAG, meaning=TEXT, merged=TEXT),
    "access_function": Table("ACCESS_FUNCTION", 1, position=NUMBER, words=TEXT),
    "access_model": Table("ACCESS_MODEL", 1, number=NUMBER, words=TEXT),
    "access_parameter": Table("ACCESS_PARAMETER", 2, kind=WORD, name=TEXT, form=WORD, least=NUMBER,
                              most=NUMBER, words=TEXT),
    "access_rule": Table("ACCESS_RULE", 2, kind=WORD, value=NUMBER, words=TEXT),
    "alarm_reason": Table("ALARM_REASON", 1, code=NUMBER, meaning=TEXT),
    "attendance_status": Table("ATTENDANCE_STATUS", 2, kind=WORD, number=NUMBER, words=TEXT,
                               direction="IN|OUT|NONE"),
    "biometric_type": Table("BIOMETRIC_TYPE", 1, number=NUMBER, words=TEXT),
    "device_error": Table("DEVICE_ERROR", 1, code=TEXT, meaning=TEXT),
    "error_module": Table("ERROR_MODULE", 1, number=NUMBER, words=TEXT),
    "language": Table("LANGUAGE", 1, number=NUMBER, words=TEXT),
    "nation": Table("NATION", 1, code=NUMBER, words=TEXT),
    "operation": Table("OPERATION", 1, code=NUMBER, meaning=TEXT, value1=TEXT, value2=TEXT,
                       value3=TEXT),
    "option": Table("CLOCK_OPTION", 1, name=TEXT, form=WORD, least=NUMBER, most=NUMBER, words=TEXT),
    "return_code": ReturnCodes("GHI_RETURN", 2, context=WORD, code=NUMBER + "|>0", done=FLAG,
                               meaning=TEXT),
    "verify_factor": Table("VERIFY_FACTOR", 1, bit=NUMBER, words=TEXT),
    "verify_method": Table("VERIFY_METHOD", 1, mode=NUMBER, word=TEXT),
    "verify_mode": Table("VERIFY_MODE", 2, generation=WORD, number=NUMBER, words=TEXT),
}


class Mistake(Exception):
    pass


def c_value(cell, kind):
    return f'"{cell}"' if kind is TEXT else cell


def macros(name, text):
    """The lines of C that stand for a table."""
    table = TABLES.get(name)
    if table is None:
        raise Mistake("no such table")
    if not text.endswith("\n"):
        raise Mistake("the last line has no end")
    head, *lines = text.splitlines()
    if head.split("\t") != [*table.columns, "source"]:
        raise Mistake("line 1: the columns are " + ", ".join([*table.columns, "source"]))
    made, keys = [], set()
    for number, line in enumerate(lines, 2):
        *cells, source = line.split("\t")
        if len(cells) != len(table.columns):
            raise Mistake(f"line {number}: {len(cells) + 1} columns")
        for cell, (column, kind) in zip(cells, table.columns.items()):
            if not re.fullmatch(kind, cell):
                raise Mistake(f"line {number}: {column} is {cell!r}")
        if not source.strip():
            raise Mistake(f"line {number}: no source is named")
        key = tuple(cells[:table.key])
        if key in keys:
            raise Mistake(f"line {number}: {' '.join(key)} is there twice")
        keys.add(key)
        made.append(table.row(cells))
    if not made:
        raise Mistake("no rows")
    return made


def main(source, output):
    source = pathlib.Path(source)
    try:
        lines = macros(source.stem, source.read_text(encoding="utf-8"))
    except Mistake as why:
        sys.exit(f"{source}: {why}")
    pathlib.Path(output).write_text(
        f"/* Made of {source.name} by tools/make-facts.py. */\n" + "\n".join(lines) + "\n",
        encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
