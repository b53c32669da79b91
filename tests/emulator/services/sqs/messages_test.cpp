#include "tests/emulator/services/sqs/sqs_bench.h"

using namespace backlot;
using namespace backlot::sqs;
using namespace std::chrono_literals;

TEST_CASE("a received message is hidden until its visibility timeout has passed") {
    SqsBench bench;
    const auto url = bench.createQueue("inventory-update-queue");
    CHECK(url == "http://127.0.0.1:4566/000000000000/inventory-update-queue");
    bench.send(url, "ORDER#1001");
    CHECK(bench.receive(url) == Bodies{"ORDER#1001"});
    CHECK(bench.receive(url) == Bodies{});
    CHECK(bench.attribute(url, "ApproximateNumberOfMessagesNotVisible") == "1");
    bench.advance(30s);
    CHECK(bench.receive(url) == Bodies{"ORDER#1001"});
}

TEST_CASE("a long poll is answered by the message that comes, and only one of two polls gets it") {
    SqsBench bench;
    const auto url = bench.createQueue("payment-retry-queue");
    const auto first = bench.Bench::send("sqs", "ReceiveMessage", object({{"QueueUrl", url}, {"WaitTimeSeconds", 20}}));
    const auto second =
        bench.Bench::send("sqs", "ReceiveMessage", object({{"QueueUrl", url}, {"WaitTimeSeconds", 20}}));
    CHECK_FALSE(first->has_value());
    bench.send(url, "PAY#1");
    bench.settle();
    REQUIRE(first->has_value());
    CHECK(SqsBench::bodiesOf(std::get<Json>(**first)) == Bodies{"PAY#1"});
    CHECK_FALSE(second->has_value());
    bench.advance(20s);
    REQUIRE(second->has_value());
    CHECK(SqsBench::bodiesOf(std::get<Json>(**second)).empty());
}

TEST_CASE("a long poll sees a delayed message at its moment") {
    SqsBench bench;
    const auto url = bench.createQueue("delayed");
    const auto poll = bench.Bench::send("sqs", "ReceiveMessage", object({{"QueueUrl", url}, {"WaitTimeSeconds", 20}}));
    bench.sqs("SendMessage", url, object({{"MessageBody", "later"}, {"DelaySeconds", 7}}));
    CHECK_FALSE(poll->has_value());
    CHECK(bench.attribute(url, "ApproximateNumberOfMessagesDelayed") == "1");
    bench.advance(6s);
    CHECK_FALSE(poll->has_value());
    bench.advance(1s);
    REQUIRE(poll->has_value());
    CHECK(SqsBench::bodiesOf(std::get<Json>(**poll)) == Bodies{"later"});
}

TEST_CASE("a message received too often goes to the dead-letter queue with its source") {
    SqsBench bench;
    const auto dead = bench.createQueue("orders-dlq");
    const auto url = bench.createQueue(
        "orders",
        object({{"VisibilityTimeout", "1"},
                {"RedrivePolicy",
                 R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:orders-dlq","maxReceiveCount":"2"})"}}));
    bench.send(url, "ORDER#7");
    for (int i = 0; i < 2; ++i) {
        CHECK(bench.receive(url) == Bodies{"ORDER#7"});
        bench.advance(1s);
    }
    CHECK(bench.receive(url) == Bodies{});
    CHECK(bench.attribute(url, "ApproximateNumberOfMessages") == "0");
    const Json answer = bench.sqs("ReceiveMessage", dead, object({{"AttributeNames", list({"All"})}}));
    CHECK(SqsBench::bodiesOf(answer) == Bodies{"ORDER#7"});
    CHECK(textOr(*at((*find(answer, "Messages"))[0], {"Attributes"}), "DeadLetterQueueSourceArn") ==
          "arn:aws:sqs:us-east-1:000000000000:orders");

    bench.advance(30s);
    bench.call("sqs", "StartMessageMoveTask", object({{"SourceArn", "arn:aws:sqs:us-east-1:000000000000:orders-dlq"}}));
    bench.settle();
    CHECK(bench.receive(url) == Bodies{"ORDER#7"});
}

TEST_CASE("a FIFO group stays in order around a hidden message") {
    SqsBench bench;
    const auto url = bench.createQueue("checkout.fifo", object({{"FifoQueue", "true"}, {"VisibilityTimeout", "1"}}));
    for (const char* body : {"a1", "a2", "a3"}) bench.sendTo(url, "a", body);
    bench.sendTo(url, "b", "b1");
    CHECK(bench.receive(url, 1) == Bodies{"a1"});
    CHECK(bench.receive(url) == Bodies{"b1"});  // group a waits for a1
    bench.advance(1s);
    CHECK(bench.receive(url, 3) == Bodies{"a1", "a2", "a3"});
    bench.sendTo(url, "a", "a1");  // a duplicate
    bench.advance(1s);
    CHECK(bench.receive(url) == Bodies{"b1", "a1", "a2", "a3"});
}

TEST_CASE("a FIFO message cannot be deleted once its receipt handle has expired") {
    SqsBench bench;
    const auto url = bench.createQueue("a.fifo", object({{"FifoQueue", "true"}, {"VisibilityTimeout", "1"}}));
    bench.sendTo(url, "g", "x");
    const Json answer = bench.sqs("ReceiveMessage", url);
    const std::string handle = textOr((*find(answer, "Messages"))[0], "ReceiptHandle");
    bench.advance(1s);
    CHECK(bench.errorOf("sqs", "DeleteMessage", object({{"QueueUrl", url}, {"ReceiptHandle", handle}})) ==
          "InvalidParameterValueException");
}

TEST_CASE("message attributes carry the MD5 that the SDKs check") {
    SqsBench bench;
    const auto url = bench.createQueue("q");
    const Json sent = bench.sqs(
        "SendMessage", url,
        object({{"MessageBody", "msg"},
                {"MessageAttributes", parseJson(R"({"Foo": {"DataType": "String", "StringValue": "Bar"}})")}}));
    CHECK(textOr(sent, "MD5OfMessageBody") == "6e2baaf3b97dbeef01c0043275f9a0e7");
    CHECK(textOr(sent, "MD5OfMessageAttributes") == "ae7155c6026991b6d54b11589678bf9c");  // recorded from AWS
}

TEST_CASE("a message that is too old is gone") {
    SqsBench bench;
    const auto url = bench.createQueue("q", object({{"MessageRetentionPeriod", "60"}}));
    bench.send(url, "old");
    bench.advance(60s);
    CHECK(bench.attribute(url, "ApproximateNumberOfMessages") == "0");
    CHECK(bench.receive(url) == Bodies{});
}

TEST_CASE("a hidden message is no job where nobody wants to know when it becomes visible") {
    SqsBench bench;
    const auto url = bench.createQueue("q");
    bench.send(url, "x");
    CHECK(bench.receive(url) == Bodies{"x"});
    CHECK(bench.world.due(10).empty());
}

TEST_CASE("a subscriber is told when a hidden message becomes visible again, and not for one that was deleted") {
    SqsBench bench;
    const auto url = bench.createQueue("q");
    bench.call("ear", "Listen", object({{"QueueArn", bench.attribute(url, "QueueArn")}}));
    const auto times = [&] { return intOr(bench.call("ear", "Heard"), "times", -1); };
    bench.send(url, "x");
    const auto before = times();
    CHECK(bench.receive(url) == Bodies{"x"});
    REQUIRE(bench.world.due(10).size() == 1);
    bench.advance(30s);
    CHECK(times() == before + 1);

    const Json taken = bench.sqs("ReceiveMessage", url);
    REQUIRE(bench.world.due(10).size() == 1);
    bench.sqs("DeleteMessage", url,
              object({{"ReceiptHandle", textOr((*find(taken, "Messages"))[0], "ReceiptHandle")}}));
    CHECK(bench.world.due(10).empty());
}

TEST_CASE("a purged queue holds nothing that was sent before, and its rows go") {
    for (const bool fifo : {false, true}) {
        SqsBench bench;
        const auto url =
            bench.createQueue(fifo ? "orders.fifo" : "orders", fifo ? object({{"FifoQueue", "true"}}) : object());
        const auto send = [&](const std::string& body) {
            return fifo ? bench.sendTo(url, "g", body) : bench.send(url, body);
        };
        for (int i = 0; i < 300; ++i) send("old-" + std::to_string(i));
        const auto handle = textOr(find(bench.sqs("ReceiveMessage", url), "Messages")->GetArray()[0], "ReceiptHandle");
        const auto before = textOr(send("last"), "SequenceNumber");
        bench.sqs("PurgeQueue", url);
        CHECK(bench.attribute(url, "ApproximateNumberOfMessages") == "0");
        CHECK(bench.receive(url) == Bodies{});
        CHECK(textOr(send("new"), "SequenceNumber") >= before);
        CHECK(bench.attribute(url, "ApproximateNumberOfMessages") == "1");
        CHECK(bench.receive(url) == Bodies{"new"});
        bench.sqs("DeleteMessage", url,
                  object({{"ReceiptHandle", handle}}));  // of a message that is no more: as when it was deleted
        bench.sqs("DeleteQueue", url);
        bench.settle();
        const Txn txn(bench.world.store().env(), Txn::Mode::read);
        CHECK(txn.count(bench.world.store().table("sqs")) == 0);
    }
}

TEST_CASE("messages that are too old go as others are sent, also where nobody receives") {
    SqsBench bench;
    const auto url = bench.createQueue("dead-letters", object({{"MessageRetentionPeriod", "60"}}));
    for (int i = 0; i < 300; ++i) bench.send(url, "old");
    bench.advance(61s);
    for (int i = 0; i < 300; ++i) bench.send(url, "new");
    const Txn txn(bench.world.store().env(), Txn::Mode::read);
    CHECK(txn.count(bench.world.store().table("sqs")) < 2 * 310 + 10);
}

TEST_CASE("a receive passes over so many expired messages at once; a long poll goes on to those that are not") {
    SqsBench bench;
    const auto url = bench.createQueue("orders", object({{"MessageRetentionPeriod", "60"}}));
    for (int i = 0; i < 2500; ++i) bench.send(url, "old");
    bench.advance(61s);
    bench.send(url, "new");
    const auto poll = bench.Bench::send("sqs", "ReceiveMessage", object({{"QueueUrl", url}, {"WaitTimeSeconds", 20}}));
    REQUIRE(poll->has_value());
    CHECK(SqsBench::bodiesOf(std::get<Json>(**poll)) == Bodies{"new"});
}
