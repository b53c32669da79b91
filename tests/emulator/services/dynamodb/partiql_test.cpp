#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;

namespace {

Json statement(std::string_view text, Json parameters = Json()) {
    Json request = object({{"Statement", text}});
    if (!parameters.IsNull()) set(request, "Parameters", std::move(parameters));
    return request;
}

std::string itemsOf(DynamodbBench& bench, std::string_view text, Json parameters = Json()) {
    return writeJson(
        *find(bench.call("dynamodb", "ExecuteStatement", statement(text, std::move(parameters))), "Items"));
}

}  // namespace

TEST_CASE("PartiQL inserts, selects, updates and deletes an item") {
    DynamodbBench bench;
    bench.createCarts();
    bench.call("dynamodb", "ExecuteStatement",
               statement("INSERT INTO Carts VALUE {'pk': 'u1', 'n': 1, 'tags': <<'a', 'b'>>, 'm': {'l': [1, true]}}"));
    CHECK(bench.errorOf("dynamodb", "ExecuteStatement", statement("INSERT INTO Carts VALUE {'pk': 'u1'}")) ==
          "DuplicateItemException");
    CHECK(itemsOf(bench, "SELECT n, m.l[1] FROM \"Carts\" WHERE pk = ?", parseJson(R"([{"S": "u1"}])")) ==
          R"([{"n":{"N":"1"},"_2":{"BOOL":true}}])");
    CHECK(itemsOf(bench, "SELECT m.l FROM Carts WHERE pk = 'u1'") == R"([{"l":{"L":[{"N":"1"},{"BOOL":true}]}}])");
    CHECK(itemsOf(bench, "UPDATE Carts SET n = n + 4 REMOVE m WHERE pk = 'u1' AND n < 5 RETURNING MODIFIED NEW *") ==
          R"([{"n":{"N":"5"}}])");
    CHECK(
        bench.errorOf("dynamodb", "ExecuteStatement", statement("UPDATE Carts SET n = 0 WHERE pk = 'u1' AND n < 5")) ==
        "ConditionalCheckFailedException");
    CHECK(itemsOf(bench, "DELETE FROM Carts WHERE pk = 'u1' RETURNING ALL OLD *") ==
          R"([{"n":{"N":"5"},"pk":{"S":"u1"},"tags":{"SS":["a","b"]}}])");
    CHECK(itemsOf(bench, "SELECT * FROM Carts") == "[]");
}

TEST_CASE("a statement that is none is refused with its place") {
    DynamodbBench bench;
    bench.createCarts();
    CHECK(bench.errorOf("dynamodb", "ExecuteStatement", statement("SELEKT * FROM Carts")) == "ValidationException");
    CHECK(bench.errorOf("dynamodb", "ExecuteStatement", statement("SELECT * FROM Carts WHERE pk = ?")) ==
          "ValidationException");
    CHECK(bench.errorOf("dynamodb", "ExecuteStatement", statement("UPDATE Carts SET n = 1 WHERE n = 2")) ==
          "ValidationException");
}

TEST_CASE("functions stand where they mean something") {
    DynamodbBench bench;
    bench.createCarts();
    bench.put("Carts", R"({"pk": {"S": "u1"}, "b": {"S": "abc"}})");
    const auto refused = [&](std::string_view text) {
        return bench.errorOf("dynamodb", "ExecuteStatement", statement(text)) == "ValidationException";
    };
    CHECK(itemsOf(bench, "SELECT b FROM Carts WHERE size(b) = 3") == R"([{"b":{"S":"abc"}}])");
    CHECK(refused("UPDATE Carts SET c = size(b) WHERE pk = 'u1'"));
    CHECK(refused("UPDATE Carts SET c = list_append(size(b), [1]) WHERE pk = 'u1'"));
    CHECK(refused("UPDATE Carts SET c = if_not_exists(5, 6) WHERE pk = 'u1'"));
    CHECK(refused("SELECT * FROM Carts WHERE list_append(b, b) = [1]"));
    CHECK(refused("SELECT * FROM Carts WHERE if_not_exists(b, 1) = 1"));
}

TEST_CASE("an item cannot be nested deeper by an update of what lies deep in it") {
    DynamodbBench bench;
    bench.createCarts();
    bench.put("Carts", R"({"pk": {"S": "u1"}, "m": {"M": {"m": {"N": "1"}}}})");
    const auto nested = [](int levels) {
        std::string text = "1";
        for (int i = 0; i < levels; ++i) text = "{'m': " + text + "}";
        return text;
    };
    const auto set = [&](const std::string& path, int levels) {
        return bench.error("ExecuteStatement", writeJson(statement("UPDATE Carts SET " + path + " = " + nested(levels) +
                                                                   " WHERE pk = 'u1'")));
    };
    const std::string tooDeep =
        "ValidationException: Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
        "beyond supported limit";
    CHECK(set("m.m", 30).empty());
    CHECK(set("m.m", 31) == tooDeep);
    CHECK(set("m.m.m", 30) == tooDeep);
    CHECK(bench.error("ExecuteStatement",
                      writeJson(statement("INSERT INTO Carts VALUE {'pk': 'u2', 'm': " + nested(32) + "}"))) ==
          tooDeep);
    CHECK(bench
              .error("UpdateItem",
                     R"({"TableName": "Carts", "Key": {"pk": {"S": "u1"}}, "UpdateExpression": "SET m.m.m = :v",
                                        "ExpressionAttributeValues": {":v": {"L": [{"L": [{"N": "1"}]}]}}})")
              .empty());
    std::string path = "m";
    for (int i = 0; i < 40; ++i) path += ".m";
    CHECK(set(path, 0).starts_with("ValidationException: "));
}

TEST_CASE("the statements of a transaction are carried out together, or none") {
    DynamodbBench bench;
    bench.createOrders();
    Json writes = list();
    for (int i = 0; i < 5; ++i)
        push(writes, statement("INSERT INTO Orders VALUE {'pk': 'o1', 'sk': 'line" + std::to_string(i) +
                               "', 'total': " + std::to_string(i) + "}"));
    bench.call("dynamodb", "ExecuteTransaction", object({{"TransactStatements", copy(writes)}}));
    CHECK(bench.errorOf("dynamodb", "ExecuteTransaction", object({{"TransactStatements", std::move(writes)}})) ==
          "TransactionCanceledException");
    Json updates = list();
    for (int i = 0; i < 5; ++i)
        push(updates, statement("UPDATE Orders SET total = total + 10 WHERE pk = 'o1' AND sk = 'line" +
                                std::to_string(i) + "'"));
    bench.call("dynamodb", "ExecuteTransaction", object({{"TransactStatements", std::move(updates)}}));
    CHECK(itemsOf(bench, "SELECT total FROM Orders WHERE pk = 'o1' AND sk > 'line2'") ==
          R"([{"total":{"N":"13"}},{"total":{"N":"14"}}])");
}

TEST_CASE("what WHERE says about the sort key chooses the rows that count towards the limit") {
    DynamodbBench bench;
    bench.createOrders();
    for (int i = 0; i < 6; ++i)
        bench.put("Orders", R"({"pk": {"S": "o1"}, "sk": {"S": "l)" + std::to_string(i) +
                                R"("}, "status": {"S": "NEW"}, "total": {"N": ")" + std::to_string(i) + R"("}})");
    const auto limited = [&](std::string_view text) {
        Json request = statement(text);
        set(request, "Limit", 2);
        return writeJson(*find(bench.call("dynamodb", "ExecuteStatement", std::move(request)), "Items"));
    };
    CHECK(limited("SELECT sk FROM Orders WHERE pk = 'o1' AND sk > 'l2'") == R"([{"sk":{"S":"l3"}},{"sk":{"S":"l4"}}])");
    CHECK(limited("SELECT sk FROM Orders WHERE pk = 'o1' AND sk BETWEEN 'l3' AND 'l9'") ==
          R"([{"sk":{"S":"l3"}},{"sk":{"S":"l4"}}])");
    CHECK(limited("SELECT sk FROM Orders WHERE sk >= 'l1' AND pk = 'o1' AND sk < 'l2'") == R"([{"sk":{"S":"l1"}}])");
    CHECK(limited("SELECT sk FROM Orders WHERE pk IN ['o0', 'o1'] AND begins_with(sk, 'l5')") ==
          R"([{"sk":{"S":"l5"}}])");
    CHECK(limited("SELECT sk FROM Orders.byStatus WHERE status = 'NEW' AND total >= 4") ==
          R"([{"sk":{"S":"l4"}},{"sk":{"S":"l5"}}])");
    CHECK(limited("SELECT sk FROM Orders WHERE pk = 'o1' AND sk > 'l4' AND sk < 'l2'") == "[]");
    CHECK(limited("SELECT sk FROM Orders WHERE pk = 'o1' ORDER BY sk DESC") ==
          R"([{"sk":{"S":"l5"}},{"sk":{"S":"l4"}}])");
}

TEST_CASE("ORDER BY needs a key attribute and a partition") {
    DynamodbBench bench;
    bench.createOrders();
    const auto refusal = [&](std::string_view text) {
        return bench.error("ExecuteStatement", writeJson(statement(text)));
    };
    CHECK(refusal("SELECT * FROM Orders ORDER BY sk") ==
          "ValidationException: Must have WHERE clause in the statement when using ORDER BY clause.");
    CHECK(refusal("SELECT * FROM Orders WHERE total > 1 ORDER BY sk") ==
          "ValidationException: Must have at least one non-optional hash key condition in WHERE clause when using "
          "ORDER BY clause.");
    CHECK(refusal("SELECT * FROM Orders WHERE pk = 'o1' ORDER BY total") ==
          "ValidationException: Variable reference total in ORDER BY clause must be part of the primary key");
}

TEST_CASE("a batch of statements reads or writes, and says of each what went wrong") {
    DynamodbBench bench;
    bench.createCarts();
    bench.put("Carts", R"({"pk": {"S": "u1"}})");
    const auto batch = [](std::initializer_list<std::string_view> texts) {
        Json statements = list();
        for (const auto text : texts) push(statements, statement(text));
        return writeJson(object({{"Statements", std::move(statements)}}));
    };
    CHECK(bench
              .error("BatchExecuteStatement",
                     batch({"SELECT * FROM Carts WHERE pk = 'u1'", "DELETE FROM Carts WHERE pk = 'u1'"}))
              .starts_with("ValidationException: "));
    CHECK(
        bench.text("BatchExecuteStatement",
                   batch({"SELECT * FROM Carts WHERE pk = 'u1'", "SELECT * FROM Nothing WHERE pk = 'u1'", "SELEKT"})) ==
        R"({"Responses":[{"Item":{"pk":{"S":"u1"}},"TableName":"Carts"},)"
        R"({"Error":{"Code":"ResourceNotFound","Message":"Requested resource not found"},"TableName":"Nothing"},)"
        R"({"Error":{"Code":"ValidationError","Message":"Statement wasn't well formed, can't be processed: unexpected term: SELEKT"}}]})");
    CHECK(
        bench.text("BatchExecuteStatement",
                   batch({"INSERT INTO Carts VALUE {'pk': 'u1'}", "INSERT INTO Carts VALUE {'pk': 'u2'}"})) ==
        R"({"Responses":[{"Error":{"Code":"DuplicateItem","Message":"Duplicate primary key exists in table"},"TableName":"Carts"},{"TableName":"Carts"}]})");
}
