#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emulator/base/retention.h"
#include "emulator/base/service_description.h"
#include "emulator/harness/control.h"
#include "emulator/http/outside.h"
#include "emulator/http/server.h"
#include "emulator/server/front.h"
#include "emulator/world/world.h"

namespace backlot::server {

struct EmulatorOptions {
    WorldOptions world;
    std::string address = "127.0.0.1";
    std::uint16_t port = 4566;             // 0: a free one
    std::optional<std::uint16_t> apiPort;  // a port of its own for the deployed API
    std::string account = "000000000000", region = "us-east-1";
    std::vector<std::string> hosts, origins;  // allowed beside our own
    std::string token;                        // that the control API wants; empty: none
    bool verifySignatures = false;
    bool offline = false;                            // nothing leaves this machine: functions and clients are guarded
    bool enforceThroughput = false;                  // DynamoDB throttles as provisioned
    bool sandbox = true;                             // functions are kept apart from the machine
    Retention retention;                             // how much is kept of what has happened
    Duration expiryDelay = std::chrono::seconds(3);  // how long after its time DynamoDB removes an item
};

/// What a service may be made of.
struct Materials {
    World& world;
    Outside& outside;
    std::string endpoint;                 // "http://127.0.0.1:4566"
    std::filesystem::path programFolder;  // where backlot, bootstrap and the shop's libraries lie
    const EmulatorOptions& options;
    std::map<std::string, std::string>& documents;  // path → text that GET answers to anybody: certificates
    const ServiceDirectory& directory;              // of all services that are known
    const wire::Apis& apis;                         // their models
    std::map<std::string, std::string> guard =
        {};  // variables that keep a function on this machine; empty: it may leave
};

/// A folder of emulator/services: what is known of the services in it, and how those that are served come into the
/// world.
struct Room {
    std::vector<const ServiceDescription*> services = {};
    std::function<void(const Materials&)> join = {};  // empty: none is served
};
/// main.cpp's parts list.
using Rooms = std::vector<Room>;

ServiceDirectory directoryOf(const Rooms& rooms);
/// Adds every service that is served.
void joinAll(const Rooms& rooms, const Materials& around);

/// A running Backlot: the world, its ports, and the loop that drives them.
class Emulator {
public:
    /// Throws StoreError, or std::runtime_error where a port is taken.
    Emulator(EmulatorOptions options, const Rooms& rooms);
    ~Emulator();
    World& world() { return world_; }
    Outside& outside() { return outside_; }
    boost::asio::io_context& io() { return io_; }
    const EmulatorOptions& options() const { return options_; }
    std::string endpoint() const;
    std::uint16_t port() const { return server_->port(); }
    std::string apiEndpoint() const;  // empty where there is no API port
    void setStage(std::string stage) { stage_ = std::move(stage); }
    /// Runs until SIGINT, SIGTERM, SIGHUP, a shutdown request or stop().
    void run();
    void stop();
    harness::ControlContext& control() { return context_; }
    /// What would have left this machine, where it may not: in order, in the record too.
    const std::vector<http::Leak>& leaks() const { return leaks_; }

private:
    void work();
    void scheduleWork();
    void armTimer();
    void syncEachSecond();
    void recordLeak(http::Leak leak);
    void requireRead(const std::string& service, std::string_view operation, const std::string& member) const;

    EmulatorOptions options_;
    const ServiceDirectory directory_;
    const wire::Apis apis_{directory_};
    boost::asio::io_context io_{1};
    World world_;
    http::AsioOutside outside_{io_};
    std::string stage_ = "starting";
    std::vector<http::Leak> leaks_;
    std::unique_ptr<http::Server> server_, apiServer_;
    SnapshotFolder snapshots_;
    harness::ControlContext context_;
    std::unique_ptr<harness::Control> controlApi_;
    std::unique_ptr<Front> front_;
    boost::asio::steady_timer timer_{io_}, syncTimer_{io_};
    std::optional<std::chrono::steady_clock::time_point> armed_;
    bool workScheduled_ = false, stopping_ = false, syncing_ = false;
};

std::filesystem::path programFolder();
inline constexpr const char* kVersion = "0.1.0";

}  // namespace backlot::server
