#pragma once
// A child that has the terminal: it inherits input, output and the process group, and gets the signals meant for us.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace backlot::http {

/// While one lives, SIGINT, SIGTERM and SIGHUP wait for a ForegroundProcess to pass them on. To be made before any thread
/// is, so that no thread takes them.
class HeldSignals {
public:
    HeldSignals();
    ~HeldSignals();
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;
};

class ForegroundProcess {
public:
    /// Starts command[0], looked up in PATH, with the whole `environment`. `onExit` gets waitpid's status, once. A signal that
    /// somebody sends us is sent on; one from the terminal (Ctrl-C) the child has got itself.
    /// Throws std::system_error where it cannot be started.
    ForegroundProcess(boost::asio::io_context& io, const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                      std::function<void(int status)> onExit);
    /// Leaves a child that still runs alone.
    ~ForegroundProcess();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace backlot::http
