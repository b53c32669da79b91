#!/usr/bin/python3
"""Checks that a service's sources name every member that its operations' requests may have, by the API model: read it,
refuse it, or list it in the operation's `ignores` (emulator/world/operation.h). What is named but not looked at in its
own operation, a build of type Debug finds (emulator/base/reading.h). Prints what breaks it."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVICES = ROOT / "emulator/services"

# Structures that are stored and answered as they came, or that a request is refused for: nobody looks into them.
WHOLE = {
    "apigateway": {"canarySettings"},
    "apigatewayv2": {"AccessLogSettings", "DefaultRouteSettings", "RouteSettings"},
    "cloudformation": {"ResourcesToImport"},
    "dynamodb": {"ReplicaUpdates"},
    "events": {"EcsParameters"},
    "iam": {"Tags"},
    "lambda": {"FileSystemConfigs", "SourceAccessConfigurations", "VpcConfig"},
    "s3": {"Bucket"},
    "sesv2": {"Tags"},
    "states": {"encryptionConfiguration"},
    "xray": {"SamplingStrategy"},
}

WITHOUT_COMMENTS = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S)


def literals(folder):
    """The words in the texts of a folder's sources."""
    words = set()
    for file in (f for pattern in ("*.h", "*.cpp") for f in folder.rglob(pattern)):
        for text in WITHOUT_COMMENTS.findall(file.read_text(errors="replace")):
            if text.startswith('"'):
                words.update(re.findall(r"\w+", text))
    return words


def unnamed(shapes, shape, words, whole, path="", above=()):
    """The paths of members below a shape that are not among the words; not what is below such a member. A structure
    inside of which none is named is kept as it came, or ignored; as are those of `whole`."""
    if shape in above:
        return
    one, above = shapes[shape], above + (shape,)
    if one["type"] == "list":
        yield from unnamed(shapes, one["member"]["shape"], words, whole, path, above)
    elif one["type"] == "map":
        yield from unnamed(shapes, one["value"]["shape"], words, whole, path, above)
    elif one["type"] == "structure":
        inside = one.get("members", {})
        if path and not words & set(inside):
            return
        for name, member in inside.items():
            if name not in words:
                yield path + name
            elif name not in whole:
                yield from unnamed(shapes, member["shape"], words, whole, path + name + ".", above)


def served():
    """Service -> its operations, by the list that is made from the tables."""
    rows = re.findall(r"^\| (\w+) \| \d+ \| ([\w, ]+) \|", (ROOT / "emulator/OPERATIONS.md").read_text(), flags=re.M)
    return {service: set(names.split(", ")) for service, names in rows}


def unread():
    """ "service operation member" for what is named nowhere; not what is below such a member."""
    everybodys, operations = literals(SERVICES / "kit"), served()
    for model in sorted(SERVICES.glob("*/*.json")):
        api = json.loads(model.read_text())
        if "operations" not in api or "shapes" not in api:
            continue
        words, whole = literals(model.parent) | everybodys, WHOLE.get(model.stem, set())
        for name, operation in sorted(api["operations"].items()):
            if name not in operations.get(model.stem, ()) or "input" not in operation:
                continue
            for path in unnamed(api["shapes"], operation["input"]["shape"], words, whole):
                yield f"{model.stem} {name} {path}"


found = list(dict.fromkeys(unread()))
for line in found:
    print(f"{line}: no source of the service names this member of requests: implement it, or list it in `ignores`")
if not found:
    print("unread members: none")
sys.exit(1 if found else 0)
