#include "emulator/services/apigateway/validation.h"

#include <algorithm>

namespace backlot::apigateway {

namespace {

bool isOfType(const Json& value, std::string_view type) {
    if (type == "object") return value.IsObject();
    if (type == "array") return value.IsArray();
    if (type == "string") return value.IsString();
    if (type == "boolean") return value.IsBool();
    if (type == "null") return value.IsNull();
    if (type == "number") return value.IsNumber();
    if (type == "integer")
        return value.IsInt64() || value.IsUint64() ||
               (value.IsDouble() &&
                value.GetDouble() == static_cast<double>(static_cast<std::int64_t>(value.GetDouble())));
    return true;
}

bool conforms(const Json& value, const Json& schema, int depth) {
    if (depth > 32 || !schema.IsObject()) return true;
    if (const auto* type = find(schema, "type")) {
        if (type->IsString() && !isOfType(value, view(*type))) return false;
        if (type->IsArray() && std::none_of(type->Begin(), type->End(), [&](const Json& one) {
                return one.IsString() && isOfType(value, view(one));
            }))
            return false;
    }
    if (const auto* allowed = find(schema, "enum"); allowed && allowed->IsArray()) {
        if (std::none_of(allowed->Begin(), allowed->End(), [&](const Json& one) { return equal(one, value); }))
            return false;
    }
    const auto limit = [&](const char* name) { return find(schema, name); };
    if (value.IsNumber()) {
        if (const auto* least = limit("minimum"); least && least->IsNumber() && value.GetDouble() < least->GetDouble())
            return false;
        if (const auto* most = limit("maximum"); most && most->IsNumber() && value.GetDouble() > most->GetDouble())
            return false;
    }
    if (value.IsString()) {
        if (const auto* least = limit("minLength");
            least && least->IsUint() && value.GetStringLength() < least->GetUint())
            return false;
        if (const auto* most = limit("maxLength"); most && most->IsUint() && value.GetStringLength() > most->GetUint())
            return false;
    }
    const auto* properties = find(schema, "properties");
    if (value.IsObject()) {
        for (const auto& name : Fields(schema).texts("required")) {
            if (!find(value, name)) return false;
        }
        const auto* additional = find(schema, "additionalProperties");
        for (const auto& member : value.GetObject()) {
            const auto* declared = properties ? find(*properties, view(member.name)) : nullptr;
            if (declared && !conforms(member.value, *declared, depth + 1)) return false;
            if (!declared && additional && additional->IsFalse()) return false;
        }
    }
    if (const auto* items = find(schema, "items"); items && value.IsArray()) {
        for (const auto& one : value.GetArray()) {
            if (!conforms(one, *items, depth + 1)) return false;
        }
    }
    return true;
}

bool isThere(const std::string& parameter, const Target& target, const ApiRequest& request) {
    if (parameter.starts_with("method.request.header.")) return !request.headers.get(parameter.substr(22)).empty();
    if (parameter.starts_with("method.request.querystring.")) {
        const auto query = parseQuery(request.query);
        return std::any_of(query.begin(), query.end(),
                           [&](const auto& one) { return one.first == parameter.substr(27) && !one.second.empty(); });
    }
    if (parameter.starts_with("method.request.path.")) {
        const auto& given = target.match.pathParameters;
        return std::any_of(given.begin(), given.end(),
                           [&](const auto& one) { return one.first == parameter.substr(20); });
    }
    return true;
}

}  // namespace

std::optional<GatewayError> validateRequest(const Target& target, const ApiRequest& request) {
    const Json& method = *target.match.method;
    const auto id = optionalText(method, "requestValidatorId");
    const Json* validator = id ? target.api->validator(*id) : nullptr;
    if (!validator) return std::nullopt;
    if (boolOr(*validator, "validateRequestParameters", false)) {
        std::string missing;
        if (const auto* parameters = find(method, "requestParameters")) {
            for (const auto& parameter : parameters->GetObject()) {
                const std::string name = text(parameter.name);
                if (parameter.value.IsTrue() && !isThere(name, target, request))
                    missing += (missing.empty() ? "" : ", ") + name.substr(name.rfind('.') + 1);
            }
        }
        if (!missing.empty())
            return GatewayError{"BAD_REQUEST_PARAMETERS", "Missing required request parameters: [" + missing + "]"};
    }
    if (boolOr(*validator, "validateRequestBody", false)) {
        std::string type(request.headers.get("Content-Type"));
        type = type.empty() ? "application/json" : type.substr(0, type.find(';'));
        const auto* models = find(method, "requestModels");
        const auto* name = models ? find(*models, type) : nullptr;
        const Json* model = name && name->IsString() ? target.api->model(view(*name)) : nullptr;
        if (model) {
            const auto schema = tryParseJson(textOr(*model, "schema"));
            const auto body = tryParseJson(request.body);
            if (!body || (schema && !conforms(*body, *schema, 0))) return GatewayError{"BAD_REQUEST_BODY", {}};
        }
    }
    return std::nullopt;
}

}  // namespace backlot::apigateway
