#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. --sanitize: the unit tests are built with ASan and UBSan.
# --quick: unit tests only. --lint: no test, but the layout and what the linters find (tests/lint.sh).
# The last line says how many passed and failed.
set -u
cd "$(dirname "$0")/.." || exit
root=$PWD
passed=0 failed=0 skipped=0
preset=debug quick=no lint=no
for argument in "$@"; do
  case $argument in
    --sanitize) preset=asan ;;
    --quick) quick=yes ;;
    --lint) lint=yes ;;
    *) echo "usage: tests/run.sh [--sanitize] [--quick] | --lint" >&2; exit 2 ;;
  esac
done
finish() {
  echo
  [ $skipped = 0 ] || echo "$skipped skipped"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
  exit
}

examples/install.sh --tests || { echo "0 passed, 1 failed"; exit 1; }
[ $lint = no ] || exec tests/lint.sh

build() { # PRESET TARGET...
  local preset=$1; shift
  cmake --preset "$preset" >"build-$preset.log" 2>&1 && cmake --build --preset "$preset" --target "$@" >>"build-$preset.log" 2>&1
  local status=$?
  [ $status = 0 ] || { grep -E "error|FAILED|CMake Error" -A3 "build-$preset.log" | head -60; }
  rm -f "build-$preset.log"
  return $status
}

# One doctest program: its own counts become ours.
unit() { # PROGRAM
  local name out counts
  name=$(basename "$(dirname "$(dirname "$1")")")/$(basename "$1")
  out=$(cd "$root" && timeout 900 "$1" --no-colors 2>&1)
  local status=$?
  counts=$(printf '%s\n' "$out" | grep -E '^\[doctest\] test cases:' | tail -1)
  local good bad
  good=$(printf '%s' "$counts" | sed -nE 's/.*\| +([0-9]+) passed.*/\1/p')
  bad=$(printf '%s' "$counts" | sed -nE 's/.*\| +([0-9]+) failed.*/\1/p')
  local left   # tests whose recorded cases are not on this machine say so
  left=$(printf '%s\n' "$out" | grep '^SKIPPED' | sed 's/: there is no .*//' | sort -u | wc -l)
  good=$((${good:-0} - left)) skipped=$((skipped + left))
  passed=$((passed + good)); failed=$((failed + ${bad:-0}))
  if [ $status != 0 ] && [ "${bad:-0}" = 0 ]; then failed=$((failed + 1)); fi   # it crashed or hung
  if [ $status != 0 ]; then
    echo "FAILED  $name (status $status)"
    printf '%s\n' "$out" | tail -60
  else
    echo "ok      $name  $good"
    printf '%s\n' "$out" | grep '^SKIPPED' | sort -u | head -5
  fi
}

# A script: exit 0 passes, anything else fails.
script() { # COMMAND...
  local out
  if out=$(timeout 1200 "$@" 2>&1); then
    passed=$((passed + 1)); echo "ok      $*"
  else
    failed=$((failed + 1)); echo "FAILED  $*"; printf '%s\n' "$out" | tail -60
  fi
}

# One folder of end-to-end tests; its last line counts (tests/conftest.py). A test has ten minutes (tests/pytest.ini).
end_to_end() { # FOLDER
  local out status counts
  out=$(timeout 3600 /usr/bin/python3 -m pytest -q --no-header -rs "$1" 2>&1); status=$?
  counts=$(printf '%s\n' "$out" | grep -E '^counts: ' | tail -1)
  # counts: P passed, F failed, S skipped; …
  # shellcheck disable=SC2086  # its words
  set -- "$1" $counts
  passed=$((passed + ${3:-0})); failed=$((failed + ${5:-0})); skipped=$((skipped + ${7:-0}))
  if [ $status = 0 ]; then
    echo "ok      $1  ${3:-0}"
    printf '%s\n' "$out" | grep '^SKIPPED'
  else
    [ "${5:-0}" != 0 ] || failed=$((failed + 1))   # it crashed or hung
    echo "FAILED  $1 (status $status)"; printf '%s\n' "$out" | tail -200
  fi
}

echo "== layout and layers"
script tests/lint.sh --layout
script /usr/bin/python3 tests/layers_check.py
script /usr/bin/python3 tests/service_rooms_check.py
script /usr/bin/python3 tests/unread_members_check.py

echo "== unit tests ($preset)"
if build $preset unit_tests; then
  while read -r name; do [ -n "$name" ] && unit "build/$preset/tests/$name"; done < build/$preset/unit_tests.txt
else
  failed=$((failed + 1)); echo "FAILED  build $preset"
fi
[ $quick = yes ] && finish

echo "== end to end"
if build release all; then
  for folder in $(dirname tests/*/test_*.py | sort -u); do
    end_to_end "$folder"
  done
  [ -x examples/checkout.sh ] && script examples/checkout.sh
else
  failed=$((failed + 1)); echo "FAILED  build release"
fi
finish
