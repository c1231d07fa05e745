#!/usr/bin/env bash
# Lint, the addon's own tests (inside Odoo) and the whole-system tests (from outside), on fresh databases.
#
#   PYTEST_ARGS  passed to both pytest runs, e.g. PYTEST_ARGS='-k bad_debt -x'
#   ONLY         lint, addon or system: just that part
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/databases.sh
source "$REPO/scripts/databases.sh"

ONLY=${ONLY:-all}
OUT=$TIANYUAN_STATE/test-$$
INSTALLED=tianyuan_test_$$          # the addon freshly installed; others are copied from it
ADDON_DB=${INSTALLED}_addon
mkdir -p "$OUT"

wants() { [ "$ONLY" = all ] || [ "$ONLY" = "$1" ]; }
say() { printf '[test %3ds] %s\n' "$SECONDS" "$*"; }

cleanup() {
    local database job
    trap '' INT TERM    # make passes a signal on that the terminal has sent already: once is enough
    for job in $(jobs -p); do kill -- "-$job" 2>/dev/null && sleep 1 && kill -9 -- "-$job" 2>/dev/null || true; done
    for database in $(psql -d postgres -Atc "SELECT datname FROM pg_database WHERE datname LIKE 'tianyuan\_test\_$$%'"); do
        drop_db "$database" || true
    done
    rm -rf "$OUT" "$TIANYUAN_STATE/${INSTALLED}"*.log
}
trap cleanup EXIT
trap 'exit 130' INT TERM

install_addon() {
    make_base_db || return 1
    say "installing $ADDON on a fresh database"
    copy_db "$(base_db)" "$INSTALLED" || return 1
    if ! odoo server -d "$INSTALLED" -i "$ADDON" --no-http --stop-after-init --logfile="$OUT/install.log" 2>>"$OUT/install.log"; then
        tail -n 60 "$OUT/install.log"
        return 1
    fi
    if ! log_is_clean "$OUT/install.log"; then
        say 'the lines above are in the log of the installation: it should be clean'
        return 1
    fi
    if [ "$(psql -d "$INSTALLED" -Atc "SELECT state FROM ir_module_module WHERE name = '$ADDON'")" != installed ]; then
        tail -n 60 "$OUT/install.log"
        return 1
    fi
}

# shellcheck disable=SC2086  # PYTEST_ARGS is a list of words
addon_tests() {
    copy_db "$INSTALLED" "$ADDON_DB" || return 1
    PYTHONPATH=$(odoo_path) "$PYTHON" -W ignore -m pytest "$REPO/$ADDON"*/tests --odoo-config="$TIANYUAN_STATE/odoo.conf" \
        --odoo-database="$ADDON_DB" --odoo-http --junitxml="$OUT/addon.xml" -o cache_dir="$TIANYUAN_STATE/pytest-addon" ${PYTEST_ARGS:-}
}

# shellcheck disable=SC2086
system_tests() {
    TIANYUAN_REPO=$REPO TIANYUAN_ODOO_PATH=$(odoo_path) TIANYUAN_BASE_DB=$(base_db) TIANYUAN_TEST_DB=$INSTALLED \
        "$PYTHON" -m pytest "$REPO/tests" -p no:odoo --junitxml="$OUT/system.xml" -o cache_dir="$TIANYUAN_STATE/pytest-system" ${PYTEST_ARGS:-}
}

# What Odoo's own lint looks for in models once they are loaded.
model_lint() {
    copy_db "$INSTALLED" "${INSTALLED}_lint" || return 1
    (cd "$REPO" && PYTHONPATH=$(odoo_path) "$PYTHON" -W ignore scripts/odoo_lint.py "$TIANYUAN_STATE/odoo.conf" "${INSTALLED}_lint" "$ADDON"*)
}

# part NAME COMMAND…: runs in the background, its output marked with its name and its result kept.
part() {
    local name=$1
    shift
    set -m    # a process group of its own, which can be ended whole
    (
        set +e
        "$@" 2>&1 | sed -u "s/^/[$name] /"
        echo "${PIPESTATUS[0]}" >"$OUT/$name.rc"
    ) &
    set +m
}

failed=0
if wants lint; then
    say 'lint'
    part lint bash "$REPO/scripts/lint.sh"
fi
if wants addon || wants system; then
    if install_addon; then
        if wants addon; then
            part addon addon_tests
            part models model_lint
        fi
        if wants system; then part system system_tests; fi
    else
        failed=1
    fi
fi
wait
for result in "$OUT"/*.rc; do
    [ -e "$result" ] || continue
    name=$(basename "$result" .rc)
    code=$(cat "$result")
    [ "$code" = 5 ] && [ -n "${PYTEST_ARGS:-}" ] && code=0    # -k may leave one of the two parts without a test
    [ "$code" = 0 ] || { failed=1; say "$name failed"; }
done
"$PYTHON" "$REPO/scripts/test_summary.py" "$failed" "$ONLY" "$OUT"/*.xml
