#!/bin/sh
# Has the independent judge (../shared/judge) look at documents that the library has sealed.
#   seal_judge.sh <seal_files> <source folder> <work folder>
# Exit code 77 (skipped) where the judge, Node.js or its packages are not to be had.
set -eu
seal=$1 source=$2 work=$3
# shellcheck source=tests/conformance/judge_copy.sh
. "$(dirname "$0")/judge_copy.sh"

rm -rf "$work/seals"
mkdir "$work/seals"
"$seal" "$work/seals"
cd "$work/judge"
failed=0
for document in "$work"/seals/*.json; do
  printf '%s: ' "${document##*/}"
  node verify-oracle.mjs "$document" --kind jades --root "$work/seals/root.pem" --at 2025-06-02T00:00:00Z || failed=1
done
exit $failed
