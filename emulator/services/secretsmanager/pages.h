#pragma once
// A page of a list that is in memory.

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/services/secretsmanager/errors.h"

namespace backlot::secretsmanager {

/// The elements from NextToken on, MaxResults (`most`) of them, each as `show` has it; and the token of the next page.
/// Throws InvalidNextTokenException.
template <typename Element, typename Show>
std::pair<Json, std::optional<std::string>> page(const Fields& request, const std::vector<Element>& all,
                                                 std::int64_t most, const Show& show) {
    std::size_t first = 0;
    if (const auto token = request.optionalText("NextToken")) {
        const auto text = base64Decode(*token);
        if (!text || std::from_chars(text->data(), text->data() + text->size(), first).ec != std::errc() ||
            first > all.size())
            throw AwsError("InvalidNextTokenException", "Invalid NextToken");
    }
    const auto size = static_cast<std::size_t>(std::min(request.valueOr("MaxResults", most), most));
    const std::size_t end = std::min(all.size(), first + size);
    Json shown(rapidjson::kArrayType);
    for (std::size_t i = first; i < end; ++i) push(shown, show(all[i]));
    return {std::move(shown), end < all.size() ? std::optional(base64Encode(std::to_string(end))) : std::nullopt};
}

}  // namespace backlot::secretsmanager
