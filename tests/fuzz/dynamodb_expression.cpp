// Any text as any kind of expression: it parses or it says why not.

#include <cstdint>
#include <string_view>

#include "emulator/services/dynamodb/expressions/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot::dynamodb::expressions;
    const std::string_view text(reinterpret_cast<const char*>(data), size < 4096 ? size : 4096);
    for (const auto kind : {ExpressionKind::condition, ExpressionKind::update, ExpressionKind::projection}) parse(kind, text);
    return 0;
}
