#!/bin/sh
# Compares the built-in contexts with those that the judge's packages have.
#   contexts.sh <compare_contexts> <work folder of judge.sh>
# Exit code 77 (skipped) where the judge was not installed by judge.sh.
set -eu
compare=$1 work=$2
skip() { echo "SKIPPED: $1"; exit 77; }

command -v node >/dev/null || skip "Node.js is not installed"
[ -d "$work/judge/node_modules" ] || skip "the judge's packages are not installed (conformance_judge does it)"
rm -rf "$work/contexts"
mkdir "$work/contexts"
cd "$work/judge"
node --input-type=module -e "
import fs from 'fs';
import {extra} from './oracle-contexts.mjs';
let n = 0;
for (const [url, document] of extra) {
  fs.writeFileSync('../contexts/' + n++ + '.json', JSON.stringify({url, '@context': document['@context']}));
}"
"$compare" "$work/contexts"
