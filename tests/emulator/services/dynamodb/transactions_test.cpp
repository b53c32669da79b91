#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;

TEST_CASE("a transaction does all or nothing, and says why") {
    DynamodbBench bench;
    bench.createCarts();
    bench.put("Carts", R"({"pk": {"S": "a"}, "stock": {"N": "1"}})");
    const std::string_view request = R"json({"TransactItems": [
        {"Put": {"TableName": "Carts", "Item": {"pk": {"S": "b"}}}},
        {"Update": {"TableName": "Carts", "Key": {"pk": {"S": "a"}}, "UpdateExpression": "SET stock = stock - :n",
                    "ConditionExpression": "stock >= :n", "ExpressionAttributeValues": {":n": {"N": "2"}},
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}]})json";
    try {
        bench.run("TransactWriteItems", request);
        FAIL("the transaction went through");
    } catch (const AwsError& error) {
        CHECK(error.code() == "TransactionCanceledException");
        CHECK(error.message() ==
              "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
              "ConditionalCheckFailed]");
        CHECK(
            writeJson(*error.extra()) ==
            R"({"CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"The conditional request failed","Item":{"pk":{"S":"a"},"stock":{"N":"1"}}}]})");
    }
    CHECK(bench.item("Carts", R"({"pk": {"S": "b"}})").empty());
}

TEST_CASE("a transaction with a known token is not carried out again") {
    DynamodbBench bench;
    bench.createCarts();
    const std::string_view add =
        R"({"ClientRequestToken": "t1", "TransactItems": [{"Update": {"TableName": "Carts", "Key": {"pk": {"S": "a"}},
        "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}}]})";
    bench.run("TransactWriteItems", add);
    bench.run("TransactWriteItems", add);
    CHECK(bench.item("Carts", R"({"pk": {"S": "a"}})") == R"({"n":{"N":"1"},"pk":{"S":"a"}})");
    CHECK(bench.errorOf("dynamodb", "TransactWriteItems", parseJson(R"({"ClientRequestToken": "t1", "TransactItems": [
        {"Delete": {"TableName": "Carts", "Key": {"pk": {"S": "a"}}}}]})")) == "IdempotentParameterMismatchException");
    bench.advance(std::chrono::minutes(11));
    bench.run("TransactWriteItems", add);
    CHECK(bench.item("Carts", R"({"pk": {"S": "a"}})") == R"({"n":{"N":"2"},"pk":{"S":"a"}})");
}

TEST_CASE("two operations of a transaction on one item are refused") {
    DynamodbBench bench;
    bench.createCarts();
    CHECK(bench.error("TransactWriteItems",
                      R"({"TransactItems": [{"Put": {"TableName": "Carts", "Item": {"pk": {"S": "a"}}}},
        {"Delete": {"TableName": "Carts", "Key": {"pk": {"S": "a"}}}}]})") ==
          "ValidationException: Transaction request cannot include multiple operations on one item");
}

TEST_CASE("TransactGetItems answers in order, with nothing for what is missing") {
    DynamodbBench bench;
    bench.createCarts();
    bench.put("Carts", R"({"pk": {"S": "a"}})");
    CHECK(
        bench.text("TransactGetItems", R"({"TransactItems": [{"Get": {"TableName": "Carts", "Key": {"pk": {"S": "x"}}}},
        {"Get": {"TableName": "Carts", "Key": {"pk": {"S": "a"}}}}]})") ==
        R"({"Responses":[{},{"Item":{"pk":{"S":"a"}}}]})");
}
