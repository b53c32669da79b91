#!/usr/bin/python3
"""Checks that a service's sources name every member that its operations' requests may have, by the API model: read it,
refuse it, or list it in the operation's `ignores` (emulator/world/operation.h). What is named but not looked at in its
own operation, a build of type Debug finds (emulator/base/reading.h). tests/unread_members.txt holds what is left of
before there was this check: it only shrinks. Prints what breaks it; --list prints all that is named nowhere, in that
file's form."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVICES = ROOT / "emulator/services"
LEFT = ROOT / "tests/unread_members.txt"

WITHOUT_COMMENTS = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S)


def literals(folder):
    """The words in the texts of a folder's sources."""
    words = set()
    for file in (f for pattern in ("*.h", "*.cpp") for f in folder.rglob(pattern)):
        for text in WITHOUT_COMMENTS.findall(file.read_text(errors="replace")):
            if text.startswith('"'):
                words.update(re.findall(r"\w+", text))
    return words


def unnamed(shapes, shape, words, path="", above=()):
    """The paths of members below a shape that are not among the words; not what is below such a member. A structure
    inside of which none is named is kept as it came, or ignored."""
    if shape in above:
        return
    one, above = shapes[shape], above + (shape,)
    if one["type"] == "list":
        yield from unnamed(shapes, one["member"]["shape"], words, path, above)
    elif one["type"] == "map":
        yield from unnamed(shapes, one["value"]["shape"], words, path, above)
    elif one["type"] == "structure":
        inside = one.get("members", {})
        if path and not words & set(inside):
            return
        for name, member in inside.items():
            if name not in words:
                yield path + name
            else:
                yield from unnamed(shapes, member["shape"], words, path + name + ".", above)


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
        words = literals(model.parent) | everybodys
        for name, operation in sorted(api["operations"].items()):
            if name not in operations.get(model.stem, ()) or "input" not in operation:
                continue
            for path in unnamed(api["shapes"], operation["input"]["shape"], words):
                yield f"{model.stem} {name} {path}"


found = list(dict.fromkeys(unread()))
if "--list" in sys.argv:
    print("\n".join(found))
    sys.exit()
left = [line for line in LEFT.read_text().splitlines() if line and not line.startswith("#")] if LEFT.exists() else []
new = [line for line in found if line not in left]
gone = [line for line in left if line not in found]
for line in new:
    print(
        f"{line}: no source of the service names this member of requests: implement it, or list it in the operation's `ignores`"
    )
for line in gone:
    print(f"tests/unread_members.txt: {line} is named now: take the line away")
if not new and not gone:
    print("unread members: none" if not left else f"unread members: {len(left)} left, none is new")
sys.exit(1 if new or gone else 0)
