#include "emulator/services/apigateway/http_apis/mapping.h"

#include <charconv>

namespace backlot::apigateway::http_apis {
namespace {

/// A member by "a.b[0].c", as text; nothing where there is none.
std::optional<std::string> memberOf(const Json& value, std::string_view path) {
    const Json* at = &value;
    while (!path.empty()) {
        if (path.starts_with('.')) path.remove_prefix(1);
        if (path.starts_with('[')) {
            std::size_t index = 0;
            const auto end = path.find(']');
            if (end == std::string_view::npos || !at->IsArray() ||
                std::from_chars(path.data() + 1, path.data() + end, index).ec != std::errc() || index >= at->Size())
                return std::nullopt;
            at = &(*at)[static_cast<rapidjson::SizeType>(index)];
            path.remove_prefix(end + 1);
            continue;
        }
        const auto end = path.find_first_of(".[");
        at = find(*at, path.substr(0, end));
        if (!at) return std::nullopt;
        path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    }
    if (at->IsNull()) return std::nullopt;
    return at->IsString() ? text(*at) : writeJson(*at);
}

std::optional<std::string> headerOf(const Headers& headers, std::string_view name) {
    return headers.has(name) ? std::optional(std::string(headers.get(name))) : std::nullopt;
}

std::optional<std::string> queryOf(const ApiRequest& request, std::string_view wanted) {
    std::optional<std::string> joined;
    for (const auto& [name, value] : parseQuery(request.query))
        if (name == wanted) joined = joined ? *joined + "," + value : value;
    return joined;
}

std::optional<std::string> bodyOf(const std::string& body, std::string_view path) {
    if (path.empty()) return body;
    const auto json = tryParseJson(body);
    return json ? memberOf(*json, path) : std::nullopt;
}

/// The rest of `text` behind `prefix` and its dot; nothing where it begins otherwise.
std::optional<std::string_view> behind(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return std::nullopt;
    text.remove_prefix(prefix.size());
    if (text.starts_with('.')) return text.substr(1);
    return text.empty() || text.starts_with('[') ? std::optional(text) : std::nullopt;
}

/// A selection, without its '$'. Nothing where it is none, or finds nothing.
std::optional<std::string> selected(std::string_view selection, const HttpTarget& target, const ApiRequest& request,
                                    const ApiResponse* response) {
    if (const auto name = behind(selection, "request.header")) return headerOf(request.headers, *name);
    if (const auto name = behind(selection, "request.querystring")) return queryOf(request, *name);
    if (const auto path = behind(selection, "request.body")) return bodyOf(request.body, *path);
    if (const auto name = behind(selection, "request.path")) {
        if (name->empty()) return request.path;
        for (const auto& [parameter, value] : target.match.pathParameters)
            if (parameter == *name) return percentDecode(value);
        return std::nullopt;
    }
    if (const auto name = behind(selection, "stageVariables")) return memberOf(target.stageVariables, *name);
    if (const auto path = behind(selection, "context")) {
        const Json event = eventV2(target, request);
        const Json& context = *find(event, "requestContext");
        if (*path == "httpMethod") return request.method;
        if (*path == "path") return request.path;
        if (*path == "identity.sourceIp") return request.sourceIp;
        if (*path == "requestTime") return memberOf(context, "time");
        if (*path == "requestTimeEpoch") return memberOf(context, "timeEpoch");
        if (const auto claim = behind(*path, "authorizer.claims"))
            return memberOf(context, "authorizer.jwt.claims." + std::string(*claim));
        if (const auto own = behind(*path, "authorizer"))
            if (auto value = memberOf(context, "authorizer.lambda." + std::string(*own))) return value;
        return memberOf(context, *path);
    }
    if (response) {
        if (const auto name = behind(selection, "response.header")) return headerOf(response->headers, *name);
        if (const auto path = behind(selection, "response.body")) return bodyOf(response->body, *path);
    }
    return std::nullopt;
}

struct Change {
    std::string action, place, name;  // "overwrite", "header", "x"
};
std::optional<Change> changeOf(std::string_view key) {
    const auto colon = key.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view place = key.substr(colon + 1), name;
    if (const auto dot = place.find('.'); dot != std::string_view::npos) {
        name = place.substr(dot + 1);
        place = place.substr(0, dot);
    }
    return Change{std::string(key.substr(0, colon)), std::string(place), std::string(name)};
}

bool isSafe(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void changeHeader(Headers& headers, const Change& change, const std::optional<std::string>& value) {
    if (change.action == "remove") return headers.erase(change.name);
    if (!value || !isSafe(*value)) return;
    const std::string before(headers.get(change.name));
    headers.set(change.name, change.action == "append" && headers.has(change.name) ? before + "," + *value : *value);
}

void changeQuery(std::string& query, const Change& change, const std::optional<std::string>& value) {
    std::string changed;
    const auto add = [&](std::string_view name, std::string_view text) {
        changed += (changed.empty() ? "" : "&") + percentEncode(name) + "=" + percentEncode(text);
    };
    for (const auto& [name, text] : parseQuery(query))
        if (name != change.name || change.action == "append" || (change.action == "overwrite" && !value))
            add(name, text);
    if (value && change.action != "remove") add(change.name, *value);
    query = std::move(changed);
}

}  // namespace

std::optional<std::string> mapped(std::string_view expression, const HttpTarget& target, const ApiRequest& request,
                                  const ApiResponse* response) {
    if (expression.starts_with('$') && !expression.starts_with("${"))
        return selected(expression.substr(1), target, request, response);
    std::string filled;
    while (true) {
        const auto begin = expression.find("${");
        filled += expression.substr(0, begin);
        if (begin == std::string_view::npos) return filled;
        const auto end = expression.find('}', begin);
        if (end == std::string_view::npos) return filled += expression.substr(begin);
        filled += selected(expression.substr(begin + 2, end - begin - 2), target, request, response).value_or("");
        expression.remove_prefix(end + 1);
    }
}

ApiRequest mapRequest(const Json& parameters, const HttpTarget& target, const ApiRequest& request) {
    ApiRequest changed = request;
    if (!parameters.IsObject()) return changed;
    for (const auto& parameter : parameters.GetObject()) {
        const auto change = changeOf(view(parameter.name));
        if (!change || !parameter.value.IsString()) continue;
        const auto value = mapped(view(parameter.value), target, request);
        if (change->place == "header") changeHeader(changed.headers, *change, value);
        if (change->place == "querystring") changeQuery(changed.query, *change, value);
        if (change->place == "path" && change->action == "overwrite" && value)
            changed.path = value->starts_with('/') ? *value : "/" + *value;
    }
    return changed;
}

void mapResponse(const Json& parameters, const HttpTarget& target, const ApiRequest& request, ApiResponse& response) {
    const Json* ofStatus = parameters.IsObject() ? find(parameters, std::to_string(response.status)) : nullptr;
    if (!ofStatus || !ofStatus->IsObject()) return;
    const ApiResponse before = response;
    for (const auto& parameter : ofStatus->GetObject()) {
        const auto change = changeOf(view(parameter.name));
        if (!change || !parameter.value.IsString()) continue;
        const auto value = mapped(view(parameter.value), target, request, &before);
        if (change->place == "header") changeHeader(response.headers, *change, value);
        int status = 0;
        if (change->place == "statuscode" && value &&
            std::from_chars(value->data(), value->data() + value->size(), status).ec == std::errc() && status >= 200 &&
            status <= 599)
            response.status = status;
    }
}

}  // namespace backlot::apigateway::http_apis
