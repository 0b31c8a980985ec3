# shellcheck shell=bash
# debian.sh - a fresh Debian to try a package in: read by the scripts of this folder, once their options are known.
#
# Sets name (of the script), root (of the tree), folder (a new one under /tmp, which goes with the script unless keep=yes)
# and there (the Debian in it). DEBIAN_MIRROR in the environment is the address of Debian's packages, as in sources.list.

name=$(basename "$0")
root=$(cd "$(dirname "$0")/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "$name: only root can make a Debian" >&2; exit 1; }
folder=$(mktemp -d "/tmp/digitscope-$name.XXXXXX")
there=

# A Debian SUITE, or a copy of the one in FOLDER.
make_debian() {
    there=$folder/$(basename "$1")
    if [ -d "$1" ]; then
        cp -a --one-file-system "$1" "$there"
    else
        debootstrap --variant=minbase "$1" "$there" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} > "$folder/debootstrap.log"
    fi
    mount -t proc proc "$there/proc" 2> /dev/null ||
        echo "$name: no /proc can be mounted there; the program is told of its folder by the kernel alone"
    echo 'Dpkg::Use-Pty "0";' > "$there/etc/apt/apt.conf.d/no-terminal"
}

remove_debian() {
    [ -n "$there" ] || return 0
    umount "$there/proc" 2> /dev/null || true
    [ "${keep:-no}" = yes ] || rm -rf --one-file-system "$there"
    there=
}

leave() {
    remove_debian
    [ "${keep:-no}" = yes ] || rm -rf --one-file-system "$folder"
}
trap leave EXIT

inside() {
    chroot "$there" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

install_there() {
    inside apt-get -q update > "$folder/apt.log"
    inside apt-get -q install -y --no-install-recommends "$@" >> "$folder/apt.log"
}
