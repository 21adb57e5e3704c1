#!/bin/sh
# Prints the seconds of CPU time that the independent judge (../shared/judge) takes for one document, warmed up.
#   judge_time.sh <source folder> <work folder of the judge> <document>
# Exit code 77 (skipped) where the judge, Node.js or its packages are not to be had.
set -eu
source=$1 work=$2 document=$3
# shellcheck source=tests/conformance/judge_copy.sh
. "$(dirname "$0")/../conformance/judge_copy.sh"
exec node "$source/tests/bench/judge_time.mjs" "$work/judge/verify-oracle.mjs" "$document"
