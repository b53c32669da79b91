#include "emulator/services/ssm/tags.h"

#include <algorithm>

#include "emulator/services/ssm/errors.h"
#include "emulator/services/ssm/parameter.h"

namespace backlot::ssm {
namespace {

constexpr std::size_t kMostTags = 50;

Parameter requireTagged(Call& call, const Fields& request) {
    const std::string type = request.text("ResourceType"), id = request.text("ResourceId");
    if (type != "Parameter")
        throw AwsError("InvalidResourceType", "Backlot has no resources of type " + type + ": only Parameter.");
    auto parameter = findParameter(call, selectorOf(id).name);
    if (!parameter)
        throw AwsError("InvalidResourceId",
                       "The resource ID is not valid. Verify that you entered the correct ID and try again.");
    call.about(parameter->name);
    return std::move(*parameter);
}

}  // namespace

void addTags(Json& stored, const std::vector<const Json*>& tags) {
    for (const Json* tag : tags) {
        const std::string key = textOr(*tag, "Key");
        auto there = stored.GetArray();
        const auto found =
            std::find_if(there.begin(), there.end(), [&](const Json& other) { return textOr(other, "Key") == key; });
        if (found != there.end())
            set(*found, "Value", textOr(*tag, "Value"));
        else
            push(stored, object({{"Key", key}, {"Value", textOr(*tag, "Value")}}));
    }
    if (stored.Size() > kMostTags) throw AwsError("TooManyTagsError", "The resource can't have more than 50 tags.");
}

Json addTagsToResource(Call& call, const Fields& request) {
    Parameter parameter = requireTagged(call, request);
    addTags(parameter.tags, request.items("Tags"));
    save(call, parameter);
    return object();
}

Json removeTagsFromResource(Call& call, const Fields& request) {
    Parameter parameter = requireTagged(call, request);
    const auto keys = request.texts("TagKeys");
    Json left(rapidjson::kArrayType);
    for (const auto& tag : parameter.tags.GetArray())
        if (std::find(keys.begin(), keys.end(), textOr(tag, "Key")) == keys.end()) push(left, copy(tag));
    parameter.tags = std::move(left);
    save(call, parameter);
    return object();
}

Json listTagsForResource(Call& call, const Fields& request) {
    return object({{"TagList", copy(requireTagged(call, request).tags)}});
}

}  // namespace backlot::ssm
