#include "emulator/services/sns/filter_policy.h"

#include <algorithm>

#include "emulator/services/sns/errors.h"

namespace backlot::sns {
namespace {

constexpr std::size_t kKeyLimit = 5;
constexpr std::uint64_t kCombinationLimit = 150;

struct Measure {
    std::size_t keys = 0;
    bool nested = false;
};

/// The combinations of one object of the policy, `depth` levels down.
std::uint64_t combinations(const Json& policy, std::uint64_t depth, Measure& measure) {
    std::uint64_t product = 1;
    for (const auto& member : policy.GetObject()) {
        std::uint64_t own = 1;
        if (view(member.name) == "$or" && member.value.IsArray() &&
            std::all_of(member.value.Begin(), member.value.End(), [](const Json& one) { return one.IsObject(); })) {
            own = 0;
            for (const Json& alternative : member.value.GetArray()) own += combinations(alternative, depth, measure);
        } else if (member.value.IsObject()) {
            measure.nested = true;
            own = combinations(member.value, depth + 1, measure);
        } else {
            ++measure.keys;
            own = (member.value.IsArray() ? member.value.Size() : 1) * depth;
        }
        product = std::min<std::uint64_t>(product * std::max<std::uint64_t>(own, 1), 1'000'000);
    }
    return product;
}

Json numberOf(const std::string& written) {
    auto number = tryParseJson(written);
    return number && number->IsNumber() ? std::move(*number) : str(written);
}

}  // namespace

EventPattern compileFilterPolicy(const std::string& policy, bool onBody, const std::string& before) {
    const auto refuse = [&](const std::string& reason) { return invalidParameter(before + "FilterPolicy: " + reason); };
    try {
        EventPattern pattern = EventPattern::compile(policy);
        Measure measure;
        const std::uint64_t count = combinations(parseJson(policy), 1, measure);
        if (measure.nested && !onBody)
            throw refuse("Filter policy scope MessageAttributes does not support nested filter policy");
        if (measure.keys > kKeyLimit) throw refuse("Filter policy can not have more than 5 keys");
        if (count > kCombinationLimit) throw refuse("Filter policy is too complex");
        return pattern;
    } catch (const PatternError& error) {
        throw refuse(error.what());
    } catch (const JsonError& error) {  // what a pattern's reader lets pass: nesting without end
        throw refuse(error.what());
    }
}

Json attributesEvent(const Json* messageAttributes) {
    Json event = object();
    if (!messageAttributes) return event;
    for (const auto& member : messageAttributes->GetObject()) {
        const std::string type = textOr(member.value, "DataType"), value = textOr(member.value, "StringValue");
        if (type.starts_with("Number")) {
            set(event, view(member.name), numberOf(value));
        } else if (type == "String.Array") {
            auto elements = tryParseJson(value);
            set(event, view(member.name), elements && elements->IsArray() ? std::move(*elements) : str(value));
        } else if (type.starts_with("String")) {
            set(event, view(member.name), value);
        }
    }
    return event;
}

}  // namespace backlot::sns
