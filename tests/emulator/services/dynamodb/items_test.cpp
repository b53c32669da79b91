#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;

TEST_CASE("an item that was put is got") {
    DynamodbBench bench;
    bench.createOrders();
    const std::string item =
        R"({"pk":{"S":"ORDER#1"},"sk":{"S":"META"},"status":{"S":"PAID"},"tags":{"SS":["a","b"]},"total":{"N":"12.5"}})";
    bench.put("Orders", item);
    CHECK(bench.item("Orders", R"({"pk": {"S": "ORDER#1"}, "sk": {"S": "META"}})") == item);
    CHECK(bench.item("Orders", R"({"pk": {"S": "ORDER#2"}, "sk": {"S": "META"}})").empty());
}

TEST_CASE("a null where a value is expected is refused in words") {
    DynamodbBench bench;
    bench.createCarts();
    const auto refused = [&](const std::string& attributes) {
        return bench.error("PutItem", R"({"TableName": "Carts", "Item": {"pk": {"S": "u1"}, )" + attributes + "}}");
    };
    const std::string empty =
        "ValidationException: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
    CHECK(refused(R"("a": null)") == empty);
    CHECK(refused(R"("a": {"S": null})") == empty);
    CHECK(refused(R"("a": {"L": [null]})") == empty);
    CHECK(refused(R"("a": {"M": {"b": null}})") == empty);
    const std::string invalid = "ValidationException: One or more parameter values were invalid: ";
    CHECK(refused(R"("a": {"SS": ["x", null]})") == invalid + "An string set  may not have a null string as a member");
    CHECK(refused(R"("a": {"NS": [null]})") == invalid + "An number set  may not have a null number as a member");
    CHECK(refused(R"("a": {"BS": [null]})") == invalid + "Binary sets may not contain null or empty values");
}

TEST_CASE("a failed condition leaves the item as it was") {
    DynamodbBench bench;
    bench.createCarts();
    bench.put("Carts", R"({"pk": {"S": "u1"}, "n": {"N": "1"}})");
    CHECK(
        bench.error(
            "PutItem",
            R"json({"TableName": "Carts", "Item": {"pk": {"S": "u1"}}, "ConditionExpression": "attribute_not_exists(pk)"})json") ==
        "ConditionalCheckFailedException: The conditional request failed");
    CHECK(bench.item("Carts", R"({"pk": {"S": "u1"}})") == R"({"n":{"N":"1"},"pk":{"S":"u1"}})");
}

TEST_CASE("an update sets, adds, removes and deletes in one go, reading the old item") {
    DynamodbBench bench;
    bench.createCarts();
    bench.put(
        "Carts",
        R"({"pk": {"S": "u1"}, "n": {"N": "1"}, "l": {"L": [{"S": "a"}, {"S": "b"}]}, "s": {"SS": ["x", "y"]}, "m": {"M": {"k": {"N": "5"}}}})");
    const auto answer =
        bench.text("UpdateItem", R"({"TableName": "Carts", "Key": {"pk": {"S": "u1"}}, "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET a = n + :two, m.k = m.k - :two, l[5] = :s REMOVE l[0] ADD n :two DELETE s :xs",
        "ExpressionAttributeValues": {":two": {"N": "2"}, ":s": {"S": "c"}, ":xs": {"SS": ["x"]}}})");
    CHECK(
        answer ==
        R"({"Attributes":{"a":{"N":"3"},"l":{"L":[{"S":"b"},{"S":"c"}]},"m":{"M":{"k":{"N":"3"}}},"n":{"N":"3"},"pk":{"S":"u1"},"s":{"SS":["y"]}}})");
}

TEST_CASE("a query reads one partition in the order of its sort keys, by pages") {
    DynamodbBench bench;
    bench.createOrders();
    for (int i = 0; i < 5; ++i)
        bench.put("Orders", R"({"pk": {"S": "u1"}, "sk": {"S": ")" + std::to_string(i) +
                                R"("}, "status": {"S": "NEW"}, "total": {"N": ")" + std::to_string(10 - i) + R"("}})");
    bench.put("Orders", R"({"pk": {"S": "u2"}, "sk": {"S": "0"}})");
    const Json page =
        bench.run("Query", R"({"TableName": "Orders", "KeyConditionExpression": "pk = :u AND sk > :s", "Limit": 2,
        "ProjectionExpression": "sk", "ExpressionAttributeValues": {":u": {"S": "u1"}, ":s": {"S": "0"}}})");
    CHECK(writeJson(*find(page, "Items")) == R"([{"sk":{"S":"1"}},{"sk":{"S":"2"}}])");
    CHECK(writeJson(*find(page, "LastEvaluatedKey")) == R"({"pk":{"S":"u1"},"sk":{"S":"2"}})");
    const Json indexed = bench.run(
        "Query",
        R"({"TableName": "Orders", "IndexName": "byStatus", "KeyConditionExpression": "#s = :n AND #t BETWEEN :a AND :b",
        "ProjectionExpression": "#t", "ScanIndexForward": false, "ExpressionAttributeNames": {"#s": "status", "#t": "total"},
        "ExpressionAttributeValues": {":n": {"S": "NEW"}, ":a": {"N": "7"}, ":b": {"N": "9"}}})");
    CHECK(writeJson(*find(indexed, "Items")) == R"([{"total":{"N":"9"}},{"total":{"N":"8"}},{"total":{"N":"7"}}])");
}

TEST_CASE("an expression may be nested as deep as operators are allowed, and no deeper") {
    DynamodbBench bench;
    bench.createCarts();
    const auto scan = [&](const std::string& filter) {
        return bench.error("Scan", R"({"TableName": "Carts", "FilterExpression": ")" + filter +
                                       R"(", "ExpressionAttributeValues": {":v": {"N": "1"}}})");
    };
    const auto brackets = [](int count) { return std::string(static_cast<std::size_t>(count), '('); };
    std::string left = "a=:v";  // ((a=:v AND a=:v) AND a=:v) …, as builders write it: 150 comparisons and 149 times AND
    for (int i = 0; i < 149; ++i) left = "(" + left + ")AND a=:v";
    CHECK(scan(left).empty());
    const std::string invalid = "ValidationException: Invalid FilterExpression: ";
    CHECK(scan("(" + left + ")AND a=:v") ==
          invalid + "The expression contains too many operators; operator count: 301");
    CHECK(scan(brackets(2) + "a=:v))") == invalid + "The expression has redundant parentheses;");
    CHECK(scan(brackets(2040) + "a=:v" + std::string(2040, ')')) ==
          invalid + "The expression has redundant parentheses;");
    CHECK(scan(brackets(4096)) == invalid + "The expression has redundant parentheses;");
    std::string negations, calls;
    for (int i = 0; i < 1000; ++i) negations += "NOT ";
    for (int i = 0; i < 800; ++i) calls += "size(";
    CHECK(
        scan(negations + "a=:v").starts_with(invalid + "The expression contains too many operators; operator count: "));
    CHECK(scan(calls + "a" + std::string(800, ')') + "=:v").size() > 0);
    CHECK(bench
              .error("UpdateItem", R"({"TableName": "Carts", "Key": {"pk": {"S": "u1"}}, "UpdateExpression": "SET a=)" +
                                       brackets(4000) + "\"}")
              .starts_with("ValidationException: Invalid UpdateExpression: "));
}

TEST_CASE("size() counts the characters of a string and the bytes of a binary") {
    DynamodbBench bench;
    bench.createCarts();
    bench.put("Carts", R"({"pk": {"S": "u1"}, "s": {"S": "abÿ"}, "b": {"B": "YWJjZA=="}})");
    const auto found =
        bench.run("Scan", R"json({"TableName": "Carts", "FilterExpression": "size(s) = :three AND size(b) = :four",
        "ExpressionAttributeValues": {":three": {"N": "3"}, ":four": {"N": "4"}}})json");
    CHECK(intOr(found, "Count", 0) == 1);
}

TEST_CASE("a start key is refused in the order in which AWS looks at it") {
    DynamodbBench bench;
    bench.createOrders();
    const auto query = [&](const std::string& condition, const std::string& start) {
        return bench.error("Query", R"({"TableName": "Orders", "KeyConditionExpression": ")" + condition +
                                        R"(", "ExpressionAttributeValues": {":v": {"S": "b"}}, "ExclusiveStartKey": )" +
                                        start + "}");
    };
    CHECK(query("pk = :v", R"({"pk": {"S": "b"}})") == "ValidationException: The provided starting key is invalid");
    CHECK(query("pk = :v", R"({"pk": {"N": "1"}, "sk": {"S": "a"}})") ==
          "ValidationException: The provided key element does not match the schema");
    CHECK(query("sk = :v", R"({"pk": {"S": "a"}, "other": {"S": "a"}})") ==
          "ValidationException: Query condition missed key schema element: pk");
    CHECK(query("pk = :v", R"({"pk": {"S": "a"}, "sk": {"S": "a"}})") ==
          "ValidationException: The provided starting key is outside query boundaries based on provided conditions");
    CHECK(query("pk = :v AND sk > :v", R"({"pk": {"S": "b"}, "sk": {"S": "a"}})") ==
          "ValidationException: The provided starting key does not match the range key predicate");
}
