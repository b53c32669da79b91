#include "tests/emulator/wire/conformance.h"

using namespace backlot;
using namespace backlot::wire;

namespace {

/// "GET / HTTP/1.1\nHost:…\n\nbody" as AWS's signature tests write it.
Request parsed(std::string_view text) {
    Request request;
    const auto line = [&] {
        const auto end = std::min(text.find('\n'), text.size());
        const auto found = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        return found;
    };
    const auto first = line();
    const auto space = first.find(' '), last = first.rfind(' ');
    request.method = first.substr(0, space);
    request.target = first.substr(space + 1, last - space - 1);
    while (!text.empty()) {
        const auto header = line();
        if (header.empty()) break;
        const auto colon = header.find(':');
        request.headers.add(header.substr(0, colon), header.substr(colon + 1));
    }
    request.body = text;
    return request;
}

const Time kSuiteTime = *parseIso8601("2015-08-30T12:36:00Z");

Request signedSend(std::string secret = "test") {
    Request request{.method = "POST",
                    .target = "/",
                    .headers = {{"Host", "127.0.0.1:4566"},
                                {"X-Amz-Target", "DynamoDB_20120810.ListTables"},
                                {"Content-Type", "application/x-amz-json-1.0"}},
                    .body = "{}"};
    sign(request, {"AKID", std::move(secret), ""}, "eu-central-1", "dynamodb", kSuiteTime);
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

TEST_CASE("canonical request, string to sign and signature are those of AWS's signature tests") {
    const auto file = recordedCases("sigv4/cases.json");
    if (!file) return;
    const std::string secret = textOr(*find(*file, "credentials"), "secret_key");
    for (const auto& each : find(*file, "cases")->GetArray()) {
        INFO(textOr(each, "name"));
        Request request = parsed(textOr(each, "request"));
        const std::string wanted = textOr(each, "authorization");
        const auto names = wanted.substr(wanted.find("SignedHeaders=") + 14);
        const std::string signedHeaders = names.substr(0, names.find(','));
        const Request signedRequest = parsed(textOr(each, "signed_request"));
        const auto token =
            signedRequest.headers.get("X-Amz-Security-Token");  // given with the credentials, not with the request
        if (!token.empty() && signedHeaders.find("x-amz-security-token") != std::string::npos)
            request.headers.set("X-Amz-Security-Token", token);
        const std::string canonical = canonicalRequest(request, signedHeaders);
        CHECK(canonical == textOr(each, "canonical_request"));
        const std::string toSign = stringToSign("20150830T123600Z", "us-east-1", "service", canonical);
        CHECK(toSign == textOr(each, "string_to_sign"));
        CHECK(wanted.ends_with("Signature=" + signature(secret, "20150830T123600Z", "us-east-1", "service", toSign)));
    }
}

TEST_CASE("what sign() signs, verify() accepts; what was changed since, it does not") {
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
    Request request = signedSend();
    sign(request, {"NOBODY", "test", ""}, "us-east-1", "dynamodb", kSuiteTime);
    CHECK(verdict(request) == "UnrecognizedClientException");
}

TEST_CASE("a signature is good for 15 minutes before and after") {
    using namespace std::chrono_literals;
    CHECK(verdict(signedSend(), kSuiteTime + 14min) == "good");
    CHECK(verdict(signedSend(), kSuiteTime + 16min) == "InvalidSignatureException");
    CHECK(verdict(signedSend(), kSuiteTime - 16min) == "InvalidSignatureException");
}
