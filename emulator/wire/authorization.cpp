#include "emulator/wire/authorization.h"

#include <algorithm>
#include <array>

namespace backlot::wire {

std::optional<std::string_view> rawParameter(std::string_view pairs, std::string_view name) {
    while (!pairs.empty()) {
        const auto pair = pairs.substr(0, pairs.find('&'));
        pairs.remove_prefix(std::min(pair.size() + 1, pairs.size()));
        if (pair.starts_with(name) && (pair.size() == name.size() || pair[name.size()] == '='))
            return pair.substr(std::min(name.size() + 1, pair.size()));
    }
    return std::nullopt;
}

std::optional<CredentialScope> parseScope(std::string_view credential) {
    const bool mayBeEncoded = credential.find('%') != std::string_view::npos;
    std::array<std::string_view, 5> parts;
    std::size_t n = 0;
    for (;; ++n) {
        if (n == parts.size()) return std::nullopt;
        std::size_t end = std::min(credential.find('/'), credential.size()), skip = 1;
        if (mayBeEncoded)
            for (std::size_t at = 0; at < end; ++at)
                if (credential[at] == '%' && equalIgnoringCase(credential.substr(at, 3), "%2F")) end = at, skip = 3;
        parts[n] = credential.substr(0, end);
        if (end >= credential.size()) break;
        credential.remove_prefix(end + skip);
    }
    if (n != 4 || parts[0].empty() || parts[3].empty()) return std::nullopt;
    return CredentialScope{parts[0], parts[1], parts[2], parts[3]};
}

std::optional<std::string_view> authorizationPart(std::string_view header, std::string_view name) {
    const auto space = header.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    for (auto at = header.find(name, space + 1); at != std::string_view::npos; at = header.find(name, at + 1)) {
        const auto end = at + name.size();
        const bool begins =
            header[at - 1] == ',' || header[at - 1] == ' ';  // AWS takes a comma or a space between the parts
        if (!begins || end == header.size() || header[end] != '=') continue;
        const auto value = header.substr(end + 1);
        return value.substr(0, std::min(value.find(','), value.find(' ')));
    }
    return std::nullopt;
}

std::optional<CredentialScope> scopeOf(const Request& request) {
    if (const auto header = request.headers.get("Authorization"); !header.empty()) {
        const auto credential = authorizationPart(header, "Credential");
        return credential ? parseScope(*credential) : std::nullopt;
    }
    const auto credential = rawParameter(request.query(), "X-Amz-Credential");
    return credential ? parseScope(*credential) : std::nullopt;
}

}  // namespace backlot::wire
