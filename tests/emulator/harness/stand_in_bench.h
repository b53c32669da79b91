#pragma once
// A world with one stand-in, without sockets.

#include "emulator/harness/stand_ins.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "tests/emulator/bench.h"

namespace backlot {

/// Takes listeners in place of opening ports, and keeps what is sent.
class Nearby : public Outside {
public:
    std::map<std::uint16_t, RequestHandler> ports;
    std::vector<std::pair<std::string, Request>> sent;
    std::uint16_t taken = 0;

    Listening listen(std::uint16_t port, RequestHandler handler) override {
        if (port && port == taken) throw std::runtime_error("taken");
        const std::uint16_t chosen = port ? port : static_cast<std::uint16_t>(40'000 + ports.size());
        ports[chosen] = std::move(handler);
        return {std::make_unique<Subscription>(), chosen};
    }
    void fetch(const std::string& url, Request request, std::chrono::milliseconds,
               std::function<void(std::optional<Response>)> done) override {
        sent.emplace_back(url, std::move(request));
        done(Response{.status = 200, .headers = {}, .body = {}});
    }
    std::unique_ptr<Process> spawn(ProcessSpec) override {
        throw std::system_error(std::make_error_code(std::errc::not_supported));
    }
    Held after(std::chrono::milliseconds, std::function<void()>) override { return std::make_unique<Subscription>(); }
    void offload(std::function<void()> work, std::function<void()> done) override {
        work();
        done();
    }
};

/// A world with one stand-in of that text.
struct StandInBench {
    std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("backlot-stand-in-test-" + std::to_string(::getpid()) + ".lua");
    Nearby nearby;
    World world{WorldOptions{
        .store = {}, .clock = ClockMode::virtualTime, .start = parseIso8601("2026-01-05T09:00:00Z"), .seed = 42}};
    std::optional<harness::StandIns> standIns;

    explicit StandInBench(const std::string& text) {
        std::ofstream(file) << text;
        standIns.emplace(world, nearby, std::vector{file}, std::map<std::string, std::string>{{"GREETING", "hello"}});
        world.add(standIns->service());
        world.start();
        standIns->listen(false);
    }
    ~StandInBench() { std::filesystem::remove(file); }

    Response ask(std::string target, std::string body = "") {
        std::optional<Response> answer;
        nearby.ports.begin()->second({.method = "POST",
                                      .target = std::move(target),
                                      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                                      .body = std::move(body)},
                                     [&](Response response) { answer = std::move(response); });
        settle();
        REQUIRE(answer.has_value());
        return std::move(*answer);
    }
    void settle() {
        while (world.drain()) {
        }
    }
};

}  // namespace backlot
