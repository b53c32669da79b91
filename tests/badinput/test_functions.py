"""Handlers that crash, hang, eat memory and meddle: one invocation fails with AWS's error, and nobody else notices."""
import base64
import io
import json
import os
import select
import shutil
import subprocess
import zipfile

import pytest

from backlot import ROOT, remove, request, scratch

ROLE = "arn:aws:iam::000000000000:role/shop"


@pytest.fixture(scope="module")
def code():
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        pytest.skip("there is no C compiler")
    folder = scratch("hostile")
    library = os.path.join(folder, "libhostile.so")
    subprocess.run(
        [
            compiler,
            "-w",
            "-O1",
            "-shared",
            "-fPIC",
            "-I",
            ROOT,
            "-o",
            library,
            os.path.join(ROOT, "tests/badinput/hostile.c"),
        ],
        check=True,
    )
    with open(library, "rb") as file:
        code = file.read()
    remove(folder)
    return archive({"libhostile.so": code})


def archive(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def children(pid):
    found = []
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/children" % (pid, task)) as file:
            found += [int(child) for child in file.read().split()]
    return found


def gone(pid):
    """Waits for the end of a process that was told to end."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended = select.poll()
    ended.register(handle, select.POLLIN)
    return bool(ended.poll(5000))


def memory(pid):
    with open("/proc/%d/status" % pid) as file:
        return [int(line.split()[1]) // 1024 for line in file if line.startswith("VmRSS")][0]


def invoke(functions, name, event=None):
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event or {}).encode(), LogType="Tail")
    payload = answer["Payload"].read()
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        value = payload
    return value, answer.get("FunctionError"), base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")


def test_misbehaving(backlot, code, subtests):
    functions, pid = backlot.client("lambda"), backlot.process.pid

    def create(name, **more):
        functions.create_function(
            FunctionName=name,
            Runtime="provided.al2023",
            Handler="hostile." + name.split("-")[0],
            Role=ROLE,
            Code={"ZipFile": code},
            **{"Timeout": 20, "MemorySize": 512, **more}
        )

    create("fine")
    expected = {
        "segfault": ("Runtime.ExitError", "signal: segmentation fault"),
        "abortion": ("Runtime.ExitError", "signal: aborted"),
        "leaves": ("Runtime.ExitError", "Runtime exited without providing a reason"),
        "overflows": ("Runtime.ExitError", "segmentation fault"),
        "interrupts": ("Runtime.ExitError", "signal: "),
        "eats": ("Runtime.", ""),
        "hangs": ("Sandbox.Timedout", "Task timed out after 1.00 seconds"),
        "spins": ("Sandbox.Timedout", "Task timed out after 1.00 seconds"),
    }
    for name, (kind, message) in expected.items():
        with subtests.test(name):
            create(name, **({"Timeout": 1} if kind == "Sandbox.Timedout" else {}))
            value, error, log = invoke(functions, name)
            assert (
                error == "Unhandled"
                and isinstance(value, dict)
                and value["errorType"].startswith(kind)
                and message in value["errorMessage"]
            ), ("%s: a function error" % name, (error, value))
            assert "REPORT RequestId" in log, ("%s: its log ends with a REPORT" % name, log[-300:])
            assert invoke(functions, "fine")[0] == {"ok": True}, "%s: its neighbour is well" % name
    with subtests.test("answers that are none"):
        for name in ("garbage", "binary", "deep"):
            create(name)
            value, error, _ = invoke(functions, name)
            assert value is not None and (error is None or value["errorType"]), (
                "%s comes back, or is refused" % name,
                (error, str(value)[:100]),
            )
        assert invoke(functions, "fine")[0] == {"ok": True}, "and the neighbour is well"
    with subtests.test("floods"):
        create("floods")
        value, error, log = invoke(functions, "floods")
        assert (value, error) == ({"ok": True}, None), "20 MB of log"
        assert 0 < len(base64.b64encode(log.encode())) < 12000, ("its tail is 4 KB", len(log))
        lines = backlot.client("logs").filter_log_events(logGroupName="/aws/lambda/floods", limit=100)["events"]
        assert lines, "and can be read"
    with subtests.test("meddles"):
        create("meddles")
        value, error, _ = invoke(functions, "meddles")
        assert (value, error) == ({"ok": True}, None) or value["errorType"].startswith("Runtime."), (
            "writing into every open file ends that process at most",
            (value, error),
        )
        assert invoke(functions, "fine")[0] == {"ok": True}, "the neighbour is well"
    with subtests.test("forks"):
        create("forks", Timeout=3)
        value, error, _ = invoke(functions, "forks")
        assert (value, error) == ({"ok": True}, None), "a handler that leaves a child behind"
    with subtests.test("what does not start"):
        for name, package, handler in (
            ("no-library", {"README": "none"}, "hostile.fine"),
            ("no-handler", None, "hostile.nothing"),
            ("not-elf", {"libhostile.so": "text"}, "hostile.fine"),
            ("odd-handler", None, "../../x"),
            ("no-dot", None, "fine"),
        ):
            functions.create_function(
                FunctionName=name,
                Runtime="provided.al2023",
                Handler=handler,
                Role=ROLE,
                Code={"ZipFile": archive(package) if package else code},
                Timeout=5,
            )
            value, error, _ = invoke(functions, name)
            assert error == "Unhandled" and value["errorType"] and value["errorMessage"], (
                "%s: said so" % name,
                (error, value),
            )
    assert invoke(functions, "fine")[0] == {"ok": True}, "after all that: the first function"
    assert memory(pid) < 200, ("memory stays bounded", "%d MiB" % memory(pid))


def test_lost_nothing(backlot, code, subtests):
    """A message whose handler always crashes is tried as often as was asked for, and then lies in the dead-letter
    queue."""
    with subtests.test("a queue before a function that crashes"):
        functions, sqs = backlot.client("lambda"), backlot.client("sqs")
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        url = sqs.create_queue(
            QueueName="work",
            Attributes={
                "VisibilityTimeout": "30",
                "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3}),
            },
        )["QueueUrl"]
        functions.create_function(
            FunctionName="crashes",
            Runtime="provided.al2023",
            Handler="hostile.segfault",
            Role=ROLE,
            Code={"ZipFile": code},
            Timeout=5,
        )
        functions.create_event_source_mapping(
            EventSourceArn=arn.replace(":dead", ":work"), FunctionName="crashes", BatchSize=1
        )
        for number in range(3):
            sqs.send_message(QueueUrl=url, MessageBody="ORDER#%d" % number)
        for _ in range(8):
            backlot.idle()
            backlot.advance("31s")
        backlot.idle()
        bodies = [
            message["Body"]
            for _ in range(3)
            for message in sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])
        ]
        sqs.purge_queue(QueueUrl=dead)
        assert sorted(bodies) == ["ORDER#0", "ORDER#1", "ORDER#2"], "all are in the dead-letter queue"
        lines = backlot.client("logs").filter_log_events(
            logGroupName="/aws/lambda/crashes", filterPattern='"START RequestId"'
        )["events"]
        assert len(lines) == 9, "each after three tries"

    with subtests.test("an asynchronous invocation that crashes"):
        functions.put_function_event_invoke_config(
            FunctionName="crashes", MaximumRetryAttempts=2, DestinationConfig={"OnFailure": {"Destination": arn}}
        )
        functions.invoke(FunctionName="crashes", InvocationType="Event", Payload=b'{"order":7}')
        for _ in range(8):
            backlot.idle()
            if not backlot.next():
                break
        messages = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])
        assert len(messages) == 1 and json.loads(messages[0]["Body"])["requestPayload"] == {"order": 7}, (
            "its event goes to the destination for failures",
            messages,
        )


def test_packages(backlot):
    functions = backlot.client("lambda")

    def refused(what, code):
        from botocore.exceptions import ClientError

        try:
            functions.create_function(
                FunctionName="package", Runtime="python3.11", Handler="app.handler", Role=ROLE, Code={"ZipFile": code}
            )
            assert False, ("%s is refused" % what, "accepted")
            functions.delete_function(FunctionName="package")
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 413), ("%s is refused" % what, error)

    good = archive({"app.py": "def handler(event, context): return event"})
    refused("no archive", b"this is no zip")
    refused("an empty package", b"")
    refused("half an archive", good[: len(good) // 2])
    refused("a changed byte", good[:40] + bytes([good[40] ^ 0xFF]) + good[41:])
    for name in ("../../outside.py", "/tmp/outside.py", "a/../../outside.py"):
        refused("an entry %s" % name, archive({name: "x"}))
        assert not os.path.exists("/tmp/outside.py"), "and nothing was written there"
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as package:
        entry = zipfile.ZipInfo("passwd")
        entry.create_system = 3
        entry.external_attr = 0o120777 << 16
        package.writestr(entry, "/etc/passwd")
    refused("a link out of the package", link.getvalue())
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("zeros", b"\0" * (300 << 20))
    refused("300 MB of zeros", bomb.getvalue())
    assert memory(backlot.process.pid) < 250, ("memory stays bounded", "%d MiB" % memory(backlot.process.pid))


@pytest.fixture(scope="module", autouse=True)
def kept(backlot):
    """What was written before must be there after it all."""
    dynamodb = backlot.client("dynamodb")
    dynamodb.create_table(
        TableName="kept",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )
    dynamodb.put_item(TableName="kept", Item={"k": {"S": "before"}})


def test_the_server_is_well(backlot):
    found = backlot.client("dynamodb").get_item(TableName="kept", Key={"k": {"S": "before"}})
    assert "Item" in found, "what was written before is still there"
    assert request(backlot.endpoint + "/_backlot/health").status == 200
    pids = children(backlot.process.pid)
    assert backlot.stop() == 0, "a clean stop"
    assert [pid for pid in pids if not gone(pid)] == [], "no function process is left"
