#include "emulator/services/states/description.h"

#include <doctest/doctest.h>

using namespace backlot;

TEST_CASE("in traces a call belongs to its state machine, whether it names the machine or an execution") {
    const auto node = states::description.trace.node;
    CHECK(node("StartExecution", "arn:aws:states:us-east-1:000000000000:stateMachine:checkout") == "checkout");
    CHECK(node("StartExecution", "arn:aws:states:us-east-1:000000000000:execution:checkout:ORDER-1") == "checkout");
    CHECK(node("StartSyncExecution", "arn:aws:states:us-east-1:000000000000:express:checkout:ORDER-1:5f2c") ==
          "checkout");
    CHECK(node("StartExecution", "checkout") == "checkout");
}
