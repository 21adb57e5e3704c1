#!/bin/sh
# Judges what is written of the catalogues at hand: as the Open Education API 5 and 6 by their schemas, as a data set of
# the profile LOQ by the independent judge (../shared/judge), as its XML binding by being well-formed and read again.
#   catalogues_written.sh <passerelle> <source folder> <work folder>
# Exit code 77 (skipped) where a schema, python3-jsonschema, python3-yaml or the judge is not to be had.
set -eu
passerelle=$1 source=$2 work=$3
# shellcheck source=tests/conformance/judge_copy.sh
. "$(dirname "$0")/judge_copy.sh"
schemas=$shared/schemas/ooapi
[ -f "$schemas/ooapi-v6.oeapi.yaml" ] && [ -f "$schemas/ooapi-v5.json" ] || skip "there is no ../shared/schemas/ooapi"
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null || skip "python3-jsonschema or python3-yaml is not installed"

rm -rf "$work/catalogues"
mkdir -p "$work/catalogues"
for input in "$source"/tests/golden/loq/*/input.* "$source"/tests/golden/ooapi/*/input.*; do
  name=$(basename "$(dirname "$(dirname "$input")")")-$(basename "$(dirname "$input")")
  for format in ooapi ooapi5 loq elm; do
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
/usr/bin/python3 - "$schemas" "$work/catalogues" <<'END'
import glob, json, sys
import jsonschema, yaml
folder, written = sys.argv[1:]
SIX = {"courseId": "Course", "programmeId": "Programme", "courseOfferingId": "CourseOffering",
       "programmeOfferingId": "ProgrammeOffering"}
FIVE = {"courseId": "Course", "programId": "Program", "offeringId": {"course": "CourseOffering", "program": "ProgramOffering"}}
# Of version 5, which is in OpenAPI 3.0, the schemas are of an earlier draft.
VERSIONS = [("5", "ooapi5", "ooapi-v5.json", FIVE, jsonschema.Draft4Validator),
            ("6", "ooapi", "ooapi-v6.oeapi.yaml", SIX, jsonschema.Draft202012Validator)]
def kind_of(item, kinds):
    kind = next(kind for member, kind in reversed(kinds.items()) if member in item)
    return kind if isinstance(kind, str) else kind[item["offeringType"]]
failed = False
for version, format, file, kinds, judge in VERSIONS:
    components = yaml.safe_load(open(f"{folder}/{file}"))["components"]
    def faults(value, kind):
        schema = {"$ref": f"#/components/schemas/{kind}", "components": components}
        return list(judge(schema, format_checker=jsonschema.FormatChecker()).iter_errors(value))
    wrong = items = 0
    for path in sorted(glob.glob(f"{written}/*.{format}")):
        page = json.load(open(path))
        items += len(page["items"])
        for value, kind in [(page, "Pagination")] + [(item, kind_of(item, kinds)) for item in page["items"]]:
            for error in faults(value, kind):
                wrong += 1
                print(path, kind, "/".join(map(str, error.absolute_path)), error.message[:200])
    print(f"{items} entries written as the Open Education API {version}, {wrong} faults by the schema")
    failed |= bool(wrong) or not items
sys.exit(failed)
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
