# Timing of whole processes, for the scripts beside it. Wants $work, $here, $root, $python.

machine="$(nproc)x$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1 | tr -cs 'A-Za-z0-9\n' '-' | tr 'A-Z' 'a-z' | sed 's/-$//')"
results="$here/runs/$(date +%F)-$machine.csv"
commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo none)
git -C "$root" diff --quiet HEAD -- crates 2>/dev/null || commit="$commit+changes"

say() { echo "$*" >&2; }
fail() { say "FAILED: $*"; exit 1; }
load() { cut -d' ' -f1 /proc/loadavg; }

# Runs a command; leaves wall, user, sys and peak memory of its process in $work/last.
timed() { /usr/bin/time -o "$work/last" -f '%e %U %S %M' "$@"; }

# Files the last timing under a name: seconds wall, seconds of processor, kilobytes, load.
note() { awk -v load="$(load)" 'END {print $1, $2 + $3, $4, load}' "$work/last" >>"$work/$1.runs"; }

# least or median of a column of the runs of a name
least() { sort -g -k "$2,$2" "$work/$1.runs" | awk -v c="$2" 'NR == 1 {print $c}'; }
most() { sort -gr -k "$2,$2" "$work/$1.runs" | awk -v c="$2" 'NR == 1 {print $c}'; }
median() { sort -g -k "$2,$2" "$work/$1.runs" | awk -v c="$2" '{v[NR] = $c} END {print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}'; }

# How many times the least wall (and processor) time of one name is that of another.
ratio() {
    awk -v a="$(least "$1" 1)" -v b="$(least "$2" 1)" -v c="$(least "$1" 2)" -v d="$(least "$2" 2)" \
        'BEGIN {printf "%.1f (wall), %.1f (processor)", a / b, c / d}'
}

# what, rows, runs' name, accuracy, version: one line of the results.
result() {
    mkdir -p "$here/runs"
    [[ -s $results ]] || echo "what,rows,wall_min,wall_median,cpu_s,peak_rss_mb,accuracy,load,version" >"$results"
    line="$1,$2,$(least "$3" 1),$(median "$3" 1),$(least "$3" 2),$(awk -v kb="$(most "$3" 3)" 'BEGIN {printf "%.0f", kb / 1024}'),$4,$(median "$3" 4),$5 at $commit"
    echo "$line" | tee -a "$results"
}
