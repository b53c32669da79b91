#!/usr/bin/python3
"""Checks every #include against the layers of the architecture (emulator/README.md). Prints what breaks them."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# folder -> the project's folders it may include, beside itself. The longest matching folder counts.
ALLOWED = {
    "emulator/base": [],
    "asl": ["emulator/base"],
    "emulator/store": ["emulator/base"],
    "emulator/world": ["emulator/store", "emulator/base"],
    "emulator/wire": ["emulator/base"],
    "emulator/http": ["emulator/launcher", "emulator/base"],
    "emulator/launcher": [],
    "emulator/services": ["emulator/services/kit", "emulator/world", "emulator/store", "emulator/base"],
    "emulator/services/kit": ["emulator/world", "emulator/base"],
    "emulator/services/states": ["emulator/services/kit", "emulator/world", "emulator/store", "emulator/base", "asl"],
    "emulator/templates": ["emulator/world", "emulator/base"],
    "emulator/harness": ["emulator/world", "emulator/store", "emulator/base"],
    "emulator/server": [
        "emulator/harness",
        "emulator/http",
        "emulator/wire",
        "emulator/world",
        "emulator/store",
        "emulator/base",
    ],
    "emulator/guard": [],
    "emulator/cli": ["emulator", "asl"],
    "emulator/main.cpp": ["emulator", "asl"],
    "functions": ["functions/sdk"],
}
# What functions take of base as well: the sources of base_light (emulator/base/CMakeLists.txt).
ALLOWED["functions/sdk"] = [
    "emulator/base/%s.h" % name
    for name in re.search(r"foreach\(name ([a-z0-9_ ]+)\)", (ROOT / "emulator/base/CMakeLists.txt").read_text())
    .group(1)
    .split()
]
# third-party header -> the only places that may include it
ONLY = {
    r"rapidjson/": ["emulator/base/json"],
    r"pcre2\.h": ["emulator/base/regex"],
    r"boost/": ["emulator/http", "emulator/server/emulator", "emulator/services/s3/checksums"],
    r"lmdb\.h": ["emulator/store"],
    r"lua5": ["emulator/harness"],
    r"yaml-cpp/": ["emulator/templates"],
    r"CLI/": ["emulator/cli/arguments"],
    r"openssl/": [
        "emulator/base",
        "emulator/http",
        "emulator/services/dynamodb/md5",
        "emulator/services/sns/signing_key",
        "emulator/services/apigateway/http_apis/jwt",
        "functions/sdk/tls_plugin",
    ],
}


def area(path):
    """The folder whose rules count for a file; a service is a folder of its own."""
    parts = path.split("/")
    if path.startswith("emulator/services/"):
        return "/".join(parts[:3])
    candidates = [folder for folder in ALLOWED if path == folder or path.startswith(folder + "/")]
    return max(candidates, key=len) if candidates else None


def rules(folder):
    return ALLOWED.get(folder, ALLOWED["emulator/services"])


def problems():
    files = [
        p
        for pattern in ("*.h", "*.cpp")
        for top in ("emulator", "asl", "functions")
        for p in (ROOT / top).rglob(pattern)
    ]
    for file in sorted(files):
        name = str(file.relative_to(ROOT))
        home = area(name)
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not include:
                continue
            target = include.group(2)
            if include.group(1) == '"':
                other = area(target)
                fits = other == home or any(target == a or target.startswith(a + "/") for a in rules(home))
                if home and not fits:
                    yield f"{name}:{number}: {home} may not include {target}"
            else:
                for pattern, places in ONLY.items():
                    if re.match(pattern, target) and not any(name.startswith(place) for place in places):
                        yield f"{name}:{number}: only {', '.join(places)} may include <{target}>"


found = list(problems())
print("\n".join(found) if found else "layers: every include keeps to them")
sys.exit(1 if found else 0)
