"""DuckDB on the rows the cube bench wrote, the same questions, in memory, two threads.

Usage: python cube_duckdb.py DUMP_FOLDER REPEAT

Prints world,question,rows,groups,least_ms,median_ms,agrees. Codes have the narrowest type that
holds them, and years and months stand in columns of their own, which the cube derives from days.
"""

import csv
import os
import sys
import time

import duckdb

folder, repeat = sys.argv[1], int(sys.argv[2])
QUESTIONS = [
    ("all-by-substance-year-transport", "true", "substance, year, transport"),
    ("cocaine-by-area-year", "cocaine", "area, year"),
    ("cocaine-peru-2012", "cocaine AND peru AND year = 2012", "substance"),
    ("checked-by-area-month", "flags & 7 = 0", "area, month"),
    ("by-place-substance", "true", "place, substance"),
]
TYPES = {
    "area": "UINTEGER", "substance": "UINTEGER", "place": "UINTEGER", "transport": "UINTEGER", "flags": "UINTEGER",
    "year": "USMALLINT", "month": "UINTEGER", "cocaine": "BOOLEAN", "peru": "BOOLEAN", "kg": "BIGINT",
}
NARROW = ("area", "substance", "transport")

base = duckdb.connect(config={"threads": 2})
for world in ("store", "world"):
    path = os.path.join(folder, f"{world}.csv")
    if not os.path.exists(path):
        continue
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
    base.execute(f"CREATE TABLE {world} AS SELECT * FROM read_csv('{path}', header=true, columns={{{columns}}})")
    for name in NARROW:
        if base.execute(f"SELECT max({name}) FROM {world}").fetchone()[0] < 65536:
            base.execute(f"ALTER TABLE {world} ALTER {name} TYPE USMALLINT")
    rows = base.execute(f"SELECT count(*) FROM {world}").fetchone()[0]
    for name, keep, by in QUESTIONS:
        question = f"SELECT {by}, count(*), sum(kg), count(*) - count(kg) FROM {world} WHERE {keep} GROUP BY {by}"
        took = []
        for _ in range(repeat):
            start = time.perf_counter()
            base.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {question}")
            took.append((time.perf_counter() - start) * 1e3)
        answer = sorted(tuple(int(cell or 0) for cell in row) for row in base.execute(question).fetchall())
        with open(os.path.join(folder, f"{world}-{name}.csv"), newline="") as file:
            expected = sorted(tuple(int(cell) for cell in row) for row in csv.reader(file))
        took.sort()
        agrees = "yes" if answer == expected else "NO"
        print(f"{world},{name},{rows},{len(answer)},{took[0]:.3f},{took[len(took) // 2]:.3f},{agrees}", flush=True)
