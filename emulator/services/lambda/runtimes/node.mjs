// Runs JavaScript handlers under the machine's node: a client of the Lambda Runtime API. Behaves as AWS's managed runtime
// does where a handler can see it: how it is found and called, the context object, what a failure looks like, log lines.
// Differs: awslambda.streamifyResponse (response streaming) is not there.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const root = process.env.LAMBDA_TASK_ROOT;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function exchange(method, target, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, agent, method, path: "/2018-06-01/runtime/" + target, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(parts).toString() }));
    });
    request.on("error", reject);
    if (body !== undefined) request.setHeader("Content-Length", Buffer.byteLength(body));
    request.end(body);
  });
}

let requestId = "";
let worldTime;   // the world's clock, where it stands still for the length of an invocation

const now = () => (worldTime === undefined ? new Date() : new Date(worldTime));

function write(text) {
  fs.writeSync(1, text);
}

// A message of several lines is one log event on AWS: carriage returns keep it together.
function log(level, ...values) {
  write(`${now().toISOString()}\t${requestId || undefined}\t${level}\t${format(...values).replace(/\n/g, "\r")}\n`);
}
for (const [name, level] of [["log", "INFO"], ["info", "INFO"], ["warn", "WARN"], ["error", "ERROR"], ["debug", "DEBUG"], ["trace", "TRACE"]])
  console[name] = (...values) => log(level, ...values);

// Paths as they are on AWS, and the same on every machine.
const atAws = (text) =>
  String(text).replaceAll(import.meta.url, "file:///var/runtime/index.mjs").replaceAll("file://" + root, "file:///var/task").replaceAll(root, "/var/task");

function failureOf(error) {
  if (error instanceof Error || (error && error.name && error.message && error.stack))
    return { errorType: error.name ?? "Error", errorMessage: atAws(error.message), trace: atAws(error.stack).split("\n") };
  return { errorType: typeof error, errorMessage: error === undefined ? "undefined" : String(error), trace: [] };
}

function reportTo(target, failure) {
  const headers = { "Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": failure.errorType };
  return exchange("POST", target, JSON.stringify(failure), headers);
}

class StartFailure extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

async function load(name) {
  const folder = path.dirname(name);
  const [file, ...functions] = path.basename(name).split(".");
  if (!file || functions.length === 0) throw new StartFailure("Runtime.MalformedHandlerName", "Bad handler");
  const base = path.resolve(root, folder, file);
  const found = [".js", ".mjs", ".cjs", ""].map((ending) => base + ending).find((each) => fs.existsSync(each) && fs.statSync(each).isFile());
  if (!found) throw new StartFailure("Runtime.ImportModuleError", `Error: Cannot find module '${file}'\nRequire stack:\n- /var/runtime/index.mjs`);
  let module;
  try {
    module = await import(pathToFileURL(found).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw new StartFailure("Runtime.UserCodeSyntaxError", atAws(`SyntaxError: ${error.message}`));
    if (error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND") throw new StartFailure("Runtime.ImportModuleError", atAws(`Error: ${error.message}`));
    throw error;
  }
  const find = (from) => functions.reduce((value, part) => value?.[part], from);
  const handler = find(module) ?? find(module.default);
  if (handler === undefined) throw new StartFailure("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new StartFailure("Runtime.HandlerNotFound", `${name} is not a function`);
  return handler;
}

function contextOf(headers, settle) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: headers["lambda-runtime-client-context"] ? JSON.parse(headers["lambda-runtime-client-context"]) : undefined,
    identity: undefined,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: requestId,
    backlotTimeMs: Number(headers["lambda-runtime-backlot-time"]),   // Backlot's own: the world's time
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: (error, result) => settle(error, result),
    fail: (error) => settle(error ?? "handled"),
    succeed: (result) => settle(undefined, result),
  };
}

/// A handler answers by a promise, by its callback, or by context.done() and the like; whichever comes first.
function call(handler, event, headers) {
  return new Promise((resolve, reject) => {
    const settle = (error, result) => (error === undefined || error === null ? resolve(result) : reject(error));
    const returned = handler(event, contextOf(headers, settle), settle);
    if (typeof returned?.then === "function") returned.then(resolve, reject);
    else if (handler.length < 3) {
      // No callback and no promise: AWS answers null once nothing is left to do.
      if (returned !== undefined) resolve(null);
      else process.once("beforeExit", () => resolve(null));
    }
  });
}

function fatal(name) {
  return async (error) => {
    const failure = { ...failureOf(error), errorType: name, reason: undefined };
    if (name === "Runtime.UnhandledPromiseRejection") failure.errorMessage = atAws(error instanceof Error ? String(error) : error);
    write(`${now().toISOString()}\t${requestId}\tERROR\t${name === "Runtime.UnhandledPromiseRejection" ? "Unhandled Promise Rejection" : "Uncaught Exception"} \t${JSON.stringify(failure)}\n`);
    await reportTo(requestId ? `invocation/${requestId}/error` : "init/error", failure).catch(() => {});
    process.exit(128);
  };
}

let handler;
try {
  handler = await load(process.env._HANDLER);
} catch (error) {
  const failure = failureOf(error);
  write(`${now().toISOString()}\tundefined\tERROR\tUncaught Exception \t${JSON.stringify(failure)}\n`);
  await reportTo("init/error", failure);
  process.exit(1);
}
process.on("unhandledRejection", fatal("Runtime.UnhandledPromiseRejection"));
process.on("uncaughtException", async (error) => fatal(error?.name ?? "Error")(error));

for (;;) {
  const { headers, body } = await exchange("GET", "invocation/next");
  requestId = headers["lambda-runtime-aws-request-id"];
  process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
  worldTime = headers["lambda-runtime-backlot-time"] && headers["lambda-runtime-backlot-still"] ? Number(headers["lambda-runtime-backlot-time"]) : undefined;
  try {
    const result = await call(handler, body ? JSON.parse(body) : {}, headers);
    let answer;
    try {
      answer = JSON.stringify(result === undefined ? null : result);
    } catch (error) {
      throw new StartFailure("Runtime.MarshalError", `Unable to stringify response body: ${error.message}`);
    }
    await exchange("POST", `invocation/${requestId}/response`, answer, { "Content-Type": "application/json" });
  } catch (error) {
    const failure = failureOf(error);
    write(`${now().toISOString()}\t${requestId}\tERROR\tInvoke Error \t${JSON.stringify(failure)}\n`);
    await reportTo(`invocation/${requestId}/error`, failure);
  }
}
