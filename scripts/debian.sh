# Finds this machine's Debian mirror, and gets packages of other Debian releases. Sourced after env.sh.

# main_archive [APT_OPTION…]: prints the first of apt's sources that is Debian's main archive; nothing without lists.
main_archive() {
    apt-get "$@" indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' |
        awk -F'|' '$1 == "Debian" && $2 == "Debian" && $3 !~ /^cdrom:/ && !found++ {print $3}'
}

# Prints the Debian mirror in the machine's own apt sources.
debian_mirror() {
    local mirror lists=$TIANYUAN_CACHE/apt-own/lists
    mirror=$(main_archive)
    if [ -z "$mirror" ]; then    # a container's image has sources, but no lists
        mkdir -p "$lists/partial"
        apt-get -qq -o "Dir::State::lists=$lists" -o "APT::Sandbox::User=$(id -un)" update || true
        mirror=$(main_archive -o "Dir::State::lists=$lists")
    fi
    [ -n "$mirror" ] || { echo 'No mirror of Debian is in the sources of apt (/etc/apt/sources.list, sources.list.d)' >&2; return 1; }
    echo "$mirror"
}

# apt_suite SUITE ARGUMENT…: runs apt-get on this release only; of the machine's packages it only knows PROVIDED (names).
# It doesn't change the machine's own apt.
apt_suite() {
    local state=$TIANYUAN_CACHE/apt-$1 suite=$1 package
    shift
    DEBIAN_MIRROR=${DEBIAN_MIRROR:-$(debian_mirror)} || return 1
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $DEBIAN_MIRROR $suite main" >"$state/sources.list"
    for package in ${PROVIDED:-}; do
        printf '%s\n' "Package: $package" 'Status: install ok installed' "Architecture: $(dpkg --print-architecture)" 'Multi-Arch: same' \
            'Version: 999' 'Maintainer: this machine' 'Description: newer here' ''
    done >"$state/status"
    apt-get -qq -o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$state/lists" \
        -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache" -o "APT::Sandbox::User=$(id -un)" "$@"
}
