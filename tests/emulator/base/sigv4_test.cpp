#include "emulator/base/sigv4.h"

#include "tests/conformance.h"

using namespace backlot;
using namespace backlot::sigv4;

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

std::string canonical(const Request& request, std::string_view names) {
    return canonicalRequest({request.method, request.target, request.headers, request.body}, names);
}

}  // namespace

TEST_CASE("canonical request, string to sign, signature and header are those of AWS's signature tests") {
    const auto text = conformance::text("sigv4/cases.json");
    if (!text) return;
    const auto suite = parseJson(*text);
    const std::string secret = textOr(*find(suite, "credentials"), "secret_key");
    for (const auto& each : find(suite, "cases")->GetArray()) {
        INFO(textOr(each, "name"));
        Request request = parsed(textOr(each, "request"));
        const std::string wanted = textOr(each, "authorization"), date = "20150830T123600Z";
        // Given with the credentials, not with the request; signed only where the canonical request has it.
        std::string token(parsed(textOr(each, "signed_request")).headers.get("X-Amz-Security-Token"));
        if (textOr(each, "canonical_request").find("x-amz-security-token") == std::string::npos) token.clear();

        Signer signer({"AKIDEXAMPLE", secret, token}, "us-east-1");
        signer.sign("service", request.method, request.target, request.headers, request.body, *parseAmzDate(date));
        CHECK(request.headers.get("Authorization") == wanted);

        const auto names = signedHeaders(request.headers);
        CHECK(canonical(request, names) == textOr(each, "canonical_request"));
        const auto toSign = stringToSign(date, "us-east-1", "service", canonical(request, names));
        CHECK(toSign == textOr(each, "string_to_sign"));
        const auto key = signingKey(secret, "20150830", "us-east-1", "service");
        CHECK(wanted.ends_with("Signature=" + signature(key, toSign)));
    }
}

TEST_CASE("blanks around and within a header's value do not count, nor do headers that a proxy may change") {
    const Headers headers{{"Host", "a"},       {"X-Note", " \tone \t two "},  {"x-note", "three"},
                          {"User-Agent", "x"}, {"X-Amzn-Trace-Id", "Root=1"}, {"Authorization", "old"}};
    CHECK(signedHeaders(headers) == "host;x-note");
    const Request request{"GET", "/", headers, ""};
    CHECK(canonical(request, "host;x-note").find("\nx-note:one two,three\n") != std::string::npos);
}

TEST_CASE("an object store's path is signed as it stands, and its payload's hash is believed") {
    const Headers headers{{"Host", "a"}, {"X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"}};
    const auto text = canonicalRequest({"GET", "/b/a%20b//../c?X-Amz-Signature=1&x", headers, "body", true}, "host");
    CHECK(text == "GET\n/b/a%20b//../c\nx=\nhost:a\n\nhost\nUNSIGNED-PAYLOAD");
    CHECK(canonicalRequest({"GET", "/b/a%20b//../c", headers, "body"}, "host").starts_with("GET\n/b/c\n"));
}

TEST_CASE("a signature's date is read as it is written") {
    const Time time = fromMillis(1709251199007);
    CHECK(amzDate(time) == "20240229T235959Z");
    CHECK(parseAmzDate("20240229T235959Z") == fromSeconds(1709251199));
    for (const char* text : {"", "20240229T235959", "2024-02-29T23:59Z", "20240230T235959Z"})
        CHECK_FALSE(parseAmzDate(text));
}
