#!/usr/bin/env bash
# Installs the Debian 12 packages that Passerelle needs. Does nothing, and needs no network, when all are there.
#
#   scripts/setup.sh          everything: build, tests and checks
#   scripts/setup.sh build    what building and running the demo needs
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

BUILD_PACKAGES=(
  # compilers and tools
  ca-certificates ccache cmake g++ git lld ninja-build pkg-config protobuf-compiler protobuf-compiler-grpc
  # libraries
  golang-github-gogo-googleapis-dev libabsl-dev libboost-dev libc-ares-dev libcivetweb-dev libcli11-dev libcurl4-openssl-dev
  libgmock-dev libgrpc++-dev libgrpc-dev libgtest-dev libicu-dev libpq-dev libprotobuf-dev libprotoc-dev libpugixml-dev
  libre2-dev libsimdjson-dev libsqlite3-dev libssl-dev libxml2-dev libxmlsec1-dev libxmlsec1-openssl libyaml-cpp-dev
  prometheus-cpp-dev zlib1g-dev
)
CHECK_PACKAGES=(
  clang-14 clang-format-14 clang-tidy-14 curl dpkg-dev esbuild golang-github-ghodss-yaml-dev
  golang-github-masterminds-sprig-dev golang-go libbenchmark-dev libclang-rt-14-dev libengine-pkcs11-openssl
  libxml2-utils libxslt1-dev nodejs openssl postgresql-15 prometheus python3 python3-grpcio python3-jsonschema
  poppler-utils python3-protobuf python3-yaml shellcheck softhsm2 sqlite3 systemd util-linux weasyprint
)

# Those of the named packages that are not installed, one a line.
missing() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

case "${1:-all}" in
  build) wanted=("${BUILD_PACKAGES[@]}") ;;
  all) wanted=("${BUILD_PACKAGES[@]}" "${CHECK_PACKAGES[@]}") ;;
  *) echo "usage: scripts/setup.sh [build|all]" >&2; exit 64 ;;
esac

mapfile -t packages < <(missing "${wanted[@]}")
if ((${#packages[@]} == 0)); then
  echo "All ${#wanted[@]} packages are installed."
  exit 0
fi

command -v apt-get >/dev/null || fail "this is not Debian; install what scripts/setup.sh lists by hand"
as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || fail "run it as root, or install sudo: ${#packages[@]} packages are missing"
  as_root=(sudo)
fi
step "Installing ${#packages[@]} of ${#wanted[@]} packages: ${packages[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}"

mapfile -t packages < <(missing "${packages[@]}")
((${#packages[@]} == 0)) || fail "still missing: ${packages[*]}"
echo "All ${#wanted[@]} packages are installed."
