#include "emulator/cli/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "emulator/base/printable.h"

namespace backlot::cli {
namespace {

constexpr char kBegin = '\xFF', kEnd = '\xFE';  // around the number of a colour

}  // namespace

std::string Style::paint(std::string_view sgr, std::string_view text) const {
    if (!colour || text.empty()) return std::string(text);
    return kBegin + std::string(sgr) + kEnd + printable(text) + kBegin + "0" + kEnd;
}

Style styleOf(std::FILE* stream) {
    const char* off = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return {.colour = ::isatty(::fileno(stream)) && !(off && *off) && !(term && std::string_view(term) == "dumb")};
}

std::string shown(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto begin = std::min(text.find(kBegin), text.size());
        out += printable(text.substr(0, begin));
        text.remove_prefix(begin);
        if (text.empty()) break;
        const auto end = text.find(kEnd);
        const auto number = text.substr(1, std::min(end, text.size()) - 1);
        const bool ours = end != std::string_view::npos && !number.empty() && number.size() <= 2 &&
                          number.find_first_not_of("0123456789") == std::string_view::npos;
        out += ours ? "\033[" + std::string(number) + "m" : printable(text.substr(0, 1));
        text.remove_prefix(ours ? end + 1 : 1);
    }
    return out;
}

void print(std::FILE* stream, std::string_view text) {
    const std::string line = shown(text);
    std::fwrite(line.data(), 1, line.size(), stream);
}

std::size_t widthOf(std::string_view text) {
    std::size_t width = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == kBegin)
            i = std::min(text.find(kEnd, i), text.size());
        else
            width += (text[i] & 0xC0) != 0x80;
    }
    return width;
}

std::string padded(std::string text, std::size_t width) {
    const auto taken = widthOf(text);
    if (taken < width) text.append(width - taken, ' ');
    return text;
}

}  // namespace backlot::cli
