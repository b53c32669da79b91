#include "emulator/services/iam/rows.h"

#include <algorithm>

#include "emulator/base/http_message.h"
#include "emulator/services/iam/errors.h"
#include "emulator/services/kit/pages.h"

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
    const auto page = kit::pageOf(request.optionalText("Marker"), most, items.size(),
                                  AwsError("ValidationError", "Invalid Marker.", 400));
    Json result = object();
    set(result, member, kit::elements(page, items));
    set(result, "IsTruncated", page.next.has_value());
    if (page.next) set(result, "Marker", *page.next);
    return result;
}

}  // namespace backlot::iam
