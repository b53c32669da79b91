#include "emulator/services/sns/platform.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/services/kit/pages.h"
#include "emulator/services/sns/errors.h"

namespace backlot::sns {
namespace {

constexpr std::string_view kPlatforms[] = {"ADM",   "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX",
                                           "BAIDU", "FCM",  "GCM",          "MACOS",     "MACOS_SANDBOX",
                                           "MPNS",  "WNS"};

// An application's ARN ends with app/PLATFORM/NAME, that of an endpoint of it with endpoint/PLATFORM/NAME/ID.

/// "PLATFORM/NAME" of what an ARN's resource is called behind `kind`.
std::string applicationOf(const Arn& arn, std::string_view kind) {
    return arn.resource.starts_with(kind) ? arn.resource.substr(kind.size()) : std::string();
}
Key applicationKey(std::string_view arn) {
    const Arn parsed = parseArn(arn).value_or(Arn{});
    return Key("application").text(parsed.account).text(parsed.region).text(applicationOf(parsed, "app/"));
}
/// The endpoints of an application.
Key endpointsKey(std::string_view applicationArn) {
    const Arn parsed = parseArn(applicationArn).value_or(Arn{});
    return Key("of application").text(parsed.account).text(parsed.region).text(applicationOf(parsed, "app/"));
}
Key endpointKey(std::string_view arn) {
    const Arn parsed = parseArn(arn).value_or(Arn{});
    const std::string path = applicationOf(parsed, "endpoint/");
    const std::size_t slash = std::min(path.rfind('/'), path.size());
    return Key("of application")
        .text(parsed.account)
        .text(parsed.region)
        .text(path.substr(0, slash))
        .text(path.substr(std::min(slash + 1, path.size())));
}
/// What the ARNs of an application's endpoints begin with.
std::string endpointPrefix(const std::string& applicationArn) {
    std::string prefix = applicationArn + "/";
    const std::size_t at = prefix.find(":app/");
    return prefix.replace(at, 5, ":endpoint/");
}

void requireName(const std::string& name) {
    if (name.empty()) throw invalidParameter(" Reason: cannot be empty");
    if (name.size() > 256) throw invalidParameter(name + " Reason: must be at most 256 characters long");
    const bool good = std::all_of(name.begin(), name.end(),
                                  [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; });
    if (!good)
        throw invalidParameter(name +
                               " Reason: must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'");
}

const Json& requireAttributes(const Fields& request) {
    const Json* attributes = request.find("Attributes");
    if (attributes && attributes->MemberCount() > 0) return *attributes;
    throw validationError(
        "1 validation error detected: Value null at 'attributes' failed to satisfy constraint: Member must not be "
        "null");
}

void merge(Json& into, const Json& attributes) {
    for (const auto& member : attributes.GetObject()) set(into, view(member.name), copy(member.value));
}

/// Credentials are taken and never shown.
Json shownAttributes(const Json& stored) {
    Json shown = copy(stored);
    erase(shown, "PlatformCredential");
    erase(shown, "PlatformPrincipal");
    return shown;
}

std::pair<std::string, Json> requireApplication(Call& call, const Fields& request) {
    const std::string arn = request.text("PlatformApplicationArn");
    requireArn(arn, "PlatformApplicationArn");
    auto stored = call.getJson(applicationKey(arn));
    if (!stored) throw notFound("PlatformApplication");
    return {arn, std::move(*stored)};
}

std::pair<std::string, Json> requireEndpoint(Call& call, const Fields& request) {
    const std::string arn = request.text("EndpointArn");
    requireArn(arn, "EndpointArn");
    auto stored = call.getJson(endpointKey(arn));
    if (!stored) throw notFound("Endpoint");
    return {arn, std::move(*stored)};
}

}  // namespace

Json createPlatformApplication(Sns&, Call& call, const Fields& request) {
    const std::string name = request.text("Name"), platform = request.text("Platform");
    requireName(name);
    if (std::find(std::begin(kPlatforms), std::end(kPlatforms), platform) == std::end(kPlatforms)) {
        throw invalidParameter("Platform Reason: " + platform + " is not supported");
    }
    const Json& attributes = requireAttributes(request);
    const bool principal = find(attributes, "PlatformPrincipal"), credential = find(attributes, "PlatformCredential");
    const bool keyAlone = platform == "GCM" || platform == "FCM";
    if (principal && !credential)
        throw invalidParameter("Attributes Reason: PlatformPrincipal attribute provided without PlatformCredential");
    if (credential && !principal && !keyAlone)
        throw invalidParameter("Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal");
    const std::string arn = backlot::arn("sns", call.region, call.account, "app/" + platform + "/" + name);
    Json stored = object({{"Enabled", "true"}});
    merge(stored, attributes);
    call.putJson(applicationKey(arn), stored);
    return object({{"PlatformApplicationArn", arn}});
}

Json deletePlatformApplication(Sns&, Call& call, const Fields& request) {
    const std::string arn = request.text("PlatformApplicationArn");
    requireArn(arn, "PlatformApplicationArn");
    if (call.erase(applicationKey(arn))) call.erasePrefix(endpointsKey(arn));
    return object();
}

Json getPlatformApplicationAttributes(Sns&, Call& call, const Fields& request) {
    return object({{"Attributes", shownAttributes(requireApplication(call, request).second)}});
}

Json setPlatformApplicationAttributes(Sns&, Call& call, const Fields& request) {
    requireArn(request.text("PlatformApplicationArn"), "PlatformApplicationArn");
    const Json& attributes = requireAttributes(request);
    auto [arn, stored] = requireApplication(call, request);
    merge(stored, attributes);
    call.putJson(applicationKey(arn), stored);
    return object();
}

Json listPlatformApplications(Sns&, Call& call, const Fields& request) {
    constexpr std::size_t size = 100;
    std::vector<Json> applications;
    const Key all = applicationsKey(call);
    call.scan(all, [&](std::string_view key, std::string_view row) {
        const std::string name = KeyReader(key.substr(all.bytes().size())).text();
        applications.push_back(object({{"PlatformApplicationArn", arn("sns", call.region, call.account, "app/" + name)},
                                       {"Attributes", shownAttributes(parseJson(row))}}));
        return true;
    });
    const auto page =
        kit::pageOf(request.optionalText("NextToken"), size, applications.size(), invalidParameter("nextToken"));
    return object({{"PlatformApplications", kit::elements(page, applications)}, {"NextToken", page.next}});
}

Json createPlatformEndpoint(Sns&, Call& call, const Fields& request) {
    const auto [applicationArn, application] = requireApplication(call, request);
    const std::string token = request.text("Token");
    Json stored =
        object({{"Token", token}, {"Enabled", "true"}, {"CustomUserData", request.optionalText("CustomUserData")}});
    merge(stored, request.child("Attributes").json());
    const std::string prefix = endpointPrefix(applicationArn);
    std::optional<std::string> existing;
    bool same = false;
    const Key all = endpointsKey(applicationArn);
    call.scan(all, [&](std::string_view key, std::string_view row) {
        const Json other = parseJson(row);
        if (textOr(other, "Token") != token) return true;
        existing = prefix + KeyReader(key.substr(all.bytes().size())).text();
        same = other == stored;
        return false;
    });
    if (existing && !same)
        throw invalidParameter("Token Reason: Endpoint " + *existing +
                               " already exists with the same Token, but different attributes.");
    if (existing) return object({{"EndpointArn", *existing}});
    const std::string arn = prefix + call.uuid("endpoint");
    call.putJson(endpointKey(arn), stored);
    return object({{"EndpointArn", arn}});
}

Json deleteEndpoint(Sns&, Call& call, const Fields& request) {
    const std::string arn = request.text("EndpointArn");
    requireArn(arn, "EndpointArn");
    call.erase(endpointKey(arn));
    return object();
}

Json getEndpointAttributes(Sns&, Call& call, const Fields& request) {
    return object({{"Attributes", requireEndpoint(call, request).second}});
}

Json setEndpointAttributes(Sns&, Call& call, const Fields& request) {
    auto [arn, stored] = requireEndpoint(call, request);
    merge(stored, request.child("Attributes").json());
    call.putJson(endpointKey(arn), stored);
    return object();
}

Json listEndpointsByPlatformApplication(Sns&, Call& call, const Fields& request) {
    const auto [arn, application] = requireApplication(call, request);
    Json endpoints = list();
    const std::string prefix = endpointPrefix(arn);
    const Key all = endpointsKey(arn);
    call.scan(all, [&](std::string_view key, std::string_view row) {
        const std::string id = KeyReader(key.substr(all.bytes().size())).text();
        push(endpoints, object({{"EndpointArn", prefix + id}, {"Attributes", parseJson(row)}}));
        return true;
    });
    return object({{"Endpoints", std::move(endpoints)}});
}

}  // namespace backlot::sns
