#!/bin/sh
# Has the independent judge (../shared/judge) look at what the library makes of every ELMO document at hand.
#   judge.sh <translate_files> <source folder> <work folder>
# Exit code 77 (skipped) where the judge, Node.js or its packages are not to be had.
set -eu
translate=$1 source=$2 work=$3
shared=$source/../shared
skip() { echo "SKIPPED: $1"; exit 77; }

[ -f "$shared/judge/validate-elm.mjs" ] || skip "there is no ../shared/judge"
command -v node >/dev/null && command -v npm >/dev/null || skip "Node.js is not installed"

mkdir -p "$work/schemas"
if [ ! -d "$work/judge/node_modules" ]; then
  rm -rf "$work/judge"
  cp -R "$shared/judge" "$work/judge"
  chmod -R u+w "$work/judge"
  (cd "$work/judge" && npm ci --silent) || { rm -rf "$work/judge"; skip "npm ci did not succeed"; }
fi
ln -sfn "$(cd "$shared/schemas/elm" && pwd)" "$work/schemas/elm"

rm -rf "$work/out"
mkdir "$work/out"
# shellcheck disable=SC2046 # file names of the corpus have no blanks
"$translate" "$work/out" $(find "$shared/corpus/elmo" "$source/tests/golden/elmo" -type f \
  \( -path '*/corpus/*' ! -name MANIFEST.md -o -name 'input.*' \) | sort)
echo
cd "$work/judge"
node validate-elm.mjs --draft "$work"/out/*.jsonld
