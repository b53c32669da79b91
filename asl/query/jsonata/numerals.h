#pragma once
// Whole numbers in the forms of XPath's format-integer: digits of any script, letters, Roman numerals, English words.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace backlot::asl::jsonata {

struct IntegerPicture {
    enum class Primary : unsigned char { decimal, letters, roman, words, unsupported } primary = Primary::decimal;
    enum class Case : unsigned char { lower, upper, title } letterCase = Case::lower;
    bool ordinal = false;
    char32_t zero = U'0';
    int mandatoryDigits = 0, optionalDigits = 0;
    struct Separator {
        int position;  ///< digits to its right
        char32_t character;
    };
    bool regular = false;               ///< one separator, repeated every so many digits
    std::vector<Separator> separators;  ///< from the right
    std::string token;                  ///< of an unsupported sequence, for the message
    int parseWidth = 0;                 ///< digits to read where another number follows at once
};

/// Throws Failure (D3131).  Source: XPath Functions 3.1, 4.6.1.
IntegerPicture integerPicture(std::string_view picture);
/// `value` is whole. Throws Failure (D3130).
std::string formatInteger(double value, const IntegerPicture& picture);
/// NaN where the text is no such number. Throws Failure (D3130).
double parseInteger(std::string_view text, const IntegerPicture& picture);
/// What a number of this form looks like, as a regular expression without groups.
std::string integerPattern(const IntegerPicture& picture);

}  // namespace backlot::asl::jsonata
