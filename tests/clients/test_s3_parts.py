"""Large objects as the clients send them: boto3's transfers and `aws s3 cp` upload in parts and download in ranges."""
import hashlib
import random
import subprocess

import pytest

BODY = random.Random(7).randbytes(20 * 1024 * 1024 + 77)


@pytest.fixture(scope="module")
def files(backlot, tmp_path_factory):
    backlot.client("s3").create_bucket(Bucket="large")
    folder = tmp_path_factory.mktemp("files")
    (folder / "body").write_bytes(BODY)
    return folder


def etag_of_parts(size):
    parts = [BODY[at : at + size] for at in range(0, len(BODY), size)]
    return '"%s-%d"' % (hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest(), len(parts))


def test_boto3_uploads_and_downloads_a_file(backlot, files):
    s3 = backlot.client("s3")
    s3.upload_file(str(files / "body"), "large", "by-boto3")
    assert s3.head_object(Bucket="large", Key="by-boto3")["ETag"] == etag_of_parts(8 * 1024 * 1024)
    s3.download_file("large", "by-boto3", str(files / "back"))
    assert (files / "back").read_bytes() == BODY
    part = s3.get_object(Bucket="large", Key="by-boto3", PartNumber=2)
    assert part["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert part["Body"].read() == BODY[8 * 1024 * 1024 : 16 * 1024 * 1024]


def test_the_aws_cli_copies_there_and_back_and_leaves_no_upload(backlot, files):
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(files),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for source, target in (("body", "s3://large/by-cli"), ("s3://large/by-cli", "back-by-cli")):
        done = subprocess.run(
            ["/usr/bin/aws", "--endpoint-url", backlot.endpoint, "s3", "cp", source, target],
            env=environment,
            cwd=str(files),
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()
    assert (files / "back-by-cli").read_bytes() == BODY
    assert "Uploads" not in backlot.client("s3").list_multipart_uploads(Bucket="large")


def test_a_bucket_with_an_upload_under_way_goes_and_takes_it_along(backlot):
    s3 = backlot.client("s3")
    s3.create_bucket(Bucket="given-up")
    upload = s3.create_multipart_upload(Bucket="given-up", Key="a")["UploadId"]
    s3.upload_part(Bucket="given-up", Key="a", UploadId=upload, PartNumber=1, Body=b"x" * 1000)
    s3.delete_bucket(Bucket="given-up")
    s3.create_bucket(Bucket="given-up")
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="given-up")
