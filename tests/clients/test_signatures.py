"""Signatures: looked at for their form only, or checked for real with --verify-signatures."""

import pytest
import boto3
from botocore.exceptions import ClientError
from backlot import STAND_INS, TEMPLATE, Backlot


def client(backlot, service, key="test", secret="test", token=None):
    return boto3.client(
        service,
        endpoint_url=backlot.endpoint,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )


def refusal(call, **request):
    """The error's code and status; None where the call succeeds."""
    try:
        call(**request)
        return None
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]


def test_not_asked_for(backlot):
    assert refusal(client(backlot, "dynamodb", secret="whatever").list_tables) is None, "any secret will do"


@pytest.fixture(scope="module")
def strict():
    with Backlot(template=TEMPLATE, stand_ins=STAND_INS, more=["--verify-signatures"]) as server:
        yield server


def test_own_credentials(strict):
    assert refusal(client(strict, "dynamodb").list_tables) is None, "test"
    assert refusal(client(strict, "dynamodb", key="111122223333").list_tables) is None, "an account"
    assert refusal(client(strict, "dynamodb", secret="wrong").list_tables) == (
        "InvalidSignatureException",
        400,
    ), "a wrong secret, JSON"
    assert refusal(client(strict, "sns", secret="wrong").list_topics) == (
        "SignatureDoesNotMatch",
        403,
    ), "a wrong secret, Query"
    assert refusal(client(strict, "lambda", secret="wrong").list_functions) == (
        "InvalidSignatureException",
        403,
    ), "a wrong secret, REST"
    assert refusal(client(strict, "dynamodb", key="AKIANOBODY").list_tables) == (
        "UnrecognizedClientException",
        400,
    ), "a key that nobody made, JSON"
    assert refusal(client(strict, "sns", key="AKIANOBODY").list_topics) == (
        "InvalidClientTokenId",
        403,
    ), "a key that nobody made, Query"


def test_bodies_and_presigned_requests(strict):
    s3 = client(strict, "s3")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="a b/c+d.txt", Body=b"hello")
    assert (
        s3.get_object(Bucket="lake", Key="a b/c+d.txt")["Body"].read() == b"hello"
    ), "an object with a name that must be encoded"
    sqs = client(strict, "sqs")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="ä ö")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "ä ö", "a message"


def test_keys_of_a_user(strict):
    iam = client(strict, "iam")
    iam.create_user(UserName="clerk")
    made = iam.create_access_key(UserName="clerk")["AccessKey"]
    assert (
        refusal(client(strict, "dynamodb", made["AccessKeyId"], made["SecretAccessKey"]).list_tables) is None
    ), "its secret"
    assert refusal(client(strict, "dynamodb", made["AccessKeyId"], "wrong").list_tables) == (
        "InvalidSignatureException",
        400,
    ), "another"
    iam.delete_access_key(UserName="clerk", AccessKeyId=made["AccessKeyId"])
    assert refusal(client(strict, "dynamodb", made["AccessKeyId"], made["SecretAccessKey"]).list_tables) == (
        "UnrecognizedClientException",
        400,
    ), "no more"


def test_temporary_credentials(strict):
    made = client(strict, "sts").get_session_token(DurationSeconds=900)["Credentials"]
    dynamodb = client(strict, "dynamodb", made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    assert refusal(dynamodb.list_tables) is None, "fresh"
    strict.control("clock", {"advance": "15m"})
    assert refusal(dynamodb.list_tables)[0] == "ExpiredTokenException", "expired"


def test_functions(strict):
    answer = client(strict, "lambda").invoke(
        FunctionName="list-products", Payload=b'{"httpMethod":"GET","path":"/product"}'
    )
    assert not answer.get("FunctionError"), ("a function signs what it calls", answer["Payload"].read())
