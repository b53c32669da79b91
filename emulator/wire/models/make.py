#!/usr/bin/env python3
"""Makes the API models beside this script from AWS's published ones.

  make.py MODELS_DIR      MODELS_DIR holds dynamodb.json, sqs.json, … in botocore's form

The form stays botocore's; dropped is what the wire has no use for (documentation, endpoints, authentication and retry hints,
deprecation). One key is our own: "queryName", the name of a member in the Query protocol where the model does not tell it.
"""
import json
import os
import sys

METADATA = ("apiVersion", "protocol", "jsonVersion", "targetPrefix", "xmlNamespace", "signingName", "endpointPrefix",
            "awsQueryCompatible")
SHAPE = ("type", "required", "min", "max", "enum", "pattern", "flattened", "payload", "timestampFormat", "locationName",
         "streaming", "sensitive", "union", "eventstream", "exception", "error", "fault", "xmlNamespace")
REFERENCE = ("shape", "location", "locationName", "flattened", "xmlAttribute", "xmlNamespace", "streaming", "timestampFormat",
             "eventpayload", "resultWrapper")

# SQS's model describes its JSON protocol; SDKs of before 2023 still speak Query to it. There every list and map is flattened
# and named in the singular, and a list of entries is named after its element.
# Source: Amazon SQS API Reference, the query examples of each action; error codes from the actions' error lists.
SQS_SINGULAR = {"Attributes": "Attribute", "MessageAttributes": "MessageAttribute", "tags": "Tag", "Tags": "Tag",
                "MessageSystemAttributes": "MessageSystemAttribute", "StringListValues": "StringListValue",
                "BinaryListValues": "BinaryListValue"}
SQS_ELEMENT = {"AWSAccountIdList": "AWSAccountId", "ActionNameList": "ActionName", "AttributeNameList": "AttributeName",
               "MessageSystemAttributeList": "MessageSystemAttributeName", "MessageAttributeNameList": "MessageAttributeName",
               "QueueUrlList": "QueueUrl", "TagKeyList": "TagKey", "StringList": "StringListValue", "BinaryList": "BinaryListValue"}
SQS_CODES = {"QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue", "QueueNameExists": "QueueAlreadyExists",
             **{code: "AWS.SimpleQueueService." + code for code in (
                 "BatchEntryIdsNotDistinct", "BatchRequestTooLong", "EmptyBatchRequest", "InvalidBatchEntryId",
                 "MessageNotInflight", "PurgeQueueInProgress", "QueueDeletedRecently", "TooManyEntriesInBatchRequest",
                 "UnsupportedOperation")}}
SQS_STATUS = {"OverLimit": 403, "PurgeQueueInProgress": 403, "ResourceNotFoundException": 404}


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
    return {"metadata": only(source["metadata"], METADATA),
            "operations": {name: operation(o) for name, o in sorted(source["operations"].items())},
            "shapes": {name: shape(s) for name, s in sorted(source["shapes"].items())}}


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
    parts = [text(part) + ":{\n" + ",\n".join(text(k) + ":" + text(v) for k, v in value[part].items()) + "}"
             for part in ("metadata", "operations", "shapes")]
    return "{" + ",\n".join(parts) + "}\n"


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for name in sorted(os.listdir(sys.argv[1])):
        with open(os.path.join(sys.argv[1], name), encoding="utf-8") as file:
            compact = model(json.load(file))
        if name == "sqs.json":
            add_sqs_query(compact)
        with open(os.path.join(here, name.replace("stepfunctions", "states")), "w", encoding="utf-8") as file:
            file.write(lines(compact))


if __name__ == "__main__":
    main()
