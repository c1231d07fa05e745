#!/usr/bin/env bash
# Runs on fresh databases:
#   - lint;
#   - the addons' own tests inside Odoo, with their bridges, beside other modules that change their dependencies;
#   - a smoke run of the core alone, and of the core with each single other addon;
#   - some of Odoo's own tests with the addons installed;
#   - the whole-system tests, from outside.
# The number of parts that run at the same time is one more than the number of processors.
#
#   PYTEST_ARGS  passed to all pytest runs, e.g. PYTEST_ARGS='-k bad_debt -x'
#   ONLY         lint, addon, smoke, guest or system: just that part; contract, visit, …: just that addon's tests
#   EXAMPLES     number of examples that property tests try (30)
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/databases.sh
source "$REPO/scripts/databases.sh"

ONLY=${ONLY:-all}
export TIANYUAN_EXAMPLES=${EXAMPLES:-}
OUT=$TIANYUAN_STATE/test-$$
INSTALLED=tianyuan_test_$$          # the addon freshly installed; other databases are copied from it
FULL=${INSTALLED}_full
FULL_MODULES=survey,sale_stock,crm
SHARDS=2                            # number of databases for the addon's own tests
SLOTS=$(($(nproc 2>/dev/null || echo 2) + 1))       # a browser test spends half of its time waiting
mkdir -p "$OUT"

wants() { [ "$ONLY" = all ] || [ "$ONLY" = "$1" ]; }
say() { printf '[test %3ds] %s\n' "$SECONDS" "$*"; }

cleanup() {
    local database job
    trap '' INT TERM    # make repeats the terminal's signal: handle it once
    for job in $(jobs -p); do kill -- "-$job" 2>/dev/null && sleep 1 && kill -9 -- "-$job" 2>/dev/null || true; done
    for database in $(psql -d postgres -Atc "SELECT datname FROM pg_database WHERE datname LIKE 'tianyuan\_test\_$$%'"); do
        drop_db "$database" || true
    done
    rm -rf "$OUT" "$TIANYUAN_STATE/${INSTALLED}"*.log
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Makes the companies and users of the tests inside Odoo once, instead of in each class.
make_world() {
    local log=$OUT/world-$1.log
    odoo shell -d "$1" --no-http --logfile="$log" <"$REPO/scripts/test_world.py" >>"$log" 2>&1 || { tail -n 40 "$log"; return 1; }
}

# install DATABASE MODULES [OPTION] [FROM]: installs on a fresh database, or a copy of FROM, and checks the log.
install() {
    local database=$1 modules=$2 log=$OUT/install-$1.log
    copy_db "${4:-$(base_db)}" "$database" || return 1
    if ! odoo server -d "$database" -i "$modules" ${3:-} --no-http --stop-after-init --logfile="$log" 2>>"$log"; then
        tail -n 60 "$log"
        return 1
    fi
    if ! log_is_clean "$log"; then
        say 'the lines above are in the log of the installation: it should be clean'
        return 1
    fi
    is_installed "$database" "$ADDON" || { tail -n 60 "$log"; return 1; }
}

is_installed() {
    [ "$(psql -d "$1" -Atc "SELECT state FROM ir_module_module WHERE name = '$2'")" = installed ]
}

# Odoo installs the bridges automatically with the modules that they connect.
install_full() {
    local addon
    say "installing $ADDON with $FULL_MODULES"
    install "$FULL" "$FULL_MODULES,$ADDON" || return 1
    for addon in $ADDONS; do
        is_installed "$FULL" "$addon" || { say "$addon has not been installed by itself"; return 1; }
    done
    make_world "$FULL"
}

# inside_odoo NAME FROM ARGUMENT…: runs pytest with Odoo loaded, on a copy of the database FROM.
# shellcheck disable=SC2086  # PYTEST_ARGS is a list of words
inside_odoo() {
    local name=$1 database=${INSTALLED}_$1
    copy_db "$2" "$database" || return 1
    without_autovacuum "$database" || return 1
    shift 2
    PYTHONPATH=$(odoo_path):$REPO/tests "$PYTHON" -W ignore -m pytest --odoo-config="$TIANYUAN_STATE/odoo.conf" \
        --odoo-database="$database" --odoo-http --junitxml="$OUT/$name.xml" -o cache_dir="$TIANYUAN_STATE/pytest-$name" \
        -p few_collections -p no:logging "$@" ${PYTEST_ARGS:-}
}

# test_files ADDON…: lists the addons' test files, the largest first.
test_files() {
    (cd "$REPO" && find "${@/%//tests}" -name 'test_*.py' -printf '%s %p\n' | sort -rn | cut -d' ' -f2- | sed "s,^,$REPO/,")
}

# addon_tests NAME SHARD: runs each SHARDS-th test file of all addons and of tests/together; large files are shared out.
addon_tests() {
    local files
    mapfile -t files < <({ test_files $ADDONS; ls "$REPO"/tests/together/test_*.py; } |
        awk -v shards="$SHARDS" -v shard="$2" 'NR % shards == shard - 1')
    inside_odoo "$1" "$FULL" "${files[@]}" --noconftest
}

# Runs the tests of one addon, with all other addons installed.
one_addon_tests() {
    local files
    copy_db "$INSTALLED" "${INSTALLED}_world" || return 1
    make_world "${INSTALLED}_world" || return 1
    mapfile -t files < <(test_files "$2")
    inside_odoo "$1" "${INSTALLED}_world" "${files[@]}"
}

# Smoke test of the core without any other addon of ours.
smoke_tests() {
    local files
    install "${INSTALLED}_alone" "$ADDON" --skip-auto-install || return 1
    make_world "${INSTALLED}_alone" || return 1
    mapfile -t files < <(test_files "$ADDON")
    inside_odoo "$1" "${INSTALLED}_alone" "${files[@]}" -p smoke_suite
}

smoke_and_single_tests() {
    smoke_tests "$1" && single_tests "$1"
}

# Smoke tests of the core with each single other addon.
single_tests() {
    local wing files result=0
    for wing in $WINGS; do
        say "$ADDON with $wing alone"
        install "${INSTALLED}_$wing" "$wing" --skip-auto-install "${INSTALLED}_alone" || return 1
        mapfile -t files < <(test_files "$wing")
        inside_odoo "$1-$wing" "${INSTALLED}_$wing" "$REPO/$ADDON/tests/test_views.py" "${files[@]}" -p smoke_suite || result=1
        drop_db "${INSTALLED}_$wing"
    done
    return $result
}

# Odoo's own tests expect an English database; some of them belong to a module made for testing.
make_guest_db() {
    local database=$1 log=$OUT/guest.log
    copy_db "$INSTALLED" "$database" || return 1
    psql -q -d "$database" -c "UPDATE ir_default SET json_value = '\"en_US\"' FROM ir_model_fields f WHERE f.id = field_id AND f.name = 'lang'" \
        -c "UPDATE res_partner SET lang = 'en_US'" -c "UPDATE res_lang SET active = false WHERE code <> 'en_US'"
    odoo server -d "$database" -i test_mail --no-http --stop-after-init --log-level=warn --logfile="$log" 2>>"$log" ||
        { tail -n 40 "$log"; return 1; }
}

# Odoo's own tests with the addons installed.
odoo_tests() {
    local files
    make_guest_db "${INSTALLED}_odoo" || return 1
    mapfile -t files < <(grep -v '^#' "$REPO/tests/guest/odoo_tests.txt" | sed "s,^,$(odoo_path)/odoo/addons/,")
    ODOO_TESTS_LEFT_OUT=$REPO/tests/guest/left_out.txt \
        inside_odoo "$1" "${INSTALLED}_odoo" "${files[@]}" -p odoo_suites --rootdir="$(odoo_path)"
}

# Odoo's other apps, used by users without a role of the addon.
app_tests() {
    install "${INSTALLED}_others" "hr,website_sale,$ADDON" || return 1
    inside_odoo "$1" "${INSTALLED}_others" "$REPO/tests/guest" --noconftest
}

# system_tests NAME FILE…: runs tests from outside, on their own databases.
# shellcheck disable=SC2086
system_tests() {
    local name=$1
    shift
    copy_db "$INSTALLED" "${INSTALLED}_$name" || return 1
    TIANYUAN_REPO=$REPO TIANYUAN_ODOO_PATH=$(odoo_path) TIANYUAN_ODOO_SCRIPT=$(odoo_script) TIANYUAN_BASE_DB=$(base_db) \
        TIANYUAN_TEST_DB=${INSTALLED}_$name \
        "$PYTHON" -m pytest "$@" -p no:odoo --junitxml="$OUT/$name.xml" -o cache_dir="$TIANYUAN_STATE/pytest-$name" ${PYTEST_ARGS:-}
}

# The access matrix has more than a thousand cells, so its calls are made in a process with Odoo loaded.
matrix_tests() {
    TIANYUAN_REPO=$REPO TIANYUAN_TEST_DB=$INSTALLED inside_odoo "$1" "$INSTALLED" "$REPO/tests/test_access_matrix.py"
}

# model_lint NAME INSTALLED_DATABASE: runs those checks of Odoo's own lint that need loaded models. Where everything is
# installed, they see each of our models together with all that extends it.
model_lint() {
    copy_db "$2" "${INSTALLED}_$1" || return 1
    (cd "$REPO" && PYTHONPATH=$(odoo_path) "$PYTHON" -W ignore scripts/odoo_lint.py "$TIANYUAN_STATE/odoo.conf" "${INSTALLED}_$1" $ADDONS)
}

# part NAME COMMAND…: runs in the background as soon as a slot is free, marks the output with its name, and keeps the
# result.
part() {
    local name=$1
    shift
    while [ "$(jobs -rp | wc -l)" -ge "$SLOTS" ]; do wait -n || true; done
    say "$name"
    echo 1 >"$OUT/$name.rc"    # stays 1 unless the part runs to its end
    set -m    # a separate process group, which can be ended as a whole
    (
        set +e
        "$@" 2>&1 | sed -u "s/^/[$name] /"
        echo "${PIPESTATUS[0]}" >"$OUT/$name.rc"
    ) &
    set +m
}

# Start the longest parts first, so that no processor is idle at the end.
start_parts() {
    local shard file screens=()
    if wants system; then
        for file in "$REPO"/tests/test_*.py; do
            case $(basename "$file" .py) in
                test_staying_power | test_upgrade | test_install | test_access_matrix | test_rpc | test_archive_*) ;;
                *) screens+=("$file") ;;
            esac
        done
        part screens system_tests screens "${screens[@]}"
        part upgrade system_tests upgrade "$REPO/tests/test_upgrade.py"
    fi
    if wants addon; then
        for shard in $(seq "$SHARDS"); do part "addon-$shard" addon_tests "addon-$shard" "$shard"; done
    fi
    if wants guest; then part guest odoo_tests guest; fi
    if wants system; then
        part staying system_tests staying "$REPO/tests/test_staying_power.py"
        part install system_tests install "$REPO/tests/test_install.py"
        part matrix matrix_tests matrix
    fi
    if [ -d "$REPO/tianyuan_customer_$ONLY" ]; then part "$ONLY" one_addon_tests "$ONLY" "tianyuan_customer_$ONLY"; fi
    if wants smoke; then part smoke smoke_and_single_tests smoke; fi
    if wants guest; then part apps app_tests apps; fi
    if wants system; then part doors system_tests doors "$REPO"/tests/test_{rpc,archive_doors,archive_together}.py; fi
    if wants addon; then part models model_lint models "$FULL"; fi
}

failed=0
if wants lint; then part lint bash "$REPO/scripts/lint.sh"; fi
if [ "$ONLY" != lint ]; then
    if make_base_db; then
        if wants addon; then part full install_full; fi
        if [ "$ONLY" != addon ]; then
            say "installing $ADDON on a fresh database"
            install "$INSTALLED" "$ADDON" || failed=1
        fi
        wait
        [ ! -e "$OUT/full.rc" ] || [ "$(cat "$OUT/full.rc")" = 0 ] || failed=1
        [ "$failed" = 1 ] || start_parts
    else
        failed=1
    fi
fi
wait
for result in "$OUT"/*.rc; do
    [ -e "$result" ] || continue
    name=$(basename "$result" .rc)
    code=$(cat "$result")
    [ "$code" = 5 ] && [ -n "${PYTEST_ARGS:-}" ] && code=0    # with -k a part may have no tests
    [ "$code" = 0 ] || { failed=1; say "$name failed"; }
done
"$PYTHON" "$REPO/scripts/test_summary.py" "$failed" "$ONLY" "$OUT"/*.xml
