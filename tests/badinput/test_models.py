"""What no member can be, at each member and element of each operation of each model, in every protocol: null, other
kinds, empty containers, containers of nothing. Generated from the services' models. Never a 5xx, and never a 200 for
what AWS's own checks refuse.

A sample of SECONDS (40; 0: until everything was sent once), by SEED; ONLY names a service or an operation, SHOW=1 tells
what goes wrong at once."""
import glob
import json
import os
import random
import socket
import struct
import time
import urllib.parse
from xml.sax.saxutils import escape

from backlot import ROOT, setting

SCOPE = "AWS4-HMAC-SHA256 Credential=test/20260105/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=" + "0" * 64
ACCOUNT = "000000000000"
ROLE = "arn:aws:iam::%s:role/r" % ACCOUNT
OTHERS = {"sqs": ("json", "query"), "cloudwatch": ("cbor", "json", "query")}  # where there are several protocols
DEPTH = 6  # of the members that are changed
# Each may wait for something that never comes: they are asked of what is not there.
NEVER = {"GetActivityTask": {"activityArn": "arn:aws:states:us-east-1:000000000000:activity:nothing"}}
DEFINITION = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
TEMPLATE = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
KEY = {"k": {"S": "a"}}

# What members are called wherever they occur; the resources are made by seed().
SAMPLES = {
    "TableName": "seeded",
    "Key": KEY,
    "Item": KEY,
    "IndexName": "byStatus",
    "QueueName": "seeded",
    "MessageBody": "m",
    "Message": "m",
    "FunctionName": "seeded",
    "Role": ROLE,
    "RoleArn": ROLE,
    "roleArn": ROLE,
    "Runtime": "provided.al2023",
    "Handler": "x.y",
    "Bucket": "seeded",
    "TopicName": "seeded",
    "Name": "seeded",
    "name": "seeded",
    "definition": DEFINITION,
    "logGroupName": "seeded",
    "logStreamName": "seeded",
    "input": "{}",
    "Payload": "{}",
    "Rule": "seeded",
    "EventBusName": "default",
    "EventPattern": '{"source": ["s"]}',
    "Detail": "{}",
    "Source": "seeded@example.com",
    "Destination": {"ToAddresses": ["to@example.com"]},
    "EmailAddress": "seeded@example.com",
    "Identity": "seeded@example.com",
    "EmailIdentity": "seeded@example.com",
    "FromEmailAddress": "seeded@example.com",
    "StackName": "seeded",
    "TemplateBody": TEMPLATE,
    "Protocol": "sqs",
    "RoleName": "seeded",
    "PolicyName": "seeded",
    "UserName": "seeded",
    "GroupName": "seeded",
    "PolicyDocument": '{"Version": "2012-10-17", "Statement": []}',
    "AssumeRolePolicyDocument": '{"Version": "2012-10-17", "Statement": []}',
    "KeyConditionExpression": "k = :k",
    "FilterExpression": "a = :k",
    "ConditionExpression": "a = :k",
    "UpdateExpression": "SET a = :k",
    "ExpressionAttributeValues": {":k": {"S": "a"}},
    "Statement": "SELECT * FROM seeded",
    "httpMethod": "GET",
    "stageName": "seeded",
    "WaitTimeSeconds": 0,
    "VisibilityTimeout": 0,
    "ReceiptHandle": "AQEB",
    "InvocationType": "DryRun",
    "StatementId": "s",
    "Principal": "*",
    "Action": "lambda:InvokeFunction",
    "filterPattern": "",
    "filterName": "seeded",
    "ScheduleExpression": "rate(1 day)",
    "Limit": 5,
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    "RequestItems": {"seeded": [{"PutRequest": {"Item": KEY}}]},
    "StreamViewType": "NEW_IMAGE",
    "Template": {"TemplateName": "seeded", "SubjectPart": "s", "TextPart": "t"},
    "TemplateName": "seeded",
    "RawMessage": {"Data": "VG86IHRvQGV4YW1wbGUuY29tDQoNCmhp"},
    "TemplateData": "{}",
    "ConfigurationSetName": "seeded",
}
BY_OPERATION = {
    "BatchGetItem": {"RequestItems": {"seeded": {"Keys": [KEY]}}},
    "TransactGetItems": {"TransactItems": [{"Get": {"TableName": "seeded", "Key": KEY}}]},
    "PutEvents": {"Entries": [{"Source": "s", "DetailType": "d", "Detail": "{}"}]},
    "PutTargets": {"Targets": [{"Id": "1", "Arn": "arn:aws:sqs:us-east-1:%s:seeded" % ACCOUNT}]},
    "CreateFunction": {"Code": {"ZipFile": ""}, "FunctionName": "another"},
    "PutObject": {"Key": "k"},
    "GetObject": {"Key": "k"},
}


class Model:
    def __init__(self, path):
        with open(path) as file:
            self.whole = json.load(file)
        self.service = os.path.basename(path)[:-5]
        self.metadata, self.operations, self.shapes = (
            self.whole[part] for part in ("metadata", "operations", "shapes")
        )
        self.protocol = self.metadata["protocol"].replace("smithy-rpc-v2-", "")

    def input(self, operation):
        return self.operations[operation].get("input", {}).get("shape")

    def fields(self, shape):
        """(step, reference) of what lies below: members, the element of a list, the value of a map."""
        of = self.shapes[shape]
        if of["type"] == "structure":
            return list(of.get("members", {}).items())
        return [(0, of["member"])] if of["type"] == "list" else [("a", of["value"])] if of["type"] == "map" else []


class World:
    """One server, with something of each kind in it."""

    def __init__(self, backlot):
        self.backlot, self.known = backlot, {}
        self.host = backlot.endpoint.split("//")[1]
        self.port = int(self.host.rsplit(":", 1)[1])
        self.socket = None

    def seed(self):
        client, known = self.backlot.client, {}
        client("dynamodb").create_table(
            TableName="seeded",
            KeySchema=SAMPLES["KeySchema"],
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=SAMPLES["AttributeDefinitions"] + [{"AttributeName": "s", "AttributeType": "S"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "byStatus",
                    "KeySchema": [{"AttributeName": "s", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        client("dynamodb").put_item(TableName="seeded", Item={"k": {"S": "a"}, "s": {"S": "x"}})
        known["TableArn"] = known["ResourceArn"] = client("dynamodb").describe_table(TableName="seeded")["Table"][
            "TableArn"
        ]
        known["StreamArn"] = client("dynamodb").describe_table(TableName="seeded")["Table"]["LatestStreamArn"]
        known["QueueUrl"] = client("sqs").create_queue(QueueName="seeded")["QueueUrl"]
        known["TopicArn"] = known["sns ResourceArn"] = client("sns").create_topic(Name="seeded")["TopicArn"]
        known["Endpoint"] = "arn:aws:sqs:us-east-1:%s:seeded" % ACCOUNT
        known["SubscriptionArn"] = client("sns").subscribe(
            TopicArn=known["TopicArn"], Protocol="sqs", Endpoint=known["Endpoint"]
        )["SubscriptionArn"]
        states = client("stepfunctions")
        known["stateMachineArn"] = states.create_state_machine(name="seeded", definition=DEFINITION, roleArn=ROLE)[
            "stateMachineArn"
        ]
        known["states resourceArn"] = known["stateMachineArn"]
        known["executionArn"] = states.start_execution(stateMachineArn=known["stateMachineArn"])["executionArn"]
        known["activityArn"] = states.create_activity(name="seeded")["activityArn"]
        events = client("events")
        known["events ResourceARN"] = events.put_rule(Name="seeded", EventPattern=SAMPLES["EventPattern"])["RuleArn"]
        logs = client("logs")
        logs.create_log_group(logGroupName="seeded")
        logs.create_log_stream(logGroupName="seeded", logStreamName="seeded")
        client("s3").create_bucket(Bucket="seeded")
        client("s3").put_object(Bucket="seeded", Key="k", Body=b"x")
        client("ses").verify_email_identity(EmailAddress="seeded@example.com")
        client("ses").create_template(Template=SAMPLES["Template"])
        client("ses").create_configuration_set(ConfigurationSet={"Name": "seeded"})
        client("iam").create_role(RoleName="seeded", AssumeRolePolicyDocument=SAMPLES["AssumeRolePolicyDocument"])
        client("iam").create_user(UserName="seeded")
        client("cloudformation").create_stack(StackName="seeded", TemplateBody=TEMPLATE)
        gateway = client("apigateway")
        api = gateway.create_rest_api(name="seeded")["id"]
        root = gateway.get_resources(restApiId=api)["items"][0]["id"]
        gateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
        gateway.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
        known.update(
            restApiId=api,
            resourceId=root,
            parentId=root,
            deploymentId=gateway.create_deployment(restApiId=api, stageName="seeded")["id"],
        )
        import io
        import zipfile

        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("bootstrap", "#!/bin/sh\nexit 1\n")
        client("lambda").create_function(
            FunctionName="seeded",
            Runtime="provided.al2023",
            Handler="x.y",
            Role=ROLE,
            Code={"ZipFile": package.getvalue()},
        )
        known["FunctionArn"] = known["lambda Resource"] = "arn:aws:lambda:us-east-1:%s:function:seeded" % ACCOUNT
        known["EventSourceArn"] = known["Endpoint"]
        known["UUID"] = client("lambda").create_event_source_mapping(
            FunctionName="seeded", EventSourceArn=known["Endpoint"], Enabled=False
        )["UUID"]
        self.known = known
        self.backlot.idle()
        self.save(False)

    def save(self, load):
        answer = self.backlot.control("snapshots", {"name": "models", "load": load})
        if answer.status != 200:
            raise RuntimeError("snapshot: %s" % answer)

    def ask(self, method, path, headers, body):
        """(status, body, headers): one request over a kept connection."""
        head = "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n%s\r\n" % (
            method,
            path,
            self.host,
            len(body),
            "".join("%s: %s\r\n" % one for one in headers.items()),
        )
        data = head.encode("utf-8", "replace") + body
        for fresh in (False, True):
            if fresh or not self.socket:
                self.socket = socket.create_connection(("127.0.0.1", self.port), 10)
                self.socket.settimeout(30)
                self.file = self.socket.makefile("rb")
            try:
                self.socket.sendall(data)
                return self.read(method)
            except (OSError, ValueError):
                self.socket.close()
                self.socket = None
                if fresh:
                    raise
        return None

    def read(self, method):
        status = int(self.file.readline().split()[1])
        headers = {}
        for line in iter(self.file.readline, b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        if method == "HEAD" or status in (204, 304):
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.file.readline(), 16):
                body += self.file.read(size)
                self.file.readline()
            self.file.readline()
        else:
            body = self.file.read(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.socket.close()
            self.socket = None
        return status, body, headers


SECONDS, SEED, ONLY, SHOW = setting("SECONDS", 40.0), setting("SEED", 1), setting("ONLY", ""), setting("SHOW", False)


def sample(model, world, operation, name, shape, depth=0):
    """A value that AWS would take, as far as the model and the names tell."""
    given = BY_OPERATION.get(operation, {}).get(name) if depth == 0 else None
    given = given if given is not None else NEVER.get(operation, {}).get(name)
    for key in ("%s %s" % (model.service, name), name):
        if given is None:
            given = world.known.get(key, SAMPLES.get(key))
    of = model.shapes[shape]
    kind = of["type"]
    matches = {"structure": dict, "map": dict, "list": list, "string": str, "blob": str, "integer": int, "long": int}
    if given is not None and isinstance(given, matches.get(kind, object)):
        return given
    if kind == "structure":
        if depth > 4:
            return {}
        required = of.get("required", [])
        return {
            member: sample(model, world, operation, member, ref["shape"], depth + 1)
            for member, ref in of.get("members", {}).items()
            if member in required
        }
    if kind == "list":
        return (
            [sample(model, world, operation, name.rstrip("s"), of["member"]["shape"], depth + 1)] if depth < 5 else []
        )
    if kind == "map":
        return {"a": sample(model, world, operation, name, of["value"]["shape"], depth + 1)} if depth < 5 else {}
    if kind in ("string", "character"):
        return of["enum"][0] if of.get("enum") else "a" * max(1, int(of.get("min", 1)))
    if kind == "boolean":
        return False
    if kind == "timestamp":
        return 1767603600
    return "YQ==" if kind == "blob" else max(1, int(of.get("min", 1)))


def places(model, shape, path=(), seen=()):
    """Every (path, shape of it, the container's shape) down to DEPTH; a shape inside itself is entered once more."""
    if len(path) >= DEPTH or seen.count(shape) > 1:
        return
    for step, reference in model.fields(shape):
        yield path + (step,), reference, shape
        yield from places(model, reference["shape"], path + (step,), seen + (shape,))


def changed(model, world, operation, base, shape, path, value):
    """`base` with `value` at `path`; what lies on the way and is not there yet is made."""

    def put(current, at, depth):
        if depth == len(path):
            return value
        of, step = model.shapes[at], path[depth]
        below = dict(model.fields(at))[step]["shape"]
        if of["type"] == "list":
            first = (
                current[0]
                if isinstance(current, list) and current
                else sample(model, world, operation, "", below, depth + 1)
            )
            return [put(first, below, depth + 1)]
        kept = dict(current) if isinstance(current, dict) else {}
        if of["type"] == "structure" and not kept:
            kept = sample(model, world, operation, "", at, depth + 1)
            kept = dict(kept) if isinstance(kept, dict) else {}
        if of["type"] == "map" and kept and step not in kept:
            step = next(iter(kept))
        kept[step] = put(kept.get(step, sample(model, world, operation, str(step), below, depth + 1)), below, depth + 1)
        return kept

    return put(base, shape, 0)


KINDS = {"structure": dict, "map": dict, "list": list, "string": str, "character": str, "blob": str, "boolean": bool}
VALUES = (
    None,
    "",
    "x",
    "\u0000",
    "é" * 3,
    0,
    -1,
    1.5,
    10**15,
    True,
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": None},
    {"a": None},
    {"a": {}},
    {"S": None},
    [""],
    ["x", None],
    "9" * 400,
)


def refused(model, operation, path, reference, container, value):
    """Whether AWS's own checks refuse the value there, as far as is certain: another kind, or null where something must
    be. Only JSON has kinds and null; so have not what is in the path, the query or a header, or is the body as it
    stands."""
    of, holder, top = model.shapes[reference["shape"]], model.shapes[container], model.shapes[model.input(operation)]
    if (
        model.protocol not in ("json", "rest-json", "cbor")
        or top["members"][path[0]].get("location")
        or holder.get("sparse")
    ):
        return False
    if path == (top.get("payload"),):
        return False
    if value is None:
        return holder["type"] != "structure" or path[-1] in holder.get("required", [])
    kind = of["type"]
    if kind in KINDS:
        if isinstance(value, KINDS[kind]):
            return False
        return not (kind == "boolean" and isinstance(value, str))  # DynamoDB takes words for the truth
    return isinstance(value, (list, dict, bool)) or (isinstance(value, str) and kind in ("integer", "long"))


# --- protocols
# ---------------------------------------------------------------------------------------------------------


def flat(model, value, prefix, out, shape=None):
    """Query parameters of whatever a value is: also where its kind is not that of the model."""
    of = model.shapes.get(shape, {})
    if isinstance(value, dict) and of.get("type") == "map":
        for number, (key, one) in enumerate(value.items(), 1):
            start = "%s.%s%d." % (prefix, "" if of.get("flattened") else "entry.", number)
            out.append((start + of["key"].get("locationName", "key"), key))
            flat(model, one, start + of["value"].get("locationName", "value"), out, of["value"]["shape"])
    elif isinstance(value, dict):
        members = of.get("members", {})
        for key, one in value.items():
            reference = members.get(key, {})
            flat(
                model,
                one,
                (prefix + "." if prefix else "") + str(reference.get("queryName", reference.get("locationName", key))),
                out,
                reference.get("shape"),
            )
        if not value and prefix:
            out.append((prefix + ".", ""))
    elif isinstance(value, list):
        element = of.get("member", {})
        for number, one in enumerate(value, 1):
            name = (
                "%s.%d" % (prefix, number)
                if of.get("flattened") or model.service == "sqs"
                else "%s.%s.%d" % (prefix, element.get("locationName", "member"), number)
            )
            flat(model, one, name, out, element.get("shape"))
        if not value:
            out.append((prefix, ""))
    else:
        out.append((prefix, "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)))


def markup(model, value, name, shape=None):
    of = model.shapes.get(shape, {})
    if isinstance(value, dict):
        members = of.get("members", {})
        inner = "".join(
            markup(
                model, one, members.get(key, {}).get("locationName", key) or "empty", members.get(key, {}).get("shape")
            )
            for key, one in value.items()
        )
    elif isinstance(value, list):
        element = of.get("member", {})
        each = [
            markup(
                model, one, name if of.get("flattened") else element.get("locationName", "member"), element.get("shape")
            )
            for one in value
        ]
        if of.get("flattened"):
            return "".join(each)
        inner = "".join(each)
    else:
        inner = "" if value is None else escape(str(value).lower() if isinstance(value, bool) else str(value))
    return "<%s>%s</%s>" % (name, inner, name)


def cbor(value):
    """Smithy RPC v2: what JSON says, in CBOR."""

    def head(major, number):
        for size, info in ((1, 24), (2, 25), (4, 26), (8, 27)):
            if number < 24:
                return bytes([major << 5 | number])
            if number < 1 << 8 * size:
                return bytes([major << 5 | info]) + number.to_bytes(size, "big")
        raise ValueError(number)

    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(key) + cbor(one) for key, one in value.items())


def quoted(value):
    return urllib.parse.quote(value if isinstance(value, str) else json.dumps(value), safe="")


def encoded(model, operation, value, protocol=None):
    """(method, path, headers, body), in the model's protocol where no other is named"""
    protocol = protocol or model.protocol
    metadata, of = model.metadata, model.operations[operation]
    headers = {
        "X-Amz-Date": "20260105T090000Z",
        "Authorization": SCOPE % metadata.get("signingName", metadata["endpointPrefix"]),
    }
    if protocol == "cbor":
        headers.update({"Content-Type": "application/cbor", "Smithy-Protocol": "rpc-v2-cbor"})
        return "POST", "/service/%s/operation/%s" % (metadata["targetPrefix"], operation), headers, cbor(value)
    if protocol == "query":
        pairs = [("Action", operation), ("Version", metadata["apiVersion"])]
        flat(model, value, "", pairs, model.input(operation))
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return "POST", "/", headers, urllib.parse.urlencode(pairs).encode("utf-8", "replace")
    if protocol == "json":
        headers["Content-Type"] = "application/x-amz-json-" + metadata.get("jsonVersion", "1.0")
        headers["X-Amz-Target"] = metadata["targetPrefix"] + "." + operation
        return "POST", "/", headers, json.dumps(value).encode()
    shape = model.shapes[model.input(operation)] if model.input(operation) else {"members": {}}
    path, parameters, body = of["http"]["requestUri"], [], {}
    for name, one in value.items() if isinstance(value, dict) else ():
        reference = shape.get("members", {}).get(name, {})
        wire = reference.get("locationName", name)
        place = reference.get("location")
        if place == "uri":
            for label in ("{%s}" % wire, "{%s+}" % wire):
                path = path.replace(label, quoted(one))
        elif place == "querystring":
            for each in one if isinstance(one, list) else [one]:
                parameters.append((wire, each if isinstance(each, str) else json.dumps(each)))
        elif place in ("header", "headers"):
            text = one if isinstance(one, str) else json.dumps(one)
            headers[wire or "x-amz-meta-a"] = "".join(c for c in text if c >= " ")
        else:
            body[wire if model.protocol == "rest-json" else name] = one
    for label in ("{Bucket}", "{Key+}"):
        path = path.replace(label, "seeded")
    if parameters:
        path += ("&" if "?" in path else "?") + urllib.parse.urlencode(parameters)
    payload = shape.get("payload")
    if payload:
        of_payload = shape["members"][payload]
        value = body.get(of_payload.get("locationName", payload), body.get(payload))
        if model.protocol == "rest-json":
            text = value if isinstance(value, str) else json.dumps(value)
        else:
            text = (
                value
                if isinstance(value, str)
                else markup(model, value, of_payload.get("locationName", payload), of_payload["shape"])
            )
        content = text.encode("utf-8", "replace") if value is not None else b""
    elif model.protocol == "rest-json":
        content = json.dumps(body).encode() if body else b""
    else:
        content = (
            markup(model, body, operation + "Request", model.input(operation)).encode("utf-8", "replace")
            if body
            else b""
        )
    headers["Content-Type"] = "application/json" if model.protocol == "rest-json" else "application/xml"
    return of["http"]["method"], path, headers, content


# --- the trial
# ---------------------------------------------------------------------------------------------------------


class Trial:
    def __init__(self, world, show):
        self.world, self.show, self.sent, self.problems, self.answers = world, show, 0, {}, {}

    def problem(self, what, model, operation, path, value, answer):
        key = (what, model.service, operation, ".".join(map(str, path)))
        if key not in self.problems:
            self.problems[key] = (value, answer)
            if self.show:
                print(
                    "%s  %s:%s %s = %s -> %s"
                    % (what, model.service, operation, key[3], json.dumps(value)[:80], str(answer)[:300]),
                    flush=True,
                )

    def one(self, model, operation, base, path, reference, container, value, protocol):
        request = changed(model, self.world, operation, base, model.input(operation), path, value)
        method, where, headers, body = encoded(model, operation, request, protocol)
        try:
            answer = self.world.ask(method, where, headers, body)
        except (OSError, ValueError, IndexError) as error:
            if not self.world.backlot.running():
                self.problem("DIED", model, operation, path, value, error)
                raise SystemExit(
                    "the server is gone: %s:%s %s = %r" % (model.service, operation, path, value)
                ) from error
            return self.problem("no answer", model, operation, path, value, error)
        self.sent += 1
        status, text, _ = answer
        self.answers[status // 100] = self.answers.get(status // 100, 0) + 1
        if status >= 500 and not b"is not implemented" in text and status != 501:
            self.problem("5xx", model, operation, path, value, (status, text[:300]))
        elif status < 300 and protocol != "query" and refused(model, operation, path, reference, container, value):
            self.problem("taken", model, operation, path, value, (status, text[:200]))
        return None

    def operation(self, model, operation, dice, part):
        shape = model.input(operation)
        if not shape:
            return
        base = sample(model, self.world, operation, "", shape)
        for protocol in OTHERS.get(model.service, (None,)):
            for path, reference, container in places(model, shape):
                values = VALUES if part >= 1 else [value for value in VALUES if dice.random() < part]
                for value in values:
                    self.one(model, operation, base, path, reference, container, value, protocol)


def test_operations(backlot):
    dice = random.Random(SEED)
    known = backlot.control("info").json["services"]
    world = World(backlot)
    world.seed()
    models = [Model(path) for path in sorted(glob.glob(os.path.join(ROOT, "emulator/services/*/*.json")))]
    work = [
        (model, operation)
        for model in models
        for operation in model.operations
        if operation in known.get(model.service, []) and ONLY in ("", model.service, operation)
    ]
    dice.shuffle(work)
    trial, began = Trial(world, SHOW), time.monotonic()
    visited = 0
    for model, operation in work:
        left = SECONDS - (time.monotonic() - began)
        if SECONDS and left <= 0:
            break
        # Every operation gets its share of what time there is.
        part = (
            1
            if not SECONDS
            else max(
                0.02,
                min(
                    1,
                    left
                    / (len(work) - visited)
                    * 1000
                    / (len(list(places(model, model.input(operation)))) * len(VALUES) + 1),
                ),
            )
            if model.input(operation)
            else 1
        )
        trial.operation(model, operation, dice, part)
        visited += 1
        if not operation.startswith(("Get", "List", "Describe", "Head", "Query", "Scan", "Validate", "Simulate")):
            world.save(True)
    assert not trial.problems, "\n".join(
        "%s: %s:%s %s = %s: %s" % (*place, json.dumps(value)[:60], said)
        for place, (value, said) in sorted(trial.problems.items())
    )
    assert trial.sent > 1000 or ONLY, ("requests were sent", trial.sent)
    assert visited == len(work), ("every operation was visited", "%d of %d" % (visited, len(work)))
    inside = {json.loads(line)["message"] if line.startswith("{") else line for line in backlot.output().splitlines()}
    inside = sorted(line for line in inside if "failed inside" in line or not line.startswith("job "))
    assert not inside, ("nothing failed inside", "\n  ".join(inside))
    assert trial.answers.get(2, 0) * 50 > trial.sent, ("some of them were good", trial.answers)
    print(
        "%d requests to %d operations: %s"
        % (
            trial.sent,
            visited,
            ", ".join("%d %dxx" % (count, kind) for kind, count in sorted(trial.answers.items())),
        )
    )
