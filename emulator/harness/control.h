#pragma once
// The control API, /_backlot/…: time, idleness and state in the user's hand. And the paths of other emulators
// (/_localstack/…, /moto-api/…, /_aws/…) that existing tools and tests call.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "emulator/base/http_message.h"
#include "emulator/base/outside.h"
#include "emulator/store/snapshot_folder.h"
#include "emulator/world/world.h"

namespace backlot::harness {

/// What the control API needs from its surroundings.
struct ControlContext {
    World& world;
    std::string endpoint;  // "http://127.0.0.1:4566"
    std::string version;
    SnapshotFolder& snapshots;
    /// "starting", "deploying", "ready"; anything but "ready" makes /_backlot/ready answer 503.
    std::function<std::string()> stage;
    /// Deploys {"template": path, "parameters": {…}}; answers {"outputs": …} or {"error": …}. Empty: not available.
    std::function<void(Json request, std::function<void(int status, Json answer)> done)> deploy;
    std::function<void()> shutdown;
    /// Whether a request comes from a function's process (Request::peer): those may read health and code archives
    /// alone.
    std::function<bool(const std::string& peer)> fromFunction = {};
    /// Does pure work on a helper thread, then calls back on the world's. Empty: there is none, the work is done at
    /// once.
    std::function<void(std::function<void()> work, std::function<void()> done)> offload = {};
    std::set<std::shared_ptr<BusyHold>> reading = {};  // for requests whose bodies a helper thread reads
    Json info;                                         // further members of /_backlot/info
    /// Runs `work` on a thread of its own, one after the other, then `done` on the world's. Empty: both at once, here.
    std::function<void(std::function<void()> work, std::function<void()> done)> aside = {};
    std::map<std::string, std::string> documents;  // path → PEM: certificates that are served to whoever asks
    std::string token;                             // that a request shows in X-Backlot-Token; empty: none is wanted
};

class Control {
public:
    explicit Control(ControlContext& context);  // which outlives it
    /// True if the path is one of the control API's or of the foreign names'; then `respond` is called, now or later.
    bool handles(const Request& request) const;
    void handle(Request request, Respond respond);

private:
    ControlContext& context_;
};

}  // namespace backlot::harness
