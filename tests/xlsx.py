#!/usr/bin/env python3
"""Reads a workbook as others do, with Debian's python3-openpyxl.

    tests/xlsx.py FILE

prints its sheets as JSON, {name: [[cell, ...], ...]}; a date is {"date": "2026-11-20 08:01:07"},
a cell that would be evaluated {"formula": text}. As a module it does so for other tests, whatever
Python they run in."""

import json
import subprocess
import sys


def _cell(cell):
    if cell.data_type == "f":
        return {"formula": cell.value}
    if cell.is_date:
        return {"date": cell.value.strftime("%Y-%m-%d %H:%M:%S"), "format": cell.number_format}
    return cell.value


def workbook(path):
    got = subprocess.run(["/usr/bin/python3", __file__, path], capture_output=True, text=True)
    if got.returncode:
        raise AssertionError(f"{path} is no workbook: {got.stderr}")
    return json.loads(got.stdout)


def main(path):
    import openpyxl
    with open(path, "rb") as f:
        book = openpyxl.load_workbook(f)
    print(json.dumps({sheet.title: [[_cell(cell) for cell in row] for row in sheet.iter_rows()]
                      for sheet in book.worksheets}))


if __name__ == "__main__":
    main(*sys.argv[1:])
