#pragma once
// Pages of lists.
// Source: Amazon SES API Reference and API v2 Reference (ListIdentities, ListTemplates, ListEmailTemplates).

#include <algorithm>

#include "emulator/services/kit/pages.h"
#include "emulator/services/ses/errors.h"

namespace backlot::ses {

/// How many elements a page has: without MaxItems (PageSize of v2), and at most, whatever a request asks for.
struct PageSize {
    std::int64_t usual, most;
};
constexpr PageSize kTemplatesPage{10, 100}, kNamesPage{1000, 1000};

/// The part of a list of `total` that a request asks for. Throws InvalidParameterValue (BadRequestException of v2).
inline kit::Page pageOf(Api api, const Fields& request, std::size_t total, PageSize sizes) {
    const auto asked = request.valueOr(api == Api::v1 ? "MaxItems" : "PageSize", sizes.usual);
    const auto size = std::clamp<std::int64_t>(asked ? asked : sizes.usual, 1, sizes.most);
    return kit::pageOf(request.optionalText("NextToken"), static_cast<std::size_t>(size), total,
                       invalid(api, "The token is invalid."));
}

}  // namespace backlot::ses
