// The parts list: what is built, and joined to what.

#include "emulator/cli/commands.h"
#include "emulator/services/logs/service.h"

namespace {

using namespace backlot;

void joinServices(const cli::Surroundings& around) {
    World& world = around.world;
    world.add(logs::logsService());
}

}  // namespace

int main(int argc, char** argv) { return cli::runCommandLine(argc, argv, joinServices); }
