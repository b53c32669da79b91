#include "emulator/services/events/input.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "emulator/services/events/errors.h"

namespace backlot::events {
namespace {

constexpr std::string_view kPredefined[] = {"aws.events.rule-arn", "aws.events.rule-name", "aws.events.event",
                                            "aws.events.event.json", "aws.events.event.ingestion-time"};

bool isName(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.'; }

/// Calls `each(name, begin, end)` for every <placeholder> in the template.
void forEachPlaceholder(std::string_view text,
                        const std::function<void(std::string_view, std::size_t, std::size_t)>& each) {
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
        std::size_t end = at + 1;
        while (end < text.size() && isName(text[end])) ++end;
        if (end > at + 1 && end < text.size() && text[end] == '>') each(text.substr(at + 1, end - at - 1), at, end + 1);
    }
}

/// The event as <aws.events.event> shows it: without its detail, and with "detailType".
Json eventWithoutDetail(const Json& event, const TransformContext& context) {
    return object({{"id", textOr(event, "id")},
                   {"account", textOr(event, "account")},
                   {"detailType", textOr(event, "detail-type")},
                   {"time", iso8601Seconds(context.ingestedAt)},
                   {"source", textOr(event, "source")},
                   {"region", textOr(event, "region")},
                   {"resources", copy(*find(event, "resources"))},
                   {"version", "0"}});
}

Json valueOf(std::string_view name, const TextMap& paths, const Json& event, const TransformContext& context) {
    if (name == "aws.events.rule-arn") return str(context.ruleArn);
    if (name == "aws.events.rule-name") return str(context.ruleName);
    if (name == "aws.events.event.ingestion-time") return str(iso8601Seconds(context.ingestedAt));
    if (name == "aws.events.event.json") return copy(event);
    if (name == "aws.events.event") return eventWithoutDetail(event, context);
    const auto path = paths.find(std::string(name));
    const Json* value = path != paths.end() ? atPath(event, path->second) : nullptr;
    return value ? copy(*value) : str("");
}

std::string withoutQuotes(std::string text) {
    text.erase(std::remove(text.begin(), text.end(), '"'), text.end());
    return text;
}

/// True where the character at `offset` stands inside a JSON string of the template.
bool insideString(std::string_view text, std::size_t offset) {
    bool inside = false;
    for (std::size_t i = 0; i < offset; ++i) {
        if (inside && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            inside = !inside;
    }
    return inside;
}

std::optional<std::string> transformed(const TargetInput::Transformer& transformer, const Json& event,
                                       const TransformContext& context) {
    const std::string& text = transformer.text;
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const bool isText = first != std::string::npos && text[first] == '"';
    std::string result;
    std::size_t done = 0;
    forEachPlaceholder(text, [&](std::string_view name, std::size_t begin, std::size_t end) {
        const Json value = valueOf(name, transformer.paths, event, context);
        result.append(text, done, begin - done);
        if (isText)
            result += value.IsString() ? backlot::text(value) : withoutQuotes(writeJson(value));
        else if (value.IsString() && insideString(text, begin))
            result.append(view(value));
        else
            result += writeJson(value);  // within quotes that spoils the JSON, and the event is not delivered
        done = end;
    });
    result.append(text, done);
    if (!isText && !tryParseJson(result)) return std::nullopt;
    return result;
}

}  // namespace

const Json* atPath(const Json& event, std::string_view path) {
    if (path.empty() || path.front() != '$') return nullptr;
    path.remove_prefix(1);
    const Json* value = &event;
    while (!path.empty() && value) {
        if (path.front() == '.') {
            path.remove_prefix(1);
            const std::size_t end = std::min(path.find_first_of(".["), path.size());
            value = find(*value, path.substr(0, end));
            path.remove_prefix(end);
            continue;
        }
        const std::size_t close = path.find(']');
        if (path.front() != '[' || close == std::string_view::npos) return nullptr;
        const std::string_view inner = path.substr(1, close - 1);
        if (inner.size() >= 2 && (inner.front() == '\'' || inner.front() == '"')) {
            value = find(*value, inner.substr(1, inner.size() - 2));
        } else {
            rapidjson::SizeType index = 0;
            const auto [end, error] = std::from_chars(inner.data(), inner.data() + inner.size(), index);
            if (error != std::errc() || end != inner.data() + inner.size() || !value->IsArray() ||
                index >= value->Size())
                return nullptr;
            value = &(*value)[index];
        }
        path.remove_prefix(close + 1);
    }
    return value;
}

void requireInput(const Target& target) {
    const TargetInput& input = target.input;
    if (input.constant.has_value() + input.path.has_value() + input.transformer.has_value() > 1)
        throw validation("Only one of Input, InputPath, or InputTransformer must be provided for target " + target.id +
                         ".");
    if (input.constant && !tryParseJson(*input.constant))
        throw validation("JSON syntax error in input for target " + target.id + ".");
    if (!input.transformer) return;
    forEachPlaceholder(input.transformer->text, [&](std::string_view name, std::size_t, std::size_t) {
        const bool predefined =
            std::find(std::begin(kPredefined), std::end(kPredefined), name) != std::end(kPredefined);
        if (!predefined && !input.transformer->paths.contains(std::string(name)))
            throw validation("InputTemplate for target " + target.id + " contains invalid placeholder " +
                             std::string(name) + ".");
    });
}

std::optional<std::string> inputFor(const TargetInput& input, const Json& event, const std::string& eventText,
                                    const TransformContext& context) {
    if (input.constant) return input.constant;
    if (input.path) {
        const Json* value = atPath(event, *input.path);
        return value ? writeJson(*value) : "null";
    }
    if (input.transformer) return transformed(*input.transformer, event, context);
    return eventText;
}

}  // namespace backlot::events
