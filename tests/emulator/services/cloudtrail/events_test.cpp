#include "emulator/services/cloudtrail/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

const ServiceDescription kQueues{.name = "sqs", .signingName = "sqs", .resourceType = "AWS::SQS::Queue"};
const ServiceDescription kMails{.name = "sesv2", .signingName = "ses"};
const ServiceDirectory kDirectory({&kQueues, &kMails});

std::vector<Service> services() {
    const auto named = [](Call& call, const Fields& request) -> Reply {
        call.about(request.valueOr("QueueName", ""));
        return object();
    };
    std::vector<Service> all;
    all.push_back(cloudtrail::cloudtrailService(kDirectory));
    all.push_back({.name = "sqs",
                   .operations = {{"CreateQueue", named},
                                  {"ListQueues", named, readOnly},
                                  {"SendMessage", named, dataEvent},
                                  {"Sweep", named, internal}}});
    all.push_back({.name = "sesv2", .operations = {{"CreateEmailIdentity", named}}});
    return all;
}

std::vector<std::string> namesOf(const Json& answer) {
    std::vector<std::string> names;
    for (const auto* event : Fields(answer).items("Events")) names.push_back(textOr(*event, "EventName"));
    return names;
}

}  // namespace

TEST_CASE("management events show newest first, messages and inner steps do not") {
    Bench bench(services());
    bench.call("sqs", "CreateQueue", object({{"QueueName", "orders"}}));
    bench.call("sqs", "SendMessage");
    bench.advance(60s);
    bench.call("sqs", "ListQueues");
    const Json all = bench.call("cloudtrail", "LookupEvents");
    CHECK(namesOf(all) == std::vector<std::string>{"ListQueues", "CreateQueue"});
    const Json& made = (*find(all, "Events"))[1];
    CHECK(textOr(made, "EventSource") == "sqs.amazonaws.com");
    CHECK(textOr(made, "ReadOnly") == "false");
    CHECK(textOr((*find(made, "Resources"))[0], "ResourceName") == "orders");
    CHECK(textOr((*find(made, "Resources"))[0], "ResourceType") == "AWS::SQS::Queue");
    CHECK(textOr(parseJson(textOr(made, "CloudTrailEvent")), "eventTime") == "2026-01-05T09:00:00Z");
}

TEST_CASE("events are found by an attribute and by time, and come in pages") {
    Bench bench(services());
    for (int i = 0; i < 3; ++i) bench.call("sqs", "CreateQueue", object({{"QueueName", "q" + std::to_string(i)}}));
    bench.call("sqs", "ListQueues");
    const auto by = [&](const char* key, const char* value) {
        return namesOf(bench.call(
            "cloudtrail", "LookupEvents",
            object({{"LookupAttributes", list({object({{"AttributeKey", key}, {"AttributeValue", value}})})}})));
    };
    CHECK(by("ResourceName", "q1").size() == 1);
    CHECK(by("ReadOnly", "true") == std::vector<std::string>{"ListQueues"});
    CHECK(by("EventSource", "sqs.amazonaws.com").size() == 4);
    CHECK(namesOf(bench.call("cloudtrail", "LookupEvents", object({{"StartTime", 1767700000.0}}))).empty());
    const Json first = bench.call("cloudtrail", "LookupEvents", object({{"MaxResults", 3}}));
    CHECK(namesOf(first).size() == 3);
    const Json rest = bench.call("cloudtrail", "LookupEvents", object({{"NextToken", textOr(first, "NextToken")}}));
    CHECK(namesOf(rest) == std::vector<std::string>{"CreateQueue"});
    CHECK(bench.errorOf("cloudtrail", "LookupEvents", object({{"StartTime", 2.0}, {"EndTime", 1.0}})) ==
          "InvalidTimeRangeException");
}

TEST_CASE("an event's source is the name that requests are signed for, and looking events up is no event") {
    Bench bench(services());
    bench.call("sesv2", "CreateEmailIdentity");
    bench.call("cloudtrail", "LookupEvents");
    const Json all = bench.call("cloudtrail", "LookupEvents");
    REQUIRE(namesOf(all) == std::vector<std::string>{"CreateEmailIdentity"});
    CHECK(textOr((*find(all, "Events"))[0], "EventSource") == "ses.amazonaws.com");
}
