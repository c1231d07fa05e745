# Paths, and functions that call Odoo and PostgreSQL. Sourced by the other scripts.
#
#   TIANYUAN_CACHE  downloads, the unpacked Odoo, the Python environment (shared by all checkouts)
#   TIANYUAN_STATE  the database cluster, logs and pid files of this checkout
#   ODOO_BIN        use this Odoo 19 instead of Debian's package
#   PGHOST          use this PostgreSQL server instead of a private cluster
#   DEBIAN_MIRROR   take Debian's packages from there instead of from the mirror in apt's sources
#   PORT            the demo server's port (8069)

set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ADDON=tianyuan_customer_rating
# The addons that are installed with the core, dependencies first; and bridges, which install further modules.
WINGS='tianyuan_customer_contract tianyuan_customer_insight tianyuan_customer_order_guard tianyuan_customer_visit
tianyuan_customer_policy'
BRIDGES=tianyuan_customer_rating_survey
ADDONS="$ADDON $(echo $WINGS) $BRIDGES"
DEMO_DB=${DEMO_DB:-tianyuan_demo}
PORT=${PORT:-8069}

_checkout_id=$(printf %s "$REPO" | sha256sum | cut -c1-10)
if [ "$(id -u)" = 0 ]; then
    # PostgreSQL refuses to run as root, and its user can't read root's home folder.
    TIANYUAN_CACHE=${TIANYUAN_CACHE:-/var/cache/tianyuan}
    TIANYUAN_STATE=${TIANYUAN_STATE:-/var/lib/tianyuan/$_checkout_id}
else
    TIANYUAN_CACHE=${TIANYUAN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tianyuan}
    TIANYUAN_STATE=${TIANYUAN_STATE:-${XDG_STATE_HOME:-$HOME/.local/state}/tianyuan/$_checkout_id}
fi
mkdir -p "$TIANYUAN_CACHE" "$TIANYUAN_STATE"
export TIANYUAN_CACHE TIANYUAN_STATE

# Odoo is started dozens of times: compile its modules once, whatever the shell's settings, and outside of the checkout.
export PYTHONPYCACHEPREFIX=$TIANYUAN_CACHE/pycache
unset PYTHONDONTWRITEBYTECODE

ODOO_ROOT=$TIANYUAN_CACHE/odoo-19
_requirements_id=$(sha256sum "$REPO/scripts/requirements.txt" 2>/dev/null | cut -c1-10)
VENV=$TIANYUAN_CACHE/venv-$_requirements_id
PYTHON=$VENV/bin/python
# Odoo's package is made for Debian's own Python, which is built with optimizations. Another Python on the path is often
# built without them and a quarter slower.
SYSTEM_PYTHON=/usr/bin/python3
[ -x "$SYSTEM_PYTHON" ] || SYSTEM_PYTHON=python3
WKHTMLTOPDF=$TIANYUAN_CACHE/wkhtmltopdf
export PATH=$PATH:$WKHTMLTOPDF    # used where Debian has no wkhtmltopdf; Odoo finds it on the path

# Prints the folder that PYTHONPATH needs for `import odoo`.
odoo_path() {
    if [ -z "${ODOO_BIN:-}" ]; then
        echo "$ODOO_ROOT/usr/lib/python3/dist-packages"
        return
    fi
    local folder
    folder=$(dirname "$(readlink -f "$(command -v "$ODOO_BIN")")")
    if [ -d "$folder/odoo/addons" ]; then
        echo "$folder"
    elif [ -d /usr/lib/python3/dist-packages/odoo/addons ]; then
        echo /usr/lib/python3/dist-packages
    else
        echo "ODOO_BIN=$ODOO_BIN: no Odoo source beside it, nor in /usr/lib/python3/dist-packages" >&2
        return 1
    fi
}

# Prints the path of Odoo's own script. With several workers Odoo starts this script again by its path, for long-polling
# requests. If Odoo was started as a module (`python -m odoo`), it wouldn't find the script and would retry for ever.
odoo_script() {
    if [ -n "${ODOO_BIN:-}" ]; then readlink -f "$(command -v "$ODOO_BIN")"; else echo "$ODOO_ROOT/usr/bin/odoo"; fi
}

PGDATA_PRIVATE=$TIANYUAN_STATE/pg
if [ -n "${PGHOST:-}" ] && [ "$PGHOST" != "$PGDATA_PRIVATE" ]; then
    PG_IS_PRIVATE=
else
    PG_IS_PRIVATE=1
    PGHOST=$PGDATA_PRIVATE          # a socket in a folder that only its owner can enter
    PGPORT=5432
    PGUSER=tianyuan                 # Odoo refuses the user "postgres"
fi
export PGHOST PGPORT=${PGPORT:-5432} PGUSER=${PGUSER:-$(id -un)}

# Finds a program of the PostgreSQL that the cluster was made with, else of the newest one. After an upgrade of Debian there
# are two.
pg_bin() {
    local version found
    for version in "$(cat "$PGDATA_PRIVATE/PG_VERSION" 2>/dev/null)" '*'; do
        found=$(find /usr/lib/postgresql -maxdepth 3 -name "$1" -path "*/postgresql/$version/bin/*" 2>/dev/null | sort -V | tail -n 1)
        [ -z "$found" ] || break
    done
    [ -n "$found" ] || found=$(command -v "$1") || return 1
    echo "$found"
}

# Runs PostgreSQL's own programs as the user who owns the cluster.
as_pg() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

pg_start() {
    [ -n "$PG_IS_PRIVATE" ] || return 0
    if [ ! -s "$PGDATA_PRIVATE/PG_VERSION" ]; then
        rm -rf "$PGDATA_PRIVATE"
        if [ "$(id -u)" = 0 ]; then install -d -o postgres -g postgres -m 700 "$PGDATA_PRIVATE"; fi
        (cd / && as_pg "$(pg_bin initdb)" -D "$PGDATA_PRIVATE" -U "$PGUSER" -E UTF8 --locale=C.UTF-8 -A trust) >"$TIANYUAN_STATE/initdb.log"
        # A development cluster needn't survive a power cut: one command makes it again.
        printf '%s\n' 'fsync = off' 'full_page_writes = off' 'synchronous_commit = off' \
            'jit = off' 'shared_buffers = 512MB' 'work_mem = 32MB' 'max_wal_size = 4GB' |
            as_pg tee -a "$PGDATA_PRIVATE/postgresql.conf" >/dev/null
    fi
    (cd / && as_pg "$(pg_bin pg_ctl)" -D "$PGDATA_PRIVATE" status >/dev/null 2>&1) && return 0
    (cd / && as_pg "$(pg_bin pg_ctl)" -D "$PGDATA_PRIVATE" -l "$PGDATA_PRIVATE/server.log" -w \
        -o "-k $PGDATA_PRIVATE -p $PGPORT -c listen_addresses=" start >/dev/null 2>&1 9>&-)
}

pg_stop() {
    [ -n "$PG_IS_PRIVATE" ] && [ -s "$PGDATA_PRIVATE/postmaster.pid" ] || return 0
    (cd / && as_pg "$(pg_bin pg_ctl)" -D "$PGDATA_PRIVATE" -m fast -w stop >/dev/null)
}

db_exists() {
    [ "$(psql -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]
}

write_odoo_conf() {
    cat >"$TIANYUAN_STATE/odoo.conf" <<CONF
[options]
addons_path = $REPO
admin_passwd = $(head -c 18 /dev/urandom | base64)
data_dir = $TIANYUAN_STATE/filestore
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
http_interface = 127.0.0.1
http_port = $PORT
list_db = False
max_cron_threads = 1
CONF
    [ -z "${PGPASSWORD:-}" ] || echo "db_password = $PGPASSWORD" >>"$TIANYUAN_STATE/odoo.conf"
    chmod 600 "$TIANYUAN_STATE/odoo.conf"
}

# odoo server …, odoo shell …
odoo() {
    local command=$1
    shift
    PYTHONPATH=$(odoo_path) "$PYTHON" -W ignore "$(odoo_script)" "$command" -c "$TIANYUAN_STATE/odoo.conf" "$@"
}
