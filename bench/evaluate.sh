#!/usr/bin/env bash
# Estimators beside other programs: methods x data sets with answers beside cost, on one thread; curves in units,
# periods and replications, on one thread and two, which must give the same bytes; the whole program from file to answer.
#
#   bench/evaluate.sh DATA
#
# DATA          folder with prop99.csv, smoking_cov.csv, mpdta.csv, meta_bcg.csv, ci_sim100.csv
# BIN=path      the benchmark as built; nothing is built then
# ATALAYA=path  the program, timed from file to answer where it is given
# PYTHON        with diff-diff, mlsynth, pyfixest, statsmodels, fereg, moderndid, bsts-causalimpact [default: python3]
# LARGE=1       the curves to 1,000 and 3,000 units by 200 periods, and 1e6 rows
set -euo pipefail

data=$(realpath "${1:?usage: bench/evaluate.sh DATA}")
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
python=${PYTHON:-python3}
# shellcheck source=bench/lib.sh
source "$here/lib.sh"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1 RAYON_NUM_THREADS=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=${BIN:-}
if [[ -z $program ]]; then
    made=$(cd "$root" && cargo bench --quiet --no-run -p atalaya-methods --bench evaluate --message-format=json)
    program=$(grep -o '"executable":"[^"]*"' <<<"$made" | tail -n 1 | cut -d'"' -f4)
fi
results="${results%.csv}-evaluate.csv"
mkdir -p "$here/runs"
[[ -s $results ]] || echo "what,program,size,threads,cpu_ms,wall_ms,answer,second,peak_rss_mb,load,version" >"$results"

file() { # what, program, size, threads, version; the line of the case is in $work/line
    local line="$1,$2,$3,$4,$(cat "$work/line"),$(awk '{printf "%.0f", $4 / 1024}' "$work/last"),$(load),$5"
    echo "$line" | tee -a "$results"
}
ours() { # what, size, threads, arguments
    local what=$1 size=$2 threads=$3
    shift 3
    RAYON_NUM_THREADS=$threads timed "$program" "$@" >"$work/line" && file "$what" atalaya "$size" "$threads" "$commit"
}
peer() { # what, program, size, file
    if timed "$python" "$here/peers/evaluate.py" "$2" "$1" "$4" >"$work/line" 2>"$work/why"; then
        file "$1" "$2" "$3" 1 "$("$python" -c "import importlib.metadata as m; print(m.version('$2'))")"
    else
        say "no answer: $2 $1: $(tail -n 1 "$work/why")"
    fi
}

panel() { # rows as units x periods, written once
    [[ -s $work/fe_$1.csv ]] || "$python" - "$1" "$work/fe_$1.csv" <<'PY'
import sys, numpy as np, pandas as pd
n, t = map(int, sys.argv[1].split("x"))
r = np.random.default_rng(7)
unit, time = np.repeat(np.arange(n), t), np.tile(np.arange(t), n)
g = np.repeat(r.choice([0] + list(range(t // 3, t - 2, max(1, t // 10))), n), t)
d = ((g > 0) & (time >= g)).astype(float)
e = r.normal(size=(n, t))
for k in range(1, t):
    e[:, k] += 0.5 * e[:, k - 1]
x = r.normal(size=n * t) + np.repeat(r.normal(size=n), t)
y = np.repeat(r.normal(size=n), t) + np.sin(time) + 0.5 * d * (1 + 0.1 * (time - g)) + 0.3 * x + e.ravel()
pd.DataFrame(dict(y=y, D=d, x=x, unit=unit, time=time, g=g, state=unit % 50)).to_csv(sys.argv[2], index=False, float_format="%.10g")
PY
}

grid() { # what, size, file, other programs
    local what=$1 size=$2 table=$3
    shift 3
    ours "$what" "$size" 1 "$what" "$table"
    for other in "$@"; do peer "$what" "$other" "$size" "$table"; done
}
grid sc-placebos prop99 "$data/prop99.csv" mlsynth
grid sdid-placebos prop99 "$data/prop99.csv" diff-diff mlsynth
grid predictor-search smoking "$data/smoking_cov.csv" diff-diff
grid cs-1000-draws mpdta "$data/mpdta.csv" diff-diff moderndid
grid reml bcg "$data/meta_bcg.csv" statsmodels
grid bsts 100 "$data/ci_sim100.csv" bsts-causalimpact
panel 5000x20
grid imputation 5000x20 "$work/fe_5000x20.csv" diff-diff
grid wild-9999 5000x20 "$work/fe_5000x20.csv" pyfixest
grid twfe 5000x20 "$work/fe_5000x20.csv" pyfixest fereg
if [[ -n ${LARGE:-} ]]; then
    panel 50000x20
    grid twfe 50000x20 "$work/fe_50000x20.csv" pyfixest fereg
    grid imputation 50000x20 "$work/fe_50000x20.csv" diff-diff
fi

curve() { # what, size, arguments: on one thread and two, the same bytes
    local what=$1 size=$2
    shift 2
    ours "$what" "$size" 1 "$@"
    cut -d, -f3 "$work/line" >"$work/one"
    ours "$what" "$size" 2 "$@"
    cut -d, -f3 "$work/line" | cmp -s - "$work/one" || fail "$what $size: one thread and two differ"
}
sizes="50x200 100x200 200x200 400x200 200x25 200x50 200x100"
for size in $sizes ${LARGE:+1000x200 3000x200}; do curve placebos "$size" scale "${size%x*}" "${size#*x}"; done
for count in 1000 10000 100000; do curve draws "$count" draws "$count" "$data/mpdta.csv"; done

if [[ -n ${ATALAYA:-} ]]; then
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        timed "$ATALAYA" evaluate fit --method sc --data "$data/prop99.csv" --unit State --time Year --outcome PacksPerCapita \
            --treatment treated --json >"$work/out"
        note whole
    done
    echo "$(awk "BEGIN {print 1000 * $(least whole 2)}"),$(awk "BEGIN {print 1000 * $(least whole 1)}"),," >"$work/line"
    file file-to-answer atalaya prop99 1 "$commit"
fi
say "written to $results"
