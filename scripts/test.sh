#!/usr/bin/env bash
# Everything that has to hold, from a bare Debian 12: all tests in the release build, and the quick checks. Closes with
# "N passed, N failed, N skipped".
#
#   scripts/test.sh                these
#   scripts/test.sh --sanitizers   and all tests again under the address and undefined behaviour sanitizers
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case "${1:-}" in
  "" | --sanitizers) ;;
  *) echo "usage: scripts/test.sh [--sanitizers]" >&2; exit 64 ;;
esac

passed=0 failed=0 skipped=0
count() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }

# suite <preset>
suite() {
  run_tests "$1"
  printf '%s: %d passed, %d failed, %d skipped\n' "$1" "$PASSED" "$FAILED" "$SKIPPED"
  count "$PASSED" "$FAILED" "$SKIPPED"
}

step "Packages"
scripts/setup.sh all

step "Build, release"
build release

step "Tests, release"
suite release

# The rules of the tree, the surface and the documents are tests of the suite above; these are not.
for target in format shell buf; do
  step "Check: $target"
  outcome=0
  scripts/check.sh "$target" || outcome=$?
  case $outcome in
    0) count 1 0 0 ;;
    77) count 0 0 1 ;;
    *) count 0 1 0 ;;
  esac
done

if [[ ${1:-} == --sanitizers ]]; then
  step "Build, sanitizers"
  build asan-ubsan
  step "Tests, sanitizers"
  suite asan-ubsan
fi

step "Done"
if ((failed == 0)); then
  echo "Everything holds. Next: docs/ARCHITECTURE.md tells where things are; scripts/check.sh lists the single checks."
else
  echo "Something is broken: look for FAILED above. scripts/check.sh runs a single check again."
fi
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
