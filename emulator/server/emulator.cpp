#include "emulator/server/emulator.h"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include "emulator/base/log.h"
#include "emulator/server/guard.h"
#include "emulator/http/addresses.h"

namespace backlot::server {
namespace {

namespace net = boost::asio;
using namespace std::chrono_literals;

std::filesystem::path snapshotFolderOf(const EmulatorOptions& options) {
    const auto& data = options.world.store.folder;
    return data.empty() ? data : data / "snapshots";
}

}  // namespace

std::filesystem::path programFolder() {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

ServiceDirectory directoryOf(const Rooms& rooms) {
    std::vector<const ServiceDescription*> services;
    for (const auto& room : rooms) services.insert(services.end(), room.services.begin(), room.services.end());
    return ServiceDirectory(std::move(services));
}

void joinAll(const Rooms& rooms, const Materials& around) {
    for (const auto& room : rooms)
        if (room.join) room.join(around);
}

Emulator::Emulator(EmulatorOptions options, const Rooms& rooms)
    : options_(std::move(options)),
      directory_(directoryOf(rooms)),
      world_(options_.world,
             {.checkRequest = [this](std::string_view service, std::string_view operation,
                                     const Json& request) { wire::checkInput(apis_, service, operation, request); },
              .onUnread = std::getenv("BACKLOT_UNREAD")
                              ? [this](const std::string& service, std::string_view operation,
                                       const std::string& member) { requireRead(service, operation, member); }
                              : decltype(WorldHooks::onUnread)(),
              .onWork = [this] { scheduleWork(); }}),
      snapshots_(snapshotFolderOf(options_)),
      context_{
          .world = world_,
          .endpoint = {},
          .version = kVersion,
          .snapshots = snapshots_,
          .stage = [this] { return stage_; },
          .deploy = {},
          .shutdown = [this] { net::post(io_, [this] { stop(); }); },
          .fromFunction = [this](const std::string& peer) { return outside_.mayBeOurChilds(peer, server_->port()); },
          .offload = [this](auto work, auto done) { outside_.offload(std::move(work), std::move(done)); },
          .info = object(),
          .aside = [this](auto work, auto done) { outside_.offloadLong(std::move(work), std::move(done)); },
          .documents = {},
          .token = options_.token} {
    // Freed memory stays ours up to this much: giving it back and fetching it again shows in the profile of a busy
    // server. With either set, the size from which memory is mapped for itself no longer grows by use: LMDB takes 2 MB
    // for each transaction within another, and mapping them anew was a third of what a write costs.
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
    http::GateOptions gate{.hosts = options_.hosts,
                           .origins = options_.origins,
                           .openToPages = [this](const Request& request) { return front_->isOpenToPages(request); }};
    if (options_.offline) {
        gate.onLeak = [this](http::Leak leak) { recordLeak(std::move(leak)); };
        outside_.onLeak = [this](const std::string& url) { recordLeak({.to = url, .by = "backlot"}); };
    }
    http::GateOptions apiGate = gate;
    apiGate.apiOnly = true;
    server_ = std::make_unique<http::Server>(
        io_,
        http::ServerOptions{.address = options_.address,
                            .port = options_.port,
                            .gate = gate,
                            .onLeft = [this] { world_.clientsLeft(); }},
        [this](Request request, Respond respond) { front_->handle(std::move(request), std::move(respond)); });
    if (options_.apiPort)
        apiServer_ = std::make_unique<http::Server>(
            io_,
            http::ServerOptions{.address = options_.address,
                                .port = *options_.apiPort,
                                .gate = apiGate,
                                .onLeft = [this] { world_.clientsLeft(); }},
            [this](Request request, Respond respond) { front_->handleApi(std::move(request), std::move(respond)); });
    context_.endpoint = endpoint();
    auto guard = options_.offline ? guardEnvironment(programFolder(), port()) : std::map<std::string, std::string>();
    joinAll(rooms, {world_, outside_, endpoint(), programFolder(), options_, context_.documents, directory_, apis_,
                    std::move(guard)});
    world_.start();
    controlApi_ = std::make_unique<harness::Control>(context_);
    front_ = std::make_unique<Front>(
        world_, outside_, apis_, *controlApi_,
        FrontOptions{options_.account, options_.region, options_.origins, options_.verifySignatures});
    if (!world_.store().temporary() && !options_.world.store.durable) syncEachSecond();
}

Emulator::~Emulator() {
    server_.reset();
    apiServer_.reset();
    for (const auto& [name, service] : world_.services())
        if (service.forget) service.forget();  // function processes end before the loop they report to
}

std::string Emulator::endpoint() const {
    const bool any = options_.address == "0.0.0.0" || options_.address == "::";
    return "http://" + (any ? "127.0.0.1" : http::asHost(options_.address)) + ":" + std::to_string(server_->port());
}

std::string Emulator::apiEndpoint() const {
    return apiServer_ ? "http://127.0.0.1:" + std::to_string(apiServer_->port()) : "";
}

/// One drain for all that came in one turn of the loop: the busier, the fewer commits.
void Emulator::scheduleWork() {
    if (std::exchange(workScheduled_, true)) return;
    net::post(io_, [this] { work(); });
}

void Emulator::work() {
    workScheduled_ = false;
    if (world_.drain())
        scheduleWork();
    else
        armTimer();
}

void Emulator::armTimer() {
    const auto next = world_.untilNext();
    if (!next) return;
    if (*next == Duration::zero()) return scheduleWork();
    // The wall clock may be set forward, and the machine may sleep, which this timer does not see: it looks now and
    // then.
    const auto when = std::chrono::steady_clock::now() + std::min<Duration>(*next, 5s);
    if (armed_ && *armed_ <= when) return;  // it will look again then
    armed_ = when;
    timer_.expires_at(when);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        armed_.reset();
        scheduleWork();
    });
}

void Emulator::syncEachSecond() {
    syncTimer_.expires_after(1s);
    syncTimer_.async_wait([this](const boost::system::error_code& error) {
        if (error || stopping_) return;
        if (!std::exchange(syncing_, true))
            outside_.offload(
                [data = world_.store().share()] {
                    try {
                        data->sync();
                    } catch (const StoreError& failure) {
                        log::error(std::string("the data could not be synced: ") + failure.what());
                    }
                },
                [this] { syncing_ = false; });
        syncEachSecond();
    });
}

/// A member that clients send and no code reads is a bug of ours, and no test may overlook it: the program ends; with
/// BACKLOT_UNREAD=log it only says so.
void Emulator::requireRead(const std::string& service, std::string_view operation, const std::string& member) const {
    if (!wire::knowsMember(apis_, service, operation, member)) return;  // AWS passes over it too
    log::error(service + ":" + std::string(operation) + " never looks at " + member +
               ": implement it, or list it in the operation's `ignores` (emulator/world/operation.h)");
    if (std::string_view(std::getenv("BACKLOT_UNREAD")) != "log") std::abort();
}

void Emulator::recordLeak(http::Leak leak) {
    RecordEntry entry{
        .kind = "leak", .service = "network", .operation = "Connect", .resource = leak.to, .error = "Offline"};
    entry.account = options_.account;
    entry.region = options_.region;
    entry.start = entry.end = world_.now();
    entry.detail = object({{"by", leak.by}});
    world_.record().add(std::move(entry));
    leaks_.push_back(std::move(leak));
}

void Emulator::run() {
    net::signal_set signals(io_, SIGINT, SIGTERM);
    // The terminal has gone; who started us by nohup wants us to stay.
    if (struct sigaction hangUp{}; ::sigaction(SIGHUP, nullptr, &hangUp) == 0 && hangUp.sa_handler != SIG_IGN)
        signals.add(SIGHUP);
    signals.async_wait([this](const boost::system::error_code& error, int) {
        if (!error) stop();
    });
    io_.run();
}

/// Answers what is being answered, for at most two seconds, and ends the loop.
void Emulator::stop() {
    if (std::exchange(stopping_, true)) return io_.stop();
    server_->stopAccepting();
    if (apiServer_) apiServer_->stopAccepting();
    syncTimer_.cancel();
    auto patience = std::make_shared<net::steady_timer>(io_, 2s);
    patience->async_wait([this, patience](const boost::system::error_code&) { io_.stop(); });
    auto look = std::make_shared<std::function<void()>>();
    *look = [this, look] {
        if (server_->connections() == 0 || world_.idle()) return io_.stop();
        auto pause = std::make_shared<net::steady_timer>(io_, 10ms);
        pause->async_wait([pause, look](const boost::system::error_code&) { (*look)(); });
    };
    net::post(io_, [look] { (*look)(); });
}

}  // namespace backlot::server
