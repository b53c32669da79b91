"""Templates, seeds, stand-ins and options with errors: said with file and line, a status of its own, at once."""
import json
import os
import subprocess

from backlot import Backlot, binary, request

USAGE, BAD_INPUT, CANNOT_START = 2, 3, 4
HEAD = "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\n"
FUNCTION = """Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: app.handler
      InlineCode: "def handler(event, context): return 1"
"""


def run(folder, arguments, files=None):
    for name, text in (files or {}).items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
    try:
        done = subprocess.run(
            [binary(), "up"] + ([] if "--port" in arguments else ["--port", "0"]) + arguments,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=20,
        )
    except subprocess.TimeoutExpired:
        return None, "(it went on)"
    return done.returncode, done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")


def test_templates(folder, subtests):
    alias = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        "%s: &%s [%s]\n" % (chr(98 + i), chr(98 + i), ",".join(["*" + chr(97 + i)] * 10)) for i in range(12)
    )
    cases = {  # name: (text, line that the message names, what it says)
        "no YAML": ("Resources:\n  A: [1, 2\n", 3, ""),
        "a tab": (HEAD + "Resources:\n\tA: 1\n", 4, ""),
        "no resources": (HEAD, None, "Resources"),
        "a key twice": (HEAD + "Resources:\n  A: {Type: AWS::SQS::Queue}\n  A: {Type: AWS::SQS::Queue}\n", 5, "A"),
        "an unknown reference": (
            HEAD + "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Ref Nothing\n",
            7,
            "Nothing",
        ),
        "an unknown attribute": (
            HEAD
            + "Resources:\n  A: {Type: AWS::SQS::Queue}\n  B:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !GetAtt A.Nothing\n",
            8,
            "Nothing",
        ),
        "a circle": (
            HEAD
            + "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Ref B}\n  B:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Ref A}\n",
            4,
            "A",
        ),
        "no Type": (HEAD + "Resources:\n  A:\n    Properties: {}\n", 4, "Type"),
        "Sub of nothing": (
            HEAD
            + "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub '${Nothing}-x'\n",
            7,
            "Nothing",
        ),
        "an intrinsic that is none": (
            HEAD + "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Frobnicate x\n",
            7,
            "Frobnicate",
        ),
        "an unknown condition": (
            HEAD + "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Condition: Never\n",
            4,
            "Never",
        ),
        "a parameter without a value": (HEAD + "Parameters:\n  Name: {Type: String}\n" + FUNCTION, 4, "Name"),
        "a parameter of another type": (
            HEAD + "Parameters:\n  Count: {Type: Number, Default: many}\n" + FUNCTION,
            4,
            "Count",
        ),
        "a folder of code that is not there": (
            HEAD + FUNCTION.replace('InlineCode: "def handler(event, context): return 1"', "CodeUri: nowhere/"),
            4,
            "nowhere",
        ),
        "a property of the wrong type": (
            HEAD + FUNCTION.replace("Properties:\n", "Properties:\n      Timeout: soon\n"),
            4,
            "Hello",
        ),
        "a definition that is none": (
            HEAD
            + "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      DefinitionUri: bad.asl.json\n      Role: arn:aws:iam::000000000000:role/x\n",
            4,
            "Missing 'StartAt' target",
        ),
        "an alias bomb": (alias + HEAD, None, ""),
        "an alias of itself": (HEAD + "Resources: &r\n  A: *r\n", None, ""),
        "a merge key": (HEAD + "Base: &base {Type: AWS::SQS::Queue}\nResources:\n  A:\n    <<: *base\n", None, ""),
        "200,000 lists": ("Resources: " + "[" * 200000 + "]" * 200000 + "\n", None, ""),
        "a foreign tag": (HEAD + "Resources:\n  A: !!python/object:os.system {}\n", None, ""),
        "an empty file": ("", None, ""),
        "bytes": (os.urandom(512), None, ""),
        "a list": ("- 1\n- 2\n", 1, ""),
    }
    for what, (text, line, words) in cases.items():
        with subtests.test(what):
            status, said = run(
                folder,
                ["--strict", "template.yaml"],
                {"template.yaml": text, "bad.asl.json": '{"StartAt": "A", "States": {}}'},
            )
            assert status == BAD_INPUT, ("%s: status %d" % (what, BAD_INPUT), (status, said[-300:]))
            named = "template.yaml:%d" % line if line else "template.yaml"
            assert named in said and words in said, (
                "%s: the message names %s and %r" % (what, named, words),
                said[-300:],
            )
            assert len(said) < 2000, ("%s: it is short" % what, len(said))


def test_options(folder, subtests):
    with subtests.test("other files"):
        good = {"template.yaml": HEAD + FUNCTION}
        for what, arguments, files, expected, words in (
            ("a template that is not there", ["nowhere.yaml"], {}, BAD_INPUT, "nowhere.yaml"),
            ("a folder as template", ["."], {}, BAD_INPUT, ""),
            (
                "seeds that are no JSON",
                ["template.yaml", "--seed-data", "seed.json"],
                {**good, "seed.json": "{"},
                BAD_INPUT,
                "seed.json",
            ),
            (
                "seeds without items",
                ["template.yaml", "--seed-data", "seed.json"],
                {**good, "seed.json": "{}"},
                BAD_INPUT,
                "seed.json",
            ),
            (
                "seeds for no table",
                ["template.yaml", "--seed-data", "seed.json"],
                {**good, "seed.json": '{"TableName": "None", "Items": [{"a": {"S": "b"}}]}'},
                BAD_INPUT,
                "seed.json",
            ),
            ("seeds that are not there", ["template.yaml", "--seed-data", "nowhere"], good, BAD_INPUT, "nowhere"),
            ("a stand-in that is not there", ["--stand-in", "nowhere.lua"], {}, CANNOT_START, "nowhere.lua"),
            (
                "a stand-in with an error",
                ["--stand-in", "bad.lua"],
                {"bad.lua": "local x =\nreturn {"},
                CANNOT_START,
                "bad.lua:2",
            ),
            (
                "a stand-in that answers nothing",
                ["--stand-in", "bad.lua"],
                {"bad.lua": "return 5"},
                CANNOT_START,
                "bad.lua",
            ),
            ("an option that is none", ["--frobnicate"], {}, USAGE, "frobnicate"),
            ("a clock that is none", ["--clock", "sundial"], {}, USAGE, "clock"),
            ("a start that is none", ["--clock", "virtual", "--start", "soon"], {}, USAGE, "start"),
            ("a port that is none", ["--port", "99999"], {}, USAGE, "port"),
            ("an account that is none", ["--account", "me"], {}, USAGE, "account"),
            ("a parameter without a value", ["template.yaml", "--param", "Name"], good, USAGE, "Name"),
            ("durable without data", ["--durable"], {}, USAGE, "--data"),
            ("data in a file", ["--data", "template.yaml"], good, CANNOT_START, "template.yaml"),
        ):
            status, said = run(folder, arguments, files)
            assert status == expected and words in said, (
                "%s: status %d, naming %r" % (what, expected, words),
                (status, said[-300:]),
            )

    with subtests.test("a folder in use"):
        with Backlot(data=os.path.join(folder, "data"), clock="real") as first:
            status, said = run(folder, ["--data", "data"])
            assert status == CANNOT_START and str(first.process.pid) in said, (
                "a second process on one folder is refused and told by whom",
                (status, said),
            )
            status, said = run(folder, ["--port", first.endpoint.rsplit(":", 1)[1]])
            assert status == CANNOT_START and first.endpoint.rsplit(":", 1)[1] in said, (
                "a port in use",
                (status, said),
            )
            assert request(first.endpoint + "/_backlot/health").status == 200, "the first goes on"


def test_data(folder):
    where = os.path.join(folder, "odd")
    os.makedirs(where)
    with Backlot(data=where, clock="real"):
        pass
    files = [os.path.join(where, name) for name in os.listdir(where) if name.endswith(".mdb") and "lock" not in name]
    assert files, ("there is a data file", os.listdir(where))
    for what, change in (
        ("cut off", lambda content: content[:5000]),
        ("of zeros", lambda content: b"\0" * len(content)),
        ("of text", lambda content: b"hello\n" * 2000),
    ):
        with open(files[0], "rb") as file:
            kept = file.read()
        with open(files[0], "wb") as file:
            file.write(change(kept))
        status, said = run(folder, ["--data", "odd"])
        assert status == 8 and "data" in said, ("a data file %s: refused in words" % what, (status, said[-300:]))
        with open(files[0], "wb") as file:
            file.write(kept)
    with Backlot(data=where, clock="real") as again:
        assert request(again.endpoint + "/_backlot/health").status == 200, "the file as it was is taken"


def test_deployed_later(folder):
    with Backlot() as backlot:
        with open(os.path.join(folder, "later.yaml"), "w") as file:
            file.write(
                HEAD
                + "Resources:\n  Good:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: good}\n  Bad:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Ref Nothing}\n"
            )
        answer = backlot.control("deploy", {"template": os.path.join(folder, "later.yaml")})
        assert answer.status == 400 and "later.yaml:9" in answer.body.decode(), (
            "an error: 400 with file and line",
            answer,
        )
        assert backlot.client("sqs").list_queues().get("QueueUrls", []) == [], "and nothing was made"
        assert request(backlot.endpoint + "/_backlot/health").json["status"] == "ok", "the process lives"
    json.dumps(answer.json)
