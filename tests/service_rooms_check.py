#!/usr/bin/python3
"""Checks that what is known about a service stands in its folder (emulator/CONTRIBUTING.md, "A service"): no file
elsewhere names a service, but for those below; and main.cpp has every description. Prints what breaks it."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVICES = ROOT / "emulator/services"

# Where services are named for a reason that no description can take away.
MAY_NAME_ANY = {
    "emulator/main.cpp": "the parts list",
    "emulator/cli/": "commands call services as any client does",
    "emulator/templates/": "a resource type is made by the calls of its service",
}
MAY_NAME = {
    "emulator/base/retention.cpp": {"logs"},  # a setting of that name, --keep logs=…
    "emulator/harness/control_record.cpp": {
        "ses",
        "states",
        "events",
    },  # the inbox, the executions of all machines; a member "events"
    "emulator/harness/control_state.cpp": {
        "lambda"
    },  # functions are invoked, and their code is fetched by their processes
    "emulator/harness/control_foreign.cpp": {"ses", "sqs", "states"},  # other emulators' addresses of the same things
}
# Which services call which through the door, as AWS's do: deliveries, sources, destinations, logs. Names of one folder
# are its own.
CALLS = {
    "apigateway": {"events", "lambda", "sqs", "states"},  # integrations
    "cloudformation": {"s3"},  # templates by their URL
    "dynamodb": {"s3", "kms"},  # imports and exports; the key of an encrypted table
    "events": {
        "apigateway",
        "lambda",
        "logs",
        "sns",
        "sqs",
        "states",  # targets
        "secretsmanager",
    },  # the ARN of a connection's secret
    "lambda": {"dynamodb", "dynamodbstreams", "events", "logs", "s3", "sns", "sqs"},  # sources, destinations, logs
    "logs": {"lambda", "events"},  # subscriptions; and a member "events"
    "secretsmanager": {"lambda"},  # who rotates
    "ses": {"events", "sns"},  # where a configuration set's events go
    "sns": {"lambda", "ses", "sqs"},  # protocols of subscriptions
    "ssm": {"events", "secretsmanager"},  # notices; parameters that stand for secrets
    "sts": {"iam"},  # an access key is somebody's
    "states": {"apigateway", "events", "lambda", "logs", "s3"},  # function ARNs, status events, logs, items and results
}


def without_comments(text):
    """Code alone, with its line breaks: a string may hold what looks like a comment."""

    def blank(match):
        return match.group(0) if match.group(0).startswith('"') else re.sub(r"[^\n]", " ", match.group(0))

    return re.sub(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', blank, text, flags=re.S)


def descriptions():
    """Service name -> (folder, variable)."""
    found = {}
    for file in sorted(SERVICES.glob("*/description.cpp")):
        for variable, name in re.findall(r'const ServiceDescription (\w+)\{\s*\.name = "(\w+)"', file.read_text()):
            found[name] = (file.parent.name, variable)
    return found


def named_in(text, names):
    """(line, service) of every text that is a service's name, or begins with it and a colon ("sqs:SendMessage")."""
    for number, line in enumerate(without_comments(text).splitlines(), 1):
        if re.match(r"\s*#\s*include", line):
            continue
        for literal in re.findall(r'"((?:\\.|[^"\\])*)"', line):
            if literal.split(":")[0] in names:
                yield number, literal.split(":")[0]


def problems():
    known = descriptions()
    for name, (folder, variable) in known.items():
        if f"&{folder}::{variable}" not in (ROOT / "emulator/main.cpp").read_text():
            yield f"emulator/main.cpp: leaves out {folder}::{variable}"
    for folder in sorted(p for p in SERVICES.iterdir() if p.is_dir() and p.name != "kit"):
        if not any(where == folder.name for where, _ in known.values()):
            yield f"emulator/services/{folder.name}: has no description.cpp"
    for file in sorted(f for pattern in ("*.h", "*.cpp") for f in (ROOT / "emulator").rglob(pattern)):
        name = str(file.relative_to(ROOT))
        if any(name.startswith(place) for place in MAY_NAME_ANY):
            continue
        parts = name.split("/")
        home = parts[2] if name.startswith("emulator/services/") else None
        own = {service for service, (folder, _) in known.items() if folder == home}
        for number, service in named_in(file.read_text(errors="replace"), set(known)):
            if service not in own | CALLS.get(home, set()) | MAY_NAME.get(name, set()):
                yield f"{name}:{number}: names the service {service}, of which only its own folder knows"


found = list(problems())
print("\n".join(found) if found else "service rooms: nobody knows a service by name but those who call it")
sys.exit(1 if found else 0)
