// The parts list: what is built, and joined to what.

#include "emulator/cli/commands.h"
#if __has_include("emulator/services/dynamodb/service.h")
#include "emulator/services/dynamodb/service.h"
#endif

namespace {

using namespace backlot;

void joinServices([[maybe_unused]] const cli::Surroundings& around) {
}

}  // namespace

int main(int argc, char** argv) { return cli::runCommandLine(argc, argv, joinServices); }
