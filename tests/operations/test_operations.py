"""Operations as data: each file here holds cases of one service, each case starts from an empty world.

  {"title": "a sentence about the behaviour", "steps": [
    {"call": "CreateThing", "with": {"Name": "a"}, "keep": {"id": "Thing.Id"}},
    {"call": "GetThing", "with": {"Id": "${id}"}, "answers": {"Thing": {"Name": "a"}}},
    {"call": "GetThing", "with": {"Id": "none"}, "fails": "NotFoundException", "says": "not found"}]}

`answers`: members named must be there and equal, others may be; a list has that many elements, in that order; "~…" is a
regular expression, "absent" says that a member is not there. `keep` names values of an answer for later steps.
"service": the step's service where it is not the file's. "advance": time that passes before the step. {"$bytes": …} is
bytes, {"$zip": {name: text}} an archive.
Called by boto3, so answers went through each service's own protocol.

pytest tests/operations -k "sqs:" runs the cases of one service."""
import glob
import io
import json
import os
import re
import subprocess
import zipfile

import pytest
from botocore.exceptions import ClientError

from backlot import ROOT, binary

HERE = os.path.dirname(os.path.abspath(__file__))

CLIENTS = {"states": "stepfunctions"}  # boto3's name where it is another
TESTS = (".cpp", ".h", ".py", ".sh", ".mjs", ".js", ".json")


def dig(value, path):
    for part in path.split("."):
        value = value[int(part)] if part.isdigit() else value[part]
    return value


def zipped(files):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return memory.getvalue()


def filled(value, kept):
    if isinstance(value, dict):
        if "$bytes" in value:
            return value["$bytes"].encode()
        if "$zip" in value:
            return zipped(value["$zip"])
        return {filled(name, kept): filled(one, kept) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, kept) for one in value]
    if isinstance(value, str):
        whole = re.fullmatch(r"\$\{(\w+)\}", value)
        return kept[whole[1]] if whole else re.sub(r"\$\{(\w+)\}", lambda name: str(kept[name[1]]), value)
    return value


def difference(wanted, seen, path=""):
    """Where the answer is not as wanted; nothing where it is."""
    if isinstance(wanted, dict):
        if not isinstance(seen, dict):
            return "%s is %r, no object" % (path, seen)
        for name, value in wanted.items():
            if value == "absent":
                found = "%s.%s is there: %r" % (path, name, seen[name]) if name in seen else None
            elif name not in seen:
                found = "%s has no %s, only %s" % (path or "the answer", name, ", ".join(map(str, seen)))
            else:
                found = difference(value, seen[name], path + "." + name)
            if found:
                return found
        return None
    if isinstance(wanted, list):
        if not isinstance(seen, list) or len(seen) != len(wanted):
            return "%s is %r, not %d elements" % (path, seen, len(wanted))
        return next(
            (found for at, one in enumerate(wanted) if (found := difference(one, seen[at], "%s[%d]" % (path, at)))),
            None,
        )
    if isinstance(wanted, str) and wanted.startswith("~"):
        text = seen.read() if hasattr(seen, "read") else seen
        text = text.decode() if isinstance(text, bytes) else str(text)
        return (
            None
            if re.search(wanted[1:], text, re.S)
            else "%s is %r, which %r does not match" % (path, text, wanted[1:])
        )
    return (
        None
        if wanted == seen and isinstance(wanted, bool) == isinstance(seen, bool)
        else "%s is %r, not %r" % (path, seen, wanted)
    )


def call(backlot, service, operation, request):
    """The answer, or an error's code and message. What Debian's boto3 does not know yet goes as plain JSON."""
    client = backlot.client(CLIENTS.get(service, service))
    model = client.meta.service_model
    if operation not in model.operation_names or not request.keys() <= (
        model.operation_model(operation).input_shape.members.keys() if request else set()
    ):
        answer = backlot.control("call/%s/%s" % (service, operation), request).json
        return (
            (answer, None, None)
            if "error" not in answer
            else (None, answer["error"]["code"], answer["error"]["message"])
        )
    try:
        return client._make_api_call(operation, request), None, None
    except ClientError as error:
        return None, error.response["Error"]["Code"], error.response["Error"].get("Message", "")


def run_step(backlot, service, step, kept):
    """What went otherwise; nothing where all is as the step says."""
    if "advance" in step:
        backlot.idle()
        backlot.advance(step["advance"])
    answer, code, message = call(
        backlot, step.get("service", service), step["call"], filled(step.get("with", {}), kept)
    )
    if code:
        if code != step.get("fails"):
            return "failed with %s: %s" % (code, message)
        return None if re.search(filled(step.get("says", ""), kept), message, re.S) else "said %r" % message
    if "fails" in step:
        return "answered %r in place of %s" % (answer, step["fails"])
    for name, path in step.get("keep", {}).items():
        kept[name] = dig(answer, path)
    return difference(filled(step.get("answers", {}), kept), answer)


def cases():
    for file in sorted(glob.glob(os.path.join(HERE, "*.json"))):
        service = os.path.basename(file)[:-5]
        with open(file) as content:
            for case in json.load(content):
                yield pytest.param(service, case, id="%s: %s" % (service, case["title"]))


@pytest.mark.parametrize("service, case", cases())
def test_case(backlot, service, case):
    backlot.control("reset", {"all": True})
    kept = {"account": "000000000000", "region": "us-east-1"}
    for number, step in enumerate(case["steps"], 1):
        try:
            wrong = run_step(backlot, service, step, kept)
        except Exception as error:  # noqa: BLE001 - what boto3 or a path finds wrong with an answer
            wrong = "%s: %s" % (type(error).__name__, error)
        assert not wrong, "step %d, %s: %s" % (number, step["call"], wrong)


def unnamed():
    """Operations that no test names, by any of the spellings that clients give them."""
    text = ""
    for folder, folders, files in os.walk(os.path.join(ROOT, "tests")):
        folders[:] = [name for name in folders if name not in ("node_modules", "__pycache__")]
        for name in files:
            if name.endswith(TESTS):
                with open(os.path.join(folder, name), errors="replace") as file:
                    text += file.read()
    words = set(re.findall(r"\w+", text))
    listed = json.loads(
        subprocess.run([binary(), "operations", "--json"], capture_output=True, text=True, check=True).stdout
    )
    for service, operations in listed["data"]["services"].items():
        for name in operations:
            snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
            if not words & {name, name[0].lower() + name[1:], snake, snake.replace("_", "-")}:
                yield service + ":" + name


def test_every_operation_is_named_by_a_test():
    missing = list(unnamed())
    assert not missing, " ".join(missing)


def test_the_list_of_operations_is_that_of_the_tables():
    made = subprocess.run([binary(), "operations", "--markdown"], capture_output=True, text=True, check=True).stdout
    with open(os.path.join(ROOT, "emulator/OPERATIONS.md")) as file:
        assert file.read() == made, "backlot operations --markdown > emulator/OPERATIONS.md"
