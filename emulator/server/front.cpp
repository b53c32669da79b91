#include "emulator/server/front.h"

#include <algorithm>
#include <cstdlib>
#include <exception>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/log.h"
#include "emulator/http/gate.h"
#include "emulator/world/trace_header.h"

namespace backlot::server {
namespace {

constexpr std::string_view kDynamoIdAlphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUV";  // 52 of them, as DynamoDB's request ids have

constexpr std::size_t kLargeBodyBytes = 128 * 1024;  // about half a millisecond

/// The preflight of an allowed origin, and its CORS headers on every answer.
void grantOrigin(Response& response, const std::string& origin) {
    response.headers.set("Access-Control-Allow-Origin", origin);
    response.headers.set("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amz-crc32,Date");
    response.headers.set("Vary", "Origin");
}

Response preflight(const Request& request) {
    Response response{.status = 200};
    response.headers.add("Access-Control-Allow-Methods", "GET,POST,PUT,DELETE,PATCH,HEAD,OPTIONS");
    response.headers.add("Access-Control-Allow-Headers", request.headers.get("Access-Control-Request-Headers"));
    response.headers.add("Access-Control-Max-Age", "600");
    return response;
}

bool isRead(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

/// Millions of values take long to free, too.
void freeLater(Outside& outside, Json value) {
    auto kept = std::make_shared<Json>(std::move(value));
    outside.offload([kept] { *kept = Json(); }, [] {});
}

Response fromApi(const Json& answer) {
    Response response{.status = static_cast<int>(intOr(answer, "statusCode", 502))};
    if (const Json* headers = find(answer, "headers"))
        for (const auto& pair : headers->GetArray()) response.headers.add(view(pair[0]), view(pair[1]));
    response.body = base64Decode(textOr(answer, "body")).value_or("");
    return response;
}

}  // namespace

std::string Front::nextRequestId(const wire::Target& target) {
    const std::uint64_t a = mix(world_.seed(), ++requests_);
    if (target.description->json.checksums) {
        std::string id(52, '\0');
        std::uint64_t word = a;
        for (std::size_t i = 0; i < id.size(); ++i) {
            if (i > 0 && i % 12 == 0) word = mix(word, i);
            id[i] = kDynamoIdAlphabet[word >> (5 * (i % 12)) & 31];
        }
        return id;
    }
    const std::uint64_t b = mix(a, 1);
    std::string id;
    id.reserve(36);
    appendHex(id, a >> 32, 8);
    appendHex(id += '-', a >> 16, 4);
    appendHex(id += "-4", a, 3);
    appendHex(id += '-', (b >> 48 & 0x3fff) | 0x8000, 4);
    appendHex(id += '-', b, 12);
    return id;
}

void Front::handle(Request request, Respond respond) {
    if (!options_.origins.empty())
        if (const auto origin = http::allowedOrigin(request, {.origins = options_.origins})) {
            respond = [respond = std::move(respond), origin = *origin](Response response) {
                grantOrigin(response, origin);
                respond(std::move(response));
            };
            if (request.method == "OPTIONS" && request.headers.has("Access-Control-Request-Method") &&
                !http::isApiRoute(request))
                return respond(preflight(request));
        }
    if (http::isApiRoute(request)) return api(std::move(request), std::move(respond), false);
    if (control_.handles(request)) return control_.handle(std::move(request), std::move(respond));
    aws(std::move(request), std::move(respond));
}

void Front::handleApi(Request request, Respond respond) { api(std::move(request), std::move(respond), true); }

template <typename Step>
void Front::guarded(const std::string& what, Respond& respond, Step step) {
    try {
        step();
    } catch (const wire::Refusal& refusal) {
        respond(wire::encodeRefusal(refusal, nextRequestId(refusal.target())));
    } catch (const std::exception& error) {  // a bug of ours in reading the request: the process lives
        log::error(what + " failed inside: " + error.what());
        if (respond) respond({.status = 500, .headers = {{"x-amzn-ErrorType", "InternalFailure"}}, .body = {}});
    }
}

wire::Target Front::detect(const Request& request) const {
    return wire::detect(apis_, request, {.account = options_.account, .region = options_.region});
}

bool Front::isOpenToPages(const Request& request) const {
    if (!isRead(request) || control_.handles(request)) return false;
    try {
        const auto target = detect(request);
        const auto& open = target.description->openToPages;
        return std::find(open.begin(), open.end(), target.operation) != open.end();
    } catch (const wire::Refusal&) {
        return false;
    }
}

/// Differs: AWS carries out whatever a query is signed for. Here everybody knows the secret, a page of any site too,
/// and a link of its is a GET: what changes something wants its signature in the header, where no link can put it.
void Front::requireNoLink(const wire::Target& target, const Request& request) const {
    if (target.protocol != &wire::kQuery || wire::needsNoSignature(target)) return;
    if (request.method == "POST" || request.headers.has("Authorization")) return;
    const Operation* operation = world_.find(target.service, target.operation);
    if (!operation || operation->flags & readOnly || operation->name.starts_with("Get")) return;
    throw wire::Refusal(
        target, AwsError("MissingAuthenticationToken",
                         "A web page's link could be this request: an operation that changes something takes an "
                         "Authorization header, or POST.",
                         403));
}

void Front::aws(Request request, Respond respond) {
    guarded(request.method + " " + std::string(request.path()), respond, [&] {
        auto target = std::make_shared<wire::Target>(detect(request));
        if (!target->model || !target->modelled) throw wire::unknownService(*target);
        requireNoLink(*target, request);
        if (!options_.verifySignatures || target->accessKeyId.empty())
            return perform(std::move(target), std::move(request), respond);
        findSecret(target->accessKeyId, [this, target, kept = std::make_shared<Request>(std::move(request)),
                                         respond](Outcome found) mutable {
            guarded(kept->method + " " + std::string(kept->path()), respond, [&] {
                if (const auto* error = std::get_if<AwsError>(&found)) throw wire::Refusal(*target, *error);
                wire::verify(
                    *target, *kept,
                    [&](std::string_view) { return optionalText(std::get<Json>(found), "SecretAccessKey"); },
                    std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
                perform(std::move(target), std::move(*kept), respond);
            });
        });
    });
}

void Front::findSecret(const std::string& accessKeyId, std::function<void(Outcome)> done) {
    const bool isAccount = accessKeyId.size() == 12 && accessKeyId.find_first_not_of("0123456789") == std::string::npos;
    if (isAccount || accessKeyId == kAccessKeyId) return done(object({{"SecretAccessKey", kSecretAccessKey}}));
    const ServiceDescription* keeper = nullptr;
    for (const auto& api : apis_) {
        const ServiceDescription& service = api.description();
        if (service.keys.findSecret.empty() || !accessKeyId.starts_with(service.keys.prefix)) continue;
        if (!keeper || service.keys.prefix.size() > keeper->keys.prefix.size()) keeper = &service;
    }
    if (!keeper) return done(object());
    world_.submit({.service = std::string(keeper->name),
                   .operation = std::string(keeper->keys.findSecret),
                   .request = object({{"AccessKeyId", accessKeyId}}),
                   .account = options_.account,
                   .region = options_.region,
                   .done = std::move(done),
                   .fromClient = false});
}

/// A small body is read at once; a large one, which may take a hundred milliseconds, by a helper thread.
void Front::perform(std::shared_ptr<wire::Target> target, Request&& request, Respond& respond) {
    const Operation* operation = world_.find(target->service, target->operation);
    const auto read = [target, operation](const Request& whole) {
        Json input = wire::decode(*target, whole);
        if (!operation) return input;  // what is not here is refused as such, not for its members
        wire::check(*target, input);
        return operation->prepare ? operation->prepare(std::move(input)) : std::move(input);
    };
    if (request.body.size() < kLargeBodyBytes) return submit(target, request, read(request), false, respond);
    struct Reading {
        Request request;
        Json input;
        std::exception_ptr refused;
    };
    auto reading = std::make_shared<Reading>();
    reading->request = std::move(request);
    const auto busy =
        world_.hold("request", std::string(target->service) + ":" + std::string(target->operation), "its body is read");
    reading_.insert(busy);
    outside_.offload(
        [reading, read] {
            try {
                reading->input = read(reading->request);
                reading->request.body = {};
            } catch (...) {
                reading->refused = std::current_exception();
            }
        },
        [this, target, reading, respond, busy = std::weak_ptr(busy)]() mutable {
            guarded(reading->request.method + " " + std::string(reading->request.path()), respond, [&] {
                if (reading->refused) std::rethrow_exception(reading->refused);
                submit(target, reading->request, std::move(reading->input), true, respond);
            });
            reading_.erase(busy.lock());
        });
}

void Front::submit(std::shared_ptr<wire::Target> target, const Request& request, Json input, bool large,
                   Respond& respond) {
    world_.submit(
        {.service = std::string(target->service),
         .operation = std::string(target->operation),
         .request = std::move(input),
         .account = target->account,
         .region = target->region,
         .cause = causeOf(request.headers.get("X-Amzn-Trace-Id")),
         .done =
             [this, target, respond = std::move(respond)](Outcome outcome) {
                 const std::string id = nextRequestId(*target);
                 if (const auto* error = std::get_if<AwsError>(&outcome))
                     respond(wire::encodeError(*target, *error, id));
                 else
                     respond(wire::encode(*target, std::get<Json>(outcome), id));
             },
         .client = request.client,
         .dispose = large ? [this](Json done) { freeLater(outside_, std::move(done)); } : std::function<void(Json)>()});
}

void Front::api(Request request, Respond respond, bool wholePath) {
    const auto gateway =
        std::find_if(apis_.begin(), apis_.end(), [](const auto& api) { return !api.description().routes.empty(); });
    if (gateway == apis_.end()) return respond({.status = 404, .headers = {}, .body = {}});
    Json headers(rapidjson::kArrayType);
    for (const auto& [name, value] : request.headers) push(headers, list({name, value}));
    Json input = object({{"method", request.method},
                         {"path", request.path()},
                         {"query", request.query()},
                         {"headers", std::move(headers)},
                         {"body", base64Encode(request.body)},
                         {"host", request.headers.get("Host")},
                         {"sourceIp", request.peer.substr(0, request.peer.rfind(':'))},
                         {"wholePath", wholePath}});
    world_.submit(
        {.service = std::string(gateway->name()),
         .operation = std::string(gateway->description().routes),
         .request = std::move(input),
         .account = options_.account,
         .region = options_.region,
         .cause = causeOf(request.headers.get("X-Amzn-Trace-Id")),
         .done =
             [respond = std::move(respond)](Outcome outcome) {
                 if (const auto* error = std::get_if<AwsError>(&outcome))
                     respond({.status = error->httpStatus(),
                              .headers = {{"Content-Type", "application/json"}, {"x-amzn-ErrorType", error->code()}},
                              .body = writeJson(object({{"message", error->message()}}))});
                 else
                     respond(fromApi(std::get<Json>(outcome)));
             },
         .client = request.client,
         .fromClient = false});
}

}  // namespace backlot::server
