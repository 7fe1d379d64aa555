#!/usr/bin/env bash
# The pages' questions to a running server, alone and by many readers at once.
#
#   bench/api.sh DATA
#
# DATA        folder of the real files, as `atalaya demo --data` takes it; or an observatory made before
# BIN         the program [default: target/release/atalaya]
# READERS=50  readers at once        ROUNDS=20  times each asks every question
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
bin=${BIN:-$root/target/release/atalaya}
readers=${READERS:-50}
rounds=${ROUNDS:-20}
# shellcheck source=bench/lib.sh
source "$here/lib.sh"

work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
place=$1
if [[ ! -f $place/atalaya.toml ]]; then
    place=$work/observatory
    "$bin" demo --data "$1" --dir "$place" --no-serve --quiet >/dev/null
fi
results="${results%.csv}-api.csv"
mkdir -p "$here/runs"
[[ -s $results ]] || echo "what,phase,answers,p50_ms,p95_ms,p99_ms,max_ms,server_ms,bytes,peak_rss_mb,load,version" >"$results"

ask() { # name, file, rounds
    "$bin" --dir "$place" serve --port 0 >"$work/said" 2>"$work/err" &
    server=$!
    for _ in $(seq 100); do [[ -s $work/said ]] && break; sleep 0.1; done
    address=$(sed -n 's|^http://\([^/]*\)/.*|\1|p' "$work/said")
    began=$(load)
    (cd "$root" && cargo xtask load "$address" "$2" "$readers" "$3") >"$work/$1.csv" || fail "$(cat "$work/$1.csv")"
    memory=$(awk '/VmHWM/ {printf "%.0f", $2 / 1024}' "/proc/$server/status")
    kill "$server"; wait "$server" 2>/dev/null || true; server=
    awk -F, -v OFS=, -v memory="$memory" -v load="$began" -v v="${PROFILE:-release} at $commit" \
        'NR > 1 {print "api-" $1, $2, $3, $4, $5, $6, $7, $8, $9, memory, load, v}' "$work/$1.csv" | tee -a "$results"
}

ask pages "$here/api.tsv" "$rounds"
ask new "$here/api-new.tsv" 4
say "written to $results"
