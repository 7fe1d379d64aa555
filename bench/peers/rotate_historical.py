"""Copies of historical_50k that never match each other: the 1 M shape of Splink's benchmark.

Usage: python rotate_historical.py historical_50k.parquet OUT.parquet [COPIES=20]

In copy k every letter a-z of every text column is moved k places on in the alphabet; digits stay, so
dates are shared. Cluster and record ids get the suffix `-k`.
"""

import sys

import duckdb

source, out = sys.argv[1:3]
copies = int(sys.argv[3]) if len(sys.argv) > 3 else 20
letters = "abcdefghijklmnopqrstuvwxyz"
base = duckdb.connect()
columns = [row[0] for row in base.sql(f"DESCRIBE SELECT * FROM '{source}'").fetchall()]


def turned(column, k):
    if column in ("unique_id", "cluster"):
        return f"{column} || '-{k}' AS {column}"
    k %= 26
    # Text columns are lower-case; beyond 26 copies a letter in front keeps them apart.
    return f"translate({column}, '{letters}', '{letters[k:] + letters[:k]}') AS {column}"


parts = [f"SELECT {', '.join(turned(c, k) for c in columns)} FROM '{source}'" for k in range(copies)]
base.sql(f"COPY ({' UNION ALL '.join(parts)}) TO '{out}' (FORMAT parquet)")
print(f"rows={base.sql(f'SELECT count(*) FROM {chr(39)}{out}{chr(39)}').fetchall()[0][0]}")
