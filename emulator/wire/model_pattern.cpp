#include "emulator/wire/model_pattern.h"

#include <charconv>
#include <cstdio>

#include "emulator/base/log.h"
#include "emulator/base/text.h"

namespace backlot::wire {
namespace {

/// Puts Java's spelling into PCRE2's.
class Translation {
public:
    explicit Translation(std::string_view java) : java_(java) {}

    std::string run() {
        while (at_ < java_.size()) {
            const char c = java_[at_];
            if (c == '\\' && at_ + 1 < java_.size()) {
                escape();
                continue;
            }
            if (c == '[' && !inClass_)
                inClass_ = true;
            else if (c == ']')
                inClass_ = false;
            else if (c == '{' && !inClass_ && longRepeat())
                continue;
            out_ += c;
            ++at_;
        }
        return std::move(out_);
    }

private:
    void escape() {
        if (java_[at_ + 1] == 'u') return codePoint();
        if (java_.substr(at_).starts_with("\\p{Print}")) {  // POSIX classes are ASCII in Java
            out_ += inClass_ ? "\\x20-\\x7E" : "[\\x20-\\x7E]";
            at_ += 9;
            return;
        }
        const char kind = java_[at_ + 1];
        out_.append(java_.substr(at_, 2));
        at_ += 2;
        // In [\w-_] Java takes the hyphen for itself.
        if (inClass_ && (kind == 'w' || kind == 'd' || kind == 's') && at_ < java_.size() && java_[at_] == '-')
            out_ += '\\';
    }

    /// \u20AC; a character above U+FFFF is written as a surrogate pair, of which PCRE2 wants the code point.
    void codePoint() {
        const int first = unit(at_), second = first >= 0xD800 && first <= 0xDBFF ? unit(at_ + 6) : -1;
        if (first < 0) {
            out_ += 'u';
            at_ += 2;
            return;
        }
        const bool pair = second >= 0xDC00 && second <= 0xDFFF;
        at_ += pair ? 12 : 6;
        if (!pair && first >= 0xD800 && first <= 0xDFFF) return;  // half a pair: no UTF-8 text holds one
        char buffer[16];
        std::snprintf(buffer, sizeof buffer, "\\x{%X}",
                      static_cast<unsigned>(pair ? 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00) : first));
        out_ += buffer;
    }

    int unit(std::size_t at) const {
        if (at + 6 > java_.size() || java_[at] != '\\' || java_[at + 1] != 'u') return -1;
        int value = 0;
        for (std::size_t i = at + 2; i < at + 6; ++i) {
            if (hexDigit(java_[i]) < 0) return -1;
            value = value * 16 + hexDigit(java_[i]);
        }
        return value;
    }

    /// {1,100000}: PCRE2 counts to 65535; such a bound becomes none.
    bool longRepeat() {
        const auto end = java_.find('}', at_);
        const auto comma = java_.find(',', at_);
        if (end == std::string_view::npos || comma == std::string_view::npos || comma > end || end - comma - 1 < 5)
            return false;
        unsigned long bound = 0;
        std::from_chars(java_.data() + comma + 1, java_.data() + end, bound);
        if (bound <= 65535) return false;
        out_.append(java_.substr(at_, comma + 1 - at_));
        out_ += '}';
        at_ = end + 1;
        return true;
    }

    std::string_view java_;
    std::size_t at_ = 0;
    bool inClass_ = false;
    std::string out_;
};

}  // namespace

bool ModelPattern::usable() const {
    std::call_once(once_, [this] {
        try {
            regex_.emplace(Translation(source_).run(), RegexOptions{.whole = true, .steps = 1'000'000});
        } catch (const RegexError& error) {
            log::debug("wire: pattern not understood: " + std::string(source_) + ": " + error.what());
        }
    });
    return regex_.has_value();
}

bool ModelPattern::matches(std::string_view text) const { return !usable() || regex_->matches(text); }

}  // namespace backlot::wire
