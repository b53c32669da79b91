"""The automatic clock and time-outs, with functions that take their time; and what `Ready.` waits for."""
import json
import os
import time

import pytest

from backlot import Backlot

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Rows:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: Rows
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  Slow:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: slow
      Runtime: python3.11
      Handler: index.handler
      Timeout: 20
      InlineCode: |
        import time
        def handler(event, context):
            time.sleep(event.get("seconds", 0.5))
            return event
  Mirror:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: mirror
      Runtime: python3.11
      Handler: index.handler
      InlineCode: |
        import time
        def handler(event, context):
            time.sleep(0.5)
      Events:
        Stream:
          Type: DynamoDB
          Properties: {Stream: !GetAtt Rows.StreamArn, StartingPosition: TRIM_HORIZON}
"""
ROLE = "arn:aws:iam::000000000000:role/any"


@pytest.fixture(scope="module")
def template(folder):
    path = os.path.join(folder, "template.yaml")
    with open(path, "w") as out:
        out.write(TEMPLATE)
    return path


@pytest.fixture(scope="module")
def seed(folder):
    path = os.path.join(folder, "rows.json")
    with open(path, "w") as out:
        json.dump({"TableName": "Rows", "Items": [{"id": {"S": "1"}}]}, out)
    return path


def machine(states, name, task):
    definition = {
        "StartAt": "Work",
        "States": {
            "Work": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "End": True,
                "Parameters": {"FunctionName": "slow", "Payload.$": "$"},
                **task,
            }
        },
    }
    return states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]


def outcome(shop, states, arn, seconds):
    execution = states.start_execution(stateMachineArn=arn, input=json.dumps({"seconds": seconds}))["executionArn"]
    shop.idle()
    seen = states.describe_execution(executionArn=execution)
    while seen["status"] == "RUNNING":
        shop.idle()
        seen = states.describe_execution(executionArn=execution)
    return seen["status"], seen.get("error"), (seen["stopDate"] - seen["startDate"]).total_seconds()


def test_time_outs(template):
    with Backlot(template=template, clock="auto") as shop:
        states = shop.client("stepfunctions")
        arn = machine(states, "timed", {"TimeoutSeconds": 3})
        assert outcome(shop, states, arn, 0.2)[:2] == ("SUCCEEDED", None), "the first task comes to its end"
        time.sleep(3.5)  # the machine's clock goes on, the world's has no reason to
        status, error, took = outcome(shop, states, arn, 0.5)
        assert (status, error) == ("SUCCEEDED", None) and took < 2.5, (
            "after a pause a task has its whole time",
            (status, error, took),
        )
        status, error, took = outcome(shop, states, machine(states, "short", {"TimeoutSeconds": 1}), 2.5)
        assert (status, error) == ("FAILED", "States.Timeout") and 0.9 <= took < 2.4, (
            "a task that takes longer than its time ends",
            (status, error, took),
        )
        time.sleep(2.5)
        began = time.monotonic()
        definition = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 86400, "End": True}}}
        waits = states.create_state_machine(name="waits", definition=json.dumps(definition), roleArn=ROLE)[
            "stateMachineArn"
        ]
        status, _, took = outcome(shop, states, waits, 0)
        assert status == "SUCCEEDED" and 86400 <= took < 86410 and time.monotonic() - began < 10, (
            "a wait of a day is jumped over",
            (status, took),
        )


@pytest.mark.parametrize("clock", ["real", "virtual", "auto"])
def test_what_the_seeds_have_caused_is_done_when_it_is_ready(clock, template, seed):
    with Backlot(template=template, seeds=[seed], clock=clock) as shop:
        events = shop.control("record?limit=10000").json["events"]
        ended = [one for one in events if one["operation"] == "InvocationEnded"]
        assert len(ended) == 1, "%s clock: what the seeds have caused is done when it is ready" % clock
        assert shop.control("ready").json["ready"], "%s clock: and it says so" % clock
