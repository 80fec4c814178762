#!/usr/bin/env python3
"""usage: month.py YYYY-MM [FILE.csv]

Writes a month as CSV, to standard output without FILE: a row for each person and day, with the
first and the last punch, their number, and the hours between.
"""
import calendar
import csv
import re
import sys
from datetime import datetime

from gatehouse_api import rows

if len(sys.argv) not in (2, 3) or not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", sys.argv[1]):
    sys.exit(__doc__.splitlines()[0])
month = sys.argv[1]
end = calendar.monthrange(*map(int, month.split("-")))[1]
names = {p["pin"]: p["name"] for p in rows("/api/persons") if p["name"]}
days = {}
for punch in rows("/api/punches", **{"from": f"{month}-01", "to": f"{month}-{end}"}):
    # The clock's own digits. Those that name no real day are in `flags`, and are not counted.
    if "impossible_date" not in punch["flags"]:
        day, time = punch["timestamp"].split(" ")
        days.setdefault((punch["pin"], day), []).append(time)
with (open(sys.argv[2], "w", newline="", encoding="utf-8-sig") if len(sys.argv) == 3
      else sys.stdout) as f:
    out = csv.writer(f)
    out.writerow(["pin", "name", "day", "first", "last", "punches", "hours"])
    for (pin, day), times in sorted(days.items()):
        first, last = min(times), max(times)
        spent = datetime.fromisoformat(f"{day} {last}") - datetime.fromisoformat(f"{day} {first}")
        out.writerow([pin, names.get(pin, ""), day, first, last, len(times),
                      f"{spent.total_seconds() / 3600:.2f}" if len(times) > 1 else ""])
