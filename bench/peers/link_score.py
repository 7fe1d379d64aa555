"""Accuracy of links against the known truth; every true pair counts, made by blocking or not.

Usage: python link_score.py febrl4|transactions|historical FOLDER PAIRS.csv CLUSTERS.csv [FILE.parquet]

Pairs: those the program calls links, at the threshold it chose without labels. Clusters: every pair
in one cluster.
"""

import json
import sys

import duckdb

which, folder, pairs, clusters = sys.argv[1:5]
path = (sys.argv[5] if len(sys.argv) > 5 else "") or f"{folder}/historical_figures_with_errors_50k.parquet"
base = duckdb.connect()


def truth_of(sql_id):
    return f"regexp_extract({sql_id}, '^([^-]+-[^-]+)', 1)"


if which == "febrl4":
    # rec-1070-org and rec-1070-dup-0 are one person.
    base.sql(f"CREATE TABLE p AS SELECT *, {truth_of('id_a')} = {truth_of('id_b')} AS ok FROM read_csv('{pairs}', all_varchar=true)")
    true = 5000
elif which == "transactions":
    sides = [f"'{folder}/transactions_{s}.parquet'" for s in ("origin", "destination")]
    true = base.sql(f"SELECT count(*) FROM {sides[0]} a JOIN {sides[1]} b USING (ground_truth)").fetchall()[0][0]
    base.sql(
        f"""CREATE TABLE p AS SELECT p.*, a.ground_truth = b.ground_truth AS ok FROM read_csv('{pairs}', all_varchar=true) p
        JOIN {sides[0]} a ON a.unique_id = p.id_a::BIGINT JOIN {sides[1]} b ON b.unique_id = p.id_b::BIGINT"""
    )
else:
    true = base.sql(f"SELECT sum(n * (n - 1) / 2)::BIGINT FROM (SELECT count(*) AS n FROM '{path}' GROUP BY cluster)").fetchall()[0][0]
    base.sql(
        f"""CREATE TABLE p AS SELECT p.*, a.cluster = b.cluster AS ok FROM read_csv('{pairs}', all_varchar=true) p
        JOIN '{path}' a ON a.unique_id = p.id_a JOIN '{path}' b ON b.unique_id = p.id_b"""
    )


def f1(right, found):
    return {"precision": round(right / found, 5), "recall": round(right / true, 5), "f1": round(2 * right / (found + true), 5)}


found, right = base.sql("SELECT count(*), sum(ok::INT) FROM p WHERE linked = 'yes'").fetchall()[0]
answer = {"which": which, "links": f1(right, found)}
if which == "historical":
    found, right = base.sql(
        f"""WITH c AS (SELECT c.cluster, h.cluster AS truth FROM read_csv('{clusters}', all_varchar=true) c JOIN '{path}' h ON h.unique_id = c.id)
        SELECT (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM c GROUP BY cluster)),
               (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM c GROUP BY cluster, truth))"""
    ).fetchall()[0]
    answer["clusters"] = f1(float(right), float(found))
print(json.dumps(answer))
