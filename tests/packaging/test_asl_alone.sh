#!/usr/bin/env bash
# The interpreter builds and runs with base alone below it: nothing else of the repository is in reach.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/backlot/emulator"
cp -r asl "$folder/backlot"
cp -r emulator/base "$folder/backlot/emulator"
cp tests/packaging/asl/CMakeLists.txt examples/asl/order.cpp "$folder"
cd "$folder"
cmake -B build -G Ninja >log 2>&1 && cmake --build build >>log 2>&1 || { tail -40 log; exit 1; }
output=$(build/order)
echo "$output" | tail -n 1
[[ $output == *ExecutionSucceeded*'{"order":"order-1","receipt":{"paid":1250}}' ]]
