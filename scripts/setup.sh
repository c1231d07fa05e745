#!/usr/bin/env bash
# Brings Odoo 19, PostgreSQL, a browser and the Python environment onto this machine.
# Can be run any number of times, and goes on where an earlier run stopped.
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"

STEP=
step() {
    STEP=$1
    printf '%s\n' "[setup] $1" >&2
}
failed() {
    printf '%s\n' "[setup] failed at: $STEP" "[setup] $HINT" "[setup] then run the same command again: finished steps are kept." >&2
}
HINT='Read the message above, and check that the package registries can be reached.'
trap failed ERR

exec 9>"$TIANYUAN_CACHE/setup.lock"
flock 9    # two checkouts may set up at once; the cache is theirs together

apt_sid() {
    local state=$TIANYUAN_CACHE/apt-sid
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main' >"$state/sources.list"
    apt-get -qq -o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o "Dir::State::lists=$state/lists" -o "Dir::Cache=$state/cache" -o "APT::Sandbox::User=$(id -un)" "$@"
}

system_packages() {
    local missing=()
    pg_bin initdb >/dev/null || [ -z "$PG_IS_PRIVATE" ] || missing+=(postgresql)
    command -v psql >/dev/null || missing+=(postgresql-client)
    command -v chromium >/dev/null || missing+=(chromium)
    command -v wkhtmltopdf >/dev/null || missing+=(wkhtmltopdf)
    command -v pdftoppm >/dev/null || missing+=(poppler-utils)
    fc-list 2>/dev/null | grep -i 'noto.*cjk' >/dev/null || missing+=(fonts-noto-cjk fontconfig)
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
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

odoo_package() {
    if [ -n "${ODOO_BIN:-}" ]; then
        odoo_path >/dev/null
        return
    fi
    [ -e "$ODOO_ROOT/.complete" ] && return
    local debs=$TIANYUAN_CACHE/debs package
    mkdir -p "$debs"
    if ! ls "$debs"/odoo-19_*.deb >/dev/null 2>&1; then
        step 'Odoo 19 (123 MB, from Debian unstable)'
        apt_sid update
        (cd "$debs" && apt_sid download odoo-19 libjs-jquery libjs-jquery-form libjs-underscore \
            fonts-roboto-unhinted fonts-montserrat fonts-ocr-b)
    fi
    step 'fonts of the Odoo web client'
    (cd "$debs" && apt-get -qq download fonts-font-awesome fonts-inconsolata)
    step 'unpacking Odoo'
    rm -rf "$ODOO_ROOT"
    mkdir -p "$ODOO_ROOT"
    for package in "$debs"/*.deb; do dpkg -x "$package" "$ODOO_ROOT"; done
    # The package's copy of this file was removed by Debian; the web client asks for it.
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

python_packages() {
    [ -e "$VENV/.complete" ] && return
    step 'Python packages'
    rm -rf "$VENV"
    python3 -m venv "$VENV"
    "$VENV/bin/pip" install --quiet --quiet --disable-pip-version-check -r "$REPO/scripts/requirements.txt"
    touch "$VENV/.complete"
}

system_packages
odoo_package
python_packages
STEP='the database server'
HINT="See $PGDATA_PRIVATE/server.log"
pg_start
write_odoo_conf
