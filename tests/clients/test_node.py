"""Clients from npm: the AWS SDK for JavaScript v3, dynamoose, ElectroDB, stripe. Installed once into build/node;
skipped where there is no node, or no registry to install from."""
import hashlib
import os
import shutil
import subprocess

import pytest

from backlot import ROOT, STAND_INS, TEMPLATE, Backlot, Customer, stand_in_urls

SOURCE = os.path.join(ROOT, "tests/clients/node")
NODE_LEAST = 20  # what the SDK wants


@pytest.fixture(scope="module")
def node():
    found = shutil.which("node")
    if not found:
        pytest.skip("node is not here")
    version = subprocess.run([found, "--version"], stdout=subprocess.PIPE, text=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0] or 0) < NODE_LEAST:
        pytest.skip("node is %s; these clients want %d" % (version, NODE_LEAST))
    return found


@pytest.fixture(scope="module")
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
        pytest.skip("npm is not here")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    shutil.copy(os.path.join(SOURCE, "package.json"), folder)
    try:
        done = subprocess.run(
            [
                npm,
                "install",
                "--no-package-lock",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--fetch-retries=1",
                "--fetch-timeout=30000",
            ],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry does not answer")
    if done.returncode != 0:
        pytest.skip("npm could not install: " + (done.stdout.strip().splitlines() or ["?"])[-1])
    with open(stamp, "w") as file:
        file.write(wanted)
    return folder


@pytest.fixture(scope="module")
def scripts(installed):
    """The folder with the scripts: node looks for packages beside them."""
    for name in sorted(os.listdir(SOURCE)):
        if name.endswith(".mjs"):
            shutil.copy(os.path.join(SOURCE, name), installed)
    return installed


@pytest.fixture(scope="module")
def backlot(node):
    with Backlot(template=TEMPLATE, stand_ins=STAND_INS, more=["--param", "BcryptCost=4"]) as server:
        Customer(server, "admin@example.com")  # so that there is something to see
        yield server


@pytest.mark.parametrize("name", ["sdk", "models", "stripe"])
def test_client(name, node, scripts, backlot):
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": backlot.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
        "STRIPE_API_BASE": stand_in_urls(backlot)["stripe"],
    }
    command = [node, name + ".test.mjs"]
    done = subprocess.run(command, cwd=scripts, env=environment, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert backlot.running()
