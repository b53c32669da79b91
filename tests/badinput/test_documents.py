"""Documents inside requests (definitions, templates, policies, patterns, OpenAPI, transformers, segments): at each
place of each, what cannot stand there. No model checks them before their readers do. Never a 5xx, and nothing fails
inside. SECONDS (25; 0: until everything was sent once) and SEED choose what is sent."""
import copy
import glob
import json
import os
import random
import time

import pytest

from test_models import ACCOUNT, DEFINITION, ROLE, VALUES, World, encoded, Model
from backlot import ROOT, setting

QUEUE = "arn:aws:sqs:us-east-1:%s:seeded" % ACCOUNT
RETRY = [
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 1,
        "MaxAttempts": 2,
        "BackoffRate": 1.5,
        "MaxDelaySeconds": 5,
        "JitterStrategy": "FULL",
    }
]
CATCH = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "Z"}]
PROCESSOR = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
MACHINE = {
    "Comment": "c",
    "StartAt": "A",
    "TimeoutSeconds": 60,
    "Version": "1.0",
    "QueryLanguage": "JSONPath",
    "States": {
        "A": {
            "Type": "Pass",
            "InputPath": "$",
            "Parameters": {"a.$": "$.a", "b": [1, {"c.$": "$$.Execution.Id"}]},
            "ResultPath": "$.r",
            "OutputPath": "$",
            "Assign": {"v.$": "$"},
            "Next": "B",
        },
        "B": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.a", "NumericGreaterThan": 1, "Next": "C"},
                {
                    "And": [
                        {"Variable": "$.a", "IsPresent": True},
                        {"Not": {"Variable": "$.a", "StringEqualsPath": "$.b"}},
                    ],
                    "Next": "C",
                },
            ],
            "Default": "C",
        },
        "C": {"Type": "Wait", "Seconds": 0, "Next": "D"},
        "D": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": "http://x/%s/none" % ACCOUNT, "MessageBody.$": "$"},
            "ResultSelector": {"x.$": "$"},
            "TimeoutSeconds": 5,
            "HeartbeatSeconds": 2,
            "Credentials": {"RoleArn": ROLE},
            "Retry": RETRY,
            "Catch": CATCH,
            "Next": "E",
        },
        "E": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": {"a": 1}, "End": True}}}],
            "Retry": RETRY,
            "Catch": CATCH,
            "Next": "F",
        },
        "F": {
            "Type": "Map",
            "ItemsPath": "$",
            "MaxConcurrency": 2,
            "ItemSelector": {"i.$": "$$.Map.Item.Value"},
            "ItemBatcher": {"MaxItemsPerBatch": 2, "MaxInputBytesPerBatch": 1000, "BatchInput": {"b": 1}},
            "ItemProcessor": {**PROCESSOR, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}},
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON", "MaxItems": 3},
                "Parameters": {"Bucket": "seeded", "Key": "k"},
            },
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "seeded", "Prefix": "p"},
                "WriterConfig": {"OutputType": "JSON", "Transformation": "NONE"},
            },
            "ToleratedFailurePercentage": 10,
            "ToleratedFailureCount": 1,
            "Label": "l",
            "Next": "G",
        },
        "G": {
            "Type": "Map",
            "QueryLanguage": "JSONata",
            "Items": "{% [1, 2] %}",
            "ItemProcessor": PROCESSOR,
            "Output": "{% $states.result %}",
            "Assign": {"w": "{% 1 %}"},
            "Catch": [{"ErrorEquals": ["E"], "Output": "{% 1 %}", "Assign": {"w": 1}, "Next": "Z"}],
            "Next": "H",
        },
        "H": {
            "Type": "Task",
            "QueryLanguage": "JSONata",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "none", "Payload": "{% $states.input %}"},
            "TimeoutSeconds": "{% 5 %}",
            "Output": {"a": "{% 1 %}"},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "I"}],
            "Next": "I",
        },
        "I": {
            "Type": "Choice",
            "QueryLanguage": "JSONata",
            "Choices": [{"Condition": "{% true %}", "Output": "{% 1 %}", "Assign": {"w": 2}, "Next": "Y"}],
            "Default": "Y",
        },
        "Y": {"Type": "Succeed", "OutputPath": "$"},
        "Z": {"Type": "Fail", "Error": "E", "CausePath": "$.c"},
    },
}
SCHEMA = {
    "type": "object",
    "properties": {
        "a": {"type": "string", "enum": ["x"], "minLength": 1},
        "b": {"type": "array", "items": {"type": "integer", "minimum": 1}},
    },
    "required": ["a"],
    "additionalProperties": False,
}
OPENAPI = {
    "openapi": "3.0.1",
    "info": {"title": "t", "version": "1", "description": "d"},
    "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True, "validateRequestParameters": True}},
    "x-amazon-apigateway-request-validator": "all",
    "x-amazon-apigateway-gateway-responses": {
        "DEFAULT_4XX": {
            "statusCode": 400,
            "responseParameters": {"gatewayresponse.header.a": "'b'"},
            "responseTemplates": {"application/json": "{}"},
        }
    },
    "tags": [{"name": "t"}],
    "components": {
        "schemas": {"A": SCHEMA},
        "securitySchemes": {
            "auth": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": {
                    "type": "token",
                    "authorizerUri": "u",
                    "authorizerResultTtlInSeconds": 0,
                    "identityValidationExpression": "x",
                },
            }
        },
    },
    "paths": {
        "/a/{p}": {
            "parameters": [{"name": "p", "in": "path", "required": True, "schema": {"type": "string"}}],
            "post": {
                "operationId": "o",
                "security": [{"auth": []}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
                "responses": {
                    "200": {
                        "description": "d",
                        "headers": {"h": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}},
                    }
                },
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "httpMethod": "POST",
                    "uri": "u",
                    "requestParameters": {"integration.request.header.a": "'b'"},
                    "requestTemplates": {"application/json": '{"statusCode": 200}'},
                    "timeoutInMillis": 100,
                    "passthroughBehavior": "when_no_match",
                    "responses": {
                        "default": {
                            "statusCode": "200",
                            "responseParameters": {"method.response.header.h": "'x'"},
                            "responseTemplates": {"application/json": "{}"},
                        }
                    },
                },
            },
        }
    },
}
POLICY = {
    "Version": "2012-10-17",
    "Id": "i",
    "Statement": [
        {
            "Sid": "s",
            "Effect": "Allow",
            "Principal": {"AWS": ["*"]},
            "Action": ["sqs:*"],
            "NotAction": "x",
            "Resource": ["*"],
            "Condition": {"StringEquals": {"aws:SourceArn": ["a"]}},
        }
    ],
}
PATTERN = {
    "source": ["s", {"prefix": "p"}, {"suffix": {"equals-ignore-case": "x"}}],
    "detail": {
        "a": [
            1,
            {"numeric": [">", 1, "<=", 5]},
            {"anything-but": {"prefix": "q"}},
            {"exists": False},
            {"wildcard": "a*"},
            {"cidr": "10.0.0.0/8"},
            None,
        ],
        "$or": [{"b": ["x"]}, {"c": [{"anything-but": ["y", "z"]}]}],
    },
}
TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": ["AWS::Serverless-2016-10-31"],
    "Description": "d",
    "Metadata": {"m": 1},
    "Globals": {"Function": {"Timeout": 3, "Environment": {"Variables": {"A": "b"}}}, "Api": {"Cors": "'*'"}},
    "Parameters": {"P": {"Type": "String", "Default": "x", "AllowedValues": ["x", "y"], "MinLength": 1}},
    "Mappings": {"M": {"a": {"b": "c"}}},
    "Conditions": {
        "C": {"Fn::Equals": [{"Ref": "P"}, "x"]},
        "D": {"Fn::And": [{"Condition": "C"}, {"Fn::Not": [{"Fn::Or": [{"Condition": "C"}, {"Condition": "C"}]}]}]},
    },
    "Resources": {
        "Q": {
            "Type": "AWS::SQS::Queue",
            "Condition": "C",
            "DependsOn": ["T"],
            "DeletionPolicy": "Delete",
            "Properties": {
                "QueueName": {"Fn::Sub": "${AWS::StackName}-q"},
                "VisibilityTimeout": {"Fn::If": ["C", 5, 6]},
                "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["R", "Arn"]}, "maxReceiveCount": 3},
                "Tags": [{"Key": "a", "Value": "b"}],
            },
        },
        "R": {"Type": "AWS::SQS::Queue"},
        "T": {
            "Type": "AWS::SNS::Topic",
            "Properties": {
                "TopicName": {
                    "Fn::Join": [
                        "-",
                        ["a", {"Fn::Select": [0, {"Fn::Split": [",", "x,y"]}]}, {"Fn::FindInMap": ["M", "a", "b"]}],
                    ]
                },
                "Subscription": [{"Protocol": "sqs", "Endpoint": {"Fn::GetAtt": "R.Arn"}}],
            },
        },
        "D": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": "docs",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
                "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
                "TimeToLiveSpecification": {"AttributeName": "t", "Enabled": True},
            },
        },
        "F": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "FunctionName": "docs",
                "Runtime": "python3.11",
                "Handler": "index.h",
                "InlineCode": "x=1",
                "MemorySize": 128,
                "Policies": [
                    "AWSLambdaBasicExecutionRole",
                    {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
                ],
                "Tags": {"a": "b"},
                "ReservedConcurrentExecutions": 1,
                "Environment": {"Variables": {"Q": {"Ref": "R"}}},
                "EventInvokeConfig": {
                    "MaximumRetryAttempts": 0,
                    "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": {"Fn::GetAtt": ["R", "Arn"]}}},
                },
                "Events": {
                    "S": {
                        "Type": "SQS",
                        "Properties": {
                            "Queue": {"Fn::GetAtt": ["R", "Arn"]},
                            "BatchSize": 1,
                            "FilterCriteria": {"Filters": [{"Pattern": "{\"body\": [\"x\"]}"}]},
                        },
                    },
                    "A": {"Type": "Api", "Properties": {"Path": "/a", "Method": "get", "RestApiId": {"Ref": "G"}}},
                    "H": {"Type": "HttpApi", "Properties": {"Path": "/a", "Method": "get"}},
                    "E": {"Type": "EventBridgeRule", "Properties": {"Pattern": PATTERN, "InputPath": "$.detail"}},
                    "C": {
                        "Type": "Schedule",
                        "Properties": {"Schedule": "rate(1 day)", "Enabled": False, "Input": "{}"},
                    },
                    "D": {
                        "Type": "DynamoDB",
                        "Properties": {"Stream": {"Fn::GetAtt": ["D", "StreamArn"]}, "StartingPosition": "LATEST"},
                    },
                    "N": {"Type": "SNS", "Properties": {"Topic": {"Ref": "T"}, "FilterPolicy": {"a": ["b"]}}},
                },
            },
        },
        "G": {
            "Type": "AWS::Serverless::Api",
            "Properties": {
                "StageName": "s",
                "Name": "n",
                "Auth": {
                    "DefaultAuthorizer": "X",
                    "Authorizers": {
                        "X": {"FunctionArn": {"Fn::GetAtt": ["F", "Arn"]}, "Identity": {"Headers": ["Authorization"]}}
                    },
                },
                "Cors": {"AllowOrigin": "'*'", "AllowMethods": "'GET'"},
                "Models": {"A": SCHEMA},
            },
        },
        "S": {
            "Type": "AWS::Serverless::StateMachine",
            "Properties": {
                "Name": "docs",
                "Definition": json.loads(DEFINITION),
                "DefinitionSubstitutions": {"x": {"Ref": "R"}},
                "Role": ROLE,
                "Type": "STANDARD",
                "Events": {"E": {"Type": "EventBridgeRule", "Properties": {"Pattern": {"source": ["x"]}}}},
                "Logging": {"Level": "ALL"},
            },
        },
        "U": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["x"]},
                "State": "ENABLED",
                "Targets": [
                    {
                        "Id": "1",
                        "Arn": {"Fn::GetAtt": ["R", "Arn"]},
                        "InputTransformer": {"InputPathsMap": {"a": "$.detail"}, "InputTemplate": "<a>"},
                        "RetryPolicy": {"MaximumRetryAttempts": 1},
                        "DeadLetterConfig": {"Arn": QUEUE},
                    }
                ],
            },
        },
        "L": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "docs", "RetentionInDays": 1}},
        "B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "docs"}},
        "I": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": POLICY,
                "ManagedPolicyArns": ["arn:aws:iam::aws:policy/x"],
                "Policies": [{"PolicyName": "p", "PolicyDocument": POLICY}],
            },
        },
    },
    "Outputs": {
        "O": {
            "Description": "d",
            "Value": {"Fn::Base64": {"Ref": "Q"}},
            "Export": {"Name": {"Fn::Sub": ["${x}", {"x": "y"}]}},
            "Condition": "C",
        }
    },
}
SEGMENT = {
    "trace_id": "1-5f84c7a1-0123456789abcdef01234567",
    "id": "0123456789abcdef",
    "name": "n",
    "start_time": 1767603600.0,
    "end_time": 1767603601.0,
    "error": False,
    "fault": True,
    "http": {"request": {"method": "GET", "url": "u"}, "response": {"status": 200}},
    "annotations": {"a": 1},
    "metadata": {"m": {}},
    "aws": {"operation": "o"},
    "cause": {"exceptions": [{"message": "m", "type": "t"}]},
    "subsegments": [
        {
            "id": "1123456789abcdef",
            "name": "s",
            "start_time": 1767603600.0,
            "end_time": 1767603601.0,
            "namespace": "aws",
        }
    ],
}
DELIVERY = {
    "healthyRetryPolicy": {
        "minDelayTarget": 1,
        "maxDelayTarget": 2,
        "numRetries": 3,
        "numNoDelayRetries": 0,
        "numMinDelayRetries": 1,
        "numMaxDelayRetries": 1,
        "backoffFunction": "linear",
    },
    "throttlePolicy": {"maxReceivesPerSecond": 1},
    "requestPolicy": {"headerContentType": "text/plain"},
}
DETAIL_EVENT = {
    "id": "1",
    "account": "1",
    "source": "s",
    "time": "2026-01-05T09:00:00Z",
    "region": "r",
    "resources": ["x"],
    "detail-type": "d",
    "detail": {"a": {"b": [1, {"c": None}]}},
}

# name: (service, operation, what is asked with the document's text, the document)
DOCUMENTS = {
    "definition, validated": (
        "states",
        "ValidateStateMachineDefinition",
        lambda known, text: {"definition": text},
        MACHINE,
    ),
    "definition, deployed": (
        "states",
        "UpdateStateMachine",
        lambda known, text: {"stateMachineArn": known["stateMachineArn"], "definition": text},
        MACHINE,
    ),
    "a state on trial": (
        "states",
        "TestState",
        lambda known, text: {"definition": text, "roleArn": ROLE, "input": '{"a": 1}'},
        MACHINE["States"]["A"],
    ),
    "a choice on trial": (
        "states",
        "TestState",
        lambda known, text: {"definition": text, "roleArn": ROLE, "input": '{"a": 1}'},
        MACHINE["States"]["B"],
    ),
    "a mock": (
        "states",
        "TestState",
        lambda known, text: {
            "definition": json.dumps(MACHINE["States"]["D"]),
            "roleArn": ROLE,
            "input": "{}",
            "mock": {"result": text},
        },
        {"MessageId": "m", "MD5OfMessageBody": "x"},
    ),
    "template, validated": ("cloudformation", "ValidateTemplate", lambda known, text: {"TemplateBody": text}, TEMPLATE),
    "template, summed up": (
        "cloudformation",
        "GetTemplateSummary",
        lambda known, text: {"TemplateBody": text},
        TEMPLATE,
    ),
    "template, deployed": (
        "cloudformation",
        "CreateStack",
        lambda known, text: {
            "StackName": "s%d" % (hash(text) % 10**9),
            "TemplateBody": text,
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        },
        TEMPLATE,
    ),
    "OpenAPI": ("apigateway", "ImportRestApi", lambda known, text: {"body": text}, OPENAPI),
    "OpenAPI over another": (
        "apigateway",
        "PutRestApi",
        lambda known, text: {"restApiId": known["restApiId"], "mode": "merge", "body": text},
        OPENAPI,
    ),
    "a model": (
        "apigateway",
        "CreateModel",
        lambda known, text: {
            "restApiId": known["restApiId"],
            "name": "m%d" % (hash(text) % 10**9),
            "contentType": "application/json",
            "schema": text,
        },
        SCHEMA,
    ),
    "event pattern": (
        "events",
        "TestEventPattern",
        lambda known, text: {"EventPattern": text, "Event": json.dumps(DETAIL_EVENT)},
        PATTERN,
    ),
    "event": (
        "events",
        "TestEventPattern",
        lambda known, text: {"EventPattern": json.dumps(PATTERN), "Event": text},
        DETAIL_EVENT,
    ),
    "event sent": (
        "events",
        "PutEvents",
        lambda known, text: {"Entries": [{"Source": "s", "DetailType": "d", "Detail": text}]},
        {"a": {"b": [1, {"c": None}]}},
    ),
    "bus policy": ("events", "PutPermission", lambda known, text: {"Policy": text}, POLICY),
    "filter policy": (
        "sns",
        "SetSubscriptionAttributes",
        lambda known, text: {
            "SubscriptionArn": known["SubscriptionArn"],
            "AttributeName": "FilterPolicy",
            "AttributeValue": text,
        },
        {
            "a": ["b", {"prefix": "x"}, {"anything-but": ["y"]}, {"numeric": ["=", 1]}],
            "$or": [{"c": [1]}, {"d": [None]}],
        },
    ),
    "delivery policy": (
        "sns",
        "SetSubscriptionAttributes",
        lambda known, text: {
            "SubscriptionArn": known["SubscriptionArn"],
            "AttributeName": "DeliveryPolicy",
            "AttributeValue": text,
        },
        DELIVERY,
    ),
    "delivery policy of a topic": (
        "sns",
        "SetTopicAttributes",
        lambda known, text: {"TopicArn": known["TopicArn"], "AttributeName": "DeliveryPolicy", "AttributeValue": text},
        {
            "http": {
                "defaultHealthyRetryPolicy": DELIVERY["healthyRetryPolicy"],
                "disableSubscriptionOverrides": False,
                "defaultThrottlePolicy": {"maxReceivesPerSecond": 1},
            }
        },
    ),
    "redrive policy of a subscription": (
        "sns",
        "SetSubscriptionAttributes",
        lambda known, text: {
            "SubscriptionArn": known["SubscriptionArn"],
            "AttributeName": "RedrivePolicy",
            "AttributeValue": text,
        },
        {"deadLetterTargetArn": QUEUE},
    ),
    "message by protocol": (
        "sns",
        "Publish",
        lambda known, text: {"TopicArn": known["TopicArn"], "MessageStructure": "json", "Message": text},
        {"default": "d", "sqs": "s"},
    ),
    "topic policy": (
        "sns",
        "SetTopicAttributes",
        lambda known, text: {"TopicArn": known["TopicArn"], "AttributeName": "Policy", "AttributeValue": text},
        POLICY,
    ),
    "redrive policy": (
        "sqs",
        "SetQueueAttributes",
        lambda known, text: {"QueueUrl": known["QueueUrl"], "Attributes": {"RedrivePolicy": text}},
        {"deadLetterTargetArn": QUEUE, "maxReceiveCount": 3},
    ),
    "redrive allow policy": (
        "sqs",
        "SetQueueAttributes",
        lambda known, text: {"QueueUrl": known["QueueUrl"], "Attributes": {"RedriveAllowPolicy": text}},
        {"redrivePermission": "byQueue", "sourceQueueArns": [QUEUE]},
    ),
    "queue policy": (
        "sqs",
        "SetQueueAttributes",
        lambda known, text: {"QueueUrl": known["QueueUrl"], "Attributes": {"Policy": text}},
        POLICY,
    ),
    "message": (
        "sqs",
        "SendMessage",
        lambda known, text: {"QueueUrl": known["QueueUrl"], "MessageBody": text},
        {"a": [1]},
    ),
    "role policy": (
        "iam",
        "PutRolePolicy",
        lambda known, text: {"RoleName": "seeded", "PolicyName": "p", "PolicyDocument": text},
        POLICY,
    ),
    "trust policy": (
        "iam",
        "UpdateAssumeRolePolicy",
        lambda known, text: {"RoleName": "seeded", "PolicyDocument": text},
        POLICY,
    ),
    "template data": (
        "ses",
        "TestRenderTemplate",
        lambda known, text: {"TemplateName": "seeded", "TemplateData": text},
        {"a": {"b": [1]}},
    ),
    "segment": ("xray", "PutTraceSegments", lambda known, text: {"TraceSegmentDocuments": [text]}, SEGMENT),
    "filter of a mapping": (
        "lambda",
        "UpdateEventSourceMapping",
        lambda known, text: {"UUID": known["UUID"], "FilterCriteria": {"Filters": [{"Pattern": text}]}},
        {"body": {"a": ["b", {"prefix": "x"}]}},
    ),
    "a payload": ("lambda", "Invoke", lambda known, text: {"FunctionName": "nothing", "Payload": text}, {"a": 1}),
    "resource policy": (
        "dynamodb",
        "PutResourcePolicy",
        lambda known, text: {"ResourceArn": known["TableArn"], "Policy": text},
        POLICY,
    ),
}


SECONDS, SEED = setting("SECONDS", 25.0), setting("SEED", 1)  # 0 seconds: all of them


def places(value, path=()):
    yield path
    for step, below in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(below, path + (step,))


def changed(document, path, value, remove=False, rename=None):
    result = copy.deepcopy(document)
    if not path:
        return value
    holder = result
    for step in path[:-1]:
        holder = holder[step]
    if remove:
        del holder[path[-1]]
    elif rename is not None and isinstance(holder, dict):
        holder[rename] = holder.pop(path[-1])
    else:
        holder[path[-1]] = value
    return result


REMOVED, RENAMED = "(removed)", "(renamed)"


def variant(document, path, value):
    if value == REMOVED:
        return changed(document, path, None, remove=True)
    return changed(document, path, None, rename="") if value == RENAMED else changed(document, path, value)


@pytest.fixture(scope="module")
def world(backlot):
    made = World(backlot)
    made.seed()
    return made


def answer(world, model, operation, body_of, document):
    """Status and body; 0 and the reason where nothing came."""
    method, where, headers, body = encoded(model, operation, body_of(world.known, json.dumps(document)))
    try:
        status, said, _ = world.ask(method, where, headers, body)
        return status, said[:300]
    except (OSError, ValueError, IndexError) as error:
        return 0, repr(error)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document(backlot, world, name):
    """The document as it is is taken; with a value changed, removed or renamed it is taken or refused, and nothing
    fails."""
    service, operation, body_of, document = DOCUMENTS[name]
    model = Model(glob.glob(os.path.join(ROOT, "emulator/services/*/%s.json" % service))[0])
    cases = [(path, value) for path in places(document) for value in (*VALUES, *((REMOVED, RENAMED) if path else ()))]
    random.Random("%d %s" % (SEED, name)).shuffle(cases)
    status, said = answer(world, model, operation, body_of, document)
    assert status < 300 or name == "a payload", said
    problems, until = {}, time.monotonic() + SECONDS / len(DOCUMENTS)
    for count, (path, value) in enumerate(cases):
        if SECONDS and time.monotonic() > until:
            break
        status, said = answer(world, model, operation, body_of, variant(document, path, value))
        if status >= 500 or status == 0:
            problems["%s = %s" % (".".join(map(str, path)), json.dumps(value)[:60])] = (status, said)
        assert backlot.running(), problems
        if (name.endswith("deployed") or name.startswith("OpenAPI")) and count % 50 == 49:
            world.save(True)
    world.save(True)
    assert not problems
    assert count > 0, "a second document was sent"


def test_nothing_failed_inside(backlot):
    inside = {json.loads(line)["message"] if line.startswith("{") else line for line in backlot.output().splitlines()}
    wrong = [line for line in inside if "failed inside" in line or line.startswith("lambda: ") and "terminate" in line]
    assert not wrong, "\n".join(sorted(wrong))
