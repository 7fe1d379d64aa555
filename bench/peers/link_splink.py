"""Splink's published example models (docs/demos/examples/duckdb of its repository) on their data.

Usage: python link_splink.py febrl4|transactions|historical FOLDER [FILE.parquet]

FOLDER holds the files of Splink's datasets; FILE stands in for historical_50k. The rule of
`transactions` that blocks on the answer ("cheat") is left out. Prints one line of JSON: seconds of
processor and wall for training and predicting, accuracy of pairs at the threshold that is best on
the labels, and after one-to-one or clustering. Recall counts every true pair, blocked or not.
"""

import json
import resource
import sys
import time

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def febrl4(folder):
    api = DuckDBAPI()
    tables = []
    for name in "ab":
        raw = duckdb.read_csv(f"{folder}/febrl_dataset4{name}.csv", all_varchar=True)
        columns = ", ".join(f'nullif(trim("{c}"), \'\') AS "{c.strip()}"' for c in raw.columns)
        table = duckdb.sql(f"SELECT {columns}, regexp_extract(trim(rec_id), '^([^-]+-[^-]+)', 1) AS truth FROM raw").arrow().read_all()
        tables.append(api.register(table))
    rules = [
        block_on("given_name", "surname"),
        "l.given_name = r.surname and l.surname = r.given_name",
        block_on("date_of_birth"),
        block_on("soc_sec_id"),
        block_on("state", "address_1"),
        block_on("street_number", "address_1"),
        block_on("postcode"),
    ]
    settings = SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="link_only",
        blocking_rules_to_generate_predictions=rules,
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
        additional_columns_to_retain=["truth"],
    )

    def train(linker):
        sure = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
        linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for rule in ["date_of_birth", "postcode"]:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(rule), estimate_without_term_frequencies=True)

    return api, tables, settings, train, 0.001, "rec_id"


def transactions(folder):
    api = DuckDBAPI()
    tables = [
        api.register(duckdb.sql(f"SELECT *, ground_truth AS truth FROM '{folder}/transactions_{side}.parquet'").arrow().read_all(), table_name=name)
        for side, name in [("origin", "__ori"), ("destination", "_dest")]
    ]
    near = "substr(l.memo, 1,3) = substr(r.memo,1,3) and l.amount/r.amount > 0.7 and l.amount/r.amount < 1.3"
    rules = [
        f"strftime(l.transaction_date, '%Y%m') = strftime(r.transaction_date, '%Y%m') and {near}",
        f"strftime(l.transaction_date+15, '%Y%m') = strftime(r.transaction_date, '%Y%m') and {near}",
        block_on("substr(memo,1,9)"),
        "round(l.amount/2,0)*2 = round(r.amount/2,0)*2 and yearweek(r.transaction_date) = yearweek(l.transaction_date)",
        "round(l.amount/2,0)*2 = round((r.amount+1)/2,0)*2 and yearweek(r.transaction_date) = yearweek(l.transaction_date + 4)",
    ]
    within = "transaction_date_r - transaction_date_l <= {n} and transaction_date_r >= transaction_date_l"
    amount = {
        "output_column_name": "amount",
        "comparison_levels": [cll.NullLevel("amount"), cll.ExactMatchLevel("amount")]
        + [cll.PercentageDifferenceLevel("amount", share) for share in (0.01, 0.03, 0.1, 0.3)]
        + [cll.ElseLevel()],
    }
    date = {
        "output_column_name": "transaction_date",
        "comparison_levels": [cll.NullLevel("transaction_date")]
        + [{"sql_condition": within.format(n=n), "label_for_charts": f"<={n} days"} for n in (1, 4, 10, 30)]
        + [cll.ElseLevel()],
    }
    settings = SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=1 / duckdb.sql(f"SELECT count(*) FROM '{folder}/transactions_origin.parquet'").fetchall()[0][0],
        blocking_rules_to_generate_predictions=rules,
        comparisons=[amount, cl.LevenshteinAtThresholds("memo", [2, 6, 10]), date],
        additional_columns_to_retain=["truth"],
    )

    def train(linker):
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for rule in ["memo", "amount"]:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(rule))

    return api, tables, settings, train, 0.001, "unique_id"


def historical(folder, path=None):
    api = DuckDBAPI()
    path = path or f"{folder}/historical_figures_with_errors_50k.parquet"
    table = duckdb.sql(f"SELECT *, cluster AS truth, first_name || ' ' || surname AS first_name_surname_concat FROM '{path}'").arrow().read_all()
    rules = [
        block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
        block_on("surname", "dob"),
        block_on("first_name", "dob"),
        block_on("postcode_fake", "first_name"),
        block_on("postcode_fake", "surname"),
        block_on("dob", "birth_place"),
        block_on("substr(postcode_fake,1,3)", "dob"),
        block_on("substr(postcode_fake,1,3)", "first_name"),
        block_on("substr(postcode_fake,1,3)", "surname"),
        block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=rules,
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        additional_columns_to_retain=["truth"],
    )

    def train(linker):
        sure = [
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ]
        linker.training.estimate_probability_two_random_records_match(sure, recall=0.6)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
        for rule in [block_on("first_name", "surname"), block_on("dob")]:
            linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)

    return api, [api.register(table)], settings, train, 0.01, "unique_id"


def true_pairs(which, folder, path):
    if which == "febrl4":
        return 5000
    if which == "transactions":
        left, right = (f"'{folder}/transactions_{side}.parquet'" for side in ("origin", "destination"))
        return duckdb.sql(f"SELECT count(*) FROM {left} a JOIN {right} b USING (ground_truth)").fetchall()[0][0]
    path = path or f"{folder}/historical_figures_with_errors_50k.parquet"
    return duckdb.sql(f"SELECT sum(n * (n - 1) / 2)::BIGINT FROM (SELECT count(*) AS n FROM '{path}' GROUP BY cluster)").fetchall()[0][0]


def best(db, table, true):
    """F1 of pairs at the threshold that is best on the labels."""
    rows = db.sql(
        f"""SELECT threshold, tp / p AS precision, tp / {true} AS recall, 2 * tp / (p + {true}) AS f1 FROM (
        SELECT p AS threshold, sum(t) OVER (ORDER BY p DESC) AS tp, sum(n) OVER (ORDER BY p DESC) AS p FROM (
        SELECT match_probability AS p, count(*) AS n, sum((truth_l = truth_r)::INT) AS t FROM {table} GROUP BY 1))
        ORDER BY f1 DESC LIMIT 1"""
    ).fetchall()[0]
    return dict(zip(["threshold", "precision", "recall", "f1"], [round(float(v), 5) for v in rows]))


def main():
    which, folder = sys.argv[1:3]
    path = sys.argv[3] if len(sys.argv) > 3 else None
    setup = {"febrl4": febrl4, "transactions": transactions, "historical": historical}[which]
    api, tables, settings, train, floor, key = setup(folder, path) if path else setup(folder)
    began, cpu = time.time(), resource.getrusage(resource.RUSAGE_SELF)
    linker = Linker(tables if len(tables) > 1 else tables[0], settings)
    train(linker)
    predicted = linker.inference.predict(threshold_match_probability=floor)
    used = resource.getrusage(resource.RUSAGE_SELF)
    answer = {
        "which": which,
        "cpu_s": round(used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime, 2),
        "wall_s": round(time.time() - began, 2),
        "peak_mb": used.ru_maxrss // 1024,
    }
    db = api.duckdb_con
    true = true_pairs(which, folder, path)
    name = predicted.physical_name
    answer["pairs"] = best(db, name, true)
    if len(tables) > 1:
        sides = [f"{key}_l", f"{key}_r"]
        db.sql(
            f"""CREATE OR REPLACE TABLE mutual AS SELECT * FROM {name}
            QUALIFY row_number() OVER (PARTITION BY {sides[0]} ORDER BY match_probability DESC, {sides[1]}) = 1
            AND row_number() OVER (PARTITION BY {sides[1]} ORDER BY match_probability DESC, {sides[0]}) = 1"""
        )
        answer["one_to_one"] = best(db, "mutual", true)
    else:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_probability=0.95)
        n, tp = db.sql(
            f"""SELECT (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM {clusters.physical_name} GROUP BY cluster_id)),
            (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM {clusters.physical_name} GROUP BY cluster_id, truth))"""
        ).fetchall()[0]
        answer["clusters"] = {"threshold": 0.95, "precision": round(tp / n, 5), "recall": round(tp / true, 5), "f1": round(2 * tp / (n + true), 5)}
        used = resource.getrusage(resource.RUSAGE_SELF)
        answer["cpu_with_clusters_s"] = round(used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime, 2)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
