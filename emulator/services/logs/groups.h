#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

/// A log group as it is stored: {creationTime, id, logGroupClass, retentionInDays?, kmsKeyId?,
/// deletionProtectionEnabled?, tags, metricFilterCount, expiry?}. Its events' keys begin with the number `id`; `expiry`
/// names the job that drops what is older than the retention.
std::optional<Json> findGroup(const Call& call, std::string_view name);
/// Throws ResourceNotFoundException.
Json requireGroup(const Call& call, std::string_view name);
void saveGroup(Call& call, std::string_view name, const Json& group);
/// Makes a group that is not there, without tags, as Lambda does with its own.
Json makeGroup(Call& call, std::string_view name);
/// "arn:aws:logs:REGION:ACCOUNT:log-group:NAME", without the ":*" that the older member `arn` has.
std::string groupArn(const Call& call, std::string_view name);
/// The name in a logGroupIdentifier: a name, or a group's ARN with or without ":*". Throws InvalidParameterException.
std::string groupNameOf(std::string_view identifier);
/// The group that a request names by logGroupName or logGroupIdentifier. Throws where both or none are given.
std::string namedGroup(const Fields& request);

// What names a group that is not there throws ResourceNotFoundException.
// Source of all: Amazon CloudWatch Logs API Reference; recorded answers of AWS.

/// Throws ResourceAlreadyExistsException, TooManyTagsException (over 50). A KMS key is kept and shown; nothing is
/// encrypted.
Json createLogGroup(Call& call, const Fields& request);
/// With its streams, events and filters. Throws ValidationException for one that is protected from it.
Json deleteLogGroup(Call& call, const Fields& request);
/// Protects a group from deleteLogGroup(), or does so no more.
Json putLogGroupDeletionProtection(Call& call, const Fields& request);
/// A page of up to `limit` (1–50, else 50) groups by name: those that begin with a prefix, or have a pattern in their
/// names, or are named. Throws InvalidParameterException for both a prefix and a pattern.
Json describeLogGroups(Call& call, const Fields& request);
/// From now on events older than that many days go, once a day. Throws InvalidParameterException for a number of days
/// that AWS does not offer.
Json putRetentionPolicy(Call& call, const Fields& request);
/// Events stay for ever again.
Json deleteRetentionPolicy(Call& call, const Fields& request);
/// Background job, once a day of the world's clock for each group with a retention.
Json expireEvents(Call& call, const Fields& request);

/// Adds tags to a group or changes them. Throws TooManyTagsException (over 50).
Json tagLogGroup(Call& call, const Fields& request);
/// Removes tags, whether they are there or not.
Json untagLogGroup(Call& call, const Fields& request);
Json listTagsLogGroup(Call& call, const Fields& request);
// The same by the group's ARN. Throw InvalidParameterException for another resource's.
Json tagResource(Call& call, const Fields& request);
Json untagResource(Call& call, const Fields& request);
Json listTagsForResource(Call& call, const Fields& request);

}  // namespace backlot::logs
