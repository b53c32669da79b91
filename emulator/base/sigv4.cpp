#include "emulator/base/sigv4.h"

#include <algorithm>
#include <array>
#include <vector>

#include "emulator/base/text.h"

namespace backlot::sigv4 {
namespace {

using namespace std::literals;

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

/// Without blanks around it, runs of them as one space.
std::string collapsed(std::string_view value) {
    std::string out;
    for (const char c : value)
        if (c != ' ' && c != '\t')
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

std::string valuesOf(const Headers& headers, std::string_view name) {
    std::string joined;
    bool first = true;
    for (const auto& field : headers) {
        if (!equalIgnoringCase(field.name, name)) continue;
        if (!first) joined += ',';
        first = false;
        joined += collapsed(field.value);
    }
    return joined;
}

std::string payloadHash(const Signable& request, std::string_view query) {
    if (request.objectStore) {
        const auto given = request.headers.get("X-Amz-Content-SHA256");
        if (!given.empty()) return std::string(given);
        if (("&" + std::string(query)).find("&X-Amz-Signature=") != std::string::npos) return "UNSIGNED-PAYLOAD";
    }
    return sha256Hex(request.body);
}

bool mayChangeOnTheWay(std::string_view name) {
    static constexpr std::array kNames{"authorization"sv,   "connection"sv, "user-agent"sv,
                                       "x-amzn-trace-id"sv, "expect"sv,     "transfer-encoding"sv};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

/// "20260105/us-east-1/dynamodb/aws4_request"
std::string scopeText(std::string_view amzDate, std::string_view region, std::string_view service) {
    std::string text(amzDate.substr(0, 8));
    return text.append("/").append(region).append("/").append(service).append("/aws4_request");
}

}  // namespace

std::string amzDate(Time time) {
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

std::string signedHeaders(const Headers& headers) {
    std::vector<std::string> names;
    for (const auto& field : headers)
        if (auto name = lowered(field.name); !mayChangeOnTheWay(name)) names.push_back(std::move(name));
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::string joined;
    for (const auto& name : names) joined += (joined.empty() ? "" : ";") + name;
    return joined;
}

std::string canonicalRequest(const Signable& request, std::string_view signedHeaders) {
    const auto question = std::min(request.target.find('?'), request.target.size());
    const auto query = request.target.substr(std::min(question + 1, request.target.size()));
    std::string out(request.method);
    out += "\n" + canonicalPath(request.target.substr(0, question), request.objectStore) + "\n" +
           canonicalQuery(query) + "\n";
    for (auto rest = signedHeaders; !rest.empty();) {
        const auto name = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
        out += std::string(name) + ":" + valuesOf(request.headers, name) + "\n";
    }
    return out + "\n" + std::string(signedHeaders) + "\n" + payloadHash(request, query);
}

std::string stringToSign(std::string_view amzDate, std::string_view region, std::string_view service,
                         std::string_view canonical) {
    std::string out(kAlgorithm);
    out.append("\n").append(amzDate).append("\n").append(scopeText(amzDate, region, service));
    return out + "\n" + sha256Hex(canonical);
}

Sha256 signingKey(std::string_view secret, std::string_view day, std::string_view region, std::string_view service) {
    auto key = hmacSha256("AWS4" + std::string(secret), day);
    for (const auto part : {region, service, "aws4_request"sv}) key = hmacSha256(bytesOf(key), part);
    return key;
}

std::string signature(const Sha256& signingKey, std::string_view stringToSign) {
    return hex(bytesOf(hmacSha256(bytesOf(signingKey), stringToSign)));
}

Signer::Signer(Credentials credentials, std::string region)
    : credentials_(std::move(credentials)), region_(std::move(region)) {}

const Sha256& Signer::keyOf(std::string_view service, std::string_view day) {
    const auto scope = std::string(day) + "/" + std::string(service);
    if (scope != keyScope_) {
        key_ = signingKey(credentials_.secretAccessKey, day, region_, service);
        keyScope_ = scope;
    }
    return key_;
}

void Signer::sign(std::string_view service, std::string_view method, std::string_view target, Headers& headers,
                  std::string_view body, Time wallTime) {
    const auto date = amzDate(wallTime);
    headers.set("X-Amz-Date", date);
    if (!credentials_.sessionToken.empty()) headers.set("X-Amz-Security-Token", credentials_.sessionToken);
    const auto names = signedHeaders(headers);
    const auto toSign = stringToSign(date, region_, service, canonicalRequest({method, target, headers, body}, names));
    std::string authorization(kAlgorithm);
    authorization.append(" Credential=").append(credentials_.accessKeyId).append("/");
    authorization.append(scopeText(date, region_, service)).append(", SignedHeaders=").append(names);
    authorization.append(", Signature=").append(signature(keyOf(service, date.substr(0, 8)), toSign));
    headers.set("Authorization", authorization);
}

}  // namespace backlot::sigv4
