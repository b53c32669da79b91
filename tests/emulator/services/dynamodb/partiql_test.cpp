#include "tests/emulator/services/dynamodb/dynamodb_bench.h"

using namespace backlot;

namespace {

Json statement(std::string_view text, Json parameters = Json()) {
    Json request = object({{"Statement", text}});
    if (!parameters.IsNull()) set(request, "Parameters", std::move(parameters));
    return request;
}

std::string itemsOf(DynamodbBench& bench, std::string_view text, Json parameters = Json()) {
    return writeJson(*find(bench.call("dynamodb", "ExecuteStatement", statement(text, std::move(parameters))), "Items"));
}

}  // namespace

TEST_CASE("PartiQL inserts, selects, updates and deletes an item") {
    DynamodbBench bench;
    bench.createCarts();
    bench.call("dynamodb", "ExecuteStatement", statement("INSERT INTO Carts VALUE {'pk': 'u1', 'n': 1, 'tags': <<'a', 'b'>>, 'm': {'l': [1, true]}}"));
    CHECK(bench.errorOf("dynamodb", "ExecuteStatement", statement("INSERT INTO Carts VALUE {'pk': 'u1'}")) == "DuplicateItemException");
    CHECK(itemsOf(bench, "SELECT n, m.l[1] FROM \"Carts\" WHERE pk = ?", parseJson(R"([{"S": "u1"}])")) ==
          R"([{"n":{"N":"1"},"_2":{"BOOL":true}}])");
    CHECK(itemsOf(bench, "SELECT m.l FROM Carts WHERE pk = 'u1'") == R"([{"l":{"L":[{"N":"1"},{"BOOL":true}]}}])");
    CHECK(itemsOf(bench, "UPDATE Carts SET n = n + 4 REMOVE m WHERE pk = 'u1' AND n < 5 RETURNING MODIFIED NEW *") == R"([{"n":{"N":"5"}}])");
    CHECK(bench.errorOf("dynamodb", "ExecuteStatement", statement("UPDATE Carts SET n = 0 WHERE pk = 'u1' AND n < 5")) ==
          "ConditionalCheckFailedException");
    CHECK(itemsOf(bench, "DELETE FROM Carts WHERE pk = 'u1' RETURNING ALL OLD *") ==
          R"([{"n":{"N":"5"},"pk":{"S":"u1"},"tags":{"SS":["a","b"]}}])");
    CHECK(itemsOf(bench, "SELECT * FROM Carts") == "[]");
}

TEST_CASE("a statement that is none is refused with its place") {
    DynamodbBench bench;
    bench.createCarts();
    CHECK(bench.errorOf("dynamodb", "ExecuteStatement", statement("SELEKT * FROM Carts")) == "ValidationException");
    CHECK(bench.errorOf("dynamodb", "ExecuteStatement", statement("SELECT * FROM Carts WHERE pk = ?")) == "ValidationException");
    CHECK(bench.errorOf("dynamodb", "ExecuteStatement", statement("UPDATE Carts SET n = 1 WHERE n = 2")) == "ValidationException");
}

TEST_CASE("the statements of a transaction are carried out together, or none") {
    DynamodbBench bench;
    bench.createOrders();
    Json writes = list();
    for (int i = 0; i < 5; ++i)
        push(writes, statement("INSERT INTO Orders VALUE {'pk': 'o1', 'sk': 'line" + std::to_string(i) + "', 'total': " + std::to_string(i) + "}"));
    bench.call("dynamodb", "ExecuteTransaction", object({{"TransactStatements", copy(writes)}}));
    CHECK(bench.errorOf("dynamodb", "ExecuteTransaction", object({{"TransactStatements", std::move(writes)}})) == "TransactionCanceledException");
    Json updates = list();
    for (int i = 0; i < 5; ++i)
        push(updates, statement("UPDATE Orders SET total = total + 10 WHERE pk = 'o1' AND sk = 'line" + std::to_string(i) + "'"));
    bench.call("dynamodb", "ExecuteTransaction", object({{"TransactStatements", std::move(updates)}}));
    CHECK(itemsOf(bench, "SELECT total FROM Orders WHERE pk = 'o1' AND sk > 'line2'") == R"([{"total":{"N":"13"}},{"total":{"N":"14"}}])");
}
