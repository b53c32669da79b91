"""Nobody waits long beside a work that is long. Half the size of the bench, and room for a noisy machine: a wait counts
where it comes twice. STALLS_MS and STALLS_SCALE set others (the goal on a quiet machine is 20 ms at any scale)."""
import os
from types import SimpleNamespace

import pytest

from backlot import Backlot
from stalls import KEEP, Stalls, first

LIMIT, SCALE = float(os.environ.get("STALLS_MS", 100)), float(os.environ.get("STALLS_SCALE", 0.5))
WORKS = ("bodies", "objects", "dynamodb", "queues", "logs", "executions", "clock")


def worst_of(works):
    """Milliseconds by work, beyond what the machine adds where nothing is done."""
    with Backlot(clock="real", more=KEEP) as backlot:
        first(backlot.process.pid)
        stalls = Stalls(backlot, SimpleNamespace(scale=SCALE, only="", goal=LIMIT))
        stalls.nothing()
        for work in works:
            getattr(stalls, work)()
        noise = stalls.rows[0]["worst_ms"]
        return {row["name"]: row["worst_ms"] - noise for row in stalls.rows[1:]}


@pytest.mark.parametrize("work", WORKS)
def test_nobody_waits_beside(work):
    found = worst_of([work])
    if max(found.values()) > LIMIT:  # a stall of ours comes again
        again = worst_of([work])
        found = {name: min(worst, again[name]) for name, worst in found.items()}
    assert all(worst <= LIMIT for worst in found.values()), "milliseconds beside: %s" % found
