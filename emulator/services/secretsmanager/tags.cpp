#include "emulator/services/secretsmanager/tags.h"

#include <algorithm>

#include "emulator/services/secretsmanager/errors.h"

namespace backlot::secretsmanager {
namespace {

constexpr std::size_t kMostTags = 50;

}  // namespace

void addTags(Secret& secret, const std::vector<const Json*>& tags) {
    for (const Json* tag : tags) {
        const std::string key = textOr(*tag, "Key"), value = textOr(*tag, "Value");
        if (key.starts_with("aws:"))
            throw invalidParameter("The tag key " + key + " begins with aws:, which is reserved for AWS.");
        auto stored = secret.tags.GetArray();
        const auto found =
            std::find_if(stored.begin(), stored.end(), [&](const Json& other) { return textOr(other, "Key") == key; });
        if (found != stored.end())
            set(*found, "Value", value);
        else
            push(secret.tags, object({{"Key", key}, {"Value", value}}));
    }
    if (secret.tags.Size() > kMostTags)
        throw AwsError("LimitExceededException", "The secret can't have more than 50 tags.");
}

Json tagResource(Call& call, const Fields& request) {
    Secret secret = requireLiveSecret(call, request.text("SecretId"));
    addTags(secret, request.items("Tags"));
    save(call, secret);
    return object();
}

Json untagResource(Call& call, const Fields& request) {
    Secret secret = requireLiveSecret(call, request.text("SecretId"));
    const auto keys = request.texts("TagKeys");
    Json left(rapidjson::kArrayType);
    for (const auto& tag : secret.tags.GetArray())
        if (std::find(keys.begin(), keys.end(), textOr(tag, "Key")) == keys.end()) push(left, copy(tag));
    secret.tags = std::move(left);
    save(call, secret);
    return object();
}

}  // namespace backlot::secretsmanager
