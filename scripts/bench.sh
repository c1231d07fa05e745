#!/usr/bin/env bash
# How long the lists take with PARTNERS customers and their archives beside the same list without the addon (ROUNDS
# times each), and what rating and confirming a quarter of CUSTOMERS customers takes beside the database alone.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/databases.sh
source "$REPO/scripts/databases.sh"

DATABASE=tianyuan_bench_$$
ARCHIVES=tianyuan_bench_archives_$$
WITHOUT=tianyuan_bench_without_$$
LOG=$TIANYUAN_STATE/bench.log
trap 'for each in "$DATABASE" "$ARCHIVES" "$WITHOUT"; do drop_db "$each"; done' EXIT
trap 'exit 130' INT TERM

make_base_db
copy_db "$(base_db)" "$DATABASE"
: >"$LOG"
odoo server -d "$DATABASE" -i "$ADDON" --no-http --stop-after-init --logfile="$LOG" 2>>"$LOG" || { tail -n 40 "$LOG" >&2; exit 1; }
copy_db "$DATABASE" "$ARCHIVES"
copy_db "$(base_db)" "$WITHOUT"
failed=
export BENCH_TESTS=$REPO/tests BENCH_PAGE=$REPO/docs/benchmarks.md
BASE_DATABASE=$WITHOUT odoo shell -d "$ARCHIVES" --no-http --logfile="$LOG" <"$REPO/tests/bench_archive.py" 2>>"$LOG" || failed=1
odoo shell -d "$DATABASE" --no-http --logfile="$LOG" <"$REPO/tests/bench_run.py" 2>>"$LOG" || failed=1
[ -z "$failed" ] || { tail -n 40 "$LOG" >&2; exit 1; }
