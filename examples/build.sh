#!/usr/bin/env bash
# build.sh PRESET TARGET…: configures and builds, and shows how far it is: ninja's own line on a terminal, a line every
# few seconds otherwise. What a compiler says is shown whole.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1; shift

# Passes on what is no step, and of the steps one every five seconds.
seldom() {
  local shown=0 line
  while IFS= read -r line; do
    case $line in
      "["*"] "*) if ((SECONDS < shown)); then continue; fi; shown=$((SECONDS + 5)) ;;
    esac
    printf '%s\n' "$line"
  done
}

configured=$(cmake --preset "$preset" 2>&1) || { printf '%s\n' "$configured" >&2; exit 1; }
export NINJA_STATUS='[%f of %t, %es] '
if [ -t 1 ]; then
  cmake --build --preset "$preset" --target "$@"
else
  cmake --build --preset "$preset" --target "$@" | seldom
fi
