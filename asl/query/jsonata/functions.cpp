#include "asl/query/jsonata/functions.h"

#include <unordered_map>
#include <vector>

#include "asl/query/jsonata/builtins.h"
#include "asl/query/jsonata/evaluator.h"
#include "asl/query/jsonata/signature.h"

namespace backlot::asl::jsonata {
namespace {

/// Name, signature (docs.jsonata.org, "Function signature syntax"), arity, implementation.
/// $eval is not there: Step Functions refuses it, and calling it is calling what is no function.
constexpr Builtin kBuiltins[] = {
    // text
    {"string", "<x-b?:s>", 1, string},
    {"substring", "<s-nn?:s>", 3, substring},
    {"substringBefore", "<s-s:s>", 2, substringBefore},
    {"substringAfter", "<s-s:s>", 2, substringAfter},
    {"lowercase", "<s-:s>", 1, lowercase},
    {"uppercase", "<s-:s>", 1, uppercase},
    {"length", "<s-:n>", 1, length},
    {"trim", "<s-:s>", 1, trim},
    {"pad", "<s-ns?:s>", 3, pad},
    {"match", "<s-f<s:o>n?:a<o>>", 3, match},
    {"contains", "<s-(sf):b>", 2, contains},
    {"replace", "<s-(sf)(sf)n?:s>", 4, replace},
    {"split", "<s-(sf)n?:a<s>>", 3, split},
    {"join", "<a<s>s?:s>", 2, join},
    {"base64encode", "<s-:s>", 1, base64encode},
    {"base64decode", "<s-:s>", 1, base64decode},
    {"encodeUrl", "<s-:s>", 1, encodeUrl},
    {"encodeUrlComponent", "<s-:s>", 1, encodeUrlComponent},
    {"decodeUrl", "<s-:s>", 1, decodeUrl},
    {"decodeUrlComponent", "<s-:s>", 1, decodeUrlComponent},
    // numbers
    {"number", "<(nsb)-:n>", 1, number},
    {"abs", "<n-:n>", 1, abs},
    {"floor", "<n-:n>", 1, floor},
    {"ceil", "<n-:n>", 1, ceil},
    {"round", "<n-n?:n>", 2, round},
    {"power", "<n-n:n>", 2, power},
    {"sqrt", "<n-:n>", 1, sqrt},
    {"formatNumber", "<n-so?:s>", 3, formatNumber},
    {"formatBase", "<n-n?:s>", 2, formatBase},
    {"formatInteger", "<n-s:s>", 2, formatInteger},
    {"parseInteger", "<s-s:n>", 2, parseInteger},
    {"sum", "<a<n>:n>", 1, sum},
    {"max", "<a<n>:n>", 1, max},
    {"min", "<a<n>:n>", 1, min},
    {"average", "<a<n>:n>", 1, average},
    // truth
    {"boolean", "<x-:b>", 1, boolean},
    {"not", "<x-:b>", 1, not_},
    {"exists", "<x:b>", 1, exists},
    // arrays
    {"count", "<a:n>", 1, count},
    {"append", "<xx:a>", 2, append},
    {"sort", "<af?:a>", 2, sort},
    {"reverse", "<a:a>", 1, reverse},
    {"shuffle", "<a:a>", 1, shuffle},
    {"distinct", "<x:x>", 1, distinct},
    {"zip", "<a+>", 0, zip},
    {"map", "<af>", 2, map},
    {"filter", "<af>", 2, filter},
    {"single", "<af?>", 2, single},
    {"reduce", "<afj?:j>", 3, reduce},
    // objects
    {"keys", "<x-:a<s>>", 1, keys},
    {"lookup", "<x-s:x>", 2, lookup},
    {"spread", "<x-:a<o>>", 1, spread},
    {"merge", "<a<o>:o>", 1, merge},
    {"sift", "<o-f?:o>", 2, sift},
    {"each", "<o-f:a>", 2, each},
    {"clone", "<(oa)-:o>", 1, clone},
    {"error", "<s?:x>", 1, error},
    {"assert", "<bs?:x>", 2, assert_},
    {"type", "<x:s>", 1, type},
    // dates
    {"now", "<s?s?:s>", 2, now},
    {"millis", "<:n>", 0, millis},
    {"fromMillis", "<n-s?s?:s>", 3, fromMillis},
    {"toMillis", "<s-s?:n>", 2, toMillis},
    // Step Functions
    {"partition", "<an:a<a>>", 2, partition},
    {"range", "<nnn:a<n>>", 3, range},
    {"hash", "<s-s:s>", 2, hash},
    {"random", "<n?:n>", 1, random},
    {"uuid", "<:s>", 0, uuid},
    {"parse", "<s-:x>", 1, parse},
};

}  // namespace

const Builtin* findBuiltin(std::string_view name) {
    static const auto byName = [] {
        std::unordered_map<std::string_view, const Builtin*> map;
        for (const auto& builtin : kBuiltins) map.emplace(builtin.name, &builtin);
        return map;
    }();
    const auto found = byName.find(name);
    return found == byName.end() ? nullptr : found->second;
}

const Signature& signatureOf(const Builtin& builtin) {
    static const auto signatures = [] {
        std::vector<Signature> all;
        for (const auto& each : kBuiltins) all.emplace_back(each.signature);
        return all;
    }();
    return signatures[static_cast<std::size_t>(&builtin - kBuiltins)];
}

void BuiltinCall::refuse(std::size_t index) const {
    throw Failure("T0410").with("value", shown(argument(index))).with("index", std::to_string(index + 1));
}
std::string_view BuiltinCall::text(std::size_t index) const {
    const Value value = argument(index);
    if (!value.isString()) refuse(index);
    return value.text();
}
double BuiltinCall::number(std::size_t index) const {
    const Value value = argument(index);
    if (!value.isNumberType()) refuse(index);
    return value.number();
}
Array& BuiltinCall::array(std::size_t index) const {
    const Value value = argument(index);
    if (!value.isArray()) refuse(index);
    return value.array();
}
Object& BuiltinCall::object(std::size_t index) const {
    const Value value = argument(index);
    if (!value.isObject()) refuse(index);
    return value.object();
}
Value BuiltinCall::function(std::size_t index) const {
    const Value value = argument(index);
    if (!value.isFunction()) refuse(index);
    return value;
}
Arena& BuiltinCall::arena() const { return evaluator.arena; }
Budget& BuiltinCall::budget() const { return evaluator.budget; }

}  // namespace backlot::asl::jsonata
