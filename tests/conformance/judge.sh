#!/bin/sh
# Has the independent judge (../shared/judge) look at what the library makes of every ELMO document at hand.
#   judge.sh <translate_files> <source folder> <work folder>
# Exit code 77 (skipped) where the judge, Node.js or its packages are not to be had.
set -eu
translate=$1 source=$2 work=$3
# shellcheck source=tests/conformance/judge_copy.sh
. "$(dirname "$0")/judge_copy.sh"
mkdir -p "$work/schemas"
ln -sfn "$(cd "$shared/schemas/elm" && pwd)" "$work/schemas/elm"

rm -rf "$work/out"
mkdir "$work/out"
# shellcheck disable=SC2046 # file names of the corpus have no blanks
"$translate" "$work/out" $(find "$shared/corpus/elmo" "$source/tests/golden/elmo" -type f \
  \( -path '*/corpus/*' ! -name MANIFEST.md -o -name 'input.*' \) | sort)
echo
cd "$work/judge"
node validate-elm.mjs --draft "$work"/out/*.jsonld
