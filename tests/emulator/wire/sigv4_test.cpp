#include "emulator/base/sigv4.h"
#include "tests/emulator/wire/conformance.h"

using namespace backlot;
using namespace backlot::wire;

namespace {

const Time kSuiteTime = *parseIso8601("2015-08-30T12:36:00Z");

Request signedSend(std::string secret = "test", std::string accessKeyId = "AKID") {
    Request request{.method = "POST",
                    .target = "/",
                    .headers = {{"Host", "127.0.0.1:4566"},
                                {"X-Amz-Target", "DynamoDB_20120810.ListTables"},
                                {"Content-Type", "application/x-amz-json-1.0"}},
                    .body = "{}"};
    sigv4::Signer signer({std::move(accessKeyId), std::move(secret), ""}, "eu-central-1");
    signer.sign("dynamodb", request.method, request.target, request.headers, request.body, kSuiteTime);
    return request;
}

std::string verdict(const Request& request, Time now = kSuiteTime) {
    try {
        verify(
            detect(request), request,
            [](std::string_view key) { return key == "AKID" ? std::optional<std::string>("test") : std::nullopt; },
            now);
        return "good";
    } catch (const Refusal& refusal) {
        return refusal.code();
    }
}

}  // namespace

TEST_CASE("what a Signer signs, verify() accepts; what was changed since, it does not") {
    CHECK(verdict(signedSend()) == "good");
    Request body = signedSend();
    body.body = "{ }";
    CHECK(verdict(body) == "InvalidSignatureException");
    Request header = signedSend();
    header.headers.set("X-Amz-Target", "DynamoDB_20120810.DeleteTable");
    CHECK(verdict(header) == "InvalidSignatureException");
    CHECK(verdict(signedSend("another secret")) == "InvalidSignatureException");
}

TEST_CASE("an unknown access key is told apart from a wrong signature") {
    CHECK(verdict(signedSend("test", "NOBODY")) == "UnrecognizedClientException");
}

TEST_CASE("a signature is good for 15 minutes before and after") {
    using namespace std::chrono_literals;
    CHECK(verdict(signedSend(), kSuiteTime + 14min) == "good");
    CHECK(verdict(signedSend(), kSuiteTime + 16min) == "InvalidSignatureException");
    CHECK(verdict(signedSend(), kSuiteTime - 16min) == "InvalidSignatureException");
}
