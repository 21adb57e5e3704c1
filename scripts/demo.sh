#!/usr/bin/env bash
# From a bare Debian 12 to three nodes that exchange, verify and recognise a micro-credential.
#
#   scripts/demo.sh [arguments of `passerelle demo`]
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

step "Packages"
scripts/setup.sh build

step "Build (the first one takes minutes; later ones only what changed)"
build release passerelle

step "Demo"
build/release/passerelle demo "$@"

cat <<'END'

What to do next:
  scripts/test.sh                            runs every test and check
  build/release/passerelle --help            the command line
  docs/getting-started.md                    call a node from your own program
  docs/ARCHITECTURE.md                       how it is built
  docs/adding-an-adapter.md                  how to read your country's format
END
