"""kill -9 while a snapshot is loaded or saved: the next start finds the world as it was, or as it was to become, and
nothing between; a snapshot that has its name is whole; nothing is left lying in the folder. Others are answered
meanwhile.

ROUNDS=200 kills it more often."""
import os
import random
import threading
import time

from backlot import Backlot, setting

ROUNDS = setting("ROUNDS", 12)
OBJECTS, OBJECT_BYTES = 8, 1 << 20


def fill(backlot, mark):
    """A world that takes a while to copy, every object of it with the same mark."""
    s3 = backlot.client("s3")
    if mark == b"a":
        s3.create_bucket(Bucket="marks")
    for number in range(OBJECTS):
        s3.put_object(Bucket="marks", Key="object%d" % number, Body=mark * OBJECT_BYTES)


def mark_of(backlot):
    s3 = backlot.client("s3")
    bodies = {s3.get_object(Bucket="marks", Key="object%d" % number)["Body"].read() for number in range(OBJECTS)}
    if len(bodies) != 1:
        return "torn"
    body = bodies.pop()
    return chr(body[0]) if body == body[:1] * OBJECT_BYTES else "torn"


def ask(backlot, body, answers):
    try:
        answers.append(backlot.control("snapshots", body).status)
    except Exception:  # noqa: BLE001 - killed meanwhile
        answers.append(None)


def test_killed(tmp_path, subtests):
    chance = random.Random(11)
    data = str(tmp_path / "data")
    backlot = Backlot(clock="virtual", data=data).start()
    for mark in (b"a", b"b"):
        fill(backlot, mark)
        assert backlot.control("snapshots", {"name": mark.decode()}).status == 200, "snapshot %s is saved" % mark
    began = time.monotonic()
    assert backlot.control("snapshots", {"name": "a", "load": True}).status == 200, "one is loaded"
    takes, now, seen = time.monotonic() - began, "a", set()
    for number in range(ROUNDS):
        with subtests.test("round %d" % number):
            load = chance.random() < 0.7
            to = chance.choice("ab") if load else "saved"
            answers = []
            asking = threading.Thread(target=ask, args=(backlot, {"name": to, "load": load}, answers))
            asking.start()
            time.sleep(takes * 1.3 * chance.random())
            backlot.kill()
            asking.join()
            backlot = Backlot(clock="virtual", data=data).start()
            after = mark_of(backlot)
            wanted = {now, to} if load else {now}
            if load and answers == [200]:
                wanted = {to}
            assert after in wanted, (
                "round %d: the world is the one before or the one that was loaded" % number,
                (after, wanted, answers),
            )
            seen.add((load, answers == [200]))
            now = after
            names = {each["name"] for each in backlot.control("snapshots").json["snapshots"]}
            if not load and answers == [200]:
                assert "saved" in names, ("round %d: a snapshot whose saving was answered is there" % number, names)
            if "saved" in names:
                assert backlot.control("snapshots", {"name": "saved", "load": True}).status == 200, (
                    "round %d: a snapshot that has its name can be loaded" % number
                )
                now = mark_of(backlot)
                assert now in ("a", "b"), ("round %d: and is whole" % number, now)
            left = [
                name
                for top in (data, os.path.join(data, "snapshots"))
                for name in os.listdir(top)
                if name.startswith((".", "incoming-"))
            ]
            assert left == [], "round %d: what is left lying" % number
    assert any(not answered for _, answered in seen), ("some were killed on the way", seen)
    backlot.stop()
