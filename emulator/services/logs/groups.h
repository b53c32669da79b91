#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/world/call.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

/// A log group as it is stored: {creationTime, logGroupClass, retentionInDays?, kmsKeyId?, tags, metricFilterCount,
/// expiry?}. `expiry` names the job that drops what is older than the retention.
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

Json createLogGroup(Call& call, const Fields& request);
Json deleteLogGroup(Call& call, const Fields& request);
/// Pages of up to `limit` (1–50, else 50) groups in the order of their names.
Json describeLogGroups(Call& call, const Fields& request);
Json putRetentionPolicy(Call& call, const Fields& request);
Json deleteRetentionPolicy(Call& call, const Fields& request);
/// Background job, once a day of the world's clock for each group with a retention.
Json expireEvents(Call& call, const Fields& request);

Json tagLogGroup(Call& call, const Fields& request);
Json untagLogGroup(Call& call, const Fields& request);
Json listTagsLogGroup(Call& call, const Fields& request);
Json tagResource(Call& call, const Fields& request);
Json untagResource(Call& call, const Fields& request);
Json listTagsForResource(Call& call, const Fields& request);

}  // namespace backlot::logs
