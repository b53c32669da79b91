"""kill -9 under concurrent writers of a table with indexes and a stream: nothing acknowledged is lost, no index has an
entry without its item or lacks one, the stream has a record for each change, transactions are whole.

ROUNDS=100 kills it more often."""
import random
import threading
import time

import pytest

from backlot import Backlot, setting

ROUNDS = setting("ROUNDS", 6)
WRITERS = 6
TABLE = "Stock"


def text(value):
    return {"S": value}


def number(value):
    return {"N": str(value)}


def create(dynamodb):
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("pk", "S"), ("sk", "N"), ("owner", "S"), ("state", "S"))
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        LocalSecondaryIndexes=[
            {
                "IndexName": "byState",
                "Projection": {"ProjectionType": "KEYS_ONLY"},
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "state", "KeyType": "RANGE"},
                ],
            }
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "byOwner",
                "Projection": {"ProjectionType": "ALL"},
                "KeySchema": [
                    {"AttributeName": "owner", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


class Writer:
    """Owns the items of one partition. `sure`: what each item is for certain; `maybe`: what an unanswered write may
    have made of it."""

    def __init__(self, owner):
        self.owner, self.random = "writer%d" % owner, random.Random(owner)
        self.sure, self.maybe, self.changes = {}, {}, 0

    def begin(self, backlot):
        self.dynamodb, self.stopped = backlot.client("dynamodb"), False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def item(self, sk, version):
        item = {
            "pk": text(self.owner),
            "sk": number(sk),
            "version": number(version),
            "body": text("x" * self.random.randrange(900)),
        }
        if version % 3:
            item["owner"] = text("owner%d" % (version % 4))
        if version % 2:
            item["state"] = text("state%d" % (version % 5))
        return item

    def run(self):
        version = 0
        while not self.stopped:
            version += 1
            sk = self.random.randrange(20)
            kind = self.random.random()
            new = self.item(sk, version + self.changes)
            try:
                if kind < 0.15:
                    new = None
                    self.maybe[sk] = new
                    self.dynamodb.delete_item(TableName=TABLE, Key={"pk": text(self.owner), "sk": number(sk)})
                elif kind < 0.3:  # both or neither
                    twin = 100 + sk
                    other = dict(new, sk=number(twin))
                    self.maybe[sk], self.maybe[twin] = new, other
                    self.dynamodb.transact_write_items(
                        TransactItems=[{"Put": {"TableName": TABLE, "Item": each}} for each in (new, other)]
                    )
                    self.settle(twin, other)
                else:
                    self.maybe[sk] = new
                    self.dynamodb.put_item(TableName=TABLE, Item=new)
            except Exception:  # noqa: BLE001 - killed while it was asked: it happened, or it did not
                return
            self.settle(sk, new)

    def settle(self, sk, item):
        self.sure[sk] = item
        self.maybe.pop(sk, None)
        self.changes += 1


def pages(call, member="Items", **request):
    found, start = [], {}
    while True:
        answer = call(**request, **start)
        found += answer[member]
        if "LastEvaluatedKey" not in answer:
            return found
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def key(item):
    return item["pk"]["S"], int(item["sk"]["N"])


def stream_images(backlot):
    """Every item as the stream's records leave it."""
    streams = backlot.client("dynamodbstreams")
    arn = streams.list_streams(TableName=TABLE)["Streams"][0]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    items, sequence, ordered = {}, "", True
    while True:
        answer = streams.get_records(ShardIterator=iterator, Limit=1000)
        if not answer["Records"]:
            return items, ordered
        for record in answer["Records"]:
            change = record["dynamodb"]
            ordered = ordered and change["SequenceNumber"] > sequence
            sequence = change["SequenceNumber"]
            items.pop(key(change["Keys"]), None)
            if "NewImage" in change:
                items[key(change["Keys"])] = change["NewImage"]
        iterator = answer["NextShardIterator"]


def verify(backlot, writers, round_number):
    dynamodb = backlot.client("dynamodb")
    name = "round %d: " % round_number
    stored = {key(item): item for item in pages(dynamodb.scan, TableName=TABLE, ConsistentRead=True)}
    lost = torn = 0
    for writer in writers:
        for sk in set(writer.sure) | set(writer.maybe):
            seen = stored.get((writer.owner, sk))
            if seen == writer.sure.get(sk):
                continue
            if sk in writer.maybe and seen == writer.maybe[sk]:
                writer.sure[sk] = seen
                continue
            lost += 1
        pair = [sk for sk in writer.maybe]
        if len(pair) == 2:  # an unanswered transaction: both of it, or nothing
            torn += len({stored.get((writer.owner, sk)) == writer.maybe[sk] for sk in pair}) != 1
        writer.maybe.clear()
    assert lost == 0, name + "acknowledged writes lost"
    assert torn == 0, name + "transactions torn"

    indexed = {key(item): item for item in pages(dynamodb.scan, TableName=TABLE, IndexName="byOwner")}
    assert indexed == {k: item for k, item in stored.items() if "owner" in item}, (
        name + "the global index holds the items that have its key"
    )
    local = {key(item) for item in pages(dynamodb.scan, TableName=TABLE, IndexName="byState")}
    assert local == {k for k, item in stored.items() if "state" in item}, (
        name + "the local index holds the items that have its key"
    )
    table = dynamodb.describe_table(TableName=TABLE)["Table"]
    assert table["ItemCount"] == len(stored), name + "ItemCount"
    assert table["GlobalSecondaryIndexes"][0]["ItemCount"] == len(indexed), name + "ItemCount of the global index"
    images, ordered = stream_images(backlot)
    assert ordered, name + "sequence numbers grow"
    assert images == stored, name + "the stream's records lead to the table"


@pytest.fixture(scope="module")
def server(folder):
    made = Backlot(clock="real", data=folder).start()
    create(made.client("dynamodb"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def writers():
    return [Writer(owner) for owner in range(WRITERS)]


@pytest.mark.parametrize("number", range(ROUNDS))
def test_killed(number, server, writers):
    for writer in writers:
        writer.begin(server)
    time.sleep(0.3 + random.Random(number).random())
    server.kill()
    for writer in writers:
        writer.stopped = True
        writer.thread.join(70)
    server.start()
    verify(server, writers, number)


def test_writes_were_acknowledged(writers):
    changes = sum(writer.changes for writer in writers)
    assert changes > 50 * ROUNDS
