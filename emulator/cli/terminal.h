#pragma once
// The one way to the terminal: what is data is shown and never obeyed, what is ours may be coloured.

#include <cstdio>
#include <string>
#include <string_view>

namespace backlot::cli {

/// Colours, where they are wanted.
struct Style {
    bool colour = false;
    std::string dim(std::string_view text) const { return paint("2", text); }
    std::string bold(std::string_view text) const { return paint("1", text); }
    std::string red(std::string_view text) const { return paint("31", text); }
    std::string green(std::string_view text) const { return paint("32", text); }
    std::string yellow(std::string_view text) const { return paint("33", text); }
    std::string cyan(std::string_view text) const { return paint("36", text); }
    /// The text between marks that print() turns into the terminal's sequences: bytes that no UTF-8 text holds, so that
    /// no data can be taken for them.
    std::string paint(std::string_view sgr, std::string_view text) const;
};
/// Colour on a terminal, unless NO_COLOR is set or TERM is "dumb".
Style styleOf(std::FILE* stream);

/// What print() writes.
std::string shown(std::string_view text);
/// Writes text that may hold data and colours, and no newline of its own. Nothing else in this folder writes.
void print(std::FILE* stream, std::string_view text);

/// Columns that a text takes on a terminal: its code points, without colours.
std::size_t widthOf(std::string_view text);
std::string padded(std::string text, std::size_t width);

}  // namespace backlot::cli
