#include "tests/emulator/services/lambda/lambda_bench.h"

using namespace backlot;

namespace {

Json named(const std::string& name) { return object({{"FunctionName", name}}); }

}  // namespace

TEST_CASE("a function is active at the first look, with AWS's defaults") {
    LambdaBench bench;
    bench.create("pay", "pay.handler");
    const Json shown = bench.lambda("GetFunctionConfiguration", named("pay"));
    CHECK(textOr(shown, "State") == "Active");
    CHECK(textOr(shown, "LastUpdateStatus") == "Successful");
    CHECK(textOr(shown, "FunctionArn") == "arn:aws:lambda:us-east-1:000000000000:function:pay");
    CHECK(textOr(shown, "LastModified") == "2026-01-05T09:00:00.000+0000");
    CHECK(intOr(shown, "Timeout", 0) == 3);
    CHECK(intOr(shown, "MemorySize", 0) == 128);
    CHECK(textOr(shown, "CodeSha256").size() == 44);
}

TEST_CASE("a function is found by name, partial ARN and ARN") {
    LambdaBench bench;
    bench.create("pay", "pay.handler");
    for (const char* name : {"pay", "000000000000:function:pay", "arn:aws:lambda:us-east-1:000000000000:function:pay",
                             "arn:aws:lambda:us-east-1:000000000000:function:pay:$LATEST"})
        CHECK(textOr(bench.lambda("GetFunctionConfiguration", named(name)), "FunctionName") == "pay");
    CHECK(bench.lambdaError("GetFunction", named("arn:aws:lambda:eu-west-1:000000000000:function:pay")) ==
          "ResourceNotFoundException: Functions from 'eu-west-1' are not reachable in this region ('us-east-1')");
    CHECK(bench.lambdaError("GetFunction", object({{"FunctionName", "pay:1"}, {"Qualifier", "2"}})) ==
          "InvalidParameterValueException: The derived qualifier from the function name does not match the specified "
          "qualifier.");
}

TEST_CASE("a version is published once for each change") {
    LambdaBench bench;
    bench.create("pay", "pay.handler");
    CHECK(textOr(bench.lambda("PublishVersion", named("pay")), "Version") == "1");
    CHECK(textOr(bench.lambda("PublishVersion", named("pay")), "Version") == "1");
    bench.lambda("UpdateFunctionConfiguration", object({{"FunctionName", "pay"}, {"Timeout", 9}}));
    CHECK(textOr(bench.lambda("PublishVersion", named("pay")), "Version") == "2");
    CHECK(intOr(bench.lambda("GetFunctionConfiguration", named("pay:1")), "Timeout", 0) == 3);
    const Json versions = bench.lambda("ListVersionsByFunction", named("pay"));
    CHECK(find(versions, "Versions")->Size() == 3);
    bench.lambda("CreateAlias", object({{"FunctionName", "pay"}, {"Name", "live"}, {"FunctionVersion", "1"}}));
    CHECK(bench.lambdaError("DeleteFunction", named("pay:1")).starts_with("ResourceConflictException"));
    CHECK(intOr(bench.lambda("GetFunctionConfiguration", named("pay:live")), "Timeout", 0) == 3);
}

TEST_CASE("what cannot be run is refused by name") {
    LambdaBench bench;
    const auto create = [&](const char* runtime, Json code) {
        return bench.lambdaError("CreateFunction", object({{"FunctionName", "f"},
                                                           {"Handler", "a.b"},
                                                           {"Runtime", runtime},
                                                           {"Role", "arn:aws:iam::000000000000:role/r"},
                                                           {"Code", std::move(code)}}));
    };
    const std::string zip = base64Encode(zipOf({{}}));
    CHECK(
        create("python3.7", object({{"ZipFile", zip}}))
            .starts_with("InvalidParameterValueException: The runtime parameter of python3.7 is no longer supported"));
    CHECK(create("java21", object({{"ZipFile", zip}}))
              .starts_with("InvalidParameterValueException: Backlot does not run functions of the runtime java21"));
    CHECK(create("python3.12", object({{"ZipFile", base64Encode("no zip")}})) ==
          "InvalidParameterValueException: Could not unzip uploaded file. Please check your file, then try to upload "
          "again.");
    CHECK(create("python3.12", object({{"S3Bucket", "b"}, {"S3Key", "k"}}))
              .starts_with("InvalidParameterValueException: Error occurred while GetObject. S3 Error Code: "));
    CHECK(create("python3.12", object({{"ZipFile", zip}})).empty());
    CHECK(create("python3.12", object({{"ZipFile", zip}})) == "ResourceConflictException: Function already exist: f");
}

TEST_CASE("a large archive is read on a helper thread before the function is there") {
    LambdaBench bench;
    const std::string zip = base64Encode(zipOf({{.path = "data.bin", .content = std::string(300'000, 'x')}, {}}));
    const std::string bad =
        base64Encode(zipOf({{.path = "data.bin", .content = std::string(300'000, 'x'), .wrongChecksum = true}}));
    Json request = object({{"FunctionName", "f"},
                           {"Handler", "a.b"},
                           {"Runtime", "python3.12"},
                           {"Role", "arn:aws:iam::000000000000:role/r"},
                           {"Code", object({{"ZipFile", bad}})}});
    CHECK(bench.lambdaError("CreateFunction", copy(request)).find("Could not unzip") != std::string::npos);
    set(request, "Code", object({{"ZipFile", zip}}));
    CHECK(bench.lambdaError("CreateFunction", std::move(request)).empty());
}

TEST_CASE("lists come in pages") {
    LambdaBench bench;
    for (int i = 0; i < 5; ++i) bench.create("f" + std::to_string(i), "a.b");
    const Json first = bench.lambda("ListFunctions", object({{"MaxItems", 3}}));
    CHECK(find(first, "Functions")->Size() == 3);
    const Json second =
        bench.lambda("ListFunctions", object({{"MaxItems", 3}, {"Marker", textOr(first, "NextMarker")}}));
    CHECK(find(second, "Functions")->Size() == 2);
    CHECK_FALSE(find(second, "NextMarker"));
}

TEST_CASE("a deleted function leaves nothing behind") {
    LambdaBench bench;
    bench.create("pay", "pay.handler", object({{"Tags", object({{"team", "money"}})}}));
    bench.lambda("AddPermission", object({{"FunctionName", "pay"},
                                          {"StatementId", "s"},
                                          {"Action", "lambda:InvokeFunction"},
                                          {"Principal", "sns.amazonaws.com"}}));
    bench.lambda("DeleteFunction", named("pay"));
    CHECK(bench.lambdaError("GetFunction", named("pay")) ==
          "ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:000000000000:function:pay");
    bench.create("pay", "pay.handler");
    CHECK(bench.lambdaError("GetPolicy", named("pay")).starts_with("ResourceNotFoundException"));
    CHECK(find(bench.lambda("ListTags", object({{"Resource", "arn:aws:lambda:us-east-1:000000000000:function:pay"}})),
               "Tags")
              ->ObjectEmpty());
}
