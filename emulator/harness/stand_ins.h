#pragma once
// Stand-ins for HTTP services outside AWS (a payment gateway), written in Lua, served on ports of their own. Their
// state is a row of the world: snapshots hold it, reset empties it, and their time and ids are the world's.
// fixtures/README.md says what such a file is given.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "emulator/base/outside.h"
#include "emulator/world/world.h"

namespace backlot::harness {

class StandIns {
public:
    /// Reads the files; throws std::runtime_error with file and line where one is wrong. `settings` answers
    /// world.env().
    StandIns(World& world, Outside& outside, const std::vector<std::filesystem::path>& files,
             std::map<std::string, std::string> settings);
    ~StandIns();
    /// To be added to the world before it starts.
    Service service();
    /// Opens the ports, each at its file's own or, with `freePorts` or where that is taken, at a free one. name →
    /// "http://127.0.0.1:12111".
    std::map<std::string, std::string> listen(bool freePorts);
    bool empty() const { return scripts_.empty(); }

private:
    struct Script;
    Json handle(Call& call, const Fields& request);
    Json later(Call& call, const Fields& request);
    Script& scriptOf(const std::string& name);

    World& world_;
    Outside& outside_;
    std::map<std::string, std::string> settings_;
    std::map<std::string, std::unique_ptr<Script>> scripts_;
};

}  // namespace backlot::harness
