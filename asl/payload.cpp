#include "asl/payload.h"

#include <optional>

namespace backlot::asl {

namespace {
constexpr int kPayloadDepth = 1'000;   // Jackson's limit, which AWS's answers show
}

struct Payload::Body {
    std::optional<std::string> text;
    std::optional<Json> value;
};

Payload::Payload(std::string text) : body_(std::make_shared<Body>()) { body_->text = std::move(text); }
Payload::Payload(Json value) : body_(std::make_shared<Body>()) { body_->value = std::move(value); }

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
