"""The data file stops growing under a load that does not end: ten virtual hours with small limits. GROWTH_HOURS=24
GROWTH_DEFAULTS=1 runs a day with the limits that everybody gets."""
import os

from growth import measure

LIMITS = ["--keep", "record=3000,logs=1MB,executions=300,streams=500"]


def test_growth(folder):
    hours = int(os.environ.get("GROWTH_HOURS", 10))
    sizes, status = measure(hours, 20, folder, more=[] if os.environ.get("GROWTH_DEFAULTS") else LIMITS, show=False)
    half = sizes[len(sizes) // 2 - 1]
    assert sizes[-1] <= half * 1.1, (
        "the file is as large at the end as at half time",
        "%s" % [round(size / 1e6, 1) for size in sizes],
    )
    held = {(table["name"], kind["name"]): kind["rows"] for table in status["tables"] for kind in table["kinds"]}
    assert held[("record", "entries")] <= 3200, ("the record keeps to its limit", held)
    assert held[("states", "ended executions, by age")] <= 310, ("ended executions keep to theirs", held)
    assert ("dynamodb", "stream records") in held and ("sqs", "messages and their order") in held, (
        "the status names the kinds of rows",
        held,
    )
    assert status["file"]["bytes"] == sizes[-1] and 0 <= status["file"]["freeBytes"] < sizes[-1], (
        "the file's size is told",
        status["file"],
    )
