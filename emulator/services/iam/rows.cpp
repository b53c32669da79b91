#include "emulator/services/iam/rows.h"

#include <algorithm>
#include <charconv>

#include "emulator/base/base64.h"
#include "emulator/base/http_message.h"
#include "emulator/services/iam/errors.h"

namespace backlot::iam {

Key row(const Call& call, std::string_view kind) { return Key(kind).text(call.account); }
Key row(const Call& call, std::string_view kind, std::string_view name) { return row(call, kind).text(name); }

std::vector<Json> all(const Call& call, std::string_view kind) {
    std::vector<Json> rows;
    call.scan(row(call, kind), [&](std::string_view, std::string_view value) {
        rows.push_back(parseJson(value));
        return true;
    });
    return rows;
}

std::string newId(Call& call, std::string_view prefix, std::size_t length) {
    return std::string(prefix) + call.randomText(prefix, length, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
}

std::string iamArn(const Call& call, std::string_view kind, std::string_view path, std::string_view name) {
    return "arn:aws:iam::" + call.account + ":" + std::string(kind) + std::string(path) + std::string(name);
}

std::string requireDocument(const std::string& text) {
    const auto parsed = tryParseJson(text);
    if (!parsed || !parsed->IsObject()) throw malformedPolicy("This policy contains invalid Json");
    if (!find(*parsed, "Statement")) throw malformedPolicy("Syntax errors in policy.");
    return text;
}

std::string encoded(const std::string& document) { return percentEncode(document); }

Json pageOf(const char* member, std::vector<Json> items, const Fields& request) {
    const auto most = static_cast<std::size_t>(std::clamp<std::int64_t>(request.valueOr("MaxItems", 100), 1, 1000));
    std::size_t first = 0;
    if (const auto marker = request.optionalText("Marker")) {
        const auto decoded = base64Decode(*marker);
        if (!decoded || std::from_chars(decoded->data(), decoded->data() + decoded->size(), first).ec != std::errc()) {
            throw AwsError("ValidationError", "Invalid Marker.", 400);
        }
    }
    const std::size_t end = std::min(items.size(), first + most);
    Json some(rapidjson::kArrayType);
    for (std::size_t i = first; i < end; ++i) push(some, std::move(items[i]));
    Json result = object();
    set(result, member, std::move(some));
    set(result, "IsTruncated", end < items.size());
    if (end < items.size()) set(result, "Marker", base64Encode(std::to_string(end)));
    return result;
}

}  // namespace backlot::iam
