#include <cstdio>

#include "emulator/base/log.h"
#include "emulator/cli/commands.h"

namespace backlot::cli {

InstanceOptions instanceOptions(const UpOptions& options) {
    InstanceOptions result;
    if (options.clock == "virtual")
        result.world.clock = ClockMode::virtualTime;
    else if (options.clock == "auto")
        result.world.clock = ClockMode::automatic;
    else if (options.clock != "real")
        throw std::invalid_argument("--clock is real, virtual or auto");
    if (!options.start.empty()) {
        result.world.start = parseIso8601(options.start);
        if (!result.world.start) throw std::invalid_argument("--start is a time such as 2026-01-05T09:00:00Z");
    }
    if (options.durable && options.data.empty()) throw std::invalid_argument("--durable needs --data");
    if (options.account.size() != 12 || options.account.find_first_not_of("0123456789") != std::string::npos)
        throw std::invalid_argument("--account is 12 digits");
    result.world.seed = options.seed;
    result.world.store.folder = options.data;
    result.world.store.durable = options.durable;
    result.address = options.listen;
    result.port = options.port;
    result.apiPort = options.apiPort;
    result.account = options.account;
    result.region = options.region;
    result.hosts = options.hosts;
    result.origins = options.origins;
    return result;
}

std::map<std::string, std::string> clientEnvironment(const std::string& endpoint, const std::string& account, const std::string& region) {
    return {{"AWS_ENDPOINT_URL", endpoint}, {"AWS_ACCESS_KEY_ID", account == "000000000000" ? "test" : account}, {"AWS_SECRET_ACCESS_KEY", "test"},
            {"AWS_REGION", region}, {"AWS_DEFAULT_REGION", region}, {"AWS_EC2_METADATA_DISABLED", "true"}, {"BACKLOT_ENDPOINT", endpoint}};
}

int up(const Common& common, const UpOptions& options, const JoinServices& join) {
    InstanceOptions wanted;
    try {
        wanted = instanceOptions(options);
    } catch (const std::invalid_argument& error) {
        std::fprintf(stderr, "backlot up: %s\n", error.what());
        return kUsage;
    }
    std::optional<Instance> instance;
    try {
        instance.emplace(std::move(wanted), join);
    } catch (const std::runtime_error& error) {   // StoreError too
        std::fprintf(stderr, "backlot up: %s\n", error.what());
        return kCannotStart;
    }
    if (!common.quiet) {
        std::printf("backlot %s  %s\n", kVersion, instance->endpoint().c_str());
        std::string line;
        for (const auto& [name, value] : clientEnvironment(instance->endpoint(), options.account, options.region)) line += " " + name + "=" + value;
        std::printf("export%s\n", line.c_str());
    }
    instance->setStage("ready");
    std::printf("Ready.\n");
    std::fflush(stdout);
    instance->run();
    return kOk;
}

}  // namespace backlot::cli
