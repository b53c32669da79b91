#!/usr/bin/python3
"""The data file stops growing under a load that does not end: ten virtual hours with small limits. GROWTH_HOURS=24
GROWTH_DEFAULTS=1 runs a day with the limits that everybody gets."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../clients"))
from backlot import check, finish, remove, scratch   # noqa: E402
from growth import measure   # noqa: E402

LIMITS = ["--keep", "record=3000,logs=1MB,executions=300,streams=500"]

hours = int(os.environ.get("GROWTH_HOURS", 10))
data = scratch("growth")
sizes, status = measure(hours, 20, data, more=[] if os.environ.get("GROWTH_DEFAULTS") else LIMITS, show=False)
remove(data)
half = sizes[len(sizes) // 2 - 1]
check("the file is as large at the end as at half time", sizes[-1] <= half * 1.1, "%s" % [round(size / 1e6, 1) for size in sizes])
held = {(table["name"], kind["name"]): kind["rows"] for table in status["tables"] for kind in table["kinds"]}
check("the record keeps to its limit", held[("record", "entries")] <= 3200, held)
check("ended executions keep to theirs", held[("states", "ended executions, by age")] <= 310, held)
check("the status names the kinds of rows", ("dynamodb", "stream records") in held and ("sqs", "messages") in held, held)
check("the file's size is told", status["file"]["bytes"] == sizes[-1] and 0 <= status["file"]["freeBytes"] < sizes[-1], status["file"])
finish()
