#!/usr/bin/python3
"""Clients from npm: the AWS SDK for JavaScript v3, dynamoose, ElectroDB, stripe. Installed once into build/node; skipped
where there is no node, or no registry to install from."""
import hashlib
import os
import shutil
import subprocess
import sys

from backlot import ROOT, STAND_INS, TEMPLATE, Backlot, Customer, check, skip, stand_in_urls

SOURCE = os.path.join(ROOT, "tests/clients/node")
NODE_LEAST = 20   # what the SDK wants


def installed(node):
    """The folder with node_modules, made anew when package.json has changed."""
    folder = os.path.join(ROOT, "build/node")
    with open(os.path.join(SOURCE, "package.json"), "rb") as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    stamp = os.path.join(folder, "installed")
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return folder
    npm = shutil.which("npm")
    if not npm:
        skip("npm is not here")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    shutil.copy(os.path.join(SOURCE, "package.json"), folder)
    try:
        done = subprocess.run([npm, "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000"], cwd=folder,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        skip("the npm registry does not answer")
    if done.returncode != 0:
        skip("npm could not install: " + (done.stdout.strip().splitlines() or ["?"])[-1])
    with open(stamp, "w") as file:
        file.write(wanted)
    return folder


def main():
    node = shutil.which("node")
    if not node:
        skip("node is not here")
    version = subprocess.run([node, "--version"], stdout=subprocess.PIPE, text=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0] or 0) < NODE_LEAST:
        skip("node is %s; these clients want %d" % (version, NODE_LEAST))
    folder = installed(node)
    passed = failed = 0
    with Backlot(template=TEMPLATE, stand_ins=STAND_INS, more=["--param", "BcryptCost=4"]) as backlot:
        Customer(backlot, "admin@example.com")   # so that there is something to see
        environment = {**os.environ, "AWS_ENDPOINT_URL": backlot.endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
                       "AWS_EC2_METADATA_DISABLED": "true", "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true", "STRIPE_API_BASE": stand_in_urls(backlot)["stripe"]}
        for name in sorted(os.listdir(SOURCE)):
            if not name.endswith(".mjs"):
                continue
            shutil.copy(os.path.join(SOURCE, name), folder)   # node looks for packages beside the script
        for name in ("sdk", "models", "stripe"):
            try:
                done = subprocess.run([node, name + ".test.mjs"], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=180)
                text = done.stdout
            except subprocess.TimeoutExpired as error:
                text = (error.stdout or b"").decode() + "\nit did not end"
            lines = [line for line in text.splitlines() if line.startswith("counts: ")]
            if lines:
                words = lines[-1].split()
                passed, failed = passed + int(words[1]), failed + int(words[3])
            else:
                failed += 1
            rest = [line for line in text.splitlines() if not line.startswith("counts: ")]
            print("\n".join("%s: %s" % (name, line) for line in (rest if lines else rest[-20:])), end="\n" if rest else "")
        check("the process lives", backlot.running())
    print("counts: %d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
