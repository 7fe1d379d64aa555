#!/usr/bin/env bash
# Linking beside Splink's published models on Splink's own data, in the same run.
#
#   bench/link.sh DATA [REPEAT]
#
# DATA    folder with febrl_dataset4{a,b}.csv, transactions_{origin,destination}.parquet and
#         historical_figures_with_errors_50k.parquet (Splink's datasets)
# BIN     the program; built for release when not given
# MILLION=1   also 20 rotated copies of historical_50k, 1,011,560 rows (Splink takes minutes and 6 GB)
# TEN=1       also 200 copies, 10,115,600 rows, ours alone
# Wants Python with splink 5.0.0 and duckdb.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
data=$(realpath "$1")
repeat=${2:-3}
python=${PYTHON:-python3}
# shellcheck source=bench/lib.sh
source "$here/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ -z ${BIN:-} ]]; then
    (cd "$root" && cargo build --quiet --release)
    BIN="$root/target/release/atalaya"
fi
results="${results%.csv}-link.csv"
splink=$("$python" -c 'import splink; print(splink.__version__)')
febrl=(--data "$data/febrl_dataset4a.csv" --data "$data/febrl_dataset4b.csv")
payments=(--data "$data/transactions_origin.parquet" --data "$data/transactions_destination.parquet")
persons="$data/historical_figures_with_errors_50k.parquet"

# name, rows, which of the scripts, recipe, file that stands in for historical_50k, --data ...
ours() {
    local name=$1 rows=$2 which=$3 recipe=$4 file=$5
    shift 5
    for _ in $(seq "$repeat"); do
        timed "$BIN" link --json --recipe "$recipe" "$@" --out "$work/pairs.csv" --clusters "$work/clusters.csv" >"$work/$name.json"
        note "$name"
    done
    accuracy=$("$python" "$here/peers/link_score.py" "$which" "$data" "$work/pairs.csv" "$work/clusters.csv" "$file" | tr ',' ';' | tr -d '"')
    result "$name" "$rows" "$name" "$accuracy" atalaya
}

# which, rows, file: training and predicting only, as Splink times itself.
theirs() {
    "$python" "$here/peers/link_splink.py" "$1" "$data" ${3:+"$3"} 2>/dev/null | tail -n 1 >"$work/splink.json"
    "$python" - "$work/splink.json" "$2" "$(load)" "$splink" <<'PY' | tee -a "$results"
import json, sys
a = json.load(open(sys.argv[1]))
accuracy = json.dumps({k: a[k] for k in ("pairs", "one_to_one", "clusters") if k in a}).replace(",", ";").replace('"', "")
print(f"splink-{a['which']},{sys.argv[2]},{a['wall_s']},{a['wall_s']},{a['cpu_s']},{a['peak_mb']},{accuracy},{sys.argv[3]},splink {sys.argv[4]}")
PY
}

pairs_only() { sed 's/^one_to_one = true/one_to_one = false/' "$1" >"$work/pairs.toml"; }

pairs_only "$here/recipes/febrl4.toml"
ours link-febrl4 10000 febrl4 "$here/recipes/febrl4.toml" "" "${febrl[@]}"
ours link-febrl4-pairs 10000 febrl4 "$work/pairs.toml" "" "${febrl[@]}"
theirs febrl4 10000
pairs_only "$here/recipes/transactions.toml"
ours link-transactions 90652 transactions "$here/recipes/transactions.toml" "" "${payments[@]}"
ours link-transactions-pairs 90652 transactions "$work/pairs.toml" "" "${payments[@]}"
theirs transactions 90652
ours link-historical 50578 historical "$here/recipes/historical.toml" "$persons" --data "$persons"
theirs historical 50578
if [[ -n ${MILLION:-} ]]; then
    "$python" "$here/peers/rotate_historical.py" "$persons" "$work/million.parquet" 20
    repeat=1 ours link-historical-20 1011560 historical "$here/recipes/historical.toml" "$work/million.parquet" --data "$work/million.parquet"
    theirs historical 1011560 "$work/million.parquet"
fi
if [[ -n ${TEN:-} ]]; then
    "$python" "$here/peers/rotate_historical.py" "$persons" "$work/ten.parquet" 200
    repeat=1 ours link-historical-200 10115600 historical "$here/recipes/historical.toml" "$work/ten.parquet" --data "$work/ten.parquet"
fi
say "written to $results"
