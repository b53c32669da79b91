// call/SERVICE/OPERATION: any operation of AWS, as JSON in and out and without a signature. For the command line and curl.

#include "emulator/harness/control_routes.h"

namespace backlot::harness {
namespace {

void callOperation(ControlCall call) {
    if (call.segments.size() != 2) return call.fail(400, "InvalidRequest", "POST /_backlot/call/SERVICE/OPERATION");
    const Json& info = call.context.info;
    call.context.world.submit({.service = call.segments[0],
                               .operation = call.segments[1],
                               .request = copy(*call.body),
                               .account = call.query("account").value_or(textOr(info, "account", "000000000000")),
                               .region = call.query("region").value_or(textOr(info, "region", "us-east-1")),
                               .done =
                                   [call](Outcome outcome) {
                                       if (const auto* error = std::get_if<AwsError>(&outcome)) return call.fail(*error);
                                       call.answer(200, std::get<Json>(outcome));
                                   },
                               .client = call.request->client,
                               .checked = false});
}

}  // namespace

const std::vector<ControlRoute>& callRoutes() {
    static const std::vector<ControlRoute> routes = {{"POST", "/_backlot/call/", callOperation}};
    return routes;
}

}  // namespace backlot::harness
