#!/usr/bin/env bash
# Measures the addon's time in comparison with the database alone, stock Odoo and other addons, for CUSTOMERS customers
# (20000) with twenty invoices each; medians of ROUNDS rounds. PARTS chooses what is measured. BOOKS names a database that
# already has the customers and their books. The figures go to docs/benchmarks.md.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/databases.sh
source "$REPO/scripts/databases.sh"
# shellcheck source=scripts/peers.sh
source "$REPO/scripts/peers.sh"

PARTS=${PARTS:-run history watch overhead peers screens archive duplicates install}
export CUSTOMERS=${CUSTOMERS:-20000}
export BENCH_TESTS=$REPO/tests BENCH_PAGE=$REPO/docs/benchmarks.md
STOCK=tianyuan_bench_stock_$$         # customers and their books, without the addon
WITH=tianyuan_bench_$$                # the same, with the addon
PEERS=tianyuan_bench_peers_$$         # the same, with other vendors' addons in addition
EMPTY=tianyuan_bench_empty_$$         # no customers: archive lists get PARTNERS (100000) customers of their own
ARCHIVES=tianyuan_bench_archives_$$
TWINS=tianyuan_bench_twins_$$         # PARTNERS customers with names of all kinds
OLD=tianyuan_bench_old_$$             # a fifth of the customers, with a long history
WATCHED=tianyuan_bench_watched_$$     # a fifth of the customers, for the nightly watch
LOG=$TIANYUAN_STATE/bench.log
trap 'for each in "$STOCK" "$WITH" "$PEERS" "$EMPTY" "$ARCHIVES" "$TWINS" "$OLD" "$WATCHED"; do drop_db "$each"; done' EXIT
trap 'exit 130' INT TERM

measures() {
    [[ " $PARTS " = *" $1 "* ]]
}

# script DATABASE FILE [OPTION…]: measures one part; a missed goal doesn't stop the other parts
script() {
    odoo shell -d "$1" --no-http --logfile="$LOG" "${@:3}" <"$REPO/tests/$2" 2>>"$LOG" || failed+=("$2")
}

# addon DATABASE: installs the addon
addon() {
    odoo server -d "$1" -i "$ADDON" --no-http --stop-after-init --logfile="$LOG" 2>>"$LOG" || { tail -n 40 "$LOG" >&2; exit 1; }
}

# make_databases: makes the customers and their books, without and with the addon
make_databases() {
    copy_db "${BOOKS:-$(base_db)}" "$STOCK"
    [ -n "${BOOKS:-}" ] || script "$STOCK" bench_make.py
    copy_db "$STOCK" "$WITH"
    addon "$WITH"
}

peers() {
    get_peers && copy_db "$WITH" "$PEERS" && install_peers "$PEERS" || { failed+=("scripts/peers.sh"); return; }
    script "$PEERS" bench_peers.py --addons-path="$REPO,$PEERS_ADDONS"
    drop_db "$PEERS"
}

archives() {
    copy_db "$(base_db)" "$EMPTY"
    copy_db "$EMPTY" "$ARCHIVES"
    addon "$ARCHIVES"
    BASE_DATABASE=$EMPTY script "$ARCHIVES" bench_archive.py
}

duplicates() {
    copy_db "$(base_db)" "$TWINS"
    addon "$TWINS"
    script "$TWINS" bench_duplicates.py
}

old_books() {
    local -x CUSTOMERS=$((CUSTOMERS / 5))
    copy_db "$(base_db)" "$OLD"
    script "$OLD" bench_make.py
    addon "$OLD"
    script "$OLD" bench_history.py
    drop_db "$OLD"
}

watched() {
    local -x CUSTOMERS=$((CUSTOMERS / 5))
    copy_db "$(base_db)" "$WATCHED"
    script "$WATCHED" bench_make.py
    addon "$WATCHED"
    script "$WATCHED" bench_watch.py
    drop_db "$WATCHED"
}

failed=()
: >"$LOG"
make_base_db
if measures run || measures overhead || measures peers || measures screens; then make_databases; fi
if measures peers; then peers; fi    # must run before there are ratings
if measures run || measures screens; then script "$WITH" bench_run.py; fi
if measures history; then old_books; fi
if measures watch; then watched; fi
if measures overhead; then BASE_DATABASE=$STOCK script "$WITH" bench_overhead.py; fi
# Must run last, because it assigns customers to salespeople and starts another quarter.
if measures screens; then script "$WITH" bench_screens.py; fi
if measures archive; then archives; fi
if measures duplicates; then duplicates; fi
if measures install; then    # uses its own databases with PARTNERS customers each
    TIANYUAN_ODOO_PATH=$(odoo_path) TIANYUAN_ODOO_SCRIPT=$(odoo_script) "$PYTHON" "$REPO/tests/bench_install.py" 2>>"$LOG" || failed+=(bench_install.py)
fi
[ ${#failed[@]} = 0 ] || { tail -n 40 "$LOG" >&2; echo "failed: ${failed[*]}" >&2; exit 1; }
