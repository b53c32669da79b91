#!/usr/bin/env bash
# The layout of every file, and what shellcheck and pyflakes find (--layout: seconds); then clang-tidy over the sources
# that differ from the branch main, or with --all over all of them (half an hour). The checks are in .clang-tidy.
# shellcheck disable=SC2317   # functions that `step` calls
set -u
cd "$(dirname "$0")/.." || exit
failed=0
step() { # NAME COMMAND...
  local name=$1 out; shift
  if out=$("$@" 2>&1); then echo "ok      $name"; else failed=1; echo "FAILED  $name"; printf '%s\n' "$out" | tail -60; fi
}
sources() { git ls-files "$@" | while read -r file; do [ ! -f "$file" ] || echo "$file"; done; }

format() { sources '*.cpp' '*.h' '*.c' | xargs -P2 -n40 clang-format --dry-run -Werror; }
columns() { sources '*.cpp' '*.h' '*.c' '*.py' '*.sh' | xargs python3 tests/columns_check.py; }
python() { sources '*.py' | xargs black -q --check -l 120 -S && sources '*.py' | xargs pyflakes3; }
shells() { sources '*.sh' .ci/run | xargs shellcheck; }

step "clang-format" format
step "120 columns" columns
step "black, pyflakes" python
step "shellcheck" shells
[ "${1:-}" = --layout ] && exit $failed

# GCC's precompiled headers are no use to clang.
database() {
  cmake --preset debug >/dev/null && mkdir -p build/tidy && python3 - <<'EOF'
import json, re
commands = json.load(open("build/debug/compile_commands.json"))
for one in commands:
    one["command"] = re.sub(r" -fpch-preprocess| -Winvalid-pch| -include \S*cmake_pch.hxx", "", one["command"])
json.dump(commands, open("build/tidy/compile_commands.json", "w"))
EOF
}
changed() {
  if [ "${1:-}" = --all ]; then sources '*.cpp'; else git diff --name-only main -- '*.cpp'; fi |
    grep -E '^(asl|emulator|functions)/' | grep -v '^asl/query/jsonata/' |   # clang 14 makes no aggregate from parentheses
    while read -r file; do [ ! -f "$file" ] || echo "$file"; done
}
tidy() {
  local files
  files=$(changed "$@")
  [ -z "$files" ] || printf '%s\n' "$files" | xargs -P2 -n4 clang-tidy --quiet --warnings-as-errors='*' -p build/tidy \
    --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ambiguous-reversed-operator
}
step "compile database" database
step "clang-tidy" tidy "$@"
exit $failed
