#include "emulator/services/logs/groups.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "emulator/base/arn.h"
#include "emulator/services/logs/errors.h"
#include "emulator/services/logs/events.h"
#include "emulator/services/logs/rows.h"

namespace backlot::logs {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kTagLimit = 50;
constexpr std::size_t kExpiredAtOnce = 1000;
// Source: CloudWatch Logs API Reference, PutRetentionPolicy.
constexpr std::array kRetentionDays{1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                    365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

Json describe(const Call& call, std::string_view name, const Json& group) {
    const std::string arn = groupArn(call, name);
    Json result =
        object({{"logGroupName", name},
                {"creationTime", copy(*find(group, "creationTime"))},
                {"metricFilterCount", intOr(group, "metricFilterCount", 0)},
                {"arn", arn + ":*"},
                {"storedBytes", 0},  // Differs: AWS counts them with a delay of a day or so; a new group says 0 too
                {"logGroupClass", textOr(group, "logGroupClass", "STANDARD")},
                {"logGroupArn", arn}});
    if (const Json* given = find(group, "deletionProtectionEnabled"))
        set(result, "deletionProtectionEnabled", copy(*given));
    if (const Json* days = find(group, "retentionInDays")) set(result, "retentionInDays", copy(*days));
    if (const Json* key = find(group, "kmsKeyId")) set(result, "kmsKeyId", copy(*key));
    return result;
}

bool containsIgnoringCase(std::string_view text, std::string_view part) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

void cancelExpiry(Call& call, const Json& group) {
    if (const auto job = JobId::parse(textOr(group, "expiry"))) call.cancel(*job);
}

void scheduleExpiry(Call& call, std::string_view name, Json& group, Duration in = 24h) {
    const JobId job = call.later(call.now + in, Job{.service = "logs",
                                                    .operation = "ExpireEvents",
                                                    .request = object({{"logGroupName", name}}),
                                                    .background = true,
                                                    .label = "retention of " + std::string(name)});
    set(group, "expiry", job.text());
}

Json newGroup(Call& call, const std::string& logGroupClass, Json tags) {
    return object({{"creationTime", epochMillis(call.now)},
                   {"id", call.roll("group") >> 1},
                   {"logGroupClass", logGroupClass},
                   {"tags", std::move(tags)}});
}

void requireTagLimit(const Json& tags) {
    if (tags.MemberCount() > kTagLimit)
        throw AwsError("TooManyTagsException",
                       "The resource already has the maximum number of tags: " + std::to_string(kTagLimit) + ".");
}

void addTags(Call& call, std::string_view name, const Fields& added) {
    Json group = requireGroup(call, name);
    Json tags = copy(*find(group, "tags"));
    for (const auto& tag : added.json().GetObject()) set(tags, view(tag.name), copy(tag.value));
    requireTagLimit(tags);
    set(group, "tags", std::move(tags));
    saveGroup(call, name, group);
}

void removeTags(Call& call, std::string_view name, const std::vector<std::string>& keys) {
    Json group = requireGroup(call, name);
    for (const auto& key : keys) erase(*find(group, "tags"), key);
    saveGroup(call, name, group);
}

/// The group of a tagged ARN. Differs: destinations, the other resource with tags, are not there.
std::string groupOfArn(const Fields& request) {
    const auto arn = parseArn(request.text("resourceArn"));
    if (!arn || arn->service != "logs" || !arn->resource.starts_with("log-group:"))
        throw invalidParameter("Invalid Resource Arn: " + request.text("resourceArn"));
    return groupNameOf(request.text("resourceArn"));
}

}  // namespace

std::optional<Json> findGroup(const Call& call, std::string_view name) { return call.getJson(groupKey(call, name)); }

Json requireGroup(const Call& call, std::string_view name) {
    auto group = findGroup(call, name);
    if (!group) throw groupNotFound();
    return std::move(*group);
}

void saveGroup(Call& call, std::string_view name, const Json& group) { call.putJson(groupKey(call, name), group); }

Json makeGroup(Call& call, std::string_view name) {
    Json group = newGroup(call, "STANDARD", object());
    saveGroup(call, name, group);
    return group;
}

std::string groupArn(const Call& call, std::string_view name) {
    return arn("logs", call.region, call.account, "log-group:" + std::string(name));
}

std::string groupNameOf(std::string_view identifier) {
    if (!identifier.starts_with("arn:")) return std::string(identifier);
    const auto arn = parseArn(identifier);
    if (!arn || !arn->resource.starts_with("log-group:"))
        throw invalidParameter("Invalid log group identifier: " + std::string(identifier));
    std::string name = arn->resource.substr(std::string_view("log-group:").size());
    if (name.ends_with(":*")) name.resize(name.size() - 2);
    return name;
}

std::string namedGroup(const Fields& request) {
    const auto name = request.optionalText("logGroupName"), identifier = request.optionalText("logGroupIdentifier");
    if (name && identifier) throw validation("LogGroup name and LogGroup ARN are mutually exclusive parameters.");
    if (!name && !identifier) throw validation("At least one of logGroupName or logGroupIdentifier must be specified.");
    return name ? *name : groupNameOf(*identifier);
}

Json createLogGroup(Call& call, const Fields& request) {
    const auto name = request.text("logGroupName");
    call.about(name);
    if (findGroup(call, name)) throw groupExists();
    Json group = newGroup(call, request.valueOr("logGroupClass", "STANDARD"), copy(request.child("tags").json()));
    set(group, "kmsKeyId", request.optionalText("kmsKeyId"));
    if (request.valueOr("deletionProtectionEnabled", false)) set(group, "deletionProtectionEnabled", true);
    requireTagLimit(*find(group, "tags"));
    saveGroup(call, name, group);
    return object();
}

Json deleteLogGroup(Call& call, const Fields& request) {
    const auto name = request.text("logGroupName");
    call.about(name);
    const Json group = requireGroup(call, name);
    if (boolOr(group, "deletionProtectionEnabled", false)) throw deletionProtected();
    cancelExpiry(call, group);
    call.erase(groupKey(call, name));
    call.erasePrefix(ofGroupKey(call, name));
    call.sweep(eventsKey(static_cast<std::uint64_t>(intOr(group, "id", 0))));
    return object();
}

Json putLogGroupDeletionProtection(Call& call, const Fields& request) {
    const std::string name = groupNameOf(request.text("logGroupIdentifier"));
    call.about(name);
    Json group = requireGroup(call, name);
    set(group, "deletionProtectionEnabled", request.value("deletionProtectionEnabled").GetBool());
    saveGroup(call, name, group);
    return object();
}

Json describeLogGroups(Call& call, const Fields& request) {
    const auto prefix = request.optionalText("logGroupNamePrefix"),
               pattern = request.optionalText("logGroupNamePattern");
    if (prefix && pattern)
        throw invalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    const auto limit = static_cast<std::size_t>(request.valueOr("limit", 50));
    const auto wantedClass = request.optionalText("logGroupClass");
    std::vector<std::string> wanted;
    for (const auto& identifier : request.texts("logGroupIdentifiers")) wanted.push_back(groupNameOf(identifier));

    const Key all = groupsKey(call);
    const std::string from = pageStart(request, all);
    Json groups(rapidjson::kArrayType);
    std::optional<std::string> next;
    call.scan(
        all,
        [&](std::string_view key, std::string_view value) {
            const std::string name = lastPart(key, all);
            if (prefix && !name.starts_with(*prefix)) return name < *prefix;  // beyond the prefix nothing follows
            if (pattern && !containsIgnoringCase(name, *pattern)) return true;
            if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) return true;
            const Json group = parseJson(value);
            if (wantedClass && textOr(group, "logGroupClass") != *wantedClass) return true;
            if (groups.Size() == limit) {
                next = name;
                return false;
            }
            push(groups, describe(call, name, group));
            return true;
        },
        from);
    return object({{"logGroups", std::move(groups)}, {"nextToken", next}});
}

Json putRetentionPolicy(Call& call, const Fields& request) {
    const auto name = request.text("logGroupName");
    const auto days = request.integer("retentionInDays");
    if (std::find(kRetentionDays.begin(), kRetentionDays.end(), days) == kRetentionDays.end())
        throw invalidParameter("1 validation error detected: Value '" + std::to_string(days) +
                               "' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value "
                               "set: [1, 3, 5, 7, 14, 30, 60, "
                               "90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]");
    Json group = requireGroup(call, name);
    cancelExpiry(call, group);
    set(group, "retentionInDays", days);
    scheduleExpiry(call, name, group);
    saveGroup(call, name, group);
    return object();
}

Json deleteRetentionPolicy(Call& call, const Fields& request) {
    const auto name = request.text("logGroupName");
    Json group = requireGroup(call, name);
    cancelExpiry(call, group);
    erase(group, "retentionInDays");
    erase(group, "expiry");
    saveGroup(call, name, group);
    return object();
}

Json expireEvents(Call& call, const Fields& request) {
    const auto name = request.text("logGroupName");
    auto group = findGroup(call, name);
    if (!group || !find(*group, "retentionInDays")) return object();
    const bool done = dropEventsUntil(call, name, call.now - 24h * intOr(*group, "retentionInDays", 0), kExpiredAtOnce);
    scheduleExpiry(call, name, *group, done ? Duration(24h) : Duration(0));
    saveGroup(call, name, *group);
    return object();
}

Json tagLogGroup(Call& call, const Fields& request) {
    addTags(call, request.text("logGroupName"), request.child("tags"));
    return object();
}

Json untagLogGroup(Call& call, const Fields& request) {
    removeTags(call, request.text("logGroupName"), request.texts("tags"));
    return object();
}

Json listTagsLogGroup(Call& call, const Fields& request) {
    return object({{"tags", copy(*find(requireGroup(call, request.text("logGroupName")), "tags"))}});
}

Json tagResource(Call& call, const Fields& request) {
    addTags(call, groupOfArn(request), request.child("tags"));
    return object();
}

Json untagResource(Call& call, const Fields& request) {
    removeTags(call, groupOfArn(request), request.texts("tagKeys"));
    return object();
}

Json listTagsForResource(Call& call, const Fields& request) {
    return object({{"tags", copy(*find(requireGroup(call, groupOfArn(request)), "tags"))}});
}

}  // namespace backlot::logs
