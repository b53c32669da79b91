#pragma once
// JSON for handlers: that of emulator/base/json.h, which this library is linked with, also on AWS.

#include "emulator/base/json.h"

namespace backlot::sdk {

using backlot::array;
using backlot::copy;
using backlot::intOr;
using backlot::Json;
using backlot::JsonError;
using backlot::JsonItem;
using backlot::JsonMember;
using backlot::JsonMisuse;
using backlot::list;
using backlot::object;
using backlot::optionalText;
using backlot::parseJson;
using backlot::push;
using backlot::set;
using backlot::str;
using backlot::textOr;
using backlot::view;
using backlot::writeJson;

/// The member, or null where `value` is no object, has no such member, or has JSON null there.
const Json* find(const Json& value, std::string_view name);
/// find() through nested objects: at(event, {"requestContext", "identity", "sourceIp"})
const Json* at(const Json& value, std::initializer_list<std::string_view> path);
/// A number as it was typed, as far as 15 significant digits go: 12.99 gives "12.99", not 12.9900000000000002.
std::string numberText(const Json& number);

}  // namespace backlot::sdk
