#!/usr/bin/python3
"""Signatures: looked at for their form only, or checked for real with --verify-signatures."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import boto3   # noqa: E402
from botocore.exceptions import ClientError   # noqa: E402
from backlot import STAND_INS, TEMPLATE, Backlot, check, equal, finish, part   # noqa: E402


def client(backlot, service, key="test", secret="test", token=None):
    return boto3.client(service, endpoint_url=backlot.endpoint, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)


def refusal(call, **request):
    """The error's code and status; None where the call succeeds."""
    try:
        call(**request)
        return None
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]


with Backlot() as backlot, part("not asked for"):
    equal("any secret will do", refusal(client(backlot, "dynamodb", secret="whatever").list_tables), None)

with Backlot(template=TEMPLATE, stand_ins=STAND_INS, more=["--verify-signatures"]) as backlot:
    with part("the environment's own credentials"):
        equal("test", refusal(client(backlot, "dynamodb").list_tables), None)
        equal("an account", refusal(client(backlot, "dynamodb", key="111122223333").list_tables), None)
        equal("a wrong secret, JSON", refusal(client(backlot, "dynamodb", secret="wrong").list_tables), ("InvalidSignatureException", 400))
        equal("a wrong secret, Query", refusal(client(backlot, "sns", secret="wrong").list_topics), ("SignatureDoesNotMatch", 403))
        equal("a wrong secret, REST", refusal(client(backlot, "lambda", secret="wrong").list_functions), ("InvalidSignatureException", 403))
        equal("a key that nobody made, JSON", refusal(client(backlot, "dynamodb", key="AKIANOBODY").list_tables), ("UnrecognizedClientException", 400))
        equal("a key that nobody made, Query", refusal(client(backlot, "sns", key="AKIANOBODY").list_topics), ("InvalidClientTokenId", 403))
    with part("bodies and presigned requests"):
        s3 = client(backlot, "s3")
        s3.create_bucket(Bucket="lake")
        s3.put_object(Bucket="lake", Key="a b/c+d.txt", Body=b"hello")
        equal("an object with a name that must be encoded", s3.get_object(Bucket="lake", Key="a b/c+d.txt")["Body"].read(), b"hello")
        sqs = client(backlot, "sqs")
        url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="ä ö")
        equal("a message", sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"], "ä ö")
    with part("keys of a user"):
        iam = client(backlot, "iam")
        iam.create_user(UserName="clerk")
        made = iam.create_access_key(UserName="clerk")["AccessKey"]
        equal("its secret", refusal(client(backlot, "dynamodb", made["AccessKeyId"], made["SecretAccessKey"]).list_tables), None)
        equal("another", refusal(client(backlot, "dynamodb", made["AccessKeyId"], "wrong").list_tables), ("InvalidSignatureException", 400))
        iam.delete_access_key(UserName="clerk", AccessKeyId=made["AccessKeyId"])
        equal("no more", refusal(client(backlot, "dynamodb", made["AccessKeyId"], made["SecretAccessKey"]).list_tables), ("UnrecognizedClientException", 400))
    with part("temporary credentials"):
        made = client(backlot, "sts").get_session_token(DurationSeconds=900)["Credentials"]
        dynamodb = client(backlot, "dynamodb", made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        equal("fresh", refusal(dynamodb.list_tables), None)
        backlot.control("clock", {"advance": "15m"})
        equal("expired", refusal(dynamodb.list_tables)[0], "ExpiredTokenException")
    with part("functions"):
        answer = client(backlot, "lambda").invoke(FunctionName="list-products", Payload=b'{"httpMethod":"GET","path":"/product"}')
        check("a function signs what it calls", not answer.get("FunctionError"), answer["Payload"].read())

finish()
