#include "emulator/wire/translate.h"

#include <cmath>

#include "emulator/wire/values.h"

namespace backlot::wire {
namespace {

rapidjson::CrtAllocator crt;

bool isTextTime(const Model& model, const Reference& reference) {
    return model.shape(reference.shape).type == Type::timestamp &&
           (reference.timeFormat == TimeFormat::iso8601 || reference.timeFormat == TimeFormat::httpDate);
}

Json in(const Model& model, const Reference& reference, Json value) {
    if (isTextTime(model, reference) && value.IsString())
        if (auto time = timeFromText(reference.timeFormat, view(value))) return std::move(*time);
    return fromWire(model, reference.shape, std::move(value));
}

Json out(const Model& model, const Reference& reference, const Json& value) {
    if (isTextTime(model, reference) && value.IsNumber())
        return str(timeToText(reference.timeFormat, value.GetDouble()));
    return toWire(model, reference.shape, value);
}

}  // namespace

Json fromWire(const Model& model, std::uint16_t index, Json value) {
    const Shape& shape = model.shape(index);
    if (!shape.translated) return value;
    if (shape.type == Type::structure && value.IsObject()) {
        Json result(rapidjson::kObjectType);
        for (auto& entry : value.GetObject()) {
            const Member* member = shape.memberOnWire(view(entry.name));
            if (!member) continue;
            result.AddMember(str(member->name), in(model, *member, std::move(entry.value)), crt);
        }
        return result;
    }
    if (shape.type == Type::list && value.IsArray())
        for (auto& element : value.GetArray()) element = in(model, shape.element, std::move(element));
    if (shape.type == Type::map && value.IsObject())
        for (auto& entry : value.GetObject()) entry.value = in(model, shape.value, std::move(entry.value));
    return value;
}

void settle(const Model& model, std::uint16_t index, Json& value) {
    const Shape& shape = model.shape(index);
    if (shape.type == Type::structure && value.IsObject() &&
        !shape.members.empty()) {  // one without members is a free document
        auto kept = value.MemberBegin();
        for (auto& entry : value.GetObject()) {
            const Member* member = entry.value.IsNull() ? nullptr : shape.member(view(entry.name));
            if (!member) continue;
            settle(model, member->shape, entry.value);
            kept->name.Swap(entry.name);
            kept->value.Swap(entry.value);
            ++kept;
        }
        if (kept != value.MemberEnd()) value.EraseMember(kept, value.MemberEnd());
    } else if (shape.type == Type::list && value.IsArray()) {
        for (auto& element : value.GetArray()) settle(model, shape.element.shape, element);
    } else if (shape.type == Type::map && value.IsObject()) {
        for (auto& entry : value.GetObject()) settle(model, shape.value.shape, entry.value);
    } else if ((shape.type == Type::integer || shape.type == Type::longInteger) && value.IsDouble() &&
               std::abs(value.GetDouble()) < 9.2e18) {
        value.SetInt64(static_cast<std::int64_t>(value.GetDouble()));
    }
}

Json toWire(const Model& model, std::uint16_t index, const Json& value) {
    const Shape& shape = model.shape(index);
    if (shape.type == Type::structure && value.IsObject()) {
        Json result(rapidjson::kObjectType);
        for (const auto& entry : value.GetObject()) {
            const Member* member = shape.member(view(entry.name));
            if (member && member->location != Location::body) continue;
            if (entry.value.IsNull()) continue;
            result.AddMember(str(member ? member->wireName : view(entry.name)),
                             member ? out(model, *member, entry.value) : copy(entry.value), crt);
        }
        return result;
    }
    if (!shape.translated) return copy(value);
    if (shape.type == Type::list && value.IsArray())
        return array(value.GetArray(), [&](const Json& element) { return out(model, shape.element, element); });
    if (shape.type == Type::map && value.IsObject()) {
        Json result(rapidjson::kObjectType);
        for (const auto& entry : value.GetObject())
            result.AddMember(copy(entry.name), out(model, shape.value, entry.value), crt);
        return result;
    }
    return copy(value);
}

}  // namespace backlot::wire
