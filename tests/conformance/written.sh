#!/bin/sh
# Has JSON Schema judge what is written as Open Badges 3.0 from every document at hand.
#   written.sh <passerelle> <source folder> <work folder>
# Exit code 77 (skipped) where the schema or python3-jsonschema is not to be had.
set -eu
program=$1 source=$2 work=$3
schema=$source/../shared/schemas/openbadges3/ob_v3p0_achievementcredential_schema.json
skip() { echo "SKIPPED: $1"; exit 77; }
[ -f "$schema" ] || skip "there is no ../shared/schemas/openbadges3"
python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
[ -x "$program" ] || skip "the program was not built"

rm -rf "$work"
mkdir -p "$work"
number=0
for file in "$source"/tests/golden/*/*/input.*; do
  number=$((number + 1))
  "$program" translate "$file" --to openbadges3 > "$work/$number.json" 2>/dev/null || rm -f "$work/$number.json"
done
python3 - "$schema" "$work" <<'END'
import glob, json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
validator = jsonschema.validators.validator_for(schema)(schema)
wrong = written = 0
for path in sorted(glob.glob(sys.argv[2] + "/*.json")):
    written += 1
    for error in validator.iter_errors(json.load(open(path))):
        wrong += 1
        print(path, "/".join(map(str, error.absolute_path)), error.message[:200])
print(f"{written} documents written as Open Badges 3.0, {wrong} faults by the schema")
sys.exit(1 if wrong or not written else 0)
END
