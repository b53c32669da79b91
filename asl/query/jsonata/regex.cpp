#include "asl/query/jsonata/regex.h"

#include "asl/query/jsonata/failure.h"
#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {
namespace {

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
    const std::string dialect = translated(pattern, position);
    try {
        return std::shared_ptr<const Regex>(
            new Regex(backlot::Regex(dialect, {.caseless = flags.find('i') != std::string_view::npos,
                                               .multiline = flags.find('m') != std::string_view::npos,
                                               .javascript = true,
                                               .steps = 1'000'000}),
                      std::string(pattern)));
    } catch (const RegexError& error) {
        refuse(pattern, error.what(), position);
    }
}

std::optional<Regex::Match> Regex::find(std::string_view subject, std::size_t from) const try {
    if (isWellFormed(subject)) return regex_.find(subject, from);
    // A lone surrogate matches as if U+FFFD stood there: three bytes for three, so that positions stay.
    const std::string repaired = wellFormed(subject);
    auto match = regex_.find(repaired, from);
    if (match)
        for (auto& group : match->groups)
            if (group) group = subject.substr(static_cast<std::size_t>(group->data() - repaired.data()), group->size());
    return match;
} catch (const RegexLimit&) {
    failTooLong();
}

}  // namespace backlot::asl::jsonata
