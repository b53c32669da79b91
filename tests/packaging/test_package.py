"""What is handed out: the packages hold what they say, and a handler outside the repository builds against what is
installed."""
import hashlib
import json
import os
import shutil
import subprocess
import tarfile

import pytest

from backlot import ROOT

PACKAGES = os.path.join(ROOT, "build/packages")
HANDLER = os.path.join(ROOT, "tests/packaging/handler")
HOLDS = (
    "bin/backlot",
    "lib/backlot/backlot",
    "lib/backlot/bootstrap",
    "lib/backlot/libbacklot-guard.so",
    "lib/libbacklot-sdk.a",
    "lib/libbacklot-base-light.a",
    "include/backlot-sdk/emulator/base/json.h",
    "lib/cmake/backlot-sdk/backlot-sdk-config.cmake",
    "include/backlot-sdk/functions/sdk/handler.h",
    "share/backlot/stand-ins/stripe.lua",
    "share/bash-completion/completions/backlot",
    "share/man/man1/backlot.1.gz",
)


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=600, **more)


def names(archive):
    with tarfile.open(archive) as tar:
        return {member.name.split("/", 1)[-1] if "/" in member.name else member.name for member in tar}


def test_packages(folder):
    made = run("bash", "emulator/packaging/package.sh", cwd=ROOT)
    assert made.returncode == 0, made.stderr[-2000:]
    files = os.listdir(PACKAGES)
    deb = next(name for name in files if name.endswith(".deb"))
    tgz = next(name for name in files if name.endswith(".tar.gz"))
    for line in open(os.path.join(PACKAGES, "SHA256SUMS")):
        digest, name = line.split()
        assert hashlib.sha256(open(os.path.join(PACKAGES, name), "rb").read()).hexdigest() == digest, (
            "SHA256SUMS: " + name
        )
    inside = names(os.path.join(PACKAGES, tgz))
    for wanted in HOLDS:
        assert any(name.endswith(wanted) for name in inside), (tgz + " holds " + wanted, sorted(inside)[:20])
    run("dpkg-deb", "-x", os.path.join(PACKAGES, deb), folder)
    for wanted in HOLDS:
        assert os.path.lexists(os.path.join(folder, "usr", wanted)), deb + " holds " + wanted
    bill = json.load(open(os.path.join(PACKAGES, "backlot.spdx.json")))
    parts = {one["name"] for one in bill["packages"]}
    assert {"backlot", "liblmdb-dev", "libssl-dev", "rapidjson-dev"} <= parts, (
        "the SBOM names what is linked in",
        parts,
    )


@pytest.fixture
def prefix(folder):
    """Where test_packages has unpacked what it made."""
    return os.path.join(folder, "usr")


def test_handler(prefix, tmp_path):
    """A library of handlers, with nothing of this repository in reach."""
    folder = tmp_path / "handler"
    shutil.copytree(HANDLER, folder)
    configured = run("cmake", "-B", "build", "-G", "Ninja", "-DCMAKE_PREFIX_PATH=" + prefix, cwd=folder)
    assert configured.returncode == 0, configured.stderr[-2000:]
    built = run("cmake", "--build", "build", cwd=folder)
    assert built.returncode == 0, built.stdout[-2000:]
    size = os.path.getsize(os.path.join(folder, "build/libgreeting.so"))
    assert size < 2_000_000, "its library holds none of what OpenSSL looks up by name"  # it was 4.4 MB
    answer = run(
        os.path.join(prefix, "bin/backlot"),
        "exec",
        "template.yaml",
        "--",
        "sh",
        "-c",
        'curl -sS "$API_URL/hello?name=Ada"',
        cwd=folder,
    )
    assert '{"message":"Hello, Ada"}' in answer.stdout, ("and answers under the installed binary", answer)


def test_shells(prefix):
    page = run("man", "-l", os.path.join(prefix, "share/man/man1/backlot.1.gz"))
    if page.returncode != 127:
        assert "backlot snapshot" in page.stdout, ("the manual page tells of snapshots", page.stderr)
    completed = run(
        "bash",
        "-c",
        'source "$1"; COMP_WORDS=(backlot asl run --in) COMP_CWORD=3; _backlot; echo "${COMPREPLY[@]}"',
        "bash",
        os.path.join(prefix, "share/bash-completion/completions/backlot"),
    )
    assert completed.stdout.strip() == "--input", "bash completes an option"
