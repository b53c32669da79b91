#!/usr/bin/python3
"""The shop in short through the AWS CLI (Debian's): its own files, queries, paging and waiters.  aws --endpoint-url …"""
import json
import os
import subprocess
import zipfile

from backlot import CARD, STAND_INS, TEMPLATE, Backlot, Customer, check, equal, finish, part, remove, scratch, skip

AWS = "/usr/bin/aws"


class Cli:
    def __init__(self, backlot, folder):
        self.folder = folder
        self.endpoint = backlot.endpoint
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
                            "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true", "LANG": "C.UTF-8"}

    def run(self, *arguments, binary=False):
        done = subprocess.run([AWS, "--endpoint-url", self.endpoint, *arguments], env=self.environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
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


def tables(aws):
    with part("dynamodb"):
        made = aws.json("dynamodb", "create-table", "--table-name", "Music", "--attribute-definitions", "AttributeName=Artist,AttributeType=S", "AttributeName=Song,AttributeType=S",
                        "--key-schema", "AttributeName=Artist,KeyType=HASH", "AttributeName=Song,KeyType=RANGE", "--billing-mode", "PAY_PER_REQUEST")
        equal("create-table", made["TableDescription"]["TableName"], "Music")
        equal("wait table-exists", aws.run("dynamodb", "wait", "table-exists", "--table-name", "Music")[0], 0)
        writes = [{"PutRequest": {"Item": {"Artist": {"S": "No One"}, "Song": {"S": "song %02d" % number}, "Plays": {"N": str(number)}}}} for number in range(25)]
        with open(os.path.join(aws.folder, "writes.json"), "w") as file:
            json.dump({"Music": writes}, file)
        equal("batch-write-item from a file", aws.json("dynamodb", "batch-write-item", "--request-items", "file://writes.json")["UnprocessedItems"], {})
        item = aws.json("dynamodb", "get-item", "--table-name", "Music", "--key", '{"Artist": {"S": "No One"}, "Song": {"S": "song 07"}}', "--consistent-read", "--return-consumed-capacity", "TOTAL")
        equal("get-item", (item["Item"]["Plays"], item["ConsumedCapacity"]["CapacityUnits"]), ({"N": "7"}, 1.0))
        equal("scan by pages of 4", len(aws.json("dynamodb", "scan", "--table-name", "Music", "--page-size", "4")["Items"]), 25)
        first = aws.json("dynamodb", "scan", "--table-name", "Music", "--max-items", "10")
        second = aws.json("dynamodb", "scan", "--table-name", "Music", "--max-items", "10", "--starting-token", first["NextToken"])
        songs = [row["Song"]["S"] for row in first["Items"] + second["Items"]]
        equal("max-items and starting-token", (len(songs), len(set(songs))), (20, 20))
        count = aws.text("dynamodb", "query", "--table-name", "Music", "--key-condition-expression", "Artist = :a AND begins_with(Song, :s)", "--filter-expression", "Plays > :p",
                         "--expression-attribute-values", '{":a": {"S": "No One"}, ":s": {"S": "song 1"}, ":p": {"N": "14"}}', "--query", "Count")
        equal("query", count, "5")
        updated = aws.json("dynamodb", "update-item", "--table-name", "Music", "--key", '{"Artist": {"S": "No One"}, "Song": {"S": "song 07"}}', "--update-expression", "ADD Plays :one SET Award = if_not_exists(Award, :none)",
                           "--expression-attribute-values", '{":one": {"N": "1"}, ":none": {"S": "none"}}', "--return-values", "ALL_NEW")
        equal("update-item", (updated["Attributes"]["Plays"]["N"], updated["Attributes"]["Award"]["S"]), ("8", "none"))
        status, error = aws.fails("dynamodb", "put-item", "--table-name", "Music", "--item", '{"Artist": {"S": "No One"}, "Song": {"S": "song 07"}}', "--condition-expression", "attribute_not_exists(Song)")
        check("a condition that fails", status == 254 and "(ConditionalCheckFailedException) when calling the PutItem operation" in error and "The conditional request failed" in error, (status, error))
        status, error = aws.fails("dynamodb", "describe-table", "--table-name", "Nothing")
        check("a table that is not there", status == 254 and "Requested resource not found: Table: Nothing not found" in error, (status, error))
        rows = aws.json("dynamodb", "execute-statement", "--statement", "SELECT Song FROM Music WHERE Artist = 'No One' AND Song = 'song 03'")
        equal("execute-statement", rows["Items"], [{"Song": {"S": "song 03"}}])
        aws.json("dynamodb", "delete-table", "--table-name", "Music")
        equal("wait table-not-exists", aws.run("dynamodb", "wait", "table-not-exists", "--table-name", "Music")[0], 0)


def shop(aws, backlot):
    admin = Customer(backlot, "admin@example.com")
    product = admin.post("/product", {"name": "Kettle", "price": "12.50", "description": "Boils.", "stock": 10, "category": "kitchen"}).json["productId"]
    admin.add_to_cart(product, 2)
    placed = admin.check_out(CARD).json
    backlot.settle()

    with part("the order in every part"):
        equal("the order's row", aws.text("dynamodb", "get-item", "--table-name", "Orders", "--key", json.dumps({"orderId": {"S": placed["orderId"]}}), "--query", "Item.status.S"), "CONFIRMED")
        execution = aws.json("stepfunctions", "describe-execution", "--execution-arn", placed["executionArn"])
        equal("its execution", execution["status"], "SUCCEEDED")
        history = aws.json("stepfunctions", "get-execution-history", "--execution-arn", placed["executionArn"], "--page-size", "5")["events"]
        equal("its history, by pages of 5", [event["id"] for event in history], list(range(1, len(history) + 1)))
        check("with its end", history[-1]["type"] == "ExecutionSucceeded" and len(history) > 20, history[-1])
        messages = aws.json("sqs", "receive-message", "--queue-url", aws.text("sqs", "get-queue-url", "--queue-name", "inventory-update-queue"), "--attribute-names", "All", "--max-number-of-messages", "10")["Messages"]
        equal("what the warehouse is told", [(json.loads(message["Body"])["eventType"], message["Attributes"]["ApproximateReceiveCount"]) for message in messages], [("INVENTORY_DEDUCTED", "1")])
        found = aws.json("logs", "filter-log-events", "--log-group-name", "/aws/lambda/inventoryAuditLambda", "--filter-pattern", '"Inventory audited"')["events"]
        check("logs filter-log-events", len(found) == 1 and placed["orderId"] in found[0]["message"], found)
        status, out, error = aws.run("logs", "tail", "/aws/lambda/process-payment", "--since", "2026-01-01T00:00:00Z", "--format", "short")
        check("logs tail", status == 0 and "REPORT RequestId" in out, (status, out[-200:], error))
        names = aws.text("cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=EventName,AttributeValue=CreateStateMachine", "--query", "Events[].EventName")
        equal("cloudtrail lookup-events", names, "CreateStateMachine")
        traces = aws.json("xray", "get-trace-summaries", "--start-time", "2026-01-05T08:00:00", "--end-time", "2026-01-06T09:00:00")["TraceSummaries"]
        check("xray get-trace-summaries", traces, traces)
        segments = aws.json("xray", "batch-get-traces", "--trace-ids", *[trace["Id"] for trace in traces[:5]])["Traces"]
        check("xray batch-get-traces", segments and all(trace["Segments"] for trace in segments), segments[:1])

    with part("what was deployed"):
        api = aws.text("apigateway", "get-rest-apis", "--query", "items[0].id")
        paths = aws.text("apigateway", "get-resources", "--rest-api-id", api, "--query", "items[].path", "--page-size", "3").split()
        check("apigateway get-resources by pages", "/order/{orderId}/refund" in paths and "/checkout" in paths and len(paths) == len(set(paths)), paths)
        equal("apigateway get-stages", aws.text("apigateway", "get-stages", "--rest-api-id", api, "--query", "item[?stageName=='Prod'].stageName"), "Prod")
        functions = aws.json("lambda", "list-functions", "--page-size", "4")["Functions"]
        check("lambda list-functions by pages", len(functions) > 30 and {"checkoutLambda", "register"} <= {function["FunctionName"] for function in functions}, len(functions))
        some = aws.json("lambda", "list-functions", "--max-items", "3")
        check("and some", len(some["Functions"]) == 3 and some["NextToken"], some.get("NextToken"))
        rules = aws.text("events", "list-rules", "--event-bus-name", "shop-bus", "--query", "length(Rules)")
        check("events list-rules", int(rules) >= 4, rules)
        topics = aws.json("sns", "list-topics")["Topics"]
        check("sns list-topics", any(topic["TopicArn"].endswith(":customer-topic") for topic in topics), topics)
        roles = aws.text("iam", "list-roles", "--query", "Roles[].RoleName").split()
        check("iam list-roles", len(roles) >= 2, roles)
        equal("sts get-caller-identity", aws.json("sts", "get-caller-identity")["Account"], "000000000000")
        stack = aws.json("cloudformation", "describe-stacks")["Stacks"][0]
        equal("cloudformation describe-stacks", stack["StackStatus"], "CREATE_COMPLETE")
        resources = aws.text("cloudformation", "list-stack-resources", "--stack-name", stack["StackName"], "--query", "length(StackResourceSummaries)")
        check("cloudformation list-stack-resources", all(int(number) > 0 for number in resources.split()), resources)
        equal("ses send-email", aws.run("ses", "send-email", "--from", "a@example.com", "--to", "b@example.com", "--subject", "by hand", "--text", "hello")[0], 0)
        check("is in the inbox", any(mail["subject"] == "by hand" for mail in backlot.control("inbox").json["messages"]))
        equal("sesv2 get-account", aws.run("sesv2", "get-account")[0], 0)


def functions(aws, backlot):
    with part("lambda"):
        with zipfile.ZipFile(os.path.join(aws.folder, "code.zip"), "w") as package:
            package.writestr("app.py", "def handler(event, context):\n    print('got', event)\n    return {'sum': event['a'] + event['b']}\n")
        made = aws.json("lambda", "create-function", "--function-name", "adder", "--runtime", "python3.11", "--handler", "app.handler", "--role", "arn:aws:iam::000000000000:role/x", "--zip-file", "fileb://code.zip")
        equal("create-function", made["FunctionName"], "adder")
        equal("wait function-active-v2", aws.run("lambda", "wait", "function-active-v2", "--function-name", "adder")[0], 0)
        answer = aws.json("lambda", "invoke", "--function-name", "adder", "--cli-binary-format", "raw-in-base64-out", "--payload", '{"a": 2, "b": 3}', "--log-type", "Tail", "out.json")
        with open(os.path.join(aws.folder, "out.json")) as file:
            equal("invoke", (answer["StatusCode"], json.load(file)), (200, {"sum": 5}))
        answer = aws.json("lambda", "invoke", "--function-name", "adder", "--cli-binary-format", "raw-in-base64-out", "--payload", "{}", "out.json")
        with open(os.path.join(aws.folder, "out.json")) as file:
            equal("a function error", (answer["FunctionError"], json.load(file)["errorType"]), ("Unhandled", "KeyError"))
        equal("update-function-configuration", aws.json("lambda", "update-function-configuration", "--function-name", "adder", "--timeout", "9")["Timeout"], 9)
        equal("wait function-updated-v2", aws.run("lambda", "wait", "function-updated-v2", "--function-name", "adder")[0], 0)
        equal("delete-function", aws.run("lambda", "delete-function", "--function-name", "adder")[0], 0)
        status, error = aws.fails("lambda", "get-function", "--function-name", "adder")
        check("it is gone", status == 254 and "(ResourceNotFoundException)" in error and "Function not found: arn:aws:lambda:us-east-1:000000000000:function:adder" in error, error)


def messages(aws, backlot):
    with part("sns, sqs, events"):
        url = aws.text("sqs", "create-queue", "--queue-name", "mine", "--attributes", '{"VisibilityTimeout": "5"}', "--query", "QueueUrl")
        arn = aws.text("sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", "QueueArn", "--query", "Attributes.QueueArn")
        topic = aws.text("sns", "create-topic", "--name", "mine", "--query", "TopicArn")
        aws.json("sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", arn, "--attributes", '{"RawMessageDelivery": "true"}')
        aws.json("sns", "publish", "--topic-arn", topic, "--message", "by topic \u20ac", "--message-attributes", '{"kind": {"DataType": "String", "StringValue": "test"}}')
        aws.json("events", "put-rule", "--name", "mine", "--event-pattern", '{"source": ["cli"]}')
        aws.json("events", "put-targets", "--rule", "mine", "--targets", "Id=1,Arn=%s,InputPath=$.detail" % arn)
        equal("put-events", aws.json("events", "put-events", "--entries", json.dumps([{"Source": "cli", "DetailType": "t", "Detail": '{"by": "bus"}'}, {"Source": "other", "DetailType": "t", "Detail": "{}"}]))["FailedEntryCount"], 0)
        aws.json("sqs", "send-message", "--queue-url", url, "--message-body", "by hand")
        backlot.idle()
        got = aws.json("sqs", "receive-message", "--queue-url", url, "--max-number-of-messages", "10", "--message-attribute-names", "All", "--wait-time-seconds", "1")["Messages"]
        equal("all three arrive", sorted(message["Body"] for message in got), ["by hand", "by topic \u20ac", '{"by":"bus"}'])
        equal("delete-message", aws.run("sqs", "delete-message", "--queue-url", url, "--receipt-handle", got[0]["ReceiptHandle"])[0], 0)
        status, error = aws.fails("sqs", "get-queue-url", "--queue-name", "nothing")
        check("a queue that is not there", status == 254 and "NonExistentQueue" in error, error)
        status, error = aws.fails("kinesis", "list-streams")
        check("a service that is not there says so", status == 254 and "UnknownOperation" in error and "inesis" in error, error)


def main():
    if not os.access(AWS, os.X_OK):
        skip("the AWS CLI is not here (apt install awscli)")
    folder = scratch("cli")
    try:
        with Backlot(template=TEMPLATE, stand_ins=STAND_INS, more=["--param", "BcryptCost=4"]) as backlot:
            aws = Cli(backlot, folder)
            tables(aws)
            shop(aws, backlot)
            functions(aws, backlot)
            messages(aws, backlot)
    finally:
        remove(folder)
    finish()


main()
