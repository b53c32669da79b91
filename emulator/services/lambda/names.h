#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::lambda {

/// A function as a request names it: by name, name:qualifier, account:function:name or ARN, each with or without
/// qualifier.
struct FunctionName {
    std::string account, region, name;
    std::optional<std::string> qualifier;  // of the name or the request's own; they must agree

    std::string arn() const;           // without qualifier
    std::string qualifiedArn() const;  // with it, if there is one
};

/// Reads `member` and, where `withQualifier`, the request's Qualifier.
/// Throws InvalidParameterValueException where two qualifiers differ, ResourceNotFoundException for another region.
FunctionName functionName(const Call& call, const Fields& request, const char* member = "FunctionName",
                          bool withQualifier = true);
FunctionName functionName(const Call& call, std::string_view text);

std::string functionArn(std::string_view account, std::string_view region, std::string_view name,
                        std::string_view qualifier = {});
/// "2026-01-05T09:00:00.000+0000", as Lambda writes LastModified.
std::string lastModified(Time time);
/// Where a page of a list begins and how long it is: Marker and MaxItems (1–50).
struct Page {
    std::size_t first, size;
};
Page pageOf(const Fields& request, std::size_t most = 50);
/// NextMarker for a list of `total` entries, if more follow.
std::optional<std::string> nextMarker(const Page& page, std::size_t total);

}  // namespace backlot::lambda
