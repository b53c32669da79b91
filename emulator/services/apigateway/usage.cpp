#include "emulator/services/apigateway/usage.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/rows.h"

namespace backlot::apigateway {
namespace {

using Days = std::chrono::sys_days;

Days dayOf(Time time) { return std::chrono::floor<std::chrono::days>(time); }

std::string textOf(Days day) { return iso8601Seconds(Time(day)).substr(0, 10); }

/// The first day of the quota's period that `day` lies in.
Days periodOf(const std::string& period, Days day) {
    if (period == "MONTH") {
        const std::chrono::year_month_day date(day);
        return Days(date.year() / date.month() / 1);
    }
    if (period == "WEEK") return day - (std::chrono::weekday(day) - std::chrono::Sunday);
    return day;
}

std::int64_t limitOf(const Json& quota, bool firstPeriod) {
    const auto limit = intOr(quota, "limit", std::numeric_limits<std::int64_t>::max());
    return firstPeriod ? limit - intOr(quota, "offset", 0) : limit;
}

/// What a key has used: {period, used, first, tokens, at, days: {date: used}}.
Key usageKey(const std::string& account, const std::string& region, const std::string& plan, const std::string& key) {
    return Key("account").text(account).text(region).text(kUsage).text(plan).text(key);
}

double numberOr(const Json& object, const char* name, double otherwise) {
    const Json* value = find(object, name);
    return value && value->IsNumber() ? value->GetDouble() : otherwise;
}

/// Takes a token where there is one.
bool passes(Json& usage, const Json& throttle, Time now) {
    const double burst = numberOr(throttle, "burstLimit", 0), rate = numberOr(throttle, "rateLimit", 0);
    if (burst <= 0 && rate <= 0) return true;
    const double size = std::max(burst, 1.0),
                 seconds = double(epochMillis(now) - intOr(usage, "at", epochMillis(now))) / 1000;
    const double tokens = std::min(size, numberOr(usage, "tokens", size) + seconds * rate);
    set(usage, "at", epochMillis(now));
    set(usage, "tokens", tokens >= 1 ? tokens - 1 : tokens);
    return tokens >= 1;
}

bool isWithin(Json& usage, const Json& quota, Days today) {
    const std::string period = textOf(periodOf(textOr(quota, "period"), today));
    if (textOr(usage, "first").empty()) set(usage, "first", period);
    if (textOr(usage, "period") != period) {
        set(usage, "period", period);
        set(usage, "used", 0);
    }
    return intOr(usage, "used", 0) < limitOf(quota, textOr(usage, "first") == period);
}

std::optional<GatewayError> charge(Call& call, const Target& target, const Json& plan, const std::string& keyId) {
    const Json *throttle = find(plan, "throttle"), *quota = find(plan, "quota");
    if (!throttle && !quota) return std::nullopt;
    const Key row = usageKey(target.account, target.region, textOr(plan, "id"), keyId);
    Json usage = call.getJson(row).value_or(object());
    const Days today = dayOf(call.now);
    std::optional<GatewayError> refused;
    if (quota && !isWithin(usage, *quota, today))
        refused = GatewayError{"QUOTA_EXCEEDED", {}};
    else if (throttle && !passes(usage, *throttle, call.now))
        refused = GatewayError{"THROTTLED", {}};
    if (!refused) {
        set(usage, "used", intOr(usage, "used", 0) + 1);
        Json days = find(usage, "days") ? copy(*find(usage, "days")) : object();
        set(days, textOf(today), intOr(days, textOf(today), 0) + 1);
        set(usage, "days", std::move(days));
    }
    call.putJson(row, usage);
    return refused;
}

std::optional<Days> parseDay(const std::string& text) {
    const auto time = parseIso8601(text + "T00:00:00Z");
    return time ? std::optional(dayOf(*time)) : std::nullopt;
}

}  // namespace

std::optional<GatewayError> chargeApiKey(Call& call, const Target& target, const ApiRequest& request) {
    const std::string_view given = request.headers.get("x-api-key");
    if (given.empty()) return GatewayError{"INVALID_API_KEY", {}};
    const auto rows = [&](std::string_view kind) {
        return rowsOf(call, Key("account").text(target.account).text(target.region).text(kind));
    };
    for (const auto& key : rows(kApiKey)) {
        if (textOr(key, "value") != given || !boolOr(key, "enabled", false)) continue;
        for (const auto& link : rows(kUsagePlanKey)) {
            if (textOr(link, "keyId") != textOr(key, "id")) continue;
            const auto plan = call.getJson(Key("account")
                                               .text(target.account)
                                               .text(target.region)
                                               .text(kUsagePlan)
                                               .text(textOr(link, "usagePlanId")));
            if (!plan) continue;
            for (const auto* stage : Fields(*plan).items("apiStages")) {
                if (textOr(*stage, "apiId") == target.apiId && textOr(*stage, "stage") == target.stage)
                    return charge(call, target, *plan, textOr(key, "id"));
            }
        }
    }
    return GatewayError{"INVALID_API_KEY", {}};
}

Json getUsage(Call& call, const Fields& request) {
    const std::string planId = request.text("usagePlanId");
    const auto plan = call.getJson(accountKey(call, kUsagePlan, planId));
    if (!plan) throw usagePlanNotFound();
    const auto from = parseDay(request.text("startDate")), to = parseDay(request.text("endDate"));
    if (!from || !to || *to < *from)
        throw badRequest("Usage must be retrieved within the same usage plan and with valid startDate and endDate");
    if (*to - *from > std::chrono::days(90))
        throw badRequest("The range of startDate and endDate cannot be greater than 90 days");
    const Json none = object(), *quota = find(*plan, "quota");
    Json values = object();
    for (const auto& link : rowsOf(call, accountKey(call, kUsagePlanKey))) {
        const std::string keyId = textOr(link, "keyId");
        if (textOr(link, "usagePlanId") != planId || keyId != request.valueOr("keyId", keyId)) continue;
        const Json usage = call.getJson(usageKey(call.account, call.region, planId, keyId)).value_or(object());
        const Json* days = find(usage, "days") ? find(usage, "days") : &none;
        Json pairs = list();
        std::int64_t used = 0;
        std::string period;
        for (Days day = *from; day <= *to; day += std::chrono::days(1)) {
            const auto now = intOr(*days, textOf(day), 0);
            const std::string its = quota ? textOf(periodOf(textOr(*quota, "period"), day)) : std::string();
            used = its == period ? used + now : now;
            period = its;
            push(pairs,
                 list({now, quota ? std::max<std::int64_t>(0, limitOf(*quota, textOr(usage, "first") == its) - used)
                                  : std::int64_t{0}}));
        }
        set(values, keyId, std::move(pairs));
    }
    return object({{"usagePlanId", planId},
                   {"startDate", request.text("startDate")},
                   {"endDate", request.text("endDate")},
                   {"items", std::move(values)}});
}

}  // namespace backlot::apigateway
