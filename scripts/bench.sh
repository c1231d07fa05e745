#!/usr/bin/env bash
# How long rating a quarter takes with CUSTOMERS customers of twelve invoices a year each.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/databases.sh
source "$REPO/scripts/databases.sh"

DATABASE=tianyuan_bench_$$
LOG=$TIANYUAN_STATE/bench.log
trap 'drop_db "$DATABASE"' EXIT
trap 'exit 130' INT TERM

make_base_db
copy_db "$(base_db)" "$DATABASE"
: >"$LOG"
odoo server -d "$DATABASE" -i "$ADDON" --no-http --stop-after-init --logfile="$LOG" 2>>"$LOG" || { tail -n 40 "$LOG" >&2; exit 1; }
odoo shell -d "$DATABASE" --no-http --logfile="$LOG" <"$REPO/tests/bench_rating.py" 2>>"$LOG" || { tail -n 40 "$LOG" >&2; exit 1; }
