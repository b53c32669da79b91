#include "emulator/wire/sdk.h"

#include <algorithm>
#include <cctype>

#include "emulator/base/aws_error.h"
#include "emulator/base/time.h"

namespace backlot::wire {
namespace {

bool upper(char c) { return std::isupper(static_cast<unsigned char>(c)); }
bool lower(char c) { return std::islower(static_cast<unsigned char>(c)); }
char toUpper(char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); }
char toLower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

const Shape* shapeOf(const Model& model, std::optional<std::uint16_t> index) {
    return index ? &model.shape(*index) : nullptr;
}

const Member* memberOfSdk(const Shape& shape, std::string_view name) {
    for (const auto& member : shape.members)
        if (sdkName(member.name) == name) return &member;
    return shape.member(name);
}

Json requestValue(const Model& model, const Shape& shape, const Json& value, const std::string& path);

Json requestStructure(const Model& model, const Shape& shape, const Json& value, const std::string& path) {
    if (!value.IsObject()) return copy(value);  // the check against the model refuses it
    Json result = object();
    for (const auto& field : value.GetObject()) {
        const std::string name = text(field.name);
        const Member* member = memberOfSdk(shape, name);
        if (!member)
            throw AwsError("States.Runtime", "The field '" + path + name + "' is not supported by Step Functions");
        const bool body = shape.payload == member && model.shape(member->shape).type == Type::blob;
        const bool asJson = body && (member->streaming || !field.value.IsString());  // S3 keeps a text with its quotes
        set(result, member->name,
            asJson ? str(writeJson(field.value))
                   : requestValue(model, model.shape(member->shape), field.value, path + name + "."));
    }
    return result;
}

Json requestValue(const Model& model, const Shape& shape, const Json& value, const std::string& path) {
    if (value.IsNull()) return Json();
    switch (shape.type) {
        case Type::structure: return requestStructure(model, shape, value, path);
        case Type::list: {
            if (!value.IsArray()) return copy(value);
            const Shape& element = model.shape(shape.element.shape);
            return array(value.GetArray(),
                         [&](const Json& entry) { return requestValue(model, element, entry, path); });
        }
        case Type::map: {
            if (!value.IsObject()) return copy(value);
            Json result = object();
            for (const auto& entry : value.GetObject())
                set(result, view(entry.name), requestValue(model, model.shape(shape.value.shape), entry.value, path));
            return result;
        }
        case Type::timestamp:
            if (value.IsString())
                if (const auto time = parseIso8601(view(value))) return epochSeconds(*time);
            return copy(value);
        case Type::string: return value.IsObject() || value.IsArray() ? str(writeJson(value)) : copy(value);
        case Type::blob: return shape.streaming || !value.IsString() ? str(writeJson(value)) : copy(value);
        default: return copy(value);
    }
}

Json answerValue(const Model& model, const Shape& shape, const Json& value) {
    switch (shape.type) {
        case Type::structure: {
            if (!value.IsObject()) return copy(value);
            Json result = object();
            for (const auto& field : value.GetObject()) {
                const Member* member = shape.member(view(field.name));
                if (field.value.IsNull()) continue;
                if (!member)
                    set(result, view(field.name), copy(field.value));
                else
                    set(result, sdkName(member->name), answerValue(model, model.shape(member->shape), field.value));
            }
            return result;
        }
        case Type::list:
            if (!value.IsArray()) return copy(value);
            return array(value.GetArray(), [&](const Json& entry) {
                return answerValue(model, model.shape(shape.element.shape), entry);
            });
        case Type::map: {
            if (!value.IsObject()) return copy(value);
            Json result = object();
            for (const auto& entry : value.GetObject())
                set(result, view(entry.name), answerValue(model, model.shape(shape.value.shape), entry.value));
            return result;
        }
        case Type::timestamp:
            return value.IsNumber() ? str(iso8601Millis(fromSeconds(value.GetDouble()))) : copy(value);
        default: return copy(value);
    }
}

std::optional<std::string> mismatch(const Model& model, const Shape& shape, const Json& value, const std::string& field,
                                    bool required);

std::optional<std::string> mismatchOfMembers(const Model& model, const Shape& shape, const Json& value, bool required) {
    for (const auto& member : shape.members) {
        const std::string name = sdkName(member.name);
        const Json* present = find(value, name);
        if (!present || present->IsNull()) {
            if (member.required && required) return "Required field '" + name + "' is missing";
            continue;
        }
        if (member.streaming) continue;
        if (auto wrong = mismatch(model, model.shape(member.shape), *present, name, required)) return wrong;
    }
    return std::nullopt;
}

std::optional<std::string> mismatchOfText(const Shape& shape, const Json& value, const std::string& field) {
    const std::string what = "Field '" + field + "' ";
    if (!value.IsString()) return what + "must be a string";
    if (shape.type == Type::timestamp) return std::nullopt;
    if (shape.min && value.GetStringLength() < *shape.min) return what + "is smaller than the minimum length";
    if (shape.max && value.GetStringLength() > *shape.max) return what + "exceeds the maximum length";
    if (!shape.enumeration.empty() &&
        std::find(shape.enumeration.begin(), shape.enumeration.end(), view(value)) == shape.enumeration.end())
        return what + "is not an expected value";
    if (shape.pattern && !shape.pattern->matches(view(value))) return what + "does not match the expected pattern";
    return std::nullopt;
}

std::optional<std::string> mismatch(const Model& model, const Shape& shape, const Json& value, const std::string& field,
                                    bool required) {
    const std::string what = "Field '" + field + "' ";
    switch (shape.type) {
        case Type::structure:
            if (!value.IsObject()) return what + "must be an object";
            return mismatchOfMembers(model, shape, value, required);
        case Type::map:
            if (!value.IsObject()) return what + "must be an object";
            for (const auto& entry : value.GetObject())
                if (auto wrong = mismatch(model, model.shape(shape.value.shape), entry.value, field, required))
                    return wrong;
            return std::nullopt;
        case Type::list:
            if (!value.IsArray()) return what + "must be an array";
            for (const auto& entry : value.GetArray())
                if (auto wrong = mismatch(model, model.shape(shape.element.shape), entry, field, required))
                    return wrong;
            return std::nullopt;
        case Type::boolean: return value.IsBool() ? std::nullopt : std::optional(what + "must be a boolean");
        case Type::string:
        case Type::timestamp: return mismatchOfText(shape, value, field);
        case Type::blob: return shape.streaming ? std::nullopt : mismatchOfText(shape, value, field);
        default:
            if (!value.IsNumber()) return what + "must be a number";
            if (shape.min && value.GetDouble() < *shape.min) return what + "is less than the minimum value";
            if (shape.max && value.GetDouble() > *shape.max) return what + "exceeds the maximum value";
            return std::nullopt;
    }
}

const OperationShape* operationOf(const Apis& apis, std::string_view service, std::string_view operation,
                                  const Model*& model) {
    model = apis.findModel(service);
    return model ? model->operation(operation) : nullptr;
}

}  // namespace

std::string sdkName(std::string_view member) {
    if (member == "NULL") return "Nul";  // a reserved word of Java
    std::string result(member);
    if (result.empty()) return result;
    // Only the capitals at the front count as words: their last one begins the next word where a small letter follows.
    std::size_t run = 0;
    while (run < result.size() && upper(result[run])) ++run;
    if (run < result.size() && run > 1 && lower(result[run])) --run;
    for (std::size_t i = 1; i < run; ++i) result[i] = toLower(result[i]);
    result[0] = toUpper(result[0]);
    return result;
}

Json fromSdk(const Apis& apis, std::string_view service, std::string_view operation, const Json& parameters) {
    const Model* model = nullptr;
    const OperationShape* modelled = operationOf(apis, service, operation, model);
    const Shape* shape = modelled ? shapeOf(*model, modelled->input) : nullptr;
    return shape ? requestStructure(*model, *shape, parameters, {}) : object();
}

Json toSdk(const Apis& apis, std::string_view service, std::string_view operation, const Json& output) {
    const Model* model = nullptr;
    const OperationShape* modelled = operationOf(apis, service, operation, model);
    const Shape* shape = modelled ? shapeOf(*model, modelled->output) : nullptr;
    return shape ? answerValue(*model, *shape, output) : object();
}

std::optional<std::string> sdkException(const Apis& apis, std::string_view service, std::string_view code) {
    const Model* model = apis.findModel(service);
    const Shape* shape = model ? model->exception(code) : nullptr;
    if (!shape) return std::nullopt;
    std::string name(shape->name);
    for (const std::string_view end : {"Exception", "Error", "Fault"})
        if (name.ends_with(end)) name.erase(name.size() - end.size());
    return name + "Exception";
}

std::string sdkWireCode(const Apis& apis, std::string_view service, std::string_view code) {
    const Model* model = apis.findModel(service);
    const Shape* shape = model ? model->exception(code) : nullptr;
    return std::string(shape && !shape->errorCode.empty() ? shape->errorCode : code);
}

std::optional<std::string> sdkMismatch(const Apis& apis, std::string_view service, std::string_view operation,
                                       const Json& result, bool required) {
    const Model* model = nullptr;
    const OperationShape* modelled = operationOf(apis, service, operation, model);
    const Shape* shape = modelled ? shapeOf(*model, modelled->output) : nullptr;
    return shape && result.IsObject() ? mismatchOfMembers(*model, *shape, result, required) : std::nullopt;
}

}  // namespace backlot::wire
