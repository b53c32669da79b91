#include <set>

#include "emulator/services/sns/service.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

/// Endpoints outside: answers what it is told, and keeps what it got.
struct FakeOutside : Outside {
    std::vector<Request> requests;
    std::vector<std::function<void(std::optional<Response>)>> waiting;
    Listening listen(std::uint16_t, RequestHandler) override { throw std::runtime_error("no listening here"); }
    void fetch(const std::string&, Request request, std::chrono::milliseconds,
               std::function<void(std::optional<Response>)> done) override {
        requests.push_back(std::move(request));
        waiting.push_back(std::move(done));
    }
    std::unique_ptr<Process> spawn(ProcessSpec) override { throw std::runtime_error("no processes here"); }
    Held after(std::chrono::milliseconds, std::function<void()>) override { return nullptr; }
    void offload(std::function<void()> work, std::function<void()> done) override {
        work();
        done();
    }
};

struct SnsBench {
    FakeOutside outside;
    struct Seen {
        std::vector<Json> queued, mailed;
        std::optional<AwsError> refusal;
    };
    std::shared_ptr<Seen> seen = std::make_shared<Seen>();
    Bench bench{services(outside, seen)};

    static std::vector<Service> services(Outside& outside, const std::shared_ptr<Seen>& seen) {
        std::vector<Service> all;
        all.push_back(sns::snsService(outside, {.endpoint = "http://127.0.0.1:4566"}));
        all.push_back({.name = "sqs", .operations = {{"SendMessage", [seen](Call&, const Fields& request) -> Reply {
                                                          if (seen->refusal &&
                                                              !request.text("QueueUrl").ends_with("dlq"))
                                                              throw *seen->refusal;
                                                          seen->queued.push_back(copy(request.json()));
                                                          return object();
                                                      }}}});
        all.push_back({.name = "ses",
                       .operations = {{"Deliver",
                                       [seen](Call&, const Fields& request) -> Reply {
                                           seen->mailed.push_back(copy(request.json()));
                                           return object();
                                       },
                                       internal}}});
        return all;
    }
    Json call(const std::string& operation, Json request) { return bench.call("sns", operation, std::move(request)); }
    std::string topic = textOr(call("CreateTopic", object({{"Name", "order-events"}})), "TopicArn");
    std::string subscribe(const std::string& protocol, const std::string& endpoint, Json attributes = object()) {
        return textOr(call("Subscribe", object({{"TopicArn", topic},
                                                {"Protocol", protocol},
                                                {"Endpoint", endpoint},
                                                {"Attributes", std::move(attributes)},
                                                {"ReturnSubscriptionArn", true}})),
                      "SubscriptionArn");
    }
    void publish(const std::string& message, const std::string& attributes = {}) {
        Json request = object({{"TopicArn", topic}, {"Message", message}});
        if (!attributes.empty()) set(request, "MessageAttributes", parseJson(attributes));
        call("Publish", std::move(request));
    }
};

constexpr const char* kQueue = "arn:aws:sqs:us-east-1:000000000000:inventory-update-queue";

}  // namespace

TEST_CASE("a queue gets the envelope, or the bare message where it wants it raw") {
    SnsBench shop;
    const std::string subscription = shop.subscribe("sqs", kQueue);
    shop.publish("ORDER#1 is paid");
    REQUIRE(shop.seen->queued.size() == 1);
    const std::string body = textOr(shop.seen->queued[0], "MessageBody");
    CHECK(body.starts_with("{\n  \"Type\" : \"Notification\",\n  \"MessageId\" : \""));
    const Json envelope = parseJson(body);
    CHECK(textOr(envelope, "Message") == "ORDER#1 is paid");
    CHECK(textOr(envelope, "Timestamp") == "2026-01-05T09:00:00.000Z");
    shop.call("SetSubscriptionAttributes", object({{"SubscriptionArn", subscription},
                                                   {"AttributeName", "RawMessageDelivery"},
                                                   {"AttributeValue", "true"}}));
    shop.publish("ORDER#2 is paid");
    CHECK(textOr(shop.seen->queued[1], "MessageBody") == "ORDER#2 is paid");
}

TEST_CASE("a filter policy lets through what it names") {
    SnsBench shop;
    shop.subscribe("sqs", kQueue,
                   object({{"FilterPolicy", R"({"store": ["berlin"], "amount": [{"numeric": [">=", 100]}]})"}}));
    shop.publish("no attributes");
    shop.publish(
        "too little",
        R"({"store": {"DataType": "String", "StringValue": "berlin"}, "amount": {"DataType": "Number", "StringValue": "99"}})");
    shop.publish(
        "enough",
        R"({"store": {"DataType": "String", "StringValue": "berlin"}, "amount": {"DataType": "Number", "StringValue": "100.0"}})");
    REQUIRE(shop.seen->queued.size() == 1);
    CHECK(textOr(parseJson(textOr(shop.seen->queued[0], "MessageBody")), "Message") == "enough");
}

TEST_CASE("a mail and an SMS go to the inbox") {
    SnsBench shop;
    shop.subscribe("email", "admin@example.com");
    shop.publish("stock is low");
    shop.call("Publish", object({{"PhoneNumber", "+15551234567"}, {"Message", "your code is 1234"}}));
    REQUIRE(shop.seen->mailed.size() == 2);
    CHECK(textOr(shop.seen->mailed[0], "subject") == "AWS Notification Message");
    CHECK(textOr(shop.seen->mailed[1], "kind") == "sms");
}

TEST_CASE("a webhook confirms, is called, retried after a refusal, and given up into the dead-letter queue") {
    SnsBench shop;
    const std::string subscription = shop.subscribe(
        "http", "http://127.0.0.1:9000/hook",
        object({{"RedrivePolicy", R"({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:dlq"})"}}));
    shop.bench.settle();
    REQUIRE(shop.outside.requests.size() == 1);
    CHECK(shop.outside.requests[0].headers.get("x-amz-sns-message-type") == "SubscriptionConfirmation");
    const std::string token = textOr(parseJson(shop.outside.requests[0].body), "Token");
    shop.outside.waiting[0](Response{.status = 200});
    shop.bench.settle();
    shop.call("ConfirmSubscription", object({{"TopicArn", shop.topic}, {"Token", token}}));

    shop.publish("hello");
    shop.bench.settle();
    REQUIRE(shop.outside.requests.size() == 2);
    CHECK(shop.outside.requests[1].target == "/hook");
    shop.outside.waiting[1](Response{.status = 503});
    shop.bench.settle();
    for (std::size_t retry = 2; retry < 5; ++retry) {  // three retries, 20 s apart
        shop.bench.world.advance(shop.bench.world.now() + 20s,
                                 [](const World::Arrival&) {});  // arrives once the endpoint has answered
        shop.bench.settle();
        REQUIRE(shop.outside.requests.size() == retry + 1);
        shop.outside.waiting[retry](std::nullopt);
        shop.bench.settle();
    }
    REQUIRE(shop.seen->queued.size() == 1);
    CHECK(textOr(shop.seen->queued[0], "QueueUrl") == "arn:aws:sqs:us-east-1:000000000000:dlq");
}

TEST_CASE("a host outside the machine is not reached") {
    SnsBench shop;
    shop.subscribe("https", "https://169.254.169.254/latest");
    shop.bench.settle();
    CHECK(shop.outside.requests.empty());
}

TEST_CASE("a FIFO topic delivers one of two equal messages") {
    SnsBench shop;
    shop.topic = textOr(
        shop.call("CreateTopic",
                  object({{"Name", "orders.fifo"},
                          {"Attributes", object({{"FifoTopic", "true"}, {"ContentBasedDeduplication", "true"}})}})),
        "TopicArn");
    shop.subscribe("sqs", "arn:aws:sqs:us-east-1:000000000000:orders.fifo");
    for (int i = 0; i < 2; ++i)
        shop.call("Publish", object({{"TopicArn", shop.topic}, {"Message", "Test"}, {"MessageGroupId", "g"}}));
    REQUIRE(shop.seen->queued.size() == 1);
    CHECK(textOr(shop.seen->queued[0], "MessageDeduplicationId") ==
          "532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25");  // recorded from AWS
    CHECK_FALSE(find(parseJson(textOr(shop.seen->queued[0], "MessageBody")), "Signature"));
}

TEST_CASE("a full queue is tried again; one that is gone is not") {
    SnsBench shop;
    shop.subscribe("sqs", kQueue);
    shop.seen->refusal = AwsError("ThrottlingException", "slow down");
    shop.publish("a");
    CHECK_FALSE(shop.bench.world.due(10).empty());
    shop.seen->refusal.reset();
    shop.bench.advance(20s);
    CHECK(shop.seen->queued.size() == 1);
    shop.seen->refusal = AwsError("QueueDoesNotExist", "The specified queue does not exist.");
    shop.publish("b");
    CHECK(shop.bench.world.due(10).empty());
}

TEST_CASE("a topic that goes leaves no row, and one made anew under its name has nothing of it") {
    SnsBench shop;
    shop.call("DeleteTopic", object({{"TopicArn", shop.topic}}));
    const auto make = [&] {
        return textOr(shop.call("CreateTopic", parseJson(R"({"Name": "orders.fifo", "Attributes": {"FifoTopic": "true"},
                                    "Tags": [{"Key": "team", "Value": "web"}]})")),
                      "TopicArn");
    };
    const auto publish = [&](const std::string& arn) {
        return shop.call("Publish", object({{"TopicArn", arn},
                                            {"Message", "ORDER#1"},
                                            {"MessageGroupId", "g"},
                                            {"MessageDeduplicationId", "once"}}));
    };
    const std::string arn = make();
    shop.call("Subscribe",
              object({{"TopicArn", arn}, {"Protocol", "sqs"}, {"Endpoint", std::string(kQueue) + ".fifo"}}));
    shop.call("AddPermission", object({{"TopicArn", arn},
                                       {"Label", "partner"},
                                       {"AWSAccountId", list({"111122223333"})},
                                       {"ActionName", list({"Publish"})}}));
    const Json first = publish(arn);
    CHECK(textOr(publish(arn), "MessageId") == textOr(first, "MessageId"));
    CHECK(shop.seen->queued.size() == 1);
    shop.call("DeleteTopic", object({{"TopicArn", arn}}));
    CHECK(shop.bench.rows("sns") == std::vector<std::string>{});

    make();
    const Json again = publish(arn);
    CHECK(textOr(again, "MessageId") != textOr(first, "MessageId"));
    CHECK(textOr(again, "SequenceNumber") == textOr(first, "SequenceNumber"));  // counted from the start
    CHECK(shop.seen->queued.size() == 1);
    CHECK(find(shop.call("ListSubscriptions", object()), "Subscriptions")->Empty());
    const Json attributes = shop.call("GetTopicAttributes", object({{"TopicArn", arn}}));
    CHECK(textOr(*find(attributes, "Attributes"), "Policy").find("partner") == std::string::npos);
    CHECK(textOr(*find(attributes, "Attributes"), "SubscriptionsDeleted") == "0");
}

TEST_CASE("a platform application goes with its endpoints, and no other's") {
    SnsBench shop;
    shop.call("DeleteTopic", object({{"TopicArn", shop.topic}}));
    const auto make = [&](const char* name) {
        return textOr(
            shop.call(
                "CreatePlatformApplication",
                object({{"Name", name}, {"Platform", "GCM"}, {"Attributes", object({{"PlatformCredential", "key"}})}})),
            "PlatformApplicationArn");
    };
    const auto endpoint = [&](const std::string& application) {
        return textOr(
            shop.call("CreatePlatformEndpoint", object({{"PlatformApplicationArn", application}, {"Token", "phone"}})),
            "EndpointArn");
    };
    const std::string shopApp = make("shop"), shopping = make("shopping");
    const std::string of = endpoint(shopApp), other = endpoint(shopping);
    shop.call("DeletePlatformApplication", object({{"PlatformApplicationArn", shopApp}}));
    CHECK(shop.bench.errorOf("sns", "GetEndpointAttributes", object({{"EndpointArn", of}})) == "NotFoundException");
    CHECK(shop.bench.errorOf("sns", "GetEndpointAttributes", object({{"EndpointArn", other}})) == "");
    make("shop");
    const auto endpoints = [&](const std::string& application) {
        return find(shop.call("ListEndpointsByPlatformApplication", object({{"PlatformApplicationArn", application}})),
                    "Endpoints")
            ->Size();
    };
    CHECK(endpoints(shopApp) == 0);
    CHECK(endpoints(shopping) == 1);
    for (const auto& application : {shopApp, shopping})
        shop.call("DeletePlatformApplication", object({{"PlatformApplicationArn", application}}));
    CHECK(shop.bench.rows("sns") == std::vector<std::string>{});
}

TEST_CASE("subscriptions of all topics come page by page, each once") {
    SnsBench shop;
    for (const char* name : {"a", "b", "order-events-too"})
        for (int i = 0; i < 70; ++i)
            shop.call("Subscribe",
                      object({{"TopicArn", textOr(shop.call("CreateTopic", object({{"Name", name}})), "TopicArn")},
                              {"Protocol", "sqs"},
                              {"Endpoint", std::string(kQueue) + std::to_string(i)}}));
    std::set<std::string> seen;
    std::size_t pages = 0, all = 0;
    Json request = object();
    for (bool more = true; more; ++pages) {
        const Json page = shop.call("ListSubscriptions", copy(request));
        for (const Json& one : find(page, "Subscriptions")->GetArray()) {
            ++all;
            seen.insert(textOr(one, "SubscriptionArn"));
        }
        const auto token = optionalText(page, "NextToken");
        more = token.has_value();
        if (token) set(request, "NextToken", *token);
    }
    CHECK(pages == 3);
    CHECK(all == 210);
    CHECK(seen.size() == 210);
}
