#include "asl/language/resource.h"

#include <algorithm>
#include <utility>

namespace backlot::asl {
namespace {

constexpr std::pair<std::string_view, IntegrationPattern> kPatterns[] = {
    {".sync:2", IntegrationPattern::sync2},
    {".sync", IntegrationPattern::sync},
    {".waitForTaskToken", IntegrationPattern::waitForTaskToken},
};

}  // namespace

std::string Resource::actionWithPattern() const {
    for (const auto& [suffix, value] : kPatterns)
        if (value == pattern) return action + std::string(suffix);
    return action;
}

Resource parseResource(std::string_view arn) {
    Resource resource;
    resource.arn = std::string(arn);
    // arn : partition : service : region : account : rest
    std::size_t start = 0;
    std::string_view parts[5];
    for (auto& part : parts) {
        const auto end = arn.find(':', start);
        if (end == std::string_view::npos) return resource;
        part = arn.substr(start, end - start);
        start = end + 1;
    }
    auto rest = arn.substr(start);
    if (parts[2] == "states" && rest.starts_with("activity:")) {
        resource.kind = ResourceKind::activity;
    } else if (parts[2] == "states" && parts[3].empty() && parts[4].empty()) {
        resource.kind = ResourceKind::integration;
        for (const auto& [suffix, pattern] : kPatterns) {
            if (!rest.ends_with(suffix)) continue;
            resource.pattern = pattern;
            rest.remove_suffix(suffix.size());
            break;
        }
        const auto colon = rest.rfind(':');
        resource.service = std::string(colon == std::string_view::npos ? rest : rest.substr(0, colon));
        resource.action = std::string(colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1));
    }
    return resource;
}

}  // namespace backlot::asl
