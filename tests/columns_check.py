"""No line is longer than 120 columns, but for text within quotes that would lose by a break: JSON, requests, patterns.

columns_check.py FILE…"""
import re
import sys

LIMIT = 120
QUOTED = re.compile(r"R\"\w*\(.*|\"(\\.|[^\"\\])*\"|'(\\.|[^'\\])*'|`[^`]*`")


def too_long(path):
    raw = False  # within a raw string, or a text of several lines
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            within = raw
            if path.endswith((".cpp", ".h")):
                opened, closed = line.rfind('R"'), line.rfind(')"')
                raw = (raw or opened >= 0) and closed <= opened or raw and closed < 0
            elif path.endswith(".py") and line.count('"""') % 2 == 1:
                raw = not raw
            if len(line) > LIMIT and not within and len(QUOTED.sub('""', line)) > LIMIT:
                yield number


found = ["%s:%d" % (path, number) for path in sys.argv[1:] for number in too_long(path)]
print("\n".join(found))
sys.exit(1 if found else 0)
