"""Data that would steer the terminal of whoever looks at it: every command shows it, none obeys it, with colours and
without."""
import json
import os
import pty
import re
import subprocess

import pytest

from backlot import binary

HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egone\x7f\r"
COLOUR = re.compile("\x1b\\[[0-9]{1,2}m")
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
FUNCTION = """def handler(event, context):
    print(event["text"])
    if event.get("fails"):
        raise ValueError(event["text"])
    return {"echo": event["text"]}
"""


def on_pipe(arguments, environment):
    done = subprocess.run(
        [binary()] + arguments,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    return done.stdout.decode()


def on_terminal(arguments, environment):
    master, slave = pty.openpty()
    child = subprocess.Popen(
        [binary()] + arguments,
        env={**environment, "TERM": "xterm"},
        stdout=slave,
        stderr=slave,
        stdin=subprocess.DEVNULL,
    )
    os.close(slave)
    seen = b""
    while True:
        try:
            more = os.read(master, 65536)
        except OSError:
            break
        if not more:
            break
        seen += more
    child.wait(60)
    os.close(master)
    return seen.decode().replace("\r\n", "\n")  # the terminal's own


def shows(what, environment, *arguments, marks=True):
    """`marks`: the hostile text is in there, in its shown form."""
    arguments = list(arguments)
    for kind, seen in (
        ("on a pipe", on_pipe(arguments, environment)),
        ("on a terminal", COLOUR.sub("", on_terminal(arguments, environment))),
        ("as JSON", on_pipe(arguments + ["--json"], environment)),
    ):
        found = OBEYED.search(seen)
        assert not found, (
            "%s %s: nothing is obeyed" % (what, kind),
            found and seen[max(0, found.start() - 60) : found.end() + 40],
        )
        if marks:
            assert "\\u001b[2j" in seen.lower(), ("%s %s: it is shown" % (what, kind), seen[-400:])
        if kind == "as JSON" and marks:
            assert "\x1b[2J" in json.dumps(json.loads(seen.splitlines()[-1]), ensure_ascii=False).replace(
                "\\u001b", "\x1b"
            ), ("%s: the JSON means the data itself" % what)


def fill(backlot, folder):
    with open(os.path.join(folder, "says.py"), "w") as file:
        file.write(FUNCTION)
    template = os.path.join(folder, "template.yaml")
    with open(template, "w") as file:
        file.write(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Says:\n    Type: AWS::Serverless::Function\n    Properties:\n      FunctionName: says\n"
            "      Runtime: python3.11\n      Handler: says.handler\n      CodeUri: .\nOutputs:\n  Text:\n    Value: %s\n"
            % json.dumps(HOSTILE)
        )
    ses, events, states = backlot.client("ses"), backlot.client("events"), backlot.client("stepfunctions")
    ses.verify_email_identity(EmailAddress="shop@example.com")
    ses.send_email(
        Source="shop@example.com",
        Destination={"ToAddresses": ["asha@example.com"]},
        Message={"Subject": {"Data": "paid\n9 " + HOSTILE}, "Body": {"Text": {"Data": "thanks\n" + HOSTILE}}},
    )
    events.put_events(Entries=[{"Source": "shop", "DetailType": HOSTILE, "Detail": "{}"}])
    machine = states.create_state_machine(
        name="fails",
        roleArn="arn:aws:iam::000000000000:role/x",
        definition=json.dumps({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": HOSTILE, "Cause": HOSTILE}}}),
    )
    states.start_execution(stateMachineArn=machine["stateMachineArn"], name="one")
    backlot.idle()
    return template


@pytest.fixture(scope="module")
def environment(backlot):
    return {**os.environ, "BACKLOT_ENDPOINT": backlot.endpoint}


def test_what_a_running_instance_holds(backlot, folder, environment):
    template = fill(backlot, folder)
    shows("deploy", environment, "deploy", template)
    event = json.dumps({"text": HOSTILE})
    shows("invoke", environment, "invoke", "says", "-e", event)
    shows(
        "invoke that fails",
        environment,
        "invoke",
        "says",
        "-e",
        json.dumps({"text": HOSTILE, "fails": True}),
    )
    shows("logs", environment, "logs", "says")
    shows("inbox", environment, "inbox")
    lines = [line for line in on_pipe(["inbox"], environment).splitlines() if line.strip()]
    assert len(lines) == 1, "a subject of two lines is one row"
    shows("inbox show", environment, "inbox", "show", "last")
    subject = [line for line in on_pipe(["inbox", "show", "last"], environment).splitlines() if "paid" in line]
    assert "paid\\n9 " in subject[0], "a subject of two lines is one field"
    shows("record", environment, "record", "--limit", "1000", marks=False)
    shows("trace --list", environment, "trace", "--list", marks=False)
    shows("trace", environment, "trace", "--all", "one", marks=False)
    for command in ("status", "executions", "idle", "clock", "env"):
        shows(command, environment, command, marks=False)
    shows("an argument", environment, "trace", HOSTILE.replace("\0", ""))
    shows("no command", environment, HOSTILE, marks=False)


def test_files(folder, environment):
    definition = os.path.join(folder, "machine.json")
    with open(definition, "w") as file:
        json.dump(
            {"StartAt": HOSTILE, "States": {HOSTILE: {"Type": "Pass", "Result": HOSTILE, "End": True}}},
            file,
        )
    shows("asl run", environment, "asl", "run", definition)
    with open(definition, "w") as file:
        json.dump({"StartAt": HOSTILE, "States": {"A": {"Type": "Pass", "End": True}}}, file)
    shows("asl validate", environment, "asl", "validate", definition)
    broken = os.path.join(folder, "broken.yaml")
    with open(broken, "w") as file:
        file.write("Resources:\n  Odd:\n    Type: %s\n" % json.dumps("AWS::No::" + HOSTILE))
    shows("deploy of what is not known", environment, "deploy", "--strict", broken)


def test_the_log_of_the_instance(backlot):
    assert not OBEYED.search(backlot.output()), backlot.output()[-300:]
