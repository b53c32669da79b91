#include "emulator/services/logs/metric_filters.h"

#include <algorithm>

#include "emulator/services/logs/errors.h"
#include "emulator/services/logs/filter_pattern.h"
#include "emulator/services/logs/groups.h"
#include "emulator/services/logs/rows.h"

namespace backlot::logs {
namespace {

bool hasMetric(const Json& filter, const std::optional<std::string>& name, const std::optional<std::string>& space) {
    if (!name && !space) return true;
    for (const Json* metric : Fields(filter).items("metricTransformations"))
        if ((!name || textOr(*metric, "metricName") == *name) &&
            (!space || textOr(*metric, "metricNamespace") == *space))
            return true;
    return false;
}

Json transformationOf(const Json& given) {
    const Fields fields(given);
    Json transformation = object({{"metricName", fields.text("metricName")},
                                  {"metricNamespace", fields.text("metricNamespace")},
                                  {"metricValue", fields.text("metricValue")},
                                  {"unit", fields.optionalText("unit")}});
    for (const char* member : {"defaultValue", "dimensions"})
        if (const Json* value = fields.find(member)) set(transformation, member, copy(*value));
    return transformation;
}

void countFilters(Call& call, const std::string& groupName, Json group, int change) {
    set(group, "metricFilterCount", intOr(group, "metricFilterCount", 0) + change);
    saveGroup(call, groupName, group);
}

}  // namespace

Json putMetricFilter(Call& call, const Fields& request) {
    const auto group = request.text("logGroupName"), name = request.text("filterName"),
               pattern = request.text("filterPattern");
    call.about(group);
    Json row = requireGroup(call, group);
    FilterPattern{pattern};  // throws where it is none
    const Key key = metricFilterKey(call, group).text(name);
    if (!call.has(key)) countFilters(call, group, std::move(row), 1);
    Json filter = object(
        {{"filterPattern", pattern},
         {"metricTransformations", array(request.items("metricTransformations"),
                                         [](const Json* transformation) { return transformationOf(*transformation); })},
         {"creationTime", epochMillis(call.now)},
         {"fieldSelectionCriteria", request.optionalText("fieldSelectionCriteria")}});
    for (const char* member : {"applyOnTransformedLogs", "emitSystemFieldDimensions"})
        if (const Json* given = request.find(member)) set(filter, member, copy(*given));
    call.putJson(key, filter);
    return object();
}

Json describeMetricFilters(Call& call, const Fields& request) {
    const auto group = request.optionalText("logGroupName"), name = request.optionalText("metricName"),
               space = request.optionalText("metricNamespace");
    const auto prefix = request.valueOr("filterNamePrefix", "");
    if (name.has_value() != space.has_value())
        throw invalidParameter("metricName and metricNamespace must be specified together.");
    if (group) requireGroup(call, *group);
    const auto limit = static_cast<std::size_t>(request.valueOr("limit", 50));
    const Key everywhere = ofGroupsKey(call);
    const std::string below = group ? metricFilterKey(call, *group).bytes() : everywhere.bytes();
    std::size_t skip = 0;  // pages go over several groups here, so the token counts
    if (const auto token = request.optionalText("nextToken")) skip = std::strtoull(token->c_str(), nullptr, 10);

    std::vector<Json> found;
    call.scan(below, [&](std::string_view key, std::string_view value) {
        KeyReader parts(key.substr(everywhere.bytes().size()));
        const std::string groupName = parts.text();
        if (parts.text() != kMetricFilter) return true;
        const std::string filterName = parts.text();
        const Json filter = parseJson(value);
        if (!filterName.starts_with(prefix) || !hasMetric(filter, name, space)) return true;
        Json described = object({{"filterName", filterName}, {"logGroupName", groupName}});
        for (const auto& member : filter.GetObject()) set(described, view(member.name), copy(member.value));
        found.push_back(std::move(described));
        return true;
    });
    std::stable_sort(found.begin(), found.end(),
                     [](const Json& a, const Json& b) { return textOr(a, "filterName") < textOr(b, "filterName"); });
    Json filters(rapidjson::kArrayType);
    for (std::size_t i = skip; i < found.size() && filters.Size() < limit; ++i) push(filters, std::move(found[i]));
    std::optional<std::string> next;
    if (skip + limit < found.size()) next = std::to_string(skip + limit);
    return object({{"metricFilters", std::move(filters)}, {"nextToken", next}});
}

Json deleteMetricFilter(Call& call, const Fields& request) {
    const auto group = request.text("logGroupName");
    Json row = requireGroup(call, group);
    if (!call.erase(metricFilterKey(call, group).text(request.text("filterName")))) throw filterNotFound("metric");
    countFilters(call, group, std::move(row), -1);
    return object();
}

Json testMetricFilter(Call&, const Fields& request) {
    const FilterPattern pattern(request.text("filterPattern"));
    Json matches(rapidjson::kArrayType);
    int number = 0;
    for (const auto& message : request.texts("logEventMessages")) {
        ++number;
        if (pattern.matches(message))
            push(matches, object({{"eventNumber", number}, {"eventMessage", message}, {"extractedValues", object()}}));
    }
    return object({{"matches", std::move(matches)}});
}

}  // namespace backlot::logs
