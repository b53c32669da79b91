#!/bin/sh
# Installs what building Backlot needs on Debian 12 (with --tests: what its tests need too). Does nothing where all is
# there.
set -eu

packages="g++ cmake ninja-build ccache mold git ca-certificates curl
  libboost1.81-dev rapidjson-dev liblmdb-dev liblua5.4-dev libssl-dev libyaml-cpp-dev libcli11-dev
  libpcre2-dev libminizip-dev zlib1g-dev libcrypt-dev python3 jq"
if [ "${1:-}" = "--tests" ]; then
  packages="$packages doctest-dev awscli python3-boto3 wrk procps faketime
    python3-pytest python3-pytest-timeout python3-pytest-subtests
    clang-format clang-tidy shellcheck pyflakes3 black"
fi

missing=""
for package in $packages; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  case "$status" in "install ok installed") ;; *) missing="$missing $package" ;; esac
done
if [ -z "$missing" ]; then exit 0; fi

as_root=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "Please install as root:$missing" >&2; exit 1; }
  as_root="sudo"
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086  # a list of names
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
