#include "emulator/services/ssm/put_parameter.h"

#include <algorithm>
#include <array>

#include "emulator/services/ssm/allowed_pattern.h"
#include "emulator/services/ssm/errors.h"
#include "emulator/services/ssm/parameter.h"
#include "emulator/services/ssm/policies.h"
#include "emulator/services/ssm/tags.h"

namespace backlot::ssm {
namespace {

// Source: AWS General Reference, "AWS Systems Manager endpoints and quotas", Parameter Store.
constexpr std::size_t kStandardBytes = 4096, kAdvancedBytes = 8192, kLevels = 15, kVersions = 100, kLabels = 10;

bool isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == '/';
}

bool beginsAnyCase(std::string_view text, std::string_view lowerPrefix) {
    return text.size() >= lowerPrefix.size() &&
           std::equal(lowerPrefix.begin(), lowerPrefix.end(), text.begin(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
}

void requireName(const std::string& name) {
    const std::string_view bare = std::string_view(name).substr(name.starts_with('/') ? 1 : 0);
    if (beginsAnyCase(bare, "aws"))
        throw name.starts_with('/')
            ? AwsError("AccessDeniedException", "No access to reserved parameter name: " + name + ".")
            : validation("Parameter name: can't be prefixed with \"aws\" (case-insensitive).");
    if (beginsAnyCase(bare, "ssm") || !std::all_of(name.begin(), name.end(), isNameCharacter))
        throw validation(
            "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of "
            "sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the "
            "following 3 symbols .-_");
    const auto slashes = static_cast<std::size_t>(std::count(name.begin(), name.end(), '/'));
    if (slashes > 0 && !name.starts_with('/')) throw validation("Parameter name must be a fully qualified name.");
    if (slashes > kLevels)
        throw AwsError("HierarchyLevelLimitExceededException",
                       "Hierarchies can't have more than " + std::to_string(kLevels) + " levels.");
}

/// Standard or Advanced; throws ValidationException where the value does not fit.
std::string tierOf(const Fields& request, const std::string& before, const std::string& policies) {
    const std::string asked = request.valueOr("Tier", before.empty() ? "Standard" : before);
    const std::size_t bytes = request.text("Value").size();
    if (bytes > kAdvancedBytes)
        throw validation("Advanced tier parameters support a maximum parameter value of 8192 characters.");
    const bool needsAdvanced = bytes > kStandardBytes || !policies.empty();
    if (asked == "Intelligent-Tiering") return needsAdvanced ? "Advanced" : "Standard";
    if (asked == "Standard" && before == "Advanced")
        throw validation(
            "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
            "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the "
            "advanced parameter and recreate it as a standard parameter.");
    if (asked == "Standard" && bytes > kStandardBytes)
        throw validation(
            "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger "
            "parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see "
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html");
    if (asked == "Standard" && !policies.empty())
        throw validation("Parameter policies can be used with parameters of the advanced-parameter tier only.");
    return asked;
}

void requireDataType(const std::string& dataType) {
    constexpr std::array<std::string_view, 3> known{"text", "aws:ec2:image", "aws:ssm:integration"};
    if (std::find(known.begin(), known.end(), dataType) == known.end())
        throw validation("The following data type is not supported: " + dataType +
                         " (Data type names are all lowercase.)");
}

/// What the request makes of the version before it, if there is one.
Version nextVersion(Call& call, const Fields& request, const std::optional<Version>& before) {
    const auto type = request.optionalText("Type");
    if (!type && !before) throw validation("A parameter type is required when you create a parameter.");
    if (type && before && *type != before->type)
        throw AwsError("HierarchyTypeMismatchException",
                       "Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you "
                       "can't change a parameter from a String type to a SecureString type. You must create a new, "
                       "unique parameter.");
    const Version old = before.value_or(Version{});
    Version version{.number = before ? before->number + 1 : 1,
                    .type = type.value_or(old.type),
                    .value = request.text("Value"),
                    .description = request.valueOr("Description", old.description),
                    .key = request.valueOr("KeyId", old.key),
                    .allowedPattern = request.valueOr("AllowedPattern", old.allowedPattern),
                    .tier = {},
                    .dataType = request.valueOr("DataType", old.dataType.empty() ? "text" : old.dataType),
                    .user = "arn:aws:iam::" + call.account + ":root",
                    .modifiedAt = call.now,
                    .labels = {},
                    .policies = policiesText(request, old.policies)};
    version.tier = tierOf(request, old.tier, version.policies);
    if (version.value.empty())
        throw validation(
            "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length "
            "greater than or equal to 1");
    if (version.type != "SecureString" && request.has("KeyId"))
        throw validation("KeyId is required for SecureString type parameter only.");
    if (version.type == "SecureString" && version.key.empty()) version.key = "alias/aws/ssm";
    requireDataType(version.dataType);
    requireMatch(version.allowedPattern, version.value);
    return version;
}

/// Makes room for one more version.
void dropOldest(Call& call, const Parameter& parameter) {
    const auto versions = versionsOf(call, parameter.name);
    if (versions.size() < kVersions) return;
    if (!versions.front().labels.empty())
        throw AwsError("ParameterMaxVersionLimitExceeded",
                       "You attempted to create a new version of " + parameter.name +
                           " by calling the PutParameter API with the overwrite flag. Version " +
                           std::to_string(versions.front().number) +
                           ", the oldest version, can't be deleted because it has a label associated with it. Move "
                           "the label to another version of the parameter, and try again.");
    eraseVersion(call, parameter.name, versions.front().number);
}

bool isLabel(const std::string& label) {
    return !beginsAnyCase(label, "aws") && !beginsAnyCase(label, "ssm") &&
           !(label.front() >= '0' && label.front() <= '9') &&
           std::all_of(label.begin(), label.end(), [](char c) { return isNameCharacter(c) && c != '/'; });
}

Version requireNumbered(Call& call, const Parameter& parameter, std::int64_t number) {
    auto version = findVersion(call, parameter.name, number);
    if (!version) throw versionNotFound(parameter.name, std::to_string(number));
    return std::move(*version);
}

void forget(Call& call, const Parameter& parameter) {
    tellChange(call, parameter.name, *findVersion(call, parameter.name, parameter.latest), "Delete");
    eraseParameter(call, parameter);
}

}  // namespace

Json putParameter(Call& call, const Fields& request) {
    const std::string name = selectorOf(request.text("Name")).name;
    requireName(name);
    call.about(name);
    const bool overwrite = request.valueOr("Overwrite", false);
    const auto tags = request.items("Tags");
    auto parameter = findParameter(call, name);
    if (overwrite && !tags.empty())
        throw validation(
            "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please "
            "remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or "
            "RemoveTagsFromResource.");
    if (parameter && !overwrite)
        throw AwsError("ParameterAlreadyExists",
                       "The parameter already exists. To overwrite this value, set the overwrite option in the "
                       "request to true.");
    const bool isNew = !parameter;
    const Version version =
        nextVersion(call, request, isNew ? std::nullopt : findVersion(call, name, parameter->latest));
    if (isNew) parameter = Parameter{.name = name, .tags = list(), .jobs = {}};
    dropOldest(call, *parameter);
    parameter->latest = version.number;
    addTags(parameter->tags, tags);
    schedulePolicies(call, *parameter, version);
    save(call, *parameter);
    save(call, name, version);
    tellChange(call, name, version, isNew ? "Create" : "Update");
    return object({{"Version", version.number}, {"Tier", version.tier}});
}

Json deleteParameter(Call& call, const Fields& request) {
    forget(call, requireParameter(call, selectorOf(request.text("Name")).name));
    return object();
}

Json deleteParameters(Call& call, const Fields& request) {
    Json deleted(rapidjson::kArrayType), invalid(rapidjson::kArrayType);
    for (const auto& name : request.texts("Names")) {
        const auto parameter = findParameter(call, selectorOf(name).name);
        if (parameter) forget(call, *parameter);
        push(parameter ? deleted : invalid, name);
    }
    return object({{"DeletedParameters", std::move(deleted)}, {"InvalidParameters", std::move(invalid)}});
}

Json labelParameterVersion(Call& call, const Fields& request) {
    const Parameter parameter = requireParameter(call, request.text("Name"));
    Version version = requireNumbered(call, parameter, request.valueOr("ParameterVersion", parameter.latest));
    Json invalid(rapidjson::kArrayType);
    std::vector<std::string> labels;
    for (const auto& label : request.texts("Labels")) isLabel(label) ? labels.push_back(label) : push(invalid, label);
    for (auto& other : versionsOf(call, parameter.name)) {
        const auto moved = std::erase_if(other.labels, [&](const std::string& label) {
            return std::find(labels.begin(), labels.end(), label) != labels.end();
        });
        if (other.number == version.number)
            version.labels = other.labels;
        else if (moved > 0)
            save(call, parameter.name, other);
    }
    version.labels.insert(version.labels.end(), labels.begin(), labels.end());
    if (version.labels.size() > kLabels)
        throw AwsError("ParameterVersionLabelLimitExceeded", "A parameter version can have a maximum of ten labels.");
    save(call, parameter.name, version);
    if (!labels.empty()) tellChange(call, parameter.name, version, "LabelParameterVersion");
    return object({{"InvalidLabels", std::move(invalid)}, {"ParameterVersion", version.number}});
}

Json unlabelParameterVersion(Call& call, const Fields& request) {
    const Parameter parameter = requireParameter(call, request.text("Name"));
    Version version = requireNumbered(call, parameter, request.integer("ParameterVersion"));
    Json removed(rapidjson::kArrayType), invalid(rapidjson::kArrayType);
    for (const auto& label : request.texts("Labels"))
        push(std::erase(version.labels, label) > 0 ? removed : invalid, label);
    save(call, parameter.name, version);
    return object({{"RemovedLabels", std::move(removed)}, {"InvalidLabels", std::move(invalid)}});
}

}  // namespace backlot::ssm
