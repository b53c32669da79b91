"""What `aws cloudformation package` and `deploy` do: code and template lie in a bucket, a change set is made of them."""
import io
import urllib.request
import zipfile

import pytest
from botocore.exceptions import ClientError

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: %s
      Handler: index.handler
      CodeUri: s3://artifacts/code/hello.zip
      Events:
        Get: {Type: HttpApi, Properties: {Path: /hello, Method: get}}
Outputs:
  Url: {Value: !Sub "https://${ServerlessHttpApi}.execute-api.${AWS::Region}.amazonaws.com/hello"}
"""
HANDLER = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'hello from ' + event['rawPath']}\n"


@pytest.fixture(scope="module")
def bucket(backlot):
    s3 = backlot.client("s3")
    s3.create_bucket(Bucket="artifacts")
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("index.py", HANDLER)
    s3.put_object(Bucket="artifacts", Key="code/hello.zip", Body=memory.getvalue())
    s3.put_object(Bucket="artifacts", Key="hello.template", Body=(TEMPLATE % "python3.12").encode())
    return s3


@pytest.mark.parametrize(
    "url",
    [
        "https://artifacts.s3.us-east-1.amazonaws.com/hello.template",
        "https://s3.us-east-1.amazonaws.com/artifacts/hello.template",
        "{endpoint}/artifacts/hello.template",
    ],
)
def test_a_change_set_is_made_of_a_template_and_code_in_a_bucket(backlot, bucket, url):
    cloudformation = backlot.client("cloudformation")
    name = "stack-%d" % len(url)
    cloudformation.create_change_set(
        StackName=name,
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateURL=url.format(endpoint=backlot.endpoint),
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.execute_change_set(StackName=name, ChangeSetName="first")
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack.get("StackStatusReason")
    address = stack["Outputs"][0]["OutputValue"]
    assert urllib.request.urlopen(address).read() == b"hello from /hello"
    cloudformation.delete_stack(StackName=name)
    assert not backlot.client("apigatewayv2").get_apis()["Items"]


def test_what_is_not_in_the_bucket_is_said_in_awss_words(backlot, bucket):
    cloudformation, functions = backlot.client("cloudformation"), backlot.client("lambda")
    with pytest.raises(ClientError, match="S3 error: The specified key does not exist"):
        cloudformation.create_stack(StackName="none", TemplateURL="https://artifacts.s3.amazonaws.com/none")
    with pytest.raises(ClientError, match="S3 Error Code: NoSuchKey"):
        functions.create_function(
            FunctionName="none",
            Runtime="python3.12",
            Handler="index.handler",
            Role="arn:aws:iam::000000000000:role/any",
            Code={"S3Bucket": "artifacts", "S3Key": "none"},
        )
