// call/SERVICE/OPERATION: any operation of AWS, as JSON in and out and without a signature. For the command line and
// curl.

#include "emulator/harness/control_routes.h"

namespace backlot::harness {
namespace {

constexpr std::size_t kLargeBodyBytes = 128 * 1024;  // about half a millisecond

/// A request on its way: read and checked like a client's, by a helper thread where it is large.
struct Asked {
    std::string service, operation;
    Json request = object();
    std::optional<AwsError> refused;
};

void read(const World& world, std::string_view body, Asked& asked) {
    try {
        if (!body.empty()) {
            auto parsed = tryParseJson(body);
            if (!parsed || !parsed->IsObject()) throw AwsError("InvalidRequest", "The body must be a JSON object.");
            asked.request = std::move(*parsed);
        }
        if (world.find(asked.service, asked.operation)) world.check(asked.service, asked.operation, asked.request);
    } catch (const AwsError& error) {
        asked.refused = error;
    }
}

void submit(const ControlCall& call, Asked& asked, std::function<void(Json)> dispose) {
    if (asked.refused) return call.fail(*asked.refused);
    const Json& info = call.context.info;
    call.context.world.submit({.service = asked.service,
                               .operation = asked.operation,
                               .request = std::move(asked.request),
                               .account = call.query("account").value_or(textOr(info, "account", "000000000000")),
                               .region = call.query("region").value_or(textOr(info, "region", "us-east-1")),
                               .done =
                                   [call](Outcome outcome) {
                                       if (const auto* error = std::get_if<AwsError>(&outcome))
                                           return call.fail(*error);
                                       call.answer(200, std::get<Json>(outcome));
                                   },
                               .client = call.request->client,
                               .dispose = std::move(dispose)});
}

void callOperation(ControlCall call) {
    if (call.segments.size() != 2) return call.fail(400, "InvalidRequest", "POST /_backlot/call/SERVICE/OPERATION");
    auto& world = call.context.world;
    auto asked = std::make_shared<Asked>();
    asked->service = call.segments[0];
    asked->operation = call.segments[1];
    if (call.request->body.size() < kLargeBodyBytes || !call.context.offload) {
        read(world, call.request->body, *asked);
        return submit(call, *asked, {});
    }
    const auto busy = world.hold("request", asked->service + ":" + asked->operation, "its body is read");
    call.context.reading.insert(busy);
    const auto work = [&world, asked, request = call.request] { read(world, request->body, *asked); };
    call.context.offload(work, [call, asked, busy = std::weak_ptr(busy)] {
        call.context.reading.erase(busy.lock());
        submit(call, *asked,
               [offload = call.context.offload](Json done) {  // to free millions of values takes long, too
                   offload([kept = std::make_shared<Json>(std::move(done))] { *kept = Json(); }, [] {});
               });
    });
}

}  // namespace

const std::vector<ControlRoute>& callRoutes() {
    static const std::vector<ControlRoute> routes = {{"POST", "/_backlot/call/", callOperation, true}};
    return routes;
}

}  // namespace backlot::harness
