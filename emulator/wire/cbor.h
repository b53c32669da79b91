#pragma once
// CBOR as bytes: heads, numbers, texts. What they mean is the protocol's affair.  Source: RFC 8949.

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace backlot::wire {

/// The text is no CBOR, or ends too early.
struct CborError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// An item's first bytes: what it is, and the number that comes with it (a value, a length, a count, a tag).
struct CborHead {
    enum class Major : std::uint8_t { unsignedInteger, negativeInteger, bytes, text, array, map, tag, simple };
    Major major;
    std::uint8_t info;                      // the low five bits
    std::optional<std::uint64_t> argument;  // nothing: of a length that only the end will show
};

/// Reads one item after another. Views and texts are as long as the input says; nothing is believed that is not there.
class CborReader {
public:
    explicit CborReader(std::string_view input) : rest_(input) {}
    bool atEnd() const { return rest_.empty(); }
    /// Throws CborError.
    CborHead head();
    /// Whether the end of an item of unknown length is next; takes it.
    bool takeBreak();
    /// The content of a bytes or text item, whose parts are joined where it comes in parts.
    std::string string(const CborHead& head);
    /// The value of a half, single or double precision number.
    double floating(const CborHead& head) const;
    /// How many items follow, of at least one byte each; nothing where only the end will show.
    std::optional<std::uint64_t> count(const CborHead& head) const;

private:
    std::string_view take(std::uint64_t size);
    std::string_view rest_;
};

/// Writes one item after another, with lengths known.
class CborWriter {
public:
    void head(CborHead::Major major, std::uint64_t argument);
    void integer(std::int64_t value);
    void unsignedInteger(std::uint64_t value) { head(CborHead::Major::unsignedInteger, value); }
    void text(std::string_view value);
    void bytes(std::string_view value);
    void boolean(bool value) { out_ += value ? '\xf5' : '\xf4'; }
    void null() { out_ += '\xf6'; }
    void single(float value);
    void real(double value);
    std::string take() { return std::move(out_); }

private:
    void bigEndian(std::uint64_t value, int bytes);
    std::string out_;
};

}  // namespace backlot::wire
