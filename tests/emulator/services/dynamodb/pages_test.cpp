#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;

namespace {

/// The texts under `name` of an answer's items, in their order: "a b c".
std::string namesIn(const Json& answer, std::string_view name) {
    std::string names;
    for (const auto& item : find(answer, "Items")->GetArray())
        names += (names.empty() ? "" : " ") + textOr(*find(item, name), "S");
    return names;
}

std::string cart(std::string_view key, std::size_t size) {
    return R"({"pk": {"S": ")" + std::string(key) + R"("}, "b": {"S": ")" + std::string(size, 'b') + R"("}})";
}

}  // namespace

TEST_CASE("a scan meets partitions in the order of DynamoDB's hash, and its segments are equal shares of that") {
    DynamodbBench bench;
    bench.createCarts();
    for (const auto* key : {"apple", "pear", "plum", "fig", "quince", "lime"}) bench.put("Carts", cart(key, 1));
    CHECK(namesIn(bench.run("Scan", R"({"TableName": "Carts"})"), "pk") == "quince lime pear apple plum fig");
    const auto segment = [&](int number) {
        return namesIn(bench.run("Scan", R"({"TableName": "Carts", "TotalSegments": 16, "Segment": )" +
                                             std::to_string(number) + "}"),
                       "pk");
    };
    CHECK(segment(0) == "quince lime");
    CHECK(segment(1).empty());
    CHECK(segment(6) == "pear");
    CHECK(segment(10) == "fig");
    CHECK(segment(15).empty());
}

TEST_CASE(
    "entries of a global index with equal keys stand in the order of their items' hash, and pages go on from it") {
    DynamodbBench bench;
    bench.createOrders();
    for (const auto* key : {"a1", "a2", "b1", "b2", "c1"}) {
        const std::string pk(1, key[0]), sk(1, key[1]);
        bench.put("Orders", R"({"pk": {"S": ")" + pk + R"("}, "sk": {"S": ")" + sk +
                                R"("}, "status": {"S": "NEW"}, "total": {"N": "1"}, "both": {"S": ")" + key + R"("}})");
    }
    const std::string query = R"({"TableName": "Orders", "IndexName": "byStatus", "KeyConditionExpression": "#s = :s",
        "ExpressionAttributeNames": {"#s": "status"}, "ExpressionAttributeValues": {":s": {"S": "NEW"}})";
    CHECK(namesIn(bench.run("Query", query + "}"), "both") == "b2 a2 a1 c1 b1");
    CHECK(namesIn(bench.run("Query", query + R"(, "ScanIndexForward": false})"), "both") == "b1 c1 a1 a2 b2");
    const Json page = bench.run("Query", query + R"(, "Limit": 2})");
    CHECK(namesIn(bench.run("Query",
                            query + R"(, "ExclusiveStartKey": )" + writeJson(*find(page, "LastEvaluatedKey")) + "}"),
                  "both") == "a1 c1 b1");
}

TEST_CASE("a page ends with the item that brings the stored size to 1 MB, to the byte") {
    for (const std::size_t last : {352407u, 352408u}) {
        DynamodbBench bench;
        bench.createCarts();
        for (const auto* key : {"k1", "k2"}) bench.put("Carts", cart(key, 345000));
        bench.put("Carts", cart("k3", last));
        const Json answer = bench.run("Scan", R"({"TableName": "Carts", "Select": "COUNT"})");
        CHECK(intOr(answer, "Count", 0) == 3);
        CHECK((find(answer, "LastEvaluatedKey") != nullptr) == (last == 352408));
    }
}
