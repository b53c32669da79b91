#include "asl/query/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace backlot::asl {
namespace {

constexpr std::uint32_t kMatchLimit = 100'000;
constexpr std::uint32_t kHeapLimitKiB = 1'024;

std::uint32_t optionsOf(std::string_view flags) {
    std::uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C;
    for (const char flag : flags) {
        if (flag == 'i') options |= PCRE2_CASELESS;
        if (flag == 'm') options |= PCRE2_MULTILINE;
        if (flag == 's') options |= PCRE2_DOTALL;
        if (flag == 'x') options |= PCRE2_EXTENDED;
    }
    return options;
}

}  // namespace

std::shared_ptr<const Pattern> Pattern::compile(std::string_view source, std::string_view flags) {
    int error = 0;
    PCRE2_SIZE at = 0;
    auto* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source.data()), source.size(), optionsOf(flags), &error,
                               &at, nullptr);
    return code ? std::shared_ptr<const Pattern>(new Pattern(code)) : nullptr;
}

bool Pattern::matchesWhole(std::string_view text) const {
    const auto* code = static_cast<const pcre2_code*>(code_);
    auto* context = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(context, kMatchLimit);
    pcre2_set_heap_limit(context, kHeapLimitKiB);
    auto* data = pcre2_match_data_create_from_pattern(code, nullptr);
    const int found = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0, data, context);
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    return found >= 0;
}

Pattern::~Pattern() { pcre2_code_free(static_cast<pcre2_code*>(code_)); }

}  // namespace backlot::asl
