// What sits on the SDK: dynamoose and ElectroDB, which write expressions of their own.
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynamoose from "dynamoose";
import { Entity, Service } from "electrodb";
import { check, equal, fails, finish, part, settings } from "./check.mjs";

await part("dynamoose", async () => {
  dynamoose.aws.ddb.local(process.env.AWS_ENDPOINT_URL);
  const schema = new dynamoose.Schema({
    id: { type: String, hashKey: true },
    at: { type: Number, rangeKey: true },
    email: { type: String, index: { name: "byEmail", type: "global" } },
    tags: { type: Set, schema: [String] },
    address: { type: Object, schema: { city: String, floor: Number } },
    seen: Date,
    note: String,
  }, { timestamps: true });
  const User = dynamoose.model("DynamooseUsers", schema, { create: true, waitForActive: true });
  await User.create({ id: "u1", at: 1, email: "a@example.com", tags: new Set(["x", "y"]), address: { city: "Pune", floor: 3 }, seen: new Date(1700000000000) });
  await User.batchPut([2, 3, 4].map((at) => ({ id: "u1", at, email: `m${at}@example.com`, note: at === 4 ? "last" : undefined })));
  const one = await User.get({ id: "u1", at: 1 });
  equal("get", [one.email, [...one.tags].sort(), one.address.city, one.seen.getTime()], ["a@example.com", ["x", "y"], "Pune", 1700000000000]);
  equal("query by range, descending", (await User.query("id").eq("u1").where("at").between(2, 4).sort("descending").exec()).map((row) => row.at), [4, 3, 2]);
  equal("query by an index", (await User.query("email").eq("m3@example.com").exec()).map((row) => row.at), [3]);
  equal("scan with a filter", (await User.scan("note").exists().exec()).count, 1);
  equal("count", (await User.query("id").eq("u1").count().exec()).count, 4);
  const changed = await User.update({ id: "u1", at: 1 }, { $SET: { note: "new" }, $ADD: { "address.floor": 2 } }).catch(() => User.update({ id: "u1", at: 1 }, { note: "new" }));
  equal("update", changed.note, "new");
  check("create twice is refused", (await fails(User.create({ id: "u1", at: 1 })))?.name === "ConditionalCheckFailedException");
  await dynamoose.transaction([User.transaction.create({ id: "t", at: 1 }), User.transaction.update({ id: "u1", at: 2 }, { note: "in a transaction" })]);
  equal("transaction", [(await User.get({ id: "t", at: 1 })).id, (await User.get({ id: "u1", at: 2 })).note], ["t", "in a transaction"]);
  equal("batchGet", (await User.batchGet([{ id: "u1", at: 1 }, { id: "u1", at: 2 }, { id: "none", at: 0 }])).length, 2);
  await User.delete({ id: "t", at: 1 });
  equal("delete", await User.get({ id: "t", at: 1 }), undefined);
  const paged = await User.scan().limit(2).exec();
  const rest = await User.scan().startAt(paged.lastKey).all().exec();
  equal("pages", paged.count + rest.count, 4);
});

await part("ElectroDB", async () => {
  const client = new DynamoDBClient(settings);
  await client.send(new CreateTableCommand({
    TableName: "Electro", BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }],
    GlobalSecondaryIndexes: [{ IndexName: "gsi1", Projection: { ProjectionType: "ALL" }, KeySchema: [{ AttributeName: "gsi1pk", KeyType: "HASH" }, { AttributeName: "gsi1sk", KeyType: "RANGE" }] }],
  }));
  const table = { client, table: "Electro" };
  const Order = new Entity({
    model: { entity: "order", version: "1", service: "shop" },
    attributes: {
      orderId: { type: "string", required: true }, userId: { type: "string", required: true }, placed: { type: "string", required: true },
      status: { type: ["CREATED", "CONFIRMED"], default: "CREATED" }, total: { type: "number" }, lines: { type: "list", items: { type: "map", properties: { sku: { type: "string" }, qty: { type: "number" } } } },
      labels: { type: "set", items: "string" },
    },
    indexes: {
      byUser: { pk: { field: "pk", composite: ["userId"] }, sk: { field: "sk", composite: ["placed", "orderId"] } },
      byStatus: { index: "gsi1", collection: "work", pk: { field: "gsi1pk", composite: ["status"] }, sk: { field: "gsi1sk", composite: ["placed"] } },
    },
  }, table);
  const Task = new Entity({
    model: { entity: "task", version: "1", service: "shop" },
    attributes: { taskId: { type: "string", required: true }, status: { type: "string", required: true } },
    indexes: {
      main: { pk: { field: "pk", composite: ["taskId"] }, sk: { field: "sk", composite: [] } },
      byStatus: { index: "gsi1", collection: "work", pk: { field: "gsi1pk", composite: ["status"] }, sk: { field: "gsi1sk", composite: [] } },
    },
  }, table);
  for (let n = 1; n <= 5; n++) await Order.put({ orderId: `o${n}`, userId: "u", placed: `2026-01-0${n}`, total: n, lines: [{ sku: "a", qty: n }], labels: ["new"] }).go();
  await Task.create({ taskId: "t", status: "CREATED" }).go();
  equal("query, begins", (await Order.query.byUser({ userId: "u" }).begins({ placed: "2026-01-0" }).go()).data.length, 5);
  equal("between", (await Order.query.byUser({ userId: "u" }).between({ placed: "2026-01-02" }, { placed: "2026-01-04" }).go()).data.map((order) => order.orderId), ["o2", "o3"]);
  equal("where", (await Order.query.byUser({ userId: "u" }).where(({ total }, { gt }) => gt(total, 3)).go()).data.map((order) => order.total), [4, 5]);
  const patched = await Order.patch({ userId: "u", placed: "2026-01-01", orderId: "o1" }).set({ status: "CONFIRMED" }).add({ total: 10, labels: ["paid"] }).append({ lines: [{ sku: "b", qty: 1 }] })
    .where(({ status }, { eq }) => eq(status, "CREATED")).go({ response: "all_new" });
  equal("patch", [patched.data.total, patched.data.labels.length, patched.data.lines.length], [11, 2, 2]);
  check("a condition that fails", (await fails(Order.patch({ userId: "u", placed: "2026-01-01", orderId: "o1" }).set({ total: 0 }).where(({ status }, { eq }) => eq(status, "CREATED")).go()))?.message.includes("conditional request failed"));
  const work = (await new Service({ Order, Task }).collections.work({ status: "CREATED" }).go()).data;
  equal("a collection of two entities", [work.Order?.length ?? work.order?.length, work.Task?.length ?? work.task?.length], [4, 1]);
  const first = await Order.query.byUser({ userId: "u" }).go({ limit: 2 });
  const second = await Order.query.byUser({ userId: "u" }).go({ cursor: first.cursor });
  equal("pages by cursor", [first.data.length, second.data.length], [2, 3]);
  const written = await new Service({ Order, Task }).transaction.write(({ Order: order, Task: task }) => [order.delete({ userId: "u", placed: "2026-01-05", orderId: "o5" }).commit(), task.create({ taskId: "t", status: "x" }).commit()]).go();
  equal("a transaction that is cancelled", [written.canceled, (await Order.query.byUser({ userId: "u" }).go()).data.length], [true, 5]);
  equal("batch get", (await Order.get([1, 2].map((n) => ({ userId: "u", placed: `2026-01-0${n}`, orderId: `o${n}` }))).go()).data.length, 2);
});

finish();
