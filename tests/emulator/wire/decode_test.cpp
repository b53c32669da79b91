#include <doctest/doctest.h>

#include "emulator/base/gzip.h"
#include "tests/emulator/wire/requests.h"

using namespace backlot;
using namespace backlot::wire;

TEST_CASE("a JSON body is taken as it is") {
    CHECK(read(jsonRequest("dynamodb", "DynamoDB_20120810.GetItem",
                           R"({"TableName":"shop","Key":{"pk":{"S":"ORDER#1"}}})")) ==
          R"(dynamodb:GetItem {"TableName":"shop","Key":{"pk":{"S":"ORDER#1"}}})");
    CHECK(read(jsonRequest("sqs", "AmazonSQS.ListQueues", "")) == "sqs:ListQueues {}");
}

TEST_CASE("what the model does not know and what is null is gone, and integers have no decimals") {
    CHECK(
        read(jsonRequest(
            "sqs", "AmazonSQS.SendMessage",
            R"({"x":1,"QueueUrl":"u","y":[{}],"MessageBody":"m","MessageGroupId":null,"DelaySeconds":1.9,"z":null})")) ==
        R"(sqs:SendMessage {"QueueUrl":"u","MessageBody":"m","DelaySeconds":1})");
    CHECK(read(jsonRequest("sqs", "AmazonSQS.ListQueues", R"({"x":1})")) == "sqs:ListQueues {}");
    CHECK(read(jsonRequest("sqs", "AmazonSQS.ListQueues", R"({"MaxResults":1e300})")).starts_with("400 "));
    // Each name by itself would be cheap to take out, but not with all the others to be moved up each time.
    std::string many = "{";
    for (int i = 0; i < 100'000; ++i) many += "\"x" + std::to_string(i) + "\":1,";
    CHECK(read(jsonRequest("sqs", "AmazonSQS.ListQueues", many + R"("QueueNamePrefix":"q"})")) ==
          R"(sqs:ListQueues {"QueueNamePrefix":"q"})");
}

TEST_CASE("a body that is no JSON object is a SerializationException without a message") {
    for (const char* body : {"hello", "{\"a\":", "1", "\"x\"", "null", "{} x", "{\"a\":\"\xff\"}"})
        CHECK(read(jsonRequest("dynamodb", "DynamoDB_20120810.ListTables", body)) ==
              R"(400 {"__type":"com.amazon.coral.service#SerializationException"})");
    CHECK(read(jsonRequest("events", "AWSEvents.PutEvents", "[]", "1.1")) ==
          R"(400 {"__type":"SerializationException","Message":"Start of list found where not expected"})");
    const std::string deep = "{\"a\":" + std::string(100000, '[') + std::string(100000, ']') + "}";
    CHECK(read(jsonRequest("states", "AWSStepFunctions.ListStateMachines", deep)).starts_with("400 "));
}

TEST_CASE("a compressed body is unpacked, within a limit") {
    Request request = jsonRequest("dynamodb", "DynamoDB_20120810.GetItem", gzip(R"({"TableName":"shop","Key":{}})"));
    request.headers.add("Content-Encoding", "gzip");
    CHECK(read(request) == R"(dynamodb:GetItem {"TableName":"shop","Key":{}})");
    request.body = "not gzip";
    CHECK(read(request).starts_with("400 "));
    CHECK_FALSE(decompress(gzip(std::string(100000, 'a')), "gzip", 1000));
    CHECK(decompress(gzip(std::string(100000, 'a')), "gzip", 100000)->size() == 100000);
    CHECK(decompress("plain", "", 10) == "plain");
    CHECK_FALSE(decompress("x", "br", 10));
    CHECK_FALSE(decompress(gzip("cut off").substr(0, 12), "gzip", 100));
}

// The bodies of the next cases are what boto3 1.26 sends.

TEST_CASE("SQS is read in Query: flattened lists and maps in the singular") {
    CHECK(read(queryRequest(
              "sqs",
              "Action=CreateQueue&Version=2012-11-05&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=1&"
              "Attribute.2.Name=FifoQueue&Attribute.2.Value=true&Tag.1.Key=a&Tag.1.Value=b")) ==
          R"(sqs:CreateQueue {"QueueName":"q","Attributes":{"DelaySeconds":"1","FifoQueue":"true"},"tags":{"a":"b"}})");
    CHECK(
        read(
            queryRequest("sqs",
                         "Action=ReceiveMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Fh%2F0%2Fq&AttributeName.1=All&"
                         "MessageAttributeName.1=k%2A&MaxNumberOfMessages=3")) ==
        R"(sqs:ReceiveMessage {"QueueUrl":"http://h/0/q","AttributeNames":["All"],"MessageAttributeNames":["k*"],"MaxNumberOfMessages":3})");
    CHECK(
        read(queryRequest(
            "sqs",
            "Action=SendMessageBatch&Version=2012-11-05&QueueUrl=u&SendMessageBatchRequestEntry.1.Id=a&"
            "SendMessageBatchRequestEntry.1.MessageBody=ORDER%231&SendMessageBatchRequestEntry.1.DelaySeconds=5&"
            "SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=raw&SendMessageBatchRequestEntry.1."
            "MessageAttribute.1.Value.DataType=Binary&"
            "SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.BinaryValue=AQI%3D&SendMessageBatchRequestEntry.2."
            "Id=b&"
            "SendMessageBatchRequestEntry.2.MessageBody=ORDER%232")) ==
        R"(sqs:SendMessageBatch {"QueueUrl":"u","Entries":[{"Id":"a","MessageBody":"ORDER#1","DelaySeconds":5,"MessageAttributes":{"raw":{"BinaryValue":"AQI=","DataType":"Binary"}}},{"Id":"b","MessageBody":"ORDER#2"}]})");
    CHECK(read(queryRequest("sqs",
                            "Action=AddPermission&Version=2012-11-05&QueueUrl=u&Label=l&AWSAccountId.1=1&AWSAccountId."
                            "2=2&ActionName.1=%2A")) ==
          R"(sqs:AddPermission {"QueueUrl":"u","Label":"l","AWSAccountIds":["1","2"],"Actions":["*"]})");
}

TEST_CASE("SQS takes the queue from the path where no parameter names it") {
    CHECK(read(queryRequest("sqs", "Action=PurgeQueue&Version=2012-11-05", "/000000000000/stock")) ==
          R"(sqs:PurgeQueue {"QueueUrl":"http://127.0.0.1:4566/000000000000/stock"})");
}

TEST_CASE("Query lists and maps are read with their member and entry names") {
    CHECK(
        read(queryRequest(
            "sns",
            "Action=Publish&Version=2010-03-31&TopicArn=arn&Message=m+n&MessageAttributes.entry.1.Name=k&"
            "MessageAttributes.entry.1.Value.DataType=Binary&MessageAttributes.entry.1.Value.BinaryValue=YWJj")) ==
        R"(sns:Publish {"TopicArn":"arn","Message":"m n","MessageAttributes":{"k":{"DataType":"Binary","BinaryValue":"YWJj"}}})");
    CHECK(
        read(queryRequest("ses",
                          "Action=SendEmail&Version=2010-12-01&Source=a%40b&Destination.ToAddresses.member.2=e%40f&"
                          "Destination.ToAddresses.member.1=c%40d&Message.Subject.Data=hi&Message.Body.Text.Data=x")) ==
        R"(ses:SendEmail {"Source":"a@b","Destination":{"ToAddresses":["c@d","e@f"]},"Message":{"Subject":{"Data":"hi"},"Body":{"Text":{"Data":"x"}}}})");
    CHECK(read(queryRequest("iam",
                            "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%7D&Tags."
                            "member.1.Key=a&Tags.member.1.Value=b")) ==
          R"(iam:CreateRole {"RoleName":"r","AssumeRolePolicyDocument":"{}","Tags":[{"Key":"a","Value":"b"}]})");
}

TEST_CASE("hostile Query parameters are refused or left out, never followed") {
    CHECK(read(queryRequest("sns",
                            "Action=Publish&Version=2010-03-31&Message=y&TopicArn=x&MessageAttributes.entry.-1.Name=a"))
              .starts_with("400 "));
    CHECK(read(queryRequest("sns",
                            "Action=Publish&Version=2010-03-31&Message=y&TopicArn=x&MessageAttributes.entry.999999999."
                            "Name=a&MessageAttributes.entry.999999999.Value.DataType=String")) ==
          R"(sns:Publish {"TopicArn":"x","Message":"y","MessageAttributes":{"a":{"DataType":"String"}}})");
    std::string deep = "Action=Publish&Version=2010-03-31&Message=y&a";
    for (int i = 0; i < 20000; ++i) deep += ".a";
    CHECK(read(queryRequest("sns", deep + "=1")) == R"(sns:Publish {"Message":"y"})");
    std::string many = "Action=ListTopics&Version=2010-03-31";
    for (int i = 0; i < 50000; ++i) many += "&p" + std::to_string(i) + "=1";
    CHECK(read(queryRequest("sns", many)) == "sns:ListTopics {}");
    CHECK(read(queryRequest("sns", "Action=Publish&Version=2010-03-31&Message=%FF")).starts_with("400 "));
}

TEST_CASE("a REST request is gathered from path, query, headers and body") {
    CHECK(
        read(restRequest("lambda", "POST",
                         "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Apay/"
                         "invocations?Qualifier=live",
                         "{\"a\":1}", {{"X-Amz-Invocation-Type", "Event"}})) ==
        R"(lambda:Invoke {"Payload":"{\"a\":1}","FunctionName":"arn:aws:lambda:us-east-1:000000000000:function:pay","InvocationType":"Event","Qualifier":"live"})");
    CHECK(read(restRequest("lambda", "GET", "/2015-03-31/functions?MaxItems=5&FunctionVersion=ALL")) ==
          R"(lambda:ListFunctions {"FunctionVersion":"ALL","MaxItems":5})");
    CHECK(
        read(restRequest(
            "lambda", "DELETE",
            "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Apay?tagKeys=a&tagKeys=b")) ==
        R"(lambda:UntagResource {"Resource":"arn:aws:lambda:us-east-1:000000000000:function:pay","TagKeys":["a","b"]})");
}

TEST_CASE("REST bodies with other names come in under the API's names") {
    CHECK(
        read(restRequest(
            "apigateway", "POST", "/v2/apis",
            R"({"name":"shop","protocolType":"HTTP","corsConfiguration":{"allowOrigins":["*"]},"tags":{"name":"x"}})")) ==
        R"(apigatewayv2:CreateApi {"Name":"shop","ProtocolType":"HTTP","CorsConfiguration":{"AllowOrigins":["*"]},"Tags":{"name":"x"}})");
    CHECK(read(restRequest("apigateway", "PUT", "/restapis/a1/resources/b2/methods/GET",
                           R"({"authorizationType":"NONE"})")) ==
          R"(apigateway:PutMethod {"authorizationType":"NONE","restApiId":"a1","resourceId":"b2","httpMethod":"GET"})");
}

TEST_CASE("a REST body cannot say what belongs in the path") {
    CHECK(read(restRequest("lambda", "PUT", "/2015-03-31/functions/pay/configuration",
                           R"({"FunctionName":"other","Timeout":5})")) ==
          R"(lambda:UpdateFunctionConfiguration {"Timeout":5,"FunctionName":"pay"})");
}

TEST_CASE("REST values of a wrong type are refused") {
    CHECK(read(restRequest("lambda", "GET", "/2015-03-31/functions?MaxItems=five")) ==
          R"(400 {"Message":"STRING_VALUE can not be converted to an Integer"})");
    CHECK(read(restRequest("lambda", "GET", "/2015-03-31/functions/%ff")).starts_with("400 "));
    CHECK(read(restRequest("lambda", "POST", "/2015-03-31/functions", "{")).starts_with("400 "));
}

TEST_CASE("S3 requests are read: keys with slashes, metadata headers, XML bodies") {
    CHECK(
        read(restRequest("s3", "PUT", "/assets/img/logo%20big.png", "PNG",
                         {{"x-amz-meta-owner", "shop"}, {"Content-Type", "image/png"}})) ==
        R"(s3:PutObject {"Body":"PNG","Bucket":"assets","ContentType":"image/png","Key":"img/logo big.png","Metadata":{"owner":"shop"}})");
    CHECK(read(restRequest("s3", "GET", "/assets?list-type=2&prefix=img%2F&max-keys=2")) ==
          R"(s3:ListObjectsV2 {"Bucket":"assets","MaxKeys":2,"Prefix":"img/"})");
    CHECK(read(restRequest("s3", "PUT", "/assets",
                           "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></"
                           "CreateBucketConfiguration>")) ==
          R"(s3:CreateBucket {"CreateBucketConfiguration":{"LocationConstraint":"eu-central-1"},"Bucket":"assets"})");
    CHECK(
        read(restRequest("s3", "PUT", "/assets", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"))
            .find("MalformedXML") != std::string::npos);
    CHECK(read(restRequest("s3", "PUT", "/b/copy", "", {{"x-amz-copy-source", "/a/k"}})).starts_with("s3:CopyObject"));
}

TEST_CASE("S3 takes the bucket from the host, and bodies in chunks") {
    Request request =
        restRequest("s3", "PUT", "/img/logo.png",
                    "5;chunk-signature=00\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n",
                    {{"X-Amz-Content-SHA256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}});
    for (const char* host : {"assets.localhost:4566", "assets.s3.localhost", "assets.s3.eu-central-1.amazonaws.com"}) {
        request.headers.set("Host", host);
        CHECK(read(request) == R"(s3:PutObject {"Body":"hello world","Bucket":"assets","Key":"img/logo.png"})");
    }
    request.headers.set("X-Amz-Trailer", "x-amz-checksum-sha1, x-amz-checksum-crc32");
    CHECK(read(request) ==
          R"(s3:PutObject {"Body":"hello world","Bucket":"assets","ChecksumCRC32":"AAAA","Key":"img/logo.png"})");
    request.body = "5\r\nhel";
    CHECK(read(request).find("IncompleteBody") != std::string::npos);
}
