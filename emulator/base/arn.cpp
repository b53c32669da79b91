#include "emulator/base/arn.h"

namespace backlot {

std::string Arn::text() const {
    return "arn:" + partition + ':' + service + ':' + region + ':' + account + ':' + resource;
}

std::optional<Arn> parseArn(std::string_view text) {
    if (!text.starts_with("arn:")) return std::nullopt;
    text.remove_prefix(4);
    Arn result;
    for (std::string* part : {&result.partition, &result.service, &result.region, &result.account}) {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        *part = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    if (text.empty()) return std::nullopt;
    result.resource = text;
    return result;
}

std::string arn(std::string_view service, std::string_view region, std::string_view account,
                std::string_view resource) {
    return Arn{"aws", std::string(service), std::string(region), std::string(account), std::string(resource)}.text();
}

}  // namespace backlot
