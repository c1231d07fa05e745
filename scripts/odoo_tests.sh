#!/usr/bin/env bash
# Runs Odoo's own tests of MODULE… without and with the addons installed, each module on its own copy of the database, and
# lists the tests with different results. Both sides run at the same time.
#
# Browser tours are left out (tests/odoo_suites.py), and so are base's tests of uninstalling: they make Odoo reload its
# registry, which fails under pytest, and all tests after them would fail.
#
#   scripts/odoo_tests.sh MODULE…
#   SIDES='with'    runs this side only, and takes the other one's last results
#   RESULTS         folder of the results (TIANYUAN_STATE/odoo-tests)
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/databases.sh
source "$REPO/scripts/databases.sh"

[ $# -gt 0 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }
MODULES=("$@")
SIDES=${SIDES:-without with}
RESULTS=${RESULTS:-$TIANYUAN_STATE/odoo-tests}
DATABASE=tianyuan_suites_$$
mkdir -p "$RESULTS"

cleanup() {
    local database
    trap '' INT TERM
    for database in $(psql -d postgres -Atc "SELECT datname FROM pg_database WHERE datname LIKE 'tianyuan\_suites\_$$%'"); do
        drop_db "$database" || true
    done
}
trap cleanup EXIT
trap 'exit 130' INT TERM

list() { local IFS=,; echo "$*"; }

install() {
    local log=$RESULTS/install-$2.log
    odoo server -d "$1" -i "$2" --without-demo --no-http --stop-after-init --log-level=warn --logfile="$log" 2>>"$log" ||
        { tail -n 40 "$log" >&2; return 1; }
}

# run_suites SIDE: failed tests are in the results; only a run that is cut short is an error here.
run_suites() {
    local side=$1 module copy code
    for module in "${MODULES[@]}"; do
        copy=${DATABASE}_${side}_$module
        copy_db "${DATABASE}_$side" "$copy"
        without_autovacuum "$copy"
        code=0
        run_odoo_tests "$copy" "$RESULTS/$side-$module.xml" "$(odoo_path)/odoo/addons/$module/tests" \
            --ignore="$(odoo_path)/odoo/addons/base/tests/test_uninstall.py" \
            >"$RESULTS/$side-$module.log" 2>&1 || code=$?
        drop_db "$copy"
        echo "$side $module: $(tail -n 1 "$RESULTS/$side-$module.log")"
        [ "$code" -le 1 ] || return 1
    done
}

createdb "${DATABASE}_without"
echo "Installing ${MODULES[*]} and what the addon stands on"
install "${DATABASE}_without" "$(list "${MODULES[@]}" sale account mail contacts)"
if [[ $SIDES = *with ]]; then
    copy_db "${DATABASE}_without" "${DATABASE}_with"
    echo "Installing $ADDON beside them"
    install "${DATABASE}_with" "$ADDON"
fi
failed=0
jobs=()
for side in $SIDES; do run_suites "$side" & jobs+=($!); done
for job in "${jobs[@]}"; do wait "$job" || failed=1; done
"$PYTHON" "$REPO/scripts/compare_tests.py" "$RESULTS" "${MODULES[@]}" || failed=1
exit $failed
