#pragma once
// Sockets, processes and timers that are function calls. A "process" is a C++ function that plays a Lambda runtime: it
// asks for invocations over the Runtime API that its instance listens with, and answers them.

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <string>

#include "emulator/base/outside.h"

namespace backlot {

struct FakeAnswer {
    std::string body = "null";
    std::string errorType = {};  // not empty: the handler failed
    std::string output = {};     // printed before it answers
    int exitStatus = -1;         // not negative: the process ends instead, with waitpid's status
    bool hangs = false;
};

class FakeOutside : public Outside {
public:
    /// What handlers do, by the name in _HANDLER. One that is not here fails to start with exit status 1.
    std::map<std::string, std::function<FakeAnswer(const Response& event)>> handlers;
    std::vector<std::map<std::string, std::string>> started;  // environments, in order
    std::vector<std::vector<std::string>> commands;
    std::vector<ProcessSpec> specs;
    std::size_t running = 0;
    bool ownFiles = false;  // what ownFileSystem() says

    Listening listen(std::uint16_t, RequestHandler handler) override {
        const auto port = nextPort_++;
        listeners_[port] = std::move(handler);
        return {std::make_unique<Listener>(*this, port), port};
    }
    void fetch(const std::string&, Request, std::chrono::milliseconds,
               std::function<void(std::optional<Response>)> done) override {
        tasks_.push_back([done = std::move(done)] { done(std::nullopt); });
    }
    std::unique_ptr<Process> spawn(ProcessSpec spec) override {
        started.push_back(spec.environment);
        commands.push_back(spec.command);
        specs.push_back(spec);
        auto state = std::make_shared<State>();
        state->spec = std::move(spec);
        const std::string api = state->spec.environment.at("AWS_LAMBDA_RUNTIME_API");
        state->port = static_cast<std::uint16_t>(std::stoi(api.substr(api.find(':') + 1)));
        ++running;
        tasks_.push_back([this, state] {
            if (handlers.contains(state->spec.environment.at("_HANDLER")))
                askForNext(state);
            else
                end(*state, 1 << 8);
        });
        return std::make_unique<FakeProcess>(*this, state);
    }
    bool ownFileSystem() override { return ownFiles; }
    Held after(std::chrono::milliseconds delay, std::function<void()> callback) override {
        const auto place =
            timers_.insert(timers_.end(), {now_ + delay, std::make_shared<std::function<void()>>(std::move(callback))});
        return std::make_unique<TimerHold>(timers_, place->callback);
    }
    void offload(std::function<void()> work, std::function<void()> done) override {
        tasks_.push_back([work = std::move(work), done = std::move(done)] {
            work();
            done();
        });
    }
    /// Does what can be done without time going by; false if there was nothing.
    bool pump() {
        bool worked = runTimers();
        while (!tasks_.empty()) {
            auto task = std::move(tasks_.front());
            tasks_.pop_front();
            task();
            worked = true;
        }
        return worked;
    }
    /// Wall-clock time goes by.
    void elapse(std::chrono::milliseconds time) {
        now_ += time;
        pump();
    }

private:
    struct State {
        ProcessSpec spec;
        std::uint16_t port = 0;
        bool ended = false;
    };
    struct Timer {
        std::chrono::milliseconds due;
        std::shared_ptr<std::function<void()>> callback;
    };
    struct Listener : Subscription {
        Listener(FakeOutside& outside, std::uint16_t port) : outside(outside), port(port) {}
        ~Listener() override { outside.listeners_.erase(port); }
        FakeOutside& outside;
        std::uint16_t port;
    };
    struct TimerHold : Subscription {
        TimerHold(std::list<Timer>& timers, std::shared_ptr<std::function<void()>> callback)
            : timers(timers), callback(std::move(callback)) {}
        ~TimerHold() override {
            timers.remove_if([&](const Timer& timer) { return timer.callback == callback; });
        }
        std::list<Timer>& timers;
        std::shared_ptr<std::function<void()>> callback;
    };
    class FakeProcess : public Process {
    public:
        FakeProcess(FakeOutside& outside, std::shared_ptr<State> state) : outside_(outside), state_(std::move(state)) {}
        ~FakeProcess() override {
            if (!std::exchange(state_->ended, true)) --outside_.running;
        }
        int pid() const override { return 0; }  // of nobody: /proc/0 is not there
        void kill() override {
            outside_.tasks_.push_back([this, state = state_, &outside = outside_] { outside.end(*state, 9); });
        }

    private:
        FakeOutside& outside_;
        std::shared_ptr<State> state_;
    };

    bool runTimers() {
        bool worked = false;
        for (;;) {
            auto due = timers_.end();
            for (auto timer = timers_.begin(); timer != timers_.end(); ++timer)
                if (timer->due <= now_ && (due == timers_.end() || timer->due < due->due)) due = timer;
            if (due == timers_.end()) return worked;
            const auto callback = due->callback;
            timers_.erase(due);
            (*callback)();
            worked = true;
        }
    }
    void end(State& state, int status) {
        if (std::exchange(state.ended, true)) return;
        --running;
        if (state.spec.onExit) state.spec.onExit(status);
    }
    void send(const std::shared_ptr<State>& state, Request request, std::function<void(Response)> then) {
        if (state->ended || !listeners_.contains(state->port)) return;
        listeners_[state->port](std::move(request), [this, then = std::move(then)](Response response) {
            tasks_.push_back([then, response = std::move(response)] { then(response); });
        });
    }
    void askForNext(const std::shared_ptr<State>& state) {
        send(state, {.method = "GET", .target = "/2018-06-01/runtime/invocation/next"},
             [this, state](const Response& event) {
                 if (state->ended) return;
                 const FakeAnswer answer = handlers.at(state->spec.environment.at("_HANDLER"))(event);
                 if (!answer.output.empty()) state->spec.onOutput(answer.output);
                 if (answer.hangs) return;
                 if (answer.exitStatus >= 0) return end(*state, answer.exitStatus);
                 Request request{.method = "POST",
                                 .target = "/2018-06-01/runtime/invocation/" +
                                           std::string(event.headers.get("Lambda-Runtime-Aws-Request-Id")) +
                                           (answer.errorType.empty() ? "/response" : "/error")};
                 if (!answer.errorType.empty())
                     request.headers.add("Lambda-Runtime-Function-Error-Type", answer.errorType);
                 request.body = answer.body;
                 send(state, std::move(request), [this, state](const Response&) { askForNext(state); });
             });
    }

    std::map<std::uint16_t, RequestHandler> listeners_;
    std::deque<std::function<void()>> tasks_;
    std::list<Timer> timers_;
    std::chrono::milliseconds now_{0};
    std::uint16_t nextPort_ = 40000;
};

}  // namespace backlot
