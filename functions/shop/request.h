#pragma once
// What a request must look like: each function gives a value or throws HttpError 400 with a message naming the field.

#include <cstdint>
#include <optional>
#include <string>

#include "functions/sdk/event.h"
#include "functions/sdk/money.h"

namespace shop {

using namespace backlot::sdk;

/// Text of 1 to `limit` characters that is not only blanks; trimmed.
std::string requiredText(const Json& body, std::string_view field, std::size_t limit = 200);
std::optional<std::string> optionalField(const Json& body, std::string_view field, std::size_t limit = 200);
std::int64_t requiredInteger(const Json& body, std::string_view field, std::int64_t least, std::int64_t most);
/// More than zero, at most two decimals.
Money requiredMoney(const Json& body, std::string_view field);
/// Lower case; one @ with something on both sides and a dot in the domain.
std::string requiredEmail(const Json& body, std::string_view field);
/// ?field= as a whole number.
std::int64_t queryInteger(const ApiRequest& request, std::string_view field, std::int64_t otherwise, std::int64_t least,
                          std::int64_t most);
std::optional<Money> queryMoney(const ApiRequest& request, std::string_view field);
/// "PROD#1" from the route, where clients may leave the prefix out: "#" needs escaping in a URL.
std::string idFromPath(const ApiRequest& request, std::string_view parameter, std::string_view prefix);

/// A place to go on from, as clients see it: DynamoDB's LastEvaluatedKey, opaque.
std::string pageToken(const Json& key);
/// ?nextToken=, or nothing.
std::optional<Json> pageKey(const ApiRequest& request);

}  // namespace shop
