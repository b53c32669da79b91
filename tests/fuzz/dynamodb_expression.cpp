// Any text as any kind of expression: it parses or it says why not; what a request may hold is carried out on an item.

#include <cstdint>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/services/dynamodb/expressions/evaluate.h"
#include "emulator/services/dynamodb/expressions/parser.h"
#include "emulator/services/dynamodb/expressions/update.h"
#include "emulator/services/dynamodb/item_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    using namespace backlot::dynamodb;
    using namespace backlot::dynamodb::expressions;
    static const Json request =
        parseJson(R"({"ExpressionAttributeNames": {"#a": "a", "#d": "m"}, "ExpressionAttributeValues": {
        ":a": {"S": "x"}, ":b": {"N": "1"}, ":c": {"L": [{"S": "y"}]}, ":d": {"N": "2"}, ":e": {"SS": ["p"]}, ":f": {"M": {}}, ":h": {"N": "3"}, ":j": {"SS": ["q"]}}})");
    static const std::string item = encodeItem(parseJson(
        R"({"a": {"M": {"b": {"L": [{"N": "1"}, {"S": "z"}]}}}, "b": {"N": "1"}, "c": {"L": [{"S": "x"}]}, "e": {"S": "xy"}, "g": {"N": "5"}, "i": {"SS": ["q", "r"]}})"));
    const std::string_view text(reinterpret_cast<const char*>(data), size < 4096 ? size : 4096);
    for (const auto kind : {ExpressionKind::condition, ExpressionKind::update, ExpressionKind::projection}) {
        auto parsed = std::make_shared<const Expression>(parse(kind, text));
        if (!parsed->syntaxError.empty()) continue;
        try {
            Substitutions substitutions(Fields(request), true, {});
            substitutions.read();
            const Bound bound = resolve(std::move(parsed), "Expression", substitutions);
            if (kind == ExpressionKind::condition) holds(bound, item);
            if (kind == ExpressionKind::update) requireNesting(applyUpdate(bound, item));
            for (const auto& path : bound.projection()) valueAt(item, path, bound);
        } catch (const AwsError&) {
        }
    }
    return 0;
}
