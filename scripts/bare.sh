#!/usr/bin/env bash
# Tries this checkout's HEAD on a bare Debian, in a fresh folder made by debootstrap: "make demo" and "make test" as root,
# and "make demo" as an ordinary user with sudo; or COMMAND as both of them. Needs root and debootstrap.
#
# Mounts and processes are in separate namespaces, so that the kernel removes them however this script ends.
#
#   scripts/bare.sh RELEASE [COMMAND…]   e.g. trixie, bookworm make test ONLY=lint
#   WHO='user'      only as the ordinary user, or as both in another order (root user)
#   PORT            port of the demo server (8169)
#   DEBIAN_MIRROR   a mirror of Debian to use instead of the one in apt's sources
#   KEEP=1          keeps the folder
#   FOLDER=…        continues in a folder kept earlier, and keeps it again
PORT=${PORT:-8169}
# shellcheck source=scripts/env.sh
source "$(dirname "$0")/env.sh"
# shellcheck source=scripts/debian.sh
source "$REPO/scripts/debian.sh"

usage() { sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2; }
say() { printf '[bare %s] %s\n' "$RELEASE" "$*"; }

# --- outside: folder and namespaces

outside() {
    local result=0
    [ "$(id -u)" = 0 ] || { echo 'scripts/bare.sh has to be run as root: only root may make a system in a folder.' >&2; exit 1; }
    command -v debootstrap >/dev/null || { echo 'debootstrap is missing: apt-get install debootstrap' >&2; exit 1; }
    if [ -n "${FOLDER:-}" ]; then
        KEEP=1
        ROOT=$(realpath -e "$FOLDER")
    else
        ROOT=$(realpath "$(mktemp -d "$TIANYUAN_CACHE/bare-$RELEASE.XXXXXX")")
        chmod 755 "$ROOT"
    fi
    export ROOT PORT
    trap cleanup EXIT
    trap 'exit 130' INT TERM HUP
    DEBIAN_MIRROR=${DEBIAN_MIRROR:-$(debian_mirror)}
    export DEBIAN_MIRROR
    # Run in the background, because signals can only interrupt "wait".
    setpriv --pdeathsig KILL \
        unshare --mount --pid --ipc --fork --kill-child --mount-proc bash "$0" --inside "$RELEASE" "$@" &
    INSIDE=$!
    wait "$INSIDE" || result=$?
    INSIDE=
    exit "$result"
}

cleanup() {
    local tries=0
    trap '' INT TERM HUP
    if [ -n "${INSIDE:-}" ]; then    # its end ends all other processes, and the last process ends the mounts
        kill -9 "$INSIDE" 2>/dev/null || true
        wait "$INSIDE" 2>/dev/null || true
    fi
    if [ -n "${KEEP:-}" ]; then
        say "kept: FOLDER=$ROOT"
        return
    fi
    while findmnt -rno TARGET | grep -qF "$ROOT/" || ! rm -rf --one-file-system "$ROOT" 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 10 ]; then
            say "could not be removed, or something is mounted there: $ROOT" >&2
            return
        fi
        sleep 1
    done
}

# --- inside: system, users and commands

inside() {
    local who
    [ -e "$ROOT/.complete" ] || make_system
    mount -t proc proc "$ROOT/proc"
    mount --rbind /dev "$ROOT/dev"
    mount -t tmpfs -o mode=1777 shm "$ROOT/dev/shm"
    git -c safe.directory="$REPO" -C "$REPO" bundle create --quiet "$ROOT/srv/checkout.bundle" HEAD
    in_system root bash -c '. /etc/os-release; echo "$PRETTY_NAME, $(python3 --version)"'
    results=()
    for who in ${WHO:-root user}; do
        in_system "$who" bash -c 'rm -rf ~/checkout &&
            git -c advice.detachedHead=false -c init.defaultBranch=main clone --quiet /srv/checkout.bundle ~/checkout'
        if [ $# -gt 0 ]; then
            try "$who" "$@"
        else
            try "$who" make demo
            try "$who" make stop
            [ "$who" != root ] || try "$who" make test
        fi
        in_system "$who" bash -c 'make -C ~/checkout stop' >/dev/null 2>&1 || true
    done
    say 'results:'
    printf '  %s\n' "${results[@]}"
    [[ "${results[*]}" != *FAILED* ]]
}

make_system() {
    say "debootstrap (from $DEBIAN_MIRROR)"
    debootstrap --variant=minbase --include=make,git,ca-certificates,python3,sudo "$RELEASE" "$ROOT" "$DEBIAN_MIRROR" \
        >"$ROOT/debootstrap.log" 2>&1 || { tail -n 20 "$ROOT/debootstrap.log" >&2; exit 1; }
    # Copy what the network access needs: host names, certificates, proxies and mirrors.
    cp -L /etc/resolv.conf /etc/hosts "$ROOT/etc/"
    cp /etc/hostname "$ROOT/etc/" 2>/dev/null || true
    [ ! -e /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt "$ROOT/etc/ssl/certs/"
    [ ! -e /etc/pip.conf ] || cp -L /etc/pip.conf "$ROOT/etc/"
    apt-config dump | grep -iE '^Acquire::(Check-Valid-Until|Retries|https?::(Proxy|Timeout)[^ ]*) ' \
        >"$ROOT/etc/apt/apt.conf.d/90machine" || true
    # Keep the package of PostgreSQL from starting a server.
    printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d"
    chmod 755 "$ROOT/usr/sbin/policy-rc.d"
    chroot "$ROOT" useradd --create-home --shell /bin/bash user
    echo 'user ALL=(ALL) NOPASSWD: ALL' >"$ROOT/etc/sudoers.d/user"
    touch "$ROOT/.complete"
}

# in_system WHO COMMAND…: runs it with the environment of a new login, plus this machine's network settings.
in_system() {
    local who=$1 home=/home/user path=/usr/local/bin:/usr/bin:/bin as=() name environment=()
    shift
    if [ "$who" = root ]; then
        home=/root path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    else
        as=(/usr/sbin/runuser -u "$who" --)
    fi
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL PIP_CERT PIP_DEFAULT_TIMEOUT TERM; do
        [ -z "${!name:-}" ] || environment+=("$name=${!name}")
    done
    chroot "$ROOT" /usr/bin/env -i "${environment[@]}" HOME="$home" USER="$who" PATH="$path" PORT="$PORT" "${as[@]}" \
        bash -c 'cd ~ && "$@"' bash "$@" </dev/null
}

# try WHO COMMAND…: runs it in the checkout, and keeps the result for the summary.
try() {
    local who=$1 outcome=ok start=$SECONDS
    say "$who: ${*:2}"
    in_system "$who" bash -c 'cd ~/checkout && "$@"' bash "${@:2}" || outcome=FAILED
    results+=("$who: ${*:2}: $outcome, $((SECONDS - start)) s")
    say "${results[-1]}"
}

if [ "${1:-}" = --inside ]; then
    RELEASE=$2
    shift 2
    inside "$@"
else
    RELEASE=${1:-}
    [[ "$RELEASE" =~ ^[a-z]+$ ]] || usage
    shift
    outside "$@"
fi
