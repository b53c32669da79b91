#!/usr/bin/env python3
"""Makes the API models in the folders beside this script from AWS's published ones.

  make_models.py MODELS_DIR [DATA_DIR]      MODELS_DIR holds dynamodb.json, sqs.json, … in botocore's form

The form stays botocore's; dropped is what the wire has no use for (documentation, endpoints, authentication and retry
hints, deprecation). One key is our own: "queryName", the name of a member in the Query protocol where the model does
not tell it. Validation messages list what is wrong in the order of the members, so where MODELS_DIR has them sorted by
name the order is taken from DATA_DIR, the data of an installed botocore (Debian:
/usr/lib/python3/dist-packages/botocore/data). A model that lies in no folder yet is one that no service is described
for: it is left out, unless a folder has its name. """
import glob
import gzip
import json
import os
import sys

METADATA = (
    "apiVersion",
    "protocol",
    "jsonVersion",
    "targetPrefix",
    "xmlNamespace",
    "signingName",
    "endpointPrefix",
    "awsQueryCompatible",
)
SHAPE = (
    "type",
    "required",
    "min",
    "max",
    "enum",
    "pattern",
    "flattened",
    "payload",
    "timestampFormat",
    "locationName",
    "streaming",
    "sensitive",
    "union",
    "eventstream",
    "exception",
    "error",
    "fault",
    "xmlNamespace",
)
REFERENCE = (
    "shape",
    "location",
    "locationName",
    "flattened",
    "xmlAttribute",
    "xmlNamespace",
    "streaming",
    "timestampFormat",
    "eventpayload",
    "resultWrapper",
)

# SQS's model describes its JSON protocol; SDKs of before 2023 still speak Query to it. There every list and map is
# flattened
# and named in the singular, and a list of entries is named after its element.
# Source: Amazon SQS API Reference, the query examples of each action; error codes from the actions' error lists.
SQS_SINGULAR = {
    "Attributes": "Attribute",
    "MessageAttributes": "MessageAttribute",
    "tags": "Tag",
    "Tags": "Tag",
    "MessageSystemAttributes": "MessageSystemAttribute",
    "StringListValues": "StringListValue",
    "BinaryListValues": "BinaryListValue",
}
SQS_ELEMENT = {
    "AWSAccountIdList": "AWSAccountId",
    "ActionNameList": "ActionName",
    "AttributeNameList": "AttributeName",
    "MessageSystemAttributeList": "MessageSystemAttributeName",
    "MessageAttributeNameList": "MessageAttributeName",
    "QueueUrlList": "QueueUrl",
    "TagKeyList": "TagKey",
    "StringList": "StringListValue",
    "BinaryList": "BinaryListValue",
}
SQS_CODES = {
    "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
    "QueueNameExists": "QueueAlreadyExists",
    **{
        code: "AWS.SimpleQueueService." + code
        for code in (
            "BatchEntryIdsNotDistinct",
            "BatchRequestTooLong",
            "EmptyBatchRequest",
            "InvalidBatchEntryId",
            "MessageNotInflight",
            "PurgeQueueInProgress",
            "QueueDeletedRecently",
            "TooManyEntriesInBatchRequest",
            "UnsupportedOperation",
        )
    },
}
SQS_STATUS = {"OverLimit": 403, "PurgeQueueInProgress": 403, "ResourceNotFoundException": 404}

# DynamoDB reads its attribute values itself: a null among them is refused in its own words, not in those of a model.
ATTRIBUTE_VALUES = (
    "AttributeMap",
    "AttributeValueList",
    "BinarySetAttributeValue",
    "ExpressionAttributeValueMap",
    "ItemCollectionKeyAttributeMap",
    "Key",
    "ListAttributeValue",
    "MapAttributeValue",
    "NumberSetAttributeValue",
    "PreparedStatementParameters",
    "PutItemInputAttributeMap",
    "StringSetAttributeValue",
)

# Where recorded answers of the services say otherwise than their models; "sparse", as in Smithy: may hold nulls. The
# runtimes
# stand so that their message comes out as AWS prints it (javaOrder() in java_text.h), with the ones AWS keeps to
# itself.
CORRECTIONS = {
    "lambda": {
        "Runtime": {
            "enum": (
                "python2.7 python3.6 ruby2.5 ruby3.4 ruby3.3 python3.4 ruby3.2 nodejs18.x nodejs4.3-edge provided.al2 python3.15 "
                "nodejs16.x python3.14 python3.13 nodejs26.x nodejs8.9 nodejs14.x python3.12 nodejs8.x nodejs24.x python3.11 nodejs12.x "
                "java8 python3.10 nodejs22.x provided.al2023 nodejs10.x byol go1.9 nodejs20.x dotnet10 go1.x java8.al2 nodejs4.3 nodejs "
                "java17 java25 dotnet8 dotnetcore3.1 provided nodejs6.10 java11 python3.9 dotnetcore2.1 dotnet6 java21 python3.8 "
                "dotnetcore2.0 python2.7-greengrass ruby2.7 nasa nodejs8.10 python3.7 dotnetcore1.0 ruby2.6 ruby3.5"
            ).split()
        },
        "TaggableResource": {
            "pattern": (
                r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+"
                r"(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:"
                r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)"
            )
        },
    },
    "dynamodb": {name: {"sparse": True} for name in ATTRIBUTE_VALUES},
    "apigateway": {"MapOfStringToString": {"sparse": True}},  # a template of null passes the body through
    "events": {"ConnectionOAuthHttpMethod": {"enum": None}},  # taken in lower case too
}


def only(source, keys):
    return {key: source[key] for key in keys if key in source and source[key] is not False}


def shape(source):
    out = only(source, SHAPE)
    if "members" in source:
        out["members"] = {name: only(ref, REFERENCE) for name, ref in source["members"].items()}
    for part in ("member", "key", "value"):
        if part in source:
            out[part] = only(source[part], REFERENCE)
    return out


def operation(source):
    out = {"http": source["http"]}
    for part in ("input", "output"):
        if part in source:
            out[part] = only(source[part], REFERENCE)
    if source.get("errors"):
        out["errors"] = [error["shape"] for error in source["errors"]]
    return out


def model(source):
    if source["metadata"]["endpointPrefix"] == "s3":  # superseded operations whose requests look like their successors'
        source["operations"] = {name: o for name, o in source["operations"].items() if not o.get("deprecated")}
    return {
        "metadata": only(source["metadata"], METADATA),
        "operations": {name: operation(o) for name, o in sorted(source["operations"].items())},
        "shapes": {name: shape(s) for name, s in sorted(source["shapes"].items())},
    }


def installed(data_dir, name, version):
    """The model of an installed botocore, for the order of its members."""
    for path in glob.glob(os.path.join(data_dir, name, version, "service-2.json*")):
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
            return json.load(file)
    return {"shapes": {}}


def put_in_order(shapes, like):
    for name, of in shapes.items():
        order = list(like.get(name, {}).get("members", ()))
        if "members" in of:
            of["members"] = dict(
                sorted(of["members"].items(), key=lambda m: order.index(m[0]) if m[0] in order else len(order))
            )


def add_sqs_query(sqs):
    sqs["metadata"]["xmlNamespace"] = "http://queue.amazonaws.com/doc/2012-11-05/"
    for name, op in sqs["operations"].items():
        if "output" in op:
            op["output"]["resultWrapper"] = name + "Result"
    for name, of in sqs["shapes"].items():
        if of["type"] == "list":
            of["member"]["queryName"] = SQS_ELEMENT.get(name, of["member"]["shape"])
        elif of["type"] == "map":
            of["key"]["queryName"] = "Key" if name == "TagMap" else "Name"
            of["value"]["queryName"] = "Value"
        for member, ref in of.get("members", {}).items():
            if member in SQS_SINGULAR:
                ref["queryName"] = SQS_SINGULAR[member]
        if of.get("exception"):
            of["error"] = {"code": SQS_CODES.get(name, name), "httpStatusCode": SQS_STATUS.get(name, 400)}


def lines(value):
    """JSON with a line an operation and a line a shape, so that an update reads as a diff."""

    def text(part):
        return json.dumps(part, separators=(",", ":"), ensure_ascii=False)

    parts = [
        text(part) + ":{\n" + ",\n".join(text(k) + ":" + text(v) for k, v in value[part].items()) + "}"
        for part in ("metadata", "operations", "shapes")
    ]
    return "{" + ",\n".join(parts) + "}\n"


def home(here, name):
    """Where the model lies, or would lie: two services may share a folder."""
    there = glob.glob(os.path.join(here, "*", name))
    own = os.path.join(here, name.removesuffix(".json"))
    return there[0] if there else os.path.join(own, name) if os.path.isdir(own) else None


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for name in sorted(os.listdir(sys.argv[1])):
        with open(os.path.join(sys.argv[1], name), encoding="utf-8") as file:
            compact = model(json.load(file))
        service = name.removesuffix(".json")
        if len(sys.argv) > 2:
            put_in_order(
                compact["shapes"], installed(sys.argv[2], service, compact["metadata"]["apiVersion"])["shapes"]
            )
        for shape_name, changes in CORRECTIONS.get(service, {}).items():
            compact["shapes"][shape_name].update(changes)
            compact["shapes"][shape_name] = {k: v for k, v in compact["shapes"][shape_name].items() if v is not None}
        if service == "sqs":
            add_sqs_query(compact)
        place = home(here, name.replace("stepfunctions", "states"))
        if place:
            with open(place, "w", encoding="utf-8") as file:
                file.write(lines(compact))


if __name__ == "__main__":
    main()
