"""Requests that are no requests: each gets AWS's error or a clear one, nothing is lost, the process lives."""
import json
import os
import random
import socket
import time
import xml.etree.ElementTree as xml

import pytest

from backlot import request

SCOPE = (
    "AWS4-HMAC-SHA256 Credential=test/20260105/us-east-1/%s/aws4_request, SignedHeaders=host;x-amz-date, Signature="
    + "0" * 64
)
JSON = {
    "dynamodb": ("DynamoDB_20120810", "1.0"),
    "sqs": ("AmazonSQS", "1.0"),
    "states": ("AWSStepFunctions", "1.0"),
    "events": ("AWSEvents", "1.1"),
    "logs": ("Logs_20140328", "1.1"),
    "xray": None,
}
LISTS = {
    "dynamodb": "ListTables",
    "sqs": "ListQueues",
    "states": "ListStateMachines",
    "events": "ListEventBuses",
    "logs": "DescribeLogGroups",
}


def exchange(backlot, data, timeout=10, close=False):
    """Sends bytes as they are; answers all that comes until the server closes or has answered once."""
    port = int(backlot.endpoint.rsplit(":", 1)[1])
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        try:
            connection.sendall(data)
            if close:
                connection.shutdown(socket.SHUT_WR)
            while True:
                piece = connection.recv(65536)
                if not piece:
                    break
                received += piece
                head, end, body = received.partition(b"\r\n\r\n")
                lengths = [
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                ]
                if end and not close and lengths and len(body) >= lengths[0]:
                    break
        except (ConnectionResetError, BrokenPipeError):
            pass
        except socket.timeout:
            return b"(silence) " + received
    return received


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def call(backlot, service, operation, body, headers=None):
    target, version = JSON[service]
    sent = {
        "Content-Type": "application/x-amz-json-" + version,
        "X-Amz-Target": target + "." + operation,
        "X-Amz-Date": "20260105T090000Z",
        "Authorization": SCOPE % service,
    }
    sent.update(headers or {})
    return request(
        backlot.endpoint + "/", "POST", body, {name: value for name, value in sent.items() if value is not None}
    )


def query(backlot, service, body, headers=None):
    sent = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Amz-Date": "20260105T090000Z",
        "Authorization": SCOPE % service,
    }
    sent.update(headers or {})
    return request(backlot.endpoint + "/", "POST", body, sent)


def refused(what, answer, code, words="", expected=400):
    """A JSON protocol's error: __type and a message, and the id that every answer has."""
    try:
        body = answer.json
    except ValueError:
        body = {}
    kind = body.get("__type", "").rsplit("#", 1)[-1]
    message = body.get("message", body.get("Message", ""))
    assert answer.status == expected and kind == code and words in message and "x-amzn-requestid" in answer.headers, (
        "%s: %s" % (what, code),
        answer,
    )


def refused_xml(what, answer, code, words="", expected=400):
    try:
        root = xml.fromstring(answer.body)
        seen = {element.tag.rsplit("}", 1)[-1]: element.text or "" for element in root.iter()}
    except xml.ParseError:
        seen = {}
    assert (
        answer.status == expected
        and seen.get("Code") == code
        and words in seen.get("Message", "")
        and seen.get("RequestId")
    ), ("%s: %s" % (what, code), answer)


def test_http(backlot, subtests):
    with subtests.test("malformed HTTP"):
        host = b"Host: " + backlot.endpoint[7:].encode() + b"\r\n"
        good = b"POST / HTTP/1.1\r\n" + host
        cases = {
            "nonsense": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(64) + b"\r\n\r\n",
            "no version": b"GET /\r\n" + host + b"\r\n",
            "version 9.9": b"GET / HTTP/9.9\r\n" + host + b"\r\n",
            "a blank before the method": b" GET / HTTP/1.1\r\n" + host + b"\r\n",
            "a header without a colon": b"GET / HTTP/1.1\r\n" + host + b"nonsense\r\n\r\n",
            "a blank before the colon": b"GET / HTTP/1.1\r\n" + host + b"X : 1\r\n\r\n",
            "a NUL in a header": b"GET / HTTP/1.1\r\n" + host + b"X: a\0b\r\n\r\n",
            "no Host": b"GET / HTTP/1.1\r\n\r\n",
            "two Hosts": b"GET / HTTP/1.1\r\n" + host + host + b"\r\n",
            "two lengths": good + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            "a negative length": good + b"Content-Length: -1\r\n\r\n",
            "a length that is no number": good + b"Content-Length: two\r\n\r\n{}",
            "length and chunks": good + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "an unknown coding": good + b"Transfer-Encoding: gzip\r\n\r\n{}",
            "a coding hidden by a tab": good + b"Transfer-Encoding:\tx chunked\r\n\r\n0\r\n\r\n",
            "a chunk size that overflows": good
            + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
            "a header in two lines": good + b"X-A: b\r\n c\r\n\r\n",
            "a chunk size that is none": good + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
        }
        for what, data in cases.items():
            answer = exchange(backlot, data)
            assert 400 <= status(answer) < 500 and answer.count(b"HTTP/1.1 ") == 1, (
                what + ": 4xx, once, and closed",
                answer[:200],
            )
        for what, data, expected in (
            ("a head of 100 KB", b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 100000 + b"\r\n\r\n", (431,)),
            ("a target of 300 KB", b"GET /" + b"a" * 300000 + b" HTTP/1.1\r\n" + host + b"\r\n", (414, 431)),
            (
                "20,000 headers",
                b"GET / HTTP/1.1\r\n" + host + b"".join(b"X-%d: 1\r\n" % i for i in range(20000)) + b"\r\n",
                (431,),
            ),
        ):
            answer = exchange(backlot, data)
            assert status(answer) in expected, ("%s: %s" % (what, expected), answer[:200])
        answer = exchange(backlot, good + b"Content-Length: 17825792\r\nExpect: 100-continue\r\n\r\n")
        assert status(answer) == 413, ("17 MiB are announced: 413 before they come", answer[:200])
        answer = exchange(backlot, good + b"Content-Length: 17825792\r\n\r\n" + b"x" * 17825792)
        assert status(answer) in (413, 0), ("17 MiB are sent: 413 or a closed connection", answer[:200])
        answer = exchange(
            backlot,
            good
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + b"100000\r\n"
            + b"x" * 0x100000
            + b"\r\n"
            + (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") * 16
            + b"0\r\n\r\n",
        )
        assert status(answer) in (413, 0), ("17 MiB in chunks: 413 or a closed connection", answer[:200])
        for what, data in (
            ("half a head", b"POST / HT"),
            ("half a body", good + b"Content-Length: 100\r\n\r\n{"),
            ("nothing", b""),
        ):
            answer = exchange(backlot, data, close=True)
            assert status(answer) in (0, 400), (what + ", then the end: at most a refusal", answer[:100])
        piped = (b"GET /_backlot/health HTTP/1.1\r\n" + host + b"\r\n") * 20
        answer = exchange(
            backlot, piped + b"GET /_backlot/health HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n", close=True
        )
        assert answer.count(b"HTTP/1.1 200 OK") == 21, "21 requests in one go: 21 answers"
        for method in ("TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "BREW"):
            answer = exchange(backlot, method.encode() + b" / HTTP/1.1\r\n" + host + b"Cookie: canary\r\n\r\n")
            assert 400 <= status(answer) < 500 and b"canary" not in answer, (
                method + " is refused and tells nothing",
                answer[:200],
            )

    with subtests.test("idle connections"):
        port = int(backlot.endpoint.rsplit(":", 1)[1])
        held = [socket.create_connection(("127.0.0.1", port)) for _ in range(500)]
        for one in held[::2]:
            one.sendall(b"POST / HT")
        assert call(backlot, "dynamodb", "ListTables", "{}").status == 200, "500 silent connections hold up nobody"
        for one in held:
            one.close()

    with subtests.test("random bytes"):
        dice = random.Random(2)
        model = (
            good
            + b"Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\nAuthorization: "
            + (SCOPE % "dynamodb").encode()
            + b"\r\nX-Amz-Date: 20260105T090000Z\r\nContent-Length: 2\r\n\r\n{}"
        )
        wrong = []
        for number in range(300):
            data = bytearray(model)
            for _ in range(dice.randint(1, 6)):
                place = dice.randrange(len(data))
                data[place : place + dice.randint(0, 3)] = bytes(dice.randrange(256) for _ in range(dice.randint(0, 3)))
            answer = exchange(backlot, bytes(data), close=True)
            if answer.startswith(b"(silence)") or status(answer) >= 500:
                wrong.append((number, answer[:100]))
        assert wrong == [], "300 damaged requests: no 5xx, no silence"


def test_json_bodies(backlot, subtests):
    with subtests.test("malformed JSON"):
        for service, operation in LISTS.items():
            for what, body in (
                ("no JSON", "hello"),
                ("half an object", "{"),
                ("a comma too many", '{"a":1,}'),
                ("single quotes", "{'a':1}"),
                ("a comment", "{}//"),
                ("two values", "{}{}"),
                ("a NUL", "{}\0"),
                ("no UTF-8", b'{"a":"\xff\xfe"}'),
                ("half a surrogate pair", b'{"a":"\xed\xa0\x80"}'),
                ("NaN", '{"a":NaN}'),
                ("200,000 arrays", '{"a":' + "[" * 200000 + "]" * 200000 + "}"),
                ("200,000 objects", '{"a":' * 200000 + "1" + "}" * 200000),
                ("200,000 open brackets", "[" * 200000),
            ):
                refused("%s: %s" % (service, what), call(backlot, service, operation, body), "SerializationException")
            for what, body in (("a list", "[]"), ("a text", '"x"'), ("a number", "5"), ("null", "null")):
                refused(
                    "%s: %s as a request" % (service, what),
                    call(backlot, service, operation, body),
                    "SerializationException",
                )

    with subtests.test("wrong types"):
        for body in ({"TableName": 5}, {"TableName": []}, {"TableName": {"S": "x"}}, {"TableName": True}):
            refused(
                "DescribeTable %s" % body,
                call(backlot, "dynamodb", "DescribeTable", json.dumps(body)),
                "SerializationException",
            )
        refused(
            "a text for a number", call(backlot, "dynamodb", "ListTables", '{"Limit":"ten"}'), "SerializationException"
        )
        refused(
            "out of range",
            call(backlot, "dynamodb", "ListTables", '{"Limit":101}'),
            "ValidationException",
            "Member must have value less than or equal to 100",
        )
        refused(
            "a member that is missing",
            call(backlot, "dynamodb", "DescribeTable", "{}"),
            "ValidationException",
            "ableName",
        )
        refused("a text for a list", call(backlot, "events", "PutEvents", '{"Entries":"x"}'), "SerializationException")
        refused(
            "an empty list", call(backlot, "events", "PutEvents", '{"Entries":[]}'), "ValidationException", "entries"
        )
        for value in ({"S": 5}, {"N": 5}, {"B": "no base64!"}, {"M": []}, {"L": {}}, {"SS": "x"}, {"BOOL": ["true"]}):
            answer = call(
                backlot, "dynamodb", "PutItem", json.dumps({"TableName": "kept", "Item": {"k": {"S": "x"}, "v": value}})
            )
            refused("an attribute value %s" % value, answer, "SerializationException")
        for value, words in (
            ({"N": "abc"}, "numeric"),
            ({"N": "1e200"}, ""),
            ({"N": "1" * 39}, ""),
            ({}, ""),
            ({"S": "a", "N": "1"}, ""),
            ({"SS": []}, ""),
            ({"SS": ["a", "a"]}, "duplicates"),
            ({"NULL": False}, ""),
            ({"X": "a"}, ""),
        ):
            answer = call(
                backlot, "dynamodb", "PutItem", json.dumps({"TableName": "kept", "Item": {"k": {"S": "x"}, "v": value}})
            )
            refused("an attribute value %s" % value, answer, "ValidationException", words)
        nested = {"S": "x"}
        for _ in range(33):
            nested = {"L": [nested]}
        answer = call(
            backlot, "dynamodb", "PutItem", json.dumps({"TableName": "kept", "Item": {"k": {"S": "x"}, "v": nested}})
        )
        refused(
            "33 lists in one another", answer, "ValidationException", "Nesting Levels have exceeded supported limits"
        )
        answer = call(
            backlot,
            "dynamodb",
            "PutItem",
            json.dumps({"TableName": "kept", "Item": {"k": {"S": "x"}, "v": {"S": "x" * 410000}}}),
        )
        refused("an item of 410 KB", answer, "ValidationException", "Item size has exceeded the maximum allowed size")

    with subtests.test("unknown operations"):
        for service in LISTS:
            for operation in ("Nonsense", "", "listtables", "../x", "ListTables.ListTables"):
                refused(
                    "%s.%s" % (service, operation), call(backlot, service, operation, "{}"), "UnknownOperationException"
                )
        refused(
            "an operation that is AWS's, but not here",
            call(backlot, "logs", "StartQuery", "{}"),
            "UnknownOperationException",
            "StartQuery",
        )
        refused("no target", call(backlot, "dynamodb", "", "{}", {"X-Amz-Target": None}), "UnknownOperationException")
        refused(
            "a service that is not here",
            call(
                backlot,
                "dynamodb",
                "",
                "{}",
                {"X-Amz-Target": "Kinesis_20131202.ListStreams", "Authorization": SCOPE % "kinesis"},
            ),
            "UnknownOperationException",
        )

    with subtests.test("who asks"):
        refused(
            "no signature",
            call(backlot, "dynamodb", "ListTables", "{}", {"Authorization": None}),
            "MissingAuthenticationTokenException",
        )
        refused(
            "half a signature",
            call(backlot, "dynamodb", "ListTables", "{}", {"Authorization": "AWS4-HMAC-SHA256 Credential=x"}),
            "IncompleteSignatureException",
        )
        refused(
            "another scheme",
            call(backlot, "dynamodb", "ListTables", "{}", {"Authorization": "Basic dGVzdDp0ZXN0"}),
            "MissingAuthenticationTokenException",
        )

    with subtests.test("expressions that are too much"):
        deep = "(" * 30000 + "a = :a" + ")" * 30000
        values = {":a": {"S": "x"}}
        for what, expression in (
            ("30,000 brackets", deep),
            ("5 KB", "a = :a OR " * 500 + "a = :a"),
            ("400 operators", " AND ".join(["a=:a"] * 401)),
            ("nonsense", "a = = :a"),
            ("a function that is none", "frobnicate(a)"),
            ("bytes", "a = :a \u0000"),
        ):
            answer = call(
                backlot,
                "dynamodb",
                "Scan",
                json.dumps({"TableName": "kept", "FilterExpression": expression, "ExpressionAttributeValues": values}),
            )
            refused("a filter: " + what, answer, "ValidationException")
        definition = json.dumps(
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x.$": "$" + ".a" * 100000}, "End": True}}}
        )
        answer = call(
            backlot,
            "states",
            "CreateStateMachine",
            json.dumps({"name": "long", "definition": definition, "roleArn": "arn:aws:iam::000000000000:role/x"}),
        )
        assert answer.status in (200, 400), ("a path of 200 KB is taken or refused, at once", answer)
        for what, text in (
            ("no JSON", "{"),
            ("no states", "{}"),
            ("200,000 arrays", "[" * 200000),
            ("a loop of nowhere", '{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}'),
        ):
            answer = call(
                backlot,
                "states",
                "CreateStateMachine",
                json.dumps({"name": "bad", "definition": text, "roleArn": "arn:aws:iam::000000000000:role/x"}),
            )
            refused("a definition: " + what, answer, "InvalidDefinition", "Invalid State Machine Definition")
        for what, pattern in (
            ("no JSON", "{"),
            ("a number", "5"),
            ("no list", '{"source":"x"}'),
            ("an unknown operator", '{"source":[{"frob":"x"}]}'),
            ("200,000 objects", '{"a":' * 200000),
            ("many stars", '{"a":[{"wildcard":"**"}]}'),
        ):
            answer = call(backlot, "events", "PutRule", json.dumps({"Name": "bad", "EventPattern": pattern}))
            assert (
                answer.status == 400
                and "InvalidEventPatternException" in answer.json["__type"]
                or "ValidationException" in answer.json["__type"]
            ), ("a pattern: %s: InvalidEventPatternException" % what, answer)


def test_queries(backlot, subtests):
    with subtests.test("malformed Query"):
        for service in ("sns", "iam", "sts", "ses", "cloudformation"):
            refused_xml("%s: no action" % service, query(backlot, service, "Version=2010-03-31"), "MissingAction")
            refused_xml(
                "%s: an unknown action" % service,
                query(backlot, service, "Action=Nonsense&Version=2010-03-31"),
                "InvalidAction",
            )
            refused_xml("%s: an empty body" % service, query(backlot, service, ""), "MissingAction")
            refused_xml(
                "%s: no signature" % service,
                request(
                    backlot.endpoint + "/",
                    "POST",
                    "Action=Nonsense&Version=2010-03-31",
                    {"Content-Type": "application/x-www-form-urlencoded"},
                ),
                "MissingAuthenticationToken",
                expected=403,
            )
        for what, body in (
            ("half an escape", "Action=CreateTopic&Name=%4"),
            ("no hexadecimal digits", "Action=CreateTopic&Name=%zz"),
            ("no UTF-8", "Action=CreateTopic&Name=%ff%fe"),
            ("a name that is none", "Action=CreateTopic&Name=a%20b"),
            ("a NUL", "Action=CreateTopic&Name=a%00b"),
            ("no name", "Action=CreateTopic"),
            (
                "a list from 2 on",
                "Action=CreateTopic&Name=ok&Tags.member.2.Key=a&Tags.member.2.Value=b&Tags.member.99999999999.Key=x",
            ),
            ("ten thousand dots", "Action=CreateTopic&Name=x&" + "a." * 10000 + "b=1"),
            ("the same twice", "Action=CreateTopic&Name=a b&Name=c d"),
        ):
            answer = query(backlot, "sns", body + "&Version=2010-03-31")
            assert answer.status in (200, 400) and answer.body.startswith(b"<"), (
                "sns: %s: an answer in XML" % what,
                answer,
            )
        answer = query(
            backlot,
            "sqs",
            "Action=SendMessage&QueueUrl=%s/000000000000/none&MessageBody=x&Version=2012-11-05" % backlot.endpoint,
        )
        assert answer.status == 400 and b"NonExistentQueue" in answer.body, (
            "sqs by Query: a queue that is not there",
            answer,
        )
        answer = query(
            backlot,
            "sns",
            "Action=Publish&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:none&Message=<script>alert(1)</script>",
        )
        assert b"<script>" not in answer.body, ("what was sent does not come back as markup", answer)

    with subtests.test("malformed REST"):

        def rest(method, path, body=None, service="lambda"):
            return request(
                backlot.endpoint + path,
                method,
                body,
                {
                    "Content-Type": "application/json",
                    "X-Amz-Date": "20260105T090000Z",
                    "Authorization": SCOPE % service,
                },
            )

        for what, answer in (
            ("no JSON", rest("POST", "/2015-03-31/functions", "{")),
            ("wrong types", rest("POST", "/2015-03-31/functions", '{"FunctionName":[],"Role":5}')),
            ("200,000 arrays", rest("POST", "/2015-03-31/functions", "[" * 200000)),
        ):
            assert answer.status == 400 and "x-amzn-errortype" in answer.headers, (
                "lambda: %s: 400 with x-amzn-errortype" % what,
                (answer, answer.headers),
            )
        for path in (
            "/2015-03-31/functions/%00/invocations",
            "/2015-03-31/functions/../../etc/passwd/invocations",
            "/2015-03-31/functions/%2e%2e%2f%2e%2e/invocations",
            "/2015-03-31/functions/" + "a" * 3000 + "/invocations",
            "/2015-03-31/functions/none/invocations",
            "/2015-03-31/nothing",
            "/%",
            "/%zz",
            "/restapis/none/x/_user_request_/",
        ):
            answer = rest("POST", path, "{}")
            assert 400 <= answer.status < 500 and b"root:" not in answer.body, ("%s: 4xx" % path[:60], answer)
        answer = rest("POST", "/2015-03-31/functions/none/invocations", "x" * (7 << 20))
        assert answer.status in (404, 413), ("a payload of 7 MB", answer)

    with subtests.test("the control API"):
        for path, body in (
            ("idle", '{"timeout":"soon"}'),
            ("idle", '{"timeout":-1}'),
            ("idle", "{"),
            ("clock", "{}"),
            ("clock", '{"advance":"yesterday"}'),
            ("clock", '{"set":"2001-01-01T00:00:00Z"}'),
            ("clock", '{"mode":"warp"}'),
            ("clock", '{"advance":1e300}'),
            ("snapshots", '{"name":"../x"}'),
            ("snapshots", '{"name":""}'),
            ("nothing", "{}"),
            ("deploy", '{"template":"/nowhere.yaml"}'),
            ("deploy", "{}"),
            ("idle", "[" * 200000),
        ):
            answer = backlot.control(path, body)
            assert 400 <= answer.status < 500 and answer.json.get("error"), (
                "%s %s: 4xx with a message" % (path, body[:40]),
                answer,
            )


def half_closed(port):
    """How many connections to the port the client has closed and the server not yet."""
    with open("/proc/net/tcp") as file:
        rows = [line.split() for line in file][1:]
    return sum(row[1].endswith(":%04X" % port) and row[3] == "08" for row in rows)


def test_clients_leave(backlot):
    sqs = backlot.client("sqs")
    url = sqs.create_queue(QueueName="left")["QueueUrl"]
    port = int(backlot.endpoint.rsplit(":", 1)[1])
    body = json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20, "MaxNumberOfMessages": 10}).encode()
    head = (
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\nX-Amz-Date: 20260105T090000Z\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n"
        % (port, SCOPE % "sqs", len(body))
    ).encode()
    waiting = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for one in waiting:
        one.sendall(head + body)
    assert call(backlot, "sqs", "ListQueues", "{}").status == 200, "others are served meanwhile"
    for one in waiting:
        one.close()
    patience = time.monotonic() + 10  # the server looks after them once a second
    while half_closed(port) and time.monotonic() < patience and call(backlot, "sqs", "ListQueues", "{}").status == 200:
        pass
    assert half_closed(port) == 0, "they are let go"
    sqs.send_message(QueueUrl=url, MessageBody="for who stayed")
    got = sqs.receive_message(QueueUrl=url).get("Messages", [])
    assert [message["Body"] for message in got] == ["for who stayed"], "a message goes to who stayed"


def resident(backlot):
    """MiB."""
    with open("/proc/%d/status" % backlot.process.pid) as file:
        return [int(line.split()[1]) // 1024 for line in file if line.startswith("VmRSS")][0]


@pytest.fixture(scope="module", autouse=True)
def before(backlot):
    """What there was to begin with: one item, a process, and the memory that it took."""
    dynamodb = backlot.client("dynamodb")
    dynamodb.create_table(
        TableName="kept",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )
    dynamodb.put_item(TableName="kept", Item={"k": {"S": "before"}})
    return backlot.process.pid, resident(backlot)


def test_the_server_is_as_before(backlot, before):
    pid, memory = before
    items = backlot.client("dynamodb").scan(TableName="kept")["Items"]
    assert [item["k"]["S"] for item in items] == ["before"], "nothing else was written"
    assert backlot.running() and backlot.process.pid == pid, "the same process"
    assert resident(backlot) - memory < 150, "memory stays bounded"
    assert backlot.output() == "", "nothing was an internal failure"
    assert backlot.stop() == 0, "a clean stop"
