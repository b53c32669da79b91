#!/usr/bin/python3
"""The worst wait of a GetItem, asked for every millisecond, beside each work that is long: one thread does everything,
so what holds it holds everybody. Prints a table, in milliseconds.

  tests/bench/stalls.py [--scale 1] [--only NAME,…] [--goal 20] [--data DIR] [--json FILE]

At scale 1 a table has 100 MB, a log group 800,000 events, a queue 100,000 messages. A wait includes what the machine's
scheduler adds: the row `nothing` shows how much, and as root the server and the probe are put before others. A row
beyond the goal is marked; the exit status is 0 all the same."""
import argparse
import base64
import gzip
import io
import json
import multiprocessing
import os
import random
import socket
import statistics
import sys
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../clients"))
from backlot import Backlot  # noqa: E402

JSON10, JSON11 = "application/x-amz-json-1.0", "application/x-amz-json-1.1"
TARGETS = {
    "dynamodb": ("DynamoDB_20120810.", JSON10),
    "sqs": ("AmazonSQS.", JSON10),
    "logs": ("Logs_20140328.", JSON11),
    "states": ("AWSStepFunctions.", JSON10),
    "cloudtrail": ("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.", JSON11),
}


KEEP = ["--keep", "record=100000,logs=1GB,executions=100000,streams=1000000"]  # all that the works make


class Connection:
    """A kept-alive connection without a client library's own costs."""

    def __init__(self, endpoint):
        self.host = endpoint[7:]
        address, port = self.host.split(":")
        self.socket = socket.create_connection((address, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def message(self, method, path, body=b"", headers=None, service="dynamodb"):
        lines = [
            "%s %s HTTP/1.1" % (method, path),
            "Host: " + self.host,
            "X-Amz-Date: 20260105T090000Z",
            "X-Backlot: 1",
            "Content-Length: %d" % len(body),
            "Authorization: AWS4-HMAC-SHA256 Credential=test/20260105/us-east-1/%s/aws4_request, SignedHeaders=host;x-amz-date, Signature=%s"
            % (service, "0" * 64),
        ]
        lines += ["%s: %s" % pair for pair in (headers or {}).items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body

    def operation(self, service, name, body):
        prefix, kind = TARGETS[service]
        return self.message(
            "POST",
            "/",
            body if isinstance(body, bytes) else json.dumps(body).encode(),
            {"Content-Type": kind, "X-Amz-Target": prefix + name},
            service,
        )

    def exchange(self, message):
        self.socket.sendall(message)
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        size = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
        parts, have, size = [rest], len(rest), size[0] if size else 0
        while have < size:
            part = self.socket.recv(1 << 20)
            if not part:
                raise RuntimeError("the server closed the connection")
            parts.append(part)
            have += len(part)
        whole = b"".join(parts)
        self.buffer = whole[size:]
        return int(head.split()[1]), whole[:size]

    def _more(self):
        part = self.socket.recv(1 << 20)
        if not part:
            raise RuntimeError("the server closed the connection")
        self.buffer += part

    def call(self, service, name, body, good=(200,)):
        status, answer = self.exchange(self.operation(service, name, body))
        if status not in good:
            raise RuntimeError("%s %s: %d %s" % (service, name, status, answer[:300]))
        return json.loads(answer or b"{}")

    def control(self, path, body=None, method=None):
        status, answer = self.exchange(
            self.message(
                method or ("GET" if body is None else "POST"),
                "/_backlot/" + path,
                b"" if body is None else json.dumps(body).encode(),
                {"Content-Type": "application/json"},
            )
        )
        if status != 200:
            raise RuntimeError("%s: %d %s" % (path, status, answer[:300]))
        return json.loads(answer)

    def idle(self):
        return self.control("idle", {"timeout": "300s"})


def first(whom):
    """Ahead of other processes, where we may."""
    try:
        os.setpriority(os.PRIO_PROCESS, whom, -15)
    except OSError:
        pass


def probe(endpoint, stop, results):
    """Asks for one item every millisecond, until told to stop; the waits in milliseconds."""
    first(0)
    connection = Connection(endpoint)
    message = connection.operation("dynamodb", "GetItem", {"TableName": "probe", "Key": {"pk": {"S": "1"}}})
    waits = []
    while not stop.is_set():
        began = time.perf_counter()
        status, answer = connection.exchange(message)
        waits.append((time.perf_counter() - began) * 1000)
        if (
            status != 200 and b"ResourceNotFound" not in answer and status != 503
        ):  # a reset takes the table away, and whoever waits is told
            raise RuntimeError("%d %s" % (status, answer))
        time.sleep(max(0.0, 0.001 - (time.perf_counter() - began)))
    results.put(waits)


class Stalls:
    def __init__(self, backlot, options):
        self.options, self.rows = options, []
        self.backlot, self.random = backlot, random.Random(7)
        self.connection = Connection(backlot.endpoint)
        self.connection.call("dynamodb", "CreateTable", self.table("probe"))
        self.connection.call(
            "dynamodb", "PutItem", {"TableName": "probe", "Item": {"pk": {"S": "1"}, "text": {"S": "x" * 1000}}}
        )

    @staticmethod
    def table(name, **more):
        return {
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            **more,
        }

    def wanted(self, *names):
        return not self.options.only or any(part in name for name in names for part in self.options.only.split(","))

    def measure(self, name, work):
        """Runs `work(connection)` beside the probe, until the world is idle again."""
        if not self.wanted(name):
            return work(self.connection)
        self.connection.idle()
        stop, results = multiprocessing.Event(), multiprocessing.Queue()
        process = multiprocessing.Process(target=probe, args=(self.backlot.endpoint, stop, results))
        process.start()
        time.sleep(0.2)
        began = time.perf_counter()
        answer = work(self.connection)
        self.connection.idle()
        taken = (time.perf_counter() - began) * 1000
        time.sleep(0.1)
        stop.set()
        waits = results.get(timeout=60)
        process.join()
        worst, p50 = max(waits), statistics.median(waits)
        self.rows.append({"name": name, "worst_ms": worst, "p50_ms": p50, "asked": len(waits), "took_ms": taken})
        print(
            "%-34s %9.1f %9.3f %8d %10.0f  %s"
            % (name, worst, p50, len(waits), taken, "" if worst <= self.options.goal else "MISSED"),
            flush=True,
        )
        return answer

    def scaled(self, number):
        return max(1, int(number * self.options.scale))

    def fill(self, name, items, more=lambda number: {}):
        pad = "x" * 900
        for start in range(0, items, 25):
            requests = [
                {"PutRequest": {"Item": {"pk": {"S": "item-%d" % number}, "body": {"S": pad}, **more(number)}}}
                for number in range(start, min(start + 25, items))
            ]
            self.connection.call("dynamodb", "BatchWriteItem", {"RequestItems": {name: requests}})

    # --- the works --------------------------------------------------------------------------------------------------

    def nothing(self):
        self.measure("nothing", lambda _: time.sleep(2))

    def bodies(self):
        if not self.wanted("body"):
            return
        key = {"TableName": "probe", "Key": {"pk": {"S": "1"}}}
        size = self.scaled(16_000_000)
        kinds = {
            "one text": {"S": "x" * size},
            "numbers": {"NS": ["1"] * (size // 4)},
            "objects": {"L": [{"M": {"a": {"S": "b"}}}] * (size // 23)},
            "members": {"M": {"m%d" % number: {"N": "1"} for number in range(size // 20)}},
        }
        for kind, value in kinds.items():
            body = json.dumps(
                {"TableName": "probe", "Item": {**key["Key"], "v": value}}, separators=(",", ":")
            ).encode()[: 16 * 1024 * 1024]
            self.measure(
                "body of 16 MB, " + kind,
                lambda c, body=body: [c.exchange(c.operation("dynamodb", "PutItem", body)) for _ in range(3)],
            )
        text = json.dumps(
            {
                "RequestItems": {
                    "probe": [
                        {"PutRequest": {"Item": {"pk": {"S": "big-%d" % number}, "v": {"S": "y" * 390_000}}}}
                        for number in range(25)
                    ]
                }
            }
        ).encode()
        self.measure(
            "body of 10 MB, BatchWriteItem", lambda c: [c.call("dynamodb", "BatchWriteItem", text) for _ in range(3)]
        )
        control = json.dumps(
            {"TableName": "probe", "Item": {"pk": {"S": "1"}, "v": {"L": [{"N": "1"}] * (size // 10)}}},
            separators=(",", ":"),
        ).encode()
        self.measure(
            "body of 16 MB, control API's call",
            lambda c: c.exchange(
                c.message("POST", "/_backlot/call/dynamodb/PutItem", control, {"Content-Type": "application/json"})
            ),
        )

    def objects(self):
        if not self.wanted("S3", "Lambda"):
            return
        self.connection.exchange(self.connection.message("PUT", "/bucket", service="s3"))
        body = self.random.randbytes(self.scaled(16_000_000))
        self.measure(
            "16 MB to S3",
            lambda c: [c.exchange(c.message("PUT", "/bucket/large-%d" % n, body, service="s3")) for n in range(3)],
        )
        self.measure(
            "16 MB from S3", lambda c: [c.exchange(c.message("GET", "/bucket/large-0", service="s3")) for _ in range(3)]
        )
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("index.js", "exports.handler = async () => 1")
            file.writestr("data.bin", self.random.randbytes(self.scaled(12_000_000)))
        create = {
            "FunctionName": "large",
            "Runtime": "nodejs18.x",
            "Role": "arn:aws:iam::000000000000:role/x",
            "Handler": "index.handler",
            "Code": {"ZipFile": base64.b64encode(archive.getvalue()).decode()},
        }
        text = json.dumps(create).encode()
        self.measure(
            "Lambda's zip of 12 MB",
            lambda c: c.exchange(
                c.message("POST", "/2015-03-31/functions", text, {"Content-Type": "application/json"}, "lambda")
            ),
        )

    def dynamodb(self):
        if not self.wanted("Table", "Backup", "Scan", "index", "TTL"):
            return
        items = self.scaled(100_000)
        c = self.connection
        c.call("dynamodb", "CreateTable", self.table("large"))
        self.fill("large", items, lambda number: {"group": {"S": "g%d" % (number % 100)}, "due": {"N": "1"}})
        c.call(
            "dynamodb",
            "UpdateContinuousBackups",
            {"TableName": "large", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}},
        )
        scan = {
            "TableName": "large",
            "FilterExpression": "contains(body, :n)",
            "ExpressionAttributeValues": {":n": {"S": "y"}},
        }

        def scan_all(c):
            start = {}
            while True:
                page = c.call("dynamodb", "Scan", {**scan, **start})
                if "LastEvaluatedKey" not in page:
                    return
                start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

        self.measure("Scan with a filter", scan_all)
        backup = self.measure(
            "CreateBackup", lambda c: c.call("dynamodb", "CreateBackup", {"TableName": "large", "BackupName": "one"})
        )["BackupDetails"]["BackupArn"]
        self.measure(
            "RestoreTableFromBackup",
            lambda c: c.call("dynamodb", "RestoreTableFromBackup", {"TargetTableName": "again", "BackupArn": backup}),
        )
        self.measure(
            "RestoreTableToPointInTime",
            lambda c: c.call(
                "dynamodb",
                "RestoreTableToPointInTime",
                {"SourceTableName": "large", "TargetTableName": "later", "UseLatestRestorableTime": True},
            ),
        )
        self.measure("DeleteBackup", lambda c: c.call("dynamodb", "DeleteBackup", {"BackupArn": backup}))
        self.measure(
            "index added to a full table",
            lambda c: c.call(
                "dynamodb",
                "UpdateTable",
                {
                    "TableName": "large",
                    "AttributeDefinitions": [
                        {"AttributeName": "pk", "AttributeType": "S"},
                        {"AttributeName": "group", "AttributeType": "S"},
                    ],
                    "GlobalSecondaryIndexUpdates": [
                        {
                            "Create": {
                                "IndexName": "by-group",
                                "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
                                "Projection": {"ProjectionType": "ALL"},
                            }
                        }
                    ],
                },
            ),
        )
        c.exchange(c.message("PUT", "/exports", service="s3"))
        export = {
            "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/large",
            "S3Bucket": "exports",
            "S3Prefix": "x",
        }
        self.measure("ExportTableToPointInTime", lambda c: c.call("dynamodb", "ExportTableToPointInTime", export))
        creation = self.table("imported")
        self.measure(
            "ImportTable",
            lambda c: c.call(
                "dynamodb",
                "ImportTable",
                {
                    "S3BucketSource": {"S3Bucket": "exports", "S3KeyPrefix": "x"},
                    "InputFormat": "DYNAMODB_JSON",
                    "InputCompressionType": "GZIP",
                    "TableCreationParameters": creation,
                },
            ),
        )
        large = b"".join(
            json.dumps({"Item": {"pk": {"S": "p%d" % n}, "v": {"S": "z" * 900}}}).encode() + b"\n"
            for n in range(self.scaled(15_000))
        )
        c.exchange(c.message("PUT", "/exports/one/all.json", large, service="s3"))
        c.exchange(c.message("PUT", "/exports/two/all.json.gz", gzip.compress(large, 1), service="s3"))
        for folder, compression in (("one", "NONE"), ("two", "GZIP")):
            self.measure(
                "ImportTable of one file, " + compression,
                lambda c, folder=folder, compression=compression: c.call(
                    "dynamodb",
                    "ImportTable",
                    {
                        "S3BucketSource": {"S3Bucket": "exports", "S3KeyPrefix": folder},
                        "InputFormat": "DYNAMODB_JSON",
                        "InputCompressionType": compression,
                        "TableCreationParameters": self.table("imported-" + folder),
                    },
                ),
            )
        self.measure("DeleteTable", lambda c: c.call("dynamodb", "DeleteTable", {"TableName": "large"}))
        c.call("dynamodb", "CreateTable", self.table("expiring"))
        c.call(
            "dynamodb",
            "UpdateTimeToLive",
            {"TableName": "expiring", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "due"}},
        )
        soon = str(int(time.time()) + 3600)
        self.fill("expiring", items // 2, lambda number: {"due": {"N": soon}})
        self.measure("TTL of half the table", lambda c: c.control("clock", {"advance": "2h"}))
        self.fill("expiring", items // 2, lambda number: {"due": {"N": str(int(time.time()) + 864000)}})
        self.measure("DeleteTable with TTL", lambda c: c.call("dynamodb", "DeleteTable", {"TableName": "expiring"}))

    def queues(self):
        if not self.wanted("Queue"):
            return
        c = self.connection
        for name, attributes in (("plain", {}), ("ordered.fifo", {"FifoQueue": "true"})):
            url = c.call("sqs", "CreateQueue", {"QueueName": name, "Attributes": attributes})["QueueUrl"]
            for verb in ("PurgeQueue", "DeleteQueue"):
                for start in range(0, self.scaled(100_000), 10):
                    entries = [
                        {
                            "Id": str(n),
                            "MessageBody": "m" * 200,
                            **(
                                {
                                    "MessageGroupId": "g%d" % (n % 7),
                                    "MessageDeduplicationId": "%s-%d-%d" % (verb, start, n),
                                }
                                if attributes
                                else {}
                            ),
                        }
                        for n in range(10)
                    ]
                    c.call("sqs", "SendMessageBatch", {"QueueUrl": url, "Entries": entries})
                self.measure(
                    "%s, %s" % (verb, name), lambda c, verb=verb, url=url: c.call("sqs", verb, {"QueueUrl": url})
                )

    def logs(self):
        if not self.wanted("Log"):
            return
        c = self.connection
        c.call("logs", "CreateLogGroup", {"logGroupName": "group"})
        now = int(time.time() * 1000) - 60_000
        total, streams = self.scaled(800_000), 4
        for stream in range(streams):
            c.call("logs", "CreateLogStream", {"logGroupName": "group", "logStreamName": "s%d" % stream})
            for start in range(0, total // streams, 8000):
                c.call(
                    "logs",
                    "PutLogEvents",
                    {
                        "logGroupName": "group",
                        "logStreamName": "s%d" % stream,
                        "logEvents": [
                            {"timestamp": now, "message": "GET /order/%d took 12 ms for a customer" % n}
                            for n in range(start, min(start + 8000, total // streams))
                        ],
                    },
                )

        def find(c, pattern):
            token, found = {}, 0
            while True:
                page = c.call("logs", "FilterLogEvents", {"logGroupName": "group", "filterPattern": pattern, **token})
                found += len(page["events"])
                if "nextToken" not in page:
                    return found
                token = {"nextToken": page["nextToken"]}

        found = self.measure("FilterLogEvents, nothing found", lambda c: find(c, "\"no such word\""))
        assert found == 0, found
        found = self.measure("FilterLogEvents, all found", lambda c: find(c, ""))
        assert found == total // streams * streams, found
        self.measure(
            "GetLogEvents",
            lambda c: c.call(
                "logs", "GetLogEvents", {"logGroupName": "group", "logStreamName": "s0", "startFromHead": True}
            ),
        )
        self.measure(
            "DeleteLogStream",
            lambda c: c.call("logs", "DeleteLogStream", {"logGroupName": "group", "logStreamName": "s0"}),
        )
        c.call("logs", "PutRetentionPolicy", {"logGroupName": "group", "retentionInDays": 1})
        self.measure("retention of a log group", lambda c: c.control("clock", {"advance": "49h"}))
        c.call("logs", "CreateLogGroup", {"logGroupName": "second"})
        c.call("logs", "CreateLogStream", {"logGroupName": "second", "logStreamName": "s"})
        now = int(c.control("clock")["epochMillis"])
        for start in range(0, total // streams, 8000):
            c.call(
                "logs",
                "PutLogEvents",
                {
                    "logGroupName": "second",
                    "logStreamName": "s",
                    "logEvents": [{"timestamp": now, "message": "line %d" % n} for n in range(8000)],
                },
            )
        self.measure("DeleteLogGroup", lambda c: c.call("logs", "DeleteLogGroup", {"logGroupName": "second"}))

    def executions(self):
        if not self.wanted("Execution", "Map", "record", "traces", "CloudTrail"):
            return
        c = self.connection
        role = "arn:aws:iam::000000000000:role/x"

        def machine(name, states, start):
            definition = json.dumps({"StartAt": start, "States": states})
            return c.call("states", "CreateStateMachine", {"name": name, "definition": definition, "roleArn": role})[
                "stateMachineArn"
            ]

        short = machine("short", {"A": {"Type": "Pass", "End": True}}, "A")
        for number in range(self.scaled(10_000)):
            c.call("states", "StartExecution", {"stateMachineArn": short, "input": "{}"})

        def list_all(c, **filters):
            token = {}
            while True:
                page = c.call("states", "ListExecutions", {"stateMachineArn": short, **filters, **token})
                if "nextToken" not in page:
                    return
                token = {"nextToken": page["nextToken"]}

        self.measure("ListExecutions", list_all)
        self.measure("ListExecutions, none running", lambda c: list_all(c, statusFilter="RUNNING"))
        self.measure("executions of the control API", lambda c: c.control("executions"))
        item = {"Type": "Pass", "End": True}
        mapped = machine(
            "mapped",
            {
                "M": {
                    "Type": "Map",
                    "ItemsPath": "$.items",
                    "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "I", "States": {"I": item}},
                    "End": True,
                }
            },
            "M",
        )
        count = self.scaled(4000)
        items = json.dumps({"items": list(range(count))})
        arn = self.measure(
            "an inline Map of 4,000",
            lambda c: c.call("states", "StartExecution", {"stateMachineArn": mapped, "input": items}),
        )["executionArn"]

        def history(c, **more):
            token = {}
            while True:
                page = c.call(
                    "states", "GetExecutionHistory", {"executionArn": arn, "maxResults": 1000, **more, **token}
                )
                if "nextToken" not in page:
                    return
                token = {"nextToken": page["nextToken"]}

        self.measure("GetExecutionHistory", history)
        waiting = machine(
            "waiting",
            {
                "M": {
                    "Type": "Map",
                    "ItemsPath": "$.items",
                    "MaxConcurrency": 0,
                    "ItemProcessor": {
                        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                        "StartAt": "W",
                        "States": {"W": {"Type": "Wait", "Seconds": 86400, "End": True}},
                    },
                    "End": True,
                }
            },
            "M",
        )
        arn = c.call(
            "states",
            "StartExecution",
            {"stateMachineArn": waiting, "input": json.dumps({"items": list(range(self.scaled(2000)))})},
        )["executionArn"]
        c.idle()
        self.measure(
            "StopExecution, distributed Map", lambda c: c.call("states", "StopExecution", {"executionArn": arn})
        )
        branch = machine(
            "branch",
            {
                "M": {
                    "Type": "Map",
                    "ItemsPath": "$.items",
                    "ItemProcessor": {
                        "ProcessorConfig": {"Mode": "INLINE"},
                        "StartAt": "W",
                        "States": {"W": {"Type": "Wait", "Seconds": 86400, "End": True}},
                    },
                    "End": True,
                }
            },
            "M",
        )
        arn = c.call(
            "states",
            "StartExecution",
            {"stateMachineArn": branch, "input": json.dumps({"items": list(range(self.scaled(2000)))})},
        )["executionArn"]
        c.idle()
        self.measure("StopExecution, inline Map", lambda c: c.call("states", "StopExecution", {"executionArn": arn}))
        for number in range(self.scaled(80_000)):
            c.call("dynamodb", "PutItem", {"TableName": "probe", "Item": {"pk": {"S": "r%d" % number}}})
        self.measure("record, a trace that is not there", lambda c: c.control("record?trace=none&limit=10"))
        self.measure("traces", lambda c: c.control("traces?limit=10"))
        trace = c.control("traces?limit=1")["traces"][0]["id"]
        self.measure("one trace", lambda c: c.control("traces/" + trace))
        self.measure(
            "CloudTrail, LookupEvents",
            lambda c: c.call(
                "cloudtrail",
                "LookupEvents",
                {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "None"}]},
            ),
        )
        now = time.time() + 90_000
        text = json.dumps({"StartTime": now - 7200, "EndTime": now + 864000}).encode()
        self.measure(
            "X-Ray, GetTraceSummaries",
            lambda c: c.exchange(
                c.message("POST", "/TraceSummaries", text, {"Content-Type": "application/json"}, "xray")
            ),
        )

    def clock(self):
        if not self.wanted("clock"):
            return
        c = self.connection
        url = c.call("sqs", "CreateQueue", {"QueueName": "delayed"})["QueueUrl"]
        machine = c.call(
            "states",
            "CreateStateMachine",
            {
                "name": "later",
                "roleArn": "arn:aws:iam::000000000000:role/x",
                "definition": json.dumps(
                    {"StartAt": "W", "States": {"W": {"Type": "Wait", "SecondsPath": "$.s", "End": True}}}
                ),
            },
        )["stateMachineArn"]
        for number in range(self.scaled(20_000)):
            c.call(
                "states",
                "StartExecution",
                {"stateMachineArn": machine, "input": json.dumps({"s": 5_000 + number % 50})},
            )
        self.measure("clock advance over 20,000 jobs", lambda c: c.control("clock", {"advance": "2h"}))
        del url

    def world(self):
        if not self.wanted("reset", "snapshot"):
            return
        c = self.connection
        c.call("dynamodb", "CreateTable", self.table("full"))
        self.fill("full", self.scaled(100_000))
        self.measure("snapshot save", lambda c: c.control("snapshots", {"name": "stalls"}))
        self.measure("snapshot load", lambda c: c.control("snapshots", {"name": "stalls", "load": True}))
        self.measure("reset of a full world", lambda c: c.control("reset", {}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--only", default="", help="parts of names")
    parser.add_argument("--goal", type=float, default=20)
    parser.add_argument("--data", default="")
    parser.add_argument("--json", default="")
    options = parser.parse_args()
    print("%-34s %9s %9s %8s %10s" % ("beside", "worst ms", "p50 ms", "asked", "took ms"))
    with Backlot(clock="real", data=options.data or None, more=KEEP) as backlot:
        first(backlot.process.pid)
        stalls = Stalls(backlot, options)
        for work in (
            stalls.nothing,
            stalls.bodies,
            stalls.objects,
            stalls.dynamodb,
            stalls.queues,
            stalls.logs,
            stalls.executions,
            stalls.clock,
            stalls.world,
        ):
            try:
                work()
            except Exception as error:  # noqa: BLE001 - one work that fails does not hide the others
                print("%s failed: %s: %s" % (work.__name__, type(error).__name__, str(error)[:300]), flush=True)
                stalls.connection = Connection(backlot.endpoint)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(stalls.rows, file, indent=1)


if __name__ == "__main__":
    main()
