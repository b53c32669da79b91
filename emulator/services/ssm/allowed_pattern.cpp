#include "emulator/services/ssm/allowed_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <memory>

#include "emulator/services/ssm/errors.h"

namespace backlot::ssm {
namespace {

constexpr std::uint32_t kMostSteps = 1'000'000;

struct Free {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

}  // namespace

void requireMatch(const std::string& pattern, const std::string& value) {
    if (pattern.empty()) return;
    int error = 0;
    PCRE2_SIZE offset = 0;
    const std::unique_ptr<pcre2_code, Free> code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()),
                                                               pattern.size(), PCRE2_UTF | PCRE2_ANCHORED, &error,
                                                               &offset, nullptr));
    if (!code)
        throw AwsError("InvalidAllowedPatternException",
                       "The request does not meet the regular expression requirement: " + pattern);
    const std::unique_ptr<pcre2_match_context, Free> context(pcre2_match_context_create(nullptr));
    pcre2_set_match_limit(context.get(), kMostSteps);
    pcre2_set_depth_limit(context.get(), kMostSteps);
    const std::unique_ptr<pcre2_match_data, Free> data(pcre2_match_data_create_from_pattern(code.get(), nullptr));
    if (pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(value.data()), value.size(), 0, PCRE2_ENDANCHORED,
                    data.get(), context.get()) < 0)
        throw AwsError("ParameterPatternMismatchException",
                       "Parameter value, cannot be validated against allowedPattern: " + pattern);
}

}  // namespace backlot::ssm
