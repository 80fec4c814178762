#!/usr/bin/env python3
"""The tables of facts/ and the C tables made of them are equal, and a row that is not as it
should be is refused."""

import csv
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import tap  # noqa: E402

MADE = pathlib.Path(os.environ["FACTS"])
TABLES = sorted((ROOT / "facts").glob("*.tsv"))
ARGUMENT = re.compile(r'\s*(?:"([^"]*)"|([^,"]+))\s*(?:,|$)')


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def c_rows(path):
    """The arguments of each macro: what C reads, without quotation marks."""
    for line in path.read_text(encoding="utf-8").splitlines():
        call = re.fullmatch(r"(\w+)\((.*)\)", line)
        if call:
            arguments = [a or b for a, b in ARGUMENT.findall(call.group(2))]
            if call.group(1).endswith("_ABOVE"):
                arguments.insert(1, ">0")
            yield arguments


class Facts(unittest.TestCase):
    def test_c_reads_the_rows_of_the_tables(self):
        self.assertGreaterEqual(len(TABLES), 7)
        for path in TABLES:
            fields = [[v for k, v in row.items() if k != "source"] for row in rows(path)]
            self.assertEqual(list(c_rows(MADE / (path.stem + ".def"))), fields, path.name)

    def test_every_row_names_a_source_that_exists(self):
        quirks = (ROOT / "docs" / "QUIRKS.md").read_text(encoding="utf-8")
        for path in TABLES:
            for row in rows(path):
                source = row["source"]
                self.assertRegex(source, r"^(PUSH SDK 2013|Attendance PUSH 2020-03|"
                                         r"Security PUSH 3\.1\.2|QUIRKS Q\d)")
                for entry in re.findall(r"QUIRKS (Q\d+)", source):
                    self.assertRegex(quirks, rf"\b{entry}\b", path.name)

    def test_the_readme_describes_every_table(self):
        readme = (ROOT / "facts" / "README.md").read_text(encoding="utf-8")
        for path in TABLES:
            line = next((x for x in readme.splitlines() if x.startswith(f"| `{path.name}`")), "")
            columns = re.findall(r"`(\w+)`", line.rsplit("|", 2)[1]) if line else None
            self.assertEqual(columns, [c for c in rows(path)[0] if c != "source"], path.name)


class Mistakes(unittest.TestCase):
    def refused(self, text, name="verify_mode"):
        """The error of the generator for this table."""
        with tempfile.TemporaryDirectory() as folder:
            source, output = pathlib.Path(folder, name + ".tsv"), pathlib.Path(folder, "out")
            source.write_text(text, encoding="utf-8")
            done = subprocess.run([ROOT / "tools" / "make-facts.py", source, output],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(output.exists(), done.returncode == 0)
            return done.stderr

    HEAD = "generation\tnumber\twords\tsource\n"
    GOOD = "NEW\t1\tfinger\tPUSH SDK 2013\n"

    def test_a_good_table_is_made(self):
        self.assertEqual(self.refused(self.HEAD + self.GOOD), "")

    def test_each_mistake_is_named(self):
        for row, fault in [
            ("NEW\t2\tcard\n", "line 3: 3 columns"),
            ("NEW\t2\tcard\t \n", "line 3: no source"),
            ("NEW\ttwo\tcard\tPUSH SDK 2013\n", "line 3: number is 'two'"),
            ("new\t2\tcard\tPUSH SDK 2013\n", "line 3: generation is 'new'"),
            ('NEW\t2\t"card"\tPUSH SDK 2013\n', "line 3: words is"),
            ("NEW\t1\tcard\tPUSH SDK 2013\n", "line 3: NEW 1 is there twice"),
            ("NEW\t2\tcard\tPUSH SDK 2013", "last line has no end"),
        ]:
            self.assertIn(fault, self.refused(self.HEAD + self.GOOD + row), row)
        self.assertIn("line 1: the columns", self.refused(self.GOOD))
        self.assertIn("no rows", self.refused(self.HEAD))
        self.assertIn("no such table", self.refused(self.HEAD + self.GOOD, "other"))


if __name__ == "__main__":
    tap.main()
