#include "emulator/wire/sigv4.h"

#include <chrono>

#include "emulator/base/sigv4.h"
#include "emulator/wire/authorization.h"
#include "emulator/wire/refuse.h"

namespace backlot::wire {
namespace {

using namespace std::chrono_literals;

constexpr auto kTolerance = 15min;

[[noreturn]] void refuseSignature(const Target& target, std::string message) {
    refuse(target, target.protocol->wrongSignature, std::move(message));
}

void checkAge(const Target& target, std::string_view amzDate, std::chrono::seconds lifetime, Time now) {
    const auto signedAt = sigv4::parseAmzDate(amzDate);
    if (!signedAt)
        refuseSignature(target, "Date must be in ISO-8601 'basic format'. Got '" + std::string(amzDate) +
                                    "'. See http://en.wikipedia.org/wiki/ISO_8601");
    const std::string minutes =
        std::to_string(std::chrono::duration_cast<std::chrono::minutes>(lifetime).count()) + " min.)";
    if (*signedAt + lifetime < now)
        refuseSignature(target, "Signature expired: " + std::string(amzDate) + " is now earlier than " +
                                    sigv4::amzDate(now - lifetime) + " (" + sigv4::amzDate(now) + " - " + minutes);
    if (*signedAt > now + kTolerance)
        refuseSignature(target, "Signature not yet current: " + std::string(amzDate) + " is still later than " +
                                    sigv4::amzDate(now + kTolerance) + " (" + sigv4::amzDate(now) + " + 15 min.)");
}

}  // namespace

void verify(const Target& target, const Request& request, const SecretOf& secretOf, Time now) {
    const auto scope = scopeOf(request);
    if (!scope) return;  // detect() has refused what needs a signature
    const auto header = request.headers.get("Authorization");
    const auto parameter = [&](std::string_view name) {
        return percentDecode(rawParameter(request.query(), name).value_or(""));
    };
    const bool presigned = header.empty();
    const std::string signedHeaders = presigned ? parameter("X-Amz-SignedHeaders")
                                                : std::string(authorizationPart(header, "SignedHeaders").value_or(""));
    const std::string given =
        presigned ? parameter("X-Amz-Signature") : std::string(authorizationPart(header, "Signature").value_or(""));
    const std::string amzDate = presigned ? parameter("X-Amz-Date") : std::string(request.headers.get("X-Amz-Date"));

    const auto secret = secretOf(scope->accessKeyId);
    if (!secret) refuse(target, target.protocol->unknownAccessKey);
    std::chrono::seconds lifetime = kTolerance;
    if (presigned) {
        const auto expires = parseDuration(parameter("X-Amz-Expires"));
        if (expires) lifetime = std::chrono::duration_cast<std::chrono::seconds>(*expires);
    }
    checkAge(target, amzDate, lifetime, now);
    if (!amzDate.starts_with(scope->date))
        refuseSignature(target,
                        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
                            std::string(scope->date) + "' != '" + amzDate.substr(0, 8) + "', from '" + amzDate + "'.");
    const auto names = ";" + signedHeaders + ";";
    if (names.find(";host;") == std::string::npos)
        refuseSignature(target, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    const auto claimed = request.headers.get("X-Amz-Content-SHA256");
    if (claimed.size() == 64 && claimed != sha256Hex(request.body))
        refuseSignature(target, "The provided 'x-amz-content-sha256' header does not match what was computed.");
    const std::string canonical = sigv4::canonicalRequest(
        {request.method, request.target, request.headers, request.body, target.description->rest.objectStore},
        signedHeaders);
    const auto key = sigv4::signingKey(*secret, amzDate.substr(0, 8), scope->region, scope->service);
    const std::string wanted =
        sigv4::signature(key, sigv4::stringToSign(amzDate, scope->region, scope->service, canonical));
    if (!equalInConstantTime(wanted, given))
        refuseSignature(target,
                        "The request signature we calculated does not match the signature you provided. Check your AWS "
                        "Secret Access Key and "
                        "signing method. Consult the service documentation for details.");
}

}  // namespace backlot::wire
