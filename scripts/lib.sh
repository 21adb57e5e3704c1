# shellcheck shell=bash
# Shared by the scripts beside it; sourced, never run.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
JOBS=$(nproc)
cd "$ROOT"

# Headline of a step, with the seconds since the script began.
step() { printf '\n== [%4ds] %s\n' "$SECONDS" "$*"; }

# One line on what went wrong, and the end.
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# build <preset> [targets…]: configures once (CMake repeats it when its files change) and builds; everything by default.
build() {
  local preset=$1
  shift
  [[ -f build/$preset/build.ninja ]] || cmake --preset "$preset"
  cmake --build "build/$preset" --parallel "$JOBS" ${1:+--target "$@"}
}

# run_tests <preset> [arguments of ctest…]: runs tests and leaves their counts in PASSED, FAILED and SKIPPED. Returns 0
# whatever the tests did, so that the caller can go on and report at the end.
run_tests() {
  local preset=$1 reports=build/$1/reports
  shift
  rm -rf "$reports"
  mkdir -p "$reports"
  # A call takes some ten times the stack under sanitizers.
  [[ $preset != *san ]] || ulimit -s 65536 || true
  # A trailing slash makes GoogleTest write one report a program.
  GTEST_OUTPUT="xml:$ROOT/$reports/" ctest --test-dir "build/$preset" --output-on-failure --parallel "$JOBS" \
    --no-tests=error --output-junit "$ROOT/$reports/ctest.junit" "$@" || true
  [[ -s $reports/ctest.junit ]] || fail "ctest of $preset left no report"
  # shellcheck disable=SC2034  # for the caller
  read -r PASSED FAILED SKIPPED < <(python3 scripts/count_tests.py "$reports")
}

# Tracked source files of ours.
sources() { git ls-files -- '*.h' '*.cc'; }
