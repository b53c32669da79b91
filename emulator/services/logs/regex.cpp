#include "emulator/services/logs/regex.h"

#include "emulator/services/logs/errors.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace backlot::logs {
namespace {

constexpr std::uint32_t kMatchLimit = 200'000;  // steps: some 2 ms
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

/// Only whether it is found is asked, so one pair of offsets is enough.
struct MatchData {
    pcre2_match_data* data = pcre2_match_data_create(1, nullptr);
    ~MatchData() { pcre2_match_data_free(data); }
};

/// AWS takes no groups; what is escaped or stands in brackets is a character.
bool hasGroup(std::string_view text) {
    bool inClass = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '[')
            inClass = true;
        else if (text[i] == ']')
            inClass = false;
        else if (!inClass && (text[i] == '(' || text[i] == ')'))
            return true;
    }
    return false;
}

}  // namespace

Regex::Regex(std::string_view text) {
    if (text.empty() || hasGroup(text)) throw invalidParameter("Invalid filter pattern");
    int error = 0;
    PCRE2_SIZE at = 0;
    code_ = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), PCRE2_UTF | PCRE2_MATCH_INVALID_UTF,
                          &error, &at, nullptr);
    if (!code_) throw invalidParameter("Invalid filter pattern");
}

Regex::~Regex() { pcre2_code_free(static_cast<pcre2_code*>(code_)); }

bool Regex::finds(std::string_view text) const {
    thread_local const MatchData match;
    const char* const begin = text.data() ? text.data() : "";
    return pcre2_match(static_cast<const pcre2_code*>(code_), reinterpret_cast<PCRE2_SPTR>(begin), text.size(), 0, 0,
                       match.data, matchContext()) >= 0;
}

}  // namespace backlot::logs
