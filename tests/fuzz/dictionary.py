#!/usr/bin/env python3
"""The dictionary of the tables of access units: what libFuzzer reads, with every table and field there is."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import tap  # noqa: E402

WORDS = pathlib.Path(sys.argv.pop(1)).read_text(encoding="ascii").splitlines()


def rows(name, form):
    return set(re.findall(form, (ROOT / "src/wire/access" / name).read_text(encoding="ascii"), re.M))


class Dictionary(unittest.TestCase):
    def test_each_line_is_an_entry(self):
        for line in WORDS:
            self.assertRegex(line, r'^(#.*|"([^"\\]|\\x[0-9A-F]{2})+")$')

    def test_every_table_and_field_is_there(self):
        tables = rows("access_table.def", r'^GHI_TABLE\([A-Za-z0-9_]+, "([^"]+)"')
        fields = rows("access_field.def", r'^(?:GHI_FIELD|F_[A-Z]+)\("([^"]+)"')
        self.assertGreater(len(tables), 40)
        self.assertGreater(len(fields), 100)
        self.assertEqual([t for t in tables if f'"{t}"' not in WORDS], [])
        self.assertEqual([f for f in fields if f'"{f}="' not in WORDS], [])
        # Those that are made of days.
        for word in ('"SunTime1="', '"Hol3Time3VSDoor="', '"DATA UPDATE timezone "', '"tablename=biodata"'):
            self.assertIn(word, WORDS)


if __name__ == "__main__":
    tap.main()
