#include "emulator/services/apigateway/rows.h"

#include <algorithm>

#include "emulator/services/apigateway/errors.h"
#include "emulator/services/kit/pages.h"

namespace backlot::apigateway {

Key apiKey(const Call& call, std::string_view apiId) {
    return Key("api").text(call.account).text(call.region).text(apiId);
}
Key ownerKey(std::string_view apiId) { return Key("owner").text(apiId); }
Key partKey(const Call& call, std::string_view apiId, std::string_view kind) {
    return Key("part").text(call.account).text(call.region).text(apiId).text(kind);
}
Key partKey(const Call& call, std::string_view apiId, std::string_view kind, std::string_view name) {
    return partKey(call, apiId, kind).text(name);
}
Key accountKey(const Call& call, std::string_view kind) {
    return Key("account").text(call.account).text(call.region).text(kind);
}
Key accountKey(const Call& call, std::string_view kind, std::string_view id) { return accountKey(call, kind).text(id); }

std::optional<Json> findApi(const Call& call, std::string_view apiId) { return call.getJson(apiKey(call, apiId)); }

Json requireApi(const Call& call, std::string_view apiId) {
    auto api = findApi(call, apiId);
    if (!api) throw apiNotFound(call.account, apiId);
    return std::move(*api);
}

std::vector<Json> rowsOf(const Call& call, const Key& prefix) {
    std::vector<Json> rows;
    call.scan(prefix, [&](std::string_view, std::string_view value) {
        rows.push_back(parseJson(value));
        return true;
    });
    return rows;
}

std::vector<Json> parts(const Call& call, std::string_view apiId, std::string_view kind) {
    return rowsOf(call, partKey(call, apiId, kind));
}

std::string newId(Call& call, std::string_view kind, std::size_t length) {
    return call.randomText(kind, length, "abcdefghijklmnopqrstuvwxyz0123456789");
}

Json page(std::vector<Json> items, const Fields& request) {
    const auto limit = std::clamp<std::int64_t>(request.valueOr("limit", 25), 1, 500);
    const auto page = kit::pageOf(request.optionalText("position"), static_cast<std::size_t>(limit), items.size(),
                                  badRequest("Invalid position parameter specified"));
    Json result = object({{"items", kit::elements(page, items)}});
    if (page.next) set(result, "position", *page.next);
    return result;
}

}  // namespace backlot::apigateway
