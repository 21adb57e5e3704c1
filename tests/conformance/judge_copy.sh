# shellcheck shell=sh
# Sourced: makes a copy of the independent judge (../shared/judge) with its packages under $work/judge. Wants $source and
# $work, and sets $shared. Exit code 77 (skipped) where the judge, Node.js or its packages are not to be had.
shared=$source/../shared
skip() { echo "SKIPPED: $1"; exit 77; }

[ -f "$shared/judge/validate-elm.mjs" ] || skip "there is no ../shared/judge"
command -v node >/dev/null && command -v npm >/dev/null || skip "Node.js is not installed"

mkdir -p "$work/schemas"
# Tests that run at the same time share the copy.
exec 9>"$work/lock"
flock 9
if [ ! -d "$work/judge/node_modules" ]; then
  rm -rf "$work/judge"
  cp -R "$shared/judge" "$work/judge"
  chmod -R u+w "$work/judge"
  (cd "$work/judge" && npm ci --silent) || { rm -rf "$work/judge"; skip "npm ci did not succeed"; }
fi
ln -sfn "$(cd "$shared/schemas/elm" && pwd)" "$work/schemas/elm"
flock -u 9
