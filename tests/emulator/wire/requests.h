#pragma once
// Requests as clients send them, with a signature of the right form.

#include <string>
#include <string_view>

#include "tests/emulator/wire/apis.h"

namespace backlot::wire {

inline std::string authorization(std::string_view service, std::string_view accessKey = "AKIDEXAMPLE",
                                 std::string_view region = "eu-central-1") {
    return "AWS4-HMAC-SHA256 Credential=" + std::string(accessKey) + "/20260105/" + std::string(region) + "/" +
           std::string(service) + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=00";
}

inline Request signedRequest(std::string_view service, std::string method, std::string target, Headers headers,
                             std::string body) {
    headers.add("Host", "127.0.0.1:4566");
    headers.add("X-Amz-Date", "20260105T090000Z");
    headers.add("Authorization", authorization(service));
    return {.method = std::move(method),
            .target = std::move(target),
            .headers = std::move(headers),
            .body = std::move(body)};
}

inline Request jsonRequest(std::string_view service, std::string_view target, std::string body,
                           std::string_view version = "1.0") {
    return signedRequest(
        service, "POST", "/",
        {{"X-Amz-Target", std::string(target)}, {"Content-Type", "application/x-amz-json-" + std::string(version)}},
        std::move(body));
}

inline Request queryRequest(std::string_view service, std::string body, std::string target = "/") {
    return signedRequest(service, "POST", std::move(target),
                         {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}}, std::move(body));
}

inline Request restRequest(std::string_view service, std::string method, std::string target, std::string body = "",
                           Headers headers = {}) {
    return signedRequest(service, std::move(method), std::move(target), std::move(headers), std::move(body));
}

/// What the wire makes of a request: "service:Operation {input}", or the refusal as the client sees it.
inline std::string read(const Request& request) {
    try {
        const Target target = detect(request);
        const Json input = decode(target, request);
        check(target, input);
        return std::string(target.service) + ":" + std::string(target.operation) + " " + writeJson(input);
    } catch (const Refusal& refusal) {
        const Response response = encodeRefusal(refusal, "id-1");
        return std::to_string(response.status) + " " + response.body;
    }
}

}  // namespace backlot::wire
