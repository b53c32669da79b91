#!/usr/bin/python3
"""What a request costs: CPU of Backlot and its functions, and the median time, at 1 and at 32 connections; a whole
checkout; start-up and idle memory.

  tests/bench/bench.py [--seconds 3] [--only NAME,…] [--json FILE]

Wants wrk (Debian has it), and a release build or $BACKLOT. Wall-clock figures mean something on a quiet machine only;
the CPU figures stay comparable when others use it. A figure that misses its goal is marked; the exit status is 0 all
the same."""
import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../clients"))
from backlot import CARD, Backlot, Customer, binary, free_port, remove, request, scratch  # noqa: E402

DISTINCT = 500  # requests a scenario takes turns with
GOALS = {  # (figure, at most)
    "PutItem": ("cpu", 40),
    "SendMessage": ("cpu", 40),
    "Invoke": ("p50", 0.5),
    "checkout": ("p50", 10),
    "start": ("p50", 15),
    "idle memory": ("mib", 15),
}


def signed(service):
    return (
        "AWS4-HMAC-SHA256 Credential=test/20260105/us-east-1/%s/aws4_request, SignedHeaders=host;x-amz-date, Signature=%s"
        % (service, "0" * 64)
    )


def post(host, path, service, content_type, body, target=None):
    """A whole request as it goes over the wire."""
    lines = [
        "POST %s HTTP/1.1" % path,
        "Host: " + host,
        "Content-Type: " + content_type,
        "X-Amz-Date: 20260105T090000Z",
        "Authorization: " + signed(service),
        "Content-Length: %d" % len(body.encode()),
    ]
    if target:
        lines.append("X-Amz-Target: " + target)
    return "\r\n".join(lines) + "\r\n\r\n" + body


def lua_text(text):
    return '"%s"' % "".join(
        character if 32 <= ord(character) < 127 and character not in '"\\' else "\\%03d" % ord(character)
        for character in text
    )


SCRIPT = """
local requests, at = {%s}, 0
function request() at = at %% #requests + 1; return requests[at] end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %%d %%d %%d %%d\\n", summary.requests, latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end
"""


def tree(pid):
    """A process and those below it."""
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        try:
            for task in os.listdir("/proc/%d/task" % one):
                with open("/proc/%d/task/%s/children" % (one, task)) as file:
                    todo += [int(child) for child in file.read().split()]
            found.append(one)
        except OSError:
            pass
    return found


def cpu(pid):
    """Seconds of CPU so far, those of ended children too."""
    total = 0
    for one in tree(pid):
        try:
            with open("/proc/%d/stat" % one) as file:
                total += sum(int(ticks) for ticks in file.read().rsplit(")", 1)[1].split()[11:15])
        except OSError:
            pass
    return total / os.sysconf("SC_CLK_TCK")


def resident(pid):
    with open("/proc/%d/status" % pid) as file:
        return [int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS")][0]


class Bench:
    def __init__(self, options):
        self.options, self.rows = options, []

    def wanted(self, name):
        return not self.options.only or name in self.options.only.split(",")

    def row(self, name, connections="", per_second="", cpu_us="", p50="", p99="", note=""):
        goal = GOALS.get(name)
        if goal:
            seen = {"cpu": cpu_us, "p50": p50, "mib": note}[goal[0]]
            if goal[0] != "p50" or connections in ("", 1):
                note = "%s%s (goal %g)" % (
                    note if goal[0] != "mib" else "%.1f MiB" % note,
                    "" if seen <= goal[1] else " MISSED",
                    goal[1],
                )
        self.rows.append(
            {
                "name": name,
                "connections": connections,
                "per_second": per_second,
                "cpu_us": cpu_us,
                "p50_ms": p50,
                "p99_ms": p99,
                "note": note,
            }
        )
        show = lambda value, form: form % value if value != "" else ""  # noqa: E731
        print(
            "%-16s %4s %10s %10s %9s %9s  %s"
            % (
                name,
                connections,
                show(per_second, "%.0f"),
                show(cpu_us, "%.1f"),
                show(p50, "%.3f"),
                show(p99, "%.3f"),
                note,
            ),
            flush=True,
        )

    def load(self, backlot, name, requests, settle=False):
        """wrk at 1 and at 32 connections. `settle`: what the requests cause later is a part of their cost."""
        if not self.wanted(name):
            return
        folder = scratch("bench")
        script = os.path.join(folder, "requests.lua")
        with open(script, "w") as file:
            file.write(SCRIPT % ",".join(lua_text(one) for one in requests))

        def wrk(connections, seconds):
            done = subprocess.run(
                [
                    "wrk",
                    "-t1",
                    "-c%d" % connections,
                    "-d%ds" % seconds,
                    "--timeout",
                    "20s",
                    "--latency",
                    "-s",
                    script,
                    backlot.endpoint,
                ],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            result = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("RESULT")]
            if not result:
                raise RuntimeError(done.stdout)
            return [int(figure) for figure in result[0]]

        for connections in (1, 32):
            wrk(connections, 1)
            backlot.idle("120s")
            before, began = cpu(backlot.process.pid), time.monotonic()
            count, p50, p99, bad = wrk(connections, self.options.seconds)
            taken = time.monotonic() - began
            backlot.idle("120s")
            drained = time.monotonic() - began - taken
            spent = cpu(backlot.process.pid) - before
            note = "%d failed" % bad if bad else "settled %.1f s later" % drained if settle else ""
            self.row(
                name,
                connections,
                count / self.options.seconds,
                spent * 1e6 / max(count, 1),
                p50 / 1000,
                p99 / 1000,
                note,
            )
        remove(folder)


def services(bench):
    with Backlot(clock="real") as backlot:
        host = backlot.endpoint[7:]
        dynamodb, sqs, sns, events, states = (
            backlot.client(name) for name in ("dynamodb", "sqs", "sns", "events", "stepfunctions")
        )
        pad = "x" * 900  # an item of about 1 KB
        dynamodb.create_table(
            TableName="items",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
        for group in range(50):
            dynamodb.batch_write_item(
                RequestItems={
                    "items": [
                        {
                            "PutRequest": {
                                "Item": {"pk": {"S": "g%d" % group}, "sk": {"S": "%d" % number}, "body": {"S": pad}}
                            }
                        }
                        for number in range(10)
                    ]
                }
            )

        def dynamo(operation, body):
            return post(
                host, "/", "dynamodb", "application/x-amz-json-1.0", json.dumps(body), "DynamoDB_20120810." + operation
            )

        bench.load(
            backlot,
            "PutItem",
            [
                dynamo(
                    "PutItem",
                    {
                        "TableName": "items",
                        "Item": {"pk": {"S": "w%d" % n}, "sk": {"S": "1"}, "qty": {"N": str(n)}, "body": {"S": pad}},
                    },
                )
                for n in range(DISTINCT)
            ],
        )
        bench.load(
            backlot,
            "GetItem",
            [
                dynamo(
                    "GetItem",
                    {"TableName": "items", "Key": {"pk": {"S": "g%d" % (n % 50)}, "sk": {"S": "%d" % (n % 10)}}},
                )
                for n in range(DISTINCT)
            ],
        )
        bench.load(
            backlot,
            "Query",
            [
                dynamo(
                    "Query",
                    {
                        "TableName": "items",
                        "KeyConditionExpression": "pk = :p",
                        "ExpressionAttributeValues": {":p": {"S": "g%d" % (n % 50)}},
                    },
                )
                for n in range(DISTINCT)
            ],
        )

        url = sqs.create_queue(QueueName="plain")["QueueUrl"]
        bench.load(
            backlot,
            "SendMessage",
            [
                post(
                    host,
                    "/",
                    "sqs",
                    "application/x-amz-json-1.0",
                    json.dumps({"QueueUrl": url, "MessageBody": "order %d " % n + "m" * 200}),
                    "AmazonSQS.SendMessage",
                )
                for n in range(DISTINCT)
            ],
        )

        def queue(name):
            address = sqs.create_queue(QueueName=name)["QueueUrl"]
            return sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

        topic = sns.create_topic(Name="topic")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue("from-topic"))
        body = "Action=Publish&Version=2010-03-31&TopicArn=%s&Message=order+%%d+%s" % (
            topic.replace(":", "%3A"),
            "m" * 200,
        )
        bench.load(
            backlot,
            "SNS to SQS",
            [
                post(host, "/", "sns", "application/x-www-form-urlencoded", body.replace("%d", str(n), 1))
                for n in range(DISTINCT)
            ],
            settle=True,
        )
        events.put_rule(
            Name="rule", EventPattern=json.dumps({"source": ["bench"], "detail": {"total": [{"numeric": [">", 0]}]}})
        )
        events.put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": queue("from-bus")}])
        bench.load(
            backlot,
            "PutEvents to SQS",
            [
                post(
                    host,
                    "/",
                    "events",
                    "application/x-amz-json-1.1",
                    json.dumps(
                        {
                            "Entries": [
                                {
                                    "Source": "bench",
                                    "DetailType": "OrderCreated",
                                    "Detail": json.dumps({"total": n + 1, "pad": "m" * 150}),
                                }
                            ]
                        }
                    ),
                    "AWSEvents.PutEvents",
                )
                for n in range(DISTINCT)
            ],
            settle=True,
        )
        definition = {
            "StartAt": "A",
            "States": {
                "A": {"Type": "Pass", "Next": "B"},
                "B": {"Type": "Pass", "Result": {"ok": True}, "ResultPath": "$.b", "Next": "C"},
                "C": {"Type": "Pass", "End": True},
            },
        }
        machine = states.create_state_machine(
            name="three", definition=json.dumps(definition), roleArn="arn:aws:iam::000000000000:role/x"
        )["stateMachineArn"]
        bench.load(
            backlot,
            "StartExecution",
            [
                post(
                    host,
                    "/",
                    "states",
                    "application/x-amz-json-1.0",
                    json.dumps({"stateMachineArn": machine, "input": json.dumps({"n": n})}),
                    "AWSStepFunctions.StartExecution",
                )
                for n in range(DISTINCT)
            ],
            settle=True,
        )


def shop(bench):
    if not (bench.wanted("Invoke") or bench.wanted("checkout") or bench.wanted("route")):
        return
    with Backlot.shop(clock="real", more=["--param", "BcryptCost=4"]) as backlot:
        host = backlot.endpoint[7:]
        admin = Customer(backlot, "admin@example.com")
        product = admin.post(
            "/product", {"name": "Kettle", "price": "10", "description": "Boils.", "stock": 1000000, "category": "all"}
        ).json["productId"]
        bench.load(
            backlot,
            "Invoke",
            [
                post(
                    host,
                    "/2015-03-31/functions/get-product/invocations",
                    "lambda",
                    "application/json",
                    json.dumps({"pathParameters": {}, "headers": {}}),
                )
                for _ in range(1)
            ],
        )
        path = backlot.api[len(backlot.endpoint) :] + "/product/" + product.replace("#", "%23")
        bench.load(
            backlot, "route", ["GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (path, host)]
        )  # API Gateway, a function, two GetItem

        if not bench.wanted("checkout"):
            return
        connection = http.client.HTTPConnection(host)
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + admin.token, "X-Backlot": "1"}
        prefix = backlot.api[len(backlot.endpoint) :]

        def send(route, body):
            connection.request("POST", route, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

        taken = []
        for number in range(60):
            send(prefix + "/cart", {"productId": product, "quantity": 1})
            send("/_backlot/idle", {"timeout": "30s"})
            if number == 10:
                before, taken = cpu(backlot.process.pid), []  # warm from here on
            began = time.monotonic()
            status, answer = send(prefix + "/checkout", CARD)
            if status != 202:
                raise RuntimeError(answer)
            send("/_backlot/idle", {"timeout": "30s"})
            taken.append((time.monotonic() - began) * 1000)
        spent = (cpu(backlot.process.pid) - before) * 1e6 / len(taken)
        confirmed = [order for order in admin.get("/order?limit=100").json if order["status"] == "CONFIRMED"]
        bench.row(
            "checkout",
            "",
            "",
            spent,
            statistics.median(taken),
            sorted(taken)[int(len(taken) * 0.99)],
            "%d of 60 confirmed, until all is quiet" % len(confirmed),
        )


def start(bench):
    if not bench.wanted("start"):
        return
    taken, memory = [], []
    for _ in range(15):
        port = free_port()
        began = time.monotonic()
        process = subprocess.Popen(
            [binary(), "up", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while True:
            try:
                if request("http://127.0.0.1:%d/_backlot/health" % port).status == 200:
                    break
            except OSError:
                pass
        taken.append((time.monotonic() - began) * 1000)
        memory.append(resident(process.pid))
        process.terminate()
        process.wait()
    bench.row("start", "", "", "", statistics.median(taken), max(taken), "to the first answer")
    bench.row("idle memory", note=statistics.median(memory))
    taken = []
    for _ in range(5):
        began = time.monotonic()
        with Backlot.shop(clock="real") as backlot:
            taken.append((time.monotonic() - began) * 1000)
            size = resident(backlot.process.pid)
    bench.row(
        "start, the shop", "", "", "", statistics.median(taken), max(taken), "deployed and ready; %.1f MiB" % size
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", default="")
    bench = Bench(parser.parse_args())
    if not shutil.which("wrk"):
        sys.exit("wrk is not here (apt install wrk)")
    print("%-16s %4s %10s %10s %9s %9s" % ("", "conn", "per s", "CPU us", "p50 ms", "p99 ms"))
    start(bench)
    services(bench)
    shop(bench)
    if bench.options.json:
        with open(bench.options.json, "w") as file:
            json.dump(bench.rows, file, indent=1)


main()
