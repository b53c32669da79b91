#include "emulator/services/states/aliases.h"

#include <set>

#include "emulator/base/arn.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/machines.h"
#include "emulator/services/states/pages.h"
#include "emulator/services/states/versions.h"

namespace backlot::states {
namespace {

Key aliasesOf(std::string_view machineArn) { return Key("alias").text(machineArn); }
Key keyOf(const Alias& alias) { return aliasesOf(alias.machineArn).text(alias.name); }

Json routesJson(const Alias& alias) {
    return array(alias.routes, [](const Alias::Route& route) {
        return object({{"stateMachineVersionArn", route.versionArn}, {"weight", route.weight}});
    });
}

Alias fromRow(const std::string& machineArn, const std::string& name, const Json& row) {
    Alias alias{.arn = machineArn + ":" + name,
                .machineArn = machineArn,
                .name = name,
                .description = textOr(row, "description"),
                .routes = {},
                .createdAt = fromMillis(intOr(row, "createdAt", 0)),
                .updatedAt = fromMillis(intOr(row, "updatedAt", 0))};
    for (const auto& route : find(row, "routes")->GetArray())
        alias.routes.push_back({textOr(route, "stateMachineVersionArn"), intOr(route, "weight", 0)});
    return alias;
}

void save(Call& call, const Alias& alias) {
    call.putJson(keyOf(alias), object({{"description", alias.description},
                                       {"routes", routesJson(alias)},
                                       {"createdAt", epochMillis(alias.createdAt)},
                                       {"updatedAt", epochMillis(alias.updatedAt)}}));
}

/// "[a, b]"
template <typename Text>
std::string listed(const std::vector<Alias::Route>& routes, Text&& text) {
    std::string result;
    for (const auto& route : routes) result += (result.empty() ? "" : ", ") + text(route);
    return "[" + result + "]";
}

std::string machineOf(const std::string& versionArn) { return versionArn.substr(0, versionArn.rfind(':')); }

std::vector<Alias::Route> routesOf(Call& call, const Fields& request) {
    std::vector<Alias::Route> routes;
    for (const Json* entry : request.items("routingConfiguration"))
        routes.push_back({textOr(*entry, "stateMachineVersionArn"), intOr(*entry, "weight", 0)});
    const auto arns = [&] { return listed(routes, [](const Alias::Route& route) { return route.versionArn; }); };
    std::set<std::string> distinct, machines;
    std::int64_t sum = 0;
    for (const auto& route : routes) {
        const auto arn = parseArn(route.versionArn);
        if (!arn) throw invalidArn("Invalid ARN prefix: " + route.versionArn);
        const bool isVersion = arn->resource.starts_with("stateMachine:") &&
                               arn->resource.find(':', 13) != std::string::npos &&
                               isVersionNumber(arn->resource.substr(arn->resource.rfind(':') + 1));
        if (!isVersion)
            throw validation("Routing configuration must contain state machine version ARNs. Received: " + arns());
        distinct.insert(route.versionArn);
        machines.insert(machineOf(route.versionArn));
        sum += route.weight;
    }
    if (distinct.size() != routes.size())
        throw validation("Routing configuration must contain distinct state machine version ARNs. Received: " + arns());
    if (machines.size() > 1)
        throw validation(
            "Routing configuration must contain state machine version ARNs of the same state machine. Received: " +
            arns());
    if (sum != 100)
        throw validation("Sum of routing configuration weights must equal 100. Received: " +
                         listed(routes, [](const Alias::Route& route) { return std::to_string(route.weight); }));
    for (const auto& route : routes)
        if (!findVersion(call, route.versionArn)) throw noSuchReference();
    return routes;
}

Alias requireAlias(Call& call, const std::string& arn) {
    const auto parsed = parseArn(arn);
    if (!parsed) throw invalidArn("Invalid ARN prefix: " + arn);
    const auto colon = arn.rfind(':');
    auto alias = findAlias(call, arn.substr(0, colon), arn.substr(colon + 1));
    if (!alias) throw noSuchReference();
    return std::move(*alias);
}

}  // namespace

std::optional<Alias> findAlias(Call& call, const std::string& machineArn, std::string_view name) {
    const auto row = call.getJson(aliasesOf(machineArn).text(name));
    return row ? std::optional(fromRow(machineArn, std::string(name), *row)) : std::nullopt;
}

std::string chooseVersion(Call& call, const Alias& alias) {
    auto drawn = static_cast<std::int64_t>(call.roll("alias") % 100);
    for (const auto& route : alias.routes)
        if ((drawn -= route.weight) < 0) return route.versionArn;
    return alias.routes.back().versionArn;
}

std::vector<std::string> aliasesRoutingTo(Call& call, const std::string& machineArn, const std::string& versionArn) {
    std::vector<std::string> names;
    const Key prefix = aliasesOf(machineArn);
    call.scan(prefix, [&](std::string_view key, std::string_view value) {
        const Alias alias = fromRow(machineArn, KeyReader(key.substr(prefix.bytes().size())).text(), parseJson(value));
        for (const auto& route : alias.routes)
            if (route.versionArn == versionArn) names.push_back(alias.name);
        return true;
    });
    return names;
}

void eraseAliases(Call& call, const std::string& machineArn) { call.erasePrefix(aliasesOf(machineArn)); }

Json createStateMachineAlias(Call& call, const Fields& request) {
    Alias alias{.arn = {},
                .machineArn = {},
                .name = request.text("name"),
                .description = request.valueOr("description", ""),
                .routes = routesOf(call, request),
                .createdAt = call.now,
                .updatedAt = call.now};
    alias.machineArn = machineOf(alias.routes.front().versionArn);
    alias.arn = alias.machineArn + ":" + alias.name;
    call.about(alias.arn);
    if (const auto existing = findAlias(call, alias.machineArn, alias.name)) {
        if (!equal(routesJson(*existing), routesJson(alias)) || existing->description != alias.description)
            throw conflict(
                "Failed to create alias because an alias with the same name and a different routing configuration "
                "already exists.");
        return object({{"stateMachineAliasArn", existing->arn}, {"creationDate", epochSeconds(existing->createdAt)}});
    }
    save(call, alias);
    return object({{"stateMachineAliasArn", alias.arn}, {"creationDate", epochSeconds(call.now)}});
}

Json describeStateMachineAlias(Call& call, const Fields& request) {
    const Alias alias = requireAlias(call, request.text("stateMachineAliasArn"));
    return object({{"stateMachineAliasArn", alias.arn},
                   {"name", alias.name},
                   {"description", alias.description.empty() ? std::nullopt : std::optional(alias.description)},
                   {"routingConfiguration", routesJson(alias)},
                   {"creationDate", epochSeconds(alias.createdAt)},
                   {"updateDate", epochSeconds(alias.updatedAt)}});
}

Json updateStateMachineAlias(Call& call, const Fields& request) {
    Alias alias = requireAlias(call, request.text("stateMachineAliasArn"));
    call.about(alias.arn);
    if (!request.has("description") && !request.has("routingConfiguration"))
        throw validation("Either routing configuration or description must be specified");
    alias.description = request.valueOr("description", alias.description);
    if (request.has("routingConfiguration")) alias.routes = routesOf(call, request);
    alias.updatedAt = call.now;
    save(call, alias);
    return object({{"updateDate", epochSeconds(call.now)}});
}

Json deleteStateMachineAlias(Call& call, const Fields& request) {
    const Alias alias = requireAlias(call, request.text("stateMachineAliasArn"));
    call.about(alias.arn);
    call.erase(keyOf(alias));
    return object();
}

Json listStateMachineAliases(Call& call, const Fields& request) {
    const std::string arn = request.text("stateMachineArn");
    const auto parsed = parseArn(arn);
    const bool ofVersion = parsed && parsed->resource.find(':', 13) != std::string::npos;
    const std::string machineArn = ofVersion ? machineOf(arn) : arn;
    requireMachine(call, machineArn);
    const Key prefix = aliasesOf(machineArn);
    return page(
        call, request, prefix, "stateMachineAliases",
        [&](std::string_view key, std::string_view value) -> std::optional<Json> {
            const Alias alias =
                fromRow(machineArn, KeyReader(key.substr(prefix.bytes().size())).text(), parseJson(value));
            bool wanted = !ofVersion;
            for (const auto& route : alias.routes) wanted = wanted || route.versionArn == arn;
            if (!wanted) return std::nullopt;
            return object({{"stateMachineAliasArn", alias.arn}, {"creationDate", epochSeconds(alias.createdAt)}});
        });
}

}  // namespace backlot::states
