#include "emulator/services/lambda/aliases.h"

#include <cstdio>

#include "emulator/services/lambda/errors.h"

namespace backlot::lambda {
namespace {

FunctionName named(Call& call, const Fields& request) {
    FunctionName function = functionName(call, request, "FunctionName", false);
    call.about(function.name);
    return function;
}

std::string aliasArn(const FunctionName& function, std::string_view name) {
    return functionArn(function.account, function.region, function.name, name);
}

Json describe(const FunctionName& function, const Json& alias) {
    Json result = copy(alias);
    set(result, "AliasArn", aliasArn(function, textOr(alias, "Name")));
    return result;
}

/// As AWS writes a double in its check's message.
std::string javaDouble(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.15g", value);
    return std::string(text).find_first_of(".e") == std::string::npos ? std::string(text) + ".0" : text;
}

void requireVersion(const Call& call, const FunctionName& function, const std::string& version) {
    if (!call.has(configKey(function, version))) throw functionNotFound(aliasArn(function, version));
}

std::optional<Json> checkedRouting(const Call& call, const FunctionName& function, const Fields& request,
                                   const std::string& version) {
    const Json* routing = request.find("RoutingConfig");
    if (!routing) return std::nullopt;
    const Json* weights = find(*routing, "AdditionalVersionWeights");
    if (!weights || weights->ObjectEmpty()) return std::nullopt;
    for (const auto& weight : weights->GetObject())
        if (weight.value.GetDouble() < 0 || weight.value.GetDouble() > 1)
            throw validation("{" + text(weight.name) + "=" + javaDouble(weight.value.GetDouble()) + "}",
                             "routingConfig.additionalVersionWeights",
                             "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
                             "Member must have value greater than or "
                             "equal to 0.0, Member must not be null]");
    if (weights->MemberCount() > 1)
        throw invalidParameter("Number of items in AdditionalVersionWeights cannot be greater than 1");
    const std::string other = text(weights->MemberBegin()->name);
    if (other == version)
        throw invalidParameter("Invalid function version " + other + ". Function version " + other +
                               " is already included in routing configuration.");
    if (version == "$LATEST" || other == "$LATEST")
        throw invalidParameter("$LATEST is not supported for an alias pointing to more than 1 version");
    requireVersion(call, function, other);
    return copy(*routing);
}

Json requireAlias(const Call& call, const FunctionName& function, const std::string& name) {
    auto alias = call.getJson(aliasKey(function).text(name));
    if (!alias) throw notFound("Alias not found: " + aliasArn(function, name));
    return std::move(*alias);
}

}  // namespace

Json createAlias(Call& call, const Fields& request) {
    const FunctionName function = named(call, request);
    const auto name = request.text("Name"), version = request.text("FunctionVersion");
    auto routing = checkedRouting(call, function, request, version);
    requireFunction(call, function);
    if (call.has(aliasKey(function).text(name))) throw conflict("Alias already exists: " + aliasArn(function, name));
    requireVersion(call, function, version);
    const Json alias = object({{"Name", name},
                               {"FunctionVersion", version},
                               {"Description", request.valueOr("Description", "")},
                               {"RevisionId", call.uuid("revision")},
                               {"RoutingConfig", std::move(routing)}});
    call.putJson(aliasKey(function).text(name), alias);
    return describe(function, alias);
}

Json getAlias(Call& call, const Fields& request) {
    const FunctionName function = named(call, request);
    return describe(function, requireAlias(call, function, request.text("Name")));
}

Json updateAlias(Call& call, const Fields& request) {
    const FunctionName function = named(call, request);
    const auto name = request.text("Name");
    Json alias = requireAlias(call, function, name);
    if (const auto revision = request.optionalText("RevisionId"); revision && *revision != textOr(alias, "RevisionId"))
        throw preconditionFailed("GetAlias");
    const auto version = request.valueOr("FunctionVersion", textOr(alias, "FunctionVersion"));
    requireVersion(call, function, version);
    if (request.has("RoutingConfig")) {
        erase(alias, "RoutingConfig");
        set(alias, "RoutingConfig", checkedRouting(call, function, request, version));
    }
    set(alias, "FunctionVersion", version);
    set(alias, "Description", request.optionalText("Description"));
    set(alias, "RevisionId", call.uuid("revision"));
    call.putJson(aliasKey(function).text(name), alias);
    return describe(function, alias);
}

Json deleteAlias(Call& call, const Fields& request) {
    const FunctionName function = named(call, request);
    call.erase(aliasKey(function).text(request.text("Name")));  // 204 also where there was none
    return object();
}

Json listAliases(Call& call, const Fields& request) {
    const FunctionName function = named(call, request);
    requireFunction(call, function);
    const auto version = request.optionalText("FunctionVersion");
    const Page page = pageOf(request);
    std::vector<Json> found;
    call.scan(aliasKey(function), [&](std::string_view, std::string_view value) {
        Json alias = parseJson(value);
        if (!version || textOr(alias, "FunctionVersion") == *version) found.push_back(describe(function, alias));
        return true;
    });
    Json aliases(rapidjson::kArrayType);
    for (std::size_t i = page.first; i < found.size() && i < page.first + page.size; ++i)
        push(aliases, std::move(found[i]));
    return object({{"Aliases", std::move(aliases)}, {"NextMarker", nextMarker(page, found.size())}});
}

}  // namespace backlot::lambda
