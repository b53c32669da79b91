"""A server whose calls to the kernel fail as told (faults.c), and a fixed round of work for it whose answers are kept,
so that what was acknowledged can be asked for later."""
import base64
import http.client
import io
import json
import mmap
import os
import shutil
import struct
import subprocess
import tempfile
import zipfile

from backlot import Backlot

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ["write", "sync", "size", "open", "accept", "spawn"]
ERRORS = {
    "write": 28,
    "sync": 5,
    "size": 28,
    "open": 24,
    "accept": 24,
    "spawn": 11,
}  # ENOSPC, EIO, ENOSPC, EMFILE, EMFILE, EAGAIN
CONTROL = struct.Struct("=IIiII6I")
ACCOUNT = "000000000000"
QUEUE = "http://127.0.0.1/%s/inbox" % ACCOUNT
FUNCTION = "def handler(event, context):\n    return event\n"
MACHINE = {
    "StartAt": "Count",
    "States": {
        "Count": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:updateItem",
            "ResultPath": None,
            "Next": "Pause",
            "Parameters": {
                "TableName": "Things",
                "Key": {"id": {"S.$": "States.Format('count-{}', $.id)"}},
                "UpdateExpression": "ADD n :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            },
        },
        "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Tell"},
        "Tell": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": QUEUE, "MessageBody.$": "States.Format('told-{}', $.id)"},
            "End": True,
        },
    },
}


def library():
    """faults.c, compiled once a run."""
    path = os.path.join(tempfile.mkdtemp(prefix="backlot-faults-"), "faults.so")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", path, os.path.join(HERE, "faults.c"), "-ldl"], check=True)
    return path


class FaultyServer(Backlot):
    def __init__(self, folder, preload=None, log=None, more=(), clock="virtual"):
        self.control_file = None
        environment = {}
        if preload:
            handle, path = tempfile.mkstemp(prefix="backlot-control-")
            os.write(handle, bytes(CONTROL.size))
            self.control_file = mmap.mmap(handle, CONTROL.size)
            os.close(handle)
            environment = {
                "LD_PRELOAD": preload,
                "FAULTS_CONTROL": path,
                "FAULTS_FOLDER": folder,
                **({"FAULTS_LOG": log} if log else {}),
            }
        super().__init__(data=folder, more=more, clock=clock, environment=environment)
        self.connection = None

    # --- faults
    def arm(self, kind, after=0, times=0):
        calls = self._calls()
        self.control_file[:] = CONTROL.pack(0, ERRORS[kind], after, times, 0, *calls)
        self.control_file[:4] = struct.pack("=I", 1 << KINDS.index(kind))

    def heal(self):
        self.control_file[:4] = struct.pack("=I", 0)

    def failed(self):
        return CONTROL.unpack(self.control_file[:])[4]

    def _calls(self):
        return CONTROL.unpack(self.control_file[:])[5:]

    def calls(self, kind):
        return self._calls()[KINDS.index(kind)]

    # --- requests
    def start(self):
        super().start()
        self.connection = None
        return self

    def send(self, method, path, body, headers, timeout=20):
        """(status, answer); (0, reason) where nothing came. A connection is kept while it works."""
        port = int(self.endpoint.rsplit(":", 1)[1])
        for fresh in (False, True):
            if fresh or self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                data = answer.read()
                return answer.status, (json.loads(data) if data[:1] in b"{[" and data else data)
            except (OSError, http.client.HTTPException) as error:
                self.connection.close()
                self.connection = None
                return 0, repr(error)
        return 0, ""

    def aws(self, service, target, body, timeout=20):
        credential = (
            "AWS4-HMAC-SHA256 Credential=test/20260105/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=%s"
            % (service, "0" * 64)
        )
        return self.send(
            "POST",
            "/",
            json.dumps(body),
            {
                "X-Amz-Target": target,
                "Content-Type": "application/x-amz-json-1.0",
                "Authorization": credential,
                "X-Amz-Date": "20260105T090000Z",
            },
            timeout,
        )

    def dynamodb(self, operation, body):
        return self.aws("dynamodb", "DynamoDB_20120810." + operation, body)

    def sqs(self, operation, body):
        return self.aws("sqs", "AmazonSQS." + operation, body)

    def states(self, operation, body):
        return self.aws("states", "AWSStepFunctions." + operation, body)

    def own(self, path, body, timeout=40):
        return self.send("POST", "/_backlot/" + path, json.dumps(body), {"Content-Type": "application/json"}, timeout)

    def must(self, answer):
        status, body = answer
        if status != 200:
            raise RuntimeError("%s %s" % (status, body))
        return body


class Round:
    """The fixed round of work, over and over with other names. What was answered 2xx is acknowledged; 5xx and silence
    say nothing."""

    def __init__(self, server, prefix="a", functions=True):
        self.server, self.prefix, self.number, self.functions = server, prefix, 0, functions
        self.items, self.pairs, self.messages, self.executions, self.events = {}, {}, {}, {}, {}
        self.arrived, self.clock, self.errors, self.reads = set(), 0, {}, 0

    def prepare(self):
        server = self.server
        server.must(
            server.dynamodb(
                "CreateTable",
                {
                    "TableName": "Things",
                    "BillingMode": "PAY_PER_REQUEST",
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                },
            )
        )
        server.must(server.dynamodb("PutItem", {"TableName": "Things", "Item": {"id": {"S": "known"}}}))
        server.must(server.sqs("CreateQueue", {"QueueName": "inbox"}))
        self.machine = server.must(
            server.states(
                "CreateStateMachine",
                {"name": "m", "definition": json.dumps(MACHINE), "roleArn": "arn:aws:iam::%s:role/r" % ACCOUNT},
            )
        )["stateMachineArn"]
        if self.functions:
            archive = io.BytesIO()
            with zipfile.ZipFile(archive, "w") as file:
                file.writestr("f.py", FUNCTION)
            server.must(
                server.own(
                    "call/lambda/CreateFunction",
                    {
                        "FunctionName": "f",
                        "Runtime": "python3.12",
                        "Handler": "f.handler",
                        "Role": "arn:aws:iam::%s:role/r" % ACCOUNT,
                        "Timeout": 20,
                        "Code": {"ZipFile": base64.b64encode(archive.getvalue()).decode()},
                    },
                )
            )
            server.must(
                server.own(
                    "call/lambda/PutFunctionEventInvokeConfig",
                    {
                        "FunctionName": "f",
                        "MaximumRetryAttempts": 2,
                        "DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:%s:inbox" % ACCOUNT}},
                    },
                )
            )
        server.must(server.own("idle", {"timeout": "30s"}))

    def keep(self, where, name, status, answer):
        """An answer must be a yes, or an error of the server's own; a name that it refuses is a fault of ours."""
        assert status in (0, 200, 202, 500, 503), (
            "an answer is a success, a 5xx or none",
            (where is self.items, status, answer),
        )
        where[name] = status in (200, 202)

    def once(self, disk=True):
        """`disk`: what fails is the disk, so that reads must go on."""
        server, name = self.server, "%s%d" % (self.prefix, self.number)
        self.number += 1
        body = "x" * (50 + self.number * 37 % 900)
        self.keep(
            self.items,
            name,
            *server.dynamodb("PutItem", {"TableName": "Things", "Item": {"id": {"S": name}, "body": {"S": body}}})
        )
        self.keep(
            self.executions,
            name,
            *server.states(
                "StartExecution", {"stateMachineArn": self.machine, "name": name, "input": json.dumps({"id": name})}
            )
        )
        self.keep(self.messages, name, *server.sqs("SendMessage", {"QueueUrl": QUEUE, "MessageBody": "sent-" + name}))
        if self.functions:
            self.keep(
                self.events,
                name,
                *server.own(
                    "call/lambda/Invoke",
                    {"FunctionName": "f", "InvocationType": "Event", "Payload": json.dumps({"id": "event-" + name})},
                )
            )
        puts = [
            {"Put": {"TableName": "Things", "Item": {"id": {"S": "%s-%s" % (half, name)}}}}
            for half in ("left", "right")
        ]
        self.keep(self.pairs, name, *server.dynamodb("TransactWriteItems", {"TransactItems": puts}))
        status, answer = server.dynamodb("GetItem", {"TableName": "Things", "Key": {"id": {"S": "known"}}})
        if disk:
            assert status == 200 and "Item" in answer, (
                "a read is answered while the disk takes nothing",
                (status, answer),
            )
        # An advance waits until everything due is done, which a full disk does not let it: its answer is not waited for
        # long.
        return name

    def advance(self, by, timeout=20):
        status, answer = self.server.own("clock", {"advance": by}, timeout)
        if status == 200:
            self.clock = max(self.clock, answer["epochMillis"])
        return status

    def settle(self):
        """After healing: everything ends by itself, and idle says so only then."""
        server = self.server
        for _ in range(3):
            status, answer = server.own("idle", {"timeout": "30s"})
            assert status == 200, ("idle is reached once the fault is gone", (status, str(answer)[:500]))
            assert self.advance("200s") == 200, "the clock moves once the fault is gone"
        running = server.must(
            server.own("call/states/ListExecutions", {"stateMachineArn": self.machine, "statusFilter": "RUNNING"})
        )["executions"]
        assert not running, ("no execution is stuck", [one["name"] for one in running[:5]])

    def receive(self):
        while True:
            found = self.server.must(
                self.server.sqs("ReceiveMessage", {"QueueUrl": QUEUE, "MaxNumberOfMessages": 10})
            ).get("Messages", [])
            if not found:
                return
            for message in found:
                body = message["Body"]
                if body[:1] == "{":  # a destination's record
                    body = json.loads(body)["responsePayload"]["id"]
                assert body not in self.arrived or body.startswith("event-"), ("a message arrives once", body)
                self.arrived.add(body)
                self.server.must(
                    self.server.sqs("DeleteMessage", {"QueueUrl": QUEUE, "ReceiptHandle": message["ReceiptHandle"]})
                )

    def stored(self):
        found, start = {}, None
        while True:
            page = self.server.must(
                self.server.dynamodb("Scan", {"TableName": "Things", **({"ExclusiveStartKey": start} if start else {})})
            )
            for item in page["Items"]:
                found[item["id"]["S"]] = int(item.get("n", {"N": "0"})["N"])
            start = page.get("LastEvaluatedKey")
            if not start:
                return found

    def verify(self, when):
        """Everything acknowledged is there, what was not is there wholly or not at all."""
        self.receive()
        stored = self.stored()
        for name, acked in self.items.items():
            assert name in stored or not acked, ("%s: an acknowledged item is there" % when, name)
        for name, acked in self.pairs.items():
            halves = [half + "-" + name in stored for half in ("left", "right")]
            assert halves in ([True, True], [False, False]) and (all(halves) or not acked), (
                "%s: a transaction is whole" % when,
                (name, halves, acked),
            )
        for name, acked in self.executions.items():
            count = stored.get("count-" + name, 0)
            assert count == 1 if acked else count <= 1, (
                "%s: an execution has its effect once" % when,
                (name, count, acked),
            )
            assert ("told-" + name in self.arrived) == (count == 1), (
                "%s: an execution comes to its end" % when,
                (name, count),
            )
        for name, acked in self.messages.items():
            assert "sent-" + name in self.arrived or not acked, ("%s: an acknowledged message arrives" % when, name)
        for name, acked in self.events.items():
            assert "event-" + name in self.arrived or not acked, (
                "%s: an acknowledged invocation succeeds" % when,
                name,
            )
        now = self.server.control("clock").json["epochMillis"]
        assert now >= self.clock, ("%s: the clock stands where it was answered to stand" % when, (now, self.clock))


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
