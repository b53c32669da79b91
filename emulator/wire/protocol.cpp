#include "emulator/wire/protocol.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "emulator/wire/refuse.h"

namespace backlot::wire {
namespace {

constexpr std::size_t kUnpackedLimit = 16 * 1024 * 1024;  // the largest that any service takes compressed

// CBOR and X-Amz-Target say so themselves; a form or a signature says Query; what is left is a path.
constexpr std::array kProtocols{&kRpcV2Cbor, &kJson, &kQuery, &kRestJson, &kRestXml};

/// The data of a body in aws-chunked coding: "size-in-hex[;chunk-signature=…]CRLF data CRLF" until a size of 0, then
/// trailers.
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

std::span<const Protocol* const> protocols() { return kProtocols; }

const Protocol* findProtocol(std::string_view name) {
    const auto found = std::find_if(kProtocols.begin(), kProtocols.end(),
                                    [&](const Protocol* protocol) { return protocol->name == name; });
    return found == kProtocols.end() ? nullptr : *found;
}

Json decode(const Target& target, const Request& request) {
    const auto encoding = request.headers.get("Content-Encoding");
    std::string unpacked;
    std::string_view body = request.body;
    const bool objectStore = target.description->rest.objectStore;
    if (objectStore && request.headers.get("X-Amz-Content-SHA256").starts_with("STREAMING-")) {
        auto data = withoutChunks(body);
        if (!data) refuse(target, {"IncompleteBody", 400}, "The request body is not well-formed aws-chunked data.");
        unpacked = std::move(*data);
        body = unpacked;
    }
    if (!encoding.empty() && !objectStore) {
        auto plain = decompress(body, encoding, kUnpackedLimit);
        if (!plain) refuseSerialization(target, "");
        unpacked = std::move(*plain);
        body = unpacked;
    }
    return target.protocol->decode(target, request, body);
}

Response encode(const Target& target, const Json& result, std::string_view requestId) {
    return target.protocol->encode(target, result, requestId);
}

Response encodeError(const Target& target, const AwsError& error, std::string_view requestId) {
    return target.protocol->encodeError(target, error, requestId);
}

Response encodeRefusal(const Refusal& refusal, std::string_view requestId) {
    if (!refusal.response()) return encodeError(refusal.target(), refusal, requestId);
    Response response = *refusal.response();
    response.headers.add("x-amzn-RequestId", requestId);
    return response;
}

[[noreturn]] void refuse(const Target& target, const ErrorWords& words, std::string message) {
    throw Refusal(target, AwsError(std::string(words.code),
                                   message.empty() ? std::string(words.message) : std::move(message), words.status));
}

[[noreturn]] void refuseSerialization(const Target& target, std::string message) {
    refuse(target, target.protocol->malformed, std::move(message));
}

}  // namespace backlot::wire
