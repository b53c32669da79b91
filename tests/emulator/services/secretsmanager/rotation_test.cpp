#include "emulator/services/secretsmanager/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

const std::string kFunction = "arn:aws:lambda:us-east-1:000000000000:function:rotate";

/// A function that does what AWS's template for rotation does; its steps are kept.
struct Rotator {
    std::vector<std::string> steps;
    std::string failsAt;

    Service lambda() {
        const auto policy = [](Call&, const Fields&) -> Reply {
            return object(
                {{"Policy", R"({"Statement":[{"Effect":"Allow","Principal":{"Service":"secretsmanager.amazonaws.com"},)"
                            R"("Action":"lambda:InvokeFunction","Resource":"*"}]})"}});
        };
        const auto invoke = [this](Call& call, const Fields& request) -> Reply {
            const Json event = parseJson(request.text("Payload"));
            const std::string step = textOr(event, "Step"), token = textOr(event, "ClientRequestToken");
            steps.push_back(step);
            if (step == failsAt) return object({{"StatusCode", 200}, {"FunctionError", "Unhandled"}});
            Json change = object({{"SecretId", textOr(event, "SecretId")}});
            if (step == "createSecret") {
                set(change, "ClientRequestToken", token);
                set(change, "SecretString", "rotated " + std::to_string(steps.size()));
                set(change, "VersionStages", list({"AWSPENDING"}));
                call.invoke("secretsmanager", "PutSecretValue", change);
            }
            if (step == "finishSecret") {
                const Json value = call.invoke("secretsmanager", "GetSecretValue", change);
                set(change, "VersionStage", "AWSCURRENT");
                set(change, "MoveToVersionId", token);
                set(change, "RemoveFromVersionId", textOr(value, "VersionId"));
                call.invoke("secretsmanager", "UpdateSecretVersionStage", change);
            }
            return object({{"StatusCode", 200}, {"Payload", "null"}});
        };
        return {.name = "lambda", .operations = {{"GetPolicy", policy, readOnly}, {"Invoke", invoke}}};
    }
};

struct RotationBench : Rotator, Bench {
    static std::vector<Service> services(Rotator& rotator) {
        std::vector<Service> all;
        all.push_back(secretsmanager::secretsManagerService());
        all.push_back(rotator.lambda());
        return all;
    }
    RotationBench() : Bench(services(*this)) {
        call("secretsmanager", "CreateSecret", object({{"Name", "db"}, {"SecretString", "first"}}));
    }
    Json rotate(Json more = object({{"RotationRules", object({{"AutomaticallyAfterDays", 30}})}})) {
        set(more, "SecretId", "db");
        set(more, "RotationLambdaARN", kFunction);
        return call("secretsmanager", "RotateSecret", std::move(more));
    }
    std::string value(std::string_view stage = "AWSCURRENT") {
        return textOr(call("secretsmanager", "GetSecretValue", object({{"SecretId", "db"}, {"VersionStage", stage}})),
                      "SecretString");
    }
    Json described() { return call("secretsmanager", "DescribeSecret", object({{"SecretId", "db"}})); }
};

}  // namespace

TEST_CASE("a rotation runs its four steps one after the other, and the old value stays as AWSPREVIOUS") {
    RotationBench bench;
    bench.rotate();
    CHECK(bench.steps == std::vector<std::string>{"createSecret", "setSecret", "testSecret", "finishSecret"});
    CHECK(bench.value() == "rotated 1");
    CHECK(bench.value("AWSPREVIOUS") == "first");
    CHECK(bench.errorOf("secretsmanager", "GetSecretValue",
                        object({{"SecretId", "db"}, {"VersionStage", "AWSPENDING"}})) == "ResourceNotFoundException");
}

TEST_CASE("the next rotation comes at the end of its day, again and again, until it is cancelled") {
    RotationBench bench;
    bench.rotate();
    CHECK(find(bench.described(), "NextRotationDate")->GetDouble() ==
          epochSeconds(*parseIso8601("2026-02-04T23:59:59Z")).GetDouble());
    bench.advance(31 * 24h);
    CHECK(bench.value() == "rotated 5");
    bench.advance(31 * 24h);
    CHECK(bench.value() == "rotated 9");
    bench.call("secretsmanager", "CancelRotateSecret", object({{"SecretId", "db"}}));
    CHECK_FALSE(find(bench.described(), "NextRotationDate"));
    bench.advance(100 * 24h);
    CHECK(bench.value() == "rotated 9");
}

TEST_CASE("a rotation whose function fails leaves the value as it was, and can be begun again") {
    RotationBench bench;
    bench.failsAt = "testSecret";
    bench.rotate();
    CHECK(bench.value() == "first");
    CHECK_FALSE(find(bench.described(), "LastRotatedDate"));
    bench.failsAt.clear();
    bench.rotate();
    CHECK(bench.value() == "rotated 4");
}

TEST_CASE("a version that a failed rotation gave no value is not there afterwards") {
    RotationBench bench;
    bench.failsAt = "createSecret";
    bench.rotate();
    CHECK(find(bench.described(), "VersionIdsToStages")->MemberCount() == 1);
}

TEST_CASE("without RotateImmediately the function is only tested, and the schedule stands") {
    RotationBench bench;
    bench.rotate(
        object({{"RotateImmediately", false}, {"RotationRules", object({{"ScheduleExpression", "rate(10 days)"}})}}));
    CHECK(bench.steps == std::vector<std::string>{"testSecret"});
    bench.advance(10 * 24h);
    CHECK(bench.value() == "rotated 2");
}

TEST_CASE("a secret that is deleted is rotated no more, and its name may be used when the window is over") {
    RotationBench bench;
    bench.rotate();
    bench.call("secretsmanager", "DeleteSecret", object({{"SecretId", "db"}, {"RecoveryWindowInDays", 7}}));
    CHECK(bench.errorOf("secretsmanager", "GetSecretValue", object({{"SecretId", "db"}})) == "InvalidRequestException");
    CHECK(bench.errorOf("secretsmanager", "CreateSecret", object({{"Name", "db"}})) == "InvalidRequestException");
    bench.advance(7 * 24h);
    CHECK(bench.errorOf("secretsmanager", "DescribeSecret", object({{"SecretId", "db"}})) ==
          "ResourceNotFoundException");
    bench.call("secretsmanager", "CreateSecret", object({{"Name", "db"}}));
    CHECK(bench.errorOf("secretsmanager", "GetSecretValue", object({{"SecretId", "db"}})) ==
          "ResourceNotFoundException");
    bench.advance(100 * 24h);
    CHECK(bench.steps.size() == 4);
}
