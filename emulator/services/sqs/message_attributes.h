#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"

namespace backlot::sqs {

/// Checks MessageAttributes of a request: names, data types, values. Throws InvalidParameterValueException.
/// How many bytes they count for: names, data types and values.
std::size_t requireMessageAttributes(const Json& attributes);

/// Checks MessageSystemAttributes of a request: there is one, AWSTraceHeader, and it is a String. Throws
/// InvalidParameterValueException.
void requireSystemAttributes(const Json& attributes);

/// MD5 over attributes as the SDKs check it: by name, each part with its length before it.
/// Source: Amazon SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
std::string md5OfAttributes(const Json& attributes);

/// The attributes that MessageAttributeNames asks for: names, "prefix.*", "All" or ".*".
Json selectedAttributes(const Json& attributes, const std::vector<std::string>& names);

/// Throws InvalidMessageContents where the text holds a character that SQS refuses.
void requireMessageCharacters(std::string_view body);

}  // namespace backlot::sqs
