#include "emulator/wire/decode.h"

#include <algorithm>
#include <charconv>

#include "emulator/wire/model.h"
#include "emulator/wire/translate.h"

namespace backlot::wire {
namespace {

constexpr std::size_t kUnpackedLimit = 16 * 1024 * 1024;   // DynamoDB's request limit, the largest of those that take compressed bodies

Json decodeJson(const Target& target, std::string_view body) {
    if (body.empty() && !target.description->json.strictBodies) return object();
    Json value = parseBody(target, body);
    if (!target.modelled || !target.modelled->input) return value;
    value = fromWire(*target.model, *target.modelled->input, std::move(value));
    if (!target.description->json.readsByName) dropUnknown(*target.model, *target.modelled->input, value);
    return value;
}

/// The data of a body in aws-chunked coding: "size-in-hex[;chunk-signature=…]CRLF data CRLF" until a size of 0, then trailers.
std::optional<std::string> withoutChunks(std::string_view body) {
    std::string data;
    for (;;) {
        const auto lineEnd = body.find("\r\n");
        if (lineEnd == std::string_view::npos) return std::nullopt;
        const auto digits = body.substr(0, std::min(body.find(';'), lineEnd));
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
        if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
        if (size == 0) return data;
        body.remove_prefix(lineEnd + 2);
        if (body.size() < size || body.substr(size, 2) != "\r\n") return std::nullopt;
        data += body.substr(0, size);
        body.remove_prefix(size + 2);
    }
}

}  // namespace

[[noreturn]] void refuse(const Target& target, std::string code, std::string message, int status) {
    throw Refusal(target, AwsError(std::move(code), std::move(message), status));
}

[[noreturn]] void refuseSerialization(const Target& target, std::string message) {
    refuse(target,
           target.protocol == Protocol::query     ? "MalformedInput"
           : target.protocol == Protocol::restXml ? "MalformedXML"
                                                  : "SerializationException",
           std::move(message), 400);
}

Json parseBody(const Target& target, std::string_view body) {
    auto value = tryParseJson(body);
    if (!value) refuseSerialization(target, "");
    if (value->IsArray()) refuseSerialization(target, "Start of list found where not expected");
    if (!value->IsObject()) refuseSerialization(target, "");
    return std::move(*value);
}

Json decode(const Target& target, const Request& request) {
    const auto encoding = request.headers.get("Content-Encoding");
    std::string unpacked;
    std::string_view body = request.body;
    const bool objectStore = target.description->rest.objectStore;
    if (objectStore && request.headers.get("X-Amz-Content-SHA256").starts_with("STREAMING-")) {
        auto data = withoutChunks(body);
        if (!data) refuse(target, "IncompleteBody", "The request body is not well-formed aws-chunked data.", 400);
        unpacked = std::move(*data);
        body = unpacked;
    }
    if (!encoding.empty() && !objectStore) {
        auto plain = decompress(body, encoding, kUnpackedLimit);
        if (!plain) refuseSerialization(target, "");
        unpacked = std::move(*plain);
        body = unpacked;
    }
    switch (target.protocol) {
        case Protocol::json: return decodeJson(target, body);
        case Protocol::query: return decodeQuery(target, request, body);
        default: return decodeRest(target, request, body);
    }
}

}  // namespace backlot::wire
