#pragma once
// A secret and its versions, as rows.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/call.h"

namespace backlot::secretsmanager {

inline constexpr std::string_view kCurrent = "AWSCURRENT", kPrevious = "AWSPREVIOUS", kPending = "AWSPENDING";

struct Version {
    std::string id;  // the ClientRequestToken of who made it
    Time createdAt;
    std::vector<std::string> stages;  // sorted; none: deprecated
    std::optional<Time> accessedOn;   // midnight of the day
    bool hasValue = true;             // false: a rotation has begun and put none yet

    bool holds(std::string_view stage) const;
};

struct Rotation {
    bool enabled = false;
    std::string function;  // ARN; empty: never configured
    Json rules = object();
    std::optional<Time> last, next;
    std::string token;        // of the rotation at work; empty: none is
    std::string step;         // the step it is at
    std::string scheduledBy;  // JobId of the next one
};

struct Secret {
    std::string name, suffix, description, kmsKey, type;
    Json tags = list();
    std::optional<std::string> policy;
    Time createdAt, changedAt;
    std::optional<Time> accessedOn;  // midnight of the day
    std::optional<Time> deletedAt;   // when its recovery window ends
    std::string deletion;            // JobId of that end
    std::vector<Version> versions;   // oldest first
    Rotation rotation;

    std::string arn(const Call& call) const;
    Version* version(std::string_view id);
    Version* withStage(std::string_view stage);
    /// Moves `stage` to the version. AWSCURRENT leaves AWSPREVIOUS where it was, which is pending no more.
    void label(Version& version, std::string_view stage);
    void unlabel(std::string_view stage);
};

/// The name, the ARN, or the ARN without its last seven characters. Throws ValidationException (no such name can be),
/// ResourceNotFoundException.
Secret requireSecret(Call& call, const std::string& secretId);
/// The same; throws InvalidRequestException where it is marked for deletion.
Secret requireLiveSecret(Call& call, const std::string& secretId);
std::optional<Secret> findSecret(Call& call, std::string_view name);
Secret secretOf(std::string name, std::string_view row);
void requireName(const std::string& name);
/// Writes the secret's row; at most a hundred deprecated versions stay.
void save(Call& call, Secret& secret);
/// The secret, its values and its jobs go.
void eraseSecret(Call& call, const Secret& secret);
/// All of the account and Region, by name.
std::vector<Secret> allSecrets(Call& call);

}  // namespace backlot::secretsmanager
