#include "emulator/services/sts/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;

namespace {

struct StsBench : Bench {
    static std::vector<Service> services() {
        std::vector<Service> all;
        all.push_back(sts::stsService());
        return all;
    }
    StsBench() : Bench(services()) {}
    std::string messageOf(Json request) {
        try {
            call("sts", "AssumeRole", std::move(request));
            return {};
        } catch (const AwsError& error) {
            return error.code() + ": " + error.message();
        }
    }
};

}  // namespace

TEST_CASE("an assumed role's user is named after role and session") {
    StsBench bench;
    const Json answer = bench.call("sts", "AssumeRole",
                                   object({{"RoleArn", "arn:aws:iam::111122223333:role/shop/checkout"},
                                           {"RoleSessionName", "jimmy"},
                                           {"DurationSeconds", 900}}));
    const Json& user = *find(answer, "AssumedRoleUser");
    CHECK(textOr(user, "Arn") == "arn:aws:sts::111122223333:assumed-role/checkout/jimmy");
    CHECK(textOr(user, "AssumedRoleId").ends_with(":jimmy"));
    const Json& credentials = *find(answer, "Credentials");
    CHECK(textOr(credentials, "AccessKeyId").starts_with("ASIA"));
    CHECK(textOr(credentials, "SecretAccessKey").size() == 40);
    CHECK(find(credentials, "Expiration")->GetDouble() == doctest::Approx(1767604500.0));  // 2026-01-05T09:15:00Z
}

TEST_CASE("role ARNs that AWS refuses are refused in its words") {
    StsBench bench;
    for (const std::string arn :
         {"nothing-valid-in-here", "arn::b:::something/test-role", "arn:a::::something/test-role",
          "arn:a:::something/test-role", "arn:a:a::aaaaaaaaaa:"}) {
        CHECK(bench.messageOf(object({{"RoleArn", arn}, {"RoleSessionName", "s"}})) ==
              "ValidationError: " + arn + " is invalid");
    }
}

TEST_CASE("session tags are case-insensitive, and transitive ones must be among them") {
    StsBench bench;
    const auto with = [](Json tags, Json transitive) {
        return object({{"RoleArn", "arn:aws:iam::000000000000:role/r"},
                       {"RoleSessionName", "s"},
                       {"Tags", std::move(tags)},
                       {"TransitiveTagKeys", std::move(transitive)}});
    };
    const auto tag = [](const char* key) { return object({{"Key", key}, {"Value", "v"}}); };
    CHECK(bench.messageOf(with(list({tag("Team")}), list({"team"}))) == "");
    CHECK(bench.messageOf(with(list({tag("Team")}), list({"Other"}))) ==
          "InvalidParameterValue: The specified transitive tag key must be included in the requested tags.");
    CHECK(bench.messageOf(with(list({tag("Team"), tag("team")}), list())) ==
          "InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case insensitive.");
}

TEST_CASE("every caller is the root of its account") {
    StsBench bench;
    const Json identity = bench.call("sts", "GetCallerIdentity");
    CHECK(textOr(identity, "Arn") == "arn:aws:iam::000000000000:root");
    CHECK(textOr(identity, "Account") == "000000000000");
}

TEST_CASE("temporary credentials sign until they expire") {
    StsBench bench;
    const Json answer = bench.call("sts", "GetSessionToken", object({{"DurationSeconds", 900}}));
    const Json& credentials = *find(answer, "Credentials");
    const auto find = [&] {
        return bench.callInternal("sts", "FindSecret", object({{"AccessKeyId", textOr(credentials, "AccessKeyId")}}));
    };
    CHECK(textOr(find(), "SecretAccessKey") == textOr(credentials, "SecretAccessKey"));
    CHECK(bench.callInternal("sts", "FindSecret", object({{"AccessKeyId", "ASIANOBODY"}})).ObjectEmpty());
    bench.advance(std::chrono::minutes(15));
    CHECK_THROWS_WITH_AS(find(), "The security token included in the request is expired", AwsError);
}
