#pragma once
// A DynamoDB with an empty store; requests and answers as JSON text.

#include "emulator/services/dynamodb/service.h"
#include "emulator/services/s3/service.h"
#include "tests/emulator/bench.h"

namespace backlot {

struct DynamodbBench : Bench {
    explicit DynamodbBench(dynamodb::Settings settings = {}) : DynamodbBench(dynamodb::makeMemory(settings)) {}

    Json run(std::string operation, std::string_view request) {
        return call("dynamodb", std::move(operation), parseJson(request));
    }
    std::string text(std::string operation, std::string_view request) {
        return writeJson(run(std::move(operation), request));
    }
    /// "Code: message" of the error that the request ends with; empty where it succeeds.
    std::string error(std::string operation, std::string_view request) {
        try {
            run(std::move(operation), request);
            return {};
        } catch (const AwsError& error) {
            return error.code() + ": " + error.message();
        }
    }
    Json streams(std::string operation, Json request) {
        return call("dynamodbstreams", std::move(operation), std::move(request));
    }

    /// "Orders": hash key pk, range key sk, a global index "byStatus" on status and total, a local one "byTotal".
    void createOrders(std::string_view more = "") {
        run("CreateTable", R"({"TableName": "Orders", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"},
                                     {"AttributeName": "status", "AttributeType": "S"}, {"AttributeName": "total", "AttributeType": "N"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "GlobalSecondaryIndexes": [{"IndexName": "byStatus", "Projection": {"ProjectionType": "ALL"},
                "KeySchema": [{"AttributeName": "status", "KeyType": "HASH"}, {"AttributeName": "total", "KeyType": "RANGE"}]}],
            "LocalSecondaryIndexes": [{"IndexName": "byTotal", "Projection": {"ProjectionType": "KEYS_ONLY"},
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "total", "KeyType": "RANGE"}]}])" +
                               std::string(more) + "}");
    }
    /// "Carts": hash key pk alone.
    void createCarts(std::string_view more = "") {
        run("CreateTable", R"({"TableName": "Carts", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}])" +
                               std::string(more) + "}");
    }
    void put(std::string_view table, std::string_view item) {
        run("PutItem", R"({"TableName": ")" + std::string(table) + R"(", "Item": )" + std::string(item) + "}");
    }
    /// The item at {"pk": …}, as text; empty where there is none.
    std::string item(std::string_view table, std::string_view key) {
        const Json answer =
            run("GetItem", R"({"TableName": ")" + std::string(table) + R"(", "Key": )" + std::string(key) + "}");
        const Json* found = find(answer, "Item");
        return found ? writeJson(*found) : std::string();
    }

private:
    explicit DynamodbBench(std::shared_ptr<dynamodb::Memory> memory) : Bench(servicesOf(memory)) {}
    static std::vector<Service> servicesOf(const std::shared_ptr<dynamodb::Memory>& memory) {
        std::vector<Service> services;
        services.push_back(dynamodb::dynamodbService(memory));
        services.push_back(dynamodb::dynamodbStreamsService(memory));
        services.push_back(s3::s3Service());  // exports and imports go there
        return services;
    }
};

}  // namespace backlot
