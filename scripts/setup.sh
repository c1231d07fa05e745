#!/usr/bin/env bash
# Installs Odoo 19, PostgreSQL, a browser and the Python environment on this machine.
# Can be repeated, and continues where an earlier run stopped.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/debian.sh
source "$REPO/scripts/debian.sh"

STEP='the lock of another run'
UNREACHABLE='Read the message above, and check that the package registries can be reached.'
HINT=$UNREACHABLE
step() {
    STEP=$1
    HINT=$UNREACHABLE
    printf '%s\n' "[setup] $1" >&2
}
ended() {
    [ $? != 0 ] || return 0
    printf '%s\n' "[setup] failed at: $STEP" "[setup] $HINT" "[setup] then run the same command again: finished steps are kept." >&2
}
trap ended EXIT    # a trap on ERR would miss errors inside functions

exec 9>"$TIANYUAN_CACHE/setup.lock"
flock 9    # two checkouts may run this at once, and share the cache

# Debian 13 has no wkhtmltopdf any more.
debian_has_wkhtmltopdf() {
    [ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" = bookworm ]
}

system_packages() {
    local missing=()
    pg_bin initdb >/dev/null || [ -z "$PG_IS_PRIVATE" ] || missing+=(postgresql)
    command -v psql >/dev/null || missing+=(postgresql-client)
    command -v chromium >/dev/null || missing+=(chromium)
    command -v wkhtmltopdf >/dev/null || ! debian_has_wkhtmltopdf || missing+=(wkhtmltopdf)
    command -v pdftoppm >/dev/null || missing+=(poppler-utils)
    fc-list 2>/dev/null | grep -i 'noto.*cjk' >/dev/null || missing+=(fonts-noto-cjk fontconfig)
    /sbin/ldconfig -p | grep -F libatomic.so.1 >/dev/null || missing+=(libatomic1)    # Playwright's Node.js needs it
    "$SYSTEM_PYTHON" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    [ ${#missing[@]} -gt 0 ] || return 0
    step "system packages: ${missing[*]}"
    local root=()
    if [ "$(id -u)" != 0 ]; then
        HINT="Have an administrator run: apt-get install ${missing[*]}"
        root=(sudo -n)
    fi
    "${root[@]}" apt-get -qq update
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >"$TIANYUAN_CACHE/apt.log"
}

# fetch SUITE PACKAGE…: downloads into the cache, and removes older revisions of earlier runs.
fetch() {
    local suite=$1 package
    shift
    apt_suite "$suite" update
    (cd "$TIANYUAN_CACHE/debs" && apt_suite "$suite" download "$@" &&
        for package; do ls -t "${package}"_*.deb | tail -n +2 | xargs -r rm; done)
}

odoo_package() {
    if [ -n "${ODOO_BIN:-}" ]; then
        odoo_path >/dev/null
        return
    fi
    [ -e "$ODOO_ROOT/.complete" ] && return
    local debs=$TIANYUAN_CACHE/debs package
    mkdir -p "$debs"
    if [ ! -e "$debs/.complete" ]; then
        step 'Odoo 19 (123 MB, from Debian unstable)'
        fetch sid odoo-19 libjs-jquery libjs-jquery-form libjs-underscore fonts-roboto-unhinted fonts-montserrat fonts-ocr-b
        step 'fonts of the Odoo web client'    # unstable has these files in another folder
        fetch bookworm fonts-font-awesome fonts-inconsolata
        touch "$debs/.complete"
    fi
    step 'unpacking Odoo'
    rm -rf "$ODOO_ROOT"
    mkdir -p "$ODOO_ROOT"
    for package in "$debs"/*.deb; do dpkg -x "$package" "$ODOO_ROOT"; done
    # The web client needs this file, which Debian removed from the package.
    local gone=$ODOO_ROOT/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    [ -e "$gone" ] || { mkdir -p "$(dirname "$gone")" && : >"$gone"; }
    local dangling
    dangling=$(find "$ODOO_ROOT" -xtype l)
    if [ -n "$dangling" ]; then
        HINT="Files the Odoo package points to are missing: $dangling"
        false
    fi
    touch "$ODOO_ROOT/.complete"
}

# Installs Debian 12's wkhtmltopdf with all its libraries, except those of C and C++, which stay compatible with older
# programs, and graphics drivers.
wkhtmltopdf_package() {
    ! command -v wkhtmltopdf >/dev/null || return 0
    local root=$WKHTMLTOPDF/debian package missing
    step 'wkhtmltopdf (67 MB, from Debian 12)'
    apt_suite bookworm update
    PROVIDED='libc6 libgcc-s1 libstdc++6 libgl1-mesa-dri' \
        apt_suite bookworm --yes --no-install-recommends --download-only install wkhtmltopdf >"$TIANYUAN_CACHE/apt.log"
    rm -rf "$WKHTMLTOPDF"
    mkdir -p "$root"
    for package in "$TIANYUAN_CACHE"/apt-bookworm/cache/archives/*.deb; do dpkg -x "$package" "$root"; done
    rm -rf "$root/usr/share"
    cat >"$WKHTMLTOPDF/run" <<'RUN'
#!/bin/sh
# Runs the program of this link's name with its own libraries.
debian=$(dirname "$(readlink -f "$0")")/debian
for libraries in "$debian"/usr/lib/*-linux-gnu; do QT_PLUGIN_PATH=$libraries/qt5/plugins; done
LD_LIBRARY_PATH=$libraries:$debian/lib/$(basename "$libraries")
export LD_LIBRARY_PATH QT_PLUGIN_PATH
exec ${LDD:+ldd} "$debian/usr/bin/$(basename "$0")" "$@"
RUN
    chmod +x "$WKHTMLTOPDF/run"
    ln -s run "$WKHTMLTOPDF/wkhtmltoimage"
    missing=$(LDD=1 "$WKHTMLTOPDF/wkhtmltoimage" | grep 'not found') || true
    if [ -n "$missing" ]; then
        HINT="Libraries wkhtmltopdf needs are missing: $missing"
        false
    fi
    ln -s run "$WKHTMLTOPDF/wkhtmltopdf"    # last, because the check above looks for it
    rm -f "$TIANYUAN_CACHE"/apt-bookworm/cache/archives/*.deb
}

python_packages() {
    # An upgrade of Debian brings another Python, which doesn't find the packages.
    [ -e "$VENV/.complete" ] && "$PYTHON" -c 'import psycopg2' 2>/dev/null && return
    step 'Python packages'
    rm -rf "$VENV"
    "$SYSTEM_PYTHON" -m venv "$VENV"
    "$VENV/bin/pip" install --quiet --quiet --disable-pip-version-check -r "$REPO/scripts/requirements.txt"
    touch "$VENV/.complete"
}

system_packages
odoo_package
wkhtmltopdf_package
python_packages
STEP='the database server'
HINT="See $PGDATA_PRIVATE/server.log"
pg_start
write_odoo_conf
