#!/usr/bin/env bash
# Collects the UNODC individual drug seizures beside pandas, DuckDB and bare CSV parsing.
#
#   bench/collect.sh PATH-TO-IDS.csv
#
# RUNS=5    runs of each, interleaved
# TEN=1     also the same rows ten times over (Atalaya only); TEN=0 leaves it out
# BIN=path  program to measure (default: the release build of this checkout); nothing is built then
# NOTE=text what is special about this run, for the version column
set -euo pipefail

csv=$(realpath "${1:?usage: bench/collect.sh PATH-TO-IDS.csv}")
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
runs=${RUNS:-5}
python=${PYTHON:-python3}
target=${CARGO_TARGET_DIR:-$root/target}
# shellcheck source=bench/lib.sh
source "$here/lib.sh"

if [[ -z ${BIN:-} ]]; then
    (cd "$root" && ATALAYA_UI=skip cargo build --release --quiet -p atalaya-app)
    (cd "$root" && cargo build --release --quiet -p atalaya-sources --example parse_csv)
    BIN=$target/release/atalaya
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$BIN" "$work/atalaya"
version="$("$work/atalaya" --version)${NOTE:+ $NOTE}"

# Kilograms of cocaine hydrochloride in Peru in 2012, and records under each check.
check_atalaya() {
    "$work/atalaya" --dir "$1" query --sql \
        "SELECT count(*), (SELECT sum(held) FROM intake), sum(flags & 1 > 0), sum(flags & 2 > 0), sum(flags & 4 > 0) FROM record" --json >"$work/flags"
    "$work/atalaya" --dir "$1" query seizures --substance cocaine-hcl --area PE --from 2012 --to 2012 --json >"$work/total"
    "$python" - "$work" <<'PY'
import json, sys
flags = json.load(open(f"{sys.argv[1]}/flags"))["rows"][0]
total = json.load(open(f"{sys.argv[1]}/total"))["rows"][0]
print(f"accepted={flags[0]} held={flags[1]} pe_hcl_2012_kg={float(total['kg']):.3f} r1={flags[2]} r2={flags[3]} r3={flags[4]}")
PY
}

run_atalaya() { # CSV
    rm -rf "$work/observatory"
    "$work/atalaya" init "$work/observatory" >/dev/null
    timed "$work/atalaya" --dir "$work/observatory" -q collect unodc-ids --from "$1" >/dev/null
}
run_pandas() { timed "$python" "$here/peers/collect_pandas.py" "$csv" "$work/pandas.sqlite" "$root/crates/atalaya-kernel/data"; }
run_duckdb() { timed "$python" "$here/peers/collect_duckdb.py" "$csv" "$work/duckdb.parquet"; }
run_parse() { timed "$target/release/examples/parse_csv" "$csv"; }
run_imports() { timed "$python" -c "import pandas"; }

for ((run = 1; run <= runs; run++)); do
    say "run $run of $runs, load $(load)"
    run_atalaya "$csv" && note atalaya
    run_pandas >"$work/said" && note pandas
    run_duckdb >/dev/null && note duckdb
    run_parse >"$work/parsed" && note parse
    run_imports && note imports
done

rows=$(sed 's/rows=\([0-9]*\).*/\1/' "$work/parsed")
result collect-atalaya "$rows" atalaya "$(check_atalaya "$work/observatory")" "$version"
result collect-pandas "$rows" pandas "$(cat "$work/said")" "pandas $("$python" -c 'import pandas; print(pandas.__version__)')"
result collect-duckdb-parquet "$rows" duckdb "not mapped or checked" "duckdb $("$python" -c 'import duckdb; print(duckdb.__version__)')"
result collect-parse-csv "$rows" parse "$(cat "$work/parsed")" "csv crate"
result import-pandas-alone 0 imports "" "pandas"
[[ $(check_atalaya "$work/observatory") == "$(cat "$work/said")" ]] || fail "Atalaya and pandas do not agree"

if [[ ${TEN:-1} == 1 ]]; then
    ten=$work/ten.csv
    head -n 1 "$csv" >"$ten"
    for _ in 1 2 3 4 5 6 7 8 9 10; do tail -n +2 "$csv" >>"$ten"; done
    for ((run = 1; run <= (runs + 1) / 2; run++)); do
        say "ten times the rows, run $run, load $(load)"
        run_atalaya "$csv" && note one
        run_atalaya "$ten" && note ten
    done
    result collect-atalaya-beside-ten "$rows" one "" "$version"
    result collect-atalaya-ten "$((rows * 10))" ten "$(check_atalaya "$work/observatory")" "$version"
    say "ten times the rows cost $(ratio ten one) times"
fi
say "pandas / Atalaya: $(ratio pandas atalaya)   Atalaya / DuckDB: $(ratio atalaya duckdb)   Atalaya / parsing: $(ratio atalaya parse)"
say "written to $results"
