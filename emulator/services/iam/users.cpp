#include "emulator/services/iam/users.h"

#include "emulator/services/iam/errors.h"
#include "emulator/services/iam/rows.h"

namespace backlot::iam {

namespace {

Json requireUser(const Call& call, const std::string& name) {
    auto user = call.getJson(row(call, "user", name));
    if (!user) throw userNotFound(name);
    return std::move(*user);
}

Key secretKey(std::string_view accessKeyId) { return Key("secret").text(accessKeyId); }

std::vector<Json> keysOf(const Call& call, const std::string& user) {
    std::vector<Json> keys;
    call.scan(row(call, "accesskey", user), [&](std::string_view, std::string_view value) {
        keys.push_back(parseJson(value));
        return true;
    });
    return keys;
}

}  // namespace

Json createUser(Call& call, const Fields& request) {
    const std::string name = request.text("UserName"), path = request.valueOr("Path", "/");
    if (call.has(row(call, "user", name))) throw alreadyExists("User with name " + name + " already exists.");
    Json user = object({{"Path", path},
                        {"UserName", name},
                        {"UserId", newId(call, "AIDA")},
                        {"Arn", iamArn(call, "user", path, name)},
                        {"CreateDate", epochSeconds(call.now)}});
    if (const auto* tags = request.find("Tags")) set(user, "Tags", copy(*tags));
    call.putJson(row(call, "user", name), user);
    return object({{"User", std::move(user)}});
}

Json getUser(Call& call, const Fields& request) {
    const auto name = request.optionalText("UserName");
    if (name) return object({{"User", requireUser(call, *name)}});
    return object({{"User", object({{"Path", "/"},
                                    {"UserName", "root"},
                                    {"UserId", call.account},
                                    {"Arn", "arn:aws:iam::" + call.account + ":root"},
                                    {"CreateDate", epochSeconds(call.now)}})}});
}

Json listUsers(Call& call, const Fields& request) {
    std::vector<Json> items;
    for (auto& user : all(call, "user")) {
        erase(user, "Tags");
        if (textOr(user, "Path").starts_with(request.valueOr("PathPrefix", "/"))) items.push_back(std::move(user));
    }
    return pageOf("Users", std::move(items), request);
}

Json deleteUser(Call& call, const Fields& request) {
    const std::string name = request.text("UserName");
    requireUser(call, name);
    if (!keysOf(call, name).empty()) throw deleteConflict("Cannot delete entity, must delete access keys first.");
    call.erase(row(call, "user", name));
    return object();
}

Json createAccessKey(Call& call, const Fields& request) {
    const std::string user = request.valueOr("UserName", "root");
    if (user != "root") requireUser(call, user);
    if (keysOf(call, user).size() >= 2) throw limitExceeded("Cannot exceed quota for AccessKeysPerUser: 2");
    Json key =
        object({{"UserName", user},
                {"AccessKeyId", newId(call, "AKIA", 16)},
                {"Status", "Active"},
                {"SecretAccessKey",
                 call.randomText("secret", 40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")},
                {"CreateDate", epochSeconds(call.now)}});
    Json kept = copy(key);
    erase(kept, "SecretAccessKey");  // shown once, as on AWS
    call.put(secretKey(textOr(key, "AccessKeyId")), textOr(key, "SecretAccessKey"));
    call.putJson(row(call, "accesskey", user).text(textOr(key, "AccessKeyId")), kept);
    return object({{"AccessKey", std::move(key)}});
}

Json listAccessKeys(Call& call, const Fields& request) {
    const std::string user = request.valueOr("UserName", "root");
    if (user != "root") requireUser(call, user);
    return pageOf("AccessKeyMetadata", keysOf(call, user), request);
}

Json deleteAccessKey(Call& call, const Fields& request) {
    const std::string id = request.text("AccessKeyId");
    if (!call.erase(row(call, "accesskey", request.valueOr("UserName", "root")).text(id)))
        throw noSuchEntity("The Access Key with id " + id + " cannot be found.");
    call.erase(secretKey(id));
    return object();
}

Json findSecret(Call& call, const Fields& request) {
    const auto secret = call.get(secretKey(request.text("AccessKeyId")));
    return secret ? object({{"SecretAccessKey", *secret}}) : object();
}

}  // namespace backlot::iam
