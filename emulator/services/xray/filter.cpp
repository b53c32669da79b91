#include "emulator/services/xray/filter.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "emulator/base/aws_error.h"

namespace backlot::xray {

namespace {

constexpr int kDepthLimit = 50;

AwsError invalid(std::string why) {
    return {"InvalidRequestException", "Invalid filter expression: " + std::move(why), 400};
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    TraceFilter run() {
        skip();
        if (at_ == text_.size()) return [](const Trace&) { return true; };
        auto filter = either(0);
        skip();
        if (at_ != text_.size()) throw invalid("unexpected \"" + std::string(text_.substr(at_, 20)) + "\"");
        return filter;
    }

private:
    void skip() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    }
    bool take(std::string_view token) {
        skip();
        if (!text_.substr(at_).starts_with(token)) return false;
        at_ += token.size();
        return true;
    }
    bool takeWord(std::string_view word) {
        skip();
        const std::size_t before = at_;
        std::string found = name();
        std::transform(found.begin(), found.end(), found.begin(),
                       [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        if (found == word) return true;
        at_ = before;
        return false;
    }
    std::string name() {
        skip();
        const std::size_t begin = at_;
        while (at_ < text_.size() &&
               (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' || text_[at_] == '.'))
            ++at_;
        return std::string(text_.substr(begin, at_ - begin));
    }
    std::string literal() {
        skip();
        if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
            const auto end = text_.find(text_[at_], at_ + 1);
            if (end == std::string_view::npos) throw invalid("a text without its closing quote");
            std::string result(text_.substr(at_ + 1, end - at_ - 1));
            at_ = end + 1;
            return result;
        }
        const std::size_t begin = at_;
        while (at_ < text_.size() &&
               (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '.' || text_[at_] == '-'))
            ++at_;
        if (begin == at_) throw invalid("a value is missing");
        return std::string(text_.substr(begin, at_ - begin));
    }

    TraceFilter either(int depth) {
        auto left = both(depth);
        while (takeWord("OR")) {
            left = [left, right = both(depth)](const Trace& trace) { return left(trace) || right(trace); };
        }
        return left;
    }
    TraceFilter both(int depth) {
        auto left = single(depth);
        while (takeWord("AND")) {
            left = [left, right = single(depth)](const Trace& trace) { return left(trace) && right(trace); };
        }
        return left;
    }
    TraceFilter single(int depth) {
        if (depth > kDepthLimit) throw invalid("nested too deeply");
        if (takeWord("NOT") || take("!"))
            return [inner = single(depth + 1)](const Trace& trace) { return !inner(trace); };
        if (take("(")) {
            auto inner = either(depth + 1);
            if (!take(")")) throw invalid("a ) is missing");
            return inner;
        }
        return term();
    }

    static TraceFilter anySegment(std::function<bool(const Segment&)> test) {
        return [test = std::move(test)](const Trace& trace) {
            return std::any_of(trace.segments.begin(), trace.segments.end(), test);
        };
    }

    TraceFilter term() {
        const std::string keyword = name();
        if (keyword == "service") {
            if (!take("(")) throw invalid("service wants a name in brackets");
            const std::string wanted = literal();
            if (!take(")")) throw invalid("a ) is missing");
            if (take("{")) throw invalid("conditions in braces after service() are not supported");
            return anySegment([wanted](const Segment& segment) { return segment.name == wanted; });
        }
        if (keyword == "error") return flag(anySegment([](const Segment& segment) { return segment.error; }));
        if (keyword == "fault") return flag(anySegment([](const Segment& segment) { return segment.fault; }));
        if (keyword == "throttle") return flag(anySegment([](const Segment& segment) { return segment.throttle; }));
        if (keyword == "ok") {
            return flag([](const Trace& trace) {
                return std::none_of(trace.segments.begin(), trace.segments.end(), [](const Segment& segment) {
                    return segment.error || segment.fault || segment.throttle;
                });
            });
        }
        if (keyword == "partial") return flag([](const Trace&) { return false; });
        if (keyword == "duration" || keyword == "responsetime")
            return compareNumber([](const Trace& trace) { return trace.end() - trace.start(); });
        if (keyword == "http.status" || keyword == "http.method" || keyword == "http.url")
            return compareText(httpMember(keyword));
        if (keyword.starts_with("annotation")) {
            std::string key = keyword.size() > 11 ? keyword.substr(11) : std::string();
            if (key.empty() && take("[")) {
                key = literal();
                if (!take("]")) throw invalid("a ] is missing");
            }
            return compareText([key](const Segment& segment) { return memberText(segment.annotations, key); });
        }
        throw invalid(keyword.empty() ? "a keyword is missing" : "the keyword " + keyword + " is not supported");
    }

    /// `fault = true` says the same as `fault`.
    TraceFilter flag(TraceFilter filter) {
        if (!take("=")) return filter;
        const std::string value = literal();
        if (value == "true") return filter;
        return [filter](const Trace& trace) { return !filter(trace); };
    }

    static std::string memberText(const Json& holder, const std::string& name) {
        const auto* value = find(holder, name);
        return !value ? "" : value->IsString() ? text(*value) : writeJson(*value);
    }
    static std::function<std::string(const Segment&)> httpMember(const std::string& keyword) {
        const bool answer = keyword == "http.status";
        return [answer, member = keyword.substr(5)](const Segment& segment) {
            const auto* part = find(segment.http, answer ? "response" : "request");
            return part ? memberText(*part, member) : std::string();
        };
    }

    std::string comparison() {
        for (const char* one : {"<=", ">=", "!=", "=", "<", ">"}) {
            if (take(one)) return one;
        }
        for (const char* one : {"CONTAINS", "BEGINSWITH", "ENDSWITH"}) {
            if (takeWord(one)) return one;
        }
        throw invalid("a comparison is missing");
    }
    static bool holds(double left, const std::string& by, double right) {
        if (by == "<") return left < right;
        if (by == "<=") return left <= right;
        if (by == ">") return left > right;
        if (by == ">=") return left >= right;
        return (left == right) == (by == "=");
    }
    static std::optional<double> numberIn(const std::string& text) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
        return value;
    }

    TraceFilter compareNumber(std::function<double(const Trace&)> value) {
        const std::string by = comparison();
        const auto wanted = numberIn(literal());
        if (!wanted || by.size() > 2) throw invalid("a number is wanted");
        return [value = std::move(value), by, wanted = *wanted](const Trace& trace) {
            return holds(value(trace), by, wanted);
        };
    }
    TraceFilter compareText(std::function<std::string(const Segment&)> value) {
        const std::string by = comparison(), wanted = literal();
        return anySegment([value = std::move(value), by, wanted](const Segment& segment) {
            const std::string found = value(segment);
            if (found.empty()) return false;
            if (by == "CONTAINS") return found.find(wanted) != std::string::npos;
            if (by == "BEGINSWITH") return found.starts_with(wanted);
            if (by == "ENDSWITH") return found.ends_with(wanted);
            const auto left = numberIn(found), right = numberIn(wanted);
            if (left && right) return holds(*left, by, *right);
            return by == "=" ? found == wanted : by == "!=" ? found != wanted : false;
        });
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

TraceFilter parseFilter(std::string_view expression) { return Parser(expression).run(); }

}  // namespace backlot::xray
