#pragma once
// One condition of an event pattern on one value: the leaves of EventPattern.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"

namespace backlot {

/// `*` stands for any run of characters; a pattern is split at its asterisks once, and matching is a search for each
/// part after the one before it: linear, whatever the pattern.
class Wildcard {
public:
    /// `parts` are the unescaped texts between the asterisks: one more than there are asterisks.
    explicit Wildcard(std::vector<std::string> parts) : parts_(std::move(parts)) {}
    bool matches(std::string_view text) const;

private:
    std::vector<std::string> parts_;
};

/// An IPv4 or IPv6 network.
struct Cidr {
    std::array<unsigned char, 16> network{};
    int bytes = 4;  // 4 or 16
    int bits = 0;
    bool contains(std::string_view address) const;
};

/// The bytes of an address in dotted or colon form; nothing where it is neither.
std::optional<std::pair<std::array<unsigned char, 16>, int>> parseIpAddress(std::string_view text);

/// Both cases of a letter count as one, in every script of the C.UTF-8 locale.
std::string foldCase(std::string_view text);
/// `folded` went through foldCase() before.
bool equalsFolded(std::string_view folded, std::string_view text);

/// A number of a pattern or event. AWS compares numbers as doubles; one that no double holds exactly compares by its
/// text.
struct PatternNumber {
    double value = 0;
    bool exact = false;
    std::string text;
};
PatternNumber patternNumber(std::string_view written);

struct NumericRange {
    double low = 0, high = 0;
    bool hasLow = false, hasHigh = false, withLow = false, withHigh = false;
    bool contains(double value) const;
};

struct PatternCondition {
    enum class Kind {
        text,
        number,
        literalTrue,
        literalFalse,
        literalNull,  // exactly this value
        prefix,
        suffix,
        prefixFolded,
        suffixFolded,
        equalsFolded,
        wildcard,
        numeric,
        cidr,
        exists,
        absent,
        butTexts,
        butNumbers,
        butPrefixes,
        butSuffixes,
        butFolded,
        butWildcards,  // anything-but: none of these
    };
    Kind kind;
    std::vector<std::string> texts = {};  // sorted for `text` and `butTexts`
    std::vector<PatternNumber> numbers = {};
    std::vector<Wildcard> wildcards = {};
    NumericRange range = {};
    Cidr network = {};

    /// `scalar` is a string, a number, true, false or null.
    bool matches(const Json& scalar) const;
};

}  // namespace backlot
