#!/usr/bin/env bash
# Questions through the cube beside DuckDB on the same rows, in the same run.
#
#   bench/cube.sh [OBSERVATORY]
#
# OBSERVATORY  one that has collected unodc-ids; without it only the made-up world is asked
# ROWS=10000000  rows of the made-up world
# REPEAT=51      repetitions of each question
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
rows=${ROWS:-10000000}
repeat=${REPEAT:-51}
python=${PYTHON:-python3}
# shellcheck source=bench/lib.sh
source "$here/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
asked=(--rows "$rows" --repeat "$repeat" --dump "$work")
[[ -z ${1:-} ]] || asked+=(--store "$(realpath "$1")")
if [[ -n ${BIN:-} ]]; then bench=("$BIN"); else bench=(cargo bench --quiet -p atalaya-store --bench cube --); fi

began=$(load)
(cd "$root" && timed "${bench[@]}" "${asked[@]}") | tee "$work/atalaya.csv" >&2
timed "$python" "$here/peers/cube_duckdb.py" "$work" "$repeat" | tee "$work/duckdb.csv" >&2
results="${results%.csv}-cube.csv"
mkdir -p "$here/runs"
[[ -s $results ]] || echo "what,question,rows,groups,least_ms,median_ms,accuracy,load,version" >"$results"
duckdb=$("$python" -c 'import duckdb; print(duckdb.__version__)')
awk -F, -v OFS=, -v load="$began" -v commit="$commit" -v duckdb="$duckdb" '
    FNR == 1 && NR == 1 {next}
    FILENAME ~ /atalaya/ {line[++n] = $0; next}
    {agrees[$1 "," $2] = $7; theirs[++m] = $0}
    END {
        for (i = 1; i <= n; i++) {
            split(line[i], c, ",")
            key = c[1] "," c[2]
            print "cube-" c[1], c[2], c[3], c[4], c[5], c[6], (key in agrees) ? "same as DuckDB: " agrees[key] : "", load, "atalaya at " commit
        }
        for (i = 1; i <= m; i++) {
            split(theirs[i], c, ",")
            print "duckdb-" c[1], c[2], c[3], c[4], c[5], c[6], "", load, "duckdb " duckdb
        }
    }' "$work/atalaya.csv" "$work/duckdb.csv" | tee -a "$results"
grep -q ',NO$' "$work/duckdb.csv" && fail "the cube and DuckDB do not agree"
say "written to $results"
