#include "emulator/wire/sigv4.h"

#include <algorithm>
#include <array>
#include <vector>

#include "emulator/base/hash.h"
#include "emulator/wire/authorization.h"
#include "emulator/wire/refuse.h"

namespace backlot::wire {
namespace {

using namespace std::chrono_literals;
using namespace std::literals;

constexpr auto kTolerance = 15min;
constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

/// "20260105T090000Z"
std::string amzDateOf(Time time) {
    std::string text = iso8601Seconds(time);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

std::optional<Time> parseAmzDate(std::string_view text) {
    if (text.size() != 16) return std::nullopt;
    const std::string t(text);
    return parseIso8601(t.substr(0, 4) + "-" + t.substr(4, 2) + "-" + t.substr(6, 5) + ":" + t.substr(11, 2) + ":" +
                        t.substr(13));
}

/// Removes "." and "..", and empty segments, as every service but object stores does before it signs.
std::string normalized(std::string_view path) {
    std::vector<std::string_view> kept;
    for (auto rest = path; !rest.empty();) {
        const auto segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(segment.size() + 1, rest.size()));
        if (segment == "..") {
            if (!kept.empty()) kept.pop_back();
        } else if (!segment.empty() && segment != ".") {
            kept.push_back(segment);
        }
    }
    std::string out;
    for (const auto segment : kept) out += "/" + std::string(segment);
    const bool endsInSlash = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    return out.empty() ? "/" : endsInSlash ? out + "/" : out;
}

std::string canonicalPath(std::string_view rawPath, bool objectStore) {
    if (rawPath.empty()) return "/";
    // An object's path is signed as it is on the wire; the others encode what is encoded already once more.
    return objectStore ? percentEncode(percentDecode(rawPath), true) : percentEncode(normalized(rawPath), true);
}

std::string canonicalQuery(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& [name, value] : parseQuery(query, false))
        if (name != "X-Amz-Signature") pairs.emplace_back(percentEncode(name), percentEncode(value));
    std::sort(pairs.begin(), pairs.end());
    std::string out;
    for (const auto& [name, value] : pairs) out += (out.empty() ? "" : "&") + name + "=" + value;
    return out;
}

/// Without spaces around it, runs of them as one.
std::string trimmed(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += c;
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

std::string valuesOf(const Headers& headers, std::string_view name) {
    std::string joined;
    bool first = true;
    for (const auto& field : headers) {
        if (!equalIgnoringCase(field.name, name)) continue;
        if (!first) joined += ',';
        first = false;
        joined += trimmed(field.value);
    }
    return joined;
}

std::string payloadHash(const Request& request, bool objectStore) {
    if (objectStore) {
        if (const auto given = request.headers.get("X-Amz-Content-SHA256"); !given.empty()) return std::string(given);
        if (rawParameter(request.query(), "X-Amz-Signature")) return "UNSIGNED-PAYLOAD";
    }
    return sha256Hex(request.body);
}

std::string_view bytes(const Sha256& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

bool mayChangeOnTheWay(std::string_view name) {
    static constexpr std::array kNames{"authorization"sv,   "connection"sv, "user-agent"sv,
                                       "x-amzn-trace-id"sv, "expect"sv,     "transfer-encoding"sv};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

[[noreturn]] void refuseSignature(const Target& target, std::string message) {
    refuse(target, target.protocol->wrongSignature, std::move(message));
}

void checkAge(const Target& target, std::string_view amzDate, std::chrono::seconds lifetime, Time now) {
    const auto signedAt = parseAmzDate(amzDate);
    if (!signedAt)
        refuseSignature(target, "Date must be in ISO-8601 'basic format'. Got '" + std::string(amzDate) +
                                    "'. See http://en.wikipedia.org/wiki/ISO_8601");
    const std::string minutes =
        std::to_string(std::chrono::duration_cast<std::chrono::minutes>(lifetime).count()) + " min.)";
    if (*signedAt + lifetime < now)
        refuseSignature(target, "Signature expired: " + std::string(amzDate) + " is now earlier than " +
                                    amzDateOf(now - lifetime) + " (" + amzDateOf(now) + " - " + minutes);
    if (*signedAt > now + kTolerance)
        refuseSignature(target, "Signature not yet current: " + std::string(amzDate) + " is still later than " +
                                    amzDateOf(now + kTolerance) + " (" + amzDateOf(now) + " + 15 min.)");
}

}  // namespace

std::string canonicalRequest(const Request& request, std::string_view signedHeaders, bool objectStore) {
    std::string out = request.method + "\n" + canonicalPath(request.path(), objectStore) + "\n" +
                      canonicalQuery(request.query()) + "\n";
    for (auto rest = signedHeaders; !rest.empty();) {
        const auto name = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
        out += std::string(name) + ":" + valuesOf(request.headers, name) + "\n";
    }
    return out + "\n" + std::string(signedHeaders) + "\n" + payloadHash(request, objectStore);
}

std::string stringToSign(std::string_view amzDate, std::string_view region, std::string_view service,
                         std::string_view canonical) {
    std::string out(kAlgorithm);
    out.append("\n")
        .append(amzDate)
        .append("\n")
        .append(amzDate.substr(0, 8))
        .append("/")
        .append(region)
        .append("/")
        .append(service);
    return out + "/aws4_request\n" + sha256Hex(canonical);
}

std::string signature(std::string_view secret, std::string_view amzDate, std::string_view region,
                      std::string_view service, std::string_view toSign) {
    auto key = hmacSha256("AWS4" + std::string(secret), amzDate.substr(0, 8));
    for (const auto part : {region, service, "aws4_request"sv, toSign}) key = hmacSha256(bytes(key), part);
    return hex(bytes(key));
}

void sign(Request& request, const Credentials& credentials, std::string_view region, std::string_view service, Time now,
          bool objectStore) {
    const std::string amzDate = amzDateOf(now);
    request.headers.set("X-Amz-Date", amzDate);
    if (!credentials.sessionToken.empty()) request.headers.set("X-Amz-Security-Token", credentials.sessionToken);
    if (objectStore && !request.headers.has("X-Amz-Content-SHA256"))
        request.headers.set("X-Amz-Content-SHA256", sha256Hex(request.body));
    std::vector<std::string> names;
    for (const auto& field : request.headers)
        if (auto name = lower(field.name); !mayChangeOnTheWay(name)) names.push_back(std::move(name));
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::string signedHeaders;
    for (const auto& name : names) signedHeaders += (signedHeaders.empty() ? "" : ";") + name;
    const std::string toSign =
        stringToSign(amzDate, region, service, canonicalRequest(request, signedHeaders, objectStore));
    std::string authorization(kAlgorithm);
    authorization.append(" Credential=")
        .append(credentials.accessKeyId)
        .append("/")
        .append(amzDate.substr(0, 8))
        .append("/")
        .append(region);
    authorization.append("/").append(service).append("/aws4_request, SignedHeaders=").append(signedHeaders);
    authorization.append(", Signature=")
        .append(signature(credentials.secretAccessKey, amzDate, region, service, toSign));
    request.headers.set("Authorization", authorization);
}

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
    const std::string canonical = canonicalRequest(request, signedHeaders, target.description->rest.objectStore);
    const std::string wanted = signature(*secret, amzDate, scope->region, scope->service,
                                         stringToSign(amzDate, scope->region, scope->service, canonical));
    if (!equalInConstantTime(wanted, given))
        refuseSignature(target,
                        "The request signature we calculated does not match the signature you provided. Check your AWS "
                        "Secret Access Key and "
                        "signing method. Consult the service documentation for details.");
}

}  // namespace backlot::wire
