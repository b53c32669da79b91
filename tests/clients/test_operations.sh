#!/usr/bin/env bash
# emulator/OPERATIONS.md lists what the binary answers to: backlot operations --markdown > emulator/OPERATIONS.md
set -u
cd "$(dirname "$0")/../.."
backlot=${BACKLOT:-build/release/backlot}
"$backlot" operations --markdown | diff -u emulator/OPERATIONS.md - && exit
echo "emulator/OPERATIONS.md is behind the tables: backlot operations --markdown > emulator/OPERATIONS.md"
exit 1
