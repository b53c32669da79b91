#include "emulator/services/apigateway/rest_apis.h"

#include "emulator/base/arn.h"
#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/patch.h"
#include "emulator/services/apigateway/rows.h"

namespace backlot::apigateway {

namespace {

void requireEndpoint(const Json& configuration) {
    const auto* types = find(configuration, "types");
    if (types && !types->IsArray())
        throw badRequest("Invalid endpoint configuration");  // of callers inside: a client's was checked
    if (types && types->Empty())
        throw badRequest("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.");
    if (types && types->Size() > 1) throw badRequest("Cannot create an api with multiple Endpoint Types.");
    const bool isPrivate = types && view((*types)[0]) == "PRIVATE";
    if (isPrivate && textOr(configuration, "ipAddressType", "dualstack") != "dualstack") {
        throw badRequest("Only dualstack ipAddressType is supported for Private APIs.");
    }
}

Json endpointConfiguration(const Fields& request) {
    Json result = object({{"types", list({"EDGE"})}});
    if (const auto* given = request.find("endpointConfiguration")) {
        requireEndpoint(*given);
        result = copy(*given);
        if (!find(result, "types")) set(result, "types", list({"EDGE"}));
    }
    if (!find(result, "ipAddressType"))
        set(result, "ipAddressType", view((*find(result, "types"))[0]) == "PRIVATE" ? "dualstack" : "ipv4");
    return result;
}

/// GetRestApi answers `tags` even where CreateRestApi did not.
Json described(Json api) {
    if (!find(api, "tags")) set(api, "tags", object());
    return api;
}

void saveModel(Call& call, const std::string& apiId, const char* name, const char* description, const char* schema) {
    call.putJson(partKey(call, apiId, kModel, name), object({{"id", newId(call, "model")},
                                                             {"name", name},
                                                             {"description", description},
                                                             {"schema", schema},
                                                             {"contentType", "application/json"}}));
}

/// The two operations on endpointConfiguration have rules and messages of their own.
bool patchEndpoint(Json& api, const Json& operation) {
    const std::string op = textOr(operation, "op"), path = textOr(operation, "path"),
                      value = textOr(operation, "value");
    Json& configuration = *find(api, "endpointConfiguration");
    if (path == "/endpointConfiguration/ipAddressType") {
        if (op != "replace") throw badRequest("Invalid patch operation specified. Must be one of: [replace]");
        if (value != "ipv4" && value != "dualstack")
            throw badRequest("ipAddressType must be either ipv4 or dualstack.");
        if (value == "ipv4" && view((*find(configuration, "types"))[0]) == "PRIVATE")
            throw badRequest("Only dualstack ipAddressType is supported for Private APIs.");
        set(configuration, "ipAddressType", value);
        return true;
    }
    if (path.starts_with("/endpointConfiguration/types")) {
        if (op == "remove") throw badRequest("Invalid patch operation specified. Must be 'add'|'remove'|'replace'");
        if (value != "REGIONAL" && value != "EDGE" && value != "PRIVATE")
            throw badRequest("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE");
        set(configuration, "types", list({value}));
        if (value == "PRIVATE") set(configuration, "ipAddressType", "dualstack");
        return true;
    }
    return false;
}

/// A REST API's or stage's ARN is arn:aws:apigateway:REGION::/restapis/ID[/stages/NAME]; the key of its row.
Key taggedRow(const Call& call, const std::string& resourceArn) {
    const auto parsed = parseArn(resourceArn);
    const std::string_view path = parsed ? std::string_view(parsed->resource) : std::string_view();
    if (!parsed || !path.starts_with("/restapis/")) throw badRequest("Invalid ARN specified in the request");
    const std::string_view rest = path.substr(10);
    const std::string id(rest.substr(0, rest.find('/')));
    requireApi(call, id);
    const auto stage = rest.find("/stages/");
    if (stage == std::string_view::npos) return apiKey(call, id);
    return partKey(call, id, kStage, rest.substr(stage + 8));
}

}  // namespace

Json createRestApi(Call& call, const Fields& request) {
    const auto description = request.optionalText("description");
    if (description && description->empty()) throw badRequest("Description cannot be an empty string");
    if (request.has("cloneFrom")) throw badRequest("Backlot does not clone APIs (cloneFrom)");
    Json endpoint = endpointConfiguration(request);
    const std::string id = newId(call, "api", 10), rootId = newId(call, "root", 10);
    Json api = object({{"id", id},
                       {"name", request.text("name")},
                       {"description", description},
                       {"createdDate", epochSeconds(call.now)},
                       {"version", request.optionalText("version")},
                       {"apiKeySource", request.valueOr("apiKeySource", "HEADER")},
                       {"endpointConfiguration", std::move(endpoint)},
                       {"policy", request.optionalText("policy")},
                       {"disableExecuteApiEndpoint", request.valueOr("disableExecuteApiEndpoint", false)},
                       {"rootResourceId", rootId}});
    for (const char* member : {"binaryMediaTypes", "minimumCompressionSize", "tags"}) {
        if (const auto* value = request.find(member)) set(api, member, copy(*value));
    }
    call.about(id);
    call.putJson(apiKey(call, id), api);
    call.putJson(ownerKey(id), object({{"account", call.account}, {"region", call.region}}));
    call.putJson(partKey(call, id, kResource, rootId), object({{"id", rootId}, {"path", "/"}}));
    saveModel(call, id, "Empty", "This is a default empty schema model",
              "{\n  \"$schema\": \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Empty Schema\",\n  "
              "\"type\" : \"object\"\n}");
    saveModel(call, id, "Error", "This is a default error schema model",
              "{\n  \"$schema\" : \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Error Schema\",\n  "
              "\"type\" : \"object\",\n  \"properties\" : {\n"
              "    \"message\" : { \"type\" : \"string\" }\n  }\n}");
    return api;
}

Json getRestApi(Call& call, const Fields& request) { return described(requireApi(call, request.text("restApiId"))); }

Json getRestApis(Call& call, const Fields& request) {
    return page(rowsOf(call, Key("api").text(call.account).text(call.region)), request);
}

Json updateRestApi(Call& call, const Fields& request) {
    const std::string id = request.text("restApiId");
    Json api = requireApi(call, id);
    Json rest(rapidjson::kArrayType);
    for (const auto* operation : request.items("patchOperations")) {
        if (!patchEndpoint(api, *operation)) push(rest, copy(*operation));
    }
    const Json remaining = object({{"patchOperations", std::move(rest)}});
    patch(api, Fields(remaining),
          {{"/name"},
           {"/description"},
           {"/policy"},
           {"/apiKeySource"},
           {"/minimumCompressionSize", PatchField::integer},
           {"/disableExecuteApiEndpoint", PatchField::boolean},
           {"/binaryMediaTypes", PatchField::list}});
    call.putJson(apiKey(call, id), api);
    return described(std::move(api));
}

Json deleteRestApi(Call& call, const Fields& request) {
    const std::string id = request.text("restApiId");
    requireApi(call, id);
    call.about(id);
    call.erase(apiKey(call, id));
    call.erase(ownerKey(id));
    call.erasePrefix(Key("part").text(call.account).text(call.region).text(id));
    return object();
}

Json tagResource(Call& call, const Fields& request) {
    const Key key = taggedRow(call, request.text("resourceArn"));
    auto row = call.getJson(key);
    if (!row) throw stageNotFound();
    if (!find(*row, "tags")) set(*row, "tags", object());
    for (const auto& tag : request.value("tags").GetObject()) set(*find(*row, "tags"), view(tag.name), copy(tag.value));
    call.putJson(key, *row);
    return object();
}

Json untagResource(Call& call, const Fields& request) {
    const Key key = taggedRow(call, request.text("resourceArn"));
    auto row = call.getJson(key);
    if (!row) throw stageNotFound();
    if (auto* tags = find(*row, "tags")) {
        for (const auto& name : request.texts("tagKeys")) erase(*tags, name);
    }
    call.putJson(key, *row);
    return object();
}

Json getTags(Call& call, const Fields& request) {
    const auto row = call.getJson(taggedRow(call, request.text("resourceArn")));
    if (!row) throw stageNotFound();
    const auto* tags = find(*row, "tags");
    return object({{"tags", tags ? copy(*tags) : object()}});
}

Json getAccount(Call& call, const Fields&) {
    const Json kept = call.getJson(accountKey(call, kAccount)).value_or(object());
    return object({{"cloudwatchRoleArn", optionalText(kept, "cloudwatchRoleArn")},
                   {"throttleSettings", object({{"burstLimit", 5000}, {"rateLimit", 10000.0}})},
                   {"features", list({"UsagePlans"})},
                   {"apiKeyVersion", "4"}});
}

Json updateAccount(Call& call, const Fields& request) {
    Json kept = call.getJson(accountKey(call, kAccount)).value_or(object());
    patch(kept, request, {{"/cloudwatchRoleArn"}});
    call.putJson(accountKey(call, kAccount), kept);
    return getAccount(call, request);
}

}  // namespace backlot::apigateway
