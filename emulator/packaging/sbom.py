#!/usr/bin/env python3
"""sbom.py BUILD-TREE: what is linked into the binary, as an SPDX 2.3 document: each library or header that a
compilation or the link took from a Debian package, with that package's version.

Source: SPDX 2.3, https://spdx.github.io/spdx-spec/v2.3/; licences from the packages' own copyright files."""
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys

# Debian's package → the licence of what of it ends up in the binary.
LICENCES = {
    "libboost1.81-dev": "BSL-1.0",
    "libcli11-dev": "BSD-3-Clause",
    "liblmdb-dev": "OLDAP-2.8",
    "liblua5.4-dev": "MIT",
    "libminizip-dev": "Zlib",
    "libpcre2-dev": "BSD-3-Clause",
    "libssl-dev": "Apache-2.0",
    "libyaml-cpp-dev": "MIT",
    "rapidjson-dev": "MIT",
    "zlib1g-dev": "Zlib",
    "libstdc++-12-dev": "GPL-3.0-with-GCC-exception",
    "libgcc-12-dev": "GPL-3.0-with-GCC-exception",
}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def packages_of(files):
    """The Debian packages that own these files."""
    found = set()
    for file in sorted(files):
        owner = subprocess.run(["dpkg-query", "-S", os.path.realpath(file)], capture_output=True, text=True).stdout
        found.update(re.findall(r"^([a-z0-9.+-]+)(?::\w+)?:", owner, re.M))
    return found


def taken(tree):
    """Archives on the link line of the binary, and one header for each library that is headers alone."""
    files = set(re.findall(r"(/\S+\.(?:a|so))\b", run("ninja", "-C", tree, "-t", "commands", "backlot")))
    files |= {"/usr/include/boost/version.hpp", "/usr/include/CLI/CLI.hpp", "/usr/include/rapidjson/document.h"}
    files |= {run("g++", "-print-file-name=" + name).strip() for name in ("libstdc++.a", "libgcc.a")}
    return {file for file in files if file.startswith("/usr/") and os.path.exists(file)}


def package(identity, name, version, licence, **more):
    return {
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", identity),
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
        **more,
    }


def main():
    tree = sys.argv[1]
    commit = run("git", "rev-parse", "HEAD").strip()
    when = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    version = re.search(r"project\(backlot VERSION ([\d.]+)", open("CMakeLists.txt").read()).group(1)
    binary = hashlib.sha256(open(os.path.join(tree, "backlot"), "rb").read()).hexdigest()
    own = package(
        "backlot", "backlot", version, "Apache-2.0", checksums=[{"algorithm": "SHA256", "checksumValue": binary}]
    )
    parts = []
    for name in sorted(packages_of(taken(tree)) - {"libc6-dev"}):  # glibc is not in the binary
        owned = run("dpkg-query", "-W", "-f", "${Version}", name)
        parts.append(
            package(
                "deb-" + name,
                name,
                owned,
                LICENCES.get(name, "NOASSERTION"),
                externalRefs=[
                    {
                        "referenceCategory": "PACKAGE-MANAGER",
                        "referenceType": "purl",
                        "referenceLocator": "pkg:deb/debian/%s@%s" % (name, owned),
                    }
                ],
            )
        )
    json.dump(
        {
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": "backlot-" + version,
            "documentNamespace": "https://spdx.org/spdxdocs/backlot-%s-%s" % (version, commit),
            "creationInfo": {"created": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: backlot-sbom"]},
            "packages": [own] + parts,
            "relationships": [
                {
                    "spdxElementId": "SPDXRef-DOCUMENT",
                    "relationshipType": "DESCRIBES",
                    "relatedSpdxElement": own["SPDXID"],
                }
            ]
            + [
                {
                    "spdxElementId": own["SPDXID"],
                    "relationshipType": "STATIC_LINK",
                    "relatedSpdxElement": part["SPDXID"],
                }
                for part in parts
            ],
        },
        sys.stdout,
        indent=1,
    )
    print()


main()
