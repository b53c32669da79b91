#include "emulator/services/apigateway/http.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <ctime>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/text.h"

namespace backlot::apigateway {

namespace {

bool belongsToConnection(std::string_view name) {
    static constexpr std::array<std::string_view, 9> names = {"connection", "content-length",   "transfer-encoding",
                                                              "keep-alive", "proxy-connection", "te",
                                                              "trailer",    "upgrade",          "expect"};
    return std::any_of(names.begin(), names.end(), [&](std::string_view one) { return equalIgnoringCase(one, name); });
}

}  // namespace

ApiRequest readRequest(Call& call, const Fields& request) {
    ApiRequest result;
    result.method = request.text("method");
    result.fullPath = request.text("path");
    result.query = request.valueOr("query", "");
    result.host = request.valueOr("host", "");
    result.sourceIp = request.valueOr("sourceIp", "127.0.0.1");
    result.body = base64Decode(request.valueOr("body", "")).value_or("");
    for (const auto* header : request.items("headers")) {
        if (header->IsArray() && header->Size() == 2 && !belongsToConnection(view((*header)[0])))
            result.headers.add(view((*header)[0]), view((*header)[1]));
    }
    result.requestId = call.uuid("request");
    const std::string seed = call.hexId("extended", 22);  // 11 bytes and '=', as AWS's look: "JKJaXmPLvHcESHA="
    result.extendedRequestId = base64Encode(sha1Hex(seed).substr(0, 11));
    result.trace = call.cause.trace;
    return result;
}

Json writeResponse(const ApiResponse& response) {
    return object({{"statusCode", response.status},
                   {"headers", array(response.headers,
                                     [](const Header& header) {
                                         return list({header.name, header.value});
                                     })},
                   {"body", base64Encode(response.body)}});
}

std::string validUtf8(std::string_view bytes) {
    std::string result;
    result.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const auto first = static_cast<unsigned char>(bytes[i]);
        const std::size_t length = first < 0x80                    ? 1
                                   : first >= 0xc2 && first < 0xe0 ? 2
                                   : first >= 0xe0 && first < 0xf0 ? 3
                                   : first >= 0xf0 && first < 0xf5 ? 4
                                                                   : 0;
        bool good = length > 0 && i + length <= bytes.size();
        for (std::size_t k = 1; good && k < length; ++k)
            good = (static_cast<unsigned char>(bytes[i + k]) & 0xc0) == 0x80;
        if (good && length == 3) {
            const auto second = static_cast<unsigned char>(bytes[i + 1]);
            good = !(first == 0xe0 && second < 0xa0) &&
                   !(first == 0xed && second >= 0xa0);  // no overlong forms, no surrogates
        }
        if (good && length == 4) {
            const auto second = static_cast<unsigned char>(bytes[i + 1]);
            good = !(first == 0xf0 && second < 0x90) && !(first == 0xf4 && second >= 0x90);
        }
        if (good) {
            result += bytes.substr(i, length);
            i += length;
        } else {
            result += "\xef\xbf\xbd";
            ++i;
        }
    }
    return result;
}

bool mediaTypeMatches(std::string_view type, const std::vector<std::string>& patterns) {
    type = type.substr(0, type.find(';'));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    const std::string wanted = lowered(type);
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        if (pattern == "*/*") return true;
        if (pattern.ends_with("/*"))
            return wanted.starts_with(lowered(std::string_view(pattern).substr(0, pattern.size() - 1)));
        return lowered(pattern) == wanted;
    });
}

std::string requestTime(Time time) {
    const std::time_t seconds = wholeSeconds(time);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[40];
    std::snprintf(text, sizeof text, "%02d/%s/%04d:%02d:%02d:%02d +0000", utc.tm_mday, months[utc.tm_mon],
                  utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
    return text;
}

}  // namespace backlot::apigateway
