#include "emulator/services/events/connections.h"

#include "emulator/base/arn.h"
#include "emulator/services/events/errors.h"

namespace backlot::events {
namespace {

constexpr std::int64_t kInvocationsPerSecond = 300;  // AWS's default

/// A copy without what is secret.
Json withoutSecrets(const Json& value) {
    if (value.IsArray()) return array(value.GetArray(), [](const Json& element) { return withoutSecrets(element); });
    if (!value.IsObject()) return copy(value);
    Json open = object();
    const bool secretValue = boolOr(value, "IsValueSecret", false);
    for (const auto& member : whole(value).GetObject()) {
        const auto name = view(member.name);
        const bool secret =
            name == "Password" || name == "ApiKeyValue" || name == "ClientSecret" || (secretValue && name == "Value");
        if (!secret) set(open, name, withoutSecrets(member.value));
    }
    return open;
}

/// OAuth would first fetch a token from outside.
const char* stateOf(const std::string& authorizationType) {
    return authorizationType == "OAUTH_CLIENT_CREDENTIALS" ? "AUTHORIZING" : "AUTHORIZED";
}

Json requireConnection(Call& call, const std::string& name) {
    auto stored = call.getJson(connectionsKey(call).text(name));
    if (!stored) throw notFound("Failed to describe the connection(s). Connection '" + name + "' does not exist.");
    call.about(name);
    return std::move(*stored);
}

Json requireDestination(Call& call, const std::string& name) {
    auto stored = call.getJson(destinationsKey(call).text(name));
    if (!stored)
        throw notFound("Failed to describe the api-destination(s). An api-destination '" + name + "' does not exist.");
    call.about(name);
    return std::move(*stored);
}

std::optional<Json> connectionByArn(Call& call, const std::string& arn) {
    const auto parsed = parseArn(arn);
    if (!parsed || !parsed->resource.starts_with("connection/")) return std::nullopt;
    const std::string path = parsed->resource.substr(11);
    return call.getJson(connectionsKey(call).text(path.substr(0, path.find('/'))));
}

Json times(const Json& stored) {
    return object({{"CreationTime", epochSeconds(fromMillis(intOr(stored, "createdAt", 0)))},
                   {"LastModifiedTime", epochSeconds(fromMillis(intOr(stored, "modifiedAt", 0)))}});
}

Json shortConnection(const Json& stored) {
    Json shown = times(stored);
    set(shown, "ConnectionArn", textOr(stored, "arn"));
    set(shown, "ConnectionState", textOr(stored, "state"));
    return shown;
}

Json shownConnection(const Json& stored, const std::string& name) {
    Json shown = shortConnection(stored);
    set(shown, "Name", name);
    set(shown, "AuthorizationType", textOr(stored, "type"));
    set(shown, "LastAuthorizedTime", epochSeconds(fromMillis(intOr(stored, "modifiedAt", 0))));
    return shown;
}

const char* destinationState(Call& call, const Json& stored) {
    const auto connection = connectionByArn(call, textOr(stored, "connection"));
    return connection && textOr(*connection, "state") == "AUTHORIZED" ? "ACTIVE" : "INACTIVE";
}

Json shortDestination(Call& call, const Json& stored) {
    Json shown = times(stored);
    set(shown, "ApiDestinationArn", textOr(stored, "arn"));
    set(shown, "ApiDestinationState", destinationState(call, stored));
    return shown;
}

Json shownDestination(Call& call, const Json& stored, const std::string& name) {
    Json shown = shortDestination(call, stored);
    set(shown, "Name", name);
    set(shown, "ConnectionArn", textOr(stored, "connection"));
    set(shown, "HttpMethod", textOr(stored, "method"));
    set(shown, "InvocationEndpoint", textOr(stored, "endpoint"));
    set(shown, "InvocationRateLimitPerSecond", intOr(stored, "rate", kInvocationsPerSecond));
    return shown;
}

void takeDestination(Call& call, Json& stored, const Fields& request) {
    if (const auto connection = request.optionalText("ConnectionArn")) {
        if (!connectionByArn(call, *connection)) throw notFound("Connection '" + *connection + "' does not exist.");
        set(stored, "connection", *connection);
    }
    set(stored, "method", request.optionalText("HttpMethod"));
    set(stored, "endpoint", request.optionalText("InvocationEndpoint"));
    set(stored, "description", request.optionalText("Description"));
    set(stored, "rate", request.optionalInteger("InvocationRateLimitPerSecond"));
    set(stored, "modifiedAt", epochMillis(call.now));
}

/// Pages over rows by name, those that begin with NamePrefix.
Json page(Call& call, const Key& prefix, const Fields& request, const char* member,
          const std::function<std::optional<Json>(const Json& stored, const std::string& name)>& shown) {
    const std::string wanted = request.valueOr("NamePrefix", "");
    const Page page = pageOf(request);
    Json found = list(), answer = object();
    std::vector<std::pair<std::string, Json>> rows;
    call.scan(prefix, [&](std::string_view key, std::string_view row) {
        std::string name = KeyReader(key.substr(prefix.bytes().size())).text();
        if (name > page.after && name.starts_with(wanted)) rows.emplace_back(std::move(name), parseJson(row));
        return true;
    });
    std::string last;
    for (const auto& [name, stored] : rows) {
        auto one = shown(stored, name);
        if (!one) continue;
        if (found.Size() == page.limit) {
            set(answer, "NextToken", tokenOf(last));
            break;
        }
        push(found, std::move(*one));
        last = name;
    }
    set(answer, member, std::move(found));
    return answer;
}

}  // namespace

Json createConnection(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("Name"), type = request.text("AuthorizationType");
    call.about(name);
    if (call.has(connectionsKey(call).text(name))) throw alreadyExists("Connection " + name + " already exists.");
    const Json stored = object({{"arn", backlot::arn("events", call.region, call.account,
                                                     "connection/" + name + "/" + call.uuid("connection"))},
                                {"secret", backlot::arn("secretsmanager", call.region, call.account,
                                                        "secret:events!connection/" + name + "/" + call.uuid("secret") +
                                                            "-" + call.hexId("secret", 6))},
                                {"type", type},
                                {"state", stateOf(type)},
                                {"parameters", withoutSecrets(request.value("AuthParameters"))},
                                {"description", request.optionalText("Description")},
                                {"createdAt", epochMillis(call.now)},
                                {"modifiedAt", epochMillis(call.now)}});
    call.putJson(connectionsKey(call).text(name), stored);
    return shortConnection(stored);
}

Json updateConnection(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    Json stored = requireConnection(call, name);
    if (const auto type = request.optionalText("AuthorizationType")) {
        set(stored, "type", *type);
        set(stored, "state", stateOf(*type));
    }
    if (const Json* parameters = request.find("AuthParameters")) set(stored, "parameters", withoutSecrets(*parameters));
    set(stored, "description", request.optionalText("Description"));
    set(stored, "modifiedAt", epochMillis(call.now));
    call.putJson(connectionsKey(call).text(name), stored);
    Json answer = shortConnection(stored);
    set(answer, "LastAuthorizedTime", epochSeconds(call.now));
    return answer;
}

Json deauthorizeConnection(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    Json stored = requireConnection(call, name);
    set(stored, "state", "DEAUTHORIZED");
    set(stored, "modifiedAt", epochMillis(call.now));
    call.putJson(connectionsKey(call).text(name), stored);
    return shortConnection(stored);
}

Json deleteConnection(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    Json stored = requireConnection(call, name);
    call.erase(connectionsKey(call).text(name));
    set(stored, "state", "DELETING");
    return shortConnection(stored);
}

Json describeConnection(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    const Json stored = requireConnection(call, name);
    Json answer = shownConnection(stored, name);
    set(answer, "SecretArn", textOr(stored, "secret"));
    set(answer, "AuthParameters", copy(*find(stored, "parameters")));
    set(answer, "Description", optionalText(stored, "description"));
    return answer;
}

Json listConnections(Events&, Call& call, const Fields& request) {
    const auto state = request.optionalText("ConnectionState");
    return page(call, connectionsKey(call), request, "Connections",
                [&](const Json& stored, const std::string& name) -> std::optional<Json> {
                    if (state && textOr(stored, "state") != *state) return std::nullopt;
                    return shownConnection(stored, name);
                });
}

Json createApiDestination(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    call.about(name);
    if (call.has(destinationsKey(call).text(name)))
        throw alreadyExists("An api-destination '" + name + "' already exists.");
    Json stored = object({{"arn", backlot::arn("events", call.region, call.account,
                                               "api-destination/" + name + "/" + call.uuid("destination"))},
                          {"createdAt", epochMillis(call.now)}});
    takeDestination(call, stored, request);
    call.putJson(destinationsKey(call).text(name), stored);
    return shortDestination(call, stored);
}

Json updateApiDestination(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    Json stored = requireDestination(call, name);
    takeDestination(call, stored, request);
    call.putJson(destinationsKey(call).text(name), stored);
    return shortDestination(call, stored);
}

Json deleteApiDestination(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    requireDestination(call, name);
    call.erase(destinationsKey(call).text(name));
    return object();
}

Json describeApiDestination(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    const Json stored = requireDestination(call, name);
    Json answer = shownDestination(call, stored, name);
    set(answer, "Description", optionalText(stored, "description"));
    return answer;
}

Json listApiDestinations(Events&, Call& call, const Fields& request) {
    const auto connection = request.optionalText("ConnectionArn");
    return page(call, destinationsKey(call), request, "ApiDestinations",
                [&](const Json& stored, const std::string& name) -> std::optional<Json> {
                    if (connection && textOr(stored, "connection") != *connection) return std::nullopt;
                    return shownDestination(call, stored, name);
                });
}

}  // namespace backlot::events
