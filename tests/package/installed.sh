#!/usr/bin/env bash
# What happens to the package within the root that package_test.sh made: install, configure, run, upgrade, remove, purge.
#   installed.sh <version>
set -euo pipefail
version=$1
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
federation=/package_test/federation
config=/etc/passerelle/node.yaml
fail() { echo "FAILED: $*"; exit 1; }
# shellcheck disable=SC2015
holds() { "$@" >/tmp/out 2>&1 && return; echo "FAILED: $*"; cat /tmp/out; exit 1; }
refused() { if "$@" >/tmp/out 2>&1; then fail "not refused: $*"; fi; }
says() { grep -qF -- "$1" /tmp/out || { cat /tmp/out; fail "not said: $1"; }; }
# As systemd runs it: the user of the unit, no privileges.
as_service() {
  setpriv --reuid passerelle --regid passerelle --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
}

echo "== install"
rm -rf /etc/passerelle /var/lib/passerelle
holds dpkg -i /package_test/old.deb
[[ $(passerelle version) == "passerelle $version" ]] || fail "another version is installed"
holds dpkg --verify passerelle
[[ ! -s /tmp/out ]] || { cat /tmp/out; fail "installed files differ from the package"; }
holds getent passwd passerelle
[[ $(stat -c '%U:%G %a' /etc/passerelle) == "root:passerelle 750" ]] || fail "mode of /etc/passerelle"
[[ $(stat -c '%U:%G %a' /var/lib/passerelle) == "passerelle:passerelle 700" ]] || fail "mode of /var/lib/passerelle"
refused as_service passerelle serve --config $config --check-config
says "/etc/passerelle/"

echo "== the unit"
holds systemd-analyze verify /lib/systemd/system/passerelle.service
# 0 is locked in, 100 is open.
holds systemd-analyze security --offline=true --threshold=20 /lib/systemd/system/passerelle.service
tail -n 2 /tmp/out
holds gzip -t /usr/share/man/man1/passerelle.1.gz

echo "== configure"
hand_over() { install -o root -g passerelle -m 0640 "$1" "/etc/passerelle/$2"; }
hand_over $federation/node-map.yaml node-map.yaml
hand_over $federation/NO/message.key.pem message.key.pem
for port in client peer; do
  hand_over $federation/NO/tls.crt.pem $port-tls.crt.pem
  hand_over $federation/NO/tls.key.pem $port-tls.key.pem
  hand_over $federation/authority.crt.pem $port-authorities.pem
done
sed -i 's/^node: XX/node: NO/' $config
holds as_service passerelle serve --config $config --check-config
says "The configuration can be used."
# A key that everybody may read is not handed over but lying about.
chmod 0644 /etc/passerelle/message.key.pem
refused as_service passerelle serve --config $config --check-config
says "KEY_UNUSABLE at /etc/passerelle/message.key.pem"
chmod 0640 /etc/passerelle/message.key.pem

echo "== run"
ip link set lo up 2>/dev/null || python3 -c '
import fcntl, socket, struct
s = socket.socket()
fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))'
command_line=$(sed -n 's/^ExecStart=//p' /lib/systemd/system/passerelle.service)
node=
start() {
  # Emptied here, so that no event of the node before is taken for one of this.
  : >/tmp/log
  # shellcheck disable=SC1091,SC2086  # a file of the package; words of its command line
  (set -a && . /etc/default/passerelle && umask 077 && cd / && exec setpriv --reuid passerelle --regid passerelle \
    --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all $command_line) >/tmp/log 2>&1 &
  node=$!
  for _ in $(seq 100); do
    if grep -q '"event":"node.ready"' /tmp/log; then return; fi
    kill -0 $node || { cat /tmp/log; fail "the node ended"; }
    sleep 0.1
  done
  fail "the node did not become ready"
}
healthy() {
  [[ $(cd /package_test && /usr/bin/python3 -c 'import local_nodes; print(local_nodes.health("127.0.0.1:7003"))') == SERVING ]] ||
    fail "the node is not healthy"
}
stop() {
  kill -TERM $node
  wait $node || fail "the node ended with $?"
  grep -q '"event":"node.stopped"' /tmp/log || fail "the node did not end in order"
}
start
healthy
holds curl -sf http://127.0.0.1:7004/metrics
says "passerelle_build_info{version=\"$version\"} 1"
[[ $(stat -c '%U %a' /var/lib/passerelle/store.sqlite) == "passerelle 600" ]] || fail "mode of the store"
# The environment of the service overrides the file.
stop
echo 'PASSERELLE_CONFIG_ADMIN_PORT__METRICS_LISTEN=127.0.0.1:7104' >>/etc/default/passerelle
start
holds curl -sf http://127.0.0.1:7104/metrics

echo "== upgrade"
holds as_service passerelle store backup --config $config --to /var/lib/passerelle/before-upgrade.sqlite
holds dpkg --force-confold -i /package_test/newer.deb
[[ $(dpkg-query -W -f '${Version}' passerelle) == "$version+1" ]] || fail "not upgraded"
grep -q '^node: NO' $config || fail "the administrator's configuration is gone"
grep -q '^# A remark of the newer version' $config.dpkg-dist || fail "the newer configuration is nowhere"
healthy
stop
start
healthy
holds as_service passerelle store check --config $config
says "The store is whole."
stop

echo "== remove, and go back"
holds dpkg -r passerelle
[[ ! -e /usr/bin/passerelle && -e $config && -e /var/lib/passerelle/store.sqlite ]] || fail "remove took too much or too little"
holds dpkg --force-confold -i /package_test/old.deb
start
healthy
stop

echo "== purge"
holds dpkg -P passerelle
says "/var/lib/passerelle holds a store and stays"
[[ -e /var/lib/passerelle/store.sqlite && -e /etc/passerelle/message.key.pem ]] || fail "purge deleted a store or a key"
[[ ! -e $config && ! -e /etc/default/passerelle ]] || fail "purge left configuration files"
holds dpkg -i /package_test/old.deb
rm -r /var/lib/passerelle/* /etc/passerelle/*.pem /etc/passerelle/node-map.yaml
rm -f $config.dpkg-dist
holds dpkg -P passerelle
left=$(find /etc /lib/systemd /usr/bin /usr/lib/sysusers.d /usr/share /var/lib/passerelle -name '*passerelle*' \
  ! -path '/usr/share/doc/*/examples/*' 2>/dev/null || true)
[[ -z $left ]] || fail "left after the purge: $left"
refused getent passwd passerelle
refused dpkg -s passerelle
echo "== done"
