#include "emulator/wire/pattern.h"

#include "emulator/base/log.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace backlot::wire {
namespace {

constexpr std::uint32_t kMatchLimit = 1'000'000;   // steps: some 10 ms
constexpr std::uint32_t kDepthLimit = 10'000;

pcre2_match_context* matchContext() {
    static pcre2_match_context* const context = [] {
        auto* made = pcre2_match_context_create(nullptr);
        pcre2_set_match_limit(made, kMatchLimit);
        pcre2_set_depth_limit(made, kDepthLimit);
        return made;
    }();
    return context;
}

/// Only whether it matches is asked, so one pair of offsets is enough.
struct MatchData {
    pcre2_match_data* data = pcre2_match_data_create(1, nullptr);
    ~MatchData() { pcre2_match_data_free(data); }
};

/// Java writes a character above U+FFFF as a surrogate pair (\uD83D\uDE00, or a class [\uD800\uDC00-\uDBFF\uDFFF]); PCRE2 wants
/// the code point.
std::string translated(std::string_view java) {
    std::string out;
    const auto unit = [&](std::size_t at) -> int {
        if (at + 6 > java.size() || java[at] != '\\' || java[at + 1] != 'u') return -1;
        int value = 0;
        for (std::size_t i = at + 2; i < at + 6; ++i) {
            const char c = java[i];
            const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
            if (digit < 0) return -1;
            value = value * 16 + digit;
        }
        return value;
    };
    for (std::size_t i = 0; i < java.size();) {
        const int first = unit(i), second = first >= 0xD800 && first <= 0xDBFF ? unit(i + 6) : -1;
        char buffer[16];
        if (second >= 0xDC00 && second <= 0xDFFF) {
            std::snprintf(buffer, sizeof buffer, "\\x{%X}", 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            out += buffer;
            i += 12;
        } else if (first >= 0xD800 && first <= 0xDFFF) {
            i += 6;   // half a pair: no UTF-8 text holds one
        } else if (first >= 0) {
            std::snprintf(buffer, sizeof buffer, "\\x{%X}", first);
            out += buffer;
            i += 6;
        } else if (java[i] == '\\' && i + 1 < java.size()) {
            out.append(java.substr(i, 2));
            i += 2;
        } else {
            out += java[i++];
        }
    }
    return out;
}

}  // namespace

Pattern::~Pattern() { pcre2_code_free(static_cast<pcre2_code*>(code_)); }

void Pattern::compile() const {
    const std::string text = translated(source_);
    int error = 0;
    PCRE2_SIZE at = 0;
    constexpr std::uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE;
    code_ = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), options, &error, &at, nullptr);
    if (!code_) log::debug("wire: pattern not understood: " + std::string(source_));
}

bool Pattern::usable() const {
    std::call_once(once_, [this] { compile(); });
    return code_ != nullptr;
}

bool Pattern::matches(std::string_view text) const {
    if (!usable()) return true;
    thread_local const MatchData match;
    const char* const begin = text.data() ? text.data() : "";
    return pcre2_match(static_cast<pcre2_code*>(code_), reinterpret_cast<PCRE2_SPTR>(begin), text.size(), 0, 0, match.data, matchContext()) >= 0;
}

}  // namespace backlot::wire
