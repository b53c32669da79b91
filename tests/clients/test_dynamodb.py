"""DynamoDB and its streams as boto3 sees them: a table's life, operation by operation."""
from decimal import Decimal

import pytest
import boto3
from botocore.exceptions import ClientError


def code_of(call, **request):
    """The error's code; empty where the call succeeds."""
    try:
        call(**request)
        return ""
    except ClientError as error:
        return error.response["Error"]["Code"]


def create(dynamodb, name, ranged=False, **more):
    definitions = {"pk": "S", **({"sk": "N"} if ranged else {}), **more.pop("attributes", {})}
    return dynamodb.create_table(
        TableName=name,
        BillingMode=more.pop("BillingMode", "PAY_PER_REQUEST"),
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": kind} for attribute, kind in definitions.items()
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}]
        + ([{"AttributeName": "sk", "KeyType": "RANGE"}] if ranged else []),
        **more
    )


def records(streams, arn, kind="TRIM_HORIZON"):
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind)["ShardIterator"]
    return streams.get_records(ShardIterator=iterator)["Records"]


@pytest.fixture(scope="module")
def dynamodb(backlot):
    return backlot.client("dynamodb")


def test_items(backlot, dynamodb):
    create(dynamodb, "Items", ranged=True)
    table = boto3.resource(
        "dynamodb",
        endpoint_url=backlot.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    ).Table("Items")
    table.put_item(
        Item={
            "pk": "a",
            "sk": 1,
            "n": Decimal("1.50"),
            "s": {"x", "y"},
            "l": [1, {"m": None}],
            "b": b"\x00\xff",
            "t": True,
            "e": "",
        }
    )
    seen = table.get_item(Key={"pk": "a", "sk": 1}, ConsistentRead=True)["Item"]
    assert seen == (
        {
            "pk": "a",
            "sk": 1,
            "n": Decimal("1.5"),
            "s": {"x", "y"},
            "l": [1, {"m": None}],
            "b": boto3.dynamodb.types.Binary(b"\x00\xff"),
            "t": True,
            "e": "",
        }
    ), "an item comes back as it was put"
    assert (
        table.update_item(
            Key={"pk": "a", "sk": 1},
            UpdateExpression="SET l[1].m = :x ADD n :n",
            ReturnValues="UPDATED_NEW",
            ExpressionAttributeValues={":x": "end", ":n": 2},
        )["Attributes"]
    ) == {"l": [{"m": "end"}], "n": Decimal("3.5")}, "ADD and SET in one update"
    assert (
        code_of(table.put_item, Item={"pk": "a", "sk": 1}, ConditionExpression="attribute_not_exists(pk)")
        == "ConditionalCheckFailedException"
    ), "a failed condition"
    with table.batch_writer() as batch:
        for sk in range(2, 60):
            batch.put_item(Item={"pk": "a", "sk": sk, "even": sk % 2 == 0})
    found = table.query(
        KeyConditionExpression=boto3.dynamodb.conditions.Key("pk").eq("a")
        & boto3.dynamodb.conditions.Key("sk").between(10, 19),
        FilterExpression=boto3.dynamodb.conditions.Attr("even").eq(True),
        ScanIndexForward=False,
    )
    assert ([int(item["sk"]) for item in found["Items"]], found["Count"], found["ScannedCount"]) == (
        [18, 16, 14, 12, 10],
        5,
        10,
    ), "a query with a filter, backwards"
    seen = [
        item["sk"]["N"]
        for segment in range(4)
        for page in dynamodb.get_paginator("scan").paginate(
            TableName="Items", Segment=segment, TotalSegments=4, PaginationConfig={"PageSize": 7}
        )
        for item in page["Items"]
    ]
    assert sorted(map(int, seen)) == list(range(1, 60)), "a parallel scan sees each item once"
    used = dynamodb.put_item(
        TableName="Items",
        Item={"pk": {"S": "big"}, "sk": {"N": "1"}, "v": {"S": "x" * 3000}},
        ReturnConsumedCapacity="TOTAL",
    )["ConsumedCapacity"]
    assert used == {"TableName": "Items", "CapacityUnits": 3.0}, "capacity of a write of 3 KB"


def test_transactions(backlot, dynamodb):
    create(dynamodb, "Ledger")
    put = {
        "Put": {"TableName": "Ledger", "Item": {"pk": {"S": "a"}}, "ConditionExpression": "attribute_not_exists(pk)"}
    }
    check_b = {
        "ConditionCheck": {
            "TableName": "Ledger",
            "Key": {"pk": {"S": "b"}},
            "ConditionExpression": "attribute_exists(pk)",
        }
    }
    try:
        dynamodb.transact_write_items(TransactItems=[put, check_b])
        assert False, "a transaction with a failed check is cancelled"
    except dynamodb.exceptions.TransactionCanceledException as error:
        assert [reason["Code"] for reason in error.response["CancellationReasons"]] == [
            "None",
            "ConditionalCheckFailed",
        ], "cancellation reasons"
    dynamodb.transact_write_items(TransactItems=[put], ClientRequestToken="once")
    dynamodb.transact_write_items(TransactItems=[put], ClientRequestToken="once")  # done before: succeeds, does nothing
    assert (
        code_of(dynamodb.transact_write_items, TransactItems=[check_b], ClientRequestToken="once")
        == "IdempotentParameterMismatchException"
    ), "a token with another request"
    backlot.advance("11m")
    assert (
        code_of(dynamodb.transact_write_items, TransactItems=[put], ClientRequestToken="once")
        == "TransactionCanceledException"
    ), "a token after ten minutes"
    got = dynamodb.transact_get_items(
        TransactItems=[{"Get": {"TableName": "Ledger", "Key": {"pk": {"S": key}}}} for key in "ab"]
    )["Responses"]
    assert got == [{"Item": {"pk": {"S": "a"}}}, {}], "TransactGetItems"


def test_partiql(dynamodb):
    create(dynamodb, "Music", ranged=True)
    for sk in range(5):
        dynamodb.execute_statement(
            Statement="INSERT INTO Music VALUE {'pk': ?, 'sk': ?, 'm': {'k': [1, 2]}}",
            Parameters=[{"S": "p"}, {"N": str(sk)}],
        )
    page = dynamodb.execute_statement(Statement="SELECT sk FROM Music WHERE pk = 'p'", Limit=3)
    rest = dynamodb.execute_statement(Statement="SELECT sk FROM Music WHERE pk = 'p'", NextToken=page["NextToken"])
    assert [item["sk"]["N"] for item in page["Items"] + rest["Items"]] == list("01234"), "a SELECT by pages"
    assert dynamodb.execute_statement(Statement="SELECT m.k[1] FROM Music WHERE pk = 'p' AND sk = 0")["Items"] == [
        {"_1": {"N": "2"}}
    ], "a nested path"
    batch = dynamodb.batch_execute_statement(
        Statements=[
            {"Statement": "SELECT * FROM Music WHERE pk = 'p' AND sk = 9"},
            {"Statement": "SELECT * FROM Nowhere WHERE pk = 'x'"},
        ]
    )["Responses"]
    assert [response.get("Error", {}).get("Code", "") for response in batch] == [
        "",
        "ResourceNotFound",
    ], "a batch answers each statement"
    dynamodb.execute_transaction(
        TransactStatements=[
            {"Statement": "UPDATE Music SET n = 1 WHERE pk = 'p' AND sk = 0"},
            {"Statement": "DELETE FROM Music WHERE pk = 'p' AND sk = 1"},
        ]
    )
    assert dynamodb.get_item(TableName="Music", Key={"pk": {"S": "p"}, "sk": {"N": "0"}})["Item"]["n"] == {
        "N": "1"
    }, "a transaction of statements"


def test_indexes(dynamodb):
    create(dynamodb, "Games")
    for number in range(6):
        dynamodb.put_item(
            TableName="Games",
            Item={
                "pk": {"S": "g%d" % number},
                "region": {"S": "eu"},
                "level": {"N": str(number % 2)},
                "round": {"N": str(number)},
                "score": {"N": "7"},
            },
        )
    keys = [("region", "S", "HASH"), ("score", "N", "HASH"), ("level", "N", "RANGE"), ("round", "N", "RANGE")]
    dynamodb.update_table(
        TableName="Games",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind, _ in keys],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "many",
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                    "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, _, kind in keys],
                }
            }
        ],
    )
    found = dynamodb.query(
        TableName="Games",
        IndexName="many",
        KeyConditionExpression="#r = :r AND score = :s AND #l = :l AND #o > :o",
        ExpressionAttributeNames={"#r": "region", "#l": "level", "#o": "round"},
        ExpressionAttributeValues={":r": {"S": "eu"}, ":s": {"N": "7"}, ":l": {"N": "1"}, ":o": {"N": "1"}},
    )["Items"]
    assert [item["pk"]["S"] for item in found] == [
        "g3",
        "g5",
    ], "an index with two hash and two range attributes, filled afterwards"
    assert (
        code_of(dynamodb.put_item, TableName="Games", Item={"pk": {"S": "x"}, "level": {"S": "high"}})
        == "ValidationException"
    ), "a wrong type for an index key"
    dynamodb.update_table(TableName="Games", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "many"}}])
    assert (
        "GlobalSecondaryIndexes" not in dynamodb.describe_table(TableName="Games")["Table"]
    ), "an index that was removed is gone"


def test_expiry(backlot, dynamodb):
    arn = create(dynamodb, "Sessions", StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"})[
        "TableDescription"
    ]["LatestStreamArn"]
    dynamodb.update_time_to_live(
        TableName="Sessions", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"}
    )
    assert dynamodb.describe_time_to_live(TableName="Sessions")["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "until",
    }, "DescribeTimeToLive"
    now = 1767603600  # where the clock of a test begins: 2026-01-05T09:00:00Z
    dynamodb.put_item(TableName="Sessions", Item={"pk": {"S": "short"}, "until": {"N": str(now + 3600)}})
    dynamodb.put_item(TableName="Sessions", Item={"pk": {"S": "long"}, "until": {"N": str(now + 400 * 86400)}})
    backlot.advance("3h")
    assert [item["pk"]["S"] for item in dynamodb.scan(TableName="Sessions")["Items"]] == [
        "long"
    ], "what expired is removed"
    last = records(backlot.client("dynamodbstreams"), arn)[-1]
    assert (last["eventName"], last.get("userIdentity")) == (
        "REMOVE",
        {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"},
    ), "the stream says who removed it"


def test_streams(backlot, dynamodb):
    arn = create(dynamodb, "Feed", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})[
        "TableDescription"
    ]["LatestStreamArn"]
    for version in "1", "1", "2":
        dynamodb.put_item(TableName="Feed", Item={"pk": {"S": "a"}, "v": {"N": version}})
    dynamodb.delete_item(TableName="Feed", Key={"pk": {"S": "a"}})
    reading = backlot.client("dynamodbstreams")
    assert [record["eventName"] for record in records(reading, arn)] == [
        "INSERT",
        "MODIFY",
        "REMOVE",
    ], "a write that changes nothing leaves no record"
    assert records(reading, arn, "LATEST") == [], "LATEST begins after what there is"
    dynamodb.update_table(TableName="Feed", StreamSpecification={"StreamEnabled": False})
    shard = reading.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]
    assert "EndingSequenceNumber" in shard["SequenceNumberRange"], "a disabled stream's shard is closed"


def test_lifecycle(dynamodb):
    arn = create(dynamodb, "Life", Tags=[{"Key": "team", "Value": "shop"}])["TableDescription"]["TableArn"]
    dynamodb.get_waiter("table_exists").wait(TableName="Life")
    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "shop"}], "tags"
    dynamodb.put_item(TableName="Life", Item={"pk": {"S": "a"}, "v": {"N": "1"}})
    backup = dynamodb.create_backup(TableName="Life", BackupName="first")["BackupDetails"]["BackupArn"]
    dynamodb.delete_item(TableName="Life", Key={"pk": {"S": "a"}})
    dynamodb.restore_table_from_backup(TargetTableName="Again", BackupArn=backup)
    assert dynamodb.scan(TableName="Again")["Items"] == [
        {"pk": {"S": "a"}, "v": {"N": "1"}}
    ], "a restored table has the items of the backup"
    dynamodb.update_continuous_backups(
        TableName="Again", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    status = dynamodb.describe_continuous_backups(TableName="Again")["ContinuousBackupsDescription"][
        "PointInTimeRecoveryDescription"
    ]["PointInTimeRecoveryStatus"]
    assert status == "ENABLED", "point-in-time recovery"
    dynamodb.restore_table_to_point_in_time(
        SourceTableName="Again", TargetTableName="Third", UseLatestRestorableTime=True
    )
    assert dynamodb.describe_table(TableName="Third")["Table"]["ItemCount"] == 1, "a table restored to the latest point"
    dynamodb.update_contributor_insights(TableName="Life", ContributorInsightsAction="ENABLE")
    assert (
        dynamodb.describe_contributor_insights(TableName="Life")["ContributorInsightsStatus"] == "ENABLED"
    ), "contributor insights"
    assert (
        code_of(
            dynamodb.enable_kinesis_streaming_destination,
            TableName="Life",
            StreamArn="arn:aws:kinesis:us-east-1:000000000000:stream/s",
        )
        == "ResourceNotFoundException"
    ), "Kinesis streams are not found"
    assert dynamodb.list_global_tables()["GlobalTables"] == [], "no global tables"
    dynamodb.delete_table(TableName="Life")
    dynamodb.get_waiter("table_not_exists").wait(TableName="Life")
    assert dynamodb.describe_limits()["TableMaxReadCapacityUnits"] > 0, "limits"
