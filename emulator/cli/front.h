#pragma once
// Where HTTP, the AWS protocols and the world meet: every request of the main port comes through here.

#include <string>

#include "emulator/base/http_message.h"
#include "emulator/base/outside.h"
#include "emulator/harness/control.h"
#include "emulator/wire/wire.h"
#include "emulator/world/world.h"

namespace backlot::cli {

struct FrontOptions {
    std::string account = "000000000000", region = "us-east-1";
    std::vector<std::string> origins;   // whose pages may call
};

class Front {
public:
    Front(World& world, harness::Control& control, FrontOptions options) : world_(world), control_(control), options_(std::move(options)) {}

    /// The main port: control API, API Gateway's routes, AWS.
    void handle(Request request, Respond respond);
    /// The API port: everything goes to API Gateway, to the only REST API (or the one first deployed).
    void handleApi(Request request, Respond respond);

private:
    void aws(Request request, Respond respond);
    void api(Request request, Respond respond, bool wholePath);
    std::string nextRequestId(bool dynamodb);

    World& world_;
    harness::Control& control_;
    FrontOptions options_;
    std::uint64_t requests_ = 0;
};

}  // namespace backlot::cli
