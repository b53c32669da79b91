#!/usr/bin/python3
"""How the data file grows under load: hours of virtual time with operations of many kinds, then the file's size at each
hour, and who holds it at the end. What is kept is bounded (README, "What is kept"), so the curve becomes a plateau.

  tests/bench/growth.py [--hours 24] [--rounds 60] [--data DIR] [--json FILE]

A round is about 120 operations, of which a world keeps something; there are that many rounds in an hour."""
import argparse
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../clients"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from backlot import START, Backlot, remove, scratch  # noqa: E402
from stalls import TARGETS, Connection  # noqa: E402

TARGETS["events"] = ("AWSEvents.", "application/x-amz-json-1.1")
ROLE = "arn:aws:iam::000000000000:role/x"


class Load:
    def __init__(self, connection):
        self.connection = c = connection
        self.number = 0
        c.call(
            "dynamodb",
            "CreateTable",
            {
                "TableName": "Orders",
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            },
        )
        self.plain = c.call("sqs", "CreateQueue", {"QueueName": "plain"})["QueueUrl"]
        self.ordered = c.call("sqs", "CreateQueue", {"QueueName": "ordered.fifo", "Attributes": {"FifoQueue": "true"}})[
            "QueueUrl"
        ]
        # Nobody receives from this one: what is older than its retention goes all the same.
        self.dead = c.call(
            "sqs", "CreateQueue", {"QueueName": "dead", "Attributes": {"MessageRetentionPeriod": "3600"}}
        )["QueueUrl"]
        self.topic = (
            self.query(
                "sns",
                "CreateTopic",
                "2010-03-31",
                "Name=topic.fifo&Attributes.entry.1.key=FifoTopic&Attributes.entry.1.value=true",
            )
            .split("<TopicArn>")[1]
            .split("<")[0]
        )
        c.call("events", "PutRule", {"Name": "rule", "EventPattern": json.dumps({"source": ["growth"]})})
        c.call(
            "events",
            "PutTargets",
            {"Rule": "rule", "Targets": [{"Id": "1", "Arn": "arn:aws:sqs:us-east-1:000000000000:plain"}]},
        )
        c.call("logs", "CreateLogGroup", {"logGroupName": "group"})
        c.call("logs", "CreateLogStream", {"logGroupName": "group", "logStreamName": "stream"})
        states = {
            "A": {"Type": "Pass", "Next": "B"},
            "B": {"Type": "Pass", "Result": {"ok": True}, "ResultPath": "$.b", "Next": "C"},
            "C": {"Type": "Wait", "Seconds": 5, "End": True},
        }
        self.machine = c.call(
            "states",
            "CreateStateMachine",
            {
                "name": "three",
                "definition": json.dumps({"StartAt": "A", "States": states}),
                "roleArn": ROLE,
                "loggingConfiguration": {
                    "level": "ALL",
                    "includeExecutionData": True,
                    "destinations": [
                        {
                            "cloudWatchLogsLogGroup": {
                                "logGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:group:*"
                            }
                        }
                    ],
                },
            },
        )["stateMachineArn"]
        item = {"Type": "Pass", "End": True}
        states = {
            "M": {
                "Type": "Map",
                "ItemsPath": "$.items",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "I",
                    "States": {"I": item},
                },
                "End": True,
            }
        }
        self.mapped = c.call(
            "states",
            "CreateStateMachine",
            {"name": "mapped", "definition": json.dumps({"StartAt": "M", "States": states}), "roleArn": ROLE},
        )["stateMachineArn"]
        c.exchange(c.message("PUT", "/bucket", service="s3"))
        self.query("ses", "VerifyEmailIdentity", "2010-12-01", "EmailAddress=shop%40example.com")

    def query(self, service, action, version, more):
        body = "Action=%s&Version=%s&%s" % (action, version, more)
        status, answer = self.connection.exchange(
            self.connection.message(
                "POST", "/", body.encode(), {"Content-Type": "application/x-www-form-urlencoded"}, service
            )
        )
        if status != 200:
            raise RuntimeError("%s: %s" % (action, answer[:300]))
        return answer.decode()

    def round(self, now):
        c = self.connection
        for _ in range(20):
            self.number += 1
            c.call(
                "dynamodb",
                "UpdateItem",
                {
                    "TableName": "Orders",
                    "Key": {"pk": {"S": "order-%d" % (self.number % 300)}},
                    "UpdateExpression": "SET body = :b, n = :n",
                    "ExpressionAttributeValues": {":b": {"S": "x" * 900}, ":n": {"N": str(self.number)}},
                },
            )
        for _ in range(2):
            c.call(
                "dynamodb",
                "TransactWriteItems",
                {
                    "ClientRequestToken": "token-%d" % self.number,
                    "TransactItems": [
                        {"Put": {"TableName": "Orders", "Item": {"pk": {"S": "t"}, "n": {"N": str(self.number)}}}}
                    ],
                },
            )
            self.number += 1
        for _ in range(10):
            self.number += 1
            c.call("sqs", "SendMessage", {"QueueUrl": self.plain, "MessageBody": "m" * 300})
            c.call("sqs", "SendMessage", {"QueueUrl": self.dead, "MessageBody": "m" * 300})
            c.call(
                "sqs",
                "SendMessage",
                {
                    "QueueUrl": self.ordered,
                    "MessageBody": "m" * 300,
                    "MessageGroupId": "g",
                    "MessageDeduplicationId": str(self.number),
                },
            )
            self.query(
                "sns",
                "Publish",
                "2010-03-31",
                "TopicArn=%s&Message=m&MessageGroupId=g&MessageDeduplicationId=%d" % (self.topic, self.number),
            )
        c.call(
            "events",
            "PutEvents",
            {
                "Entries": [
                    {"Source": "growth", "DetailType": "Order", "Detail": json.dumps({"pad": "m" * 200})}
                    for _ in range(10)
                ]
            },
        )
        for url in (self.plain, self.ordered):
            while True:
                messages = c.call("sqs", "ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": 10}).get(
                    "Messages", []
                )
                if not messages:
                    break
                c.call(
                    "sqs",
                    "DeleteMessageBatch",
                    {
                        "QueueUrl": url,
                        "Entries": [
                            {"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(messages)
                        ],
                    },
                )
        for _ in range(5):
            c.call(
                "logs",
                "PutLogEvents",
                {
                    "logGroupName": "group",
                    "logStreamName": "stream",
                    "logEvents": [
                        {"timestamp": now, "message": "GET /order took 12 ms " + "l" * 80} for _ in range(10)
                    ],
                },
            )
            c.call(
                "states", "StartExecution", {"stateMachineArn": self.machine, "input": json.dumps({"pad": "i" * 300})}
            )
        c.call(
            "states", "StartExecution", {"stateMachineArn": self.mapped, "input": json.dumps({"items": list(range(5))})}
        )
        c.exchange(c.message("PUT", "/bucket/report", b"r" * 50_000, service="s3"))
        self.query(
            "ses",
            "SendEmail",
            "2010-12-01",
            "Source=shop%40example.com&Destination.ToAddresses.member.1=a%40example.com&Message.Subject.Data=Hello&Message.Body.Text.Data="
            + "b" * 500,
        )


def measure(hours, rounds, data, more=(), show=True):
    """Sizes of the data file in bytes, at each hour; and the status at the end."""
    sizes = []
    with Backlot(clock="virtual", data=data, more=more) as backlot:
        load = Load(Connection(backlot.endpoint))
        now = int(time.mktime(time.strptime(START, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone) * 1000
        for hour in range(hours):
            for _ in range(rounds):
                load.round(now)
                now = load.connection.control("clock", {"advance": "%dms" % (3_600_000 // rounds)})["epochMillis"]
            sizes.append(os.path.getsize(os.path.join(data, "data.mdb")))
            if show:
                print("hour %2d  %8.1f MB" % (hour + 1, sizes[-1] / 1e6), flush=True)
        status, answer = load.connection.exchange(
            load.connection.message("GET", "/_backlot/status", headers={"Content-Type": "application/json"})
        )
        return sizes, json.loads(answer) if status == 200 else {}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--data", default="")
    parser.add_argument("--json", default="")
    options = parser.parse_args()
    data = options.data or scratch("growth")
    sizes, status = measure(options.hours, options.rounds, data)
    for table in status.get("tables", []):
        for kind in table["kinds"]:
            print("%-16s %-16s %9d rows %10.1f KB" % (table["name"], kind["name"], kind["rows"], kind["bytes"] / 1000))
    if not options.data:
        remove(data)
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"sizes": sizes, "status": status}, file, indent=1)


if __name__ == "__main__":
    main()
