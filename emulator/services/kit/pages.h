#pragma once
// Pages of lists that are in memory.

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/aws_error.h"
#include "emulator/base/json.h"

namespace backlot::kit {

/// A part of a list: [first, end), and the token of the part after it, where there is one.
struct Page {
    std::size_t first = 0, end = 0;
    std::optional<std::string> next;
};

/// Up to `size` of `total` elements, from where `token` says; without a token from the first. A token is the place of
/// an element, in Base64. Throws `wrong` for a text that is none, or whose place is behind the list's end.
Page pageOf(const std::optional<std::string>& token, std::size_t size, std::size_t total, const AwsError& wrong);

/// The elements of a page, as `show` has each.
template <typename Element, typename Show>
Json elements(const Page& page, std::vector<Element>& all, const Show& show) {
    Json shown(rapidjson::kArrayType);
    for (std::size_t i = page.first; i < page.end; ++i) push(shown, show(all[i]));
    return shown;
}

/// The elements of a page as they are; they are moved out of `all`.
template <typename Element>
Json elements(const Page& page, std::vector<Element>& all) {
    return elements(page, all, [](Element& element) { return std::move(element); });
}

}  // namespace backlot::kit
