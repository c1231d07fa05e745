#!/usr/bin/env bash
# Makes a demo company with customers, invoices, payments and ratings of the last quarter, and starts a server.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/databases.sh
source "$REPO/scripts/databases.sh"
# shellcheck source=scripts/server.sh
source "$REPO/scripts/server.sh"

say() { printf '[demo] %s\n' "$*"; }

exec 7>"$TIANYUAN_STATE/demo.lock"
flock 7

# run_odoo LOG COMMAND…: shows the end of the log if the command fails.
run_odoo() {
    local log=$TIANYUAN_STATE/$1
    shift
    : >"$log"
    odoo "$@" --no-http --logfile="$log" 2>>"$log" 7>&- || { tail -n 40 "$log" >&2; return 1; }
}

addon_state() {
    psql -d "$DEMO_DB" -Atc "SELECT state FROM ir_module_module WHERE name = '$ADDON'" 2>/dev/null || true
}

# The version of the addon is kept as the database's comment, so that it is dropped with the database.
demo_version() {
    psql -d postgres -Atc "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$DEMO_DB'"
}

create_demo() {
    make_base_db
    say 'creating the demo database'
    drop_db "$DEMO_DB"
    copy_db "$(base_db)" "$DEMO_DB"
    # Odoo loads an addon's demo data only if its dependencies have theirs, which this demo doesn't want.
    psql -q -d "$DEMO_DB" -c "UPDATE ir_module_module SET demo = true WHERE state = 'installed'"
    say 'installing the addon with its demo data'
    run_odoo demo-install.log server -d "$DEMO_DB" -i "$ADDON" --with-demo --stop-after-init
    # Odoo doesn't fail if demo data can't be loaded.
    if grep -q 'demo data failed to install' "$TIANYUAN_STATE/demo-install.log"; then
        grep -A 30 'demo data failed to install' "$TIANYUAN_STATE/demo-install.log" >&2
        psql -q -d "$DEMO_DB" -c "UPDATE ir_module_module SET state = 'to install' WHERE name = '$ADDON'"
        return 1
    fi
}

if [ -z "$(demo_pid)" ]; then port_must_be_free; fi    # check before minutes of work
version=$(addon_version)
if ! db_exists "$DEMO_DB" || [ "$(addon_state)" != installed ]; then
    demo_stop
    create_demo
elif [ "$(demo_version)" != "$version" ]; then
    demo_stop
    say 'the addon has changed: upgrading'
    run_odoo demo-upgrade.log server -d "$DEMO_DB" -u "$ADDON" --stop-after-init
fi
psql -q -d postgres -c "COMMENT ON DATABASE \"$DEMO_DB\" IS '$version'"

say 'rating the last quarter, filling the archives'
run_odoo demo-rate.log shell -d "$DEMO_DB" <"$REPO/scripts/demo_rate.py"

if [ -n "$(demo_pid)" ] && [ "$(cat "$PORT_FILE" 2>/dev/null)" != "$PORT" ]; then
    demo_stop
fi
if [ -z "$(demo_pid)" ]; then
    say 'starting the server'
    demo_start 7>&-
fi
people=$(psql -d "$DEMO_DB" -Atc "SELECT string_agg(u.login, ', ' ORDER BY u.id) FROM res_users u
    JOIN ir_model_data d ON d.model = 'res.users' AND d.res_id = u.id AND d.module = 'tianyuan_demo'")
cat <<END

  http://127.0.0.1:$PORT

  login admin, password admin
  or, password demo: $people
  "make stop" ends the server.
END
