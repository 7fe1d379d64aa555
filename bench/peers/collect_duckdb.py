"""DuckDB reads the CSV and writes Parquet: no mapping, no checks, amounts as text.

Usage: python collect_duckdb.py FILE.csv OUT.parquet
"""

import sys

import duckdb

csv_path, out_path = sys.argv[1:3]
base = duckdb.connect(config={"threads": 2})
text = csv_path.replace("'", "''")
rows = f"SELECT * FROM read_csv('{text}', delim=';', quote='\"', header=true, all_varchar=true)"
count = base.execute(f"COPY ({rows}) TO '{out_path}' (FORMAT parquet)").fetchone()[0]
print(f"rows={count}")
