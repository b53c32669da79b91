#pragma once
// Where HTTP, the AWS protocols and the world meet: every request of the main port comes through here.

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "emulator/base/http_message.h"
#include "emulator/base/outside.h"
#include "emulator/harness/control.h"
#include "emulator/wire/wire.h"
#include "emulator/world/world.h"

namespace backlot::server {

/// The credentials that Backlot's own environment names; a 12-digit key, which is an account, has the same secret.
inline constexpr const char* kAccessKeyId = "test";
inline constexpr const char* kSecretAccessKey = "test";

struct FrontOptions {
    std::string account = "000000000000", region = "us-east-1";
    std::vector<std::string> origins;  // whose pages may call
    bool verifySignatures = false;     // else a signature is only looked at for its scope
};

class Front {
public:
    Front(World& world, Outside& outside, const wire::Apis& apis, harness::Control& control, FrontOptions options)
        : world_(world), outside_(outside), apis_(apis), control_(control), options_(std::move(options)) {}

    /// What a page of any site may link to or show: an object in S3, and the links in SNS's messages.
    bool isOpenToPages(const Request& request) const;
    /// The main port: control API, API Gateway's routes, AWS.
    void handle(Request request, Respond respond);
    /// The API port: everything goes to API Gateway, to the only REST API (or the one first deployed).
    void handleApi(Request request, Respond respond);

private:
    wire::Target detect(const Request& request) const;
    void aws(Request request, Respond respond);
    /// Throws Refusal for what only a link could want.
    void requireNoLink(const wire::Target& target, const Request& request) const;
    /// Finds the secret that `accessKeyId` signs with, and calls back with {"SecretAccessKey"} or an error; an empty
    /// object where nobody has made such a key.
    void findSecret(const std::string& accessKeyId, std::function<void(Outcome)> done);
    template <typename Step>
    void guarded(const std::string& what, Respond& respond, Step step);
    void perform(std::shared_ptr<wire::Target> target, Request&& request, Respond& respond);
    void submit(std::shared_ptr<wire::Target> target, const Request& request, Json input, bool large, Respond& respond);
    void api(Request request, Respond respond, bool wholePath);
    std::string nextRequestId(const wire::Target& target);

    World& world_;
    Outside& outside_;
    const wire::Apis& apis_;
    harness::Control& control_;
    FrontOptions options_;
    std::uint64_t requests_ = 0;
    std::set<std::shared_ptr<BusyHold>> reading_;  // for requests whose bodies a helper thread reads
};

}  // namespace backlot::server
