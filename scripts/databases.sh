# Making, copying and dropping databases together with their filestores. Sourced after env.sh.

BASE_MODULES=sale_management,account,contacts,l10n_cn
LANGUAGES=zh_CN,en_US           # the first is the language of new users
EXTENSION=pg_trgm               # what Odoo itself creates in a database that it makes

filestore() {
    echo "$TIANYUAN_STATE/filestore/filestore/$1"
}

drop_db() {
    psql -q -d postgres -c "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" 2>/dev/null
    rm -rf "$(filestore "$1")"
}

# copy_db FROM TO: takes a second, where an installation takes a minute. Nobody may be connected to FROM.
copy_db() {
    createdb -T "$1" "$2" || return 1
    mkdir -p "$(filestore "$1")"
    rm -rf "$(filestore "$2")"
    cp -r "$(filestore "$1")" "$(filestore "$2")"
}

# The template is rebuilt when Odoo, the Python packages, these lists or the set of addons change. Checkouts that share a
# database server have a template each, because its filestore is in the checkout's state folder.
base_db() {
    local id
    id=$(cat "$REPO/scripts/requirements.txt" "$(odoo_path)/odoo/release.py" <(find "$TIANYUAN_CACHE/debs" -name 'odoo-*' -printf '%f\n' 2>/dev/null) \
        <(echo "$BASE_MODULES $LANGUAGES $EXTENSION $TIANYUAN_STATE" && cd "$REPO" && echo $ADDONS) | sha256sum | cut -c1-10)
    echo "tianyuan_base_$id"
}

# Odoo with all dependencies of the addon and Simplified Chinese, but without the addon and demo data.
make_base_db() {
    local base
    base=$(base_db)
    (
        flock 8    # a test and a demo may ask for it at the same time
        db_exists "$base" || build_base_db "$base"
    ) 8>"$TIANYUAN_STATE/base.lock"
}

build_base_db() {
    local base=$1 building=$1_building log=$TIANYUAN_STATE/base.log old
    echo "Installing $BASE_MODULES once, as a template (about a minute)"
    if [ -n "$PG_IS_PRIVATE" ]; then
        for old in $(psql -d postgres -Atc "SELECT datname FROM pg_database WHERE datname LIKE 'tianyuan\_base\_%'"); do
            psql -q -d postgres -c "ALTER DATABASE \"$old\" IS_TEMPLATE false"
            drop_db "$old"
        done
    fi
    drop_db "$building"
    rm -rf "$(filestore "$base")"
    : >"$log"
    if createdb "$building" && psql -q -d "$building" -c "CREATE EXTENSION $EXTENSION" && odoo server -d "$building" -i "$BASE_MODULES" --load-language="$LANGUAGES" --without-demo \
        --no-http --stop-after-init --log-level=warn --logfile="$log" 2>>"$log" 8>&-; then
        mv "$(filestore "$building")" "$(filestore "$base")"
        psql -q -d postgres -c "ALTER DATABASE \"$building\" RENAME TO \"$base\"" -c "ALTER DATABASE \"$base\" IS_TEMPLATE true"
    else
        tail -n 40 "$log" >&2
        return 1
    fi
}

# Prints the lines that a log must not contain; fails if there are any.
log_is_clean() {
    ! grep -E ' (WARNING|ERROR|CRITICAL) ' "$1" | grep -v "Running as user 'root' is a security risk"
}

# A checksum of the addon's files.
addon_version() {
    (cd "$REPO" && find $ADDONS -type f ! -name '*.pyc' ! -path '*/tests/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
}

# Switches autovacuum off for tests that never commit: it would tell the planner that the tables they fill are empty, and
# then one of Odoo's queries takes minutes.
without_autovacuum() {
    psql -q -d "$1" <<'SQL'
SELECT format('ALTER TABLE %s SET (autovacuum_enabled = off)', oid::regclass)
  FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \gexec
SQL
}

# run_odoo_tests DATABASE RESULT FILE…: runs Odoo's own tests inside Odoo, and writes the results as JUnit.
run_odoo_tests() {
    local database=$1 result=$2
    shift 2
    PYTHONPATH=$(odoo_path):$REPO/tests "$PYTHON" -W ignore -m pytest "$@" -p odoo_suites --rootdir="$(odoo_path)" \
        --odoo-config="$TIANYUAN_STATE/odoo.conf" --odoo-database="$database" --odoo-http --junitxml="$result" -q --tb=line \
        -o cache_dir="$TIANYUAN_STATE/pytest-odoo-tests" ${PYTEST_ARGS:-}
}
