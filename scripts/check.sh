#!/usr/bin/env bash
# One check at a time. Each runs alone after scripts/setup.sh, prints its figures last, and exits non-zero when it falls
# short: 1 for findings, 77 when it could not be run here.
#
#   scripts/check.sh <target> [arguments]
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'END'
usage: scripts/check.sh <target>

  format [--fix]      clang-format 14 over every source file
  tidy [path…]        clang-tidy 14 over every source file, or over those below the paths
  shell               shellcheck over the scripts
  unit                unit tests, release build
  integration         tests with running nodes, release build
  sim [n]             the relay under seeded schedules, for a minute or n of them
  faults [n]          running nodes that are killed and cut off, with 300 or n exchanges
  asan                all tests under the address and undefined behaviour sanitizers
  tsan                all tests under the thread sanitizer
  arch                rules of the source tree: include edges, sizes, banned calls
  api [--update]      the contracts against proto/API_SURFACE.txt, and their style (buf)
  buf                 style of the contracts only
  docs [--update]     generated documents, and the commands in the documents
  fuzz-smoke [secs] [target…]  every fuzz target, or those named, for 20 seconds or as long as is said
  bench [topic…]      benchmarks, all or those named, and the ratios that are goals
  helm                the chart: values, manifests, and the node's configuration within (an approximation of helm)
  package             the Debian package: built, installed into a root of its own, run, upgraded, purged; the Dockerfile
  postgres            the store in PostgreSQL, and nodes of several replicas on it
  operating           alert rules, dashboard and runbooks against running nodes and a real Prometheus
END
}

# tests_of <preset> <name of the check> [arguments of ctest…]
tests_of() {
  local preset=$1 name=$2
  shift 2
  build "$preset"
  run_tests "$preset" "$@"
  echo "$name: $PASSED passed, $FAILED failed, $SKIPPED skipped"
  ((FAILED == 0 && PASSED > 0))
}

# Tests with real processes around the program, with what they print.
tests_of_label() {
  build release passerelle
  run_tests release --verbose -L "^$1\$"
  echo "$1: $PASSED passed, $FAILED failed, $SKIPPED skipped"
  ((FAILED == 0 && PASSED > 0))
}

# long_test <program> <folder> <variable> [count]: a test that does as much as the variable says.
long_test() {
  build release "$1"
  env ${4:+"$3=$4"} "build/release/tests/$2/$1"
}

check_format() {
  local files
  mapfile -t files < <(sources)
  if [[ ${1:-} == --fix ]]; then
    clang-format-14 -i "${files[@]}"
  elif ! clang-format-14 --dry-run -Werror "${files[@]}"; then
    echo "format: some of ${#files[@]} files differ; scripts/check.sh format --fix writes them"
    return 1
  fi
  echo "format: ${#files[@]} files, 0 differ"
}

# Files that the build knows and that lie below the paths. Leaves their commands in build/release/tidy, each file by itself
# and without the precompiled headers of another compiler.
tidy_files() {
  cmake --preset release -B build/tidy -DPASSERELLE_BATCH=1 >/dev/null
  python3 - "$ROOT" "$@" <<'END'
import json, os, re, sys
root, paths = sys.argv[1], [os.path.join(sys.argv[1], path) for path in sys.argv[2:]]
commands = json.load(open("build/tidy/compile_commands.json"))
for command in commands:
    # What is generated while building is in the folder that was built.
    command["command"] = command["command"].replace("/build/tidy/generated", "/build/release/generated")
    command["command"] = re.sub(r" -fpch-preprocess| -Winvalid-pch| -include \S*/cmake_pch\.hxx", "", command["command"])
os.makedirs("build/release/tidy", exist_ok=True)
json.dump(commands, open("build/release/tidy/compile_commands.json", "w"))
for file in sorted({command["file"] for command in commands}):
    if any(file == path or file.startswith(path.rstrip("/") + "/") for path in paths):
        print(file)
END
}

# Lists the file even if it is clean, so that progress shows. What clang-tidy says on stderr is its count of warnings in
# other people's headers.
check_tidy_one() {
  echo "tidy: ${1#"$ROOT/"}"
  clang-tidy-14 -p build/release/tidy --quiet "$1" 2>/dev/null
}

check_tidy() {
  (($#)) || set -- core adapters gateway tests
  # Generated headers have to be there; with ccache the rest costs little.
  build release
  local files log=build/release/tidy.log
  mapfile -t files < <(tidy_files "$@")
  ((${#files[@]})) || fail "the build knows no source file below $*"
  local outcome=0
  printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$JOBS" scripts/check.sh tidy-one | tee "$log" || outcome=1
  echo "tidy: ${#files[@]} files, $(grep -cE '(error|warning): ' "$log" || true) findings"
  return "$outcome"
}

check_shell() {
  local files=(scripts/*.sh tests/package/*.sh packaging/debian/p* .ci/run)
  shellcheck --external-sources --source-path=scripts "${files[@]}"
  echo "shell: ${#files[@]} scripts, 0 findings"
}

# buf is no Debian package: it comes from npm. buf.yaml has the rules; no network is used once buf is there.
check_buf() {
  if [[ ! -x build/tools/package/bin/buf ]]; then
    mkdir -p build/tools
    if ! command -v npm >/dev/null || ! (cd build/tools && npm pack --silent @bufbuild/buf-linux-x64@1.75.0 >/dev/null &&
      tar -xzf bufbuild-buf-linux-x64-*.tgz); then
      echo "buf: SKIPPED, because npm is not installed or its registry cannot be reached"
      return 77
    fi
  fi
  build/tools/package/bin/buf lint || return 1
  echo "buf: $(git ls-files -- 'proto/*.proto' | wc -l) files, 0 findings"
}

check_api() {
  build release api_surface_test
  if [[ ${1:-} == --update ]]; then
    UPDATE_GOLDEN=1 build/release/tests/api/api_surface_test
  fi
  build/release/tests/api/api_surface_test
  check_buf || (($? == 77))
  echo "api: $(wc -l <proto/API_SURFACE.txt) lines of surface, as committed"
}

check_docs() {
  if [[ ${1:-} == --update ]]; then
    build release passerelle_docs
    build/release/tests/docs/passerelle_docs docs
  fi
  tests_of release docs -L docs
}

check_tsan() {
  local runner=()
  # Without address randomisation: newer kernels place mappings where the sanitizer of g++ 12 does not expect them.
  if setarch -R true 2>/dev/null; then runner=(setarch -R); fi
  [[ -n ${PASSERELLE_TSAN:-} ]] || PASSERELLE_TSAN=1 exec "${runner[@]}" "$0" tsan
  export TSAN_OPTIONS="suppressions=$ROOT/tests/tsan.supp:halt_on_error=1:second_deadlock_stack=1"
  tests_of tsan tsan
}

check_fuzz_smoke() {
  local seconds=${1:-20} targets target name folder seeds outcome=0
  (($#)) && shift
  [[ -f build/fuzz/build.ninja ]] || cmake --preset fuzz
  if (($#)); then
    targets=("$@")
  else
    mapfile -t targets < <(ninja -C build/fuzz -t targets all | sed -nE 's/^([a-z0-9_]+_fuzz): phony$/\1/p' | sort)
  fi
  ((${#targets[@]})) || fail "the build has no fuzz target"
  build fuzz "${targets[@]}"
  for name in "${targets[@]}"; do
    target=$(find build/fuzz -type f -name "$name" -perm -u+x | head -n 1)
    mkdir -p "build/fuzz/corpus/$name" "build/fuzz/crashes/$name"
    seeds=()
    for folder in "tests/fuzz/seeds/${name%_fuzz}" "tests/golden/${name%_fuzz}"; do
      if [[ -d $folder ]]; then seeds+=("$folder"); fi
    done
    step "$name, $seconds s"
    "$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 -verbosity=0 \
      -artifact_prefix="build/fuzz/crashes/$name/" "build/fuzz/corpus/$name" "${seeds[@]}" || outcome=1
  done
  echo "fuzz-smoke: ${#targets[@]} targets, $seconds s each, $(find build/fuzz/crashes -type f | wc -l) crashes"
  return "$outcome"
}

check_bench() {
  [[ -f build/release/build.ninja ]] || cmake --preset release
  local programs=() name program lines=() outcome=0
  if (($#)); then
    for name in "$@"; do programs+=("${name}_bench"); done
  else
    mapfile -t programs < <(ninja -C build/release -t targets all | sed -nE 's/^([a-z0-9_]+_bench): phony$/\1/p' | sort)
  fi
  ((${#programs[@]})) || fail "the build has no benchmark; scripts/setup.sh installs Google Benchmark"
  build release "${programs[@]}"
  for name in "${programs[@]}"; do
    step "$name"
    program=$(find build/release/tests/bench -type f -name "$name" -perm -u+x | head -n 1)
    "$program" | tee "build/release/$name.log" || outcome=1
    lines+=("$name: $(tail -n 1 "build/release/$name.log")")
  done
  printf 'bench: %s\n' "${lines[@]}"
  return "$outcome"
}

target=${1:-}
(($#)) && shift
case $target in
  format) check_format "$@" ;;
  tidy) check_tidy "$@" ;;
  tidy-one) check_tidy_one "$@" ;;
  shell) check_shell ;;
  unit) tests_of release unit -LE '^(integration|simulation|arch|api|docs|fuzz|helm|package|operating)$' ;;
  integration) tests_of release integration -L '^integration$' ;;
  sim) long_test simulation_test simulation PASSERELLE_SIMULATION_SCHEDULES "$@" ;;
  faults) long_test fault_test integration PASSERELLE_FAULT_EXCHANGES "$@" ;;
  asan) tests_of asan-ubsan asan ;;
  tsan) check_tsan ;;
  arch) tests_of release arch -L '^arch$' ;;
  api) check_api "$@" ;;
  buf) check_buf ;;
  docs) check_docs "$@" ;;
  fuzz-smoke) check_fuzz_smoke "$@" ;;
  bench) check_bench "$@" ;;
  helm) tests_of_label helm ;;
  package) tests_of_label package ;;
  operating) tests_of_label operating ;;
  postgres) tests_of release postgres -R '^(gateway_postgres_(store|log)_test|replicas_test)$' ;;
  -h | --help | help)
    usage
    ;;
  *)
    usage >&2
    exit 64
    ;;
esac
