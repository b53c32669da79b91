#pragma once
// Templates and seed data into a running emulator.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "emulator/server/emulator.h"

namespace backlot::cli {

using server::Emulator;

struct DeployRequest {
    std::string file, stack;  // empty stack: named after the file's folder
    std::map<std::string, std::string> parameters;
    bool strict = false;
};

/// What people are told of it. `error` is empty where it went well.
struct Deployed {
    std::string error;
    std::vector<std::string> warnings;
    std::vector<std::pair<std::string, std::string>> outputs;
    std::vector<std::string> urls;  // of the APIs
    std::size_t resources = 0;
    Json json() const;
};

/// Reads, plans and makes a template; `done` is called once, on the world's thread, perhaps before this returns.
void deployTemplate(Emulator& emulator, const DeployRequest& request, std::function<void(Deployed)> done);

/// Puts every item of the seed files (fixtures/README.md) into its table. Throws std::runtime_error naming the file
/// that is wrong; `done` gets the number of items, or what went wrong.
void loadSeeds(Emulator& emulator, const std::vector<std::string>& paths,
               std::function<void(std::size_t items, std::string error)> done);

/// Serves POST /_backlot/deploy.
void joinDeployment(Emulator& emulator);

}  // namespace backlot::cli
