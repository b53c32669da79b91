"""exec --offline: whatever client tries to reach another machine is refused, and the run ends with 7; what stays here
works."""
import json
import os
import shutil
import subprocess
import sys

from backlot import ROOT, binary

LEAKED = 7


def run(*command, options=(), environment=None):
    """The exit status, and what `exec --json` says it refused."""
    done = subprocess.run(
        [binary(), "exec", "--offline", "--json", *options, "--", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=180,
        env={**os.environ, **(environment or {})},
    )
    last = [line for line in done.stdout.splitlines() if line.startswith("{\"schemaVersion\"")]
    return done.returncode, json.loads(last[-1])["data"].get("refused", []) if last else [], done


def refuses(what, name, *command, **more):
    status, refused, done = run(*command, **more)
    assert status == LEAKED, what + ": exit status"
    assert any(name in leak["to"] for leak in refused), (what + ": it is named", (refused, done.stderr[-400:]))
    assert "what would have left this machine was refused" in done.stderr and name in done.stderr, (
        what + ": and printed",
        done.stderr[-400:],
    )


def allows(what, *command, **more):
    status, refused, done = run(*command, **more)
    assert status == 0, what + ": exit status"
    assert refused == [], what + ": nothing was refused"
    return done


def test_clients():
    python = sys.executable
    refuses("curl, by the proxy", "api.example.com:443", "curl", "-s", "-m", "10", "https://api.example.com/")
    refuses(
        "curl, past the proxy", "api.example.com", "curl", "-s", "-m", "10", "--noproxy", "*", "http://api.example.com/"
    )
    refuses("an address", "192.0.2.7:80", "curl", "-s", "-m", "10", "--noproxy", "*", "http://192.0.2.7/")
    refuses(
        "an address of version 6",
        "[2001:db8::7]:80",
        "curl",
        "-s",
        "-m",
        "10",
        "--noproxy",
        "*",
        "http://[2001:db8::7]/",
    )
    refuses(
        "boto3",
        "amazonaws.com",
        python,
        "-c",
        "import boto3, os\nfrom botocore.config import Config\n"
        "os.environ.pop('AWS_ENDPOINT_URL')\n"
        "try: boto3.client('sqs', endpoint_url='https://sqs.us-east-1.amazonaws.com', config=Config(retries={'max_attempts': 0}, connect_timeout=5)).list_queues()\n"
        "except Exception: pass",
    )
    refuses(
        "a datagram",
        "192.0.2.7:53",
        python,
        "-c",
        "import socket\ntry: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.7', 53))\nexcept OSError: pass",
    )
    refuses(
        "the old look-up",
        "old.example.com",
        python,
        "-c",
        "import socket\ntry: socket.gethostbyname_ex('old.example.com')\nexcept OSError: pass",
    )
    if shutil.which("aws"):
        refuses(
            "the AWS CLI",
            "amazonaws.com",
            "aws",
            "--endpoint-url",
            "https://sqs.us-east-1.amazonaws.com",
            "--cli-connect-timeout",
            "5",
            "sqs",
            "list-queues",
            environment={"AWS_MAX_ATTEMPTS": "1"},
        )
        allows("the AWS CLI that stays here", "sh", "-c", "aws --endpoint-url $AWS_ENDPOINT_URL sqs list-queues")
    node = shutil.which("node")
    if node:
        refuses("node's fetch", "api.example.com", node, "-e", "fetch('https://api.example.com/').catch(() => 0)")
        refuses(
            "node, an address",
            "192.0.2.7:443",
            node,
            "-e",
            "require('net').connect(443, '192.0.2.7').on('error', () => 0)",
        )
        allows(
            "node that stays here",
            node,
            "-e",
            "fetch(process.env.AWS_ENDPOINT_URL + '/_backlot/health').then(answer => process.exit(answer.ok ? 0 : 1))",
        )
        modules = os.path.join(ROOT, "build/node/node_modules")
        if os.path.isdir(os.path.join(modules, "@aws-sdk/client-dynamodb")):
            refuses(
                "the SDK for JavaScript",
                "amazonaws.com",
                node,
                "-e",
                "const {DynamoDBClient, ListTablesCommand} = require('@aws-sdk/client-dynamodb');\n"
                "new DynamoDBClient({endpoint: 'https://dynamodb.us-east-1.amazonaws.com', maxAttempts: 1}).send(new ListTablesCommand({})).catch(() => 0)",
                environment={"NODE_PATH": modules},
            )


def test_what_stays_here(folder):
    allows("curl", "sh", "-c", "curl -sf $AWS_ENDPOINT_URL/_backlot/health")
    allows(
        "by the name of this machine",
        sys.executable,
        "-c",
        "import socket; socket.getaddrinfo('localhost', 80); socket.getaddrinfo(None, 80)\n"
        "try: socket.getaddrinfo(socket.gethostname(), 80)\nexcept OSError: pass",
    )
    allows(
        "boto3",
        sys.executable,
        "-c",
        "import boto3, os; boto3.client('sqs', endpoint_url=os.environ['AWS_ENDPOINT_URL']).create_queue(QueueName='q')",
    )
    socket_path = os.path.join(folder, "socket")
    allows(
        "a socket of this machine's files",
        sys.executable,
        "-c",
        "import socket\nserver = socket.socket(socket.AF_UNIX); server.bind(%r); server.listen()\n"
        "socket.socket(socket.AF_UNIX).connect(%r)" % (socket_path, socket_path),
    )
    status, _, _ = run("sh", "-c", "exit 3")
    assert status == 3, "the command's own status stays"
    status, refused, _ = run("sh", "-c", "curl -s -m 5 https://api.example.com/; exit 3")
    assert (status, len(refused)) == (LEAKED, 1), "a leak goes before it"
    recorded = os.path.join(folder, "record.json")
    run("sh", "-c", "curl -s -m 5 https://api.example.com/; %s record --json >%s" % (binary(), recorded))
    with open(recorded) as file:
        entries = json.load(file)["data"]["events"]
    assert any(entry["kind"] == "leak" and entry["resource"] == "api.example.com:443" for entry in entries), (
        "the record has it",
        entries,
    )
    done = subprocess.run(
        [binary(), "exec", "--", "sh", "-c", "curl -s -m 5 --noproxy '*' http://192.0.2.7/; exit 9"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert done.returncode == 9 and "refused" not in done.stderr, ("without --offline nothing is guarded", done)


def test_functions(folder):
    """What a function of the instance does is guarded too."""
    with open(os.path.join(folder, "calls.py"), "w") as file:
        file.write(
            "import socket\ndef handler(event, context):\n    try:\n        socket.create_connection(('pay.example.com', 443), 5)\n        return 'reached'\n"
            "    except OSError as error:\n        return type(error).__name__\n"
        )
    template = os.path.join(folder, "template.yaml")
    with open(template, "w") as file:
        file.write(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Calls:\n    Type: AWS::Serverless::Function\n    Properties:\n      FunctionName: calls\n"
            "      Runtime: python3.11\n      Handler: calls.handler\n      CodeUri: .\n"
        )
    refuses("a function", "pay.example.com", binary(), "invoke", "calls", options=[template])
