#pragma once
// A child that has the terminal: it inherits input, output and the process group, and gets the signals meant for us.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace backlot::http {

/// Opens whichever of standard input, output and error is closed on /dev/null. To be called before anything is opened:
/// the data file would else become standard output.
void openStandardFiles();

/// What a child is to have of ours. To be made first of all: the files that are open now are inherited (a shell's <(…))
/// and what is opened later is not; and while it lives, SIGINT, SIGTERM and SIGHUP wait for the child, whatever threads
/// begin.
class Inheritance {
public:
    Inheritance();
    ~Inheritance();
    Inheritance(const Inheritance&) = delete;
    Inheritance& operator=(const Inheritance&) = delete;
    /// Marks what was opened since as not to be inherited.
    void closeOthers() const;

private:
    std::set<int> files_;
};

class ForegroundProcess {
public:
    /// Starts command[0], looked up in PATH, with the whole `environment`. `onExit` gets waitpid's status, once. A
    /// signal that somebody sends us is sent on; one from the terminal (Ctrl-C) the child has got itself. Throws
    /// std::system_error where it cannot be started.
    ForegroundProcess(boost::asio::io_context& io, const Inheritance& inheritance,
                      const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                      std::function<void(int status)> onExit);
    /// Leaves a child that still runs alone.
    ~ForegroundProcess();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace backlot::http
