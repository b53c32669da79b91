// Any text as a PartiQL statement: it parses or is refused with an AWS error; what it says is carried out on an item.

#include <cstdint>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/services/dynamodb/expressions/evaluate.h"
#include "emulator/services/dynamodb/expressions/update.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/partiql/statement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    using namespace backlot::dynamodb;
    using partiql::Statement;
    static const std::string item = encodeItem(parseJson(
        R"({"p": {"S": "x"}, "a": {"L": [{"N": "1"}]}, "b": {"M": {"c": {"L": [{"S": "z"}, {"N": "2"}]}}}, "s": {"N": "2"}, "q": {"S": "xy"}, "t": {"SS": ["u"]}})"));
    static const Json parameters = parseJson(R"([{"S": "x"}])");
    for (const Json* given : {static_cast<const Json*>(nullptr), &parameters}) {
        try {
            const Statement statement = partiql::parseStatement({reinterpret_cast<const char*>(data), size}, given);
            if (statement.hasWhere) holds(statement.bound, item);
            if (statement.kind == Statement::Kind::update) applyUpdate(statement.bound, item);
            if (statement.kind == Statement::Kind::insert) itemToJson(statement.item);
            for (const auto& path : statement.bound.projection()) valueAt(item, path, statement.bound);
        } catch (const AwsError&) {
        }
    }
    return 0;
}
