#include "emulator/base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace backlot {
namespace {

constexpr std::uint32_t kDepthLimit = 10'000, kHeapLimitKiB = 20'000, kNestingLimit = 200;

using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;

std::uint32_t flagsOf(const RegexOptions& options) {
    std::uint32_t flags = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
    // PCRE2 looks at what stands between invalid bytes as if each were a text: all of one is not all of ours.
    flags |= options.whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : PCRE2_MATCH_INVALID_UTF;
    if (options.caseless) flags |= PCRE2_CASELESS;
    if (options.multiline) flags |= PCRE2_MULTILINE;
    if (options.dotAll) flags |= PCRE2_DOTALL;
    if (options.extended) flags |= PCRE2_EXTENDED;
    if (options.javascript)
        flags |= PCRE2_ALT_BSUX | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS;
    return flags;
}

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data() ? text.data() : ""); }

std::string messageOf(int error) {
    PCRE2_UCHAR text[160];
    pcre2_get_error_message(error, text, sizeof text);
    return reinterpret_cast<const char*>(text);
}

}  // namespace

struct Regex::Compiled {
    std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code{nullptr, pcre2_code_free};
    std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> limits{
        pcre2_match_context_create(nullptr), pcre2_match_context_free};

    int match(std::string_view text, std::size_t from, pcre2_match_data* data) const {
        return pcre2_match(code.get(), units(text), text.size(), from, 0, data, limits.get());
    }
};

Regex::Regex(std::string_view pattern, const RegexOptions& options) {
    const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
        pcre2_compile_context_create(nullptr), pcre2_compile_context_free);
    pcre2_set_parens_nest_limit(context.get(), kNestingLimit);
    if (options.javascript) pcre2_set_newline(context.get(), PCRE2_NEWLINE_ANYCRLF);
    auto compiled = std::make_unique<Compiled>();
    int error = 0;
    PCRE2_SIZE at = 0;
    compiled->code.reset(pcre2_compile(units(pattern), pattern.size(), flagsOf(options), &error, &at, context.get()));
    if (!compiled->code) throw RegexError(messageOf(error));
    pcre2_set_match_limit(compiled->limits.get(), options.steps);
    pcre2_set_depth_limit(compiled->limits.get(), kDepthLimit);
    pcre2_set_heap_limit(compiled->limits.get(), kHeapLimitKiB);
    compiled_ = std::move(compiled);
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

bool Regex::matches(std::string_view text) const {
    // Only whether it matches is asked, so one pair of offsets is enough for all patterns.
    thread_local const MatchData data(pcre2_match_data_create(1, nullptr), pcre2_match_data_free);
    return compiled_->match(text, 0, data.get()) >= 0;
}

std::optional<Regex::Match> Regex::find(std::string_view text, std::size_t from) const {
    const MatchData data(pcre2_match_data_create_from_pattern(compiled_->code.get(), nullptr), pcre2_match_data_free);
    const int count = compiled_->match(text, from, data.get());
    if (count == PCRE2_ERROR_MATCHLIMIT || count == PCRE2_ERROR_DEPTHLIMIT || count == PCRE2_ERROR_HEAPLIMIT)
        throw RegexLimit(messageOf(count));
    if (count < 0) return std::nullopt;
    const auto* pairs = pcre2_get_ovector_pointer(data.get());
    Match match{pairs[0], pairs[1], {}};
    for (std::uint32_t group = 1; group < pcre2_get_ovector_count(data.get()); ++group) {
        const auto start = pairs[2 * group], end = pairs[2 * group + 1];
        if (start == PCRE2_UNSET || static_cast<int>(group) >= count)
            match.groups.emplace_back(std::nullopt);
        else
            match.groups.emplace_back(text.substr(start, end - start));
    }
    return match;
}

bool matchesWhole(std::string_view pattern, std::string_view text, RegexOptions options) {
    options.whole = true;
    try {
        return Regex(pattern, options).matches(text);
    } catch (const RegexError&) {
        return false;
    }
}

}  // namespace backlot
