#include "emulator/services/kit/pages.h"

#include <algorithm>
#include <charconv>

#include "emulator/base/base64.h"

namespace backlot::kit {
namespace {

std::optional<std::size_t> placeOf(const std::string& token) {
    const auto text = base64Decode(token);
    if (!text) return std::nullopt;
    std::size_t place = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), place);
    return error == std::errc() && end == text->data() + text->size() ? std::optional(place) : std::nullopt;
}

}  // namespace

Page pageOf(const std::optional<std::string>& token, std::size_t size, std::size_t total, const AwsError& wrong) {
    const auto first = token ? placeOf(*token) : 0;
    if (!first || *first > total) throw wrong;
    const std::size_t end = *first + std::min(size, total - *first);
    return {*first, end, end < total ? std::optional(base64Encode(std::to_string(end))) : std::nullopt};
}

}  // namespace backlot::kit
