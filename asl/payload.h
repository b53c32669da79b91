#pragma once
// A JSON value that is handed on more often than it is looked into.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/base/json.h"

namespace backlot::asl {

/// Immutable JSON, kept as text, as a value, or as both: each form is made when it is first asked for. Copying shares.
/// Text that came from outside stays as it was (white space, 1.0, 1e3); a size limit counts its UTF-8 bytes.
/// Not for use by several threads at once.
class Payload {
public:
    /// JSON null.
    Payload() = default;
    /// `text` must be JSON: json() throws JsonError later otherwise. Check what comes from outside with tryParseJson().
    explicit Payload(std::string text);
    /// Throws StateFailure where it is nested deeper than 1,000 levels.
    explicit Payload(Json value);

    /// Compact where it was made from a value.
    const std::string& text() const;
    const Json& json() const;
    std::size_t size() const { return text().size(); }

private:
    struct Body;
    std::shared_ptr<Body> body_;
};

}  // namespace backlot::asl
