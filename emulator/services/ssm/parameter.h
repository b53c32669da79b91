#pragma once
// A parameter and its versions, as rows.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/call.h"

namespace backlot::ssm {

struct Version {
    std::int64_t number = 1;
    std::string type;  // String, StringList, SecureString
    std::string value, description, key, allowedPattern, tier, dataType, user;
    Time modifiedAt;
    std::vector<std::string> labels;
    std::string policies;  // JSON text; empty: none
};

struct Parameter {
    std::string name;
    std::int64_t latest = 0;
    Json tags = list();             // [{"Key", "Value"} …]
    std::vector<std::string> jobs;  // JobIds of its policies
};

std::string parameterArn(const Call& call, const std::string& name);

std::optional<Parameter> findParameter(Call& call, std::string_view name);
std::optional<Version> findVersion(Call& call, std::string_view name, std::int64_t number);
/// Oldest first.
std::vector<Version> versionsOf(Call& call, std::string_view name);
void save(Call& call, const Parameter& parameter);
void save(Call& call, std::string_view name, const Version& version);
void eraseVersion(Call& call, std::string_view name, std::int64_t number);
/// The parameter, its versions and its jobs go.
void eraseParameter(Call& call, const Parameter& parameter);

/// What a request's Name asks for: a parameter or its ARN, ":3" or ":label" behind it.
struct Selector {
    std::string name, selector;  // selector with its colon; empty: the newest
    bool byArn = false;          // which looks the same for "a" and "/a"
};
Selector selectorOf(const std::string& text);

/// The parameter and the version that a selector asks for. Throws ParameterNotFound, ParameterVersionNotFound.
std::pair<Parameter, Version> requireVersion(Call& call, const Selector& selector);
/// Throws ParameterNotFound.
Parameter requireParameter(Call& call, const std::string& name);

/// The value as a client gets it: of a SecureString without `decrypted` a text that cannot be read back.
std::string shownValue(const Version& version, bool decrypted);

/// Tells EventBridge's default bus. `operation`: "Create", "Update", "Delete", "LabelParameterVersion".
void tellChange(Call& call, const std::string& name, const Version& version, std::string_view operation);
/// The same about a policy: `status` is "Success" or "Failed".
void tellPolicy(Call& call, const std::string& name, const Version& version, const std::string& policyType,
                const std::string& policyContent);

}  // namespace backlot::ssm
