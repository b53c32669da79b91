#include "emulator/wire/event_stream.h"

#include <cstdint>

#include "emulator/base/hash.h"
#include "emulator/wire/translate.h"

namespace backlot::wire {
namespace {

void appendNumber(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

void appendHeader(std::string& out, std::string_view name, std::string_view value) {
    constexpr char kString = 7;
    out += static_cast<char>(name.size());
    out += name;
    out += kString;
    appendNumber(out, value.size(), 2);
    out += value;
}

/// Lengths, a checksum of them, headers, payload, a checksum of all; numbers big-endian.
std::string message(std::string_view eventType, std::string_view contentType, std::string_view payload) {
    std::string headers;
    appendHeader(headers, ":message-type", "event");
    appendHeader(headers, ":event-type", eventType);
    if (!contentType.empty()) appendHeader(headers, ":content-type", contentType);
    std::string out;
    appendNumber(out, 16 + headers.size() + payload.size(), 4);
    appendNumber(out, headers.size(), 4);
    appendNumber(out, crc32(out), 4);
    out += headers;
    out += payload;
    appendNumber(out, crc32(out), 4);
    return out;
}

}  // namespace

std::string writeEventStream(const Model& model, const Shape& stream, const Json& events) {
    std::string out;
    if (!events.IsArray()) return out;
    for (const auto& event : events.GetArray()) {
        if (!event.IsObject()) continue;
        for (const auto& entry : event.GetObject()) {
            const Member* kind = stream.member(view(entry.name));
            if (!kind) continue;
            const Member* bytes = nullptr;
            for (const auto& member : model.shape(kind->shape).members)
                if (member.eventPayload && model.shape(member.shape).type == Type::blob) bytes = &member;
            if (bytes) {
                const Json* payload = find(entry.value, bytes->name);
                out += message(kind->name, "application/octet-stream",
                               payload && payload->IsString() ? view(*payload) : std::string_view());
            } else {
                out += message(kind->name, "application/json", writeJson(toWire(model, kind->shape, entry.value)));
            }
        }
    }
    return out;
}

}  // namespace backlot::wire
