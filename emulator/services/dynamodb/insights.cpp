#include "emulator/services/dynamodb/insights.h"

#include "emulator/base/base64.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/rows.h"

namespace backlot::dynamodb {
namespace {

constexpr std::string_view kDefaultMode = "ACCESSED_AND_THROTTLED_KEYS";
constexpr std::int64_t kListLimit = 100;

/// `index`: empty for the table itself.
std::string insightsRow(const TableInfo& table, std::string_view index) {
    return insightsKey(table).text(index).bytes();
}

/// The table and the index that the request names. Throws ResourceNotFoundException.
TableRef requireResource(Memory& memory, Call& call, const Fields& request) {
    auto table = requireTable(memory, call, request.text("TableName"));
    const auto name = request.optionalText("IndexName");
    const auto* index = name ? table->findIndex(*name) : nullptr;
    if (name && (!index || !index->global)) throw resourceNotFound();
    return table;
}

Json describe(const TableInfo& table, const std::string& index, std::string_view status, std::string_view mode) {
    Json result = object({{"TableName", table.name}});
    if (!index.empty()) set(result, "IndexName", index);
    set(result, "ContributorInsightsStatus", status);
    if (!mode.empty()) set(result, "ContributorInsightsMode", mode);
    return result;
}

}  // namespace

Json updateContributorInsights(Memory& memory, Call& call, const Fields& request) {
    const auto table = requireResource(memory, call, request);
    const auto index = request.valueOr("IndexName", "");
    const bool enable = request.text("ContributorInsightsAction") == "ENABLE";
    const auto mode = request.valueOr("ContributorInsightsMode", std::string(kDefaultMode));
    call.putJson(insightsRow(*table, index),
                 object({{"enabled", enable}, {"mode", mode}, {"updated", call.now.time_since_epoch().count()}}));
    return describe(*table, index, enable ? "ENABLING" : "DISABLING", mode);
}

Json describeContributorInsights(Memory& memory, Call& call, const Fields& request) {
    const auto table = requireResource(memory, call, request);
    const auto index = request.valueOr("IndexName", "");
    const auto row = call.getJson(insightsRow(*table, index));
    if (!row) return describe(*table, index, "DISABLED", {});
    Json result =
        describe(*table, index, boolOr(*row, "enabled", false) ? "ENABLED" : "DISABLED", textOr(*row, "mode"));
    set(result, "LastUpdateDateTime", epochSeconds(Time(Duration(intOr(*row, "updated", 0)))));
    return result;
}

Json listContributorInsights(Memory& memory, Call& call, const Fields& request) {
    std::string prefix = insightsKey(call.account, call.region).bytes();
    if (const auto name = request.optionalText("TableName"))
        prefix = insightsKey(*requireTable(memory, call, *name)).bytes();
    const auto limit = static_cast<std::size_t>(request.valueOr("MaxResults", kListLimit));
    std::string from;
    if (const auto token = request.optionalText("NextToken")) {
        const auto decoded = base64Decode(*token);
        if (!decoded || !decoded->starts_with(prefix)) throw validation("Invalid NextToken");
        from = *decoded;
    }
    Json summaries = list();
    std::optional<std::string> next;
    call.scan(
        prefix,
        [&](std::string_view key, std::string_view row) {
            if (summaries.Size() == limit) {
                next = base64Encode(key);
                return false;
            }
            KeyReader reader(key);
            for (int part = 0; part < 3; ++part) reader.text();
            Json summary = object({{"TableName", reader.text()}});
            if (const auto index = reader.text(); !index.empty()) set(summary, "IndexName", index);
            const Json kept = parseJson(row);
            set(summary, "ContributorInsightsStatus", boolOr(kept, "enabled", false) ? "ENABLED" : "DISABLED");
            set(summary, "ContributorInsightsMode", textOr(kept, "mode"));
            push(summaries, std::move(summary));
            return true;
        },
        from);
    return object({{"ContributorInsightsSummaries", std::move(summaries)}, {"NextToken", next}});
}

void forgetInsights(Call& call, const TableInfo& table) { call.erasePrefix(insightsKey(table)); }

}  // namespace backlot::dynamodb
