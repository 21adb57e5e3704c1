#!/bin/sh
# Has the independent judge (../shared/judge) look at what the library makes of every document at hand that is no European credential yet.
#   judge.sh <translate_files> <source folder> <work folder>
# Exit code 77 (skipped) where the judge, Node.js or its packages are not to be had.
set -eu
translate=$1 source=$2 work=$3
# shellcheck source=tests/conformance/judge_copy.sh
. "$(dirname "$0")/judge_copy.sh"

rm -rf "$work/out"
mkdir "$work/out"
corpora=$(find "$shared/corpus" -mindepth 1 -maxdepth 1 -type d ! -name elm ! -name trust)
goldens=$(find "$source/tests/golden" -mindepth 1 -maxdepth 1 -type d ! -name elm ! -name elm_xml)
# shellcheck disable=SC2046,SC2086 # file names have no blanks
"$translate" "$work/out" $(find $corpora $goldens -type f \
  \( -path '*/corpus/*' ! -name MANIFEST.md ! -name '*.tsv' -o -name 'input.*' \) | sort) | tee "$work/translated.txt"
echo
cd "$work/judge"
node validate-elm.mjs --draft "$work"/out/*.jsonld
