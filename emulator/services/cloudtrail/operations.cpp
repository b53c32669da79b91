#include <algorithm>

#include "emulator/services/cloudtrail/events.h"
#include "emulator/services/cloudtrail/service.h"
#include "emulator/services/kit/pages.h"

namespace backlot::cloudtrail {

namespace {

// Trails: rows "trail" ACCOUNT REGION NAME, as DescribeTrails answers them, with "logging" beside.

Key trailKey(const Call& call, std::string_view name) {
    return Key("trail").text(call.account).text(call.region).text(name);
}

std::string nameOf(const std::string& nameOrArn) { return nameOrArn.substr(nameOrArn.rfind('/') + 1); }

Json requireTrail(const Call& call, const std::string& given) {
    auto trail = call.getJson(trailKey(call, nameOf(given)));
    if (!trail)
        throw AwsError("TrailNotFoundException", "Unknown trail: " + given + " for the user: " + call.account, 400);
    return std::move(*trail);
}

Json described(Json trail) {
    for (const char* inner : {"logging", "changed"}) erase(trail, inner);
    return trail;
}

Json createTrail(Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    if (call.has(trailKey(call, name)))
        throw AwsError("TrailAlreadyExistsException", "Trail " + name + " already exists for customer: " + call.account,
                       400);
    Json trail = object({{"Name", name},
                         {"S3BucketName", request.text("S3BucketName")},
                         {"S3KeyPrefix", request.optionalText("S3KeyPrefix")},
                         {"IncludeGlobalServiceEvents", request.valueOr("IncludeGlobalServiceEvents", true)},
                         {"IsMultiRegionTrail", request.valueOr("IsMultiRegionTrail", false)},
                         {"TrailARN", "arn:aws:cloudtrail:" + call.region + ":" + call.account + ":trail/" + name},
                         {"LogFileValidationEnabled", request.valueOr("EnableLogFileValidation", false)},
                         {"IsOrganizationTrail", false}});
    Json stored = copy(trail);
    set(stored, "HomeRegion", call.region);
    for (const char* no : {"HasCustomEventSelectors", "HasInsightSelectors"}) set(stored, no, false);
    set(stored, "logging", false);
    call.putJson(trailKey(call, name), stored);
    return trail;
}

Json describeTrails(Call& call, const Fields& request) {
    const auto wanted = request.texts("trailNameList");
    Json trails(rapidjson::kArrayType);
    call.scan(Key("trail").text(call.account).text(call.region), [&](std::string_view, std::string_view value) {
        Json trail = parseJson(value);
        const bool named = std::any_of(wanted.begin(), wanted.end(),
                                       [&](const std::string& one) { return nameOf(one) == textOr(trail, "Name"); });
        if (wanted.empty() || named) push(trails, described(std::move(trail)));
        return true;
    });
    return object({{"trailList", std::move(trails)}});
}

Json getTrail(Call& call, const Fields& request) {
    return object({{"Trail", described(requireTrail(call, request.text("Name")))}});
}

Json listTrails(Call& call, const Fields& request) {
    std::vector<Json> trails;
    call.scan(Key("trail").text(call.account).text(call.region), [&](std::string_view, std::string_view value) {
        const Json trail = parseJson(value);
        trails.push_back(object(
            {{"TrailARN", textOr(trail, "TrailARN")}, {"Name", textOr(trail, "Name")}, {"HomeRegion", call.region}}));
        return true;
    });
    constexpr std::size_t size = 100;
    const auto page = kit::pageOf(request.optionalText("NextToken"), size, trails.size(),
                                  AwsError("InvalidTokenException", "The token is invalid.", 400));
    return object({{"Trails", kit::elements(page, trails)}, {"NextToken", page.next}});
}

Json getTrailStatus(Call& call, const Fields& request) {
    const Json trail = requireTrail(call, request.text("Name"));
    const bool logging = boolOr(trail, "logging", false);
    Json status = object({{"IsLogging", logging}});
    if (const auto* changed = find(trail, "changed"))
        set(status, logging ? "StartLoggingTime" : "StopLoggingTime", copy(*changed));
    return status;
}

Json setLogging(Call& call, const Fields& request, bool logging) {
    Json trail = requireTrail(call, request.text("Name"));
    set(trail, "logging", logging);
    set(trail, "changed", epochSeconds(call.now));
    call.putJson(trailKey(call, textOr(trail, "Name")), trail);
    return object();
}
Json startLogging(Call& call, const Fields& request) { return setLogging(call, request, true); }
Json stopLogging(Call& call, const Fields& request) { return setLogging(call, request, false); }

Json deleteTrail(Call& call, const Fields& request) {
    const Json trail = requireTrail(call, request.text("Name"));
    call.erase(trailKey(call, textOr(trail, "Name")));
    return object();
}

}  // namespace

Service cloudtrailService(const ServiceDirectory& services) {
    return {
        .name = "cloudtrail",
        .operations = {
            {"CreateTrail",
             createTrail,
             writes,
             {{"SnsTopicName", "a trail is kept and delivers nowhere"},
              {"CloudWatchLogsLogGroupArn", "a trail is kept and delivers nowhere"},
              {"CloudWatchLogsRoleArn", "a trail is kept and delivers nowhere"},
              {"KmsKeyId", "a trail is kept and delivers nowhere"},
              {"TagsList", "trails have no tags"}}},
            {"DeleteTrail", deleteTrail},
            {"DescribeTrails", describeTrails, readOnly, {{"includeShadowTrails", "a trail has one Region"}}},
            {"GetTrail", getTrail, readOnly},
            {"GetTrailStatus", getTrailStatus, readOnly},
            {"ListTrails", listTrails, readOnly},
            {"LookupEvents",
             [&services](Call& call, const Fields& request) -> Reply { return lookupEvents(services, call, request); },
             readOnly | dataEvent},
            {"StartLogging", startLogging},
            {"StopLogging", stopLogging},
        }};
}

}  // namespace backlot::cloudtrail
