// The AWS SDK for JavaScript v3, pointed here by its environment alone (AWS_ENDPOINT_URL).
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  ConditionalCheckFailedException, CreateTableCommand, DynamoDBClient, GetItemCommand, TransactWriteItemsCommand, paginateScan, waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand } from "@aws-sdk/client-dynamodb-streams";
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { CreateStateMachineCommand, DescribeExecutionCommand, SFNClient, StartExecutionCommand, StartSyncExecutionCommand, paginateGetExecutionHistory } from "@aws-sdk/client-sfn";
import { CreateTopicCommand, PublishBatchCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand, DeleteMessageBatchCommand, GetQueueAttributesCommand, QueueDoesNotExist, ReceiveMessageCommand, SQSClient, SendMessageBatchCommand, SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { GetTraceSummariesCommand, XRayClient } from "@aws-sdk/client-xray";
import { BatchWriteCommand, DynamoDBDocumentClient, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { check, equal, fails, finish, idle, part, settings } from "./check.mjs";

const dynamodb = new DynamoDBClient(settings);
const documents = DynamoDBDocumentClient.from(dynamodb, { marshallOptions: { removeUndefinedValues: true } });
const sqs = new SQSClient(settings), sns = new SNSClient(settings), events = new EventBridgeClient(settings), lambda = new LambdaClient(settings), states = new SFNClient(settings);

await part("client-dynamodb", async () => {
  const made = await dynamodb.send(new CreateTableCommand({
    TableName: "Songs", BillingMode: "PAY_PER_REQUEST", StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    AttributeDefinitions: [{ AttributeName: "artist", AttributeType: "S" }, { AttributeName: "song", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "artist", KeyType: "HASH" }, { AttributeName: "song", KeyType: "RANGE" }],
  }));
  check("a time is a Date", made.TableDescription.CreationDateTime instanceof Date, made.TableDescription);
  equal("waitUntilTableExists", (await waitUntilTableExists({ client: dynamodb, maxWaitTime: 60 }, { TableName: "Songs" })).state, "SUCCESS");
  const stream = made.TableDescription.LatestStreamArn;

  await documents.send(new PutCommand({
    TableName: "Songs",
    Item: { artist: "A", song: "1", plays: 7, price: 0.1, tags: new Set(["x", "y"]), raw: new Uint8Array([0, 1, 255]), nested: { list: [1, "two", null, true, { deep: [] }] }, big: 12345678901234567890n },
  }));
  const item = (await dynamodb.send(new GetItemCommand({ TableName: "Songs", Key: { artist: { S: "A" }, song: { S: "1" } } }))).Item;
  equal("what was put, as DynamoDB writes it", [item.plays, item.price, item.tags.SS.sort(), [...item.raw.B], item.big, item.nested.M.list.L[2]],
        [{ N: "7" }, { N: "0.1" }, ["x", "y"], [0, 1, 255], { N: "12345678901234567890" }, { NULL: true }]);
  const changed = await documents.send(new UpdateCommand({
    TableName: "Songs", Key: { artist: "A", song: "1" }, UpdateExpression: "ADD plays :one SET nested.#l[1] = :two REMOVE tags",
    ExpressionAttributeNames: { "#l": "list" }, ExpressionAttributeValues: { ":one": 1, ":two": "zwei" }, ReturnValues: "ALL_NEW",
  }));
  equal("UpdateCommand", [changed.Attributes.plays, changed.Attributes.nested.list[1], changed.Attributes.tags], [8, "zwei", undefined]);
  const refused = await fails(documents.send(new PutCommand({
    TableName: "Songs", Item: { artist: "A", song: "1" }, ConditionExpression: "attribute_not_exists(song)", ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  })));
  check("a condition that fails is its own exception, with the item", refused instanceof ConditionalCheckFailedException && (refused.Item?.plays.N ?? refused.Item?.plays) == "8", refused?.message);
  await documents.send(new BatchWriteCommand({ RequestItems: { Songs: Array.from({ length: 25 }, (_, n) => ({ PutRequest: { Item: { artist: "B", song: String(n).padStart(2, "0"), n } } })) } }));
  const seen = [];
  for await (const page of paginateQuery({ client: documents, pageSize: 4 }, { TableName: "Songs", KeyConditionExpression: "artist = :a", ExpressionAttributeValues: { ":a": "B" } }))
    seen.push(...page.Items.map((row) => row.n));
  equal("paginateQuery", seen, Array.from({ length: 25 }, (_, n) => n));
  let pages = 0;
  for await (const page of paginateScan({ client: dynamodb, pageSize: 10 }, { TableName: "Songs" })) pages += page.Items.length > 0;
  equal("paginateScan", pages, 3);
  const cancelled = await fails(documents.send(new TransactWriteCommand({
    TransactItems: [{ Put: { TableName: "Songs", Item: { artist: "C", song: "1" } } }, { ConditionCheck: { TableName: "Songs", Key: { artist: "Z", song: "9" }, ConditionExpression: "attribute_exists(song)" } }],
  })));
  equal("a transaction that is cancelled says why", [cancelled.name, cancelled.CancellationReasons.map((reason) => reason.Code)], ["TransactionCanceledException", ["None", "ConditionalCheckFailed"]]);
  equal("and leaves nothing", (await documents.send(new QueryCommand({ TableName: "Songs", KeyConditionExpression: "artist = :a", ExpressionAttributeValues: { ":a": "C" } }))).Count, 0);
  const token = { ClientRequestToken: "token-1", TransactItems: [{ Update: { TableName: "Songs", Key: { artist: { S: "A" }, song: { S: "1" } }, UpdateExpression: "ADD plays :n", ExpressionAttributeValues: { ":n": { N: "10" } } } }] };
  await dynamodb.send(new TransactWriteItemsCommand(token));
  await dynamodb.send(new TransactWriteItemsCommand(token));
  equal("one ClientRequestToken is one transaction", (await dynamodb.send(new GetItemCommand({ TableName: "Songs", Key: { artist: { S: "A" }, song: { S: "1" } } }))).Item.plays.N, "18");

  const streams = new DynamoDBStreamsClient(settings);
  const shard = (await streams.send(new DescribeStreamCommand({ StreamArn: stream }))).StreamDescription.Shards[0];
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand({ StreamArn: stream, ShardId: shard.ShardId, ShardIteratorType: "TRIM_HORIZON" }));
  const records = (await streams.send(new GetRecordsCommand({ ShardIterator, Limit: 3 }))).Records;
  equal("the stream", records.map((record) => record.eventName), ["INSERT", "MODIFY", "INSERT"]);
  const errors = await fails(dynamodb.send(new GetItemCommand({ TableName: "Nothing", Key: {} })));
  check("an error has its metadata", ["ResourceNotFoundException", "ValidationException"].includes(errors.name) && errors.$metadata.httpStatusCode === 400 && errors.$metadata.requestId, errors);
});

await part("client-sqs, client-sns, client-eventbridge", async () => {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "js.fifo", Attributes: { FifoQueue: "true", ContentBasedDeduplication: "true" } }));
  const sent = await sqs.send(new SendMessageBatchCommand({
    QueueUrl, Entries: ["a", "b", "a"].map((MessageBody, n) => ({ Id: String(n), MessageBody, MessageGroupId: "g", MessageAttributes: { n: { DataType: "Number", StringValue: String(n) } } })),
  }));
  equal("SendMessageBatch", sent.Successful.length, 3);   // the SDK has checked the MD5 of bodies and attributes
  const got = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] }));
  equal("a FIFO queue, duplicates left out", got.Messages.map((message) => message.Body), ["a", "b"]);
  equal("their attributes", got.Messages.map((message) => [message.MessageAttributes.n.StringValue, message.Attributes.MessageGroupId]), [["0", "g"], ["1", "g"]]);
  equal("DeleteMessageBatch", (await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: got.Messages.map((message, n) => ({ Id: String(n), ReceiptHandle: message.ReceiptHandle })) }))).Successful.length, 2);
  check("QueueDoesNotExist is its own exception", (await fails(sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl.replace("js.fifo", "none"), MessageBody: "x" })))) instanceof QueueDoesNotExist);

  const plain = (await sqs.send(new CreateQueueCommand({ QueueName: "js" }))).QueueUrl;
  const arn = (await sqs.send(new GetQueueAttributesCommand({ QueueUrl: plain, AttributeNames: ["QueueArn"] }))).Attributes.QueueArn;
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "js" }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: arn, Attributes: { FilterPolicy: JSON.stringify({ kind: ["wanted"] }) } }));
  await sns.send(new PublishCommand({ TopicArn, Message: "left out" }));
  await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [{ Id: "1", Message: "by topic", MessageAttributes: { kind: { DataType: "String", StringValue: "wanted" } } }] }));
  await events.send(new PutRuleCommand({ Name: "js", EventPattern: JSON.stringify({ source: ["js"], detail: { n: [{ numeric: [">", 1] }] } }) }));
  await events.send(new PutTargetsCommand({ Rule: "js", Targets: [{ Id: "1", Arn: arn, InputTransformer: { InputPathsMap: { n: "$.detail.n" }, InputTemplate: '{"number": <n>}' } }] }));
  const put = await events.send(new PutEventsCommand({ Entries: [1, 2].map((n) => ({ Source: "js", DetailType: "t", Detail: JSON.stringify({ n }), Time: new Date() })) }));
  equal("PutEvents", put.FailedEntryCount, 0);
  await idle();
  const messages = (await sqs.send(new ReceiveMessageCommand({ QueueUrl: plain, MaxNumberOfMessages: 10 }))).Messages;
  equal("what arrives", messages.map((message) => JSON.parse(message.Body)).map((body) => body.Message ?? body).sort(), [{ number: 2 }, "by topic"].sort());
});

await part("client-sfn", async () => {
  const roleArn = "arn:aws:iam::000000000000:role/x";
  const definition = { StartAt: "Each", States: { Each: { Type: "Map", ItemsPath: "$.numbers", ItemProcessor: { StartAt: "One", States: { One: { Type: "Pass", Parameters: { "twice.$": "States.MathAdd($, $)" }, End: true } } }, End: true } } };
  const { stateMachineArn } = await states.send(new CreateStateMachineCommand({ name: "js", roleArn, definition: JSON.stringify(definition) }));
  const { executionArn, startDate } = await states.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify({ numbers: [1, 2] }) }));
  check("startDate is a Date", startDate instanceof Date);
  await idle();
  const ended = await states.send(new DescribeExecutionCommand({ executionArn }));
  equal("its output", [ended.status, JSON.parse(ended.output)], ["SUCCEEDED", [{ twice: 2 }, { twice: 4 }]]);
  const types = [];
  for await (const page of paginateGetExecutionHistory({ client: states, pageSize: 3 }, { executionArn })) types.push(...page.events.map((event) => event.type));
  equal("its history", [types[0], types.at(-1), types.filter((type) => type === "MapIterationSucceeded").length], ["ExecutionStarted", "ExecutionSucceeded", 2]);
  const express = await states.send(new CreateStateMachineCommand({ name: "js-express", type: "EXPRESS", roleArn, definition: JSON.stringify(definition) }));
  const sync = await states.send(new StartSyncExecutionCommand({ stateMachineArn: express.stateMachineArn, input: JSON.stringify({ numbers: [3] }) }));
  equal("StartSyncExecution", [sync.status, sync.output], ["SUCCEEDED", '[{"twice":6}]']);
});

await part("client-lambda and the shop", async () => {
  const names = [];
  for await (const page of paginateListFunctions({ client: lambda, pageSize: 7 }, {})) names.push(...page.Functions.map((one) => one.FunctionName));
  check("paginateListFunctions", names.length > 30 && names.includes("checkoutLambda"), names);
  const answer = await lambda.send(new InvokeCommand({ FunctionName: "get-product", Payload: JSON.stringify({ pathParameters: { productId: "PROD#none" }, headers: {} }), LogType: "Tail" }));
  equal("Invoke", [answer.StatusCode, JSON.parse(Buffer.from(answer.Payload)).statusCode], [200, 404]);
  check("its log", Buffer.from(answer.LogResult, "base64").toString().includes("REPORT RequestId"));
  const failed = await lambda.send(new InvokeCommand({ FunctionName: "check-inventory", Payload: "{}" }));
  equal("a function error", failed.FunctionError, "Unhandled");
  const logs = await new CloudWatchLogsClient(settings).send(new FilterLogEventsCommand({ logGroupName: "/aws/lambda/get-product", filterPattern: "REPORT" }));
  check("FilterLogEvents", logs.events.length >= 1);
  equal("GetCallerIdentity", (await new STSClient(settings).send(new GetCallerIdentityCommand({}))).Account, "000000000000");
  const mail = await new SESv2Client(settings).send(new SendEmailCommand({ FromEmailAddress: "a@example.com", Destination: { ToAddresses: ["b@example.com"] }, Content: { Simple: { Subject: { Data: "by JavaScript" }, Body: { Text: { Data: "x" } } } } }));
  check("SendEmail", mail.MessageId);
  const traces = await new XRayClient(settings).send(new GetTraceSummariesCommand({ StartTime: new Date("2026-01-05T08:00:00Z"), EndTime: new Date("2026-01-05T12:00:00Z") }));
  check("GetTraceSummaries", traces.TraceSummaries.length > 0);
});

finish();
