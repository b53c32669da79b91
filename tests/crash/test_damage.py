"""Damaged data folders: bits flipped, pages zeroed, overwritten, swapped, the file cut off. Whatever was done, the
process refuses the folder in words with a status of its own, or every item is what was written; `verify` says the same,
and what `salvage` saves is never anything that was not written.

FILES=1000 damages more of them."""
import os
import random
import shutil
import signal
import subprocess

import pytest

from backlot import Backlot, binary, rows, setting

FILES = setting("FILES", 60)
PAGE, DAMAGED = 4096, 8
TABLE, QUEUE = "Orders", "orders-queue"


def live(folder):
    """A folder that was written in many commits; answers what it holds."""
    chance = random.Random(7)
    with Backlot(clock="virtual", data=folder) as backlot:
        dynamodb, sqs = backlot.client("dynamodb"), backlot.client("sqs")
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        for number in range(300):
            size = chance.randrange(20000) if number % 10 == 0 else chance.randrange(300)
            dynamodb.put_item(
                TableName=TABLE,
                Item={"id": {"S": "ORDER-%d" % (number % 200)}, "total": {"N": str(number)}, "text": {"S": "x" * size}},
            )
            if number % 20 == 0:
                sqs.send_message(QueueUrl=url, MessageBody="message %d" % number)
        return contents(backlot)


def contents(backlot):
    items = sorted(rows(backlot.client("dynamodb"), TABLE), key=lambda item: item["id"])
    sqs = backlot.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    messages = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"][
        "ApproximateNumberOfMessages"
    ]
    return items, messages


def damage(data, chance):
    data, pages = bytearray(data), len(data) // PAGE
    page, other = chance.randrange(pages), chance.randrange(pages)
    kind = chance.choice(["bit", "zeroed", "random", "swapped", "misplaced", "cut"])
    here, there = slice(page * PAGE, (page + 1) * PAGE), slice(other * PAGE, (other + 1) * PAGE)
    if kind == "bit":
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == "zeroed":
        data[here] = bytes(PAGE)
    elif kind == "random":
        data[here] = chance.randbytes(PAGE)
    elif kind == "swapped":
        data[here], data[there] = data[there], data[here]
    elif kind == "misplaced":
        data[page * PAGE + 8 : (page + 1) * PAGE] = data[other * PAGE + 8 : (other + 1) * PAGE]
    else:
        del data[chance.randrange(len(data)) :]
    return "%s, pages %d and %d" % (kind, page, other), bytes(data)


def run(*words):
    return subprocess.run([binary(), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)


def trial(folder, name, expected, salvages):
    verified = run("verify", folder)
    backlot = Backlot(clock="virtual", data=folder)
    try:
        with backlot:
            assert (contents(backlot) == expected) == True, name + ": what is answered is what was written"
            assert verified.returncode == 0, (name + ": verify says that it is whole", verified)
        return False
    except RuntimeError as error:
        words = str(error)
        assert "(status %d)" % DAMAGED in words and "damaged" in words and "backlot salvage" in words, (
            name + ": refused in words, with a status of its own",
            words,
        )
        assert verified.returncode == DAMAGED and "damaged" in verified.stdout, (name + ": verify says so", verified)
    if salvages:
        saved = folder + ".saved"
        salvaged = run("salvage", folder, saved)
        assert salvaged.returncode in (0, DAMAGED) and salvaged.stdout, (name + ": salvage ends with words", salvaged)
        if os.path.exists(os.path.join(saved, "data.mdb")):
            again = run("verify", saved)
            assert again.returncode == 0, (name + ": what was saved is whole", again)
        shutil.rmtree(saved, ignore_errors=True)
    return True


def salvaging(whole, expected, folder):
    """One leaf of items is lost: the others are saved, and the loss is said."""
    data = bytearray(whole)
    at = data.find(b"ORDER-150")
    page = at // PAGE
    data[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    with open(os.path.join(folder, "data.mdb"), "wb") as file:
        file.write(data)
    saved = folder + ".saved"
    assert run("salvage", folder, saved).returncode == DAMAGED, "salvage of a folder that lost a page: exit status"
    assert open(os.path.join(folder, "data.mdb"), "rb").read() == bytes(data), "salvage leaves the folder as it was"
    with Backlot(clock="virtual", data=saved) as backlot:
        items = sorted(rows(backlot.client("dynamodb"), TABLE), key=lambda item: item["id"])
        assert len(expected[0]) // 2 < len(items), ("items were saved", len(items))
        assert all(item in expected[0] for item in items), "and none that was not written"
    assert run("salvage", folder, saved).returncode == 1, "salvage into a folder that is in use by files"


def under_way(folder):
    """The file is cut off and overwritten under a running process: it says so, or answers an error; it never just
    dies."""
    backlot = Backlot(clock="virtual", data=folder).start()
    dynamodb = backlot.client("dynamodb")
    file = os.path.join(folder, "data.mdb")
    os.truncate(file, 2 * PAGE)
    answers = []
    for number in range(200):
        try:
            dynamodb.get_item(TableName=TABLE, Key={"id": {"S": "ORDER-%d" % number}})
            answers.append("answered")
        except Exception as error:  # noqa: BLE001 - whatever came
            answers.append(str(error))
    if backlot.running():
        backlot.process.send_signal(signal.SIGTERM)
    said = backlot.output()
    status = backlot.process.wait(30)
    assert status == DAMAGED and "is damaged" in said and file in said, (
        "a file that is cut off under a process: it ends with words",
        (status, said[-300:], answers[:1]),
    )
    backlot._gone()


@pytest.fixture(scope="module")
def origin(folder):
    """A folder, what it holds, and the bytes of its file."""
    path = os.path.join(folder, "origin")
    expected = live(path)
    with open(os.path.join(path, "data.mdb"), "rb") as file:
        return path, expected, file.read()


def test_an_untouched_folder_is_whole(origin):
    assert run("verify", origin[0]).returncode == 0


def test_damaged(origin, tmp_path, subtests):
    _, expected, whole = origin
    chance, refused = random.Random(2026), 0
    for number in range(FILES):
        folder = str(tmp_path / "damaged")
        os.mkdir(folder)
        what, data = damage(whole, chance)
        with open(os.path.join(folder, "data.mdb"), "wb") as file:
            file.write(data)
        with subtests.test(what):
            refused += trial(folder, "file %d (%s)" % (number, what), expected, number % 8 == 0)
        shutil.rmtree(folder)
    assert refused > FILES // 4, "some were refused"


def test_salvage(origin, tmp_path):
    lost = str(tmp_path / "lost")
    os.mkdir(lost)
    salvaging(origin[2], origin[1], lost)


def test_under_way(origin, tmp_path):
    under_way(shutil.copytree(origin[0], str(tmp_path / "running")))
