#include "emulator/services/iam/roles.h"

#include <algorithm>

#include "emulator/services/iam/errors.h"
#include "emulator/services/iam/rows.h"

namespace backlot::iam {

namespace {

/// A role's row: {"role": as answered, "inline": {name: document}, "attached": [arn]}.
Json requireRole(const Call& call, const std::string& name) {
    auto found = call.getJson(row(call, "role", name));
    if (!found) throw roleNotFound(name);
    return std::move(*found);
}

void save(Call& call, const std::string& name, const Json& stored) { call.putJson(row(call, "role", name), stored); }

Json described(const Json& stored, bool withTags) {
    Json role = copy(*find(stored, "role"));
    set(role, "AssumeRolePolicyDocument", encoded(textOr(role, "AssumeRolePolicyDocument")));
    if (!withTags) erase(role, "Tags");
    return role;
}

bool isAttached(const Json& stored, const std::string& policy) {
    const auto& attached = *find(stored, "attached");
    return std::any_of(attached.Begin(), attached.End(), [&](const Json& one) { return view(one) == policy; });
}

/// How many roles a policy is attached to is told by the policy.
void count(Call& call, const std::string& policy, int by) {
    auto stored = call.getJson(row(call, "policy", policy));
    if (!stored) return;
    Json& described = *find(*stored, "policy");
    set(described, "AttachmentCount", intOr(described, "AttachmentCount", 0) + by);
    call.putJson(row(call, "policy", policy), *stored);
}

}  // namespace

Json createRole(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName"), path = request.valueOr("Path", "/");
    if (call.has(row(call, "role", name))) throw alreadyExists("Role with name " + name + " already exists.");
    Json role = object({{"Path", path},
                        {"RoleName", name},
                        {"RoleId", newId(call, "AROA")},
                        {"Arn", iamArn(call, "role", path, name)},
                        {"CreateDate", epochSeconds(call.now)},
                        {"AssumeRolePolicyDocument", requireDocument(request.text("AssumeRolePolicyDocument"))},
                        {"Description", request.optionalText("Description")}});
    if (request.has("MaxSessionDuration")) set(role, "MaxSessionDuration", request.valueOr("MaxSessionDuration", 3600));
    if (const auto boundary = request.optionalText("PermissionsBoundary")) {
        set(role, "PermissionsBoundary",
            object({{"PermissionsBoundaryType", "Policy"}, {"PermissionsBoundaryArn", *boundary}}));
    }
    if (const auto* tags = request.find("Tags")) set(role, "Tags", copy(*tags));
    call.about(name);
    const Json stored = object({{"role", std::move(role)}, {"inline", object()}, {"attached", list()}});
    save(call, name, stored);
    return object({{"Role", described(stored, true)}});
}

Json getRole(Call& call, const Fields& request) {
    Json role = described(requireRole(call, request.text("RoleName")), true);
    if (!find(role, "MaxSessionDuration")) set(role, "MaxSessionDuration", 3600);
    set(role, "RoleLastUsed", object());
    return object({{"Role", std::move(role)}});
}

Json listRoles(Call& call, const Fields& request) {
    std::vector<Json> items;
    for (const auto& stored : all(call, "role")) {
        Json role = described(stored, false);
        if (!textOr(role, "Path").starts_with(request.valueOr("PathPrefix", "/"))) continue;
        if (!find(role, "MaxSessionDuration")) set(role, "MaxSessionDuration", 3600);
        items.push_back(std::move(role));
    }
    return pageOf("Roles", std::move(items), request);
}

Json updateRole(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName");
    Json stored = requireRole(call, name);
    if (const auto description = request.optionalText("Description"))
        set(*find(stored, "role"), "Description", *description);
    if (request.has("MaxSessionDuration"))
        set(*find(stored, "role"), "MaxSessionDuration", request.valueOr("MaxSessionDuration", 3600));
    save(call, name, stored);
    return object();
}

Json updateAssumeRolePolicy(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName");
    Json stored = requireRole(call, name);
    set(*find(stored, "role"), "AssumeRolePolicyDocument", requireDocument(request.text("PolicyDocument")));
    save(call, name, stored);
    return object();
}

Json deleteRole(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName");
    const Json stored = requireRole(call, name);
    if (!find(stored, "attached")->Empty())
        throw deleteConflict("Cannot delete entity, must detach all policies first.");
    if (!find(stored, "inline")->ObjectEmpty())
        throw deleteConflict("Cannot delete entity, must delete policies first.");
    call.about(name);
    call.erase(row(call, "role", name));
    return object();
}

Json tagRole(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName");
    Json stored = requireRole(call, name);
    Json& role = *find(stored, "role");
    Json tags = find(role, "Tags") ? copy(*find(role, "Tags")) : list();
    for (const auto* tag : request.items("Tags")) {
        const auto same = std::find_if(tags.Begin(), tags.End(),
                                       [&](const Json& one) { return textOr(one, "Key") == textOr(*tag, "Key"); });
        if (same != tags.End()) tags.Erase(same);
        push(tags, copy(*tag));
    }
    set(role, "Tags", std::move(tags));
    save(call, name, stored);
    return object();
}

Json untagRole(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName");
    Json stored = requireRole(call, name);
    if (auto* tags = find(*find(stored, "role"), "Tags")) {
        for (const auto& key : request.texts("TagKeys")) {
            const auto same =
                std::find_if(tags->Begin(), tags->End(), [&](const Json& one) { return textOr(one, "Key") == key; });
            if (same != tags->End()) tags->Erase(same);
        }
    }
    save(call, name, stored);
    return object();
}

Json listRoleTags(Call& call, const Fields& request) {
    const Json stored = requireRole(call, request.text("RoleName"));
    std::vector<Json> tags;
    for (const auto* tag : Fields(*find(stored, "role")).items("Tags")) tags.push_back(copy(*tag));
    return pageOf("Tags", std::move(tags), request);
}

// --- policies of roles -----------------------------------------------------------------------------------------------

Json putRolePolicy(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName");
    Json stored = requireRole(call, name);
    set(*find(stored, "inline"), request.text("PolicyName"), requireDocument(request.text("PolicyDocument")));
    save(call, name, stored);
    return object();
}

Json getRolePolicy(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName"), policy = request.text("PolicyName");
    const Json stored = requireRole(call, name);
    const auto* document = find(*find(stored, "inline"), policy);
    if (!document) throw noSuchEntity("The role policy with name " + policy + " cannot be found.");
    return object({{"RoleName", name}, {"PolicyName", policy}, {"PolicyDocument", encoded(text(*document))}});
}

Json listRolePolicies(Call& call, const Fields& request) {
    const Json stored = requireRole(call, request.text("RoleName"));
    std::vector<Json> names;
    for (const auto& policy : find(stored, "inline")->GetObject()) names.push_back(copy(policy.name));
    return pageOf("PolicyNames", std::move(names), request);
}

Json deleteRolePolicy(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName"), policy = request.text("PolicyName");
    Json stored = requireRole(call, name);
    if (!erase(*find(stored, "inline"), policy))
        throw noSuchEntity("The role policy with name " + policy + " cannot be found.");
    save(call, name, stored);
    return object();
}

Json attachRolePolicy(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName"), policy = request.text("PolicyArn");
    Json stored = requireRole(call, name);
    if (!policy.starts_with("arn:aws:iam::aws:policy/") && !call.has(row(call, "policy", policy))) {
        throw noSuchEntity("Policy " + policy + " does not exist or is not attachable.");
    }
    if (!isAttached(stored, policy)) {
        push(*find(stored, "attached"), policy);
        count(call, policy, 1);
        save(call, name, stored);
    }
    return object();
}

Json detachRolePolicy(Call& call, const Fields& request) {
    const std::string name = request.text("RoleName"), policy = request.text("PolicyArn");
    Json stored = requireRole(call, name);
    if (!isAttached(stored, policy)) throw noSuchEntity("Policy " + policy + " was not found.");
    Json& attached = *find(stored, "attached");
    attached.Erase(
        std::find_if(attached.Begin(), attached.End(), [&](const Json& one) { return view(one) == policy; }));
    count(call, policy, -1);
    save(call, name, stored);
    return object();
}

Json listAttachedRolePolicies(Call& call, const Fields& request) {
    const Json stored = requireRole(call, request.text("RoleName"));
    std::vector<Json> items;
    for (const auto& policy : find(stored, "attached")->GetArray()) {
        const std::string arn = text(policy);
        items.push_back(object({{"PolicyName", arn.substr(arn.rfind('/') + 1)}, {"PolicyArn", arn}}));
    }
    return pageOf("AttachedPolicies", std::move(items), request);
}

}  // namespace backlot::iam
