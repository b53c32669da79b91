#include "asl/language/reader.h"

namespace backlot::asl {

namespace {

/// Walks JSON text that is known to be well-formed, keeping to the members that a location names.
class Locator {
public:
    Locator(std::string_view location, std::string_view text) : location_(location), text_(text) {}

    std::size_t offset() {
        skipBlanks();
        std::size_t best = at_;
        while (!location_.empty() && location_ != "/") {
            const auto found = location_[0] == '[' ? element() : member();
            if (!found) break;
            best = *found;
        }
        return best;
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skipBlanks() {
        while (at_ < text_.size() && (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n')) ++at_;
    }

    std::string_view string() {
        const auto start = ++at_;
        while (at_ < text_.size() && peek() != '"') at_ += peek() == '\\' ? 2 : 1;
        const auto end = std::min(at_, text_.size());
        ++at_;
        return text_.substr(start, end - start);
    }

    void skipValue() {
        int open = 0;
        do {
            skipBlanks();
            if (peek() == '"')
                string();
            else if (peek() == '{' || peek() == '[')
                ++open, ++at_;
            else if (peek() == '}' || peek() == ']')
                --open, ++at_;
            else if (open)
                ++at_;
            else
                while (at_ < text_.size() && std::string_view(",]} \t\r\n").find(peek()) == std::string_view::npos)
                    ++at_;
        } while (open > 0 && at_ < text_.size());
    }

    /// The member whose name comes next in the location; names may hold slashes, so the longest that fits counts.
    std::optional<std::size_t> member() {
        if (location_[0] == '/') location_.remove_prefix(1);
        if (peek() != '{') return std::nullopt;
        ++at_;
        std::optional<std::size_t> nameAt, valueAt;
        std::size_t length = 0;
        for (skipBlanks(); peek() == '"'; skipBlanks()) {
            const auto start = at_;
            const auto name = string();
            skipBlanks();
            ++at_;  // ':'
            skipBlanks();
            const bool fits =
                location_.starts_with(name) &&
                (location_.size() == name.size() || location_[name.size()] == '/' || location_[name.size()] == '[');
            if (fits && name.size() >= length) {
                nameAt = start;
                valueAt = at_;
                length = name.size();
            }
            skipValue();
            skipBlanks();
            if (peek() == ',') ++at_;
        }
        if (!nameAt) return std::nullopt;
        location_.remove_prefix(length);
        at_ = *valueAt;
        return nameAt;
    }

    std::optional<std::size_t> element() {
        const auto close = location_.find(']');
        if (peek() != '[' || close == std::string_view::npos) return std::nullopt;
        std::size_t index = 0;
        for (const char digit : location_.substr(1, close - 1))
            index = index * 10 + static_cast<std::size_t>(digit - '0');
        location_.remove_prefix(close + 1);
        ++at_;
        for (skipBlanks(); index > 0; --index) {
            skipValue();
            skipBlanks();
            if (peek() != ',') return std::nullopt;
            ++at_;
            skipBlanks();
        }
        return at_;
    }

    std::string_view location_, text_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<Position> positionOf(std::string_view location, std::string_view text) {
    if (!location.starts_with('/')) return std::nullopt;
    Position position{1, 1};
    const auto offset = Locator(location, text).offset();
    for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
        position.column = text[i] == '\n' ? 1 : position.column + 1;
        position.line += text[i] == '\n' ? 1 : 0;
    }
    return position;
}

}  // namespace backlot::asl
