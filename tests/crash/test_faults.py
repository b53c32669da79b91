"""The n-th write, sync, change of size, open, accept or spawn of a fixed round of work fails: once, and from then on
until it is healed. After it nothing acknowledged is missing, nothing is stuck, idle tells the truth, and a restart
(kill -9 and SIGTERM) finds the same. And a real disk of a few megabytes that is filled and freed.

LONG=1 tries every n, with and without --durable; otherwise a selection of n that takes SECONDS (40)."""
import os
import random
import subprocess
import tempfile
import time

import pytest

from backlot import setting
from faulty import FaultyServer, KINDS, Round, library, remove


LONG = setting("LONG", False)
SECONDS, SEED = setting("SECONDS", 40.0), setting("SEED", 1)


@pytest.fixture(scope="module")
def preload():
    return library()


def new_instance(work):
    """The next invocation needs a process of its own."""
    work.server.must(
        work.server.own(
            "call/lambda/UpdateFunctionConfiguration", {"FunctionName": "f", "Description": str(work.number)}
        )
    )


def one(work, kind, after, times):
    server = work.server
    if kind in ("spawn", "open"):
        new_instance(work)
    if kind == "accept" and server.connection:
        server.connection.close()
        server.connection = None
    server.arm(kind, after, times)
    work.once(disk=kind in ("write", "sync", "size"))
    failed = server.failed()
    if failed and times == 0 and kind in ("write", "sync"):
        answer = server.own("idle", {"timeout": "0s"})
        due = server.control("clock").json["nextDue"]
        now = server.control("clock").json["now"]
        assert answer[0] == 408 or not any(one["at"] <= now for one in due), (
            "idle is denied while something is due and cannot be done",
            (answer, due),
        )
    server.heal()
    failed = server.failed()
    work.settle()
    if kind in ("write", "sync"):  # a commit for the clock's sake alone
        server.arm(kind, after % 4, 1)
        status = work.advance("10s")
        assert status in (200, 500), ("an advance is answered, with an error where it is not stored", status)
        assert server.failed() == 0 or status == 500, ("an advance that could not be stored says so", status)
        server.heal()
        failed += server.failed()
    return failed


def loop(kind, durable, preload, until):
    folder = tempfile.mkdtemp(prefix="backlot-faults-")
    server = FaultyServer(folder, preload, more=["--durable"] if durable else [])
    server.start()
    work = Round(server, functions=kind in ("open", "accept", "spawn", "write"))
    work.prepare()
    before = server.calls(kind)
    if kind in ("spawn", "open"):
        new_instance(work)
    work.once()
    work.settle()
    calls = server.calls(kind) - before
    places = [(n, times) for n in range(calls + 1) for times in (1, 0)]
    if not LONG:
        random.Random(SEED).shuffle(places)
    met = tried = 0
    for n, times in places:
        if not LONG and time.monotonic() > until and met:
            break
        tried += 1
        met += one(work, kind, n, times) > 0
        if tried % 25 == 0:
            restart(work, server.kill if tried % 50 else server.stop, "after a restart")
    assert met > 0 or calls == 0, ("%s: the fault was met" % kind, calls)
    work.verify("once healed")
    restart(work, server.kill, "after kill -9")
    work.verify("after kill -9")
    restart(work, server.stop, "after a stop")
    work.verify("after a stop")
    server.stop()
    print(
        "%s%s: %d places, tried %d, the fault was met in %d"
        % (kind, " --durable" if durable else "", 2 * (calls + 1), tried, met),
        flush=True,
    )
    remove(folder)


def restart(work, how, what):
    how()
    work.server.start()
    work.settle()
    now = work.server.control("clock").json["epochMillis"]
    assert now >= work.clock, ("%s the clock stands where it was answered to stand" % what, (now, work.clock))


def test_a_small_disk():
    folder = tempfile.mkdtemp(prefix="backlot-disk-")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True).returncode:
        remove(folder)
        pytest.skip("a small disk cannot be mounted here (root only)")
    try:
        data = os.path.join(folder, "data")
        server = FaultyServer(data)
        server.start()
        work = Round(server, functions=False)
        work.prepare()
        for turn in range(2 if LONG else 1):
            for _ in range(20):  # their waits end while the disk is full
                work.once()
            with open(os.path.join(folder, "filler"), "wb", buffering=0) as filler:
                try:
                    while True:
                        filler.write(bytes(4096))
                except OSError:
                    pass
            for number in range(89):
                work.once()
                if number == 5:
                    work.advance("2s", timeout=1)  # not answered before there is room
            refused = sum(not acked for acked in work.items.values())
            assert refused > 0, ("a full disk refuses writes", refused)
            os.unlink(os.path.join(folder, "filler"))
            work.settle()
            work.verify("once the disk is freed")
            restart(work, server.kill, "after kill -9")
            work.verify("after kill -9")
        server.stop()
        print("a disk of 3 MB: %d of %d items refused" % (refused, len(work.items)))
    finally:
        subprocess.run(["umount", "-l", folder])
        remove(folder)


@pytest.mark.parametrize(
    "durable", [False, True] if LONG else [True], ids=lambda on: "durable" if on else "as it comes"
)
@pytest.mark.parametrize("kind", KINDS)
def test_fails(kind, durable, preload):
    loop(kind, durable, preload, time.monotonic() + SECONDS / len(KINDS))
