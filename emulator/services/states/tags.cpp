#include "emulator/services/states/tags.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/services/states/activities.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/machines.h"

namespace backlot::states {
namespace {

constexpr rapidjson::SizeType kMostTags = 50;

/// Lets `change` at the tags of what the ARN names, and stores them where it says so.
Json withTags(Call& call, const Fields& request, const std::function<bool(Json& tags)>& change) {
    const std::string arn = request.text("resourceArn");
    if (!parseArn(arn)) throw invalidArn("Invalid ARN prefix: " + arn);
    call.about(arn);
    const auto apply = [&](auto& resource) {
        if (change(resource.tags)) save(call, resource);
        return copy(resource.tags);
    };
    if (auto machine = findMachine(call, arn)) return apply(*machine);
    if (auto activity = findActivity(call, arn)) return apply(*activity);
    throw resourceNotFound(arn);
}

}  // namespace

void mergeTags(Json& tags, const Fields& request) {
    for (const Json* tag : request.items("tags")) {
        const std::string key = textOr(*tag, "key");
        const auto old =
            std::find_if(tags.Begin(), tags.End(), [&](const Json& entry) { return textOr(entry, "key") == key; });
        if (old == tags.End())
            push(tags, copy(*tag));
        else
            *old = copy(*tag);
    }
    if (tags.Size() > kMostTags)
        throw AwsError("TooManyTags", "You've exceeded the number of tags allowed for a resource.");
}

Json tagResource(Call& call, const Fields& request) {
    withTags(call, request, [&](Json& tags) {
        mergeTags(tags, request);
        return true;
    });
    return object();
}

Json untagResource(Call& call, const Fields& request) {
    const auto keys = request.texts("tagKeys");
    withTags(call, request, [&](Json& tags) {
        Json kept = list();
        for (const auto& tag : tags.GetArray())
            if (std::find(keys.begin(), keys.end(), textOr(tag, "key")) == keys.end()) push(kept, copy(tag));
        tags = std::move(kept);
        return true;
    });
    return object();
}

Json listTagsForResource(Call& call, const Fields& request) {
    return object({{"tags", withTags(call, request, [](Json&) { return false; })}});
}

}  // namespace backlot::states
