// What Step Functions adds to JSONata. Source: AWS, "Transforming data with JSONata in Step Functions".

#include <algorithm>
#include <bit>
#include <cmath>

#include "asl/query/jsonata/builtins.h"
#include "asl/query/jsonata/evaluator.h"
#include "asl/query/jsonata/text.h"
#include "emulator/base/hash.h"

namespace backlot::asl::jsonata {
namespace {

/// Differs: AWS's words for wrong arguments of its own functions are not known; the code is that of $error().
Failure refusal(const std::string& message) { return Failure("D3137").withText("message", message); }

double wholeNumber(const BuiltinCall& call, std::size_t index, const char* what) {
    const double value = call.has(index) ? call.number(index) : std::nan("");
    if (!std::isfinite(value) || value != std::floor(value)) throw refusal(std::string(what) + " must be an integer");
    return value;
}

}  // namespace

/// $partition([1, 2, 3], 2) is [[1, 2], [3]].
Value partition(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const double size = wholeNumber(call, 1, "The second argument of $partition()");
    if (size < 1) throw refusal("The second argument of $partition() must be greater than zero");
    const auto items = call.array(0).items();
    const auto step = static_cast<std::size_t>(std::min(size, 1e9));
    auto* result = call.evaluator.array();
    for (std::size_t i = 0; i < items.size(); i += step) {
        auto* part = call.evaluator.array();
        part->pushAll(items.subspan(i, std::min(step, items.size() - i)));
        call.budget().steps(part->size());
        result->push(part);
    }
    return result;
}

/// $range(0, 9, 3) is [0, 3, 6, 9]: both ends belong to it. It is a sequence: of one number it is the number
/// (recorded).
Value range(const BuiltinCall& call) {
    const double first = wholeNumber(call, 0, "The first argument of $range()"),
                 last = wholeNumber(call, 1, "The second argument of $range()");
    const double step = wholeNumber(call, 2, "The third argument of $range()");
    if (step == 0) throw refusal("The third argument of $range() must not be zero");
    const double count = std::floor((last - first) / step) + 1;
    if (count > 1e7) throw Failure("D2014").with("value", numberText(count));
    auto* result = call.evaluator.sequence();
    if (count > 0) call.budget().steps(static_cast<std::int64_t>(count));
    for (double i = 0; i < count; ++i) result->push(first + i * step);
    return result;
}

/// The digest in lower-case hexadecimal digits.
Value hash(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    static constexpr struct {
        std::string_view name;
        const char* openssl;
    } algorithms[] = {
        {"MD5", "MD5"}, {"SHA-1", "SHA1"}, {"SHA-256", "SHA256"}, {"SHA-384", "SHA384"}, {"SHA-512", "SHA512"}};
    const auto wanted = call.text(1);
    for (const auto& [name, openssl] : algorithms)
        if (name == wanted) return call.made(hex(digest(openssl, wellFormed(call.text(0)))));
    throw refusal("The second argument of $hash() must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512");
}

/// [0, 1); with a seed always the same number.
/// Differs: the number that belongs to a seed is another one on AWS.
Value random(const BuiltinCall& call) {
    if (call.has(0))
        return static_cast<double>(mix(std::bit_cast<std::uint64_t>(call.number(0)), std::uint64_t{0}) >> 11) * 0x1p-53;
    if (!call.evaluator.host.random) throw refusal("$random() is not available here");
    return call.evaluator.host.random();
}

Value uuid(const BuiltinCall& call) {
    if (!call.evaluator.host.uuid) throw refusal("$uuid() is not available here");
    return call.made(call.evaluator.host.uuid());
}

/// JSON text to a value.
Value parse(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    call.budget().steps(1 + static_cast<std::int64_t>(call.text(0).size()) / 16);
    auto json = tryParseJson(call.text(0));
    if (!json) throw refusal("The argument of $parse() is not valid JSON");
    return Value::borrow(call.evaluator.keep(std::move(*json)), call.arena());
}

}  // namespace backlot::asl::jsonata
