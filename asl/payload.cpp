#include "asl/payload.h"

#include <algorithm>
#include <optional>

#include "asl/failure.h"
#include "emulator/base/stack.h"

namespace backlot::asl {

namespace {
constexpr int kPayloadDepth = 1'000;  // Jackson's limit, which AWS's answers show

/// Also where the stack is too small for those who recurse over it afterwards.
bool isDeeper(const Json& value, int levels) {
    if (!value.IsArray() && !value.IsObject()) return false;
    if (levels == 0 || !mayRecurse()) return true;
    if (value.IsArray())
        return std::any_of(value.Begin(), value.End(),
                           [&](const Json& element) { return isDeeper(element, levels - 1); });
    return std::any_of(value.MemberBegin(), value.MemberEnd(),
                       [&](const auto& member) { return isDeeper(member.value, levels - 1); });
}
}  // namespace

struct Payload::Body {
    std::optional<std::string> text;
    std::optional<Json> value;
};

Payload::Payload(std::string text) : body_(std::make_shared<Body>()) { body_->text = std::move(text); }
Payload::Payload(Json value) : body_(std::make_shared<Body>()) {
    // A state machine in a loop wraps its payload once more each time; what is looked at later recurses.
    if (isDeeper(value, kPayloadDepth))
        throw runtimeFailure("The payload is nested deeper than " + std::to_string(kPayloadDepth) + " levels.");
    body_->value = std::move(value);
}

const std::string& Payload::text() const {
    static const std::string null = "null";
    if (!body_) return null;
    if (!body_->text) body_->text = writeJson(*body_->value);
    return *body_->text;
}

const Json& Payload::json() const {
    static const Json null;
    if (!body_) return null;
    if (!body_->value) body_->value = parseJson(*body_->text, kPayloadDepth);
    return *body_->value;
}

}  // namespace backlot::asl
