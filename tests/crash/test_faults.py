#!/usr/bin/python3
"""The n-th write, sync, change of size, open, accept or spawn of a fixed round of work fails: once, and from then on until it is
healed. After it nothing acknowledged is missing, nothing is stuck, idle tells the truth, and a restart (kill -9 and SIGTERM)
finds the same. And a real disk of a few megabytes that is filled and freed.

  test_faults.py [--long] [--kind KIND] [--seconds N]   # short: a selection of n in about 40 s; --long: every n, with and without --durable"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from faulty import FaultyServer, KINDS, Round, check, library, remove   # noqa: E402
from backlot import finish, part   # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--long", action="store_true")
parser.add_argument("--kind", choices=KINDS)
parser.add_argument("--seconds", type=float, default=40)
parser.add_argument("--seed", type=int, default=1)
given = parser.parse_args()
preload = library()


def new_instance(work):
    """The next invocation needs a process of its own."""
    work.server.must(work.server.own("call/lambda/UpdateFunctionConfiguration", {"FunctionName": "f", "Description": str(work.number)}))


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
        check("idle is denied while something is due and cannot be done", answer[0] == 408 or not any(one["at"] <= now for one in due), (answer, due))
    server.heal()
    failed = server.failed()
    work.settle()
    if kind in ("write", "sync"):   # a commit for the clock's sake alone
        server.arm(kind, after % 4, 1)
        status = work.advance("10s")
        check("an advance is answered, with an error where it is not stored", status in (200, 500), status)
        check("an advance that could not be stored says so", server.failed() == 0 or status == 500, status)
        server.heal()
        failed += server.failed()
    return failed


def loop(kind, durable, until):
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
    if not given.long:
        random.Random(given.seed).shuffle(places)
    met = tried = 0
    for n, times in places:
        if not given.long and time.monotonic() > until and met:
            break
        tried += 1
        met += one(work, kind, n, times) > 0
        if tried % 25 == 0:
            restart(work, server.kill if tried % 50 else server.stop, "after a restart")
    check("%s: the fault was met" % kind, met > 0 or calls == 0, calls)
    work.verify("once healed")
    restart(work, server.kill, "after kill -9")
    work.verify("after kill -9")
    restart(work, server.stop, "after a stop")
    work.verify("after a stop")
    server.stop()
    print("%s%s: %d places, tried %d, the fault was met in %d" % (kind, " --durable" if durable else "", 2 * (calls + 1), tried, met), flush=True)
    remove(folder)


def restart(work, how, what):
    how()
    work.server.start()
    work.settle()
    now = work.server.control("clock").json["epochMillis"]
    check("%s the clock stands where it was answered to stand" % what, now >= work.clock, (now, work.clock))


def small_disk():
    folder = tempfile.mkdtemp(prefix="backlot-disk-")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True).returncode:
        print("a small disk cannot be mounted here (root only): left out")
        return
    try:
        data = os.path.join(folder, "data")
        server = FaultyServer(data)
        server.start()
        work = Round(server, functions=False)
        work.prepare()
        for turn in range(2 if given.long else 1):
            for _ in range(20):   # their waits end while the disk is full
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
                    work.advance("2s", timeout=1)   # not answered before there is room
            refused = sum(not acked for acked in work.items.values())
            check("a full disk refuses writes", refused > 0, refused)
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


with part("a small disk"):
    small_disk()
kinds = [given.kind] if given.kind else KINDS
modes = [False, True] if given.long else [True]
began = time.monotonic()
for number, kind in enumerate(kinds):
    for durable in modes:
        with part("%s fails" % kind):
            loop(kind, durable, began + given.seconds * (number + 1) / len(kinds))
finish()
