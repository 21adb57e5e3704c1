#!/usr/bin/env bash
# The Debian package from its making to its purge, in a root of its own: a copy-on-write view of this machine, with a
# network of its own, that goes with the process.
#   package_test.sh <passerelle> <source folder> <build folder> <work folder>
# Exit code 77 (skipped) where such a root cannot be made, or without root's rights.
set -euo pipefail
program=$1 source=$2 build=$3 work=$4
skip() { echo "SKIPPED: $1"; exit 77; }

((EUID == 0)) || skip "only root can install a package"
for tool in cpack dpkg-deb dpkg-shlibdeps unshare systemd-analyze; do
  command -v "$tool" >/dev/null || skip "$tool is not installed; scripts/setup.sh installs it"
done
rm -rf "$work"
mkdir -p "$work/merged" "$work/over"
# shellcheck disable=SC2016  # for the shell within
unshare --mount --net sh -c 'mount -t tmpfs tmpfs "$1/over" && mkdir "$1/over/upper" "$1/over/work" &&
  mount -t overlay overlay -o "lowerdir=/,upperdir=$1/over/upper,workdir=$1/over/work" "$1/merged"' sh "$work" \
  2>/dev/null || skip "this machine allows no overlay in a mount namespace"

echo "== make the package"
cpack --config "$build/CPackConfig.cmake" -B "$work/cpack" >"$work/cpack.log" 2>&1 || { cat "$work/cpack.log"; exit 1; }
old=$(echo "$work"/cpack/passerelle_*.deb)
version=$(dpkg-deb -f "$old" Version)
[[ $("$program" version) == "passerelle $version" ]] || { echo "the package is $version, the program is not"; exit 1; }

echo "== make a newer one, whose configuration file changed too"
dpkg-deb -R "$old" "$work/newer"
sed -i "s/^Version: .*/Version: $version+1/" "$work/newer/DEBIAN/control"
echo "# A remark of the newer version." >>"$work/newer/etc/passerelle/node.yaml"
(cd "$work/newer" && find etc lib usr -type f -exec md5sum {} + >DEBIAN/md5sums)
dpkg-deb --root-owner-group -b "$work/newer" "$work/newer.deb" >/dev/null

"$program" demo --keep "$work/federation" >/dev/null
# Without the keys for encryption, which the installed node does not hold.
"$program" federation show "$work/federation/node-map.json" --yaml |
  sed '/^  content_keys:/,/^    use: encryption/d' >"$work/federation/node-map.yaml"
mkdir "$work/share"
cp "$old" "$work/share/old.deb"
cp "$work/newer.deb" "$work/share/newer.deb"
cp -r "$work/federation" "$work/share/"
cp "$source/tests/package/installed.sh" "$source/tests/operating/local_nodes.py" "$work/share/"

# shellcheck disable=SC2016
unshare --mount --net --pid --fork --kill-child sh -c '
  mount -t tmpfs tmpfs "$1/over" && mkdir "$1/over/upper" "$1/over/work" &&
  mount -t overlay overlay -o "lowerdir=/,upperdir=$1/over/upper,workdir=$1/over/work" "$1/merged" &&
  mkdir "$1/merged/package_test" && mount --bind "$1/share" "$1/merged/package_test" &&
  mount -t proc proc "$1/merged/proc" && mount --bind /dev "$1/merged/dev" && mount -t tmpfs tmpfs "$1/merged/run" &&
  exec chroot "$1/merged" bash /package_test/installed.sh "$2"' sh "$work" "$version"
echo "package: $(basename "$old"), $(stat -c %s "$old") bytes; installed, served, upgraded, removed and purged"
