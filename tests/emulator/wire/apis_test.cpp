#include "emulator/wire/apis.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "emulator/wire/protocol.h"
#include "tests/emulator/wire/apis.h"

using namespace backlot;
using namespace backlot::wire;

TEST_CASE("services that share a signing name are all candidates, and each is found by its own target prefix") {
    const auto candidates = apis().signedAs("dynamodb");
    REQUIRE(candidates.size() == 2);
    CHECK(candidates[0]->name() == "dynamodb");
    CHECK(candidates[1]->name() == "dynamodbstreams");
    CHECK(apis().signedAs("nobody").empty());
    CHECK(apis().findTarget("DynamoDBStreams_20120810") == candidates[1]);
    CHECK(apis().findTarget("CloudTrail_20131101")->name() == "cloudtrail");  // as clients of 2013 have it
    CHECK(apis().findTarget("") == nullptr);
}

TEST_CASE("a service speaks the protocols that its description names") {
    CHECK(apis().find("sqs")->speaks(kJson));
    CHECK(apis().find("sqs")->speaks(kQuery));
    CHECK_FALSE(apis().find("sqs")->speaks(kRestJson));
    CHECK(apis().find("cloudwatch")->speaks(kRpcV2Cbor));
    for (const auto* protocol : protocols()) CHECK(findProtocol(protocol->name) == protocol);
}

TEST_CASE("a description that names a protocol that is none is a mistake of ours, said at once") {
    const ServiceDescription wrong{.name = "carrier-pigeon", .protocols = {"rfc1149"}};
    const ServiceDirectory directory({&wrong});
    CHECK_THROWS_WITH_AS(Apis{directory}, "carrier-pigeon: no such protocol: rfc1149", std::runtime_error);
}
