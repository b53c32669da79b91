#!/usr/bin/env bash
# Makes what is handed out, in build/packages: a .deb, a .tar.gz, an SBOM (SPDX 2.3) and SHA256SUMS. Two runs of one
# commit make the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
tree=build/release out=build/packages
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
cmake --preset release >/dev/null
cmake --build --preset release | tail -n 1
rm -rf "$out"
(cd "$tree" && cpack -B "$PWD/../packages" >/dev/null)
rm -rf "$out/_CPack_Packages"
python3 emulator/packaging/sbom.py "$tree" > "$out/backlot.spdx.json"
(cd "$out" && sha256sum -- *.deb *.tar.gz *.spdx.json > SHA256SUMS && cat SHA256SUMS)
