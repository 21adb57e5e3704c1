#!/bin/sh
# Has xmllint validate what is written in ELMO 1.7 against the published schema (../shared/schemas/elmo).
#   elmo_written.sh <passerelle> <source folder> <work folder>
# Exit code 77 (skipped) where the schema or xmllint is not to be had.
set -eu
passerelle=$1 source=$2 work=$3
schemas=$source/../shared/schemas/elmo
skip() { echo "SKIPPED: $1"; exit 77; }

[ -f "$schemas/schema-v1.7.0.xsd" ] || skip "there is no ../shared/schemas/elmo"
command -v xmllint >/dev/null || skip "xmllint is not installed"

rm -rf "$work"
mkdir -p "$work"
number=0
for input in "$source"/tests/golden/*/*/input.*; do
  number=$((number + 1))
  case $(basename "$(dirname "$input")") in *second*) continue;; esac
  "$passerelle" translate "$input" --to elmo > "$work/$number.xml" 2> "$work/$number.err" || { rm "$work/$number.xml"; continue; }
  echo "$input"
  XML_CATALOG_FILES=$schemas/catalog.xml xmllint --nonet --noout --schema "$schemas/schema-v1.7.0.xsd" "$work/$number.xml"
done
written=$(find "$work" -name '*.xml' | wc -l)
echo "$written documents written in ELMO 1.7, all valid"
[ "$written" -ge 20 ] || { echo "too few documents were written"; exit 1; }
