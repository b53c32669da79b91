#include "emulator/services/logs/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

struct LogsBench : Bench {
    LogsBench() : Bench({logs::logsService()}) {
        call("logs", "CreateLogGroup", object({{"logGroupName", "/shop/orders"}}));
        call("logs", "CreateLogStream", object({{"logGroupName", "/shop/orders"}, {"logStreamName", "one"}}));
    }
    Json put(const std::string& message, Duration age = {}, const std::string& stream = "one") {
        return call("logs", "PutLogEvents",
                    object({{"logGroupName", "/shop/orders"},
                            {"logStreamName", stream},
                            {"logEvents",
                             list({object({{"timestamp", epochMillis(world.now() - age)}, {"message", message}})})}}));
    }
    Json get(Json more = object()) {
        set(more, "logGroupName", "/shop/orders");
        set(more, "logStreamName", "one");
        return call("logs", "GetLogEvents", std::move(more));
    }
    static std::string messages(const Json& answer) {
        std::string all;
        for (const auto& event : find(answer, "events")->GetArray()) all += textOr(event, "message") + " ";
        return all;
    }
};

}  // namespace

TEST_CASE("events come back by time, whatever order they were put in") {
    LogsBench bench;
    bench.put("second", 1s);
    bench.put("first", 2s);
    CHECK(LogsBench::messages(bench.get()) == "first second ");
}

TEST_CASE("tokens lead through a stream in both directions and stay at its ends") {
    LogsBench bench;
    for (const char* message : {"1", "2", "3"}) {
        bench.put(message);
        bench.advance(1ms);
    }
    const Json first = bench.get(object({{"limit", 2}, {"startFromHead", true}}));
    CHECK(LogsBench::messages(first) == "1 2 ");
    const Json second = bench.get(object({{"limit", 2}, {"nextToken", textOr(first, "nextForwardToken")}}));
    CHECK(LogsBench::messages(second) == "3 ");
    const Json end = bench.get(object({{"nextToken", textOr(second, "nextForwardToken")}}));
    CHECK(LogsBench::messages(end).empty());
    CHECK(textOr(end, "nextForwardToken") == textOr(second, "nextForwardToken"));
    CHECK(LogsBench::messages(bench.get(object({{"nextToken", textOr(second, "nextBackwardToken")}}))) == "1 2 ");
    CHECK(LogsBench::messages(bench.get(object({{"limit", 1}}))) == "3 ");
    CHECK(bench.errorOf("logs", "GetLogEvents",
                        object({{"logGroupName", "/shop/orders"}, {"logStreamName", "one"}, {"nextToken", "x"}})) ==
          "InvalidParameterException");
}

TEST_CASE("events that are too old, too new or beyond the retention are left out and named") {
    LogsBench bench;
    CHECK(at(bench.put("old", 15 * 24h), {"rejectedLogEventsInfo", "tooOldLogEventEndIndex"})->GetInt() == 1);
    CHECK(at(bench.put("new", -3h), {"rejectedLogEventsInfo", "tooNewLogEventStartIndex"})->GetInt() == 0);
    bench.call("logs", "PutRetentionPolicy", object({{"logGroupName", "/shop/orders"}, {"retentionInDays", 3}}));
    CHECK(at(bench.put("expired", 4 * 24h), {"rejectedLogEventsInfo", "expiredLogEventEndIndex"})->GetInt() == 1);
    CHECK(LogsBench::messages(bench.get()).empty());
}

TEST_CASE("a retention removes events as days go by") {
    LogsBench bench;
    bench.put("today");
    bench.call("logs", "PutRetentionPolicy", object({{"logGroupName", "/shop/orders"}, {"retentionInDays", 1}}));
    bench.advance(12h);
    bench.put("later");
    bench.advance(13h);
    CHECK(LogsBench::messages(bench.get()) == "later ");
    CHECK(bench.errorOf("logs", "PutRetentionPolicy",
                        object({{"logGroupName", "/shop/orders"}, {"retentionInDays", 2}})) ==
          "InvalidParameterException");
}

TEST_CASE("a filter goes over all streams of a group by time, page by page") {
    LogsBench bench;
    bench.call("logs", "CreateLogStream", object({{"logGroupName", "/shop/orders"}, {"logStreamName", "two"}}));
    for (int i = 0; i < 6; ++i) {
        bench.put((i % 3 == 2 ? "INFO " : "ERROR ") + std::to_string(i), {}, i % 2 ? "two" : "one");
        bench.advance(1ms);
    }
    Json request = object({{"logGroupName", "/shop/orders"}, {"filterPattern", "ERROR"}, {"limit", 3}});
    const Json first = bench.call("logs", "FilterLogEvents", copy(request));
    CHECK(LogsBench::messages(first) == "ERROR 0 ERROR 1 ERROR 3 ");
    set(request, "nextToken", textOr(first, "nextToken"));
    const Json second = bench.call("logs", "FilterLogEvents", std::move(request));
    CHECK(LogsBench::messages(second) == "ERROR 4 ");
    CHECK_FALSE(find(second, "nextToken"));
}

TEST_CASE("services append to groups and streams that are not there yet") {
    LogsBench bench;
    bool done = false;
    bench.world.submit({.service = "logs",
                        .operation = "AppendLogs",
                        .request = object({{"logGroupName", "/aws/lambda/pay"},
                                           {"logStreamName", "s"},
                                           {"events", list({object({{"timestamp", 5}, {"message", "hello"}})})}}),
                        .done = [&](Outcome outcome) { done = std::holds_alternative<Json>(outcome); },
                        .fromClient = false});
    bench.settle();
    CHECK(done);
    const Json events =
        bench.call("logs", "GetLogEvents", object({{"logGroupName", "/aws/lambda/pay"}, {"logStreamName", "s"}}));
    CHECK(LogsBench::messages(events) == "hello ");
}

TEST_CASE("a batch keeps its order and its limits") {
    LogsBench bench;
    const auto now = epochMillis(bench.world.now());
    const auto put = [&](Json events) {
        return bench.errorOf(
            "logs", "PutLogEvents",
            object({{"logGroupName", "/shop/orders"}, {"logStreamName", "one"}, {"logEvents", std::move(events)}}));
    };
    CHECK(put(list({object({{"timestamp", now}, {"message", "b"}}),
                    object({{"timestamp", now - 1}, {"message", "a"}})})) == "InvalidParameterException");
    CHECK(put(list({object({{"timestamp", now - 90'000'000}, {"message", "a"}}),
                    object({{"timestamp", now}, {"message", "b"}})})) == "InvalidParameterException");
    CHECK(put(list({object({{"timestamp", now}, {"message", std::string(1'048'560, 'x')}})})) ==
          "InvalidParameterException");
    CHECK(put(list({object({{"timestamp", now}, {"message", "fine"}})})).empty());
}

TEST_CASE("deleting a group takes everything with it") {
    LogsBench bench;
    bench.put("gone");
    bench.call("logs", "DeleteLogGroup", object({{"logGroupName", "/shop/orders"}}));
    CHECK(bench.errorOf("logs", "GetLogEvents", object({{"logGroupName", "/shop/orders"}, {"logStreamName", "one"}})) ==
          "ResourceNotFoundException");
    bench.call("logs", "CreateLogGroup", object({{"logGroupName", "/shop/orders"}}));
    CHECK(find(bench.call("logs", "DescribeLogStreams", object({{"logGroupName", "/shop/orders"}})), "logStreams")
              ->Empty());
}

TEST_CASE("FilterLogEvents takes in the end of its time range, GetLogEvents does not") {
    LogsBench bench;
    bench.put("now");
    const auto now = epochMillis(bench.world.now());
    const Json filtered = bench.call("logs", "FilterLogEvents",
                                     object({{"logGroupName", "/shop/orders"}, {"startTime", now}, {"endTime", now}}));
    CHECK(LogsBench::messages(filtered) == "now ");
    CHECK(LogsBench::messages(bench.get(object({{"startTime", now}, {"endTime", now}}))).empty());
}

TEST_CASE("events of two streams at one instant have two ids") {
    LogsBench bench;
    bench.call("logs", "CreateLogStream", object({{"logGroupName", "/shop/orders"}, {"logStreamName", "two"}}));
    bench.put("a");
    bench.put("b", {}, "two");
    const Json answer = bench.call("logs", "FilterLogEvents", object({{"logGroupName", "/shop/orders"}}));
    const Json& events = *find(answer, "events");
    REQUIRE(events.Size() == 2);
    CHECK(textOr(events[0], "eventId").size() == 56);
    CHECK(textOr(events[0], "eventId") != textOr(events[1], "eventId"));
}

TEST_CASE("a search looks at so many events and goes on at its token, in the order of time over all streams") {
    LogsBench bench;
    bench.call("logs", "CreateLogStream", object({{"logGroupName", "/shop/orders"}, {"logStreamName", "two"}}));
    const auto start = epochMillis(bench.world.now()) - 100'000;
    constexpr int kEvents = 25'000;
    for (const char* stream : {"one", "two"}) {
        const int odd = stream[0] == 't';
        for (int first = odd; first < kEvents; first += 10'000) {
            Json events = list();
            for (int i = first; i < std::min(first + 10'000, kEvents); i += 2)
                push(events, object({{"timestamp", start + i},
                                     {"message", i % 5000 == 0 ? "ERROR " + std::to_string(i) : "fine"}}));
            bench.call(
                "logs", "PutLogEvents",
                object(
                    {{"logGroupName", "/shop/orders"}, {"logStreamName", stream}, {"logEvents", std::move(events)}}));
        }
    }
    Json request = object({{"logGroupName", "/shop/orders"}, {"filterPattern", "ERROR"}});
    const Json first = bench.call("logs", "FilterLogEvents", copy(request));
    CHECK(LogsBench::messages(first) == "ERROR 0 ERROR 5000 ERROR 10000 ERROR 15000 ");
    set(request, "nextToken", textOr(first, "nextToken"));
    const Json second = bench.call("logs", "FilterLogEvents", copy(request));
    CHECK(LogsBench::messages(second) == "ERROR 20000 ");
    CHECK_FALSE(find(second, "nextToken"));
    const Json nothing =
        bench.call("logs", "FilterLogEvents", object({{"logGroupName", "/shop/orders"}, {"filterPattern", "nowhere"}}));
    CHECK(find(nothing, "events")->Empty());
    CHECK(find(nothing, "nextToken"));
    int all = 0;
    Json everything = object({{"logGroupName", "/shop/orders"}, {"limit", 7'000}});
    for (std::int64_t last = 0;;) {
        const Json page = bench.call("logs", "FilterLogEvents", copy(everything));
        for (const auto& event : find(page, "events")->GetArray()) {
            all += intOr(event, "timestamp", 0) > last;
            last = intOr(event, "timestamp", 0);
        }
        const auto token = optionalText(page, "nextToken");
        if (!token) break;
        set(everything, "nextToken", *token);
    }
    CHECK(all == kEvents);
}

TEST_CASE("a stream made anew under the name of a deleted one is empty, and the rows of the old one go") {
    LogsBench bench;
    for (int i = 0; i < 200; ++i) bench.put("old");
    bench.call("logs", "DeleteLogStream", object({{"logGroupName", "/shop/orders"}, {"logStreamName", "one"}}));
    bench.call("logs", "CreateLogStream", object({{"logGroupName", "/shop/orders"}, {"logStreamName", "one"}}));
    bench.put("new");
    CHECK(LogsBench::messages(bench.get()) == "new ");
    bench.call("logs", "DeleteLogGroup", object({{"logGroupName", "/shop/orders"}}));
    bench.settle();
    const Txn txn(bench.world.store().env(), Txn::Mode::read);
    Cursor rows(txn, bench.world.store().table("logs"));
    CHECK_FALSE((rows.seek(Key("e")) && rows.key().starts_with(Key("e").bytes())));
}

TEST_CASE("what a group's retention expires goes a share at a time") {
    LogsBench bench;
    for (int i = 0; i < 2500; i += 500) {
        Json events = list();
        for (int k = 0; k < 500; ++k)
            push(events, object({{"timestamp", epochMillis(bench.world.now())}, {"message", "old"}}));
        bench.call(
            "logs", "PutLogEvents",
            object({{"logGroupName", "/shop/orders"}, {"logStreamName", "one"}, {"logEvents", std::move(events)}}));
    }
    bench.call("logs", "PutRetentionPolicy", object({{"logGroupName", "/shop/orders"}, {"retentionInDays", 1}}));
    bench.advance(47h);
    bench.put("new");
    bench.advance(1h);
    CHECK(LogsBench::messages(bench.get()) == "new ");
    CHECK(bench.world.due(10).size() == 1);  // the next, in a day
}

namespace {

struct KeepingBench : Bench {
    explicit KeepingBench(const Retention& retention)
        : Bench([&] {
              std::vector<Service> all;
              all.push_back(logs::logsService(retention));
              return all;
          }()) {
        call("logs", "CreateLogGroup", object({{"logGroupName", "group"}}));
    }
    void append(const std::string& stream, const std::string& message) {
        callInternal("logs", "AppendLogs",
                     object({{"logGroupName", "group"},
                             {"logStreamName", stream},
                             {"events", list({object({{"message", message}})})}}));
    }
    std::string all() {
        const Json page = call("logs", "FilterLogEvents", object({{"logGroupName", "group"}}));
        return LogsBench::messages(page);
    }
    std::size_t rows() {
        const Txn txn(world.store().env(), Txn::Mode::read);
        return txn.count(world.store().table("logs"));
    }
};

}  // namespace

TEST_CASE("of all groups' events the oldest go when they are too much, and with them streams that have no others") {
    Retention retention;
    retention.logBytes = 100'000;
    KeepingBench bench(retention);
    for (int i = 0; i < 1000; ++i) bench.append("stream-" + std::to_string(i / 10), std::string(1000, 'x'));
    const auto rows = bench.rows();
    CHECK(rows < 250);
    for (int i = 1000; i < 3000; ++i) bench.append("stream-" + std::to_string(i / 10), std::string(1000, 'x'));
    CHECK(bench.rows() <= rows + 2);
    bench.append("stream-299", "last");
    const auto kept = bench.all();
    CHECK(kept.ends_with("last "));
    CHECK(kept.size() > 80'000);
    CHECK(kept.size() < 110'000);
}

TEST_CASE("events that are too old go when others come, whatever their stream") {
    Retention retention;
    retention.logAge = 24h;
    KeepingBench bench(retention);
    for (int i = 0; i < 20; ++i) bench.append("old", "old");
    bench.advance(25h);
    for (int i = 0; i < 200; ++i) bench.append("new", "new");
    CHECK(bench.all().find("old") == std::string::npos);
    CHECK(bench.errorOf("logs", "GetLogEvents", object({{"logGroupName", "group"}, {"logStreamName", "old"}})) ==
          "ResourceNotFoundException");
}

TEST_CASE("a log group that goes leaves no row but batches' ages, and one made anew under its name has nothing of it") {
    LogsBench bench;
    bench.call("logs", "CreateLogGroup", object({{"logGroupName", "/shop/orders2"}}));
    bench.call("logs", "CreateLogStream", object({{"logGroupName", "/shop/orders2"}, {"logStreamName", "one"}}));
    bench.call("logs", "DeleteLogGroup", object({{"logGroupName", "/shop/orders2"}}));
    bench.put("one");
    bench.call("logs", "PutMetricFilter",
               parseJson(R"({"logGroupName": "/shop/orders", "filterName": "errors", "filterPattern": "ERROR",
                   "metricTransformations": [{"metricName": "n", "metricNamespace": "shop", "metricValue": "1",
                       "defaultValue": 0, "unit": "Count", "dimensions": {"a": "$.b"}}], "fieldSelectionCriteria": "@aws.account = 1"})"));
    bench.call("logs", "PutRetentionPolicy", object({{"logGroupName", "/shop/orders"}, {"retentionInDays", 3}}));
    const Json filters = bench.call("logs", "DescribeMetricFilters", object({{"logGroupName", "/shop/orders"}}));
    CHECK(
        writeJson(*find((*find(filters, "metricFilters"))[0], "metricTransformations")) ==
        R"([{"metricName":"n","metricNamespace":"shop","metricValue":"1","unit":"Count","defaultValue":0,"dimensions":{"a":"$.b"}}])");
    CHECK(textOr((*find(filters, "metricFilters"))[0], "fieldSelectionCriteria") == "@aws.account = 1");
    bench.call("logs", "DeleteLogGroup", object({{"logGroupName", "/shop/orders"}}));
    bench.advance(1s);
    for (const auto& key : bench.rows("logs")) CHECK_MESSAGE((key.starts_with("o/") || key == "ring/"), key);
    CHECK(bench.world.due(10).empty());

    bench.call("logs", "CreateLogGroup", object({{"logGroupName", "/shop/orders"}}));
    CHECK(find(bench.call("logs", "DescribeLogStreams", object({{"logGroupName", "/shop/orders"}})), "logStreams")
              ->Empty());
    CHECK(find(bench.call("logs", "DescribeMetricFilters"), "metricFilters")->Empty());
    bench.call("logs", "CreateLogStream", object({{"logGroupName", "/shop/orders"}, {"logStreamName", "one"}}));
    CHECK(LogsBench::messages(bench.get()) == "");
    const Json groups = bench.call("logs", "DescribeLogGroups");
    CHECK_FALSE(find((*find(groups, "logGroups"))[0], "retentionInDays"));
}

TEST_CASE("a log group that is protected stays until it is so no more; policies of one group are refused by name") {
    LogsBench bench;
    bench.call("logs", "CreateLogGroup",
               object({{"logGroupName", "/shop/audit"}, {"deletionProtectionEnabled", true}}));
    const Json named = object({{"logGroupName", "/shop/audit"}});
    CHECK(bench.errorOf("logs", "DeleteLogGroup", copy(named)) == "ValidationException");
    const Json groups = bench.call("logs", "DescribeLogGroups", object({{"logGroupNamePrefix", "/shop/audit"}}));
    CHECK(boolOr((*find(groups, "logGroups"))[0], "deletionProtectionEnabled", false));
    bench.call("logs", "PutLogGroupDeletionProtection",
               object({{"logGroupIdentifier", "arn:aws:logs:us-east-1:000000000000:log-group:/shop/audit"},
                       {"deletionProtectionEnabled", false}}));
    CHECK(bench.errorOf("logs", "DeleteLogGroup", copy(named)).empty());

    bench.call("logs", "PutResourcePolicy", object({{"policyName", "p"}, {"policyDocument", "{}"}}));
    CHECK(bench.errorOf("logs", "PutResourcePolicy",
                        object({{"policyName", "p"}, {"policyDocument", "{}"}, {"resourceArn", "arn:aws:logs:::x"}})) ==
          "InvalidParameterException");
    const auto policies = [&](const char* scope) {
        return find(bench.call("logs", "DescribeResourcePolicies", object({{"policyScope", scope}})),
                    "resourcePolicies")
            ->Size();
    };
    CHECK(policies("ACCOUNT") == 1);
    CHECK(policies("RESOURCE") == 0);
}
