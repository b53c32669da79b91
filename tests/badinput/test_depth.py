"""Whatever recurses over outside input is driven a million levels deep, in a server with a stack of 256 KB: an orderly
answer each time, and the same process afterwards. Data: what, whom it is sent to, and the text."""
import json
import os
import stat
import subprocess
import urllib.parse

import pytest

from backlot import Backlot, binary, request

N = 1_000_000
LONGEST = 3_000_000  # bytes: longer bodies are refused unread
STACK_KB = 1024 if "/debug/" in binary() else 256  # frames are some four times as large where nothing is optimised
SCOPE = "AWS4-HMAC-SHA256 Credential=test/20260105/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=" + "0" * 64
TARGETS = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "sqs": ("AmazonSQS", "1.0"),
    "states": ("AWSStepFunctions", "1.0"),
    "events": ("AWSEvents", "1.1"),
    "logs": ("Logs_20140328", "1.1"),
}
ROLE = "arn:aws:iam::000000000000:role/r"
HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"


def around(before, inner, after, levels=N):
    levels = min(levels, LONGEST // len((before + after).encode("unicode_escape")))
    return before * levels + inner + after * levels


def text(value):
    return json.dumps(value)


def machine(state, language="JSONPath"):
    """The definition of a machine of one Pass state, as text that need not be small."""
    return '{"QueryLanguage": "%s", "StartAt": "A", "States": {"A": {"Type": "Pass", %s, "End": true}}}' % (
        language,
        state,
    )


def path_field(path):
    return machine('"Parameters": {"a.$": %s}' % text(path))


def jsonata(expression):
    return machine('"Output": %s' % text("{% " + expression + " %}"), "JSONata")


def nested_machine(levels):
    inner = '{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}'
    return around(
        '{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [', inner, "]}}}", levels
    )


# DynamoDB's expressions end at 4 KB, and other members at sizes of their own: each is sent as long as it may be, and a
# million levels long.
def dynamodb_cases():
    for member, begin in (("FilterExpression", ""), ("KeyConditionExpression", ""), ("ProjectionExpression", "")):
        operation = "Query" if member == "KeyConditionExpression" else "Scan"
        for levels in (2000, N):
            for what, expression in (
                ("brackets", around("(", "a = :v", ")", levels)),
                ("open brackets", "(" * levels),
                ("NOT", "NOT " * (levels // 2) + "a = :v"),
                ("calls", around("size(", "a", ")", levels // 3)),
                ("a path", "a" + ".a" * levels),
                ("indexes", "a" + "[0]" * (levels // 2)),
                ("operands", "a = " + around("(", ":v", ")", levels)),
                ("pairs", around("(a = :v AND ", "a = :v", ")", levels // 8)),
            ):
                yield "%s: %d %s" % (member, levels, what), "dynamodb", operation, {
                    "TableName": "deep",
                    member: begin + expression,
                    "ExpressionAttributeValues": {":v": {"S": "x"}},
                }
    for levels in (1000, N):
        for what, expression in (
            ("brackets", "SET a = " + around("(", ":v", ")", levels)),
            ("calls", "SET a = " + around("list_append(a, ", ":v", ")", levels // 4)),
            ("open brackets", "SET a = " + "(" * levels),
            ("if_not_exists", "SET a = " + around("if_not_exists(a, ", ":v", ")", levels // 5)),
            ("a path", "SET a" + ".a" * levels + " = :v"),
            ("a path to remove", "REMOVE a" + "[1]" * levels),
        ):
            yield "UpdateExpression: %d %s" % (levels, what), "dynamodb", "UpdateItem", {
                "TableName": "deep",
                "Key": {"k": {"S": "a"}},
                "UpdateExpression": expression,
                "ExpressionAttributeValues": {":v": {"S": "x"}},
            }
        yield "ConditionExpression: %d brackets" % levels, "dynamodb", "PutItem", {
            "TableName": "deep",
            "Item": {"k": {"S": "a"}},
            "ConditionExpression": around("(", "attribute_exists(k)", ")", levels),
        }
    for levels in (60, 1000, N):  # a statement may have 8 KB
        for what, statement in (
            ("brackets", "SELECT * FROM deep WHERE " + around("(", "a = 1", ")", levels)),
            ("NOT", "SELECT * FROM deep WHERE " + "NOT " * levels + "a = 1"),
            ("calls", "SELECT * FROM deep WHERE " + around("size(", "a", ")", levels) + " = 1"),
            ("lists", "UPDATE deep SET a = " + around("[", "1", "]", levels) + " WHERE k = 'a'"),
            ("tuples", "INSERT INTO deep VALUE " + around("{'a': ", "1", "}", levels)),
            ("open tuples", "INSERT INTO deep VALUE " + "{'a': " * levels),
            ("sets", "UPDATE deep SET a = " + "<<" * levels),
            ("a path", "SELECT a" + ".a" * levels + " FROM deep"),
            ("sums", "UPDATE deep SET a = " + "1 + " * levels + "1 WHERE k = 'a'"),
            ("signs", "UPDATE deep SET a = " + "-" * levels + "1 WHERE k = 'a'"),
        ):
            yield "PartiQL: %d %s" % (levels, what), "dynamodb", "ExecuteStatement", {"Statement": statement}
    for levels in (40, 60, 120, N):
        yield "an item: %d maps" % levels, "dynamodb", "PutItem", '{"TableName": "deep", "Item": {"k": {"S": "a"}, "m": %s}}' % around(
            '{"M": {"m": ', '{"S": "x"}', "}}", levels
        )
        yield "an item: %d lists" % levels, "dynamodb", "PutItem", '{"TableName": "deep", "Item": {"k": {"S": "a"}, "m": %s}}' % around(
            '{"L": [', '{"S": "x"}', "]}", levels
        )
        yield "a value: %d lists" % levels, "dynamodb", "Scan", '{"TableName": "deep", "FilterExpression": "a = :v", "ExpressionAttributeValues": {":v": %s}}' % around(
            '{"L": [', '{"S": "x"}', "]}", levels
        )


def json_cases():
    for service, operation in (
        ("dynamodb", "ListTables"),
        ("sqs", "ListQueues"),
        ("states", "ListStateMachines"),
        ("events", "ListRules"),
        ("logs", "DescribeLogGroups"),
    ):
        yield "JSON: lists for " + service, service, operation, '{"a": ' + around("[", "", "]") + "}"
        yield "JSON: objects for " + service, service, operation, around('{"a":', "1", "}")
        yield "JSON: never closed for " + service, service, operation, "[" * N


def states_cases():
    def create(what, definition):
        return what, "states", "ValidateStateMachineDefinition", '{"definition": %s}' % text(definition)

    for levels in (100, 400, N):
        yield create("ASL: %d objects" % levels, around('{"a":', "1", "}", levels))
        yield create("ASL: %d Parallels" % levels, nested_machine(min(levels, 50_000)))
        yield create(
            "ASL: a template of %d levels" % levels, machine('"Parameters": ' + around('{"a":', "1", "}", levels))
        )
        yield create(
            "ASL: %d lists of Choice rules" % levels,
            '{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [%s]}}}'
            % around('{"Not": ', "{}", "}", levels),
        )
    for levels in (100, 1000, 200_000):
        yield create("JSONPath: a path of %d steps" % levels, path_field("$" + ".a" * levels))
        yield create("JSONPath: %d indexes" % levels, path_field("$" + "[0]" * levels))
        yield create("JSONPath: %d scans" % levels, path_field("$" + "..a" * levels))
        yield create("JSONPath: %d filters in filters" % levels, path_field(around("$[?(@.a == ", "1", ")]", levels)))
        yield create("JSONPath: %d functions" % levels, path_field(around("$.sum(", "$.a", ")", levels)))
        yield create(
            "a filter of %d brackets" % levels, path_field("$[?(" + around("(", "@.a == 1", ")", levels) + ")]")
        )
        yield create("a filter of %d negations" % levels, path_field("$[?(" + "!" * levels + "@.a)]"))
        yield create("ResultPath: %d steps" % levels, machine('"ResultPath": "$%s"' % (".a" * levels)))
        yield create("intrinsics: %d calls" % levels, path_field(around("States.Array(", "1", ")", levels)))
        yield create("intrinsics: %d calls never closed" % levels, path_field("States.Array(" * levels))
        for what, expression in (
            ("brackets", around("(", "1", ")", levels)),
            ("lists", around("[", "1", "]", levels)),
            ("objects", around("{'a':", "1", "}", levels)),
            ("open brackets", "(" * levels),
            ("negations", "-" * levels + "1"),
            ("functions", around("function($x){", "1", "}", levels)),
            ("calls", around("$f(", "1", ")", levels)),
            ("predicates", "a" + "[0]" * levels),
            ("steps", "a" + ".a" * levels),
            ("conditions", "1?" * levels + "1"),
            ("sums", "1" + "+1" * levels),
            ("bindings", "$x:=" * levels + "1"),
            ("parents", ".".join(["%"] * levels)),
            ("applications", "1" + "~>$f" * levels),
            ("a regex", "$match('a', /" + around("(", "a", ")", levels) + "/)"),
            ("comments", "/*" * levels),
            ("groups", "a" + "{'a':1}" * levels),
            ("sorts", "a" + "^(a)" * levels),
            ("transforms", "|" * levels),
            ("ranges", around("[1..", "1", "]", levels)),
            ("signatures", "function($x)<" + around("a<", "n", ">", levels) + ":n>{1}"),
        ):
            yield create("JSONata: %d %s" % (levels, what), jsonata(expression))


def other_cases():
    for levels in (100, 500, N):
        yield "filter pattern: %d brackets" % levels, "logs", "TestMetricFilter", {
            "filterPattern": "{" + around("(", "$.a = 1", ")", levels) + "}",
            "logEventMessages": ["{}"],
        }
        yield "filter pattern: a selector of %d steps" % levels, "logs", "TestMetricFilter", {
            "filterPattern": "{ $" + ".a" * levels + " = 1 }",
            "logEventMessages": ["{}"],
        }
        yield "filter pattern: %d alternatives" % levels, "logs", "TestMetricFilter", {
            "filterPattern": "{ $.a = 1" + " || $.a = 1" * levels + " }",
            "logEventMessages": ["{}"],
        }
        yield "filter pattern: %d groups of a regex" % levels, "logs", "TestMetricFilter", {
            "filterPattern": "%" + around("(", "a", ")", levels) + "%",
            "logEventMessages": ["a"],
        }
        yield "a log event that is %d objects" % levels, "logs", "TestMetricFilter", {
            "filterPattern": "{ $.a = 1 }",
            "logEventMessages": [around('{"a":', "1", "}", levels)],
        }
        for what, pattern in (
            ("objects", around('{"a":', "[1]", "}", levels)),
            ("never closed", '{"a":' * levels),
            ("$or", around('{"$or": [{"a": [1]}, ', '{"a": [1]}', "]}", levels)),
            ("lists", '{"a": ' + "[" * levels),
            ("names", '{"a%s": [1]}' % (".a" * levels)),
            ("anything-but", '{"a": [' + around('{"anything-but": ', '"x"', "}", levels) + "]}"),
            ("a wildcard", '{"a": [{"wildcard": "%s"}]}' % ("*a" * levels)),
        ):
            yield "event pattern: %d %s" % (levels, what), "events", "TestEventPattern", {
                "EventPattern": pattern,
                "Event": text(
                    {
                        "id": "1",
                        "account": "1",
                        "source": "s",
                        "time": "2026-01-05T09:00:00Z",
                        "region": "r",
                        "resources": [],
                        "detail-type": "d",
                        "detail": {"a": 1},
                    }
                ),
            }
        yield "an event of %d objects" % levels, "events", "PutEvents", {
            "Entries": [{"Source": "s", "DetailType": "d", "Detail": around('{"a":', "1", "}", levels)}]
        }


def query_cases():
    def topic(more):
        return "sns", "Action=CreateTopic&Version=2010-03-31&Name=deep&" + more

    yield "Query: a name of a million parts", *topic("a" + ".a" * N + "=1")
    yield "Query: a list's number", *topic("Tags.member.999999999.Key=a&Tags.member.999999999.Value=b")
    yield "Query: a list's number that is none", *topic(
        "Tags.member.99999999999999999999999.Key=a&Tags.member.1.Value=b"
    )
    yield "Query: a million dots", *topic("Tags" + "." * N + "=1")
    yield "Query: members in members", *topic("Tags" + ".member.1" * 300_000 + ".Key=1")
    yield "Query: a hundred thousand members", *topic(
        "&".join("Tags.member.%d.Key=%d&Tags.member.%d.Value=b" % (i, i, i) for i in range(100_000))
    )
    for levels in (100, 127, 128, 129, 200, N):
        for what, policy in (
            ("objects", around('{"a":', '["x"]', "}", levels)),
            ("$or", around('{"$or": [{"a": ["x"]}, ', '{"a": ["x"]}', "]}", levels)),
            ("never closed", '{"a":' * levels),
            ("lists", '{"a":' + "[" * levels),
        ):
            for scope in ("MessageBody", "MessageAttributes"):
                yield "filter policy of %s: %d %s" % (scope, levels, what), "sns", urllib.parse.urlencode(
                    {
                        "Action": "Subscribe",
                        "Version": "2010-03-31",
                        "TopicArn": "arn:aws:sns:us-east-1:000000000000:deep",
                        "Protocol": "sqs",
                        "Endpoint": "arn:aws:sqs:us-east-1:000000000000:deep",
                        "Attributes.entry.1.key": "FilterPolicy",
                        "Attributes.entry.1.value": policy,
                        "Attributes.entry.2.key": "FilterPolicyScope",
                        "Attributes.entry.2.value": scope,
                    }
                )
    for levels in (100, N):
        for what, template in (
            ("JSON", around('{"a":', "1", "}", levels)),
            ("flow lists", "Resources: " + around("[", "1", "]", levels)),
            ("flow maps", "Resources: " + around("{a: ", "1", "}", levels)),
            ("block lists", "Resources: " + "- " * levels + "1"),
            ("never closed", "Resources: " + "[" * levels),
            ("blocks", "".join(" " * i + "a:\n" for i in range(min(levels, 2_000)))),
            (
                "Joins",
                "Resources: {Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: %s}}}"
                % around("!Join ['', [", "a", "]]", levels),
            ),
            ("tags", "Resources: " + "!Sub " * levels + "a"),
            (
                "Ifs",
                text({"Conditions": {"C": 0}, "Resources": {}}).replace(
                    "0", around('{"Fn::Not": [', "true", "]}", levels)
                ),
            ),
            (
                "a Sub",
                "Resources: {Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '%s'}}}" % ("${" * levels),
            ),
            ("quotes", 'Resources: "' + "\\" * levels),
        ):
            yield "template: %d %s" % (levels, what), "cloudformation", urllib.parse.urlencode(
                {"Action": "CreateStack", "Version": "2010-05-15", "StackName": "deep", "TemplateBody": template}
            )
        for what, template in (
            ("blocks", around("{{#if a}}", "x", "{{/if}}", levels)),
            ("names", "{{a" + ".a" * levels + "}}"),
            ("never closed", around("{{#if a}}", "", "", levels)),
        ):
            yield "mail template: %d %s" % (levels, what), "ses", urllib.parse.urlencode(
                {
                    "Action": "CreateTemplate",
                    "Version": "2010-12-01",
                    "Template.TemplateName": "t",
                    "Template.TextPart": template,
                }
            )
            yield "mail template rendered: %d %s" % (levels, what), "ses", urllib.parse.urlencode(
                {
                    "Action": "TestRenderTemplate",
                    "Version": "2010-12-01",
                    "TemplateName": "t",
                    "TemplateData": '{"a": {"a": 1}}',
                }
            )
        yield "policy: %d objects" % levels, "iam", urllib.parse.urlencode(
            {
                "Action": "CreatePolicy",
                "Version": "2010-05-08",
                "PolicyName": "p",
                "PolicyDocument": around('{"a":', "1", "}", levels),
            }
        )


def rest_cases():
    yield "XML: a million elements", "s3", "POST", "/deep?delete", around("<a>", "", "</a>")
    yield "XML: never closed", "s3", "POST", "/deep?delete", "<a>" * N
    yield "XML: entities", "s3", "POST", "/deep?delete", "<a>" + "&amp;" * N + "</a>"
    yield "XML: a document type", "s3", "POST", "/deep?delete", '<!DOCTYPE a [<!ENTITY a "' + "b" * N + '">]><a>&a;</a>'
    for levels in (100, N):
        yield "a function's payload: %d lists" % levels, "lambda", "POST", "/2015-03-31/functions/none/invocations", around(
            "[", "", "]", levels
        )
        yield "OpenAPI: %d objects" % levels, "apigateway", "POST", "/restapis?mode=import", around(
            '{"a":', "1", "}", levels
        )
        yield "OpenAPI in YAML: %d lists" % levels, "apigateway", "POST", "/restapis?mode=import", "a: " + around(
            "[", "1", "]", levels
        )
        yield "OpenAPI: schemas %d deep" % levels, "apigateway", "POST", "/restapis?mode=import", '{"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {"A": %s}}}' % around(
            '{"type": "array", "items": ', "{}", "}", levels
        )
        yield "trace filter: %d brackets" % levels, "xray", "POST", "/TraceSummaries", text(
            {"StartTime": 1767603600, "EndTime": 1767603700, "FilterExpression": around("(", "error", ")", levels)}
        )
        yield "trace filter: %d negations" % levels, "xray", "POST", "/TraceSummaries", text(
            {"StartTime": 1767603600, "EndTime": 1767603700, "FilterExpression": "!" * levels + "error"}
        )
        yield "a trace segment: %d deep" % levels, "xray", "POST", "/TraceSegments", text(
            {"TraceSegmentDocuments": [around('{"subsegments":[', "{}", "]}", levels)]}
        )


def cbor_cases():
    yield "CBOR: lists", "\x81" * N
    yield "CBOR: lists without a length", "\x9f" * N
    yield "CBOR: maps", "\xa1\x61a" * (N // 2)
    yield "CBOR: tags", "\xc1" * N
    yield "CBOR: a list of 2^60", "\x9b\x10" + "\0" * 7


class Sender:
    def __init__(self, backlot):
        self.backlot = backlot

    def json(self, service, operation, body):
        prefix, version = TARGETS[service]
        body = body if isinstance(body, str) else text(body)
        return request(
            self.backlot.endpoint + "/",
            "POST",
            body,
            {
                "Content-Type": "application/x-amz-json-" + version,
                "X-Amz-Target": prefix + "." + operation,
                "X-Amz-Date": "20260105T090000Z",
                "Authorization": SCOPE % service,
            },
        )

    def query(self, service, body):
        return request(
            self.backlot.endpoint + "/",
            "POST",
            body,
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Amz-Date": "20260105T090000Z",
                "Authorization": SCOPE % service,
            },
        )

    def cbor(self, body):
        return request(
            self.backlot.endpoint + "/service/GraniteServiceVersion20100801/operation/ListMetrics",
            "POST",
            body.encode("latin-1"),
            {
                "Content-Type": "application/cbor",
                "Smithy-Protocol": "rpc-v2-cbor",
                "X-Amz-Date": "20260105T090000Z",
                "Authorization": SCOPE % "monitoring",
            },
        )

    def rest(self, service, method, path, body):
        return request(
            self.backlot.endpoint + path,
            method,
            body,
            {"Content-Type": "application/json", "X-Amz-Date": "20260105T090000Z", "Authorization": SCOPE % service},
        )


def orderly(backlot, what, send):
    """An answer that is no failure of ours, from a server that lives."""
    try:
        answer = send()
        assert answer.status < 500, ("%s: an orderly answer" % what, answer)
        return answer
    except OSError as error:
        assert False, ("%s: an answer" % what, error)
    if not backlot.running():
        assert False, ("%s: the server lives" % what, backlot.process.returncode)
        backlot.start()
        prepare(backlot)
    return None


def prepare(backlot):
    backlot.client("dynamodb").create_table(
        TableName="deep",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )
    backlot.client("dynamodb").put_item(TableName="deep", Item={"k": {"S": "a"}})
    backlot.client("s3").create_bucket(Bucket="deep")
    backlot.client("sqs").create_queue(QueueName="deep")
    backlot.client("sns").create_topic(Name="deep")


@pytest.fixture(scope="module")
def small(folder):
    """The binary with a small stack."""
    path = os.path.join(folder, "backlot")
    with open(path, "w") as file:
        file.write('#!/bin/sh\nulimit -s %d\nexec "%s" "$@"\n' % (STACK_KB, binary()))
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
    return path


@pytest.fixture(scope="module")
def backlot(small):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BACKLOT", small)
        with Backlot() as server:
            prepare(server)
            yield server


@pytest.fixture(scope="module")
def sender(backlot):
    return Sender(backlot)


def test_the_stack_is_small(backlot):
    with open("/proc/%d/limits" % backlot.process.pid) as limits:
        assert any(line.startswith("Max stack size") and str(STACK_KB * 1024) in line for line in limits)


@pytest.mark.parametrize(
    "what, service, operation, body",
    [pytest.param(*case, id=case[0]) for case in (*dynamodb_cases(), *json_cases(), *states_cases(), *other_cases())],
)
def test_json(backlot, sender, what, service, operation, body):
    orderly(backlot, what, lambda: sender.json(service, operation, body))


@pytest.mark.parametrize("what, service, body", [pytest.param(*case, id=case[0]) for case in query_cases()])
def test_query(backlot, sender, what, service, body):
    orderly(backlot, what, lambda: sender.query(service, body))


@pytest.mark.parametrize(
    "what, service, method, path, body", [pytest.param(*case, id=case[0]) for case in rest_cases()]
)
def test_rest(backlot, sender, what, service, method, path, body):
    orderly(backlot, what, lambda: sender.rest(service, method, path, body))


@pytest.mark.parametrize("what, body", [pytest.param(*case, id=case[0]) for case in cbor_cases()])
def test_cbor(backlot, sender, what, body):
    orderly(backlot, what, lambda: sender.cbor(body))


@pytest.mark.parametrize("what", ["idle", "clock", "snapshots", "deploy"])
def test_the_control_api(backlot, what):
    orderly(backlot, "the control API: " + what, lambda: backlot.control(what, around("[", "", "]")))


def test_in_several_steps(backlot, sender, subtests):
    """What no single request says, but one builds up."""
    with subtests.test("an item"):
        for round in range(40):
            orderly(
                backlot,
                "SET in SET %d" % round,
                lambda: sender.json(
                    "dynamodb",
                    "ExecuteStatement",
                    {
                        "Statement": "UPDATE deep SET m%s = %s WHERE k = 'a'"
                        % (".m" * (round * 30), around("{'m': ", "1", "}", 30))
                    },
                ),
            )
        found = orderly(
            backlot,
            "the item",
            lambda: sender.json("dynamodb", "GetItem", {"TableName": "deep", "Key": {"k": {"S": "a"}}}),
        )
        assert found and found.body.count(b'"M"') <= 32, ("it is not nested beyond 32 levels", found)
    loops = {
        "a payload in a payload": machine('"Parameters": {"a.$": "$"}').replace('"End": true', '"Next": "A"'),
        "an array in an array": machine('"Parameters": {"a.$": "States.Array($, $$.Execution.Input)"}').replace(
            '"End": true', '"Next": "A"'
        ),
        "JSONata": machine('"Output": "{% [[[[[[[[$states.input]]]]]]]] %}"', "JSONata").replace(
            '"End": true', '"Next": "A"'
        ),
        "JSONata by itself": jsonata("($f := function($n) { $n = 0 ? 1 : [$f($n - 1)] }; $f(1000000))"),
        "JSONata by itself, objects": jsonata("($f := function($n) { $n = 0 ? 1 : {'a': $f($n - 1)} }; $f(400))"),
        "JSONata folds": jsonata("$reduce([1..100000], function($a, $b) { [$a, 1] })"),
        "JSONata folds and prints": jsonata("$string($reduce([1..100000], function($a, $b) { {'a': $a} }))"),
        "JSONata folds and compares": jsonata(
            "($x := $reduce([1..100000], function($a, $b) { {'a': $a} }); $y := $reduce([1..100000], function($a, $b) { {'a': $a} }); $x = $y)"
        ),
        "JSONata folds and counts": jsonata("$count($reduce([1..100000], function($a, $b) { {'a': $a} }).**)"),
        "JSONata folds functions": jsonata(
            "($f := $reduce([1..100000], function($a, $b) { $a ~> $string }, $string); $f(1))"
        ),
    }
    for what, definition in loops.items():
        with subtests.test(what):
            name = what.replace(" ", "-").replace(",", "")
            made = sender.json(
                "states",
                "CreateStateMachine",
                {"name": name, "definition": definition, "roleArn": ROLE, "type": "EXPRESS"},
            )
            assert made.status == 200, ("%s: is a machine" % what, made)
            orderly(
                backlot,
                what,
                lambda: sender.json(
                    "states", "StartExecution", {"stateMachineArn": made.json["stateMachineArn"], "input": "{}"}
                ),
            )
            try:
                backlot.idle()
            except (RuntimeError, OSError) as error:
                assert False, ("%s: comes to rest" % what, error)
            if not backlot.running():  # and what comes after it finds another one
                backlot.start()
                prepare(backlot)
                raise AssertionError("%s: the server lives" % what)
    with subtests.test("a payload on its way"):
        target = nested = None
        for levels in (100, 120, 126, 128, 500, 1000):
            nested = around('{"a":', "1", "}", levels)
            definition = {
                "StartAt": "A",
                "States": {
                    "A": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::aws-sdk:lambda:invoke",
                        "Parameters": {"FunctionName": "none", "Payload.$": "$"},
                        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "B"}],
                        "End": True,
                    },
                    "B": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::events:putEvents",
                        "Parameters": {"Entries": [{"Source": "s", "DetailType": "d", "Detail.$": "$"}]},
                        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "C"}],
                        "Next": "C",
                    },
                    "C": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::lambda:invoke",
                        "Parameters": {"FunctionName": "none", "Payload.$": "$"},
                        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "D"}],
                        "End": True,
                    },
                    "D": {
                        "Type": "Map",
                        "ItemsPath": "$",
                        "ItemProcessor": {"StartAt": "E", "States": {"E": {"Type": "Pass", "End": True}}},
                        "End": True,
                    },
                },
            }
            made = sender.json(
                "states",
                "CreateStateMachine",
                {"name": "way%d" % levels, "definition": text(definition), "roleArn": ROLE},
            )
            target = made.json["stateMachineArn"]
            orderly(
                backlot,
                "an input of %d levels" % levels,
                lambda: sender.json("states", "StartExecution", {"stateMachineArn": target, "input": nested}),
            )
            try:
                backlot.idle()
            except (RuntimeError, OSError) as error:
                assert False, ("an input of %d levels: comes to rest" % levels, error)
            assert backlot.running(), "an input of %d levels: the server lives" % levels
        answer = sender.json("states", "ListExecutions", {"stateMachineArn": target})
        assert answer.status == 200 and b"RUNNING" not in answer.body, ("nothing runs on", answer)


def test_command_line(folder, small, subtests):
    """The same texts in files."""
    files = {
        "deep.asl.json": around('{"a":', "1", "}"),
        "parallels.asl.json": nested_machine(50_000),
        "deep.json": around("[", "", "]"),
        "deep.yaml": HEAD + "Resources: " + around("[", "1", "]"),
        "blocks.yaml": HEAD + "Resources:\n" + "".join(" " * (i + 1) + "a:\n" for i in range(2_000)),
        "deep.template.json": around('{"Resources":', "1", "}"),
        "machine.asl.json": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"a.$": "$"}, "Next": "A"}}}',
    }
    for name, content in files.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(content)
    for arguments in (
        ["asl", "validate", "deep.asl.json"],
        ["asl", "validate", "parallels.asl.json"],
        ["asl", "run", "machine.asl.json", "--input", "{}"],
        ["asl", "run", "machine.asl.json", "--input", "deep.json"],
        ["up", "deep.yaml", "--port", "0"],
        ["up", "blocks.yaml", "--port", "0"],
        ["up", "deep.template.json", "--port", "0"],
    ):
        with subtests.test(" ".join(arguments)):
            done = subprocess.run(
                [small] + arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60
            )
            assert 0 < done.returncode < 128, (
                "%s: ends in an orderly way" % " ".join(arguments),
                (done.returncode, done.stderr[-300:]),
            )


def test_nothing_failed_inside(backlot):
    assert backlot.running(), "the same process"
    inside = sorted({line for line in backlot.output().splitlines() if "failed inside" in line})
    assert not inside, inside[:5]
