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

void addTrailers(std::string_view lines, const std::string& named, Headers& headers) {
    const auto trimmed = [](std::string_view text) {
        const auto first = text.find_first_not_of(" \t\r");
        return first == std::string_view::npos ? std::string_view()
                                               : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
    };
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto name = trimmed(line.substr(0, colon));
        for (std::string_view list = named; !list.empty();) {
            const auto one = list.substr(0, list.find(','));
            list.remove_prefix(std::min(list.size(), one.size() + 1));
            if (equalIgnoringCase(trimmed(one), name)) headers.set(name, trimmed(line.substr(colon + 1)));
        }
    }
}

/// The data of a body in aws-chunked coding: "size-in-hex[;chunk-signature=…]CRLF data CRLF" until a size of 0, then
/// trailers, "name:valueCRLF", of which those that `named` (X-Amz-Trailer) tells are added to `headers`.
std::optional<std::string> withoutChunks(std::string_view body, const std::string& named, Headers& headers) {
    std::string data;
    for (;;) {
        const auto lineEnd = body.find("\r\n");
        if (lineEnd == std::string_view::npos) return std::nullopt;
        const auto digits = body.substr(0, std::min(body.find(';'), lineEnd));
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
        if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
        body.remove_prefix(lineEnd + 2);
        if (size == 0) {
            addTrailers(body, named, headers);
            return data;
        }
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
        Request plain{.method = request.method, .target = request.target, .headers = request.headers, .body = {}};
        auto data = withoutChunks(body, std::string(request.headers.get("X-Amz-Trailer")), plain.headers);
        if (!data) refuse(target, {"IncompleteBody", 400}, "The request body is not well-formed aws-chunked data.");
        return target.protocol->decode(target, plain, *data);
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
