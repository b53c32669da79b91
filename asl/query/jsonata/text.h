#pragma once
// Text as JavaScript sees it, over UTF-8.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/text.h"

namespace backlot::asl::jsonata {

/// The code point at `offset`, which moves past it. Broken bytes count as themselves.
char32_t nextCodePoint(std::string_view text, std::size_t& offset);
std::u32string codePoints(std::string_view text);
std::string utf8(std::u32string_view text);
/// Counts code points.
std::size_t length(std::string_view text);
/// The byte offset of the code point with this number, or the size of the text.
std::size_t byteOffset(std::string_view text, std::size_t codePoint);
/// Counts UTF-16 code units: what JavaScript's positions mean.
std::size_t utf16Length(std::string_view text);
/// Negative, 0 or positive, in the order of UTF-16 code units.
int compareUtf16(std::string_view a, std::string_view b);

std::string toUpper(std::string_view text);
std::string toLower(std::string_view text);

/// The shortest digits that give the number back, in JavaScript's form: "1e+21", "0.1", "-0" is "0".
std::string numberText(double number);
/// The number with at most 15 significant digits: what $string() shows.
double fifteenDigits(double number);
/// The number in another base (2 to 36), fraction dropped.
std::string inBase(double whole, int radix);
/// A JSON string with its quotes; control characters escaped.
std::string jsonText(std::string_view text);

/// A lone surrogate in its three-byte form, or broken UTF-8.
bool isWellFormed(std::string_view text);
/// Lone surrogates become U+FFFD.
std::string wellFormed(std::string_view text);

}  // namespace backlot::asl::jsonata
