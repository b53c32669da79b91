#include "asl/query/jsonata/regex.h"

#include "asl/query/jsonata/failure.h"
#include "asl/query/jsonata/text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace backlot::asl::jsonata {
namespace {

constexpr std::uint32_t kMatchLimit = 1'000'000, kDepthLimit = 10'000, kHeapLimitKib = 20'000;
/// What \s means in JavaScript, as members of a class.
constexpr std::string_view kSpaces = R"(\t\n\x0b\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff)";

[[noreturn]] void refuse(std::string_view pattern, std::string_view why, int position) {
    throw Failure("S0303", position)
        .withText("message", "Invalid regular expression: /" + std::string(pattern) + "/: " + std::string(why));
}

bool isOneOf(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

/// The pattern in PCRE2's dialect: what only one of the two knows is written out or made harmless.
std::string translated(std::string_view pattern, int position) {
    std::string out;
    bool inClass = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        const auto rest = pattern.substr(i + 1);
        if (c == '\\') {
            if (rest.empty()) refuse(pattern, "\\ at end of pattern", position);
            const char escaped = rest.front();
            ++i;
            if (escaped == 's') {
                out += inClass ? std::string(kSpaces) : "[" + std::string(kSpaces) + "]";
            } else if (escaped == 'S' && !inClass) {
                out += "[^" + std::string(kSpaces) + "]";
            } else if (escaped == 'v') {
                out += "\\x0b";
            } else if (std::isalpha(static_cast<unsigned char>(escaped)) && !isOneOf("bBcdDfknrtuvwWxS", escaped)) {
                out += escaped;  // JavaScript: a letter that means nothing stands for itself
            } else {
                out += '\\';
                out += escaped;
            }
        } else if (inClass) {
            if (c == ']') inClass = false;
            if (c == '[') out += '\\';
            out += c;
        } else if (c == '[') {
            inClass = true;
            out += c;
            if (rest.substr(0, 1) == "^") {
                out += '^';
                ++i;
            }
        } else if (c == '(' && rest.substr(0, 1) == "*") {
            refuse(pattern, "Nothing to repeat", position);
        } else if (c == '(' && rest.substr(0, 1) == "?") {
            const auto what = rest.substr(1, 2);
            const bool known =
                !what.empty() && (isOneOf(":=!", what[0]) || (what[0] == '<' && what.size() > 1 && what[1] != '>'));
            if (!known) refuse(pattern, "Invalid group", position);
            out += c;
        } else if (isOneOf("*+?}", c) && rest.substr(0, 1) == "+") {
            if (c != '}') refuse(pattern, "Nothing to repeat", position);
            out += c;
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

std::shared_ptr<const Regex> Regex::compile(std::string_view pattern, std::string_view flags, int position) {
    std::uint32_t options = PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF |
                            PCRE2_ALLOW_EMPTY_CLASS | PCRE2_NEVER_BACKSLASH_C;
    if (flags.find('i') != std::string_view::npos) options |= PCRE2_CASELESS;
    if (flags.find('m') != std::string_view::npos) options |= PCRE2_MULTILINE;
    const std::string dialect = translated(pattern, position);
    using Context = std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)>;
    const Context context(pcre2_compile_context_create(nullptr), pcre2_compile_context_free);
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_ANYCRLF);
    pcre2_set_parens_nest_limit(context.get(), 200);
    int error = 0;
    PCRE2_SIZE offset = 0;
    auto* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(dialect.data()), dialect.size(), options, &error, &offset,
                               context.get());
    if (!code) {
        PCRE2_UCHAR text[160];
        pcre2_get_error_message(error, text, sizeof text);
        refuse(pattern, reinterpret_cast<const char*>(text), position);
    }
    return std::shared_ptr<const Regex>(new Regex(code, std::string(pattern)));
}

Regex::~Regex() { pcre2_code_free(static_cast<pcre2_code*>(code_)); }

std::optional<Regex::Match> Regex::find(std::string_view subject, std::size_t from) const {
    const auto* code = static_cast<const pcre2_code*>(code_);
    using Data = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
    using Context = std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>;
    const Data data(pcre2_match_data_create_from_pattern(code, nullptr), pcre2_match_data_free);
    const Context context(pcre2_match_context_create(nullptr), pcre2_match_context_free);
    pcre2_set_match_limit(context.get(), kMatchLimit);
    pcre2_set_depth_limit(context.get(), kDepthLimit);
    pcre2_set_heap_limit(context.get(), kHeapLimitKib);
    // A subject with a lone surrogate would be undefined behaviour unchecked; it matches as if U+FFFD stood there.
    std::string repaired;
    const bool sound = isWellFormed(subject);
    if (!sound) repaired = wellFormed(subject);  // three bytes for three: positions stay
    const std::string_view searched = sound ? subject : std::string_view(repaired);
    const int count = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(searched.data()), searched.size(), from, 0,
                                  data.get(), context.get());
    if (count == PCRE2_ERROR_NOMATCH) return std::nullopt;
    if (count == PCRE2_ERROR_MATCHLIMIT || count == PCRE2_ERROR_DEPTHLIMIT || count == PCRE2_ERROR_HEAPLIMIT)
        failTooLong();
    if (count < 0) return std::nullopt;
    const auto* pairs = pcre2_get_ovector_pointer(data.get());
    Match match{pairs[0], pairs[1], {}};
    for (std::uint32_t group = 1; group < pcre2_get_ovector_count(data.get()); ++group) {
        const auto start = pairs[2 * group], end = pairs[2 * group + 1];
        if (start == PCRE2_UNSET || static_cast<int>(group) >= count)
            match.groups.emplace_back(std::nullopt);
        else
            match.groups.emplace_back(subject.substr(start, end - start));
    }
    return match;
}

}  // namespace backlot::asl::jsonata
