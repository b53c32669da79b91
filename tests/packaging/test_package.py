#!/usr/bin/python3
"""What is handed out: the packages hold what they say, and a handler outside the repository builds against what is installed."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../clients"))
from backlot import ROOT, check, equal, finish, part, remove, scratch  # noqa: E402

PACKAGES = os.path.join(ROOT, "build/packages")
HANDLER = os.path.join(ROOT, "tests/packaging/handler")
HOLDS = ("bin/backlot", "lib/backlot/backlot", "lib/backlot/bootstrap", "lib/backlot/libbacklot-guard.so", "lib/libbacklot-sdk.a",
         "lib/libbacklot-base-light.a", "include/backlot-sdk/emulator/base/json.h",
         "lib/cmake/backlot-sdk/backlot-sdk-config.cmake", "include/backlot-sdk/functions/sdk/handler.h",
         "share/backlot/stand-ins/stripe.lua", "share/bash-completion/completions/backlot", "share/man/man1/backlot.1.gz")


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=600, **more)


def names(archive):
    with tarfile.open(archive) as tar:
        return {member.name.split("/", 1)[-1] if "/" in member.name else member.name for member in tar}


def packages(folder):
    made = run("bash", "emulator/packaging/package.sh", cwd=ROOT)
    equal("package.sh: exit status", made.returncode, 0) or sys.exit(made.stderr[-2000:])
    files = os.listdir(PACKAGES)
    deb = next(name for name in files if name.endswith(".deb"))
    tgz = next(name for name in files if name.endswith(".tar.gz"))
    for line in open(os.path.join(PACKAGES, "SHA256SUMS")):
        digest, name = line.split()
        equal("SHA256SUMS: " + name, hashlib.sha256(open(os.path.join(PACKAGES, name), "rb").read()).hexdigest(), digest)
    inside = names(os.path.join(PACKAGES, tgz))
    for wanted in HOLDS:
        check(tgz + " holds " + wanted, any(name.endswith(wanted) for name in inside), sorted(inside)[:20])
    run("dpkg-deb", "-x", os.path.join(PACKAGES, deb), folder)
    for wanted in HOLDS:
        check(deb + " holds " + wanted, os.path.lexists(os.path.join(folder, "usr", wanted)))
    bill = json.load(open(os.path.join(PACKAGES, "backlot.spdx.json")))
    parts = {one["name"] for one in bill["packages"]}
    check("the SBOM names what is linked in", {"backlot", "liblmdb-dev", "libssl-dev", "rapidjson-dev"} <= parts, parts)


def handler(prefix, folder):
    """A library of handlers, with nothing of this repository in reach."""
    shutil.copytree(HANDLER, folder, dirs_exist_ok=True)
    configured = run("cmake", "-B", "build", "-G", "Ninja", "-DCMAKE_PREFIX_PATH=" + prefix, cwd=folder)
    equal("find_package(backlot-sdk)", configured.returncode, 0) or sys.exit(configured.stderr[-2000:])
    built = run("cmake", "--build", "build", cwd=folder)
    equal("a handler outside the repository builds", built.returncode, 0) or sys.exit(built.stdout[-2000:])
    size = os.path.getsize(os.path.join(folder, "build/libgreeting.so"))
    check("its library holds none of what OpenSSL looks up by name", size < 2_000_000, size)   # it was 4.4 MB
    answer = run(os.path.join(prefix, "bin/backlot"), "exec", "template.yaml", "--", "sh", "-c",
                 'curl -sS "$API_URL/hello?name=Ada"', cwd=folder)
    check("and answers under the installed binary", '{"message":"Hello, Ada"}' in answer.stdout, answer)


def shells(prefix):
    page = run("man", "-l", os.path.join(prefix, "share/man/man1/backlot.1.gz"))
    if page.returncode != 127:
        check("the manual page tells of snapshots", "backlot snapshot" in page.stdout, page.stderr)
    completed = run("bash", "-c", 'source "$1"; COMP_WORDS=(backlot asl run --in) COMP_CWORD=3; _backlot; echo "${COMPREPLY[@]}"', "bash",
                    os.path.join(prefix, "share/bash-completion/completions/backlot"))
    equal("bash completes an option", completed.stdout.strip(), "--input")


root, outside = scratch("package"), scratch("handler")
try:
    with part("packages"):
        packages(root)
        handler(os.path.join(root, "usr"), outside)
        shells(os.path.join(root, "usr"))
finally:
    remove(root)
    remove(outside)
finish()
