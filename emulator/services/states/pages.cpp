#include "emulator/services/states/pages.h"

#include "emulator/base/base64.h"
#include "emulator/services/states/errors.h"

namespace backlot::states {
namespace {

constexpr std::size_t kLookedAtLimit = 5'000;

}  // namespace

Json page(Call& call, const Fields& request, const Key& prefix, std::string_view member,
          const std::function<std::optional<Json>(std::string_view, std::string_view)>& entry) {
    const auto asked = request.valueOr("maxResults", 0);
    const auto limit = static_cast<rapidjson::SizeType>(asked ? asked : 100);
    std::string from = prefix.bytes();
    if (const auto token = request.optionalText("nextToken")) {
        const auto place = base64Decode(*token);
        if (!place || !place->starts_with(prefix.bytes())) throw invalidToken("Invalid token");
        from = *place;
    }
    Json entries = list();
    std::optional<std::string> next;
    std::size_t lookedAt = 0;
    call.scan(
        prefix,
        [&](std::string_view key, std::string_view value) {
            if (++lookedAt > kLookedAtLimit) {  // a filter that finds little: the page ends early, as it may on AWS
                next = base64Encode(key);
                return false;
            }
            auto made = entry(key, value);
            if (!made) return true;
            if (entries.Size() == limit) {
                next = base64Encode(key);
                return false;
            }
            push(entries, std::move(*made));
            return true;
        },
        from);
    Json result = object();
    set(result, member, std::move(entries));
    if (next) set(result, "nextToken", *next);
    return result;
}

}  // namespace backlot::states
