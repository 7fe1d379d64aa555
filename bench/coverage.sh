#!/usr/bin/env bash
# Planted worlds: bias and coverage of every estimator where the truth is known.
#
#   bench/coverage.sh
#
# BIN=path      the tests as built (target/release/deps/planted-*); nothing is built then
#
# Writes the table to bench/runs, and prints it as docs/coverage.md has it. The numbers depend on the seed alone,
# not on the machine or the number of threads.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
# shellcheck source=bench/lib.sh
source "$here/lib.sh"

results="${results%.csv}-coverage.csv"
mkdir -p "$here/runs"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ -n ${BIN:-} ]]; then
    "$BIN" table_ --ignored --nocapture --test-threads 1 >"$work/out"
else
    (cd "$root" && cargo test --quiet --release -p atalaya-methods --test planted table_ -- --ignored --nocapture --test-threads 1) >"$work/out"
fi
echo "world,estimator,worlds,refused,bias,spread,error_over_spread,coverage,monte_carlo_error" >"$results"
grep -E '^"' "$work/out" >>"$results"

awk -F'","|",|,' '
    NR == 1 { print "| World | Estimator | Worlds | Bias | Spread | Error / spread | Coverage, % | |"; print "|---|---|---|---|---|---|---|---|"; next }
    {
        # Fields after the two quoted ones are numbers.
        match($0, /^"[^"]*","[^"]*",/)
        head = substr($0, 1, RLENGTH); rest = substr($0, RLENGTH + 1)
        split(head, h, "\""); split(rest, f, ",")
        n = f[1] - f[2]
        if (n == 0) { print "| " h[2] " | " h[4] " | 0 of " f[1] " | | | | | refused |"; next }
        c = 100 * f[6]; e = 100 * f[7]
        says = (c < 93) ? "falls short" : (c <= 97) ? "holds" : "too wide"
        ratio = (f[5] == "NaN") ? "" : sprintf("%.2f", f[5])
        printf "| %s | %s | %s | %.3f | %.3f | %s | %.1f ± %.1f | %s |\n", h[2], h[4], (f[2] > 0 ? n " of " f[1] : f[1]), f[3], f[4], ratio, c, e, says
    }' "$results"
