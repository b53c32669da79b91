#pragma once
// Carries a plan out: one call on a service after the other, each through the world's door.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emulator/templates/plan.h"
#include "emulator/world/world.h"

namespace backlot::templates {

struct DeployOptions {
    std::filesystem::path folder;  // that local paths of the template are relative to
    bool confined = false;         // they may not leave it, nor reach the store's folder
    std::string
        endpoint;       // "http://127.0.0.1:4566"; put in the place of https://<api>.execute-api.<region>.amazonaws.com
    bool store = true;  // the stack is kept with CloudFormation, for the next deployment and for its API
    /// Called after each resource: how many of how many are done.
    std::function<void(const std::string& logicalId, const std::string& type, std::size_t done, std::size_t total)>
        progress;
};

struct DeployedApi {
    std::string logicalId, apiId, stage, url;  // url ends with the stage, without '/'
};

struct DeployResult {
    std::string error;  // for people, "template.yaml:12: Orders: …"; empty: it went well
    std::vector<std::pair<std::string, std::string>> outputs;  // in the template's order
    std::vector<DeployedApi> apis;
    std::vector<Warning> warnings;  // the plan's, and services that are not built in
    std::map<std::string, Physical> resources;
    std::size_t made = 0, removed = 0;
};

/// Makes every resource of the plan or brings it up to date, removes what an earlier deployment of the stack made and
/// the plan has no more, then evaluates the outputs. Stops at the first failure: what was made stays, and the stack is
/// kept as UPDATE_FAILED so that a corrected template goes on from there. `done` is called once, on the world's thread;
/// `world` outlives the work. Nothing is rolled back here: the service for stacks does that for its callers.
void deploy(World& world, Plan plan, DeployOptions options, std::function<void(DeployResult)> done);

/// Removes what the stack made, in reverse order, but what is to be retained. A stack that is not there is no error.
void destroy(World& world, const Environment& environment, std::function<void(DeployResult)> done);

}  // namespace backlot::templates
