#include "functions/sdk/sigv4.h"

#include <algorithm>
#include <map>
#include <vector>

namespace backlot::sdk {
namespace {

using Sorted = std::map<std::string, std::string>;

std::string trimmed(std::string_view value) {  // outer blanks gone, inner runs become one
    std::string out;
    for (const char c : value)
        if (c != ' ' && c != '\t')
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

Sorted sortedHeaders(const Headers& headers) {
    Sorted sorted;
    for (const auto& [name, value] : headers) {
        std::string key = name;
        for (char& c : key)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        if (key == "authorization") continue;
        const auto [entry, first] = sorted.emplace(key, trimmed(value));
        if (!first) entry->second += "," + trimmed(value);
    }
    return sorted;
}

std::string signedHeaders(const Sorted& headers) {
    std::string names;
    for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
    return names;
}

/// Without "." and ".." segments and doubled slashes, encoded once more on top of what is sent.
std::string canonicalPath(std::string_view path) {
    std::vector<std::string_view> kept;
    bool slashAtEnd = false;
    for (std::size_t from = 0; from < path.size();) {
        const auto end = std::min(path.find('/', from), path.size());
        const auto segment = path.substr(from, end - from);
        slashAtEnd = end < path.size() || segment == "." || segment == "..";
        if (segment == ".." && !kept.empty()) kept.pop_back();
        if (!segment.empty() && segment != "." && segment != "..") kept.push_back(segment);
        from = end + 1;
    }
    std::string out;
    for (const auto segment : kept) out += "/" + percentEncode(segment);
    return out.empty() ? "/" : out + (slashAtEnd ? "/" : "");
}

std::string canonicalQuery(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> parts;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto part = query.substr(0, end);
        const auto equals = std::min(part.find('='), part.size());
        parts.emplace_back(percentEncode(percentDecode(part.substr(0, equals))),
                           percentEncode(percentDecode(part.substr(std::min(equals + 1, part.size())))));
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    std::sort(parts.begin(), parts.end());
    std::string out;
    for (const auto& [name, value] : parts) out += (out.empty() ? "" : "&") + name + "=" + value;
    return out;
}

}  // namespace

std::string canonicalRequest(std::string_view method, std::string_view target, const Headers& headers,
                             std::string_view body) {
    const auto question = std::min(target.find('?'), target.size());
    const auto sorted = sortedHeaders(headers);
    std::string text(method);
    text += "\n" + canonicalPath(target.substr(0, question));
    text += "\n" + canonicalQuery(target.substr(std::min(question + 1, target.size()))) + "\n";
    for (const auto& [name, value] : sorted) text += name + ":" + value + "\n";
    return text + "\n" + signedHeaders(sorted) + "\n" + hex(bytesOf(sha256(body)));
}

Signer::Signer(Credentials credentials, std::string region)
    : credentials_(std::move(credentials)), region_(std::move(region)) {}

const Digest& Signer::signingKey(std::string_view service, const std::string& day) {
    const auto scope = day + "/" + std::string(service);
    if (scope != keyScope_) {
        key_ = hmacSha256("AWS4" + credentials_.secretAccessKey, day);
        for (const std::string_view step : {std::string_view(region_), service, std::string_view("aws4_request")})
            key_ = hmacSha256(bytesOf(key_), step);
        keyScope_ = scope;
    }
    return key_;
}

void Signer::sign(std::string_view service, std::string_view method, std::string_view target, Headers& headers,
                  std::string_view body, Time wallTime) {
    const auto date = amzDate(wallTime);
    const auto day = date.substr(0, 8);
    headers.set("X-Amz-Date", date);
    if (!credentials_.sessionToken.empty()) headers.set("X-Amz-Security-Token", credentials_.sessionToken);
    const auto scope = day + "/" + region_ + "/" + std::string(service) + "/aws4_request";
    const auto request = canonicalRequest(method, target, headers, body);
    const auto toSign = "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hex(bytesOf(sha256(request)));
    const auto signature = hex(bytesOf(hmacSha256(bytesOf(signingKey(service, day)), toSign)));
    headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=" + credentials_.accessKeyId + "/" + scope +
                                     ", SignedHeaders=" + signedHeaders(sortedHeaders(headers)) +
                                     ", Signature=" + signature);
}

}  // namespace backlot::sdk
