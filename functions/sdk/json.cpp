#include "functions/sdk/json.h"

#include <charconv>

namespace backlot::sdk {

const Json* find(const Json& value, std::string_view name) {
    const Json* found = backlot::find(value, name);
    return found && !found->IsNull() ? found : nullptr;
}

const Json* at(const Json& value, std::initializer_list<std::string_view> path) {
    const Json* found = &value;
    for (const auto name : path)
        if (found) found = find(*found, name);
    return found;
}

std::string numberText(const Json& number) {
    if (number.IsInt64()) return std::to_string(number.GetInt64());
    if (number.IsUint64()) return std::to_string(number.GetUint64());
    char buffer[400];  // the shortest digits that read back as this double; fixed, so never an exponent
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number.GetDouble(), std::chars_format::fixed).ptr;
    return {buffer, end};
}

}  // namespace backlot::sdk
