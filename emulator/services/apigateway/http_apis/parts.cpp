#include "emulator/services/apigateway/http_apis/parts.h"

#include <algorithm>
#include <charconv>

#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/rows.h"
#include "emulator/services/kit/pages.h"

namespace backlot::apigateway::http_apis {
namespace {

constexpr std::size_t kMostResults = 500;

/// The members of the request that the kind has.
Json membersOf(const PartKind& kind, const Fields& request) {
    Json part = object();
    for (const auto member : kind.members)
        if (const Json* value = request.find(member)) set(part, member, copy(*value));
    return part;
}

AwsError partNotFound(const PartKind& kind, std::string_view apiId, std::string_view id) {
    return notFound("Unable to find " + std::string(kind.shown) + " by id " + std::string(id) + " within apiId " +
                    std::string(apiId));
}

/// Stages are named, all else gets an id.
std::string idOf(Call& call, const PartKind& kind, const Fields& request) {
    return &kind == &kStages ? request.text(kind.idMember) : newId(call, kind.name, 7);
}

Json withoutNulls(Json part) {
    Json result = object();
    for (auto& member : part.GetObject())
        if (!member.value.IsNull()) set(result, view(member.name), std::move(member.value));
    return result;
}

}  // namespace

Key httpApiKey(const Call& call, std::string_view apiId) {
    return Key("http-api").text(call.account).text(call.region).text(apiId);
}
Key partsKey(std::string_view apiId, const PartKind& kind) { return Key("http-part").text(apiId).text(kind.name); }
Key takenKey(std::string_view apiId, std::string_view deploymentId) {
    return Key("http-taken").text(apiId).text(deploymentId);
}

std::optional<Json> findHttpApi(const Call& call, std::string_view account, std::string_view region,
                                std::string_view apiId) {
    return call.getJson(Key("http-api").text(account).text(region).text(apiId));
}

Json requireHttpApi(const Call& call, std::string_view apiId) {
    auto api = call.getJson(httpApiKey(call, apiId));
    if (!api) throw notFound("Invalid API identifier specified " + call.account + ":" + std::string(apiId));
    return std::move(*api);
}

std::vector<Json> partsOf(const Call& call, std::string_view apiId, const PartKind& kind) {
    return rowsOf(call, partsKey(apiId, kind));
}

std::optional<Json> findPart(const Call& call, std::string_view apiId, const PartKind& kind, std::string_view id) {
    return call.getJson(partsKey(apiId, kind).text(id));
}

Json requirePart(const Call& call, std::string_view apiId, const PartKind& kind, std::string_view id) {
    auto part = findPart(call, apiId, kind, id);
    if (!part) throw partNotFound(kind, apiId, id);
    return std::move(*part);
}

void saveApi(Call& call, Json api) {
    set(api, "revision", intOr(api, "revision", 0) + 1);
    call.putJson(httpApiKey(call, textOr(api, "ApiId")), api);
}

void savePart(Call& call, const std::string& apiId, const PartKind& kind, const Json& part) {
    call.putJson(partsKey(apiId, kind).text(textOr(part, kind.idMember)), part);
    saveApi(call, requireHttpApi(call, apiId));
}

Json addPart(Call& call, const std::string& apiId, const PartKind& kind, const Fields& request) {
    const Json api = requireHttpApi(call, apiId);
    Json part = membersOf(kind, request);
    const std::string id = idOf(call, kind, request);
    set(part, kind.idMember, id);
    kind.check(call, api, part, nullptr);
    savePart(call, apiId, kind, part);
    return part;
}

OperationFunction creates(const PartKind& kind) {
    return [&kind](Call& call, const Fields& request) -> Reply {
        const std::string apiId = request.text("ApiId");
        call.about(apiId);
        return addPart(call, apiId, kind, request);
    };
}

OperationFunction gets(const PartKind& kind) {
    return [&kind](Call& call, const Fields& request) -> Reply {
        const std::string apiId = request.text("ApiId");
        call.about(apiId);
        requireHttpApi(call, apiId);
        return requirePart(call, apiId, kind, request.text(kind.idMember));
    };
}

OperationFunction lists(const PartKind& kind) {
    return [&kind](Call& call, const Fields& request) -> Reply {
        const std::string apiId = request.text("ApiId");
        call.about(apiId);
        requireHttpApi(call, apiId);
        return itemsPage(request, partsOf(call, apiId, kind));
    };
}

OperationFunction updates(const PartKind& kind) {
    return [&kind](Call& call, const Fields& request) -> Reply {
        const std::string apiId = request.text("ApiId");
        call.about(apiId);
        const Json api = requireHttpApi(call, apiId);
        const Json before = requirePart(call, apiId, kind, request.text(kind.idMember));
        Json part = copy(before);
        Json members = membersOf(kind, request);
        for (auto& member : members.GetObject()) {
            const bool empties = member.value.IsString() && view(member.value).empty();  // "" takes a member away
            set(part, view(member.name), empties ? Json() : std::move(member.value));
        }
        part = withoutNulls(std::move(part));
        kind.check(call, api, part, &before);
        savePart(call, apiId, kind, part);
        return part;
    };
}

OperationFunction deletes(const PartKind& kind) {
    return [&kind](Call& call, const Fields& request) -> Reply {
        const std::string apiId = request.text("ApiId"), id = request.text(kind.idMember);
        call.about(apiId);
        Json api = requireHttpApi(call, apiId);
        if (!call.erase(partsKey(apiId, kind).text(id))) throw partNotFound(kind, apiId, id);
        if (&kind == &kDeployments) call.erase(takenKey(apiId, id));
        saveApi(call, std::move(api));
        return object();
    };
}

Json itemsPage(const Fields& request, std::vector<Json> items) {
    const auto number = [](const std::string& text, const char* member) {
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size())
            throw badRequest(std::string("Invalid ") + member + " specified");
        return value;
    };
    std::size_t size = kMostResults;
    if (const auto most = request.optionalText("MaxResults"))
        size = std::clamp<std::size_t>(number(*most, "maxResults"), 1, kMostResults);
    const auto page =
        kit::pageOf(request.optionalText("NextToken"), size, items.size(), badRequest("Invalid nextToken specified"));
    return object({{"Items", kit::elements(page, items)}, {"NextToken", page.next}});
}

}  // namespace backlot::apigateway::http_apis
