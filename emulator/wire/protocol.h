#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/base/http_message.h"
#include "emulator/base/json.h"
#include "emulator/wire/target.h"

namespace backlot::wire {

struct Recognition;

// The form requests and results have inside the program, whatever the protocol: one object with the API's member names.
//   blob        base64 text; but the payload of a REST request or answer (Lambda's Invoke) is the bytes themselves
//   timestamp   seconds since 1970, a number (fractions are milliseconds)
//   the others  the JSON of the same name; a REST document payload is that document

/// A code and a status, and what is said where the request gives no words for it.
struct ErrorWords {
    std::string_view code;
    int status;
    std::string_view message = {};
};

/// One way to speak to AWS; each has a file in protocols/.
struct Protocol {
    std::string_view name;  // as AWS's models have it: "json", "rest-xml", "smithy-rpc-v2-cbor"

    /// Finds service and operation of a request that is spoken in it; false where it is not. Throws Refusal.
    bool (*recognise)(Recognition& recognition);
    /// Takes a request apart; `{}` for an operation without input. Throws Refusal where the body cannot be read.
    /// Types inside a body are left to check().
    Json (*decode)(const Target& target, const Request& request, std::string_view body);
    /// The answer of an operation: status, headers and body as the model has them.
    Response (*encode)(const Target& target, const Json& result, std::string_view requestId);
    Response (*encodeError)(const Target& target, const AwsError& error, std::string_view requestId);
    /// What is said of a signature whose form is wrong: `code` ("IncompleteSignature") is without what the protocol
    /// adds to it.
    AwsError (*signatureFault)(const Request& request, std::string_view code, const std::string& message);

    ErrorWords malformed;  // a body that cannot be read
    ErrorWords unknownOperation;
    ErrorWords wrongSignature;
    ErrorWords unknownAccessKey;
};

extern const Protocol kJson, kQuery, kRestJson, kRestXml, kRpcV2Cbor;

/// All of them in the order in which a request is held against them.
std::span<const Protocol* const> protocols();
/// By AWS's name; null where there is none.
const Protocol* findProtocol(std::string_view name);

/// In the target's protocol, with the body's coding undone. Throws Refusal (SerializationException,
/// MalformedQueryString…).
Json decode(const Target& target, const Request& request);
/// In the target's protocol. `result` may hold members that the model does not know; they are left out of Query and
/// XML answers.
Response encode(const Target& target, const Json& result, std::string_view requestId);
/// An error in the target's protocol: the model's status where the error is modelled, else `error.httpStatus()`;
/// members of `error.extra()` become members of the body.
Response encodeError(const Target& target, const AwsError& error, std::string_view requestId);
Response encodeRefusal(const Refusal& refusal, std::string_view requestId);

/// Undoes a request's Content-Encoding (gzip, deflate); nothing where it is another one, broken, or more than `limit`
/// bytes.
std::optional<std::string> decompress(std::string_view body, std::string_view contentEncoding, std::size_t limit);

}  // namespace backlot::wire
