#include "emulator/services/lambda/names.h"

#include <cstdlib>
#include <vector>

#include "emulator/base/arn.h"
#include "emulator/services/lambda/errors.h"

namespace backlot::lambda {
namespace {

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0;;) {
        const auto colon = text.find(':', begin);
        parts.emplace_back(text.substr(begin, colon == std::string_view::npos ? colon : colon - begin));
        if (colon == std::string_view::npos) return parts;
        begin = colon + 1;
    }
}

}  // namespace

std::string functionArn(std::string_view account, std::string_view region, std::string_view name,
                        std::string_view qualifier) {
    std::string resource = "function:" + std::string(name);
    if (!qualifier.empty()) resource.append(":").append(qualifier);
    return arn("lambda", region, account, resource);
}

std::string FunctionName::arn() const { return functionArn(account, region, name); }
std::string FunctionName::qualifiedArn() const { return functionArn(account, region, name, qualifier.value_or("")); }

FunctionName functionName(const Call& call, std::string_view text) {
    FunctionName result{.account = call.account, .region = call.region};
    auto parts = split(text);
    std::size_t at = 0;
    if (parts[0] == "arn" && parts.size() >= 7) {  // arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]
        if (parts[3] != call.region)
            throw notFound("Functions from '" + parts[3] + "' are not reachable in this region ('" + call.region +
                           "')");
        result.account = parts[4];
        at = 6;
    } else if (parts.size() >= 3 && parts[1] == "function") {  // ACCOUNT:function:NAME[:QUALIFIER]
        result.account = parts[0];
        at = 2;
    } else if (parts.size() >= 2 && parts[0] == "function") {
        at = 1;
    }
    result.name = parts[at];
    if (at + 1 < parts.size()) result.qualifier = parts[at + 1];
    return result;
}

FunctionName functionName(const Call& call, const Fields& request, const char* member, bool withQualifier) {
    FunctionName result = functionName(call, request.text(member));
    const auto qualifier = withQualifier ? request.optionalText("Qualifier") : std::nullopt;
    if (qualifier && result.qualifier && *qualifier != *result.qualifier)
        throw invalidParameter("The derived qualifier from the function name does not match the specified qualifier.");
    if (qualifier) result.qualifier = qualifier;
    return result;
}

std::string lastModified(Time time) {
    std::string text = iso8601Millis(time);
    text.back() = '+';
    return text + "0000";
}

Page pageOf(const Fields& request, std::size_t most) {
    const auto marker = request.optionalText("Marker");
    return {marker ? static_cast<std::size_t>(std::strtoull(marker->c_str(), nullptr, 10)) : 0,
            std::min<std::size_t>(most, static_cast<std::size_t>(request.valueOr("MaxItems", static_cast<int>(most))))};
}

std::optional<std::string> nextMarker(const Page& page, std::size_t total) {
    return page.first + page.size < total ? std::optional(std::to_string(page.first + page.size)) : std::nullopt;
}

}  // namespace backlot::lambda
