#include "emulator/services/iam/policies.h"

#include <algorithm>

#include "emulator/services/iam/errors.h"
#include "emulator/services/iam/rows.h"

namespace backlot::iam {

namespace {

constexpr std::size_t kVersionsLimit = 5;

/// A policy's row: {"policy": as answered, "versions": [{VersionId, Document, CreateDate}], "next": number}.
Json requirePolicy(const Call& call, const std::string& arn) {
    auto found = call.getJson(row(call, "policy", arn));
    if (!found) throw policyNotFound(arn);
    return std::move(*found);
}

Json* findVersion(Json& stored, const std::string& id) {
    Json& versions = *find(stored, "versions");
    const auto found =
        std::find_if(versions.Begin(), versions.End(), [&](const Json& one) { return textOr(one, "VersionId") == id; });
    return found == versions.End() ? nullptr : found;
}

AwsError versionNotFound(const std::string& arn, const std::string& id) {
    return noSuchEntity("Policy " + arn + " version " + id + " does not exist or is not attachable.");
}

Json described(const Json& stored, const Json& version, bool withDocument) {
    Json result = copy(version);
    set(result, "IsDefaultVersion",
        textOr(version, "VersionId") == textOr(*find(stored, "policy"), "DefaultVersionId"));
    if (withDocument) {
        set(result, "Document", encoded(textOr(version, "Document")));
    } else {
        erase(result, "Document");
    }
    return result;
}

Json newVersion(const Call& call, Json& stored, const std::string& document, bool asDefault) {
    const auto number = intOr(stored, "next", 1);
    const std::string id = "v" + std::to_string(number);
    Json version = object({{"VersionId", id}, {"Document", document}, {"CreateDate", epochSeconds(call.now)}});
    Json& versions = *find(stored, "versions");
    rapidjson::CrtAllocator allocator;
    versions.PushBack(copy(version), allocator);
    std::rotate(versions.Begin(), versions.End() - 1, versions.End());  // newest first
    set(stored, "next", number + 1);
    if (asDefault) set(*find(stored, "policy"), "DefaultVersionId", id);
    set(*find(stored, "policy"), "UpdateDate", epochSeconds(call.now));
    return version;
}

}  // namespace

Json createPolicy(Call& call, const Fields& request) {
    const std::string name = request.text("PolicyName"), path = request.valueOr("Path", "/"),
                      arn = iamArn(call, "policy", path, name);
    const std::string document = requireDocument(request.text("PolicyDocument"));
    for (const auto& other : all(call, "policy")) {
        if (textOr(*find(other, "policy"), "PolicyName") == name)
            throw alreadyExists("A policy called " + name + " already exists. Duplicate names are not allowed.");
    }
    Json policy = object({{"PolicyName", name},
                          {"PolicyId", newId(call, "ANPA")},
                          {"Arn", arn},
                          {"Path", path},
                          {"DefaultVersionId", "v1"},
                          {"AttachmentCount", 0},
                          {"PermissionsBoundaryUsageCount", 0},
                          {"IsAttachable", true},
                          {"CreateDate", epochSeconds(call.now)},
                          {"UpdateDate", epochSeconds(call.now)}});
    if (const auto* tags = request.find("Tags")) set(policy, "Tags", copy(*tags));
    Json answer = copy(policy);
    if (const auto description = request.optionalText("Description")) set(policy, "Description", *description);
    Json stored = object({{"policy", std::move(policy)}, {"versions", list()}, {"next", 1}});
    newVersion(call, stored, document, true);
    call.about(arn);
    call.putJson(row(call, "policy", arn), stored);
    return object({{"Policy", std::move(answer)}});
}

Json getPolicy(Call& call, const Fields& request) {
    return object({{"Policy", copy(*find(requirePolicy(call, request.text("PolicyArn")), "policy"))}});
}

Json listPolicies(Call& call, const Fields& request) {
    std::vector<Json> items;
    const std::string scope = request.valueOr("Scope", "All");
    for (const auto& stored : all(call, "policy")) {
        Json policy = copy(*find(stored, "policy"));
        for (const char* absent : {"Tags", "Description"}) erase(policy, absent);
        const bool wanted = scope != "AWS" && textOr(policy, "Path").starts_with(request.valueOr("PathPrefix", "/")) &&
                            (!request.valueOr("OnlyAttached", false) || intOr(policy, "AttachmentCount", 0) > 0);
        if (wanted) items.push_back(std::move(policy));
    }
    return pageOf("Policies", std::move(items), request);
}

Json deletePolicy(Call& call, const Fields& request) {
    const std::string arn = request.text("PolicyArn");
    const Json stored = requirePolicy(call, arn);
    if (intOr(*find(stored, "policy"), "AttachmentCount", 0) > 0)
        throw deleteConflict("Cannot delete a policy attached to entities.");
    if (find(stored, "versions")->Size() > 1)
        throw deleteConflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy.");
    call.erase(row(call, "policy", arn));
    return object();
}

Json createPolicyVersion(Call& call, const Fields& request) {
    const std::string arn = request.text("PolicyArn"), document = requireDocument(request.text("PolicyDocument"));
    Json stored = requirePolicy(call, arn);
    if (find(stored, "versions")->Size() >= kVersionsLimit) {
        throw limitExceeded(
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing "
            "version.");
    }
    const Json version = newVersion(call, stored, document, request.valueOr("SetAsDefault", false));
    call.putJson(row(call, "policy", arn), stored);
    return object({{"PolicyVersion", described(stored, version, false)}});
}

Json getPolicyVersion(Call& call, const Fields& request) {
    const std::string arn = request.text("PolicyArn"), id = request.text("VersionId");
    Json stored = requirePolicy(call, arn);
    const auto* version = findVersion(stored, id);
    if (!version) throw versionNotFound(arn, id);
    return object({{"PolicyVersion", described(stored, *version, true)}});
}

Json listPolicyVersions(Call& call, const Fields& request) {
    const Json stored = requirePolicy(call, request.text("PolicyArn"));
    std::vector<Json> items;
    for (const auto& version : find(stored, "versions")->GetArray()) items.push_back(described(stored, version, false));
    return pageOf("Versions", std::move(items), request);
}

Json setDefaultPolicyVersion(Call& call, const Fields& request) {
    const std::string arn = request.text("PolicyArn"), id = request.text("VersionId");
    Json stored = requirePolicy(call, arn);
    if (!findVersion(stored, id)) throw versionNotFound(arn, id);
    set(*find(stored, "policy"), "DefaultVersionId", id);
    call.putJson(row(call, "policy", arn), stored);
    return object();
}

Json deletePolicyVersion(Call& call, const Fields& request) {
    const std::string arn = request.text("PolicyArn"), id = request.text("VersionId");
    Json stored = requirePolicy(call, arn);
    auto* version = findVersion(stored, id);
    if (!version) throw versionNotFound(arn, id);
    if (textOr(*find(stored, "policy"), "DefaultVersionId") == id)
        throw deleteConflict("Cannot delete the default version of a policy.");
    find(stored, "versions")->Erase(version);
    call.putJson(row(call, "policy", arn), stored);
    return object();
}

}  // namespace backlot::iam
