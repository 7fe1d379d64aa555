#!/usr/bin/env bash
# Routes: joint draws as places and draws grow, coverage of their intervals, and the measures of the
# observed network beside networkx and igraph, which must give the same numbers.
#
#   bench/routes.sh EDGES.csv
#
# EDGES.csv     what `atalaya routes network -o EDGES.csv` wrote
# BIN=path      the benchmark as built; nothing is built then
# SIZES         pairs of places and draws, with commas between [default: 50 to 500 places, 20 to 10,000 draws]
# WORLDS, SEED  planted worlds of each kind, and where their seeds start [default: 40, 5000]
# PYTHON        with networkx and igraph [default: python3]
# REFERENCE=dir folder of `dirichlet_shares.py`, a prototype that draws one pooled network, run where it
#               is given: 123 s for 500 draws when it was written
set -euo pipefail

edges=$(realpath "${1:?usage: bench/routes.sh EDGES.csv}")
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
python=${PYTHON:-python3}
# shellcheck source=bench/lib.sh
source "$here/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=${BIN:-}
if [[ -z $program ]]; then
    # The program's file has a hash in its name, which cargo alone knows.
    made=$(cd "$root" && cargo bench --quiet --no-run -p atalaya-methods --bench routes --message-format=json)
    program=$(grep -o '"executable":"[^"]*"' <<<"$made" | tail -n 1 | cut -d'"' -f4)
fi
results="${results%.csv}-routes.csv"
mkdir -p "$here/runs"
[[ -s $results ]] || echo "what,size,seconds,cpu_s,peak_rss_mb,load,version" >"$results"

file() { # what, size, seconds
    awk -v a="$1,$2,$3" -v load="$(load)" -v v="$commit" -v OFS=, 'END {print a, $2 + $3, sprintf("%.0f", $4 / 1024), load, v}' "$work/last" |
        tee -a "$results"
}

# As draws grow, as places grow, and the goal: 150 places, 1,000 draws. The largest cost minutes.
sizes=${SIZES:-"50 100,50 1000,50 10000,100 100,150 100,250 100,500 20,150 1000"}
IFS=, read -ra sizes <<<"$sizes"
for size in "${sizes[@]}"; do
    # shellcheck disable=SC2086
    timed "$program" cost $size >"$work/cost"
    file draws "${size/ /x6x}" "$(awk -F, 'END {print $5}' "$work/cost")"
done
for threads in 1 2; do
    RAYON_NUM_THREADS=$threads timed "$program" cost 150 200 >"$work/cost$threads"
    file "draws-$threads-thread" 150x6x200 "$(awk -F, 'END {print $5}' "$work/cost$threads")"
done
[[ $(awk -F, 'END {print $6}' "$work/cost1") == "$(awk -F, 'END {print $6}' "$work/cost2")" ]] || fail "threads change draws"
say "one thread and two: the same draws, digest $(awk -F, 'END {print $6}' "$work/cost1")"
"$program" coverage ${WORLDS:-40} ${SEED:-5000} | tee "$work/coverage" >&2
cp "$work/coverage" "${results%.csv}-coverage.csv"
timed "$program" measures "$edges" >"$work/ours"
"$python" "$here/peers/routes.py" "$edges" "$work/ours" >"$work/theirs" || fail "$(cat "$work/theirs")"
grep '^ms,' "$work/ours" | while IFS=, read -r _ name ms; do
    echo "$name: ours $ms ms; networkx, igraph: $(grep "^$name," "$work/theirs" | cut -d, -f2- | tr , ' ') ms" >&2
done
grep -e modularity -e same: "$work/theirs" >&2
if [[ -n ${REFERENCE:-} ]]; then
    (cd "$REFERENCE" && timed "$python" dirichlet_shares.py drug-trafficking-unodc.csv >"$work/reference")
    grep '500 draws' "$work/reference" >&2
    file reference-pooled "143x1x500" "$(sed -n 's/^500 draws sec //p' "$work/reference")"
fi
say "written to $results"
