#include "tests/emulator/services/lambda/lambda_bench.h"

#include "emulator/base/hash.h"

namespace backlot {
namespace {

void number(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

constexpr const char* kQueue = "arn:aws:sqs:us-east-1:000000000000:payment-retry-queue";

}  // namespace

std::string zipOf(const std::vector<ZipFile>& files) {
    std::string body, directory;
    for (const ZipFile& file : files) {
        const std::uint32_t crc = crc32(file.content) ^ (file.wrongChecksum ? 1 : 0);
        const std::uint64_t size = file.claimedSize ? file.claimedSize : file.content.size();
        std::string common;
        number(common, 20, 2);
        number(common, file.flags, 2);
        number(common, 0, 2);  // stored
        number(common, 0, 4);
        number(common, crc, 4);
        number(common, file.content.size(), 4);
        number(common, size, 4);
        number(common, file.path.size(), 2);
        number(common, 0, 2);
        const auto offset = body.size();
        body += "PK\x03\x04" + common + file.path + file.content;
        directory += std::string("PK\x01\x02");
        number(directory, 3 << 8 | 20, 2);  // made on Unix
        directory += common;
        number(directory, 0, 2);
        number(directory, 0, 2);
        number(directory, 0, 2);
        number(directory, std::uint64_t(file.mode) << 16, 4);
        number(directory, offset, 4);
        directory += file.path;
    }
    std::string end = "PK\x05\x06";
    number(end, 0, 4);
    number(end, files.size(), 2);
    number(end, files.size(), 2);
    number(end, directory.size(), 4);
    number(end, body.size(), 4);
    number(end, 0, 2);
    return body + directory + end;
}

std::vector<Service> LambdaParts::services() {
    std::vector<Service> result;
    const auto record = [this](const char* name) {
        return [this, name](Call&, const Fields& request) -> Reply {
            asked.emplace_back(name, writeJson(request.json()));
            return object();
        };
    };
    result.push_back(Service{.name = "logs",
                             .operations = {{"AppendLogs",
                                             [this](Call&, const Fields& request) -> Reply {
                                                 ++appends;
                                                 for (const Json* event : request.items("events"))
                                                     logs += textOr(*event, "message");
                                                 return object();
                                             },
                                             internal}}});
    result.push_back(Service{.name = "sns", .operations = {{"Publish", record("sns:Publish")}}});
    result.push_back(Service{.name = "events", .operations = {{"PutEvents", record("events:PutEvents")}}});
    result.push_back(Service{
        .name = "sqs",
        .operations = {{"SendMessage", record("sqs:SendMessage")},
                       {"GetQueueAttributes",
                        [](Call&, const Fields&) -> Reply {
                            return object({{"Attributes", object({{"VisibilityTimeout", "30"}})}});
                        }},
                       {"ReceiveMessage",
                        [this](Call&, const Fields& request) -> Reply {
                            Json messages(rapidjson::kArrayType);
                            while (!visible.empty() && messages.Size() < request.integer("MaxNumberOfMessages")) {
                                const std::string body = visible.front();
                                visible.erase(visible.begin());
                                push(messages, object({{"MessageId", "id-" + body},
                                                       {"ReceiptHandle", "handle-" + body},
                                                       {"Body", body},
                                                       {"MD5OfBody", md5Hex(body)},
                                                       {"Attributes", object({{"ApproximateReceiveCount", "1"}})}}));
                            }
                            return messages.Empty() ? object() : object({{"Messages", std::move(messages)}});
                        }},
                       {"DeleteMessageBatch",
                        [this](Call&, const Fields& request) -> Reply {
                            for (const Json* entry : request.items("Entries"))
                                deleted.push_back(textOr(*entry, "ReceiptHandle"));
                            return object();
                        }},
                       {"Offer", [](Call& call, const Fields&) -> Reply {
                            call.signal(std::string("sqs:visible:") + kQueue);
                            return object();
                        }}}});
    result.push_back(Service{
        .name = "dynamodbstreams",
        .operations = {
            {"DescribeStream",
             [](Call&, const Fields&) -> Reply {
                 return object({{"StreamDescription", object({{"Shards", list({object({{"ShardId", "shard-1"}})})}})}});
             }},
            {"GetShardIterator",
             [](Call&, const Fields& request) -> Reply {
                 return object({{"ShardIterator", request.valueOr("SequenceNumber", "0")}});
             }},
            {"GetRecords",
             [this](Call&, const Fields& request) -> Reply {
                 Json found(rapidjson::kArrayType);
                 std::string last = request.text("ShardIterator");
                 for (const Json& each : streamRecords) {
                     const std::string sequence = text(*at(each, {"dynamodb", "SequenceNumber"}));
                     if (std::stoi(sequence) <= std::stoi(last) || found.Size() == request.integer("Limit")) continue;
                     last = sequence;
                     push(found, copy(each));
                 }
                 return object({{"Records", std::move(found)}, {"NextShardIterator", last}});
             }},
            {"Offer", [](Call& call, const Fields&) -> Reply {
                 call.signal(
                     "dynamodb:stream:arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/"
                     "2026-01-05T09:00:00.000");
                 return object();
             }}}});
    result.push_back(lambda::lambdaService(
        {.outside = &outside, .endpoint = "http://127.0.0.1:4566", .bootstrap = "/opt/backlot/bootstrap"}));
    return result;
}

LambdaBench::LambdaBench(ClockMode mode) : Bench(services()) { world.clock().setMode(mode); }

void LambdaBench::settleAll() {
    do {
        settle();
    } while (outside.pump() || world.drain());
}

std::shared_ptr<std::optional<Outcome>> LambdaBench::begin(const std::string& operation, Json request) {
    auto outcome = send("lambda", operation, std::move(request));
    settleAll();
    return outcome;
}

Json LambdaBench::lambda(const std::string& operation, Json request) {
    const auto outcome = begin(operation, std::move(request));
    REQUIRE_MESSAGE(outcome->has_value(), operation << " did not answer");
    if (auto* error = std::get_if<AwsError>(&**outcome)) throw *error;
    return std::move(std::get<Json>(**outcome));
}

std::string LambdaBench::lambdaError(const std::string& operation, Json request) {
    try {
        lambda(operation, std::move(request));
        return {};
    } catch (const AwsError& error) {
        return error.code() + ": " + error.message();
    }
}

void LambdaBench::create(const std::string& name, const std::string& handler, Json more) {
    set(more, "FunctionName", name);
    set(more, "Handler", handler);
    set(more, "Runtime", "python3.12");
    set(more, "Role", "arn:aws:iam::000000000000:role/shop");
    set(more, "Code", object({{"ZipFile", base64Encode(zipOf({{}}))}}));
    lambda("CreateFunction", std::move(more));
}

Json LambdaBench::invoke(const std::string& name, const std::string& payload, Json more) {
    set(more, "FunctionName", name);
    set(more, "Payload", payload);
    return lambda("Invoke", std::move(more));
}

void LambdaBench::moveClock(Duration by) {
    bool arrived = false;
    world.advance(world.now() + by, [&](const World::Arrival&) { arrived = true; });
    for (int i = 0; i < 1000 && !arrived; ++i) settleAll();
    REQUIRE(arrived);
    settleAll();
}

void LambdaBench::offer(std::vector<std::string> bodies) {
    for (auto& body : bodies) visible.push_back(std::move(body));
    call("sqs", "Offer");
    settleAll();
}

void LambdaBench::addStreamRecords(int count) {
    for (int i = 0; i < count; ++i) {
        const auto number = std::to_string(streamRecords.size() + 1);
        streamRecords.push_back(
            object({{"eventID", "e" + number},
                    {"eventName", "INSERT"},
                    {"eventSource", "aws:dynamodb"},
                    {"dynamodb", object({{"SequenceNumber", number},
                                         {"ApproximateCreationDateTime", epochSeconds(world.now())},
                                         {"Keys", object({{"id", object({{"S", "ORDER#" + number}})}})}})}}));
    }
    call("dynamodbstreams", "Offer");
    settleAll();
}

}  // namespace backlot
