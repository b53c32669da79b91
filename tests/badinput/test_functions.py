#!/usr/bin/python3
"""Handlers that crash, hang, eat memory and meddle: one invocation fails with AWS's error, and nobody else notices."""
import base64
import io
import json
import os
import select
import shutil
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../clients"))
from backlot import ROOT, Backlot, check, equal, finish, part, remove, request, scratch, skip   # noqa: E402

ROLE = "arn:aws:iam::000000000000:role/shop"


def compiled():
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        skip("there is no C compiler")
    folder = scratch("hostile")
    library = os.path.join(folder, "libhostile.so")
    subprocess.run([compiler, "-w", "-O1", "-shared", "-fPIC", "-I", ROOT, "-o", library, os.path.join(ROOT, "tests/badinput/hostile.c")], check=True)
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


def misbehaving(backlot, code):
    functions, pid = backlot.client("lambda"), backlot.process.pid

    def create(name, **more):
        functions.create_function(FunctionName=name, Runtime="provided.al2023", Handler="hostile." + name.split("-")[0], Role=ROLE, Code={"ZipFile": code},
                                  **{"Timeout": 20, "MemorySize": 512, **more})

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
        with part(name):
            create(name, **({"Timeout": 1} if kind == "Sandbox.Timedout" else {}))
            value, error, log = invoke(functions, name)
            check("%s: a function error" % name, error == "Unhandled" and isinstance(value, dict) and value["errorType"].startswith(kind) and message in value["errorMessage"], (error, value))
            check("%s: its log ends with a REPORT" % name, "REPORT RequestId" in log, log[-300:])
            equal("%s: its neighbour is well" % name, invoke(functions, "fine")[0], {"ok": True})
    with part("answers that are none"):
        for name in ("garbage", "binary", "deep"):
            create(name)
            value, error, _ = invoke(functions, name)
            check("%s comes back, or is refused" % name, value is not None and (error is None or value["errorType"]), (error, str(value)[:100]))
        equal("and the neighbour is well", invoke(functions, "fine")[0], {"ok": True})
    with part("floods"):
        create("floods")
        value, error, log = invoke(functions, "floods")
        equal("20 MB of log", (value, error), ({"ok": True}, None))
        check("its tail is 4 KB", 0 < len(base64.b64encode(log.encode())) < 12000, len(log))
        lines = backlot.client("logs").filter_log_events(logGroupName="/aws/lambda/floods", limit=100)["events"]
        check("and can be read", lines)
    with part("meddles"):
        create("meddles")
        value, error, _ = invoke(functions, "meddles")
        check("writing into every open file ends that process at most", (value, error) == ({"ok": True}, None) or value["errorType"].startswith("Runtime."), (value, error))
        equal("the neighbour is well", invoke(functions, "fine")[0], {"ok": True})
    with part("forks"):
        create("forks", Timeout=3)
        value, error, _ = invoke(functions, "forks")
        equal("a handler that leaves a child behind", (value, error), ({"ok": True}, None))
    with part("what does not start"):
        for name, package, handler in (("no-library", {"README": "none"}, "hostile.fine"), ("no-handler", None, "hostile.nothing"), ("not-elf", {"libhostile.so": "text"}, "hostile.fine"),
                                       ("odd-handler", None, "../../x"), ("no-dot", None, "fine")):
            functions.create_function(FunctionName=name, Runtime="provided.al2023", Handler=handler, Role=ROLE, Code={"ZipFile": archive(package) if package else code}, Timeout=5)
            value, error, _ = invoke(functions, name)
            check("%s: said so" % name, error == "Unhandled" and value["errorType"] and value["errorMessage"], (error, value))
    equal("after all that: the first function", invoke(functions, "fine")[0], {"ok": True})
    check("memory stays bounded", memory(pid) < 200, "%d MiB" % memory(pid))


def lost_nothing(backlot, code):
    """A message whose handler always crashes is tried as often as was asked for, and then lies in the dead-letter queue."""
    with part("a queue before a function that crashes"):
        functions, sqs = backlot.client("lambda"), backlot.client("sqs")
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        url = sqs.create_queue(QueueName="work", Attributes={"VisibilityTimeout": "30", "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})})["QueueUrl"]
        functions.create_function(FunctionName="crashes", Runtime="provided.al2023", Handler="hostile.segfault", Role=ROLE, Code={"ZipFile": code}, Timeout=5)
        functions.create_event_source_mapping(EventSourceArn=arn.replace(":dead", ":work"), FunctionName="crashes", BatchSize=1)
        for number in range(3):
            sqs.send_message(QueueUrl=url, MessageBody="ORDER#%d" % number)
        for _ in range(8):
            backlot.idle()
            backlot.advance("31s")
        backlot.idle()
        bodies = [message["Body"] for _ in range(3) for message in sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])]
        sqs.purge_queue(QueueUrl=dead)
        equal("all are in the dead-letter queue", sorted(bodies), ["ORDER#0", "ORDER#1", "ORDER#2"])
        lines = backlot.client("logs").filter_log_events(logGroupName="/aws/lambda/crashes", filterPattern='"START RequestId"')["events"]
        equal("each after three tries", len(lines), 9)

    with part("an asynchronous invocation that crashes"):
        functions.put_function_event_invoke_config(FunctionName="crashes", MaximumRetryAttempts=2, DestinationConfig={"OnFailure": {"Destination": arn}})
        functions.invoke(FunctionName="crashes", InvocationType="Event", Payload=b'{"order":7}')
        for _ in range(8):
            backlot.idle()
            if not backlot.next():
                break
        messages = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])
        check("its event goes to the destination for failures", len(messages) == 1 and json.loads(messages[0]["Body"])["requestPayload"] == {"order": 7}, messages)


def packages(backlot):
    with part("packages"):
        functions = backlot.client("lambda")

        def refused(what, code):
            from botocore.exceptions import ClientError
            try:
                functions.create_function(FunctionName="package", Runtime="python3.11", Handler="app.handler", Role=ROLE, Code={"ZipFile": code})
                check("%s is refused" % what, False, "accepted")
                functions.delete_function(FunctionName="package")
            except ClientError as error:
                check("%s is refused" % what, error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 413), error)

        good = archive({"app.py": "def handler(event, context): return event"})
        refused("no archive", b"this is no zip")
        refused("an empty package", b"")
        refused("half an archive", good[:len(good) // 2])
        refused("a changed byte", good[:40] + bytes([good[40] ^ 0xff]) + good[41:])
        for name in ("../../outside.py", "/tmp/outside.py", "a/../../outside.py"):
            refused("an entry %s" % name, archive({name: "x"}))
            check("and nothing was written there", not os.path.exists("/tmp/outside.py"))
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
        check("memory stays bounded", memory(backlot.process.pid) < 250, "%d MiB" % memory(backlot.process.pid))


def main():
    code = compiled()
    with Backlot() as backlot:
        backlot.client("dynamodb").create_table(TableName="kept", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
                                                AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
        backlot.client("dynamodb").put_item(TableName="kept", Item={"k": {"S": "before"}})
        misbehaving(backlot, code)
        lost_nothing(backlot, code)
        packages(backlot)
        check("what was written before is still there", "Item" in backlot.client("dynamodb").get_item(TableName="kept", Key={"k": {"S": "before"}}))
        equal("health", request(backlot.endpoint + "/_backlot/health").status, 200)
        pids = children(backlot.process.pid)
        equal("a clean stop", backlot.stop(), 0)
        equal("no function process is left", [pid for pid in pids if not gone(pid)], [])
    finish()


main()
