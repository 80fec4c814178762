#!/usr/bin/env python3
"""usage: people.py FILE.csv

Keeps a CSV file with the people of all devices: one row for each PIN, with the devices that have
it. Run it as often as you like (cron): the file is replaced only when something changed, and what
changed is printed.
"""
import csv
import os
import sys

from gatehouse_api import rows

FIELDS = ["pin", "name", "card", "devices"]

if len(sys.argv) != 2:
    sys.exit(__doc__.splitlines()[0])
path, before, people = sys.argv[1], {}, {}
if os.path.exists(path):
    with open(path, newline="", encoding="utf-8-sig") as f:
        before = {row["pin"]: row for row in csv.DictReader(f)}
for person in rows("/api/persons"):
    row = people.setdefault(person["pin"], dict.fromkeys(FIELDS, "") | {"pin": person["pin"]})
    row["name"] = row["name"] or person["name"] or ""
    row["card"] = row["card"] or person["card"] or ""
    row["devices"] = " ".join(sorted({*row["devices"].split(), person["deviceSerial"]}))
for pin in sorted(people.keys() | before.keys()):
    if pin not in before:
        print(f"new      {pin} {people[pin]['name']}")
    elif pin not in people:
        print(f"gone     {pin} {before[pin]['name']}")
    elif people[pin] != before[pin]:
        print(f"changed  {pin} {people[pin]['name']}")
if people != before:
    with open(path + ".new", "w", newline="", encoding="utf-8-sig") as f:
        out = csv.DictWriter(f, FIELDS)
        out.writeheader()
        out.writerows(people[pin] for pin in sorted(people))
    os.replace(path + ".new", path)
