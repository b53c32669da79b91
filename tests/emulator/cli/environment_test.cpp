#include "emulator/cli/environment.h"

#include <doctest/doctest.h>

#include "emulator/cli/client.h"

using namespace backlot::cli;

namespace {
using Lines = std::vector<std::string>;
const std::map<std::string, std::string> kVariables = {{"API_URL", "http://127.0.0.1:4566/x y"},
                                                       {"AWS_REGION", "us-east-1"}};
}  // namespace

TEST_CASE("each shell gets lines of its own to set and unset variables") {
    CHECK(environmentLines("bash", kVariables, {"AWS_PROFILE", "AWS_SESSION_TOKEN"}) ==
          Lines{"export API_URL='http://127.0.0.1:4566/x y'", "export AWS_REGION=us-east-1",
                "unset AWS_PROFILE AWS_SESSION_TOKEN"});
    CHECK(environmentLines("fish", kVariables, {"AWS_PROFILE"}) ==
          Lines{"set -gx API_URL 'http://127.0.0.1:4566/x y'", "set -gx AWS_REGION 'us-east-1'", "set -e AWS_PROFILE"});
    CHECK(environmentLines("pwsh", kVariables, {"AWS_PROFILE"}) ==
          Lines{"$env:API_URL = 'http://127.0.0.1:4566/x y'", "$env:AWS_REGION = 'us-east-1'",
                "Remove-Item Env:AWS_PROFILE -ErrorAction SilentlyContinue"});
    CHECK(environmentLines("dotenv", kVariables, {"AWS_PROFILE"}) ==
          Lines{"API_URL=http://127.0.0.1:4566/x y", "AWS_REGION=us-east-1"});
    CHECK_THROWS_AS(environmentLines("tcsh", kVariables, {}), CommandError);
}

TEST_CASE("clients are given both region variables, dummy keys, the API and the stand-ins") {
    const auto variables = clientEnvironment({.endpoint = "http://127.0.0.1:4566",
                                              .account = "000000000000",
                                              .region = "eu-west-1",
                                              .token = "0123456789abcdef",
                                              .apis = {"http://127.0.0.1:4566/shop", "http://127.0.0.1:4566/other"},
                                              .standIns = {{"stripe", "http://127.0.0.1:12111"}}});
    CHECK(variables.at("BACKLOT_TOKEN") == "0123456789abcdef");
    CHECK(variables.at("AWS_REGION") == "eu-west-1");
    CHECK(variables.at("AWS_DEFAULT_REGION") == "eu-west-1");
    CHECK(variables.at("AWS_ACCESS_KEY_ID") == "test");
    CHECK(variables.at("API_URL") == "http://127.0.0.1:4566/shop");
    CHECK(variables.at("STRIPE_API_BASE") == "http://127.0.0.1:12111");
}

TEST_CASE("an account of one's own is the access key, which tells it") {
    CHECK(clientEnvironment({.endpoint = "http://127.0.0.1:4566", .account = "123456789012", .region = "us-east-1"})
              .at("AWS_ACCESS_KEY_ID") == "123456789012");
}

TEST_CASE("an instance is looked for where --endpoint says, and only by http") {
    CHECK(endpointOf({.endpoint = "http://127.0.0.1:4601/"}) == "http://127.0.0.1:4601");
    CHECK(endpointOf({.endpoint = "127.0.0.1:4601"}) == "http://127.0.0.1:4601");
    CHECK_THROWS_AS(endpointOf({.endpoint = "https://sqs.us-east-1.amazonaws.com"}), CommandError);
}
