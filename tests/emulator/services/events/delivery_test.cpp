#include "emulator/services/events/service.h"
#include "tests/conformance.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

/// Stands for the queues and the function that rules aim at; says no as often as it is told.
struct Target {
    std::vector<Json> received;
    std::string trace;  // of the last
    std::optional<AwsError> refusal;
    Reply take(Call& call, const Fields& request) {
        trace = call.cause.trace;
        if (refusal && !request.text("QueueUrl").ends_with("dlq")) throw *refusal;
        received.push_back(copy(request.json()));
        return object({{"MessageId", "m"}});
    }
};

struct EventsBench {
    std::shared_ptr<Target> target = std::make_shared<Target>();
    Bench bench{services(target)};
    static std::vector<Service> services(const std::shared_ptr<Target>& target) {
        std::vector<Service> all;
        all.push_back(events::eventsService());
        all.push_back({.name = "sqs", .operations = {{"SendMessage", [target](Call& call, const Fields& request) {
                                                          return target->take(call, request);
                                                      }}}});
        all.push_back({.name = "lambda", .operations = {{"Invoke", [target](Call&, const Fields& request) -> Reply {
                                                             if (target->refusal) throw *target->refusal;
                                                             target->received.push_back(copy(request.json()));
                                                             return object({{"StatusCode", 202}});
                                                         }}}});
        all.push_back(
            {.name = "apigateway", .operations = {{"HandleRequest", [target](Call&, const Fields& request) -> Reply {
                                                       target->received.push_back(copy(request.json()));
                                                       return object({{"statusCode", 501}});
                                                   }}}});
        return all;
    }
    Json call(const std::string& operation, Json request) {
        return bench.call("events", operation, std::move(request));
    }
    void rule(const std::string& pattern, Json target) {
        call("PutRule", object({{"Name", "orders"}, {"EventPattern", pattern}}));
        call("PutTargets", object({{"Rule", "orders"}, {"Targets", list({std::move(target)})}}));
    }
    void put(const std::string& type, const std::string& detail) {
        call("PutEvents",
             object(
                 {{"Entries", list({object({{"Source", "shop.orders"}, {"DetailType", type}, {"Detail", detail}})})}}));
    }
    std::string lastBody() const { return textOr(target->received.back(), "MessageBody"); }
};

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

/// In a recording "<word>" stands for any text, and 111111111111 for the account.
bool isAsRecorded(const Json& want, const Json& got) {
    if (want.IsObject()) {
        if (!got.IsObject() || want.MemberCount() != got.MemberCount()) return false;
        for (const auto& member : want.GetObject()) {
            const Json* other = find(got, view(member.name));
            if (!other || !isAsRecorded(member.value, *other)) return false;
        }
        return true;
    }
    if (!want.IsString() || !got.IsString()) return equal(want, got);
    std::string_view wanted = view(want);
    const std::string account = replaced(std::string(wanted), "111111111111", "000000000000");
    const std::size_t mark = account.find('<');
    return mark == std::string::npos ? account == view(got)
                                     : view(got).starts_with(std::string_view(account).substr(0, mark));
}

constexpr const char* kQueue = "arn:aws:sqs:us-east-1:000000000000:analytics-queue";

}  // namespace

TEST_CASE("an event reaches the queue of the rule it matches, in EventBridge's envelope") {
    EventsBench shop;
    shop.rule(R"({"source": ["shop.orders"], "detail-type": ["order.done"]})", object({{"Id", "q"}, {"Arn", kQueue}}));
    shop.put("order.created", R"({"orderId": "ORDER#1"})");
    CHECK(shop.target->received.empty());
    shop.put("order.done", R"({ "orderId": "ORDER#1",  "total": 10.10 })");
    REQUIRE(shop.target->received.size() == 1);
    const Json event = parseJson(shop.lastBody());
    CHECK(textOr(event, "detail-type") == "order.done");
    CHECK(textOr(event, "time") == "2026-01-05T09:00:00Z");
    CHECK(shop.lastBody().ends_with(R"("detail":{"orderId":"ORDER#1","total":10.10}})"));  // money as it was written
}

TEST_CASE("a disabled rule is silent, and a rule that changed is used as it is now") {
    EventsBench shop;
    shop.rule(R"({"source": ["shop.orders"]})", object({{"Id", "q"}, {"Arn", kQueue}}));
    shop.call("DisableRule", object({{"Name", "orders"}}));
    shop.put("a", "{}");
    CHECK(shop.target->received.empty());
    shop.call("EnableRule", object({{"Name", "orders"}}));
    shop.put("a", "{}");
    CHECK(shop.target->received.size() == 1);
    shop.call("PutRule", object({{"Name", "orders"}, {"EventPattern", R"({"source": ["somebody.else"]})"}}));
    shop.put("a", "{}");
    CHECK(shop.target->received.size() == 1);
}

TEST_CASE(
    "a failing function is tried again on the world's clock until the policy ends, then the event is a dead letter") {
    EventsBench shop;
    shop.rule(R"({"source": ["shop.orders"]})",
              object({{"Id", "f"},
                      {"Arn", "arn:aws:lambda:us-east-1:000000000000:function:analyticsLambda"},
                      {"RetryPolicy", object({{"MaximumRetryAttempts", 2}})},
                      {"DeadLetterConfig", object({{"Arn", "arn:aws:sqs:us-east-1:000000000000:dlq"}})}}));
    shop.target->refusal = AwsError("ServiceException", "not now", 500);
    shop.put("order.done", "{}");
    shop.bench.settle();
    CHECK(shop.target->received.empty());
    shop.bench.advance(1h);
    REQUIRE(shop.target->received.size() == 1);
    const Json& letter = shop.target->received.front();
    CHECK(textOr(*at(letter, {"MessageAttributes", "EXHAUSTED_RETRY_CONDITION"}), "StringValue") ==
          "MaximumRetryAttempts");
    CHECK(textOr(*at(letter, {"MessageAttributes", "RETRY_ATTEMPTS"}), "StringValue") == "2");
}

TEST_CASE("a target that is gone is not tried again") {
    EventsBench shop;
    shop.rule(R"({"source": ["shop.orders"]})",
              object({{"Id", "q"},
                      {"Arn", kQueue},
                      {"DeadLetterConfig", object({{"Arn", "arn:aws:sqs:us-east-1:000000000000:dlq"}})}}));
    shop.target->refusal = AwsError("QueueDoesNotExist", "The specified queue does not exist.");
    shop.put("order.done", "{}");
    CHECK(shop.target->received.size() == 1);
    CHECK(shop.bench.world.due(10).empty());
}

TEST_CASE("a target comes back as it was given, and one that no event is delivered to is refused by its name") {
    EventsBench shop;
    const Json target = parseJson(R"({"Id": "q", "Arn": "arn:aws:sqs:us-east-1:000000000000:orders.fifo",
        "RoleArn": "arn:aws:iam::000000000000:role/r", "SqsParameters": {"MessageGroupId": "g"},
        "InputTransformer": {"InputTemplate": "\"<id>\"", "InputPathsMap": {"id": "$.detail.orderId"}},
        "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60},
        "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:000000000000:dlq"},
        "HttpParameters": {"PathParameterValues": ["a"], "HeaderParameters": {"X-A": "1"},
                           "QueryStringParameters": {"q": "2"}}})");
    shop.rule(R"({"source": ["shop.orders"]})", copy(target));
    const Json shown = shop.call("ListTargetsByRule", object({{"Rule", "orders"}}));
    CHECK(equal((*find(shown, "Targets"))[0], target));
    shop.put("order.done", R"({"orderId": "ORDER#1"})");
    CHECK(textOr(shop.target->received.back(), "MessageGroupId") == "g");
    CHECK(shop.lastBody() == R"("ORDER#1")");

    const auto refused = [&](Json foreign) {
        try {
            shop.call("PutTargets", object({{"Rule", "orders"}, {"Targets", list({std::move(foreign)})}}));
            return std::string("taken");
        } catch (const AwsError& error) {
            return error.code() + ": " + error.message();
        }
    };
    CHECK(
        refused(object({{"Id", "t"}, {"Arn", "arn:aws:ecs:us-east-1:000000000000:cluster/c"}})) ==
        "ValidationException: Backlot does not deliver events to ecs (arn:aws:ecs:us-east-1:000000000000:cluster/c).");
    CHECK(refused(object(
              {{"Id", "t"}, {"Arn", kQueue}, {"EcsParameters", object({{"TaskDefinitionArn", "arn:aws:ecs:::t"}})}})) ==
          "ValidationException: Backlot delivers events to no target that takes EcsParameters (target t).");
}

TEST_CASE("an HTTP API gets its parameters, from the event where they are paths; its 501 is asked again") {
    EventsBench shop;
    shop.rule(R"({"source": ["shop.orders"]})",
              parseJson(R"({"Id": "api", "Arn": "arn:aws:execute-api:us-east-1:000000000000:a1/prod/POST/orders/*/*",
                  "RetryPolicy": {"MaximumRetryAttempts": 1},
                  "HttpParameters": {"PathParameterValues": ["$.detail.orderId", "notes"],
                                     "HeaderParameters": {"X-Kind": "$.detail-type"},
                                     "QueryStringParameters": {"total": "$.detail.total", "by": "a&b"}}})"));
    shop.put("order.done", R"({"orderId": "ORDER#1", "total": 10})");
    shop.bench.settle();
    REQUIRE(shop.target->received.size() == 1);
    const Json& request = shop.target->received.front();
    CHECK(textOr(request, "path") == "/orders/ORDER%231/notes");
    CHECK(textOr(request, "query") == "by=a%26b&total=10");
    CHECK(writeJson(*find(request, "headers")).find(R"(["X-Kind","order.done"])") != std::string::npos);
    shop.bench.advance(1h);
    CHECK(shop.target->received.size() == 2);
}

TEST_CASE("a schedule fires on the world's clock") {
    EventsBench shop;
    shop.call("PutRule", object({{"Name", "nightly"}, {"ScheduleExpression", "cron(30 9 ? * MON-FRI *)"}}));
    shop.call("PutTargets", object({{"Rule", "nightly"}, {"Targets", list({object({{"Id", "q"}, {"Arn", kQueue}})})}}));
    shop.bench.advance(30min);  // Monday, 5 January 2026, 09:30
    REQUIRE(shop.target->received.size() == 1);
    CHECK(textOr(parseJson(shop.lastBody()), "detail-type") == "Scheduled Event");
    shop.bench.advance(24h * 7);
    CHECK(shop.target->received.size() == 6);
}

TEST_CASE("archived events are replayed to their bus") {
    EventsBench shop;
    shop.rule(R"({"source": ["shop.orders"]})", object({{"Id", "q"}, {"Arn", kQueue}}));
    shop.call("CreateArchive", object({{"ArchiveName", "all"},
                                       {"EventSourceArn", "arn:aws:events:us-east-1:000000000000:event-bus/default"}}));
    shop.put("order.done", R"({"n": 1})");
    CHECK(intOr(shop.call("DescribeArchive", object({{"ArchiveName", "all"}})), "EventCount", 0) == 1);
    const double now = static_cast<double>(wholeSeconds(shop.bench.world.now()));
    shop.call("StartReplay",
              object({{"ReplayName", "again"},
                      {"EventSourceArn", "arn:aws:events:us-east-1:000000000000:archive/all"},
                      {"EventStartTime", now - 60},
                      {"EventEndTime", now + 60},
                      {"Destination", object({{"Arn", "arn:aws:events:us-east-1:000000000000:event-bus/default"}})}}));
    shop.bench.settle();
    REQUIRE(shop.target->received.size() == 2);
    CHECK(textOr(parseJson(shop.lastBody()), "replay-name") == "again");
    CHECK(textOr(shop.call("DescribeReplay", object({{"ReplayName", "again"}})), "State") == "COMPLETED");
}

TEST_CASE("what follows an event belongs to the trace of its header; a global endpoint is refused by name") {
    EventsBench shop;
    shop.rule(R"({"source": ["shop.orders"]})", object({{"Id", "q"}, {"Arn", kQueue}}));
    const auto entry = [](const char* header) {
        return object({{"Source", "shop.orders"}, {"DetailType", "a"}, {"Detail", "{}"}, {"TraceHeader", header}});
    };
    const std::string trace = "1-5759e988-bd862e3fe1be46a994272793";
    shop.call("PutEvents", object({{"Entries", list({entry(("Root=" + trace).c_str())})}}));
    CHECK(shop.target->trace == trace);
    shop.put("b", "{}");
    CHECK(shop.target->trace != trace);
    CHECK(shop.bench.errorOf("events", "PutEvents",
                             object({{"EndpointId", "abcde.veo"}, {"Entries", list({entry("")})}})) ==
          "ValidationException");
}

TEST_CASE("an archive keeps an event for as many days as it says") {
    EventsBench shop;
    shop.call("CreateArchive", object({{"ArchiveName", "all"},
                                       {"EventSourceArn", "arn:aws:events:us-east-1:000000000000:event-bus/default"},
                                       {"RetentionDays", 2}}));
    const auto count = [&] {
        return intOr(shop.call("DescribeArchive", object({{"ArchiveName", "all"}})), "EventCount", -1);
    };
    const auto stored = [&] {
        std::size_t rows = 0;
        for (const auto& key : shop.bench.rows("events")) rows += key.starts_with("of archive");
        return rows;
    };
    shop.put("a", "{}");
    shop.bench.advance(47h);
    CHECK(count() == 1);
    shop.bench.advance(2h);
    CHECK(count() == 0);
    shop.put("b", "{}");
    CHECK(count() == 1);
    CHECK(stored() == 1);
}

TEST_CASE("tags of PutRule are a new rule's alone") {
    EventsBench shop;
    const auto put = [&](const char* team) {
        return shop.call("PutRule", object({{"Name", "orders"},
                                            {"EventPattern", R"({"source": ["shop"]})"},
                                            {"Tags", list({object({{"Key", "team"}, {"Value", team}})})}}));
    };
    const std::string arn = textOr(put("web"), "RuleArn");
    put("data");
    const Json tags = shop.call("ListTagsForResource", object({{"ResourceARN", arn}}));
    CHECK(writeJson(tags) == R"({"Tags":[{"Key":"team","Value":"web"}]})");
}

TEST_CASE("a bus that goes leaves no row, and one made anew under its name has nothing of it") {
    EventsBench shop;
    const auto make = [&] {
        shop.call("CreateEventBus", object({{"Name", "shop"},
                                            {"Tags", list({object({{"Key", "team"}, {"Value", "web"}})})},
                                            {"LogConfig", object({{"Level", "ERROR"}})}}));
        shop.call("PutPermission", object({{"EventBusName", "shop"},
                                           {"Action", "events:PutEvents"},
                                           {"Principal", "*"},
                                           {"StatementId", "all"}}));
    };
    const auto event = [&] {
        shop.call(
            "PutEvents",
            object(
                {{"Entries",
                  list({object(
                      {{"Source", "shop"}, {"DetailType", "paid"}, {"Detail", "{}"}, {"EventBusName", "shop"}})})}}));
        shop.bench.settle();
    };
    const Json rule = object({{"Name", "paid"}, {"EventBusName", "shop"}, {"EventPattern", R"({"source": ["shop"]})"}});
    const Json targets =
        object({{"Rule", "paid"},
                {"EventBusName", "shop"},
                {"Targets", list({object({{"Id", "q"}, {"Arn", kQueue}}), object({{"Id", "r"}, {"Arn", kQueue}})})}});
    const Json archive =
        object({{"ArchiveName", "all"}, {"EventSourceArn", "arn:aws:events:us-east-1:000000000000:event-bus/shop"}});
    make();
    shop.call("PutRule", copy(rule));
    shop.call("PutTargets", copy(targets));
    shop.call("CreateArchive", copy(archive));
    event();
    CHECK(shop.target->received.size() == 2);
    CHECK(textOr(*find(shop.call("DescribeEventBus", object({{"Name", "shop"}})), "LogConfig"), "Level") == "ERROR");

    shop.call("RemoveTargets", object({{"Rule", "paid"}, {"EventBusName", "shop"}, {"Ids", list({"q", "r"})}}));
    shop.call("PutRule", copy(rule));
    const Json left = shop.call("ListTargetsByRule", object({{"Rule", "paid"}, {"EventBusName", "shop"}}));
    CHECK(find(left, "Targets")->Empty());
    shop.call("DeleteRule", object({{"Name", "paid"}, {"EventBusName", "shop"}}));
    shop.call("DeleteArchive", object({{"ArchiveName", "all"}}));
    shop.call("DeleteEventBus", object({{"Name", "shop"}}));
    CHECK(shop.bench.rows("events") == std::vector<std::string>{});

    make();
    event();
    CHECK(shop.target->received.size() == 2);
    CHECK(find(shop.call("ListRules", object({{"EventBusName", "shop"}})), "Rules")->Empty());
    shop.call("CreateArchive", copy(archive));
    CHECK(intOr(shop.call("DescribeArchive", object({{"ArchiveName", "all"}})), "EventCount", -1) == 0);
}

TEST_CASE("inputs are made as AWS made them") {
    const auto text = conformance::text("events/inputs_aws.json");
    if (!text) return;
    const Json cases = parseJson(*text);
    for (const Json& recorded : cases.GetArray()) {
        CAPTURE(textOr(recorded, "name"));
        EventsBench shop;
        shop.call("PutRule", object({{"Name", "orders"}, {"EventPattern", writeJson(*find(recorded, "pattern"))}}));
        Json target = copy(*find(recorded, "target"));
        set(target, "Id", "q");
        set(target, "Arn", kQueue);
        const Json targets = object({{"Rule", "orders"}, {"Targets", list({std::move(target)})}});
        if (find(recorded, "put_targets_error")) {
            CHECK(shop.bench.errorOf("events", "PutTargets", copy(targets)) == "ValidationException");
            continue;
        }
        shop.call("PutTargets", copy(targets));
        shop.call("PutEvents", object({{"Entries", list({copy(*find(recorded, "entry"))})}}));
        REQUIRE(shop.target->received.size() == (boolOr(recorded, "delivered", false) ? 1u : 0u));
        if (shop.target->received.empty()) continue;
        const Json& body = *find(recorded, "body");
        const std::string got = replaced(shop.lastBody(), "2026-01-05T09:00:00Z", "date");
        if (body.IsString())
            CHECK(isAsRecorded(body, str(got)));
        else
            CHECK_MESSAGE(isAsRecorded(body, parseJson(got)), got << " instead of " << writeJson(body));
    }
}
