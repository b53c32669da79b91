#include "asl/query/jsonata/builtins.h"
#include "asl/query/jsonata/date_picture.h"
#include "asl/query/jsonata/evaluator.h"

namespace backlot::asl::jsonata {
namespace {

double nowMillis(const BuiltinCall& call) { return static_cast<double>(epochMillis(call.evaluator.host.now)); }
std::optional<std::string_view> optionalText(const BuiltinCall& call, std::size_t index) {
    return call.has(index) ? std::optional(call.text(index)) : std::nullopt;
}

}  // namespace

/// The same throughout one evaluation.
Value now(const BuiltinCall& call) {
    return call.made(formatDateTime(nowMillis(call), optionalText(call, 0), optionalText(call, 1)));
}
Value millis(const BuiltinCall& call) { return nowMillis(call); }

Value fromMillis(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    return call.made(formatDateTime(call.number(0), optionalText(call, 1), optionalText(call, 2)));
}

Value toMillis(const BuiltinCall& call) {
    if (!call.has(0)) return {};
    const auto moment =
        call.has(1) ? parseDateTime(call.text(0), call.text(1), nowMillis(call)) : parseIsoTimestamp(call.text(0));
    return moment ? Value(*moment) : Value();
}

}  // namespace backlot::asl::jsonata
