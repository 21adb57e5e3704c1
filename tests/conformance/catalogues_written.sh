#!/bin/sh
# Judges what is written of the catalogues at hand: as the Open Education API 6 by its schema, as a data set of the
# profile LOQ by the independent judge (../shared/judge), as its XML binding by being well-formed and read again.
#   catalogues_written.sh <passerelle> <source folder> <work folder>
# Exit code 77 (skipped) where the schema, python3-jsonschema, python3-yaml or the judge is not to be had.
set -eu
passerelle=$1 source=$2 work=$3
# shellcheck source=tests/conformance/judge_copy.sh
. "$(dirname "$0")/judge_copy.sh"
schema=$shared/schemas/ooapi/ooapi-v6.oeapi.yaml
[ -f "$schema" ] || skip "there is no ../shared/schemas/ooapi"
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null || skip "python3-jsonschema or python3-yaml is not installed"

rm -rf "$work/catalogues"
mkdir -p "$work/catalogues"
for input in "$source"/tests/golden/loq/*/input.* "$source"/tests/golden/ooapi/*/input.*; do
  name=$(basename "$(dirname "$(dirname "$input")")")-$(basename "$(dirname "$input")")
  for format in ooapi loq elm; do
    "$passerelle" translate "$input" --to "$format" > "$work/catalogues/$name.$format" 2> /dev/null ||
      rm "$work/catalogues/$name.$format"
  done
  # A result is a credential, which is judged elsewhere.
  [ -f "$work/catalogues/$name.loq" ] || rm -f "$work/catalogues/$name.elm"
done
for file in "$work"/catalogues/*.loq; do
  xmllint --nonet --noout "$file"
  "$passerelle" translate "$file" --to loq 2> /dev/null | cmp -s - "$file" || { echo "$file is not read as it was written"; exit 1; }
done
/usr/bin/python3 - "$schema" "$work/catalogues" <<'END'
import glob, json, sys
import jsonschema, yaml
document = yaml.safe_load(open(sys.argv[1]))
KINDS = {"courseId": "Course", "programmeId": "Programme", "courseOfferingId": "CourseOffering",
         "programmeOfferingId": "ProgrammeOffering"}
def schema_of(item):
    name = next(kind for member, kind in reversed(KINDS.items()) if member in item)
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
wrong = items = 0
for path in sorted(glob.glob(sys.argv[2] + "/*.ooapi")):
    for item in json.load(open(path))["items"]:
        items += 1
        validator = jsonschema.Draft202012Validator(schema_of(item), format_checker=jsonschema.FormatChecker())
        for error in validator.iter_errors(item):
            wrong += 1
            print(path, "/".join(map(str, error.absolute_path)), error.message[:200])
print(f"{items} entries written as the Open Education API 6, {wrong} faults by the schema")
sys.exit(1 if wrong or not items else 0)
END
# Complete ones only: what a source does not state is missing afterwards too. A pattern of the published shapes begins with
# a flag that JavaScript does not know.
cp "$work/catalogues/loq-xml.elm" "$work/catalogues/loq-xml.jsonld"
rm -rf "$work/shapes"
cp -R "$shared/schemas/elm" "$work/shapes"
chmod -R u+w "$work/shapes"
sed -i 's/(?i)//g' "$work/shapes/v3.2/loq/LOQ-constraints.ttl"
cd "$work/judge"
ELM_SCHEMAS=$work/shapes node validate-elm.mjs --profile loq "$work/catalogues/loq-xml.jsonld"
