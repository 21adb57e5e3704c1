#!/bin/sh
# Whether reading and writing keeps the RDF dataset of every European document at hand, by the independent judge.
#   round_trip.sh <rewrite_files> <source folder> <work folder>
# Exit code 77 (skipped) where the judge, Node.js or its packages are not to be had.
set -eu
rewrite=$1 source=$2 work=$3
shared=$source/../shared
mkdir -p "$work"
. "$source/tests/conformance/judge_copy.sh"

rm -rf "$work/rewritten"
mkdir "$work/rewritten"
# shellcheck disable=SC2046 # file names of the corpus have no blanks
"$rewrite" "$work/rewritten" $(find "$shared/corpus/elm" "$source/tests/golden/elm" -type f \
  \( -name '*.json' -o -name '*.jsonld' \) ! -name report.json | sort)
node "$source/tests/conformance/round_trip.mjs" "$work/judge" "$work/rewritten"
