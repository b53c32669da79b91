#include "emulator/services/apigateway/keys.h"

#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/patch.h"
#include "emulator/services/apigateway/rows.h"

namespace backlot::apigateway {

namespace {

Json require(const Call& call, std::string_view kind, const std::string& id, const AwsError& missing) {
    auto row = call.getJson(accountKey(call, kind, id));
    if (!row) throw missing;
    return std::move(*row);
}

/// The key itself is shown only where asked for.
Json described(Json key, bool withValue) {
    if (!withValue) erase(key, "value");
    return key;
}

void requireStage(const Call& call, const std::string& api, const std::string& stage) {
    requireApi(call, api);
    if (!call.has(partKey(call, api, kStage, stage))) throw notFound("API Stage not found: " + api + ":" + stage);
}

std::string linkName(const std::string& plan, const std::string& key) { return plan + "/" + key; }

}  // namespace

Json createApiKey(Call& call, const Fields& request) {
    const auto given = request.optionalText("value");
    if (given && given->size() < 20) throw badRequest("API Key value should be at least 20 characters");
    for (const auto& other : rowsOf(call, accountKey(call, kApiKey))) {
        if (given && textOr(other, "value") == *given) throw conflict("API Key already exists");
    }
    const std::string id = newId(call, "apikey", 10);
    Json key =
        object({{"id", id},
                {"value", given ? *given
                                : call.randomText("apikeyvalue", 40,
                                                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")},
                {"name", request.optionalText("name")},
                {"description", request.optionalText("description")},
                {"customerId", request.optionalText("customerId")},
                {"enabled", request.valueOr("enabled", false)},
                {"createdDate", epochSeconds(call.now)},
                {"lastUpdatedDate", epochSeconds(call.now)},
                {"stageKeys", list()}});
    if (const auto* tags = request.find("tags")) set(key, "tags", copy(*tags));
    call.putJson(accountKey(call, kApiKey, id), key);
    return key;
}

Json getApiKey(Call& call, const Fields& request) {
    return described(require(call, kApiKey, request.text("apiKey"), apiKeyNotFound()),
                     request.valueOr("includeValue", false));
}

Json getApiKeys(Call& call, const Fields& request) {
    std::vector<Json> items;
    const std::string prefix = request.valueOr("nameQuery", "");
    const auto customer = request.optionalText("customerId");
    const bool withValues = request.valueOr("includeValues", false);
    for (auto& key : rowsOf(call, accountKey(call, kApiKey))) {
        if (textOr(key, "name").starts_with(prefix) && (!customer || textOr(key, "customerId") == *customer))
            items.push_back(described(std::move(key), withValues));
    }
    return page(std::move(items), request);
}

Json updateApiKey(Call& call, const Fields& request) {
    const std::string id = request.text("apiKey");
    Json key = require(call, kApiKey, id, apiKeyNotFound());
    patch(key, request, {{"/name"}, {"/description"}, {"/customerId"}, {"/enabled", PatchField::boolean}});
    set(key, "lastUpdatedDate", epochSeconds(call.now));
    call.putJson(accountKey(call, kApiKey, id), key);
    return described(std::move(key), false);
}

Json deleteApiKey(Call& call, const Fields& request) {
    const std::string id = request.text("apiKey");
    if (!call.erase(accountKey(call, kApiKey, id))) throw apiKeyNotFound();
    for (const auto& link : rowsOf(call, accountKey(call, kUsagePlanKey))) {
        if (textOr(link, "keyId") == id)
            call.erase(accountKey(call, kUsagePlanKey, linkName(textOr(link, "usagePlanId"), id)));
    }
    return object();
}

Json createUsagePlan(Call& call, const Fields& request) {
    const std::string id = newId(call, "usageplan");
    for (const auto* stage : request.items("apiStages"))
        requireStage(call, textOr(*stage, "apiId"), textOr(*stage, "stage"));
    Json plan =
        object({{"id", id}, {"name", request.text("name")}, {"description", request.optionalText("description")}});
    set(plan, "apiStages", request.has("apiStages") ? copy(request.value("apiStages")) : list());
    for (const char* member : {"throttle", "quota", "tags"}) {
        if (const auto* value = request.find(member)) set(plan, member, copy(*value));
    }
    call.putJson(accountKey(call, kUsagePlan, id), plan);
    return plan;
}

Json getUsagePlan(Call& call, const Fields& request) {
    return require(call, kUsagePlan, request.text("usagePlanId"), usagePlanNotFound());
}

Json getUsagePlans(Call& call, const Fields& request) {
    const auto key = request.optionalText("keyId");
    std::vector<Json> items;
    for (auto& plan : rowsOf(call, accountKey(call, kUsagePlan))) {
        if (!key || call.has(accountKey(call, kUsagePlanKey, linkName(textOr(plan, "id"), *key))))
            items.push_back(std::move(plan));
    }
    return page(std::move(items), request);
}

namespace {

AwsError badPatchValue(const std::string& path) { return badRequest("Invalid value for patch path " + path); }

/// "/throttle/rateLimit" and the like: a number, or a word for the quota's period.
void setLimit(Json& plan, const std::string& path, const std::string& value) {
    const auto slash = path.find('/', 1);
    const std::string noun = path.substr(1, slash - 1), member = path.substr(slash + 1);
    Json limits = find(plan, noun) ? copy(*find(plan, noun)) : object();
    if (member == "period") {
        if (value != "DAY" && value != "WEEK" && value != "MONTH") throw badPatchValue(path);
        set(limits, member, value);
    } else {
        const auto number = tryParseJson(value);
        if (!number || !number->IsNumber() || number->GetDouble() < 0 || (member != "rateLimit" && !number->IsInt64()))
            throw badPatchValue(path);
        set(limits, member, copy(*number));
    }
    set(plan, noun, std::move(limits));
}

/// "API:STAGE" joins or leaves the plan.
void setStage(Call& call, Json& plan, const std::string& op, const std::string& value) {
    const auto colon = value.find(':');
    if (colon == std::string::npos) throw badPatchValue("/apiStages");
    const std::string api = value.substr(0, colon), stage = value.substr(colon + 1);
    Json stages = list();
    bool known = false;
    for (const auto* one : Fields(plan).items("apiStages")) {
        const bool same = textOr(*one, "apiId") == api && textOr(*one, "stage") == stage;
        known = known || same;
        if (!same || op == "add") push(stages, copy(*one));
    }
    if (op == "remove" && !known) throw notFound("API Stage not found: " + value);
    if (op == "add") {
        requireStage(call, api, stage);
        if (!known) push(stages, object({{"apiId", api}, {"stage", stage}}));
    }
    set(plan, "apiStages", std::move(stages));
}

}  // namespace

Json updateUsagePlan(Call& call, const Fields& request) {
    const std::string id = request.text("usagePlanId");
    Json plan = require(call, kUsagePlan, id, usagePlanNotFound());
    for (const auto* operation : request.items("patchOperations")) {
        const std::string op = textOr(*operation, "op"), path = textOr(*operation, "path"),
                          value = textOr(*operation, "value");
        const bool limit = path == "/throttle/rateLimit" || path == "/throttle/burstLimit" || path == "/quota/limit" ||
                           path == "/quota/offset" || path == "/quota/period";
        if (path == "/apiStages" && (op == "add" || op == "remove"))
            setStage(call, plan, op, value);
        else if ((path == "/throttle" || path == "/quota") && op == "remove")
            erase(plan, path.substr(1));
        else if (op == "replace" && limit)
            setLimit(plan, path, value);
        else if (op == "replace" && (path == "/name" || path == "/description"))
            set(plan, path.substr(1), value);
        else
            throw badRequest("Invalid patch path " + path);
    }
    call.putJson(accountKey(call, kUsagePlan, id), plan);
    return plan;
}

Json deleteUsagePlan(Call& call, const Fields& request) {
    const std::string id = request.text("usagePlanId");
    const Json plan = require(call, kUsagePlan, id, usagePlanNotFound());
    if (!Fields(plan).items("apiStages").empty())
        throw badRequest("Cannot delete Usage Plan because it has associated API stages");
    call.erase(accountKey(call, kUsagePlan, id));
    for (const auto& link : rowsOf(call, accountKey(call, kUsagePlanKey))) {
        if (textOr(link, "usagePlanId") == id)
            call.erase(accountKey(call, kUsagePlanKey, linkName(id, textOr(link, "keyId"))));
    }
    return object();
}

namespace {

Json describedLink(const Call& call, const Json& link) {
    const auto key = call.getJson(accountKey(call, kApiKey, textOr(link, "keyId")));
    return object({{"id", textOr(link, "keyId")},
                   {"type", "API_KEY"},
                   {"name", key ? optionalText(*key, "name") : std::nullopt},
                   {"value", key ? optionalText(*key, "value") : std::nullopt}});
}

}  // namespace

Json createUsagePlanKey(Call& call, const Fields& request) {
    const std::string plan = request.text("usagePlanId"), key = request.text("keyId");
    require(call, kUsagePlan, plan, usagePlanNotFound());
    require(call, kApiKey, key, apiKeyNotFound());
    if (request.text("keyType") != "API_KEY") throw badRequest("Usage Plan Key type must be API_KEY");
    const Key row = accountKey(call, kUsagePlanKey, linkName(plan, key));
    if (call.has(row)) throw conflict("Usage Plan Key already exists");
    const Json link = object({{"usagePlanId", plan}, {"keyId", key}});
    call.putJson(row, link);
    return describedLink(call, link);
}

Json getUsagePlanKey(Call& call, const Fields& request) {
    const auto link =
        call.getJson(accountKey(call, kUsagePlanKey, linkName(request.text("usagePlanId"), request.text("keyId"))));
    if (!link) throw notFound("Invalid Usage Plan Key identifier specified");
    return describedLink(call, *link);
}

Json getUsagePlanKeys(Call& call, const Fields& request) {
    const std::string plan = request.text("usagePlanId");
    require(call, kUsagePlan, plan, usagePlanNotFound());
    std::vector<Json> items;
    for (const auto& link : rowsOf(call, accountKey(call, kUsagePlanKey))) {
        if (textOr(link, "usagePlanId") == plan) items.push_back(describedLink(call, link));
    }
    return page(std::move(items), request);
}

Json deleteUsagePlanKey(Call& call, const Fields& request) {
    if (!call.erase(accountKey(call, kUsagePlanKey, linkName(request.text("usagePlanId"), request.text("keyId")))))
        throw notFound("Invalid Usage Plan Key identifier specified");
    return object();
}

}  // namespace backlot::apigateway
