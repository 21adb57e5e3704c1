#!/bin/sh
# Has the independent judge (../shared/judge) look at translations that the program has sealed: the model, and the seal.
#   sealed_translations.sh <passerelle> <source folder> <work folder>
# Exit code 77 (skipped) where the judge, Node.js or its packages are not to be had.
set -eu
passerelle=$1 source=$2 work=$3
# shellcheck source=tests/conformance/judge_copy.sh
. "$(dirname "$0")/judge_copy.sh"

rm -rf "$work/sealed"
mkdir "$work/sealed"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/sealed/key.pem" \
  -out "$work/sealed/seal.pem" -days 30 \
  -subj "/C=NO/O=Directorate of Examples/organizationIdentifier=NTRNO-900000001/CN=Seal of a node" \
  -addext keyUsage=critical,nonRepudiation -addext basicConstraints=critical,CA:FALSE 2>"$work/sealed/openssl.txt"
chmod 600 "$work/sealed/key.pem"
for folder in "$source"/tests/golden/*/*; do
  # Catalogues are no credentials, and have no profile of one.
  grep -q '"EuropeanDigitalCredential"' "$folder/expected.jsonld" 2>/dev/null || continue
  name=$(basename "$(dirname "$folder")")-$(basename "$folder")
  for input in "$folder"/input.*; do
    "$passerelle" translate "$input" --seal "$work/sealed/key.pem" --certificate "$work/sealed/seal.pem" \
      >"$work/sealed/$name.json" 2>"$work/sealed/$name.txt" || rm "$work/sealed/$name.json"
  done
done
count=$(find "$work/sealed" -name '*.json' | wc -l)
[ "$count" -gt 20 ] || { echo "only $count goldens could be translated"; exit 1; }
cd "$work/judge"
node validate-elm.mjs "$work"/sealed/*.json
