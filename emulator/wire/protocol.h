#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/base/http_message.h"
#include "emulator/base/json.h"
#include "emulator/wire/target.h"

namespace backlot::wire {

// The form requests and results have inside the program, whatever the protocol: one object with the API's member names.
//   blob        base64 text; but the payload of a REST request or answer (Lambda's Invoke) is the bytes themselves
//   timestamp   seconds since 1970, a number (fractions are milliseconds)
//   the others  the JSON of the same name; a REST document payload is that document

/// Takes the request apart; `{}` for an operation without input. Throws Refusal (SerializationException, MalformedQueryString…)
/// where the body cannot be read. Types inside a JSON body are left to check().
Json decode(const Target& target, const Request& request);

/// The answer of an operation: status, headers and body as the model has them, request id, DynamoDB's checksum.
/// `result` may hold members that the model does not know; they are left out of Query and XML answers.
Response encode(const Target& target, const Json& result, std::string_view requestId);

/// An error in the target's protocol: the model's status where the error is modelled, else `error.httpStatus()`;
/// members of `error.extra()` become members of the body.
Response encodeError(const Target& target, const AwsError& error, std::string_view requestId);
Response encodeRefusal(const Refusal& refusal, std::string_view requestId);

/// Undoes a request's Content-Encoding (gzip, deflate); nothing where it is another one, broken, or more than `limit` bytes.
std::optional<std::string> decompress(std::string_view body, std::string_view contentEncoding, std::size_t limit);

}  // namespace backlot::wire
