"""The shop in short through the AWS CLI (Debian's): its own files, queries, paging and waiters.  aws --endpoint-url
…"""
import json
import os
import subprocess
import zipfile

import pytest

from backlot import CARD, STAND_INS, TEMPLATE, Backlot, Customer

AWS = "/usr/bin/aws"


class Cli:
    def __init__(self, backlot, folder):
        self.folder = folder
        self.endpoint = backlot.endpoint
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": folder,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_PAGER": "",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "LANG": "C.UTF-8",
        }

    def run(self, *arguments, binary=False):
        done = subprocess.run(
            [AWS, "--endpoint-url", self.endpoint, *arguments],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=60,
        )
        return done.returncode, done.stdout if binary else done.stdout.decode(), done.stderr.decode()

    def json(self, *arguments):
        status, out, error = self.run(*arguments)
        if status != 0:
            raise RuntimeError("aws %s: %s" % (" ".join(arguments[:2]), error.strip()))
        return json.loads(out) if out.strip() else {}

    def text(self, *arguments):
        status, out, error = self.run(*arguments, "--output", "text")
        if status != 0:
            raise RuntimeError("aws %s: %s" % (" ".join(arguments[:2]), error.strip()))
        return out.strip()

    def fails(self, *arguments):
        """Standard error, and the status."""
        status, _, error = self.run(*arguments)
        return status, error


pytestmark = pytest.mark.skipif(not os.access(AWS, os.X_OK), reason="the AWS CLI is not here (apt install awscli)")


@pytest.fixture(scope="module")
def backlot():
    with Backlot(template=TEMPLATE, stand_ins=STAND_INS, more=["--param", "BcryptCost=4"]) as server:
        yield server


@pytest.fixture(scope="module")
def aws(backlot, folder):
    return Cli(backlot, folder)


def test_tables(aws):
    made = aws.json(
        "dynamodb",
        "create-table",
        "--table-name",
        "Music",
        "--attribute-definitions",
        "AttributeName=Artist,AttributeType=S",
        "AttributeName=Song,AttributeType=S",
        "--key-schema",
        "AttributeName=Artist,KeyType=HASH",
        "AttributeName=Song,KeyType=RANGE",
        "--billing-mode",
        "PAY_PER_REQUEST",
    )
    assert made["TableDescription"]["TableName"] == "Music", "create-table"
    assert aws.run("dynamodb", "wait", "table-exists", "--table-name", "Music")[0] == 0, "wait table-exists"
    writes = [
        {
            "PutRequest": {
                "Item": {"Artist": {"S": "No One"}, "Song": {"S": "song %02d" % number}, "Plays": {"N": str(number)}}
            }
        }
        for number in range(25)
    ]
    with open(os.path.join(aws.folder, "writes.json"), "w") as file:
        json.dump({"Music": writes}, file)
    assert (
        aws.json("dynamodb", "batch-write-item", "--request-items", "file://writes.json")["UnprocessedItems"] == {}
    ), "batch-write-item from a file"
    item = aws.json(
        "dynamodb",
        "get-item",
        "--table-name",
        "Music",
        "--key",
        '{"Artist": {"S": "No One"}, "Song": {"S": "song 07"}}',
        "--consistent-read",
        "--return-consumed-capacity",
        "TOTAL",
    )
    assert (item["Item"]["Plays"], item["ConsumedCapacity"]["CapacityUnits"]) == ({"N": "7"}, 1.0), "get-item"
    assert (
        len(aws.json("dynamodb", "scan", "--table-name", "Music", "--page-size", "4")["Items"]) == 25
    ), "scan by pages of 4"
    first = aws.json("dynamodb", "scan", "--table-name", "Music", "--max-items", "10")
    second = aws.json(
        "dynamodb", "scan", "--table-name", "Music", "--max-items", "10", "--starting-token", first["NextToken"]
    )
    songs = [row["Song"]["S"] for row in first["Items"] + second["Items"]]
    assert (len(songs), len(set(songs))) == (20, 20), "max-items and starting-token"
    count = aws.text(
        "dynamodb",
        "query",
        "--table-name",
        "Music",
        "--key-condition-expression",
        "Artist = :a AND begins_with(Song, :s)",
        "--filter-expression",
        "Plays > :p",
        "--expression-attribute-values",
        '{":a": {"S": "No One"}, ":s": {"S": "song 1"}, ":p": {"N": "14"}}',
        "--query",
        "Count",
    )
    assert count == "5", "query"
    updated = aws.json(
        "dynamodb",
        "update-item",
        "--table-name",
        "Music",
        "--key",
        '{"Artist": {"S": "No One"}, "Song": {"S": "song 07"}}',
        "--update-expression",
        "ADD Plays :one SET Award = if_not_exists(Award, :none)",
        "--expression-attribute-values",
        '{":one": {"N": "1"}, ":none": {"S": "none"}}',
        "--return-values",
        "ALL_NEW",
    )
    assert (updated["Attributes"]["Plays"]["N"], updated["Attributes"]["Award"]["S"]) == ("8", "none"), "update-item"
    status, error = aws.fails(
        "dynamodb",
        "put-item",
        "--table-name",
        "Music",
        "--item",
        '{"Artist": {"S": "No One"}, "Song": {"S": "song 07"}}',
        "--condition-expression",
        "attribute_not_exists(Song)",
    )
    assert (
        status == 254
        and "(ConditionalCheckFailedException) when calling the PutItem operation" in error
        and "The conditional request failed" in error
    ), ("a condition that fails", (status, error))
    status, error = aws.fails("dynamodb", "describe-table", "--table-name", "Nothing")
    assert status == 254 and "Requested resource not found: Table: Nothing not found" in error, (
        "a table that is not there",
        (status, error),
    )
    rows = aws.json(
        "dynamodb",
        "execute-statement",
        "--statement",
        "SELECT Song FROM Music WHERE Artist = 'No One' AND Song = 'song 03'",
    )
    assert rows["Items"] == [{"Song": {"S": "song 03"}}], "execute-statement"
    aws.json("dynamodb", "delete-table", "--table-name", "Music")
    assert aws.run("dynamodb", "wait", "table-not-exists", "--table-name", "Music")[0] == 0, "wait table-not-exists"


def test_shop(aws, backlot, subtests):
    admin = Customer(backlot, "admin@example.com")
    product = admin.post(
        "/product", {"name": "Kettle", "price": "12.50", "description": "Boils.", "stock": 10, "category": "kitchen"}
    ).json["productId"]
    admin.add_to_cart(product, 2)
    placed = admin.check_out(CARD).json
    backlot.settle()

    with subtests.test("the order in every part"):
        assert (
            aws.text(
                "dynamodb",
                "get-item",
                "--table-name",
                "Orders",
                "--key",
                json.dumps({"orderId": {"S": placed["orderId"]}}),
                "--query",
                "Item.status.S",
            )
            == "CONFIRMED"
        ), "the order's row"
        execution = aws.json("stepfunctions", "describe-execution", "--execution-arn", placed["executionArn"])
        assert execution["status"] == "SUCCEEDED", "its execution"
        history = aws.json(
            "stepfunctions", "get-execution-history", "--execution-arn", placed["executionArn"], "--page-size", "5"
        )["events"]
        assert [event["id"] for event in history] == list(range(1, len(history) + 1)), "its history, by pages of 5"
        assert history[-1]["type"] == "ExecutionSucceeded" and len(history) > 20, ("with its end", history[-1])
        messages = aws.json(
            "sqs",
            "receive-message",
            "--queue-url",
            aws.text("sqs", "get-queue-url", "--queue-name", "inventory-update-queue"),
            "--attribute-names",
            "All",
            "--max-number-of-messages",
            "10",
        )["Messages"]
        assert [
            (json.loads(message["Body"])["eventType"], message["Attributes"]["ApproximateReceiveCount"])
            for message in messages
        ] == [("INVENTORY_DEDUCTED", "1")], "what the warehouse is told"
        found = aws.json(
            "logs",
            "filter-log-events",
            "--log-group-name",
            "/aws/lambda/inventoryAuditLambda",
            "--filter-pattern",
            '"Inventory audited"',
        )["events"]
        assert len(found) == 1 and placed["orderId"] in found[0]["message"], ("logs filter-log-events", found)
        status, out, error = aws.run(
            "logs", "tail", "/aws/lambda/process-payment", "--since", "2026-01-01T00:00:00Z", "--format", "short"
        )
        assert status == 0 and "REPORT RequestId" in out, ("logs tail", (status, out[-200:], error))
        names = aws.text(
            "cloudtrail",
            "lookup-events",
            "--lookup-attributes",
            "AttributeKey=EventName,AttributeValue=CreateStateMachine",
            "--query",
            "Events[].EventName",
        )
        assert names == "CreateStateMachine", "cloudtrail lookup-events"
        traces = aws.json(
            "xray", "get-trace-summaries", "--start-time", "2026-01-05T08:00:00", "--end-time", "2026-01-06T09:00:00"
        )["TraceSummaries"]
        assert traces, ("xray get-trace-summaries", traces)
        segments = aws.json("xray", "batch-get-traces", "--trace-ids", *[trace["Id"] for trace in traces[:5]])["Traces"]
        assert segments and all(trace["Segments"] for trace in segments), ("xray batch-get-traces", segments[:1])

    with subtests.test("what was deployed"):
        api = aws.text("apigateway", "get-rest-apis", "--query", "items[0].id")
        paths = aws.text(
            "apigateway", "get-resources", "--rest-api-id", api, "--query", "items[].path", "--page-size", "3"
        ).split()
        assert "/order/{orderId}/refund" in paths and "/checkout" in paths and len(paths) == len(set(paths)), (
            "apigateway get-resources by pages",
            paths,
        )
        assert (
            aws.text("apigateway", "get-stages", "--rest-api-id", api, "--query", "item[?stageName=='Prod'].stageName")
            == "Prod"
        ), "apigateway get-stages"
        functions = aws.json("lambda", "list-functions", "--page-size", "4")["Functions"]
        assert len(functions) > 30 and {"checkoutLambda", "register"} <= {
            function["FunctionName"] for function in functions
        }, ("lambda list-functions by pages", len(functions))
        some = aws.json("lambda", "list-functions", "--max-items", "3")
        assert len(some["Functions"]) == 3 and some["NextToken"], ("and some", some.get("NextToken"))
        rules = aws.text("events", "list-rules", "--event-bus-name", "shop-bus", "--query", "length(Rules)")
        assert int(rules) >= 4, ("events list-rules", rules)
        topics = aws.json("sns", "list-topics")["Topics"]
        assert any(topic["TopicArn"].endswith(":customer-topic") for topic in topics), ("sns list-topics", topics)
        roles = aws.text("iam", "list-roles", "--query", "Roles[].RoleName").split()
        assert len(roles) >= 2, ("iam list-roles", roles)
        assert aws.json("sts", "get-caller-identity")["Account"] == "000000000000", "sts get-caller-identity"
        stack = aws.json("cloudformation", "describe-stacks")["Stacks"][0]
        assert stack["StackStatus"] == "CREATE_COMPLETE", "cloudformation describe-stacks"
        resources = aws.text(
            "cloudformation",
            "list-stack-resources",
            "--stack-name",
            stack["StackName"],
            "--query",
            "length(StackResourceSummaries)",
        )
        assert all(int(number) > 0 for number in resources.split()), ("cloudformation list-stack-resources", resources)
        assert (
            aws.run(
                "ses",
                "send-email",
                "--from",
                "a@example.com",
                "--to",
                "b@example.com",
                "--subject",
                "by hand",
                "--text",
                "hello",
            )[0]
            == 0
        ), "ses send-email"
        assert any(
            mail["subject"] == "by hand" for mail in backlot.control("inbox").json["messages"]
        ), "is in the inbox"
        assert aws.run("sesv2", "get-account")[0] == 0, "sesv2 get-account"


def test_functions(aws, backlot):
    with zipfile.ZipFile(os.path.join(aws.folder, "code.zip"), "w") as package:
        package.writestr(
            "app.py",
            "def handler(event, context):\n    print('got', event)\n    return {'sum': event['a'] + event['b']}\n",
        )
    made = aws.json(
        "lambda",
        "create-function",
        "--function-name",
        "adder",
        "--runtime",
        "python3.11",
        "--handler",
        "app.handler",
        "--role",
        "arn:aws:iam::000000000000:role/x",
        "--zip-file",
        "fileb://code.zip",
    )
    assert made["FunctionName"] == "adder", "create-function"
    assert (
        aws.run("lambda", "wait", "function-active-v2", "--function-name", "adder")[0] == 0
    ), "wait function-active-v2"
    answer = aws.json(
        "lambda",
        "invoke",
        "--function-name",
        "adder",
        "--cli-binary-format",
        "raw-in-base64-out",
        "--payload",
        '{"a": 2, "b": 3}',
        "--log-type",
        "Tail",
        "out.json",
    )
    with open(os.path.join(aws.folder, "out.json")) as file:
        assert (answer["StatusCode"], json.load(file)) == (200, {"sum": 5}), "invoke"
    answer = aws.json(
        "lambda",
        "invoke",
        "--function-name",
        "adder",
        "--cli-binary-format",
        "raw-in-base64-out",
        "--payload",
        "{}",
        "out.json",
    )
    with open(os.path.join(aws.folder, "out.json")) as file:
        assert (answer["FunctionError"], json.load(file)["errorType"]) == ("Unhandled", "KeyError"), "a function error"
    assert (
        aws.json("lambda", "update-function-configuration", "--function-name", "adder", "--timeout", "9")["Timeout"]
        == 9
    ), "update-function-configuration"
    assert (
        aws.run("lambda", "wait", "function-updated-v2", "--function-name", "adder")[0] == 0
    ), "wait function-updated-v2"
    assert aws.run("lambda", "delete-function", "--function-name", "adder")[0] == 0, "delete-function"
    status, error = aws.fails("lambda", "get-function", "--function-name", "adder")
    assert (
        status == 254
        and "(ResourceNotFoundException)" in error
        and "Function not found: arn:aws:lambda:us-east-1:000000000000:function:adder" in error
    ), ("it is gone", error)


def test_messages(aws, backlot):
    url = aws.text(
        "sqs",
        "create-queue",
        "--queue-name",
        "mine",
        "--attributes",
        '{"VisibilityTimeout": "5"}',
        "--query",
        "QueueUrl",
    )
    arn = aws.text(
        "sqs",
        "get-queue-attributes",
        "--queue-url",
        url,
        "--attribute-names",
        "QueueArn",
        "--query",
        "Attributes.QueueArn",
    )
    topic = aws.text("sns", "create-topic", "--name", "mine", "--query", "TopicArn")
    aws.json(
        "sns",
        "subscribe",
        "--topic-arn",
        topic,
        "--protocol",
        "sqs",
        "--notification-endpoint",
        arn,
        "--attributes",
        '{"RawMessageDelivery": "true"}',
    )
    aws.json(
        "sns",
        "publish",
        "--topic-arn",
        topic,
        "--message",
        "by topic \u20ac",
        "--message-attributes",
        '{"kind": {"DataType": "String", "StringValue": "test"}}',
    )
    aws.json("events", "put-rule", "--name", "mine", "--event-pattern", '{"source": ["cli"]}')
    aws.json("events", "put-targets", "--rule", "mine", "--targets", "Id=1,Arn=%s,InputPath=$.detail" % arn)
    assert (
        aws.json(
            "events",
            "put-events",
            "--entries",
            json.dumps(
                [
                    {"Source": "cli", "DetailType": "t", "Detail": '{"by": "bus"}'},
                    {"Source": "other", "DetailType": "t", "Detail": "{}"},
                ]
            ),
        )["FailedEntryCount"]
        == 0
    ), "put-events"
    aws.json("sqs", "send-message", "--queue-url", url, "--message-body", "by hand")
    backlot.idle()
    got = aws.json(
        "sqs",
        "receive-message",
        "--queue-url",
        url,
        "--max-number-of-messages",
        "10",
        "--message-attribute-names",
        "All",
        "--wait-time-seconds",
        "1",
    )["Messages"]
    assert sorted(message["Body"] for message in got) == [
        "by hand",
        "by topic \u20ac",
        '{"by":"bus"}',
    ], "all three arrive"
    assert (
        aws.run("sqs", "delete-message", "--queue-url", url, "--receipt-handle", got[0]["ReceiptHandle"])[0] == 0
    ), "delete-message"
    status, error = aws.fails("sqs", "get-queue-url", "--queue-name", "nothing")
    assert status == 254 and "NonExistentQueue" in error, ("a queue that is not there", error)
    status, error = aws.fails("kinesis", "list-streams")
    assert status == 254 and "UnknownOperation" in error and "inesis" in error, (
        "a service that is not there says so",
        error,
    )
